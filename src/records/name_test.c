/* Names as text, entries, records, and the holder's rule; the resolver has its own test. */
#include "records/name_int.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define T0 UINT64_C(1767225600) /* 2026-01-01 */
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

/* Nonces found once for (welcome, key n, day of T0); a wrong one only makes the test slow. */
static const uint64_t known_puzzle[8] = {0, 608839, 2752742, 577543};

static void solve(struct gn_name_claim *c, const struct gn_sk *sk, uint64_t start)
{
	if (gn_name_puzzle(&c->name, &sk->pk, c->epoch, GN_NAME_POW_BITS, start, 1, c->puzzle) ==
	    GN_OK)
		return;
	assert_int_equal(gn_name_puzzle(&c->name, &sk->pk, c->epoch, GN_NAME_POW_BITS, 0,
					UINT64_C(1) << 26, c->puzzle),
			 GN_OK);
	print_message("puzzle of key %u: %llu\n", sk->seed[0],
		      (unsigned long long)gn_be64(c->puzzle));
}

static struct gn_name_claim claim_of(const struct gn_sk *sk, uint64_t seq)
{
	static const struct gn_name_entry entries[] = {
		{GN_NAME_SITE,
		 {(const uint8_t
			   *)"3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29/",
		  65},
		 300},
		{GN_NAME_TXT, {(const uint8_t *)"hello", 5}, 60},
	};
	struct gn_name_claim c = {.name = name_of("welcome"),
				  .seq = seq,
				  .created = T0,
				  .epoch = T0 / DAY,
				  .ttl = GN_NAME_TTL,
				  .entries = entries,
				  .entry_count = 2};
	solve(&c, sk, known_puzzle[sk->seed[0] % 8]);
	return c;
}

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

static void claim_comes_back_as_it_was(void **state)
{
	(void)state;
	struct gn_sk sk = key_of(1);
	struct gn_name_claim c = claim_of(&sk, 7), back;
	static struct signed_name s;
	struct gn_name_entry entries[GN_NAME_ENTRIES];
	struct gn_pk owner;
	struct gn_hash key, sum;
	char hex[65];
	sign_claim(&sk, &c, &s);
	assert_int_equal(gn_name_open(s.r.bytes, &owner, &back, entries), GN_OK);
	assert_memory_equal(&owner, &sk.pk, sizeof owner);
	assert_memory_equal(&back.name, &c.name, sizeof c.name);
	assert_int_equal(back.seq, 7);
	assert_int_equal(back.epoch, c.epoch);
	assert_memory_equal(back.puzzle, c.puzzle, 8);
	assert_int_equal(back.entry_count, 2);
	assert_int_equal(back.entries[0].type, GN_NAME_SITE);
	assert_true(gn_slice_eq(back.entries[1].value, GN_LIT("hello")));
	assert_false(back.transferred);
	gn_name_key(&c.name, NULL, 0, &key);
	assert_memory_equal(&key, &s.r.key, sizeof key);
	/* The format, for ever: docs/spec/services.md, vectors. */
	gn_sha256(&s.r.signed_bytes, 1, &sum);
	gn_hex(GN_SLICE(sum.b), hex);
	assert_string_equal(hex,
			    "29f23bcce93aed3773c55e0ecfaef3d4370a0d62cdffccc1ac1e25eb51fafff1");
}

static void record_that_does_not_prove_itself_is_refused(void **state)
{
	(void)state;
	struct gn_sk sk = key_of(1);
	struct gn_name_claim c = claim_of(&sk, 1);
	uint8_t storage[GN_RECORD_MAX];
	struct gn_buf out = {storage, 0, sizeof storage};
	c.puzzle[7] ^= 1;
	assert_int_equal(gn_name_record(&sk, &c, 0, &out), GN_PROOF_OF_WORK);
	c.puzzle[7] ^= 1;
	c.name = name_of("2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd");
	assert_int_equal(gn_name_record(&sk, &c, 0, &out), GN_KEY);
	memcpy(c.name.text, "Welcome", 8);
	assert_int_equal(gn_name_record(&sk, &c, 0, &out), GN_USAGE);
	struct gn_name_entry bad = {GN_NAME_A, GN_LIT("nowhere"), 60};
	c = claim_of(&sk, 1);
	c.entries = &bad;
	c.entry_count = 1;
	assert_int_equal(gn_name_record(&sk, &c, 0, &out), GN_USAGE);
}

/* The body of a valid record around another label, key or epoch: what a thief would send. */
static void stolen_claims_are_refused(void **state)
{
	(void)state;
	struct gn_sk owner = key_of(1), thief = key_of(2);
	struct gn_name_claim c = claim_of(&owner, 1);
	static struct signed_name s, stolen;
	sign_claim(&owner, &c, &s);
	struct gn_record_fields f = {.type = GN_FB_RECORD_TYPE_NAME,
				     .label = s.r.label,
				     .body = s.r.body,
				     .seq = 9,
				     .created = T0,
				     .ttl = GN_NAME_TTL};
	static const struct {
		const char *label;
		uint8_t salt;
		uint64_t created;
		gn_err err;
	} table[] = {
		{"welcome", 0, T0, GN_PROOF_OF_WORK},
		{"welcome2", 0, T0, GN_PROOF_OF_WORK},
		{"Welcome", 0, T0, GN_MALFORMED},
		{"welcome.geo", 0, T0, GN_MALFORMED},
		{"we", 0, T0, GN_MALFORMED},
		{"welcome", 2, T0, GN_MALFORMED},
		{"welcome", 0, T0 - 2 * DAY, GN_RANGE},
		{"2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd", 0, T0, GN_KEY},
	};
	for (size_t i = 0; i < GN_COUNT(table); i++) {
		f.label = gn_str(table[i].label);
		f.salt = table[i].salt;
		f.created = table[i].created;
		stolen.buf = (struct gn_buf){stolen.bytes, 0, sizeof stolen.bytes};
		assert_int_equal(gn_wire_record_make(&thief, NULL, &f, &stolen.buf), GN_OK);
		assert_int_equal(gn_wire_record_open(gn_buf_slice(&stolen.buf), &stolen.r), GN_OK);
		assert_int_equal(admit(NULL, &stolen, T0), table[i].err);
	}
}

static void first_valid_claim_wins_while_it_lives(void **state)
{
	(void)state;
	struct gn_sk first = key_of(1), second = key_of(2);
	struct gn_name_claim c1 = claim_of(&first, 1), c2 = claim_of(&second, 1000);
	static struct signed_name held, in;
	sign_claim(&first, &c1, &held);
	sign_claim(&second, &c2, &in);
	assert_int_equal(admit(NULL, &held, T0), GN_OK);
	assert_int_equal(gn_name_grace(&held.r), GN_NAME_GRACE);
	assert_int_equal(admit(&held, &in, T0), GN_EXISTS);
	assert_int_equal(admit(&held, &held, T0), GN_OK); /* the same again */
	uint64_t grace_end = T0 + GN_NAME_TTL + GN_NAME_GRACE;
	c2.created = grace_end;
	sign_claim(&second, &c2, &in);
	assert_int_equal(admit(&held, &in, grace_end), GN_EXISTS);
	/* it has not worked in these days */
	assert_int_equal(admit(&held, &in, grace_end + 1), GN_PROOF_OF_WORK);
	c2.epoch = grace_end / DAY;
	solve(&c2, &second, 1327954);
	sign_claim(&second, &c2, &in);
	assert_int_equal(admit(&held, &in, grace_end + 1), GN_OK);
	assert_int_equal(admit(&held, &in, grace_end + GN_NAME_TTL + 1), GN_EXPIRED);
}

static void only_the_owner_renews(void **state)
{
	(void)state;
	struct gn_sk owner = key_of(1), other = key_of(2);
	struct gn_name_claim c = claim_of(&owner, 5), thief = claim_of(&other, 9);
	static struct signed_name held, in;
	sign_claim(&owner, &c, &held);
	c.seq = 6;
	c.created = T0 + 20 * DAY;
	sign_claim(&owner, &c, &in);
	assert_int_equal(admit(&held, &in, c.created), GN_OK);
	assert_int_equal(admit(&in, &held, c.created), GN_STALE);
	uint64_t in_grace = T0 + GN_NAME_TTL + DAY;
	c.created = thief.created = in_grace;
	sign_claim(&owner, &c, &in);
	assert_int_equal(admit(&held, &in, in_grace), GN_OK);
	sign_claim(&other, &thief, &in);
	assert_int_equal(admit(&held, &in, in_grace), GN_EXISTS);
}

static void transfer_needs_both_signatures(void **state)
{
	(void)state;
	struct gn_sk from = key_of(1), to = key_of(2), third = key_of(3);
	struct gn_name_claim held_claim = claim_of(&from, 5), c = claim_of(&to, 6);
	static struct signed_name held, in, stolen;
	sign_claim(&from, &held_claim, &held);
	c.transferred = true;
	c.previous_owner = from.pk;
	gn_name_transfer(&from, &c.name, &to.pk, 6, &c.previous_sig);
	sign_claim(&to, &c, &in);
	assert_int_equal(admit(&held, &in, T0), GN_OK);

	/* A renewal by the new owner still convinces a holder that missed the transfer. */
	c.seq = 40;
	c.transfer_seq = 6;
	c.created = T0 + DAY;
	sign_claim(&to, &c, &in);
	assert_int_equal(admit(&held, &in, T0 + DAY), GN_OK);

	/* The hand-over of seq 6 is void once the owner has said more after signing it. */
	held_claim.seq = 6;
	sign_claim(&from, &held_claim, &held);
	assert_int_equal(admit(&held, &in, T0 + DAY), GN_STALE);

	/* A third party cannot use it, and nobody can give away what is not theirs. */
	struct gn_name_claim t = claim_of(&third, 50);
	t.transferred = true;
	t.previous_owner = from.pk;
	t.previous_sig = c.previous_sig;
	t.transfer_seq = 6;
	sign_claim(&third, &t, &stolen);
	assert_int_equal(admit(&held, &stolen, T0), GN_SIGNATURE);
	t.previous_owner = third.pk;
	gn_name_transfer(&third, &t.name, &third.pk, 6, &t.previous_sig);
	sign_claim(&third, &t, &stolen);
	assert_int_equal(admit(&held, &stolen, T0), GN_EXISTS);
	t.transfer_seq = 51;
	gn_name_transfer(&third, &t.name, &third.pk, 51, &t.previous_sig);
	sign_claim(&third, &t, &stolen);
	assert_int_equal(admit(NULL, &stolen, T0), GN_MALFORMED);
}

static void own_pid_needs_no_claim(void **state)
{
	(void)state;
	struct gn_sk sk = key_of(4);
	char pid[GN_PID_MAX];
	gn_pid(&sk.pk, pid);
	struct gn_name_claim c = {
		.name = name_of(pid), .seq = 1, .created = T0, .ttl = GN_NAME_TTL};
	static struct signed_name s;
	struct gn_hash key;
	sign_claim(&sk, &c, &s);
	assert_int_equal(admit(NULL, &s, T0), GN_OK);
	gn_name_key(&c.name, NULL, 0, &key);
	assert_memory_equal(&key, &s.r.key, sizeof key);
	assert_int_equal(gn_name_grace(&s.r), 0);
}

static void delegated_names_lie_under_their_signer(void **state)
{
	(void)state;
	struct gn_sk town = key_of(5), other = key_of(6);
	struct gn_name_claim c = {
		.name = name_of("a.town"), .seq = 1, .created = T0, .ttl = GN_NAME_TTL};
	static struct signed_name mine, theirs;
	struct gn_hash key;
	sign_claim(&town, &c, &mine);
	sign_claim(&other, &c, &theirs);
	assert_int_equal(admit(NULL, &mine, T0), GN_OK);
	assert_memory_not_equal(&mine.r.key, &theirs.r.key, sizeof key);
	gn_name_key(&c.name, &town.pk, 0, &key);
	assert_memory_equal(&key, &mine.r.key, sizeof key);
	assert_int_equal(gn_name_grace(&mine.r), 0); /* nobody else can have the place */
}

/* NA-14: fields of a later schema, in the body and in an entry, outlive a renewal and a change
 * by this version. */
static void what_a_newer_version_wrote_is_kept(void **state)
{
	(void)state;
	struct {
		struct gn_fb_name_record_args now;
		struct gn_slice note;
	} entry_args = {{.type = GN_NAME_TXT, .value = GN_LIT("kept"), .ttl = 60},
			GN_LIT("a note")};
	struct {
		struct gn_fb_name_body_args now;
		uint64_t weight;
	} body_args = {.weight = 99};
	struct gn_fb_field entry_fields[4], body_fields[5];
	memcpy(entry_fields, gn_fbfields_name_record, sizeof gn_fbfields_name_record);
	entry_fields[3] = (struct gn_fb_field){
		.name = "note",
		.kind = GN_FB_STRING,
		.slot = 3,
		.c_offset = (uint16_t)((uint8_t *)&entry_args.note - (uint8_t *)&entry_args)};
	memcpy(body_fields, gn_fbfields_name_body, sizeof gn_fbfields_name_body);
	body_fields[4] = (struct gn_fb_field){
		.name = "weight",
		.slot = 4,
		.size = 8,
		.c_offset = (uint16_t)((uint8_t *)&body_args.weight - (uint8_t *)&body_args)};
	struct gn_fb_type entry_type = {"NameRecord", NULL, entry_fields, 4};
	const struct gn_fb_type *const entry_types[] = {&entry_type};
	body_fields[0].types = entry_types;
	struct gn_fb_type body_type = {"NameBody", NULL, body_fields, 5};

	static uint8_t storage[4096], records[2][GN_RECORD_MAX];
	struct gn_sk sk = key_of(1);
	struct gn_name_claim c = claim_of(&sk, 7);
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_fb_nonce puzzle;
	memcpy(puzzle.b, c.puzzle, sizeof puzzle.b);
	gn_fbref refs[] = {gn_fbb_table(&b, &entry_type, &entry_args)};
	body_args.now = (struct gn_fb_name_body_args){
		.records = {refs, 1}, .epoch = c.epoch, .puzzle = &puzzle};
	struct gn_record_fields fields = {.type = GN_FB_RECORD_TYPE_NAME,
					  .label = gn_str(c.name.text),
					  .seq = 7,
					  .created = T0,
					  .ttl = GN_NAME_TTL};
	assert_int_equal(
		gn_fbb_finish(&b, gn_fbb_table(&b, &body_type, &body_args), NULL, &fields.body),
		GN_OK);
	struct gn_buf out = {records[0], 0, GN_RECORD_MAX};
	assert_int_equal(gn_wire_record_make(&sk, NULL, &fields, &out), GN_OK);

	for (unsigned round = 1; round < 8; round++) {
		struct gn_name_entry entries[GN_NAME_ENTRIES];
		struct gn_record r, before;
		struct gn_pk owner;
		struct gn_fbt t;
		assert_int_equal(gn_name_open(gn_buf_slice(&out), &owner, &c, entries), GN_OK);
		assert_int_equal(gn_wire_record_open(gn_buf_slice(&out), &before), GN_OK);
		if (round % 2)
			entries[c.entry_count++] =
				(struct gn_name_entry){GN_NAME_A, GN_LIT("192.0.2.1"), round};
		c.seq++;
		out = (struct gn_buf){records[round % 2], 0, GN_RECORD_MAX};
		assert_int_equal(gn_name_record(&sk, &c, 0, &out), GN_OK);
		assert_int_equal(gn_wire_record_open(gn_buf_slice(&out), &r), GN_OK);
		assert_true(gn_slice_eq(r.prev, GN_SLICE(before.hash.b)));
		assert_int_equal(gn_fb_verify(r.body, &body_type, &t), GN_OK);
		assert_int_equal(gn_fbt_bits(t, 4, 8, 0), 99);
		assert_int_equal(gn_fbt_count(t, 0), 1 + (round + 1) / 2);
		assert_true(
			gn_slice_eq(gn_fbt_bytes(gn_fbt_table_at(t, 0, 0), 3), GN_LIT("a note")));
	}
}

/* NA-4, NA-7, NA-15: made after the rule began. */
static void work_grows_for_short_labels_and_many_names_and_comes_again_at_renewal(void **state)
{
	(void)state;
	struct gn_sk alice = key_of(1);
	struct gn_name shorter = name_of("abc"), four = name_of("abcd"), seven = name_of("welcome"),
		       han = name_of("中国人");
	assert_int_equal(gn_name_bits(&shorter, 0), 26);
	assert_int_equal(gn_name_bits(&four, 0), 24);
	assert_int_equal(gn_name_bits(&seven, 0), 20);
	assert_int_equal(gn_name_bits(&han, 0), 26); /* letters, not bytes of the coded form */
	assert_int_equal(gn_name_bits(&seven, 7), 20);
	assert_int_equal(gn_name_bits(&seven, 8), 21);
	assert_int_equal(gn_name_bits(&seven, 16), 22);
	assert_int_equal(gn_name_bits(&seven, UINT32_MAX), 32);
	struct signed_name first, lazy, late;
	struct gn_name_claim c = claim_of(&alice, 1);
	uint64_t day = NAME_RULE_DAY + 100;
	c.created = day * DAY;
	c.epoch = day;
	solve(&c, &alice, 766228);
	sign_claim(&alice, &c, &first);
	assert_int_equal(admit(NULL, &first, c.created), GN_OK);
	unsigned have = 20;
	while (gn_name_puzzle(&c.name, &alice.pk, c.epoch, have + 1, gn_be64(c.puzzle), 1,
			      c.puzzle) == GN_OK)
		have++;
	uint32_t names = 8u << (have - 20); /* one bit more than it has */
	assert_int_equal(gn_name_admit(NULL, &first.r, names, (gn_time)c.created * GN_SEC),
			 GN_PROOF_OF_WORK);
	c.seq = 2;
	c.created += 2 * DAY;
	sign_claim(&alice, &c, &late);
	assert_int_equal(admit(&first, &late, c.created), GN_OK); /* the work of these days */
	c.created += DAY;
	lazy.buf = (struct gn_buf){lazy.bytes, 0, sizeof lazy.bytes};
	assert_int_equal(gn_name_record(&alice, &c, 0, &lazy.buf), GN_PROOF_OF_WORK);
	/* claimed before the rule: renewed once without */
	struct gn_name_claim old = claim_of(&alice, 1);
	old.created = (uint64_t)(NAME_RULE_DAY - 10) * DAY;
	sign_claim(&alice, &old, &first);
	old.seq = 2;
	old.created = (uint64_t)(NAME_RULE_DAY + 5) * DAY;
	sign_claim(&alice, &old, &late);
	assert_int_equal(admit(&first, &late, old.created), GN_OK);
	old.seq = 3;
	old.created += 10 * DAY;
	sign_claim(&alice, &old, &lazy);
	assert_int_equal(admit(&late, &lazy, old.created), GN_PROOF_OF_WORK);
}

/* NA-4: the claimer's own dates let nobody off; what is held here does, or who handed it over. */
static void a_first_claim_is_not_let_off_by_its_dates(void **state)
{
	(void)state;
	struct gn_sk alice = key_of(1);
	static struct signed_name old, late;
	struct gn_name_claim c = claim_of(&alice, 1);
	c.name = name_of("abc");
	c.created = (uint64_t)NAME_RULE_DAY * DAY - 1;
	c.epoch = NAME_RULE_DAY - 1;
	solve(&c, &alice, 392442);
	while (gn_name_puzzle(&c.name, &alice.pk, c.epoch, 26, gn_be64(c.puzzle), 1, c.puzzle) ==
	       GN_OK)
		solve(&c, &alice, gn_be64(c.puzzle) + 1);
	sign_claim(&alice, &c, &old);
	assert_int_equal(admit(NULL, &old, c.created), GN_PROOF_OF_WORK);
	assert_int_equal(gn_name_admit(NULL, &old.r, GN_NAME_PUSHED, (gn_time)c.created * GN_SEC),
			 GN_OK);
	c.created += 5 * DAY; /* its epoch before the rule */
	c.seq = 2;
	sign_claim(&alice, &c, &late);
	assert_int_equal(admit(NULL, &late, c.created), GN_PROOF_OF_WORK);
	assert_int_equal(admit(&old, &late, c.created), GN_OK);
	assert_int_equal(gn_name_admit(NULL, &late.r, GN_NAME_PUSHED, (gn_time)c.created * GN_SEC),
			 GN_OK);
	/* Who comes with the older one is shown the newer. */
	assert_int_equal(
		gn_name_admit(&late.r, &old.r, GN_NAME_PUSHED, (gn_time)c.created * GN_SEC),
		GN_STALE);
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
		cmocka_unit_test(claim_comes_back_as_it_was),
		cmocka_unit_test(record_that_does_not_prove_itself_is_refused),
		cmocka_unit_test(stolen_claims_are_refused),
		cmocka_unit_test(first_valid_claim_wins_while_it_lives),
		cmocka_unit_test(only_the_owner_renews),
		cmocka_unit_test(transfer_needs_both_signatures),
		cmocka_unit_test(own_pid_needs_no_claim),
		cmocka_unit_test(delegated_names_lie_under_their_signer),
		cmocka_unit_test(what_a_newer_version_wrote_is_kept),
		cmocka_unit_test(
			work_grows_for_short_labels_and_many_names_and_comes_again_at_renewal),
		cmocka_unit_test(a_first_claim_is_not_let_off_by_its_dates),
		cmocka_unit_test(labels_keep_to_one_script),
		cmocka_unit_test(letters_that_are_drawn_alike_have_one_skeleton),
	};
	return cmocka_run_group_tests_name("names", tests, NULL, NULL);
}
