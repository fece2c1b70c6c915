/* The frame codec: one function reads any frame into a struct, writers append one. Layouts:
 * docs/spec/jet.md JT-50 on. */
#ifndef GN_JET_FRAME_INT_H
#define GN_JET_FRAME_INT_H

#include "base/base.h"
#include "jet/ranges_int.h"

enum jet_frame_type {
	JET_F_PAD = 0x00,
	JET_F_PING = 0x01,
	JET_F_ACK = 0x02,
	JET_F_ACK_ECN = 0x03,
	JET_F_RESET_STREAM = 0x04,
	JET_F_STOP_SENDING = 0x05,
	JET_F_CRYPTO = 0x06,
	JET_F_CONFIRM = 0x07, /* the handshake is confirmed; a ticket */
	JET_F_STREAM = 0x08,  /* to 0x0f: | 4 offset, | 2 length, | 1 fin */
	JET_F_MAX_DATA = 0x10,
	JET_F_MAX_STREAM_DATA = 0x11,
	JET_F_MAX_STREAMS_BIDI = 0x12,
	JET_F_MAX_STREAMS_UNI = 0x13,
	JET_F_STREAM_CLASS = 0x14,
	JET_F_NEW_CID = 0x18,
	JET_F_RETIRE_CID = 0x19,
	JET_F_PATH_CHALLENGE = 0x1a,
	JET_F_PATH_RESPONSE = 0x1b,
	JET_F_CLOSE = 0x1c,       /* by jet */
	JET_F_CLOSE_APP = 0x1d,   /* by the application */
	JET_F_PATH_OFFER = 0x20,  /* where both ends gave `paths` (RE-4) */
	JET_F_PATH_STATUS = 0x21, /* where both ends gave `paths` (RE-4) */
	/* 0x22 ACK_FREQ, 0x23 REPAIR: reserved, sent only
	 * when negotiated */
	JET_F_DATAGRAM = 0x30,  /* | 1 length */
	JET_F_EXTENSION = 0x40, /* and above: type, length, bytes; skipped when unknown */
	/* a pass for the next time, to who asked for one in the parameters */
	JET_F_PASS = 0x41,
	/* not on the wire: what a packet on a spare path repeats of a stream (RE-9) */
	JET_F_STREAM_COPY = 0x3f,
	JET_F_SEEN = 0x42, /* where your packets come from (RE-4) */
};

/* of a PATH_OFFER: candidates at most, and kinds that have more behind them (enum gn_way_kind) */
#define JET_OFFER_COUNT 12
#define JET_OFFER_RELAY 1
#define JET_OFFER_WSS 2

#define JET_F_STREAM_OFF 4
#define JET_F_STREAM_LEN 2
#define JET_F_STREAM_FIN 1

/* Which members hold what: see jet_frame_read. */
struct jet_frame {
	uint64_t type; /* flag bits of STREAM and DATAGRAM removed */
	uint64_t id;   /* stream; or path of ACK, NEW_CID, RETIRE_CID, PATH_STATUS */
	/* STREAM, CRYPTO; final size of RESET_STREAM; largest of ACK; seq of PATH_STATUS */
	uint64_t offset;
	uint64_t value;   /* code; limit; class; status; delay of ACK in us */
	uint64_t time_us; /* ACK: when the largest came, us on the receiver's session clock */
	bool fin;         /* STREAM */
	struct gn_slice
		/* STREAM, CRYPTO, DATAGRAM, extension; connection id; challenge; reason; ticket;
		 * ranges of ACK; the byte why of PATH_STATUS; PATH_OFFER whole */
		data;
};

/* Borrows from the reader. GN_MALFORMED. A run of PAD is one frame. */
GN_MUST gn_err jet_frame_read(struct gn_reader *r, struct jet_frame *out);
/* True for frames that must be acknowledged. */
bool jet_frame_eliciting(uint64_t type);
/* True for frames that do not move a path by themselves (JT-83). */
bool jet_frame_probing(uint64_t type);
/* True for frames that Initial and Handshake packets may hold. */
bool jet_frame_in_handshake(uint64_t type);

/* The ranges of an ACK frame, descending. jet_frame_read has checked that they do not run below
 * zero. */
struct jet_ack_iter {
	struct gn_reader r;
	uint64_t next; /* largest of the next range */
	bool first;
};
struct jet_ack_iter jet_ack_iter(const struct jet_frame *ack);
/* [*lo, *hi) of the next range; false at the end. */
bool jet_ack_next(struct jet_ack_iter *it, uint64_t *lo, uint64_t *hi);

/* Writers append; a frame that does not fit sets w->bad. */
/* Newest ranges first, as many as fit into w and JET_ACK_RANGES_SENT. received is not empty. */
void jet_write_ack(struct gn_writer *w, uint64_t path, const struct jet_ranges *received,
		   uint64_t delay_us, uint64_t time_us);
/* header only: the bytes follow */
void jet_write_crypto(struct gn_writer *w, uint64_t offset, uint64_t len);
/* Header of a STREAM frame; has_len false: the frame runs to the packet's end. */
void jet_write_stream(struct gn_writer *w, uint64_t id, uint64_t offset, uint64_t len, bool has_len,
		      bool fin);
/* type and up to three numbers. */
void jet_write_numbers(struct gn_writer *w, uint64_t type, const uint64_t *v, size_t count);
/* NEW_CID, PATH_CHALLENGE, PATH_RESPONSE. */
void jet_write_new_cid(struct gn_writer *w, uint64_t path, const uint8_t cid[8]);
void jet_write_path(struct gn_writer *w, uint64_t type, const uint8_t data[8]);
void jet_write_close(struct gn_writer *w, bool app, uint64_t code, struct gn_slice reason);

#endif
