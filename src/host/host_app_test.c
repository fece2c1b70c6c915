/* The server's end of app/1 (docs/spec/app.md): greeting, calls and their one answer, cancels that
 * cross, every bound at and one past it, ends who do not read, bytes in any pieces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/app.h"
#include "host/limits.h"
#include "host/testing/app_peer.h"

#define SEC GN_SEC

static struct gn_host_app *app;
static gn_time now;

static const struct gn_app_kind hello_kind = {GN_FB_APP_BODY_APP_HELLO, 0},
				status_kind = {GN_FB_APP_BODY_APP_NODE,
					       GN_FB_APP_NODE_BODY_NODE_STATUS},
				status_is = {GN_FB_APP_BODY_APP_NODE,
					     GN_FB_APP_NODE_BODY_NODE_STATUS_IS},
				put_kind = {GN_FB_APP_BODY_APP_RECORD,
					    GN_FB_APP_RECORD_BODY_RECORD_PUT};

static int set_up(void **state)
{
	static const struct gn_slice all[] = {{(const uint8_t *)"*", 1}};
	(void)state;
	now = 100 * SEC;
	app = gn_host_app_new(&(struct gn_host_app_config){.role = GN_FB_APP_ROLE_NODE,
							   .software = "test 1",
							   .rights = all,
							   .right_count = 1,
							   .epoch = 9,
							   .unix_ms = 77,
							   .now = now});
	assert_non_null(app);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	gn_host_app_free(app);
	return 0;
}

static void give(struct gn_slice frame)
{
	assert_int_equal(gn_host_app_recv(app, frame, now), GN_OK);
}

static struct gn_app_frame take(void)
{
	return app_take(app, now);
}

static void hello(uint16_t min, uint16_t max)
{
	struct gn_fb_hash nonce = {{1}};
	give(app_frame((struct gn_app_frame){.kind = hello_kind},
		       &(struct gn_fb_app_hello_args){
			       .version_min = min, .version_max = max, .nonce = &nonce}));
}

static void greet(void)
{
	hello(1, 1);
	assert_int_equal(take().kind.area, GN_FB_APP_BODY_APP_READY);
}

static void ask(uint64_t call)
{
	give(app_frame((struct gn_app_frame){.call = call, .kind = status_kind},
		       &(struct gn_fb_node_status_args){0}));
}

static struct gn_host_app_event next(void)
{
	struct gn_host_app_event e = {.call = UINT64_MAX};
	(void)gn_host_app_next(app, &e);
	return e;
}

static gn_err answer(uint64_t call)
{
	struct gn_fbb *b = gn_host_app_builder(app);
	gn_fbref t = gn_fb_node_status_is_make(
		b, &(struct gn_fb_node_status_is_args){.version = gn_str("9"), .links = 3});
	return gn_host_app_answer(app, call, status_is, t, false, now);
}

static void expect_error(uint64_t call, gn_err err)
{
	struct gn_app_frame f = take();
	assert_int_equal(f.kind.area, GN_FB_APP_BODY_APP_ERROR);
	assert_int_equal(f.call, call);
	assert_int_equal(gn_fb_app_error_code((struct gn_fb_app_error){f.table}), err);
}

static void expect_bye(gn_err err)
{
	bool cut;
	struct gn_app_frame f = take();
	assert_int_equal(f.kind.area, GN_FB_APP_BODY_APP_BYE);
	assert_int_equal(gn_fb_app_bye_code((struct gn_fb_app_bye){f.table}), err);
	assert_true(gn_host_app_over(app, &cut));
	assert_false(cut);
}

/* ---- greeting (AP-5) ---- */

static void hello_is_answered_by_what_one_may(void **state)
{
	(void)state;
	hello(1, 7);
	struct gn_app_frame f = take();
	struct gn_fb_app_ready r = {f.table};
	assert_int_equal(f.kind.area, GN_FB_APP_BODY_APP_READY);
	assert_int_equal(gn_fb_app_ready_version(r), 1);
	assert_int_equal(gn_fb_app_ready_outstanding(r), GN_HOST_APP_CALLS);
	assert_int_equal(gn_fb_app_ready_epoch(r), 9);
	assert_int_equal(gn_fb_app_ready_time(r), 77);
	assert_true(gn_slice_eq(gn_fb_app_ready_rights_at(r, 0), gn_str("*")));
	hello(1, 1); /* once */
	expect_bye(GN_PROTOCOL);
}

static void other_versions_are_refused(void **state)
{
	(void)state;
	hello(2, 3);
	expect_bye(GN_VERSION);
	ask(1); /* nobody listens any more */
	assert_int_equal(next().call, UINT64_MAX);
	assert_int_equal(take().kind.area, 0);
}

static void version_nought_is_too_old(void **state)
{
	(void)state;
	hello(0, 0);
	expect_bye(GN_VERSION);
}

static void calls_before_hello_are_refused(void **state)
{
	(void)state;
	ask(1);
	expect_bye(GN_PROTOCOL);
}

static void who_does_not_greet_is_sent_away(void **state)
{
	(void)state;
	assert_int_equal(gn_host_app_deadline(app), now + GN_HOST_APP_GREET);
	now += GN_HOST_APP_GREET - 1;
	gn_host_app_tick(app, now);
	assert_int_equal(take().kind.area, 0);
	now++;
	gn_host_app_tick(app, now);
	expect_bye(GN_TIMEOUT);
}

/* ---- calls (AP-6, AP-7) ---- */

static void a_call_is_answered_once(void **state)
{
	(void)state;
	greet();
	ask(1);
	ask(2);
	assert_int_equal(next().call, 1);
	struct gn_host_app_event e = next();
	assert_int_equal(e.call, 2);
	assert_string_equal(e.type->name, "NodeStatus");
	assert_int_equal(next().call, UINT64_MAX);
	assert_int_equal(answer(2), GN_OK);
	assert_int_equal(answer(2), GN_NOT_FOUND);
	struct gn_app_frame f = take();
	assert_int_equal(f.call, 2);
	assert_int_equal(gn_fb_node_status_is_links((struct gn_fb_node_status_is){f.table}), 3);
	assert_int_equal(
		gn_host_app_refuse(app, 1, &(struct gn_host_app_fault){.err = GN_BUSY}, now),
		GN_OK);
	expect_error(1, GN_BUSY);
	assert_int_equal(gn_host_app_calls(app), 0);
}

static void numbers_only_go_up(void **state)
{
	(void)state;
	greet();
	ask(5);
	ask(5);
	expect_bye(GN_PROTOCOL);
	struct gn_host_app_event e = next(); /* it was never told of call 5 */
	assert_int_equal(e.call, UINT64_MAX);
}

/* AP-2: it parses all the same. */
static void unknown_calls_are_said_to_be(void **state)
{
	(void)state;
	uint8_t frame[512];
	greet();
	ask(1);
	struct gn_slice f = app_frame((struct gn_app_frame){.call = 2, .kind = status_kind},
				      &(struct gn_fb_node_status_args){0});
	memcpy(frame, f.p, f.len);
	/* the only byte that says NODE_STATUS of AppNode: find it by trying */
	size_t found = 0;
	for (size_t i = GN_APP_PREFIX; i < f.len && !found; i++) {
		uint8_t was = frame[i];
		struct gn_app_frame open;
		frame[i] = 200;
		if (gn_app_frame_open(gn_slice(frame + GN_APP_PREFIX, f.len - GN_APP_PREFIX),
				      &open) == GN_OK &&
		    open.call == 2 && open.kind.area == status_kind.area && open.kind.member == 200)
			found = i;
		else
			frame[i] = was;
	}
	assert_true(found);
	give(gn_slice(frame, f.len));
	expect_error(2, GN_UNSUPPORTED);
	assert_int_equal(next().call, 1);
}

static void a_cancel_ends_a_call_whoever_is_first(void **state)
{
	(void)state;
	const struct gn_app_frame cancel = {.call = 1, .kind = {GN_FB_APP_BODY_APP_CANCEL, 0}};
	greet();
	ask(1);
	(void)next();
	give(app_frame(cancel, &(struct gn_fb_app_cancel_args){0}));
	expect_error(1, GN_CANCELLED);
	struct gn_host_app_event e = next();
	assert_int_equal(e.what, GN_HOST_APP_GONE);
	assert_int_equal(e.why, GN_CANCELLED);
	assert_int_equal(answer(1), GN_NOT_FOUND);                   /* too late */
	give(app_frame(cancel, &(struct gn_fb_app_cancel_args){0})); /* it crossed */
	assert_int_equal(take().kind.area, 0);
	ask(2); /* cancelled before its owner heard of it: nothing is told */
	give(app_frame((struct gn_app_frame){.call = 2, .kind = cancel.kind},
		       &(struct gn_fb_app_cancel_args){0}));
	expect_error(2, GN_CANCELLED);
	assert_int_equal(next().call, UINT64_MAX);
}

static void a_late_call_is_answered_and_given_up(void **state)
{
	(void)state;
	greet();
	ask(1);
	give(app_frame((struct gn_app_frame){.call = 2, .deadline_ms = 50, .kind = status_kind},
		       &(struct gn_fb_node_status_args){0}));
	ask(3);
	for (int i = 0; i < 3; i++)
		(void)next();
	gn_host_app_lasts(app, 3);
	assert_int_equal(gn_host_app_deadline(app), now + 50 * GN_MSEC);
	now += 50 * GN_MSEC;
	gn_host_app_tick(app, now);
	expect_error(2, GN_TIMEOUT);
	assert_int_equal(next().why, GN_TIMEOUT);
	now += (gn_time)GN_HOST_APP_CALL_MS * GN_MSEC;
	gn_host_app_tick(app, now);
	expect_error(1, GN_TIMEOUT);
	assert_int_equal(next().call, 1);
	assert_int_equal(gn_host_app_deadline(app), GN_NEVER); /* 3 lasts */
	assert_int_equal(answer(3), GN_OK);
}

static void no_deadline_is_longer_than_an_hour(void **state)
{
	(void)state;
	greet();
	give(app_frame(
		(struct gn_app_frame){.call = 1, .deadline_ms = UINT32_MAX, .kind = status_kind},
		&(struct gn_fb_node_status_args){0}));
	assert_int_equal(next().until, now + (gn_time)GN_HOST_APP_CALL_MS_MAX * GN_MSEC);
}

static void several_answers_of_one_call(void **state)
{
	(void)state;
	greet();
	ask(1);
	(void)next();
	for (int i = 0; i < 3; i++) {
		struct gn_fbb *b = gn_host_app_builder(app);
		gn_fbref t = gn_fb_node_status_is_make(
			b, &(struct gn_fb_node_status_is_args){.links = 1});
		assert_int_equal(gn_host_app_answer(app, 1, status_is, t, i < 2, now), GN_OK);
		assert_int_equal(take().more, i < 2);
	}
	assert_int_equal(answer(1), GN_NOT_FOUND);
}

static void an_answer_too_large_is_an_error(void **state)
{
	(void)state;
	static uint8_t big[GN_APP_FRAME_MAX];
	greet();
	ask(1);
	(void)next();
	for (size_t i = 0; i < 2; i++) {
		struct gn_fbb *b = gn_host_app_builder(app);
		gn_fbref t = gn_fb_name_is_make(
			b, &(struct gn_fb_name_is_args){
				   .record = gn_slice(big, i ? sizeof big : sizeof big - 200)});
		static const struct gn_app_kind is = {GN_FB_APP_BODY_APP_RECORD,
						      GN_FB_APP_RECORD_BODY_NAME_IS};
		if (i)
			ask(2);
		assert_int_equal(gn_host_app_answer(app, 1 + i, is, t, false, now),
				 i ? GN_TOO_LARGE : GN_OK);
	}
	assert_int_equal(take().call, 1);
	expect_error(2, GN_TOO_LARGE);
}

/* ---- bounds (AP-8) ---- */

static void as_many_calls_as_may_be(void **state)
{
	(void)state;
	greet();
	for (uint64_t i = 1; i <= GN_HOST_APP_CALLS; i++) {
		ask(i);
		assert_int_equal(next().call, i);
	}
	assert_int_equal(take().kind.area, 0);
	ask(GN_HOST_APP_CALLS + 1);
	expect_error(GN_HOST_APP_CALLS + 1, GN_LIMIT);
	assert_int_equal(answer(1), GN_OK);
	(void)take();
	ask(GN_HOST_APP_CALLS + 2);
	assert_int_equal(next().call, GN_HOST_APP_CALLS + 2);
	gn_host_app_bye(app, GN_CLOSED, NULL, now); /* and all of them end */
	for (uint64_t i = 0; i < GN_HOST_APP_CALLS; i++)
		assert_int_equal(next().what, GN_HOST_APP_GONE);
	assert_int_equal(next().call, UINT64_MAX);
}

static void as_many_bytes_of_calls_as_may_be(void **state)
{
	(void)state;
	static uint8_t big[GN_APP_FRAME_MAX - 256];
	struct gn_fb_record_put_args args = {.record = GN_SLICE(big)};
	assert_true(4 * GN_APP_FRAME_MAX <= GN_HOST_APP_CALL_BYTES &&
		    5 * sizeof big > GN_HOST_APP_CALL_BYTES);
	greet();
	for (uint64_t i = 1; i <= 4; i++)
		give(app_frame((struct gn_app_frame){.call = i, .kind = put_kind}, &args));
	assert_int_equal(take().kind.area, 0);
	give(app_frame((struct gn_app_frame){.call = 5, .kind = put_kind}, &args));
	expect_error(5, GN_LIMIT);
}

static void a_frame_may_have_a_mebibyte(void **state)
{
	(void)state;
	uint8_t prefix[GN_APP_PREFIX];
	greet();
	gn_put_be32(prefix, GN_APP_FRAME_MAX);
	give(GN_SLICE(prefix)); /* waits for it */
	assert_int_equal(take().kind.area, 0);
	tear_down(NULL);
	set_up(NULL);
	greet();
	gn_put_be32(prefix, GN_APP_FRAME_MAX + 1);
	give(GN_SLICE(prefix));
	expect_bye(GN_TOO_LARGE);
}

static void an_empty_frame_ends_it(void **state)
{
	(void)state;
	greet();
	give(gn_slice((const uint8_t[4]){0}, 4));
	expect_bye(GN_MALFORMED);
}

static void who_does_not_read_is_cut(void **state)
{
	(void)state;
	static uint8_t big[GN_APP_FRAME_MAX - 256];
	static const struct gn_app_kind is = {GN_FB_APP_BODY_APP_RECORD,
					      GN_FB_APP_RECORD_BODY_NAME_IS};
	bool cut;
	greet();
	for (uint64_t i = 1; i <= 5; i++) {
		ask(i);
		struct gn_fbb *b = gn_host_app_builder(app);
		gn_fbref t = gn_fb_name_is_make(
			b, &(struct gn_fb_name_is_args){.record = GN_SLICE(big)});
		assert_false(gn_host_app_over(app, &cut));
		(void)gn_host_app_answer(app, i, is, t, false, now);
		assert_true(gn_host_app_out(app).len <= GN_HOST_APP_UNREAD);
	}
	assert_true(gn_host_app_over(app, &cut) && cut);
}

static void who_reads_nothing_for_long_is_cut(void **state)
{
	(void)state;
	bool cut;
	greet();
	ask(1);
	(void)next();
	assert_int_equal(answer(1), GN_OK);
	assert_int_equal(gn_host_app_deadline(app), now + GN_HOST_APP_STALL);
	now += GN_HOST_APP_STALL - 1;
	gn_host_app_sent(app, 1, now); /* slow, but alive */
	now += GN_HOST_APP_STALL - 1;
	gn_host_app_tick(app, now);
	assert_false(gn_host_app_over(app, &cut));
	now++;
	gn_host_app_tick(app, now);
	assert_true(gn_host_app_over(app, &cut) && cut);
}

/* Our own frames have room for texts at their limit, and texts past it are cut between letters
 * (AP-4, AP-9). */
static void errors_fit_whatever_they_say(void **state)
{
	(void)state;
	char text[GN_HOST_SAID + 8] = {0};
	greet();
	memset(text, 'x', sizeof text - 1);
	memcpy(text + GN_HOST_SAID - 1, "\xc3\xa9", 2); /* a letter across the limit */
	ask(1);
	(void)next();
	struct gn_host_app_fault fault = {.err = GN_LOCKED,
					  .detail = text,
					  .next = text,
					  .limit = text,
					  .retry_ms = 5,
					  .unknown = true};
	assert_true(3 * GN_HOST_SAID + 256 < GN_HOST_APP_SMALL);
	assert_int_equal(gn_host_app_refuse(app, 1, &fault, now), GN_OK);
	struct gn_fb_app_error e = {take().table};
	assert_int_equal(gn_fb_app_error_code(e), 49);
	assert_int_equal(gn_fb_app_error_detail(e).len, GN_HOST_SAID - 1);
	assert_int_equal(gn_fb_app_error_next(e).len, GN_HOST_SAID - 1);
	assert_true(gn_fb_app_error_unknown(e));
	assert_int_equal(gn_fb_app_error_retry_ms(e), 5);
}

/* Room for a large answer is not kept once it was read: what follows is a small one's again. */
static void buffers_shrink_when_they_are_empty(void **state)
{
	(void)state;
	static uint8_t big[2 * GN_HOST_APP_KEEP];
	static const struct gn_app_kind is = {GN_FB_APP_BODY_APP_RECORD,
					      GN_FB_APP_RECORD_BODY_NAME_IS};
	greet();
	assert_true(GN_HOST_APP_LARGE > GN_APP_FRAME_MAX);
	for (uint64_t i = 1; i < 4; i++) {
		ask(i);
		struct gn_fbb *b = gn_host_app_builder(app);
		gn_fbref t = gn_fb_name_is_make(
			b, &(struct gn_fb_name_is_args){.record = GN_SLICE(big)});
		assert_int_equal(gn_host_app_answer(app, i, is, t, false, now), GN_OK);
		assert_int_equal(take().call, i);
		assert_int_equal(gn_host_app_out(app).len, 0);
	}
}

/* ---- bytes (AP-1) ---- */

static void frames_come_in_any_pieces(void **state)
{
	(void)state;
	static uint8_t stream[4096];
	struct gn_buf all = {stream, 0, sizeof stream};
	struct gn_fb_hash nonce = {{1}};
	assert_int_equal(
		gn_buf_put(&all,
			   app_frame((struct gn_app_frame){.kind = hello_kind},
				     &(struct gn_fb_app_hello_args){
					     .version_min = 1, .version_max = 1, .nonce = &nonce})),
		GN_OK);
	for (uint64_t i = 1; i <= 3; i++)
		assert_int_equal(
			gn_buf_put(&all,
				   app_frame((struct gn_app_frame){.call = i, .kind = status_kind},
					     &(struct gn_fb_node_status_args){0})),
			GN_OK);
	for (size_t piece = 1; piece < 60; piece++) {
		tear_down(NULL);
		set_up(NULL);
		for (size_t at = 0; at < all.len; at += piece)
			give(gn_slice_sub(gn_buf_slice(&all), at,
					  all.len - at < piece ? all.len - at : piece));
		assert_int_equal(take().kind.area, GN_FB_APP_BODY_APP_READY);
		for (uint64_t i = 1; i <= 3; i++)
			assert_int_equal(next().call, i);
	}
}

static void pings_are_answered_and_byes_end(void **state)
{
	(void)state;
	bool cut;
	greet();
	give(app_frame((struct gn_app_frame){.kind = {GN_FB_APP_BODY_APP_PING, 0}},
		       &(struct gn_fb_app_ping_args){0}));
	assert_int_equal(take().kind.area, GN_FB_APP_BODY_APP_PONG);
	ask(1);
	(void)next();
	give(app_frame((struct gn_app_frame){.kind = {GN_FB_APP_BODY_APP_BYE, 0}},
		       &(struct gn_fb_app_bye_args){0}));
	assert_true(gn_host_app_over(app, &cut) && !cut);
	assert_int_equal(next().why, GN_CLOSED);
	assert_int_equal(answer(1), GN_NOT_FOUND);
}

static void events_have_no_call(void **state)
{
	(void)state;
	greet();
	struct gn_app_frame head = {.cursor = 17, .kind = status_is};
	gn_host_app_tell(app, app_frame(head, &(struct gn_fb_node_status_is_args){.links = 4}),
			 now);
	struct gn_app_frame f = take();
	assert_int_equal(f.call, 0);
	assert_int_equal(f.cursor, 17);
	gn_host_app_gap(app, 20, now);
	f = take();
	assert_int_equal(f.kind.area, GN_FB_APP_BODY_APP_GAP);
	assert_int_equal(gn_fb_app_gap_first((struct gn_fb_app_gap){f.table}), 20);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "--corpus") == 0)
		return app_write_corpus(argv[2]);
	static const struct CMUnitTest tests[] = {
		T(hello_is_answered_by_what_one_may),
		T(other_versions_are_refused),
		T(version_nought_is_too_old),
		T(calls_before_hello_are_refused),
		T(who_does_not_greet_is_sent_away),
		T(a_call_is_answered_once),
		T(numbers_only_go_up),
		T(unknown_calls_are_said_to_be),
		T(a_cancel_ends_a_call_whoever_is_first),
		T(a_late_call_is_answered_and_given_up),
		T(no_deadline_is_longer_than_an_hour),
		T(several_answers_of_one_call),
		T(an_answer_too_large_is_an_error),
		T(as_many_calls_as_may_be),
		T(as_many_bytes_of_calls_as_may_be),
		T(a_frame_may_have_a_mebibyte),
		T(an_empty_frame_ends_it),
		T(who_does_not_read_is_cut),
		T(who_reads_nothing_for_long_is_cut),
		T(errors_fit_whatever_they_say),
		T(buffers_shrink_when_they_are_empty),
		T(frames_come_in_any_pieces),
		T(pings_are_answered_and_byes_end),
		T(events_have_no_call),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
