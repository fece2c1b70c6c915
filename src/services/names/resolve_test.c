/* Resolving in small networks: PIDs, delegation, aliases, the cache, and what a name looks like
 * (NA-11, NA-12, NA-16). */
#include "services/names/names_int.h"
#include "services/testing/claims.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct svc s;

static void network(unsigned nodes)
{
	svc_init(&s, &(struct svc_options){.seed = 21, .nodes = nodes});
}

static const struct gn_name_entry hello[] = {{GN_NAME_TXT, {(const uint8_t *)"hello", 5}, 60}};
static const struct gn_name_entry other[] = {{GN_NAME_TXT, {(const uint8_t *)"other", 5}, 60}};

/* ---- the other forms ---- */

static void own_pid_resolves_to_its_own_record_set(void **state)
{
	(void)state;
	struct gn_sk sk = claim_key(4), thief = claim_key(5);
	struct svc_wait w;
	char pid[GN_PID_MAX], host[GN_NAME_HOST_MAX];
	gn_pid(&sk.pk, pid);
	network(5);
	assert_int_equal(claim_resolve(&s, 2, pid, false, &w), GN_NOT_FOUND);
	struct gn_name_claim c = claim_of(&s, pid, &sk, 1, hello, 1);
	assert_int_equal(claim_put(&s, 0, &sk, &c, &w), GN_OK);
	gn_name_host(&c.name, host);
	assert_int_equal(claim_resolve(&s, 2, host, false, &w), GN_OK);
	assert_memory_equal(&w.name.owner, &sk.pk, 32);
	assert_string_equal(w.values[0], "hello");
	static uint8_t storage[GN_RECORD_MAX];
	struct gn_buf buf = {storage, 0, sizeof storage};
	assert_int_equal(gn_name_record(&thief, &c, 0, &buf), GN_KEY);
	svc_free(&s);
}

static void delegated_names_follow_their_parents_owner(void **state)
{
	(void)state;
	struct gn_sk town = claim_key(1), alice = claim_key(6), thief = claim_key(7);
	struct svc_wait w;
	char pid[GN_PID_MAX];
	gn_pid(&alice.pk, pid);
	struct gn_name_entry hand[] = {{GN_NAME_T_PID, gn_str(pid), 300},
				       {GN_NAME_TXT, GN_LIT("of alice"), 300}};
	network(8);
	struct gn_name_claim c = claim_of(&s, "welcome", &town, 1, hello, 1);
	assert_int_equal(claim_put(&s, 0, &town, &c, &w), GN_OK);
	assert_int_equal(claim_resolve(&s, 3, "a.welcome", false, &w), GN_NOT_FOUND);
	assert_false(w.name.owner_known);
	assert_int_equal(w.name.entry_count, 0);

	c = claim_of(&s, "a.welcome", &thief, 1, other,
		     1); /* it lies elsewhere: nobody looks there */
	assert_int_equal(claim_put(&s, 5, &thief, &c, &w), GN_OK);
	assert_int_equal(claim_resolve(&s, 3, "a.welcome", false, &w), GN_NOT_FOUND);

	c = claim_of(&s, "a.welcome", &town, 1, hand, 2);
	assert_int_equal(claim_put(&s, 0, &town, &c, &w), GN_OK);
	assert_int_equal(claim_resolve(&s, 3, "a.welcome.geo", false, &w), GN_OK);
	assert_memory_equal(&w.name.owner, &town.pk, 32);
	assert_string_equal(w.values[1], "of alice");

	/* below, alice signs: but her key must be known first */
	c = claim_of(&s, "blog.a.welcome", &alice, 1, hello, 1);
	assert_int_equal(claim_put(&s, 6, &alice, &c, &w), GN_OK);
	assert_int_equal(claim_resolve(&s, 3, "blog.a.welcome", false, &w), GN_NOT_FOUND);
	c = claim_of(&s, pid, &alice, 1, other, 1);
	assert_int_equal(claim_put(&s, 6, &alice, &c, &w), GN_OK);
	assert_int_equal(claim_resolve(&s, 3, "blog.a.welcome", false, &w), GN_OK);
	assert_memory_equal(&w.name.owner, &alice.pk, 32);
	assert_string_equal(w.values[0], "hello");

	char text[80];
	snprintf(text, sizeof text, "blog.%s", pid); /* below a PID, without any claim */
	c = claim_of(&s, text, &alice, 1, other, 1);
	assert_int_equal(claim_put(&s, 2, &alice, &c, &w), GN_OK);
	assert_int_equal(claim_resolve(&s, 4, text, false, &w), GN_OK);
	assert_string_equal(w.values[0], "other");
	svc_free(&s);
}

static void what_is_from_the_cache_tells_its_age(void **state)
{
	(void)state;
	struct gn_sk sk = claim_key(1);
	struct svc_wait w;
	network(6);
	struct gn_name_claim c = claim_of(&s, "welcome", &sk, 1, hello, 1);
	assert_int_equal(claim_put(&s, 0, &sk, &c, &w), GN_OK);
	assert_int_equal(claim_resolve(&s, 3, "welcome", false, &w), GN_OK);
	assert_true(w.name.age == 0);
	c = claim_of(&s, "a.welcome", &sk, 1, hello, 1);
	assert_int_equal(claim_put(&s, 0, &sk, &c, &w), GN_OK);
	svc_run_for(&s, 20 * GN_SEC);
	assert_int_equal(claim_resolve(&s, 3, "welcome", false, &w), GN_OK);
	assert_true(w.name.age >= 20 * GN_SEC && w.name.age < 60 * GN_SEC);
	/* itself new, the level above is not */
	assert_int_equal(claim_resolve(&s, 3, "a.welcome", false, &w), GN_OK);
	assert_true(w.name.age >= 20 * GN_SEC && w.name.age < 60 * GN_SEC);
	assert_int_equal(claim_resolve(&s, 3, "welcome", true, &w), GN_OK);
	assert_true(w.name.age == 0);
	svc_free(&s);
}

static void nothing_is_missing_because_of_the_cache(void **state)
{
	(void)state;
	struct gn_sk from = claim_key(1), to = claim_key(2);
	struct svc_wait w;
	network(6);
	struct gn_name_claim c = claim_of(&s, "welcome", &from, 1, hello, 1);
	assert_int_equal(claim_put(&s, 0, &from, &c, &w), GN_OK);
	assert_int_equal(claim_resolve(&s, 4, "welcome", false, &w), GN_OK);
	struct gn_name_claim t = claim_of(&s, "welcome", &to, 2, other, 1);
	t.transferred = true;
	t.previous_owner = from.pk;
	gn_name_transfer(&from, &t.name, &to.pk, 2, &t.previous_sig);
	assert_int_equal(claim_put(&s, 1, &to, &t, &w), GN_OK);
	c = claim_of(&s, "a.welcome", &to, 1, hello, 1);
	assert_int_equal(claim_put(&s, 1, &to, &c, &w), GN_OK);
	svc_run_for(&s, 2 * GN_SEC);
	/* the cache looks below the owner before */
	assert_int_equal(claim_resolve(&s, 4, "a.welcome", false, &w), GN_OK);
	assert_memory_equal(&w.name.owner, &to.pk, 32);
	assert_true(w.name.age == 0);
	uint64_t sent = s.nodes[4].sent;
	/* what is a moment old will do */
	assert_int_equal(claim_resolve(&s, 4, "b.welcome", false, &w), GN_NOT_FOUND);
	uint64_t once = s.nodes[4].sent - sent;
	svc_run_for(&s, 2 * GN_SEC);
	sent = s.nodes[4].sent;
	assert_int_equal(claim_resolve(&s, 4, "b.welcome", false, &w), GN_NOT_FOUND);
	assert_true(s.nodes[4].sent - sent > once);
	svc_free(&s);
}

static void what_looks_like_a_name_seen_before_is_told(void **state)
{
	(void)state;
	struct gn_sk first = claim_key(1), second = claim_key(2);
	struct svc_wait w;
	char pid[GN_PID_MAX], below[80];
	network(6);
	struct gn_name_claim c = claim_of(&s, "welcome", &first, 1, hello, 1);
	assert_int_equal(claim_put(&s, 0, &first, &c, &w), GN_OK);
	assert_string_equal(w.looks_like, "");
	assert_int_equal(claim_resolve(&s, 3, "welcome", false, &w), GN_OK);
	assert_string_equal(w.looks_like, "");
	c = claim_of(&s, "we1corne", &second, 1, hello, 1);
	assert_int_equal(claim_put(&s, 0, &second, &c, &w), GN_OK); /* where the other was put */
	assert_string_equal(w.looks_like, "welcome");
	for (unsigned i = 0; i < 2; i++) { /* each time, though it is seen by then */
		assert_int_equal(claim_resolve(&s, 3, "we1corne", i > 0, &w), GN_OK);
		assert_string_equal(w.looks_like, "welcome");
	}
	assert_int_equal(claim_resolve(&s, 3, "welcome", true, &w),
			 GN_OK); /* the first is as it was */
	assert_string_equal(w.looks_like, "");
	c = claim_of(&s, "a.we1corne", &second, 1, hello, 1);
	assert_int_equal(claim_put(&s, 0, &second, &c, &w), GN_OK);
	assert_int_equal(claim_resolve(&s, 3, "a.we1corne", false, &w), GN_OK);
	assert_string_equal(w.looks_like, "welcome");
	assert_int_equal(claim_resolve(&s, 4, "we1corne", false, &w), GN_OK); /* who saw neither */
	assert_string_equal(w.looks_like, "");
	gn_pid(&first.pk, pid);
	c = claim_of(&s, pid, &first, 1, hello, 1);
	assert_int_equal(claim_put(&s, 0, &first, &c, &w), GN_OK);
	snprintf(below, sizeof below, "we1corne.%s", pid); /* nobody else can have it */
	c = claim_of(&s, below, &first, 1, hello, 1);
	assert_int_equal(claim_put(&s, 0, &first, &c, &w), GN_OK);
	assert_int_equal(claim_resolve(&s, 3, below, false, &w), GN_OK);
	assert_string_equal(w.looks_like, "");
	gn_names_validate(s.nodes[3].names);
	svc_free(&s);
}

static void a_name_that_is_only_a_pid_is_an_alias(void **state)
{
	(void)state;
	struct gn_sk sk = claim_key(1), alice = claim_key(6);
	struct svc_wait w;
	char pid[GN_PID_MAX];
	gn_pid(&alice.pk, pid);
	struct gn_name_entry hand[] = {{GN_NAME_T_PID, gn_str(pid), 300}};
	network(5);
	struct gn_name_claim c = claim_of(&s, "welcome", &sk, 1, hand, 1);
	assert_int_equal(claim_put(&s, 0, &sk, &c, &w), GN_OK);
	assert_int_equal(claim_resolve(&s, 3, "welcome", true, &w),
			 GN_OK); /* alice has said nothing yet */
	assert_int_equal(w.name.entry_count, 1);
	c = claim_of(&s, pid, &alice, 1, hello, 1);
	assert_int_equal(claim_put(&s, 2, &alice, &c, &w), GN_OK);
	assert_int_equal(claim_resolve(&s, 3, "welcome", true, &w), GN_OK);
	assert_int_equal(w.name.entry_count, 2);
	assert_string_equal(w.values[0], pid);
	assert_string_equal(w.values[1], "hello");
	assert_memory_equal(&w.name.owner, &sk.pk, 32);
	svc_free(&s);
}

static void deepest_name_resolves_within_the_step_limit(void **state)
{
	(void)state;
	struct gn_sk sk = claim_key(1);
	struct svc_wait w;
	network(4);
	const char *names[] = {"welcome",
			       "a.welcome",
			       "b.a.welcome",
			       "c.b.a.welcome",
			       "d.c.b.a.welcome",
			       "e.d.c.b.a.welcome",
			       "f.e.d.c.b.a.welcome",
			       "g.f.e.d.c.b.a.welcome"};
	for (size_t i = 0; i < GN_COUNT(names); i++) {
		struct gn_name_claim c = claim_of(&s, names[i], &sk, 1, hello, 1);
		assert_int_equal(claim_put(&s, 0, &sk, &c, &w), GN_OK);
	}
	assert_int_equal(claim_resolve(&s, 2, names[7], false, &w), GN_OK);
	assert_string_equal(w.values[0], "hello");
	svc_free(&s);
}

static void any_failed_allocation_is_survived(void **state)
{
	(void)state;
	struct gn_sk sk = claim_key(1);
	struct svc_wait w;
	unsigned failures = 0;
	network(4);
	struct gn_name_claim c = claim_of(&s, "welcome", &sk, 1, hello, 1);
	assert_int_equal(claim_put(&s, 0, &sk, &c, &w), GN_OK);
	for (uint64_t n = 1; n < 200; n++) {
		s.nodes[2].alloc.fail_at = n; /* the overlay's and the store's memory too */
		gn_err err = claim_resolve(&s, 2, "welcome", n % 2, &w);
		bool hit = s.nodes[2].alloc.fail_at == 0;
		s.nodes[2].alloc.fail_at = 0;
		assert_true(err == GN_OK || hit);
		failures += hit;
		gn_names_validate(s.nodes[2].names);
		if (!hit && n % 2)
			break;
		svc_run_for(&s, 400 * GN_SEC); /* the cache forgets */
	}
	assert_true(failures > 5);
	assert_int_equal(claim_resolve(&s, 2, "welcome", true, &w), GN_OK);
	svc_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_pid_resolves_to_its_own_record_set),
		cmocka_unit_test(delegated_names_follow_their_parents_owner),
		cmocka_unit_test(what_is_from_the_cache_tells_its_age),
		cmocka_unit_test(nothing_is_missing_because_of_the_cache),
		cmocka_unit_test(what_looks_like_a_name_seen_before_is_told),
		cmocka_unit_test(a_name_that_is_only_a_pid_is_an_alias),
		cmocka_unit_test(deepest_name_resolves_within_the_step_limit),
		cmocka_unit_test(any_failed_allocation_is_survived),
	};
	return cmocka_run_group_tests_name("names_resolve", tests, NULL, NULL);
}
