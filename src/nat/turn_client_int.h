/* What the client's two files share. */
#ifndef GN_NAT_TURN_CLIENT_INT_H
#define GN_NAT_TURN_CLIENT_INT_H

#include "nat/limits.h"
#include "nat/turn_client.h"

struct turn_client_key {
	uint8_t b[32];
	uint8_t len;
	bool sha256; /* the integrity */
};

static inline struct gn_slice turn_text(const struct gn_turn_text *t)
{
	return gn_slice(t->b, t->len);
}

/* turn_client.c */
void turn_client_key(const struct gn_turn_client *c, struct turn_client_key *key);
/* The request on its way is this one now. */
void turn_client_ask(struct gn_turn_client *c, uint16_t method, gn_time now);
void turn_client_gone(struct gn_turn_client *c, gn_err why);

#endif
