/* Resources of tokens: paths of parts joined by '/', where the last part of a pattern may be '*',
 * one or more parts. Invariant: a path has one spelling ('/', '*' and '%' inside a part are "%2F",
 * "%2A" and "%25", nothing else is coded), so two paths are the same when their bytes are. Rules:
 * docs/spec/wire.md WR-31. */
#include "wire/token.h"

static bool must_code(uint8_t c)
{
	return c == '/' || c == '*' || c == '%';
}

static bool is_coded(struct gn_slice rest)
{
	static const char *const codes[] = {"%2F", "%2A", "%25"};
	for (size_t i = 0; i < GN_COUNT(codes); i++)
		if (rest.len >= 3 && memcmp(rest.p, codes[i], 3) == 0)
			return true;
	return false;
}

/* U+0000..U+001F, U+007F..U+009F, in bytes that are UTF-8. */
static bool is_control(struct gn_slice rest)
{
	uint8_t c = rest.p[0];
	return c < 0x20 || c == 0x7f || (c == 0xc2 && rest.len > 1 && rest.p[1] < 0xa0);
}

/* One part without its slashes; a star that is a part by itself is the caller's to judge. */
static bool part_ok(struct gn_slice part)
{
	for (size_t i = 0; i < part.len; i++) {
		struct gn_slice rest = gn_slice_sub(part, i, part.len - i);
		if (is_control(rest) || rest.p[0] == '*' || (rest.p[0] == '%' && !is_coded(rest)))
			return false;
	}
	return part.len > 0;
}

static bool is_star(struct gn_slice part)
{
	return part.len == 1 && part.p[0] == '*';
}

gn_err gn_token_resource_ok(struct gn_slice resource, bool pattern)
{
	if (resource.len > GN_TOKEN_RESOURCE_MAX)
		return GN_TOO_LARGE;
	if (!gn_utf8_ok(resource))
		return GN_TEXT;
	for (size_t at = 0; at <= resource.len;) {
		size_t end = at;
		while (end < resource.len && resource.p[end] != '/')
			end++;
		struct gn_slice part = gn_slice_sub(resource, at, end - at);
		bool last = end == resource.len;
		if (!(last && pattern && is_star(part)) && !part_ok(part))
			return GN_TEXT;
		at = end + 1;
	}
	return GN_OK;
}

gn_err gn_token_resource(const struct gn_slice *parts, size_t count, struct gn_buf *out)
{
	uint8_t path[GN_TOKEN_RESOURCE_MAX];
	struct gn_buf b = {path, 0, sizeof path};
	GN_ASSERT(count);
	for (size_t i = 0; i < count; i++) {
		if (!parts[i].len)
			return GN_TEXT;
		if (i)
			GN_TRY(gn_buf_put(&b, GN_LIT("/")));
		for (size_t k = 0; k < parts[i].len; k++) {
			uint8_t c = parts[i].p[k];
			const char *code = c == '/' ? "%2F" : c == '*' ? "%2A" : "%25";
			GN_TRY(gn_buf_put(&b, must_code(c) ? gn_str(code) : gn_slice(&c, 1)));
		}
	}
	GN_TRY(gn_token_resource_ok(gn_buf_slice(&b), false));
	return gn_buf_put(out, gn_buf_slice(&b));
}

bool gn_token_covers(struct gn_slice pattern, struct gn_slice other)
{
	bool star = pattern.len && pattern.p[pattern.len - 1] == '*' &&
		    (pattern.len == 1 || pattern.p[pattern.len - 2] == '/');
	if (!star)
		return gn_slice_eq(pattern, other);
	size_t front = pattern.len - 1;
	return other.len > front && (!front || memcmp(pattern.p, other.p, front) == 0);
}
