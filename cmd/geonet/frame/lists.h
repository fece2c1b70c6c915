/* The lists that the tool keeps for itself in DATA. */
#ifndef GEONET_LISTS_H
#define GEONET_LISTS_H

#include "geonet/frame/cli.h"
#include <jansson.h>

/* Lists that the tool keeps in DATA, one JSON object each. read: NULL when there is none; one
 * that is damaged or cannot be read ends the tool. load: any JSON; NULL and a sentence when it
 * is damaged. Between own_lock, which ends the tool when it cannot, and own_unlock no other tool
 * writes one. */
#define OWN_WHY 160
json_t *own_load(struct cli *cli, const char *name, char why[OWN_WHY]);
json_t *own_read(struct cli *cli, const char *name);
bool own_write(struct cli *cli, const char *name, const json_t *list); /* false after printing */
int own_lock(struct cli *cli);
void own_unlock(int lock);

#endif
