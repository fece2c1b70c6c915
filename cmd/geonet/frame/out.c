/* What people and programs read: errors, JSON, tables, progress, sizes and times. Whether stdout
 * or stderr is a terminal is looked at once, by main. */
#include "geonet/frame/frame.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PROGRESS_AFTER 1.0 /* seconds before a progress line appears, and... */
#define PROGRESS_EVERY 0.1 /* ...between two of them */

/* ---- errors, JSON ---- */

int cli_exit_of(gn_err err)
{
	switch (err) {
	case GN_OK: return CLI_OK;
	case GN_USAGE:
	case GN_TEXT: return CLI_USAGE;
	case GN_NOT_FOUND: return CLI_NOT_FOUND;
	case GN_QUORUM:
	case GN_TIMEOUT:
	case GN_UNREACHABLE:
	case GN_PENDING: return CLI_QUORUM;
	default: return CLI_FAILED;
	}
}

int cli_fail(struct cli *cli, int exit, const char *code, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	int len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	char *raw = cli_alloc((size_t)len + 1);
	va_start(args, fmt);
	vsnprintf(raw, (size_t)len + 1, fmt, args);
	va_end(args);
	/* words of users, files and strangers are in it; cut between characters */
	const char *text = out_text(raw);
	free(raw);
	cli_progress_done(cli);
	if (cli->json)
		cli_json(cli, json_pack("{s{ss ss}}", "error", "code", code, "message", text));
	else
		fprintf(stderr, "%s: %s\n", cli->program->name, text);
	return exit;
}

int cli_fail_err(struct cli *cli, gn_err err, const char *fmt, ...)
{
	char text[1024];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	return cli_fail(cli, cli_exit_of(err), gn_err_name(err), "%s: %s", text, gn_err_text(err));
}

void cli_note(const struct cli *cli, const char *fmt, ...)
{
	va_list args;
	cli_progress_done(cli);
	if (cli->json)
		return;
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
}

void cli_warn(const struct cli *cli, const char *fmt, ...)
{
	va_list args;
	cli_progress_done(cli);
	fprintf(stderr, "%s: warning: ", cli->program->name);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
}

int cli_json(struct cli *cli, json_t *json)
{
	cli_progress_done(cli);
	errno = 0;
	if (!json || json_dumpf(json, stdout, JSON_INDENT(2)) != 0) {
		fprintf(stderr, "%s: the answer could not be written as JSON%s%s\n",
			cli->program->name, errno ? ": " : "", errno ? strerror(errno) : "");
		json_decref(json);
		return CLI_FAILED;
	}
	putchar('\n');
	json_decref(json);
	return CLI_OK;
}

/* ---- progress ---- */

static double clock_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double progress_from, progress_last;
static bool progress_shown;

void cli_progress(const struct cli *cli, const char *fmt, ...)
{
	double now = clock_now();
	va_list args;
	if (!cli->talks || cli->json)
		return;
	if (progress_from == 0)
		progress_from = now;
	if (now - progress_from < PROGRESS_AFTER || now - progress_last < PROGRESS_EVERY)
		return;
	progress_last = now;
	progress_shown = true;
	fputs("\r\033[K", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fflush(stderr);
}

void cli_progress_done(const struct cli *cli)
{
	(void)cli;
	if (progress_shown)
		fputs("\r\033[K", stderr);
	progress_shown = false;
	progress_from = progress_last = 0;
}

/* ---- colours ---- */

const char *out_bold(const struct cli *cli)
{
	return cli->color ? "\033[1m" : "";
}
const char *out_dim(const struct cli *cli)
{
	return cli->color ? "\033[2m" : "";
}
const char *out_plain(const struct cli *cli)
{
	return cli->color ? "\033[0m" : "";
}

/* ---- tables ---- */

void table_init(struct table *t, int columns, uint64_t right)
{
	*t = (struct table){.columns = columns, .right = right};
}

void table_add(struct table *t, const char *fmt, ...)
{
	va_list args;
	if (t->count == t->cap) {
		t->cap = t->cap * 2 + 64;
		t->cells = cli_grow(t->cells, (size_t)t->cap * sizeof *t->cells);
	}
	GN_ASSERT(fmt);
	va_start(args, fmt);
	int len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	char *cell = cli_alloc((size_t)len + 1);
	va_start(args, fmt);
	vsnprintf(cell, (size_t)len + 1, fmt, args);
	va_end(args);
	t->cells[t->count++] = cell;
}

/* Columns on the screen: code points, which is right for the scripts that have no wide or
 * combining ones. */
static int cell_width(const char *s)
{
	int n = 0;
	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

void table_print(const struct cli *cli, struct table *t)
{
	int widths[64] = {0}, blanks = 0; /* that come before the next cell, if one comes */
	GN_ASSERT(t->columns <= 64 && t->count % t->columns == 0);
	for (int i = 0; i < t->count; i++)
		if (cell_width(t->cells[i]) > widths[i % t->columns])
			widths[i % t->columns] = cell_width(t->cells[i]);
	for (int i = 0; i < t->count; i++) {
		int column = i % t->columns, pad = widths[column] - cell_width(t->cells[i]);
		bool right = t->right >> column & 1, last = column == t->columns - 1;
		if (i == 0)
			fputs(out_bold(cli), stdout);
		blanks += right ? pad : 0;
		if (*t->cells[i]) {
			printf("%*s%s", blanks, "", t->cells[i]);
			blanks = 0;
		}
		blanks = last ? 0 : blanks + (right ? 0 : pad) + 2;
		if (i == t->columns - 1)
			fputs(out_plain(cli), stdout);
		if (last)
			putchar('\n');
	}
	table_free(t);
}

void table_free(struct table *t)
{
	for (int i = 0; i < t->count; i++)
		free(t->cells[i]);
	free(t->cells);
	*t = (struct table){0};
}

void out_pair(const struct cli *cli, const char *name, const char *fmt, ...)
{
	va_list args;
	printf("%s%-11s%s ", out_bold(cli), name, out_plain(cli));
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
}

/* ---- small texts ---- */

#define RING 16
static char *next_buffer(void)
{
	static char buffers[RING][1100];
	static unsigned at;
	return buffers[at++ % RING];
}

/* Characters that order, hide or break what stands around them: U+061C, U+200B..200F,
 * U+2028..202E, U+2060..206F, U+FEFF. */
static bool is_deceiving(uint32_t c)
{
	return c == 0x61c || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || c == 0xfeff;
}

/* Bytes of the character that p, valid UTF-8, begins with, and its code point. */
static size_t code_point(const uint8_t *p, uint32_t *out)
{
	size_t len = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	*out = len == 1 ? p[0] : p[0] & (0x7fu >> len);
	for (size_t i = 1; i < len; i++)
		*out = *out << 6 | (p[i] & 0x3fu);
	return len;
}

/* Would it do something to the terminal, or to what stands around it? */
static bool is_bad(uint32_t c, bool utf8)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x80 && !utf8) || is_deceiving(c);
}

void out_lines(const char *text, const char *indent)
{
	struct gn_slice s = gn_str(text);
	bool utf8 = gn_utf8_ok(s);
	for (size_t i = 0, len = 1; i < s.len; i += len) {
		uint32_t c = s.p[i];
		len = utf8 ? code_point(s.p + i, &c) : 1;
		if (c == '\n')
			printf("\n%s", indent);
		else if (c == '\r' && i + 1 < s.len && s.p[i + 1] == '\n')
			continue;
		else if (c == '\t')
			putchar(' ');
		else if (is_bad(c, utf8))
			putchar('?');
		else
			fwrite(s.p + i, 1, len, stdout);
	}
}

const char *out_text_slice(struct gn_slice s)
{
	char *out = next_buffer();
	size_t n = 0, len = 1;
	bool utf8 = gn_utf8_ok(s);
	for (size_t i = 0; i < s.len; i += len) {
		uint32_t c = s.p[i];
		len = utf8 ? code_point(s.p + i, &c) : 1;
		bool bad = is_bad(c, utf8);
		if (n + (bad ? 1 : len) > 1090)
			break;
		if (bad)
			out[n++] = '?';
		else
			for (size_t k = 0; k < len; k++)
				out[n++] = (char)s.p[i + k];
	}
	out[n] = 0;
	return out;
}

const char *out_text(const char *s)
{
	return out_text_slice(gn_str(s ? s : ""));
}

const char *out_bytes(uint64_t n)
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
	char *out = next_buffer();
	double v = (double)n;
	unsigned unit = 0;
	while (v >= 1024 && unit + 1 < GN_COUNT(units)) {
		v /= 1024;
		unit++;
	}
	snprintf(out, 64, unit && v < 10 ? "%.1f %s" : "%.0f %s", v, units[unit]);
	return out;
}

const char *out_count(uint64_t n, const char *one, const char *many)
{
	char *out = next_buffer();
	snprintf(out, 64, "%llu %s", (unsigned long long)n, n == 1 ? one : many);
	return out;
}

const char *out_two(const json_t *pair, const char *one, const char *many,
		    const char *const where[3])
{
	uint64_t a = (uint64_t)json_integer_value(json_array_get(pair, 0)),
		 b = (uint64_t)json_integer_value(json_array_get(pair, 1));
	char text[192];
	if (a == b)
		snprintf(text, sizeof text, "%s %s", out_count(a, one, many), where[0]);
	else
		snprintf(text, sizeof text, "%s %s and %llu %s", out_count(a, one, many), where[1],
			 (unsigned long long)b, where[2]);
	return out_text(text);
}

const char *out_duration(uint64_t s)
{
	char *out = next_buffer();
	unsigned long long n = s;
	if (s < 120)
		snprintf(out, 64, "%llu s", n);
	else if (s < 7200)
		snprintf(out, 64, "%llu min", n / 60);
	else if (s < 172800)
		snprintf(out, 64, "%llu h %llu min", n / 3600, n / 60 % 60);
	else
		snprintf(out, 64, "%llu days", n / 86400);
	return out;
}

const char *out_time(uint64_t unix_seconds)
{
	char *out = next_buffer();
	time_t t = (time_t)unix_seconds;
	struct tm tm;
	if (unix_seconds == 0 || unix_seconds > INT64_C(253402300799) || !gmtime_r(&t, &tm))
		return "-";
	strftime(out, 64, "%Y-%m-%dT%H:%M:%SZ", &tm);
	return out;
}

const char *out_hex(const void *p, size_t len)
{
	char *out = next_buffer();
	GN_ASSERT(len <= 512);
	gn_hex(gn_slice(p, len), out);
	return out;
}
