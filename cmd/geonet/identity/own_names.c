/* The list of one's own names: the network cannot be asked for all names of a person. */
#include "geonet/frame/frame.h"
#include "geonet/frame/lists.h"
#include "geonet/identity/own.h"

#include <stdlib.h>
#include <unistd.h>

json_t *own_entry(const char *pid, uint64_t seq, uint64_t created, uint64_t ttl, const char *record)
{
	uint64_t expires = created + ttl;
	return json_pack("{ss sI sI sI ss}", "owner", pid, "seq", (json_int_t)seq, "created",
			 (json_int_t)created, "expires", (json_int_t)expires, "record", record);
}

/* An entry of the older list is taken unless a newer one is there. */
static void merge_names(json_t *names, json_t *old)
{
	const char *name;
	json_t *v;
	json_object_foreach(old, name, v)
	{
		const json_t *have = json_object_get(names, name);
		if (json_is_object(v) &&
		    (!have || json_number(have, "seq") < json_number(v, "seq")))
			json_object_set(names, name, v);
	}
}

/* Programs before 0.2 kept them in names.json, where the node kept its pins too: whichever wrote
 * last. A node that met the tool's list set it aside as names.json.damaged. Nothing writes
 * either any more. */
static json_t *names_before(struct cli *cli)
{
	static const char *const files[] = {"names.json.damaged", "names.json"};
	char why[OWN_WHY];
	json_t *names = json_object();
	for (size_t i = 0; i < GN_COUNT(files); i++) {
		json_t *old = own_load(cli, files[i], why);
		if (json_is_object(old))
			merge_names(names, old);
		json_decref(old);
	}
	return names;
}

json_t *own_names(struct cli *cli)
{
	json_t *names = own_read(cli, OWN_NAMES);
	return names ? names : names_before(cli);
}

void own_names_migrate(struct cli *cli)
{
	char *path = cli_format("%s/" OWN_NAMES, cli->data);
	json_t *names =
		access(path, F_OK) == 0 || access(cli->data, W_OK) != 0 ? NULL : names_before(cli);
	free(path);
	if (json_object_size(names)) {
		int lock = own_lock(cli);
		json_t *now = own_read(cli, OWN_NAMES); /* another tool may have been quicker */
		if (!now)
			own_write(cli, OWN_NAMES, names);
		json_decref(now);
		own_unlock(lock);
	}
	json_decref(names);
}
