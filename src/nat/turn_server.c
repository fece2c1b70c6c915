/* The engine: what comes from clients and from peers, and users. turn_server.h says how it lives.
 *
 * 1. What a stranger sends changes a counter, nothing else: an allocation is made for a user, at
 *    an address where they have heard a nonce.
 * 2. A datagram that is relayed is copied once at most, and only where a head goes before it.
 * 3. A way has one allocation at most, a relay one way, a user TURN_ALLOCATIONS_USER.
 *
 * turn_auth.c: who it is; turn_request.c: what they ask for; turn_answer.c: what they are told;
 * turn_life.c: allocations; turn_peer.c: permissions and channels. Rules RE-50, RE-51, RE-52. */
#include "nat/turn_server_int.h"

gn_err gn_turn_server_new(const struct gn_env *env, const struct gn_turn_server_config *config,
			  struct gn_turn_server **out)
{
	GN_ASSERT(config->v4 || config->v6);
	struct gn_turn_server *s = GN_NEW(env->alloc, struct gn_turn_server);
	if (!s)
		return GN_NOMEM;
	s->env = *env;
	s->config = *config;
	s->due = GN_NEVER;
	gn_rand_fill(env->rand, s->secret, sizeof s->secret);
	gn_map_init(&s->users, env, TURN_NAME_MAX + 1, sizeof(struct turn_user *), TURN_USERS_MAX);
	*out = s;
	return GN_OK;
}

void gn_turn_server_free(struct gn_turn_server *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < TURN_ALLOCATIONS; i++)
		gn_mem_free_secret(s->env.alloc, s->allocations[i]);
	for (uint32_t i = 0; i < s->users.count; i++)
		gn_mem_free_secret(s->env.alloc, GN_MAP_AT(&s->users, struct turn_user *, i));
	gn_map_fini(&s->users);
	gn_mem_free_secret(s->env.alloc, s);
}

void gn_turn_server_moved(struct gn_turn_server *s, const struct gn_stun_server *stun,
			  const struct gn_addr *own, size_t count)
{
	s->config.stun = *stun;
	s->own_count = count < TURN_OWN_MAX ? count : TURN_OWN_MAX;
	if (s->own_count)
		memcpy(s->own, own, s->own_count * sizeof *own);
}

/* ---- users ---- */

gn_err gn_turn_server_user(struct gn_turn_server *s, struct gn_slice name, struct gn_slice password)
{
	uint8_t key[TURN_NAME_MAX + 1] = {0};
	if (!name.len || name.len > TURN_NAME_MAX)
		return GN_RANGE;
	key[0] = (uint8_t)name.len;
	memcpy(key + 1, name.p, name.len);
	struct turn_user **at = gn_map_get(&s->users, key);
	if (!at && s->users.count == TURN_USERS_MAX)
		return GN_LIMIT;
	struct turn_user *user = at ? *at : GN_NEW(s->env.alloc, struct turn_user);
	if (!at && user)
		at = gn_map_put(&s->users, key);
	if (!at) {
		gn_mem_free(s->env.alloc, user);
		return GN_NOMEM;
	}
	*at = user;
	gn_stun_key_md5(name, GN_LIT(GN_TURN_REALM), password, user->md5);
	gn_stun_key_sha256(name, GN_LIT(GN_TURN_REALM), password, user->sha256);
	return GN_OK;
}

void gn_turn_server_user_gone(struct gn_turn_server *s, struct gn_slice name)
{
	uint8_t key[TURN_NAME_MAX + 1] = {0};
	struct turn_user *user = turn_user(s, name);
	if (!user)
		return;
	for (size_t i = 0; i < TURN_ALLOCATIONS; i++)
		if (s->allocations[i] && s->allocations[i]->user == user)
			turn_close(s, s->allocations[i]);
	key[0] = (uint8_t)name.len;
	memcpy(key + 1, name.p, name.len);
	(void)gn_map_remove(&s->users, key);
	gn_mem_free_secret(s->env.alloc, user);
}

/* ---- from clients ---- */

static gn_err binding(struct turn_ask *ask)
{
	static const struct gn_stun_server none; /* a connection has no other place */
	struct gn_turn_server *s = ask->s;
	uint8_t place = ask->from->at;
	gn_err err = gn_stun_server_answer(ask->from->conn ? &none : &s->config.stun, ask->m,
					   &ask->from->addr, place, ask->room->b, STUN_SAID_MAX,
					   &ask->out->bytes, &place);
	s->count.bindings += err == GN_OK;
	s->count.refused += err == GN_UNSUPPORTED;
	s->count.too_short += err != GN_OK && err != GN_UNSUPPORTED;
	if (err != GN_OK && err != GN_UNSUPPORTED)
		return err;
	ask->out->to = GN_TURN_CLIENT;
	ask->out->client = *ask->from;
	ask->out->client.at = place;
	return err;
}

static gn_err request(struct turn_ask *ask)
{
	struct gn_turn_server *s = ask->s;
	uint16_t method = ask->m->method;
	if (method == GN_STUN_BINDING)
		return binding(ask);
	if (ask->from->at != 0 ||
	    (method != GN_STUN_ALLOCATE && method != GN_STUN_REFRESH &&
	     method != GN_STUN_CREATE_PERMISSION && method != GN_STUN_CHANNEL_BIND)) {
		s->count.malformed++;
		return GN_UNSUPPORTED;
	}
	uint16_t code = turn_auth(ask);
	bool asked = ask->m->sha1_at || ask->m->sha256_at;
	s->count.challenged += code == 438 || (code == 401 && !asked);
	s->count.wrong += code == 400 || (code == 401 && asked);
	if (!code)
		code = turn_request(ask);
	if (code)
		turn_refuse(ask, code, NULL, 0);
	return code ? GN_DENIED : GN_OK;
}

/* Between the allocation and a peer, either way. */
static gn_err lets_through(struct gn_turn_server *s, const struct turn_allocation *a,
			   const struct gn_addr *peer, size_t len, gn_time now)
{
	if (!turn_peer_passes(s, a, peer, now)) {
		s->count.no_permission++;
		return GN_DENIED;
	}
	if (len > TURN_DATA_MAX) {
		s->count.large++;
		return GN_TOO_LARGE;
	}
	return GN_OK;
}

/* From a client's way to a peer, if there is an allocation and the peer is let through. */
static gn_err to_peer(struct gn_turn_server *s, const struct turn_allocation *a,
		      const struct gn_addr *peer, struct gn_slice data, gn_time now,
		      struct gn_turn_out *out)
{
	GN_TRY(lets_through(s, a, peer, data.len, now));
	s->count.sent++;
	s->count.sent_bytes += data.len;
	out->to = GN_TURN_PEER;
	out->relay = a->relay;
	out->peer = *peer;
	out->bytes = data;
	return GN_OK;
}

static struct turn_allocation *live(struct gn_turn_server *s, const struct gn_turn_from *from)
{
	struct turn_allocation *a = turn_find(s, from);
	if (a && a->state == TURN_LIVE)
		return a;
	s->count.no_allocation++;
	return NULL;
}

/* A Send indication; nothing is said to what is wrong with it (RFC 8656 section 11.2). */
static gn_err send_data(struct gn_turn_server *s, const struct gn_turn_from *from,
			const struct gn_stun *m, gn_time now, struct gn_turn_out *out)
{
	static const uint16_t known[] = {GN_STUN_XOR_PEER_ADDRESS, GN_STUN_DATA_VALUE};
	uint16_t types[STUN_UNKNOWN_MAX];
	struct gn_addr peer;
	struct gn_slice data;
	if (m->method != GN_STUN_SEND || !gn_stun_get(m, GN_STUN_DATA_VALUE, &data) ||
	    gn_stun_addr(m, GN_STUN_XOR_PEER_ADDRESS, true, &peer) != GN_OK ||
	    gn_stun_unknown(m, known, GN_COUNT(known), types)) {
		s->count.malformed++;
		return GN_MALFORMED;
	}
	const struct turn_allocation *a = live(s, from);
	return a ? to_peer(s, a, &peer, data, now, out) : GN_NOT_FOUND;
}

static gn_err channel_data(struct gn_turn_server *s, const struct gn_turn_from *from,
			   struct gn_slice in, gn_time now, struct gn_turn_out *out)
{
	uint16_t number;
	struct gn_slice data;
	if (gn_turn_channel_read(in, &number, &data) != GN_OK) {
		s->count.malformed++;
		return GN_MALFORMED;
	}
	struct turn_allocation *a = live(s, from);
	const struct turn_channel *c = a ? turn_channel_at(a, number, now) : NULL;
	if (a && !c)
		s->count.no_permission++;
	return c ? to_peer(s, a, &c->peer, data, now, out) : GN_NOT_FOUND;
}

gn_err gn_turn_server_recv(struct gn_turn_server *s, const struct gn_turn_from *from,
			   struct gn_slice in, gn_time now, struct gn_turn_room *room,
			   struct gn_turn_out *out)
{
	struct gn_stun m;
	GN_ASSERT(from->at < GN_STUN_PLACES);
	*out = (struct gn_turn_out){.to = GN_TURN_NOBODY};
	gn_turn_server_tick(s, now);
	if (gn_turn_is_channel(in))
		return channel_data(s, from, in, now, out);
	if (!from->addr.port || gn_stun_parse(in, &m) != GN_OK || m.kind == GN_STUN_SUCCESS ||
	    m.kind == GN_STUN_ERROR) {
		s->count.malformed++;
		return GN_MALFORMED;
	}
	if (m.kind == GN_STUN_INDICATION)
		return send_data(s, from, &m, now, out);
	struct turn_ask ask = {.s = s, .from = from, .m = &m, .now = now, .room = room, .out = out};
	gn_err err = request(&ask);
	gn_wipe(&ask.key, sizeof ask.key);
	return err;
}

/* ---- from peers, and from the owner ---- */

gn_err gn_turn_server_relayed(struct gn_turn_server *s, uint32_t relay, const struct gn_addr *peer,
			      struct gn_slice data, gn_time now, struct gn_turn_room *room,
			      struct gn_turn_out *out)
{
	*out = (struct gn_turn_out){.to = GN_TURN_NOBODY};
	gn_turn_server_tick(s, now);
	struct turn_allocation *a = turn_relay(s, relay);
	if (!a || a->state != TURN_LIVE) {
		s->count.no_allocation++;
		return GN_NOT_FOUND;
	}
	GN_TRY(lets_through(s, a, peer, data.len, now));
	const struct turn_channel *c = turn_channel_of(a, peer, now);
	if (c) {
		gn_turn_channel_write(room, c->number, data, a->from.conn != 0, &out->bytes);
	} else {
		struct gn_stun_maker m;
		struct gn_stun_id id;
		gn_rand_fill(s->env.rand, id.b, sizeof id.b);
		gn_stun_begin(&m, room->b, sizeof room->b, GN_STUN_INDICATION, GN_STUN_DATA, &id);
		gn_stun_put_addr(&m, GN_STUN_XOR_PEER_ADDRESS, true, peer);
		gn_stun_put(&m, GN_STUN_DATA_VALUE, data);
		gn_err err = gn_stun_end(&m, false, &out->bytes);
		GN_ASSERT(err == GN_OK); /* TURN_DATA_MAX fit */
	}
	s->count.got++;
	s->count.got_bytes += data.len;
	out->to = GN_TURN_CLIENT;
	out->client = a->from;
	return GN_OK;
}

gn_err gn_turn_server_opened(struct gn_turn_server *s, uint32_t relay,
			     const struct gn_addr *relayed, gn_time now, struct gn_turn_room *room,
			     struct gn_turn_out *out)
{
	*out = (struct gn_turn_out){.to = GN_TURN_NOBODY};
	gn_turn_server_tick(s, now);
	struct turn_allocation *a = turn_relay(s, relay);
	if (!a || a->state != TURN_OPENING)
		return GN_NOT_FOUND;
	GN_ASSERT(a->told);
	if (!relayed) {
		s->count.not_opened++;
		turn_answer_not_opened(a, room, out);
		a->told = false; /* nothing is open: it goes without a word */
		turn_close(s, a);
		return GN_OK;
	}
	GN_ASSERT(relayed->port && gn_addr_is_v4(relayed) != a->v6);
	GN_ASSERT(!a->even || relayed->port % 2 == 0);
	s->count.allocated++;
	a->state = TURN_LIVE;
	a->relayed = *relayed;
	turn_set_end(s, a, now + (gn_time)a->lifetime * GN_SEC);
	turn_answer_allocated(a, now, room, out);
	return GN_OK;
}

/* ---- queries ---- */

bool gn_turn_server_counter_at(const struct gn_turn_server *s, size_t i, struct gn_counter *out)
{
	static const char *const names[] = {
#define X(name) #name,
#include "nat/counters.def"
#undef X
	};
	return gn_counter_at(names, &s->count, GN_COUNT(names), i, out);
}

void gn_turn_server_validate(const struct gn_turn_server *s)
{
	gn_time due = GN_NEVER;
	gn_map_validate(&s->users);
	for (size_t i = 0; i < TURN_ALLOCATIONS; i++) {
		const struct turn_allocation *a = s->allocations[i];
		if (!a)
			continue;
		GN_ASSERT(a->relay && a->relay % TURN_ALLOCATIONS == i);
		GN_ASSERT((a->state == TURN_CLOSING) == !a->user);
		GN_ASSERT((a->state == TURN_LIVE) == (a->state != TURN_CLOSING && a->relayed.port));
		if (a->state == TURN_CLOSING)
			continue;
		GN_ASSERT(turn_find(s, &a->from) == a);
		due = gn_time_min(due, a->until);
	}
	GN_ASSERT(due == s->due);
}
