/* A few people with a few devices each: engines, stores in memory, letters between them that may
 * be lost, doubled, delayed and not be opened, and crashes between a call and its commit. What
 * an agent does around the engine (PE-50, PE-51) is done here, in the simplest way. Everything
 * comes from a seed. */
#ifndef GN_PEOPLE_WORLD_H
#define GN_PEOPLE_WORLD_H

#include "crypto/testing/known.h"
#include "people/people_int.h"

#define WORLD_PEOPLE 3
#define WORLD_DEVICES 2
#define WORLD_DESKS (WORLD_PEOPLE * WORLD_DEVICES)

struct kept_row { /* as stored; of a message `m` is its row opened */
	enum gn_people_row_kind kind;
	struct gn_hash chat;
	char key[GN_CONTENT_REGISTER_KEY_MAX + 1];
	size_t key_len;
	uint8_t *bytes, *content; /* owned */
	size_t len, content_len;
	struct gn_people_message m;
};
struct kept_item {
	uint64_t item;
	struct gn_hash chat;
	struct gn_content_id id;
};
struct letter {
	uint64_t item;
	unsigned from, to; /* desks */
	uint8_t *bytes;    /* owned */
	size_t len;
	bool stays, resend; /* resend: it asks for one, or answers; never lost */
	gn_time held_until; /* it was not taken: offered again then */
};
struct world;
struct desk {
	struct world *world;
	unsigned number, person;
	bool off; /* nothing comes to it */
	struct gn_alloc alloc;
	struct gn_prng prng;
	struct gn_rand rand;
	struct gn_env env;
	struct gn_sk key;
	struct gn_people *p;
	struct kept_row *rows; /* owned */
	size_t row_count, row_room;
	struct kept_item *items; /* owned */
	size_t item_count;
	bool met[WORLD_DESKS]; /* a letter of that desk was opened: no set-up any more */
	unsigned told_box;     /* people, a bit each */
	/* what came of it */
	struct gn_people_event events[64];
	size_t event_count;
	unsigned crashes;
};
struct world {
	struct gn_prng prng;
	struct gn_rand rand;
	struct gn_sk people[WORLD_PEOPLE], next[WORLD_PEOPLE];
	struct desk desks[WORLD_DESKS];
	unsigned count, devices; /* people, devices of each */
	struct letter *letters;  /* owned */
	size_t letter_count, letter_room;
	uint64_t next_item;
	gn_time now;
	unsigned lost, doubled, unopened, crash; /* in a thousand */
	bool quiet;                              /* wanted records and boxes are not given */
};

/* ---- store.c ---- */

/* Room for one more. */
void *world_grow(void *p, size_t count, size_t *room, size_t size);
uint8_t *world_copy(struct gn_slice s);
void desk_store(struct desk *d, const struct gn_people_row *row);
void desk_drop_row(struct desk *d, struct kept_row *r);
bool desk_find(void *user, const struct gn_people_find *f, struct gn_people_found *out);
int world_compare_place(const struct gn_people_message *a, uint64_t order, uint64_t sent,
			const struct gn_content_id *id);

/* ---- world.c ---- */

void world_make(struct world *w, uint64_t seed, unsigned people, unsigned devices);
void world_free(struct world *w);
struct desk *world_desk(struct world *w, unsigned person, unsigned device);
/* A's request, B's yes; then all letters arrive. */
void world_befriend(struct world *w, unsigned a, unsigned b);
/* Stores what the last call gave, sends what is to be sent, answers what was wanted. False: it
 * crashed before, and was opened again. */
bool desk_settle(struct desk *d);
/* Opens it again from its rows. */
void desk_reopen(struct desk *d);
/* Says text; the id is given out. */
gn_err desk_say(struct desk *d, unsigned to, const char *text, struct gn_content_id *id);
gn_err desk_what(struct desk *d, unsigned to, struct gn_content *what);
/* One random letter, or what time brings. False: there is nothing. */
bool world_step(struct world *w);
/* Lets all letters arrive and timers come, up to `until` of time. */
void world_run(struct world *w, gn_time until);
void world_deliver(struct world *w, size_t letter);
/* The message as stored; NULL: there is none. */
const struct kept_row *desk_message(const struct desk *d, unsigned with, bool mine,
				    const struct gn_content_id *id);
const struct gn_pk *world_owner(const struct world *w, unsigned person);
struct gn_people_contact desk_contact(const struct desk *d, unsigned with);
uint64_t desk_count(const struct desk *d, const char *counter);
bool desk_had(const struct desk *d, enum gn_people_event_kind kind);
/* The record of that person, as published in this world. */
void world_record(const struct world *w, unsigned person, struct gn_people_identity *out,
		  struct gn_people_device devices[WORLD_DEVICES]);
/* A letter by hand, of a device of `from`. */
void world_post(struct world *w, unsigned from, unsigned to, const struct gn_content *what);
/* What people see of a chat, as text: one line a message in order. The same on every device of both
 * but for whose is whose. */
size_t desk_view(const struct desk *d, unsigned with, char *out, size_t cap);
/* Fails with the first line that differs. */
void assert_same_view(const char *a, const char *b);

#endif
