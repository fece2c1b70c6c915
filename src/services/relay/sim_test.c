/* A relay among many clients, from seeds: what it does is compared after every step with a slow
 * model that knows each circuit, who must have been told of its end, and every byte by lane and
 * key; and what small circuits have when all want more than there is. GN_SEEDS says how many
 * seeds. Rules RE-30..RE-34. */
#include "services/relay/testing/peers.h"

#include <stdlib.h>

static int start(void **state)
{
	(void)state;
	begin(1);
	return 0;
}

/* ---- the model ---- */

#define PEERS 40
#define MODEL 2048

struct model_circuit {
	uint64_t id[2];
	unsigned peer[2];
	uint8_t lane;
	bool reached, alive, told[2];
};
static struct model {
	struct model_circuit c[MODEL];
	unsigned count;
	uint64_t bytes[3], packets[3];     /* by lane */
	uint64_t small[PEERS], big[PEERS]; /* bytes by key of who opened */
	bool waits[PEERS];
} model;

static unsigned below(unsigned n)
{
	return (unsigned)gn_rand_below(&rnd, n);
}

static unsigned peer_at(unsigned i)
{
	return FIRST + i;
}

static unsigned alive(void)
{
	unsigned n = 0;
	for (unsigned i = 0; i < model.count; i++)
		n += model.c[i].alive;
	return n;
}

/* Every end that is told belongs to a circuit that this one has, and is told once. */
static void hear_notes(void)
{
	for (unsigned i = 0; i < heard_count; i++) {
		const struct heard *h = &heard[i];
		struct model_circuit *c = NULL;
		if (h->type != BODY(NOTE))
			continue;
		unsigned side = 0;
		for (unsigned k = 0; k < model.count; k++)
			for (unsigned s = 0; s < 2; s++)
				if (model.c[k].id[s] == h->circuit && model.c[k].peer[s] == h->to) {
					c = &model.c[k];
					side = s;
				}
		if (!c) {
			fail_msg("%u is told of a circuit that it never had", h->to);
			return;
		}
		assert_false(c->told[side]);
		assert_true(side == 0 || c->reached);
		if (h->ends_ms)
			continue;
		c->told[side] = true;
		c->alive = false;
	}
	clear();
}

/* It is over by what one end did: the other is told of it if it knows of it. */
static void must_be_told(const struct model_circuit *c, unsigned side)
{
	assert_int_equal(c->told[side], side == 0 || c->reached);
}

static void step_open(void)
{
	unsigned a = below(PEERS), b = below(PEERS);
	uint8_t lanes = (uint8_t)(1 + below(3));
	clear();
	gn_err err = open_(peer_at(a), peer_at(b), lanes);
	if (a == b)
		assert_int_equal(err, GN_DENIED);
	else if (!model.waits[b])
		assert_int_equal(err, GN_NOT_FOUND);
	struct heard o = last;
	hear_notes();
	if (err || model.count == MODEL)
		return;
	struct model_circuit *c = &model.c[model.count++];
	*c = (struct model_circuit){.id = {o.circuit, far_of(o.circuit)},
				    .peer = {peer_at(a), peer_at(b)},
				    .lane = o.lane,
				    .alive = true};
	assert_true(o.lane & lanes);
}

static struct model_circuit *any(void)
{
	return model.count ? &model.c[below(model.count)] : NULL;
}

static void step_send(void)
{
	struct model_circuit *c = any();
	unsigned side = below(2);
	uint32_t len = RELAY_PACKET_MIN + below(RELAY_PACKET_MAX - RELAY_PACKET_MIN + 1),
		 n = 1 + below(RELAY_TRAIN);
	struct gn_relay_to to;
	if (!c)
		return;
	enum gn_relay_verdict v = packets(r, c->peer[side], c->id[side], len, n, &to);
	assert_true(v == GN_RELAY_FORWARD || v == GN_RELAY_DROP);
	assert_true((to.why != NULL) == (v == GN_RELAY_DROP || to.count < n));
	if (!c->alive)
		assert_int_equal(v, GN_RELAY_DROP);
	if (v == GN_RELAY_DROP)
		return;
	assert_in_range(to.count, 1, n);
	assert_int_equal(to.session, session_of(c->peer[!side]));
	assert_int_equal(to.circuit, c->id[!side]);
	c->reached = true;
	model.packets[c->lane] += to.count;
	model.bytes[c->lane] += (uint64_t)to.count * len;
	uint64_t *of = c->lane == BULK ? model.big : model.small;
	of[c->peer[0] - FIRST] += (uint64_t)to.count * len;
}

static void step_lie(void)
{
	struct model_circuit *c = any();
	struct gn_relay_to to;
	uint64_t id = c && below(2) ? c->id[below(2)] : gn_rand_u64(&rnd);
	clear();
	assert_int_equal(packets(r, FIRST + PEERS + below(5), id, 1000, 1, &to), GN_RELAY_DROP);
	pump();
	assert_int_equal(heard_count, 0);
}

static void step_close(void)
{
	struct model_circuit *c = any();
	unsigned side = below(2);
	if (!c)
		return;
	clear();
	close_by(c->peer[side], session_of(c->peer[side]), c->id[side]);
	bool was = c->alive;
	hear_notes();
	c->alive = false;
	if (was)
		must_be_told(c, !side);
}

static void step_down(void)
{
	unsigned p = below(PEERS);
	struct gn_pk pk = pk_of(peer_at(p));
	bool was[MODEL] = {false};
	for (unsigned i = 0; i < model.count; i++)
		was[i] = model.c[i].alive;
	clear();
	gn_relay_down(r, &pk, session_of(peer_at(p)), now);
	pump();
	hear_notes();
	model.waits[p] = false;
	for (unsigned i = 0; i < model.count; i++) {
		struct model_circuit *c = &model.c[i];
		if (c->peer[0] != peer_at(p) && c->peer[1] != peer_at(p))
			continue;
		c->alive = false;
		if (was[i])
			must_be_told(c, c->peer[0] == peer_at(p));
	}
}

static void step(void)
{
	unsigned what = below(100);
	if (what < 20) {
		step_open();
	} else if (what < 65) {
		step_send();
	} else if (what < 70) {
		step_lie();
	} else if (what < 75) {
		step_close();
	} else if (what < 77) {
		step_down();
	} else if (what < 85) {
		unsigned p = below(PEERS);
		bool off = below(8) == 0;
		assert_int_equal(reserve_as(peer_at(p), off ? 0 : RELAY_TTL, below(2)), GN_OK);
		model.waits[p] = !off;
	} else {
		clear();
		run_for((gn_time)gn_rand_below(&rnd, (uint64_t)(below(20) ? GN_SEC : 70 * GN_SEC)));
		hear_notes();
	}
}

static void compare(void)
{
	struct gn_relay_info info;
	struct gn_relay_account a;
	uint64_t small = 0, big = 0;
	gn_relay_info(r, &info);
	gn_relay_validate(r);
	assert_int_equal(r->count, alive());
	assert_int_equal(info.small.bytes, model.bytes[SMALL]);
	assert_int_equal(info.bulk.bytes, model.bytes[BULK]);
	assert_int_equal(info.small.packets, model.packets[SMALL]);
	assert_int_equal(info.bulk.packets, model.packets[BULK]);
	assert_int_equal(info.month_used, model.bytes[SMALL] + model.bytes[BULK]);
	for (uint32_t i = 0; gn_relay_account_at(r, i, &a); i++) {
		struct gn_pk pk;
		memcpy(pk.b, a.id, sizeof pk.b);
		unsigned p = number_of(&pk) - FIRST;
		assert_in_range(p, 0, PEERS - 1);
		assert_int_equal(a.small, model.small[p]);
		assert_int_equal(a.bulk, model.big[p]);
		small += a.small;
		big += a.bulk;
	}
	assert_int_equal(small, model.bytes[SMALL]); /* nobody's is forgotten */
	assert_int_equal(big, model.bytes[BULK]);
}

static void a_relay_does_what_the_slow_model_says(void **state)
{
	const char *seeds = getenv("GN_SEEDS");
	unsigned long count_ = seeds ? strtoul(seeds, NULL, 10) : 25;
	for (unsigned long seed = 1; seed <= count_; seed++) {
		memset(&model, 0, sizeof model);
		gn_prng_init(&prng, seed);
		for (unsigned i = 0; i < 1500; i++) {
			step();
			compare();
		}
		assert_true(model.packets[SMALL] > 100 && model.packets[BULK] > 100);
		(void)end(state);
		begin(1);
	}
}

/* ---- more than there is ---- */

#define MANY 960   /* circuits that want all that a small one may have: twice of what there is */
#define LIGHT 32   /* that want little, */
#define FLOODED 64 /* and one key's that send as much as they can */
#define ALL (MANY + LIGHT + FLOODED)

static struct sender {
	unsigned peer;
	uint64_t id, got, lost;
	gn_time next, gap;
	uint32_t len;
} senders[ALL];

static void make_senders(void)
{
	assert_int_equal(reserve(9000), GN_OK);
	for (unsigned i = 0; i < ALL; i++) {
		bool flood = i >= MANY + LIGHT, light = !flood && i >= MANY;
		unsigned peer = flood ? 8000 : 100 + i / 32 * 8;
		assert_int_equal(open_(peer, 9000, SMALL), GN_OK);
		uint32_t len = light ? 100 : 300 + below(900);
		gn_time gap = flood   ? 20 * GN_MSEC
			      : light ? GN_SEC
				      : (gn_time)len * GN_SEC / RELAY_SMALL_RATE;
		senders[i] = (struct sender){
			.peer = peer,
			.id = last.circuit,
			.gap = gap,
			.len = len,
			.next = now + (gn_time)gn_rand_below(&rnd, (uint64_t)GN_SEC)};
	}
}

static void run_senders(gn_time span)
{
	gn_time stop = now + span;
	for (unsigned i = 0; i < ALL; i++)
		senders[i].got = senders[i].lost = 0;
	for (; now < stop; now += GN_MSEC)
		for (unsigned i = 0; i < ALL; i++) {
			struct sender *s = &senders[i];
			if (s->next > now)
				continue;
			uint32_t k = send_(s->peer, s->id, s->len, 1);
			s->got += k * (uint64_t)s->len;
			s->lost += (1 - k) * (uint64_t)s->len;
			s->next += s->gap;
		}
	gn_relay_tick(r, now);
	gn_relay_validate(r);
}

static void small_circuits_have_equal_parts_of_what_is_too_little(void **state)
{
	(void)state;
	make_senders();
	run_senders(45 * GN_SEC); /* until bursts are used */
	run_senders(60 * GN_SEC);
	uint64_t all = 0, most = 0, least = UINT64_MAX, flooded = 0;
	for (unsigned i = 0; i < ALL; i++) {
		const struct sender *s = &senders[i];
		all += s->got;
		if (i >= MANY && i < MANY + LIGHT) {
			assert_int_equal(s->lost, 0); /* who wants little loses nothing */
			continue;
		}
		most = s->got > most ? s->got : most;
		least = s->got < least ? s->got : least;
		flooded += i >= MANY + LIGHT ? s->got : 0;
	}
	assert_true(most < least + 3 * RELAY_PACKET_MAX); /* of some 61,000 bytes */
	assert_true(all > 60 * (uint64_t)RELAY_RATE * 99 / 100);
	assert_true(all < 60 * (uint64_t)RELAY_RATE * 101 / 100);
	/* 64 circuits have 64 parts, however much they send */
	assert_true(flooded * ALL < all * FLOODED * 11 / 10);
	assert_true(count("drop_share") > 0);
}

/* One key that opens 64 circuits, sends a packet by each and closes them, ten times a second. */
static void who_opens_and_closes_has_no_more_than_who_does_not(void **state)
{
	uint64_t had = 0, all = 0, id[RELAY_CIRCUITS_KEY];
	(void)state;
	make_senders();
	for (unsigned i = MANY + LIGHT; i < ALL; i++) /* instead of who floods */
		close_by(senders[i].peer, session_of(senders[i].peer), senders[i].id);
	for (unsigned second = 0; second < 100; second++) {
		if (second == 40) /* bursts are used */
			had = all = 0;
		for (gn_time stop = now + GN_SEC; now < stop; now += GN_MSEC) {
			for (unsigned i = 0; i < MANY + LIGHT; i++) {
				struct sender *s = &senders[i];
				if (s->next > now)
					continue;
				all += send_(s->peer, s->id, s->len, 1) * (uint64_t)s->len;
				s->next += s->gap;
			}
			if ((now / GN_MSEC) % 100)
				continue;
			for (unsigned i = 0; i < RELAY_CIRCUITS_KEY; i++) {
				assert_int_equal(open_(8000, 9000, SMALL), GN_OK);
				id[i] = last.circuit;
				had += send_(8000, id[i], 1400, 1) * UINT64_C(1400);
			}
			for (unsigned i = 0; i < RELAY_CIRCUITS_KEY; i++)
				close_by(8000, session_of(8000), id[i]);
		}
	}
	gn_relay_validate(r);
	all += had;
	assert_true(all < 60 * (uint64_t)RELAY_RATE * 102 / 100);
	assert_true(had * ALL < all * RELAY_CIRCUITS_KEY * 12 / 10);
}

static void bulk_takes_nothing_of_small_packets(void **state)
{
	(void)state;
	assert_int_equal(reserve(9000), GN_OK);
	assert_int_equal(open_(20, 9000, SMALL), GN_OK);
	uint64_t little = last.circuit, lost = 0, bulk_bytes = 0;
	uint64_t big[8];
	for (unsigned i = 0; i < 8; i++) {
		assert_int_equal(open_(100 + 8 * i, 9000, BULK), GN_OK);
		big[i] = last.circuit;
	}
	struct gn_relay_give g = {.level = GN_RELAY_COMMONS, .bulk_rate = 256u << 10};
	gn_relay_give(r, &g, now);
	for (gn_time stop = now + 20 * GN_SEC; now < stop; now += GN_MSEC) {
		for (unsigned i = 0; i < 8; i++)
			bulk_bytes += send_(100 + 8 * i, big[i], 1400, 4) * UINT64_C(1400);
		if ((now / GN_MSEC) % 100 == 0)
			lost += 1 - send_(20, little, 100, 1);
	}
	assert_int_equal(lost, 0);
	/* eight want twice as much as there is; what is at once is the room, for the lane */
	assert_in_range(bulk_bytes, 20 * (256u << 10) * 97 / 100, 20 * (256u << 10) + (64u << 10));
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, start, end)
	const struct CMUnitTest tests[] = {
		T(a_relay_does_what_the_slow_model_says),
		T(small_circuits_have_equal_parts_of_what_is_too_little),
		T(who_opens_and_closes_has_no_more_than_who_does_not),
		T(bulk_takes_nothing_of_small_packets),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
