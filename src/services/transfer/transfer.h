/* Files from one person to another: one engine, as their sender or as their receiver, over the
 * ordered stream of whoever paired (pairing.h). It survives a stream that is cut: the next one,
 * begun by the two that paired, goes on; and, by its state on the disk, a kill.
 *
 *   sender    reads and hashes all   MANIFEST ->
 *   receiver                         <- HAVE {file 4, bits}.. HAVE {number of files 4}: that is all
 *   sender                           BLOCK {file 4, block 4, leaves} -> CHUNK.. -> .. DONE ->
 *   receiver  names in their place   <- DONE
 *   either    instead of the rest    STOP {code 1, sentence}
 *
 * Bytes and time in; bytes, file requests, events and one deadline out. Files are the owner's to
 * touch (struct gn_transfer_request). The owner polls bytes, requests and events after each call.
 * Rule RE-62. */
#ifndef GN_SERVICES_TRANSFER_H
#define GN_SERVICES_TRANSFER_H

#include "base/base.h"
#include "services/transfer/pairing.h"

struct gn_transfer;

/* ---- life ---- */

struct gn_transfer_file {
	struct gn_slice path;   /* as the receiver sees it: "photos/cat.jpg" (BU-1) */
	struct gn_slice source; /* what the owner calls it; not told, kept in the state */
};
/* A sender of these; slices are copied. note: what the owner wants to find with the state, its key
 * above all; secret. Begins to read and hash: GN_TRANSFER_READY when that is done. GN_USAGE
 * (nothing to send; a path that BU-1 or the receiver refuses), GN_LIMIT, GN_TOO_LARGE, GN_NOMEM;
 * why names the file. */
GN_MUST gn_err gn_transfer_send_new(const struct gn_env *env, const struct gn_transfer_file *files,
				    size_t count, struct gn_slice note, gn_time now,
				    struct gn_transfer **out, char why[256]);
GN_MUST gn_err gn_transfer_receive_new(const struct gn_env *env, struct gn_slice note,
				       struct gn_transfer **out);
/* Either, from what was written to its STATE before: what is whole of it. GN_CORRUPT: it is not
 * enough to go on with, and may be removed; GN_TOO_LARGE, GN_NOMEM. */
GN_MUST gn_err gn_transfer_again(const struct gn_env *env, struct gn_slice state,
				 struct gn_transfer **out);
/* Requests that are out may be forgotten. */
void gn_transfer_free(struct gn_transfer *t);

/* ---- the stream ---- */

/* There is one, whose ends paired with this secret; an older one is over. A sender begins when it
 * is READY. GN_STATE: it is not, or all is over. */
GN_MUST gn_err gn_transfer_begin(struct gn_transfer *t, const struct gn_transfer_secret *secret,
				 gn_time now);
/* The stream is gone. What came whole stays; the transfer waits for another. */
void gn_transfer_cut(struct gn_transfer *t);
/* What it brought, and how much of it is taken: the rest is given again when a request is done. */
size_t gn_transfer_recv(struct gn_transfer *t, struct gn_slice in, gn_time now);
/* Up to cap bytes for it; 0: nothing now. Also when all is over: why is said at the end. */
size_t gn_transfer_send(struct gn_transfer *t, uint8_t *out, size_t cap);

/* ---- what the person says ---- */

/* Yes, to GN_TRANSFER_OFFERED. GN_STATE. */
GN_MUST gn_err gn_transfer_accept(struct gn_transfer *t);
/* It ends here and is told to the other: GN_CANCELLED, GN_DENIED (no, to an offer) or what else
 * happened. The state stays: gn_transfer_again goes on with it. */
void gn_transfer_stop(struct gn_transfer *t, gn_err err);

/* ---- files: all requests that are out at one time may be done at once, in any order ---- */

enum gn_transfer_op {
	/* result: size, mtime, kind; a link is not followed: OTHER. GN_NOT_FOUND */
	GN_TRANSFER_STAT,
	GN_TRANSFER_READ, /* len bytes at offset; a shorter answer is the end of the file */
	/* A file (offset 0) or, of len 1, a directory, that was not there. GN_EXISTS */
	GN_TRANSFER_MAKE,
	/* All of data at offset; makes file and directories. No link is followed, on no level. */
	GN_TRANSFER_WRITE,
	/* STATE: it is durable; DEST: all that was written and made before is, names too */
	GN_TRANSFER_SYNC,
	GN_TRANSFER_RENAME, /* name to name2, then durable. GN_EXISTS: it replaces nothing */
};
enum gn_transfer_place {
	GN_TRANSFER_SOURCE, /* the sender's: file `file`, of which gn_transfer_source tells */
	GN_TRANSFER_DEST,   /* the receiver's: `name` below the folder where files arrive */
	/* one file that is nobody else's (0600): secret */
	GN_TRANSFER_STATE,
};
#define GN_TRANSFER_NAME_MAX 1056 /* bytes with terminator; relative, no ".." */

struct gn_transfer_request {
	enum gn_transfer_op op;
	enum gn_transfer_place place;
	uint64_t token; /* names its end; unique among those that are out */
	uint32_t file;
	char name[GN_TRANSFER_NAME_MAX], name2[GN_TRANSFER_NAME_MAX];
	uint64_t offset;
	uint32_t len;
	struct gn_slice data; /* WRITE: borrowed until its end, or gn_transfer_free */
};
enum gn_transfer_kind { GN_TRANSFER_FILE, GN_TRANSFER_FOLDER, GN_TRANSFER_OTHER };
struct gn_transfer_result {
	struct gn_slice data; /* READ; borrowed for the call */
	uint64_t size;        /* STAT */
	int64_t mtime;        /* ns */
	enum gn_transfer_kind kind;
};
bool gn_transfer_next_request(struct gn_transfer *t, struct gn_transfer_request *out);
/* result: NULL: it has none. */
void gn_transfer_done(struct gn_transfer *t, uint64_t token, gn_err err,
		      const struct gn_transfer_result *result, gn_time now);
gn_time gn_transfer_deadline(const struct gn_transfer *t);
void gn_transfer_tick(struct gn_transfer *t, gn_time now);
/* It is the other end's turn: a sender's to speak, a receiver's to take what is said, or to end.
 * Not while a receiver looks at what it has, or asks its person. */
bool gn_transfer_waits(const struct gn_transfer *t);

/* ---- outputs ---- */

#define GN_TRANSFER_WHY 320 /* bytes of a sentence, with its zero */

enum gn_transfer_event_kind {
	GN_TRANSFER_READY,    /* sender: all is hashed and the state durable; a code may be said */
	GN_TRANSFER_OFFERED,  /* receiver: gn_transfer_info tells of what; accept or stop */
	GN_TRANSFER_PROGRESS, /* gn_transfer_info has grown */
	/* Sender: over, the receiver has all. Receiver: all is there under its names. It is over
	 * (gn_transfer_info) when the sender is told of it: when that has arrived, or nobody waits
	 * for it, the state may be removed. */
	GN_TRANSFER_FINISHED,
	GN_TRANSFER_STOPPED, /* over: err, why, and whether the other said it */
};
struct gn_transfer_event {
	enum gn_transfer_event_kind kind;
	gn_err err;
	bool by_peer;
	char why[GN_TRANSFER_WHY]; /* plain text */
};
bool gn_transfer_next_event(struct gn_transfer *t, struct gn_transfer_event *out);

struct gn_transfer_info {
	bool sends, over, resumed; /* resumed: the receiver has been asked before */
	uint32_t files, tops;
	uint64_t bytes, hashed, done; /* of all files; read by the sender; at the receiver */
};
void gn_transfer_info(const struct gn_transfer *t, struct gn_transfer_info *out);
/* What the owner called file i, of a sender, which may be one of gn_transfer_again. */
struct gn_slice gn_transfer_source(const struct gn_transfer *t, uint32_t file);
/* A name of the first level; made: what it is at the receiver, once it is there. */
void gn_transfer_top(const struct gn_transfer *t, uint32_t top, struct gn_slice *name,
		     char made[GN_TRANSFER_NAME_MAX]);
struct gn_slice gn_transfer_note(const struct gn_transfer *t);
/* False: it never paired. */
bool gn_transfer_secret(const struct gn_transfer *t, struct gn_transfer_secret *out);
bool gn_transfer_counter_at(const struct gn_transfer *t, size_t i, struct gn_counter *out);
void gn_transfer_validate(const struct gn_transfer *t);

#endif
