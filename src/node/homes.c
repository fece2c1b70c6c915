/* Homes, as homes.h says (RE-17, RE-35).
 *
 *   reached directly, or nothing is known: no homes; the places there were are given back
 *   else, also where it is seen under its own address and may have a firewall: two homes among the
 *   linked peers with a session of their own address, a place at each
 *         -> ready -> the node record names them, at most once a minute, and anew in 25 minutes
 *
 * 1. A relay is a place once at most, and its peer is kept while it is one.
 * 2. The record is put when what it says has changed, or is old; an older node that knows nothing
 *    of homes reads the rest of it. */
#include "node/homes.h"
#include "node/node_int.h"

void gn_node_homes_init(struct gn_node *node)
{
	gn_map_init(&node->homes.finds, &node->env, sizeof(gn_op), sizeof(struct gn_pk),
		    GN_NODE_FINDS);
}

void gn_node_homes_fini(struct gn_node *node)
{
	gn_map_fini(&node->homes.finds);
}

static void changed(struct gn_node *node)
{
	if (!node->homes.changed)
		node->homes.changed = node->now;
}

/* ---- places ---- */

static bool wants_homes(const struct gn_node *node)
{
	const struct gn_node_homes *h = &node->homes;
	return gn_node_policy_hidden(node) || h->reached > GN_OVERLAY_REACH_DIRECT ||
	       (h->reached == GN_OVERLAY_REACH_UNKNOWN && h->own);
}

/* It may be reached there: who is behind a NAT is not. */
static bool tells_addrs(const struct gn_node *node)
{
	return node->homes.reached <= GN_OVERLAY_REACH_DIRECT && !gn_node_policy_hidden(node);
}

static bool is_wanted(const struct gn_node_homes *h, const struct gn_pk *relay)
{
	for (unsigned i = 0; i < GN_NODE_HOMES; i++)
		if (gn_pk_eq(&h->chosen.home[i].key, relay) ||
		    gn_pk_eq(&h->chosen.old[i].key, relay))
			return true;
	return false;
}

bool gn_node_homes_is(const struct gn_node *node, const struct gn_pk *relay)
{
	return is_wanted(&node->homes, relay);
}

static struct gn_node_place *place_of(struct gn_node_homes *h, const struct gn_pk *relay)
{
	for (unsigned i = 0; i < GN_NODE_PLACES; i++)
		if (h->places[i].op && gn_pk_eq(&h->places[i].relay, relay))
			return &h->places[i];
	return NULL;
}

static void take_place(struct gn_node *node, const struct gn_pk *relay)
{
	struct gn_node_homes *h = &node->homes;
	struct gn_node_place *free_one = NULL;
	if (gn_pk_is_zero(relay) || place_of(h, relay))
		return;
	for (unsigned i = 0; i < GN_NODE_PLACES && !free_one; i++)
		if (!h->places[i].op)
			free_one = &h->places[i];
	if (!free_one || gn_relay_reserve(node->relay, relay, !gn_node_policy_hides(node, NULL),
					  node->now, &free_one->op))
		return;
	free_one->relay = *relay;
	free_one->ready = false;
	gn_node_peers_home(node, relay, true);
}

static void give_back(struct gn_node *node, struct gn_node_place *p)
{
	gn_relay_cancel(node->relay, p->op, node->now);
	gn_node_peers_home(node, &p->relay, false);
	if (p->ready)
		changed(node);
	*p = (struct gn_node_place){.op = 0};
}

/* It refused a place. */
static void bar(struct gn_node *node, const struct gn_pk *relay)
{
	struct gn_node_homes *h = &node->homes;
	h->barred[h->barred_next++ % GN_NODE_BARRED] =
		(struct gn_node_barred){*relay, node->now + GN_NODE_BARRED_FOR};
}

static bool is_barred(const struct gn_node *node, const struct gn_pk *relay)
{
	for (unsigned i = 0; i < GN_NODE_BARRED; i++) {
		const struct gn_node_barred *b = &node->homes.barred[i];
		if (b->until > node->now && gn_pk_eq(&b->relay, relay))
			return true;
	}
	return false;
}

/* The linked peers that are somewhere themselves, and as far as is known give places. */
static size_t candidates(const struct gn_node *node, struct gn_relay_candidate *out, size_t max)
{
	struct gn_overlay_peer p;
	size_t n = 0;
	for (uint32_t i = 0; n < max && gn_overlay_peer_at(node->overlay, i, &p); i++) {
		struct gn_addr addr;
		uint64_t era;
		bool cannot = p.contact.can && !(p.contact.can & GN_OVERLAY_CAN_SMALL);
		if (cannot || p.contact.reach > GN_OVERLAY_REACH_DIRECT ||
		    is_barred(node, &p.contact.pk) || !p.linked ||
		    !gn_node_peers_linked(node, &p.contact.pk, &era, &addr) ||
		    !gn_node_peers_own(node, &p.contact.pk) ||
		    gn_node_peers_before(node, &p.contact.pk) ||
		    gn_relay_is_bad(node->relay, &p.contact.pk, node->now))
			continue;
		out[n++] = (struct gn_relay_candidate){
			.key = p.contact.pk, .prefix = gn_addr_prefix(&addr), .rtt = p.rtt};
	}
	return n;
}

static void look(struct gn_node *node)
{
	struct gn_node_homes *h = &node->homes;
	struct gn_relay_candidate c[GN_NODE_HOME_CANDIDATES];
	size_t count = wants_homes(node) ? candidates(node, c, GN_COUNT(c)) : 0;
	if (wants_homes(node))
		(void)gn_relay_homes_update(&h->chosen, c, count, node->now);
	else
		h->chosen = (struct gn_relay_homes){.old_until = {0}};
	for (unsigned i = 0; i < GN_NODE_PLACES; i++)
		if (h->places[i].op && !is_wanted(h, &h->places[i].relay))
			give_back(node, &h->places[i]);
	for (unsigned i = 0; i < GN_NODE_HOMES; i++)
		take_place(node, &h->chosen.home[i].key);
}

void gn_node_homes_event(struct gn_node *node, const struct gn_relay_event *e)
{
	struct gn_node_homes *h = &node->homes;
	bool ready = e->kind == GN_RELAY_RESERVED;
	if (!ready && e->kind != GN_RELAY_UNRESERVED)
		return;
	for (unsigned i = 0; i < GN_NODE_PLACES; i++) {
		if (h->places[i].op != e->op)
			continue;
		if (h->places[i].ready != ready)
			changed(node);
		h->places[i].ready = ready;
		if (!ready) {
			bar(node, &h->places[i].relay);
			h->look = node->now;
		}
	}
}

/* A peer has seen it under an address of its own. */
static bool seen_as_itself(const struct gather *g, const struct gn_addr *own)
{
	for (unsigned i = 0; i < GATHER_VOICES; i++)
		if (g->voices[i].taken &&
		    memcmp(g->voices[i].seen.ip, own->ip, sizeof own->ip) == 0)
			return true;
	return false;
}

/* Until it is measured: who is seen under an address that is none of its own is behind a NAT.
 * False: nothing is known, and what was known stays. */
static bool guess(const struct gn_node *node, enum gn_overlay_reached *out)
{
	const struct gather *g = &node->offers.gather;
	const struct gn_jet_offer *o = &g->offer;
	bool other = false, own = false;
	if (node->reached_since)
		return false; /* it was measured (dialback.h) */
	for (uint32_t i = 0; i < o->count; i++) {
		if (o->list[i].origin == GN_JET_CONFIGURED)
			return false; /* the owner knows */
		own |= o->list[i].origin == GN_JET_HOST && seen_as_itself(g, &o->list[i].addr);
		other |= o->list[i].origin == GN_JET_REFLEXIVE;
	}
	*out = own                             ? GN_OVERLAY_REACH_UNKNOWN
	       : o->mapping == GN_JET_NAT_ADDR ? GN_OVERLAY_REACH_HARD
					       : GN_OVERLAY_REACH_EASY;
	return own || other;
}

void gn_node_homes_guess(struct gn_node *node)
{
	struct gn_node_homes *h = &node->homes;
	enum gn_overlay_reached reached;
	if (h->reached == GN_OVERLAY_REACH_DIRECT || !guess(node, &reached))
		return;
	bool own = reached == GN_OVERLAY_REACH_UNKNOWN;
	if (h->own != own) {
		h->own = own;
		h->look = node->now;
		changed(node);
	}
	gn_node_homes_reached(node, reached);
}

/* What it does for others (RE-17). */
static uint8_t what_it_can(const struct gn_node *node)
{
	static const uint8_t relays[] = {[GN_RELAY_OFF] = 0,
					 [GN_RELAY_SMALL] = GN_OVERLAY_CAN_SMALL,
					 [GN_RELAY_TOKENS] = GN_OVERLAY_CAN_SMALL,
					 [GN_RELAY_COMMONS] =
						 GN_OVERLAY_CAN_SMALL | GN_OVERLAY_CAN_BULK};
	return (uint8_t)(relays[gn_node_give_level(&node->give)] |
			 (node->config.wss ? GN_OVERLAY_CAN_WSS : 0) |
			 (gn_node_policy_hidden(node) ? GN_OVERLAY_CAN_HIDE : 0) |
			 (gn_node_policy_hides(node, NULL) ? 0 : GN_OVERLAY_CAN_DIALS));
}

void gn_node_homes_reached(struct gn_node *node, enum gn_overlay_reached reached)
{
	if (node->homes.reached == reached)
		return;
	node->homes.reached = reached;
	node->homes.look = node->now;
	changed(node);
}

void gn_node_homes_sure(struct gn_node *node, enum gn_overlay_reached reached)
{
	gn_node_homes_reached(node, reached);
	gn_overlay_reach(node->overlay, (uint8_t)reached, what_it_can(node), node->now);
}

void gn_node_homes_can(struct gn_node *node)
{
	struct gn_overlay_info o;
	gn_overlay_info(node->overlay, &o);
	if (node->reached_since)
		gn_node_homes_sure(node, node->homes.reached);
	else if (o.self.can) /* it was told, and is told with how the node is reached */
		gn_overlay_reach(node->overlay, o.self.reach, what_it_can(node), node->now);
}

/* ---- the own record ---- */

static bool tells_url(const struct gn_node *node)
{
	return node->config.wss && *node->config.wss_url && !gn_node_policy_hidden(node);
}

static void put_record(struct gn_node *node)
{
	struct gn_node_homes *h = &node->homes;
	struct gn_overlay_info o;
	uint8_t bytes[GN_NODE_OWN_RECORD];
	struct gn_buf buf = {bytes, 0, sizeof bytes};
	uint64_t unix_now = gn_node_unix(node);
	gn_overlay_info(node->overlay, &o);
	h->seq = h->seq < unix_now ? unix_now : h->seq + 1;
	struct gn_noderec r = {.seq = h->seq, .created = unix_now, .ttl = GN_NODEREC_TTL};
	for (unsigned i = 0; i < o.self.addr_count && tells_addrs(node); i++)
		if (!gn_addr_is_private(&o.self.addrs[i]))
			r.addrs[r.addr_count++] = o.self.addrs[i];
	for (unsigned i = 0; i < GN_NODE_PLACES && r.home_count < GN_NODEREC_HOMES; i++) {
		const struct gn_node_place *p = &h->places[i];
		if (!p->ready)
			continue;
		r.homes[r.home_count] = (struct gn_noderec_home){
			.relay = p->relay, .addr = gn_node_peers_addr(node, &p->relay)};
		(void)gn_noderec_url(gn_str(gn_node_peers_url(node, &p->relay)),
				     &r.homes[r.home_count++].url);
	}
	if (tells_url(node))
		r.url_count = gn_noderec_url(gn_str(node->config.wss_url), &r.urls[0]);
	gn_err err = gn_noderec_record(&node->key, &r, &buf);
	GN_ASSERT(err == GN_OK);
	h->before = h->published;
	h->published = node->now;
	h->changed = 0;
	if (gn_overlay_put(node->overlay, gn_buf_slice(&buf), 0, node->now, &h->put))
		changed(node);
}

/* Is there anything that a stranger elsewhere could use? */
static bool has_news(const struct gn_node *node)
{
	struct gn_overlay_info o;
	for (unsigned i = 0; i < GN_NODE_PLACES; i++)
		if (node->homes.places[i].ready)
			return true;
	if (tells_url(node))
		return true;
	gn_overlay_info(node->overlay, &o);
	for (unsigned i = 0; i < o.self.addr_count && tells_addrs(node); i++)
		if (!gn_addr_is_private(&o.self.addrs[i]))
			return true;
	return false;
}

/* It may tell where it is. */
static bool knows_itself(const struct gn_node *node)
{
	const struct gn_node_homes *h = &node->homes;
	return h->reached != GN_OVERLAY_REACH_UNKNOWN || h->own || tells_url(node) ||
	       gn_node_policy_hidden(node);
}

/* When the record is put: a moment after it changed, since one home seldom comes alone. */
static gn_time record_due(const struct gn_node *node)
{
	const struct gn_node_homes *h = &node->homes;
	bool nothing = !h->published && !has_news(node);
	if (!knows_itself(node) || h->put || nothing)
		return GN_NEVER;
	gn_time at = h->changed ? h->changed + GN_NODE_RECORD_SETTLE : GN_NEVER;
	if (!h->published && tells_url(node)) /* which no change may follow */
		return gn_time_min(at, node->started + GN_NODE_RECORD_FIRST);
	if (!h->published)
		return at;
	if (h->before && at < h->before + GN_NODE_RECORD_EVERY)
		at = h->before + GN_NODE_RECORD_EVERY;
	return gn_time_min(at, h->published + GN_NODE_RECORD_AGAIN);
}

void gn_node_homes_tick(struct gn_node *node)
{
	struct gn_node_homes *h = &node->homes;
	if (node->now >= h->look) {
		look(node);
		h->look = node->now + GN_NODE_HOMES_LOOK;
	}
	if (node->now >= record_due(node))
		put_record(node);
}

const struct gn_pk *gn_node_homes_place(const struct gn_node *node)
{
	for (unsigned i = 0; i < GN_NODE_PLACES; i++)
		if (node->homes.places[i].ready)
			return &node->homes.places[i].relay;
	return NULL;
}

gn_time gn_node_homes_deadline(const struct gn_node *node)
{
	if (!knows_itself(node))
		return GN_NEVER;
	return gn_time_min(node->homes.look, record_due(node));
}

/* ---- records of others ---- */

gn_err gn_node_homes_find(struct gn_node *node, const struct gn_pk *pk)
{
	const struct gn_get_options options = {.type = GN_FB_RECORD_TYPE_NODE};
	struct gn_hash key;
	gn_op op;
	if (node->homes.finds.count >= GN_NODE_FINDS)
		return GN_LIMIT;
	gn_noderec_key(pk, &key);
	GN_TRY(gn_overlay_get(node->overlay, &key, &options, node->now, &op));
	struct gn_pk *at = gn_map_put(&node->homes.finds, &op);
	if (!at) {
		gn_overlay_cancel(node->overlay, op);
		return GN_NOMEM;
	}
	*at = *pk;
	return GN_OK;
}

/* An address that all can reach, as honest records alone name them (RE-17): no packet goes into a
 * private network because a stranger's record says so. */
static bool is_for_all(const struct gn_addr *a)
{
	bool many = gn_addr_is_v4(a) ? a->ip[12] >= 224 : a->ip[0] == 0xff;
	return a->port != 0 && !many && !gn_addr_is_private(a);
}

/* The first that is of that node and not over: they come newest first. */
static void take_value(const struct gn_node *node, const struct gn_overlay_event *e,
		       struct gn_node_found *out)
{
	struct gn_noderec r;
	for (uint32_t i = 0; i < e->value_count; i++) {
		if (gn_noderec_open(e->values[i].record, &r) || !gn_pk_eq(&r.node, &out->pk) ||
		    r.created + r.ttl <= gn_node_unix(node))
			continue;
		for (unsigned k = 0; k < r.addr_count; k++)
			if (is_for_all(&r.addrs[k]))
				out->addrs[out->addr_count++] = r.addrs[k];
		out->url_count = r.url_count;
		memcpy(out->urls, r.urls, sizeof r.urls);
		for (unsigned k = 0; k < r.home_count; k++) {
			out->home_urls[k] = r.homes[k].url;
			out->homes[out->home_count++] =
				(struct gn_contact){.pk = r.homes[k].relay,
						    .addr_count = is_for_all(&r.homes[k].addr),
						    .addrs = {r.homes[k].addr}};
		}
		return;
	}
}

bool gn_node_homes_overlay_event(struct gn_node *node, const struct gn_overlay_event *e,
				 struct gn_node_found *out)
{
	struct gn_node_homes *h = &node->homes;
	*out = (struct gn_node_found){.addr_count = 0};
	if (e->op == h->put) {
		h->put = 0;
		if (e->err) { /* again in a minute */
			h->before = h->published;
			changed(node);
		}
		return true;
	}
	const struct gn_pk *pk = gn_map_get(&h->finds, &e->op);
	if (!pk)
		return false;
	out->pk = *pk;
	gn_map_remove(&h->finds, &e->op);
	take_value(node, e, out);
	if (out->url_count && place_of(h, &out->pk) && !*gn_node_peers_url(node, &out->pk))
		changed(node); /* the own record names it, too */
	return true;
}
