/* Messages of multicast DNS, read and written: for mdns.c. */
#ifndef GN_NET_MDNS_INT_H
#define GN_NET_MDNS_INT_H

#include "net/mdns.h"

enum mdns_type {
	MDNS_A = 1,
	MDNS_PTR = 12,
	MDNS_TXT = 16,
	MDNS_AAAA = 28,
	MDNS_SRV = 33,
	MDNS_ANY = 255
};
#define MDNS_IN 1          /* class */
#define MDNS_FLUSH 0x8000u /* of a record's class: it is the only one; of a question's: unicast */
#define MDNS_RESPONSE 0x8000u
#define MDNS_AUTHORITATIVE 0x0400u

/* A name as on the wire, in lower case, never compressed. */
struct mdns_name {
	size_t len;
	uint8_t b[MDNS_NAME_MAX];
};

/* A question (ttl 0, no data) or a record. */
struct mdns_record {
	bool question;
	struct mdns_name name;
	uint16_t type, class;
	uint32_t ttl;
	struct gn_slice data;
	size_t data_at; /* in the message: names in data may point before it */
};

struct mdns_walk {
	struct gn_slice message;
	size_t at;
	unsigned questions, records; /* left */
	uint16_t flags;
	bool bad;
};

/* GN_MALFORMED: too short, too long, no query nor answer to one, or more of them than
 * MDNS_RECORDS_MAX. */
GN_MUST gn_err mdns_walk(struct gn_slice message, struct mdns_walk *w);
/* False at the end, which has `bad` where the message does not parse. */
bool mdns_walk_next(struct mdns_walk *w, struct mdns_record *out);
/* The name at *at, which moves behind it; false: none. Compression pointers lead backwards only. */
bool mdns_name_read(struct gn_slice message, size_t *at, struct mdns_name *out);
bool mdns_name_eq(const struct mdns_name *a, const struct mdns_name *b);
/* Texts as labels, "" ends: mdns_name_of((const char *[]){"_udp", "local", ""}). */
void mdns_name_of(const char *const *labels, struct mdns_name *out);
/* The value of a key in a TXT record's strings (RFC 6763 section 6), the first one counts; absent:
 * there is none. */
struct gn_slice mdns_txt(struct gn_slice data, const char *key);

/* What a node says of itself: PTR, SRV, TXT, A and AAAA, all as answers. ttl 0: goodbye. */
size_t mdns_write_answer(uint8_t room[MDNS_SAID_MAX], const char *id, const uint8_t network[4],
			 uint16_t port, const struct gn_mdns_interface *on, uint32_t ttl);
/* The head of a query and the question; mdns_write_known adds one that is known, or returns false
 * where there is no room. */
void mdns_write_query(struct gn_writer *w);
bool mdns_write_known(struct gn_writer *w, struct gn_slice label, uint32_t ttl);

#endif
