/* A site that is out there: an earlier version put on top again, the present one kept for
 * another term, or all of it taken away. */
#include "geonet/frame/client.h"
#include "geonet/frame/frame.h"
#include "geonet/frame/keys.h"
#include "geonet/identity/own.h"
#include "geonet/site/commands.h"
#include "geonet/site/publication.h"
#include "geonet/site/site.h"

#include <stdlib.h>

/* ---- rolling back ---- */

static int find_version(struct publication *p, uint64_t wanted, struct gn_head_version *out)
{
	for (size_t i = 0; i < p->head.previous_count; i++)
		if (!wanted || p->head.previous[i].version == wanted) {
			*out = p->head.previous[i];
			return CLI_OK;
		}
	if (!wanted)
		return cli_fail(p->cli, CLI_NOT_FOUND, "not-found", "there is no earlier version");
	return cli_fail(p->cli, CLI_NOT_FOUND, "not-found",
			"there is no version %llu among the last %d; geonet site show lists them",
			(unsigned long long)wanted, GN_HEAD_HISTORY);
}

/* The head that is out there, which must be one. */
static int own_head(struct publication *p)
{
	int exit = site_head(p->cli, &p->id.keys.sk.pk, p->label, &p->head, &p->record);
	uint64_t ended =
		exit == CLI_NOT_FOUND ? own_site_ended(p->cli, &p->id.keys.sk.pk, p->label) : 0;
	if (ended)
		return cli_fail(p->cli, exit, gn_err_name(GN_EXPIRED),
				"the site '%s' expired on %s; publish its folder again, or: geonet "
				"site remove %s",
				p->label, out_time(ended), *p->label ? p->label : "-");
	if (exit == CLI_NOT_FOUND)
		return cli_fail(p->cli, exit, "not-found",
				"you have published no site with the label '%s'", p->label);
	return exit;
}

/* All blocks of a version to their holders, and kept by the node, for another term. */
static int keep_version(struct publication *p, const struct gn_head_version *v)
{
	struct hash_list blocks = {0};
	bool missing = false;
	int exit = site_manifest(p->cli, &p->head, v, false, &p->alloc, &p->previous);
	if (exit)
		return exit;
	for (size_t i = 0; i < gn_manifest_count(p->previous); i++) {
		struct gn_bundle_file f;
		gn_manifest_at(p->previous, i, &f);
		hash_add(&blocks, f.blocks.p, f.blocks.len / sizeof(struct gn_hash));
	}
	hash_add(&blocks, v->manifest_blocks.p, v->manifest_blocks.len / sizeof(struct gn_hash));
	hash_unique(&blocks);
	exit = site_spread(p->cli, &blocks, p->copies, cli_now() + p->ttl, &p->head.owner, p->label,
			   &v->manifest, &missing);
	p->block_count = blocks.count;
	free(blocks.list);
	if (missing)
		return cli_fail(p->cli, CLI_FAILED, "not-found",
				"this node does not have all blocks of version %llu; publish its "
				"folder again instead",
				(unsigned long long)v->version);
	return exit;
}

static int roll_back(struct publication *p, uint64_t wanted)
{
	struct gn_head_version old = {0};
	int exit = own_head(p);
	if (exit == CLI_OK)
		exit = find_version(p, wanted, &old);
	if (exit == CLI_OK)
		exit = keep_version(p, &old);
	if (exit)
		return exit;
	uint64_t from = old.version;
	p->next = old;
	p->next.version = 0; /* a new number: history only grows */
	exit = publication_move(p);
	if (exit == CLI_OK && p->cli->json)
		return cli_json(p->cli,
				json_pack("{ss ss sI sI}", "owner", p->id.pid, "label", p->label,
					  "version", (json_int_t)p->head.now.version, "same_as",
					  (json_int_t)from));
	if (exit == CLI_OK)
		cli_note(p->cli, "version %llu is on top again, as version %llu",
			 (unsigned long long)from, (unsigned long long)p->head.now.version);
	return exit;
}

int cmd_site_rollback(struct cli *cli)
{
	uint64_t wanted = 0;
	const char *text = cli->arg_count > 1 ? cli->args[1] : NULL;
	for (const char *c = text; c && *c; c++) {
		if (*c < '0' || *c > '9' || wanted > UINT32_MAX)
			return cli_fail(cli, CLI_USAGE, "usage", "'%s' is not a version number",
					text);
		wanted = wanted * 10 + (uint64_t)(*c - '0');
	}
	if (text && wanted == 0)
		return cli_fail(cli, CLI_USAGE, "usage", "versions are counted from 1");
	struct publication *p = publication_new(cli, strcmp(cli->args[0], "-") ? cli->args[0] : "");
	if (!p)
		return CLI_USAGE;
	int exit = identity_load(cli, &p->id) ? roll_back(p, wanted) : CLI_FAILED;
	publication_free(p);
	return exit;
}

/* ---- renewing ---- */

int site_renew(struct cli *cli, const struct identity *id, const char *label, uint64_t copies,
	       struct own_term term, uint64_t *expires, bool *done)
{
	struct publication *p = cli_alloc(sizeof *p);
	*p = (struct publication){.cli = cli,
				  .id = *id,
				  .label = label,
				  .copies = copies,
				  .ttl = term.ttl,
				  .w = term.w};
	gn_alloc_heap(&p->alloc, MANIFEST_MEMORY);
	int exit = own_head(p);
	bool due = term.force || cli_now() > p->head.created + p->head.ttl / 2;
	if (exit == CLI_OK && due)
		exit = keep_version(p, &p->head.now);
	if (exit == CLI_OK && due) {
		p->head.seq++;
		p->head.created = cli_now();
		p->head.ttl = (uint32_t)term.ttl;
		exit = site_put_head(cli, id, &p->head, term.w, &p->receipts);
		*done = exit == CLI_OK;
	}
	*expires = p->head.created + p->head.ttl;
	publication_free(p);
	return exit;
}

/* ---- removing ---- */

/* The head is replaced by one that ends in a minute; then this node lets the blocks go. */
static int take_away(struct publication *p)
{
	struct reply r;
	int exit = site_head(p->cli, &p->id.keys.sk.pk, p->label, &p->head, &p->record);
	bool out = exit == CLI_OK;
	if (exit != CLI_OK && exit != CLI_NOT_FOUND)
		return exit;
	if (out) {
		p->head.seq++;
		p->head.created = cli_now();
		p->head.ttl = GN_RECORD_TTL_MIN;
		exit = site_put_head(p->cli, &p->id, &p->head, p->w, &p->receipts);
		if (exit)
			return exit;
	}
	struct gn_fb_key owner;
	memcpy(owner.b, p->id.keys.sk.pk.b, sizeof owner.b);
	struct gn_fb_site_unpublish_args args = {.owner = &owner, .label = gn_str(p->label)};
	struct ask ask = {.kind = {GN_FB_APP_BODY_APP_FILE, GN_FB_APP_FILE_BODY_SITE_UNPUBLISH},
			  .args = &args};
	exit = client_ask(p->cli, &ask, &r);
	if (exit == CLI_NOT_FOUND && !out)
		cli_fail(p->cli, exit, "not-found",
			 "you have published no site with the label '%s'", p->label);
	else if (exit == CLI_NOT_FOUND)
		/* published through another node, which keeps its blocks until it is told too */
		exit = CLI_OK;
	else if (exit && r.err)
		client_report(p->cli, &r, "the site's blocks could not be let go");
	reply_free(&r);
	if (exit == CLI_OK && p->cli->json)
		return cli_json(p->cli,
				json_pack("{ss ss}", "owner", p->id.pid, "label", p->label));
	if (exit == CLI_OK)
		cli_note(p->cli, "the site is removed; copies that others keep fade when their "
				 "time is over");
	return exit;
}

int cmd_site_remove(struct cli *cli)
{
	struct publication *p = publication_of(cli, strcmp(cli->args[0], "-") ? cli->args[0] : "");
	if (!p)
		return CLI_USAGE;
	int exit = identity_load(cli, &p->id) ? take_away(p) : CLI_FAILED;
	publication_free(p);
	return exit;
}
