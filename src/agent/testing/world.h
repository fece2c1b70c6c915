/* Two agents over a network of the test's: each has a node beside the test (beside.h), and what
 * those nodes hold is here, so that a test says what holders have, lose and lie about; and what
 * time it is. The agents are whole but for their own loop and socket. */
#ifndef GN_AGENT_TESTING_WORLD_H
#define GN_AGENT_TESTING_WORLD_H

#include "agent/testing/beside.h"

#include "agent/agent_int.h"

#define WORLD_RECORDS 128
#define WORLD_ITEMS 4096
#define WORLD_HOLDERS 10

struct world_item {
	struct gn_pk box, by;
	struct gn_hash hash;
	uint8_t *bytes;
	size_t len;
	unsigned sent; /* deposits of it; */
	bool wide;     /* the last one's */
	bool lost;     /* holders forgot it */
	bool hidden;   /* they say that they hold it, and show it to nobody */
	bool front, taken;
	gn_time at;
	struct gn_sig sig; /* an invite's, whose key is `by`; zeros */
};

struct world_soul {
	struct beside beside;
	struct world *world;
	struct gn_agent a;
	gn_time next; /* when it wants its next turn */
	char root[64];
	struct { /* boxes that it follows: call, box */
		uint64_t call;
		struct gn_pk box;
		bool poll;
	} follows[64];
	unsigned follow_count;
};

struct world {
	struct world_soul souls[2];
	gn_time now;
	struct {
		struct gn_hash key;
		struct gn_pk owner;
		bool keys; /* of prekeys */
		size_t len, first_len;
		uint8_t *bytes, *first; /* what was put first */
	} records[WORLD_RECORDS];
	size_t record_count;
	struct world_item items[WORLD_ITEMS];
	size_t item_count;
	struct gn_sk holders[WORLD_HOLDERS];
	unsigned checks;     /* questions that came */
	bool withhold;       /* no prekeys record is given, and none is taken */
	bool stale;          /* the first prekeys are given, whatever came after them */
	bool beside;         /* nodes answer beside the question, and count what nobody holds */
	bool alone;          /* nodes reach nobody */
	uint64_t node_ms;    /* the time that they go by, */
	bool clock_is_wrong; /* and their peers contradict */
	bool says_taken;     /* holders say of all that somebody took it */
	struct gn_pk refuse; /* deposits by this key are refused */
	bool refuse_all;     /* all by certificates are */
	struct gn_pk liar;   /* holders say of strangers' items that this invite let them in */
	struct gn_pk silent; /* of deposits in this box nothing is heard; */
	unsigned unanswered; /* so many */
	/* what the test answers itself: true, it did */
	bool (*call)(struct world_soul *s, const struct gn_host_app_event *e);
};

void world_make(struct world *w);
void world_end(struct world *w);
/* Turns until what is asked for is so, at one moment of the world. */
void world_turn(struct world *w);
/* Turns until nothing happens any more; then time passes, so long, in steps of at most `step`. */
void world_settle(struct world *w);
void world_pass(struct world *w, gn_time span, gn_time step);
/* Away: its node is gone, and it waits without a turn in each moment. Back: it is there again, and
 * boxes are followed. */
void world_away(struct world *w, unsigned who);
void world_back(struct world *w, unsigned who);
/* They are contacts, and have answered each other. */
void world_meet(struct world *w);
/* From one to the other; its id. */
struct gn_content_id world_say(struct world *w, unsigned from, const char *text);
/* Something lies in a box, whoever let it in. */
void world_leave(struct world *w, const struct gn_pk *box, const struct gn_pk *by,
		 struct gn_slice bytes);
/* A holder shows it now, whatever became of it. */
void world_show(struct world *w, size_t item);
/* What one has of the other's or its own message: -1 not there. */
int world_state(struct world *w, unsigned who, bool mine, const struct gn_content_id *id);
/* Stopped and opened again: what is not in the store is gone. */
void world_again(struct world *w, unsigned who);
/* Its data are copied; put back, whatever it did since. */
void world_copy(struct world *w, unsigned who);
void world_put_back(struct world *w, unsigned who);
struct gn_pk world_owner(const struct world *w, unsigned who);
/* Boxes that this one follows now; poll: of before. */
unsigned world_follows(const struct world *w, unsigned who, bool poll);

#define WORLD_UNTIL(w, what)                                                                       \
	do {                                                                                       \
		for (unsigned turns_ = 0; !(what) && turns_ < 40000; turns_++)                     \
			world_turn(w);                                                             \
		assert_true(what);                                                                 \
	} while (0)

#endif
