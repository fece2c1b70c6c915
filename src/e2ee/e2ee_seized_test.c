/* Whoever copies a device's whole state at t: opens nothing that was read before t, and nothing
 * after one turn of the DH ratchet, or, with all of DH broken, after one epoch that was begun after
 * t. Rules EE-2, EE-16, EE-21. */
#include "crypto/testing/known.h"
#include "e2ee/testing/party.h"

static struct party a, b, eve;
static struct letter l, before[40], waiting;
static char text[64];

static int begin(void **state)
{
	(void)state;
	parties_make(&a, 2, &b, 0);
	party_make(&eve, 3, 0); /* her randomness is her own */
	party_talk(&a, &b, "set-up");
	party_talk(&b, &a, "answer");
	return 0;
}

static int end(void **state)
{
	(void)state;
	parties_free(&a, &b);
	party_free(&eve);
	return 0;
}

static void seize(void)
{
	struct snapshot s = party_save(&b);
	party_load(&eve, s);
	snapshot_free(&s);
}

static void nothing_before(void **state)
{
	(void)state;
	uint32_t n[40], en[40];
	for (int i = 0; i < 40; i++) {
		n[i] = party_session(&a, &b)->state.ratchet.send.n;
		en[i] = party_session(&a, &b)->state.pq.send.n;
		party_write(&a, &b, "long ago", &before[i]);
		if (i == 17)
			waiting = before[i];
		else
			assert_int_equal(party_text(&b, &before[i], text), GN_E2EE_OPENED);
		if (i % 3 == 1)
			party_talk(&b, &a, "a turn");
	}
	seize();
	/* b's prekeys are in the state too: the set-up is known, and opens nothing */
	for (int i = 0; i < 40; i++)
		if (i != 17)
			assert_int_not_equal(party_text(&eve, &before[i], text), GN_E2EE_OPENED);
	/* nor when she turns the counters back: the keys went on */
	for (int i = 0; i < 40; i++) {
		seize();
		struct e2ee_state *hers = &party_session(&eve, &a)->state;
		hers->ratchet.recv.n = n[i];
		hers->pq.recv.n = en[i];
		assert_true(i == 17 || party_text(&eve, &before[i], text) != GN_E2EE_OPENED);
	}
	seize();
	/* the one exception: a message that had not come, whose key was kept */
	assert_int_equal(party_text(&eve, &waiting, text), GN_E2EE_OPENED);
}

/* What comes with a set-up hangs on the halves it used: who seizes them opens it, whatever the
 * engine remembers; erased, they are gone for her too (EE-8; a day for the few, five weeks for
 * `last`). */
static void until_erased(void **state)
{
	(void)state;
	for (int erased = 0; erased < 2; erased++) {
		assert_int_equal(gn_e2ee_anew(a.e, &b.own.device), GN_OK);
		party_write(&a, &b, "with its set-up", &l);
		assert_int_equal(party_text(&b, &l, text), GN_E2EE_OPENED);
		if (erased)
			gn_e2ee_prekeys_erase(b.e, &(uint32_t){10}, 1);
		seize();
		assert_int_equal(gn_e2ee_forget(eve.e, &a.own.device), GN_OK);
		party_believe(&eve, &a);
		assert_int_equal(party_text(&eve, &l, text), GN_E2EE_UNKNOWN);
		gn_map_fini(&eve.e->prekeys.remembered);
		assert_int_equal(party_text(&eve, &l, text),
				 erased ? GN_E2EE_UNKNOWN : GN_E2EE_OPENED);
	}
}

/* What eve is given for nothing: one of the two ratchets, as b has it. */
enum given { GIVEN_NOTHING, GIVEN_DH, GIVEN_EPOCHS };

static void give(enum given what)
{
	struct e2ee_session *of_b = party_session(&b, &a), *hers = party_session(&eve, &a);
	struct e2ee_skips *from, *to;
	if (what == GIVEN_NOTHING)
		return;
	if (what == GIVEN_DH)
		hers->state.ratchet = of_b->state.ratchet;
	else
		hers->state.pq = of_b->state.pq;
	from = &of_b->skips[what == GIVEN_DH ? E2EE_SKIPS_DH : E2EE_SKIPS_PQ];
	to = &hers->skips[what == GIVEN_DH ? E2EE_SKIPS_DH : E2EE_SKIPS_PQ];
	e2ee_skips_fini(to);
	for (uint32_t i = 0; i < from->count; i++)
		assert_int_equal(e2ee_skips_load(to, &from->at[i]), GN_OK);
}

/* The last message that eve opens, of 200 that b reads after t; and where b stood then. */
struct reach {
	int last;
	unsigned opened;
	int turn, epoch; /* the first message after the healing of each ratchet */
};

static struct reach follow(enum given what, unsigned warm)
{
	struct reach r = {-1, 0, -1, -1};
	for (unsigned i = 0; i < warm; i++)
		party_talk(i % 2 ? &a : &b, i % 2 ? &b : &a, "warm");
	seize();
	struct e2ee_state at = party_session(&b, &a)->state;
	/* the first epoch of which nothing was made when the state was seized */
	uint32_t fresh = at.pq.send_epoch + (at.pq.role == E2EE_COLLECT_EK && !at.pq.got ? 1 : 2);
	for (int i = 0; i < 200; i++) {
		party_write(&a, &b, "after", &l);
		give(what);
		if (party_text(&eve, &l, text) == GN_E2EE_OPENED) {
			r.last = i;
			r.opened++;
		}
		assert_int_equal(party_text(&b, &l, text), GN_E2EE_OPENED);
		struct e2ee_state *now = &party_session(&b, &a)->state;
		/* b has a new key of its own, and a wrote to it */
		if (r.turn < 0 && i > 0 && memcmp(now->ratchet.own, at.ratchet.own, 32) != 0)
			r.turn = i;
		if (r.epoch < 0 && now->pq.recv_epoch >= fresh)
			r.epoch = i;
		if (i % 2)
			party_talk(&b, &a, "and back");
	}
	assert_true(r.turn >= 0 && r.epoch >= 0);
	return r;
}

static void nothing_after(void **state)
{
	(void)state;
	unsigned opened = 0, opened_dh = 0, opened_epochs = 0;
	for (unsigned warm = 0; warm < 40; warm++) {
		/* the seized state alone: both ratchets lock her out */
		struct reach r = follow(GIVEN_NOTHING, warm);
		assert_true(r.last <= r.turn + 2 && r.last < 10);
		opened += r.opened;
		/* epochs broken: one turn is enough */
		r = follow(GIVEN_EPOCHS, 1);
		assert_true(r.last <= r.turn + 2 && r.last < 10);
		opened_epochs += r.opened;
		/* DH broken: an epoch begun afterwards is enough */
		r = follow(GIVEN_DH, 1);
		assert_true(r.last < r.epoch);
		assert_true(r.last < 150);
		opened_dh += r.opened;
	}
	/* and she does open what came before: the test can fail */
	assert_true(opened > 40 && opened_dh > 200 && opened_epochs > 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nothing_before, begin, end),
		cmocka_unit_test_setup_teardown(until_erased, begin, end),
		cmocka_unit_test_setup_teardown(nothing_after, begin, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
