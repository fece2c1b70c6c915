/* Peers, as the rest of the node sees them: messages to a key, whatever session they take. */
#ifndef GN_NODE_PEERS_H
#define GN_NODE_PEERS_H

#include "guard/guard.h"
#include "guard/share.h"
#include "jet/jet.h"
#include "node/homes.h"
#include "overlay/overlay.h"

struct gn_node;

struct gn_node_peers {
	struct gn_map by_key;     /* gn_pk -> struct peer * */
	struct gn_map by_session; /* gn_jet_id -> struct session */
	struct gn_map inbound;    /* {session, stream} -> struct inbound * */
	struct peer *nameless;    /* list: bootstrap addresses whose key is not known yet */
	struct peer *dialled;     /* list: those being dialled */
	uint32_t direct;          /* sessions that are up and go by UDP, by nobody else */
	struct gn_ring leaving;   /* links whose session has ended: struct leaving */
	struct gn_share inbound_share, queue_share; /* bytes */
	struct {
#define X(name, text) uint64_t name;
#include "node/peers_counters.def"
#undef X
	} count;
	gn_time swept, greeted; /* relays, because something was silent */
	gn_time silent_at;      /* when to look at silent sessions with tunnels */
};

void gn_node_peers_init(struct gn_node *node);
void gn_node_peers_fini(struct gn_node *node);
void gn_node_peers_send(struct gn_node *node, const struct gn_overlay_message *m,
			enum gn_jet_class class);
/* What the relay's engine says. */
void gn_node_peers_ask_relay(struct gn_node *node, const struct gn_overlay_message *m);
void gn_node_peers_event(struct gn_node *node, const struct gn_jet_event *event);
void gn_node_peers_link(struct gn_node *node, const struct gn_pk *pk, bool linked);
/* A circuit to target is open, or a connection; or it is not to be had. */
void gn_node_peers_circuit(struct gn_node *node, const struct gn_pk *target, uint32_t link,
			   bool open);
/* What was looked up of that node: more ways to it. */
void gn_node_peers_found(struct gn_node *node, const struct gn_node_found *found);
/* A tunnel is on that session: where its peer takes connections, and which relays lead to it, is
 * looked up, since there may be no way to ask when it is needed. */
void gn_node_peers_prepare(struct gn_node *node, gn_jet_id session);
/* A session with whoever is there, to whom the overlay says hello then. */
void gn_node_peers_begin(struct gn_node *node, const struct gn_way *way);
/* A session with that node is wanted: its record is looked up too. GN_UNREACHABLE: nothing can be
 * tried. */
GN_MUST gn_err gn_node_peers_reach(struct gn_node *node, const struct gn_pk *pk);
/* Sessions are begun that are due, with the next address or by a relay. */
void gn_node_peers_tick(struct gn_node *node);
/* Ends what is late, stalled or needed by nobody; and when to be called again, at the latest. */
void gn_node_peers_sweep(struct gn_node *node);
gn_time gn_node_peers_deadline(const struct gn_node *node);
/* Says goodbye to all. */
void gn_node_peers_close(struct gn_node *node);
/* The session that messages to pk go through, 0 if none. */
gn_jet_id gn_node_peers_session(const struct gn_node *node, const struct gn_pk *pk);
/* Who pays for what pk asks: its key, and where it is while it has a session. */
struct gn_guard_subject gn_node_peers_subject(const struct gn_node *node, const struct gn_pk *pk);
/* It is a stranger, linked with nobody here, who comes by a circuit of that relay. */
bool gn_node_peers_relayed(const struct gn_node *node, const struct gn_pk *pk, struct gn_pk *relay);
/* Is there a link with this peer, and a session? Its era and where it is. */
bool gn_node_peers_linked(const struct gn_node *node, const struct gn_pk *pk, uint64_t *era,
			  struct gn_addr *addr);
/* Its session knows one path only: it is of a release before paths and relays. */
bool gn_node_peers_before(const struct gn_node *node, const struct gn_pk *pk);
/* Are many of the linked peers so (GN_NODE_MIXED)? */
bool gn_node_peers_mixed(const struct gn_node *node);
/* A tunnel begins or ends on the session: it is kept while it has any. */
void gn_node_peers_hold(struct gn_node *node, gn_jet_id session, bool hold);
/* Something of use came by the session. */
void gn_node_peers_used(struct gn_node *node, gn_jet_id session);
/* Is it a place to begin at, or a relay? */
bool gn_node_peers_given(const struct gn_node *node, const struct gn_pk *pk);
/* A relay at which this node has a place is kept as a peer. */
void gn_node_peers_home(struct gn_node *node, const struct gn_pk *pk, bool home);
/* Its session goes to its own address, by nobody else. */
bool gn_node_peers_own(const struct gn_node *node, const struct gn_pk *pk);
/* Where others find it, as its session shows: a public address of UDP; port 0: it shows none. */
struct gn_addr gn_node_peers_addr(const struct gn_node *node, const struct gn_pk *pk);
/* Where it takes connections; empty: that is not known. */
const char *gn_node_peers_url(const struct gn_node *node, const struct gn_pk *pk);
/* Is a session up that goes over UDP, and not silent? */
bool gn_node_peers_heard(const struct gn_node *node);
/* Has something come since in the session with that node? */
bool gn_node_peers_heard_since(const struct gn_node *node, const struct gn_pk *pk, gn_time since);
/* Is one up by a TURN server's address? */
bool gn_node_peers_turned(const struct gn_node *node);
/* Sessions by connections that this node dialled, and by TURN, look whether their peers answer by
 * UDP. */
void gn_node_peers_try_udp(struct gn_node *node);
/* The exporter of the session that messages to pk take, or by which its last one about boxes
 * or of the bus came;
 * false: there is none. user: the node. */
bool gn_node_peers_exporter(void *user, const struct gn_pk *pk, bool ours, uint8_t out[32]);
/* Bytes of messages that would leave for pk at once, and not wait here. */
size_t gn_node_peers_room(struct gn_node *node, const struct gn_pk *pk);
/* Whether one more message of so many bytes would be queued for pk, or sent, and not be thrown
 * away. */
bool gn_node_peers_takes(const struct gn_node *node, const struct gn_pk *pk, size_t bytes);

#endif
