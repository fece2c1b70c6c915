/* What is done with a journal without a hub: its records are read, and its state is held against
 * that of the hub that wrote it, and against the history. */
#include "history/history.h"
#include "hub/proof_int.h"
#include "ledger/ledger.h"
#include "net/net.h"
#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* where a journal file's header has the hub's key (LG-48): magic 8, version 4, number 4, first
 * seq 8, salt 16 */
#define HEADER_HUB 40

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
	gn_err err = gn_hub_proof_list(p->source.dir, &files, &count);
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

static gn_err replay_journal(struct replay *p)
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
	GN_TRY(gn_hub_proof_open(data, &p->source, why));
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
	gn_hub_proof_close(&p->source);
}

/* LG-54: the state of the journal against the state of the hub that wrote it. */
static gn_err compare_states(const struct replay *p, char why[GN_HUB_WHY])
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
		     "tells %s, the journal gives %s",
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
	char path[600], said[HISTORY_WHY];
	*seq = 0;
	snprintf(path, sizeof path, "%s/history.db", data);
	if (access(path, F_OK) != 0 && errno == ENOENT)
		return GN_OK;
	if (gn_history_known(path, hub, seq, said) == GN_OK)
		return GN_OK;
	snprintf(why, GN_HUB_WHY,
		 "the history in %.300s cannot be read (%.120s), and it tells how far the journal "
		 "should go; if it is lost, move it away and verify without it",
		 path, said);
	return GN_IO;
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
	     "records are gone or damaged",
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
	if (!err && (err = replay_journal(&p)) == GN_HASH)
		snprintf(why, GN_HUB_WHY,
			 "the state after record %llu is not the one that the CHECKPOINT behind it "
			 "tells",
			 (unsigned long long)gn_ledger_seq(p.ledger));
	else if (err && p.ledger)
		snprintf(why, GN_HUB_WHY, "the journal does not hold after record %llu: %s",
			 (unsigned long long)gn_ledger_seq(p.ledger), gn_err_text(err));
	if (!err && gn_ledger_seq(p.ledger) == 0) { /* the first one is made with the journal */
		err = GN_TRUNCATED;
		snprintf(why, GN_HUB_WHY, "not one record of the journal in %s holds", data);
	}
	if (!err)
		err = compare_states(&p, why);
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
	if (!err && (err = replay_journal(&p)))
		snprintf(why, GN_HUB_WHY, "the journal does not hold after record %llu: %s",
			 (unsigned long long)gn_ledger_seq(p.ledger), gn_err_text(err));
	replay_close(&p);
	return err;
}
