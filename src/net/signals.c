/* Signals on the loop: signals.h says what each does. */
#include "net/signals.h"

#include "os/os.h"
#include <signal.h>

static void reopen(struct gn_signals *s)
{
	if (!*s->log_file)
		gn_log(s->log, GN_LOG_INFO, "log", "hangup",
		       "SIGHUP: there is no log file to open anew (--log-file); going on");
	else if (gn_os_log_open(s->log_file))
		gn_log(s->log, GN_LOG_ERROR, "log", "reopen.failed",
		       "%s: the old file is written on", gn_os_why());
	else
		gn_log(s->log, GN_LOG_INFO, "log", "reopened", "%s", s->log_file);
}

static void on_signal(uv_signal_t *handle, int number)
{
	struct gn_signals *s = handle->data;
	if (number == SIGHUP)
		reopen(s);
	else if (number == SIGUSR1 || number == SIGUSR2)
		s->status(s->user);
	else
		s->stop(s->user);
}

void gn_signals_start(struct gn_signals *s, uv_loop_t *loop)
{
	static const int numbers[GN_SIGNALS] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2};
	for (unsigned i = 0; i < GN_SIGNALS; i++) {
		uv_signal_init(loop, &s->handle[i]);
		s->handle[i].data = s;
		uv_signal_start(&s->handle[i], on_signal, numbers[i]);
	}
}
