/* What tests do with a network: put, take in, spread, read, and wait for it. */
#include "services/testing/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

void svc_wait_add(struct svc *s, struct svc_wait *w)
{
	GN_ASSERT(s->wait_count < GN_COUNT(s->waits));
	s->waits[s->wait_count++] = w;
}

void svc_wait_drop(struct svc *s, struct svc_wait *w)
{
	for (unsigned i = 0; i < s->wait_count; i++)
		if (s->waits[i] == w)
			s->waits[i--] = s->waits[--s->wait_count];
}

void svc_wait_free(struct svc_wait *w)
{
	free(w->blocks);
	free(w->head);
	free(w->manifest);
	*w = (struct svc_wait){0};
}

gn_err svc_wait(struct svc *s, struct svc_wait *w)
{
	gn_time until = s->now + (s->opt.patience ? s->opt.patience : 120 * GN_SEC);
	svc_wait_add(s, w);
	svc_pump(s, w->node); /* it may be there already */
	while (!w->over && svc_step(s, until))
		;
	svc_wait_drop(s, w);
	return w->over ? w->err : GN_TIMEOUT;
}

gn_err svc_put(struct svc *s, unsigned node, struct gn_slice record, unsigned w, unsigned *receipts)
{
	struct svc_wait wait = {.node = node, .total = UINT64_MAX};
	gn_err err = gn_overlay_put(s->nodes[node].ov, record, w, s->now, &wait.op);
	if (err == GN_OK)
		err = svc_wait(s, &wait);
	if (receipts)
		*receipts = wait.receipts;
	return err;
}

gn_err svc_ingest(struct svc *s, unsigned node, struct gn_slice data, struct svc_wait *w)
{
	*w = (struct svc_wait){.node = node};
	gn_err err = gn_bundles_ingest(s->nodes[node].bundles, s->now, &w->op);
	if (err != GN_OK)
		return err;
	svc_wait_add(s, w);
	while (data.len && !w->over && err == GN_OK) {
		size_t taken;
		err = gn_bundles_ingest_data(s->nodes[node].bundles, w->op, data, &taken, s->now);
		data = gn_slice(data.p + taken, data.len - taken);
		if (err == GN_AGAIN) {
			svc_pump(s, node);
			err = svc_step(s, s->now + 60 * GN_SEC) ? GN_OK : GN_TIMEOUT;
		}
	}
	if (err == GN_OK && !w->over)
		err = gn_bundles_ingest_end(s->nodes[node].bundles, w->op, s->now);
	svc_wait_drop(s, w);
	return err == GN_OK ? svc_wait(s, w) : err;
}

struct gn_bundle_file svc_as_file(const struct svc_wait *w)
{
	return (struct gn_bundle_file){.path = GN_LIT("file"),
				       .size = w->size,
				       .root = w->root,
				       .blocks = gn_slice(w->blocks, w->blocks_len)};
}

gn_err svc_spread(struct svc *s, unsigned node, struct gn_slice blocks, unsigned copies,
		  struct svc_wait *w)
{
	*w = (struct svc_wait){.node = node};
	gn_err err = gn_bundles_spread(s->nodes[node].bundles, blocks, copies,
				       gn_unix(s->now) + 86400, s->now, &w->op);
	return err == GN_OK ? svc_wait(s, w) : err;
}

gn_err svc_read(struct svc *s, unsigned node, const struct gn_bundle_file *f, uint64_t off,
		uint64_t len, const uint8_t *expected, uint64_t *got,
		void (*between)(struct svc *s, uint64_t got))
{
	gn_op op;
	uint64_t at = 0;
	gn_err err = gn_bundles_read(s->nodes[node].bundles, f, off, len, s->now, &op);
	gn_time until = s->now + 600 * GN_SEC;
	while (err == GN_OK) {
		struct gn_slice bytes;
		err = gn_bundles_read_next(s->nodes[node].bundles, op, &bytes, s->now);
		if (err == GN_AGAIN) {
			svc_pump(s, node);
			err = svc_step(s, until) ? GN_OK : GN_TIMEOUT;
			continue;
		}
		if (err != GN_OK || bytes.len == 0)
			break;
		GN_ASSERT(at + bytes.len <= len);
		if (expected && memcmp(bytes.p, expected + off + at, bytes.len) != 0)
			err = GN_INTERNAL; /* a byte that is not the file's: must never be */
		at += bytes.len;
		if (between)
			between(s, at);
	}
	svc_pump(s, node);
	if (got)
		*got = at;
	return err;
}

uint64_t svc_bundles_count(const struct svc *s, unsigned node, const char *name)
{
	struct gn_counter c;
	for (size_t i = 0; gn_bundles_counter_at(s->nodes[node].bundles, i, &c); i++)
		if (strcmp(c.name, name) == 0)
			return c.value;
	GN_ASSERT(false); /* no counter of that name */
	return 0;
}

unsigned svc_holders(const struct svc *s, const uint8_t *block, bool *holds)
{
	unsigned n = 0;
	for (unsigned i = 0; i < s->count; i++) {
		bool has = s->nodes[i].ov &&
			   gn_blocks_have(s->nodes[i].blocks,
					  (const struct gn_hash *)(const void *)block, NULL);
		n += has;
		if (holds)
			holds[i] = has;
	}
	return n;
}

/* ---- for tests of bundles ---- */

uint8_t *svc_random_bytes(size_t len, uint64_t seed)
{
	struct gn_prng prng;
	gn_prng_init(&prng, seed);
	struct gn_rand rand = gn_prng_rand(&prng);
	uint8_t *p = svc_need(malloc(len + 1));
	gn_rand_fill(&rand, p, len);
	return p;
}

void svc_network(struct svc *s, unsigned nodes, uint64_t peer_bytes)
{
	svc_init(s,
		 &(struct svc_options){.seed = 42, .nodes = nodes, .peer_bytes_max = peer_bytes});
	for (unsigned i = 0; i < nodes; i++)
		assert_true(s->nodes[i].ready);
}

struct gn_bundle_file svc_publish(struct svc *s, const uint8_t *data, size_t len, unsigned copies,
				  struct svc_wait *ingest)
{
	struct svc_wait w;
	assert_int_equal(svc_ingest(s, 0, gn_slice(data, len), ingest), GN_OK);
	assert_int_equal(ingest->size, len);
	assert_int_equal(svc_spread(s, 0, gn_slice(ingest->blocks, ingest->blocks_len), copies, &w),
			 GN_OK);
	assert_int_equal(w.done, w.total);
	return svc_as_file(ingest);
}

unsigned svc_without(const struct svc *s, const struct svc_wait *ingest)
{
	for (unsigned i = 1; i < s->count; i++) {
		bool none = s->nodes[i].ov != NULL, holds[SVC_NODES];
		for (size_t k = 0; k < ingest->blocks_len && none; k += 32) {
			svc_holders(s, ingest->blocks + k, holds);
			none = !holds[i];
		}
		if (none)
			return i;
	}
	fail_msg("everyone holds something");
	return 0;
}
