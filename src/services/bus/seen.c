/* The publishers of a followed topic, by the first 8 bytes of their keys, and what came of each.
 * Two keys with the same 8 bytes are an attack: the second is not heard. Rules BS-2, BS-16. */
#include "services/bus/engine_int.h"

struct bus_seen *bus_seen_get(const struct bus_view *v, uint64_t key8)
{
	struct bus_seen **at = gn_map_get(&v->seen, &key8);
	return at ? *at : NULL;
}

void bus_seen_free(struct gn_bus *b, struct bus_view *v, struct bus_seen *s)
{
	GN_ASSERT(bus_seen_get(v, gn_said_key8(&s->pk)) == s);
	uint64_t key8 = gn_said_key8(&s->pk);
	bus_token_drop(b, &s->token);
	(void)gn_map_remove(&v->seen, &key8);
	gn_mem_free(b->env.alloc, s);
}

bool bus_seen_has(const struct bus_view *v, const struct gn_fb_bus_id *id)
{
	const struct bus_seen *s = bus_seen_get(v, id->publisher8);
	if (!s || id->seq == 0)
		return id->seq == 0;
	if (id->seq == GN_SAID_WILL || id->epoch <= s->ended)
		return true; /* links tell no wills */
	return bus_window_look(&s->window, id->epoch, id->seq) != BUS_NEW;
}

/* The one silent for longest gives way. */
struct bus_seen *bus_seen_need(struct gn_bus *b, struct bus_view *v, const struct gn_pk *pk)
{
	GN_ASSERT(v->seen.count <= BUS_SEEN);
	uint64_t key8 = gn_said_key8(pk);
	struct bus_seen *s = bus_seen_get(v, key8), *oldest = NULL;
	if (s)
		return gn_pk_eq(&s->pk, pk) ? s : NULL;
	for (uint32_t i = 0; v->seen.count >= BUS_SEEN && i < v->seen.count; i++) {
		struct bus_seen *o = GN_MAP_AT(&v->seen, struct bus_seen *, i);
		oldest = !oldest || o->used < oldest->used ? o : oldest;
	}
	if (oldest) {
		b->count.seen_full++;
		bus_seen_free(b, v, oldest);
	}
	s = GN_NEW(b->env.alloc, struct bus_seen);
	struct bus_seen **at = s ? gn_map_put(&v->seen, &key8) : NULL;
	if (!at) {
		b->count.nomem++;
		gn_mem_free(b->env.alloc, s);
		return NULL;
	}
	*at = s;
	s->pk = *pk;
	s->gap_due = GN_NEVER;
	return s;
}

void bus_pull_send(struct gn_bus *b, const struct bus_view *v, const struct gn_contact *to,
		   const struct gn_fb_bus_id *ids, unsigned count)
{
	struct gn_fb_hash topic = gn_wire_hash(v->topic.b);
	GN_ASSERT(count > 0 && count <= BUS_IDS);
	struct gn_fbb *fbb = bus_message_begin(b, 0);
	if (fbb)
		bus_message_end(
			b, to, 0, GN_FB_BUS_FRAME_BODY_BUS_PULL,
			gn_fb_bus_pull_make(fbb, &(struct gn_fb_bus_pull_args){
							 .topic = &topic, .ids = {ids, count}}));
}
