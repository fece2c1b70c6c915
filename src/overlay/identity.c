/* Who a node is: its id follows from its key and a nonce, and carries a proof of work over a
 * second hash, so that nobody chooses an angle and the puzzle does not bias it (OV-1, OV-2). */
#include "overlay/overlay_int.h"

#define ID_DOMAIN "geonet/node/1"
#define WORK_DOMAIN "geonet/pow/1"

void gn_overlay_id_make(const struct gn_pk *pk, const uint8_t nonce[8], struct gn_node_id *out)
{
	struct gn_slice parts[] = {GN_LIT(ID_DOMAIN), gn_slice(pk->b, 32), gn_slice(nonce, 8)};
	struct gn_hash h;
	gn_sha256(parts, 3, &h);
	memcpy(out->b, h.b, 32);
}

unsigned gn_overlay_id_work(const struct gn_node_id *id)
{
	struct gn_hash h;
	gn_sha256_tagged(WORK_DOMAIN, gn_slice(id->b, 32), &h);
	return gn_hash_zero_bits(&h);
}

/* What gn_overlay_id_make and gn_overlay_id_work say, of one nonce after the other. */
gn_err gn_overlay_id_search(const struct gn_pk *pk, unsigned bits, uint64_t start, uint64_t tries,
			    uint8_t nonce[8])
{
	struct gn_hasher *hasher = gn_hasher_new(), *id = gn_hasher_new(), *work = gn_hasher_new();
	gn_err err = GN_AGAIN;
	gn_hasher_begin(id);
	gn_hasher_add(id, GN_LIT(ID_DOMAIN));
	gn_hasher_add(id, GN_SLICE(pk->b));
	gn_hasher_begin(work);
	gn_hasher_add(work, GN_LIT(WORK_DOMAIN));
	for (uint64_t i = 0; i < tries && err != GN_OK; i++) {
		uint8_t n[8];
		struct gn_hash h;
		gn_put_be64(n, start + i);
		gn_hasher_after(hasher, id, GN_SLICE(n), &h);
		gn_hasher_after(hasher, work, GN_SLICE(h.b), &h);
		if (gn_hash_zero_bits(&h) < bits)
			continue;
		memcpy(nonce, n, 8);
		err = GN_OK;
	}
	gn_hasher_free(hasher);
	gn_hasher_free(id);
	gn_hasher_free(work);
	return err;
}
