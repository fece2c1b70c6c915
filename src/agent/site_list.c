/* What own sites there are, as the node keeps them and the network says; and a site's versions.
 * One after the other, so that a list costs the node one call at a time. Rule AG-137. */
#include "agent/site_int.h"

#include <stdlib.h>

#define SITE_KIND(name) {GN_FB_APP_BODY_APP_SITE, GN_FB_APP_SITE_BODY_##name}
#define FILE_KIND(name) {GN_FB_APP_BODY_APP_FILE, GN_FB_APP_FILE_BODY_##name}

static const struct gn_app_kind sites_are = SITE_KIND(OWN_SITES_IS),
				versions_are = SITE_KIND(OWN_SITE_VERSIONS_IS),
				sites_list = FILE_KIND(SITES_LIST), site_get = FILE_KIND(SITE_GET),
				name_resolve = {GN_FB_APP_BODY_APP_RECORD,
						GN_FB_APP_RECORD_BODY_NAME_RESOLVE};

struct listed {
	char label[GN_RECORD_LABEL_MAX + 1];
	uint64_t version, created, expires, bytes;
	uint32_t files;
	uint8_t copies;
	gn_err err;
	bool named;
	struct gn_name name;
};
struct agent_site_listing {
	size_t count, at;
	uint64_t from; /* of the node's list */
	struct listed sites[AGENT_SITES_LISTED];
	/* of one site */
	struct gn_head_version versions[GN_HEAD_HISTORY + 1];
	uint64_t created[GN_HEAD_HISTORY + 1];
	uint32_t files[GN_HEAD_HISTORY + 1];
};

/* It is answered, and gone. */
static void answer(struct agent_site_work *w, struct gn_app_kind kind, gn_fbref t)
{
	struct agent_request *r = w->r;
	agent_site_free(w);
	gn_host_answer(&r->base, kind, t);
}

static struct agent_site_work *begin(struct agent_request *r, struct gn_slice label)
{
	struct agent_site_work *w = agent_site_work(r, label, false);
	if (!w)
		return NULL;
	w->list = calloc(1, sizeof *w->list);
	if (w->list)
		return w;
	agent_site_fail(w, GN_NOMEM, "%s", "");
	return NULL;
}

/* ---- the list ---- */

static void answer_sites(struct agent_site_work *w)
{
	struct agent_site_listing *l = w->list;
	struct gn_fbb *b = gn_host_answer_begin(&w->r->base);
	gn_fbref refs[AGENT_SITES_LISTED];
	char pid[GN_PID_MAX];
	for (size_t i = 0; i < l->count; i++) {
		const struct listed *s = &l->sites[i];
		char url[400] = "";
		if (s->named)
			agent_site_url(w->agent, &s->name, url);
		struct gn_fb_own_site_args args = {
			.label = gn_str(s->label),
			.url = gn_str(url),
			.name = gn_str(s->named ? s->name.text : ""),
			.version = s->version,
			.created = s->created,
			.expires = s->expires,
			.bytes = s->bytes,
			.files = s->files,
			.copies = s->copies,
			.wanted = GN_BUNDLE_COPIES,
			.code = (uint16_t)s->err,
			.reason = gn_str(s->err ? gn_err_text(s->err) : "")};
		refs[i] = gn_fb_own_site_make(b, &args);
	}
	gn_pid(&w->agent->owner, pid);
	struct gn_fb_own_sites_is_args args = {.pid = gn_str(pid), .sites = {refs, l->count}};
	answer(w, sites_are, gn_fb_own_sites_is_make(b, &args));
}

static void look_at(struct agent_site_work *w);

static bool leads_there(const struct agent_site_work *w, const struct listed *s,
			struct gn_fb_name_is t)
{
	for (uint32_t i = 0; i < gn_fb_name_is_entries_len(t); i++) {
		struct gn_fb_name_entry e = gn_fb_name_is_entries_at(t, i);
		struct gn_pk owner;
		struct gn_slice label;
		if (gn_fb_name_entry_type(e) == GN_NAME_SITE &&
		    gn_name_site_parse(gn_fb_name_entry_value(e), &owner, &label) == GN_OK &&
		    gn_pk_eq(&owner, &w->agent->owner) && gn_slice_eq(label, gn_str(s->label)))
			return true;
	}
	return false;
}

static void on_name(void *user, const struct gn_host_client_event *e)
{
	struct agent_site_work *w = user;
	struct listed *s = &w->list->sites[w->list->at];
	if (!agent_site_over(w, e))
		return;
	s->named = e->what == GN_HOST_CLIENT_ANSWER && e->kind.area == name_resolve.area &&
		   e->kind.member == GN_FB_APP_RECORD_BODY_NAME_IS &&
		   leads_there(w, s, (struct gn_fb_name_is){e->table});
	w->list->at++;
	look_at(w);
}

/* The address that it has, if it has one. */
static void look_at_name(struct agent_site_work *w)
{
	struct listed *s = &w->list->sites[w->list->at];
	bool can = !s->err && agent_site_own_name(w->agent, s->label, &s->name);
	if (!can || !*s->label) {
		s->named = can;
		w->list->at++;
		look_at(w);
		return;
	}
	struct gn_fbb *b = agent_site_builder(w);
	if (!b)
		return;
	struct gn_fb_name_resolve_args args = {.name = gn_str(s->name.text)};
	agent_site_ask(w, name_resolve, gn_fb_name_resolve_make(b, &args), SITE_READ_MS, on_name);
}

static void on_site(void *user, const struct gn_host_client_event *e)
{
	struct agent_site_work *w = user;
	struct listed *s = &w->list->sites[w->list->at];
	if (!agent_site_over(w, e))
		return;
	struct gn_fb_site_is t = {e->table};
	struct gn_head head;
	bool is = e->what == GN_HOST_CLIENT_ANSWER && e->kind.area == site_get.area &&
		  e->kind.member == GN_FB_APP_FILE_BODY_SITE_IS &&
		  gn_head_open(gn_fb_site_is_head(t), &head) == GN_OK &&
		  gn_pk_eq(&head.owner, &w->agent->owner) &&
		  gn_slice_eq(head.label, gn_str(s->label));
	if (is) {
		s->version = head.now.version;
		s->created = head.created;
		s->expires = head.created + head.ttl;
		s->bytes = head.now.total_size;
		s->files = gn_fb_site_is_files(t);
	} else {
		s->err = e->what == GN_HOST_CLIENT_FAILED ? e->fault.err : GN_MALFORMED;
	}
	if (s->err == GN_CLOSED)
		agent_site_fail(w, GN_CLOSED, "%s", "");
	else
		look_at_name(w);
}

static void look_at(struct agent_site_work *w)
{
	struct agent_site_listing *l = w->list;
	struct gn_fb_key owner;
	if (l->at == l->count) {
		answer_sites(w);
		return;
	}
	struct gn_fbb *b = agent_site_builder(w);
	if (!b)
		return;
	memcpy(owner.b, w->agent->owner.b, sizeof owner.b);
	struct gn_fb_site_get_args args = {
		.owner = &owner, .label = gn_str(l->sites[l->at].label), .fresh = true};
	agent_site_ask(w, site_get, gn_fb_site_get_make(b, &args), SITE_READ_MS, on_site);
}

static void ask_page(struct agent_site_work *w);

static void take_kept(struct agent_site_work *w, struct gn_fb_site_kept k)
{
	struct agent_site_listing *l = w->list;
	struct gn_slice label = gn_fb_site_kept_label(k);
	if (!gn_fb_site_kept_has_owner(k) || !gn_fb_site_kept_published(k) ||
	    l->count == AGENT_SITES_LISTED || label.len > GN_RECORD_LABEL_MAX)
		return;
	struct gn_fb_key owner = gn_fb_site_kept_owner(k);
	if (memcmp(owner.b, w->agent->owner.b, sizeof owner.b) != 0)
		return;
	struct listed *s = &l->sites[l->count++];
	if (label.len)
		memcpy(s->label, label.p, label.len);
	s->version = gn_fb_site_kept_version(k);
	s->expires = gn_fb_site_kept_expires(k);
	s->copies = gn_fb_site_kept_copies(k);
}

static void on_page(void *user, const struct gn_host_client_event *e)
{
	struct agent_site_work *w = user;
	if (!agent_site_over(w, e))
		return;
	if (e->what == GN_HOST_CLIENT_FAILED) {
		agent_site_fail(w, e->fault.err, "%s", "");
		return;
	}
	bool is = e->kind.area == sites_list.area &&
		  e->kind.member == GN_FB_APP_FILE_BODY_SITES_LIST_IS;
	struct gn_fb_sites_list_is t = {e->table};
	uint32_t count = is ? gn_fb_sites_list_is_sites_len(t) : 0;
	for (uint32_t i = 0; i < count; i++)
		take_kept(w, gn_fb_sites_list_is_sites_at(t, i));
	w->list->from += count;
	if (count && gn_fb_sites_list_is_more(t) && w->list->count < AGENT_SITES_LISTED)
		ask_page(w);
	else
		look_at(w);
}

static void ask_page(struct agent_site_work *w)
{
	struct gn_fbb *b = agent_site_builder(w);
	if (!b)
		return;
	struct gn_fb_sites_list_args args = {.from = (uint32_t)w->list->from, .limit = 100};
	agent_site_ask(w, sites_list, gn_fb_sites_list_make(b, &args), SITE_READ_MS, on_page);
}

gn_err agent_call_sites_list(struct agent_request *r)
{
	struct agent_site_work *w = begin(r, gn_slice(NULL, 0));
	if (w)
		ask_page(w);
	return GN_OK;
}

/* ---- versions ---- */

static void answer_versions(struct agent_site_work *w)
{
	struct agent_site_listing *l = w->list;
	struct gn_fbb *b = gn_host_answer_begin(&w->r->base);
	gn_fbref refs[GN_HEAD_HISTORY + 1];
	for (size_t i = 0; i < l->count; i++) {
		struct gn_fb_own_site_version_args args = {.version = l->versions[i].version,
							   .created = l->created[i],
							   .bytes = l->versions[i].total_size,
							   .files = l->files[i],
							   .now = i == 0};
		refs[i] = gn_fb_own_site_version_make(b, &args);
	}
	struct gn_fb_own_site_versions_is_args args = {.label = gn_str(w->label),
						       .versions = {refs, l->count}};
	answer(w, versions_are, gn_fb_own_site_versions_is_make(b, &args));
}

static void next_version(struct agent_site_work *w, gn_err err, struct gn_slice why)
{
	struct agent_site_listing *l = w->list;
	struct gn_manifest_args info;
	(void)why;
	if (!err) {
		gn_manifest_info(w->manifest, &info);
		l->created[l->at] = info.created;
		l->files[l->at] = (uint32_t)info.file_count;
	}
	if (++l->at == l->count) {
		answer_versions(w);
		return;
	}
	w->want = l->versions[l->at];
	agent_site_manifest(w);
}

static void versions_head(struct agent_site_work *w, gn_err err, struct gn_slice why)
{
	struct agent_site_listing *l = w->list;
	(void)why;
	if (err) {
		agent_site_fail(w, GN_NOT_FOUND,
				"you have published no site with this label, or it has ended");
		return;
	}
	l->versions[l->count++] = w->head.now;
	for (size_t i = 0; i < w->head.previous_count; i++)
		l->versions[l->count++] = w->head.previous[i];
	w->want = l->versions[0];
	w->next = next_version;
	agent_site_manifest(w);
}

gn_err agent_call_site_versions(struct agent_request *r)
{
	struct gn_fb_own_site_versions t = {r->base.table};
	struct agent_site_work *w = begin(r, gn_fb_own_site_versions_label(t));
	if (!w)
		return GN_OK;
	w->next = versions_head;
	agent_site_head(w);
	return GN_OK;
}
