/* The sealed file: nothing readable in it, no bit free, the wrong key told from damage, copies and
 * versions. Spec: AG-20..26, AG-28, AG-29. */
#include "agent/db_int.h"
#include "agent/testing/nest.h"

#include <sys/stat.h>
#include <unistd.h>

#define WAL NEST_STORE "-wal"

static struct nest nest;

static int set_up(void **state)
{
	(void)state;
	nest_make(&nest, NULL);
	nest_open(&nest);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	nest_remove(&nest);
	return 0;
}

/* Opened and looked through: what is wrong with it. */
static gn_err try_it(void)
{
	gn_err err = gn_agent_db_open(&nest.place, false, &nest.db, nest.why);
	if (!err) {
		err = gn_agent_db_check(nest.db);
		snprintf(nest.why, sizeof nest.why, "%s", gn_agent_db_why(nest.db));
	}
	nest_close(&nest);
	return err;
}

/* ---- nothing to read ---- */

static void canary(void **state)
{
	(void)state;
	static const char text[] = "canarytext", word[] = "canaryname", bytes[] = "canarybytes";
	struct gn_agent_tx tx;
	struct gn_pk key;
	uint64_t id;
	memset(key.b, 0xc7, sizeof key.b);
	for (unsigned i = 0; i < 40; i++) {
		struct gn_agent_message m = {.chat = {{0xc1, (uint8_t)i}},
					     .text = gn_str(text),
					     .shown = true,
					     .row = gn_str(bytes),
					     .content = gn_str(bytes)};
		m.id.b[0] = (uint8_t)i;
		assert_ok(gn_agent_tx_begin(nest.db, &tx));
		assert_ok(gn_agent_chat_put(
			&tx, &(struct gn_agent_chat){.id = m.chat, .bytes = gn_str(bytes)}));
		assert_ok(gn_agent_message_put(&tx, &m, false, &id));
		assert_ok(gn_agent_contact_put(
			&tx, &(struct gn_agent_contact){
				     .key = key, .name = gn_str(word), .bytes = gn_str(bytes)}));
		assert_ok(gn_agent_row_put(
			&tx, &(struct gn_e2ee_row){.kind = GN_E2EE_ROW_PEER, .device = key},
			gn_str(bytes)));
		assert_ok(gn_agent_meta_put(&tx, word, gn_str(bytes)));
		assert_ok(gn_agent_tx_commit(&tx));
	}
	/* more than the statement journal and the sorter hold in a page or two */
	assert_ok(gn_agent_tx_begin(nest.db, &tx));
	assert_ok(agent_db_exec(nest.db,
				"UPDATE messages SET bytes = zeroblob(9000);"
				"UPDATE OR FAIL messages SET sent = sent + 1;"
				"CREATE TEMP TABLE t AS SELECT * FROM messages ORDER BY text,"
				" bytes, number DESC; DROP TABLE t"));
	assert_ok(gn_agent_tx_commit(&tx));
	assert_int_equal(nest.db->vfs->refused, 0);
	assert_ok(agent_db_copy(nest.db, "agent/backup"));
	assert_true(nest_has(&nest, WAL));
	for (int closed = 0; closed < 2; closed++) {
		assert_int_equal(nest_grep(&nest, gn_str(text)), 0);
		assert_int_equal(nest_grep(&nest, gn_str("canary")), 0);
		assert_int_equal(nest_grep(&nest, gn_str("SQLite format")), 0);
		assert_int_equal(nest_grep(&nest, gn_slice(key.b, 8)), 0);
		assert_int_equal(nest_grep(&nest, gn_slice(nest.place.key, 16)), 0);
		/* the needle is one that would be found */
		nest_write(&nest, "agent/plain", (const uint8_t *)"x canarytext", 12);
		assert_int_equal(nest_grep(&nest, gn_str(text)), 1);
		nest_close(&nest);
		assert_ok(gn_os_remove(nest.dir, "agent/plain"));
	}
	assert_false(nest_has(&nest, WAL));
	/* a rollback journal would be plain: there is none to be had */
	nest_open(&nest);
	assert_int_not_equal(sqlite3_exec(nest.db->db,
					  "PRAGMA journal_mode=DELETE;"
					  "UPDATE meta SET value = 'x'",
					  NULL, NULL, NULL),
			     SQLITE_OK);
	assert_true(nest.db->vfs->refused > 0);
}

/* How often a word is in the pages, opened with the key. */
static unsigned words_inside(const char *word)
{
	struct agent_sealer s;
	size_t len;
	unsigned found = 0;
	uint8_t *whole = nest_read(&nest, NEST_STORE, &len);
	assert_non_null(whole);
	assert_ok(agent_sealer_init(&s, nest.place.key, &nest.rand));
	for (size_t at = 0; at < len; at += AGENT_PAGE) {
		assert_ok(agent_page_open(&s, at, whole + at));
		for (size_t i = at; i + strlen(word) <= at + AGENT_PAGE; i++)
			found += memcmp(whole + i, word, strlen(word)) == 0;
	}
	agent_sealer_fini(&s);
	free(whole);
	return found;
}

static void deleted(void **state)
{
	(void)state;
	struct gn_agent_tx tx;
	struct gn_agent_chat_id chat = nest_chat(0);
	bool more = true;
	for (unsigned i = 1; i <= 40; i++) {
		char text[96];
		struct gn_agent_message m = nest_message(0, i, text);
		uint64_t number;
		m.text = i == 20 ? GN_LIT("a zebrazebra") : m.text;
		assert_ok(gn_agent_tx_begin(nest.db, &tx));
		assert_ok(gn_agent_chat_put(&tx, &(struct gn_agent_chat){.id = chat}));
		assert_ok(gn_agent_message_put(&tx, &m, false, &number));
		assert_ok(gn_agent_tx_commit(&tx));
	}
	nest_close(&nest);
	assert_int_equal(words_inside("zebrazebra"), 2); /* the message and the index */
	nest_open(&nest);
	assert_ok(gn_agent_tx_begin(nest.db, &tx));
	char text[96];
	struct gn_agent_message m = nest_message(0, 20, text);
	assert_ok(gn_agent_message_delete(&tx, &chat, m.mine, &m.id));
	assert_err(gn_agent_db_tidy(nest.db, true, &more), GN_STATE);
	assert_ok(gn_agent_tx_commit(&tx));
	nest_close(&nest);
	assert_true(words_inside("zebrazebra") > 0);
	nest_open(&nest);
	for (unsigned i = 0; more; i++) {
		assert_ok(gn_agent_db_tidy(nest.db, i == 0, &more));
		assert_true(i < 1000);
	}
	assert_ok(gn_agent_db_check(nest.db));
	nest_close(&nest);
	assert_int_equal(words_inside("zebrazebra"), 0);
	assert_true(words_inside("hello") > 0);
}

static void modes(void **state)
{
	(void)state;
	static const char *const files[] = {NEST_STORE, WAL, NEST_STORE "-shm"};
	char path[256];
	struct stat st;
	nest_say(&nest, 0, 1);
	for (size_t i = 0; i < GN_COUNT(files); i++) {
		nest_path(&nest, files[i], path);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
	}
	nest_close(&nest);
	nest_path(&nest, NEST_STORE, path);
	assert_int_equal(chmod(path, 0644), 0);
	assert_err(try_it(), GN_DENIED);
	assert_non_null(strstr(nest.why, "chmod 600"));
	assert_int_equal(chmod(path, 0600), 0);
	assert_ok(try_it());
}

/* ---- no bit is free ---- */

static void flipped_page(void **state)
{
	(void)state;
	size_t len, after_len;
	for (unsigned i = 0; i < 30; i++)
		nest_say(&nest, i % 3, i);
	nest_close(&nest);
	uint8_t *whole = nest_read(&nest, NEST_STORE, &len);
	assert_int_equal(len % AGENT_PAGE, 0);
	unsigned keys = 0;
	for (size_t page = 0; page < len; page += AGENT_PAGE) {
		static const unsigned places[] = {0, 18, 2000, 4064, 4079, 4080, 4091, 4092, 4095};
		for (size_t i = page % 3; i < GN_COUNT(places); i += page ? 3 : 1) {
			size_t at = page + places[i];
			whole[at] ^= (uint8_t)(1 << at % 8);
			nest_write(&nest, NEST_STORE, whole, len);
			gn_err err = try_it();
			assert_true(err == GN_CORRUPT || (err == GN_KEY && page == 0));
			keys += err == GN_KEY;
			if (!strstr(nest.why, "damaged"))
				fprintf(stderr, "%zu: %s\n", at, nest.why);
			assert_non_null(strstr(nest.why, "damaged"));
			/* and nothing was made of it */
			uint8_t *after = nest_read(&nest, NEST_STORE, &after_len);
			assert_int_equal(after_len, len);
			assert_memory_equal(after, whole, len);
			free(after);
			whole[at] ^= (uint8_t)(1 << at % 8);
		}
	}
	assert_int_equal(keys, 0);
	/* pages that changed places, a page twice, a file cut */
	for (unsigned i = 0; i < 3; i++) {
		uint8_t *other = malloc(len);
		assert_non_null(other);
		memcpy(other, whole, len);
		memcpy(other + 2 * AGENT_PAGE, whole + (3 + i) * AGENT_PAGE, AGENT_PAGE);
		if (i == 0)
			memcpy(other + 3 * AGENT_PAGE, whole + 2 * AGENT_PAGE, AGENT_PAGE);
		nest_write(&nest, NEST_STORE, other, len);
		assert_err(try_it(), GN_CORRUPT);
		nest_write(&nest, NEST_STORE, whole, len - (i ? AGENT_PAGE : 100));
		assert_err(try_it(), GN_CORRUPT);
		free(other);
	}
	nest_write(&nest, NEST_STORE, whole, 0);
	assert_err(try_it(), GN_CORRUPT);
	nest_write(&nest, NEST_STORE, whole, len);
	assert_ok(try_it());
	free(whole);
}

struct wal {
	uint8_t *db, *wal;
	size_t db_len, wal_len, frames;
	uint32_t *rounds, last; /* of each frame; the highest */
};

/* What a killed agent leaves: a store and its WAL of some transactions. */
static void leave_wal(struct wal *w)
{
	struct agent_sealer s;
	for (unsigned i = 1; i <= 6; i++)
		nest_say(&nest, 0, i);
	w->db = nest_read(&nest, NEST_STORE, &w->db_len);
	w->wal = nest_read(&nest, WAL, &w->wal_len);
	assert_non_null(w->wal);
	nest_close(&nest);
	w->frames = (w->wal_len - AGENT_WAL_HEAD) / AGENT_FRAME;
	w->rounds = calloc(w->frames, sizeof *w->rounds);
	assert_non_null(w->rounds);
	w->last = 0;
	assert_ok(agent_sealer_init(&s, nest.place.key, &nest.rand));
	for (size_t i = 0; i < w->frames; i++) {
		uint8_t frame[AGENT_FRAME];
		size_t at = AGENT_WAL_HEAD + i * AGENT_FRAME;
		memcpy(frame, w->wal + at, sizeof frame);
		assert_ok(agent_frame_open(&s, at, frame, &w->rounds[i]));
		assert_true(w->rounds[i] >= w->last);
		w->last = w->rounds[i];
	}
	agent_sealer_fini(&s);
	assert_true(w->last >= 6);
}

static void put_wal(const struct wal *w, size_t wal_len)
{
	char path[256];
	nest_path(&nest, NEST_STORE "-shm", path);
	unlink(path);
	nest_write(&nest, NEST_STORE, w->db, w->db_len);
	nest_write(&nest, WAL, w->wal, wal_len);
}

static void free_wal(struct wal *w)
{
	free(w->db);
	free(w->wal);
	free(w->rounds);
}

/* A frame that was acknowledged is missed; one of the last round is as one that was torn. */
static void flipped_wal(void **state)
{
	(void)state;
	struct wal w;
	unsigned torn = 0;
	leave_wal(&w);
	put_wal(&w, w.wal_len);
	nest_open(&nest);
	assert_int_equal(nest_count(&nest, 0), 6);
	nest_close(&nest);
	for (size_t i = 0; i < w.frames; i++) {
		static const unsigned places[] = {1, 5, 9, 20, 30, 4000, 4090, 4105, 4119};
		size_t at = AGENT_WAL_HEAD + i * AGENT_FRAME + places[i % GN_COUNT(places)];
		w.wal[at] ^= (uint8_t)(1 << i % 8);
		put_wal(&w, w.wal_len);
		gn_err err = try_it();
		if (w.rounds[i] < w.last) {
			assert_err(err, GN_CORRUPT);
			assert_true(nest_has(&nest, WAL)); /* kept for who can mend it */
		} else {
			assert_ok(err);
			nest_open(&nest);
			assert_int_equal(nest_count(&nest, 0), 5);
			torn++;
		}
		nest_close(&nest);
		w.wal[at] ^= (uint8_t)(1 << i % 8);
	}
	assert_true(torn > 0 && torn < w.frames / 2);
	/* its header: every byte */
	for (size_t at = 0; at < AGENT_WAL_HEAD; at++) {
		w.wal[at] ^= 1;
		put_wal(&w, w.wal_len);
		assert_err(try_it(), GN_CORRUPT);
		w.wal[at] ^= 1;
	}
	/* half a frame at the end is one that was never acknowledged */
	put_wal(&w, w.wal_len - 100);
	nest_open(&nest);
	assert_int_equal(nest_count(&nest, 0), 5);
	free_wal(&w);
}

static void wrong_key(void **state)
{
	(void)state;
	struct wal w;
	size_t len;
	leave_wal(&w);
	put_wal(&w, w.wal_len);
	nest.place.key[0] ^= 1;
	assert_err(gn_agent_db_open(&nest.place, true, &nest.db, nest.why), GN_KEY);
	assert_non_null(strstr(nest.why, "device.key"));
	nest.place.key[0] ^= 1;
	uint8_t *wal = nest_read(&nest, WAL, &len);
	assert_int_equal(len, w.wal_len);
	assert_memory_equal(wal, w.wal, len);
	free(wal);
	nest_open(&nest);
	assert_int_equal(nest_count(&nest, 0), 6);
	assert_ok(gn_agent_db_check(nest.db));
	free_wal(&w);
}

/* Damage that appears while the store is open: an error, and nothing is written any more. */
static void damaged_while_open(void **state)
{
	(void)state;
	size_t len;
	struct gn_agent_tx tx;
	struct gn_agent_chat c = {.id = nest_chat(0)};
	for (unsigned i = 0; i < 30; i++)
		nest_say(&nest, 0, i);
	nest_close(&nest);
	uint8_t *whole = nest_read(&nest, NEST_STORE, &len);
	memset(whole + len / 2 / AGENT_PAGE * AGENT_PAGE, 0, AGENT_PAGE);
	nest_write(&nest, NEST_STORE, whole, len);
	nest_open(&nest);
	assert_err(gn_agent_db_check(nest.db), GN_CORRUPT);
	assert_non_null(strstr(gn_agent_db_why(nest.db), "bytes of it were changed"));
	gn_err err = gn_agent_tx_begin(nest.db, &tx);
	if (!err) {
		err = gn_agent_chat_put(&tx, &c);
		gn_err committed = gn_agent_tx_commit(&tx);
		assert_err(committed, GN_CORRUPT);
	}
	assert_true(err == GN_OK || err == GN_CORRUPT);
	free(whole);
}

/* ---- copies ---- */

static void backup(void **state)
{
	(void)state;
	struct gn_agent_backup *b, *second;
	struct gn_agent_tx tx;
	unsigned left = 1, steps = 0;
	uint64_t epoch, cursor, copied, at;
	struct gn_agent_event e = {.at_ms = 1, .kind = 1};
	for (unsigned i = 0; i < 60; i++)
		nest_say(&nest, 0, i);
	assert_ok(gn_agent_tx_begin(nest.db, &tx));
	assert_err(gn_agent_backup_begin(nest.db, "agent/b", &b), GN_STATE);
	assert_ok(gn_agent_event_add(&tx, &e, &cursor));
	assert_ok(gn_agent_tx_commit(&tx));
	assert_err(gn_agent_backup_begin(nest.db, NEST_STORE, &b), GN_USAGE);
	assert_ok(gn_agent_backup_begin(nest.db, "agent/b", &b));
	assert_err(gn_agent_backup_begin(nest.db, "agent/c", &second), GN_STATE);
	for (; left; steps++) {
		/* what is written meanwhile is in it */
		if (steps < 10)
			nest_say(&nest, 0, 60 + steps);
		assert_ok(gn_agent_backup_step(b, 3, &left));
	}
	assert_true(steps > 5);
	assert_err(gn_agent_backup_step(b, 3, &left), GN_STATE);
	assert_ok(gn_agent_backup_end(b));
	assert_ok(gn_agent_events_now(nest.db, &epoch, &at));
	uint64_t count = nest_count(&nest, 0);
	/* one that is given up leaves nothing */
	assert_ok(gn_agent_backup_begin(nest.db, "agent/c", &b));
	assert_ok(gn_agent_backup_step(b, 1, &left));
	assert_ok(gn_agent_backup_end(b));
	assert_false(nest_has(&nest, "agent/c"));
	assert_false(nest_has(&nest, "agent/c.new"));
	nest_close(&nest);
	/* put back */
	nest_copy(&nest, "agent/b", NEST_STORE);
	nest_open(&nest);
	assert_int_equal(nest_count(&nest, 0), count);
	assert_ok(gn_agent_db_check(nest.db));
	assert_ok(gn_agent_events_now(nest.db, &copied, &at));
	assert_true(copied != epoch);
	assert_int_equal(at, cursor);
}

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)
#define THIS ".v" TEXT(GN_AGENT_DB_VERSION)

/* from the version of this program on */
static const char *const steps[GN_AGENT_DB_VERSION + 1] = {
	[GN_AGENT_DB_VERSION - 1] = "CREATE TABLE more(x INTEGER); INSERT INTO more VALUES(1)",
	[GN_AGENT_DB_VERSION] =
		"UPDATE more SET x = x + 1; ALTER TABLE contacts ADD COLUMN extra BLOB"};

static gn_err open_version(unsigned version, const char *const *how)
{
	struct agent_schema s = {.version = version, .sql = agent_schema, .steps = how};
	return agent_db_open_as(&nest.place, true, &s, NULL, &nest.db, nest.why);
}

/* What a store is made of: names and columns, without blanks and comments. */
static void describe(char *out, size_t cap)
{
	struct agent_q q = agent_q(nest.db, "SELECT group_concat(replace(replace(sql, char(10), '')"
					    ", ' ', ''), '|') FROM (SELECT sql FROM sqlite_master"
					    " WHERE sql NOT NULL ORDER BY name)");
	assert_ok(agent_q_row(&q));
	struct gn_slice text = agent_q_bytes(&q, 0);
	assert_true(text.len > 1000 && text.len < cap);
	memcpy(out, text.p, text.len);
	out[text.len] = 0;
	agent_q_end(&q);
}

/* A store of version 1, made by the schema that it had, is one of this version afterwards, with all
 * that was in it; the copy of before is there, and its program opens it. */
static void from_the_first(void **state)
{
	static char made[16384], brought[16384], first[16384];
	const char *since = strstr(agent_schema, "-- Files:"); /* version 2 has this more */
	(void)state;
	assert_non_null(since);
	assert_true((size_t)(since - agent_schema) < sizeof first);
	memcpy(first, agent_schema, (size_t)(since - agent_schema));
	describe(made, sizeof made);
	nest_remove(&nest);
	nest_make(&nest, NULL);
	struct agent_schema s = {.version = 1, .sql = first};
	assert_ok(agent_db_open_as(&nest.place, true, &s, NULL, &nest.db, nest.why));
	for (unsigned i = 0; i < 10; i++)
		nest_say(&nest, 0, i);
	nest_close(&nest);
	nest_open(&nest);
	assert_true(nest_has(&nest, NEST_STORE ".v1"));
	describe(brought, sizeof brought);
	assert_string_equal(made, brought);
	assert_int_equal(nest_count(&nest, 0), 10);
	assert_ok(gn_agent_db_check(nest.db));
	nest_say(&nest, 0, 10);
	nest_close(&nest);
	nest_copy(&nest, NEST_STORE ".v1", NEST_STORE);
	assert_ok(agent_db_open_as(&nest.place, true, &s, NULL, &nest.db, nest.why));
	assert_int_equal(nest_count(&nest, 0), 10);
}

static void migration(void **state)
{
	(void)state;
	uint64_t x;
	static const char *const broken[GN_AGENT_DB_VERSION + 1] = {
		[GN_AGENT_DB_VERSION - 1] = "CREATE TABLE more(x INTEGER)",
		[GN_AGENT_DB_VERSION] = "UPDATE nothing SET x"};
	for (unsigned i = 0; i < 10; i++)
		nest_say(&nest, 0, i);
	nest_close(&nest);
	/* a step that fails: as if none had been taken, and the copy is there */
	assert_err(open_version(GN_AGENT_DB_VERSION + 2, broken), GN_CORRUPT);
	assert_true(nest_has(&nest, NEST_STORE THIS));
	nest_open(&nest);
	assert_int_equal(nest_count(&nest, 0), 10);
	assert_err(agent_db_number(nest.db, "SELECT x FROM more", &x), GN_CORRUPT);
	nest_close(&nest);
	assert_ok(open_version(GN_AGENT_DB_VERSION + 2, steps));
	assert_ok(agent_db_number(nest.db, "SELECT x FROM more", &x));
	assert_int_equal(x, 2);
	assert_int_equal(nest_count(&nest, 0), 10);
	nest_say(&nest, 0, 10);
	nest_close(&nest);
	/* an older program: a sentence, and nothing is changed */
	size_t len, after;
	uint8_t *before = nest_read(&nest, NEST_STORE, &len);
	assert_err(gn_agent_db_open(&nest.place, true, &nest.db, nest.why), GN_VERSION);
	assert_non_null(strstr(nest.why, "newer GeoNet"));
	assert_non_null(strstr(nest.why, THIS));
	uint8_t *now = nest_read(&nest, NEST_STORE, &after);
	assert_int_equal(len, after);
	assert_memory_equal(before, now, len);
	free(before);
	free(now);
	/* the copy is the store of before */
	nest_copy(&nest, NEST_STORE THIS, NEST_STORE);
	nest_open(&nest);
	assert_int_equal(nest_count(&nest, 0), 10);
	assert_ok(gn_agent_db_check(nest.db));
}

/* ---- odd beginnings ---- */

static void beginnings(void **state)
{
	(void)state;
	nest_close(&nest);
	/* what a crash while it was being made leaves is no store */
	char path[256];
	nest_path(&nest, NEST_STORE, path);
	unlink(path);
	nest_write(&nest, NEST_STORE ".new", (const uint8_t *)"half", 4);
	assert_err(gn_agent_db_open(&nest.place, false, &nest.db, nest.why), GN_NOT_FOUND);
	nest_open(&nest);
	assert_false(nest_has(&nest, NEST_STORE ".new"));
	/* names that do not fit */
	struct gn_agent_db_place place = nest.place;
	struct gn_agent_db *db;
	char name[80];
	memset(name, 'n', sizeof name);
	name[79] = 0;
	place.name = name;
	assert_err(gn_agent_db_open(&place, true, &db, nest.why), GN_USAGE);
	/* the limit of a transaction's memory is the disk's: a large row goes and comes */
	static uint8_t row[3 << 20], back[3 << 20];
	struct gn_agent_tx tx;
	struct gn_e2ee_row r = {.kind = GN_E2EE_ROW_SKIPPED, .session = 7};
	struct gn_buf out = {back, 0, sizeof back};
	for (size_t i = 0; i < sizeof row; i++)
		row[i] = (uint8_t)(i * 7 + i / 4096);
	assert_ok(gn_agent_tx_begin(nest.db, &tx));
	assert_ok(gn_agent_row_put(&tx, &r, GN_SLICE(row)));
	assert_err(gn_agent_row_put(&tx, &r, gn_slice(row, AGENT_ROW_MAX + 1)), GN_TOO_LARGE);
	assert_ok(gn_agent_tx_commit(&tx));
	nest_close(&nest);
	nest_open(&nest);
	assert_ok(gn_agent_row_get(nest.db, &r, &out));
	assert_memory_equal(row, back, sizeof row);
	/* pages that were freed are used again, and the index shrinks */
	assert_ok(gn_agent_tx_begin(nest.db, &tx));
	assert_ok(gn_agent_row_delete(&tx, &r));
	assert_ok(gn_agent_tx_commit(&tx));
	assert_ok(agent_db_exec(nest.db, "VACUUM"));
	assert_int_equal(nest.db->vfs->refused, 0);
	assert_ok(gn_agent_db_check(nest.db));
	assert_ok(agent_db_copy(nest.db, "agent/small"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(canary, set_up, tear_down),
		cmocka_unit_test_setup_teardown(deleted, set_up, tear_down),
		cmocka_unit_test_setup_teardown(modes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(flipped_page, set_up, tear_down),
		cmocka_unit_test_setup_teardown(flipped_wal, set_up, tear_down),
		cmocka_unit_test_setup_teardown(wrong_key, set_up, tear_down),
		cmocka_unit_test_setup_teardown(damaged_while_open, set_up, tear_down),
		cmocka_unit_test_setup_teardown(backup, set_up, tear_down),
		cmocka_unit_test_setup_teardown(from_the_first, set_up, tear_down),
		cmocka_unit_test_setup_teardown(migration, set_up, tear_down),
		cmocka_unit_test_setup_teardown(beginnings, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
