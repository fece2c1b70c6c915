/* Subscriptions: a lease at a primary and another root for each topic, whoever here follows it,
 * with the filters of all together; what comes goes to those whose own filters let it through, and
 * waits until its owner takes it.
 *
 *   root:  none -> asked [run_lease] -> leased [BusSubscribed] -> asked [BUS_RENEW] ..
 *                                    -> none   [another set; it refuses, is silent or gone]
 *
 * Which two of the roots follows from the hash of both keys, so that subscribers spread evenly and
 * a root more or less moves few. Where the topic asks, a right is shown in each session, signed by
 * its owner. Rules BS-5, BS-14, BS-15. */
#include "services/bus/engine_int.h"

/* ---- which roots ---- */

static uint64_t score(const struct gn_bus *b, const struct gn_pk *root)
{
	struct gn_slice parts[] = {GN_SLICE(b->cfg.node.b), GN_SLICE(root->b)};
	struct gn_hash h;
	gn_sha256(parts, GN_COUNT(parts), &h);
	return gn_be64(h.b);
}

static struct bus_root *best(const struct gn_bus *b, struct bus_view *v, const struct bus_root *but)
{
	GN_ASSERT(v->root_count <= BUS_ROOTS);
	struct bus_root *out = NULL;
	for (unsigned i = 0; i < v->root_count; i++) {
		struct bus_root *r = &v->roots[i];
		if (r != but && r->bad_until <= b->now &&
		    (!out || score(b, &r->c.pk) > score(b, &out->c.pk)))
			out = r;
	}
	return out;
}

/* The one with the highest score, and the next. */
static void choose(struct gn_bus *b, struct bus_view *v)
{
	GN_ASSERT(v->root_count <= BUS_ROOTS);
	struct bus_root *primary = best(b, v, NULL), *other = primary ? best(b, v, primary) : NULL;
	for (unsigned i = 0; i < v->root_count; i++) {
		struct bus_root *r = &v->roots[i];
		unsigned role = r == primary ? 1 : r == other ? 2 : 0;
		if (role != r->role) {
			r->renew = b->now;
			r->role = role;
		}
	}
}

static const struct bus_root *with_role(const struct bus_view *v, unsigned role)
{
	for (unsigned i = 0; i < v->root_count; i++)
		if (v->roots[i].role == role)
			return &v->roots[i];
	return NULL;
}

/* ---- leases ---- */

static uint32_t have_ids(const struct bus_view *v, struct gn_fb_bus_id out[BUS_HAVES])
{
	GN_ASSERT(v->seen.count <= BUS_SEEN);
	uint32_t n = 0;
	for (uint32_t i = 0; i < v->seen.count && n < BUS_HAVES; i++) {
		const struct bus_seen *s = GN_MAP_AT(&v->seen, struct bus_seen *, i);
		if (s->window.epoch)
			out[n++] = (struct gn_fb_bus_id){gn_said_key8(&s->pk), s->window.epoch,
							 s->window.top};
	}
	return n;
}

/* The right as it was signed for this session; false: not yet. */
static bool shows(struct gn_bus *b, struct bus_root *r)
{
	uint8_t exporter[32];
	return r->signed_here && bus_exporter(b, &r->c.pk, true, exporter) &&
	       memcmp(exporter, r->exporter, sizeof exporter) == 0;
}

static void send_subscribe(struct gn_bus *b, struct bus_view *v, struct bus_root *r, bool ends)
{
	GN_ASSERT(v->rec);
	struct bus_ask ask = {.kind = ASK_LEASE, .topic = v->topic, .peer = r->c.pk};
	struct gn_fb_hash topic = gn_wire_hash(v->topic.b);
	const struct bus_root *o = with_role(v, r->role == 1 ? 2 : 1);
	struct gn_fb_key other = gn_wire_key(o ? &o->c.pk : &r->c.pk), key = gn_wire_key(&v->key);
	struct gn_fb_bus_id have[BUS_HAVES];
	struct gn_fb_sig sig;
	bool keyed = !gn_is_zero(v->key.b, sizeof v->key.b), shown = keyed && shows(b, r);
	uint32_t have_count = r->leased || ends ? 0 : have_ids(v, have);
	uint64_t request = ends ? 0 : bus_ask_add(b, &ask);
	size_t extra = v->token.len + have_count * sizeof have[0] + BUS_FILTERS * 300;
	struct gn_fbb *fbb = ends || request ? bus_message_begin(b, extra) : NULL;
	if (!fbb) {
		bus_ask_done(b, request);
		return;
	}
	memcpy(sig.b, r->sig.b, sizeof sig.b);
	const struct bus_filters *f = v->filters;
	struct gn_fb_bus_subscribe_args args = {
		.topic = &topic,
		.filters = {f ? f->at : NULL, f ? f->count : 0},
		.primary = r->role == 1,
		.other = o ? &other : NULL,
		.lease = ends ? 0 : BUS_LEASE,
		.mesh = v->rec->mesh && v->rec->subscribe == GN_FB_TOPIC_ADMISSION_OPEN &&
			!b->cfg.apart,
		.have = {have, have_count},
		.key = keyed ? &key : NULL,
		.token = shown && v->token.len ? gn_slice(v->token.bytes, v->token.len)
					       : gn_slice(NULL, 0),
		.sig = shown ? &sig : NULL};
	bus_message_end(b, &r->c, request, GN_FB_BUS_FRAME_BODY_BUS_SUBSCRIBE,
			gn_fb_bus_subscribe_make(fbb, &args));
	r->asked = !ends;
}

static gn_time run_lease(struct gn_bus *b, struct bus_view *v, struct bus_root *r)
{
	GN_ASSERT(r->role <= 2);
	if (r->sign && r->sign_due <= b->now) { /* its owner is away */
		b->count.roots_failed++;
		r->sign = 0;
		r->renew = b->now + BUS_BAD;
		(void)bus_keys_next(b, v); /* and asks at once, if there is another */
	}
	if (r->role == 0) {
		if (r->leased)
			send_subscribe(b, v, r, true);
		r->leased = false;
		return GN_NEVER;
	}
	if (r->asked || r->sign)
		return r->sign ? r->sign_due : GN_NEVER;
	if (r->renew > b->now)
		return r->renew;
	r->renew = b->now + BUS_RENEW;
	if (v->again && r->role == 1) { /* as one that begins */
		if (r->leased)
			send_subscribe(b, v, r, true);
		r->leased = v->again = false;
	}
	send_subscribe(b, v, r, false);
	return r->renew;
}

gn_time bus_view_run_leases(struct gn_bus *b, struct bus_view *v)
{
	gn_time next = GN_NEVER;
	if (!v->rec || !v->root_count)
		return GN_NEVER;
	v->listing = v->locals && v->rec->publish == GN_FB_TOPIC_ADMISSION_TOKEN &&
		     gn_lists_look(b->cfg.lists, &v->rec->owner, NULL, b->now) == GN_PENDING;
	if (v->listing)
		return GN_NEVER; /* who may publish is not known */
	if (v->locals) {
		next = bus_keys_look(b, v);
		choose(b, v);
	}
	for (unsigned i = 0; i < v->root_count; i++) {
		struct bus_root *r = &v->roots[i];
		if (!v->locals)
			r->role = 0;
		next = gn_time_min(next, run_lease(b, v, r));
		if (v->locals && r->bad_until > b->now)
			next = gn_time_min(next, r->bad_until);
	}
	return next;
}

/* ---- answers ---- */

static void want_sign(struct gn_bus *b, struct bus_view *v, struct bus_root *r)
{
	GN_ASSERT(!gn_is_zero(v->key.b, sizeof v->key.b));
	uint64_t number = gn_frame_number(&b->frame);
	if (!bus_exporter(b, &r->c.pk, true, r->exporter) || ++r->tries > BUS_ASK_TRIES ||
	    gn_ring_push(&b->signs, &number) != GN_OK) {
		r->tries = 0;
		bus_view_root_failed(b, v, r);
		return;
	}
	b->count.signs++;
	r->signed_here = false;
	r->sign = number;
	r->sign_due = b->now + BUS_SIGN_TIME;
	bus_view_wake(b, v, r->sign_due);
}

static void refused(struct gn_bus *b, struct bus_view *v, struct bus_root *r,
		    struct gn_fb_bus_done m)
{
	gn_err err = gn_wire_err(gn_fb_bus_done_code(m));
	struct gn_slice limit = gn_fb_bus_done_limit(m);
	bool keyed = !gn_is_zero(v->key.b, sizeof v->key.b);
	r->leased = false;
	if (err == GN_DENIED && keyed && gn_slice_eq(limit, GN_LIT("sign"))) {
		want_sign(b, v, r);
		return;
	}
	bus_view_root_failed(b, v, r);
	if (err != GN_DENIED && err != GN_EXPIRED)
		return;
	/* one root's word alone ends nothing */
	unsigned bad = 0;
	r->denied = true;
	for (unsigned i = 0; i < v->root_count; i++)
		bad += v->roots[i].denied;
	if (bad >= 2 || bad == v->root_count)
		bus_keys_refused(b, v, err, limit);
}

void bus_lease_answer(struct gn_bus *b, struct bus_view *v, const struct gn_pk *peer,
		      struct gn_fb_bus_frame m)
{
	struct bus_root *r = bus_view_root(v, peer);
	uint8_t type = gn_fb_bus_frame_body_type(m);
	if (!r)
		return;
	bool before = r->asked_before;
	r->asked = r->asked_before = false;
	bus_view_wake(b, v, b->now);
	if (before) { /* of a key that was shown before: it is asked again */
		r->leased = r->leased || type == GN_FB_BUS_FRAME_BODY_BUS_SUBSCRIBED;
		r->renew = b->now;
		return;
	}
	if (type == GN_FB_BUS_FRAME_BODY_BUS_DONE) {
		refused(b, v, r, gn_fb_bus_frame_body_as_bus_done(m));
		return;
	}
	if (type != GN_FB_BUS_FRAME_BODY_BUS_SUBSCRIBED)
		return;
	struct gn_fb_bus_subscribed t = gn_fb_bus_frame_body_as_bus_subscribed(m);
	r->leased = true;
	v->anothers = r->denied = false;
	r->tries = 0;
	r->bad_until = 0;
	v->subscribers = gn_fb_bus_subscribed_subscribers(t);
	bus_view_set(b, v, gn_fb_bus_subscribed_set(t));
	if (v->rec && v->rec->mesh && v->locals && !b->cfg.apart)
		bus_links_offer(b, v, t);
	bus_locals_changed(b, v);
}

void bus_lease_lost(struct gn_bus *b, struct bus_view *v, const struct gn_pk *peer)
{
	struct bus_root *r = bus_view_root(v, peer);
	if (r)
		bus_view_root_failed(b, v, r);
	bus_locals_changed(b, v);
}

/* ---- signatures ---- */

static struct bus_root *root_of_sign(const struct gn_bus *b, uint64_t sign, struct bus_view **out)
{
	for (uint32_t i = 0; i < b->views.count && sign; i++) {
		struct bus_view *v = GN_MAP_AT(&b->views, struct bus_view *, i);
		for (unsigned k = 0; k < v->root_count; k++)
			if (v->roots[k].sign == sign) {
				*out = v;
				return &v->roots[k];
			}
	}
	return NULL;
}

gn_err bus_lease_signed(struct gn_bus *b, uint64_t sign, const struct gn_sig *sig)
{
	struct bus_view *v;
	struct bus_root *r = root_of_sign(b, sign, &v);
	if (!r)
		return GN_OK;
	struct gn_said_show show = {.topic = v->topic, .root = r->c.pk};
	memcpy(show.exporter, r->exporter, sizeof show.exporter);
	if (sig && gn_said_show_check(&v->key, &show, sig) != GN_OK)
		return GN_SIGNATURE;
	r->sign = 0;
	r->signed_here = sig != NULL;
	r->renew = sig ? b->now : b->now + BUS_BAD;
	if (sig)
		r->sig = *sig;
	else
		(void)bus_keys_next(b, v);
	bus_view_wake(b, v, b->now);
	return GN_OK;
}

bool bus_sign_next(struct gn_bus *b, struct gn_bus_event *out)
{
	uint64_t number;
	while (gn_ring_pop(&b->signs, &number)) {
		struct bus_view *v;
		const struct bus_root *r = root_of_sign(b, number, &v);
		if (!r)
			continue;
		*out = (struct gn_bus_event){.kind = GN_BUS_SIGN,
					     .sign = number,
					     .topic = v->topic,
					     .key = v->key,
					     .root = r->c.pk,
					     .limit = ""};
		memcpy(out->exporter, r->exporter, sizeof out->exporter);
		return true;
	}
	return false;
}
