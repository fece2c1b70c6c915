/* Where blocks are. */
#ifndef GN_SERVICES_BUNDLES_SOURCE_INT_H
#define GN_SERVICES_BUNDLES_SOURCE_INT_H

#include "services/bundles/peer_int.h"

enum bundles_holder_state { HOLDER_UNKNOWN, HOLDER_HAS, HOLDER_LACKS, HOLDER_FAILED };
struct bundles_holder {
	struct gn_contact contact;
	uint8_t state, fails;
};
enum bundles_source_state { SOURCE_NEW, SOURCE_FINDING, SOURCE_FOUND, SOURCE_WAITING, SOURCE_NONE };
/* NEW -> FINDING [find] -> FOUND [some contacts] -> WAITING [none has it] -> NEW (wide) -> .. ->
 * NONE [twice] */
struct bundles_source {
	struct bundles_timer timer; /* WAITING: when to look again */
	struct gn_hash block;
	enum bundles_source_state state;
	bool wide;
	gn_op find;
	gn_err err; /* NONE: why */
	gn_time found, used;
	/* since when its holders have given nothing: BUSY, or silence; 0: they were not asked */
	gn_time refused;
	uint32_t holder_count;
	struct bundles_holder *holders; /* owned; nearest first */
};

/* NULL: no memory */
struct bundles_source *bundles_source_need(struct gn_bundles *b, const struct gn_hash *block);
struct bundles_source *bundles_source_get(const struct gn_bundles *b, const struct gn_hash *block);
void bundles_source_found(struct gn_bundles *b, struct bundles_source *s,
			  const struct gn_overlay_event *e);
void bundles_source_due(struct gn_bundles *b, struct bundles_source *s);
struct bundles_holder *bundles_source_holder(struct bundles_source *s, const struct gn_pk *pk);
/* One of its holders said BUSY, or nothing. True: they have given nothing for too long. */
bool bundles_source_refused(const struct gn_bundles *b, struct bundles_source *s);
/* Who to ask for a chunk now: NULL and *err GN_AGAIN: later; GN_NOT_FOUND, GN_HASH,
 * GN_TIMEOUT..: nobody has it. */
struct bundles_peer *bundles_source_pick(struct gn_bundles *b, struct bundles_source *s, bool asked,
					 gn_err *err);
void bundles_source_free(struct gn_bundles *b, struct bundles_source *s);

#endif
