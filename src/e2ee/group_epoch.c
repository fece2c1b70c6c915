/* One epoch of a group: its keys, made once from a secret that is not kept, and the rows they are
 * stored in.
 *
 * 1. The secret is not in the state: the chains of all leaves are made at once, and a chain that
 *    moved gives nothing back of what it was (EE-41).
 * 2. `leaves` rise; a leaf's place in it is its chain's.
 * 3. A skipped key's `chain` is its leaf, 4 bytes and zeros.
 * 4. Loading: a bit of blocks_changed is a block that has not come; told of, one that has to be
 *    stored. head_changed stays set until loading is done.
 *
 *    new -> used -> freed;   opened -> loading [row_load] -> loaded = stored
 *
 * Spec: EE-40, EE-41, EE-45, EE-46. */
#include "e2ee/group_int.h"

#define VERSION 1

void gn_e2ee_epoch_commitment(const uint8_t secret[32], uint8_t out[GN_E2EE_COMMITMENT])
{
	struct gn_hash h;
	gn_sha256_tagged("geonet/e2ee/commit/1", gn_slice(secret, 32), &h);
	memcpy(out, h.b, GN_E2EE_COMMITMENT);
}

/* HKDF(salt group, S_e, label || e [|| leaf]) */
static void derive(const struct gn_e2ee_epoch_of *of, struct gn_slice label, const uint32_t *leaf,
		   uint8_t out[E2EE_KEY])
{
	uint8_t info[48];
	struct gn_writer w = gn_writer(info, sizeof info);
	gn_write_bytes(&w, label);
	gn_write_be32(&w, of->epoch);
	if (leaf)
		gn_write_be32(&w, *leaf);
	GN_ASSERT(!w.bad);
	gn_hkdf(gn_slice(of->secret, 32), GN_SLICE(of->group.b), gn_slice(info, gn_writer_len(&w)),
		out, E2EE_KEY);
}

static gn_err make(const struct gn_env *env, uint32_t count, struct gn_e2ee_epoch **out)
{
	struct gn_e2ee_epoch *ep = GN_NEW(env->alloc, struct gn_e2ee_epoch);
	GN_ASSERT(env->alloc && env->rand && count > 0 && count <= E2EE_LEAVES_MAX);
	if (!ep)
		return GN_NOMEM;
	ep->env = *env;
	ep->count = count;
	e2ee_skips_init(&ep->skips, env->alloc);
	ep->leaves = GN_NEW_ARRAY(env->alloc, uint32_t, count);
	ep->chains = GN_NEW_ARRAY(env->alloc, struct e2ee_chain, count);
	if (!ep->leaves || !ep->chains) {
		gn_e2ee_epoch_free(ep);
		return GN_NOMEM;
	}
	*out = ep;
	return GN_OK;
}

static uint64_t all_blocks(uint32_t count)
{
	uint32_t blocks = (count + E2EE_BLOCK_LEAVES - 1) / E2EE_BLOCK_LEAVES;
	GN_ASSERT(blocks > 0 && blocks <= 64);
	return UINT64_MAX >> (64 - blocks);
}

gn_err gn_e2ee_epoch_new(const struct gn_env *env, const struct gn_e2ee_epoch_of *of,
			 struct gn_e2ee_epoch **out)
{
	bool found = false;
	if (of->epoch == 0 || of->count == 0 || of->count > GN_E2EE_LEAVES)
		return GN_RANGE;
	for (size_t i = 0; i < of->count; i++) {
		if (i && of->leaves[i - 1] >= of->leaves[i])
			return GN_RANGE;
		found |= of->leaves[i] == of->own;
	}
	if (!found)
		return GN_NOT_FOUND;
	struct gn_e2ee_epoch *ep;
	GN_TRY(make(env, (uint32_t)of->count, &ep));
	ep->group = of->group;
	ep->epoch = of->epoch;
	ep->own = of->own;
	derive(of, GN_LIT("geonet/group/header/1"), NULL, ep->header);
	for (uint32_t i = 0; i < ep->count; i++) {
		ep->leaves[i] = of->leaves[i];
		derive(of, GN_LIT("geonet/group/chain/1"), &of->leaves[i], ep->chains[i].key);
	}
	ep->head_changed = true;
	ep->blocks_changed = all_blocks(ep->count);
	*out = ep;
	return GN_OK;
}

void gn_e2ee_epoch_free(struct gn_e2ee_epoch *ep)
{
	if (!ep)
		return;
	e2ee_skips_fini(&ep->skips);
	gn_mem_free(ep->env.alloc, ep->leaves);
	gn_mem_free_secret(ep->env.alloc, ep->chains);
	gn_mem_free_secret(ep->env.alloc, ep);
}

uint32_t e2ee_epoch_place(const struct gn_e2ee_epoch *ep, uint32_t leaf)
{
	uint32_t from = 0, to = ep->count;
	while (from < to) {
		uint32_t mid = from + (to - from) / 2;
		if (ep->leaves[mid] < leaf)
			from = mid + 1;
		else
			to = mid;
	}
	return from < ep->count && ep->leaves[from] == leaf ? from : ep->count;
}

void e2ee_epoch_moved(struct gn_e2ee_epoch *ep, uint32_t place)
{
	GN_ASSERT(place < ep->count);
	ep->messages++;
	ep->blocks_changed |= UINT64_C(1) << (place / E2EE_BLOCK_LEAVES);
}

void gn_e2ee_epoch_info(const struct gn_e2ee_epoch *ep, struct gn_e2ee_epoch_info *out)
{
	uint32_t place = e2ee_epoch_place(ep, ep->own);
	GN_ASSERT(place < ep->count);
	*out = (struct gn_e2ee_epoch_info){.group = ep->group,
					   .epoch = ep->epoch,
					   .own = ep->own,
					   .leaves = ep->count,
					   .skipped = ep->skips.count,
					   .next = ep->chains[place].n,
					   .messages = ep->messages,
					   .dropped = ep->skips.dropped};
}

gn_err gn_e2ee_epoch_next(const struct gn_e2ee_epoch *ep, uint32_t leaf, uint32_t *n)
{
	uint32_t place = e2ee_epoch_place(ep, leaf);
	if (place == ep->count)
		return GN_NOT_FOUND;
	*n = ep->chains[place].n;
	return GN_OK;
}

void gn_e2ee_epoch_expire(struct gn_e2ee_epoch *ep, gn_time now)
{
	uint64_t dropped = ep->skips.dropped;
	GN_ASSERT(now >= 0);
	e2ee_skips_commit(&ep->skips, E2EE_NOT_SKIPPED, gn_unix(now));
	ep->skips_changed |= dropped != ep->skips.dropped;
}

void gn_e2ee_epoch_validate(const struct gn_e2ee_epoch *ep)
{
	GN_ASSERT(ep->count > 0 && ep->count <= E2EE_LEAVES_MAX && ep->epoch > 0);
	GN_ASSERT(e2ee_epoch_place(ep, ep->own) < ep->count);
	for (uint32_t i = 1; i < ep->count; i++)
		GN_ASSERT(ep->leaves[i - 1] < ep->leaves[i]);
	e2ee_skips_validate(&ep->skips);
}

/* ---- rows ---- */

bool gn_e2ee_epoch_next_row(struct gn_e2ee_epoch *ep, struct gn_e2ee_epoch_row *out)
{
	*out = (struct gn_e2ee_epoch_row){.kind = GN_E2EE_EPOCH_HEAD};
	if (ep->head_changed) {
		ep->head_changed = false;
		return true;
	}
	for (uint32_t i = 0; ep->blocks_changed && i < E2EE_BLOCKS_MAX; i++) {
		uint64_t bit = UINT64_C(1) << i;
		if (!(ep->blocks_changed & bit))
			continue;
		ep->blocks_changed &= ~bit;
		*out = (struct gn_e2ee_epoch_row){.kind = GN_E2EE_EPOCH_CHAINS, .block = i};
		return true;
	}
	GN_ASSERT(ep->blocks_changed == 0);
	out->kind = GN_E2EE_EPOCH_SKIPPED;
	bool told = ep->skips_changed;
	ep->skips_changed = false;
	return told;
}

static uint32_t block_end(const struct gn_e2ee_epoch *ep, uint32_t block)
{
	uint32_t end = (block + 1) * E2EE_BLOCK_LEAVES;
	return end < ep->count ? end : ep->count;
}

size_t gn_e2ee_epoch_row_len(const struct gn_e2ee_epoch *ep, const struct gn_e2ee_epoch_row *row)
{
	switch (row->kind) {
	case GN_E2EE_EPOCH_HEAD: return 1 + 32 + 4 + E2EE_KEY + 4 + 4;
	case GN_E2EE_EPOCH_CHAINS: return 1 + 4 + 8 + E2EE_BLOCK_LEAVES * (4 + E2EE_KEY + 4);
	case GN_E2EE_EPOCH_SKIPPED: break;
	}
	return 1 + 4 + 8 + 8 + ep->skips.count * (4 + 4 + E2EE_KEY + 8 + 8);
}

static void write_skipped(const struct gn_e2ee_epoch *ep, struct gn_writer *w)
{
	const struct e2ee_skips *s = &ep->skips;
	GN_ASSERT(s->fresh == 0);
	gn_write_be32(w, s->count);
	for (uint32_t i = 0; i < s->count; i++) {
		gn_write_bytes(w, gn_slice(s->at[i].chain, 4));
		gn_write_be32(w, s->at[i].n);
		gn_write_bytes(w, GN_SLICE(s->at[i].key));
		gn_write_be64(w, s->at[i].made);
		gn_write_be64(w, s->at[i].serial);
	}
	gn_write_be64(w, s->serial);
	gn_write_be64(w, s->dropped);
}

gn_err gn_e2ee_epoch_row_save(const struct gn_e2ee_epoch *ep, const struct gn_e2ee_epoch_row *row,
			      struct gn_buf *out)
{
	struct gn_writer w = gn_writer(out->p + out->len, out->cap - out->len);
	gn_write_u8(&w, VERSION);
	switch (row->kind) {
	case GN_E2EE_EPOCH_HEAD:
		gn_write_bytes(&w, GN_SLICE(ep->group.b));
		gn_write_be32(&w, ep->epoch);
		gn_write_bytes(&w, GN_SLICE(ep->header));
		gn_write_be32(&w, ep->count);
		gn_write_be32(&w, ep->own);
		break;
	case GN_E2EE_EPOCH_CHAINS:
		if (row->block * E2EE_BLOCK_LEAVES >= ep->count)
			return GN_NOT_FOUND;
		gn_write_be32(&w, row->block);
		gn_write_be64(&w, ep->messages);
		for (uint32_t i = row->block * E2EE_BLOCK_LEAVES; i < block_end(ep, row->block);
		     i++) {
			gn_write_be32(&w, ep->leaves[i]);
			gn_write_bytes(&w, GN_SLICE(ep->chains[i].key));
			gn_write_be32(&w, ep->chains[i].n);
		}
		break;
	case GN_E2EE_EPOCH_SKIPPED: write_skipped(ep, &w); break;
	}
	if (w.bad)
		return GN_TOO_LARGE;
	GN_ASSERT(gn_writer_len(&w) <= gn_e2ee_epoch_row_len(ep, row));
	out->len += gn_writer_len(&w);
	return GN_OK;
}

gn_err gn_e2ee_epoch_open(const struct gn_env *env, struct gn_slice head,
			  struct gn_e2ee_epoch **out)
{
	struct gn_reader r = gn_reader(head);
	struct gn_hash group;
	uint8_t version = gn_read_u8(&r);
	struct gn_slice g = gn_read_bytes(&r, 32);
	uint32_t epoch = gn_read_be32(&r);
	struct gn_slice header = gn_read_bytes(&r, E2EE_KEY);
	uint32_t count = gn_read_be32(&r), own = gn_read_be32(&r);
	if (r.bad || gn_reader_left(&r) || version != VERSION || epoch == 0 || count == 0 ||
	    count > E2EE_LEAVES_MAX)
		return GN_CORRUPT;
	struct gn_e2ee_epoch *ep;
	GN_TRY(make(env, count, &ep));
	memcpy(group.b, g.p, 32);
	ep->group = group;
	ep->epoch = epoch;
	ep->own = own;
	memcpy(ep->header, header.p, E2EE_KEY);
	ep->blocks_changed = all_blocks(count);
	ep->head_changed = true;
	*out = ep;
	return GN_OK;
}

static gn_err load_chains(struct gn_e2ee_epoch *ep, struct gn_reader *r)
{
	uint32_t block = gn_read_be32(r);
	uint64_t messages = gn_read_be64(r);
	if (r->bad || block >= E2EE_BLOCKS_MAX || !(ep->blocks_changed & (UINT64_C(1) << block)))
		return GN_CORRUPT;
	for (uint32_t i = block * E2EE_BLOCK_LEAVES; i < block_end(ep, block); i++) {
		ep->leaves[i] = gn_read_be32(r);
		struct gn_slice key = gn_read_bytes(r, E2EE_KEY);
		ep->chains[i].n = gn_read_be32(r);
		if (r->bad || ep->chains[i].n == UINT32_MAX)
			return GN_CORRUPT;
		memcpy(ep->chains[i].key, key.p, E2EE_KEY);
	}
	if (messages > ep->messages)
		ep->messages = messages;
	ep->blocks_changed &= ~(UINT64_C(1) << block);
	return GN_OK;
}

static gn_err load_skipped(struct gn_e2ee_epoch *ep, struct gn_reader *r)
{
	struct e2ee_skips *s = &ep->skips;
	uint32_t count = gn_read_be32(r);
	if (r->bad || s->serial || count > E2EE_SKIPPED_MAX)
		return GN_CORRUPT;
	for (uint32_t i = 0; i < count; i++) {
		struct e2ee_skipped k = {.n = 0};
		struct gn_slice leaf = gn_read_bytes(r, 4);
		k.n = gn_read_be32(r);
		struct gn_slice key = gn_read_bytes(r, E2EE_KEY);
		k.made = gn_read_be64(r);
		k.serial = gn_read_be64(r);
		if (r->bad)
			return GN_CORRUPT;
		memcpy(k.chain, leaf.p, 4);
		memcpy(k.key, key.p, E2EE_KEY);
		gn_err err = e2ee_skips_load(s, &k);
		gn_wipe(&k, sizeof k);
		GN_TRY(err);
	}
	uint64_t serial = gn_read_be64(r), dropped = gn_read_be64(r);
	if (r->bad || serial < s->serial || serial >= E2EE_SERIALS)
		return GN_CORRUPT;
	s->serial = serial;
	s->dropped = dropped;
	return GN_OK;
}

gn_err gn_e2ee_epoch_row_load(struct gn_e2ee_epoch *ep, enum gn_e2ee_epoch_row_kind kind,
			      struct gn_slice row)
{
	struct gn_reader r = gn_reader(row);
	uint8_t version = gn_read_u8(&r);
	gn_err err = GN_CORRUPT;
	if (r.bad || version != VERSION || !ep->head_changed)
		return GN_CORRUPT;
	if (kind == GN_E2EE_EPOCH_CHAINS)
		err = load_chains(ep, &r);
	else if (kind == GN_E2EE_EPOCH_SKIPPED)
		err = load_skipped(ep, &r);
	return !err && gn_reader_left(&r) ? GN_CORRUPT : err;
}

gn_err gn_e2ee_epoch_loaded(struct gn_e2ee_epoch *ep)
{
	if (ep->blocks_changed || e2ee_epoch_place(ep, ep->own) == ep->count)
		return GN_CORRUPT;
	for (uint32_t i = 1; i < ep->count; i++)
		if (ep->leaves[i - 1] >= ep->leaves[i])
			return GN_CORRUPT;
	ep->head_changed = false;
	return GN_OK;
}
