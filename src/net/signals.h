/* What a serving program does with signals, the same in all of them:
 *
 *   SIGTERM, SIGINT stop: what was taken becomes durable, then it ends SIGHUP the log file is
 *   opened anew at its path (log rotation); without one the log says so. A terminal
 *                      that closes sends it too: the program goes on
 *   SIGUSR1, SIGUSR2   one line about how it is goes to the log
 *   SIGPIPE, SIGXFSZ   never (gn_os_process) */
#ifndef GN_NET_SIGNALS_H
#define GN_NET_SIGNALS_H

#include "base/base.h"
#include <uv.h>

#define GN_SIGNALS 5

struct gn_signals {
	uv_signal_t handle[GN_SIGNALS];
	/* filled by the owner; both on the loop */
	void (*stop)(void *user);
	void (*status)(void *user);
	void *user;
	struct gn_log *log;
	const char *log_file; /* borrowed; "": none */
};

/* The loop's owner closes the handles with all others. */
void gn_signals_start(struct gn_signals *s, uv_loop_t *loop);

#endif
