/* PATH_OFFER: where an end may be reached, told to the other inside the session (RE-4), and kept
 * until a newer one replaces it. What is done with both is punch.c.
 *
 * 1. An offer has an epoch that rises by one; an older one than is known changes nothing.
 * 2. A session that makes or hears none keeps nothing for it.
 * 3. The one that both have is repeated by the client with `go` and the path of the try. */
#include "jet/close_int.h"
#include "jet/mark_int.h"
#include "jet/out_int.h"
#include "jet/punch_int.h"
#include "jet/session_int.h"

#define GO 1u
#define GUESS 2u        /* a guess begins on the path */
#define NAT_ALLOWS 32u  /* beside mapping and filtering: it lets guess, and guesses */
#define NAT_RELAYED 64u /* it tells no address, and wants none */
#define METERED 1u
#define HEAD_MAX 32u /* bytes before the candidates */
#define CANDIDATE 20u

static gn_err offers_of(struct jet_session *s, struct jet_punch **out)
{
	if (!s->punch) {
		s->punch = GN_NEW(s->jet->env.alloc, struct jet_punch);
		if (!s->punch)
			return GN_NOMEM;
		s->punch->at = GN_NEVER;
		s->punch->again_after = JET_PUNCH_AGAIN;
	}
	*out = s->punch;
	return GN_OK;
}

void jet_punch_free(struct jet_session *s)
{
	if (!s->punch)
		return;
	if (s->jet->guessing == s)
		s->jet->guessing = NULL;
	gn_mem_free(s->jet->env.alloc, s->punch->guess);
	gn_mem_free_secret(s->jet->env.alloc, s->punch);
	s->punch = NULL;
}

gn_err gn_jet_offer(struct gn_jet *jet, gn_jet_id id, const struct gn_jet_offer *offer, gn_time now)
{
	GN_ASSERT(offer->count <= GN_JET_CANDIDATES && !(offer->relayed && offer->count));
	struct jet_session *s;
	struct jet_punch *u;
	now = jet_clock(jet, now);
	GN_TRY(jet_find_multi(jet, id, &s));
	GN_TRY(offers_of(s, &u));
	u->own = *offer;
	u->own_epoch++;
	u->offer_due = true;
	jet_wake(s);
	gn_err err = jet_punch_look(s, now);
	return err == GN_OK ? GN_OK : jet_fail(s, err);
}

gn_err gn_jet_offered(const struct gn_jet *jet, gn_jet_id id, struct gn_jet_offer *out)
{
	struct jet_session *s;
	if (jet_find_multi(jet, id, &s) || !s->punch || !s->punch->peer_epoch)
		return GN_NOT_FOUND;
	*out = s->punch->peer;
	GN_ASSERT(out->count <= GN_JET_CANDIDATES);
	return GN_OK;
}

/* What is of a kind that we know no use of is passed over. */
static bool read_candidate(struct gn_reader *r, struct gn_jet_candidate *c)
{
	uint8_t kind = gn_read_u8(r), flags = gn_read_u8(r);
	struct gn_slice ip = gn_read_bytes(r, 16);
	*c = (struct gn_jet_candidate){.origin = (enum gn_jet_origin)(kind >> 4),
				       .metered = flags & METERED,
				       .addr.port = gn_read_be16(r)};
	if (!r->bad)
		memcpy(c->addr.ip, ip.p, sizeof c->addr.ip);
	if ((kind & 15) == JET_OFFER_RELAY)
		gn_read_bytes(r, 32);
	else if ((kind & 15) == JET_OFFER_WSS)
		gn_read_bytes(r, gn_read_u8(r));
	c->turn = (kind & 15) == GN_WAY_TURN;
	return !r->bad && ((kind & 15) == GN_WAY_UDP || c->turn) && kind >> 4 < GN_JET_ORIGINS &&
	       c->addr.port;
}

gn_err jet_offer_on_frame(struct jet_session *s, const struct jet_frame *f, enum jet_offer_go *go)
{
	GN_ASSERT(f->type == JET_F_PATH_OFFER && f->data.len > 0);
	struct gn_reader r = gn_reader(f->data);
	struct gn_jet_offer offer = {0};
	struct jet_punch *u;
	*go = JET_GO_NOTHING;
	if (!s->multi)
		return jet_fault(s, JET_E_FRAME, "an offer, and there is one path only");
	uint64_t epoch = gn_read_varint(&r);
	uint8_t flags = gn_read_u8(&r);
	gn_read_varint(&r); /* the path: f->id */
	uint8_t nat = gn_read_u8(&r);
	offer.guess = nat & NAT_ALLOWS;
	offer.relayed = nat & NAT_RELAYED;
	offer.delta = (int16_t)gn_read_be16(&r);
	offer.span = gn_read_be16(&r);
	uint64_t count = gn_read_varint(&r);
	offer.mapping = (enum gn_jet_nat)(nat & 3);
	offer.filtering = (enum gn_jet_nat)(nat >> 2 & 3);
	for (uint64_t i = 0; i < count; i++)
		if (read_candidate(&r, &offer.list[offer.count]))
			offer.count++;
	GN_ASSERT(!r.bad && gn_reader_left(&r) == 0); /* frame.c has read it */
	if ((flags & (GO | GUESS)) && s->incoming == false)
		return jet_fault(s, JET_E_FRAME, "the server says when to begin");
	GN_TRY(offers_of(s, &u));
	if (epoch > u->peer_epoch) {
		u->peer = offer;
		u->peer_epoch = epoch;
		jet_session_event(s, JET_EV_OFFERED);
	}
	if (epoch == u->peer_epoch)
		*go = flags & GO ? JET_GO_PUNCH : flags & GUESS ? JET_GO_GUESS : JET_GO_NOTHING;
	return GN_OK;
}

bool jet_offer_pending(const struct jet_session *s)
{
	return s->punch && (s->punch->offer_due || s->punch->go_due || s->punch->guess_due);
}

void jet_offer_write(struct jet_session *s, struct jet_out *o)
{
	struct jet_punch *u = s->punch;
	struct gn_writer *w = jet_out_writer(o);
	if (!jet_offer_pending(s) || jet_out_full(o) ||
	    gn_writer_left(w) < HEAD_MAX + CANDIDATE * (size_t)u->own.count)
		return; /* the next packet begins with it */
	uint32_t path = u->go_due || u->guess_due ? u->path : 0;
	gn_write_varint(w, JET_F_PATH_OFFER);
	gn_write_varint(w, u->own_epoch);
	gn_write_u8(w, u->go_due ? GO : u->guess_due ? GUESS : 0); /* to who allows it */
	gn_write_varint(w, path);
	gn_write_u8(w, (uint8_t)((unsigned)u->own.mapping | (unsigned)u->own.filtering << 2 |
				 (u->own.guess ? NAT_ALLOWS : 0) |
				 (u->own.relayed ? NAT_RELAYED : 0)));
	gn_write_be16(w, (uint16_t)u->own.delta);
	gn_write_be16(w, u->own.span);
	gn_write_varint(w, u->own.count);
	for (uint32_t i = 0; i < u->own.count; i++) {
		const struct gn_jet_candidate *c = &u->own.list[i];
		gn_write_u8(w, (uint8_t)((unsigned)c->origin << 4 |
					 (unsigned)(c->turn ? GN_WAY_TURN : GN_WAY_UDP)));
		gn_write_u8(w, c->metered ? METERED : 0);
		gn_write_bytes(w, GN_SLICE(c->addr.ip));
		gn_write_be16(w, c->addr.port);
	}
	GN_ASSERT(!w->bad);
	jet_out_frame(o, JET_F_PATH_OFFER, path, 0, 0, false);
	u->offer_due = u->go_due = u->guess_due = false;
}

void jet_offer_lost(struct jet_session *s)
{
	struct jet_punch *u = s->punch;
	if (!u)
		return;
	u->offer_due = true;
	u->go_due = !s->incoming && (u->state == JET_PUNCH_AGREED || u->state == JET_PUNCH_VOLLEY);
	u->guess_due = !s->incoming && u->state == JET_PUNCH_GUESS;
}
