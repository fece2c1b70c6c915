/* The loop of a program: loop.h says what it does when. */
#include "host/loop.h"

#include "crypto/crypto.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

gn_err gn_host_why(char why[GN_HOST_WHY], gn_err err, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	vsnprintf(why, GN_HOST_WHY, fmt, args);
	va_end(args);
	return err;
}

void gn_host_log(struct gn_host *h, enum gn_log_level level, const char *event, const char *fmt,
		 ...)
{
	char text[GN_HOST_LOG];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	gn_log(&h->log, level, h->config.name, event, "%s", text);
}

struct gn_env gn_host_env(struct gn_host *h, struct gn_alloc *alloc)
{
	return (struct gn_env){alloc, &h->rand, &h->log};
}

/* ---- callbacks of the loop ---- */

static void on_timer(uv_timer_t *timer)
{
	(void)timer; /* the pump runs before the loop sleeps again */
}

static void on_prepare(uv_prepare_t *prepare)
{
	struct gn_host *h = prepare->data;
	GN_ASSERT(!h->pumping);
	h->pumping = true;
	gn_time sleep = gn_time_min(h->config.pump(h->config.user), GN_HOST_SLEEP);
	uint64_t ms = sleep > 0 ? (uint64_t)((sleep + GN_MSEC - 1) / GN_MSEC) : 0;
	uv_timer_start(&h->timer, on_timer, ms, 0);
	h->pumping = false;
}

static void on_last(uv_timer_t *timer)
{
	uv_stop(timer->loop);
}

static void on_stop(void *user)
{
	gn_host_stop(user);
}

static void on_status(void *user)
{
	struct gn_host *h = user;
	char text[GN_HOST_LOG] = "";
	h->config.status(h->config.user, text, sizeof text);
	gn_host_log(h, GN_LOG_INFO, "status", "%s", text);
}

/* ---- life ---- */

gn_err gn_host_open(struct gn_host *h, const struct gn_host_config *config, char why[GN_HOST_WHY])
{
	GN_ASSERT(config->name && config->pump && config->stop && config->status);
	/* looked at first: a number that is free now will be the loop's own, or a file's */
	bool deaf = config->ready_fd >= 0 && fcntl(config->ready_fd, F_GETFD) < 0;
	*h = (struct gn_host){.config = *config};
	h->rand = gn_rand_system();
	h->log = (struct gn_log){gn_os_log_write, NULL, config->log};
	h->signals = (struct gn_signals){.stop = on_stop,
					 .status = on_status,
					 .user = h,
					 .log = &h->log,
					 .log_file = config->log_file};
	uv_loop_init(&h->loop);
	if (deaf)
		return gn_host_why(why, GN_USAGE,
				   "nothing is open as %d, which was to be told that this %s is "
				   "ready (--ready-fd)",
				   config->ready_fd, config->name);
	gn_err err = *config->log_file ? gn_os_log_open(config->log_file) : GN_OK;
	if (!err)
		err = gn_os_dir_open(config->data, &h->dir);
	return err ? gn_host_why(why, err, "%s", gn_os_why()) : GN_OK;
}

void gn_host_start(struct gn_host *h)
{
	uv_timer_init(&h->loop, &h->timer);
	uv_timer_init(&h->loop, &h->last);
	uv_prepare_init(&h->loop, &h->prepare);
	h->prepare.data = h;
	uv_prepare_start(&h->prepare, on_prepare);
	gn_signals_start(&h->signals, &h->loop);
}

void gn_host_ready(struct gn_host *h, const char *fmt, ...)
{
	char line[4200]; /* a path may be in it */
	va_list args;
	if (h->config.ready_fd < 0)
		return;
	va_start(args, fmt);
	int n = vsnprintf(line, sizeof line, fmt, args);
	va_end(args);
	GN_ASSERT(n > 0 && (size_t)n < sizeof line);
	if (write(h->config.ready_fd, line, (size_t)n) != n)
		gn_host_log(h, GN_LOG_WARN, "ready.unheard",
			    "whoever started this %s does not listen", h->config.name);
	close(h->config.ready_fd);
	h->config.ready_fd = -1;
}

gn_err gn_host_run(struct gn_host *h, char why[GN_HOST_WHY])
{
	uv_run(&h->loop, UV_RUN_DEFAULT);
	return h->failed ? gn_host_why(why, h->failed, "%s", h->why) : GN_OK;
}

void gn_host_stop(struct gn_host *h)
{
	if (h->stopping || h->failed)
		return;
	h->stopping = true;
	gn_time after = h->config.stop(h->config.user);
	if (after > 0)
		uv_timer_start(&h->last, on_last, (uint64_t)(after / GN_MSEC), 0);
	else
		uv_stop(&h->loop);
}

void gn_host_fail(struct gn_host *h, gn_err err, const char *why)
{
	GN_ASSERT(err != GN_OK);
	if (h->failed)
		return;
	h->failed = err;
	snprintf(h->why, sizeof h->why, "%s", why);
	uv_stop(&h->loop);
}

void gn_host_drain(struct gn_host *h, bool (*busy)(void *user), gn_time most)
{
	gn_time until = most == GN_NEVER ? GN_NEVER : gn_os_steady() + most;
	while (gn_os_steady() < until && busy(h->config.user))
		uv_run(&h->loop, UV_RUN_ONCE);
}

static void close_handle(uv_handle_t *handle, void *user)
{
	(void)user;
	if (!uv_is_closing(handle))
		uv_close(handle, NULL);
}

void gn_host_pump_end(struct gn_host *h)
{
	uv_prepare_stop(&h->prepare);
}

void gn_host_end(struct gn_host *h)
{
	gn_host_pump_end(h);
	uv_walk(&h->loop, close_handle, NULL);
	uv_run(&h->loop, UV_RUN_DEFAULT);
}

void gn_host_close(struct gn_host *h)
{
	gn_os_dir_close(h->dir);
	h->dir = NULL;
	uv_loop_close(&h->loop);
}
