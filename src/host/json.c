/* JSON values that answers are made of: json.h. */
#include "host/json.h"

#include "host/wipe.h"

#include <malloc.h>
#include <stdlib.h>

static void wipe_free(void *p)
{
	gn_host_wipe_free(p, p ? malloc_usable_size(p) : 0);
}

void gn_host_json_wipes(void)
{
	json_set_alloc_funcs(malloc, wipe_free);
}

json_t *gn_host_json_hex(const void *p, size_t len)
{
	char hex[129];
	GN_ASSERT(len <= 64);
	gn_hex(gn_slice(p, len), hex);
	return json_string(hex);
}

json_t *gn_host_json_base64(struct gn_slice s)
{
	size_t cap = GN_BASE64_MAX(s.len);
	char *text = malloc(cap);
	json_t *json = text && gn_base64(s, false, text, cap) == GN_OK ? json_string(text) : NULL;
	free(text);
	return json;
}

json_t *gn_host_json_slice(struct gn_slice s)
{
	if (!s.len)
		return json_string(""); /* it may be nowhere */
	return gn_utf8_ok(s) ? json_stringn((const char *)s.p, s.len) : gn_host_json_base64(s);
}

void gn_host_json_keep(char *text)
{
	size_t to = 0, len = strlen(text);
	for (size_t at = 0, n; at < len; at += n) {
		for (n = 1; n < 4 && at + n < len && !gn_utf8_ok(gn_slice(text + at, n));)
			n++;
		if (!gn_utf8_ok(gn_slice(text + at, n))) {
			n = 1;
			continue;
		}
		memmove(text + to, text + at, n);
		to += n;
	}
	text[to] = 0;
}
