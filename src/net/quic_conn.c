/* One connection of QUIC, by ngtcp2: quic.h.
 *
 * 1. ngtcp2 calls back while it works: what is told to the owner then is data alone; opened and
 *    closed wait until it has returned (quic_conn_settle).
 * 2. What the owner gives is taken and may be lost, as in a network: jet acknowledges and sends
 *    again by itself. What waits is bounded.
 * 3. Packets are 1,452 bytes at most and are not made longer: who dials this way knows that as much
 *    passes, or learns it from nothing being answered. */
#include "net/quic_int.h"

#include <stdlib.h>

void quic_path_set(struct quic_path *p, const struct gn_addr *remote)
{
	memset(p, 0, sizeof *p);
	p->local.sin6_family = p->remote.sin6_family = AF_INET6;
	p->local.sin6_port = htons(1);
	memcpy(&p->remote.sin6_addr, remote->ip, 16);
	p->remote.sin6_port = htons(remote->port);
	p->path = (ngtcp2_path){{(ngtcp2_sockaddr *)&p->local, sizeof p->local},
				{(ngtcp2_sockaddr *)&p->remote, sizeof p->remote},
				NULL};
}

/* ---- what ngtcp2 asks ---- */

static ngtcp2_conn *conn_of(ngtcp2_crypto_conn_ref *ref)
{
	return ((struct quic_conn *)ref->user_data)->conn;
}

static void draw(uint8_t *dest, size_t len, const ngtcp2_rand_ctx *ctx)
{
	const struct quic_conn *c = ctx->native_handle;
	gn_rand_fill(c->q->env.rand, dest, len);
}

static gn_err put_cid(struct quic_conn *c, const uint8_t *b)
{
	struct quic_cid key;
	memcpy(key.b, b, sizeof key.b);
	struct quic_conn **at = gn_map_put(&c->q->cids, &key);
	if (at)
		*at = c;
	return at ? GN_OK : GN_NOMEM;
}

static int new_cid(ngtcp2_conn *conn, ngtcp2_cid *cid, uint8_t *token, size_t len, void *user)
{
	struct quic_conn *c = user;
	(void)conn;
	cid->datalen = len;
	gn_rand_fill(c->q->env.rand, cid->data, len);
	gn_rand_fill(c->q->env.rand, token, NGTCP2_STATELESS_RESET_TOKENLEN);
	return len != QUIC_CID || put_cid(c, cid->data) ? NGTCP2_ERR_CALLBACK_FAILURE : 0;
}

static int drop_cid(ngtcp2_conn *conn, const ngtcp2_cid *cid, void *user)
{
	struct quic_conn *c = user;
	struct quic_cid key;
	(void)conn;
	if (cid->datalen == QUIC_CID) {
		memcpy(key.b, cid->data, sizeof key.b);
		gn_map_remove(&c->q->cids, &key);
	}
	return 0;
}

static int completed(ngtcp2_conn *conn, void *user)
{
	struct quic_conn *c = user;
	const ngtcp2_transport_params *p = ngtcp2_conn_get_remote_transport_params(conn);
	if (!p || p->max_datagram_frame_size < QUIC_MTU + 3)
		return NGTCP2_ERR_CALLBACK_FAILURE;
	c->tell_open = true;
	return 0;
}

static int datagram_came(ngtcp2_conn *conn, uint32_t flags, const uint8_t *data, size_t len,
			 void *user)
{
	struct quic_conn *c = user;
	const struct gn_carrier_events *e = &c->q->config.events;
	(void)conn, (void)flags;
	if (c->open && !c->closing && len)
		e->received(e->user, &c->carrier, &c->carrier.peer, gn_slice(data, len));
	return 0;
}

static void set_callbacks(ngtcp2_callbacks *cb, bool client)
{
	*cb = (ngtcp2_callbacks){
		.client_initial = client ? ngtcp2_crypto_client_initial_cb : NULL,
		.recv_client_initial = client ? NULL : ngtcp2_crypto_recv_client_initial_cb,
		.recv_crypto_data = ngtcp2_crypto_recv_crypto_data_cb,
		.handshake_completed = completed,
		.encrypt = ngtcp2_crypto_encrypt_cb,
		.decrypt = ngtcp2_crypto_decrypt_cb,
		.hp_mask = ngtcp2_crypto_hp_mask_cb,
		.recv_retry = client ? ngtcp2_crypto_recv_retry_cb : NULL,
		.rand = draw,
		.get_new_connection_id = new_cid,
		.remove_connection_id = drop_cid,
		.update_key = ngtcp2_crypto_update_key_cb,
		.delete_crypto_aead_ctx = ngtcp2_crypto_delete_crypto_aead_ctx_cb,
		.delete_crypto_cipher_ctx = ngtcp2_crypto_delete_crypto_cipher_ctx_cb,
		.recv_datagram = datagram_came,
		.get_path_challenge_data = ngtcp2_crypto_get_path_challenge_data_cb,
		.version_negotiation = ngtcp2_crypto_version_negotiation_cb};
}

/* ---- what the owner asks ---- */

static gn_err conn_send(struct gn_carrier *carrier, const struct gn_addr *to,
			const struct gn_buf *data, uint16_t segment, size_t *sent)
{
	struct quic_conn *c = (struct quic_conn *)carrier;
	size_t each = segment ? segment : data->len;
	(void)to;
	*sent = data->len;
	for (size_t at = 0; at < data->len; at += each) {
		size_t len = data->len - at < each ? data->len - at : each;
		struct quic_datagram *d =
			len <= QUIC_MTU && c->open && c->queued + len <= QUIC_QUEUE_MAX
				? malloc(sizeof *d + len)
				: NULL;
		if (!d) {
			c->q->counters[GN_QUIC_C_OVERFLOW]++;
			continue;
		}
		*d = (struct quic_datagram){.len = len};
		memcpy(d->bytes, data->p + at, len);
		*c->tail = d;
		c->tail = &d->next;
		c->queued += len;
	}
	return GN_OK;
}

static size_t conn_room(const struct gn_carrier *carrier)
{
	const struct quic_conn *c = (const struct quic_conn *)carrier;
	return c->open ? QUIC_QUEUE_MAX - c->queued : 0;
}

static void say_bye(struct quic_conn *c)
{
	struct quic_path p;
	ngtcp2_ccerr err;
	ngtcp2_ccerr_default(&err);
	quic_path_set(&p, &c->carrier.peer);
	ngtcp2_ssize n = ngtcp2_conn_write_connection_close(c->conn, &p.path, NULL, c->bye,
							    sizeof c->bye, &err, quic_now(c->q));
	c->bye_len = n > 0 ? (size_t)n : 0;
}

static void conn_close(struct gn_carrier *carrier)
{
	struct quic_conn *c = (struct quic_conn *)carrier;
	c->closing = true;
	if (!c->over && !c->q->busy)
		say_bye(c);
	c->over = c->over ? c->over : GN_CANCELLED;
}

static void conn_proven(struct gn_carrier *carrier)
{
	((struct quic_conn *)carrier)->proven = true;
}

/* ---- life ---- */

static void drop_queue(struct quic_conn *c)
{
	for (struct quic_datagram *d = c->head, *next; d; d = next) {
		next = d->next;
		free(d);
	}
	c->head = NULL;
	c->tail = &c->head;
	c->queued = 0;
}

void quic_conn_free(struct quic_conn *c)
{
	struct gn_quic *q = c->q;
	for (uint32_t i = q->cids.count; i-- > 0;)
		if (GN_MAP_AT(&q->cids, struct quic_conn *, i) == c) {
			struct quic_cid key = *(const struct quic_cid *)gn_map_key_at(&q->cids, i);
			gn_map_remove(&q->cids, &key);
		}
	*(c->prev ? &c->prev->next : &q->first) = c->next;
	*(c->next ? &c->next->prev : &q->last) = c->prev;
	if (q->turn == c)
		q->turn = c->next;
	q->count--;
	drop_queue(c);
	ngtcp2_conn_del(c->conn);
	gn_tls_quic_free(c->tls);
	free(c);
}

static void set_settings(struct quic_conn *c, const ngtcp2_pkt_hd *hd, ngtcp2_settings *s)
{
	ngtcp2_settings_default(s);
	s->initial_ts = quic_now(c->q);
	s->handshake_timeout = QUIC_HANDSHAKE;
	s->max_tx_udp_payload_size = QUIC_PACKET;
	s->no_tx_udp_payload_size_shaping = 1;
	s->no_pmtud = 1;
	s->rand_ctx.native_handle = c;
	if (hd) {
		s->token = hd->token;
		s->tokenlen = hd->tokenlen;
		s->token_type = NGTCP2_TOKEN_TYPE_RETRY;
	}
}

static void set_params(const ngtcp2_pkt_hd *hd, const ngtcp2_cid *odcid, ngtcp2_transport_params *p)
{
	ngtcp2_transport_params_default(p);
	p->max_idle_timeout = QUIC_IDLE;
	p->max_datagram_frame_size = 65535;
	p->active_connection_id_limit = 2;
	p->disable_active_migration = 1;
	if (hd) {
		p->original_dcid = *odcid;
		p->original_dcid_present = 1;
		p->retry_scid = hd->dcid;
		p->retry_scid_present = 1;
	}
}

static gn_err make(struct quic_conn *c, const char *name, const ngtcp2_pkt_hd *hd,
		   const ngtcp2_cid *odcid)
{
	struct quic_path path;
	ngtcp2_callbacks cb;
	ngtcp2_settings settings;
	ngtcp2_transport_params params;
	ngtcp2_cid own = {.datalen = QUIC_CID}, first = {.datalen = NGTCP2_MIN_INITIAL_DCIDLEN};
	gn_rand_fill(c->q->env.rand, own.data, own.datalen);
	gn_rand_fill(c->q->env.rand, first.data, first.datalen);
	quic_path_set(&path, &c->carrier.peer);
	set_callbacks(&cb, !hd);
	set_settings(c, hd, &settings);
	set_params(hd, odcid, &params);
	GN_TRY(put_cid(c, own.data));
	if (hd)
		GN_TRY(put_cid(c, hd->dcid.data));
	int rv = hd ? ngtcp2_conn_server_new(&c->conn, &hd->scid, &own, &path.path, hd->version,
					     &cb, &settings, &params, NULL, c)
		    : ngtcp2_conn_client_new(&c->conn, &first, &own, &path.path,
					     NGTCP2_PROTO_VER_V1, &cb, &settings, &params, NULL, c);
	if (rv)
		return GN_NOMEM;
	c->ref = (ngtcp2_crypto_conn_ref){conn_of, c};
	GN_TRY(gn_tls_quic_new(hd ? c->q->server : c->q->client, name, &c->ref, &c->tls));
	ngtcp2_conn_set_tls_native_handle(c->conn, c->tls);
	if (!hd)
		ngtcp2_conn_set_keep_alive_timeout(c->conn, QUIC_KEEP_ALIVE);
	return GN_OK;
}

gn_err quic_conn_new(struct gn_quic *q, const struct gn_addr *remote, const char *name,
		     const ngtcp2_pkt_hd *hd, const ngtcp2_cid *odcid, struct quic_conn **out)
{
	struct quic_conn *c = calloc(1, sizeof *c);
	if (!c)
		return GN_NOMEM;
	c->q = q;
	c->info = (struct gn_way_info){
		.kind = GN_WAY_QUIC, .metered = !hd && q->config.metered, .mtu = QUIC_MTU};
	c->carrier = (struct gn_carrier){.info = &c->info,
					 .peer = *remote,
					 .incoming = hd != NULL,
					 .send = conn_send,
					 .room = conn_room,
					 .close = conn_close,
					 .proven = conn_proven};
	c->prefix = gn_addr_prefix(remote);
	c->since = q->now;
	c->tail = &c->head;
	c->prev = q->last;
	*(c->prev ? &c->prev->next : &q->first) = c;
	q->last = c;
	q->count++;
	gn_err err = make(c, name, hd, odcid);
	if (err) {
		quic_conn_free(c);
		return err;
	}
	*out = c;
	return GN_OK;
}

void quic_conn_end(struct quic_conn *c, gn_err why)
{
	if (!c->over)
		c->over = why;
}

bool quic_conn_settle(struct quic_conn *c)
{
	const struct gn_carrier_events *e = &c->q->config.events;
	if (c->tell_open && !c->over) {
		c->tell_open = false;
		c->open = c->told = true;
		c->q->counters[GN_QUIC_C_OPENED]++;
		e->opened(e->user, &c->carrier);
	}
	if (!c->over || c->bye_len)
		return false;
	if (!c->closing && (c->told || !c->carrier.incoming)) {
		c->closing = true;
		e->closed(e->user, &c->carrier, c->over);
	}
	quic_conn_free(c);
	return true;
}

/* ---- packets ---- */

static gn_err why_of(int rv)
{
	return rv == NGTCP2_ERR_DRAINING || rv == NGTCP2_ERR_CLOSING               ? GN_CLOSED
	       : rv == NGTCP2_ERR_HANDSHAKE_TIMEOUT || rv == NGTCP2_ERR_IDLE_CLOSE ? GN_TIMEOUT
	       : rv == NGTCP2_ERR_CRYPTO                                           ? GN_CRYPTO
	       : rv == NGTCP2_ERR_NOMEM                                            ? GN_NOMEM
										   : GN_PROTOCOL;
}

static void fail(struct quic_conn *c, int rv)
{
	gn_err why = why_of(rv);
	if (c->over)
		return;
	c->q->counters[GN_QUIC_C_BROKEN] += why != GN_CLOSED && why != GN_TIMEOUT;
	if (why != GN_CLOSED && why != GN_TIMEOUT)
		say_bye(c);
	c->over = why;
}

void quic_conn_recv(struct quic_conn *c, const struct gn_addr *from, struct gn_slice datagram)
{
	struct quic_path p;
	quic_path_set(&p, from);
	c->q->busy = true;
	int rv = ngtcp2_conn_read_pkt(c->conn, &p.path, NULL, datagram.p, datagram.len,
				      quic_now(c->q));
	c->q->busy = false;
	if (rv)
		fail(c, rv);
}

static ngtcp2_ssize write_one(struct quic_conn *c)
{
	struct gn_quic *q = c->q;
	struct quic_path p;
	struct quic_datagram *d = c->head;
	int accepted = 0;
	quic_path_set(&p, &c->carrier.peer);
	if (!d || !c->open)
		return ngtcp2_conn_write_pkt(c->conn, &p.path, NULL, q->out, sizeof q->out,
					     quic_now(q));
	ngtcp2_ssize n = ngtcp2_conn_write_datagram(c->conn, &p.path, NULL, q->out, sizeof q->out,
						    &accepted, 0, 0, d->bytes, d->len, quic_now(q));
	if (!accepted)
		return n;
	c->head = d->next;
	c->tail = c->head ? c->tail : &c->head;
	c->queued -= d->len;
	free(d);
	return n;
}

size_t quic_conn_next(struct quic_conn *c)
{
	if (c->bye_len) {
		size_t len = c->bye_len;
		memcpy(c->q->out, c->bye, len);
		c->bye_len = 0;
		return len;
	}
	if (c->over)
		return 0;
	c->q->busy = true;
	ngtcp2_ssize n = write_one(c);
	c->q->busy = false;
	if (n < 0)
		fail(c, (int)n);
	else if (n > 0)
		ngtcp2_conn_update_pkt_tx_time(c->conn, quic_now(c->q));
	return n > 0 ? (size_t)n : 0;
}
