/* Messages of the bus: what comes back, each rule of their form, limits and one past each, subjects
 * and filters. Rules BS-1, BS-2. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "records/said.h"

static struct gn_sk key;
static struct gn_hash topic;
static struct gn_said in, out;
static uint8_t room[2 * GN_SAID_MAX], payload[GN_SAID_PAYLOAD + 1];

static int set_up(void **state)
{
	(void)state;
	gn_sk_from_seed((const uint8_t[32]){9}, &key);
	topic.b[0] = 3;
	in = (struct gn_said){.subject = GN_LIT("a.b"),
			      .epoch = 5,
			      .seq = 1,
			      .time = 7,
			      .payload = gn_slice(payload, 10)};
	return 0;
}

static gn_err again(void)
{
	struct gn_buf b = {room, 0, sizeof room};
	struct gn_sig sig;
	GN_TRY(gn_said_make(&key, &topic, &in, &b, &sig));
	out.sig = sig;
	GN_TRY(gn_said_parse(gn_buf_slice(&b), &out));
	return gn_said_verify(&topic, &out);
}

static void a_message_comes_back(void **state)
{
	(void)state;
	assert_int_equal(again(), GN_OK);
	assert_true(gn_slice_eq(out.subject, in.subject) && gn_slice_eq(out.payload, in.payload));
	assert_true(gn_pk_eq(&out.publisher, &key.pk));
	assert_true(out.epoch == 5 && out.seq == 1 && out.time == 7 && out.until == 0);
	/* of another topic it is nothing */
	topic.b[0]++;
	assert_int_equal(gn_said_verify(&topic, &out), GN_SIGNATURE);
}

static void its_form_has_rules(void **state)
{
	(void)state;
	in.payload.len = GN_SAID_PAYLOAD;
	assert_int_equal(again(), GN_OK);
	in.payload.len++;
	assert_int_equal(again(), GN_TOO_LARGE);
	in.payload.len = 0;
	uint64_t *numbers[] = {&in.epoch, &in.seq, &in.time};
	for (size_t i = 0; i < GN_COUNT(numbers); i++) {
		uint64_t was = *numbers[i];
		*numbers[i] = 0;
		assert_int_equal(again(), GN_USAGE);
		*numbers[i] = was;
	}
	in.until = 9; /* nothing that counts until then */
	assert_int_equal(again(), GN_USAGE);
	in.flags = GN_FB_BUS_FLAG_RETAINED;
	assert_int_equal(again(), GN_OK);
	in.until = 0;
	assert_int_equal(again(), GN_USAGE);
	in.flags = 16; /* unknown: not made */
	assert_int_equal(again(), GN_USAGE);
}

static gn_err kept(struct gn_slice chain, struct gn_slice *token)
{
	static uint8_t item[GN_SAID_KEPT_MAX + 1];
	struct gn_buf b = {item, 0, sizeof item};
	GN_TRY(again());
	GN_TRY(gn_said_keep(&out, chain, &b));
	struct gn_slice bytes = gn_buf_slice(&b);
	out = (struct gn_said){.epoch = 1};
	return gn_said_kept(&topic, bytes, &out, token);
}

/* What a box may bring: signed for this topic and for a box, whole, and no more than that. */
static void a_message_for_a_box_comes_back(void **state)
{
	static uint8_t item[2 * GN_SAID_KEPT_MAX], chain[GN_SAID_TOKEN + 1];
	struct gn_slice token = GN_LIT("untouched"), whole;
	(void)state;
	assert_int_equal(kept(gn_slice(NULL, 0), &token), GN_USAGE); /* not said for one */
	in.flags = GN_FB_BUS_FLAG_QUORUM;
	assert_int_equal(kept(gn_slice(NULL, 0), &token), GN_OK);
	assert_true(out.epoch == 5 && token.len == 0 && gn_slice_eq(out.payload, in.payload));
	in.payload = gn_slice(payload, GN_SAID_PAYLOAD);
	assert_int_equal(kept(gn_slice(chain, GN_SAID_TOKEN + 1), &token), GN_TOO_LARGE);
	assert_int_equal(kept(gn_slice(chain, GN_SAID_TOKEN), &token), GN_OK);
	assert_true(token.len == GN_SAID_TOKEN && out.payload.len == GN_SAID_PAYLOAD);
	/* of another topic, by another key, cut short, too long: nothing, and nothing changes */
	struct gn_buf b = {item, 0, sizeof item};
	assert_int_equal(again(), GN_OK);
	assert_int_equal(gn_said_keep(&out, gn_slice(NULL, 0), &b), GN_OK);
	whole = gn_buf_slice(&b);
	struct gn_hash other = {{9}};
	struct gn_said got = {.epoch = 1};
	token = GN_LIT("untouched");
	assert_int_equal(gn_said_kept(&other, whole, &got, &token), GN_SIGNATURE);
	assert_int_equal(gn_said_kept(&topic, gn_slice(item, whole.len - 1), &got, &token),
			 GN_MALFORMED);
	assert_int_equal(gn_said_kept(&topic, gn_slice(item, GN_SAID_KEPT_MAX + 1), &got, &token),
			 GN_TOO_LARGE);
	assert_true(got.epoch == 1 && gn_slice_eq(token, GN_LIT("untouched")));
	/* nor a will, which roots alone tell */
	in.flags = GN_FB_BUS_FLAG_QUORUM | GN_FB_BUS_FLAG_WILL;
	in.until = 9;
	in.seq = GN_SAID_WILL;
	in.lease = 60;
	in.by.b[0] = 1;
	assert_int_equal(kept(gn_slice(NULL, 0), &token), GN_USAGE);
}

static void a_will_has_its_number_and_a_lease(void **state)
{
	(void)state;
	in.flags = GN_FB_BUS_FLAG_WILL;
	in.until = 9;
	in.lease = GN_SAID_LEASE_MIN;
	assert_int_equal(again(), GN_USAGE);
	in.seq = GN_SAID_WILL;
	assert_int_equal(again(), GN_USAGE); /* whose is it to bring? */
	in.by.b[31] = 1;
	assert_int_equal(again(), GN_OK);
	in.lease--;
	assert_int_equal(again(), GN_USAGE);
	in.lease = GN_SAID_LEASE_MAX;
	assert_int_equal(again(), GN_OK);
	in.lease++;
	assert_int_equal(again(), GN_USAGE);
	in.flags = 0; /* no other has that number, or names a node */
	in.lease = 0;
	in.until = 0;
	assert_int_equal(again(), GN_USAGE);
	in.seq = 1;
	assert_int_equal(again(), GN_USAGE);
	memset(in.by.b, 0, sizeof in.by.b);
	assert_int_equal(again(), GN_OK);
}

/* One node alone, and the salt hides which. */
static void a_will_names_the_node_that_brings_it(void **state)
{
	struct gn_pk node = {{1}}, other = {{2}};
	struct gn_hash salt = {{3}}, salt_2 = {{4}}, by, by_other, by_salt;
	(void)state;
	gn_said_by(&node, &salt, &by);
	gn_said_by(&other, &salt, &by_other);
	gn_said_by(&node, &salt_2, &by_salt);
	assert_memory_not_equal(by.b, by_other.b, 32);
	assert_memory_not_equal(by.b, by_salt.b, 32);
	in.flags = GN_FB_BUS_FLAG_WILL;
	in.seq = GN_SAID_WILL;
	in.until = 9;
	in.lease = 90;
	in.by = by;
	assert_int_equal(again(), GN_OK);
	assert_memory_equal(out.by.b, by.b, 32);
}

static void subjects_are_tokens(void **state)
{
	static uint8_t text[GN_SAID_SUBJECT + 1];
	static const char *const good[] = {"", "a", "a.b", "a*.b>", "ж.b"};
	static const char *const bad[] = {".",   "a.",  ".a",  "a..b", "*",
					  "a.>", "a b", "a\n", "\x80"};
	(void)state;
	for (size_t i = 0; i < GN_COUNT(good); i++)
		assert_int_equal(gn_subject_ok(gn_str(good[i]), false), GN_OK);
	for (size_t i = 0; i < GN_COUNT(bad); i++)
		assert_int_equal(gn_subject_ok(gn_str(bad[i]), false), GN_TEXT);
	assert_int_equal(gn_subject_ok(GN_LIT("*.a.>"), true), GN_OK);
	assert_int_equal(gn_subject_ok(GN_LIT(">.a"), true), GN_TEXT);
	memset(text, 'a', sizeof text);
	assert_int_equal(gn_subject_ok(gn_slice(text, GN_SAID_SUBJECT), false), GN_OK);
	assert_int_equal(gn_subject_ok(gn_slice(text, GN_SAID_SUBJECT + 1), false), GN_TOO_LARGE);
	for (size_t i = 1; i < 2 * GN_SAID_TOKENS; i += 2)
		text[i] = '.';
	assert_int_equal(gn_subject_ok(gn_slice(text, 2 * GN_SAID_TOKENS - 1), false), GN_OK);
	assert_int_equal(gn_subject_ok(gn_slice(text, 2 * GN_SAID_TOKENS + 1), false),
			 GN_TOO_LARGE);
}

static void filters_match(void **state)
{
	static const struct {
		const char *filter, *subject;
		bool matches;
	} cases[] = {{"a.b", "a.b", true},   {"a.b", "a.c", false},   {"a.*", "a.b", true},
		     {"a.*", "a", false},    {"a.*", "a.b.c", false}, {"*.b", "a.b", true},
		     {">", "a", true},       {">", "a.b.c", true},    {"a.>", "a", false},
		     {"a.>", "a.b.c", true}, {"", "", true},          {">", "", false},
		     {"", "a", false},       {"a", "", false},        {"ab", "a", false}};
	(void)state;
	for (size_t i = 0; i < GN_COUNT(cases); i++)
		assert_int_equal(
			gn_subject_matches(gn_str(cases[i].filter), gn_str(cases[i].subject)),
			cases[i].matches);
}

static void a_right_is_shown_to_one_root_in_one_session(void **state)
{
	struct gn_said_show show = {.topic = topic, .root = {{1}}, .exporter = {2}};
	struct gn_sig sig;
	(void)state;
	gn_said_show_sign(&key, &show, &sig);
	assert_int_equal(gn_said_show_check(&key.pk, &show, &sig), GN_OK);
	show.exporter[31]++;
	assert_int_equal(gn_said_show_check(&key.pk, &show, &sig), GN_SIGNATURE);
	show.exporter[31]--;
	show.root.b[0]++;
	assert_int_equal(gn_said_show_check(&key.pk, &show, &sig), GN_SIGNATURE);
	show.root.b[0]--;
	show.topic.b[5]++;
	assert_int_equal(gn_said_show_check(&key.pk, &show, &sig), GN_SIGNATURE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_message_comes_back, set_up),
		cmocka_unit_test_setup(its_form_has_rules, set_up),
		cmocka_unit_test_setup(a_message_for_a_box_comes_back, set_up),
		cmocka_unit_test_setup(a_will_has_its_number_and_a_lease, set_up),
		cmocka_unit_test_setup(a_will_names_the_node_that_brings_it, set_up),
		cmocka_unit_test_setup(subjects_are_tokens, set_up),
		cmocka_unit_test_setup(filters_match, set_up),
		cmocka_unit_test_setup(a_right_is_shown_to_one_root_in_one_session, set_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
