/* Signed operations' names, envelope, signature, keys and line ids. op_parse.c reads them back. */
#include "ledger/op_int.h"
#include <stdio.h>

static const char *const op_names[GN_OP_KINDS] = {
	"participant.register", "participant.profile", "line.create",
	"line.update",          "line.close",          "payment",
	"payment.vote",         "clearing.consent",    "admin",
	"participant.leave",
};

const char *gn_op_name(enum gn_op_kind kind)
{
	return kind < GN_OP_KINDS ? op_names[kind] : NULL;
}

bool lg_op_by_tx_id(enum gn_op_kind kind)
{
	return kind == GN_OP_PAYMENT || kind == GN_OP_VOTE || kind == GN_OP_CONSENT;
}

gn_err gn_op_wrap(const struct gn_op_envelope *e, struct gn_slice body, struct gn_buf *out)
{
	char hub[GN_PID_MAX], signer[GN_PID_MAX], middle[256], tail[160];
	gn_pid(&e->hub, hub);
	gn_pid(&e->signer, signer);
	GN_ASSERT(e->kind < GN_OP_KINDS && e->tx_id.len <= OP_TX_ID_MAX);
	int m = snprintf(middle, sizeof middle,
			 ",\"domain\":\"geo/v1\",\"hub\":\"%s\",\"op\":\"%s\"", hub,
			 op_names[e->kind]);
	int t = lg_op_by_tx_id(e->kind)
			? snprintf(tail, sizeof tail,
				   ",\"signer\":\"%s\",\"ts\":%lld,\"tx_id\":\"%.*s\"}", signer,
				   (long long)e->ts, (int)e->tx_id.len, (const char *)e->tx_id.p)
			: snprintf(tail, sizeof tail,
				   ",\"seq\":%llu,\"signer\":\"%s\",\"ts\":%lld}",
				   (unsigned long long)e->seq, signer, (long long)e->ts);
	GN_ASSERT(m > 0 && (size_t)m < sizeof middle && t > 0 && (size_t)t < sizeof tail);
	if (out->cap - out->len < 8 + body.len + (size_t)m + (size_t)t)
		return GN_TOO_LARGE;
	GN_TRY(gn_buf_put(out, GN_LIT("{\"body\":")));
	GN_TRY(gn_buf_put(out, body));
	GN_TRY(gn_buf_put(out, gn_slice(middle, (size_t)m)));
	return gn_buf_put(out, gn_slice(tail, (size_t)t));
}

/* ---- signatures and names ---- */

bool gn_op_name_ok(struct gn_slice text)
{
	return text.len && text.p[0] != ' ' && text.p[text.len - 1] != ' ' && gn_plain_ok(text);
}

gn_err gn_op_verify(const struct gn_pk *signer, struct gn_slice bytes, const struct gn_sig *sig)
{
	return gn_verify(signer, "", &bytes, 1, sig);
}

void gn_op_sign(const struct gn_sk *sk, struct gn_slice bytes, struct gn_sig *out)
{
	gn_sign(sk, "", &bytes, 1, out);
}

gn_err gn_op_login_text(enum gn_op_profile profile, const struct gn_pk *hub,
			struct gn_slice challenge, struct gn_buf *out)
{
	char text[16 + GN_PID_MAX + 4] = "", pid[GN_PID_MAX];
	gn_pid(hub, pid);
	if (profile == GN_PROFILE_V1)
		snprintf(text, sizeof text, "geo/v1/login\n%s\n", pid);
	if (out->cap - out->len < strlen(text) + challenge.len)
		return GN_TOO_LARGE;
	GN_TRY(gn_buf_put(out, gn_str(text)));
	return gn_buf_put(out, challenge);
}

struct gn_slice gn_op_proof_text(const struct gn_pk *hub, const char *address, const char *nonce,
				 char text[GN_OP_PROOF_MAX])
{
	char pid[GN_PID_MAX];
	gn_pid(hub, pid);
	snprintf(text, GN_OP_PROOF_MAX, "geo/v1/hub\n%s\n%.30s\n%.64s", pid, address, nonce);
	return gn_str(text);
}

void gn_tx_key(const struct gn_pk *initiator, struct gn_slice tx_id, struct gn_tx_key *out)
{
	struct gn_hash h;
	gn_sha256((struct gn_slice[]){GN_LIT("geonet/ledger/tx"), GN_SLICE(initiator->b), tx_id}, 3,
		  &h);
	memcpy(out->b, h.b, sizeof out->b);
}

/* PPPPPPPP-EEEE-8000-800S-000000VVVVVV: pair, equivalent, side, version. */
void gn_line_id_text(const struct gn_line_id *id, char out[GN_LINE_ID_LEN + 1])
{
	GN_ASSERT(id->side <= 1 && id->version <= BOOK_VERSION_MAX);
	int n = snprintf(out, GN_LINE_ID_LEN + 1, "%08x-%04x-8000-800%u-000000%06x", id->pair,
			 id->eq, id->side, id->version);
	GN_ASSERT(n == GN_LINE_ID_LEN);
}

gn_err gn_line_id_parse(struct gn_slice text, struct gn_line_id *out)
{
	uint8_t b[16];
	struct gn_line_id id;
	char hex[33], again[GN_LINE_ID_LEN + 1];
	size_t n = 0;
	if (text.len != GN_LINE_ID_LEN)
		return GN_TEXT;
	for (size_t i = 0; i < text.len; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		if (dash != (text.p[i] == '-'))
			return GN_TEXT;
		if (!dash)
			hex[n++] = (char)text.p[i];
	}
	GN_TRY(gn_unhex(gn_slice(hex, 32), b, sizeof b));
	id.pair = (uint32_t)(gn_be64(b) >> 32);
	id.eq = (uint16_t)(b[4] << 8 | b[5]);
	id.side = b[9] & 1;
	id.version = (uint32_t)b[13] << 16 | (uint32_t)b[14] << 8 | b[15];
	gn_line_id_text(&id, again);
	if (!gn_slice_eq(text, gn_str(again)))
		return GN_TEXT;
	*out = id;
	return GN_OK;
}

void gn_op_json_fault(enum gn_op_profile profile, const struct gn_json *j, gn_err err,
		      struct gn_op_faults *out)
{
	struct gn_op_fault *f = &out->list[0];
	out->count = 0;
	if (err != GN_RANGE && err != GN_EXISTS)
		return;
	*f = (struct gn_op_fault){.reason = err == GN_RANGE ? GN_OP_NOT_NUMBER : GN_OP_TWICE};
	/* around the number or key at which it ended: what was opened and not closed */
	for (uint16_t i = 0; i < j->count; i++) {
		const struct gn_json_value *v = &j->values[i];
		bool open = (v->kind == GN_JSON_OBJECT || v->kind == GN_JSON_ARRAY) && !v->text.len;
		if ((open || i + 1 == j->count) && v->key.p && f->depth < OP_FAULT_DEPTH)
			f->path[f->depth++] = v->key;
	}
	out->count = f->depth > 0;
	f->envelope = profile == GN_PROFILE_V1;
	if (f->depth > 1 && f->envelope) { /* in its body */
		f->envelope = false;
		memmove(f->path, f->path + 1, --f->depth * sizeof f->path[0]);
	}
}
