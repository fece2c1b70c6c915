/* A request's life without a server: who waits for what, what keeps it, what it answers. */
#include "host/request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

struct own {
	struct gn_host_request base;
	unsigned mine;
};

static struct {
	unsigned ended, answers;
	int status;
	char text[600];
	gn_err refused;
} seen;

static void answer(struct gn_host_request *r, int status, const char *type, struct gn_slice body)
{
	(void)type;
	seen.answers++;
	seen.status = status;
	snprintf(seen.text, sizeof seen.text, "%.*s", (int)body.len, (const char *)body.p);
	gn_host_respond(r, status, NULL, 0, body);
}

static void refuse(struct gn_host_request *r, gn_err err, const char *text)
{
	seen.refused = err;
	gn_host_json(r, 400, json_pack("{ss}", "error", *text ? text : gn_err_text(err)));
}

static void fini(struct gn_host_request *r)
{
	seen.ended += ((struct own *)(void *)r)->mine;
}

static struct gn_host_api api = {.request_size = sizeof(struct own),
				 .answer = answer,
				 .refuse = refuse,
				 .fini = fini,
				 .unwritten = "{}"};

static struct gn_host_request *fresh(void)
{
	memset(&seen, 0, sizeof seen);
	struct gn_host_request *r = gn_host_request_new(&api);
	assert_non_null(r);
	((struct own *)(void *)r)->mine = 1;
	return r;
}

static void it_lives_until_nothing_works_for_it(void **state)
{
	struct gn_host_request *a = fresh(), *b = fresh();
	(void)state;
	assert_ptr_equal(api.requests, b);
	assert_ptr_equal(b->next, a);
	gn_host_hold(a);
	gn_host_release(a);
	assert_int_equal(seen.ended, 0);
	gn_host_release(a);
	assert_int_equal(seen.ended, 1);
	assert_null(b->next);
	gn_host_release(b);
	assert_null(api.requests);
}

static void it_is_found_by_what_it_waits_for(void **state)
{
	struct gn_host_request *a = fresh(), *b = fresh();
	(void)state;
	gn_host_wait(a, 1, 7);
	gn_host_wait(b, 2, 7);
	assert_ptr_equal(gn_host_waiting(&api, 1, 7), a);
	assert_ptr_equal(gn_host_waiting(&api, 2, 7), b);
	assert_null(gn_host_waiting(&api, 1, 8));
	gn_host_json(a, 200, json_object());
	assert_null(gn_host_waiting(&api, 1, 7)); /* it was answered */
	gn_host_release(a);
	gn_host_release(b);
}

static void it_is_answered_once(void **state)
{
	struct gn_host_request *r = fresh();
	(void)state;
	gn_host_json(r, 200, json_pack("[i]", 1));
	assert_string_equal(seen.text, "[1]");
	gn_host_json(r, 200, json_pack("[i]", 2));
	assert_true(seen.answers == 1 && r->answered);
	gn_host_release(r);
}

static void what_cannot_be_written_is_said(void **state)
{
	struct gn_host_request *r = fresh();
	(void)state;
	gn_host_json(r, 200, NULL);
	assert_int_equal(seen.status, 500);
	assert_string_equal(seen.text, "{}");
	gn_host_release(r);
}

static void an_error_has_a_sentence(void **state)
{
	struct gn_host_request *r = fresh();
	char longer[2 * GN_HOST_SAID];
	(void)state;
	memset(longer, 'x', sizeof longer);
	longer[sizeof longer - 1] = 0;
	gn_host_error(r, GN_DENIED, "%s", longer);
	assert_int_equal(seen.refused, GN_DENIED);
	assert_int_equal(strlen(seen.text), strlen("{\"error\":\"\"}") + GN_HOST_SAID - 1);
	gn_host_release(r);
	r = fresh();
	gn_host_error(r, GN_BUSY, "%s", "");
	assert_non_null(strstr(seen.text, gn_err_text(GN_BUSY)));
	gn_host_release(r);
}

/* Words of whoever asks come back in sentences. */
static void a_sentence_is_text_whatever_is_in_it(void **state)
{
	(void)state;
	static const char *const said[][2] = {{"a\xff\xc3", "a"},
					      {"\xf0\x9f\x8c\x8d\x9f", "\xf0\x9f\x8c\x8d"},
					      {"\xd0\xb0\xed\xa0\x80z", "\xd0\xb0z"}};
	for (size_t i = 0; i < GN_COUNT(said); i++) {
		struct gn_host_request *r = fresh();
		char want[64];
		gn_host_error(r, GN_TEXT, "%s", said[i][0]);
		snprintf(want, sizeof want, "{\"error\":\"%s\"}", said[i][1]);
		assert_string_equal(seen.text, want);
		gn_host_release(r);
	}
}

static void state_is_made_once(void **state)
{
	struct gn_host_request *r = fresh();
	(void)state;
	uint64_t *kept = gn_host_state(r, sizeof *kept);
	assert_true(kept && *kept == 0);
	*kept = 5;
	assert_ptr_equal(gn_host_state(r, sizeof *kept), kept);
	gn_host_release(r);
}

static void values_are_json(void **state)
{
	(void)state;
	static const uint8_t bytes[] = {0xff, 0, 0xab};
	json_t *list =
		json_pack("[ooo]", gn_host_json_hex(bytes, 3), gn_host_json_base64(GN_LIT("fo")),
			  gn_host_json_slice(gn_slice(bytes, 1)));
	assert_string_equal(json_string_value(json_array_get(list, 0)), "ff00ab");
	assert_string_equal(json_string_value(json_array_get(list, 1)), "Zm8=");
	assert_string_equal(json_string_value(json_array_get(list, 2)), "/w==");
	json_decref(list);
	assert_true(gn_host_ms(3 * GN_MSEC / 2) == 1.5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_lives_until_nothing_works_for_it),
		cmocka_unit_test(it_is_found_by_what_it_waits_for),
		cmocka_unit_test(it_is_answered_once),
		cmocka_unit_test(what_cannot_be_written_is_said),
		cmocka_unit_test(an_error_has_a_sentence),
		cmocka_unit_test(a_sentence_is_text_whatever_is_in_it),
		cmocka_unit_test(state_is_made_once),
		cmocka_unit_test(values_are_json),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
