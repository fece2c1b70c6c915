/* The history's parts, from the bottom: sql_*.c databases; history_json.c shapes; history_fold.c
 * case; notes.c texts by number; tables.c what there is; rows_*.c records become rows;
 * history_ask.c, history_tx.c questions; history.c opening and feeding. */
#ifndef GN_HISTORY_INT_H
#define GN_HISTORY_INT_H

#include "history/history.h"

#define GN_HISTORY_NAME_MAX (4 * OP_NAME_MAX + 4) /* bytes of a display name, folded or not */

/* What of the audit log is about the hub as a whole, and everybody's to see (HB-32): an index's
 * words, so the same in each question. */
#define GN_HISTORY_PUBLIC                                                                          \
	"action IN ('settings', 'equivalent.create', 'equivalent.update', 'clear', 'snapshot', "   \
	"'integrity.verify')"

struct equivalent_note {
	char code[17];
	uint8_t precision;
	struct {
		uint32_t lower, higher;
	} *pairs; /* by pair number; participants */
	uint32_t pair_count, pair_cap;
};

struct gn_history {
	struct gn_sql *sql;
	struct gn_pk hub;
	uint64_t watermark;
	char (*pids)[GN_PID_MAX]; /* by participant number */
	uint32_t pid_count, pid_cap;
	struct equivalent_note *equivalents; /* by number */
	uint32_t equivalent_count;
	char settings[512]; /* of the last SETTINGS record, as JSON: the "before" of the next */
	char why[HISTORY_WHY];
	bool lost;
};

/* ---- notes.c ---- */

GN_MUST gn_err gn_history_note_pid(struct gn_history *h, uint32_t number, const char *pid);
GN_MUST gn_err gn_history_note_equivalent(struct gn_history *h, uint32_t number, const char *code,
					  unsigned precision);
GN_MUST gn_err gn_history_note_pair(struct gn_history *h, uint32_t eq, uint32_t pair,
				    uint32_t lower, uint32_t higher);
void gn_history_forget(struct gn_history *h); /* all of them */
const char *gn_history_pid(const struct gn_history *h, uint32_t number);
struct equivalent_note *gn_history_equivalent(const struct gn_history *h, uint32_t number);
gn_history_pair_pids gn_history_pair; /* user: struct gn_history */

/* ---- tables.c ---- */

GN_MUST gn_err gn_history_set_meta(struct gn_history *h, const char *name, const char *value);
/* Makes the tables that are not there, again if they are of another hub or schema; reads what is
 * kept in memory. */
GN_MUST gn_err gn_history_load(struct gn_history *h);

/* ---- rows_*.c: a record, and the operation that it holds, become rows ---- */

struct tx_row {
	const char *type, *state;
	struct gn_slice tx_id;
	int64_t other, eq, amount;
	unsigned code;
	json_t *routes, *details; /* freed here */
	bool decided, has_key;
};
GN_MUST gn_err gn_history_put_tx(struct gn_history *h, const struct gn_record_view *r,
				 const struct gn_op *op, const struct tx_row *t);
/* A raw JSON string as plain text; out->len 0 when it is absent or too long. */
void gn_history_unescape(struct gn_slice raw, struct gn_buf *out);
/* Who a prepared payment or an offer asks: they may know its outcome, whenever they ask (HB-9). */
GN_MUST gn_err gn_history_put_asked(struct gn_history *h, const struct gn_record_view *r,
				    struct gn_hops asked);
GN_MUST gn_err gn_history_set_status(struct gn_history *h, uint32_t participant,
				     enum gn_participant_status status, gn_time now);
GN_MUST gn_err gn_history_audit(struct gn_history *h, const struct gn_record_view *r,
				const char *action, const char *target, const char *before,
				const char *after);
typedef gn_err gn_history_row(struct gn_history *h, const struct gn_record_view *r);
typedef gn_err gn_history_op_row(struct gn_history *h, const struct gn_record_view *r,
				 const struct gn_op *op);
gn_history_row gn_history_feed_settings, gn_history_feed_equivalent, gn_history_feed_status,
	gn_history_feed_dispute, gn_history_feed_answer, gn_history_feed_end,
	gn_history_feed_clearing, gn_history_feed_role, gn_history_feed_note,
	gn_history_feed_verify;
gn_history_op_row gn_history_feed_participant, gn_history_feed_profile, gn_history_feed_line,
	gn_history_feed_payment, gn_history_feed_failed;

/* ---- */

/* history_fold.c: texts that differ by case alone become one. UTF-8 in and out; what does not
 * fit is left out. */
void gn_history_fold(struct gn_slice text, struct gn_buf *out);
/* history_tx.c: GN_HQ_TRANSACTIONS. *out is made even when it fails. */
GN_MUST gn_err gn_history_transactions(struct gn_history *h, const struct gn_history_query *q,
				       json_t **out);

#endif
