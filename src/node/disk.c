/* Disk requests of the storage engines, between them and the pool of workers. */
#include "node/node_int.h"

_Static_assert((int)GN_DISK_READ == (int)GN_FILE_READ && (int)GN_DISK_REMOVE == (int)GN_FILE_REMOVE,
	       "one order");

static void task_of(const struct gn_disk_request *q, struct gn_file_task *out)
{
	*out = (struct gn_file_task){.op = (enum gn_file_op)q->op,
				     .token = q->token,
				     .offset = q->offset,
				     .len = q->len,
				     .data = q->data};
	_Static_assert(sizeof out->name == sizeof q->name, "one length");
	memcpy(out->name, q->name, sizeof out->name);
	memcpy(out->name2, q->name2, sizeof out->name2);
}

static bool next_kv(void *engine, struct gn_file_task *out)
{
	struct gn_node *node = engine;
	struct gn_disk_request q;
	bool any = gn_kv_next_request(node->kv, &q);
	if (any)
		task_of(&q, out);
	return any;
}

static bool next_blocks(void *engine, struct gn_file_task *out)
{
	struct gn_node *node = engine;
	struct gn_disk_request q;
	bool any = gn_blocks_next_request(node->blocks, &q);
	if (any)
		task_of(&q, out);
	return any;
}

static bool next_boxes(void *engine, struct gn_file_task *out)
{
	struct gn_node *node = engine;
	struct gn_disk_request q;
	bool any = gn_kv_next_request(node->box_log, &q);
	if (any)
		task_of(&q, out);
	return any;
}

static void done_boxes(void *engine, uint64_t token, gn_err err, struct gn_slice data)
{
	struct gn_node *node = engine;
	gn_kv_done(node->box_log, token, err, data, node->now);
}

static void done_kv(void *engine, uint64_t token, gn_err err, struct gn_slice data)
{
	struct gn_node *node = engine;
	gn_node_woken(node);
	gn_kv_done(node->kv, token, err, data, node->now);
}

static void done_blocks(void *engine, uint64_t token, gn_err err, struct gn_slice data)
{
	struct gn_node *node = engine;
	gn_node_woken(node);
	gn_blocks_done(node->blocks, token, err, data, node->now);
}

void gn_node_disk_init(struct gn_node *node)
{
	gn_host_disk_init(&node->disk, &node->host, GN_NODE_JOBS);
	gn_host_disk_add(&node->disk, &(struct gn_host_disk_user){next_kv, done_kv, node});
	gn_host_disk_add(&node->disk, &(struct gn_host_disk_user){next_blocks, done_blocks, node});
	gn_host_disk_add(&node->disk, &(struct gn_host_disk_user){next_boxes, done_boxes, node});
}
