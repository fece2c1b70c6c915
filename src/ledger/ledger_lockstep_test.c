/* Random operations on the engine with the oracle beside it: every record judged, every refusal
 * of the obvious kind predicted, every balance, capacity and status compared, all invariants on.
 * GEONET_LEDGER_OPS and GEONET_SEED choose how many and which. */
#include "ledger/testing/oracle.h"

#define PEOPLE 8
#define RECENT 16

struct random_test {
	struct hub h;
	struct oracle o;
	unsigned accepted, refused, paid, left, restarts, kinds[32];
	struct {
		char tx_id[32];
		unsigned who, to;
		char amount[24];
		enum gn_tx_state state;
	} recent[RECENT];
	unsigned recent_count;
};

static struct random_test t;

static uint64_t below(uint64_t n)
{
	return gn_rand_below(&t.h.rand, n);
}

/* The last one is seldom met: little holds him when he wants to leave. */
static unsigned someone(void)
{
	return below(30) ? (unsigned)below(PEOPLE - 1) : PEOPLE - 1;
}

static void money(gn_amount a, char out[24])
{
	snprintf(out, 24, "%lld.%02lld", (long long)(a / 100), (long long)(a % 100));
}

static gn_amount some_amount(void)
{
	switch (below(6)) {
	case 0: return 1 + (gn_amount)below(3);
	case 1: return 10000;
	case 2: return 1 + (gn_amount)below(20000);
	default: return 1 + (gn_amount)below(3000);
	}
}

static void some_policy(char out[1024])
{
	char a[24], b[24];
	unsigned n = 0;
	money(some_amount(), a);
	money(below(3) ? some_amount() : 0, b);
	n += (unsigned)snprintf(out, 1024, "{\"ask\":%s", below(6) ? "false" : "true");
	n += (unsigned)snprintf(out + n, 1024 - n, ",\"auto_clearing\":%s",
				below(4) ? "true" : "false");
	if (below(6) == 0)
		n += (unsigned)snprintf(out + n, 1024 - n,
					",\"blocked_participants\":[\"%s\",\"%s\"]",
					t.h.pid[someone()], t.h.pid[someone()]);
	n += (unsigned)snprintf(out + n, 1024 - n, ",\"can_be_intermediate\":%s",
				below(6) ? "true" : "false");
	if (below(6) == 0)
		n += (unsigned)snprintf(out + n, 1024 - n, ",\"daily_limit\":\"%s\"", a);
	if (below(6) == 0)
		n += (unsigned)snprintf(out + n, 1024 - n, ",\"max_hop_usage\":\"%s\"", b);
	snprintf(out + n, 1024 - n, "}");
}

static void expect(gn_err got, gn_err expected, const char *what)
{
	if (got != expected)
		fail_msg("%s: %s, the oracle says %s", what, gn_err_name(got),
			 gn_err_name(expected));
}

/* ---- lines ---- */

static gn_err do_create(void)
{
	unsigned a = someone(), b = someone();
	char limit[24], policy[1024];
	const struct or_line *l = &t.o.line[a][b];
	bool new = a == b || (!l->open && !l->closing);
	money(below(10) ? some_amount() * (gn_amount)(1 + below(12)) : 0, limit);
	some_policy(policy);
	gn_err predicted = !t.o.standing[a]                  ? GN_INACTIVE
			   : a == b                          ? GN_USAGE
			   : !t.o.active || !t.o.standing[b] ? GN_INACTIVE
			   : !new                            ? GN_EXISTS
							     : GN_OK;
	gn_err err = hub_trust(&t.h, a, b, "UAH", limit, below(2) ? policy : NULL);
	expect(err, predicted, "create");
	return err;
}

static gn_err do_update(void)
{
	unsigned a = someone(), b = someone();
	const struct or_line *l = &t.o.line[a][b];
	char limit[24], policy[1024], rest[2048];
	gn_amount v = some_amount(), load = t.o.debt[b][a] + t.o.reserved[b][a];
	if (a == b || l->version == 0)
		return GN_AGAIN;
	money(v, limit);
	some_policy(policy);
	bool with_limit = below(4) > 0, with_policy = below(2), with_status = below(3) == 0;
	if (!with_limit && !with_policy)
		with_status = true;
	snprintf(rest, sizeof rest, "%s%s%s%s%s%s", with_limit ? ",\"limit\":\"" : "",
		 with_limit ? limit : "", with_limit ? "\"" : "", with_policy ? ",\"policy\":" : "",
		 with_policy ? policy : "",
		 with_status ? (below(2) ? ",\"status\":\"frozen\"" : ",\"status\":\"active\"")
			     : "");
	gn_err predicted = !t.o.standing[a] || !l->open                ? GN_INACTIVE
			   : with_limit && v < load - t.o.debt[a][b]   ? GN_LINE_LIMIT
			   : with_limit && v > l->limit && !t.o.active ? GN_INACTIVE
								       : GN_OK;
	gn_err err = hub_change(&t.h, 0, a, b, rest);
	expect(err, predicted, "update");
	return err;
}

static gn_err do_close(void)
{
	unsigned a = someone(), b = someone();
	const struct or_line *l = &t.o.line[a][b];
	bool when_repaid = below(2), loaded = t.o.debt[b][a] + t.o.reserved[b][a] > 0;
	if (a == b || l->version == 0)
		return GN_AGAIN;
	gn_err predicted = !t.o.standing[a]                            ? GN_INACTIVE
			   : !l->open && !(l->closing && !when_repaid) ? GN_INACTIVE
			   : loaded && !when_repaid                    ? GN_STATE
								       : GN_OK;
	gn_err err = hub_shut(&t.h, 0, a, b, when_repaid);
	expect(err, predicted, "close");
	return err;
}

/* Most have lines: he closes what he can first, as a wallet does. */
static gn_err do_leave(void)
{
	unsigned a = below(2) ? PEOPLE - 1 : someone();
	for (unsigned b = 0; b < PEOPLE && t.o.standing[a]; b++)
		if (t.o.line[a][b].open && !t.o.debt[b][a] && !t.o.reserved[b][a] && below(4))
			expect(hub_shut(&t.h, 0, a, b, false), GN_OK, "close before leaving");
	gn_err predicted = !t.o.standing[a] ? GN_INACTIVE : or_free(&t.o, a) ? GN_OK : GN_STATE;
	gn_err err = hub_do(&t.h, a, GN_OP_LEAVE, "{}", NULL);
	expect(err, predicted, "leave");
	t.left += !err;
	return err;
}

/* ---- payments ---- */

static bool any_blocks(void)
{
	for (unsigned p = 0; p < PEOPLE; p++)
		for (unsigned q = 0; q < PEOPLE; q++)
			if (t.o.line[p][q].blocked)
				return true;
	return false;
}

static void remember(const char *tx_id, unsigned who, unsigned to, const char *amount)
{
	unsigned i = t.recent_count++ % RECENT;
	snprintf(t.recent[i].tx_id, sizeof t.recent[i].tx_id, "%s", tx_id);
	snprintf(t.recent[i].amount, sizeof t.recent[i].amount, "%s", amount);
	t.recent[i].who = who;
	t.recent[i].to = to;
}

static gn_err do_pay(void)
{
	unsigned a = someone(), b = someone();
	char amount[24], tx_id[32];
	gn_amount v = some_amount();
	struct gn_ledger_settings s;
	gn_ledger_settings(t.h.l, &s);
	money(v, amount);
	if (a == b)
		return GN_AGAIN;
	bool standing = t.o.standing[a] && t.o.standing[b], blocks = any_blocks();
	bool possible = standing && or_max_flow(&t.o, a, b, false, t.h.now, v) >= v;
	bool easy = standing && !blocks && or_one_path(&t.o, a, a, b, v, s.max_hops, 0, 0, t.h.now);
	if (standing && !blocks && s.maxflow)
		easy |= or_max_flow(&t.o, a, b, true, t.h.now, v) >= v;
	gn_err err = hub_pay_with(&t.h, a, b, "UAH", amount, NULL, tx_id);
	if (!standing)
		expect(err, GN_INACTIVE, "payment of the inactive");
	else if (easy)
		expect(err, GN_OK, "payment over an obvious path");
	else if (!possible && err != GN_NO_ROUTE)
		expect(err, GN_NO_CAPACITY, "impossible payment");
	if (standing) {
		assert_true(err == GN_OK || err == GN_NO_ROUTE || err == GN_NO_CAPACITY);
		remember(tx_id, a, b, amount);
		enum gn_tx_state state = hub_tx(&t.h, a, tx_id);
		assert_true(err ? state == GN_TX_ABORTED
				: state == GN_TX_COMMITTED || state == GN_TX_PREPARE);
	}
	t.paid += !err;
	return err;
}

/* The same request again gives the same outcome and no record; the same id for something else is
 * a conflict. */
static gn_err do_repeat(void)
{
	char body[1024];
	uint64_t ticket, before = gn_ledger_seq(t.h.l);
	if (t.recent_count == 0)
		return GN_AGAIN;
	unsigned i = (unsigned)below(t.recent_count < RECENT ? t.recent_count : RECENT);
	bool other = below(2);
	hub_payment_body(&t.h, t.recent[i].to, "UAH", other ? "77777.77" : t.recent[i].amount, NULL,
			 t.recent[i].tx_id, body);
	enum gn_tx_state state = hub_tx(&t.h, t.recent[i].who, t.recent[i].tx_id);
	if (state == GN_TX_NONE)
		return GN_AGAIN; /* forgotten after its month */
	assert_int_equal(
		hub_send(&t.h, t.recent[i].who, GN_OP_PAYMENT, body, t.recent[i].tx_id, &ticket),
		GN_OK);
	struct hub_result *r = hub_outcome(&t.h, ticket);
	if (other) {
		expect(r->err, GN_CONFLICT, "another payment under a used id");
	} else {
		assert_true(r->repeated);
		assert_int_equal(r->state, state);
	}
	assert_int_equal(gn_ledger_seq(t.h.l), before);
	return r->err;
}

static gn_err do_vote(void)
{
	struct gn_tx_key key;
	struct gn_ledger_tx tx;
	uint32_t who;
	bool answered;
	char body[256], hex[33];
	if (!gn_ledger_open_tx(t.h.l, (uint32_t)below(4), &key, &tx) ||
	    !gn_ledger_asked(t.h.l, &key, (uint32_t)below(4), &who, &answered))
		return GN_AGAIN;
	const char *answer = below(6) ? "yes" : "no";
	if (tx.state == GN_TX_WAITING) {
		gn_hex(GN_SLICE(key.b), hex);
		snprintf(body, sizeof body, "{\"answer\":\"%s\",\"tx_id\":\"%s\"}", answer, hex);
		return hub_do(&t.h, who, GN_OP_CONSENT, body, hex);
	}
	for (unsigned i = 0; i < RECENT && i < t.recent_count; i++) {
		struct gn_tx_key k;
		gn_tx_key(&t.h.key[t.recent[i].who].pk, gn_str(t.recent[i].tx_id), &k);
		if (memcmp(k.b, key.b, sizeof k.b) == 0)
			return hub_vote(&t.h, who, t.recent[i].who, t.recent[i].tx_id,
					answer[0] == 'y');
	}
	return GN_AGAIN;
}

/* ---- officers, time ---- */

static gn_err admin(const struct gn_ledger_admin *a)
{
	uint64_t ticket = ++t.h.ticket;
	GN_TRY(gn_ledger_admin(t.h.l, a, ticket, t.h.now));
	return hub_outcome(&t.h, ticket)->err;
}

static gn_err do_admin(void)
{
	struct gn_ledger_admin a = {.who = {.reason = GN_LIT("because")}};
	struct gn_ledger_tx tx;
	switch (below(6)) {
	case 0: {
		unsigned who = below(4) ? someone() : PEOPLE - 1;
		bool for_good = who == PEOPLE - 1 && below(100) == 0;
		gn_err predicted = t.o.deleted[who] || (for_good && !or_free(&t.o, who)) ? GN_STATE
											 : GN_OK,
		       err;
		if (for_good || t.o.deleted[who]) {
			err = hub_status(&t.h, who,
					 for_good ? GN_PARTICIPANT_DELETED : GN_PARTICIPANT_ACTIVE);
			expect(err, predicted, "delete, or bring back");
			return err;
		}
		return hub_status(&t.h, who,
				  t.o.standing[who] ? (below(5) ? GN_PARTICIPANT_ACTIVE
								: GN_PARTICIPANT_SUSPENDED)
						    : GN_PARTICIPANT_ACTIVE);
	}
	case 1: return hub_equivalent(&t.h, "UAH", 2, t.o.active ? below(8) > 0 : below(4) > 0);
	case 2: {
		unsigned p = someone(), q = someone();
		a.kind = GN_ADMIN_DISPUTE;
		a.code = gn_str("UAH");
		a.active = below(2);
		assert_int_equal(gn_pid_parse(gn_str(t.h.pid[p]), &a.pid), GN_OK);
		assert_int_equal(gn_pid_parse(gn_str(t.h.pid[q]), &a.pid2), GN_OK);
		gn_err err = admin(&a);
		if (p != q && (t.o.line[p][q].open || t.o.line[p][q].closing))
			expect(err, GN_OK, "dispute");
		return err;
	}
	case 3:
		a.kind = GN_ADMIN_SETTINGS;
		gn_ledger_settings_default(&a.settings);
		a.settings.max_hops = (uint8_t)(1 + below(6));
		a.settings.max_paths = (uint8_t)(1 + below(4));
		a.settings.maxflow = below(2);
		a.settings.second_search = below(2);
		a.settings.exact_s = (uint32_t)below(2);
		a.settings.inline_clearing = below(4) > 0;
		return admin(&a);
	case 4:
		a.kind = GN_ADMIN_ABORT;
		return gn_ledger_open_tx(t.h.l, (uint32_t)below(8), &a.key, &tx) ? admin(&a)
										 : GN_AGAIN;
	default:
		a.kind = GN_ADMIN_CLEAR;
		a.code = gn_str("UAH");
		a.max_len = (uint8_t)(3 + below(4));
		return admin(&a);
	}
}

static gn_err do_time(void)
{
	static const gn_time steps[] = {GN_MSEC,           GN_SEC,        20 * GN_SEC,
					70 * GN_SEC,       3601 * GN_SEC, 86401 * GN_SEC,
					8 * 86400 * GN_SEC};
	t.h.now += steps[below(below(4) ? 4 : GN_COUNT(steps))];
	hub_run(&t.h);
	return GN_OK;
}

/* ---- clearing ---- */

static gn_err do_exact(void)
{
	struct gn_clearing *job;
	uint64_t ticket = ++t.h.ticket;
	gn_err err = gn_ledger_clearing_new(t.h.l, &t.h.env, GN_LIT("UAH"), false, &job);
	assert_int_equal(err, GN_OK);
	gn_clearing_set_anytime(job, below(2));
	err = gn_clearing_run(job, below(3) ? UINT64_MAX : below(200));
	assert_true(err == GN_OK || err == GN_AGAIN);
	gn_clearing_validate(job);
	if (below(3) == 0)
		(void)!do_pay(); /* the world moves on between solving and committing */
	gn_amount_sum found = gn_clearing_total(job);
	ticket = ++t.h.ticket;
	err = gn_ledger_clear(t.h.l, GN_LIT("UAH"), job, ticket, t.h.now);
	gn_clearing_free(job);
	assert_true(err == GN_OK || (err == GN_AGAIN && found >= 0));
	return err ? err : hub_outcome(&t.h, ticket)->err;
}

static gn_err do_offer(void)
{
	struct gn_clearing *with, *without;
	uint64_t ticket;
	assert_int_equal(gn_ledger_clearing_new(t.h.l, &t.h.env, GN_LIT("UAH"), true, &with),
			 GN_OK);
	assert_int_equal(gn_ledger_clearing_new(t.h.l, &t.h.env, GN_LIT("UAH"), false, &without),
			 GN_OK);
	assert_int_equal(gn_clearing_run(with, UINT64_MAX), GN_OK);
	assert_int_equal(gn_clearing_run(without, UINT64_MAX), GN_OK);
	assert_true(gn_clearing_total(with) >= gn_clearing_total(without));
	ticket = ++t.h.ticket;
	gn_err err = gn_ledger_offer(t.h.l, GN_LIT("UAH"), with, gn_clearing_total(without), ticket,
				     t.h.now);
	assert_true(err == GN_OK || err == GN_AGAIN || err == GN_EXISTS);
	gn_clearing_free(with);
	gn_clearing_free(without);
	return err ? err : hub_outcome(&t.h, ticket)->err;
}

/* ---- restarts ---- */

static gn_err do_restart(void)
{
	struct gn_hash before = hub_hash(&t.h), after;
	uint64_t seq = gn_ledger_seq(t.h.l);
	bool crash = below(2);
	t.h.record = NULL;
	hub_close(&t.h);
	if (crash)
		sim_crash(&t.h.disk, (enum sim_crash)below(4), &t.h.rand);
	t.h.config.feed_from = UINT64_MAX;
	hub_open(&t.h);
	assert_int_equal(t.h.ready_err, GN_OK);
	assert_int_equal(gn_ledger_seq(t.h.l), seq);
	after = hub_hash(&t.h);
	assert_memory_equal(before.b, after.b, 32);
	t.h.record = or_record;
	t.h.durable = 0;
	t.restarts++;
	return GN_OK;
}

static void step(void)
{
	static gn_err (*const ops[])(void) = {do_create, do_create, do_update, do_close, do_pay,
					      do_pay,    do_pay,    do_pay,    do_pay,   do_pay,
					      do_repeat, do_vote,   do_vote,   do_vote,  do_admin,
					      do_time,   do_time,   do_exact,  do_offer, do_leave};
	unsigned kind = (unsigned)below(GN_COUNT(ops));
	gn_err err = below(400) == 0 ? do_restart() : ops[kind]();
	if (below(300) == 0)
		gn_ledger_snapshot(t.h.l);
	t.accepted += err == GN_OK;
	t.refused += err != GN_OK;
	t.kinds[kind] += err == GN_OK;
	hub_run(&t.h);
	assert_false(t.h.stopped);
	gn_ledger_validate(t.h.l);
	or_compare(&t.o);
}

/* Every record says what was signed, and the journal alone gives the same state (LG-54). */
static void verify_all(void)
{
	struct gn_hash before = hub_hash(&t.h), after;
	hub_run(&t.h);
	hub_close(&t.h);
	t.h.record = NULL;
	t.h.config.verify = true;
	hub_recover(&t.h);
	assert_int_equal(t.h.ready_err, GN_OK);
	after = hub_hash(&t.h);
	assert_memory_equal(before.b, after.b, 32);
}

static void test_random_operations_agree_with_the_oracle(void **state)
{
	(void)state;
	const char *ops_text = getenv("GEONET_LEDGER_OPS"), *seed_text = getenv("GEONET_SEED");
	unsigned long ops = ops_text ? strtoul(ops_text, NULL, 10) : 6000, per_life = 20000;
	uint64_t seed = seed_text ? strtoull(seed_text, NULL, 10) : 1;
	for (unsigned long done = 0, lives = 0; done < ops; seed++, lives++) {
		print_message("seed %llu (GEONET_SEED=%llu repeats from here)\n",
			      (unsigned long long)seed, (unsigned long long)seed);
		t = (struct random_test){.accepted = 0};
		hub_init(&t.h, seed);
		t.h.real_signatures = lives % 50 == 0; /* they take most of the time */
		t.h.config.segment_bytes = 1 << 20;
		t.h.config.snapshot_bytes = 1 << 18;
		t.o.h = &t.h;
		t.o.active = true;
		t.h.record = or_record;
		t.h.user = &t.o;
		hub_open(&t.h);
		assert_int_equal(hub_equivalent(&t.h, "UAH", 2, true), GN_OK);
		for (int i = 0; i < PEOPLE; i++)
			hub_join(&t.h);
		for (unsigned long n = 0;
		     n < per_life && done < ops && t.h.disk.count < SIM_FILES - 4; n++, done++)
			step();
		print_message("  %u accepted, %u refused, %u paid, %u left, %u records, %u "
			      "restarts\n",
			      t.accepted, t.refused, t.paid, t.left, t.o.records, t.restarts);
		if (t.h.real_signatures)
			verify_all();
		hub_fini(&t.h);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_operations_agree_with_the_oracle)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
