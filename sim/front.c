/* Scenario front: strangers flood one person's front box, while the person is away and
 * contacts write to private boxes at the same nodes. What must hold: contacts notice nothing, the
 * box keeps no more than its places, an invite's first message gets in, and so does a stranger who
 * does the work that the refusal names. The person comes back and reads. */
#include "sim.h"

#include <stdlib.h>

#define DAY 86400u
#define LETTERS 100
#define AT_ONCE 64
#define ITEM 896 /* bytes: the least of an envelope */
#define TURN (20 * GN_MSEC)
#define LOOKED (300 * GN_SEC) /* of the person, when they are back */

enum who { STRANGER, INVITED, HONEST };

struct sent {
	gn_op op;
	unsigned node;
	enum who who;
};

struct front {
	struct sim *s;
	struct sim_letters letters;
	struct gn_sk sk, read, ack, invite;
	struct gn_box_place place;
	struct sent sent[AT_ONCE];
	unsigned sent_count, begun, in, refused, other;
	gn_err other_err;
	uint8_t bits; /* that the last refusal named */
	bool said[3]; /* by who: it is in */
	gn_err last;  /* of those who are no flood */
	gn_op follow;
	unsigned home, got, got_of[3];
};

static struct gn_sk key_of(char what)
{
	struct gn_sk sk;
	uint8_t seed[32] = {'f', 'r', 'o', 'n', 't', (uint8_t)what};
	gn_sk_from_seed(seed, &sk);
	return sk;
}

static struct gn_slice item_of(enum who who, unsigned number)
{
	static uint8_t bytes[ITEM];
	bytes[0] = (uint8_t)who;
	gn_put_be32(bytes + 1, number);
	return GN_SLICE(bytes);
}

/* ---- what the engines say ---- */

static void deposit_over(struct front *x, const struct sent *t, const struct gn_box_event *e)
{
	bool in = e->err == GN_OK || e->err == GN_EXISTS;
	if (t->who != STRANGER) {
		x->said[t->who] = in;
		x->last = e->err;
	} else if (in) {
		x->in++;
	} else if (e->err == GN_PROOF_OF_WORK) {
		x->refused++;
	} else {
		x->other++;
		x->other_err = e->err;
	}
	if (e->err == GN_PROOF_OF_WORK)
		x->bits = e->bits;
}

static void told(struct sim *s, unsigned node, const struct gn_box_event *e, void *user)
{
	struct front *x = user;
	if (e->kind == GN_BOX_SIGN && gn_pk_eq(&e->box, &x->sk.pk)) {
		struct gn_boxrec_show show = {.box = e->box, .holder = e->holder, .role = e->role};
		struct gn_sig sig;
		memcpy(show.exporter, e->exporter, sizeof show.exporter);
		gn_boxrec_show_sign(gn_pk_eq(&e->key, &x->read.pk) ? &x->read : &x->ack, &show,
				    &sig);
		(void)gn_box_signed(s->nodes[node].boxed->box, e->sign, &sig, s->now);
		return;
	}
	if (e->kind == GN_BOX_ITEM && x->follow && e->op == x->follow && node == x->home) {
		GN_ASSERT(e->item.len == ITEM && e->item.p[0] <= HONEST);
		x->got++;
		x->got_of[e->item.p[0]]++;
		return;
	}
	for (unsigned k = 0; e->kind == GN_BOX_DEPOSITED && k < x->sent_count; k++) {
		struct sent t = x->sent[k];
		if (t.op != e->op || t.node != node)
			continue;
		x->sent[k] = x->sent[--x->sent_count];
		deposit_over(x, &t, e);
		return;
	}
	sim_letters_told(s, node, e, &x->letters);
}

/* ---- what people do ---- */

static void put_front(struct front *x)
{
	static uint8_t bytes[2][GN_RECORD_MAX];
	struct sim *s = x->s;
	const struct gn_boxrec_limits *most = gn_boxrec_limits(GN_FB_BOX_KIND_FRONT);
	struct gn_work_tries tries = {0, UINT64_C(1) << 27};
	struct gn_boxrec rec = {.box = x->sk.pk,
				.seq = 1,
				.created = gn_unix(s->now),
				.ttl = 7 * DAY,
				.kind = GN_FB_BOX_KIND_FRONT,
				.readers = {{x->read.pk, x->ack.pk}},
				.reader_count = 1,
				.item_ttl = most->ttl,
				.items = most->items,
				.bytes = most->bytes,
				.item_max = most->item_max,
				.bits = GN_BOXREC_WORK_BITS,
				.invites = {x->invite.pk},
				.invite_count = 1,
				.epoch = gn_unix(s->now) / DAY};
	gn_err err = gn_boxrec_puzzle(&rec.box, rec.epoch, GN_BOXREC_WORK_BITS, tries, rec.nonce);
	GN_ASSERT(err == GN_OK);
	for (uint8_t salt = 0; salt < 2; salt++) {
		struct gn_buf out = {bytes[salt], 0, GN_RECORD_MAX};
		gn_op op;
		err = gn_boxrec_record(&x->sk, &rec, salt, &out);
		GN_ASSERT(err == GN_OK);
		err = gn_overlay_put(s->nodes[x->home].ov, gn_buf_slice(&out), 0, s->now, &op);
		GN_ASSERT(err == GN_OK);
		sim_pump(s, x->home);
		sim_run_for(s, 30 * GN_SEC);
	}
}

static void deposit(struct front *x, enum who who, unsigned number, unsigned bits)
{
	struct sim *s = x->s;
	unsigned node = sim_random_alive(s);
	struct gn_slice item = item_of(who, number);
	struct gn_box_deposit d = {.place = x->place, .item = item, .ttl = 7 * DAY};
	struct gn_work_tries tries = {0, UINT64_C(1) << 34};
	struct gn_hash hash;
	gn_op op;
	gn_sha256(&item, 1, &hash);
	if (who == INVITED) {
		d.proof.way = GN_BOX_INVITE;
		d.proof.invite = x->invite.pk;
		gn_boxrec_invite_sign(&x->invite, &x->sk.pk, &hash, &d.proof.sig);
	} else {
		d.proof.way = GN_BOX_WORK;
		d.proof.work.day = (uint32_t)(gn_unix(s->now) / DAY);
		gn_err err = gn_boxrec_work_find(&x->sk.pk, &hash, bits, tries, &d.proof.work);
		GN_ASSERT(err == GN_OK);
	}
	if (gn_box_deposit(s->nodes[node].boxed->box, &d, s->now, &op) != GN_OK)
		return;
	GN_ASSERT(x->sent_count < AT_ONCE);
	x->sent[x->sent_count++] = (struct sent){op, node, who};
	sim_pump(s, node);
}

/* Deposits and waits for the end of it. */
static bool gets_in(struct front *x, enum who who, unsigned bits)
{
	deposit(x, who, 0, bits);
	x->last = GN_TIMEOUT;
	gn_time end = x->s->now + 120 * GN_SEC;
	x->said[who] = false;
	while (x->last == GN_TIMEOUT && x->s->now < end)
		sim_letters_run(&x->letters, TURN);
	return x->said[who];
}

static void flood(struct front *x)
{
	struct sim *s = x->s;
	gn_time began = s->now, span = s->opt.churn;
	while (s->now - began < span || x->sent_count) {
		while (x->begun < s->opt.flood && x->sent_count < AT_ONCE &&
		       s->now - began >= span / s->opt.flood * (gn_time)x->begun)
			deposit(x, STRANGER, x->begun++, GN_BOXREC_WORK_BITS);
		sim_letters_run(&x->letters, TURN);
	}
}

/* The most of the flood that one node keeps. */
static unsigned most_kept(struct front *x)
{
	struct sim *s = x->s;
	unsigned most = 0, *kept = calloc(s->count, sizeof *kept);
	GN_ASSERT(kept);
	for (unsigned i = 0; i < x->begun; i++) {
		struct gn_slice item = item_of(STRANGER, i);
		struct gn_hash hash, entry;
		gn_sha256(&item, 1, &hash);
		struct gn_slice parts[] = {GN_SLICE(x->sk.pk.b), gn_slice(hash.b, 16)};
		gn_sha256(parts, 2, &entry);
		for (unsigned n = 0; n < s->count; n++)
			kept[n] += gn_kv_have(s->nodes[n].boxed->kv, &entry, NULL);
	}
	for (unsigned n = 0; n < s->count; n++)
		most = kept[n] > most ? kept[n] : most;
	free(kept);
	return most;
}

static gn_time stored(const struct sim_letter *l)
{
	return l->stored;
}

static void read_front(struct front *x)
{
	struct sim *s = x->s;
	struct gn_box_follow f = {.place = x->place, .read = x->read.pk, .ack = x->ack.pk};
	gn_err err = gn_box_follow(s->nodes[x->home].boxed->box, &f, s->now, &x->follow);
	GN_ASSERT(err == GN_OK);
	sim_pump(s, x->home);
	sim_run_for(s, LOOKED);
	gn_box_cancel(s->nodes[x->home].boxed->box, x->follow, s->now);
	sim_row(s, "the person reads", "%u items: %u of strangers, %u invited, %u who worked more",
		x->got, x->got_of[STRANGER], x->got_of[INVITED], x->got_of[HONEST]);
	sim_expect(s, x->got_of[INVITED] == 1, "the invited one's message was not read");
	sim_expect(s, x->got_of[HONEST] == 1, "the message of who worked more was not read");
	/* both places, which need not keep the same of equals */
	sim_expect(s, x->got <= 2u * 500, "%u items were read", x->got);
}

static void build(struct front *x)
{
	struct sim *s = x->s;
	sim_boxed_init(s);
	sim_join_all(s, s->opt.nodes);
	sim_run_for(s, 120 * GN_SEC);
	sim_row_network(s);
	sim_letters_init(&x->letters, s, LETTERS);
	sim_letters_put(&x->letters, NULL);
	s->on_box = told;
	s->box_user = x;
	put_front(x);
}

int sim_run_front(struct sim *s)
{
	struct front *x = calloc(1, sizeof *x);
	gn_time before, during, span = s->opt.churn;
	GN_ASSERT(x);
	*x = (struct front){.s = s,
			    .sk = key_of('b'),
			    .read = key_of('r'),
			    .ack = key_of('a'),
			    .invite = key_of('i')};
	x->place = (struct gn_box_place){x->sk.pk, true};
	build(x);
	sim_letters_schedule(&x->letters, 0, LETTERS, span);
	sim_letters_run(&x->letters, span + 120 * GN_SEC);
	sim_letters_times(&x->letters, "contacts, nothing beside", stored, &before);
	sim_letters_anew(&x->letters);
	sim_letters_schedule(&x->letters, 0, LETTERS, span);
	flood(x);
	sim_letters_run(&x->letters, 120 * GN_SEC);
	sim_letters_times(&x->letters, "contacts, beside the flood", stored, &during);
	sim_row(s, "strangers", "%u of %u bits: %u in (then or later), %u refused, %u else (%s)",
		x->begun, GN_BOXREC_WORK_BITS, x->in, x->refused, x->other,
		gn_err_name(x->other_err));
	sim_expect(s, during <= before + before / 4, "contacts wait %.0f ms, and %.0f ms before",
		   (double)during / 1e6, (double)before / 1e6);
	unsigned kept = most_kept(x);
	sim_row(s, "kept", "%u of them at one node", kept);
	sim_expect(s, kept <= 300, "a node keeps %u of the flood", kept);
	sim_expect(s, gets_in(x, INVITED, 0), "an invited one: %s", gn_err_name(x->last));
	x->bits = 0;
	bool in = gets_in(x, HONEST, GN_BOXREC_WORK_BITS);
	unsigned bits = in || x->bits < GN_BOXREC_WORK_BITS ? GN_BOXREC_WORK_BITS : x->bits;
	in = in || (x->bits && gets_in(x, HONEST, bits));
	sim_row(s, "who works more", "%u bits: %.1f times the flood's work for a place", bits,
		(double)(UINT64_C(1) << (bits - GN_BOXREC_WORK_BITS)) * 300 / s->opt.flood);
	sim_expect(s, in, "who did the work that was asked (%u bits): %s", bits,
		   gn_err_name(x->last));
	read_front(x);
	sim_letters_free(&x->letters);
	free(x);
	return sim_failures();
}
