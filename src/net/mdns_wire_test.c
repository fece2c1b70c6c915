/* Multicast DNS on the wire (RE-44): names with pointers, walks, and what we write. */
#include "net/mdns_int.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

/* ---- names ---- */

static void names_are_read_or_refused(void **state)
{
	(void)state;
	static const struct {
		const char *what, *bytes;
		size_t len, at, end; /* end 0: refused */
		const char *name;
		size_t name_len;
	} t[] = {
#define NAME(text) text, sizeof(text)
		{"forward", "\xc0\2\0", 3, 0, 0, NAME("")},
		{"plain, folded", "\3aBc\5LOCAL", 11, 0, 11, NAME("\3abc\5local")},
		{"root", "", 1, 0, 1, NAME("")},
		{"pointer", "\5local\0\3abc\xc0\0", 13, 7, 13, NAME("\3abc\5local")},
		{"pointer alone", "\5local\0\xc0\0", 9, 7, 9, NAME("\5local")},
		{"pointer to a pointer", "\5local\0\xc0\0\1a\xc0\7", 13, 9, 13, NAME("\1a\5local")},
		{"to itself", "\xc0\0", 2, 0, 0, NAME("")},
		{"to the name itself", "\1a\xc0\0", 4, 0, 0, NAME("")},
		{"into a loop", "\1a\xc0\0\1b\xc0\2", 8, 4, 0, NAME("")},
		{"two at each other", "\xc0\2\xc0\0", 4, 2, 0, NAME("")},
		{"cut label", "\5loc", 4, 0, 0, NAME("")},
		{"cut pointer", "\1a\xc0", 3, 0, 0, NAME("")},
		{"no end", "\1a", 2, 0, 0, NAME("")},
		{"nothing", "", 0, 0, 0, NAME("")},
		{"behind the end", "", 1, 2, 0, NAME("")},
		{"label kind 01", "\x41", 66, 0, 0, NAME("")},
		{"label kind 10", "\x81", 66, 0, 0, NAME("")},
	};
	for (size_t i = 0; i < GN_COUNT(t); i++) {
		uint8_t bytes[80] = {0};
		struct mdns_name name;
		size_t at = t[i].at;
		size_t fits = t[i].len < 20 ? t[i].len : 1;
		memcpy(bytes, t[i].bytes, fits);
		bool good = mdns_name_read(gn_slice(bytes, t[i].len), &at, &name);
		if (good != (t[i].end > 0))
			fail_msg("%s", t[i].what);
		if (!good)
			continue;
		assert_int_equal(at, t[i].end);
		assert_int_equal(name.len, t[i].name_len);
		assert_memory_equal(name.b, t[i].name, name.len);
	}
}

/* A label of MDNS_LABEL_MAX bytes is one, a longer one is none; a name has MDNS_NAME_MAX. */
static void names_have_an_end(void **state)
{
	(void)state;
	uint8_t bytes[300] = {0};
	struct mdns_name name;
	size_t at = 0, n = 0;
	for (int i = 0; i < 3; i++, n += 1 + MDNS_LABEL_MAX)
		bytes[n] = MDNS_LABEL_MAX;
	bytes[n] = MDNS_NAME_MAX - 192 - 2; /* 3 * 64, its length, the root */
	assert_true(mdns_name_read(GN_SLICE(bytes), &at, &name));
	assert_int_equal(name.len, MDNS_NAME_MAX);
	bytes[n]++;
	at = 0;
	assert_false(mdns_name_read(GN_SLICE(bytes), &at, &name));
	memset(bytes, 0, sizeof bytes);
	bytes[0] = MDNS_LABEL_MAX + 1;
	at = 0;
	assert_false(mdns_name_read(GN_SLICE(bytes), &at, &name));
}

/* Each pointer adds a label: the longest chain ends where the name is full. */
static void a_chain_of_pointers_has_an_end(void **state)
{
	(void)state;
	uint8_t bytes[2000] = {0};
	struct mdns_name name;
	size_t at = 1, last = 0;
	unsigned good = 0;
	for (int i = 0; i < 200; i++, last = at, at += 4) {
		size_t end = at;
		memcpy(bytes + at, "\1a\xc0", 3);
		bytes[at + 2] |= (uint8_t)(last >> 8);
		bytes[at + 3] = (uint8_t)last;
		good += mdns_name_read(GN_SLICE(bytes), &end, &name);
		assert_true(name.len <= MDNS_NAME_MAX);
	}
	assert_int_equal(good, (MDNS_NAME_MAX - 1) / 2);
}

/* ---- walks ---- */

static size_t message(uint8_t *out, unsigned flags, unsigned questions, unsigned records)
{
	struct gn_writer w = gn_writer(out, MDNS_HEARD_MAX + 1);
	gn_write_be16(&w, 7);
	gn_write_be16(&w, (uint16_t)flags);
	gn_write_be16(&w, (uint16_t)questions);
	gn_write_be16(&w, (uint16_t)(records / 3));
	gn_write_be16(&w, (uint16_t)(records / 3));
	gn_write_be16(&w, (uint16_t)(records - records / 3 * 2));
	for (unsigned i = 0; i < questions; i++)
		gn_write_bytes(&w, GN_LIT("\1q\0\0\14\0\1"));
	for (unsigned i = 0; i < records; i++)
		gn_write_bytes(&w, GN_LIT("\1r\0\0\1\200\1\0\0\0\170\0\4\12\0\0\1"));
	return gn_writer_len(&w);
}

static int walk_all(struct gn_slice m)
{
	struct mdns_walk w;
	struct mdns_record r;
	int count = 0;
	if (mdns_walk(m, &w))
		return -1;
	for (; mdns_walk_next(&w, &r); count++)
		if (!r.question) {
			assert_int_equal(r.ttl, 120);
			assert_int_equal(r.class, MDNS_IN | MDNS_FLUSH);
			assert_int_equal(r.data.len, 4);
			assert_ptr_equal(r.data.p, m.p + r.data_at);
		}
	return w.bad ? -1 : count;
}

static void a_walk_sees_all_or_is_bad(void **state)
{
	(void)state;
	static uint8_t bytes[MDNS_HEARD_MAX + 1];
	size_t len = message(bytes, 0, 2, 5);
	assert_int_equal(walk_all(gn_slice(bytes, len)), 7);
	assert_int_equal(walk_all(gn_slice(bytes, len + 1)), 7); /* more behind it is nobody's */
	for (size_t cut = 0; cut < len; cut++)
		assert_int_equal(walk_all(gn_slice(bytes, cut)), -1);
	len = message(bytes, 0, 0, MDNS_RECORDS_MAX);
	assert_int_equal(walk_all(gn_slice(bytes, len)), MDNS_RECORDS_MAX);
	assert_int_equal(walk_all(gn_slice(bytes, MDNS_HEARD_MAX)), MDNS_RECORDS_MAX);
	assert_int_equal(walk_all(gn_slice(bytes, MDNS_HEARD_MAX + 1)), -1);
	len = message(bytes, 0, 1, MDNS_RECORDS_MAX);
	assert_int_equal(walk_all(gn_slice(bytes, len)), -1);
	for (unsigned bit = 0; bit < 16; bit++) {
		len = message(bytes, 1u << bit, 1, 1);
		assert_int_equal(walk_all(gn_slice(bytes, len)), 0x780f >> bit & 1 ? -1 : 2);
	}
}

static void text_of_keys(void **state)
{
	(void)state;
	static const struct {
		const char *data, *key, *value;
	} t[] = {
		{"\3v=1\4n=ab", "v", "1"}, {"\3v=1\4n=ab", "n", "ab"},
		{"\3V=2\3v=1", "v", "2"},  {"\1v\3v=1", "v", "1"},
		{"\4vv=1\3v=7", "v", "7"}, {"\2v=", "v", ""},
		{"\3x=1", "v", NULL},      {"", "v", NULL},
		{"\011v=1", "v", NULL},    {"\3x=1\5v=1", "v", NULL},
	};
	for (size_t i = 0; i < GN_COUNT(t); i++) {
		struct gn_slice got = mdns_txt(gn_str(t[i].data), t[i].key);
		assert_int_equal(got.p != NULL, t[i].value != NULL);
		assert_true(gn_slice_eq(got, gn_str(t[i].value)));
	}
}

/* ---- writing ---- */

/* Every byte, so that a change of the format is seen. */
static void an_answer_is_these_bytes(void **state)
{
	(void)state;
	struct gn_mdns_interface on = {.index = 3, .v4 = true, .count = 2};
	uint8_t room[MDNS_SAID_MAX];
	static const uint8_t network[4] = {0xde, 0xad, 0xbe, 0xef};
	static const char want[] = "\0\0\204\0\0\0\0\5\0\0\0\0"
				   "\7_geonet\4_udp\5local\0"
				   "\0\14\0\1\0\0\0\170\0\23"
				   "\0200123456789abcdef\300\14"
				   "\300\52\0\41\200\1\0\0\0\170\0\31\0\0\0\0\36\141"
				   "\0200123456789abcdef\300\31"
				   "\300\52\0\20\200\1\0\0\0\170\0\17\3v=1\12n=deadbeef"
				   "\300\117\0\1\200\1\0\0\0\170\0\4\300\250\1\2"
				   "\300\117\0\34\200\1\0\0\0\170\0\20"
				   "\375\0\0\0\0\0\0\0\0\0\0\0\0\0\0\5";
	on.addrs[0] = gn_addr_v4(192, 168, 1, 2, 0);
	on.addrs[1] = (struct gn_addr){.ip = {0xfd, [15] = 5}};
	size_t len = mdns_write_answer(room, "0123456789abcdef", network, 7777, &on, MDNS_TTL);
	assert_int_equal(len, sizeof want - 1);
	assert_memory_equal(room, want, len);
}

/* MDNS_ADDRESSES_MAX addresses of the longer kind fit. */
static void the_longest_answer_fits(void **state)
{
	(void)state;
	struct gn_mdns_interface on = {.index = 3, .v6 = true, .count = MDNS_ADDRESSES_MAX};
	uint8_t room[MDNS_SAID_MAX], network[4] = {0};
	struct mdns_walk w;
	struct mdns_record r;
	unsigned count = 0;
	for (int i = 0; i < MDNS_ADDRESSES_MAX; i++)
		on.addrs[i] = (struct gn_addr){.ip = {0xfd, [15] = (uint8_t)(i + 1)}};
	size_t len = mdns_write_answer(room, "0123456789abcdef", network, 1, &on, MDNS_TTL);
	assert_int_equal(mdns_walk(gn_slice(room, len), &w), GN_OK);
	while (mdns_walk_next(&w, &r))
		count += r.type == MDNS_AAAA;
	assert_int_equal(count, MDNS_ADDRESSES_MAX);
	assert_int_equal(w.at, len);
}

/* As many known ones as there is room for, and a message that parses. */
static void what_is_known_fits(void **state)
{
	(void)state;
	uint8_t room[MDNS_SAID_MAX], label[MDNS_LABEL_MAX];
	struct gn_writer w = gn_writer(room, sizeof room);
	unsigned count = 0;
	memset(label, 'x', sizeof label);
	mdns_write_query(&w);
	while (mdns_write_known(&w, GN_SLICE(label), 100))
		count++;
	assert_true(count < MDNS_PER_INTERFACE && count > 10);
	assert_int_equal(gn_writer_len(&w), 36 + count * (12 + 1 + MDNS_LABEL_MAX + 2));
	struct mdns_walk walk;
	struct mdns_record r;
	assert_int_equal(mdns_walk(gn_slice(room, gn_writer_len(&w)), &walk), GN_OK);
	while (mdns_walk_next(&walk, &r))
		;
	assert_false(walk.bad);
	assert_int_equal(walk.at, gn_writer_len(&w));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_read_or_refused),
		cmocka_unit_test(names_have_an_end),
		cmocka_unit_test(a_chain_of_pointers_has_an_end),
		cmocka_unit_test(a_walk_sees_all_or_is_bad),
		cmocka_unit_test(text_of_keys),
		cmocka_unit_test(an_answer_is_these_bytes),
		cmocka_unit_test(the_longest_answer_fits),
		cmocka_unit_test(what_is_known_fits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
