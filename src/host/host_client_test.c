/* The calling end of app/1 (docs/spec/app.md AP-5..AP-13): greeting with and without a secret,
 * calls and their one end, streams and grants, what a server may not send, and both ends in
 * lock-step. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/app_int.h"
#include "host/client.h"
#include "host/testing/app_pair.h"
#include "host/testing/app_peer.h"

#define SEC GN_SEC

static struct gn_host_client *client;
static gn_time now;
static const char *origin;

static const struct gn_app_kind status_kind = {GN_FB_APP_BODY_APP_NODE,
					       GN_FB_APP_NODE_BODY_NODE_STATUS},
				status_is = {GN_FB_APP_BODY_APP_NODE,
					     GN_FB_APP_NODE_BODY_NODE_STATUS_IS};

static void open_client(gn_time ping, uint32_t frame_max)
{
	struct gn_host_client_config config = {.role = GN_FB_APP_ROLE_CLIENT,
					       .software = "test 1",
					       .nonce = {1},
					       .id = {7},
					       .origin = origin,
					       .frame_max = frame_max,
					       .ping = ping,
					       .now = now};
	memset(config.secret, 5, sizeof config.secret);
	gn_host_client_free(client);
	client = gn_host_client_new(&config);
	assert_non_null(client);
}

static int set_up(void **state)
{
	(void)state;
	now = 100 * SEC;
	client = NULL;
	origin = NULL;
	open_client(0, 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	gn_host_client_free(client);
	return 0;
}

static void give(struct gn_slice frame)
{
	assert_int_equal(gn_host_client_recv(client, frame, now), frame.len);
}

static void give_kind(enum gn_fb_app_body what, uint64_t call, const void *args)
{
	give(app_frame((struct gn_app_frame){.call = call, .kind = {what, 0}}, args));
}

/* The next frame that the client sends; area 0: none. */
static struct gn_app_frame take(void)
{
	static uint8_t copy[GN_APP_FRAME_MAX];
	struct gn_app_frame f = {0};
	struct gn_slice frame, out = gn_host_client_out(client);
	size_t used;
	if (gn_app_frame_split(out, GN_APP_FRAME_MAX, &frame, &used) != GN_OK)
		return f;
	memcpy(copy, frame.p, frame.len);
	assert_int_equal(gn_app_frame_open(gn_slice(copy, frame.len), &f), GN_OK);
	gn_host_client_sent(client, used, now);
	return f;
}

static struct gn_host_client_event next(void)
{
	struct gn_host_client_event e = {.call = UINT64_MAX};
	if (!gn_host_client_next(client, now, &e))
		e.call = UINT64_MAX;
	return e;
}

static void expect_none(void)
{
	assert_int_equal(next().call, UINT64_MAX);
}

static void give_ready(uint16_t version, uint16_t outstanding, uint32_t frame_max)
{
	give_kind(GN_FB_APP_BODY_APP_READY, 0,
		  &(struct gn_fb_app_ready_args){.version = version,
						 .outstanding = outstanding,
						 .frame_max = frame_max,
						 .epoch = 3});
}

static void greet(void)
{
	assert_int_equal(take().kind.area, GN_FB_APP_BODY_APP_HELLO);
	give_ready(1, 3, 0);
	assert_int_equal(next().what, GN_HOST_CLIENT_READY);
}

static gn_err ask_for(uint32_t ms, uint64_t *call)
{
	struct gn_fbb *b = gn_host_client_builder(client);
	gn_fbref t = gn_fb_node_status_make(b, &(struct gn_fb_node_status_args){0});
	return gn_host_client_call(client, status_kind, t, ms, now, call);
}

static uint64_t ask(void)
{
	uint64_t call = 0;
	assert_int_equal(ask_for(0, &call), GN_OK);
	struct gn_app_frame f = take();
	assert_int_equal(f.call, call);
	assert_int_equal(f.kind.member, status_kind.member);
	return call;
}

static void answer(uint64_t call, bool more)
{
	give(app_frame((struct gn_app_frame){.call = call, .more = more, .kind = status_is},
		       &(struct gn_fb_node_status_is_args){.links = 4}));
}

static void expect_failed(uint64_t call, gn_err err, bool unknown)
{
	struct gn_host_client_event e = next();
	assert_int_equal(e.what, GN_HOST_CLIENT_FAILED);
	assert_int_equal(e.call, call);
	assert_int_equal(e.fault.err, err);
	assert_int_equal(e.fault.unknown, unknown);
}

static void expect_over(gn_err err)
{
	struct gn_host_client_event e = next();
	assert_int_equal(e.what, GN_HOST_CLIENT_OVER);
	assert_int_equal(e.fault.err, err);
	assert_true(gn_host_client_over(client));
	expect_none();
}

static void expect_bye(gn_err err)
{
	expect_over(err);
	struct gn_app_frame f = take();
	assert_int_equal(f.kind.area, GN_FB_APP_BODY_APP_BYE);
	assert_int_equal(gn_fb_app_bye_code((struct gn_fb_app_bye){f.table}), err);
}

/* ---- greeting (AP-5) ---- */

static void hello_says_who_and_what(void **state)
{
	(void)state;
	uint64_t call;
	struct gn_app_frame f = take();
	struct gn_fb_app_hello h = {f.table};
	assert_int_equal(f.kind.area, GN_FB_APP_BODY_APP_HELLO);
	assert_int_equal(gn_fb_app_hello_version_max(h), 1);
	assert_false(gn_fb_app_hello_has_client(h));
	assert_int_equal(gn_fb_app_hello_nonce(h).b[0], 1);
	assert_int_equal(ask_for(0, &call), GN_AGAIN);
	give_ready(1, 64, 0);
	struct gn_host_client_event e = next();
	assert_int_equal(e.what, GN_HOST_CLIENT_READY);
	assert_int_equal(gn_fb_app_ready_epoch((struct gn_fb_app_ready){e.table}), 3);
	assert_int_equal(gn_host_client_deadline(client), GN_NEVER);
}

static void who_is_not_greeted_gives_up(void **state)
{
	(void)state;
	assert_int_equal(gn_host_client_deadline(client), now + GN_HOST_APP_GREET);
	now += GN_HOST_APP_GREET;
	gn_host_client_tick(client, now);
	(void)take();
	expect_bye(GN_TIMEOUT);
}

static void another_version_ends_it(void **state)
{
	(void)state;
	(void)take();
	give_ready(2, 64, 0);
	expect_bye(GN_VERSION);
}

/* Who needs more than a server takes has none: it would ask without end. */
static void a_server_that_takes_too_little(void **state)
{
	static const uint32_t ready[4][2] = {{64, 0}, {64, 65536}, {63, 0}, {64, 65535}};
	(void)state;
	for (unsigned i = 0; i < GN_COUNT(ready); i++) {
		gn_host_client_free(client);
		client = gn_host_client_new(&(struct gn_host_client_config){
			.software = "test", .calls_least = 64, .frame_least = 65536, .now = now});
		(void)take();
		give_ready(1, (uint16_t)ready[i][0], ready[i][1]);
		if (i < 2)
			assert_int_equal(next().what, GN_HOST_CLIENT_READY);
		else
			expect_bye(GN_PROTOCOL);
	}
}

static void answers_before_ready_end_it(void **state)
{
	(void)state;
	(void)take();
	answer(1, false);
	expect_bye(GN_PROTOCOL);
}

static void the_servers_bye_is_told(void **state)
{
	(void)state;
	greet();
	uint64_t call = ask();
	give_kind(GN_FB_APP_BODY_APP_BYE, 0, &(struct gn_fb_app_bye_args){.code = GN_BUSY});
	expect_failed(call, GN_CLOSED, true);
	expect_over(GN_BUSY);
	assert_int_equal(ask_for(0, &call), GN_CLOSED);
}

/* ---- secrets (AP-12) ---- */

static void challenge(uint8_t key, const char *where)
{
	uint8_t secret[32], theirs[32] = {1}, ours[32] = {2};
	struct gn_hash mac;
	struct gn_fb_hash nonce, said;
	memset(secret, key, sizeof secret);
	gn_host_proof(secret, true, theirs, ours, where, &mac);
	memcpy(nonce.b, ours, 32);
	memcpy(said.b, mac.b, 32);
	give_kind(GN_FB_APP_BODY_APP_CHALLENGE, 0,
		  &(struct gn_fb_app_challenge_args){.nonce = &nonce, .mac = &said});
}

static void a_secret_is_shown_to_who_knows_it(void **state)
{
	(void)state;
	origin = "http://localhost:7781";
	open_client(0, 0);
	struct gn_app_frame f = take();
	assert_int_equal(gn_fb_app_hello_client((struct gn_fb_app_hello){f.table}).b[0], 7);
	challenge(5, origin);
	expect_none();
	assert_int_equal(take().kind.area, GN_FB_APP_BODY_APP_PROOF);
	give_ready(1, 64, 0);
	assert_int_equal(next().what, GN_HOST_CLIENT_READY);
}

static void a_secret_is_shown_to_nobody_else(void **state)
{
	(void)state;
	origin = "http://localhost:7781";
	for (unsigned i = 0; i < 3; i++) {
		open_client(0, 0);
		(void)take();
		if (i == 0)
			challenge(6, origin); /* another secret */
		else if (i == 1)
			challenge(5, "http://localhost:7782"); /* one that passes it on */
		else
			give_ready(1, 64, 0); /* no proof at all */
		expect_bye(i == 2 ? GN_PROTOCOL : GN_DENIED);
	}
	origin = NULL;
	open_client(0, 0);
	(void)take();
	challenge(5, "");
	expect_bye(GN_PROTOCOL);
}

/* ---- calls (AP-6, AP-7) ---- */

static void a_call_ends_once(void **state)
{
	(void)state;
	greet();
	uint64_t a = ask(), b = ask();
	answer(b, true);
	answer(b, false);
	answer(b, false);
	struct gn_host_client_event e = next();
	assert_true(e.what == GN_HOST_CLIENT_ANSWER && e.call == b && e.more);
	assert_int_equal(gn_fb_node_status_is_links((struct gn_fb_node_status_is){e.table}), 4);
	e = next();
	assert_true(e.what == GN_HOST_CLIENT_ANSWER && e.call == b && !e.more);
	expect_none(); /* the third is nobody's */
	give_kind(GN_FB_APP_BODY_APP_ERROR, a,
		  &(struct gn_fb_app_error_args){
			  .code = 4711, .detail = gn_str("so"), .retry_ms = 5});
	expect_failed(a, GN_INTERNAL, false); /* AP-4: a number of a later version */
	assert_int_equal(gn_host_client_calls(client), 0);
}

static void answers_to_what_was_never_asked_end_it(void **state)
{
	(void)state;
	greet();
	uint64_t call = ask();
	answer(call + 1, false);
	expect_failed(call, GN_CLOSED, true);
	expect_bye(GN_PROTOCOL);
}

static void no_more_calls_than_the_server_takes(void **state)
{
	(void)state;
	uint64_t call;
	greet(); /* of three */
	for (int i = 0; i < 3; i++)
		(void)ask();
	assert_int_equal(ask_for(0, &call), GN_LIMIT);
	answer(1, false);
	(void)next();
	assert_int_equal(ask_for(0, &call), GN_OK);
}

static void a_cancel_is_answered(void **state)
{
	(void)state;
	greet();
	uint64_t call = ask();
	gn_host_client_cancel(client, call, now);
	struct gn_app_frame f = take();
	assert_int_equal(f.kind.area, GN_FB_APP_BODY_APP_CANCEL);
	assert_int_equal(f.call, call);
	answer(call, false); /* it crossed */
	assert_int_equal(next().what, GN_HOST_CLIENT_ANSWER);
	gn_host_client_cancel(client, call, now);
	assert_int_equal(take().kind.area, 0);
}

static void a_late_server_is_not_waited_for(void **state)
{
	(void)state;
	uint64_t quick, lasts;
	greet();
	assert_int_equal(ask_for(50, &quick), GN_OK);
	assert_int_equal(take().deadline_ms, 50);
	assert_int_equal(ask_for(GN_HOST_CLIENT_LASTS, &lasts), GN_OK);
	assert_int_equal(take().deadline_ms, 0);
	gn_time at = now + 50 * GN_MSEC + GN_HOST_CLIENT_GRACE;
	assert_int_equal(gn_host_client_deadline(client), at);
	now = at - 1;
	gn_host_client_tick(client, now);
	expect_none();
	now = at;
	gn_host_client_tick(client, now);
	expect_failed(quick, GN_TIMEOUT, true);
	assert_int_equal(take().kind.area, GN_FB_APP_BODY_APP_CANCEL);
	assert_int_equal(gn_host_client_deadline(client), GN_NEVER);
	answer(quick, false); /* too late */
	expect_none();
	assert_int_equal(gn_host_client_calls(client), 1);
}

static void the_end_of_the_connection_ends_calls(void **state)
{
	(void)state;
	greet();
	uint64_t a = ask(), b = ask();
	answer(a, false);
	gn_host_client_closed(client, now);
	assert_int_equal(next().what, GN_HOST_CLIENT_ANSWER); /* what came is told first */
	expect_failed(b, GN_CLOSED, true);
	expect_over(GN_CLOSED);
}

/* ---- events, pings ---- */

static void events_come_with_their_cursor(void **state)
{
	(void)state;
	greet();
	give(app_frame((struct gn_app_frame){.cursor = 17, .kind = status_is},
		       &(struct gn_fb_node_status_is_args){.links = 4}));
	give_kind(GN_FB_APP_BODY_APP_GAP, 0, &(struct gn_fb_app_gap_args){.first = 30});
	give_kind(GN_FB_APP_BODY_APP_PONG, 0, &(struct gn_fb_app_pong_args){0});
	struct gn_host_client_event e = next();
	assert_true(e.what == GN_HOST_CLIENT_EVENT && e.cursor == 17);
	e = next();
	assert_true(e.what == GN_HOST_CLIENT_GAP && e.cursor == 30);
	expect_none();
	give_kind(GN_FB_APP_BODY_APP_PING, 0, &(struct gn_fb_app_ping_args){0});
	expect_none();
	assert_int_equal(take().kind.area, GN_FB_APP_BODY_APP_PONG);
}

static void pings_find_out_that_nobody_is_there(void **state)
{
	(void)state;
	open_client(5 * SEC, 0);
	greet();
	for (int i = 0; i < 2; i++) {
		now += 5 * SEC;
		gn_host_client_tick(client, now);
		assert_int_equal(take().kind.area, GN_FB_APP_BODY_APP_PING);
	}
	now += GN_HOST_CLIENT_DEAD - 10 * SEC - 1;
	gn_host_client_tick(client, now);
	assert_false(gn_host_client_over(client));
	now++;
	gn_host_client_tick(client, now);
	expect_over(GN_TIMEOUT);
}

/* ---- streams (AP-11) ---- */

static void give_data(uint64_t call, size_t len)
{
	static uint8_t bytes[GN_HOST_APP_WINDOW];
	give(app_frame(
		(struct gn_app_frame){
			.kind = {GN_FB_APP_BODY_APP_STREAM, GN_FB_APP_STREAM_BODY_STREAM_DATA}},
		&(struct gn_fb_stream_data_args){.stream = call, .bytes = gn_slice(bytes, len)}));
}

static void a_stream_is_granted_as_it_is_taken(void **state)
{
	(void)state;
	greet();
	uint64_t call = ask();
	give_data(call, GN_HOST_APP_WINDOW);
	struct gn_host_client_event e = next();
	assert_true(e.what == GN_HOST_CLIENT_DATA && e.bytes.len == GN_HOST_APP_WINDOW);
	gn_host_client_taken(client, call, GN_HOST_CLIENT_GRANT - 1, now);
	assert_int_equal(take().kind.area, 0);
	gn_host_client_taken(client, call, 1, now);
	struct gn_app_frame f = take();
	assert_int_equal(f.kind.member, GN_FB_APP_STREAM_BODY_STREAM_GRANT);
	assert_int_equal(gn_fb_stream_grant_bytes((struct gn_fb_stream_grant){f.table}),
			 GN_HOST_CLIENT_GRANT);
	give_data(call, GN_HOST_CLIENT_GRANT);
	assert_int_equal(next().what, GN_HOST_CLIENT_DATA);
	give_data(call, 1);
	expect_failed(call, GN_CLOSED, true);
	expect_bye(GN_PROTOCOL);
}

static void no_more_is_sent_than_was_granted(void **state)
{
	(void)state;
	static uint8_t bytes[GN_HOST_APP_WINDOW];
	greet();
	uint64_t call = ask();
	assert_int_equal(gn_host_client_room(client, call), GN_HOST_APP_WINDOW);
	gn_host_client_send(client, call, GN_SLICE(bytes), now);
	assert_int_equal(gn_host_client_room(client, call), 0);
	for (size_t i = 0; i < GN_HOST_APP_WINDOW / GN_HOST_APP_PIECE; i++)
		assert_int_equal(take().kind.member, GN_FB_APP_STREAM_BODY_STREAM_DATA);
	expect_none();
	give(app_frame((struct gn_app_frame){.kind = {GN_FB_APP_BODY_APP_STREAM,
						      GN_FB_APP_STREAM_BODY_STREAM_GRANT}},
		       &(struct gn_fb_stream_grant_args){.stream = call, .bytes = 9}));
	assert_int_equal(next().what, GN_HOST_CLIENT_ROOM);
	assert_int_equal(gn_host_client_room(client, call), 9);
	gn_host_client_send_end(client, call, GN_OK, now);
	assert_int_equal(gn_host_client_room(client, call), 0);
	assert_int_equal(take().kind.member, GN_FB_APP_STREAM_BODY_STREAM_END);
}

/* ---- bounds, bytes ---- */

static void frames_over_what_was_asked_for_end_it(void **state)
{
	(void)state;
	uint8_t prefix[GN_APP_PREFIX];
	open_client(0, GN_HOST_APP_FRAME_MIN);
	greet();
	gn_put_be32(prefix, GN_HOST_APP_FRAME_MIN);
	give(GN_SLICE(prefix));
	expect_none();
	open_client(0, GN_HOST_APP_FRAME_MIN);
	greet();
	gn_put_be32(prefix, GN_HOST_APP_FRAME_MIN + 1);
	give(GN_SLICE(prefix));
	expect_bye(GN_PROTOCOL);
}

static void no_more_is_read_than_is_asked_for(void **state)
{
	(void)state;
	static uint8_t bytes[2 * GN_APP_FRAME_MAX];
	greet();
	gn_put_be32(bytes, GN_APP_FRAME_MAX);
	size_t most = GN_APP_PREFIX + GN_APP_FRAME_MAX + GN_HOST_CLIENT_READ;
	assert_int_equal(gn_host_client_recv(client, GN_SLICE(bytes), now), most);
	assert_int_equal(gn_host_client_recv(client, GN_SLICE(bytes), now), 0);
}

static void no_more_waits_than_may(void **state)
{
	(void)state;
	static uint8_t big[GN_APP_FRAME_MAX - 256];
	uint64_t call;
	gn_err err = GN_OK;
	assert_true(GN_HOST_CLIENT_CALLS > 64);
	(void)take();
	give_ready(1, 64, 0);
	(void)next();
	static const struct gn_app_kind put = {GN_FB_APP_BODY_APP_RECORD,
					       GN_FB_APP_RECORD_BODY_RECORD_PUT};
	for (int i = 0; i < 5 && !err; i++) {
		struct gn_fbb *b = gn_host_client_builder(client);
		gn_fbref t = gn_fb_record_put_make(
			b, &(struct gn_fb_record_put_args){.record = GN_SLICE(big)});
		err = gn_host_client_call(client, put, t, 0, now, &call);
		assert_int_equal(err, i < 4 ? GN_OK : GN_LIMIT);
	}
	assert_true(gn_host_client_out(client).len <= GN_HOST_CLIENT_UNSENT);
	assert_int_equal(gn_host_client_calls(client), 4);
}

/* ---- both ends ---- */

static void both_ends_in_lock_step(void **state)
{
	(void)state;
	struct app_pair_seen all = {0};
	for (uint64_t seed = 1; seed <= 16; seed++) {
		struct app_pair_seen s =
			app_pair_run(seed, 400, seed % 2 ? NULL : "http://localhost:1");
		all.made += s.made;
		all.answered += s.answered;
		all.failed += s.failed;
		all.cancelled += s.cancelled;
		all.streams += s.streams;
		all.bytes += s.bytes;
		assert_int_equal(s.made, s.answered + s.failed);
	}
	assert_true(all.made > 600 && all.streams > 60 && all.cancelled > 60);
	assert_true(all.failed > 30 && all.bytes > 20 * GN_HOST_APP_WINDOW);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		T(hello_says_who_and_what),
		T(who_is_not_greeted_gives_up),
		T(another_version_ends_it),
		T(a_server_that_takes_too_little),
		T(answers_before_ready_end_it),
		T(the_servers_bye_is_told),
		T(a_secret_is_shown_to_who_knows_it),
		T(a_secret_is_shown_to_nobody_else),
		T(a_call_ends_once),
		T(answers_to_what_was_never_asked_end_it),
		T(no_more_calls_than_the_server_takes),
		T(a_cancel_is_answered),
		T(a_late_server_is_not_waited_for),
		T(the_end_of_the_connection_ends_calls),
		T(events_come_with_their_cursor),
		T(pings_find_out_that_nobody_is_there),
		T(a_stream_is_granted_as_it_is_taken),
		T(no_more_is_sent_than_was_granted),
		T(frames_over_what_was_asked_for_end_it),
		T(no_more_is_read_than_is_asked_for),
		T(no_more_waits_than_may),
		T(both_ends_in_lock_step),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
