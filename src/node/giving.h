/* What an owner has their node do for others, which hashes it keeps away from, and what was given,
 * month by month. Pure: texts in and out; give.c has the files, and tells the engines.
 *
 *   give      what was said by `geonet give`, as "name = value" lines; the settings' for the rest
 *   refused   hashes, one a line, 64 hex digits
 *   given     a month a line, and who had how much of it; months are those of the Unix time
 *
 * 1. What was given in a month stands under that month alone, and is never lowered: a clock that
 *    is set back or forth goes on where it was, and begins no month twice.
 * 2. A text that is wrong changes nothing.
 * Rule: docs/spec/reach.md RE-64. */
#ifndef GN_NODE_GIVING_H
#define GN_NODE_GIVING_H

#include "host/setting.h"
#include "node/limits.h"
#include "services/relay/relay.h"

struct giving_wish {
	enum gn_relay_give_level relay;
	uint32_t rate; /* bytes a second of each lane */
	uint64_t month;
	uint64_t hold; /* bytes of others' blocks */
	bool hold_nothing, turn, metered;
};
/* relay, rate, month, hold, turn, metered */
extern const struct gn_host_setting giving_settings[];
#define GIVING_SETTINGS 6

struct giving_month {
	uint32_t month; /* 12 x year + month from 0; 0: the place is free */
	uint64_t small, bulk, turn;
};
struct giving_by {
	uint32_t month;
	bool token;
	uint8_t id[32]; /* key; id of the token, whose bytes count under its bearer's key, too */
	uint64_t small, bulk;
};
struct giving {
	struct giving_wish wish;
	bool said[GIVING_SETTINGS]; /* by `geonet give`, not by the settings */
	struct giving_month months[GIVING_MONTHS];
	unsigned by_count;
	struct giving_by by[GIVING_BY];
};

/* ---- what is given ---- */

/* "hold" may be "nothing", too. GN_USAGE with why, which begins with the name. */
GN_MUST gn_err giving_set(struct giving *g, struct gn_slice name, struct gn_slice value,
			  char why[GN_HOST_WHY]);
/* The value of the i-th setting, as it would be said; GN_HOST_VALUE bytes do. */
void giving_text(const struct giving *g, unsigned i, char *out, size_t cap);
/* The file `give`. GN_USAGE with why. */
GN_MUST gn_err giving_read(struct giving *g, struct gn_slice text, char why[GN_HOST_WHY]);
#define GIVING_WISH_TEXT 1024
void giving_write(const struct giving *g, struct gn_buf *out);

/* ---- what was given ---- */

/* Of that Unix second; *end: when the next month begins. */
uint32_t giving_month_of(uint64_t unix_seconds, uint64_t *end);
/* Its place, begun if need be: then the month that is farthest from it may be forgotten. */
struct giving_month *giving_month(struct giving *g, uint32_t month);
static inline uint64_t giving_sum(const struct giving_month *m)
{
	return m->small + m->bulk + m->turn;
}
/* Somebody had so much in that month. Where there is no place, who has the least of the month that
 * is farthest from it is forgotten; nothing is taken from the month's sum by that. */
void giving_add_by(struct giving *g, uint32_t month, const struct gn_relay_given *given);
/* The file `given`. GN_USAGE with why, which names the line. */
GN_MUST gn_err giving_read_counts(struct giving *g, struct gn_slice text, char why[GN_HOST_WHY]);
#define GIVING_COUNTS_TEXT (GIVING_MONTHS * 96 + GIVING_BY * 128 + 128)
void giving_write_counts(const struct giving *g, struct gn_buf *out);

/* ---- what is refused: set is gn_hash -> uint8_t, of GIVING_REFUSED at most ---- */

/* The file `refused`: '#' begins a comment. GN_USAGE with why, which names the line; then some may
 * be in the set. */
GN_MUST gn_err giving_read_refused(struct gn_map *set, struct gn_slice text, char why[GN_HOST_WHY]);
#define GIVING_REFUSED_TEXT (GIVING_REFUSED * 65 + 128)
void giving_write_refused(const struct gn_map *set, struct gn_buf *out);

#endif
