/* Own addresses put together (RE-15, RE-16, RE-18): what is offered, what liars bring about, and
 * ages. */
#include "node/gather.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define T0 (1000 * GN_SEC)
#define PORT 7777

static struct gather g;
static gn_time now;
static gn_jet_id next_session;

static void begin(void)
{
	gather_init(&g);
	now = T0;
	next_session = 1;
}

/* Lets the offer settle; whether it is another one. */
static bool turn(void)
{
	now += GATHER_SETTLE;
	return gather_turn(&g, now);
}

static struct gn_addr at(const char *text)
{
	struct gn_addr a;
	assert_int_equal(gn_addr_parse(gn_str(text), &a), GN_OK);
	return a;
}

static gn_err seen_by(gn_jet_id session, const char *peer, const char *addr, bool dialled)
{
	const struct gather_seen s = {session, dialled, at(peer), at(addr)};
	return gather_seen(&g, &s, now);
}

static gn_err seen(const char *peer, const char *addr)
{
	return seen_by(next_session++, peer, addr, true);
}

static void own(const char *const *addrs)
{
	struct gn_os_net net = {.count = 0};
	for (; *addrs; addrs++) {
		struct gn_addr a = at(*addrs);
		a.port = 0;
		net.addrs[net.count++] = (struct gn_os_net_addr){
			.addr = a, .interface = 1, .lan = gn_addr_is_private(&a)};
	}
	gather_net(&g, &net, PORT, now);
}

#define OWN(...) own((const char *const[]){__VA_ARGS__, NULL})

/* "host 1.2.3.4:5, ..." in the order offered. */
static void offers(const char *expected)
{
	static const char *const names[] = {"host",     "reflexive",  "mapped",
					    "observed", "configured", "lan"};
	char text[1024] = "";
	size_t len = 0;
	for (uint32_t i = 0; i < g.offer.count; i++) {
		char addr[GN_ADDR_TEXT_MAX];
		gn_addr_text(&g.offer.list[i].addr, addr);
		len += (size_t)snprintf(text + len, sizeof text - len, "%s%s %s", i ? ", " : "",
					names[g.offer.list[i].origin], addr);
	}
	assert_string_equal(text, expected);
}

static void everything_is_offered_in_its_order(void **state)
{
	(void)state;
	begin();
	OWN("[2001:db8::1]:1", "[2001:db8::2]:1", "192.168.1.2:1", "[fd00::1]:1");
	struct gn_addr told = at("203.0.113.1:1000"), mapped = at("198.51.100.7:2000");
	gather_configured(&g, &told, now);
	gather_mapped(&g, &mapped, now + 7200 * GN_SEC, now);
	assert_int_equal(seen("192.0.2.1:5", "198.51.100.7:3000"), GN_OK);
	assert_int_equal(seen("192.0.3.1:5", "198.51.100.7:3000"), GN_OK);
	assert_true(turn());
	offers("configured 203.0.113.1:1000, host [2001:db8::1]:7777, host [2001:db8::2]:7777, "
	       "mapped 198.51.100.7:2000, reflexive 198.51.100.7:3000, lan 192.168.1.2:7777, "
	       "lan [fd00::1]:7777");
	assert_int_equal(g.offer.mapping, GN_JET_NAT_NONE);
	assert_false(turn());
	assert_true(gather_deadline(&g) == T0 + 7200 * GN_SEC);
	gather_configured(&g, NULL, now);
	assert_true(turn());
	assert_int_equal(g.offer.list[0].origin, GN_JET_HOST);
}

/* Each kind has room, whatever there is of the others. */
static void there_is_room_for_each_kind(void **state)
{
	(void)state;
	begin();
	OWN("5.0.0.1:1", "5.0.0.2:1", "5.0.0.3:1", "5.0.0.4:1", "5.0.0.5:1", "10.0.0.1:1",
	    "10.0.0.2:1", "10.0.0.3:1", "10.0.0.4:1");
	struct gn_addr told = at("203.0.113.1:1000"), mapped = at("198.51.100.7:2000");
	gather_configured(&g, &told, now);
	gather_mapped(&g, &mapped, now + GN_SEC, now);
	for (unsigned i = 0; i < 2 * (GATHER_REFLEXIVE_V4 + 1); i++) {
		char peer[32], addr[32];
		snprintf(peer, sizeof peer, "192.0.%u.1:5", i);
		snprintf(addr, sizeof addr, "198.51.100.%u:3000", i / 2);
		assert_int_equal(seen(peer, addr), GN_OK);
		snprintf(peer, sizeof peer, "[2001:db8:%x::1]:5", i);
		snprintf(addr, sizeof addr, "[2001:db8:ff::%u]:3000", i / 2);
		assert_int_equal(seen(peer, addr), GN_OK);
	}
	assert_true(turn());
	unsigned of[GN_JET_ORIGINS] = {0};
	for (uint32_t i = 0; i < g.offer.count; i++)
		of[g.offer.list[i].origin]++;
	assert_int_equal(g.offer.count, GN_JET_CANDIDATES);
	assert_int_equal(of[GN_JET_CONFIGURED], 1);
	assert_int_equal(of[GN_JET_HOST], GATHER_HOSTS);
	assert_int_equal(of[GN_JET_MAPPED], 1);
	assert_int_equal(of[GN_JET_REFLEXIVE], GATHER_REFLEXIVE_V4 + GATHER_REFLEXIVE_V6);
	assert_int_equal(of[GN_JET_LAN], 3);
}

static void one_alone_is_not_believed(void **state)
{
	(void)state;
	begin();
	for (int i = 0; i < 10; i++) /* ten keys of one prefix are one voice */
		(void)seen("192.0.2.1:5", "198.51.100.7:3000");
	assert_false(turn());
	assert_int_equal(g.offer.count, 0);
	assert_int_equal(g.count.seen_again, 9);
	for (unsigned i = 1; i < GATHER_AGREE; i++) {
		char peer[32];
		assert_false(turn());
		snprintf(peer, sizeof peer, "192.0.%u.1:5", 2 + i);
		assert_int_equal(seen(peer, "198.51.100.7:3000"), GN_OK);
	}
	assert_true(turn());
	offers("reflexive 198.51.100.7:3000");
}

/* Another session of the prefix does not take the voice from one that lives; the same one may say
 * something new, and who has ended is followed by who lives. */
static void a_voice_is_its_sessions(void **state)
{
	(void)state;
	begin();
	assert_int_equal(seen_by(1, "192.0.2.1:5", "198.51.100.7:3000", true), GN_OK);
	assert_int_equal(seen_by(2, "192.0.3.1:5", "198.51.100.7:3000", true), GN_OK);
	assert_int_equal(seen_by(3, "192.0.2.9:5", "198.51.100.66:1", true), GN_EXISTS);
	assert_true(turn());
	assert_int_equal(seen_by(1, "192.0.2.1:5", "198.51.100.8:3000", true), GN_OK);
	assert_true(turn());
	offers("");
	gather_gone(&g, 1, now);
	assert_int_equal(seen_by(3, "192.0.2.9:5", "198.51.100.7:3000", false), GN_OK);
	assert_true(turn());
	offers("reflexive 198.51.100.7:3000");
	/* whom we dialled goes before who dialled us */
	assert_int_equal(seen_by(4, "192.0.2.10:5", "198.51.100.9:3000", true), GN_OK);
	assert_int_equal(seen_by(3, "192.0.2.9:5", "198.51.100.7:3000", false), GN_EXISTS);
}

static void only_who_can_know_is_heard(void **state)
{
	static const struct {
		const char *peer, *addr;
		gn_err err;
	} cases[] = {
		{"192.0.2.1:5", "192.168.1.2:7777", GN_DENIED}, /* private, from outside */
		{"192.168.1.9:5", "192.168.1.2:7777", GN_OK},
		{"192.168.2.9:5", "192.168.1.2:7777", GN_OK},
		{"10.0.0.9:5", "192.168.1.2:7777", GN_DENIED}, /* of another private network */
		{"192.168.3.9:5", "198.51.100.7:7777", GN_DENIED},
		{"100.64.0.9:5", "100.64.3.3:7777", GN_OK},
		{"[fd00::9]:5", "[fd00::2]:7777", GN_OK},
		{"[2001:db8::9]:5", "198.51.100.7:7777", GN_DENIED},
		{"192.0.2.1:5", "[2001:db8::1]:7777", GN_DENIED},
		{"127.0.0.1:5", "127.0.0.1:7777", GN_DENIED},
	};
	(void)state;
	begin();
	unsigned far = 0;
	for (size_t i = 0; i < GN_COUNT(cases); i++) {
		assert_int_equal(seen(cases[i].peer, cases[i].addr), cases[i].err);
		far += cases[i].err == GN_DENIED;
	}
	assert_int_equal(g.count.seen_far, far);
	assert_true(turn());
	offers("reflexive 192.168.1.2:7777");
}

/* What the box before us does with ports, as far as it shows. */
static void mapping_is_what_voices_agree_on(void **state)
{
	(void)state;
	begin();
	assert_int_equal(seen_by(1, "192.0.2.1:5", "198.51.100.7:3000", true), GN_OK);
	turn();
	assert_int_equal(g.offer.mapping, GN_JET_NAT_UNKNOWN);
	assert_int_equal(seen_by(2, "192.0.3.1:5", "198.51.100.7:3001", true), GN_OK);
	assert_true(turn());
	assert_int_equal(g.offer.mapping, GN_JET_NAT_ADDR);
	offers("reflexive 198.51.100.7:3001"); /* the newest port: its IP is of use */
	/* a third agrees with the first: the second was a liar */
	assert_int_equal(seen_by(3, "192.0.4.1:5", "198.51.100.7:3000", true), GN_OK);
	assert_true(turn());
	assert_int_equal(g.offer.mapping, GN_JET_NAT_NONE);
	offers("reflexive 198.51.100.7:3000");
	/* what is over does not tell of now, but the address is of use for a while */
	gather_gone(&g, 1, now);
	gather_gone(&g, 2, now);
	gather_gone(&g, 3, now);
	assert_true(turn());
	assert_int_equal(g.offer.mapping, GN_JET_NAT_UNKNOWN);
	offers("reflexive 198.51.100.7:3000");
}

/* How ports follow each other is told where three are known, in the order they were given. */
static void how_ports_follow_each_other(void **state)
{
	static const char *const servers[] = {"192.0.2.1:5", "192.0.3.1:5", "192.0.4.1:5",
					      "192.0.5.1:5"};
	static const struct {
		int ports[4];
		unsigned count;
		int delta;
		unsigned span;
	} of[] = {{{3000, 3002}, GATHER_PORTS - 1, 0, 0},
		  {{3000, 3002, 3004}, GATHER_PORTS, 2, 4},
		  {{3004, 3002, 3000, 2998}, 4, -2, 6},
		  {{3000, 3002, 3005}, 3, 0, 5},
		  {{3000, 3000 + GATHER_DELTA, 3000 + 2 * GATHER_DELTA}, 3, GATHER_DELTA, 128},
		  {{3000, 3001 + GATHER_DELTA, 3002 + 2 * GATHER_DELTA}, 3, 0, 130},
		  {{1024, 65535, 30000}, 3, 0, 64511}};
	(void)state;
	for (size_t i = 0; i < GN_COUNT(of); i++) {
		begin();
		for (unsigned k = 0; k < of[i].count; k++) {
			char addr[40];
			snprintf(addr, sizeof addr, "198.51.100.7:%d", of[i].ports[k]);
			assert_int_equal(seen(servers[k], addr), GN_OK);
		}
		turn();
		assert_int_equal(g.offer.mapping, GN_JET_NAT_ADDR);
		assert_int_equal(g.offer.delta, of[i].delta);
		assert_int_equal(g.offer.span, of[i].span);
	}
	/* another span is another offer; one mapping has none */
	assert_int_equal(seen("192.0.6.1:5", "198.51.100.7:1023"), GN_OK);
	assert_true(turn());
	assert_int_equal(g.offer.span, 64512);
	assert_int_equal(seen("192.0.7.1:5", "198.51.100.7:1023"), GN_OK);
	assert_true(turn());
	assert_int_equal(g.offer.span, 0);
}

/* As many liars as honest ones: both addresses go out, the box's among them. */
static void the_true_address_goes_with_a_false_one(void **state)
{
	(void)state;
	begin();
	assert_int_equal(seen("192.0.2.1:5", "198.51.100.7:3000"), GN_OK);
	assert_int_equal(seen("192.0.3.1:5", "198.51.100.7:3000"), GN_OK);
	assert_int_equal(seen("192.0.4.1:5", "198.51.100.66:1"), GN_OK);
	assert_int_equal(seen("192.0.5.1:5", "198.51.100.66:1"), GN_OK);
	assert_int_equal(seen("192.0.6.1:5", "198.51.100.66:1"), GN_OK);
	assert_true(turn());
	offers("reflexive 198.51.100.66:1, reflexive 198.51.100.7:3000");
}

static void what_is_old_goes(void **state)
{
	(void)state;
	begin();
	assert_int_equal(seen_by(1, "192.0.2.1:5", "198.51.100.7:3000", true), GN_OK);
	assert_int_equal(seen_by(2, "192.0.3.1:5", "198.51.100.7:3000", true), GN_OK);
	turn();
	assert_true(gather_deadline(&g) == GN_NEVER); /* they would say if it were another */
	gather_gone(&g, 1, now);
	gn_time ended = now;
	turn();
	assert_true(gather_deadline(&g) == ended + GATHER_AGE);
	now = ended + GATHER_AGE - 1;
	assert_false(gather_turn(&g, now));
	offers("reflexive 198.51.100.7:3000");
	assert_true(gather_turn(&g, now + 1));
	offers("");
	struct gn_addr mapped = at("198.51.100.7:2000"), hint = at("100.64.0.7:2000");
	gather_mapped(&g, &mapped, now + 10 * GN_SEC, now);
	assert_true(turn());
	offers("mapped 198.51.100.7:2000");
	now = gather_deadline(&g);
	assert_true(gather_turn(&g, now));
	offers("");
	/* behind a second router */
	gather_mapped(&g, &hint, now + 10 * GN_SEC, now);
	assert_false(turn());
}

/* All places taken: the newcomer that we dialled takes one of who dialled us, another none. */
static void voices_are_bounded(void **state)
{
	char peer[32];
	(void)state;
	begin();
	for (unsigned i = 0; i < GATHER_VOICES; i++) {
		snprintf(peer, sizeof peer, "192.0.%u.1:5", i);
		assert_int_equal(seen_by(100 + i, peer, "198.51.100.7:3000", i % 2), GN_OK);
	}
	assert_int_equal(seen_by(1, "20.0.0.1:5", "198.51.100.66:1", false), GN_LIMIT);
	assert_int_equal(g.count.seen_full, 1);
	for (unsigned i = 0; i < GATHER_VOICES / 2; i++) {
		snprintf(peer, sizeof peer, "20.0.%u.1:5", i);
		assert_int_equal(seen_by(200 + i, peer, "198.51.100.7:3000", true), GN_OK);
	}
	assert_int_equal(seen_by(1, "21.0.0.1:5", "198.51.100.66:1", true), GN_LIMIT);
	gather_gone(&g, 101, now);
	assert_int_equal(seen_by(1, "21.0.0.1:5", "198.51.100.66:1", false), GN_OK);
}

/* One change is followed by others: they are looked at together, not later than the first wants. */
static void changes_are_gathered(void **state)
{
	(void)state;
	begin();
	OWN("192.168.1.2:1");
	assert_true(gather_deadline(&g) == now + GATHER_SETTLE);
	now += GATHER_SETTLE - 1;
	OWN("192.168.1.3:1");
	assert_false(gather_turn(&g, now));
	assert_true(gather_turn(&g, now + 1));
	offers("lan 192.168.1.3:7777");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_is_offered_in_its_order),
		cmocka_unit_test(there_is_room_for_each_kind),
		cmocka_unit_test(one_alone_is_not_believed),
		cmocka_unit_test(a_voice_is_its_sessions),
		cmocka_unit_test(only_who_can_know_is_heard),
		cmocka_unit_test(mapping_is_what_voices_agree_on),
		cmocka_unit_test(how_ports_follow_each_other),
		cmocka_unit_test(the_true_address_goes_with_a_false_one),
		cmocka_unit_test(what_is_old_goes),
		cmocka_unit_test(voices_are_bounded),
		cmocka_unit_test(changes_are_gathered),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
