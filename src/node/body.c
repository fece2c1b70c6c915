/* Parsing of bodies of the API's requests: nothing here knows a node or a socket. */
#include "node/body.h"

#include <jansson.h>
#include <stdlib.h>

gn_err gn_node_unbase64(struct gn_slice text, uint8_t **out, size_t *len)
{
	struct gn_buf buf = {malloc(text.len / 4 * 3 + 1), 0, text.len / 4 * 3 + 1};
	if (!buf.p)
		return GN_NOMEM;
	gn_err err = gn_unbase64(text, false, &buf);
	if (err) {
		free(buf.p);
		return err;
	}
	*out = buf.p;
	*len = buf.len;
	return GN_OK;
}

static gn_err hashes_of(const json_t *list, uint8_t **out, size_t *count)
{
	size_t n = json_array_size(list);
	uint8_t *hashes = n ? malloc(n * 32) : NULL;
	if (!hashes)
		return n ? GN_NOMEM : GN_USAGE;
	for (size_t i = 0; i < n; i++) {
		const json_t *item = json_array_get(list, i);
		if (!json_is_string(item) ||
		    gn_unhex(gn_slice(json_string_value(item), json_string_length(item)),
			     hashes + i * 32, 32)) {
			free(hashes);
			return GN_USAGE;
		}
	}
	*out = hashes;
	*count = n;
	return GN_OK;
}

gn_err gn_node_spread_parse(struct gn_slice text, struct gn_node_spread_body *out)
{
	struct gn_node_spread_body s = {.copies = 3};
	json_t *json = json_loadb((const char *)text.p, text.len, JSON_REJECT_DUPLICATES, NULL);
	const json_t *copies = json_object_get(json, "copies"),
		     *until = json_object_get(json, "keep_until");
	gn_err err = json_is_object(json) ? GN_OK : GN_USAGE;
	if (!err && copies &&
	    (!json_is_integer(copies) || json_integer_value(copies) < 1 ||
	     json_integer_value(copies) > 8))
		err = GN_RANGE;
	if (!err && until && (!json_is_integer(until) || json_integer_value(until) < 0))
		err = GN_RANGE;
	if (!err)
		err = hashes_of(json_object_get(json, "blocks"), &s.hashes, &s.count);
	if (!err) {
		s.copies = copies ? (unsigned)json_integer_value(copies) : s.copies;
		s.keep_until = until ? (uint64_t)json_integer_value(until) : 0;
		*out = s;
	}
	json_decref(json);
	return err;
}
