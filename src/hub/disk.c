/* The journal's disk requests on libuv's worker threads: as src/node/disk.c, for one engine. At most HUB_DISK_JOBS run
 * at once, the rest stay in the ledger; a worker touches only its job. */
#include "hub/hub_int.h"

#include <stdlib.h>

struct disk_job {
	uv_work_t work;
	struct gn_hub *hub;
	struct gn_ledger_io io;
	struct gn_buf result;
	gn_err err;
};

gn_err gn_hub_disk_perform(struct gn_os_dir *dir, const struct gn_ledger_io *io, struct gn_buf *result)
{
	switch (io->op) {
	case GN_LIO_LIST: return gn_os_list(dir, io->name, result);
	case GN_LIO_READ: return gn_os_read_at(dir, io->name, io->offset, result);
	case GN_LIO_WRITE: return gn_os_write_at(dir, io->name, io->offset, io->data);
	case GN_LIO_SYNC: return gn_os_sync(dir, io->name);
	case GN_LIO_TRUNCATE: return gn_os_truncate(dir, io->name, io->len);
	case GN_LIO_RENAME: return gn_os_rename(dir, io->name, io->name2);
	case GN_LIO_REMOVE: return gn_os_remove(dir, io->name);
	}
	return GN_INTERNAL;
}

static void work(uv_work_t *w)
{
	struct disk_job *job = GN_CONTAINER(w, struct disk_job, work);
	job->err = gn_hub_disk_perform(job->hub->dir, &job->io, &job->result);
}

static void complete(uv_work_t *w, int status)
{
	struct disk_job *job = GN_CONTAINER(w, struct disk_job, work);
	struct gn_hub *hub = job->hub;
	gn_err err = status ? GN_IO : job->err;
	hub->disk.running--;
	if (err && err != GN_NOT_FOUND) {
		hub->disk.failed++;
		gn_hub_log(hub, GN_LOG_ERROR, "disk.failed", "%s: %s", job->io.name, gn_err_text(err));
	}
	gn_ledger_io_done(hub->ledger, job->io.token, err, gn_buf_slice(&job->result), gn_os_now());
	free(job->result.p);
	free(job);
}

bool gn_hub_disk_pump(struct gn_hub *hub)
{
	bool any = false;
	while (hub->disk.running < HUB_DISK_JOBS) {
		struct disk_job *job = calloc(1, sizeof *job);
		if (!job || !gn_ledger_next_io(hub->ledger, &job->io)) {
			free(job);
			break;
		}
		any = true;
		job->hub = hub;
		size_t room = job->io.op == GN_LIO_READ ? job->io.len : job->io.op == GN_LIO_LIST ? HUB_LIST_BYTES : 0;
		job->result = (struct gn_buf){room ? malloc(room) : NULL, 0, room};
		hub->disk.running++;
		if (room && !job->result.p) {
			job->err = GN_NOMEM;
			complete(&job->work, 0);
		} else if (uv_queue_work(&hub->loop, &job->work, work, complete)) {
			job->err = GN_IO;
			complete(&job->work, 0);
		}
	}
	return any;
}
