/* Who brought what is kept here, over restarts: a list of the keys that something counts for and
 * what is known of them, and of the blocks with their keys and addresses. The owner of the
 * engine keeps the bytes in a file. A block that the list does not name is nobody's; one that it
 * names and that is not here is passed over.
 *
 *   8            GNBRT 0 0 1; the last is the version
 *   4            keys
 *   4            blocks
 *   each key:    32 key | 4 seconds it is known for, a day at most | 1 has somebody asked for what
 *                it brought
 *   each block:  32 hash | 4 number of its key, from 0 | 16 IP address it was brought from
 *
 * Rule: docs/spec/services.md BU-24. */
#include "services/bundles/engine_int.h"

#define HEAD_LEN 16u
#define KEY_LEN 37u
#define BLOCK_LEN 52u

static const uint8_t magic[8] = {'G', 'N', 'B', 'R', 'T', 0, 0, 1};

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

static void write_key(const struct gn_bundles *b, uint32_t i, struct gn_writer *w)
{
	struct bundles_keeper *k = gn_map_value_at(&b->keepers, i);
	gn_time known = gn_time_min(b->now - k->since, BUNDLES_ACQUAINTED);
	k->number = i;
	gn_write_bytes(w, gn_slice(gn_map_key_at(&b->keepers, i), 32));
	gn_write_be32(w, (uint32_t)(known / GN_SEC));
	gn_write_u8(w, k->asked);
}

/* False: it is nobody's. */
static bool write_block(const struct gn_bundles *b, uint32_t i, struct gn_writer *w)
{
	const struct bundles_kept *kept = gn_map_value_at(&b->kept, i);
	const struct bundles_keeper *k = gn_map_get(&b->keepers, &kept->who.key);
	if (!k)
		return false;
	gn_write_bytes(w, gn_slice(gn_map_key_at(&b->kept, i), 32));
	GN_ASSERT(k->number < b->keepers.count);
	gn_write_be32(w, k->number);
	gn_write_bytes(w, GN_SLICE(kept->who.addr.ip));
	return true;
}

void gn_bundles_brought_save(struct gn_bundles *b, gn_time now, struct gn_buf *out)
{
	uint8_t *p = out->p + out->len;
	GN_ASSERT(out->cap - out->len >= gn_bundles_brought_len(b));
	struct gn_writer head = gn_writer(p, HEAD_LEN),
			 w = gn_writer(p + HEAD_LEN, out->cap - out->len - HEAD_LEN);
	uint32_t blocks = 0;
	b->now = now;
	for (uint32_t i = 0; i < b->keepers.count; i++)
		write_key(b, i, &w);
	for (uint32_t i = 0; i < b->kept.count; i++)
		blocks += write_block(b, i, &w);
	gn_write_bytes(&head, GN_SLICE(magic));
	gn_write_be32(&head, b->keepers.count);
	gn_write_be32(&head, blocks);
	GN_ASSERT(!head.bad && !w.bad);
	out->len += HEAD_LEN + gn_writer_len(&w);
}

/* One block, and what keys says of whose it is. GN_MALFORMED: no such key. */
static gn_err load_block(struct gn_bundles *b, struct gn_reader *r, struct gn_slice keys,
			 gn_time now)
{
	GN_ASSERT(keys.len % KEY_LEN == 0);
	struct gn_hash block;
	struct gn_holder who = {.addr.port = 0};
	memcpy(block.b, gn_read_bytes(r, 32).p, sizeof block.b);
	uint32_t number = gn_read_be32(r);
	memcpy(who.addr.ip, gn_read_bytes(r, 16).p, sizeof who.addr.ip);
	if (number >= keys.len / KEY_LEN)
		return GN_MALFORMED;
	struct gn_reader k = gn_reader(gn_slice_sub(keys, (size_t)number * KEY_LEN, KEY_LEN));
	memcpy(who.key.b, gn_read_bytes(&k, 32).p, sizeof who.key.b);
	gn_time known = gn_time_min((gn_time)gn_read_be32(&k) * GN_SEC, BUNDLES_ACQUAINTED);
	bundles_account_claim(b, &block, &who, now - known, gn_read_u8(&k) == 1);
	return GN_OK;
}

gn_err gn_bundles_brought_load(struct gn_bundles *b, struct gn_slice in, gn_time now)
{
	b->now = now;
	if (in.len < HEAD_LEN || memcmp(in.p, magic, 7) != 0)
		return GN_MALFORMED;
	if (in.p[7] != magic[7])
		return GN_VERSION;
	struct gn_reader r = gn_reader(gn_slice_sub(in, sizeof magic, SIZE_MAX));
	uint32_t keys = gn_read_be32(&r), blocks = gn_read_be32(&r);
	if (in.len != HEAD_LEN + (uint64_t)keys * KEY_LEN + (uint64_t)blocks * BLOCK_LEN)
		return GN_MALFORMED;
	struct gn_slice table = gn_read_bytes(&r, (size_t)keys * KEY_LEN);
	for (uint32_t i = 0; i < blocks; i++)
		GN_TRY(load_block(b, &r, table, now));
	return GN_OK;
}
