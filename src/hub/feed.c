/* The history's thread: records into the database, questions answered from it, in one order
 * (tail.c).
 *
 * 1. The thread alone touches the database.
 * 2. A failed feed is tried again each second on a fresh connection; what does not fit the queue
 *    meanwhile, and what other tables than before lack, is read back from the journal's files. A
 *    question that fails ends the connection too; the next one some seconds later opens another
 *    (HB-59). */
#include "hub/hub_int.h"

#include <stdio.h>
#include <stdlib.h>

_Static_assert(HUB_WHY == HISTORY_WHY, "the history explains itself in the hub's sentences");

struct item {
	struct gn_hub_question asked;
	struct gn_history_query query;
	json_t *answer;
};

struct gn_hub_feed {
	struct gn_hub *hub;
	char kind[256], path[600];
	struct gn_hub_tail *tail;
	struct gn_history *history; /* the thread's, once it runs; NULL: it cannot be opened now */
	uint64_t last;
	uint64_t again; /* uv_hrtime: no question tries to open it before */
	struct gn_sql *tokens;
};

static gn_err reopen_history(struct gn_hub_feed *f, char why[HUB_WHY])
{
	gn_history_close(f->history);
	f->history = NULL;
	GN_TRY(gn_history_open(f->kind, f->path, &f->hub->sk.pk, &f->history, why));
	f->last = gn_history_watermark(f->history);
	return GN_OK;
}

static gn_err feed_history(void *user, struct gn_slice payload, uint64_t first_seq, uint32_t count)
{
	struct gn_hub_feed *f = user;
	char why[HUB_WHY] = "";
	for (;;) {
		gn_err err = f->history                      ? GN_OK
			     : gn_hub_tail_stopping(f->tail) ? GN_UNREACHABLE
							     : reopen_history(f, why);
		if (!err && first_seq > f->last + 1)
			return GN_NOT_FOUND;
		if (!err && (err = gn_history_feed(f->history, payload, first_seq, count)))
			snprintf(why, sizeof why, "%s", gn_history_why(f->history));
		if (!err) {
			f->last = gn_history_watermark(f->history);
			return GN_OK;
		}
		gn_hub_tail_failed(f->tail, why);
		if (gn_hub_tail_stopping(f->tail))
			return err;
		(void)!reopen_history(f, why);
	}
}

static uint64_t last_held(void *user)
{
	return ((struct gn_hub_feed *)user)->last;
}

/* 1 when the token was used before. */
static json_t *used_refresh(struct gn_hub_feed *f, const struct gn_history_query *q)
{
	gn_err err = GN_SQL_RUN(f->tokens, "DELETE FROM used WHERE exp < $1", NULL, NULL,
				GN_SQL_I(q->from));
	if (!err)
		err = GN_SQL_RUN(f->tokens,
				 "INSERT INTO used (jti, exp) VALUES ($1, $2) ON "
				 "CONFLICT (jti) DO NOTHING",
				 NULL, NULL, GN_SQL_T(gn_str(q->text)), GN_SQL_I(q->to));
	return err ? NULL : json_integer(f->tokens->changes == 0);
}

static void ask_history(struct gn_hub_tail_item *item, void *user)
{
	struct gn_hub_feed *f = user;
	struct item *it = GN_CONTAINER(item, struct item, asked.item);
	char why[HUB_WHY] = "";
	if (it->query.kind == GN_HQ_USED_REFRESH) {
		it->answer = used_refresh(f, &it->query);
		return;
	}
	if (!f->history && (uv_hrtime() < f->again || reopen_history(f, why))) {
		if (*why)
			f->again = uv_hrtime() + HUB_HISTORY_AGAIN_NS;
		return;
	}
	it->answer = gn_history_ask(f->history, &it->query);
	if (it->answer)
		return;
	gn_hub_tail_note(f->tail, gn_history_why(f->history));
	if (!gn_history_lost(f->history))
		return;
	gn_history_close(f->history);
	f->history = NULL;
	f->again = uv_hrtime() + HUB_HISTORY_AGAIN_NS;
}

/* What looks at many rows, all there are when few of them fit, takes milliseconds, and more the
 * more there was. */
static struct gn_hub_places *places_of(struct gn_hub *hub, enum gn_history_kind kind)
{
	bool page = kind == GN_HQ_PARTICIPANTS || kind == GN_HQ_PAYMENTS ||
		    kind == GN_HQ_CLEARINGS || kind == GN_HQ_TRANSACTIONS || kind == GN_HQ_OFFERS ||
		    kind == GN_HQ_AUDIT || kind == GN_HQ_STATS;
	return page ? &hub->pages : &hub->asks;
}

static void deliver_item(struct gn_hub_tail_item *item)
{
	struct item *it = GN_CONTAINER(item, struct item, asked.item);
	struct gn_hub_request *r = it->asked.request;
	void (*told)(struct gn_hub_request *, json_t *) = r->told;
	r->told = NULL;
	if (gn_hub_place_leave(places_of(r->hub, it->query.kind), &it->asked) && !it->answer)
		gn_hub_fail_as(r, 503, "E010", NULL,
			       "the history cannot be asked now; payments go on. Try again in a "
			       "moment");
	if (told)
		told(r, it->answer);
	json_decref(it->answer);
	free(it);
	gn_host_release(&r->base);
}

void gn_hub_feed_records(struct gn_hub_feed *f, struct gn_slice payload, uint64_t first_seq,
			 uint32_t count)
{
	if (!gn_hub_tail_records(f->tail, payload, first_seq, count))
		gn_host_log(&f->hub->host, GN_LOG_WARN, "history.behind",
			    "the history lags; what does not fit its queue is read back from the "
			    "journal");
}

void gn_hub_feed_ask(struct gn_hub_feed *f, struct gn_hub_request *r,
		     const struct gn_history_query *q)
{
	struct gn_hub_places *places = places_of(f->hub, q->kind);
	struct item *it = NULL;
	GN_ASSERT(r->told);
	bool ok = gn_hub_place_free(r, places);
	if (ok && !(it = calloc(1, sizeof *it)))
		gn_hub_fail(r, GN_NOMEM, NULL, "%s", "");
	if (!it) {
		r->told = NULL;
		return;
	}
	it->asked = (struct gn_hub_question){.item = {.run = ask_history, .done = deliver_item},
					     .request = r};
	it->query = *q;
	gn_host_hold(&r->base);
	gn_hub_place_take(places, &it->asked);
}

json_t *gn_hub_feed_names(struct gn_hub_feed *f)
{
	return gn_history_ask(f->history, &(struct gn_history_query){.kind = GN_HQ_NAMES});
}

uint64_t gn_hub_feed_watermark(const struct gn_hub_feed *f)
{
	return f->last;
}

void gn_hub_feed_info(struct gn_hub_feed *f, struct gn_hub_tail_info *out)
{
	gn_hub_tail_info(f->tail, out);
}

/* Only a file that is damaged may go; one that cannot be read now is left as it is. */
static void file_unusable(gn_err err, const char *what, const char *path, const char *text,
			  const char *then, char why[HUB_WHY])
{
	int n = snprintf(why, HUB_WHY, "%s in %.200s cannot be read (%.160s). ", what, path,
			 *text ? text : gn_err_text(err));
	if (err == GN_CORRUPT)
		snprintf(why + n, HUB_WHY - (size_t)n, "The file is damaged; delete it: %s", then);
	else
		snprintf(why + n, HUB_WHY - (size_t)n,
			 "Nothing was changed; see to it and start again");
}

gn_err gn_hub_feed_open(struct gn_hub *hub, const char *history_path, const char *tokens_path,
			struct gn_hub_feed **out, char why[HUB_WHY])
{
	static const struct gn_hub_tail_ops ops = {feed_history, last_held, false, GN_SEC};
	struct gn_hub_feed *f = calloc(1, sizeof *f);
	if (!f)
		return GN_NOMEM;
	f->hub = hub;
	snprintf(f->kind, sizeof f->kind, "%s", hub->config.history);
	snprintf(f->path, sizeof f->path, "%s", history_path);
	char text[HUB_WHY] = "";
	gn_err err = gn_history_open_sqlite(tokens_path, &f->tokens, text);
	if (!err &&
	    (err = GN_SQL_DO(f->tokens, "CREATE TABLE IF NOT EXISTS used (jti TEXT PRIMARY KEY, "
					"exp BIGINT NOT NULL)")))
		snprintf(text, sizeof text, "%.300s", f->tokens->why);
	if (!err &&
	    (err = GN_SQL_DO(f->tokens, "CREATE INDEX IF NOT EXISTS used_exp ON used (exp)")))
		snprintf(text, sizeof text, "%.300s", f->tokens->why);
	if (err)
		file_unusable(err, "the used refresh tokens", tokens_path, text,
			      "people log in again", why);
	else if ((err = reopen_history(f, text)) && strcmp(f->kind, "sqlite") == 0)
		file_unusable(err, "the history", history_path, text,
			      "it is made again from the journal", why);
	else if (err)
		snprintf(why, HUB_WHY, "the history cannot be opened: %.300s", text);
	if (!err)
		err = gn_hub_tail_new(&hub->host.loop, hub->host.dir, &ops, f,
				      hub->config.history_queue, &f->tail);
	if (err) {
		gn_history_close(f->history);
		if (f->tokens)
			f->tokens->close(f->tokens);
		free(f);
		return err;
	}
	gn_hub_places_init(&hub->asks, f->tail, HUB_ASK_MAX, HUB_ASK_AHEAD);
	gn_hub_places_init(&hub->pages, f->tail, HUB_LONG_MAX, 1);
	*out = f;
	return GN_OK;
}

void gn_hub_feed_start(struct gn_hub_feed *f)
{
	gn_hub_tail_start(f->tail);
}

void gn_hub_feed_close(struct gn_hub_feed *f)
{
	if (!f)
		return;
	gn_hub_tail_close(f->tail);
	gn_history_close(f->history);
	f->tokens->close(f->tokens);
	free(f);
}

void gn_hub_ask(struct gn_hub_request *r, const struct gn_history_query *q,
		void (*told)(struct gn_hub_request *, json_t *))
{
	r->told = told;
	gn_hub_feed_ask(r->hub->feed, r, q);
}
