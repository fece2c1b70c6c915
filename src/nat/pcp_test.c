/* Port mapping against a router that the test plays: both protocols, refusals, silence, renewal, a
 * router that begins anew, answers to what was not asked. Rule RE-16. */
#include "nat/pcp.h"

#include "nat/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct gn_pcp p;
static struct gn_prng prng;
static struct gn_rand source;
static gn_time now;
static uint8_t room[GN_PCP_MAX], answer[GN_PCP_MAX];
static struct gn_slice asked;
static uint32_t epoch;

static void begin_at(const char *local)
{
	struct gn_addr addr;
	gn_prng_init(&prng, 3);
	source = gn_prng_rand(&prng);
	now = 1000 * GN_SEC;
	epoch = 50;
	assert_int_equal(gn_addr_parse(gn_str(local), &addr), GN_OK);
	gn_pcp_init(&p, &source, &addr, now);
}

static bool asks(void)
{
	return gn_pcp_next(&p, room, sizeof room, now, &asked);
}

static void pass(gn_time span)
{
	now += span;
	epoch += (uint32_t)(span / GN_SEC);
}

/* As a router with PCP answers what was asked. */
static struct gn_slice pcp_answer(uint8_t result, uint32_t seconds)
{
	memcpy(answer, asked.p, 60);
	answer[1] |= 0x80;
	answer[2] = 0;
	answer[3] = result;
	gn_put_be32(answer + 4, seconds);
	gn_put_be32(answer + 8, epoch);
	memset(answer + 12, 0, 12);
	answer[42] = 0x30; /* 12345 */
	answer[43] = 0x39;
	struct gn_addr outer = gn_addr_v4(203, 0, 113, 9, 0);
	memcpy(answer + 44, outer.ip, 16);
	return gn_slice(answer, 60);
}

/* And one with NAT-PMP. */
static struct gn_slice old_answer(uint16_t result, uint32_t seconds)
{
	struct gn_writer w = gn_writer(answer, sizeof answer);
	bool maps = asked.p[0] == 0 && asked.p[1] == 1;
	gn_write_u8(&w, 0);
	gn_write_u8(&w, maps ? 0x81 : 0x80);
	gn_write_be16(&w, asked.p[0] == 2 ? 1 : result);
	gn_write_be32(&w, epoch);
	if (maps) {
		gn_write_bytes(&w, gn_slice(asked.p + 4, 2));
		gn_write_be16(&w, 12345);
		gn_write_be32(&w, seconds);
	} else {
		gn_write_be32(&w, 0xcb007109);
	}
	return gn_slice(answer, gn_writer_len(&w));
}

static void is_held(uint64_t seconds)
{
	struct gn_addr outer = gn_addr_v4(203, 0, 113, 9, 12345);
	assert_int_equal(p.state, GN_PCP_HELD);
	assert_true(gn_addr_eq(&p.external, &outer));
	assert_int_equal(p.until, now + (gn_time)seconds * GN_SEC);
	assert_int_equal(gn_pcp_deadline(&p), now + (gn_time)seconds * GN_SEC / 2);
}

static void held_and_renewed(void **state)
{
	(void)state;
	begin_at("192.168.1.20:7777");
	assert_true(asks() && asked.len == 60 && asked.p[0] == 2 && asked.p[1] == 1);
	assert_int_equal(gn_be32(asked.p + 4), PCP_LEASE);
	assert_memory_equal(asked.p + 8, p.local.ip, 16);
	assert_int_equal(asked.p[40] << 8 | asked.p[41], 7777);
	assert_false(asks());
	assert_int_equal(gn_pcp_recv(&p, pcp_answer(0, 3600), now), GN_OK);
	is_held(3600);
	/* half of it over: the same address and port are asked for */
	pass(1799 * GN_SEC);
	assert_false(asks());
	pass(GN_SEC);
	assert_true(asks() && (asked.p[42] << 8 | asked.p[43]) == 12345);
	assert_memory_equal(asked.p + 44, p.external.ip, 16);
	assert_int_equal(gn_pcp_recv(&p, pcp_answer(0, 10 * PCP_LEASE_MAX), now), GN_OK);
	is_held(PCP_LEASE_MAX); /* no more is believed */
	/* given back */
	gn_pcp_stop(&p, now);
	assert_true(asks() && gn_be32(asked.p + 4) == 0 && asked.p[42] == 0);
	assert_false(asks());
	assert_int_equal(gn_pcp_deadline(&p), GN_NEVER);
	assert_int_equal(gn_pcp_recv(&p, pcp_answer(0, 60), now), GN_STALE);
	/* IPv6, where a router opens its firewall */
	begin_at("[2001:db8::20]:7777");
	assert_true(asks() && gn_is_zero(asked.p + 44, 16));
}

static void a_router_that_knows_nat_pmp(void **state)
{
	(void)state;
	begin_at("192.168.1.20:7777");
	assert_true(asks());
	assert_int_equal(gn_pcp_recv(&p, old_answer(1, 0), now), GN_OK); /* "version 0" */
	assert_true(asks() && asked.len == 2 && asked.p[0] == 0 && asked.p[1] == 0);
	assert_int_equal(gn_pcp_recv(&p, old_answer(0, 0), now), GN_OK);
	assert_true(asks() && asked.len == 12 && asked.p[1] == 1);
	assert_int_equal(gn_pcp_recv(&p, old_answer(0, 7200), now), GN_OK);
	is_held(7200);
	assert_int_equal(p.protocol, GN_PCP_NAT_PMP);
	gn_pcp_stop(&p, now);
	assert_true(asks() && asked.len == 12 && gn_be32(asked.p + 8) == 0);
}

static void who_says_nothing(void **state)
{
	unsigned count = 0;
	gn_time since;
	(void)state;
	begin_at("192.168.1.20:7777");
	for (unsigned i = 0; i < 2; i++) { /* after a quarter of a second, then twice as long */
		assert_true(asks());
		assert_int_equal(gn_pcp_deadline(&p), now + (PCP_FIRST << i));
		now = gn_pcp_deadline(&p);
	}
	begin_at("192.168.1.20:7777");
	since = now;
	for (unsigned i = 0; i < 100 && p.state == GN_PCP_ASK; i++) {
		count += asks();
		now = gn_pcp_deadline(&p) > now ? gn_pcp_deadline(&p) : now;
		if (p.state == GN_PCP_NONE)
			break;
	}
	assert_int_equal(count, 2 * PCP_TRIES); /* each protocol so often */
	assert_int_equal(p.state, GN_PCP_NONE);
	assert_int_equal(p.result, 0);
	assert_true(p.until - since > 15 * GN_SEC + PCP_AGAIN * GN_SEC - GN_SEC &&
		    p.external.port == 0);
	/* later it is tried again, from the beginning */
	now = p.until;
	assert_true(asks() && asked.p[0] == 2);
	/* NAT-PMP knows no IPv6 */
	begin_at("[2001:db8::20]:7777");
	for (count = 0; p.state == GN_PCP_ASK; now = gn_pcp_deadline(&p))
		count += asks();
	assert_int_equal(count, PCP_TRIES);
}

static void refusals(void **state)
{
	static const struct {
		uint32_t seconds, waits;
	} cases[] = {{0, PCP_AGAIN_LEAST}, {600, 600}, {UINT32_MAX, PCP_AGAIN_MOST}};
	(void)state;
	for (size_t i = 0; i < GN_COUNT(cases); i++) {
		begin_at("192.168.1.20:7777");
		assert_true(asks());
		assert_int_equal(gn_pcp_recv(&p, pcp_answer(2, cases[i].seconds), now), GN_OK);
		assert_true(p.state == GN_PCP_NONE && p.result == 2);
		assert_int_equal(p.until, now + cases[i].waits * GN_SEC);
	}
	/* of no time, or of no port, is none */
	for (unsigned i = 0; i < 2; i++) {
		begin_at("192.168.1.20:7777");
		assert_true(asks());
		struct gn_slice a = pcp_answer(0, i ? 60 : 0);
		answer[42] = answer[43] = i ? 0 : 1;
		assert_int_equal(gn_pcp_recv(&p, a, now), GN_OK);
		assert_int_equal(p.state, GN_PCP_NONE);
	}
	begin_at("192.168.1.20:7777");
	assert_true(asks());
	assert_int_equal(gn_pcp_recv(&p, old_answer(0, 0), now), GN_OK);
	for (unsigned i = 0; i < 2; i++) { /* the address, then the mapping */
		assert_true(asks());
		assert_int_equal(gn_pcp_recv(&p, old_answer(i ? 3 : 0, 0), now), GN_OK);
	}
	assert_true(p.state == GN_PCP_NONE && p.result == 3);
	assert_int_equal(p.until, now + PCP_AGAIN * GN_SEC);
}

/* It forgot everything: its epoch does not go with our time, in an answer or unasked. */
static void a_router_that_begins_anew(void **state)
{
	static const int64_t steps[] = {-1000, 0, 3, -500};
	(void)state;
	for (size_t i = 0; i < GN_COUNT(steps); i++) {
		begin_at("192.168.1.20:7777");
		epoch = 5000;
		assert_true(asks());
		assert_int_equal(gn_pcp_recv(&p, pcp_answer(0, 7200), now), GN_OK);
		pass(100 * GN_SEC);
		epoch = (uint32_t)(epoch + steps[i]);
		bool small = steps[i] >= 0; /* a clock that is a little off is none */
		assert_int_equal(gn_pcp_recv(&p, pcp_answer(0, 7200), now),
				 small ? GN_STALE : GN_OK);
		assert_int_equal(p.state, small ? GN_PCP_HELD : GN_PCP_ASK);
		assert_int_equal(asks(), !small);
	}
}

/* What is no answer to what was asked changes nothing. */
static void what_was_not_asked(void **state)
{
	(void)state;
	begin_at("192.168.1.20:7777");
	assert_true(asks());
	struct gn_slice a = pcp_answer(0, 60);
	struct gn_pcp before = p;
	for (size_t len = 0; len < 60; len++)
		assert_true(gn_pcp_recv(&p, gn_slice(answer, len), now) != GN_OK);
	static const uint8_t at[] = {1, 24, 35, 36, 40, 41}; /* nonce, protocol, port */
	for (size_t i = 0; i < GN_COUNT(at); i++) {
		answer[at[i]] ^= 0x81;
		assert_true(gn_pcp_recv(&p, a, now) != GN_OK);
		answer[at[i]] ^= 0x81;
	}
	answer[0] = 3;
	assert_int_equal(gn_pcp_recv(&p, a, now), GN_MALFORMED);
	static uint8_t large[GN_PCP_MAX + 1] = {2, 0x81};
	assert_int_equal(gn_pcp_recv(&p, gn_slice(large, sizeof large), now), GN_MALFORMED);
	assert_memory_equal(&before, &p, sizeof p);
	/* an old router's word while it is asked in the old way: of another port */
	answer[0] = 2;
	assert_int_equal(gn_pcp_recv(&p, old_answer(1, 0), now), GN_OK);
	assert_true(asks());
	asked = gn_slice((const uint8_t[12]){0, 1, 0, 0, 0x1e, 0x61}, 12);
	assert_int_equal(gn_pcp_recv(&p, old_answer(0, 60), now), GN_STALE); /* no address yet */
	assert_int_equal(p.state, GN_PCP_ASK);
	/* another network: all of it anew */
	struct gn_addr moved = gn_addr_v4(10, 0, 0, 5, 7778);
	gn_pcp_moved(&p, &moved, now);
	assert_true(asks() && asked.p[0] == 2 && asked.p[41] == (7778 & 0xff));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(held_and_renewed),
		cmocka_unit_test(a_router_that_knows_nat_pmp),
		cmocka_unit_test(who_says_nothing),
		cmocka_unit_test(refusals),
		cmocka_unit_test(a_router_that_begins_anew),
		cmocka_unit_test(what_was_not_asked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
