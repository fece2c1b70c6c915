/* A backup put back, as another device of the same person: new device keys, so new sessions,
 * prekeys and boxes; what was said and who is known come from the backup.
 *
 *   NEW -> the mark is there [AG-94] -> pages copied, opened, sealed anew -> OPEN [the mark goes]
 *       -> NEW [a failure: what was made goes]
 *
 * 1. Before anything is written the head is proven to be this person's.
 * 2. While the mark is there no agent starts: a crash leaves nothing that looks like a store.
 * 3. Every page is opened: damage anywhere is found here, not in a year.
 *
 * Rules: AG-93, AG-94. */
#include "agent/restore.h"

#include "agent/backup_int.h"
#include "agent/vault_int.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define COPY GN_AGENT_DIR "/restore.db"

struct restoring {
	const struct gn_agent_restore *in;
	struct gn_agent_vault *vault;
	const struct gn_os_dir *dir;
	struct agent_backup_head head;
	struct agent_backup_keys keys; /* secret */
	uint8_t page[AGENT_PAGE];
	uint8_t entropy[32]; /* secret */
	bool had_identity;
	char *why;
};

static gn_err refuse(struct restoring *t, gn_err err, const char *text)
{
	snprintf(t->why, GN_AGENT_WHY, "%.200s: %.300s", t->in->name, text);
	return err;
}

/* ---- what the file says ---- */

/* A page; *whole false: the file ends before it. */
static gn_err read_page(struct restoring *t, uint8_t out[AGENT_PAGE], bool *whole)
{
	size_t len = 0;
	while (len < AGENT_PAGE) {
		ssize_t n = read(t->in->fd, out + len, AGENT_PAGE - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return refuse(t, GN_IO, "it cannot be read");
		if (n == 0)
			break;
		len += (size_t)n;
	}
	*whole = len == AGENT_PAGE;
	return len && !*whole ? refuse(t, GN_TRUNCATED, "it is cut off") : GN_OK;
}

static gn_err read_head(struct restoring *t)
{
	bool whole = false;
	memset(t->page, 0, sizeof t->page);
	gn_err err = read_page(t, t->page, &whole);
	/* what is short is a backup that was cut off only where it begins as one */
	if (err == GN_TRUNCATED && agent_backup_head_parse(t->page, &t->head) != GN_PROTOCOL)
		return err;
	if (err && err != GN_TRUNCATED)
		return err;
	err = whole ? agent_backup_head_parse(t->page, &t->head) : GN_PROTOCOL;
	if (err == GN_VERSION)
		return refuse(t, err, "a newer GeoNet made it: use that one");
	if (err)
		return refuse(t, err,
			      err == GN_PROTOCOL ? "it is no backup of an agent" : "it is damaged");
	return GN_OK;
}

/* ---- the identity ---- */

static gn_err from_backup(struct restoring *t)
{
	struct gn_buf out = {t->entropy, 0, sizeof t->entropy};
	struct agent_passphrase p;
	gn_err err = GN_PASSPHRASE;
	if (!t->head.keyfile_len)
		return refuse(
			t, GN_NOT_FOUND,
			"it was made without a passphrase, so the 24 words open it: geonet id "
			"import, then the same again");
	if (!t->in->passphrase.len)
		return refuse(t, GN_PASSPHRASE, "its passphrase is needed");
	for (int form = 0; form < AGENT_FORMS && err == GN_PASSPHRASE; form++) {
		out.len = 0;
		if (agent_passphrase_form(t->in->passphrase, (enum agent_form)form, &p))
			err = gn_keyfile_open(gn_slice(t->head.keyfile, t->head.keyfile_len),
					      "identity", gn_slice(p.b, p.len), &out);
	}
	gn_wipe(&p, sizeof p);
	if (err == GN_PASSPHRASE)
		return refuse(t, err, "the passphrase does not open it");
	return err || out.len != sizeof t->entropy ? refuse(t, GN_CORRUPT, "it is damaged") : GN_OK;
}

static gn_err from_data(struct restoring *t)
{
	const struct gn_agent_identity *id;
	gn_err err = gn_agent_vault_identity(t->vault, t->in->passphrase, 0);
	if (!err)
		err = gn_agent_vault_identity_get(t->vault, 0, &id);
	if (err) {
		snprintf(t->why, GN_AGENT_WHY, "%.500s", gn_agent_vault_why(t->vault));
		return err;
	}
	memcpy(t->entropy, id->entropy, sizeof t->entropy);
	gn_agent_vault_identity_done(t->vault);
	return GN_OK;
}

static gn_err find_identity(struct restoring *t)
{
	struct gn_identity_keys keys;
	struct gn_buf none = {NULL, 0, 0};
	char pid[GN_PID_MAX], text[160];
	t->had_identity = gn_os_read_at(t->dir, AGENT_IDENTITY, 0, &none) != GN_NOT_FOUND;
	GN_TRY(t->had_identity ? from_data(t) : from_backup(t));
	GN_TRY(gn_identity_derive(t->entropy, 0, &keys));
	bool same = gn_pk_eq(&keys.sk.pk, &t->head.owner);
	gn_identity_wipe(&keys);
	if (!same) {
		gn_pid(&t->head.owner, pid);
		snprintf(text, sizeof text, "it is %s's, and the identity here is another", pid);
		return refuse(t, GN_KEY, text);
	}
	agent_backup_keys(t->entropy, t->head.salt, &t->keys);
	return agent_backup_head_right(t->page, &t->keys) ? GN_OK
							  : refuse(t, GN_CORRUPT, "it is damaged");
}

/* ---- the store ---- */

static gn_err os_failed(struct restoring *t, gn_err err)
{
	if (err)
		snprintf(t->why, GN_AGENT_WHY, "%.500s", gn_os_why());
	return err;
}

static void step(struct restoring *t, uint64_t pages)
{
	if (t->in->progress && pages % 256 == 0)
		t->in->progress(t->in->user, pages * AGENT_PAGE,
				2 * (uint64_t)t->head.pages * AGENT_PAGE);
}

static gn_err copy_pages(struct restoring *t)
{
	uint8_t page[AGENT_PAGE];
	bool whole = false;
	for (uint32_t i = 0; i < t->head.pages; i++) {
		GN_TRY(read_page(t, page, &whole));
		if (!whole)
			return refuse(t, GN_TRUNCATED, "it is cut off");
		GN_TRY(os_failed(
			t, gn_os_write_at(t->dir, COPY, (uint64_t)i * AGENT_PAGE, GN_SLICE(page))));
		step(t, i);
	}
	GN_TRY(read_page(t, page, &whole));
	return whole ? refuse(t, GN_CORRUPT, "something follows its end") : GN_OK;
}

/* Sealed with this device's key: all pages are opened on the way. */
static gn_err seal_anew(struct restoring *t)
{
	struct gn_agent_db_place place = {.dir = t->dir,
					  .root = gn_agent_vault_root(t->vault),
					  .name = COPY,
					  .rand = t->in->rand};
	struct gn_agent_db *db;
	struct gn_agent_backup *copy = NULL;
	uint8_t key[GN_AGENT_DB_KEY];
	unsigned left = 1, first = 0;
	memcpy(place.key, t->keys.pages, sizeof place.key);
	gn_err err = gn_agent_db_open(&place, false, &db, t->why);
	gn_wipe(place.key, sizeof place.key);
	if (err == GN_VERSION)
		return refuse(t, err, "a newer GeoNet made it: use that one");
	if (err == GN_CORRUPT || err == GN_KEY)
		return refuse(t, GN_CORRUPT, "bytes of it were changed");
	if (err)
		return err; /* of this disk, not of the backup */
	err = gn_agent_vault_db_key(t->vault, key);
	if (!err)
		err = gn_agent_backup_begin_for(db, GN_AGENT_STORE, key, &copy);
	gn_wipe(key, sizeof key);
	while (!err && left) {
		err = gn_agent_backup_step(copy, 256, &left);
		first = left > first ? left : first;
		step(t, t->head.pages + ((uint64_t)(first - left) & ~UINT64_C(255)));
	}
	if (left) {
		if (copy)
			(void)!gn_agent_backup_end(copy);
	} else {
		err = gn_agent_backup_end(copy);
	}
	if (err == GN_CORRUPT)
		(void)refuse(t, err, "bytes of it were changed");
	else if (err)
		snprintf(t->why, GN_AGENT_WHY, "%.500s", gn_agent_db_why(db));
	gn_agent_db_close(db);
	return err;
}

/* Whoever opens it next is to know that it was put back. */
static gn_err mark_restored(struct restoring *t)
{
	static const uint8_t set[1] = {1};
	struct gn_agent_db_place place = {.dir = t->dir,
					  .root = gn_agent_vault_root(t->vault),
					  .name = GN_AGENT_STORE,
					  .rand = t->in->rand};
	struct gn_agent_db *db = NULL;
	struct gn_agent_tx tx = {0};
	GN_TRY(gn_agent_vault_db_key(t->vault, place.key));
	gn_err err = gn_agent_db_open(&place, false, &db, t->why);
	gn_wipe(place.key, sizeof place.key);
	GN_TRY(err);
	err = gn_agent_tx_begin(db, &tx);
	err = err ? err : gn_agent_meta_put(&tx, AGENT_RESTORED, GN_SLICE(set));
	err = err ? err : gn_agent_tx_commit(&tx);
	if (err) {
		snprintf(t->why, GN_AGENT_WHY, "%.500s", gn_agent_db_why(db));
		gn_agent_tx_abort(&tx);
	}
	gn_agent_db_close(db);
	return err;
}

/* ---- all of it ---- */

static void remove_all(struct restoring *t, bool failed)
{
	static const char *const copies[] = {COPY, COPY "-wal", COPY "-shm"},
				 *const made[] = {AGENT_DEVICE,          AGENT_READER,
						  GN_AGENT_STORE,        GN_AGENT_STORE "-wal",
						  GN_AGENT_STORE "-shm", GN_AGENT_STORE ".new"};
	for (size_t i = 0; i < GN_COUNT(copies); i++)
		(void)!gn_os_remove(t->dir, copies[i]);
	for (unsigned v = 1; v < GN_AGENT_DB_VERSION; v++) {
		char name[64];
		snprintf(name, sizeof name, COPY ".v%u", v);
		(void)!gn_os_remove(t->dir, name);
	}
	for (size_t i = 0; failed && i < GN_COUNT(made); i++)
		(void)!gn_os_remove(t->dir, made[i]);
	if (failed && !t->had_identity) {
		(void)!gn_os_remove(t->dir, AGENT_IDENTITY);
		(void)!gn_os_remove(t->dir, AGENT_PUBLIC);
	}
	(void)!gn_os_remove(t->dir, AGENT_RESTORING);
}

static gn_err restore(struct restoring *t)
{
	uint8_t nothing;
	struct gn_buf none = {&nothing, 0, 0};
	if (gn_agent_vault_state(t->vault) != GN_AGENT_NEW ||
	    (gn_os_read_at(t->dir, GN_AGENT_STORE, 0, &none) != GN_NOT_FOUND &&
	     !gn_agent_vault_restoring(t->vault)))
		return refuse(t, GN_EXISTS,
			      "an agent has been here before, and nothing of it is overwritten: "
			      "put it back elsewhere (geonet --data DIR), or move the folder away");
	GN_TRY(read_head(t));
	GN_TRY(find_identity(t));
	GN_TRY(os_failed(t, gn_os_file_write(t->dir, AGENT_RESTORING, GN_LIT("1\n"))));
	gn_err err = copy_pages(t);
	if (!err) {
		err = gn_agent_vault_create(t->vault, t->had_identity ? NULL : t->entropy,
					    t->in->passphrase, 0);
		if (err)
			snprintf(t->why, GN_AGENT_WHY, "%.500s", gn_agent_vault_why(t->vault));
	}
	err = err ? err : seal_anew(t);
	err = err ? err : mark_restored(t);
	remove_all(t, err);
	return err;
}

gn_err gn_agent_restore(const struct gn_agent_restore *in, struct gn_pk *owner,
			char why[GN_AGENT_WHY])
{
	struct restoring *t = calloc(1, sizeof *t);
	snprintf(why, GN_AGENT_WHY, "%s", gn_err_text(GN_NOMEM));
	if (!t)
		return GN_NOMEM;
	t->in = in;
	t->why = why;
	gn_err err = gn_agent_vault_open(in->data, in->rand, &t->vault, why);
	if (!err) {
		t->dir = gn_agent_vault_dir(t->vault);
		err = restore(t);
	}
	if (!err)
		*owner = t->head.owner;
	gn_agent_vault_close(t->vault);
	gn_wipe(t, sizeof *t);
	free(t);
	return err;
}
