/* Calls about what the node does for others: shown and set, and what is refused (RE-64). */
#include "node/call.h"

#include "node/node_int.h"

#include <stdio.h>

static struct gn_app_kind answer_kind(enum gn_fb_app_node_body what)
{
	return (struct gn_app_kind){GN_FB_APP_BODY_APP_NODE, what};
}

static void answer_ok(struct gn_node_request *r)
{
	static const struct gn_app_kind ok = {GN_FB_APP_BODY_APP_OK, 0};
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	gn_host_answer(&r->base, ok, gn_fb_app_ok_make(b, &(struct gn_fb_app_ok_args){0}));
}

/* The present one first, then those before it. */
static size_t put_months(struct gn_fbb *b, const struct gn_node_give *v,
			 gn_fbref out[GIVING_MONTHS])
{
	size_t count = 0;
	for (uint32_t back = 0; back < GIVING_MONTHS; back++)
		for (unsigned i = 0; i < GIVING_MONTHS; i++) {
			const struct giving_month *m = &v->g.months[i];
			char text[16];
			if (m->month == 0 || m->month + back != v->month)
				continue;
			snprintf(text, sizeof text, "%04u-%02u", m->month / 12, m->month % 12 + 1);
			struct gn_fb_node_gave_month_args args = {.month = gn_str(text),
								  .small = m->small,
								  .bulk = m->bulk,
								  .turn = m->turn};
			out[count++] = gn_fb_node_gave_month_make(b, &args);
		}
	return count;
}

/* Those with most of this month, by a few passes over all. */
static size_t put_by(struct gn_fbb *b, const struct gn_node_give *v, gn_fbref out[GIVING_SHOWN])
{
	static bool shown[GIVING_BY];
	size_t count = 0;
	memset(shown, 0, sizeof shown);
	for (; count < GIVING_SHOWN; count++) {
		unsigned best = GIVING_BY;
		for (unsigned i = 0; i < v->g.by_count; i++) {
			const struct giving_by *by = &v->g.by[i];
			if (!shown[i] && by->month == v->month &&
			    (best == GIVING_BY ||
			     by->small + by->bulk > v->g.by[best].small + v->g.by[best].bulk))
				best = i;
		}
		if (best == GIVING_BY)
			break;
		shown[best] = true;
		const struct giving_by *by = &v->g.by[best];
		struct gn_fb_key key;
		memcpy(key.b, by->id, sizeof key.b);
		struct gn_fb_node_gave_to_args args = {
			.key = &key, .token = by->token, .small = by->small, .bulk = by->bulk};
		out[count] = gn_fb_node_gave_to_make(b, &args);
	}
	return count;
}

static gn_fbref give_put(struct gn_fbb *b, struct gn_node *node)
{
	const struct gn_node_give *v = &node->give;
	const struct giving_wish *w = &v->g.wish;
	struct gn_relay_info relay;
	struct gn_overlay_info overlay;
	struct gn_blocks_info blocks;
	struct gn_slice said[GIVING_SETTINGS];
	gn_fbref months[GIVING_MONTHS], by[GIVING_SHOWN];
	char level[GN_HOST_VALUE];
	size_t said_count = 0;
	gn_relay_info(node->relay, &relay);
	gn_overlay_info(node->overlay, &overlay);
	gn_blocks_info(node->blocks, &blocks);
	giving_text(&v->g, 0, level, sizeof level);
	for (unsigned i = 0; i < GIVING_SETTINGS; i++)
		if (v->g.said[i])
			said[said_count++] = gn_str(giving_settings[i].name);
	struct gn_fb_node_give_is_args args = {.relay = gn_str(level),
					       .rate = w->rate,
					       .month = w->month,
					       .hold = w->hold,
					       .hold_nothing = w->hold_nothing,
					       .turn = w->turn,
					       .metered = w->metered,
					       .said = {said, said_count},
					       .months = {months, put_months(b, v, months)},
					       .by = {by, put_by(b, v, by)},
					       .month_ends = v->month_end,
					       .small = relay.small.circuits,
					       .bulk = relay.bulk.circuits,
					       .places = relay.reservations,
					       .refused = v->refused.count,
					       .held_blocks = gn_bundles_held_bytes(node->bundles),
					       .held_records = overlay.record_bytes};
	return gn_fb_node_give_is_make(b, &args);
}

gn_err gn_node_call_node_give(struct gn_node_request *r)
{
	struct gn_fb_node_give t = {r->base.table};
	struct gn_slice name = gn_fb_node_give_name(t);
	char why[GN_HOST_WHY];
	gn_err err =
		name.len ? gn_node_give_set(r->node, name, gn_fb_node_give_value(t), why) : GN_OK;
	if (err) {
		gn_host_error(&r->base, err, "%s", why);
		return GN_OK;
	}
	if (name.len)
		gn_node_policy_anew(r->node);
	gn_node_give_count(r->node);
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	gn_host_answer(&r->base, answer_kind(GN_FB_APP_NODE_BODY_NODE_GIVE_IS),
		       give_put(b, r->node));
	return GN_OK;
}

gn_err gn_node_call_node_refuse(struct gn_node_request *r)
{
	struct gn_fb_node_refuse t = {r->base.table};
	struct gn_fb_hash said = gn_fb_node_refuse_hash(t);
	struct gn_hash hash;
	memcpy(hash.b, said.b, sizeof hash.b);
	gn_err err = gn_node_give_refuse(r->node, &hash, gn_fb_node_refuse_end(t));
	if (err)
		gn_host_error(&r->base, err, "%s",
			      err == GN_NOT_FOUND ? "it is not refused"
			      : err == GN_LIMIT   ? "as many hashes are refused as may be"
						  : "the list of refused hashes cannot be written");
	else
		answer_ok(r);
	return GN_OK;
}

gn_err gn_node_call_node_refused(struct gn_node_request *r)
{
	struct gn_fb_node_refused t = {r->base.table};
	const struct gn_map *refused = &r->node->give.refused;
	struct gn_fb_hash hashes[GN_NODE_PAGE_MAX];
	uint32_t at = gn_fb_node_refused_from(t);
	unsigned count = 0, most = gn_node_call_page(gn_fb_node_refused_limit(t));
	for (; count < most && at < refused->count; at++)
		hashes[count++] = gn_wire_hash(gn_map_key_at(refused, at));
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	struct gn_fb_node_refused_is_args args = {.hashes = {hashes, count},
						  .more = at < refused->count};
	gn_host_answer(&r->base, answer_kind(GN_FB_APP_NODE_BODY_NODE_REFUSED_IS),
		       gn_fb_node_refused_is_make(b, &args));
	return GN_OK;
}
