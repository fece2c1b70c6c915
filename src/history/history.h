/* What people ask about the past: names, payments, clearings, who changed what. A reading of the
 * journal's records into SQL tables, up to a watermark; dropping the tables loses nothing. Lives
 * on one thread of its own (feed.c); nothing here waits for or holds up a payment. */
#ifndef GN_HISTORY_H
#define GN_HISTORY_H

#include "history/sql.h"
#include "ledger/ledger.h"
#include <jansson.h>

struct gn_history;

/* Another one than a database has: its tables are dropped and made again from the journal
 * (HB-11). */
#define GN_HISTORY_SCHEMA "3"

/* kind: as gn_hub_config.history; path: the SQLite file. hub: another hub's tables are dropped. */
GN_MUST gn_err gn_history_open(const char *kind, const char *path, const struct gn_pk *hub,
			       struct gn_history **out, char why[HISTORY_WHY]);
void gn_history_close(struct gn_history *h);
/* The last record that the SQLite file's history of this hub knows; 0: it knows none, or is not
 * this hub's. The file is only read. */
GN_MUST gn_err gn_history_known(const char *path, const struct gn_pk *hub, uint64_t *seq,
				char why[HISTORY_WHY]);
/* The last record that is in; 0: none. */
uint64_t gn_history_watermark(const struct gn_history *h);
/* Records of one RECORDS event, all or none; those up to the watermark are skipped. GN_CORRUPT:
 * a gap. */
GN_MUST gn_err gn_history_feed(struct gn_history *h, struct gn_slice payload, uint64_t first_seq,
			       uint32_t count);
const char *gn_history_why(const struct gn_history *h);
/* A question met no database: another connection is wanted. */
bool gn_history_lost(const struct gn_history *h);

enum gn_history_kind {
	GN_HQ_NAMES, /* {number: name}: all, for the hub's start */
	/* text, person_kind, person_status, limit, offset: {items, total} */
	GN_HQ_PARTICIPANTS,
	GN_HQ_PARTICIPANT,      /* who */
	GN_HQ_EQUIVALENT_TIMES, /* {code: [created, updated]} */
	GN_HQ_LINE_TIMES,       /* lines: {"eq/owner/debtor": [created, updated]} */
	GN_HQ_PAYMENTS,         /* who (-1: all), direction, eq, status, from, to, limit, offset */
	GN_HQ_PAYMENT,          /* who (-1: any), text = tx_id */
	GN_HQ_OPEN,             /* keys: {key: payment} of those that wait for answers */
	GN_HQ_OFFERS,           /* {key: offer} of clearings that wait, with who's edges */
	GN_HQ_MAY_KNOW,         /* text = key: true when who pays, is paid, or was asked */
	GN_HQ_CLEARINGS,        /* who (-1: all), eq, limit, offset */
	/* who (-1: all), eq, status, type, initiator (-1: any), text = tx_id or key, from, to,
	 * limit, offset: {items, total}; items keep their key as "_key" */
	GN_HQ_TRANSACTIONS,
	/* limit, offset; text: the PID of one who may see but what is public (HB-32): {items,
	 * total} */
	GN_HQ_AUDIT,
	GN_HQ_NOTHING, /* null: the database answers */
	GN_HQ_STATS,   /* counts by state and type */
	/* not of the journal: text = jti; 1 when it was used before (tokens.db) */
	GN_HQ_USED_REFRESH,
};

struct gn_history_query {
	enum gn_history_kind kind;
	int64_t who; /* participant number, -1: anybody */
	int64_t eq;  /* number, -1: any */
	int64_t initiator;
	int direction;  /* 0 all, 1 sent, 2 received */
	char text[260]; /* q; tx_id; jti */
	char type[20], status[32];
	int person_kind, person_status; /* PARTICIPANTS: numbers of records, -1: any */
	int64_t from, to;               /* Unix seconds, 0: open */
	int64_t limit, offset;
	/* LINE_TIMES: items of gn_hub_line_json; borrowed, nobody touches them meanwhile */
	const json_t *lines;
	/* OPEN: items with "key", as of GET /payments/asked; borrowed in the same way */
	const json_t *keys;
};
/* A new JSON value as said above; items of lists are whole answers of the API. NULL:
 * gn_history_why. */
json_t *gn_history_ask(struct gn_history *h, const struct gn_history_query *q);

/* ---- shapes shared with the live answers ---- */

void gn_history_amount_json(json_t *object, const char *name, gn_amount_sum amount,
			    unsigned precision);
json_t *gn_history_time_json(gn_time t); /* "2026-11-21T07:00:00Z", null for 0 */
json_t *gn_history_text_json(struct gn_slice s);
/* A JSON string's raw text, unescaped. */
json_t *gn_history_raw_json(struct gn_slice raw);
/* [{path:[pid..], amount}]; pair tells the two participants' PIDs, false: unknown. */
typedef bool gn_history_pair_pids(void *user, uint32_t eq, uint32_t pair, char lower[GN_PID_MAX],
				  char higher[GN_PID_MAX]);
json_t *gn_history_routes_json(struct gn_slice routes, uint32_t eq, unsigned precision,
			       gn_history_pair_pids *pair, void *user);
/* Leaves in details.raises what pid is an end of; raises_elsewhere counts the others (HB-37). */
void gn_history_own_raises(json_t *details, const char *pid);

#endif
