/* Node records (records.md type 2): where a node is reached by who knows its key alone, and the
 * relays at which it has a place if it is not reached directly. Signed by the node's key. Pure.
 * Rule: docs/spec/reach.md RE-17. */
#ifndef GN_RECORDS_NODEREC_H
#define GN_RECORDS_NODEREC_H

#include "wire/wire.h"

#define GN_NODEREC_ADDRS 4
#define GN_NODEREC_HOMES 2
#define GN_NODEREC_URLS 2
#define GN_NODEREC_URL 128   /* bytes: a host's name as people have them, and the path */
#define GN_NODEREC_TTL 3600u /* seconds: where it was an hour ago is no news */

/* Where a carrier that is no address is dialled: "wss://host/path". Empty: not said. */
struct gn_noderec_url {
	char text[GN_NODEREC_URL + 1];
};
struct gn_noderec_home {
	struct gn_pk relay;
	struct gn_addr addr; /* port 0: not said */
	struct gn_noderec_url url;
};
struct gn_noderec {
	struct gn_pk node; /* owner of the record */
	uint64_t seq, created;
	uint32_t ttl;
	unsigned addr_count, url_count, home_count;
	struct gn_addr addrs[GN_NODEREC_ADDRS];
	struct gn_noderec_url urls[GN_NODEREC_URLS];
	struct gn_noderec_home homes[GN_NODEREC_HOMES];
};

/* A scheme and something behind it, of GN_NODEREC_URL printable bytes of ASCII at most, without
 * spaces: false, and *out empty, where it is not. Whether we know the carrier is not asked. */
bool gn_noderec_url(struct gn_slice text, struct gn_noderec_url *out);
void gn_noderec_key(const struct gn_pk *node, struct gn_hash *key);
/* `node` follows from the key and is not used. GN_RANGE: ttl; GN_TOO_LARGE: no room. */
GN_MUST gn_err gn_noderec_record(const struct gn_sk *node, const struct gn_noderec *in,
				 struct gn_buf *out);
/* Form, limits, signature. What is beyond the limits is not read; an address that is none (port 0,
 * another carrier) is left out, and so is a url that is none. GN_MALFORMED, GN_SIGNATURE, and what
 * gn_wire_record_open says; *out is then untouched. */
GN_MUST gn_err gn_noderec_open(struct gn_slice record, struct gn_noderec *out);

#endif
