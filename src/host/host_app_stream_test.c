/* The server's end of app/1: streams of calls with their grants (docs/spec/app.md AP-11), clients'
 * secrets (AP-12), and frames of the size that was asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/app_int.h"
#include "host/testing/app_peer.h"

static struct gn_host_app *app;
static gn_time now;

static const struct gn_app_kind add_kind = {GN_FB_APP_BODY_APP_FILE, GN_FB_APP_FILE_BODY_FILE_ADD};

static bool secret_of(void *user, const uint8_t id[32], uint8_t out[32])
{
	(void)user;
	memset(out, 5, 32);
	return id[0] == 7;
}

static void open_app(const char *origin)
{
	gn_host_app_free(app);
	app = gn_host_app_new(&(struct gn_host_app_config){.software = "test",
							   .origin = origin,
							   .nonce = {2},
							   .secret = secret_of,
							   .now = now});
	assert_non_null(app);
}

static int set_up(void **state)
{
	(void)state;
	app = NULL;
	now = GN_SEC;
	open_app(NULL);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	gn_host_app_free(app);
	return 0;
}

static void give(struct gn_app_kind kind, uint64_t call, const void *args)
{
	struct gn_app_frame head = {.call = call, .kind = kind};
	assert_int_equal(gn_host_app_recv(app, app_frame(head, args), now), GN_OK);
}

static void hello(uint8_t id, uint32_t frame_max)
{
	struct gn_fb_hash nonce = {{1}}, client = {{id}};
	give(gn_host_session(GN_FB_APP_BODY_APP_HELLO), 0,
	     &(struct gn_fb_app_hello_args){.version_min = 1,
					    .version_max = 1,
					    .client = id ? &client : NULL,
					    .nonce = &nonce,
					    .frame_max = frame_max});
}

static void expect_bye(gn_err err)
{
	struct gn_app_frame f = app_take(app, now);
	assert_int_equal(f.kind.area, GN_FB_APP_BODY_APP_BYE);
	assert_int_equal(gn_fb_app_bye_code((struct gn_fb_app_bye){f.table}), err);
}

static void greet(uint32_t frame_max)
{
	hello(0, frame_max);
	assert_int_equal(app_take(app, now).kind.area, GN_FB_APP_BODY_APP_READY);
}

/* -1: nothing. */
static int next(void)
{
	struct gn_host_app_event e;
	return gn_host_app_next(app, &e) ? (int)e.what : -1;
}

static void add(uint64_t call)
{
	give(add_kind, call, &(struct gn_fb_file_add_args){0});
	assert_int_equal(next(), GN_HOST_APP_CALL);
}

static void data(uint64_t call, size_t len)
{
	static uint8_t bytes[GN_HOST_APP_WINDOW + 1];
	give(gn_host_streaming(GN_FB_APP_STREAM_BODY_STREAM_DATA), 0,
	     &(struct gn_fb_stream_data_args){.stream = call, .bytes = gn_slice(bytes, len)});
}

static void end(uint64_t call, uint16_t code)
{
	give(gn_host_streaming(GN_FB_APP_STREAM_BODY_STREAM_END), 0,
	     &(struct gn_fb_stream_end_args){.stream = call, .code = code});
}

/* ---- streams ---- */

static void bytes_wait_until_they_are_taken(void **state)
{
	(void)state;
	bool ended;
	gn_err err;
	greet(0);
	add(1);
	data(1, GN_HOST_APP_WINDOW);
	assert_int_equal(next(), GN_HOST_APP_DATA);
	assert_int_equal(next(), -1);
	assert_int_equal(gn_host_app_data(app, 1, &ended, &err).len, GN_HOST_APP_WINDOW);
	assert_false(ended);
	gn_host_app_taken(app, 1, GN_HOST_CLIENT_GRANT - 1, now);
	assert_int_equal(app_take(app, now).kind.area, 0);
	gn_host_app_taken(app, 1, 1, now);
	struct gn_app_frame f = app_take(app, now);
	assert_int_equal(gn_fb_stream_grant_bytes((struct gn_fb_stream_grant){f.table}),
			 GN_HOST_CLIENT_GRANT);
	data(1, GN_HOST_CLIENT_GRANT);
	end(1, 0);
	assert_int_equal(next(), GN_HOST_APP_DATA);
	assert_int_equal(gn_host_app_data(app, 1, &ended, &err).len, GN_HOST_APP_WINDOW);
	assert_true(ended && err == GN_OK);
	data(1, 1);
	expect_bye(GN_PROTOCOL);
}

static void more_than_was_granted_ends_it(void **state)
{
	(void)state;
	greet(0);
	add(1);
	data(1, GN_HOST_APP_WINDOW);
	data(1, 1);
	expect_bye(GN_PROTOCOL);
}

static void streams_are_of_calls(void **state)
{
	(void)state;
	greet(0);
	add(3);
	assert_int_equal(
		gn_host_app_refuse(app, 3, &(struct gn_host_app_fault){.err = GN_BUSY}, now),
		GN_OK);
	(void)app_take(app, now);
	data(3, 9); /* it crossed the answer */
	data(2, 9);
	assert_int_equal(app_take(app, now).kind.area, 0);
	data(4, 9);
	expect_bye(GN_PROTOCOL);
}

static void a_stream_given_up_says_so(void **state)
{
	(void)state;
	bool ended;
	gn_err err;
	greet(0);
	add(1);
	end(1, GN_CANCELLED);
	assert_int_equal(next(), GN_HOST_APP_DATA);
	(void)gn_host_app_data(app, 1, &ended, &err);
	assert_true(ended && err == GN_CANCELLED);
	add(2);
	end(2, 4711); /* of a later version */
	(void)gn_host_app_data(app, 2, &ended, &err);
	assert_int_equal(err, GN_INTERNAL);
}

/* As many streams as READY allows have their whole window at once; then calls make room. */
static void all_streams_together_are_bounded(void **state)
{
	(void)state;
	greet(0);
	assert_true(GN_HOST_APP_STREAMS * GN_HOST_APP_WINDOW <= GN_HOST_APP_CALL_BYTES);
	for (uint64_t i = 1; i <= GN_HOST_APP_STREAMS + 1; i++) {
		add(i);
		data(i, i <= GN_HOST_APP_STREAMS ? GN_HOST_APP_WINDOW : 9);
		assert_int_equal(next(), GN_HOST_APP_DATA);
	}
	assert_int_equal(app_take(app, now).kind.area, 0);
	data(GN_HOST_APP_STREAMS + 1, GN_HOST_APP_WINDOW - 9);
	struct gn_app_frame f = app_take(app, now);
	assert_int_equal(gn_fb_app_error_code((struct gn_fb_app_error){f.table}), GN_LIMIT);
	assert_int_equal(gn_host_app_calls(app), GN_HOST_APP_STREAMS);
}

static void what_goes_waits_for_grants_and_readers(void **state)
{
	(void)state;
	static uint8_t bytes[GN_HOST_APP_PIPE];
	greet(0);
	add(1);
	assert_int_equal(gn_host_app_room(app, 1), GN_HOST_APP_WINDOW);
	gn_host_app_send(app, 1, GN_SLICE(bytes), now);
	assert_int_equal(gn_host_app_room(app, 1), 0);
	assert_false(gn_host_app_listens(app));
	give(gn_host_streaming(GN_FB_APP_STREAM_BODY_STREAM_GRANT), 0,
	     &(struct gn_fb_stream_grant_args){.stream = 1, .bytes = 5});
	assert_int_equal(next(), -1); /* granted, but nobody reads */
	for (size_t i = 0; i < GN_HOST_APP_WINDOW / GN_HOST_APP_PIECE; i++)
		assert_int_equal(app_take(app, now).kind.area, GN_FB_APP_BODY_APP_STREAM);
	assert_true(gn_host_app_listens(app));
	assert_int_equal(next(), GN_HOST_APP_ROOM);
	assert_int_equal(gn_host_app_room(app, 1), 5);
	gn_host_app_send_end(app, 1, GN_OK, now);
	gn_host_app_send_end(app, 1, GN_OK, now);
	assert_int_equal(app_take(app, now).kind.member, GN_FB_APP_STREAM_BODY_STREAM_END);
	assert_int_equal(app_take(app, now).kind.area, 0);
	assert_int_equal(gn_host_app_room(app, 1), 0);
}

static void grants_have_an_end(void **state)
{
	(void)state;
	greet(0);
	add(1);
	struct gn_fb_stream_grant_args args = {.stream = 1, .bytes = UINT32_MAX};
	give(gn_host_streaming(GN_FB_APP_STREAM_BODY_STREAM_GRANT), 0, &args);
	assert_int_equal(app_take(app, now).kind.area, 0);
	give(gn_host_streaming(GN_FB_APP_STREAM_BODY_STREAM_GRANT), 0, &args);
	expect_bye(GN_PROTOCOL);
}

/* ---- frames as large as was asked for ---- */

static void no_frame_is_larger_than_asked_for(void **state)
{
	(void)state;
	static uint8_t big[2 * GN_HOST_APP_FRAME_MIN];
	static const struct gn_app_kind is = {GN_FB_APP_BODY_APP_RECORD,
					      GN_FB_APP_RECORD_BODY_NAME_IS};
	hello(0, GN_HOST_APP_FRAME_MIN - 1);
	expect_bye(GN_RANGE);
	open_app(NULL);
	greet(GN_HOST_APP_FRAME_MIN);
	add(1);
	gn_host_app_send(app, 1, GN_SLICE(big), now);
	for (size_t sent = 0; sent < sizeof big;) {
		size_t was = gn_host_app_out(app).len;
		struct gn_app_frame f = app_take(app, now);
		sent += gn_fb_stream_data_bytes((struct gn_fb_stream_data){f.table}).len;
		assert_true(was - gn_host_app_out(app).len <=
			    GN_HOST_APP_FRAME_MIN + GN_APP_PREFIX);
	}
	struct gn_fbb *b = gn_host_app_builder(app);
	gn_fbref t = gn_fb_name_is_make(b, &(struct gn_fb_name_is_args){.record = GN_SLICE(big)});
	assert_int_equal(gn_host_app_answer(app, 1, is, t, false, now), GN_TOO_LARGE);
}

/* ---- secrets ---- */

static void proof(uint8_t key, const char *origin)
{
	uint8_t secret[32], theirs[32] = {1}, ours[32] = {2};
	struct gn_hash mac;
	struct gn_fb_hash said;
	memset(secret, key, sizeof secret);
	gn_host_proof(secret, false, theirs, ours, origin, &mac);
	memcpy(said.b, mac.b, sizeof said.b);
	give(gn_host_session(GN_FB_APP_BODY_APP_PROOF), 0,
	     &(struct gn_fb_app_proof_args){.mac = &said});
}

static void who_knows_the_secret_may_come_in(void **state)
{
	(void)state;
	uint8_t secret[32], theirs[32] = {1}, ours[32] = {2};
	struct gn_hash mac;
	open_app("http://localhost:7781");
	hello(7, 0);
	struct gn_app_frame f = app_take(app, now);
	assert_int_equal(f.kind.area, GN_FB_APP_BODY_APP_CHALLENGE);
	memset(secret, 5, sizeof secret);
	gn_host_proof(secret, true, theirs, ours, "http://localhost:7781", &mac);
	struct gn_fb_hash said = gn_fb_app_challenge_mac((struct gn_fb_app_challenge){f.table});
	assert_memory_equal(said.b, mac.b, sizeof said.b);
	proof(5, "http://localhost:7781");
	assert_int_equal(app_take(app, now).kind.area, GN_FB_APP_BODY_APP_READY);
	add(1);
}

static void who_does_not_may_not(void **state)
{
	(void)state;
	static const char here[] = "http://localhost:7781";
	for (unsigned i = 0; i < 6; i++) {
		open_app(here);
		hello(i == 0 ? 8 : i == 1 ? 0 : 7, 0); /* an id that nobody has; none */
		if (i >= 2)
			assert_int_equal(app_take(app, now).kind.area,
					 GN_FB_APP_BODY_APP_CHALLENGE);
		if (i == 2)
			proof(6, here);
		else if (i == 3)
			proof(5, "http://localhost:7782");
		else if (i == 4)
			hello(7, 0);
		else if (i == 5)
			give(add_kind, 1, &(struct gn_fb_file_add_args){0});
		expect_bye(i < 4 ? GN_DENIED : GN_PROTOCOL);
		assert_int_equal(next(), -1);
	}
}

static void an_origin_may_be_long(void **state)
{
	(void)state;
	char origin[GN_HOST_APP_ORIGIN + 1];
	memset(origin, 'o', sizeof origin - 1);
	origin[GN_HOST_APP_ORIGIN] = 0;
	open_app(origin);
	hello(7, 0);
	(void)app_take(app, now);
	proof(5, origin);
	assert_int_equal(app_take(app, now).kind.area, GN_FB_APP_BODY_APP_READY);
	gn_host_app_free(app);
	app = NULL;
}

static void what_streams_is_late_when_it_stands_still(void **state)
{
	(void)state;
	greet(0);
	add(1);
	gn_host_app_streams(app, 1, now);
	assert_int_equal(gn_host_app_deadline(app), now + GN_HOST_APP_STALL);
	now += GN_HOST_APP_STALL - 1;
	data(1, 9);
	assert_int_equal(gn_host_app_deadline(app), now + GN_HOST_APP_STALL);
	now += GN_HOST_APP_STALL;
	gn_host_app_tick(app, now);
	struct gn_app_frame f = app_take(app, now);
	assert_int_equal(gn_fb_app_error_code((struct gn_fb_app_error){f.table}), GN_TIMEOUT);
}

static void a_proof_must_come_in_time(void **state)
{
	(void)state;
	open_app("x");
	hello(7, 0);
	(void)app_take(app, now);
	assert_int_equal(gn_host_app_deadline(app), now + GN_HOST_APP_GREET);
	now += GN_HOST_APP_GREET;
	gn_host_app_tick(app, now);
	expect_bye(GN_TIMEOUT);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		T(bytes_wait_until_they_are_taken),
		T(more_than_was_granted_ends_it),
		T(streams_are_of_calls),
		T(a_stream_given_up_says_so),
		T(all_streams_together_are_bounded),
		T(what_goes_waits_for_grants_and_readers),
		T(grants_have_an_end),
		T(no_frame_is_larger_than_asked_for),
		T(who_knows_the_secret_may_come_in),
		T(who_does_not_may_not),
		T(an_origin_may_be_long),
		T(what_streams_is_late_when_it_stands_still),
		T(a_proof_must_come_in_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
