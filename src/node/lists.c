/* Small JSON lists that the node alone writes, whole and atomically (NO-20). */
#include "node/node_int.h"

#include <stdio.h>
#include <stdlib.h>

/* bytes of any of the files: 65,536 pins of the longest names are 25 MiB */
#define FILE_MAX (32u << 20)
#define ASIDE_MAX 99u /* damaged ones kept of each file */

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
		if (gn_os_read_at(node->host.dir, aside, 0, &one) == GN_NOT_FOUND)
			return i;
	}
	return 0;
}

bool gn_node_list_was_damaged(const struct gn_node *node, const char *name)
{
	return aside_free(node, name) != 1;
}

gn_err gn_node_list_set_aside(struct gn_node *node, const char *name, const char *wrong,
			      char why[GN_HOST_WHY])
{
	char aside[64];
	unsigned i = aside_free(node, name);
	aside_name(name, i, aside);
	if (!i || gn_os_rename(node->host.dir, name, aside)) {
		snprintf(why, GN_HOST_WHY,
			 "%.200s/%s is damaged (%.60s) and cannot be set aside: %s",
			 node->config.data, name, wrong,
			 i ? gn_os_why() : "too many damaged ones are kept already, remove them");
		return GN_CORRUPT;
	}
	gn_host_log(&node->host, GN_LOG_WARN, "file.damaged",
		    "%s cannot be used (%s): kept as %s, starting anew", name, wrong, aside);
	return GN_OK;
}

gn_err gn_node_list_read(struct gn_node *node, const char *name, bool shared,
			 bool (*ok)(const json_t *), json_t **out, char why[GN_HOST_WHY])
{
	struct gn_buf buf = {malloc(FILE_MAX), 0, FILE_MAX};
	json_error_t where = {0};
	json_t *json = NULL;
	gn_err err = buf.p ? gn_os_file_read(node->host.dir, name, &buf) : GN_NOMEM;
	if (!err)
		json = json_loadb((const char *)buf.p, buf.len, JSON_REJECT_DUPLICATES, &where);
	bool no_memory =
		!buf.p || (!err && !json && json_error_code(&where) == json_error_out_of_memory);
	free(buf.p);
	if (err == GN_NOT_FOUND)
		return GN_OK;
	if (err || no_memory) {
		snprintf(why, GN_HOST_WHY,
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
		      : gn_node_list_set_aside(node, name,
					       *where.text ? where.text
					       : list      ? "an entry is not what it should be"
							   : "not a list",
					       why);
}

gn_err gn_node_list_write(struct gn_node *node, const char *name, json_t *json)
{
	char *text = json_dumps(json, JSON_INDENT(1));
	gn_err err = text ? gn_os_file_write(node->host.dir, name, gn_str(text)) : GN_NOMEM;
	if (err)
		gn_host_log(&node->host, GN_LOG_WARN, "file.unwritable", "%s: %s", name,
			    gn_err_text(err));
	free(text);
	return err;
}
