/* What the tests of the bundles engine share. */
#ifndef GN_SERVICES_BUNDLES_TEST_INT_H
#define GN_SERVICES_BUNDLES_TEST_INT_H

#include "../../../sim/services_sim.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct svc s;

static inline uint8_t *random_bytes(size_t len, uint64_t seed)
{
	struct gn_prng prng;
	gn_prng_init(&prng, seed);
	struct gn_rand rand = gn_prng_rand(&prng);
	uint8_t *p = svc_need(malloc(len + 1));
	gn_rand_fill(&rand, p, len);
	return p;
}

static inline void network(unsigned nodes, uint64_t peer_bytes)
{
	svc_init(&s,
		 &(struct svc_options){.seed = 42, .nodes = nodes, .peer_bytes_max = peer_bytes});
	for (unsigned i = 0; i < nodes; i++)
		assert_true(s.nodes[i].ready);
}

/* Publishes data from node 0 with `copies`; the file. */
static inline struct gn_bundle_file publish(const uint8_t *data, size_t len, unsigned copies,
					    struct svc_wait *ingest)
{
	struct svc_wait w;
	assert_int_equal(svc_ingest(&s, 0, gn_slice(data, len), ingest), GN_OK);
	assert_int_equal(ingest->size, len);
	assert_int_equal(
		svc_spread(&s, 0, gn_slice(ingest->blocks, ingest->blocks_len), copies, &w), GN_OK);
	assert_int_equal(w.done, w.total);
	return svc_as_file(ingest);
}

/* A node that holds no block of the file. */
static inline unsigned stranger(const struct svc_wait *ingest)
{
	for (unsigned i = 1; i < s.count; i++) {
		bool none = s.nodes[i].ov != NULL, holds[SVC_NODES];
		for (size_t k = 0; k < ingest->blocks_len && none; k += 32) {
			svc_holders(&s, ingest->blocks + k, holds);
			none = !holds[i];
		}
		if (none)
			return i;
	}
	fail_msg("everyone holds something");
	return 0;
}

#endif
