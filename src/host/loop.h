/* The loop of a program: one thread, one data directory, one log. Before the loop sleeps, `pump`
 * moves what the engines put out to whoever it is for until nothing moves, and says how long the
 * loop may sleep; signals ask for the end or for a line about how it is.
 *
 *   OPEN [gn_host_open] -> RUNNING [gn_host_start, gn_host_run]
 *        -> STOPPING [gn_host_stop: what was begun ends] -> ENDED [gn_host_end] -> gn_host_close
 *   RUNNING -> FAILED [gn_host_fail] -> ENDED
 *
 * 1. pump is called by the loop alone, never from inside itself.
 * 2. stop is called once, whoever asks first; never after a failure.
 * 3. The first failure is the one that is told. */
#ifndef GN_HOST_LOOP_H
#define GN_HOST_LOOP_H

#include "host/limits.h"
#include "net/net.h"
#include "os/os.h"
#include <uv.h>

struct gn_host_config {
	const char *name;     /* of its lines in the log; static */
	const char *data;     /* the directory of all that it keeps; borrowed, as log_file is */
	const char *log_file; /* "": stderr */
	enum gn_log_level log;
	int ready_fd; /* open: who started it reads a line there; -1: nobody does */
	/* Moves everything; how long the loop may sleep then. */
	gn_time (*pump)(void *user);
	/* Asked to end: says goodbye; how long the loop goes on for it. */
	gn_time (*stop)(void *user);
	/* SIGUSR1: one line about how it is. */
	void (*status)(void *user, char *text, size_t cap);
	void *user;
};

struct gn_host {
	struct gn_host_config config;
	uv_loop_t loop;
	uv_timer_t timer, last; /* the earliest deadline; the end */
	uv_prepare_t prepare;
	struct gn_signals signals;
	struct gn_rand rand;
	struct gn_log log;
	struct gn_os_dir *dir;
	bool stopping, pumping;
	gn_err failed;
	char why[GN_HOST_WHY]; /* of failed */
};

/* Formats why; returns err. */
gn_err gn_host_why(char why[GN_HOST_WHY], gn_err err, const char *fmt, ...) GN_PRINTF(3, 4);
/* A line of the log; event is a stable dotted word. */
void gn_host_log(struct gn_host *h, enum gn_log_level level, const char *event, const char *fmt,
		 ...) GN_PRINTF(4, 5);
/* An engine's surroundings, with memory of its own. */
struct gn_env gn_host_env(struct gn_host *h, struct gn_alloc *alloc);

/* The loop; then the log's file and the data directory with its lock: GN_BUSY, GN_DENIED, GN_IO
 * with why. gn_host_close in any case. */
GN_MUST gn_err gn_host_open(struct gn_host *h, const struct gn_host_config *config,
			    char why[GN_HOST_WHY]);
/* From now on it pumps, and hears signals. */
void gn_host_start(struct gn_host *h);
/* One line to ready_fd, which is closed; again: nothing. */
void gn_host_ready(struct gn_host *h, const char *fmt, ...) GN_PRINTF(2, 3);
/* Until it was stopped: GN_OK; or failed, with why. */
GN_MUST gn_err gn_host_run(struct gn_host *h, char why[GN_HOST_WHY]);
void gn_host_stop(struct gn_host *h);
/* Ends the loop; why: a sentence that says what to do. */
void gn_host_fail(struct gn_host *h, gn_err err, const char *why);
/* Turns the loop while `busy` says so, no longer than `most`; GN_NEVER: until it does not. */
void gn_host_drain(struct gn_host *h, bool (*busy)(void *user), gn_time most);
/* No pump any more: what works for the engines may still end, and gives them nothing new to do. */
void gn_host_pump_end(struct gn_host *h);
/* The same; closes every handle of the loop and lets it turn out. */
void gn_host_end(struct gn_host *h);
/* After everything else is gone. */
void gn_host_close(struct gn_host *h);

#endif
