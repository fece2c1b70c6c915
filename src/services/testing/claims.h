/* Names, signed as the command line does it, put and resolved in a network. */
#ifndef GN_SERVICES_TESTING_CLAIMS_H
#define GN_SERVICES_TESTING_CLAIMS_H

#include "services/testing/world.h"

struct claim_pair {
	uint8_t bytes[2][GN_RECORD_MAX];
	struct gn_slice record[2];
};

struct gn_sk claim_key(uint8_t seed);
struct gn_name claim_name(const char *text);
struct gn_name_claim claim_of(struct svc *s, const char *name, const struct gn_sk *sk, uint64_t seq,
			      const struct gn_name_entry *entries, size_t count);
void claim_sign(const struct gn_sk *sk, const struct gn_name_claim *c, struct claim_pair *out);
gn_err claim_put_start(struct svc *s, unsigned node, const struct gn_sk *sk,
		       const struct gn_name_claim *c, struct svc_wait *w);
gn_err claim_put(struct svc *s, unsigned node, const struct gn_sk *sk,
		 const struct gn_name_claim *c, struct svc_wait *w);
gn_err claim_resolve(struct svc *s, unsigned node, const char *text, bool fresh,
		     struct svc_wait *w);
uint64_t svc_names_count(struct svc *s, unsigned node, const char *name);

#endif
