/* What a subscriber and publisher has: a view of each topic that somebody here takes part in. */
#ifndef GN_SERVICES_BUS_VIEW_INT_H
#define GN_SERVICES_BUS_VIEW_INT_H

#include "services/bus/hold_int.h"

enum bus_op_kind { OP_SUB, OP_POST, OP_WILL };

/* ---- requests of ours, ask.c ---- */

enum bus_ask_kind { ASK_LEASE, ASK_POST, ASK_WILL, ASK_SYNC, ASK_LINK };
struct bus_ask {
	enum bus_ask_kind kind;
	struct gn_hash topic;
	struct gn_pk peer;
	gn_op op; /* POST, WILL */
	gn_time due;
};
/* Its number; 0: there are too many. */
uint64_t bus_ask_add(struct gn_bus *b, const struct bus_ask *ask);
/* NULL: nobody asked this peer so. */
struct bus_ask *bus_ask_get(const struct gn_bus *b, uint64_t number, const struct gn_pk *peer);
void bus_ask_done(struct gn_bus *b, uint64_t number);
/* The next that is over without an answer, or asked of this peer; false: none. */
bool bus_ask_lost(struct gn_bus *b, const struct gn_pk *peer, struct bus_ask *out);
gn_time bus_asks_deadline(const struct gn_bus *b);

/* ---- operations ---- */

struct bus_item { /* of a subscription, to be shown */
	struct bus_item *next;
	struct bus_blob *message; /* NULL: a gap */
	struct gn_pk publisher;
	uint64_t epoch, seq, count;
};

struct bus_local { /* a subscription of the owner's */
	struct gn_frame_op op;
	struct bus_local *next;
	struct bus_view *view;
	struct gn_slice *filters; /* all of them; bytes behind */
	size_t filter_count;
	struct gn_pk key;       /* who follows; zeros: open */
	struct gn_slice given;  /* its token, behind the filters */
	struct bus_token right; /* as it was judged here */
	bool may;               /* it has the right, and is not the one that the roots know */
	gn_time began, look;    /* look: when the right is looked at again */
	struct bus_item *first, *last;
	uint32_t count;
	uint64_t dropped;           /* since a gap was told */
	gn_time fresh;              /* until then it is told values that others here have heard, */
	struct gn_fb_bus_id *heard; /* but for these: a ring of BUS_RETAINED, made when needed */
	unsigned heard_count;       /* that ever stood in it */
	unsigned told_roots;
	uint32_t told_subscribers;
	bool changed;
	char limit[32]; /* why it ended */
};

struct bus_at_root { /* how a message or a will stands at one root */
	struct gn_pk pk;
	bool asked, answered, taken;
	bool stale;    /* it says that the will was told */
	gn_time renew; /* will */
};

struct bus_post { /* a message, or a will */
	struct gn_frame_op op;
	struct bus_post *next;
	struct bus_view *view;
	struct bus_blob *message;
	struct bus_token token;
	struct gn_hash salt; /* of a will */
	unsigned need, asked, answered, taken;
	gn_time until; /* POST */
	bool sent, stands, changed;
	struct bus_at_root at[BUS_ROOTS];
	uint32_t subscribers, retry_ms;
	gn_err err; /* the first refusal */
	char limit[32];
};

/* ---- a topic ---- */

struct bus_root {
	struct gn_contact c;
	unsigned role; /* 0: none, 1: primary, 2: the other */
	bool leased, asked;
	bool denied;    /* by its last answer */
	unsigned tries; /* to show a right */
	gn_time renew, bad_until;
	/* the right shown, in the session of this exporter */
	uint64_t sign; /* asked of the owner */
	gn_time sign_due;
	bool signed_here, sign_lasts;
	bool asked_before; /* of a key that was shown before this one */
	uint8_t exporter[32];
	struct gn_sig sig;
};

struct bus_value { /* the newest of a subject */
	uint64_t subject, epoch, seq;
};

struct bus_seen { /* what came of a publisher */
	struct gn_pk pk;
	struct bus_window window;
	struct bus_token token;
	gn_time used, gap_due;
	unsigned gap_tries;
	uint64_t ended, will_epoch;
	struct gn_pk will_by; /* the first root that told this will */
	struct bus_value values[BUS_RETAINED_ONE];
	unsigned value_count, value_next;
};

struct bus_link {
	struct gn_contact c;
	bool ours, up; /* we asked for it */
};

struct bus_want { /* others have it and we not */
	struct gn_fb_bus_id id;
	struct gn_pk from[BUS_WANT_FROM];
	unsigned count, tried;
	gn_time due;
};

struct bus_own { /* a value of this node's publishers, for roots to come */
	struct bus_blob *message;
	struct bus_token token;
};

struct bus_view {
	struct gn_hash topic;
	struct gn_bus_topic names; /* the label lies behind this */
	struct gn_heap_node timer;
	gn_time used;
	struct gn_topicrec *rec; /* or NULL */
	gn_op find, get;
	gn_time look;   /* when to look it up */
	gn_time rec_at; /* it was looked up last */
	bool looked;    /* an answer is here */
	gn_err err;     /* of the record */
	bool listing;   /* its owner's list of revoked tokens is looked up before a lease */
	struct bus_root roots[BUS_ROOTS];
	unsigned root_count;
	uint64_t set, set_tried;
	uint32_t subscribers;
	unsigned silent; /* messages that came by the other root alone */
	bool again;      /* somebody new here is to be given the values */
	struct bus_local *locals;
	struct bus_post *posts, *wills;
	struct bus_own own[BUS_OWN_RETAINED];
	unsigned own_count;
	struct gn_pk key; /* whose right the roots are shown; zeros: open */
	struct bus_token token;
	bool anothers;               /* leases may be of a key that was shown before */
	struct bus_filters *filters; /* of all locals together */
	struct gn_map seen;          /* first 8 bytes of the key -> bus_seen * */
	struct bus_link links[BUS_LINKS_MAX];
	unsigned link_count;
	struct bus_blob *recent[BUS_RECENT]; /* a ring; what links may ask for */
	unsigned recent_next;
	struct bus_want wants[BUS_WANTS];
	unsigned want_count;
	bool freeing;
};

/* ---- view.c ---- */

struct bus_view *bus_view_get(const struct gn_bus *b, const struct gn_hash *topic);
/* GN_TOO_LARGE, GN_TEXT, GN_LIMIT, GN_NOMEM. */
GN_MUST gn_err bus_view_need(struct gn_bus *b, const struct gn_bus_topic *t, struct bus_view **out);
void bus_view_wake(struct gn_bus *b, struct bus_view *v, gn_time at);
void bus_view_look_soon(struct gn_bus *b, struct bus_view *v, gn_time at);
struct bus_root *bus_view_root(struct bus_view *v, const struct gn_pk *pk);
void bus_view_root_failed(struct gn_bus *b, struct bus_view *v, struct bus_root *r);
/* The set of a root that answered. */
void bus_view_set(struct gn_bus *b, struct bus_view *v, uint64_t set);

/* ---- keys.c ---- */

/* Is it told what comes? */
bool bus_keys_hears(const struct bus_view *v, const struct bus_local *l);
void bus_local_end(struct gn_bus *b, struct bus_local *l, gn_err err, struct gn_slice limit);
/* The roots are shown its key from now on. GN_NOMEM. */
GN_MUST gn_err bus_keys_take(struct gn_bus *b, struct bus_view *v, const struct bus_local *l);
/* Another one's key is tried; false: there is none. */
bool bus_keys_next(struct gn_bus *b, struct bus_view *v);
/* The roots refuse the view's key: whoever follows with it is told. */
void bus_keys_refused(struct gn_bus *b, struct bus_view *v, gn_err err, struct gn_slice limit);
void bus_keys_gone(struct gn_bus *b, struct bus_view *v); /* somebody went */
/* Judges all others; when to look again. */
gn_time bus_keys_look(struct gn_bus *b, struct bus_view *v);

/* ---- seen.c ---- */

struct bus_seen *bus_seen_get(const struct bus_view *v, uint64_t key8);
bool bus_seen_has(const struct bus_view *v, const struct gn_fb_bus_id *id);
/* NULL: no memory, or another key with these 8 bytes. */
struct bus_seen *bus_seen_need(struct gn_bus *b, struct bus_view *v, const struct gn_pk *pk);
void bus_seen_free(struct gn_bus *b, struct bus_view *v, struct bus_seen *s);
void bus_pull_send(struct gn_bus *b, const struct bus_view *v, const struct gn_contact *to,
		   const struct gn_fb_bus_id *ids, unsigned count);

/* ---- deliver.c ---- */

/* A message from a root or a link. */
void bus_view_deliver(struct gn_bus *b, struct bus_view *v, const struct gn_contact *from,
		      struct gn_fb_bus_message m, uint64_t before);
void bus_view_lost(struct gn_bus *b, struct bus_view *v, const struct gn_pk *from,
		   struct gn_fb_bus_lost m);
gn_time bus_view_run_gaps(struct gn_bus *b, struct bus_view *v);

/* ---- lazy.c ---- */

void bus_links_offer(struct gn_bus *b, struct bus_view *v, struct gn_fb_bus_subscribed m);
void bus_on_link(struct gn_bus *b, const struct bus_from *from, struct gn_fb_bus_link m);
void bus_link_answer(struct gn_bus *b, struct bus_view *v, const struct gn_pk *pk, gn_err err);
void bus_on_have(struct gn_bus *b, const struct gn_contact *from, struct gn_fb_bus_have m);
/* A subscriber asks for what it was told of. False: it is no link. */
bool bus_link_pulled(struct gn_bus *b, const struct bus_from *from, struct gn_fb_bus_pull m);
struct bus_link *bus_link_get(struct bus_view *v, const struct gn_pk *pk);
void bus_link_drop(struct bus_view *v, const struct gn_pk *pk);
void bus_links_tell(struct gn_bus *b, struct bus_view *v, struct bus_blob *m,
		    const struct gn_pk *but);
gn_time bus_view_run_wants(struct gn_bus *b, struct bus_view *v);
void bus_links_end(struct gn_bus *b, struct bus_view *v);

/* ---- local.c ---- */

GN_MUST gn_err bus_sub_start(struct gn_bus *b, const struct gn_bus_subscribe *s, gn_op *op);
void bus_local_free(struct gn_bus *b, struct bus_local *l);
void bus_locals_end(struct gn_bus *b, struct bus_view *v, gn_err err, struct gn_slice limit);
void bus_locals_changed(struct gn_bus *b, struct bus_view *v);
/* To those whose filters let it through. */
void bus_locals_say(struct gn_bus *b, struct bus_view *v, struct bus_blob *m);
/* A value that has come before: to those who began since. Is there one? */
bool bus_locals_fresh(const struct gn_bus *b, const struct bus_view *v);
void bus_locals_say_fresh(struct gn_bus *b, struct bus_view *v, struct bus_blob *m);
void bus_locals_gap(struct gn_bus *b, struct bus_view *v, const struct bus_item *gap);
bool bus_local_event(struct gn_bus *b, struct bus_local *l, struct gn_bus_event *out);

/* ---- sub.c ---- */

gn_time bus_view_run_leases(struct gn_bus *b, struct bus_view *v);
void bus_lease_answer(struct gn_bus *b, struct bus_view *v, const struct gn_pk *peer,
		      struct gn_fb_bus_frame m);
void bus_lease_lost(struct gn_bus *b, struct bus_view *v, const struct gn_pk *peer);
gn_err bus_lease_signed(struct gn_bus *b, uint64_t sign, const struct gn_sig *sig);
bool bus_sign_next(struct gn_bus *b, struct gn_bus_event *out);

/* ---- pub.c ---- */

GN_MUST gn_err bus_post_start(struct gn_bus *b, const struct gn_bus_publish *p, bool will,
			      gn_op *op);
/* take_back: a will is, with the roots. */
void bus_post_free(struct gn_bus *b, struct bus_post *p, bool take_back);
bool bus_post_event(struct gn_bus *b, struct bus_post *p, struct gn_bus_event *out);
void bus_posts_failed(struct gn_bus *b, struct bus_view *v, gn_err err);
gn_time bus_view_run_posts(struct gn_bus *b, struct bus_view *v);
/* m: BusPublished or BusDone; NULL: lost. */
void bus_post_answer(struct gn_bus *b, const struct bus_ask *a, const struct gn_fb_bus_frame *m,
		     gn_err err);
/* A root that was not one before is given the values of this node's publishers. */
void bus_own_give(struct gn_bus *b, struct bus_view *v, const struct gn_contact *root);

/* ---- look.c ---- */

void bus_view_free(struct gn_bus *b, struct bus_view *v);
void bus_view_looked(struct gn_bus *b, struct bus_view *v, const struct gn_overlay_event *e,
		     bool roots);
/* Starts a lookup when it is time; when the next one is. */
gn_time bus_view_run_look(struct gn_bus *b, struct bus_view *v);

#endif
