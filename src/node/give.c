/* What the node does for others, as give.h says.
 *
 *   settings -> file `give` -> `geonet give` -> what holds now -> relay, overlay, bundles, blocks,
 *                                                                TURN, what others are told (RE-17)
 *   what relay and TURN gave -> the month's sum -> file `given` -> the relay's month
 *
 * 1. The engines are told when something changed, and when a month begins; nobody else tells the
 *    relay and the stores what they may give.
 * 2. On a metered link nothing is given, whatever else was said, but that small control traffic by
 *    which a node is one.
 * 3. The files are this node's alone. One that cannot be read stops the start, one that is wrong
 *    is set aside (NO-11); `give` and `refused` are written before an answer says that they hold.
 * Rule RE-64. */
#include "node/give.h"
#include "node/node_int.h"

#include "records/head.h"

#include <stdio.h>
#include <stdlib.h>

#define GIVE_FILE "give"
#define GIVEN_FILE "given"
#define REFUSED_FILE "refused"

/* ---- what holds now ---- */

static uint64_t month_used(struct gn_node *node)
{
	return giving_sum(giving_month(&node->give.g, node->give.month));
}

static void tell_relay(struct gn_node *node)
{
	struct gn_node_give *v = &node->give;
	const struct giving_wish *w = &v->g.wish;
	gn_relay_give(node->relay,
		      &(struct gn_relay_give){.level = gn_node_give_level(v),
					      .small_rate = w->rate,
					      .bulk_rate = w->rate,
					      .month = w->month,
					      .month_used = month_used(node),
					      .month_end = v->month_end},
		      node->now);
}

static void tell_all(struct gn_node *node)
{
	const struct giving_wish *w = &node->give.g.wish;
	bool nothing = w->metered || w->hold_nothing;
	uint64_t hold = nothing ? 0 : w->hold;
	tell_relay(node);
	gn_overlay_hold(node->overlay, !nothing, node->now);
	gn_bundles_give(node->bundles, hold, !w->metered, node->now);
	gn_blocks_cached_max(node->blocks, hold);
	gn_node_homes_can(node);
	node->status_moved = true;
}

/* ---- what was given ---- */

static void collect(struct gn_node *node)
{
	struct gn_node_give *v = &node->give;
	struct gn_relay_given given;
	struct giving_month *m = giving_month(&v->g, v->month);
	while (gn_relay_given_next(node->relay, &given)) {
		giving_add_by(&v->g, v->month, &given);
		m->small += given.token ? 0 : given.small;
		m->bulk += given.token ? 0 : given.bulk;
		v->unsaved = true;
	}
	v->unsaved |= v->turn > 0;
	m->turn += v->turn;
}

/* The clock is in another month than before: after it, or before it when it was wrong. */
static void turn_month(struct gn_node *node)
{
	struct gn_node_give *v = &node->give;
	uint64_t end;
	uint32_t month = giving_month_of(gn_node_unix(node), &end);
	bool first = v->month == 0, other = month != v->month || end != v->month_end;
	if (!first)
		collect(node);
	bool turned = v->turn > 0;
	v->turn = 0;
	v->month = month;
	v->month_end = end;
	if (first) {
		tell_all(node);
	} else if (other || turned) {
		v->count.months += other;
		v->unsaved |= other;
		tell_relay(node);
	}
}

static gn_err keep(struct gn_node *node, const char *name, size_t most,
		   void (*write)(const struct gn_node_give *v, struct gn_buf *out))
{
	struct gn_buf out = {malloc(most), 0, most};
	gn_err err = GN_NOMEM;
	if (out.p) {
		write(&node->give, &out);
		err = node->outside.keep(node, name, gn_buf_slice(&out));
	}
	if (err) {
		node->give.count.unwritten++;
		gn_host_log(&node->host, GN_LOG_WARN, "file.unwritable", "%s: %s", name,
			    gn_err_text(err));
	}
	free(out.p);
	return err;
}

static void write_wish(const struct gn_node_give *v, struct gn_buf *out)
{
	giving_write(&v->g, out);
}

static void write_counts(const struct gn_node_give *v, struct gn_buf *out)
{
	giving_write_counts(&v->g, out);
}

static void write_refused(const struct gn_node_give *v, struct gn_buf *out)
{
	giving_write_refused(&v->refused, out);
}

static void save_counts(struct gn_node *node)
{
	struct gn_node_give *v = &node->give;
	v->saved = node->now;
	v->unsaved = keep(node, GIVEN_FILE, GIVING_COUNTS_TEXT, write_counts) != GN_OK;
}

static bool is_giving(const struct gn_node *node)
{
	struct gn_relay_info info;
	gn_relay_info(node->relay, &info);
	return info.small.circuits || info.bulk.circuits || node->give.turn;
}

void gn_node_give_tick(struct gn_node *node)
{
	struct gn_node_give *v = &node->give;
	if (node->now < v->look)
		return;
	v->look = node->now + GIVING_LOOK;
	turn_month(node);
	if (v->unsaved && node->now >= v->saved + GIVING_SAVE)
		save_counts(node);
}

gn_time gn_node_give_deadline(const struct gn_node *node)
{
	const struct gn_node_give *v = &node->give;
	if (!v->month || is_giving(node))
		return v->look;
	gn_time save = v->saved + GIVING_SAVE; /* never before the next look, which saves */
	return !v->unsaved ? GN_NEVER : save > v->look ? save : v->look;
}

void gn_node_give_store(struct gn_node *node)
{
	gn_node_give_count(node);
	if (node->give.unsaved)
		save_counts(node);
}

void gn_node_give_count(struct gn_node *node)
{
	if (node->give.month)
		turn_month(node);
}

bool gn_node_give_turn(struct gn_node *node, size_t bytes)
{
	struct gn_node_give *v = &node->give;
	const struct giving_wish *w = &v->g.wish;
	if (!w->turn || w->metered)
		return false;
	if (v->month && month_used(node) + v->turn + bytes > w->month / 100 * GN_RELAY_MONTH_BULK)
		return false;
	v->turn += bytes;
	v->turn_all += bytes;
	return true;
}

/* ---- what is refused ---- */

static bool is_refused(struct gn_node *node, const struct gn_hash *hash, uint64_t *counter)
{
	bool refused = node->give.refused.count && gn_map_get(&node->give.refused, hash);
	*counter += refused;
	return refused;
}

bool gn_node_refuses_hash(void *user, const struct gn_hash *hash)
{
	struct gn_node *node = user;
	return is_refused(node, hash, &node->give.count.refused_block);
}

bool gn_node_refuses_record(void *user, const struct gn_hash *key, const struct gn_record *in)
{
	struct gn_node *node = user;
	struct gn_head head;
	uint64_t *counter = &node->give.count.refused_record;
	if (!node->give.refused.count)
		return false;
	if (is_refused(node, key, counter))
		return true;
	return in && in->type == GN_FB_RECORD_TYPE_SITE &&
	       gn_head_parse(in->bytes, &head) == GN_OK &&
	       is_refused(node, &head.now.manifest, counter);
}

static void let_go(struct gn_node *node, const struct gn_hash *hash)
{
	gn_overlay_forget(node->overlay, hash, node->now);
	gn_bundles_forget(node->bundles, hash, node->now);
}

void gn_node_give_restored(struct gn_node *node)
{
	const struct gn_map *refused = &node->give.refused;
	for (uint32_t i = 0; i < refused->count; i++)
		let_go(node, gn_map_key_at(refused, i));
}

gn_err gn_node_give_refuse(struct gn_node *node, const struct gn_hash *hash, bool end)
{
	struct gn_map *refused = &node->give.refused;
	bool was = gn_map_get(refused, hash) != NULL;
	if (end ? !gn_map_remove(refused, hash) : !gn_map_put(refused, hash))
		return end ? GN_NOT_FOUND : GN_LIMIT;
	if (was != end)
		return GN_OK; /* it stands there */
	gn_err err = keep(node, REFUSED_FILE, GIVING_REFUSED_TEXT, write_refused);
	if (err && end) /* as the file says */
		(void)gn_map_put(refused, hash);
	else if (err)
		gn_map_remove(refused, hash);
	else if (!end)
		let_go(node, hash);
	return err;
}

/* ---- what is said ---- */

gn_err gn_node_give_set(struct gn_node *node, struct gn_slice name, struct gn_slice value,
			char why[GN_HOST_WHY])
{
	struct gn_node_give *v = &node->give;
	struct giving_wish wish = v->g.wish;
	bool said[GIVING_SETTINGS];
	memcpy(said, v->g.said, sizeof said);
	GN_TRY(giving_set(&v->g, name, value, why));
	gn_err err = GN_OK;
	if (v->g.wish.turn && !node->config.turn)
		err = gn_host_why(why, GN_USAGE,
				  "turn: the node was started without it: begin with turn = on, "
				  "which needs a file of users");
	else if ((err = keep(node, GIVE_FILE, GIVING_WISH_TEXT, write_wish)))
		(void)!gn_host_why(why, err, "the file give cannot be written");
	if (err) {
		v->g.wish = wish;
		memcpy(v->g.said, said, sizeof said);
		return err;
	}
	turn_month(node);
	tell_all(node);
	return GN_OK;
}

/* ---- life ---- */

void gn_node_give_init(struct gn_node *node)
{
	const struct gn_node_config *c = &node->config;
	gn_map_init(&node->give.refused, &node->env, sizeof(struct gn_hash), sizeof(uint8_t),
		    GIVING_REFUSED);
	node->give.g.wish = (struct giving_wish){.relay = c->relay,
						 .rate = c->relay_rate,
						 .month = c->relay_month,
						 .hold = c->store_limit,
						 .hold_nothing = c->hold_nothing,
						 .turn = c->turn,
						 .metered = c->metered};
	node->give.saved = node->now;
}

void gn_node_give_fini(struct gn_node *node)
{
	gn_map_fini(&node->give.refused);
}

static gn_err take(struct gn_node *node, const char *name, struct gn_slice text,
		   char why[GN_HOST_WHY])
{
	struct gn_node_give *v = &node->give;
	if (strcmp(name, GIVE_FILE) == 0) {
		GN_TRY(giving_read(&v->g, text, why));
		v->g.wish.turn &= node->config.turn; /* its users were not read */
		return GN_OK;
	}
	if (strcmp(name, GIVEN_FILE) == 0)
		return giving_read_counts(&v->g, text, why);
	return giving_read_refused(&v->refused, text, why);
}

gn_err gn_node_give_read(struct gn_node *node, char why[GN_HOST_WHY])
{
	static const struct {
		const char *name;
		size_t most;
	} files[] = {{GIVE_FILE, 1 << 16},
		     {GIVEN_FILE, GIVING_COUNTS_TEXT},
		     {REFUSED_FILE, 2 * GIVING_REFUSED_TEXT}};
	for (unsigned i = 0; i < GN_COUNT(files); i++) {
		char wrong[GN_HOST_WHY];
		struct gn_buf text = {malloc(files[i].most), 0, files[i].most};
		gn_err err = text.p ? node->outside.kept(node, files[i].name, &text) : GN_NOMEM;
		if (err == GN_OK && take(node, files[i].name, gn_buf_slice(&text), wrong))
			err = gn_node_list_set_aside(node, files[i].name, wrong, why);
		else if (err == GN_NOT_FOUND)
			err = GN_OK;
		else if (err)
			err = gn_host_why(why, err,
					  "cannot read %.200s/%.200s. Nothing was changed; see to "
					  "it and start again",
					  node->config.data, text.p ? gn_os_why() : files[i].name);
		free(text.p);
		GN_TRY(err);
	}
	return GN_OK;
}
