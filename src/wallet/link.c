/* Addresses of requests to be paid, written and read: link.h.
 *
 * Rule: HB-23. */
#include "wallet/link.h"

#include <stdio.h>

static const char OLD[] = "geo://pay/", NEW[] = "geonet:pay?";
static const char ID_CHARACTERS[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-";

bool gn_wallet_is_link(const char *text)
{
	return strncmp(text, "geo:", 4) == 0 || strncmp(text, NEW, sizeof NEW - 1) == 0;
}

/* ---- reading ---- */

/* The decoded value; "" when it is absent. False: twice, too long, or not text. */
static bool value_of(const char *query, const char *name, char *out, size_t cap)
{
	size_t len = strlen(name), n = 0;
	bool found = false;
	out[0] = 0;
	for (const char *p = query; p; p = strchr(p, '&') ? strchr(p, '&') + 1 : NULL) {
		if (strncmp(p, name, len) != 0 || p[len] != '=')
			continue;
		if (found)
			return false;
		found = true;
		for (p += len + 1; *p && *p != '&'; p++) {
			uint8_t byte;
			char c = *p;
			if (c == '%' && p[1] && p[2] &&
			    gn_unhex(gn_slice(p + 1, 2), &byte, 1) == GN_OK) {
				c = (char)byte;
				p += 2;
			} else if (c == '%') {
				return false;
			}
			if (n + 1 >= cap || !c)
				return false;
			out[n++] = c;
		}
		out[n] = 0;
		if (!gn_utf8_ok(gn_str(out)))
			return false;
	}
	return true;
}

/* Whom to pay, and where the query begins. */
static const char *read_whom(const char *text, struct gn_wallet_request *q, const char **query)
{
	struct gn_hash hash;
	if (strncmp(text, NEW, sizeof NEW - 1) == 0) {
		*query = text + sizeof NEW - 1;
		return value_of(*query, "to", q->pid, sizeof q->pid) &&
				       gn_pid_parse(gn_str(q->pid), &hash) == GN_OK
			       ? NULL
			       : "it does not say whom to pay (to=PID), or two";
	}
	if (strncmp(text, OLD, sizeof OLD - 1) != 0)
		return "it does not begin with geo://pay/";
	text += sizeof OLD - 1;
	const char *mark = strchr(text, '?');
	size_t len = mark ? (size_t)(mark - text) : strlen(text);
	if (len >= sizeof q->pid)
		return "what follows geo://pay/ is not a PID";
	memcpy(q->pid, text, len);
	if (gn_pid_parse(gn_str(q->pid), &hash))
		return "what follows geo://pay/ is not a PID";
	*query = mark ? mark + 1 : "";
	return NULL;
}

const char *gn_wallet_link_read(const char *text, struct gn_wallet_request *q)
{
	char note[4 * OP_TEXT_MAX];
	struct gn_hash hash;
	const char *query = "";
	memset(q, 0, sizeof *q);
	const char *wrong = read_whom(text, q, &query);
	if (wrong)
		return wrong;
	if (!value_of(query, "amount", q->amount, sizeof q->amount))
		return "its amount is given twice or is none";
	if (!value_of(query, "equivalent", q->equivalent, sizeof q->equivalent) || !*q->equivalent)
		return "it names no equivalent, or two";
	if (!value_of(query, "hub", q->hub, sizeof q->hub) || gn_pid_parse(gn_str(q->hub), &hash))
		return "it names no hub, or two";
	if (!value_of(query, "id", q->id, sizeof q->id) ||
	    strspn(q->id, ID_CHARACTERS) != strlen(q->id))
		return "its id is given twice or is none";
	if (!value_of(query, "note", note, sizeof note) || strlen(note) > OP_TEXT_MAX)
		return "its note is too long, given twice, or no text";
	memcpy(q->note, note, strlen(note) + 1);
	return NULL;
}

/* ---- writing ---- */

static gn_err put(struct gn_buf *b, const char *text)
{
	return gn_buf_put(b, gn_str(text));
}

static gn_err put_encoded(struct gn_buf *b, const char *text)
{
	static const char digits[] = "0123456789ABCDEF";
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		char part[4] = {(char)c, 0};
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9') || strchr("-._~", c);
		if (!plain) {
			part[0] = '%';
			part[1] = digits[c >> 4];
			part[2] = digits[c & 15];
			part[3] = 0;
		}
		GN_TRY(put(b, part));
	}
	return GN_OK;
}

static gn_err put_rest(struct gn_buf *b, const struct gn_wallet_request *q)
{
	GN_TRY(put(b, "equivalent="));
	GN_TRY(put(b, q->equivalent));
	if (*q->amount) {
		GN_TRY(put(b, "&amount="));
		GN_TRY(put(b, q->amount));
	}
	GN_TRY(put(b, "&hub="));
	GN_TRY(put(b, q->hub));
	if (*q->note) {
		GN_TRY(put(b, "&note="));
		GN_TRY(put_encoded(b, q->note));
	}
	if (*q->id) {
		GN_TRY(put(b, "&id="));
		GN_TRY(put(b, q->id));
	}
	return GN_OK;
}

gn_err gn_wallet_link_write(const struct gn_wallet_request *q, enum gn_wallet_form form, char *out,
			    size_t cap)
{
	struct gn_buf b = {(uint8_t *)out, 0, cap - 1};
	GN_ASSERT(cap > 0);
	GN_TRY(put(&b, form == GN_WALLET_OLD ? OLD : NEW));
	GN_TRY(put(&b, form == GN_WALLET_OLD ? "" : "to="));
	GN_TRY(put(&b, q->pid));
	GN_TRY(put(&b, form == GN_WALLET_OLD ? "?" : "&"));
	GN_TRY(put_rest(&b, q));
	out[b.len] = 0;
	return GN_OK;
}

/* ---- parts ---- */

gn_err gn_wallet_note_ok(const char *note)
{
	uint8_t quoted[OP_TEXT_MAX + 2];
	struct gn_buf buf = {quoted, 0, sizeof quoted};
	if (!gn_utf8_ok(gn_str(note)))
		return GN_TEXT;
	return gn_json_put_string(&buf, gn_str(note)) == GN_OK ? GN_OK : GN_TOO_LARGE;
}

bool gn_wallet_tx_id_ok(const char *text)
{
	size_t len = strlen(text);
	return len >= 1 && len <= OP_TX_ID_MAX && strspn(text, ID_CHARACTERS) == len;
}

void gn_wallet_tx_id_new(struct gn_rand *rand, char out[OP_TX_ID_MAX + 1])
{
	uint8_t b[16];
	char hex[33];
	gn_rand_fill(rand, b, sizeof b);
	b[6] = (uint8_t)((b[6] & 0x0f) | 0x40);
	b[8] = (uint8_t)((b[8] & 0x3f) | 0x80);
	gn_hex(GN_SLICE(b), hex);
	snprintf(out, OP_TX_ID_MAX + 1, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12,
		 hex + 16, hex + 20);
}

void gn_wallet_request_id_new(struct gn_rand *rand, struct gn_wallet_request *q)
{
	uint8_t b[8];
	gn_rand_fill(rand, b, sizeof b);
	gn_hex(GN_SLICE(b), q->id);
}
