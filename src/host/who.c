/* Users and what they have in use: who.h. */
#include "host/who.h"

#include "host/limits.h"

#include <stdlib.h>

struct gn_host_who *gn_host_who_get(struct gn_host_whos *all, uint32_t uid, bool owner)
{
	struct gn_host_who *who = all->list;
	while (who && who->uid != uid)
		who = who->next;
	if (!who) {
		who = calloc(1, sizeof *who);
		if (!who)
			return NULL;
		*who = (struct gn_host_who){.uid = uid, .owner = owner, .next = all->list};
		all->list = who;
	}
	who->refs++;
	return who;
}

void gn_host_who_put(struct gn_host_whos *all, struct gn_host_who *who)
{
	struct gn_host_who **link = &all->list;
	GN_ASSERT(who->refs > 0);
	if (--who->refs)
		return;
	while (*link != who)
		link = &(*link)->next;
	*link = who->next;
	for (unsigned i = 0; i < GN_HOST_USES; i++)
		GN_ASSERT(who->has[i] == 0);
	free(who);
}

gn_err gn_host_who_ask(const struct gn_host_whos *all, const struct gn_host_who *who,
		       enum gn_host_use what, unsigned most)
{
	if (!who->owner && who->has[what] >= most / GN_HOST_QUARTER)
		return GN_QUOTA;
	return all->has[what] >= most ? GN_BUSY : GN_OK;
}

void gn_host_who_add(struct gn_host_whos *all, struct gn_host_who *who, enum gn_host_use what)
{
	all->has[what]++;
	who->has[what]++;
}

void gn_host_who_sub(struct gn_host_whos *all, struct gn_host_who *who, enum gn_host_use what)
{
	GN_ASSERT(all->has[what] > 0 && who->has[what] > 0);
	all->has[what]--;
	who->has[what]--;
}

struct gn_host_who *gn_host_who_most(const struct gn_host_whos *all, enum gn_host_use what)
{
	struct gn_host_who *best = NULL;
	for (struct gn_host_who *who = all->list; who; who = who->next)
		if (who->has[what] && (!best || who->has[what] > best->has[what]))
			best = who;
	return best;
}
