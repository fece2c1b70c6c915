/* The edge to the machine, on a directory of its own under /tmp. */
#define _GNU_SOURCE /* RTLD_NEXT */
#include "os/os_int.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <arpa/inet.h>
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char base[64], root[80];
static struct gn_os_dir *dir;

static int open_root(void **state)
{
	(void)state;
	snprintf(base, sizeof base, "/tmp/gn_os_test.XXXXXX");
	if (!mkdtemp(base))
		return -1;
	snprintf(root, sizeof root, "%s/a/data", base);
	return gn_os_dir_open(root, &dir) != GN_OK;
}

static int close_root(void **state)
{
	char command[128];
	(void)state;
	gn_os_dir_close(dir);
	snprintf(command, sizeof command, "rm -rf '%s'", base);
	return system(command) != 0; /* NOLINT(cert-env33-c): a path of our own making */
}

static mode_t mode_of(const char *name)
{
	struct stat st;
	char path[256];
	snprintf(path, sizeof path, "%s/%s", root, name);
	return lstat(path, &st) ? 0 : st.st_mode & 0777;
}

static gn_err read_text(const char *name, uint64_t offset, size_t cap, char *out)
{
	struct gn_buf b = {(uint8_t *)out, 0, cap};
	gn_err err = gn_os_read_at(dir, name, offset, &b);
	out[b.len] = 0;
	return err;
}

/* entries that a folder gives before the disk reports an error; -1: all */
static int bad_after = -1;

struct dirent *readdir(DIR *stream)
{
	static struct dirent *(*real)(DIR *);
	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "readdir");
	if (bad_after == 0) {
		errno = EIO;
		return NULL;
	}
	bad_after -= bad_after > 0;
	return real(stream);
}

/* ---- the directory ---- */

static void a_directory_is_made_private_with_its_parents(void **state)
{
	(void)state;
	assert_int_equal(mode_of(""), 0700);
	assert_int_equal(mode_of(".."), 0700);
	assert_int_equal(mode_of("lock"), 0600);
	uint64_t left, whole;
	gn_os_dir_space(dir, &left, &whole);
	assert_true(left > 0 && left < whole);
}

static void a_second_process_is_told_who_has_it(void **state)
{
	(void)state;
	char want[64];
	struct gn_os_dir *other;
	assert_int_equal(gn_os_dir_open(root, &other), GN_BUSY);
	snprintf(want, sizeof want, "process %ld is running on this directory", (long)getpid());
	assert_non_null(strstr(gn_os_why(), want));
	assert_non_null(strstr(gn_os_why(), root));
	pid_t child = fork();
	if (child == 0) /* another process, and the lock is not inherited by what we start */
		_exit(gn_os_dir_open(root, &other) == GN_BUSY ? 7 : 1);
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(WEXITSTATUS(status), 7);
	gn_os_dir_close(dir);
	dir = NULL;
	assert_int_equal(gn_os_dir_open(root, &dir), GN_OK);
}

static void an_open_directory_is_closed_or_refused(void **state)
{
	(void)state;
	char path[128], file[160];
	struct gn_os_dir *other;
	snprintf(path, sizeof path, "%s/open", base);
	assert_int_equal(mkdir(path, 0755), 0);
	assert_int_equal(chmod(path, 0755), 0);
	assert_int_equal(gn_os_dir_open(path, &other), GN_OK); /* empty: it becomes ours */
	gn_os_dir_close(other);
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(chmod(path, 0750), 0); /* a data directory: closed again */
	assert_int_equal(gn_os_dir_open(path, &other), GN_OK);
	gn_os_dir_close(other);
	snprintf(file, sizeof file, "%s/lock", path);
	assert_int_equal(unlink(file), 0);
	snprintf(file, sizeof file, "%s/letter", path);
	int fd = open(file, O_WRONLY | O_CREAT, 0600);
	close(fd);
	assert_int_equal(chmod(path, 0755), 0); /* somebody's home */
	assert_int_equal(gn_os_dir_open(path, &other), GN_DENIED);
	assert_non_null(strstr(gn_os_why(), "chmod 700"));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0755);
	snprintf(path, sizeof path, "%s/open/letter/x", base);
	assert_int_equal(gn_os_dir_open(path, &other), GN_IO);
	assert_int_equal(gn_os_dir_open("", &other), GN_USAGE);
}

/* ---- files ---- */

static void files_are_written_and_read_at_their_place(void **state)
{
	(void)state;
	char text[64];
	assert_int_equal(read_text("x/y/z", 0, 10, text), GN_NOT_FOUND);
	assert_non_null(strstr(gn_os_why(), "x/y/z: there is no such file"));
	assert_int_equal(gn_os_write_at(dir, "x/y/z", 3, GN_LIT("hello")), GN_OK);
	assert_int_equal(mode_of("x"), 0700);
	assert_int_equal(mode_of("x/y"), 0700);
	assert_int_equal(mode_of("x/y/z"), 0600);
	assert_int_equal(read_text("x/y/z", 3, 10, text), GN_OK);
	assert_string_equal(text, "hello");
	assert_int_equal(read_text("x/y/z", 5, 2, text), GN_OK);
	assert_string_equal(text, "ll");
	assert_int_equal(read_text("x/y/z", 100, 2, text), GN_OK);
	assert_string_equal(text, "");
	assert_int_equal(gn_os_sync(dir, "x/y/z"), GN_OK);
	assert_int_equal(gn_os_sync(dir, "x/y/none"), GN_NOT_FOUND);
	assert_int_equal(gn_os_truncate(dir, "x/y/z", 5), GN_OK);
	assert_int_equal(read_text("x/y/z", 3, 10, text), GN_OK);
	assert_string_equal(text, "he");
	assert_int_equal(gn_os_truncate(dir, "none", 0), GN_NOT_FOUND);
	assert_int_equal(gn_os_write_at(dir, "x", 0, GN_LIT("a")), GN_IO); /* a folder */
	/* a file as a folder */
	assert_int_equal(gn_os_write_at(dir, "x/y/z/w", 0, GN_LIT("a")), GN_IO);
}

static void renames_replace_and_removals_forgive(void **state)
{
	(void)state;
	char text[64];
	assert_int_equal(gn_os_write_at(dir, "r/a", 0, GN_LIT("one")), GN_OK);
	assert_int_equal(gn_os_write_at(dir, "r/b", 0, GN_LIT("two")), GN_OK);
	assert_int_equal(gn_os_rename(dir, "r/a", "r/b"), GN_OK);
	assert_int_equal(read_text("r/b", 0, 10, text), GN_OK);
	assert_string_equal(text, "one");
	assert_int_equal(gn_os_rename(dir, "r/b", "new/c"), GN_OK);
	assert_int_equal(gn_os_rename(dir, "r/b", "new/c"), GN_NOT_FOUND);
	assert_int_equal(gn_os_remove(dir, "new/c"), GN_OK);
	assert_int_equal(gn_os_remove(dir, "new/c"), GN_OK);
	assert_int_equal(gn_os_remove(dir, "never/was"), GN_OK);
	assert_int_equal(read_text("new/c", 0, 10, text), GN_NOT_FOUND);
}

static void lists_have_a_line_for_each_entry(void **state)
{
	(void)state;
	char text[512] = "", path[160];
	struct gn_buf out = {(uint8_t *)text, 0, sizeof text - 1};
	assert_int_equal(gn_os_list(dir, "l", &out), GN_OK);
	assert_int_equal(out.len, 0);
	assert_int_equal(gn_os_write_at(dir, "l/one", 0, GN_LIT("12345")), GN_OK);
	assert_int_equal(gn_os_write_at(dir, "l/deep/two", 0, GN_LIT("1")), GN_OK);
	snprintf(path, sizeof path, "%s/l/evil\n9 name", root);
	int fd = open(path, O_WRONLY | O_CREAT, 0600);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(gn_os_list(dir, "l", &out), GN_OK);
	assert_non_null(strstr(text, "5 one\n"));
	assert_non_null(strstr(text, " deep\n"));
	assert_null(strstr(text, "evil"));
	assert_null(strstr(text, "name"));
	out.len = 0;
	out.cap = 3;
	assert_int_equal(gn_os_list(dir, "l", &out), GN_TOO_LARGE);
	out.cap = sizeof text - 1;
	assert_int_equal(gn_os_list(dir, "", &out), GN_OK);
	text[out.len] = 0;
	assert_non_null(strstr(text, " lock\n"));
	assert_int_equal(gn_os_list(dir, "../x", &out), GN_USAGE);
}

/* Whoever opens one without a word waits for its other end, for ever. */
static void a_pipe_in_the_way_is_no_file(void **state)
{
	(void)state;
	char text[16], path[200];
	snprintf(path, sizeof path, "%s/pipe", root);
	assert_int_equal(mkfifo(path, 0600), 0);
	alarm(60);
	assert_int_equal(read_text("pipe", 0, 4, text), GN_IO);
	assert_int_equal(gn_os_write_at(dir, "pipe", 0, GN_LIT("x")), GN_IO);
	alarm(0);
	assert_int_equal(gn_os_remove(dir, "pipe"), GN_OK);
}

/* Half a list would make a log without its end, and a store without its blocks. */
static void a_list_that_ends_too_soon_is_none(void **state)
{
	(void)state;
	char text[4096];
	assert_int_equal(gn_os_write_at(dir, "half/a", 0, GN_LIT("1")), GN_OK);
	assert_int_equal(gn_os_write_at(dir, "half/b", 0, GN_LIT("2")), GN_OK);
	for (bad_after = 0; bad_after < 4;) {
		int n = bad_after;
		struct gn_buf out = {(uint8_t *)text, 0, sizeof text};
		assert_int_equal(gn_os_list(dir, "half", &out), GN_IO);
		assert_non_null(strstr(gn_os_why(), "the disk reports an error"));
		bad_after = n + 1;
	}
	bad_after = -1;
}

static void names_cannot_leave_the_directory(void **state)
{
	(void)state;
	static const char *const bad[] = {"",  "/etc/passwd", "..",   "../x", "a/../b", "a/..",
					  ".", "./a",         "a//b", "a/",   "/",      "a/./b"};
	char text[16], path[200], target[160];
	for (unsigned i = 0; i < GN_COUNT(bad); i++) {
		assert_int_equal(read_text(bad[i], 0, 4, text), GN_USAGE);
		assert_int_equal(gn_os_write_at(dir, bad[i], 0, GN_LIT("x")), GN_USAGE);
		assert_int_equal(gn_os_remove(dir, bad[i]), GN_USAGE);
		assert_int_equal(gn_os_rename(dir, "ok", bad[i]), GN_USAGE);
		assert_int_equal(gn_os_sync(dir, bad[i]), GN_USAGE);
		assert_int_equal(gn_os_truncate(dir, bad[i], 0), GN_USAGE);
	}
	char longest[600];
	memset(longest, 'n', sizeof longest);
	longest[sizeof longest - 1] = 0;
	assert_int_equal(read_text(longest, 0, 4, text), GN_USAGE);
	/* links out of it are not followed, neither as a file nor as a folder */
	snprintf(target, sizeof target, "%s/outside", base);
	assert_int_equal(mkdir(target, 0700), 0);
	snprintf(path, sizeof path, "%s/link", root);
	assert_int_equal(symlink(target, path), 0);
	assert_int_equal(gn_os_write_at(dir, "link/file", 0, GN_LIT("x")), GN_IO);
	assert_int_equal(gn_os_write_at(dir, "link", 0, GN_LIT("x")), GN_IO);
	assert_int_equal(read_text("link/file", 0, 4, text), GN_IO);
	assert_non_null(strstr(gn_os_why(), "symbolic link"));
	struct gn_buf list = {(uint8_t *)text, 0, sizeof text};
	assert_int_equal(gn_os_list(dir, "link", &list), GN_IO);
	snprintf(path, sizeof path, "%s/file", target);
	assert_int_equal(access(path, F_OK), -1);
	/* nor one that leads to a file, whatever is asked */
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fputs("theirs", f) < 0 || fclose(f), 0);
	char to[sizeof path];
	memcpy(to, path, sizeof to);
	snprintf(path, sizeof path, "%s/leads", root);
	assert_int_equal(symlink(to, path), 0);
	assert_int_equal(gn_os_write_at(dir, "leads", 0, GN_LIT("x")), GN_IO);
	assert_int_equal(read_text("leads", 0, 4, text), GN_IO);
	assert_int_equal(gn_os_file_read(dir, "leads", &list), GN_IO);
	assert_int_equal(gn_os_truncate(dir, "leads", 0), GN_IO);
	assert_int_equal(gn_os_sync(dir, "leads"), GN_IO);
	struct stat st;
	assert_int_equal(stat(to, &st), 0);
	assert_int_equal(st.st_size, 6);
}

static void small_files_come_whole_or_not_at_all(void **state)
{
	(void)state;
	uint8_t bytes[8];
	char path[160];
	struct gn_buf out = {bytes, 0, sizeof bytes};
	assert_int_equal(gn_os_file_read(dir, "small", &out), GN_NOT_FOUND);
	assert_int_equal(gn_os_file_write(dir, "small", GN_LIT("12345678")), GN_OK);
	assert_int_equal(mode_of("small"), 0600);
	assert_int_equal(gn_os_file_read(dir, "small", &out), GN_OK);
	assert_int_equal(out.len, 8);
	out.len = 0;
	assert_int_equal(gn_os_file_write(dir, "small", GN_LIT("123456789")), GN_OK);
	assert_int_equal(gn_os_file_read(dir, "small", &out), GN_TOO_LARGE);
	assert_int_equal(gn_os_file_write(dir, "small", GN_LIT("")), GN_OK);
	out.len = 0;
	assert_int_equal(gn_os_file_read(dir, "small", &out), GN_OK);
	assert_int_equal(out.len, 0);
	assert_int_equal(mode_of("small.new"), 0);
	/* a leftover of a crash does not matter; a file that others can read does */
	assert_int_equal(gn_os_write_at(dir, "small.new", 0, GN_LIT("half")), GN_OK);
	assert_int_equal(gn_os_file_write(dir, "small", GN_LIT("new")), GN_OK);
	snprintf(path, sizeof path, "%s/small", root);
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(gn_os_file_read(dir, "small", &out), GN_DENIED);
	assert_non_null(strstr(gn_os_why(), "chmod 600"));
	/* written anew it is private again */
	assert_int_equal(gn_os_file_write(dir, "small", GN_LIT("new")), GN_OK);
	assert_int_equal(gn_os_file_read(dir, "small", &out), GN_OK);
	assert_int_equal(gn_os_file_write(dir, "no/../way", GN_LIT("x")), GN_USAGE);
	/* what is there is not replaced by what is made */
	out.len = 0;
	assert_int_equal(gn_os_file_make(dir, "small", GN_LIT("other")), GN_EXISTS);
	assert_non_null(strstr(gn_os_why(), "small: it is there already"));
	assert_int_equal(gn_os_file_read(dir, "small", &out), GN_OK);
	assert_memory_equal(out.p, "new", 3);
	assert_int_equal(mode_of("small.new"), 0);
	assert_int_equal(gn_os_file_make(dir, "under/made", GN_LIT("1")), GN_OK);
	assert_int_equal(mode_of("under/made"), 0600);
}

static void a_full_disk_is_said_so(void **state)
{
	(void)state;
	errno = ENOSPC;
	assert_int_equal(gn_os_fail("blocks/ab"), GN_DISK_FULL);
	assert_string_equal(gn_os_why(), "blocks/ab: the disk is full");
	errno = EADDRINUSE;
	assert_int_equal(gn_os_fail("UDP port 7777"), GN_PORT_TAKEN);
	errno = EDEADLK; /* one that has no words of ours */
	assert_int_equal(gn_os_fail("x"), GN_IO);
	assert_true(strlen(gn_os_why()) > 5);
	/* and a name longer than the room for the sentence is cut, not overrun */
	char longest[2000];
	memset(longest, 'n', sizeof longest);
	longest[sizeof longest - 1] = 0;
	assert_int_equal(gn_os_fail(longest), GN_IO);
}

static void *fail_elsewhere(void *out)
{
	char text[8];
	gn_err err = read_text("elsewhere", 0, 4, text);
	*(bool *)out = err == GN_NOT_FOUND && strstr(gn_os_why(), "elsewhere") != NULL;
	return NULL;
}

static void each_thread_has_its_own_sentence(void **state)
{
	(void)state;
	bool ok = false;
	pthread_t thread;
	errno = EIO;
	assert_int_equal(gn_os_fail("here"), GN_IO);
	assert_int_equal(pthread_create(&thread, NULL, fail_elsewhere, &ok), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_true(ok);
	assert_string_equal(gn_os_why(), "here: the disk reports an error");
}

/* ---- names, time, process ---- */

static void host_and_port_are_resolved(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"",       ":",      "host", "host:",   ":5",         "::1:5", "[::1]", "[]:5",
		"[::1:5", "::1]:5", "h:0",  "h:65536", "h:99999999", "h:5x",  "h: 5",  "h:-1"};
	struct gn_addr a[4];
	size_t count = 99;
	char text[GN_ADDR_TEXT_MAX];
	for (unsigned i = 0; i < GN_COUNT(bad); i++)
		assert_int_equal(gn_os_resolve(bad[i], a, 4, &count), GN_TEXT);
	assert_int_equal(count, 99);
	assert_int_equal(gn_os_resolve("127.0.0.1:65535", a, 4, &count), GN_OK);
	assert_int_equal(count, 1);
	gn_addr_text(&a[0], text);
	assert_string_equal(text, "127.0.0.1:65535");
	assert_int_equal(gn_os_resolve("[2001:db8::7]:5", a, 4, &count), GN_OK);
	gn_addr_text(&a[0], text);
	assert_string_equal(text, "[2001:db8::7]:5");
	assert_int_equal(gn_os_resolve("localhost:7777", a, 1, &count), GN_OK);
	assert_int_equal(count, 1);
	assert_true(gn_addr_is_loopback(&a[0]));
}

static void local_addresses_are_usable_ones(void **state)
{
	(void)state;
	struct gn_addr a[16];
	size_t count;
	gn_os_local_addrs(a, 16, &count);
	assert_true(count > 0); /* loopback at least */
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(a[i].port, 0);
		assert_int_equal(gn_addr_is_loopback(&a[i]), gn_addr_is_loopback(&a[0]));
	}
	gn_os_local_addrs(a, 1, &count);
	assert_int_equal(count, 1);
	gn_os_local_addrs(a, 0, &count);
	assert_int_equal(count, 0);
}

static void time_goes_forward_and_has_a_text(void **state)
{
	(void)state;
	char text[32];
	gn_time before = gn_os_now(), cpu = gn_os_cpu();
	for (int i = 0; i < 100000; i++) {
		gn_time now = gn_os_now();
		assert_true(now >= before);
		before = now;
	}
	assert_true(gn_os_cpu() > cpu);
	assert_true(before > INT64_C(1700000000) * GN_SEC);
	gn_os_time_text(INT64_C(1795244400) * GN_SEC, text, sizeof text);
	assert_string_equal(text, "2026-11-21T07:00:00Z");
}

/* One second a step on the steady clock; the wall is `ahead` of it. Returns how far the clock is
 * from the wall in the end. */
static gn_time follow(struct gn_os_clock *c, gn_time *steady, gn_time ahead, unsigned seconds)
{
	gn_time now = 0, before = gn_os_clock_read(c, *steady, *steady + ahead);
	for (unsigned i = 0; i < seconds; i++) {
		*steady += GN_SEC;
		now = gn_os_clock_read(c, *steady, *steady + ahead);
		assert_true(now > before);
		before = now;
	}
	return now - (*steady + ahead);
}

static void the_clock_follows_the_wall_and_never_goes_back(void **state)
{
	(void)state;
	struct gn_os_clock c = {0};
	gn_time steady = 5000 * GN_SEC, wall = INT64_C(1700000000) * GN_SEC;
	assert_int_equal(follow(&c, &steady, wall, 30), 0);
	wall += 20 * GN_SEC; /* a little behind: made up in minutes */
	assert_in_range(-follow(&c, &steady, wall, 60), 15 * GN_SEC, 19 * GN_SEC);
	assert_int_equal(follow(&c, &steady, wall, 400), 0);
	wall -= 20 * GN_SEC; /* a little ahead: slower until it is right */
	assert_in_range(follow(&c, &steady, wall, 60), 15 * GN_SEC, 19 * GN_SEC);
	assert_int_equal(follow(&c, &steady, wall, 400), 0);
	wall += 86400 * GN_SEC; /* set a day ahead: nothing for ten minutes, then a step */
	assert_int_equal(follow(&c, &steady, wall, 590), -86400 * GN_SEC);
	assert_int_equal(gn_os_clock_off_of(&c), 86400 * GN_SEC);
	assert_int_equal(follow(&c, &steady, wall, 32), 0);
	assert_int_equal(gn_os_clock_off_of(&c), 0);
	/* set an hour back: as long nothing, then at half speed two hours long, never back */
	wall -= 3600 * GN_SEC;
	assert_int_equal(follow(&c, &steady, wall, 590), 3600 * GN_SEC);
	assert_int_equal(gn_os_clock_off_of(&c), -3600 * GN_SEC);
	assert_in_range(follow(&c, &steady, wall, 3600), 1700 * GN_SEC, 1900 * GN_SEC);
	assert_int_equal(follow(&c, &steady, wall, 5400), 0);
}

static void a_clock_that_is_set_wrong_and_right_again_leaves_nothing(void **state)
{
	(void)state;
	struct gn_os_clock c = {0};
	gn_time steady = 5000 * GN_SEC, wall = INT64_C(1700000000) * GN_SEC;
	assert_int_equal(follow(&c, &steady, wall, 30), 0);
	for (int i = 0; i < 3; i++) { /* each time it is set anew it has to stay for ten minutes */
		assert_int_equal(follow(&c, &steady, wall + (i + 1) * 86400 * GN_SEC, 500),
				 -(i + 1) * 86400 * GN_SEC);
		assert_int_equal(gn_os_clock_off_of(&c), (i + 1) * 86400 * GN_SEC);
	}
	assert_int_equal(follow(&c, &steady, wall, 30), 0);
	assert_int_equal(gn_os_clock_off_of(&c), 0);
	/* a machine that has just started learns the time */
	struct gn_os_clock young = {0};
	steady = 20 * GN_SEC;
	assert_int_equal(follow(&young, &steady, wall, 30), 0);
	assert_int_equal(follow(&young, &steady, wall + 3600 * GN_SEC, 12), 0);
}

static void the_process_knows_itself(void **state)
{
	(void)state;
	int pipes[2];
	assert_true(gn_os_rss() > 1 << 20);
	gn_os_process();
	assert_true(gn_os_files() >= 64);
	assert_int_equal(pipe(pipes), 0);
	assert_false(gn_os_is_terminal(pipes[0]));
	assert_int_equal(gn_os_columns(pipes[0]), 80);
	close(pipes[0]);
	close(pipes[1]);
}

static int listen_at(struct sockaddr *at, socklen_t len)
{
	int fd = socket(at->sa_family, SOCK_STREAM, 0);
	if (fd < 0 || bind(fd, at, len) != 0) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	assert_int_equal(listen(fd, 2), 0);
	assert_int_equal(getsockname(fd, at, &len), 0);
	return fd;
}

static void check_owner(int listener, const struct sockaddr *at, socklen_t len)
{
	unsigned uid = 77777;
	int from = socket(at->sa_family, SOCK_STREAM, 0);
	if (from < 0)
		return; /* no IPv6 here */
	assert_int_equal(connect(from, at, len), 0);
	int to = accept(listener, NULL, NULL);
	assert_true(gn_os_tcp_owner(to, &uid));
	assert_int_equal(uid, geteuid());
	close(from);
	assert_false(gn_os_tcp_owner(to, &uid));
	close(to);
}

/* Whose a connection over loopback is, by IPv4, by its form in IPv6, by IPv6; closed, it is
 * nobody's. */
static void the_kernel_knows_who_connects(void **state)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = in6addr_loopback};
	(void)state;
	int listener = listen_at((struct sockaddr *)&at, sizeof at);
	assert_true(listener >= 0);
	struct sockaddr_in6 mapped = {.sin6_family = AF_INET6, .sin6_port = at.sin_port};
	mapped.sin6_addr.s6_addr[10] = mapped.sin6_addr.s6_addr[11] = 0xff;
	memcpy(mapped.sin6_addr.s6_addr + 12, &at.sin_addr, 4);
	check_owner(listener, (struct sockaddr *)&at, sizeof at);
	check_owner(listener, (struct sockaddr *)&mapped, sizeof mapped);
	unsigned uid;
	assert_false(gn_os_tcp_owner(listener, &uid));
	close(listener);
	listener = listen_at((struct sockaddr *)&six, sizeof six);
	if (listener < 0)
		return; /* no IPv6 here */
	check_owner(listener, (struct sockaddr *)&six, sizeof six);
	close(listener);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_kernel_knows_who_connects),
		cmocka_unit_test(a_directory_is_made_private_with_its_parents),
		cmocka_unit_test(a_second_process_is_told_who_has_it),
		cmocka_unit_test(an_open_directory_is_closed_or_refused),
		cmocka_unit_test(files_are_written_and_read_at_their_place),
		cmocka_unit_test(renames_replace_and_removals_forgive),
		cmocka_unit_test(lists_have_a_line_for_each_entry),
		cmocka_unit_test(a_pipe_in_the_way_is_no_file),
		cmocka_unit_test(a_list_that_ends_too_soon_is_none),
		cmocka_unit_test(names_cannot_leave_the_directory),
		cmocka_unit_test(small_files_come_whole_or_not_at_all),
		cmocka_unit_test(a_full_disk_is_said_so),
		cmocka_unit_test(each_thread_has_its_own_sentence),
		cmocka_unit_test(host_and_port_are_resolved),
		cmocka_unit_test(local_addresses_are_usable_ones),
		cmocka_unit_test(time_goes_forward_and_has_a_text),
		cmocka_unit_test(the_clock_follows_the_wall_and_never_goes_back),
		cmocka_unit_test(a_clock_that_is_set_wrong_and_right_again_leaves_nothing),
		cmocka_unit_test(the_process_knows_itself),
	};
	return cmocka_run_group_tests(tests, open_root, close_root);
}
