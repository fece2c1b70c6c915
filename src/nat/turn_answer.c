/* What clients are told. Who has proven who they are gets it signed as they signed, everybody else
 * TURN_UNPROVEN_PART bytes for each of theirs at most: a 401 is 80 bytes (RE-52). */
#include "nat/turn_server_int.h"

void turn_begin(struct gn_stun_maker *m, const struct turn_ask *ask, enum gn_stun_class kind)
{
	gn_stun_begin(m, ask->room->b, STUN_SAID_MAX, kind, ask->m->method, &ask->m->id);
}

static void finish(struct gn_stun_maker *m, const struct turn_key *key, bool fingerprint,
		   const struct gn_turn_from *to, struct gn_turn_out *out)
{
	if (key)
		gn_stun_put_integrity(m, key->sha256, gn_slice(key->b, key->len));
	gn_err err = gn_stun_end(m, fingerprint, &out->bytes);
	GN_ASSERT(err == GN_OK); /* it is ours, and short */
	out->to = GN_TURN_CLIENT;
	out->client = *to;
}

void turn_end(struct gn_stun_maker *m, const struct turn_ask *ask)
{
	finish(m, ask->user ? &ask->key : NULL, ask->m->fingerprint_at != 0, ask->from, ask->out);
}

static void challenge(struct gn_stun_maker *m, const struct turn_ask *ask)
{
	static const uint8_t algorithms[] = {0, 2, 0, 0, 0, 1, 0, 0}; /* SHA-256, MD5 */
	char nonce[TURN_NONCE + 1];
	turn_nonce(ask->s, &ask->from->addr, ask->now, nonce);
	gn_stun_put(m, GN_STUN_REALM, GN_LIT(GN_TURN_REALM));
	gn_stun_put(m, GN_STUN_NONCE, gn_slice(nonce, TURN_NONCE));
	gn_stun_put(m, GN_STUN_PASSWORD_ALGORITHMS, GN_SLICE(algorithms));
}

void turn_refuse(struct turn_ask *ask, uint16_t code, const uint16_t *types, size_t count)
{
	struct gn_stun_maker m;
	turn_begin(&m, ask, GN_STUN_ERROR);
	gn_stun_put_error(&m, code, "");
	if (code == 401 || code == 438)
		challenge(&m, ask);
	if (count)
		gn_stun_put_types(&m, types, count);
	turn_end(&m, ask);
	if (ask->user || ask->out->bytes.len <= ask->m->bytes.len * TURN_UNPROVEN_PART)
		return;
	ask->s->count.too_short++;
	ask->out->to = GN_TURN_NOBODY;
	ask->out->bytes = gn_slice(NULL, 0);
}

/* The Allocate of this one, answered now. */
static void begin_late(struct gn_stun_maker *m, const struct turn_allocation *a,
		       enum gn_stun_class kind, struct gn_turn_room *room)
{
	gn_stun_begin(m, room->b, STUN_SAID_MAX, kind, GN_STUN_ALLOCATE, &a->id);
}

void turn_answer_allocated(const struct turn_allocation *a, gn_time now, struct gn_turn_room *room,
			   struct gn_turn_out *out)
{
	struct gn_stun_maker m;
	GN_ASSERT(a->state == TURN_LIVE && a->until > now);
	begin_late(&m, a, GN_STUN_SUCCESS, room);
	gn_stun_put_addr(&m, GN_STUN_XOR_RELAYED_ADDRESS, true, &a->relayed);
	gn_stun_put_u32(&m, GN_STUN_LIFETIME, (uint32_t)((a->until - now) / GN_SEC));
	gn_stun_put_addr(&m, GN_STUN_XOR_MAPPED_ADDRESS, true, &a->from.addr);
	finish(&m, &a->key, a->fingerprint, &a->from, out);
}

void turn_answer_not_opened(const struct turn_allocation *a, struct gn_turn_room *room,
			    struct gn_turn_out *out)
{
	struct gn_stun_maker m;
	begin_late(&m, a, GN_STUN_ERROR, room);
	gn_stun_put_error(&m, 508, "");
	finish(&m, &a->key, a->fingerprint, &a->from, out);
}
