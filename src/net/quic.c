/* All connections of QUIC, and strangers: quic.h.
 *
 * 1. A stranger's Initial without a token is answered by a Retry, which is shorter than a tenth of
 *    it, and one datagram at a time waits to be sent so: the rest is passed over. So many are
 *    answered in a window, of a prefix a share: who forges addresses takes no more of our time.
 * 2. An Initial with a token of ours makes a connection: its address is proven. A prefix has 16,
 *    and 4 whose handshake is not done; one on which no key was proven in 15 s ends.
 *    When strangers' places are taken, or all, somebody gives way: the oldest on which no key is
 *    proven, of the prefix that has most of these, the newcomer's counting one more; else the
 *    oldest of the prefix that has most, when that has two more than the newcomer's.
 * 3. What is no packet of a connection is never answered otherwise. */
#include "net/quic_int.h"

#include <stdlib.h>

gn_err gn_quic_new(const struct gn_env *env, const struct gn_quic_config *config,
		   struct gn_quic **out)
{
	struct gn_quic *q = calloc(1, sizeof *q);
	if (!q)
		return GN_NOMEM;
	q->env = *env;
	q->config = *config;
	q->now = config->now;
	gn_map_init(&q->cids, env, sizeof(struct quic_cid), sizeof(struct quic_conn *),
		    QUIC_CONNECTIONS * QUIC_CIDS);
	gn_rand_fill(env->rand, q->secret, sizeof q->secret);
	gn_rand_fill(env->rand, (uint8_t *)&q->retries.salt, sizeof q->retries.salt);
	gn_err err = gn_tls_quic_client(&q->client);
	if (!err && config->listen)
		err = gn_tls_quic_server(config->now, &q->server);
	if (err) {
		gn_quic_free(q);
		return err;
	}
	*out = q;
	return GN_OK;
}

void gn_quic_free(struct gn_quic *q)
{
	if (!q)
		return;
	while (q->first)
		quic_conn_free(q->first);
	gn_map_fini(&q->cids);
	gn_tls_pipe_ctx_free(q->client);
	gn_tls_pipe_ctx_free(q->server);
	gn_wipe(q->secret, sizeof q->secret);
	free(q);
}

/* ---- strangers ---- */

static bool may_retry(struct gn_quic *q, uint64_t prefix)
{
	_Static_assert(QUIC_RETRY_SLOTS == 256, "eight bits");
	uint8_t *of = &q->retries.of[(prefix + 1) * (q->retries.salt | 1) >> 56];
	if (q->now - q->retries.since >= QUIC_RETRY_WINDOW) {
		q->retries.since = q->now;
		q->retries.all = 0;
		memset(q->retries.of, 0, sizeof q->retries.of);
	}
	if (q->retries.all >= QUIC_RETRIES || *of >= QUIC_RETRIES_PREFIX) {
		q->counters[GN_QUIC_C_RETRY_SHARE]++;
		return false;
	}
	q->retries.all++;
	++*of;
	return true;
}

static void retry(struct gn_quic *q, const struct gn_addr *from, const ngtcp2_pkt_hd *hd,
		  const struct quic_path *path)
{
	uint8_t token[NGTCP2_CRYPTO_MAX_RETRY_TOKENLEN];
	ngtcp2_cid own = {.datalen = QUIC_CID};
	if (q->out_len || !may_retry(q, gn_addr_prefix(from)))
		return;
	gn_rand_fill(q->env.rand, own.data, own.datalen);
	if (ngtcp2_cid_eq(&own, &hd->dcid))
		return; /* a Retry names another id (RFC 9000 17.2.5.1) */
	ngtcp2_ssize len = ngtcp2_crypto_generate_retry_token(
		token, q->secret, sizeof q->secret, hd->version, path->path.remote.addr,
		path->path.remote.addrlen, &own, &hd->dcid, quic_now(q));
	if (len <= 0)
		return;
	ngtcp2_ssize n = ngtcp2_crypto_write_retry(q->out, sizeof q->out, hd->version, &hd->scid,
						   &own, &hd->dcid, token, (size_t)len);
	q->out_len = n > 0 ? (size_t)n : 0;
	q->out_to = *from;
	q->counters[GN_QUIC_C_RETRIED]++;
}

static bool counts(const struct quic_conn *c, bool strangers)
{
	return c->carrier.incoming && !c->over && !(strangers && c->proven);
}

/* Connections that came in, of a prefix or all (NULL). */
static unsigned count(const struct gn_quic *q, const uint64_t *prefix, bool strangers)
{
	unsigned n = 0;
	for (const struct quic_conn *c = q->first; c; c = c->next)
		n += counts(c, strangers) && (!prefix || c->prefix == *prefix);
	return n;
}

/* The oldest of the prefix that has most, the newcomer's counting one more, and `above` at least;
 * NULL: none has so many. 256 x 256 steps at most, a tenth of the handshake that follows. */
static struct quic_conn *oldest(struct gn_quic *q, uint64_t newcomer, bool strangers,
				unsigned above)
{
	struct quic_conn *found = NULL;
	unsigned most = above;
	for (struct quic_conn *c = q->first; c; c = c->next) {
		unsigned n = counts(c, strangers) ? count(q, &c->prefix, strangers) : 0;
		n += n && c->prefix == newcomer;
		if (n > most) {
			most = n;
			found = c;
		}
	}
	return found;
}

static bool gives_way(struct gn_quic *q, uint64_t newcomer)
{
	struct quic_conn *c = oldest(q, newcomer, true, 0);
	if (!c)
		c = oldest(q, newcomer, false, count(q, &newcomer, false) + 1);
	if (!c)
		return false;
	q->counters[GN_QUIC_C_EVICTED]++;
	quic_conn_end(c, GN_LIMIT);
	c->bye_len = 0;
	(void)quic_conn_settle(c);
	return true;
}

static bool may_come(struct gn_quic *q, uint64_t prefix)
{
	unsigned hellos = 0;
	for (const struct quic_conn *c = q->first; c; c = c->next)
		hellos += counts(c, true) && c->prefix == prefix && !c->open;
	if (count(q, &prefix, false) >= QUIC_PER_PREFIX || hellos >= QUIC_HELLOS_PREFIX) {
		q->counters[GN_QUIC_C_PREFIX]++;
		return false;
	}
	bool crowded = count(q, NULL, true) >= QUIC_STRANGERS,
	     full = count(q, NULL, false) >= QUIC_INCOMING;
	if (!((crowded || full) && !gives_way(q, prefix)) && q->count < QUIC_CONNECTIONS)
		return true;
	q->counters[GN_QUIC_C_FULL]++;
	return false;
}

static struct quic_conn *take_stranger(struct gn_quic *q, const struct gn_addr *from,
				       struct gn_slice datagram)
{
	ngtcp2_pkt_hd hd;
	ngtcp2_cid odcid;
	struct quic_path path;
	struct quic_conn *c = NULL;
	if (!q->server || datagram.len < NGTCP2_MAX_UDP_PAYLOAD_SIZE ||
	    ngtcp2_accept(&hd, datagram.p, datagram.len) || hd.version != NGTCP2_PROTO_VER_V1) {
		q->counters[GN_QUIC_C_BAD]++;
		return NULL;
	}
	quic_path_set(&path, from);
	if (!hd.tokenlen) {
		retry(q, from, &hd, &path);
		return NULL;
	}
	if (hd.dcid.datalen != QUIC_CID ||
	    ngtcp2_crypto_verify_retry_token(&odcid, hd.token, hd.tokenlen, q->secret,
					     sizeof q->secret, hd.version, path.path.remote.addr,
					     path.path.remote.addrlen, &hd.dcid, QUIC_TOKEN,
					     quic_now(q))) {
		q->counters[GN_QUIC_C_TOKEN]++;
		return NULL;
	}
	return may_come(q, gn_addr_prefix(from)) &&
			       quic_conn_new(q, from, NULL, &hd, &odcid, &c) == GN_OK
		       ? c
		       : NULL;
}

void gn_quic_recv(struct gn_quic *q, const struct gn_addr *from, struct gn_slice datagram,
		  gn_time now)
{
	ngtcp2_version_cid v;
	struct quic_cid key;
	struct quic_conn *c = NULL;
	q->now = now;
	if (ngtcp2_pkt_decode_version_cid(&v, datagram.p, datagram.len, QUIC_CID)) {
		q->counters[GN_QUIC_C_BAD]++;
		return;
	}
	if (v.dcidlen == QUIC_CID) {
		memcpy(key.b, v.dcid, sizeof key.b);
		struct quic_conn **at = gn_map_get(&q->cids, &key);
		c = at ? *at : NULL;
	}
	if (!c)
		c = take_stranger(q, from, datagram);
	if (!c)
		return;
	if (!gn_addr_eq(from, &c->carrier.peer) || c->over) {
		q->counters[GN_QUIC_C_BAD]++; /* nobody moves: jet has paths of its own */
		return;
	}
	quic_conn_recv(c, from, datagram);
	(void)quic_conn_settle(c);
}

/* ---- out, and time ---- */

bool gn_quic_answers(const struct gn_quic *q)
{
	return q->out_len != 0;
}

bool gn_quic_next(struct gn_quic *q, gn_time now, struct gn_addr *to, struct gn_slice *packet)
{
	q->now = now;
	if (q->out_len) {
		*to = q->out_to;
		*packet = gn_slice(q->out, q->out_len);
		q->out_len = 0;
		return true;
	}
	for (unsigned tries = q->count + 1; tries-- > 0 && q->first;) {
		struct quic_conn *c = q->turn ? q->turn : q->first;
		q->turn = c->next;
		*to = c->carrier.peer;
		size_t len = quic_conn_next(c);
		(void)quic_conn_settle(c);
		if (len) {
			*packet = gn_slice(q->out, len);
			return true;
		}
	}
	return false;
}

static gn_time end_of(const struct quic_conn *c)
{
	return c->carrier.incoming && !c->proven ? c->since + QUIC_PROOF : GN_NEVER;
}

gn_time gn_quic_deadline(const struct gn_quic *q)
{
	gn_time at = q->out_len ? q->now : GN_NEVER;
	for (const struct quic_conn *c = q->first; c; c = c->next) {
		ngtcp2_tstamp t = ngtcp2_conn_get_expiry(c->conn);
		at = c->over || c->bye_len ? q->now : gn_time_min(at, end_of(c));
		if (t <= (ngtcp2_tstamp)INT64_MAX && (gn_time)t < at)
			at = (gn_time)t;
	}
	return at;
}

void gn_quic_tick(struct gn_quic *q, gn_time now)
{
	q->now = now;
	for (struct quic_conn *c = q->first, *next; c; c = next) {
		next = c->next;
		if (!c->over && ngtcp2_conn_get_expiry(c->conn) <= quic_now(q)) {
			q->busy = true;
			int rv = ngtcp2_conn_handle_expiry(c->conn, quic_now(q));
			q->busy = false;
			if (rv)
				quic_conn_end(c, GN_TIMEOUT);
		}
		if (!c->over && end_of(c) <= now) {
			q->counters[GN_QUIC_C_UNPROVEN]++;
			quic_conn_end(c, GN_TIMEOUT);
		}
		(void)quic_conn_settle(c);
	}
}

gn_err gn_quic_dial(struct gn_quic *q, const struct gn_addr *to, const char *name, gn_time now,
		    struct gn_carrier **out)
{
	struct quic_conn *c;
	q->now = now;
	if (q->count >= QUIC_CONNECTIONS)
		return GN_LIMIT;
	GN_TRY(quic_conn_new(q, to, name, NULL, NULL, &c));
	q->counters[GN_QUIC_C_DIALLED]++;
	*out = &c->carrier;
	return GN_OK;
}

bool gn_quic_counter_at(const struct gn_quic *q, size_t i, struct gn_counter *out)
{
	static const char *const names[] = {
#define X(name, text) text,
#include "net/quic_counters.def"
#undef X
	};
	return gn_counter_at(names, q->counters, GN_COUNT(names), i, out);
}
