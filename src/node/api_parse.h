/* What the API reads from a request, as pure functions (fuzzed by api_fuzz.c). */
#ifndef GN_NODE_API_PARSE_H
#define GN_NODE_API_PARSE_H

#include "base/base.h"
#include "node/limits.h"

/* Segment by segment, percent-decoded into args in order; '*' in the pattern takes one segment
 * that is not empty. False: no match. */
bool gn_node_path_match(const char *pattern, struct gn_slice path, char args[2][GN_NODE_ARG]);
/* Decimal up to max; GN_RANGE. */
GN_MUST gn_err gn_node_number(struct gn_slice text, uint64_t max, uint64_t *out);
/* RFC 4648 section 4 with padding. GN_OK: *out is malloc'ed, the caller frees; GN_TEXT,
 * GN_NOMEM. */
GN_MUST gn_err gn_node_unbase64(struct gn_slice text, uint8_t **out, size_t *len);

struct gn_node_spread_body {
	uint8_t *hashes; /* malloc'ed: count * 32 bytes */
	size_t count;
	unsigned copies;
	uint64_t keep_until; /* 0: not given */
};
/* {"blocks": [hex..], "copies": 1..8, "keep_until": seconds}; GN_USAGE, GN_RANGE, GN_NOMEM. */
GN_MUST gn_err gn_node_spread_parse(struct gn_slice json, struct gn_node_spread_body *out);

#endif
