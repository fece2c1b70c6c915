/* Group commit. Everything queued while a write and its sync are in flight becomes the next
 * group: one write, one sync, then the index moves. Compaction's copies are groups of their own,
 * so that they never stand behind a newer put of their key.
 *
 * 1. One group is in flight. The index moves when its sync has succeeded, never before (ST-2).
 * 2. A group that failed leaves bytes behind the durable end; they are cut off (MEND) before
 *    anything else is written there. Where even that fails the log goes on in a new segment,
 *    whose header says where the old one ends (ST-5).
 * 3. The header of a segment is durable before its first group is written, so a file with no
 *    readable header of full length is damage and not a torn start (ST-6).
 *
 *   IDLE -> MEND -> CREATE -> CREATE_SYNC -> WRITE -> SYNC -> IDLE (each of the first three only
 *   when needed) */
#include "store/kv_int.h"

static struct kv_segment *active(struct gn_kv *kv)
{
	return kv->segment_count ? &kv->segments[kv->segment_count - 1] : NULL;
}

/* ---- forming a group ---- */

static bool form_group(struct gn_kv *kv)
{
	GN_ASSERT(kv->flight.len == 0 && kv->tickets_flight == 0);
	bool copies = kv->compact == KV_COMPACT_COPY && (kv->queue.len == 0 || !kv->copied_last) &&
		      kv_compact_take(kv);
	if (!copies) {
		if (kv->queue.len == 0)
			return false;
		struct gn_buf empty = kv->flight;
		kv->flight = kv->queue;
		kv->queue = empty;
		kv->tickets_flight = kv->tickets.count - kv->tickets_done;
	}
	kv->flight_copies = kv->copied_last = copies;
	struct kv_segment *s = active(kv);
	kv->roll = kv->roll || !s || s->bytes >= kv->config.segment_bytes;
	kv->writer = kv->roll ? KV_WRITER_CREATE : kv->mend ? KV_WRITER_MEND : KV_WRITER_WRITE;
	return true;
}

/* Chains the flight's entries to the place where they are written now. */
static void seal_flight(struct gn_kv *kv)
{
	const struct kv_segment *s = active(kv);
	GN_ASSERT(s && kv->flight.len > 0);
	uint32_t group = (uint32_t)s->bytes;
	struct log_sum chain = kv->last;
	for (size_t at = 0; at < kv->flight.len; at += log_entry_peek(kv->flight.p + at).stored)
		log_entry_seal(kv->flight.p + at, kv->salt, s->number, group + (uint32_t)at, group,
			       &chain);
	kv->flight_last = chain;
}

/* ---- ending a group ---- */

static void apply_entry(struct gn_kv *kv, const struct log_entry *e, uint32_t offset, bool durable)
{
	struct kv_place *p = gn_map_get(&kv->index, &e->key);
	GN_ASSERT(p != NULL);
	if (!kv->flight_copies) {
		GN_ASSERT(p->pending > 0);
		p->pending--;
	}
	if (durable && e->kind == LOG_PUT)
		kv_place_set(kv, p, active(kv)->number, offset, (uint32_t)e->value.len);
	else if (durable || p->segment == 0)
		kv_place_clear(kv, &e->key, p);
}

static void end_group(struct gn_kv *kv, gn_err err, gn_time now)
{
	GN_ASSERT(kv->writer != KV_WRITER_IDLE && kv->flight.len > 0);
	struct kv_segment *s = active(kv);
	uint32_t offset = err ? 0 : (uint32_t)s->bytes;
	if (!err) {
		s->bytes += kv->flight.len;
		kv->file_bytes += kv->flight.len;
		kv->last = kv->flight_last;
	} else {
		gn_log(kv->env.log, GN_LOG_ERROR, "store", "log.write", "%s: %s", kv->config.dir,
		       gn_err_text(err));
	}
	for (size_t at = 0; at < kv->flight.len;) {
		struct log_entry e = log_entry_peek(kv->flight.p + at);
		if (!err || !kv->flight_copies)
			apply_entry(kv, &e, offset + (uint32_t)at, !err);
		at += e.stored;
	}
	if (!kv->flight_copies) {
		for (; kv->tickets_flight > 0; kv->tickets_flight--)
			((struct kv_ticket *)gn_ring_at(&kv->tickets, kv->tickets_done++))->err =
				err;
	}
	kv_buf_trim(kv, &kv->flight);
	kv->writer = KV_WRITER_IDLE;
	if (kv->flight_copies) {
		kv->flight_copies = false;
		kv_compact_copied(kv, err, now);
	}
}

/* ---- requests and completions ---- */

static void want(struct gn_kv *kv, struct gn_disk_request *out, enum gn_disk_op op, uint64_t offset,
		 struct gn_slice data, uint64_t len)
{
	GN_ASSERT(kv->write_io == KV_IO_NONE);
	kv_request(kv, op, kv->roll ? kv->next_number : active(kv)->number, offset, len, out);
	out->data = data;
	kv->write_token = out->token;
	kv->write_io = KV_IO_OUT;
}

/* The header of the next segment. It is the same bytes until a group succeeds, so a failed
 * attempt is simply repeated. */
static void want_header(struct gn_kv *kv, struct gn_disk_request *out)
{
	GN_ASSERT(kv->roll);
	struct log_header h = {.number = kv->next_number, .doubt = kv->doubt, .prev = kv->last};
	if (!kv->salted) {
		gn_rand_fill(kv->env.rand, kv->salt, sizeof kv->salt);
		kv->salted = true;
	}
	memcpy(h.salt, kv->salt, 16);
	log_header_encode(&h, kv->header);
	want(kv, out, GN_DISK_WRITE, 0, GN_SLICE(kv->header), LOG_HEADER_LEN);
}

bool kv_write_request(struct gn_kv *kv, struct gn_disk_request *out)
{
	if (kv->write_io != KV_IO_NONE || (kv->writer == KV_WRITER_IDLE && !form_group(kv)))
		return false;
	switch (kv->writer) {
	case KV_WRITER_MEND:
		want(kv, out, GN_DISK_TRUNCATE, 0, gn_slice(NULL, 0), active(kv)->bytes);
		break;
	case KV_WRITER_CREATE: want_header(kv, out); break;
	case KV_WRITER_CREATE_SYNC:
	case KV_WRITER_SYNC: want(kv, out, GN_DISK_SYNC, 0, gn_slice(NULL, 0), 0); break;
	case KV_WRITER_WRITE:
		seal_flight(kv);
		want(kv, out, GN_DISK_WRITE, active(kv)->bytes, gn_buf_slice(&kv->flight),
		     kv->flight.len);
		break;
	case KV_WRITER_IDLE: GN_UNREACHABLE("an idle writer with a group");
	}
	return true;
}

static gn_err open_segment(struct gn_kv *kv)
{
	GN_ASSERT(kv->roll);
	struct kv_segment s = {.number = kv->next_number,
			       .doubt = kv->doubt,
			       .prev = kv->last,
			       .header_ok = true,
			       .scannable = true,
			       .bytes = LOG_HEADER_LEN};
	if (kv->next_number == UINT32_MAX)
		return GN_LIMIT;
	GN_TRY(kv_segment_push(kv, &s));
	kv->next_number++;
	kv->file_bytes += LOG_HEADER_LEN;
	kv->roll = kv->mend = false;
	kv->doubt = LOG_SURE;
	return GN_OK;
}

void kv_write_done(struct gn_kv *kv, gn_err err, gn_time now)
{
	GN_ASSERT(kv->write_io == KV_IO_NONE);
	switch (kv->writer) {
	case KV_WRITER_MEND:
		kv->mend = err != GN_OK;
		kv->roll = err != GN_OK;
		kv->writer = err ? KV_WRITER_CREATE : KV_WRITER_WRITE;
		return;
	case KV_WRITER_CREATE:
		if (err)
			break;
		kv->writer = KV_WRITER_CREATE_SYNC;
		return;
	case KV_WRITER_CREATE_SYNC:
		if (err || (err = open_segment(kv)) != GN_OK)
			break;
		kv->writer = KV_WRITER_WRITE;
		return;
	case KV_WRITER_WRITE:
		kv->mend = true;
		if (err)
			break;
		kv->writer = KV_WRITER_SYNC;
		return;
	case KV_WRITER_SYNC: kv->mend = err != GN_OK; break;
	case KV_WRITER_IDLE: GN_UNREACHABLE("a completion while no write is out");
	}
	end_group(kv, err, now);
}
