/* Officers and the hub's own settings. Roles are keys: an officer logs in like a participant, by signature. The list is
 * a file (officers.json), each change of it a NOTE in the journal with who, what, why, before and after.
 *
 * HB-6: the bootstrap token acts as admin until an admin with a key exists. The last admin cannot be taken away. */
#include "hub/hub_int.h"

#include <stdio.h>
#include <stdlib.h>

#define FILE_NAME "officers.json"

static const char *const role_names[] = {"none", "auditor", "operator", "admin"};

const char *gn_role_name(enum gn_role role)
{
	return role_names[role & 3];
}

enum gn_role gn_role_from(const char *name)
{
	for (unsigned i = 1; i < GN_COUNT(role_names); i++)
		if (strcmp(name, role_names[i]) == 0)
			return (enum gn_role)i;
	return GN_ROLE_NONE;
}

const struct gn_officer *gn_officer_find(const struct gn_hub *hub, const struct gn_hash *pid)
{
	for (unsigned i = 0; i < hub->officer_count; i++)
		if (memcmp(&hub->officers[i].pid, pid, sizeof *pid) == 0)
			return &hub->officers[i];
	return NULL;
}

static unsigned admins(const struct gn_hub *hub)
{
	unsigned n = 0;
	for (unsigned i = 0; i < hub->officer_count; i++)
		n += hub->officers[i].role == GN_ROLE_ADMIN;
	return n;
}

bool gn_hub_has_admin(const struct gn_hub *hub)
{
	return admins(hub) > 0;
}

static json_t *officer_json(const struct gn_officer *o)
{
	char pid[GN_PID_MAX], key[48];
	gn_pid(&o->pk, pid);
	gn_err err = gn_base64(GN_SLICE(o->pk.b), false, key, sizeof key);
	GN_ASSERT(!err);
	return json_pack("{ss ss ss ss}", "pid", pid, "public_key", key, "role", gn_role_name(o->role), "name",
			 o->name);
}

static json_t *list_json(const struct gn_hub *hub)
{
	json_t *list = json_array();
	for (unsigned i = 0; i < hub->officer_count; i++)
		json_array_append_new(list, officer_json(&hub->officers[i]));
	return list;
}

static gn_err save(struct gn_hub *hub)
{
	json_t *j = json_pack("{so si si}", "officers", list_json(hub), "rate_key", (int)hub->rate_key.per_minute,
			      "rate_address", (int)hub->rate_address.per_minute);
	char *text = json_dumps(j, JSON_INDENT(1));
	gn_err err = text ? gn_os_file_write(hub->dir, FILE_NAME, gn_str(text)) : GN_NOMEM;
	free(text);
	json_decref(j);
	return err;
}

static bool officer_from(json_t *item, struct gn_officer *out)
{
	const char *key = json_string_value(json_object_get(item, "public_key")),
		   *role = json_string_value(json_object_get(item, "role"));
	const char *name = json_string_value(json_object_get(item, "name"));
	struct gn_slice part = GN_SLICE(out->pk.b);
	*out = (struct gn_officer){0};
	if (!key || !role || gn_unbase64_exact(gn_str(key), false, out->pk.b, sizeof out->pk.b))
		return false;
	gn_sha256(&part, 1, &out->pid);
	out->role = gn_role_from(role);
	snprintf(out->name, sizeof out->name, "%s", name ? name : "");
	if (!gn_utf8_ok(gn_str(out->name)))
		out->name[0] = 0;
	return out->role != GN_ROLE_NONE;
}

gn_err gn_officers_load(struct gn_hub *hub, char why[HUB_WHY])
{
	size_t cap = 256 * 1024;
	uint8_t *bytes = malloc(cap);
	struct gn_buf buf = {bytes, 0, cap};
	gn_err err = bytes ? gn_os_file_read(hub->dir, FILE_NAME, &buf) : GN_NOMEM;
	json_t *j = err ? NULL : json_loadb((const char *)bytes, buf.len, 0, NULL), *item;
	size_t i;
	free(bytes);
	if (err == GN_NOT_FOUND)
		return GN_OK;
	if (!err && !j)
		err = GN_CORRUPT;
	json_array_foreach(json_object_get(j, "officers"), i, item)
	{
		if (hub->officer_count < HUB_ROLES_MAX && officer_from(item, &hub->officers[hub->officer_count]))
			hub->officer_count++;
		else
			err = GN_CORRUPT;
	}
	if (json_is_integer(json_object_get(j, "rate_key")))
		hub->rate_key.per_minute = (uint32_t)json_integer_value(json_object_get(j, "rate_key"));
	if (json_is_integer(json_object_get(j, "rate_address")))
		hub->rate_address.per_minute = (uint32_t)json_integer_value(json_object_get(j, "rate_address"));
	json_decref(j);
	if (err)
		snprintf(why, HUB_WHY, "%s/" FILE_NAME " cannot be used: %s", hub->config.data, gn_err_text(err));
	return err;
}

/* ---- writing down what was done ---- */

static void noted(struct gn_hub_request *r, const struct gn_ledger_event *e)
{
	if (gn_hub_admin_ok(r, e))
		gn_hub_json(r, 200, json_incref(r->hold));
}

/* The answer (taken) comes once the note is durable. before and after are taken. */
static void note(struct gn_hub_request *r, const char *action, const char *target, json_t *before, json_t *after,
		 json_t *answer)
{
	json_t *j = json_pack("{ss ss so so}", "action", action, "target", target, "before", before, "after", after);
	char *text = json_dumps(j, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(j);
	r->hold = answer;
	if (!text) {
		gn_hub_fail(r, GN_NOMEM, NULL, "%s", "");
		return;
	}
	struct gn_ledger_admin a = {.kind = GN_ADMIN_NOTE, .info = gn_str(text)};
	gn_hub_admin(r, &a, noted);
	free(text);
}

/* ---- roles ---- */

void gn_api_roles_get(struct gn_hub_request *r)
{
	gn_hub_items(r, list_json(r->hub));
}

void gn_api_roles_put(struct gn_hub_request *r)
{
	struct gn_hub *hub = r->hub;
	struct gn_officer o, old = {0};
	json_t *in = gn_hub_body(r);
	if (!in)
		return;
	if (!officer_from(in, &o)) {
		gn_hub_fail_as(r, 422, "E009", NULL,
			       "an officer is {\"public_key\": BASE64 of 32 bytes, \"role\": admin, operator or "
			       "auditor, \"name\"}");
		return;
	}
	struct gn_officer *at = (struct gn_officer *)(uintptr_t)gn_officer_find(hub, &o.pid);
	if (at && at->role == GN_ROLE_ADMIN && o.role != GN_ROLE_ADMIN && admins(hub) == 1) {
		gn_hub_fail_as(r, 409, "E008", NULL, "this is the only admin");
		return;
	}
	if (!at && hub->officer_count == HUB_ROLES_MAX) {
		gn_hub_fail_as(r, 409, "E008", NULL, "there are %u officers already", HUB_ROLES_MAX);
		return;
	}
	bool fresh = !at;
	if (fresh)
		at = &hub->officers[hub->officer_count++];
	else
		old = *at;
	*at = o;
	gn_err err = save(hub);
	if (err) {
		if (fresh)
			hub->officer_count--;
		else
			*at = old;
		gn_hub_fail(r, err, NULL, "%s", "");
		return;
	}
	char pid[GN_PID_MAX];
	gn_pid(&o.pk, pid);
	note(r, "role.grant", pid, fresh ? json_null() : officer_json(&old), officer_json(at), officer_json(at));
}

void gn_api_roles_delete(struct gn_hub_request *r)
{
	struct gn_hub *hub = r->hub;
	struct gn_hash pid;
	json_t *in = gn_hub_body(r);
	if (!in)
		return;
	struct gn_officer *at = gn_pid_parse(gn_str(r->args[0]), &pid)
					? NULL
					: (struct gn_officer *)(uintptr_t)gn_officer_find(hub, &pid);
	if (!at) {
		gn_hub_fail(r, GN_NOT_FOUND, NULL, "no officer has this PID");
		return;
	}
	if (at->role == GN_ROLE_ADMIN && admins(hub) == 1) {
		gn_hub_fail_as(r, 409, "E008", NULL, "this is the only admin");
		return;
	}
	struct gn_officer old = *at;
	*at = hub->officers[--hub->officer_count];
	gn_err err = save(hub);
	if (err) {
		hub->officers[hub->officer_count++] = *at;
		*at = old;
		gn_hub_fail(r, err, NULL, "%s", "");
		return;
	}
	note(r, "role.revoke", r->args[0], officer_json(&old), json_null(),
	     json_pack("{sb ss}", "ok", 1, "pid", r->args[0]));
}

void gn_api_whoami(struct gn_hub_request *r)
{
	static const struct gn_pk nobody;
	char pid[GN_PID_MAX] = "";
	bool token = memcmp(&r->actor, &nobody, sizeof nobody) == 0;
	if (!token)
		gn_pid(&r->actor, pid);
	gn_hub_json(r, 200, json_pack("{ss ss sb}", "role", gn_role_name(r->role), "pid", pid, "bootstrap", token));
}

/* ---- settings ---- */

enum setting_kind {
	SET_HOPS,
	SET_PATHS,
	SET_MAXFLOW,
	SET_INLINE,
	SET_V0,
	SET_CYCLE5,
	SET_CYCLE6,
	SET_EXPIRY,
	SET_EXPIRY_MAX,
	SET_RATE_KEY,
	SET_RATE_ADDRESS,
	SETTINGS
};

static const struct {
	const char *key;
	bool flag;
	int64_t least, most;
	const char *what;
} settings[SETTINGS] = {
	[SET_HOPS] = {"routing.max_hops", false, 1, 10, "hops of a path"},
	[SET_PATHS] = {"routing.max_paths", false, 1, 10, "paths of a payment"},
	[SET_MAXFLOW] = {"routing.maxflow", true, 0, 1, "what path search cannot carry is tried by exact max-flow"},
	[SET_INLINE] = {"clearing.inline", true, 0, 1, "cycles of 3 and 4 are cleared after every payment"},
	[SET_V0] = {"profiles.geo_v0", true, 0, 1, "operations signed in the old profile are taken"},
	[SET_CYCLE5] = {"clearing.cycle5_s", false, 0, 31536000, "seconds between clearings up to 5, 0 never"},
	[SET_CYCLE6] = {"clearing.cycle6_s", false, 0, 31536000, "seconds between clearings up to 6, 0 never"},
	[SET_EXPIRY] = {"payments.expiry_s", false, 1, 86400, "seconds a prepared payment waits for answers"},
	[SET_EXPIRY_MAX] = {"payments.expiry_s_max", false, 1, 86400, "the most a payer may ask for"},
	[SET_RATE_KEY] = {"rate.key_per_minute", false, 0, 1000000, "requests a minute of one key, 0 no bound"},
	[SET_RATE_ADDRESS] = {"rate.address_per_minute", false, 0, 1000000,
			      "requests a minute of one address without a token, 0 no bound"},
};

static int64_t read_setting(const struct gn_hub *hub, const struct gn_ledger_settings *s, enum setting_kind k)
{
	switch (k) {
	case SET_HOPS: return s->max_hops;
	case SET_PATHS: return s->max_paths;
	case SET_MAXFLOW: return s->maxflow;
	case SET_INLINE: return s->inline_clearing;
	case SET_V0: return s->accept_v0;
	case SET_CYCLE5: return s->cycle5_s;
	case SET_CYCLE6: return s->cycle6_s;
	case SET_EXPIRY: return s->expiry_s;
	case SET_EXPIRY_MAX: return s->expiry_s_max;
	case SET_RATE_KEY: return hub->rate_key.per_minute;
	case SET_RATE_ADDRESS: return hub->rate_address.per_minute;
	default: return 0;
	}
}

static void write_setting(struct gn_ledger_settings *s, int64_t rates[2], enum setting_kind k, int64_t v)
{
	switch (k) {
	case SET_HOPS: s->max_hops = (uint8_t)v; break;
	case SET_PATHS: s->max_paths = (uint8_t)v; break;
	case SET_MAXFLOW: s->maxflow = v != 0; break;
	case SET_INLINE: s->inline_clearing = v != 0; break;
	case SET_V0: s->accept_v0 = v != 0; break;
	case SET_CYCLE5: s->cycle5_s = (uint32_t)v; break;
	case SET_CYCLE6: s->cycle6_s = (uint32_t)v; break;
	case SET_EXPIRY: s->expiry_s = (uint32_t)v; break;
	case SET_EXPIRY_MAX: s->expiry_s_max = (uint32_t)v; break;
	case SET_RATE_KEY: rates[0] = v; break;
	case SET_RATE_ADDRESS: rates[1] = v; break;
	default: break;
	}
}

static json_t *setting_value(int64_t v, bool flag)
{
	return flag ? json_boolean(v != 0) : json_integer(v);
}

static void tell_settings(struct gn_hub_request *r, bool flags_only)
{
	struct gn_ledger_settings s;
	json_t *list = json_array();
	gn_ledger_settings(r->hub->ledger, &s);
	for (int k = 0; k < SETTINGS; k++)
		if (settings[k].flag || !flags_only)
			json_array_append_new(list,
					      json_pack("{ss so sb ss}", "key", settings[k].key, "value",
							setting_value(read_setting(r->hub, &s, (enum setting_kind)k),
								      settings[k].flag),
							"mutable", 1, "description", settings[k].what));
	gn_hub_items(r, list);
}

void gn_api_config_get(struct gn_hub_request *r)
{
	tell_settings(r, false);
}

void gn_api_flags_get(struct gn_hub_request *r)
{
	tell_settings(r, true);
}

static int find_setting(const char *key)
{
	for (int k = 0; k < SETTINGS; k++)
		if (strcmp(settings[k].key, key) == 0)
			return k;
	return -1;
}

/* {"updates": {key: value}, "reason"}: the ledger's settings are one record, the rates are a note. */
void gn_api_config_patch(struct gn_hub_request *r)
{
	struct gn_hub *hub = r->hub;
	struct gn_ledger_settings s;
	json_t *in = gn_hub_body(r), *updates = json_object_get(in, "updates"), *value, *updated, *before, *after;
	int64_t rates[2] = {hub->rate_key.per_minute, hub->rate_address.per_minute};
	const char *key;
	bool of_ledger = false;
	if (!in)
		return;
	if (!json_is_object(updates) || json_object_size(updates) == 0) {
		gn_hub_fail_as(r, 422, "E009", NULL, "the body is {\"updates\": {KEY: VALUE}, \"reason\": TEXT}");
		return;
	}
	gn_ledger_settings(hub->ledger, &s);
	updated = json_array();
	before = json_object();
	after = json_object();
	json_object_foreach(updates, key, value)
	{
		int k = find_setting(key);
		bool flag = k >= 0 && settings[k].flag;
		int64_t v = flag ? json_is_true(value) : json_integer_value(value);
		if (k < 0 || (flag ? !json_is_boolean(value) : !json_is_integer(value)) || v < settings[k].least ||
		    v > settings[k].most) {
			json_decref(updated);
			json_decref(before);
			json_decref(after);
			if (k < 0)
				gn_hub_fail_as(r, 422, "E009", NULL, "there is no setting %.80s", key);
			else
				gn_hub_fail_as(r, 422, "E009", NULL,
					       flag ? "%s must be true or false"
						    : "%s must be a number from %lld to %lld",
					       key, (long long)settings[k].least, (long long)settings[k].most);
			return;
		}
		json_object_set_new(before, key, setting_value(read_setting(hub, &s, (enum setting_kind)k), flag));
		json_object_set(after, key, value);
		of_ledger |= k < SET_RATE_KEY;
		write_setting(&s, rates, (enum setting_kind)k, v);
		json_array_append_new(updated, json_string(key));
	}
	hub->rate_key.per_minute = (uint32_t)rates[0];
	hub->rate_address.per_minute = (uint32_t)rates[1];
	gn_err err = save(hub);
	json_t *answer = json_pack("{so}", "updated", updated);
	if (err) {
		json_decref(answer);
		gn_hub_fail(r, err, NULL, "%s", "");
	} else if (of_ledger) {
		r->hold = answer;
		struct gn_ledger_admin a = {.kind = GN_ADMIN_SETTINGS, .settings = s};
		gn_hub_admin(r, &a, noted);
	} else {
		note(r, "settings", "hub", json_incref(before), json_incref(after), answer);
	}
	json_decref(before);
	json_decref(after);
}
