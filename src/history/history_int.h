/* The history's parts: history.c (tables, feeding), history_ask.c, history_tx.c (questions),
 * history_fold.c (case). */
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

const char *gn_history_pid(const struct gn_history *h, uint32_t number);
struct equivalent_note *gn_history_equivalent(const struct gn_history *h, uint32_t number);
/* history_fold.c: texts that differ by case alone become one. UTF-8 in and out; what does not
 * fit is left out. */
void gn_history_fold(struct gn_slice text, struct gn_buf *out);
/* history_tx.c: GN_HQ_TRANSACTIONS. *out is made even when it fails. */
GN_MUST gn_err gn_history_transactions(struct gn_history *h, const struct gn_history_query *q,
				       json_t **out);
gn_history_pair_pids gn_history_pair; /* user: struct gn_history */

#endif
