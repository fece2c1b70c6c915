/* The journal's disk requests, between the ledger and the pool of workers. */
#include "hub/hub_int.h"

_Static_assert((int)GN_LIO_READ == (int)GN_FILE_READ && (int)GN_LIO_REMOVE == (int)GN_FILE_REMOVE,
	       "one order");

void gn_hub_task(const struct gn_ledger_io *io, struct gn_file_task *out)
{
	*out = (struct gn_file_task){.op = (enum gn_file_op)io->op,
				     .token = io->token,
				     .offset = io->offset,
				     .len = io->len,
				     .data = io->data};
	_Static_assert(sizeof out->name == sizeof io->name, "one length");
	memcpy(out->name, io->name, sizeof out->name);
	memcpy(out->name2, io->name2, sizeof out->name2);
}

static bool next(void *user, struct gn_file_task *out)
{
	struct gn_hub *hub = user;
	struct gn_ledger_io io;
	if (!gn_ledger_next_io(hub->ledger, &io))
		return false;
	gn_hub_task(&io, out);
	return true;
}

static void done(void *user, const struct gn_file_task *task, gn_err err, struct gn_slice data)
{
	struct gn_hub *hub = user;
	if (err && err != GN_NOT_FOUND)
		gn_host_log(&hub->host, GN_LOG_ERROR, "disk.failed", "%s: %s", task->name,
			    gn_err_text(err));
	gn_ledger_io_done(hub->ledger, task->token, err, data, gn_os_now());
}

static void pausing(void *user, const struct gn_file_task *task, gn_err err)
{
	struct gn_hub *hub = user;
	(void)err;
	gn_host_log(&hub->host, GN_LOG_WARN, "disk.crowded",
		    "%s cannot be opened now: too many files are open, or no memory is left. It is "
		    "tried again",
		    task->name);
}

void gn_hub_disk_init(struct gn_hub *hub)
{
	hub->disk = (struct gn_file_pool){.loop = &hub->host.loop,
					  .dir = hub->host.dir,
					  .most = HUB_DISK_JOBS,
					  .next = next,
					  .done = done,
					  .user = hub,
					  .pausing = pausing};
}
