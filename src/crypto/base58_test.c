/* Base58 and PIDs: known answers, round trips, and what is refused. */
#include "crypto/crypto.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* draft-msporny-base58-03 section 5, and Bitcoin Core's base58_encode_decode.json. */
static void base58_answers_the_draft(void **state)
{
	(void)state;
	static const struct {
		const char *hex, *text;
	} t[] = {
		{"", ""},
		{"48656c6c6f20576f726c6421", "2NEpo7TZRRrLZSi2U"},
		{"54686520717569636b2062726f776e20666f78206a756d7073206f76657220746865206c617a79206"
		 "46f672e",
		 "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z"},
		{"0000287fb4cd", "11233QC4"},
		{"61", "2g"},
		{"00000000000000000000", "1111111111"},
	};
	for (size_t i = 0; i < GN_COUNT(t); i++) {
		uint8_t bytes[64], back[64];
		char text[90];
		size_t len = strlen(t[i].hex) / 2;
		assert_int_equal(gn_unhex(gn_str(t[i].hex), bytes, len), GN_OK);
		assert_int_equal(gn_base58(gn_slice(bytes, len), text, sizeof text), GN_OK);
		assert_string_equal(text, t[i].text);
		assert_int_equal(gn_unbase58(gn_str(text), back, len), GN_OK);
		assert_memory_equal(back, bytes, len);
	}
}

static void pid_of_the_zero_seed(void **state)
{
	(void)state;
	uint8_t seed[32] = {0};
	struct gn_sk sk;
	char pid[GN_PID_MAX];
	struct gn_hash want, got;
	gn_sk_from_seed(seed, &sk);
	gn_pid(&sk.pk, pid);
	assert_string_equal(pid, "2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd");
	gn_sha256(&(struct gn_slice){sk.pk.b, 32}, 1, &want);
	assert_int_equal(gn_pid_parse(gn_str(pid), &got), GN_OK);
	assert_memory_equal(&got, &want, sizeof got);
}

static void any_bytes_come_back(void **state)
{
	(void)state;
	struct gn_prng g;
	gn_prng_init(&g, 3);
	struct gn_rand r = gn_prng_rand(&g);
	for (int i = 0; i < 2000; i++) {
		uint8_t in[64], out[64];
		char text[89];
		size_t len = (size_t)gn_rand_below(&r, 65), zeros = (size_t)gn_rand_below(&r, 4);
		gn_rand_fill(&r, in, sizeof in);
		memset(in, i % 2 ? 0 : 0xff, zeros < len ? zeros : len);
		assert_int_equal(gn_base58(gn_slice(in, len), text, sizeof text), GN_OK);
		assert_int_equal(gn_unbase58(gn_str(text), out, len), GN_OK);
		assert_memory_equal(in, out, len);
		assert_int_equal(gn_unbase58(gn_str(text), out, len + 1), GN_TEXT);
		if (len)
			assert_int_equal(gn_unbase58(gn_str(text), out, len - 1), GN_TEXT);
	}
}

static void bad_texts_and_small_buffers_are_refused(void **state)
{
	(void)state;
	struct gn_hash h;
	char text[90];
	uint8_t big[65] = {0};
	const char *bad[] = {"",
			     "2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uy",
			     "12KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd",
			     "0KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd",
			     "2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd ",
			     "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"};
	for (size_t i = 0; i < GN_COUNT(bad); i++)
		assert_int_equal(gn_pid_parse(gn_str(bad[i]), &h), GN_TEXT);
	assert_int_equal(gn_pid_parse(GN_LIT("2Kag\0hR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd"), &h),
			 GN_TEXT);
	assert_int_equal(gn_base58(GN_SLICE(big), text, sizeof text), GN_TOO_LARGE);
	assert_int_equal(gn_base58(gn_slice(big, 10), text, 10), GN_TOO_LARGE);
	assert_int_equal(gn_base58(gn_slice(big, 10), text, 11), GN_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base58_answers_the_draft),
		cmocka_unit_test(pid_of_the_zero_seed),
		cmocka_unit_test(any_bytes_come_back),
		cmocka_unit_test(bad_texts_and_small_buffers_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
