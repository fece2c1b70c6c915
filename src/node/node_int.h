/* The node's parts, private to src/node. One thread (the loop's) touches all of it; workers see
 * single jobs.
 *
 *   node.c start, pump, stop peers*.c sessions <-> messages of overlay and bundles disk.c
 *   requests <-> workers api*.c the local API gateway.c sites over HTTP status.c what pages show
 *   events.c what happens, as it happens */
#ifndef GN_NODE_NODE_INT_H
#define GN_NODE_NODE_INT_H

#include "guard/guard.h"
#include "guard/share.h"
#include "jet/jet.h"
#include "net/net.h"
#include "node/api_parse.h"
#include "node/limits.h"
#include "node/node.h"
#include "os/os.h"
#include "overlay/overlay.h"
#include "records/identity.h"
#include "services/bundles/bundles.h"
#include "services/names/names.h"
#include "store/store.h"
#include <jansson.h>
#include <uv.h>

/* ---- peers.c ---- */

struct gn_node_peers {
	struct gn_map by_key;     /* gn_pk -> struct peer * */
	struct gn_map by_session; /* gn_jet_id -> struct session */
	struct gn_map inbound;    /* {session, stream} -> struct inbound * */
	struct peer *nameless;    /* list: bootstrap addresses whose key is not known yet */
	struct gn_share inbound_share, queue_share; /* bytes */
	struct {
#define X(name, text) uint64_t name;
#include "node/peers_counters.def"
#undef X
	} count;
	gn_time swept;
};

struct gn_node;
void gn_node_peers_init(struct gn_node *node);
void gn_node_peers_fini(struct gn_node *node);
void gn_node_peers_send(struct gn_node *node, const struct gn_overlay_message *m,
			enum gn_jet_class class);
void gn_node_peers_event(struct gn_node *node, const struct gn_jet_event *event);
void gn_node_peers_link(struct gn_node *node, const struct gn_pk *pk, bool linked);
/* Ends what is late, stalled or needed by nobody. */
void gn_node_peers_sweep(struct gn_node *node);
/* The session that messages to pk go through, 0 if none. */
gn_jet_id gn_node_peers_session(const struct gn_node *node, const struct gn_pk *pk);
/* Who pays for what pk asks: its key, and where it is while it has a session. */
struct gn_guard_subject gn_node_peers_subject(const struct gn_node *node, const struct gn_pk *pk);
/* Bytes of messages that would leave for pk at once, and not wait here. */
size_t gn_node_peers_room(struct gn_node *node, const struct gn_pk *pk);
/* Whether one more message of so many bytes would be queued for pk, or sent, and not be thrown
 * away. */
bool gn_node_peers_takes(const struct gn_node *node, const struct gn_pk *pk, size_t bytes);
/* ---- guard.c ---- */

GN_MUST gn_err gn_node_guard_new(struct gn_node *node, const struct gn_env *env);
/* Once jet and overlay are there; allowed: what guard.json says. */
void gn_node_guard_load(struct gn_node *node, const json_t *allowed);
void gn_node_guard_store(struct gn_node *node);
void gn_node_guard_allowed_store(struct gn_node *node);
/* jet's recv and tick, with what strangers' handshakes took told to guard. */
void gn_node_recv(struct gn_node *node, const struct gn_addr *from, struct gn_slice datagram);
void gn_node_tick_jet(struct gn_node *node);
/* Before a message of a proven peer is served: GN_QUOTA or GN_LIMIT when its key, or under
 * pressure its prefix, has asked for enough. */
GN_MUST gn_err gn_node_admit(struct gn_node *node, const struct gn_pk *pk, struct gn_slice message);
/* A message of the overlay leaves for pk: when it is an answer, who asked pays for its length. */
void gn_node_caused(struct gn_node *node, const struct gn_pk *pk);
void gn_node_answered(struct gn_node *node, const struct gn_pk *pk, struct gn_slice message);
/* api_guard.c: "203.0.113.7", "203.0.113.0/24", or 8 and more digits of a node's key or id.
 * GN_USAGE, GN_NOT_FOUND, GN_EXISTS: several. */
GN_MUST gn_err gn_node_guard_who(const struct gn_node *node, const char *text,
				 struct gn_guard_subject *out);
json_t *gn_node_guard_who_json(const struct gn_guard_subject *who);
/* The id of the node with this key, as in the list of peers; NULL when none is known. */
json_t *gn_node_guard_id_json(const struct gn_node *node, const struct gn_guard_subject *who);
json_t *gn_node_guard_allowed_json(const struct gn_node *node);
/* Work that a proven peer caused, in units of 1 us of CPU or 1 KiB s of memory. */
void gn_node_charge(struct gn_node *node, const struct gn_pk *pk, uint64_t work);

/* ---- reach.c ---- */

enum gn_node_reach {
	GN_REACH_ALONE,   /* nobody answers */
	GN_REACH_JOINED,  /* it has links */
	GN_REACH_FOUNDER, /* it was given nobody to begin with, and nobody came yet */
};
enum gn_node_reach gn_node_reach(const struct gn_node *node);
const char *gn_node_reach_name(enum gn_node_reach reach);
/* Who is alone cannot say that there is no such thing: GN_NOT_FOUND becomes GN_UNREACHABLE then. */
gn_err gn_node_reach_err(const struct gn_node *node, gn_err err);
/* gn_err_text, but that nobody can be reached is this node's own trouble while it is alone. */
const char *gn_node_reach_text(const struct gn_node *node, gn_err err);
json_t *gn_node_reach_bootstrap(const struct gn_node *node);
/* Once the overlay is there. */
void gn_node_reach_start(struct gn_node *node);
void gn_node_reach_isolated(struct gn_node *node);
gn_time gn_node_reach_tick(struct gn_node *node); /* when to be called again */

/* ---- disk.c ---- */

enum gn_node_disk_user { GN_DISK_KV, GN_DISK_BLOCKS, GN_DISK_USERS };

/* node->disk, once the directory is open; gn_file_pump takes the engines' requests. */
void gn_node_disk_init(struct gn_node *node);

/* check.c: manifests are checked on workers. */
void gn_node_check_pump(struct gn_node *node);

/* ---- requests of the API and the gateway ---- */

enum gn_node_engine { GN_OP_NONE, GN_OP_OVERLAY, GN_OP_NAMES, GN_OP_BUNDLES };

struct gn_node_request;
struct gn_node_route {
	enum gn_http_method method;
	const char *path; /* segments; '*' takes one into args */
	bool open;        /* without token */
	bool body;        /* run after the whole body came (bounded) */
	/* begins an operation of the overlay, of which clients have a part (OV-72) */
	bool op;
	gn_err (*run)(struct gn_node_request *r);
};

struct gn_node_request {
	struct gn_node *node;
	struct gn_http_request *http; /* NULL once it is closed or answered */
	const struct gn_node_route *route;
	char args[2][GN_NODE_ARG];
	uint8_t *body;
	size_t body_len, body_cap;
	enum gn_node_engine engine; /* what it waits for */
	gn_op op;
	/* the engine's event for op */
	void (*done)(struct gn_node_request *r, const void *event);
	void (*drain)(struct gn_node_request *r); /* room to write */
	gn_err (*data)(struct gn_node_request *r, struct gn_slice in,
		       size_t *taken); /* streamed body */
	void (*data_end)(struct gn_node_request *r);
	struct gn_node_gateway *gateway;
	struct gn_node_request *next, **link; /* list of live requests */
	bool streaming, events;
	struct gn_ws *ws; /* events.c: how it is told, NULL as server-sent events */
	struct gn_pk owner;
	char label[GN_NODE_ARG];
	gn_time started;
};

void gn_node_handler(struct gn_node *node, struct gn_http_handler *out);
void gn_node_request_wait(struct gn_node_request *r, enum gn_node_engine engine, gn_op op,
			  void (*done)(struct gn_node_request *, const void *));
/* Hands an engine's event to the request that waits for op. */
void gn_node_request_event(struct gn_node *node, enum gn_node_engine engine, gn_op op,
			   const void *event);
void gn_node_request_error(struct gn_node_request *r, gn_err err, const char *fmt, ...)
	GN_PRINTF(3, 4);
/* Takes json. */
void gn_node_request_json(struct gn_node_request *r, int status, json_t *json);
/* Value of a query parameter; fallback when it is absent; GN_RANGE when it is not a number up to
 * max. */
GN_MUST gn_err gn_node_request_number(const struct gn_node_request *r, const char *name,
				      uint64_t fallback, uint64_t max, uint64_t *out);
extern const struct gn_node_route gn_node_routes[];
/* Runs of the routes, by file. */
gn_err gn_node_api_status(struct gn_node_request *r);
gn_err gn_node_api_peers(struct gn_node_request *r);
gn_err gn_node_api_lookups(struct gn_node_request *r);
gn_err gn_node_api_counters(struct gn_node_request *r);
gn_err gn_node_api_metrics(struct gn_node_request *r);
gn_err gn_node_api_events(struct gn_node_request *r);
gn_err gn_node_api_held(struct gn_node_request *r);
gn_err gn_node_api_guard(struct gn_node_request *r);
gn_err gn_node_api_guard_why(struct gn_node_request *r);
gn_err gn_node_api_guard_allow(struct gn_node_request *r);
gn_err gn_node_api_guard_forgive(struct gn_node_request *r);
gn_err gn_node_api_page(struct gn_node_request *r);
gn_err gn_node_api_find(struct gn_node_request *r);
gn_err gn_node_api_record_put(struct gn_node_request *r);
gn_err gn_node_api_record_get(struct gn_node_request *r);
gn_err gn_node_api_name_get(struct gn_node_request *r);
gn_err gn_node_api_name_put(struct gn_node_request *r);
gn_err gn_node_api_file_put(struct gn_node_request *r);
gn_err gn_node_api_spread(struct gn_node_request *r);
gn_err gn_node_api_sites(struct gn_node_request *r);
gn_err gn_node_api_site_get(struct gn_node_request *r);
gn_err gn_node_api_site_remove(struct gn_node_request *r);
gn_err gn_node_api_site_manifest(struct gn_node_request *r);
gn_err gn_node_api_site_file(struct gn_node_request *r); /* gateway.c */
gn_err gn_node_api_shutdown(struct gn_node_request *r);
json_t *gn_node_json_hex(const void *p, size_t len);
json_t *gn_node_json_base64(struct gn_slice s);
json_t *
gn_node_json_slice(struct gn_slice s); /* JSON string; bytes that are not UTF-8 become base64 */
json_t *gn_node_json_steps(const struct gn_overlay_step *steps, uint32_t count, gn_time start);

/* readers.c: lets those who wait for a slot in; when to look again. */
gn_time gn_node_readers_tick(struct gn_node *node);

/* gateway.c: true when Host names a site (the request is the gateway's then). */
bool gn_node_gateway_take(struct gn_node_request *r);
void gn_node_gateway_free(struct gn_node_request *r);

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
};

/* ---- the node ---- */

/* What saved.c read at the start, until it takes effect; NULL: there is none. */
struct gn_node_kept {
	json_t *contacts, *pins, *pins_before, *allowed;
};

struct gn_node {
	struct gn_node_config config;
	uv_loop_t loop;
	uv_poll_t udp_poll;
	uv_timer_t timer;
	uv_prepare_t prepare;
	struct gn_signals signals;
	gn_time now, started, saved, pins_next; /* timers go by now, records by gn_node_unix */
	gn_time clock_looked;
	bool clock_wrong;
	uint64_t pins_saved; /* pins_set of the names when pins.json was written */
	bool told_alone;     /* the log says that nobody answers */
	gn_time brought_next;
	uint64_t brought_saved;   /* changes of the bundles when `brought` was written */
	gn_time look;             /* readers.c wants to look again */
	struct gn_alloc alloc[6]; /* jet, overlay, kv, blocks, services, node: a budget each */
	struct gn_rand rand;
	struct gn_log log;
	struct gn_env env; /* the node's own */
	struct gn_sk key;
	uint8_t nonce[8];
	struct gn_os_dir *dir;
	struct gn_udp *udp;
	struct gn_http *http;
	struct gn_guard *guard;
	struct gn_jet *jet;
	struct gn_overlay *overlay;
	struct gn_kv *kv;
	struct gn_blocks *blocks;
	struct gn_names *names;
	struct gn_bundles *bundles;
	struct gn_node_peers peers;
	struct gn_file_pool disk;
	struct gn_node_request *requests;
	unsigned readers[2]; /* slots of readers.c that are taken: large, small */
	uint64_t reads_waited, reads_cut, reads_refused, headers_dropped;
	struct gn_node_lookup lookups[GN_NODE_LOOKUPS];
	uint64_t lookup_count;
	struct gn_node_kept kept;
	json_t *sites;        /* what this node keeps published: array, saved as sites.json */
	gn_time sites_looked; /* for versions that no head came for */
	/* a version's list cannot be read: no own block is let go by the sweep */
	bool sites_unknown;
	char token[65];
	uint8_t *packet; /* one GSO batch that the socket did not take yet */
	struct gn_buf packet_buf;
	struct gn_jet_batch packet_batch;
	bool kv_ready, blocks_ready, running, stopping, udp_blocked, packet_waiting, pumping;
	int ready_fd;
	gn_err failed; /* the start, after the loop began; why_failed says why */
	char why_failed[GN_HOST_WHY];
};

void gn_node_pump(struct gn_node *node);
/* keys.c */
GN_MUST gn_err gn_node_key_load(struct gn_node *node, char why[GN_HOST_WHY]);
GN_MUST gn_err gn_node_token_make(struct gn_node *node, char why[GN_HOST_WHY]);
/* engines.c */
GN_MUST gn_err gn_node_engines_new(struct gn_node *node);
void gn_node_engines_free(struct gn_node *node);
/* pump.c: true when anything moved */
bool gn_node_pump_jet(struct gn_node *node);
bool gn_node_pump_overlay(struct gn_node *node);
bool gn_node_pump_store(struct gn_node *node);
bool gn_node_pump_services(struct gn_node *node);
bool gn_node_pump_packets(struct gn_node *node);
/* lookups.c */
void gn_node_lookup_add(struct gn_node *node, const struct gn_overlay_event *e);
/* Ends a start that went wrong once the loop ran; why: a sentence. The first one counts. */
void gn_node_fail(struct gn_node *node, gn_err err, const char *why);
void gn_node_stop(struct gn_node *node);
void gn_node_log(struct gn_node *node, enum gn_log_level level, const char *event, const char *fmt,
		 ...) GN_PRINTF(4, 5);
/* clock.c: Unix seconds by our own clock of records (NO-19); a sentence when this machine's
 * clock may be wrong, else false. */
static inline uint64_t gn_node_unix(const struct gn_node *node)
{
	return gn_unix(gn_overlay_time_own(node->overlay, node->now));
}
void gn_node_clock_look(struct gn_node *node);
bool gn_node_clock_text(const struct gn_node *node, char out[GN_NODE_CLOCK_TEXT]);
/* saved.c: contacts, pins, sites over restarts. read: all the lists, before anything is written;
 * an error says which cannot be read (NO-11). load: what was read takes effect. */
GN_MUST gn_err gn_node_saved_read(struct gn_node *node, char why[GN_HOST_WHY]);
void gn_node_saved_load(struct gn_node *node);
void gn_node_saved_tick(struct gn_node *node);  /* what changed, now and then */
void gn_node_saved_store(struct gn_node *node); /* all, at the end */
/* Starts spreading {"blocks", "copies", "keep_until"}. */
GN_MUST gn_err gn_node_spread(struct gn_node *node, struct gn_slice json, gn_op *op);
/* lists.c: small JSON files of the node's own. shared: another program may have written it, too.
 * ok: what its entries must be besides, NULL for those that are looked at one by one later. */
GN_MUST gn_err gn_node_list_read(struct gn_node *node, const char *name, bool shared,
				 bool (*ok)(const json_t *), json_t **out, char why[GN_HOST_WHY]);
/* What was read and is none is kept under a name that nothing has, and reported (NO-11). */
GN_MUST gn_err gn_node_list_set_aside(struct gn_node *node, const char *name, const char *wrong,
				      char why[GN_HOST_WHY]);
/* one was set aside, at whichever start */
bool gn_node_list_was_damaged(const struct gn_node *node, const char *name);
/* A list of the node's own, whole and atomically. */
gn_err gn_node_list_write(struct gn_node *node, const char *name, json_t *json);
/* sites.c: what this node keeps published (BU-21). */
void gn_node_sites_load(struct gn_node *node);
/* Is a list that was read a table of sites? */
bool gn_node_sites_ok(const json_t *sites);
void gn_node_sites_tick(struct gn_node *node);
/* The blocks of a version are spread by op: kept from now on, pending until its head comes.
 * body: the request's JSON. */
GN_MUST gn_err gn_node_sites_spread(struct gn_node *node, struct gn_slice body, gn_op op);
/* A record was put through this node; a site's head says which versions are kept. */
void gn_node_sites_record(struct gn_node *node, struct gn_slice record);
GN_MUST gn_err gn_node_sites_remove(struct gn_node *node, const struct gn_pk *owner,
				    const char *label);
json_t *gn_node_sites_json(const struct gn_node *node); /* for the API and pages */
/* events.c: to everybody who listens at /api/v1/events. */
void gn_node_publish(struct gn_node *node, const char *event, json_t *data);

#endif
