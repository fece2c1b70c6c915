/* Transfers from seeds: any order of requests and bytes, streams that are cut, ends that are killed
 * at any step, with and without a power cut. At the end all files are equal, and no block came
 * twice but those that were not durable. GN_SEEDS says how many seeds. Rule RE-62. */
#include "services/transfer/testing/rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const char *const paths[] = {"a/1.bin", "a/empty", "a/sub/x", "b.txt", "big", "c/d/e/f"};
static const size_t sizes[] = {2 * GN_BLOCK + 123, 0, GN_CHUNK + 1, 5, 3 * GN_BLOCK, GN_CHUNK};
static struct rig rig, *g = &rig;

static void begin(uint64_t seed)
{
	rig_init(g, seed);
	for (unsigned i = 0; i < GN_COUNT(paths); i++)
		rig_source(g, i, sizes[i]);
	rig_send(g, paths, GN_COUNT(paths));
	rig_receive(g);
	while (!g->s.ready && rig_step(g))
		;
	assert_true(g->s.ready);
}

/* Blocks in all, as the sender counts them. */
static uint64_t blocks(void)
{
	uint64_t n = 0;
	for (unsigned i = 0; i < GN_COUNT(sizes); i++)
		n += gn_tree_block_count(sizes[i]);
	return n;
}

static void all_there(uint64_t seed)
{
	if (!g->s.finished || !g->r.finished)
		fail_msg("seed %llu: not finished: sender \"%s\", receiver \"%s\"",
			 (unsigned long long)seed, g->s.stop.why, g->r.stop.why);
	for (unsigned i = 0; i < GN_COUNT(paths); i++)
		if (!rig_same(g, i, paths[i]))
			fail_msg("seed %llu: %s is not equal", (unsigned long long)seed, paths[i]);
	for (unsigned i = 0; i < RIG_FILES; i++)
		if (strstr(g->r.disk.files[i].name, ".part"))
			fail_msg("seed %llu: %s is left", (unsigned long long)seed,
				 g->r.disk.files[i].name);
}

static unsigned long seeds(unsigned long otherwise)
{
	const char *text = getenv("GN_SEEDS");
	return text ? strtoul(text, NULL, 10) : otherwise;
}

static void whole(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= seeds(10); seed++) {
		begin(seed);
		rig_connect(g);
		rig_run(g);
		all_there(seed);
		assert_int_equal(g->s.t->count.blocks_sent, blocks());
		assert_int_equal(g->r.t->count.blocks_taken, blocks());
		assert_true(g->r.t->count.syncs > 0);
		struct gn_transfer_info info;
		gn_transfer_info(g->r.t, &info);
		assert_int_equal(info.done, info.bytes);
		assert_int_equal(info.tops, 4);
		assert_true(info.over && !info.resumed);
		rig_fini(g);
	}
}

/* A stream that is cut costs the block that was on its way, no more. */
static void cuts(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= seeds(20); seed++) {
		begin(seed);
		for (unsigned cut = 0; cut < 10; cut++) {
			unsigned steps = rig_below(g, 150);
			rig_connect(g);
			while (steps-- && rig_step(g))
				;
			rig_cut(g);
			for (steps = rig_below(g, 20); steps-- && rig_step(g);)
				;
		}
		if (!g->r.finished || !g->s.finished)
			rig_connect(g);
		rig_run(g);
		if (g->s.finished != g->r.finished) { /* the last word was lost: see ends() */
			assert_true(g->r.finished);
			g->s.finished = true;
		}
		all_there(seed);
		assert_int_equal(g->r.t->count.blocks_taken, blocks());
		assert_true(g->r.t->count.chunks_cut <= 10 * GN_BLOCK_CHUNKS);
		rig_fini(g);
	}
}

/* Blocks that are written and were not durable at the last kill: until they are hashed, nobody but
 * this test knows of them. */
static bool held[16];

/* Blocks that a kill now may cost: those that are not written; a power cut those that are not
 * durable. */
static uint64_t at_risk(bool power)
{
	const struct gn_transfer *t = g->r.t;
	bool checked = t->take.phase >= TAKE_TAKE;
	uint64_t n = 0;
	for (uint32_t i = 0; i < GN_COUNT(held); i++) {
		unsigned is = t->block && i < t->blocks ? t->block[i] : BLOCK_MISSING;
		held[i] = is == BLOCK_WRITTEN || is == BLOCK_SYNCING || (!checked && held[i]);
		n += is == BLOCK_RECEIVED || (power && held[i]);
		held[i] = held[i] && !power;
	}
	return n;
}

static void again(struct rig_end *e)
{
	if (e->t)
		return;
	if (e == &g->s)
		rig_send(g, paths, GN_COUNT(paths));
	else
		rig_receive(g);
}

static void step_some(unsigned steps)
{
	while (steps-- && rig_step(g))
		;
}

static uint64_t kills_of(uint64_t seed)
{
	uint64_t may = 0;
	unsigned left[2] = {5, 5};
	memset(held, 0, sizeof held);
	begin(seed);
	while (left[0] + left[1]) {
		unsigned side = left[0] && (!left[1] || rig_below(g, 2)) ? 0 : 1;
		bool power = rig_below(g, 2);
		left[side]--;
		rig_connect(g);
		step_some(rig_below(g, 220));
		if (g->s.finished || g->r.finished)
			break;
		if (side == 1)
			may += at_risk(power);
		rig_kill(g, side ? &g->r : &g->s, power);
		again(side ? &g->r : &g->s);
		step_some(rig_below(g, 30));
		/* a sender that had no state yet reads all again */
		while (!g->s.ready && rig_step(g))
			;
	}
	return may;
}

static void kills(void **state)
{
	uint64_t killed_in_the_middle = 0, found = 0;
	(void)state;
	for (uint64_t seed = 1; seed <= seeds(40); seed++) {
		uint64_t may = kills_of(seed);
		for (unsigned i = 0; i < 3 && !(g->s.finished && g->r.finished); i++) {
			if (g->r.finished) { /* it waits for nothing more */
				g->s.finished = true;
				break;
			}
			rig_connect(g);
			rig_run(g);
		}
		all_there(seed);
		uint64_t taken = g->r.blocks_taken + g->r.t->count.blocks_taken;
		if (taken > blocks() + may)
			fail_msg("seed %llu: %llu blocks taken of %llu, %llu may come again",
				 (unsigned long long)seed, (unsigned long long)taken,
				 (unsigned long long)blocks(), (unsigned long long)may);
		killed_in_the_middle += may > 0;
		found += g->r.blocks_found + g->r.t->count.blocks_found;
		rig_fini(g);
	}
	assert_true(killed_in_the_middle > 0 && found > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole),
		cmocka_unit_test(cuts),
		cmocka_unit_test(kills),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
