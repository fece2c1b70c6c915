/* The history's parts: history.c (tables, feeding), history_ask.c (questions). */
#ifndef GN_HUB_HISTORY_INT_H
#define GN_HUB_HISTORY_INT_H

#include "hub/history.h"

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
	char why[HUB_WHY];
};

const char *gn_history_pid(const struct gn_history *h, uint32_t number);
struct equivalent_note *gn_history_equivalent(const struct gn_history *h, uint32_t number);
gn_pair_pids gn_history_pair; /* user: struct gn_history */

#endif
