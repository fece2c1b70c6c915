/* Heads of requests and answers, and chunked bodies, strictly after RFC 9112: what has two readings
 * is refused, since a proxy before us may have chosen the other one (request smuggling).
 *
 * Refused: bare CR or LF, folded lines, white space before a colon, controls, two
 * Content-Length, Content-Length beside Transfer-Encoding, a coding besides chunked, no Host or
 * two in HTTP/1.1, other major versions. */
#include "net/http_int.h"

static const struct {
	const char *name;
	bool single;
} known[GN_HTTP_H_COUNT] = {
#define X(id, name, single) [GN_HTTP_H_##id] = {name, single},
#include "net/http_headers.def"
#undef X
};

static bool refuse(struct gn_http_refusal *why, int status, gn_err err, const char *text)
{
	*why = (struct gn_http_refusal){status, err, text};
	return false;
}

static bool bad(struct gn_http_refusal *why, const char *text)
{
	return refuse(why, 400, GN_USAGE, text);
}

static bool is_token(struct gn_slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		int c = gn_lower(s.p[i]);
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		      (c && strchr("!#$%&'*+-.^_`|~", c))))
			return false;
	}
	return s.len > 0;
}

/* Text of a value: no controls besides the tab (RFC 9110 section 5.5). */
static bool is_value(struct gn_slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((s.p[i] < 0x20 && s.p[i] != '\t') || s.p[i] == 0x7f)
			return false;
	return true;
}

static struct gn_slice trim(struct gn_slice s)
{
	while (s.len && (*s.p == ' ' || *s.p == '\t'))
		s = gn_slice(s.p + 1, s.len - 1);
	while (s.len && (s.p[s.len - 1] == ' ' || s.p[s.len - 1] == '\t'))
		s.len--;
	return s;
}

bool gn_http_list_has(struct gn_slice list, const char *word)
{
	while (list.len) {
		const uint8_t *comma = memchr(list.p, ',', list.len);
		size_t len = comma ? (size_t)(comma - list.p) : list.len;
		if (gn_same_word(trim(gn_slice(list.p, len)), gn_str(word)))
			return true;
		list = gn_slice_sub(list, len + 1, SIZE_MAX);
	}
	return false;
}

enum gn_http_header_id gn_http_header_find(const char *name)
{
	unsigned i = 0;
	while (i < GN_HTTP_H_COUNT && strcmp(known[i].name, name) != 0)
		i++;
	return (enum gn_http_header_id)i;
}

bool gn_http_field_ok(const struct gn_http_field *field)
{
	return is_token(gn_str(field->name)) && is_value(field->value);
}

/* Empty lines before a request are skipped (RFC 9112 section 2.2). */
static size_t blank_lines(struct gn_slice in)
{
	size_t i = 0;
	while (in.len - i >= 2 && in.p[i] == '\r' && in.p[i + 1] == '\n')
		i += 2;
	return i;
}

size_t gn_http_head_end(struct gn_slice in, size_t *scanned)
{
	size_t start = blank_lines(in), i = *scanned > start + 3 ? *scanned - 3 : start;
	for (; i < in.len; i++) {
		const uint8_t *lf = memchr(in.p + i, '\n', in.len - i);
		if (!lf)
			break;
		i = (size_t)(lf - in.p);
		/* "\n\n" ends it too, for the parser to refuse: waiting for more would only
		 * delay the answer. */
		if ((i >= start + 3 && memcmp(in.p + i - 3, "\r\n\r", 3) == 0) ||
		    (i > start && in.p[i - 1] == '\n'))
			return i + 1;
	}
	*scanned = in.len;
	return 0;
}

struct gn_http_refusal gn_http_head_overrun(struct gn_slice in, const struct gn_http_limits *limits)
{
	struct gn_http_refusal why = {0};
	size_t start = blank_lines(in);
	const uint8_t *lf = in.len > start ? memchr(in.p + start, '\n', in.len - start) : NULL;
	size_t line = lf ? (size_t)(lf - in.p) - start : in.len - start;
	/* a hello of TLS, whose end no line's end would tell; "\r" may begin an empty line */
	bool foreign =
		in.len > start && in.p[start] != '\r' && !is_token(gn_slice(in.p + start, 1));
	if (foreign)
		bad(&why,
		    "what came is not HTTP; is https:// meant for a port that speaks http://?");
	else if (start > GN_HTTP_BLANK_MAX)
		bad(&why, "too many empty lines before the request");
	else if (line > (size_t)limits->path + GN_HTTP_LINE_EXTRA)
		refuse(&why, 414, GN_TOO_LARGE, "the request target is too long");
	else if (in.len - start > (size_t)limits->headers + limits->path + GN_HTTP_LINE_EXTRA)
		refuse(&why, 431, GN_TOO_LARGE, "the request's headers are too long");
	return why;
}

/* The next line without its CRLF; false when it ends otherwise or holds a bare CR or a NUL. */
static bool next_line(struct gn_slice *in, struct gn_slice *line)
{
	const uint8_t *lf = in->len ? memchr(in->p, '\n', in->len) : NULL;
	if (!lf || lf == in->p || lf[-1] != '\r')
		return false;
	*line = gn_slice(in->p, (size_t)(lf - in->p) - 1);
	*in = gn_slice_sub(*in, line->len + 2, SIZE_MAX);
	return line->len == 0 ||
	       (!memchr(line->p, '\r', line->len) && !memchr(line->p, 0, line->len));
}

static enum gn_http_method method_of(struct gn_slice s)
{
	static const struct {
		const char *name;
		enum gn_http_method method;
	} table[] = {{"GET", GN_HTTP_GET},        {"HEAD", GN_HTTP_HEAD},
		     {"POST", GN_HTTP_POST},      {"PUT", GN_HTTP_PUT},
		     {"PATCH", GN_HTTP_PATCH},    {"DELETE", GN_HTTP_DELETE},
		     {"OPTIONS", GN_HTTP_OPTIONS}};
	for (size_t i = 0; i < GN_COUNT(table); i++)
		if (gn_slice_eq(s, gn_str(table[i].name)))
			return table[i].method;
	return GN_HTTP_OTHER;
}

/* "/path?query", "http://host/path?query" (its host then stands for the Host header, RFC 9112
 * section 3.2.2), "*" of OPTIONS. */
static bool parse_target(struct gn_slice target, struct gn_http_head *head,
			 struct gn_slice *authority, struct gn_http_refusal *why)
{
	static const char scheme[] = "http://";
	for (size_t i = 0; i < target.len; i++)
		if (target.p[i] <= 0x20 || target.p[i] >= 0x7f || target.p[i] == '#')
			return bad(why, "the request target has characters that must be "
					"percent-encoded");
	if (gn_same_word(gn_slice_sub(target, 0, sizeof scheme - 1), gn_str(scheme))) {
		target = gn_slice_sub(target, sizeof scheme - 1, SIZE_MAX);
		size_t len = 0;
		while (len < target.len && target.p[len] != '/' && target.p[len] != '?')
			len++;
		*authority = gn_slice(target.p, len);
		target = gn_slice_sub(target, len, SIZE_MAX);
		if (target.len == 0)
			target = GN_LIT("/");
	}
	if (target.len == 0 || (target.p[0] != '/' && !(gn_slice_eq(target, GN_LIT("*")) &&
							head->method == GN_HTTP_OPTIONS)))
		return bad(why, "the request target must begin with '/'");
	const uint8_t *mark = memchr(target.p, '?', target.len);
	size_t len = mark ? (size_t)(mark - target.p) : target.len;
	head->path = gn_slice(target.p, len);
	head->query = mark ? gn_slice_sub(target, len + 1, SIZE_MAX) : gn_slice(target.p + len, 0);
	return true;
}

static bool parse_request_line(struct gn_slice line, const struct gn_http_limits *limits,
			       struct gn_http_head *head, struct gn_slice *authority,
			       struct gn_http_refusal *why)
{
	const uint8_t *space = line.len ? memchr(line.p, ' ', line.len) : NULL;
	if (!space || !is_token(gn_slice(line.p, (size_t)(space - line.p))))
		return bad(why, "the request line is not METHOD TARGET HTTP/1.1");
	head->method = method_of(gn_slice(line.p, (size_t)(space - line.p)));
	struct gn_slice rest = gn_slice_sub(line, (size_t)(space - line.p) + 1, SIZE_MAX);
	space = rest.len ? memchr(rest.p, ' ', rest.len) : NULL;
	if (!space)
		return bad(why, "the request line is not METHOD TARGET HTTP/1.1");
	struct gn_slice target = gn_slice(rest.p, (size_t)(space - rest.p)),
			version = gn_slice_sub(rest, target.len + 1, SIZE_MAX);
	if (version.len != 8 || memcmp(version.p, "HTTP/", 5) != 0 || version.p[5] < '0' ||
	    version.p[5] > '9' || version.p[6] != '.' || version.p[7] < '0' || version.p[7] > '9')
		return bad(why, "the request line is not METHOD TARGET HTTP/1.1");
	if (version.p[5] != '1')
		return refuse(why, 505, GN_VERSION, "this server speaks HTTP/1.1");
	head->old = version.p[7] == '0';
	if (target.len > limits->path)
		return refuse(why, 414, GN_TOO_LARGE, "the request target is too long");
	return parse_target(target, head, authority, why);
}

static bool parse_field(struct gn_slice line, const struct gn_http_limits *limits,
			struct gn_http_head *head, struct gn_http_refusal *why)
{
	if (line.len > limits->header)
		return refuse(why, 431, GN_TOO_LARGE, "a header line is too long");
	const uint8_t *colon = memchr(line.p, ':', line.len);
	struct gn_slice name = gn_slice(line.p, colon ? (size_t)(colon - line.p) : 0);
	if (!is_token(name))
		return bad(why, "a header line is not NAME: VALUE");
	struct gn_slice value = trim(gn_slice_sub(line, name.len + 1, SIZE_MAX));
	if (!is_value(value))
		return bad(why, "a header value has control characters");
	for (unsigned i = 0; i < GN_HTTP_H_COUNT; i++) {
		if (!gn_same_word(name, gn_str(known[i].name)))
			continue;
		if (head->headers[i].p && known[i].single)
			return bad(why, i == GN_HTTP_H_HOST ? "there are two Host headers"
							    : "a header that may come once came "
							      "twice");
		/* "Connection: close" anywhere counts; of other lists the first line is kept. */
		if (!head->headers[i].p ||
		    (i == GN_HTTP_H_CONNECTION && gn_http_list_has(value, "close")))
			head->headers[i] = value;
		break;
	}
	return true;
}

static bool parse_framing(struct gn_http_head *head, struct gn_http_refusal *why)
{
	struct gn_slice coding = head->headers[GN_HTTP_H_TRANSFER_ENCODING],
			length = head->headers[GN_HTTP_H_CONTENT_LENGTH];
	struct gn_slice expect = head->headers[GN_HTTP_H_EXPECT];
	if (coding.p && (length.p || head->old))
		return bad(why, "Transfer-Encoding does not go with Content-Length or HTTP/1.0");
	if (coding.p && !gn_same_word(coding, gn_str("chunked")))
		return refuse(why, 501, GN_UNSUPPORTED, "the only transfer coding here is chunked");
	head->chunked = coding.p != NULL;
	if (length.p) {
		uint64_t v = 0;
		for (size_t i = 0; i < length.len; i++) {
			if (length.p[i] < '0' || length.p[i] > '9' || v > (UINT64_C(1) << 58))
				return bad(why, "Content-Length is not a number");
			v = v * 10 + (length.p[i] - (unsigned)'0');
		}
		if (length.len == 0)
			return bad(why, "Content-Length is not a number");
		head->content_length = v;
	}
	if (expect.p && !gn_same_word(expect, gn_str("100-continue")))
		return refuse(why, 417, GN_UNSUPPORTED,
			      "the only expectation met here is 100-continue");
	head->expect_continue = expect.p && !head->old && (head->chunked || head->content_length);
	head->keep_alive =
		!head->old && !gn_http_list_has(head->headers[GN_HTTP_H_CONNECTION], "close");
	return true;
}

/* The lines after the first, with the empty one. */
static bool parse_fields(struct gn_slice in, const struct gn_http_limits *limits,
			 struct gn_http_head *head, struct gn_http_refusal *why)
{
	struct gn_slice line;
	size_t fields = in.len;
	for (unsigned count = 0;; count++) {
		if (!next_line(&in, &line))
			return bad(why, "lines must end with CR LF and hold no NUL");
		if (line.len == 0)
			return true;
		if (count == GN_HTTP_FIELDS_MAX || fields - in.len > limits->headers)
			return refuse(why, 431, GN_TOO_LARGE, "the request's headers are too long");
		if (!parse_field(line, limits, head, why))
			return false;
	}
}

bool gn_http_answer_parse(struct gn_slice in, const struct gn_http_limits *limits, int *status,
			  struct gn_http_head *out)
{
	struct gn_http_refusal why;
	struct gn_http_head head = {0};
	struct gn_slice line;
	int number = 0;
	if (!next_line(&in, &line) || line.len < 12 || memcmp(line.p, "HTTP/1.", 7) != 0 ||
	    (line.p[7] != '0' && line.p[7] != '1') || line.p[8] != ' ' ||
	    (line.len > 12 && line.p[12] != ' '))
		return false;
	for (unsigned i = 9; i < 12; i++) {
		if (line.p[i] < '0' || line.p[i] > '9')
			return false;
		number = number * 10 + (line.p[i] - '0');
	}
	if (number < 100 || number > 599 || !parse_fields(in, limits, &head, &why))
		return false;
	*status = number;
	*out = head;
	return true;
}

bool gn_http_head_parse(struct gn_slice in, const struct gn_http_limits *limits,
			struct gn_http_head *out, struct gn_http_refusal *why)
{
	struct gn_http_head head = {0};
	struct gn_slice line, authority = {0};
	in = gn_slice_sub(in, blank_lines(in), SIZE_MAX);
	if (!next_line(&in, &line))
		return bad(why, "lines must end with CR LF");
	if (!parse_request_line(line, limits, &head, &authority, why))
		return false;
	if (!parse_fields(in, limits, &head, why))
		return false;
	if (authority.p)
		head.headers[GN_HTTP_H_HOST] = authority;
	if (!head.headers[GN_HTTP_H_HOST].p && !head.old)
		return bad(why, "there is no Host header");
	if (!parse_framing(&head, why))
		return false;
	*out = head;
	return true;
}

static gn_err chunk_size_byte(struct gn_http_chunks *c, uint8_t b)
{
	int digit = gn_hex_digit(b);
	if (digit >= 0 && c->digits < 15) {
		c->left = c->left << 4 | (unsigned)digit;
		c->digits++;
		return GN_OK;
	}
	if (digit >= 0 || c->digits == 0)
		return GN_MALFORMED;
	if (b == '\r')
		c->state = GN_CHUNK_SIZE_LF;
	else if (b == ';' || b == ' ' || b == '\t')
		c->state = GN_CHUNK_EXT;
	else
		return GN_MALFORMED;
	return GN_OK;
}

static gn_err chunk_byte(struct gn_http_chunks *c, uint8_t b)
{
	switch (c->state) {
	case GN_CHUNK_SIZE: return chunk_size_byte(c, b);
	case GN_CHUNK_EXT:
		if (b == '\n' || ++c->skipped > GN_HTTP_CHUNK_SKIP_MAX)
			return GN_MALFORMED;
		if (b == '\r')
			c->state = GN_CHUNK_SIZE_LF;
		return GN_OK;
	case GN_CHUNK_SIZE_LF:
		c->state = c->left ? GN_CHUNK_DATA : GN_CHUNK_TRAILER;
		c->line = c->skipped = 0;
		return b == '\n' ? GN_OK : GN_MALFORMED;
	case GN_CHUNK_DATA_CR: c->state = GN_CHUNK_DATA_LF; return b == '\r' ? GN_OK : GN_MALFORMED;
	case GN_CHUNK_DATA_LF:
		c->state = GN_CHUNK_SIZE;
		c->digits = 0;
		return b == '\n' ? GN_OK : GN_MALFORMED;
	case GN_CHUNK_TRAILER:
		if (b == '\n' || b == 0 || ++c->skipped > GN_HTTP_CHUNK_SKIP_MAX)
			return GN_MALFORMED;
		if (b == '\r')
			c->state = GN_CHUNK_TRAILER_LF;
		else
			c->line++;
		return GN_OK;
	case GN_CHUNK_TRAILER_LF:
		c->state = c->line ? GN_CHUNK_TRAILER : GN_CHUNK_END;
		c->line = 0;
		return b == '\n' ? GN_OK : GN_MALFORMED;
	case GN_CHUNK_DATA:
	case GN_CHUNK_END: break;
	}
	return GN_MALFORMED;
}

gn_err gn_http_chunks_next(struct gn_http_chunks *c, struct gn_slice in, struct gn_slice *data,
			   size_t *used)
{
	struct gn_http_chunks next = *c;
	size_t i = 0;
	struct gn_slice piece = {0};
	while (i < in.len && next.state != GN_CHUNK_END && !piece.len) {
		if (next.state != GN_CHUNK_DATA) {
			GN_TRY(chunk_byte(&next, in.p[i++]));
			continue;
		}
		piece = gn_slice_sub(in, i,
				     next.left < in.len - i ? (size_t)next.left : in.len - i);
		next.left -= piece.len;
		i += piece.len;
		if (next.left == 0)
			next.state = GN_CHUNK_DATA_CR;
	}
	*c = next;
	*data = piece;
	*used = i;
	return GN_OK;
}
