/* Allocate, Refresh, CreatePermission and ChannelBind of users (RFC 8656 sections 7, 8, 10, 12).
 *
 * 1. First who it is, then whether everything that must be understood is, then whose the allocation
 *    is: a stranger learns nothing of what is here.
 * 2. Everything is read and judged before anything changes. Rule RE-51. */
#include "nat/turn_server_int.h"

#define UDP 17 /* REQUESTED-TRANSPORT */
#define FAMILY_V4 1
#define FAMILY_V6 2
#define NEXT_PORT 0x80 /* of EVEN-PORT: keep the next one for me */

static uint16_t refused(struct turn_ask *ask, uint16_t code)
{
	ask->s->count.refused++;
	return code;
}

/* Of what was asked; seconds. */
static uint32_t lifetime_of(uint32_t asked)
{
	return asked < TURN_LIFETIME_LEAST  ? TURN_LIFETIME_LEAST
	       : asked > TURN_LIFETIME_MOST ? TURN_LIFETIME_MOST
					    : asked;
}

/* LIFETIME, or `otherwise`. False: it is not readable. */
static bool read_lifetime(const struct gn_stun *m, uint32_t otherwise, uint32_t *out)
{
	gn_err err = gn_stun_u32(m, GN_STUN_LIFETIME, out);
	if (err == GN_NOT_FOUND)
		*out = otherwise;
	return err != GN_MALFORMED;
}

/* REQUESTED-ADDRESS-FAMILY, or 0. False: it is not readable. */
static bool read_family(const struct gn_stun *m, uint32_t *out)
{
	gn_err err = gn_stun_u32(m, GN_STUN_REQUESTED_FAMILY, out);
	*out = err == GN_OK ? *out >> 24 : 0;
	return err == GN_NOT_FOUND || (err == GN_OK && *out);
}

/* 0, or why what is asked for cannot be had. */
static uint16_t read_allocate(const struct turn_ask *ask, struct turn_wish *wish)
{
	const struct gn_turn_server_config *c = &ask->s->config;
	uint32_t transport, family;
	struct gn_slice even;
	*wish = (struct turn_wish){.even = gn_stun_get(ask->m, GN_STUN_EVEN_PORT, &even)};
	if (gn_stun_u32(ask->m, GN_STUN_REQUESTED_TRANSPORT, &transport) != GN_OK ||
	    !read_family(ask->m, &family) ||
	    !read_lifetime(ask->m, TURN_LIFETIME_LEAST, &wish->lifetime) ||
	    (wish->even && even.len != 1))
		return 400;
	if (transport >> 24 != UDP)
		return 442;
	wish->v6 = family == FAMILY_V6;
	if (family > FAMILY_V6 || (wish->v6 ? !c->v6 : !c->v4))
		return 440;
	if (wish->even && even.p[0] & NEXT_PORT)
		return 508; /* no second port is kept for anybody */
	wish->lifetime = lifetime_of(wish->lifetime);
	return 0;
}

static uint16_t allocate(struct turn_ask *ask)
{
	struct gn_turn_server *s = ask->s;
	struct turn_allocation *a = turn_find(s, ask->from);
	struct turn_wish wish;
	if (a && memcmp(a->id.b, ask->m->id.b, sizeof a->id.b) == 0 && a->user == ask->user) {
		if (a->state == TURN_LIVE) /* it has not heard the answer */
			turn_answer_allocated(a, ask->now, ask->room, ask->out);
		return 0;
	}
	uint16_t code = a ? 437 : read_allocate(ask, &wish);
	return code ? refused(ask, code) : turn_allocate(ask, &wish);
}

static uint16_t refresh(struct turn_ask *ask, struct turn_allocation *a)
{
	struct gn_stun_maker m;
	uint32_t lifetime, family;
	if (!read_lifetime(ask->m, TURN_LIFETIME_LEAST, &lifetime) || !read_family(ask->m, &family))
		return refused(ask, 400);
	if (family && (family == FAMILY_V6) != a->v6)
		return refused(ask, 443);
	lifetime = lifetime ? lifetime_of(lifetime) : 0;
	turn_begin(&m, ask, GN_STUN_SUCCESS);
	gn_stun_put_u32(&m, GN_STUN_LIFETIME, lifetime);
	turn_end(&m, ask);
	if (lifetime)
		turn_set_end(ask->s, a, ask->now + (gn_time)lifetime * GN_SEC);
	else
		turn_close(ask->s, a);
	return 0;
}

static uint16_t judge_peer(struct turn_ask *ask, const struct turn_allocation *a,
			   const struct gn_addr *peer)
{
	uint16_t code = turn_peer_allowed(ask->s, a, peer);
	ask->s->count.refused_peer += code == 403;
	ask->s->count.refused += code == 443;
	return code;
}

static uint16_t full(struct turn_ask *ask)
{
	ask->s->count.refused_full++;
	return 508;
}

static void succeed(struct turn_ask *ask)
{
	struct gn_stun_maker m;
	turn_begin(&m, ask, GN_STUN_SUCCESS);
	turn_end(&m, ask);
}

/* All that it names or none. */
static uint16_t create_permission(struct turn_ask *ask, struct turn_allocation *a)
{
	struct gn_addr peers[STUN_ATTRIBUTES_MAX];
	size_t count = 0, more = 0;
	gn_err err = GN_OK;
	for (; count < STUN_ATTRIBUTES_MAX; count++) {
		err = gn_stun_addr_at(ask->m, GN_STUN_XOR_PEER_ADDRESS, true, count, &peers[count]);
		if (err != GN_OK)
			break;
		uint16_t code = judge_peer(ask, a, &peers[count]);
		if (code)
			return code;
		more += !turn_permitted(a, &peers[count], ask->now);
	}
	if (err == GN_MALFORMED || !count)
		return refused(ask, 400);
	if (more > turn_permissions_free(a, ask->now))
		return full(ask);
	for (size_t i = 0; i < count; i++) {
		bool done = turn_permit(a, &peers[i], ask->now);
		GN_ASSERT(done);
	}
	succeed(ask);
	return 0;
}

static uint16_t channel_bind(struct turn_ask *ask, struct turn_allocation *a)
{
	struct gn_addr peer;
	uint32_t value;
	if (gn_stun_u32(ask->m, GN_STUN_CHANNEL_NUMBER, &value) != GN_OK ||
	    gn_stun_addr(ask->m, GN_STUN_XOR_PEER_ADDRESS, true, &peer) != GN_OK || !peer.port)
		return refused(ask, 400);
	uint16_t number = (uint16_t)(value >> 16);
	struct turn_channel *by_number = turn_channel_at(a, number, ask->now);
	struct turn_channel *by_peer = turn_channel_of(a, &peer, ask->now);
	if (number < GN_TURN_CHANNEL_FIRST || number > GN_TURN_CHANNEL_LAST || by_number != by_peer)
		return refused(ask, 400);
	uint16_t code = judge_peer(ask, a, &peer);
	if (code)
		return code;
	struct turn_channel *c = by_peer ? by_peer : turn_channel_place(a, ask->now);
	if (!c || !turn_permit(a, &peer, ask->now))
		return full(ask);
	*c = (struct turn_channel){peer, number, ask->now + TURN_CHANNEL * GN_SEC};
	succeed(ask);
	return 0;
}

/* Of one that has been allocated, by its user. */
static uint16_t of_allocation(struct turn_ask *ask)
{
	struct turn_allocation *a = turn_find(ask->s, ask->from);
	if (!a || a->state != TURN_LIVE)
		return refused(ask, 437);
	if (a->user != ask->user)
		return refused(ask, 441);
	switch (ask->m->method) {
	case GN_STUN_REFRESH: return refresh(ask, a);
	case GN_STUN_CREATE_PERMISSION: return create_permission(ask, a);
	case GN_STUN_CHANNEL_BIND: return channel_bind(ask, a);
	default: GN_UNREACHABLE("a method that is none of an allocation");
	}
}

uint16_t turn_request(struct turn_ask *ask)
{
	/* RESERVATION-TOKEN and DONT-FRAGMENT are not among them */
	static const uint16_t known[] = {
		GN_STUN_USERNAME,
		GN_STUN_REALM,
		GN_STUN_NONCE,
		GN_STUN_PASSWORD_ALGORITHM,
		GN_STUN_LIFETIME,
		GN_STUN_REQUESTED_TRANSPORT,
		GN_STUN_REQUESTED_FAMILY,
		GN_STUN_XOR_PEER_ADDRESS,
		GN_STUN_CHANNEL_NUMBER,
		GN_STUN_EVEN_PORT,
	};
	uint16_t types[STUN_UNKNOWN_MAX];
	GN_ASSERT(ask->user);
	size_t unknown = gn_stun_unknown(ask->m, known, GN_COUNT(known), types);
	if (unknown) {
		ask->s->count.refused++;
		turn_refuse(ask, 420, types, unknown);
		return 0;
	}
	return ask->m->method == GN_STUN_ALLOCATE ? allocate(ask) : of_allocation(ask);
}
