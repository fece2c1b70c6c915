/* Strangers, as strangers.h says. */
#include "services/testing/strangers.h"
#include "wire/generated/blocks_fb.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct stranger stranger_of(unsigned n, unsigned p)
{
	struct stranger t = {.addr = p > 255 ? gn_addr_v4(10, 9, 9, (uint8_t)n, 7)
					     : gn_addr_v4(93, 1, (uint8_t)p, (uint8_t)n, 7)};
	t.key.b[0] = 200;
	t.key.b[1] = (uint8_t)n;
	t.key.b[2] = (uint8_t)(n >> 8);
	return t;
}

void stranger_block(uint32_t number, uint32_t len, uint8_t *data, struct gn_hash *hash)
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
static gn_err stranger_answer(struct svc *s, const struct stranger *t, uint64_t *until)
{
	struct gn_overlay_message out;
	gn_err err = GN_TIMEOUT;
	while (gn_bundles_next_message(s->nodes[0].bundles, &out)) {
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

void stranger_say(struct svc *s, const struct stranger *t, struct gn_fbb *b, uint8_t type,
		  gn_fbref body)
{
	struct gn_slice bytes;
	gn_fbref root = gn_fb_block_message_make(
		b,
		&(struct gn_fb_block_message_args){.request = 9, .body_type = type, .body = body});
	assert_int_equal(gn_fbb_finish(b, root, GN_FB_BLOCK_MESSAGE_IDENTIFIER, &bytes), GN_OK);
	(void)!gn_bundles_recv(s->nodes[0].bundles, &t->key, &t->addr, bytes, s->now);
	if (type != GN_FB_BLOCK_BODY_BLOCK_KEEP) /* the answer to that is looked at */
		svc_pump(s, 0);
}

gn_err stranger_keep_for(struct svc *s, const struct stranger *t, const struct gn_hash *block,
			 uint32_t len, uint32_t ttl, uint64_t *until)
{
	uint8_t storage[1024];
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_fb_hash hash;
	memcpy(hash.b, block->b, sizeof hash.b);
	stranger_say(s, t, &b, GN_FB_BLOCK_BODY_BLOCK_KEEP,
		     gn_fb_block_keep_make(&b, &(struct gn_fb_block_keep_args){.block = &hash,
									       .block_len = len,
									       .ttl = ttl}));
	return stranger_answer(s, t, until);
}

gn_err stranger_keep(struct svc *s, const struct stranger *t, const struct gn_hash *block,
		     uint32_t len)
{
	return stranger_keep_for(s, t, block, len, GN_BUNDLE_TTL, NULL);
}

void stranger_put(struct svc *s, const struct stranger *t, const struct gn_hash *block,
		  uint32_t len, const uint8_t *data)
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
	stranger_say(s, t, &b, GN_FB_BLOCK_BODY_CHUNK_PUT,
		     gn_fb_chunk_put_make(&b, &(struct gn_fb_chunk_put_args){.chunk = chunk}));
}

void stranger_put_part(struct svc *s, const struct stranger *t, const struct gn_hash *block,
		       uint32_t len, uint32_t i, uint32_t n, const struct gn_hash *sibling,
		       const uint8_t *data)
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
	stranger_say(s, t, &b, GN_FB_BLOCK_BODY_CHUNK_PUT,
		     gn_fb_chunk_put_make(&b, &(struct gn_fb_chunk_put_args){.chunk = chunk}));
}

gn_err stranger_store(struct svc *s, const struct stranger *t, uint32_t number, uint32_t len)
{
	static uint8_t data[GN_CHUNK];
	struct gn_hash hash;
	stranger_block(number, len, data, &hash);
	gn_err err = stranger_keep(s, t, &hash, len);
	if (err != GN_AGAIN)
		return err;
	stranger_put(s, t, &hash, len, data);
	svc_run_for(s, 20 * GN_MSEC);
	return gn_blocks_have(s->nodes[0].blocks, &hash, NULL) ? GN_OK : GN_INTERNAL;
}

unsigned stranger_reserve(struct svc *s, const struct stranger *t, unsigned from, unsigned count)
{
	static uint8_t data[GN_CHUNK];
	unsigned got = 0;
	for (unsigned i = 0; i < count; i++) {
		struct gn_hash hash;
		stranger_block(from + i, 4096, data, &hash);
		got += stranger_keep(s, t, &hash, GN_BLOCK) == GN_AGAIN;
	}
	svc_pump(s, 0);
	return got;
}

void stranger_get(struct svc *s, const struct stranger *t, uint32_t number)
{
	uint8_t storage[1024];
	static uint8_t data[GN_CHUNK];
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_fb_hash hash;
	struct gn_hash block;
	stranger_block(number, GN_CHUNK, data, &block);
	memcpy(hash.b, block.b, sizeof hash.b);
	stranger_say(s, t, &b, GN_FB_BLOCK_BODY_CHUNK_GET,
		     gn_fb_chunk_get_make(
			     &b, &(struct gn_fb_chunk_get_args){.block = &hash, .count = 1}));
	svc_run_for(s, 20 * GN_MSEC);
}
