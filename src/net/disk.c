/* Tasks on workers: disk.h says what they are. */
#include "net/disk.h"

#include <errno.h>
#include <stdlib.h>

#define AGAIN_MS 100u

struct job {
	uv_work_t work;
	struct gn_file_pool *pool;
	struct gn_file_task task;
	struct gn_buf result;
	gn_err err;
	bool scarce;      /* nothing was done: there was no room to open the file */
	uint64_t since;   /* hrtime of the first such try; 0: none */
	uv_timer_t again; /* open once since is set */
};

#define LIST_FIRST ((size_t)64 << 10) /* bytes, grown when a listing does not fit */

static gn_err list(const struct gn_os_dir *dir, const char *name, struct gn_buf *out)
{
	for (size_t cap = LIST_FIRST;; cap *= 4) {
		uint8_t *grown = realloc(out->p, cap);
		if (!grown)
			return GN_NOMEM;
		*out = (struct gn_buf){grown, 0, cap};
		gn_err err = gn_os_list(dir, name, out);
		if (err != GN_TOO_LARGE || cap >= GN_FILE_LIST_MAX)
			return err;
	}
}

static gn_err read_some(const struct gn_os_dir *dir, const struct gn_file_task *t,
			struct gn_buf *out)
{
	*out = (struct gn_buf){malloc(t->len ? t->len : 1), 0, t->len};
	return out->p ? gn_os_read_at(dir, t->name, t->offset, out) : GN_NOMEM;
}

gn_err gn_file_perform(const struct gn_os_dir *dir, const struct gn_file_task *t,
		       struct gn_buf *result)
{
	*result = (struct gn_buf){0};
	switch (t->op) {
	case GN_FILE_LIST: return list(dir, t->name, result);
	case GN_FILE_READ: return read_some(dir, t, result);
	case GN_FILE_WRITE: return gn_os_write_at(dir, t->name, t->offset, t->data);
	case GN_FILE_SYNC: return gn_os_sync(dir, t->name);
	case GN_FILE_TRUNCATE: return gn_os_truncate(dir, t->name, t->len);
	case GN_FILE_RENAME: return gn_os_rename(dir, t->name, t->name2);
	case GN_FILE_REMOVE: return gn_os_remove(dir, t->name);
	}
	return GN_INTERNAL;
}

/* errno is that of the call that failed: os leaves it. Too many open files comes from opening
 * alone; out of memory may come from a sync too, and a sync that failed must never be tried
 * again (the kernel forgets what it could not write). */
static bool is_scarce(const struct gn_file_task *t, gn_err err, int code)
{
	return err &&
	       (code == EMFILE || code == ENFILE || (code == ENOMEM && t->op != GN_FILE_SYNC));
}

static void work(uv_work_t *w)
{
	struct job *job = GN_CONTAINER(w, struct job, work);
	errno = 0;
	job->err = gn_file_perform(job->pool->dir, &job->task, &job->result);
	job->scarce = is_scarce(&job->task, job->err, errno);
}

static void on_closed(uv_handle_t *handle)
{
	free(GN_CONTAINER(handle, struct job, again));
}

static void complete(uv_work_t *w, int status);

static void again(uv_timer_t *timer)
{
	struct job *job = GN_CONTAINER(timer, struct job, again);
	if (uv_queue_work(job->pool->loop, &job->work, work, complete))
		complete(&job->work, -1);
}

/* True: it is tried again later. */
static bool pause_job(struct job *job)
{
	struct gn_file_pool *pool = job->pool;
	uint64_t now = uv_hrtime();
	if (!job->scarce || pool->hurry ||
	    (job->since && now - job->since > (uint64_t)GN_FILE_PATIENCE))
		return false;
	if (!job->since) {
		job->since = now;
		pool->paused++;
		uv_timer_init(pool->loop, &job->again);
		if (pool->pausing)
			pool->pausing(pool->user, &job->task, job->err);
	}
	free(job->result.p);
	job->result = (struct gn_buf){0};
	uv_timer_start(&job->again, again, AGAIN_MS, 0);
	return true;
}

static void complete(uv_work_t *w, int status)
{
	struct job *job = GN_CONTAINER(w, struct job, work);
	struct gn_file_pool *pool = job->pool;
	gn_err err = status ? GN_IO : job->err;
	if (!status && pause_job(job))
		return;
	pool->running--;
	pool->failed += err && err != GN_NOT_FOUND;
	pool->done(pool->user, &job->task, err, gn_buf_slice(&job->result));
	free(job->result.p);
	if (job->since)
		uv_close((uv_handle_t *)&job->again, on_closed);
	else
		free(job);
}

bool gn_file_pump(struct gn_file_pool *pool)
{
	bool any = false;
	while (pool->running < pool->most) {
		struct job *job = calloc(1, sizeof *job);
		if (!job || !pool->next(pool->user, &job->task)) {
			free(job);
			break;
		}
		any = true;
		job->pool = pool;
		pool->running++;
		if (uv_queue_work(pool->loop, &job->work, work, complete))
			complete(&job->work, -1);
	}
	return any;
}
