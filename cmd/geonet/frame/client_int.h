/* Inside the client: client_dial.c (where the node is), client_http.c, client_app.c (how it is
 * asked), client_wire.c (a connection's bytes), client_join.c (a call with its stream),
 * client_shape.c (tables as the JSON of HTTP), client.c (what commands say of it). */
#ifndef GEONET_CLIENT_INT_H
#define GEONET_CLIENT_INT_H

#include "geonet/frame/client.h"

/* The path of the node's socket: $GEONET_SOCKET, the one in DATA, the service's of this machine
 * (own: the one in DATA alone). *dir: a folder that the path goes through, to be closed; -1: none.
 * */
char *client_socket(struct cli *cli, bool own, int *dir);
int client_dial(struct cli *cli, bool own); /* -1: nobody is there */
/* *path: where, to be freed. */
int client_agent_dial(struct cli *cli, char **path);

/* ---- a connection's bytes ---- */

struct gn_host_client;
struct gn_host_client_config;
/* The engine of a connection, which waits for nothing from now on; what is the same in all is put
 * into config. NULL: no memory. */
struct gn_host_client *client_engine(int fd, struct gn_host_client_config *config);
/* What the engine has to say, as much as the connection takes. */
void client_write(struct gn_host_client *client, int fd);
/* What can be read at once, for gn_host_client_recv; the engine is told of the end. */
size_t client_read(struct gn_host_client *client, int fd, uint8_t *out, size_t cap);

#define CLIENT_WINDOW                                                                              \
	(256u << 10) /* bytes of a stream that may come before any is granted (AP-11) */
/* Bytes of a stream that came: len from at on. */
struct client_kept {
	size_t at, len;
	uint8_t bytes[CLIENT_WINDOW];
};
void client_kept_add(struct client_kept *k, struct gn_slice bytes);
void client_kept_drop(struct client_kept *k, size_t len);

/* ---- how it went ---- */

/* What went wrong between us and who was asked, printed. */
int client_tell_failed(struct cli *cli, bool agent, gn_err err);
struct gn_host_client_fault;
/* As the node's HTTP says it. */
void client_take_error(struct reply *reply, const struct gn_host_client_fault *f);

/* The answer's table as HTTP gives it; what it says of having failed in part is reply->err. */
json_t *client_shape(struct gn_app_kind kind, const struct gn_fb_type *type, struct gn_fbt t,
		     struct reply *reply);

#endif
