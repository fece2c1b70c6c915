/* base: known answers for bytes, texts and addresses; containers against slow obvious models
 * from a seed; the memory budget. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/base.h"

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

static void hex_both_ways(void **state)
{
	(void)state;
	char text[9];
	uint8_t back[4] = {9, 9, 9, 9};
	gn_hex(GN_LIT("\x00\xff\x1a\xb2"), text);
	assert_string_equal(text, "00ff1ab2");
	assert_int_equal(gn_unhex(gn_str("00FF1aB2"), back, 4), GN_OK);
	assert_memory_equal(back, "\x00\xff\x1a\xb2", 4);
	static const char *const bad[] = {"",           "00ff1ab",  "00ff1ab2c",
					  "00ff1ab2c0", "00ff1abg", "00ff1ab/",
					  "00ff1ab:",   "00ff1ab@", " 0ff1ab2"};
	for (size_t i = 0; i < GN_COUNT(bad); i++)
		assert_int_equal(gn_unhex(gn_str(bad[i]), back, 4), GN_TEXT);
	assert_memory_equal(back, "\x00\xff\x1a\xb2", 4);
}

/* The grammar of RFC 3629 section 4, slowly: every code point has exactly one encoding. */
static void utf8_accepts_exactly_the_encodings(void **state)
{
	(void)state;
	for (uint32_t c = 0; c <= 0x110000; c++) {
		uint8_t s[4];
		size_t n = 0;
		if (c < 0x80) {
			s[n++] = (uint8_t)c;
		} else if (c < 0x800) {
			s[n++] = (uint8_t)(0xc0 | c >> 6);
		} else if (c < 0x10000) {
			s[n++] = (uint8_t)(0xe0 | c >> 12);
			s[n++] = (uint8_t)(0x80 | (c >> 6 & 63));
		} else {
			s[n++] = (uint8_t)(0xf0 | c >> 18);
			s[n++] = (uint8_t)(0x80 | (c >> 12 & 63));
			s[n++] = (uint8_t)(0x80 | (c >> 6 & 63));
		}
		if (c >= 0x80)
			s[n++] = (uint8_t)(0x80 | (c & 63));
		bool want = !(c >= 0xd800 && c <= 0xdfff) && c <= 0x10ffff;
		if (gn_utf8_ok(gn_slice(s, n)) != want)
			fail_msg("U+%04X", (unsigned)c);
		if (n > 1 && gn_utf8_ok(gn_slice(s, n - 1)))
			fail_msg("U+%04X cut short", (unsigned)c);
	}
	static const char *const bad[] = {"\x80",
					  "\xc0\x80",
					  "\xc1\xbf",
					  "\xe0\x9f\xbf",
					  "\xf0\x8f\xbf\xbf",
					  "\xf5\x80\x80\x80",
					  "\xff",
					  "a\xc3",
					  "\xc3(",
					  "\xe2\x82(",
					  "\xf0\x9f\x98("};
	for (size_t i = 0; i < GN_COUNT(bad); i++)
		assert_false(gn_utf8_ok(gn_str(bad[i])));
	assert_true(gn_utf8_ok(gn_slice(NULL, 0)));
	assert_true(gn_utf8_ok(GN_LIT("a\0b")));
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
static void plain_text_forges_nothing(void **state)
{
	(void)state;
	static const struct {
		const char *in, *out;
		bool ok;
	} rows[] = {{"", "", true},
		    {"Zo\xc3\xab \xe4\xb8\xad \xf0\x9f\x98\x80",
		     "Zo\xc3\xab \xe4\xb8\xad "
		     "\xf0\x9f\x98\x80",
		     true},
		    {"a\nb\r\t\x1b[0m\x7f", "a\\x0ab\\x0d\\x09\\x1b[0m\\x7f", false},
		    /* not what a line end becomes */
		    {"C:\\x0a", "C:\\x5cx0a", true},
		    /* C1, right to left */
		    {"\xc2\x85\xe2\x80\xae", "\\xc2\\x85\\xe2\\x80\\xae", false},
		    {"\xe2\x81\xa6\xef\xbb\xbf", "\\xe2\\x81\\xa6\\xef\\xbb\\xbf", false},
		    {"\xf3\xa0\x80\x81", "\\xf3\\xa0\\x80\\x81", false}, /* tags */
		    {"\xff\xc3", "\\xff\\xc3", false}};
	char out[64];
	for (size_t i = 0; i < GN_COUNT(rows); i++) {
		gn_plain(gn_str(rows[i].in), out, sizeof out);
		assert_string_equal(out, rows[i].out);
		assert_int_equal(gn_plain_ok(gn_str(rows[i].in)), rows[i].ok);
		for (size_t cap = 1; cap <= strlen(rows[i].out) + 1; cap++) {
			/* cut, never in the middle */
			memset(out, '?', sizeof out);
			gn_plain(gn_str(rows[i].in), out, cap);
			assert_true(strlen(out) < cap && out[cap] == '?' &&
				    gn_utf8_ok(gn_str(out)));
			assert_memory_equal(out, rows[i].out, strlen(out));
		}
	}
	gn_plain(gn_slice("\0", 1), out, sizeof out);
	assert_string_equal(out, "\\x00");
}

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

/* ---- containers against models ---- */

struct world {
	struct gn_alloc alloc;
	struct gn_prng prng;
	struct gn_rand rand;
	struct gn_env env;
};

static void world_init(struct world *w, uint64_t seed)
{
	gn_alloc_heap(&w->alloc, 1 << 22);
	gn_prng_init(&w->prng, seed);
	w->rand = gn_prng_rand(&w->prng);
	w->env = (struct gn_env){&w->alloc, &w->rand, NULL};
}

#define KEYS 200

/* A key of 13 bytes, so that neither words nor padding fit evenly. */
static void key_of(unsigned k, uint8_t key[13])
{
	memset(key, 0, 13);
	key[0] = (uint8_t)k;
	key[12] = (uint8_t)(k * 7);
}

static void map_like_a_table(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 20; seed++) {
		struct world w;
		struct gn_map m;
		uint32_t model[KEYS] = {0}, count = 0; /* 0 = absent */
		uint8_t key[13];
		world_init(&w, seed);
		gn_map_init(&m, &w.env, 13, sizeof(uint32_t), 150);
		for (unsigned step = 0; step < 3000; step++) {
			unsigned k = (unsigned)gn_rand_below(&w.rand, KEYS);
			bool there = model[k] != 0;
			key_of(k, key);
			if (gn_rand_below(&w.rand, 100) < (step / 500 % 2 ? 30u : 70u)) {
				uint32_t *v = gn_map_put(&m, key);
				assert_int_equal(v != NULL, there || count < 150);
				if (v) {
					assert_int_equal(*v, model[k]); /* zeroed when new */
					*v = model[k] = step + 1;
					count += !there;
				}
			} else {
				assert_int_equal(gn_map_remove(&m, key), there);
				model[k] = 0;
				count -= there;
			}
			assert_int_equal(m.count, count);
			gn_map_validate(&m);
		}
		for (unsigned k = 0; k < KEYS; k++) {
			key_of(k, key);
			uint32_t *v = gn_map_get(&m, key);
			assert_int_equal(v ? *v : 0, model[k]);
		}
		for (uint32_t i = 0; i < m.count; i++)
			assert_ptr_equal(gn_map_get(&m, gn_map_key_at(&m, i)),
					 gn_map_value_at(&m, i));
		gn_map_fini(&m);
		assert_true(w.alloc.used == 0);
	}
}

static void map_survives_lack_of_memory(void **state)
{
	(void)state;
	for (uint64_t n = 1; n < 17; n++) {
		struct world w;
		struct gn_map m;
		unsigned failed = 0;
		world_init(&w, n);
		gn_map_init(&m, &w.env, 4, 4, 1000);
		w.alloc.fail_at = n;
		for (uint32_t k = 0; k < 300; k++) {
			uint32_t *v = gn_map_put(&m, &k);
			if (!v) {
				failed++;
				v = gn_map_put(&m, &k); /* again, now with memory */
			}
			assert_non_null(v);
			*v = k;
			gn_map_validate(&m);
		}
		assert_int_equal(failed, n <= 14); /* seven growths of two blocks each */
		for (uint32_t k = 0; k < 300; k++)
			assert_int_equal(*(uint32_t *)gn_map_get(&m, &k), k);
		gn_map_fini(&m);
		assert_true(w.alloc.used == 0);
	}
}

static void map_walk_does_not_depend_on_the_seed(void **state)
{
	(void)state;
	struct world a, b;
	struct gn_map m, n;
	world_init(&a, 1);
	world_init(&b, 2);
	gn_map_init(&m, &a.env, 4, 0, 100);
	gn_map_init(&n, &b.env, 4, 0, 100);
	assert_true(m.seed != n.seed);
	for (uint32_t k = 0; k < 60; k++) {
		assert_true(gn_map_put(&m, &k) && gn_map_put(&n, &k));
		uint32_t gone = k / 2;
		if (k % 3 == 0)
			assert_true(gn_map_remove(&m, &gone) == gn_map_remove(&n, &gone));
	}
	assert_int_equal(m.count, n.count);
	for (uint32_t i = 0; i < m.count; i++)
		assert_memory_equal(gn_map_key_at(&m, i), gn_map_key_at(&n, i), 4);
	gn_map_fini(&m);
	gn_map_fini(&n);
}

static void heap_like_a_sorted_list(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 20; seed++) {
		struct world w;
		struct gn_heap h;
		struct gn_heap_node nodes[100] = {{0}};
		world_init(&w, seed);
		gn_heap_init(&h, &w.alloc);
		assert_true(gn_heap_first(&h) == NULL && gn_heap_deadline(&h) == GN_NEVER);
		for (unsigned step = 0; step < 3000; step++) {
			struct gn_heap_node *n = &nodes[gn_rand_below(&w.rand, 100)];
			switch (gn_rand_below(&w.rand, 5)) {
			case 0: gn_heap_remove(&h, n); break;
			case 1:
				n = gn_heap_first(&h);
				if (n)
					gn_heap_remove(&h, n);
				break;
			default:
				assert_int_equal(
					gn_heap_set(&h, n,
						    (gn_time)gn_rand_below(&w.rand, 500) - 100),
					GN_OK);
				break;
			}
			gn_time least = GN_NEVER;
			uint32_t count = 0;
			for (unsigned i = 0; i < 100; i++) {
				count += nodes[i].place != 0;
				if (nodes[i].place && nodes[i].at < least)
					least = nodes[i].at;
			}
			assert_int_equal(h.count, count);
			assert_true(gn_heap_deadline(&h) == least);
			gn_heap_validate(&h);
		}
		gn_time last = INT64_MIN;
		for (struct gn_heap_node *n; (n = gn_heap_first(&h)); gn_heap_remove(&h, n)) {
			assert_true(n->at >= last);
			last = n->at;
		}
		assert_int_equal(gn_heap_set(&h, &nodes[0], 1), GN_OK);
		gn_heap_fini(&h);
		assert_true(nodes[0].place == 0 && w.alloc.used == 0);
	}
}

static void heap_without_memory_stays_as_it_was(void **state)
{
	(void)state;
	struct world w;
	struct gn_heap h;
	struct gn_heap_node nodes[17] = {{0}};
	world_init(&w, 1);
	gn_heap_init(&h, &w.alloc);
	for (int i = 0; i < 16; i++)
		assert_int_equal(gn_heap_set(&h, &nodes[i], 100 - i), GN_OK);
	w.alloc.fail_at = 1;
	assert_int_equal(gn_heap_set(&h, &nodes[16], 1), GN_NOMEM);
	assert_true(nodes[16].place == 0 && h.count == 16 && gn_heap_deadline(&h) == 85);
	w.alloc.fail_at = 1;
	assert_int_equal(gn_heap_set(&h, &nodes[3], 2), GN_OK); /* moving needs none */
	gn_heap_validate(&h);
	gn_heap_fini(&h);
}

static void ring_like_a_list(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 20; seed++) {
		struct world w;
		struct gn_ring r;
		uint32_t next_in = 0, next_out = 0;
		world_init(&w, seed);
		gn_ring_init(&r, &w.alloc, sizeof(uint32_t), 100);
		for (unsigned step = 0; step < 5000; step++) {
			if (gn_rand_below(&w.rand, 100) < (step / 600 % 2 ? 35u : 65u)) {
				gn_err want = next_in - next_out == 100 ? GN_LIMIT : GN_OK;
				assert_int_equal(gn_ring_push(&r, &next_in), want);
				next_in += want == GN_OK;
			} else {
				uint32_t v = UINT32_MAX;
				assert_int_equal(gn_ring_pop(&r, &v), next_in != next_out);
				if (next_in != next_out)
					assert_int_equal(v, next_out++);
				else
					assert_true(v == UINT32_MAX);
			}
			uint32_t count = next_in - next_out;
			assert_int_equal(r.count, count);
			assert_null(gn_ring_at(&r, count));
			if (count) {
				assert_int_equal(*(uint32_t *)gn_ring_at(&r, 0), next_out);
				assert_int_equal(*(uint32_t *)gn_ring_at(&r, count - 1),
						 next_in - 1);
			}
		}
		gn_ring_fini(&r);
		assert_true(w.alloc.used == 0);
	}
}

static void ring_without_memory_stays_as_it_was(void **state)
{
	(void)state;
	struct world w;
	struct gn_ring r;
	uint8_t v = 0;
	world_init(&w, 1);
	gn_ring_init(&r, &w.alloc, 1, 1000);
	w.alloc.fail_at = 1;
	assert_int_equal(gn_ring_push(&r, &v), GN_NOMEM);
	for (v = 0; v < 8; v++)
		assert_int_equal(gn_ring_push(&r, &v), GN_OK);
	w.alloc.fail_at = 1;
	assert_int_equal(gn_ring_push(&r, &v), GN_NOMEM);
	assert_int_equal(r.count, 8);
	for (uint8_t i = 0; i < 8; i++)
		assert_true(gn_ring_pop(&r, &v) && v == i);
	gn_ring_fini(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_errors_are_stable_and_unique),
		cmocka_unit_test(try_passes_errors_up),
		cmocka_unit_test(slices_clip),
		cmocka_unit_test(buf_appends_all_or_nothing),
		cmocka_unit_test(varints_of_the_rfc),
		cmocka_unit_test(varint_lengths_at_their_borders),
		cmocka_unit_test(readers_and_writers_mirror),
		cmocka_unit_test(errors_of_readers_and_writers_stick),
		cmocka_unit_test(hex_both_ways),
		cmocka_unit_test(utf8_accepts_exactly_the_encodings),
		cmocka_unit_test(addresses_print_as_rfc5952_says),
		cmocka_unit_test(bad_addresses_are_refused),
		cmocka_unit_test(addresses_go_round),
		cmocka_unit_test(kinds_and_prefixes),
		cmocka_unit_test(budget_is_kept),
		cmocka_unit_test(the_nth_allocation_fails_on_demand),
		cmocka_unit_test(randomness_is_the_seeds),
		cmocka_unit_test(plain_text_forges_nothing),
		cmocka_unit_test(log_formats_above_its_level),
		cmocka_unit_test(map_like_a_table),
		cmocka_unit_test(map_survives_lack_of_memory),
		cmocka_unit_test(map_walk_does_not_depend_on_the_seed),
		cmocka_unit_test(heap_like_a_sorted_list),
		cmocka_unit_test(heap_without_memory_stays_as_it_was),
		cmocka_unit_test(ring_like_a_list),
		cmocka_unit_test(ring_without_memory_stays_as_it_was),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
