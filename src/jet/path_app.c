/* What the owner says and asks about paths: open and close one, a link gone, another network
 * (RE-6). */
#include "jet/close_int.h"
#include "jet/grade_int.h"
#include "jet/mark_int.h"
#include "jet/path_int.h"
#include "jet/session_int.h"
#include "jet/way_int.h"

static gn_err open_session(struct gn_jet *jet, gn_jet_id id, struct jet_session **out)
{
	struct jet_session *s = jet_find(jet, id);
	if (!s)
		return GN_NOT_FOUND;
	if (!jet_alive(s))
		return GN_CLOSED;
	if (s->state != JET_S_OPEN || !s->confirmed || !s->multi)
		return GN_STATE;
	*out = s;
	return GN_OK;
}

/* An id of ours that no path has used. */
static bool unused_id(const struct jet_session *s, uint32_t *out)
{
	GN_ASSERT(s->slots <= JET_PATHS_MAX);
	bool found = false;
	for (int i = 0; i < s->slots; i++) {
		const struct jet_cid *tx = &s->cid_tx[i], *rx = &s->cid_rx[i];
		bool ours = (tx->path % 2 == 0) == s->incoming && tx->path != 0;
		if (!ours || !tx->set || !rx->set || rx->path != tx->path || s->paths[i])
			continue;
		*out = !found || tx->path < *out ? tx->path : *out;
		found = true;
	}
	return found;
}

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
	uint32_t path;
	now = jet_clock(jet, now);
	GN_TRY(open_session(jet, id, &s));
	if (path_to(s, to))
		return GN_EXISTS;
	if (!unused_id(s, &path))
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
	GN_TRY(open_session(jet, id, &s));
	struct jet_path *p = jet_path_find(s, path);
	if (!p)
		return GN_NOT_FOUND;
	if (p == s->path)
		return GN_STATE;
	gn_err err = jet_grade_close(s, p);
	return err == GN_OK ? GN_OK : jet_fail(s, err);
}

/* Every path on the link; GN_NEVER as link: every path. */
static void suspect_all(struct gn_jet *jet, bool every, uint32_t link, enum gn_jet_why why,
			gn_time now)
{
	for (uint32_t k = 0; k < jet->timers.count; k++) {
		struct jet_session *s =
			GN_CONTAINER(jet->timers.nodes[k], struct jet_session, timer);
		gn_err err = GN_OK;
		if (s->state != JET_S_OPEN || !s->confirmed || !s->multi)
			continue;
		/* the main one last: it goes to a spare that is none of these */
		for (int i = 0; i < JET_PATHS_MAX; i++)
			if (s->paths[i] && s->paths[i] != s->path &&
			    (every || s->paths[i]->way.link == link))
				s->paths[i]->suspect = true;
		if (every || s->path->way.link == link)
			err = jet_grade_suspect(s, s->path, why, now);
		if (err != GN_OK)
			jet_fail(s, err);
		jet_wake(s);
	}
}

void gn_jet_way_gone(struct gn_jet *jet, uint32_t link, gn_time now)
{
	GN_ASSERT(link != 0);
	now = jet_clock(jet, now);
	suspect_all(jet, false, link, GN_JET_WHY_WAY_GONE, now);
	gn_map_remove(&jet->ways, &link);
}

void gn_jet_network(struct gn_jet *jet, gn_time now)
{
	now = jet_clock(jet, now);
	suspect_all(jet, true, 0, GN_JET_WHY_NETWORK, now);
}

bool gn_jet_path_at(const struct gn_jet *jet, gn_jet_id id, uint32_t i,
		    struct gn_jet_path_info *out)
{
	const struct jet_session *s = jet_find(jet, id);
	for (int k = 0; s && k < JET_PATHS_MAX; k++) {
		const struct jet_path *p = s->paths[k];
		if (!p || i-- > 0)
			continue;
		*out = (struct gn_jet_path_info){
			.path = p->id,
			.way = p->way,
			.kind = jet_way_info(jet, p->way.link)->kind,
			.main = p == s->path,
			.proven = p->validated,
			.suspect = p->suspect,
			.ours = p->ours,
			.srtt = p->rtt.sampled ? p->rtt.smoothed : 0,
			.heard_at = p->heard_at,
			.cost = jet_grade_cost(s, p),
			.mtu = p->mtu.size,
			.loss_ppm = p->settled ? (uint32_t)(1000000ull * p->lost / p->settled) : 0};
		return true;
	}
	return false;
}

const char *gn_jet_why_text(unsigned why)
{
	static const char *const texts[] = {"first",   "cheaper",  "direct-found",
					    "suspect", "way-gone", "network-changed",
					    "rebound", "asked",    "peer-asked"};
	_Static_assert(GN_COUNT(texts) == GN_JET_WHYS, "a word for each");
	return why < GN_JET_WHYS ? texts[why] : "?";
}
