/* A backup made and given to the program that asked for it: a copy of the store for another device
 * (db_backup.c), sealed with a key that follows from the 24 words, and a head before it.
 *
 *   none -> copying [agent_call_backup; some pages a turn] -> streaming [as the client reads]
 *        -> none [its end; the client went away, or it was locked]
 *
 * 1. The copy is under DATA until it was streamed; what a crash left there goes at the next start.
 * 2. Keys are wiped when the copy is made: streaming needs none.
 *
 * Rules: AG-92, AG-93. */
#include "agent/backup_int.h"
#include "agent/serve_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define COPY GN_AGENT_DIR "/backup.db"
#define PIECE 65536u

struct agent_backing {
	struct agent_request *r;      /* borrowed: who asked */
	struct gn_agent_backup *copy; /* owned; NULL: it is made */
	struct agent_backup_head head;
	struct agent_backup_keys keys; /* secret */
	uint8_t page[AGENT_PAGE];      /* the head */
	uint64_t size, at;             /* of the stream */
	unsigned whole;                /* pages to copy */
	gn_time told;
};

static const struct gn_app_kind is_kind = {GN_FB_APP_BODY_APP_AGENT,
					   GN_FB_APP_AGENT_BODY_BACKUP_IS};

static void remove_copy(struct gn_agent *a)
{
	static const char *const names[] = {COPY,        COPY "-wal",     COPY "-shm",
					    COPY ".new", COPY ".new-wal", COPY ".new-shm"};
	for (size_t i = 0; i < GN_COUNT(names); i++)
		(void)!gn_os_remove(gn_agent_vault_dir(a->vault), names[i]);
}

static void end(struct gn_agent *a)
{
	struct agent_backing *b = a->backing;
	if (b->copy)
		(void)!gn_agent_backup_end(b->copy); /* given up */
	gn_wipe(b, sizeof *b);
	free(b);
	a->backing = NULL;
	remove_copy(a);
}

static void tell(struct agent_backing *b, uint64_t done, uint64_t size, bool copied, bool last)
{
	struct gn_fbb *f = gn_host_answer_begin(&b->r->base);
	struct gn_fb_backup_is_args args = {.size = size,
					    .done = done,
					    .copied = copied,
					    .passphrase = b->head.keyfile_len > 0};
	gn_fbref t = gn_fb_backup_is_make(f, &args);
	if (last)
		gn_host_answer(&b->r->base, is_kind, t);
	else
		gn_host_answer_more(&b->r->base, is_kind, t);
}

static void give_up(struct gn_agent *a, gn_err err, const char *why)
{
	struct agent_request *r = a->backing->r;
	end(a);
	gn_host_error(&r->base, err, "%s", why);
}

/* ---- the bytes ---- */

static gn_err read_piece(struct gn_agent *a, uint8_t *out, size_t cap, size_t *len)
{
	struct agent_backing *b = a->backing;
	struct gn_buf buf = {out, 0, cap};
	if (b->at < AGENT_PAGE) {
		*len = cap < AGENT_PAGE - b->at ? cap : AGENT_PAGE - (size_t)b->at;
		memcpy(out, b->page + b->at, *len);
		return GN_OK;
	}
	gn_err err = gn_os_read_at(gn_agent_vault_dir(a->vault), COPY, b->at - AGENT_PAGE, &buf);
	*len = buf.len;
	return err ? err : buf.len ? GN_OK : GN_TRUNCATED;
}

static void stream(struct gn_agent *a)
{
	static uint8_t piece[PIECE];
	struct agent_backing *b = a->backing;
	size_t room, len;
	while (b->at < b->size && (room = gn_host_room(&b->r->base)) > 0) {
		room = room < PIECE ? room : PIECE;
		room = room < b->size - b->at ? room : (size_t)(b->size - b->at);
		gn_err err = read_piece(a, piece, room, &len);
		if (err) {
			give_up(a, err, "the copy under DATA/agent cannot be read");
			return;
		}
		gn_host_send(&b->r->base, gn_slice(piece, len));
		b->at += len;
	}
	if (b->at < b->size)
		return;
	gn_host_send_end(&b->r->base);
	tell(b, b->size, b->size, true, true);
	end(a);
}

static void on_room(struct gn_host_request *base)
{
	struct gn_agent *a = agent_request_of(base)->agent;
	if (a->backing && &a->backing->r->base == base && !a->backing->copy)
		stream(a);
}

/* ---- the copy ---- */

static gn_err made(struct gn_agent *a)
{
	struct agent_backing *b = a->backing;
	struct gn_agent_backup *copy = b->copy;
	char path[800];
	struct stat st;
	b->copy = NULL;
	GN_TRY(gn_agent_backup_end(copy));
	snprintf(path, sizeof path, "%s/" COPY, gn_agent_vault_root(a->vault));
	if (stat(path, &st) != 0 || st.st_size <= 0 || st.st_size % (off_t)AGENT_PAGE != 0 ||
	    st.st_size / (off_t)AGENT_PAGE > UINT32_MAX)
		return GN_IO;
	b->head.pages = (uint32_t)(st.st_size / (off_t)AGENT_PAGE);
	b->size = AGENT_PAGE + (uint64_t)st.st_size;
	agent_backup_head_put(&b->head, &b->keys, b->page);
	gn_wipe(&b->keys, sizeof b->keys);
	tell(b, 0, b->size, true, false);
	return GN_OK;
}

gn_time agent_backup_pump(struct gn_agent *a)
{
	struct agent_backing *b = a->backing;
	unsigned left;
	if (!b || !b->copy)
		return GN_NEVER;
	gn_err err = gn_agent_backup_step(b->copy, AGENT_BACKUP_PAGES, &left);
	b->whole = left > b->whole ? left : b->whole;
	if (!err && left) {
		if (a->now >= b->told + AGENT_BACKUP_TELL) {
			b->told = a->now;
			tell(b, (uint64_t)(b->whole - left) * AGENT_PAGE,
			     (uint64_t)b->whole * AGENT_PAGE, false, false);
		}
		return a->now;
	}
	err = err ? err : made(a);
	if (err)
		give_up(a, err, gn_agent_db_why(a->db));
	else
		stream(a);
	return GN_NEVER;
}

/* ---- the call ---- */

/* Whose it is, and its keys; the passphrase was tried before. */
static gn_err make_head(struct gn_agent *a, struct gn_slice passphrase, struct agent_backing *b)
{
	const struct gn_agent_identity *id;
	struct gn_buf file = {b->head.keyfile, 0, sizeof b->head.keyfile};
	b->head.owner = a->owner;
	b->head.created = agent_unix(a);
	gn_rand_fill(&a->host.rand, b->head.salt, sizeof b->head.salt);
	if (gn_agent_vault_sealed(a->vault))
		GN_TRY(gn_os_file_read(gn_agent_vault_dir(a->vault), "identity.key", &file));
	b->head.keyfile_len = file.len;
	GN_TRY(gn_agent_vault_identity(a->vault, passphrase, a->now));
	GN_TRY(gn_agent_vault_identity_get(a->vault, a->now, &id));
	agent_backup_keys(id->entropy, b->head.salt, &b->keys);
	gn_agent_vault_identity_done(a->vault);
	return GN_OK;
}

gn_err agent_call_backup(struct agent_request *r)
{
	struct gn_agent *a = r->agent;
	struct gn_fb_agent_backup t = {r->base.table};
	struct gn_slice passphrase = gn_fb_agent_backup_passphrase(t);
	if (a->backing) {
		gn_host_error(&r->base, GN_BUSY, "a backup is being made already");
		return GN_OK;
	}
	if (!agent_allowed(r, "write all that you keep here, sealed, into a file: a backup",
			   passphrase, gn_fb_agent_backup_approval(t)))
		return GN_OK;
	struct agent_backing *b = calloc(1, sizeof *b);
	if (!b)
		return GN_NOMEM;
	b->r = r;
	gn_err err = make_head(a, passphrase, b);
	if (!err)
		err = gn_agent_backup_begin_for(a->db, COPY, b->keys.pages, &b->copy);
	if (err) {
		gn_host_error(&r->base, err, "%s",
			      *gn_agent_db_why(a->db) ? gn_agent_db_why(a->db)
						      : "no copy can be made");
		gn_wipe(b, sizeof *b);
		free(b);
		return GN_OK;
	}
	a->backing = b;
	r->base.drain = on_room;
	gn_host_streams(&r->base);
	gn_host_lasts(&r->base);
	gn_host_log(&a->host, GN_LOG_INFO, "backup", "begun");
	return GN_OK;
}

/* ---- from outside ---- */

void agent_backup_closed(struct agent_request *r)
{
	if (r->agent && r->agent->backing && r->agent->backing->r == r)
		end(r->agent);
}

void agent_backup_open(struct gn_agent *a)
{
	remove_copy(a);
}

void agent_backup_close(struct gn_agent *a)
{
	if (a->backing)
		give_up(a, GN_LOCKED, "it was locked meanwhile");
}
