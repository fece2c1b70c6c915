/* A connection that speaks app/1, inside host: link.c (its bytes and its life), link_call.c (its
 * calls, streams and events). */
#ifndef GN_HOST_LINK_H
#define GN_HOST_LINK_H

#include "host/call.h"

struct gn_host_link {
	struct gn_host_request *base; /* its connection; owns this as its state */
	struct gn_host_app *app;      /* owned */
	struct gn_host_who *who;      /* held */
	bool ended;                   /* a call of it was answered and is not let go yet */
	bool resumed;                 /* a call of it wants the rest of its stream */
	bool blocked;                 /* the socket has enough to send */
	bool listens;                 /* to events of `kinds` after `heard` */
	uint64_t kinds, heard;
	gn_time used; /* when bytes last came */
	struct gn_host_link *next, **link;
};

/* What came is done: calls begin and end, their streams move, events are told. */
void gn_host_link_hear(struct gn_host_link *l);
/* Lets calls go that were answered; all: every one. */
void gn_host_link_let_go(struct gn_host_link *l, bool all);
void gn_host_link_tell(struct gn_host_link *l);
void gn_host_link_unlisten(struct gn_host_link *l);

#endif
