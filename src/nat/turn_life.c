/* Allocations: who may have one more, and their ends. Everything is looked for one by one:
 * there are TURN_ALLOCATIONS. Rule RE-51. */
#include "nat/turn_server_int.h"

static bool same_way(const struct gn_turn_from *a, const struct gn_turn_from *b)
{
	return a->conn == b->conn &&
	       (a->conn || (a->at == b->at && gn_addr_eq(&a->addr, &b->addr)));
}

struct turn_allocation *turn_find(const struct gn_turn_server *s, const struct gn_turn_from *from)
{
	for (size_t i = 0; i < TURN_ALLOCATIONS; i++) {
		struct turn_allocation *a = s->allocations[i];
		if (a && a->state != TURN_CLOSING && same_way(&a->from, from))
			return a;
	}
	return NULL;
}

struct turn_allocation *turn_relay(const struct gn_turn_server *s, uint32_t relay)
{
	struct turn_allocation *a = s->allocations[relay % TURN_ALLOCATIONS];
	return a && a->relay == relay && a->state != TURN_CLOSING ? a : NULL;
}

/* What this user and this network hold, and all. */
struct held {
	size_t user, prefix, all;
};

static struct held count_held(const struct turn_ask *ask)
{
	struct held h = {0};
	uint64_t prefix = gn_addr_prefix(&ask->from->addr);
	for (size_t i = 0; i < TURN_ALLOCATIONS; i++) {
		const struct turn_allocation *a = ask->s->allocations[i];
		if (!a)
			continue;
		h.all++;
		h.user += a->user == ask->user;
		h.prefix += gn_addr_prefix(&a->from.addr) == prefix;
	}
	return h;
}

/* 0, or why there is no room for one more. */
static uint16_t judge(const struct turn_ask *ask)
{
	struct held h = count_held(ask);
	if (h.user >= TURN_ALLOCATIONS_USER)
		return 486;
	if (h.all >= TURN_ALLOCATIONS)
		return 508;
	if (h.all >= TURN_ALLOCATIONS / 2 && h.prefix >= TURN_ALLOCATIONS_PREFIX &&
	    !gn_addr_is_private(&ask->from->addr))
		return 486;
	return 0;
}

static uint32_t next_relay(struct gn_turn_server *s)
{
	uint32_t slot = 0;
	while (s->allocations[slot])
		slot++;
	GN_ASSERT(slot < TURN_ALLOCATIONS);
	s->serial = s->serial < UINT32_MAX / TURN_ALLOCATIONS - 1 ? s->serial + 1 : 1;
	return s->serial * TURN_ALLOCATIONS + slot;
}

uint16_t turn_allocate(struct turn_ask *ask, const struct turn_wish *wish)
{
	struct gn_turn_server *s = ask->s;
	GN_ASSERT(ask->user && !turn_find(s, ask->from));
	uint16_t code = judge(ask);
	s->count.refused_quota += code == 486;
	s->count.refused_full += code == 508;
	if (code)
		return code;
	struct turn_allocation *a = GN_NEW(s->env.alloc, struct turn_allocation);
	if (!a) {
		s->count.nomem++;
		return 508;
	}
	a->relay = next_relay(s);
	a->from = *ask->from;
	a->user = ask->user;
	a->v6 = wish->v6;
	a->even = wish->even;
	a->lifetime = wish->lifetime;
	a->id = ask->m->id;
	a->key = ask->key;
	a->fingerprint = ask->m->fingerprint_at != 0;
	s->allocations[a->relay % TURN_ALLOCATIONS] = a;
	turn_set_end(s, a, ask->now + TURN_OPEN_TIME);
	return 0;
}

static void set_due(struct gn_turn_server *s)
{
	s->due = GN_NEVER;
	for (size_t i = 0; i < TURN_ALLOCATIONS; i++) {
		const struct turn_allocation *a = s->allocations[i];
		if (a && a->state != TURN_CLOSING)
			s->due = gn_time_min(s->due, a->until);
	}
}

void turn_set_end(struct gn_turn_server *s, struct turn_allocation *a, gn_time until)
{
	a->until = until;
	set_due(s);
}

static void forget(struct gn_turn_server *s, struct turn_allocation *a)
{
	struct turn_allocation **at = &s->allocations[a->relay % TURN_ALLOCATIONS];
	GN_ASSERT(*at == a);
	*at = NULL;
	gn_mem_free_secret(s->env.alloc, a);
}

void turn_close(struct gn_turn_server *s, struct turn_allocation *a)
{
	GN_ASSERT(a->state != TURN_CLOSING);
	if (a->state == TURN_OPENING && !a->told) {
		forget(s, a); /* the owner need not know */
	} else {
		a->state = TURN_CLOSING;
		a->user = NULL;
	}
	set_due(s);
}

bool gn_turn_server_event(struct gn_turn_server *s, struct gn_turn_server_event *out)
{
	for (size_t i = 0; i < TURN_ALLOCATIONS; i++) {
		struct turn_allocation *a = s->allocations[i];
		if (!a || a->state == TURN_LIVE || (a->state == TURN_OPENING && a->told))
			continue;
		*out = (struct gn_turn_server_event){
			.relay = a->relay, .v6 = a->v6, .even = a->even};
		out->tell = a->state == TURN_OPENING ? GN_TURN_OPEN : GN_TURN_CLOSE;
		a->told = true;
		if (a->state == TURN_CLOSING)
			forget(s, a);
		return true;
	}
	return false;
}

gn_time gn_turn_server_deadline(const struct gn_turn_server *s)
{
	return s->due;
}

void gn_turn_server_tick(struct gn_turn_server *s, gn_time now)
{
	for (size_t i = 0; i < TURN_ALLOCATIONS && s->due <= now; i++) {
		struct turn_allocation *a = s->allocations[i];
		if (!a || a->state == TURN_CLOSING || a->until > now)
			continue;
		if (a->state == TURN_LIVE)
			s->count.expired++;
		else
			s->count.not_opened++;
		turn_close(s, a);
	}
}

void gn_turn_server_gone(struct gn_turn_server *s, const struct gn_turn_from *from)
{
	struct turn_allocation *a = turn_find(s, from);
	if (a)
		turn_close(s, a);
}

void gn_turn_server_lost(struct gn_turn_server *s, uint32_t relay)
{
	struct turn_allocation *a = turn_relay(s, relay);
	if (a)
		turn_close(s, a);
}

bool gn_turn_server_serves(const struct gn_turn_server *s, const struct gn_turn_from *from)
{
	return turn_find(s, from) != NULL;
}
