/* Disk requests of engines on libuv's worker threads. Requests carry no order among themselves
 * (the engines see to that), so they run as they come: at most `most` at once, the rest stay
 * with who makes them. A worker touches only its task.
 *
 * A task that found no room to open its file (too many open files in the process or on the
 * machine, no memory) has touched nothing: it is tried again every 100 ms, for GN_FILE_PATIENCE,
 * before that counts as a failure.
 *
 *     waiting -> on a worker -> done
 *                on a worker -> pausing [complete: no room] -> on a worker [again] */
#ifndef GN_NET_DISK_H
#define GN_NET_DISK_H

#include "os/os.h"
#include <uv.h>

#define GN_FILE_NAME_MAX 128
/* bytes of a directory listing: about 2.5 million files */
#define GN_FILE_LIST_MAX ((size_t)256 << 20)
#define GN_FILE_PATIENCE (300 * GN_SEC) /* how long a task waits for room to open its file */

/* As the storage engines and the ledger mean them (store.h). */
enum gn_file_op {
	GN_FILE_LIST,
	GN_FILE_READ,
	GN_FILE_WRITE,
	GN_FILE_SYNC,
	GN_FILE_TRUNCATE,
	GN_FILE_RENAME,
	GN_FILE_REMOVE
};
struct gn_file_task {
	enum gn_file_op op;
	unsigned engine; /* the owner's: whose request it is */
	uint64_t token;
	char name[GN_FILE_NAME_MAX], name2[GN_FILE_NAME_MAX];
	uint64_t offset, len;
	struct gn_slice data; /* WRITE: lent until it is done */
};

/* Does it now. result: READ and LIST, malloc'ed, the caller's; empty otherwise. */
GN_MUST gn_err gn_file_perform(const struct gn_os_dir *dir, const struct gn_file_task *task,
			       struct gn_buf *result);

/* Filled by its owner up to user; the rest is counted here. */
struct gn_file_pool {
	uv_loop_t *loop;
	const struct gn_os_dir *dir;
	uint32_t most;                                      /* tasks on workers at once */
	bool (*next)(void *user, struct gn_file_task *out); /* false: none now */
	/* On the loop. data: lent for the call. */
	void (*done)(void *user, const struct gn_file_task *task, gn_err err, struct gn_slice data);
	void *user;
	/* On the loop, once per task: it waits for room. May be NULL. */
	void (*pausing)(void *user, const struct gn_file_task *task, gn_err err);
	bool hurry; /* no patience any more: the end is near */
	uint32_t running;
	uint64_t failed; /* a missing file is no failure */
	uint64_t paused; /* tasks that had to wait for room */
};
/* Starts what may start; true if there was anything. The pool outlives what runs: wait until
 * running is 0. */
bool gn_file_pump(struct gn_file_pool *pool);

#endif
