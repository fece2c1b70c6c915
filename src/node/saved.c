/* What a node keeps between runs besides records and blocks: contacts it knew (contacts.json,
 * hints for the next start), owners of names pinned at first sight (pins.json), what sites.c
 * keeps published (sites.json) and whom the operator allowed (guard.json), and, in the bundles
 * engine's own form, who is charged for the blocks kept for others (brought). Small JSON files,
 * written whole and atomically by the node alone (NO-20). Pins are written soon after they
 * changed: who holds a name cannot be learnt again from those who took it.
 *
 * 1. All are read before anything is written; only a file that is not there is an empty list.
 *    One that cannot be read stops the start and stays as it is.
 * 2. One that was read and is no list is set aside under a name that nothing has, and reported
 *    (NO-11). */
#include "node/charge.h"
#include "node/node_int.h"

#include <stdio.h>
#include <stdlib.h>

#define BROUGHT_FILE "brought"
#define CONTACTS_MAX 256u
#define SAVE_EVERY (600 * GN_SEC) /* contacts, which are hints */
/* the same in the first SAVE_EVERY: who is killed young must find back too */
#define SAVE_YOUNG (20 * GN_SEC)
/* changes of the list, and a second more for each 64 KiB of it */
#define BROUGHT_EVERY (60 * GN_SEC)
/* pins that changed, and a second more for each thousand that are written again */
#define PINS_EVERY (5 * GN_SEC)

gn_err gn_node_saved_read(struct gn_node *node, char why[GN_HOST_WHY])
{
	node->sites_unknown = true; /* until gn_node_sites_load */
	GN_TRY(gn_node_list_read(node, "contacts.json", false, NULL, &node->kept.contacts, why));
	GN_TRY(gn_node_list_read(node, "pins.json", false, NULL, &node->kept.pins, why));
	/* Pins once stood in names.json, which the tool kept its own list in. */
	GN_TRY(gn_node_list_read(node, "names.json", true, NULL, &node->kept.pins_before, why));
	GN_TRY(gn_node_list_read(node, "guard.json", false, NULL, &node->kept.allowed, why));
	return gn_node_list_read(node, "sites.json", false, gn_node_sites_ok, &node->sites, why);
}

static bool unhex_field(json_t *json, const char *field, uint8_t *out, size_t len)
{
	const char *text = json_string_value(json_object_get(json, field));
	return text && gn_unhex(gn_str(text), out, len) == GN_OK;
}

static void contact_load(struct gn_node *node, json_t *json)
{
	struct gn_contact c = {.addr_count = 0};
	size_t i;
	json_t *addr;
	if (!unhex_field(json, "key", c.pk.b, sizeof c.pk.b) ||
	    !unhex_field(json, "nonce", c.nonce, sizeof c.nonce))
		return;
	json_array_foreach(json_object_get(json, "addrs"), i, addr)
	{
		const char *text = json_string_value(addr);
		if (text && c.addr_count < GN_CONTACT_ADDRS &&
		    gn_addr_parse(gn_str(text), &c.addrs[c.addr_count]) == GN_OK)
			c.addr_count++;
	}
	gn_overlay_id_make(&c.pk, c.nonce, &c.id);
	(void)!gn_overlay_hint(node->overlay, &c, node->now);
	const char *url = json_string_value(json_object_get(json, "url"));
	if (url)
		gn_node_urls_learn(node, &c.pk, url);
}

static void pin_load(struct gn_node *node, json_t *json)
{
	struct gn_name name;
	struct gn_pk owner;
	const char *text = json_string_value(json_object_get(json, "name")), *why;
	if (text && unhex_field(json, "owner", owner.b, sizeof owner.b) &&
	    gn_name_parse(gn_str(text), &name, &why) == GN_OK)
		(void)!gn_names_pin(node->names, &name, &owner);
}

static uint64_t pins_set(const struct gn_node *node)
{
	struct gn_counter c = {0};
	for (size_t i = 0;
	     gn_names_counter_at(node->names, i, &c) && strcmp(c.name, "pins_set") != 0; i++)
		;
	return c.value;
}

static void pins_store(struct gn_node *node)
{
	struct gn_name name;
	struct gn_pk owner;
	json_t *pins = json_array();
	for (uint32_t i = 0; gn_names_pin_at(node->names, i, &name, &owner); i++)
		json_array_append_new(pins, json_pack("{ss so}", "name", name.text, "owner",
						      gn_host_json_hex(owner.b, 32)));
	(void)!gn_node_list_write(node, "pins.json", pins);
	node->pins_next = node->now + PINS_EVERY + (gn_time)(json_array_size(pins) / 1000) * GN_SEC;
	json_decref(pins);
	node->pins_saved = pins_set(node);
}

static void contacts_store(struct gn_node *node)
{
	struct gn_overlay_peer p;
	json_t *contacts = json_array();
	for (uint32_t i = 0;
	     json_array_size(contacts) < CONTACTS_MAX && gn_overlay_peer_at(node->overlay, i, &p);
	     i++) {
		if (p.hearsay) /* it would be our own word in the next run */
			continue;
		json_t *addrs = json_array();
		for (unsigned k = 0; k < p.contact.addr_count; k++) {
			char text[GN_ADDR_TEXT_MAX];
			gn_addr_text(&p.contact.addrs[k], text);
			json_array_append_new(addrs, json_string(text));
		}
		json_array_append_new(
			contacts,
			json_pack("{so so so ss*}", "key", gn_host_json_hex(p.contact.pk.b, 32),
				  "nonce", gn_host_json_hex(p.contact.nonce, 8), "addrs", addrs,
				  "url", gn_node_urls_of(node, &p.contact.pk)));
	}
	if (json_array_size(contacts)) /* an isolated node keeps what it knew */
		(void)!gn_node_list_write(node, "contacts.json", contacts);
	json_decref(contacts);
	node->saved = node->now;
}

/* One that was read and is none is set aside; one that cannot be read ends the start (NO-11). */
static void brought_load(struct gn_node *node)
{
	char why[GN_HOST_WHY];
	size_t most = gn_bundles_brought_max(node->bundles);
	struct gn_buf in = {malloc(most), 0, most};
	gn_err err = in.p ? gn_os_file_read(node->host.dir, BROUGHT_FILE, &in) : GN_NOMEM,
	       wrong = GN_OK;
	if (err == GN_OK)
		wrong = gn_bundles_brought_load(node->bundles, gn_slice(in.p, in.len), node->now);
	if (wrong)
		err = gn_node_list_set_aside(node, BROUGHT_FILE, gn_err_text(wrong), why);
	else if (err && err != GN_NOT_FOUND)
		snprintf(why, sizeof why,
			 "cannot read %.200s/%.200s. Nothing was changed; see to "
			 "it and start again",
			 node->config.data, in.p ? gn_os_why() : BROUGHT_FILE);
	if (err && err != GN_NOT_FOUND)
		gn_host_fail(&node->host, err, why);
	free(in.p);
	node->brought_saved = gn_bundles_brought_changes(node->bundles);
}

static void brought_store(struct gn_node *node)
{
	size_t len = gn_bundles_brought_len(node->bundles);
	struct gn_buf out = {malloc(len), 0, len};
	uint64_t changes = gn_bundles_brought_changes(node->bundles);
	gn_err err = GN_NOMEM;
	if (out.p) {
		gn_bundles_brought_save(node->bundles, node->now, &out);
		err = gn_os_file_write(node->host.dir, BROUGHT_FILE, gn_slice(out.p, out.len));
	}
	if (err)
		gn_host_log(&node->host, GN_LOG_WARN, "file.unwritable", "%s: %s", BROUGHT_FILE,
			    gn_err_text(err));
	free(out.p);
	node->brought_saved = changes;
	node->brought_next = node->now + BROUGHT_EVERY + (gn_time)(len >> 16) * GN_SEC;
}

void gn_node_saved_load(struct gn_node *node)
{
	size_t i;
	brought_load(node);
	json_t *item;
	struct gn_node_kept *k = &node->kept;
	json_array_foreach(k->contacts, i, item) contact_load(node, item);
	json_array_foreach(k->pins_before, i, item) pin_load(node, item);
	json_array_foreach(k->pins, i, item) pin_load(node, item); /* newer */
	if (k->pins_before && !k->pins)
		pins_store(node);
	node->pins_saved = pins_set(node);
	gn_node_guard_load(node, k->allowed);
	json_decref(k->contacts);
	json_decref(k->pins_before);
	json_decref(k->pins);
	json_decref(k->allowed);
	*k = (struct gn_node_kept){0};
}

void gn_node_saved_tick(struct gn_node *node)
{
	bool young = node->now < node->started + SAVE_EVERY;
	if (node->now > node->saved + (young ? SAVE_YOUNG : SAVE_EVERY))
		contacts_store(node);
	if (node->now >= node->pins_next && pins_set(node) != node->pins_saved)
		pins_store(node);
	if (node->now >= node->brought_next &&
	    gn_bundles_brought_changes(node->bundles) != node->brought_saved)
		brought_store(node);
}

void gn_node_saved_store(struct gn_node *node)
{
	gn_node_guard_store(node);
	contacts_store(node);
	if (pins_set(node) != node->pins_saved)
		pins_store(node);
	brought_store(node); /* unchanged, too: how long keys are known has changed */
}
