/* One record of the journal, decoded: what happened, who signed it, and the facts that were
 * decided. History, events and reports are made from these; slices borrow the record's bytes.
 * Byte layout: docs/spec/ledger.md, "Records". */
#ifndef GN_LEDGER_RECORD_H
#define GN_LEDGER_RECORD_H

#include "ledger/op.h"

enum gn_record_type {
	GN_REC_GENESIS = 1,
	GN_REC_SETTINGS = 2,
	GN_REC_EQUIVALENT = 3,
	GN_REC_PARTICIPANT = 4,
	GN_REC_PROFILE = 5,
	GN_REC_STATUS = 6,
	GN_REC_LINE = 7,
	GN_REC_DISPUTE = 8,
	GN_REC_LEAVE = 9,
	GN_REC_PAYMENT = 10,
	GN_REC_FAILED = 11,
	GN_REC_PREPARE = 12,
	GN_REC_VOTE = 13,
	GN_REC_COMMIT = 14,
	GN_REC_ABORT = 15,
	GN_REC_CLEARING = 16,
	GN_REC_PROPOSE = 17,
	GN_REC_ANSWER = 18,
	GN_REC_REJECT = 19,
	GN_REC_CHECKPOINT = 20,
	GN_REC_NOTE = 21,
	GN_REC_ROLE = 22,
	GN_REC_VERIFY = 23,
};

/* Why a payment or an offer came to nothing, as records hold it: the digit of its error code
 * (E00n). */
enum gn_failure {
	GN_FAILURE_NONE = 0,
	GN_FAILURE_NO_ROUTE = 1,    /* no chain of lines leads to the payee */
	GN_FAILURE_NO_CAPACITY = 2, /* the lines cannot carry it */
	GN_FAILURE_REFUSED = 6,     /* somebody who was asked said no */
	GN_FAILURE_EXPIRED = 7,     /* not all who were asked answered in time; or it gave way */
	GN_FAILURE_STOPPED = 8,     /* by an officer, or a line of an offer began to ask */
	GN_FAILURE_MAX = 10,        /* the last digit that there is */
};

enum gn_participant_status {
	GN_PARTICIPANT_ACTIVE,
	GN_PARTICIPANT_SUSPENDED,
	GN_PARTICIPANT_LEFT,
	GN_PARTICIPANT_DELETED
};
enum gn_participant_kind { GN_PARTICIPANT_PERSON, GN_PARTICIPANT_BUSINESS, GN_PARTICIPANT_HUB };
enum gn_line_status {
	GN_LINE_NONE,
	GN_LINE_ACTIVE,
	GN_LINE_FROZEN,
	GN_LINE_CLOSING,
	GN_LINE_CLOSED
};
enum gn_line_action { GN_LINE_DO_CREATE, GN_LINE_DO_UPDATE, GN_LINE_DO_CLOSE, GN_LINE_DO_CLOSING };
enum gn_role { GN_ROLE_NONE, GN_ROLE_AUDITOR, GN_ROLE_OPERATOR, GN_ROLE_ADMIN };
/* By which search a payment's way was found: LG-34, LG-35, LG-62. */
enum gn_routed { GN_ROUTED_PATHS, GN_ROUTED_FLOW, GN_ROUTED_SECOND };
enum gn_clearing_mode {
	GN_CLEARING_INLINE,
	GN_CLEARING_PERIODIC,
	GN_CLEARING_EXACT,
	GN_CLEARING_CONSENT,
	GN_CLEARING_MODES
};

/* A hub's decisions that records depend on (LG-34, LG-35, LG-40, LG-41). */
struct gn_ledger_settings {
	uint8_t max_hops, max_paths; /* 1..10 */
	/* what these do not carry is looked for with 10 and 10 (LG-62) */
	bool second_search;
	bool maxflow; /* then by exact max-flow */
	bool inline_clearing;
	bool accept_v0;
	uint32_t cycle5_s, cycle6_s;     /* seconds between periodic clearings, 0 = never */
	uint32_t exact_s;                /* and between exact ones, which the hub makes (LG-63) */
	uint32_t expiry_s, expiry_s_max; /* of a prepared payment: default and most, seconds */
};

/* One hop P->Q of a pair: dir 0 is from the pair's lower node to its higher. For a line: side 0
 * is owned by the lower node. */
struct gn_hop {
	uint32_t pair;
	uint8_t dir;
};

/* Varint sequences that are walked, not copied. */
struct gn_hops {
	struct gn_slice bytes;
	uint32_t count;
};

struct gn_rec_signed {
	uint8_t profile;
	bool present;
	uint32_t signer; /* participant number */
	uint64_t seq;    /* of the geo-v1 envelope; 0 when it has none */
	struct gn_slice bytes;
	struct gn_sig sig;
};
struct gn_rec_admin {
	struct gn_pk actor; /* zeros: the hub itself, or its bootstrap token */
	uint8_t role;
	struct gn_slice reason;
	struct gn_slice bytes; /* what the actor signed, or empty */
	uint64_t seq;          /* of the signed envelope */
	struct gn_sig sig;     /* when bytes is not empty */
};

struct gn_rec_policy {
	bool auto_clearing, can_be_intermediate, ask;
	gn_amount daily_limit, max_hop_usage; /* -1: none */
	uint32_t blocked_count;
	struct gn_slice blocked; /* blocked_count hashes of 32 bytes */
};

struct gn_record_view {
	enum gn_record_type type;
	uint64_t seq;
	gn_time time;
	struct gn_rec_signed sign; /* types that have one */
	struct gn_rec_admin admin;
	struct gn_tx_key key;
	uint32_t eq;
	union {
		struct {
			uint16_t version;
			struct gn_pk hub;
			struct gn_ledger_settings settings;
		} genesis; /* GENESIS, SETTINGS (settings alone) */
		struct {
			struct gn_slice code, info;
			uint8_t precision;
			bool active;
		} equivalent;
		struct {
			struct gn_pk pk;
			uint8_t kind;
		} participant;
		struct {
			uint32_t participant;
			uint8_t status, level, status_before, level_before;
		} status;
		struct {
			uint32_t from, to, pair, version; /* version after the change */
			uint8_t side, action, status;     /* status after the change */
			/* opened anew: ids of before name it no more (LG-11) */
			bool first;
			gn_amount limit;
			struct gn_rec_policy policy;
		} line;
		struct {
			uint32_t pair;
			uint8_t side;
			bool on;
		} dispute;
		struct { /* PAYMENT, PREPARE */
			uint32_t payer, payee;
			gn_amount amount;
			uint8_t mode; /* enum gn_routed */
			uint32_t route_count;
			struct gn_slice routes; /* gn_rec_next_route */
			gn_time expiry;         /* PREPARE */
			struct gn_hops asked;   /* PREPARE: participant numbers */
		} payment;
		struct {
			uint32_t payer, payee;
			gn_amount amount, available;
			uint8_t code; /* enum gn_failure: NO_ROUTE, NO_CAPACITY */
			uint32_t raise_count;
			struct gn_slice raises; /* gn_rec_next_raise */
		} failed;
		struct {
			bool yes;
		} answer; /* VOTE, ANSWER */
		struct {
			struct gn_slice certificate;
			uint8_t code; /* ABORT, REJECT: enum gn_failure */
			bool by_admin;
		} end;   /* COMMIT, ABORT, REJECT */
		struct { /* CLEARING, PROPOSE */
			uint8_t mode;
			uint64_t cause;
			gn_amount_sum total; /* sum of all debts' decrease */
			/* PROPOSE: the optimum that needs nobody's answer */
			gn_amount_sum without;
			uint32_t cycle_count;
			/* gn_rec_next_route: amount and the debts' hops u->v */
			struct gn_slice cycles;
			uint32_t edge_count;
			struct gn_slice edges; /* gn_rec_next_edge */
			struct gn_hash certificate;
			gn_time expiry;
			struct gn_hops asked;
		} clearing;
		struct gn_hash state; /* CHECKPOINT */
		struct gn_slice note;
		struct { /* VERIFY: who asked for it; r.eq UINT32_MAX: of all equivalents */
			struct gn_pk who; /* zeros: the bootstrap token */
		} verify;
		struct {
			struct gn_pk pk;
			uint8_t role, before; /* NONE: none */
			struct gn_slice name;
		} role;
	} u;
};

/* The record at *off of a batch's payload; moves *off and counts seq up. GN_NOT_FOUND at the
 * end, GN_CORRUPT. */
GN_MUST gn_err gn_rec_next(struct gn_slice payload, size_t *off, uint64_t seq,
			   struct gn_record_view *out);
/* Walkers: false at the end; slices move. Bytes of a decoded record are checked, so nothing else
 * can fail. */
bool gn_rec_next_route(struct gn_slice *routes, gn_amount *amount, struct gn_hops *hops);
bool gn_rec_next_hop(struct gn_hops *hops, struct gn_hop *out);
bool gn_rec_next_number(struct gn_hops *numbers, uint32_t *out);
bool gn_rec_next_raise(struct gn_slice *raises, struct gn_hop *line, gn_amount *raise);
/* A debt P->Q and by how much it falls (hop written in the debt's direction). */
bool gn_rec_next_edge(struct gn_slice *edges, struct gn_hop *debt, gn_amount *amount);

#endif
