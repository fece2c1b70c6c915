/* Topics of the bus (records.md type 6): who may publish and subscribe, how fast and how much, and
 * how messages travel. The record is published by the topic's owner; whose roots hold it knows the
 * rules. Pure. Rules: docs/spec/services.md TP-1..TP-5. */
#ifndef GN_RECORDS_TOPIC_H
#define GN_RECORDS_TOPIC_H

#include "records/said.h"
#include "wire/generated/bodies_fb.h"
#include "wire/wire.h"

#define GN_TOPICREC_KEYS 256 /* besides the owner: a group's devices that publish */
/* what an absent number stands for: messages a second, bytes */
#define GN_TOPICREC_RATE 20
#define GN_TOPICREC_RATE_ALL 200
#define GN_TOPICREC_PAYLOAD 16384

struct gn_topicrec {
	struct gn_pk owner;
	struct gn_slice label; /* of the topic; borrowed */
	uint64_t seq, created;
	uint32_t ttl;
	uint8_t publish, subscribe; /* enum gn_fb_topic_admission */
	bool sealed;                /* payloads are opaque to roots */
	bool mesh;                  /* subscribers keep lazy links */
	struct gn_pk box;           /* for quorum messages; zero: none */
	uint32_t rate, rate_all;    /* messages a second: of one publisher, of all */
	uint32_t payload_max;       /* bytes */
	struct gn_pk keys[GN_TOPICREC_KEYS];
	size_t key_count;
	struct gn_before before;
};

void gn_topicrec_key(const struct gn_pk *owner, struct gn_slice label, struct gn_hash *key);
/* The signed record at salt 0; rate, rate_all and payload_max 0 stand for the usual. GN_USAGE:
 * beyond TP-2; GN_TOO_LARGE, GN_TEXT: the label; GN_RANGE: ttl; GN_VERSION: before.beyond. */
GN_MUST gn_err gn_topicrec_record(const struct gn_sk *owner, const struct gn_topicrec *in,
				  struct gn_buf *out);
/* open: from outside; parse: of what was checked when it came (WR-23). Borrows from record; numbers
 * that are absent come out as what they stand for. GN_MALFORMED, GN_SIGNATURE, GN_UNSUPPORTED: an
 * admission that is not known; *out is then untouched. */
GN_MUST gn_err gn_topicrec_open(struct gn_slice record, struct gn_topicrec *out);
GN_MUST gn_err gn_topicrec_parse(struct gn_slice record, struct gn_topicrec *out);
/* The holder's rule for type 6 (config.admit[6] of the overlay). */
gn_err gn_topicrec_admit(const struct gn_record *held, const struct gn_record *in, uint32_t names,
			 gn_time now);
/* The key by which everybody reads the box of an open topic (TP-5): it follows from K, and is no
 * secret. */
void gn_topicrec_reader(const struct gn_hash *topic, struct gn_sk *out);
/* What came out of the topic's box, left there by the key `by`: said in this topic, by who may
 * publish and left it themselves, no longer ago than a box keeps anything (BS-18). As gn_said_kept;
 * GN_DENIED: it is another's, or they may not; GN_EXPIRED, GN_RANGE: its time. *out is then
 * untouched, else it borrows from item. */
GN_MUST gn_err gn_topicrec_kept(const struct gn_topicrec *t, struct gn_slice item,
				const struct gn_pk *by, uint64_t unix_now, struct gn_said *out);
/* May this key publish, or subscribe, without a token? */
bool gn_topicrec_publishes(const struct gn_topicrec *t, const struct gn_pk *key);
bool gn_topicrec_subscribes(const struct gn_topicrec *t, const struct gn_pk *key);

#endif
