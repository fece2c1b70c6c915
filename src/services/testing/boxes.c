/* Boxes for tests, as boxes.h says. */
#include "services/testing/boxes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define DAY 86400u

/* Nonces found once, by seed, for the epoch of the simulation's start; a missing one is searched
 * for (a second or so). */
static const uint64_t puzzles[SVC_BOX_SEEDS + 1] = {
	[1] = 954277, [2] = 81792, [5] = 2734442, [6] = 60390, [7] = 915211};

static struct gn_sk key_of(uint8_t seed, uint8_t what, uint8_t number)
{
	struct gn_sk sk;
	uint8_t bytes[32] = {'b', 'o', 'x', seed, what, number};
	gn_sk_from_seed(bytes, &sk);
	return sk;
}

static void work(struct gn_boxrec *r, uint8_t seed)
{
	struct gn_work_tries known = {puzzles[seed], 1}, any = {0, UINT64_C(1) << 27};
	r->epoch = gn_unix(SVC_EPOCH) / DAY;
	if (gn_boxrec_puzzle(&r->box, r->epoch, GN_BOXREC_WORK_BITS, known, r->nonce) == GN_OK)
		return;
	assert_int_equal(gn_boxrec_puzzle(&r->box, r->epoch, GN_BOXREC_WORK_BITS, any, r->nonce),
			 GN_OK);
	print_message("puzzle of box %u: %llu\n", seed, (unsigned long long)gn_be64(r->nonce));
}

static const struct gn_sk *secret_of(const struct svc_box *x, const struct gn_pk *key)
{
	for (unsigned i = 0; i < SVC_BOX_DEVICES; i++) {
		if (gn_pk_eq(&x->read[i].pk, key))
			return &x->read[i];
		if (gn_pk_eq(&x->ack[i].pk, key))
			return &x->ack[i];
	}
	for (unsigned i = 0; i < SVC_BOX_WORKERS; i++)
		if (gn_pk_eq(&x->worker[i].pk, key))
			return &x->worker[i];
	for (unsigned i = 0; i < SVC_BOX_CONTACTS; i++)
		if (gn_pk_eq(&x->contact[i].pk, key))
			return &x->contact[i];
	return NULL;
}

static void sign(struct svc_box *x, unsigned node, const struct gn_box_event *e)
{
	struct gn_boxrec_show show = {.box = e->box, .holder = e->holder, .role = e->role};
	const struct gn_sk *sk = secret_of(x, &e->key);
	struct gn_sig sig;
	memcpy(show.exporter, e->exporter, sizeof show.exporter);
	x->signs++;
	if (sk)
		gn_boxrec_show_sign(sk, &show, &sig);
	gn_box_signed(x->s->nodes[node].box, e->sign, sk && !x->no_signs ? &sig : NULL, x->s->now);
}

static void on_event(void *user, unsigned node, const struct gn_box_event *e)
{
	struct svc_box *x = user;
	switch (e->kind) {
	case GN_BOX_SIGN: sign(x, node, e); break;
	case GN_BOX_CUSTODY:
		assert_int_equal(gn_custody_check(&e->custody), GN_OK);
		x->custodies++;
		break;
	case GN_BOX_STORED: x->stored = x->stored || e->op == x->op; break;
	case GN_BOX_DEPOSITED:
	case GN_BOX_CHECKED:
		if (e->op != x->op || node != x->op_node)
			break;
		assert_false(x->over);
		x->over = true;
		x->last = *e;
		snprintf(x->limit, sizeof x->limit, "%s", e->limit);
		break;
	case GN_BOX_FOLLOWING: x->following = e->asked; break;
	case GN_BOX_ITEM:
		assert_true(x->got_count < SVC_BOX_GOT);
		x->got[x->got_count] = e->id;
		x->got_by[x->got_count] = node;
		x->got_first[x->got_count++] = e->item.p[0];
		break;
	case GN_BOX_LENT:
	case GN_BOX_LOST:
	case GN_BOX_REPORTED:
		assert_true(x->work_count < SVC_BOX_WORK);
		x->work[x->work_count] = *e;
		x->work[x->work_count++].item = gn_slice(NULL, 0);
		break;
	}
}

void svc_box_make(struct svc *s, struct svc_box *x, uint8_t seed, uint8_t kind, unsigned devices)
{
	const struct gn_boxrec_limits *l = gn_boxrec_limits(kind);
	assert_true(seed > 0 && seed <= SVC_BOX_SEEDS && devices <= SVC_BOX_DEVICES);
	*x = (struct svc_box){.s = s, .sk = key_of(seed, 0, 0)};
	x->rec = (struct gn_boxrec){.box = x->sk.pk,
				    .kind = kind,
				    .ttl = 86400,
				    .created = gn_unix(s->now),
				    .reader_count = devices,
				    .item_ttl = l->ttl,
				    .items = l->items,
				    .bytes = l->bytes,
				    .item_max = l->item_max};
	for (uint8_t i = 0; i < SVC_BOX_DEVICES; i++) {
		x->read[i] = key_of(seed, 1, i);
		x->ack[i] = key_of(seed, 2, i);
	}
	for (unsigned i = 0; i < devices; i++)
		x->rec.readers[i] = (struct gn_boxrec_reader){x->read[i].pk, x->ack[i].pk};
	for (uint8_t i = 0; i < SVC_BOX_CONTACTS; i++) {
		x->contact[i] = key_of(seed, 3, i);
		x->cert[i] = (struct gn_boxcert){.key = x->contact[i].pk,
						 .until = gn_unix(s->now) + 30 * DAY,
						 .items = 300,
						 .kib = 8192};
		gn_boxcert_make(&x->sk, &x->cert[i]);
	}
	for (uint8_t i = 0; i < SVC_BOX_WORKERS; i++)
		x->worker[i] = key_of(seed, 5, i);
	if (kind == GN_FB_BOX_KIND_QUEUE) {
		x->rec.lease = 30;
		x->rec.deliveries = 3;
		x->rec.workers[x->rec.worker_count++] = x->worker[0].pk;
	}
	x->invite = key_of(seed, 4, 0);
	if (kind == GN_FB_BOX_KIND_FRONT) {
		x->rec.invites[x->rec.invite_count++] = x->invite.pk;
		x->rec.bits = GN_BOXREC_WORK_BITS;
	}
	work(&x->rec, seed);
	s->box_event = on_event;
	s->box_user = x;
}

gn_err svc_box_put(struct svc_box *x, unsigned node)
{
	uint8_t bytes[GN_RECORD_MAX];
	x->rec.seq++;
	x->rec.created = gn_unix(x->s->now);
	for (uint8_t salt = 0; salt < gn_boxrec_limits(x->rec.kind)->salts; salt++) {
		struct gn_buf buf = {bytes, 0, sizeof bytes};
		assert_int_equal(gn_boxrec_record(&x->sk, &x->rec, salt, &buf), GN_OK);
		gn_err err = svc_put(x->s, node, gn_buf_slice(&buf), 0, NULL);
		if (err != GN_OK)
			return err;
	}
	return GN_OK;
}

struct gn_box_place svc_box_place(const struct svc_box *x)
{
	return (struct gn_box_place){x->sk.pk, x->rec.kind == GN_FB_BOX_KIND_FRONT};
}

void svc_box_proof(const struct svc_box *x, unsigned contact, struct gn_slice item,
		   struct gn_box_proof *p)
{
	struct gn_hash hash;
	gn_sha256(&item, 1, &hash);
	*p = (struct gn_box_proof){.way = GN_BOX_CERTIFICATE, .certificate = x->cert[contact]};
	gn_boxrec_deposit_sign(&x->contact[contact], &x->sk.pk, &hash, &p->sig);
	if (x->rec.kind != GN_FB_BOX_KIND_FRONT)
		return;
	*p = (struct gn_box_proof){.way = GN_BOX_INVITE, .invite = x->invite.pk};
	gn_boxrec_invite_sign(&x->invite, &x->sk.pk, &hash, &p->sig);
}

gn_err svc_box_wait(struct svc_box *x, gn_time span)
{
	gn_time until = x->s->now + span;
	svc_pump(x->s, x->op_node);
	while (!x->over && svc_step(x->s, until))
		;
	return x->over ? x->last.err : GN_TIMEOUT;
}

static void begin(struct svc_box *x, unsigned node)
{
	x->op_node = node;
	x->over = x->stored = false;
	x->custodies = 0;
}

gn_err svc_box_deposit_by(struct svc_box *x, unsigned node, const struct gn_box_proof *p,
			  struct gn_slice item)
{
	struct gn_box_deposit d = {
		.place = svc_box_place(x), .item = item, .ttl = x->rec.item_ttl, .proof = *p};
	begin(x, node);
	gn_err err = gn_box_deposit(x->s->nodes[node].box, &d, x->s->now, &x->op);
	return err == GN_OK ? svc_box_wait(x, 120 * GN_SEC) : err;
}

gn_err svc_box_deposit(struct svc_box *x, unsigned node, unsigned contact, struct gn_slice item)
{
	struct gn_box_proof p;
	svc_box_proof(x, contact, item, &p);
	return svc_box_deposit_by(x, node, &p, item);
}

gn_err svc_box_check(struct svc_box *x, unsigned node, unsigned contact, struct gn_slice item)
{
	struct gn_box_place place = svc_box_place(x);
	struct gn_box_proof p;
	struct gn_hash hash;
	gn_sha256(&item, 1, &hash);
	svc_box_proof(x, contact, item, &p);
	begin(x, node);
	gn_err err = gn_box_check(x->s->nodes[node].box, &place, &hash,
				  p.way == GN_BOX_CERTIFICATE ? &p : NULL, x->s->now, &x->op);
	return err == GN_OK ? svc_box_wait(x, 120 * GN_SEC) : err;
}

gn_op svc_box_follow(struct svc_box *x, unsigned node, unsigned device)
{
	struct gn_box_follow f = {
		.place = svc_box_place(x), .read = x->read[device].pk, .ack = x->ack[device].pk};
	gn_op op;
	assert_int_equal(gn_box_follow(x->s->nodes[node].box, &f, x->s->now, &op), GN_OK);
	svc_pump(x->s, node);
	return op;
}

unsigned svc_box_held(const struct svc_box *x, struct gn_slice item, bool *holds)
{
	struct gn_hash hash, key;
	gn_sha256(&item, 1, &hash);
	struct gn_slice parts[] = {GN_SLICE(x->sk.pk.b), gn_slice(hash.b, 16)};
	gn_sha256(parts, 2, &key);
	unsigned count = 0;
	for (unsigned i = 0; i < x->s->count; i++) {
		const struct svc_node *n = &x->s->nodes[i];
		bool has = n->ov && gn_kv_have(n->kv, &key, NULL);
		count += has;
		if (holds)
			holds[i] = has;
	}
	return count;
}

uint64_t svc_box_count(const struct svc *s, unsigned node, const char *name)
{
	struct gn_counter c;
	for (size_t i = 0; gn_box_counter_at(s->nodes[node].box, i, &c); i++)
		if (strcmp(c.name, name) == 0)
			return c.value;
	GN_ASSERT(false); /* no counter of that name */
	return 0;
}

uint64_t svc_box_sum(const struct svc *s, const char *name)
{
	uint64_t sum = 0;
	for (unsigned i = 0; i < s->count; i++)
		sum += s->nodes[i].ov ? svc_box_count(s, i, name) : 0;
	return sum;
}

unsigned svc_box_times(const struct svc_box *x, unsigned node, struct gn_slice item)
{
	struct gn_hash hash;
	unsigned times = 0;
	gn_sha256(&item, 1, &hash);
	for (unsigned i = 0; i < x->got_count; i++)
		times += x->got_by[i] == node && memcmp(x->got[i].b, hash.b, 16) == 0;
	return times;
}

void svc_box_crash(struct svc *s, unsigned node)
{
	svc_stop(s, node);
	disk_sim_crash(&s->nodes[node].disk);
	disk_sim_restart(&s->nodes[node].disk);
	svc_start(s, node);
}

void svc_box_token(const struct svc_box *x, unsigned worker, uint64_t life, struct gn_buf *out)
{
	svc_box_token_limited(x, worker, life, NULL, out);
}

void svc_box_token_limited(const struct svc_box *x, unsigned worker, uint64_t life,
			   const struct gn_token_limit *limit, struct gn_buf *out)
{
	char path[4 + 64 + 1] = "box/";
	gn_hex(GN_SLICE(x->sk.pk.b), path + 4);
	struct gn_token_right right = {gn_str(path), GN_FB_ACTION_LEASE};
	struct gn_token_fields f = {.audience = x->worker[worker].pk,
				    .rights = &right,
				    .right_count = 1,
				    .limits = limit,
				    .limit_count = limit != NULL,
				    .not_before = gn_unix(x->s->now),
				    .expires = gn_unix(x->s->now) + life};
	assert_int_equal(gn_token_issue(&x->sk, &f, out, NULL), GN_OK);
}

gn_op svc_box_work(struct svc_box *x, unsigned node, unsigned worker, struct gn_slice token,
		   unsigned slots)
{
	struct gn_box_work w = {.place = svc_box_place(x),
				.key = x->worker[worker].pk,
				.token = token,
				.slots = slots};
	gn_op op;
	assert_int_equal(gn_box_work(x->s->nodes[node].box, &w, x->s->now, &op), GN_OK);
	svc_pump(x->s, node);
	return op;
}

gn_err svc_box_report(struct svc_box *x, unsigned node, gn_op op, unsigned worker,
		      const struct gn_box_event *lent, uint8_t end, struct gn_slice outcome)
{
	struct gn_box_report r = {.id = lent->id, .end = end, .outcome = outcome};
	struct gn_boxrec_outcome o = {
		.box = x->sk.pk, .delivery = lent->delivery, .end = end, .outcome = outcome};
	memcpy(o.id, lent->id.b, sizeof o.id);
	gn_boxrec_outcome_sign(&x->worker[worker], &o, &r.sig);
	gn_err err = gn_box_report(x->s->nodes[node].box, op, &r, x->s->now);
	svc_pump(x->s, node);
	return err;
}
