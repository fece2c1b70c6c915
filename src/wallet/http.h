/* Asking a hub over HTTP by libcurl, within bounds: of time and of bytes. Redirects are not
 * followed: who answers elsewhere has proved nothing. It blocks: on a worker where that matters.
 * The only file of the wallet that is not pure. */
#ifndef GN_WALLET_HTTP_H
#define GN_WALLET_HTTP_H

#include "base/base.h"
#include <jansson.h>

enum gn_wallet_fault {
	GN_WALLET_FINE,
	GN_WALLET_NO_MEMORY,
	GN_WALLET_TOO_LARGE, /* more than `most` bytes */
	GN_WALLET_NO_ANSWER, /* nobody listens there */
	GN_WALLET_BROKEN,    /* anything else; `why` */
};

struct gn_wallet_http {
	const char *url;           /* http:// or https://, without the last slash */
	const char *token, *admin; /* "" or NULL: none */
	size_t most;               /* bytes of all answers to this struct */
	unsigned seconds;          /* for one answer */
	/* May be NULL: while it waits; false gives up. */
	bool (*wait)(void *user, uint64_t bytes);
	void *user;
	/* CURL *: the one connection that is used; NULL: another each time. */
	void *line;
	unsigned opened; /* sockets of line: there is never a second one */
	/* ---- out ---- */
	size_t received;
	enum gn_wallet_fault fault;
	char why[256];
};

/* The status; -1: see fault. *out: the answer, the caller's; NULL: it is no JSON. body may be
 * NULL, and is borrowed. path begins behind /api/v1. */
long gn_wallet_http(struct gn_wallet_http *h, const char *method, const char *path,
		    const json_t *body, json_t **out);
/* Ends the one connection. */
void gn_wallet_http_end(struct gn_wallet_http *h);

#endif
