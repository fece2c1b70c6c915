/* What the commands of topics have in common. */
#ifndef GEONET_BUS_H
#define GEONET_BUS_H

#include "geonet/frame/cli.h"
#include "records/said.h"

struct topic {
	struct gn_pk owner;
	char label[256];
	bool own;           /* said without a WHO */
	struct gn_hash key; /* of its record */
};
/* LABEL of one's own, or WHO/LABEL. False after printing; *exit tells the status. */
bool topic_of(struct cli *cli, const char *text, struct topic *out, int *exit);
/* client_ask_must, with what to do where there is no such topic. */
struct ask;
struct reply;
int topic_ask(struct cli *cli, const struct topic *topic, const struct ask *ask,
	      struct reply *reply, const char *what);
/* Unix ms by this machine's clock, which has milliseconds, unless the node's is another. */
uint64_t topic_now_ms(void);

#endif
