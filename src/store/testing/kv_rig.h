/* The record log beside a plain map of what it has promised, on a disk that loses, tears and damages
 * what it was given. */
#ifndef GN_STORE_KV_RIG_H
#define GN_STORE_KV_RIG_H

#include "store/log_int.h"
#include "store/testing/disk_sim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define KEYS 24

/* What a key may be worth. Puts and drops of a key are numbered from 1; the value of a put tells
 * its key and number. */
struct kv_belief {
	uint32_t durable;   /* the version that is there for certain, 0 = absent */
	uint32_t last;      /* number of the last put or drop that was reported durable */
	uint32_t newest;    /* number of the last one given to the log */
	uint32_t drops[64]; /* versions that are drops, 0 = end */
	uint32_t drop_count;
};

struct kv_rig {
	struct disk_sim disk;
	struct gn_alloc alloc;
	struct gn_prng prng;
	struct gn_rand rand;
	struct gn_env env;
	struct gn_kv *kv;
	struct gn_kv_config config;
	struct kv_belief keys[KEYS];
	struct gn_disk_request out[80]; /* requests under way */
	unsigned out_count;
	bool ready;
	gn_err ready_err;
	uint32_t entries; /* ENTRY events of this start */
	uint32_t seen[KEYS];
	unsigned stored, failed, loaded;
	uint32_t load_version;
	gn_err load_err;
	bool values_large;
};
struct gn_hash kv_rig_key_of(unsigned k);
size_t kv_rig_value_len(const struct kv_rig *r, unsigned k, uint32_t version);

extern uint8_t kv_rig_scratch[KV_VALUE_MAX];

void kv_rig_open(struct kv_rig *r);
void kv_rig_close(struct kv_rig *r);
void kv_rig_init(struct kv_rig *r, uint64_t seed);
void kv_rig_fini(struct kv_rig *r);
bool kv_rig_is_drop(const struct kv_belief *b, uint32_t version);

/* One round: takes requests and events, performs one request at random. False when nothing was
 * to do. */
bool kv_rig_step(struct kv_rig *r);
void kv_rig_run(struct kv_rig *r);
void kv_rig_put(struct kv_rig *r, unsigned k);
void kv_rig_drop(struct kv_rig *r, unsigned k);

/* After a crash: each key is what its last durable put or drop left, or what a later one would
 * have left. */
void kv_rig_check_recovered(struct kv_rig *r);
void kv_rig_check_loads(struct kv_rig *r);
void kv_rig_some_work(struct kv_rig *r, unsigned count);

#endif
