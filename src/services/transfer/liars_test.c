/* Who lies to a transfer: a sender whose leaves, chunks, order, sizes or lists are not what they
 * say, a receiver that has what it has not; each limit at it and one past it. Rule RE-62. */
#include "services/transfer/testing/rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct rig rig, *g = &rig;
static uint8_t frame[FRAME_HEAD + HAVE_MAX + GN_CHUNK];
static size_t sent; /* of a MANIFEST, what the receiver took */

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

/* Everything the disk has to do, at once. */
static void disk(struct rig_end *e)
{
	struct gn_transfer_request r;
	struct gn_transfer_result result;
	rig_events(g, e);
	while (gn_transfer_next_request(e->t, &r)) {
		gn_err err = rig_disk_do(&e->disk, &r, &result);
		gn_transfer_done(e->t, r.token, err, &result, g->now);
		gn_transfer_validate(e->t);
		rig_events(g, e);
	}
}

static void feed(struct rig_end *e, uint8_t type, const void *body, size_t len)
{
	assert_true(len <= sizeof frame - FRAME_HEAD);
	frame[0] = type;
	gn_put_be32(frame + 1, (uint32_t)len);
	if (len)
		memcpy(frame + FRAME_HEAD, body, len);
	sent = gn_transfer_recv(e->t, gn_slice(frame, FRAME_HEAD + len), g->now);
	gn_transfer_validate(e->t);
	disk(e);
}

/* One frame that it says; its length, 0: nothing. */
static uint32_t hear(struct rig_end *e, uint8_t *type, uint8_t *body, size_t cap)
{
	uint8_t head[FRAME_HEAD];
	if (gn_transfer_send(e->t, head, sizeof head) < sizeof head)
		return *type = 0;
	uint32_t len = gn_be32(head + 1);
	assert_true(len <= cap);
	assert_int_equal(gn_transfer_send(e->t, body, len), len);
	*type = head[0];
	return len;
}

static void stopped(struct rig_end *e, gn_err err)
{
	rig_events(g, e);
	assert_true(e->stopped && !e->stop.by_peer);
	assert_int_equal(e->stop.err, err);
	/* and the other is told why */
	uint8_t type, body[512];
	for (uint32_t len = hear(e, &type, body, sizeof body); type != FRAME_STOP;
	     len = hear(e, &type, body, sizeof body))
		assert_true(type != 0 && len <= sizeof body);
	assert_int_equal(body[0], transfer_stop_code(err));
	assert_int_equal(hear(e, &type, body, sizeof body), 0);
}

/* ---- a sender that lies ---- */

static uint8_t *content; /* of the one file that is offered */
static struct gn_hash leaves[GN_BLOCK_CHUNKS], roots[3];

static void give_manifest(struct gn_slice bytes)
{
	uint8_t head[FRAME_HEAD];
	transfer_frame_write(head, FRAME_MANIFEST, bytes.len);
	assert_int_equal(gn_transfer_recv(g->r.t, GN_SLICE(head), g->now), FRAME_HEAD);
	sent = gn_transfer_recv(g->r.t, bytes, g->now);
	disk(&g->r);
}

static gn_err make(const struct gn_bundle_file *files, size_t count, struct gn_buf *out)
{
	char why[256];
	struct gn_manifest_args args = {.files = files, .file_count = count};
	out->cap = gn_manifest_make_max(&args);
	out->p = malloc(out->cap);
	return gn_manifest_make(&g->r.mem, &args, out, why);
}

/* A receiver on a stream, to whom a file of this size was offered by its true blocks. */
static void offered(const char *path, size_t size)
{
	struct gn_buf bytes;
	struct gn_bundle_file f = {.path = gn_str(path), .size = size};
	size_t n = (size_t)gn_tree_block_count(size);
	content = realloc(content, size);
	assert_true(content != NULL && n > 0 && n <= GN_COUNT(roots));
	gn_rand_fill(&g->rand, content, size);
	for (size_t i = n; i-- > 0;)
		transfer_hash(gn_slice(content + i * GN_BLOCK, gn_tree_block_len(size, i)), leaves,
			      &roots[i]);
	gn_merkle_root(roots, n, &f.root);
	f.blocks = gn_slice(roots, n * 32);
	assert_int_equal(make(&f, 1, &bytes), GN_OK);
	rig_receive(g);
	assert_int_equal(gn_transfer_begin(g->r.t, &g->secret, g->now), GN_OK);
	give_manifest(gn_buf_slice(&bytes));
	free(bytes.p);
}

static void take_have(void)
{
	uint8_t type, body[64];
	assert_int_equal(hear(&g->r, &type, body, sizeof body), 4);
	assert_int_equal(type, FRAME_HAVE);
}

static void give_block(uint32_t file, uint32_t block, size_t count)
{
	uint8_t body[8 + 17 * 32];
	gn_put_be32(body, file);
	gn_put_be32(body + 4, block);
	memcpy(body + 8, leaves, (count < 16 ? count : 16) * 32);
	feed(&g->r, FRAME_BLOCK, body, 8 + count * 32);
}

#define SIZE (3 * GN_CHUNK + 10)

static void an_honest_one(void **state)
{
	(void)state;
	offered("x", SIZE);
	take_have();
	give_block(0, 0, 4);
	for (size_t i = 0; i < 4; i++)
		feed(&g->r, FRAME_CHUNK, content + i * GN_CHUNK, i < 3 ? GN_CHUNK : 10);
	feed(&g->r, FRAME_DONE, NULL, 0);
	uint8_t type, body[8];
	assert_int_equal(hear(&g->r, &type, body, sizeof body), 0);
	assert_int_equal(type, FRAME_DONE);
	rig_events(g, &g->r);
	assert_true(g->r.finished && !g->r.stopped);
	const struct rig_file *f = rig_disk_find(&g->r.disk, "dst/x");
	assert_true(f && gn_slice_eq(gn_buf_slice(&f->now), gn_slice(content, SIZE)));
}

static void wrong_leaves(void **state)
{
	(void)state;
	offered("x", SIZE);
	take_have();
	leaves[2].b[31] ^= 1;
	give_block(0, 0, 4);
	stopped(&g->r, GN_HASH);
	assert_true(strstr(g->r.stop.why, "x: ") != NULL);
	assert_int_equal(g->r.t->count.stopped, 1);
}

/* Not a byte of it is written. */
static void wrong_chunk(void **state)
{
	(void)state;
	offered("x", SIZE);
	take_have();
	give_block(0, 0, 4);
	feed(&g->r, FRAME_CHUNK, content, GN_CHUNK);
	content[GN_CHUNK + 77] ^= 1;
	uint64_t writes = g->r.disk.writes;
	feed(&g->r, FRAME_CHUNK, content + GN_CHUNK, GN_CHUNK);
	stopped(&g->r, GN_HASH);
	assert_int_equal(g->r.disk.writes, writes);
	assert_int_equal(rig_disk_find(&g->r.disk, "dst/x.part")->now.len, GN_CHUNK);
}

static void wrong_sizes(void **state)
{
	static const size_t lens[] = {GN_CHUNK - 1, 0, 10};
	(void)state;
	for (unsigned i = 0; i < GN_COUNT(lens); i++) {
		end(NULL);
		start(NULL);
		offered("x", SIZE);
		take_have();
		give_block(0, 0, 4);
		feed(&g->r, FRAME_CHUNK, content, lens[i]);
		stopped(&g->r, GN_PROTOCOL);
	}
	end(NULL);
	start(NULL);
	offered("x", SIZE);
	take_have();
	give_block(0, 0, 4);
	for (size_t k = 0; k < 3; k++)
		feed(&g->r, FRAME_CHUNK, content + k * GN_CHUNK, GN_CHUNK);
	feed(&g->r, FRAME_CHUNK, content, 11); /* the last has 10 */
	stopped(&g->r, GN_PROTOCOL);
}

static void wrong_blocks(void **state)
{
	static const struct {
		uint32_t file, block;
		size_t leaves;
	} bad[] = {{1, 0, 4}, {0, 1, 4}, {UINT32_MAX, 0, 4}, {0, UINT32_MAX, 4},
		   {0, 0, 3}, {0, 0, 5}, {0, 0, 0}};
	(void)state;
	for (unsigned i = 0; i < GN_COUNT(bad); i++) {
		offered("x", SIZE);
		take_have();
		give_block(bad[i].file, bad[i].block, bad[i].leaves);
		stopped(&g->r, GN_PROTOCOL);
		end(NULL);
		start(NULL);
	}
	offered("x", SIZE);
	take_have();
	feed(&g->r, FRAME_BLOCK, leaves, 7);
	stopped(&g->r, GN_PROTOCOL);
}

static void twice(void **state)
{
	(void)state;
	offered("x", SIZE + GN_BLOCK);
	take_have();
	give_block(0, 0, 16);
	for (size_t k = 0; k < 16; k++)
		feed(&g->r, FRAME_CHUNK, content + k * GN_CHUNK, GN_CHUNK);
	assert_int_equal(g->r.t->count.blocks_taken, 1);
	give_block(0, 0, 16);
	stopped(&g->r, GN_PROTOCOL);
}

static void out_of_order(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 7; i++) {
		offered("x", SIZE);
		if (i != 5) /* before it was told what is there */
			take_have();
		if (i == 1)
			give_block(0, 0, 4);
		if (i == 0)
			feed(&g->r, FRAME_CHUNK, content, GN_CHUNK);
		else if (i == 1 || i == 5)
			give_block(0, 0, 4);
		else if (i == 2)
			feed(&g->r, FRAME_DONE, NULL, 0);
		else if (i == 3)
			feed(&g->r, FRAME_HAVE, content, 4);
		else if (i == 4)
			feed(&g->r, FRAME_MANIFEST, content, 4);
		else
			feed(&g->r, FRAME_SHARE, content, 65);
		stopped(&g->r, GN_PROTOCOL);
		end(NULL);
		start(NULL);
	}
	offered("x", SIZE);
}

/* ---- lists that lie ---- */

static void refused(const struct gn_bundle_file *files, size_t count, gn_err err)
{
	struct gn_buf bytes;
	assert_int_equal(make(files, count, &bytes), GN_OK);
	rig_receive(g);
	assert_int_equal(gn_transfer_begin(g->r.t, &g->secret, g->now), GN_OK);
	give_manifest(gn_buf_slice(&bytes));
	free(bytes.p);
	if (err == GN_OK)
		assert_true(g->r.offered && !g->r.stopped);
	else
		stopped(&g->r, err);
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
static void path_in_list(const char *path)
{
	char plain[GN_PATH_MAX];
	struct gn_buf bytes;
	size_t n = strlen(path);
	memset(plain, 'q', n);
	plain[n] = 0;
	struct gn_bundle_file f = empty_file(plain);
	assert_int_equal(make(&f, 1, &bytes), GN_OK);
	size_t at = 0;
	while (at + n <= bytes.len && memcmp(bytes.p + at, plain, n) != 0)
		at++;
	assert_true(at + n <= bytes.len);
	memcpy(bytes.p + at, path, n);
	rig_receive(g);
	assert_int_equal(gn_transfer_begin(g->r.t, &g->secret, g->now), GN_OK);
	give_manifest(gn_buf_slice(&bytes));
	free(bytes.p);
	stopped(&g->r, GN_MALFORMED);
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
		path_in_list(bad[i]);
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
	give_manifest(gn_buf_slice(&bytes));
	stopped(&g->r, GN_PROTOCOL);
	end(NULL);
	start(NULL);
	refused(NULL, 0, GN_PROTOCOL);
	rig_receive(g);
	assert_int_equal(gn_transfer_begin(g->r.t, &g->secret, g->now), GN_OK);
	give_manifest(GN_LIT("this is no list of files at all"));
	stopped(&g->r, GN_MALFORMED);
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
	stopped(&g->r, GN_PROTOCOL);
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
		assert_int_equal(make(files, 16 + past, &bytes), GN_OK);
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

/* ---- a receiver that lies ---- */

static const char *const two[] = {"a", "b"};

static void sending(void)
{
	uint8_t type, body[4096];
	rig_source(g, 0, 9 * GN_BLOCK - 5);
	rig_source(g, 1, 10);
	rig_send(g, two, 2);
	disk(&g->s);
	assert_true(g->s.ready);
	assert_int_equal(gn_transfer_begin(g->s.t, &g->secret, g->now), GN_OK);
	assert_true(hear(&g->s, &type, body, sizeof body) > 0);
	assert_int_equal(type, FRAME_MANIFEST);
}

static void have(uint32_t file, const char *bits, size_t len)
{
	uint8_t body[64];
	gn_put_be32(body, file);
	memcpy(body + 4, bits, len);
	feed(&g->s, FRAME_HAVE, body, 4 + len);
}

static void have_bad(void **state)
{
	static const struct {
		uint32_t file;
		const char *bits;
		size_t len;
	} bad[] = {
		{0, "\1", 1},            /* 9 blocks are 2 bytes */
		{0, "\1\1\1", 3},        /* the same */
		{0, "\1\2", 2},          /* a tenth block */
		{1, "", 0},              /* no bits */
		{3, "", 0},              /* past the end mark */
		{2, "\1", 1},            /* bits of the end mark */
		{UINT32_MAX, "\1\1", 2}, /* no file */
	};
	(void)state;
	for (unsigned i = 0; i < GN_COUNT(bad); i++) {
		sending();
		have(bad[i].file, bad[i].bits, bad[i].len);
		stopped(&g->s, GN_PROTOCOL);
		end(NULL);
		start(NULL);
	}
	sending();
	have(1, "\1", 1);
	have(0, "\1\1", 2); /* files rise */
	stopped(&g->s, GN_PROTOCOL);
	end(NULL);
	start(NULL);
	sending();
	have(0, "\1\1", 2);
	have(0, "\1\1", 2);
	stopped(&g->s, GN_PROTOCOL);
	end(NULL);
	start(NULL);
	sending();
	have(0, "\0", 0);
	stopped(&g->s, GN_PROTOCOL);
	end(NULL);
	start(NULL);
	sending();
	feed(&g->s, FRAME_DONE, NULL, 0); /* before ours */
	stopped(&g->s, GN_PROTOCOL);
}

/* Who says it has what it has not gets the rest, and is alone with it. */
static void have_lies(void **state)
{
	uint8_t type, *body = malloc(GN_CHUNK);
	unsigned blocks = 0, chunks = 0;
	(void)state;
	sending();
	have(0, "\xff\0", 2);
	have(2, "", 0);
	for (;;) {
		(void)hear(&g->s, &type, body, GN_CHUNK);
		disk(&g->s);
		if (type == FRAME_DONE)
			break;
		assert_true(type == FRAME_BLOCK || type == FRAME_CHUNK);
		blocks += type == FRAME_BLOCK;
		chunks += type == FRAME_CHUNK;
	}
	assert_int_equal(blocks, 2);
	assert_int_equal(chunks, 16 + 1);
	assert_int_equal(g->s.t->count.blocks_skipped, 8);
	assert_int_equal(g->s.t->count.blocks_sent, 2);
	feed(&g->s, FRAME_DONE, NULL, 0);
	assert_true(g->s.finished && !g->s.stopped);
	free(body);
}

/* No more is read than goes out soon. */
static void no_more_than_ahead(void **state)
{
	(void)state;
	sending();
	uint64_t reads = g->s.disk.reads;
	have(2, "", 0);
	assert_int_equal(g->s.disk.reads, reads + TRANSFER_AHEAD);
}

/* A disk that does not write holds up what is bounded. */
static void no_more_than_slots(void **state)
{
	struct gn_transfer_request r;
	(void)state;
	offered("x", 3 * GN_BLOCK);
	take_have();
	unsigned chunks = 0;
	size_t taken = 0, len = 0;
	for (unsigned block = 0; block < 3; block++) {
		struct gn_hash root;
		transfer_hash(gn_slice(content + (size_t)block * GN_BLOCK, GN_BLOCK), leaves,
			      &root);
		uint8_t body[BLOCK_MAX] = {0};
		gn_put_be32(body + 4, block);
		memcpy(body + 8, leaves, sizeof leaves);
		frame[0] = FRAME_BLOCK;
		gn_put_be32(frame + 1, BLOCK_MAX);
		memcpy(frame + FRAME_HEAD, body, sizeof body);
		if (taken == len) /* else it has no room */
			(void)gn_transfer_recv(g->r.t, gn_slice(frame, FRAME_HEAD + BLOCK_MAX),
					       g->now);
		for (unsigned i = 0; i < 16 && taken == len; i++) {
			frame[0] = FRAME_CHUNK;
			gn_put_be32(frame + 1, GN_CHUNK);
			memcpy(frame + FRAME_HEAD,
			       content + (size_t)block * GN_BLOCK + (size_t)i * GN_CHUNK, GN_CHUNK);
			len = FRAME_HEAD + GN_CHUNK;
			taken = gn_transfer_recv(g->r.t, gn_slice(frame, len), g->now);
			chunks += taken == len;
		}
	}
	assert_int_equal(chunks, TRANSFER_SLOTS);
	assert_int_equal(taken, FRAME_HEAD);
	assert_true(gn_transfer_next_request(g->r.t, &r)); /* one is written: one more is taken */
	gn_transfer_done(g->r.t, r.token, GN_OK, NULL, g->now);
	taken += gn_transfer_recv(g->r.t, gn_slice(frame + taken, len - taken), g->now);
	assert_int_equal(taken, len);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_honest_one, start, end),
		cmocka_unit_test_setup_teardown(wrong_leaves, start, end),
		cmocka_unit_test_setup_teardown(wrong_chunk, start, end),
		cmocka_unit_test_setup_teardown(wrong_sizes, start, end),
		cmocka_unit_test_setup_teardown(wrong_blocks, start, end),
		cmocka_unit_test_setup_teardown(twice, start, end),
		cmocka_unit_test_setup_teardown(out_of_order, start, end),
		cmocka_unit_test_setup_teardown(lists, start, end),
		cmocka_unit_test_setup_teardown(huge_list, start, end),
		cmocka_unit_test_setup_teardown(list_limits, start, end),
		cmocka_unit_test_setup_teardown(block_limits, start, end),
		cmocka_unit_test_setup_teardown(have_bad, start, end),
		cmocka_unit_test_setup_teardown(have_lies, start, end),
		cmocka_unit_test_setup_teardown(no_more_than_ahead, start, end),
		cmocka_unit_test_setup_teardown(no_more_than_slots, start, end),
	};
	int bad = cmocka_run_group_tests(tests, NULL, NULL);
	free(content);
	return bad;
}
