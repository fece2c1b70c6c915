/* The calling end of app/1, inside host: client.c (what it says, time), client_in.c (what
 * comes). */
#ifndef GN_HOST_CLIENT_INT_H
#define GN_HOST_CLIENT_INT_H

#include "host/app_int.h"
#include "host/client.h"

enum client_state { CLIENT_HELLO, CLIENT_PROOF, CLIENT_READY, CLIENT_BYE };

struct client_call {
	uint64_t number;
	gn_time until; /* with the grace; GN_NEVER: lasts */
	gn_err failed; /* here, and not told yet */
	bool wants;    /* its owner waits for room */
	size_t held;   /* bytes of its stream that the owner was given and has not taken */
	struct gn_host_flow flow;
	struct client_call *next;
};

struct gn_host_client {
	struct gn_host_client_config config;
	enum client_state state;
	gn_err why; /* of BYE */
	bool ended; /* no bytes follow those in `in` */
	bool over;  /* its last event was told */
	uint32_t frame_max, server_max, outstanding;
	uint64_t last;             /* number of the newest call */
	struct client_call *calls; /* the newest first */
	size_t count;
	uint8_t *in; /* owned; `used` bytes of it belong to the last event */
	size_t in_len, in_cap, used;
	struct gn_host_out out;
	gn_time heard, pinged;
	struct gn_fbb builder;
	uint8_t storage[GN_HOST_APP_SMALL];
	uint8_t *large; /* owned, made when it is first wanted */
};

void gn_host_client_end(struct gn_host_client *c, gn_err err);
void gn_host_client_put(struct gn_host_client *c, struct gn_app_kind kind, uint64_t call,
			const void *args, gn_time now);
struct client_call **gn_host_client_find(struct gn_host_client *c, uint64_t number);
void gn_host_client_forget(struct gn_host_client *c, struct client_call **link);

#endif
