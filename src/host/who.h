/* Who on this machine uses what a program does for others over app/1: its connections, calls in
 * work and subscriptions, counted by user. Pure.
 *
 * 1. A user that does not own the program has at most a quarter of each; its owner and root have
 *    what is left (AP-14).
 * 2. A user is remembered while it has anything. */
#ifndef GN_HOST_WHO_H
#define GN_HOST_WHO_H

#include "base/base.h"

enum gn_host_use { GN_HOST_USE_LINKS, GN_HOST_USE_WORK, GN_HOST_USE_SUBS, GN_HOST_USES };

struct gn_host_who { /* one user */
	uint32_t uid;
	bool owner; /* of the program, or root */
	unsigned has[GN_HOST_USES];
	unsigned refs;
	struct gn_host_who *next;
};

struct gn_host_whos {
	struct gn_host_who *list; /* owned */
	unsigned has[GN_HOST_USES];
};

/* The user, held until gn_host_who_put. NULL: no memory. */
struct gn_host_who *gn_host_who_get(struct gn_host_whos *all, uint32_t uid, bool owner);
void gn_host_who_put(struct gn_host_whos *all, struct gn_host_who *who);
/* GN_QUOTA: it has its share of `most`; GN_BUSY: nothing of them is left. */
GN_MUST gn_err gn_host_who_ask(const struct gn_host_whos *all, const struct gn_host_who *who,
			       enum gn_host_use what, unsigned most);
void gn_host_who_add(struct gn_host_whos *all, struct gn_host_who *who, enum gn_host_use what);
void gn_host_who_sub(struct gn_host_whos *all, struct gn_host_who *who, enum gn_host_use what);
/* The user that has most of it; NULL: nobody has any. */
struct gn_host_who *gn_host_who_most(const struct gn_host_whos *all, enum gn_host_use what);

#endif
