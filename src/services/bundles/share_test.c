/* What others may take of a node's places and bytes: strangers that speak the messages
 * themselves, one engine, a disk in memory (BU-9, BU-19). */
#include "services/bundles/engine_int.h"
#include "services/testing/world.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct svc s;

struct stranger {
	struct gn_pk key;
	struct gn_addr addr;
};

/* Key number n on an address of prefix p: a public one, or (p over 255) a private one. */
static struct stranger someone(unsigned n, unsigned p)
{
	struct stranger t = {.addr = p > 255 ? gn_addr_v4(10, 9, 9, (uint8_t)n, 7)
					     : gn_addr_v4(93, 1, (uint8_t)p, (uint8_t)n, 7)};
	t.key.b[0] = 200;
	t.key.b[1] = (uint8_t)n;
	t.key.b[2] = (uint8_t)(n >> 8);
	return t;
}

static void block_of(uint32_t number, uint32_t len, uint8_t *data, struct gn_hash *hash)
{
	struct gn_prng prng;
	gn_prng_init(&prng, number + 1);
	struct gn_rand rand = gn_prng_rand(&prng);
	gn_rand_fill(&rand, data, 16);
	memset(data + 16, 0, len - 16);
	gn_merkle_leaf(gn_slice(data, len), hash);
}

/* The engine's answer to the last message: its code, GN_AGAIN when chunks are wanted; *until of
 * a receipt. */
static gn_err answer(const struct stranger *t, uint64_t *until)
{
	struct gn_overlay_message out;
	gn_err err = GN_TIMEOUT;
	while (gn_bundles_next_message(s.nodes[0].bundles, &out)) {
		struct gn_fb_block_message m;
		struct gn_receipt r;
		if (!gn_pk_eq(&out.to.pk, &t->key) ||
		    gn_fb_block_message_verify(out.bytes, &m) != GN_OK)
			continue;
		if (gn_fb_block_message_body_type(m) == GN_FB_BLOCK_BODY_BLOCK_HAS)
			err = GN_AGAIN;
		if (gn_fb_block_message_body_type(m) != GN_FB_BLOCK_BODY_CHUNK_ACK)
			continue;
		struct gn_fb_chunk_ack ack = gn_fb_block_message_body_as_chunk_ack(m);
		err = gn_wire_err(gn_fb_chunk_ack_code(ack));
		if (gn_fb_chunk_ack_has_receipt(ack)) {
			gn_wire_receipt_get(gn_fb_chunk_ack_receipt(ack), &r);
			if (until)
				*until = r.held_until;
		}
	}
	return err;
}

static void say(const struct stranger *t, struct gn_fbb *b, uint8_t type, gn_fbref body)
{
	struct gn_slice bytes;
	gn_fbref root = gn_fb_block_message_make(
		b,
		&(struct gn_fb_block_message_args){.request = 9, .body_type = type, .body = body});
	assert_int_equal(gn_fbb_finish(b, root, GN_FB_BLOCK_MESSAGE_IDENTIFIER, &bytes), GN_OK);
	(void)!gn_bundles_recv(s.nodes[0].bundles, &t->key, &t->addr, bytes, s.now);
	if (type != GN_FB_BLOCK_BODY_BLOCK_KEEP) /* the answer to that is looked at */
		svc_pump(&s, 0);
}

static gn_err keep_for(const struct stranger *t, const struct gn_hash *block, uint32_t len,
		       uint32_t ttl, uint64_t *until)
{
	uint8_t storage[1024];
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_fb_hash hash;
	memcpy(hash.b, block->b, sizeof hash.b);
	say(t, &b, GN_FB_BLOCK_BODY_BLOCK_KEEP,
	    gn_fb_block_keep_make(&b, &(struct gn_fb_block_keep_args){
					      .block = &hash, .block_len = len, .ttl = ttl}));
	return answer(t, until);
}

static gn_err keep(const struct stranger *t, const struct gn_hash *block, uint32_t len)
{
	return keep_for(t, block, len, BUNDLES_KEEP_TTL_MAX, NULL);
}

static void put(const struct stranger *t, const struct gn_hash *block, uint32_t len,
		const uint8_t *data)
{
	static uint8_t storage[GN_CHUNK + 2048];
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_fb_hash hash;
	memcpy(hash.b, block->b, sizeof hash.b);
	gn_fbref chunk =
		gn_fb_chunk_make(&b, &(struct gn_fb_chunk_args){.block = &hash,
								.chunks = 1,
								.block_len = len,
								.data = gn_slice(data, len)});
	say(t, &b, GN_FB_BLOCK_BODY_CHUNK_PUT,
	    gn_fb_chunk_put_make(&b, &(struct gn_fb_chunk_put_args){.chunk = chunk}));
}

/* Chunk i of n whole ones, with the hash that proves it of a block of two. */
static void put_part(const struct stranger *t, const struct gn_hash *block, uint32_t len,
		     uint32_t i, uint32_t n, const struct gn_hash *sibling, const uint8_t *data)
{
	static uint8_t storage[GN_CHUNK + 2048];
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_fb_hash hash, path[1];
	memcpy(hash.b, block->b, sizeof hash.b);
	memcpy(path[0].b, sibling->b, sizeof path[0].b);
	gn_fbref chunk =
		gn_fb_chunk_make(&b, &(struct gn_fb_chunk_args){.block = &hash,
								.index = i,
								.chunks = n,
								.block_len = len,
								.proof = {path, 1},
								.data = gn_slice(data, GN_CHUNK)});
	say(t, &b, GN_FB_BLOCK_BODY_CHUNK_PUT,
	    gn_fb_chunk_put_make(&b, &(struct gn_fb_chunk_put_args){.chunk = chunk}));
}

/* Asks, sends, and runs until it is stored: GN_OK or the refusal. */
static gn_err store(const struct stranger *t, uint32_t number, uint32_t len)
{
	static uint8_t data[GN_CHUNK];
	struct gn_hash hash;
	block_of(number, len, data, &hash);
	gn_err err = keep(t, &hash, len);
	if (err != GN_AGAIN)
		return err;
	put(t, &hash, len, data);
	svc_run_for(&s, 20 * GN_MSEC);
	return gn_blocks_have(s.nodes[0].blocks, &hash, NULL) ? GN_OK : GN_INTERNAL;
}

static unsigned reserve(const struct stranger *t, unsigned from, unsigned count)
{
	static uint8_t data[GN_CHUNK];
	unsigned got = 0;
	for (unsigned i = 0; i < count; i++) {
		struct gn_hash hash;
		block_of(from + i, 4096, data, &hash);
		got += keep(t, &hash, GN_BLOCK) == GN_AGAIN;
	}
	svc_pump(&s, 0);
	return got;
}

static uint64_t count(const char *name)
{
	return svc_bundles_count(&s, 0, name);
}

/* ---- places ---- */

static void a_prefix_does_not_take_all_places(void **state)
{
	(void)state;
	unsigned got = 0;
	svc_network(&s, 1, 512u << 20);
	for (unsigned k = 0; k < 8; k++) {
		struct stranger t = someone(k, 1);
		got += reserve(&t, 100 * k, 20);
	}
	assert_int_equal(got, BUNDLES_INCOMING / 2);
	struct stranger other = someone(50, 2);
	assert_int_equal(store(&other, 9000, 4096), GN_OK);
	assert_int_equal(reserve(&other, 9100, 20), BUNDLES_INCOMING_PEER);
	svc_free(&s);
}

/* The same from addresses that have no prefix share: what brings nothing gives way to who brings
 * something. */
static void empty_places_give_way(void **state)
{
	(void)state;
	unsigned got = 0;
	svc_network(&s, 1, 512u << 20);
	for (unsigned k = 0; k < 8; k++) {
		struct stranger t = someone(k, 300);
		got += reserve(&t, 100 * k, 20);
	}
	assert_int_equal(got, BUNDLES_INCOMING);
	struct stranger honest = someone(50, 300);
	assert_int_equal(store(&honest, 9000, 4096), GN_BUSY); /* all of them are young */
	svc_run_for(&s, BUNDLES_INCOMING_GRACE);
	for (unsigned i = 0; i < 50; i++) {
		assert_int_equal(store(&honest, 9000 + i, 4096), GN_OK);
		for (unsigned k = 0; k < 8; k++) { /* who had it takes it back at once */
			struct stranger t = someone(k, 300);
			reserve(&t, 10000 + 1000 * k + 10 * i, 4);
		}
	}
	assert_in_range(count("keep_gave_way"), 50, 200);
	svc_free(&s);
}

static void a_place_that_brings_something_stays(void **state)
{
	(void)state;
	static uint8_t data[GN_BLOCK];
	svc_network(&s, 1, 512u << 20);
	struct stranger honest = someone(50, 300);
	struct gn_hash leaves[GN_BLOCK_CHUNKS], proof[GN_PROOF_MAX], block;
	for (unsigned i = 0; i < GN_BLOCK_CHUNKS; i++)
		gn_merkle_leaf(gn_slice(data + i * GN_CHUNK, GN_CHUNK), &leaves[i]);
	gn_merkle_root(leaves, GN_BLOCK_CHUNKS, &block);
	assert_int_equal(keep(&honest, &block, GN_BLOCK), GN_AGAIN);
	for (unsigned i = 0; i < GN_BLOCK_CHUNKS; i++) {
		static uint8_t storage[GN_CHUNK + 2048];
		struct gn_fbb b = gn_fbb(storage, sizeof storage);
		struct gn_fb_hash hash, path[GN_PROOF_MAX];
		size_t n = gn_merkle_proof(leaves, GN_BLOCK_CHUNKS, i, proof);
		memcpy(hash.b, block.b, sizeof hash.b);
		memcpy(path, proof, sizeof path);
		gn_fbref chunk = gn_fb_chunk_make(
			&b, &(struct gn_fb_chunk_args){.block = &hash,
						       .index = i,
						       .chunks = GN_BLOCK_CHUNKS,
						       .block_len = GN_BLOCK,
						       .proof = {path, n},
						       .data = gn_slice(data, GN_CHUNK)});
		say(&honest, &b, GN_FB_BLOCK_BODY_CHUNK_PUT,
		    gn_fb_chunk_put_make(&b, &(struct gn_fb_chunk_put_args){.chunk = chunk}));
		svc_run_for(&s, GN_SEC / 2); /* 128 KiB a second */
		for (unsigned k = 0; k < 9; k++) {
			struct stranger t = someone(k, 300);
			reserve(&t, 1000 * i + 100 * k, 20);
		}
	}
	assert_true(gn_blocks_have(s.nodes[0].blocks, &block, NULL));
	svc_free(&s);
}

static void a_slow_block_is_given_up(void **state)
{
	(void)state;
	svc_network(&s, 1, 512u << 20);
	struct stranger t = someone(1, 1);
	assert_int_equal(reserve(&t, 1, 1), 1);
	svc_run_for(&s, BUNDLES_INCOMING_TIME - GN_SEC);
	assert_int_equal(count("keep_slow"), 0);
	svc_run_for(&s, 2 * GN_SEC);
	assert_int_equal(count("keep_slow"), 1);
	gn_bundles_validate(s.nodes[0].bundles);
	svc_free(&s);
}

/* A peer that knows a block's hash takes its place before its publisher and brings nothing, says
 * another length, or sends what is false: the publisher brings the block all the same, and has
 * the receipt for it. */
static void a_place_keeps_nobody_from_bringing_the_block(void **state)
{
	(void)state;
	static uint8_t data[GN_CHUNK], other[GN_CHUNK];
	struct gn_hash block;
	svc_network(&s, 1, 512u << 20);
	struct stranger squatter = someone(1, 1), honest = someone(50, 2);
	for (uint32_t i = 0; i < 3; i++) {
		block_of(i, 4096, data, &block);
		assert_int_equal(keep(&squatter, &block,
				      i == 1   ? GN_BLOCK
				      : i == 2 ? 4097
					       : 4096),
				 GN_AGAIN);
		assert_int_equal(keep(&honest, &block, 4096), GN_AGAIN);
		put(&squatter, &block, 4096, other);
		put(&honest, &block, 4096, data);
		svc_run_for(&s, 20 * GN_MSEC);
		assert_int_equal(keep(&honest, &block, 4096), GN_OK);
		/* counted once, promised to both */
		assert_int_equal(keep(&squatter, &block, 4096), GN_OK);
	}
	assert_int_equal(count("keep_bad"), 3);
	gn_bundles_validate(s.nodes[0].bundles);
	svc_free(&s);
}

/* Half of a block came with its true length, whose last chunk proved it. */
static void a_proven_length_is_not_taken_back(void **state)
{
	(void)state;
	static uint8_t data[2 * GN_CHUNK];
	struct gn_hash leaves[2], block;
	data[GN_CHUNK] = 1;
	svc_network(&s, 1, 512u << 20);
	struct stranger squatter = someone(1, 1), honest = someone(50, 2);
	for (unsigned i = 0; i < 2; i++)
		gn_merkle_leaf(gn_slice(data + i * GN_CHUNK, GN_CHUNK), &leaves[i]);
	gn_merkle_root(leaves, 2, &block);
	assert_int_equal(keep(&squatter, &block, sizeof data), GN_AGAIN);
	put_part(&squatter, &block, sizeof data, 1, 2, &leaves[0], data + GN_CHUNK);
	/* false: its place goes, the chunk stays */
	put_part(&squatter, &block, sizeof data, 0, 2, &leaves[0], data);
	svc_run_for(&s, 20 * GN_MSEC);
	assert_int_equal(count("keep_bad"), 1);
	assert_int_equal(keep(&squatter, &block, sizeof data - 1), GN_HASH);
	assert_int_equal(keep(&squatter, &block, GN_CHUNK), GN_HASH);
	assert_int_equal(keep(&honest, &block, sizeof data), GN_AGAIN);
	put_part(&honest, &block, sizeof data, 0, 2, &leaves[1], data);
	svc_run_for(&s, 20 * GN_MSEC);
	assert_int_equal(keep(&honest, &block, sizeof data), GN_OK);
	svc_free(&s);
}

/* Two who ask in turn keep an empty place no longer than twice its time. */
static void a_place_passed_on_and_back_is_given_up(void **state)
{
	(void)state;
	static uint8_t data[GN_CHUNK];
	struct gn_hash block;
	svc_network(&s, 1, 512u << 20);
	struct stranger one = someone(1, 1), two = someone(2, 2);
	block_of(7, 4096, data, &block);
	for (gn_time t = 0; t < 3 * BUNDLES_INCOMING_TIME; t += 4 * GN_SEC) {
		assert_int_equal(keep(t / GN_SEC % 8 ? &one : &two, &block, 4096), GN_AGAIN);
		svc_pump(&s, 0);
		svc_run_for(&s, 4 * GN_SEC);
	}
	assert_int_equal(count("keep_slow"), 1);
	svc_free(&s);
}

/* A place that has been slow is the next asker's, with 30 s of its own. */
static void a_slow_place_is_passed_on(void **state)
{
	(void)state;
	static uint8_t data[GN_CHUNK];
	struct gn_hash block;
	svc_network(&s, 1, 512u << 20);
	struct stranger squatter = someone(1, 1), honest = someone(50, 2);
	block_of(7, 4096, data, &block);
	assert_int_equal(keep(&squatter, &block, 4096), GN_AGAIN);
	svc_run_for(&s, BUNDLES_INCOMING_TIME - GN_SEC);
	assert_int_equal(keep(&honest, &block, 4096), GN_AGAIN);
	assert_int_equal(count("keep_passed_on"), 1);
	svc_pump(&s, 0);
	svc_run_for(&s, BUNDLES_INCOMING_TIME - GN_SEC);
	assert_int_equal(count("keep_slow"), 0);
	put(&honest, &block, 4096, data);
	svc_run_for(&s, 20 * GN_MSEC);
	assert_true(gn_blocks_have(s.nodes[0].blocks, &block, NULL));
	svc_free(&s);
}

/* ---- bytes ---- */

#define TOTAL (64u << 20) /* a quarter 16 MiB, a sixteenth 4 MiB, a 64th 1 MiB */

/* Whole chunks until it is refused; how many. */
static unsigned fill(const struct stranger *t, unsigned *number, gn_err *why)
{
	unsigned n = 0;
	while ((*why = store(t, (*number)++, GN_CHUNK)) == GN_OK)
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
		struct stranger t = someone(k, 300); /* no prefix share */
		chunks += fill(&t, &number, &why);
		assert_int_equal(why, GN_QUOTA);
	}
	assert_in_range(chunks, TOTAL / 2 / GN_CHUNK, (TOTAL / 2 + 3 * GN_BLOCK) / GN_CHUNK + 3);
	struct stranger honest = someone(50, 300);
	/* room is left for others */
	assert_int_equal(fill(&honest, &number, &why), TOTAL / 64 / GN_CHUNK);
	svc_free(&s);
}

static void a_prefix_of_many_keys_does_not_either(void **state)
{
	(void)state;
	unsigned number = 0, chunks = 0;
	gn_err why;
	svc_network(&s, 1, TOTAL);
	for (unsigned k = 0; k < 60; k++) {
		struct stranger t = someone(k, 7);
		chunks += fill(&t, &number, &why);
	}
	assert_int_equal(why, GN_QUOTA);
	assert_int_equal(chunks, TOTAL / 4 / GN_CHUNK);
	assert_true(count("keep_refused_prefix") > 0);
	struct stranger honest = someone(50, 8); /* a sixteenth and a block, for 30 days */
	assert_int_equal(fill(&honest, &number, &why), (TOTAL / 16 + GN_BLOCK) / GN_CHUNK);
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
	struct stranger honest = someone(50, 8);
	assert_int_equal(store(&honest, 9000, 4096), GN_OK);
	svc_free(&s);
}

/* Someone asks for the chunk of block number. */
static void get(const struct stranger *t, uint32_t number)
{
	uint8_t storage[1024];
	static uint8_t data[GN_CHUNK];
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_fb_hash hash;
	struct gn_hash block;
	block_of(number, GN_CHUNK, data, &block);
	memcpy(hash.b, block.b, sizeof hash.b);
	say(t, &b, GN_FB_BLOCK_BODY_CHUNK_GET,
	    gn_fb_chunk_get_make(&b, &(struct gn_fb_chunk_get_args){.block = &hash, .count = 1}));
	svc_run_for(&s, 20 * GN_MSEC);
}

/* The last eighth is not for strangers; promises made then are of a day. */
static void acquaintances_have_room_of_their_own(void **state)
{
	(void)state;
	unsigned number = 0, chunks = 0;
	gn_err why;
	svc_network(&s, 1, TOTAL);
	s.validate = false;
	struct stranger old = someone(200, 300), reader = someone(201, 300);
	assert_int_equal(store(&old, 100000, GN_CHUNK), GN_OK);
	svc_run_for(&s, BUNDLES_ACQUAINTED);
	for (unsigned k = 0; k < 60; k++) {
		struct stranger t = someone(k, 300);
		chunks += fill(&t, &number, &why);
	}
	assert_int_equal(why, GN_NO_SPACE);
	assert_int_equal(chunks + 1, (TOTAL - TOTAL / 8) / GN_CHUNK);
	/* nobody asked for what it keeps */
	assert_int_equal(store(&old, 100001, GN_CHUNK), GN_NO_SPACE);

	get(&reader, 100000);
	assert_int_equal(store(&old, 100002, GN_CHUNK), GN_OK);

	/* A day later what strangers filled is free, unless they ask again. */
	static uint8_t data[GN_CHUNK];
	struct gn_hash block;
	uint64_t until;
	enum gn_block_keep why_kept;
	block_of(number - 61, GN_CHUNK, data, &block);
	svc_run_for(&s, (gn_time)(BUNDLES_STRANGER_TTL + 1200) * GN_SEC);
	struct stranger late = someone(90, 300);
	assert_true(fill(&late, &number, &why) >= TOTAL / 64 / GN_CHUNK);
	block_of(100000, GN_CHUNK, data, &block);
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
	block_of(number, GN_CHUNK, data, &block);
	assert_int_equal(keep_for(t, &block, GN_CHUNK, HOUR, NULL), GN_AGAIN);
	put(t, &block, GN_CHUNK, data);
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
	struct stranger one = someone(1, 1), full = someone(2, 2), other = someone(3, 3),
			fourth = someone(4, 4);
	struct gn_hash a = bring_for_an_hour(&one, 100000), b = bring_for_an_hour(&one, 100001);
	assert_int_equal(keep_for(&one, &a, GN_CHUNK, HOUR, &first), GN_OK);
	(void)fill(&full, &number, &why);
	assert_int_equal(store(&fourth, 200000, GN_CHUNK), GN_OK);
	uint64_t most = held_by(&full);
	svc_run_for(&s, HOUR / 4 * GN_SEC);
	/* three quarters of it */
	assert_int_equal(keep_for(&full, &a, GN_CHUNK, HOUR, &until), GN_OK);
	assert_true(until <= first + 1);
	assert_int_equal(keep(&full, &a, GN_CHUNK), GN_QUOTA);
	assert_int_equal(held_by(&one), 2 * GN_CHUNK);
	assert_int_equal(held_by(&full), most);

	assert_int_equal(keep_for(&other, &a, GN_CHUNK, 30 * HOUR, &until), GN_OK);
	assert_true(until > first + 29 * HOUR);
	assert_int_equal(held_by(&one), GN_CHUNK);
	assert_int_equal(held_by(&other), GN_CHUNK);
	/* not longer: it costs nothing */
	assert_int_equal(keep_for(&other, &b, GN_CHUNK, 1, &until), GN_OK);
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
	struct stranger one = someone(1, 1), other = someone(3, 3);
	struct gn_hash a = bring_for_an_hour(&one, 100000);
	assert_int_equal(keep_for(&one, &a, GN_CHUNK, HOUR, &first), GN_OK);
	svc_run_for(&s, HOUR / 4 * GN_SEC);
	assert_int_equal(keep_for(&other, &a, GN_CHUNK, HOUR, &until), GN_OK);
	assert_int_equal(until, first);
	assert_int_equal(held_by(&one), GN_CHUNK);
	svc_run_for(&s, HOUR / 2 * GN_SEC); /* it does not come back */
	assert_int_equal(keep_for(&other, &a, GN_CHUNK, HOUR, &until), GN_OK);
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
	struct stranger early = someone(1, 1);
	chunks = fill(&early, &number, &why);
	assert_int_equal(chunks, TOTAL / 4 / GN_CHUNK);
	for (unsigned k = 0; k < 2; k++) {
		struct stranger t = someone(2 + k, 2 + k);
		(void)fill(&t, &number, &why);
	}
	svc_run_for(&s, GN_MINUTE);
	for (unsigned i = 0; i < chunks; i++) {
		static uint8_t data[GN_CHUNK];
		struct gn_hash block;
		block_of(i, GN_CHUNK, data, &block);
		assert_true(gn_blocks_kept(s.nodes[0].blocks, &block, &kept, &before));
		assert_int_equal(keep(&early, &block, GN_CHUNK), GN_OK);
		assert_true(gn_blocks_kept(s.nodes[0].blocks, &block, &kept, &until));
		longer += until > before;
	}
	assert_int_equal(longer, 0);
	assert_int_equal(held_by(&early), TOTAL / 4);
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
		struct stranger old = someone(200, local ? 300 : 1),
				second = someone(201, local ? 300 : 1), other = someone(202, 2);
		assert_int_equal(store(&old, 100000, GN_CHUNK), GN_OK);
		svc_run_for(&s, BUNDLES_ACQUAINTED);
		for (unsigned k = 0; k < 60; k++) {
			struct stranger t = someone(k, 300);
			(void)fill(&t, &number, &why);
		}
		s.nodes[0].bundles->bytes.config.count_local = local;
		get(&second, 100000);
		s.nodes[0].bundles->bytes.config.count_local = false;
		assert_int_equal(store(&old, 100001, GN_CHUNK), GN_NO_SPACE);
		get(&other, 100000);
		assert_int_equal(store(&old, 100002, GN_CHUNK), GN_OK);
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
	struct stranger old = someone(200, 1), reader = someone(201, 2), early = someone(1, 3),
			second = someone(2, 3);
	assert_int_equal(store(&old, 100000, GN_CHUNK), GN_OK);
	get(&reader, 100000);
	svc_run_for(&s, BUNDLES_ACQUAINTED);
	assert_int_equal(fill(&early, &number, &why), TOTAL / 4 / GN_CHUNK - 1);
	uint64_t changes = gn_bundles_brought_changes(s.nodes[0].bundles);
	assert_true(changes >= TOTAL / 4 / GN_CHUNK);
	struct gn_slice list = brought(storage, sizeof storage);
	restart();
	assert_int_equal(held_by(&early), 0);
	assert_int_equal(gn_bundles_brought_load(s.nodes[0].bundles, list, s.now), GN_OK);
	gn_bundles_validate(s.nodes[0].bundles);
	assert_int_equal(held_by(&early), TOTAL / 4 - GN_CHUNK);
	assert_int_equal(held_by(&old), GN_CHUNK);
	assert_int_equal(store(&early, number++, GN_CHUNK), GN_QUOTA);
	assert_int_equal(store(&second, number++, GN_CHUNK), GN_QUOTA);
	for (unsigned k = 0; k < 60; k++) {
		struct stranger t = someone(10 + k, 300);
		(void)fill(&t, &number, &why);
	}
	assert_int_equal(why, GN_NO_SPACE);
	assert_int_equal(store(&old, 100001, GN_CHUNK), GN_OK);
	svc_free(&s);
}

static void a_damaged_list_is_refused(void **state)
{
	(void)state;
	static uint8_t storage[1 << 16], other[1 << 16];
	svc_network(&s, 1, TOTAL);
	struct gn_bundles *b = s.nodes[0].bundles;
	struct stranger one = someone(1, 1), two = someone(2, 2);
	assert_int_equal(store(&one, 1, 4096), GN_OK);
	assert_int_equal(store(&two, 2, 4096), GN_OK);
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
	struct stranger t = someone(1, 1);
	for (unsigned i = 0; i < 200; i++)
		got += store(&t, i, 16) == GN_OK;
	assert_int_equal(got, 64); /* a quarter of the room */
	svc_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_prefix_does_not_take_all_places),
		cmocka_unit_test(empty_places_give_way),
		cmocka_unit_test(a_place_that_brings_something_stays),
		cmocka_unit_test(a_slow_block_is_given_up),
		cmocka_unit_test(a_place_keeps_nobody_from_bringing_the_block),
		cmocka_unit_test(a_proven_length_is_not_taken_back),
		cmocka_unit_test(a_slow_place_is_passed_on),
		cmocka_unit_test(a_place_passed_on_and_back_is_given_up),
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
