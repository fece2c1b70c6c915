/* Jobs and results: signed bytes, limits at them and one past, what is computed has one key.
 * Rules JO-1..JO-6. */
#include "people/job.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct gn_sk alice, bob;
static uint8_t large[GN_JOB_RECIPE_MAX + 1], room[2 * GN_JOB_MAX];

static int set_up(void **state)
{
	(void)state;
	gn_sk_from_seed((const uint8_t[32]){1}, &alice);
	gn_sk_from_seed((const uint8_t[32]){2}, &bob);
	return 0;
}

static struct gn_job a_job(void)
{
	return (struct gn_job){.nonce = {7},
			       .kind = GN_LIT("text.count/1"),
			       .recipe = GN_LIT("words"),
			       .inputs = {{{{9}}, 100}},
			       .input_count = 1,
			       .wall_ms = 1000,
			       .not_after = 2000000000,
			       .cls = 3,
			       .copies = 1};
}

static gn_err make(const struct gn_job *j, struct gn_slice *out, struct gn_hash *id)
{
	struct gn_buf buf = {room, 0, sizeof room};
	gn_err err = gn_job_make(&alice, j, &buf, id);
	*out = gn_buf_slice(&buf);
	return err;
}

static void a_job_is_what_was_signed(void **state)
{
	struct gn_job j = a_job(), back;
	struct gn_slice bytes;
	struct gn_hash id, id2;
	(void)state;
	assert_int_equal(make(&j, &bytes, &id), GN_OK);
	assert_int_equal(gn_job_open(bytes, &back, &id2), GN_OK);
	assert_memory_equal(id.b, id2.b, 32);
	assert_true(gn_slice_eq(back.kind, j.kind) && gn_slice_eq(back.recipe, j.recipe));
	assert_true(gn_pk_eq(&back.requester, &alice.pk));
	assert_true(back.input_count == 1 && back.inputs[0].size == 100 && back.wall_ms == 1000);
	assert_true(back.not_after == j.not_after && back.cls == 3 && back.copies == 1);
	uint8_t copy[1024];
	assert_true(bytes.len < sizeof copy);
	for (size_t bit = 0; bit < bytes.len * 8; bit++) { /* or what it says is the same */
		memcpy(copy, bytes.p, bytes.len);
		copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (gn_job_open(gn_slice(copy, bytes.len), &back, &id2) == GN_OK)
			assert_memory_equal(id.b, id2.b, 32);
	}
}

static void a_job_has_its_limits(void **state)
{
	struct gn_job j = a_job();
	struct gn_slice bytes;
	struct gn_hash id;
	(void)state;
	j.recipe = gn_slice(large, GN_JOB_RECIPE_MAX);
	j.token = gn_slice(large, GN_JOB_TOKEN_MAX);
	j.input_count = GN_JOB_INPUTS;
	j.copies = GN_JOB_COPIES;
	assert_int_equal(make(&j, &bytes, &id), GN_OK);
	assert_true(bytes.len <= GN_JOB_MAX);
	struct gn_job bad[] = {j, j, j, j, j, j, j};
	bad[0].recipe.len++;
	bad[1].token.len++;
	bad[2].input_count++;
	bad[3].copies++;
	bad[4].copies = 0;
	bad[5].cls = 5;
	bad[6].not_after = 0;
	for (size_t i = 0; i < GN_COUNT(bad); i++)
		assert_int_equal(make(&bad[i], &bytes, &id), GN_RANGE);
	static const char *const names[] = {"", "a", "a/", "/1", "A/1", "a b/1", "a/1/2", "a/x"};
	for (size_t i = 0; i < GN_COUNT(names); i++) {
		j.kind = gn_str(names[i]);
		assert_int_equal(make(&j, &bytes, &id), GN_TEXT);
	}
	char kind[GN_JOB_KIND_MAX + 2];
	memset(kind, 'k', sizeof kind);
	memcpy(kind + GN_JOB_KIND_MAX - 2, "/1", 3);
	assert_true(gn_job_kind_ok(gn_str(kind)));
	memcpy(kind + GN_JOB_KIND_MAX - 2, "/11", 4);
	assert_false(gn_job_kind_ok(gn_str(kind)));
}

static struct gn_job_result a_result(void)
{
	return (struct gn_job_result){
		.job = {{3}},
		.attempt = 2,
		.output_count = 1,
		.outputs = {{.name = GN_LIT("stdout"), .bytes = GN_LIT("42"), .size = 2}},
		.wall_ms = 12,
		.tool = GN_LIT("wc")};
}

static gn_err make_result(const struct gn_job_result *r, struct gn_slice *out)
{
	struct gn_buf buf = {room, 0, sizeof room};
	gn_err err = gn_job_result_make(&bob, r, &buf);
	*out = gn_buf_slice(&buf);
	return err;
}

static void a_result_is_what_its_worker_signed(void **state)
{
	struct gn_job_result r = a_result(), back;
	struct gn_slice bytes;
	(void)state;
	assert_int_equal(make_result(&r, &bytes), GN_OK);
	assert_int_equal(gn_job_result_open(bytes, &back), GN_OK);
	assert_true(gn_pk_eq(&back.worker, &bob.pk) && back.attempt == 2 && back.wall_ms == 12);
	assert_true(gn_slice_eq(back.outputs[0].bytes, GN_LIT("42")));
	/* a job is no result, nor the other way round */
	struct gn_job j = a_job(), job_back;
	struct gn_hash id;
	assert_int_not_equal(gn_job_open(bytes, &job_back, &id), GN_OK);
	assert_int_equal(make(&j, &bytes, &id), GN_OK);
	assert_int_not_equal(gn_job_result_open(bytes, &back), GN_OK);
	/* the largest fits what a queue keeps */
	r.output_count = 0;
	r.status = GN_FB_JOB_STATUS_FAILED;
	assert_int_equal(make_result(&r, &bytes), GN_RANGE); /* without a fault */
	r.fault = GN_FB_JOB_FAULT_INPUT;
	r.note = gn_slice(large, GN_JOB_NOTE_MAX + 1);
	memset(large, 'n', sizeof large);
	assert_int_equal(make_result(&r, &bytes), GN_RANGE);
	r.note.len--;
	assert_int_equal(make_result(&r, &bytes), GN_OK);
	assert_true(bytes.len <= GN_JOB_RESULT_MAX);
	r = a_result();
	r.outputs[0].bytes = gn_slice(large, GN_JOB_INLINE_MAX + 1);
	r.outputs[0].size = GN_JOB_INLINE_MAX + 1;
	assert_int_equal(make_result(&r, &bytes), GN_RANGE);
	r.outputs[0].bytes.len = r.outputs[0].size = GN_JOB_INLINE_MAX;
	assert_int_equal(make_result(&r, &bytes), GN_OK);
	r.note = gn_slice(large, GN_JOB_NOTE_MAX); /* both: more than a queue keeps */
	assert_int_equal(make_result(&r, &bytes), GN_TOO_LARGE);
	r = a_result();
	r.output_count = GN_JOB_OUTPUTS;
	assert_int_equal(make_result(&r, &bytes), GN_OK);
	r.output_count++;
	assert_int_equal(make_result(&r, &bytes), GN_RANGE);
	r = a_result();
	r.tool = gn_slice(large, GN_JOB_NAME_MAX + 1);
	assert_int_equal(make_result(&r, &bytes), GN_RANGE);
}

/* Whoever asks, whenever: the same work has the same key. */
static void what_is_computed_has_one_key(void **state)
{
	struct gn_hash tool = {{1}}, model = {{0}}, a, b;
	struct gn_job j = a_job();
	(void)state;
	gn_job_key(&j, &tool, &model, &a);
	j.nonce[0]++;
	j.not_after++;
	j.requester = bob.pk;
	gn_job_key(&j, &tool, &model, &b);
	assert_memory_equal(a.b, b.b, 32);
	struct gn_job other[] = {j, j, j};
	other[0].kind = GN_LIT("text.count/2");
	other[1].recipe = GN_LIT("lines");
	other[2].inputs[0].root.b[0]++;
	for (size_t i = 0; i < GN_COUNT(other); i++) {
		gn_job_key(&other[i], &tool, &model, &b);
		assert_memory_not_equal(a.b, b.b, 32);
	}
	gn_job_key(&j, &model, &tool, &b);
	assert_memory_not_equal(a.b, b.b, 32);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_job_is_what_was_signed),
		cmocka_unit_test(a_job_has_its_limits),
		cmocka_unit_test(a_result_is_what_its_worker_signed),
		cmocka_unit_test(what_is_computed_has_one_key),
	};
	return cmocka_run_group_tests(tests, set_up, NULL);
}
