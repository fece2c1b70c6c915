/* Whole nodes, a box in their network, who reads and writes it from nodes that do not hold it, and
 * topics: what tests of fresh sessions share. The world is one for each test program. */
#ifndef GN_NODE_TESTING_BOXED_WORLD_H
#define GN_NODE_TESTING_BOXED_WORLD_H

#include "jet/testing/forge.h"
#include "node/fresh_int.h"
#include "node/peers_int.h"
#include "node/testing/whole.h"
#include "overlay/testing/before.h"
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
	/* of topics */
	unsigned said, gaps, roots, published, ended;
	gn_time heard, spread;
	/* of records; `put` counts those that went well */
	unsigned records, receipts, values;
	gn_err record;
} told;
static unsigned asker, writer; /* of them none holds the box */
/* So many first nodes know one path only, and do not say what they can, as those of a release
 * before. */
static unsigned single;

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
	told.records++;
	told.record = e->err;
	told.receipts = e->receipt_count;
	told.values = e->value_count;
}

static inline void on_bus(void *user, unsigned node, const struct gn_bus_event *e)
{
	struct gn_said_show show = {.topic = e->topic, .root = e->root};
	struct gn_sig sig;
	(void)user;
	if (e->kind == GN_BUS_SIGN) {
		uint64_t sign = e->sign;
		struct gn_bus *bus = gn_node_fresh_bus(whole_node(&w, node), &sign);
		memcpy(show.exporter, e->exporter, sizeof show.exporter);
		gn_said_show_sign(&reader, &show, &sig);
		assert_int_equal(gn_bus_signed(bus, sign, &sig, w.now), GN_OK);
	}
	told.said += e->kind == GN_BUS_SAID;
	told.ended += e->kind == GN_BUS_ENDED;
	if (e->kind == GN_BUS_SAID)
		told.heard = w.now;
	if (e->kind == GN_BUS_GAP)
		told.gaps += (unsigned)e->count;
	if (e->kind == GN_BUS_FOLLOWING)
		told.roots = e->roots;
	if (e->kind == GN_BUS_PUBLISHED) {
		told.published++;
		told.spread = w.now;
		told.result = e->err;
	}
}

static inline void on_running(void *user, unsigned node)
{
	(void)user;
	if (node < single) {
		forge_single(whole_node(&w, node)->jet);
		overlay_says_nothing(whole_node(&w, node)->overlay);
	}
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

/* How many are nearer to the key than this one. */
static inline unsigned rank_at(unsigned i, const struct gn_hash *key)
{
	struct gn_overlay_info info;
	unsigned nearer = 0;
	uint64_t theta = gn_ov_theta(key->b);
	gn_overlay_info(whole_node(&w, i)->overlay, &info);
	uint64_t own = gn_ov_sep(gn_ov_theta(info.self.id.b), theta);
	for (unsigned k = 0; k < w.count; k++) {
		gn_overlay_info(whole_node(&w, k)->overlay, &info);
		nearer += gn_ov_sep(gn_ov_theta(info.self.id.b), theta) < own;
	}
	return nearer;
}

/* As a box's holder: twelve count as that. */
static inline unsigned rank_of(unsigned i, const struct gn_pk *box)
{
	struct gn_hash key;
	gn_boxrec_key(box, 0, &key);
	return rank_at(i, &key);
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
	whole_init(&w, &(struct whole_options){.seed = seed,
					       .nodes = NODES_MAX,
					       .pow_bits = 1,
					       .hooks = {.overlay = on_overlay,
							 .box = on_box,
							 .bus = on_bus,
							 .running = on_running}});
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

/* ---- topics ---- */

static inline struct gn_slice topic_record(const struct gn_sk *of, bool keyed)
{
	static uint8_t bytes[GN_RECORD_MAX];
	struct gn_buf buf = {bytes, 0, sizeof bytes};
	struct gn_topicrec rec = {.owner = of->pk,
				  .seq = gn_unix(w.now),
				  .created = gn_unix(w.now),
				  .ttl = 30 * 86400,
				  .publish = GN_FB_TOPIC_ADMISSION_OWNER,
				  .subscribe = keyed ? GN_FB_TOPIC_ADMISSION_OWNER
						     : GN_FB_TOPIC_ADMISSION_OPEN,
				  .mesh = !keyed,
				  .keys = {reader.pk},
				  .key_count = keyed};
	assert_int_equal(gn_topicrec_record(of, &rec, &buf), GN_OK);
	return gn_buf_slice(&buf);
}

static inline gn_err try_put(unsigned node, const struct gn_node_fresh_for *fresh,
			     struct gn_slice record)
{
	gn_op op;
	whole_moved(&w, node);
	gn_err err = fresh ? gn_node_fresh_put(whole_node(&w, node), fresh, record, 0, &op)
			   : gn_overlay_put(whole_node(&w, node)->overlay, record, 0, w.now, &op);
	whole_moved(&w, node);
	return err;
}

static inline gn_err try_hear(unsigned node, const struct gn_node_fresh_for *fresh,
			      const struct gn_sk *of, bool keyed, gn_op *op)
{
	struct gn_bus_subscribe s = {.topic.owner = of->pk,
				     .key = keyed ? reader.pk : (struct gn_pk){{0}}};
	whole_moved(&w, node);
	gn_err err = fresh ? gn_node_fresh_subscribe(whole_node(&w, node), fresh, &s, op)
			   : gn_bus_subscribe(whole_node(&w, node)->bus, &s, w.now, op);
	whole_moved(&w, node);
	return err;
}

/* until 0: live; GN_FB_BUS_FLAG_RETAINED goes with it. */
static inline gn_err try_say(unsigned node, const struct gn_node_fresh_for *fresh,
			     const struct gn_sk *of, uint64_t seq, uint64_t until)
{
	uint8_t bytes[GN_SAID_MAX];
	struct gn_buf buf = {bytes, 0, sizeof bytes};
	struct gn_said in = {.epoch = WHOLE_EPOCH / GN_MSEC,
			     .seq = seq,
			     .time = (uint64_t)(w.now / GN_MSEC),
			     .flags = until ? GN_FB_BUS_FLAG_RETAINED : 0,
			     .until = until,
			     .payload = GN_LIT("here")};
	struct gn_bus_publish p = {.topic.owner = of->pk};
	struct gn_hash key;
	gn_op op;
	gn_topicrec_key(&of->pk, p.topic.label, &key);
	assert_int_equal(gn_said_make(of, &key, &in, &buf, &p.sig), GN_OK);
	p.said = gn_buf_slice(&buf);
	whole_moved(&w, node);
	gn_err err = fresh ? gn_node_fresh_publish(whole_node(&w, node), fresh, &p, &op)
			   : gn_bus_publish(whole_node(&w, node)->bus, &p, w.now, &op);
	whole_moved(&w, node);
	return err;
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

/* The context of that box or topic; NULL: there is none. */
static inline struct fresh *context_for(unsigned node, const uint8_t what[32])
{
	for (uint32_t i = 0; i < whole_node(&w, node)->fresh.contexts.count; i++)
		if (memcmp(context_at(node, i)->name.what, what, 32) == 0 &&
		    !context_at(node, i)->over)
			return context_at(node, i);
	return NULL;
}

static inline unsigned index_of(const struct gn_pk *pk)
{
	for (unsigned i = 0; i < w.count; i++)
		if (gn_pk_eq(key_of(i), pk))
			return i;
	fail();
	return 0;
}

static inline bool among(const struct gn_pk *list, unsigned count, const struct gn_pk *pk)
{
	for (unsigned i = 0; i < count; i++)
		if (gn_pk_eq(&list[i], pk))
			return true;
	return false;
}

/* ---- what holders and roots see: their log ---- */

/* A session with this key at that node goes to another node's address, a relay's, and it is no
 * neighbour of its overlay. How many sessions there are. */
static inline unsigned look_at_sessions(unsigned at, unsigned me, const struct peer *p)
{
	const struct gn_map *all = &whole_node(&w, at)->peers.by_session;
	unsigned count = 0;
	for (uint32_t k = 0; k < all->count; k++) {
		const struct session *s = gn_map_value_at(all, k);
		bool others = false;
		if (s->peer != p)
			continue;
		for (unsigned i = 0; i < w.count; i++)
			others = others ||
				 (i != me && i != at && gn_addr_eq(&s->addr, &w.nodes[i]->addr));
		assert_true(others);
		assert_false(s->direct);
		assert_false(p->linked);
		count++;
	}
	return count;
}

/* No node but `me` knows this throwaway key otherwise than by a relay; how many know it. */
static inline unsigned look_at_all(unsigned me, const struct fresh *f)
{
	unsigned known = 0;
	for (unsigned i = 0; i < w.count; i++) {
		const struct peer *p =
			i == me || !whole_alive(&w, i) ? NULL : peers_of(whole_node(&w, i), &f->pk);
		known += p && look_at_sessions(i, me, p) > 0;
	}
	return known;
}

/* Every node but `me` has heard of boxes and topics from this throwaway key by a relay alone, and
 * from `me` never. How many have. */
static inline unsigned look_at_holders(unsigned me, const struct fresh *f)
{
	unsigned heard = 0;
	for (unsigned i = 0; i < w.count; i++) {
		if (i == me || !whole_alive(&w, i))
			continue;
		assert_null(heard_at(i, key_of(me)));
		heard += heard_at(i, &f->pk) != NULL;
	}
	(void)look_at_all(me, f);
	return heard;
}

/* This node's overlay has looked for nothing at that place, has asked for and put no such record;
 * finds: it has looked for something near it. */
static inline void look_at_lookups(unsigned me, const struct gn_hash *key)
{
	const struct gn_node *node = whole_node(&w, me);
	unsigned finds = 0;
	for (uint64_t i = 0; i < node->lookup_count && i < GN_NODE_LOOKUPS; i++) {
		assert_true(memcmp(node->lookups[i].key.b, key->b, 8) != 0);
		finds += strcmp(node->lookups[i].kind, "find") == 0;
	}
	assert_true(finds > 0);
}

/* Somebody whose day for that box or topic ends soon: at 00:00 UTC the world began. */
static inline struct gn_node_fresh_for whose_day_ends_soon(const uint8_t what[32])
{
	struct gn_node_fresh_for who = mine();
	for (gn_time in = 0; in < 300 * GN_SEC || in > 900 * GN_SEC; who.user++) {
		struct fresh_name name;
		struct gn_hash h;
		memset(&name, 0, sizeof name);
		name.user = who.user;
		memcpy(name.what, what, sizeof name.what);
		gn_hmac_sha256(GN_SLICE(whole_node(&w, asker)->fresh.secret),
			       gn_slice(&name, sizeof name), &h);
		in = WHOLE_EPOCH + (gn_time)(gn_be64(h.b) % (GN_NODE_FRESH_SHIFT + 1)) * GN_SEC -
		     w.now;
	}
	who.user--;
	return who;
}

#endif
