/* The engine's top: where each input goes, and what is shown. What can go on after an input is
 * found by run_all, so that the handlers of inputs only note what happened.
 *
 * 1. Every operation is in ops until it is over; its events are made when they are polled.
 * 2. Every timer is in one heap; wake is for what waits for others (the disk, the overlay)
 *    without an event of its own.
 * Rules: docs/spec/services.md BU-8..BU-17. */
#include "services/bundles/engine_int.h"

/* ---- operations ---- */

static void op_free(struct gn_bundles *b, struct gn_frame_op *op)
{
	GN_ASSERT(op->id != 0);
	switch ((enum bundles_kind)op->kind) {
	case OP_INGEST: bundles_ingest_free(b, GN_CONTAINER(op, struct bundles_ingest, op)); break;
	case OP_SPREAD: bundles_spread_free(b, GN_CONTAINER(op, struct bundles_spread, op)); break;
	case OP_READ: bundles_reader_free(b, GN_CONTAINER(op, struct bundles_reader, op)); break;
	case OP_OPEN: bundles_open_free(b, GN_CONTAINER(op, struct bundles_open, op)); break;
	}
}

static void run_all(struct gn_bundles *b)
{
	GN_ASSERT(!b->out.building);
	if (b->wake <= b->now)
		b->wake = GN_NEVER;
	bundles_readers_run(b);
	bundles_serve_run(b);
	bundles_spread_run(b);
	bundles_ingests_run(b);
	bundles_opens_run(b);
}

void gn_bundles_give(struct gn_bundles *b, uint64_t peer_bytes_max, bool serves, gn_time now)
{
	b->now = now;
	b->cfg.peer_bytes_max = peer_bytes_max;
	b->cfg.no_cache = peer_bytes_max == 0;
	b->serves_nothing = !serves;
	bundles_accounts_limit(b);
}

uint64_t gn_bundles_held_bytes(const struct gn_bundles *b)
{
	return b->bytes.used;
}

void gn_bundles_forget(struct gn_bundles *b, const struct gn_hash *hash, gn_time now)
{
	b->now = now;
	bundles_keep_forget(b, hash);
	run_all(b);
}

void gn_bundles_cancel(struct gn_bundles *b, gn_op id, gn_time now)
{
	struct gn_frame_op **at = gn_map_get(&b->frame.ops, &id);
	b->now = now;
	if (!at || ((*at)->kind == OP_READ && GN_CONTAINER(*at, struct bundles_reader, op)->open))
		return;
	op_free(b, *at);
	run_all(b);
}

gn_err gn_bundles_spread(struct gn_bundles *b, struct gn_slice blocks, unsigned copies,
			 uint64_t keep_until, gn_time now, gn_op *op)
{
	b->now = now;
	GN_TRY(bundles_spread_start(b, blocks, copies, keep_until, op));
	run_all(b);
	return GN_OK;
}

gn_err gn_bundles_open(struct gn_bundles *b, const struct gn_bundles_site *site, gn_time now,
		       gn_op *op)
{
	struct bundles_open *o;
	b->now = now;
	GN_TRY(bundles_open_start(b, site, &o));
	*op = o->op.id;
	if (!o->get) /* its head was at hand */
		run_all(b);
	return GN_OK;
}

/* ---- timers ---- */

static void timer_due(struct gn_bundles *b, struct bundles_timer *t)
{
	GN_ASSERT(t->node.at <= b->now);
	switch (t->kind) {
	case TIMER_REQUEST:
		bundles_request_due(b, GN_CONTAINER(t, struct bundles_request, timer));
		break;
	case TIMER_TARGET:
		bundles_target_due(b, GN_CONTAINER(t, struct bundles_target, timer));
		break;
	case TIMER_INCOMING:
		b->count.keep_slow++;
		bundles_incoming_drop(b, GN_CONTAINER(t, struct bundles_incoming, timer));
		break;
	case TIMER_SPREAD:
		bundles_spread_due(b, GN_CONTAINER(t, struct bundles_spread, timer));
		break;
	case TIMER_SOURCE:
		bundles_source_due(b, GN_CONTAINER(t, struct bundles_source, timer));
		break;
	case TIMER_ROOM: bundles_serve_look(b, GN_CONTAINER(t, struct bundles_peer, timer)); break;
	}
}

void gn_bundles_tick(struct gn_bundles *b, gn_time now)
{
	bool due = b->wake <= now;
	b->now = now;
	for (struct gn_heap_node *n; (n = gn_heap_first(&b->timers)) && n->at <= now; due = true)
		timer_due(b, GN_CONTAINER(n, struct bundles_timer, node));
	if (b->accounts_ready && b->sweep <= now) {
		bundles_accounts_sweep(b);
		due = true;
	}
	bundles_own_tick(b);
	if (due)
		run_all(b);
}

gn_time gn_bundles_deadline(const struct gn_bundles *b)
{
	gn_time at = gn_time_min(b->wake, gn_heap_deadline(&b->timers));
	if (b->accounts_ready && b->collecting)
		at = gn_time_min(at, b->own_sweep);
	return b->accounts_ready ? gn_time_min(at, b->sweep) : at;
}

/* ---- life ---- */

gn_err gn_bundles_new(const struct gn_env *env, const struct gn_bundles_config *config,
		      struct gn_bundles **out)
{
	GN_ASSERT(config->overlay && config->blocks);
	struct gn_bundles *b = GN_NEW(env->alloc, struct gn_bundles);
	if (!b)
		return GN_NOMEM;
	b->env = *env;
	b->cfg = *config;
	bundles_message_init(b);
	b->spread_window = BUNDLES_SPREAD_WINDOW;
	b->line = BUNDLES_LINE_SLOW;
	gn_alloc_heap(&b->open_alloc, BUNDLES_OPEN_BYTES);
	b->cfg.reads_max = config->reads_max ? config->reads_max : BUNDLES_READS;
	b->cfg.ahead = config->ahead ? config->ahead : BUNDLES_AHEAD;
	b->cfg.ahead = b->cfg.ahead < BUNDLES_AHEAD_MAX ? b->cfg.ahead : BUNDLES_AHEAD_MAX;
	b->cfg.respread = config->respread ? config->respread : BUNDLES_RESPREAD;
	b->wake = GN_NEVER;
	b->readers = GN_NEW_ARRAY(env->alloc, struct bundles_reader *, b->cfg.reads_max);
	if (!b->readers) {
		gn_mem_free(env->alloc, b);
		return GN_NOMEM;
	}
	uint32_t ops = b->cfg.reads_max + BUNDLES_INGESTS + BUNDLES_SPREADS +
		       /* the others gave way, or were at hand, and have not been told */
		       5 * BUNDLES_OPENS;
	gn_heap_init(&b->timers, env->alloc);
	gn_frame_init(&b->frame, env, config->overlay, ops,
		      BUNDLES_FINDS + BUNDLES_JOBS + BUNDLES_OPENS);
	bundles_peers_init(b);
	gn_map_init(&b->requests, env, sizeof(uint64_t), sizeof(void *),
		    b->cfg.reads_max * b->cfg.ahead * 4);
	gn_map_init(&b->sources, env, sizeof(struct gn_hash), sizeof(void *), BUNDLES_SOURCES);
	gn_map_init(&b->serving, env, sizeof(uint64_t), sizeof(struct bundles_serving),
		    BUNDLES_SERVE_LOADS);
	gn_map_init(&b->incoming, env, sizeof(struct gn_hash), sizeof(void *), BUNDLES_INCOMING);
	gn_map_init(&b->kept, env, sizeof(struct gn_hash), sizeof(struct bundles_kept),
		    BUNDLES_KEPT);
	bundles_accounts_init(b);
	gn_map_init(&b->needed, env, sizeof(struct gn_hash), sizeof(uint32_t), BUNDLES_NEEDED);
	gn_map_init(&b->fresh, env, sizeof(struct gn_hash), sizeof(uint64_t), BUNDLES_NEEDED);
	gn_map_init(&b->putting, env, sizeof(uint64_t), sizeof(struct bundles_putting),
		    BUNDLES_INCOMING_PUTS);
	gn_map_init(&b->asks, env, sizeof(uint64_t), sizeof(void *),
		    BUNDLES_JOBS * BUNDLES_HOLDERS);
	gn_map_init(&b->heads, env, sizeof(struct gn_hash), sizeof(struct bundles_head),
		    BUNDLES_HEADS);
	gn_map_init(&b->manifests, env, sizeof(struct gn_hash),
		    sizeof(struct bundles_kept_manifest), BUNDLES_MANIFESTS);
	*out = b;
	return GN_OK;
}

void gn_bundles_free(struct gn_bundles *b)
{
	if (!b)
		return;
	while (b->open_first) /* frees its reader too */
		bundles_open_free(b, b->open_first);
	while (b->frame.ops.count)
		op_free(b, GN_MAP_AT(&b->frame.ops, struct gn_frame_op *, 0));
	while (b->requests.count)
		bundles_request_free(b, GN_MAP_AT(&b->requests, struct bundles_request *, 0));
	while (b->sources.count)
		bundles_source_free(b, GN_MAP_AT(&b->sources, struct bundles_source *, 0));
	for (uint32_t i = 0; i < b->incoming.count; i++) {
		struct bundles_incoming *in = GN_MAP_AT(&b->incoming, struct bundles_incoming *, i);
		gn_heap_remove(&b->timers, &in->timer.node);
		gn_mem_free(b->env.alloc, in);
	}
	bundles_peers_fini(b);
	gn_frame_out_free(&b->out);
	bundles_caches_free(b);
	GN_ASSERT(b->open_alloc.count == 0);
	struct gn_map *maps[] = {&b->requests, &b->sources, &b->serving, &b->incoming, &b->kept,
				 &b->keepers,  &b->putting, &b->asks,    &b->needed,   &b->fresh};
	for (size_t i = 0; i < GN_COUNT(maps); i++)
		gn_map_fini(maps[i]);
	gn_share_fini(&b->bytes);
	gn_share_fini(&b->places);
	gn_frame_fini(&b->frame);
	gn_heap_fini(&b->timers);
	gn_wipe(&b->cfg.node_key, sizeof b->cfg.node_key);
	gn_mem_free(b->env.alloc, b->readers);
	gn_mem_free(b->env.alloc, b);
}

/* ---- inputs ---- */

static void on_ack(struct gn_bundles *b, const struct gn_pk *from, uint64_t request,
		   struct gn_fb_chunk_ack m)
{
	struct bundles_target *t = bundles_target_get(b, request, from);
	struct bundles_request **at = gn_map_get(&b->requests, &request);
	if (t)
		bundles_on_target_ack(b, t, m);
	else if (at && gn_pk_eq(&(*at)->peer, from))
		bundles_on_get_ack(b, *at, gn_wire_err(gn_fb_chunk_ack_code(m)));
}

/* What answers us needs no place here; false: it is something else. */
static bool is_answer(struct gn_bundles *b, const struct gn_pk *from, struct gn_fb_block_message m)
{
	uint64_t request = gn_fb_block_message_request(m);
	struct bundles_target *t;
	switch (gn_fb_block_message_body_type(m)) {
	case GN_FB_BLOCK_BODY_CHUNK:
		bundles_on_chunk(b, from, request, gn_fb_block_message_body_as_chunk(m));
		return true;
	case GN_FB_BLOCK_BODY_CHUNK_ACK:
		on_ack(b, from, request, gn_fb_block_message_body_as_chunk_ack(m));
		return true;
	case GN_FB_BLOCK_BODY_BLOCK_HAS:
		if ((t = bundles_target_get(b, request, from)))
			bundles_on_target_has(b, t, gn_fb_block_message_body_as_block_has(m));
		return true;
	default: return false;
	}
}

static gn_err take_request(struct gn_bundles *b, const struct gn_contact *contact,
			   struct gn_fb_block_message m)
{
	GN_ASSERT(contact->addr_count <= 1);
	uint64_t request = gn_fb_block_message_request(m);
	struct bundles_peer *p = bundles_peer_called(b, contact);
	if (!p)
		return GN_LIMIT;
	p->used = b->now;
	if (contact->addr_count)
		p->seen = contact->addrs[0];
	switch (gn_fb_block_message_body_type(m)) {
	case GN_FB_BLOCK_BODY_CHUNK_GET:
		bundles_on_chunk_get(b, p, request, gn_fb_block_message_body_as_chunk_get(m));
		return GN_OK;
	case GN_FB_BLOCK_BODY_CHUNK_PUT:
		bundles_on_put(b, p, request, gn_fb_block_message_body_as_chunk_put(m));
		return GN_OK;
	case GN_FB_BLOCK_BODY_BLOCK_HAVE:
		bundles_on_have(b, p, request, gn_fb_block_message_body_as_block_have(m));
		return GN_OK;
	case GN_FB_BLOCK_BODY_BLOCK_KEEP:
		bundles_on_keep(b, p, request, gn_fb_block_message_body_as_block_keep(m));
		return GN_OK;
	default: return GN_UNSUPPORTED; /* of a later version */
	}
}

gn_err gn_bundles_recv(struct gn_bundles *b, const struct gn_pk *from, const struct gn_addr *addr,
		       struct gn_slice message, gn_time now)
{
	struct gn_fb_block_message m;
	struct gn_contact contact = {.pk = *from, .addr_count = addr != NULL};
	b->now = now;
	b->count.messages_in++;
	gn_err err = message.len > GN_MESSAGE_MAX ? GN_TOO_LARGE
						  : gn_fb_block_message_verify(message, &m);
	if (err != GN_OK) {
		b->count.messages_bad++;
		return err;
	}
	if (addr)
		contact.addrs[0] = *addr;
	struct bundles_peer *p = bundles_peer_get(b, from);
	if (p)
		p->used = now;
	err = is_answer(b, from, m) ? GN_OK : take_request(b, &contact, m);
	b->count.messages_bad += err == GN_UNSUPPORTED;
	if (err != GN_LIMIT)
		run_all(b);
	return err;
}

void gn_bundles_room(struct gn_bundles *b, const struct gn_pk *pk, gn_time now)
{
	struct bundles_peer *p = bundles_peer_get(b, pk);
	b->now = now;
	if (!p || !p->waiting)
		return;
	bundles_serve_look(b, p);
	b->wake = now;
}

void gn_bundles_peer_down(struct gn_bundles *b, const struct gn_pk *pk, gn_err why, gn_time now)
{
	(void)why;
	b->now = now;
	bundles_peer_lost(b, pk);
	bundles_spread_peer_lost(b, pk);
	run_all(b);
}

bool gn_bundles_overlay_event(struct gn_bundles *b, const struct gn_overlay_event *e, gn_time now)
{
	b->now = now;
	struct gn_frame_find f;
	if (!gn_frame_find_take(&b->frame, e, &f))
		return false;
	switch ((enum bundles_find_kind)f.kind) {
	case FIND_SOURCE: bundles_source_found(b, f.object, e); break;
	case FIND_JOB: bundles_job_found(b, f.object, e); break;
	case FIND_OPEN: bundles_open_got(b, f.object, e); break;
	}
	run_all(b);
	return true;
}

bool gn_bundles_blocks_event(struct gn_bundles *b, const struct gn_blocks_event *e, gn_time now)
{
	b->now = now;
	if (e->kind == GN_BLOCKS_READY) {
		bundles_accounts_build(b);
		return true;
	}
	switch ((enum bundles_ticket)gn_frame_ticket_kind(e->ticket)) {
	case TICKET_READ: bundles_reader_loaded(b, e); break;
	case TICKET_CACHE:
		GN_ASSERT(b->cache_puts > 0);
		b->cache_puts--;
		break;
	case TICKET_SERVE: bundles_serve_loaded(b, e); break;
	case TICKET_KEEP: bundles_keep_stored(b, e); break;
	case TICKET_INGEST: bundles_ingest_stored(b, e); break;
	case TICKET_SPREAD: bundles_job_loaded(b, e); break;
	default: return false;
	}
	run_all(b);
	return true;
}

/* ---- outputs ---- */

bool gn_bundles_next_message(struct gn_bundles *b, struct gn_overlay_message *m)
{
	GN_ASSERT(!b->out.building);
	if (!gn_frame_out_next(&b->out, m))
		return false;
	b->count.messages_out++;
	if (b->out.sent->bulk)
		bundles_serve_run(b); /* there is room again */
	return true;
}

/* ---- events ---- */

/* The operation of the last event is over when nothing but that event was left of it. */
static void release_shown(struct gn_bundles *b)
{
	struct gn_frame_op *op = b->frame.shown;
	if (op && op->ended && (op->kind == OP_INGEST || op->kind == OP_OPEN))
		op_free(b, op);
}

bool gn_bundles_next_event(struct gn_bundles *b, struct gn_bundles_event *out)
{
	release_shown(b);
	struct gn_frame_op *op = gn_frame_show(&b->frame);
	if (!op)
		return false;
	*out = (struct gn_bundles_event){.op = op->id, .err = op->err};
	const struct bundles_ingest *in = GN_CONTAINER(op, struct bundles_ingest, op);
	const struct bundles_spread *s = GN_CONTAINER(op, struct bundles_spread, op);
	switch ((enum bundles_kind)op->kind) {
	case OP_READ: out->kind = GN_BUNDLES_READABLE; break;
	case OP_OPEN:
		out->kind = GN_BUNDLES_OPENED;
		bundles_open_event(b, GN_CONTAINER(op, struct bundles_open, op), out);
		break;
	case OP_INGEST:
		out->kind = op->ended ? GN_BUNDLES_INGESTED : GN_BUNDLES_INGEST;
		out->root = in->root;
		out->size = in->size;
		out->blocks = gn_slice(in->blocks, in->count * sizeof(struct gn_hash));
		break;
	case OP_SPREAD:
		out->kind = op->ended ? GN_BUNDLES_SPREAD : GN_BUNDLES_PROGRESS;
		out->done = s->done;
		out->total = (uint64_t)s->count * s->copies;
		break;
	}
	return true;
}

/* ---- queries ---- */

bool gn_bundles_counter_at(const struct gn_bundles *b, size_t i, struct gn_counter *out)
{
	static const char *const names[] = {
#define X(name) #name,
#include "services/bundles/counters.def"
#undef X
	};
	return gn_counter_at(names, &b->count, GN_COUNT(names), i, out);
}

static void validate_reader(const struct gn_bundles *b, const struct bundles_reader *r)
{
	uint32_t held = 0;
	GN_ASSERT(r->at <= r->end && r->end <= r->size && r->next <= r->last);
	for (uint32_t i = 0; i < b->cfg.ahead; i++) {
		const struct bundles_slot *slot = &r->slots[i];
		GN_ASSERT((slot->state == SLOT_READY) == (slot->data != NULL));
		held += slot->data != NULL;
	}
	GN_ASSERT(held <= b->cfg.ahead && (r->op.err == GN_OK || held == 0));
}

void gn_bundles_validate(const struct gn_bundles *b)
{
	const struct gn_map *maps[] = {&b->peers,    &b->requests, &b->sources,   &b->serving,
				       &b->incoming, &b->kept,     &b->keepers,   &b->putting,
				       &b->asks,     &b->heads,    &b->manifests, &b->needed,
				       &b->fresh};
	for (size_t i = 0; i < GN_COUNT(maps); i++)
		gn_map_validate(maps[i]);
	gn_frame_validate(&b->frame);
	gn_heap_validate(&b->timers);
	GN_ASSERT(!b->out.building);
	uint32_t live = 0, finding = 0;
	bundles_peers_validate(b);
	for (uint32_t i = 0; i < b->requests.count; i++)
		live += !(GN_MAP_AT(&b->requests, struct bundles_request *, i))->late;
	GN_ASSERT(live == b->asked);
	for (uint32_t i = 0; i < b->sources.count; i++) {
		const struct bundles_source *s = GN_MAP_AT(&b->sources, struct bundles_source *, i);
		GN_ASSERT((s->find != 0) == (s->state == SOURCE_FINDING));
		finding += s->find != 0;
	}
	GN_ASSERT(finding == b->finds_out && b->finds_out <= BUNDLES_FINDS);
	gn_share_validate(&b->bytes);
	gn_share_validate(&b->places);
	GN_ASSERT(b->places.used == b->incoming.count && b->keepers.count <= b->kept.count);
	for (uint32_t i = 0; i < b->reader_count; i++)
		validate_reader(b, b->readers[i]);
	uint32_t opens = 0;
	for (const struct bundles_open *o = b->open_first; o; o = o->next) {
		GN_ASSERT(o->len <= o->size &&
			  (!o->op.ended || (!o->reader && !o->bytes && !o->work)));
		opens += !o->op.ended;
	}
	GN_ASSERT(opens == b->opens && b->opens <= BUNDLES_OPENS);
	for (const struct bundles_ingest *in = b->ingest_first; in; in = in->next)
		GN_ASSERT(in->len <= GN_BLOCK &&
			  (in->op.ended || in->pending <= BUNDLES_INGEST_PUTS));
}
