/* What is done with a journal without a hub: verify it, read it, export and import it.
 *
 * 1. The hub's directory is locked when nobody runs it; while it runs, its journal is copied
 *    (files only grow, so a copy is a prefix, and its torn tail is cut in the copy alone) and
 *    the copy is read.
 * 2. HB-20, an export: "GNEXPORT1\n", then per file "<name> <length> <hash>\n" and its bytes,
 *    then "end\n". The hash is h = SHA-256(h || piece) over pieces of 1 MiB, from zeros, in hex. */
#include "hub/hub.h"
#include "ledger/ledger.h"
#include "net/net.h"
#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE ((size_t)1 << 20) /* bytes copied at once */
#define LIST_MAX ((size_t)4 << 20)
/* where a journal file's header has the hub's key (LG-48): magic 8, version 4, number 4, first
 * seq 8, salt 16 */
#define HEADER_HUB 40

void gn_hub_task(const struct gn_ledger_io *io, struct gn_file_task *out);

#define FAIL(err, ...)                                                                             \
	do {                                                                                       \
		snprintf(why, GN_HUB_WHY, __VA_ARGS__);                                            \
		return (err);                                                                      \
	} while (0)

/* ---- the files of a journal ---- */

struct file {
	char name[64];
	uint64_t size;
};

static bool is_log(const char *name)
{
	size_t len = strlen(name);
	return len == 12 && strcmp(name + 8, ".log") == 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct file *)a)->name, ((const struct file *)b)->name);
}

/* Log files of data/journal in order; snapshots are made again. Read without the lock: plain
 * paths. */
static gn_err list_files(const struct gn_os_dir *dir, struct file **out, size_t *count)
{
	struct gn_buf text = {malloc(LIST_MAX), 0, LIST_MAX - 1};
	struct file *files = NULL;
	size_t n = 0;
	gn_err err = text.p ? gn_os_list(dir, "journal", &text) : GN_NOMEM;
	if (!err)
		text.p[text.len] = 0;
	char *p = (char *)text.p;
	while (!err && p < (char *)text.p + text.len) {
		char *end = strchr(p, '\n'), *space;
		if (end)
			*end = 0;
		uint64_t size = strtoull(p, &space, 10);
		if (*space == ' ' && is_log(space + 1)) {
			struct file *grown = realloc(files, (n + 1) * sizeof *files);
			if (!grown) {
				err = GN_NOMEM;
				break;
			}
			files = grown;
			files[n].size = size;
			snprintf(files[n++].name, sizeof files->name, "%s", space + 1);
		}
		if (!end)
			break;
		p = end + 1;
	}
	free(text.p);
	if (err) {
		free(files);
		return err;
	}
	if (n)
		qsort(files, n, sizeof *files, by_name);
	*out = files;
	*count = n;
	return GN_OK;
}

/* ---- a directory to read from: the hub's own, or a copy ---- */

struct source {
	struct gn_os_dir *dir;
	char copy[600]; /* a temporary directory to remove, or "" */
};

static void remove_copy(struct source *s)
{
	struct file *files;
	size_t count;
	char path[700];
	if (list_files(s->dir, &files, &count) == GN_OK) {
		for (size_t i = 0; i < count; i++) {
			snprintf(path, sizeof path, "journal/%s", files[i].name);
			(void)!gn_os_remove(s->dir, path);
		}
		free(files);
	}
	gn_os_dir_close(s->dir);
	static const char *const left[] = {"/journal", "/lock", ""};
	for (size_t i = 0; i < GN_COUNT(left); i++) {
		snprintf(path, sizeof path, "%s%s", s->copy, left[i]);
		if (unlink(path) != 0)
			rmdir(path);
	}
	s->dir = NULL;
}

static void source_close(struct source *s)
{
	if (s->copy[0] && s->dir)
		remove_copy(s);
	else
		gn_os_dir_close(s->dir);
}

static gn_err copy_file(const char *from, struct gn_os_dir *to, const char *name)
{
	uint8_t *piece = malloc(PIECE);
	int fd = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	gn_err err = fd < 0 ? GN_IO : piece ? GN_OK : GN_NOMEM;
	uint64_t at = 0;
	while (!err) {
		ssize_t n = pread(fd, piece, PIECE, (off_t)at);
		if (n <= 0) {
			err = n < 0 ? GN_IO : GN_OK;
			break;
		}
		err = gn_os_write_at(to, name, at, gn_slice(piece, (size_t)n));
		at += (uint64_t)n;
	}
	if (fd >= 0)
		close(fd);
	free(piece);
	return err;
}

/* Files are numbered from 1 (or 0): copied until one is missing. */
static gn_err copy_journal(const char *data, struct source *s)
{
	unsigned number = 0, misses = 0, copied = 0;
	for (; misses < 2; number++) {
		char from[700], name[64];
		struct stat st;
		snprintf(name, sizeof name, "journal/%08x.log", number);
		snprintf(from, sizeof from, "%s/%s", data, name);
		if (lstat(from, &st) != 0) {
			if (errno != ENOENT)
				return GN_IO;
			misses++;
			continue;
		}
		GN_TRY(copy_file(from, s->dir, name));
		copied++;
	}
	return copied ? GN_OK : GN_NOT_FOUND;
}

static gn_err source_open(const char *data, struct source *s, char why[GN_HUB_WHY])
{
	struct stat st;
	s->copy[0] = 0;
	if (stat(data, &st) != 0)
		FAIL(errno == ENOENT ? GN_NOT_FOUND : GN_IO, "%s cannot be read: %s", data,
		     strerror(errno));
	gn_err err = gn_os_dir_open(data, &s->dir);
	if (!err)
		return GN_OK;
	if (err != GN_BUSY)
		FAIL(err, "%s", gn_os_why());
	snprintf(s->copy, sizeof s->copy, "%s.copy.XXXXXX", data);
	if (!mkdtemp(s->copy))
		FAIL(GN_IO, "the running hub's journal cannot be copied beside %s", data);
	if ((err = gn_os_dir_open(s->copy, &s->dir)))
		FAIL(err, "%s", gn_os_why());
	if ((err = copy_journal(data, s))) {
		remove_copy(s);
		FAIL(err, "the running hub's journal cannot be copied: %s", gn_err_text(err));
	}
	return GN_OK;
}

/* ---- replay ---- */

struct replay {
	struct source source;
	struct gn_alloc alloc;
	struct gn_rand rand;
	struct gn_env env;
	struct gn_ledger *ledger;
	struct gn_pk hub;
	size_t files;
	uint64_t bytes;
	gn_err (*each)(void *user, const struct gn_record_view *record);
	void *user;
	const struct gn_hub_live *live; /* to be met at its record */
	struct gn_hash met;
	bool is_met;
	uint64_t checkpoint; /* the last CHECKPOINT's record */
	const struct gn_hub_progress *progress;
	uint64_t passed; /* bytes of batches */
	char last[80];   /* the last file */
	uint64_t last_size;
};

/* The hub's key from the first file's header: a journal is checked without the hub's secret. */
static gn_err read_hub(struct replay *p, const char *data, char why[GN_HUB_WHY])
{
	struct file *files;
	size_t count;
	uint8_t header[HEADER_HUB + 32];
	struct gn_buf buf = {header, 0, sizeof header};
	char name[80];
	gn_err err = list_files(p->source.dir, &files, &count);
	if (!err && count == 0)
		err = GN_NOT_FOUND;
	if (err == GN_NOT_FOUND)
		FAIL(err, "there is no journal in %s", data);
	if (err)
		FAIL(err, "the journal in %s cannot be read: %s", data, gn_err_text(err));
	snprintf(name, sizeof name, "journal/%s", files[0].name);
	for (size_t i = 0; i < count; i++)
		p->bytes += files[i].size;
	p->files = count;
	snprintf(p->last, sizeof p->last, "journal/%s", files[count - 1].name);
	p->last_size = files[count - 1].size;
	free(files);
	err = gn_os_read_at(p->source.dir, name, 0, &buf);
	if (!err && (buf.len != sizeof header || memcmp(header, "GNLEDGER", 8) != 0))
		err = GN_CORRUPT;
	if (err)
		FAIL(err, "%s/%s is not a journal: %s", data, name, gn_err_text(err));
	memcpy(p->hub.b, header + HEADER_HUB, sizeof p->hub.b);
	return GN_OK;
}

static gn_err one_io(struct replay *p)
{
	struct gn_ledger_io io;
	gn_err err = GN_NOT_FOUND;
	while (gn_ledger_next_io(p->ledger, &io)) {
		struct gn_file_task task;
		struct gn_buf result;
		gn_hub_task(&io, &task);
		err = gn_file_perform(p->source.dir, &task, &result);
		gn_ledger_io_done(p->ledger, io.token, err, gn_buf_slice(&result), gn_os_now());
		free(result.p);
		err = GN_OK;
	}
	return err;
}

static gn_err take_records(struct replay *p, const struct gn_ledger_event *e)
{
	size_t off = 0;
	for (uint32_t i = 0; i < e->count; i++) {
		struct gn_record_view v;
		GN_TRY(gn_rec_next(e->payload, &off, e->first_seq + i, &v));
		if (v.type == GN_REC_CHECKPOINT)
			p->checkpoint = v.seq;
		if (p->each)
			GN_TRY(p->each(p->user, &v));
	}
	p->passed += (GN_JOURNAL_BATCH_HEAD + e->payload.len + JOURNAL_ALIGN - 1) / JOURNAL_ALIGN *
		     JOURNAL_ALIGN;
	if (p->progress)
		p->progress->told(p->progress->user, p->passed, p->bytes);
	if (p->live && gn_ledger_seq(p->ledger) == p->live->seq) {
		/* the state is that of this very record */
		p->is_met = true;
		gn_ledger_state_hash(p->ledger, &p->met);
	}
	return GN_OK;
}

static gn_err replay(struct replay *p)
{
	struct gn_ledger_event e;
	for (;;) {
		bool moved = one_io(p) == GN_OK;
		gn_ledger_tick(p->ledger, gn_os_now());
		while (gn_ledger_next_event(p->ledger, &e)) {
			moved = true;
			if (e.kind == GN_LEDGER_RECORDS)
				GN_TRY(take_records(p, &e));
			else if (e.kind == GN_LEDGER_READY || e.kind == GN_LEDGER_STOPPED)
				return e.err;
		}
		if (!moved && gn_ledger_deadline(p->ledger) == GN_NEVER)
			return GN_INTERNAL;
	}
}

static gn_err replay_open(struct replay *p, const char *data, char why[GN_HUB_WHY])
{
	memset(p, 0, sizeof *p);
	GN_TRY(source_open(data, &p->source, why));
	gn_err err = read_hub(p, data, why);
	if (err)
		return err;
	p->rand = gn_rand_system();
	gn_alloc_heap(&p->alloc, (size_t)1 << 40);
	p->env = (struct gn_env){&p->alloc, &p->rand, NULL};
	struct gn_ledger_config c = {
		.hub = p->hub, .dir = "journal", .feed_from = 1, .verify = true};
	gn_ledger_settings_default(&c.settings);
	err = gn_ledger_new(&p->env, &c, &p->ledger);
	if (err)
		FAIL(err, "the ledger cannot be set up: %s", gn_err_text(err));
	gn_ledger_start(p->ledger, gn_os_now());
	return GN_OK;
}

static void replay_close(struct replay *p)
{
	gn_ledger_free(p->ledger);
	source_close(&p->source);
}

/* LG-54: the state of the journal against the state of the hub that wrote it. */
static gn_err compare(const struct replay *p, char why[GN_HUB_WHY])
{
	char told[65], found[65];
	if (!p->live)
		return GN_OK;
	if (p->live->seq > gn_ledger_seq(p->ledger))
		FAIL(GN_TRUNCATED,
		     "the running hub is at record %llu, the journal ends at %llu: durable records "
		     "are gone",
		     (unsigned long long)p->live->seq,
		     (unsigned long long)gn_ledger_seq(p->ledger));
	gn_hex(GN_SLICE(p->live->state.b), told);
	gn_hex(GN_SLICE(p->met.b), found);
	if (!p->is_met || memcmp(&p->met, &p->live->state, sizeof p->met) != 0)
		FAIL(GN_HASH,
		     "the running hub's state at record %llu is not that of its journal: the hub "
		     "tells %s, the journal "
		     "gives %s",
		     (unsigned long long)p->live->seq, told, p->is_met ? found : "no such state");
	return GN_OK;
}

/* Bytes of the last file behind the last record that holds: a batch that was never finished, or
 * damage. */
static uint64_t tail_of(const struct replay *p)
{
	uint8_t head[GN_JOURNAL_FILE_HEAD];
	struct gn_journal_file file;
	struct gn_journal_batch b;
	uint64_t at = GN_JOURNAL_FILE_HEAD;
	struct gn_buf buf = {head, 0, sizeof head};
	if (gn_os_read_at(p->source.dir, p->last, 0, &buf) ||
	    gn_journal_file(gn_buf_slice(&buf), &file))
		return p->last_size;
	for (uint64_t next = file.first_seq; next <= gn_ledger_seq(p->ledger);
	     next = b.first_seq + b.count) {
		buf = (struct gn_buf){head, 0, GN_JOURNAL_BATCH_HEAD};
		if (gn_os_read_at(p->source.dir, p->last, at, &buf) ||
		    gn_journal_batch(&file, gn_buf_slice(&buf), &b))
			break;
		at += b.stored;
	}
	return p->last_size > at ? p->last_size - at : 0;
}

/* The last record that this hub's history (SQLite) knows; 0: there is none to ask. It is only
 * read. */
static gn_err watermark_of(const char *data, const struct gn_pk *hub, uint64_t *seq,
			   char why[GN_HUB_WHY])
{
	static const char query[] = "SELECT (SELECT value FROM meta WHERE name = 'watermark') FROM "
				    "meta WHERE name = "
				    "'identity' AND value LIKE '%' || ?1";
	char path[600], hex[65];
	sqlite3 *db = NULL;
	sqlite3_stmt *st = NULL;
	*seq = 0;
	snprintf(path, sizeof path, "%s/history.db", data);
	if (access(path, F_OK) != 0 && errno == ENOENT)
		return GN_OK;
	gn_hex(GN_SLICE(hub->b), hex);
	int code = sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_prepare_v2(db, query, -1, &st, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_bind_text(st, 1, hex, -1, SQLITE_STATIC);
	if (code == SQLITE_OK && (code = sqlite3_step(st)) == SQLITE_ROW)
		*seq = (uint64_t)sqlite3_column_int64(st, 0);
	/* ERROR: a database that has no such table yet */
	bool ok = code == SQLITE_ROW || code == SQLITE_DONE || code == SQLITE_ERROR;
	if (!ok)
		snprintf(why, GN_HUB_WHY,
			 "the history in %.300s cannot be read (%.120s), and it tells how far the "
			 "journal should go; "
			 "if it "
			 "is lost, move it away and verify without it",
			 path, sqlite3_errmsg(db));
	sqlite3_finalize(st);
	sqlite3_close(db);
	return ok ? GN_OK : GN_IO;
}

/* HB-11: the history is made from durable records. */
static gn_err compare_history(const struct replay *p, const char *data, uint64_t watermark,
			      char why[GN_HUB_WHY])
{
	uint64_t last = gn_ledger_seq(p->ledger), tail = tail_of(p);
	char behind[120] = "";
	if (watermark <= last)
		return GN_OK;
	if (tail)
		snprintf(behind, sizeof behind, "; the %llu bytes behind record %llu do not hold",
			 (unsigned long long)tail, (unsigned long long)last);
	FAIL(GN_TRUNCATED,
	     "the history in %s/history.db knows record %llu, the journal ends at %llu%s: durable "
	     "records are gone or "
	     "damaged",
	     data, (unsigned long long)watermark, (unsigned long long)last, behind);
}

gn_err gn_hub_verify(const char *data, const struct gn_hub_live *live,
		     const struct gn_hub_progress *progress, struct gn_hub_report *out,
		     char why[GN_HUB_WHY])
{
	struct replay p;
	struct gn_pk key;
	uint64_t watermark = 0;
	/* read first: what the history knows is durable, so the journal read afterwards has it */
	if (gn_hub_key(data, &key) == GN_OK)
		GN_TRY(watermark_of(data, &key, &watermark, why));
	gn_err err = replay_open(&p, data, why);
	p.live = live;
	p.progress = progress;
	if (!err && (err = replay(&p)) == GN_HASH)
		snprintf(why, GN_HUB_WHY,
			 "the state after record %llu is not the one that the CHECKPOINT behind it "
			 "tells",
			 (unsigned long long)gn_ledger_seq(p.ledger));
	else if (err && p.ledger)
		snprintf(why, GN_HUB_WHY, "the journal does not hold after record %llu: %s",
			 (unsigned long long)gn_ledger_seq(p.ledger), gn_err_text(err));
	if (!err)
		err = compare(&p, why);
	if (!err)
		err = compare_history(&p, data, watermark, why);
	if (!err) {
		gn_ledger_validate(p.ledger);
		*out = (struct gn_hub_report){.hub = p.hub,
					      .records = gn_ledger_seq(p.ledger),
					      .files = p.files,
					      .bytes = p.bytes,
					      .torn = p.source.copy[0] ? 0 : tail_of(&p),
					      .watermark = watermark,
					      .last = gn_ledger_time(p.ledger),
					      .copied = p.source.copy[0] != 0,
					      .end_known = live || watermark,
					      .compared = live           ? GN_HUB_LIVE
							  : p.checkpoint ? GN_HUB_CHECKPOINT
							  : watermark    ? GN_HUB_HISTORY
									 : GN_HUB_ALONE,
					      .compared_at = live           ? live->seq
							     : p.checkpoint ? p.checkpoint
									    : watermark};
		gn_ledger_state_hash(p.ledger, &out->state);
	}
	replay_close(&p);
	return err;
}

gn_err gn_hub_records(const char *data,
		      gn_err (*each)(void *user, const struct gn_record_view *record), void *user,
		      char why[GN_HUB_WHY])
{
	struct replay p;
	gn_err err = replay_open(&p, data, why);
	p.each = each;
	p.user = user;
	if (!err && (err = replay(&p)))
		snprintf(why, GN_HUB_WHY, "the journal does not hold after record %llu: %s",
			 (unsigned long long)gn_ledger_seq(p.ledger), gn_err_text(err));
	replay_close(&p);
	return err;
}

/* ---- export and import ---- */

static gn_err hash_file(const struct gn_os_dir *dir, const char *name, uint64_t size,
			gn_err (*put)(void *, struct gn_slice), void *user, struct gn_hash *out)
{
	/* SHA-256 over the SHA-256 of each MiB: pieces are hashed as they pass */
	uint8_t *piece = malloc(PIECE);
	struct gn_hash chain = {{0}};
	gn_err err = piece ? GN_OK : GN_NOMEM;
	for (uint64_t at = 0; !err && at < size; at += PIECE) {
		struct gn_buf buf = {piece, 0, size - at < PIECE ? (size_t)(size - at) : PIECE};
		size_t want = buf.cap;
		err = gn_os_read_at(dir, name, at, &buf);
		if (!err && buf.len != want)
			err = GN_TRUNCATED;
		struct gn_slice parts[] = {GN_SLICE(chain.b), gn_buf_slice(&buf)};
		if (!err)
			gn_sha256(parts, 2, &chain);
		if (!err && put)
			err = put(user, gn_buf_slice(&buf));
	}
	free(piece);
	*out = chain;
	return err;
}

static gn_err export_file(const struct gn_os_dir *dir, const struct file *f,
			  gn_err (*put)(void *, struct gn_slice), void *user)
{
	char name[80], line[200], hex[65];
	struct gn_hash hash;
	snprintf(name, sizeof name, "journal/%s", f->name);
	GN_TRY(hash_file(dir, name, f->size, NULL, NULL, &hash));
	gn_hex(GN_SLICE(hash.b), hex);
	int n = snprintf(line, sizeof line, "%s %llu %s\n", f->name, (unsigned long long)f->size,
			 hex);
	GN_TRY(put(user, gn_slice(line, (size_t)n)));
	return hash_file(dir, name, f->size, put, user, &hash);
}

gn_err gn_hub_export(const char *data, gn_err (*put)(void *user, struct gn_slice bytes), void *user,
		     char why[GN_HUB_WHY])
{
	struct source s;
	struct file *files = NULL;
	size_t count = 0;
	GN_TRY(source_open(data, &s, why));
	gn_err err = list_files(s.dir, &files, &count);
	if (!err && count == 0)
		err = GN_NOT_FOUND;
	if (!err)
		err = put(user, GN_LIT("GNEXPORT1\n"));
	for (size_t i = 0; !err && i < count; i++)
		err = export_file(s.dir, &files[i], put, user);
	if (!err)
		err = put(user, GN_LIT("end\n"));
	free(files);
	source_close(&s);
	if (err)
		snprintf(why, GN_HUB_WHY, "%s: %s", data,
			 err == GN_NOT_FOUND ? "there is no journal" : gn_err_text(err));
	return err;
}

struct import {
	size_t (*get)(void *user, uint8_t *out, size_t cap);
	void *user;
	uint8_t *piece;
	size_t at, len;
};

static int next_byte(struct import *in)
{
	if (in->at == in->len) {
		in->at = 0;
		in->len = in->get(in->user, in->piece, PIECE);
		if (in->len == 0)
			return -1;
	}
	return in->piece[in->at++];
}

static bool next_line(struct import *in, char *out, size_t cap)
{
	size_t n = 0;
	int c;
	while ((c = next_byte(in)) >= 0 && c != '\n' && n + 1 < cap)
		out[n++] = (char)c;
	out[n] = 0;
	return c == '\n';
}

static gn_err import_file(struct import *in, struct gn_os_dir *dir, const char *name, uint64_t size,
			  const uint8_t hash[32])
{
	uint8_t *piece = malloc(PIECE);
	struct gn_hash chain = {{0}};
	gn_err err = piece ? GN_OK : GN_NOMEM;
	for (uint64_t at = 0; !err && at < size;) {
		size_t want = size - at < PIECE ? (size_t)(size - at) : PIECE, n = 0;
		int c = 0;
		while (n < want && (c = next_byte(in)) >= 0)
			piece[n++] = (uint8_t)c;
		if (n < want)
			err = GN_TRUNCATED;
		struct gn_slice parts[] = {GN_SLICE(chain.b), gn_slice(piece, n)};
		if (!err)
			gn_sha256(parts, 2, &chain);
		if (!err)
			err = gn_os_write_at(dir, name, at, gn_slice(piece, n));
		at += n;
	}
	free(piece);
	if (!err && memcmp(chain.b, hash, 32) != 0)
		err = GN_HASH;
	return err ? err : gn_os_sync(dir, name);
}

static gn_err import_all(struct import *in, struct gn_os_dir *dir)
{
	char line[200], name[80];
	unsigned long long size;
	if (!next_line(in, line, sizeof line) || strcmp(line, "GNEXPORT1") != 0)
		return GN_MALFORMED;
	for (;;) {
		char file[16], hex[65];
		uint8_t hash[32];
		if (!next_line(in, line, sizeof line))
			return GN_TRUNCATED;
		if (strcmp(line, "end") == 0)
			return GN_OK;
		if (sscanf(line, "%15s %llu %64s", file, &size, hex) != 3 || !is_log(file) ||
		    strspn(file, "0123456789abcdef") != 8 || gn_unhex(gn_str(hex), hash, 32))
			return GN_MALFORMED;
		snprintf(name, sizeof name, "journal/%s", file);
		GN_TRY(import_file(in, dir, name, size, hash));
	}
}

gn_err gn_hub_import(const char *data, size_t (*get)(void *user, uint8_t *out, size_t cap),
		     void *user, char why[GN_HUB_WHY])
{
	struct gn_os_dir *dir;
	struct file *files = NULL;
	size_t count = 0;
	struct import in = {get, user, malloc(PIECE), 0, 0};
	gn_err err = in.piece ? gn_os_dir_open(data, &dir) : GN_NOMEM;
	if (err) {
		free(in.piece);
		FAIL(err, "%s%s", gn_os_why(),
		     err == GN_BUSY ? "; import into an empty directory" : "");
	}
	err = list_files(dir, &files, &count);
	free(files);
	if (!err && count)
		err = GN_EXISTS;
	bool ours = !err;
	if (!err)
		err = import_all(&in, dir);
	if (err && ours && list_files(dir, &files, &count) == GN_OK) {
		/* half a journal is worse than none */
		for (size_t i = 0; i < count; i++) {
			char name[80];
			snprintf(name, sizeof name, "journal/%s", files[i].name);
			(void)!gn_os_remove(dir, name);
		}
		free(files);
	}
	gn_os_dir_close(dir);
	free(in.piece);
	if (err)
		FAIL(err, "%s: %s", data,
		     err == GN_EXISTS ? "there is a journal already; import into an empty directory"
				      : gn_err_text(err));
	return GN_OK;
}
