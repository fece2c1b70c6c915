/* The node, private to src/node. One thread (the loop's) touches all of it; workers see single
 * jobs.
 *
 *   node.c     start, turn, stop            peers*.c   sessions <-> messages of overlay and bundles
 *   pump.c     engine -> engine             guard.c    who pays; who.c, allowed.c
 *   engines.c  made and freed               gateway*.c sites over HTTP; readers.c whose turn it is
 *   keys.c     the node's key, its token    api*.c     the local API; status.c what pages show
 *   disk.c     requests <-> workers         saved.c    what is kept; lists.c, sites.c
 *   reach.c    whom it can reach            events.c   what happens, as it happens
 *   gather.c   where we are reached         offers.c   who is told
 *   guess.c    sockets for guesses of ports
 *   rights.c   tokens for relays
 *   judge.c    relays that are bad          spare.c    a second relay, to stand by
 *   moving.c   the network under it changes lan.c      who else is on it
 *   turn*.c    STUN and TURN for others  map.c     a port of the home's router; upnp.c, too
 *   give.c     what others are given, and how much they had; giving.c
 *   turn_way.c an address at a TURN server, as a way: turn_keep.c, turn_line.c */
#ifndef GN_NODE_NODE_INT_H
#define GN_NODE_NODE_INT_H

#include "host/host.h"
#include "node/carriers.h"
#include "node/dialback.h"
#include "node/fresh.h"
#include "node/give.h"
#include "node/guess.h"
#include "node/lan.h"
#include "node/lifetime.h"
#include "node/limits.h"
#include "node/map.h"
#include "node/moving.h"
#include "node/node.h"
#include "node/offers.h"
#include "node/peers.h"
#include "node/policy.h"
#include "node/saved.h"
#include "node/tunnels.h"
#include "node/turn_way.h"
#include "node/ways.h"
#include "services/box/box.h"
#include "services/bundles/bundles.h"
#include "services/bus/bus.h"
#include "services/lists/lists.h"
#include "services/names/names.h"
#include "services/relay/relay.h"
#include "store/store.h"

struct gn_node;

/* ---- lookups and publications shown by the status ---- */

struct gn_node_lookup {
	gn_op op;
	const char *kind; /* "find", "get", "put", "" for those of services */
	struct gn_hash key;
	gn_err err;
	unsigned hops;
	gn_time started, took;
	uint64_t at; /* Unix seconds */
	uint32_t step_count;
	struct gn_overlay_step steps[GN_NODE_STEPS];
	uint32_t holder_count; /* of the set that was asked, nearest first */
	struct gn_node_id holders[GN_NODE_LOOKUP_SET];
};

/* ---- the node ---- */

/* What lies outside of the engines: the network, the disk, workers, and who waits for an operation.
 * A program's is node.c's; a simulation has its own (testing/). */
struct gn_node_outside {
	/* By the shared UDP socket: packets of `segment` bytes each, as gn_udp_send. */
	gn_err (*send)(struct gn_node *node, const struct gn_addr *to, struct gn_slice packets,
		       uint16_t segment, size_t *sent);
	/* One packet by the other socket; NULL: there is none. */
	void (*send_second)(struct gn_node *node, const struct gn_addr *to, struct gn_slice packet);
	/* One by a socket of its own, whose flow is tried (lifetime.h); NULL: there is none. */
	void (*send_spare)(struct gn_node *node, const struct gn_addr *to, struct gn_slice packet);
	/* A connection to a url, as gn_wss_dial; by_others: as gn_wss_dial_others. */
	gn_err (*dial)(struct gn_node *node, const char *url, bool by_others,
		       struct gn_carrier **out);
	bool (*disk)(struct gn_node *node); /* moves requests of the logs and blocks; true: any */
	/* A small file of the node's own, read and written whole. GN_NOT_FOUND. */
	gn_err (*kept)(struct gn_node *node, const char *name, struct gn_buf *out);
	gn_err (*keep)(struct gn_node *node, const char *name, struct gn_slice bytes);
	void (*work)(struct gn_node *node); /* does, or has done, what bundles wants checked */
	gn_time (*cpu)(void);               /* time that this thread has used */
	void (*overlay)(struct gn_node *node, const struct gn_overlay_event *e);
	void (*names)(struct gn_node *node, const struct gn_names_event *e);
	void (*bundles)(struct gn_node *node, const struct gn_bundles_event *e);
	void (*box)(struct gn_node *node, const struct gn_box_event *e); /* NULL: nobody waits */
	void (*bus)(struct gn_node *node, const struct gn_bus_event *e); /* the same */
	void (*tunnel)(struct gn_node *node, const struct gn_tunnel_event *e); /* the same */
};

struct gn_node {
	struct gn_node_outside outside;
	struct gn_node_config config;
	struct gn_host host;
	struct gn_host_disk disk;
	struct gn_host_api api;
	uv_poll_t udp_poll, second_poll;
	gn_time now, started, saved, pins_next; /* timers go by now, records by gn_node_unix */
	gn_time clock_looked;
	bool clock_wrong;
	uint64_t pins_saved; /* pins_set of the names when pins.json was written */
	bool told_alone;     /* the log says that nobody answers */
	gn_time brought_next;
	uint64_t brought_saved; /* changes of the bundles when `brought` was written */
	/* jet, overlay, kv, blocks, services, node, log of boxes, boxes, bus, relay, dial-back: a
	 * budget each */
	struct gn_alloc alloc[11];
	struct gn_env env; /* the node's own */
	struct gn_sk key;
	uint64_t proofs; /* call_prove.c: that were asked for */
	uint64_t pings;  /* call_ping.c: the same */
	uint8_t nonce[8];
	struct gn_udp *udp, *second; /* second: NULL: none; dialback.h */
	struct gn_node_turn *turn;   /* turn.c; NULL: neither STUN nor TURN is served */
	struct gn_http *http;
	struct gn_http_handler heard; /* what HTTP calls, once the time was looked at */
	struct gn_guard *guard;
	struct gn_jet *jet;
	struct gn_overlay *overlay;
	struct gn_kv *kv;
	struct gn_blocks *blocks;
	struct gn_lists *lists;
	struct gn_quota *quota;
	struct gn_names *names;
	struct gn_bundles *bundles;
	struct gn_kv *box_log;
	struct gn_box *box;
	struct gn_bus *bus;
	struct gn_relay *relay;
	struct gn_dialback *dialback;
	gn_time reached_since; /* as homes.reached says, measured; 0: it never was */
	struct gn_node_peers peers;
	struct gn_node_ways ways;
	struct gn_node_homes homes;
	struct gn_node_give give;
	struct gn_node_policies policies;
	struct gn_node_lifetimes lifetimes;
	struct gn_node_fresh fresh;
	struct gn_node_carriers carriers;
	struct gn_node_tunnels tunnels;
	struct forward_conn *forwards; /* list, forward_tcp.c; owned */
	struct gn_node_turn_way turn_way;
	struct gn_node_offers offers;
	struct gn_node_guesses guesses;
	struct gn_node_moving moving;
	struct gn_node_lan lan;
	struct gn_node_map map;
	unsigned readers[2]; /* slots of readers.c that are taken: large, small */
	size_t rests;        /* bytes that calls of app/1 keep to send (call_file.c) */
	uint64_t reads_waited, reads_cut, reads_refused, headers_dropped;
	struct gn_node_lookup lookups[GN_NODE_LOOKUPS];
	uint64_t lookup_count;
	bool status_moved; /* since it was told of */
	gn_time status_told;
	struct gn_node_kept kept;
	json_t *sites;        /* what this node keeps published: array, saved as sites.json */
	gn_time sites_looked; /* for versions that no head came for */
	/* a version's list cannot be read: no own block is let go by the sweep */
	bool sites_unknown;
	char token[65];
	uint8_t *packet; /* one GSO batch that the socket did not take yet */
	struct gn_buf packet_buf;
	struct gn_jet_batch packet_batch;
	bool kv_ready, blocks_ready, box_ready, running, udp_blocked, packet_waiting;
};

/* Whatever wakes the loop says so first: the time of the turn before may be long past. */
static inline void gn_node_woken(struct gn_node *node)
{
	node->now = gn_os_steady();
}

/* Unix seconds by our own clock of records (NO-19). */
static inline uint64_t gn_node_unix(const struct gn_node *node)
{
	return gn_unix(gn_overlay_time_own(node->overlay, node->now));
}

/* The node's own rule about paths hides it: its addresses stand in no contact or record. */
static inline bool gn_node_policy_hidden(const struct gn_node *node)
{
	return node->policies.own.ways && !(node->policies.own.ways & GN_NODE_NEAR);
}

/* ---- keys.c ---- */

GN_MUST gn_err gn_node_key_load(struct gn_node *node, char why[GN_HOST_WHY]);
GN_MUST gn_err gn_node_token_make(struct gn_node *node, char why[GN_HOST_WHY]);

/* ---- rights.c ---- */

/* The token that this relay gives much for, at most GN_TOKEN_MAX bytes; false: there is none. */
bool gn_node_right_for(struct gn_node *node, const struct gn_pk *relay, struct gn_buf *out);
/* The same, given on for an hour to another relay that goes there for this node (RE-36). */
bool gn_node_right_given(struct gn_node *node, const struct gn_pk *relay, const struct gn_pk *to,
			 struct gn_buf *out);

/* ---- engines.c ---- */

GN_MUST gn_err gn_node_engines_new(struct gn_node *node);
void gn_node_engines_free(struct gn_node *node);

/* ---- disk.c, check.c: what is done on workers ---- */

void gn_node_disk_init(struct gn_node *node); /* once the engines are there */
void gn_node_check_pump(struct gn_node *node);

/* ---- pump.c ---- */

/* Until nothing moves, or others have to get their turn. */
void gn_node_pump(struct gn_node *node);
/* What jet has: after each batch of datagrams, so that its queue of events stays short. */
bool gn_node_pump_jet(struct gn_node *node);
/* When an engine wants to be called again. */
gn_time gn_node_deadline(const struct gn_node *node);

/* ---- lookups.c, events.c ---- */

/* Its steps and the set that was asked, as many as are shown. */
void gn_node_lookup_keep(struct gn_node_lookup *l, const struct gn_overlay_event *e);
void gn_node_lookup_add(struct gn_node *node, const struct gn_overlay_event *e);
json_t *gn_node_json_steps(const struct gn_overlay_step *steps, uint32_t count, gn_time start);
/* To everybody who listens at /api/v1/events; takes data. */
void gn_node_publish(struct gn_node *node, const char *event, json_t *data);

/* {module: {name: value}} (status.c); the caller owns it */
json_t *gn_node_counters_json(const struct gn_node *node);

/* ---- readers.c, gateway.c ---- */

/* Lets those who wait for a slot in; when to look again. */
gn_time gn_node_readers_tick(struct gn_node *node);

#endif
