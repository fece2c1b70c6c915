/* What a client shows to be let in (token.c). */
#ifndef GN_JET_TOKEN_INT_H
#define GN_JET_TOKEN_INT_H

#include "jet/session_int.h"

/* A Retry came with this cookie: shows a pass with it, or begins to solve what it owes, or
 * nothing. GN_BUSY when it owes more than we give. */
GN_MUST gn_err jet_token_follow(struct jet_session *s, struct gn_slice cookie);
/* An answer is being looked for; nothing is sent meanwhile. */
static inline bool jet_token_owed(const struct jet_session *s)
{
	return s->hs && s->hs->owed;
}
/* Tries one nonce for who waits longest. */
void jet_token_tick(struct gn_jet *jet, gn_time now);
gn_time jet_token_deadline(const struct gn_jet *jet);
/* The session is over. */
void jet_token_drop(struct jet_session *s);
void jet_token_on_pass(struct jet_session *s, struct gn_slice pass);

#endif
