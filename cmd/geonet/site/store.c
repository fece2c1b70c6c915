/* Manifests and heads to and from the node: what comes is checked against its hash or signature,
 * what goes is signed here. */
#include "geonet/frame/client.h"
#include "geonet/frame/frame.h"
#include "geonet/frame/keys.h"
#include "geonet/identity/resolve.h"
#include "geonet/site/site.h"
#include "wire/wire.h"

#include <limits.h>
#include <stdlib.h>

bool site_label_ok(struct cli *cli, const char *label)
{
	if (strlen(label) <= GN_RECORD_LABEL_MAX && gn_utf8_ok(gn_str(label)) &&
	    strcmp(label, "-") != 0)
		return true;
	cli_fail(cli, CLI_USAGE, "text", "a label has at most %d bytes of UTF-8 and is not '-'",
		 GN_RECORD_LABEL_MAX);
	return false;
}

char *site_api_path(const struct gn_pk *owner, const char *label, const char *rest)
{
	char *part = *label ? url_part(label) : cli_format("-");
	char *path = cli_format("/api/v1/sites/%s/%s%s", out_hex(owner->b, 32), part, rest);
	free(part);
	return path;
}

int site_head(struct cli *cli, const struct gn_pk *owner, const char *label, struct gn_head *head,
	      uint8_t **record)
{
	struct gn_hash key;
	size_t len;
	unsigned holders;
	gn_head_key(owner, gn_str(label), &key);
	int exit = record_fetch(cli, &key, 4, 0, record, &len, &holders);
	if (exit == CLI_OK && gn_head_open(gn_slice(*record, len), head) != GN_OK) {
		free(*record);
		*record = NULL;
		exit = cli_fail(cli, CLI_FAILED, "malformed",
				"the head of the site does not verify; it is not used");
	}
	return exit;
}

static bool has_root(struct gn_slice data, const struct gn_hash *root)
{
	size_t cap = (data.len + GN_BLOCK - 1) / GN_BLOCK;
	struct gn_tree_hasher *h = cli_alloc(sizeof *h);
	struct gn_hash *blocks = cli_alloc(cap * sizeof *blocks), sum;
	gn_tree_hasher_init(h, blocks, cap);
	bool ok = gn_tree_hasher_put(h, data) == GN_OK;
	if (ok)
		gn_tree_hasher_end(h, &sum);
	ok = ok && gn_hash_eq(&sum, root);
	free(blocks);
	free(h);
	return ok;
}

int site_manifest(struct cli *cli, const struct gn_head *head,
		  const struct gn_head_version *version, bool quiet, struct gn_alloc *alloc,
		  struct gn_manifest **out)
{
	struct reply r;
	char *label = cli_format("%.*s", (int)head->label.len,
				 head->label.len ? (const char *)head->label.p : "");
	char *rest =
		cli_format("/manifest?version=%llu&fresh=1", (unsigned long long)version->version);
	int exit = client_call(cli, (struct call){.path = site_api_path(&head->owner, label, rest)},
			       &r);
	if (exit && r.err && !quiet)
		client_report(cli, &r, "the site's manifest could not be read");
	if (exit == CLI_OK && (!has_root(gn_slice(r.data, r.len), &version->manifest) ||
			       gn_manifest_open(alloc, gn_slice(r.data, r.len), out) != GN_OK)) {
		exit = CLI_FAILED;
		if (!quiet)
			cli_fail(cli, exit, "hash",
				 "the manifest that the node gave is not the one that the owner "
				 "signed; try again");
	}
	reply_free(&r);
	free(label);
	free(rest);
	return exit;
}

void hash_add(struct hash_list *l, const void *hashes, size_t count)
{
	if (l->count + count > l->cap) {
		l->cap = (l->count + count) * 2;
		l->list = cli_grow(l->list, l->cap * sizeof *l->list);
	}
	if (count)
		memcpy(l->list + l->count, hashes, count * sizeof *l->list);
	l->count += count;
}

static int hash_order(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct gn_hash));
}

void hash_unique(struct hash_list *l)
{
	size_t kept = 0;
	if (l->count)
		qsort(l->list, l->count, sizeof *l->list, hash_order);
	for (size_t i = 0; i < l->count; i++)
		if (kept == 0 || !gn_hash_eq(&l->list[i], &l->list[kept - 1]))
			l->list[kept++] = l->list[i];
	l->count = kept;
}

/* ---- spreading ---- */

struct spread {
	struct cli *cli;
	char line[512];
	size_t len;
	uint64_t done, total;
	bool over;
	gn_err err;
};

static void spread_line(struct spread *s)
{
	json_t *json = json_loadb(s->line, s->len, 0, NULL);
	const char *err = json_string_value(json_object_get(json, "err"));
	if (json_is_object(json)) {
		s->done = json_number(json, "done");
		s->total = json_number(json, "total");
		cli_progress(s->cli, "spreading: %llu of %llu copies have a receipt",
			     (unsigned long long)s->done, (unsigned long long)s->total);
	}
	if (err) {
		s->over = true;
		s->err = gn_err_from_name(err);
	}
	json_decref(json);
}

static bool on_spread(void *user, struct gn_slice data)
{
	struct spread *s = user;
	for (size_t i = 0; i < data.len; i++) {
		if (data.p[i] == '\n') {
			spread_line(s);
			s->len = 0;
		} else if (s->len < sizeof s->line) {
			s->line[s->len++] = (char)data.p[i];
		}
	}
	return true;
}

static char *spread_body(const struct hash_list *blocks, uint64_t copies, uint64_t keep_until,
			 const struct gn_pk *owner, const char *label, const struct gn_hash *root)
{
	json_t *list = json_array();
	for (size_t i = 0; i < blocks->count; i++)
		json_array_append_new(list, json_hex(blocks->list[i].b, 32));
	json_t *json =
		json_pack("{so sI sI s{so ss so}}", "blocks", list, "copies", (json_int_t)copies,
			  "keep_until", (json_int_t)keep_until, "site", "owner",
			  json_hex(owner->b, 32), "label", label, "root", json_hex(root->b, 32));
	char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
	json_decref(json);
	return text;
}

int site_spread(struct cli *cli, const struct hash_list *blocks, uint64_t copies,
		uint64_t keep_until, const struct gn_pk *owner, const char *label,
		const struct gn_hash *root, bool *missing)
{
	struct spread s = {.cli = cli, .err = GN_CLOSED};
	struct reply r;
	char *body = spread_body(blocks, copies, keep_until, owner, label, root);
	if (!body)
		return cli_fail(cli, CLI_FAILED, "nomem", "out of memory");
	*missing = false;
	int exit = client_call(cli,
			       (struct call){.method = "POST",
					     .path = cli_format("/api/v1/spread"),
					     .body = gn_str(body),
					     .type = "application/json",
					     .write = on_spread,
					     .user = &s,
					     .timeout = UINT_MAX},
			       &r);
	free(body);
	gn_err err = exit == CLI_OK ? s.err : r.err;
	if (exit == CLI_OK && !s.over)
		exit = cli_fail(cli, CLI_FAILED, "closed",
				"the node broke off while it spread the site");
	else if (err == GN_NOT_FOUND)
		*missing = true;
	else if (err == GN_QUORUM || err == GN_TIMEOUT || err == GN_UNREACHABLE)
		cli_fail(cli, CLI_QUORUM, gn_err_name(err),
			 "only %llu of %llu copies of the site's blocks have a receipt; the site "
			 "was not changed. Try again when more nodes are there, or with fewer "
			 "--copies",
			 (unsigned long long)s.done, (unsigned long long)s.total);
	else if (err && (exit == CLI_OK || r.err))
		cli_fail_err(cli, err, "the site's blocks could not be spread");
	reply_free(&r);
	return exit ? exit : cli_exit_of(err);
}

int site_put_head(struct cli *cli, const struct identity *id, const struct gn_head *head,
		  uint64_t w, uint64_t *receipts)
{
	uint8_t *storage = cli_alloc(GN_RECORD_MAX);
	struct gn_buf record = {storage, 0, GN_RECORD_MAX};
	struct reply r = {0};
	gn_err err = gn_head_record(&id->keys.sk, head, &record);
	int exit = err ? cli_fail_err(cli, err, "the site's head cannot be made")
		       : record_put(cli, gn_buf_slice(&record), w, "the site's new version", &r);
	if (r.err == GN_STALE)
		cli_fail(cli, exit, "stale",
			 "somebody with your key published this site at the same moment; look at "
			 "it and publish again");
	*receipts = json_array_size(json_object_get(r.json, "receipts"));
	reply_free(&r);
	free(storage);
	return exit;
}

char *site_url(struct cli *cli, const char *name)
{
	struct reply r;
	struct cli quiet = *cli;
	int exit = client_status(&quiet, &r, NULL);
	unsigned long long port = exit == CLI_OK ? json_number(r.json, "http") : 0;
	reply_free(&r);
	return port ? cli_format("http://%s.geo.localhost:%llu/", name, port) : NULL;
}
