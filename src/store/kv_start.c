/* Recovery. The files are listed and their headers read; the last segment is walked once to find
 * where the log ends; then all are walked in order to build the index, and once more to hand out
 * what is live. Nothing is changed on disk but files of header size whose header was never
 * finished.
 *
 * 1. The last segment ends behind its last whole entry; a tail behind it was never reported
 *    durable and is cut off before the next group (ST-5).
 * 2. A damaged entry whose header holds takes its key away, so that an older value does not come
 *    back; unless it may belong to an unfinished last group (ST-7).
 * 3. What cannot be read is skipped and counted, and nothing is compacted away in this run. */
#include "store/kv_int.h"

#include <stdio.h>

static void corrupt(struct gn_kv *kv, uint32_t segment, uint64_t offset, const char *what)
{
	kv->corrupt++;
	gn_log(kv->env.log, GN_LOG_WARN, "store", "log.damaged", "%s/%08x.log at %llu: %s",
	       kv->config.dir, segment, (unsigned long long)offset, what);
}

/* ---- moving through the passes ---- */

static void begin_pass(struct gn_kv *kv, enum kv_state state, uint32_t at);

/* The first segment from `at` on that this pass looks at. */
static bool wanted_in_pass(const struct gn_kv *kv, uint32_t at)
{
	GN_ASSERT(at < kv->segment_count);
	const struct kv_segment *s = &kv->segments[at];
	return kv->state == KV_HEADERS ||
	       (s->scannable && (kv->state != KV_ENTRIES || s->live > 0));
}

static void finish_pass(struct gn_kv *kv)
{
	if (kv->state == KV_TAIL) {
		begin_pass(kv, KV_INDEX, 0);
		return;
	}
	if (kv->state == KV_INDEX) {
		kv->piece = gn_mem_new(kv->env.alloc, KV_PIECE);
		if (!kv->piece)
			kv_fail(kv, GN_NOMEM);
		else
			begin_pass(kv, KV_ENTRIES, 0);
		return;
	}
	gn_mem_free(kv->env.alloc, kv->piece);
	kv->piece = NULL;
	kv->state = KV_READY;
}

static void next_segment(struct gn_kv *kv)
{
	while (kv->scan_at < kv->segment_count && !wanted_in_pass(kv, kv->scan_at))
		kv->scan_at++;
	if (kv->scan_at == kv->segment_count) {
		finish_pass(kv);
		return;
	}
	kv->scan = kv_scan_of(kv, kv->scan_at);
	kv->scan_io = KV_IO_WANTED;
}

static void begin_pass(struct gn_kv *kv, enum kv_state state, uint32_t at)
{
	kv->state = state;
	kv->scan_at = at;
	kv->piece_ready = false;
	next_segment(kv);
}

/* ---- the list ---- */

void gn_kv_start(struct gn_kv *kv, gn_time now)
{
	(void)now;
	GN_ASSERT(kv->state == KV_NEW);
	kv->state = KV_LISTING;
	kv->scan_io = KV_IO_WANTED;
}

static bool digits(struct gn_slice s, unsigned base, uint64_t *out)
{
	uint64_t v = 0;
	for (size_t i = 0; i < s.len; i++) {
		unsigned c = s.p[i], d = c >= '0' && c <= '9'   ? c - '0'
					 : c >= 'a' && c <= 'f' ? c - 'a' + 10
								: 16;
		if (d >= base || v >> 58)
			return false;
		v = v * base + d;
	}
	*out = v;
	return s.len > 0;
}

/* "size name"; names that are none of ours are left alone. */
static gn_err list_line(struct gn_kv *kv, struct gn_slice line)
{
	const uint8_t *space = memchr(line.p, ' ', line.len);
	uint64_t size, number;
	if (!space)
		return GN_OK;
	struct gn_slice name = gn_slice(space + 1, (size_t)(line.p + line.len - space - 1));
	if (name.len != 12 || memcmp(name.p + 8, ".log", 4) != 0 ||
	    !digits(gn_slice(line.p, (size_t)(space - line.p)), 10, &size) ||
	    !digits(gn_slice(name.p, 8), 16, &number) || number == 0 || number == UINT32_MAX)
		return GN_OK;
	struct kv_segment s = {.number = (uint32_t)number,
			       .doubt = LOG_SURE,
			       .bytes = size < UINT32_MAX - 7 ? size : UINT32_MAX - 7};
	if (kv_segment_find(kv, s.number))
		return GN_OK;
	GN_TRY(kv_segment_push(kv, &s));
	kv->next_number = s.number >= kv->next_number ? s.number + 1 : kv->next_number;
	kv->file_bytes += s.bytes;
	return GN_OK;
}

static void list_done(struct gn_kv *kv, gn_err err, struct gn_slice data)
{
	while (!err && data.len > 0) {
		const uint8_t *end = memchr(data.p, '\n', data.len);
		size_t len = end ? (size_t)(end - data.p) : data.len;
		err = list_line(kv, gn_slice(data.p, len));
		data = gn_slice_sub(data, len + 1, data.len);
	}
	if (err)
		kv_fail(kv, err);
	else
		begin_pass(kv, KV_HEADERS, 0);
}

/* ---- the headers ---- */

/* All segments of a log share one salt: the newest readable header has it, and opens those
 * without a readable one too. */
static void end_headers(struct gn_kv *kv)
{
	for (uint32_t i = 0; i < kv->segment_count; i++)
		kv->segments[i].scannable = kv->salted;
	kv->suspect = kv->suspect || (kv->segment_count > 0 && !kv->salted);
	if (kv->segment_count == 0 || !kv->salted) {
		kv->roll = true;
		finish_pass(kv);
		return;
	}
	const struct kv_segment *s = &kv->segments[kv->segment_count - 1];
	kv->tail_end = LOG_HEADER_LEN;
	kv->tail_last = s->header_ok ? s->prev : (struct log_sum){0};
	begin_pass(kv, KV_TAIL, kv->segment_count - 1);
}

static void next_header(struct gn_kv *kv)
{
	kv->scan_at++;
	if (kv->scan_at >= kv->segment_count)
		end_headers(kv);
	else
		kv->scan_io = KV_IO_WANTED;
}

static void header_done(struct gn_kv *kv, gn_err err, struct gn_slice data)
{
	GN_ASSERT(kv->state == KV_HEADERS && kv->scan_at < kv->segment_count);
	struct kv_segment *s = &kv->segments[kv->scan_at];
	struct log_header h;
	kv->suspect = kv->suspect || (err && err != GN_NOT_FOUND);
	if (!err && log_header_decode(data, s->number, &h) == GN_OK) {
		s->header_ok = true;
		s->doubt = h.doubt;
		s->prev = h.prev;
		memcpy(kv->salt, h.salt, 16);
		kv->salted = true;
	} else if (!err && s->bytes <= LOG_HEADER_LEN) {
		kv->torn++;
		kv->removing = s->number;
		kv->scan_io = KV_IO_WANTED;
		return;
	} else {
		corrupt(kv, s->number, 0, err ? gn_err_text(err) : "no readable header");
	}
	next_header(kv);
}

/* A file that a crash left without its first header is gone, or stays and is met again at the
 * next start. */
static void removed(struct gn_kv *kv)
{
	struct kv_segment *s = kv_segment_find(kv, kv->removing);
	GN_ASSERT(s && kv->file_bytes >= s->bytes);
	uint32_t at = (uint32_t)(s - kv->segments);
	kv->file_bytes -= s->bytes;
	memmove(s, s + 1, (--kv->segment_count - at) * sizeof *s);
	kv->removing = 0;
	/* wraps to the one before: next_header moves on to what took its place */
	kv->scan_at = at - 1;
	next_header(kv);
}

/* ---- the end of the log ---- */

static void end_tail(struct gn_kv *kv)
{
	GN_ASSERT(kv->state == KV_TAIL && kv->scan_at + 1 == kv->segment_count);
	struct kv_segment *s = &kv->segments[kv->scan_at];
	/* bytes that could not be read may hold entries: never say that the log ends before them */
	bool unsure = kv->suspect;
	if (kv->tail_end < s->bytes && !unsure) {
		kv->torn++;
		kv->mend = true;
		gn_log(kv->env.log, GN_LOG_WARN, "store", "log.torn",
		       "%s/%08x.log: %llu unfinished bytes are cut", kv->config.dir, s->number,
		       (unsigned long long)(s->bytes - kv->tail_end));
	}
	if (!unsure) {
		kv->file_bytes = kv->file_bytes - s->bytes + kv->tail_end;
		s->bytes = kv->tail_end;
	}
	kv->last = unsure ? (struct log_sum){0} : kv->tail_last;
	kv->doubt = kv->tail_damage > kv->tail_group ? kv->tail_group : LOG_SURE;
	kv->roll = unsure || !s->header_ok || kv->doubt != LOG_SURE;
	finish_pass(kv);
}

static void walk_tail(struct gn_kv *kv, struct gn_slice piece, uint64_t from)
{
	GN_ASSERT(kv->state == KV_TAIL);
	struct log_entry e;
	enum log_found found;
	while ((found = log_scan_step(&kv->scan, piece, from, &e)) == LOG_FOUND_ENTRY ||
	       found == LOG_FOUND_DAMAGED) {
		if (kv->scan.after_gap)
			kv->tail_pending = e.offset;
		if (found == LOG_FOUND_DAMAGED) {
			kv->tail_pending = e.offset + e.stored;
			continue;
		}
		kv->tail_end = kv->scan.offset;
		kv->tail_group = e.group;
		kv->tail_last = e.sum;
		kv->tail_damage = kv->tail_pending;
	} /* damage that no whole entry follows is the torn tail itself */
	if (found == LOG_FOUND_END)
		end_tail(kv);
	else
		kv->scan_io = KV_IO_WANTED;
}

/* ---- the index ---- */

static gn_err index_entry(struct gn_kv *kv, const struct log_entry *e)
{
	GN_ASSERT(e->value.len <= KV_VALUE_MAX);
	struct kv_place *p = gn_map_get(&kv->index, &e->key);
	if (e->kind == LOG_DROP) {
		if (p)
			kv_place_clear(kv, &e->key, p);
		return GN_OK;
	}
	if (!p) {
		if (kv->index.count == kv->config.entries_max)
			return GN_LIMIT;
		if (!(p = gn_map_put(&kv->index, &e->key)))
			return GN_NOMEM;
		kv->holes++;
	}
	kv_place_set(kv, p, kv->segments[kv->scan_at].number, e->offset, (uint32_t)e->value.len);
	return GN_OK;
}

static void index_damaged(struct gn_kv *kv, const struct log_entry *e)
{
	GN_ASSERT(kv->scan_at < kv->segment_count);
	bool last = kv->scan_at + 1 == kv->segment_count;
	uint32_t doubt = last ? kv->doubt : kv->segments[kv->scan_at + 1].doubt;
	corrupt(kv, kv->segments[kv->scan_at].number, e->offset, "a damaged entry is not used");
	struct kv_place *p = gn_map_get(&kv->index, &e->key);
	if (p && e->offset < doubt)
		kv_place_clear(kv, &e->key, p);
}

static void end_index(struct gn_kv *kv)
{
	GN_ASSERT(kv->scan_at < kv->segment_count);
	const struct kv_segment *s = &kv->segments[kv->scan_at];
	const struct log_scan *scan = &kv->scan;
	if (scan->in_gap)
		corrupt(kv, s->number, scan->gap, "its end does not parse");
	else if (scan->has_end && memcmp(&scan->last, &scan->end, sizeof scan->end) != 0)
		corrupt(kv, s->number, scan->offset, "it ends before its last entry");
	kv->suspect = kv->suspect || (!s->header_ok && s->live == 0 && s->bytes > LOG_HEADER_LEN);
	kv->scan_at++;
	next_segment(kv);
}

static void walk_index(struct gn_kv *kv, struct gn_slice piece, uint64_t from)
{
	GN_ASSERT(kv->state == KV_INDEX);
	struct log_entry e;
	enum log_found found;
	while ((found = log_scan_step(&kv->scan, piece, from, &e)) == LOG_FOUND_ENTRY ||
	       found == LOG_FOUND_DAMAGED) {
		if (kv->scan.after_gap)
			corrupt(kv, kv->scan.number, kv->scan.gap, "bytes do not parse");
		gn_err err = GN_OK;
		if (found == LOG_FOUND_DAMAGED)
			index_damaged(kv, &e);
		else
			err = index_entry(kv, &e);
		if (err) {
			kv_fail(kv, err);
			return;
		}
	}
	if (found == LOG_FOUND_END)
		end_index(kv);
	else
		kv->scan_io = KV_IO_WANTED;
}

/* ---- live entries as events ---- */

bool kv_start_next_entry(struct gn_kv *kv, struct gn_kv_event *out)
{
	GN_ASSERT(kv->state == KV_ENTRIES);
	struct log_entry e;
	while (kv->piece_ready) {
		enum log_found found = log_scan_step(&kv->scan, gn_slice(kv->piece, kv->piece_len),
						     kv->piece_from, &e);
		if (found == LOG_FOUND_MORE) {
			kv->piece_ready = false;
			kv->scan_io = KV_IO_WANTED;
		} else if (found == LOG_FOUND_END) {
			kv->piece_ready = false;
			kv->scan_at++;
			next_segment(kv);
		} else if (e.kind == LOG_PUT) {
			struct kv_place *p = gn_map_get(&kv->index, &e.key);
			if (!p || p->segment != kv->scan.number || p->offset != e.offset)
				continue;
			if (found == LOG_FOUND_DAMAGED) { /* between the two passes */
				corrupt(kv, kv->scan.number, e.offset,
					"a damaged entry is not used");
				kv_place_clear(kv, &e.key, p);
				continue;
			}
			*out = (struct gn_kv_event){
				.kind = GN_KV_ENTRY, .key = e.key, .value = e.value};
			return true;
		}
	}
	return false;
}

static void keep_piece(struct gn_kv *kv, struct gn_slice data)
{
	GN_ASSERT(kv->piece && !kv->piece_ready && data.len <= KV_PIECE);
	if (data.len)
		memcpy(kv->piece, data.p, data.len);
	kv->piece_len = data.len;
	kv->piece_from = kv->scan.offset;
	kv->piece_ready = true;
}

/* ---- requests and completions ---- */

bool kv_start_request(struct gn_kv *kv, struct gn_disk_request *out)
{
	if (kv->scan_io != KV_IO_WANTED || kv->state == KV_FAILED)
		return false;
	if (kv->state == KV_LISTING) {
		kv_request(kv, GN_DISK_LIST, 0, 0, 0, out);
		snprintf(out->name, sizeof out->name, "%s", kv->config.dir);
	} else if (kv->removing) {
		kv_request(kv, GN_DISK_REMOVE, kv->removing, 0, 0, out);
	} else if (kv->state == KV_HEADERS) {
		kv_request(kv, GN_DISK_READ, kv->segments[kv->scan_at].number, 0, LOG_HEADER_LEN,
			   out);
	} else {
		kv_request(kv, GN_DISK_READ, kv->scan.number, kv->scan.offset, KV_PIECE, out);
	}
	kv->scan_token = out->token;
	kv->scan_io = KV_IO_OUT;
	return true;
}

/* Bytes that cannot be read are passed over like damaged ones. */
static void skip_piece(struct gn_kv *kv, gn_err err)
{
	GN_ASSERT(err != GN_OK);
	struct log_scan *s = &kv->scan;
	kv->suspect = true;
	corrupt(kv, s->number, s->offset, gn_err_text(err));
	if (!s->in_gap)
		s->gap = s->offset;
	s->in_gap = true;
	s->offset += KV_PIECE;
	if (s->offset > s->size)
		s->size = s->offset;
}

void kv_start_done(struct gn_kv *kv, gn_err err, struct gn_slice data, gn_time now)
{
	(void)now;
	GN_ASSERT(data.len <= KV_PIECE || kv->state == KV_LISTING);
	if (kv->state == KV_LISTING) {
		list_done(kv, err, data);
		return;
	}
	if (kv->removing) {
		removed(kv);
		return;
	}
	if (kv->state == KV_HEADERS) {
		header_done(kv, err, data);
		return;
	}
	if (err)
		skip_piece(kv, err);
	data = err ? gn_slice(NULL, 0) : kv_scan_piece(kv, data);
	uint64_t from = kv->scan.offset;
	if (kv->state == KV_TAIL)
		walk_tail(kv, data, from);
	else if (kv->state == KV_INDEX)
		walk_index(kv, data, from);
	else
		keep_piece(kv, data);
}
