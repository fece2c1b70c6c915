/* Codes that people read to each other (RE-60): any code comes back however it is typed, and what
 * is wrong is named. */
#include "crypto/limits.h"
#include "crypto/phrase_int.h"
#include "crypto/testing/known.h"
#include <stdio.h>

static struct gn_code code_of(unsigned place, const char *first, const char *second)
{
	return (struct gn_code){
		(uint16_t)place,
		{(uint16_t)gn_bip39_index(first), (uint16_t)gn_bip39_index(second)}};
}

static bool same(const struct gn_code *a, const struct gn_code *b)
{
	return a->place == b->place && a->words[0] == b->words[0] && a->words[1] == b->words[1];
}

static void a_code_has_one_text(void **state)
{
	(void)state;
	static const struct {
		unsigned place;
		const char *first, *second, *text;
	} t[] = {
		{4821, "orbit", "lemon", "4821-orbit-lemon"},
		{0, "abandon", "abandon", "0-abandon-abandon"},
		{CODE_PLACES - 1, "zoo", "zoo", "9999-zoo-zoo"},
		{9999, "abstract", "wrestle", "9999-abstract-wrestle"},
		{9999, "abstract", "universe", "9999-abstract-universe"}, /* the longest */
	};
	for (size_t i = 0; i < GN_COUNT(t); i++) {
		struct gn_code code = code_of(t[i].place, t[i].first, t[i].second), back;
		struct gn_code_wrong wrong;
		char text[GN_CODE_MAX];
		gn_code_text(&code, text);
		assert_string_equal(text, t[i].text);
		assert_int_equal(gn_code_parse(gn_str(text), &back, &wrong), GN_OK);
		assert_true(same(&code, &back));
	}
	assert_int_equal(strlen(t[4].text), GN_CODE_MAX - 1);
}

static void it_is_read_however_it_is_typed(void **state)
{
	(void)state;
	static const char *const t[] = {
		"4821-orbit-lemon",
		"4821 orbit lemon",
		"  4821 -- Orbit\tLEMON\n",
		"04821-orbi-lemo",
		"0000004821 ORBI lemon",
		"4821\xe2\x80\x93orbit\xe2\x80\x94lemon",
		"4821\xe2\x80\x90orbit\xe2\x80\x95lemon-",
	};
	struct gn_code want = code_of(4821, "orbit", "lemon");
	for (size_t i = 0; i < GN_COUNT(t); i++) {
		struct gn_code got;
		struct gn_code_wrong wrong;
		assert_int_equal(gn_code_parse(gn_str(t[i]), &got, &wrong), GN_OK);
		assert_true(same(&got, &want));
	}
}

/* Each word of the list whole, and cut at each length from four letters on. */
static void four_letters_say_a_word(void **state)
{
	(void)state;
	for (unsigned i = 0; i < BIP39_WORDS; i++)
		for (int len = CODE_PREFIX; len <= BIP39_WORD_MAX; len++) {
			char text[GN_CODE_MAX];
			struct gn_code got;
			struct gn_code_wrong wrong;
			snprintf(text, sizeof text, "1-zoo-%.*s", len, gn_bip39_words[i]);
			assert_int_equal(gn_code_parse(gn_str(text), &got, &wrong), GN_OK);
			assert_int_equal(got.words[1], i);
		}
}

static void a_wrong_part_is_named(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		unsigned part;
		const char *said, *nearest;
	} t[] = {
		{"4821-orbitt-lemon", 1, "orbitt", "orbit"},
		{"4821-orbit-LEMMON", 2, "lemmon", "lemon"},
		{"4821-orbit-lemom", 2, "lemom", "lemon"},
		{"4821-orbit-l\xc3\xa9mon", 2, "l??mon", "lemon"},
		{"4821-orb-lemon", 1, "orb", "orbit"}, /* three letters are too few */
		{"4821-orbit-lemons", 2, "lemons", "lemon"},
		{"4821-o\x1b[2Jt-lemon", 1, "o?[2jt", NULL},
		{"4821-abcdefghijklmnopqrstuvwxyz-zoo", 1, "abcdefghijklmnopqrstuvwx", NULL},
		{"10000-orbit-lemon", 0, "10000", NULL},
		{"99999999999999999999-orbit-lemon", 0, "99999999999999999999", NULL},
		{"orbit-lemon", 0, "orbit", NULL},
		{"+1-orbit-lemon", 0, "+1", NULL},
		{"", 3, "", NULL},
		{" - ", 3, "", NULL},
		{"4821", 3, "", NULL},
		{"4821-orbit", 3, "", NULL},
		{"4821-orbit-lemon-zoo", 3, "zoo", NULL},
		{"4821-orbit-lemon\xe2\x80", 2, "lemon??", "lemon"},
		{"4821_orbit_lemon", 0, "4821_orbit_lemon", NULL},
	};
	for (size_t i = 0; i < GN_COUNT(t); i++) {
		struct gn_code got = {.place = 12345};
		struct gn_code_wrong wrong;
		assert_int_equal(gn_code_parse(gn_str(t[i].text), &got, &wrong), GN_TEXT);
		assert_int_equal(got.place, 12345);
		assert_int_equal(wrong.part, t[i].part);
		assert_string_equal(wrong.said, t[i].said);
		assert_true((wrong.nearest != NULL) == (wrong.part == 1 || wrong.part == 2));
		if (t[i].nearest)
			assert_string_equal(wrong.nearest, t[i].nearest);
	}
}

/* CODE_TEXT_MAX bytes are read, one more is not. */
static void a_text_has_an_end(void **state)
{
	(void)state;
	char text[CODE_TEXT_MAX + 1];
	struct gn_code got;
	struct gn_code_wrong wrong;
	memset(text, ' ', sizeof text);
	memcpy(text, "1-zoo-zoo", 9);
	assert_int_equal(gn_code_parse(gn_slice(text, CODE_TEXT_MAX), &got, &wrong), GN_OK);
	assert_int_equal(gn_code_parse(gn_slice(text, CODE_TEXT_MAX + 1), &got, &wrong), GN_TEXT);
	assert_int_equal(wrong.part, 3);
}

static void words_come_by_chance(void **state)
{
	(void)state;
	struct gn_prng g;
	gn_prng_init(&g, 60);
	struct gn_rand rand = gn_prng_rand(&g);
	bool seen[BIP39_WORDS] = {false};
	unsigned count = 0;
	for (int i = 0; i < 20000; i++) {
		struct gn_code code;
		gn_code_new(&rand, 7, &code);
		assert_int_equal(code.place, 7);
		for (int w = 0; w < GN_CODE_WORDS; w++) {
			count += !seen[code.words[w]];
			seen[code.words[w]] = true;
		}
	}
	assert_int_equal(count, BIP39_WORDS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_code_has_one_text),
		cmocka_unit_test(it_is_read_however_it_is_typed),
		cmocka_unit_test(four_letters_say_a_word),
		cmocka_unit_test(a_wrong_part_is_named),
		cmocka_unit_test(a_text_has_an_end),
		cmocka_unit_test(words_come_by_chance),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
