/* What a node lets go of its own blocks: a whole node without a loop, its lists in a folder. */
#include "node/node_int.h"
#include "node/testing/whole.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define VERSION_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define VERSION_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define VERSION_C "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
#define OWNER "0700000000000000000000000000000000000000000000000000000000000000"

static struct whole w;
static struct gn_hash block;
static struct gn_os_dir *dir;
static char base[] = "/tmp/node_sites_test_XXXXXX";
static const struct gn_pk owner = {{7}};

static struct gn_node *node(void)
{
	return whole_node(&w, 0);
}

static void run_until_restored(void)
{
	whole_start(&w, 0);
	node()->host.dir = dir;
	whole_run_for(&w, GN_SEC);
	assert_true(node()->running);
}

static void told_bundles(void *user, unsigned i, const struct gn_bundles_event *e)
{
	(void)user;
	(void)i;
	if (e->kind == GN_BUNDLES_INGESTED)
		block = e->root;
}

/* One block of its own, taken in before its last start, and two versions that name it. */
static void begin(void)
{
	/* what is out is another version: none of the two is spread again */
	static const char table[] =
		"[{\"owner\": \"" OWNER "\", \"label\": \"\", \"root\": \"" VERSION_C
		"\", \"versions\": [\"" VERSION_A "\"]},"
		"{\"owner\": \"" OWNER "\", \"label\": \"b\", \"root\": \"" VERSION_C
		"\", \"versions\": [\"" VERSION_B "\"]}]";
	uint8_t data[1000] = {1};
	size_t taken;
	gn_op op;
	char why[GN_HOST_WHY];
	whole_init(&w, &(struct whole_options){.seed = 5,
					       .nodes = 1,
					       .pow_bits = 1,
					       .hooks = {.bundles = told_bundles}});
	whole_add(&w);
	run_until_restored();
	assert_int_equal(gn_bundles_ingest(node()->bundles, w.now, &op), GN_OK);
	assert_int_equal(gn_bundles_ingest_data(node()->bundles, op, GN_SLICE(data), &taken, w.now),
			 GN_OK);
	assert_int_equal(gn_bundles_ingest_end(node()->bundles, op, w.now), GN_OK);
	whole_moved(&w, 0);
	whole_run_for(&w, GN_SEC);
	assert_true(gn_blocks_have(node()->blocks, &block, NULL));
	whole_kill(&w, 0);
	assert_int_equal(gn_os_file_write(dir, "sites.json", gn_str(table)), GN_OK);
	assert_int_equal(gn_os_file_write(dir, "sites/" VERSION_A, GN_SLICE(block.b)), GN_OK);
	assert_int_equal(gn_os_file_write(dir, "sites/" VERSION_B, GN_SLICE(block.b)), GN_OK);
	run_until_restored();
	assert_int_equal(gn_node_saved_read(node(), why), GN_OK);
}

static bool is_own(void)
{
	enum gn_block_keep keep;
	return gn_blocks_kept(node()->blocks, &block, &keep, NULL) && keep == GN_BLOCK_OWN;
}

static void end(void)
{
	json_decref(node()->sites);
	whole_free(&w);
}

static void what_no_version_names_goes(void **state)
{
	(void)state;
	begin();
	gn_node_sites_load(node());
	assert_int_equal(gn_node_sites_remove(node(), &owner, "b"), GN_OK);
	assert_true(is_own());
	assert_int_equal(gn_node_sites_remove(node(), &owner, ""), GN_OK);
	assert_false(is_own());
	end();
}

/* A request may come before the versions were named. */
static void nothing_is_let_go_before_the_sites_are_known(void **state)
{
	(void)state;
	begin();
	assert_int_equal(gn_node_sites_remove(node(), &owner, "b"), GN_OK);
	assert_true(is_own());
	gn_node_sites_load(node());
	assert_true(is_own());
	assert_int_equal(gn_node_sites_remove(node(), &owner, ""), GN_OK);
	assert_false(is_own());
	end();
}

/* Of version A, whose blocks are not known; B names one of them. */
static void nothing_is_let_go_while_a_list_is_unknown(void **state)
{
	(void)state;
	begin();
	assert_int_equal(gn_os_remove(dir, "sites/" VERSION_A), GN_OK);
	gn_node_sites_load(node());
	assert_int_equal(gn_node_sites_remove(node(), &owner, "b"), GN_OK);
	assert_true(is_own());
	end();
}

/* Nor is a count taken back that the list which could not be read never gave. */
static void a_list_that_was_not_counted_takes_nothing_back(void **state)
{
	(void)state;
	begin();
	assert_int_equal(gn_os_remove(dir, "sites/" VERSION_A), GN_OK);
	gn_node_sites_load(node());
	assert_int_equal(gn_os_file_write(dir, "sites/" VERSION_A, GN_SLICE(block.b)), GN_OK);
	assert_int_equal(gn_node_sites_remove(node(), &owner, ""), GN_OK);
	assert_true(is_own());
	end();
}

static int folder_make(void **state)
{
	(void)state;
	return !mkdtemp(base) || gn_os_dir_open(base, &dir) ? -1 : 0;
}

static int folder_remove(void **state)
{
	static const char *const names[] = {"sites/" VERSION_A, "sites/" VERSION_B, "sites.json"};
	char path[256];
	(void)state;
	for (size_t i = 0; i < GN_COUNT(names); i++)
		(void)!gn_os_remove(dir, names[i]);
	gn_os_dir_close(dir);
	snprintf(path, sizeof path, "%s/sites", base);
	rmdir(path);
	snprintf(path, sizeof path, "%s/lock", base);
	unlink(path);
	return rmdir(base);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_no_version_names_goes),
		cmocka_unit_test(nothing_is_let_go_before_the_sites_are_known),
		cmocka_unit_test(nothing_is_let_go_while_a_list_is_unknown),
		cmocka_unit_test(a_list_that_was_not_counted_takes_nothing_back),
	};
	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
