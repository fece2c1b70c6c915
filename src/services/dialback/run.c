/* One measurement: three nodes are asked, others in the place of those who refuse or do not
 * answer; what comes is written down, and judged when nothing more can come (judge.c).
 *
 *   idle -> under way [due: there is somebody to ask] -> packets 4 [each sees another port]
 *        -> over [its result is told] -> idle
 *
 * 1. A packet is looked at against whom we have sent to when it comes, since that is what a box
 *    before us lets in. */
#include "services/dialback/engine_int.h"

static unsigned under_way(const struct dialback_run *r)
{
	unsigned n = 0;
	for (unsigned i = 0; i < r->count; i++)
		n += r->asks[i].state != ASK_OVER;
	return n;
}

/* Of whom something is to be expected, or came. */
static unsigned good(const struct dialback_run *r)
{
	unsigned n = 0;
	for (unsigned i = 0; i < r->count; i++)
		n += r->asks[i].told || r->asks[i].state == ASK_WAITS;
	return n;
}

/* ---- asking ---- */

static bool is_asked(const struct dialback_run *r, const struct gn_dialback_peer *p, bool apart)
{
	for (unsigned i = 0; i < r->count; i++)
		if (gn_pk_eq(&r->asks[i].key, &p->key) ||
		    (apart && gn_addr_prefix(&r->asks[i].addr) == gn_addr_prefix(&p->addr)))
			return true;
	return false;
}

static unsigned best_rank(const struct gn_dialback_peer *peers, size_t count)
{
	unsigned best = 1;
	for (size_t i = 0; i < count; i++)
		best = dialback_rank(&peers[i]) > best ? dialback_rank(&peers[i]) : best;
	return best;
}

/* Any of those left, of another prefix than those before if there is one. */
static const struct gn_dialback_peer *choose(struct gn_dialback *d,
					     const struct gn_dialback_peer *peers, size_t count)
{
	unsigned best = best_rank(peers, count);
	for (unsigned apart = 2; apart-- > 0;) {
		const struct gn_dialback_peer *found = NULL;
		uint64_t n = 0;
		for (size_t i = 0; i < count; i++)
			if (dialback_rank(&peers[i]) == best &&
			    !is_asked(&d->run, &peers[i], apart) &&
			    gn_rand_below(d->env.rand, ++n) == 0)
				found = &peers[i];
		if (found)
			return found;
	}
	return NULL;
}

/* The port that S sees, the socket's, a mapped one, the owner's: each once. */
static struct dialback_ports own_ports(const struct gn_dialback *d)
{
	const uint16_t all[] = {d->ports[0], d->ports[1], d->configured.port};
	GN_ASSERT(1 + GN_COUNT(all) <= DIALBACK_PORTS);
	struct dialback_ports p = {.count = 1};
	for (unsigned i = 0; i < GN_COUNT(all); i++) {
		bool known = false;
		for (unsigned k = 0; k < p.count; k++)
			known = known || p.port[k] == all[i];
		if (!known)
			p.port[p.count++] = all[i];
	}
	return p;
}

static void ask(struct gn_dialback *d, const struct gn_dialback_peer *peers, size_t count,
		const struct gn_dialback_peer *whom)
{
	uint64_t known[DIALBACK_KNOWN];
	unsigned known_count = 0;
	GN_ASSERT(d->run.began && d->run.count < DIALBACK_TRIES);
	struct dialback_ask *a = &d->run.asks[d->run.count++];
	*a = (struct dialback_ask){.key = whom->key,
				   .addr = whom->addr,
				   .request = dialback_request(d),
				   .nonce = gn_rand_u64(d->env.rand),
				   .until = d->now + DIALBACK_ANSWER,
				   .ports = own_ports(d)};
	for (size_t i = 0; i < count && known_count < DIALBACK_KNOWN; i++)
		known[known_count++] = dialback_key(&peers[i].key);
	dialback_send_ask(d, a, known, known_count);
	d->n.asked++;
}

static void ask_more(struct gn_dialback *d)
{
	struct gn_dialback_peer peers[GN_DIALBACK_PEERS];
	struct dialback_run *r = &d->run;
	if (d->cfg.hidden || r->count == DIALBACK_TRIES || good(r) >= DIALBACK_ASKED ||
	    d->now >= r->began + DIALBACK_RUN - DIALBACK_WAIT)
		return;
	size_t count = d->cfg.peers(d->cfg.user, peers);
	GN_ASSERT(count <= GN_COUNT(peers));
	while (r->count < DIALBACK_TRIES && good(r) < DIALBACK_ASKED) {
		const struct gn_dialback_peer *p = choose(d, peers, count);
		if (!p)
			return;
		ask(d, peers, count, p);
	}
}

static bool enough_peers(struct gn_dialback *d)
{
	struct gn_dialback_peer peers[GN_DIALBACK_PEERS];
	size_t count = d->cfg.peers(d->cfg.user, peers);
	unsigned best = best_rank(peers, count), n = 0;
	for (size_t i = 0; i < count; i++)
		n += dialback_rank(&peers[i]) == best;
	return n >= DIALBACK_AGREE;
}

static void start(struct gn_dialback *d)
{
	GN_ASSERT(!d->run.began);
	d->run = (struct dialback_run){.began = d->now};
	d->due = GN_NEVER;
	d->n.runs++;
	ask_more(d);
}

/* Nothing stands between the nodes of one machine. */
static bool is_one_machine(struct gn_dialback *d)
{
	struct gn_dialback_peer peers[GN_DIALBACK_PEERS];
	size_t count = d->cfg.peers(d->cfg.user, peers);
	for (size_t i = 0; i < count; i++)
		if (!dialback_is_here(&peers[i]))
			return false;
	return count > 0;
}

/* Begins, if there is anything to find out and somebody to ask. */
static bool begin(struct gn_dialback *d)
{
	if (is_one_machine(d)) {
		d->last = (struct gn_dialback_result){.reach = GN_DIALBACK_REACH_DIRECT,
						      .at = d->now};
		d->told = true;
		d->due = d->now + DIALBACK_EVERY;
		return false;
	}
	if (d->cfg.hidden || !enough_peers(d))
		return false;
	start(d);
	return true;
}

bool gn_dialback_now(struct gn_dialback *d, gn_time now)
{
	d->now = now;
	if (d->run.began)
		return true;
	return (!d->last.at || now >= d->last.at + DIALBACK_AGAIN) && begin(d);
}

/* ---- what comes ---- */

static struct dialback_ask *ask_of(struct gn_dialback *d, const struct dialback_from *from)
{
	for (unsigned i = 0; from->request && i < d->run.count; i++) {
		struct dialback_ask *a = &d->run.asks[i];
		if (d->run.began && a->request == from->request && a->state == ASK_WAITS &&
		    gn_pk_eq(&a->key, &from->who.pk))
			return a;
	}
	return NULL;
}

void dialback_on_told(struct gn_dialback *d, const struct dialback_from *from,
		      struct gn_fb_dial_told m)
{
	struct dialback_ask *a = ask_of(d, from);
	GN_ASSERT(!a || a->state == ASK_WAITS);
	if (!a || !gn_fb_dial_told_has_you(m)) {
		d->n.unasked++;
		return;
	}
	a->state = ASK_TOLD;
	a->you = gn_wire_addr_get(gn_fb_dial_told_you(m));
	a->second = gn_fb_dial_told_second(m);
	a->until = d->now + DIALBACK_WAIT;
	if ((gn_fb_dial_told_sent(m) & 1u) && gn_fb_dial_told_has_by(m)) {
		struct gn_addr by = gn_wire_addr_get(gn_fb_dial_told_by(m));
		a->told = true;
		a->known_third = dialback_met_has(&d->met, &by, d->now);
	}
}

bool dialback_run_refused(struct gn_dialback *d, const struct dialback_from *from)
{
	struct dialback_ask *a = ask_of(d, from);
	if (!a)
		return false;
	a->state = ASK_OVER;
	d->n.refused++;
	ask_more(d);
	return true;
}

static void came_from_third(struct gn_dialback *d, struct dialback_ask *a,
			    const struct gn_addr *from, unsigned port)
{
	if (dialback_same_ip(from, &a->addr)) {
		d->n.packet_from++;
		return;
	}
	GN_ASSERT(port < a->ports.count);
	bool stranger = !dialback_met_has(&d->met, from, d->now);
	a->came[stranger] = true;
	a->to[stranger] |= 1u << port;
}

void dialback_run_packet(struct gn_dialback *d, const struct gn_addr *from, uint64_t nonce,
			 unsigned kind)
{
	struct dialback_run *r = &d->run;
	GN_ASSERT(kind >= 1 && kind <= 3);
	struct dialback_ask *a = NULL;
	for (unsigned i = 0; r->began && i < r->count; i++)
		if (nonce - r->asks[i].nonce < r->asks[i].ports.count)
			a = &r->asks[i];
	if (!a) {
		d->n.packet_unknown++;
		return;
	}
	if (gn_addr_is_private(from) && !gn_addr_is_private(&a->addr)) {
		d->n.packet_local++;
		return;
	}
	if (kind == 1)
		came_from_third(d, a, from, (unsigned)(nonce - a->nonce));
	else if (kind == 2 ? dialback_same_ip(from, &a->addr) && from->port != a->addr.port
			   : gn_addr_eq(from, &a->addr))
		a->came[kind] = true;
	else
		d->n.packet_from++;
}

void dialback_on_seen(struct gn_dialback *d, const struct dialback_from *from,
		      struct gn_fb_dial_seen m)
{
	for (unsigned i = 0; d->run.seen_by && i < d->run.count; i++) {
		struct dialback_ask *a = &d->run.asks[i];
		if (!gn_pk_eq(&a->key, &from->who.pk) || a->nonce != gn_fb_dial_seen_nonce(m))
			continue;
		a->seen = gn_wire_addr_get(gn_fb_dial_seen_you(m));
		return;
	}
	d->n.unasked++;
}

/* ---- the end ---- */

/* Each sees another port: do two ports of one see two, too? */
static bool ask_seen(struct gn_dialback *d)
{
	struct dialback_run *r = &d->run;
	if (r->seen_by || dialback_mapping(d) < GN_DIALBACK_ADDR)
		return false;
	for (unsigned i = 0; i < r->count; i++) {
		const struct dialback_ask *a = &r->asks[i];
		struct dialback_job job = {
			.to = a->addr, .ports = {.count = 1}, .nonce = a->nonce, .kind = 4};
		job.to.port = a->second;
		if (a->second && a->you.port && dialback_job_add(d, &job))
			r->seen_by = d->now + DIALBACK_SEEN;
	}
	return r->seen_by != 0;
}

static void finish(struct gn_dialback *d)
{
	struct gn_dialback_result result;
	GN_ASSERT(d->run.began && d->run.count <= DIALBACK_TRIES);
	dialback_judge(d, &result);
	d->run.began = 0;
	d->last = result;
	d->told = true;
	if (result.reach == GN_DIALBACK_REACH_UNKNOWN) {
		d->due = d->now + d->again;
		d->again = gn_time_min(2 * d->again, DIALBACK_EVERY);
		return;
	}
	d->again = DIALBACK_AGAIN;
	d->due = d->now + DIALBACK_EVERY;
}

static void look(struct gn_dialback *d)
{
	GN_ASSERT(d->run.began != 0);
	struct dialback_run *r = &d->run;
	for (unsigned i = 0; i < r->count; i++) {
		struct dialback_ask *a = &r->asks[i];
		if (a->state == ASK_OVER || d->now < a->until)
			continue;
		d->n.lost += a->state == ASK_WAITS;
		a->state = ASK_OVER;
	}
	ask_more(d);
	bool late = d->now >= r->began + DIALBACK_RUN;
	if (r->seen_by ? d->now >= r->seen_by
		       : (late || under_way(r) == 0) && (late || !ask_seen(d)))
		finish(d);
}

void dialback_run_tick(struct gn_dialback *d)
{
	if (d->run.began)
		look(d);
	else if (d->now >= d->due && !begin(d) && d->now >= d->due)
		d->due = d->now + DIALBACK_LOOK;
}

gn_time dialback_run_deadline(const struct gn_dialback *d)
{
	const struct dialback_run *r = &d->run;
	if (!r->began)
		return d->due;
	gn_time at = r->seen_by ? r->seen_by : r->began + DIALBACK_RUN;
	for (unsigned i = 0; i < r->count; i++)
		if (r->asks[i].state != ASK_OVER)
			at = gn_time_min(at, r->asks[i].until);
	return at;
}
