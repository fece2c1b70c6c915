/* Whole nodes, a box in their network, and who reads and writes it from nodes that do not hold it:
 * what tests of fresh sessions share. The world is one for each test program. */
#ifndef GN_NODE_TESTING_BOXED_WORLD_H
#define GN_NODE_TESTING_BOXED_WORLD_H

#include "node/fresh_int.h"
#include "node/peers_int.h"
#include "node/testing/whole.h"
#include "records/box_proof.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define NODES_MAX 48

static struct whole w;
static struct gn_sk owner, reader, contact;
static struct {
	unsigned items, deposits, put;
	gn_err result;
	gn_time deposited, stored;
	struct gn_box_id last;
} told;
static unsigned asker, writer; /* of them none holds the box */

static inline struct gn_sk secret(uint8_t number)
{
	struct gn_sk sk;
	uint8_t seed[32] = {'n', 'f', number};
	gn_sk_from_seed(seed, &sk);
	return sk;
}

static inline void on_box(void *user, unsigned node, const struct gn_box_event *e)
{
	struct gn_boxrec_show show = {.box = e->box, .holder = e->holder, .role = e->role};
	struct gn_sig sig;
	(void)user;
	if (e->kind == GN_BOX_SIGN) {
		uint64_t sign = e->sign;
		struct gn_box *box = gn_node_fresh_box(whole_node(&w, node), &sign);
		const struct gn_sk *by = e->role == GN_BOXREC_DEPOSITOR ? &contact : &reader;
		struct gn_sk remover = secret(9);
		memcpy(show.exporter, e->exporter, sizeof show.exporter);
		gn_boxrec_show_sign(e->role == GN_BOXREC_REMOVER ? &remover : by, &show, &sig);
		gn_box_signed(box, sign, &sig, w.now);
	}
	told.items += e->kind == GN_BOX_ITEM;
	if (e->kind == GN_BOX_ITEM)
		told.last = e->id;
	if (e->kind == GN_BOX_STORED)
		told.stored = w.now;
	if (e->kind == GN_BOX_DEPOSITED) {
		told.deposits++;
		told.deposited = w.now;
		told.result = e->err;
	}
}

static inline void on_overlay(void *user, unsigned node, const struct gn_overlay_event *e)
{
	(void)user;
	(void)node;
	told.put += e->err == GN_OK;
}

static inline void on_running(void *user, unsigned node)
{
	(void)user;
	whole_bootstrap_first(&w, node, 3);
}

static inline struct gn_slice descriptor(const struct gn_sk *of)
{
	static uint8_t bytes[GN_RECORD_MAX];
	struct gn_buf buf = {bytes, 0, sizeof bytes};
	const struct gn_boxrec_limits *l = gn_boxrec_limits(GN_FB_BOX_KIND_PRIVATE);
	struct gn_work_tries tries = {0, UINT64_C(1) << 27};
	struct gn_boxrec rec = {.box = of->pk,
				.kind = GN_FB_BOX_KIND_PRIVATE,
				.seq = 1,
				.ttl = 30 * 86400,
				.created = gn_unix(w.now),
				.readers = {{reader.pk, secret(9).pk}},
				.reader_count = 1,
				.item_ttl = l->ttl,
				.items = l->items,
				.bytes = l->bytes,
				.item_max = l->item_max,
				.epoch = gn_unix(w.now) / 86400};
	assert_int_equal(
		gn_boxrec_puzzle(&rec.box, rec.epoch, GN_BOXREC_WORK_BITS, tries, rec.nonce),
		GN_OK);
	assert_int_equal(gn_boxrec_record(of, &rec, 0, &buf), GN_OK);
	return gn_buf_slice(&buf);
}

static inline const struct gn_pk *key_of(unsigned i)
{
	return &w.nodes[i]->node.key.pk; /* also of one that is dead */
}

static inline bool holds(unsigned i, const struct gn_pk *box)
{
	struct gn_hash key;
	struct gn_overlay_held h;
	gn_boxrec_key(box, 0, &key);
	return gn_overlay_held_of(whole_node(&w, i)->overlay, &key, &h);
}

/* How many are nearer to the box than this one: twelve count as holders. */
static inline unsigned rank_of(unsigned i, const struct gn_pk *box)
{
	struct gn_hash key;
	struct gn_overlay_info info;
	unsigned nearer = 0;
	gn_boxrec_key(box, 0, &key);
	uint64_t theta = gn_ov_theta(key.b);
	gn_overlay_info(whole_node(&w, i)->overlay, &info);
	uint64_t own = gn_ov_sep(gn_ov_theta(info.self.id.b), theta);
	for (unsigned k = 0; k < w.count; k++) {
		gn_overlay_info(whole_node(&w, k)->overlay, &info);
		nearer += gn_ov_sep(gn_ov_theta(info.self.id.b), theta) < own;
	}
	return nearer;
}

static inline void put_box(unsigned at, const struct gn_sk *of)
{
	gn_op op;
	told.put = 0;
	whole_moved(&w, at);
	assert_int_equal(gn_overlay_put(whole_node(&w, at)->overlay, descriptor(of),
					w.count < 5 ? (uint8_t)w.count : 5, w.now, &op),
			 GN_OK);
	whole_moved(&w, at);
	whole_run_for(&w, 10 * GN_SEC);
	assert_int_equal(told.put, 1);
}

static inline void grow(unsigned nodes, uint64_t seed)
{
	owner = secret(1);
	reader = secret(2);
	contact = secret(3);
	memset(&told, 0, sizeof told);
	whole_init(&w,
		   &(struct whole_options){
			   .seed = seed,
			   .nodes = NODES_MAX,
			   .pow_bits = 1,
			   .hooks = {.overlay = on_overlay, .box = on_box, .running = on_running}});
	for (unsigned i = 0; i < nodes; i++) {
		whole_start(&w, whole_add(&w));
		whole_run_for(&w, 3 * GN_SEC);
	}
	whole_run_for(&w, 60 * GN_SEC);
	put_box(0, &owner);
	asker = writer = nodes;
	for (unsigned i = 1; i < nodes; i++)
		if (rank_of(i, &owner.pk) >= 12) {
			writer = asker < nodes && writer == nodes ? i : writer;
			asker = asker == nodes ? i : asker;
		}
}

static inline struct gn_node_fresh_for mine(void)
{
	return (struct gn_node_fresh_for){.user = 1000};
}

/* fresh NULL: as the node itself. */
static inline gn_err try_deposit(unsigned node, const struct gn_node_fresh_for *fresh,
				 const struct gn_sk *of, struct gn_slice item)
{
	struct gn_boxcert cert = {
		.key = contact.pk, .until = gn_unix(w.now) + 5 * 86400, .items = 90, .kib = 999};
	struct gn_box_deposit d = {.place.box = of->pk,
				   .item = item,
				   .ttl = 86400,
				   .proof = {.way = GN_BOX_CERTIFICATE}};
	struct gn_hash hash;
	gn_op op;
	gn_sha256(&item, 1, &hash);
	gn_boxcert_make(of, &cert);
	d.proof.certificate = cert;
	gn_boxrec_deposit_sign(&contact, &of->pk, &hash, &d.proof.sig);
	whole_moved(&w, node);
	gn_err err = fresh ? gn_node_fresh_deposit(whole_node(&w, node), fresh, &d, &op)
			   : gn_box_deposit(whole_node(&w, node)->box, &d, w.now, &op);
	whole_moved(&w, node);
	return err;
}

static inline void deposit(unsigned node, const struct gn_node_fresh_for *fresh, const char *item)
{
	assert_int_equal(try_deposit(node, fresh, &owner, gn_str(item)), GN_OK);
}

static inline gn_op follow_of(unsigned node, const struct gn_node_fresh_for *fresh,
			      const struct gn_sk *of)
{
	struct gn_box_follow f = {.place.box = of->pk, .read = reader.pk, .ack = secret(9).pk};
	gn_op op;
	whole_moved(&w, node);
	assert_int_equal(gn_node_fresh_follow(whole_node(&w, node), fresh, &f, &op), GN_OK);
	whole_moved(&w, node);
	return op;
}

/* The peer at `at` that last said something of boxes under this key; NULL: nobody. */
static inline const struct peer *heard_at(unsigned at, const struct gn_pk *pk)
{
	const struct peer *p = peers_of(whole_node(&w, at), pk);
	return p && p->heard ? p : NULL;
}

static inline struct fresh *context_at(unsigned node, uint32_t i)
{
	const struct gn_map *all = &whole_node(&w, node)->fresh.contexts;
	assert_true(i < all->count);
	return *(struct fresh **)gn_map_value_at(all, i);
}

#endif
