/* Power fails at every request to the disk, in every history of a few operations, in four ways;
 * and at random in long histories. What comes back is a state that was, not older than what was
 * told, and sending the last request again ends where it would have ended. GEONET_CRASH_LEN
 * (default 3) is the length of histories, of which the longest are tried every
 * GEONET_CRASH_EVERYth (default 11; 1: all); GEONET_CRASH_OPS (default 1500) is the length of
 * the random one, GEONET_SEED its seed. That the states are right is ledger_lockstep_test's. */
#include "ledger/testing/hub.h"

static struct hub h, again;
static struct sim_disk base;
static uint64_t base_seq[HUB_PEOPLE], base_tx, points;
enum { A, B, C, D, E, PEOPLE };

/* States that were: hash by seq. */
#define STATES 64
static struct {
	uint64_t seq;
	struct gn_hash hash;
} states[STATES];

static void note_state(void)
{
	uint64_t seq = gn_ledger_seq(h.l);
	if (states[seq % STATES].seq != seq) {
		states[seq % STATES].seq = seq;
		states[seq % STATES].hash = hub_hash(&h);
	}
}

/* ---- operations: started here, finished by the disk ---- */

static char sent_body[1024], sent_tx[32];
static unsigned sent_by;

static void pay(unsigned from, unsigned to, const char *amount)
{
	uint64_t ticket;
	snprintf(sent_tx, sizeof sent_tx, "tx-%llu", (unsigned long long)h.tx++);
	sent_by = from;
	hub_payment_body(&h, to, "UAH", amount, NULL, sent_tx, sent_body);
	assert_int_equal(hub_send(&h, from, GN_OP_PAYMENT, sent_body, sent_tx, &ticket), GN_OK);
}

/* The oldest payment that waits for answers, or the oldest clearing offer. */
static bool find_open(bool offer, struct gn_tx_key *key)
{
	struct gn_ledger_tx tx;
	for (uint32_t i = 0; gn_ledger_open_tx(h.l, i, key, &tx); i++)
		if (offer == (tx.state == GN_TX_PROPOSED || tx.state == GN_TX_WAITING))
			return true;
	return false;
}

static void answer(bool yes)
{
	struct gn_tx_key key;
	uint64_t ticket;
	char body[256], id[32];
	if (!find_open(false, &key))
		return;
	for (uint64_t i = 1; i < h.tx; i++) {
		struct gn_tx_key k;
		snprintf(id, sizeof id, "tx-%llu", (unsigned long long)i);
		gn_tx_key(&h.key[A].pk, gn_str(id), &k);
		if (memcmp(k.b, key.b, sizeof k.b) == 0)
			break;
	}
	snprintf(body, sizeof body, "{\"answer\":\"%s\",\"initiator\":\"%s\",\"tx_id\":\"%s\"}",
		 yes ? "yes" : "no", h.pid[A], id);
	assert_int_equal(hub_send(&h, D, GN_OP_VOTE, body, id, &ticket), GN_OK);
}

static void change_limit(void)
{
	char body[256], id[GN_LINE_ID_LEN + 1];
	struct gn_ledger_line line;
	uint64_t ticket;
	assert_int_equal(gn_ledger_line(h.l, 0, C, B, &line), GN_OK);
	gn_line_id_text(&line.id, id);
	snprintf(body, sizeof body, "{\"id\":\"%s\",\"limit\":\"%s\"}", id,
		 line.limit == 20000 ? "300.00" : "200.00");
	assert_int_equal(hub_send(&h, C, GN_OP_LINE_UPDATE, body, NULL, &ticket), GN_OK);
}

/* D's line to B, with B's own to D the other way round when that is there. */
static void open_line(void)
{
	char body[256];
	struct gn_ledger_line line;
	uint64_t ticket;
	bool turn = gn_ledger_line(h.l, 0, D, B, &line) == GN_OK && line.status == GN_LINE_ACTIVE;
	snprintf(body, sizeof body, "{\"equivalent\":\"UAH\",\"limit\":\"50.00\",\"to\":\"%.60s\"}",
		 h.pid[turn ? D : B]);
	assert_int_equal(hub_send(&h, turn ? B : D, GN_OP_LINE_CREATE, body, NULL, &ticket), GN_OK);
}

static void close_line(void)
{
	char body[256], id[GN_LINE_ID_LEN + 1];
	struct gn_ledger_line line;
	uint64_t ticket;
	assert_int_equal(gn_ledger_line(h.l, 0, B, A, &line), GN_OK);
	gn_line_id_text(&line.id, id);
	snprintf(body, sizeof body, "{\"id\":\"%s\",\"when_repaid\":true}", id);
	assert_int_equal(hub_send(&h, B, GN_OP_LINE_CLOSE, body, NULL, &ticket), GN_OK);
}

static void set_status(unsigned who, enum gn_participant_status status)
{
	struct gn_ledger_admin a = {.kind = GN_ADMIN_STATUS,
				    .status = (uint8_t)status,
				    .who = {.reason = GN_LIT("test")}};
	assert_int_equal(gn_pid_parse(gn_str(h.pid[who]), &a.pid), GN_OK);
	assert_int_equal(gn_ledger_admin(h.l, &a, ++h.ticket, h.now), GN_OK);
}

static bool is_active(unsigned who)
{
	struct gn_ledger_participant p;
	assert_int_equal(gn_ledger_participant(h.l, who, &p), GN_OK);
	return p.status == GN_PARTICIPANT_ACTIVE;
}

/* Suspends B, or lets him back. */
static void officer(void)
{
	set_status(B, is_active(B) ? GN_PARTICIPANT_SUSPENDED : GN_PARTICIPANT_ACTIVE);
}

/* E, who has no lines, leaves, or is let back. */
static void leave(void)
{
	uint64_t ticket;
	if (is_active(E))
		assert_int_equal(hub_send(&h, E, GN_OP_LEAVE, "{}", NULL, &ticket), GN_OK);
	else
		set_status(E, GN_PARTICIPANT_ACTIVE);
}

static struct gn_clearing *optimum(const char *code, bool asking)
{
	struct gn_clearing *job;
	assert_int_equal(gn_ledger_clearing_new(h.l, &h.env, gn_str(code), asking, &job), GN_OK);
	assert_int_equal(gn_clearing_run(job, UINT64_MAX), GN_OK);
	return job;
}

static void clear_exact(void)
{
	struct gn_clearing *job = optimum("USD", false);
	gn_err err = gn_ledger_clear(h.l, GN_LIT("USD"), job, ++h.ticket, h.now);
	assert_true(err == GN_OK || err == GN_AGAIN);
	gn_clearing_free(job);
}

/* Offers to clear the ring of euros, which C must be asked for, or asks him when it is offered. */
static void offer_or_consent(void)
{
	struct gn_tx_key key;
	uint64_t ticket;
	char body[256], hex[33];
	if (find_open(true, &key)) {
		gn_hex(GN_SLICE(key.b), hex);
		snprintf(body, sizeof body, "{\"answer\":\"yes\",\"tx_id\":\"%s\"}", hex);
		assert_int_equal(hub_send(&h, C, GN_OP_CONSENT, body, hex, &ticket), GN_OK);
		return;
	}
	struct gn_clearing *with = optimum("EUR", true);
	gn_err err = gn_ledger_offer(h.l, GN_LIT("EUR"), with, 0, ++h.ticket, h.now);
	assert_true(err == GN_OK || err == GN_AGAIN);
	gn_clearing_free(with);
}

#define OPS 14
static void begin(unsigned op)
{
	sent_tx[0] = 0;
	h.now += GN_MSEC;
	switch (op) {
	case 0: pay(A, C, "10.00"); break;
	case 1: pay(A, D, "7.00"); break; /* D asks */
	case 2: answer(true); break;
	case 3: answer(false); break;
	case 4: h.now += 61 * GN_SEC; break; /* expiry */
	case 5: change_limit(); break;
	case 6: pay(C, A, "9.00"); break; /* closes a ring: two records in one batch */
	case 7:
		pay(B, C, "1.00");
		gn_ledger_snapshot(h.l); /* and a checkpoint in a batch of its own */
		break;
	case 8: clear_exact(); break;
	case 9: open_line(); break;
	case 10: close_line(); break;
	case 11: officer(); break;
	case 12: offer_or_consent(); break;
	case 13: leave(); break;
	}
	gn_ledger_tick(h.l, h.now);
	note_state();
}

/* ---- crash and recovery ---- */

/* What a restart finds on a copy of the disk after a crash; then the last payment is sent again,
 * as its client would. */
static void check_crash(enum sim_crash mode)
{
	sim_copy(&again.disk, &h.disk);
	sim_crash(&again.disk, mode, &again.rand);
	again.now = h.now;
	hub_recover(&again);
	assert_int_equal(again.ready_err, GN_OK);
	gn_ledger_validate(again.l);
	uint64_t seq = gn_ledger_seq(again.l);
	if (seq < h.durable)
		fail_msg("seq %llu came back, %llu was told", (unsigned long long)seq,
			 (unsigned long long)h.durable);
	struct gn_hash hash = hub_hash(&again);
	if (states[seq % STATES].seq != seq || memcmp(hash.b, states[seq % STATES].hash.b, 32) != 0)
		fail_msg("the state of seq %llu never was", (unsigned long long)seq);
	if (sent_tx[0]) {
		uint64_t ticket;
		memcpy(again.seq, h.seq, sizeof h.seq);
		assert_int_equal(
			hub_send(&again, sent_by, GN_OP_PAYMENT, sent_body, sent_tx, &ticket),
			GN_OK);
		hub_run(&again);
		for (uint32_t u = 0; u < PEOPLE; u++)
			for (uint32_t v = 0; v < PEOPLE; v++)
				if (u != v)
					assert_int_equal(hub_debt(&again, 0, u, v),
							 hub_debt(&h, 0, u, v));
	}
	hub_close(&again);
	points++;
}

/* Runs what begin() started to its end, request by request; with check, power fails around every
 * one. */
static void finish(bool check)
{
	for (;;) {
		gn_ledger_tick(h.l, h.now);
		note_state();
		hub_drain(&h);
		for (int mode = SIM_LOSE_ALL; check && mode <= SIM_PREFIX; mode++)
			check_crash((enum sim_crash)mode);
		if (!hub_step(&h))
			break;
	}
	hub_drain(&h);
	assert_int_equal(h.durable, gn_ledger_seq(h.l));
}

static void restart(void)
{
	hub_close(&h);
	sim_copy(&h.disk, &base);
	memcpy(h.seq, base_seq, sizeof h.seq);
	h.now = HUB_START + 60 * GN_SEC;
	h.tx = base_tx;
	hub_open(&h);
	memset(states, 0, sizeof states);
	note_state();
}

/* A owes B owes C owes A, and C must be asked before it clears. */
static void ring_that_asks(const char *code)
{
	assert_int_equal(hub_equivalent(&h, code, 2, true), GN_OK);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(hub_trust(&h, (i + 1) % 3, i, code, "30.00",
					   i == B ? "{\"auto_clearing\":false}" : NULL),
				 GN_OK);
		assert_int_equal(hub_pay(&h, i, (i + 1) % 3, code, "30.00"), GN_OK);
	}
}

static int setup(void **state)
{
	(void)state;
	hub_init(&h, 3);
	hub_init(&again, 4);
	/* a new file every few batches */
	h.config.segment_bytes = again.config.segment_bytes = 32 << 10;
	hub_open(&h);
	assert_int_equal(hub_equivalent(&h, "UAH", 2, true), GN_OK);
	for (int i = 0; i < PEOPLE; i++)
		hub_join(&h);
	assert_int_equal(hub_trust(&h, B, A, "UAH", "100.00", NULL), GN_OK);
	assert_int_equal(hub_trust(&h, C, B, "UAH", "200.00", NULL), GN_OK);
	assert_int_equal(hub_trust(&h, A, C, "UAH", "100.00", NULL), GN_OK);
	assert_int_equal(hub_trust(&h, D, A, "UAH", "100.00", "{\"ask\":true}"), GN_OK);
	assert_int_equal(hub_pay(&h, A, B, "UAH", "5.00"), GN_OK);
	ring_that_asks("EUR");
	ring_that_asks("USD");
	/* and this one does no more */
	assert_int_equal(hub_change(&h, 2, C, B, ",\"policy\":{}"), GN_OK);
	hub_run(&h);
	sim_copy(&base, &h.disk);
	memcpy(base_seq, h.seq, sizeof base_seq);
	base_tx = h.tx;
	memcpy(again.key, h.key, sizeof h.key);
	memcpy(again.pid, h.pid, sizeof h.pid);
	again.people = h.people;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	hub_fini(&h);
	sim_free(&again.disk);
	sim_free(&base);
	return 0;
}

static unsigned long number(const char *name, unsigned long other)
{
	const char *text = getenv(name);
	return text ? strtoul(text, NULL, 10) : other;
}

static void test_every_request_of_every_short_history(void **state)
{
	(void)state;
	unsigned long most = number("GEONET_CRASH_LEN", 3),
		      every = number("GEONET_CRASH_EVERY", 11), histories = 0;
	unsigned made[OPS] = {0}; /* histories in which the last operation left a record */
	points = 0;
	for (unsigned long len = 1; len <= most; len++) {
		unsigned long count = 1;
		for (unsigned long i = 0; i < len; i++)
			count *= OPS;
		for (unsigned long code = 0; code < count;
		     code += len == most ? every : 1, histories++) {
			unsigned long c = code;
			uint64_t before = 0;
			unsigned op = 0;
			restart();
			for (unsigned long i = 0; i < len; i++, c /= OPS) {
				before = gn_ledger_seq(h.l);
				begin(op = (unsigned)(c % OPS));
				/* earlier requests are those of shorter histories */
				finish(i + 1 == len);
			}
			made[op] += gn_ledger_seq(h.l) > before;
		}
	}
	print_message("%lu histories, %llu crashes\n", histories, (unsigned long long)points);
	for (unsigned op = 0; op < OPS; op++)
		if (made[op] == 0)
			fail_msg("operation %u never left a record", op);
}

static void test_random_requests_of_a_long_history(void **state)
{
	(void)state;
	unsigned long ops = number("GEONET_CRASH_OPS", 1500), crashes = 0;
	uint64_t seed = number("GEONET_SEED", 5);
	print_message("seed %llu\n", (unsigned long long)seed);
	gn_prng_init(&h.prng, seed);
	restart();
	h.config.segment_bytes = 1 << 20;
	h.config.snapshot_bytes = 300 << 10;
	for (unsigned long n = 0; n < ops && h.disk.count < SIM_FILES - 4; n++) {
		unsigned op = (unsigned)gn_rand_below(&h.rand, OPS);
		begin(op == 7 && n % 4 ? 0 : op);
		uint64_t crash_in = gn_rand_below(&h.rand, 12), told = 0;
		bool crashed = false;
		for (uint64_t k = 0; !crashed; k++) {
			gn_ledger_tick(h.l, h.now);
			note_state();
			hub_drain(&h);
			told = h.durable;
			crashed = k == crash_in;
			if (!crashed && !hub_step(&h))
				break;
		}
		if (crashed) {
			enum sim_crash mode = (enum sim_crash)gn_rand_below(&h.rand, 4);
			hub_close(&h);
			sim_crash(&h.disk, mode, &h.rand);
			hub_recover(&h);
			assert_int_equal(h.ready_err, GN_OK);
			uint64_t seq = gn_ledger_seq(h.l);
			struct gn_hash hash = hub_hash(&h);
			assert_true(seq >= told);
			assert_int_equal(states[seq % STATES].seq, seq);
			assert_memory_equal(hash.b, states[seq % STATES].hash.b, 32);
			memset(states, 0, sizeof states); /* what was after it never was */
			note_state();
			gn_ledger_validate(h.l);
			crashes++;
			for (unsigned who = 0; who < PEOPLE; who++) {
				struct gn_ledger_participant m;
				assert_int_equal(gn_ledger_participant(h.l, who, &m), GN_OK);
				h.seq[who] = m.seq;
			}
		}
		hub_run(&h);
	}
	h.config.snapshot_bytes = 0;
	print_message("%lu crashes\n", crashes);
	assert_true(crashes > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_request_of_every_short_history),
		cmocka_unit_test(test_random_requests_of_a_long_history),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
