/* The handshake: TLS messages in CRYPTO frames, keys as they become known, the end of it (RFC
 * 9001 section 4, JT-40 on).
 *
 *   client:  hello -> [Retry: again with the cookie] -> server's flight -> Finished, OPEN
 *            -> CONFIRM from the server -> freed
 *   server:  hello complete -> TLS object, flight -> client's Finished, OPEN, CONFIRM -> freed
 *
 * 1. A server makes its TLS object, and thus any key pair, only when the whole hello is here
 *    (JT-42).
 * 2. Nothing of the application is accepted before the peer's key is proven.
 * 3. Everything here is given back once the handshake is confirmed. */
#include "jet/cid_int.h"
#include "jet/close_int.h"
#include "jet/handshake_int.h"
#include "jet/in_int.h"
#include "jet/loss_int.h"
#include "jet/mark_int.h"
#include "jet/params_int.h"
#include "jet/seats_int.h"
#include "jet/session_int.h"
#include "jet/token_int.h"

/* The fuller it is with half-open sessions, the less time each has. */
static gn_time patience_now(const struct jet_session *s)
{
	GN_ASSERT(s->jet->half.count <= s->jet->half.max);
	const struct jet_seats *half = &s->jet->half;
	gn_time all = s->jet->config.handshake_timeout,
		least = gn_time_min(all, JET_HANDSHAKE_TIMEOUT_MIN);
	uint32_t left = half->max - half->count;
	if (!s->incoming || left >= half->max / 2)
		return all;
	gn_time some = all / half->max * 2 * left;
	return some > least ? some : least;
}

gn_err jet_hs_new(struct jet_session *s, const struct gn_pk *expected,
		  const uint8_t dcid[JET_CID_LEN], gn_time now)
{
	GN_ASSERT(!s->hs && s->path);
	struct jet_hs *hs = GN_NEW(s->jet->env.alloc, struct jet_hs);
	if (!hs)
		return GN_NOMEM;
	memcpy(hs->original_dcid, dcid, JET_CID_LEN);
	hs->expects = expected != NULL;
	if (expected)
		hs->expected = *expected;
	hs->anchor = now;
	hs->timeout_at = now + patience_now(s);
	jet_space_init(&hs->space[0], s->jet);
	jet_space_init(&hs->space[1], s->jet);
	gn_err err = jet_keys_initial(dcid, s->incoming, &hs->rx[0], &hs->tx[0]);
	if (err != GN_OK) {
		gn_mem_free(s->jet->env.alloc, hs);
		return err;
	}
	s->hs = hs;
	return GN_OK;
}

void jet_hs_discard(struct jet_session *s, enum jet_level level)
{
	GN_ASSERT(s->hs && level < JET_APP);
	struct jet_hs *hs = s->hs;
	struct gn_alloc *alloc = s->jet->env.alloc;
	struct jet_space *sp = &hs->space[level];
	if (!hs->tx[level].ready && !hs->rx[level].ready)
		return;
	for (uint64_t pn = sp->low; pn < sp->pn_next; pn++) {
		/* in flight no more, and not lost either */
		const struct jet_sent *sent = jet_space_sent(sp, pn);
		if (sent && sent->state == JET_SENT_OUT)
			s->path->cc.in_flight -= sent->size;
	}
	jet_space_fini(sp, s->jet);
	jet_space_init(sp, s->jet);
	jet_keys_fini(&hs->rx[level]);
	jet_keys_fini(&hs->tx[level]);
	jet_sendbuf_fini(&hs->out[level], alloc);
	jet_recvbuf_fini(&hs->in[level], alloc);
	s->path->pto_count = 0;
}

void jet_hs_free(struct jet_session *s)
{
	if (!s->hs)
		return;
	gn_tls_free(s->hs->tls);
	for (int level = 0; level < 2; level++) {
		jet_hs_discard(s, (enum jet_level)level);
		/* a level may have bytes but no keys yet */
		jet_sendbuf_fini(&s->hs->out[level], s->jet->env.alloc);
		jet_recvbuf_fini(&s->hs->in[level], s->jet->env.alloc);
	}
	gn_mem_free_secret(s->jet->env.alloc, s->hs);
	s->hs = NULL;
}

void jet_hs_confirmed(struct jet_session *s, gn_time now)
{
	GN_ASSERT(s->state == JET_S_OPEN);
	s->confirmed = true;
	jet_hs_free(s);
	jet_mtu_start(s->path, now);
	jet_wake(s);
}

/* TLS gave up: the peer is told the alert. */
static gn_err tls_failed(struct jet_session *s, gn_err err)
{
	GN_ASSERT(err != GN_OK);
	int alert = gn_tls_alert(s->hs->tls);
	if (err != GN_PROTOCOL || alert < 0)
		return jet_fail(s, err);
	return jet_close_local(s, err, false, JET_E_ALERT + (uint32_t)alert,
			       "the TLS handshake failed", s->jet->now);
}

void jet_hs_drop_ticket(struct jet_session *s)
{
	gn_mem_free_secret(s->jet->env.alloc, s->ticket);
	s->ticket = NULL;
	s->ticket_len = 0;
}

gn_err jet_hs_on_confirm(struct jet_session *s, struct gn_slice ticket, gn_time now)
{
	GN_ASSERT(!s->incoming && s->hs);
	if (ticket.len) {
		gn_err err = gn_tls_recv(s->hs->tls, GN_TLS_APP, ticket);
		if (err == GN_OK)
			err = gn_tls_run(s->hs->tls);
		if (err != GN_OK)
			return tls_failed(s, err);
	}
	jet_hs_confirmed(s, now);
	return GN_OK;
}

/* Server: the ticket travels in CONFIRM; one that is too long or finds no memory is left out. */
static void take_ticket(struct jet_session *s)
{
	GN_ASSERT(s->incoming && !s->ticket);
	struct gn_slice ticket = gn_tls_pending(s->hs->tls, GN_TLS_APP);
	if (ticket.len == 0 || ticket.len > JET_TICKET_MAX)
		return;
	s->ticket = gn_mem_new(s->jet->env.alloc, ticket.len);
	if (!s->ticket)
		return;
	memcpy(s->ticket, ticket.p, ticket.len);
	s->ticket_len = (uint16_t)ticket.len;
}

static gn_err tls_new(struct jet_session *s)
{
	GN_ASSERT(s->hs && !s->hs->tls);
	uint8_t params[JET_PARAMS_MAX];
	size_t len = jet_params_write(s, params);
	return gn_tls_new(s->jet->tls, s->incoming, s->hs->expects ? &s->hs->expected : NULL,
			  gn_slice(params, len), &s->hs->tls);
}

static gn_err take_secrets(struct jet_session *s)
{
	struct gn_tls_secret k;
	while (gn_tls_next_secret(s->hs->tls, &k)) {
		if (k.level == GN_TLS_HANDSHAKE) {
			struct jet_keys *to =
				k.write ? &s->hs->tx[JET_HANDSHAKE] : &s->hs->rx[JET_HANDSHAKE];
			GN_TRY(jet_keys_init(to, k.alg, k.sha384, k.secret, k.write, true));
		} else if (k.level == GN_TLS_APP) {
			GN_TRY(jet_app_keys_install(&s->keys, k.write, k.alg, k.sha384, k.secret));
		}
	}
	return GN_OK;
}

static gn_err take_bytes(struct jet_session *s)
{
	static const enum gn_tls_level levels[2] = {GN_TLS_INITIAL, GN_TLS_HANDSHAKE};
	for (int level = 0; level < 2; level++) {
		struct gn_slice bytes = gn_tls_pending(s->hs->tls, levels[level]);
		struct jet_sendbuf *out = &s->hs->out[level];
		if (bytes.len == 0)
			continue;
		if (out->end - out->base + bytes.len > JET_CRYPTO_BUFFER)
			return GN_LIMIT;
		GN_TRY(jet_sendbuf_write(out, s->jet->env.alloc, bytes));
		gn_tls_take(s->hs->tls, levels[level], bytes.len);
	}
	return GN_OK;
}

static void copy_name(char *to, size_t cap, const char *from)
{
	size_t n = strlen(from ? from : "");
	n = n < cap ? n : cap - 1;
	memcpy(to, from ? from : "", n);
	to[n] = 0;
}

/* Server: the handshake is work that its key pays for (JT-29). */
static gn_err charge_key(struct jet_session *s, gn_time now)
{
	struct gn_guard *guard = s->jet->guard;
	struct gn_guard_subject who = gn_guard_of_key(&s->peer);
	if (!s->incoming || gn_guard_charge(guard, &who, gn_guard_cost(guard), now, NULL) == GN_OK)
		return GN_OK;
	return jet_close_local(s, GN_BUSY, false, JET_E_BUSY, "the share of this key is used up",
			       now);
}

/* The peer's key is known now: it counts for its key. */
static gn_err take_seat(struct jet_session *s, gn_time now)
{
	GN_ASSERT(s->incoming);
	jet_seat_give(s);
	s->holder.key = s->peer;
	struct jet_leaver leaver;
	gn_err err = jet_seat_take(&s->jet->open, s, now, &leaver);
	jet_close_leaver(&leaver, now);
	if (err == GN_BUSY)
		return jet_close_local(s, err, false, JET_E_BUSY, "no place for another session",
				       now);
	return err == GN_OK ? GN_OK : jet_fail(s, err);
}

/* TLS is done: the peer's key is proven, its parameters are authentic. */
static gn_err open_session(struct jet_session *s, gn_time now)
{
	GN_ASSERT(s->state == JET_S_HANDSHAKE);
	struct jet_hs *hs = s->hs;
	jet_token_drop(s); /* let in without the answer: looking for it needs the handshake */
	if (!gn_tls_peer(hs->tls, &s->peer) || !s->keys.rx.ready || !s->keys.tx.ready)
		return jet_fail(s, GN_KEY);
	gn_err err = gn_tls_export(hs->tls, "EXPORTER-geonet-session", s->exporter);
	if (err != GN_OK)
		return jet_fail(s, err);
	GN_TRY(jet_params_apply(s, gn_tls_peer_params(hs->tls)));
	GN_TRY(charge_key(s, now));
	if (s->incoming)
		GN_TRY(take_seat(s, now));
	s->holder.key = s->peer;
	copy_name(s->group, sizeof s->group, gn_tls_group(hs->tls));
	copy_name(s->suite, sizeof s->suite, gn_tls_suite(hs->tls));
	s->peer_known = true;
	s->state = JET_S_OPEN;
	if (s->half_open) {
		s->half_open = false;
		s->jet->half_open--;
	}
	s->keys.since = now;
	s->due |= JET_DUE_GREASE;
	s->told_peer[0] = s->limit_peer[0];
	s->told_peer[1] = s->limit_peer[1];
	jet_cid_issue_ahead(s);
	jet_count(s->jet, JET_C_HANDSHAKES_DONE);
	jet_session_event(s, JET_EV_CONNECTED);
	if (s->incoming) {
		take_ticket(s);
		s->due |= JET_DUE_CONFIRM;
		jet_hs_confirmed(s, now);
	}
	return GN_OK;
}

/* Drives TLS and takes what it made. */
static gn_err run_tls(struct jet_session *s, gn_time now)
{
	gn_err err = gn_tls_run(s->hs->tls), taken = take_secrets(s);
	if (err == GN_OK && taken == GN_OK)
		taken = take_bytes(s);
	err = err != GN_OK ? err : taken;
	if (err != GN_OK)
		return tls_failed(s, err);
	jet_wake(s);
	return gn_tls_done(s->hs->tls) && s->state == JET_S_HANDSHAKE ? open_session(s, now)
								      : GN_OK;
}

gn_err jet_hs_begin(struct jet_session *s)
{
	GN_ASSERT(!s->incoming && s->hs && !s->hs->tls);
	GN_TRY(tls_new(s));
	GN_TRY(gn_tls_run(s->hs->tls));
	return take_bytes(s);
}

/* Server: the whole hello is here (type, length of 3 bytes, body). */
static gn_err hello_complete(struct jet_session *s, bool *complete)
{
	GN_ASSERT(s->incoming);
	const struct jet_recvbuf *in = &s->hs->in[JET_INITIAL];
	size_t readable = jet_recvbuf_readable(in);
	uint8_t head[4];
	*complete = false;
	if (readable < sizeof head)
		return GN_OK;
	jet_recvbuf_peek(in, head, sizeof head);
	size_t len = sizeof head + ((size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3]);
	if (len > JET_HELLO_MAX)
		return jet_fault(s, JET_E_TLS, "the hello is too long");
	*complete = readable >= len;
	return GN_OK;
}

gn_err jet_hs_crypto(struct jet_session *s, enum jet_level level, const struct jet_frame *f,
		     struct jet_effect *e, gn_time now)
{
	GN_ASSERT(s->hs && level < JET_APP);
	static const enum gn_tls_level levels[2] = {GN_TLS_INITIAL, GN_TLS_HANDSHAKE};
	struct jet_hs *hs = s->hs;
	struct jet_recvbuf *in = &hs->in[level];
	if (f->offset + f->data.len > in->base + JET_CRYPTO_BUFFER)
		return jet_fault(s, JET_E_TLS, "too much handshake data ahead");
	gn_err err = jet_recvbuf_put(in, s->jet->env.alloc, f->offset, f->data);
	if (err == GN_LIMIT) {
		jet_count(s->jet, JET_C_STREAM_HOLES);
		e->refused = true;
		return GN_OK;
	}
	if (err != GN_OK)
		return jet_fail(s, err);
	if (!hs->tls) {
		bool complete;
		err = hello_complete(s, &complete);
		if (err != GN_OK || !complete)
			return err;
		err = tls_new(s);
		if (err != GN_OK)
			return jet_fail(s, err);
	}
	uint8_t bytes[1024];
	uint64_t base = in->base;
	for (size_t n; (n = jet_recvbuf_read(in, bytes, sizeof bytes)) > 0;) {
		err = gn_tls_recv(hs->tls, levels[level], gn_slice(bytes, n));
		if (err != GN_OK)
			return tls_failed(s, err);
	}
	return in->base > base ? run_tls(s, now) : GN_OK;
}

uint64_t jet_hs_received(const struct jet_hs *hs, enum jet_level level)
{
	GN_ASSERT(level < JET_APP);
	const struct jet_recvbuf *in = &hs->in[level];
	uint64_t sum = in->base;
	for (uint32_t i = 0; i < in->have.count; i++)
		sum += in->have.r[i].hi - in->have.r[i].lo;
	return sum;
}

void jet_hs_nudge(struct jet_session *s)
{
	GN_ASSERT(s->hs != NULL);
	for (int level = 0; level < 2; level++) {
		struct jet_space *sp = &s->hs->space[level];
		if (sp->out == 0 || sp->probes)
			continue;
		sp->probes = 1;
		gn_err err = jet_loss_probe_data(s, sp, (enum jet_level)level);
		if (err != GN_OK) {
			jet_fail(s, err);
			return;
		}
	}
}

gn_err jet_hs_retry(struct jet_session *s, const uint8_t scid[JET_CID_LEN], struct gn_slice cookie,
		    gn_time now)
{
	struct jet_hs *hs = s->hs;
	struct jet_keys rx, tx;
	GN_ASSERT(!s->incoming && hs->retries < JET_RETRIES && cookie.len <= JET_TOKEN_MAX);
	GN_TRY(jet_keys_initial(scid, false, &rx, &tx));
	jet_keys_fini(&hs->rx[JET_INITIAL]);
	jet_keys_fini(&hs->tx[JET_INITIAL]);
	hs->rx[JET_INITIAL] = rx;
	hs->tx[JET_INITIAL] = tx;
	s->knocks = false;
	hs->retried = true;
	hs->retries++;
	hs->anchor = now;
	memcpy(hs->original_dcid, s->cid_tx[0].cid, JET_CID_LEN);
	memcpy(hs->retry_scid, scid, JET_CID_LEN);
	memcpy(s->cid_tx[0].cid, scid, JET_CID_LEN);
	s->path->pto_count = 0;
	GN_TRY(jet_token_follow(s, cookie));
	return jet_loss_all(s, s->path, &hs->space[JET_INITIAL], JET_INITIAL);
}
