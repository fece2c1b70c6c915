/* Who may have how much of the record store. It is measured in one unit, bytes, of which a
 * record takes at least its place (bytes_max / records_max), so that many small records fill it
 * as fast as few large ones.
 *
 * - Spaces: each kind of record has a part that no other kind can take: names that cost work,
 *   identities and prekeys, the other types below 16 (names that cost none among them).
 * - Putters: whoever put a record holds its place, also while it is hidden: a share per node
 *   key, and per prefix once the store is crowded. Who is over it lets go of their own hidden
 *   ones first. What was pushed, and what got its receipt with a proof of storage, have accounts
 *   of their own: what a node hands over takes nothing from its owner's puts. A prefix has one
 *   share of all that has receipts.
 * - What gives way: what is hidden, the longest hidden first, but for an eighth of the store
 *   that has a grace; then copies, farthest from this node first: what a stranger pushed, and of
 *   what was handed over by a linked server of standing what is above its share, but for a
 *   quarter of the store. What this node signed a receipt for does not give way (OV-57,
 *   OV-91..OV-95).
 *
 * 1. owners[pk] and spaces[] sum the shown records; hidden[] the others; brought[] what all
 *    take. What is hidden and cannot be given up counts in its kind's space too.
 * 2. A record's `taken` is what its putter holds for it.
 * 3. What is on its way to the disk is in coming[] and counts as if it were there: many puts at
 *    once overshoot nothing.
 * 4. A full store is asked for room as often as a peer likes, so looking for it is bounded:
 *    GN_OV_WAY_LOOKS records. */
#include "overlay/contact_int.h"
#include "overlay/ring_int.h"
#include "overlay/store_int.h"

/* Eighths of the store that are this space's alone. */
static const uint8_t reserved[GN_OV_SPACES] = {
	[GN_OV_SPACE_NAMES] = 1, [GN_OV_SPACE_IDS] = 1, [GN_OV_SPACE_LOW] = 2};

/* ---- accounts ---- */

/* What an owner has here, and on its way to places where nothing is yet. */
static struct gn_ov_owner account_of(const struct gn_overlay *ov, const struct gn_pk *owner)
{
	GN_ASSERT(ov->jobs.count <= GN_OV_JOBS_MAX);
	const struct gn_ov_owner *here = gn_map_get(&ov->owners, owner->b);
	struct gn_ov_owner o = here ? *here : (struct gn_ov_owner){0};
	for (uint32_t i = 0; i < ov->jobs.count; i++) {
		const struct gn_ov_job *j = GN_MAP_AT(&ov->jobs, struct gn_ov_job *, i);
		if (!j->comes_new || !gn_pk_eq(&j->record.owner, owner))
			continue;
		o.records++;
		o.bytes += j->record.bytes.len;
		o.names[j->record.salt & 1] += j->record.type == 3;
	}
	return o;
}

uint32_t gn_ov_store_names(const struct gn_overlay *ov, const struct gn_ov_held *h,
			   const struct gn_record *r)
{
	GN_ASSERT(!h || gn_hash_eq(&h->key, &r->key));
	bool same = h && h->type == 3 && gn_pk_eq(&h->owner, &r->owner);
	return account_of(ov, &r->owner).names[r->salt & 1] - same;
}

/* ---- room ---- */

/* What hidden records of one kind take that cannot be given up: all while the clock is not sure,
 * else what has a grace, up to an eighth of the store. but: about to leave. */
static uint64_t kept_hidden(const struct gn_overlay *ov, unsigned space,
			    const struct gn_ov_held *but)
{
	GN_ASSERT(space < GN_OV_SPACES);
	bool sure = gn_ov_clock_sure(ov, ov->now_seen);
	uint64_t sum = ov->hidden[1].spaces[space] + (sure ? 0 : ov->hidden[0].spaces[space]);
	if (but && but->graced && gn_ov_space(but->type, but->grace) == space &&
	    (but->grace || !sure))
		sum -= gn_ov_cost(ov, but->len);
	return sure && sum > ov->cfg.bytes_max / 8 ? ov->cfg.bytes_max / 8 : sum;
}

static bool fits_kind(const struct gn_overlay *ov, const struct gn_ov_held *h,
		      const struct gn_record *r)
{
	unsigned mine = gn_ov_space(r->type, gn_ov_grace_of(ov, r));
	uint64_t all = gn_ov_cost(ov, r->bytes.len), own;
	for (unsigned i = 0; i < GN_OV_SPACES; i++) {
		uint64_t kept = ov->cfg.bytes_max / 8 * reserved[i] / gn_ov_place_bytes(ov) *
				gn_ov_place_bytes(ov),
			 used = ov->spaces[i] + ov->coming[i] + kept_hidden(ov, i, h);
		if (h && !h->graced && gn_ov_space(h->type, h->grace) == i)
			used -= gn_ov_cost(ov, h->len);
		own = i == mine || used > kept ? used : kept;
		all += own;
	}
	return all <= ov->cfg.bytes_max;
}

/* ---- what gives way ---- */

/* How gladly h is given up for what comes from who (NULL: for anything); 0: it stays. The
 * highest of those looked at goes. */
typedef uint64_t (*gives_way)(const struct gn_overlay *ov, const struct gn_ov_held *h,
			      const struct gn_ov_origin *who);

static uint64_t key_has(const struct gn_overlay *ov, const struct gn_ov_origin *from)
{
	GN_ASSERT(from->how < GN_OV_HOWS);
	return gn_share_held(&ov->brought[from->how], &from->by).key;
}

/* The farthest copy: what a stranger pushed; then of what was handed over what is above the
 * giver's share, while that is more than a quarter of the store in all: most of it are copies of
 * what others gave receipts for. */
static uint64_t surplus_of(const struct gn_overlay *ov, const struct gn_ov_held *h,
			   const struct gn_ov_origin *who)
{
	(void)who;
	const struct gn_share *handed = &ov->brought[GN_OV_BY_HANDOVER];
	uint64_t far = gn_ov_sep(gn_ov_theta(h->key.b), ov->theta) / 4 + 1;
	if (h->graced || !gn_ov_copy(h))
		return 0;
	if (h->from.how == GN_OV_BY_PUSH)
		return UINT64_C(1) << 63 | far;
	return handed->used > ov->cfg.bytes_max / 4 &&
			       key_has(ov, &h->from) > handed->config.per_key
		       ? far
		       : 0;
}

/* The longest hidden of this putter's own and, once it has surely ended, of its prefix. What has
 * a grace stays. */
static uint64_t own_hidden(const struct gn_overlay *ov, const struct gn_ov_held *h,
			   const struct gn_ov_origin *who)
{
	const struct gn_holder *by = &h->from.by;
	if (!h->graced || h->grace || h->from.how != who->how)
		return 0;
	bool near = !gn_share_exempt(&by->addr, ov->cfg.count_local) &&
		    gn_addr_prefix(&by->addr) == gn_addr_prefix(&who->by.addr) &&
		    gn_ov_clock_sure(ov, ov->now_seen);
	return near || gn_pk_eq(&by->key, &who->by.key) ? UINT64_MAX - (uint64_t)h->hidden : 0;
}

/* What has a grace, of whose putter holds most, the latest hidden: many of one's own push out
 * nobody else's. */
static uint64_t in_grace(const struct gn_overlay *ov, const struct gn_ov_held *h,
			 const struct gn_ov_origin *who)
{
	(void)who;
	return h->graced && h->grace
		       ? (key_has(ov, &h->from) << 24 | (uint64_t)(h->hidden / (60 * GN_SEC))) + 1
		       : 0;
}

/* Of records from all over the store, others each time. */
static struct gn_ov_held *look_for(struct gn_overlay *ov, const struct gn_ov_held *but,
				   gives_way way, const struct gn_ov_origin *who)
{
	GN_ASSERT(ov->sorted_count == ov->held.count);
	struct gn_ov_held *best = NULL;
	uint64_t most = 0;
	uint32_t n = ov->sorted_count, looks = n < GN_OV_WAY_LOOKS ? n : GN_OV_WAY_LOOKS;
	ov->way_cursor++;
	ov->count.records_looked += looks;
	for (uint32_t i = 0; i < looks; i++) {
		struct gn_ov_held *h = ov->sorted[(ov->way_cursor + (uint64_t)i * n / looks) % n];
		uint64_t value = h == but ? 0 : way(ov, h, who);
		if (value > most) {
			best = h;
			most = value;
		}
	}
	return best;
}

static struct gn_ov_held *first_but(struct gn_ov_held *h, const struct gn_ov_held *but)
{
	return h && h == but ? h->after : h;
}

/* Of what has a grace an eighth of the store is never given up, and nothing while it may not be
 * over at all. */
static struct gn_ov_held *first_hidden(struct gn_overlay *ov, const struct gn_ov_held *but)
{
	uint64_t graced = 0;
	if (!gn_ov_clock_sure(ov, ov->now_seen))
		return NULL;
	struct gn_ov_held *h = first_but(ov->hidden[0].first, but);
	for (unsigned i = 0; i < GN_OV_SPACES; i++)
		graced += ov->hidden[1].spaces[i];
	return h || graced <= ov->cfg.bytes_max / 8 ? h : look_for(ov, but, in_grace, NULL);
}

static bool make_room(struct gn_overlay *ov, struct gn_ov_held *gone)
{
	GN_ASSERT(!gone || gone->timer.node.place);
	if (!gone)
		return false;
	ov->count.records_gave_way++;
	gn_ov_held_drop(ov, gone, true);
	return true;
}

static gn_err owner_quota(struct gn_overlay *ov, const struct gn_ov_held *h,
			  const struct gn_record *r)
{
	const struct gn_ov_owner o = account_of(ov, &r->owner);
	bool same = h && !h->graced && gn_pk_eq(&h->owner, &r->owner);
	uint64_t records = (uint64_t)o.records + !same,
		 bytes = o.bytes + r->bytes.len - (same ? h->len : 0);
	if (records <= ov->cfg.owner_records_max && bytes <= ov->cfg.owner_bytes_max)
		return GN_OK;
	ov->count.quota_owner++;
	return GN_QUOTA;
}

gn_err gn_ov_store_room(struct gn_overlay *ov, const struct gn_ov_held *h,
			const struct gn_record *r)
{
	GN_ASSERT(!h || gn_hash_eq(&h->key, &r->key));
	GN_TRY(owner_quota(ov, h, r));
	bool room = true;
	while (room && ((!h && ov->held.count + ov->coming_count >= ov->cfg.records_max) ||
			ov->held_bytes + gn_ov_hidden_bytes(ov) + r->bytes.len - (h ? h->len : 0) >
				ov->cfg.bytes_max))
		room = make_room(ov, first_hidden(ov, h)) ||
		       make_room(ov, look_for(ov, h, surplus_of, NULL));
	while (room && !fits_kind(ov, h, r)) /* where only what is kept counts */
		room = make_room(ov, look_for(ov, h, surplus_of, NULL));
	if (room && (gn_map_get(&ov->owners, r->owner.b) || ov->owners.count < GN_OV_OWNERS_MAX))
		return GN_OK;
	ov->count.quota_node++;
	return GN_NO_SPACE;
}

bool gn_ov_handed_over(const struct gn_overlay *ov, const struct gn_ov_job *j)
{
	GN_ASSERT(j->kind == GN_OV_JOB_PUT);
	const struct gn_ov_contact *c =
		j->pushed && j->request ? gn_ov_contact_get(ov, &j->to.pk) : NULL;
	return c && c->link && c->link->state == GN_OV_LINK_UP &&
	       c->c.mode == GN_FB_NODE_MODE_SERVER && gn_ov_trusted(ov, c, ov->now_seen);
}

static enum gn_ov_how how_of(const struct gn_overlay *ov, const struct gn_ov_job *j)
{
	GN_ASSERT(j->kind == GN_OV_JOB_PUT);
	if (!j->pushed)
		return j->nonce ? GN_OV_BY_PROOF : GN_OV_BY_PUT;
	return gn_ov_handed_over(ov, j) ? GN_OV_BY_HANDOVER : GN_OV_BY_PUSH;
}

/* What is handed over may be much: half the store. */
static bool may_be_much(const struct gn_overlay *ov, const struct gn_ov_origin *from)
{
	return from->how == GN_OV_BY_HANDOVER && key_has(ov, from) <= ov->cfg.bytes_max / 2;
}

static struct gn_ov_origin bringer_of(const struct gn_overlay *ov, const struct gn_ov_job *j)
{
	struct gn_ov_origin from = {.how = how_of(ov, j)};
	if (!gn_pk_eq(&j->to.pk, &ov->self.pk))
		from.by = gn_ov_holder_of(&j->to);
	return from;
}

/* Whose it will be: a new version of what has a receipt stays with who brought the first one. */
static struct gn_ov_origin origin_of(const struct gn_overlay *ov, const struct gn_ov_held *h,
				     const struct gn_ov_job *j)
{
	struct gn_ov_origin from = bringer_of(ov, j);
	bool stays = h && (!h->graced || gn_pk_eq(&h->from.by.key, &from.by.key)) && !gn_ov_copy(h);
	return stays ? h->from : from;
}

/* A prefix has one share of all that has receipts, however they were asked for; keys and copies
 * are counted by how. */
static gn_err take_share(struct gn_overlay *ov, const struct gn_ov_origin *from, uint64_t want)
{
	GN_ASSERT(from->how < GN_OV_HOWS);
	struct gn_share *brought = &ov->brought[from->how];
	const struct gn_share *put = &ov->brought[GN_OV_BY_PUT],
			      *proven = &ov->brought[GN_OV_BY_PROOF];
	bool promised = brought == put || brought == proven;
	uint64_t prefix =
		gn_share_held(put, &from->by).prefix + gn_share_held(proven, &from->by).prefix;
	if (promised && prefix && prefix + want > put->config.per_prefix &&
	    put->used + proven->used + want > put->config.crowded)
		return GN_LIMIT;
	return gn_share_take(brought, &from->by, want);
}

static bool is_over_share(gn_err err)
{
	return err == GN_QUOTA || err == GN_LIMIT;
}

/* What it takes besides what `from` has for the version before. */
static gn_err take_for(struct gn_overlay *ov, struct gn_ov_job *j, struct gn_ov_origin from,
		       uint64_t all)
{
	const struct gn_ov_held *h = gn_ov_held_get(ov, &j->key);
	uint64_t has = h && gn_ov_origin_eq(&h->from, &from) ? h->taken : 0,
		 want = all > has ? all - has : 0;
	gn_err err = take_share(ov, &from, want);
	while (is_over_share(err) && make_room(ov, look_for(ov, h, own_hidden, &from)))
		err = take_share(ov, &from, want);
	if (is_over_share(err) && may_be_much(ov, &from))
		err = gn_share_take_anyway(&ov->brought[from.how], &from.by, want);
	j->from = from;
	j->taken = err == GN_OK ? want : 0;
	return err;
}

/* Another's share that is full refuses nobody: then it is on one's own. */
gn_err gn_ov_store_take(struct gn_overlay *ov, struct gn_ov_job *j)
{
	GN_ASSERT(j->kind == GN_OV_JOB_PUT);
	GN_ASSERT(j->coming == 0 && !j->comes_new && j->taken == 0);
	const struct gn_ov_held *h = gn_ov_held_get(ov, &j->key);
	const struct gn_ov_origin brings = bringer_of(ov, j), from = origin_of(ov, h, j);
	uint64_t all = gn_ov_cost(ov, j->record.bytes.len),
		 shown = h && !h->graced ? gn_ov_cost(ov, h->len) : 0;
	gn_err err = take_for(ov, j, from, all);
	if (is_over_share(err) && !j->pushed && !gn_ov_origin_eq(&from, &brings))
		err = take_for(ov, j, brings, all);
	ov->count.quota_putter += err == GN_QUOTA;
	ov->count.quota_prefix += err == GN_LIMIT;
	if (err != GN_OK)
		return err == GN_LIMIT ? GN_QUOTA : err;
	j->coming = all > shown ? all - shown : 0;
	j->comes_new = !h;
	j->space = gn_ov_space(j->record.type, gn_ov_grace_of(ov, &j->record));
	ov->coming[j->space] += j->coming;
	ov->coming_count += j->comes_new;
	return GN_OK;
}
