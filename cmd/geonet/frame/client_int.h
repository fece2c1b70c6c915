/* Inside the client: client_dial.c (where the node is), client_http.c, client_app.c (how it is
 * asked), client_join.c (a call with its stream), client_shape.c (tables as the JSON of HTTP),
 * client.c (what commands say of it). */
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

/* What went wrong between us and who was asked, printed. */
int client_tell_failed(struct cli *cli, bool agent, gn_err err);
struct gn_host_client_fault;
/* As the node's HTTP says it. */
void client_take_error(struct reply *reply, const struct gn_host_client_fault *f);

/* The answer's table as HTTP gives it; what it says of having failed in part is reply->err. */
json_t *client_shape(struct gn_app_kind kind, const struct gn_fb_type *type, struct gn_fbt t,
		     struct reply *reply);

#endif
