/* The TURN server as a client uses it: who is let in, an allocation's life, permissions, channels,
 * data in both directions, and each bound at it and one past it. Rules RE-50, RE-51, RE-52. */
#include "nat/testing/turn_rig.h"

#include <stdio.h>

static struct turn_rig r;

static uint32_t lifetime_said(void)
{
	uint32_t seconds = 0;
	assert_int_equal(gn_stun_u32(&r.answer, GN_STUN_LIFETIME, &seconds), GN_OK);
	return seconds;
}

static bool peer_gets(const char *peer, const char *data)
{
	struct gn_addr to = turn_rig_addr(peer);
	return r.out.to == GN_TURN_PEER && r.out.relay == r.relay && gn_addr_eq(&r.out.peer, &to) &&
	       gn_slice_eq(r.out.bytes, gn_str(data));
}

/* A stranger is answered with 80 bytes for 28, and 40 or 52 for the 20 of a Binding (RE-52). */
static void what_strangers_get(void **state)
{
	struct gn_slice v;
	struct gn_addr seen;
	(void)state;
	turn_rig_open(&r, false);
	turn_rig_begin(&r, GN_STUN_ALLOCATE);
	gn_stun_put_u32(&r.m, GN_STUN_REQUESTED_TRANSPORT, 17u << 24);
	assert_int_equal(turn_rig_ask_bare(&r), 401);
	assert_int_equal(r.out.bytes.len, 80);
	assert_true(gn_stun_get(&r.answer, GN_STUN_REALM, &v) && gn_slice_eq(v, GN_LIT("geonet")));
	assert_true(gn_stun_get(&r.answer, GN_STUN_NONCE, &v) && v.len == 24);
	assert_memory_equal(v.p, "obMatJos2gAAA", 13);
	/* 20 bytes of nothing would be answered four times as long */
	turn_rig_begin(&r, GN_STUN_ALLOCATE);
	assert_int_equal(turn_rig_ask_bare(&r), 1);
	assert_int_equal(r.s->count.too_short, 1);
	for (unsigned i = 0; i < 2; i++) {
		r.from.addr = turn_rig_addr(i ? "[2001:db8::7]:4000" : "198.51.100.7:4000");
		turn_rig_begin(&r, GN_STUN_BINDING);
		assert_int_equal(turn_rig_ask_bare(&r), 0);
		assert_int_equal(r.out.bytes.len, i ? 52 : 40);
		assert_int_equal(gn_stun_addr(&r.answer, GN_STUN_XOR_MAPPED_ADDRESS, true, &seen),
				 GN_OK);
		assert_true(gn_addr_eq(&seen, &r.from.addr) && r.answer.fingerprint_at);
	}
	assert_int_equal(r.s->count.bindings, 2);
	assert_int_equal(r.s->count.challenged, 2);
	turn_rig_close(&r);
}

static void an_allocation_lives(void **state)
{
	struct gn_addr got;
	(void)state;
	for (unsigned sha256 = 0; sha256 < 2; sha256++) {
		turn_rig_open(&r, false);
		r.sha256 = sha256;
		assert_int_equal(turn_rig_allocate(&r, 0), 0);
		assert_int_equal(gn_stun_addr(&r.answer, GN_STUN_XOR_RELAYED_ADDRESS, true, &got),
				 GN_OK);
		assert_true(gn_addr_eq(&got, &r.relayed));
		assert_int_equal(gn_stun_addr(&r.answer, GN_STUN_XOR_MAPPED_ADDRESS, true, &got),
				 GN_OK);
		assert_true(gn_addr_eq(&got, &r.from.addr));
		assert_int_equal(lifetime_said(), TURN_LIFETIME_LEAST);
		assert_true(gn_turn_server_serves(r.s, &r.from));
		/* the answer was lost: the same request gets the same address */
		r.now += 7 * GN_SEC;
		r.retold = true;
		assert_int_equal(turn_rig_allocate(&r, 0), 0);
		assert_int_equal(lifetime_said(), TURN_LIFETIME_LEAST - 7);
		assert_int_equal(turn_rig_allocate(&r, 0), 437); /* another is a second one */
		r.now += 500 * GN_SEC;
		assert_int_equal(turn_rig_refresh(&r, 1), 0);
		assert_int_equal(lifetime_said(), TURN_LIFETIME_LEAST);
		assert_int_equal(gn_turn_server_deadline(r.s),
				 r.now + TURN_LIFETIME_LEAST * GN_SEC);
		assert_int_equal(turn_rig_refresh(&r, UINT32_MAX), 0);
		assert_int_equal(lifetime_said(), TURN_LIFETIME_MOST);
		/* at its end, and not before */
		r.now += TURN_LIFETIME_MOST * GN_SEC - 1;
		gn_turn_server_tick(r.s, r.now);
		assert_string_equal(turn_rig_told(&r), "");
		r.now++;
		gn_turn_server_tick(r.s, r.now);
		assert_string_equal(turn_rig_told(&r), "c");
		assert_int_equal(r.s->count.expired, 1);
		assert_int_equal(r.s->count.allocated, 1);
		assert_int_equal(gn_turn_server_deadline(r.s), GN_NEVER);
		r.nonce[0] = '\0';
		assert_int_equal(turn_rig_refresh(&r, 600), 437);
		/* given back */
		assert_int_equal(turn_rig_allocate(&r, 3601), 0);
		assert_int_equal(lifetime_said(), TURN_LIFETIME_MOST);
		assert_int_equal(turn_rig_refresh(&r, 0), 0);
		assert_int_equal(lifetime_said(), 0);
		assert_string_equal(turn_rig_told(&r), "c");
		assert_false(gn_turn_server_serves(r.s, &r.from));
		turn_rig_close(&r);
	}
}

static void what_cannot_be_had(void **state)
{
	static const struct {
		uint16_t type;
		uint32_t value;
		unsigned code;
	} cases[] = {
		{GN_STUN_EVEN_PORT, 0, 400},
		{GN_STUN_RESERVATION_TOKEN, 1, 420},
		{GN_STUN_DONT_FRAGMENT, 0, 420},
		{GN_STUN_USERHASH, 0, 420},
		{GN_STUN_REQUESTED_FAMILY, 3u << 24, 440},
		{GN_STUN_REQUESTED_FAMILY, 0, 400},
		{0x7777, 0, 420},
		{0x8000, 1u << 24, 0}}; /* a second family: what need not be known is not given */
	(void)state;
	turn_rig_open(&r, false);
	for (size_t i = 0; i < GN_COUNT(cases); i++) {
		turn_rig_begin(&r, GN_STUN_ALLOCATE);
		gn_stun_put_u32(&r.m, GN_STUN_REQUESTED_TRANSPORT, 17u << 24);
		gn_stun_put_u32(&r.m, cases[i].type, cases[i].value);
		assert_int_equal(turn_rig_ask(&r), cases[i].code);
	}
	assert_int_equal(turn_rig_refresh(&r, 0), 0);
	assert_string_equal(turn_rig_told(&r), "c");
	/* an even port, but not the next one too */
	for (uint8_t bits = 0x80;; bits = 0) {
		turn_rig_begin(&r, GN_STUN_ALLOCATE);
		gn_stun_put_u32(&r.m, GN_STUN_REQUESTED_TRANSPORT, 17u << 24);
		gn_stun_put(&r.m, GN_STUN_EVEN_PORT, gn_slice(&bits, 1));
		assert_int_equal(turn_rig_ask(&r), bits ? 508 : 0);
		if (!bits)
			break;
	}
	assert_int_equal(r.relayed.port % 2, 0);
	assert_int_equal(turn_rig_refresh(&r, 0), 0);
	assert_string_equal(turn_rig_told(&r), "c");
	turn_rig_begin(&r, GN_STUN_ALLOCATE); /* TCP */
	gn_stun_put_u32(&r.m, GN_STUN_REQUESTED_TRANSPORT, 6u << 24);
	assert_int_equal(turn_rig_ask(&r), 442);
	turn_rig_begin(&r, GN_STUN_ALLOCATE);
	assert_int_equal(turn_rig_ask(&r), 400);
	/* a family that this server has not */
	r.s->config.v6 = false;
	turn_rig_begin(&r, GN_STUN_ALLOCATE);
	gn_stun_put_u32(&r.m, GN_STUN_REQUESTED_TRANSPORT, 17u << 24);
	gn_stun_put_u32(&r.m, GN_STUN_REQUESTED_FAMILY, 2u << 24);
	assert_int_equal(turn_rig_ask(&r), 440);
	assert_int_equal(r.s->count.refused, 11);
	turn_rig_close(&r);
}

/* Credentials: each part wrong, nonces at their end, and what takes the better algorithm away. */
static void who_is_let_in(void **state)
{
	(void)state;
	turn_rig_open(&r, false);
	r.password = "Secret";
	assert_int_equal(turn_rig_allocate(&r, 0), 401);
	r.password = "secret";
	r.name = "bob";
	assert_int_equal(turn_rig_allocate(&r, 0), 401);
	assert_int_equal(r.s->count.wrong, 2);
	r.name = "ann";
	/* a nonce of another address, and one that was forged */
	assert_int_equal(turn_rig_allocate(&r, 0), 0);
	r.from.addr.port++;
	assert_int_equal(turn_rig_allocate(&r, 0), 438);
	r.nonce[0] = '\0';
	assert_int_equal(turn_rig_allocate(&r, 0), 0);
	r.nonce[TURN_NONCE - 1] ^= 1;
	assert_int_equal(turn_rig_refresh(&r, 600), 438);
	r.nonce[0] = '\0';
	assert_int_equal(turn_rig_refresh(&r, 3600), 0);
	/* good until the end of the next window, and no longer */
	gn_time window = TURN_NONCE_WINDOW * GN_SEC;
	r.now = (r.now / window + 2) * window - 1;
	assert_int_equal(turn_rig_refresh(&r, 3600), 0);
	r.now++;
	assert_int_equal(turn_rig_refresh(&r, 3600), 438);
	r.nonce[0] = '\0';
	/* parts that are missing */
	turn_rig_begin(&r, GN_STUN_REFRESH);
	gn_stun_put(&r.m, GN_STUN_USERNAME, GN_LIT("ann"));
	gn_stun_put_integrity(&r.m, false, GN_LIT("0123456789abcdef"));
	assert_int_equal(turn_rig_ask_bare(&r), 400);
	/* a list of algorithms without SHA-256, or a choice that is not on it */
	for (unsigned i = 0; i < 3; i++) {
		static const uint8_t one[3][4] = {{0, 1}, {0, 3}, {0, 2}};
		static const uint8_t all[3][8] = {
			{0, 1, 0, 0, 0, 1}, {0, 2, 0, 0, 0, 1}, {0, 2, 0, 0, 0, 2}};
		turn_rig_begin(&r, GN_STUN_REFRESH);
		gn_stun_put(&r.m, GN_STUN_PASSWORD_ALGORITHM, GN_SLICE(one[i]));
		gn_stun_put(&r.m, GN_STUN_PASSWORD_ALGORITHMS, GN_SLICE(all[i]));
		gn_stun_put(&r.m, GN_STUN_USERNAME, GN_LIT("ann"));
		gn_stun_put(&r.m, GN_STUN_REALM, GN_LIT(GN_TURN_REALM));
		gn_stun_put(&r.m, GN_STUN_NONCE, GN_LIT("whatever"));
		gn_stun_put_integrity(&r.m, true, GN_LIT("0123456789abcdef"));
		assert_int_equal(turn_rig_ask_bare(&r), 400);
	}
	/* another password, then not at all */
	assert_int_equal(turn_rig_refresh(&r, 3600), 0);
	assert_int_equal(gn_turn_server_user(r.s, GN_LIT("ann"), GN_LIT("other")), GN_OK);
	assert_int_equal(turn_rig_refresh(&r, 3600), 401);
	r.password = "other";
	assert_int_equal(turn_rig_refresh(&r, 3600), 0);
	gn_turn_server_user_gone(r.s, GN_LIT("ann"));
	gn_turn_server_user_gone(r.s, GN_LIT("ann"));
	assert_string_equal(turn_rig_told(&r), "cc"); /* the one of the other port, too */
	assert_int_equal(turn_rig_refresh(&r, 3600), 401);
	turn_rig_close(&r);
}

static void users_at_their_bounds(void **state)
{
	char name[TURN_NAME_MAX + 2];
	(void)state;
	turn_rig_open(&r, false);
	memset(name, 'x', sizeof name);
	assert_int_equal(gn_turn_server_user(r.s, gn_slice(name, 0), GN_LIT("p")), GN_RANGE);
	assert_int_equal(gn_turn_server_user(r.s, gn_slice(name, TURN_NAME_MAX + 1), GN_LIT("p")),
			 GN_RANGE);
	for (size_t i = 2; i <= TURN_USERS_MAX; i++) {
		name[0] = (char)(i / 64 + 33);
		name[1] = (char)(i % 64 + 33);
		assert_int_equal(
			gn_turn_server_user(r.s, gn_slice(name, TURN_NAME_MAX), GN_LIT("p")),
			GN_OK);
	}
	assert_int_equal(gn_turn_server_user(r.s, GN_LIT("one more"), GN_LIT("p")), GN_LIMIT);
	assert_int_equal(gn_turn_server_user(r.s, GN_LIT("ann"), GN_LIT("p")), GN_OK);
	name[TURN_NAME_MAX] = '\0';
	r.name = name;
	r.password = "p";
	assert_int_equal(turn_rig_allocate(&r, 0), 0);
	turn_rig_close(&r);
	/* no memory: nothing is kept */
	turn_rig_open(&r, false);
	r.alloc.fail_at = 1;
	assert_int_equal(gn_turn_server_user(r.s, GN_LIT("bob"), GN_LIT("p")), GN_NOMEM);
	(void)turn_rig_allocate(&r, 0);
	assert_int_equal(turn_rig_refresh(&r, 0), 0);
	assert_string_equal(turn_rig_told(&r), "c");
	r.alloc.fail_at = 1;
	assert_int_equal(turn_rig_allocate(&r, 0), 508);
	assert_int_equal(r.s->count.nomem, 1);
	turn_rig_close(&r);
}

static void data_goes_both_ways(void **state)
{
	struct gn_stun m;
	struct gn_addr peer;
	struct gn_slice data;
	uint16_t number;
	(void)state;
	for (uint32_t conn = 0; conn < 2; conn++) {
		turn_rig_open(&r, false);
		r.from.conn = conn;
		assert_int_equal(turn_rig_send(&r, "192.0.2.9:700", "early"), GN_NOT_FOUND);
		assert_int_equal(turn_rig_allocate(&r, 0), 0);
		assert_int_equal(turn_rig_send(&r, "192.0.2.9:700", "no permission"), GN_DENIED);
		assert_int_equal(turn_rig_peer_says(&r, "192.0.2.9:700", "none"), GN_DENIED);
		assert_int_equal(turn_rig_permit(&r, "192.0.2.9:0"), 0); /* of each port */
		assert_int_equal(turn_rig_send(&r, "192.0.2.9:700", "hello"), GN_OK);
		assert_true(peer_gets("192.0.2.9:700", "hello"));
		assert_int_equal(turn_rig_send(&r, "192.0.2.9:0", "hello"), GN_DENIED);
		assert_int_equal(turn_rig_peer_says(&r, "192.0.2.9:701", "hi!"), GN_OK);
		assert_true(r.out.to == GN_TURN_CLIENT && r.out.client.conn == conn);
		assert_int_equal(gn_stun_parse(r.out.bytes, &m), GN_OK);
		assert_true(m.kind == GN_STUN_INDICATION && m.method == GN_STUN_DATA);
		assert_int_equal(gn_stun_addr(&m, GN_STUN_XOR_PEER_ADDRESS, true, &peer), GN_OK);
		assert_true(peer.port == 701 && gn_stun_get(&m, GN_STUN_DATA_VALUE, &data) &&
			    gn_slice_eq(data, GN_LIT("hi!")));
		/* by a channel */
		assert_int_equal(turn_rig_channel(&r, 0x4001, "x"), GN_NOT_FOUND);
		assert_int_equal(turn_rig_bind(&r, 0x4001, "192.0.2.10:700"), 0);
		assert_int_equal(turn_rig_channel(&r, 0x4001, "hello"), GN_OK);
		assert_true(peer_gets("192.0.2.10:700", "hello"));
		assert_int_equal(turn_rig_peer_says(&r, "192.0.2.10:700", "hi!"), GN_OK);
		assert_int_equal(r.out.bytes.len, conn ? 8 : 7); /* padded */
		assert_int_equal(gn_turn_channel_read(r.out.bytes, &number, &data), GN_OK);
		assert_true(number == 0x4001 && gn_slice_eq(data, GN_LIT("hi!")));
		assert_int_equal(r.s->count.sent, 2);
		assert_int_equal(r.s->count.sent_bytes, 10);
		assert_int_equal(r.s->count.got, 2);
		assert_int_equal(r.s->count.got_bytes, 6);
		assert_int_equal(r.s->count.no_permission, 4);
		assert_int_equal(r.s->count.no_allocation, 1);
		turn_rig_close(&r);
	}
}

static void permissions_and_channels_end(void **state)
{
	(void)state;
	turn_rig_open(&r, false);
	assert_int_equal(turn_rig_allocate(&r, 3600), 0);
	assert_int_equal(turn_rig_bind(&r, 0x4000, "192.0.2.1:700"), 0);
	gn_time begin = r.now;
	/* data keeps nothing alive */
	r.now = begin + TURN_PERMISSION * GN_SEC - 1;
	assert_int_equal(turn_rig_channel(&r, 0x4000, "x"), GN_OK);
	r.now++;
	assert_int_equal(turn_rig_channel(&r, 0x4000, "x"), GN_DENIED);
	assert_int_equal(turn_rig_peer_says(&r, "192.0.2.1:700", "x"), GN_DENIED);
	assert_int_equal(turn_rig_permit(&r, "192.0.2.1:700"), 0);
	assert_int_equal(turn_rig_channel(&r, 0x4000, "x"), GN_OK);
	/* neither its number nor its peer is another's until it ends */
	r.now = begin + TURN_CHANNEL * GN_SEC - 1;
	assert_int_equal(turn_rig_bind(&r, 0x4000, "192.0.2.2:700"), 400);
	assert_int_equal(turn_rig_bind(&r, 0x4002, "192.0.2.1:700"), 400);
	r.now++;
	assert_int_equal(turn_rig_channel(&r, 0x4000, "x"), GN_NOT_FOUND);
	assert_int_equal(turn_rig_bind(&r, 0x4000, "192.0.2.2:700"), 0);
	assert_int_equal(turn_rig_bind(&r, 0x4002, "192.0.2.1:700"), 0);
	/* bound again they last again */
	begin = r.now;
	r.now = begin + 500 * GN_SEC;
	assert_int_equal(turn_rig_bind(&r, 0x4000, "192.0.2.2:700"), 0);
	r.now = begin + 700 * GN_SEC;
	assert_int_equal(turn_rig_channel(&r, 0x4000, "x"), GN_OK);
	/* numbers that are none */
	assert_int_equal(turn_rig_bind(&r, 0x3fff, "192.0.2.3:700"), 400);
	assert_int_equal(turn_rig_bind(&r, 0x8000, "192.0.2.3:700"), 400);
	assert_int_equal(turn_rig_bind(&r, GN_TURN_CHANNEL_LAST, "192.0.2.3:700"), 0);
	assert_int_equal(turn_rig_bind(&r, 0x4100, "192.0.2.4:0"), 400);
	turn_rig_close(&r);
}

static void channels_at_their_bound(void **state)
{
	char peer[32];
	(void)state;
	turn_rig_open(&r, false);
	assert_int_equal(turn_rig_allocate(&r, 3600), 0);
	for (unsigned i = 0; i <= TURN_CHANNELS; i++) {
		snprintf(peer, sizeof peer, "192.0.2.%u:700", i);
		assert_int_equal(turn_rig_bind(&r, (uint16_t)(0x4000 + i), peer),
				 i < TURN_CHANNELS ? 0 : 508);
	}
	assert_int_equal(turn_rig_permit(&r, "192.0.2.200:1"), 508);
	assert_int_equal(turn_rig_permit(&r, "192.0.2.3:9"), 0); /* has one */
	assert_int_equal(turn_rig_bind(&r, 0x4200, "192.0.2.3:701"), 508);
	assert_int_equal(r.s->count.refused_full, 3);
	/* all that a request names or none: one place is free, two are asked for */
	r.now += TURN_PERMISSION * GN_SEC - 1;
	for (unsigned i = 1; i < TURN_CHANNELS; i++) {
		snprintf(peer, sizeof peer, "192.0.2.%u:700", i);
		assert_int_equal(turn_rig_permit(&r, peer), 0);
	}
	r.now++;
	for (unsigned n = 2; n; n--) {
		turn_rig_begin(&r, GN_STUN_CREATE_PERMISSION);
		for (unsigned i = 0; i < n; i++) {
			struct gn_addr a = gn_addr_v4(192, 0, 2, (uint8_t)(100 + i), 1);
			gn_stun_put_addr(&r.m, GN_STUN_XOR_PEER_ADDRESS, true, &a);
		}
		assert_int_equal(turn_rig_ask(&r), n == 2 ? 508 : 0);
		assert_int_equal(turn_rig_send(&r, "192.0.2.100:1", "x"),
				 n == 2 ? GN_DENIED : GN_OK);
	}
	turn_rig_begin(&r, GN_STUN_CREATE_PERMISSION); /* of nobody */
	assert_int_equal(turn_rig_ask(&r), 400);
	turn_rig_close(&r);
}

static void datagrams_at_their_bound(void **state)
{
	static char data[TURN_DATA_MAX + 2];
	(void)state;
	memset(data, 'd', sizeof data - 1);
	turn_rig_open(&r, false);
	turn_rig_begin(&r, GN_STUN_ALLOCATE);
	gn_stun_put_u32(&r.m, GN_STUN_REQUESTED_TRANSPORT, 17u << 24);
	gn_stun_put_u32(&r.m, GN_STUN_REQUESTED_FAMILY, 2u << 24);
	assert_int_equal(turn_rig_ask(&r), 0);
	assert_int_equal(turn_rig_permit(&r, "[2001:db8::9]:7"), 0);
	assert_int_equal(turn_rig_bind(&r, 0x4000, "[2001:db8::a]:7"), 0);
	assert_int_equal(turn_rig_permit(&r, "192.0.2.1:7"), 443);
	assert_int_equal(turn_rig_peer_says(&r, "[2001:db8::9]:7", data), GN_TOO_LARGE);
	data[TURN_DATA_MAX] = '\0';
	assert_int_equal(turn_rig_peer_says(&r, "[2001:db8::9]:7", data), GN_OK);
	assert_int_equal(r.out.bytes.len, GN_TURN_FRAME_MAX);
	assert_int_equal(turn_rig_peer_says(&r, "[2001:db8::a]:7", data), GN_OK);
	assert_int_equal(r.out.bytes.len, TURN_DATA_MAX + 4);
	assert_int_equal(turn_rig_channel(&r, 0x4000, data), GN_OK);
	assert_int_equal(r.out.bytes.len, TURN_DATA_MAX);
	/* a client's that is longer */
	static uint8_t large[4 + TURN_DATA_MAX + 1] = {0x40, 0, (TURN_DATA_MAX + 1) >> 8,
						       (TURN_DATA_MAX + 1) & 0xff};
	assert_int_equal(gn_turn_server_recv(r.s, &r.from, GN_SLICE(large), r.now, &r.room, &r.out),
			 GN_TOO_LARGE);
	assert_int_equal(r.s->count.large, 2);
	turn_rig_close(&r);
}

/* The owner has no socket, says nothing, or is late. */
static void sockets_that_do_not_come(void **state)
{
	struct gn_turn_server_event e;
	struct gn_addr relayed = turn_rig_addr("203.0.113.1:50000");
	struct gn_slice in;
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		turn_rig_open(&r, false);
		assert_int_equal(turn_rig_allocate(&r, 0), 0); /* for its nonce */
		assert_int_equal(turn_rig_refresh(&r, 0), 0);
		assert_string_equal(turn_rig_told(&r), "c");
		/* an Allocate as the wire has it, without the rig's owner */
		turn_rig_begin(&r, GN_STUN_ALLOCATE);
		gn_stun_put_u32(&r.m, GN_STUN_REQUESTED_TRANSPORT, 17u << 24);
		gn_stun_put(&r.m, GN_STUN_USERNAME, GN_LIT("ann"));
		gn_stun_put(&r.m, GN_STUN_REALM, GN_LIT(GN_TURN_REALM));
		gn_stun_put(&r.m, GN_STUN_NONCE, gn_str(r.nonce));
		uint8_t key[16];
		gn_stun_key_md5(GN_LIT("ann"), GN_LIT(GN_TURN_REALM), GN_LIT("secret"), key);
		gn_stun_put_integrity(&r.m, false, GN_SLICE(key));
		assert_int_equal(gn_stun_end(&r.m, false, &in), GN_OK);
		for (unsigned k = 0; k < 2; k++) { /* told twice: one socket */
			assert_int_equal(
				gn_turn_server_recv(r.s, &r.from, in, r.now, &r.room, &r.out),
				GN_OK);
			assert_int_equal(r.out.to, GN_TURN_NOBODY);
		}
		if (i == 3) { /* gone before the owner hears of it */
			gn_turn_server_gone(r.s, &r.from);
			assert_string_equal(turn_rig_told(&r), "");
			turn_rig_close(&r);
			continue;
		}
		assert_true(gn_turn_server_event(r.s, &e) && e.tell == GN_TURN_OPEN);
		assert_false(gn_turn_server_event(r.s, &e));
		if (i == 0) {
			assert_int_equal(
				gn_turn_server_opened(r.s, e.relay, NULL, r.now, &r.room, &r.out),
				GN_OK);
			assert_int_equal(gn_stun_parse(r.out.bytes, &r.answer), GN_OK);
			assert_true(r.answer.kind == GN_STUN_ERROR);
			assert_string_equal(turn_rig_told(&r), "");
		} else if (i == 1) {
			r.now += TURN_OPEN_TIME - 1;
			gn_turn_server_tick(r.s, r.now++);
			assert_true(gn_turn_server_serves(r.s, &r.from));
			gn_turn_server_tick(r.s, r.now);
		} else {
			gn_turn_server_gone(r.s, &r.from);
		}
		assert_int_equal(r.s->count.not_opened, i < 2);
		assert_false(gn_turn_server_serves(r.s, &r.from));
		assert_int_equal(
			gn_turn_server_opened(r.s, e.relay, &relayed, r.now, &r.room, &r.out),
			GN_NOT_FOUND);
		assert_string_equal(turn_rig_told(&r), i ? "c" : "");
		turn_rig_close(&r);
	}
	/* one that breaks */
	turn_rig_open(&r, false);
	assert_int_equal(turn_rig_allocate(&r, 0), 0);
	gn_turn_server_lost(r.s, r.relay);
	gn_turn_server_lost(r.s, r.relay);
	assert_string_equal(turn_rig_told(&r), "c");
	assert_int_equal(turn_rig_peer_says(&r, "192.0.2.1:7", "x"), GN_NOT_FOUND);
	struct gn_counter c;
	assert_true(gn_turn_server_counter_at(r.s, 0, &c) && strcmp(c.name, "bindings") == 0);
	turn_rig_close(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_strangers_get),
		cmocka_unit_test(an_allocation_lives),
		cmocka_unit_test(what_cannot_be_had),
		cmocka_unit_test(who_is_let_in),
		cmocka_unit_test(users_at_their_bounds),
		cmocka_unit_test(data_goes_both_ways),
		cmocka_unit_test(permissions_and_channels_end),
		cmocka_unit_test(channels_at_their_bound),
		cmocka_unit_test(datagrams_at_their_bound),
		cmocka_unit_test(sockets_that_do_not_come),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
