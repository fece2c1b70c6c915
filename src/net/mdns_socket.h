/* The sockets of discovery (mdns.h): for each interface one a family, on port 5353 beside whoever
 * is there, all behind one descriptor to poll. Single-threaded. */
#ifndef GN_NET_MDNS_SOCKET_H
#define GN_NET_MDNS_SOCKET_H

#include "net/mdns.h"

struct gn_mdns_socket;

/* GN_IO, GN_NOMEM; gn_os_why has the sentence. */
GN_MUST gn_err gn_mdns_socket_open(struct gn_mdns_socket **out);
/* NULL is fine. What was to be said at the end is sent before (gn_mdns_stop, then a turn). */
void gn_mdns_socket_close(struct gn_mdns_socket *s);
int gn_mdns_socket_fd(const struct gn_mdns_socket *s); /* for reading; borrowed */
/* All of them, now, as for gn_mdns_interfaces. An error is that of the last interface that could
 * not be used; the others are, and it is tried again at the next call. */
GN_MUST gn_err gn_mdns_socket_interfaces(struct gn_mdns_socket *s,
					 const struct gn_mdns_interface *list, size_t count);
/* When the descriptor is readable and at the engine's deadline: what came goes to m, MDNS_BATCH at
 * most, and what m has to say goes out. */
void gn_mdns_socket_turn(struct gn_mdns_socket *s, struct gn_mdns *m, gn_time now);
/* Messages that the system did not take. */
uint64_t gn_mdns_socket_failed(const struct gn_mdns_socket *s);

#endif
