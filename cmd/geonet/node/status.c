/* The node looked at: how it stands in the network, what it holds, its links. */
#include "geonet/frame/client.h"
#include "geonet/frame/frame.h"
#include "geonet/identity/own.h"
#include "geonet/node/commands.h"
#include "geonet/node/node.h"

#include "base/reason.h"
#include <stdlib.h>
#include <string.h>

bool status_few(const json_t *status)
{
	/* who is in probation stores nothing */
	bool counts = json_is_true(json_object_get(status, "server"));
	return json_is_true(json_object_get(status, "joined")) &&
	       json_double(status, "n_estimate") + 0.5 - !counts < (double)json_number(status, "w");
}

const char *status_client(struct cli *cli)
{
	return give_nothing(cli) ? "holds nothing for others (geonet give)" : "in probation";
}

/* With the sites that the node keeps; its troubles are not worth a word here. */
static json_t *own_of_node(struct cli *cli)
{
	struct reply r;
	int exit = client_sites(cli, &r, NULL, false);
	json_t *own = own_list(cli, exit ? NULL : r.json);
	reply_free(&r);
	return own;
}

static uint64_t own_first(const json_t *own)
{
	uint64_t first = UINT64_MAX;
	size_t i;
	json_t *v;
	json_array_foreach(own, i, v) first =
		json_number(v, "expires") < first ? json_number(v, "expires") : first;
	return first;
}

/* Throwaway keys in use (RE-55); nothing where nobody asks for them. */
static void print_fresh(const struct cli *cli, const json_t *fresh)
{
	uint64_t direct = json_number(fresh, "direct");
	if (!json_number(fresh, "contexts"))
		return;
	out_pair(cli, "fresh", "%s, %s%s%s",
		 out_count(json_number(fresh, "contexts"), "throwaway key today",
			   "throwaway keys today"),
		 out_count(json_number(fresh, "sessions"), "session", "sessions"),
		 direct ? "; no relay is known for " : " by relays",
		 direct ? out_count(direct, "of them, which shows this address",
				    "of them, which show this address")
			: "");
}

static void print_network(struct cli *cli, const json_t *j)
{
	static const char *const sides[] = {"on each side", "on one side", "on the other"};
	const json_t *node = json_object_get(j, "node");
	const char *clock = json_text(json_object_get(j, "clock"), "text");
	bool joined = json_is_true(json_object_get(j, "joined")),
	     server = json_is_true(json_object_get(j, "server")),
	     nobody = strcmp(json_text(j, "reach"), "founder") == 0 && json_number(j, "known") == 0;
	size_t i;
	json_t *addr;
	char *alone = client_alone(cli, j);
	out_pair(cli, "node", "%s", json_text(node, "id"));
	out_pair(cli, "key", "%s", json_text(node, "key"));
	json_array_foreach(json_object_get(node, "addrs"), i, addr)
		out_pair(cli, i ? "" : "address", "%s", out_text(json_string_value(addr)));
	out_pair(cli, "network", "%s, %s%s; about %s, %s, %s, %llu known",
		 alone    ? alone
		 : nobody ? "founder: no other node is here"
		 : joined ? "joined"
			  : "not joined yet",
		 server ? "answers for keys" : "client mode: ", server ? "" : status_client(cli),
		 out_count((uint64_t)(json_double(j, "n_estimate") + 0.5), "node", "nodes"),
		 out_count(json_number(j, "links"), "link", "links"),
		 out_two(json_object_get(j, "leaf"), "ring neighbour", "ring neighbours", sides),
		 (unsigned long long)json_number(j, "known"));
	if (json_number(j, "reached_s") || strcmp(json_text(j, "reached"), "unknown") != 0)
		out_pair(cli, "reached", "%s, for %s (geonet netcheck says more)",
			 out_text(json_text(j, "reached")),
			 out_duration(json_number(j, "reached_s")));
	print_fresh(cli, json_object_get(j, "fresh"));
	const json_t *turn = json_object_get(j, "turn");
	if (turn && *json_text(turn, "address"))
		out_pair(cli, "turn", "%s, by %s", out_text(json_text(turn, "address")),
			 out_text(json_text(turn, "server")));
	else if (turn)
		out_pair(cli, "turn", "no address by %s yet%s%s",
			 out_text(json_text(turn, "server")), *json_text(turn, "why") ? ": " : "",
			 out_text(json_text(turn, "why")));
	if (*clock)
		out_pair(cli, "clock", "%s", clock);
	free(alone);
}

static void print_work(const struct cli *cli, const json_t *j)
{
	const json_t *hops = json_object_get(j, "hops"), *records = json_object_get(j, "records"),
		     *blocks = json_object_get(j, "blocks"),
		     *traffic = json_object_get(j, "traffic"),
		     *lookups = json_object_get(j, "lookups");
	out_pair(cli, "lookups",
		 "%llu, %llu failed; %.1f hops on average (%.1f predicted, %llu at most)",
		 (unsigned long long)json_number(lookups, "total"),
		 (unsigned long long)json_number(lookups, "failed"), json_double(hops, "observed"),
		 json_double(hops, "predicted"), (unsigned long long)json_number(hops, "max"));
	out_pair(cli, "records", "%llu held, %s; stored when %s signed%s",
		 (unsigned long long)json_number(records, "count"),
		 out_bytes(json_number(records, "bytes")),
		 out_count(json_number(j, "w"), "node has", "nodes have"),
		 status_few(j) ? ", more than are here: say --w N, or write \"w = N\" into "
				 "DATA/geonet.conf"
			       : "");
	out_pair(cli, "blocks", "%llu (%llu own, %llu held for others), %s",
		 (unsigned long long)json_number(blocks, "count"),
		 (unsigned long long)json_number(blocks, "own"),
		 (unsigned long long)json_number(blocks, "held"),
		 out_bytes(json_number(blocks, "bytes")));
	out_pair(cli, "traffic", "%s sent, %s received, %s",
		 out_bytes(json_number(traffic, "sent")),
		 out_bytes(json_number(traffic, "received")),
		 out_count(json_number(j, "sessions"), "session", "sessions"));
	out_pair(cli, "process", "%llu, up %s, %s of memory, version %s",
		 (unsigned long long)json_number(j, "pid"),
		 out_duration(json_number(j, "uptime_s")), out_bytes(json_number(j, "rss")),
		 json_text(j, "version"));
	if (json_number(j, "http"))
		out_pair(cli, "page", "http://localhost:%llu/",
			 (unsigned long long)json_number(j, "http"));
	out_pair(cli, "data", "%s", json_text(j, "data"));
}

int cmd_status(struct cli *cli)
{
	struct reply r;
	int exit = client_status(cli, &r, "the node's status");
	json_t *own = exit ? NULL : own_of_node(cli);
	if (exit || cli->json) {
		if (exit == CLI_OK)
			json_object_set_new(r.json, "yours", own);
		exit = exit ? exit : cli_json(cli, json_incref(r.json));
		reply_free(&r);
		return exit;
	}
	print_network(cli, r.json);
	print_work(cli, r.json);
	if (json_array_size(own)) {
		out_pair(cli, "yours", "%zu; the first ends %s", json_array_size(own),
			 own_until(own_first(own)));
		own_warn(cli, own);
	}
	json_decref(own);
	reply_free(&r);
	return CLI_OK;
}

/* What a person reads of a word of RE-12, in the language of their terminal. */
const char *node_reason(bool not, const char *word)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
	const char *lang = NULL;
	for (size_t i = 0; i < GN_COUNT(names) && !(lang && *lang); i++)
		lang = getenv(names[i]);
	return gn_reason_text(not, word, lang && strncmp(lang, "ru", 2) == 0);
}

/* "udp", "relay, suspect, both-hard [relay]": what carries the session, if it is not the first why,
 * why it is not direct, and the rule for it. */
static void add_path(struct table *t, const json_t *peer)
{
	const char *why = json_text(peer, "why"), *carrier = json_text(peer, "carrier"),
		   *indirect = json_text(peer, "indirect"), *rule = json_text(peer, "rule");
	bool first = strcmp(why, "first") == 0 || !*why;
	table_add(t, "%s%s%s%s%s%s%s%s", *carrier ? out_text(carrier) : "-", first ? "" : ", ",
		  first ? "" : out_text(why), *indirect ? ", " : "", out_text(indirect),
		  *rule ? " [" : "", out_text(rule), *rule ? "]" : "");
}

/* What the words of why a path is not direct mean, each once. */
static void note_indirect(const struct cli *cli, const json_t *peers)
{
	json_t *told = json_object();
	size_t i;
	json_t *p;
	json_array_foreach(peers, i, p)
	{
		const char *word = json_text(p, "indirect");
		if (!*word || json_object_get(told, word))
			continue;
		json_object_set_new(told, word, json_true());
		cli_note(cli, "%s: %s", out_text(word), out_text(node_reason(true, word)));
	}
	json_decref(told);
}

int cmd_peers(struct cli *cli)
{
	struct reply r;
	struct table t;
	size_t i;
	json_t *p;
	int exit = client_must(cli, (struct call){.path = cli_format("/api/v1/peers")}, &r,
			       "the node's peers");
	if (exit || cli->json) {
		exit = exit ? exit : cli_json(cli, json_incref(r.json));
		reply_free(&r);
		return exit;
	}
	const json_t *peers = json_object_get(r.json, "peers");
	bool all = cli_flag(cli, "all");
	table_init(&t, 9, 1 << 4 | 1 << 5 | 1 << 6 | 1 << 7);
	const char *const heading[] = {"NODE",   "ADDRESS", "PATH",     "LINK",  "HEARD",
				       "RTT ms", "SENT",    "RECEIVED", "CIPHER"};
	for (size_t k = 0; k < GN_COUNT(heading); k++)
		table_add(&t, "%s", heading[k]);
	size_t hidden = 0;
	json_array_foreach(peers, i, p)
	{
		bool leaf = json_is_true(json_object_get(p, "leaf")),
		     linked = json_is_true(json_object_get(p, "linked"));
		bool up = json_is_true(json_object_get(p, "up"));
		if (!all && !leaf && !linked && !up) {
			hidden++;
			continue;
		}
		table_add(&t, "%.16s", json_text(p, "id"));
		table_add(&t, "%s", out_text(json_text(p, "addr")));
		add_path(&t, p);
		table_add(&t, "%s%s",
			  leaf     ? "leaf"
			  : linked ? "link"
				   : "known",
			  up ? "" : " (down)");
		if (json_object_get(p, "seen_s"))
			table_add(&t, "%s ago", out_duration((uint64_t)json_double(p, "seen_s")));
		else
			table_add(&t, "never");
		table_add(&t, up ? "%.1f" : "-", json_double(p, "rtt_ms"));
		table_add(&t, "%s", up ? out_bytes(json_number(p, "sent")) : "-");
		table_add(&t, "%s", up ? out_bytes(json_number(p, "received")) : "-");
		table_add(&t, "%s", out_text(json_text(p, "suite")));
	}
	table_print(cli, &t);
	note_indirect(cli, peers);
	if (hidden)
		cli_note(cli, "and %s known without a link; --all shows %s",
			 out_count(hidden, "node", "nodes"), hidden == 1 ? "it" : "them");
	reply_free(&r);
	return CLI_OK;
}
