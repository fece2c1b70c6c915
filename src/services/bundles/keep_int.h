/* What is kept for others, and own blocks. */
#ifndef GN_SERVICES_BUNDLES_KEEP_INT_H
#define GN_SERVICES_BUNDLES_KEEP_INT_H

#include "services/bundles/peer_int.h"

struct bundles_putting { /* a chunk of an incoming block on its way to the disk */
	struct gn_pk peer;
	uint64_t request;
	struct gn_hash block;
	uint64_t until; /* Unix seconds */
};

struct bundles_incoming {
	struct bundles_timer timer;
	struct gn_hash block;
	struct gn_holder who;
	uint32_t len;
	uint64_t until; /* Unix seconds */
	uint64_t got;   /* bytes taken */
	gn_time opened;
	bool shared; /* others have asked as well */
	bool passed; /* it is another's by now, who has brought nothing yet */
};
struct bundles_kept {
	struct gn_holder who; /* who was promised it for longest; all zero: not known any more */
	uint32_t len;
	uint64_t until; /* Unix seconds: the longest promise */
};
struct bundles_keeper { /* a key for which something is kept */
	gn_time since;
	bool asked;      /* by somebody else from elsewhere, for something of it */
	uint32_t number; /* in the list that is being saved */
};

/* ---- blocks on their way ---- */

void bundles_on_keep(struct gn_bundles *b, struct bundles_peer *p, uint64_t request,
		     struct gn_fb_block_keep m);
void bundles_on_put(struct gn_bundles *b, struct bundles_peer *p, uint64_t request,
		    struct gn_fb_chunk_put m);
void bundles_keep_stored(struct gn_bundles *b, const struct gn_blocks_event *e);
void bundles_incoming_drop(struct gn_bundles *b, struct bundles_incoming *in);
void bundles_keep_forget(struct gn_bundles *b, const struct gn_hash *block);

/* ---- accounts of what is kept for others ---- */

void bundles_accounts_init(struct gn_bundles *b);
void bundles_accounts_limit(struct gn_bundles *b); /* cfg.peer_bytes_max is another */
void bundles_accounts_build(struct gn_bundles *b);
void bundles_accounts_sweep(struct gn_bundles *b);
/* BU-19, BU-23. until: asked for, then promised (Unix seconds), which may be less. GN_NO_SPACE,
 * GN_QUOTA, GN_NOMEM. */
GN_MUST gn_err bundles_account_add(struct gn_bundles *b, const struct gn_hash *block,
				   const struct gn_holder *who, uint32_t len, uint64_t *until);
void bundles_account_remove(struct gn_bundles *b, const struct gn_hash *block);
/* Nobody's until now, as all is after a restart, it was this holder's before, known since then. */
void bundles_account_claim(struct gn_bundles *b, const struct gn_hash *block,
			   const struct gn_holder *who, gn_time since, bool asked);
void bundles_account_asked(struct gn_bundles *b, const struct gn_hash *block,
			   const struct gn_holder *by);

/* ---- own blocks ---- */

GN_MUST gn_err bundles_need(struct gn_bundles *b, struct gn_slice blocks);
void bundles_need_no_more(struct gn_bundles *b, struct gn_slice blocks); /* none goes for it */
GN_MUST gn_err bundles_fresh(struct gn_bundles *b, const struct gn_hash *block);
uint64_t bundles_fresh_until(const struct gn_bundles *b); /* Unix seconds */
/* Unless it is needed. What is promised to others stays promised. */
void bundles_let_go(struct gn_bundles *b, const struct gn_hash *block);
void bundles_own_tick(struct gn_bundles *b);

#endif
