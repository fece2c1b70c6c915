/* Packets that belong to no session: first packets of strangers, and what we answer without
 * keeping state (JT-20 on).
 *
 * 1. Until a first packet has opened with the keys of its connection id, nothing is allocated
 *    but, for who has proven the address, the datagrams of one of 256 hellos that wait for
 *    capacity.
 * 2. Guard decides who comes in, waits, or gets a Retry: a tag for the cookie, an HMAC for the
 *    Retry (JT-21).
 * 3. An answer is never longer than a third of the datagram that asked for it, and the queue of
 *    answers is bounded. */
#include "jet/admit_int.h"
#include "jet/cid_int.h"
#include "jet/handshake_int.h"
#include "jet/recv_int.h"
#include "jet/session_int.h"
#include "jet/way_int.h"

#define DCID_AT 5 /* in a long header, behind flags and version */

static void queue_answer(struct gn_jet *jet, const struct gn_way *to, const uint8_t *data,
			 size_t len, enum jet_counter counter)
{
	struct jet_stateless answer = {.to = *to, .len = (uint16_t)len};
	GN_ASSERT(len <= sizeof answer.data);
	memcpy(answer.data, data, len);
	jet_count(jet, gn_ring_push(&jet->stateless, &answer) == GN_OK ? counter
								       : JET_C_STATELESS_LIMIT);
}

void jet_send_version(struct gn_jet *jet, const struct gn_way *to, const struct jet_header *h,
		      size_t datagram_len)
{
	GN_ASSERT(h->is_long);
	uint8_t out[JET_LONG_HEADER + 8], grease;
	jet_count(jet, JET_C_PACKET_VERSION);
	if (h->version == 0 || datagram_len < JET_MTU_BASE)
		return; /* never answer an answer, never amplify */
	gn_rand_fill(jet->env.rand, &grease, 1);
	queue_answer(jet, to, out, jet_version_write(out, sizeof out, h->scid, h->dcid, grease),
		     JET_C_VERSION_SENT);
}

/* The newest answer that waits is one to this dial: its hello fills several datagrams, and needs
 * a single Retry. */
static bool answer_waits(const struct gn_jet *jet, const struct gn_way *to,
			 const struct jet_header *h)
{
	uint32_t n = jet->stateless.count;
	const struct jet_stateless *last = n ? gn_ring_at(&jet->stateless, n - 1) : NULL;
	return last && gn_way_eq(&last->to, to) &&
	       memcmp(last->data + DCID_AT, h->scid, JET_CID_LEN) == 0;
}

/* The cookie carries the first connection id; the Retry's own id is bound into its tag. */
static void send_retry(struct gn_jet *jet, const struct gn_way *to, const struct jet_header *h,
		       uint32_t effort, gn_time now)
{
	GN_ASSERT(h->type == JET_LONG_INITIAL);
	uint8_t scid[JET_CID_LEN], cookie[GN_COOKIE_LEN],
		out[JET_LONG_HEADER + GN_COOKIE_LEN + JET_RETRY_TAG];
	if (answer_waits(jet, to, h)) {
		jet_count(jet, JET_C_RETRY_SPARED);
		return;
	}
	gn_rand_fill(jet->env.rand, scid, sizeof scid);
	gn_guard_cookie(jet->guard, jet_way_whom(jet, to), scid, h->dcid, effort, now, cookie);
	size_t len = jet_retry_write(out, sizeof out, h->scid, scid, h->dcid, GN_SLICE(cookie));
	queue_answer(jet, to, out, len, JET_C_RETRY_SENT);
}

/* Opens a first packet with keys made on the stack, in a copy, so that a forgery costs no
 * memory. */
static gn_err try_open(const struct jet_header *h, const uint8_t *packet,
		       uint8_t copy[JET_DATAGRAM_IN_MAX])
{
	struct jet_keys rx, tx;
	struct gn_slice payload;
	struct jet_sealed x = {.p = copy, .len = h->len, .pn_offset = h->pn_offset};
	memcpy(copy, packet, h->len);
	GN_TRY(jet_keys_initial(h->dcid, true, &rx, &tx));
	gn_err err = GN_AUTH;
	if (jet_packet_unmask(&rx.aead, &x, true))
		err = jet_packet_open(&rx, &x, &payload);
	jet_keys_fini(&rx);
	jet_keys_fini(&tx);
	return err;
}

static gn_err make_session(struct gn_jet *jet, const struct jet_in *in,
			   const uint8_t original[JET_CID_LEN], struct jet_session **out)
{
	const struct jet_header *h = in->header;
	struct jet_session *s;
	GN_TRY(jet_session_new(jet, true, in->from, in->now, &s));
	gn_err err = jet_hs_new(s, NULL, h->dcid, in->now);
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
	s->hs->retried = h->token.len > 0; /* guard has seen that it proves the address */
	memcpy(s->hs->retry_scid, h->dcid, JET_CID_LEN);
	memcpy(s->hs->original_dcid, original, JET_CID_LEN);
	s->path->validated = s->hs->retried;
	jet_count(jet, JET_C_SESSIONS_IN);
	*out = s;
	return GN_OK;
}

/* Guard lets it in: its state is made, if it opens. */
static gn_err enter_stranger(struct gn_jet *jet, struct jet_in *in,
			     const uint8_t original[JET_CID_LEN])
{
	GN_ASSERT(in->header->is_long);
	uint8_t copy[JET_DATAGRAM_IN_MAX];
	struct jet_session *s = NULL;
	jet->stranger_steps++;
	gn_err err = try_open(in->header, in->bytes, copy);
	if (err == GN_OK)
		err = make_session(jet, in, original, &s);
	if (err == GN_AUTH || err == GN_NOMEM)
		jet_count(jet, err == GN_AUTH ? JET_C_PACKET_AUTH : JET_C_NOMEM);
	if (err != GN_OK)
		return err;
	return jet_recv_packet(in, s, 0);
}

/* ---- who waits for capacity ---- */

static void vacate(struct gn_jet *jet, struct jet_waiting *w)
{
	if (w->datagram[0])
		gn_map_remove(&jet->waiting_by_cid, w->dcid);
	for (int i = 0; i < JET_WAITING_DATAGRAMS; i++)
		gn_mem_free(jet->env.alloc, w->datagram[i]);
	*w = (struct jet_waiting){0};
}

/* The hello's next datagram; the same again is not kept twice. GN_AGAIN: kept. */
static gn_err keep_datagram(struct gn_jet *jet, struct jet_waiting *w, struct gn_slice datagram)
{
	GN_ASSERT(datagram.len <= JET_DATAGRAM_IN_MAX && datagram.len >= JET_MTU_BASE);
	for (int i = 0; i < JET_WAITING_DATAGRAMS; i++) {
		if (w->datagram[i] && gn_slice_eq(gn_slice(w->datagram[i], w->len[i]), datagram))
			return GN_REPLAY;
		if (w->datagram[i])
			continue;
		w->datagram[i] = gn_mem_new(jet->env.alloc, datagram.len);
		if (!w->datagram[i]) {
			jet_count(jet, JET_C_NOMEM);
			return GN_NOMEM;
		}
		memcpy(w->datagram[i], datagram.p, datagram.len);
		w->len[i] = (uint16_t)datagram.len;
		return GN_AGAIN;
	}
	return GN_LIMIT;
}

static gn_err wait_in(struct gn_jet *jet, uint32_t slot, const struct jet_in *in,
		      const uint8_t original[JET_CID_LEN])
{
	GN_ASSERT(slot < GN_GUARD_WAITING);
	if (!jet->waiting)
		jet->waiting = GN_NEW_ARRAY(jet->env.alloc, struct jet_waiting, GN_GUARD_WAITING);
	if (!jet->waiting) {
		jet_count(jet, JET_C_NOMEM);
		return GN_NOMEM;
	}
	struct jet_waiting *w = &jet->waiting[slot];
	vacate(jet, w);
	w->from = *in->from;
	memcpy(w->dcid, in->header->dcid, JET_CID_LEN);
	memcpy(w->original, original, JET_CID_LEN);
	uint32_t *at = gn_map_put(&jet->waiting_by_cid, w->dcid);
	gn_err err = at ? keep_datagram(jet, w, gn_slice(in->bytes, in->datagram_len)) : GN_NOMEM;
	if (at)
		*at = slot;
	if (err != GN_AGAIN) {
		gn_map_remove(&jet->waiting_by_cid, w->dcid);
		vacate(jet, w);
		return err;
	}
	jet_count(jet, JET_C_HELLO_WAITED);
	return GN_AGAIN;
}

/* NULL when no hello with this id waits. */
static struct jet_waiting *waiting_for(struct gn_jet *jet, const uint8_t dcid[JET_CID_LEN])
{
	const uint32_t *slot = gn_map_get(&jet->waiting_by_cid, dcid);
	if (!slot)
		return NULL;
	struct jet_waiting *w = &jet->waiting[*slot];
	if (gn_guard_waits(jet->guard, *slot))
		return w;
	vacate(jet, w);
	return NULL;
}

static void let_in(struct gn_jet *jet, struct jet_waiting *w, gn_time now)
{
	for (int i = 0; i < JET_WAITING_DATAGRAMS && w->datagram[i]; i++) {
		struct jet_header h;
		struct jet_in in = {.from = &w->from,
				    .header = &h,
				    .bytes = jet->scratch,
				    .datagram_len = w->len[i],
				    .now = now};
		memcpy(jet->scratch, w->datagram[i], w->len[i]);
		gn_err err = jet_header_read(gn_slice(jet->scratch, w->len[i]), &h);
		GN_ASSERT(err == GN_OK); /* it was read when it came */
		const struct jet_cid_ref *ref = gn_map_get(&jet->cids, h.dcid);
		err = ref ? jet_recv_packet(&in, ref->session, ref->path)
			  : enter_stranger(jet, &in, w->original);
		if (err != GN_OK)
			break; /* counted where it failed */
	}
	vacate(jet, w);
}

void jet_admit_tick(struct gn_jet *jet, gn_time now)
{
	uint32_t slot;
	for (int i = 0;
	     jet->waiting && i < JET_ADMIT_PER_TICK && gn_guard_next(jet->guard, now, &slot); i++)
		let_in(jet, &jet->waiting[slot], now);
}

gn_time jet_admit_deadline(const struct gn_jet *jet)
{
	return jet->waiting ? gn_guard_deadline(jet->guard) : GN_NEVER;
}

void jet_admit_fini(struct gn_jet *jet)
{
	for (uint32_t i = 0; jet->waiting && i < GN_GUARD_WAITING; i++)
		vacate(jet, &jet->waiting[i]);
	gn_mem_free(jet->env.alloc, jet->waiting);
	gn_map_fini(&jet->waiting_by_cid);
}

/* ---- the first packet of a stranger ---- */

static void count_refusal(struct gn_jet *jet, const struct gn_guard_verdict *v)
{
	if (v->err == GN_EXPIRED)
		jet_count(jet, JET_C_COOKIE_EXPIRED);
	else if (v->err == GN_AUTH)
		jet_count(jet, JET_C_COOKIE_BAD);
	else if (v->answer == GN_GUARD_REFUSE)
		jet_count(jet, JET_C_HELLO_REFUSED);
}

gn_err jet_admit(struct gn_jet *jet, struct jet_in *in)
{
	GN_ASSERT(in->header->is_long && in->header->version == JET_VERSION);
	const struct jet_header *h = in->header;
	struct gn_guard_hello hello = {.from = jet_way_whom(jet, in->from), .token = h->token};
	struct gn_guard_verdict v;
	struct jet_waiting *w = waiting_for(jet, h->dcid);
	if (in->datagram_len < JET_MTU_BASE) {
		jet_count(jet, JET_C_INITIAL_SMALL);
		return GN_MALFORMED;
	}
	if (w)
		return gn_way_eq(&w->from, in->from)
			       ? keep_datagram(jet, w, gn_slice(in->bytes, in->datagram_len))
			       : GN_AUTH;
	memcpy(hello.cid, h->dcid, JET_CID_LEN);
	hello.must_prove =
		jet->config.always_retry || jet->half_open >= jet->config.sessions_strangers;
	gn_guard_hello(jet->guard, &hello, in->now, &v);
	const uint8_t *original = v.proven ? v.payload : h->dcid;
	if (v.answer == GN_GUARD_ADMIT)
		return enter_stranger(jet, in, original);
	if (v.answer == GN_GUARD_WAIT)
		return wait_in(jet, v.slot, in, original);
	count_refusal(jet, &v);
	if (v.answer == GN_GUARD_COOKIE)
		send_retry(jet, in->from, h, v.effort, in->now);
	return v.err;
}
