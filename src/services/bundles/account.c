/* Who may have how much of what is kept for others. Every block promised, or on its way, is
 * counted once, under the peer to whom it was promised for longest and the address it asked
 * from.
 *
 *   less than a quarter used   a quarter for a key, and so for a prefix
 *   more than a quarter        a sixteenth for a prefix
 *   more than half             a stranger's key a 64th, and promises of a day: what strangers fill
 *                              is free again tomorrow, unless they come back for it, within their
 *                              share
 *   the last eighth            for acquaintances: those that have kept something here for a day of
 *                              which somebody else asked, with another key and from another prefix
 *
 * 1. A block that was promised is never given up before its time.
 * 2. kept and the share `bytes` hold the same blocks.
 * Rules: docs/spec/services.md BU-19, BU-23. */
#include "services/bundles/engine_int.h"

/* What a block costs: its bytes, and not less than a file and our memory of it are worth, so
 * that tiny blocks cannot fill the map before the room. */
static uint64_t cost_of(const struct gn_bundles *b, uint32_t len)
{
	GN_ASSERT(len <= GN_BLOCK && b->cost_least >= BUNDLES_KEPT_COST);
	return len > b->cost_least ? len : b->cost_least;
}

/* What is kept already may be more than shall be: then nothing is taken until it is less. */
static struct gn_share_config shares(const struct gn_bundles *b)
{
	uint64_t most = b->cfg.peer_bytes_max ? b->cfg.peer_bytes_max : 1,
		 total = most > b->bytes.used ? most : b->bytes.used;
	return (struct gn_share_config){.total = total,
					.per_key = most / BUNDLES_PEER_SHARE + 1,
					.per_prefix = most / BUNDLES_PREFIX_SHARE + GN_BLOCK,
					.crowded = most / BUNDLES_PEER_SHARE,
					.holders_max = BUNDLES_SHARES,
					.count_local = b->cfg.count_local};
}

void bundles_accounts_limit(struct gn_bundles *b)
{
	b->bytes.config = shares(b);
}

void bundles_accounts_init(struct gn_bundles *b)
{
	uint64_t least = b->cfg.peer_bytes_max / BUNDLES_KEPT;
	b->cost_least = least > BUNDLES_KEPT_COST ? least : BUNDLES_KEPT_COST;
	const struct gn_share_config bytes = shares(b);
	struct gn_share_config places = {.total = BUNDLES_INCOMING,
					 .per_key = BUNDLES_INCOMING_PEER,
					 .per_prefix = BUNDLES_INCOMING_PREFIX,
					 .crowded = BUNDLES_INCOMING / 2,
					 .holders_max = BUNDLES_INCOMING,
					 .count_local = b->cfg.count_local};
	gn_share_init(&b->bytes, &b->env, &bytes);
	gn_share_init(&b->places, &b->env, &places);
	gn_map_init(&b->keepers, &b->env, sizeof(struct gn_pk), sizeof(struct bundles_keeper),
		    BUNDLES_SHARES);
}

static bool is_acquainted(const struct gn_bundles *b, const struct gn_pk *key)
{
	const struct bundles_keeper *k = gn_map_get(&b->keepers, key);
	return k && k->asked && b->now - k->since >= BUNDLES_ACQUAINTED;
}

static bool is_crowded(const struct gn_bundles *b)
{
	return b->bytes.used >= b->bytes.config.total / 2;
}

/* How long what this key asks for is promised now, at most until (Unix seconds). */
static uint64_t promised_term(const struct gn_bundles *b, const struct gn_pk *key, uint64_t until)
{
	uint64_t day = bundles_unix(b) + BUNDLES_STRANGER_TTL;
	return is_crowded(b) && !is_acquainted(b, key) && until > day ? day : until;
}

/* What a stranger may not have, beyond the shares of all. */
static gn_err stranger_within(const struct gn_bundles *b, const struct gn_holder *who,
			      uint64_t cost)
{
	GN_ASSERT(cost >= BUNDLES_KEPT_COST);
	uint64_t total = b->bytes.config.total, most = total / BUNDLES_STRANGER_SHARE;
	struct gn_share_held held = gn_share_held(&b->bytes, who);
	most = most > GN_BLOCK ? most : GN_BLOCK;
	if (held.used + cost <= total / 2 || is_acquainted(b, &who->key))
		return GN_OK;
	if (held.key + cost > most)
		return GN_QUOTA;
	return held.used + cost > total - total / BUNDLES_ACQUAINTED_SHARE ? GN_NO_SPACE : GN_OK;
}

/* As much more for `who`, within the shares of now. */
static gn_err take_share(struct gn_bundles *b, const struct gn_holder *who, uint64_t cost)
{
	gn_err err = stranger_within(b, who, cost);
	return err == GN_OK ? gn_share_take(&b->bytes, who, cost) : err;
}

/* Since when we know the key; without memory it stays a stranger. */
static void keeper_note(struct gn_bundles *b, const struct gn_pk *key)
{
	static const struct gn_pk nobody;
	if (gn_pk_eq(key, &nobody) || gn_map_get(&b->keepers, key))
		return;
	struct bundles_keeper *k = gn_map_put(&b->keepers, key);
	b->count.nomem += !k;
	if (k)
		k->since = b->now;
}

static void keeper_leave(struct gn_bundles *b, const struct gn_holder *who)
{
	if (gn_share_held(&b->bytes, who).key == 0)
		(void)gn_map_remove(&b->keepers, &who->key);
}

/* What is counted for nobody is this holder's, whatever their share: it was promised. Without
 * memory it stays. */
static void claim_kept(struct gn_bundles *b, struct bundles_kept *kept, const struct gn_holder *who)
{
	GN_ASSERT(kept->len > 0 && gn_pk_is_zero(&kept->who.key));
	static const struct gn_holder nobody;
	gn_err err = gn_share_move(&b->bytes, &nobody, who, cost_of(b, kept->len));
	kept->who = err == GN_NOMEM || err == GN_NO_SPACE ? nobody : *who;
}

/* What was given for a moment. */
static void take_back(struct gn_bundles *b, struct bundles_kept *kept)
{
	struct gn_holder who = kept->who;
	gn_err err = gn_share_take_anyway(&b->bytes, &kept->who, cost_of(b, kept->len));
	GN_ASSERT(err == GN_OK); /* it fitted a moment ago */
	keeper_leave(b, &who);
}

/* Promised for longer is counted anew: for who asks, by the shares of now. Where half of what
 * they ask for is promised already that is what they get when they have no share left, or when
 * it is the last block of another, whom we would forget. */
static gn_err extend_kept(struct gn_bundles *b, struct bundles_kept *kept,
			  const struct gn_holder *who, uint64_t *until)
{
	GN_ASSERT(kept->len > 0 && *until > kept->until);
	struct gn_holder before = kept->who;
	uint64_t cost = cost_of(b, kept->len), now = bundles_unix(b), longer = *until;
	bool half = kept->until > now && kept->until - now >= (longer - now) / 2;
	bool others = !gn_pk_eq(&before.key, &who->key),
	     last = gn_share_held(&b->bytes, &before).key == cost;
	if (half)
		*until = kept->until;
	if (half && others && last)
		return GN_OK;
	gn_share_give(&b->bytes, &before, cost);
	gn_err err = take_share(b, who, cost);
	if (err != GN_OK) {
		take_back(b, kept);
		return half ? GN_OK : err;
	}
	kept->who = *who;
	kept->until = *until = longer;
	b->brought_changes++;
	keeper_note(b, &who->key);
	keeper_leave(b, &before);
	return GN_OK;
}

static gn_err add_kept(struct gn_bundles *b, const struct gn_hash *block,
		       const struct gn_holder *who, uint32_t len, uint64_t until)
{
	GN_ASSERT(len > 0 && until > 0);
	uint64_t cost = cost_of(b, len);
	GN_TRY(take_share(b, who, cost));
	struct bundles_kept *kept = gn_map_put(&b->kept, block);
	if (!kept) {
		gn_share_give(&b->bytes, who, cost);
		b->count.nomem++;
		return GN_NOMEM;
	}
	*kept = (struct bundles_kept){*who, len, until};
	b->brought_changes++;
	keeper_note(b, &who->key);
	return GN_OK;
}

gn_err bundles_account_add(struct gn_bundles *b, const struct gn_hash *block,
			   const struct gn_holder *who, uint32_t len, uint64_t *until)
{
	GN_ASSERT(b->accounts_ready && len > 0 && len <= GN_BLOCK);
	struct bundles_kept *kept = gn_map_get(&b->kept, block);
	uint64_t asked = promised_term(b, &who->key, *until);
	gn_err err = !kept                 ? add_kept(b, block, who, len, asked)
		     : asked > kept->until ? extend_kept(b, kept, who, &asked)
					   : GN_OK;
	b->count.keep_refused_space += err == GN_NO_SPACE;
	b->count.keep_refused_quota += err == GN_QUOTA;
	b->count.keep_refused_prefix += err == GN_LIMIT;
	if (err == GN_OK)
		*until = asked;
	return err == GN_LIMIT ? GN_QUOTA : err;
}

void bundles_account_remove(struct gn_bundles *b, const struct gn_hash *block)
{
	const struct bundles_kept *at = gn_map_get(&b->kept, block);
	if (!at)
		return;
	struct bundles_kept kept = *at;
	gn_share_give(&b->bytes, &kept.who, cost_of(b, kept.len));
	keeper_leave(b, &kept.who);
	(void)gn_map_remove(&b->kept, block);
	b->brought_changes++;
	bundles_accounts_limit(b);
}

void bundles_account_claim(struct gn_bundles *b, const struct gn_hash *block,
			   const struct gn_holder *who, gn_time since, bool asked)
{
	GN_ASSERT(since <= b->now);
	static const struct gn_pk nobody;
	struct bundles_kept *kept = gn_map_get(&b->kept, block);
	if (!kept || !gn_pk_eq(&kept->who.key, &nobody) || gn_pk_eq(&who->key, &nobody))
		return;
	claim_kept(b, kept, who);
	if (!gn_pk_eq(&kept->who.key, &who->key))
		return;
	keeper_note(b, &who->key);
	struct bundles_keeper *k = gn_map_get(&b->keepers, &who->key);
	if (k) {
		k->since = since;
		k->asked = asked;
	}
}

/* A peer got a chunk of the block: whoever had it kept here is of use to somebody else, not to a
 * second key of its own. */
void bundles_account_asked(struct gn_bundles *b, const struct gn_hash *block,
			   const struct gn_holder *by)
{
	const struct bundles_kept *kept = gn_map_get(&b->kept, block);
	struct bundles_keeper *keeper = kept ? gn_map_get(&b->keepers, &kept->who.key) : NULL;
	if (keeper && gn_share_apart(&b->bytes, &kept->who, by))
		keeper->asked = true;
}

/* After a restart: what the disk says is promised belongs to nobody in particular until it is
 * claimed. */
void bundles_accounts_build(struct gn_bundles *b)
{
	GN_ASSERT(b->kept.count == 0 && b->keepers.count == 0);
	struct gn_hash block;
	enum gn_block_keep keep;
	uint32_t len;
	uint64_t until, total = b->bytes.config.total, promised = 0;
	static const struct gn_holder nobody;
	b->bytes.config.total = UINT64_MAX; /* promises made are kept whatever the limit is now */
	for (uint32_t i = 0; gn_blocks_at(b->cfg.blocks, i, &block, &len, &keep); i++)
		if (keep == GN_BLOCK_HELD && len &&
		    gn_blocks_kept(b->cfg.blocks, &block, &keep, &until) &&
		    gn_map_put(&b->kept, &block)) {
			*(struct bundles_kept *)gn_map_get(&b->kept, &block) =
				(struct bundles_kept){nobody, len, until};
			promised += cost_of(b, len);
		}
	(void)!gn_share_take(&b->bytes, &nobody, promised);
	b->bytes.config.total = total > promised ? total : promised;
	b->accounts_ready = true;
	b->sweep = b->now + BUNDLES_SWEEP;
}

/* Promises that ended leave the accounts. The store keeps such blocks a week longer, since
 * clocks can be wrong; where room is short they go now, if the clock is one to give things up
 * by. */
void bundles_accounts_sweep(struct gn_bundles *b)
{
	GN_ASSERT(b->accounts_ready);
	bool give_up = gn_share_crowded(&b->bytes) && gn_overlay_time_sure(b->cfg.overlay, b->now);
	for (uint32_t i = b->kept.count; i-- > 0;) {
		struct gn_hash block = *(const struct gn_hash *)gn_map_key_at(&b->kept, i);
		const struct bundles_kept *kept = gn_map_value_at(&b->kept, i);
		enum gn_block_keep keep;
		bool gone = !gn_blocks_kept(b->cfg.blocks, &block, &keep, NULL) ||
			    keep == GN_BLOCK_CACHE;
		if (!gone && keep == GN_BLOCK_HELD && give_up && kept->until <= bundles_unix(b))
			gone = gn_blocks_keep(b->cfg.blocks, &block, GN_BLOCK_CACHE, 0, b->now) ==
			       GN_OK;
		if (gone && !gn_map_get(&b->incoming, &block))
			bundles_account_remove(b, &block);
	}
	b->sweep = b->now + BUNDLES_SWEEP;
}

bool gn_bundles_share_at(const struct gn_bundles *b, size_t i, struct gn_share_view *out)
{
	const struct gn_share_view views[] = {{"blocks", &b->bytes, cost_of(b, 0)},
					      {"block-places", &b->places, 1}};
	if (i >= GN_COUNT(views))
		return false;
	*out = views[i];
	return true;
}
