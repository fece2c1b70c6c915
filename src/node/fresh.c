/* Contexts of fresh sessions: made, found again, moved, ended. States and invariants: fresh.h. */
#include "node/fresh_int.h"

void gn_node_fresh_init(struct gn_node *node)
{
	struct gn_node_fresh *all = &node->fresh;
	gn_map_init(&all->contexts, &node->env, sizeof(uint32_t), sizeof(struct fresh *),
		    GN_NODE_FRESH);
	gn_map_init(&all->names, &node->env, sizeof(struct fresh_name), sizeof(struct fresh_named),
		    GN_NODE_FRESH_NAMES);
	gn_map_init(&all->keys, &node->env, sizeof(struct gn_pk), sizeof(uint32_t), GN_NODE_FRESH);
	gn_hkdf(GN_SLICE(node->key.seed), gn_slice(NULL, 0), GN_LIT("geonet/fresh/day/1"),
		all->secret, sizeof all->secret);
}

static struct fresh *of_key(const struct gn_node *node, const struct gn_pk *pk)
{
	const uint32_t *serial = node->fresh.keys.count ? gn_map_get(&node->fresh.keys, pk) : NULL;
	return serial ? fresh_at(node, *serial) : NULL;
}

/* ---- days ---- */

/* Which day it is for that name. */
uint64_t fresh_day(const struct gn_node *node, const struct fresh_name *name)
{
	struct gn_hash h;
	gn_hmac_sha256(GN_SLICE(node->fresh.secret), gn_slice(name, sizeof *name), &h);
	uint64_t shift = gn_be64(h.b) % (GN_NODE_FRESH_SHIFT + 1);
	return (gn_node_unix(node) - shift) / 86400;
}

/* Where a name's relays are kept; for one more, one of which nothing runs is forgotten. */
static struct fresh_named *named_of(struct gn_node *node, const struct fresh_name *name)
{
	struct gn_map *all = &node->fresh.names;
	struct fresh_named *n = gn_map_get(all, name);
	for (uint32_t i = 0; !n && all->count >= GN_NODE_FRESH_NAMES && i < all->count; i++) {
		const struct fresh_named *other = gn_map_value_at(all, i);
		struct fresh_name key = *(const struct fresh_name *)gn_map_key_at(all, i);
		if (!other->serial) {
			gn_map_remove(all, &key);
			break;
		}
	}
	return n ? n : gn_map_put(all, name);
}

/* ---- made and freed ---- */

void fresh_free(struct fresh *f)
{
	struct gn_node *node = f->node;
	struct fresh_named *named = gn_map_get(&node->fresh.names, &f->name);
	fresh_peers_free(f);
	gn_bus_free(f->bus);
	gn_apart_free(f->apart);
	gn_box_free(f->box);
	gn_jet_free(f->of.jet);
	GN_ASSERT(f->alloc.count == 0);
	gn_node_ways_forget(node, &f->of);
	if (named && named->serial == f->serial)
		named->serial = 0;
	gn_map_remove(&node->fresh.keys, &f->pk);
	gn_map_remove(&node->fresh.contexts, &f->serial);
	gn_mem_free(node->env.alloc, f);
}

static bool exporter(void *user, const struct gn_pk *peer, bool ours, uint8_t out[32])
{
	const struct fresh *f = user;
	const struct fresh_peer *p = fresh_peer_of(f, peer);
	(void)ours; /* there is one session */
	if (gn_pk_eq(peer, &f->node->key.pk))
		return gn_node_fresh_exporter(f->node, &f->pk, out);
	return p && p->state == FRESH_UP && gn_jet_exporter(f->of.jet, p->id, out) == GN_OK;
}

static gn_err make_engines(struct fresh *f)
{
	struct gn_sk key;
	gn_sk_new(f->env.rand, &key);
	f->pk = key.pk;
	struct gn_jet_config jet = {.node_key = key,
				    .keep_alive = GN_NODE_KEEP_ALIVE,
				    .handshake_timeout = GN_NODE_FRESH_TRY,
				    .sessions_max = GN_NODE_FRESH_PEERS,
				    .no_passes = true};
	struct gn_box_config box = {.overlay = f->node->overlay,
				    .kv = f->node->box_log, /* never used: it holds nothing */
				    .node_key = key,
				    .exporter = exporter,
				    .blind = true,
				    .user = f};
	gn_err err = gn_jet_new(&f->env, &jet, &f->of.jet);
	if (!err)
		err = gn_box_new(&f->env, &box, f->node->now, &f->box);
	gn_sk_wipe(&key);
	gn_sk_wipe(&jet.node_key);
	gn_sk_wipe(&box.node_key);
	return err;
}

gn_err fresh_need_apart(struct fresh *f)
{
	struct gn_apart_config c = {.overlay = f->node->overlay, .count = &f->node->fresh.apart};
	return f->apart ? GN_OK : gn_apart_new(&f->env, &c, &f->apart);
}

gn_err fresh_need_bus(struct fresh *f)
{
	GN_TRY(fresh_need_apart(f));
	struct gn_bus_config c = {.overlay = f->node->overlay,
				  .node = f->pk,
				  .no_root = true,
				  .exporter = exporter,
				  .apart = f->apart,
				  .user = f};
	return f->bus ? GN_OK : gn_bus_new(&f->env, &c, f->node->now, &f->bus);
}

static gn_err put_in(struct fresh *f)
{
	struct gn_node_fresh *all = &f->node->fresh;
	struct fresh **at = gn_map_put(&all->contexts, &f->serial);
	uint32_t *of = at ? gn_map_put(&all->keys, &f->pk) : NULL;
	if (!of) {
		gn_map_remove(&all->contexts, &f->serial);
		return GN_LIMIT;
	}
	*at = f;
	*of = f->serial;
	gn_node_ways_know(f->node, &f->of);
	return GN_OK;
}

static uint32_t next_serial(struct gn_node *node)
{
	do {
		node->fresh.last = node->fresh.last % (FRESH_SERIALS - 1) + 1;
	} while (fresh_at(node, node->fresh.last));
	return node->fresh.last;
}

static gn_err context_new(struct gn_node *node, const struct fresh_name *name, bool stranger,
			  struct fresh **out)
{
	struct fresh *f = GN_NEW(node->env.alloc, struct fresh);
	if (!f)
		return GN_NOMEM;
	gn_alloc_heap(&f->alloc, GN_NODE_FRESH_MEMORY);
	f->env = node->env;
	f->env.alloc = &f->alloc;
	f->node = node;
	f->name = *name;
	f->stranger = stranger;
	f->serial = next_serial(node);
	f->day = fresh_day(node, name);
	f->idle = node->now;
	gn_err err = make_engines(f);
	if (!err)
		err = put_in(f);
	if (err) {
		gn_box_free(f->box);
		gn_jet_free(f->of.jet);
		gn_mem_free(node->env.alloc, f);
		return err;
	}
	node->fresh.count.contexts++;
	fresh_touch(f);
	*out = f;
	return GN_OK;
}

/* ---- places ---- */

bool fresh_idle(const struct fresh *f)
{
	struct gn_box_info x;
	struct gn_bus_info bus = {.operations = 0};
	gn_box_info(f->box, &x);
	if (f->bus)
		gn_bus_info(f->bus, &bus);
	return x.deposits + x.follows + x.works + bus.operations == 0 &&
	       !(f->apart && gn_apart_ops(f->apart));
}

size_t fresh_held(const struct gn_node *node)
{
	size_t sum = 0;
	for (uint32_t i = 0; i < node->fresh.contexts.count; i++)
		sum += fresh_index(node, i)->alloc.used;
	return sum;
}

/* Of those in which nothing runs the one that is longest so. */
static bool give_way(struct gn_node *node, bool of_user, uint64_t user)
{
	struct fresh *least = NULL;
	for (uint32_t i = 0; i < node->fresh.contexts.count; i++) {
		struct fresh *f = fresh_index(node, i);
		if ((!of_user || f->name.user == user) && fresh_idle(f) && !f->turning &&
		    (!least || f->idle < least->idle))
			least = f;
	}
	if (!least)
		return false;
	node->fresh.count.gave_way++;
	fresh_free(least);
	return true;
}

static gn_err make_room(struct gn_node *node, const struct gn_node_fresh_for *who)
{
	unsigned has = 0;
	for (uint32_t i = 0; i < node->fresh.contexts.count; i++)
		has += fresh_index(node, i)->name.user == who->user;
	if (who->stranger && has >= GN_NODE_FRESH / GN_NODE_USER_PART &&
	    !give_way(node, true, who->user)) {
		node->fresh.count.full++;
		return GN_QUOTA;
	}
	while (node->fresh.contexts.count >= GN_NODE_FRESH ||
	       fresh_held(node) > GN_NODE_FRESH_MEMORY_ALL)
		if (!give_way(node, false, 0)) {
			node->fresh.count.full++;
			return GN_LIMIT;
		}
	return GN_OK;
}

gn_err fresh_need(struct gn_node *node, const struct gn_node_fresh_for *who, const uint8_t what[32],
		  struct fresh **out)
{
	struct fresh_name name;
	memset(&name, 0, sizeof name); /* a map compares all bytes */
	name.user = who->user;
	name.share = who->share;
	if (!who->share)
		memcpy(name.what, what, sizeof name.what);
	if (node->config.fresh == GN_NODE_FRESH_NO)
		return GN_STATE;
	struct fresh_named *named = named_of(node, &name);
	if (!named)
		return GN_LIMIT;
	struct fresh *f = named->serial ? fresh_at(node, named->serial) : NULL;
	uint64_t day = fresh_day(node, &name);
	if (f && f->day == day) {
		*out = f;
		return GN_OK;
	}
	GN_TRY(make_room(node, who));
	GN_TRY(context_new(node, &name, who->stranger, &f));
	named = named_of(node, &name); /* others may have gone meanwhile */
	GN_ASSERT(named);
	if (named->day != day) {
		memcpy(named->before, named->relays, sizeof named->before);
		memset(named->relays, 0, sizeof named->relays);
	}
	named->day = day;
	named->serial = f->serial;
	*out = f;
	return GN_OK;
}

/* ---- what the node's own parts hand on ---- */

bool gn_node_fresh_is(const struct gn_node *node, const struct gn_pk *pk)
{
	return of_key(node, pk) != NULL;
}

bool gn_node_fresh_local(struct gn_node *node, const struct gn_overlay_message *m)
{
	struct fresh *f = of_key(node, &m->to.pk);
	if (!f)
		return false;
	(void)!fresh_take(f, &node->key.pk, m->bytes);
	fresh_touch(f);
	return true;
}

bool gn_node_fresh_exporter(const struct gn_node *node, const struct gn_pk *pk, uint8_t out[32])
{
	if (!of_key(node, pk))
		return false;
	struct gn_hash h;
	const struct gn_slice parts[] = {GN_LIT("geonet/fresh/own/1"), GN_SLICE(pk->b),
					 GN_SLICE(node->fresh.secret)};
	gn_sha256(parts, GN_COUNT(parts), &h);
	memcpy(out, h.b, 32);
	return true;
}
