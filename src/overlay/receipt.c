/* Receipts: our own, whether another's is what it should be, and the proof of storage that goes
 * with one (OV-55, OV-68). */
#include "overlay/store_int.h"

#define STORED_DOMAIN "geonet/stored/1"

void gn_ov_stored_proof(uint64_t nonce, const struct gn_node_id *holder, struct gn_slice record,
			struct gn_hash *out)
{
	GN_ASSERT(record.len > 0);
	uint8_t n[8];
	gn_put_be64(n, nonce);
	const struct gn_slice parts[] = {gn_str(STORED_DOMAIN), gn_slice(n, 8),
					 gn_slice(holder->b, 32), record};
	gn_sha256(parts, GN_COUNT(parts), out);
}

struct gn_receipt gn_ov_receipt_of(struct gn_overlay *ov, const struct gn_record *r)
{
	GN_ASSERT(r->bytes.len > 0);
	struct gn_receipt out = {
		.key = r->key, .seq = r->seq, .hash = r->hash, .held_until = r->created + r->ttl};
	memcpy(out.holder.b, ov->self.id.b, 32);
	gn_wire_receipt_sign(&ov->cfg.node_key, &out);
	ov->count.receipts_signed++;
	return out;
}

bool gn_ov_receipt_ok(const struct gn_receipt *r, const struct gn_hash *key, uint64_t seq,
		      const struct gn_hash *hash, const struct gn_contact *holder)
{
	return gn_hash_eq(&r->key, key) && r->seq == seq && gn_hash_eq(&r->hash, hash) &&
	       memcmp(r->holder.b, holder->id.b, 32) == 0 &&
	       gn_pk_eq(&r->holder_key, &holder->pk) && gn_wire_receipt_verify(r) == GN_OK;
}
