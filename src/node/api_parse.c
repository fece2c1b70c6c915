/* Parsing of API requests: nothing here knows a node or a socket. */
#include "node/api_parse.h"

#include "net/net.h"
#include <jansson.h>
#include <stdlib.h>

bool gn_node_path_match(const char *pattern, struct gn_slice path, char args[2][GN_NODE_ARG])
{
	unsigned arg = 0;
	size_t i = 0;
	for (; *pattern; pattern++) {
		if (*pattern != '*') {
			if (i >= path.len || path.p[i++] != (uint8_t)*pattern)
				return false;
			continue;
		}
		struct gn_slice rest = gn_slice_sub(path, i, path.len);
		const uint8_t *slash = rest.len ? memchr(rest.p, '/', rest.len) : NULL;
		struct gn_slice segment =
			gn_slice(rest.p, slash ? (size_t)(slash - rest.p) : rest.len);
		GN_ASSERT(arg < 2);
		struct gn_buf out = {(uint8_t *)args[arg], 0, GN_NODE_ARG - 1};
		if (segment.len == 0 || gn_http_unescape(segment, &out))
			return false;
		args[arg++][out.len] = 0;
		i += segment.len;
	}
	return i == path.len;
}

gn_err gn_node_number(struct gn_slice text, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;
	for (size_t i = 0; i < text.len; i++) {
		if (text.p[i] < '0' || text.p[i] > '9' || v > (UINT64_MAX - 9) / 10)
			return GN_RANGE;
		v = v * 10 + (uint64_t)(text.p[i] - '0');
	}
	if (text.len == 0 || v > max)
		return GN_RANGE;
	*out = v;
	return GN_OK;
}

static int digit(uint8_t c)
{
	return c >= 'A' && c <= 'Z'   ? c - 'A'
	       : c >= 'a' && c <= 'z' ? c - 'a' + 26
	       : c >= '0' && c <= '9' ? c - '0' + 52
	       : c == '+'             ? 62
	       : c == '/'             ? 63
				      : -1;
}

gn_err gn_node_unbase64(struct gn_slice text, uint8_t **out, size_t *len)
{
	if (text.len % 4)
		return GN_TEXT;
	size_t pad = text.len && text.p[text.len - 1] == '=' ? 1u + (text.p[text.len - 2] == '=')
							     : 0,
	       n = 0;
	uint8_t *bytes = malloc(text.len / 4 * 3 + 1);
	uint32_t v = 0;
	if (!bytes)
		return GN_NOMEM;
	for (size_t i = 0; i < text.len; i++) {
		int d = i >= text.len - pad ? 0 : digit(text.p[i]);
		if (d < 0) {
			free(bytes);
			return GN_TEXT;
		}
		v = v << 6 | (uint32_t)d;
		for (unsigned k = 0; i % 4 == 3 && k < 3; k++)
			bytes[n++] = (uint8_t)(v >> (16 - 8 * k));
	}
	*out = bytes;
	*len = n - pad;
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
