/* Answers to Binding requests: from one place and from four, to who asks for more than there is,
 * and never more than a stranger is due. Rules RE-50, RE-52. */
#include "nat/stun_server.h"

#include "nat/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct gn_stun_server server;
static struct gn_stun answer;
static uint8_t place, room[STUN_SAID_MAX];
static const struct gn_stun_id id = {"0123456789ab"};

static struct gn_addr addr(const char *text)
{
	struct gn_addr a;
	assert_int_equal(gn_addr_parse(gn_str(text), &a), GN_OK);
	return a;
}

static void place_at(size_t i, const char *text)
{
	server.at[i] = text ? addr(text) : (struct gn_addr){.port = 0};
}

/* flags < 0: without CHANGE-REQUEST; pad: with an attribute of so many bytes, that nobody need know
 * */
static gn_err ask(int flags, size_t pad, uint16_t type, const char *from, size_t at)
{
	static uint8_t bytes[STUN_SAID_MAX], zeros[256];
	struct gn_stun_maker m;
	struct gn_slice in, out;
	struct gn_stun request;
	struct gn_addr who = addr(from);
	gn_stun_begin(&m, bytes, sizeof bytes, GN_STUN_REQUEST, GN_STUN_BINDING, &id);
	if (flags >= 0)
		gn_stun_put_u32(&m, GN_STUN_CHANGE_REQUEST, (uint32_t)flags);
	if (pad)
		gn_stun_put(&m, 0x8fff, gn_slice(zeros, pad));
	if (type)
		gn_stun_put_u32(&m, type, 0);
	assert_int_equal(gn_stun_end(&m, false, &in), GN_OK);
	assert_int_equal(gn_stun_parse(in, &request), GN_OK);
	gn_err err = gn_stun_server_answer(&server, &request, &who, (uint8_t)at, room, sizeof room,
					   &out, &place);
	if (err == GN_TOO_LARGE)
		return err;
	assert_true(out.len <= TURN_UNPROVEN_PART * in.len);
	assert_int_equal(gn_stun_parse(out, &answer), GN_OK);
	assert_memory_equal(answer.id.b, id.b, sizeof id.b);
	return err;
}

static bool says(uint16_t type, bool mixed, const char *text)
{
	struct gn_addr a, want = text ? addr(text) : (struct gn_addr){.port = 0};
	gn_err err = gn_stun_addr(&answer, type, mixed, &a);
	return text ? err == GN_OK && gn_addr_eq(&a, &want) : err == GN_NOT_FOUND;
}

static void is_refused(uint16_t type)
{
	struct gn_slice v;
	uint16_t code;
	assert_true(answer.kind == GN_STUN_ERROR);
	assert_int_equal(gn_stun_error(&answer, &code, &v), GN_OK);
	assert_int_equal(code, 420);
	assert_true(gn_stun_get(&answer, GN_STUN_UNKNOWN_ATTRIBUTES, &v) && v.len == 2);
	assert_int_equal(v.p[0] << 8 | v.p[1], type);
}

static void one_place(void **state)
{
	(void)state;
	for (int known = 0; known < 2; known++) {
		server = (struct gn_stun_server){{{{0}, 0}}};
		place_at(0, known ? "203.0.113.1:3478" : NULL);
		assert_int_equal(ask(-1, 0, 0, "198.51.100.7:4000", 0), GN_OK);
		assert_true(says(GN_STUN_XOR_MAPPED_ADDRESS, true, "198.51.100.7:4000"));
		assert_true(says(GN_STUN_OTHER_ADDRESS, false, NULL) && place == 0);
		/* ICE's attributes are no reason to refuse */
		assert_int_equal(ask(-1, 0, GN_STUN_PRIORITY, "198.51.100.7:4000", 0), GN_OK);
		for (int flags = 0; flags < 8; flags += 2) {
			assert_int_equal(ask(flags, 0, 0, "198.51.100.7:4000", 0), GN_UNSUPPORTED);
			is_refused(GN_STUN_CHANGE_REQUEST);
		}
		assert_int_equal(ask(-1, 0, 0x0027, "[2001:db8::7]:4000", 0), GN_UNSUPPORTED);
		is_refused(0x0027); /* RESPONSE-PORT: nobody else's port is answered to */
	}
}

static void a_second_port(void **state)
{
	(void)state;
	server = (struct gn_stun_server){{{{0}, 0}}};
	place_at(0, "203.0.113.1:3478");
	place_at(GN_STUN_OTHER_PORT, "203.0.113.1:3479");
	/* 20 bytes have room for the one, 28 for both */
	assert_int_equal(ask(-1, 0, 0, "198.51.100.7:4000", 0), GN_OK);
	assert_true(says(GN_STUN_OTHER_ADDRESS, false, "203.0.113.1:3479"));
	assert_true(says(GN_STUN_RESPONSE_ORIGIN, false, NULL));
	assert_int_equal(ask(2, 0, 0, "198.51.100.7:4000", 0), GN_OK);
	assert_int_equal(place, GN_STUN_OTHER_PORT);
	assert_true(says(GN_STUN_OTHER_ADDRESS, false, "203.0.113.1:3479"));
	assert_true(says(GN_STUN_RESPONSE_ORIGIN, false, "203.0.113.1:3479"));
	/* asked there, the other is the first */
	assert_int_equal(ask(2, 0, 0, "198.51.100.7:4000", GN_STUN_OTHER_PORT), GN_OK);
	assert_true(place == 0 && says(GN_STUN_OTHER_ADDRESS, false, "203.0.113.1:3478"));
	assert_int_equal(ask(0, 0, 0, "198.51.100.7:4000", 0), GN_OK);
	assert_int_equal(place, 0);
	for (int flags = 4; flags < 8; flags += 2) { /* another IP */
		assert_int_equal(ask(flags, 0, 0, "198.51.100.7:4000", 0), GN_UNSUPPORTED);
		assert_int_equal(place, 0);
		is_refused(GN_STUN_CHANGE_REQUEST);
	}
}

static void a_second_address(void **state)
{
	static const char *const places[] = {"[2001:db8::1]:3478", "[2001:db8::1]:3479",
					     "[2001:db8::2]:3478", "[2001:db8::2]:3479"};
	(void)state;
	for (size_t i = 0; i < GN_STUN_PLACES; i++)
		place_at(i, places[i]);
	for (size_t at = 0; at < GN_STUN_PLACES; at++)
		for (int flags = 0; flags < 8; flags += 2) {
			size_t to = at ^ (flags & 4 ? GN_STUN_OTHER_IP : 0) ^
				    (flags & 2 ? GN_STUN_OTHER_PORT : 0);
			assert_int_equal(ask(flags, 16, 0, "[2001:db8::7]:4000", at), GN_OK);
			assert_int_equal(place, to);
			assert_true(says(GN_STUN_OTHER_ADDRESS, false, places[at ^ 3]));
			assert_true(says(GN_STUN_RESPONSE_ORIGIN, false, places[to]));
		}
	/* of IPv6 20 bytes have room for neither */
	assert_int_equal(ask(-1, 0, 0, "[2001:db8::7]:4000", 0), GN_OK);
	assert_true(says(GN_STUN_OTHER_ADDRESS, false, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_place),
		cmocka_unit_test(a_second_port),
		cmocka_unit_test(a_second_address),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
