#include "agent/testing/beside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- the node ---- */

static void node_flush(struct beside *b);

static void on_written(uv_write_t *write, int status)
{
	struct beside *b = write->data;
	(void)status;
	b->writing = false;
	node_flush(b);
}

static void node_flush(struct beside *b)
{
	if (!b->open || b->writing)
		return;
	struct gn_slice out = gn_host_app_out(b->app);
	size_t len = out.len < sizeof b->out ? out.len : sizeof b->out;
	if (len == 0)
		return;
	memcpy(b->out, out.p, len);
	gn_host_app_sent(b->app, len, gn_os_steady());
	uv_buf_t buf = uv_buf_init((char *)b->out, (unsigned)len);
	b->write.data = b;
	b->writing = true;
	assert_int_equal(uv_write(&b->write, (uv_stream_t *)&b->conn, &buf, 1, on_written), 0);
}

void beside_hang_up(struct beside *b)
{
	if (!b->open)
		return;
	b->open = false;
	uv_close((uv_handle_t *)&b->conn, NULL);
	gn_host_app_free(b->app);
	b->app = NULL;
	while (b->writing) /* it is told of its end */
		uv_run(&b->host.loop, UV_RUN_NOWAIT);
}

static void on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *buf)
{
	struct beside *b = stream->data;
	struct gn_host_app_event e;
	(void)buf;
	if (len < 0) {
		beside_hang_up(b);
		return;
	}
	assert_int_equal(gn_host_app_recv(b->app, gn_slice(b->in, (size_t)len), gn_os_steady()),
			 GN_OK);
	while (b->open && gn_host_app_next(b->app, &e)) {
		if (e.what == GN_HOST_APP_GONE)
			b->gone++;
		else if (b->call)
			b->call(b, &e);
	}
	node_flush(b);
}

static void on_room(uv_handle_t *handle, size_t hint, uv_buf_t *buf)
{
	struct beside *b = handle->data;
	(void)hint;
	*buf = uv_buf_init((char *)b->in, sizeof b->in);
}

static void on_accept(uv_stream_t *listener, int status)
{
	static const struct gn_slice all[] = {{(const uint8_t *)"*", 1}};
	struct beside *b = listener->data;
	assert_int_equal(status, 0);
	assert_false(b->open);
	uv_pipe_init(&b->host.loop, &b->conn, 0);
	b->conn.data = b;
	assert_int_equal(uv_accept(listener, (uv_stream_t *)&b->conn), 0);
	b->app = gn_host_app_new(&(struct gn_host_app_config){.role = GN_FB_APP_ROLE_NODE,
							      .software = "node",
							      .rights = all,
							      .right_count = 1,
							      .epoch = 1,
							      .unix_ms = 1,
							      .now = gn_os_steady()});
	assert_non_null(b->app);
	b->open = true;
	uv_read_start((uv_stream_t *)&b->conn, on_room, on_read);
}

void beside_node_up(struct beside *b)
{
	unlink(b->path);
	uv_pipe_init(&b->host.loop, &b->listener, 0);
	b->listener.data = b;
	assert_int_equal(uv_pipe_bind(&b->listener, b->path), 0);
	assert_int_equal(uv_listen((uv_stream_t *)&b->listener, 4, on_accept), 0);
	b->listening = true;
}

void beside_node_down(struct beside *b)
{
	beside_hang_up(b);
	if (b->listening)
		uv_close((uv_handle_t *)&b->listener, NULL);
	b->listening = false;
}

/* ---- answers ---- */

struct gn_fbb *beside_builder(struct beside *b)
{
	return gn_host_app_builder(b->app);
}

void beside_answer(struct beside *b, uint64_t call, struct gn_app_kind kind, gn_fbref table)
{
	assert_int_equal(gn_host_app_answer(b->app, call, kind, table, false, gn_os_steady()),
			 GN_OK);
}

void beside_ok(struct beside *b, uint64_t call)
{
	static const struct gn_app_kind ok = {GN_FB_APP_BODY_APP_OK, 0};
	struct gn_fbb *fbb = beside_builder(b);
	beside_answer(b, call, ok, gn_fb_app_ok_make(fbb, &(struct gn_fb_app_ok_args){0}));
}

void beside_refuse(struct beside *b, uint64_t call, gn_err err)
{
	struct gn_host_app_fault fault = {.err = err};
	assert_int_equal(gn_host_app_refuse(b->app, call, &fault, gn_os_steady()), GN_OK);
}

/* ---- the agent ---- */

static void on_up(void *user)
{
	struct beside *b = user;
	b->ups++;
}

static void on_down(void *user, gn_err err, const char *why)
{
	struct beside *b = user;
	b->downs++;
	b->down_err = err;
	snprintf(b->down_why, sizeof b->down_why, "%s", why);
}

const char *beside_tmp(void)
{
	const char *tmp = getenv("TMPDIR");
	return tmp ? tmp : access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
}

void beside_make(struct beside *b)
{
	memset(b, 0, sizeof *b);
	snprintf(b->dir, sizeof b->dir, "%s/geonet-beside-XXXXXX", beside_tmp());
	assert_non_null(mkdtemp(b->dir));
	snprintf(b->path, sizeof b->path, "%s/app.sock", b->dir);
	assert_int_equal(uv_loop_init(&b->host.loop), 0);
	b->host.rand = gn_rand_system();
	struct gn_agent_link_config config = {.host = &b->host,
					      .path = b->path,
					      .software = "agent",
					      .up = on_up,
					      .down = on_down,
					      .user = b};
	assert_int_equal(gn_agent_link_new(&config, &b->link), GN_OK);
}

void beside_end(struct beside *b)
{
	gn_agent_link_free(b->link);
	beside_node_down(b);
	while (uv_run(&b->host.loop, UV_RUN_NOWAIT))
		;
	assert_int_equal(uv_loop_close(&b->host.loop), 0);
	unlink(b->path);
	rmdir(b->dir);
}

void beside_turn(struct beside *b)
{
	gn_agent_link_pump(b->link, gn_os_steady());
	if (b->turn)
		b->turn(b);
	uv_run(&b->host.loop, UV_RUN_NOWAIT);
	node_flush(b);
	usleep(50);
}
