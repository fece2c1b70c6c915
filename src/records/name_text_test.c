/* Names as text: one spelling, forms, entries, scripts and what looks alike (NA-1..NA-3, NA-15,
 * NA-16). */
#include "records/name_int.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>
#define DAY 86400u

static struct gn_sk key_of(uint8_t seed)
{
	struct gn_sk sk;
	uint8_t bytes[32] = {seed};
	gn_sk_from_seed(bytes, &sk);
	return sk;
}

static struct gn_name name_of(const char *text)
{
	struct gn_name name;
	const char *why = NULL;
	gn_err err = gn_name_parse(gn_str(text), &name, &why);
	if (err != GN_OK)
		fail_msg("%s: %s", text, why);
	return name;
}

/* ---- texts ---- */

static void valid_names_have_one_spelling(void **state)
{
	(void)state;
	static const struct {
		const char *in, *out;
		enum gn_name_form form;
		unsigned labels;
	} table[] = {
		{"welcome", "welcome", GN_NAME_GLOBAL, 1},
		{"welcome.geo", "welcome", GN_NAME_GLOBAL, 1},
		{"Welcome.GEO.", "welcome", GN_NAME_GLOBAL, 1},
		{"abc", "abc", GN_NAME_GLOBAL, 1},
		{"a-1", "a-1", GN_NAME_GLOBAL, 1},
		{"M\xc3\xbcnch.geo", "xn--mnch-0ra", GN_NAME_GLOBAL, 1},
		{"xn--mnch-0ra", "xn--mnch-0ra", GN_NAME_GLOBAL, 1},
		/* IDNA2008: sharp s stays itself */
		{"fa\xc3\x9f", "xn--fa-hia", GN_NAME_GLOBAL, 1},
		{"\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82", "xn--b1agh1afp",
		 GN_NAME_GLOBAL, 1},
		/* full-width letters */
		{"\xef\xbc\xa1\xef\xbc\xa2\xef\xbc\xa3", "abc", GN_NAME_GLOBAL, 1},
		{"a.town.geo", "a.town", GN_NAME_DELEGATED, 2},
		{"1.2.3.4.5.6.7.888", "1.2.3.4.5.6.7.888", GN_NAME_DELEGATED, 8},
		{"2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd.geo",
		 "2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd", GN_NAME_PID, 1},
		{"Blog.2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd",
		 "blog.2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd", GN_NAME_DELEGATED, 2},
		{"123456789012345678901234567890123456789012345678901234567890123",
		 /* 63 */
		 "123456789012345678901234567890123456789012345678901234567890123", GN_NAME_GLOBAL,
		 1},
	};
	for (size_t i = 0; i < GN_COUNT(table); i++) {
		struct gn_name name = name_of(table[i].in), again;
		assert_string_equal(name.text, table[i].out);
		assert_int_equal(name.form, table[i].form);
		assert_int_equal(name.labels, table[i].labels);
		assert_int_equal(gn_name_parse_exact(gn_str(name.text), &again), GN_OK);
		assert_memory_equal(&again, &name, sizeof name);
	}
}

static void invalid_names_are_refused_with_a_sentence(void **state)
{
	(void)state;
	static const char *const table[] = {
		"", ".", "geo", "GEO", ".geo", "geo.geo", "a.geo", "ab", "ab.geo", "-abc", "abc-",
		"ab--cd", "a b c", "a_b", "abc..def", ".abc", "abc..", "a.b.geo", "abc.geo.geo",
		"abc\x01", "caf\xc3", "xn--a", "xn--mnch-0rb", "\xe2\x98\x83snow",
		"1.2.3.4.5.6.7.8.999",
		"1234567890123456789012345678901234567890123456789012345678901234", /* 64 */
		/* like a PID in lower case */
		"2kagshr4usj2uarxlxdw7xjekvq3xdr84dc47hub3uyd",
		"welcome\xe3\x80\x82geo", /* the suffix behind an ideographic dot */
		"a\xe2\x80\x8d"
		"bc", /* joiner */
	};
	for (size_t i = 0; i < GN_COUNT(table); i++) {
		struct gn_name name = {.labels = 99};
		const char *why = NULL;
		if (gn_name_parse(gn_str(table[i]), &name, &why) != GN_TEXT)
			fail_msg("'%s' is accepted as '%s'", table[i], name.text);
		assert_non_null(why);
		assert_int_equal(name.labels, 99);
	}
	struct gn_name name;
	assert_int_equal(gn_name_parse(gn_slice("ab\0cd", 5), &name, NULL), GN_TEXT);
}

static void longest_name_fits_and_one_more_does_not(void **state)
{
	(void)state;
	char text[300];
	struct gn_name name;
	memset(text, 'a', sizeof text);
	text[61] = text[123] = text[186] = '.'; /* labels of 61, 61, 62, 62 */
	assert_int_equal(gn_name_parse(gn_slice(text, NAME_TEXT_MAX), &name, NULL), GN_OK);
	assert_int_equal(strlen(name.text), NAME_TEXT_MAX);
	assert_int_equal(gn_name_parse(gn_slice(text, NAME_TEXT_MAX + 1), &name, NULL), GN_TEXT);
	/* the claimed label */
	assert_int_equal(gn_name_parse(gn_slice(text, NAME_TOP_MIN), &name, NULL), GN_OK);
	assert_int_equal(gn_name_parse(gn_slice(text, NAME_TOP_MIN - 1), &name, NULL), GN_TEXT);
	/* "a.a.a.aaa" */
	for (size_t i = 0; i < 2 * GN_NAME_DEPTH; i++)
		text[i] = i % 2 ? '.' : 'a';
	char *top = text + 2 * (GN_NAME_DEPTH - 1);
	memcpy(top, "aaa.aaa", 7);
	size_t len = (size_t)(top - text) + 3;
	assert_int_equal(gn_name_parse(gn_slice(text, len), &name, NULL), GN_OK);
	assert_int_equal(name.labels, GN_NAME_DEPTH);
	assert_int_equal(gn_name_parse(gn_slice(text, len + 4), &name, NULL), GN_TEXT);
}

static void host_form_of_a_pid_survives_case_folding(void **state)
{
	(void)state;
	char host[GN_NAME_HOST_MAX];
	for (unsigned i = 0; i < 32; i++) {
		struct gn_sk sk = key_of((uint8_t)i);
		char pid[GN_PID_MAX], text[80];
		gn_pid(&sk.pk, pid);
		snprintf(text, sizeof text, "blog.%s", pid);
		struct gn_name name = name_of(i % 2 ? text : pid), back;
		gn_name_host(&name, host);
		for (char *c = host; *c; c++)
			assert_true(*c == '.' || *c == '-' || (*c >= 'a' && *c <= 'z') ||
				    (*c >= '2' && *c <= '7'));
		if (i % 3 == 0)
			host[i % 2 ? 12 : 8] =
				(char)(host[i % 2 ? 12 : 8] >= 'a' ? host[i % 2 ? 12 : 8] - 32
								   : host[i % 2 ? 12 : 8]);
		back = name_of(host);
		assert_memory_equal(&back, &name, sizeof name);
	}
	/* as long as a name may be, above the shortest PID and above a usual one */
	struct gn_sk usual = key_of(1);
	char pid[2][GN_PID_MAX], longest[NAME_TEXT_MAX + 1];
	struct gn_hash zero = {{0}};
	assert_int_equal(gn_base58(GN_SLICE(zero.b), pid[0], GN_PID_MAX), GN_OK);
	gn_pid(&usual.pk, pid[1]);
	for (int i = 0; i < 2; i++) {
		size_t head = NAME_TEXT_MAX - 1 - strlen(pid[i]);
		for (size_t k = 0; k < head; k++)
			longest[k] = k % 60 == 59 && k + 1 < head ? '.' : 'a';
		longest[head] = '.';
		memcpy(longest + head + 1, pid[i], strlen(pid[i]) + 1);
		struct gn_name name = name_of(longest);
		assert_int_equal(strlen(name.text), NAME_TEXT_MAX);
		gn_name_host(&name, host);
		assert_int_equal(strlen(host), head + 1 + 56);
	}
	struct gn_name plain = name_of("a.town");
	gn_name_host(&plain, host);
	assert_string_equal(host, "a.town");
	assert_int_equal(
		gn_name_parse(GN_LIT("pid-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"),
			      &plain, NULL),
		GN_OK);
	assert_int_equal(plain.form, GN_NAME_GLOBAL); /* padding bits are set: not that form */
}

static void parents_go_up_one_label(void **state)
{
	(void)state;
	struct gn_name name = name_of("a.b.town"), up;
	assert_true(gn_name_parent(&name, &up));
	assert_string_equal(up.text, "b.town");
	assert_true(gn_name_parent(&up, &up));
	assert_string_equal(up.text, "town");
	assert_false(gn_name_parent(&up, &up));
	name = name_of("blog.2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd");
	assert_true(gn_name_parent(&name, &up));
	assert_int_equal(up.form, GN_NAME_PID);
}

/* ---- entries ---- */

static void entries_are_checked_by_type(void **state)
{
	(void)state;
	static const struct {
		uint16_t type;
		const char *value;
		bool ok;
	} table[] = {
		{GN_NAME_A, "192.0.2.1", true},
		{GN_NAME_A, "192.0.2.256", false},
		{GN_NAME_A, "::1", false},
		{GN_NAME_A, "", false},
		{GN_NAME_AAAA, "2001:db8::1", true},
		{GN_NAME_AAAA, "192.0.2.1", false},
		{GN_NAME_AAAA, "x", false},
		{GN_NAME_CNAME, "example.org.", true},
		{GN_NAME_CNAME, "exa mple.org", false},
		{GN_NAME_CNAME, ".", false},
		{GN_NAME_CNAME, "a..b", false},
		{GN_NAME_CNAME, "-a.b", false},
		{GN_NAME_MX, "10 mail.example.org", true},
		{GN_NAME_MX, "mail.example.org", false},
		{GN_NAME_MX, "65536 m.org", false},
		{GN_NAME_SRV, "0 5 443 host.example", true},
		{GN_NAME_SRV, "0 5 host.example", false},
		{GN_NAME_HTTPS, "1 . alpn=h2,h3 port=443", true},
		{GN_NAME_HTTPS, "1", false},
		{GN_NAME_HTTPS, "1 .  x=y", false},
		{GN_NAME_CAA, "0 issue example.org", true},
		{GN_NAME_CAA, "0 issue", false},
		{GN_NAME_CAA, "256 issue x", false},
		{GN_NAME_TXT, "v=spf1 -all", true},
		{GN_NAME_TXT, "a\nb", false},
		{GN_NAME_TXT, "", false},
		{GN_NAME_T_PID, "2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd", true},
		{GN_NAME_T_PID, "2KagShR4", false},
		{GN_NAME_SITE, "3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29/",
		 true},
		{GN_NAME_SITE,
		 "3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29/blog", true},
		{GN_NAME_SITE, "3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29",
		 false},
		{GN_NAME_SITE, "zz6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29/",
		 false},
		{GN_NAME_WALLET, "hub:alice", true},
		{GN_NAME_MAIL, "caf\xc3", false},
		{40000, "anything at all", true},
		{0, "x", false},
	};
	for (size_t i = 0; i < GN_COUNT(table); i++) {
		struct gn_name_entry e = {
			.type = table[i].type, .value = gn_str(table[i].value), .ttl = 60};
		const char *why = NULL;
		gn_err err = gn_name_entry_check(&e, &why);
		if (err != (table[i].ok ? GN_OK : GN_USAGE))
			fail_msg("%s '%s': %s", gn_name_type_text(e.type), table[i].value,
				 why ? why : "accepted");
		assert_int_equal(why == NULL, table[i].ok);
	}
	static char longest[NAME_VALUE_MAX + 1];
	memset(longest, 'x', sizeof longest);
	struct gn_name_entry e = {.type = GN_NAME_TXT,
				  .value = gn_slice(longest, NAME_VALUE_MAX),
				  .ttl = NAME_ENTRY_TTL_MAX};
	assert_int_equal(gn_name_entry_check(&e, NULL), GN_OK);
	e.ttl++;
	assert_int_equal(gn_name_entry_check(&e, NULL), GN_USAGE);
	e = (struct gn_name_entry){.type = GN_NAME_TXT,
				   .value = gn_slice(longest, NAME_VALUE_MAX + 1)};
	assert_int_equal(gn_name_entry_check(&e, NULL), GN_USAGE);
}

static void types_have_texts_both_ways(void **state)
{
	(void)state;
	static const uint16_t all[] = {GN_NAME_A,       GN_NAME_CNAME, GN_NAME_MX,    GN_NAME_TXT,
				       GN_NAME_AAAA,    GN_NAME_SRV,   GN_NAME_HTTPS, GN_NAME_CAA,
				       GN_NAME_T_PID,   GN_NAME_SITE,  GN_NAME_CHAT,  GN_NAME_MAIL,
				       GN_NAME_MAILBOX, GN_NAME_WALLET};
	for (size_t i = 0; i < GN_COUNT(all); i++) {
		uint16_t back = 0;
		assert_int_equal(gn_name_type_parse(gn_str(gn_name_type_text(all[i])), &back),
				 GN_OK);
		assert_int_equal(back, all[i]);
	}
	uint16_t type;
	assert_int_equal(gn_name_type_parse(GN_LIT("site"), &type), GN_OK);
	assert_int_equal(type, GN_NAME_SITE);
	assert_int_equal(type, GN_FB_NAME_TYPE_SITE);
	assert_int_equal(gn_name_type_parse(GN_LIT("SITES"), &type), GN_USAGE);
}

/* ---- records ---- */

struct signed_name {
	uint8_t bytes[GN_RECORD_MAX];
	struct gn_buf buf;
	struct gn_record r;
};

static void sign_claim(const struct gn_sk *sk, const struct gn_name_claim *c,
		       struct signed_name *out)
{
	out->buf = (struct gn_buf){out->bytes, 0, sizeof out->bytes};
	assert_int_equal(gn_name_record(sk, c, 0, &out->buf), GN_OK);
	assert_int_equal(gn_wire_record_open(gn_buf_slice(&out->buf), &out->r), GN_OK);
}

static gn_err admit(const struct signed_name *held, const struct signed_name *in, uint64_t unix_now)
{
	return gn_name_admit(held ? &held->r : NULL, &in->r, 0, (gn_time)unix_now * GN_SEC);
}

static void labels_keep_to_one_script(void **state)
{
	(void)state;
	static const char *const good[] = {"welcome",   "münchen", "привет", "日本語カナ",
					   "tokyo東京", "한국어",  "ελλάδα", "a1-b2"};
	static const char *const bad[] = {"pаypal", "αbc", "приvет", "ひら한"};
	for (size_t i = 0; i < GN_COUNT(good); i++) {
		struct gn_name n = name_of(good[i]);
		assert_int_equal(gn_name_script(&n, NULL), GN_OK);
	}
	for (size_t i = 0; i < GN_COUNT(bad); i++) {
		struct gn_name n = name_of(bad[i]);
		assert_int_equal(gn_name_script(&n, NULL), GN_TEXT);
	}
	/* Delegated labels too, in what is made from the rule's day on. */
	struct gn_sk town = key_of(5);
	struct gn_name_claim c = {.name = name_of("pаypal.town"), .seq = 1, .ttl = GN_NAME_TTL};
	static struct signed_name s;
	c.created = (uint64_t)NAME_RULE_DAY * DAY;
	s.buf = (struct gn_buf){s.bytes, 0, sizeof s.bytes};
	assert_int_equal(gn_name_record(&town, &c, 0, &s.buf), GN_TEXT);
	c.created--;
	sign_claim(&town, &c, &s);
	assert_int_equal(admit(NULL, &s, c.created), GN_TEXT);
	assert_int_equal(gn_name_admit(NULL, &s.r, GN_NAME_PUSHED, (gn_time)c.created * GN_SEC),
			 GN_OK);
}

/* NA-16 */
static void letters_that_are_drawn_alike_have_one_skeleton(void **state)
{
	(void)state;
	static const char *const pairs[][2] = {
		{"modern", "rnodern"}, {"paypal", "paypa1"},
		{"paypal", "paypai"},  {"google", "g00gle"},
		{"wiki", "vv1ki"},     {"сосо", "coco"},
		{"раураӏ", "paypal"},  {"αвс", "abc"},
		{"мотор", "motop"},    {"νονa", "vova"},
		{"օոս", "onu"},        {"a.modern", "b.rnodern"},
		{"ѕсоре", "scope"},    {"xn--80ak6aa92e", "apple"},
	};
	static const char *const others[][2] = {
		{"modern", "modem1"}, {"münch", "munch"}, {"paypal", "pay-pal"}, {"abcd", "abdc"}};
	struct gn_hash a, b;
	struct gn_name name;
	for (size_t i = 0; i < GN_COUNT(pairs); i++) {
		assert_int_equal(gn_name_parse(gn_str(pairs[i][0]), &name, NULL), GN_OK);
		assert_true(gn_name_look(&name, &a));
		assert_int_equal(gn_name_parse(gn_str(pairs[i][1]), &name, NULL), GN_OK);
		assert_true(gn_name_look(&name, &b));
		if (memcmp(&a, &b, sizeof a) != 0)
			fail_msg("%s and %s", pairs[i][0], pairs[i][1]);
	}
	for (size_t i = 0; i < GN_COUNT(others); i++) {
		assert_int_equal(gn_name_parse(gn_str(others[i][0]), &name, NULL), GN_OK);
		assert_true(gn_name_look(&name, &a));
		assert_int_equal(gn_name_parse(gn_str(others[i][1]), &name, NULL), GN_OK);
		assert_true(gn_name_look(&name, &b));
		assert_memory_not_equal(&a, &b, sizeof a);
	}
	/* 63 letters that are two each are as many as there can be; a PID is nobody's to imitate */
	char wide[64];
	memset(wide, 'm', 63);
	wide[63] = 0;
	assert_int_equal(gn_name_parse(gn_str(wide), &name, NULL), GN_OK);
	assert_true(gn_name_look(&name, &a));
	assert_int_equal(gn_name_parse(GN_LIT("a.2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd"),
				       &name, NULL),
			 GN_OK);
	assert_false(gn_name_look(&name, &a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(valid_names_have_one_spelling),
		cmocka_unit_test(invalid_names_are_refused_with_a_sentence),
		cmocka_unit_test(longest_name_fits_and_one_more_does_not),
		cmocka_unit_test(host_form_of_a_pid_survives_case_folding),
		cmocka_unit_test(parents_go_up_one_label),
		cmocka_unit_test(entries_are_checked_by_type),
		cmocka_unit_test(types_have_texts_both_ways),
		cmocka_unit_test(labels_keep_to_one_script),
		cmocka_unit_test(letters_that_are_drawn_alike_have_one_skeleton),
	};
	return cmocka_run_group_tests_name("names", tests, NULL, NULL);
}
