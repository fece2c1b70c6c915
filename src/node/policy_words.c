/* Rules about paths in words: policy.h. */
#include "node/policy.h"

#include <stdio.h>

static const struct {
	const char *word;
	uint8_t ways;
} words[] = {{"any", GN_NODE_WAYS},
	     {"direct", GN_NODE_NEAR},
	     {"lan", GN_JET_ALLOW_LAN},
	     {"relay", GN_JET_ALLOW_RELAY},
	     {"tls", GN_JET_ALLOW_TLS}};
static const char *const metered_words[] = {"", "metered=ask", "metered=no", "metered=yes"};
static const char *const relay_words[] = {"relays=1", "relays=2"};

static bool take_word(struct gn_slice word, struct gn_policy *p)
{
	for (size_t i = 0; i < GN_COUNT(words); i++)
		if (gn_slice_eq(word, gn_str(words[i].word))) {
			p->ways |= words[i].ways;
			return true;
		}
	for (size_t i = 1; i < GN_COUNT(metered_words); i++)
		if (gn_slice_eq(word, gn_str(metered_words[i]))) {
			p->metered = (uint8_t)i;
			return true;
		}
	for (size_t i = 0; i < GN_COUNT(relay_words); i++)
		if (gn_slice_eq(word, gn_str(relay_words[i]))) {
			p->relays = (uint8_t)(i + 1);
			return true;
		}
	return false;
}

/* It can be shown as it is. */
static bool is_plain(struct gn_slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < 0x21 || s.p[i] > 0x7e)
			return false;
	return s.len <= 32;
}

gn_err gn_node_policy_parse(struct gn_slice text, struct gn_policy *out, char why[GN_HOST_WHY])
{
	struct gn_policy p = {0};
	for (size_t at = 0; at < text.len;) {
		size_t end = at;
		while (end < text.len && text.p[end] != ',' && text.p[end] != ' ')
			end++;
		struct gn_slice word = gn_slice(text.p + at, end - at);
		if (word.len && !take_word(word, &p)) {
			bool plain = is_plain(word);
			return gn_host_why(
				why, GN_TEXT,
				"'%.*s' is none: a rule about paths is any, or some of "
				"direct, lan, relay and tls; then metered=yes, ask or no, "
				"and relays=1 or 2; with commas between them",
				plain ? (int)word.len : 1, plain ? (const char *)word.p : "?");
		}
		at = end + 1;
	}
	p.ways = p.ways == GN_NODE_WAYS ? 0 : p.ways;
	*out = p;
	return GN_OK;
}

static void add(char *out, const char *word)
{
	size_t len = strlen(out);
	GN_ASSERT(len + strlen(word) + 2 <= GN_NODE_POLICY_TEXT);
	snprintf(out + len, GN_NODE_POLICY_TEXT - len, "%s%s", len ? "," : "", word);
}

void gn_node_policy_text(const struct gn_policy *p, char out[GN_NODE_POLICY_TEXT])
{
	unsigned left = p->ways;
	out[0] = 0;
	for (size_t i = 1; i < GN_COUNT(words); i++) {
		if (!words[i].ways || (left & words[i].ways) != words[i].ways)
			continue;
		add(out, words[i].word);
		left &= ~(unsigned)words[i].ways;
	}
	if (p->metered)
		add(out, metered_words[p->metered]);
	if (p->relays)
		add(out, relay_words[p->relays - 1]);
	if (!*out)
		add(out, "any");
}
