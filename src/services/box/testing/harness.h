/* One holder without a network, for unit tests: its index, its log on a disk in memory, boxes whose
 * rules are given, peers whose sessions are as the test says. */
#ifndef GN_SERVICES_BOX_TESTING_HARNESS_H
#define GN_SERVICES_BOX_TESTING_HARNESS_H

#include "services/box/engine_int.h"
#include "store/testing/disk_sim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct gn_alloc heap;
static struct gn_prng prng;
static struct gn_rand source;
static struct gn_env env;
static struct gn_overlay *ov;
static struct gn_kv *kv;
static struct disk_sim disk;
static struct gn_box *b;
static uint32_t made;

static bool harness_no_session;

static bool harness_exporter(void *user, const struct gn_pk *peer, bool ours, uint8_t out[32])
{
	(void)ours;
	(void)user;
	memcpy(out, peer->b, 32); /* as good as any in a test */
	return !harness_no_session;
}

/* What the log has to say and to do. */
static void run(void)
{
	struct gn_disk_request r;
	struct gn_kv_event e;
	struct gn_slice data;
	for (bool any = true; any;) {
		any = false;
		for (; gn_kv_next_request(kv, &r); any = true) {
			gn_err err = disk_sim_perform(&disk, &r, &data);
			gn_kv_done(kv, r.token, err, err == GN_OK ? data : gn_slice(NULL, 0),
				   b->now);
		}
		for (; gn_kv_next_event(kv, &e); any = true)
			gn_box_kv_event(b, &e, b->now);
	}
}

static bool harness_alone; /* the next holder has joined nothing */

static void holder(uint64_t bytes_max)
{
	struct gn_overlay_config oc = {.pow_off = true, .probation_off = true};
	struct gn_kv_config kc = {.dir = "boxes", .value_max = gn_box_value_max()};
	struct gn_box_config bc = {.bytes_max = bytes_max, .exporter = harness_exporter};
	gn_alloc_heap(&heap, 512u << 20);
	gn_prng_init(&prng, 1);
	source = gn_prng_rand(&prng);
	env = (struct gn_env){.alloc = &heap, .rand = &source};
	gn_sk_new(&source, &oc.node_key);
	bc.node_key = oc.node_key;
	gn_time now = (gn_time)1767225600 * GN_SEC;
	assert_int_equal(gn_overlay_new(&env, &oc, now, &ov), GN_OK);
	assert_int_equal(gn_kv_new(&env, &kc, &kv), GN_OK);
	bc.overlay = ov;
	bc.kv = kv;
	assert_int_equal(gn_box_new(&env, &bc, now, &b), GN_OK);
	disk_sim_init(&disk, 1);
	gn_kv_start(kv, now);
	run();
	assert_true(b->ready);
	for (unsigned i = 0; i < 60 && !harness_alone; i++) /* it joins itself */
		gn_overlay_tick(ov, now + (gn_time)i * GN_SEC);
	b->now = now + 60 * GN_SEC;
	harness_alone = false;
	made = 0;
}

static int teardown(void **state)
{
	(void)state;
	gn_box_validate(b);
	gn_box_free(b);
	gn_kv_free(kv);
	gn_overlay_free(ov);
	disk_sim_fini(&disk);
	return heap.count == 0 ? 0 : -1;
}

static struct gn_pk key_of(uint8_t number)
{
	struct gn_pk pk = {{'k', number}};
	return pk;
}

static inline struct box_held *box_of(uint8_t number, uint8_t kind, uint8_t effort)
{
	struct gn_pk pk = key_of(number);
	const struct gn_boxrec_limits *l = gn_boxrec_limits(kind);
	struct box_held *h = box_held_need(b, &pk);
	assert_non_null(h);
	h->rules = GN_NEW(b->env.alloc, struct gn_boxrec);
	assert_non_null(h->rules);
	*h->rules = (struct gn_boxrec){.box = pk,
				       .kind = kind,
				       .reader_count = 1,
				       .items = l->items,
				       .bytes = l->bytes,
				       .item_max = l->item_max,
				       .item_ttl = l->ttl};
	b->rules_count++;
	h->effort = effort;
	return h;
}

static struct box_entry entry(enum gn_box_way way, uint8_t by, uint32_t len)
{
	struct box_entry e = {.len = len,
			      .way = (uint8_t)way,
			      .by = key_of(by),
			      .items = UINT32_MAX,
			      .kib = UINT32_MAX};
	uint32_t number = ++made;
	memcpy(e.hash.b, &number, sizeof number);
	return e;
}

/* GN_OK: it is in. */
static gn_err put(struct box_held *h, const struct box_entry *e, struct box_refusal *why)
{
	struct box_refusal none, *w = why ? why : &none;
	struct box_item in = {.hash = e->hash,
			      .state = BOX_STORING,
			      .way = e->way,
			      .bits = e->bits,
			      .len = e->len,
			      .until = UINT64_MAX / 2,
			      .by = e->by};
	*w = (struct box_refusal){.err = GN_OK};
	gn_err err = box_admit_place(b, h, e, w);
	if (err != GN_OK)
		return err;
	struct box_item *it = box_item_add(b, h, &in);
	assert_non_null(it);
	box_item_stands(b, it);
	return GN_OK;
}

static inline gn_err put_new(struct box_held *h, enum gn_box_way way, uint8_t by, uint32_t len,
			     struct box_refusal *why)
{
	struct box_entry e = entry(way, by, len);
	return put(h, &e, why);
}

static inline struct box_item *item_of(const struct box_held *h, const struct box_entry *e)
{
	struct gn_box_id id = box_id_of(&e->hash);
	return box_item_get(b, &h->key, &id);
}

#endif
