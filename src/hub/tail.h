/* A thread that follows the journal: durable records in order, questions between them, and what
 * was left out read back from the journal's files. The history and the replica are such. */
#ifndef GN_HUB_TAIL_H
#define GN_HUB_TAIL_H

#include "base/base.h"
#include "hub/limits.h"
#include "os/os.h"
#include <uv.h>

struct gn_hub_tail;

/* A question: the first member of the asker's own struct. */
struct gn_hub_tail_item {
	struct gn_hub_tail_item *next;
	void (*run)(struct gn_hub_tail_item *item, void *user); /* on the thread */
	/* on the loop; the item is the asker's again */
	void (*done)(struct gn_hub_tail_item *item);
};

struct gn_hub_tail_ops {
	/* Takes durable records; those it has already are skipped. It may try again, with
	 * gn_hub_tail_failed, until gn_hub_tail_stopping. GN_NOT_FOUND: records before these are
	 * missing. */
	gn_err (*feed)(void *user, struct gn_slice payload, uint64_t first_seq, uint32_t count);
	uint64_t (*last)(void *user); /* the last record it has */
	/* a question waits until nothing is missing; else it is answered from what is there */
	bool current_first;
	uint64_t again_ns; /* pause after a failure */
};

struct gn_hub_tail_info {
	uint64_t watermark, waiting_bytes, failures;
	uint64_t caught_up; /* records read back from files */
	bool behind;
	char why[HUB_WHY]; /* of the last failure */
};

/* most: bytes of records that may wait. user belongs to the thread from gn_hub_tail_start to
 * gn_hub_tail_close. */
GN_MUST gn_err gn_hub_tail_new(uv_loop_t *loop, const struct gn_os_dir *dir,
			       const struct gn_hub_tail_ops *ops, void *user, size_t most,
			       struct gn_hub_tail **out);
void gn_hub_tail_start(struct gn_hub_tail *t);
/* Ends the thread after what waits; what is missing stays missing. */
void gn_hub_tail_close(struct gn_hub_tail *t);
/* False when this is what made it fall behind. */
bool gn_hub_tail_records(struct gn_hub_tail *t, struct gn_slice payload, uint64_t first_seq,
			 uint32_t count);
void gn_hub_tail_ask(struct gn_hub_tail *t, struct gn_hub_tail_item *item);
void gn_hub_tail_info(struct gn_hub_tail *t, struct gn_hub_tail_info *out);

/* ---- on the thread ---- */
bool gn_hub_tail_stopping(struct gn_hub_tail *t);
/* Counts a failure. */
void gn_hub_tail_note(struct gn_hub_tail *t, const char *why);
/* Counts a failure and pauses. */
void gn_hub_tail_failed(struct gn_hub_tail *t, const char *why);

#endif
