/* Fresh sessions (RE-55): what is asked for a box, of those who hold it, for a topic, of its roots,
 * or for a record goes under a throwaway key, new each day, and through relays, so that a holder
 * sees this box, a key of this day and a relay's address, and a relay sees who asks and of which
 * node, not for what.
 *
 * Idea. A context is a second node in small: a key, a jet with its tickets, and engines of boxes,
 * topics and records that serve nobody, all of its own. What these engines send goes by the
 * context's own sessions; a session runs over a circuit that this node opens, in its own session
 * with a relay (ways.h), to the node that is meant. So nothing in jet or in the services knows of
 * it, and nothing of one context can be taken for another's: no session, no ticket, no right that
 * was shown.
 *
 *   request, "fresh" -> context of (user, box or topic, day) -> its engine -> its session
 *                    -> circuit of a relay -> the holder
 *
 * 1. A context has no session with anybody but by a circuit, or, where no relay is known at all
 *    and the owner's setting lets it, to the address itself, counted and shown (`fresh = yes`;
 *    `strict`: then never). Relays that refuse or are silent are no reason for that: who waits for
 *    one tries the next, and then the node it leads to counts as down. But while an eighth of the
 *    linked peers are of a release before, whom nothing is relayed to, a node that may be one of
 *    them is asked so, too: at once when it is known as that, else when no relay that was asked
 *    knows it.
 * 2. Nothing but messages of boxes and the bus, and a record put or read, is said or heard in it:
 *    no HELLO, no PATH_OFFER, no pass. Whoever calls it is closed.
 * 3. A relay is never the node it leads to, nor a home of this node, which is published; not one of
 *    the context's holders, not one that another context uses or this one used the day before, and
 *    of another prefix than the holder, as long as there are others. Of those that are left one is
 *    drawn.
 * 4. A context serves one box or topic of one user, or those for which the same `share` was asked.
 *    It ends when nothing has been asked in it for GN_NODE_FRESH_IDLE, and with its day.
 * 5. A message to this node itself (it is a holder, too) never leaves it.
 *
 * The day of a context begins at 00:00 UTC and up to 6 h, by an HMAC of this node's key over who
 * and what: not at once for all that somebody has, and the same after a restart, with nothing
 * kept.
 *
 *   context: none -> today [fresh_need] -> over [its day is; what is followed goes on in the next]
 *            -> none [1 h later, or nothing runs in it any more]
 *            today -> none [idle, or another needs the place]
 *   peer:    none -> wanted [a message] -> asked [OPEN] -> dialled [OPENED] -> up -> none
 *            asked, dialled -> wanted [GN_NODE_FRESH_TRY, or a failure: the next relay]
 *            up -> none [suspect, closed, idle: the engine is told, and asks again]
 *
 * Ownership: node->fresh owns contexts; a context its engines and peers; ways.c the circuits, which
 * name their context. Bounds: limits.h. Rules: docs/spec/reach.md RE-55. */
#ifndef GN_NODE_FRESH_H
#define GN_NODE_FRESH_H

#include "node/limits.h"
#include "node/ways.h"
#include "overlay/overlay.h"
#include "services/apart/apart.h"
#include "services/box/box.h"
#include "services/bus/bus.h"

struct gn_node;
struct fresh;

struct gn_node_fresh {
	struct gn_map contexts; /* serial -> struct fresh * */
	struct gn_map names;    /* fresh_name -> fresh_named: who is today's */
	struct gn_map keys;     /* public key -> serial */
	struct fresh_lasting *lasting;
	uint8_t secret[32]; /* of days */
	uint32_t last;      /* serial */
	gn_time look;       /* at days and who is idle */
	bool moved;         /* something of a context may move */
	struct gn_apart_counts apart;
	struct {
#define X(name, text) uint64_t name;
#include "node/fresh_counters.def"
#undef X
	} count;
};

/* For whom: all that makes a context. */
struct gn_node_fresh_for {
	uint64_t user;
	bool stranger; /* not the node's owner: has a part of the places */
	/* 0: a context of its own for each box and topic; others: one for all of this user with
	 * this number */
	uint64_t share;
};

void gn_node_fresh_init(struct gn_node *node);
void gn_node_fresh_fini(struct gn_node *node);

/* ---- operations: as those of gn_box; their numbers are the node's ---- */

/* GN_LIMIT, GN_QUOTA: places. GN_STATE: switched off. */
GN_MUST gn_err gn_node_fresh_deposit(struct gn_node *node, const struct gn_node_fresh_for *who,
				     const struct gn_box_deposit *d, gn_op *op);
GN_MUST gn_err gn_node_fresh_check(struct gn_node *node, const struct gn_node_fresh_for *who,
				   const struct gn_box_place *place, const struct gn_hash *item,
				   const struct gn_box_proof *by, gn_op *op);
/* Goes on in the next day's context by itself; what was shown and not acknowledged is shown
 * again. */
GN_MUST gn_err gn_node_fresh_follow(struct gn_node *node, const struct gn_node_fresh_for *who,
				    const struct gn_box_follow *f, gn_op *op);

/* As gn_bus_publish, but for a will, which names the node that brings it: GN_UNSUPPORTED. */
GN_MUST gn_err gn_node_fresh_publish(struct gn_node *node, const struct gn_node_fresh_for *who,
				     const struct gn_bus_publish *p, gn_op *op);
/* As gn_bus_subscribe; goes on as a followed box does, and tells each message once. */
GN_MUST gn_err gn_node_fresh_subscribe(struct gn_node *node, const struct gn_node_fresh_for *who,
				       const struct gn_bus_subscribe *s, gn_op *op);
/* As gn_overlay_put: by the context of the box or topic that it describes, or of its owner. */
GN_MUST gn_err gn_node_fresh_put(struct gn_node *node, const struct gn_node_fresh_for *who,
				 struct gn_slice record, unsigned w, gn_op *op);

/* As gn_overlay_get, but nothing is read here. */
GN_MUST gn_err gn_node_fresh_get(struct gn_node *node, const struct gn_node_fresh_for *who,
				 const struct gn_hash *key, const struct gn_get_options *options,
				 gn_op *op);

/* The engine of this operation, or signature, and its number there: the node's own when it is not
 * of a context; NULL: the context is gone. */
struct gn_box *gn_node_fresh_box(struct gn_node *node, uint64_t *number);
struct gn_bus *gn_node_fresh_bus(struct gn_node *node, uint64_t *number);
/* As gn_box_ack, of whichever engine; what the day before has shown counts as shown. */
GN_MUST gn_err gn_node_fresh_ack(struct gn_node *node, gn_op follow, const struct gn_box_id *id);
void gn_node_fresh_cancel(struct gn_node *node, gn_op op);        /* of a box, whichever engine's */
void gn_node_fresh_gone(struct gn_node *node, gn_op op);          /* gn_bus_gone, the same */
void gn_node_fresh_record_cancel(struct gn_node *node, gn_op op); /* gn_overlay_cancel, the same */

/* ---- what the node's own parts hand on ---- */

/* A message of the node's own engines to a context of this node: true, it is there. */
bool gn_node_fresh_local(struct gn_node *node, const struct gn_overlay_message *m);
/* The exporter that stands for the session between this node and one of its contexts. */
bool gn_node_fresh_exporter(const struct gn_node *node, const struct gn_pk *pk, uint8_t out[32]);
bool gn_node_fresh_is(const struct gn_node *node, const struct gn_pk *pk);
/* A circuit of a context is open, or, err, it is not, or over. */
void gn_node_fresh_circuit(struct gn_node *node, const struct gn_node_circuit *c, gn_err err);
/* False: it is no operation of a context. */
bool gn_node_fresh_overlay_event(struct gn_node *node, const struct gn_overlay_event *e);
/* Does what is due; true: something moved. Packets are the caller's (fresh_next_jet). */
bool gn_node_fresh_pump(struct gn_node *node);
gn_time gn_node_fresh_deadline(const struct gn_node *node);

/* ---- shown ---- */

struct gn_node_fresh_info {
	uint32_t contexts, sessions, direct; /* direct: of these without a relay */
	size_t bytes;
};
const char *gn_node_fresh_text(const struct gn_node *node); /* the setting */
void gn_node_fresh_info(const struct gn_node *node, struct gn_node_fresh_info *out);
/* false past the last */
bool gn_node_fresh_counter_at(const struct gn_node *node, size_t i, struct gn_counter *out);

#endif
