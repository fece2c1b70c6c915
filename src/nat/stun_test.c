/* STUN: the vectors of RFC 5769, what is made here read again, each bound at it and one past it,
 * and no bit that can be changed. Rules RE-2, RE-50. */
#include "nat/limits.h"
#include "nat/stun.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define PASSWORD GN_LIT("VOkJxbRl1RmTxUk/WvJxBt") /* RFC 5769 section 2 */

static uint8_t bytes[4096];

static struct gn_slice from_hex(const char *hex)
{
	size_t len = strlen(hex) / 2;
	assert_true(len <= sizeof bytes);
	assert_int_equal(gn_unhex(gn_str(hex), bytes, len), GN_OK);
	return gn_slice(bytes, len);
}

static void text_is(const struct gn_stun *m, uint16_t type, const char *text)
{
	struct gn_slice value;
	assert_true(gn_stun_get(m, type, &value) && gn_slice_eq(value, gn_str(text)));
}

/* RFC 5769 section 2.1 */
static void the_request_of_rfc5769(void **state)
{
	struct gn_stun m;
	struct gn_slice value;
	uint32_t priority;
	(void)state;
	struct gn_slice in = from_hex("000100582112a442b7e7a701bc34d686fa87dfae"
				      "802200105354554e207465737420636c69656e74"
				      "002400046e0001ff80290008932ff9b151263b36"
				      "000600096576746a3a68367659202020"
				      "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2"
				      "80280004e57a3bcf");
	assert_true(gn_stun_is(in));
	assert_int_equal(gn_stun_parse(in, &m), GN_OK);
	assert_true(m.kind == GN_STUN_REQUEST && m.method == GN_STUN_BINDING);
	text_is(&m, GN_STUN_SOFTWARE, "STUN test client");
	text_is(&m, GN_STUN_USERNAME, "evtj:h6vY");
	assert_int_equal(gn_stun_u32(&m, GN_STUN_PRIORITY, &priority), GN_OK);
	assert_int_equal(priority, 0x6e0001ff);
	assert_int_equal(gn_stun_u32(&m, GN_STUN_ICE_CONTROLLED, &priority), GN_MALFORMED);
	assert_int_equal(gn_stun_u32(&m, GN_STUN_LIFETIME, &priority), GN_NOT_FOUND);
	assert_int_equal(gn_stun_check(&m, false, PASSWORD), GN_OK);
	assert_int_equal(gn_stun_check(&m, true, PASSWORD), GN_NOT_FOUND);
	assert_int_equal(gn_stun_check(&m, false, GN_LIT("VOkJxbRl1RmTxUk/WvJxBu")), GN_SIGNATURE);
	/* what an integrity does not cover is not there */
	assert_false(gn_stun_get(&m, GN_STUN_INTEGRITY, &value));
	assert_false(gn_stun_get(&m, GN_STUN_FINGERPRINT, &value));
	/* no bit of it may be another */
	for (size_t i = 0; i < in.len; i++)
		for (unsigned bit = 0; bit < 8; bit++) {
			bytes[i] ^= 1u << bit;
			/* but that the fingerprint is one */
			assert_true(gn_stun_parse(in, &m) != GN_OK || !m.fingerprint_at);
			bytes[i] ^= 1u << bit;
		}
	for (size_t len = 0; len < in.len; len++)
		assert_true(gn_stun_parse(gn_slice(bytes, len), &m) != GN_OK);
}

/* Sections 2.2 and 2.3. */
static void the_answers_of_rfc5769(void **state)
{
	static const struct {
		const char *hex, *addr;
	} cases[] = {
		{"0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000080001a147"
		 "e112a643000800142b91f599fd9e90c38c7489f92af9ba53f06be7d780280004c07d4c96",
		 "192.0.2.1:32853"},
		{"010100482112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000140002a147"
		 "0113a9faa5d3f179bc25f4b5bed2b9d900080014a382954e4be67bf11784c97c8292c275bfe3ed41802800"
		 "04c8fb0b4c",
		 "[2001:db8:1234:5678:11:2233:4455:6677]:32853"},
	};
	(void)state;
	for (size_t i = 0; i < GN_COUNT(cases); i++) {
		struct gn_stun m;
		struct gn_addr addr, other;
		uint16_t code;
		struct gn_slice reason;
		assert_int_equal(gn_stun_parse(from_hex(cases[i].hex), &m), GN_OK);
		assert_true(m.kind == GN_STUN_SUCCESS && m.method == GN_STUN_BINDING);
		text_is(&m, GN_STUN_SOFTWARE, "test vector");
		assert_int_equal(gn_stun_check(&m, false, PASSWORD), GN_OK);
		assert_int_equal(gn_addr_parse(gn_str(cases[i].addr), &other), GN_OK);
		assert_int_equal(gn_stun_addr(&m, GN_STUN_XOR_MAPPED_ADDRESS, true, &addr), GN_OK);
		assert_true(gn_addr_eq(&addr, &other));
		assert_int_equal(gn_stun_addr(&m, GN_STUN_MAPPED_ADDRESS, false, &addr),
				 GN_NOT_FOUND);
		assert_int_equal(gn_stun_addr(&m, GN_STUN_SOFTWARE, false, &addr), GN_MALFORMED);
		assert_int_equal(gn_stun_error(&m, &code, &reason), GN_NOT_FOUND);
	}
}

/* Section 2.4: a user whose name is six letters of katakana, in UTF-8. */
static void the_long_term_request_of_rfc5769(void **state)
{
	struct gn_stun m;
	struct gn_slice user = {NULL, 0}, realm = {NULL, 0};
	uint8_t key[16];
	(void)state;
	assert_int_equal(
		gn_stun_parse(
			from_hex(
				"000100602112a44278ad3433c6ad72c029da412e00060012e3839ee38388e383aa"
				"e38383e382afe382b900000015001c662f2f3439396b39353464364f4c33346f4c"
				"394653547679363473410014000b6578616d706c652e6f72670000080014f67024"
				"656dd64a3e02b8e0712e85c9a28ca89666"),
			&m),
		GN_OK);
	text_is(&m, GN_STUN_NONCE, "f//499k954d6OL34oL9FSTvy64sA");
	assert_true(gn_stun_get(&m, GN_STUN_USERNAME, &user) &&
		    gn_stun_get(&m, GN_STUN_REALM, &realm));
	gn_stun_key_md5(user, realm, GN_LIT("TheMatrIX"), key);
	assert_int_equal(gn_stun_check(&m, false, GN_SLICE(key)), GN_OK);
	gn_stun_key_md5(user, realm, GN_LIT("TheMatrix"), key);
	assert_int_equal(gn_stun_check(&m, false, GN_SLICE(key)), GN_SIGNATURE);
}

static const struct gn_stun_id id = {"0123456789ab"};

static void what_is_made_reads_the_same(void **state)
{
	static const struct {
		enum gn_stun_class kind;
		uint16_t method;
	} cases[] = {{GN_STUN_REQUEST, GN_STUN_BINDING},
		     {GN_STUN_SUCCESS, GN_STUN_ALLOCATE},
		     {GN_STUN_INDICATION, GN_STUN_DATA},
		     {GN_STUN_ERROR, GN_STUN_CHANNEL_BIND},
		     {GN_STUN_ERROR, 0xfff}};
	uint8_t room[STUN_SAID_MAX], key[32];
	(void)state;
	gn_stun_key_sha256(GN_LIT("ann"), GN_LIT("geonet"), GN_LIT("secret"), key);
	for (size_t i = 0; i < GN_COUNT(cases); i++) {
		struct gn_stun_maker maker;
		struct gn_stun m;
		struct gn_slice out, reason;
		struct gn_addr v4 = gn_addr_v4(203, 0, 113, 7, 7777), v6, got;
		uint16_t code, unknown[STUN_UNKNOWN_MAX];
		static const uint16_t odd[] = {0x0003, 0x7fff};
		assert_int_equal(gn_addr_parse(GN_LIT("[2001:db8::1]:9"), &v6), GN_OK);
		gn_stun_begin(&maker, room, sizeof room, cases[i].kind, cases[i].method, &id);
		gn_stun_put_addr(&maker, GN_STUN_XOR_MAPPED_ADDRESS, true, &v4);
		gn_stun_put_addr(&maker, GN_STUN_XOR_RELAYED_ADDRESS, true, &v6);
		gn_stun_put_addr(&maker, GN_STUN_MAPPED_ADDRESS, false, &v6);
		gn_stun_put_error(&maker, 438, "Stale Nonce");
		gn_stun_put_types(&maker, odd, 2);
		gn_stun_put(&maker, 0x7ffe, GN_LIT("x"));
		gn_stun_put(&maker, 0x7ffe, GN_LIT("y"));
		gn_stun_put_integrity(&maker, false, GN_LIT("short"));
		gn_stun_put_integrity(&maker, true, GN_SLICE(key));
		assert_int_equal(gn_stun_end(&maker, i % 2 == 0, &out), GN_OK);
		assert_int_equal(gn_stun_parse(out, &m), GN_OK);
		assert_true(m.kind == cases[i].kind && m.method == cases[i].method);
		assert_memory_equal(m.id.b, id.b, sizeof id.b);
		assert_int_equal(gn_stun_addr(&m, GN_STUN_XOR_MAPPED_ADDRESS, true, &got), GN_OK);
		assert_true(gn_addr_eq(&got, &v4));
		assert_int_equal(gn_stun_addr(&m, GN_STUN_XOR_RELAYED_ADDRESS, true, &got), GN_OK);
		assert_true(gn_addr_eq(&got, &v6));
		assert_int_equal(gn_stun_addr(&m, GN_STUN_MAPPED_ADDRESS, false, &got), GN_OK);
		assert_true(gn_addr_eq(&got, &v6));
		assert_int_equal(gn_stun_error(&m, &code, &reason), GN_OK);
		assert_true(code == 438 && gn_slice_eq(reason, GN_LIT("Stale Nonce")));
		assert_int_equal(gn_stun_check(&m, false, GN_LIT("short")), GN_OK);
		assert_int_equal(gn_stun_check(&m, true, GN_SLICE(key)), GN_OK);
		assert_int_equal(gn_stun_check(&m, true, GN_LIT("short")), GN_SIGNATURE);
		/* each once, whatever a message repeats */
		static const uint16_t known[] = {0x01, 0x09, 0x0a, 0x16, 0x20};
		assert_int_equal(gn_stun_unknown(&m, known, GN_COUNT(known), unknown), 1);
		assert_int_equal(unknown[0], 0x7ffe);
	}
}

/* What comes behind an integrity is nobody's word. */
static void nothing_behind_the_integrity_is_believed(void **state)
{
	uint8_t room[STUN_SAID_MAX];
	struct gn_stun_maker maker;
	struct gn_stun m;
	struct gn_slice out;
	(void)state;
	for (unsigned sha256 = 0; sha256 < 2; sha256++) {
		gn_stun_begin(&maker, room, sizeof room, GN_STUN_REQUEST, GN_STUN_REFRESH, &id);
		gn_stun_put(&maker, GN_STUN_USERNAME, GN_LIT("ann"));
		gn_stun_put_integrity(&maker, sha256, GN_LIT("key"));
		gn_stun_put(&maker, GN_STUN_REALM, GN_LIT("evil"));
		gn_stun_put_u32(&maker, 0x7fff, 0);
		gn_stun_put_integrity(&maker, !sha256, GN_LIT("another"));
		assert_int_equal(gn_stun_end(&maker, true, &out), GN_OK);
		assert_int_equal(gn_stun_parse(out, &m), GN_OK);
		assert_int_equal(gn_stun_check(&m, sha256, GN_LIT("key")), GN_OK);
		assert_false(gn_stun_get(&m, GN_STUN_REALM, &out));
		uint16_t unknown[STUN_UNKNOWN_MAX], known = GN_STUN_USERNAME;
		assert_int_equal(gn_stun_unknown(&m, &known, 1, unknown), 0);
		/* MESSAGE-INTEGRITY behind the other is passed over, too (section 14.6) */
		assert_int_equal(gn_stun_check(&m, !sha256, GN_LIT("another")),
				 sha256 ? GN_NOT_FOUND : GN_OK);
	}
}

static void bounds(void **state)
{
	static uint8_t room[2048];
	struct gn_stun_maker maker;
	struct gn_stun m;
	struct gn_slice out;
	uint16_t unknown[STUN_UNKNOWN_MAX];
	(void)state;
	for (unsigned n = STUN_ATTRIBUTES_MAX; n <= STUN_ATTRIBUTES_MAX + 1; n++) {
		gn_stun_begin(&maker, room, sizeof room, GN_STUN_REQUEST, GN_STUN_BINDING, &id);
		for (unsigned i = 0; i < n; i++)
			gn_stun_put_u32(&maker, (uint16_t)(0x4000 + i), i);
		assert_int_equal(gn_stun_end(&maker, false, &out), GN_OK);
		assert_int_equal(gn_stun_parse(out, &m),
				 n > STUN_ATTRIBUTES_MAX ? GN_LIMIT : GN_OK);
	}
	assert_int_equal(gn_stun_unknown(&m, NULL, 0, unknown), STUN_UNKNOWN_MAX);
	/* a room that is as large, and one byte less */
	for (size_t cap = 20 + 8 + 36 + 8 - 1; cap <= 20 + 8 + 36 + 8; cap++) {
		gn_stun_begin(&maker, room, cap, GN_STUN_REQUEST, GN_STUN_BINDING, &id);
		gn_stun_put_u32(&maker, GN_STUN_LIFETIME, 600);
		gn_stun_put_integrity(&maker, true, GN_LIT("key"));
		assert_int_equal(gn_stun_end(&maker, true, &out),
				 cap < 20 + 8 + 36 + 8 ? GN_TOO_LARGE : GN_OK);
	}
	gn_stun_begin(&maker, room, 20 + 8 + 35, GN_STUN_REQUEST, GN_STUN_BINDING, &id);
	gn_stun_put_u32(&maker, GN_STUN_LIFETIME, 600);
	gn_stun_put_integrity(&maker, true, GN_LIT("key"));
	assert_int_equal(gn_stun_end(&maker, false, &out), GN_TOO_LARGE);
	/* an integrity of SHA-256 may be cut, to 16 bytes and not below, nor to 18 */
	for (size_t len = 12; len <= 36; len += 2) {
		gn_stun_begin(&maker, room, sizeof room, GN_STUN_REQUEST, GN_STUN_BINDING, &id);
		gn_stun_put(&maker, GN_STUN_INTEGRITY_SHA256, gn_slice(bytes, len));
		assert_int_equal(gn_stun_end(&maker, false, &out), GN_OK);
		bool right = len >= STUN_SHA256_LEAST && len <= 32 && len % 4 == 0;
		assert_int_equal(gn_stun_parse(out, &m), right ? GN_OK : GN_MALFORMED);
	}
	/* reasons: as long as one may be, and longer; codes that are none */
	static const struct {
		uint8_t hundreds, rest;
		uint16_t text;
		gn_err err;
	} errors[] = {{4, 20, STUN_TEXT_MAX, GN_OK},
		      {4, 20, STUN_TEXT_MAX + 1, GN_MALFORMED},
		      {3, 0, 0, GN_OK},
		      {2, 99, 0, GN_MALFORMED},
		      {6, 99, 0, GN_OK},
		      {7, 0, 0, GN_MALFORMED},
		      {5, 100, 0, GN_MALFORMED}};
	for (size_t i = 0; i < GN_COUNT(errors); i++) {
		static uint8_t value[4 + STUN_TEXT_MAX + 1];
		uint16_t code;
		struct gn_slice reason;
		value[2] = errors[i].hundreds;
		value[3] = errors[i].rest;
		gn_stun_begin(&maker, room, sizeof room, GN_STUN_ERROR, GN_STUN_BINDING, &id);
		gn_stun_put(&maker, GN_STUN_ERROR_CODE, gn_slice(value, 4u + errors[i].text));
		assert_int_equal(gn_stun_end(&maker, false, &out), GN_OK);
		assert_int_equal(gn_stun_parse(out, &m), GN_OK);
		assert_int_equal(gn_stun_error(&m, &code, &reason), errors[i].err);
	}
	/* what we say ourselves fits into the least datagram (RE-50) */
	assert_true(STUN_SAID_MAX == 548 && STUN_HEAD == 20);
}

/* A byte of other protocols on the socket (RE-2): jet's, ChannelData's, a relay's. */
static void others_share_the_socket(void **state)
{
	uint8_t room[64] = {0};
	struct gn_stun_maker maker;
	struct gn_slice out;
	(void)state;
	gn_stun_begin(&maker, room, sizeof room, GN_STUN_REQUEST, GN_STUN_BINDING, &id);
	assert_int_equal(gn_stun_end(&maker, false, &out), GN_OK);
	assert_true(out.len == 20 && gn_stun_is(out)); /* an empty one: RE-52 counts on 20 bytes */
	for (unsigned first = 0x40; first < 0x100; first++) {
		room[0] = (uint8_t)first;
		assert_false(gn_stun_is(out));
	}
	room[0] = 0;
	room[4] ^= 1;
	assert_false(gn_stun_is(out));
	assert_false(gn_stun_is(gn_slice(room, 19)));
	assert_false(gn_stun_is(gn_slice(NULL, 0)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_request_of_rfc5769),
		cmocka_unit_test(the_answers_of_rfc5769),
		cmocka_unit_test(the_long_term_request_of_rfc5769),
		cmocka_unit_test(what_is_made_reads_the_same),
		cmocka_unit_test(nothing_behind_the_integrity_is_believed),
		cmocka_unit_test(bounds),
		cmocka_unit_test(others_share_the_socket),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
