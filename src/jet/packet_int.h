/* Packets as bytes: headers, packet numbers, header protection, sealing and opening, Retry and
 * Version. Layouts: docs/spec/jet.md JT-10 on. */
#ifndef GN_JET_PACKET_INT_H
#define GN_JET_PACKET_INT_H

#include "base/base.h"
#include "crypto/crypto.h"
#include "jet/limits.h"

#define JET_VERSION UINT32_C(0x474e4a01) /* "GNJ", 1 */

/* First byte. */
#define JET_FLAG_FIXED 0x20u /* 001xxxxx */
#define JET_FLAG_FIXED_MASK 0xe0u
#define JET_FLAG_LONG 0x10u
#define JET_FLAG_TYPE 0x0cu  /* long: enum jet_long << 2 */
#define JET_FLAG_PHASE 0x04u /* short: key phase; protected */
#define JET_FLAG_PN4 0x01u   /* packet number of 4 bytes, else 2; protected */
#define JET_PROTECT_LONG 0x03u
#define JET_PROTECT_SHORT 0x0fu

#define JET_SHORT_HEADER (1 + JET_CID_LEN)        /* before the packet number */
#define JET_LONG_HEADER (1 + 4 + 2 * JET_CID_LEN) /* before token or length */
#define JET_RETRY_TAG 16
#define JET_SAMPLE 16 /* bytes of ciphertext for the mask, from 4 after the packet number's start */

enum jet_long { JET_LONG_INITIAL, JET_LONG_HANDSHAKE, JET_LONG_RETRY, JET_LONG_VERSION };

/* Packet number spaces and key levels. */
enum jet_level { JET_INITIAL, JET_HANDSHAKE, JET_APP, JET_LEVELS };

/* One packet at the start of a datagram, before any key is used. Slices borrow from the
 * datagram. */
struct jet_header {
	bool is_long;
	enum jet_long type;
	uint32_t version;
	uint8_t dcid[JET_CID_LEN], scid[JET_CID_LEN];
	struct gn_slice token; /* Initial's token; Retry's cookie; Version's list */
	size_t pn_offset;      /* protected packets: where the packet number starts */
	size_t len;            /* of the whole packet */
};

/* GN_MALFORMED. A long packet of an unknown version yields only version and connection ids (len
 * = the datagram's). */
GN_MUST gn_err jet_header_read(struct gn_slice datagram, struct jet_header *out);

/* One key, one direction. */
struct jet_keys {
	struct gn_aead aead;
	uint8_t iv[GN_AEAD_NONCE];
	bool ready;
};

/* Full packet number from its low bits: the one closest to expected (RFC 9000 A.3). */
uint64_t jet_pn_decode(uint64_t expected, uint64_t truncated, unsigned bits);
/* 2 or 4: enough for a receiver that has everything up to largest acknowledged (RFC 9000 A.2). */
size_t jet_pn_len(uint64_t pn, uint64_t acked_next);

/* A protected packet in the buffer where it is opened or sealed. */
struct jet_sealed {
	uint8_t *p; /* borrowed */
	size_t len; /* of the whole packet with its tag */
	size_t pn_offset, pn_len;
	uint32_t path; /* 0 before there are application keys */
	uint64_t pn;   /* whole; as unmask leaves it, its low bits */
};

/* Removes header protection in place: flags and packet number become readable; sets pn_len and
 * pn. False when the packet is too short. */
bool jet_packet_unmask(struct gn_aead *hp, struct jet_sealed *x, bool is_long);
/* Opens in place; *payload borrows from x->p. GN_AUTH. */
GN_MUST gn_err jet_packet_open(struct jet_keys *k, const struct jet_sealed *x,
			       struct gn_slice *payload);
/* x->p holds the header (with packet number), the payload, and room for the tag. Seals, then
 * protects the header. Needs 4 bytes at least from the packet number to the tag. */
GN_MUST gn_err jet_packet_seal(struct jet_keys *k, const struct jet_sealed *x);

/* Retry: tag over the destination connection id of the packet it answers and everything before
 * the tag (JT-22). */
size_t jet_retry_write(uint8_t *out, size_t cap, const uint8_t dcid[8], const uint8_t scid[8],
		       const uint8_t answered[8], struct gn_slice cookie);
bool jet_retry_ok(struct gn_slice packet, const uint8_t answered[8]);
/* Version: the versions we speak, answering a packet of another one. */
size_t jet_version_write(uint8_t *out, size_t cap, const uint8_t dcid[8], const uint8_t scid[8],
			 uint8_t grease);

#endif
