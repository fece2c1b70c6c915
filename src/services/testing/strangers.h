/* Strangers that speak the messages of blocks themselves, to node 0: what they bring, ask for and
 * want kept. */
#ifndef GN_SERVICES_TESTING_STRANGERS_H
#define GN_SERVICES_TESTING_STRANGERS_H

#include "services/testing/world.h"

struct stranger {
	struct gn_pk key;
	struct gn_addr addr;
};

/* Key number n on an address of prefix p: a public one, or (p over 255) a private one. */
struct stranger stranger_of(unsigned n, unsigned p);
void stranger_block(uint32_t number, uint32_t len, uint8_t *data, struct gn_hash *hash);
/* One message of this kind. */
void stranger_say(struct svc *s, const struct stranger *t, struct gn_fbb *b, uint8_t type,
		  gn_fbref body);
gn_err stranger_keep_for(struct svc *s, const struct stranger *t, const struct gn_hash *block,
			 uint32_t len, uint32_t ttl, uint64_t *until);
gn_err stranger_keep(struct svc *s, const struct stranger *t, const struct gn_hash *block,
		     uint32_t len);
void stranger_put(struct svc *s, const struct stranger *t, const struct gn_hash *block,
		  uint32_t len, const uint8_t *data);
/* Chunk i of n whole ones, with the hash that proves it of a block of two. */
void stranger_put_part(struct svc *s, const struct stranger *t, const struct gn_hash *block,
		       uint32_t len, uint32_t i, uint32_t n, const struct gn_hash *sibling,
		       const uint8_t *data);
/* Asks, sends, and runs until it is stored: GN_OK or the refusal. */
gn_err stranger_store(struct svc *s, const struct stranger *t, uint32_t number, uint32_t len);
unsigned stranger_reserve(struct svc *s, const struct stranger *t, unsigned from, unsigned count);
/* Someone asks for the chunk of block number. */
void stranger_get(struct svc *s, const struct stranger *t, uint32_t number);

#endif
