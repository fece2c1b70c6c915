/* The wallet in the store: single values, so that no table is needed.
 *
 *   wallet/hub/PID         {url, key, seq}         own.wallet/PID   the refresh token
 *   wallet/seen/PID        what the hub said last  wallet/act/ID    an act
 *   wallet/spent/CLIENT    {day, by: {HUB UNIT: amount}}
 *
 * Tokens are this device's alone: own.* is in no backup (AG-93).
 *
 * Rules: AG-140, AG-141, AG-145. */
#include "agent/wallet_int.h"

#include <stdio.h>
#include <stdlib.h>

static gn_err put_json(struct gn_agent_tx *tx, const char *name, const json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT);
	gn_err err = text ? gn_agent_meta_put(tx, name, gn_str(text)) : GN_NOMEM;
	free(text);
	return err;
}

static gn_err end_tx(struct gn_agent_tx *tx, gn_err err)
{
	err = err ? err : gn_agent_tx_commit(tx);
	if (err)
		gn_agent_tx_abort(tx);
	return err;
}

/* ---- hubs ---- */

struct agent_wallet_hub *agent_wallet_hub_of(struct gn_agent *a, const char *pid)
{
	for (size_t i = 0; i < AGENT_WALLET_HUBS; i++) {
		struct agent_wallet_hub *h = &a->wallet->hubs[i];
		if (h->used && strcmp(h->its.pid, pid) == 0)
			return h;
	}
	return NULL;
}

struct agent_wallet_hub *agent_wallet_add_hub(struct gn_agent *a, const struct gn_wallet_hub *its,
					      const char *url)
{
	struct agent_wallet_hub *h = agent_wallet_hub_of(a, its->pid);
	for (size_t i = 0; !h && i < AGENT_WALLET_HUBS; i++)
		if (!a->wallet->hubs[i].used)
			h = &a->wallet->hubs[i];
	if (!h)
		return NULL;
	h->used = true;
	h->its = *its;
	h->due = 0;
	snprintf(h->url, sizeof h->url, "%s", url);
	return h;
}

gn_err agent_wallet_keep_hub(struct gn_agent *a, const struct agent_wallet_hub *h)
{
	struct gn_agent_tx tx;
	char name[96], key[65];
	gn_hex(GN_SLICE(h->its.pk.b), key);
	snprintf(name, sizeof name, "wallet/hub/%s", h->its.pid);
	json_t *json =
		json_pack("{ss ss sI}", "url", h->url, "key", key, "seq", (json_int_t)h->seq);
	gn_err err = gn_agent_tx_begin(a->db, &tx);
	err = err ? err : put_json(&tx, name, json);
	snprintf(name, sizeof name, "own.wallet/%s", h->its.pid);
	err = err ? err : gn_agent_meta_put(&tx, name, gn_str(h->refresh));
	json_decref(json);
	return end_tx(&tx, err);
}

/* The longest lists are cut until it fits. */
gn_err agent_wallet_keep_seen(struct gn_agent *a, struct agent_wallet_hub *h)
{
	struct gn_agent_tx tx;
	char name[96];
	json_t *lines = json_object_get(h->seen, "lines"),
	       *asked = json_object_get(h->seen, "asked"),
	       *payments = json_object_get(json_object_get(h->seen, "payments"), "items");
	snprintf(name, sizeof name, "wallet/seen/%s", h->its.pid);
	gn_err err = gn_agent_tx_begin(a->db, &tx);
	while (!err && (err = put_json(&tx, name, h->seen)) == GN_TOO_LARGE) {
		size_t n = json_array_size(lines), m = json_array_size(payments),
		       k = json_array_size(asked);
		json_t *longest = n >= m && n >= k ? lines : m >= k ? payments : asked;
		size_t most = json_array_size(longest);
		if (!most)
			break;
		while (json_array_size(longest) > most / 2)
			json_array_remove(longest, json_array_size(longest) - 1);
		json_object_set_new(h->seen, "more", json_true());
		err = GN_OK;
	}
	return end_tx(&tx, err);
}

gn_err agent_wallet_drop_hub(struct gn_agent *a, struct agent_wallet_hub *h)
{
	static const char *const forms[] = {"wallet/hub/", "wallet/seen/", "own.wallet/"};
	struct gn_agent_tx tx;
	char name[96];
	gn_err err = gn_agent_tx_begin(a->db, &tx);
	for (size_t i = 0; i < GN_COUNT(forms) && !err; i++) {
		snprintf(name, sizeof name, "%s%s", forms[i], h->its.pid);
		err = gn_agent_meta_delete(&tx, name);
	}
	return end_tx(&tx, err);
}

/* ---- limits ---- */

static json_t *get_json(struct gn_agent *a, const char *name, size_t cap)
{
	struct gn_buf b = {malloc(cap), 0, cap};
	json_t *json = NULL;
	if (b.p && gn_agent_meta_get(a->db, name, &b) == GN_OK)
		json = json_loadb((const char *)b.p, b.len, 0, NULL);
	free(b.p);
	return json;
}

#define SPENT_MAX 16384u

/* Of today; a clock that was set back begins no other day. */
static json_t *spent_of(struct gn_agent *a, const char *client)
{
	char name[96];
	snprintf(name, sizeof name, "wallet/spent/%.64s", client);
	json_t *spent = get_json(a, name, SPENT_MAX);
	json_int_t day = (json_int_t)(agent_unix(a) / 86400);
	if (!spent || json_integer_value(json_object_get(spent, "day")) < day) {
		json_decref(spent);
		spent = json_pack("{sI s{}}", "day", day, "by");
	}
	return spent;
}

gn_amount agent_wallet_spent(struct gn_agent *a, const char *client, const char *hub,
			     const char *unit)
{
	char key[GN_PID_MAX + 24];
	snprintf(key, sizeof key, "%s %.20s", hub, unit);
	json_t *spent = spent_of(a, client);
	gn_amount n = json_integer_value(json_object_get(json_object_get(spent, "by"), key));
	json_decref(spent);
	return n;
}

bool agent_wallet_within(struct gn_agent *a, const uint8_t *client, const json_t *act)
{
	uint8_t rights[AGENT_RIGHTS_MAX];
	char hex[65];
	gn_amount most, amount;
	const char *hub = gn_wallet_text(act, "hub"), *unit = gn_wallet_text(act, "equivalent");
	size_t len = client ? agent_client_words(a, client, rights) : 0;
	if (!agent_right_pays(gn_slice(rights, len), gn_str(hub), gn_str(unit), &most) ||
	    gn_amount_parse(gn_str(gn_wallet_text(act, "amount")), GN_PRECISION_MAX, &amount))
		return false;
	gn_hex(gn_slice(client, 32), hex);
	gn_amount spent = agent_wallet_spent(a, hex, hub, unit);
	return spent <= most && amount <= most - spent;
}

static gn_err count_spent(struct gn_agent *a, struct gn_agent_tx *tx, const json_t *act, bool back)
{
	const char *client = gn_wallet_text(act, "client");
	char key[GN_PID_MAX + 24], name[96];
	gn_amount amount;
	snprintf(key, sizeof key, "%s %.20s", gn_wallet_text(act, "hub"),
		 gn_wallet_text(act, "equivalent"));
	snprintf(name, sizeof name, "wallet/spent/%.64s", client);
	if (gn_amount_parse(gn_str(gn_wallet_text(act, "amount")), GN_PRECISION_MAX, &amount))
		return GN_AMOUNT;
	json_t *spent = spent_of(a, client), *by = json_object_get(spent, "by");
	json_int_t before = json_integer_value(json_object_get(by, key)),
		   day = json_integer_value(json_object_get(spent, "day"));
	if (back && day != json_integer_value(json_object_get(act, "day"))) {
		json_decref(spent); /* that day is over */
		return GN_OK;
	}
	json_int_t now = back ? before - amount : before + amount;
	json_object_set_new(by, key, json_integer(now < 0 ? 0 : now));
	gn_err err = put_json(tx, name, spent);
	json_decref(spent);
	return err;
}

/* ---- acts ---- */

/* Of those that are over the oldest goes. */
static gn_err make_room(struct gn_agent *a, struct gn_agent_tx *tx)
{
	json_t *acts = a->wallet->acts, *act;
	const char *id, *oldest = NULL;
	json_int_t least = INT64_MAX;
	if (json_object_size(acts) < AGENT_WALLET_KEPT)
		return GN_OK;
	json_object_foreach(acts, id, act)
	{
		json_int_t at = json_integer_value(json_object_get(act, "at"));
		if (!json_object_get(act, "request") && at < least) {
			least = at;
			oldest = id;
		}
	}
	if (!oldest)
		return GN_OK;
	char name[96];
	snprintf(name, sizeof name, "wallet/act/%.40s", oldest);
	gn_err err = gn_agent_meta_delete(tx, name);
	json_object_del(acts, oldest);
	return err;
}

gn_err agent_wallet_keep_act(struct gn_agent *a, const char *id, json_t *act,
			     enum agent_spends spends)
{
	struct gn_agent_tx tx;
	char name[96];
	snprintf(name, sizeof name, "wallet/act/%.40s", id);
	gn_err err = gn_agent_tx_begin(a->db, &tx);
	if (!err && !json_object_get(a->wallet->acts, id))
		err = make_room(a, &tx);
	if (!err && spends != AGENT_SPENDS_NOT)
		err = count_spent(a, &tx, act, spends == AGENT_SPENDS_BACK);
	err = err ? err : put_json(&tx, name, act);
	err = end_tx(&tx, err);
	if (!err && json_object_get(a->wallet->acts, id) != act)
		json_object_set(a->wallet->acts, id, act);
	return err;
}

/* ---- at the start ---- */

static bool load_act(void *user, struct gn_slice name, struct gn_slice value)
{
	struct gn_agent *a = user;
	char id[64];
	size_t skip = strlen("wallet/act/");
	json_t *act = json_loadb((const char *)value.p, value.len, 0, NULL);
	if (act && name.len > skip && name.len - skip < sizeof id) {
		snprintf(id, sizeof id, "%.*s", (int)(name.len - skip),
			 (const char *)name.p + skip);
		json_object_set(a->wallet->acts, id, act);
	}
	json_decref(act);
	return true;
}

static bool load_hub(void *user, struct gn_slice name, struct gn_slice value)
{
	struct gn_agent *a = user;
	(void)name;
	json_t *json = json_loadb((const char *)value.p, value.len, 0, NULL);
	for (size_t i = 0; json && i < AGENT_WALLET_HUBS; i++) {
		struct agent_wallet_hub *h = &a->wallet->hubs[i];
		if (h->used)
			continue;
		h->used = gn_unhex(gn_str(gn_wallet_text(json, "key")), h->its.pk.b, 32) == GN_OK;
		gn_pid(&h->its.pk, h->its.pid);
		snprintf(h->url, sizeof h->url, "%s", gn_wallet_text(json, "url"));
		h->seq = gn_wallet_number(json, "seq");
		break;
	}
	json_decref(json);
	return true;
}

gn_err agent_wallet_load(struct gn_agent *a)
{
	GN_TRY(gn_agent_meta_each(a->db, "wallet/act/", load_act, a));
	GN_TRY(gn_agent_meta_each(a->db, "wallet/hub/", load_hub, a));
	for (size_t i = 0; i < AGENT_WALLET_HUBS; i++) {
		struct agent_wallet_hub *h = &a->wallet->hubs[i];
		char name[96];
		struct gn_buf b = {(uint8_t *)h->refresh, 0, sizeof h->refresh - 1};
		if (!h->used)
			continue;
		snprintf(name, sizeof name, "own.wallet/%s", h->its.pid);
		(void)!gn_agent_meta_get(a->db, name, &b); /* without one it logs in */
		snprintf(name, sizeof name, "wallet/seen/%s", h->its.pid);
		h->seen = get_json(a, name, AGENT_BYTES_MAX);
	}
	return GN_OK;
}
