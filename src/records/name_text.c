/* Names as text: one normalised spelling for every way a person may write a name, and the types
 * of a record set.
 *
 * 1. Normalising twice changes nothing, so equal names are equal bytes.
 * 2. A last label that decodes to 32 bytes of base58 is a PID, never a claimed name: the
 *    self-certifying form cannot be shadowed.
 * 3. ASCII never passes through libidn2 (but "xn--" does), so the common case depends on this
 *    file alone. Rules: docs/spec/services.md NA-1, NA-2. */
#include "records/name_int.h"
#include <idn2.h>

#define HOST_PREFIX "pid-"
#define HOST_DIGITS 52 /* base32 of 32 bytes: 260 bits, the last 4 zero */
static const char base32[] = "abcdefghijklmnopqrstuvwxyz234567";

static gn_err refuse_name(const char **why, const char *sentence)
{
	if (why)
		*why = sentence;
	return GN_TEXT;
}

/* ---- PIDs ---- */

static void host_of_pid(const struct gn_hash *pid, char out[GN_NAME_HOST_MAX])
{
	size_t n = sizeof HOST_PREFIX - 1;
	memcpy(out, HOST_PREFIX, n);
	for (unsigned digit = 0; digit < HOST_DIGITS; digit++) {
		unsigned v = 0;
		for (unsigned bit = digit * 5; bit < digit * 5 + 5; bit++)
			v = v << 1 |
			    (bit < 256 ? (unsigned)pid->b[bit / 8] >> (7 - bit % 8) & 1u : 0);
		out[n++] = base32[v];
	}
	out[n] = 0;
}

static bool pid_of_host(struct gn_slice label, struct gn_hash *out)
{
	size_t prefix = sizeof HOST_PREFIX - 1;
	struct gn_hash pid = {{0}};
	if (label.len != prefix + HOST_DIGITS ||
	    !gn_same_word(gn_slice(label.p, prefix), GN_LIT(HOST_PREFIX)))
		return false;
	for (unsigned digit = 0; digit < HOST_DIGITS; digit++) {
		uint8_t c = gn_lower(label.p[prefix + digit]);
		const char *at = c ? strchr(base32, c) : NULL;
		if (!at)
			return false;
		unsigned v = (unsigned)(at - base32);
		for (unsigned i = 0; i < 5; i++) {
			unsigned bit = digit * 5 + i, one = v >> (4 - i) & 1u;
			if (bit < 256)
				pid.b[bit / 8] |= (uint8_t)(one << (7 - bit % 8));
			else if (one)
				return false;
		}
	}
	*out = pid;
	return true;
}

/* True when the label names a PID in either form; text gets its base58. */
static bool pid_label(struct gn_slice label, struct gn_hash *pid, char text[GN_PID_MAX])
{
	if (gn_pid_parse(label, pid) != GN_OK && !pid_of_host(label, pid))
		return false;
	return gn_base58(GN_SLICE(pid->b), text, GN_PID_MAX) == GN_OK;
}

/* A browser folds a PID's case; who claimed the result would catch its visitors. Also true of
 * what mapping made a PID. */
static bool like_pid(struct gn_slice label)
{
	struct gn_hash pid;
	char text[GN_PID_MAX];
	if (pid_label(label, &pid, text))
		return true;
	return (label.len == 43 || label.len == 44) && !memchr(label.p, '-', label.len) &&
	       !memchr(label.p, '0', label.len);
}

/* ---- labels ---- */

/* One label of an ASCII name (NA-1). */
static gn_err label_check(struct gn_slice label, bool top, const char **why)
{
	if (label.len == 0)
		return refuse_name(why, "a label is empty");
	if (label.len > 63)
		return refuse_name(why, "a label has more than 63 characters");
	if (top && label.len < NAME_TOP_MIN)
		return refuse_name(why, "the last label has fewer than 3 characters");
	if (label.p[0] == '-' || label.p[label.len - 1] == '-')
		return refuse_name(why, "a label begins or ends with a hyphen");
	if (label.len >= 4 && label.p[2] == '-' && label.p[3] == '-' &&
	    !(label.p[0] == 'x' && label.p[1] == 'n'))
		return refuse_name(why, "a label has hyphens as its third and fourth characters");
	for (size_t i = 0; i < label.len; i++) {
		uint8_t c = label.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
			return refuse_name(why,
					   "a label has a character other than letters, digits and "
					   "hyphens");
	}
	return GN_OK;
}

/* Lower-case A-labels of `in`, terminated; at most NAME_TEXT_MAX bytes. */
static gn_err to_ascii(struct gn_slice in, char out[GN_NAME_MAX], const char **why)
{
	/* a character of 4 bytes gives at least one of the result */
	char text[NAME_TEXT_MAX * 4 + 1];
	bool plain = true;
	if (in.len >= sizeof text)
		return refuse_name(why, "the name is longer than 249 bytes");
	for (size_t i = 0; i < in.len; i++) {
		text[i] = (char)gn_lower(in.p[i]);
		plain = plain && in.p[i] < 0x80;
		if (in.p[i] < 0x21 || in.p[i] == 0x7f)
			return refuse_name(why, "the name has a space or a control character");
	}
	text[in.len] = 0;
	char *ascii = text;
	if (!plain || strstr(text, "xn--")) {
		ascii = NULL;
		if (idn2_to_ascii_8z(text, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) !=
		    IDN2_OK)
			return refuse_name(why,
					   "a label is not a valid international name (IDNA2008)");
	}
	size_t len = strlen(ascii);
	if (len <= NAME_TEXT_MAX)
		memcpy(out, ascii, len + 1);
	if (ascii != text)
		idn2_free(ascii);
	return len <= NAME_TEXT_MAX ? GN_OK : refuse_name(why, "the name is longer than 249 bytes");
}

/* ---- names ---- */

/* What is before the last '.', and the label behind it. */
static void split_last(struct gn_slice text, struct gn_slice *head, struct gn_slice *last)
{
	size_t dot = text.len;
	while (dot > 0 && text.p[dot - 1] != '.')
		dot--;
	*last = gn_slice_sub(text, dot, text.len);
	*head = gn_slice_sub(text, 0, dot ? dot - 1 : 0);
}

/* Checks every label of out->text, but the last when it is a PID, and counts them. */
static gn_err check_labels(struct gn_name *out, bool pid, const char **why)
{
	struct gn_slice rest = gn_name_text(out), last;
	for (unsigned n = 0;; n++) {
		split_last(rest, &rest, &last);
		if (!(n == 0 && pid))
			GN_TRY(label_check(last, n == 0, why));
		if (last.p == (const uint8_t *)out->text) {
			out->labels = n + 1;
			break;
		}
	}
	return out->labels <= GN_NAME_DEPTH ? GN_OK
					    : refuse_name(why, "the name has more than 8 labels");
}

gn_err gn_name_parse(struct gn_slice text, struct gn_name *out, const char **why)
{
	struct gn_name name = {0};
	struct gn_slice head, last;
	char pid[GN_PID_MAX];
	if (text.len && text.p[text.len - 1] == '.')
		text.len--;
	if (text.len > 4 && gn_same_word(gn_slice(text.p + text.len - 4, 4), GN_LIT(".geo")))
		text.len -= 4;
	if (text.len == 0)
		return refuse_name(why, "the name is empty");
	if (!gn_utf8_ok(text))
		return refuse_name(why, "the name is not valid UTF-8");
	split_last(text, &head, &last);
	bool is_pid = pid_label(last, &name.pid, pid);
	if (!is_pid) {
		GN_TRY(to_ascii(text, name.text, why));
	} else if (last.p == text.p) {
		memcpy(name.text, pid, strlen(pid) + 1);
	} else {
		GN_TRY(to_ascii(head, name.text, why));
		size_t len = strlen(name.text);
		if (len + 1 + strlen(pid) > NAME_TEXT_MAX)
			return refuse_name(why, "the name is longer than 249 bytes");
		name.text[len] = '.';
		memcpy(name.text + len + 1, pid, strlen(pid) + 1);
	}
	GN_TRY(check_labels(&name, is_pid, why));
	split_last(gn_name_text(&name), &head, &last);
	if (gn_slice_eq(last, GN_LIT("geo")))
		return refuse_name(why, "geo is the suffix, not a name");
	if (!is_pid && like_pid(last))
		return refuse_name(why,
				   "a name that looks like a PID in lower case is kept free: write "
				   "the PID exactly, or its pid- form");
	name.form = name.labels > 1 ? GN_NAME_DELEGATED : is_pid ? GN_NAME_PID : GN_NAME_GLOBAL;
	if (name.form != GN_NAME_PID)
		memset(&name.pid, 0, sizeof name.pid);
	*out = name;
	return GN_OK;
}

gn_err gn_name_parse_exact(struct gn_slice label, struct gn_name *out)
{
	struct gn_name name;
	GN_TRY(gn_name_parse(label, &name, NULL));
	if (!gn_slice_eq(gn_name_text(&name), label))
		return GN_TEXT;
	*out = name;
	return GN_OK;
}

void gn_name_host(const struct gn_name *name, char out[GN_NAME_HOST_MAX])
{
	struct gn_slice head, last;
	struct gn_hash pid;
	split_last(gn_name_text(name), &head, &last);
	size_t kept = last.p == (const uint8_t *)name->text ? 0 : head.len + 1;
	if (gn_pid_parse(last, &pid) != GN_OK) {
		memcpy(out, name->text, strlen(name->text) + 1);
		return;
	}
	char host[GN_NAME_HOST_MAX];
	host_of_pid(&pid, host);
	GN_ASSERT(kept + strlen(host) < GN_NAME_HOST_MAX);
	memcpy(out, name->text, kept);
	memcpy(out + kept, host, strlen(host) + 1);
}

bool gn_name_parent(const struct gn_name *name, struct gn_name *out)
{
	if (name->form != GN_NAME_DELEGATED)
		return false;
	const char *dot = strchr(name->text, '.');
	GN_ASSERT(dot);
	gn_err err = gn_name_parse_exact(gn_str(dot + 1), out);
	GN_ASSERT(err == GN_OK);
	return true;
}
