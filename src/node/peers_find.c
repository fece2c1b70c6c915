/* Which peer, which session: what others ask of peers.c, and what stands below it. */
#include "node/peers_int.h"

struct peer *peers_of(const struct gn_node *node, const struct gn_pk *pk)
{
	struct peer **at = gn_map_get(&node->peers.by_key, pk);
	return at ? *at : NULL;
}

bool gn_node_peers_exporter(void *user, const struct gn_pk *pk, bool ours, uint8_t out[32])
{
	const struct gn_node *node = user;
	struct peer **at = gn_map_get(&node->peers.by_key, pk);
	gn_jet_id id = !at ? 0 : ours ? (*at)->session : (*at)->heard;
	return id && gn_jet_exporter(node->jet, id, out) == GN_OK;
}

gn_jet_id gn_node_peers_session(const struct gn_node *node, const struct gn_pk *pk)
{
	const struct peer *peer = peers_of(node, pk);
	return peer && peer->up ? peer->session : 0;
}

static const struct session *session_of(const struct gn_node *node, const struct peer *peer)
{
	return peer && peer->up ? gn_map_get(&node->peers.by_session, &peer->session) : NULL;
}

bool gn_node_peers_linked(const struct gn_node *node, const struct gn_pk *pk, uint64_t *era,
			  struct gn_addr *addr)
{
	const struct peer *peer = peers_of(node, pk);
	const struct session *s = session_of(node, peer);
	if (!s || !peer->linked)
		return false;
	*era = peer->era;
	*addr = s->addr;
	return true;
}

static bool is_single(const struct gn_node *node, gn_jet_id session)
{
	struct gn_jet_info info;
	return session && gn_jet_info(node->jet, session, &info) == GN_OK && !info.multipath;
}

bool gn_node_peers_before(const struct gn_node *node, const struct gn_pk *pk)
{
	return is_single(node, gn_node_peers_session(node, pk));
}

bool gn_node_peers_mixed(const struct gn_node *node)
{
	const struct gn_map *all = &node->peers.by_key;
	uint32_t linked = 0, before = 0;
	for (uint32_t i = 0; i < all->count; i++) {
		const struct peer *peer = *(struct peer *const *)gn_map_value_at(all, i);
		linked += peer->linked && peer->up;
		before += peer->linked && peer->up && is_single(node, peer->session);
	}
	return before && before * GN_NODE_MIXED >= linked;
}

unsigned peers_relays_to(const struct gn_node *node, const struct peer *peer,
			 struct gn_contact out[PEERS_RELAYS])
{
	struct gn_contact may[PEERS_RELAYS];
	unsigned count = peer->home_count, n = 0;
	memcpy(may, peer->homes, count * sizeof *may);
	count += gn_overlay_relays_for(node->overlay, &peer->pk, may + count, GN_NODE_RELAYS);
	for (unsigned i = 0; i < count; i++) {
		const struct gn_pk *pk = &may[i].pk;
		bool out_of = gn_pk_eq(pk, &peer->pk) || gn_pk_eq(pk, &node->key.pk) ||
			      gn_relay_is_bad(node->relay, pk, node->now);
		for (unsigned k = 0; k < n; k++)
			out_of |= gn_pk_eq(&out[k].pk, pk);
		if (!out_of)
			out[n++] = may[i];
	}
	return n;
}

bool gn_node_peers_own(const struct gn_node *node, const struct gn_pk *pk)
{
	const struct session *s = session_of(node, peers_of(node, pk));
	return s && s->own;
}

bool peers_heard_in(const struct gn_node *node, gn_jet_id id, gn_time since)
{
	struct gn_jet_path_info p;
	for (unsigned i = 0; id && gn_jet_path_at(node->jet, id, i, &p); i++)
		if (p.heard > since)
			return true;
	return false;
}

bool gn_node_peers_heard_since(const struct gn_node *node, const struct gn_pk *pk, gn_time since)
{
	return peers_heard_in(node, gn_node_peers_session(node, pk), since);
}

bool gn_node_peers_heard(const struct gn_node *node)
{
	const struct gn_map *all = &node->peers.by_session;
	for (uint32_t i = 0; i < all->count && node->peers.direct; i++) {
		const struct session *s = gn_map_value_at(all, i);
		if (s->up && s->direct && !s->silent)
			return true;
	}
	return false;
}

bool gn_node_peers_turned(const struct gn_node *node)
{
	const struct gn_map *all = &node->peers.by_session;
	for (uint32_t i = 0; i < all->count && node->turn_way.link; i++) {
		const struct session *s = gn_map_value_at(all, i);
		if (s->up && s->link == node->turn_way.link)
			return true;
	}
	return false;
}

struct gn_addr gn_node_peers_addr(const struct gn_node *node, const struct gn_pk *pk)
{
	const struct session *s = session_of(node, peers_of(node, pk));
	bool tell = s && s->direct && !gn_addr_is_private(&s->addr);
	return tell ? s->addr : (struct gn_addr){.port = 0};
}

bool gn_node_peers_given(const struct gn_node *node, const struct gn_pk *pk)
{
	const struct peer *peer = peers_of(node, pk);
	return peer && peer->given;
}

void gn_node_peers_home(struct gn_node *node, const struct gn_pk *pk, bool home)
{
	struct peer *peer = peers_of(node, pk);
	if (peer)
		peer->home = home;
}

struct gn_guard_subject gn_node_peers_subject(const struct gn_node *node, const struct gn_pk *pk)
{
	struct gn_guard_subject who = gn_guard_of_key(pk);
	gn_jet_id id = gn_node_peers_session(node, pk);
	const struct session *s = gn_map_get(&node->peers.by_session, &id);
	if (s)
		who.addr = s->addr;
	return who;
}

bool gn_node_peers_relayed(const struct gn_node *node, const struct gn_pk *pk, struct gn_pk *relay)
{
	const struct peer *peer = peers_of(node, pk);
	const struct session *s = session_of(node, peer);
	const struct gn_node_circuit *c =
		s && s->link && !peer->linked ? gn_map_get(&node->ways.circuits, &s->link) : NULL;
	if (c)
		*relay = c->relay;
	return c != NULL;
}

void peers_learn(struct peer *peer, const struct gn_addr *addr)
{
	if (addr->port == 0)
		return;
	for (unsigned i = 0; i < peer->addr_count; i++)
		if (gn_addr_eq(&peer->addrs[i], addr))
			return;
	if (peer->addr_count < GN_COUNT(peer->addrs))
		peer->addrs[peer->addr_count++] = *addr;
	else
		peer->addrs[GN_COUNT(peer->addrs) - 1] = *addr;
}

void peers_learn_url(struct peer *peer, const char *url)
{
	struct gn_noderec_url text;
	if (!gn_noderec_url(gn_str(url), &text))
		return;
	for (unsigned i = 0; i < peer->url_count; i++)
		if (strcmp(peer->urls[i].text, url) == 0)
			return;
	unsigned at = peer->url_count < GN_NODEREC_URLS ? peer->url_count++ : GN_NODEREC_URLS - 1;
	peer->urls[at] = text;
}

const char *gn_node_peers_url(const struct gn_node *node, const struct gn_pk *pk)
{
	const struct peer *peer = peers_of(node, pk);
	return peer && peer->url_count ? peer->urls[0].text : "";
}

unsigned peers_standing(const struct peer *peer)
{
	return !peer ? 0 : peer->linked ? 3 : peer->known;
}

void gn_node_peers_hold(struct gn_node *node, gn_jet_id session, bool hold)
{
	struct session *s = gn_map_get(&node->peers.by_session, &session);
	if (!s)
		return;
	GN_ASSERT(hold || s->tunnels);
	s->tunnels = hold ? s->tunnels + 1 : s->tunnels - 1;
	if (s->peer)
		s->peer->tunnels = hold ? s->peer->tunnels + 1 : s->peer->tunnels - 1;
}

void gn_node_peers_used(struct gn_node *node, gn_jet_id session)
{
	struct session *s = gn_map_get(&node->peers.by_session, &session);
	if (!s || !s->peer)
		return;
	s->used = node->now;
	s->peer->known = true;
	gn_jet_used(node->jet, session, peers_standing(s->peer), node->now);
}
