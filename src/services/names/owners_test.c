/* Who has a name: claims, races, renewals, transfers and pins in small networks (NA-5..NA-10). */
#include "services/names/names_int.h"
#include "services/testing/claims.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define DAY 86400u

static struct svc s;

static void network(unsigned nodes)
{
	svc_init(&s, &(struct svc_options){.seed = 21, .nodes = nodes});
}

static const struct gn_name_entry hello[] = {{GN_NAME_TXT, {(const uint8_t *)"hello", 5}, 60}};
static const struct gn_name_entry other[] = {{GN_NAME_TXT, {(const uint8_t *)"other", 5}, 60}};

/* ---- claims ---- */

static void claimed_name_resolves_everywhere(void **state)
{
	(void)state;
	struct gn_sk sk = claim_key(1);
	struct svc_wait w;
	network(7);
	assert_int_equal(claim_resolve(&s, 3, "welcome", false, &w), GN_NOT_FOUND);
	assert_false(w.name.owner_known);
	struct gn_name_claim c = claim_of(&s, "welcome", &sk, 1, hello, 1);
	assert_int_equal(claim_put(&s, 0, &sk, &c, &w), GN_OK);
	assert_true(w.name.holders[0] >= 3 && w.name.holders[1] >= 3);
	for (unsigned i = 0; i < 7; i++) {
		assert_int_equal(claim_resolve(&s, i, "Welcome.geo", false, &w), GN_OK);
		assert_memory_equal(&w.name.owner, &sk.pk, 32);
		assert_true(w.name.holders[0] > 0 && w.name.holders[1] > 0);
		assert_int_equal(w.name.entry_count, 1);
		assert_string_equal(w.values[0], "hello");
		assert_int_equal(w.name.expires, c.created + c.ttl);
		assert_false(w.name.owner_changed);
	}
	uint64_t sent = s.nodes[3].sent, resolved = svc_names_count(&s, 3, "resolved");
	assert_int_equal(claim_resolve(&s, 3, "welcome", false, &w), GN_OK);
	assert_int_equal(s.nodes[3].sent, sent); /* from the cache */
	assert_int_equal(svc_names_count(&s, 3, "cache_hits"), 1);
	assert_int_equal(svc_names_count(&s, 3, "resolved"), resolved + 1);
	assert_int_equal(claim_resolve(&s, 3, "welcome", true, &w), GN_OK);
	assert_int_equal(svc_names_count(&s, 3, "cache_hits"), 1);
	svc_stop(&s, 1);
	svc_stop(&s, 2);
	svc_run_for(&s, 100 * GN_SEC);
	assert_int_equal(claim_resolve(&s, 5, "welcome", true, &w), GN_OK);
	svc_free(&s);
}

static void a_taken_name_is_refused_and_its_owner_named(void **state)
{
	(void)state;
	struct gn_sk first = claim_key(1), second = claim_key(2);
	struct svc_wait w;
	network(6);
	struct gn_name_claim c1 = claim_of(&s, "welcome", &first, 1, hello, 1),
			     c2 = claim_of(&s, "welcome", &second, 99, other, 1);
	assert_int_equal(claim_put(&s, 0, &first, &c1, &w), GN_OK);
	assert_int_equal(claim_put(&s, 3, &second, &c2, &w), GN_EXISTS);
	assert_memory_equal(&w.name.owner, &first.pk, 32);
	assert_int_equal(svc_names_count(&s, 3, "puts_refused"), 1);
	assert_int_equal(claim_resolve(&s, 4, "welcome", false, &w), GN_OK);
	assert_string_equal(w.values[0], "hello");
	svc_free(&s);
}

static void records_that_do_not_belong_together_are_not_put(void **state)
{
	(void)state;
	struct gn_sk sk = claim_key(1);
	static struct claim_pair a, b;
	gn_op op;
	network(1);
	struct gn_name_claim c = claim_of(&s, "welcome", &sk, 1, hello, 1);
	claim_sign(&sk, &c, &a);
	c.entries = other;
	claim_sign(&sk, &c, &b);
	struct gn_names *n = s.nodes[0].names;
	assert_int_equal(gn_names_put(n, a.record[0], b.record[1], 1, s.now, &op), GN_USAGE);
	assert_int_equal(gn_names_put(n, a.record[0], a.record[0], 1, s.now, &op), GN_USAGE);
	assert_int_equal(gn_names_put(n, a.record[1], a.record[0], 1, s.now, &op), GN_USAGE);
	assert_int_equal(gn_names_put(n, GN_LIT("x"), a.record[1], 1, s.now, &op), GN_MALFORMED);
	a.bytes[0][a.record[0].len - 1] ^= 1;
	assert_true(gn_names_put(n, a.record[0], a.record[1], 1, s.now, &op) != GN_OK);
	gn_names_validate(n);
	svc_free(&s);
}

static void two_claims_at_once_have_at_most_one_winner(void **state)
{
	(void)state;
	for (uint64_t round = 0; round < 6; round++) {
		struct gn_sk sk[2] = {claim_key(1), claim_key(2)};
		struct svc_wait w[2], r;
		svc_init(&s, &(struct svc_options){.seed = 100 + round, .nodes = 8});
		struct gn_name_claim c[2] = {claim_of(&s, "welcome", &sk[0], 1, hello, 1),
					     claim_of(&s, "welcome", &sk[1], 1, other, 1)};
		assert_int_equal(claim_put_start(&s, 1, &sk[0], &c[0], &w[0]), GN_OK);
		svc_wait_add(&s, &w[0]);
		svc_pump(&s, 1);
		svc_run_for(&s, (gn_time)round * 4 * GN_MSEC);
		assert_int_equal(claim_put_start(&s, 6, &sk[1], &c[1], &w[1]), GN_OK);
		svc_wait_add(&s, &w[1]);
		svc_pump(&s, 6);
		svc_run_for(&s, 40 * GN_SEC);
		assert_true(w[0].over && w[1].over);
		assert_false(w[0].err == GN_OK && w[1].err == GN_OK);
		for (unsigned k = 0; k < 2; k++)
			assert_true(w[k].err == GN_OK || w[k].err == GN_EXISTS);
		struct gn_pk winner;
		for (unsigned i = 0; i < 8; i++) { /* everyone sees the same one */
			assert_int_equal(claim_resolve(&s, i, "welcome", true, &r), GN_OK);
			if (i == 0)
				winner = r.name.owner;
			assert_memory_equal(&r.name.owner, &winner, 32);
		}
		for (unsigned k = 0; k < 2; k++)
			if (w[k].err == GN_OK)
				assert_memory_equal(&winner, &sk[k].pk, 32);
		svc_wait_drop(&s, &w[0]);
		svc_wait_drop(&s, &w[1]);
		svc_free(&s);
	}
}

/* Each owner holds one of the two places, with as many holders: the smaller hash has the name,
 * for everyone. */
static void equal_counts_fall_to_the_smaller_hash(void **state)
{
	(void)state;
	static struct claim_pair p[2];
	for (uint8_t first = 1; first <= 3; first++) {
		struct gn_sk sk[2] = {claim_key(first), claim_key((uint8_t)(first % 3 + 1))};
		struct gn_hash tie[2];
		struct svc_wait w;
		network(5);
		for (unsigned k = 0; k < 2; k++) {
			struct gn_name_claim c = claim_of(&s, "welcome", &sk[k], 1, hello, 1);
			claim_sign(&sk[k], &c, &p[k]);
			gn_name_tie(&c.name, &sk[k].pk, c.epoch, &tie[k]);
			assert_int_equal(svc_put(&s, k, p[k].record[k], 5, NULL), GN_OK);
		}
		unsigned best = memcmp(&tie[0], &tie[1], sizeof tie[0]) < 0 ? 0 : 1;
		for (unsigned i = 0; i < 5; i++) {
			assert_int_equal(claim_resolve(&s, i, "welcome", true, &w), GN_OK);
			assert_memory_equal(&w.name.owner, &sk[best].pk, 32);
			assert_int_equal(svc_names_count(&s, i, "conflicts"), 1);
		}
		svc_free(&s);
	}
}

/* What both lookups of a resolution gave: two owners, each with so many holders at each place. */
static void answer(unsigned node, const struct claim_pair *a, const struct claim_pair *b,
		   const uint32_t holders[2][2])
{
	struct gn_names *n = s.nodes[node].names;
	assert_int_equal(n->frame.ops.count, 1);
	struct names_job *job =
		(struct names_job *)GN_MAP_AT(&n->frame.ops, struct gn_frame_op *, 0);
	gn_op get[2] = {job->get[0], job->get[1]};
	for (unsigned salt = 0; salt < 2; salt++) {
		struct gn_overlay_value v[2] = {{a->record[salt], holders[0][salt]},
						{b->record[salt], holders[1][salt]}};
		struct gn_overlay_event e = {.kind = GN_OVERLAY_DONE,
					     .op = get[salt],
					     .err = GN_OK,
					     .values = v,
					     .value_count = 2};
		assert_true(gn_names_overlay_event(n, &e, s.now));
	}
}

/* NA-9: more holders win, whatever the hashes say. */
static void the_owner_with_more_holders_has_the_name(void **state)
{
	(void)state;
	static struct claim_pair p[2];
	static const uint32_t holders[2][2] = {{3, 2}, {2, 2}}; /* 5 against 4 */
	struct gn_sk sk[2] = {claim_key(1), claim_key(2)};
	network(1);
	for (unsigned k = 0; k < 2; k++) {
		struct gn_name_claim c = claim_of(&s, "welcome", &sk[k], 1, hello, 1);
		claim_sign(&sk[k], &c, &p[k]);
	}
	for (unsigned more = 0; more < 2; more++) { /* once it is the one with the greater hash */
		struct gn_name name = claim_name("welcome");
		struct gn_names_event e;
		gn_op op;
		assert_int_equal(gn_names_resolve(s.nodes[0].names, &name, true, false, s.now, &op),
				 GN_OK);
		answer(0, &p[more], &p[1 - more], holders);
		answer(0, &p[more], &p[1 - more], holders); /* everyone is asked once more */
		assert_true(gn_names_next_event(s.nodes[0].names, &e));
		assert_int_equal(e.err, GN_OK);
		assert_memory_equal(&e.owner, &sk[more].pk, 32);
		assert_false(gn_names_next_event(s.nodes[0].names, &e));
	}
	svc_free(&s);
}

/* NA-9: an owner's newest version has a tie of its own, and the order of answers is no matter. */
static void the_newest_version_decides_a_tie(void **state)
{
	(void)state;
	static struct claim_pair p[2];
	struct gn_sk sk = claim_key(1);
	struct gn_hash tie;
	network(1);
	struct gn_name_claim c = claim_of(&s, "welcome", &sk, 1, hello, 1);
	claim_sign(&sk, &c, &p[0]);
	c.seq = 2;
	c.epoch--;
	assert_int_equal(gn_name_puzzle(&(struct gn_name_work){&c.name, &sk.pk, c.epoch},
					GN_NAME_POW_BITS, 0, UINT64_C(1) << 26, c.puzzle),
			 GN_OK);
	claim_sign(&sk, &c, &p[1]);
	gn_name_tie(&c.name, &sk.pk, c.epoch, &tie);
	for (unsigned first = 0; first < 2; first++) {
		struct gn_name name = claim_name("welcome");
		struct gn_names *n = s.nodes[0].names;
		struct gn_names_event shown;
		gn_op op;
		assert_int_equal(gn_names_resolve(n, &name, true, false, s.now, &op), GN_OK);
		struct names_job *job =
			(struct names_job *)GN_MAP_AT(&n->frame.ops, struct gn_frame_op *, 0);
		struct gn_overlay_value v[2] = {{p[first].record[0], 1},
						{p[1 - first].record[0], 1}};
		struct gn_overlay_event e = {.kind = GN_OVERLAY_DONE,
					     .op = job->get[0],
					     .err = GN_OK,
					     .values = v,
					     .value_count = 2};
		gn_op second = job->get[1];
		assert_true(gn_names_overlay_event(n, &e, s.now));
		assert_int_equal(job->candidate_count, 1);
		assert_memory_equal(&job->candidates[0].tie, &tie, sizeof tie);
		e = (struct gn_overlay_event){
			.kind = GN_OVERLAY_DONE, .op = second, .err = GN_NOT_FOUND};
		assert_true(gn_names_overlay_event(n, &e, s.now));
		assert_true(gn_names_next_event(n, &shown));
		assert_int_equal(shown.seq, 2);
		assert_false(gn_names_next_event(n, &shown));
	}
	svc_free(&s);
}

static void renewal_keeps_the_name_and_grace_protects_it(void **state)
{
	(void)state;
	struct gn_sk owner = claim_key(1), thief = claim_key(2);
	struct svc_wait w;
	network(5);
	struct gn_name_claim c = claim_of(&s, "welcome", &owner, 1, hello, 1), t;
	assert_int_equal(claim_put(&s, 0, &owner, &c, &w), GN_OK);
	svc_skip(&s, (gn_time)20 * DAY * GN_SEC);
	c.seq = 2;
	c.created = gn_unix(s.now);
	c.entries = other;
	assert_int_equal(claim_put(&s, 1, &owner, &c, &w), GN_OK);
	svc_skip(&s, (gn_time)25 * DAY * GN_SEC); /* past the end of the first record */
	assert_int_equal(claim_resolve(&s, 2, "welcome", true, &w), GN_OK);
	assert_string_equal(w.values[0], "other");
	svc_skip(&s, (gn_time)(5 * DAY - 120) * GN_SEC);
	assert_int_equal(claim_resolve(&s, 2, "welcome", true, &w), GN_OK);
	svc_run_for(&s, 200 * GN_SEC); /* the renewal expires under the holders' eyes */
	assert_int_equal(claim_resolve(&s, 2, "welcome", true, &w), GN_NOT_FOUND);
	t = claim_of(&s, "welcome", &thief, 50, hello, 1);
	assert_int_equal(claim_put(&s, 3, &thief, &t, &w), GN_EXISTS); /* grace */
	svc_skip(&s, (gn_time)20 * DAY * GN_SEC); /* which a restart does not end */
	t.created = gn_unix(s.now);
	assert_int_equal(claim_put(&s, 3, &thief, &t, &w), GN_EXISTS);
	c.seq = 3;
	c.created = gn_unix(s.now);
	assert_int_equal(claim_put(&s, 1, &owner, &c, &w), GN_OK);
	assert_int_equal(claim_resolve(&s, 2, "welcome", true, &w), GN_OK);
	svc_skip(&s, (gn_time)(GN_NAME_TTL + GN_NAME_GRACE + 60) * GN_SEC);
	t.created = gn_unix(s.now);
	t.epoch = t.created / DAY;
	assert_int_equal(gn_name_puzzle(&(struct gn_name_work){&t.name, &thief.pk, t.epoch},
					GN_NAME_POW_BITS, 0, UINT64_C(1) << 26, t.puzzle),
			 GN_OK);
	/* by clocks that nobody can confirm yet */
	assert_int_equal(claim_put(&s, 3, &thief, &t, &w), GN_EXISTS);
	svc_run_for(&s, 3700 * GN_SEC);
	t.created = gn_unix(s.now);
	assert_int_equal(claim_put(&s, 3, &thief, &t, &w), GN_OK); /* it was given up */
	svc_free(&s);
}

static void transfer_moves_the_pin_and_a_change_without_one_is_shown(void **state)
{
	(void)state;
	struct gn_sk from = claim_key(1), to = claim_key(2), third = claim_key(3);
	struct svc_wait w;
	struct gn_name name;
	struct gn_pk pinned;
	network(6);
	struct gn_name_claim c = claim_of(&s, "welcome", &from, 1, hello, 1);
	assert_int_equal(claim_put(&s, 0, &from, &c, &w), GN_OK);
	assert_int_equal(claim_resolve(&s, 4, "welcome", true, &w), GN_OK);
	assert_true(gn_names_pin_at(s.nodes[4].names, 0, &name, &pinned));
	assert_memory_equal(&pinned, &from.pk, 32);
	assert_false(gn_names_pin_at(s.nodes[4].names, 1, &name, &pinned));

	struct gn_name_claim t = claim_of(&s, "welcome", &to, 2, other, 1);
	t.transferred = true;
	t.previous_owner = from.pk;
	gn_name_transfer(&from, &t.name, &to.pk, 2, &t.previous_sig);
	assert_int_equal(claim_put(&s, 1, &to, &t, &w), GN_OK);
	assert_int_equal(claim_resolve(&s, 4, "welcome", true, &w), GN_OK);
	assert_memory_equal(&w.name.owner, &to.pk, 32);
	assert_true(w.name.owner_changed); /* told once */
	assert_memory_equal(&w.name.owner_pinned, &from.pk, 32);
	assert_int_equal(claim_resolve(&s, 4, "welcome", true, &w), GN_OK);
	assert_false(w.name.owner_changed);
	assert_int_equal(svc_names_count(&s, 4, "owner_changes"), 1);

	name = claim_name("welcome"); /* someone who once knew it as another's */
	assert_int_equal(gn_names_pin(s.nodes[5].names, &name, &third.pk), GN_OK);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(claim_resolve(&s, 5, "welcome", i == 0, &w), GN_OK);
		assert_true(w.name.owner_changed);
		assert_memory_equal(&w.name.owner_pinned, &third.pk, 32);
	}
	assert_int_equal(gn_names_pin(s.nodes[5].names, &name, &to.pk), GN_OK); /* accepted */
	assert_int_equal(claim_resolve(&s, 5, "welcome", true, &w), GN_OK);
	assert_false(w.name.owner_changed);
	struct gn_name below = claim_name("a.welcome");
	assert_int_equal(gn_names_pin(s.nodes[5].names, &below, &to.pk), GN_USAGE);
	svc_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(claimed_name_resolves_everywhere),
		cmocka_unit_test(a_taken_name_is_refused_and_its_owner_named),
		cmocka_unit_test(records_that_do_not_belong_together_are_not_put),
		cmocka_unit_test(two_claims_at_once_have_at_most_one_winner),
		cmocka_unit_test(equal_counts_fall_to_the_smaller_hash),
		cmocka_unit_test(the_owner_with_more_holders_has_the_name),
		cmocka_unit_test(the_newest_version_decides_a_tie),
		cmocka_unit_test(renewal_keeps_the_name_and_grace_protects_it),
		cmocka_unit_test(transfer_moves_the_pin_and_a_change_without_one_is_shown),
	};
	return cmocka_run_group_tests_name("names_resolve", tests, NULL, NULL);
}
