/* What attackers get of the TURN server: floods of strangers and of users, others' allocations,
 * clocks that jump, and peers that must not be ones. Rules RE-51, RE-52. */
#include "nat/testing/turn_rig.h"

#include <stdio.h>

static struct turn_rig r;

static void from(unsigned n, uint16_t port)
{
	r.from.addr =
		gn_addr_v4(198, (uint8_t)(18 + (n >> 16)), (uint8_t)(n >> 8), (uint8_t)n, port);
	r.nonce[0] = '\0';
}

/* 100,000 addresses, each with every request there is: no byte is kept, and of what they are
 * answered nobody gets more than three times of theirs (turn_rig_ask_bare looks). */
static void strangers_in_a_flood(void **state)
{
	static const uint16_t methods[] = {GN_STUN_ALLOCATE,          GN_STUN_REFRESH,
					   GN_STUN_CREATE_PERMISSION, GN_STUN_CHANNEL_BIND,
					   GN_STUN_BINDING,           0x00f};
	size_t said = 0, got = 0;
	(void)state;
	turn_rig_open(&r, false);
	size_t used = r.alloc.used;
	for (unsigned i = 0; i < 100000; i++) {
		from(i, (uint16_t)(1 + i % 60000));
		turn_rig_begin(&r, methods[i % GN_COUNT(methods)]);
		for (unsigned k = 0; k < i / 7 % 3; k++)
			gn_stun_put_u32(&r.m, GN_STUN_REQUESTED_TRANSPORT, 17u << 24);
		if (i % 5 == 0) { /* credentials of nobody's */
			gn_stun_put(&r.m, GN_STUN_USERNAME, GN_LIT("ann"));
			gn_stun_put(&r.m, GN_STUN_REALM, GN_LIT(GN_TURN_REALM));
			gn_stun_put(&r.m, GN_STUN_NONCE, GN_LIT("obMatJos2gAAAaaaaaaaaaaa"));
			gn_stun_put_integrity(&r.m, i % 2, GN_LIT("0123456789abcdef"));
		}
		said += gn_writer_len(&r.m.w);
		got += turn_rig_ask_bare(&r) == 1 ? 0 : r.out.bytes.len;
		r.now += GN_MSEC;
	}
	assert_int_equal(r.alloc.used, used);
	assert_int_equal(r.alloc.peak, used);
	assert_true(got < said * 2 && got > said / 2);
	assert_string_equal(turn_rig_told(&r), "");
	assert_true(r.s->count.too_short > 1000 && r.s->count.malformed > 1000);
	turn_rig_close(&r);
}

/* A user has 8, all have 64, and then somebody's must end first. */
static void users_who_want_all(void **state)
{
	char name[16];
	(void)state;
	turn_rig_open(&r, false);
	for (unsigned u = 0; u <= TURN_ALLOCATIONS / TURN_ALLOCATIONS_USER; u++) {
		snprintf(name, sizeof name, "user%u", u);
		r.name = name;
		assert_int_equal(gn_turn_server_user(r.s, gn_str(name), gn_str(r.password)), GN_OK);
		for (unsigned i = 0; i <= TURN_ALLOCATIONS_USER; i++) {
			unsigned want = i == TURN_ALLOCATIONS_USER ? 486 : 0;
			if (u == TURN_ALLOCATIONS / TURN_ALLOCATIONS_USER)
				want = 508;
			from((u * 16 + i) << 8, 4000); /* a network each */
			assert_int_equal(turn_rig_allocate(&r, 3600), want);
		}
	}
	assert_int_equal(r.s->count.refused_quota, TURN_ALLOCATIONS / TURN_ALLOCATIONS_USER);
	assert_int_equal(r.s->count.refused_full, TURN_ALLOCATIONS_USER + 1);
	r.now += TURN_LIFETIME_MOST * GN_SEC;
	r.nonce[0] = '\0';
	assert_int_equal(turn_rig_allocate(&r, 0), 0);
	assert_int_equal(strlen(turn_rig_told(&r)), TURN_ALLOCATIONS);
	assert_int_equal(r.s->count.expired, TURN_ALLOCATIONS);
	turn_rig_close(&r);
}

/* One network with many users has half of all and its share of the rest. */
static void one_network_wants_all(void **state)
{
	char name[16];
	(void)state;
	for (int near = 0; near < 2; near++) { /* a private network has no share */
		unsigned had = 0;
		turn_rig_open(&r, false);
		for (unsigned i = 0; i < TURN_ALLOCATIONS + 1; i++) {
			snprintf(name, sizeof name, "user%u", i / TURN_ALLOCATIONS_USER);
			r.name = name;
			assert_int_equal(gn_turn_server_user(r.s, gn_str(name), gn_str(r.password)),
					 GN_OK);
			r.from.addr =
				gn_addr_v4(near ? 192 : 198, near ? 168 : 51, 100, (uint8_t)i, 9);
			r.nonce[0] = '\0';
			unsigned code = turn_rig_allocate(&r, 3600);
			assert_true(code == 0 || code == (near ? 508 : 486));
			had += code == 0;
		}
		assert_int_equal(had, near ? TURN_ALLOCATIONS : TURN_ALLOCATIONS / 2);
		turn_rig_close(&r);
	}
	assert_true(TURN_ALLOCATIONS_PREFIX <= TURN_ALLOCATIONS / 2);
	/* where others hold half of it, the share is TURN_ALLOCATIONS_PREFIX */
	turn_rig_open(&r, false);
	for (unsigned i = 0; i < TURN_ALLOCATIONS / 2 + TURN_ALLOCATIONS_PREFIX + 1; i++) {
		snprintf(name, sizeof name, "user%u", i / TURN_ALLOCATIONS_USER);
		r.name = name;
		assert_int_equal(gn_turn_server_user(r.s, gn_str(name), gn_str(r.password)), GN_OK);
		if (i < TURN_ALLOCATIONS / 2)
			from(i << 8, 4000);
		else
			from(0x10000 + i, 4000);
		assert_int_equal(turn_rig_allocate(&r, 3600),
				 i < TURN_ALLOCATIONS / 2 + TURN_ALLOCATIONS_PREFIX ? 0 : 486);
	}
	turn_rig_close(&r);
}

/* Another user, another address, another connection, a request told again from elsewhere. */
static void others_allocations(void **state)
{
	struct gn_slice in;
	uint8_t copy[STUN_SAID_MAX];
	(void)state;
	turn_rig_open(&r, false);
	assert_int_equal(gn_turn_server_user(r.s, GN_LIT("bob"), GN_LIT("secret")), GN_OK);
	assert_int_equal(turn_rig_allocate(&r, 3600), 0);
	struct gn_stun_id its = r.m.id;
	assert_int_equal(turn_rig_permit(&r, "192.0.2.1:7"), 0);
	r.name = "bob"; /* from the same address, with his own password */
	assert_int_equal(turn_rig_refresh(&r, 0), 441);
	assert_int_equal(turn_rig_permit(&r, "192.0.2.2:7"), 441);
	assert_int_equal(turn_rig_bind(&r, 0x4000, "192.0.2.1:7"), 441);
	r.m.id = its;
	r.retold = true; /* nor does he get the answer that was hers */
	assert_int_equal(turn_rig_allocate(&r, 3600), 437);
	r.name = "ann";
	/* what she said once, told again by another */
	assert_int_equal(turn_rig_refresh(&r, 600), 0);
	memcpy(copy, r.bytes, sizeof copy);
	in = gn_slice(copy, (size_t)(copy[2] << 8 | copy[3]) + STUN_HEAD);
	r.from.addr.port++;
	gn_time due = gn_turn_server_deadline(r.s);
	r.now += 10 * GN_SEC;
	assert_int_equal(gn_turn_server_recv(r.s, &r.from, in, r.now, &r.room, &r.out), GN_DENIED);
	assert_int_equal(gn_turn_server_deadline(r.s), due);
	assert_int_equal(turn_rig_send(&r, "192.0.2.1:7", "x"), GN_NOT_FOUND);
	/* the same address by a connection, and by another place of ours */
	r.from.addr.port--;
	r.from.conn = 9;
	assert_int_equal(turn_rig_send(&r, "192.0.2.1:7", "x"), GN_NOT_FOUND);
	r.from.conn = 0;
	r.from.at = 1;
	assert_int_equal(turn_rig_send(&r, "192.0.2.1:7", "x"), GN_NOT_FOUND);
	assert_int_equal(turn_rig_refresh(&r, 0), 1); /* which is STUN alone */
	r.from.at = 0;
	assert_int_equal(turn_rig_send(&r, "192.0.2.1:7", "x"), GN_OK);
	/* what answers or tells data is no client's */
	for (enum gn_stun_class kind = GN_STUN_INDICATION; kind <= GN_STUN_ERROR; kind++) {
		struct gn_addr peer = turn_rig_addr("192.0.2.1:7");
		gn_stun_begin(&r.m, r.bytes, sizeof r.bytes, kind, GN_STUN_DATA, &its);
		gn_stun_put_addr(&r.m, GN_STUN_XOR_PEER_ADDRESS, true, &peer);
		gn_stun_put(&r.m, GN_STUN_DATA_VALUE, GN_LIT("x"));
		assert_int_equal(gn_stun_end(&r.m, false, &in), GN_OK);
		assert_int_equal(gn_turn_server_recv(r.s, &r.from, in, r.now, &r.room, &r.out),
				 GN_MALFORMED);
	}
	turn_rig_close(&r);
}

static void clocks_that_jump(void **state)
{
	static const gn_time jumps[] = {-T0, -3600 * GN_SEC, -GN_SEC,
					0,   3600 * GN_SEC,  INT64_C(30000) * 86400 * GN_SEC};
	(void)state;
	for (size_t i = 0; i < GN_COUNT(jumps); i++) {
		turn_rig_open(&r, false);
		assert_int_equal(turn_rig_allocate(&r, 600), 0);
		assert_int_equal(turn_rig_bind(&r, 0x4000, "192.0.2.1:7"), 0);
		r.now += jumps[i];
		bool lives = jumps[i] < 600 * GN_SEC;
		assert_int_equal(turn_rig_channel(&r, 0x4000, "x"), lives ? GN_OK : GN_NOT_FOUND);
		assert_string_equal(turn_rig_told(&r), lives ? "" : "c");
		r.nonce[0] = '\0';
		assert_int_equal(turn_rig_refresh(&r, 600), lives ? 0 : 437);
		if (!lives)
			assert_int_equal(turn_rig_allocate(&r, 600), 0);
		/* and back: it ends by the clock that is */
		r.now = gn_turn_server_deadline(r.s);
		gn_turn_server_tick(r.s, r.now);
		assert_string_equal(turn_rig_told(&r), "c");
		turn_rig_close(&r);
	}
}

/* Addresses that are no peers, and how they are refused: 'n' never, 'p' unless private ones are
 * allowed, 'o' our own, '.' not at all. */
static const struct {
	const char *peer;
	char how;
} peers[] = {
	{"192.0.2.1:7", '.'},
	{"8.8.8.8:53", '.'},
	{"127.0.0.1:7", 'p'},
	{"127.255.255.254:7", 'p'},
	{"10.1.2.3:7", 'p'},
	{"172.16.0.1:7", 'p'},
	{"172.31.255.255:7", 'p'},
	{"172.32.0.0:7", '.'},
	{"192.168.0.1:7", 'p'},
	{"169.254.169.254:80", 'p'}, /* where clouds tell their secrets */
	{"100.64.0.1:7", 'p'},
	{"198.18.0.1:7", 'p'},
	{"198.20.0.1:7", '.'},
	{"0.0.0.0:7", 'n'},
	{"0.0.0.1:7", 'n'},
	{"192.0.0.8:7", 'n'},
	{"224.0.0.1:7", 'n'},
	{"239.255.255.250:1900", 'n'},
	{"240.0.0.1:7", 'n'},
	{"255.255.255.255:7", 'n'},
	{"203.0.113.1:7", 'o'}, /* where we are asked */
	{"203.0.113.77:7", 'o'},
	/* IPv6; mapped is IPv4, in an IPv4 allocation, whatever family it says */
	{"[::ffff:127.0.0.1]:8", 'p'},
	{"[::ffff:192.0.2.1]:8", '.'},
	{"[2001:db8::9]:7", '6'},
	{"[::1]:7", 'P'},
	{"[fe80::1]:7", 'P'},
	{"[fc00::1]:7", 'P'},
	{"[fdff::1]:7", 'P'},
	{"[::]:7", 'N'},
	{"[::127.0.0.1]:7", 'N'},
	{"[64:ff9b::a00:1]:7", 'N'},
	{"[2002:7f00:1::]:7", 'N'},
	{"[ff02::1]:7", 'N'},
	{"[fec0::1]:7", 'N'},
	{"[2001:db8::77]:7", 'O'},
};

/* 0, or the refusal of a peer that is written as `how` says, in an allocation of this family. */
static unsigned expected(char how, bool v6, bool open)
{
	static const char of_v6[] = "6PNO", never[] = "noNO";
	if ((strchr(of_v6, how) != NULL) != v6)
		return 443;
	if (strchr(never, how))
		return 403;
	return (how == 'p' || how == 'P') && !open ? 403 : 0;
}

static void peers_that_must_not_be(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		bool v6 = i & 1, open = i & 2;
		unsigned denied = 0;
		struct gn_addr own[] = {turn_rig_addr("203.0.113.77:0"),
					turn_rig_addr("[2001:db8::77]:9")};
		turn_rig_open(&r, open);
		struct gn_stun_server stun = r.s->config.stun;
		gn_turn_server_moved(r.s, &stun, own, GN_COUNT(own));
		turn_rig_begin(&r, GN_STUN_ALLOCATE);
		gn_stun_put_u32(&r.m, GN_STUN_REQUESTED_TRANSPORT, 17u << 24);
		gn_stun_put_u32(&r.m, GN_STUN_REQUESTED_FAMILY, (v6 ? 2u : 1u) << 24);
		assert_int_equal(turn_rig_ask(&r), 0);
		/* from where no allocation is relayed, as with an address of its own */
		r.s->allocations[r.relay % TURN_ALLOCATIONS]->relayed =
			turn_rig_addr(v6 ? "[2001:db8:9::1]:6000" : "203.0.113.200:6000");
		for (size_t k = 0; k < GN_COUNT(peers); k++) {
			unsigned code = expected(peers[k].how, v6, open);
			denied += 2 * (code == 403);
			assert_int_equal(turn_rig_permit(&r, peers[k].peer), code);
			assert_int_equal(turn_rig_bind(&r, (uint16_t)(0x4000 + k), peers[k].peer),
					 code);
			assert_int_equal(turn_rig_send(&r, peers[k].peer, "x"),
					 code ? GN_DENIED : GN_OK);
			assert_int_equal(turn_rig_peer_says(&r, peers[k].peer, "x"),
					 code ? GN_DENIED : GN_OK);
		}
		assert_int_equal(r.s->count.refused_peer, denied);
		turn_rig_close(&r);
	}
}

/* A family says IPv6 and the address is a mapped one: it is the IPv4 that counts. */
static void mapped_on_the_wire(void **state)
{
	static const uint8_t plain[20] = {0, 2, 0, 7, 0,    0,    0,  0, 0, 0,
					  0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 1};
	uint8_t mixed[20];
	(void)state;
	turn_rig_open(&r, false);
	assert_int_equal(turn_rig_allocate(&r, 0), 0);
	turn_rig_begin(&r, GN_STUN_CREATE_PERMISSION);
	memcpy(mixed, plain, sizeof plain);
	for (size_t i = 0; i < 16; i++) /* by the head: cookie and id */
		mixed[4 + i] ^= r.bytes[4 + i];
	mixed[2] ^= r.bytes[4];
	mixed[3] ^= r.bytes[5];
	gn_stun_put(&r.m, GN_STUN_XOR_PEER_ADDRESS, GN_SLICE(mixed));
	assert_int_equal(turn_rig_ask(&r), 403);
	turn_rig_close(&r);
}

/* Two clients of one server meet at its own address, and nothing else is reached there. */
static void from_one_allocation_to_another(void **state)
{
	char relayed[GN_ADDR_TEXT_MAX];
	(void)state;
	turn_rig_open(&r, false);
	assert_int_equal(turn_rig_allocate(&r, 600), 0);
	struct gn_turn_from first = r.from;
	gn_addr_text(&r.relayed, relayed);
	from(7, 4000);
	assert_int_equal(turn_rig_allocate(&r, 3600), 0);
	assert_int_equal(turn_rig_permit(&r, relayed), 0);
	assert_int_equal(turn_rig_send(&r, relayed, "x"), GN_OK);
	assert_int_equal(turn_rig_peer_says(&r, relayed, "x"), GN_OK);
	assert_int_equal(turn_rig_send(&r, "203.0.113.1:3478", "x"), GN_DENIED);
	assert_int_equal(turn_rig_send(&r, "203.0.113.1:53", "x"), GN_DENIED);
	assert_int_equal(turn_rig_peer_says(&r, "203.0.113.1:53", "x"), GN_DENIED);
	/* nor there, when the other has gone */
	gn_turn_server_gone(r.s, &first);
	assert_int_equal(turn_rig_send(&r, relayed, "x"), GN_DENIED);
	turn_rig_close(&r);
}

static void addresses_of_ours_at_their_bound(void **state)
{
	struct gn_addr own[TURN_OWN_MAX + 1];
	(void)state;
	turn_rig_open(&r, false);
	struct gn_stun_server stun = r.s->config.stun;
	for (size_t i = 0; i < GN_COUNT(own); i++)
		own[i] = gn_addr_v4(192, 0, 2, (uint8_t)i, 1);
	gn_turn_server_moved(r.s, &stun, own, GN_COUNT(own));
	assert_int_equal(turn_rig_allocate(&r, 0), 0);
	r.s->allocations[r.relay % TURN_ALLOCATIONS]->relayed = turn_rig_addr("203.0.113.200:6000");
	assert_int_equal(turn_rig_permit(&r, "192.0.2.31:7"), 403);
	assert_int_equal(turn_rig_permit(&r, "192.0.2.32:7"), 0);
	gn_turn_server_moved(r.s, &stun, NULL, 0);
	assert_int_equal(turn_rig_permit(&r, "192.0.2.31:7"), 0);
	turn_rig_close(&r);
}

/* From port 0 nobody can be answered. */
static void ports_that_are_none(void **state)
{
	(void)state;
	turn_rig_open(&r, false);
	from(1, 0);
	turn_rig_begin(&r, GN_STUN_BINDING);
	assert_int_equal(turn_rig_ask_bare(&r), 1);
	assert_int_equal(r.s->count.malformed, 1);
	from(1, 1);
	assert_int_equal(turn_rig_allocate(&r, 0), 0);
	assert_int_equal(turn_rig_permit(&r, "192.0.2.1:0"), 0);
	assert_int_equal(turn_rig_send(&r, "192.0.2.1:0", "x"), GN_DENIED);
	assert_int_equal(turn_rig_peer_says(&r, "192.0.2.1:0", "x"), GN_DENIED);
	turn_rig_close(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strangers_in_a_flood),
		cmocka_unit_test(users_who_want_all),
		cmocka_unit_test(one_network_wants_all),
		cmocka_unit_test(others_allocations),
		cmocka_unit_test(clocks_that_jump),
		cmocka_unit_test(peers_that_must_not_be),
		cmocka_unit_test(mapped_on_the_wire),
		cmocka_unit_test(from_one_allocation_to_another),
		cmocka_unit_test(addresses_of_ours_at_their_bound),
		cmocka_unit_test(ports_that_are_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
