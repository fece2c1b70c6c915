/* The commands of geonet-hub, each for the hub in DATA/hub. */
#ifndef GEONET_HUB_LOCAL_H
#define GEONET_HUB_LOCAL_H

#include "geonet/frame/cli.h"

char *hub_data(const struct cli *cli); /* DATA/hub; the caller frees */
/* Tells how far a long reading is; user: struct cli. all 0: it is not known. */
void show_progress(void *user, uint64_t done, uint64_t all);
/* ask: the running hub, first; else the journal was just compared with the file it came from. */
int verify_journal(struct cli *cli, bool ask);

int local_run(struct cli *cli);
int local_init(struct cli *cli);
int local_verify(struct cli *cli);
int local_export(struct cli *cli);
int local_import(struct cli *cli);

#endif
