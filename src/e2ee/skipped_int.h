/* Keys of messages that were passed over: bounded, the newest kept, a week (EE-28). */
#ifndef GN_E2EE_SKIPPED_INT_H
#define GN_E2EE_SKIPPED_INT_H

#include "e2ee/kdf_int.h"

/* One key. `chain` says of which chain: its header key (DH), or its epoch. */
struct e2ee_skipped {
	uint8_t chain[E2EE_KEY]; /* secret where it is a header key */
	uint8_t key[E2EE_KEY];   /* secret */
	uint32_t n;              /* number in the chain */
	uint64_t made;           /* Unix seconds */
	uint64_t serial;         /* grows with each key: a name for the row it is stored in */
};

/* Oldest first: by serial. What a message made that is not committed lies behind `count`. */
struct e2ee_skips {
	struct gn_alloc *alloc;  /* borrowed */
	struct e2ee_skipped *at; /* owned */
	uint32_t count, fresh, capacity;
	uint64_t serial;  /* of the next key */
	uint64_t passed;  /* keys that the message being opened was too far ahead for */
	uint64_t dropped; /* keys that gave way or grew too old */
};

#define E2EE_NOT_SKIPPED UINT32_MAX

void e2ee_skips_init(struct e2ee_skips *s, struct gn_alloc *alloc);
void e2ee_skips_fini(struct e2ee_skips *s);
/* Its place, or E2EE_NOT_SKIPPED; keys that are too old are not found. */
uint32_t e2ee_skips_find(const struct e2ee_skips *s, const uint8_t chain[E2EE_KEY], uint32_t n,
			 uint64_t now);
/* Steps the chain on to `until`, and remembers the keys passed over, of which the newest
 * E2EE_SKIPPED_MAX, as fresh ones. GN_LIMIT: further than E2EE_JUMP_MAX. GN_NOMEM. */
GN_MUST gn_err e2ee_skips_run(struct e2ee_skips *s, const uint8_t chain[E2EE_KEY],
			      struct e2ee_chain *keys, uint64_t until, uint64_t now);
/* The message was opened: the fresh ones stay, the used one (or E2EE_NOT_SKIPPED) and those that
 * are too many or too old go. */
void e2ee_skips_commit(struct e2ee_skips *s, uint32_t used, uint64_t now);
/* It was not: the fresh ones go. */
void e2ee_skips_abort(struct e2ee_skips *s);
void e2ee_skips_validate(const struct e2ee_skips *s);
/* One more key at the end, as it was saved. GN_CORRUPT: not behind the last. GN_LIMIT, GN_NOMEM. */
GN_MUST gn_err e2ee_skips_load(struct e2ee_skips *s, const struct e2ee_skipped *key);

#endif
