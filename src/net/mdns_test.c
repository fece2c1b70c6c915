/* Discovery (RE-44): what one engine makes of each kind of message. */
#include "net/testing/mdns_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static const uint8_t here[4] = {1, 2, 3, 4};

static struct {
	struct gn_prng g;
	struct gn_rand rand;
	gn_time now;
} w;

static void begin(uint64_t seed)
{
	gn_prng_init(&w.g, seed);
	w.rand = gn_prng_rand(&w.g);
	w.now = MDNS_RIG_START;
}

static void alone(struct gn_mdns *m)
{
	begin(6);
	struct gn_mdns_interface on = mdns_rig_interface(1, true, true);
	struct gn_mdns_out out;
	uint8_t room[MDNS_SAID_MAX];
	gn_mdns_init(m, &w.rand, here, 7000);
	gn_mdns_interfaces(m, &on, 1, w.now);
	for (; w.now < MDNS_RIG_START + 10 * GN_SEC; w.now += GN_SEC)
		while (gn_mdns_send(m, room, w.now, &out))
			;
}

static struct gn_mdns_from voice(const char *what)
{
	if (what[0] == '6')
		return (struct gn_mdns_from){MDNS_RIG_LINK, mdns_rig_link_local(9), MDNS_HOPS};
	return (struct gn_mdns_from){MDNS_RIG_LINK, gn_addr_v4(192, 168, 1, 9, GN_MDNS_PORT),
				     MDNS_HOPS};
}

/* An answer of an instance called id, as if from `on`. */
static gn_err hear(struct gn_mdns *m, const struct gn_mdns_from *from, const char *id,
		   uint16_t port, const struct gn_mdns_interface *on, uint32_t ttl)
{
	uint8_t room[MDNS_SAID_MAX];
	size_t len = mdns_write_answer(room, id, here, port, on, ttl);
	return gn_mdns_recv(m, from, gn_slice(room, len), w.now);
}

static void only_this_link_is_heard(void **state)
{
	(void)state;
	struct gn_mdns m;
	struct gn_mdns_from from = voice("4");
	struct gn_mdns_interface on = mdns_rig_interface(9, true, false);
	alone(&m);
	for (int hops = -1; hops < MDNS_HOPS; hops += 64) {
		from.hops = hops;
		assert_int_equal(hear(&m, &from, "a", 1, &on, 120), GN_DENIED);
	}
	from.hops = MDNS_HOPS - 1;
	assert_int_equal(hear(&m, &from, "a", 1, &on, 120), GN_DENIED);
	from = voice("4");
	from.addr.port = 5354;
	assert_int_equal(hear(&m, &from, "a", 1, &on, 120), GN_DENIED);
	assert_int_equal(m.count.far, 6);
	from = voice("4");
	from.interface = MDNS_RIG_LINK + 1;
	assert_int_equal(hear(&m, &from, "a", 1, &on, 120), GN_STATE);
	from.interface = 0;
	assert_int_equal(hear(&m, &from, "a", 1, &on, 120), GN_STATE);
	assert_int_equal(m.count.found, 0);
	from = voice("4");
	assert_int_equal(hear(&m, &from, "a", 1, &on, 120), GN_OK);
	assert_int_equal(m.count.found, 1);
}

/* Which address is taken of what a sender says, or none. */
static void addresses_are_private_ones(void **state)
{
	(void)state;
	struct gn_addr public4 = gn_addr_v4(8, 8, 8, 8, 0), v4 = gn_addr_v4(10, 1, 1, 1, 0),
		       here4 = gn_addr_v4(192, 168, 1, 9, 0), loop = {.ip = {[15] = 1}},
		       global6 = {.ip = {0x20, 1, [15] = 1}}, local6 = mdns_rig_link_local(5),
		       ula6 = mdns_rig_ula(9, 0), none = {.port = 0};
	const struct {
		const char *voice;
		struct gn_addr said[2], want;
	} t[] = {
		{"4", {here4, none}, here4},  {"4", {none, none}, here4},
		{"4", {public4, v4}, here4},  {"6", {global6, none}, none},
		{"6", {local6, none}, none},  {"6", {ula6, none}, ula6},
		{"6", {global6, ula6}, ula6}, {"6", {v4, none}, none},
		{"6", {loop, none}, none},    {"6", {none, none}, none},
	};
	for (size_t i = 0; i < GN_COUNT(t); i++) {
		struct gn_mdns m;
		struct gn_mdns_from from = voice(t[i].voice);
		struct gn_mdns_interface on = {.index = MDNS_RIG_LINK};
		struct gn_mdns_found found;
		for (int a = 0; a < 2; a++)
			if (!gn_addr_eq(&t[i].said[a], &none))
				on.addrs[on.count++] = t[i].said[a];
		alone(&m);
		bool good = !gn_addr_eq(&t[i].want, &none);
		assert_int_equal(hear(&m, &from, "a", 77, &on, 120), good ? GN_OK : GN_STALE);
		assert_int_equal(m.count.useless, !good);
		assert_int_equal(gn_mdns_next(&m, &found), good);
		if (good) {
			assert_memory_equal(found.addr.ip, t[i].want.ip, 16);
			assert_int_equal(found.addr.port, 77);
		}
	}
	/* a sender with a public or a link-local address of IPv4 is none either */
	for (int i = 0; i < 2; i++) {
		struct gn_mdns m;
		struct gn_mdns_from from = voice("4");
		struct gn_mdns_interface on = mdns_rig_interface(9, true, false);
		from.addr = i ? gn_addr_v4(8, 8, 8, 8, GN_MDNS_PORT)
			      : gn_addr_v4(169, 254, 1, 1, GN_MDNS_PORT);
		alone(&m);
		assert_int_equal(hear(&m, &from, "a", 77, &on, 120), GN_STALE);
	}
}

/* Bytes of an answer changed by hand: what is missing or foreign is no peer. */
static void a_peer_is_whole_or_none(void **state)
{
	(void)state;
	uint8_t room[MDNS_SAID_MAX];
	struct gn_mdns_from from = voice("4");
	struct gn_mdns_interface on = mdns_rig_interface(9, true, false);
	size_t len = mdns_write_answer(room, "a", here, 77, &on, 120);
	struct gn_mdns m;
	unsigned taken = 0;
	/* each bit in turn: few of them may change, those of the id, of times and of addresses */
	for (size_t i = 0; i < len; i++)
		for (int bit = 0; bit < 8; bit++) {
			alone(&m);
			room[i] ^= (uint8_t)(1 << bit);
			gn_err err = gn_mdns_recv(&m, &from, gn_slice(room, len), w.now);
			room[i] ^= (uint8_t)(1 << bit);
			assert_true(err == GN_OK || err == GN_STALE || err == GN_MALFORMED);
			taken += err == GN_OK && m.count.found;
		}
	assert_true(taken > 0 && taken < len * 8 / 2);
	static const struct {
		const char *find;
		size_t len, skip;
		uint8_t to;
	} c[] = {
		{"_geonet", 7, 0, 'x'},     {"\3v=1", 4, 3, '2'},       {"n=01020304", 10, 9, '5'},
		{"n=01020304", 10, 9, 'g'}, {"n=01020304", 10, 0, 'm'}, {"\0\0\0\115\1a", 6, 3, 0},
		{"\0\20\200\1", 4, 1, 17},  {"\0\41\200\1", 4, 1, 34},
	};
	for (size_t i = 0; i < GN_COUNT(c); i++) {
		size_t at = 0;
		while (memcmp(room + at, c[i].find, c[i].len) != 0)
			assert_true(++at < len);
		uint8_t was = room[at + c[i].skip];
		alone(&m);
		room[at + c[i].skip] = c[i].to;
		assert_int_equal(gn_mdns_recv(&m, &from, gn_slice(room, len), w.now), GN_STALE);
		assert_int_equal(m.count.found, 0);
		room[at + c[i].skip] = was;
	}
	for (size_t cut = 0; cut < len; cut++) {
		alone(&m);
		assert_int_equal(gn_mdns_recv(&m, &from, gn_slice(room, cut), w.now), GN_MALFORMED);
		assert_int_equal(m.count.malformed, 1);
	}
}

static void time_is_120_s_at_most(void **state)
{
	(void)state;
	static const uint32_t ttl[] = {1, 119, 120, 121, 4500, UINT32_MAX};
	for (size_t i = 0; i < GN_COUNT(ttl); i++) {
		struct gn_mdns m;
		struct gn_mdns_from from = voice("4");
		struct gn_mdns_interface on = mdns_rig_interface(9, true, false);
		alone(&m);
		assert_int_equal(hear(&m, &from, "a", 77, &on, ttl[i]), GN_OK);
		gn_time until = 0;
		for (int p = 0; p < MDNS_FOUND_MAX; p++)
			until = m.peers[p].until ? m.peers[p].until : until;
		assert_int_equal((until - w.now) / GN_SEC, ttl[i] < MDNS_TTL ? ttl[i] : MDNS_TTL);
	}
}

/* The PTR alone, at no time left, is enough; of another instance it says nothing of this one. */
static void a_goodbye_is_of_one_instance(void **state)
{
	(void)state;
	struct gn_mdns m;
	struct gn_mdns_from from = voice("4");
	struct gn_mdns_interface on = mdns_rig_interface(9, true, false);
	alone(&m);
	assert_int_equal(hear(&m, &from, "a", 77, &on, 120), GN_OK);
	for (int i = 0; i < 2; i++) {
		uint8_t room[MDNS_SAID_MAX];
		unsigned held = 0;
		size_t len = mdns_write_answer(room, i ? "a" : "b", here, 77, &on, 0);
		room[7] = 1; /* answers: what follows is nobody's */
		assert_int_equal(gn_mdns_recv(&m, &from, gn_slice(room, len), w.now), GN_OK);
		for (int p = 0; p < MDNS_FOUND_MAX; p++)
			held += m.peers[p].until != 0;
		assert_int_equal(held, !i);
	}
}

/* Each share is filled and one more is refused; who is there stays. */
static void shares_hold(void **state)
{
	(void)state;
	struct gn_mdns m;
	alone(&m);
	struct gn_mdns_interface list[2] = {mdns_rig_interface(1, true, true),
					    mdns_rig_interface(2, true, true)};
	list[1].index = MDNS_RIG_LINK + 1;
	gn_mdns_interfaces(&m, list, 2, w.now);
	uint64_t full = 0;
	unsigned held = 0;
	for (unsigned i = 0; i < 200; i++) { /* prefixes of 10.x.y.0, senders with 3 ports each */
		char id[16];
		struct gn_mdns_from from = {
			MDNS_RIG_LINK + i / 100,
			gn_addr_v4(10, 0, (uint8_t)(i / 40), (uint8_t)(i / 3), GN_MDNS_PORT),
			MDNS_HOPS};
		struct gn_mdns_interface on = {.index = MDNS_RIG_LINK};
		snprintf(id, sizeof id, "x%u", i);
		assert_int_equal(hear(&m, &from, id, (uint16_t)(1 + i), &on, 120), GN_OK);
	}
	unsigned per_link[2] = {0}, per_prefix[8] = {0}, per_sender[256] = {0};
	for (int p = 0; p < MDNS_FOUND_MAX; p++) {
		const struct gn_mdns_peer *peer = &m.peers[p];
		held += peer->until != 0;
		if (!peer->until)
			continue;
		per_link[peer->found.interface - MDNS_RIG_LINK]++;
		per_prefix[peer->found.addr.ip[14]]++;
		per_sender[peer->found.addr.ip[15]]++;
	}
	full = m.count.full;
	assert_int_equal(per_link[0], MDNS_PER_INTERFACE);
	assert_int_equal(per_link[1], MDNS_PER_INTERFACE);
	assert_int_equal(held, MDNS_FOUND_MAX);
	for (int i = 0; i < 8; i++)
		assert_true(per_prefix[i] <= MDNS_PER_PREFIX);
	assert_int_equal(per_prefix[0], MDNS_PER_PREFIX);
	for (int i = 0; i < 256; i++)
		assert_true(per_sender[i] <= MDNS_PER_SENDER);
	assert_int_equal(per_sender[0], MDNS_PER_SENDER);
	assert_int_equal(full, 200 - MDNS_FOUND_MAX);
	/* the first is there still, and is heard again without a new place */
	struct gn_mdns_from first = {MDNS_RIG_LINK, gn_addr_v4(10, 0, 0, 0, GN_MDNS_PORT),
				     MDNS_HOPS};
	struct gn_mdns_interface on = {.index = MDNS_RIG_LINK};
	assert_int_equal(hear(&m, &first, "x0", 1, &on, 120), GN_OK);
	assert_int_equal(m.count.full, full);
	/* an interface that goes takes its own with it */
	gn_mdns_interfaces(&m, &list[1], 1, w.now);
	held = 0;
	for (int p = 0; p < MDNS_FOUND_MAX; p++)
		held += m.peers[p].until != 0;
	assert_int_equal(held, MDNS_PER_INTERFACE);
}

/* Who comes and goes under new names has all places, then one in MDNS_PACE. */
static void who_comes_and_goes_is_paced(void **state)
{
	(void)state;
	struct gn_mdns m;
	struct gn_mdns_interface on = mdns_rig_interface(9, true, false);
	alone(&m);
	uint64_t before = m.count.found;
	for (unsigned i = 0; i < 1000; i++) {
		char id[16];
		struct gn_mdns_from from = {
			MDNS_RIG_LINK, gn_addr_v4(10, 0, 0, (uint8_t)i, GN_MDNS_PORT), MDNS_HOPS};
		snprintf(id, sizeof id, "x%u", i);
		(void)hear(&m, &from, id, (uint16_t)(1 + i), &on, 120);
		(void)hear(&m, &from, id, (uint16_t)(1 + i), &on, 0);
		if (i == 499)
			assert_int_equal(m.count.found - before, MDNS_FOUND_MAX);
		w.now += i < 500 ? 0 : MDNS_PACE / 100;
	}
	assert_int_equal(m.count.found - before, MDNS_FOUND_MAX + 4);
}

static void eight_interfaces_are_used(void **state)
{
	(void)state;
	struct gn_mdns m;
	struct gn_mdns_interface list[MDNS_INTERFACES_MAX + 1];
	begin(7);
	gn_mdns_init(&m, &w.rand, here, 7000);
	for (uint32_t i = 0; i < GN_COUNT(list); i++) {
		list[i] = mdns_rig_interface(1, true, false);
		list[i].index = i + 1;
	}
	gn_mdns_interfaces(&m, list, GN_COUNT(list), w.now);
	for (uint32_t i = 0; i < GN_COUNT(list); i++) {
		struct gn_mdns_from from = voice("4");
		from.interface = i + 1;
		struct gn_mdns_interface on = mdns_rig_interface(9, true, false);
		assert_int_equal(hear(&m, &from, "a", 1, &on, 120),
				 i < MDNS_INTERFACES_MAX ? GN_OK : GN_STATE);
	}
}

/* A name stays while an address does; on another network it is another one, and the names of all
 * links are ours. */
static void a_name_is_of_one_network(void **state)
{
	(void)state;
	struct gn_mdns m;
	struct gn_mdns_from from = voice("4");
	struct gn_mdns_interface list[2] = {mdns_rig_interface(1, true, false),
					    mdns_rig_interface(1, true, true)};
	char first[GN_MDNS_ID + 1];
	alone(&m);
	assert_int_equal(strlen(m.links[0].id), GN_MDNS_ID);
	memcpy(first, m.links[0].id, sizeof first);
	gn_mdns_interfaces(&m, &list[0], 1, w.now);
	assert_string_equal(m.links[0].id, first);
	list[0].addrs[0] = gn_addr_v4(10, 9, 9, 9, 0);
	list[1].index = MDNS_RIG_LINK + 1;
	gn_mdns_interfaces(&m, list, 2, w.now);
	assert_string_not_equal(m.links[0].id, first);
	assert_string_not_equal(m.links[0].id, m.links[1].id);
	for (int i = 0; i < 2; i++)
		assert_int_equal(hear(&m, &from, m.links[i].id, 1, &list[0], 120), GN_STALE);
	assert_int_equal(hear(&m, &from, first, 1, &list[0], 120), GN_OK);
}

/* ---- questions ---- */

struct ask {
	const char *name; /* wire form; "ID" for the engine's own label */
	size_t len;
	uint16_t type, class;
	bool answered;
};

static size_t question(const struct gn_mdns *m, const struct ask *a, uint8_t *room)
{
	struct gn_writer q = gn_writer(room, MDNS_SAID_MAX);
	gn_write_be32(&q, 0);
	gn_write_be32(&q, 1u << 16);
	gn_write_be32(&q, 0);
	struct gn_slice name = gn_slice(a->name, a->len);
	if (name.len > 2 && !memcmp(name.p, "ID", 2)) {
		gn_write_u8(&q, GN_MDNS_ID);
		gn_write_bytes(&q, gn_str(m->links[0].id));
		name = gn_slice_sub(name, 2, name.len);
	}
	gn_write_bytes(&q, name);
	gn_write_be16(&q, a->type);
	gn_write_be16(&q, a->class);
	return gn_writer_len(&q);
}

static void questions_have_answers(void **state)
{
	(void)state;
#define WIRE(text) text, sizeof(text)
#define SERVICE "\7_geonet\4_udp\5local"
	static const struct ask t[] = {
		{WIRE(SERVICE), MDNS_PTR, MDNS_IN, true},
		{WIRE("\7_GEOnet\4_udp\5Local"), MDNS_PTR, MDNS_IN, true},
		{WIRE(SERVICE), MDNS_PTR, MDNS_IN | MDNS_FLUSH, true},
		{WIRE(SERVICE), MDNS_ANY, MDNS_ANY, true},
		{WIRE(SERVICE), MDNS_A, MDNS_IN, false},
		{WIRE(SERVICE), MDNS_PTR, 3, false},
		{WIRE("\7_geonet\4_tcp\5local"), MDNS_PTR, MDNS_IN, false},
		{WIRE("ID" SERVICE), MDNS_SRV, MDNS_IN, true},
		{WIRE("ID" SERVICE), MDNS_TXT, MDNS_IN, true},
		{WIRE("ID" SERVICE), MDNS_ANY, MDNS_IN, true},
		{WIRE("ID" SERVICE), MDNS_PTR, MDNS_IN, false},
		{WIRE("\1x" SERVICE), MDNS_SRV, MDNS_IN, false},
		{WIRE("ID\5local"), MDNS_A, MDNS_IN, true},
		{WIRE("ID\5local"), MDNS_AAAA, MDNS_IN, true},
		{WIRE("ID\5local"), MDNS_TXT, MDNS_IN, false},
		{WIRE("\5local"), MDNS_A, MDNS_IN, false},
		{WIRE(""), MDNS_A, MDNS_IN, false},
		{WIRE(""), MDNS_ANY, MDNS_ANY, false},
	};
	for (size_t i = 0; i < GN_COUNT(t); i++) {
		struct gn_mdns m;
		struct gn_mdns_from from = voice("4");
		uint8_t room[MDNS_SAID_MAX];
		alone(&m);
		size_t len = question(&m, &t[i], room);
		gn_err err = gn_mdns_recv(&m, &from, gn_slice(room, len), w.now);
		if (err != (t[i].answered ? GN_OK : GN_STALE))
			fail_msg("question %zu: %d", i, err);
		gn_time at = m.links[0].answer_at;
		assert_int_equal(at != GN_NEVER, t[i].answered);
		assert_true(!t[i].answered ||
			    (at >= w.now + MDNS_DELAY && at <= w.now + MDNS_DELAY_MOST));
	}
}

/* Two questions at once get one answer; the next one comes a second after the last. */
static void answers_are_a_second_apart(void **state)
{
	(void)state;
	static const struct ask ask = {WIRE(SERVICE), MDNS_PTR, MDNS_IN, true};
	struct gn_mdns m;
	struct gn_mdns_from from = voice("4");
	struct gn_mdns_out out;
	uint8_t room[MDNS_SAID_MAX], q[MDNS_SAID_MAX];
	alone(&m);
	size_t len = question(&m, &ask, q);
	gn_time last = 0;
	unsigned answers = 0;
	for (gn_time end = w.now + 10 * GN_SEC; w.now < end; w.now += 10 * GN_MSEC) {
		(void)!gn_mdns_recv(&m, &from, gn_slice(q, len), w.now);
		while (gn_mdns_send(&m, room, w.now, &out)) {
			if (out.v6)
				continue;
			assert_true(w.now - last >= MDNS_AGAIN);
			last = w.now;
			answers++;
		}
	}
	assert_in_range(answers, 9, 10);
}

static void who_knows_us_is_not_told(void **state)
{
	(void)state;
	for (uint32_t ttl = MDNS_TTL / 2 - 1; ttl <= MDNS_TTL / 2; ttl++) {
		struct gn_mdns m;
		struct gn_mdns_from from = voice("4");
		uint8_t room[MDNS_SAID_MAX];
		alone(&m);
		struct gn_writer q = gn_writer(room, sizeof room);
		mdns_write_query(&q);
		assert_true(mdns_write_known(&q, GN_LIT("somebody"), 120));
		assert_true(mdns_write_known(&q, gn_str(m.links[0].id), ttl));
		assert_int_equal(gn_mdns_recv(&m, &from, gn_slice(room, gn_writer_len(&q)), w.now),
				 GN_OK);
		assert_int_equal(m.count.known, ttl >= MDNS_TTL / 2);
		assert_int_equal(m.links[0].answer_at == GN_NEVER, ttl >= MDNS_TTL / 2);
		assert_int_equal(m.count.found, 0); /* a question is no answer */
	}
}

/* Our own queries name whom we know, with what is left of their time. */
static void queries_say_who_is_known(void **state)
{
	(void)state;
	struct gn_mdns m;
	struct gn_mdns_from from = voice("4");
	struct gn_mdns_interface on = mdns_rig_interface(9, true, false);
	uint8_t room[MDNS_SAID_MAX];
	struct gn_mdns_out out;
	for (int late = 0; late < 2; late++) {
		alone(&m);
		gn_time ask = m.links[0].query_at;
		w.now = ask - (MDNS_TTL / 2 + late) * GN_SEC;
		assert_int_equal(hear(&m, &from, "a", 77, &on, MDNS_TTL), GN_OK);
		assert_true(gn_mdns_send(&m, room, ask, &out));
		/* itself, so that it does not answer itself, and who is known for long */
		assert_int_equal(out.message.p[7], 1 + !late);
		assert_int_equal(out.message.len, 36 + 31 + (late ? 0 : 12 + 2 + 2));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_this_link_is_heard),
		cmocka_unit_test(addresses_are_private_ones),
		cmocka_unit_test(a_peer_is_whole_or_none),
		cmocka_unit_test(time_is_120_s_at_most),
		cmocka_unit_test(a_goodbye_is_of_one_instance),
		cmocka_unit_test(who_comes_and_goes_is_paced),
		cmocka_unit_test(shares_hold),
		cmocka_unit_test(eight_interfaces_are_used),
		cmocka_unit_test(a_name_is_of_one_network),
		cmocka_unit_test(questions_have_answers),
		cmocka_unit_test(answers_are_a_second_apart),
		cmocka_unit_test(who_knows_us_is_not_told),
		cmocka_unit_test(queries_say_who_is_known),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
