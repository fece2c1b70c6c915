/* Links by which people are found. A link comes from a picture, a letter, a page: anybody's bytes.
 *
 * 1. What is read is whole or refused; one value has one place: a parameter twice is refused.
 * 2. What is made is read again: one judge.
 *
 * Spec: PE-60..PE-62. */
#include "people/invite.h"

#define PID_PREFIX "geonet:hi/"
#define WEB "web+"
#define VALUE_MAX 256 /* bytes of one value, decoded: three nodes have 240 */

/* ---- making ---- */

static bool kept(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("-._~:@,", c));
}

static void put_coded(struct gn_writer *w, struct gn_slice s)
{
	static const char digits[] = "0123456789ABCDEF";
	for (size_t i = 0; i < s.len; i++) {
		if (kept(s.p[i])) {
			gn_write_u8(w, s.p[i]);
			continue;
		}
		gn_write_u8(w, '%');
		gn_write_u8(w, (uint8_t)digits[s.p[i] >> 4]);
		gn_write_u8(w, (uint8_t)digits[s.p[i] & 15]);
	}
}

static gn_err put_node(struct gn_writer *w, const struct gn_people_node *node)
{
	char key[64], addr[GN_ADDR_TEXT_MAX];
	if (node->addr.port == 0)
		return GN_RANGE;
	GN_TRY(gn_base58(GN_SLICE(node->key.b), key, sizeof key));
	gn_addr_text(&node->addr, addr);
	gn_write_bytes(w, gn_str(key));
	gn_write_u8(w, '@');
	put_coded(w, gn_str(addr));
	return GN_OK;
}

gn_err gn_people_link_make(const struct gn_people_link *link, struct gn_buf *out)
{
	char pid[GN_PID_MAX], secret[GN_BASE64_MAX(GN_INVITE_SECRET_LEN)];
	char sign = '?';
	struct gn_people_link again;
	struct gn_writer w = gn_writer(out->p + out->len, out->cap - out->len);
	if (link->node_count > GN_INVITE_NODES_MAX)
		return GN_RANGE;
	GN_TRY(gn_base58(GN_SLICE(link->person.b), pid, sizeof pid));
	gn_write_bytes(&w, gn_str(PID_PREFIX));
	gn_write_bytes(&w, gn_str(pid));
	if (link->invites) {
		GN_TRY(gn_base64(GN_SLICE(link->secret), true, secret, sizeof secret));
		gn_write_bytes(&w, GN_LIT("?c="));
		gn_write_bytes(&w, gn_str(secret));
		gn_wipe(secret, sizeof secret);
		sign = '&';
	}
	if (link->name[0]) {
		gn_write_u8(&w, (uint8_t)sign);
		gn_write_bytes(&w, GN_LIT("n="));
		put_coded(&w, gn_slice(link->name, strnlen(link->name, sizeof link->name)));
		sign = '&';
	}
	for (size_t i = 0; i < link->node_count; i++) {
		gn_write_u8(&w, (uint8_t)(i ? ',' : sign));
		if (i == 0)
			gn_write_bytes(&w, GN_LIT("b="));
		GN_TRY(put_node(&w, &link->nodes[i]));
	}
	if (w.bad)
		return GN_TOO_LARGE;
	GN_TRY(gn_people_link_open(gn_slice(w.start, gn_writer_len(&w)), &again));
	gn_wipe(&again, sizeof again);
	out->len += gn_writer_len(&w);
	return GN_OK;
}

/* ---- reading ---- */

/* Takes what stands before the first of `ends`, or all of it, off *in; *end is which it was. */
static struct gn_slice take_until(struct gn_slice *in, const char *ends, char *end)
{
	size_t n = 0;
	GN_ASSERT(in->p || !in->len);
	while (n < in->len && !(in->p[n] && strchr(ends, in->p[n])))
		n++;
	struct gn_slice out = gn_slice(in->p, n);
	*end = n < in->len ? (char)in->p[n] : 0;
	*in = gn_slice_sub(*in, n + (*end != 0), in->len);
	return out;
}

static gn_err decode(struct gn_slice in, uint8_t out[VALUE_MAX], struct gn_slice *value)
{
	struct gn_writer w = gn_writer(out, VALUE_MAX);
	for (size_t i = 0; i < in.len; i++) {
		uint8_t c = in.p[i];
		if (c == '%') {
			int high = i + 2 < in.len ? gn_hex_digit(in.p[i + 1]) : -1;
			int low = i + 2 < in.len ? gn_hex_digit(in.p[i + 2]) : -1;
			if (high < 0 || low < 0)
				return GN_TEXT;
			c = (uint8_t)(high * 16 + low);
			i += 2;
		}
		gn_write_u8(&w, c);
	}
	*value = gn_slice(out, gn_writer_len(&w));
	return w.bad ? GN_TEXT : GN_OK;
}

static gn_err read_nodes(struct gn_slice in, struct gn_people_link *out)
{
	char end = ',';
	while (end == ',') {
		struct gn_slice node = take_until(&in, ",", &end);
		char at;
		struct gn_slice key = take_until(&node, "@", &at);
		if (out->node_count == GN_INVITE_NODES_MAX || at != '@')
			return GN_TEXT;
		struct gn_people_node *to = &out->nodes[out->node_count++];
		if (gn_unbase58(key, to->key.b, sizeof to->key.b) != GN_OK ||
		    gn_addr_parse(node, &to->addr) != GN_OK || to->addr.port == 0)
			return GN_TEXT;
	}
	return GN_OK;
}

static gn_err read_value(uint8_t name, struct gn_slice value, struct gn_people_link *out)
{
	if (name == 'c') {
		out->invites = true;
		return gn_unbase64_exact(value, true, out->secret, sizeof out->secret) ? GN_TEXT
										       : GN_OK;
	}
	if (name == 'b')
		return read_nodes(value, out);
	if (value.len > GN_INVITE_NAME_MAX || value.len == 0 || !gn_plain_ok(value))
		return GN_TEXT;
	memcpy(out->name, value.p, value.len);
	out->name[value.len] = 0;
	return GN_OK;
}

static gn_err read_parameters(struct gn_slice in, struct gn_people_link *out)
{
	static const char names[] = "cnb";
	unsigned seen = 0;
	char end = '&';
	while (end == '&') {
		uint8_t storage[VALUE_MAX];
		struct gn_slice value, one = take_until(&in, "&", &end);
		char is;
		struct gn_slice name = take_until(&one, "=", &is);
		const char *known = name.len == 1 && name.p[0] ? strchr(names, name.p[0]) : NULL;
		if (!known)
			continue;
		unsigned bit = 1u << (known - names);
		if (seen & bit)
			return GN_TEXT;
		seen |= bit;
		GN_TRY(decode(one, storage, &value));
		GN_TRY(read_value(name.p[0], value, out));
	}
	return GN_OK;
}

gn_err gn_people_link_open(struct gn_slice text, struct gn_people_link *out)
{
	struct gn_people_link link = {.node_count = 0};
	struct gn_slice in = text;
	char end;
	if (text.len > GN_INVITE_LINK_MAX)
		return GN_TOO_LARGE;
	if (gn_same_word(gn_slice_sub(in, 0, strlen(WEB)), gn_str(WEB)))
		in = gn_slice_sub(in, strlen(WEB), in.len);
	if (!gn_same_word(gn_slice_sub(in, 0, strlen(PID_PREFIX)), gn_str(PID_PREFIX)))
		return GN_TEXT;
	in = gn_slice_sub(in, strlen(PID_PREFIX), in.len);
	if (gn_pid_parse(take_until(&in, "?", &end), &link.person) != GN_OK)
		return GN_TEXT;
	if (end == '?' && in.len)
		GN_TRY(read_parameters(in, &link));
	*out = link;
	gn_wipe(&link, sizeof link);
	return GN_OK;
}
