/* Memory, base64, JSON fields: what every command needs and libc does not have. */
#include "geonet/frame/cli.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

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

#define NOW_STEP 120 /* seconds between clocks that count as the same; as the overlay's (OV-80) */

static int64_t ahead; /* the node's time, less ours */
static bool is_told;

uint64_t cli_now(void)
{
	return (uint64_t)((int64_t)time(NULL) + ahead);
}

void cli_now_is(const struct cli *cli, uint64_t seconds)
{
	int64_t differ = (int64_t)seconds - (int64_t)time(NULL);
	if (is_told)
		return;
	is_told = true;
	if (differ >= -NOW_STEP && differ <= NOW_STEP)
		return;
	ahead = differ;
	cli_warn(cli,
		 "this machine's clock is %s %s the time that the node goes by; what is signed now "
		 "bears the node's",
		 out_duration((uint64_t)(differ < 0 ? -differ : differ)),
		 differ < 0 ? "ahead of" : "behind");
}

/* ---- base64 (RFC 4648 section 4, with padding) ---- */

static const char digits64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

char *base64_text(struct gn_slice s)
{
	char *out = cli_alloc((s.len + 2) / 3 * 4 + 1), *p = out;
	for (size_t i = 0; i < s.len; i += 3) {
		size_t n = s.len - i < 3 ? s.len - i : 3;
		uint32_t v = (uint32_t)s.p[i] << 16 | (n > 1 ? (uint32_t)s.p[i + 1] << 8 : 0u) |
			     (n > 2 ? s.p[i + 2] : 0u);
		for (unsigned k = 0; k < 4; k++)
			*p++ = k <= n ? digits64[v >> (18 - 6 * k) & 63] : '=';
	}
	*p = 0;
	return out;
}

uint8_t *base64_bytes(const char *text, size_t *len)
{
	size_t n = strlen(text),
	       pad = n && text[n - 1] == '=' ? n > 1 && text[n - 2] == '=' ? 2 : 1 : 0;
	if (n % 4)
		return NULL;
	uint8_t *out = cli_alloc(n / 4 * 3 + 3);
	uint32_t v = 0;
	for (size_t i = 0; i < n; i++) {
		const char *d = i >= n - pad ? digits64 : strchr(digits64, text[i]);
		if (!d || !*d) {
			free(out);
			return NULL;
		}
		v = v << 6 | (uint32_t)(d - digits64);
		if (i % 4 == 3)
			for (unsigned k = 0; k < 3; k++)
				out[i / 4 * 3 + k] = (uint8_t)(v >> (16 - 8 * k));
	}
	*len = n / 4 * 3 - pad;
	return out;
}

bool base64_key(const char *text, struct gn_pk *out)
{
	size_t len = 0;
	uint8_t *raw = base64_bytes(text, &len);
	bool ok = raw && len == sizeof out->b;
	if (ok)
		memcpy(out->b, raw, len);
	free(raw);
	return ok;
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
	json_int_t v = json_integer_value(json_object_get(object, name));
	return v > 0 ? (uint64_t)v : 0;
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
