/* Shares of what is kept for others: strangers, acquaintances, and what a restart forgets (BU-19,
 * BU-23, BU-24). */
#include "services/bundles/engine_int.h"
#include "services/testing/strangers.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct svc s;

static uint64_t count(const char *name)
{
	return svc_bundles_count(&s, 0, name);
}

/* ---- bytes ---- */

#define TOTAL (64u << 20) /* a quarter 16 MiB, a sixteenth 4 MiB, a 64th 1 MiB */

/* Whole chunks until it is refused; how many. */
static unsigned fill(const struct stranger *t, unsigned *number, gn_err *why)
{
	unsigned n = 0;
	while ((*why = stranger_store(&s, t, (*number)++, GN_CHUNK)) == GN_OK)
		n++;
	return n;
}

static void five_keys_do_not_fill_the_store(void **state)
{
	(void)state;
	unsigned number = 0, chunks = 0;
	gn_err why;
	svc_network(&s, 1, TOTAL);
	for (unsigned k = 0; k < 5; k++) {
		struct stranger t = stranger_of(k, 300); /* no prefix share */
		chunks += fill(&t, &number, &why);
		assert_int_equal(why, GN_QUOTA);
	}
	assert_in_range(chunks, TOTAL / 2 / GN_CHUNK, (TOTAL / 2 + 3 * GN_BLOCK) / GN_CHUNK + 3);
	struct stranger honest = stranger_of(50, 300);
	/* room is left for others */
	assert_int_equal(fill(&honest, &number, &why), TOTAL / BUNDLES_STRANGER_SHARE / GN_CHUNK);
	assert_true(count("keep_refused_quota") > 0);
	svc_free(&s);
}

static void a_prefix_of_many_keys_does_not_either(void **state)
{
	(void)state;
	unsigned number = 0, chunks = 0;
	gn_err why;
	svc_network(&s, 1, TOTAL);
	for (unsigned k = 0; k < 60; k++) {
		struct stranger t = stranger_of(k, 7);
		chunks += fill(&t, &number, &why);
	}
	assert_int_equal(why, GN_QUOTA);
	assert_int_equal(chunks, TOTAL / BUNDLES_PEER_SHARE / GN_CHUNK);
	assert_true(count("keep_refused_prefix") > 0);
	struct stranger honest = stranger_of(50, 8); /* a sixteenth and a block, for 30 days */
	assert_int_equal(fill(&honest, &number, &why),
			 (TOTAL / BUNDLES_PREFIX_SHARE + GN_BLOCK) / GN_CHUNK);
	svc_free(&s);
}

/* More keys than there once were places for holders, each with one small block: others still
 * come in. */
static void a_prefix_does_not_use_up_the_holders(void **state)
{
	(void)state;
	static const uint64_t total = UINT64_C(1) << 40;
	svc_network(&s, 1, total);
	struct gn_bundles *b = s.nodes[0].bundles;
	struct gn_holder who = {.key.b[31] = 1, .addr = gn_addr_v4(93, 1, 7, 1, 7)};
	for (uint32_t i = 1; i <= 70000; i++) {
		struct gn_hash block = {{(uint8_t)i, (uint8_t)(i >> 8), (uint8_t)(i >> 16)}};
		memcpy(who.key.b, block.b, 3);
		uint64_t until = UINT64_MAX;
		if (bundles_account_add(b, &block, &who, 16, &until) != GN_OK)
			break;
	}
	struct stranger honest = stranger_of(50, 8);
	assert_int_equal(stranger_store(&s, &honest, 9000, 4096), GN_OK);
	svc_free(&s);
}

/* The last eighth is not for strangers; promises made then are of a day. */
static void acquaintances_have_room_of_their_own(void **state)
{
	(void)state;
	unsigned number = 0, chunks = 0;
	gn_err why;
	svc_network(&s, 1, TOTAL);
	s.validate = false;
	struct stranger old = stranger_of(200, 300), reader = stranger_of(201, 300);
	assert_int_equal(stranger_store(&s, &old, 100000, GN_CHUNK), GN_OK);
	svc_run_for(&s, BUNDLES_ACQUAINTED);
	for (unsigned k = 0; k < 60; k++) {
		struct stranger t = stranger_of(k, 300);
		chunks += fill(&t, &number, &why);
	}
	assert_int_equal(why, GN_NO_SPACE);
	assert_true(count("keep_refused_space") > 0);
	assert_int_equal(chunks + 1, (TOTAL - TOTAL / BUNDLES_ACQUAINTED_SHARE) / GN_CHUNK);
	/* nobody asked for what it keeps */
	assert_int_equal(stranger_store(&s, &old, 100001, GN_CHUNK), GN_NO_SPACE);

	stranger_get(&s, &reader, 100000);
	assert_int_equal(stranger_store(&s, &old, 100002, GN_CHUNK), GN_OK);

	/* A day later what strangers filled is free, unless they ask again. */
	static uint8_t data[GN_CHUNK];
	struct gn_hash block;
	uint64_t until;
	enum gn_block_keep why_kept;
	stranger_block(number - 61, GN_CHUNK, data, &block);
	svc_run_for(&s, (gn_time)(BUNDLES_STRANGER_TTL + 1200) * GN_SEC);
	struct stranger late = stranger_of(90, 300);
	assert_true(fill(&late, &number, &why) >= TOTAL / BUNDLES_STRANGER_SHARE / GN_CHUNK);
	stranger_block(100000, GN_CHUNK, data, &block);
	assert_true(gn_blocks_kept(s.nodes[0].blocks, &block, &why_kept, &until) &&
		    why_kept == GN_BLOCK_HELD);
	svc_free(&s);
}

static uint64_t held_by(const struct stranger *t)
{
	struct gn_holder who = {t->key, t->addr};
	return gn_share_held(&s.nodes[0].bundles->bytes, &who).key;
}

#define HOUR UINT32_C(3600)

/* Block number of GN_CHUNK bytes, an hour promised to its bringer. */
static struct gn_hash bring_for_an_hour(const struct stranger *t, uint32_t number)
{
	static uint8_t data[GN_CHUNK];
	struct gn_hash block;
	stranger_block(number, GN_CHUNK, data, &block);
	assert_int_equal(stranger_keep_for(&s, t, &block, GN_CHUNK, HOUR, NULL), GN_AGAIN);
	stranger_put(&s, t, &block, GN_CHUNK, data);
	svc_run_for(&s, 20 * GN_MSEC);
	return block;
}

/* To have another's block promised for longer costs what it costs: who has no share left gets
 * what is promised already, or is refused. */
static void a_longer_promise_is_counted(void **state)
{
	(void)state;
	unsigned number = 0;
	uint64_t until, first;
	gn_err why;
	svc_network(&s, 1, TOTAL);
	struct stranger one = stranger_of(1, 1), full = stranger_of(2, 2),
			other = stranger_of(3, 3), fourth = stranger_of(4, 4);
	struct gn_hash a = bring_for_an_hour(&one, 100000), b = bring_for_an_hour(&one, 100001);
	assert_int_equal(stranger_keep_for(&s, &one, &a, GN_CHUNK, HOUR, &first), GN_OK);
	(void)fill(&full, &number, &why);
	assert_int_equal(stranger_store(&s, &fourth, 200000, GN_CHUNK), GN_OK);
	uint64_t most = held_by(&full);
	svc_run_for(&s, HOUR / 4 * GN_SEC);
	/* three quarters of it */
	assert_int_equal(stranger_keep_for(&s, &full, &a, GN_CHUNK, HOUR, &until), GN_OK);
	assert_true(until <= first + 1);
	assert_int_equal(stranger_keep(&s, &full, &a, GN_CHUNK), GN_QUOTA);
	assert_int_equal(held_by(&one), 2 * GN_CHUNK);
	assert_int_equal(held_by(&full), most);

	assert_int_equal(stranger_keep_for(&s, &other, &a, GN_CHUNK, 30 * HOUR, &until), GN_OK);
	assert_true(until > first + 29 * HOUR);
	assert_int_equal(held_by(&one), GN_CHUNK);
	assert_int_equal(held_by(&other), GN_CHUNK);
	/* not longer: it costs nothing */
	assert_int_equal(stranger_keep_for(&s, &other, &b, GN_CHUNK, 1, &until), GN_OK);
	assert_int_equal(held_by(&other), GN_CHUNK);
	gn_bundles_validate(s.nodes[0].bundles);
	svc_free(&s);
}

/* The last block of a key that comes back for it stays its own: whoever takes it over would have
 * it forgotten. */
static void the_last_block_is_not_taken_over(void **state)
{
	(void)state;
	uint64_t until, first;
	svc_network(&s, 1, TOTAL);
	struct stranger one = stranger_of(1, 1), other = stranger_of(3, 3);
	struct gn_hash a = bring_for_an_hour(&one, 100000);
	assert_int_equal(stranger_keep_for(&s, &one, &a, GN_CHUNK, HOUR, &first), GN_OK);
	svc_run_for(&s, HOUR / 4 * GN_SEC);
	assert_int_equal(stranger_keep_for(&s, &other, &a, GN_CHUNK, HOUR, &until), GN_OK);
	assert_int_equal(until, first);
	assert_int_equal(held_by(&one), GN_CHUNK);
	svc_run_for(&s, HOUR / 2 * GN_SEC); /* it does not come back */
	assert_int_equal(stranger_keep_for(&s, &other, &a, GN_CHUNK, HOUR, &until), GN_OK);
	assert_true(until > first);
	assert_int_equal(held_by(&one), 0);
	svc_free(&s);
}

/* Who filled a quarter while there was room has a share like anybody when there is none: what it
 * comes back for above that is not promised for longer. */
static void shares_shrink_when_it_gets_crowded(void **state)
{
	(void)state;
	unsigned number = 0, longer = 0, chunks;
	gn_err why;
	uint64_t until, before;
	enum gn_block_keep kept;
	svc_network(&s, 1, TOTAL);
	s.validate = false;
	struct stranger early = stranger_of(1, 1);
	chunks = fill(&early, &number, &why);
	assert_int_equal(chunks, TOTAL / BUNDLES_PEER_SHARE / GN_CHUNK);
	for (unsigned k = 0; k < 2; k++) {
		struct stranger t = stranger_of(2 + k, 2 + k);
		(void)fill(&t, &number, &why);
	}
	svc_run_for(&s, GN_MINUTE);
	for (unsigned i = 0; i < chunks; i++) {
		static uint8_t data[GN_CHUNK];
		struct gn_hash block;
		stranger_block(i, GN_CHUNK, data, &block);
		assert_true(gn_blocks_kept(s.nodes[0].blocks, &block, &kept, &before));
		assert_int_equal(stranger_keep(&s, &early, &block, GN_CHUNK), GN_OK);
		assert_true(gn_blocks_kept(s.nodes[0].blocks, &block, &kept, &until));
		longer += until > before;
	}
	assert_int_equal(longer, 0);
	assert_int_equal(held_by(&early), TOTAL / BUNDLES_PEER_SHARE);
	svc_free(&s);
}

/* A second key of one person, from the same prefix, makes nobody an acquaintance; nor of a local
 * one, where those count. */
static void a_second_key_makes_no_acquaintance(void **state)
{
	(void)state;
	for (unsigned local = 0; local < 2; local++) {
		unsigned number = 0;
		gn_err why;
		svc_network(&s, 1, TOTAL);
		s.validate = false;
		struct stranger old = stranger_of(200, local ? 300 : 1),
				second = stranger_of(201, local ? 300 : 1),
				other = stranger_of(202, 2);
		assert_int_equal(stranger_store(&s, &old, 100000, GN_CHUNK), GN_OK);
		svc_run_for(&s, BUNDLES_ACQUAINTED);
		for (unsigned k = 0; k < 60; k++) {
			struct stranger t = stranger_of(k, 300);
			(void)fill(&t, &number, &why);
		}
		s.nodes[0].bundles->bytes.config.count_local = local;
		stranger_get(&s, &second, 100000);
		s.nodes[0].bundles->bytes.config.count_local = false;
		assert_int_equal(stranger_store(&s, &old, 100001, GN_CHUNK), GN_NO_SPACE);
		stranger_get(&s, &other, 100000);
		assert_int_equal(stranger_store(&s, &old, 100002, GN_CHUNK), GN_OK);
		svc_free(&s);
	}
}

/* ---- over restarts ---- */

static void restart(void)
{
	svc_stop(&s, 0);
	svc_start(&s, 0);
	svc_run_for(&s, GN_SEC);
	assert_true(s.nodes[0].ready);
}

static struct gn_slice brought(uint8_t *storage, size_t size)
{
	struct gn_buf out = {storage, 0, size};
	assert_true(gn_bundles_brought_len(s.nodes[0].bundles) <= size);
	assert_true(size <= gn_bundles_brought_max(s.nodes[0].bundles));
	gn_bundles_brought_save(s.nodes[0].bundles, s.now, &out);
	return gn_slice(out.p, out.len);
}

/* Who filled their share is over it after a restart, too; who was an acquaintance is one. */
static void a_restart_forgets_nobody(void **state)
{
	(void)state;
	static uint8_t storage[1 << 16];
	unsigned number = 0;
	gn_err why;
	svc_network(&s, 1, TOTAL);
	s.validate = false;
	struct stranger old = stranger_of(200, 1), reader = stranger_of(201, 2),
			early = stranger_of(1, 3), second = stranger_of(2, 3);
	assert_int_equal(stranger_store(&s, &old, 100000, GN_CHUNK), GN_OK);
	stranger_get(&s, &reader, 100000);
	svc_run_for(&s, BUNDLES_ACQUAINTED);
	assert_int_equal(fill(&early, &number, &why), TOTAL / BUNDLES_PEER_SHARE / GN_CHUNK - 1);
	uint64_t changes = gn_bundles_brought_changes(s.nodes[0].bundles);
	assert_true(changes >= TOTAL / BUNDLES_PEER_SHARE / GN_CHUNK);
	struct gn_slice list = brought(storage, sizeof storage);
	restart();
	assert_int_equal(held_by(&early), 0);
	assert_int_equal(gn_bundles_brought_load(s.nodes[0].bundles, list, s.now), GN_OK);
	gn_bundles_validate(s.nodes[0].bundles);
	assert_int_equal(held_by(&early), TOTAL / BUNDLES_PEER_SHARE - GN_CHUNK);
	assert_int_equal(held_by(&old), GN_CHUNK);
	assert_int_equal(stranger_store(&s, &early, number++, GN_CHUNK), GN_QUOTA);
	assert_int_equal(stranger_store(&s, &second, number++, GN_CHUNK), GN_QUOTA);
	for (unsigned k = 0; k < 60; k++) {
		struct stranger t = stranger_of(10 + k, 300);
		(void)fill(&t, &number, &why);
	}
	assert_int_equal(why, GN_NO_SPACE);
	assert_int_equal(stranger_store(&s, &old, 100001, GN_CHUNK), GN_OK);
	svc_free(&s);
}

static void a_damaged_list_is_refused(void **state)
{
	(void)state;
	static uint8_t storage[1 << 16], other[1 << 16];
	svc_network(&s, 1, TOTAL);
	struct gn_bundles *b = s.nodes[0].bundles;
	struct stranger one = stranger_of(1, 1), two = stranger_of(2, 2);
	assert_int_equal(stranger_store(&s, &one, 1, 4096), GN_OK);
	assert_int_equal(stranger_store(&s, &two, 2, 4096), GN_OK);
	struct gn_slice list = brought(storage, sizeof storage);
	for (size_t len = 0; len < list.len; len++)
		assert_int_equal(gn_bundles_brought_load(b, gn_slice(list.p, len), s.now),
				 GN_MALFORMED);
	static const struct {
		size_t at;
		uint8_t value;
		gn_err err;
	} faults[] = {{0, 'X', GN_MALFORMED},
		      {7, 2, GN_VERSION},
		      {8, 0xff, GN_MALFORMED},
		      {12, 0xff, GN_MALFORMED},
		      {16 + 2 * 37 + 32 + 3, 2, GN_MALFORMED}}; /* a key that is not there */
	for (size_t i = 0; i < GN_COUNT(faults); i++) {
		memcpy(other, list.p, list.len);
		other[faults[i].at] = faults[i].value;
		assert_int_equal(gn_bundles_brought_load(b, gn_slice(other, list.len), s.now),
				 faults[i].err);
	}
	/* known already: nothing changes */
	assert_int_equal(gn_bundles_brought_load(b, list, s.now), GN_OK);
	assert_int_equal(held_by(&one), BUNDLES_KEPT_COST);
	svc_stop(&s, 0);
	disk_sim_fini(&s.nodes[0].disk);
	disk_sim_init(&s.nodes[0].disk, 0);
	svc_start(&s, 0);
	svc_run_for(&s, GN_SEC);
	/* the blocks are gone */
	assert_int_equal(gn_bundles_brought_load(s.nodes[0].bundles, list, s.now), GN_OK);
	assert_int_equal(held_by(&one), 0);
	gn_bundles_validate(s.nodes[0].bundles);
	svc_free(&s);
}

/* A block of a few bytes is a file, and memory, as any other: it counts for 64 KiB. */
static void tiny_blocks_count_as_files(void **state)
{
	(void)state;
	unsigned got = 0;
	svc_network(&s, 1, 16u << 20);
	struct stranger t = stranger_of(1, 1);
	for (unsigned i = 0; i < 200; i++)
		got += stranger_store(&s, &t, i, 16) == GN_OK;
	assert_int_equal(got, 64); /* a quarter of the room */
	svc_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(five_keys_do_not_fill_the_store),
		cmocka_unit_test(a_prefix_of_many_keys_does_not_either),
		cmocka_unit_test(a_prefix_does_not_use_up_the_holders),
		cmocka_unit_test(acquaintances_have_room_of_their_own),
		cmocka_unit_test(a_longer_promise_is_counted),
		cmocka_unit_test(the_last_block_is_not_taken_over),
		cmocka_unit_test(shares_shrink_when_it_gets_crowded),
		cmocka_unit_test(a_second_key_makes_no_acquaintance),
		cmocka_unit_test(a_restart_forgets_nobody),
		cmocka_unit_test(a_damaged_list_is_refused),
		cmocka_unit_test(tiny_blocks_count_as_files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
