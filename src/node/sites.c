/* What this node keeps published: for each site the versions whose blocks it holds as its own,
 * which of them is spread, and the one that waits for its head. The table is sites.json; a
 * version's blocks stand in sites/<manifest root>, 32 bytes each.
 *
 *   spread ended well -> PENDING [gn_node_sites_spread]
 *   PENDING -> kept [gn_node_sites_record: the head names it]
 *           -> gone [a day without a head]
 *   kept    -> gone [a head no longer names it, or gn_node_sites_remove]
 *
 * 1. A list is durable before the table names it, the table before a list or a block goes:
 *    whatever is cut off in between, no block of a version in the table is ever let go. Nor is any
 *    before all lists were read, or while one of them cannot be (sites_unknown).
 * 2. A site of an older program knows one version only (partial): until its heads name no
 *    other, the blocks of unknown versions stay.
 * Rules: docs/spec/services.md BU-20, BU-21. */
#include "node/body.h"
#include "node/node_int.h"

#include <stdio.h>
#include <stdlib.h>

#define PENDING_TIME 86400 /* seconds that a head may take after its blocks were spread */
#define LOOK_EVERY (600 * GN_SEC)
/* bytes: more than may be spread at once */
#define LIST_MAX ((size_t)GN_FILE_BLOCKS * 64 * sizeof(struct gn_hash))
#define ROOT_HEX 64

/* ---- lists ---- */

static void list_name(const char *root, char out[80])
{
	snprintf(out, 80, "sites/%.64s", root);
}

/* malloc'ed; p NULL when it cannot be read. */
static struct gn_slice list_read(struct gn_node *node, const char *root)
{
	char name[80];
	struct gn_buf buf = {NULL, 0, 1u << 16};
	gn_err err = GN_NOMEM;
	list_name(root, name);
	do { /* as long as it turns out to be */
		buf.cap *= 4;
		buf.len = 0;
		uint8_t *p = realloc(buf.p, buf.cap);
		if (!p)
			break;
		buf.p = p;
		err = gn_os_file_read(node->host.dir, name, &buf);
	} while (err == GN_TOO_LARGE && buf.cap < LIST_MAX);
	if (buf.p && !err && buf.len > 0 && buf.len % sizeof(struct gn_hash) == 0)
		return gn_buf_slice(&buf);
	free(buf.p);
	return gn_slice(NULL, 0);
}

/* Its blocks stay while there may be versions that have not been named: one of those may need
 * them. A later start sweeps them. */
static void let_go(struct gn_node *node, const char *root)
{
	char name[80];
	struct gn_slice list = list_read(node, root);
	if (list.p && !node->sites_unknown)
		gn_bundles_disown(node->bundles, list, node->now);
	free((void *)(uintptr_t)list.p);
	list_name(root, name);
	(void)!gn_os_remove(node->host.dir, name);
}

/* ---- the table ---- */

static const char *text_of(const json_t *json, const char *field)
{
	const char *text = json_string_value(json_object_get(json, field));
	return text ? text : "";
}

static json_t *find_site(const struct gn_node *node, const char *owner, const char *label,
			 size_t *at)
{
	for (size_t i = 0; i < json_array_size(node->sites); i++) {
		json_t *site = json_array_get(node->sites, i);
		*at = i;
		if (strcmp(text_of(site, "owner"), owner) == 0 &&
		    strcmp(text_of(site, "label"), label) == 0)
			return site;
	}
	return NULL;
}

static bool has_root(const json_t *versions, const char *root)
{
	size_t i;
	json_t *v;
	json_array_foreach(versions, i, v) if (strcmp(json_string_value(v), root) == 0) return true;
	return false;
}

static gn_err save_table(struct gn_node *node)
{
	return gn_node_list_write(node, "sites.json", node->sites);
}

static void cancel_spread(struct gn_node *node, const json_t *owner_of_op)
{
	gn_op op = (gn_op)json_integer_value(json_object_get(owner_of_op, "op"));
	if (op)
		gn_bundles_cancel(node->bundles, op, node->now);
}

/* Every version is named: what else is ours may go. */
static void collect_blocks(struct gn_node *node)
{
	size_t i;
	json_t *site;
	bool all = true;
	json_array_foreach(node->sites, i, site) all =
		all && !json_is_true(json_object_get(site, "partial"));
	if (!node->sites_unknown)
		gn_bundles_collect(node->bundles, all, node->now);
}

/* The site keeps the versions `keep` says; the table first, then the others go. */
static void keep_only(struct gn_node *node, json_t *site,
		      bool (*keep)(const char *root, const void *user), const void *user)
{
	json_t *versions = json_object_get(site, "versions"), *kept = json_array(),
	       *gone = json_array(), *v;
	size_t i;
	json_array_foreach(versions, i, v)
		json_array_append(keep(json_string_value(v), user) ? kept : gone, v);
	json_object_set_new(site, "versions", kept);
	if (save_table(node) == GN_OK)
		json_array_foreach(gone, i, v) let_go(node, json_string_value(v));
	json_decref(gone);
}

/* ---- a version spread, its head, the end ---- */

static bool is_not(const char *root, const void *user)
{
	return strcmp(root, user) != 0;
}

/* No head came. What it would have named goes, unless a head names it already: a rollback that
 * was not finished. */
static void abandon(struct gn_node *node, json_t *site)
{
	char root[ROOT_HEX + 1];
	const json_t *pending = json_object_get(site, "pending");
	if (!pending)
		return;
	snprintf(root, sizeof root, "%s", text_of(pending, "root"));
	bool listed = json_is_true(json_object_get(pending, "listed"));
	cancel_spread(node, pending);
	json_object_del(site, "pending");
	if (!listed)
		keep_only(node, site, is_not, root);
}

static bool keep_none(const char *root, const void *user)
{
	(void)root;
	(void)user;
	return false;
}

static gn_err version_add(struct gn_node *node, json_t *site, const char *root,
			  struct gn_slice list)
{
	char name[80];
	json_t *versions = json_object_get(site, "versions");
	if (has_root(versions, root))
		return GN_OK;
	list_name(root, name);
	GN_TRY(gn_os_file_write(node->host.dir, name, list));
	GN_TRY(gn_bundles_own(node->bundles, list, node->now));
	return json_array_append_new(versions, json_string(root)) ? GN_NOMEM : GN_OK;
}

gn_err gn_node_sites_keep(struct gn_node *node, const char *owner, const char *label,
			  const struct gn_hash *root, const struct gn_node_spread_body *s, gn_op op)
{
	char hex[ROOT_HEX + 1];
	size_t at;
	gn_hex(GN_SLICE(root->b), hex); /* what becomes a file's name is spelled here */
	json_t *site = find_site(node, owner, label, &at);
	if (!site) {
		site = json_pack("{ss ss s[]}", "owner", owner, "label", label, "versions");
		if (!site || json_array_append_new(node->sites, site))
			return GN_NOMEM;
	}
	bool listed = has_root(json_object_get(site, "versions"), hex);
	GN_TRY(version_add(node, site, hex,
			   gn_slice(s->hashes, s->count * sizeof(struct gn_hash))));
	if (strcmp(text_of(json_object_get(site, "pending"), "root"), hex) == 0) {
		/* the same once more */
		listed = json_is_true(json_object_get(json_object_get(site, "pending"), "listed"));
		cancel_spread(node, json_object_get(site, "pending"));
	} else {
		abandon(node, site);
	}
	json_object_set_new(site, "pending",
			    json_pack("{ss sI sI sI si sI sb}", "root", hex, "op", (json_int_t)op,
				      "spread", (json_int_t)gn_unix(node->now), "keep_until",
				      (json_int_t)s->keep_until, "copies", (int)s->copies, "blocks",
				      (json_int_t)s->count, "listed", listed));
	return save_table(node);
}

static gn_err spread_of(struct gn_node *node, json_t *named, const struct gn_node_spread_body *s,
			gn_op op)
{
	struct gn_hash root;
	const char *owner = text_of(named, "owner");
	if (gn_unhex(gn_str(text_of(named, "root")), root.b, sizeof root.b) != GN_OK || !*owner)
		return GN_USAGE;
	return gn_node_sites_keep(node, owner, text_of(named, "label"), &root, s, op);
}

gn_err gn_node_sites_spread(struct gn_node *node, struct gn_slice body, gn_op op)
{
	struct gn_node_spread_body s = {0};
	json_t *json = json_loadb((const char *)body.p, body.len, 0, NULL),
	       *named = json_object_get(json, "site");
	gn_err err = json_is_object(named) ? gn_node_spread_parse(body, &s) : GN_OK;
	if (!err && named)
		err = spread_of(node, named, &s, op);
	free(s.hashes);
	json_decref(json);
	return err;
}

/* What waited is the version that is out. */
static void promote(struct gn_node *node, json_t *site)
{
	static const char *const fields[] = {"root",       "op",     "spread",
					     "keep_until", "copies", "blocks"};
	json_t *pending = json_object_get(site, "pending");
	cancel_spread(node, site);
	for (size_t i = 0; i < GN_COUNT(fields); i++)
		json_object_set(site, fields[i], json_object_get(pending, fields[i]));
	json_object_del(site, "pending");
}

struct listed {
	const struct gn_head *head;
	const char *pending;
};

static bool is_listed(const char *root, const void *user)
{
	const struct listed *l = user;
	struct gn_hash h;
	if (strcmp(root, l->pending) == 0 || gn_unhex(gn_str(root), h.b, sizeof h.b) != GN_OK ||
	    memcmp(&h, &l->head->now.manifest, sizeof h) == 0)
		return true;
	for (size_t i = 0; i < l->head->previous_count; i++)
		if (memcmp(&h, &l->head->previous[i].manifest, sizeof h) == 0)
			return true;
	return false;
}

/* Are all versions of the head ours? */
static bool knows_all(const json_t *site, const struct gn_head *head)
{
	char hex[ROOT_HEX + 1];
	const json_t *versions = json_object_get(site, "versions");
	for (size_t i = 0; i < head->previous_count; i++) {
		gn_hex(GN_SLICE(head->previous[i].manifest.b), hex);
		if (!has_root(versions, hex))
			return false;
	}
	return true;
}

void gn_node_sites_record(struct gn_node *node, struct gn_slice record)
{
	struct gn_head head;
	char owner[65], now[ROOT_HEX + 1], label[GN_RECORD_LABEL_MAX + 1];
	size_t at;
	if (gn_head_open(record, &head) != GN_OK || head.label.len > GN_RECORD_LABEL_MAX)
		return;
	gn_bundles_head_put(node->bundles, record, node->now);
	gn_hex(GN_SLICE(head.owner.b), owner);
	gn_hex(GN_SLICE(head.now.manifest.b), now);
	memcpy(label, head.label.len ? (const char *)head.label.p : "", head.label.len);
	label[head.label.len] = 0;
	json_t *site = find_site(node, owner, label, &at);
	if (!site)
		return;
	if (strcmp(text_of(json_object_get(site, "pending"), "root"), now) == 0)
		promote(node, site);
	json_object_set_new(site, "version", json_integer((json_int_t)head.now.version));
	uint64_t expires = head.created + head.ttl;
	json_object_set_new(site, "expires", json_integer((json_int_t)expires));
	if (knows_all(site, &head))
		json_object_del(site, "partial");
	char pending[ROOT_HEX + 1];
	snprintf(pending, sizeof pending, "%s", text_of(json_object_get(site, "pending"), "root"));
	struct listed l = {&head, pending};
	keep_only(node, site, is_listed, &l);
	collect_blocks(node);
}

gn_err gn_node_sites_remove(struct gn_node *node, const struct gn_pk *owner, const char *label)
{
	char hex[65];
	size_t at;
	gn_hex(GN_SLICE(owner->b), hex);
	json_t *site = find_site(node, hex, label, &at);
	if (!site)
		return GN_NOT_FOUND;
	json_incref(site);
	json_array_remove(node->sites, at);
	cancel_spread(node, site);
	cancel_spread(node, json_object_get(site, "pending"));
	keep_only(node, site, keep_none, NULL);
	json_decref(site);
	collect_blocks(node);
	return GN_OK;
}

/* Heads that did not come; a site of which none ever did goes with the last version that waited
 * for one. */
static void abandon_old(struct gn_node *node)
{
	bool gone = false;
	for (size_t i = json_array_size(node->sites); i-- > 0;) {
		json_t *site = json_array_get(node->sites, i);
		const json_t *pending = json_object_get(site, "pending");
		uint64_t at = (uint64_t)json_integer_value(json_object_get(pending, "spread"));
		if (pending && at + PENDING_TIME < gn_unix(node->now))
			abandon(node, site);
		if (!*text_of(site, "root") && !json_object_get(site, "pending")) {
			json_array_remove(node->sites, i);
			gone = true;
		}
	}
	if (gone)
		(void)!save_table(node);
}

void gn_node_sites_tick(struct gn_node *node)
{
	if (node->now < node->sites_looked + LOOK_EVERY)
		return;
	node->sites_looked = node->now;
	abandon_old(node);
}

/* ---- start ---- */

/* An entry of an older program: its one version's blocks stand in it. False: it stays as it is,
 * for the next start. */
static bool convert(struct gn_node *node, json_t *site)
{
	struct gn_node_spread_body s = {0};
	json_t *ask = json_pack("{sO*}", "blocks", json_object_get(site, "hashes"));
	char *text = json_dumps(ask, JSON_COMPACT), name[80];
	gn_err err = text ? gn_node_spread_parse(gn_str(text), &s) : GN_NOMEM;
	list_name(text_of(site, "root"), name);
	if (!err)
		err = gn_os_file_write(node->host.dir, name,
				       gn_slice(s.hashes, s.count * sizeof(struct gn_hash)));
	if (!err) {
		json_object_set_new(site, "versions", json_pack("[s]", text_of(site, "root")));
		json_object_set_new(site, "blocks", json_integer((json_int_t)s.count));
		json_object_set_new(site, "partial", json_true());
		json_object_del(site, "hashes");
	}
	free(s.hashes);
	free(text);
	json_decref(ask);
	return !err;
}

/* The version that is out goes on being spread, as before the restart. */
static void respread(struct gn_node *node, json_t *site, struct gn_slice list)
{
	gn_op op = 0;
	unsigned copies = (unsigned)json_integer_value(json_object_get(site, "copies"));
	uint64_t until = (uint64_t)json_integer_value(json_object_get(site, "keep_until"));
	until = until ? until : gn_unix(node->now) + GN_BUNDLE_TTL;
	gn_err err = gn_bundles_spread(node->bundles, list, copies, until, node->now, &op);
	if (err)
		gn_host_log(&node->host, GN_LOG_WARN, "site.lost",
			    "a published site cannot be spread again: %s", gn_err_text(err));
	json_object_set_new(site, "op", json_integer((json_int_t)op));
}

static void lists_unknown(struct gn_node *node, const char *root)
{
	node->sites_unknown = true;
	gn_host_log(&node->host, GN_LOG_WARN, "site.list",
		    "the blocks of version %s are not known; none of this node's own is let go",
		    root);
}

static void site_load(struct gn_node *node, json_t *site)
{
	struct gn_hash root;
	size_t i;
	json_t *v;
	if (json_object_get(site, "hashes") &&
	    (gn_unhex(gn_str(text_of(site, "root")), root.b, sizeof root.b) != GN_OK ||
	     !convert(node, site)))
		lists_unknown(node, text_of(site, "root"));
	json_object_set_new(site, "op", json_integer(0));
	if (json_object_get(site, "pending"))
		json_object_set_new(json_object_get(site, "pending"), "op", json_integer(0));
	json_array_foreach(json_object_get(site, "versions"), i, v)
	{
		struct gn_slice list = list_read(node, json_string_value(v));
		if (!list.p || gn_bundles_own(node->bundles, list, node->now) != GN_OK) {
			lists_unknown(node, json_string_value(v));
		} else if (strcmp(json_string_value(v), text_of(site, "root")) == 0) {
			respread(node, site, list);
		}
		free((void *)(uintptr_t)list.p);
	}
}

static bool is_named(const struct gn_node *node, const char *root)
{
	size_t i;
	json_t *site;
	json_array_foreach(node->sites, i,
			   site) if (has_root(json_object_get(site, "versions"), root)) return true;
	return false;
}

/* Lists that were written before the table, or let go after it, when the node ended. */
static void remove_strays(struct gn_node *node)
{
	struct gn_buf lines = {malloc(1u << 20), 0, 1u << 20};
	gn_err err = lines.p ? gn_os_list(node->host.dir, "sites", &lines) : GN_NOMEM;
	for (size_t at = 0, end; !err && at < lines.len; at = end + 1) {
		char root[ROOT_HEX + 1], name[80];
		for (end = at; end < lines.len && lines.p[end] != '\n'; end++)
			;
		if (end - at <= ROOT_HEX)
			continue;
		memcpy(root, lines.p + end - ROOT_HEX, ROOT_HEX);
		root[ROOT_HEX] = 0;
		if (lines.p[end - ROOT_HEX - 1] != ' ' ||
		    strspn(root, "0123456789abcdef") != ROOT_HEX || is_named(node, root))
			continue;
		list_name(root, name);
		(void)!gn_os_remove(node->host.dir, name);
	}
	free(lines.p);
}

static bool is_root(const json_t *json)
{
	const char *root = json_string_value(json);
	return root && strlen(root) == ROOT_HEX && strspn(root, "0123456789abcdef") == ROOT_HEX;
}

/* Absent, or of that kind. */
static bool is_or_none(const json_t *site, const char *field, json_type type)
{
	const json_t *value = json_object_get(site, field);
	return !value || json_typeof(value) == type;
}

static bool site_ok(const json_t *site)
{
	const json_t *pending = json_object_get(site, "pending"), *v;
	size_t i;
	if (!json_is_object(site) || !is_or_none(site, "owner", JSON_STRING) ||
	    !is_or_none(site, "label", JSON_STRING) || !is_or_none(site, "root", JSON_STRING) ||
	    !is_or_none(site, "hashes", JSON_ARRAY) || !is_or_none(site, "versions", JSON_ARRAY) ||
	    (pending && !is_root(json_object_get(pending, "root"))))
		return false;
	json_array_foreach(json_object_get(site, "versions"), i, v) if (!is_root(v)) return false;
	return true;
}

bool gn_node_sites_ok(const json_t *sites)
{
	const json_t *site;
	size_t i;
	json_array_foreach(sites, i, site) if (!site_ok(site)) return false;
	return true;
}

/* Each start leaves a table. Where there is none and blocks are this node's own, it was moved
 * away: then it is as if it had been damaged, until somebody removes what tells of it (NO-11).
 * True when what it named is not known. */
static bool table_absent(struct gn_node *node)
{
	struct gn_blocks_info blocks;
	gn_blocks_info(node->blocks, &blocks);
	node->sites = json_array();
	if (blocks.own && !gn_node_list_was_damaged(node, "sites.json")) {
		char text[400];
		int n = snprintf(
			text, sizeof text,
			"sites.json was not there, and %u blocks are this node's own: none of them "
			"is let go. With "
			"the node stopped, put sites.json back and remove sites.json.damaged; if "
			"nothing published "
			"from here is to be kept, remove sites.json.damaged alone.\n",
			(unsigned)blocks.own);
		gn_host_log(&node->host, GN_LOG_WARN, "sites.missing", "%.*s", n - 1, text);
		if (gn_os_file_write(node->host.dir, "sites.json.damaged", gn_str(text)) != GN_OK)
			return true; /* without a table the next start sees it again */
	}
	(void)!save_table(node);
	return false;
}

void gn_node_sites_load(struct gn_node *node)
{
	size_t i;
	json_t *site;
	bool absent = !node->sites && table_absent(node);
	node->sites_unknown =
		/* what such a table named is not known */
		absent || gn_node_list_was_damaged(node, "sites.json");
	json_array_foreach(node->sites, i, site) site_load(node, site);
	abandon_old(node);
	if (!node->sites_unknown)
		remove_strays(node);
	collect_blocks(node);
}

/* ---- shown ---- */

json_t *gn_node_sites_json(const struct gn_node *node)
{
	size_t i;
	json_t *site, *sites = json_array();
	json_array_foreach(node->sites, i, site)
	{
		const json_t *pending = json_object_get(site, "pending");
		json_t *shown = json_copy(site);
		if (!*text_of(site, "root")) { /* the first version, before its head */
			json_object_update(shown, (json_t *)(uintptr_t)pending);
			json_object_set_new(shown, "pending", json_true());
		} else {
			json_object_set_new(shown, "pending", json_boolean(pending != NULL));
		}
		json_object_set_new(shown, "published", json_boolean(*text_of(site, "root")));
		json_object_set_new(shown, "versions",
				    json_integer((json_int_t)json_array_size(
					    json_object_get(site, "versions"))));
		json_object_del(shown, "op");
		json_object_del(shown, "hashes");
		json_array_append_new(sites, shown);
	}
	return sites;
}
