/* A connection that speaks app/1, inside host. */
#ifndef GN_HOST_LINK_H
#define GN_HOST_LINK_H

#include "host/call.h"

struct gn_host_link {
	struct gn_host_request *base; /* its connection; owns this as its state */
	struct gn_host_app *app;      /* owned */
	bool ended;                   /* a call of it was answered and is not let go yet */
	struct gn_host_link *next, **link;
};

#endif
