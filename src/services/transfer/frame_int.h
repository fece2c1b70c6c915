/* Frames of pairing and transfer: type 1, length 4, body; how long each may be, and how they are
 * taken apart as they come. No body is kept here: who reads says where it goes. RE-61, RE-62. */
#ifndef GN_TRANSFER_FRAME_INT_H
#define GN_TRANSFER_FRAME_INT_H

#include "records/tree.h"
#include "services/transfer/limits.h"
#include "services/transfer/pairing.h"

#define FRAME_HEAD 5
#define HAVE_MAX (4 + GN_FILE_BLOCKS / 8)
#define BLOCK_MAX (8 + GN_BLOCK_CHUNKS * 32)

enum frame_type {
	FRAME_SHARE = 1,
	FRAME_CONFIRM,
	FRAME_RESUME,
	FRAME_MANIFEST,
	FRAME_HAVE,
	FRAME_BLOCK,
	FRAME_CHUNK,
	FRAME_DONE,
	FRAME_STOP,
	FRAME_TYPES
};
#define FRAME_BIT(type) (1u << (type))

/* Why a STOP: its first byte. */
enum stop_code {
	STOP_CANCELLED = 1,
	STOP_REFUSED, /* the person said no */
	STOP_AUTH,    /* a wrong code */
	STOP_BUSY,    /* a guess too soon after another */
	STOP_GONE,    /* the code is dead; there is nothing to resume */
	STOP_CHANGED, /* a file has changed since it was offered */
	STOP_DISK,
	STOP_FAULT, /* the other end broke the protocol, or lies */
	STOP_LIMIT,
	STOP_CODES
};
/* What a STOP's code means to who hears it; GN_REMOTE: another. */
gn_err transfer_stop_err(uint8_t code);
/* The code that tells of err. */
uint8_t transfer_stop_code(gn_err err);

/* Takes from *in up to the end of a head. GN_AGAIN: it is not whole; GN_PROTOCOL: a type that is
 * not in `allowed` (FRAME_BITs), or longer than its kind may be. After GN_OK a body of f->len bytes
 * follows; f->got of them have come. */
GN_MUST gn_err transfer_frame_head(struct gn_transfer_frame *f, struct gn_slice *in,
				   uint32_t allowed);
/* Takes from *in what is the body's, to its place in body (f->len bytes). True: it is whole. */
bool transfer_frame_body(struct gn_transfer_frame *f, struct gn_slice *in, uint8_t *body);
/* The next frame begins. */
void transfer_frame_next(struct gn_transfer_frame *f);
void transfer_frame_write(uint8_t head[FRAME_HEAD], enum frame_type type, size_t len);

#endif
