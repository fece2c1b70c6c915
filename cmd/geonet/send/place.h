/* Places of codes in the network (RE-60): whoever sends is found there by who receives. */
#ifndef GEONET_SEND_PLACE_H
#define GEONET_SEND_PLACE_H

#include "geonet/frame/cli.h"
#include "records/provider.h"

/* A service's name of a place, and of two that have paired (the id of their secret). */
#define SERVICE_MAX 48
void place_service(uint16_t place, char service[SERVICE_MAX]);
void place_service_again(const uint8_t id[16], char service[SERVICE_MAX]);

/* Puts this node's record where there is room, and says where. False after printing. */
bool place_take(struct cli *cli, const struct gn_pk *node, uint16_t *place);
/* The nodes of a place, the next after *at (0 at first): true with one, false: no more. *err: why
 * nothing is known, if that is so. */
struct place_search {
	uint16_t place;
	unsigned slot;
	unsigned found;
	struct gn_pk nodes[GN_PROVIDER_PLACES];
	int exit; /* of the last lookup that failed; printed: nothing */
};
bool place_next(struct cli *cli, struct place_search *s, struct gn_pk *node);

#endif
