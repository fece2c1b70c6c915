/* A backup's first page, and a copy for another device. Rules: AG-93, AG-94. */
#include "agent/backup_int.h"
#include "agent/db_int.h"
#include "agent/testing/nest.h"

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

static void make(struct agent_backup_head *h, size_t keyfile, struct agent_backup_keys *keys,
		 uint8_t page[AGENT_PAGE])
{
	static const uint8_t entropy[32] = {9};
	*h = (struct agent_backup_head){
		.owner = {{1}}, .created = 1700000000, .pages = 3, .keyfile_len = keyfile};
	memset(h->salt, 4, sizeof h->salt);
	memset(h->keyfile, 5, keyfile);
	agent_backup_keys(entropy, h->salt, keys);
	agent_backup_head_put(h, keys, page);
}

/* At the limit of the key file, and one past it. */
static void head(void **state)
{
	const size_t lens[] = {0, 1, GN_KEYFILE_MAX};
	struct agent_backup_head h, back;
	struct agent_backup_keys keys, other;
	uint8_t page[AGENT_PAGE];
	(void)state;
	for (size_t i = 0; i < GN_COUNT(lens); i++) {
		make(&h, lens[i], &keys, page);
		assert_ok(agent_backup_head_parse(page, &back));
		assert_memory_equal(&h, &back, sizeof h);
		assert_true(agent_backup_head_right(page, &keys));
	}
	gn_put_be32(page + 84, GN_KEYFILE_MAX + 1);
	assert_err(agent_backup_head_parse(page, &back), GN_CORRUPT);
	make(&h, 0, &keys, page);
	gn_put_be32(page + 80, 0); /* of no pages */
	assert_err(agent_backup_head_parse(page, &back), GN_CORRUPT);
	page[7] = 2;
	assert_err(agent_backup_head_parse(page, &back), GN_VERSION);
	page[0] = 'g';
	assert_err(agent_backup_head_parse(page, &back), GN_PROTOCOL);
	/* another salt, other keys: of pages and of the head */
	h.salt[0] ^= 1;
	agent_backup_keys((const uint8_t[32]){9}, h.salt, &other);
	assert_memory_not_equal(&other.pages, &keys.pages, 32);
	assert_memory_not_equal(&other.mac, &keys.mac, 32);
	assert_memory_not_equal(&keys.pages, &keys.mac, 32);
}

/* No bit of the page is free. */
static void every_bit(void **state)
{
	struct agent_backup_head h, back;
	struct agent_backup_keys keys;
	uint8_t page[AGENT_PAGE];
	(void)state;
	make(&h, 100, &keys, page);
	for (size_t at = 0; at < AGENT_PAGE; at++) {
		page[at] ^= (uint8_t)(1u << at % 8);
		assert_false(agent_backup_head_parse(page, &back) == GN_OK &&
			     agent_backup_head_right(page, &keys));
		page[at] ^= (uint8_t)(1u << at % 8);
	}
	assert_true(agent_backup_head_right(page, &keys));
}

static uint64_t rows(struct gn_agent_db *db, const char *sql)
{
	uint64_t n = 99;
	assert_ok(agent_db_number(db, sql, &n));
	return n;
}

static void fill(void)
{
	static const uint8_t value[4] = {1};
	static const char *const names[] = {"boxes",   "own.devices", "prekeys", "prekeys.halves",
					    "told.00", "people",      "keys.00"};
	const struct gn_agent_client client = {
		.id = {{1}}, .secret = {{2}}, .name = GN_LIT("bot"), .rights = GN_LIT("chat")};
	const struct gn_e2ee_row row = {.kind = GN_E2EE_ROW_SESSION, .device = {{7}}};
	struct gn_agent_tx tx;
	for (unsigned i = 0; i < 400; i++)
		nest_say(&nest, 1, i);
	assert_ok(gn_agent_tx_begin(nest.db, &tx));
	assert_ok(gn_agent_client_put(&tx, &client));
	assert_ok(gn_agent_row_put(&tx, &row, GN_SLICE(value)));
	for (size_t i = 0; i < GN_COUNT(names); i++)
		assert_ok(gn_agent_meta_put(&tx, names[i], GN_SLICE(value)));
	assert_ok(gn_agent_tx_commit(&tx));
}

/* What must not live twice is not in it; it opens with its own key alone; in steps. */
static void for_another(void **state)
{
	static const uint8_t key[GN_AGENT_DB_KEY] = {3};
	struct gn_agent_db_place place = nest.place;
	struct gn_agent_backup *copy;
	struct gn_agent_db *db;
	unsigned left = 1, steps = 0;
	char why[GN_AGENT_WHY];
	(void)state;
	fill();
	assert_ok(gn_agent_backup_begin_for(nest.db, "agent/away.db", key, &copy));
	for (; left; steps++) {
		assert_ok(gn_agent_backup_step(copy, steps ? AGENT_BACKUP_PAGES : 1, &left));
		assert_true(steps || left);
	}
	assert_true(steps >= 2);
	assert_true(AGENT_BACKUP_TELL < GN_SEC); /* progress of whatever takes longer is told */
	assert_ok(gn_agent_backup_end(copy));
	place.name = "agent/away.db";
	assert_err(gn_agent_db_open(&place, false, &db, why), GN_KEY);
	memcpy(place.key, key, sizeof key);
	assert_ok(gn_agent_db_open(&place, false, &db, why));
	assert_int_equal(rows(db, "SELECT count(*) FROM messages"), 400);
	assert_int_equal(rows(db, "SELECT count(*) FROM meta WHERE name IN ('people', 'keys.00')"),
			 2);
	assert_int_equal(rows(db, "SELECT count(*) FROM e2ee"), 0);
	assert_int_equal(rows(db, "SELECT count(*) FROM clients"), 0);
	assert_int_equal(rows(db, "SELECT count(*) FROM events"), 0);
	assert_int_equal(rows(db, "SELECT count(*) FROM meta WHERE name GLOB 'prekeys*' OR name"
				  " GLOB 'told.*' OR name IN ('boxes', 'own.devices')"),
			 0);
	gn_agent_db_close(db);
	/* the store itself has all of it */
	assert_int_equal(rows(nest.db, "SELECT count(*) FROM e2ee"), 1);
	assert_int_equal(rows(nest.db, "SELECT count(*) FROM clients"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(head), cmocka_unit_test(every_bit),
		cmocka_unit_test_setup_teardown(for_another, set_up, tear_down)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
