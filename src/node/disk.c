/* Disk requests of the storage engines, between them and the pool of workers. */
#include "node/node_int.h"

_Static_assert((int)GN_DISK_READ == (int)GN_FILE_READ && (int)GN_DISK_REMOVE == (int)GN_FILE_REMOVE,
	       "one order");

static bool next(void *user, struct gn_file_task *out)
{
	struct gn_node *node = user;
	struct gn_disk_request q;
	enum gn_node_disk_user engine = GN_DISK_KV;
	if (!gn_kv_next_request(node->kv, &q)) {
		engine = GN_DISK_BLOCKS;
		if (!gn_blocks_next_request(node->blocks, &q))
			return false;
	}
	*out = (struct gn_file_task){.op = (enum gn_file_op)q.op,
				     .engine = engine,
				     .token = q.token,
				     .offset = q.offset,
				     .len = q.len,
				     .data = q.data};
	_Static_assert(sizeof out->name == sizeof q.name, "one length");
	memcpy(out->name, q.name, sizeof out->name);
	memcpy(out->name2, q.name2, sizeof out->name2);
	return true;
}

static void done(void *user, const struct gn_file_task *task, gn_err err, struct gn_slice data)
{
	struct gn_node *node = user;
	if (err && err != GN_NOT_FOUND)
		gn_node_log(node, GN_LOG_ERROR, "disk.failed", "%s: %s", task->name,
			    gn_err_text(err));
	if (task->engine == GN_DISK_KV)
		gn_kv_done(node->kv, task->token, err, data, node->now);
	else
		gn_blocks_done(node->blocks, task->token, err, data, node->now);
}

void gn_node_disk_init(struct gn_node *node)
{
	node->disk = (struct gn_file_pool){.loop = &node->loop,
					   .dir = node->dir,
					   .most = GN_NODE_JOBS,
					   .next = next,
					   .done = done,
					   .user = node};
}
