/* The store's table of files: on their way, noted, listed, found, forgotten; a store of before
 * gets it; one that is gone. Spec: AG-80, AG-85, AG-26, AG-29. */
#include "agent/db_int.h"
#include "agent/limits.h"
#include "agent/testing/nest.h"

static struct nest nest;
static struct gn_agent_tx tx;

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

static struct gn_agent_file file_of(unsigned chat, unsigned i, uint8_t state)
{
	struct gn_agent_file f = {
		.chat = nest_chat(chat), .mine = i % 2, .state = state, .at_ms = 1000 + i};
	memset(f.id.b, (int)i, sizeof f.id.b);
	return f;
}

struct seen {
	unsigned count, stop;
	uint64_t numbers[8];
	uint8_t state;
	uint64_t at_ms;
	char bytes[16];
};

static bool see(void *user, const struct gn_agent_file *f)
{
	struct seen *s = user;
	s->numbers[s->count++ % 8] = f->number;
	s->state = f->state;
	s->at_ms = f->at_ms;
	snprintf(s->bytes, sizeof s->bytes, "%.*s", (int)(f->bytes.len < 15 ? f->bytes.len : 15),
		 (const char *)f->bytes.p);
	return s->count != s->stop;
}

static unsigned count(const struct gn_agent_files_page *page, bool *more)
{
	struct seen s = {0};
	assert_ok(gn_agent_files(nest.db, page, see, &s, more));
	for (unsigned i = 1; i < s.count && i < 8; i++)
		assert_true(s.numbers[i] < s.numbers[i - 1]);
	return s.count;
}

static void on_their_way(void **state)
{
	static uint8_t large[AGENT_BYTES_MAX + 1];
	struct gn_agent_file f = file_of(0, 1, 2), none = file_of(0, 9, 0);
	struct gn_agent_chat_id chat = f.chat;
	struct seen s = {0};
	bool more;
	(void)state;
	assert_ok(gn_agent_tx_begin(nest.db, &tx));
	f.bytes = GN_LIT("first");
	assert_ok(gn_agent_file_put(&tx, &f));
	f.bytes = GN_LIT("second");
	f.state = 1;
	assert_ok(gn_agent_file_put(&tx, &f)); /* replaced */
	f.bytes = gn_slice(large, sizeof large);
	assert_err(gn_agent_file_put(&tx, &f), GN_TOO_LARGE);
	f.bytes.len--;
	f.id.b[0] ^= 1;
	assert_ok(gn_agent_file_put(&tx, &f));
	f.id.b[0] ^= 1;
	/* what is on its way is not forgotten by the message that comes of it */
	assert_ok(gn_agent_file_note(&tx, &f));
	for (unsigned i = 10; i < 13; i++) {
		struct gn_agent_file other = file_of(i % 2, i, 0);
		assert_ok(gn_agent_file_note(&tx, &other));
	}
	assert_ok(gn_agent_tx_commit(&tx));
	assert_ok(gn_agent_file_find(nest.db, &f.id, see, &s));
	assert_int_equal(s.count, 1);
	assert_int_equal(s.state, 1);
	assert_string_equal(s.bytes, "second");
	assert_err(gn_agent_file_find(nest.db, &none.id, see, &s), GN_NOT_FOUND);
	assert_int_equal(count(&(struct gn_agent_files_page){.busy = true}, &more), 2);
	assert_int_equal(count(&(struct gn_agent_files_page){0}, &more), 5);
	assert_false(more);
	assert_int_equal(count(&(struct gn_agent_files_page){.limit = 4}, &more), 4);
	assert_true(more);
	assert_int_equal(count(&(struct gn_agent_files_page){.chat = &chat}, &more), 4);
	s = (struct seen){.stop = 2};
	assert_ok(gn_agent_files(nest.db, &(struct gn_agent_files_page){0}, see, &s, &more));
	assert_int_equal(s.count, 2);
	assert_int_equal(count(&(struct gn_agent_files_page){.below = s.numbers[1]}, &more), 3);
	/* after it was sent its row stays, and nothing of it is left to do */
	assert_ok(gn_agent_tx_begin(nest.db, &tx));
	f.state = 0;
	f.bytes = gn_slice(NULL, 0);
	assert_ok(gn_agent_file_put(&tx, &f));
	assert_ok(gn_agent_file_delete(&tx, &f.chat, true, &none.id)); /* not there: no error */
	assert_ok(gn_agent_tx_commit(&tx));
	assert_int_equal(count(&(struct gn_agent_files_page){.busy = true}, &more), 1);
	assert_ok(gn_agent_tx_begin(nest.db, &tx));
	assert_ok(gn_agent_file_delete(&tx, &f.chat, f.mine, &f.id));
	assert_ok(gn_agent_files_forget(&tx, &(struct gn_agent_chat_id){{7}}));
	assert_ok(gn_agent_tx_commit(&tx));
	assert_int_equal(count(&(struct gn_agent_files_page){0}, &more), 4);
	assert_ok(gn_agent_tx_begin(nest.db, &tx));
	assert_ok(gn_agent_files_forget(&tx, &chat));
	assert_ok(gn_agent_tx_commit(&tx));
	assert_int_equal(count(&(struct gn_agent_files_page){0}, &more), 1);
}

/* A copy of the store goes on with no file whose bytes still come: more of it may have been sealed
 * since (PE-73). */
static void copied(void **state)
{
	struct gn_agent_backup *b;
	unsigned left = 1;
	bool more;
	(void)state;
	assert_ok(gn_agent_tx_begin(nest.db, &tx));
	for (uint8_t i = 0; i < 4; i++) {
		struct gn_agent_file f = file_of(0, i, i);
		assert_ok(gn_agent_file_put(&tx, &f));
	}
	assert_ok(gn_agent_tx_commit(&tx));
	assert_ok(gn_agent_backup_begin(nest.db, "agent/copy", &b));
	while (left)
		assert_ok(gn_agent_backup_step(b, 100, &left));
	assert_ok(gn_agent_backup_end(b));
	assert_int_equal(count(&(struct gn_agent_files_page){.busy = true}, &more), 3);
	nest_close(&nest);
	nest_copy(&nest, "agent/copy", NEST_STORE);
	nest_open(&nest);
	assert_int_equal(count(&(struct gn_agent_files_page){0}, &more), 3);
	assert_int_equal(count(&(struct gn_agent_files_page){.busy = true}, &more), 2);
}

/* A store of before it knew files. */
static void brought_forward(void **state)
{
	struct gn_agent_file f = file_of(0, 1, 0);
	bool more;
	(void)state;
	nest_say(&nest, 0, 1);
	assert_ok(agent_db_exec(nest.db, "DROP TABLE files; PRAGMA user_version=1"));
	nest_close(&nest);
	nest_open(&nest);
	assert_true(nest_has(&nest, NEST_STORE ".v1"));
	assert_int_equal(nest_count(&nest, 0), 1);
	assert_ok(gn_agent_tx_begin(nest.db, &tx));
	assert_ok(gn_agent_file_note(&tx, &f));
	assert_ok(gn_agent_tx_commit(&tx));
	assert_int_equal(count(&(struct gn_agent_files_page){0}, &more), 1);
	assert_ok(gn_agent_db_check(nest.db));
}

/* A store that is gone while its WAL is there is no new one, and nothing is removed. */
static void gone(void **state)
{
	static const char wal[] = NEST_STORE "-wal";
	size_t len;
	(void)state;
	nest_say(&nest, 0, 1);
	uint8_t *bytes = nest_read(&nest, wal, &len);
	assert_true(bytes && len > 0);
	nest_close(&nest);
	nest_write(&nest, wal, bytes, len);
	assert_ok(gn_os_remove(nest.dir, NEST_STORE));
	assert_err(gn_agent_db_open(&nest.place, true, &nest.db, nest.why), GN_CORRUPT);
	assert_non_null(strstr(nest.why, "is gone"));
	assert_true(nest_has(&nest, wal) && !nest_has(&nest, NEST_STORE));
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(on_their_way, set_up, tear_down),
		cmocka_unit_test_setup_teardown(copied, set_up, tear_down),
		cmocka_unit_test_setup_teardown(brought_forward, set_up, tear_down),
		cmocka_unit_test_setup_teardown(gone, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
