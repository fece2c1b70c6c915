/* Presence at the agent: the own topic and those of contacts, over the node. */
#ifndef GN_AGENT_PRESENCE_INT_H
#define GN_AGENT_PRESENCE_INT_H

#include "agent/serve_int.h"

#define AGENT_PLACE_PRESENCE 11 /* of publish */

/* A contact's topic, as it is followed; the same places as in the engine. */
struct agent_presence_link {
	struct gn_agent *agent;
	uint64_t call; /* 0: none */
	struct gn_hash chat;
	struct gn_pk topic;
	gn_time again; /* when it is tried again */
};

struct agent_presence {
	struct gn_presence *engine;
	struct gn_sk topic; /* secret */
	uint8_t seed[32];   /* secret: of topic */
	uint8_t key[32];    /* secret */
	uint64_t made;      /* Unix seconds; 0: there is no topic yet */
	bool saying;        /* a message is on its way */
	size_t tell_at; /* the contact from which on it is looked who knows it; SIZE_MAX: over */
	bool look;      /* who is followed may be others now */
	struct gn_hash asked; /* somebody who was asked about: followed in any case */
	struct agent_presence_link links[GN_PRESENCE_FOLLOWED];
	struct agent_request *watchers[AGENT_PRESENCE_WATCHERS]; /* held; NULL: a free place */
};

/* ---- presence_told.c ---- */

extern const struct gn_app_kind agent_presence_is;
/* How somebody is seen: PresenceOf. */
gn_fbref agent_put_presence(struct gn_fbb *b, struct gn_agent *a,
			    const struct gn_people_contact *c);
gn_fbref agent_put_presences(struct gn_fbb *b, struct gn_agent *a, const gn_fbref *refs,
			     size_t count);
/* All who are followed: PresenceIs. */
gn_fbref agent_put_present(struct gn_fbb *b, struct gn_agent *a);
/* Somebody's state changed: tells who watches. */
void agent_presence_changed(struct gn_agent *a, const struct gn_presence_of *of);
void agent_presence_gone(struct gn_agent *a, const struct agent_request *r);
/* It is locked: whoever watches hears so. */
void agent_presence_unwatch(struct gn_agent *a);

/* ---- presence.c ---- */

GN_MUST gn_err agent_presence_open(struct gn_agent *a);
void agent_presence_close(struct gn_agent *a);
gn_time agent_presence_pump(struct gn_agent *a);
/* Its record is to be made anew. */
void agent_presence_renew(struct gn_agent *a);
/* Somebody was added, blocked or removed, or told where theirs is. */
void agent_presence_contact(struct gn_agent *a, const struct gn_pk *owner);
GN_MUST gn_err agent_presence_set(struct gn_agent *a, enum gn_presence_state state);

/* ---- serve_presence.c ---- */

gn_err agent_call_presence_get(struct agent_request *r);
gn_err agent_call_presence_set(struct agent_request *r);
gn_err agent_call_presence_follow(struct agent_request *r);

#endif
