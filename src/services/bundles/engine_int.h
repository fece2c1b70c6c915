/* The engine's state, shared by its files: bundles.c (frame), _peer (windows, requests), _source
 * (where blocks are), _read, _serve, _keep (for others), _ingest, _spread, _open, _open_room. */
#ifndef GN_SERVICES_BUNDLES_ENGINE_INT_H
#define GN_SERVICES_BUNDLES_ENGINE_INT_H

#include "guard/share.h"
#include "services/bundles/bundles.h"
#include "services/bundles/limits.h"
#include "services/frame/frame.h"
#include "wire/generated/blocks_fb.h"

/* ---- operations and their events ---- */

enum bundles_kind { OP_INGEST, OP_SPREAD, OP_READ, OP_OPEN };

/* Timers of all kinds in one heap. */
enum bundles_timer_kind {
	TIMER_REQUEST,
	TIMER_TARGET,
	TIMER_INCOMING,
	TIMER_SPREAD,
	TIMER_SOURCE,
	TIMER_ROOM
};
struct bundles_timer {
	struct gn_heap_node node;
	enum bundles_timer_kind kind;
};

/* ---- peers ---- */

struct bundles_get { /* a chunk that a peer asked us for */
	uint64_t request;
	struct gn_hash block;
	uint32_t index;
};

struct bundles_peer {
	struct bundles_timer timer; /* waiting: when to look again */
	struct gn_contact contact;
	struct gn_holder payer; /* of its place among callers */
	bool caller;            /* it came to us; else we looked for it */
	struct gn_addr seen;    /* where its last message came from; zeros: none came */
	/* chunks asked and not answered; how many may be; answers since it grew */
	unsigned inflight, window, credit;
	gn_time srtt, rttvar; /* from asking to the whole chunk; 0: never timed */
	gn_time cut;          /* when the window was last made smaller */
	unsigned misses;      /* deadlines missed in a row */
	gn_time wait_until;   /* it said BUSY, or lied */
	bool bad;             /* it lied */
	gn_time used;
	struct gn_ring queue; /* of bundles_get */
	unsigned loading;     /* of them being read from disk */
	gn_time served;       /* when one last went, or it asked for the first */
	bool in_turn;
	bool waiting; /* out of the turns: it had no room */
	bool stalled; /* what it asked for was forgotten, and it has taken nothing since */
	struct bundles_peer *next_turn;
	unsigned incoming; /* blocks on their way from it */
};

/* A chunk we asked for. */
struct bundles_request {
	struct bundles_timer timer; /* deadline, then the end of lateness */
	uint64_t id;
	struct gn_pk peer;
	gn_op reader;
	uint64_t chunk;         /* of the file */
	unsigned ahead;         /* chunks on their way when it was asked for, itself among them */
	gn_time sent, patience; /* that its peer has without them */
	bool late;
};

/* ---- where blocks are ---- */

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

/* ---- readers ---- */

enum bundles_slot_state { SLOT_FREE, SLOT_WANTED, SLOT_LOADING, SLOT_ASKED, SLOT_READY };
struct bundles_slot {
	enum bundles_slot_state state;
	bool skip_local;  /* the own copy was damaged */
	uint64_t request; /* ASKED */
	uint8_t *data;    /* READY, owned (bundles_reader_memory) */
	uint32_t len;
};

struct bundles_reader {
	struct gn_frame_op op;
	uint64_t size;
	uint8_t *blocks; /* owned: hashes of the blocks from first_block on */
	uint64_t first_block, block_count;
	uint64_t start, at, end;    /* bytes: of the range, next to be given */
	uint64_t next, last;        /* chunks: next to get a slot, one past the last */
	uint64_t looked;            /* blocks whose holders are looked for: all before this one */
	struct bundles_slot *slots; /* owned; chunk c is in slot c % ahead */
	uint8_t *given;             /* owned: what read_next handed out last */
	bool hungry;                /* its owner waits for READABLE */
	/* size and blocks are those of the pack that the file lies in */
	bool packed;
	struct bundles_open *open; /* reads a manifest for it; NULL: for the engine's owner */
	struct {
		uint64_t block; /* + 1 */
		bool on;
	} caching[32]; /* by block: do its chunks go to the store */
};

/* ---- given to and kept for others ---- */

struct bundles_serving { /* a chunk being read for a peer */
	struct gn_pk peer;
	uint64_t request;
};
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

/* ---- ingest ---- */

struct bundles_ingest {
	struct gn_frame_op op;
	struct bundles_ingest *next;
	uint8_t *data;     /* owned: the block being filled or stored */
	uint32_t len, put; /* bytes in it; chunks of it handed to the store */
	bool storing, ending,
		/* the block is being handed over; no more data comes; the owner waits for an
		 * event */
		stalled;
	struct gn_hash leaves[GN_BLOCK_CHUNKS], block;
	unsigned pending;       /* chunks on their way to the disk */
	struct gn_hash *blocks; /* owned */
	bool *was_own;          /* owned: pinned before, so not ours to unpin */
	size_t count, cap;
	uint64_t size;
	struct gn_hash root;
};

/* ---- spread ---- */

enum bundles_target_state {
	TARGET_NEW,
	TARGET_ASKED,
	TARGET_SENDING,
	TARGET_WAITING,
	TARGET_KEPT,
	TARGET_REFUSED
};
struct bundles_target {
	struct bundles_timer timer;
	struct bundles_job *job;
	struct gn_contact contact;
	enum bundles_target_state state;
	uint64_t request;
	uint32_t missing, inflight; /* bits of chunks to send; chunks not acknowledged */
	/* times it said so; that all was sent and no receipt came */
	unsigned busy, rounds;
	/* last sign of it; of each chunk on its way, else 0 */
	gn_time heard, sent[GN_BLOCK_CHUNKS];
	gn_err err;
};
struct bundles_job { /* one block on its way */
	struct bundles_spread *spread;
	uint64_t id;
	struct gn_hash block;
	uint32_t len;
	gn_op find; /* 0: found */
	bool loading, active;
	unsigned kept; /* copies with receipt, our own among them */
	uint32_t target_count;
	struct bundles_target targets[BUNDLES_HOLDERS];
};
struct bundles_spread {
	struct gn_frame_op op;
	struct bundles_spread *next_spread;
	struct bundles_timer timer; /* next round */
	uint8_t *blocks;            /* owned */
	size_t count, next;         /* blocks; next to get a job */
	unsigned copies, jobs;
	uint64_t keep_until;
	uint64_t done; /* copies made in this round */
	gn_err round_err;
	bool running, silent; /* a round is on; rounds after the first have no events */
};

/* ---- open ---- */

struct bundles_head {   /* a cached head record */
	uint8_t *bytes; /* owned */
	uint32_t len;
	gn_time got;
};
/* A manifest to be checked, then one that was: it lives with the memory it was checked in. */
struct gn_bundles_work {
	struct gn_bundles_work *next; /* waiting */
	gn_op op;                     /* the open that wants it; it may be gone */
	struct gn_hash root;
	struct gn_alloc alloc; /* its own: no thread shares it */
	uint8_t *bytes;        /* owned, of open_alloc; NULL once checked */
	size_t len;
	struct gn_manifest *manifest; /* owned, of alloc */
	gn_err err;
};
struct bundles_kept_manifest {
	struct gn_bundles_work *work; /* owned */
	gn_time used;
};
struct bundles_open {
	struct gn_frame_op op;
	struct bundles_open *next;
	struct gn_pk owner;
	struct gn_hash key;
	uint64_t version;
	gn_op get;
	gn_time moved; /* when the last of it came */
	gn_time age;   /* of the head, when it is the cache's */
	uint8_t *head; /* owned: the record */
	uint32_t head_len;
	struct bundles_reader *reader; /* of the manifest */
	uint8_t *bytes;                /* owned, of open_alloc: the manifest as far as it came */
	size_t len, cap, size;
	struct gn_bundles_work *work; /* borrowed: waiting to be checked */
	bool readable;
	struct gn_hash root;
};

/* ---- messages out ---- */

struct bundles_out {
	struct bundles_out *next;
	struct gn_contact to;
	uint32_t off, len, cap; /* message at storage + off */
	bool bulk;
	uint8_t storage[];
};
struct bundles_queue {
	struct bundles_out *first, *last;
	size_t bytes;
};

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
	unsigned finds_out; /* of kind SOURCE */

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

	struct bundles_queue control, bulk;
	struct bundles_out *building;
	struct gn_fbb fbb;
	struct bundles_out *sent; /* shown by the last next_message */
	struct bundles_counts count;
};

static inline struct gn_slice bundles_hash_slice(const struct gn_hash *h)
{
	return gn_slice(h->b, sizeof h->b);
}
static inline bool bundles_hash_eq(const struct gn_hash *a, const struct gn_hash *b)
{
	return memcmp(a->b, b->b, sizeof a->b) == 0;
}
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

/* messages (bundles_message.c): begin gives a builder with room for a small message and `extra`
 * bytes, NULL when it must be dropped (counted); end queues it */
struct gn_fbb *bundles_message_begin(struct gn_bundles *b, size_t extra);
void bundles_message_end(struct gn_bundles *b, const struct gn_contact *to, uint64_t request,
			 uint8_t body_type, gn_fbref body);
struct bundles_out *bundles_queue_pop(struct bundles_queue *q);
void bundles_queue_free(struct gn_bundles *b, struct bundles_queue *q);
gn_fbref bundles_chunk_make(struct gn_fbb *fbb, const struct gn_hash *block, uint32_t index,
			    uint32_t block_len, const struct gn_hash *proof, size_t proof_len,
			    struct gn_slice chunk);
void bundles_send_ack(struct gn_bundles *b, const struct gn_contact *to, uint64_t request,
		      const struct gn_hash *block, uint32_t index, gn_err err,
		      const struct gn_receipt *receipt);

/* peers */
struct bundles_peer *bundles_peer_get(const struct gn_bundles *b, const struct gn_pk *pk);
/* For what we want of it, and for what it wants of us (BU-25); NULL: full or no memory. */
struct bundles_peer *bundles_peer_need(struct gn_bundles *b, const struct gn_contact *contact);
struct bundles_peer *bundles_peer_called(struct gn_bundles *b, const struct gn_contact *contact);
void bundles_peers_init(struct gn_bundles *b);
void bundles_peers_fini(struct gn_bundles *b);
void bundles_peers_validate(const struct gn_bundles *b);
bool bundles_peer_can(const struct gn_bundles *b, const struct bundles_peer *p);
bool bundles_request_send(struct gn_bundles *b, struct bundles_peer *p, struct bundles_reader *r,
			  uint64_t chunk, const struct gn_hash *block);
void bundles_request_free(struct gn_bundles *b, struct bundles_request *q);
void bundles_request_due(struct gn_bundles *b, struct bundles_request *q);
void bundles_on_chunk(struct gn_bundles *b, const struct gn_pk *from, uint64_t request,
		      struct gn_fb_chunk chunk);
void bundles_on_get_ack(struct gn_bundles *b, struct bundles_request *q, gn_err err);
void bundles_peer_lost(struct gn_bundles *b, const struct gn_pk *pk);

/* sources */
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

/* readers */
GN_MUST gn_err bundles_reader_new(struct gn_bundles *b, const struct gn_bundle_file *file,
				  uint64_t off, uint64_t len, struct bundles_open *open,
				  struct bundles_reader **out);
void bundles_reader_free(struct gn_bundles *b, struct bundles_reader *r);
void bundles_reader_run(struct gn_bundles *b, struct bundles_reader *r);
void bundles_readers_run(struct gn_bundles *b);
/* Tells whoever reads that read_next has something to say. */
void bundles_reader_wake(struct gn_bundles *b, struct bundles_reader *r);
void bundles_reader_fail(struct gn_bundles *b, struct bundles_reader *r, gn_err err);
GN_MUST gn_err bundles_reader_take(struct gn_bundles *b, struct bundles_reader *r,
				   struct gn_slice *out);
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

const struct gn_hash *bundles_reader_block(const struct bundles_reader *r, uint64_t chunk);
/* The slot that waits for this chunk; NULL: not wanted. */
struct bundles_slot *bundles_reader_slot(struct gn_bundles *b, struct bundles_reader *r,
					 uint64_t chunk);
GN_MUST gn_err bundles_reader_fill(struct gn_bundles *b, struct bundles_reader *r, uint64_t chunk,
				   struct gn_slice data);
/* Checks a chunk from a peer, keeps it as cache when that is on; GN_HASH. */
GN_MUST gn_err bundles_reader_check(struct gn_bundles *b, struct bundles_reader *r, uint64_t chunk,
				    const struct gn_hash *proof, size_t proof_len,
				    struct gn_slice data);
void bundles_reader_loaded(struct gn_bundles *b, const struct gn_blocks_event *e);
static inline struct gn_alloc *bundles_reader_memory(struct gn_bundles *b,
						     const struct bundles_reader *r)
{
	return r->open ? &b->open_alloc : b->env.alloc;
}

/* serve, keep */
void bundles_on_chunk_get(struct gn_bundles *b, struct bundles_peer *p, uint64_t request,
			  struct gn_fb_chunk_get m);
void bundles_serve_run(struct gn_bundles *b);
/* a waiting one has its turn again */
void bundles_serve_look(struct gn_bundles *b, struct bundles_peer *p);
void bundles_serve_forget(struct gn_bundles *b, struct bundles_peer *p);
void bundles_serve_loaded(struct gn_bundles *b, const struct gn_blocks_event *e);
void bundles_on_have(struct gn_bundles *b, struct bundles_peer *p, uint64_t request,
		     struct gn_fb_block_have m);
void bundles_send_has(struct gn_bundles *b, struct bundles_peer *p, uint64_t request,
		      const struct gn_hash *block);
void bundles_on_keep(struct gn_bundles *b, struct bundles_peer *p, uint64_t request,
		     struct gn_fb_block_keep m);
void bundles_on_put(struct gn_bundles *b, struct bundles_peer *p, uint64_t request,
		    struct gn_fb_chunk_put m);
void bundles_keep_stored(struct gn_bundles *b, const struct gn_blocks_event *e);
void bundles_incoming_drop(struct gn_bundles *b, struct bundles_incoming *in);

/* accounts of what is kept for others */
void bundles_accounts_init(struct gn_bundles *b);
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
static inline struct gn_holder bundles_peer_holder(const struct bundles_peer *p)
{
	return (struct gn_holder){p->contact.pk, p->seen};
}

/* own blocks */
GN_MUST gn_err bundles_need(struct gn_bundles *b, struct gn_slice blocks);
void bundles_need_no_more(struct gn_bundles *b, struct gn_slice blocks); /* none goes for it */
GN_MUST gn_err bundles_fresh(struct gn_bundles *b, const struct gn_hash *block);
uint64_t bundles_fresh_until(const struct gn_bundles *b); /* Unix seconds */
/* Unless it is needed. What is promised to others stays promised. */
void bundles_let_go(struct gn_bundles *b, const struct gn_hash *block);
void bundles_own_tick(struct gn_bundles *b);

/* ingest */
void bundles_ingests_run(struct gn_bundles *b);
void bundles_ingest_stored(struct gn_bundles *b, const struct gn_blocks_event *e);
/* Not ended: what it pinned is let go. */
void bundles_ingest_free(struct gn_bundles *b, struct bundles_ingest *in);

/* spread */
GN_MUST gn_err bundles_spread_start(struct gn_bundles *b, struct gn_slice blocks, unsigned copies,
				    uint64_t keep_until, gn_op *op);
void bundles_spread_run(struct gn_bundles *b);
void bundles_spread_due(struct gn_bundles *b, struct bundles_spread *s);
void bundles_spread_free(struct gn_bundles *b, struct bundles_spread *s);
void bundles_job_found(struct gn_bundles *b, struct bundles_job *job,
		       const struct gn_overlay_event *e);
void bundles_job_loaded(struct gn_bundles *b, const struct gn_blocks_event *e);
void bundles_target_due(struct gn_bundles *b, struct bundles_target *t);
struct bundles_target *bundles_target_get(const struct gn_bundles *b, uint64_t request,
					  const struct gn_pk *from);
void bundles_on_target_ack(struct gn_bundles *b, struct bundles_target *t,
			   struct gn_fb_chunk_ack m);
void bundles_on_target_has(struct gn_bundles *b, struct bundles_target *t,
			   struct gn_fb_block_has m);
void bundles_spread_peer_lost(struct gn_bundles *b, const struct gn_pk *pk);

/* open */
void bundles_open_got(struct gn_bundles *b, struct bundles_open *o,
		      const struct gn_overlay_event *e);
void bundles_opens_run(struct gn_bundles *b);
void bundles_open_free(struct gn_bundles *b, struct bundles_open *o);
/* with its event */
void bundles_open_end(struct gn_bundles *b, struct bundles_open *o, gn_err err);
void bundles_open_event(struct gn_bundles *b, struct bundles_open *o, struct gn_bundles_event *out);
void bundles_caches_free(struct gn_bundles *b);
void bundles_head_keep(struct gn_bundles *b, const struct gn_hash *key, const uint8_t *bytes,
		       uint32_t len);
/* Nobody waits for it any more. */
void bundles_work_drop(struct gn_bundles *b, struct gn_bundles_work *w);
/* Takes w; what the check said, or GN_NOMEM. */
GN_MUST gn_err bundles_manifest_keep(struct gn_bundles *b, struct gn_bundles_work *w);
/* A lookup is on, or all was at hand. */
GN_MUST gn_err bundles_open_start(struct gn_bundles *b, const struct gn_pk *owner,
				  struct gn_slice label, uint64_t version, bool fresh,
				  struct bundles_open **out);

/* room for opens (BU-27). Memory as gn_mem_resize; NULL: o itself has to give way. */
void *bundles_open_memory(struct gn_bundles *b, struct bundles_open *o, void *p, size_t size);
/* A place for a site of this owner; GN_LIMIT. */
GN_MUST gn_err bundles_open_place(struct gn_bundles *b, const struct gn_pk *owner);

#endif
