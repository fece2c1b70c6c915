/* The nodes of the network: their engines, wired as a node wires them, and their steps. */
#include "services/testing/world_int.h"

#include "records/admit.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- a node's outputs ---- */

/* Performed at once, in order; the completion comes a moment later. */
static void svc_disk(struct svc *s, unsigned i, const struct gn_disk_request *r)
{
	struct gn_slice data;
	struct svc_event *e = svc_add(s, SVC_DISK, i, s->now + GN_MSEC / 2);
	e->token = r->token;
	e->err = disk_sim_perform(&s->nodes[i].disk, r, &data);
	if (e->err == GN_OK) {
		e->p = svc_copy(data);
		e->len = data.len;
	}
}

static struct svc_wait *svc_wait_of(struct svc *s, unsigned node, gn_op op, bool names)
{
	for (unsigned i = 0; i < s->wait_count; i++)
		if (s->waits[i]->node == node && s->waits[i]->op == op &&
		    names == (s->waits[i]->name.name.labels > 0))
			return s->waits[i];
	return NULL;
}

static void svc_store(struct svc *s, unsigned i, const struct gn_overlay_store *st)
{
	struct svc_node *n = &s->nodes[i];
	struct gn_buf *held = gn_map_get(&n->records, &st->key);
	if (st->kind == GN_STORE_DROP) {
		if (held) {
			free(held->p);
			(void)gn_map_remove(&n->records, &st->key);
		}
		return;
	}
	struct svc_event *e =
		svc_add(s, st->kind == GN_STORE_PUT ? SVC_STORED : SVC_LOADED, i, s->now + GN_MSEC);
	e->token = st->token;
	if (st->kind == GN_STORE_PUT) {
		held = svc_need(gn_map_put(&n->records, &st->key));
		free(held->p);
		*held = (struct gn_buf){svc_copy(st->value), st->value.len, st->value.len};
		return;
	}
	e->err = held ? GN_OK : GN_NOT_FOUND;
	if (held) {
		e->p = svc_copy(gn_buf_slice(held));
		e->len = held->len;
	}
}

static void svc_bundles_event(struct svc *s, unsigned i, const struct gn_bundles_event *e)
{
	struct svc_wait *w = svc_wait_of(s, i, e->op, false);
	if (!w)
		return;
	w->events++;
	w->err = e->err;
	w->done = e->done;
	w->total = e->total;
	w->over = e->kind != GN_BUNDLES_INGEST && e->kind != GN_BUNDLES_PROGRESS;
	if (e->kind == GN_BUNDLES_INGESTED) {
		w->root = e->root;
		w->size = e->size;
		free(w->blocks);
		w->blocks = svc_copy(e->blocks);
		w->blocks_len = e->blocks.len;
	}
	if (e->kind == GN_BUNDLES_OPENED && e->err == GN_OK) {
		free(w->head);
		free(w->manifest);
		w->head = svc_copy(e->head);
		w->head_len = e->head.len;
		w->age = e->age;
		w->manifest = svc_copy(gn_manifest_bytes(e->manifest));
		w->manifest_len = gn_manifest_bytes(e->manifest).len;
	}
}

static void svc_names_event(struct svc *s, unsigned i, const struct gn_names_event *e)
{
	struct svc_wait *w = svc_wait_of(s, i, e->op, true);
	if (!w)
		return;
	w->events++;
	w->over = true;
	w->err = e->err;
	w->name = *e;
	snprintf(w->looks_like, sizeof w->looks_like, "%s", e->looks_like ? e->looks_like : "");
	for (size_t k = 0; k < e->entry_count; k++) {
		snprintf(w->values[k], sizeof w->values[k], "%.*s", (int)e->entries[k].value.len,
			 (const char *)e->entries[k].value.p);
		w->name.entries[k].value = gn_str(w->values[k]);
	}
}

static void svc_overlay_event(struct svc *s, unsigned i, const struct gn_overlay_event *e)
{
	struct svc_node *n = &s->nodes[i];
	n->joined = n->joined || e->kind == GN_OVERLAY_JOINED;
	if (gn_lists_overlay_event(n->lists, e, s->now))
		return;
	if ((n->box && gn_box_overlay_event(n->box, e, s->now)) ||
	    (n->bus && gn_bus_overlay_event(n->bus, e, s->now)))
		return;
	if (gn_names_overlay_event(n->names, e, s->now) ||
	    gn_bundles_overlay_event(n->bundles, e, s->now) || e->kind != GN_OVERLAY_DONE)
		return;
	for (unsigned k = 0; k < s->wait_count; k++) {
		struct svc_wait *w = s->waits[k];
		if (w->node != i || w->op != e->op || w->total != UINT64_MAX)
			continue;
		w->over = true;
		w->err = e->err;
		w->receipts = e->receipt_count;
	}
}

void svc_pump(struct svc *s, unsigned i)
{
	struct svc_node *n = &s->nodes[i];
	struct gn_overlay_message m;
	struct gn_overlay_store st;
	struct gn_overlay_event oe;
	struct gn_blocks_event be;
	struct gn_bundles_event ue;
	struct gn_names_event ne;
	struct gn_disk_request r;
	for (bool any = true; any && n->ov;) {
		any = false;
		for (; gn_overlay_next_message(n->ov, &m); any = true)
			svc_send(s, i, &m);
		for (; gn_overlay_next_store(n->ov, &st); any = true)
			svc_store(s, i, &st);
		for (; gn_overlay_next_event(n->ov, &oe); any = true)
			svc_overlay_event(s, i, &oe);
		for (; gn_blocks_next_request(n->blocks, &r); any = true)
			svc_disk(s, i, &r);
		for (; gn_blocks_next_event(n->blocks, &be); any = true) {
			n->ready = n->ready || be.kind == GN_BLOCKS_READY;
			(void)gn_bundles_blocks_event(n->bundles, &be, s->now);
		}
		for (; gn_bundles_next_message(n->bundles, &m); any = true)
			svc_send(s, i, &m);
		for (struct gn_bundles_work *w;
		     !s->idle_workers && (w = gn_bundles_next_work(n->bundles)); any = true) {
			gn_bundles_work_run(w);
			gn_bundles_work_done(n->bundles, w, s->now);
		}
		for (; gn_bundles_next_event(n->bundles, &ue); any = true)
			svc_bundles_event(s, i, &ue);
		for (; gn_names_next_event(n->names, &ne); any = true)
			svc_names_event(s, i, &ne);
		any = svc_boxed_pump(s, i) || any;
		any = svc_bused_pump(s, i) || any;
	}
	if (s->validate) {
		gn_bundles_validate(n->bundles);
		gn_names_validate(n->names);
		gn_lists_validate(n->lists);
		gn_quota_validate(n->quota);
		if (n->box)
			gn_box_validate(n->box);
		if (n->bus)
			gn_bus_validate(n->bus);
	}
	gn_time at = gn_overlay_deadline(n->ov);
	at = gn_time_min(at, gn_blocks_deadline(n->blocks));
	at = gn_time_min(at, gn_bundles_deadline(n->bundles));
	at = gn_time_min(at, gn_names_deadline(n->names));
	at = gn_time_min(at, svc_boxed_deadline(s, i));
	if (n->bus)
		at = gn_time_min(at, gn_bus_deadline(n->bus));
	if (at < n->tick_at || n->tick_at <= s->now) {
		n->tick_at = at;
		if (at != GN_NEVER)
			svc_add(s, SVC_TICK, i, at);
	}
}

/* ---- running ---- */

static void svc_deliver(struct svc *s, struct svc_node *n, const struct svc_event *e)
{
	if (svc_lies(s, e->node, e->peer, gn_slice(e->p, e->len)))
		return;
	const struct svc_node *from = &s->nodes[e->peer];
	struct gn_slice bytes = gn_slice(e->p, e->len);
	gn_overlay_peer_up(n->ov, &from->sk.pk, &from->addr, s->now);
	if (!n->session[e->peer]) {
		n->session[e->peer] = s->nodes[e->peer].session[e->node] = true;
		n->sessions[e->peer]++;
		s->nodes[e->peer].sessions[e->node]++;
	}
	if (svc_is_bused(bytes)) {
		if (n->bus)
			(void)gn_bus_recv(n->bus, &from->sk.pk, &from->addr, bytes, s->now);
		return;
	}
	if (svc_is_boxed(bytes)) {
		if (n->box)
			(void)gn_box_recv(n->box, &from->sk.pk, &from->addr, bytes, s->now);
		return;
	}
	if (e->len > 8 && memcmp(e->p + 4, "GNBK", 4) == 0)
		(void)gn_bundles_recv(n->bundles, &from->sk.pk, &from->addr, bytes, s->now);
	else
		(void)gn_overlay_recv(n->ov, &from->sk.pk, &from->addr, bytes, s->now);
}

bool svc_step(struct svc *s, gn_time until)
{
	if (!s->heap_count || s->heap[0]->at > until)
		return false;
	struct svc_event *e = svc_pop(s);
	struct svc_node *n = &s->nodes[e->node];
	s->now = e->at;
	if (n->ov && n->generation == e->generation &&
	    !(e->kind == SVC_TICK && n->tick_at != e->at)) {
		switch (e->kind) {
		case SVC_MESSAGE: svc_deliver(s, n, e); break;
		case SVC_STORED: gn_overlay_stored(n->ov, e->token, GN_OK, s->now); break;
		case SVC_LOADED:
			gn_overlay_loaded(n->ov, e->token, e->err, gn_slice(e->p, e->len), s->now);
			break;
		case SVC_DISK:
			gn_blocks_done(n->blocks, e->token, e->err, gn_slice(e->p, e->len), s->now);
			break;
		case SVC_BOX_DISK:
			gn_kv_done(n->kv, e->token, e->err, gn_slice(e->p, e->len), s->now);
			break;
		case SVC_DOWN:
			n->session[e->peer] = s->nodes[e->peer].session[e->node] = false;
			if (n->box)
				gn_box_peer_down(n->box, &s->nodes[e->peer].sk.pk, GN_UNREACHABLE,
						 s->now);
			if (n->bus)
				gn_bus_peer_down(n->bus, &s->nodes[e->peer].sk.pk, GN_UNREACHABLE,
						 s->now);
			gn_overlay_peer_down(n->ov, &s->nodes[e->peer].sk.pk, GN_UNREACHABLE,
					     s->now);
			gn_bundles_peer_down(n->bundles, &s->nodes[e->peer].sk.pk, GN_UNREACHABLE,
					     s->now);
			break;
		case SVC_TICK: break;
		}
		gn_overlay_tick(n->ov, s->now);
		gn_blocks_tick(n->blocks, s->now);
		gn_bundles_tick(n->bundles, s->now);
		gn_names_tick(n->names, s->now);
		if (n->box) {
			gn_kv_tick(n->kv, s->now);
			gn_box_tick(n->box, s->now);
		}
		if (n->bus)
			gn_bus_tick(n->bus, s->now);
		svc_pump(s, e->node);
	}
	free(e->p);
	free(e);
	return true;
}

void svc_run_for(struct svc *s, gn_time span)
{
	gn_time until = s->now + span;
	while (svc_step(s, until))
		;
	s->now = until;
}

/* ---- life ---- */

void svc_start(struct svc *s, unsigned i)
{
	struct svc_node *n = &s->nodes[i];
	GN_ASSERT(!n->ov);
	gn_alloc_heap(&n->alloc, 512u << 20);
	gn_alloc_heap(&n->bundles_alloc, 256u << 20);
	n->rand = gn_prng_rand(&n->prng);
	n->env = (struct gn_env){.alloc = &n->alloc, .rand = &n->rand};
	n->bundles_env = (struct gn_env){.alloc = &n->bundles_alloc, .rand = &n->rand};
	n->generation++;
	n->tick_at = GN_NEVER;
	n->joined = n->ready = false;
	struct gn_overlay_config oc = {.node_key = n->sk,
				       .pow_off = true,
				       .probation_off = true,
				       .addr_count = 1,
				       .addrs = {n->addr},
				       .prefix_cap = 255,
				       .grace = {[GN_FB_RECORD_TYPE_NAME] = gn_name_grace}};
	memcpy(oc.nonce, n->nonce, 8);
	for (unsigned type = 0; type < GN_COUNT(oc.admit); type++)
		oc.admit[type] = gn_admit_rule((uint16_t)type);
	struct gn_blocks_config bc = {.dir = "blocks", .bytes_max = s->opt.bytes_max};
	gn_err err = gn_overlay_new(&n->env, &oc, s->now, &n->ov);
	GN_ASSERT(err == GN_OK);
	err = gn_blocks_new(&n->env, &bc, &n->blocks);
	GN_ASSERT(err == GN_OK);
	struct gn_bundles_config uc = {.overlay = n->ov,
				       .blocks = n->blocks,
				       .node_key = n->sk,
				       .peer_bytes_max = s->opt.peer_bytes_max,
				       .no_cache = s->opt.no_cache};
	err = gn_bundles_new(&n->bundles_env, &uc, &n->bundles);
	GN_ASSERT(err == GN_OK);
	err = gn_names_new(&n->env, n->ov, &n->names);
	GN_ASSERT(err == GN_OK);
	struct gn_lists_config lc = {.overlay = n->ov};
	err = gn_lists_new(&n->env, &lc, &n->lists);
	GN_ASSERT(err == GN_OK);
	err = gn_quota_new(&n->env, false, &n->quota);
	GN_ASSERT(err == GN_OK);
	svc_boxed_start(s, i);
	svc_bused_start(s, i);
	for (uint32_t k = 0; k < n->records.count; k++) {
		const struct gn_buf *rec = gn_map_value_at(&n->records, k);
		err = gn_overlay_restore(n->ov, gn_buf_slice(rec), s->now);
		GN_ASSERT(err == GN_OK);
	}
	gn_blocks_start(n->blocks, s->now);
	for (unsigned k = 0; k < 3 && k < s->count; k++)
		if (k != i && s->nodes[k].ov) {
			err = gn_overlay_bootstrap(n->ov, &s->nodes[k].addr, NULL, s->now);
			GN_ASSERT(err == GN_OK);
		}
	svc_pump(s, i);
}

void svc_stop(struct svc *s, unsigned i)
{
	struct svc_node *n = &s->nodes[i];
	svc_boxed_stop(s, i);
	svc_bused_stop(s, i);
	gn_names_free(n->names);
	gn_lists_free(n->lists);
	gn_quota_free(n->quota);
	gn_bundles_free(n->bundles);
	gn_blocks_free(n->blocks);
	gn_overlay_free(n->ov);
	n->ov = NULL;
	n->bundles = NULL;
	GN_ASSERT(n->bundles_alloc.count == 0);
	GN_ASSERT(n->alloc.count == 0);
}

void svc_skip(struct svc *s, gn_time span)
{
	for (unsigned i = 0; i < s->count; i++)
		svc_stop(s, i);
	s->now += span;
	for (unsigned i = 0; i < s->count; i++) {
		svc_start(s, i);
		svc_run_for(s, 2 * GN_SEC);
	}
	svc_run_for(s, 10 * GN_SEC);
}

void svc_init(struct svc *s, const struct svc_options *opt)
{
	static struct gn_alloc heap;
	gn_alloc_heap(&heap, SIZE_MAX / 4);
	*s = (struct svc){.opt = *opt, .now = SVC_EPOCH, .count = opt->nodes, .validate = true};
	s->opt.delay = opt->delay ? opt->delay : 5 * GN_MSEC;
	s->opt.bytes_per_s = opt->bytes_per_s > 0 ? opt->bytes_per_s : 100e6;
	s->opt.bytes_max = opt->bytes_max ? opt->bytes_max : 512u << 20;
	GN_ASSERT(opt->nodes <= SVC_NODES);
	gn_prng_init(&s->prng, opt->seed);
	s->rand = gn_prng_rand(&s->prng);
	struct gn_env env = {.alloc = &heap, .rand = &s->rand};
	for (unsigned i = 0; i < s->count; i++) {
		struct svc_node *n = &s->nodes[i];
		gn_sk_new(&s->rand, &n->sk);
		gn_rand_fill(&s->rand, n->nonce, 8);
		gn_prng_init(&n->prng, gn_rand_u64(&s->rand));
		n->addr = gn_addr_v4(10, 0, (uint8_t)i, 1, 7780);
		disk_sim_init(&n->disk, i);
		gn_map_init(&n->records, &env, 32, sizeof(struct gn_buf), 100000);
	}
	for (unsigned i = 0; i < s->count; i++) {
		svc_start(s, i);
		svc_run_for(s, 3 * GN_SEC);
	}
	svc_run_for(s, 10 * GN_SEC);
}

void svc_free(struct svc *s)
{
	for (unsigned i = 0; i < s->count; i++) {
		struct svc_node *n = &s->nodes[i];
		if (n->ov)
			svc_stop(s, i);
		for (uint32_t k = 0; k < n->records.count; k++)
			free(GN_MAP_AT(&n->records, struct gn_buf, k).p);
		gn_map_fini(&n->records);
		disk_sim_fini(&n->disk);
	}
	while (s->heap_count) {
		struct svc_event *e = svc_pop(s);
		free(e->p);
		free(e);
	}
	free(s->heap);
}
