/* The link to the node: dialling until somebody is there, calls and their one end, what becomes of
 * them when the node goes. A real socket, with the serving engine of app/1 behind it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/limits.h"
#include "agent/link.h"
#include "host/app.h"

static const struct gn_app_kind shutdown_kind = {GN_FB_APP_BODY_APP_NODE,
						 GN_FB_APP_NODE_BODY_NODE_SHUTDOWN},
				status_kind = {GN_FB_APP_BODY_APP_NODE,
					       GN_FB_APP_NODE_BODY_NODE_STATUS},
				ok_kind = {GN_FB_APP_BODY_APP_OK, 0};

/* ---- a node: it answers `shutdown`, and never `status` ---- */

static struct node {
	uv_pipe_t listener, conn;
	uv_write_t write;
	struct gn_host_app *app;
	bool listening, open, writing, mute;
	uint64_t held[2 * AGENT_LINK_CALLS]; /* calls of `status` */
	size_t held_count, gone;
	uint8_t in[65536], out[65536];
} node;

static struct gn_host host;
static struct gn_agent_link *link_;
static char dir[] = "/tmp/geonet-link-XXXXXX", path[128];
static unsigned ups, downs;
static gn_err down_err;
static char down_why[GN_HOST_WHY];

static void node_flush(void);

static void node_written(uv_write_t *write, int status)
{
	(void)write;
	(void)status;
	node.writing = false;
	node_flush();
}

static void node_flush(void)
{
	if (!node.open || node.writing || node.mute)
		return;
	struct gn_slice out = gn_host_app_out(node.app);
	size_t len = out.len < sizeof node.out ? out.len : sizeof node.out;
	if (len == 0)
		return;
	memcpy(node.out, out.p, len);
	gn_host_app_sent(node.app, len, gn_os_steady());
	uv_buf_t buf = uv_buf_init((char *)node.out, (unsigned)len);
	node.writing = true;
	assert_int_equal(uv_write(&node.write, (uv_stream_t *)&node.conn, &buf, 1, node_written),
			 0);
}

static void node_hang_up(void)
{
	if (!node.open)
		return;
	node.open = false;
	uv_close((uv_handle_t *)&node.conn, NULL);
	gn_host_app_free(node.app);
	node.held_count = 0;
}

static void node_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *buf)
{
	struct gn_host_app_event e;
	(void)stream;
	(void)buf;
	if (len < 0) {
		node_hang_up();
		return;
	}
	gn_time now = gn_os_steady();
	assert_int_equal(gn_host_app_recv(node.app, gn_slice(node.in, (size_t)len), now), GN_OK);
	while (gn_host_app_next(node.app, &e)) {
		if (e.what == GN_HOST_APP_GONE) {
			node.gone++;
		} else if (e.kind.member == GN_FB_APP_NODE_BODY_NODE_SHUTDOWN) {
			struct gn_fbb *b = gn_host_app_builder(node.app);
			gn_fbref ok = gn_fb_app_ok_make(b, &(struct gn_fb_app_ok_args){0});
			assert_int_equal(
				gn_host_app_answer(node.app, e.call, ok_kind, ok, false, now),
				GN_OK);
		} else {
			node.held[node.held_count++] = e.call;
		}
	}
	node_flush();
}

static void node_room(uv_handle_t *handle, size_t hint, uv_buf_t *buf)
{
	(void)handle;
	(void)hint;
	*buf = uv_buf_init((char *)node.in, sizeof node.in);
}

static void node_accept(uv_stream_t *listener, int status)
{
	static const struct gn_slice all[] = {{(const uint8_t *)"*", 1}};
	assert_int_equal(status, 0);
	assert_false(node.open);
	uv_pipe_init(&host.loop, &node.conn, 0);
	assert_int_equal(uv_accept(listener, (uv_stream_t *)&node.conn), 0);
	node.app = gn_host_app_new(&(struct gn_host_app_config){.role = GN_FB_APP_ROLE_NODE,
								.software = "node",
								.rights = all,
								.right_count = 1,
								.epoch = 1,
								.unix_ms = 1,
								.now = gn_os_steady()});
	assert_non_null(node.app);
	node.open = true;
	uv_read_start((uv_stream_t *)&node.conn, node_room, node_read);
}

static void node_start(void)
{
	unlink(path);
	uv_pipe_init(&host.loop, &node.listener, 0);
	assert_int_equal(uv_pipe_bind(&node.listener, path), 0);
	assert_int_equal(uv_listen((uv_stream_t *)&node.listener, 4, node_accept), 0);
	node.listening = true;
}

/* ---- the agent's side ---- */

static void on_up(void *user)
{
	(void)user;
	ups++;
}

static void on_down(void *user, gn_err err, const char *why)
{
	(void)user;
	downs++;
	down_err = err;
	snprintf(down_why, sizeof down_why, "%s", why);
}

struct heard {
	unsigned answers, failures;
	gn_err err;
};

static struct heard heards[2]; /* which outlive a test that fails */

static void on_heard(void *user, const struct gn_host_client_event *e)
{
	struct heard *h = user;
	if (e->what == GN_HOST_CLIENT_ANSWER)
		h->answers++;
	if (e->what == GN_HOST_CLIENT_FAILED) {
		h->failures++;
		h->err = e->fault.err;
	}
}

static void turn(void)
{
	gn_agent_link_pump(link_, gn_os_steady());
	uv_run(&host.loop, UV_RUN_NOWAIT);
	usleep(500);
	if (node.open)
		node_flush();
}
#define UNTIL(what)                                                                                \
	do {                                                                                       \
		for (unsigned turns_ = 0; !(what) && turns_ < 20000; turns_++)                     \
			turn();                                                                    \
		assert_true(what);                                                                 \
	} while (0)

static gn_err call(struct gn_app_kind kind, struct heard *heard, uint64_t *number)
{
	struct gn_fbb *b = gn_agent_link_builder(link_);
	gn_fbref table =
		kind.member == GN_FB_APP_NODE_BODY_NODE_SHUTDOWN
			? gn_fb_node_shutdown_make(b, &(struct gn_fb_node_shutdown_args){0})
			: gn_fb_node_status_make(b, &(struct gn_fb_node_status_args){0});
	return gn_agent_link_call(link_, kind, table, 0, on_heard, heard, number);
}

static int set_up(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/geonet-link-XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/app.sock", dir);
	memset(&node, 0, sizeof node);
	memset(&host, 0, sizeof host);
	uv_loop_init(&host.loop);
	host.rand = gn_rand_system();
	ups = downs = 0;
	memset(heards, 0, sizeof heards);
	down_err = GN_OK;
	struct gn_agent_link_config config = {
		.host = &host, .path = path, .software = "agent", .up = on_up, .down = on_down};
	assert_int_equal(gn_agent_link_new(&config, &link_), GN_OK);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	gn_agent_link_free(link_);
	node_hang_up();
	if (node.listening)
		uv_close((uv_handle_t *)&node.listener, NULL);
	while (uv_run(&host.loop, UV_RUN_NOWAIT))
		;
	assert_int_equal(uv_loop_close(&host.loop), 0);
	unlink(path);
	rmdir(dir);
	return 0;
}

/* ---- the tests ---- */

static void dials_until_a_node_is_there(void **state)
{
	(void)state;
	UNTIL(downs == 2);
	assert_int_equal(down_err, GN_NOT_FOUND);
	assert_non_null(strstr(down_why, path));
	assert_non_null(strstr(down_why, "geonet up"));
	assert_false(gn_agent_link_is_up(link_));
	assert_int_equal(gn_agent_link_room(link_), 0);
	assert_null(gn_agent_link_client(link_));
	node_start();
	UNTIL(ups == 1);
	assert_true(gn_agent_link_is_up(link_));
	assert_int_equal(gn_agent_link_room(link_), AGENT_LINK_CALLS);
}

static void waits_longer_each_time(void **state)
{
	(void)state;
	gn_time now = gn_os_steady(), wait = 0;
	for (unsigned i = 0; i < 12; i++) {
		gn_time next = gn_agent_link_pump(link_, now);
		assert_true(next - now >= wait && next - now <= AGENT_LINK_WAIT_MAX);
		wait = next - now;
		now = next;
	}
	assert_int_equal(wait, AGENT_LINK_WAIT_MAX);
	assert_int_equal(downs, 12);
}

static void answers_reach_who_asked(void **state)
{
	(void)state;
	struct heard *one = &heards[0], *two = &heards[1];
	uint64_t number;
	node_start();
	UNTIL(ups == 1);
	assert_int_equal(call(shutdown_kind, one, NULL), GN_OK);
	assert_int_equal(call(status_kind, two, &number), GN_OK);
	UNTIL(one->answers == 1 && node.held_count == 1);
	assert_int_equal(two->answers + two->failures, 0);
	struct gn_host_app_fault fault = {.err = GN_BUSY};
	assert_int_equal(gn_host_app_refuse(node.app, node.held[0], &fault, gn_os_steady()), GN_OK);
	UNTIL(two->failures == 1);
	assert_int_equal(two->err, GN_BUSY);
	assert_int_equal(gn_agent_link_room(link_), AGENT_LINK_CALLS);
}

static void a_node_that_goes_ends_every_call(void **state)
{
	(void)state;
	struct heard *heard = &heards[0];
	node_start();
	UNTIL(ups == 1);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(call(status_kind, heard, NULL), GN_OK);
	UNTIL(node.held_count == 3);
	node_hang_up();
	UNTIL(downs == 1);
	assert_int_equal(heard->failures, 3);
	assert_int_equal(heard->err, GN_CLOSED);
	UNTIL(ups == 2); /* and it is found again */
	assert_int_equal(call(shutdown_kind, heard, NULL), GN_OK);
	UNTIL(heard->answers == 1);
}

static void takes_as_many_calls_as_there_are_places(void **state)
{
	(void)state;
	struct heard *heard = &heards[0];
	uint64_t first = 0;
	node_start();
	UNTIL(ups == 1);
	for (unsigned i = 0; i < AGENT_LINK_CALLS; i++)
		assert_int_equal(call(status_kind, heard, first ? NULL : &first), GN_OK);
	assert_int_equal(gn_agent_link_room(link_), 0);
	assert_int_equal(call(status_kind, heard, NULL), GN_LIMIT);
	UNTIL(node.held_count == AGENT_LINK_CALLS);
	gn_agent_link_drop(link_, first);
	UNTIL(node.gone == 1);
	assert_int_equal(heard->failures, 0); /* it is not heard of */
	assert_int_equal(gn_agent_link_room(link_), 1);
}

static void nothing_is_taken_while_it_is_down(void **state)
{
	(void)state;
	struct heard *heard = &heards[0];
	node_start();
	UNTIL(ups == 1);
	node_hang_up();
	uv_close((uv_handle_t *)&node.listener, NULL);
	node.listening = false;
	UNTIL(downs >= 1);
	assert_int_equal(gn_agent_link_call(link_, status_kind, 0, 0, on_heard, heard, NULL),
			 GN_CLOSED);
	assert_int_equal(heard->answers + heard->failures, 0);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(dials_until_a_node_is_there),
		T(waits_longer_each_time),
		T(answers_reach_who_asked),
		T(a_node_that_goes_ends_every_call),
		T(takes_as_many_calls_as_there_are_places),
		T(nothing_is_taken_while_it_is_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
