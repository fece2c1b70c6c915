/* The history on PostgreSQL by libpq, for communities whose reports and backups live there.
 * Blocking: it has the history's thread to itself. Statements are prepared by number, in the
 * order they were first used. One that is not answered in time (a lock, a lost network, a server
 * that stands still) leaves a connection that fails from then on: its owner opens another. */
#include "history/sql.h"

#ifndef GN_HAVE_PQ

gn_err gn_history_open_postgresql(const char *conninfo, struct gn_sql **out, char why[HISTORY_WHY])
{
	(void)conninfo;
	(void)out;
	static const char text[] =
		"this program was built without libpq; install libpq-dev and build it again, or "
		"use history = sqlite";
	memcpy(why, text, sizeof text);
	return GN_UNSUPPORTED;
}

#else

#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define STATEMENTS_MAX 96
#define ARGS_MAX 24
#define COLUMNS_MAX 32
#define CONNECT_S "10"
/* a page of a large history takes seconds; to build an index takes what it takes */
#define ANSWER_MS 20000

struct postgresql {
	struct gn_sql base;
	PGconn *conn;
	const char *kept[STATEMENTS_MAX]; /* by address */
	unsigned kept_count;
};

static gn_err failed(struct postgresql *s)
{
	bool late = PQstatus(s->conn) == CONNECTION_OK && PQisBusy(s->conn);
	snprintf(s->base.why, sizeof s->base.why, "PostgreSQL: %s",
		 late ? "no answer in time" : PQerrorMessage(s->conn));
	return PQstatus(s->conn) == CONNECTION_OK && !late ? GN_IO : GN_UNREACHABLE;
}

/* Waits for what can be read without waiting; false: there is no answer in time, or no
 * connection. */
static bool is_there(struct postgresql *s, uint64_t until_ms)
{
	while (PQisBusy(s->conn)) {
		uint64_t now = uv_hrtime() / 1000000;
		struct pollfd p = {PQsocket(s->conn), POLLIN, 0};
		if (now >= until_ms)
			return false;
		uint64_t left = until_ms - now;
		if (poll(&p, 1, left < 60000 ? (int)left : 60000) > 0 && !PQconsumeInput(s->conn))
			return false;
	}
	return true;
}

/* The result of what was sent. NULL, as for what could not be sent, is a failure. */
static PGresult *result_of(struct postgresql *s, int sent, const char *sql)
{
	bool endless = strncmp(sql, "CREATE ", 7) == 0;
	uint64_t until = endless ? UINT64_MAX : uv_hrtime() / 1000000 + ANSWER_MS;
	PGresult *r = sent && is_there(s, until) ? PQgetResult(s->conn) : NULL, *rest;
	while (r && is_there(s, until) && (rest = PQgetResult(s->conn)))
		PQclear(rest);
	return r;
}

static gn_err prepare(struct postgresql *s, const char *sql, char name[16])
{
	unsigned i = 0;
	while (i < s->kept_count && s->kept[i] != sql)
		i++;
	snprintf(name, 16, "s%u", i);
	if (i < s->kept_count)
		return GN_OK;
	GN_ASSERT(s->kept_count < STATEMENTS_MAX);
	PGresult *r = result_of(s, PQsendPrepare(s->conn, name, sql, 0, NULL), sql);
	bool ok = PQresultStatus(r) == PGRES_COMMAND_OK;
	PQclear(r);
	if (!ok)
		return failed(s);
	s->kept[s->kept_count++] = sql;
	return GN_OK;
}

/* libpq's text arguments are terminated: texts are copied, without the NULs that PostgreSQL's
 * text cannot hold. */
static char *text_of(const struct gn_sql_arg *a)
{
	char *p = NULL;
	if (a->kind == GN_SQL_INT && (p = malloc(24)))
		snprintf(p, 24, "%lld", (long long)a->integer);
	else if (a->kind == GN_SQL_TEXT && (p = malloc(a->text.len + 1))) {
		size_t n = 0;
		for (size_t i = 0; i < a->text.len; i++)
			if (a->text.p[i])
				p[n++] = (char)a->text.p[i];
		p[n] = 0;
	}
	return p;
}

static gn_err run(struct gn_sql *base, const char *sql, const struct gn_sql_arg *args, size_t count,
		  gn_sql_row *row, void *user)
{
	struct postgresql *s = (struct postgresql *)base;
	char name[16], *values[ARGS_MAX] = {0};
	GN_ASSERT(count <= ARGS_MAX);
	GN_TRY(prepare(s, sql, name));
	for (size_t i = 0; i < count; i++)
		values[i] = text_of(&args[i]);
	int sent = PQsendQueryPrepared(s->conn, name, (int)count, (const char *const *)values, NULL,
				       NULL, 0);
	for (size_t i = 0; i < count; i++)
		free(values[i]);
	PGresult *r = result_of(s, sent, sql);
	ExecStatusType status = PQresultStatus(r);
	gn_err err = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ? GN_OK : failed(s);
	int columns_count = PQnfields(r);
	GN_ASSERT(columns_count <= COLUMNS_MAX);
	for (int k = 0; !err && row && k < PQntuples(r); k++) {
		const char *columns[COLUMNS_MAX];
		for (int i = 0; i < columns_count; i++)
			columns[i] = PQgetisnull(r, k, i) ? NULL : PQgetvalue(r, k, i);
		row(user, columns, columns_count);
	}
	base->changes = r ? strtoll(PQcmdTuples(r), NULL, 10) : 0;
	PQclear(r);
	return err;
}

static void close_it(struct gn_sql *base)
{
	struct postgresql *s = (struct postgresql *)base;
	PQfinish(s->conn);
	free(s);
}

static void no_notice(void *user, const char *text)
{
	(void)user;
	(void)text; /* "relation exists already, skipping" */
}

gn_err gn_history_open_postgresql(const char *conninfo, struct gn_sql **out, char why[HISTORY_WHY])
{
	/* of two of a name the later one counts: what conninfo says */
	static const char *const names[] = {"connect_timeout", "dbname", NULL};
	const char *values[] = {CONNECT_S, conninfo, NULL};
	struct postgresql *s = calloc(1, sizeof *s);
	if (!s)
		return GN_NOMEM;
	s->base.run = run;
	s->base.close = close_it;
	s->conn = PQconnectdbParams(names, values, true);
	if (PQstatus(s->conn) != CONNECTION_OK) {
		snprintf(why, HISTORY_WHY, "PostgreSQL: %s", PQerrorMessage(s->conn));
		close_it(&s->base);
		return GN_UNREACHABLE;
	}
	PQsetNoticeProcessor(s->conn, no_notice, NULL);
	*out = &s->base;
	return GN_OK;
}

#endif
