/* One engine over the overlay of a node that is alone, and holders whose answers the test makes:
 * what they are asked is read here, nothing leaves. */
#ifndef GN_SERVICES_APART_TESTING_HOLDERS_H
#define GN_SERVICES_APART_TESTING_HOLDERS_H

#include "services/apart/apart_int.h"

#define HOLDERS 16

#define BEGIN ((gn_time)1767225600 * GN_SEC) /* 2026-01-01 */

static struct gn_overlay *alone;
static struct gn_apart *a;
static struct gn_apart_counts counts;
static struct gn_alloc heap, overlay_heap;
static struct gn_prng prng;
static struct gn_rand drawn;
static struct gn_sk holder_key[HOLDERS], owner;
static struct gn_contact holder[HOLDERS]; /* in the order of the ring, from the key on */
static struct gn_hash key;
static gn_time now;
static bool one_prefix;

/* what was asked last of each, and how often */
static uint64_t request[HOLDERS];
static unsigned asked[HOLDERS], asked_all;
static bool asked_whole[HOLDERS]; /* a GET for the record itself */
static uint8_t asked_kind;

/* the last event */
static unsigned ended;
static struct gn_overlay_event last;
static gn_err last_err;
static uint64_t last_seq;                        /* of its newest value; 0: none */
static uint32_t last_holders[GN_OVERLAY_VALUES]; /* of its values */

static inline struct gn_sk apart_key(uint8_t kind, uint8_t number)
{
	struct gn_sk sk;
	uint8_t seed[32] = {'a', 'p', kind, number};
	gn_sk_from_seed(seed, &sk);
	return sk;
}

/* A record of a topic's kind, whose body nobody reads here. */
static inline struct gn_slice record_of(const struct gn_sk *of, uint64_t seq, uint8_t salt,
					uint8_t *room)
{
	struct gn_buf buf = {room, 0, GN_RECORD_MAX};
	struct gn_record_fields f = {.type = GN_FB_RECORD_TYPE_APPLICATION,
				     .salt = salt,
				     .seq = seq,
				     .created = gn_unix(now),
				     .ttl = 3600,
				     .body = GN_LIT("body")};
	gn_err err = gn_wire_record_make(of, NULL, &f, &buf);
	GN_ASSERT(err == GN_OK);
	return gn_buf_slice(&buf);
}

static inline void holders_start(void)
{
	struct gn_env env = {.alloc = &overlay_heap, .rand = &drawn};
	struct gn_overlay_config config = {.node_key = apart_key(0, 0),
					   .pow_off = true,
					   .addr_count = 1,
					   .addrs = {gn_addr_v4(20, 200, 0, 1, 1)}};
	now = BEGIN;
	gn_prng_init(&prng, 3);
	drawn = gn_prng_rand(&prng);
	gn_alloc_heap(&overlay_heap, 64u << 20);
	gn_err err = gn_overlay_new(&env, &config, now, &alone);
	GN_ASSERT(err == GN_OK);
	owner = apart_key(1, 0);
	gn_wire_record_key(GN_FB_RECORD_TYPE_APPLICATION, &owner.pk, gn_slice(NULL, 0), 0, &key);
	for (unsigned i = 0; i < HOLDERS; i++) {
		struct gn_contact *c = &holder[i];
		holder_key[i] = apart_key(2, (uint8_t)i);
		*c = (struct gn_contact){.pk = holder_key[i].pk, .addr_count = 1};
		gn_overlay_id_make(&c->pk, c->nonce, &c->id);
		gn_put_be64(c->id.b, gn_ov_theta(key.b) + i + 1); /* nearest first */
		c->addrs[0] = gn_addr_v4(20, one_prefix ? 0 : (uint8_t)i, 0, 1, 1);
	}
	memset(&counts, 0, sizeof counts);
	memset(asked, 0, sizeof asked);
	memset(asked_whole, 0, sizeof asked_whole);
	asked_all = ended = 0;
	gn_alloc_heap(&heap, 64u << 20);
	env.alloc = &heap;
	err = gn_apart_new(&env, &(struct gn_apart_config){.overlay = alone, .count = &counts}, &a);
	GN_ASSERT(err == GN_OK);
}

static inline void holders_stop(void)
{
	gn_apart_free(a);
	GN_ASSERT(heap.count == 0);
	gn_overlay_free(alone);
	GN_ASSERT(overlay_heap.count == 0);
}

/* What it says and shows is taken. */
static inline void drain(void)
{
	struct gn_overlay_message m;
	while (gn_apart_next_message(a, &m)) {
		struct gn_fb_overlay_message x;
		gn_err err = gn_fb_overlay_message_verify(m.bytes, &x);
		GN_ASSERT(err == GN_OK);
		asked_kind = gn_fb_overlay_message_body_type(x);
		GN_ASSERT(asked_kind == GN_FB_OVERLAY_BODY_GET ||
			  asked_kind == GN_FB_OVERLAY_BODY_PUT);
		asked_all++;
		for (unsigned i = 0; i < HOLDERS; i++)
			if (gn_pk_eq(&m.to.pk, &holder[i].pk)) {
				request[i] = gn_fb_overlay_message_request(x);
				asked[i]++;
				asked_whole[i] =
					asked_kind == GN_FB_OVERLAY_BODY_GET &&
					!gn_fb_get_version(gn_fb_overlay_message_body_as_get(x));
			}
	}
	while (gn_apart_next_event(a, &last)) {
		struct gn_record r;
		ended++;
		last_err = last.err;
		last_seq = 0;
		for (uint32_t i = 0; i < last.value_count; i++) {
			gn_err err = gn_wire_record_open(last.values[i].record, &r);
			GN_ASSERT(err == GN_OK && gn_hash_eq(&r.key, &last.key));
			last_seq = i ? last_seq : r.seq;
			last_holders[i] = last.values[i].holders;
		}
	}
	gn_apart_validate(a);
}

/* The lookup of an operation has ended with the first `count` of them. */
static inline void found(gn_op op, unsigned count)
{
	struct apart_op *o = gn_frame_op_get(&a->frame, op, 0);
	GN_ASSERT(o && o->find);
	struct gn_overlay_event e = {
		.kind = GN_OVERLAY_DONE, .op = o->find, .contacts = holder, .contact_count = count};
	bool its = gn_apart_overlay_event(a, &e, now);
	GN_ASSERT(its);
	drain();
}

/* An answer of the holder i, by the key of `by`. */
static uint8_t answer_bytes[GN_MESSAGE_MAX];
static inline gn_err answer(unsigned i, unsigned by, uint8_t type, struct gn_fbb *b, gn_fbref body)
{
	struct gn_slice bytes;
	gn_fbref root = gn_fb_overlay_message_make(
		b, &(struct gn_fb_overlay_message_args){
			   .request = request[i], .body_type = type, .body = body});
	gn_err err = gn_fbb_finish(b, root, GN_FB_OVERLAY_MESSAGE_IDENTIFIER, &bytes);
	GN_ASSERT(err == GN_OK);
	err = gn_apart_recv(a, &holder[by].pk, bytes, now);
	drain();
	return err;
}

static inline struct gn_fbb answer_begin(void)
{
	return gn_fbb(answer_bytes, sizeof answer_bytes);
}

static inline struct gn_receipt receipt_by(unsigned i, struct gn_slice record)
{
	struct gn_record r;
	gn_err err = gn_wire_record_parse(record, &r);
	GN_ASSERT(err == GN_OK);
	struct gn_receipt out = {
		.key = r.key, .seq = r.seq, .hash = r.hash, .held_until = r.created + r.ttl};
	memcpy(out.holder.b, holder[i].id.b, sizeof out.holder.b);
	gn_wire_receipt_sign(&holder_key[i], &out);
	return out;
}

static inline gn_err ack(unsigned i, const struct gn_receipt *r)
{
	struct gn_fbb b = answer_begin();
	gn_fbref receipt = r ? gn_wire_receipt_put(&b, r) : 0;
	return answer(i, i, GN_FB_OVERLAY_BODY_ACK, &b,
		      gn_fb_ack_make(&b, &(struct gn_fb_ack_args){.receipt = receipt}));
}

static inline gn_err value(unsigned i, struct gn_slice record)
{
	struct gn_fbb b = answer_begin();
	return answer(i, i, GN_FB_OVERLAY_BODY_VALUE, &b,
		      gn_fb_value_make(&b, &(struct gn_fb_value_args){.record = record}));
}

static inline gn_err version(unsigned i, struct gn_slice record)
{
	struct gn_record r;
	struct gn_fb_hash hash;
	struct gn_fbb b = answer_begin();
	gn_err err = gn_wire_record_parse(record, &r);
	GN_ASSERT(err == GN_OK);
	memcpy(hash.b, r.hash.b, sizeof hash.b);
	return answer(i, i, GN_FB_OVERLAY_BODY_RECORD_VERSION, &b,
		      gn_fb_record_version_make(&b, &(struct gn_fb_record_version_args){
							    .seq = r.seq, .hash = &hash}));
}

static inline gn_err stale(unsigned i, struct gn_slice record, uint8_t code)
{
	struct gn_fbb b = answer_begin();
	return answer(
		i, i, GN_FB_OVERLAY_BODY_STALE, &b,
		gn_fb_stale_make(&b, &(struct gn_fb_stale_args){.record = record, .code = code}));
}

static inline gn_err nodes(unsigned i)
{
	struct gn_fbb b = answer_begin();
	return answer(i, i, GN_FB_OVERLAY_BODY_NODES, &b,
		      gn_fb_nodes_make(&b, &(struct gn_fb_nodes_args){.mine = true}));
}

static inline gn_err not_mine(unsigned i)
{
	struct gn_fbb b = answer_begin();
	return answer(i, i, GN_FB_OVERLAY_BODY_NOT_MINE, &b,
		      gn_fb_not_mine_make(&b, &(struct gn_fb_not_mine_args){.leaf_digest = 0}));
}

static inline gn_err refused(unsigned i, uint8_t code)
{
	struct gn_fbb b = answer_begin();
	return answer(i, i, GN_FB_OVERLAY_BODY_REFUSED, &b,
		      gn_fb_refused_make(&b, &(struct gn_fb_refused_args){.code = code}));
}

static inline gn_err busy(unsigned i)
{
	struct gn_fbb b = answer_begin();
	return answer(i, i, GN_FB_OVERLAY_BODY_BUSY, &b,
		      gn_fb_busy_make(&b, &(struct gn_fb_busy_args){.retry_ms = 1}));
}

#endif
