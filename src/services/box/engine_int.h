/* The engine's state, shared by its files; what its parts hold and do is in their own headers. */
#ifndef GN_SERVICES_BOX_ENGINE_INT_H
#define GN_SERVICES_BOX_ENGINE_INT_H

#include "services/box/ask_int.h"
#include "services/box/queue_int.h"
#include "wire/token.h"

enum box_find_kind { FIND_RULES, FIND_PUT, FIND_READ, FIND_WORK };

/* Kinds of tickets of the log. */
enum box_ticket { TICKET_STORE = 1, TICKET_LOAD, TICKET_ACK, TICKET_TURN };

struct box_counts {
#define X(name) uint64_t name;
#include "services/box/counters.def"
#undef X
};

struct box_ack { /* read from the log at the start */
	struct gn_pk box;
	struct gn_hash hash;
	uint64_t until;
	uint32_t readers;
};

struct gn_box {
	struct gn_env env;
	struct gn_box_config cfg;
	gn_time now, wake; /* of the last call; when to run although no timer is due */
	struct gn_frame frame;
	bool ready; /* the log has been read */

	/* holder */
	struct gn_map held;  /* box -> box_held * */
	struct gn_map items; /* SHA-256(box || id) -> box_item * */
	uint64_t bytes;      /* costs of all that is not gone */
	uint64_t position;   /* given last */
	uint32_t untaken, gone;
	struct box_item *gone_first, *gone_last;
	struct gn_heap weights, sums; /* of box_held */
	struct gn_ring acks;          /* until the log has been read, and: */
	struct gn_ring old_turns;     /* box_turn_value */
	gn_time ready_at;             /* it was read */
	struct gn_heap turns;         /* of box_turn: lent for the last time */
	struct gn_map endings;        /* ticket number -> box_ending */
	struct gn_map nears;          /* box_near_key -> box_near */
	struct gn_map limited;        /* box_limited_key -> box_limited */
	uint64_t round; /* of the lists, that those who wait for one were looked through in */
	uint32_t rules_count, lookups, pending;
	size_t pending_bytes;
	struct box_pending *ready_first, *ready_last; /* requests whose rules are known */
	struct gn_map stores;                         /* ticket number -> box_store */
	struct gn_map loads;                          /* ticket number -> box_load */
	struct gn_map peers;                          /* pk -> box_peer * */
	struct gn_map feeds;                          /* number -> box_feed * */
	struct box_feed *feed_first, *feed_last;      /* active ones */
	unsigned watches;
	struct gn_map wanted; /* index key -> box_wanted */
	uint32_t members_at;
	bool members_again; /* they changed while boxes were looked through */
	gn_time members_look, sweep, feeds_look;
	gn_time feeds_next; /* all of them are looked at */
	struct gn_box_caused caused;
	struct gn_token token; /* being checked */
	uint8_t *value;        /* being written; gn_box_value_max bytes */

	/* depositor, reader */
	struct gn_heap timers; /* of box_ask */
	struct gn_map asks;    /* number -> box_ask * */
	struct box_ask *lost_first;
	struct gn_map doors;  /* box_door_key -> box_door * */
	struct gn_ring signs; /* box_door_key: not shown to the owner */
	uint16_t show_last;
	gn_time doors_look;
	struct box_put *put_first;
	struct box_read *read_first;
	struct box_work *work_first;
	uint32_t puts, reads, works;
	size_t put_bytes;

	struct gn_frame_out out;
	struct box_counts count;
};

/* Unix seconds by the clock of records; b->now runs the timers. */
static inline uint64_t box_unix(const struct gn_box *b)
{
	return gn_unix(gn_overlay_time(b->cfg.overlay, b->now));
}
/* The same for until when something is kept: the later one while our clock is in doubt (OV-82). */
static inline uint64_t box_unix_latest(const struct gn_box *b)
{
	return gn_unix(gn_overlay_time_latest(b->cfg.overlay, b->now));
}
/* Has a worker an item of a queue now? */
static inline bool box_turn_is_lent(const struct gn_box *b, const struct box_item *it)
{
	return it->turn && it->turn->state == GN_FB_BOX_TURN_STATE_LENT && it->turn->until > b->now;
}
static inline void box_wake(struct gn_box *b)
{
	b->wake = b->now;
}

#endif
