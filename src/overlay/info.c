/* What the owner may see, and what must always hold. */
#include "overlay/contact_int.h"
#include "overlay/ring_int.h"
#include "overlay/store_int.h"

static unsigned hops_percentile(const struct gn_overlay *ov, unsigned per_mille)
{
	uint64_t sum = 0;
	for (unsigned i = 0; i < GN_COUNT(ov->hop_counts); i++) {
		sum += ov->hop_counts[i];
		if (sum * 1000 >= ov->hop_total * per_mille)
			return i;
	}
	return 0;
}

void gn_overlay_info(const struct gn_overlay *ov, struct gn_overlay_info *out)
{
	*out = (struct gn_overlay_info){
		.self = ov->self,
		.server = ov->server,
		.joined = ov->joined,
		.n_estimate = ov->n_est,
		.hops_predicted = gn_ov_hops_mean(ov->n_est),
		.hops_observed_mean =
			ov->hop_total ? (double)ov->hop_sum / (double)ov->hop_total : 0,
		.hops_max = gn_ov_hops_max(ov->n_est),
		.hops_observed_p99 = ov->hop_total ? hops_percentile(ov, 990) : 0,
		.links = ov->links_up,
		.leaf_cw = ov->leaf_cw,
		.leaf_ccw = ov->leaf_ccw,
		.known = ov->contact_count,
		.records = ov->held.count - ov->hidden_count,
		.record_bytes = ov->held_bytes,
		.expired = ov->hidden_count,
		.lookups = ov->count.lookups,
		.lookups_failed = ov->count.lookups_failed,
		.acks = ov->cfg.w,
		.quorum = ov->cfg.rq,
		.other_work = ov->other_work && ov->links_up == 0,
	};
	gn_ov_clock_info(ov, out);
}

unsigned gn_overlay_distinct(const struct gn_overlay *ov, const struct gn_addr *addrs,
			     uint32_t count)
{
	return gn_ov_distinct(ov, addrs, count);
}

uint32_t gn_overlay_set(struct gn_overlay *ov, const struct gn_hash *key, uint32_t max,
			struct gn_contact *out)
{
	struct gn_ov_member set[GN_OVERLAY_SET_MAX];
	GN_ASSERT(max > 0 && max <= GN_OVERLAY_SET_MAX);
	uint32_t n = gn_ov_set_of(ov, gn_ov_theta(key->b), set, max);
	GN_ASSERT(n <= max);
	for (uint32_t i = 0; i < n; i++)
		out[i] = set[i].contact ? set[i].contact->c : ov->self;
	return n;
}

void gn_overlay_hops(const struct gn_overlay *ov, uint64_t out[GN_OVERLAY_HOPS])
{
	memcpy(out, ov->hop_counts, sizeof ov->hop_counts);
}

bool gn_overlay_peer_at(const struct gn_overlay *ov, uint32_t i, struct gn_overlay_peer *out)
{
	if (i >= ov->contact_count)
		return false;
	uint32_t at = (gn_ov_contact_place(ov, &ov->self.id) + i) % ov->contact_count;
	const struct gn_ov_contact *c = ov->contacts[at];
	bool linked = c->link && c->link->state == GN_OV_LINK_UP;
	*out = (struct gn_overlay_peer){
		.contact = c->c,
		.leaf = linked && c->link->leaf,
		.linked = linked,
		.up = c->up,
		.hearsay = gn_ov_hearsay(c),
		.annulus = (uint8_t)gn_ov_place_of(ov, c->theta).annulus,
		.rtt = c->srtt,
		.seen = c->direct,
	};
	return true;
}

static void held_info(const struct gn_ov_held *h, struct gn_overlay_held *out)
{
	*out = (struct gn_overlay_held){
		h->key, h->owner, h->type, h->len, h->seq, h->created + h->ttl, !h->graced};
}

bool gn_overlay_held_at(const struct gn_overlay *ov, uint32_t i, struct gn_overlay_held *out)
{
	if (i >= ov->sorted_count)
		return false;
	held_info(ov->sorted[i], out);
	return true;
}

bool gn_overlay_held_of(const struct gn_overlay *ov, const struct gn_hash *key,
			struct gn_overlay_held *out)
{
	struct gn_ov_held **at = gn_map_get(&ov->held, key);
	if (at)
		held_info(*at, out);
	return at != NULL;
}

static const char *const counters[] = {
#define X(name) #name,
#include "overlay/counters.def"
#undef X
};

bool gn_overlay_counter_at(const struct gn_overlay *ov, size_t i, struct gn_counter *out)
{
	return gn_counter_at(counters, &ov->count, GN_COUNT(counters), i, out);
}

bool gn_overlay_share_at(const struct gn_overlay *ov, size_t i, struct gn_share_view *out)
{
	const struct gn_share_view views[] = {
		{"records", &ov->brought[GN_OV_BY_PUT], gn_ov_cost(ov, 0)},
		{"records-pushed", &ov->brought[GN_OV_BY_PUSH], gn_ov_cost(ov, 0)},
		{"records-handed", &ov->brought[GN_OV_BY_HANDOVER], gn_ov_cost(ov, 0)},
		{"records-proven", &ov->brought[GN_OV_BY_PROOF], gn_ov_cost(ov, 0)},
		{"requests", &ov->request_places, 1},
		{"relays", &ov->relay_places, 1},
		{"jobs", &ov->job_places, 1},
		{"job-bytes", &ov->job_bytes, 1}};
	if (i >= GN_COUNT(views))
		return false;
	*out = views[i];
	return true;
}

/* ---- invariants ---- */

static void validate_contacts(const struct gn_overlay *ov)
{
	uint32_t links = 0, up = 0, clients = 0;
	GN_ASSERT(ov->by_pk.count == ov->contact_count && ov->contact_count <= GN_OV_CONTACTS_MAX);
	for (uint32_t i = 0; i < ov->contact_count; i++) {
		const struct gn_ov_contact *c = ov->contacts[i];
		GN_ASSERT(i == 0 || memcmp(ov->contacts[i - 1]->c.id.b, c->c.id.b, 32) < 0);
		GN_ASSERT(gn_ov_contact_get(ov, &c->c.pk) == c &&
			  c->theta == gn_ov_theta(c->c.id.b));
		if (!c->link)
			continue;
		GN_ASSERT(c->link->contact == c && c->link->timer.node.place);
		links++;
		up += c->link->state == GN_OV_LINK_UP;
		clients += c->c.mode != GN_FB_NODE_MODE_SERVER;
	}
	GN_ASSERT(links == ov->link_count && up == ov->links_up && clients == ov->client_links);
	GN_ASSERT(links <= gn_ov_links_max(ov));
}

static void validate_records(const struct gn_overlay *ov)
{
	uint64_t bytes = 0, owned = 0, records = 0, hidden = 0, taken[GN_OV_HOWS] = {0}, listed = 0,
		 coming = 0, reads = 0, names = 0;
	GN_ASSERT(ov->held.count == ov->sorted_count);
	for (uint32_t i = 0; i < ov->sorted_count; i++) {
		const struct gn_ov_held *h = ov->sorted[i];
		GN_ASSERT(gn_ov_held_get(ov, &h->key) == h && h->timer.node.place);
		GN_ASSERT(i == 0 || ov->sort_dirty ||
			  memcmp(ov->sorted[i - 1]->key.b, h->key.b, 32) < 0);
		bytes += h->len;
		hidden += h->graced;
		names += h->type == 3;
		taken[h->from.how] += h->taken;
	}
	for (uint32_t i = 0; i < ov->owners.count; i++) {
		const struct gn_ov_owner *o = gn_map_value_at(&ov->owners, i);
		GN_ASSERT(o->records > 0 || o->hidden > 0);
		owned += o->bytes;
		records += o->records;
		names -= (uint64_t)o->names[0] + o->names[1];
	}
	for (unsigned i = 0; i < GN_COUNT(ov->hidden); i++)
		for (const struct gn_ov_held *h = ov->hidden[i].first; h; h = h->after) {
			GN_ASSERT(h->graced && (!h->after || (h->after->before == h &&
							      h->after->hidden >= h->hidden)));
			listed++;
		}
	GN_ASSERT(hidden == listed && hidden == ov->hidden_count &&
		  bytes == ov->held_bytes + gn_ov_hidden_bytes(ov));
	GN_ASSERT(names == 0 && owned == ov->held_bytes && records == ov->held.count - hidden);
	for (uint32_t i = 0; i < ov->jobs.count; i++) {
		const struct gn_ov_job *j = GN_MAP_AT(&ov->jobs, struct gn_ov_job *, i);
		taken[j->from.how] += j->taken;
		coming += j->comes_new;
		reads += j->reads;
	}
	GN_ASSERT(coming == ov->coming_count && reads == ov->job_reads.used);
	for (unsigned i = 0; i < GN_OV_HOWS; i++) {
		GN_ASSERT(taken[i] == ov->brought[i].used);
		gn_share_validate(&ov->brought[i]);
	}
	gn_share_validate(&ov->job_places);
	gn_share_validate(&ov->request_places);
	gn_share_validate(&ov->relay_places);
	gn_share_validate(&ov->job_bytes);
	gn_share_validate(&ov->job_reads);
}

static void validate_ops(const struct gn_overlay *ov)
{
	for (uint32_t i = 0; i < ov->ops.count; i++) {
		const struct gn_ov_op *op = GN_MAP_AT(&ov->ops, struct gn_ov_op *, i);
		uint32_t inflight = 0;
		GN_ASSERT(!op->ended && op->timer.node.place);
		for (uint32_t j = 0; j < op->cand_count; j++) {
			GN_ASSERT(j == 0 || gn_ov_nearer(op->theta, &op->cands[j - 1].c.id,
							 &op->cands[j].c.id) < 0);
			inflight += op->cands[j].state == GN_OV_ASKED;
		}
		GN_ASSERT(inflight == op->inflight);
	}
}

void gn_overlay_validate(const struct gn_overlay *ov)
{
	gn_heap_validate(&ov->timers);
	gn_map_validate(&ov->by_pk);
	gn_map_validate(&ov->held);
	validate_contacts(ov);
	validate_records(ov);
	validate_ops(ov);
	for (uint32_t i = 0; i < ov->jobs.count; i++) {
		const struct gn_ov_job *j = GN_MAP_AT(&ov->jobs, struct gn_ov_job *, i);
		GN_ASSERT(j->kind != GN_OV_JOB_PUT || j->bytes);
	}
}
