/* Who has which role, and how that is told. Roles are keys, and the ledger's (LG-58). */
#include "hub/hub_int.h"

static const char *const role_names[] = {"none", "auditor", "operator", "admin"};

const char *gn_hub_role_name(enum gn_role role)
{
	return role_names[role & 3];
}

enum gn_role gn_hub_role_from(const char *name)
{
	for (unsigned i = 1; i < GN_COUNT(role_names); i++)
		if (strcmp(name, role_names[i]) == 0)
			return (enum gn_role)i;
	return GN_ROLE_NONE;
}

bool gn_hub_officer_find(const struct gn_hub *hub, const struct gn_hash *pid,
			 struct gn_ledger_officer *out)
{
	return gn_ledger_find_officer(hub->ledger, pid, out) == GN_OK && out->role != GN_ROLE_NONE;
}

json_t *gn_hub_officer_json(const struct gn_ledger_officer *o)
{
	char pid[GN_PID_MAX], key[48];
	gn_pid(&o->pk, pid);
	gn_err err = gn_base64(GN_SLICE(o->pk.b), false, key, sizeof key);
	GN_ASSERT(!err);
	return json_pack("{ss ss ss so}", "pid", pid, "public_key", key, "role",
			 gn_hub_role_name(o->role), "name", gn_history_text_json(o->name));
}

bool gn_hub_is_last_admin(const struct gn_hub *hub, const struct gn_pk *pk)
{
	struct gn_ledger_officer o;
	bool is_admin = false;
	unsigned admins = 0;
	for (uint32_t i = 0; gn_ledger_officer(hub->ledger, i, &o); i++) {
		admins += o.role == GN_ROLE_ADMIN;
		is_admin |= o.role == GN_ROLE_ADMIN && gn_pk_eq(&o.pk, pk);
	}
	return is_admin && admins == 1;
}
