/* Tasks on workers: disk.h says what they are. */
#include "net/disk.h"

#include <stdlib.h>

struct job {
	uv_work_t work;
	struct gn_file_pool *pool;
	struct gn_file_task task;
	struct gn_buf result;
	gn_err err;
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

static gn_err read_some(const struct gn_os_dir *dir, const struct gn_file_task *t, struct gn_buf *out)
{
	*out = (struct gn_buf){malloc(t->len ? t->len : 1), 0, t->len};
	return out->p ? gn_os_read_at(dir, t->name, t->offset, out) : GN_NOMEM;
}

gn_err gn_file_perform(const struct gn_os_dir *dir, const struct gn_file_task *t, struct gn_buf *result)
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

static void work(uv_work_t *w)
{
	struct job *job = GN_CONTAINER(w, struct job, work);
	job->err = gn_file_perform(job->pool->dir, &job->task, &job->result);
}

static void complete(uv_work_t *w, int status)
{
	struct job *job = GN_CONTAINER(w, struct job, work);
	struct gn_file_pool *pool = job->pool;
	gn_err err = status ? GN_IO : job->err;
	pool->running--;
	pool->failed += err && err != GN_NOT_FOUND;
	pool->done(pool->user, &job->task, err, gn_buf_slice(&job->result));
	free(job->result.p);
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
