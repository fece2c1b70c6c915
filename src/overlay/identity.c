/* Who a node is: its id follows from its key and a nonce, and carries a proof of work over a second hash, so that
 * nobody chooses an angle and the puzzle does not bias it (OV-1, OV-2). */
#include "overlay/overlay_int.h"

void gn_node_id_make(const struct gn_pk *pk, const uint8_t nonce[8], struct gn_node_id *out)
{
	struct gn_slice parts[] = {GN_LIT("geonet/node/1"), gn_slice(pk->b, 32), gn_slice(nonce, 8)};
	struct gn_hash h;
	gn_sha256(parts, 3, &h);
	memcpy(out->b, h.b, 32);
}

unsigned gn_node_id_work(const struct gn_node_id *id)
{
	struct gn_hash h;
	gn_sha256_tagged("geonet/pow/1", gn_slice(id->b, 32), &h);
	return gn_hash_zero_bits(&h);
}

gn_err gn_node_id_search(const struct gn_pk *pk, unsigned bits, uint64_t start, uint64_t tries, uint8_t nonce[8])
{
	for (uint64_t i = 0; i < tries; i++) {
		uint8_t n[8];
		struct gn_node_id id;
		gn_put_be64(n, start + i);
		gn_node_id_make(pk, n, &id);
		if (gn_node_id_work(&id) >= bits) {
			memcpy(nonce, n, 8);
			return GN_OK;
		}
	}
	return GN_AGAIN;
}
