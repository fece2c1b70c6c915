/* What the server says to the client: answers, and peers' data (turn_client.h).
 *
 * 1. An answer counts when it has the id of the request on its way, which nobody else has seen or
 *    guesses, and, but for 401, 438 and 300, when it is signed as the request was.
 * 2. What takes away what RFC 8489 gave is not taken: a nonce that says "password algorithms"
 *    without a list of them is passed over (section 9.2.1).
 * 3. Nothing goes on for ever: a nonce is told anew TURN_NONCES_MAX times to one request, another
 *    server named once, an allocation forgotten TURN_LOST_MAX times in a row. Rule RE-47. */
#include "nat/turn_client_int.h"

#define COOKIE "obMatJos2"

/* ---- challenges ---- */

/* What of these algorithms we know; false: none. */
static bool read_algorithms(struct gn_slice list, bool *sha256)
{
	struct gn_reader r = gn_reader(list);
	bool md5 = false;
	*sha256 = false;
	while (!r.bad && gn_reader_left(&r)) {
		uint16_t algorithm = gn_read_be16(&r), len = gn_read_be16(&r);
		(void)gn_read_bytes(&r, (len + 3u) & ~3u);
		md5 = md5 || (algorithm == 1 && len == 0);
		*sha256 = *sha256 || (algorithm == 2 && len == 0);
	}
	return !r.bad && (md5 || *sha256);
}

/* Does the nonce say that the server has a list of algorithms (bit 0 of 24)? */
static bool has_list(struct gn_slice nonce)
{
	uint8_t features[3];
	size_t at = sizeof COOKIE - 1;
	return nonce.len >= at + 4 && gn_slice_eq(gn_slice_sub(nonce, 0, at), GN_LIT(COOKIE)) &&
	       gn_unbase64_exact(gn_slice_sub(nonce, at, 4), false, features, 3) == GN_OK &&
	       features[0] & 0x80;
}

static void keep(struct gn_turn_text *t, struct gn_slice s)
{
	GN_ASSERT(s.len <= sizeof t->b);
	if (s.len)
		memcpy(t->b, s.p, s.len);
	t->len = (uint8_t)s.len;
}

/* Realm, nonce and algorithms of a 401 or 438, all or none. */
static gn_err take_challenge(struct gn_turn_client *c, const struct gn_stun *m)
{
	struct gn_slice realm, nonce, list = gn_slice(NULL, 0);
	bool sha256 = false;
	if (!gn_stun_get(m, GN_STUN_NONCE, &nonce) || !nonce.len)
		return GN_MALFORMED;
	if (!gn_stun_get(m, GN_STUN_REALM, &realm))
		realm = turn_text(&c->realm); /* of a 438 */
	if (has_list(nonce) && (!gn_stun_get(m, GN_STUN_PASSWORD_ALGORITHMS, &list) ||
				list.len > TURN_ALGORITHMS_MAX || !read_algorithms(list, &sha256)))
		return GN_MALFORMED;
	if (!realm.len || realm.len > GN_TURN_TEXT_MAX || nonce.len > GN_TURN_TEXT_MAX)
		return GN_MALFORMED;
	keep(&c->realm, realm);
	keep(&c->nonce, nonce);
	keep(&c->algorithms, list);
	c->sha256 = sha256;
	return GN_OK;
}

/* Asks the same again, with what was learned. */
static gn_err ask_again(struct gn_turn_client *c, const struct gn_stun *m, gn_time now)
{
	if (c->nonces == TURN_NONCES_MAX) {
		turn_client_gone(c, GN_REMOTE);
		return GN_OK;
	}
	GN_TRY(take_challenge(c, m));
	c->nonces++;
	turn_client_ask(c, c->method, now);
	return GN_OK;
}

/* ---- answers ---- */

/* 300: once, and not from the Internet into a private network. */
static gn_err take_alternate(struct gn_turn_client *c, const struct gn_stun *m)
{
	struct gn_addr to;
	if (c->method != GN_STUN_ALLOCATE)
		return GN_STALE;
	gn_err err = gn_stun_addr(m, GN_STUN_ALTERNATE_SERVER, false, &to);
	if (err != GN_OK || !to.port || c->moved ||
	    gn_addr_is_v4(&to) != gn_addr_is_v4(&c->server) ||
	    (gn_addr_is_private(&to) && !gn_addr_is_private(&c->server))) {
		turn_client_gone(c, GN_REMOTE);
		return GN_OK;
	}
	c->server = to;
	c->moved = c->tell = true;
	c->state = GN_TURN_MOVED;
	c->method = 0;
	c->realm.len = c->nonce.len = c->algorithms.len = 0;
	c->sha256 = false;
	return GN_OK;
}

/* The server knows nothing of us: all of it again. */
static void begin_anew(struct gn_turn_client *c, gn_time now)
{
	if (c->lost++ == TURN_LOST_MAX) {
		turn_client_gone(c, GN_REMOTE);
		return;
	}
	c->state = GN_TURN_ASK;
	c->since = now;
	c->method = 0;
	for (size_t i = 0; i < GN_TURN_PEERS_MAX; i++) {
		struct gn_turn_client_peer *p = &c->peers[i];
		p->until = 0;
		p->due = now;
		p->asked = p->wanted;
	}
}

static void refuse_peer(struct gn_turn_client *c, uint16_t code)
{
	struct gn_turn_client_peer *p = &c->peers[c->peer];
	p->err = code == 403 ? GN_DENIED : code == 486 || code == 508 ? GN_LIMIT : GN_REMOTE;
	p->tell = p->wanted;
	p->wanted = p->asked = false;
	c->method = 0;
}

static gn_err why_of(uint16_t code)
{
	switch (code) {
	case 401:
	case 403:
	case 441: return GN_DENIED;
	case 437: return GN_CONFLICT; /* this way has been another's: from another port it goes */
	case 420:
	case 440:
	case 442: return GN_UNSUPPORTED;
	case 486:
	case 508: return GN_LIMIT;
	default: return GN_REMOTE;
	}
}

static gn_err check(const struct gn_turn_client *c, const struct gn_stun *m)
{
	struct turn_client_key key;
	if (!c->with_key)
		return GN_OK;
	turn_client_key(c, &key);
	gn_err err = gn_stun_check(m, key.sha256, gn_slice(key.b, key.len));
	gn_wipe(&key, sizeof key);
	return err == GN_OK ? GN_OK : GN_SIGNATURE;
}

static gn_err take_error(struct gn_turn_client *c, const struct gn_stun *m, gn_time now)
{
	uint16_t code;
	struct gn_slice reason;
	if (gn_stun_error(m, &code, &reason) != GN_OK)
		return GN_MALFORMED;
	if (code == 438 || (code == 401 && !c->with_key))
		return ask_again(c, m, now);
	if (code == 300 && !c->with_key)
		return take_alternate(c, m);
	if (code != 401)
		GN_TRY(check(c, m));
	if (code == 300)
		return take_alternate(c, m);
	if (code == 437 && c->method != GN_STUN_ALLOCATE)
		begin_anew(c, now);
	else if (c->method == GN_STUN_CHANNEL_BIND && code != 401 && code != 441)
		refuse_peer(c, code);
	else
		turn_client_gone(c, why_of(code));
	return GN_OK;
}

static gn_err take_allocated(struct gn_turn_client *c, const struct gn_stun *m, gn_time now)
{
	struct gn_addr relayed, mapped = {{0}, 0};
	uint32_t lifetime;
	if (gn_stun_addr(m, GN_STUN_XOR_RELAYED_ADDRESS, true, &relayed) != GN_OK ||
	    gn_stun_u32(m, GN_STUN_LIFETIME, &lifetime) != GN_OK || !relayed.port ||
	    gn_addr_is_v4(&relayed) == c->v6 || lifetime < TURN_LIFETIME_SANE)
		return GN_MALFORMED;
	(void)!gn_stun_addr(m, GN_STUN_XOR_MAPPED_ADDRESS, true, &mapped);
	c->state = GN_TURN_LIVE;
	c->relayed = relayed;
	c->mapped = mapped;
	c->refresh = now + (gn_time)lifetime * GN_SEC / 2;
	c->tell = true;
	return GN_OK;
}

static gn_err take_success(struct gn_turn_client *c, const struct gn_stun *m, gn_time now)
{
	struct gn_turn_client_peer *p = &c->peers[c->peer];
	uint32_t lifetime;
	if (!c->with_key) /* it lets everybody in, or it is not the server */
		return GN_SIGNATURE;
	GN_TRY(check(c, m));
	if (c->method == GN_STUN_ALLOCATE) {
		GN_TRY(take_allocated(c, m, now));
	} else if (c->method == GN_STUN_REFRESH) {
		if (gn_stun_u32(m, GN_STUN_LIFETIME, &lifetime) != GN_OK ||
		    lifetime < TURN_LIFETIME_SANE)
			return GN_MALFORMED;
		c->refresh = now + (gn_time)lifetime * GN_SEC / 2;
		c->lost = 0;
	} else {
		p->until = now + TURN_CHANNEL * GN_SEC;
		p->due = now + TURN_AGAIN;
		p->tell = p->asked;
		p->asked = false;
		p->err = GN_OK;
	}
	c->heard = now;
	c->method = 0;
	return GN_OK;
}

/* ---- data ---- */

static gn_err take_channel(struct gn_turn_client *c, struct gn_slice in, gn_time now,
			   struct gn_addr *from, struct gn_slice *data)
{
	uint16_t number;
	struct gn_slice said;
	GN_TRY(gn_turn_channel_read(in, &number, &said));
	for (size_t i = 0; i < GN_TURN_PEERS_MAX; i++) {
		const struct gn_turn_client_peer *p = &c->peers[i];
		if (!p->addr.port || p->number != number || p->until <= now)
			continue;
		c->heard = now;
		*from = p->addr;
		*data = said;
		return GN_OK;
	}
	return GN_STALE;
}

static gn_err take_data(struct gn_turn_client *c, const struct gn_stun *m, gn_time now,
			struct gn_addr *from, struct gn_slice *data)
{
	struct gn_addr peer;
	struct gn_slice said;
	if (m->method != GN_STUN_DATA ||
	    gn_stun_addr(m, GN_STUN_XOR_PEER_ADDRESS, true, &peer) != GN_OK || !peer.port ||
	    !gn_stun_get(m, GN_STUN_DATA_VALUE, &said))
		return GN_MALFORMED;
	c->heard = now;
	*from = peer;
	*data = said;
	return GN_OK;
}

gn_err gn_turn_client_recv(struct gn_turn_client *c, struct gn_slice in, gn_time now,
			   struct gn_addr *from, struct gn_slice *data)
{
	struct gn_stun m;
	*data = gn_slice(NULL, 0);
	bool channel = gn_turn_is_channel(in);
	if (!channel)
		GN_TRY(gn_stun_parse(in, &m));
	if (channel || m.kind == GN_STUN_INDICATION) {
		if (c->state != GN_TURN_LIVE)
			return GN_STALE;
		return channel ? take_channel(c, in, now, from, data)
			       : take_data(c, &m, now, from, data);
	}
	if (m.kind == GN_STUN_REQUEST)
		return GN_MALFORMED;
	if (!c->method || !c->tries || m.method != c->method ||
	    memcmp(m.id.b, c->id.b, sizeof c->id.b) != 0)
		return GN_STALE;
	return m.kind == GN_STUN_SUCCESS ? take_success(c, &m, now) : take_error(c, &m, now);
}
