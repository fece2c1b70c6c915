/* Links between subscribers, in topics whose record says so: who has a message tells its links at
 * once, and who has not got it 150 ms later asks one of those who have. So a message passes by two
 * roots that died at one instant, and costs no second copy while they live.
 *
 *   link:  none -> asked [bus_links_offer] -> up [it says yes] -> none [one drops it, or is gone]
 *               -> up    [bus_on_link: there is a place]
 *   want:  none -> waiting [bus_on_have] -> asked of the first [BUS_LAZY] -> of the next [silence]
 *               -> none [it came, or all were asked]
 *
 * Rule BS-13. */
#include "services/bus/engine_int.h"

struct bus_link *bus_link_get(struct bus_view *v, const struct gn_pk *pk)
{
	GN_ASSERT(v->link_count <= BUS_LINKS_MAX);
	for (unsigned i = 0; i < v->link_count; i++)
		if (gn_pk_eq(&v->links[i].c.pk, pk))
			return v->links[i].up ? &v->links[i] : NULL;
	return NULL;
}

void bus_link_drop(struct bus_view *v, const struct gn_pk *pk)
{
	GN_ASSERT(v->link_count <= BUS_LINKS_MAX);
	for (unsigned i = v->link_count; i-- > 0;)
		if (gn_pk_eq(&v->links[i].c.pk, pk))
			v->links[i] = v->links[--v->link_count];
}

static bool is_there(const struct bus_view *v, const struct gn_pk *pk)
{
	for (unsigned i = 0; i < v->link_count; i++)
		if (gn_pk_eq(&v->links[i].c.pk, pk))
			return true;
	return false;
}

static void send_link(struct gn_bus *b, const struct bus_view *v, const struct gn_contact *to,
		      bool drop)
{
	struct bus_ask ask = {.kind = ASK_LINK, .topic = v->topic, .peer = to->pk};
	struct gn_fb_hash topic = gn_wire_hash(v->topic.b);
	uint64_t request = drop ? 0 : bus_ask_add(b, &ask);
	struct gn_fbb *fbb = drop || request ? bus_message_begin(b, 0) : NULL;
	if (fbb)
		bus_message_end(b, to, request, GN_FB_BUS_FRAME_BODY_BUS_LINK,
				gn_fb_bus_link_make(fbb, &(struct gn_fb_bus_link_args){
								 .topic = &topic, .drop = drop}));
}

void bus_links_offer(struct gn_bus *b, struct bus_view *v, struct gn_fb_bus_subscribed m)
{
	uint32_t n = gn_fb_bus_subscribed_peers_len(m);
	unsigned ours = 0;
	for (unsigned i = 0; i < v->link_count; i++)
		ours += v->links[i].ours;
	for (uint32_t i = 0; i < n && i < BUS_LINKS && ours < BUS_LINKS; i++) {
		struct gn_contact c;
		bus_peer_get(gn_fb_bus_subscribed_peers_at(m, i), &c);
		if (is_there(v, &c.pk) || gn_pk_eq(&c.pk, &b->cfg.node))
			continue;
		GN_ASSERT(v->link_count < BUS_LINKS_MAX);
		v->links[v->link_count++] = (struct bus_link){.c = c, .ours = true};
		ours++;
		send_link(b, v, &c, false);
	}
}

/* Places that others may have, and those of their prefix: those we ask for stay free. */
static bool has_place(const struct gn_bus *b, const struct bus_view *v,
		      const struct gn_contact *who)
{
	GN_ASSERT(v->link_count <= BUS_LINKS_MAX);
	unsigned theirs = 0, same = 0;
	for (unsigned i = 0; i < v->link_count; i++) {
		const struct gn_contact *c = &v->links[i].c;
		theirs += !v->links[i].ours;
		same += !v->links[i].ours && c->addr_count && bus_same_net(b, &c->addrs[0], who);
	}
	return theirs < BUS_LINKS_MAX - BUS_LINKS && same < BUS_LINKS_PREFIX;
}

void bus_on_link(struct gn_bus *b, const struct bus_from *from, struct gn_fb_bus_link m)
{
	struct gn_hash topic = gn_wire_hash_get(gn_fb_bus_link_topic(m));
	struct bus_view *v = bus_view_get(b, &topic);
	struct bus_refusal why = {.err = GN_OK};
	if (gn_fb_bus_link_drop(m)) {
		if (v)
			bus_link_drop(v, &from->who.pk);
		return;
	}
	if (!v || !v->locals || !v->rec || !v->rec->mesh || b->cfg.apart ||
	    v->rec->subscribe != GN_FB_TOPIC_ADMISSION_OPEN) {
		why.err = GN_NOT_FOUND; /* links know no rights: closed topics have none */
	} else if (is_there(v, &from->who.pk)) {
		for (unsigned i = 0; i < v->link_count; i++)
			if (gn_pk_eq(&v->links[i].c.pk, &from->who.pk))
				v->links[i].up = true;
	} else if (!has_place(b, v, &from->who)) {
		why = (struct bus_refusal){.err = GN_LIMIT, .limit = BUS_LIMIT(BUS_LINKS_MAX)};
	} else {
		v->links[v->link_count++] = (struct bus_link){.c = from->who, .up = true};
	}
	b->count.links += why.err == GN_OK;
	b->count.links_refused += why.err != GN_OK;
	bus_send_done(b, from, &why, NULL);
}

void bus_link_answer(struct gn_bus *b, struct bus_view *v, const struct gn_pk *pk, gn_err err)
{
	GN_ASSERT(v->link_count <= BUS_LINKS_MAX);
	for (unsigned i = 0; i < v->link_count; i++)
		if (gn_pk_eq(&v->links[i].c.pk, pk) && err == GN_OK) {
			v->links[i].up = true;
			b->count.links++;
		}
	if (err != GN_OK)
		bus_link_drop(v, pk);
}

/* ---- who has what ---- */

void bus_links_tell(struct gn_bus *b, struct bus_view *v, struct bus_blob *m,
		    const struct gn_pk *but)
{
	GN_ASSERT(v->rec && v->recent_next < BUS_RECENT);
	struct gn_fb_hash topic = gn_wire_hash(v->topic.b);
	struct gn_fb_bus_id id = bus_blob_id(m);
	if (!v->rec->mesh || v->link_count == 0)
		return;
	bus_blob_drop(b, v->recent[v->recent_next]);
	v->recent[v->recent_next] = bus_blob_ref(m);
	v->recent_next = (v->recent_next + 1) % BUS_RECENT;
	for (unsigned i = 0; i < v->link_count; i++) {
		if (!v->links[i].up || gn_pk_eq(&v->links[i].c.pk, but))
			continue;
		struct gn_fbb *fbb = bus_message_begin(b, 0);
		if (!fbb)
			return;
		bus_message_end(b, &v->links[i].c, 0, GN_FB_BUS_FRAME_BODY_BUS_HAVE,
				gn_fb_bus_have_make(fbb, &(struct gn_fb_bus_have_args){
								 .topic = &topic, .id = &id}));
	}
}

void bus_on_have(struct gn_bus *b, const struct gn_contact *from, struct gn_fb_bus_have m)
{
	struct gn_hash topic = gn_wire_hash_get(gn_fb_bus_have_topic(m));
	struct gn_fb_bus_id id = gn_fb_bus_have_id(m);
	struct bus_view *v = bus_view_get(b, &topic);
	unsigned of_link = 0;
	if (!v || !v->locals || !v->rec || !bus_link_get(v, &from->pk)) {
		b->count.unasked++;
		return;
	}
	b->count.haves++;
	if (bus_seen_has(v, &id))
		return;
	for (unsigned i = 0; i < v->want_count; i++) {
		struct bus_want *w = &v->wants[i];
		if (!bus_id_eq(&w->id, &id))
			continue;
		if (w->count < BUS_WANT_FROM)
			w->from[w->count++] = from->pk;
		return;
	}
	for (unsigned i = 0; i < v->want_count; i++)
		of_link += gn_pk_eq(&v->wants[i].from[0], &from->pk);
	if (v->want_count >= BUS_WANTS || of_link >= BUS_WANTS_LINK) {
		b->count.wants_full++;
		return;
	}
	v->wants[v->want_count++] = (struct bus_want){
		.id = id, .from = {from->pk}, .count = 1, .due = b->now + BUS_LAZY};
	bus_view_wake(b, v, b->now + BUS_LAZY);
}

gn_time bus_view_run_wants(struct gn_bus *b, struct bus_view *v)
{
	GN_ASSERT(v->want_count <= BUS_WANTS);
	gn_time next = GN_NEVER;
	for (unsigned i = v->want_count; i-- > 0;) {
		struct bus_want *w = &v->wants[i];
		if (bus_seen_has(v, &w->id)) {
			*w = v->wants[--v->want_count];
			continue;
		}
		if (w->due <= b->now) {
			const struct bus_link *l = NULL;
			while (w->tried < w->count && !l)
				l = bus_link_get(v, &w->from[w->tried++]);
			if (!l) { /* a gap, which roots are asked about when a later one comes */
				*w = v->wants[--v->want_count];
				continue;
			}
			b->count.lazy_pulls++;
			bus_pull_send(b, v, &l->c, &w->id, 1);
			w->due = b->now + bus_patience(b, &l->c.pk);
		}
		next = gn_time_min(next, w->due);
	}
	return next;
}

bool bus_link_pulled(struct gn_bus *b, const struct bus_from *from, struct gn_fb_bus_pull m)
{
	struct gn_hash topic = gn_wire_hash_get(gn_fb_bus_pull_topic(m));
	struct bus_view *v = bus_view_get(b, &topic);
	struct gn_fb_hash fb_topic = gn_wire_hash(topic.b);
	uint32_t n = gn_fb_bus_pull_ids_len(m);
	const struct bus_held *h = bus_held_get(b, &topic);
	if (!v || !bus_link_get(v, &from->who.pk) || n > BUS_IDS)
		return false;
	if (h && bus_sub_get(h, &from->who.pk)) /* asked as a root, which keeps more */
		return false;
	for (uint32_t i = 0; i < n; i++) {
		struct gn_fb_bus_id id = gn_fb_bus_pull_ids_at(m, i);
		const struct bus_seen *s = bus_seen_get(v, id.publisher8);
		const struct bus_blob *found = NULL;
		for (unsigned k = 0; k < BUS_RECENT && s; k++) {
			struct gn_fb_bus_id at = {0, 0, 0};
			if (v->recent[k] && v->recent[k]->came + BUS_RECENT_TIME > b->now)
				at = bus_blob_id(v->recent[k]);
			if (at.seq && bus_id_eq(&at, &id))
				found = v->recent[k];
		}
		struct gn_slice token =
			found ? gn_slice(s->token.bytes, s->token.len) : gn_slice(NULL, 0);
		bool fits = found && b->out.bulk.bytes <= BUS_OUT_BYTES &&
			    bus_room(b, &from->who.pk, found->len + token.len);
		struct gn_fbb *fbb = fits ? bus_message_begin(b, found->len + token.len) : NULL;
		if (!fbb)
			continue;
		struct gn_fb_bus_deliver_args args = {
			.topic = &fb_topic, .message = bus_said_put(fbb, &found->said, token)};
		bus_message_end(b, &from->who, 0, GN_FB_BUS_FRAME_BODY_BUS_DELIVER,
				gn_fb_bus_deliver_make(fbb, &args));
		b->caused.bytes += found->len;
		b->count.pulls++;
	}
	return true;
}

void bus_links_end(struct gn_bus *b, struct bus_view *v)
{
	for (unsigned i = 0; i < v->link_count; i++)
		send_link(b, v, &v->links[i].c, true);
	v->link_count = v->want_count = 0;
	for (unsigned i = 0; i < BUS_RECENT; i++) {
		bus_blob_drop(b, v->recent[i]);
		v->recent[i] = NULL;
	}
}
