/* Officers and the hub's own settings. Roles are keys: an officer logs in like a participant, by
 * signature. Who has which role is the ledger's (LG-58); the rates are the hub's, in a file,
 * each change of them a NOTE in the journal. */
#include "hub/hub_int.h"

#include <stdio.h>
#include <stdlib.h>

#define FILE_NAME "rates.json"

void gn_hub_api_roles_get(struct gn_hub_request *r)
{
	json_t *list = json_array();
	struct gn_ledger_officer o;
	for (uint32_t i = 0; gn_ledger_officer(r->hub->ledger, i, &o); i++)
		if (o.role != GN_ROLE_NONE)
			json_array_append_new(list, gn_hub_officer_json(&o));
	gn_hub_items(r, list);
}

/* seq: the officer's last signed command; the next one has a higher. */
void gn_hub_api_whoami(struct gn_hub_request *r)
{
	static const struct gn_pk nobody;
	struct gn_ledger_officer o = {.seq = 0};
	char pid[GN_PID_MAX] = "";
	bool token = memcmp(&r->actor, &nobody, sizeof nobody) == 0;
	if (!token) {
		gn_pid(&r->actor, pid);
		(void)!gn_hub_officer_find(r->hub, &r->pid, &o);
	}
	gn_hub_json(r, 200,
		    json_pack("{ss ss sb sI}", "role", gn_hub_role_name(r->role), "pid", pid,
			      "bootstrap", token, "seq", (json_int_t)o.seq));
}

/* ---- rates ---- */

/* In the order of their settings. */
static const struct {
	const char *name; /* in the file */
	bool always;      /* files of before it have it too */
} rates[] = {{"rate_key", true}, {"rate_address", true}, {"rate_day", false}};
_Static_assert(GN_SETTING_RATE_KEY + GN_COUNT(rates) == GN_SETTINGS, "the hub's own settings are "
								     "its rates");

static struct gn_hub_rate *rate_of(struct gn_hub *hub, size_t i)
{
	return i == 0 ? &hub->rate_key : i == 1 ? &hub->rate_address : &hub->rate_day;
}

gn_err gn_hub_rates_load(struct gn_hub *hub, char why[HUB_WHY])
{
	uint8_t bytes[1024];
	struct gn_buf buf = {bytes, 0, sizeof bytes};
	gn_err err = gn_os_file_read(hub->host.dir, FILE_NAME, &buf);
	if (err == GN_NOT_FOUND)
		return GN_OK;
	json_t *j = err ? NULL : json_loadb((const char *)bytes, buf.len, 0, NULL);
	for (size_t i = 0; !err && i < GN_COUNT(rates); i++) {
		json_t *most = json_object_get(j, rates[i].name);
		if (json_is_integer(most))
			rate_of(hub, i)->most = (uint32_t)json_integer_value(most);
		else if (most || rates[i].always)
			err = GN_CORRUPT;
	}
	json_decref(j);
	if (err)
		snprintf(why, HUB_WHY, "%s/" FILE_NAME " cannot be used: %s", hub->config.data,
			 gn_err_text(err));
	return err;
}

gn_err gn_hub_set_rates(struct gn_hub *hub, const struct gn_op_admin *c)
{
	char text[128];
	bool any = false;
	for (size_t i = 0; i < GN_COUNT(rates); i++)
		if (c->set & 1u << (GN_SETTING_RATE_KEY + i)) {
			rate_of(hub, i)->most = (uint32_t)c->value[GN_SETTING_RATE_KEY + i];
			any = true;
		}
	if (!any)
		return GN_OK;
	snprintf(text, sizeof text, "{\"rate_key\": %u, \"rate_address\": %u, \"rate_day\": %u}\n",
		 hub->rate_key.most, hub->rate_address.most, hub->rate_day.most);
	return gn_os_file_write(hub->host.dir, FILE_NAME, gn_str(text));
}

/* ---- settings ---- */

static const char *const descriptions[GN_SETTINGS] = {
	[GN_SETTING_HOPS] = "hops of a path",
	[GN_SETTING_PATHS] = "paths of a payment",
	[GN_SETTING_MAXFLOW] = "what path search cannot carry is tried by exact max-flow",
	[GN_SETTING_SECOND] = "what that many do not carry is looked for with 10 hops and 10 paths",
	[GN_SETTING_INLINE] = "cycles of 3 and 4 are cleared after every payment",
	[GN_SETTING_V0] = "operations signed in the old profile are taken",
	[GN_SETTING_CYCLE5] = "seconds between clearings up to 5, 0 never",
	[GN_SETTING_CYCLE6] = "seconds between clearings up to 6, 0 never",
	[GN_SETTING_EXACT] = "seconds between exact clearings, 0 never",
	[GN_SETTING_EXPIRY] = "seconds a prepared payment waits for answers",
	[GN_SETTING_EXPIRY_MAX] = "the most a payer may ask for",
	[GN_SETTING_RATE_KEY] = "requests a minute of one key, 0 no bound",
	[GN_SETTING_RATE_ADDRESS] = "requests a minute of one address without a token, 0 no bound",
	[GN_SETTING_RATE_DAY] = "payments and other signed operations a day of one key, 0 no bound",
};

static int64_t value_of(struct gn_hub *hub, const struct gn_ledger_settings *s, enum gn_setting k)
{
	return k >= GN_SETTING_RATE_KEY ? rate_of(hub, k - GN_SETTING_RATE_KEY)->most
					: gn_setting_get(s, k);
}

void gn_hub_api_config_get(struct gn_hub_request *r)
{
	struct gn_ledger_settings s;
	json_t *list = json_array();
	gn_ledger_settings(r->hub->ledger, &s);
	for (enum gn_setting k = 0; k < GN_SETTINGS; k++) {
		const struct gn_setting_form *form = gn_setting_form(k);
		int64_t v = value_of(r->hub, &s, k);
		json_array_append_new(list,
				      json_pack("{ss so sb ss}", "key", form->name, "value",
						form->flag ? json_boolean(v != 0) : json_integer(v),
						"mutable", 1, "description", descriptions[k]));
	}
	gn_hub_items(r, list);
}

/* HB-42: the reference's three flags, as what they stand for here. */
void gn_hub_api_flags_get(struct gn_hub_request *r)
{
	struct gn_ledger_settings s;
	gn_ledger_settings(r->hub->ledger, &s);
	gn_hub_json(r, 200,
		    json_pack("{sb sb sb}", "multipath_enabled", s.max_paths > 1,
			      "full_multipath_enabled", s.maxflow, "clearing_enabled",
			      s.inline_clearing));
}
