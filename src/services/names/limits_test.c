/* Bounds of the resolver, each at the limit and one past it, and what it counts. */
#include "services/names/names_int.h"
#include "services/testing/claims.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define VALUE_LEN 1024 /* bytes of an entry's value at most */

static struct svc s;

static struct gn_names *alone(void)
{
	svc_init(&s, &(struct svc_options){.seed = 21, .nodes = 1});
	return s.nodes[0].names;
}

/* Name i of many, claimed by nobody. */
static struct gn_name numbered(unsigned i)
{
	char text[32];
	snprintf(text, sizeof text, "name-%u", i);
	return claim_name(text);
}

static void jobs_at_once(void **state)
{
	(void)state;
	struct gn_names *n = alone();
	struct gn_name name = claim_name("welcome");
	struct names_job *job;
	gn_op op;
	for (unsigned i = 0; i < NAMES_JOBS_MAX; i++)
		assert_int_equal(names_job_new(n, &name, &job), GN_OK);
	assert_int_equal(gn_names_resolve(n, &name, false, false, s.now, &op), GN_LIMIT);
	assert_int_equal(svc_names_count(&s, 0, "jobs_full"), 1);
	svc_free(&s);
}

static void memory_that_is_not_there(void **state)
{
	(void)state;
	struct gn_names *n = alone();
	struct gn_name name = claim_name("welcome");
	gn_op op;
	n->env.alloc->fail_at = 1;
	assert_int_equal(gn_names_resolve(n, &name, false, false, s.now, &op), GN_NOMEM);
	assert_int_equal(svc_names_count(&s, 0, "nomem"), 1);
	svc_free(&s);
}

static void owners_remembered(void **state)
{
	(void)state;
	struct gn_names *n = alone();
	struct gn_sk owner = claim_key(1), other = claim_key(2);
	for (unsigned i = 0; i < NAMES_PINS_MAX; i++) {
		struct gn_name name = numbered(i);
		assert_int_equal(gn_names_pin(n, &name, &owner.pk), GN_OK);
	}
	assert_int_equal(svc_names_count(&s, 0, "pins_set"), NAMES_PINS_MAX);
	struct gn_name more = numbered(NAMES_PINS_MAX), known = numbered(7);
	assert_int_equal(gn_names_pin(n, &more, &owner.pk), GN_LIMIT);
	assert_int_equal(svc_names_count(&s, 0, "pins_full"), 1);
	/* another owner of one that is there takes no more room */
	assert_int_equal(gn_names_pin(n, &known, &other.pk), GN_OK);
	assert_int_equal(svc_names_count(&s, 0, "pins_set"), NAMES_PINS_MAX + 1);
	svc_free(&s);
}

/* A record set of `count` texts of `len` bytes, as if it had been found. */
static void found(const struct gn_sk *sk, size_t count, size_t len, uint32_t ttl,
		  struct claim_pair *pair, struct names_candidate *out)
{
	static char text[VALUE_LEN];
	struct gn_name_entry entries[GN_NAME_ENTRIES];
	memset(text, 'x', sizeof text);
	for (size_t i = 0; i < count; i++)
		entries[i] = (struct gn_name_entry){GN_NAME_TXT, gn_slice(text, len), ttl};
	struct gn_name_claim c = claim_of(&s, "a.welcome", sk, 1, entries, count);
	claim_sign(sk, &c, pair);
	*out = (struct names_candidate){.owner = sk->pk, .bytes = pair->bytes[0]};
	assert_int_equal(gn_wire_record_parse(pair->record[0], &out->record), GN_OK);
}

static void names_in_the_cache(void **state)
{
	(void)state;
	struct gn_names *n = alone();
	struct gn_sk sk = claim_key(1);
	static struct claim_pair pair;
	struct names_candidate c;
	found(&sk, 1, 5, 60, &pair, &c);
	for (unsigned i = 0; i < NAMES_CACHE_MAX; i++) {
		struct gn_name name = numbered(i);
		names_cache_put(n, &name, &c, s.now);
	}
	assert_int_equal(n->cache.count, NAMES_CACHE_MAX);
	struct gn_name first = numbered(0), last = numbered(NAMES_CACHE_MAX - 1);
	assert_true(names_cache_get(n, &first, s.now) && names_cache_get(n, &last, s.now));
	assert_int_equal(svc_names_count(&s, 0, "cache_hits"), 2);
	struct gn_name more = numbered(NAMES_CACHE_MAX);
	names_cache_put(n, &more, &c, s.now);
	assert_int_equal(n->cache.count, NAMES_CACHE_MAX);
	assert_non_null(names_cache_get(n, &more, s.now));
	gn_names_validate(n);
	svc_free(&s);
}

static void bytes_in_the_cache(void **state)
{
	(void)state;
	struct gn_names *n = alone();
	struct gn_sk sk = claim_key(1);
	static struct claim_pair pair;
	struct names_candidate c;
	found(&sk, 6, VALUE_LEN, 60, &pair, &c);
	uint64_t each = c.record.bytes.len, fit = NAMES_CACHE_BYTES / each;
	assert_true(fit < NAMES_CACHE_MAX);
	for (unsigned i = 0; i < fit; i++) {
		struct gn_name name = numbered(i);
		names_cache_put(n, &name, &c, s.now);
	}
	assert_int_equal(n->cache.count, fit);
	struct gn_name more = numbered((unsigned)fit);
	names_cache_put(n, &more, &c, s.now);
	assert_int_equal(n->cache.count, fit);
	assert_int_equal(n->cache_bytes, fit * each);
	gn_names_validate(n);
	svc_free(&s);
}

/* Whatever its entries say. */
static void time_in_the_cache(void **state)
{
	(void)state;
	struct gn_names *n = alone();
	struct gn_sk sk = claim_key(1);
	static struct claim_pair pair;
	struct names_candidate c;
	struct gn_name name = claim_name("a.welcome");
	found(&sk, 1, 5, 2 * NAMES_CACHE_TTL, &pair, &c);
	names_cache_put(n, &name, &c, s.now);
	gn_time end = s.now + NAMES_CACHE_TTL * GN_SEC;
	assert_non_null(names_cache_get(n, &name, end - 1));
	assert_null(names_cache_get(n, &name, end));
	svc_free(&s);
}

/* What is older than NAMES_CACHE_NEW is not enough to call a name missing. */
static void age_of_what_is_missing(void **state)
{
	(void)state;
	struct gn_sk sk = claim_key(1);
	svc_init(&s, &(struct svc_options){.seed = 21, .nodes = 4});
	struct svc_wait w;
	struct gn_name_claim c = claim_of(&s, "welcome", &sk, 1, NULL, 0);
	assert_int_equal(claim_put(&s, 0, &sk, &c, &w), GN_OK);
	assert_int_equal(claim_resolve(&s, 2, "welcome", false, &w), GN_OK);
	struct gn_names *n = s.nodes[2].names;
	struct gn_name above = claim_name("welcome"), below = claim_name("none.welcome");
	for (unsigned past = 0; past < 2; past++) {
		gn_op op;
		const struct names_cached *hit = names_cache_get(n, &above, s.now);
		assert_non_null(hit);
		((struct names_cached *)gn_map_value_at(&n->cache, 0))->got =
			s.now - NAMES_CACHE_NEW + !past;
		assert_int_equal(gn_names_resolve(n, &below, false, false, s.now, &op), GN_OK);
		struct names_job *job =
			(struct names_job *)GN_MAP_AT(&n->frame.ops, struct gn_frame_op *, 0);
		for (unsigned salt = 0; salt < 2; salt++) { /* nobody has it */
			struct gn_overlay_event e = {
				.kind = GN_OVERLAY_DONE, .op = job->get[salt], .err = GN_NOT_FOUND};
			assert_true(gn_names_overlay_event(n, &e, s.now));
		}
		assert_int_equal(job->op.ended, !past); /* else all is asked for anew */
		svc_pump(&s, 2);
		svc_run_for(&s, 5 * GN_SEC);
	}
	assert_int_equal(svc_names_count(&s, 2, "not_found"), 2);
	svc_free(&s);
}

static void lookups_of_one_name(void **state)
{
	(void)state;
	struct gn_names *n = alone();
	struct gn_name name = claim_name("a.welcome");
	for (unsigned past = 0; past < 2; past++) {
		struct names_job *job;
		assert_int_equal(names_job_new(n, &name, &job), GN_OK);
		job->level = name.labels - 1;
		job->steps = NAMES_STEPS_MAX - 1 + past;
		names_step(n, job, s.now);
		assert_int_equal(job->op.ended && job->op.err == GN_LIMIT, past);
	}
	svc_free(&s);
}

/* Of more owners than are told apart the others count for nobody. */
static void owners_of_one_name(void **state)
{
	(void)state;
	struct gn_names *n = alone();
	static struct claim_pair pairs[NAMES_CANDIDATES + 1];
	struct gn_overlay_value values[NAMES_CANDIDATES + 1];
	struct gn_name name = claim_name("a.welcome");
	struct names_job *job;
	s.validate = false; /* the job has no lookups */
	for (unsigned i = 0; i <= NAMES_CANDIDATES; i++) {
		struct gn_sk sk = claim_key((uint8_t)(i + 1));
		struct names_candidate c;
		found(&sk, 1, 5, 60, &pairs[i], &c);
		values[i] = (struct gn_overlay_value){pairs[i].record[0], 1};
	}
	for (unsigned past = 0; past < 2; past++) {
		assert_int_equal(names_job_new(n, &name, &job), GN_OK);
		job->name = name;
		job->get[1] = 1; /* not answered yet */
		struct gn_overlay_event e = {.kind = GN_OVERLAY_DONE,
					     .values = values,
					     .value_count = NAMES_CANDIDATES + past};
		names_got(n, job, 0, &e, s.now);
		assert_int_equal(job->candidate_count, NAMES_CANDIDATES);
		assert_int_equal(svc_names_count(&s, 0, "records_bad"), past);
	}
	svc_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(jobs_at_once),
		cmocka_unit_test(memory_that_is_not_there),
		cmocka_unit_test(owners_remembered),
		cmocka_unit_test(names_in_the_cache),
		cmocka_unit_test(bytes_in_the_cache),
		cmocka_unit_test(time_in_the_cache),
		cmocka_unit_test(age_of_what_is_missing),
		cmocka_unit_test(lookups_of_one_name),
		cmocka_unit_test(owners_of_one_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
