/* A node that a person names: by its key, or by its id or the beginning of either. A key and a
 * whole id look alike: it is an id where a node is known that has it, or one is found at its place;
 * else a key, which needs nobody to know it. */
#include "geonet/frame/client.h"
#include "geonet/frame/frame.h"
#include "geonet/node/node.h"

#include "wire/generated/app_node_fb.h"

#include <stdio.h>
#include <string.h>

#define LEAST 4u /* digits: fewer begin many ids */
#define DIGITS 64u
#define LOOKUP_S 5u

/* How many nodes of a list are named so; the key of the last. */
static size_t named_in(const json_t *nodes, const char *who, struct gn_pk *out)
{
	size_t len = strlen(who), found = 0, i;
	json_t *n;
	json_array_foreach(nodes, i, n)
	{
		const char *key = json_text(n, "key");
		if (strncmp(json_text(n, "id"), who, len) == 0 || strncmp(key, who, len) == 0)
			found += gn_unhex(gn_str(key), out->b, sizeof out->b) == GN_OK;
	}
	return found;
}

static int own_name(struct cli *cli, const char *who)
{
	struct reply r;
	int exit = client_status(cli, &r, "the node's status");
	const json_t *node = json_object_get(r.json, "node");
	size_t len = strlen(who);
	if (!exit && len >= LEAST &&
	    (strncmp(json_text(node, "id"), who, len) == 0 ||
	     strncmp(json_text(node, "key"), who, len) == 0))
		exit = cli_fail(cli, CLI_USAGE, "usage", "%s is this node itself", who);
	reply_free(&r);
	return exit;
}

/* Whoever may not see the node's peers names a node by all of its key. */
static int among_peers(struct cli *cli, const char *who, struct gn_pk *out, size_t *found)
{
	struct reply r;
	struct call call = {.path = cli_format("/api/v1/peers"), .quiet = strlen(who) == DIGITS};
	int exit = call.quiet ? client_call(cli, call, &r)
			      : client_must(cli, call, &r, "the node's peers");
	*found = exit ? 0 : named_in(json_object_get(r.json, "peers"), who, out);
	reply_free(&r);
	return call.quiet ? CLI_OK : exit;
}

/* Is there one with this id? Who answers for keys lies nearest to its own. */
static bool at_place(struct cli *cli, const char *who, struct gn_pk *out)
{
	struct gn_fb_hash place;
	struct gn_fb_record_find_args args = {.key = &place, .count = 1};
	struct ask ask = {.kind = {GN_FB_APP_BODY_APP_RECORD, GN_FB_APP_RECORD_BODY_RECORD_FIND},
			  .args = &args,
			  .timeout = LOOKUP_S,
			  .quiet = true};
	struct reply r;
	if (gn_unhex(gn_str(who), place.b, sizeof place.b))
		return false;
	bool there = client_ask(cli, &ask, &r) == CLI_OK &&
		     named_in(json_object_get(r.json, "nodes"), who, out) == 1;
	reply_free(&r);
	return there;
}

static bool unknown; /* nobody here knows what was taken for a key */

const char *node_doubt(const char *what)
{
	static char text[256];
	snprintf(text, sizeof text,
		 unknown ? "%s (nobody here knows this id or key: is it the key that geonet status "
			   "shows there?)"
			 : "%s",
		 what);
	return text;
}

int node_key(struct cli *cli, const char *said, struct gn_pk *out)
{
	char who[DIGITS + 1] = "";
	size_t len = strlen(said), found = 0;
	bool digits = len <= DIGITS && strspn(said, "0123456789abcdefABCDEF") == len;
	for (size_t i = 0; digits && i < len; i++)
		who[i] = (char)(said[i] >= 'A' && said[i] <= 'F' ? said[i] + 32 : said[i]);
	int exit = own_name(cli, who);
	if (!exit && digits && len >= LEAST)
		exit = among_peers(cli, who, out, &found);
	if (exit || found == 1)
		return exit;
	if (digits && len == DIGITS) {
		unknown = !at_place(cli, who, out);
		return !unknown || gn_unhex(gn_str(who), out->b, sizeof out->b) == GN_OK
			       ? CLI_OK
			       : CLI_USAGE;
	}
	if (found)
		return cli_fail(cli, CLI_USAGE, "usage",
				"%s: %zu known nodes begin so: give more of it", said, found);
	if (digits && len < LEAST)
		return cli_fail(cli, CLI_USAGE, "usage",
				"'%s' is too short: give %u digits or more of what geonet peers "
				"--all shows, or all of a node's key or id",
				said, LEAST);
	return cli_fail(cli, CLI_USAGE, "usage",
			"'%s' is neither a node's key or id nor the beginning of one that geonet "
			"peers --all shows",
			out_text(said));
}
