/* STUN messages (RFC 8489) as bytes in, bytes out; attributes of TURN (RFC 8656), ICE (RFC 8445)
 * and behaviour discovery (RFC 5780) ride in the same frame.
 *
 * A parsed message borrows the datagram. It is well formed as a whole: attributes within it, a
 * right FINGERPRINT if there is one, nothing after it. Who it is from only gn_stun_check says.
 * Rules RE-2, RE-50. */
#ifndef GN_NAT_STUN_H
#define GN_NAT_STUN_H

#include "base/base.h"
#include "crypto/crypto.h"

enum gn_stun_class { GN_STUN_REQUEST, GN_STUN_INDICATION, GN_STUN_SUCCESS, GN_STUN_ERROR };
enum gn_stun_method {
	GN_STUN_BINDING = 1,
	GN_STUN_ALLOCATE = 3,
	GN_STUN_REFRESH = 4,
	GN_STUN_SEND = 6,
	GN_STUN_DATA = 7,
	GN_STUN_CREATE_PERMISSION = 8,
	GN_STUN_CHANNEL_BIND = 9
};
/* Below 0x8000 who does not know one must refuse the request (420). */
enum gn_stun_type {
	GN_STUN_MAPPED_ADDRESS = 0x0001,
	GN_STUN_CHANGE_REQUEST = 0x0003,
	GN_STUN_USERNAME = 0x0006,
	GN_STUN_INTEGRITY = 0x0008,
	GN_STUN_ERROR_CODE = 0x0009,
	GN_STUN_UNKNOWN_ATTRIBUTES = 0x000a,
	GN_STUN_CHANNEL_NUMBER = 0x000c,
	GN_STUN_LIFETIME = 0x000d,
	GN_STUN_XOR_PEER_ADDRESS = 0x0012,
	GN_STUN_DATA_VALUE = 0x0013,
	GN_STUN_REALM = 0x0014,
	GN_STUN_NONCE = 0x0015,
	GN_STUN_XOR_RELAYED_ADDRESS = 0x0016,
	GN_STUN_REQUESTED_FAMILY = 0x0017,
	GN_STUN_EVEN_PORT = 0x0018,
	GN_STUN_REQUESTED_TRANSPORT = 0x0019,
	GN_STUN_DONT_FRAGMENT = 0x001a,
	GN_STUN_INTEGRITY_SHA256 = 0x001c,
	GN_STUN_PASSWORD_ALGORITHM = 0x001d,
	GN_STUN_USERHASH = 0x001e,
	GN_STUN_XOR_MAPPED_ADDRESS = 0x0020,
	GN_STUN_RESERVATION_TOKEN = 0x0022,
	GN_STUN_PRIORITY = 0x0024,
	GN_STUN_USE_CANDIDATE = 0x0025,
	GN_STUN_PASSWORD_ALGORITHMS = 0x8002,
	GN_STUN_ALTERNATE_DOMAIN = 0x8003,
	GN_STUN_SOFTWARE = 0x8022,
	GN_STUN_ALTERNATE_SERVER = 0x8023,
	GN_STUN_FINGERPRINT = 0x8028,
	GN_STUN_ICE_CONTROLLED = 0x8029,
	GN_STUN_ICE_CONTROLLING = 0x802a,
	GN_STUN_RESPONSE_ORIGIN = 0x802b,
	GN_STUN_OTHER_ADDRESS = 0x802c
};

struct gn_stun_id {
	uint8_t b[12]; /* of the transaction: chosen by who asks, unpredictable */
};

struct gn_stun {
	struct gn_slice bytes; /* borrowed: the message, with its head */
	enum gn_stun_class kind;
	uint16_t method; /* enum gn_stun_method, or one of a later RFC */
	struct gn_stun_id id;
	/* Where these begin, 0: there is none. Attributes behind the first of the two integrities
	 * are passed over (RFC 8489 section 14.5). */
	uint32_t sha1_at, sha256_at, fingerprint_at, end;
};

/* Is it STUN at all, by its first bytes? Others share the socket (RE-2). */
bool gn_stun_is(struct gn_slice datagram);
/* GN_MALFORMED: its length, an attribute, its fingerprint, or what follows that; GN_LIMIT: more
 * attributes than are read. */
GN_MUST gn_err gn_stun_parse(struct gn_slice datagram, struct gn_stun *out);

/* The first of this type; false: there is none. Borrows. */
bool gn_stun_get(const struct gn_stun *m, uint16_t type, struct gn_slice *value);
/* An address; mixed: as the XOR- types have it, with this message's id. GN_NOT_FOUND;
 * GN_MALFORMED. */
GN_MUST gn_err gn_stun_addr(const struct gn_stun *m, uint16_t type, bool mixed,
			    struct gn_addr *out);
/* The same of the one after `index` others of its type. */
GN_MUST gn_err gn_stun_addr_at(const struct gn_stun *m, uint16_t type, bool mixed, size_t index,
			       struct gn_addr *out);
GN_MUST gn_err gn_stun_u32(const struct gn_stun *m, uint16_t type, uint32_t *out);
/* 300..699 and its reason, which is a stranger's text. GN_NOT_FOUND; GN_MALFORMED. */
GN_MUST gn_err gn_stun_error(const struct gn_stun *m, uint16_t *code, struct gn_slice *reason);
/* Types that must be understood and are not among `known`, STUN_UNKNOWN_MAX at most; how many. */
size_t gn_stun_unknown(const struct gn_stun *m, const uint16_t *known, size_t known_count,
		       uint16_t *out);

/* ---- making one ---- */

struct gn_stun_maker {
	struct gn_writer w;
	struct gn_stun_id id;
};

/* room: cap bytes that stay the caller's; STUN_SAID_MAX are enough for all but what carries data.
 */
void gn_stun_begin(struct gn_stun_maker *m, void *room, size_t cap, enum gn_stun_class kind,
		   uint16_t method, const struct gn_stun_id *id);
void gn_stun_put(struct gn_stun_maker *m, uint16_t type, struct gn_slice value);
void gn_stun_put_u32(struct gn_stun_maker *m, uint16_t type, uint32_t value);
void gn_stun_put_addr(struct gn_stun_maker *m, uint16_t type, bool mixed,
		      const struct gn_addr *addr);
void gn_stun_put_error(struct gn_stun_maker *m, uint16_t code, const char *reason);
/* UNKNOWN-ATTRIBUTES. */
void gn_stun_put_types(struct gn_stun_maker *m, const uint16_t *types, size_t count);
/* The last but the fingerprint; sha256: MESSAGE-INTEGRITY-SHA256, else MESSAGE-INTEGRITY. */
void gn_stun_put_integrity(struct gn_stun_maker *m, bool sha256, struct gn_slice key);
/* GN_TOO_LARGE: it did not fit. out borrows room. */
GN_MUST gn_err gn_stun_end(struct gn_stun_maker *m, bool fingerprint, struct gn_slice *out);

/* ---- who it is from (stun_auth.c) ---- */

/* GN_NOT_FOUND: it says nothing of this kind; GN_SIGNATURE: it is by another key, or changed. */
GN_MUST gn_err gn_stun_check(const struct gn_stun *m, bool sha256, struct gn_slice key);
/* The key of a long-term credential (RFC 8489 section 9.2.2): 16 bytes by MD5, 32 by SHA-256. What
 * is not ASCII is prepared by the caller (RFC 8265); short-term keys are the password's bytes. */
void gn_stun_key_md5(struct gn_slice user, struct gn_slice realm, struct gn_slice password,
		     uint8_t out[16]);
void gn_stun_key_sha256(struct gn_slice user, struct gn_slice realm, struct gn_slice password,
			uint8_t out[32]);

#endif
