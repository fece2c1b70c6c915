/* The ledger of a hub: mutual credit over trust lines as a pure deterministic state machine over
 * its own journal. Signed commands and the time go in; disk requests, results and the journal's
 * records come out. Nothing is told as done before it is durable, and whatever the hub knows
 * beyond this (history, names, notifications) is made from the records.
 *
 * One writer, no threads, no clock, no floats. Rules LG-n: docs/spec/ledger.md. */
#ifndef GN_LEDGER_LEDGER_H
#define GN_LEDGER_LEDGER_H

#include "base/base.h"
#include "crypto/crypto.h"
#include "ledger/amount.h"
#include "ledger/clearing.h"
#include "ledger/json.h"
#include "ledger/op.h"
#include "ledger/op_admin.h"
#include "ledger/record.h"

struct gn_ledger;

/* ---- lifecycle ---- */

struct gn_ledger_config {
	/* the hub's key: goes into GENESIS, every v1 operation names it */
	struct gn_pk hub;
	const char *dir; /* folder of the journal, relative; borrowed */
	/* of a new ledger; later ones are in the journal. Zeros take the defaults */
	struct gn_ledger_settings settings;
	uint64_t segment_bytes, snapshot_bytes; /* 0: defaults */
	/* recovery hands out RECORDS from this seq on (what the history lacks); UINT64_MAX:
	 * none. A journal that ends before feed_from - 1 is GN_TRUNCATED and left as it is, torn
	 * tail and all */
	uint64_t feed_from;
	/* ignore snapshots, check every signature and checkpoint (LG-54); writes nothing */
	bool verify;
};
void gn_ledger_settings_default(struct gn_ledger_settings *out);

/* Allocates through env->alloc; that budget is the ledger's memory. */
GN_MUST gn_err gn_ledger_new(const struct gn_env *env, const struct gn_ledger_config *config,
			     struct gn_ledger **out);
void gn_ledger_free(struct gn_ledger *l);
/* Begins recovery, or a new journal; ends in READY. Before it every command is GN_STATE. */
void gn_ledger_start(struct gn_ledger *l, gn_time now);

/* ---- disk: the same requests as the storage engines make (see store.h for their meaning) ---- */

enum gn_ledger_io_op {
	GN_LIO_LIST,
	GN_LIO_READ,
	GN_LIO_WRITE,
	GN_LIO_SYNC,
	GN_LIO_TRUNCATE,
	GN_LIO_RENAME,
	GN_LIO_REMOVE
};
#define GN_LEDGER_NAME_MAX 128

struct gn_ledger_io {
	enum gn_ledger_io_op op;
	uint64_t token;
	char name[GN_LEDGER_NAME_MAX], name2[GN_LEDGER_NAME_MAX];
	uint64_t offset, len;
	struct gn_slice data; /* WRITE: borrowed until its completion */
};
/* All requests that are out may be performed at once and in any order. */
bool gn_ledger_next_io(struct gn_ledger *l, struct gn_ledger_io *out);
/* err: GN_OK, GN_NOT_FOUND (READ of a missing file), or any failure: then the ledger stops
 * (LG-51). data: READ and LIST. */
void gn_ledger_io_done(struct gn_ledger *l, uint64_t token, gn_err err, struct gn_slice data,
		       gn_time now);

/* ---- commands ---- */

struct gn_ledger_request {
	enum gn_op_profile profile;
	enum gn_op_kind kind;  /* v0: what the bytes are; v1: GN_OP_KINDS or what is expected */
	struct gn_pk signer;   /* v0: from the session; v1 may be zeros unless REGISTER */
	struct gn_slice bytes; /* canonical, as signed; copied */
	struct gn_sig sig;
	/* the caller verified sig over bytes with the signer's key (gn_op_verify on its threads) */
	bool checked;
	/* Max-flow mode (LG-35). flow_elsewhere: what paths do not carry is not looked for at
	 * its turn, but RESULT is GN_AGAIN, without a record; the same request then comes again
	 * with the flow that gn_ledger_find_flow found (copied). GN_AGAIN again: it fits no
	 * more. */
	bool flow_elsewhere;
	const struct gn_ledger_flow *flow;
};
struct gn_ledger_flow {         /* count 0: there is none */
	struct gn_slice routes; /* as in a record */
	uint32_t count;
};
/* Takes a signed request: NEW. Refused at once, leaving no trace: not canonical or out of form
 * (USAGE), GN_SIGNATURE, GN_BUSY, GN_STATE. Otherwise exactly one RESULT with `ticket` follows
 * once its outcome is durable (or at once, without a record, when refused at its turn). */
GN_MUST gn_err gn_ledger_submit(struct gn_ledger *l, const struct gn_ledger_request *r,
				uint64_t ticket, gn_time now);

enum gn_admin_kind {
	GN_ADMIN_SETTINGS,
	GN_ADMIN_EQUIVALENT, /* create, or change precision (unused ones only), active, info */
	GN_ADMIN_STATUS,     /* of a participant, and its verification level */
	GN_ADMIN_DISPUTE,    /* freeze or free a line */
	GN_ADMIN_ABORT,      /* a prepared payment or a clearing offer */
	/* text for the audit log: what an officer did elsewhere, before and after */
	GN_ADMIN_NOTE,
	GN_ADMIN_CLEAR, /* cycles up to max_len now */
	/* that pk asked for a verification of `code` (empty: of all); who is empty */
	GN_ADMIN_VERIFY,
	GN_ADMIN_ROLE, /* pk gets role, NONE takes it away; info: the name as text */
};
struct gn_ledger_admin {
	enum gn_admin_kind kind;
	/* actor, role, reason; with bytes: signed (LG-57), seq is filled here. Without, actor is
	 * zeros: the bootstrap, good until there is an admin (GN_DENIED) */
	struct gn_rec_admin who;
	/* the caller verified who.sig over who.bytes with the actor's key */
	bool checked;
	struct gn_ledger_settings settings;
	struct gn_slice code; /* equivalent: EQUIVALENT, DISPUTE, CLEAR */
	uint8_t precision;
	bool active; /* EQUIVALENT; DISPUTE: freeze */
	/* EQUIVALENT: canonical JSON object {description, symbol, metadata}; NOTE: text */
	struct gn_slice info;
	struct gn_hash pid, pid2; /* STATUS: the participant; DISPUTE: line pid -> pid2 */
	uint8_t status, level;
	struct gn_tx_key key; /* ABORT */
	uint8_t max_len;      /* CLEAR: 3..6 */
	struct gn_pk pk;      /* ROLE */
	uint8_t role;
};
/* As gn_ledger_submit. GN_RANGE, GN_USAGE, GN_NOT_FOUND at once or in the RESULT; GN_CORRUPT: it
 * is not what was signed. */
GN_MUST gn_err gn_ledger_admin(struct gn_ledger *l, const struct gn_ledger_admin *a,
			       uint64_t ticket, gn_time now);
/* A parsed command as such: what it says goes into *out, beside who. GN_NOT_FOUND (a participant
 * that is named). CLEAR, SNAPSHOT and settings of the hub alone become a NOTE: doing them is the
 * caller's. */
GN_MUST gn_err gn_ledger_command(const struct gn_ledger *l, const struct gn_op_admin *c,
				 struct gn_ledger_admin *out);

/* Sequences what waits, applies expiries and due clearings. Bounded work: call again while the
 * deadline is not after now. */
void gn_ledger_tick(struct gn_ledger *l, gn_time now);
gn_time gn_ledger_deadline(const struct gn_ledger *l);
/* Nothing waits, nothing is being written. */
bool gn_ledger_idle(const struct gn_ledger *l);
/* Asks for a snapshot and CHECKPOINT soon; made by itself every snapshot_bytes. */
void gn_ledger_snapshot(struct gn_ledger *l);

/* ---- exact clearing and offers (LG-42..LG-47) ---- */

/* The clearable debts of now as a job. with_asking: lines that want to be asked too. env: the
 * job's own memory. GN_NOT_FOUND, GN_NOMEM. */
GN_MUST gn_err gn_ledger_clearing_new(const struct gn_ledger *l, const struct gn_env *env,
				      struct gn_slice code, bool with_asking,
				      struct gn_clearing **out);
/* Commits what the job found, within what is clearable now (LG-45): one CLEARING record and one
 * RESULT. GN_AGAIN: nothing to clear. */
GN_MUST gn_err gn_ledger_clear(struct gn_ledger *l, struct gn_slice code,
			       const struct gn_clearing *job, uint64_t ticket, gn_time now);
/* Offers the job's result (made with_asking) to those whose lines ask. `without`: the optimum
 * that needs nobody. GN_AGAIN: no gain, GN_EXISTS: an offer is open in this equivalent,
 * GN_LIMIT: too many to ask. */
GN_MUST gn_err gn_ledger_offer(struct gn_ledger *l, struct gn_slice code,
			       const struct gn_clearing *job, gn_amount_sum without,
			       uint64_t ticket, gn_time now);

/* ---- events ---- */

enum gn_tx_state {
	GN_TX_NONE,
	GN_TX_NEW,
	GN_TX_ROUTED,
	GN_TX_PREPARE, /* PREPARE_IN_PROGRESS */
	GN_TX_COMMITTED,
	GN_TX_ABORTED,
	GN_TX_PROPOSED, /* clearing offers */
	GN_TX_WAITING,  /* WAITING_CONFIRMATIONS */
	GN_TX_REJECTED,
};
/* "PREPARE_IN_PROGRESS", ... as the source names them. */
const char *gn_tx_state_name(enum gn_tx_state state);

enum gn_ledger_event_kind {
	GN_LEDGER_READY, /* err: recovery's outcome */
	/* durable: payload, first_seq, count; walk with gn_rec_next. Precedes the RESULTs of its
	 * records */
	GN_LEDGER_RECORDS,
	GN_LEDGER_RESULT,  /* of one ticket */
	GN_LEDGER_STOPPED, /* err: the disk failed (LG-51) */
};
struct gn_ledger_event {
	enum gn_ledger_event_kind kind;
	gn_err err;
	/* RECORDS */
	struct gn_slice payload; /* valid until the next call on l */
	uint64_t first_seq;
	uint32_t count;
	/* RESULT */
	uint64_t ticket;
	uint64_t seq; /* the record, 0 when none was made */
	/* that record's bytes, absent when it was made long ago; valid as payload */
	struct gn_slice record;
	bool repeated;          /* the stored outcome of an earlier request (LG-26) */
	enum gn_tx_state state; /* payments, votes, consents */
	struct gn_tx_key key;
};
bool gn_ledger_next_event(struct gn_ledger *l, struct gn_ledger_event *out);
/* One record's bytes (RESULT.record) decoded. */
GN_MUST gn_err gn_ledger_record(struct gn_slice record, uint64_t seq, struct gn_record_view *out);

/* "E001".."E010" for an error (ledger.md); the table is in code.c. */
const char *gn_ledger_code(gn_err err);

/* ---- queries: the state as sequenced, which may run ahead of what is durable by one batch ---- */

uint64_t gn_ledger_seq(const struct gn_ledger *l);
uint64_t gn_ledger_durable_seq(const struct gn_ledger *l);
gn_time gn_ledger_time(const struct gn_ledger *l); /* of the last record */
/* Why it stopped (LG-51, LG-50), from that moment on: STOPPED or READY tell it later. GN_OK: it
 * did not. */
gn_err gn_ledger_failed(const struct gn_ledger *l);
void gn_ledger_settings(const struct gn_ledger *l, struct gn_ledger_settings *out);

/* Participants are numbered from 0 in order of registration, equivalents too; numbers are what
 * records hold. */
struct gn_ledger_participant {
	uint32_t number;
	struct gn_pk pk;
	uint64_t seq; /* last geo-v1 sequence */
	uint8_t kind, status, level;
};
uint32_t gn_ledger_participant_count(const struct gn_ledger *l);
GN_MUST gn_err gn_ledger_participant(const struct gn_ledger *l, uint32_t number,
				     struct gn_ledger_participant *out);
GN_MUST gn_err gn_ledger_find_participant(const struct gn_ledger *l, const struct gn_hash *pid,
					  struct gn_ledger_participant *out);

struct gn_ledger_officer {
	struct gn_pk pk;
	struct gn_hash pid;
	enum gn_role role;    /* NONE: it was taken away */
	uint64_t seq;         /* of the last command */
	struct gn_slice name; /* valid until the next command */
};
/* i from 0; false past the end. */
bool gn_ledger_officer(const struct gn_ledger *l, uint32_t i, struct gn_ledger_officer *out);
GN_MUST gn_err gn_ledger_find_officer(const struct gn_ledger *l, const struct gn_hash *pid,
				      struct gn_ledger_officer *out);
bool gn_ledger_has_admin(const struct gn_ledger *l);

struct gn_ledger_equivalent {
	uint32_t number;
	char code[17];
	uint8_t precision;
	bool active;
	struct gn_slice info; /* valid until the next command */
	uint32_t nodes, pairs, open_lines;
	gn_amount_sum cleared[GN_CLEARING_MODES]; /* since genesis */
};
uint32_t gn_ledger_equivalent_count(const struct gn_ledger *l);
GN_MUST gn_err gn_ledger_equivalent(const struct gn_ledger *l, uint32_t number,
				    struct gn_ledger_equivalent *out);
GN_MUST gn_err gn_ledger_find_equivalent(const struct gn_ledger *l, struct gn_slice code,
					 struct gn_ledger_equivalent *out);

/* One side of one pair: the line from -> to and what it carries. */
struct gn_ledger_line {
	struct gn_line_id id; /* its first since it was opened (LG-11) */
	uint32_t version;     /* of now */
	uint32_t from, to;
	enum gn_line_status status;
	bool disputed;
	gn_amount limit, used;       /* used = debt[to -> from] */
	gn_amount available_credit;  /* limit - used (LG-12) */
	gn_amount pay_capacity;      /* what `to` can pay `from` over this pair now */
	gn_amount reserved;          /* of hops to -> from */
	gn_amount used_today;        /* with a daily limit: moved on the day of the last record */
	struct gn_rec_policy policy; /* slices valid until the next command */
};
/* GN_NOT_FOUND: there never was a line or debt of this direction. */
GN_MUST gn_err gn_ledger_line(const struct gn_ledger *l, uint32_t eq, uint32_t from, uint32_t to,
			      struct gn_ledger_line *out);
GN_MUST gn_err gn_ledger_line_by_id(const struct gn_ledger *l, const struct gn_line_id *id,
				    struct gn_ledger_line *out);
/* Walks a participant's pairs in one equivalent, oldest first: *at from 0; `mine` is the line it
 * gives, `theirs` what it gets, status NONE where there is none. False past the end. */
bool gn_ledger_next_pair(const struct gn_ledger *l, uint32_t eq, uint32_t participant, uint32_t *at,
			 struct gn_ledger_line *mine, struct gn_ledger_line *theirs);
/* The pair of this number; lower and higher are participants. GN_NOT_FOUND past the end. */
GN_MUST gn_err gn_ledger_pair(const struct gn_ledger *l, uint32_t eq, uint32_t pair,
			      uint32_t *lower, uint32_t *higher, gn_amount *x);

struct gn_ledger_balance {
	gn_amount_sum debt, credit; /* owes, is owed */
	/* sums of pay capacities over its pairs, out and in */
	gn_amount_sum can_spend, can_receive;
	gn_amount_sum trust_given, trust_received; /* limits of active lines */
};
GN_MUST gn_err gn_ledger_balance(const struct gn_ledger *l, uint32_t eq, uint32_t participant,
				 struct gn_ledger_balance *out);

/* A payment or offer by key. */
struct gn_ledger_tx {
	enum gn_tx_state state; /* NONE: unknown, or its key was forgotten (LG-26) */
	uint64_t seq;           /* deciding record, or the PREPARE / PROPOSE */
	gn_time expiry;         /* open ones */
	uint8_t code;           /* ABORTED, REJECTED: enum gn_failure */
	uint32_t asked, answered;
};
void gn_ledger_tx(const struct gn_ledger *l, const struct gn_tx_key *key, struct gn_ledger_tx *out);
/* The i-th open transaction, in order of its record; false past the end. */
bool gn_ledger_open_tx(const struct gn_ledger *l, uint32_t i, struct gn_tx_key *key,
		       struct gn_ledger_tx *out);
/* The offer of this equivalent that waits; false: there is none. */
bool gn_ledger_offered(const struct gn_ledger *l, uint32_t eq, struct gn_tx_key *key,
		       struct gn_ledger_tx *out);
/* How many payments of a participant wait for answers, and how many open transactions ask him
 * (LG-66). */
void gn_ledger_waits(const struct gn_ledger *l, uint32_t participant, uint32_t *paying,
		     uint32_t *asked);
struct gn_ledger_ask {
	struct gn_tx_key key;
	struct gn_ledger_tx tx;
	bool answered; /* by him */
};
/* The open transactions that ask a participant, in order of their records, without the first
 * `offset`: at most max into out; how many. */
uint32_t gn_ledger_asks(const struct gn_ledger *l, uint32_t participant, uint64_t offset,
			struct gn_ledger_ask *out, uint32_t max);
/* Who an open transaction asks, i from 0; false past the end. */
bool gn_ledger_asked(const struct gn_ledger *l, const struct gn_tx_key *key, uint32_t i,
		     uint32_t *participant, bool *answered);

/* ---- what could be paid, and why not (LG-12, LG-34..LG-36) ---- */

/* Would this amount go through now, as path search finds it? Cheap (microseconds);
 * GN_NO_CAPACITY, GN_NOT_FOUND, GN_NO_ROUTE (an end has no line at all), GN_NOMEM. paths and
 * hops may be NULL: how many paths, the longest. */
GN_MUST gn_err gn_ledger_can_pay(struct gn_ledger *l, uint32_t eq, uint32_t payer, uint32_t payee,
				 gn_amount amount, uint32_t *paths, uint32_t *hops);

struct gn_ledger_raise {
	uint32_t owner, debtor; /* line owner -> debtor */
	gn_amount limit, raise; /* now, and by how much more */
};
enum gn_ledger_cause {
	GN_CAUSE_FULL,      /* its limit leaves no more */
	GN_CAUSE_FROZEN,    /* by its owner */
	GN_CAUSE_DISPUTE,   /* by an operator */
	GN_CAUSE_SUSPENDED, /* `by` is not active */
	GN_CAUSE_INACTIVE,  /* the equivalent takes no new debt */
	GN_CAUSE_NO_MIDDLE, /* `by` does not pass on payments of others */
	GN_CAUSE_DAILY,     /* the day's limit leaves no more */
	GN_CAUSE_HOP,       /* the most that one payment may move */
	GN_CAUSE_CLOSING,   /* it takes no new debt and ends when it is repaid */
	GN_CAUSES
};
/* "full", "frozen", ...: the names the API has for them. */
const char *gn_ledger_cause_name(enum gn_ledger_cause cause);

/* a line of the minimum cut: nothing more goes over it towards the payee, because of `cause` */
struct gn_ledger_cut {
	uint32_t owner, debtor, by;
	gn_amount limit, used;
	enum gn_ledger_cause cause;
};
struct gn_ledger_why {
	gn_amount max_flow; /* with any number of paths and hops */
	/* min(amount, what the hub's settings can route): equals amount when it would go through */
	gn_amount can_pay;
	uint32_t routes, hops; /* of that routing: number of paths, longest */
	/* both at most ROUTE_RAISES_MAX; cut_total counts all lines of the cut */
	uint32_t cut_count, raise_count;
	uint32_t cut_total;
	struct gn_ledger_cut cut[ROUTE_RAISES_MAX];
	struct gn_ledger_raise raises[ROUTE_RAISES_MAX];
	bool raises_suffice; /* the raises, listed and elsewhere, are all that is needed */
	/* lines of the cut and raises that gn_ledger_why_for took out of the lists */
	uint32_t elsewhere[GN_CAUSES], raises_elsewhere;
	enum gn_routed search; /* the last one that was made for it */
	/* some chain of lines leads to the payee, whatever its capacity and length */
	bool connected;
	bool reversed; /* none does, but one leads from the payee to the payer */
};
/* amount 0: only the maximum. Not const: the search scribbles on its own marks. GN_NOT_FOUND,
 * GN_NOMEM. */
GN_MUST gn_err gn_ledger_why(struct gn_ledger *l, uint32_t eq, uint32_t payer, uint32_t payee,
			     gn_amount amount, struct gn_ledger_why *out);
/* Leaves in it the lines of which `who` is an end; of the others their number, by cause, and no
 * more (LG-61). */
void gn_ledger_why_for(struct gn_ledger_why *why, uint32_t who);
/* What a cause is, without names: "a trust line has too little left", ... */
const char *gn_ledger_cause_words(enum gn_ledger_cause cause);
/* The explanation as one paragraph of English. name(user, participant) gives display names.
 * GN_TOO_LARGE. */
GN_MUST gn_err gn_ledger_why_text(const struct gn_ledger *l, uint32_t eq, uint32_t payer,
				  uint32_t payee, gn_amount amount, const struct gn_ledger_why *why,
				  const char *(*name)(void *user, uint32_t participant), void *user,
				  struct gn_buf *out);
/* The flow that would carry the payment of this request (LG-35), by at most ROUTE_FLOW_WORK
 * half-edges looked at; signatures are not looked at. For a follower. out->routes is good until
 * the next call on f. GN_NOMEM, or why it is no payment. */
GN_MUST gn_err gn_ledger_find_flow(struct gn_ledger *f, const struct gn_ledger_request *r,
				   gn_time now, struct gn_ledger_flow *out);
/* "paths", "second_search", "maxflow": the settings routing.* that it goes by. */
const char *gn_ledger_routed_name(unsigned mode);
/* The paths a max-flow takes, as routes; call with a walker that gets each one. */
GN_MUST gn_err gn_ledger_max_flow(struct gn_ledger *l, uint32_t eq, uint32_t payer, uint32_t payee,
				  gn_amount *out,
				  void (*path)(void *user, gn_amount amount,
					       const uint32_t *participants, uint32_t count),
				  void *user);

/* ---- integrity ---- */

struct gn_ledger_integrity {
	bool zero_sum, limits, one_direction, reservations; /* I1, I2+I4, I3, I9 */
	gn_amount_sum net;                                  /* sum of net positions: 0 */
	uint64_t debts, lines;                              /* looked at */
	struct gn_hash checksum;                            /* over the equivalent's pairs */
};
GN_MUST gn_err gn_ledger_integrity(const struct gn_ledger *l, uint32_t eq,
				   struct gn_ledger_integrity *out);
/* SHA-256 of the whole state's encoding (LG-53); takes no memory. */
void gn_ledger_state_hash(const struct gn_ledger *l, struct gn_hash *out);

/* ---- a copy for questions, on a thread of its own (LG-55) ---- */

/* The state as it is, in bytes of `alloc` (the caller frees them). GN_STATE before READY,
 * GN_NOMEM. */
GN_MUST gn_err gn_ledger_state(const struct gn_ledger *l, struct gn_alloc *alloc,
			       struct gn_buf *out);
/* A ledger of that state which takes questions and gn_ledger_follow alone; env is its own.
 * GN_CORRUPT, GN_NOMEM. */
GN_MUST gn_err gn_ledger_follower(const struct gn_env *env, struct gn_slice state,
				  struct gn_ledger **out);
/* Applies durable records; those it has are skipped. GN_NOT_FOUND: some before them are missing,
 * nothing was applied. After any other error it is good for gn_ledger_free alone. */
GN_MUST gn_err gn_ledger_follow(struct gn_ledger *f, struct gn_slice payload, uint64_t first_seq,
				uint32_t count);

/* Pairs that cycles of at most max_len (3..6) go through, as a follower sees them: what to give
 * to gn_ledger_clear_pairs. GN_NOMEM. */
GN_MUST gn_err gn_ledger_find_cycles(struct gn_ledger *f, uint32_t eq, unsigned max_len,
				     uint32_t pairs[CLEAR_CYCLES_MAX], uint32_t *count);
/* Clears what cycles go through these pairs now: bounded work, one CLEARING record and one
 * RESULT. GN_AGAIN: there are none. */
GN_MUST gn_err gn_ledger_clear_pairs(struct gn_ledger *l, uint32_t eq, unsigned max_len,
				     const uint32_t *pairs, uint32_t count, uint64_t ticket,
				     gn_time now);

/* ---- a journal's files, read while they grow (LG-56): "<dir>/%08x.log", numbered from 1 ---- */

#define GN_JOURNAL_FILE_HEAD 8192u /* bytes: what a file begins with, then batches */
#define GN_JOURNAL_BATCH_HEAD 104u
struct gn_journal_file {
	uint32_t number;
	uint64_t first_seq;
	uint8_t salt[16];
	struct gn_pk hub;
};
struct gn_journal_batch {
	uint64_t first_seq, payload_len;
	uint64_t stored; /* bytes in the file, head included: the next batch begins behind them */
	uint32_t count;
};
/* GN_CORRUPT: not the beginning of a journal's file. */
GN_MUST gn_err gn_journal_file(struct gn_slice head, struct gn_journal_file *out);
/* GN_CORRUPT: no batch begins here. */
GN_MUST gn_err gn_journal_batch(const struct gn_journal_file *file, struct gn_slice head,
				struct gn_journal_batch *out);
/* The records of a whole batch (head and payload). GN_TRUNCATED, GN_CORRUPT. */
GN_MUST gn_err gn_journal_payload(const struct gn_journal_file *file, struct gn_slice batch,
				  struct gn_slice *out);

struct gn_ledger_info {
	bool ready, stopped;
	uint64_t records, batches, bytes, snapshots; /* since the start */
	uint64_t torn;                               /* tails cut at the start */
	/* commands and outcomes since the start */
	uint64_t refused, failed, committed, expired, gave_way, clearings;
	uint32_t inbox, open_tx, keys;
	size_t memory;
};
void gn_ledger_info(const struct gn_ledger *l, struct gn_ledger_info *out);
/* Asserts the invariants of docs/spec/ledger.md on the whole state: O(everything). */
void gn_ledger_validate(const struct gn_ledger *l);

#endif
