/* Officers' commands about roles and settings. */
#include "hub/hub_int.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- roles ---- */

static json_t *plain_role(struct gn_hub_request *r, json_t *in)
{
	const char *key = json_string_value(json_object_get(in, "public_key")),
		   *role = json_string_value(json_object_get(in, "role")),
		   *name = json_string_value(json_object_get(in, "name"));
	if (key && role && gn_hub_role_from(role) != GN_ROLE_NONE)
		return json_pack("{ss ss ss ss}", "command", "role", "public_key", key, "role",
				 role, "name", name ? name : "");
	(void)gn_hub_refuse_value(r, "body", key ? "role" : "public_key",
				  role ? "value_error" : "missing",
				  "an officer is {\"public_key\": BASE64 of 32 bytes, \"role\": "
				  "admin, operator or auditor, \"name\"}");
	return NULL;
}

static json_t *plain_revoke(struct gn_hub_request *r, json_t *in)
{
	struct gn_ledger_officer o;
	struct gn_hash pid;
	char key[48];
	(void)in;
	if (gn_pid_parse(gn_str(r->base.args[0]), &pid) || !gn_hub_officer_find(r->hub, &pid, &o)) {
		gn_hub_fail(r, GN_NOT_FOUND, NULL, "no officer has this PID");
		return NULL;
	}
	gn_err err = gn_base64(GN_SLICE(o.pk.b), false, key, sizeof key);
	GN_ASSERT(!err);
	return json_pack("{ss ss ss}", "command", "role", "public_key", key, "role", "none");
}

/* HB-6: true after refusing what would leave the hub without an admin. */
static bool leaves_none(struct gn_hub_request *r, const struct gn_op_admin *c)
{
	if (c->role == GN_ROLE_ADMIN || !gn_hub_is_last_admin(r->hub, &c->officer))
		return false;
	gn_hub_fail_last_admin(r);
	return true;
}

static bool fits_grant(struct gn_hub_request *r, const struct gn_op_admin *c)
{
	return c->role != GN_ROLE_NONE ? !leaves_none(r, c) : gn_hub_command_unfit(r);
}

static bool fits_revoke(struct gn_hub_request *r, const struct gn_op_admin *c)
{
	struct gn_ledger_officer o;
	struct gn_hash pid;
	if (gn_pid_parse(gn_str(r->base.args[0]), &pid) || !gn_hub_officer_find(r->hub, &pid, &o)) {
		gn_hub_fail(r, GN_NOT_FOUND, NULL, "no officer has this PID");
		return false;
	}
	if (memcmp(&o.pk, &c->officer, sizeof o.pk) != 0 || c->role != GN_ROLE_NONE)
		return gn_hub_command_unfit(r);
	return !leaves_none(r, c);
}

static void role_set(struct gn_hub_request *r, const struct gn_ledger_event *e)
{
	struct gn_slice part = GN_SLICE(r->order->cmd.officer.b);
	struct gn_ledger_officer o;
	struct gn_hash pid;
	if (gn_hub_command_failed(r, e))
		return;
	gn_sha256(&part, 1, &pid);
	if (r->order->cmd.role == GN_ROLE_NONE)
		gn_hub_json(r, 200, json_pack("{sb ss}", "ok", 1, "pid", r->base.args[0]));
	else if (gn_ledger_find_officer(r->hub->ledger, &pid, &o))
		gn_hub_fail(r, GN_INTERNAL, NULL, "%s", "");
	else
		gn_hub_json(r, 200, gn_hub_officer_json(&o));
}

void gn_hub_api_roles_put(struct gn_hub_request *r)
{
	static const struct gn_hub_command c = {GN_COMMAND_ROLE, plain_role, fits_grant, role_set};
	gn_hub_command(r, &c);
}

void gn_hub_api_roles_delete(struct gn_hub_request *r)
{
	static const struct gn_hub_command c = {GN_COMMAND_ROLE, plain_revoke, fits_revoke,
						role_set};
	gn_hub_command(r, &c);
}

/* ---- settings ---- */

static json_t *plain_config(struct gn_hub_request *r, json_t *in)
{
	json_t *updates = json_object_get(in, "updates");
	if (json_is_object(updates) && json_object_size(updates) > 0)
		return json_pack("{ss sO}", "command", "settings", "settings", updates);
	(void)gn_hub_refuse_value(r, "body", "updates", "dict_type",
				  "must be an object {KEY: VALUE}, of at least one of the keys of "
				  "GET /admin/config");
	return NULL;
}

static void config_set(struct gn_hub_request *r, const struct gn_ledger_event *e)
{
	const struct gn_op_admin *c = &r->order->cmd;
	json_t *updated = json_array();
	if (gn_hub_command_failed(r, e)) {
		json_decref(updated);
		return;
	}
	gn_err err = gn_hub_set_rates(r->hub, c);
	for (unsigned k = 0; k < GN_SETTINGS; k++)
		if (c->set & 1u << k)
			json_array_append_new(
				updated, json_string(gn_setting_form((enum gn_setting)k)->name));
	if (!err) {
		gn_hub_json(r, 200, json_pack("{so}", "updated", updated));
		return;
	}
	json_decref(updated);
	gn_hub_fail(r, err, NULL, "%s", "");
}

/* HB-42: what the reference's flags stand for; one that is not named, or null, stays. */
static json_t *plain_flags(struct gn_hub_request *r, json_t *in)
{
	static const struct {
		const char *flag;
		enum gn_setting setting;
	} flags[] = {{"multipath_enabled", GN_SETTING_PATHS},
		     {"full_multipath_enabled", GN_SETTING_MAXFLOW},
		     {"clearing_enabled", GN_SETTING_INLINE}};
	struct gn_ledger_settings now, usual;
	json_t *settings = json_object();
	gn_ledger_settings(r->hub->ledger, &now);
	gn_ledger_settings_default(&usual);
	for (size_t i = 0; i < GN_COUNT(flags); i++) {
		json_t *v = json_object_get(in, flags[i].flag);
		bool on = json_is_true(v);
		if (!v || json_is_null(v))
			continue;
		if (!json_is_boolean(v)) {
			(void)gn_hub_refuse_value(r, "body", flags[i].flag, "bool_type",
						  "must be true or false");
			json_decref(settings);
			return NULL;
		}
		json_object_set_new(settings, gn_setting_form(flags[i].setting)->name,
				    flags[i].setting != GN_SETTING_PATHS ? json_boolean(on)
				    : !on                                ? json_integer(1)
				    : now.max_paths > 1 ? json_integer(now.max_paths)
							: json_integer(usual.max_paths));
	}
	if (json_object_size(settings) > 0)
		return json_pack("{ss so}", "command", "settings", "settings", settings);
	json_decref(settings);
	(void)gn_hub_refuse_value(r, "body", "multipath_enabled", "missing",
				  "name one of multipath_enabled, full_multipath_enabled, "
				  "clearing_enabled");
	return NULL;
}

static void flags_set(struct gn_hub_request *r, const struct gn_ledger_event *e)
{
	gn_err err = gn_hub_command_failed(r, e) ? GN_OK : gn_hub_set_rates(r->hub, &r->order->cmd);
	if (err)
		gn_hub_fail(r, err, NULL, "%s", "");
	else if (!e->err)
		gn_hub_api_flags_get(r);
}

void gn_hub_api_flags_patch(struct gn_hub_request *r)
{
	static const struct gn_hub_command c = {GN_COMMAND_SETTINGS, plain_flags,
						gn_hub_command_fits_any, flags_set};
	gn_hub_command(r, &c);
}

void gn_hub_api_config_patch(struct gn_hub_request *r)
{
	static const struct gn_hub_command c = {GN_COMMAND_SETTINGS, plain_config,
						gn_hub_command_fits_any, config_set};
	gn_hub_command(r, &c);
}
