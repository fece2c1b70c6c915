/* UDP sockets besides the shared one, all to one address, each a carrier (carrier.h) with a port of
 * its own: what a guess of ports is made with (docs/spec/reach.md RE-23). One descriptor stands for
 * all of them, so that an owner polls one thing whatever their number is. Single-threaded. */
#ifndef GN_NET_SPARES_H
#define GN_NET_SPARES_H

#include "net/carrier.h"

struct gn_spares;

/* At most GN_SPARES_MAX, and fewer where the system gives no more; of the events there is
 * `received` alone. GN_IO, GN_NOMEM: there is none. */
GN_MUST gn_err gn_spares_open(const struct gn_addr *to, unsigned count,
			      const struct gn_carrier_events *events, struct gn_spares **out);
/* NULL is fine. No event follows. */
void gn_spares_free(struct gn_spares *s);
int gn_spares_fd(const struct gn_spares *s); /* for polling; borrowed */
unsigned gn_spares_count(const struct gn_spares *s);
/* NULL: it was closed (its own close). */
struct gn_carrier *gn_spares_at(struct gn_spares *s, unsigned i);
/* What came is handed on, a part of it where it is much: then the descriptor stays readable. */
void gn_spares_turn(struct gn_spares *s);

#endif
