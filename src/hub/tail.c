/* A thread that takes the journal's records in order, with questions between them: the history
 * and the replica.
 *
 * 1. The loop never waits: it queues and is called back. What the thread works on is the
 *    thread's alone.
 * 2. What waits is bounded: past `most` bytes records are left out and the tail is behind. When
 *    its queue is empty it reads what is missing from the journal's files, up to the last record
 *    told, and is current again (HB-11).
 *      CURRENT -> BEHIND [gn_hub_tail_records: no room; take_records: some before are missing]
 *              -> CURRENT [catch_up]
 * 3. Questions are answered in their order among records, so that who was told "done" and then
 *    asks sees it. */
#include "hub/tail.h"
#include "ledger/ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct records {
	struct gn_hub_tail_item item; /* run NULL */
	uint64_t first_seq;
	uint32_t count;
	size_t len;
	uint8_t payload[];
};

/* Where reading from files goes on; the thread's. */
struct reader {
	struct gn_journal_file file; /* number 0: none yet */
	uint64_t offset;             /* of the next batch */
	uint64_t passed;             /* last record before it */
	uint8_t *batch;              /* owned */
	size_t cap;
};

struct gn_hub_tail {
	struct gn_hub_tail_ops ops;
	void *user;
	const struct gn_os_dir *dir;
	size_t most;
	uv_thread_t thread;
	uv_mutex_t lock;
	uv_cond_t wake;
	uv_async_t async;
	struct reader reader;
	/* under lock */
	struct gn_hub_tail_item *first, **last, *done, **done_last;
	struct gn_hub_tail_info info;
	uint64_t told; /* the last durable record */
	bool stop;
};

/* ---- the journal's files ---- */

static void file_name(uint32_t number, char out[64])
{
	snprintf(out, 64, "journal/%08x.log", number);
}

static gn_err read_head(const struct gn_hub_tail *t, uint32_t number, struct gn_journal_file *out)
{
	uint8_t head[GN_JOURNAL_FILE_HEAD];
	struct gn_buf buf = {head, 0, sizeof head};
	char name[64];
	file_name(number, name);
	GN_TRY(gn_os_read_at(t->dir, name, 0, &buf));
	return gn_journal_file(gn_buf_slice(&buf), out);
}

/* The last file that begins at or before this record. */
static gn_err seek_record(struct gn_hub_tail *t, uint64_t seq)
{
	struct reader *r = &t->reader;
	struct gn_journal_file next;
	gn_err err;
	if (r->file.number == 0 || seq <= r->passed) {
		GN_TRY(read_head(t, 1, &r->file));
		r->offset = GN_JOURNAL_FILE_HEAD;
		r->passed = r->file.first_seq - 1;
	}
	while ((err = read_head(t, r->file.number + 1, &next)) == GN_OK && next.first_seq <= seq) {
		r->file = next;
		r->offset = GN_JOURNAL_FILE_HEAD;
		r->passed = next.first_seq - 1;
	}
	/* CORRUPT: its header is being written */
	return err == GN_NOT_FOUND || err == GN_CORRUPT ? GN_OK : err;
}

static gn_err read_batch(struct gn_hub_tail *t, const char *name, const struct gn_journal_batch *b,
			 struct gn_slice *out)
{
	struct reader *r = &t->reader;
	size_t need = GN_JOURNAL_BATCH_HEAD + (size_t)b->payload_len;
	if (need > r->cap) {
		uint8_t *grown = realloc(r->batch, need);
		if (!grown)
			return GN_NOMEM;
		r->batch = grown;
		r->cap = need;
	}
	struct gn_buf buf = {r->batch, 0, need};
	GN_TRY(gn_os_read_at(t->dir, name, r->offset, &buf));
	return gn_journal_payload(&r->file, gn_buf_slice(&buf), out);
}

/* The batch that has this record. */
static gn_err next_batch(struct gn_hub_tail *t, uint64_t seq, struct gn_journal_batch *b,
			 struct gn_slice *payload)
{
	struct reader *r = &t->reader;
	char name[64];
	GN_TRY(seek_record(t, seq));
	file_name(r->file.number, name);
	for (;;) {
		uint8_t head[GN_JOURNAL_BATCH_HEAD];
		struct gn_buf buf = {head, 0, sizeof head};
		GN_TRY(gn_os_read_at(t->dir, name, r->offset, &buf));
		GN_TRY(gn_journal_batch(&r->file, gn_buf_slice(&buf), b));
		if (b->first_seq + b->count > seq)
			break;
		r->offset += b->stored;
		r->passed = b->first_seq + b->count - 1;
	}
	GN_TRY(read_batch(t, name, b, payload));
	r->offset += b->stored;
	r->passed = b->first_seq + b->count - 1;
	return GN_OK;
}

/* ---- the thread ---- */

bool gn_hub_tail_stopping(struct gn_hub_tail *t)
{
	uv_mutex_lock(&t->lock);
	bool stop = t->stop;
	uv_mutex_unlock(&t->lock);
	return stop;
}

void gn_hub_tail_note(struct gn_hub_tail *t, const char *why)
{
	uv_mutex_lock(&t->lock);
	t->info.failures++;
	snprintf(t->info.why, sizeof t->info.why, "%s", why);
	uv_mutex_unlock(&t->lock);
}

void gn_hub_tail_failed(struct gn_hub_tail *t, const char *why)
{
	uint64_t until = uv_hrtime() + t->ops.again_ns;
	gn_hub_tail_note(t, why);
	uv_mutex_lock(&t->lock);
	for (uint64_t now = uv_hrtime(); !t->stop && now < until; now = uv_hrtime())
		/* what is pushed wakes it too */
		uv_cond_timedwait(&t->wake, &t->lock, until - now);
	uv_mutex_unlock(&t->lock);
}

static void fed(struct gn_hub_tail *t, gn_err err, uint64_t from_file)
{
	uint64_t last = t->ops.last(t->user);
	uv_mutex_lock(&t->lock);
	t->info.watermark = last;
	t->info.caught_up += from_file;
	if (err == GN_NOT_FOUND)
		t->info.behind = true;
	uv_mutex_unlock(&t->lock);
}

static void take_records(struct gn_hub_tail *t, struct records *r)
{
	fed(t, t->ops.feed(t->user, gn_slice(r->payload, r->len), r->first_seq, r->count), 0);
	uv_mutex_lock(&t->lock);
	t->info.waiting_bytes -= r->len;
	uv_mutex_unlock(&t->lock);
	free(r);
}

/* One batch from the files, or the end of being behind. */
static void catch_up(struct gn_hub_tail *t)
{
	uint64_t last = t->ops.last(t->user);
	struct gn_journal_batch b;
	struct gn_slice payload;
	uv_mutex_lock(&t->lock);
	bool current = last >= t->told;
	if (current)
		t->info.behind = false;
	uv_mutex_unlock(&t->lock);
	if (current)
		return;
	gn_err err = next_batch(t, last + 1, &b, &payload);
	if (!err)
		err = t->ops.feed(t->user, payload, b.first_seq, b.count);
	fed(t, err, err ? 0 : b.count);
	if (err && !gn_hub_tail_stopping(t)) {
		t->reader.file.number = 0;
		gn_hub_tail_failed(t, "records cannot be read back from the journal");
	}
}

static bool is_behind(struct gn_hub_tail *t)
{
	uv_mutex_lock(&t->lock);
	bool behind = t->info.behind && !t->stop;
	uv_mutex_unlock(&t->lock);
	return behind;
}

static void answer_item(struct gn_hub_tail *t, struct gn_hub_tail_item *it)
{
	while (t->ops.current_first && is_behind(t))
		catch_up(t);
	it->run(it, t->user);
	uv_mutex_lock(&t->lock);
	it->next = NULL;
	*t->done_last = it;
	t->done_last = &it->next;
	uv_mutex_unlock(&t->lock);
	uv_async_send(&t->async);
}

static struct gn_hub_tail_item *pop_item(struct gn_hub_tail *t)
{
	struct gn_hub_tail_item *it = t->first;
	if (it) {
		t->first = it->next;
		if (!t->first)
			t->last = &t->first;
	}
	return it;
}

static void run_tail(void *user)
{
	struct gn_hub_tail *t = user;
	for (;;) {
		uv_mutex_lock(&t->lock);
		while (!t->first && !t->stop && !t->info.behind)
			uv_cond_wait(&t->wake, &t->lock);
		struct gn_hub_tail_item *it = pop_item(t);
		bool stop = t->stop;
		uv_mutex_unlock(&t->lock);
		if (it && it->run)
			answer_item(t, it);
		else if (it)
			take_records(t, GN_CONTAINER(it, struct records, item));
		else if (stop)
			return;
		else
			catch_up(t);
	}
}

/* ---- the loop ---- */

static void on_async(uv_async_t *async)
{
	struct gn_hub_tail *t = async->data;
	uv_mutex_lock(&t->lock);
	struct gn_hub_tail_item *it = t->done;
	t->done = NULL;
	t->done_last = &t->done;
	uv_mutex_unlock(&t->lock);
	while (it) {
		struct gn_hub_tail_item *next = it->next;
		it->done(it);
		it = next;
	}
}

static void push_item(struct gn_hub_tail *t, struct gn_hub_tail_item *it, size_t bytes)
{
	uv_mutex_lock(&t->lock);
	it->next = NULL;
	*t->last = it;
	t->last = &it->next;
	t->info.waiting_bytes += bytes;
	uv_cond_signal(&t->wake);
	uv_mutex_unlock(&t->lock);
}

bool gn_hub_tail_records(struct gn_hub_tail *t, struct gn_slice payload, uint64_t first_seq,
			 uint32_t count)
{
	struct records *r = NULL;
	uv_mutex_lock(&t->lock);
	bool was_behind = t->info.behind;
	t->told = first_seq + count - 1;
	if (!was_behind && t->info.waiting_bytes + payload.len <= t->most)
		r = malloc(sizeof *r + payload.len);
	if (!r) {
		t->info.behind = true;
		uv_cond_signal(&t->wake);
	}
	uv_mutex_unlock(&t->lock);
	if (!r)
		return was_behind;
	r->item = (struct gn_hub_tail_item){0};
	memcpy(r->payload, payload.p, payload.len);
	r->len = payload.len;
	r->first_seq = first_seq;
	r->count = count;
	push_item(t, &r->item, payload.len);
	return true;
}

void gn_hub_tail_ask(struct gn_hub_tail *t, struct gn_hub_tail_item *item)
{
	GN_ASSERT(item->run && item->done);
	push_item(t, item, 0);
}

void gn_hub_tail_info(struct gn_hub_tail *t, struct gn_hub_tail_info *out)
{
	uv_mutex_lock(&t->lock);
	*out = t->info;
	uv_mutex_unlock(&t->lock);
}

gn_err gn_hub_tail_new(uv_loop_t *loop, const struct gn_os_dir *dir,
		       const struct gn_hub_tail_ops *ops, void *user, size_t most,
		       struct gn_hub_tail **out)
{
	struct gn_hub_tail *t = calloc(1, sizeof *t);
	if (!t)
		return GN_NOMEM;
	t->ops = *ops;
	t->user = user;
	t->dir = dir;
	t->most = most;
	t->last = &t->first;
	t->done_last = &t->done;
	uv_mutex_init(&t->lock);
	uv_cond_init(&t->wake);
	uv_async_init(loop, &t->async, on_async);
	t->async.data = t;
	*out = t;
	return GN_OK;
}

void gn_hub_tail_start(struct gn_hub_tail *t)
{
	t->info.watermark = t->told = t->ops.last(t->user);
	int err = uv_thread_create(&t->thread, run_tail, t);
	GN_ASSERT(err == 0);
}

static void on_async_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void gn_hub_tail_close(struct gn_hub_tail *t)
{
	if (!t)
		return;
	uv_mutex_lock(&t->lock);
	t->stop = true;
	uv_cond_signal(&t->wake);
	uv_mutex_unlock(&t->lock);
	uv_thread_join(&t->thread);
	on_async(&t->async);
	free(t->reader.batch);
	uv_cond_destroy(&t->wake);
	uv_mutex_destroy(&t->lock);
	uv_close((uv_handle_t *)&t->async, on_async_closed);
}
