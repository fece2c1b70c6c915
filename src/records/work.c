/* Proofs of work: the leading zero bits of a hash over what the work is for and a nonce. Names,
 * boxes and deposits differ in those bytes alone, so they are searched and counted here. */
#include "records/work_int.h"

static unsigned bits_of(struct gn_hasher *hasher, const struct gn_slice *parts, size_t count)
{
	struct gn_hash h;
	gn_hasher_sha256(hasher, parts, count, &h);
	return gn_hash_zero_bits(&h);
}

static size_t with_nonce(struct gn_slice all[WORK_PARTS_MAX + 1], const struct gn_slice *parts,
			 size_t count, const uint8_t nonce[WORK_NONCE])
{
	GN_ASSERT(count <= WORK_PARTS_MAX);
	for (size_t i = 0; i < count; i++)
		all[i] = parts[i];
	all[count] = gn_slice(nonce, WORK_NONCE);
	return count + 1;
}

unsigned gn_work_bits(const struct gn_slice *parts, size_t count, const uint8_t nonce[WORK_NONCE])
{
	struct gn_slice all[WORK_PARTS_MAX + 1];
	struct gn_hash h;
	gn_sha256(all, with_nonce(all, parts, count, nonce), &h);
	return gn_hash_zero_bits(&h);
}

gn_err gn_work_find(const struct gn_slice *parts, size_t count, unsigned bits,
		    struct gn_work_tries tries, uint8_t nonce[WORK_NONCE])
{
	struct gn_slice all[WORK_PARTS_MAX + 1];
	uint8_t candidate[WORK_NONCE] = {0};
	size_t n = with_nonce(all, parts, count, candidate);
	struct gn_hasher *hasher = gn_hasher_new();
	gn_err err = GN_AGAIN;
	for (uint64_t i = 0; i < tries.count && err != GN_OK; i++) {
		gn_put_be64(candidate, tries.start + i);
		if (bits_of(hasher, all, n) < bits)
			continue;
		memcpy(nonce, candidate, WORK_NONCE);
		err = GN_OK;
	}
	gn_hasher_free(hasher);
	return err;
}
