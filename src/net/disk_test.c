/* Disk requests on workers, in a directory of its own under /tmp. */
#include "net/disk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#define TASKS 40u
static char root[64];
static struct gn_os_dir *dir;
static uv_loop_t loop;
static struct gn_file_pool pool;
static struct gn_file_task tasks[TASKS];
static unsigned given, count, told;
static uint32_t most_running;
static gn_err errs[TASKS];
static char data[TASKS][256];

static bool next(void *user, struct gn_file_task *out)
{
	assert_ptr_equal(user, tasks);
	if (given == count)
		return false;
	*out = tasks[given];
	out->token = given++;
	return true;
}

static void done(void *user, const struct gn_file_task *task, gn_err err, struct gn_slice got)
{
	assert_ptr_equal(user, tasks);
	most_running = pool.running + 1 > most_running ? pool.running + 1 : most_running;
	errs[task->token] = err;
	if (got.len)
		memcpy(data[task->token], got.p, got.len < 255 ? got.len : 255);
	told++;
}

static void run(unsigned n)
{
	given = told = 0;
	count = n;
	memset(data, 0, sizeof data);
	while (gn_file_pump(&pool) || pool.running)
		uv_run(&loop, UV_RUN_ONCE);
	assert_int_equal(told, n);
}

static struct gn_file_task task(enum gn_file_op op, const char *name)
{
	struct gn_file_task t = {.op = op, .len = 100};
	snprintf(t.name, sizeof t.name, "%s", name);
	return t;
}

static int setup(void **state)
{
	(void)state;
	snprintf(root, sizeof root, "/tmp/gn_disk_test.XXXXXX");
	uv_loop_init(&loop);
	pool = (struct gn_file_pool){
		.loop = &loop, .most = 3, .next = next, .done = done, .user = tasks};
	most_running = 0;
	if (!mkdtemp(root) || gn_os_dir_open(root, &dir))
		return -1;
	pool.dir = dir;
	return 0;
}

static int teardown(void **state)
{
	char command[96];
	(void)state;
	gn_os_dir_close(dir);
	uv_loop_close(&loop);
	snprintf(command, sizeof command, "rm -rf '%s'", root);
	return system(command);
}

static void every_operation_is_done_and_told(void **state)
{
	(void)state;
	tasks[0] = task(GN_FILE_WRITE, "a/x");
	tasks[0].data = GN_LIT("hello");
	run(1);
	assert_int_equal(errs[0], GN_OK);
	tasks[0] = task(GN_FILE_SYNC, "a/x");
	tasks[1] = task(GN_FILE_READ, "a/x");
	tasks[1].offset = 1;
	tasks[2] = task(GN_FILE_READ, "a/nothing");
	tasks[3] = task(GN_FILE_LIST, "a");
	run(4);
	assert_true(!errs[0] && !errs[1] && !errs[3]);
	assert_string_equal(data[1], "ello");
	assert_int_equal(errs[2], GN_NOT_FOUND);
	assert_string_equal(data[3], "5 x\n");
	assert_int_equal(pool.failed, 0);
	tasks[0] = task(GN_FILE_TRUNCATE, "a/x");
	tasks[0].len = 2;
	run(1);
	tasks[0] = task(GN_FILE_RENAME, "a/x");
	snprintf(tasks[0].name2, sizeof tasks[0].name2, "a/y");
	run(1);
	tasks[0] = task(GN_FILE_READ, "a/y");
	run(1);
	assert_string_equal(data[0], "he");
	tasks[0] = task(GN_FILE_REMOVE, "a/y");
	run(1);
	tasks[0] = task(GN_FILE_READ, "a/y");
	run(1);
	assert_int_equal(errs[0], GN_NOT_FOUND);
	tasks[0] = task(GN_FILE_READ, "../outside");
	run(1);
	assert_true(errs[0] && errs[0] != GN_NOT_FOUND);
	assert_int_equal(pool.failed, 1);
}

static void no_more_run_at_once_than_may(void **state)
{
	(void)state;
	for (unsigned i = 0; i < TASKS; i++) {
		char name[16];
		snprintf(name, sizeof name, "f%u", i);
		tasks[i] = task(GN_FILE_WRITE, name);
		tasks[i].data = GN_LIT("x");
	}
	count = TASKS;
	given = told = 0;
	assert_true(gn_file_pump(&pool));
	assert_int_equal(pool.running, 3);
	assert_int_equal(given, 3);
	while (gn_file_pump(&pool) || pool.running)
		uv_run(&loop, UV_RUN_ONCE);
	assert_int_equal(told, TASKS);
	assert_true(most_running <= 3);
	for (unsigned i = 0; i < TASKS; i++)
		assert_int_equal(errs[i], GN_OK);
}

static unsigned paused;
static int full[256];
static unsigned full_count;

static void free_files(void *user, const struct gn_file_task *t, gn_err err)
{
	(void)user;
	assert_true(err == GN_IO && t->op == GN_FILE_WRITE);
	paused++;
	while (full_count) /* from now on there is room */
		close(full[--full_count]);
}

static void no_room_to_open_a_file_is_waited_out(void **state)
{
	struct rlimit before, few;
	(void)state;
	tasks[0] = task(GN_FILE_WRITE, "a/x");
	tasks[0].data = GN_LIT("hello");
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	few = before;
	few.rlim_cur = 128;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	pool.pausing = free_files;
	for (int fd;
	     full_count < GN_COUNT(full) && (fd = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0;)
		full[full_count++] = fd;
	run(1);
	assert_int_equal(errs[0], GN_OK);
	assert_int_equal(paused, 1);
	assert_int_equal(pool.paused, 1);
	assert_int_equal(pool.failed, 0);
	/* in a hurry it is a failure like any other */
	pool.hurry = true;
	for (int fd;
	     full_count < GN_COUNT(full) && (fd = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0;)
		full[full_count++] = fd;
	run(1);
	free_files(NULL, &tasks[0], GN_IO);
	assert_int_equal(errs[0], GN_IO);
	assert_int_equal(pool.failed, 1);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	uv_run(&loop, UV_RUN_DEFAULT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_operation_is_done_and_told, setup, teardown),
		cmocka_unit_test_setup_teardown(no_more_run_at_once_than_may, setup, teardown),
		cmocka_unit_test_setup_teardown(no_room_to_open_a_file_is_waited_out, setup,
						teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
