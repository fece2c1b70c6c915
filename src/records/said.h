/* What is said on the bus (records.md type 6, docs/spec/bus.md): a publisher's message, made and
 * signed by who has its key, opened by roots and subscribers; and subjects with their filters.
 * Pure. Rules: docs/spec/bus.md BS-1, BS-2. */
#ifndef GN_RECORDS_SAID_H
#define GN_RECORDS_SAID_H

#include "wire/generated/bus_fb.h"
#include "wire/wire.h"

#define GN_SAID_DOMAIN "geonet/bus/1"
#define GN_SAID_SHOW_DOMAIN "geonet/bus/show/1"
#define GN_SAID_WILL_DOMAIN "geonet/bus/will/1"
#define GN_SAID_SUBJECT 255 /* bytes */
#define GN_SAID_TOKENS 32
#define GN_SAID_PAYLOAD 16384
#define GN_SAID_MAX (GN_SAID_PAYLOAD + 512) /* bytes as signed */
#define GN_SAID_WILL UINT64_MAX             /* seq of a will: nothing of its epoch comes after it */
#define GN_SAID_LEASE_MIN 10                /* seconds of a will's lease */
#define GN_SAID_LEASE_MAX 3600

struct gn_said {
	struct gn_slice bytes; /* as signed; borrowed, as all slices here */
	struct gn_sig sig;
	struct gn_slice subject; /* len 0: the topic itself */
	struct gn_pk publisher;
	uint64_t epoch, seq, time; /* epoch, time: Unix milliseconds */
	uint8_t flags;             /* enum gn_fb_bus_flag */
	uint64_t until;            /* Unix seconds */
	struct gn_slice payload;
	uint16_t lease;    /* seconds, of a will */
	struct gn_hash by; /* of a will: who may bring it */
};

/* Signs what `in` says (bytes, sig and publisher are not read) for the topic of this K; appends the
 * bytes. GN_USAGE: BS-1; GN_TEXT: the subject; GN_TOO_LARGE. */
GN_MUST gn_err gn_said_make(const struct gn_sk *publisher, const struct gn_hash *topic,
			    const struct gn_said *in, struct gn_buf *out, struct gn_sig *sig);
/* `by` of a will that this node brings; the salt hides the node from who hears the will. */
void gn_said_by(const struct gn_pk *node, const struct gn_hash *salt, struct gn_hash *out);
/* Form alone (BS-1); sig is left as it is. GN_MALFORMED, GN_TEXT, GN_TOO_LARGE; *out is then
 * untouched. */
GN_MUST gn_err gn_said_parse(struct gn_slice bytes, struct gn_said *out);
/* GN_SIGNATURE. */
GN_MUST gn_err gn_said_verify(const struct gn_hash *topic, const struct gn_said *said);

/* What lies in a topic's box (BS-18): a message with the flag Quorum, its signature, and the chain
 * by which its publisher may publish, if they need one. */
#define GN_SAID_KEPT_MAX (GN_SAID_MAX + GN_SAID_TOKEN + 256)
#define GN_SAID_TOKEN 4096 /* bytes of a chain */
GN_MUST gn_err gn_said_keep(const struct gn_said *said, struct gn_slice token, struct gn_buf *out);
/* Of an item from a box: `token` may be empty. GN_MALFORMED, GN_TEXT, GN_TOO_LARGE; GN_USAGE: a
 * message that is none for a box, or a will; GN_SIGNATURE: not said in this topic. *out and *token
 * are then untouched. Whether its publisher may publish is the caller's to ask. */
GN_MUST gn_err gn_said_kept(const struct gn_hash *topic, struct gn_slice item, struct gn_said *out,
			    struct gn_slice *token);

/* The right to follow a topic, shown to one root in one session (BS-5). */
struct gn_said_show {
	struct gn_hash topic;
	struct gn_pk root;    /* node key of who checks */
	uint8_t exporter[32]; /* of this session (RFC 8446 7.5) */
};
void gn_said_show_sign(const struct gn_sk *key, const struct gn_said_show *show,
		       struct gn_sig *out);
GN_MUST gn_err gn_said_show_check(const struct gn_pk *key, const struct gn_said_show *show,
				  const struct gn_sig *sig);

/* ---- subjects (BS-2) ---- */

/* filter: `*` and, last, `>` are allowed. GN_TEXT, GN_TOO_LARGE. */
GN_MUST gn_err gn_subject_ok(struct gn_slice subject, bool filter);
/* Both are well formed. `*` is one token, `>` one or more. */
bool gn_subject_matches(struct gn_slice filter, struct gn_slice subject);

/* ---- small conversions ---- */

/* First 8 bytes, as BusId names a publisher. */
static inline uint64_t gn_said_key8(const struct gn_pk *pk)
{
	return gn_be64(pk->b);
}

#endif
