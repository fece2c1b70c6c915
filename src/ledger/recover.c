/* Recovery (LG-50): list, newest snapshot that holds, then the journal from where it is needed,
 * batch by batch, to its end.
 *
 *   LIST -> [SNAP_HEAD -> SNAP_BODY ->]* FIND* -> HEAD -> READ* -> (HEAD of the next file | DONE)
 *   READ -> SCAN -> CUT -> CUT_SYNC -> DONE    a torn tail
 *
 * Anything else that does not hold ends in GN_CORRUPT.
 *
 * 1. Nothing on the disk is changed before the whole journal was read and found sound.
 * 2. A batch is applied only after it holds, continues the chain, and all its records apply. */
#include "ledger/engine_int.h"
#include <stdio.h>

static void end_recovery(struct gn_ledger *l, gn_err err, gn_time now)
{
	GN_ASSERT(l->state == LG_RECOVERING && l->recover.phase != LG_REC_DONE);
	struct lg_recover *r = &l->recover;
	r->phase = LG_REC_DONE;
	r->err = err;
	gn_mem_free(l->env.alloc, r->window.p);
	r->window = (struct gn_buf){NULL, 0, 0};
	if (err) {
		l->state = LG_STOPPED;
		l->stopped_by = err;
		l->tell_ready = true;
		return;
	}
	lg_running(l, now);
}

void lg_recover_start(struct gn_ledger *l)
{
	GN_ASSERT(l->state == LG_FRESH);
	l->recover = (struct lg_recover){.phase = LG_REC_LIST};
	l->state = LG_RECOVERING;
}

void lg_recover_fini(struct gn_ledger *l)
{
	gn_mem_free(l->env.alloc, l->recover.segments);
	gn_mem_free(l->env.alloc, l->recover.snaps);
	gn_mem_free(l->env.alloc, l->recover.window.p);
}

/* ---- the list ---- */

static bool read_hex(struct gn_slice s, uint64_t *out)
{
	GN_ASSERT(s.len <= 16);
	*out = 0;
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.p[i];
		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return false;
		*out = *out << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
	}
	return true;
}

/* One name; other files are not ours. */
static gn_err note_file(struct gn_ledger *l, struct gn_slice name)
{
	struct lg_recover *r = &l->recover;
	uint64_t v;
	if (name.len == 12 && memcmp(name.p + 8, ".log", 4) == 0 &&
	    read_hex(gn_slice(name.p, 8), &v) && v > 0) {
		GN_TRY(lg_grow(l->env.alloc, &r->segments, &r->segment_cap,
			       (uint64_t)r->segment_count + 1, JOURNAL_FILES_MAX,
			       sizeof *r->segments));
		r->segments[r->segment_count++] = (uint32_t)v;
	}
	if (name.len == 21 && memcmp(name.p + 16, ".snap", 5) == 0 &&
	    read_hex(gn_slice(name.p, 16), &v) && v > 0) {
		GN_TRY(lg_grow(l->env.alloc, &r->snaps, &r->snap_cap, (uint64_t)r->snap_count + 1,
			       JOURNAL_FILES_MAX, sizeof *r->snaps));
		r->snaps[r->snap_count++] = v;
	}
	return GN_OK;
}

static void sort32(uint32_t *v, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++)
		for (uint32_t k = i; k > 0 && v[k - 1] > v[k]; k--) {
			uint32_t t = v[k];
			v[k] = v[k - 1];
			v[k - 1] = t;
		}
}

static void sort64(uint64_t *v, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++)
		for (uint32_t k = i; k > 0 && v[k - 1] > v[k]; k--) {
			uint64_t t = v[k];
			v[k] = v[k - 1];
			v[k - 1] = t;
		}
}

/* Lines "size name\n". */
static gn_err read_list(struct gn_ledger *l, struct gn_slice list)
{
	struct lg_recover *r = &l->recover;
	for (size_t i = 0; i < list.len;) {
		size_t start = i, space = 0;
		for (; i < list.len && list.p[i] != '\n'; i++)
			if (list.p[i] == ' ' && !space)
				space = i + 1;
		if (space > start)
			GN_TRY(note_file(l, gn_slice(list.p + space, i - space)));
		i++;
	}
	sort32(r->segments, r->segment_count);
	sort64(r->snaps, r->snap_count);
	for (uint32_t i = 1; i < r->segment_count; i++)
		if (r->segments[i] != r->segments[i - 1] + 1) {
			gn_log(l->env.log, GN_LOG_ERROR, "ledger", "segment.missing",
			       "%s/%08x.log is missing", l->config.dir,
			       (unsigned)r->segments[i - 1] + 1);
			return GN_CORRUPT;
		}
	if (r->segment_count > 0 && r->segments[0] != 1)
		return GN_CORRUPT;
	return r->segment_count == 0 && r->snap_count > 0 ? GN_CORRUPT : GN_OK;
}

/* ---- the window ---- */

static struct gn_slice window_slice(const struct lg_recover *r)
{
	GN_ASSERT(r->skip <= r->window.len);
	return gn_slice_sub(gn_buf_slice(&r->window), r->skip, r->window.len);
}

static void window_clear(struct lg_recover *r)
{
	r->window.len = r->skip = 0;
}

static gn_err window_add(struct gn_ledger *l, struct gn_slice data)
{
	struct lg_recover *r = &l->recover;
	if (r->skip) {
		memmove(r->window.p, r->window.p + r->skip, r->window.len - r->skip);
		r->window.len -= r->skip;
		r->skip = 0;
	}
	if (r->window.len + data.len > r->window.cap) {
		size_t cap = r->window.cap * 2 > r->window.len + data.len
				     ? r->window.cap * 2
				     : r->window.len + data.len;
		uint8_t *p = gn_mem_resize(l->env.alloc, r->window.p, cap);
		if (!p)
			return GN_NOMEM;
		r->window.p = p;
		r->window.cap = cap;
	}
	if (data.len)
		memcpy(r->window.p + r->window.len, data.p, data.len);
	r->window.len += data.len;
	return GN_OK;
}

static void window_skip(struct lg_recover *r, uint64_t len)
{
	GN_ASSERT(len <= r->window.len - r->skip);
	r->skip += len;
	r->base += len;
}

/* ---- where to begin ---- */

static void begin_reading(struct lg_recover *r)
{
	r->phase = LG_REC_HEAD;
	r->base = r->next_read = 0;
	r->window.len = r->skip = 0;
	r->ended = false;
}

static void find_start(struct gn_ledger *l)
{
	GN_ASSERT(l->recover.segment_count > 0);
	struct lg_recover *r = &l->recover;
	uint64_t applied = r->snap_loaded ? r->snap.seq : 0;
	r->start_seq = applied + 1;
	if (l->config.feed_from < r->start_seq)
		r->start_seq = l->config.feed_from ? l->config.feed_from : 1;
	r->at = r->segment_count - 1;
	if (r->start_seq == 1)
		r->at = 0;
	if (r->at == 0)
		begin_reading(r);
	else
		r->phase = LG_REC_FIND;
}

/* The next older snapshot, or the journal from its beginning. */
static void next_snapshot(struct gn_ledger *l)
{
	struct lg_recover *r = &l->recover;
	if (r->snap_count == 0 || l->config.verify)
		find_start(l);
	else
		r->phase = LG_REC_SNAP_HEAD;
}

static void pass_over_snapshot(struct gn_ledger *l)
{
	GN_ASSERT(l->recover.snap_count > 0);
	gn_log(l->env.log, GN_LOG_WARN, "ledger", "snapshot.damaged",
	       "snapshot %016llx does not hold and is passed over",
	       (unsigned long long)l->recover.snaps[l->recover.snap_count - 1]);
	l->recover.snap_count--;
	l->recover.window.len = l->recover.skip = 0;
	next_snapshot(l);
}

static gn_err load_snapshot(struct gn_ledger *l)
{
	GN_ASSERT(l->book.seq == 0);
	struct lg_recover *r = &l->recover;
	struct gn_slice state = window_slice(r);
	struct gn_hash h;
	struct gn_env env = l->book.env;
	gn_sha256(&state, 1, &h);
	if (!gn_hash_eq(&h, &r->snap.state))
		return GN_CORRUPT;
	gn_err err = lg_state_read(&l->book, state);
	if (!err && (l->book.seq != r->snap.seq || !gn_pk_eq(&l->book.hub, &l->config.hub)))
		err = GN_CORRUPT;
	if (err) {
		lg_book_fini(&l->book);
		lg_book_init(&l->book, &env);
	}
	return err;
}

/* ---- batches ---- */

static gn_err apply_batch(struct gn_ledger *l, const struct lg_batch *b, struct gn_slice payload)
{
	GN_ASSERT(b->count > 0);
	struct gn_record_view v;
	size_t off = 0;
	uint64_t seq = b->first_seq;
	for (; off < payload.len; seq++) {
		gn_err err = gn_rec_next(payload, &off, seq, &v);
		if (err)
			return GN_CORRUPT;
		if (seq <= l->book.seq)
			continue; /* in the snapshot */
		if (l->config.verify && (err = lg_verify_record(&l->book, &v)) != GN_OK) {
			gn_log(l->env.log, GN_LOG_ERROR, "ledger", "verify.failed",
			       "record %llu: %s", (unsigned long long)seq, gn_err_text(err));
			return err == GN_NOMEM ? err : GN_CORRUPT;
		}
		err = lg_apply(&l->book, &v);
		if (err) {
			gn_log(l->env.log, GN_LOG_ERROR, "ledger", "replay.failed",
			       "record %llu (type %d): %s", (unsigned long long)seq, (int)v.type,
			       gn_err_text(err));
			return err == GN_NOMEM || err == GN_HASH ? err : GN_CORRUPT;
		}
	}
	return seq == b->first_seq + b->count ? GN_OK : GN_CORRUPT;
}

/* False when the journal passes the snapshot's place and it is of another history. */
static bool meets_snapshot(struct lg_recover *r)
{
	if (r->snap_loaded && !r->snap_met && r->seq >= r->snap.seq)
		r->snap_met = r->seq == r->snap.seq && gn_hash_eq(&r->chain, &r->snap.chain);
	return r->snap_met || !r->snap_loaded || r->seq < r->snap.seq;
}

static gn_err take_batch(struct gn_ledger *l, const struct lg_batch *b)
{
	GN_ASSERT(l->recover.phase == LG_REC_READ && !l->told.p);
	struct lg_recover *r = &l->recover;
	struct gn_slice payload = gn_slice(window_slice(r).p + BATCH_HEADER, b->payload_len);
	if (b->first_seq != r->seq + 1)
		return GN_CORRUPT;
	GN_TRY(apply_batch(l, b, payload));
	r->seq = b->first_seq + b->count - 1;
	r->chain = b->chain;
	l->journal.durable = r->seq;
	if (!meets_snapshot(r))
		return GN_CORRUPT;
	if (r->seq >= l->config.feed_from) {
		l->told = payload;
		l->told_seq = b->first_seq;
		l->told_count = b->count;
	}
	return GN_OK;
}

static bool last_segment(const struct lg_recover *r)
{
	GN_ASSERT(r->at < r->segment_count);
	return r->at + 1 == r->segment_count;
}

/* The whole journal was read. */
static void at_end(struct gn_ledger *l, gn_time now)
{
	GN_ASSERT(last_segment(&l->recover));
	struct lg_recover *r = &l->recover;
	bool known_longer = l->config.feed_from != UINT64_MAX && l->config.feed_from > r->seq + 1;
	if ((r->snap_loaded && !r->snap_met) || known_longer) {
		/* records that were durable are gone; the damaged ones stay where they are */
		end_recovery(l, known_longer ? GN_TRUNCATED : GN_CORRUPT, now);
		return;
	}
	l->journal.chain = r->chain;
	l->journal.offset = r->base;
	if (r->cut != UINT64_MAX && !l->config.verify) {
		l->info.torn++;
		r->phase = LG_REC_CUT;
		return;
	}
	end_recovery(l, GN_OK, now);
}

/* What does not parse begins at base: the end, a torn tail, or damage. */
static void no_batch(struct gn_ledger *l, gn_time now)
{
	struct lg_recover *r = &l->recover;
	if (!last_segment(r)) {
		if (window_slice(r).len > 0) {
			end_recovery(l, GN_CORRUPT, now);
			return;
		}
		r->at++;
		begin_reading(r);
		return;
	}
	r->cut = window_slice(r).len > 0 ? r->base : UINT64_MAX;
	if (r->cut == UINT64_MAX)
		at_end(l, now);
	else
		r->phase = LG_REC_SCAN;
}

/* True when the window's first batch was taken. */
static bool next_batch(struct gn_ledger *l, gn_time now)
{
	struct lg_recover *r = &l->recover;
	struct lg_batch b;
	struct gn_slice in = window_slice(r);
	if (in.len < BATCH_HEADER && !r->ended)
		return false;
	bool holds = lg_batch_decode(in, l->journal.segment.salt, &b) == GN_OK &&
		     gn_hash_eq(&b.prev, &r->chain);
	if (holds && in.len < lg_batch_stored(b.payload_len) && !r->ended)
		return false;
	if (!holds || in.len < lg_batch_stored(b.payload_len) ||
	    !lg_batch_holds(in.p, l->journal.segment.salt, &b)) {
		no_batch(l, now);
		return false;
	}
	gn_err err = take_batch(l, &b);
	if (err) {
		end_recovery(l, err, now);
		return false;
	}
	return true;
}

/* Behind the torn place: a header that holds means that what does not was once durable. */
static void scan_tail(struct gn_ledger *l, gn_time now)
{
	GN_ASSERT(l->recover.phase == LG_REC_SCAN);
	struct lg_recover *r = &l->recover;
	struct lg_batch b;
	for (struct gn_slice in; (in = window_slice(r)).len >= BATCH_HEADER;
	     window_skip(r, JOURNAL_ALIGN)) {
		if (r->base > r->cut && lg_batch_decode(in, l->journal.segment.salt, &b) == GN_OK &&
		    b.first_seq > r->seq) {
			end_recovery(l, GN_CORRUPT, now);
			return;
		}
		if (in.len < JOURNAL_ALIGN)
			break;
	}
	if (!r->ended)
		return;
	r->base = r->cut;
	at_end(l, now);
}

static void drop_told(struct gn_ledger *l)
{
	struct lg_batch b;
	struct lg_recover *r = &l->recover;
	gn_err err = lg_batch_decode(window_slice(r), l->journal.segment.salt, &b);
	GN_ASSERT(err == GN_OK);
	window_skip(r, lg_batch_stored(b.payload_len));
	l->told = (struct gn_slice){NULL, 0};
	l->told_handed = false;
}

void lg_recover_more(struct gn_ledger *l, gn_time now)
{
	struct lg_recover *r = &l->recover;
	if (l->state != LG_RECOVERING || r->out)
		return;
	if (l->told.p && !l->told_handed)
		return; /* found while bytes came in, or by a tick: not told yet */
	if (l->told.p)
		drop_told(l);
	while (r->phase == LG_REC_READ && !l->told.p && next_batch(l, now))
		if (!l->told.p)
			drop_told(l);
	if (r->phase == LG_REC_SCAN)
		scan_tail(l, now);
}

/* ---- requests and completions ---- */

bool lg_recover_request(struct gn_ledger *l, struct gn_ledger_io *out)
{
	struct lg_recover *r = &l->recover;
	if (l->state != LG_RECOVERING || r->out || l->told.p || r->phase == LG_REC_DONE)
		return false;
	*out = (struct gn_ledger_io){.op = GN_LIO_READ, .token = LG_TOKEN_RECOVER};
	switch (r->phase) {
	case LG_REC_LIST:
		out->op = GN_LIO_LIST;
		snprintf(out->name, sizeof out->name, "%s", l->config.dir);
		break;
	case LG_REC_SNAP_HEAD:
	case LG_REC_SNAP_BODY:
		snprintf(out->name, sizeof out->name, "%s/%016llx.snap", l->config.dir,
			 (unsigned long long)r->snaps[r->snap_count - 1]);
		out->offset = r->phase == LG_REC_SNAP_HEAD ? 0 : SNAP_HEADER + r->window.len;
		out->len = r->phase == LG_REC_SNAP_HEAD ? SNAP_HEADER : JOURNAL_PIECE;
		break;
	case LG_REC_FIND:
	case LG_REC_HEAD:
		lg_journal_name(&l->journal, r->segments[r->at], out->name);
		out->len = SEGMENT_HEADER + 1; /* one more tells whether anything follows */
		break;
	case LG_REC_READ:
	case LG_REC_SCAN:
		lg_journal_name(&l->journal, r->segments[r->at], out->name);
		out->offset = r->next_read;
		out->len = JOURNAL_PIECE;
		break;
	case LG_REC_CUT:
		out->op = GN_LIO_TRUNCATE;
		lg_journal_name(&l->journal, r->segments[r->at], out->name);
		out->len = r->cut;
		break;
	case LG_REC_CUT_SYNC:
		out->op = GN_LIO_SYNC;
		lg_journal_name(&l->journal, r->segments[r->at], out->name);
		break;
	case LG_REC_DONE:
	default: return false;
	}
	r->out = true;
	return true;
}

static void found_snap_head(struct gn_ledger *l, struct gn_slice data)
{
	struct lg_recover *r = &l->recover;
	window_clear(r);
	if (lg_snap_decode(data, &r->snap) || r->snap.seq != r->snaps[r->snap_count - 1])
		pass_over_snapshot(l);
	else
		r->phase = LG_REC_SNAP_BODY;
}

static void found_snap_body(struct gn_ledger *l, struct gn_slice data, gn_time now)
{
	struct lg_recover *r = &l->recover;
	if (data.len > r->snap.len - r->window.len)
		data.len = r->snap.len - r->window.len;
	gn_err err = window_add(l, data);
	if (!err && data.len > 0 && r->window.len < r->snap.len)
		return; /* the next piece */
	if (!err)
		err = r->window.len == r->snap.len ? load_snapshot(l) : GN_CORRUPT;
	if (err == GN_NOMEM) {
		end_recovery(l, err, now);
		return;
	}
	if (err) {
		pass_over_snapshot(l);
		return;
	}
	r->snap_loaded = true;
	l->snapshot.kept[0] = r->snap.seq;
	l->snapshot.kept[1] = r->snap_count > 1 ? r->snaps[r->snap_count - 2] : 0;
	find_start(l);
}

static void found_segment_head(struct gn_ledger *l, struct gn_slice data, gn_time now)
{
	struct lg_recover *r = &l->recover;
	struct lg_segment s;
	gn_err err = lg_segment_decode(data, &s);
	bool ours = !err && s.number == r->segments[r->at] && gn_pk_eq(&s.hub, &l->config.hub);
	if (r->phase == LG_REC_FIND) {
		/* an unreadable last header may be a crash while it was made: begin further back */
		if (r->at == 0 || (ours && s.first_seq <= r->start_seq))
			begin_reading(r);
		else
			r->at--;
		return;
	}
	if (err && last_segment(r) && data.len <= SEGMENT_HEADER) {
		/* a crash while the header was made: no batch was ever written behind it */
		l->journal.segment.number = r->segments[r->at];
		r->fresh = r->at == 0;
		r->base = 0;
		r->cut = UINT64_MAX;
		at_end(l, now);
		return;
	}
	if (!ours || (r->chained && !gn_hash_eq(&s.chain, &r->chain)) ||
	    (r->chained && s.first_seq != r->seq + 1)) {
		end_recovery(l, GN_CORRUPT, now);
		return;
	}
	l->journal.segment = s;
	r->chain = s.chain;
	r->chained = true;
	r->seq = s.first_seq - 1;
	if (!meets_snapshot(r)) {
		end_recovery(l, GN_CORRUPT, now);
		return;
	}
	r->base = r->next_read = SEGMENT_HEADER;
	r->phase = LG_REC_READ;
}

static void found_bytes(struct gn_ledger *l, struct gn_slice data, gn_time now)
{
	struct lg_recover *r = &l->recover;
	gn_err err = window_add(l, data);
	if (err) {
		end_recovery(l, err, now);
		return;
	}
	r->next_read += data.len;
	r->ended = data.len < JOURNAL_PIECE;
	r->out = false;
	lg_recover_more(l, now);
}

void lg_recover_done(struct gn_ledger *l, gn_err err, struct gn_slice data, gn_time now)
{
	struct lg_recover *r = &l->recover;
	GN_ASSERT(r->out);
	r->out = false;
	if (err == GN_NOT_FOUND && (r->phase == LG_REC_LIST || r->phase == LG_REC_SNAP_HEAD ||
				    r->phase == LG_REC_SNAP_BODY)) {
		err = GN_OK; /* no journal yet; a snapshot that does not hold */
		data = gn_slice(NULL, 0);
	} else if (err == GN_NOT_FOUND) { /* a crash leaves a short file, never a name of nothing */
		gn_log(l->env.log, GN_LOG_ERROR, "ledger", "segment.missing",
		       "%s/%08x.log is listed and cannot be found: "
		       "is it a link that leads nowhere?",
		       l->config.dir, (unsigned)r->segments[r->at]);
		err = GN_CORRUPT;
	}
	if (err) {
		end_recovery(l, err, now);
		return;
	}
	switch (r->phase) {
	case LG_REC_LIST:
		err = read_list(l, data);
		r->fresh = r->segment_count == 0;
		if (err || r->fresh)
			end_recovery(l, err, now);
		else
			next_snapshot(l);
		break;
	case LG_REC_SNAP_HEAD: found_snap_head(l, data); break;
	case LG_REC_SNAP_BODY: found_snap_body(l, data, now); break;
	case LG_REC_FIND:
	case LG_REC_HEAD: found_segment_head(l, data, now); break;
	case LG_REC_READ:
	case LG_REC_SCAN: found_bytes(l, data, now); break;
	case LG_REC_CUT: r->phase = LG_REC_CUT_SYNC; break;
	case LG_REC_CUT_SYNC: end_recovery(l, GN_OK, now); break;
	case LG_REC_DONE:
	default: break;
	}
}
