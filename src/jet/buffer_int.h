/* The two halves of an ordered byte stream, used by streams and by the handshake's CRYPTO data:
 * what we wrote and may have to send again, and what came in pieces and is read in order. Both
 * keep their bytes in one ring that grows by doubling and is given back when empty. */
#ifndef GN_JET_BUFFER_INT_H
#define GN_JET_BUFFER_INT_H

#include "jet/ranges_int.h"

struct jet_sendbuf {
	uint8_t *ring; /* owned; byte at offset o is ring[o & (capacity - 1)] */
	uint32_t capacity;
	uint64_t base;           /* first byte that is not acknowledged with all before it */
	uint64_t next;           /* first byte never sent */
	uint64_t end;            /* first byte not written */
	struct jet_ranges acked; /* above base */
	struct jet_ranges lost;  /* to be sent again; below next, disjoint from acked */
};

void jet_sendbuf_fini(struct jet_sendbuf *b, struct gn_alloc *alloc);
/* All or nothing: GN_NOMEM. */
GN_MUST gn_err jet_sendbuf_write(struct jet_sendbuf *b, struct gn_alloc *alloc,
				 struct gn_slice data);
/* The next piece to send, lost bytes first, new ones below `credit` (an offset); false when
 * there is none. */
bool jet_sendbuf_peek(const struct jet_sendbuf *b, uint64_t credit, uint64_t *offset,
		      uint64_t *len);
void jet_sendbuf_copy(const struct jet_sendbuf *b, uint64_t offset, uint8_t *out, size_t len);
/* The piece that peek gave, or a head of it, went out. */
void jet_sendbuf_sent(struct jet_sendbuf *b, uint64_t offset, size_t len);
/* GN_NOMEM, or GN_LIMIT of ranges: fatal to the session. */
GN_MUST gn_err jet_sendbuf_acked(struct jet_sendbuf *b, struct gn_alloc *alloc, uint64_t offset,
				 uint64_t len);
GN_MUST gn_err jet_sendbuf_lost(struct jet_sendbuf *b, struct gn_alloc *alloc, uint64_t offset,
				uint64_t len);
/* Gives the ring back when nothing is in it. */
void jet_sendbuf_trim(struct jet_sendbuf *b, struct gn_alloc *alloc);
void jet_sendbuf_validate(const struct jet_sendbuf *b);

struct jet_recvbuf {
	uint8_t *ring; /* owned */
	uint32_t capacity;
	uint64_t base;          /* first byte not read */
	struct jet_ranges have; /* at or above base */
};

void jet_recvbuf_fini(struct jet_recvbuf *b, struct gn_alloc *alloc);
/* Stores what is new of data. The caller has checked offset + len against its window. GN_NOMEM;
 * GN_LIMIT: it would make one hole too many and was not stored, which is to be treated as if its
 * packet had been lost. */
GN_MUST gn_err jet_recvbuf_put(struct jet_recvbuf *b, struct gn_alloc *alloc, uint64_t offset,
			       struct gn_slice data);
/* Bytes by which the ring grows when so much is put. */
uint32_t jet_recvbuf_growth(const struct jet_recvbuf *b, uint64_t offset, size_t len);
/* Bytes that can be read in order now. */
size_t jet_recvbuf_readable(const struct jet_recvbuf *b);
/* Bytes from the first not read to the furthest held. */
uint64_t jet_recvbuf_span(const struct jet_recvbuf *b);
/* Copies without consuming; len <= readable. */
void jet_recvbuf_peek(const struct jet_recvbuf *b, uint8_t *out, size_t len);
/* Copies at most cap and consumes. */
size_t jet_recvbuf_read(struct jet_recvbuf *b, uint8_t *out, size_t cap);
void jet_recvbuf_trim(struct jet_recvbuf *b, struct gn_alloc *alloc);
void jet_recvbuf_validate(const struct jet_recvbuf *b);

#endif
