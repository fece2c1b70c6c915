/* Words of rights: rights.h. A word grants itself, one that ends with a star what has more, and a
 * star all.
 *
 * Rule: AG-91. */
#include "agent/rights.h"

#include "agent/limits.h"
#include "crypto/crypto.h"

static bool is(struct gn_slice a, const char *b)
{
	return gn_slice_eq(a, gn_str(b));
}

/* What stands after the word and a slash; false: another word. */
static bool after(struct gn_slice right, const char *word, struct gn_slice *rest)
{
	size_t len = strlen(word);
	if (right.len <= len + 1 || memcmp(right.p, word, len) != 0 || right.p[len] != '/')
		return false;
	*rest = gn_slice(right.p + len + 1, right.len - len - 1);
	return true;
}

static bool is_pid(struct gn_slice s)
{
	uint8_t hash[32];
	return gn_unbase58(s, hash, sizeof hash) == GN_OK;
}

static bool is_type(struct gn_slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.len <= 5 && (s.len == 1 || s.p[0] != '0');
}

/* HUB, or HUB/EQUIVALENT/AMOUNT. */
static bool is_pay(struct gn_slice s, struct gn_slice *hub, struct gn_slice *unit,
		   gn_amount *amount)
{
	const uint8_t *p = s.len ? memchr(s.p, '/', s.len) : NULL;
	*hub = p ? gn_slice(s.p, (size_t)(p - s.p)) : s;
	if (!p)
		return is_pid(s);
	struct gn_slice rest = gn_slice(p + 1, s.len - hub->len - 1);
	const uint8_t *end = rest.len ? memchr(rest.p, '/', rest.len) : NULL;
	if (!end || end == rest.p || end - rest.p > 19)
		return false;
	*unit = gn_slice(rest.p, (size_t)(end - rest.p));
	return is_pid(*hub) && gn_amount_parse(gn_slice(end + 1, rest.len - unit->len - 1),
					       GN_PRECISION_MAX, amount) == GN_OK;
}

bool agent_right_pays(struct gn_slice rights, struct gn_slice hub, struct gn_slice unit,
		      gn_amount *amount)
{
	struct gn_slice right, rest, its, of = {0};
	while (agent_right_next(&rights, &right))
		if (after(right, "pay", &rest) && is_pay(rest, &its, &of, amount) && of.len &&
		    gn_slice_eq(its, hub) && gn_slice_eq(of, unit))
			return true;
		else
			of = gn_slice(NULL, 0);
	return false;
}

bool agent_right_ok(struct gn_slice right)
{
	static const char *const words[] = {"*", "agent", "chat", "contacts", "jobs", "network"};
	struct gn_slice rest;
	if (!right.len || right.len > AGENT_RIGHT_MAX)
		return false;
	for (size_t i = 0; i < GN_COUNT(words); i++)
		if (is(right, words[i]))
			return true;
	struct gn_slice hub, unit;
	gn_amount amount;
	if (after(right, "send", &rest))
		return is(rest, "*") || is_pid(rest);
	if (after(right, "pay", &rest))
		return is(rest, "*") || is_pay(rest, &hub, &unit, &amount);
	return after(right, "sign", &rest) && (is(rest, "*") || is_type(rest));
}

bool agent_right_next(struct gn_slice *rights, struct gn_slice *out)
{
	size_t len = 0;
	if (!rights->len)
		return false;
	while (len < rights->len && rights->p[len] != '\n')
		len++;
	*out = gn_slice(rights->p, len);
	size_t used = len < rights->len ? len + 1 : len;
	*rights = gn_slice(rights->p + used, rights->len - used);
	return true;
}

bool agent_right_in(struct gn_slice rights, struct gn_slice wanted)
{
	struct gn_slice right;
	while (agent_right_next(&rights, &right)) {
		bool star = right.len && right.p[right.len - 1] == '*';
		if (gn_slice_eq(right, wanted) ||
		    (wanted.len > 4 && right.len > wanted.len && memcmp(wanted.p, "pay/", 4) == 0 &&
		     memcmp(right.p, wanted.p, wanted.len) == 0 && right.p[wanted.len] == '/') ||
		    (star &&
		     (right.len == 1 || (wanted.len >= right.len && right.p[right.len - 2] == '/' &&
					 memcmp(right.p, wanted.p, right.len - 1) == 0))))
			return true;
	}
	return false;
}
