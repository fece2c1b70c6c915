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

static bool next_io(void *engine, struct gn_file_task *out)
{
	struct gn_hub *hub = engine;
	struct gn_ledger_io io;
	if (!gn_ledger_next_io(hub->ledger, &io))
		return false;
	gn_hub_task(&io, out);
	return true;
}

static void io_done(void *engine, uint64_t token, gn_err err, struct gn_slice data)
{
	struct gn_hub *hub = engine;
	gn_ledger_io_done(hub->ledger, token, err, data, gn_os_now());
}

void gn_hub_disk_init(struct gn_hub *hub)
{
	gn_host_disk_init(&hub->disk, &hub->host, HUB_DISK_JOBS);
	gn_host_disk_add(&hub->disk, &(struct gn_host_disk_user){next_io, io_done, hub});
}
