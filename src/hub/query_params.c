/* Values of a path or query, read strictly: what is not one of the values described in
 * docs/openapi-hub.json is 422, and details.errors says where it stood, what is wrong with it
 * and what is allowed (HB-3). */
#include "hub/hub_int.h"

#include <stdarg.h>
#include <stdio.h>

bool gn_hub_refuse_value(struct gn_hub_request *r, const char *where, const char *name,
			 const char *type, const char *fmt, ...)
{
	char text[384];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	json_t *list = json_array();
	json_array_append_new(
		list, json_pack("{s[ss] ss ss}", "loc", where, name, "msg", text, "type", type));
	/* HB-3 */
	bool payment = r->base.route && r->base.route->flags & GN_ROUTE_PAYMENT;
	gn_hub_fail_as(r, payment ? 400 : 422, "E009",
		       json_pack("{so}", payment ? "validation" : "errors", list), "%s: %s", name,
		       text);
	return false;
}

static bool is_text(struct gn_slice s)
{
	return gn_utf8_ok(s) && (s.len == 0 || !memchr(s.p, 0, s.len));
}

bool gn_hub_value(struct gn_hub_request *r, const char *name, char *out, size_t cap)
{
	struct gn_buf buf = {(uint8_t *)out, 0, cap - 1};
	gn_err err = r->base.http ? gn_http_query_value(gn_http_query(r->base.http), name, &buf)
				  : GN_NOT_FOUND;
	bool ok = !err && is_text(gn_buf_slice(&buf));
	out[ok ? buf.len : 0] = 0;
	return ok || err == GN_NOT_FOUND ||
	       gn_hub_refuse_value(r, "query", name, "string_type",
				   "must be text of at most %zu bytes", cap - 1);
}

bool gn_hub_number(struct gn_hub_request *r, const char *name, uint64_t fallback, uint64_t least,
		   uint64_t most, uint64_t *out)
{
	char text[32];
	uint64_t v = 0;
	if (!gn_hub_value(r, name, text, sizeof text))
		return false;
	bool ok = strlen(text) < 19;
	for (const char *p = text; *p && ok; p++) {
		ok = *p >= '0' && *p <= '9';
		v = v * 10 + (uint64_t)(*p - '0');
	}
	if (!ok || (*text && (v < least || v > most)))
		return gn_hub_refuse_value(r, "query", name, "int_parsing",
					   "must be a number from %llu to %llu",
					   (unsigned long long)least, (unsigned long long)most);
	*out = *text ? v : fallback;
	return true;
}

bool gn_hub_page(struct gn_hub_request *r, uint64_t usual, uint64_t most, uint64_t *limit,
		 uint64_t *offset)
{
	uint64_t page = 1, per_page = usual, at = 0;
	if (!gn_hub_number(r, "per_page", usual, 1, most, &per_page) ||
	    !gn_hub_number(r, "limit", per_page, 1, most, &per_page) ||
	    !gn_hub_number(r, "page", 1, 1, 1u << 30, &page) ||
	    !gn_hub_number(r, "offset", (page - 1) * per_page, 0, UINT64_C(1) << 40, &at))
		return false;
	*limit = per_page;
	*offset = at;
	return true;
}

bool gn_hub_choice(struct gn_hub_request *r, const char *name, const char *const *names, int *out)
{
	char text[32], allowed[256];
	size_t n = 0;
	if (!gn_hub_value(r, name, text, sizeof text))
		return false;
	for (*out = -1; *text && names[++*out];)
		if (strcmp(text, names[*out]) == 0)
			return true;
	if (!*text)
		return true;
	for (int i = 0; names[i] && n < sizeof allowed; i++)
		n += (size_t)snprintf(allowed + n, sizeof allowed - n, "%s%s", i ? ", " : "",
				      names[i]);
	return gn_hub_refuse_value(r, "query", name, "literal_error", "must be one of %s", allowed);
}

bool gn_hub_equivalent_at(struct gn_hub_request *r, const char *where, const char *name,
			  const char *code, struct gn_ledger_equivalent *out)
{
	if (!*code)
		return gn_hub_refuse_value(r, where, name, "missing", "name an equivalent");
	if (gn_ledger_find_equivalent(r->hub->ledger, gn_str(code), out) == GN_OK)
		return true;
	gn_hub_fail(r, GN_NOT_FOUND, NULL, "there is no equivalent %s",
		    strlen(code) <= 16 && is_text(gn_str(code)) ? code : "of this code");
	return false;
}

bool gn_hub_participant_at(struct gn_hub_request *r, const char *where, const char *name,
			   const char *pid, struct gn_ledger_participant *out)
{
	struct gn_hash hash;
	if (gn_pid_parse(gn_str(pid), &hash))
		return gn_hub_refuse_value(r, where, name, *pid ? "value_error" : "missing",
					   "must be a PID: 43 or 44 characters of base58");
	if (gn_ledger_find_participant(r->hub->ledger, &hash, out) == GN_OK)
		return true;
	gn_hub_fail(r, GN_NOT_FOUND, NULL, "there is no participant %s", pid);
	return false;
}

bool gn_hub_query_equivalent(struct gn_hub_request *r, struct gn_ledger_equivalent *out)
{
	char code[32];
	return gn_hub_value(r, "equivalent", code, sizeof code) &&
	       gn_hub_equivalent_at(r, "query", "equivalent", code, out);
}

/* ---- dates ---- */

/* Exactly `len` digits. */
static bool digits(const char **p, unsigned len, int *out)
{
	*out = 0;
	for (; len > 0 && **p >= '0' && **p <= '9'; len--)
		*out = *out * 10 + (*(*p)++ - '0');
	return len == 0;
}

static int days_of(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	return days[month - 1] +
	       (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
}

/* RFC 3339 in UTC, seconds and fractions as they may be left out: "2026-11-21",
 * "2026-11-21T07:00Z", "..T07:00:00Z", "..T07:00:00+00:00". Unix seconds; whole: a day was
 * named. */
static bool parse_date(const char *p, int64_t *out, bool *whole)
{
	int y, m, d, h = 0, min = 0, s = 0, n;
	if (!digits(&p, 4, &y) || *p++ != '-' || !digits(&p, 2, &m) || *p++ != '-' ||
	    !digits(&p, 2, &d) || y < 1970 || m < 1 || m > 12 || d < 1 || d > days_of(y, m))
		return false;
	*whole = !*p;
	if (!*whole) {
		if (*p++ != 'T' || !digits(&p, 2, &h) || *p++ != ':' || !digits(&p, 2, &min) ||
		    h > 23 || min > 59)
			return false;
		if (*p == ':' && (p++, !digits(&p, 2, &s) || s > 59))
			return false;
		if (*p == '.')
			for (p++; *p >= '0' && *p <= '9'; p++)
				;
		if (strcmp(p, "") != 0 && strcmp(p, "Z") != 0 && strcmp(p, "+00:00") != 0)
			return false;
	}
	/* days from civil (Howard Hinnant) */
	n = y - (m <= 2);
	int64_t era = n / 400, yoe = n - era * 400,
		doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	int64_t days = era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
	*out = days * 86400 + h * 3600 + min * 60 + s;
	return true;
}

bool gn_hub_date(struct gn_hub_request *r, const char *name, bool end, int64_t *out)
{
	char text[48];
	bool whole = false;
	*out = 0;
	if (!gn_hub_value(r, name, text, sizeof text))
		return false;
	if (*text && !parse_date(text, out, &whole))
		return gn_hub_refuse_value(r, "query", name, "datetime_parsing",
					   "must be a day or a moment in UTC: 2026-11-21 or "
					   "2026-11-21T07:00:00Z");
	*out += *text && end ? (whole ? 86400 : 1) : 0; /* up to its end: that day, that second */
	if (*out > INT64_MAX / (int64_t)GN_SEC)         /* 2262 */
		*out = INT64_MAX / (int64_t)GN_SEC;
	return true;
}
