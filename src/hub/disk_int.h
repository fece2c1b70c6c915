/* The journal's disk requests on workers (disk.c). */
#ifndef GN_HUB_DISK_INT_H
#define GN_HUB_DISK_INT_H

#include "ledger/ledger.h"
#include "net/net.h"

struct gn_hub;

void gn_hub_disk_init(struct gn_hub *hub);
void gn_hub_task(const struct gn_ledger_io *io, struct gn_file_task *out);

#endif
