/* A queue at one holder without a network, with three workers of which two are in its descriptor,
 * for unit tests: what each asks, and what it is answered. */
#ifndef GN_SERVICES_BOX_TESTING_QUEUE_H
#define GN_SERVICES_BOX_TESTING_QUEUE_H

#include "services/box/testing/harness.h"

static struct gn_sk owner, reader, remover, workers[3];
static struct box_held *h;
static uint8_t storage[GN_MESSAGE_MAX];

static struct gn_sk secret(uint8_t number)
{
	struct gn_sk sk;
	uint8_t seed[32] = {'s', number};
	gn_sk_from_seed(seed, &sk);
	return sk;
}

static void as_queue(void)
{
	h = box_of(1, GN_FB_BOX_KIND_QUEUE, 20);
	(void)gn_map_remove(&b->held, &h->key);
	h->key = h->rules->box = owner.pk;
	*(struct box_held **)gn_map_put(&b->held, &h->key) = h;
	h->queue = true;
	h->rules->readers[0] = (struct gn_boxrec_reader){reader.pk, remover.pk};
	h->rules->lease = 30;
	h->rules->deliveries = 3;
	h->rules->workers[h->rules->worker_count++] = workers[0].pk;
	h->rules->workers[h->rules->worker_count++] = workers[1].pk;
}

static void queue(void)
{
	holder(64u << 20);
	owner = secret(1);
	reader = secret(2);
	remover = secret(3);
	for (unsigned i = 0; i < GN_COUNT(workers); i++)
		workers[i] = secret((uint8_t)(10 + i));
	as_queue();
}

/* The peer of worker i, or of the reader (8). */
static struct box_from from_peer(uint8_t i)
{
	struct box_from f = {.request = 1000u + i};
	f.who.pk.b[0] = 'p';
	f.who.pk.b[1] = i;
	return f;
}

/* Answers are kept as long as one test runs. */
static uint8_t said[GN_MESSAGE_MAX];
static size_t said_len;
static unsigned answers;
static bool answer(struct gn_fb_box_message *m)
{
	struct gn_overlay_message out;
	answers = 0;
	while (gn_box_next_message(b, &out)) {
		memcpy(said, out.bytes.p, said_len = out.bytes.len);
		assert_int_equal(gn_fb_box_message_verify(gn_slice(said, said_len), m), GN_OK);
		answers++;
	}
	return answers > 0;
}

static char limit[64];
static gn_err done(void)
{
	struct gn_fb_box_message m;
	run();
	assert_true(answer(&m));
	assert_int_equal(gn_fb_box_message_body_type(m), GN_FB_BOX_MESSAGE_BODY_BOX_DONE);
	struct gn_fb_box_done d = gn_fb_box_message_body_as_box_done(m);
	gn_plain(gn_fb_box_done_limit(d), limit, sizeof limit);
	return gn_wire_err(gn_fb_box_done_code(d));
}

#define TABLE(type, ...)                                                                           \
	(__extension__({                                                                           \
		struct gn_fbb fbb_ = gn_fbb(storage, sizeof storage);                              \
		struct gn_fb_##type out;                                                           \
		struct gn_slice table_;                                                            \
		gn_fbref ref =                                                                     \
			gn_fb_##type##_make(&fbb_, &(struct gn_fb_##type##_args)__VA_ARGS__);      \
		assert_int_equal(gn_fbb_finish(&fbb_, ref, NULL, &table_), GN_OK);                 \
		assert_int_equal(gn_fb_##type##_verify(table_, &out), GN_OK);                      \
		out;                                                                               \
	}))

static gn_err show(uint8_t peer, uint8_t role, const struct gn_sk *sk, struct gn_slice token)
{
	struct box_from f = from_peer(peer);
	struct gn_boxrec_show s = {.box = h->key, .holder = b->cfg.node_key.pk, .role = role};
	struct gn_fb_key key = gn_wire_key(&h->key), by = gn_wire_key(&sk->pk);
	struct gn_fb_sig fb_sig;
	struct gn_sig sig;
	memcpy(s.exporter, f.who.pk.b, 32);
	gn_boxrec_show_sign(sk, &s, &sig);
	memcpy(fb_sig.b, sig.b, 64);
	box_on_show(b, &f, h,
		    TABLE(box_show, {.box = &key,
				     .shown = (uint16_t)(role + 1),
				     .role = role,
				     .key = token.len ? NULL : &by,
				     .token = token,
				     .sig = &fb_sig}));
	return done();
}

/* With that limit; NULL: none. */
static inline struct gn_slice token_with(const struct gn_sk *issuer, const struct gn_pk *who,
					 uint64_t action, uint64_t life,
					 const struct gn_token_limit *limit_of)
{
	static uint8_t bytes[GN_TOKEN_MAX];
	struct gn_buf buf = {bytes, 0, sizeof bytes};
	char path[4 + 64 + 1] = "box/";
	gn_hex(GN_SLICE(h->key.b), path + 4);
	struct gn_token_right right = {gn_str(path), action};
	struct gn_token_fields f = {.audience = *who,
				    .rights = &right,
				    .right_count = 1,
				    .limits = limit_of,
				    .limit_count = limit_of != NULL,
				    .not_before = box_unix(b),
				    .expires = box_unix(b) + life};
	assert_int_equal(gn_token_issue(issuer, &f, &buf, NULL), GN_OK);
	return gn_buf_slice(&buf);
}

static inline struct gn_slice token_for(const struct gn_sk *issuer, const struct gn_pk *who,
					uint64_t action, uint64_t life)
{
	return token_with(issuer, who, action, life, NULL);
}

static struct box_item *deposit(uint8_t cls)
{
	static uint8_t bytes[64];
	uint32_t number = ++made;
	memcpy(bytes, &number, sizeof number);
	struct box_value v = {.box = h->key,
			      .until = box_unix(b) + 86400,
			      .deposited = box_unix(b),
			      .cls = box_class(cls),
			      .item = gn_slice(bytes, sizeof bytes)};
	struct box_entry e = {.len = sizeof bytes};
	gn_sha256(&v.item, 1, &e.hash);
	assert_int_equal(box_keep(b, NULL, h, &v, &e, 0), GN_OK);
	run();
	struct gn_box_id id = box_id_of(&e.hash);
	return box_item_get(b, &h->key, &id);
}

/* Messages that came, or the refusal. */
static struct gn_fb_box_message last;
static inline unsigned lease(uint8_t worker, uint8_t count)
{
	struct box_from f = from_peer(worker);
	struct gn_fb_key key = gn_wire_key(&h->key);
	box_on_lease(
		b, &f, h,
		TABLE(box_lease,
		      {.box = &key, .shown = GN_BOXREC_WORKER + 1, .count = count, .seconds = 20}));
	for (unsigned i = 0; i < 3u * BOX_LEASES; i++) { /* each is read from the disk */
		gn_box_room(b, &h->key, b->now);
		gn_box_tick(b, b->now);
		run();
	}
	assert_true(answer(&last));
	return gn_fb_box_message_body_type(last) == GN_FB_BOX_MESSAGE_BODY_BOX_ITEM ? answers : 0;
}

static inline struct gn_fb_box_item lent(void)
{
	assert_int_equal(gn_fb_box_message_body_type(last), GN_FB_BOX_MESSAGE_BODY_BOX_ITEM);
	return gn_fb_box_message_body_as_box_item(last);
}

static inline gn_err extend(uint8_t worker, const struct box_item *it, uint16_t delivery,
			    uint32_t seconds)
{
	struct box_from f = from_peer(worker);
	struct gn_fb_key key = gn_wire_key(&h->key);
	struct gn_box_id id = box_id_of(&it->hash);
	struct gn_fb_item_id fb_id = box_fb_id(&id);
	box_on_extend(b, &f, h,
		      TABLE(box_extend, {.box = &key,
					 .id = &fb_id,
					 .shown = GN_BOXREC_WORKER + 1,
					 .delivery = delivery,
					 .seconds = seconds}));
	return done();
}

static inline gn_err report_of(uint8_t worker, const struct gn_box_id *id, uint16_t delivery,
			       uint8_t end, struct gn_slice outcome, uint32_t after, uint8_t spoil)
{
	struct box_from f = from_peer(worker);
	struct gn_fb_key key = gn_wire_key(&h->key);
	struct gn_fb_item_id fb_id = box_fb_id(id);
	struct gn_boxrec_outcome o = {
		.box = h->key, .delivery = delivery, .end = end, .outcome = outcome};
	struct gn_fb_sig fb_sig;
	struct gn_sig sig;
	memcpy(o.id, id->b, 16);
	gn_boxrec_outcome_sign(&workers[worker], &o, &sig);
	memcpy(fb_sig.b, sig.b, 64);
	fb_sig.b[0] ^= spoil;
	box_on_report(b, &f, h,
		      TABLE(box_report, {.box = &key,
					 .id = &fb_id,
					 .shown = GN_BOXREC_WORKER + 1,
					 .delivery = delivery,
					 .end = end,
					 .outcome = outcome,
					 .after = after,
					 .sig = &fb_sig}));
	return done();
}

static inline gn_err report(uint8_t worker, const struct box_item *it, uint16_t delivery,
			    uint8_t end)
{
	struct gn_box_id id = box_id_of(&it->hash);
	return report_of(worker, &id, delivery, end, GN_LIT("what came of it"), 0, 0);
}

static void pass(gn_time span)
{
	b->now += span;
	gn_box_tick(b, b->now);
	run();
}

static inline void workers_come(void)
{
	for (uint8_t i = 0; i < 2; i++)
		assert_int_equal(show(i, GN_BOXREC_WORKER, &workers[i], gn_slice(NULL, 0)), GN_OK);
}

/* This peer, whose reader's right was shown, asks for the item; the disk has brought it. */
static inline void fetch_as(uint8_t peer, const struct box_item *it)
{
	struct box_from f = from_peer(peer);
	struct gn_fb_key key = gn_wire_key(&h->key);
	struct gn_box_id id = box_id_of(&it->hash);
	struct gn_fb_item_id fb_id = box_fb_id(&id);
	box_on_fetch(
		b, &f, h,
		TABLE(box_fetch, {.box = &key, .shown = GN_BOXREC_READER + 1, .ids = {&fb_id, 1}}));
	for (unsigned i = 0; i < 4; i++) { /* it is read from the disk */
		gn_box_room(b, &h->key, b->now);
		gn_box_tick(b, b->now);
		run();
	}
}

#endif
