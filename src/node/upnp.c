/* UPnP-IGD, which is HTTP and XML of whoever answers on the network: read by another process, that
 * has none of our keys, and has MAP_CHILD_TIME.
 *
 * 1. It runs once at a time, where nat/pcp found nothing, at most once in AGAIN; and anew
 *    at half of the lease of what it got.
 * 2. What it says is one line, "ADDRESS SECONDS"; anything else is nothing. */
#include "node/map.h"
#include "node/node_int.h"

#include <signal.h>

#define AGAIN (1800 * GN_SEC) /* after it found nothing, as nat/pcp after silence */

static void on_closed(uv_handle_t *handle)
{
	struct gn_node *node = handle->data;
	GN_ASSERT(node->map.upnp.handles > 0);
	node->map.upnp.handles--;
}

bool gn_node_upnp_read(char *line, struct gn_addr *addr, uint64_t *seconds)
{
	char *space = strchr(line, ' '), *end = strchr(line, '\n');
	if (!space || !end || end < space || end[1] != 0)
		return false;
	*end = 0;
	return gn_addr_parse(gn_slice(line, (size_t)(space - line)), addr) == GN_OK &&
	       gn_addr_is_v4(addr) && addr->port &&
	       gn_os_setting_number(space + 1, 1, MAP_LEASE, false, seconds);
}

/* It has ended: what it said counts. */
static void take_answer(struct gn_node *node)
{
	struct gn_node_upnp *u = &node->map.upnp;
	struct gn_addr addr;
	uint64_t seconds;
	u->line[u->len] = 0;
	u->renew_at = node->now + AGAIN;
	if (!node->map.on || node->map.pcp.state == GN_PCP_HELD ||
	    !gn_node_upnp_read(u->line, &addr, &seconds))
		return;
	u->held = true;
	u->mapped = addr;
	u->until = node->now + (gn_time)seconds * GN_SEC;
	u->renew_at = node->now + (gn_time)seconds * GN_SEC / 2;
}

static void on_said(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct gn_node *node = stream->data;
	struct gn_node_upnp *u = &node->map.upnp;
	(void)buf;
	gn_node_woken(node);
	if (n >= 0) {
		u->len += (size_t)n;
		return;
	}
	if (u->end_at != GN_NEVER)
		take_answer(node);
	u->end_at = GN_NEVER;
	uv_close((uv_handle_t *)stream, on_closed);
}

/* libuv says ENOBUFS where it is full: the end of it. */
static void room_for(uv_handle_t *handle, size_t wanted, uv_buf_t *out)
{
	struct gn_node *node = handle->data;
	struct gn_node_upnp *u = &node->map.upnp;
	(void)wanted;
	*out = uv_buf_init(u->line + u->len, (unsigned)(sizeof u->line - 1 - u->len));
}

static void on_exit_of_it(uv_process_t *process, int64_t status, int sig)
{
	(void)status;
	(void)sig;
	uv_close((uv_handle_t *)process, on_closed);
}

/* words: what it is to do. False: it could not be started. */
static bool spawn(struct gn_node *node, char *todo, bool listen)
{
	struct gn_node_upnp *u = &node->map.upnp;
	char local[GN_ADDR_TEXT_MAX], router[GN_ADDR_TEXT_MAX];
	gn_addr_text(&node->map.local, local);
	gn_addr_text(&node->map.router, router);
	char name[] = "geonetd", mode[] = "--upnp", path[] = "PATH=/usr/bin:/bin";
	char *words[] = {name, mode, todo, local, router, NULL}, *environment[] = {path, NULL};
	uv_stdio_container_t stdio[3] = {
		{.flags = UV_IGNORE},
		{.flags = UV_IGNORE, .data.stream = (uv_stream_t *)&u->pipe},
		{.flags = UV_IGNORE}};
	if (listen) /* NOLINTNEXTLINE(clang-analyzer-optin.core.EnumCastOutOfRange): bits of it */
		stdio[1].flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE;
	uv_process_options_t options = {.file = node->config.upnp,
					.args = words,
					.env = environment,
					.exit_cb = on_exit_of_it,
					.stdio = stdio,
					.stdio_count = 3};
	u->len = 0;
	u->process.data = u->pipe.data = node;
	if (listen) {
		uv_pipe_init(&node->host.loop, &u->pipe, 0);
		u->pipe.data = node;
		u->handles++;
	}
	u->handles++;
	if (uv_spawn(&node->host.loop, &u->process, &options)) {
		uv_close((uv_handle_t *)&u->process, on_closed);
		if (listen)
			uv_close((uv_handle_t *)&u->pipe, on_closed);
		return false;
	}
	if (listen)
		uv_read_start((uv_stream_t *)&u->pipe, room_for, on_said);
	return true;
}

gn_time gn_node_upnp_tick(struct gn_node *node)
{
	struct gn_node_map *m = &node->map;
	struct gn_node_upnp *u = &m->upnp;
	static char add[] = "add";
	if (u->end_at <= node->now) {
		uv_process_kill(&u->process, SIGKILL); /* its pipe ends with it */
		u->end_at = GN_NEVER;
	}
	if (m->pcp.state == GN_PCP_HELD || u->until <= node->now)
		u->held = false;
	gn_time at = u->held ? u->renew_at : m->pcp.state == GN_PCP_NONE ? u->next_at : GN_NEVER;
	if (!node->config.upnp || !m->on || u->handles) /* what is open tells when it is closed */
		return u->end_at;
	if (at > node->now)
		return at;
	u->next_at = node->now + AGAIN;
	u->renew_at = GN_NEVER;
	if (spawn(node, add, true))
		u->end_at = node->now + MAP_CHILD_TIME;
	return u->end_at;
}

void gn_node_upnp_end(struct gn_node *node)
{
	struct gn_node_upnp *u = &node->map.upnp;
	static char remove[] = "remove";
	if (u->handles && u->end_at != GN_NEVER)
		uv_process_kill(&u->process, SIGKILL);
	u->end_at = GN_NEVER;
	if (u->held && !u->handles)
		(void)spawn(node, remove, false);
}
