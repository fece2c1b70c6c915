/* The engine's state, shared by its files; what its parts hold and do is in their own headers. */
#ifndef GN_SERVICES_BUNDLES_ENGINE_INT_H
#define GN_SERVICES_BUNDLES_ENGINE_INT_H

#include "services/bundles/keep_int.h"
#include "services/bundles/message_int.h"
#include "services/bundles/publish_int.h"
#include "services/bundles/site_int.h"

enum bundles_kind { OP_INGEST, OP_SPREAD, OP_READ, OP_OPEN };

/* ---- the engine ---- */

enum bundles_find_kind { FIND_SOURCE, FIND_JOB, FIND_OPEN };

struct bundles_counts {
#define X(name) uint64_t name;
#include "services/bundles/counters.def"
#undef X
};

struct gn_bundles {
	struct gn_env env;
	struct gn_bundles_config cfg;
	gn_time now, wake;     /* of the last call; when to run although no timer is due */
	struct gn_frame frame; /* its numbers are of operations, requests and jobs */
	struct gn_heap timers;
	uint64_t cost_least; /* of a block kept for others, bytes: account.c */
	bool serves_nothing; /* of others' blocks: BU-28 */
	unsigned finds_out;  /* of kind SOURCE */

	struct gn_map peers;     /* pk -> bundles_peer * */
	struct gn_share callers; /* places of peers that came to us */
	struct gn_map requests;  /* id -> bundles_request * */
	unsigned asked;          /* of them not late */
	gn_time line;            /* that our line takes for a chunk, of late */
	struct gn_map sources;   /* block -> bundles_source * */

	struct bundles_reader **readers; /* owned array of reads_max */
	uint32_t reader_count, reader_turn;
	unsigned local_loads, cache_puts;
	gn_time cache_off; /* no caching before: the store was full */

	/* peers whose chunks wait to be read from disk */
	struct bundles_peer *turn_first, *turn_last;
	unsigned serve_loads;
	struct gn_map serving; /* ticket number -> bundles_serving */

	struct gn_map incoming;   /* block -> bundles_incoming * */
	struct gn_map kept;       /* block -> bundles_kept */
	struct gn_map keepers;    /* pk -> bundles_keeper */
	struct gn_share bytes;    /* kept, and promised to blocks on their way */
	struct gn_share places;   /* of incoming */
	struct gn_map putting;    /* ticket number -> bundles_putting */
	uint64_t brought_changes; /* to who is charged for what */
	bool accounts_ready;
	gn_time sweep;

	struct gn_map needed; /* block -> how many lists name it */
	/* block -> Unix seconds: taken in for a publication that has not come to its spread */
	struct gn_map fresh;
	bool collecting, collect_all;
	uint32_t own_at; /* of the sweep: blocks of the store still to be looked at */
	gn_time own_sweep;

	struct bundles_ingest *ingest_first;
	struct bundles_spread *spread_first;
	unsigned spread_window; /* chunks that may be on their way to all targets */
	/* when it was last made smaller; when a chunk was last answered in no time */
	gn_time spread_cut, spread_quick;
	struct bundles_open *open_first;
	uint32_t ingests, spreads, opens; /* opens: not ended */
	/* manifests on their way, and being checked: a budget of their own (BU-27) */
	struct gn_alloc open_alloc;
	size_t spread_blocks;
	struct bundles_job jobs[BUNDLES_JOBS];
	struct gn_map asks; /* request -> bundles_target * */

	struct gn_map heads;     /* K -> bundles_head */
	struct gn_map manifests; /* root -> bundles_kept_manifest */
	size_t manifest_bytes;
	struct gn_bundles_work *work_first; /* waiting to be checked */
	unsigned works_out;

	struct gn_frame_out out;
	struct bundles_counts count;
};

/* Unix seconds by the clock of records; b->now runs the timers. */
static inline uint64_t bundles_unix(const struct gn_bundles *b)
{
	return gn_unix(gn_overlay_time(b->cfg.overlay, b->now));
}

/* The same for until when something is kept: the later one while our clock is in doubt (OV-82). */
static inline uint64_t bundles_unix_latest(const struct gn_bundles *b)
{
	return gn_unix(gn_overlay_time_latest(b->cfg.overlay, b->now));
}

static inline bool bundles_refuses(const struct gn_bundles *b, const struct gn_hash *hash)
{
	return b->cfg.refuses && b->cfg.refuses(b->cfg.user, hash);
}
static inline gn_err bundles_timer_set(struct gn_bundles *b, struct bundles_timer *t, gn_time at)
{
	return gn_heap_set(&b->timers, &t->node, at);
}
GN_MUST static inline gn_err bundles_find_add(struct gn_bundles *b, gn_op op,
					      enum bundles_find_kind kind, void *object)
{
	gn_err err = gn_frame_find_add(&b->frame, op, kind, object);
	b->count.nomem += err != GN_OK;
	return err;
}
/* Kinds of tickets. */
enum bundles_ticket {
	TICKET_READ = 1,
	TICKET_CACHE,
	TICKET_SERVE,
	TICKET_KEEP,
	TICKET_INGEST,
	TICKET_SPREAD
};

/* The chunk that is taken next. */
static inline uint64_t bundles_reader_at(const struct bundles_reader *r)
{
	return r->at / GN_CHUNK;
}
/* Where the window has a chunk. */
static inline struct bundles_slot *bundles_slot_at(const struct gn_bundles *b,
						   const struct bundles_reader *r, uint64_t chunk)
{
	return &r->slots[chunk % b->cfg.ahead];
}
static inline uint32_t bundles_chunk_len(const struct bundles_reader *r, uint64_t chunk)
{
	uint64_t left = r->size - chunk * GN_CHUNK;
	return left < GN_CHUNK ? (uint32_t)left : GN_CHUNK;
}
static inline const struct gn_hash *bundles_reader_hash(const struct bundles_reader *r,
							uint64_t block)
{
	GN_ASSERT(block >= r->first_block && block - r->first_block < r->block_count);
	return (const struct gn_hash *)(const void *)(r->blocks + (block - r->first_block) *
									  sizeof(struct gn_hash));
}
static inline struct gn_alloc *bundles_reader_memory(struct gn_bundles *b,
						     const struct bundles_reader *r)
{
	return r->open ? &b->open_alloc : b->env.alloc;
}

static inline struct gn_holder bundles_peer_holder(const struct bundles_peer *p)
{
	return (struct gn_holder){p->contact.pk, p->seen};
}

#endif
