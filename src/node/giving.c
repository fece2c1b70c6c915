/* What is given, was given and is refused, as giving.h says. */
#include "node/giving.h"

#include "os/os.h"
#include <stdarg.h>
#include <stdio.h>

/* ---- what is given ---- */

static const char *const relays[] = {"off", "small", "tokens", "commons", NULL},
			 *const on_off[] = {"off", "on", NULL},
			 *const no_yes[] = {"no", "yes", NULL};

#define IN(member) GN_HOST_FIELD(struct giving_wish, member)

/* clang-format off */
const struct gn_host_setting giving_settings[] = {
	{.name = "relay", .kind = GN_HOST_CHOICE, .words = relays, IN(relay),
	 .expected = "off, small, tokens or commons"},
	{.name = "rate", .kind = GN_HOST_BYTES, .least = GIVING_RATE_MIN, .most = GIVING_RATE_MAX,
	 IN(rate), .expected = "bytes a second, 16K to 1G"},
	{.name = "month", .kind = GN_HOST_BYTES, .least = GIVING_MONTH_MIN,
	 .most = GIVING_MONTH_MAX, IN(month), .expected = "bytes, 1M or more, with K, M, G or T if "
	 "wanted"},
	{.name = "hold", .kind = GN_HOST_BYTES, .most = GN_NODE_STORE_MAX, IN(hold),
	 .off_at = offsetof(struct giving_wish, hold_nothing),
	 .expected = "nothing, or bytes, with K, M, G or T if wanted"},
	{.name = "turn", .kind = GN_HOST_CHOICE, .words = on_off, IN(turn),
	 .expected = "on or off"},
	{.name = "metered", .kind = GN_HOST_CHOICE, .words = no_yes, IN(metered),
	 .expected = "yes or no"},
	{0},
};
/* clang-format on */
_Static_assert(GN_COUNT(giving_settings) == GIVING_SETTINGS + 1, "said has one for each");

gn_err giving_set(struct giving *g, struct gn_slice name, struct gn_slice value,
		  char why[GN_HOST_WHY])
{
	struct giving_wish wish = g->wish;
	bool nothing = gn_slice_eq(name, GN_LIT("hold")) && gn_slice_eq(value, GN_LIT("nothing"));
	if (nothing)
		wish.hold_nothing = true;
	else
		GN_TRY(gn_host_setting_set(giving_settings, &wish, name, value, why));
	g->said[gn_host_setting_find(giving_settings, name) - giving_settings] = true;
	g->wish = wish;
	return GN_OK;
}

void giving_text(const struct giving *g, unsigned i, char *out, size_t cap)
{
	const struct giving_wish *w = &g->wish;
	const uint64_t numbers[GIVING_SETTINGS] = {[1] = w->rate, [2] = w->month, [3] = w->hold};
	const unsigned words[GIVING_SETTINGS] = {[0] = w->relay, [4] = w->turn, [5] = w->metered};
	GN_ASSERT(i < GIVING_SETTINGS);
	if (i == 3 && w->hold_nothing)
		snprintf(out, cap, "nothing");
	else if (giving_settings[i].words)
		snprintf(out, cap, "%s", giving_settings[i].words[words[i]]);
	else
		snprintf(out, cap, "%llu", (unsigned long long)numbers[i]);
}

static gn_err set_line(void *user, struct gn_slice name, struct gn_slice value, char *why,
		       size_t cap)
{
	char inner[GN_HOST_WHY];
	gn_err err = giving_set(user, name, value, inner);
	if (err)
		snprintf(why, cap, "%.280s", inner);
	return err;
}

gn_err giving_read(struct giving *g, struct gn_slice text, char why[GN_HOST_WHY])
{
	struct giving_wish wish = g->wish;
	bool said[GIVING_SETTINGS];
	memcpy(said, g->said, sizeof said);
	gn_err err = gn_os_settings(text, set_line, g, why, GN_HOST_WHY);
	if (err) {
		g->wish = wish;
		memcpy(g->said, said, sizeof said);
	}
	return err;
}

GN_PRINTF(2, 3) static void print(struct gn_buf *out, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	int n = vsnprintf((char *)out->p + out->len, out->cap - out->len, fmt, args);
	va_end(args);
	GN_ASSERT(n > 0 && (size_t)n < out->cap - out->len); /* there is room for all of it */
	out->len += (size_t)n;
}

void giving_write(const struct giving *g, struct gn_buf *out)
{
	print(out, "# What geonet give said; the settings say the rest.\n");
	for (unsigned i = 0; i < GIVING_SETTINGS; i++) {
		char value[GN_HOST_VALUE];
		giving_text(g, i, value, sizeof value);
		if (g->said[i])
			print(out, "%s = %s\n", giving_settings[i].name, value);
	}
}

/* ---- months ---- */

static unsigned days_of(unsigned year, unsigned month)
{
	static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return days[month] + (month == 1 && leap ? 1u : 0u);
}

uint32_t giving_month_of(uint64_t unix_seconds, uint64_t *end)
{
	uint64_t days = unix_seconds / 86400, ends = 0;
	uint32_t m = 1970 * 12;
	for (;; m++) {
		ends += days_of(m / 12, m % 12);
		if (ends > days || m == GIVING_MONTH_LAST)
			break;
	}
	*end = ends * 86400;
	return m;
}

static uint32_t apart(uint32_t a, uint32_t b)
{
	return a > b ? a - b : b - a;
}

static struct giving_month *find_month(struct giving *g, uint32_t month)
{
	for (unsigned i = 0; i < GIVING_MONTHS; i++)
		if (g->months[i].month == month)
			return &g->months[i];
	return NULL;
}

struct giving_month *giving_month(struct giving *g, uint32_t month)
{
	struct giving_month *m = find_month(g, month);
	if (m)
		return m;
	m = find_month(g, 0); /* a free place */
	for (unsigned i = 0; i < GIVING_MONTHS && (!m || m->month); i++)
		if (!m || apart(g->months[i].month, month) > apart(m->month, month))
			m = &g->months[i];
	*m = (struct giving_month){.month = month};
	return m;
}

static struct giving_by *find_by(struct giving *g, uint32_t month, bool token, const uint8_t id[32])
{
	for (unsigned i = 0; i < g->by_count; i++)
		if (g->by[i].month == month && g->by[i].token == token &&
		    memcmp(g->by[i].id, id, 32) == 0)
			return &g->by[i];
	return NULL;
}

/* Worth less to be known than that one. */
static bool less(const struct giving_by *a, const struct giving_by *b, uint32_t month)
{
	uint32_t far_a = apart(a->month, month), far_b = apart(b->month, month);
	return far_a != far_b ? far_a > far_b : a->small + a->bulk < b->small + b->bulk;
}

void giving_add_by(struct giving *g, uint32_t month, const struct gn_relay_given *given)
{
	struct giving_by *by = find_by(g, month, given->token, given->id);
	if (!by && g->by_count < GIVING_BY) {
		by = &g->by[g->by_count++];
		*by = (struct giving_by){.month = month, .token = given->token};
		memcpy(by->id, given->id, sizeof by->id);
	} else if (!by) {
		by = &g->by[0];
		for (unsigned i = 1; i < g->by_count; i++)
			if (less(&g->by[i], by, month))
				by = &g->by[i];
		*by = (struct giving_by){.month = month, .token = given->token};
		memcpy(by->id, given->id, sizeof by->id);
	}
	by->small += given->small;
	by->bulk += given->bulk;
}

/* ---- lines of words ---- */

#define WORDS 5

struct line {
	char words[WORDS][80];
	unsigned count;
};

/* The next line's words, without comments; false: one is too long, or there are too many. */
static bool take_line(struct gn_slice *text, struct line *out)
{
	const uint8_t *end = memchr(text->p, '\n', text->len);
	size_t len = end ? (size_t)(end - text->p) : text->len, at = 0;
	out->count = 0;
	for (size_t i = 0; i < len && text->p[i] != '#'; i++) {
		uint8_t c = text->p[i];
		if (c == ' ' || c == '\t' || c == '\r') {
			at = 0;
			continue;
		}
		if ((at == 0 && out->count == WORDS) || at + 1 == sizeof out->words[0] || !c)
			return false;
		if (at == 0)
			out->count++;
		out->words[out->count - 1][at++] = (char)c;
		out->words[out->count - 1][at] = 0;
	}
	*text = gn_slice_sub(*text, end ? len + 1 : len, SIZE_MAX);
	return true;
}

static gn_err wrong_line(unsigned number, const char *what, char why[GN_HOST_WHY])
{
	snprintf(why, GN_HOST_WHY, "line %u: %s", number, what);
	return GN_USAGE;
}

static bool number(const char *word, uint64_t *out)
{
	return gn_os_setting_number(word, 0, GIVING_MOST, false, out);
}

/* "2026-11" */
static bool read_month(const char *word, uint32_t *out)
{
	char year[5] = "", month[3] = "";
	uint64_t y, m;
	if (strlen(word) != 7 || word[4] != '-')
		return false;
	memcpy(year, word, 4);
	memcpy(month, word + 5, 2);
	if (!gn_os_setting_number(year, 1970, 9999, false, &y) ||
	    !gn_os_setting_number(month, 1, 12, false, &m))
		return false;
	*out = (uint32_t)(y * 12 + m - 1);
	return true;
}

/* MONTH all SMALL BULK TURN; MONTH key|token HEX SMALL BULK */
static bool read_count(struct giving *g, const struct line *l)
{
	uint32_t month;
	uint64_t n[3];
	struct giving_by by = {.token = strcmp(l->words[1], "token") == 0};
	bool all = strcmp(l->words[1], "all") == 0;
	if (l->count != WORDS || !read_month(l->words[0], &month) || !number(l->words[3], &n[1]) ||
	    !number(l->words[4], &n[2]))
		return false;
	if (all) {
		unsigned used = 0;
		for (unsigned i = 0; i < GIVING_MONTHS; i++)
			used += g->months[i].month != 0;
		if (!number(l->words[2], &n[0]) || used == GIVING_MONTHS || find_month(g, month))
			return false;
		*giving_month(g, month) = (struct giving_month){month, n[0], n[1], n[2]};
		return true;
	}
	by.month = month;
	by.small = n[1];
	by.bulk = n[2];
	if ((!by.token && strcmp(l->words[1], "key") != 0) ||
	    gn_unhex(gn_str(l->words[2]), by.id, sizeof by.id) || g->by_count == GIVING_BY ||
	    find_by(g, month, by.token, by.id))
		return false;
	g->by[g->by_count++] = by;
	return true;
}

gn_err giving_read_counts(struct giving *g, struct gn_slice text, char why[GN_HOST_WHY])
{
	memset(g->months, 0, sizeof g->months);
	g->by_count = 0;
	for (unsigned n = 1; text.len; n++) {
		struct line l;
		if (take_line(&text, &l) && (!l.count || (l.count == WORDS && read_count(g, &l))))
			continue;
		memset(g->months, 0, sizeof g->months);
		g->by_count = 0;
		return wrong_line(n, "it is no count of a month, or one that stands above", why);
	}
	return GN_OK;
}

void giving_write_counts(const struct giving *g, struct gn_buf *out)
{
	char hex[65];
	print(out,
	      "# What this node gave others, in bytes by month: all SMALL BULK TURN, then who.\n");
	for (unsigned i = 0; i < GIVING_MONTHS; i++) {
		const struct giving_month *m = &g->months[i];
		if (m->month)
			print(out, "%04u-%02u all %llu %llu %llu\n", m->month / 12,
			      m->month % 12 + 1, (unsigned long long)m->small,
			      (unsigned long long)m->bulk, (unsigned long long)m->turn);
	}
	for (unsigned i = 0; i < g->by_count; i++) {
		const struct giving_by *by = &g->by[i];
		gn_hex(gn_slice(by->id, sizeof by->id), hex);
		print(out, "%04u-%02u %s %s %llu %llu\n", by->month / 12, by->month % 12 + 1,
		      by->token ? "token" : "key", hex, (unsigned long long)by->small,
		      (unsigned long long)by->bulk);
	}
}

/* ---- what is refused ---- */

gn_err giving_read_refused(struct gn_map *set, struct gn_slice text, char why[GN_HOST_WHY])
{
	for (unsigned n = 1; text.len; n++) {
		struct line l;
		struct gn_hash hash;
		bool fine = take_line(&text, &l);
		if (fine && !l.count)
			continue;
		if (!fine || l.count != 1 || gn_unhex(gn_str(l.words[0]), hash.b, sizeof hash.b))
			return wrong_line(n, "it is no hash of 64 hex digits", why);
		if (!gn_map_put(set, &hash))
			return wrong_line(n, "there are more hashes than a node refuses", why);
	}
	return GN_OK;
}

void giving_write_refused(const struct gn_map *set, struct gn_buf *out)
{
	char hex[65];
	print(out, "# Hashes that this node neither holds nor gives: geonet give refuse.\n");
	for (uint32_t i = 0; i < set->count; i++) {
		gn_hex(gn_slice(gn_map_key_at(set, i), 32), hex);
		print(out, "%s\n", hex);
	}
}
