/* What is said of a payment is only what is certain; addresses, numbers, proofs. */
#include "wallet/line.h"
#include "wallet/pay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct gn_sk sk;
static char me[GN_PID_MAX], other[GN_PID_MAX];
static struct gn_wallet_request q;

static int set_up(void **state)
{
	uint8_t seed[32] = {1};
	struct gn_sk two;
	(void)state;
	gn_sk_from_seed(seed, &sk);
	seed[0] = 2;
	gn_sk_from_seed(seed, &two);
	gn_pid(&sk.pk, me);
	gn_pid(&two.pk, other);
	snprintf(q.pid, sizeof q.pid, "%s", other);
	snprintf(q.hub, sizeof q.hub, "%s", me);
	snprintf(q.amount, sizeof q.amount, "10.00");
	snprintf(q.equivalent, sizeof q.equivalent, "UAH");
	snprintf(q.note, sizeof q.note, "bread & \"tea\"");
	snprintf(q.id, sizeof q.id, "0123456789abcdef");
	return 0;
}

static json_t *parse(const char *text)
{
	json_t *json = json_loads(text, JSON_DECODE_ANY, NULL);
	assert_non_null(json);
	return json;
}

static struct gn_wallet_verdict judged(bool repeats, long status, const char *text)
{
	struct gn_wallet_payment p = {.payer = me, .tx_id = "t", .q = &q, .repeats = repeats};
	json_t *answer = text ? parse(text) : NULL;
	struct gn_wallet_verdict v = gn_wallet_judge(&p, status, answer);
	json_decref(answer);
	return v;
}

/* HB-24: "nothing was paid" is said of a definite refusal alone. */
static void answers(void **state)
{
	static const struct {
		long status;
		const char *text;
		enum gn_wallet_end first, again;
	} rows[] = {
		{200, "{\"tx_id\":\"t\",\"status\":\"COMMITTED\"}", GN_WALLET_DONE, GN_WALLET_DONE},
		{201, "{\"tx_id\":\"t\",\"status\":\"NEW\"}", GN_WALLET_DONE, GN_WALLET_DONE},
		{200, "{\"tx_id\":\"u\",\"status\":\"COMMITTED\"}", GN_WALLET_UNKNOWN,
		 GN_WALLET_UNKNOWN},
		{200, "{\"tx_id\":\"t\",\"status\":\"ELSE\"}", GN_WALLET_UNKNOWN,
		 GN_WALLET_UNKNOWN},
		{302, "{}", GN_WALLET_UNKNOWN, GN_WALLET_UNKNOWN},
		{400, "{\"error\":{\"code\":\"E002\"}}", GN_WALLET_NOTHING, GN_WALLET_LOOK},
		{429, "{\"error\":{\"code\":\"E009\"}}", GN_WALLET_NOTHING, GN_WALLET_LOOK},
		{409, "{\"error\":{\"code\":\"E002\",\"details\":{\"status\":\"ABORTED\"}}}",
		 GN_WALLET_NOTHING, GN_WALLET_NOTHING},
		{400, "{\"error\":{\"code\":\"E010\"}}", GN_WALLET_UNKNOWN, GN_WALLET_UNKNOWN},
		{400, "{\"error\":{\"code\":\"nginx\"}}", GN_WALLET_UNKNOWN, GN_WALLET_UNKNOWN},
		{400, "[]", GN_WALLET_UNKNOWN, GN_WALLET_UNKNOWN},
		{503, "{\"error\":{\"code\":\"E002\",\"message\":\"x\"}}", GN_WALLET_UNKNOWN,
		 GN_WALLET_UNKNOWN},
		{200, NULL, GN_WALLET_UNKNOWN, GN_WALLET_UNKNOWN},
		{-1, NULL, GN_WALLET_UNKNOWN, GN_WALLET_UNKNOWN},
	};
	(void)state;
	for (size_t i = 0; i < GN_COUNT(rows); i++) {
		if (judged(false, rows[i].status, rows[i].text).end != rows[i].first ||
		    judged(true, rows[i].status, rows[i].text).end != rows[i].again)
			fail_msg("%ld %s", rows[i].status, rows[i].text);
	}
}

static struct gn_wallet_verdict kept(long refused, const char *refusal, long status,
				     const char *from, const char *state)
{
	struct gn_wallet_payment p = {.payer = me, .tx_id = "t", .q = &q, .repeats = true};
	json_t *why = parse(refusal),
	       *found = from ? json_pack("{ss ss ss ss ss ss ss}", "from", from, "to", other,
					 "tx_id", "t", "amount", "10", "equivalent", "UAH",
					 "description", q.note, "status", state)
			     : parse("{\"error\":{\"code\":\"E001\"}}");
	struct gn_wallet_verdict v = gn_wallet_judge_kept(&p, refused, why, status, found);
	json_decref(why);
	json_decref(found);
	return v;
}

static void repeats(void **state)
{
	static const char *const e2 = "{\"error\":{\"code\":\"E002\"}}",
				 *const e8 = "{\"error\":{\"code\":\"E008\"}}";
	(void)state;
	assert_int_equal(kept(409, e8, 200, me, "COMMITTED").end, GN_WALLET_DONE);
	assert_int_equal(kept(409, e8, 200, me, "ABORTED").end, GN_WALLET_TAKEN);
	assert_int_equal(kept(400, e2, 404, NULL, NULL).end, GN_WALLET_NOTHING);
	assert_int_equal(kept(409, e8, 404, NULL, NULL).end, GN_WALLET_UNKNOWN);
	assert_int_equal(kept(429, e2, 404, NULL, NULL).end, GN_WALLET_UNKNOWN);
	assert_int_equal(kept(400, e2, 503, NULL, NULL).end, GN_WALLET_UNKNOWN);
	assert_int_equal(kept(400, e2, -1, NULL, NULL).end, GN_WALLET_UNKNOWN);
	assert_int_equal(kept(400, e2, 200, other, "COMMITTED").end, GN_WALLET_NOTHING);
}

static void attempts(void **state)
{
	char tx[OP_TX_ID_MAX + 1];
	(void)state;
	gn_wallet_attempt(&q, 1, tx);
	assert_string_equal(tx, q.id);
	gn_wallet_attempt(&q, GN_WALLET_TRIES, tx);
	assert_string_equal(tx, "0123456789abcdef:9");
}

static void addresses(void **state)
{
	char text[GN_WALLET_LINK_MAX], again[GN_WALLET_LINK_MAX];
	struct gn_wallet_request out;
	(void)state;
	for (enum gn_wallet_form form = GN_WALLET_OLD; form <= GN_WALLET_NEW; form++) {
		assert_int_equal(gn_wallet_link_write(&q, form, text, sizeof text), GN_OK);
		assert_true(gn_wallet_is_link(text));
		assert_null(gn_wallet_link_read(text, &out));
		assert_string_equal(out.note, q.note);
		assert_int_equal(gn_wallet_link_write(&out, form, again, sizeof again), GN_OK);
		assert_string_equal(again, text);
		for (size_t cap = 1; cap <= strlen(text); cap++)
			assert_int_equal(gn_wallet_link_write(&q, form, again, cap), GN_TOO_LARGE);
	}
	assert_memory_equal(text, "geonet:pay?to=", 14);
	static const char *const bad[] = {
		"geonet:pay?",
		"geonet:pay?to=x&equivalent=UAH&hub=%s",
		"geonet:pay?to=%s&to=%s&equivalent=UAH&hub=%s",
		"geonet:pay?to=%s&equivalent=UAH",
		"geonet:pay?to=%s&hub=%s",
		"geonet:pay?to=%s&equivalent=UAH&hub=%s&note=%%00",
		"geonet:pay?to=%s&equivalent=UAH&hub=%s&note=%%ff",
		"geonet:pay?to=%s&equivalent=UAH&hub=%s&amount=1&amount=2",
		"geonet:pay?to=%s&equivalent=UAH&hub=%s&id=a%%20b",
		"geonet:hi/%s",
	};
	for (size_t i = 0; i < GN_COUNT(bad); i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(text, sizeof text, bad[i], me, me, me);
#pragma GCC diagnostic pop
		if (!gn_wallet_link_read(text, &out))
			fail_msg("read: %s", text);
	}
}

/* HB-60, HB-45, HB-55. */
static void proofs(void **state)
{
	struct gn_wallet_hub hub = {.pk = sk.pk};
	char text[GN_OP_PROOF_MAX], nonce[65], base[GN_BASE64_MAX(64)], its[GN_PID_MAX];
	struct gn_rand rand = gn_rand_system();
	struct gn_sig sig;
	struct gn_pk pk;
	(void)state;
	assert_int_equal(gn_wallet_next_seq(5, 5), 6);
	assert_int_equal(gn_wallet_next_seq(5, 4 + OP_SEQ_JUMP_MAX), 5 + OP_SEQ_JUMP_MAX);
	assert_int_equal(gn_wallet_next_seq(5, 5 + OP_SEQ_JUMP_MAX), 0);
	assert_int_equal(gn_wallet_next_seq(0, INT64_MAX), 0);
	gn_wallet_nonce(&rand, nonce);
	gn_op_sign(&sk, gn_op_proof_text(&sk.pk, "127.0.0.1:1", nonce, text), &sig);
	assert_int_equal(gn_base64(GN_SLICE(sig.b), false, base, sizeof base), GN_OK);
	json_t *about = json_pack("{ss ss}", "address", "127.0.0.1:1", "proof", base);
	assert_true(gn_wallet_hub_proved(&hub, about, nonce));
	nonce[0] ^= 1;
	assert_false(gn_wallet_hub_proved(&hub, about, nonce));
	json_decref(about);
	assert_int_equal(gn_base64(GN_SLICE(sk.pk.b), false, base, sizeof base), GN_OK);
	json_t *person = json_pack("{ss}", "public_key", base);
	assert_true(gn_wallet_key_of(person, me, &pk, its));
	assert_false(gn_wallet_key_of(person, other, &pk, its));
	assert_string_equal(its, me);
	json_decref(person);
}

static void ways(void **state)
{
	struct gn_wallet_way out[GN_WALLET_WAYS];
	(void)state;
	json_t *a = json_pack("{ss s[{ss ss ss}{ss ss ss}{ss ss ss}] s[{ss}]}", "max_amount",
			      "4.00", "raises", "owner", other, "debtor", me, "raise", "6", "owner",
			      me, "debtor", other, "raise", "1", "owner", other, "debtor", me,
			      "raise", "2", "cut", "cause", "daily");
	assert_int_equal(gn_wallet_ways(a, me, other, out), GN_WALLET_WAYS);
	assert_int_equal(out[0].kind, GN_WALLET_WAY_LESS);
	assert_string_equal(out[0].amount, "4.00");
	assert_int_equal(out[1].kind, GN_WALLET_WAY_ASK_RAISE);
	assert_int_equal(out[2].kind, GN_WALLET_WAY_RAISE);
	json_decref(a);
	a = json_pack("{ss}", "max_amount", "0.00");
	assert_int_equal(gn_wallet_ways(a, me, other, out), 1);
	assert_int_equal(out[0].kind, GN_WALLET_WAY_LINE);
	json_decref(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers), cmocka_unit_test(repeats), cmocka_unit_test(addresses),
		cmocka_unit_test(proofs),  cmocka_unit_test(ways),    cmocka_unit_test(attempts),
	};
	return cmocka_run_group_tests(tests, set_up, NULL);
}
