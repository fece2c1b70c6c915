/* Frames that wait to be sent, streams and their grants, proofs: what both ends of app/1 have
 * alike (app_int.h).
 *
 * 1. A stream's bytes that came, and those that may still come, are GN_HOST_APP_WINDOW together
 *    with what was taken and not granted anew: so no more are ever kept.
 * 2. A buffer that is empty is kept only while it is small. */
#include "host/app_int.h"

#include "host/wipe.h"

#include "crypto/crypto.h"

#include <stdlib.h>

/* ---- bytes that wait to be sent ---- */

gn_err gn_host_out_put(struct gn_host_out *out, struct gn_slice frame, size_t max, gn_time now)
{
	if (out->len + frame.len > max)
		return GN_LIMIT;
	if (out->len == 0)
		out->moved = now;
	if (out->at) {
		memmove(out->p, out->p + out->at, out->len);
		out->at = 0;
	}
	if (out->len + frame.len > out->cap) {
		size_t cap = 2 * (out->len + frame.len);
		uint8_t *grown = gn_host_wipe_resize(out->p, out->len, cap);
		if (!grown)
			return GN_NOMEM;
		out->p = grown;
		out->cap = cap;
	}
	memcpy(out->p + out->len, frame.p, frame.len);
	out->len += frame.len;
	return GN_OK;
}

struct gn_slice gn_host_out_bytes(const struct gn_host_out *out)
{
	return out->len ? gn_slice(out->p + out->at, out->len) : gn_slice(NULL, 0);
}

void gn_host_out_sent(struct gn_host_out *out, size_t len, gn_time now)
{
	GN_ASSERT(len <= out->len);
	if (len)
		gn_wipe(out->p + out->at, len);
	out->at += len;
	out->len -= len;
	if (len)
		out->moved = now;
	if (out->len)
		return;
	out->at = 0;
	if (out->cap > GN_HOST_APP_KEEP)
		gn_host_out_fini(out);
}

void gn_host_out_fini(struct gn_host_out *out)
{
	gn_host_wipe_free(out->p, out->at + out->len);
	out->p = NULL;
	out->at = out->len = out->cap = 0;
}

/* ---- streams ---- */

void gn_host_flow_init(struct gn_host_flow *flow)
{
	*flow = (struct gn_host_flow){.in_left = GN_HOST_APP_WINDOW,
				      .out_left = GN_HOST_APP_WINDOW};
}

void gn_host_flow_fini(struct gn_host_flow *flow)
{
	free(flow->in);
	flow->in = NULL;
	flow->in_at = flow->in_len = flow->in_cap = 0;
}

gn_err gn_host_flow_come(struct gn_host_flow *flow, size_t len)
{
	if (flow->in_ended || len > flow->in_left)
		return GN_PROTOCOL;
	flow->in_left -= (uint32_t)len;
	return GN_OK;
}

gn_err gn_host_flow_keep(struct gn_host_flow *flow, struct gn_slice bytes)
{
	GN_ASSERT(flow->in_len + bytes.len <= GN_HOST_APP_WINDOW);
	if (bytes.len == 0)
		return GN_OK;
	if (flow->in_at) {
		memmove(flow->in, flow->in + flow->in_at, flow->in_len);
		flow->in_at = 0;
	}
	if (flow->in_len + bytes.len > flow->in_cap) {
		size_t cap = 2 * (flow->in_len + bytes.len);
		uint8_t *grown = realloc(flow->in, cap);
		if (!grown)
			return GN_NOMEM;
		flow->in = grown;
		flow->in_cap = cap;
	}
	memcpy(flow->in + flow->in_len, bytes.p, bytes.len);
	flow->in_len += bytes.len;
	return GN_OK;
}

uint32_t gn_host_flow_taken(struct gn_host_flow *flow, size_t len)
{
	GN_ASSERT(len <= GN_HOST_APP_WINDOW);
	flow->owed += (uint32_t)len;
	GN_ASSERT(flow->owed <= GN_HOST_APP_WINDOW);
	if (flow->owed < GN_HOST_CLIENT_GRANT || flow->in_ended)
		return 0;
	uint32_t more = flow->owed;
	flow->owed = 0;
	flow->in_left += more;
	GN_ASSERT(flow->in_left + flow->in_len <= GN_HOST_APP_WINDOW);
	return more;
}

gn_err gn_host_flow_granted(struct gn_host_flow *flow, uint32_t bytes)
{
	if (flow->out_left > UINT32_MAX)
		return GN_PROTOCOL;
	flow->out_left += bytes;
	return GN_OK;
}

/* ---- texts, proofs ---- */

struct gn_slice gn_host_said(const char *text)
{
	struct gn_slice s = text ? gn_str(text) : gn_slice(NULL, 0);
	while (s.len > GN_HOST_SAID || !gn_utf8_ok(s))
		s.len--;
	return s;
}

gn_err gn_host_err_of(uint16_t code)
{
	return code && code < GN_ERR_COUNT ? (gn_err)code : GN_INTERNAL;
}

void gn_host_proof(const uint8_t secret[32], bool server, const uint8_t client_nonce[32],
		   const uint8_t server_nonce[32], const char *origin, struct gn_hash *out)
{
	uint8_t bytes[32 + 64 + GN_HOST_APP_ORIGIN];
	struct gn_buf said = {bytes, 0, sizeof bytes};
	GN_ASSERT(strlen(origin) <= GN_HOST_APP_ORIGIN);
	gn_err err =
		gn_buf_put(&said, gn_str(server ? "geonet/app/server/1" : "geonet/app/client/1"));
	if (!err)
		err = gn_buf_put(&said, gn_slice(client_nonce, 32));
	if (!err)
		err = gn_buf_put(&said, gn_slice(server_nonce, 32));
	if (!err)
		err = gn_buf_put(&said, gn_str(origin));
	GN_ASSERT(err == GN_OK);
	gn_hmac_sha256(gn_slice(secret, 32), gn_buf_slice(&said), out);
}
