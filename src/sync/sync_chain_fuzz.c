/* Any bytes as an entry, and as the way to a head: {length 2, entry} each, of which the last one's
 * hash is the head. */
#include "sync/sync.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct gn_alloc heap;
	struct gn_prng prng;
	gn_alloc_heap(&heap, 64u << 20);
	gn_prng_init(&prng, 1);
	struct gn_rand rnd = gn_prng_rand(&prng);
	struct gn_env env = {&heap, &rnd, NULL};
	struct gn_chain_pool *p;
	struct gn_chain_at at = {.seq = 0};
	struct gn_chain_entry e;
	struct gn_hash head = {{1}}, missing;
	if (gn_chain_open(gn_slice(data, len), &e) == GN_OK) {
		GN_ASSERT(e.seq > 0 && e.entry.p >= data && e.entry.len <= len);
		(void)!gn_chain_verify(&e, &head, NULL);
	}
	gn_err err = gn_chain_pool_new(&env, &p);
	GN_ASSERT(err == GN_OK);
	struct gn_reader r = gn_reader(gn_slice(data, len));
	while (gn_reader_left(&r)) {
		struct gn_slice one = gn_read_bytes(&r, gn_read_be16(&r));
		if (r.bad)
			break;
		if (gn_chain_open(one, &e) == GN_OK)
			head = e.hash;
		(void)!gn_chain_pool_put(p, &at, one, true);
	}
	while (gn_chain_pool_next(p, &at, &head, &e, &missing) == GN_OK)
		gn_chain_step(&at, &e);
	gn_chain_pool_trim(p, &at);
	gn_chain_pool_validate(p);
	gn_chain_pool_free(p);
	GN_ASSERT(heap.used == 0);
	return 0;
}
