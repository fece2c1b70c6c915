/* The hub's parts, private to src/hub, in the order of `tools/layers --order hub`: what is below
 * never calls what is above. One thread (the loop's) touches all of it; workers see single jobs,
 * the history and the replica have their threads. */
#ifndef GN_HUB_HUB_INT_H
#define GN_HUB_HUB_INT_H

#include "guard/share.h"
#include "history/history.h"
#include "host/host.h"
#include "hub/disk_int.h"
#include "hub/hub.h"
#include "hub/limits.h"
#include "hub/request_int.h"
#include "hub/tail.h"
#include "hub/token.h"
#include "ledger/ledger.h"
#include "net/net.h"
#include "os/os.h"
#include <jansson.h>
#include <uv.h>

struct gn_hub;
struct gn_hub_request;
struct gn_hub_view;

/* ---- json_stats.c ---- */

/* Puts public_stats.total_incoming_trust into a participant of the history, and for himself
 * (own) stats. */
void gn_hub_stats_json(const struct gn_hub_view *v, uint32_t who, bool own, json_t *person);

/* ---- submit.c ---- */

/* The body is {"signed": TEXT, "signature": BASE64} (geo-v1), or the flat fields of geo-v0 with
 * "signature". fields: geo-v0's names in the body, ends with NULL. payment: wrong bodies are
 * 400, not 422. result gets the outcome. */
void gn_hub_submit(struct gn_hub_request *r, enum gn_op_kind kind, const char *const *fields,
		   void (*result)(struct gn_hub_request *, const struct gn_ledger_event *));
void gn_hub_result(struct gn_hub *hub, const struct gn_ledger_event *e);
/* HB-50: what the request leaves for ever is counted when it is there. False after answering: no
 * more today. */
bool gn_hub_may_leave(struct gn_hub_request *r);
/* RESULT was GN_AGAIN: looks for a max-flow on the copy and submits the same request with it. */
void gn_hub_find_flow(struct gn_hub_request *r);
/* A new ticket of this request; result gets its RESULT. */
uint64_t gn_hub_ticket(struct gn_hub_request *r,
		       void (*result)(struct gn_hub_request *, const struct gn_ledger_event *));
void gn_hub_drop_ticket(struct gn_hub_request *r);
/* Answers everybody who still waits for an outcome that will not be told any more. */
void gn_hub_tickets_end(struct gn_hub *hub);
/* {"signed", "signature"} of geo-v1 into r; false after answering. */
bool gn_hub_take_signed(struct gn_hub_request *r, json_t *in);

/* ---- command.c ---- */

/* How one route takes an officer's command. */
struct gn_hub_command {
	enum gn_command command;
	/* The bare command in what a client of the reference sends (bootstrap token); NULL after
	 * answering. */
	json_t *(*plain)(struct gn_hub_request *r, json_t *in);
	/* It is what the path says; false after answering. */
	bool (*fits)(struct gn_hub_request *r, const struct gn_op_admin *c);
	/* Its record is durable, or it was refused. */
	void (*done)(struct gn_hub_request *r, const struct gn_ledger_event *e);
};
struct gn_hub_order {
	const struct gn_hub_command *kind;
	struct gn_op_admin cmd; /* borrows the request's bytes */
	bool is_signed;
	uint8_t reason[OP_TEXT_MAX];
};
void gn_hub_command(struct gn_hub_request *r, const struct gn_hub_command *kind);
/* A `fits` of commands that are of no path's thing; the answer to one that does not fit: false. */
bool gn_hub_command_fits_any(struct gn_hub_request *r, const struct gn_op_admin *c);
bool gn_hub_command_unfit(struct gn_hub_request *r);
/* It was refused: true after answering. */
bool gn_hub_command_failed(struct gn_hub_request *r, const struct gn_ledger_event *e);
void gn_hub_fail_last_admin(struct gn_hub_request *r);
/* After its NOTE: clears and answers (api_clearing.c). */
void gn_hub_clear(struct gn_hub_request *r, const struct gn_op_admin *c);
/* The schedule of exact clearings (LG-63); whenever the loop runs. */
void gn_hub_clear_tick(struct gn_hub *hub);

/* ---- verify.c ---- */

void gn_hub_verify_later(struct gn_hub_request *r, void (*verified)(struct gn_hub_request *));
void gn_hub_verify_pump(struct gn_hub *hub);

/* ---- clock.c ---- */

/* hub->now and hub->time, before anything is done. */
void gn_hub_look_at_clocks(struct gn_hub *hub);
/* A sentence about a wall clock that was set and is not gone by yet; false: there is nothing to
 * say. */
bool gn_hub_clock_set(char *out, size_t cap);
void gn_hub_clock_tick(struct gn_hub *hub); /* the log's word of it */
/* Seconds that the clock lies behind the last record; 0 when that is no more than a breath. */
uint64_t gn_hub_clock_behind(const struct gn_hub *hub);

/* ---- space.c ---- */

struct gn_hub_space {                         /* bytes */
	uint64_t journal, snapshots, history; /* history: SQLite's */
	uint64_t left, whole;                 /* of the disk; whole 0: not known yet */
};
unsigned gn_hub_space_used(const struct gn_hub *hub); /* percent of the disk */
void gn_hub_space_tick(struct gn_hub *hub);

/* ---- feed.c ---- */

struct gn_hub_feed;
/* Opens the history (blocking) and starts its thread. tokens_path: the file of used refresh
 * tokens. */
GN_MUST gn_err gn_hub_feed_open(struct gn_hub *hub, const char *history_path,
				const char *tokens_path, struct gn_hub_feed **out,
				char why[HUB_WHY]);
uint64_t gn_hub_feed_watermark(const struct gn_hub_feed *f);
/* The thread begins: gn_hub_feed_names and gn_hub_feed_watermark are only before it. */
void gn_hub_feed_start(struct gn_hub_feed *f);
void gn_hub_feed_records(struct gn_hub_feed *f, struct gn_slice payload, uint64_t first_seq,
			 uint32_t count);
/* Asks the history; told comes later. */
void gn_hub_ask(struct gn_hub_request *r, const struct gn_history_query *q,
		void (*told)(struct gn_hub_request *, json_t *));
void gn_hub_feed_ask(struct gn_hub_feed *f, struct gn_hub_request *r,
		     const struct gn_history_query *q);
/* Blocks: names at the start. */
json_t *gn_hub_feed_names(struct gn_hub_feed *f);
void gn_hub_feed_info(struct gn_hub_feed *f, struct gn_hub_tail_info *out);
/* Ends the thread after what waits. */
void gn_hub_feed_close(struct gn_hub_feed *f);

/* ---- places.c ---- */

struct gn_hub_question { /* the first member of the asker's own struct */
	struct gn_hub_tail_item item;
	struct gn_hub_request *request;
	struct gn_hub_question *next;
	unsigned weight; /* what its asker had when it came */
	bool handed, refused;
};
struct gn_hub_places {
	struct gn_hub_tail *tail;
	unsigned most, share, crowded; /* all; one asker's, once so many are taken */
	unsigned ahead;                /* that the thread may have at once */
	struct gn_hub_question *first, **last;
	unsigned count, handed;
	uint8_t lately[HUB_PLACES_LATELY][16]; /* who was answered: a ring */
	unsigned lately_next;
};
void gn_hub_places_init(struct gn_hub_places *p, struct gn_hub_tail *tail, unsigned most,
			unsigned ahead);
/* Has who asks room in his share of them (HB-46)? */
bool gn_hub_has_share(const struct gn_hub_places *p, const struct gn_hub_request *r);
/* Another may give way. False after answering. */
bool gn_hub_place_free(struct gn_hub_request *r, struct gn_hub_places *p);
/* q, with item and request set, waits for the thread. */
void gn_hub_place_take(struct gn_hub_places *p, struct gn_hub_question *q);
/* In item.done. False: it was refused while it waited, which is answered. */
bool gn_hub_place_leave(struct gn_hub_places *p, struct gn_hub_question *q);
/* Nobody listens to r any more, or, NULL, the hub stops: what waits is not asked. */
void gn_hub_places_gone(struct gn_hub *hub, const struct gn_hub_request *r);

/* ---- replica.c: questions that take long, on a thread with a copy of the ledger (HB-15) ---- */

/* What names and shapes are made from: the loop's own ledger, or the copy. */
struct gn_hub_view {
	struct gn_ledger *ledger;
	char **names; /* by participant number; owned */
	uint32_t name_count, name_cap;
};
void gn_hub_view_fini(struct gn_hub_view *v); /* the names */
struct gn_hub_replica;
/* At READY. Never fails as a whole: what fails is told by each question. */
void gn_hub_replica_start(struct gn_hub *hub);
void gn_hub_replica_records(struct gn_hub_replica *p, struct gn_slice payload, uint64_t first_seq,
			    uint32_t count);
void gn_hub_replica_info(struct gn_hub_replica *p, struct gn_hub_tail_info *out);
void gn_hub_replica_close(struct gn_hub_replica *p);

/* A question: `run` sees the view and this alone. It leaves json (the answer) or err with why
 * (may be ""). */
struct gn_hub_query {
	struct gn_hub_question asked;
	void (*run)(struct gn_hub_query *q, struct gn_hub_view *view);
	/* on the loop, instead of the answer; NULL: the answer is json */
	void (*then)(struct gn_hub_query *q);
	gn_time time;
	/* the question, as each kind needs it */
	uint32_t eq, who, to; /* eq UINT32_MAX: all */
	gn_amount amount;
	uint64_t limit, offset, depth;
	bool in, out, flag;
	char creditor[64], debtor[64], status[16];
	void *job; /* `then` takes it */
	/* on the loop, when there is no `then` for it: frees the job; may be NULL */
	void (*drop)(struct gn_hub_query *q);
	/* the answer */
	gn_err err;
	char why[128];
	json_t *json;
	char *text; /* json, written on the thread */
};
/* Takes *q as it is; refused with 429 when HUB_LONG_MAX wait, or the share of who asks. */
void gn_hub_ask_copy(struct gn_hub_request *r, struct gn_hub_query *q);

/* ---- api_capacity.c ---- */

/* What stands in a payment's way, with its sentence, as q->who may know it (HB-37; flag:
 * everything); *why zeros where one of the two has no line in this equivalent. */
GN_MUST gn_err gn_hub_explain(const struct gn_hub_query *q, struct gn_hub_view *v,
			      const struct gn_ledger_equivalent *e, struct gn_ledger_why *why,
			      json_t **out);

/* ---- live.c ---- */

enum gn_hub_event { GN_EVENT_PAYMENT = 1, GN_EVENT_LINE = 2, GN_EVENT_CLEARING = 4 };
void gn_hub_live_init(struct gn_hub *hub);
void gn_hub_ws(struct gn_hub_request *r);
/* Its connection is closed. */
void gn_hub_ws_end(struct gn_hub_request *r);
void gn_hub_live_records(struct gn_hub *hub, struct gn_slice payload, uint64_t first_seq,
			 uint32_t count);
void gn_hub_live_tick(struct gn_hub *hub);
void gn_hub_live_close(struct gn_hub *hub);
void gn_hub_live_fini(struct gn_hub *hub);

/* ---- officers.c ---- */

const char *gn_hub_role_name(enum gn_role role);
enum gn_role gn_hub_role_from(const char *name);
GN_MUST gn_err gn_hub_rates_load(struct gn_hub *hub, char why[HUB_WHY]);
/* The rates that a settings command names, from now on and after a restart. */
GN_MUST gn_err gn_hub_set_rates(struct gn_hub *hub, const struct gn_op_admin *c);
/* Who has a role now. */
bool gn_hub_officer_find(const struct gn_hub *hub, const struct gn_hash *pid,
			 struct gn_ledger_officer *out);
/* A hub without an admin cannot be governed. */
bool gn_hub_is_last_admin(const struct gn_hub *hub, const struct gn_pk *pk);
json_t *gn_hub_officer_json(const struct gn_ledger_officer *o);
void gn_hub_api_roles_get(struct gn_hub_request *r);
void gn_hub_api_roles_put(struct gn_hub_request *r);
void gn_hub_api_roles_delete(struct gn_hub_request *r);
void gn_hub_api_config_get(struct gn_hub_request *r);
void gn_hub_api_config_patch(struct gn_hub_request *r);
void gn_hub_api_flags_get(struct gn_hub_request *r);
void gn_hub_api_flags_patch(struct gn_hub_request *r);
void gn_hub_api_whoami(struct gn_hub_request *r);

/* ---- json_state.c ---- */

const char *gn_hub_name(const struct gn_hub_view *v, uint32_t participant);
void gn_hub_set_name(struct gn_hub_view *v, uint32_t participant, struct gn_slice name);
void gn_hub_pid(const struct gn_hub_view *v, uint32_t participant, char out[GN_PID_MAX]);
json_t *gn_hub_line_json(const struct gn_hub_view *v, const struct gn_ledger_equivalent *e,
			 const struct gn_ledger_line *line);
/* Fills created_at and updated_at of items of gn_hub_line_json from GN_HQ_LINE_TIMES. */
void gn_hub_line_times(json_t *item, json_t *times);
/* `then` of questions whose json is a page of lines: asks the history for their dates and
 * answers. */
void gn_hub_tell_lines(struct gn_hub_query *q);
json_t *gn_hub_payment_json(const struct gn_hub_view *v, const struct gn_record_view *r);
json_t *gn_hub_raises_json(const struct gn_hub_view *v, uint32_t eq, unsigned precision,
			   struct gn_slice raises);
json_t *gn_hub_equivalent_json(const struct gn_ledger_equivalent *e);
/* What keeps a participant on the hub (LG-10): {"debts", "claims", "trustlines"}, numbers. */
json_t *gn_hub_ties_json(const struct gn_ledger *l, uint32_t participant);
/* Answers with one of these, or with an object that has such "items", after the history told
 * their dates; takes json. */
void gn_hub_tell_equivalents(struct gn_hub_request *r, json_t *json);
gn_history_pair_pids gn_hub_pair; /* user: struct gn_hub_view */
/* The display name that a PARTICIPANT or PROFILE record gives. */
void gn_hub_note_name(struct gn_hub_view *v, const struct gn_record_view *r);

/* ---- routes, by file ---- */

/* clang-format off */
#define GN_HUB_RUNS(X) \
	X(challenge) X(login) X(refresh) X(participant_create) X(participants) X(participant_get) \
	X(me_get) X(transactions) X(leave) X(admin_delete) X(me_patch) X(line_create) X(lines) X(line_get) \
	X(line_patch) X(line_delete) X(capacity) X(max_flow) X(payment_create) X(payments) \
	X(payment_get) X(asked) X(vote) X(balance) X(debts) X(equivalents) X(cycles) \
	X(clear_auto) X(gap) X(clearings) X(offers) X(consent) X(integrity_status) \
	X(integrity_checksum) X(integrity_audit) X(integrity_verify) X(repair) X(hub) X(health) \
	X(health_db) X(metrics) X(admin_migrations) X(admin_participants) \
	X(admin_participant_stats) X(admin_participant_metrics) X(admin_freeze) \
	X(admin_unfreeze) X(admin_level) X(admin_equivalents) X(admin_equivalent_create) \
	X(admin_equivalent_patch) X(admin_equivalent_delete) X(admin_equivalent_usage) \
	X(admin_lines) X(admin_bottlenecks) X(admin_liquidity) X(admin_incidents) X(admin_audit) \
	X(admin_graph) X(admin_ego) X(admin_cycles) X(admin_abort) X(admin_dispute) \
	X(admin_clear_exact) X(admin_snapshot) X(admin_payments)
/* clang-format on */
#define X(name) void gn_hub_api_##name(struct gn_hub_request *r);
GN_HUB_RUNS(X)
#undef X

/* ---- the hub ---- */

struct gn_hub {
	struct gn_hub_config config;
	struct gn_host host;
	struct gn_host_disk disk; /* the journal's */
	struct gn_host_api api;
	gn_time now, time; /* of timers; of records (clock.c) */
	gn_time started;
	struct gn_alloc alloc[2]; /* the ledger's, the hub's own */
	struct gn_env env;        /* the hub's own */
	struct gn_sk sk;          /* the hub's identity */
	char pid[GN_PID_MAX];
	uint8_t jwt_key[32], challenge_key[32];
	char admin_token[65];
	struct gn_http *http;
	struct gn_ledger *ledger;
	struct gn_hub_feed *feed;
	struct gn_map tickets; /* ticket -> struct gn_hub_request * */
	uint64_t last_ticket;
	/* challenges that were answered, 32 bytes -> gn_time when they are over */
	struct gn_map used;
	struct gn_hub_request *held_first, **held_last; /* by held.after */
	/* gn_tx_key -> json_t *: payments that wait for answers, told when they commit */
	struct gn_map prepared;
	struct gn_hub_rate rate_key, rate_address, rate_failed, rate_day;
	struct gn_hub_request *verify_first, **verify_last;
	unsigned verify_running;
	struct gn_hub_view view; /* of ledger */
	struct gn_hub_replica *replica;
	unsigned ws_count, jobs;          /* open WebSockets; clearing jobs on workers */
	struct gn_hub_places longs;       /* questions at the replica */
	struct gn_hub_places asks, pages; /* at the history: of one row, of many */
	struct gn_share ws_places;        /* by participants (HB-49) */
	struct gn_hub_space space;
	gn_time space_next;
	bool space_looks, space_short, clock_set;
	struct {
		/* by hundreds */
		uint64_t requests, refused_auth, refused_rate, refused_body, answers[6];
		uint64_t verified, bad_signatures, events_sent, events_dropped, flows;
	} count;
	struct {
		uint32_t every_s; /* the setting it goes by */
		gn_time next;
		uint32_t eq; /* whose turn it is in this round */
	} exact;
	bool ready, told_proxy, told_name;
	uint64_t fed_to; /* the history's watermark at the start */
};

/* Nothing new is begun any more. */
static inline bool gn_hub_is_ending(const struct gn_hub *hub)
{
	return hub->host.stopping || hub->host.failed;
}

#endif
