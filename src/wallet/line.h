/* Trust lines: what is signed to open, change and close one (HB-25), and why a payment does not go
 * (HB-37). Pure: answers of the hub in, bodies and facts out. */
#ifndef GN_WALLET_LINE_H
#define GN_WALLET_LINE_H

#include "wallet/hub.h"
#include "wallet/limits.h"

/* The open line to pid in a list of /trustlines, borrowed; NULL. */
const json_t *gn_wallet_line_to(const json_t *items, const char *pid);
/* {"id", "version", "to", "equivalent"}: the id is the hub's word, so what is signed says whose
 * line is meant (LG-11). NULL: no memory. */
json_t *gn_wallet_line_own(const json_t *line, const char *to, const char *equivalent);
/* What to change; line NULL: it is opened. */
struct gn_wallet_line {
	const char *limit; /* NULL: stays */
	bool close;        /* once it is repaid */
	bool freeze, unfreeze;
	json_t *policy; /* whole (HB-25); taken. NULL: stays */
};
json_t *gn_wallet_line_body(const json_t *line, const char *pid, const char *equivalent,
			    const struct gn_wallet_line *change);
/* How it is signed and sent. path: of /api/v1, at most 80 bytes. */
enum gn_op_kind gn_wallet_line_kind(const json_t *line, bool close);
const char *gn_wallet_line_method(enum gn_op_kind kind);

/* Each line that is in the way, under whatever name it stands in details, in their order. item has
 * cause, owner, debtor, by (and *_name), available, left_today. */
void gn_wallet_causes(const json_t *details, void (*tell)(void *user, const json_t *item),
		      void *user);

/* What would help, the nearest first. */
enum gn_wallet_way_kind {
	GN_WALLET_WAY_LESS,      /* pay `amount`: so much can arrive */
	GN_WALLET_WAY_ASK_RAISE, /* `pid` raises the line to `other` by `amount` */
	GN_WALLET_WAY_RAISE,     /* the same, and that line is one's own */
	GN_WALLET_WAY_LINE,      /* nothing leads there: a line with `pid` */
	GN_WALLET_WAY_WAIT,      /* what stops a line ends by itself: a limit of the day */
};
struct gn_wallet_way {
	enum gn_wallet_way_kind kind;
	const char *pid, *name, *other, *other_name, *amount; /* borrowed; "" */
};
/* details: of a refused payment, or an answer of /payments/capacity. me, payee: PIDs. */
size_t gn_wallet_ways(const json_t *details, const char *me, const char *payee,
		      struct gn_wallet_way out[GN_WALLET_WAYS]);

#endif
