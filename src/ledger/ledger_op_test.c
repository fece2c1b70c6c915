/* Signed operations: the published vectors, both profiles, and everything a signature must not
 * cover. */
#include "ledger/op.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static const char alice_pid[] = "2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd";

static struct gn_sk alice(void)
{
	struct gn_sk sk;
	gn_sk_from_seed((uint8_t[32]){0}, &sk);
	return sk;
}

static void base64(const uint8_t *p, size_t len, char *out)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	for (size_t i = 0; i < len; i += 3) {
		uint32_t v = (uint32_t)p[i] << 16 | (i + 1 < len ? (uint32_t)p[i + 1] << 8 : 0) |
			     (i + 2 < len ? p[i + 2] : 0u);
		*out++ = digits[v >> 18];
		*out++ = digits[v >> 12 & 63];
		*out++ = i + 1 < len ? digits[v >> 6 & 63] : '=';
		*out++ = i + 2 < len ? digits[v & 63] : '=';
	}
	*out = 0;
}

static void test_vectors_of_the_reference(void **state)
{
	(void)state;
	static const struct {
		enum gn_op_kind kind;
		const char *text, *sig;
	} vectors[] = {
		{GN_OP_REGISTER,
		 "{\"display_name\":\"Alice\","
		 "\"public_key\":\"O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik=\","
		 "\"type\":\"person\"}",
		 "BPHQJ2v9JYqx6gUDfKr8MF2U+HN8kKOa6H/M850sKyjr7pDyNbz0sE8j/TLKqK+A"
		 "RthiCgPiibybgUXg18YoBg=="},
		{GN_OP_PAYMENT,
		 "{\"amount\":\"100.00\",\"equivalent\":\"UAH\",\"to\":\"X\","
		 "\"tx_id\":\"00000000-0000-4000-8000-000000000001\"}",
		 "qO/4YmRMm0vu30LB929NQ7ax6059uTPyF24ClCvCOIjQZ+v00pdzL284GkSUY2Rw"
		 "MgFClysDHRbMnYzryTndBg=="},
		{GN_OP_LINE_CREATE,
		 "{\"equivalent\":\"UAH\",\"limit\":\"1000.00\",\"policy\":{\"auto_clearing\":true,"
		 "\"can_be_intermediate\":true},\"to\":\"X\"}",
		 "dni4Ac/Oqdq5NJv42ju3miCDWuJxOvsSzocIBhYarxdawkqmKZyJlmiK0SJUEYlE"
		 "tqP2eTgs59risVS9DnETDg=="},
	};
	struct gn_sk sk = alice();
	char pid[GN_PID_MAX];
	gn_pid(&sk.pk, pid);
	assert_string_equal(pid, alice_pid);
	for (size_t i = 0; i < GN_COUNT(vectors); i++) {
		struct gn_sig sig;
		char text[96];
		struct gn_op op;
		gn_op_sign(&sk, gn_str(vectors[i].text), &sig);
		base64(sig.b, sizeof sig.b, text);
		assert_string_equal(text, vectors[i].sig);
		assert_int_equal(gn_op_verify(&sk.pk, gn_str(vectors[i].text), &sig), GN_OK);
		assert_int_equal(
			gn_op_parse(GN_PROFILE_V0, vectors[i].kind, gn_str(vectors[i].text), &op),
			GN_OK);
		sig.b[5] ^= 1;
		assert_int_equal(gn_op_verify(&sk.pk, gn_str(vectors[i].text), &sig), GN_SIGNATURE);
		if (i == 0)
			assert_memory_equal(op.public_key.b, sk.pk.b, 32);
	}
}

static gn_err parse0(enum gn_op_kind kind, const char *text)
{
	struct gn_op op;
	return gn_op_parse(GN_PROFILE_V0, kind, gn_str(text), &op);
}

static void test_bodies_are_read_whole_or_not_at_all(void **state)
{
	(void)state;
	static const struct {
		enum gn_op_kind kind;
		const char *text;
		gn_err err;
	} cases[] = {
		{GN_OP_PAYMENT,
		 "{\"amount\":\"1\",\"equivalent\":\"UAH\",\"to\":\"X\",\"tx_id\":\"a\",\"x\":1}",
		 GN_UNSUPPORTED},
		{GN_OP_PAYMENT, "{\"amount\":\"1\",\"equivalent\":\"UAH\",\"to\":\"X\"}", GN_USAGE},
		{GN_OP_PAYMENT,
		 "{\"amount\":1,\"equivalent\":\"UAH\",\"to\":\"X\",\"tx_id\":\"a\"}", GN_AMOUNT},
		{GN_OP_PAYMENT,
		 "{\"amount\":1.5,\"equivalent\":\"UAH\",\"to\":\"X\",\"tx_id\":\"a\"}", GN_RANGE},
		{GN_OP_PAYMENT,
		 "{\"amount\":\"1\",\"equivalent\":\"U H\",\"to\":\"X\",\"tx_id\":\"a\"}",
		 GN_USAGE},
		{GN_OP_PAYMENT,
		 "{\"amount\":\"1\",\"equivalent\":\"UAH\",\"to\":\"X\",\"tx_id\":\"a b\"}",
		 GN_USAGE},
		{GN_OP_PAYMENT,
		 "{\"amount\":\"1\",\"equivalent\":\"UAH\",\"to\":\"X\",\"tx_id\":\"\"}", GN_USAGE},
		{GN_OP_PAYMENT,
		 "{\"amount\": \"1\",\"equivalent\":\"UAH\",\"to\":\"X\",\"tx_id\":\"a\"}",
		 GN_CANONICAL},
		{GN_OP_PAYMENT,
		 "{\"equivalent\":\"UAH\",\"amount\":\"1\",\"to\":\"X\",\"tx_id\":\"a\"}",
		 GN_CANONICAL},
		{GN_OP_PAYMENT,
		 "{\"amount\":\"1\",\"amount\":\"2\",\"equivalent\":\"UAH\",\"to\":\"X\","
		 "\"tx_id\":\"a\"}",
		 GN_EXISTS},
		{GN_OP_PAYMENT,
		 "{\"amount\":\"1\",\"constraints\":{\"max_hops\":3},\"equivalent\":\"UAH\","
		 "\"to\":\"X\",\"tx_id\":\"a\"}",
		 GN_OK},
		{GN_OP_PAYMENT,
		 "{\"amount\":\"1\",\"constraints\":{\"max_hops\":0},\"equivalent\":\"UAH\","
		 "\"to\":\"X\",\"tx_id\":\"a\"}",
		 GN_USAGE},
		{GN_OP_PAYMENT,
		 "{\"amount\":\"1\",\"constraints\":{\"max_hops\":11},\"equivalent\":\"UAH\","
		 "\"to\":\"X\",\"tx_id\":\"a\"}",
		 GN_USAGE},
		{GN_OP_PAYMENT,
		 "{\"amount\":\"1\",\"constraints\":{\"fee\":1},\"equivalent\":\"UAH\","
		 "\"to\":\"X\",\"tx_id\":\"a\"}",
		 GN_UNSUPPORTED},
		{GN_OP_PAYMENT,
		 "{\"amount\":\"1\",\"equivalent\":\"UAH\",\"to\":\"X\",\"tx_id\":\"a\","
		 "\"version\":1}",
		 GN_UNSUPPORTED},
		{GN_OP_PAYMENT, "[]", GN_USAGE},
		{GN_OP_LINE_CREATE,
		 "{\"equivalent\":\"UAH\",\"limit\":\"5\",\"policy\":{\"ask\":true},\"to\":\"X\"}",
		 GN_UNSUPPORTED},
		{GN_OP_LINE_CREATE,
		 "{\"equivalent\":\"UAH\",\"limit\":\"5\",\"policy\":{\"daily_limit\":null},"
		 "\"to\":\"X\"}",
		 GN_OK},
		{GN_OP_LINE_CREATE,
		 "{\"equivalent\":\"UAH\",\"limit\":\"5\",\"policy\":{\"auto_clearing\":1},"
		 "\"to\":\"X\"}",
		 GN_USAGE},
		{GN_OP_LINE_CREATE,
		 "{\"equivalent\":\"UAH\",\"limit\":\"5\","
		 "\"policy\":{\"blocked_participants\":[\"X\"]},\"to\":\"X\"}",
		 GN_USAGE},
		{GN_OP_LINE_UPDATE, "{\"id\":\"a\"}", GN_USAGE},
		{GN_OP_LINE_CLOSE, "{\"id\":\"a\"}", GN_OK},
		{GN_OP_LINE_CLOSE, "{\"id\":\"a\",\"to\":\"X\"}", GN_UNSUPPORTED},
		{GN_OP_LINE_UPDATE, "{\"equivalent\":\"UAH\",\"id\":\"a\",\"limit\":\"5\"}",
		 GN_UNSUPPORTED},
		{GN_OP_LINE_CLOSE, "{\"id\":\"a\",\"when_repaid\":true}", GN_UNSUPPORTED},
		{GN_OP_PROFILE, "{}", GN_USAGE},
		{GN_OP_PROFILE, "{\"profile\":{\"a\":[1]}}", GN_OK},
		{GN_OP_PROFILE, "{\"display_name\":\"\"}", GN_USAGE},
		{GN_OP_REGISTER,
		 "{\"display_name\":\"A\","
		 "\"public_key\":\"O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2il=\","
		 "\"type\":\"person\"}",
		 GN_USAGE},
		{GN_OP_REGISTER,
		 "{\"display_name\":\"A\","
		 "\"public_key\":\"O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik=\","
		 "\"type\":\"robot\"}",
		 GN_USAGE},
	};
	for (size_t i = 0; i < GN_COUNT(cases); i++)
		if (parse0(cases[i].kind, cases[i].text) != cases[i].err)
			fail_msg("%s: %s, expected %s", cases[i].text,
				 gn_err_name(parse0(cases[i].kind, cases[i].text)),
				 gn_err_name(cases[i].err));
}

static struct gn_slice wrap(enum gn_op_kind kind, const char *body, const char *tx_id,
			    char *storage, size_t cap)
{
	struct gn_sk sk = alice();
	struct gn_op_envelope e = {.kind = kind,
				   .hub = sk.pk,
				   .signer = sk.pk,
				   .seq = 7,
				   .ts = 1700000000,
				   .tx_id = gn_str(tx_id)};
	struct gn_buf b = {(uint8_t *)storage, 0, cap};
	assert_int_equal(gn_op_wrap(&e, gn_str(body), &b), GN_OK);
	return gn_buf_slice(&b);
}

static void test_envelope_says_who_where_when(void **state)
{
	(void)state;
	char storage[1024];
	struct gn_op op;
	struct gn_hash pid;
	assert_int_equal(gn_pid_parse(gn_str(alice_pid), &pid), GN_OK);
	struct gn_slice s =
		wrap(GN_OP_LINE_CLOSE, "{\"id\":\"x\",\"version\":3,\"when_repaid\":true}", NULL,
		     storage, sizeof storage);
	assert_int_equal(gn_op_parse(GN_PROFILE_V1, GN_OP_KINDS, s, &op), GN_OK);
	assert_int_equal(op.kind, GN_OP_LINE_CLOSE);
	assert_int_equal(op.seq, 7);
	assert_int_equal(op.ts, 1700000000);
	assert_memory_equal(op.hub.b, pid.b, 32);
	assert_memory_equal(op.signer.b, pid.b, 32);
	assert_true(op.when_repaid && op.has_version && op.version == 3);
	assert_int_equal(gn_op_parse(GN_PROFILE_V1, GN_OP_PAYMENT, s, &op), GN_USAGE);
	s = wrap(GN_OP_PAYMENT,
		 "{\"amount\":\"1\",\"equivalent\":\"UAH\",\"to\":\"X\",\"tx_id\":\"a\"}", "a",
		 storage, sizeof storage);
	assert_int_equal(gn_op_parse(GN_PROFILE_V1, GN_OP_PAYMENT, s, &op), GN_OK);
	s = wrap(GN_OP_PAYMENT,
		 "{\"amount\":\"1\",\"equivalent\":\"UAH\",\"to\":\"X\",\"tx_id\":\"a\"}", "b",
		 storage, sizeof storage);
	assert_int_equal(gn_op_parse(GN_PROFILE_V1, GN_OP_PAYMENT, s, &op), GN_USAGE);
	assert_int_equal(gn_op_parse(GN_PROFILE_V0, GN_OP_PAYMENT, s, &op), GN_UNSUPPORTED);
	/* every character that is lost or changed is noticed */
	s = wrap(GN_OP_LINE_CLOSE, "{\"id\":\"x\"}", NULL, storage, sizeof storage);
	for (size_t i = 0; i < s.len; i++)
		assert_int_not_equal(gn_op_parse(GN_PROFILE_V1, GN_OP_KINDS, gn_slice(s.p, i), &op),
				     GN_OK);
	char *hub = strstr(storage, "\"hub\"");
	hub[1] = 'H';
	assert_int_not_equal(gn_op_parse(GN_PROFILE_V1, GN_OP_KINDS, s, &op), GN_OK);
}

/* LG-67: a sequence number that no record could hold is refused where it is read. */
static void test_sequences_are_bounded(void **state)
{
	(void)state;
	static const struct {
		const char *seq;
		gn_err want;
	} cases[] = {
		{"1", GN_OK},
		{"4611686018427387903", GN_OK},
		{"4611686018427387904", GN_RANGE},
		{"9223372036854775807", GN_RANGE},
		{"9223372036854775808", GN_RANGE},
		{"0", GN_USAGE},
		{"-1", GN_USAGE},
		{"\"1\"", GN_USAGE},
	};
	static const char *const bodies[][2] = {
		{"line.close", "{\"id\":\"x\"}"},
		{"admin", "{\"command\":\"snapshot\"}"},
		{"participant.leave", "{}"},
	};
	char text[1024];
	struct gn_op op;
	for (size_t b = 0; b < GN_COUNT(bodies); b++)
		for (size_t i = 0; i < GN_COUNT(cases); i++) {
			snprintf(text, sizeof text,
				 "{\"body\":%s,\"domain\":\"geo/v1\",\"hub\":\"%s\",\"op\":\"%s\","
				 "\"seq\":%s,\"signer\":\"%s\",\"ts\":1700000000}",
				 bodies[b][1], alice_pid, bodies[b][0], cases[i].seq, alice_pid);
			assert_int_equal(gn_op_parse(GN_PROFILE_V1, GN_OP_KINDS, gn_str(text), &op),
					 cases[i].want);
		}
}

/* Every field that is wrong is named with its reason, and the verdict is that of the first. */
static void test_faults_name_the_fields(void **state)
{
	(void)state;
	static const struct {
		enum gn_op_kind kind;
		const char *body;
		gn_err want;
		const char *faults; /* "reason:path/path" and a blank each */
	} cases[] = {
		{GN_OP_PAYMENT, "{}", GN_USAGE, "0:amount 0:equivalent 0:to 0:tx_id "},
		{GN_OP_PAYMENT,
		 "{\"amount\":1,\"constraints\":{\"avoid\":[\"x\"],\"fee\":1,\"max_hops\":0,"
		 "\"max_paths\":11},\"equivalent\":\"U-H\",\"to\":\"a b\",\"tx_id\":\"\"}",
		 GN_AMOUNT,
		 "2:amount 7:constraints/avoid 1:constraints/fee 10:constraints/max_hops "
		 "11:constraints/max_paths 12:equivalent 14:to 12:tx_id "},
		{GN_OP_PAYMENT, "{\"constraints\":{\"max_hops\":1.5}}", GN_RANGE,
		 "3:constraints/max_hops "},
		{GN_OP_PAYMENT, "{\"amount\":\"1\",\"to\":\"X\",\"amount\":\"1\"}", GN_EXISTS,
		 "17:amount "},
		{GN_OP_PAYMENT, "{\"constraints\":{\"max_hops\":1,\"max_\\u0068ops\":1}}",
		 GN_EXISTS, "17:constraints/max_\\u0068ops "},
		{GN_OP_PROFILE, "{}", GN_USAGE, "16: "},
		{GN_OP_PROFILE, "{\"display_name\":\"\"}", GN_USAGE, "8:display_name "},
		{GN_OP_PROFILE, "{\"name\":1,\"profile\":[]}", GN_UNSUPPORTED, "1:name 5:profile "},
		{GN_OP_LINE_UPDATE, "{\"id\":\"x\",\"policy\":{\"auto_clearing\":1}}", GN_USAGE,
		 "4:policy/auto_clearing "},
		{GN_OP_PROFILE, "{ }", GN_CANONICAL, ""},
		{GN_OP_PROFILE, "{\"display_name\":\"A\"}", GN_OK, ""},
	};
	for (size_t i = 0; i < GN_COUNT(cases); i++) {
		struct gn_op_faults faults;
		struct gn_op op;
		char text[512] = "";
		size_t n = 0;
		assert_int_equal(gn_op_check(GN_PROFILE_V0, cases[i].kind, gn_str(cases[i].body),
					     &op, &faults),
				 cases[i].want);
		for (unsigned f = 0; f < faults.count; f++) {
			const struct gn_op_fault *w = &faults.list[f];
			n += (size_t)snprintf(text + n, sizeof text - n, "%d:", (int)w->reason);
			for (unsigned d = 0; d < w->depth; d++)
				n += (size_t)snprintf(text + n, sizeof text - n, "%s%.*s",
						      d ? "/" : "", (int)w->path[d].len,
						      (const char *)w->path[d].p);
			n += (size_t)snprintf(text + n, sizeof text - n, " ");
		}
		assert_string_equal(text, cases[i].faults);
	}
}

/* OP_FAULTS_MAX of them are told, and what is beyond is left out. */
static void test_faults_are_bounded(void **state)
{
	(void)state;
	for (unsigned n = OP_FAULTS_MAX - 1; n <= OP_FAULTS_MAX + 1; n++) {
		struct gn_op_faults faults;
		struct gn_op op;
		char body[1024] = "{";
		for (unsigned i = 0; i < n; i++)
			snprintf(body + strlen(body), sizeof body - strlen(body), "%s\"x%c\":1",
				 i ? "," : "", (char)('a' + i));
		strcat(body, "}");
		assert_int_equal(
			gn_op_check(GN_PROFILE_V0, GN_OP_PROFILE, gn_str(body), &op, &faults),
			GN_UNSUPPORTED);
		assert_int_equal(faults.count, n < OP_FAULTS_MAX ? n : OP_FAULTS_MAX);
	}
}

/* What a field may hold at most is taken, and one more is not. */
static void test_fields_hold_their_bounds(void **state)
{
	(void)state;
	static const char payment[] = "{\"amount\":\"1\",%s\"equivalent\":\"UAH\",\"to\":\"X\","
				      "\"tx_id\":\"%s\"}";
	for (unsigned more = 0; more <= 1; more++) {
		gn_err want = more ? GN_USAGE : GN_OK;
		char body[2048], word[1200] = "", field[1300];
		memset(word, 'x', OP_NAME_MAX + more);
		snprintf(body, sizeof body, "{\"display_name\":\"%s\"}", word);
		assert_int_equal(parse0(GN_OP_PROFILE, body), want);
		memset(word, 0, sizeof word);
		memset(word, 'x', OP_TX_ID_MAX + more);
		snprintf(body, sizeof body, payment, "", word);
		assert_int_equal(parse0(GN_OP_PAYMENT, body), want);
		memset(word, 'x', OP_TEXT_MAX + more);
		snprintf(field, sizeof field, "\"description\":\"%s\",", word);
		snprintf(body, sizeof body, payment, field, "t");
		assert_int_equal(parse0(GN_OP_PAYMENT, body), want);
		snprintf(field, sizeof field, "\"constraints\":{\"timeout_ms\":%u},",
			 (unsigned)OP_TIMEOUT_MS_MAX + more);
		snprintf(body, sizeof body, payment, field, "t");
		assert_int_equal(parse0(GN_OP_PAYMENT, body), want);
	}
}

static void test_login_texts_differ_by_profile_and_hub(void **state)
{
	(void)state;
	struct gn_sk sk = alice();
	uint8_t storage[128];
	struct gn_buf b = {storage, 0, sizeof storage};
	assert_int_equal(gn_op_login_text(GN_PROFILE_V0, &sk.pk, GN_LIT("abc"), &b), GN_OK);
	assert_true(gn_slice_eq(gn_buf_slice(&b), GN_LIT("abc")));
	b.len = 0;
	assert_int_equal(gn_op_login_text(GN_PROFILE_V1, &sk.pk, GN_LIT("abc"), &b), GN_OK);
	assert_true(gn_slice_eq(
		gn_buf_slice(&b),
		GN_LIT("geo/v1/login\n2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd\nabc")));
	b.cap = 60;
	b.len = 0;
	assert_int_equal(gn_op_login_text(GN_PROFILE_V1, &sk.pk, GN_LIT("abc"), &b), GN_TOO_LARGE);
	assert_int_equal(b.len, 0);
}

static void test_line_ids_are_uuids_of_one_form(void **state)
{
	(void)state;
	struct gn_line_id id = {.eq = 1023, .pair = 0x12345678, .version = 0xabcdef, .side = 1},
			  out;
	char text[GN_LINE_ID_LEN + 1];
	gn_line_id_text(&id, text);
	assert_string_equal(text, "12345678-03ff-8000-8001-000000abcdef");
	assert_int_equal(gn_line_id_parse(gn_str(text), &out), GN_OK);
	assert_true(out.eq == id.eq && out.pair == id.pair && out.version == id.version &&
		    out.side == id.side);
	for (size_t i = 0; i < GN_LINE_ID_LEN; i++) {
		char bad[GN_LINE_ID_LEN + 1];
		memcpy(bad, text, sizeof bad);
		bad[i] = 'G';
		assert_int_equal(gn_line_id_parse(gn_str(bad), &out), GN_TEXT);
	}
	assert_int_equal(gn_line_id_parse(gn_str("12345678-03ff-8000-8001-000000ABCDEF"), &out),
			 GN_TEXT);
	assert_int_equal(gn_line_id_parse(gn_str("12345678-03ff-8000-8003-000000abcdef"), &out),
			 GN_TEXT);
	assert_int_equal(gn_line_id_parse(gn_slice(text, 35), &out), GN_TEXT);
}

static void test_transaction_keys_belong_to_their_initiator(void **state)
{
	(void)state;
	struct gn_sk sk = alice();
	struct gn_pk other = sk.pk;
	struct gn_tx_key a, b;
	gn_tx_key(&sk.pk, GN_LIT("1"), &a);
	gn_tx_key(&sk.pk, GN_LIT("1"), &b);
	assert_memory_equal(a.b, b.b, 16);
	other.b[0] ^= 1;
	gn_tx_key(&other, GN_LIT("1"), &b);
	assert_memory_not_equal(a.b, b.b, 16);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors_of_the_reference),
		cmocka_unit_test(test_bodies_are_read_whole_or_not_at_all),
		cmocka_unit_test(test_envelope_says_who_where_when),
		cmocka_unit_test(test_sequences_are_bounded),
		cmocka_unit_test(test_faults_name_the_fields),
		cmocka_unit_test(test_faults_are_bounded),
		cmocka_unit_test(test_fields_hold_their_bounds),
		cmocka_unit_test(test_login_texts_differ_by_profile_and_hub),
		cmocka_unit_test(test_line_ids_are_uuids_of_one_form),
		cmocka_unit_test(test_transaction_keys_belong_to_their_initiator),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
