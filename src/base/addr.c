/* Addresses as text (RFC 4291 section 2.2 in, RFC 5952 out) without the operating system. */
#include "base/addr.h"

#include <stdio.h>

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

struct gn_addr gn_addr_v4(uint8_t a, uint8_t b, uint8_t c, uint8_t d, uint16_t port)
{
	struct gn_addr out = {{0}, port};
	memcpy(out.ip, mapped, 12);
	out.ip[12] = a;
	out.ip[13] = b;
	out.ip[14] = c;
	out.ip[15] = d;
	return out;
}

bool gn_addr_is_v4(const struct gn_addr *a)
{
	return memcmp(a->ip, mapped, 12) == 0;
}

bool gn_addr_is_loopback(const struct gn_addr *a)
{
	static const uint8_t one[16] = {[15] = 1};
	return gn_addr_is_v4(a) ? a->ip[12] == 127 : memcmp(a->ip, one, 16) == 0;
}

/* Also what names no machine: connecting there leads to this one. */
bool gn_addr_is_private(const struct gn_addr *a)
{
	static const uint8_t none[16];
	if (gn_addr_is_loopback(a))
		return true;
	if (!gn_addr_is_v4(a))
		return (a->ip[0] & 0xfe) == 0xfc ||
		       (a->ip[0] == 0xfe && (a->ip[1] & 0xc0) == 0x80) ||
		       memcmp(a->ip, none, sizeof none) == 0;
	const uint8_t *b = a->ip + 12;
	return b[0] == 0 || b[0] == 10 || (b[0] == 172 && (b[1] & 0xf0) == 16) ||
	       (b[0] == 192 && b[1] == 168) || (b[0] == 169 && b[1] == 254) ||
	       (b[0] == 100 && (b[1] & 0xc0) == 64);
}

bool gn_addr_eq(const struct gn_addr *a, const struct gn_addr *b)
{
	return a->port == b->port && memcmp(a->ip, b->ip, 16) == 0;
}

bool gn_way_eq(const struct gn_way *a, const struct gn_way *b)
{
	return a->link == b->link && gn_addr_eq(&a->addr, &b->addr);
}

uint64_t gn_addr_prefix(const struct gn_addr *a)
{
	uint8_t p[8] = {0};
	if (gn_addr_is_v4(a)) {
		p[0] = 4;
		memcpy(p + 1, a->ip + 12, 3);
	} else {
		p[0] = 6;
		memcpy(p + 1, a->ip, 6);
	}
	return gn_be64(p);
}

static uint16_t group(const struct gn_addr *a, int i)
{
	return (uint16_t)(a->ip[2 * i] << 8 | a->ip[2 * i + 1]);
}

/* The longest run of zero groups, at least two long, becomes "::" (RFC 5952 section 4.2). */
static void zero_run(const struct gn_addr *a, int *start, int *len)
{
	*start = -1;
	*len = 1;
	for (int i = 0, run; i < 8; i += run ? run : 1) {
		for (run = 0; i + run < 8 && group(a, i + run) == 0; run++)
			;
		if (run > *len) {
			*start = i;
			*len = run;
		}
	}
}

void gn_addr_text(const struct gn_addr *a, char out[GN_ADDR_TEXT_MAX])
{
	if (gn_addr_is_v4(a)) {
		snprintf(out, GN_ADDR_TEXT_MAX, "%u.%u.%u.%u:%u", a->ip[12], a->ip[13], a->ip[14],
			 a->ip[15], a->port);
		return;
	}
	int start, len, n = snprintf(out, GN_ADDR_TEXT_MAX, "[");
	zero_run(a, &start, &len);
	for (int i = 0; i < 8; i++) {
		if (i == start) {
			n += snprintf(out + n, GN_ADDR_TEXT_MAX - (size_t)n, "::");
			i += len - 1;
			continue;
		}
		n += snprintf(out + n, GN_ADDR_TEXT_MAX - (size_t)n, "%s%x",
			      i && i != start + len ? ":" : "", group(a, i));
	}
	snprintf(out + n, GN_ADDR_TEXT_MAX - (size_t)n, "]:%u", a->port);
}

/* Digits up to max; false when there are none, too many, or the value is too large. A decimal
 * number has no leading zero: elsewhere that means octal. */
static bool number(struct gn_slice *s, unsigned base, unsigned max, unsigned *out)
{
	unsigned v = 0;
	size_t n = 0;
	for (; n < s->len && n < 5; n++) {
		uint8_t c = s->p[n];
		unsigned d = c >= '0' && c <= '9' ? c - (unsigned)'0'
			     : base == 16 && (c | 32) >= 'a' && (c | 32) <= 'f'
				     ? (c | 32u) - 'a' + 10u
				     : 99u;
		if (d >= base)
			break;
		v = v * base + d;
	}
	if (n == 0 || v > max || (base == 16 && n > 4) || (base == 10 && n > 1 && s->p[0] == '0'))
		return false;
	*s = gn_slice_sub(*s, n, s->len);
	*out = v;
	return true;
}

static bool eat(struct gn_slice *s, char c)
{
	if (s->len == 0 || s->p[0] != (uint8_t)c)
		return false;
	*s = gn_slice_sub(*s, 1, s->len);
	return true;
}

static bool parse_v4(struct gn_slice *s, uint8_t out[4])
{
	for (int i = 0; i < 4; i++) {
		unsigned v;
		if ((i && !eat(s, '.')) || !number(s, 10, 255, &v))
			return false;
		out[i] = (uint8_t)v;
	}
	return true;
}

static bool parse_v6(struct gn_slice *s, uint8_t out[16])
{
	uint8_t ip[16] = {0};
	int n = 0, gap = -1;
	if (s->len >= 2 && s->p[0] == ':' && s->p[1] == ':') {
		*s = gn_slice_sub(*s, 2, s->len);
		gap = 0;
	}
	while (n < 8 && s->len && s->p[0] != ']') {
		struct gn_slice v4 = *s;
		unsigned v;
		if (n <= 6 && parse_v4(&v4, ip + 2 * n)) {
			*s = v4;
			n += 2;
			break;
		}
		if (!number(s, 16, 0xffff, &v))
			return false;
		ip[2 * n] = (uint8_t)(v >> 8);
		ip[2 * n + 1] = (uint8_t)v;
		n++;
		if (!eat(s, ':'))
			break;
		if (gap < 0 && eat(s, ':'))
			gap = n;
		else if (s->len == 0 || s->p[0] == ']')
			return false; /* a lone colon at the end */
	}
	if (gap < 0 ? n != 8 : n > 7)
		return false;
	memset(out, 0, 16);
	size_t head = gap < 0 ? 16 : (size_t)gap * 2, tail = (size_t)n * 2 - head;
	if (gap < 0)
		tail = 0;
	memcpy(out, ip, head);
	memcpy(out + 16 - tail, ip + head, tail);
	return true;
}

gn_err gn_addr_parse(struct gn_slice text, struct gn_addr *out)
{
	struct gn_addr a = {{0}, 0};
	unsigned port;
	if (eat(&text, '[')) {
		if (!parse_v6(&text, a.ip) || !eat(&text, ']'))
			return GN_TEXT;
	} else {
		memcpy(a.ip, mapped, 12);
		if (!parse_v4(&text, a.ip + 12))
			return GN_TEXT;
	}
	if (!eat(&text, ':') || !number(&text, 10, 65535, &port) || text.len)
		return GN_TEXT;
	a.port = (uint16_t)port;
	*out = a;
	return GN_OK;
}
