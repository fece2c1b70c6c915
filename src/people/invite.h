/* Links by which people are found: geonet:hi/<pid>?c=<secret>&n=<name>&b=<node>,.. (PE-60..PE-62).
 * Pure; nothing is allocated. */
#ifndef GN_PEOPLE_INVITE_H
#define GN_PEOPLE_INVITE_H

#include "crypto/crypto.h"

#define GN_INVITE_SECRET_LEN 16
#define GN_INVITE_NODES_MAX 3
#define GN_INVITE_NAME_MAX 128  /* bytes */
#define GN_INVITE_LINK_MAX 1024 /* bytes: a QR code of level M still reads from a screen */

struct gn_people_link {
	struct gn_hash person; /* what the PID says: SHA-256 of the owner key */
	bool invites;          /* has a secret: no work is asked of who uses it */
	uint8_t secret[GN_INVITE_SECRET_LEN];
	char name[GN_INVITE_NAME_MAX + 1]; /* as the link says; "" none */
	struct gn_people_node {
		struct gn_pk key;
		struct gn_addr addr;
	} nodes[GN_INVITE_NODES_MAX]; /* reachable ones, for who knows none */
	size_t node_count;
};

/* Appends the link as text. GN_TEXT: the name is no text to show; GN_RANGE: nodes, a port;
 * GN_TOO_LARGE. */
GN_MUST gn_err gn_people_link_make(const struct gn_people_link *link, struct gn_buf *out);
/* Reads geonet:hi/.. and web+geonet:hi/... Parameters it does not know are passed over. GN_TEXT:
 * it is none; GN_TOO_LARGE. */
GN_MUST gn_err gn_people_link_open(struct gn_slice text, struct gn_people_link *out);

#endif
