/* Who brought what is kept here, over restarts: a list of the keys that something counts for and what is known of them,
 * and of the blocks with their keys and addresses. The owner of the engine keeps the bytes in a file. A block that the
 * list does not name is nobody's; one that it names and that is not here is passed over.
 *
 *   8   GNBRT 0 0 1; the last is the version
 *   4   keys       4   blocks
 *   each key:      32 key | 4 seconds it is known for, a day at most | 1 has somebody asked for what it brought
 *   each block:    32 hash | 4 number of its key, from 0 | 16 IP address it was brought from
 *
 * Rule: docs/spec/services.md BU-24. */
#include "services/bundles_engine_int.h"

#define HEAD_LEN 16u
#define KEY_LEN 37u
#define BLOCK_LEN 52u

static const uint8_t magic[8] = {'G', 'N', 'B', 'R', 'T', 0, 0, 1};

static void put_be32(uint8_t *p, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (24 - 8 * i));
}

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

uint64_t gn_bundles_brought_changes(const struct gn_bundles *b)
{
	return b->brought_changes;
}

size_t gn_bundles_brought_max(const struct gn_bundles *b)
{
	return HEAD_LEN + (size_t)b->keepers.limit * KEY_LEN + (size_t)b->kept.limit * BLOCK_LEN;
}

size_t gn_bundles_brought_len(const struct gn_bundles *b)
{
	return HEAD_LEN + (size_t)b->keepers.count * KEY_LEN + (size_t)b->kept.count * BLOCK_LEN;
}

static void put_key(const struct gn_bundles *b, uint32_t i, uint8_t *p)
{
	struct bundles_keeper *k = gn_map_value_at(&b->keepers, i);
	gn_time known = gn_time_min(b->now - k->since, BUNDLES_ACQUAINTED);
	k->number = i;
	memcpy(p, gn_map_key_at(&b->keepers, i), 32);
	put_be32(p + 32, (uint32_t)(known / GN_SEC));
	p[36] = k->asked;
}

void gn_bundles_brought_save(struct gn_bundles *b, gn_time now, struct gn_buf *out)
{
	uint8_t *p = out->p + out->len, *count = p + 12;
	uint32_t blocks = 0;
	b->now = now;
	GN_ASSERT(out->cap - out->len >= gn_bundles_brought_len(b));
	memcpy(p, magic, sizeof magic);
	put_be32(p + 8, b->keepers.count);
	p += HEAD_LEN;
	for (uint32_t i = 0; i < b->keepers.count; i++, p += KEY_LEN)
		put_key(b, i, p);
	for (uint32_t i = 0; i < b->kept.count; i++) {
		const struct bundles_kept *kept = gn_map_value_at(&b->kept, i);
		const struct bundles_keeper *k = gn_map_get(&b->keepers, &kept->who.key);
		if (!k)
			continue; /* nobody's */
		memcpy(p, gn_map_key_at(&b->kept, i), 32);
		put_be32(p + 32, k->number);
		memcpy(p + 36, kept->who.addr.ip, 16);
		p += BLOCK_LEN;
		blocks++;
	}
	put_be32(count, blocks);
	out->len = (size_t)(p - out->p);
}

gn_err gn_bundles_brought_load(struct gn_bundles *b, struct gn_slice in, gn_time now)
{
	b->now = now;
	if (in.len < HEAD_LEN || memcmp(in.p, magic, 7) != 0)
		return GN_MALFORMED;
	if (in.p[7] != magic[7])
		return GN_VERSION;
	uint32_t keys = be32(in.p + 8), blocks = be32(in.p + 12);
	if (in.len != HEAD_LEN + (uint64_t)keys * KEY_LEN + (uint64_t)blocks * BLOCK_LEN)
		return GN_MALFORMED;
	const uint8_t *p = in.p + HEAD_LEN + (size_t)keys * KEY_LEN;
	for (uint32_t i = 0; i < blocks; i++, p += BLOCK_LEN) {
		struct gn_hash block;
		struct gn_holder who = {.addr.port = 0};
		uint32_t number = be32(p + 32);
		if (number >= keys)
			return GN_MALFORMED;
		const uint8_t *k = in.p + HEAD_LEN + (size_t)number * KEY_LEN;
		memcpy(block.b, p, sizeof block.b);
		memcpy(who.key.b, k, sizeof who.key.b);
		memcpy(who.addr.ip, p + 36, sizeof who.addr.ip);
		gn_time known = gn_time_min((gn_time)be32(k + 32) * GN_SEC, BUNDLES_ACQUAINTED);
		bundles_account_claim(b, &block, &who, now - known, k[36] == 1);
	}
	return GN_OK;
}
