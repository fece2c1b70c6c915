/* The loop: it pumps before it sleeps, ends when it is asked or fails, and waits for what works. */
#include "host/disk.h"
#include "host/loop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

struct program {
	struct gn_host host;
	struct gn_host_disk disk;
	unsigned pumps, stops, end_at;
	gn_time goodbye;
	bool wrong, asked, wrote;
};

static gn_time pump(void *user)
{
	struct program *p = user;
	(void)gn_host_disk_pump(&p->disk);
	if (++p->pumps == p->end_at) {
		if (p->wrong) {
			gn_host_fail(&p->host, GN_CORRUPT, "this is why");
			gn_host_fail(&p->host, GN_IO, "not this");
			gn_host_stop(&p->host); /* it ends already */
		} else {
			gn_host_stop(&p->host);
			gn_host_stop(&p->host);
		}
	}
	return p->pumps < p->end_at ? 0 : GN_NEVER;
}

static gn_time stop(void *user)
{
	struct program *p = user;
	p->stops++;
	return p->goodbye;
}

static void status(void *user, char *text, size_t cap)
{
	(void)user;
	snprintf(text, cap, "well");
}

static bool next_write(void *engine, struct gn_file_task *out)
{
	struct program *p = engine;
	if (p->asked)
		return false;
	p->asked = true;
	*out = (struct gn_file_task){
		.op = GN_FILE_WRITE, .token = 9, .name = "file", .data = GN_LIT("x")};
	return true;
}

static void write_done(void *engine, uint64_t token, gn_err err, struct gn_slice data)
{
	struct program *p = engine;
	(void)data;
	assert_int_equal(token, 9);
	assert_int_equal(err, GN_OK);
	p->wrote = true;
}

static bool is_busy(void *user)
{
	const struct program *p = user;
	return p->disk.pool.running > 0;
}

static char line_seen[2 * GN_HOST_LOG];

static void keep_line(void *user, enum gn_log_level level, const char *module, const char *event,
		      const char *text)
{
	(void)user;
	(void)level;
	(void)module;
	(void)event;
	snprintf(line_seen, sizeof line_seen, "%s", text);
}

static gn_err run(struct program *p, int ready_fd, char why[GN_HOST_WHY])
{
	char dir[] = "/tmp/geonet-host-XXXXXX", command[64];
	assert_non_null(mkdtemp(dir));
	struct gn_host_config config = {.name = "test",
					.data = dir,
					.log_file = "",
					.log = GN_LOG_ERROR,
					.ready_fd = ready_fd,
					.pump = pump,
					.stop = stop,
					.status = status,
					.user = p};
	assert_int_equal(gn_host_open(&p->host, &config, why), GN_OK);
	gn_host_disk_init(&p->disk, &p->host, 2);
	gn_host_disk_add(&p->disk, &(struct gn_host_disk_user){next_write, write_done, p});
	gn_host_start(&p->host);
	gn_host_ready(&p->host, "ready %u\n", 7u);
	gn_host_ready(&p->host, "again\n");
	gn_err err = gn_host_run(&p->host, why);
	/* the last pump had no deadline */
	assert_in_range(uv_timer_get_due_in(&p->host.timer), GN_HOST_SLEEP / GN_MSEC / 2,
			GN_HOST_SLEEP / GN_MSEC);
	gn_host_drain(&p->host, is_busy, GN_NEVER);
	gn_host_pump_end(&p->host);
	unsigned pumps = p->pumps;
	uv_run(&p->host.loop, UV_RUN_NOWAIT);
	assert_int_equal(p->pumps, pumps);
	gn_host_end(&p->host);
	gn_host_close(&p->host);
	snprintf(command, sizeof command, "rm -r %s", dir);
	assert_int_equal(system(command), 0);
	return err;
}

static void it_pumps_until_it_is_stopped(void **state)
{
	struct program p = {.end_at = 5, .goodbye = 20 * GN_MSEC};
	char why[GN_HOST_WHY] = "", line[32] = "";
	int fds[2];
	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(run(&p, fds[1], why), GN_OK);
	assert_true(p.pumps >= 5);
	assert_int_equal(p.stops, 1); /* whoever asks */
	assert_true(p.wrote);
	assert_int_equal(read(fds[0], line, sizeof line - 1), 8);
	assert_string_equal(line, "ready 7\n");
	assert_int_equal(read(fds[0], line, sizeof line), 0); /* closed */
	close(fds[0]);
}

static void the_first_failure_is_told(void **state)
{
	struct program p = {.end_at = 2, .wrong = true};
	char why[GN_HOST_WHY] = "";
	(void)state;
	assert_int_equal(run(&p, -1, why), GN_CORRUPT);
	assert_string_equal(why, "this is why");
	assert_int_equal(p.stops, 0);
}

static void a_line_of_the_log_has_a_length(void **state)
{
	static char text[GN_HOST_LOG + 1];
	struct gn_host h = {.config.name = "test", .log = {keep_line, NULL, GN_LOG_DEBUG}};
	(void)state;
	memset(text, 'x', sizeof text);
	for (size_t len = GN_HOST_LOG - 1; len <= GN_HOST_LOG; len++) {
		gn_host_log(&h, GN_LOG_INFO, "test", "%.*s", (int)len, text);
		assert_int_equal(strlen(line_seen), GN_HOST_LOG - 1);
	}
}

static void a_directory_that_cannot_be_had_is_said(void **state)
{
	struct program p = {0};
	char why[GN_HOST_WHY] = "";
	struct gn_host_config config = {.name = "test",
					.data = "/dev/null/x",
					.log_file = "",
					.ready_fd = -1,
					.pump = pump,
					.stop = stop,
					.status = status,
					.user = &p};
	(void)state;
	assert_int_not_equal(gn_host_open(&p.host, &config, why), GN_OK);
	assert_non_null(strstr(why, "/dev/null"));
	gn_host_close(&p.host);
}

/* A number that is not open would become one of the program's own, which is then written to and
 * closed. */
static void who_is_told_must_be_there(void **state)
{
	(void)state;
	struct gn_host h;
	char why[GN_HOST_WHY] = "";
	int fd[2];
	assert_int_equal(pipe(fd), 0);
	close(fd[0]);
	close(fd[1]);
	struct gn_host_config config = {.name = "test",
					.data = "/nonexistent",
					.log_file = "",
					.ready_fd = fd[0],
					.pump = pump,
					.stop = stop,
					.status = status};
	assert_int_equal(gn_host_open(&h, &config, why), GN_USAGE);
	assert_non_null(strstr(why, "--ready-fd"));
	gn_host_close(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_told_must_be_there),
		cmocka_unit_test(it_pumps_until_it_is_stopped),
		cmocka_unit_test(the_first_failure_is_told),
		cmocka_unit_test(a_line_of_the_log_has_a_length),
		cmocka_unit_test(a_directory_that_cannot_be_had_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
