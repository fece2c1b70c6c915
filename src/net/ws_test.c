/* The WebSocket codec: what RFC 6455 shows, what it forbids, and that cutting the bytes anywhere
 * changes nothing. */
#include "net/ws.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static uint8_t storage[70000];

static struct gn_ws_parser fresh(size_t cap)
{
	struct gn_ws_parser p;
	gn_ws_parser_init(&p, (struct gn_buf){storage, 0, cap});
	return p;
}

static size_t frame(uint8_t first, const void *data, size_t len, uint8_t *out)
{
	static const uint8_t mask[4] = {0x37, 0xfa, 0x21, 0x3d};
	size_t n = gn_ws_head(GN_WS_TEXT, len, out);
	out[0] = first;
	out[1] |= 0x80;
	memcpy(out + n, mask, 4);
	for (size_t i = 0; i < len; i++)
		out[n + 4 + i] = ((const uint8_t *)data)[i] ^ mask[i & 3];
	return n + 4 + len;
}

static void the_rfc_s_examples(void **state)
{
	(void)state;
	static const uint8_t hello[] = {0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d,
					0x7f, 0x9f, 0x4d, 0x51, 0x58};
	struct gn_ws_parser p = fresh(100);
	struct gn_ws_message m;
	uint16_t code;
	size_t used;
	char text[29];
	assert_int_equal(gn_ws_parse(&p, GN_SLICE(hello), &used, &m, &code), GN_OK);
	assert_int_equal(used, sizeof hello);
	assert_true(m.kind == GN_WS_TEXT && gn_slice_eq(m.data, GN_LIT("Hello")));
	gn_ws_accept_text(GN_LIT("dGhlIHNhbXBsZSBub25jZQ=="), text);
	assert_string_equal(text, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

static void fragments_with_a_ping_between_cut_anywhere(void **state)
{
	(void)state;
	uint8_t bytes[200];
	size_t n = frame(0x01, "Hel", 3, bytes);
	n += frame(0x89, "ping", 4, bytes + n);
	n += frame(0x80, "lo", 2, bytes + n);
	for (size_t cut = 0; cut <= n; cut++) {
		struct gn_ws_parser p = fresh(5);
		struct gn_ws_message m;
		uint16_t code;
		unsigned got = 0;
		for (size_t at = 0, end = cut; at < n || got < 2; end = n) {
			size_t used;
			gn_err err =
				gn_ws_parse(&p, gn_slice(bytes + at, end - at), &used, &m, &code);
			at += used;
			if (err == GN_AGAIN)
				continue;
			assert_int_equal(err, GN_OK);
			if (got++ == 0)
				assert_true(m.kind == GN_WS_PING &&
					    gn_slice_eq(m.data, GN_LIT("ping")));
			else
				assert_true(m.kind == GN_WS_TEXT &&
					    gn_slice_eq(m.data, GN_LIT("Hello")));
		}
		assert_int_equal(got, 2);
	}
}

static void expect_refusal(const uint8_t *bytes, size_t len, size_t cap, uint16_t want)
{
	struct gn_ws_parser p = fresh(cap);
	struct gn_ws_message m;
	uint16_t code = 0;
	size_t used;
	gn_err err;
	do {
		err = gn_ws_parse(&p, gn_slice(bytes, len), &used, &m, &code);
		bytes += used;
		len -= used;
	} while (err == GN_OK);
	assert_int_not_equal(err, GN_AGAIN);
	assert_int_equal(code, want);
}

static void what_is_forbidden_is_refused_by_its_code(void **state)
{
	(void)state;
	uint8_t b[70100];
	static const uint8_t unmasked[] = {0x81, 0x01, 'x'};
	static const uint8_t long_form[] = {0x81, 0xfe, 0, 5, 1, 2, 3, 4};
	expect_refusal(unmasked, sizeof unmasked, 10, 1002);
	expect_refusal(long_form, sizeof long_form, 10, 1002);
	expect_refusal(b, frame(0xc1, "x", 1, b), 10, 1002); /* reserved bit */
	expect_refusal(b, frame(0x83, "x", 1, b), 10, 1002); /* reserved opcode */
	expect_refusal(b, frame(0x80, "x", 1, b), 10, 1002); /* continues nothing */
	expect_refusal(b, frame(0x09, "x", 1, b), 10, 1002); /* a control frame in pieces */
	expect_refusal(b, frame(0x82, "x", 1, b), 10, 1003);
	expect_refusal(b, frame(0x81, "\xff", 1, b), 10, 1007);
	expect_refusal(b, frame(0x88, "x", 1, b), 10, 1002); /* half a close code */
	static const uint8_t zeros[65536];
	expect_refusal(b, frame(0x89, zeros, 126, b), 200, 1002);
	expect_refusal(b, frame(0x81, zeros, 101, b), 100, 1009);
	size_t n = frame(0x01, zeros, 60, b);
	expect_refusal(b, n + frame(0x80, zeros, 41, b + n), 100, 1009);
	n = frame(0x01, zeros, 1, b);
	/* a message inside another */
	expect_refusal(b, n + frame(0x81, zeros, 1, b + n), 100, 1002);
}

static void the_largest_message_and_all_lengths_pass(void **state)
{
	(void)state;
	static uint8_t zeros[65536], b[70000];
	static const size_t lengths[] = {0, 1, 125, 126, 127, 65535, 65536};
	for (size_t i = 0; i < GN_COUNT(lengths); i++) {
		struct gn_ws_parser p = fresh(lengths[i]);
		struct gn_ws_message m;
		uint16_t code;
		size_t used, n = frame(0x81, zeros, lengths[i], b);
		assert_int_equal(gn_ws_parse(&p, gn_slice(b, n), &used, &m, &code), GN_OK);
		assert_int_equal(m.data.len, lengths[i]);
	}
}

static gn_err one(bool of_server, bool binary, const uint8_t *bytes, size_t n, uint16_t *code,
		  struct gn_ws_message *m)
{
	struct gn_ws_parser p = fresh(100);
	size_t used;
	p.of_server = of_server;
	p.binary = binary;
	return gn_ws_parse(&p, gn_slice(bytes, n), &used, m, code);
}

/* A server's frames have no mask, a client's have one; where messages are binary a text is
 * refused, as elsewhere a binary one, and no UTF-8 is asked for. */
static void both_sides_and_kinds(void **state)
{
	(void)state;
	static const uint8_t mask[4] = {1, 2, 3, 4};
	uint8_t payload[] = {0xff, 0xfe, 0xfd, 0xfc, 0xfb}, head[14], bytes[64];
	struct gn_ws_message m;
	uint16_t code = 0;
	size_t n = gn_ws_head(GN_WS_BINARY, sizeof payload, head);
	memcpy(bytes, head, n);
	memcpy(bytes + n, payload, sizeof payload);
	n += sizeof payload;
	assert_int_equal(one(true, true, bytes, n, &code, &m), GN_OK);
	assert_true(m.kind == GN_WS_BINARY && gn_slice_eq(m.data, GN_SLICE(payload)));
	assert_int_equal(one(false, true, bytes, n, &code, &m), GN_PROTOCOL);
	assert_int_equal(one(true, false, bytes, n, &code, &m), GN_UNSUPPORTED);
	n = gn_ws_mask(GN_WS_BINARY, mask, payload, sizeof payload, head);
	assert_true(n == 6 && payload[0] == 0xfe && payload[4] == 0xfa);
	memcpy(bytes, head, n);
	memcpy(bytes + n, payload, sizeof payload);
	n += sizeof payload;
	assert_int_equal(one(false, true, bytes, n, &code, &m), GN_OK);
	assert_true(m.data.len == 5 && m.data.p[0] == 0xff && m.data.p[4] == 0xfb);
	assert_int_equal(one(true, true, bytes, n, &code, &m), GN_PROTOCOL);
	assert_int_equal(code, 1002);
	bytes[0] = 0x81;
	assert_int_equal(one(false, true, bytes, n, &code, &m), GN_UNSUPPORTED);
	assert_int_equal(code, 1003);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_sides_and_kinds),
		cmocka_unit_test(the_rfc_s_examples),
		cmocka_unit_test(fragments_with_a_ping_between_cut_anywhere),
		cmocka_unit_test(what_is_forbidden_is_refused_by_its_code),
		cmocka_unit_test(the_largest_message_and_all_lengths_pass),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
