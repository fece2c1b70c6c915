/* Room for opens (BU-27): heads that say much and show nothing, opens that wait, and those
 * beside them. */
#include "services/bundles/engine_int.h"
#include "services/testing/world.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct svc s;

static struct gn_sk owners[GN_MANIFEST_BLOCKS];

static void start(unsigned nodes, unsigned owner_count)
{
	svc_network(&s, nodes, 64u << 20);
	for (unsigned i = 0; i < owner_count; i++) {
		uint8_t seed[32] = {81, (uint8_t)i};
		gn_sk_from_seed(seed, &owners[i]);
	}
}

/* A head of this owner over a manifest of these blocks, put from node 0. */
static void put_head(unsigned owner, uint64_t size, struct gn_slice blocks,
		     const struct gn_hash *root)
{
	static uint8_t record[GN_RECORD_MAX];
	struct gn_buf rec = {record, 0, sizeof record};
	struct gn_head head = {.owner = owners[owner].pk,
			       .label = GN_LIT("blog"),
			       .seq = 1,
			       .created = gn_unix(s.now),
			       .ttl = GN_BUNDLE_TTL};
	gn_head_advance(&head, &(struct gn_head_version){.total_size = 7,
							 .manifest_size = size,
							 .manifest = *root,
							 .manifest_blocks = blocks});
	assert_int_equal(gn_head_record(&owners[owner], &head, &rec), GN_OK);
	assert_int_equal(svc_put(&s, 0, gn_buf_slice(&rec), 3, NULL), GN_OK);
}

/* Over blocks that nobody has. */
static void put_hollow_head(unsigned owner)
{
	struct gn_hash blocks[GN_MANIFEST_BLOCKS], root;
	memset(blocks, (int)owner + 1, sizeof blocks);
	gn_merkle_root(blocks, GN_COUNT(blocks), &root);
	put_head(owner, GN_MANIFEST_BLOCKS * GN_BLOCK, GN_SLICE(blocks), &root);
}

/* What stands for a manifest: whole, it is found to be none. On the disk of node `at` alone. */
static void put_bulk(unsigned owner, unsigned at, size_t size)
{
	struct svc_wait w;
	uint8_t *data = svc_random_bytes(size, owner + 1);
	assert_int_equal(svc_ingest(&s, at, gn_slice(data, size), &w), GN_OK);
	put_head(owner, size, gn_slice(w.blocks, w.blocks_len), &w.root);
	svc_wait_free(&w);
	free(data);
}

static void begin(unsigned node, unsigned owner, struct svc_wait *w)
{
	*w = (struct svc_wait){.node = node};
	assert_int_equal(gn_bundles_open(s.nodes[node].bundles,
					 &(struct gn_bundles_site){.owner = &owners[owner].pk,
								   .label = GN_LIT("blog"),
								   .fresh = true},
					 s.now, &w->op),
			 GN_OK);
	svc_wait_add(&s, w);
	svc_pump(&s, node);
}

static void end(struct svc_wait *w, gn_err err)
{
	assert_true(w->over);
	assert_int_equal(w->err, err);
	svc_wait_drop(&s, w);
}

static const struct bundles_open *open_of(const struct svc_wait *w)
{
	return gn_frame_op_get(&s.nodes[w->node].bundles->frame, w->op, OP_OPEN);
}

/* Sixteen times 64 MiB said, none of them shown: no byte of it is taken, reading goes on, and
 * each of them ends. */
static void what_a_head_says_takes_no_memory(void **state)
{
	(void)state;
	struct svc_wait w[16], file;
	uint64_t got;
	start(6, 16);
	uint8_t *data = svc_random_bytes(GN_BLOCK, 3);
	struct gn_bundle_file f = svc_publish(&s, data, GN_BLOCK, 5, &file);
	for (unsigned i = 0; i < 16; i++)
		put_hollow_head(i);
	s.nodes[1].lies = SVC_BUSY;
	struct gn_bundles *b = s.nodes[5].bundles;
	size_t before = s.nodes[5].bundles_alloc.used;
	for (unsigned i = 0; i < 16; i++)
		begin(5, i, &w[i]);
	svc_run_for(&s, 20 * GN_SEC);
	assert_int_equal(b->opens, 16);
	assert_int_equal(b->open_alloc.used, 0);
	/* readers' lists, lookups */
	assert_in_range(s.nodes[5].bundles_alloc.used - before, 0, 2u << 20);
	assert_int_equal(svc_read(&s, 5, &f, 0, GN_BLOCK, data, &got, NULL), GN_OK);
	svc_run_for(&s, BUNDLES_REFUSED + 20 * GN_SEC);
	for (unsigned i = 0; i < 16; i++)
		end(&w[i], GN_TIMEOUT);
	assert_int_equal(b->opens, 0);
	svc_wait_free(&file);
	free(data);
	svc_free(&s);
}

/* Memory follows what came, and the reader's look-ahead. */
static void memory_follows_what_came(void **state)
{
	(void)state;
	struct svc_wait w;
	start(3, 1);
	put_bulk(0, 0, 8 * GN_BLOCK);
	struct gn_bundles *b = s.nodes[2].bundles;
	s.down_node = 3;
	s.down_rate = 250000;
	begin(2, 0, &w);
	for (unsigned i = 0; i < 25; i++) {
		svc_run_for(&s, GN_SEC);
		const struct bundles_open *o = open_of(&w);
		assert_in_range(b->open_alloc.used, 0,
				2 * o->len + (BUNDLES_AHEAD + 1) * (GN_CHUNK + 64) + 4096);
	}
	assert_true(open_of(&w)->len > 4 * GN_BLOCK);
	s.down_node = 0;
	svc_run_for(&s, 10 * GN_SEC);
	end(&w, GN_MALFORMED);
	assert_int_equal(b->open_alloc.used, 0);
	svc_free(&s);
}

/* The small one stays, whoever comes last. */
static void the_owner_that_holds_most_gives_way(void **state)
{
	(void)state;
	struct svc_wait large, small;
	start(3, 2);
	put_bulk(0, 2, 5 * GN_BLOCK / 2);
	put_bulk(1, 2, GN_BLOCK);
	struct gn_bundles *b = s.nodes[2].bundles;
	b->open_alloc.limit = 3 * GN_BLOCK;
	s.idle_workers = true;
	begin(2, 0, &large);
	svc_run_for(&s, GN_SEC);
	assert_non_null(open_of(&large)->work); /* whole */
	begin(2, 1, &small);
	svc_run_for(&s, GN_SEC);
	end(&large, GN_BUSY);
	assert_non_null(open_of(&small)->work);
	begin(2, 0, &large);
	svc_run_for(&s, GN_SEC);
	end(&large, GN_BUSY);
	assert_non_null(open_of(&small)->work);
	assert_int_equal(svc_bundles_count(&s, 2, "opens_gave_way"), 2);
	gn_bundles_cancel(b, small.op, s.now); /* and what waited to be checked for it goes too */
	assert_null(gn_bundles_next_work(b));
	assert_int_equal(b->open_alloc.used, 0);
	svc_wait_drop(&s, &small);
	svc_free(&s);
}

/* However little it holds. */
static void who_got_nothing_for_long_gives_way_first(void **state)
{
	(void)state;
	struct svc_wait slow, large;
	start(3, 2);
	put_bulk(0, 0, 8 * GN_BLOCK);
	put_bulk(1, 2, 5 * GN_BLOCK / 2);
	struct gn_bundles *b = s.nodes[2].bundles;
	s.idle_workers = true;
	s.down_node = 3;
	s.down_rate = 250000;
	begin(2, 0, &slow);
	svc_run_for(&s, 4 * GN_SEC);
	s.nodes[0].lies = s.nodes[1].lies = SVC_BUSY;
	while (s.now - open_of(&slow)->moved < BUNDLES_OPEN_GRACE) /* what was under way comes */
		svc_run_for(&s, GN_SEC / 10);
	assert_in_range(b->open_alloc.used, GN_BLOCK, 8 * GN_BLOCK);
	b->open_alloc.limit = b->open_alloc.used + 2 * GN_BLOCK;
	begin(2, 1, &large);
	svc_run_for(&s, GN_SEC);
	end(&slow, GN_TIMEOUT);
	assert_non_null(open_of(&large)->work);
	gn_bundles_cancel(b, large.op, s.now);
	svc_wait_drop(&s, &large);
	svc_free(&s);
}

static gn_err open_now(unsigned owner, gn_time now)
{
	gn_op op;
	return gn_bundles_open(s.nodes[0].bundles,
			       &(struct gn_bundles_site){.owner = &owners[owner].pk,
							 .label = GN_LIT("blog"),
							 .fresh = true},
			       now, &op);
}

static void places_go_to_who_gets_something(void **state)
{
	(void)state;
	start(2, 3);
	struct gn_bundles *b = s.nodes[0].bundles;
	for (unsigned i = 0; i < BUNDLES_OPENS; i++)
		assert_int_equal(open_now(i % 2, s.now), GN_OK);
	/* half each, and not for long */
	assert_int_equal(open_now(2, s.now + BUNDLES_OPEN_GRACE - 1), GN_LIMIT);
	assert_int_equal(open_now(2, s.now + BUNDLES_OPEN_GRACE), GN_OK);
	assert_int_equal(b->opens, BUNDLES_OPENS);
	assert_int_equal(svc_bundles_count(&s, 0, "opens_gave_way"), 1);
	gn_bundles_validate(b);
	svc_free(&s);
}

static void an_owner_with_more_than_half_makes_room(void **state)
{
	(void)state;
	start(2, 3);
	struct gn_bundles *b = s.nodes[0].bundles;
	for (unsigned i = 0; i < BUNDLES_OPENS; i++)
		assert_int_equal(open_now(i > BUNDLES_OPENS / 2, s.now), GN_OK);
	assert_int_equal(open_now(0, s.now), GN_LIMIT); /* not for its own */
	assert_int_equal(open_now(2, s.now), GN_OK);
	assert_int_equal(open_now(2, s.now), GN_LIMIT); /* it is at half now */
	unsigned of[3] = {0};
	for (const struct bundles_open *o = b->open_first; o; o = o->next)
		for (unsigned i = 0; i < 3; i++)
			of[i] += !o->op.ended && gn_pk_eq(&o->owner, &owners[i].pk);
	assert_int_equal(of[0], BUNDLES_OPENS / 2);
	assert_int_equal(of[1], BUNDLES_OPENS / 2 - 1);
	assert_int_equal(of[2], 1);
	svc_free(&s);
}

/* Places are for what has to be waited for. */
static void a_site_at_hand_needs_no_place(void **state)
{
	(void)state;
	static uint8_t storage[4096];
	struct gn_alloc heap;
	struct gn_buf out = {storage, 0, sizeof storage};
	struct gn_bundle_file page;
	struct svc_wait file, manifest, w;
	char why[256];
	start(3, 3);
	gn_alloc_heap(&heap, 1u << 20);
	assert_int_equal(svc_ingest(&s, 0, GN_LIT("<p>"), &file), GN_OK);
	page = svc_as_file(&file);
	page.path = GN_LIT("index.html");
	struct gn_manifest_args args = {.owner = owners[2].pk,
					.label = GN_LIT("blog"),
					.seq = 1,
					.files = &page,
					.file_count = 1};
	assert_int_equal(gn_manifest_make(&heap, &args, &out, why), GN_OK);
	assert_int_equal(svc_ingest(&s, 0, gn_buf_slice(&out), &manifest), GN_OK);
	put_head(2, manifest.size, gn_slice(manifest.blocks, manifest.blocks_len), &manifest.root);
	begin(0, 2, &w);
	svc_run_for(&s, GN_SEC);
	end(&w, GN_OK);
	svc_wait_free(&w);
	struct gn_bundles *b = s.nodes[0].bundles;
	for (unsigned i = 0; i < BUNDLES_OPENS; i++)
		assert_int_equal(open_now(i % 2, s.now), GN_OK);
	assert_int_equal(open_now(2, s.now), GN_LIMIT); /* fresh: the network is asked */
	w = (struct svc_wait){0};
	assert_int_equal(gn_bundles_open(b,
					 &(struct gn_bundles_site){.owner = &owners[2].pk,
								   .label = GN_LIT("blog")},
					 s.now, &w.op),
			 GN_OK);
	assert_int_equal(svc_wait(&s, &w), GN_OK);
	svc_wait_free(&w);
	svc_wait_free(&file);
	svc_wait_free(&manifest);
	svc_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_head_says_takes_no_memory),
		cmocka_unit_test(memory_follows_what_came),
		cmocka_unit_test(the_owner_that_holds_most_gives_way),
		cmocka_unit_test(who_got_nothing_for_long_gives_way_first),
		cmocka_unit_test(places_go_to_who_gets_something),
		cmocka_unit_test(an_owner_with_more_than_half_makes_room),
		cmocka_unit_test(a_site_at_hand_needs_no_place),
	};
	return cmocka_run_group_tests_name("bundles_open", tests, NULL, NULL);
}
