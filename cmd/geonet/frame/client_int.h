/* Inside the client: client_dial.c (where the node is), client_http.c, client_app.c (how it is
 * asked), client_shape.c (tables as the JSON of HTTP), client.c (what commands say of it). */
#ifndef GEONET_CLIENT_INT_H
#define GEONET_CLIENT_INT_H

#include "geonet/frame/client.h"

/* The socket's path; a long one goes through the folder's descriptor, kept open in *dir. */
char *client_socket(const char *data, int *dir);
int client_dial(const char *data); /* -1: nobody is there */

/* The answer's table as HTTP gives it; what it says of having failed in part is reply->err. */
json_t *client_shape(struct gn_app_kind kind, const struct gn_fb_type *type, struct gn_fbt t,
		     struct reply *reply);

#endif
