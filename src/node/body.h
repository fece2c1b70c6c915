/* What the API reads from the bodies of requests, as pure functions (fuzzed by api_fuzz.c). */
#ifndef GN_NODE_BODY_H
#define GN_NODE_BODY_H

#include "base/base.h"
#include "node/limits.h"

/* Base64 of a JSON string. GN_OK: *out is malloc'ed, the caller frees; GN_TEXT, GN_NOMEM. */
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
