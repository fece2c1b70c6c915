/* The engine: book, journal, router and what waits between them. */
#ifndef GN_LEDGER_ENGINE_INT_H
#define GN_LEDGER_ENGINE_INT_H

#include "ledger/journal_int.h"
#include "ledger/route_int.h"

enum lg_engine_state { LG_FRESH, LG_RECOVERING, LG_RUNNING, LG_STOPPED };

#define LG_NOBODY UINT32_MAX

/* A signed request that waits its turn. */
struct lg_item {
	uint64_t ticket;
	struct gn_op op; /* parsed from bytes */
	struct gn_pk signer;
	uint32_t who; /* the signer's number, LG_NOBODY if he was not known when it came */
	struct gn_sig sig;
	struct gn_tx_key key; /* payments whose initiator is known */
	bool has_key;
	bool flow_elsewhere, flow_given; /* as in the request */
	struct gn_ledger_flow flow;      /* behind bytes */
	size_t len;
	uint8_t bytes[];
};

/* An outcome that is told when the record `after` is durable. */
struct lg_result {
	uint64_t ticket, seq, after;
	struct gn_tx_key key;
	uint32_t off, len; /* of the record in its batch; len 0: none */
	gn_err err;
	uint8_t state;
	bool repeated;
};

/* ---- recover.c ---- */

enum lg_recover_phase {
	LG_REC_LIST,
	LG_REC_SNAP_HEAD, /* header of a snapshot */
	LG_REC_SNAP_BODY,
	LG_REC_FIND, /* header of a segment: where to begin */
	LG_REC_HEAD, /* header of the segment being read */
	LG_REC_READ,
	LG_REC_SCAN, /* behind a batch that does not hold: is there one that does? */
	LG_REC_CUT,
	LG_REC_CUT_SYNC,
	LG_REC_DONE,
};

struct lg_recover {
	enum lg_recover_phase phase;
	bool out, fresh;    /* a request is out; nothing was there */
	uint32_t *segments; /* owned: numbers found, ascending */
	uint64_t *snaps;    /* owned: seqs found, ascending */
	uint32_t segment_count, segment_cap, snap_count, snap_cap;
	uint32_t at;                /* index into segments */
	uint64_t start_seq;         /* first seq that is needed */
	struct lg_snap snap;        /* the one loaded */
	bool snap_loaded, snap_met; /* its place in the journal was seen */
	struct gn_buf window;       /* owned: bytes of the file; the first `skip` are done with */
	size_t skip;
	uint64_t base;      /* file offset of window.p[skip] */
	uint64_t next_read; /* file offset of the next byte to read */
	bool ended;         /* the file has no more bytes */
	uint64_t cut;       /* file offset where the torn tail begins */
	struct gn_hash chain;
	bool chained; /* chain is known */
	uint64_t seq; /* of the last record seen */
	gn_err err;
};

/* ---- snapshot.c ---- */

enum lg_snap_phase {
	LG_SNAP_IDLE,
	LG_SNAP_WRITE,
	LG_SNAP_SYNC,
	LG_SNAP_WAIT,
	LG_SNAP_RENAME,
	LG_SNAP_REMOVE
};

struct lg_snapshot {
	enum lg_snap_phase phase;
	bool out, wanted;
	struct lg_snap head;
	uint8_t header[SNAP_HEADER];
	struct gn_buf state; /* owned */
	uint64_t written;    /* bytes */
	uint64_t since;      /* journal bytes when the last one was made */
	uint64_t kept[2];    /* seqs of the newest on disk, newest first; 0: none */
	uint64_t removing;
	uint64_t made;
};

struct lg_sweep { /* a periodic clearing under way */
	bool active;
	unsigned max_len;
	uint32_t eq, pair;
};

struct gn_ledger {
	struct gn_env env;
	struct gn_ledger_config config;
	enum lg_engine_state state;
	gn_err stopped_by;
	bool tell_ready, tell_stopped;
	struct lg_book book;
	struct lg_journal journal;
	struct lg_router router;
	struct lg_recover recover;
	struct lg_snapshot snapshot;
	struct lg_cycles cycles;
	struct lg_sweep sweep;
	gn_time clock; /* the hub's, as last told; the last record may lie ahead of it */
	gn_time next5, next6;
	struct gn_ring inbox;   /* of struct lg_item *, owned */
	struct gn_ring results; /* of struct lg_result */
	/* an open transaction is decided and its end could not be written yet */
	bool unsettled;
	bool records_told; /* the RECORDS event of journal.told was handed out */
	uint32_t *touched; /* owned: pairs of the payment just applied */
	uint32_t touched_count, touched_cap;
	uint8_t *scratch; /* owned: routes, edges, raises of the record being made */
	uint32_t scratch_cap;
	/* recovery's batch being told */
	struct gn_slice told;
	bool told_handed; /* it went out as an event */
	uint64_t told_seq;
	uint32_t told_count;
	struct gn_ledger_info info;
};

/* ---- commit.c ---- */

/* Applies and journals one record; ticket 0 has no result. On GN_OK its outcome follows when it
 * is durable. */
GN_MUST gn_err lg_commit(struct gn_ledger *l, struct gn_record_view *r, uint64_t ticket,
			 enum gn_tx_state state, gn_time now);
/* An outcome without a record of its own; told when record `after` is durable. */
void lg_answer(struct gn_ledger *l, const struct lg_result *r);
void lg_stop(struct gn_ledger *l, gn_err err);
/* `need` bytes of scratch. */
GN_MUST gn_err lg_scratch(struct gn_ledger *l, uint64_t need);
void lg_running(struct gn_ledger *l, gn_time now);

/* The signed part of a record. */
void lg_fill_signed(const struct lg_item *item, uint32_t signer, struct gn_rec_signed *out);

/* ---- ends.c ---- */

GN_MUST gn_err lg_end(struct gn_ledger *l, struct lg_open *o, enum gn_failure why,
		      const struct gn_rec_admin *who, uint64_t ticket, gn_time now);

/* ---- inline.c ---- */

/* Applies what lg_cycles found in one equivalent as one record; undoes the trials first. GN_AGAIN:
 * it found nothing, and somebody waits for an outcome. */
GN_MUST gn_err lg_commit_cycles(struct gn_ledger *l, uint32_t eq, enum gn_clearing_mode mode,
				uint64_t cause, uint64_t ticket, gn_time now);
/* Cycles of 3 and 4 through `touched` (LG-40). */
void lg_clear_inline(struct gn_ledger *l, uint32_t eq, gn_time now);

/* ---- decide.c, decide_pay.c ---- */

void lg_decide(struct gn_ledger *l, const struct lg_item *item, gn_time now);
GN_MUST gn_err lg_decide_payment(struct gn_ledger *l, const struct lg_item *item, uint32_t payer,
				 gn_time now);
GN_MUST gn_err lg_decide_answer(struct gn_ledger *l, const struct lg_item *item, uint32_t signer,
				gn_time now);
/* ABORT or REJECT of everything that expired by now. */
void lg_expire(struct gn_ledger *l, gn_time now);

/* ---- periodic.c ---- */
void lg_periodic(struct gn_ledger *l, gn_time now);
/* Cycles of at most max_len everywhere in one equivalent, as one record; GN_AGAIN: there are
 * none. */
GN_MUST gn_err lg_clear_cycles(struct gn_ledger *l, uint32_t eq, unsigned max_len, uint64_t ticket,
			       gn_time now);
GN_MUST gn_err lg_commit_offer(struct gn_ledger *l, struct lg_open *o, uint64_t ticket,
			       gn_time now);

/* ---- recover.c ---- */
void lg_recover_start(struct gn_ledger *l);
bool lg_recover_request(struct gn_ledger *l, struct gn_ledger_io *out);
void lg_recover_done(struct gn_ledger *l, gn_err err, struct gn_slice data, gn_time now);
/* Goes on after a batch was told. */
void lg_recover_more(struct gn_ledger *l, gn_time now);
void lg_recover_fini(struct gn_ledger *l);

/* ---- snapshot.c ---- */
/* At a batch boundary: the state as of the batch just sealed. */
void lg_snapshot_take(struct gn_ledger *l, uint64_t seq, gn_time now);
bool lg_snapshot_request(struct gn_ledger *l, struct gn_ledger_io *out);
void lg_snapshot_done(struct gn_ledger *l);
void lg_snapshot_fini(struct gn_ledger *l);
#define LG_TOKEN_SNAPSHOT 2u
#define LG_TOKEN_RECOVER 3u

/* ---- envelope.c ---- */

/* The signed op's own conditions that do not depend on what it asks for: hub, profile, time. now
 * is that of its record, in Unix seconds. */
GN_MUST gn_err lg_check_envelope(const struct lg_book *b, const struct gn_op *op, uint64_t now);
/* An operation that is being taken is as young as LG-21 wants it, by the hub's clock, which may
 * lie behind the last record. */
GN_MUST gn_err lg_check_age(const struct gn_op *op, gn_time clock);
/* And its sequence is not far above the signer's last one (LG-67); not above it at all is told
 * when it is applied. */
GN_MUST gn_err lg_check_jump(const struct gn_op *op, uint64_t last);

/* ---- officers.c ---- */
/* The record says what its actor signed, for this hub, at this time; seq is that of the
 * envelope. */
GN_MUST gn_err lg_check_command(const struct lg_book *b, const struct gn_record_view *r,
				uint64_t now, struct gn_op *op);

/* ---- verify.c ---- */
/* A record says what was signed, or it is corrupt. */
#define SAME(cond)                                                                                 \
	do {                                                                                       \
		if (!(cond))                                                                       \
			return GN_CORRUPT;                                                         \
	} while (0)

/* The record's signatures hold and it says what was signed (LG-54). Before it is applied. */
GN_MUST gn_err lg_verify_record(const struct lg_book *b, const struct gn_record_view *r);
/* Limit, status and policy that the line of r is to have by what was signed: what the words
 * leave out is as it was before, and as it is by default on a new line (LG-25). r has the line
 * and the action; the list of the blocked is borrowed from op or b. */
GN_MUST gn_err lg_line_signed(const struct lg_book *b, const struct gn_op *op,
			      struct gn_record_view *r);
/* The line of r leads to whom the words name, in the equivalent that they name, where they do
 * (LG-11). */
bool lg_line_named(const struct lg_book *b, const struct gn_op *op, const struct gn_record_view *r);
/* Body -> policy in numbers. GN_AMOUNT. storage holds OP_BLOCKED_MAX hashes. */
GN_MUST gn_err lg_read_policy(const struct gn_op_policy *p, unsigned precision,
			      struct gn_rec_policy *out);

#endif
