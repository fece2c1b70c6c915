/* What a node keeps between runs besides records and blocks: contacts it knew (contacts.json,
 * hints for the next start), owners of names pinned at first sight (pins.json), what sites.c
 * keeps published (sites.json) and whom the operator allowed (guard.json), and, in the bundles
 * engine's own form, who is charged for the blocks kept for others (brought). Small JSON files,
 * written whole and atomically by the node alone (NO-20). Pins are written soon after they
 * changed: who holds a name cannot be learnt again from those who took it.
 *
 * 1. All are read before anything is written; only a file that is not there is an empty list.
 *    One that cannot be read stops the start and stays as it is. 2. One that was read and is no
 *    list is set aside under a name that nothing has, and reported (NO-11). */
#include "node/node_int.h"

#include <stdio.h>
#include <stdlib.h>

#define BROUGHT_FILE "brought"
/* bytes of any of the files: 65,536 pins of the longest names are 25 MiB */
#define FILE_MAX (32u << 20)
#define CONTACTS_MAX 256u
#define ASIDE_MAX 99u             /* damaged ones kept of each file */
#define SAVE_EVERY (600 * GN_SEC) /* contacts, which are hints */
/* the same in the first SAVE_EVERY: who is killed young must find back too */
#define SAVE_YOUNG (20 * GN_SEC)
/* changes of the list, and a second more for each 64 KiB of it */
#define BROUGHT_EVERY (60 * GN_SEC)
/* pins that changed, and a second more for each thousand that are written again */
#define PINS_EVERY (5 * GN_SEC)

/* "FILE.damaged", "FILE.damaged2", ... */
static void aside_name(const char *name, unsigned i, char out[64])
{
	snprintf(out, 64, i == 1 ? "%s.damaged" : "%s.damaged%u", name, i);
}

/* The first such name that nothing has; 0: all are taken. */
static unsigned aside_free(const struct gn_node *node, const char *name)
{
	uint8_t byte;
	char aside[64];
	for (unsigned i = 1; i <= ASIDE_MAX; i++) {
		struct gn_buf one = {&byte, 0, 1};
		aside_name(name, i, aside);
		if (gn_os_read_at(node->dir, aside, 0, &one) == GN_NOT_FOUND)
			return i;
	}
	return 0;
}

bool gn_saved_was_damaged(const struct gn_node *node, const char *name)
{
	return aside_free(node, name) != 1;
}

static gn_err set_aside(struct gn_node *node, const char *name, const char *wrong,
			char why[GN_NODE_WHY])
{
	char aside[64];
	unsigned i = aside_free(node, name);
	aside_name(name, i, aside);
	if (!i || gn_os_rename(node->dir, name, aside)) {
		snprintf(why, GN_NODE_WHY,
			 "%.200s/%s is damaged (%.60s) and cannot be set aside: "
			 "%s",
			 node->config.data, name, wrong,
			 i ? gn_os_why() : "too many damaged ones are kept already, remove them");
		return GN_CORRUPT;
	}
	gn_node_log(node, GN_LOG_WARN, "file.damaged",
		    "%s cannot be used (%s): kept as %s, "
		    "starting anew",
		    name, wrong, aside);
	return GN_OK;
}

/* shared: another program may have written it, too. ok: what its entries must be besides, NULL
 * for those that are looked at one by one later. */
static gn_err read_list(struct gn_node *node, const char *name, bool shared,
			bool (*ok)(const json_t *), json_t **out, char why[GN_NODE_WHY])
{
	struct gn_buf buf = {malloc(FILE_MAX), 0, FILE_MAX};
	json_error_t where = {0};
	json_t *json = NULL;
	gn_err err = buf.p ? gn_os_file_read(node->dir, name, &buf) : GN_NOMEM;
	if (!err)
		json = json_loadb((const char *)buf.p, buf.len, JSON_REJECT_DUPLICATES, &where);
	bool no_memory =
		!buf.p || (!err && !json && json_error_code(&where) == json_error_out_of_memory);
	free(buf.p);
	if (err == GN_NOT_FOUND)
		return GN_OK;
	if (err || no_memory) {
		snprintf(why, GN_NODE_WHY,
			 "cannot read %.200s/%.200s. Nothing was changed; see to "
			 "it and start again",
			 node->config.data, no_memory ? name : gn_os_why());
		return no_memory ? GN_NOMEM : err;
	}
	bool list = json_is_array(json);
	if (list && (!ok || ok(json))) {
		*out = json;
		return GN_OK;
	}
	json_decref(json);
	return shared ? GN_OK
		      : set_aside(node, name,
				  *where.text ? where.text
				  : list      ? "an entry is not what it should be"
					      : "not a list",
				  why);
}

gn_err gn_saved_read(struct gn_node *node, char why[GN_NODE_WHY])
{
	GN_TRY(read_list(node, "contacts.json", false, NULL, &node->kept.contacts, why));
	GN_TRY(read_list(node, "pins.json", false, NULL, &node->kept.pins, why));
	/* Pins once stood in names.json, which the tool kept its own list in. */
	GN_TRY(read_list(node, "names.json", true, NULL, &node->kept.pins_before, why));
	GN_TRY(read_list(node, "guard.json", false, NULL, &node->kept.allowed, why));
	return read_list(node, "sites.json", false, gn_sites_ok, &node->sites, why);
}

gn_err gn_saved_write(struct gn_node *node, const char *name, json_t *json)
{
	char *text = json_dumps(json, JSON_INDENT(1));
	gn_err err = text ? gn_os_file_write(node->dir, name, gn_str(text)) : GN_NOMEM;
	if (err)
		gn_node_log(node, GN_LOG_WARN, "file.unwritable", "%s: %s", name, gn_err_text(err));
	free(text);
	return err;
}

static bool unhex(json_t *json, const char *field, uint8_t *out, size_t len)
{
	const char *text = json_string_value(json_object_get(json, field));
	return text && gn_unhex(gn_str(text), out, len) == GN_OK;
}

static void contact_load(struct gn_node *node, json_t *json)
{
	struct gn_contact c = {.addr_count = 0};
	size_t i;
	json_t *addr;
	if (!unhex(json, "key", c.pk.b, sizeof c.pk.b) ||
	    !unhex(json, "nonce", c.nonce, sizeof c.nonce))
		return;
	json_array_foreach(json_object_get(json, "addrs"), i, addr)
	{
		const char *text = json_string_value(addr);
		if (text && c.addr_count < GN_CONTACT_ADDRS &&
		    gn_addr_parse(gn_str(text), &c.addrs[c.addr_count]) == GN_OK)
			c.addr_count++;
	}
	gn_node_id_make(&c.pk, c.nonce, &c.id);
	(void)!gn_overlay_hint(node->overlay, &c, node->now);
}

static void pin_load(struct gn_node *node, json_t *json)
{
	struct gn_name name;
	struct gn_pk owner;
	const char *text = json_string_value(json_object_get(json, "name")), *why;
	if (text && unhex(json, "owner", owner.b, sizeof owner.b) &&
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
						      gn_json_hex(owner.b, 32)));
	(void)!gn_saved_write(node, "pins.json", pins);
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
		json_array_append_new(contacts,
				      json_pack("{so so so}", "key",
						gn_json_hex(p.contact.pk.b, 32), "nonce",
						gn_json_hex(p.contact.nonce, 8), "addrs", addrs));
	}
	if (json_array_size(contacts)) /* an isolated node keeps what it knew */
		(void)!gn_saved_write(node, "contacts.json", contacts);
	json_decref(contacts);
	node->saved = node->now;
}

/* One that was read and is none is set aside; one that cannot be read ends the start (NO-11). */
static void brought_load(struct gn_node *node)
{
	char why[GN_NODE_WHY];
	size_t most = gn_bundles_brought_max(node->bundles);
	struct gn_buf in = {malloc(most), 0, most};
	gn_err err = in.p ? gn_os_file_read(node->dir, BROUGHT_FILE, &in) : GN_NOMEM, wrong = GN_OK;
	if (err == GN_OK)
		wrong = gn_bundles_brought_load(node->bundles, gn_slice(in.p, in.len), node->now);
	if (wrong)
		err = set_aside(node, BROUGHT_FILE, gn_err_text(wrong), why);
	else if (err && err != GN_NOT_FOUND)
		snprintf(why, sizeof why,
			 "cannot read %.200s/%.200s. Nothing was changed; see to "
			 "it and start again",
			 node->config.data, in.p ? gn_os_why() : BROUGHT_FILE);
	if (err && err != GN_NOT_FOUND)
		gn_node_fail(node, err, why);
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
		err = gn_os_file_write(node->dir, BROUGHT_FILE, gn_slice(out.p, out.len));
	}
	if (err)
		gn_node_log(node, GN_LOG_WARN, "file.unwritable", "%s: %s", BROUGHT_FILE,
			    gn_err_text(err));
	free(out.p);
	node->brought_saved = changes;
	node->brought_next = node->now + BROUGHT_EVERY + (gn_time)(len >> 16) * GN_SEC;
}

void gn_saved_load(struct gn_node *node)
{
	size_t i;
	brought_load(node);
	json_t *item;
	struct gn_kept *k = &node->kept;
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
	*k = (struct gn_kept){0};
}

void gn_saved_tick(struct gn_node *node)
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

void gn_saved_store(struct gn_node *node)
{
	gn_node_guard_store(node);
	contacts_store(node);
	if (pins_set(node) != node->pins_saved)
		pins_store(node);
	brought_store(node); /* unchanged, too: how long keys are known has changed */
}
