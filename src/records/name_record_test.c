/* Name records: claims, renewals, transfers, work, and the holder's rule (NA-4..NA-8, NA-14). */
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
	if (gn_name_puzzle(&(struct gn_name_work){&c->name, &sk->pk, c->epoch}, GN_NAME_POW_BITS,
			   start, 1, c->puzzle) == GN_OK)
		return;
	assert_int_equal(gn_name_puzzle(&(struct gn_name_work){&c->name, &sk->pk, c->epoch},
					GN_NAME_POW_BITS, 0, UINT64_C(1) << 26, c->puzzle),
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
	assert_int_equal(gn_name_bits(&seven, NAME_FEW - 1), GN_NAME_POW_BITS);
	assert_int_equal(gn_name_bits(&seven, NAME_FEW), GN_NAME_POW_BITS + 1);
	assert_int_equal(gn_name_bits(&seven, 2 * NAME_FEW), GN_NAME_POW_BITS + 2);
	assert_int_equal(gn_name_bits(&seven, UINT32_MAX), NAME_BITS_MAX);
	struct signed_name first, lazy, late;
	struct gn_name_claim c = claim_of(&alice, 1);
	uint64_t day = NAME_RULE_DAY + 100;
	c.created = day * DAY;
	c.epoch = day;
	solve(&c, &alice, 766228);
	sign_claim(&alice, &c, &first);
	assert_int_equal(admit(NULL, &first, c.created), GN_OK);
	unsigned have = 20;
	while (gn_name_puzzle(&(struct gn_name_work){&c.name, &alice.pk, c.epoch}, have + 1,
			      gn_be64(c.puzzle), 1, c.puzzle) == GN_OK)
		have++;
	uint32_t names = NAME_FEW << (have - 20); /* one bit more than it has */
	assert_int_equal(gn_name_admit(NULL, &first.r, names, (gn_time)c.created * GN_SEC),
			 GN_PROOF_OF_WORK);
	c.seq = 2;
	c.created += NAME_WORK_DAYS * DAY;
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
	/* and not after the term in which that is so */
	old.created = (uint64_t)(NAME_RULE_DAY + NAME_RULE_TERM - 1) * DAY;
	sign_claim(&alice, &old, &lazy);
	old.created += DAY;
	lazy.buf.len = 0;
	assert_int_equal(gn_name_record(&alice, &old, 0, &lazy.buf), GN_PROOF_OF_WORK);
	old.seq = 3;
	old.created = (uint64_t)(NAME_RULE_DAY + 15) * DAY;
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
	while (gn_name_puzzle(&(struct gn_name_work){&c.name, &alice.pk, c.epoch}, 26,
			      gn_be64(c.puzzle), 1, c.puzzle) == GN_OK)
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

int main(void)
{
	const struct CMUnitTest tests[] = {
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
	};
	return cmocka_run_group_tests_name("names", tests, NULL, NULL);
}
