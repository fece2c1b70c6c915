/* What the owner says and asks about paths: open and close one, what a link takes (RE-8), a link
 * gone, another network (RE-6). */
#include "jet/cid_int.h"
#include "jet/close_int.h"
#include "jet/grade_int.h"
#include "jet/loss_int.h"
#include "jet/mark_int.h"
#include "jet/park_int.h"
#include "jet/path_int.h"
#include "jet/session_int.h"
#include "jet/way_int.h"

static struct jet_path *path_to(const struct jet_session *s, const struct gn_way *to)
{
	for (int i = 0; i < JET_PATHS_MAX; i++) {
		struct jet_path *p = s->paths[i];
		if (p && gn_way_eq(&p->way, to))
			return p;
	}
	return NULL;
}

gn_err gn_jet_path_open(struct gn_jet *jet, gn_jet_id id, const struct gn_way *to, gn_time now)
{
	struct jet_session *s;
	struct jet_path *p;
	now = jet_clock(jet, now);
	GN_TRY(jet_find_multi(jet, id, &s));
	if (path_to(s, to))
		return GN_EXISTS;
	if (!jet_way_allowed(s, to))
		return GN_POLICY;
	uint32_t path = jet_cid_unused(s);
	if (!path)
		return GN_LIMIT;
	GN_TRY(jet_path_new(s, path, to, now, &p));
	p->ours = true;
	jet_path_probe(s, p, to, true, now);
	return GN_OK;
}

gn_err gn_jet_path_close(struct gn_jet *jet, gn_jet_id id, uint32_t path, gn_time now)
{
	struct jet_session *s;
	(void)jet_clock(jet, now);
	GN_TRY(jet_find_multi(jet, id, &s));
	struct jet_path *p = jet_path_find(s, path);
	if (!p)
		return GN_NOT_FOUND;
	if (p == s->path)
		return GN_STATE;
	gn_err err = jet_grade_close(s, p);
	return err == GN_OK ? GN_OK : jet_fail(s, err);
}

gn_err gn_jet_path_leave(struct gn_jet *jet, gn_jet_id id, gn_time now)
{
	struct jet_session *s;
	now = jet_clock(jet, now);
	GN_TRY(jet_find_multi(jet, id, &s));
	struct jet_path *spare = jet_grade_spare(s, now);
	if (!spare)
		return GN_NOT_FOUND;
	gn_err err = jet_grade_take(s, spare, GN_JET_WHY_ASKED, now);
	return err == GN_OK ? GN_OK : jet_fail(s, err);
}

/* Another path that is proven and allowed; s->path itself, where that is. */
static struct jet_path *allowed_path(const struct jet_session *s, unsigned allowed)
{
	struct jet_path *best = NULL;
	for (int i = 0; i < JET_PATHS_MAX; i++) {
		struct jet_path *p = s->paths[i];
		if (!p || !p->validated || p->punching || p->unwanted ||
		    (gn_jet_needs(s->jet, &p->way) & ~allowed))
			continue;
		if (p == s->path)
			return p;
		if (!best || jet_grade_cost(s, p) < jet_grade_cost(s, best))
			best = p;
	}
	return best;
}

/* What is not allowed any more takes nothing and sends nothing; a server's client closes it. */
static gn_err close_forbidden(struct jet_session *s)
{
	for (int i = 0; i < JET_PATHS_MAX; i++) {
		struct jet_path *p = s->paths[i];
		if (!p || p == s->path || p->punching || jet_way_allowed(s, &p->way))
			continue;
		p->probe.at = GN_NEVER;
		p->responding = false;
		GN_TRY(jet_loss_all(s, p, &p->space, JET_APP));
		GN_TRY(jet_grade_close(s, p));
	}
	return GN_OK;
}

gn_err gn_jet_allow(struct gn_jet *jet, gn_jet_id id, unsigned allowed, gn_time now)
{
	struct jet_session *s = jet_find(jet, id);
	GN_ASSERT((allowed & ~(unsigned)GN_JET_ALLOW_ALL) == 0);
	now = jet_clock(jet, now);
	if (!s || s->state != JET_S_OPEN)
		return GN_NOT_FOUND;
	struct jet_path *to = allowed_path(s, allowed);
	if (!to || (to != s->path && !s->multi))
		return GN_POLICY;
	s->forbidden = (uint8_t)(GN_JET_ALLOW_ALL & ~allowed);
	gn_err err = GN_OK;
	if (to != s->path) {
		err = jet_loss_all(s, s->path, &s->path->space, JET_APP);
		err = err ? err : jet_grade_take(s, to, GN_JET_WHY_POLICY, now);
	}
	err = err || !s->multi ? err : close_forbidden(s);
	jet_wake(s);
	return err == GN_OK ? GN_OK : jet_fail(s, err);
}

static bool has_path_on(const struct jet_session *s, uint32_t link)
{
	GN_ASSERT(link != 0 && s->path);
	for (int i = 0; i < JET_PATHS_MAX; i++)
		if (s->paths[i] && s->paths[i]->way.link == link)
			return true;
	return false;
}

void gn_jet_way_room(struct gn_jet *jet, uint32_t link, size_t bytes, gn_time now)
{
	(void)jet_clock(jet, now);
	if (!jet_way_give(jet, link, bytes))
		return;
	GN_ASSERT(jet_way_ready(jet, link, true));
	for (struct jet_link *l = jet->starved.next, *next; l != &jet->starved; l = next) {
		struct jet_session *s = GN_CONTAINER(l, struct jet_session, starved);
		next = l->next;
		if (!has_path_on(s, link))
			continue;
		jet_list_remove(l);
		jet_wake(s);
	}
}

void gn_jet_keep_alive(struct gn_jet *jet, gn_time every, gn_time now)
{
	gn_time most = jet->config.idle_timeout / 2;
	GN_ASSERT(every > 0);
	(void)jet_clock(jet, now);
	jet->config.keep_alive = every < most ? every : most;
	jet->spare_every = every;
	for (uint32_t k = 0; k < jet->timers.count; k++)
		jet_wake(GN_CONTAINER(jet->timers.nodes[k], struct jet_session, timer));
}

/* What was in flight on the link goes again, where there is another path now or later. */
static gn_err lose_link(struct jet_session *s, uint32_t link)
{
	GN_ASSERT(link != 0 && s->state == JET_S_OPEN);
	for (int i = 0; i < JET_PATHS_MAX; i++) {
		struct jet_path *p = s->paths[i];
		if (p && p->way.link == link)
			GN_TRY(jet_loss_all(s, p, &p->space, JET_APP));
	}
	return GN_OK;
}

static gn_err suspect_paths(struct jet_session *s, bool every, uint32_t link, enum gn_jet_why why,
			    gn_time now)
{
	if (!s->multi)
		return GN_OK;
	/* the main one last: it goes to a spare that is none of these */
	for (int i = 0; i < JET_PATHS_MAX; i++)
		if (s->paths[i] && s->paths[i] != s->path &&
		    (every || s->paths[i]->way.link == link))
			s->paths[i]->suspect = true;
	if (every || s->path->way.link == link)
		return jet_grade_suspect(s, s->path, why, now);
	return GN_OK;
}

/* Every path on the link, or every path. */
static void suspect_all(struct gn_jet *jet, bool every, uint32_t link, enum gn_jet_why why,
			gn_time now)
{
	for (uint32_t k = 0; k < jet->timers.count; k++) {
		struct jet_session *s =
			GN_CONTAINER(jet->timers.nodes[k], struct jet_session, timer);
		if (s->state != JET_S_OPEN || !s->confirmed)
			continue;
		gn_err err = every ? jet_park_wake(s, now) : lose_link(s, link);
		if (err == GN_OK)
			err = suspect_paths(s, every, link, why, now);
		if (err != GN_OK)
			jet_fail(s, err);
		jet_wake(s);
	}
}

void gn_jet_way_left(struct gn_jet *jet, uint32_t link, enum gn_jet_why why, gn_time now)
{
	GN_ASSERT(link != 0 && why < GN_JET_WHYS);
	now = jet_clock(jet, now);
	suspect_all(jet, false, link, why, now);
	gn_map_remove(&jet->ways, &link);
}

void gn_jet_way_gone(struct gn_jet *jet, uint32_t link, gn_time now)
{
	gn_jet_way_left(jet, link, GN_JET_WHY_WAY_GONE, now);
}

void gn_jet_way_back(struct gn_jet *jet, uint32_t link, gn_time now)
{
	GN_ASSERT(link != 0);
	now = jet_clock(jet, now);
	for (uint32_t k = 0; k < jet->timers.count; k++) {
		struct jet_session *s =
			GN_CONTAINER(jet->timers.nodes[k], struct jet_session, timer);
		for (int i = 0; i < JET_PATHS_MAX && s->multi && s->state == JET_S_OPEN; i++)
			if (s->paths[i] && s->paths[i]->way.link == link)
				jet_grade_back(s, s->paths[i], now);
	}
}

void gn_jet_network(struct gn_jet *jet, gn_time now)
{
	now = jet_clock(jet, now);
	suspect_all(jet, true, 0, GN_JET_WHY_NETWORK, now);
}

bool gn_jet_path_at(const struct gn_jet *jet, gn_jet_id id, unsigned i,
		    struct gn_jet_path_info *out)
{
	const struct jet_session *s = jet_find(jet, id);
	const struct jet_path *p = NULL;
	if (!s || s->state != JET_S_OPEN)
		return false;
	for (int k = 0; k < JET_PATHS_MAX && !p; k++)
		if (s->paths[k] && s->paths[k]->validated && i-- == 0)
			p = s->paths[k];
	if (!p)
		return false;
	bool silent = (p->pto_count || p->suspect) && p->heard_at < p->asked_at;
	*out = (struct gn_jet_path_info){.way = p->way,
					 .replays = p->replays,
					 .loss = jet_grade_loss(p),
					 .full = p->limited,
					 .heard = p->heard_at,
					 .silent = silent ? p->asked_at : GN_NEVER};
	return true;
}

const char *gn_jet_why_text(unsigned why)
{
	static const char *const texts[] = {
#define NOW(name, word, en, ru) [GN_JET_WHY_##name] = (word),
#define NOT(name, word, en, ru)
#include "base/reason.def"
#undef NOW
#undef NOT
	};
	_Static_assert(GN_COUNT(texts) == GN_JET_WHYS, "a word for each");
	return why < GN_JET_WHYS ? texts[why] : "?";
}
