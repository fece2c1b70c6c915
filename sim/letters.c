/* Many boxes and a letter for each, as agents send them: deposited from one node, tried again until
 * it is stored, looked after each hour (STATE, and deposited anew when fewer than three hold it),
 * read at another node. An agent dies with its node; when the node is back it goes on.
 *
 *   NEW -> WAITS [schedule] -> GOES [letter_go] -> STORED [deposited] <-> CHECKED [hourly]
 *            ^--- refused, or its node was killed --'      fewer than 3 hold it: WAITS */
#include "records/box_proof.h"
#include "sim.h"

#include <stdlib.h>

#define DAY 86400u
#define NEED SIM_LETTER_NEED
#define AT_ONCE 400             /* letters on their way, descriptors, readers */
#define NODE_READERS 16         /* of one node */
#define TURN (20 * GN_MSEC)     /* between looks of agents */
#define AGAIN (10 * GN_SEC)     /* a refused one is tried again */
#define LOOKED (3600 * GN_SEC)  /* and a stored one looked after */
#define PATIENCE (120 * GN_SEC) /* of a reader */

static struct gn_sk key_of(unsigned number, char what)
{
	struct gn_sk sk;
	uint8_t seed[32] = {'l', 'e', 't', 't', 'e', 'r', (uint8_t)what};
	gn_put_be32(seed + 28, number);
	gn_sk_from_seed(seed, &sk);
	return sk;
}

/* One datagram nine times of ten, four of them, and one of a hundred as long as can be. */
static uint32_t length(unsigned number)
{
	return number % 100 == 7 ? SIM_LETTER_MAX : number % 10 == 7 ? 4096 : 896;
}

static struct gn_slice text_of(const struct sim_letters *x, unsigned number)
{
	static uint8_t bytes[SIM_LETTER_MAX];
	struct gn_prng prng;
	gn_prng_init(&prng,
		     (x->s->opt.seed << 32 | number) + x->edition * UINT64_C(0x9e3779b97f4a7c15));
	struct gn_rand r = gn_prng_rand(&prng);
	gn_rand_fill(&r, bytes, 64); /* the rest says nothing */
	return gn_slice(bytes, x->all[number].len);
}

/* Another text for each, which nobody has sent yet. */
static void write_all(struct sim_letters *x)
{
	for (unsigned i = 0; i < x->count; i++) {
		struct sim_letter *l = &x->all[i];
		struct gn_slice text = text_of(x, i);
		gn_sha256(&text, 1, &l->item);
		struct gn_slice parts[] = {GN_SLICE(l->sk.pk.b), gn_slice(l->item.b, 16)};
		gn_sha256(parts, 2, &l->entry);
		l->state = LETTER_NEW;
		l->due = GN_NEVER;
		l->first = l->stored = l->whole = 0;
		l->got = l->waited = false;
	}
}

void sim_letters_anew(struct sim_letters *x)
{
	GN_ASSERT(x->active_count == 0);
	x->edition++;
	write_all(x);
}

void sim_letters_init(struct sim_letters *x, struct sim *s, unsigned count)
{
	*x = (struct sim_letters){.s = s, .count = count};
	x->all = calloc(count ? count : 1, sizeof *x->all);
	x->active = calloc(AT_ONCE, sizeof *x->active);
	GN_ASSERT(x->all && x->active);
	gn_map_init(&x->by_box, &s->env, 32, sizeof(unsigned), count + 1);
	for (unsigned i = 0; i < count; i++) {
		struct sim_letter *l = &x->all[i];
		*l = (struct sim_letter){.sk = key_of(i, 'b'),
					 .read = key_of(i, 'r'),
					 .ack = key_of(i, 'a'),
					 .by = key_of(i, 'w'),
					 .home = i % s->count,
					 .len = length(i)};
		do
			l->from = (unsigned)gn_rand_below(&s->rand, s->count);
		while (l->from == l->home);
		unsigned *number = gn_map_put(&x->by_box, l->sk.pk.b);
		GN_ASSERT(number);
		*number = i;
	}
	write_all(x);
	s->on_box = sim_letters_told;
	sim_phases_follow(x);
	s->box_user = x;
}

void sim_letters_free(struct sim_letters *x)
{
	gn_map_fini(&x->by_box);
	free(x->active);
	free(x->all);
	x->s->on_box = NULL;
	x->s->on_box_sent = NULL;
}

/* ---- descriptors ---- */

static void put_over(struct sim *s, unsigned node, unsigned index, const struct gn_overlay_event *e,
		     void *user)
{
	struct sim_letters *x = user;
	(void)s;
	(void)node;
	x->all[index].put = e->err == GN_OK;
	x->all[index].put_over = true;
}

static void put_one(struct sim_letters *x, unsigned number)
{
	static uint8_t bytes[GN_RECORD_MAX];
	struct sim *s = x->s;
	struct sim_letter *l = &x->all[number];
	const struct gn_boxrec_limits *most = gn_boxrec_limits(GN_FB_BOX_KIND_PRIVATE);
	struct gn_buf out = {bytes, 0, sizeof bytes};
	struct gn_work_tries tries = {0, UINT64_C(1) << 27};
	struct gn_boxrec rec = {.box = l->sk.pk,
				.seq = ++l->seq,
				.created = gn_unix(s->now),
				.ttl = 7 * DAY,
				.kind = GN_FB_BOX_KIND_PRIVATE,
				.readers = {{l->read.pk, l->ack.pk}},
				.reader_count = 1,
				.item_ttl = most->ttl,
				.items = most->items,
				.bytes = most->bytes,
				.item_max = most->item_max,
				.epoch = gn_unix(s->now) / DAY};
	gn_op op;
	gn_err err = gn_boxrec_puzzle(&rec.box, rec.epoch, GN_BOXREC_WORK_BITS, tries, rec.nonce);
	GN_ASSERT(err == GN_OK);
	err = gn_boxrec_record(&l->sk, &rec, 0, &out);
	GN_ASSERT(err == GN_OK);
	err = gn_overlay_put(s->nodes[l->home].ov, gn_buf_slice(&out), 0, s->now, &op);
	l->put_over = err != GN_OK;
	if (err)
		return;
	sim_op_add(s, l->home, op, number);
	sim_pump(s, l->home);
}

void sim_letters_schedule(struct sim_letters *x, unsigned from, unsigned to, gn_time span)
{
	for (unsigned i = from; i < to; i++) {
		x->all[i].state = LETTER_WAITS;
		x->all[i].due = x->s->now + span / (to - from) * (gn_time)(i - from);
	}
}

void sim_letters_put(struct sim_letters *x, bool (*which)(const struct sim_letter *l))
{
	struct sim *s = x->s;
	s->on_done = put_over;
	s->user = x;
	for (unsigned round = 0; round < 3; round++) { /* an agent puts again what failed */
		for (unsigned i = 0; i < x->count || s->op_count;) {
			for (; i < x->count && s->op_count < AT_ONCE; i++)
				if (!x->all[i].put && sim_alive(s, x->all[i].home) &&
				    (!which || which(&x->all[i])))
					put_one(x, i);
			sim_run_for(s, TURN);
		}
		sim_run_for(s, AGAIN);
	}
	s->on_done = NULL;
}

/* ---- depositing ---- */

static void take(struct sim_letters *x, unsigned number, gn_op op, unsigned node)
{
	GN_ASSERT(x->active_count < AT_ONCE);
	x->all[number].op = op;
	x->all[number].op_node = node;
	x->active[x->active_count++] = number;
}

/* The letter whose operation this is; drop: it is over. */
static struct sim_letter *active(struct sim_letters *x, unsigned node, gn_op op, bool drop)
{
	for (unsigned k = 0; k < x->active_count; k++) {
		struct sim_letter *l = &x->all[x->active[k]];
		if (l->op != op || l->op_node != node)
			continue;
		if (drop)
			x->active[k] = x->active[--x->active_count];
		return l;
	}
	return NULL;
}

static void later(struct sim_letters *x, struct sim_letter *l, enum sim_letter_state state,
		  gn_time span)
{
	l->state = state;
	l->due = x->s->now + span;
}

static void letter_go(struct sim_letters *x, unsigned number)
{
	struct sim *s = x->s;
	struct sim_letter *l = &x->all[number];
	struct gn_box *box = s->nodes[l->from].boxed->box;
	bool check = l->state == LETTER_STORED || l->state == LETTER_CHECKED;
	struct gn_box_deposit d = {.place.box = l->sk.pk,
				   .item = text_of(x, number),
				   .ttl = 7 * DAY,
				   .proof = {.way = GN_BOX_CERTIFICATE}};
	struct gn_boxcert cert = {
		.key = l->by.pk, .until = gn_unix(SIM_EPOCH) + 30 * DAY, .items = 300, .kib = 8192};
	gn_op op;
	gn_boxcert_make(&l->sk, &cert);
	d.proof.certificate = cert;
	gn_boxrec_deposit_sign(&l->by, &l->sk.pk, &l->item, &d.proof.sig);
	if (!l->first)
		l->first = s->now;
	gn_err err = check ? gn_box_check(box, &d.place, &l->item, &d.proof, s->now, &op)
			   : gn_box_deposit(box, &d, s->now, &op);
	if (err) {
		later(x, l, check ? l->state : LETTER_WAITS, AGAIN);
		return;
	}
	x->checks += check;
	l->tries += !check;
	if (!check)
		sim_phases_begin(l, s->now);
	l->state = check ? LETTER_CHECKED : LETTER_GOES;
	take(x, number, op, l->from);
	sim_pump(s, l->from);
}

void sim_letters_turn(struct sim_letters *x)
{
	for (unsigned i = 0; i < x->count && x->active_count < AT_ONCE; i++) {
		struct sim_letter *l = &x->all[i];
		if (l->due > x->s->now || !sim_alive(x->s, l->from))
			continue;
		if (!l->first)
			l->waited = l->due < x->s->nodes[l->from].started;
		l->due = GN_NEVER;
		letter_go(x, i);
	}
}

void sim_letters_run(struct sim_letters *x, gn_time span)
{
	for (gn_time end = x->s->now + span; x->s->now < end;) {
		sim_letters_turn(x);
		sim_run_for(x->s, TURN);
	}
}

void sim_letters_killed(struct sim_letters *x, unsigned node)
{
	for (unsigned k = 0; k < x->active_count;) {
		struct sim_letter *l = &x->all[x->active[k]];
		if (l->op_node != node) {
			k++;
			continue;
		}
		x->active[k] = x->active[--x->active_count];
		if (!l->reading)
			later(x, l, l->state == LETTER_GOES ? LETTER_WAITS : l->state, 0);
		l->reading = false;
	}
}

static void deposited(struct sim_letters *x, struct sim_letter *l, const struct gn_box_event *e)
{
	bool good =
		e->err == GN_OK || e->err == GN_EXISTS || (e->err == GN_QUORUM && e->held >= NEED);
	if (!good) {
		x->failures++;
		x->last_err = e->err;
		later(x, l, LETTER_WAITS, AGAIN);
		return;
	}
	l->whole = l->whole ? l->whole : x->s->now - l->first;
	later(x, l, LETTER_STORED, LOOKED);
}

static void checked(struct sim_letters *x, struct sim_letter *l, const struct gn_box_event *e)
{
	bool enough = e->held + e->taken >= NEED;
	x->repeats += !enough;
	later(x, l, enough ? LETTER_STORED : LETTER_WAITS, enough ? LOOKED : 0);
}

/* ---- what the engines say ---- */

static void sign(struct sim_letters *x, unsigned node, const struct gn_box_event *e)
{
	struct gn_boxrec_show show = {.box = e->box, .holder = e->holder, .role = e->role};
	const unsigned *number = gn_map_get(&x->by_box, e->box.b);
	struct gn_sig sig;
	GN_ASSERT(number);
	const struct sim_letter *l = &x->all[*number];
	const struct gn_sk *sk = gn_pk_eq(&e->key, &l->by.pk)     ? &l->by
				 : gn_pk_eq(&e->key, &l->read.pk) ? &l->read
								  : &l->ack;
	memcpy(show.exporter, e->exporter, sizeof show.exporter);
	gn_boxrec_show_sign(sk, &show, &sig);
	(void)gn_box_signed(x->s->nodes[node].boxed->box, e->sign, &sig, x->s->now);
}

void sim_letters_told(struct sim *s, unsigned node, const struct gn_box_event *e, void *user)
{
	struct sim_letters *x = user;
	struct sim_letter *l;
	struct gn_hash h;
	switch (e->kind) {
	case GN_BOX_SIGN: sign(x, node, e); break;
	case GN_BOX_STORED:
		l = active(x, node, e->op, false);
		if (l && !l->stored) {
			l->stored = s->now - l->first;
			sim_phases_stored(l, s->now);
		}
		break;
	case GN_BOX_CUSTODY:
		l = active(x, node, e->op, false);
		if (l)
			sim_phases_custody(l, &e->custody.holder_key, s->now);
		break;
	case GN_BOX_DEPOSITED:
		l = active(x, node, e->op, true);
		if (l)
			deposited(x, l, e);
		break;
	case GN_BOX_CHECKED:
		l = active(x, node, e->op, true);
		if (l)
			checked(x, l, e);
		break;
	case GN_BOX_ITEM:
		l = active(x, node, e->op, false);
		gn_sha256(&e->item, 1, &h);
		if (!l || l->got || !gn_hash_eq(&h, &l->item))
			break;
		l->got = true;
		l->read_took = s->now - l->read_at;
		break;
	case GN_BOX_FOLLOWING:
	case GN_BOX_LENT:
	case GN_BOX_LOST:
	case GN_BOX_REPORTED: break;
	}
}

/* ---- reading ---- */

static unsigned readers_of(const struct sim_letters *x, unsigned node)
{
	unsigned count = 0;
	for (unsigned k = 0; k < x->active_count; k++)
		count += x->all[x->active[k]].reading && x->all[x->active[k]].op_node == node;
	return count;
}

/* Their own node, or, when it died, any: people go elsewhere. */
static void read_begin(struct sim_letters *x, unsigned number)
{
	struct sim *s = x->s;
	struct sim_letter *l = &x->all[number];
	unsigned node = sim_alive(s, l->home) ? l->home : sim_random_alive(s);
	struct gn_box_follow f = {.place.box = l->sk.pk, .read = l->read.pk, .ack = l->ack.pk};
	gn_op op;
	if (readers_of(x, node) >= NODE_READERS ||
	    gn_box_follow(s->nodes[node].boxed->box, &f, s->now, &op))
		return;
	l->reading = true;
	l->read_at = s->now;
	take(x, number, op, node);
	sim_pump(s, node);
}

static void read_end(struct sim_letters *x, unsigned k)
{
	struct sim *s = x->s;
	struct sim_letter *l = &x->all[x->active[k]];
	gn_box_cancel(s->nodes[l->op_node].boxed->box, l->op, s->now);
	sim_pump(s, l->op_node);
	l->reading = false;
	x->active[k] = x->active[--x->active_count];
}

unsigned sim_letters_read(struct sim_letters *x)
{
	struct sim *s = x->s;
	unsigned got = 0;
	bool more = true;
	GN_ASSERT(x->active_count == 0);
	for (unsigned i = 0; i < x->count; i++)
		x->all[i].read_at = x->all[i].got ? x->all[i].read_at : 0;
	while (more || x->active_count) {
		more = false;
		for (unsigned i = 0; i < x->count && x->active_count < AT_ONCE; i++) {
			if (x->all[i].got || x->all[i].read_at)
				continue;
			more = true;
			read_begin(x, i);
		}
		sim_run_for(s, TURN);
		for (unsigned k = x->active_count; k-- > 0;) {
			const struct sim_letter *l = &x->all[x->active[k]];
			if (l->got || s->now - l->read_at > PATIENCE)
				read_end(x, k);
		}
	}
	for (unsigned i = 0; i < x->count; i++)
		got += x->all[i].got;
	return got;
}

unsigned sim_letters_copies(const struct sim_letters *x, const struct sim_letter *l)
{
	unsigned count = 0;
	for (unsigned i = 0; i < x->s->count; i++) {
		const struct sim_boxed *b = x->s->nodes[i].boxed;
		count += b && gn_kv_have(b->kv, &l->entry, NULL);
	}
	return count;
}

void sim_letters_times(const struct sim_letters *x, const char *name,
		       gn_time (*of)(const struct sim_letter *l), gn_time *p99)
{
	size_t count = 0;
	gn_time *all = calloc(x->count + 1, sizeof *all), last;
	GN_ASSERT(all);
	for (unsigned i = 0; i < x->count; i++)
		if (of(&x->all[i]))
			all[count++] = of(&x->all[i]);
	last = sim_row_times(x->s, name, all, count);
	free(all);
	if (p99)
		*p99 = last;
}
