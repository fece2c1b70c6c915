/* Sites as a reader sees them: what this node keeps, what a site holds, and its files, fetched
 * through the node and checked here against the manifest that the owner signed. */
#include "geonet/frame/client.h"
#include "geonet/frame/files.h"
#include "geonet/frame/frame.h"
#include "geonet/identity/own.h"
#include "geonet/identity/resolve.h"
#include "geonet/site/commands.h"
#include "geonet/site/publication.h"
#include "geonet/site/site.h"
#include "records/name.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define MANIFEST_MEMORY (1u << 30) /* bytes */

int cmd_site_list(struct cli *cli)
{
	struct reply r;
	struct table t;
	size_t i, soon = 0;
	json_t *site;
	int exit = client_sites(cli, &r, "the sites of this node", false);
	if (exit || cli->json) {
		exit = exit ? exit : cli_json(cli, json_incref(r.json));
		reply_free(&r);
		return exit;
	}
	const json_t *sites = json_object_get(r.json, "sites");
	table_init(&t, 5, 1 << 2);
	const char *const heading[] = {"OWNER", "LABEL", "BLOCKS", "UNTIL", "MANIFEST"};
	for (size_t k = 0; k < GN_COUNT(heading); k++)
		table_add(&t, "%s", heading[k]);
	json_array_foreach(sites, i, site)
	{
		struct gn_pk owner;
		char pid[GN_PID_MAX] = "?";
		if (gn_unhex(gn_str(json_text(site, "owner")), owner.b, 32) == GN_OK)
			gn_pid(&owner, pid);
		table_add(&t, "%s", pid);
		table_add(&t, "%s",
			  *json_text(site, "label") ? out_text(json_text(site, "label")) : "-");
		table_add(&t, "%llu", (unsigned long long)json_number(site, "blocks"));
		bool out = !json_is_false(json_object_get(site, "published"));
		table_add(&t, "%s",
			  out ? own_until(json_number(site, "keep_until")) : "never came out");
		soon += out && json_number(site, "keep_until") < cli_now() + OWN_WARN;
		table_add(&t, "%.16s", json_text(site, "root"));
	}
	if (json_array_size(sites)) {
		table_print(cli, &t);
		if (soon)
			cli_note(cli,
				 "%zu of them end within a week or have ended: geonet renew --all",
				 soon);
	} else {
		table_free(&t);
		cli_note(cli, "this node keeps no site published; the first one: geonet site "
			      "publish DIR --name NAME");
	}
	reply_free(&r);
	return CLI_OK;
}

/* ---- a site, verified ---- */

struct site {
	struct gn_pk owner;
	char label[256];
	struct gn_head head;
	uint8_t *record; /* which head borrows from */
	struct gn_alloc alloc;
	struct gn_manifest *manifest;
	uint64_t version; /* of the manifest */
};

static int site_open(struct cli *cli, const char *target, uint64_t version, struct site *s)
{
	int exit;
	*s = (struct site){0};
	gn_alloc_heap(&s->alloc, MANIFEST_MEMORY);
	if (!site_of(cli, target, &s->owner, s->label, &exit))
		return exit;
	exit = site_head(cli, &s->owner, s->label, &s->head, &s->record);
	uint64_t ended = exit == CLI_NOT_FOUND ? own_site_ended(cli, &s->owner, s->label) : 0;
	if (ended)
		return cli_fail(cli, exit, gn_err_name(GN_EXPIRED),
				"the site %s expired on %s; publish it again", target,
				out_time(ended));
	if (exit == CLI_NOT_FOUND)
		return cli_fail(cli, exit, "not-found", "no node knows the site %s", target);
	if (exit)
		return exit;
	const struct gn_head_version *v = &s->head.now;
	for (size_t i = 0; version && v->version != version; i++) {
		if (i == s->head.previous_count)
			return cli_fail(cli, CLI_NOT_FOUND, "not-found",
					"%s has no version %llu among its last %d", target,
					(unsigned long long)version, GN_HEAD_HISTORY);
		v = &s->head.previous[i];
	}
	s->version = v->version;
	return site_manifest(cli, &s->head, v, false, &s->alloc, &s->manifest);
}

static void site_close(struct site *s)
{
	gn_manifest_free(&s->alloc, s->manifest);
	free(s->record);
}

static json_t *site_json(const struct site *s, const char *pid)
{
	struct gn_manifest_args info;
	json_t *files = json_array(), *previous = json_array();
	gn_manifest_info(s->manifest, &info);
	for (size_t i = 0; i < gn_manifest_count(s->manifest); i++) {
		struct gn_bundle_file f;
		gn_manifest_at(s->manifest, i, &f);
		json_array_append_new(files,
				      json_pack("{so sI so so}", "path", json_slice(f.path), "size",
						(json_int_t)f.size, "mime", json_slice(f.mime),
						"root", json_hex(f.root.b, 32)));
	}
	for (size_t i = 0; i < s->head.previous_count; i++)
		json_array_append_new(previous,
				      json_pack("{sI sI so}", "version",
						(json_int_t)s->head.previous[i].version, "size",
						(json_int_t)s->head.previous[i].total_size, "root",
						json_hex(s->head.previous[i].manifest.b, 32)));
	uint64_t expires = s->head.created + s->head.ttl;
	return json_pack("{ss so ss sI sI sI sI sI so so so so so}", "owner", pid, "owner_key",
			 json_hex(s->owner.b, 32), "label", s->label, "version",
			 (json_int_t)s->head.now.version, "seq", (json_int_t)s->head.seq, "created",
			 (json_int_t)s->head.created, "expires", (json_int_t)expires, "size",
			 (json_int_t)s->head.now.total_size, "root",
			 json_hex(s->head.now.manifest.b, 32), "entry", json_slice(info.entry),
			 "not_found", json_slice(info.not_found), "previous", previous, "files",
			 files);
}

static void print_site(struct cli *cli, const struct site *s, const char *pid)
{
	struct table t;
	out_pair(cli, "owner", "%s", pid);
	out_pair(cli, "label", "%s", *s->label ? out_text(s->label) : "- (the default site)");
	out_pair(cli, "version", "%llu of %s, until %s", (unsigned long long)s->head.now.version,
		 out_time(s->head.created), out_time(s->head.created + s->head.ttl));
	out_pair(cli, "size", "%s in %s", out_bytes(s->head.now.total_size),
		 out_count(gn_manifest_count(s->manifest), "file", "files"));
	for (size_t i = 0; i < s->head.previous_count; i++)
		out_pair(cli, i ? "" : "before", "version %llu, %s",
			 (unsigned long long)s->head.previous[i].version,
			 out_bytes(s->head.previous[i].total_size));
	putchar('\n');
	table_init(&t, 3, 1 << 0);
	table_add(&t, "SIZE");
	table_add(&t, "TYPE");
	table_add(&t, "PATH");
	for (size_t i = 0; i < gn_manifest_count(s->manifest); i++) {
		struct gn_bundle_file f;
		gn_manifest_at(s->manifest, i, &f);
		table_add(&t, "%s", out_bytes(f.size));
		table_add(&t, "%s", out_text_slice(f.mime));
		table_add(&t, "%s", out_text_slice(f.path));
	}
	table_print(cli, &t);
}

int cmd_site_show(struct cli *cli)
{
	struct site s;
	char pid[GN_PID_MAX];
	uint64_t version = 0;
	if (!cli_number(cli, "version", 1, UINT32_MAX, &version))
		return CLI_USAGE;
	int exit = site_open(cli, cli->args[0], version, &s);
	if (exit == CLI_OK) {
		gn_pid(&s.owner, pid);
		if (cli->json)
			exit = cli_json(cli, site_json(&s, pid));
		else
			print_site(cli, &s, pid);
	}
	site_close(&s);
	return exit;
}

/* ---- getting files ---- */

struct download {
	struct cli *cli;
	struct output *out;
	const char *name;
	struct gn_tree_hasher *hasher;
	uint64_t *done, total;
};

static bool on_bytes(void *user, struct gn_slice data)
{
	struct download *d = user;
	if (gn_tree_hasher_put(d->hasher, data) != GN_OK) {
		cli_fail(d->cli, CLI_FAILED, "hash",
			 "%s: the node sends more than the manifest says", d->name);
		return false;
	}
	if (fwrite(data.p, 1, data.len, d->out->f) != data.len) {
		cli_fail(d->cli, CLI_FAILED, "io", "%s cannot be written: %s", d->out->name,
			 strerror(errno));
		return false;
	}
	*d->done += data.len;
	cli_progress(d->cli, "%s of %s (%s)", out_bytes(*d->done), out_bytes(d->total), d->name);
	return true;
}

/* Streams one file to `out`; what was written is right only when this is CLI_OK. */
static int fetch_file(struct cli *cli, const struct site *s, const struct gn_bundle_file *f,
		      struct output *out, uint64_t *done, uint64_t total)
{
	char *name = cli_format("%s", out_text_slice(f->path));
	char *path = cli_format("%.*s", (int)f->path.len, (const char *)f->path.p),
	     *part = url_part(path);
	char *query =
		cli_format("/file?version=%llu&path=%s", (unsigned long long)s->version, part);
	size_t cap = f->blocks.len / sizeof(struct gn_hash);
	struct gn_hash *blocks = cli_alloc(cap * sizeof *blocks), root;
	struct download d = {cli, out, name, cli_alloc(sizeof *d.hasher), done, total};
	struct reply r;
	gn_tree_hasher_init(d.hasher, blocks, cap);
	int exit = client_call(cli,
			       (struct call){.path = site_api_path(&s->owner, s->label, query),
					     .write = on_bytes,
					     .user = &d},
			       &r);
	if (exit && r.err)
		cli_fail(cli, exit, gn_err_name(r.err), "%s could not be fetched: %s", name,
			 gn_err_text(r.err));
	if (exit == CLI_OK) {
		gn_tree_hasher_end(d.hasher, &root);
		if (!gn_hash_eq(&root, &f->root))
			exit = cli_fail(cli, CLI_FAILED, "hash",
					"%s is not what the owner signed; try again", name);
	}
	reply_free(&r);
	free(query);
	free(part);
	free(path);
	free(d.hasher);
	free(blocks);
	free(name);
	return exit;
}

/* Where the path leads to (files.h), a regular file being replaced when every byte is right. */
static int fetch_to(struct cli *cli, const struct site *s, const struct gn_bundle_file *f,
		    const char *path, uint64_t *done, uint64_t total)
{
	struct output out;
	char *folder = cli_format("%s", path ? path : ""), *slash = strrchr(folder, '/');
	bool ok = true;
	if (slash && slash != folder) {
		*slash = 0;
		ok = make_folders(cli, folder, 0777);
	}
	free(folder);
	if (!ok || !output_open(cli, path, true, &out))
		return CLI_FAILED;
	return output_close(&out, fetch_file(cli, s, f, &out, done, total));
}

static bool is_inside(struct gn_slice path, const char *folder)
{
	size_t len = strlen(folder);
	return len == 0 ||
	       (path.len > len && memcmp(path.p, folder, len) == 0 && path.p[len] == '/');
}

/* All files below `folder` ("" is all) into dir. */
static int get_folder(struct cli *cli, const struct site *s, const char *folder, const char *dir)
{
	uint64_t total = 0, done = 0;
	size_t count = 0;
	int exit = CLI_OK;
	struct gn_bundle_file f;
	for (size_t i = 0; i < gn_manifest_count(s->manifest); i++) {
		gn_manifest_at(s->manifest, i, &f);
		total += is_inside(f.path, folder) ? f.size : 0;
	}
	for (size_t i = 0; i < gn_manifest_count(s->manifest) && exit == CLI_OK; i++) {
		gn_manifest_at(s->manifest, i, &f);
		if (!is_inside(f.path, folder))
			continue;
		char *path = cli_format("%s/%.*s", dir, (int)f.path.len, (const char *)f.path.p);
		exit = fetch_to(cli, s, &f, path, &done, total);
		free(path);
		count++;
	}
	if (exit == CLI_OK && count == 0)
		return cli_fail(cli, CLI_NOT_FOUND, "not-found", "there is nothing under %s",
				folder);
	if (exit == CLI_OK && cli->json)
		return cli_json(cli, json_pack("{sI sI ss}", "files", (json_int_t)count, "bytes",
					       (json_int_t)done, "output", dir));
	if (exit == CLI_OK)
		cli_note(cli, "%s, %s, every byte verified, in %s",
			 out_count(count, "file", "files"), out_bytes(done), dir);
	return exit;
}

static int get_file(struct cli *cli, const struct site *s, const struct gn_bundle_file *f,
		    const char *output)
{
	uint64_t done = 0;
	int exit;
	if (cli->json && output_is_stdout(output))
		return cli_fail(cli, CLI_USAGE, "usage",
				"a file on stdout is no JSON; name a place for it with --output");
	exit = fetch_to(cli, s, f, output, &done, f->size);
	if (exit == CLI_OK && cli->json)
		return cli_json(cli, json_pack("{si sI ss}", "files", 1, "bytes", (json_int_t)done,
					       "output", output));
	return exit;
}

/* WHO's site of that label. */
static char *labelled_site(struct cli *cli, const char *who, const char *label)
{
	if (!site_label_ok(cli, label))
		return NULL;
	return *label ? cli_format("%s/%s", who, label) : cli_format("%s", who);
}

/* Where a whole site goes by default: a folder called as it is. NULL after printing. */
static char *folder_of(struct cli *cli, const char *who, const char *label)
{
	struct gn_name name;
	if (label && *label && !strchr(label, '/') && label[0] != '.')
		return cli_format("%s", label);
	if (!(label && *label))
		return cli_format("%s", gn_name_parse(gn_str(who), &name, NULL) == GN_OK ? name.text
											 : who);
	cli_fail(cli, CLI_USAGE, "usage",
		 "no folder can be called '%s'; name a place for the site with --output", label);
	return NULL;
}

static int get_site(struct cli *cli, const char *who, const char *label, const char *target,
		    const char *path)
{
	const char *output = cli_option(cli, "output");
	struct gn_bundle_file f;
	struct site s;
	int exit = site_open(cli, target, 0, &s);
	if (exit == CLI_OK && *path && gn_manifest_find(s.manifest, gn_str(path), &f) == GN_OK) {
		exit = get_file(cli, &s, &f, output);
	} else if (exit == CLI_OK && output && output_is_stdout(output)) {
		exit = cli_fail(cli, CLI_USAGE, "usage",
				"%s is a folder; name a place for it with --output, or one file of "
				"it",
				cli->args[0]);
	} else if (exit == CLI_OK) {
		char *folder = output ? cli_format("%s", output) : folder_of(cli, who, label);
		exit = folder ? get_folder(cli, &s, path, folder) : CLI_USAGE;
		free(folder);
	}
	if (exit == CLI_NOT_FOUND && *path && !label)
		cli_note(cli, "Of a site with a label: geonet site get %s --label %s", who, path);
	site_close(&s);
	return exit;
}

int cmd_site_get(struct cli *cli)
{
	const char *slash = strchr(cli->args[0], '/'), *label = cli_option(cli, "label"), *why = "";
	struct gn_name name;
	struct gn_pk key;
	int exit = CLI_USAGE;
	char *who = cli_format("%.*s",
			       (int)(slash ? (size_t)(slash - cli->args[0]) : strlen(cli->args[0])),
			       cli->args[0]),
	     *target = NULL;
	if (gn_unhex(gn_str(who), key.b, sizeof key.b) != GN_OK &&
	    gn_name_parse(gn_str(who), &name, &why) != GN_OK)
		cli_fail(cli, CLI_USAGE, "text", "'%s' is not a name, a PID or a key: %s", who,
			 why);
	else
		target = labelled_site(cli, who, label ? label : "");
	if (target)
		exit = get_site(cli, who, label, target, slash ? slash + 1 : "");
	free(target);
	free(who);
	return exit;
}
