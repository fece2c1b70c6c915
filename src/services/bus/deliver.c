/* What comes to a subscriber, from roots and from links: each message once, signed by a publisher
 * who may; a gap in its numbers is asked for and, when nobody has it, told.
 *
 *   seen:  none -> based [the first live message] -> gap [a number is missing: asked of the
 *          primary, the other root, any root] -> based [it came, or is told as lost]
 *
 * 1. Nothing is believed of a root but that it has sent something.
 * 2. A will counts when a second root has told it, or there is but one.
 * 3. Values are judged by subject, since a new subscriber is given old ones: only live messages
 *    make gaps.
 * Rules BS-2, BS-3, BS-9, BS-11, BS-12, BS-14. */
#include "services/bus/engine_int.h"

/* ---- has it come before? ---- */

static uint64_t subject_of(const struct gn_said *said)
{
	struct gn_hash h;
	gn_sha256(&said->subject, 1, &h);
	return gn_be64(h.b);
}

static struct bus_value *value_of(struct bus_seen *s, const struct gn_said *said, bool make)
{
	GN_ASSERT(s->value_count <= BUS_RETAINED_ONE && s->value_next < BUS_RETAINED_ONE);
	uint64_t subject = subject_of(said);
	for (unsigned i = 0; i < s->value_count; i++)
		if (s->values[i].subject == subject)
			return &s->values[i];
	if (!make)
		return NULL;
	struct bus_value *at = &s->values[s->value_next];
	s->value_next = (s->value_next + 1) % BUS_RETAINED_ONE;
	s->value_count += s->value_count < BUS_RETAINED_ONE;
	*at = (struct bus_value){.subject = subject};
	return at;
}

static uint64_t newest_epoch(const struct bus_seen *s)
{
	uint64_t newest = s->window.epoch;
	for (unsigned i = 0; i < s->value_count; i++)
		newest = s->values[i].epoch > newest ? s->values[i].epoch : newest;
	return newest;
}

static bool again(struct bus_seen *s, const struct gn_said *said)
{
	GN_ASSERT(said->epoch && said->seq);
	if (said->epoch <= s->ended)
		return true;
	if (said->flags & GN_FB_BUS_FLAG_WILL) /* its publisher has begun anew since */
		return said->epoch < newest_epoch(s);
	if (said->flags & GN_FB_BUS_FLAG_RETAINED) {
		const struct bus_value *value = value_of(s, said, false);
		if (value)
			return said->epoch < value->epoch ||
			       (said->epoch == value->epoch && said->seq <= value->seq);
	}
	enum bus_look look = bus_window_look(&s->window, said->epoch, said->seq);
	return look == BUS_AGAIN ||
	       (look == BUS_TOO_OLD && !(said->flags & GN_FB_BUS_FLAG_RETAINED));
}

/* ---- gaps ---- */

static void tell_gap(struct gn_bus *b, struct bus_view *v, const struct bus_seen *s, uint64_t seq,
		     uint64_t count)
{
	GN_ASSERT(count > 0);
	struct bus_item gap = {
		.publisher = s->pk, .epoch = s->window.epoch, .seq = seq, .count = count};
	b->count.gaps_lost += count;
	bus_locals_gap(b, v, &gap);
}

static void give_up(struct gn_bus *b, struct bus_view *v, struct bus_seen *s)
{
	GN_ASSERT(s->gap_due != GN_NEVER);
	uint64_t missing[BUS_WINDOW];
	unsigned n = bus_window_missing(&s->window, missing, BUS_WINDOW), from = 0;
	for (unsigned i = 0; i < n; i++)
		if (i + 1 == n || missing[i + 1] != missing[i] + 1) {
			tell_gap(b, v, s, missing[from], missing[i] - missing[from] + 1);
			from = i + 1;
		}
	bus_window_fill(&s->window, 0, 0);
	s->gap_due = GN_NEVER;
	s->gap_tries = 0;
}

/* The primary, then the other: those where we have a lease. */
static struct bus_root *asked_root(struct bus_view *v, unsigned tries)
{
	GN_ASSERT(v->root_count <= BUS_ROOTS);
	struct bus_root *any = NULL;
	for (unsigned i = 0; i < v->root_count; i++) {
		struct bus_root *r = &v->roots[i];
		if (!r->leased)
			continue;
		any = r;
		if (r->role == 1 + tries % 2)
			return r;
	}
	return any;
}

static void ask_gap(struct gn_bus *b, struct bus_view *v, struct bus_seen *s)
{
	GN_ASSERT(s->gap_tries <= BUS_GAP_TRIES);
	uint64_t missing[BUS_WINDOW];
	unsigned n = bus_window_missing(&s->window, missing, BUS_WINDOW);
	const struct bus_root *r = asked_root(v, s->gap_tries);
	if (n == 0 || s->gap_tries >= BUS_GAP_TRIES) {
		give_up(b, v, s);
		return;
	}
	s->gap_tries++;
	s->gap_due = b->now + BUS_GAP_AGAIN;
	b->count.gaps += n;
	for (unsigned from = 0; r && from < n; from += BUS_IDS) {
		struct gn_fb_bus_id ids[BUS_IDS];
		unsigned count = n - from < BUS_IDS ? n - from : BUS_IDS;
		for (unsigned i = 0; i < count; i++)
			ids[i] = (struct gn_fb_bus_id){gn_said_key8(&s->pk), s->window.epoch,
						       missing[from + i]};
		bus_pull_send(b, v, &r->c, ids, count);
	}
}

gn_time bus_view_run_gaps(struct gn_bus *b, struct bus_view *v)
{
	gn_time next = GN_NEVER;
	for (uint32_t i = 0; i < v->seen.count; i++) {
		struct bus_seen *s = GN_MAP_AT(&v->seen, struct bus_seen *, i);
		if (s->gap_due <= b->now)
			ask_gap(b, v, s);
		next = gn_time_min(next, s->gap_due);
	}
	return next;
}

/* A root does not have them: the next is asked at once. */
void bus_view_lost(struct gn_bus *b, struct bus_view *v, const struct gn_pk *from,
		   struct gn_fb_bus_lost m)
{
	GN_ASSERT(v->root_count <= BUS_ROOTS);
	uint32_t n = gn_fb_bus_lost_ids_len(m);
	if (!bus_view_root(v, from))
		return;
	for (uint32_t i = 0; i < n && i < BUS_IDS; i++) {
		struct gn_fb_bus_id id = gn_fb_bus_lost_ids_at(m, i);
		struct bus_seen *s = bus_seen_get(v, id.publisher8);
		if (!s || s->gap_due == GN_NEVER || s->window.epoch != id.epoch)
			continue;
		s->gap_due = b->now;
		bus_view_wake(b, v, b->now);
	}
}

/* It has come: what is missing now? */
static void mark(struct gn_bus *b, struct bus_view *v, struct bus_seen *s,
		 const struct gn_said *said, uint64_t before)
{
	GN_ASSERT(!(said->flags & GN_FB_BUS_FLAG_WILL));
	uint64_t lost, missing, top = s->window.top;
	bool retained = said->flags & GN_FB_BUS_FLAG_RETAINED;
	bool closes = s->gap_due != GN_NEVER && said->epoch == s->window.epoch && said->seq < top;
	if (retained) {
		struct bus_value *value = value_of(s, said, true);
		value->epoch = said->epoch;
		value->seq = said->seq;
		if (s->window.epoch == 0 ||
		    bus_window_look(&s->window, said->epoch, said->seq) != BUS_NEW)
			return;
	}
	bool other = said->epoch != s->window.epoch;
	lost = bus_window_mark(&s->window, said->epoch, said->seq, s->window.epoch && !v->filters);
	b->count.gaps_closed += closes;
	if (v->filters && s->window.top == said->seq)
		bus_window_fill(&s->window, other ? 0 : top, !other && before > top ? before : 0);
	else if (lost)
		tell_gap(b, v, s, other ? 1 : top + 1, lost);
	if (bus_window_missing(&s->window, &missing, 1) == 0) {
		s->gap_due = GN_NEVER;
		s->gap_tries = 0;
	} else if (s->gap_due == GN_NEVER) {
		s->gap_due = b->now + BUS_GAP;
		bus_view_wake(b, v, s->gap_due);
	}
}

/* ---- a message ---- */

/* The value that is known here, for somebody who began since. */
static bool is_repeated(const struct gn_bus *b, const struct bus_view *v, struct bus_seen *s,
			const struct gn_said *said)
{
	GN_ASSERT(s != NULL);
	const struct bus_value *value =
		said->flags & GN_FB_BUS_FLAG_RETAINED && !(said->flags & GN_FB_BUS_FLAG_WILL)
			? value_of(s, said, false)
			: NULL;
	return value && value->epoch == said->epoch && value->seq == said->seq &&
	       said->epoch > s->ended && bus_locals_fresh(b, v);
}

/* Form, once, signature, right, time; NULL: it is not told. */
static struct bus_seen *check(struct gn_bus *b, struct bus_view *v, const struct gn_said *said,
			      struct gn_slice token, bool *repeated)
{
	GN_ASSERT(v->rec);
	struct bus_seen *known = bus_seen_get(v, gn_said_key8(&said->publisher));
	struct bus_token none = {.bytes = NULL};
	*repeated = known && gn_pk_eq(&known->pk, &said->publisher) && again(known, said);
	if (*repeated && !is_repeated(b, v, known, said)) {
		b->count.got_again++;
		return NULL;
	}
	b->caused.checks++;
	if (gn_said_verify(&v->topic, said) != GN_OK) {
		b->count.got_sig++;
		return NULL;
	}
	if (bus_said_timely(b, said) != GN_OK) {
		b->count.got_time++;
		return NULL;
	}
	bool same = known && gn_pk_eq(&known->pk, &said->publisher);
	if (bus_right(b, v->rec, &said->publisher, GN_FB_ACTION_PUBLISH, token,
		      same ? &known->token : &none) != GN_OK ||
	    bus_revoked(b, same ? &known->token : &none) != GN_OK) {
		bus_token_drop(b, &none);
		b->count.got_right++;
		return NULL;
	}
	struct bus_seen *s = bus_seen_need(b, v, &said->publisher);
	if (s && none.bytes) {
		bus_token_drop(b, &s->token);
		s->token = none;
	} else if (none.bytes) {
		bus_token_drop(b, &none);
	}
	return s;
}

/* False: another root must tell it, too. */
static bool will_counts(struct gn_bus *b, struct bus_view *v, struct bus_seen *s,
			const struct gn_said *said, const struct gn_pk *from)
{
	GN_ASSERT(said->flags & GN_FB_BUS_FLAG_WILL && said->epoch > s->ended);
	if (v->root_count > 1 && (s->will_epoch != said->epoch || gn_pk_eq(&s->will_by, from))) {
		b->count.will_once += s->will_epoch != said->epoch;
		s->will_epoch = said->epoch;
		s->will_by = *from;
		return false;
	}
	s->ended = said->epoch;
	return true;
}

/* Our primary has told nothing of what the other did: is it there? */
static void watch_primary(struct gn_bus *b, struct bus_view *v, const struct bus_root *r,
			  bool first)
{
	GN_ASSERT(v->silent < 2);
	if (!r || r->role == 1)
		v->silent = r ? 0 : v->silent;
	else if (first && r->role == 2)
		v->silent++;
	if (v->silent < 2)
		return;
	v->silent = 0;
	for (unsigned i = 0; i < v->root_count; i++)
		if (v->roots[i].role == 1 && !v->roots[i].asked)
			v->roots[i].renew = b->now;
	bus_view_wake(b, v, b->now);
}

void bus_view_deliver(struct gn_bus *b, struct bus_view *v, const struct gn_contact *from,
		      struct gn_fb_bus_message m, uint64_t before)
{
	const struct bus_root *r = bus_view_root(v, &from->pk);
	struct gn_said said;
	struct gn_slice token;
	if (!v->locals || !v->rec || (!r && !bus_link_get(v, &from->pk))) {
		b->count.unasked++;
		return;
	}
	if (bus_said_get(m, &said, &token) != GN_OK) {
		b->count.got_false++;
		return;
	}
	bool will = said.flags & GN_FB_BUS_FLAG_WILL;
	bool repeated = false;
	struct bus_seen *s = will && !r ? NULL : check(b, v, &said, token, &repeated);
	watch_primary(b, v, r, s != NULL && !will && !repeated);
	if (!s)
		return;
	s->used = b->now;
	if (will && !will_counts(b, v, s, &said, &from->pk))
		return;
	struct bus_blob *blob = bus_blob_new(b, &said);
	if (!blob)
		return; /* as if it had been lost */
	if (!will && !repeated)
		mark(b, v, s, &said, before);
	b->count.got++;
	if (repeated)
		bus_locals_say_fresh(b, v, blob);
	else
		bus_locals_say(b, v, blob);
	if (!will && !repeated)
		bus_links_tell(b, v, blob, &from->pk);
	bus_blob_drop(b, blob);
}
