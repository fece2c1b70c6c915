/* Memory, base64, JSON fields, files: what every command needs and libc does not have. */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

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

uint64_t cli_now(void)
{
	return (uint64_t)time(NULL);
}

/* ---- base64 (RFC 4648 section 4, with padding) ---- */

static const char digits64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

char *base64_text(struct gn_slice s)
{
	char *out = cli_alloc((s.len + 2) / 3 * 4 + 1), *p = out;
	for (size_t i = 0; i < s.len; i += 3) {
		size_t n = s.len - i < 3 ? s.len - i : 3;
		uint32_t v =
			(uint32_t)s.p[i] << 16 | (n > 1 ? (uint32_t)s.p[i + 1] << 8 : 0u) | (n > 2 ? s.p[i + 2] : 0u);
		for (unsigned k = 0; k < 4; k++)
			*p++ = k <= n ? digits64[v >> (18 - 6 * k) & 63] : '=';
	}
	*p = 0;
	return out;
}

uint8_t *base64_bytes(const char *text, size_t *len)
{
	size_t n = strlen(text), pad = n && text[n - 1] == '=' ? n > 1 && text[n - 2] == '=' ? 2 : 1 : 0;
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
		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr(keep, c))
			*p++ = (char)c;
		else
			p += sprintf(p, "%%%02X", c);
	}
	return out;
}

/* ---- files ---- */

bool read_input(struct cli *cli, const char *path, size_t max, uint8_t **out, size_t *len)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
	size_t cap = 4096, n = 0;
	if (!f) {
		cli_fail(cli, CLI_FAILED, "io", "%s: %s", path, strerror(errno));
		return false;
	}
	uint8_t *data = cli_alloc(cap);
	for (size_t got = 1; got && n <= max;) {
		if (n == cap)
			data = cli_grow(data, cap *= 2);
		got = fread(data + n, 1, cap - n, f);
		n += got;
	}
	bool bad = ferror(f);
	if (f != stdin)
		fclose(f);
	if (bad || n > max) {
		gn_wipe(data, cap);
		free(data);
		if (bad)
			cli_fail(cli, CLI_FAILED, "io", "%s: %s", path, strerror(errno));
		else
			cli_fail(cli, CLI_FAILED, "too-large", "%s is larger than %zu bytes",
				 strcmp(path, "-") ? path : "the input", max);
		return false;
	}
	*out = data;
	*len = n;
	return true;
}

static bool sync_folder(const char *path)
{
	char *copy = cli_format("%s", path);
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(copy);
	bool ok = fd >= 0 && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	return ok;
}

static bool write_all(int fd, struct gn_slice data)
{
	while (data.len) {
		ssize_t n = write(fd, data.p, data.len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		data = gn_slice_sub(data, (size_t)n, SIZE_MAX);
	}
	return true;
}

bool write_file(struct cli *cli, const char *path, struct gn_slice data, unsigned mode, bool replace)
{
	char *temp = cli_format("%s.XXXXXX", path);
	int fd = mkstemp(temp);
	bool ok = fd >= 0 && fchmod(fd, (mode_t)mode) == 0 && write_all(fd, data) && fsync(fd) == 0;
	if (fd >= 0)
		ok = close(fd) == 0 && ok;
	if (ok)
		ok = replace ? rename(temp, path) == 0 : link(temp, path) == 0; /* link does not replace */
	int why = errno;
	if (fd >= 0 && (!ok || !replace))
		unlink(temp);
	free(temp);
	if (ok)
		sync_folder(path);
	else
		cli_fail(cli, CLI_FAILED, why == EEXIST ? "exists" : "io", "%s: %s", path, strerror(why));
	return ok;
}

bool make_folders(struct cli *cli, const char *path, unsigned mode)
{
	char *copy = cli_format("%s", path);
	bool ok = true;
	for (char *p = copy + 1; ok; p++) {
		if (*p && *p != '/')
			continue;
		char c = *p;
		*p = 0;
		ok = mkdir(copy, (mode_t)mode) == 0 || errno == EEXIST;
		*p = c;
		if (!c)
			break;
	}
	if (!ok)
		cli_fail(cli, CLI_FAILED, "io", "%s cannot be made: %s", path, strerror(errno));
	free(copy);
	return ok;
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
