/* Canonical JSON: one flat table filled in one pass without recursion, written back with sorted
 * keys.
 *
 * 1. Strings stay raw text; they are compared and written code point by code point, so escapes
 *    never matter.
 * 2. What parses has exactly one canonical form; bytes are canonical iff they equal it.
 * 3. Work is O(text + members^2) per object with members <= 512. */
#include "ledger/json.h"

struct parser {
	const uint8_t *p, *end;
	struct gn_json *j;
	uint16_t open[JSON_DEPTH_MAX]; /* containers around the cursor */
	unsigned depth;
};

/* ---- strings ---- */

static int32_t hex4(const uint8_t *p, const uint8_t *end)
{
	int32_t v = 0;
	if (end - p < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		int d = gn_hex_digit(p[i]);
		if (d < 0)
			return -1;
		v = v << 4 | d;
	}
	return v;
}

/* Behind "\u": one code point, two units when it is a surrogate pair; -1 for anything else. */
static int32_t escaped_unit(const uint8_t **p, const uint8_t *end)
{
	int32_t high = hex4(*p, end);
	if (high < 0)
		return -1;
	*p += 4;
	if (high < 0xd800 || high > 0xdfff)
		return high;
	if (high > 0xdbff || end - *p < 6 || (*p)[0] != '\\' || (*p)[1] != 'u')
		return -1;
	int32_t low = hex4(*p + 2, end);
	if (low < 0xdc00 || low > 0xdfff)
		return -1;
	*p += 6;
	return 0x10000 + ((high - 0xd800) << 10 | (low - 0xdc00));
}

/* The next code point of raw string text (UTF-8 is checked before); -1 when it is malformed. *p
 * < end. */
static int32_t next_point(const uint8_t **p, const uint8_t *end)
{
	static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
	uint8_t c = *(*p)++;
	if (c < 0x20)
		return -1;
	if (c == '\\') {
		if (*p == end)
			return -1;
		uint8_t e = *(*p)++;
		if (e == 'u')
			return escaped_unit(p, end);
		const char *at = e ? strchr(names, e) : NULL;
		return at ? values[at - names] : -1;
	}
	if (c < 0x80)
		return c;
	int more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
	int32_t v = c & (0x3f >> more);
	for (; more > 0 && *p < end; more--)
		v = v << 6 | (*(*p)++ & 0x3f);
	return v;
}

/* Plain text up to the next escape, quote, control, or end; UTF-8 stands for itself. */
static const uint8_t *plain(const uint8_t *p, const uint8_t *end)
{
	while (p < end && *p >= 0x20 && *p != '\\' && *p != '"')
		p++;
	return p;
}

/* Order of two raw strings by code points, which for plain text is that of its bytes. */
static int compare_keys(struct gn_slice a, struct gn_slice b)
{
	const uint8_t *p = a.p, *q = b.p, *p_end = a.p + a.len, *q_end = b.p + b.len;
	while (p < p_end && q < q_end && *p == *q && *p != '\\') {
		p++;
		q++;
	}
	if (p < p_end && q < q_end && *p != '\\' && *q != '\\')
		return *p < *q ? -1 : 1;
	while (p < p_end && q < q_end) {
		int32_t x = next_point(&p, p_end), y = next_point(&q, q_end);
		if (x != y)
			return x < y ? -1 : 1;
	}
	return (p < p_end) - (q < q_end);
}

static gn_err put(struct gn_buf *out, const void *p, size_t len)
{
	return gn_buf_put(out, gn_slice(p, len));
}

static gn_err put_utf8(struct gn_buf *out, int32_t c)
{
	uint8_t b[4];
	if (c < 0x80)
		return put(out, (b[0] = (uint8_t)c, b), 1);
	int more = c >= 0x10000 ? 3 : c >= 0x800 ? 2 : 1;
	for (int i = more; i > 0; i--, c >>= 6)
		b[i] = (uint8_t)(0x80 | (c & 0x3f));
	b[0] = (uint8_t)((0xf0 << (3 - more)) | c);
	return put(out, b, (size_t)more + 1);
}

static gn_err put_point(struct gn_buf *out, int32_t c)
{
	static const char names[] = "\"\\bfnrt", values[] = "\"\\\b\f\n\r\t",
			  hex[] = "0123456789abcdef";
	const char *at = c > 0 && c < 0x80 ? strchr(values, (int)c) : NULL;
	if (at)
		return put(out, (char[]){'\\', names[at - values]}, 2);
	if (c < 0x20)
		return put(out, (char[]){'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]}, 6);
	return put_utf8(out, c);
}

static gn_err put_raw(struct gn_buf *out, struct gn_slice raw)
{
	GN_TRY(put(out, "\"", 1));
	for (const uint8_t *p = raw.p, *end = raw.p + raw.len; p < end;)
		GN_TRY(put_point(out, next_point(&p, end)));
	return put(out, "\"", 1);
}

gn_err gn_json_unescape(struct gn_slice raw, struct gn_buf *out)
{
	for (const uint8_t *p = raw.p, *end = raw.p + raw.len; p < end;)
		GN_TRY(put_utf8(out, next_point(&p, end)));
	return GN_OK;
}

gn_err gn_json_put_string(struct gn_buf *out, struct gn_slice text)
{
	if (!gn_utf8_ok(text))
		return GN_TEXT;
	GN_TRY(put(out, "\"", 1));
	for (size_t i = 0; i < text.len; i++) {
		if (text.p[i] < 0x80)
			GN_TRY(put_point(out, text.p[i]));
		else
			GN_TRY(put(out, text.p + i, 1));
	}
	return put(out, "\"", 1);
}

/* ---- parsing ---- */

static void skip_blanks(struct parser *s)
{
	while (s->p < s->end && (*s->p == ' ' || *s->p == '\t' || *s->p == '\n' || *s->p == '\r'))
		s->p++;
}

static bool accept(struct parser *s, char c)
{
	skip_blanks(s);
	if (s->p == s->end || *s->p != (uint8_t)c)
		return false;
	s->p++;
	return true;
}

static gn_err parse_string(struct parser *s, struct gn_slice *raw)
{
	if (!accept(s, '"'))
		return GN_MALFORMED;
	const uint8_t *start = s->p;
	while ((s->p = plain(s->p, s->end)) < s->end && *s->p != '"')
		if (next_point(&s->p, s->end) < 0)
			return GN_MALFORMED;
	if (s->p == s->end)
		return GN_MALFORMED;
	*raw = gn_slice(start, (size_t)(s->p++ - start));
	return GN_OK;
}

static gn_err parse_int(struct parser *s, struct gn_json_value *v)
{
	const uint8_t *start = s->p;
	bool minus = *s->p == '-';
	s->p += minus;
	const uint8_t *digits = s->p;
	uint64_t n = 0;
	for (; s->p < s->end && *s->p >= '0' && *s->p <= '9'; s->p++) {
		unsigned d = *s->p - '0';
		if (n > (UINT64_MAX - d) / 10)
			return GN_RANGE;
		n = n * 10 + d;
	}
	if (s->p == digits || (*digits == '0' && s->p - digits > 1))
		return GN_MALFORMED;
	if (s->p < s->end && (*s->p == '.' || *s->p == 'e' || *s->p == 'E'))
		return GN_RANGE;
	if (n > (uint64_t)INT64_MAX + minus)
		return GN_RANGE;
	v->kind = GN_JSON_INT;
	v->integer = minus ? (int64_t)(0 - n) : (int64_t)n;
	v->text = gn_slice(start, (size_t)(s->p - start));
	return GN_OK;
}

static gn_err parse_word(struct parser *s, struct gn_json_value *v)
{
	static const struct {
		const char *word;
		uint8_t kind;
	} words[] = {{"null", GN_JSON_NULL}, {"true", GN_JSON_TRUE}, {"false", GN_JSON_FALSE}};
	for (size_t i = 0; i < GN_COUNT(words); i++) {
		size_t len = strlen(words[i].word);
		if ((size_t)(s->end - s->p) >= len && memcmp(s->p, words[i].word, len) == 0) {
			v->kind = words[i].kind;
			v->text = gn_slice(s->p, len);
			s->p += len;
			return GN_OK;
		}
	}
	return GN_MALFORMED;
}

/* The value at the cursor; a container is opened, its members follow. */
static gn_err parse_value(struct parser *s, struct gn_slice key)
{
	skip_blanks(s);
	if (s->j->count == JSON_VALUES_MAX)
		return GN_TOO_LARGE;
	if (s->p == s->end)
		return GN_MALFORMED;
	uint16_t index = s->j->count++;
	struct gn_json_value *v = &s->j->values[index];
	*v = (struct gn_json_value){.key = key, .next = (uint16_t)(index + 1)};
	switch (*s->p) {
	case '"': v->kind = GN_JSON_STRING; return parse_string(s, &v->text);
	case '{':
	case '[':
		if (s->depth == JSON_DEPTH_MAX)
			return GN_TOO_LARGE;
		v->kind = *s->p == '{' ? GN_JSON_OBJECT : GN_JSON_ARRAY;
		v->text = gn_slice(s->p++, 0);
		s->open[s->depth++] = index;
		return GN_OK;
	case '-':
	case '0':
	case '1':
	case '2':
	case '3':
	case '4':
	case '5':
	case '6':
	case '7':
	case '8':
	case '9': return parse_int(s, v);
	default: return parse_word(s, v);
	}
}

static bool has_key(const struct gn_json *j, uint16_t object, struct gn_slice key)
{
	uint16_t i = (uint16_t)(object + 1);
	for (uint16_t n = 0; n < j->values[object].count; n++, i = j->values[i].next)
		if (compare_keys(j->values[i].key, key) == 0)
			return true;
	return false;
}

/* The key is the last of the table, where room is left. */
static gn_err twice(struct parser *s, struct gn_slice key)
{
	if (s->j->count < JSON_VALUES_MAX)
		s->j->values[s->j->count++] = (struct gn_json_value){.key = key};
	return GN_EXISTS;
}

/* One member of the innermost container, or its end. */
static gn_err parse_member(struct parser *s)
{
	uint16_t object = s->open[s->depth - 1];
	struct gn_json_value *c = &s->j->values[object];
	bool is_object = c->kind == GN_JSON_OBJECT;
	if (accept(s, is_object ? '}' : ']')) {
		c->text.len = (size_t)(s->p - c->text.p);
		c->next = s->j->count;
		s->depth--;
		return GN_OK;
	}
	if (c->count > 0 && !accept(s, ','))
		return GN_MALFORMED;
	struct gn_slice key = {NULL, 0};
	if (is_object) {
		GN_TRY(parse_string(s, &key));
		if (!accept(s, ':'))
			return GN_MALFORMED;
		if (has_key(s->j, object, key))
			return twice(s, key);
	}
	GN_TRY(parse_value(s, key));
	c->count++;
	return GN_OK;
}

gn_err gn_json_parse(struct gn_slice text, struct gn_json *out)
{
	out->count = 0;
	if (text.len > JSON_TEXT_MAX)
		return GN_TOO_LARGE;
	if (!gn_utf8_ok(text))
		return GN_MALFORMED;
	struct parser s = {.p = text.p, .end = text.p + text.len, .j = out};
	GN_TRY(parse_value(&s, (struct gn_slice){NULL, 0}));
	while (s.depth > 0)
		GN_TRY(parse_member(&s));
	skip_blanks(&s);
	return s.p == s.end ? GN_OK : GN_MALFORMED;
}

/* ---- writing ---- */

/* The child of `parent` that follows `last` (0: the first) in key order; 0 when there is none. */
static uint16_t next_sorted(const struct gn_json *j, uint16_t parent, uint16_t last)
{
	uint16_t best = 0, i = (uint16_t)(parent + 1);
	for (uint16_t n = 0; n < j->values[parent].count; n++, i = j->values[i].next) {
		if (last && compare_keys(j->values[i].key, j->values[last].key) <= 0)
			continue;
		if (!best || compare_keys(j->values[i].key, j->values[best].key) < 0)
			best = i;
	}
	return best;
}

static uint16_t next_child(const struct gn_json *j, uint16_t parent, uint16_t last)
{
	if (j->values[parent].kind == GN_JSON_OBJECT)
		return next_sorted(j, parent, last);
	uint16_t i = last ? j->values[last].next : (uint16_t)(parent + 1);
	return i < j->values[parent].next ? i : 0;
}

static gn_err write_scalar(const struct gn_json_value *v, struct gn_buf *out)
{
	if (v->kind == GN_JSON_STRING)
		return put_raw(out, v->text);
	if (v->kind == GN_JSON_INT && v->integer == 0)
		return put(out, "0", 1); /* "-0" too */
	return gn_buf_put(out, v->text);
}

gn_err gn_json_write(const struct gn_json *j, struct gn_buf *out)
{
	struct {
		uint16_t at, last;
	} open[JSON_DEPTH_MAX];
	unsigned depth = 0;
	uint16_t v = 0;
	for (;;) {
		const struct gn_json_value *value = &j->values[v];
		if (value->key.p) {
			GN_TRY(put_raw(out, value->key));
			GN_TRY(put(out, ":", 1));
		}
		if (value->kind == GN_JSON_ARRAY || value->kind == GN_JSON_OBJECT) {
			GN_TRY(put(out, value->kind == GN_JSON_OBJECT ? "{" : "[", 1));
			GN_ASSERT(depth < JSON_DEPTH_MAX);
			open[depth].at = v;
			open[depth++].last = 0;
		} else {
			GN_TRY(write_scalar(value, out));
		}
		for (;;) { /* close what has ended */
			if (depth == 0)
				return GN_OK;
			uint16_t parent = open[depth - 1].at, last = open[depth - 1].last;
			v = next_child(j, parent, last);
			if (v) {
				if (last)
					GN_TRY(put(out, ",", 1));
				open[depth - 1].last = v;
				break;
			}
			GN_TRY(put(out, j->values[parent].kind == GN_JSON_OBJECT ? "}" : "]", 1));
			depth--;
		}
	}
}

/* Canonical bytes are checked in place: no blanks, sorted keys, canonical strings. */
static bool raw_is_canonical(struct gn_slice raw)
{
	uint8_t storage[8];
	for (const uint8_t *p = raw.p, *end = raw.p + raw.len; (p = plain(p, end)) < end;) {
		const uint8_t *start = p;
		struct gn_buf b = {storage, 0, sizeof storage};
		if (put_point(&b, next_point(&p, end)) ||
		    !gn_slice_eq(gn_buf_slice(&b), gn_slice(start, (size_t)(p - start))))
			return false;
	}
	return true;
}

/* Bytes the value itself takes in canonical text, punctuation of its container apart. */
static size_t own_len(const struct gn_json_value *v)
{
	size_t key = v->key.p ? v->key.len + 3 : 0;
	if (v->kind == GN_JSON_STRING)
		return key + v->text.len + 2;
	if (v->kind == GN_JSON_OBJECT || v->kind == GN_JSON_ARRAY)
		return key + 2 + (v->count ? v->count - 1u : 0u);
	return key + v->text.len;
}

static bool sorted(const struct gn_json *j, uint16_t object)
{
	uint16_t i = (uint16_t)(object + 1);
	for (uint16_t n = 1; n < j->values[object].count; n++) {
		uint16_t next = j->values[i].next;
		if (compare_keys(j->values[i].key, j->values[next].key) >= 0)
			return false;
		i = next;
	}
	return true;
}

gn_err gn_json_check(struct gn_slice text, struct gn_json *out)
{
	struct gn_json own, *j = out ? out : &own;
	GN_TRY(gn_json_parse(text, j));
	size_t len = 0;
	for (uint16_t i = 0; i < j->count; i++) {
		const struct gn_json_value *v = &j->values[i];
		len += own_len(v);
		if ((v->key.p && !raw_is_canonical(v->key)) ||
		    (v->kind == GN_JSON_STRING && !raw_is_canonical(v->text)))
			return GN_CANONICAL;
		if (v->kind == GN_JSON_INT && v->integer == 0 && v->text.len != 1)
			return GN_CANONICAL;
		if (v->kind == GN_JSON_OBJECT && !sorted(j, i))
			return GN_CANONICAL;
	}
	return len == text.len ? GN_OK : GN_CANONICAL; /* a difference is white space */
}

const struct gn_json_value *gn_json_get(const struct gn_json *j, uint16_t object, const char *key)
{
	if (j->values[object].kind != GN_JSON_OBJECT)
		return NULL;
	uint16_t i = (uint16_t)(object + 1);
	for (uint16_t n = 0; n < j->values[object].count; n++, i = j->values[i].next)
		if (compare_keys(j->values[i].key, gn_str(key)) == 0)
			return &j->values[i];
	return NULL;
}
