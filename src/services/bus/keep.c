/* Values: of each publisher and subject the newest message that is marked so, until its time is
 * over. A publisher has sixteen, a topic 256. Who subscribes gets them first; a root that is new to
 * a topic asks three others for theirs, which are signed as every message. Rules BS-9, BS-10. */
#include "services/bus/engine_int.h"

static int find(const struct bus_held *h, const struct gn_said *said)
{
	GN_ASSERT(h->retained_count <= BUS_RETAINED);
	for (unsigned i = 0; i < h->retained_count; i++)
		if (gn_pk_eq(&h->retained[i]->said.publisher, &said->publisher) &&
		    gn_slice_eq(h->retained[i]->said.subject, said->subject))
			return (int)i;
	return -1;
}

void bus_retained_drop(struct gn_bus *b, struct bus_held *h, unsigned i)
{
	GN_ASSERT(i < h->retained_count);
	struct bus_blob *m = h->retained[i];
	struct bus_publisher *p = bus_publisher_get(h, gn_said_key8(&m->said.publisher));
	GN_ASSERT(p && p->retained > 0 && h->retained_bytes >= m->len);
	p->retained--;
	h->retained_bytes -= m->len;
	h->retained[i] = h->retained[--h->retained_count];
	bus_store_give(b, m);
	bus_blob_drop(b, m);
}

/* BS-16: of an open topic's values a prefix has a quarter. */
static bool prefix_is_full(const struct gn_bus *b, const struct bus_held *h,
			   const struct gn_contact *who)
{
	unsigned same = 0;
	if (h->rules->publish != GN_FB_TOPIC_ADMISSION_OPEN)
		return false;
	for (unsigned i = 0; i < h->retained_count; i++)
		same += bus_same_net(b, &h->retained[i]->holder.addr, who);
	return same >= BUS_RETAINED / BUS_RETAINED_PART;
}

gn_err bus_retain(struct gn_bus *b, struct bus_held *h, struct bus_publisher *p, struct bus_blob *m,
		  const struct gn_contact *who, struct bus_refusal *why)
{
	GN_ASSERT(m->said.until && p->retained <= BUS_RETAINED_ONE);
	int at = find(h, &m->said);
	const char *limit = NULL;
	if (at >= 0 && !bus_said_newer(&m->said, &h->retained[at]->said))
		return GN_STALE;
	if (m->said.payload.len == 0) { /* takes the value away */
		if (at >= 0)
			bus_retained_drop(b, h, (unsigned)at);
		return GN_OK;
	}
	size_t less = at >= 0 ? h->retained[at]->len : 0;
	if (at < 0 && p->retained >= BUS_RETAINED_ONE)
		limit = BUS_LIMIT(BUS_RETAINED_ONE);
	else if (at < 0 && h->retained_count >= BUS_RETAINED)
		limit = BUS_LIMIT(BUS_RETAINED);
	else if (at < 0 && prefix_is_full(b, h, who))
		limit = BUS_LIMIT(BUS_RETAINED_PART);
	else if (h->retained_bytes - less + m->len > BUS_RETAINED_BYTES)
		limit = BUS_LIMIT(BUS_RETAINED_BYTES);
	if (limit) {
		b->count.retained_refused++;
		why->limit = limit;
		return GN_QUOTA;
	}
	GN_TRY(bus_store_take(b, m, who, why));
	if (at >= 0)
		bus_retained_drop(b, h, (unsigned)at);
	h->retained[h->retained_count++] = bus_blob_ref(m);
	h->retained_bytes += m->len;
	p->retained++;
	b->count.retained++;
	return GN_OK;
}

void bus_retained_sweep(struct gn_bus *b, struct bus_held *h)
{
	for (unsigned i = h->retained_count; i-- > 0;)
		if (h->retained[i]->said.until <= bus_unix(b))
			bus_retained_drop(b, h, i);
}

void bus_retained_give(struct gn_bus *b, struct bus_held *h, struct bus_subscriber *s)
{
	GN_ASSERT(s->primary);
	bus_retained_sweep(b, h);
	for (unsigned i = h->retained_count < s->values_left ? h->retained_count : s->values_left;
	     i-- > 0;) {
		const struct bus_blob *m = h->retained[i];
		s->values_left = i;
		if (!bus_sub_wants(s, m->said.subject))
			continue;
		if (b->out.bulk.bytes > BUS_OUT_BYTES || !bus_room(b, &s->pk, m->len)) {
			s->values_left = i + 1;
			return;
		}
		bus_deliver_to(b, h, s, m, false);
		b->caused.bytes += m->len;
	}
}

/* ---- between roots (BS-10) ---- */

void bus_sync_start(struct gn_bus *b, struct bus_held *h)
{
	GN_ASSERT(h->rules);
	struct gn_contact set[BUS_ROOTS];
	unsigned n = bus_roots_of(b, &h->topic, set), asked = 0;
	struct gn_fb_hash topic = gn_wire_hash(h->topic.b);
	if (h->synced)
		return;
	h->synced = bus_set_sum(set, n) | 1;
	for (unsigned i = 0; i < n && asked < BUS_SYNCS; i++) {
		struct bus_ask ask = {.kind = ASK_SYNC, .topic = h->topic, .peer = set[i].pk};
		if (gn_pk_eq(&set[i].pk, &b->cfg.node))
			continue;
		uint64_t request = bus_ask_add(b, &ask);
		struct gn_fbb *fbb = request ? bus_message_begin(b, 0) : NULL;
		if (!fbb)
			return;
		bus_message_end(
			b, &set[i], request, GN_FB_BUS_FRAME_BODY_BUS_SYNC,
			gn_fb_bus_sync_make(fbb, &(struct gn_fb_bus_sync_args){.topic = &topic}));
		asked++;
	}
}

void bus_on_sync(struct gn_bus *b, const struct bus_from *from, struct bus_held *h)
{
	GN_ASSERT(h->rules);
	struct bus_refusal why = {.err = GN_OK};
	struct gn_fb_hash topic = gn_wire_hash(h->topic.b);
	if (!bus_is_root_of(b, &h->topic, &from->who.pk))
		why.err = GN_DENIED;
	bus_retained_sweep(b, h);
	for (unsigned i = 0; why.err == GN_OK && i < h->retained_count; i++) {
		const struct bus_blob *m = h->retained[i];
		const struct bus_publisher *p =
			bus_publisher_get(h, gn_said_key8(&m->said.publisher));
		struct gn_slice token = gn_slice(p->token.bytes, p->token.len);
		b->caused.bytes += m->len;
		struct gn_fbb *fbb = bus_room(b, &from->who.pk, m->len + token.len)
					     ? bus_message_begin(b, m->len + token.len)
					     : NULL;
		if (!fbb)
			break;
		struct gn_fb_bus_kept_args args = {.topic = &topic,
						   .message = bus_said_put(fbb, &m->said, token)};
		bus_message_end(b, &from->who, from->request, GN_FB_BUS_FRAME_BODY_BUS_KEPT,
				gn_fb_bus_kept_make(fbb, &args));
	}
	bus_send_done(b, from, &why, NULL);
}
