/* The first bytes of a tunnel's stream (RE-63), and what is answered to them. Pure.
 *
 *   opener:    version 1 = 1 | service's length 1 | token's length 2 | service | token
 *   answer:    version 1 = 1 | code 2 (a number of base/err.def; 0: taken) */
#ifndef GN_NODE_TUNNEL_HEAD_H
#define GN_NODE_TUNNEL_HEAD_H

#include "base/base.h"
#include "wire/token.h"

#define TUNNEL_VERSION 1u
#define TUNNEL_FIXED 4u                                            /* bytes before the service */
#define TUNNEL_SERVICE 255u                                        /* bytes of its name, at most */
#define TUNNEL_HEAD (TUNNEL_FIXED + TUNNEL_SERVICE + GN_TOKEN_MAX) /* bytes of all */
#define TUNNEL_ANSWER 3u

struct tunnel_head {
	struct gn_slice service; /* 1 byte at least, UTF-8 */
	struct gn_slice token;   /* empty: none */
};

/* How many bytes are to be there until more can be said, `in` being those that are: in.len when
 * that is all of the head, or when it is none. */
size_t tunnel_head_want(struct gn_slice in);
/* Of a whole head; borrows. GN_VERSION, GN_MALFORMED, GN_TEXT, GN_TOO_LARGE. */
GN_MUST gn_err tunnel_head_parse(struct gn_slice in, struct tunnel_head *out);
/* GN_RANGE, GN_TEXT: the service; GN_TOO_LARGE: the token; out has TUNNEL_HEAD bytes of room. */
GN_MUST gn_err tunnel_head_put(const struct tunnel_head *head, struct gn_buf *out);

void tunnel_answer_put(gn_err code, uint8_t out[TUNNEL_ANSWER]);
/* GN_REMOTE: a number that is not known here. GN_VERSION: another answer than ours. */
gn_err tunnel_answer_get(const uint8_t in[TUNNEL_ANSWER]);
/* What a number of a stream's reset or of an answer means; 0: GN_CLOSED. */
gn_err tunnel_code(uint32_t code);

#endif
