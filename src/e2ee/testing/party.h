/* Two or more devices that know each other, and letters between them: the world of this module's
 * tests. Everything comes from a seed. */
#ifndef GN_E2EE_PARTY_H
#define GN_E2EE_PARTY_H

#include "e2ee/device_int.h"

struct party {
	struct gn_alloc alloc;
	struct gn_prng prng;
	struct gn_rand rand;
	struct gn_env env;
	struct gn_e2ee_own own;
	struct gn_e2ee_prekeys keys; /* the public halves of the newest record */
	uint32_t next_id;            /* of the next prekeys */
	struct gn_e2ee *e;
};

/* few: prekeys besides `last`. */
void party_make(struct party *p, uint64_t seed, size_t few);
void party_free(struct party *p);
/* New prekeys; those of before stay until they are erased. */
void party_renew(struct party *p, size_t few);
/* What a record of `of` would make `p` believe. */
void party_peer(const struct party *of, struct gn_e2ee_peer *out);
void party_believe(struct party *p, const struct party *of);
void parties_meet(struct party *a, struct party *b);
/* Two that know each other, with so many prekeys besides `last`; and their end. */
void parties_make(struct party *a, size_t few_a, struct party *b, size_t few_b);
void parties_free(struct party *a, struct party *b);

/* A device's whole state as bytes, and back in its place. */
struct snapshot {
	uint8_t *p; /* owned */
	size_t len;
};
struct snapshot party_save(const struct party *p);
void party_load(struct party *p, struct snapshot s);
void snapshot_free(struct snapshot *s);

struct letter {
	uint8_t bytes[GN_E2EE_SIZE_LARGEST];
	size_t len;
};
extern const uint8_t party_hint[32];
extern const struct gn_pk party_box;

/* Content is any bytes; the time is in seconds. */
gn_err party_send(struct party *from, const struct party *to, struct gn_slice content,
		  struct letter *out, uint64_t now);
/* The same as text, and it must succeed. */
void party_write(struct party *from, const struct party *to, const char *text, struct letter *out);
enum gn_e2ee_result party_read(struct party *p, const struct letter *l, struct gn_e2ee_read *r,
			       struct gn_buf *out, uint64_t now);
/* Reads it and is told what it was: "" unless it was opened. */
enum gn_e2ee_result party_text(struct party *p, const struct letter *l, char text[64]);
/* Text from one to the other; asserts that it arrives as it is. */
void party_talk(struct party *from, struct party *to, const char *text);
/* The session that p writes to `of` in, or its newest. */
struct e2ee_session *party_session(const struct party *p, const struct party *of);
uint64_t party_count(const struct party *p, const char *counter);

#endif
