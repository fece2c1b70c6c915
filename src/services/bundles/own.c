/* Blocks of our own publications: which of them are needed, and the end of those that are not.
 *
 *   ingest -> FRESH, for a day
 *   FRESH -> NEEDED [a version that is kept, or a spread, names it]
 *   NEEDED -> gone [disown, nobody else needs it]
 *   FRESH -> gone [a day over, never named]
 *
 * 1. needed counts, per block, the lists that name it: versions that the owner said are kept,
 *    and running spreads. A block that is counted is never let go.
 * 2. Nor is one taken in this day by a publication that has not come to its spread: fresh, and
 *    the day is in the file's name, so that a restart does not shorten or lengthen it.
 * 3. The sweep looks at few blocks at a time and asks these maps again for each; it does not
 *    begin before the owner has named every version it keeps.
 * 4. What is promised to others stays held until then.
 * Rule: docs/spec/services.md BU-20. */
#include "services/bundles/engine_int.h"

static const struct gn_hash *hash_at(struct gn_slice blocks, size_t at)
{
	GN_ASSERT(at + sizeof(struct gn_hash) <= blocks.len);
	return (const struct gn_hash *)(const void *)(blocks.p + at);
}

static bool is_needed(const struct gn_bundles *b, const struct gn_hash *block)
{
	return gn_map_get(&b->needed, block) != NULL;
}

void bundles_let_go(struct gn_bundles *b, const struct gn_hash *block)
{
	enum gn_block_keep keep;
	const struct bundles_kept *kept = gn_map_get(&b->kept, block);
	if (is_needed(b, block))
		return;
	(void)gn_map_remove(&b->fresh, block);
	if (!gn_blocks_kept(b->cfg.blocks, block, &keep, NULL) || keep != GN_BLOCK_OWN)
		return;
	b->count.own_let_go++;
	if (kept && kept->until > gn_unix(b->now))
		(void)!gn_blocks_keep(b->cfg.blocks, block, GN_BLOCK_HELD, kept->until, b->now);
	else
		(void)!gn_blocks_drop(b->cfg.blocks, block);
}

static void count_down(struct gn_bundles *b, const struct gn_hash *block)
{
	uint32_t *count = gn_map_get(&b->needed, block);
	GN_ASSERT(count && *count > 0);
	if (--*count == 0)
		(void)gn_map_remove(&b->needed, block);
}

/* Named by a list, it is ours, whatever it was here for before. */
static void pin_own(struct gn_bundles *b, const struct gn_hash *block)
{
	enum gn_block_keep keep;
	if (gn_blocks_kept(b->cfg.blocks, block, &keep, NULL) && keep != GN_BLOCK_OWN)
		(void)!gn_blocks_keep(b->cfg.blocks, block, GN_BLOCK_OWN, bundles_fresh_until(b),
				      b->now);
}

gn_err bundles_need(struct gn_bundles *b, struct gn_slice blocks)
{
	GN_ASSERT(blocks.len % sizeof(struct gn_hash) == 0);
	for (size_t at = 0; at < blocks.len; at += sizeof(struct gn_hash)) {
		uint32_t *count = gn_map_put(&b->needed, hash_at(blocks, at));
		if (!count) {
			bundles_need_no_more(b, gn_slice(blocks.p, at));
			b->count.nomem++;
			return GN_NOMEM;
		}
		++*count;
		pin_own(b, hash_at(blocks, at));
		(void)gn_map_remove(&b->fresh, hash_at(blocks, at));
	}
	return GN_OK;
}

void bundles_need_no_more(struct gn_bundles *b, struct gn_slice blocks)
{
	GN_ASSERT(blocks.len % sizeof(struct gn_hash) == 0);
	for (size_t at = 0; at < blocks.len; at += sizeof(struct gn_hash))
		count_down(b, hash_at(blocks, at));
}

gn_err gn_bundles_own(struct gn_bundles *b, struct gn_slice blocks, gn_time now)
{
	b->now = now;
	return blocks.len % sizeof(struct gn_hash) ? GN_USAGE : bundles_need(b, blocks);
}

void gn_bundles_disown(struct gn_bundles *b, struct gn_slice blocks, gn_time now)
{
	b->now = now;
	for (size_t at = 0; at < blocks.len; at += sizeof(struct gn_hash)) {
		const struct gn_hash *block = hash_at(blocks, at);
		if (is_needed(b, block)) /* its list may not have been readable at the start */
			count_down(b, block);
		if (!gn_map_get(&b->fresh, block))
			bundles_let_go(b, block);
	}
}

uint64_t bundles_fresh_until(const struct gn_bundles *b)
{
	/* one name for all blocks of an hour */
	return (gn_unix(b->now) + BUNDLES_FRESH) / 3600 * 3600 + 3600;
}

/* A publication that has not come to its spread stands on this block. */
gn_err bundles_fresh(struct gn_bundles *b, const struct gn_hash *block)
{
	uint64_t *until = gn_map_put(&b->fresh, block);
	if (!until)
		return GN_NOMEM;
	*until = bundles_fresh_until(b);
	return GN_OK;
}

void gn_bundles_collect(struct gn_bundles *b, bool all, gn_time now)
{
	b->now = now;
	if (!b->collecting)
		b->own_sweep = now;
	b->collecting = true;
	b->collect_all = all;
}

/* A few blocks of the store, from its end: what a removal moves to its place was looked at
 * already. */
static void sweep_some(struct gn_bundles *b)
{
	GN_ASSERT(b->collecting && b->accounts_ready);
	struct gn_hash block;
	enum gn_block_keep keep;
	uint64_t until, now = gn_unix(b->now);
	uint32_t len;
	for (unsigned n = 0; n < BUNDLES_SWEEP_BLOCKS && b->own_at > 0; n++) {
		if (!gn_blocks_at(b->cfg.blocks, --b->own_at, &block, &len, &keep) ||
		    keep != GN_BLOCK_OWN)
			continue;
		bool known = gn_blocks_kept(b->cfg.blocks, &block, &keep, &until);
		if (!known || until > now || (until == 0 && !b->collect_all))
			continue;
		bundles_let_go(b, &block);
	}
}

void bundles_own_tick(struct gn_bundles *b)
{
	if (!b->collecting || !b->accounts_ready || b->now < b->own_sweep)
		return;
	if (b->own_at == 0) { /* a new round */
		struct gn_blocks_info info;
		gn_blocks_info(b->cfg.blocks, &info);
		b->own_at = info.blocks + info.partial;
	}
	sweep_some(b);
	b->own_sweep = b->now + (b->own_at ? BUNDLES_SWEEP_PAUSE : BUNDLES_SWEEP);
}
