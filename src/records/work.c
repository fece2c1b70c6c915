/* Proofs of work: the leading zero bits of a hash over what the work is for and a nonce. Names,
 * boxes and deposits differ in those bytes alone, so they are searched and counted here. */
#include "records/work_int.h"

unsigned gn_work_bits(const struct gn_slice *parts, size_t count, const uint8_t nonce[WORK_NONCE])
{
	struct gn_slice all[WORK_PARTS_MAX + 1];
	struct gn_hash h;
	GN_ASSERT(count <= WORK_PARTS_MAX);
	for (size_t i = 0; i < count; i++)
		all[i] = parts[i];
	all[count] = gn_slice(nonce, WORK_NONCE);
	gn_sha256(all, count + 1, &h);
	return gn_hash_zero_bits(&h);
}

gn_err gn_work_find(const struct gn_slice *parts, size_t count, unsigned bits,
		    struct gn_work_tries tries, uint8_t nonce[WORK_NONCE])
{
	struct gn_hasher *begun = gn_hasher_new(), *hasher = gn_hasher_new();
	gn_err err = GN_AGAIN;
	gn_hasher_begin(begun);
	for (size_t i = 0; i < count; i++)
		gn_hasher_add(begun, parts[i]);
	for (uint64_t i = 0; i < tries.count && err != GN_OK; i++) {
		uint8_t candidate[WORK_NONCE];
		struct gn_hash h;
		gn_put_be64(candidate, tries.start + i);
		gn_hasher_after(hasher, begun, GN_SLICE(candidate), &h);
		if (gn_hash_zero_bits(&h) < bits)
			continue;
		memcpy(nonce, candidate, WORK_NONCE);
		err = GN_OK;
	}
	gn_hasher_free(begun);
	gn_hasher_free(hasher);
	return err;
}
