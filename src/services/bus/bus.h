/* The bus: what is live. A topic is a record (type 6); the R nodes nearest to its key are its
 * roots, who serve what its publishers say to its subscribers. This engine is all three: a root for
 * others, a subscriber and a publisher for the owners of keys, who are elsewhere: messages come
 * here signed.
 *
 *   root        admits, keeps a little, serves its share, serves another's that is silent
 *   subscriber  gn_bus_subscribe -> GN_BUS_FOLLOWING -> GN_BUS_SAID each once, GN_BUS_GAP
 *   publisher   gn_bus_publish -> GN_BUS_PUBLISHED; gn_bus_will -> GN_BUS_WILL
 *
 * The owner pumps it as the other services: messages of proven peers, events of the overlay and the
 * time in; messages, events, one deadline out. Nothing is kept on a disk. It counts messages a
 * second as the topic says; gn_bus_caused tells what a message cost, for the owner to charge.
 * Rules: docs/spec/bus.md BS-4, BS-17. */
#ifndef GN_SERVICES_BUS_H
#define GN_SERVICES_BUS_H

#include "guard/share.h"
#include "overlay/overlay.h"
#include "records/said.h"
#include "records/topic.h"
#include "services/apart/apart.h"
#include "services/lists/lists.h"
#include "services/quota/quota.h"

struct gn_bus;

struct gn_bus_config {
	struct gn_overlay *overlay; /* borrowed */
	struct gn_pk node;
	bool no_root; /* serves nobody */
	/* As of gn_box_config. */
	bool (*exporter)(void *user, const struct gn_pk *peer, bool ours, uint8_t out[32]);
	/* Bytes that a message for this peer may have now; NULL: any. */
	size_t (*room)(void *user, const struct gn_pk *peer);
	/* Round trip to a peer as its session measures it; 0: never measured. NULL: never. */
	gn_time (*rtt)(void *user, const struct gn_pk *peer);
	void *user;
	bool count_local; /* loopback and private prefixes have shares like any other */
	/* Borrowed, as the overlay: lists of revoked tokens; NULL: none is asked for. */
	struct gn_lists *lists;
	/* Borrowed: what the limits of tokens allow (WR-37); NULL: none is counted. */
	struct gn_quota *quota;
	/* Borrowed: a topic's record and roots are asked for by it, where nobody shall tie the
	 * topic to the overlay's node; its events are given like the overlay's, whose own are not.
	 * Then it has no links, and `no_root` (BS-22). NULL: by the overlay. */
	struct gn_apart *apart;
};

GN_MUST gn_err gn_bus_new(const struct gn_env *env, const struct gn_bus_config *config, gn_time now,
			  struct gn_bus **out);
void gn_bus_free(struct gn_bus *b);

/* ---- inputs ---- */

/* A message with the magic GNBS, of a proven peer. Bad ones only move a counter; refused requests
 * are answered, and are no error here. */
gn_err gn_bus_recv(struct gn_bus *b, const struct gn_pk *from, const struct gn_addr *addr,
		   struct gn_slice message, gn_time now);
/* A session cannot be had, or ended. */
void gn_bus_peer_down(struct gn_bus *b, const struct gn_pk *pk, gn_err why, gn_time now);
/* False: it is none of its operations. GN_OVERLAY_MEMBERS is for everyone. */
bool gn_bus_overlay_event(struct gn_bus *b, const struct gn_overlay_event *e, gn_time now);
void gn_bus_tick(struct gn_bus *b, gn_time now);
gn_time gn_bus_deadline(const struct gn_bus *b);

/* What the last message made this node do; answers cost by their length. */
struct gn_bus_caused {
	uint32_t checks; /* signatures checked, 60 us each */
	uint64_t bytes;  /* that a message is sent on to this root's share */
};
struct gn_bus_caused gn_bus_caused(struct gn_bus *b);

/* ---- operations ---- */

/* Slices are borrowed for the call. */
struct gn_bus_topic {
	struct gn_pk owner;
	struct gn_slice label;
};

struct gn_bus_subscribe {
	struct gn_bus_topic topic;
	const struct gn_slice *filters; /* none: all; more than 16 are filtered here */
	size_t filter_count;
	/* Where the topic asks: who subscribes, and the token; zeros and nothing. */
	struct gn_pk key;
	struct gn_slice token;
};
/* Until it is cancelled, or GN_BUS_ENDED. The owner has seen that the key is whose it says (BS-21).
 * GN_USAGE, GN_TEXT, GN_TOO_LARGE, GN_LIMIT, GN_NOMEM. */
GN_MUST gn_err gn_bus_subscribe(struct gn_bus *b, const struct gn_bus_subscribe *s, gn_time now,
				gn_op *op);

struct gn_bus_publish {
	struct gn_bus_topic topic;
	struct gn_slice said; /* gn_said_make */
	struct gn_sig sig;
	struct gn_slice token; /* where the topic asks; may come each time */
	unsigned need;         /* roots that must have taken it; 0: 1 */
	struct gn_hash salt;   /* of a will: gn_said_by with this node's key */
};
/* Ends in GN_BUS_PUBLISHED. GN_USAGE (a will; its need), GN_SIGNATURE, GN_LIMIT, GN_NOMEM, and
 * those of gn_said_parse. */
GN_MUST gn_err gn_bus_publish(struct gn_bus *b, const struct gn_bus_publish *p, gn_time now,
			      gn_op *op);
/* A will, renewed with the roots until it is cancelled: GN_BUS_WILL when that stands, or does not.
 * As gn_bus_publish; need is not read. GN_USAGE, too: it names another node. */
GN_MUST gn_err gn_bus_will(struct gn_bus *b, const struct gn_bus_publish *p, gn_time now,
			   gn_op *op);
/* Answers GN_BUS_SIGN; NULL: it is not signed. Unknown numbers are passed over. GN_SIGNATURE: it is
 * not by the key that was asked. */
gn_err gn_bus_signed(struct gn_bus *b, uint64_t sign, const struct gn_sig *sig, gn_time now);
/* No event comes of it any more. A will is taken back, so that nobody hears it. */
void gn_bus_cancel(struct gn_bus *b, gn_op op, gn_time now);
/* The same, but a will is left to lapse. */
void gn_bus_gone(struct gn_bus *b, gn_op op, gn_time now);

/* ---- outputs ---- */

bool gn_bus_next_message(struct gn_bus *b, struct gn_overlay_message *out);

enum gn_bus_event_kind {
	GN_BUS_SIGN,      /* sign, topic, key, root, exporter: see gn_said_show_sign */
	GN_BUS_FOLLOWING, /* op, roots, subscribers: whenever that changes */
	GN_BUS_SAID,      /* op, said, token */
	GN_BUS_GAP,       /* op, publisher, epoch, seq, count: these have not come and will not;
			   * a publisher of zeros: the owner of the subscription was too slow */
	GN_BUS_ENDED,     /* op, err, limit: a subscription is over */
	GN_BUS_PUBLISHED, /* op, err, roots, asked, subscribers, limit, retry_ms: over */
	GN_BUS_WILL,      /* op, err, roots, limit: err stays until it is cancelled */
};
struct gn_bus_event {
	enum gn_bus_event_kind kind;
	gn_op op;
	gn_err err;
	unsigned roots, asked;
	uint32_t subscribers, retry_ms;
	const char *limit;     /* in its name of limits.h, as a root said; "" */
	struct gn_said said;   /* slices until the next call */
	struct gn_slice token; /* the publisher's */
	struct gn_pk publisher;
	uint64_t epoch, seq, count;
	/* SIGN: */
	uint64_t sign;
	struct gn_hash topic;
	struct gn_pk key, root;
	uint8_t exporter[32];
};
bool gn_bus_next_event(struct gn_bus *b, struct gn_bus_event *out);

/* ---- queries ---- */

struct gn_bus_info {
	uint32_t topics, subscribers; /* served as a root */
	uint32_t followed, links;     /* topics of this node's own */
	uint32_t operations;
	uint64_t bytes; /* messages in memory */
};
void gn_bus_info(const struct gn_bus *b, struct gn_bus_info *out);
bool gn_bus_counter_at(const struct gn_bus *b, size_t i, struct gn_counter *out);
void gn_bus_validate(const struct gn_bus *b);

#endif
