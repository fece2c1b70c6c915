/* The record log as its users see it: puts, drops, loads and events over an index of what is
 * durable. The index changes only when a group has been synced (kv_write.c), so what a load sees
 * is what a crash would leave.
 *
 * 1. index[key] points to the last durable entry of the key, or is a hole that a queued put
 *    keeps a place for: applying a durable group never allocates, so it cannot fail.
 * 2. Tickets end in the order in which they were given.
 *
 *   NEW -> LISTING [start] -> HEADERS -> TAIL -> INDEX -> ENTRIES -> READY
 *   any of them -> FAILED [kv_fail] */
#include "store/kv_int.h"

#include <stdio.h>

gn_err gn_kv_new(const struct gn_env *env, const struct gn_kv_config *config, struct gn_kv **out)
{
	struct gn_kv_config c = *config;
	GN_ASSERT(env && config->dir);
	c.segment_bytes = c.segment_bytes ? c.segment_bytes : KV_SEGMENT_BYTES_DEFAULT;
	c.value_max = c.value_max ? c.value_max : KV_VALUE_DEFAULT;
	c.entries_max = c.entries_max ? c.entries_max : KV_ENTRIES_DEFAULT;
	c.bytes_max = c.bytes_max ? c.bytes_max : KV_BYTES_DEFAULT;
	if (c.segment_bytes > KV_SEGMENT_BYTES_MAX || c.value_max > KV_VALUE_MAX ||
	    c.entries_max >= UINT32_MAX / 4)
		return GN_RANGE;
	if (strlen(c.dir) + sizeof "/00000000.log" > GN_DISK_NAME_MAX)
		return GN_RANGE;
	struct gn_kv *kv = GN_NEW(env->alloc, struct gn_kv);
	if (!kv)
		return GN_NOMEM;
	kv->env = *env;
	kv->config = c;
	kv->next_number = 1;
	kv->doubt = LOG_SURE;
	gn_map_init(&kv->index, env, 32, sizeof(struct kv_place), c.entries_max);
	gn_ring_init(&kv->tickets, env->alloc, sizeof(struct kv_ticket), KV_QUEUE_TICKETS);
	*out = kv;
	return GN_OK;
}

void gn_kv_free(struct gn_kv *kv)
{
	if (!kv)
		return;
	struct gn_alloc *alloc = kv->env.alloc;
	for (uint32_t i = 0; i < KV_LOADS; i++)
		gn_mem_free(alloc, kv->loads[i].value);
	gn_map_fini(&kv->index);
	gn_ring_fini(&kv->tickets);
	gn_mem_free(alloc, kv->segments);
	gn_mem_free(alloc, kv->queue.p);
	gn_mem_free(alloc, kv->flight.p);
	gn_mem_free(alloc, kv->copies.p);
	gn_mem_free(alloc, kv->piece);
	gn_mem_free(alloc, kv);
}

/* What the last event lent out is given back. */
static void settle(struct gn_kv *kv)
{
	for (uint32_t i = 0; i < KV_LOADS && kv->loads_busy; i++) {
		struct kv_load *l = &kv->loads[i];
		if (l->state != KV_LOAD_POLLED)
			continue;
		gn_mem_free(kv->env.alloc, l->value);
		*l = (struct kv_load){0};
		kv->loads_busy--;
	}
}

/* ---- puts and drops ---- */

static gn_err queue_ticket(struct gn_kv *kv, uint64_t ticket, const struct gn_hash *key)
{
	struct kv_ticket t = {.ticket = ticket, .key = *key};
	gn_err err = gn_ring_push(&kv->tickets, &t);
	return err == GN_LIMIT ? GN_BUSY : err;
}

gn_err gn_kv_put(struct gn_kv *kv, const struct gn_hash *key, struct gn_slice value,
		 uint64_t ticket, gn_time now)
{
	(void)now;
	settle(kv);
	if (kv->state != KV_READY)
		return GN_STATE;
	if (value.len > kv->config.value_max)
		return GN_TOO_LARGE;
	uint32_t stored = log_stored((uint32_t)value.len);
	struct kv_place *p = gn_map_get(&kv->index, key);
	uint64_t after = kv->live_bytes + kv->queue.len + kv->flight.len + stored;
	if (p && p->segment)
		after -= log_stored(p->len);
	if (after > kv->config.bytes_max || (!p && kv->index.count == kv->config.entries_max))
		return GN_NO_SPACE;
	if (kv->queue.len + stored > KV_QUEUE_BYTES && kv->queue.len > 0)
		return GN_BUSY;
	GN_TRY(kv_buf_reserve(kv, &kv->queue, stored));
	bool fresh = p == NULL;
	if (fresh && !(p = gn_map_put(&kv->index, key)))
		return GN_NOMEM;
	gn_err err = queue_ticket(kv, ticket, key);
	if (err) {
		if (fresh)
			gn_map_remove(&kv->index, key);
		return err;
	}
	kv->holes += fresh;
	p->pending++;
	log_entry_encode(LOG_PUT, key, value, kv->queue.p + kv->queue.len);
	kv->queue.len += stored;
	return GN_OK;
}

gn_err gn_kv_drop(struct gn_kv *kv, const struct gn_hash *key, uint64_t ticket, gn_time now)
{
	(void)now;
	settle(kv);
	if (kv->state != KV_READY)
		return GN_STATE;
	struct kv_place *p = gn_map_get(&kv->index, key);
	if (!p)
		return GN_NOT_FOUND;
	uint32_t stored = log_stored(0);
	if (kv->queue.len + stored > KV_QUEUE_BYTES)
		return GN_BUSY;
	GN_TRY(kv_buf_reserve(kv, &kv->queue, stored));
	GN_TRY(queue_ticket(kv, ticket, key));
	p->pending++;
	log_entry_encode(LOG_DROP, key, gn_slice(NULL, 0), kv->queue.p + kv->queue.len);
	kv->queue.len += stored;
	return GN_OK;
}

/* ---- loads ---- */

gn_err gn_kv_load(struct gn_kv *kv, const struct gn_hash *key, uint64_t ticket, gn_time now)
{
	(void)now;
	settle(kv);
	if (kv->state != KV_READY)
		return GN_STATE;
	const struct kv_place *p = gn_map_get(&kv->index, key);
	if (!p || p->segment == 0)
		return GN_NOT_FOUND;
	struct kv_load *l = kv->loads;
	while (l < kv->loads + KV_LOADS && l->state != KV_LOAD_FREE)
		l++;
	if (l == kv->loads + KV_LOADS)
		return GN_BUSY;
	uint8_t *value = gn_mem_new(kv->env.alloc, p->len + 1);
	if (!value)
		return GN_NOMEM;
	*l = (struct kv_load){.state = KV_LOAD_WANTED,
			      .ticket = ticket,
			      .key = *key,
			      .segment = p->segment,
			      .offset = p->offset,
			      .len = p->len,
			      .value = value};
	kv->loads_busy++;
	kv_segment_find(kv, p->segment)->readers++;
	return GN_OK;
}

static void load_done(struct gn_kv *kv, struct kv_load *l, gn_err err, struct gn_slice data)
{
	struct kv_segment *s = kv_segment_find(kv, l->segment);
	GN_ASSERT(s && s->readers > 0);
	s->readers--;
	l->state = KV_LOAD_DONE;
	l->serial = ++kv->serial;
	l->err = err == GN_NOT_FOUND ? GN_CORRUPT : err;
	struct log_entry e;
	if (!err && (log_entry_decode(data, kv->salt, l->segment, l->offset, &e) ||
		     e.value.len != l->len || !gn_hash_eq(&e.key, &l->key)))
		l->err = GN_CORRUPT;
	if (l->err == GN_OK && l->len)
		memcpy(l->value, e.value.p, l->len);
	if (l->err != GN_CORRUPT)
		return;
	kv->corrupt++;
	gn_log(kv->env.log, GN_LOG_WARN, "store", "entry.corrupt",
	       "%s/%08x.log at %u: damaged, not used", kv->config.dir, l->segment, l->offset);
}

bool gn_kv_have(const struct gn_kv *kv, const struct gn_hash *key, uint32_t *len)
{
	const struct kv_place *p = gn_map_get(&kv->index, key);
	if (!p || p->segment == 0)
		return false;
	if (len)
		*len = p->len;
	return true;
}

/* ---- time, requests, completions ---- */

void gn_kv_tick(struct gn_kv *kv, gn_time now)
{
	settle(kv);
	if (kv->state == KV_READY)
		kv_compact_tick(kv, now);
}

gn_time gn_kv_deadline(const struct gn_kv *kv)
{
	return kv->state == KV_READY && kv_compact_due(kv) ? kv->compact_at : GN_NEVER;
}

bool gn_kv_next_request(struct gn_kv *kv, struct gn_disk_request *out)
{
	settle(kv);
	if (kv->state != KV_READY)
		return kv_start_request(kv, out);
	if (kv_write_request(kv, out) || kv_compact_request(kv, out))
		return true;
	for (uint32_t i = 0; i < KV_LOADS && kv->loads_busy; i++) {
		struct kv_load *l = &kv->loads[i];
		if (l->state != KV_LOAD_WANTED)
			continue;
		kv_request(kv, GN_DISK_READ, l->segment, l->offset, LOG_ENTRY_LEN + l->len, out);
		l->state = KV_LOAD_OUT;
		l->token = out->token;
		return true;
	}
	return false;
}

void gn_kv_done(struct gn_kv *kv, uint64_t token, gn_err err, struct gn_slice data, gn_time now)
{
	settle(kv);
	if (kv->write_io == KV_IO_OUT && token == kv->write_token) {
		kv->write_io = KV_IO_NONE;
		kv_write_done(kv, err, now);
		return;
	}
	if (kv->scan_io == KV_IO_OUT && token == kv->scan_token) {
		kv->scan_io = KV_IO_NONE;
		if (kv->state == KV_READY)
			kv_compact_done(kv, err, data, now);
		else
			kv_start_done(kv, err, data, now);
		return;
	}
	for (uint32_t i = 0; i < KV_LOADS; i++) {
		if (kv->loads[i].state == KV_LOAD_OUT && kv->loads[i].token == token) {
			load_done(kv, &kv->loads[i], err, data);
			return;
		}
	}
	GN_UNREACHABLE("a completion that was not asked for");
}

bool gn_kv_idle(const struct gn_kv *kv)
{
	for (uint32_t i = 0; i < KV_LOADS; i++)
		if (kv->loads[i].state == KV_LOAD_OUT)
			return false;
	return kv->write_io != KV_IO_OUT && kv->scan_io != KV_IO_OUT &&
	       kv->writer == KV_WRITER_IDLE && kv->queue.len == 0;
}

/* ---- events ---- */

static bool next_load(struct gn_kv *kv, struct gn_kv_event *out)
{
	struct kv_load *first = NULL;
	for (uint32_t i = 0; i < KV_LOADS && kv->loads_busy; i++)
		if (kv->loads[i].state == KV_LOAD_DONE &&
		    (!first || kv->loads[i].serial < first->serial))
			first = &kv->loads[i];
	if (!first)
		return false;
	first->state = KV_LOAD_POLLED;
	*out = (struct gn_kv_event){.kind = GN_KV_LOADED,
				    .ticket = first->ticket,
				    .err = first->err,
				    .key = first->key};
	if (first->err == GN_OK)
		out->value = gn_slice(first->value, first->len);
	return true;
}

bool gn_kv_next_event(struct gn_kv *kv, struct gn_kv_event *out)
{
	settle(kv);
	if (kv->state == KV_ENTRIES && kv_start_next_entry(kv, out))
		return true;
	if ((kv->state == KV_READY || kv->state == KV_FAILED) && !kv->ready_polled) {
		kv->ready_polled = true;
		*out = (struct gn_kv_event){.kind = GN_KV_READY, .err = kv->failed};
		return true;
	}
	while (kv->tickets_done > 0) {
		struct kv_ticket t;
		gn_ring_pop(&kv->tickets, &t);
		kv->tickets_done--;
		if (t.ticket == 0)
			continue;
		*out = (struct gn_kv_event){
			.kind = GN_KV_STORED, .ticket = t.ticket, .err = t.err, .key = t.key};
		return true;
	}
	return next_load(kv, out);
}

void gn_kv_info(const struct gn_kv *kv, struct gn_kv_info *out)
{
	*out = (struct gn_kv_info){.live_bytes = kv->live_bytes,
				   .file_bytes = kv->file_bytes,
				   .entries = kv->index.count - kv->holes,
				   .segments = kv->segment_count,
				   .torn = kv->torn,
				   .corrupt = kv->corrupt,
				   .compacted = kv->compacted,
				   .ready = kv->state == KV_READY};
}

void gn_kv_validate(const struct gn_kv *kv)
{
	uint64_t live = 0, files = 0, sum = 0;
	uint32_t holes = 0, pending = 0, queued = 0, busy = 0;
	gn_map_validate(&kv->index);
	for (uint32_t i = 0; i < kv->segment_count; i++) {
		const struct kv_segment *s = &kv->segments[i];
		GN_ASSERT(i == 0 || s->number > s[-1].number);
		GN_ASSERT(s->number < kv->next_number);
		live += s->live;
		files += s->bytes;
	}
	for (uint32_t i = 0; i < kv->index.count; i++) {
		const struct kv_place *p = gn_map_value_at(&kv->index, i);
		GN_ASSERT(p->segment > 0 || p->pending > 0);
		holes += p->segment == 0;
		pending += p->pending;
		sum += p->segment ? log_stored(p->len) : 0;
	}
	for (size_t at = 0; at < kv->queue.len; at += log_entry_peek(kv->queue.p + at).stored)
		queued++;
	for (size_t at = 0; !kv->flight_copies && at < kv->flight.len;
	     at += log_entry_peek(kv->flight.p + at).stored)
		queued++;
	for (uint32_t i = 0; i < KV_LOADS; i++)
		busy += kv->loads[i].state != KV_LOAD_FREE;
	GN_ASSERT(live == kv->live_bytes && sum == live && files == kv->file_bytes);
	GN_ASSERT(holes == kv->holes && pending == queued && busy == kv->loads_busy);
	GN_ASSERT(kv->tickets.count == kv->tickets_done + queued);
	GN_ASSERT(kv->state == KV_READY || (kv->queue.len == 0 && kv->writer == KV_WRITER_IDLE));
	GN_ASSERT(kv->writer == KV_WRITER_IDLE || kv->flight.len > 0);
}
