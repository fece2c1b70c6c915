/* Who waits for a long question: the copy's (replica.c) and the history's pages (feed.c) have such places each, so that
 * neither thread has more before it than it does in a moment, and nobody all of it (HB-46). */
#include "hub/hub_int.h"

static unsigned count_of(const struct gn_hub_places *p, const struct gn_hash *pid)
{
	unsigned n = 0;
	for (unsigned i = 0; i < p->count; i++)
		n += memcmp(&p->of[i], pid, sizeof *pid) == 0;
	return n;
}

bool gn_hub_has_share(const struct gn_hub_places *p, const struct gn_hub_request *r)
{
	static const struct gn_hash nobody;
	return p->count < HUB_LONG_CROWDED || memcmp(&r->pid, &nobody, sizeof nobody) == 0 ||
	       count_of(p, &r->pid) < HUB_LONG_SHARE;
}

bool gn_hub_place_free(struct gn_hub_request *r, const struct gn_hub_places *p)
{
	if (p->count >= HUB_LONG_MAX)
		gn_hub_fail(r, GN_BUSY, NULL, "%u long questions wait already; try again in a moment", p->count);
	else if (!gn_hub_has_share(p, r))
		gn_hub_fail(r, GN_BUSY, NULL,
			    "%u of your long questions wait already, and others ask too; try again in a moment",
			    HUB_LONG_SHARE);
	else
		return true;
	return false;
}

void gn_hub_place_take(struct gn_hub_places *p, const struct gn_hub_request *r)
{
	GN_ASSERT(p->count < HUB_LONG_MAX);
	p->of[p->count++] = r->pid;
}

void gn_hub_place_leave(struct gn_hub_places *p, const struct gn_hub_request *r)
{
	unsigned i = 0;
	while (memcmp(&p->of[i], &r->pid, sizeof r->pid) != 0)
		GN_ASSERT(++i < p->count);
	p->of[i] = p->of[--p->count];
}
