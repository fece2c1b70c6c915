/* Who waits for a thread: for the copy (replica.c), and for the history (feed.c), its pages
 * apart from what takes one row. What waits lies here, on the loop, and few questions are handed
 * to the thread at a time; so those that wait can be counted, taken back when nobody listens any
 * more, and give way (HB-46, HB-57).
 *
 * States:  ask -> WAITS -> HANDED -> answered
 *          refused: at ask, or while it waits (`refused` says why)
 * 1. Of all places one asker has a share once they are crowded: a token's PID, without one an
 *    address.
 * 2. When all are taken, the newest of who has most gives way to who has less. What one has is
 *    what waits and what was answered lately, so that many keys with a question each hold out no
 *    newcomer.
 * 3. What tells of a change that was made is never refused: there are no more of those than
 *    changes. */
#include "hub/hub_int.h"

static bool is_due(const struct gn_hub_request *r)
{
	return !r->base.route ||
	       (r->base.route->method != GN_HTTP_GET && !(r->base.route->flags & GN_ROUTE_READS));
}

/* The hub itself and the bootstrap token have none. */
static bool has_share(const struct gn_hub_request *r)
{
	static const struct gn_hash nobody;
	return r->base.route &&
	       (r->role == GN_ROLE_NONE || memcmp(&r->pid, &nobody, sizeof nobody) != 0);
}

static bool is_same(const uint8_t a[16], const uint8_t b[16])
{
	return memcmp(a, b, 16) == 0;
}

static unsigned count_of(const struct gn_hub_places *p, const struct gn_hub_request *r)
{
	unsigned n = 0;
	for (const struct gn_hub_question *q = p->first; q; q = q->next)
		n += is_same(q->request->asker, r->asker);
	return n;
}

/* What waits for him and what was answered lately. */
static unsigned weight_of(const struct gn_hub_places *p, const struct gn_hub_request *r)
{
	unsigned n = has_share(r) ? count_of(p, r) : 0;
	for (unsigned i = 0; has_share(r) && i < HUB_PLACES_LATELY; i++)
		n += is_same(p->lately[i], r->asker);
	return n;
}

bool gn_hub_has_share(const struct gn_hub_places *p, const struct gn_hub_request *r)
{
	return p->count < p->crowded || !has_share(r) || count_of(p, r) < p->share;
}

static void take_out(struct gn_hub_places *p, struct gn_hub_question *q)
{
	struct gn_hub_question **at = &p->first;
	while (*at != q)
		at = &(*at)->next;
	*at = q->next;
	if (!q->next)
		p->last = at;
	p->count--;
}

/* One that waits is told no. */
static void refuse_question(struct gn_hub_places *p, struct gn_hub_question *q)
{
	take_out(p, q);
	q->refused = true;
	q->item.done(&q->item);
}

static bool may_go(const struct gn_hub_question *q)
{
	return !q->handed && !is_due(q->request);
}

/* The newest of who has most; false: nobody has more than r would. */
static bool make_room(struct gn_hub_places *p, const struct gn_hub_request *r)
{
	struct gn_hub_question *most = NULL;
	unsigned weight = weight_of(p, r) + 1;
	for (struct gn_hub_question *q = p->first; q; q = q->next)
		if (may_go(q) && q->weight > weight && (!most || q->weight >= most->weight))
			most = q;
	if (most)
		refuse_question(p, most);
	return most != NULL;
}

/* False after answering. */
bool gn_hub_place_free(struct gn_hub_request *r, struct gn_hub_places *p)
{
	if (is_due(r) && p != &r->hub->longs)
		return true;
	if (gn_hub_is_ending(r->hub))
		gn_hub_fail_as(r, 503, "E010", NULL, "the hub is stopping");
	else if (!gn_hub_has_share(p, r))
		gn_hub_fail(r, GN_BUSY, NULL,
			    "%u of your questions wait already, and others ask too; try again in a "
			    "moment",
			    p->share);
	else if (p->count >= p->most && !make_room(p, r))
		gn_hub_fail(r, GN_BUSY, NULL, "%u questions wait already; try again in a moment",
			    p->count);
	else
		return true;
	return false;
}

static void hand_over(struct gn_hub_places *p)
{
	for (struct gn_hub_question *q = p->first; q && p->handed < p->ahead; q = q->next)
		if (!q->handed) {
			q->handed = true;
			p->handed++;
			gn_hub_tail_ask(p->tail, &q->item);
		}
}

void gn_hub_places_init(struct gn_hub_places *p, struct gn_hub_tail *tail, unsigned most,
			unsigned ahead)
{
	*p = (struct gn_hub_places){
		.tail = tail, .most = most, .share = most / 8, .crowded = most / 4, .ahead = ahead};
	p->last = &p->first;
}

void gn_hub_place_take(struct gn_hub_places *p, struct gn_hub_question *q)
{
	q->weight = weight_of(p, q->request) + 1;
	q->next = NULL;
	*p->last = q;
	p->last = &q->next;
	p->count++;
	hand_over(p);
}

bool gn_hub_place_leave(struct gn_hub_places *p, struct gn_hub_question *q)
{
	struct gn_hub_request *r = q->request;
	if (!q->refused) {
		take_out(p, q);
		p->handed--;
		memcpy(p->lately[p->lately_next++ % HUB_PLACES_LATELY], r->asker, sizeof r->asker);
		hand_over(p);
		return true;
	}
	if (gn_hub_is_ending(r->hub))
		gn_hub_fail_as(r, 503, "E010", NULL, "the hub is stopping");
	else
		gn_hub_fail(r, GN_BUSY, NULL,
			    "others ask too, who asked less than you; try again in a moment");
	return false;
}

/* Those of r, or, when it is NULL, all. */
static void take_back(struct gn_hub_places *p, const struct gn_hub_request *r)
{
	struct gn_hub_question *next;
	for (struct gn_hub_question *q = p->first; q; q = next) {
		next = q->next;
		if (may_go(q) && (!r || q->request == r))
			refuse_question(p, q);
	}
}

void gn_hub_places_gone(struct gn_hub *hub, const struct gn_hub_request *r)
{
	take_back(&hub->asks, r);
	take_back(&hub->pages, r);
	take_back(&hub->longs, r);
}
