/* Engines' disk requests on workers (disk.h). What fails is in the log besides. */
#include "host/disk.h"

static bool next_task(void *user, struct gn_file_task *out)
{
	struct gn_host_disk *d = user;
	for (unsigned i = 0; i < d->count; i++)
		if (d->users[i].next(d->users[i].engine, out)) {
			out->engine = i;
			return true;
		}
	return false;
}

static void task_done(void *user, const struct gn_file_task *task, gn_err err, struct gn_slice data)
{
	struct gn_host_disk *d = user;
	GN_ASSERT(task->engine < d->count);
	const struct gn_host_disk_user *u = &d->users[task->engine];
	if (err && err != GN_NOT_FOUND)
		gn_host_log(d->host, GN_LOG_ERROR, "disk.failed", "%s: %s", task->name,
			    gn_err_text(err));
	u->done(u->engine, task->token, err, data);
}

static void task_pausing(void *user, const struct gn_file_task *task, gn_err err)
{
	struct gn_host_disk *d = user;
	(void)err;
	gn_host_log(d->host, GN_LOG_WARN, "disk.crowded",
		    "%s cannot be opened now: too many files are open, or no memory is left. It is "
		    "tried again",
		    task->name);
}

void gn_host_disk_init(struct gn_host_disk *d, struct gn_host *h, uint32_t most)
{
	GN_ASSERT(h->dir);
	*d = (struct gn_host_disk){.host = h,
				   .pool = {.loop = &h->loop,
					    .dir = h->dir,
					    .most = most,
					    .next = next_task,
					    .done = task_done,
					    .pausing = task_pausing}};
	d->pool.user = d;
}

void gn_host_disk_add(struct gn_host_disk *d, const struct gn_host_disk_user *user)
{
	GN_ASSERT(d->count < GN_HOST_DISK_USERS);
	d->users[d->count++] = *user;
}

bool gn_host_disk_pump(struct gn_host_disk *d)
{
	return gn_file_pump(&d->pool);
}
