/* What the owner gives, and what tokens of theirs let others have: levels, the month, rights, their
 * limits and ends. Rules RE-33, RE-64. */
#include "services/relay/testing/peers.h"
#include "services/testing/world.h"

#include <stdlib.h>

static struct gn_quota *quota;

static int start(void **state)
{
	(void)state;
	begin(1);
	quota = NULL;
	return 0;
}

static int finish(void **state)
{
	for (unsigned i = 0; i < RELAYS; i++) {
		if (relays[i])
			gn_relay_validate(relays[i]);
		gn_relay_free(relays[i]);
		relays[i] = NULL;
	}
	gn_quota_free(quota);
	return end(state);
}

static void give(struct gn_relay_give g)
{
	gn_relay_give(r, &g, now);
	pump();
}

static void each_level_includes_those_before(void **state)
{
	static const gn_err small[] = {GN_DENIED, GN_OK, GN_OK, GN_OK},
			    commons[] = {GN_DENIED, GN_DENIED, GN_DENIED, GN_OK};
	(void)state;
	assert_int_equal(reserve(11), GN_OK);
	for (unsigned level = GN_RELAY_OFF; level <= GN_RELAY_COMMONS; level++) {
		give((struct gn_relay_give){.level = (enum gn_relay_give_level)level});
		assert_int_equal(open_(10, 11, SMALL), small[level]);
		assert_int_equal(open_(10, 11, BULK), commons[level]);
		assert_int_equal(reserve(12), small[level]);
	}
	assert_int_equal(count("reserve_off"), 1);
	assert_int_equal(count("open_off"), 4);
}

static struct relay_net *net_of(unsigned number)
{
	const struct gn_addr addr = addr_of(number);
	uint64_t prefix = gn_addr_prefix(&addr);
	struct relay_net **n = gn_map_get(&r->nets, &prefix);
	return n ? *n : NULL;
}

/* However many keys it has; others go on, and tomorrow it does. */
static void one_network_does_not_use_up_the_month(void **state)
{
	(void)state;
	assert_int_equal(reserve(9000), GN_OK);
	assert_int_equal(r->net_day, RELAY_MONTH / RELAY_NET_PART);
	assert_int_equal(open_(96, 9000, SMALL), GN_OK); /* 96 to 103 are of one */
	uint64_t little = last.circuit;
	assert_int_equal(open_(97, 9000, BULK), GN_OK);
	uint64_t big = last.circuit;
	assert_int_equal(send_(96, little, 1000, 1), 1);
	assert_int_equal(send_(97, big, 1000, 1), 1);
	assert_int_equal(net_of(96)->bytes, 2000);
	net_of(96)->bytes = r->net_day - RELAY_PACKET_MAX;
	assert_int_equal(open_(98, 9000, BULK), GN_OK);
	assert_int_equal(last.left, RELAY_PACKET_MAX);
	assert_int_equal(send_(97, big, RELAY_PACKET_MAX, 3), 1);
	assert_int_equal(count("drop_quota"), 2);
	clear();
	run_for(RELAY_ENDS + RELAY_SWEEP);
	assert_int_equal(r->count, 0);
	assert_int_equal(heard_by(96)->why, WHY(QUOTA));
	assert_int_equal(open_(99, 9000, SMALL), GN_QUOTA);
	assert_string_equal(last.limit, "RELAY_NET_PART");
	assert_in_range(last.retry_ms, 1000, 86400 * 1000);
	assert_int_equal(open_(99, 9000, SMALL | BULK), GN_QUOTA);
	assert_int_equal(open_(104, 9000, BULK), GN_OK); /* another network */
	run_for(86400 * GN_SEC);
	assert_null(net_of(96));
	assert_int_equal(reserve(9000), GN_OK);
	assert_int_equal(open_(99, 9000, SMALL), GN_OK);
	/* a small month is no less than what one key may have */
	give((struct gn_relay_give){.level = GN_RELAY_COMMONS, .month = 1u << 30});
	assert_int_equal(r->net_day, RELAY_COMMONS_DAY);
}

/* Those of whom least is known are forgotten, not who has used up its part. */
static void networks_are_bounded(void **state)
{
	struct relay_net *n;
	(void)state;
	struct gn_contact who = {.pk = pk_of(10), .addr_count = 1, .addrs = {addr_of(10)}};
	assert_int_equal(relay_net_get(r, &who, &n), GN_OK);
	n->bytes = r->net_day;
	relay_net_put(r, n);
	for (unsigned i = 0; i < RELAY_NETS + 10; i++) {
		who.addrs[0] = gn_addr_v4(30, (uint8_t)(i >> 8), (uint8_t)i, 1, 7);
		assert_int_equal(relay_net_get(r, &who, &n), GN_OK);
		n->bytes = 1 + i;
		relay_net_put(r, n);
	}
	assert_int_equal(r->nets.count, RELAY_NETS);
	assert_int_equal(net_of(10)->bytes, r->net_day);
	who.addrs[0] = gn_addr_v4(127, 0, 0, 1, 7);
	assert_int_equal(relay_net_get(r, &who, &n), GN_OK);
	assert_null(n);
	relay_net_put(r, n);
}

static void what_is_no_longer_given_ends_with_a_note(void **state)
{
	(void)state;
	assert_int_equal(reserve(11), GN_OK);
	assert_int_equal(open_(10, 11, BULK), GN_OK);
	uint64_t big = last.circuit;
	assert_int_equal(open_(12, 11, SMALL), GN_OK);
	uint64_t little = last.circuit;
	clear();
	give((struct gn_relay_give){.level = GN_RELAY_SMALL});
	assert_int_equal(heard_count, 1);
	assert_int_equal(heard_by(10)->why, WHY(POLICY));
	assert_int_equal(heard_by(10)->ends_ms, RELAY_ENDS / GN_MSEC);
	assert_int_equal(send_(10, big, 100, 1), 1); /* until then */
	run_for(GN_SEC);
	assert_int_equal(heard_by(10)->ends_ms, 0);
	assert_int_equal(heard_by(11)->circuit == little, false);
	assert_int_equal(send_(10, big, 100, 1), 0);
	assert_int_equal(send_(12, little, 100, 1), 1);
	assert_int_equal(count("closed_policy"), 1);
}

static void bulk_ends_at_nine_tenths_of_the_month_and_small_at_all_of_it(void **state)
{
	(void)state;
	uint64_t month = 1000000, next = gn_unix(now) + 1000;
	give((struct gn_relay_give){.level = GN_RELAY_COMMONS,
				    .month = month,
				    .month_used = month * GN_RELAY_MONTH_BULK / 100 - 2000,
				    .month_end = next});
	assert_int_equal(reserve(11), GN_OK);
	assert_int_equal(open_(10, 11, BULK), GN_OK);
	assert_int_equal(last.left, 2000);
	uint64_t big = last.circuit;
	assert_int_equal(open_(10, 11, SMALL), GN_OK);
	assert_int_equal(last.left, 2000 + month / 10);
	uint64_t little = last.circuit;
	assert_int_equal(send_(10, big, 1000, 1), 1);
	run_for(3 * GN_SEC); /* one byte is left, and more */
	clear();
	assert_int_equal(send_(10, big, 999, 1), 1);
	run_for(GN_SEC);
	assert_int_equal(heard_count, 0);
	assert_int_equal(send_(10, big, RELAY_PACKET_MIN, 1), 1);
	gn_time crossed = now;
	run_for(GN_MSEC); /* at once */
	assert_int_equal(heard_by(10)->why, WHY(MONTH));
	assert_int_equal(heard_by(10)->circuit, big);
	run_until(crossed + GN_SEC);
	assert_int_equal(heard_by(10)->ends_ms, 0);
	assert_int_equal(heard_by(11)->ends_ms, 0);
	assert_int_equal(count("closed_month"), 1);
	assert_int_equal(open_(10, 11, BULK), GN_QUOTA);
	assert_string_equal(last.limit, "RELAY_MONTH");
	assert_int_equal(last.retry_ms, (next - gn_unix(now)) * 1000);
	/* small goes on */
	clear();
	struct gn_relay_info info;
	gn_relay_info(r, &info);
	for (uint64_t left = month - info.month_used; left > 1000; left -= 1000)
		while (!send_(10, little, 1000, 1))
			run_for(GN_SEC);
	assert_int_equal(heard_count, 0);
	while (!send_(10, little, 1000, 1))
		run_for(GN_SEC);
	crossed = now;
	run_until(crossed + GN_SEC);
	assert_int_equal(heard_by(10)->circuit, little);
	assert_int_equal(heard_by(10)->ends_ms, 0);
	assert_int_equal(open_(10, 11, SMALL), GN_QUOTA);
	assert_int_equal(reserve(12), GN_QUOTA);
	assert_int_equal(count("open_quota"), 2);
	run_until((gn_time)next * GN_SEC);
	assert_int_equal(open_(10, 11, BULK), GN_OK);
	gn_relay_info(r, &info);
	assert_int_equal(info.month_used, 0);
}

static void defaults_are_those_of_the_limits(void **state)
{
	(void)state;
	struct gn_relay_info info;
	gn_relay_info(r, &info);
	assert_int_equal(info.month, RELAY_MONTH);
	assert_int_equal(r->small.room, RELAY_ROOM_MAX);
	assert_int_equal(r->bulk.room, RELAY_ROOM_MIN);
	assert_int_equal(r->cfg.give.small_rate, RELAY_RATE);
	assert_int_equal(r->small.room, RELAY_RATE * RELAY_ROOM_S);
	give((struct gn_relay_give){
		.level = GN_RELAY_COMMONS, .small_rate = 100, .bulk_rate = UINT32_MAX});
	assert_int_equal(r->small.room, RELAY_BURST);
	assert_int_equal(r->bulk.room, RELAY_ROOM_MAX);
	give((struct gn_relay_give){.level = GN_RELAY_COMMONS, .bulk_rate = 10u << 20});
	assert_int_equal(r->bulk.room, (10u << 20) / 200);
}

/* ---- tokens ---- */

/* 10 shows tokens of 2; `anew` with lists and limits that are counted. */
static void with_tokens(struct gn_lists *lists)
{
	struct gn_env env = {&mem, &rnd, NULL};
	for (unsigned i = 10; i < 13; i++)
		make_key(i);
	make_key(2);
	gn_relay_free(r);
	assert_int_equal(gn_quota_new(&env, false, &quota), GN_OK);
	configs[0].issuer = keys[2].pk;
	configs[0].give.level = GN_RELAY_TOKENS;
	configs[0].give.bulk_rate = 100u << 20;
	configs[0].quota = quota;
	configs[0].lists = lists;
	assert_int_equal(gn_relay_new(&env, &configs[0], now, &relays[0]), GN_OK);
	r = relays[0];
	assert_int_equal(reserve(11), GN_OK);
}

static void a_token_opens_bulk_for_its_bearer_alone(void **state)
{
	(void)state;
	with_tokens(NULL);
	struct gn_slice t = token_of(2, 10, NULL, 0, 3600);
	assert_int_equal(open_(10, 11, BULK), GN_DENIED);
	assert_int_equal(open_with(12, 11, BULK, 0, t), GN_DENIED);
	assert_int_equal(gn_relay_caused(r), GN_RELAY_UNITS_OPEN); /* no signature was looked at */
	assert_int_equal(open_with(10, 11, BULK, 0, t), GN_OK);
	assert_int_equal(gn_relay_caused(r), GN_RELAY_UNITS_OPEN + 60);
	assert_int_equal(last.until, gn_unix(now) + 3600);
	assert_int_equal(last.lane, BULK);
	uint64_t c = last.circuit;
	assert_true(send_(10, c, 1000, 60) > 0);
	token_bytes[t.len - 1] ^= 1;
	assert_int_not_equal(open_with(10, 11, BULK, 0, t), GN_OK);
	assert_int_equal(open_with(10, 11, BULK | SMALL, 0, t), GN_OK);
	assert_int_equal(last.lane, SMALL);
	t = token_of(10, 10, NULL, 0, 3600); /* of its own making */
	assert_int_equal(open_with(10, 11, BULK, 0, t), GN_DENIED);
	assert_int_equal(count("open_token"), 4);
	struct gn_relay_account a;
	bool token = false;
	for (uint32_t i = 0; gn_relay_account_at(r, i, &a); i++)
		if (a.token) {
			token = true;
			assert_true(a.bulk >= 1000 && a.circuits == 1);
		}
	assert_true(token);
}

static void a_circuit_ends_with_its_token(void **state)
{
	(void)state;
	with_tokens(NULL);
	assert_int_equal(open_with(10, 11, BULK, 0, token_of(2, 10, NULL, 0, 30)), GN_OK);
	uint64_t c = last.circuit;
	clear();
	run_for(29 * GN_SEC);
	assert_int_equal(heard_count, 0);
	assert_int_equal(send_(10, c, 1000, 1), 1);
	run_for(2 * GN_SEC);
	assert_int_equal(heard_by(10)->why, WHY(TOKEN));
	run_for(GN_SEC);
	assert_int_equal(send_(10, c, 1000, 1), 0);
	assert_int_equal(count("closed_token"), 1);
	assert_int_equal(open_with(10, 11, BULK, 0, token_of(2, 10, NULL, 0, 30)), GN_OK);
}

static void a_tokens_bytes_are_counted_and_its_rate_kept(void **state)
{
	struct gn_token_limit limits[] = {{GN_FB_LIMIT_OF_BYTES, 1, 100000},
					  {GN_FB_LIMIT_OF_BYTES, 86400, 1000000}};
	uint64_t bytes = 0;
	(void)state;
	with_tokens(NULL);
	struct gn_slice t = token_of(2, 10, limits, 2, 7200);
	assert_int_equal(open_with(10, 11, BULK, 0, t), GN_OK);
	uint64_t c = last.circuit;
	clear();
	for (unsigned ms = 0; ms < 60000 && r->bulk.circuits; ms += 10) {
		for (uint32_t k; (k = send_(10, c, 1000, 8));)
			bytes += k * UINT64_C(1000);
		assert_true(bytes <= 100000 / 1000 * (ms / 1000 + 2) * 1000 + 1000);
		run_for(10 * GN_MSEC);
	}
	assert_int_equal(heard_by(10)->why, WHY(QUOTA));
	assert_int_equal(count("closed_quota"), 1);
	/* at most what was drawn ahead is lost, and one draw that was too large */
	assert_in_range(bytes, 1000000 - 5 * 25001, 1000000 + 2000);
	assert_int_equal(open_with(10, 11, BULK, 0, t), GN_QUOTA);
	assert_true(last.retry_ms > 0);
	assert_true(count("drop_quota") + count("drop_rate") > 0);
}

static void a_draw_is_within_what_one_use_may_have(void **state)
{
	struct gn_token_limit limits[] = {{GN_FB_LIMIT_OF_BYTES, 86400, UINT64_C(1) << 40}};
	(void)state;
	with_tokens(NULL);
	assert_int_equal(open_with(10, 11, BULK, 0, token_of(2, 10, limits, 1, 7200)), GN_OK);
	assert_int_equal(r->circuits[0]->right->draw, RELAY_DRAW);
	assert_int_equal(r->circuits[0]->right->credit, 4 * RELAY_DRAW);
	/* a limit in all is not counted by anybody */
	limits[0].per = 0;
	assert_int_equal(open_with(10, 11, BULK, 0, token_of(2, 10, limits, 1, 7200)), GN_QUOTA);
	assert_int_equal(last.retry_ms, RELAY_QUOTA_AGAIN / GN_MSEC);
}

static void what_is_given_again_soon_is_a_rate(void **state)
{
	struct gn_token_limit limits[] = {{GN_FB_LIMIT_OF_BYTES, 4, 10000}};
	uint64_t bytes = 0;
	(void)state;
	with_tokens(NULL);
	assert_int_equal(open_with(10, 11, BULK, 0, token_of(2, 10, limits, 1, 7200)), GN_OK);
	uint64_t c = last.circuit;
	for (unsigned i = 0; i < 400; i++) {
		bytes += send_(10, c, 500, 8) * UINT64_C(500);
		assert_true(r->circuits[0]->right->again < now + RELAY_QUOTA_SOON);
		run_for(100 * GN_MSEC);
	}
	assert_int_equal(r->bulk.circuits, 1);
	assert_in_range(bytes, 10000 * 9, 10000 * 12);
}

/* A token that lives for longer than a day asks for its issuer's list. */
static void a_token_that_was_taken_back_ends_its_circuits(void **state)
{
	static struct svc s;
	static uint8_t bytes[GN_RECORD_MAX];
	struct gn_buf out = {bytes, 0, sizeof bytes};
	struct gn_revocation *list = calloc(1, sizeof *list);
	struct gn_token *t = calloc(1, sizeof *t);
	(void)state;
	assert_non_null(list);
	assert_non_null(t);
	svc_init(&s, &(struct svc_options){.seed = 3, .nodes = 3});
	now = s.now;
	with_tokens(s.nodes[0].lists);
	struct gn_slice chain = token_of(2, 10, NULL, 0, 3 * 86400);
	assert_int_equal(gn_token_open(chain, t, NULL), GN_OK);
	assert_int_equal(open_with(10, 11, BULK, 0, chain), GN_BUSY);
	assert_int_equal(last.retry_ms, RELAY_LIST_AGAIN / GN_MSEC);
	svc_pump(&s, 0);
	svc_run_for(&s, 5 * GN_SEC);
	now = s.now;
	gn_relay_tick(r, now);
	assert_int_equal(open_with(10, 11, BULK, 0, chain), GN_OK);
	uint64_t c = last.circuit;

	struct gn_revoked e = {*gn_token_id(t), gn_unix(now) + 3 * 86400};
	list->owner = keys[2].pk;
	list->seq = 1;
	list->created = gn_unix(s.now);
	list->ttl = 86400;
	assert_int_equal(gn_revocation_add(list, &e, gn_unix(s.now)), GN_OK);
	assert_int_equal(gn_revocation_record(&keys[2], list, &out), GN_OK);
	assert_int_equal(svc_put(&s, 1, gn_buf_slice(&out), 2, NULL), GN_OK);
	clear();
	gn_time since = now;
	for (unsigned i = 0; i < 420 && r->bulk.circuits;
	     i++) { /* a list counts for five minutes */
		svc_pump(&s, 0);
		svc_run_for(&s, GN_SEC);
		run_until(s.now);
		if (r->bulk.circuits)
			(void)send_(10, c, 1000, 1);
	}
	assert_int_equal(r->bulk.circuits, 0);
	assert_int_equal(heard_by(10)->why, WHY(TOKEN));
	assert_true(now - since <= 300 * GN_SEC + RELAY_JUDGED + 2 * GN_SEC);
	assert_int_equal(reserve(11), GN_OK);
	assert_int_equal(open_with(10, 11, BULK, 0, chain), GN_DENIED);
	gn_relay_free(r);
	relays[0] = r = NULL;
	svc_free(&s);
	free(list);
	free(t);
}

/* ---- accounts ---- */

static void the_least_of_the_day_is_forgotten_first(void **state)
{
	(void)state;
	struct gn_pk pk;
	for (unsigned i = 0; i < RELAY_ACCOUNTS; i++) {
		struct relay_account *a;
		pk = pk_of(100 + i);
		assert_int_equal(relay_account_get(r, pk.b, false, &a), GN_OK);
		a->small = 1000 + i;
		relay_account_put(r, a);
	}
	assert_int_equal(r->accounts.count, RELAY_ACCOUNTS);
	struct relay_account *a;
	pk = pk_of(99);
	assert_int_equal(relay_account_get(r, pk.b, false, &a), GN_OK);
	assert_int_equal(count("accounts_forgotten"), 1);
	assert_int_equal(r->accounts.count, RELAY_ACCOUNTS);
	pk = pk_of(100);
	assert_null(gn_map_get(&r->accounts, pk.b));
	pk = pk_of(101);
	assert_non_null(gn_map_get(&r->accounts, pk.b));
	relay_account_put(r, a); /* nothing to remember of it */
	assert_int_equal(r->accounts.count, RELAY_ACCOUNTS - 1);
	now += 86400 * GN_SEC;
	assert_int_equal(reserve(11), GN_OK);
	run_for(2 * GN_SEC);
	assert_int_equal(r->accounts.count, 0);
}

/* What was given is told once, also of who was forgotten meanwhile. */
static void what_was_given_is_told_once(void **state)
{
	struct gn_relay_given v;
	(void)state;
	assert_false(gn_relay_given_next(r, &v));
	assert_int_equal(reserve(11), GN_OK);
	assert_int_equal(open_(10, 11, SMALL), GN_OK);
	uint64_t little = last.circuit;
	assert_int_equal(open_(12, 11, BULK), GN_OK);
	uint64_t big = last.circuit;
	assert_int_equal(send_(10, little, 100, 1), 1);
	assert_int_equal(send_(12, big, 200, 2), 2);
	assert_int_equal(send_(11, far_of(big), 300, 1), 1); /* who opened it */
	assert_true(gn_relay_given_next(r, &v));
	struct gn_pk pk = pk_of(10);
	assert_memory_equal(v.id, pk.b, 32);
	assert_true(v.small == 100 && v.bulk == 0 && !v.token);
	assert_true(gn_relay_given_next(r, &v));
	pk = pk_of(12);
	assert_memory_equal(v.id, pk.b, 32);
	assert_true(v.small == 0 && v.bulk == 700);
	assert_false(gn_relay_given_next(r, &v));
	assert_false(gn_relay_given_next(r, &v));
	assert_int_equal(send_(10, little, 50, 1), 1);
	close_by(10, session_of(10), little);
	now += 86400 * GN_SEC;
	run_for(2 * GN_SEC); /* nothing of the new day is known of it */
	pk = pk_of(10);
	assert_null(gn_map_get(&r->accounts, pk.b));
	assert_true(gn_relay_given_next(r, &v));
	assert_true(gn_is_zero(v.id, 32) && v.small == 50 && v.bulk == 0);
	assert_false(gn_relay_given_next(r, &v));
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, start, finish)
	const struct CMUnitTest tests[] = {
		T(each_level_includes_those_before),
		T(one_network_does_not_use_up_the_month),
		T(networks_are_bounded),
		T(what_is_no_longer_given_ends_with_a_note),
		T(bulk_ends_at_nine_tenths_of_the_month_and_small_at_all_of_it),
		T(defaults_are_those_of_the_limits),
		T(a_token_opens_bulk_for_its_bearer_alone),
		T(a_circuit_ends_with_its_token),
		T(a_tokens_bytes_are_counted_and_its_rate_kept),
		T(a_draw_is_within_what_one_use_may_have),
		T(what_is_given_again_soon_is_a_rate),
		T(a_token_that_was_taken_back_ends_its_circuits),
		T(the_least_of_the_day_is_forgotten_first),
		T(what_was_given_is_told_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
