/* What is one's own, and until when it is held. The tool's own lists know names and the identity
 * record, the node's list knows the sites that it keeps published; nothing here asks the
 * network. */
#include "geonet/identity/own.h"
#include "geonet/frame/client.h"
#include "geonet/frame/frame.h"
#include "geonet/frame/lists.h"

#include <stdio.h>
#include <stdlib.h>

static void add_item(json_t *list, const char *kind, const char *name, uint64_t expires)
{
	if (expires)
		json_array_append_new(list, json_pack("{ss ss sI}", "kind", kind, "name", name,
						      "expires", (json_int_t)expires));
}

json_t *own_list(struct cli *cli, const json_t *sites)
{
	json_t *list = json_array(), *names = own_names(cli), *id = own_read(cli, OWN_ID),
	       *revoked = own_read(cli, OWN_REVOKED), *topics = own_read(cli, OWN_TOPICS), *v;
	const char *name;
	size_t i;
	add_item(list, "identity", json_text(id, "owner"), json_number(id, "expires"));
	v = json_object_get(revoked, json_text(id, "owner"));
	add_item(list, "list", OWN_LIST_NAME, json_number(v, "expires"));
	json_object_foreach(names, name, v) add_item(list, "name", name, json_number(v, "expires"));
	json_object_foreach(topics, name, v)
		add_item(list, "topic", name, json_number(v, "expires"));
	json_array_foreach(json_object_get(sites, "sites"), i, v)
	{
		if (json_is_false(json_object_get(v, "published")))
			continue; /* nobody sees it yet */
		char *site = cli_format("@%s", json_text(v, "label"));
		add_item(list, "site", site, json_number(v, "keep_until"));
		free(site);
	}
	json_decref(names);
	json_decref(id);
	json_decref(revoked);
	json_decref(topics);
	return list;
}

const char *own_until(uint64_t expires)
{
	uint64_t now = cli_now();
	char text[128];
	if (expires <= now)
		snprintf(text, sizeof text, "%s (expired)", out_time(expires));
	else if (expires - now < OWN_WARN)
		snprintf(text, sizeof text, "%s (ends in %s)", out_time(expires),
			 out_duration(expires - now));
	else
		return out_time(expires);
	return out_text(text);
}

const char *own_ends(const json_t *item)
{
	uint64_t now = cli_now(), expires = json_number(item, "expires");
	const char *kind = json_text(item, "kind"), *geo = strcmp(kind, "name") == 0 ? ".geo" : "";
	char text[512];
	if (expires >= now + OWN_WARN)
		return NULL;
	snprintf(text, sizeof text, "%s %s%s %s %s", kind, json_text(item, "name"), geo,
		 expires > now ? "ends in" : "expired on",
		 expires > now ? out_duration(expires - now) : out_time(expires));
	return out_text(text);
}

void own_warn(struct cli *cli, const json_t *list)
{
	size_t i, soon = 0;
	json_t *v;
	json_array_foreach(list, i, v)
	{
		const char *ends = own_ends(v);
		soon += ends != NULL;
		if (ends)
			cli_warn(cli, "the %s", ends);
	}
	if (soon)
		cli_warn(cli, "keep what is yours: geonet renew --all");
}

static uint64_t when_ended(uint64_t expires)
{
	return expires <= cli_now() ? expires : 0;
}

uint64_t own_name_ended(struct cli *cli, const char *name)
{
	json_t *names = own_names(cli);
	uint64_t at = when_ended(json_number(json_object_get(names, name), "expires"));
	json_decref(names);
	return at;
}

uint64_t own_site_ended(struct cli *cli, const struct gn_pk *owner, const char *label)
{
	struct reply r;
	size_t i;
	json_t *site;
	uint64_t at = 0;
	char hex[65];
	gn_hex(GN_SLICE(owner->b), hex);
	if (client_sites(cli, &r, NULL, false) == CLI_OK)
		json_array_foreach(json_object_get(r.json, "sites"), i,
				   site) if (strcmp(json_text(site, "owner"), hex) == 0 &&
					     strcmp(json_text(site, "label"), label) == 0) at =
			when_ended(json_number(site, "keep_until"));
	reply_free(&r);
	return at;
}
