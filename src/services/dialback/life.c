/* How long a quiet flow lives: one node is asked to answer later and later, then at times between
 * what was lived through and what was not (RE-22).
 *
 *   IDLE  -> ASKED [gn_dialback_life_start]
 *   ASKED -> OPEN [HELD] | ASKED [refused, silent: another] | IDLE [nobody is left: NOBODY]
 *   OPEN  -> QUIET [packets 6 came to both packets 5] | IDLE [none came: LOST]
 *   QUIET -> ASKED [packet 7 came, or did not: another time] | IDLE [that is known well enough]
 *
 * 1. Each time is tried on a flow that was alive a moment before: who answers is there.
 * 2. Who answers can make it seem shorter, which costs a few packets more, and not longer: an
 *    answer that comes early, or anything that would keep the flow alive, ends the run. */
#include "services/dialback/engine_int.h"

#define EARLY (500 * GN_MSEC) /* two clocks do not go alike */

static const gn_time steps[DIALBACK_LIFE_STEPS] = {30 * GN_SEC, 60 * GN_SEC, 120 * GN_SEC,
						   DIALBACK_LIFE_MOST};

static void over(struct gn_dialback *d, enum gn_dialback_life_why why)
{
	struct dialback_life *l = &d->life;
	GN_ASSERT(l->state != LIFE_IDLE);
	l->state = LIFE_IDLE;
	l->send = false;
	l->at = GN_NEVER;
	l->told = true;
	l->last.why = why;
	if (why == GN_DIALBACK_LIFE_KNOWN) {
		/* not even the shortest: half of what it did not live through */
		l->last.lifetime = l->passed ? l->passed : l->failed / 2;
		l->last.at = d->now;
	}
}

/* ---- asking ---- */

static bool was_asked(const struct dialback_life *l, const struct gn_pk *pk)
{
	for (unsigned i = 0; i < l->asked_count; i++)
		if (gn_pk_eq(&l->asked[i], pk))
			return true;
	return false;
}

/* Any of those who are from outside, where anybody is; false: nobody is left. */
static bool choose(struct gn_dialback *d)
{
	struct gn_dialback_peer peers[GN_DIALBACK_PEERS];
	struct dialback_life *l = &d->life;
	const struct gn_dialback_peer *found = NULL;
	unsigned best = 1;
	uint64_t n = 0;
	size_t count = d->cfg.peers(d->cfg.user, peers);
	GN_ASSERT(count <= GN_COUNT(peers) && l->asked_count <= DIALBACK_LIFE_ASKS);
	for (size_t i = 0; i < count; i++) {
		unsigned rank = was_asked(l, &peers[i].key) ? 0 : dialback_rank(&peers[i]);
		if (rank < best)
			continue;
		n = rank > best ? 1 : n + 1;
		best = rank;
		if (gn_rand_below(d->env.rand, n) == 0)
			found = &peers[i];
	}
	if (!found || l->asked_count == DIALBACK_LIFE_ASKS)
		return false;
	l->asked[l->asked_count++] = found->key;
	l->addr = found->addr;
	return true;
}

static void ask(struct gn_dialback *d)
{
	struct dialback_life *l = &d->life;
	GN_ASSERT(l->asked_count > 0 && l->after > 0);
	l->state = LIFE_ASKED;
	l->request = dialback_request(d);
	l->nonce = gn_rand_u64(d->env.rand);
	l->at = d->now + DIALBACK_ANSWER;
	l->sends = l->answers = 0;
	l->send = false;
	dialback_send_hold(d);
}

static void ask_another(struct gn_dialback *d)
{
	if (choose(d))
		ask(d);
	else
		over(d, GN_DIALBACK_LIFE_NOBODY);
}

/* What is tried next; false: it is known well enough. */
static bool next_time(struct dialback_life *l)
{
	GN_ASSERT(!l->failed || l->passed < l->failed);
	for (unsigned i = 0; i < DIALBACK_LIFE_STEPS && !l->failed; i++)
		if (steps[i] > l->passed) {
			l->after = steps[i];
			return true;
		}
	if (!l->failed || l->failed - l->passed <= DIALBACK_LIFE_EXACT)
		return false;
	l->after = (l->passed + l->failed) / 2;
	return true;
}

bool gn_dialback_life_start(struct gn_dialback *d, gn_time now)
{
	struct dialback_life *l = &d->life;
	gn_time *run = &l->runs[l->next_run];
	GN_ASSERT(l->next_run < DIALBACK_LIFE_RUNS);
	d->now = now;
	if (l->state != LIFE_IDLE)
		return true;
	if (*run && now < *run + DIALBACK_LIFE_DAY) {
		l->last.why = GN_DIALBACK_LIFE_LIMIT;
		return false;
	}
	l->asked_count = 0;
	l->passed = l->failed = 0;
	(void)next_time(l);
	if (!choose(d)) {
		l->last.why = GN_DIALBACK_LIFE_NOBODY;
		return false;
	}
	*run = now;
	l->next_run = (l->next_run + 1) % DIALBACK_LIFE_RUNS;
	l->last.why = GN_DIALBACK_LIFE_RUNNING;
	d->n.life_runs++;
	ask(d);
	return true;
}

void gn_dialback_life_stop(struct gn_dialback *d, gn_time now)
{
	d->now = now;
	if (d->life.state != LIFE_IDLE)
		over(d, GN_DIALBACK_LIFE_NEVER);
	d->life.last = (struct gn_dialback_life){.why = GN_DIALBACK_LIFE_NEVER};
}

/* ---- what comes ---- */

static bool is_asked(const struct gn_dialback *d, const struct dialback_from *from)
{
	const struct dialback_life *l = &d->life;
	return l->state == LIFE_ASKED && from->request == l->request &&
	       gn_pk_eq(&from->who.pk, &l->asked[l->asked_count - 1]);
}

void dialback_life_held(struct gn_dialback *d, const struct dialback_from *from)
{
	struct dialback_life *l = &d->life;
	if (!is_asked(d, from)) {
		d->n.unasked++;
		return;
	}
	GN_ASSERT(l->asked_count > 0 && !l->sends && !l->answers);
	l->state = LIFE_OPEN;
	l->at = d->now;
}

bool dialback_life_refused(struct gn_dialback *d, const struct dialback_from *from)
{
	if (!is_asked(d, from))
		return false;
	d->n.refused++;
	ask_another(d);
	return true;
}

/* That time was lived through, or not. */
static void tried(struct gn_dialback *d, bool lived)
{
	struct dialback_life *l = &d->life;
	GN_ASSERT(l->state == LIFE_QUIET);
	if (lived)
		l->passed = l->after;
	else
		l->failed = l->after;
	if (next_time(l))
		ask(d);
	else
		over(d, GN_DIALBACK_LIFE_KNOWN);
}

static void answered(struct gn_dialback *d)
{
	struct dialback_life *l = &d->life;
	GN_ASSERT(l->state == LIFE_OPEN);
	l->sends = 0;
	l->at = d->now + DIALBACK_LIFE_OPEN;
	if (++l->answers < 2)
		return;
	l->state = LIFE_QUIET;
	l->quiet = d->now;
	l->at = d->now + l->after + DIALBACK_LIFE_LATE;
}

void gn_dialback_life_packet(struct gn_dialback *d, const struct gn_addr *from,
			     struct gn_slice datagram, gn_time now)
{
	struct dialback_life *l = &d->life;
	d->now = now;
	d->n.packets_in++;
	unsigned kind = datagram.len == GN_DIALBACK_BYTES ? datagram.p[9] : 0;
	if ((kind != 6 && kind != 7) || datagram.p[0] != GN_DIALBACK_BYTE) {
		d->n.packet_bad++;
		return;
	}
	if (gn_be64(datagram.p + 1) != l->nonce || l->state < LIFE_OPEN ||
	    !gn_addr_eq(from, &l->addr)) {
		d->n.packet_unknown++; /* also one more of the time before */
		return;
	}
	gn_time quiet = l->state == LIFE_QUIET ? now - l->quiet : 0;
	if (kind == 6 && l->state == LIFE_OPEN && l->sends) {
		answered(d);
	} else if (kind == 7 && quiet + EARLY >= l->after) {
		tried(d, true);
	} else if (kind == 7 || quiet > DIALBACK_LIFE_REPLY * DIALBACK_LIFE_SENDS) {
		d->n.life_lied++;
		over(d, GN_DIALBACK_LIFE_LOST);
	}
}

/* ---- time ---- */

bool dialback_life_next(struct gn_dialback *d, struct gn_dialback_out *out)
{
	struct dialback_life *l = &d->life;
	if (!l->send)
		return false;
	GN_ASSERT(l->state == LIFE_OPEN);
	l->send = false;
	*out = (struct gn_dialback_out){.to = l->addr, .spare = true};
	out->bytes[0] = GN_DIALBACK_BYTE;
	gn_put_be64(out->bytes + 1, l->nonce);
	out->bytes[9] = 5;
	d->n.packets_out++;
	return true;
}

void dialback_life_tick(struct gn_dialback *d)
{
	struct dialback_life *l = &d->life;
	if (l->state == LIFE_IDLE || d->now < l->at)
		return;
	GN_ASSERT(l->sends <= DIALBACK_LIFE_SENDS && l->answers <= 2);
	if (l->state == LIFE_QUIET) {
		tried(d, false);
	} else if (l->state == LIFE_ASKED) {
		d->n.lost++;
		ask_another(d);
	} else if (l->sends == DIALBACK_LIFE_SENDS) {
		over(d, GN_DIALBACK_LIFE_LOST);
	} else {
		l->sends++;
		l->send = true;
		l->at = d->now + DIALBACK_LIFE_REPLY;
	}
}

gn_time dialback_life_deadline(const struct gn_dialback *d)
{
	return d->life.state == LIFE_IDLE ? GN_NEVER : d->life.at;
}

/* ---- queries ---- */

void gn_dialback_life(const struct gn_dialback *d, struct gn_dialback_life *out)
{
	*out = d->life.last;
}

bool gn_dialback_life_event(struct gn_dialback *d, struct gn_dialback_life *out)
{
	if (!d->life.told)
		return false;
	GN_ASSERT(d->life.state == LIFE_IDLE);
	d->life.told = false;
	*out = d->life.last;
	return true;
}

const char *gn_dialback_life_text(enum gn_dialback_life_why why)
{
	static const char *const texts[] = {"never", "running", "nobody", "lost", "limit", ""};
	return why < GN_COUNT(texts) ? texts[why] : "?";
}
