/* What a reader knows of its box: ids, who has named them, and the nodes of the present set.
 *
 *   id:  NAMED [a listing has it] -> ASKED [one fetch is under way] -> SHOWN [it came, or a watch
 *        brought it] -> forgotten [nobody named it for long]
 *        ASKED -> NAMED [lost: another one that named it is asked] -> forgotten [nobody is left]
 *
 * A node's place is another's once it is no more of the set and nothing is under way to it; the
 * bits of its place are cleared first. Rule BX-28. */
#include "services/box/engine_int.h"

/* ---- ids ---- */

static void box_seen_drop(struct box_read *r, const struct gn_box_id *id)
{
	struct box_seen *s = gn_map_get(&r->seen, id);
	GN_ASSERT(s);
	r->unfetched -= s->state == SEEN_NAMED;
	if (s->first < BOX_TARGETS && r->targets[s->first].ids > 0)
		r->targets[s->first].ids--;
	(void)gn_map_remove(&r->seen, id);
}

/* The node that was the first to name most, when that is more than this one has, gives up an id:
 * one that was shown, which costs no more than to be fetched again, else any. So those who invent
 * ids take them from each other, and not from who has a share. */
static void give_way(struct gn_box *b, struct box_read *r, unsigned target)
{
	unsigned most = target;
	for (unsigned i = 0; i < r->target_count; i++)
		if (r->targets[i].ids > r->targets[most].ids)
			most = i;
	if (r->targets[most].ids <= r->targets[target].ids + 1)
		return;
	for (unsigned pass = 0; pass < 2; pass++)
		for (uint32_t i = 0; i < r->seen.count; i++) {
			r->seen_look = r->seen_look ? r->seen_look - 1 : r->seen.count - 1;
			const struct box_seen *s = gn_map_value_at(&r->seen, r->seen_look);
			if (s->first != most || s->state != (pass ? SEEN_NAMED : SEEN_SHOWN))
				continue;
			struct gn_box_id id =
				*(const struct gn_box_id *)gn_map_key_at(&r->seen, r->seen_look);
			b->count.seen_gave_way++;
			box_seen_drop(r, &id);
			return;
		}
}

struct box_seen *box_seen_name(struct gn_box *b, struct box_read *r, unsigned target,
			       const struct gn_box_id *id)
{
	GN_ASSERT(target < r->target_count);
	struct box_read_target *t = &r->targets[target];
	struct box_seen *s = gn_map_get(&r->seen, id);
	if (!s) {
		if (r->seen.count >= BOX_SEEN)
			give_way(b, r, target);
		s = t->ids < BOX_SEEN_NODE ? gn_map_put(&r->seen, id) : NULL;
		if (!s) {
			b->count.seen_full++;
			return NULL;
		}
		s->state = SEEN_NAMED;
		s->first = (uint8_t)target;
		t->ids++;
		r->unfetched++;
	}
	s->named |= 1u << target;
	t->look = t->look || s->state == SEEN_NAMED;
	s->fresh = b->now;
	return s;
}

void box_seen_unname(struct box_read *r, unsigned target, const struct gn_box_id *id)
{
	GN_ASSERT(target < r->target_count);
	struct box_seen *s = gn_map_get(&r->seen, id);
	if (!s)
		return;
	s->named &= ~(1u << target);
	if (s->state == SEEN_ASKED) {
		s->state = SEEN_NAMED;
		r->unfetched++;
		for (unsigned i = 0; i < r->target_count; i++)
			r->targets[i].look = true;
	}
	if (s->state == SEEN_NAMED && !s->named)
		box_seen_drop(r, id);
}

void box_seen_forget(struct gn_box *b, struct box_read *r)
{
	for (uint32_t i = r->seen.count; i-- > 0;) {
		struct gn_box_id id = *(const struct gn_box_id *)gn_map_key_at(&r->seen, i);
		const struct box_seen *s = gn_map_value_at(&r->seen, i);
		if (s->state != SEEN_ASKED && b->now - s->fresh > 2 * BOX_LIST_EVERY)
			box_seen_drop(r, &id);
	}
}

/* ---- the set ---- */

static void target_leave(struct box_read *r, unsigned i)
{
	GN_ASSERT(r->targets[i].here);
	r->targets[i].here = false;
	for (uint32_t k = r->seen.count; k-- > 0;) {
		struct gn_box_id id = *(const struct gn_box_id *)gn_map_key_at(&r->seen, k);
		struct box_seen *s = gn_map_value_at(&r->seen, k);
		s->told &= ~(1u << i);
		if (s->first == i)
			s->first = UINT8_MAX;
		if (s->state != SEEN_ASKED)
			box_seen_unname(r, i, &id);
		else
			s->named &= ~(1u << i);
	}
}

/* A request of a target is under way: its place cannot be another's yet. */
static bool is_busy(const struct box_read_target *t)
{
	return t->listing || t->fetching || t->acking || t->watch_asked;
}

static struct box_read_target *target_for(struct gn_box *b, struct box_read *r,
					  const struct gn_contact *to, unsigned place)
{
	GN_ASSERT(place < 2);
	struct box_read_target *free_one = NULL;
	for (uint32_t i = 0; i < r->target_count; i++) {
		struct box_read_target *t = &r->targets[i];
		if (t->place == place && gn_pk_eq(&t->to.pk, &to->pk))
			return t;
		if (!t->here && !is_busy(t) && !free_one)
			free_one = t;
	}
	if (!free_one && r->target_count < BOX_TARGETS)
		free_one = &r->targets[r->target_count++];
	if (free_one)
		*free_one = (struct box_read_target){
			.place = (uint8_t)place, .list_at = b->now, .watch_at = b->now};
	return free_one;
}

void box_read_set(struct gn_box *b, struct box_read *r, unsigned place)
{
	GN_ASSERT(place < 2);
	const struct box_set *s = &r->sets[place];
	uint32_t most = GN_BOX_SET + BOX_READ_EXTRA, n = s->count < most ? s->count : most;
	bool stays[BOX_TARGETS] = {false};
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < r->target_count; k++)
			stays[k] = stays[k] || (r->targets[k].place == place &&
						gn_pk_eq(&r->targets[k].to.pk, &s->nodes[i].pk));
	for (uint32_t k = 0; k < r->target_count; k++)
		if (r->targets[k].here && r->targets[k].place == place && !stays[k])
			target_leave(r, k);
	for (uint32_t i = 0; i < n; i++) {
		struct box_read_target *t = target_for(b, r, &s->nodes[i], place);
		if (!t)
			break;
		t->to = s->nodes[i];
		t->rank = (uint8_t)i;
		t->here = true;
		t->lies = 0;
	}
	r->acks_left = true;
}
