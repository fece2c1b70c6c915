/* base: known answers for errors, bytes and addresses; the memory budget; log lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/base.h"
#include "base/reason.h"

/* ---- errors ---- */

static void names_of_errors_are_stable_and_unique(void **state)
{
	(void)state;
	assert_string_equal(gn_err_name(GN_OK), "ok");
	assert_string_equal(gn_err_name(GN_NOT_FOUND), "not-found");
	assert_string_equal(gn_err_name(GN_PROOF_OF_WORK), "proof-of-work");
	assert_int_equal(gn_err_class(GN_OK), GN_CLASS_OK);
	assert_int_equal(gn_err_class(GN_SIGNATURE), GN_CLASS_CRYPTO);
	assert_int_equal(gn_err_http(GN_NOT_FOUND), 404);
	assert_int_equal(gn_err_http(GN_OK), 200);
	for (int i = 0; i < GN_ERR_COUNT; i++) {
		gn_err err = (gn_err)i;
		assert_int_equal(gn_err_from_name(gn_err_name(err)), err); /* so no two are equal */
		const char *text = gn_err_text(err);
		size_t len = strlen(text);
		assert_true(len > 5 && text[len - 1] != '.' && !(text[0] >= 'A' && text[0] <= 'Z'));
		assert_in_range(gn_err_http(err), 200, 599);
		assert_true(err == GN_OK || gn_err_class(err) != GN_CLASS_OK);
	}
	assert_int_equal(gn_err_from_name("no such name"), GN_INTERNAL);
	assert_string_equal(gn_err_name((gn_err)9999), "internal");
	assert_int_equal(gn_err_class((gn_err)9999), GN_CLASS_INTERNAL);
}

/* app/1 carries them (docs/spec/app.md AP-9). */
static void numbers_of_errors_are_final(void **state)
{
	(void)state;
	static const struct {
		int err, number;
	} pinned[] = {{GN_OK, 0},      {GN_BUSY, 3},       {GN_DENIED, 10},   {GN_CONFLICT, 18},
		      {GN_LIMIT, 19},  {GN_MALFORMED, 23}, {GN_QUORUM, 30},   {GN_CRYPTO, 34},
		      {GN_IO, 41},     {GN_CORRUPT, 44},   {GN_INTERNAL, 47}, {GN_CANCELLED, 48},
		      {GN_LOCKED, 49}, {GN_PLUGIN, 50},    {GN_POLICY, 51}};
	for (size_t i = 0; i < GN_COUNT(pinned); i++)
		assert_int_equal(pinned[i].err, pinned[i].number);
	assert_int_equal(GN_ERR_COUNT, GN_POLICY + 1); /* no gaps */
}

/* RE-12: one table; a word is one reason, and means something in both languages. */
static void reasons_have_words_and_sentences(void **state)
{
	(void)state;
	for (int not= 0; not< 2; not++) {
		const struct gn_reason *r, *other;
		unsigned count = 0;
		for (; (r = gn_reason_at(not, count)); count++) {
			for (unsigned k = 0; k < count; k++) {
				other = gn_reason_at(not, k);
				assert_string_not_equal(r->word, other->word);
				assert_string_not_equal(r->en, other->en);
				assert_string_not_equal(r->ru, other->ru);
			}
			assert_true(gn_utf8_ok(gn_str(r->ru)));
			assert_string_equal(gn_reason_text(not, r->word, false), r->en);
			assert_string_equal(gn_reason_text(not, r->word, true), r->ru);
		}
		assert_int_equal(count, not? 9 : 15);
	}
	assert_string_equal(gn_reason_text(true, "none of them", true), "none of them");
}

static gn_err tries(gn_err err, int *after)
{
	GN_TRY(err);
	*after = 1;
	return GN_OK;
}

static void try_passes_errors_up(void **state)
{
	(void)state;
	int after = 0;
	assert_int_equal(tries(GN_RANGE, &after), GN_RANGE);
	assert_int_equal(after, 0);
	assert_int_equal(tries(GN_OK, &after), GN_OK);
	assert_int_equal(after, 1);
}

/* ---- bytes ---- */

static void slices_clip(void **state)
{
	(void)state;
	struct gn_slice s = GN_LIT("hello");
	assert_int_equal(s.len, 5);
	assert_true(gn_slice_eq(gn_slice_sub(s, 1, 3), GN_LIT("ell")));
	assert_true(gn_slice_eq(gn_slice_sub(s, 3, SIZE_MAX), GN_LIT("lo")));
	assert_int_equal(gn_slice_sub(s, 6, 1).len, 0);
	assert_int_equal(gn_slice_sub(s, SIZE_MAX, SIZE_MAX).len, 0);
	assert_null(gn_slice_sub(gn_slice(NULL, 0), 3, 3).p);
	assert_true(gn_slice_eq(gn_slice(NULL, 0), GN_LIT("")));
	assert_int_equal(gn_str(NULL).len, 0);
}

static void buf_appends_all_or_nothing(void **state)
{
	(void)state;
	uint8_t storage[4];
	struct gn_buf b = {storage, 0, sizeof storage};
	assert_int_equal(gn_buf_put(&b, GN_LIT("abc")), GN_OK);
	assert_int_equal(gn_buf_put(&b, GN_LIT("de")), GN_TOO_LARGE);
	assert_int_equal(b.len, 3);
	assert_int_equal(gn_buf_put(&b, GN_LIT("d")), GN_OK);
	assert_int_equal(gn_buf_put(&b, gn_slice(NULL, 0)), GN_OK);
	assert_true(gn_slice_eq(gn_buf_slice(&b), GN_LIT("abcd")));
}

static void varints_of_the_rfc(void **state)
{
	(void)state;
	/* RFC 9000 appendix A.1 */
	static const struct {
		struct gn_slice bytes;
		uint64_t v;
	} cases[] = {
		{{(const uint8_t *)"\xc2\x19\x7c\x5e\xff\x14\xe8\x8c", 8},
		 UINT64_C(151288809941952652)},
		{{(const uint8_t *)"\x9d\x7f\x3e\x7d", 4}, 494878333},
		{{(const uint8_t *)"\x7b\xbd", 2}, 15293},
		{{(const uint8_t *)"\x25", 1}, 37},
	};
	for (size_t i = 0; i < GN_COUNT(cases); i++) {
		uint8_t out[8];
		struct gn_reader r = gn_reader(cases[i].bytes);
		assert_true(gn_read_varint(&r) == cases[i].v && !r.bad && gn_reader_left(&r) == 0);
		struct gn_writer w = gn_writer(out, sizeof out);
		gn_write_varint(&w, cases[i].v);
		assert_true(gn_slice_eq(gn_slice(out, gn_writer_len(&w)), cases[i].bytes));
	}
	struct gn_reader r = gn_reader(GN_LIT("\x40\x25")); /* the long form of 37 */
	assert_true(gn_read_varint(&r) == 37 && !r.bad);
}

static void varint_lengths_at_their_borders(void **state)
{
	(void)state;
	static const uint64_t borders[] = {0,     63,         64,         16383,
					   16384, 1073741823, 1073741824, ((uint64_t)1 << 62) - 1};
	for (size_t i = 0; i < GN_COUNT(borders); i++) {
		uint8_t out[8];
		size_t want = (size_t)1 << i / 2;
		assert_int_equal(gn_varint_len(borders[i]), want);
		for (size_t cap = 0; cap <= 8; cap++) {
			struct gn_writer w = gn_writer(out, cap);
			gn_write_varint(&w, borders[i]);
			assert_int_equal(w.bad, cap < want);
			struct gn_reader r = gn_reader(gn_slice(out, gn_writer_len(&w)));
			assert_true(gn_read_varint(&r) == (w.bad ? 0 : borders[i]) &&
				    r.bad == w.bad);
		}
	}
	uint8_t out[8];
	struct gn_writer w = gn_writer(out, sizeof out);
	gn_write_varint(&w, (uint64_t)1 << 62);
	assert_true(w.bad && gn_writer_len(&w) == 0);
}

static void readers_and_writers_mirror(void **state)
{
	(void)state;
	uint8_t out[32];
	struct gn_writer w = gn_writer(out, sizeof out);
	gn_write_u8(&w, 0x01);
	gn_write_be16(&w, 0x0203);
	gn_write_be32(&w, 0x04050607);
	gn_write_be64(&w, UINT64_C(0x08090a0b0c0d0e0f));
	gn_write_bytes(&w, GN_LIT("xyz"));
	assert_int_equal(gn_writer_len(&w), 18);
	for (uint8_t i = 0; i < 15; i++)
		assert_int_equal(out[i], i + 1);
	struct gn_reader r = gn_reader(gn_slice(out, 18));
	assert_int_equal(gn_read_u8(&r), 1);
	assert_int_equal(gn_read_be16(&r), 0x0203);
	assert_int_equal(gn_read_be32(&r), 0x04050607);
	assert_true(gn_read_be64(&r) == UINT64_C(0x08090a0b0c0d0e0f));
	assert_true(gn_slice_eq(gn_read_bytes(&r, 3), GN_LIT("xyz")));
	assert_true(!r.bad && gn_reader_left(&r) == 0);
	assert_true(gn_be64(out + 7) == UINT64_C(0x08090a0b0c0d0e0f));
	gn_put_be64(out, 258);
	assert_true(gn_be64(out) == 258);
}

static void errors_of_readers_and_writers_stick(void **state)
{
	(void)state;
	uint8_t out[4] = {0};
	struct gn_reader r = gn_reader(GN_LIT("\1\2\3"));
	assert_int_equal(gn_read_be32(&r), 0);
	assert_true(r.bad);
	assert_int_equal(gn_read_u8(&r), 0); /* though a byte is there */
	assert_null(gn_read_bytes(&r, 1).p);
	r = gn_reader(gn_slice(NULL, 0));
	assert_true(gn_read_bytes(&r, 0).len == 0 && !r.bad);
	assert_int_equal(gn_read_varint(&r), 0);
	assert_true(r.bad);
	struct gn_writer w = gn_writer(out, sizeof out);
	gn_write_be16(&w, 1);
	gn_write_be32(&w, UINT32_MAX);
	gn_write_u8(&w, 9);
	assert_true(w.bad && gn_writer_len(&w) == 2 && out[2] == 0);
	r = gn_reader(GN_LIT("ab"));
	assert_null(gn_read_bytes(&r, SIZE_MAX).p);
	assert_true(r.bad);
}

/* ---- addresses ---- */

static void addresses_print_as_rfc5952_says(void **state)
{
	(void)state;
	static const struct {
		const char *in, *out;
	} cases[] = {
		{"[2001:0db8::0001]:80", "[2001:db8::1]:80"}, /* 4.1 leading zeros */
		/* 4.2.1 shorten as much as possible */
		{"[2001:db8:0:0:0:0:2:1]:80", "[2001:db8::2:1]:80"},
		/* 4.2.2 not one group */
		{"[2001:db8:0:1:1:1:1:1]:80", "[2001:db8:0:1:1:1:1:1]:80"},
		/* 4.2.3 the longest run */
		{"[2001:0:0:1:0:0:0:1]:80", "[2001:0:0:1::1]:80"},
		/* 4.2.3 the first of equals */
		{"[2001:db8:0:0:1:0:0:1]:80", "[2001:db8::1:0:0:1]:80"},
		{"[2001:DB8:AAAA::ABCD]:80", "[2001:db8:aaaa::abcd]:80"}, /* 4.3 lower case */
		{"[::]:0", "[::]:0"},
		{"[::1]:65535", "[::1]:65535"},
		{"[1::]:1", "[1::]:1"},
		{"[0:0:0:0:0:0:0:0]:1", "[::]:1"},
		{"[1:2:3:4:5:6:7::]:1", "[1:2:3:4:5:6:7:0]:1"},
		{"[::2:3:4:5:6:7:8]:1", "[0:2:3:4:5:6:7:8]:1"},
		{"[1:2:3:4:5:6:7:8]:1", "[1:2:3:4:5:6:7:8]:1"},
		{"[64:ff9b::192.0.2.33]:1", "[64:ff9b::c000:221]:1"},
		{"[::ffff:192.0.2.33]:1", "192.0.2.33:1"}, /* mapped is IPv4 here */
		{"[::ffff:c000:221]:1", "192.0.2.33:1"},
		{"[1:2:3:4:5:6:7.8.9.10]:1", "[1:2:3:4:5:6:708:90a]:1"},
		{"127.0.0.1:7780", "127.0.0.1:7780"},
		{"255.255.255.255:65535", "255.255.255.255:65535"},
		{"[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535",
		 "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535"},
	};
	for (size_t i = 0; i < GN_COUNT(cases); i++) {
		struct gn_addr a;
		char text[GN_ADDR_TEXT_MAX];
		if (gn_addr_parse(gn_str(cases[i].in), &a) != GN_OK)
			fail_msg("refused: %s", cases[i].in);
		gn_addr_text(&a, text);
		assert_string_equal(text, cases[i].out);
	}
}

static void bad_addresses_are_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"",
		":1",
		"1.2.3.4",
		"1.2.3.4:",
		"1.2.3:1",
		"1.2.3.4.5:1",
		"256.1.1.1:1",
		"1.2.3.4:65536",
		"1.2.3.4:1 ",
		" 1.2.3.4:1",
		"1.2.3.4:-1",
		"1.2.3.4:+1",
		"01.2.3.4:1",
		"1.2.3.04:1",
		"1.2.3.4:01",
		"1..3.4:1",
		"::1:80",
		"[::1]",
		"[::1]:",
		"[::1:80",
		"[]:1",
		"[:]:1",
		"[:::]:1",
		"[1:2:3:4:5:6:7]:1",
		"[1:2:3:4:5:6:7:8:9]:1",
		"[1:2:3:4:5:6:7:8::]:1",
		"[::1:2:3:4:5:6:7:8]:1",
		"[1::2::3]:1",
		"[12345::]:1",
		"[g::]:1",
		"[1:]:1",
		"[:1]:1",
		"[1:2:3:4:5:6:7:1.2.3.4]:1",
		"[1.2.3.4]:1",
		"[1.2.3.4::]:1",
		"[::1.2.3]:1",
		"[::1.2.3.4.5]:1",
		"[::256.1.1.1]:1",
		"[::1%eth0]:1",
		"localhost:1",
		"[1:2:3:4:5:6:7:8:]:1",
		"[::00001]:1",
	};
	for (size_t i = 0; i < GN_COUNT(bad); i++) {
		struct gn_addr a = {.port = 42};
		if (gn_addr_parse(gn_str(bad[i]), &a) != GN_TEXT || a.port != 42)
			fail_msg("accepted: %s", bad[i]);
	}
}

static void addresses_go_round(void **state)
{
	(void)state;
	struct gn_prng g;
	gn_prng_init(&g, 1);
	struct gn_rand rand = gn_prng_rand(&g);
	for (unsigned i = 0; i < 20000; i++) {
		struct gn_addr a = {.port = (uint16_t)gn_prng_next(&g)}, b;
		char text[GN_ADDR_TEXT_MAX];
		gn_rand_fill(&rand, a.ip, 16);
		for (unsigned k = 0; k < 8; k++) /* many zero groups */
			if (gn_rand_below(&rand, 2))
				a.ip[2 * k] = a.ip[2 * k + 1] = 0;
		if (i % 4 == 0)
			a = gn_addr_v4(a.ip[0], a.ip[1], a.ip[2], a.ip[3], a.port);
		gn_addr_text(&a, text);
		assert_int_equal(gn_addr_parse(gn_str(text), &b), GN_OK);
		assert_true(gn_addr_eq(&a, &b));
	}
}

static void kinds_and_prefixes(void **state)
{
	(void)state;
	struct gn_addr a = gn_addr_v4(10, 1, 2, 3, 5), b = gn_addr_v4(10, 1, 2, 200, 6),
		       c = gn_addr_v4(10, 1, 3, 3, 5), six, other;
	assert_true(gn_addr_is_v4(&a) && !gn_addr_is_loopback(&a) && !gn_addr_eq(&a, &b));
	assert_true(gn_addr_prefix(&a) == gn_addr_prefix(&b) &&
		    gn_addr_prefix(&a) != gn_addr_prefix(&c));
	struct gn_way here = {.addr = a}, there = here;
	assert_true(gn_way_eq(&here, &there));
	there.link = 1; /* the same address of another network */
	assert_false(gn_way_eq(&here, &there));
	there = (struct gn_way){.addr = b};
	assert_false(gn_way_eq(&here, &there));
	assert_int_equal(gn_addr_parse(gn_str("[2001:db8:1:2::3]:5"), &six), GN_OK);
	assert_int_equal(gn_addr_parse(gn_str("[2001:db8:1:ffff::9]:5"), &other), GN_OK);
	assert_true(!gn_addr_is_v4(&six) && gn_addr_prefix(&six) == gn_addr_prefix(&other));
	assert_int_equal(gn_addr_parse(gn_str("[2001:db8:2:2::3]:5"), &other), GN_OK);
	assert_true(gn_addr_prefix(&six) != gn_addr_prefix(&other));
	assert_int_equal(gn_addr_parse(gn_str("[::1]:5"), &six), GN_OK);
	a = gn_addr_v4(127, 9, 9, 9, 1);
	assert_true(gn_addr_is_loopback(&a) && gn_addr_is_loopback(&six));
}

/* ---- memory, randomness, log ---- */

static void budget_is_kept(void **state)
{
	(void)state;
	struct gn_alloc a;
	gn_alloc_heap(&a, 1000);
	assert_null(gn_mem_new(&a, 0));
	uint8_t *p = gn_mem_new(&a, 400), *q = gn_mem_new(&a, 400);
	assert_true(p && q && a.count == 2 && a.used >= 800 && a.used <= 1000);
	for (unsigned i = 0; i < 400; i++)
		assert_int_equal(p[i], 0);
	memset(p, 7, 400);
	assert_null(gn_mem_new(&a, 400));
	assert_null(gn_mem_resize(&a, p, 900));
	assert_int_equal(p[399], 7); /* the old block stays */
	p = gn_mem_resize(&a, p, 100);
	assert_true(p && p[99] == 7 && a.used < 800);
	q = gn_mem_resize(&a, q, 600);
	assert_non_null(q);
	assert_in_range(a.peak, 800, 1000);
	gn_mem_free_secret(&a, p);
	assert_null(gn_mem_resize(&a, q, 0));
	gn_mem_free(&a, NULL);
	assert_true(a.used == 0 && a.count == 0);
	assert_null(gn_mem_new(&a, SIZE_MAX));
	assert_null(gn_mem_new_array(&a, SIZE_MAX / 2, 3));
	assert_null(gn_mem_new_array(&a, 3, SIZE_MAX / 2));
	assert_true(a.used == 0 && a.count == 0);
}

static void the_nth_allocation_fails_on_demand(void **state)
{
	(void)state;
	struct gn_alloc a;
	gn_alloc_heap(&a, 1 << 20);
	for (uint64_t n = 1; n < 5; n++) {
		void *p[5];
		a.fail_at = n;
		for (uint64_t i = 1; i < 5; i++) {
			p[i] = gn_mem_new(&a, 10);
			assert_int_equal(p[i] == NULL, i == n);
		}
		for (uint64_t i = 1; i < 5; i++)
			gn_mem_free(&a, p[i]);
		assert_true(a.used == 0 && a.count == 0 && a.fail_at == 0);
	}
}

static void randomness_is_the_seeds(void **state)
{
	(void)state;
	struct gn_prng g, h;
	gn_prng_init(&g, 0);
	gn_prng_init(&h, 0);
	/* xoshiro256** over splitmix64(0): computed independently from the published reference
	 * description. */
	static const uint64_t first[] = {UINT64_C(11091344671253066420),
					 UINT64_C(13793997310169335082),
					 UINT64_C(1900383378846508768)};
	for (size_t i = 0; i < GN_COUNT(first); i++)
		assert_true(gn_prng_next(&g) == first[i]);
	struct gn_rand a = gn_prng_rand(&h);
	uint8_t bytes[24];
	gn_rand_fill(&a, bytes, 3); /* a short fill takes a whole number */
	gn_rand_fill(&a, bytes, sizeof bytes);
	unsigned counts[7] = {0};
	for (unsigned i = 0; i < 7000; i++) {
		counts[gn_rand_below(&a, 7)]++;
		double u = gn_rand_unit(&a);
		assert_true(u >= 0 && u < 1);
		assert_int_equal(gn_rand_below(&a, 1), 0);
	}
	for (unsigned i = 0; i < 7; i++)
		assert_in_range(counts[i], 850, 1150);
}

/* What a stranger says, in a line of ours. */
static char logged[1100];
static unsigned log_count;
static void log_write(void *user, enum gn_log_level level, const char *module, const char *event,
		      const char *text)
{
	(void)user;
	log_count++;
	snprintf(logged, sizeof logged, "%d %s %s %s", (int)level, module, event, text);
}

static void log_formats_above_its_level(void **state)
{
	(void)state;
	struct gn_log log = {.write = log_write, .level = GN_LOG_INFO};
	gn_log(&log, GN_LOG_DEBUG, "base", "quiet", "%d", 1);
	assert_int_equal(log_count, 0);
	gn_log(&log, GN_LOG_WARN, "base", "loud", "%s=%d", "n", 5);
	assert_string_equal(logged, "2 base loud n=5");
	gn_log(&log, GN_LOG_WARN, "base", "long", "%1000d", 5);
	assert_int_equal(log_count, 2);
	gn_log(&log, GN_LOG_WARN, "base", "said", "code 7 %s",
	       "bye\n2026-01-01T00:00:00Z error "
	       "node: \x1b[2J\\");
	assert_string_equal(logged, "2 base said code 7 bye\\x0a2026-01-01T00:00:00Z error node: "
				    "\\x1b[2J\\x5c");
	gn_log(NULL, GN_LOG_ERROR, "base", "none", "x");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_errors_are_stable_and_unique),
		cmocka_unit_test(numbers_of_errors_are_final),
		cmocka_unit_test(reasons_have_words_and_sentences),
		cmocka_unit_test(try_passes_errors_up),
		cmocka_unit_test(slices_clip),
		cmocka_unit_test(buf_appends_all_or_nothing),
		cmocka_unit_test(varints_of_the_rfc),
		cmocka_unit_test(varint_lengths_at_their_borders),
		cmocka_unit_test(readers_and_writers_mirror),
		cmocka_unit_test(errors_of_readers_and_writers_stick),
		cmocka_unit_test(addresses_print_as_rfc5952_says),
		cmocka_unit_test(bad_addresses_are_refused),
		cmocka_unit_test(addresses_go_round),
		cmocka_unit_test(kinds_and_prefixes),
		cmocka_unit_test(budget_is_kept),
		cmocka_unit_test(the_nth_allocation_fails_on_demand),
		cmocka_unit_test(randomness_is_the_seeds),
		cmocka_unit_test(log_formats_above_its_level),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
