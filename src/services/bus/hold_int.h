/* What a root has: topics, their rules, who subscribes, who publishes, the last messages, values
 * and wills. */
#ifndef GN_SERVICES_BUS_HOLD_INT_H
#define GN_SERVICES_BUS_HOLD_INT_H

#include "services/bus/message_int.h"
#include "services/bus/window_int.h"

/* ---- messages in memory ---- */

struct bus_blob {
	uint32_t refs, len;
	gn_time came;
	struct gn_said said;     /* its slices lie in bytes */
	struct gn_holder holder; /* who brought it, while it is stored: */
	bool stored;             /* a value or a will, within shares */
	uint8_t bytes[];
};

/* One reference is the caller's. NULL: no memory. */
struct bus_blob *bus_blob_new(struct gn_bus *b, const struct gn_said *said);
struct bus_blob *bus_blob_ref(struct bus_blob *m);
void bus_blob_drop(struct gn_bus *b, struct bus_blob *m); /* NULL: nothing */
struct gn_fb_bus_id bus_blob_id(const struct bus_blob *m);
/* BS-16: a value or a will is stored, and is no more. GN_QUOTA, GN_LIMIT with why->limit. */
GN_MUST gn_err bus_store_take(struct gn_bus *b, struct bus_blob *m, const struct gn_contact *who,
			      struct bus_refusal *why);
void bus_store_give(struct gn_bus *b, struct bus_blob *m); /* NULL: nothing */
/* /24 or /48. */
void bus_net_of(const struct gn_addr *a, uint8_t out[8]);
/* Both of one prefix, of those that have shares. */
bool bus_same_net(const struct gn_bus *b, const struct gn_addr *a, const struct gn_contact *who);
/* As a BusMessage; token may be empty. */
gn_fbref bus_said_put(struct gn_fbb *fbb, const struct gn_said *said, struct gn_slice token);
/* Form (BS-1); the token within BUS_TOKEN_MAX. */
GN_MUST gn_err bus_said_get(struct gn_fb_bus_message m, struct gn_said *out,
			    struct gn_slice *token);
/* BS-3: is it of now? GN_EXPIRED, GN_RANGE. */
GN_MUST gn_err bus_said_timely(const struct gn_bus *b, const struct gn_said *said);
/* The newer of one publisher's. */
static inline bool bus_said_newer(const struct gn_said *a, const struct gn_said *b)
{
	return a->epoch != b->epoch ? a->epoch > b->epoch : a->seq > b->seq;
}

struct bus_filters { /* NULL where it is used: all */
	unsigned count;
	uint32_t len;                    /* of bytes: what comparing a message costs */
	struct gn_slice at[BUS_FILTERS]; /* in bytes */
	uint8_t bytes[];
};
/* *out NULL for none, and for more than BUS_FILTERS. GN_TEXT, GN_TOO_LARGE, GN_NOMEM. */
GN_MUST gn_err bus_filters_new(struct gn_bus *b, const struct gn_slice *filters, size_t count,
			       struct bus_filters **out);
bool bus_filters_pass(const struct bus_filters *f, struct gn_slice subject);

/* ---- right.c: who may, by the record or a token (BS-5, BS-6, BS-14) ---- */

struct bus_token { /* a publisher's or a subscriber's, checked */
	uint8_t *bytes;
	uint32_t len;
	uint64_t until; /* Unix seconds */
	struct gn_lists_chain *chain;
	bool limited; /* it has limits (WR-37) */
};
void bus_token_drop(struct gn_bus *b, struct bus_token *t);
/* token: of this message, or nothing: then what is known counts. It is kept when it is right, and
 * *new says so. GN_DENIED, GN_EXPIRED and what gn_token_open says. */
GN_MUST gn_err bus_right(struct gn_bus *b, const struct gn_topicrec *rec, const struct gn_pk *key,
			 uint64_t action, struct gn_slice token, struct bus_token *known);
/* Was it taken back since, as far as is known? GN_DENIED; GN_BUSY: its issuer's list is not known.
 * Who may by the record has none. */
GN_MUST gn_err bus_revoked(struct gn_bus *b, const struct bus_token *t);
/* Do its limits allow this message (WR-37)? draw: it is taken. GN_QUOTA with why->limit,
 * GN_NOMEM. */
GN_MUST gn_err bus_limits(struct gn_bus *b, const struct bus_token *t, const struct gn_said *said,
			  const struct gn_contact *from, bool draw, struct bus_refusal *why);

/* ---- topics ---- */

struct bus_subscriber {
	struct gn_pk pk;
	struct gn_addr addr;
	struct gn_pk other; /* its other root */
	bool primary, mesh;
	gn_time until, rtt;
	struct bus_filters *filters;
	uint64_t looked;      /* bytes of them gone through, to be paid with the next renewal */
	struct gn_pk key;     /* whose right was shown; zeros: open */
	uint8_t exporter[32]; /* in this session */
	struct bus_token token;
	uint64_t knows[BUS_PUBLISHERS / 64]; /* publishers whose token it was given */
	unsigned values_left; /* it was given those below this place; the others had no room */
};

/* Do its filters let this through? Whose filters they are pays for it. */
static inline bool bus_sub_wants(struct bus_subscriber *s, struct gn_slice subject)
{
	s->looked += s->filters ? s->filters->len : 0;
	return bus_filters_pass(s->filters, subject);
}

struct bus_publisher {
	struct gn_pk pk;
	unsigned index; /* of BusSubscriber.knows */
	struct bus_window window;
	uint64_t ended; /* epoch whose will was told */
	gn_time rate, used;
	struct bus_token token;
	unsigned retained;
	/* its will */
	struct bus_blob *will;
	struct gn_pk will_by; /* the node that renews it */
	gn_time will_until;
	struct gn_pk lapsed[2]; /* roots that say its lease is over, */
	unsigned lapsed_count;
	uint64_t lapsed_epoch; /* of this epoch */
};

struct bus_wait { /* served by another root unless it says so in time */
	bool used;
	struct gn_fb_bus_id id;
	struct gn_pk primary;
	struct bus_blob *message; /* NULL: it said so, and the message has not come here */
	bool pulled;
	gn_time due;
};

struct bus_prefix {
	uint8_t net[8];
	gn_time rate;
};

/* What a request has waited for: the record, then a list; each once. */
enum bus_waited { WAITED_NOT, WAITED_RULES, WAITED_LIST };

struct bus_pending { /* a request that waits for the record, or for a list */
	struct bus_pending *next;
	struct gn_contact from;
	enum bus_waited waited;
	uint32_t len;
	uint8_t bytes[];
};

struct bus_held {
	struct gn_hash topic;
	struct gn_heap_node timer;
	gn_time used;
	struct gn_topicrec *rules; /* or NULL; its label lies behind it */
	uint64_t rules_seq;
	gn_time rules_failed; /* not asked again before */
	gn_op get;
	bool listing; /* of those who wait some do for the list of revoked tokens */
	struct bus_pending *pending_first, *pending_last;
	struct bus_subscriber **subs; /* farthest first */
	uint32_t sub_count, sub_cap;
	struct gn_map by_peer;    /* node key -> bus_subscriber * */
	struct gn_holder holder;  /* who asked for it first */
	struct gn_map publishers; /* first 8 bytes of the key -> bus_publisher * */
	uint64_t index_used[BUS_PUBLISHERS / 64];
	struct bus_blob *kept[BUS_KEPT]; /* a ring, oldest at kept_at */
	unsigned kept_at, kept_count;
	size_t kept_bytes;
	struct bus_blob *retained[BUS_RETAINED];
	unsigned retained_count;
	size_t retained_bytes;
	struct bus_wait waits[BUS_WAITS];
	gn_time rate; /* of all publishers */
	struct bus_prefix prefixes[BUS_PREFIXES];
	unsigned prefix_count;
	uint64_t synced; /* the set that was asked for values */
	unsigned servings;
};

struct bus_serving { /* a message on its way to a share */
	struct bus_serving *next;
	struct bus_held *held;
	struct bus_blob *message;
	struct bus_publisher *by; /* NULL: its token is not sent */
	enum bus_share { SHARE_OWN, SHARE_OTHER, SHARE_ALL } share;
	struct gn_pk other; /* SHARE_OTHER: whose */
	uint32_t at;        /* the next subscriber */
};

/* ---- listed.c ---- */

/* Is the list known that the chain of this request may be on? As gn_lists_look. */
GN_MUST gn_err bus_list_of(struct gn_bus *b, const struct bus_held *h, const struct gn_contact *who,
			   struct gn_fb_bus_frame m);

/* ---- rules.c ---- */

/* The topic, with its rules as of now. GN_PENDING: being read, bus_rules_wait may be called;
 * GN_NOT_FOUND: it does not lie here; GN_BUSY. */
GN_MUST gn_err bus_rules_get(struct gn_bus *b, const struct gn_hash *topic,
			     const struct gn_contact *from, struct bus_held **out);
GN_MUST gn_err bus_rules_wait(struct gn_bus *b, struct bus_held *h, const struct gn_contact *from,
			      struct gn_slice message);
/* The same for the list of its owner's revoked tokens. */
GN_MUST gn_err bus_rules_wait_list(struct gn_bus *b, struct bus_held *h,
				   const struct gn_contact *from, struct gn_slice message);
void bus_rules_listed(struct gn_bus *b); /* after lookups of lists have ended */
void bus_rules_got(struct gn_bus *b, struct bus_held *h, const struct gn_overlay_event *e);
struct bus_pending *bus_rules_ready(struct gn_bus *b);

/* ---- hold.c ---- */

struct bus_held *bus_held_get(const struct gn_bus *b, const struct gn_hash *topic);
void bus_held_wake(struct gn_bus *b, struct bus_held *h, gn_time at);
struct bus_subscriber *bus_sub_get(const struct bus_held *h, const struct gn_pk *pk);
uint32_t bus_sub_at(const struct bus_held *h, const struct bus_subscriber *s);
/* Within the shares of its peer and prefix. GN_LIMIT with why->limit, GN_NOMEM. */
GN_MUST gn_err bus_sub_add(struct gn_bus *b, struct bus_held *h, const struct gn_contact *who,
			   struct bus_subscriber **out, struct bus_refusal *why);
void bus_sub_remove(struct gn_bus *b, struct bus_held *h, uint32_t at);
/* Its place by its round trip, which is this now. */
void bus_sub_place(struct gn_bus *b, struct bus_held *h, struct bus_subscriber *s, gn_time rtt);
struct bus_publisher *bus_publisher_get(const struct bus_held *h, uint64_t key8);
/* GN_BUSY: none gives way; GN_NOMEM. GN_DENIED: another key with these 8 bytes is here. */
GN_MUST gn_err bus_publisher_need(struct gn_bus *b, struct bus_held *h, const struct gn_pk *pk,
				  struct bus_publisher **out);
void bus_publisher_drop(struct gn_bus *b, struct bus_held *h, struct bus_publisher *p);
struct bus_blob *bus_kept_find(const struct bus_held *h, const struct gn_fb_bus_id *id);
static inline struct bus_blob *bus_kept_at(const struct bus_held *h, unsigned i)
{
	return h->kept[(h->kept_at + i) % BUS_KEPT]; /* 0: the oldest */
}
void bus_kept_add(struct gn_bus *b, struct bus_held *h, struct bus_blob *m);
void bus_kept_sweep(struct gn_bus *b, struct bus_held *h, gn_time before);

/* ---- admit.c ---- */

/* A message of a peer: its form, the rates, its signature and right; *out is then new. fetched: it
 * was asked for, by a pull or for values, and costs no rate. GN_EXISTS: it has come before. */
struct bus_entry {
	struct gn_said said;
	struct gn_slice token;
	struct bus_publisher *by;
};
GN_MUST gn_err bus_admit(struct gn_bus *b, struct bus_held *h, const struct gn_contact *from,
			 struct gn_fb_bus_message m, bool fetched, struct bus_entry *e,
			 struct bus_refusal *why);
/* One more by a bucket of so many a second, and as many at once; false: *retry_ms says when. */
bool bus_rate(gn_time *bucket, uint32_t a_second, gn_time now, uint32_t *retry_ms);

/* ---- serve.c ---- */

/* To a share, farthest first. */
void bus_serve(struct gn_bus *b, struct bus_held *h, struct bus_blob *m, enum bus_share share,
	       const struct gn_pk *other);
/* Waits for the other roots of those whose backup we are. */
void bus_serve_wait(struct gn_bus *b, struct bus_held *h, struct bus_blob *m);
void bus_serve_due(struct gn_bus *b, struct bus_held *h, gn_time *next);
void bus_on_served(struct gn_bus *b, const struct bus_from *from, struct bus_held *h,
		   struct gn_fb_bus_served m);
/* Makes copies while there is room for them. */
void bus_serve_run(struct gn_bus *b);
void bus_serve_drop(struct gn_bus *b, const struct bus_held *h); /* NULL: all */
/* One copy for one subscriber. */
void bus_deliver_to(struct gn_bus *b, struct bus_held *h, struct bus_subscriber *s,
		    const struct bus_blob *m, bool with_token);

/* ---- keep.c: values ---- */

/* Takes it when it is newer, and a place is left. GN_QUOTA, GN_LIMIT with why->limit, GN_STALE. */
GN_MUST gn_err bus_retain(struct gn_bus *b, struct bus_held *h, struct bus_publisher *p,
			  struct bus_blob *m, const struct gn_contact *who,
			  struct bus_refusal *why);
void bus_retained_drop(struct gn_bus *b, struct bus_held *h, unsigned i);
void bus_retained_sweep(struct gn_bus *b, struct bus_held *h);
/* As many as there is room for; the others with its next renewal. */
void bus_retained_give(struct gn_bus *b, struct bus_held *h, struct bus_subscriber *s);
/* A new root, or one of a new set, asks others. */
void bus_sync_start(struct gn_bus *b, struct bus_held *h);
void bus_on_sync(struct gn_bus *b, const struct bus_from *from, struct bus_held *h);

/* ---- held.c ---- */

/* NULL: no place for who asks, or memory. */
struct bus_held *bus_held_need(struct gn_bus *b, const struct gn_hash *topic,
			       const struct gn_contact *from);
void bus_held_free(struct gn_bus *b, struct bus_held *h);

/* ---- will.c ---- */

void bus_on_will(struct gn_bus *b, const struct bus_from *from, struct bus_held *h,
		 struct gn_fb_bus_will m);
void bus_on_lapsed(struct gn_bus *b, const struct bus_from *from, struct bus_held *h,
		   struct gn_fb_bus_lapsed m);
void bus_wills_due(struct gn_bus *b, struct bus_held *h, gn_time *next);
/* Another root keeps this will as told. Is that enough? */
bool bus_will_kept(struct gn_bus *b, struct bus_held *h, struct bus_publisher *p,
		   const struct gn_pk *by, uint64_t epoch);

/* ---- root.c ---- */

void bus_on_kept(struct gn_bus *b, const struct gn_contact *from, struct gn_fb_bus_kept m);
void bus_on_subscribe(struct gn_bus *b, const struct bus_from *from, struct bus_held *h,
		      struct gn_fb_bus_subscribe m);
void bus_on_publish(struct gn_bus *b, const struct bus_from *from, struct bus_held *h,
		    struct gn_fb_bus_publish m);
void bus_on_pull(struct gn_bus *b, const struct bus_from *from, struct bus_held *h,
		 struct gn_fb_bus_pull m);
/* A message that a root told us of, and that was pulled from it; false: none such. */
bool bus_on_pulled(struct gn_bus *b, const struct gn_contact *from, struct bus_held *h,
		   struct gn_fb_bus_message m);
void bus_roots_peer_down(struct gn_bus *b, const struct gn_pk *pk);
void bus_held_due(struct gn_bus *b, struct bus_held *h);
void bus_roots_sweep(struct gn_bus *b);

#endif
