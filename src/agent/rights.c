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

bool agent_right_ok(struct gn_slice right)
{
	static const char *const words[] = {"*", "agent", "chat", "contacts", "network"};
	struct gn_slice rest;
	if (!right.len || right.len > AGENT_RIGHT_MAX)
		return false;
	for (size_t i = 0; i < GN_COUNT(words); i++)
		if (is(right, words[i]))
			return true;
	if (after(right, "send", &rest) || after(right, "pay", &rest))
		return is(rest, "*") || is_pid(rest);
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
		    (star &&
		     (right.len == 1 || (wanted.len >= right.len && right.p[right.len - 2] == '/' &&
					 memcmp(right.p, wanted.p, right.len - 1) == 0))))
			return true;
	}
	return false;
}
