/* Topic records (TP-1..TP-5): round trip, what absent numbers stand for, labels, limits and one
 * past each, who may publish, what holders take. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "records/limits.h"
#include "records/topic.h"
#include "wire/token.h"

#define T0 UINT64_C(1767225600)

static struct gn_sk owner;
static uint8_t room[2 * GN_RECORD_MAX];
static struct gn_topicrec in, out;

static int set_up(void **state)
{
	(void)state;
	gn_sk_from_seed((const uint8_t[32]){5}, &owner);
	return 0;
}

static void start(void)
{
	memset(&in, 0, sizeof in);
	in.owner = owner.pk;
	in.label = GN_LIT("news.local");
	in.seq = 4;
	in.created = T0;
	in.ttl = 86400;
}

static gn_err reopen(void)
{
	struct gn_buf b = {room, 0, GN_RECORD_MAX};
	GN_TRY(gn_topicrec_record(&owner, &in, &b));
	return gn_topicrec_open(gn_buf_slice(&b), &out);
}

static void a_full_record_comes_back_as_it_was(void **state)
{
	(void)state;
	struct gn_hash key;
	struct gn_record r;
	start();
	in.publish = GN_FB_TOPIC_ADMISSION_OWNER;
	in.subscribe = GN_FB_TOPIC_ADMISSION_TOKEN;
	in.sealed = in.mesh = true;
	in.box.b[0] = 7;
	in.rate = in.rate_all = TOPIC_RATE_MAX;
	in.payload_max = GN_TOPICREC_PAYLOAD - 1;
	for (in.key_count = 0; in.key_count < GN_TOPICREC_KEYS; in.key_count++)
		in.keys[in.key_count] = (struct gn_pk){{1, (uint8_t)in.key_count}};
	assert_int_equal(reopen(), GN_OK);
	assert_true(gn_slice_eq(out.label, in.label) && gn_pk_eq(&out.owner, &owner.pk));
	assert_true(out.seq == 4 && out.created == T0 && out.ttl == 86400);
	assert_true(out.sealed && out.mesh && gn_pk_eq(&out.box, &in.box));
	assert_int_equal(out.publish, GN_FB_TOPIC_ADMISSION_OWNER);
	assert_int_equal(out.subscribe, GN_FB_TOPIC_ADMISSION_TOKEN);
	assert_int_equal(out.rate, TOPIC_RATE_MAX);
	assert_int_equal(out.rate_all, TOPIC_RATE_MAX);
	assert_int_equal(out.payload_max, GN_TOPICREC_PAYLOAD - 1);
	assert_int_equal(out.key_count, GN_TOPICREC_KEYS);
	assert_memory_equal(out.keys, in.keys, sizeof in.keys);
	assert_int_equal(gn_wire_record_open(gn_slice(room, GN_RECORD_MAX), &r), GN_OK);
	gn_topicrec_key(&owner.pk, in.label, &key);
	assert_memory_equal(&key, &r.key, sizeof key);
	assert_memory_equal(&out.before.hash[0], &r.hash, sizeof key);
	assert_in_range(r.body.len, 8192, TOPIC_BODY_MAX - 2048);
	struct gn_topicrec parsed;
	assert_int_equal(gn_topicrec_parse(r.bytes, &parsed), GN_OK);
	assert_int_equal(parsed.key_count, GN_TOPICREC_KEYS);
	uint8_t *sig = room + (r.bytes.len - 1);
	*sig ^= 1;
	assert_int_not_equal(gn_topicrec_open(r.bytes, &parsed), GN_OK);
	*sig ^= 1;
}

static void an_absent_number_stands_for_the_usual(void **state)
{
	(void)state;
	start();
	assert_int_equal(reopen(), GN_OK);
	size_t without = out.before.body.len;
	assert_int_equal(out.rate, GN_TOPICREC_RATE);
	assert_int_equal(out.rate_all, GN_TOPICREC_RATE_ALL);
	assert_int_equal(out.payload_max, GN_TOPICREC_PAYLOAD);
	in.rate = GN_TOPICREC_RATE;
	in.rate_all = GN_TOPICREC_RATE_ALL;
	in.payload_max = GN_TOPICREC_PAYLOAD;
	assert_int_equal(reopen(), GN_OK);
	assert_int_equal(out.before.body.len, without);
}

static void limits_hold(void **state)
{
	(void)state;
	start();
	in.rate = TOPIC_RATE_MAX + 1;
	assert_int_equal(reopen(), GN_USAGE);
	start();
	in.rate_all = TOPIC_RATE_MAX + 1;
	assert_int_equal(reopen(), GN_USAGE);
	start();
	in.payload_max = GN_TOPICREC_PAYLOAD + 1;
	assert_int_equal(reopen(), GN_USAGE);
	start();
	in.key_count = GN_TOPICREC_KEYS + 1;
	assert_int_equal(reopen(), GN_USAGE);
	start();
	in.publish = GN_FB_TOPIC_ADMISSION_TOKEN + 1;
	assert_int_equal(reopen(), GN_UNSUPPORTED);
	start();
	in.subscribe = 200;
	assert_int_equal(reopen(), GN_UNSUPPORTED);
	start();
	in.before.beyond = true;
	assert_int_equal(reopen(), GN_VERSION);
}

static void labels_are_tokens(void **state)
{
	(void)state;
	static const char *const good[] = {"", "a", "a.b", "*a.b>", "a.\xc3\xa4", "x*"};
	static const char *const bad[] = {".", "a.",  ".a",  "a..b", "*",   "a.*.b",
					  ">", "a.>", "a b", "a\tb", "\x7f"};
	char text[2 * TOPIC_TOKENS_MAX + 2] = {0};
	for (size_t i = 0; i < GN_COUNT(good); i++) {
		start();
		in.label = gn_str(good[i]);
		assert_int_equal(reopen(), GN_OK);
	}
	for (size_t i = 0; i < GN_COUNT(bad); i++) {
		start();
		in.label = gn_str(bad[i]);
		assert_int_equal(reopen(), GN_USAGE);
	}
	for (size_t i = 0; i < sizeof text - 2; i++)
		text[i] = i % 2 ? '.' : 'a';
	start();
	in.label = gn_slice(text, 2 * TOPIC_TOKENS_MAX - 1);
	assert_int_equal(reopen(), GN_OK);
	text[2 * TOPIC_TOKENS_MAX] = 'a';
	in.label = gn_slice(text, 2 * TOPIC_TOKENS_MAX + 1);
	assert_int_equal(reopen(), GN_USAGE);
}

/* A record that a forger signs as they like. */
static gn_err forge(const struct gn_fb_topic_body_args *args, const char *label, uint8_t salt)
{
	static uint8_t storage[GN_RECORD_MAX];
	struct gn_fbb f = gn_fbb(storage, sizeof storage);
	struct gn_buf b = {room, 0, GN_RECORD_MAX};
	struct gn_slice body;
	GN_TRY(gn_fbb_finish(&f, gn_fb_topic_body_make(&f, args), NULL, &body));
	struct gn_record_fields fields = {.type = GN_FB_RECORD_TYPE_TOPIC,
					  .salt = salt,
					  .label = gn_str(label),
					  .body = body,
					  .created = T0,
					  .ttl = 3600};
	GN_TRY(gn_wire_record_make(&owner, NULL, &fields, &b));
	out.seq = 77;
	gn_err err = gn_topicrec_open(gn_buf_slice(&b), &out);
	assert_true(err == GN_OK || out.seq == 77);
	return err;
}

static void forged_records_are_refused(void **state)
{
	(void)state;
	static struct gn_fb_key keys[GN_TOPICREC_KEYS + 1];
	struct gn_fb_topic_body_args a = {.keys = {keys, GN_TOPICREC_KEYS}};
	assert_int_equal(forge(&a, "a", 0), GN_OK);
	assert_int_equal(forge(&a, "a", 1), GN_MALFORMED);
	assert_int_equal(forge(&a, "a..b", 0), GN_MALFORMED);
	a.keys.count++;
	assert_int_equal(forge(&a, "a", 0), GN_MALFORMED);
	a = (struct gn_fb_topic_body_args){.rate = TOPIC_RATE_MAX + 1};
	assert_int_equal(forge(&a, "a", 0), GN_MALFORMED);
	a = (struct gn_fb_topic_body_args){.payload_max = UINT32_MAX};
	assert_int_equal(forge(&a, "a", 0), GN_MALFORMED);
	a = (struct gn_fb_topic_body_args){.publish = 3};
	assert_int_equal(forge(&a, "a", 0), GN_UNSUPPORTED);
}

static void owners_and_their_keys_publish(void **state)
{
	(void)state;
	struct gn_pk one = {{1}}, two = {{2}};
	start();
	in.keys[0] = one;
	in.key_count = 1;
	in.publish = GN_FB_TOPIC_ADMISSION_OWNER;
	in.subscribe = GN_FB_TOPIC_ADMISSION_TOKEN;
	assert_true(gn_topicrec_publishes(&in, &owner.pk) && gn_topicrec_publishes(&in, &one));
	assert_false(gn_topicrec_publishes(&in, &two));
	assert_true(gn_topicrec_subscribes(&in, &owner.pk));
	assert_false(gn_topicrec_subscribes(&in, &one) || gn_topicrec_subscribes(&in, &two));
	in.publish = GN_FB_TOPIC_ADMISSION_OPEN;
	assert_true(gn_topicrec_publishes(&in, &two));
	in.subscribe = GN_FB_TOPIC_ADMISSION_OWNER;
	assert_true(gn_topicrec_subscribes(&in, &one));
}

/* ---- out of the box (BS-18) ---- */

static struct gn_said said_in;

static struct gn_slice kept_item(const struct gn_sk *by, struct gn_slice chain)
{
	static uint8_t bytes[GN_SAID_MAX], item[GN_SAID_KEPT_MAX];
	struct gn_buf b = {bytes, 0, sizeof bytes}, out_item = {item, 0, sizeof item};
	struct gn_said said = {.epoch = 0};
	struct gn_hash topic;
	gn_topicrec_key(&in.owner, in.label, &topic);
	assert_int_equal(gn_said_make(by, &topic, &said_in, &b, &said.sig), GN_OK);
	assert_int_equal(gn_said_parse(gn_buf_slice(&b), &said), GN_OK);
	assert_int_equal(gn_said_keep(&said, chain, &out_item), GN_OK);
	return gn_buf_slice(&out_item);
}

static void start_kept(void)
{
	start();
	in.owner = owner.pk;
	in.publish = GN_FB_TOPIC_ADMISSION_OWNER;
	said_in = (struct gn_said){.epoch = 5,
				   .seq = 1,
				   .time = T0 * 1000,
				   .flags = GN_FB_BUS_FLAG_QUORUM,
				   .payload = GN_LIT("x")};
}

static void what_a_box_brings_is_judged(void **state)
{
	struct gn_said got = {.epoch = 1};
	struct gn_slice none = gn_slice(NULL, 0), item;
	struct gn_sk other;
	(void)state;
	gn_sk_from_seed((const uint8_t[32]){77}, &other);
	start_kept();
	item = kept_item(&owner, none);
	/* left by another: their words would come again when they are forgotten */
	assert_int_equal(gn_topicrec_kept(&in, item, &other.pk, T0, &got), GN_DENIED);
	/* as old as a box keeps it, and no older; not of tomorrow */
	assert_int_equal(gn_topicrec_kept(&in, item, &owner.pk, T0 + BOX_TTL, &got), GN_EXPIRED);
	assert_int_equal(gn_topicrec_kept(&in, item, &owner.pk, T0 - GN_RECORD_AHEAD_MAX - 1, &got),
			 GN_RANGE);
	assert_true(got.epoch == 1);
	assert_int_equal(gn_topicrec_kept(&in, item, &owner.pk, T0 + BOX_TTL - 1, &got), GN_OK);
	assert_int_equal(gn_topicrec_kept(&in, item, &owner.pk, T0 - GN_RECORD_AHEAD_MAX, &got),
			 GN_OK);
	assert_true(got.epoch == 5 && gn_slice_eq(got.payload, GN_LIT("x")));
	/* who may not publish, and where everybody may */
	item = kept_item(&other, none);
	assert_int_equal(gn_topicrec_kept(&in, item, &other.pk, T0, &got), GN_DENIED);
	in.publish = GN_FB_TOPIC_ADMISSION_OPEN;
	assert_int_equal(gn_topicrec_kept(&in, item, &other.pk, T0, &got), GN_OK);
	/* a value that is over, and another topic's */
	said_in.flags |= GN_FB_BUS_FLAG_RETAINED;
	said_in.until = T0 + 10;
	item = kept_item(&owner, none);
	assert_int_equal(gn_topicrec_kept(&in, item, &owner.pk, T0 + 9, &got), GN_OK);
	assert_int_equal(gn_topicrec_kept(&in, item, &owner.pk, T0 + 10, &got), GN_EXPIRED);
	in.label = GN_LIT("elsewhere");
	assert_int_equal(gn_topicrec_kept(&in, item, &owner.pk, T0, &got), GN_SIGNATURE);
}

static void a_chain_is_judged_at_the_time_that_was_said(void **state)
{
	static uint8_t chain[GN_TOKEN_MAX];
	struct gn_buf b = {chain, 0, sizeof chain};
	struct gn_said got = {.epoch = 1};
	struct gn_sk other;
	(void)state;
	gn_sk_from_seed((const uint8_t[32]){77}, &other);
	start_kept();
	in.publish = GN_FB_TOPIC_ADMISSION_TOKEN;
	in.label = GN_LIT("club");
	struct gn_token_right right = {GN_LIT("topic/club"), GN_FB_ACTION_PUBLISH};
	struct gn_token_fields f = {.audience = other.pk,
				    .rights = &right,
				    .right_count = 1,
				    .not_before = T0,
				    .expires = T0 + 100};
	assert_int_equal(gn_token_issue(&owner, &f, &b, NULL), GN_OK);
	struct gn_slice t = gn_buf_slice(&b);
	assert_int_equal(gn_topicrec_kept(&in, kept_item(&other, t), &other.pk, T0 + 99, &got),
			 GN_OK);
	/* it is over by now, and was not then */
	assert_int_equal(gn_topicrec_kept(&in, kept_item(&other, t), &other.pk, T0 + 500, &got),
			 GN_OK);
	said_in.time = (T0 + 100) * 1000;
	assert_int_equal(gn_topicrec_kept(&in, kept_item(&other, t), &other.pk, T0 + 100, &got),
			 GN_EXPIRED);
	said_in.time = T0 * 1000;
	assert_int_equal(
		gn_topicrec_kept(&in, kept_item(&other, gn_slice(NULL, 0)), &other.pk, T0, &got),
		GN_DENIED);
	gn_sk_from_seed((const uint8_t[32]){78}, &other); /* another's chain */
	assert_int_equal(gn_topicrec_kept(&in, kept_item(&other, t), &other.pk, T0, &got),
			 GN_DENIED);
}

/* TP-5, a vector: whoever knows the topic makes the same key. */
static void everybody_makes_the_reader_of_an_open_box(void **state)
{
	(void)state;
	struct gn_hash a, b;
	struct gn_sk one_sk, two_sk;
	char hex[65];
	gn_topicrec_key(&owner.pk, GN_LIT("news"), &a);
	gn_topicrec_key(&owner.pk, GN_LIT("other"), &b);
	gn_topicrec_reader(&a, &one_sk);
	gn_topicrec_reader(&b, &two_sk);
	assert_false(gn_pk_eq(&one_sk.pk, &two_sk.pk));
	memset(a.b, 7, sizeof a.b);
	gn_topicrec_reader(&a, &one_sk);
	gn_hex(GN_SLICE(one_sk.pk.b), hex);
	assert_string_equal(hex,
			    "04aa4119c9103e0a70916bfc0a6ce009133693c25b64bc93707d7806194b27e8");
}

/* docs/spec/services.md, vectors. */
static void format_does_not_drift(void **state)
{
	(void)state;
	struct gn_hash sum;
	char hex[65];
	start();
	in.publish = GN_FB_TOPIC_ADMISSION_OWNER;
	in.mesh = true;
	in.rate = 30;
	in.box.b[0] = 7;
	in.keys[0].b[0] = 8;
	in.key_count = 1;
	struct gn_buf b = {room, 0, GN_RECORD_MAX};
	assert_int_equal(gn_topicrec_record(&owner, &in, &b), GN_OK);
	gn_sha256((struct gn_slice[]){gn_buf_slice(&b)}, 1, &sum);
	gn_hex(GN_SLICE(sum.b), hex);
	assert_string_equal(hex,
			    "a3ef7b73e372dbbb906075ce4812f1f96232e7a465e1c72dcafae920ea5b606b");
}

static struct gn_record record_of(uint8_t *at)
{
	struct gn_buf b = {at, 0, GN_RECORD_MAX};
	struct gn_record r;
	assert_int_equal(gn_topicrec_record(&owner, &in, &b), GN_OK);
	assert_int_equal(gn_wire_record_open(gn_buf_slice(&b), &r), GN_OK);
	return r;
}

static void holders_take_newer_ones(void **state)
{
	(void)state;
	static uint8_t large[TOPIC_BODY_MAX + 1];
	gn_time now = (gn_time)T0 * GN_SEC;
	start();
	struct gn_record held = record_of(room);
	in.seq++;
	struct gn_record next = record_of(room + GN_RECORD_MAX);
	assert_int_equal(gn_topicrec_admit(NULL, &held, 0, now), GN_OK);
	assert_int_equal(gn_topicrec_admit(&held, &held, 0, now), GN_OK);
	assert_int_equal(gn_topicrec_admit(&held, &next, 0, now), GN_OK);
	assert_int_equal(gn_topicrec_admit(&next, &held, 0, now), GN_STALE);
	assert_int_equal(gn_topicrec_admit(&held, &next, 0, now + 86401 * GN_SEC), GN_EXPIRED);
	assert_int_equal(gn_topicrec_admit(NULL, &next, 0, now - 301 * GN_SEC), GN_RANGE);
	memcpy(large, held.body.p, held.body.len);
	held.body = gn_slice(large, TOPIC_BODY_MAX);
	assert_int_equal(gn_topicrec_admit(NULL, &held, 0, now), GN_OK);
	held.body.len++;
	assert_int_equal(gn_topicrec_admit(NULL, &held, 0, now), GN_TOO_LARGE);
	next.owner.b[0] ^= 1;
	assert_int_equal(gn_topicrec_admit(&held, &next, 0, now), GN_DENIED);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_full_record_comes_back_as_it_was),
		cmocka_unit_test(an_absent_number_stands_for_the_usual),
		cmocka_unit_test(what_a_box_brings_is_judged),
		cmocka_unit_test(a_chain_is_judged_at_the_time_that_was_said),
		cmocka_unit_test(everybody_makes_the_reader_of_an_open_box),
		cmocka_unit_test(format_does_not_drift),
		cmocka_unit_test(limits_hold),
		cmocka_unit_test(labels_are_tokens),
		cmocka_unit_test(forged_records_are_refused),
		cmocka_unit_test(owners_and_their_keys_publish),
		cmocka_unit_test(holders_take_newer_ones),
	};
	return cmocka_run_group_tests(tests, set_up, NULL);
}
