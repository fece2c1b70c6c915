/* A sender and a receiver of one transfer, each with its disk, and the stream between them: one
 * thread, one seed. What happens next is drawn: a request that is out is done, some bytes go on,
 * time passes. */
#ifndef GN_TRANSFER_TESTING_RIG_H
#define GN_TRANSFER_TESTING_RIG_H

#include "services/transfer/engine_int.h"
#include "services/transfer/testing/disk.h"

#define RIG_PIPE (96u << 10) /* bytes on their way */
#define RIG_OUT 40           /* requests that are out */

struct rig_end {
	struct gn_alloc mem;
	struct gn_env env;
	struct gn_transfer *t; /* NULL: killed */
	struct rig_disk disk;
	struct gn_transfer_request out[RIG_OUT];
	unsigned out_count;
	uint8_t in[RIG_PIPE]; /* what comes, not taken yet */
	size_t in_len;
	uint64_t taken; /* bytes */
	bool ready, offered, finished, stopped;
	struct gn_transfer_event stop;
	uint64_t blocks_taken, blocks_found, blocks_lost, skipped; /* of all that were killed */
};
struct rig {
	struct gn_prng prng;
	struct gn_rand rand;
	gn_time now;
	struct rig_end s, r;
	struct gn_transfer_secret secret;
	bool stream, accept;
};

void rig_init(struct rig *g, uint64_t seed);
void rig_fini(struct rig *g);
unsigned rig_below(struct rig *g, unsigned n);
/* A file of the sender's with bytes by chance, of its place i in the order they are added. */
void rig_source(struct rig *g, unsigned i, size_t len);
/* A sender of these paths, whose sources are 0, 1, ..; a receiver. */
void rig_send(struct rig *g, const char *const *paths, size_t count);
void rig_receive(struct rig *g);
/* It has read all. */
void rig_send_ready(struct rig *g, const char *const *paths, size_t count);
/* One file of so many bytes is about to go. */
void rig_send_one(struct rig *g, const char *path, size_t len);
/* Both begin on a new stream; what was on the old one is lost. */
void rig_connect(struct rig *g);
void rig_cut(struct rig *g);
/* Something happens. False: nothing can. */
bool rig_step(struct rig *g);
/* Until nothing can happen, or both are over. */
void rig_run(struct rig *g);
/* The same, and then both must be. */
void rig_finished(struct rig *g);
/* The process is gone, of its requests that are out some are done; then, with `power`, the machine.
 * It is started again by its state. */
void rig_kill(struct rig *g, struct rig_end *e, bool power);
/* Events of an end. */
void rig_events(struct rig *g, struct rig_end *e);
/* ---- one end alone: the other is this test ---- */

/* Everything its disk has to do, at once. */
void rig_work(struct rig *g, struct rig_end *e);
/* It hears a frame, of 64 KiB at most; then its disk works. */
void rig_feed(struct rig *g, struct rig_end *e, uint8_t type, const void *body, size_t len);
/* One frame that it says: its length; type 0: nothing. */
uint32_t rig_hear(struct rig_end *e, uint8_t *type, uint8_t *body, size_t cap);
/* It has stopped by itself for that, and says so to the other. */
void rig_stopped(struct rig *g, struct rig_end *e, gn_err err);
/* A list of these files, in malloc'ed bytes. */
gn_err rig_list(struct rig_end *e, const struct gn_bundle_file *files, size_t count,
		struct gn_buf *out);
/* The receiver hears a MANIFEST of any length; then its disk works. */
void rig_manifest(struct rig *g, struct gn_slice bytes);

/* Are they equal: source i and what the receiver has under this name? */
bool rig_same(struct rig *g, unsigned i, const char *name);

#endif
