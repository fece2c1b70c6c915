/* What guard keeps over a restart: whom the operator allowed and until when (guard.json), and what
 * servers gave us so that they know us the next time (passes: 32 bytes of key and the pass, one
 * after the other). */
#include "node/charge.h"
#include "node/node_int.h"

#define PASSES_MAX 1024u /* as jet keeps */
#define PASS_ENTRY (32 + GN_PASS_LEN)
#define ALLOWED_FILE "guard.json"
#define PASSES_FILE "passes"

/* Passes that cannot be read cost nothing: the next handshakes bring new ones. */
static void passes_load(struct gn_node *node)
{
	static uint8_t storage[PASSES_MAX * PASS_ENTRY];
	struct gn_buf in = {storage, 0, sizeof storage};
	gn_err err = gn_os_file_read(node->host.dir, PASSES_FILE, &in);
	if (err && err != GN_NOT_FOUND)
		gn_host_log(&node->host, GN_LOG_WARN, "file.unreadable", "%s", gn_os_why());
	for (size_t at = 0; !err && at + PASS_ENTRY <= in.len; at += PASS_ENTRY) {
		struct gn_pk server;
		memcpy(server.b, storage + at, sizeof server.b);
		(void)!gn_jet_pass_put(node->jet, &server, storage + at + 32);
	}
	gn_wipe(storage, sizeof storage);
}

void gn_node_guard_load(struct gn_node *node, const json_t *allowed)
{
	size_t i;
	json_t *item;
	passes_load(node);
	json_array_foreach(allowed, i, item)
	{
		struct gn_guard_subject who;
		const char *name = json_string_value(json_object_get(item, "who"));
		uint64_t until = (uint64_t)json_integer_value(json_object_get(item, "until"));
		if (name && gn_node_guard_who(node, name, &who) == GN_OK &&
		    until > gn_unix(node->now))
			(void)!gn_guard_allow(node->guard, &who, (gn_time)until * GN_SEC);
	}
}

json_t *gn_node_guard_allowed_json(const struct gn_node *node)
{
	struct gn_guard_allowed a;
	json_t *list = json_array();
	for (size_t i = 0; gn_guard_allowed_at(node->guard, i, &a); i++)
		json_array_append_new(list, json_pack("{so so* sI}", "who",
						      gn_node_guard_who_json(&a.who), "id",
						      gn_node_guard_id_json(node, &a.who), "until",
						      (json_int_t)gn_unix(a.until)));
	return list;
}

void gn_node_guard_allowed_store(struct gn_node *node)
{
	json_t *list = gn_node_guard_allowed_json(node);
	(void)!gn_node_list_write(node, ALLOWED_FILE, list);
	json_decref(list);
}

void gn_node_guard_store(struct gn_node *node)
{
	static uint8_t storage[PASSES_MAX * PASS_ENTRY];
	struct gn_pk server;
	size_t len = 0;
	for (uint32_t i = 0;
	     len < sizeof storage && gn_jet_pass_at(node->jet, i, &server, storage + len + 32);
	     i++) {
		memcpy(storage + len, server.b, sizeof server.b);
		len += PASS_ENTRY;
	}
	if (len && gn_os_file_write(node->host.dir, PASSES_FILE, gn_slice(storage, len)))
		gn_host_log(&node->host, GN_LOG_WARN, "file.unwritable", PASSES_FILE);
	gn_wipe(storage, sizeof storage);
}
