/* What subscribers and publishers ask of a root: a lease, to pass a message on, and what they have
 * missed; and what other roots give it. Rules BS-5, BS-6, BS-10, BS-12, BS-16. */
#include "services/bus/engine_int.h"

/* ---- subscribing ---- */

/* BS-5: where the record asks, a key is shown once per session. */
static gn_err may_subscribe(struct gn_bus *b, const struct bus_from *from, struct bus_held *h,
			    struct gn_fb_bus_subscribe m, struct bus_subscriber *s,
			    struct bus_refusal *why)
{
	GN_ASSERT(h->rules && s);
	struct gn_said_show show = {.topic = h->topic, .root = b->cfg.node};
	struct gn_pk key = gn_wire_key_get(gn_fb_bus_subscribe_key(m));
	struct gn_slice token = gn_fb_bus_subscribe_token(m);
	struct gn_fb_sig fb_sig = gn_fb_bus_subscribe_sig(m);
	struct gn_sig sig;
	if (h->rules->subscribe == GN_FB_TOPIC_ADMISSION_OPEN)
		return GN_OK;
	why->limit = "sign"; /* an exporter is there now */
	if (!bus_exporter(b, &from->who.pk, false, show.exporter))
		return GN_DENIED;
	bool same = memcmp(show.exporter, s->exporter, sizeof s->exporter) == 0;
	bool shown = same && gn_pk_eq(&s->key, &key) && !gn_is_zero(s->key.b, 32);
	if (!shown && !gn_fb_bus_subscribe_has_sig(m))
		return GN_DENIED;
	if (!shown) {
		memcpy(sig.b, fb_sig.b, sizeof sig.b);
		b->caused.checks++;
		GN_TRY(gn_said_show_check(&key, &show, &sig));
		bus_token_drop(b, &s->token);
	}
	why->limit = NULL;
	if (token.len > BUS_TOKEN_MAX)
		return GN_TOO_LARGE;
	GN_TRY(bus_right(b, h->rules, &key, GN_FB_ACTION_SUBSCRIBE, token, &s->token));
	GN_TRY(bus_revoked(b, &s->token));
	s->key = key;
	memcpy(s->exporter, show.exporter, sizeof s->exporter);
	return GN_OK;
}

static gn_err take_filters(struct gn_bus *b, struct gn_fb_bus_subscribe m, struct bus_filters **out)
{
	struct gn_slice at[BUS_FILTERS + 1];
	uint32_t n = gn_fb_bus_subscribe_filters_len(m);
	if (n > BUS_FILTERS)
		return GN_TOO_LARGE;
	for (uint32_t i = 0; i < n; i++)
		at[i] = gn_fb_bus_subscribe_filters_at(m, i);
	return bus_filters_new(b, at, n, out);
}

/* For its filters, now that it is the one who asks; not who publishes. */
static void pays(struct gn_bus *b, struct bus_subscriber *s)
{
	b->caused.bytes += s->looked;
	s->looked = 0;
}

/* Others to link to, any of them. */
static unsigned some_peers(struct gn_bus *b, const struct bus_held *h,
			   const struct bus_subscriber *s, struct gn_contact out[BUS_LINKS])
{
	GN_ASSERT(h->rules);
	unsigned n = 0;
	if (!s->mesh || !h->rules->mesh || h->sub_count < 2)
		return 0;
	for (unsigned tries = 0; tries < 4 * BUS_LINKS && n < BUS_LINKS; tries++) {
		const struct bus_subscriber *o = h->subs[gn_rand_below(b->env.rand, h->sub_count)];
		bool again = o == s || !o->mesh || o->until <= b->now;
		for (unsigned i = 0; i < n && !again; i++)
			again = gn_pk_eq(&out[i].pk, &o->pk);
		if (!again)
			out[n++] = bus_contact(&o->pk, &o->addr);
	}
	return n;
}

static void send_subscribed(struct gn_bus *b, const struct bus_from *from, const struct bus_held *h,
			    const struct bus_subscriber *s)
{
	GN_ASSERT(s->until > b->now);
	struct gn_contact peers[BUS_LINKS], set[BUS_ROOTS];
	gn_fbref refs[BUS_LINKS];
	unsigned n = some_peers(b, h, s, peers), roots = bus_roots_of(b, &h->topic, set);
	struct gn_fbb *fbb = from->request ? bus_message_begin(b, 0) : NULL;
	if (!fbb)
		return;
	for (unsigned i = 0; i < n; i++)
		refs[i] = bus_peer_put(fbb, &peers[i]);
	struct gn_fb_bus_subscribed_args args = {.lease = BUS_LEASE,
						 .subscribers = h->sub_count,
						 .peers = {refs, n},
						 .set = bus_set_sum(set, roots)};
	bus_message_end(b, &from->who, from->request, GN_FB_BUS_FRAME_BODY_BUS_SUBSCRIBED,
			gn_fb_bus_subscribed_make(fbb, &args));
}

/* Is it newer than the first that is named of its publisher? */
static bool is_since(const struct gn_fb_bus_id *it, const struct gn_fb_bus_id *have, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (have[i].publisher8 == it->publisher8)
			return it->epoch > have[i].epoch ||
			       (it->epoch == have[i].epoch && it->seq > have[i].seq);
	return false;
}

/* What came since, of publishers that it names; then it has the values, too. Each message is looked
 * at once, whatever it names. */
static void catch_up(struct gn_bus *b, struct bus_held *h, struct bus_subscriber *s,
		     struct gn_fb_bus_subscribe m)
{
	GN_ASSERT(s->primary);
	struct gn_fb_bus_id have[BUS_HAVES];
	uint32_t n = gn_fb_bus_subscribe_have_len(m);
	n = n < BUS_HAVES ? n : BUS_HAVES;
	for (uint32_t i = 0; i < n; i++)
		have[i] = gn_fb_bus_subscribe_have_at(m, i);
	for (unsigned k = 0; k < h->kept_count && b->out.bulk.bytes <= BUS_OUT_BYTES; k++) {
		const struct bus_blob *kept = bus_kept_at(h, k);
		struct gn_fb_bus_id it = bus_blob_id(kept);
		if (!is_since(&it, have, n) || !bus_sub_wants(s, kept->said.subject))
			continue;
		bus_deliver_to(b, h, s, kept, false);
		b->caused.bytes += kept->len;
	}
	s->values_left = BUS_RETAINED;
	bus_retained_give(b, h, s);
}

/* Who is no root of this topic is nobody's other root: it would be sent words for it, and those who
 * have one would go unserved. */
static struct gn_pk other_root(struct gn_bus *b, const struct bus_held *h, struct gn_pk pk)
{
	bool fits = !gn_pk_eq(&pk, &b->cfg.node) && bus_is_root_of(b, &h->topic, &pk);
	return fits ? pk : (struct gn_pk){{0}};
}

static void begin_lease(struct gn_bus *b, const struct bus_from *from, struct bus_held *h,
			struct gn_fb_bus_subscribe m, struct bus_filters *filters,
			struct bus_subscriber *s, bool begins)
{
	GN_ASSERT(bus_sub_get(h, &s->pk) == s);
	gn_mem_free(b->env.alloc, s->filters);
	s->filters = filters;
	s->mesh = gn_fb_bus_subscribe_mesh(m);
	s->primary = gn_fb_bus_subscribe_primary(m);
	s->other = other_root(b, h, gn_wire_key_get(gn_fb_bus_subscribe_other(m)));
	s->until = b->now + BUS_LEASE * GN_SEC;
	bus_sub_place(b, h, s, bus_rtt(b, &s->pk));
	send_subscribed(b, from, h, s);
	if (begins && s->primary)
		catch_up(b, h, s, m);
	else if (s->primary) /* what had no room */
		bus_retained_give(b, h, s);
	pays(b, s);
}

void bus_on_subscribe(struct gn_bus *b, const struct bus_from *from, struct bus_held *h,
		      struct gn_fb_bus_subscribe m)
{
	GN_ASSERT(h->rules);
	struct bus_refusal why = {.err = GN_OK};
	struct bus_filters *filters = NULL;
	struct bus_subscriber *s = bus_sub_get(h, &from->who.pk);
	if (s)
		pays(b, s);
	if (gn_fb_bus_subscribe_lease(m) == 0) {
		if (s)
			bus_sub_remove(b, h, bus_sub_at(h, s));
		bus_send_done(b, from, &why, NULL);
		return;
	}
	bool is_new = !s, began = s && s->primary;
	why.err = take_filters(b, m, &filters);
	if (why.err == GN_OK && is_new)
		why.err = bus_sub_add(b, h, &from->who, &s, &why);
	if (why.err == GN_OK)
		why.err = may_subscribe(b, from, h, m, s, &why);
	if (why.err != GN_OK) {
		b->count.subscribers_refused++;
		gn_mem_free(b->env.alloc, filters);
		if (s && bus_sub_get(h, &from->who.pk) == s)
			bus_sub_remove(b, h, bus_sub_at(h, s)); /* also one whose right ended */
		bus_send_done(b, from, &why, NULL);
		return;
	}
	b->count.subscribed += is_new;
	begin_lease(b, from, h, m, filters, s, !began);
}

/* ---- publishing ---- */

/* It is new here: kept, served, and waited for. */
static gn_err take(struct gn_bus *b, struct bus_held *h, struct bus_entry *e,
		   const struct gn_contact *who, struct bus_refusal *why)
{
	GN_ASSERT(e->by && !(e->said.flags & GN_FB_BUS_FLAG_WILL));
	struct bus_blob *m = bus_blob_new(b, &e->said);
	gn_err err = m ? GN_OK : GN_NOMEM;
	if (err == GN_OK && m->said.flags & GN_FB_BUS_FLAG_RETAINED)
		err = bus_retain(b, h, e->by, m, who, why);
	if (err == GN_OK) {
		(void)bus_window_mark(&e->by->window, m->said.epoch, m->said.seq, false);
		bus_kept_add(b, h, m);
		bus_serve(b, h, m, SHARE_OWN, NULL);
		bus_serve_wait(b, h, m);
		b->count.published++;
	}
	bus_blob_drop(b, m);
	return err;
}

static void send_published(struct gn_bus *b, const struct bus_from *from, const struct bus_held *h,
			   const struct bus_refusal *why)
{
	GN_ASSERT(h->rules);
	struct gn_contact set[BUS_ROOTS];
	unsigned roots = bus_roots_of(b, &h->topic, set);
	struct gn_fbb *fbb = from->request ? bus_message_begin(b, 0) : NULL;
	if (!fbb)
		return;
	struct gn_fb_bus_published_args args = {.code = bus_wire_code(why->err),
						.limit = why->limit ? gn_str(why->limit)
								    : gn_slice(NULL, 0),
						.retry_ms = why->retry_ms,
						.subscribers = h->sub_count,
						.set = bus_set_sum(set, roots)};
	bus_message_end(b, &from->who, from->request, GN_FB_BUS_FRAME_BODY_BUS_PUBLISHED,
			gn_fb_bus_published_make(fbb, &args));
}

void bus_on_publish(struct gn_bus *b, const struct bus_from *from, struct bus_held *h,
		    struct gn_fb_bus_publish m)
{
	GN_ASSERT(h->rules);
	struct bus_refusal why = {.err = GN_OK};
	struct bus_entry e;
	why.err = bus_admit(b, h, &from->who, gn_fb_bus_publish_message(m), false, &e, &why);
	if (why.err == GN_OK && e.said.flags & GN_FB_BUS_FLAG_WILL)
		why.err = GN_MALFORMED; /* it is brought as one */
	if (why.err == GN_OK)
		why.err = take(b, h, &e, &from->who, &why);
	send_published(b, from, h, &why);
}

bool bus_on_pulled(struct gn_bus *b, const struct gn_contact *from, struct bus_held *h,
		   struct gn_fb_bus_message m)
{
	struct bus_refusal why = {.err = GN_OK};
	struct bus_entry e;
	struct gn_fb_bus_id id;
	struct gn_said said;
	struct gn_slice token;
	bool asked = false;
	if (bus_said_get(m, &said, &token) != GN_OK)
		return false;
	id = (struct gn_fb_bus_id){gn_said_key8(&said.publisher), said.epoch, said.seq};
	for (unsigned i = 0; i < BUS_WAITS; i++) {
		struct bus_wait *w = &h->waits[i];
		if (!w->used || w->message || !w->pulled || !bus_id_eq(&w->id, &id) ||
		    !gn_pk_eq(&w->primary, &from->pk))
			continue;
		asked = true;
		w->due = b->now;
		bus_held_wake(b, h, b->now);
	}
	if (asked && !(said.flags & GN_FB_BUS_FLAG_WILL) &&
	    bus_admit(b, h, from, m, true, &e, &why) == GN_OK &&
	    bus_window_look(&e.by->window, said.epoch, said.seq) == BUS_NEW)
		(void)!take(b, h, &e, from, &why);
	return asked;
}

/* A value that another root has (BS-10). */
void bus_on_kept(struct gn_bus *b, const struct gn_contact *from, struct gn_fb_bus_kept m)
{
	struct gn_hash topic = gn_wire_hash_get(gn_fb_bus_kept_topic(m));
	struct bus_held *h = bus_held_get(b, &topic);
	struct bus_refusal why;
	struct bus_entry e;
	if (!h || !h->rules ||
	    bus_admit(b, h, from, gn_fb_bus_kept_message(m), true, &e, &why) != GN_OK ||
	    e.said.until == 0)
		return;
	if (e.said.flags & GN_FB_BUS_FLAG_WILL &&
	    !bus_will_kept(b, h, e.by, &from->pk, e.said.epoch))
		return;
	struct bus_blob *blob = bus_blob_new(b, &e.said);
	if (blob && bus_retain(b, h, e.by, blob, from, &why) == GN_OK) {
		b->count.synced++;
		if (e.said.flags & GN_FB_BUS_FLAG_WILL) /* its epoch is over */
			e.by->ended = e.said.epoch > e.by->ended ? e.said.epoch : e.by->ended;
		else if (bus_window_look(&e.by->window, e.said.epoch, e.said.seq) == BUS_NEW)
			(void)bus_window_mark(&e.by->window, e.said.epoch, e.said.seq, false);
		bus_serve(b, h, blob, SHARE_OWN, NULL); /* who came before it */
	}
	bus_blob_drop(b, blob);
}

/* ---- what was missed ---- */

static void give(struct gn_bus *b, const struct bus_from *from, struct bus_held *h,
		 struct bus_subscriber *s, const struct bus_blob *m)
{
	GN_ASSERT(m->refs > 0);
	struct gn_fb_hash topic = gn_wire_hash(h->topic.b);
	struct bus_publisher *p = bus_publisher_get(h, gn_said_key8(&m->said.publisher));
	b->count.pulls++;
	b->caused.bytes += m->len;
	if (s) {
		bus_deliver_to(b, h, s, m, true);
		return;
	}
	struct gn_slice token = p ? gn_slice(p->token.bytes, p->token.len) : gn_slice(NULL, 0);
	struct gn_fbb *fbb = bus_message_begin(b, m->len + token.len);
	if (!fbb)
		return;
	struct gn_fb_bus_deliver_args args = {.topic = &topic,
					      .message = bus_said_put(fbb, &m->said, token)};
	bus_message_end(b, &from->who, 0, GN_FB_BUS_FRAME_BODY_BUS_DELIVER,
			gn_fb_bus_deliver_make(fbb, &args));
}

void bus_on_pull(struct gn_bus *b, const struct bus_from *from, struct bus_held *h,
		 struct gn_fb_bus_pull m)
{
	GN_ASSERT(h->rules);
	struct gn_fb_bus_id lost[BUS_IDS];
	unsigned count = 0;
	uint32_t n = gn_fb_bus_pull_ids_len(m);
	struct bus_subscriber *s = bus_sub_get(h, &from->who.pk);
	if (n > BUS_IDS || (!s && !bus_is_root_of(b, &h->topic, &from->who.pk)))
		return;
	for (uint32_t i = 0; i < n; i++) {
		struct gn_fb_bus_id id = gn_fb_bus_pull_ids_at(m, i);
		const struct bus_blob *kept = bus_kept_find(h, &id);
		if (kept && (!s || bus_sub_wants(s, kept->said.subject)) &&
		    b->out.bulk.bytes <= BUS_OUT_BYTES)
			give(b, from, h, s, kept);
		else
			lost[count++] = id;
	}
	if (s)
		pays(b, s);
	struct gn_fb_hash topic = gn_wire_hash(h->topic.b);
	struct gn_fbb *fbb = count ? bus_message_begin(b, 0) : NULL;
	if (!fbb)
		return;
	b->count.lost += count;
	bus_message_end(b, &from->who, 0, GN_FB_BUS_FRAME_BODY_BUS_LOST,
			gn_fb_bus_lost_make(fbb, &(struct gn_fb_bus_lost_args){
							 .topic = &topic, .ids = {lost, count}}));
}

/* ---- time ---- */

void bus_roots_peer_down(struct gn_bus *b, const struct gn_pk *pk)
{
	struct gn_holder holder = {.key = *pk};
	for (uint32_t i = 0; i < b->held.count && gn_share_held(&b->leases, &holder).key; i++) {
		struct bus_held *h = GN_MAP_AT(&b->held, struct bus_held *, i);
		const struct bus_subscriber *s = bus_sub_get(h, pk);
		if (s)
			bus_sub_remove(b, h, bus_sub_at(h, s));
	}
}

void bus_held_due(struct gn_bus *b, struct bus_held *h)
{
	GN_ASSERT(h->sub_count == h->by_peer.count);
	gn_time next = GN_NEVER;
	gn_heap_remove(&b->held_timers, &h->timer);
	bus_serve_due(b, h, &next);
	bus_wills_due(b, h, &next);
	if (next != GN_NEVER)
		bus_held_wake(b, h, next);
}

void bus_roots_sweep(struct gn_bus *b)
{
	for (uint32_t i = b->held.count; i-- > 0;) {
		struct bus_held *h = GN_MAP_AT(&b->held, struct bus_held *, i);
		bool wills = false;
		for (uint32_t k = h->sub_count; k-- > 0;)
			if (h->subs[k]->until <= b->now) {
				b->count.subscribers_lapsed++;
				bus_sub_remove(b, h, k);
			}
		bus_retained_sweep(b, h);
		bus_kept_sweep(b, h, b->now - BUS_KEPT_TIME);
		bus_held_due(b, h);
		for (uint32_t k = 0; k < h->publishers.count && !wills; k++)
			wills = GN_MAP_AT(&h->publishers, struct bus_publisher *, k)->will;
		bool used = h->sub_count || h->retained_count || h->kept_count || wills || h->get ||
			    h->servings;
		if (!used && b->now > h->used + BUS_LEASE * GN_SEC)
			bus_held_free(b, h);
	}
}
