/* The agent's way to its node: one connection of app/1, made again when it ends.
 *
 *   DOWN [its wait is over] -> DIALLING [connected] -> HELLO [AppReady] -> UP -> DOWN
 *        -> DOWN [refused, closed, no answer in time]
 *
 * 1. A call that was taken ends by one last event: its answer without `more`, or FAILED; that comes
 *    for every call that lives when the connection ends (GN_CLOSED).
 * 2. While it is not UP no call is taken: what must be done is the owner's to do again.
 * 3. Between two attempts it waits, longer each time, up to AGENT_LINK_WAIT_MAX.
 *
 * Single-threaded, on the host's loop. Rules: docs/spec/app.md; docs/spec/agent.md AG-50. */
#ifndef GN_AGENT_LINK_H
#define GN_AGENT_LINK_H

#include "host/client.h"
#include "host/host.h"

struct gn_agent_link;

struct gn_agent_link_config {
	struct gn_host *host;   /* borrowed */
	const char *path;       /* of the node's socket; copied */
	const char *software;   /* "geonet-agent 0.1.0"; static */
	void (*up)(void *user); /* calls are taken from now on */
	/* It was up and is not, or an attempt failed: why, a sentence. */
	void (*down)(void *user, gn_err err, const char *why);
	void *user;
};

/* ANSWER, FAILED, and of its stream DATA, END, ROOM; what it points to is lent. */
typedef void gn_agent_link_fn(void *user, const struct gn_host_client_event *e);

/* Dials at once. GN_USAGE: a path is too long; GN_NOMEM. */
GN_MUST gn_err gn_agent_link_new(const struct gn_agent_link_config *config,
				 struct gn_agent_link **out);
/* Every call that lives ends first (GN_CANCELLED). Before gn_host_end. */
void gn_agent_link_free(struct gn_agent_link *l);
bool gn_agent_link_is_up(const struct gn_agent_link *l);

/* A builder for the call's table; valid while up. */
struct gn_fbb *gn_agent_link_builder(struct gn_agent_link *l);
/* GN_CLOSED: it is not up; GN_LIMIT: AGENT_LINK_CALLS live; GN_TOO_LARGE. *call may be NULL. */
GN_MUST gn_err gn_agent_link_call(struct gn_agent_link *l, struct gn_app_kind kind, gn_fbref table,
				  uint32_t deadline_ms, gn_agent_link_fn *fn, void *user,
				  uint64_t *call);
/* fn hears of it no more. */
void gn_agent_link_drop(struct gn_agent_link *l, uint64_t call);
/* How many more calls it takes now. */
size_t gn_agent_link_room(const struct gn_agent_link *l);
/* The engine, for the streams of calls. NULL unless up. */
struct gn_host_client *gn_agent_link_client(struct gn_agent_link *l);

/* Moves what waits; when it is to be called again. */
gn_time gn_agent_link_pump(struct gn_agent_link *l, gn_time now);
/* After calls that were made outside of its events: their bytes leave now, and not when something
 * else moves. When it is to be pumped. */
gn_time gn_agent_link_flush(struct gn_agent_link *l, gn_time now);

#endif
