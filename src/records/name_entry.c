/* Entries of a record set: the types, and what a value of each must look like. Values are text
 * as in a zone file, so that they can be read, signed and shown without conversion. A value is
 * checked by whoever writes it, by every holder and by every reader. Rule: docs/spec/services.md
 * NA-3. */
#include "records/name_int.h"

static const struct {
	uint16_t type;
	const char *text;
} types[] = {
	{GN_NAME_A, "A"},
	{GN_NAME_CNAME, "CNAME"},
	{GN_NAME_MX, "MX"},
	{GN_NAME_TXT, "TXT"},
	{GN_NAME_AAAA, "AAAA"},
	{GN_NAME_SRV, "SRV"},
	{GN_NAME_HTTPS, "HTTPS"},
	{GN_NAME_CAA, "CAA"},
	{GN_NAME_T_PID, "PID"},
	{GN_NAME_SITE, "SITE"},
	{GN_NAME_CHAT, "CHAT"},
	{GN_NAME_MAIL, "MAIL"},
	{GN_NAME_MAILBOX, "MAILBOX"},
	{GN_NAME_WALLET, "WALLET"},
};

const char *gn_name_type_text(uint16_t type)
{
	for (size_t i = 0; i < GN_COUNT(types); i++)
		if (types[i].type == type)
			return types[i].text;
	return "UNKNOWN";
}

gn_err gn_name_type_parse(struct gn_slice text, uint16_t *out)
{
	for (size_t i = 0; i < GN_COUNT(types); i++) {
		struct gn_slice known = gn_str(types[i].text);
		bool same = known.len == text.len;
		for (size_t j = 0; same && j < text.len; j++)
			same = known.p[j] ==
			       (text.p[j] >= 'a' && text.p[j] <= 'z' ? text.p[j] - 32 : text.p[j]);
		if (same) {
			*out = types[i].type;
			return GN_OK;
		}
	}
	return GN_USAGE;
}

/* ---- values ---- */

/* The next word and what follows it; words are apart by single spaces. */
static struct gn_slice next_word(struct gn_slice *rest)
{
	size_t n = 0;
	while (n < rest->len && rest->p[n] != ' ')
		n++;
	struct gn_slice word = gn_slice_sub(*rest, 0, n);
	*rest = gn_slice_sub(*rest, n < rest->len ? n + 1 : n, rest->len);
	return word;
}

static bool number_fits(struct gn_slice s, uint32_t max)
{
	uint32_t v = 0;
	if (s.len == 0 || s.len > 5 || (s.len > 1 && s.p[0] == '0'))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		v = v * 10 + (s.p[i] - '0');
	}
	return v <= max;
}

static bool host_fits(struct gn_slice s)
{
	size_t label = 0;
	if (s.len && s.p[s.len - 1] == '.')
		s.len--;
	if (s.len == 0 || s.len > 253)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.p[i];
		bool alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9') || c == '_';
		if (c == '.' ? label == 0 : !(alnum || (c == '-' && label > 0)) || label == 63)
			return false;
		label = c == '.' ? 0 : label + 1;
	}
	return label > 0;
}

static bool address_fits(struct gn_slice s, bool v4)
{
	char text[64];
	struct gn_addr a;
	struct gn_writer w = gn_writer(text, sizeof text);
	gn_write_bytes(&w, v4 ? GN_LIT("") : GN_LIT("["));
	gn_write_bytes(&w, s);
	gn_write_bytes(&w, v4 ? GN_LIT(":1") : GN_LIT("]:1"));
	if (w.bad || gn_addr_parse(gn_slice(text, gn_writer_len(&w)), &a) != GN_OK)
		return false;
	return v4 == gn_addr_is_v4(&a) && a.port == 1;
}

static bool text_ok(struct gn_slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < 0x20 || s.p[i] == 0x7f)
			return false;
	return s.len > 0 && gn_utf8_ok(s);
}

static bool all_printable(struct gn_slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] <= 0x20 || s.p[i] >= 0x7f)
			return false;
	return s.len > 0;
}

/* "1 . alpn=h2,h3 port=443" (RFC 9460); parameters are words here, their meaning is the
 * reader's. */
static bool https_value(struct gn_slice s)
{
	struct gn_slice priority = next_word(&s), target = next_word(&s);
	if (!number_fits(priority, 65535) ||
	    !(gn_slice_eq(target, GN_LIT(".")) || host_fits(target)))
		return false;
	while (s.len)
		if (!all_printable(next_word(&s)))
			return false;
	return true;
}

/* "0 issue letsencrypt.org" (RFC 8659). */
static bool caa_value(struct gn_slice s)
{
	struct gn_slice flags = next_word(&s), tag = next_word(&s);
	return number_fits(flags, 255) && all_printable(tag) && text_ok(s);
}

gn_err gn_name_site_parse(struct gn_slice value, struct gn_pk *owner, struct gn_slice *label)
{
	struct gn_pk pk;
	if (value.len < 65 || value.p[64] != '/' || value.len - 65 > 255 || !gn_utf8_ok(value))
		return GN_USAGE;
	if (gn_unhex(gn_slice(value.p, 64), pk.b, sizeof pk.b) != GN_OK)
		return GN_USAGE;
	*owner = pk;
	*label = gn_slice(value.p + 65, value.len - 65);
	return GN_OK;
}

/* NULL when the value fits its type. */
static const char *value_fault(uint16_t type, struct gn_slice v)
{
	struct gn_slice rest = v;
	struct gn_hash pid;
	struct gn_pk pk;
	bool numbers = true;
	switch (type) {
	case 0: return "an entry has no type";
	case GN_NAME_A: return address_fits(v, true) ? NULL : "an A entry is an IPv4 address";
	case GN_NAME_AAAA:
		return address_fits(v, false) ? NULL : "an AAAA entry is an IPv6 address";
	case GN_NAME_CNAME: return host_fits(v) ? NULL : "a CNAME entry is a host name";
	case GN_NAME_MX:
		return number_fits(next_word(&rest), 65535) && host_fits(rest)
			       ? NULL
			       : "an MX entry is a "
				 "preference and a host name";
	case GN_NAME_SRV:
		for (int i = 0; i < 3; i++)
			numbers &= number_fits(next_word(&rest), 65535);
		return numbers && host_fits(rest)
			       ? NULL
			       : "an SRV entry is a priority, a weight, a port and a host name";
	case GN_NAME_HTTPS:
		return https_value(v) ? NULL
				      : "an HTTPS entry is a priority, a target "
					"and parameters";
	case GN_NAME_CAA: return caa_value(v) ? NULL : "a CAA entry is flags, a tag and a value";
	case GN_NAME_T_PID: return gn_pid_parse(v, &pid) == GN_OK ? NULL : "a PID entry is a PID";
	case GN_NAME_SITE:
		return gn_name_site_parse(v, &pk, &rest) == GN_OK &&
				       (rest.len == 0 || text_ok(rest))
			       ? NULL
			       : "a SITE entry is an owner's key in hex, a slash and the site's "
				 "label";
	case GN_NAME_TXT:
	case GN_NAME_CHAT:
	case GN_NAME_MAIL:
	case GN_NAME_MAILBOX:
	case GN_NAME_WALLET:
		return text_ok(v) ? NULL
				  : "a text entry is UTF-8 without control characters, and "
				    "not empty";
	default: return NULL; /* a type of a later version: kept, not interpreted */
	}
}

gn_err gn_name_entry_check(const struct gn_name_entry *e, const char **why)
{
	const char *fault = e->value.len > NAME_VALUE_MAX ? "a value has more than 1,024 bytes"
			    : !gn_utf8_ok(e->value)       ? "a value is not valid UTF-8"
			    : e->ttl > NAME_ENTRY_TTL_MAX ? "a ttl is longer than 30 days"
							  : value_fault(e->type, e->value);
	if (!fault)
		return GN_OK;
	if (why)
		*why = fault;
	return GN_USAGE;
}
