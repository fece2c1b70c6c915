/* Disk requests of the storage engines on libuv's worker threads. A job is one request: the worker performs it, the
 * loop hands the completion back. Requests carry no order among themselves (the engines see to that), so they run as
 * they come. Invariants: at most GN_NODE_JOBS run at once, the rest stay in the engines; a worker touches only its job.
 */
#include "node/node_int.h"

#include <stdlib.h>

struct disk_job {
	uv_work_t work;
	struct gn_node *node;
	enum gn_disk_user user;
	struct gn_disk_request request;
	struct gn_buf result;
	gn_err err;
};

/* A listing takes the room it needs, up to a bound. */
static gn_err list(struct gn_os_dir *dir, const char *name, struct gn_buf *out)
{
	for (size_t cap = GN_NODE_LIST_FIRST;; cap *= 4) {
		uint8_t *grown = realloc(out->p, cap);
		if (!grown)
			return GN_NOMEM;
		*out = (struct gn_buf){grown, 0, cap};
		gn_err err = gn_os_list(dir, name, out);
		if (err != GN_TOO_LARGE || cap >= GN_NODE_LIST)
			return err;
	}
}

static gn_err perform(struct disk_job *job)
{
	const struct gn_disk_request *q = &job->request;
	struct gn_os_dir *dir = job->node->dir;
	switch (q->op) {
	case GN_DISK_LIST: return list(dir, q->name, &job->result);
	case GN_DISK_READ: return gn_os_read_at(dir, q->name, q->offset, &job->result);
	case GN_DISK_WRITE: return gn_os_write_at(dir, q->name, q->offset, q->data);
	case GN_DISK_SYNC: return gn_os_sync(dir, q->name);
	case GN_DISK_TRUNCATE: return gn_os_truncate(dir, q->name, q->len);
	case GN_DISK_RENAME: return gn_os_rename(dir, q->name, q->name2);
	case GN_DISK_REMOVE: return gn_os_remove(dir, q->name);
	}
	return GN_INTERNAL;
}

static void work(uv_work_t *w)
{
	struct disk_job *job = GN_CONTAINER(w, struct disk_job, work);
	job->err = perform(job);
}

static void complete(uv_work_t *w, int status)
{
	struct disk_job *job = GN_CONTAINER(w, struct disk_job, work);
	struct gn_node *node = job->node;
	struct gn_slice data = gn_buf_slice(&job->result);
	gn_err err = status ? GN_IO : job->err;
	node->disk.running--;
	if (err && err != GN_NOT_FOUND) {
		node->disk.failed++;
		gn_node_log(node, GN_LOG_ERROR, "disk.failed", "%s: %s", job->request.name, gn_err_text(err));
	}
	if (job->user == GN_DISK_KV)
		gn_kv_done(node->kv, job->request.token, err, data, node->now);
	else
		gn_blocks_done(node->blocks, job->request.token, err, data, node->now);
	free(job->result.p);
	free(job);
}

static bool next_request(struct gn_node *node, struct disk_job *job)
{
	job->user = GN_DISK_KV;
	if (gn_kv_next_request(node->kv, &job->request))
		return true;
	job->user = GN_DISK_BLOCKS;
	return gn_blocks_next_request(node->blocks, &job->request);
}

bool gn_disk_pump(struct gn_node *node)
{
	bool any = false;
	while (node->disk.running < GN_NODE_JOBS) {
		struct disk_job *job = calloc(1, sizeof *job);
		if (!job || !next_request(node, job)) {
			free(job);
			break;
		}
		any = true;
		job->node = node;
		size_t room = job->request.op == GN_DISK_READ ? job->request.len : 0;
		job->result = (struct gn_buf){room ? malloc(room) : NULL, 0, room};
		node->disk.running++;
		if (room && !job->result.p) {
			job->err = GN_NOMEM;
			complete(&job->work, 0);
		} else if (uv_queue_work(&node->loop, &job->work, work, complete)) {
			job->err = GN_IO;
			complete(&job->work, 0);
		}
	}
	return any;
}
