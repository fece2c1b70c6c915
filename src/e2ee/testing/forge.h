/* Messages of a peer that breaks rules with authentic seals: any header, any inner part. */
#ifndef GN_E2EE_FORGE_H
#define GN_E2EE_FORGE_H

#include "e2ee/testing/party.h"

struct forgery {
	struct e2ee_header header;
	uint8_t mk_dh[E2EE_KEY], mk_pq[E2EE_KEY]; /* of which the inner part's key is made */
	uint8_t inner[E2EE_KEY + 2 + E2EE_CHUNK]; /* content key first: it is put in */
	bool chunk;                               /* the long form */
	bool next;                                /* sealed with the next header key */
};
/* As `from` would write now, to be changed: its state stays as it is. */
void forge_begin(const struct party *from, const struct party *to, struct forgery *out);
/* Steps both keys on by so many messages, as a jump would need. */
void forge_ahead(const struct party *from, const struct party *to, uint32_t n, uint32_t en,
		 struct forgery *f);
void forge_letter(struct party *from, const struct party *to, const struct forgery *f,
		  struct letter *out);

#endif
