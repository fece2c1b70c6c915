/* Which of a program's routes a request is for: route.h. */
#include "host/route.h"

bool gn_host_path_match(const struct gn_host_paths *p, const char *pattern, struct gn_slice path,
			gn_host_args args)
{
	unsigned arg = 0;
	size_t i = 0;
	GN_ASSERT(p->arg_max > 0 && p->arg_max <= GN_HOST_ARG);
	for (; *pattern; pattern++) {
		if (*pattern != '*') {
			if (i >= path.len || path.p[i++] != (uint8_t)*pattern)
				return false;
			continue;
		}
		struct gn_slice rest = gn_slice_sub(path, i, path.len);
		const uint8_t *slash = rest.len ? memchr(rest.p, '/', rest.len) : NULL;
		size_t len = slash ? (size_t)(slash - rest.p) : rest.len;
		GN_ASSERT(arg < GN_HOST_ARGS);
		struct gn_buf out = {(uint8_t *)args[arg], 0, p->arg_max - 1};
		if (len == 0 || gn_http_unescape(gn_slice_sub(rest, 0, len), &out) ||
		    (p->text_args && !gn_utf8_ok(gn_buf_slice(&out))))
			return false;
		args[arg++][out.len] = 0;
		i += len;
	}
	return i == path.len;
}

const struct gn_host_route *gn_host_route_find(const struct gn_host_paths *p,
					       enum gn_http_method method, struct gn_slice path,
					       gn_host_args args, bool *other_method)
{
	*other_method = false;
	if (p->end_slash && path.len > 1 && path.p[path.len - 1] == '/')
		path.len--;
	for (const uint8_t *at = p->routes;; at += p->route_size) {
		const struct gn_host_route *route = (const void *)at;
		gn_host_args found = {"", ""};
		if (!route->path)
			return NULL;
		if (!gn_host_path_match(p, route->path, path, found))
			continue;
		if (route->method == method ||
		    (route->method == GN_HTTP_GET && method == GN_HTTP_HEAD)) {
			memcpy(args, found, sizeof found);
			return route;
		}
		*other_method = true;
	}
}

gn_err gn_host_decimal(struct gn_slice text, uint64_t max, uint64_t *out)
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
