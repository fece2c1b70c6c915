/* What the node keeps published, over app/1: from the list of sites.c, which is JSON. */
#include "node/call.h"

#include "node/node_int.h"

#include <stdio.h>

static const char *text_of(const json_t *site, const char *name)
{
	const char *text = json_string_value(json_object_get(site, name));
	return text ? text : "";
}

static uint64_t number_of(const json_t *site, const char *name)
{
	return (uint64_t)json_integer_value(json_object_get(site, name));
}

static bool is_true(const json_t *site, const char *name)
{
	return json_is_true(json_object_get(site, name));
}

static gn_fbref put_site(struct gn_fbb *b, const json_t *site)
{
	struct gn_fb_key owner;
	struct gn_fb_hash root;
	bool owned = gn_unhex(gn_str(text_of(site, "owner")), owner.b, sizeof owner.b) == GN_OK,
	     rooted = gn_unhex(gn_str(text_of(site, "root")), root.b, sizeof root.b) == GN_OK;
	struct gn_fb_site_kept_args args = {.owner = owned ? &owner : NULL,
					    .label = gn_str(text_of(site, "label")),
					    .root = rooted ? &root : NULL,
					    .version = number_of(site, "version"),
					    .expires = number_of(site, "expires"),
					    .spread = number_of(site, "spread"),
					    .keep_until = number_of(site, "keep_until"),
					    .copies = (uint8_t)number_of(site, "copies"),
					    .blocks = (uint32_t)number_of(site, "blocks"),
					    .pending = is_true(site, "pending"),
					    .published = is_true(site, "published"),
					    .listed = is_true(site, "listed"),
					    .versions = (uint32_t)number_of(site, "versions"),
					    .partial = is_true(site, "partial")};
	return gn_fb_site_kept_make(b, &args);
}

gn_err gn_node_call_sites_list(struct gn_node_request *r)
{
	static const struct gn_app_kind kind = {GN_FB_APP_BODY_APP_FILE,
						GN_FB_APP_FILE_BODY_SITES_LIST_IS};
	struct gn_fb_sites_list t = {r->base.table};
	json_t *sites = gn_node_sites_json(r->node);
	gn_fbref refs[GN_NODE_PAGE_MAX];
	size_t all = json_array_size(sites), at = gn_fb_sites_list_from(t), count = 0;
	unsigned most = gn_node_call_page(gn_fb_sites_list_limit(t));
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	for (; at < all && count < most; at++)
		refs[count++] = put_site(b, json_array_get(sites, at));
	json_decref(sites);
	struct gn_fb_sites_list_is_args args = {.sites = {refs, (uint32_t)count}, .more = at < all};
	gn_host_answer(&r->base, kind, gn_fb_sites_list_is_make(b, &args));
	return GN_OK;
}

gn_err gn_node_call_site_unpublish(struct gn_node_request *r)
{
	struct gn_fb_site_unpublish t = {r->base.table};
	struct gn_fb_key key = gn_fb_site_unpublish_owner(t);
	struct gn_slice label = gn_fb_site_unpublish_label(t);
	struct gn_pk owner;
	char text[GN_RECORD_LABEL_MAX + 1];
	if (label.len > GN_RECORD_LABEL_MAX)
		return GN_RANGE;
	memcpy(owner.b, key.b, sizeof owner.b);
	snprintf(text, sizeof text, "%.*s", (int)label.len, label.p ? (const char *)label.p : "");
	GN_TRY(gn_node_sites_remove(r->node, &owner, text));
	gn_host_answer_ok(&r->base);
	return GN_OK;
}
