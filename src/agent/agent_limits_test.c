/* The limits that no other test of the module meets on its way. Spec: AG-20, AG-24, AG-25. */
#include "agent/db_int.h"
#include "agent/serve_int.h"
#include "agent/testing/nest.h"

#include <sys/stat.h>

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

/* SQLite leaves the reserved bytes alone; were it not so, they would be lost. */
static void reserved(void **state)
{
	(void)state;
	struct agent_sealer s;
	uint8_t page[AGENT_PAGE] = {0}, moved[AGENT_PAGE];
	assert_ok(agent_sealer_init(&s, nest.place.key, &nest.rand));
	page[AGENT_PAGE - AGENT_PAGE_RESERVED] = 1;
	assert_err(agent_page_seal(&s, 0, page), GN_USAGE);
	memset(page, 0, sizeof page);
	page[AGENT_PAGE - AGENT_PAGE_RESERVED - 1] = 1;
	assert_ok(agent_page_seal(&s, AGENT_PAGE, page));
	memcpy(moved, page, sizeof moved);
	assert_err(agent_page_open(&s, 2 * AGENT_PAGE, moved), GN_AUTH);
	assert_ok(agent_page_open(&s, AGENT_PAGE, page));
	assert_int_equal(page[AGENT_PAGE - AGENT_PAGE_RESERVED - 1], 1);
	assert_true(gn_is_zero(page + AGENT_PAGE - AGENT_PAGE_RESERVED, AGENT_PAGE_RESERVED));
	/* the same page at the same place never twice the same bytes */
	memset(page, 0, sizeof page);
	memset(moved, 0, sizeof moved);
	assert_ok(agent_page_seal(&s, 0, page));
	assert_ok(agent_page_seal(&s, 0, moved));
	assert_memory_not_equal(page, moved, 16);
	assert_memory_not_equal(page + AGENT_PAGE - 16, moved + AGENT_PAGE - 16, 12);
	agent_sealer_fini(&s);
}

/* A page written past the end: what lies between is sealed zeros, not a hole. */
static void holes(void **state)
{
	(void)state;
	struct agent_vfs *v;
	uint8_t page[AGENT_PAGE] = {7};
	sqlite3_int64 size;
	char path[256];
	nest_path(&nest, "hole", path);
	assert_ok(agent_vfs_new(nest.place.key, &nest.rand, NULL, &v));
	sqlite3_file *f = calloc(1, (size_t)v->vfs.szOsFile);
	assert_non_null(f);
	assert_int_equal(
		v->vfs.xOpen(&v->vfs, path, f,
			     SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
			     NULL),
		SQLITE_OK);
	assert_int_equal(f->pMethods->xWrite(f, page, AGENT_PAGE, 3 * AGENT_PAGE), SQLITE_OK);
	assert_int_equal(f->pMethods->xTruncate(f, 6 * AGENT_PAGE), SQLITE_OK);
	assert_int_equal(f->pMethods->xFileSize(f, &size), SQLITE_OK);
	assert_int_equal(size, 6 * AGENT_PAGE);
	for (int i = 0; i < 6; i++) {
		assert_int_equal(f->pMethods->xRead(f, page, AGENT_PAGE, i * (int)AGENT_PAGE),
				 SQLITE_OK);
		assert_int_equal(page[0], i == 3 ? 7 : 0);
		assert_true(gn_is_zero(page + 1, sizeof page - 1));
	}
	assert_int_equal(f->pMethods->xRead(f, page, AGENT_PAGE, 6 * (int)AGENT_PAGE),
			 SQLITE_IOERR_SHORT_READ);
	/* no part of a page, and no page in two */
	assert_int_equal(f->pMethods->xWrite(f, page, 100, 0), SQLITE_IOERR_WRITE);
	assert_int_equal(f->pMethods->xRead(f, page, AGENT_PAGE, 100), SQLITE_IOERR_READ);
	f->pMethods->xClose(f);
	free(f);
	agent_vfs_free(v);
}

static void pages_tried(void **state)
{
	(void)state;
	size_t len;
	nest_say(&nest, 0, 1);
	nest_close(&nest);
	uint8_t *whole = nest_read(&nest, NEST_STORE, &len);
	assert_true(len > AGENT_PAGES_TRIED * AGENT_PAGE);
	gn_rand_fill(&nest.rand, whole, (AGENT_PAGES_TRIED - 1) * AGENT_PAGE);
	nest_write(&nest, NEST_STORE, whole, len);
	assert_err(gn_agent_db_open(&nest.place, false, &nest.db, nest.why), GN_CORRUPT);
	gn_rand_fill(&nest.rand, whole, AGENT_PAGES_TRIED * AGENT_PAGE);
	nest_write(&nest, NEST_STORE, whole, len);
	assert_err(gn_agent_db_open(&nest.place, false, &nest.db, nest.why), GN_KEY);
	/* the mark alone says that it is the key */
	memcpy(whole + AGENT_PAGES_TRIED * AGENT_PAGE - 4,
	       whole + (AGENT_PAGES_TRIED + 1) * AGENT_PAGE - 4, 4);
	nest_write(&nest, NEST_STORE, whole, len);
	assert_err(gn_agent_db_open(&nest.place, false, &nest.db, nest.why), GN_CORRUPT);
	free(whole);
}

static void statements(void **state)
{
	(void)state;
	static char sql[AGENT_STATEMENTS_MAX][16];
	nest_say(&nest, 0, 1);
	for (unsigned i = 0; nest.db->kept_count < AGENT_STATEMENTS_MAX; i++) {
		uint64_t n;
		snprintf(sql[i], sizeof sql[i], "SELECT %u", i);
		assert_ok(agent_db_number(nest.db, sql[i], &n));
		assert_int_equal(n, i);
	}
	nest_say(&nest, 0, 2);
}

static uint64_t pragma(const char *sql)
{
	uint64_t n;
	assert_ok(agent_db_number(nest.db, sql, &n));
	return n;
}

static size_t wal_size(void)
{
	char path[256];
	struct stat st;
	nest_path(&nest, NEST_STORE "-wal", path);
	assert_int_equal(stat(path, &st), 0);
	return (size_t)st.st_size;
}

static void settings(void **state)
{
	(void)state;
	static uint8_t large[3 << 20];
	struct gn_agent_tx tx;
	assert_int_equal(pragma("PRAGMA busy_timeout"), AGENT_BUSY_MS);
	assert_int_equal((int64_t)pragma("PRAGMA cache_size"), -AGENT_CACHE_KIB);
	assert_int_equal(pragma("PRAGMA synchronous"), 2);
	assert_int_equal(pragma("PRAGMA temp_store"), 2);
	assert_int_equal(pragma("PRAGMA secure_delete"), 1);
	assert_int_equal(pragma("PRAGMA mmap_size"), 0);
	/* a large transaction makes a large WAL; it is taken in, and cut when the next begins */
	assert_ok(gn_agent_tx_begin(nest.db, &tx));
	for (unsigned i = 0; i < 4; i++)
		assert_ok(gn_agent_row_put(
			&tx, &(struct gn_e2ee_row){.kind = GN_E2EE_ROW_SKIPPED, .session = i},
			GN_SLICE(large)));
	assert_ok(gn_agent_tx_commit(&tx));
	assert_true(wal_size() > AGENT_WAL_KEPT);
	nest_say(&nest, 0, 1);
	assert_true(wal_size() <= AGENT_WAL_KEPT);
	for (unsigned i = 2; i < 200; i++)
		nest_say(&nest, 0, i);
	assert_true(wal_size() <= AGENT_WAL_KEPT);
	/* small ones are taken in after some pages */
	nest_close(&nest);
	nest_open(&nest);
	for (unsigned i = 200; i < 400; i++)
		nest_say(&nest, 0, i);
	assert_true(wal_size() < (AGENT_CHECKPOINT_PAGES + 200) * AGENT_FRAME);
}

/* Another connection writes: waited for, and then told. */
static void busy(void **state)
{
	(void)state;
	struct gn_agent_db *second;
	struct gn_agent_tx tx, other;
	nest_say(&nest, 0, 1);
	assert_ok(gn_agent_db_open(&nest.place, false, &second, nest.why));
	assert_ok(gn_agent_tx_begin(nest.db, &tx));
	sqlite3_busy_timeout(second->db, 50);
	assert_err(gn_agent_tx_begin(second, &other), GN_BUSY);
	gn_agent_tx_abort(&tx);
	assert_ok(gn_agent_tx_begin(second, &other));
	assert_ok(gn_agent_tx_commit(&other));
	gn_agent_db_close(second);
}

static bool see(void *user, const struct gn_agent_found *f)
{
	snprintf(user, 256, "%.*s", (int)f->snippet.len, (const char *)f->snippet.p);
	return true;
}

static void snippets(void **state)
{
	(void)state;
	char text[256] = "first", shown[256];
	struct gn_agent_chat_id chat = nest_chat(0);
	struct gn_agent_tx tx;
	bool more;
	uint64_t number;
	for (unsigned words = 2; words <= AGENT_SNIPPET_WORDS + 1; words++) {
		snprintf(text + strlen(text), sizeof text - strlen(text), " w%u", words);
		struct gn_agent_message m = {.chat = chat,
					     .id = {{(uint8_t)words}},
					     .shown = true,
					     .text = gn_str(text)};
		assert_ok(gn_agent_tx_begin(nest.db, &tx));
		assert_ok(gn_agent_chat_put(&tx, &(struct gn_agent_chat){.id = chat}));
		assert_ok(gn_agent_message_put(&tx, &m, false, &number));
		assert_ok(gn_agent_tx_commit(&tx));
		struct gn_agent_search s = {.text = GN_LIT("first "), .limit = 1};
		assert_ok(gn_agent_search(nest.db, &s, see, shown, &more));
		assert_int_equal(strstr(shown, "\xe2\x80\xa6") != NULL,
				 words > AGENT_SNIPPET_WORDS);
	}
}

/* AG-57. */
static void young_gaps(void **state)
{
	(void)state;
	const uint64_t now = 1790000000000;
	assert_true(agent_gap_is_young(now, now));
	assert_true(agent_gap_is_young(now - AGENT_GAP_SHOWN_MS + 1, now));
	assert_false(agent_gap_is_young(now - AGENT_GAP_SHOWN_MS, now));
	/* an order that runs ahead, or was made up */
	assert_true(agent_gap_is_young(now + AGENT_GAP_SHOWN_MS - 1, now));
	assert_false(agent_gap_is_young(now + AGENT_GAP_SHOWN_MS, now));
	assert_false(agent_gap_is_young(UINT64_MAX, now));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(reserved, set_up, tear_down),
		cmocka_unit_test_setup_teardown(holes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(pages_tried, set_up, tear_down),
		cmocka_unit_test_setup_teardown(statements, set_up, tear_down),
		cmocka_unit_test_setup_teardown(settings, set_up, tear_down),
		cmocka_unit_test_setup_teardown(busy, set_up, tear_down),
		cmocka_unit_test_setup_teardown(snippets, set_up, tear_down),
		cmocka_unit_test(young_gaps),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
