/* Lists of files that lie: paths that lead elsewhere, packs, more names or bytes than there is room
 * for; each limit at it and one past it. Rule RE-62. */
#include "services/transfer/testing/rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct rig rig, *g = &rig;

static int start(void **state)
{
	(void)state;
	rig_init(g, 7);
	return 0;
}

static int end(void **state)
{
	(void)state;
	rig_fini(g);
	return 0;
}

static void refused(const struct gn_bundle_file *files, size_t count, gn_err err)
{
	struct gn_buf bytes;
	assert_int_equal(rig_list(&g->r, files, count, &bytes), GN_OK);
	rig_receive(g);
	assert_int_equal(gn_transfer_begin(g->r.t, &g->secret, g->now), GN_OK);
	rig_manifest(g, gn_buf_slice(&bytes));
	free(bytes.p);
	if (err == GN_OK)
		assert_true(g->r.offered && !g->r.stopped);
	else
		rig_stopped(g, &g->r, err);
	/* nothing was made of it */
	for (unsigned i = 0; i < RIG_FILES && err; i++)
		assert_int_equal(g->r.disk.files[i].name[0], 0);
	end(NULL);
	start(NULL);
}

static struct gn_bundle_file empty_file(const char *path)
{
	struct gn_bundle_file f = {.path = gn_str(path)};
	gn_merkle_leaf(gn_slice(NULL, 0), &f.root);
	return f;
}

/* Bytes of a list in which one path was replaced by another of the same length. */
static void path_in_list(const char *path, gn_err err)
{
	char plain[GN_PATH_MAX];
	struct gn_buf bytes;
	size_t n = strlen(path);
	memset(plain, 'q', n);
	plain[n] = 0;
	struct gn_bundle_file f = empty_file(plain);
	assert_int_equal(rig_list(&g->r, &f, 1, &bytes), GN_OK);
	size_t at = 0;
	while (at + n <= bytes.len && memcmp(bytes.p + at, plain, n) != 0)
		at++;
	assert_true(at + n <= bytes.len);
	memcpy(bytes.p + at, path, n);
	rig_receive(g);
	assert_int_equal(gn_transfer_begin(g->r.t, &g->secret, g->now), GN_OK);
	rig_manifest(g, gn_buf_slice(&bytes));
	free(bytes.p);
	rig_stopped(g, &g->r, err);
	assert_int_equal(g->r.disk.writes, 0);
	end(NULL);
	start(NULL);
}

static void lists(void **state)
{
	static const char *const bad[] = {"/etc/passwd", "../x", "a/../x", "a/./b", "a//b",    "a/",
					  "..",          ".",    "a\\b",   "a\nb",  "\xff\xfe"};
	(void)state;
	for (unsigned i = 0; i < GN_COUNT(bad); i++)
		path_in_list(bad[i], GN_MALFORMED);
	/* file systems that compose, or decompose, would write it and \u00e9 as one file */
	path_in_list("d/e\xcc\x81", GN_PROTOCOL);
	struct gn_bundle_file packed = {.path = GN_LIT("x"), .size = 5, .pack = 1};
	struct gn_bundle_pack pack = {.len = 5};
	struct gn_manifest_args args = {
		.files = &packed, .file_count = 1, .packs = &pack, .pack_count = 1};
	char why[256];
	uint8_t room[4096];
	struct gn_buf bytes = {room, 0, sizeof room};
	assert_int_equal(gn_manifest_make(&g->r.mem, &args, &bytes, why), GN_OK);
	rig_receive(g);
	assert_int_equal(gn_transfer_begin(g->r.t, &g->secret, g->now), GN_OK);
	rig_manifest(g, gn_buf_slice(&bytes));
	rig_stopped(g, &g->r, GN_PROTOCOL);
	end(NULL);
	start(NULL);
	refused(NULL, 0, GN_PROTOCOL);
	rig_receive(g);
	assert_int_equal(gn_transfer_begin(g->r.t, &g->secret, g->now), GN_OK);
	rig_manifest(g, GN_LIT("this is no list of files at all"));
	rig_stopped(g, &g->r, GN_MALFORMED);
}

/* Nothing is taken for what is only said to come. */
static void huge_list(void **state)
{
	uint8_t head[FRAME_HEAD] = {FRAME_MANIFEST};
	(void)state;
	rig_receive(g);
	assert_int_equal(gn_transfer_begin(g->r.t, &g->secret, g->now), GN_OK);
	size_t before = g->r.mem.used;
	gn_put_be32(head + 1, TRANSFER_MANIFEST_MAX);
	assert_int_equal(gn_transfer_recv(g->r.t, GN_SLICE(head), g->now), FRAME_HEAD);
	assert_int_equal(gn_transfer_recv(g->r.t, GN_LIT("a few bytes"), g->now), 11);
	assert_true(g->r.mem.used < before + 1000 && !g->r.t->over);
	gn_transfer_cut(g->r.t);
	assert_int_equal(gn_transfer_begin(g->r.t, &g->secret, g->now), GN_OK);
	gn_put_be32(head + 1, TRANSFER_MANIFEST_MAX + 1);
	assert_int_equal(gn_transfer_recv(g->r.t, GN_SLICE(head), g->now), FRAME_HEAD);
	rig_stopped(g, &g->r, GN_PROTOCOL);
}

static void list_limits(void **state)
{
	static struct gn_bundle_file files[TRANSFER_TOPS + 1];
	static char names[TRANSFER_TOPS + 1][TRANSFER_PART_MAX + 2];
	(void)state;
	for (unsigned i = 0; i <= TRANSFER_TOPS; i++) {
		snprintf(names[i], sizeof names[i], "f%u", i);
		files[i] = empty_file(names[i]);
	}
	g->accept = false;
	refused(files, TRANSFER_TOPS, GN_OK);
	refused(files, TRANSFER_TOPS + 1, GN_LIMIT);
	for (unsigned past = 0; past < 2; past++) {
		memset(names[0], 'n', TRANSFER_TOP_MAX + past);
		names[0][TRANSFER_TOP_MAX + past] = 0;
		files[0] = empty_file(names[0]);
		refused(files, 1, past ? GN_PROTOCOL : GN_OK);
		char path[TRANSFER_PART_MAX + 8] = "d/";
		memset(path + 2, 'n', TRANSFER_PART_MAX + past);
		path[2 + TRANSFER_PART_MAX + past] = 0;
		files[0] = empty_file(path);
		refused(files, 1, past ? GN_PROTOCOL : GN_OK);
	}
}

/* Folders are no bytes that are offered, and take a place on the disk each. */
static void folder_limit(void **state)
{
	enum { DEEP = 500, FILES = TRANSFER_FOLDERS / DEEP };
	static char names[FILES + 1][GN_PATH_MAX];
	struct gn_bundle_file files[FILES + 1];
	(void)state;
	for (unsigned i = 0; i <= FILES; i++) {
		int n = snprintf(names[i], sizeof names[i], "%03u/", i);
		for (unsigned k = 0; k < DEEP - 1 && i < FILES; k++)
			n += snprintf(names[i] + n, sizeof names[i] - (size_t)n, "a/");
		names[i][n] = 'f';
		files[i] = empty_file(names[i]);
	}
	g->accept = false;
	refused(files, FILES, GN_OK);
	refused(files, FILES + 1, GN_LIMIT);
}

/* Files that have the same bytes cost their list 100 bytes each: what they would be is bounded. */
static void block_limits(void **state)
{
	static struct gn_hash same[TRANSFER_BLOCKS / 16];
	static char names[17][8];
	struct gn_bundle_file files[17];
	(void)state;
	size_t n = GN_COUNT(same);
	for (unsigned i = 0; i < 17; i++) {
		snprintf(names[i], sizeof names[i], "d/%u", i);
		files[i] = (struct gn_bundle_file){.path = gn_str(names[i]),
						   .size = (uint64_t)n * GN_BLOCK,
						   .blocks = gn_slice(same, sizeof same)};
		gn_merkle_root(same, n, &files[i].root);
	}
	/* at it they would be a list of 32 MiB */
	for (unsigned past = 0; past < 2; past++) {
		struct gn_transfer t = {.env = g->r.env};
		struct gn_buf bytes;
		assert_int_equal(rig_list(&g->r, files, 16 + past, &bytes), GN_OK);
		assert_int_equal(gn_manifest_open(&g->r.mem, gn_buf_slice(&bytes), &t.manifest),
				 GN_OK);
		assert_int_equal(transfer_index(&t), past ? GN_LIMIT : GN_OK);
		free(bytes.p);
		gn_manifest_free(&g->r.mem, t.manifest);
		gn_mem_free(&g->r.mem, t.first);
		gn_mem_free(&g->r.mem, t.tops);
		gn_mem_free(&g->r.mem, t.block);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(lists, start, end),
		cmocka_unit_test_setup_teardown(huge_list, start, end),
		cmocka_unit_test_setup_teardown(list_limits, start, end),
		cmocka_unit_test_setup_teardown(folder_limit, start, end),
		cmocka_unit_test_setup_teardown(block_limits, start, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
