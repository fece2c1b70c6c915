/* Compaction. While more than half of the log is dead, or it has more files than its bytes need,
 * the live entries of its oldest segment are written again at the end, piece by piece, and the
 * file is removed. Always the oldest: then a drop in it has nothing older left to hide and goes
 * too. Each pass over the log writes at most as much as was written since the last.
 *
 * 1. A copy is taken into a group only if the index still points to its source (ST-8).
 * 2. The file is removed after the group with its last live entry is durable and no load reads
 *    from it.
 * 3. After a read error nothing is removed in this run: what could not be read may be newer than
 *    what could.
 *
 *   OFF -> READ [tick] -> COPY [entries] -> READ ... -> REMOVE [all moved] -> OFF */
#include "store/kv_int.h"

bool kv_compact_due(const struct gn_kv *kv)
{
	GN_ASSERT(kv->config.segment_bytes > 0);
	if (kv->compact != KV_COMPACT_OFF || kv->suspect || kv->segment_count < 2)
		return false;
	uint64_t needed = kv->file_bytes / kv->config.segment_bytes + KV_SEGMENTS_SLACK;
	return kv->segments[0].live == 0 || kv->live_bytes < kv->file_bytes / 2 ||
	       kv->segment_count > 2 * needed;
}

void kv_compact_tick(struct gn_kv *kv, gn_time now)
{
	GN_ASSERT(kv->state == KV_READY);
	if (!kv_compact_due(kv) || now < kv->compact_at)
		return;
	kv->compact_ended = kv->segments[0].live == 0;
	kv->compact = kv->compact_ended ? KV_COMPACT_REMOVE : KV_COMPACT_READ;
	kv->scan = kv_scan_of(kv, 0);
}

static void abandon(struct gn_kv *kv, gn_err err, gn_time now)
{
	GN_ASSERT(err != GN_OK && kv->compact != KV_COMPACT_OFF);
	gn_log(kv->env.log, GN_LOG_WARN, "store", "log.compact", "%s: %s", kv->config.dir,
	       gn_err_text(err));
	kv_buf_trim(kv, &kv->copies);
	kv->compact = KV_COMPACT_OFF;
	kv->compact_at = now + KV_RETRY;
}

bool kv_compact_request(struct gn_kv *kv, struct gn_disk_request *out)
{
	GN_ASSERT(kv->compact == KV_COMPACT_OFF || kv->segment_count > 0);
	if (kv->scan_io != KV_IO_NONE)
		return false;
	if (kv->compact == KV_COMPACT_READ)
		kv_request(kv, GN_DISK_READ, kv->segments[0].number, kv->scan.offset, KV_PIECE,
			   out);
	else if (kv->compact == KV_COMPACT_REMOVE && kv->segments[0].readers == 0)
		kv_request(kv, GN_DISK_REMOVE, kv->segments[0].number, 0, 0, out);
	else
		return false;
	kv->scan_token = out->token;
	kv->scan_io = KV_IO_OUT;
	return true;
}

static bool points_to(const struct kv_place *p, uint32_t segment, uint32_t offset)
{
	return p && p->segment == segment && p->offset == offset;
}

/* Entries that the index still has in a segment of which nothing more could be read. */
static void give_up_unreadable(struct gn_kv *kv)
{
	GN_ASSERT(kv->compact_ended && kv->copies.len == 0);
	uint32_t number = kv->segments[0].number;
	for (uint32_t i = 0; i < kv->index.count && kv->segments[0].live > 0;) {
		struct gn_hash key = *(const struct gn_hash *)gn_map_key_at(&kv->index, i);
		struct kv_place *p = gn_map_value_at(&kv->index, i);
		uint32_t before = kv->index.count;
		if (p->segment == number) {
			kv->corrupt++;
			kv_place_clear(kv, &key, p);
		}
		i += kv->index.count == before;
	}
	gn_log(kv->env.log, GN_LOG_WARN, "store", "log.damaged",
	       "%s/%08x.log: entries were lost to damage", kv->config.dir, number);
}

static void next_step(struct gn_kv *kv)
{
	GN_ASSERT(kv->compact == KV_COMPACT_READ || kv->compact == KV_COMPACT_COPY);
	if (kv->copies.len > 0) {
		kv->compact = KV_COMPACT_COPY;
	} else if (!kv->compact_ended) {
		kv->compact = KV_COMPACT_READ;
	} else {
		if (kv->segments[0].live > 0)
			give_up_unreadable(kv);
		kv_buf_trim(kv, &kv->copies);
		kv->compact = KV_COMPACT_REMOVE;
	}
}

/* Collects the live entries of a piece. The old offset waits in the field that the new sum will
 * take. */
static gn_err collect(struct gn_kv *kv, struct gn_slice piece, uint64_t from)
{
	GN_ASSERT(kv->scan.number == kv->segments[0].number);
	struct log_entry e;
	enum log_found found;
	while ((found = log_scan_step(&kv->scan, piece, from, &e)) == LOG_FOUND_ENTRY ||
	       found == LOG_FOUND_DAMAGED) {
		if (found == LOG_FOUND_DAMAGED || e.kind == LOG_DROP ||
		    !points_to(gn_map_get(&kv->index, &e.key), kv->segments[0].number, e.offset))
			continue;
		GN_TRY(kv_buf_reserve(kv, &kv->copies, e.stored));
		uint8_t *p = kv->copies.p + kv->copies.len;
		log_entry_encode(LOG_PUT, &e.key, e.value, p);
		memcpy(p + LOG_SCRATCH, &e.offset, sizeof e.offset);
		kv->copies.len += e.stored;
	}
	kv->compact_ended = found == LOG_FOUND_END;
	return GN_OK;
}

void kv_compact_done(struct gn_kv *kv, gn_err err, struct gn_slice data, gn_time now)
{
	GN_ASSERT(kv->compact == KV_COMPACT_READ || kv->compact == KV_COMPACT_REMOVE);
	struct kv_segment *s = &kv->segments[0];
	if (kv->compact == KV_COMPACT_REMOVE) {
		if (err) {
			abandon(kv, err, now);
			return;
		}
		GN_ASSERT(s->live == 0 && s->readers == 0);
		kv->file_bytes -= s->bytes;
		kv->compacted++;
		memmove(s, s + 1, --kv->segment_count * sizeof *s);
		kv->compact = KV_COMPACT_OFF;
		return;
	}
	uint64_t from = kv->scan.offset;
	if (!err)
		err = collect(kv, kv_scan_piece(kv, data), from);
	if (err)
		abandon(kv, err, now);
	else
		next_step(kv);
}

/* Moves the copies that are still the newest of their key into the flight; false when none is. */
bool kv_compact_take(struct gn_kv *kv)
{
	GN_ASSERT(kv->compact == KV_COMPACT_COPY && kv->flight.len == 0);
	size_t kept = 0;
	for (size_t at = 0; at < kv->copies.len;) {
		struct log_entry e = log_entry_peek(kv->copies.p + at);
		uint32_t offset;
		memcpy(&offset, kv->copies.p + at + LOG_SCRATCH, sizeof offset);
		if (points_to(gn_map_get(&kv->index, &e.key), kv->segments[0].number, offset)) {
			memmove(kv->copies.p + kept, kv->copies.p + at, e.stored);
			kept += e.stored;
		}
		at += e.stored;
	}
	kv->copies.len = kept;
	if (kept == 0) {
		next_step(kv);
		return false;
	}
	struct gn_buf empty = kv->flight;
	kv->flight = kv->copies;
	kv->copies = empty;
	return true;
}

void kv_compact_copied(struct gn_kv *kv, gn_err err, gn_time now)
{
	GN_ASSERT(kv->compact == KV_COMPACT_COPY);
	if (err)
		abandon(kv, err, now);
	else
		next_step(kv);
}
