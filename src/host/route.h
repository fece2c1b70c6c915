/* Which of a program's routes a request is for. Pure: texts in, a route and its arguments out. */
#ifndef GN_HOST_ROUTE_H
#define GN_HOST_ROUTE_H

#include "host/limits.h"
#include "net/net.h"

enum { /* flags of a route; the program's own begin at GN_HOST_ROUTE_OWN and double */
       GN_HOST_ROUTE_OPEN = 1, /* whoever asks needs no token */
       GN_HOST_ROUTE_BODY = 2, /* runs when the body is whole; else as soon as its head is there */
       GN_HOST_ROUTE_OWN = 4
};

struct gn_host_route { /* first member of the program's own, which says what runs */
	enum gn_http_method method;
	const char *path; /* segments; '*' takes one into args; NULL ends the table */
	unsigned flags;
};

/* How a program reads paths. */
struct gn_host_paths {
	const void *routes; /* of the program's own struct */
	size_t route_size;
	size_t arg_max; /* bytes of a segment that '*' takes, with its zero; at most GN_HOST_ARG */
	bool text_args; /* one that is not UTF-8 matches nothing */
	bool end_slash; /* a '/' at the end is as if it were not there */
};

typedef char gn_host_args[GN_HOST_ARGS][GN_HOST_ARG];

/* Byte by byte, a segment percent-decoded into args where the pattern has '*'. False: no match,
 * and args are anything. */
bool gn_host_path_match(const struct gn_host_paths *p, const char *pattern, struct gn_slice path,
			gn_host_args args);
/* The route, and its args; NULL: none, *other_method: one has this path. HEAD is a GET. */
const struct gn_host_route *gn_host_route_find(const struct gn_host_paths *p,
					       enum gn_http_method method, struct gn_slice path,
					       gn_host_args args, bool *other_method);
/* Decimal digits up to max; GN_RANGE. */
GN_MUST gn_err gn_host_decimal(struct gn_slice text, uint64_t max, uint64_t *out);

#endif
