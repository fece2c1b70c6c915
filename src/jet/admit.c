/* Packets that belong to no session: first packets of strangers, and what we answer without keeping state (JT-20 on).
 *
 * 1. Until a first packet has opened with the keys of its connection id, nothing is allocated.
 * 2. Under load (or always_retry) a stranger without a cookie gets a Retry: one HMAC for the cookie, one for the tag.
 * 3. An answer is never longer than a third of the datagram that asked for it, and the queue of answers is bounded. */
#include "jet/session_int.h"

static void queue(struct gn_jet *jet, const struct gn_addr *to, const uint8_t *data, size_t len,
		  enum jet_counter counter)
{
	struct jet_stateless answer = {.to = *to, .len = (uint16_t)len};
	GN_ASSERT(len <= sizeof answer.data);
	memcpy(answer.data, data, len);
	jet_count(jet, gn_ring_push(&jet->stateless, &answer) == GN_OK ? counter : JET_C_STATELESS_LIMIT);
}

void jet_send_version(struct gn_jet *jet, const struct gn_addr *to, const struct jet_header *h, size_t datagram_len)
{
	uint8_t out[JET_LONG_HEADER + 8], grease;
	jet_count(jet, JET_C_PACKET_VERSION);
	if (h->version == 0 || datagram_len < JET_MTU_BASE)
		return; /* never answer an answer, never amplify */
	gn_rand_fill(jet->env.rand, &grease, 1);
	queue(jet, to, out, jet_version_write(out, sizeof out, h->scid, h->dcid, grease), JET_C_VERSION_SENT);
}

/* The cookie carries the first connection id; the Retry's own id is bound into its tag. */
static void send_retry(struct gn_jet *jet, const struct gn_addr *to, const struct jet_header *h, gn_time now)
{
	uint8_t scid[JET_CID_LEN], cookie[GN_COOKIE_MAX], out[JET_LONG_HEADER + GN_COOKIE_MAX + JET_RETRY_TAG];
	gn_rand_fill(jet->env.rand, scid, sizeof scid);
	size_t len = gn_cookie_make(&jet->jar, to, GN_SLICE(scid), GN_SLICE(h->dcid), now, cookie);
	len = jet_retry_write(out, sizeof out, h->scid, scid, h->dcid, gn_slice(cookie, len));
	queue(jet, to, out, len, JET_C_RETRY_SENT);
}

/* Opens a first packet with keys made on the stack, in a copy, so that a forgery costs no memory. */
static gn_err try_open(const struct jet_header *h, const uint8_t *packet, uint8_t copy[JET_DATAGRAM_IN_MAX])
{
	struct jet_keys rx, tx;
	struct gn_slice payload;
	size_t pn_len;
	uint64_t pn;
	memcpy(copy, packet, h->len);
	GN_TRY(jet_keys_initial(h->dcid, true, &rx, &tx));
	gn_err err = GN_AUTH;
	if (jet_packet_unmask(&rx.aead, copy, h->len, h->pn_offset, true, &pn_len, &pn))
		err = jet_packet_open(&rx, 0, pn, copy, h->len, h->pn_offset + pn_len, &payload);
	jet_keys_fini(&rx);
	jet_keys_fini(&tx);
	return err;
}

/* Who may come in, before any key is made. *original: the client's very first connection id. */
static gn_err check(struct gn_jet *jet, const struct gn_addr *from, const struct jet_header *h, size_t datagram_len,
		    uint8_t original[JET_CID_LEN], gn_time now)
{
	if (datagram_len < JET_MTU_BASE) {
		jet_count(jet, JET_C_INITIAL_SMALL);
		return GN_MALFORMED;
	}
	if (h->token.len) {
		gn_err err = gn_cookie_check(&jet->jar, from, GN_SLICE(h->dcid), h->token, now, original, JET_CID_LEN);
		if (err != GN_OK)
			jet_count(jet, err == GN_EXPIRED ? JET_C_COOKIE_EXPIRED : JET_C_COOKIE_BAD);
		if (err == GN_EXPIRED) /* a slow but honest client: once more */
			send_retry(jet, from, h, now);
		if (err != GN_OK)
			return err;
	} else if (jet->config.always_retry || jet->half_open >= jet->config.sessions_strangers) {
		send_retry(jet, from, h, now);
		return GN_AGAIN;
	}
	if (jet->session_count >= jet->config.sessions_max) {
		jet_count(jet, JET_C_SESSION_LIMIT);
		return GN_LIMIT;
	}
	return GN_OK;
}

static gn_err make_session(struct gn_jet *jet, const struct gn_addr *from, const struct jet_header *h,
			   const uint8_t original[JET_CID_LEN], gn_time now, struct jet_session **out)
{
	struct jet_session *s;
	GN_TRY(jet_session_new(jet, true, from, now, &s));
	gn_err err = jet_hs_new(s, NULL, h->dcid, now);
	if (err == GN_OK) {
		struct jet_cid_ref *ref = gn_map_put(&jet->cids, h->dcid);
		err = ref ? GN_OK : GN_NOMEM;
		if (ref)
			*ref = (struct jet_cid_ref){s, 0};
	}
	if (err != GN_OK) {
		jet_session_free(s);
		return err;
	}
	memcpy(s->first_dcid, h->dcid, JET_CID_LEN);
	s->first_dcid_set = true;
	s->cid_tx[0].set = true;
	memcpy(s->cid_tx[0].cid, h->scid, JET_CID_LEN);
	s->hs->retried = h->token.len > 0;
	memcpy(s->hs->retry_scid, h->dcid, JET_CID_LEN);
	memcpy(s->hs->original_dcid, original, JET_CID_LEN);
	s->path->validated = s->hs->retried;
	jet_count(jet, JET_C_SESSIONS_IN);
	*out = s;
	return GN_OK;
}

gn_err jet_admit(struct gn_jet *jet, const struct gn_addr *from, const struct jet_header *h, uint8_t *packet,
		 size_t datagram_len, gn_time now)
{
	uint8_t original[JET_CID_LEN], copy[JET_DATAGRAM_IN_MAX];
	struct jet_session *s;
	memcpy(original, h->dcid, JET_CID_LEN);
	GN_TRY(check(jet, from, h, datagram_len, original, now));
	gn_err err = try_open(h, packet, copy);
	if (err == GN_OK)
		err = make_session(jet, from, h, original, now, &s);
	if (err != GN_OK) {
		jet_count(jet, err == GN_AUTH ? JET_C_PACKET_AUTH : JET_C_NOMEM);
		return err;
	}
	return jet_recv_packet(s, 0, from, h, packet, datagram_len, now);
}
