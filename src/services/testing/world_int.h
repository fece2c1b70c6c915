/* What the files of the world share. */
#ifndef GN_SERVICES_TESTING_WORLD_INT_H
#define GN_SERVICES_TESTING_WORLD_INT_H

#include "services/testing/world.h"

/* An event of a node; the caller fills in the rest. */
struct svc_event *svc_add(struct svc *s, enum svc_kind kind, unsigned node, gn_time at);
/* The next; the caller owns it. */
struct svc_event *svc_pop(struct svc *s);
uint8_t *svc_copy(struct gn_slice s);
/* From a node to whoever it is for, as its lies would have it. */
void svc_send(struct svc *s, unsigned from, const struct gn_overlay_message *m);
/* False: the engine has to answer. */
bool svc_lies(struct svc *s, unsigned i, unsigned from, struct gn_slice bytes);

#endif
