/* The log of events (docs/spec/app.md AP-10): order, gaps, the newest of an object, its bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/limits.h"
#include "host/told.h"

static struct gn_host_told *told;

static const struct gn_app_kind event_kind = {GN_FB_APP_BODY_APP_EVENT,
					      GN_FB_APP_EVENT_BODY_NODE_EVENT};

static int set_up(void **state)
{
	(void)state;
	told = gn_host_told_new(
		&(struct gn_host_told_config){.count = 8, .bytes = 2048, .keep = 10 * GN_SEC});
	assert_non_null(told);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	gn_host_told_free(told);
	return 0;
}

static gn_fbref make(unsigned bit, size_t len)
{
	static uint8_t text[GN_HOST_TOLD_EVENT];
	memset(text, 'x', sizeof text);
	struct gn_fbb *b = gn_host_told_builder(told);
	gn_fbref s = gn_fb_node_status_is_make(
		b, &(struct gn_fb_node_status_is_args){.version = gn_slice(text, len)});
	return gn_fb_node_event_make(
		b, &(struct gn_fb_node_event_args){.kind = (uint8_t)bit, .status = s});
}

static gn_err add_sized(unsigned bit, uint64_t object, gn_time now, size_t len)
{
	return gn_host_told_add(told, event_kind, make(bit, len), bit, object, now);
}

static gn_err fill(uint64_t cursor, unsigned bit, size_t len)
{
	return gn_host_told_fill(told, cursor, event_kind, make(bit, len), bit, 0);
}

static void add(unsigned bit, uint64_t object, gn_time now)
{
	assert_int_equal(add_sized(bit, object, now, 1), GN_OK);
}

/* The next cursor; 0: none. */
static uint64_t next(uint64_t kinds, uint64_t *cursor, uint64_t *gap)
{
	struct gn_slice frame, body;
	struct gn_app_frame f;
	size_t used;
	if (!gn_host_told_next(told, kinds, cursor, &frame, gap))
		return 0;
	assert_int_equal(gn_app_frame_split(frame, GN_APP_FRAME_MAX, &body, &used), GN_OK);
	assert_int_equal(used, frame.len);
	assert_int_equal(gn_app_frame_open(body, &f), GN_OK);
	assert_int_equal(f.cursor, *cursor);
	return f.cursor;
}

static void events_come_in_order_without_a_gap(void **state)
{
	(void)state;
	uint64_t at = 0, gap;
	assert_int_equal(next(0, &at, &gap), 0);
	for (unsigned i = 1; i <= 8; i++)
		add(i % 2, 0, 0);
	for (unsigned i = 1; i <= 8; i++) {
		assert_int_equal(next(0, &at, &gap), i);
		assert_int_equal(gap, 0);
	}
	assert_int_equal(next(0, &at, &gap), 0);
	at = 2;
	assert_int_equal(next(2, &at, &gap), 3); /* of kind 1 alone */
	assert_int_equal(next(2, &at, &gap), 5);
	assert_int_equal(gn_host_told_cursor(told), 8);
}

static void what_is_gone_is_said(void **state)
{
	(void)state;
	uint64_t at = 1, gap;
	for (unsigned i = 1; i <= 10; i++) /* 8 are kept: 3 to 10 */
		add(0, 0, 0);
	assert_int_equal(next(0, &at, &gap), 3);
	assert_int_equal(gap, 3); /* 2 is gone */
	at = 2;
	assert_int_equal(next(0, &at, &gap), 3);
	assert_int_equal(gap, 0); /* nothing between is */
	at = 77;                  /* of another life of the program */
	assert_int_equal(next(0, &at, &gap), 0);
	assert_int_equal(gap, 11);
	assert_int_equal(at, 10);
}

static void the_newest_of_an_object_is_kept(void **state)
{
	(void)state;
	uint64_t at = 0, gap;
	add(0, 5, 0);
	add(1, 5, 0); /* of another kind */
	add(0, 6, 0);
	size_t bytes = gn_host_told_bytes(told);
	add(0, 5, 0);
	assert_int_equal(gn_host_told_bytes(told), bytes);
	assert_int_equal(next(0, &at, &gap), 2);
	assert_int_equal(gap, 0);
	assert_int_equal(next(0, &at, &gap), 3);
	assert_int_equal(next(0, &at, &gap), 4);
	for (unsigned i = 0; i < 100; i++)
		add(0, 5, 0);
	at = 100;
	assert_int_equal(next(0, &at, &gap), 104);
	assert_int_equal(gap, 0);
}

static void bytes_and_time_are_bounded(void **state)
{
	(void)state;
	uint64_t at = 0, gap;
	for (unsigned i = 0; i < 6; i++)
		assert_int_equal(add_sized(0, 0, 0, 600), GN_OK);
	assert_true(gn_host_told_bytes(told) <= 2048);
	uint64_t first = next(0, &at, &gap);
	assert_true(first > 1 && gap == first);
	assert_int_equal(add_sized(0, 0, 0, 2048), GN_TOO_LARGE);
	assert_int_equal(add_sized(0, 0, 0, GN_HOST_TOLD_EVENT), GN_TOO_LARGE);
	assert_int_equal(gn_host_told_cursor(told), 6);
	add(0, 0, 4 * GN_SEC);
	gn_host_told_tick(told, 10 * GN_SEC - 1);
	at = 5;
	assert_int_equal(next(0, &at, &gap), 6);
	gn_host_told_tick(told, 10 * GN_SEC);
	at = 5;
	assert_int_equal(next(0, &at, &gap), 7);
	assert_int_equal(gap, 7);
}

/* A cursor is taken with what it is about, and told of later (told.h, 4). */
static void what_is_taken_is_waited_for(void **state)
{
	(void)state;
	uint64_t at = 0, gap;
	add(0, 0, 0);
	assert_int_equal(gn_host_told_take(told, 0), 2);
	assert_int_equal(gn_host_told_take(told, 0), 3);
	add(0, 0, 0);
	assert_int_equal(gn_host_told_cursor(told), 4);
	assert_int_equal(next(0, &at, &gap), 1);
	assert_int_equal(next(0, &at, &gap), 0);
	assert_int_equal(at, 1);
	assert_int_equal(fill(3, 0, 1), GN_OK);
	assert_int_equal(next(0, &at, &gap), 0); /* 2 is waited for */
	gn_host_told_leave(told, 2);
	assert_int_equal(next(0, &at, &gap), 3);
	assert_int_equal(gap, 0);
	assert_int_equal(next(0, &at, &gap), 4);
	assert_int_equal(fill(3, 0, 1), GN_NOT_FOUND); /* once */
	assert_int_equal(fill(2, 0, 1), GN_NOT_FOUND);
	/* of a too large one nothing is left that anybody waits for */
	assert_int_equal(gn_host_told_take(told, 0), 5);
	assert_int_equal(fill(5, 0, 2048), GN_TOO_LARGE);
	add(0, 0, 0);
	assert_int_equal(next(0, &at, &gap), 6);
	/* one that was pushed out by others */
	assert_int_equal(gn_host_told_take(told, 0), 7);
	for (unsigned i = 0; i < 8; i++)
		add(0, 0, 0);
	assert_int_equal(fill(7, 0, 1), GN_NOT_FOUND);
	assert_int_equal(next(0, &at, &gap), 8);
	assert_int_equal(gap, 8);
}

static void begins_anew_elsewhere(void **state)
{
	(void)state;
	uint64_t at = 0, gap;
	add(0, 0, 0);
	gn_host_told_restart(told, 100);
	assert_int_equal(gn_host_told_cursor(told), 99);
	assert_int_equal(gn_host_told_bytes(told), 0);
	gn_host_told_skip(told, 103, 0);
	add(0, 0, 0);
	assert_int_equal(next(0, &at, &gap), 103);
	assert_int_equal(gap, 100); /* from there on all is known */
	at = 99;
	assert_int_equal(next(0, &at, &gap), 103);
	assert_int_equal(gap, 0);
	gn_host_told_skip(told, 50, 0); /* behind it: nothing happens */
	assert_int_equal(gn_host_told_cursor(told), 103);
	gn_host_told_skip(told, 1000, 0); /* further than it holds */
	at = 500;
	assert_int_equal(next(0, &at, &gap), 0);
	assert_int_equal(gap, 992);
	assert_int_equal(gn_host_told_cursor(told), 999);
	at = GN_HOST_TOLD_ELSEWHERE;
	assert_int_equal(next(0, &at, &gap), 0);
	assert_int_equal(gap, 1000);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		T(events_come_in_order_without_a_gap), T(what_is_gone_is_said),
		T(the_newest_of_an_object_is_kept),    T(bytes_and_time_are_bounded),
		T(what_is_taken_is_waited_for),        T(begins_anew_elsewhere),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
