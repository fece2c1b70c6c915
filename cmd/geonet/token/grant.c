/* Giving: a first block by the owner of a resource, or one more by whoever was given a token. */
#include "geonet/frame/client.h"
#include "geonet/frame/clock.h"
#include "geonet/frame/frame.h"
#include "geonet/frame/keys.h"
#include "geonet/frame/lists.h"
#include "geonet/identity/resolve.h"
#include "geonet/token/commands.h"
#include "geonet/token/token.h"

#include <stdlib.h>
#include <string.h>

struct grant {
	struct gn_token_right right;
	struct gn_token_limit limits[GN_TOKEN_LIMITS_MAX];
	struct gn_token_fields fields;
	struct token_text before; /* with --from */
	bool on;                  /* it is there */
};

static bool read_grant(struct cli *cli, struct grant *g, int *exit)
{
	uint64_t days = 30, depth = 0;
	const char *from = cli_option(cli, "from");
	*exit = CLI_USAGE;
	if (!cli_number(cli, "days", 1, 400, &days) || !cli_number(cli, "depth", 0, 7, &depth) ||
	    !token_limits(cli, g->limits, &g->fields.limit_count) ||
	    !token_actions(cli, cli->args[2], &g->right.actions))
		return false;
	g->right.resource = gn_str(cli->args[1]);
	if (gn_token_resource_ok(g->right.resource, true) != GN_OK) {
		cli_fail(cli, CLI_USAGE, "text",
			 "'%s' is no resource: a path is wanted, such as topic/news or topic/*; "
			 "inside a part write %%2F for /, %%2A for *, %%25 for %%",
			 out_text(cli->args[1]));
		return false;
	}
	*exit = CLI_FAILED;
	if (from && !token_read(cli, from, &g->before))
		return false;
	g->on = from;
	g->fields.rights = &g->right;
	g->fields.right_count = 1;
	g->fields.limits = g->limits;
	if (!token_counted(cli, &g->fields, g->on ? &g->before.token : NULL)) {
		*exit = CLI_USAGE;
		return false;
	}
	if (!person_of(cli, cli->args[0], &g->fields.audience, exit))
		return false;
	g->fields.depth = (uint8_t)depth;
	g->fields.not_before = cli_now();
	g->fields.expires = g->fields.not_before + days * 86400;
	if (g->on) { /* never outside of what it is made from */
		const struct gn_token *t = &g->before.token;
		const struct gn_token_block *last = &t->blocks[t->count - 1];
		if (g->fields.not_before < last->not_before)
			g->fields.not_before = last->not_before;
		if (g->fields.expires > last->expires)
			g->fields.expires = last->expires;
	}
	return true;
}

/* What nothing has may be mistyped; it may also be made later. */
static void warn_of_none(struct cli *cli, struct gn_slice resource)
{
	static const char *const known[] = {"topic", "box", "forward", "*"};
	const uint8_t *slash = memchr(resource.p, '/', resource.len);
	struct gn_slice head =
		gn_slice(resource.p, slash ? (size_t)(slash - resource.p) : resource.len);
	size_t i = 0;
	while (i < GN_COUNT(known) && !gn_slice_eq(head, gn_str(known[i])))
		i++;
	if (i == GN_COUNT(known)) {
		cli_warn(cli,
			 "nothing asks for a token of '%s': what is let be used is a topic/LABEL, "
			 "box/KEY or forward/HOST/PORT",
			 out_text_slice(resource));
	} else if (i == 0 && slash && !memchr(resource.p, '*', resource.len)) {
		const char *label = cli->args[1] + head.len + 1;
		json_t *topics = own_read(cli, OWN_TOPICS);
		if (!json_object_get(topics, label))
			cli_warn(cli, "no topic '%s' was made here yet: geonet bus topic %s",
				 out_text(label), out_text(label));
		json_decref(topics);
	}
}

int cmd_token_grant(struct cli *cli)
{
	struct grant *g = cli_alloc(sizeof *g);
	struct gn_token_fault fault = {0};
	struct identity id;
	uint8_t bytes[GN_TOKEN_MAX];
	struct gn_buf out = {bytes, 0, sizeof bytes};
	int exit = CLI_FAILED;
	memset(g, 0, sizeof *g);
	client_time(cli);
	if (read_grant(cli, g, &exit) && identity_load(cli, &id)) {
		struct gn_rand rand = gn_rand_system();
		gn_rand_fill(&rand, g->fields.nonce, sizeof g->fields.nonce);
		gn_err err = g->on ? gn_token_narrow(&g->before.token, &id.keys.sk, &g->fields,
						     &out, &fault)
				   : gn_token_issue(&id.keys.sk, &g->fields, &out, &fault);
		exit = err ? token_fail(cli, err, &fault) : token_print(cli, gn_buf_slice(&out));
		identity_wipe(&id);
		if (exit == CLI_OK && !g->on)
			warn_of_none(cli, g->right.resource);
	}
	free(g);
	return exit;
}
