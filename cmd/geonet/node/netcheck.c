/* netcheck: how others reach this node, what the box before it does, and what that means for paths
 * to others; measured by other nodes (RE-40). */
#include "geonet/frame/client.h"
#include "geonet/frame/frame.h"
#include "geonet/node/commands.h"

#include "wire/generated/app_node_fb.h"

#include <stdio.h>
#include <string.h>

#define LONG_TIMEOUT 1800 /* seconds: more than measuring takes */

/* A word of the node, as a sentence; the word itself, when this is an older program. */
static const char *say(const char *word, const char *const (*words)[2], size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(words[i][0], word) == 0)
			return words[i][1];
	return out_text(word);
}

static const char *reached(const char *word)
{
	static const char *const words[][2] = {
		{"direct", "directly: strangers' packets come"},
		{"easy", "not directly; others can meet it half way (easy NAT)"},
		{"hard", "not directly; each other node sees another port (hard NAT)"},
		{"no-udp", "by no UDP at all"},
		{"unknown", "not known"}};
	return say(word, words, GN_COUNT(words));
}

static const char *why(const char *word)
{
	static const char *const words[][2] = {
		{"nobody", "too few other nodes answer"},
		{"all-know", "all who could try have spoken with this node already"},
		{"lost", "what was sent did not come"},
		{"filtered", "strangers' packets do not come"}};
	return say(word, words, GN_COUNT(words));
}

static const char *rule(const char *word)
{
	static const char *const words[][2] = {{"unknown", "not known"},
					       {"none", "the same for all"},
					       {"addr", "by address"},
					       {"port", "by address and port"}};
	return say(word, words, GN_COUNT(words));
}

static void print_reach(const struct cli *cli, const json_t *j)
{
	const char *because = json_text(j, "why");
	uint64_t told = json_number(j, "told"); /* 0: all are on this machine */
	char from[96] = "";
	if (told)
		snprintf(from, sizeof from, "; strangers' packets came from %llu of %llu nodes",
			 (unsigned long long)json_number(j, "came"), (unsigned long long)told);
	out_pair(cli, "reached", "%s", reached(json_text(j, "reached")));
	bool never = strcmp(because, "never") == 0;
	if (*because && !never)
		out_pair(cli, "", "%s", why(because));
	if (never)
		out_pair(cli, "measured", "not yet: it takes other nodes; ask again in a minute");
	else
		out_pair(cli, "measured", "%s ago%s", out_duration(json_number(j, "age_s")), from);
	if (*json_text(j, "seen"))
		out_pair(cli, "seen as", "%s; own port %llu", out_text(json_text(j, "seen")),
			 (unsigned long long)json_number(j, "port"));
	if (*json_text(j, "proven"))
		out_pair(cli, "proven", "%s", out_text(json_text(j, "proven")));
	out_pair(cli, "NAT", "port outside: %s; lets in: %s", rule(json_text(j, "mapping")),
		 strcmp(json_text(j, "filtering"), "none") == 0 ? "everybody"
								: rule(json_text(j, "filtering")));
}

static void print_paths(const struct cli *cli, const json_t *j)
{
	unsigned long long v4 = json_number(j, "udp_4"), v6 = json_number(j, "udp_6");
	size_t i;
	json_t *r;
	out_pair(cli, "UDP", "IPv4 %s, IPv6 %s", v4 ? "works" : "carries nothing now",
		 v6 ? "works" : "carries nothing now");
	out_pair(cli, "sessions", "%llu by UDP, %llu by relays", v4 + v6,
		 (unsigned long long)json_number(j, "relayed"));
	if (json_number(j, "kinds_of"))
		out_pair(cli, "direct to", "%llu of %llu kinds of network; the others by a relay",
			 (unsigned long long)json_number(j, "kinds"),
			 (unsigned long long)json_number(j, "kinds_of"));
	json_array_foreach(json_object_get(j, "relays"), i, r)
		out_pair(cli, i ? "" : "relays", "%.16s  %7.1f ms  %s%s", json_text(r, "key"),
			 json_double(r, "rtt_ms"), out_text(json_text(r, "addr")),
			 json_is_true(json_object_get(r, "home")) ? "  home" : "");
}

/* How long a quiet flow lives in the router, and since when that is known (RE-22). */
static void print_lifetime(const struct cli *cli, const json_t *j, bool asked)
{
	static const char *const words[][2] = {
		{"no-router", "no router is in the way: nothing forgets it"},
		{"never", "not measured yet (geonet netcheck --long does it, in minutes)"},
		{"running", "being measured"},
		{"nobody", "not measured: no other node can do it with this one"},
		{"lost", "not measured: the node that helped stopped answering"},
		{"limit", "not measured: it was as often today as it may be (six times)"}};
	uint64_t lifetime = json_number(j, "lifetime_s"), at = json_number(j, "lifetime_at");
	const char *because = json_text(j, "lifetime_why");
	if (lifetime)
		out_pair(cli, "quiet flow", "lives for %llu s (measured %s)",
			 (unsigned long long)lifetime, out_time(at));
	else if (asked || strcmp(because, "no-router") != 0)
		out_pair(cli, "quiet flow", "%s", say(because, words, GN_COUNT(words)));
	out_pair(cli, "kept alive", "each %llu s",
		 (unsigned long long)json_number(j, "keep_alive_s"));
}

int cmd_netcheck(struct cli *cli)
{
	bool lasts = cli_flag(cli, "long");
	struct gn_fb_node_netcheck_args args = {.long_ = lasts};
	struct ask ask = {.kind = {GN_FB_APP_BODY_APP_NODE, GN_FB_APP_NODE_BODY_NODE_NETCHECK},
			  .args = &args,
			  .timeout = lasts ? LONG_TIMEOUT : 0};
	if (lasts)
		cli_note(cli,
			 "measuring how long the router keeps a quiet flow: up to 25 minutes...");
	struct reply r;
	int exit = client_ask_must(cli, &ask, &r, "the node did not answer");
	if (exit == CLI_OK && cli->json) {
		exit = cli_json(cli, json_incref(r.json));
	} else if (exit == CLI_OK) {
		print_reach(cli, r.json);
		print_paths(cli, r.json);
		print_lifetime(cli, r.json, lasts);
	}
	reply_free(&r);
	return exit;
}
