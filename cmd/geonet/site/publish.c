/* Publish a folder, or what changed in it. The order is what makes it atomic: blocks and
 * manifest first, with receipts from enough nodes; then the head, one signed record, moves.
 * Whatever fails before leaves the old version as it was. */
#include "geonet/frame/client.h"
#include "geonet/frame/frame.h"
#include "geonet/frame/keys.h"
#include "geonet/name/name.h"
#include "geonet/site/commands.h"
#include "geonet/site/publication.h"
#include "geonet/site/site.h"
#include "records/name.h"
#include "wire/wire.h"

#include <stdio.h>
#include <stdlib.h>

#define HEADERS_MAX GN_BUNDLE_RULES

/* Does this node itself keep the version that is out? Then unchanged files need not be sent
 * again. */
static bool node_keeps(struct cli *cli, const struct gn_pk *owner, const char *label,
		       const struct gn_hash *root)
{
	struct reply r;
	char owner_hex[65], root_hex[65];
	bool keeps = false;
	size_t i;
	json_t *site;
	gn_hex(GN_SLICE(owner->b), owner_hex);
	gn_hex(GN_SLICE(root->b), root_hex);
	if (client_sites(cli, &r, NULL, false) == CLI_OK)
		json_array_foreach(json_object_get(r.json, "sites"), i, site) keeps |=
			strcmp(json_text(site, "owner"), owner_hex) == 0 &&
			strcmp(json_text(site, "label"), label) == 0 &&
			strcmp(json_text(site, "root"), root_hex) == 0;
	reply_free(&r);
	return keeps;
}

static int read_present(struct publication *p)
{
	int exit = site_head(p->cli, &p->id.keys.sk.pk, p->label, &p->head, &p->record);
	if (exit == CLI_NOT_FOUND) {
		p->head = (struct gn_head){.owner = p->id.keys.sk.pk, .label = gn_str(p->label)};
		return CLI_OK;
	}
	if (exit == CLI_OK &&
	    site_manifest(p->cli, &p->head, &p->head.now, true, &p->alloc, &p->previous) == CLI_OK)
		p->kept = node_keeps(p->cli, &p->head.owner, p->label, &p->head.now.manifest);
	return exit;
}

static bool is_unchanged(const struct publication *p, const struct site_file *f)
{
	struct gn_bundle_file old;
	return p->previous && gn_manifest_find(p->previous, gn_str(f->path), &old) == GN_OK &&
	       old.size == f->size && gn_hash_eq(&old.root, &f->root);
}

/* Hashes all files; sends those that the node does not keep already (all: every one). */
static int send_files(struct publication *p, bool all)
{
	uint64_t done = 0;
	p->uploaded = p->unchanged = 0;
	if (p->folder.packing &&
	    !site_pack(p->cli, &p->folder, p->kept && !all ? p->previous : NULL, &p->uploaded))
		return CLI_FAILED;
	for (size_t i = 0; i < p->folder.count; i++) {
		struct site_file *f = &p->folder.files[i];
		struct gn_bundle_file old;
		if (site_packed(&p->folder, f)) {
			p->unchanged += is_unchanged(p, f);
			continue;
		}
		bool maybe = f->size && !all && p->kept &&
			     gn_manifest_find(p->previous, gn_str(f->path), &old) == GN_OK &&
			     old.size == f->size && !old.pack;
		/* an empty file has no block to send */
		bool here = maybe || f->size == 0;
		if (here && !site_hash_file(p->cli, f, false, done, p->folder.bytes))
			return CLI_FAILED;
		bool same = here && (f->size == 0 || is_unchanged(p, f));
		if (!same && !site_hash_file(p->cli, f, true, done, p->folder.bytes))
			return CLI_FAILED;
		done += f->size;
		p->uploaded += !same || (f->size == 0 && !is_unchanged(p, f));
		p->unchanged += is_unchanged(p, f);
	}
	return CLI_OK;
}

/* ---- the manifest ---- */

/* "GLOB NAME: VALUE" of --header. */
static bool parse_headers(struct cli *cli, struct gn_bundle_header out[HEADERS_MAX], size_t *count)
{
	const char *text;
	*count = 0;
	for (int i = 0; (text = cli_option_at(cli, "header", i)); i++) {
		const char *space = strchr(text, ' '), *colon = space ? strchr(space, ':') : NULL;
		if (!colon || *count == HEADERS_MAX) {
			cli_fail(cli, CLI_USAGE, "usage",
				 "--header '%s' is not \"GLOB NAME: VALUE\" (at most %d of them)",
				 text, HEADERS_MAX);
			return false;
		}
		const char *value = colon + 1 + strspn(colon + 1, " ");
		out[(*count)++] = (struct gn_bundle_header){
			gn_slice(text, (size_t)(space - text)),
			gn_slice(space + 1, (size_t)(colon - space - 1)), gn_str(value)};
	}
	return true;
}

/* Paths of the version before that are gone; the list's texts belong to previous. */
static struct gn_slice *find_deleted(struct publication *p, const struct gn_bundle_file *files)
{
	size_t n = p->previous ? gn_manifest_count(p->previous) : 0;
	struct gn_slice *list = cli_alloc((n + 1) * sizeof *list);
	p->deleted = n ? gn_manifest_deleted(p->previous, files, p->folder.count, list) : 0;
	return list;
}

static int file_order(const void *a, const void *b)
{
	return strcmp(((const struct site_file *)a)->path, ((const struct site_file *)b)->path);
}

static int make_manifest(struct publication *p)
{
	struct gn_bundle_header headers[HEADERS_MAX];
	size_t header_count;
	struct cli *cli = p->cli;
	if (!parse_headers(cli, headers, &header_count) || !site_types_ok(cli))
		return CLI_USAGE;
	qsort(p->folder.files, p->folder.count, sizeof *p->folder.files, file_order);
	struct gn_bundle_file *files = cli_alloc(p->folder.count * sizeof *files);
	for (size_t i = 0; i < p->folder.count; i++) {
		const struct site_file *f = &p->folder.files[i];
		files[i] = (struct gn_bundle_file){
			.path = gn_str(f->path),
			.mime = site_type(cli, f),
			.size = f->size,
			.root = f->root,
			.blocks = gn_slice(f->blocks, f->block_count * sizeof *f->blocks),
			.pack = f->pack,
			.offset = f->offset};
		p->next.total_size += f->size;
	}
	struct gn_slice *deleted = find_deleted(p, files);
	const char *entry = cli_option(cli, "entry"), *not_found = cli_option(cli, "not-found");
	struct gn_manifest_args args = {.owner = p->id.keys.sk.pk,
					.label = gn_str(p->label),
					.seq = p->head.seq + 1,
					.created = cli_now(),
					.files = files,
					.file_count = p->folder.count,
					.packs = p->folder.packs,
					.pack_count = p->folder.pack_count,
					.entry = gn_str(entry),
					.not_found = gn_str(not_found),
					.headers = headers,
					.header_count = header_count,
					.prev = p->head.now.manifest,
					.deleted = deleted,
					.deleted_count = p->deleted};
	char why[256] = "";
	struct gn_buf out = {.cap = gn_manifest_make_max(&args)};
	p->manifest = cli_alloc(out.cap);
	out.p = p->manifest;
	gn_err err = gn_manifest_make(&p->alloc, &args, &out, why);
	int exit = CLI_OK;
	if (err && *why)
		exit = cli_fail(cli, CLI_FAILED, gn_err_name(err), "%s", why);
	else if (err)
		exit = cli_fail_err(cli, err, "the manifest cannot be made");
	else if (!site_upload_bytes(cli, gn_buf_slice(&out), &p->next.manifest, &p->manifest_blocks,
				    &p->manifest_block_count))
		exit = CLI_FAILED;
	p->next.manifest_size = out.len;
	p->next.manifest_blocks =
		gn_slice(p->manifest_blocks, p->manifest_block_count * sizeof *p->manifest_blocks);
	free(files);
	free(deleted);
	return exit;
}

/* ---- out to the network ---- */

static int spread_blocks(struct publication *p, bool *missing)
{
	struct hash_list blocks = {0};
	for (size_t i = 0; i < p->folder.count; i++)
		hash_add(&blocks, p->folder.files[i].blocks, p->folder.files[i].block_count);
	for (size_t i = 0; i < p->folder.pack_count; i++)
		hash_add(&blocks, &p->folder.packs[i].root, 1);
	hash_add(&blocks, p->manifest_blocks, p->manifest_block_count);
	hash_unique(&blocks);
	p->block_count = blocks.count;
	int exit = site_spread(p->cli, &blocks, p->copies, cli_now() + p->ttl, &p->id.keys.sk.pk,
			       p->label, &p->next.manifest, missing);
	free(blocks.list);
	return exit;
}

static int tell_published(struct publication *p, const char *name)
{
	struct cli *cli = p->cli;
	struct gn_name parsed;
	const char *shown =
		name && gn_name_parse(gn_str(name), &parsed, NULL) == GN_OK ? parsed.text : NULL;
	char host[GN_NAME_HOST_MAX] = "";
	if (!shown && !*p->label && gn_name_parse(gn_str(p->id.pid), &parsed, NULL) == GN_OK)
		gn_name_host(&parsed, host);
	else if (shown)
		gn_name_host(&parsed, host);
	char *url = *host ? site_url(cli, host) : NULL;
	cli_progress_done(cli);
	if (cli->json) {
		json_t *json = json_pack(
			"{ss so ss sI sI so sI sI sI sI sI sI sI sI}", "owner", p->id.pid,
			"owner_key", json_hex(p->id.keys.sk.pk.b, 32), "label", p->label, "version",
			(json_int_t)p->head.now.version, "seq", (json_int_t)p->head.seq, "root",
			json_hex(p->head.now.manifest.b, 32), "files", (json_int_t)p->folder.count,
			"bytes", (json_int_t)p->head.now.total_size, "uploaded",
			(json_int_t)p->uploaded, "unchanged", (json_int_t)p->unchanged, "deleted",
			(json_int_t)p->deleted, "blocks", (json_int_t)p->block_count, "copies",
			(json_int_t)p->copies, "receipts", (json_int_t)p->receipts);
		if (json && shown)
			json_object_set_new(json, "name", json_string(shown));
		if (json && url)
			json_object_set_new(json, "url", json_string(url));
		free(url);
		return cli_json(cli, json);
	}
	cli_note(cli,
		 "version %llu: %s, %s; %zu new or changed, %zu unchanged, %zu deleted; %s in %s",
		 (unsigned long long)p->head.now.version,
		 out_count(p->folder.count, "file", "files"), out_bytes(p->head.now.total_size),
		 p->folder.count - p->unchanged, p->unchanged, p->deleted,
		 out_count(p->block_count, "block", "blocks"),
		 out_count(p->copies, "copy", "copies"));
	if (url)
		printf("%s\n", url);
	else
		printf("%s/%s\n", p->id.pid, p->label);
	if (!url && *p->label && !shown)
		cli_note(cli,
			 "A browser needs a name for it (--name). Without one: geonet site get %s "
			 "--label %s",
			 p->id.pid, out_text(p->label));
	free(url);
	return CLI_OK;
}

static int publish_folder(struct publication *p, const char *name)
{
	bool missing = false;
	int exit = read_present(p);
	if (exit == CLI_OK)
		exit = send_files(p, false);
	if (exit == CLI_OK)
		exit = make_manifest(p);
	if (exit == CLI_OK)
		exit = spread_blocks(p, &missing);
	if (missing) { /* the node had forgotten what it was thought to keep */
		exit = send_files(p, true);
		if (exit == CLI_OK)
			exit = spread_blocks(p, &missing);
		if (missing)
			exit = cli_fail(p->cli, CLI_FAILED, "not-found",
					"the node lost blocks that were just sent to it; is its "
					"disk full?");
	}
	if (exit == CLI_OK)
		exit = publication_move(p);
	if (exit == CLI_OK && !name && !*p->label)
		exit = name_publish_pid(p->cli, &p->id, false, p->w);
	if (exit == CLI_OK && name) {
		exit = name_point_to_site(p->cli, &p->id, name, p->label, p->w);
		if (exit)
			cli_note(p->cli, "The site is published; only its name was not set.");
	}
	return exit ? exit : tell_published(p, name);
}

static bool has_file(const struct site_folder *folder, const char *path)
{
	for (size_t i = 0; i < folder->count; i++)
		if (strcmp(folder->files[i].path, path) == 0)
			return true;
	return false;
}

static int page_order(const void *key, const void *file)
{
	return strcmp(key, ((const struct site_file *)file)->path);
}

/* Folders below the first that hold pages, and none that their address shows. */
static void note_folders(struct cli *cli, const struct site_folder *folder)
{
	char *first = NULL;
	bool more = false;
	for (size_t i = 0; i < folder->count; i++) {
		const char *path = folder->files[i].path, *slash = strrchr(path, '/'),
			   *dot = strrchr(path, '.');
		if (!slash || !dot || dot < slash || strcmp(dot, ".html") != 0)
			continue;
		char *page = cli_format("%.*s/index.html", (int)(slash - path), path);
		if (!bsearch(page, folder->files, folder->count, sizeof *folder->files,
			     page_order)) {
			more = more || (first && strcmp(first, page) != 0);
			first = first ? first : cli_format("%s", page);
		}
		free(page);
	}
	if (first)
		cli_note(cli,
			 "There is no %s%s: an address that ends with the folder's name shows no "
			 "page.",
			 first, more ? ", and none in other folders with pages" : "");
	free(first);
}

int cmd_site_publish(struct cli *cli)
{
	const char *name = cli_option(cli, "name"), *why = "";
	struct gn_name parsed;
	struct publication *p = publication_new(cli, cli_option(cli, "label"));
	int exit = CLI_USAGE;
	if (!p)
		return CLI_USAGE;
	if (name && gn_name_parse(gn_str(name), &parsed, &why) != GN_OK)
		cli_fail(cli, CLI_USAGE, "text", "--name '%s': %s", name, why);
	else if (!site_walk(cli, cli->args[0], cli_flag(cli, "hidden"), &p->folder) ||
		 !identity_load(cli, &p->id))
		exit = CLI_FAILED;
	else
		exit = publish_folder(p, name);
	if (exit == CLI_OK && !cli_option(cli, "entry") && !has_file(&p->folder, "index.html"))
		cli_note(cli, "There is no index.html: the site's address shows no page; --entry "
			      "names another.");
	if (exit == CLI_OK)
		note_folders(cli, &p->folder);
	if (p->folder.hidden && exit == CLI_OK)
		cli_note(cli, "%s left out; --hidden takes %s too",
			 out_count(p->folder.hidden, "hidden file or folder was",
				   "hidden files or folders were"),
			 p->folder.hidden == 1 ? "it" : "them");
	publication_free(p);
	return exit;
}
