/* The history's thread: records and questions in one queue, answered in their order, so that who was told "done" and
 * then asks sees it.
 *
 * 1. The loop never waits: it queues and is called back. The thread alone touches the database.
 * 2. What waits is bounded: past HUB_HISTORY_QUEUE records are dropped and the history is stale (said in health) until
 * the next start, when the journal hands out what is missing. The ledger goes on.
 * 3. A failed feed is tried again each second on a fresh connection; the queue keeps its order meanwhile. */
#include "hub/hub_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct item {
	struct item *next;
	struct gn_hub_request *request; /* a question; NULL: records */
	struct gn_history_query query;
	json_t *answer;
	char *why;
	uint64_t first_seq;
	uint32_t count;
	size_t len;
	uint8_t payload[];
};

struct gn_feed {
	struct gn_hub *hub;
	char kind[256], path[600];
	uv_thread_t thread;
	uv_mutex_t lock;
	uv_cond_t wake;
	uv_async_t async;
	struct item *first, **last, *done, **done_last; /* under lock */
	struct gn_feed_info info;                       /* under lock */
	bool stop;                                      /* under lock */
	struct gn_history *history;                     /* the thread's, once it runs */
	struct gn_sql *tokens;
};

static void told_failure(struct gn_feed *f, const char *why)
{
	uv_mutex_lock(&f->lock);
	f->info.failures++;
	snprintf(f->info.why, sizeof f->info.why, "%s", why);
	uv_mutex_unlock(&f->lock);
}

static bool stopping(struct gn_feed *f)
{
	uv_mutex_lock(&f->lock);
	bool stop = f->stop;
	uv_mutex_unlock(&f->lock);
	return stop;
}

static bool reopen(struct gn_feed *f)
{
	char why[HUB_WHY] = "";
	gn_history_close(f->history);
	f->history = NULL;
	gn_err err = gn_history_open(f->kind, f->path, &f->hub->sk.pk, &f->history, why);
	if (err)
		told_failure(f, why);
	return !err;
}

static bool is_stale(struct gn_feed *f)
{
	uv_mutex_lock(&f->lock);
	bool stale = f->info.stale;
	uv_mutex_unlock(&f->lock);
	return stale;
}

static void feed(struct gn_feed *f, struct item *it)
{
	if (is_stale(f))
		return; /* records are missing before this one */
	for (;;) {
		gn_err err = f->history || reopen(f) ? gn_history_feed(f->history, gn_slice(it->payload, it->len),
								       it->first_seq, it->count)
						     : GN_IO;
		if (!err)
			break;
		if (f->history)
			told_failure(f, gn_history_why(f->history));
		if (stopping(f))
			return;
		struct timespec second = {1, 0};
		nanosleep(&second, NULL);
		if (!reopen(f))
			continue;
		if (it->first_seq >
		    gn_history_watermark(f->history) +
			    1) { /* other tables than before: the journal must tell it all, at the next start */
			uv_mutex_lock(&f->lock);
			f->info.stale = true;
			uv_mutex_unlock(&f->lock);
			return;
		}
	}
	uv_mutex_lock(&f->lock);
	f->info.watermark = gn_history_watermark(f->history);
	uv_mutex_unlock(&f->lock);
}

/* 1 when the token was used before. */
static json_t *used_refresh(struct gn_feed *f, const struct gn_history_query *q)
{
	gn_err err = GN_SQL_RUN(f->tokens, "DELETE FROM used WHERE exp < $1", NULL, NULL, GN_SQL_I(q->from));
	if (!err)
		err = GN_SQL_RUN(f->tokens, "INSERT INTO used (jti, exp) VALUES ($1, $2) ON CONFLICT (jti) DO NOTHING",
				 NULL, NULL, GN_SQL_T(gn_str(q->text)), GN_SQL_I(q->to));
	return err ? NULL : json_integer(f->tokens->changes == 0);
}

static void ask(struct gn_feed *f, struct item *it)
{
	if (it->query.kind == GN_HQ_USED_REFRESH)
		it->answer = used_refresh(f, &it->query);
	else if (f->history || reopen(f))
		it->answer = gn_history_ask(f->history, &it->query);
	if (!it->answer && f->history)
		told_failure(f, gn_history_why(f->history));
	uv_mutex_lock(&f->lock);
	it->next = NULL;
	*f->done_last = it;
	f->done_last = &it->next;
	uv_mutex_unlock(&f->lock);
	uv_async_send(&f->async);
}

static void run(void *user)
{
	struct gn_feed *f = user;
	for (;;) {
		uv_mutex_lock(&f->lock);
		while (!f->first && !f->stop)
			uv_cond_wait(&f->wake, &f->lock);
		struct item *it = f->first;
		if (it) {
			f->first = it->next;
			if (!f->first)
				f->last = &f->first;
		}
		uv_mutex_unlock(&f->lock);
		if (!it)
			return;
		if (it->request) {
			ask(f, it);
			continue;
		}
		feed(f, it);
		uv_mutex_lock(&f->lock);
		f->info.waiting_bytes -= it->len;
		uv_mutex_unlock(&f->lock);
		free(it);
	}
}

static void deliver(struct item *it)
{
	struct gn_hub_request *r = it->request;
	void (*told)(struct gn_hub_request *, json_t *) = r->told;
	r->told = NULL;
	if (!it->answer)
		gn_hub_fail_as(r, 503, "E010", NULL,
			       "the history cannot be asked now; payments go on. Try again in a moment");
	if (told)
		told(r, it->answer);
	json_decref(it->answer);
	free(it);
	gn_hub_release(r);
}

static void on_async(uv_async_t *async)
{
	struct gn_feed *f = async->data;
	uv_mutex_lock(&f->lock);
	struct item *it = f->done;
	f->done = NULL;
	f->done_last = &f->done;
	uv_mutex_unlock(&f->lock);
	while (it) {
		struct item *next = it->next;
		deliver(it);
		it = next;
	}
}

static void push(struct gn_feed *f, struct item *it)
{
	uv_mutex_lock(&f->lock);
	it->next = NULL;
	*f->last = it;
	f->last = &it->next;
	f->info.waiting_bytes += it->len;
	uv_cond_signal(&f->wake);
	uv_mutex_unlock(&f->lock);
}

void gn_feed_records(struct gn_feed *f, struct gn_slice payload, uint64_t first_seq, uint32_t count)
{
	struct item *it = NULL;
	uv_mutex_lock(&f->lock);
	bool room = !f->info.stale && f->info.waiting_bytes + payload.len <= HUB_HISTORY_QUEUE;
	uv_mutex_unlock(&f->lock);
	if (room)
		it = calloc(1, sizeof *it + payload.len);
	if (!it) {
		uv_mutex_lock(&f->lock);
		if (!f->info.stale)
			gn_hub_log(f->hub, GN_LOG_ERROR, "history.stale",
				   "the history lags too far behind; it is filled up at the next start");
		f->info.stale = true;
		uv_mutex_unlock(&f->lock);
		return;
	}
	memcpy(it->payload, payload.p, payload.len);
	it->len = payload.len;
	it->first_seq = first_seq;
	it->count = count;
	push(f, it);
}

void gn_feed_ask(struct gn_feed *f, struct gn_hub_request *r, const struct gn_history_query *q)
{
	struct item *it = calloc(1, sizeof *it);
	GN_ASSERT(r->told);
	if (!it) {
		r->told = NULL;
		gn_hub_fail(r, GN_NOMEM, NULL, "%s", "");
		return;
	}
	it->request = r;
	it->query = *q;
	r->refs++;
	push(f, it);
}

json_t *gn_feed_names(struct gn_feed *f)
{
	return gn_history_ask(f->history, &(struct gn_history_query){.kind = GN_HQ_NAMES});
}

uint64_t gn_feed_watermark(const struct gn_feed *f)
{
	return gn_history_watermark(f->history);
}

void gn_feed_info(struct gn_feed *f, struct gn_feed_info *out)
{
	uv_mutex_lock(&f->lock);
	*out = f->info;
	uv_mutex_unlock(&f->lock);
}

gn_err gn_feed_open(struct gn_hub *hub, const char *history_path, const char *tokens_path, struct gn_feed **out,
		    char why[HUB_WHY])
{
	struct gn_feed *f = calloc(1, sizeof *f);
	if (!f)
		return GN_NOMEM;
	f->hub = hub;
	f->last = &f->first;
	f->done_last = &f->done;
	snprintf(f->kind, sizeof f->kind, "%s", hub->config.history);
	snprintf(f->path, sizeof f->path, "%s", history_path);
	gn_err err = gn_sql_open_sqlite(tokens_path, &f->tokens, why);
	if (!err)
		err = GN_SQL_DO(f->tokens,
				"CREATE TABLE IF NOT EXISTS used (jti TEXT PRIMARY KEY, exp BIGINT NOT NULL)");
	if (!err)
		err = gn_history_open(f->kind, f->path, &hub->sk.pk, &f->history, why);
	if (err) {
		if (f->tokens)
			f->tokens->close(f->tokens);
		free(f);
		return err;
	}
	f->info.watermark = gn_history_watermark(f->history);
	uv_mutex_init(&f->lock);
	uv_cond_init(&f->wake);
	uv_async_init(&hub->loop, &f->async, on_async);
	f->async.data = f;
	*out = f;
	return GN_OK;
}

void gn_feed_start(struct gn_feed *f)
{
	int err = uv_thread_create(&f->thread, run, f);
	GN_ASSERT(err == 0);
}

static void on_async_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void gn_feed_close(struct gn_feed *f)
{
	if (!f)
		return;
	uv_mutex_lock(&f->lock);
	f->stop = true;
	uv_cond_signal(&f->wake);
	uv_mutex_unlock(&f->lock);
	uv_thread_join(&f->thread);
	on_async(&f->async);
	gn_history_close(f->history);
	f->tokens->close(f->tokens);
	uv_cond_destroy(&f->wake);
	uv_mutex_destroy(&f->lock);
	uv_close((uv_handle_t *)&f->async, on_async_closed);
}
