/* Seats: who of those that dialled us may have a session, and who gives way to whom (JT-96,
 * JT-97; GU-1, GU-3).
 *
 *   half: from the first packet until the handshake is over; no key is known yet, so prefixes
 *         count alone
 *   open: from the proof of the key until the session closes
 *
 * 1. A living incoming session has one seat, in one of the two tables; what closes gives it back
 *    at once.
 * 2. Who comes is refused only when all others are worth more; else one other gives way: of the
 *    same key when the key's share is used up, of the same prefix when the prefix's is, of all
 *    when every seat is taken.
 * 3. Finding it costs two walks over a dense table and a bounded number of look-ups, however
 *    many sessions there are. */
#include "jet/mark_int.h"
#include "jet/seats_int.h"
#include "jet/session_int.h"

void jet_seats_init(struct jet_seats *seats, struct gn_jet *jet, uint32_t max, uint32_t per_key)
{
	GN_ASSERT(max > 0 && per_key > 0);
	uint32_t part = max / JET_SEAT_SHARE;
	struct gn_share_config share = {
		.total = max,
		.per_key = per_key,
		.per_prefix = part > JET_SEAT_SHARE_MIN ? part : JET_SEAT_SHARE_MIN,
		.crowded = max - max / 4,
		.holders_max = max,
		.count_local = jet->config.count_local,
	};
	*seats = (struct jet_seats){.max = max};
	gn_share_init(&seats->share, &jet->env, &share);
}

void jet_seats_fini(struct jet_seats *seats, struct gn_jet *jet)
{
	GN_ASSERT(seats->count == 0);
	gn_share_fini(&seats->share);
	gn_mem_free(jet->env.alloc, seats->at);
	seats->at = NULL;
}

static gn_err grow_table(struct jet_seats *seats, struct gn_alloc *alloc)
{
	GN_ASSERT(seats->count <= seats->max);
	if (seats->count < seats->capacity)
		return GN_OK;
	uint32_t capacity = seats->capacity ? 2 * seats->capacity : 16;
	struct jet_seat *at = gn_mem_resize(alloc, seats->at, capacity * sizeof *at);
	if (!at)
		return GN_NOMEM;
	seats->at = at;
	seats->capacity = capacity;
	return GN_OK;
}

static void put_seat(struct jet_seats *seats, uint32_t i, struct jet_seat seat)
{
	GN_ASSERT(i < seats->count && i < seats->capacity);
	seats->at[i] = seat;
	seat.session->seats = seats;
	seat.session->seat = i;
}

/* Whether this seat may pass to who comes, given which share refused it. */
static bool may_pass(const struct jet_seat *seat, const struct jet_seat *to, gn_err over)
{
	if (over == GN_QUOTA)
		return seat->key == to->key &&
		       memcmp(&seat->session->holder.key, &to->session->holder.key,
			      sizeof(struct gn_pk)) == 0;
	return seat->standing <= GN_JET_KNOWN && (over != GN_LIMIT || seat->prefix == to->prefix);
}

/* What the choice goes by, in this order. */
struct weight {
	bool over; /* its prefix has more than its share in a crowd: that comes before standing */
	uint8_t standing;
	uint64_t prefix, key; /* held */
	gn_time used_at;
};

static struct weight weigh(const struct jet_seats *seats, const struct jet_seat *seat)
{
	GN_ASSERT(seat->session != NULL);
	struct gn_share_held held = gn_share_held(&seats->share, &seat->session->holder);
	bool over = gn_share_crowded(&seats->share) && held.prefix > seats->share.config.per_prefix;
	return (struct weight){over, seat->standing, held.prefix, held.key, seat->used_at};
}

/* > 0: a weighs more, by prefix, then by key. */
static int heavier(const struct weight *a, const struct weight *b)
{
	if (a->prefix != b->prefix)
		return a->prefix > b->prefix ? 1 : -1;
	return a->key == b->key ? 0 : a->key > b->key ? 1 : -1;
}

static bool worth_less(const struct weight *a, const struct weight *b)
{
	if (a->over != b->over)
		return a->over;
	if (a->standing != b->standing)
		return a->standing < b->standing;
	int more = heavier(a, b);
	return more ? more > 0 : a->used_at < b->used_at;
}

static unsigned least_standing(const struct jet_seats *seats, const struct jet_seat *to,
			       gn_err over)
{
	unsigned least = GN_JET_LINKED;
	for (uint32_t i = 0; i < seats->count; i++)
		if (seats->at[i].standing < least && may_pass(&seats->at[i], to, over))
			least = seats->at[i].standing;
	return least;
}

/* The seat worth least of those that may pass, as far as JET_SEATS_WEIGHED of all and as many of
 * the least standing show it. NULL when who comes weighs more. */
static struct jet_seat *worth_least(struct jet_seats *seats, const struct jet_seat *to, gn_err over)
{
	GN_ASSERT(seats->count > 0);
	struct gn_rand *rand = to->session->jet->env.rand;
	struct weight least = {0}, theirs = weigh(seats, to);
	struct jet_seat *found = NULL;
	unsigned standing = least_standing(seats, to, over), low = 0;
	uint32_t i = 0;
	for (uint32_t n = 0; n < JET_SEATS_WEIGHED + seats->count && low < JET_SEATS_WEIGHED; n++) {
		bool drawn = n < JET_SEATS_WEIGHED; /* then in turn, from the last one drawn on */
		i = drawn ? (uint32_t)gn_rand_below(rand, seats->count) : (i + 1) % seats->count;
		struct jet_seat *seat = &seats->at[i];
		if (!may_pass(seat, to, over) || (!drawn && seat->standing != standing))
			continue;
		struct weight w = weigh(seats, seat);
		low += !drawn;
		if (!found || worth_less(&w, &least)) {
			found = seat;
			least = w;
		}
	}
	return found && heavier(&theirs, &least) <= 0 ? found : NULL;
}

static void count_refusal(struct gn_jet *jet, const struct jet_seats *seats, gn_err over)
{
	jet_count(jet, over == GN_QUOTA      ? JET_C_SESSION_KEY_LIMIT
		       : over == GN_LIMIT    ? JET_C_SESSION_PREFIX_LIMIT
		       : seats == &jet->open ? JET_C_SESSION_LIMIT
					     : JET_C_HALF_OPEN_LIMIT);
}

static const char *why_left(gn_err over)
{
	return over == GN_QUOTA   ? "its place went to another session of the same key"
	       : over == GN_LIMIT ? "its place went to another session of the same network"
				  : "its place was needed for another session";
}

gn_err jet_seat_take(struct jet_seats *seats, struct jet_session *s, gn_time now,
		     struct jet_leaver *leaver)
{
	*leaver = (struct jet_leaver){0};
	struct jet_seat seat = {
		.session = s, .prefix = gn_addr_prefix(&s->holder.addr), .used_at = now};
	memcpy(&seat.key, &s->holder.key, sizeof seat.key);
	GN_ASSERT(!s->seats);
	GN_TRY(grow_table(seats, s->jet->env.alloc));
	gn_err over = gn_share_take(&seats->share, &s->holder, 1);
	if (over == GN_OK) {
		put_seat(seats, seats->count++, seat);
		return GN_OK;
	}
	if (over == GN_NOMEM)
		return over;
	count_refusal(s->jet, seats, over);
	struct jet_seat *from = seats->count ? worth_least(seats, &seat, over) : NULL;
	if (!from)
		return GN_BUSY;
	struct jet_session *leaves = from->session;
	gn_err err = gn_share_move(&seats->share, &leaves->holder, &s->holder, 1);
	if (err == GN_NOMEM || err == GN_NO_SPACE)
		return GN_NOMEM;
	put_seat(seats, (uint32_t)(from - seats->at), seat);
	leaves->seats = NULL;
	*leaver = (struct jet_leaver){leaves, why_left(over)};
	return GN_OK;
}

void jet_seat_give(struct jet_session *s)
{
	struct jet_seats *seats = s->seats;
	if (!seats)
		return;
	GN_ASSERT(seats->at[s->seat].session == s);
	gn_share_give(&seats->share, &s->holder, 1);
	s->seats = NULL;
	seats->count--;
	if (s->seat < seats->count)
		put_seat(seats, s->seat, seats->at[seats->count]);
}

void gn_jet_used(struct gn_jet *jet, gn_jet_id id, unsigned standing, gn_time now)
{
	struct jet_session *s = jet_find(jet, id);
	GN_ASSERT(standing <= GN_JET_LINKED);
	now = jet_clock(jet, now);
	if (!s)
		return;
	s->used = true;
	if (s->seats) {
		s->seats->at[s->seat].standing = (uint8_t)standing;
		s->seats->at[s->seat].used_at = now;
	}
}

void jet_seats_validate(const struct jet_seats *seats)
{
	gn_share_validate(&seats->share);
	GN_ASSERT(seats->count <= seats->max && seats->share.used == seats->count);
	for (uint32_t i = 0; i < seats->count; i++) {
		const struct jet_session *s = seats->at[i].session;
		GN_ASSERT(s->seats == seats && s->seat == i && s->incoming);
		GN_ASSERT(s->state == JET_S_HANDSHAKE || s->state == JET_S_OPEN);
		GN_ASSERT(s->half_open == (seats == &s->jet->half));
	}
}
