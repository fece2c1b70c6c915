/* Memory, JSON fields, words: what every command needs and libc does not have. */
#include "geonet/frame/frame.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void *cli_grow(void *p, size_t size)
{
	void *out = realloc(p, size ? size : 1);
	if (!out) {
		fputs("geonet: out of memory\n", stderr);
		exit(CLI_FAILED);
	}
	return out;
}

void *cli_alloc(size_t size)
{
	return memset(cli_grow(NULL, size), 0, size ? size : 1);
}

char *cli_format(const char *fmt, ...)
{
	va_list args;
	GN_ASSERT(fmt);
	va_start(args, fmt);
	int len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	char *out = cli_alloc((size_t)len + 1);
	va_start(args, fmt);
	vsnprintf(out, (size_t)len + 1, fmt, args);
	va_end(args);
	return out;
}

char *cli_base64(struct gn_slice s)
{
	size_t cap = GN_BASE64_MAX(s.len);
	char *out = cli_alloc(cap);
	gn_err err = gn_base64(s, false, out, cap);
	GN_ASSERT(!err);
	return out;
}

uint8_t *cli_unbase64(const char *text, size_t *len)
{
	size_t cap = strlen(text) / 4 * 3;
	struct gn_buf out = {cli_alloc(cap + 1), 0, cap};
	if (gn_unbase64(gn_str(text), false, &out)) {
		free(out.p);
		return NULL;
	}
	*len = out.len;
	return out.p;
}

/* ---- JSON ---- */

json_t *json_hex(const void *p, size_t len)
{
	char *hex = cli_alloc(2 * len + 1);
	gn_hex(gn_slice(p, len), hex);
	json_t *json = json_string(hex);
	free(hex);
	return json;
}

json_t *json_slice(struct gn_slice s)
{
	return json_stringn(s.p ? (const char *)s.p : "", s.len);
}

const char *json_text(const json_t *object, const char *name)
{
	const char *s = json_string_value(json_object_get(object, name));
	return s ? s : "";
}

uint64_t json_number(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);
	const char *text = json_string_value(value);
	json_int_t v = json_integer_value(value);
	if (text) /* above 2^53, as doubles cannot have it (AP-3) */
		return text[strspn(text, "0123456789")] ? 0 : strtoull(text, NULL, 10);
	return v > 0 ? (uint64_t)v : 0;
}

uint64_t json_seconds(const json_t *object, const char *name)
{
	return json_number(object, name) / 1000;
}

bool json_is(const json_t *object, const char *name, const char *word)
{
	return strcmp(json_text(object, name), word) == 0;
}

double json_double(const json_t *object, const char *name)
{
	return json_number_value(json_object_get(object, name));
}

char *url_part(const char *s)
{
	static const char keep[] = "-._~";
	char *out = cli_alloc(3 * strlen(s) + 1), *p = out;
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;
		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		    strchr(keep, c))
			*p++ = (char)c;
		else
			p += sprintf(p, "%%%02X", c);
	}
	return out;
}

unsigned word_distance(const char *a, const char *b)
{
	enum { MAX = 40 };
	unsigned row[MAX + 1];
	size_t n = strlen(a), m = strlen(b);
	if (n > MAX || m > MAX)
		return MAX;
	for (size_t j = 0; j <= m; j++)
		row[j] = (unsigned)j;
	for (size_t i = 1; i <= n; i++) {
		unsigned diagonal = row[0];
		row[0] = (unsigned)i;
		for (size_t j = 1; j <= m; j++) {
			unsigned change = diagonal + (a[i - 1] != b[j - 1]),
				 least = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;
			diagonal = row[j];
			row[j] = change < least ? change : least;
		}
	}
	return row[m];
}
