/* The client: turn_client.h. Here is what it says and what the owner wants of it; what the server
 * says is read in turn_client_in.c.
 *
 * 1. A request keeps its bytes and its id until it is answered or given up; what is asked next
 *    follows from the state.
 * 2. Silence is known in TURN_QUIET and the time of one request: whoever has said nothing for so
 *    long is asked to refresh.
 * 3. A ChannelBind gives permission too, so that a peer needs one request each TURN_AGAIN. A
 *    channel's number is not given to another peer before it has ended (RFC 8656 section 12).
 *    Rule RE-47. */
#include "nat/turn_client_int.h"

static bool text_set(struct gn_turn_text *t, struct gn_slice s)
{
	if (s.len > sizeof t->b)
		return false;
	if (s.len)
		memcpy(t->b, s.p, s.len);
	t->len = (uint8_t)s.len;
	return true;
}

gn_err gn_turn_client_init(struct gn_turn_client *c, struct gn_rand *rand,
			   const struct gn_turn_client_config *config, gn_time now)
{
	GN_ASSERT(config->server.port != 0);
	if (!config->user.len)
		return GN_RANGE;
	memset(c, 0, sizeof *c);
	if (!text_set(&c->user, config->user) || !text_set(&c->password, config->password)) {
		gn_wipe(c, sizeof *c);
		return GN_TOO_LARGE;
	}
	c->rand = rand;
	c->server = config->server;
	c->stream = config->stream;
	c->v6 = config->v6;
	c->channel = TURN_CHANNEL_OURS_LAST;
	c->since = now;
	return GN_OK;
}

void gn_turn_client_fini(struct gn_turn_client *c)
{
	gn_wipe(c, sizeof *c);
}

/* ---- what is asked ---- */

void turn_client_key(const struct gn_turn_client *c, struct turn_client_key *key)
{
	struct gn_slice user = turn_text(&c->user), realm = turn_text(&c->realm);
	key->sha256 = c->algorithms.len != 0; /* the integrity: RFC 8489 section 9.2.5 */
	key->len = c->sha256 ? 32 : 16;
	if (c->sha256)
		gn_stun_key_sha256(user, realm, turn_text(&c->password), key->b);
	else
		gn_stun_key_md5(user, realm, turn_text(&c->password), key->b);
}

static void put_credentials(const struct gn_turn_client *c, struct gn_stun_maker *m)
{
	const uint8_t algorithm[4] = {0, c->sha256 ? 2 : 1, 0, 0};
	struct turn_client_key key;
	gn_stun_put(m, GN_STUN_USERNAME, turn_text(&c->user));
	gn_stun_put(m, GN_STUN_REALM, turn_text(&c->realm));
	gn_stun_put(m, GN_STUN_NONCE, turn_text(&c->nonce));
	if (c->algorithms.len) {
		gn_stun_put(m, GN_STUN_PASSWORD_ALGORITHM, GN_SLICE(algorithm));
		gn_stun_put(m, GN_STUN_PASSWORD_ALGORITHMS, turn_text(&c->algorithms));
	}
	turn_client_key(c, &key);
	gn_stun_put_integrity(m, key.sha256, gn_slice(key.b, key.len));
	gn_wipe(&key, sizeof key);
}

static void put_what(const struct gn_turn_client *c, struct gn_stun_maker *m, uint16_t method)
{
	const struct gn_turn_client_peer *p = &c->peers[c->peer];
	if (method == GN_STUN_ALLOCATE) {
		gn_stun_put_u32(m, GN_STUN_REQUESTED_TRANSPORT, 17u << 24); /* UDP */
		if (c->v6)
			gn_stun_put_u32(m, GN_STUN_REQUESTED_FAMILY, 2u << 24);
	} else if (method == GN_STUN_REFRESH) {
		gn_stun_put_u32(m, GN_STUN_LIFETIME,
				c->state == GN_TURN_STOP ? 0 : TURN_LIFETIME_LEAST);
	} else {
		gn_stun_put_u32(m, GN_STUN_CHANNEL_NUMBER, (uint32_t)p->number << 16);
		gn_stun_put_addr(m, GN_STUN_XOR_PEER_ADDRESS, true, &p->addr);
	}
}

void turn_client_ask(struct gn_turn_client *c, uint16_t method, gn_time now)
{
	struct gn_stun_maker m;
	struct gn_slice made;
	gn_rand_fill(c->rand, c->id.b, sizeof c->id.b);
	gn_stun_begin(&m, c->bytes, sizeof c->bytes, GN_STUN_REQUEST, method, &c->id);
	put_what(c, &m, method);
	c->with_key = c->nonce.len != 0;
	if (c->with_key)
		put_credentials(c, &m);
	gn_err err = gn_stun_end(&m, false, &made);
	GN_ASSERT(err == GN_OK); /* GN_TURN_TEXT_MAX sees to it */
	c->method = method;
	c->len = made.len;
	c->tries = 0;
	c->due = now;
}

/* Which request is to be made now; 0: none. */
static uint16_t choose(struct gn_turn_client *c, gn_time now)
{
	if (c->state == GN_TURN_ASK)
		return GN_STUN_ALLOCATE;
	if (c->state == GN_TURN_STOP)
		return GN_STUN_REFRESH;
	if (c->state != GN_TURN_LIVE)
		return 0;
	if (c->refresh <= now || now - c->heard >= TURN_QUIET)
		return GN_STUN_REFRESH;
	for (size_t i = 0; i < GN_TURN_PEERS_MAX; i++) {
		if (!c->peers[i].wanted || c->peers[i].due > now)
			continue;
		c->peer = i;
		return GN_STUN_CHANNEL_BIND;
	}
	return 0;
}

/* How long the n-th try is waited for; a stream says it once and waits for all of them. */
static gn_time patience(const struct gn_turn_client *c)
{
	return c->stream ? (TURN_FIRST << TURN_TRIES) - TURN_FIRST : TURN_FIRST << c->tries;
}

bool gn_turn_client_next(struct gn_turn_client *c, gn_time now, struct gn_slice *out)
{
	if (!c->method) {
		uint16_t method = choose(c, now);
		if (!method)
			return false;
		c->nonces = 0;
		turn_client_ask(c, method, now);
	}
	if (c->due > now)
		return false;
	if (c->tries == (c->stream ? 1 : TURN_TRIES)) {
		turn_client_gone(c, GN_TIMEOUT);
		return false;
	}
	c->due = now + patience(c);
	c->tries++;
	*out = gn_slice(c->bytes, c->len);
	if (c->state == GN_TURN_STOP)
		turn_client_gone(c, GN_CANCELLED); /* no answer is waited for */
	return true;
}

void turn_client_gone(struct gn_turn_client *c, gn_err why)
{
	GN_ASSERT(c->state != GN_TURN_GONE && why != GN_OK);
	c->state = GN_TURN_GONE;
	c->why = why;
	c->tell = true;
	c->method = 0;
}

gn_time gn_turn_client_deadline(const struct gn_turn_client *c)
{
	if (c->state == GN_TURN_GONE || c->state == GN_TURN_MOVED)
		return GN_NEVER;
	if (c->method)
		return c->due;
	if (c->state != GN_TURN_LIVE)
		return c->since;
	gn_time due = gn_time_min(c->refresh, c->heard + TURN_QUIET);
	for (size_t i = 0; i < GN_TURN_PEERS_MAX; i++)
		if (c->peers[i].wanted)
			due = gn_time_min(due, c->peers[i].due);
	return due;
}

/* ---- peers ---- */

static struct gn_turn_client_peer *find(struct gn_turn_client *c, const struct gn_addr *peer)
{
	for (size_t i = 0; i < GN_TURN_PEERS_MAX; i++)
		if (c->peers[i].addr.port && gn_addr_eq(&c->peers[i].addr, peer))
			return &c->peers[i];
	return NULL;
}

static struct gn_turn_client_peer *place(struct gn_turn_client *c, gn_time now)
{
	for (size_t i = 0; i < GN_TURN_PEERS_MAX; i++) {
		const struct gn_turn_client_peer *p = &c->peers[i];
		bool asked = c->method == GN_STUN_CHANNEL_BIND && c->peer == i;
		if (!p->wanted && !p->tell && !asked && p->until <= now)
			return &c->peers[i];
	}
	return NULL;
}

gn_err gn_turn_client_peer(struct gn_turn_client *c, const struct gn_addr *peer, gn_time now)
{
	if (!peer->port || gn_addr_is_v4(peer) == c->v6)
		return GN_RANGE;
	if (c->state != GN_TURN_LIVE)
		return GN_STATE;
	struct gn_turn_client_peer *p = find(c, peer);
	if (!p) {
		p = place(c, now);
		if (!p)
			return GN_LIMIT;
		c->channel = c->channel < TURN_CHANNEL_OURS_LAST ? c->channel + 1
								 : GN_TURN_CHANNEL_FIRST;
		*p = (struct gn_turn_client_peer){.addr = *peer, .number = c->channel};
	}
	if (!p->wanted)
		p->due = now;
	p->asked = p->asked || !p->wanted;
	p->wanted = true;
	return GN_OK;
}

void gn_turn_client_peer_gone(struct gn_turn_client *c, const struct gn_addr *peer)
{
	struct gn_turn_client_peer *p = find(c, peer);
	if (!p)
		return;
	p->wanted = p->asked = p->tell = false;
}

/* Lets the server data through to this one? 0: no, 1: as an indication, 2: by its channel. */
static int stands(const struct gn_turn_client *c, const struct gn_addr *peer, gn_time now,
		  uint16_t *number)
{
	int how = 0;
	for (size_t i = 0; i < GN_TURN_PEERS_MAX && how < 2; i++) {
		const struct gn_turn_client_peer *p = &c->peers[i];
		if (!p->wanted || p->until <= now ||
		    memcmp(p->addr.ip, peer->ip, sizeof peer->ip) != 0)
			continue;
		how = p->addr.port == peer->port ? 2 : 1;
		*number = p->number;
	}
	return how;
}

gn_err gn_turn_client_send(struct gn_turn_client *c, const struct gn_addr *peer,
			   struct gn_slice data, gn_time now, struct gn_turn_room *room,
			   struct gn_slice *out)
{
	struct gn_stun_maker m;
	struct gn_stun_id id;
	uint16_t number;
	if (data.len > TURN_DATA_MAX)
		return GN_TOO_LARGE;
	int how = c->state == GN_TURN_LIVE ? stands(c, peer, now, &number) : 0;
	if (!how || !peer->port)
		return GN_STATE;
	if (how == 2) {
		gn_turn_channel_write(room, number, data, c->stream, out);
		return GN_OK;
	}
	gn_rand_fill(c->rand, id.b, sizeof id.b);
	gn_stun_begin(&m, room->b, sizeof room->b, GN_STUN_INDICATION, GN_STUN_SEND, &id);
	gn_stun_put_addr(&m, GN_STUN_XOR_PEER_ADDRESS, true, peer);
	gn_stun_put(&m, GN_STUN_DATA_VALUE, data);
	return gn_stun_end(&m, false, out);
}

/* ---- events, and the owner's word ---- */

bool gn_turn_client_event(struct gn_turn_client *c, struct gn_turn_client_event *out)
{
	*out = (struct gn_turn_client_event){.err = c->why};
	if (c->tell) {
		c->tell = false;
		out->tell = c->state == GN_TURN_GONE    ? GN_TURN_ENDED
			    : c->state == GN_TURN_MOVED ? GN_TURN_TURN_TO
							: GN_TURN_READY;
		return true;
	}
	for (size_t i = 0; i < GN_TURN_PEERS_MAX; i++) {
		struct gn_turn_client_peer *p = &c->peers[i];
		if (!p->tell)
			continue;
		p->tell = false;
		*out = (struct gn_turn_client_event){GN_TURN_PEERED, p->addr, p->err};
		return true;
	}
	return false;
}

void gn_turn_client_go(struct gn_turn_client *c, gn_time now)
{
	GN_ASSERT(c->state == GN_TURN_MOVED);
	c->state = GN_TURN_ASK;
	c->since = now;
	c->tell = false;
}

void gn_turn_client_stop(struct gn_turn_client *c, gn_time now)
{
	if (c->state == GN_TURN_GONE)
		return;
	if (c->state != GN_TURN_LIVE) {
		turn_client_gone(c, GN_CANCELLED);
		return;
	}
	c->state = GN_TURN_STOP;
	c->since = now;
	c->method = 0;
}

void gn_turn_client_validate(const struct gn_turn_client *c)
{
	GN_ASSERT((c->state == GN_TURN_GONE) == (c->why != GN_OK));
	GN_ASSERT(c->state != GN_TURN_LIVE || c->relayed.port);
	GN_ASSERT(!c->method || (c->len && c->state != GN_TURN_GONE && c->state != GN_TURN_MOVED));
	GN_ASSERT(c->user.len && c->channel >= GN_TURN_CHANNEL_FIRST);
	for (size_t i = 0; i < GN_TURN_PEERS_MAX; i++) {
		const struct gn_turn_client_peer *p = &c->peers[i];
		GN_ASSERT(!p->wanted || (p->addr.port && p->number >= GN_TURN_CHANNEL_FIRST));
		for (size_t k = 0; k < i && p->addr.port; k++)
			GN_ASSERT(!gn_addr_eq(&p->addr, &c->peers[k].addr));
	}
}
