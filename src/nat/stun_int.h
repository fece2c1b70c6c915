/* What stun.c and stun_auth.c share. */
#ifndef GN_NAT_STUN_INT_H
#define GN_NAT_STUN_INT_H

#include "nat/limits.h"
#include "nat/stun.h"

#define STUN_COOKIE 0x2112a442u
#define STUN_SHA1 20   /* bytes of a MESSAGE-INTEGRITY */
#define STUN_SHA256 32 /* and of the other, before it is cut */

/* The MAC of a message whose integrity attribute, with a value of `len` bytes, begins at `at`: over
 * what is before it, with the head's length as if it ended with that attribute. */
void stun_mac(struct gn_slice before, size_t len, bool sha256, struct gn_slice key,
	      uint8_t out[STUN_SHA256]);

#endif
