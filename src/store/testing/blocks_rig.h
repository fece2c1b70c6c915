/* Blocks of known bytes beside a plain model of what the store has promised, on a disk that loses,
 * tears and damages what it was given. */
#ifndef GN_STORE_BLOCKS_RIG_H
#define GN_STORE_BLOCKS_RIG_H

#include "store/blocks_int.h"
#include "store/testing/disk_sim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define FILES 10 /* blocks that the tests know */
#define NOW (1000 * GN_SEC)

/* Blocks of known bytes. Short chunks do not exist, so most have one or two, and few have all
 * sixteen. */
extern const uint32_t rig_lengths[FILES];
extern uint8_t rig_bytes[FILES][GN_BLOCK];
extern struct gn_hash rig_leaves[FILES][GN_BLOCK_CHUNKS], rig_roots[FILES];
void blocks_rig_make_blocks(void);

struct blocks_rig {
	struct disk_sim disk;
	struct gn_alloc alloc;
	struct gn_prng prng;
	struct gn_rand rand;
	struct gn_env env;
	struct gn_blocks *b;
	struct gn_blocks_config config;
	gn_time now;
	struct gn_disk_request out[300];
	unsigned out_count;
	bool ready;
	gn_err ready_err;
	uint16_t durable[FILES]; /* chunks reported durable and not lost by removal */
	bool complete[FILES];    /* reported so */
	unsigned stored, failed, loaded, load_failed;
	gn_err last_err;
	bool last_complete;
};
unsigned blocks_rig_file_of(const struct gn_hash *h);
void blocks_rig_open(struct blocks_rig *r);
void blocks_rig_close(struct blocks_rig *r);
void blocks_rig_init(struct blocks_rig *r, uint64_t seed);
void blocks_rig_fini(struct blocks_rig *r);
void blocks_rig_handle(struct blocks_rig *r, const struct gn_blocks_event *e);
bool blocks_rig_step(struct blocks_rig *r);
void blocks_rig_run(struct blocks_rig *r);
gn_err blocks_rig_put(struct blocks_rig *r, unsigned f, uint32_t i, enum gn_block_keep keep,
		      uint64_t until);
void blocks_rig_put_all(struct blocks_rig *r, unsigned f, enum gn_block_keep keep, uint64_t until);
gn_err blocks_rig_load(struct blocks_rig *r, unsigned f, uint32_t i);
struct disk_sim_file *blocks_rig_file_on_disk(struct blocks_rig *r, unsigned f);
void blocks_rig_open_ready(struct blocks_rig *r);
void blocks_rig_reopen(struct blocks_rig *r);

#endif
