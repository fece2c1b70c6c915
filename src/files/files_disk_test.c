/* A transfer between two processes over a socket, with real files: 10 MB in folders, killed (-9) at
 * either side, five times each, and resumed; and what lies in its way as a link. Each process waits
 * for a word of this one after each step it tells of, so that a kill comes in the middle. RE-62. */
#include "files/files.h"
#include "records/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const struct {
	const char *path;
	size_t size;
} sent[] = {{"d/a.bin", 4500000}, {"d/sub/b.bin", 3 * GN_BLOCK},
	    {"d/sub/empty", 0},   {"d/z", 1},
	    {"c.txt", 2000000},   {"nothing", 0}};
#define SENT GN_COUNT(sent)

static char top[128];
static uint8_t launches; /* of two processes */
static int top_fd, src_fd, dst_fd;
static struct gn_prng prng;

/* ---- one process ---- */

struct side {
	struct gn_alloc mem;
	struct gn_prng prng;
	struct gn_rand rand;
	struct gn_env env;
	struct gn_transfer *t;
	struct gn_files files;
	int peer, parent;
	uint8_t in[1 << 17], out[1 << 16];
	size_t in_len, out_at, out_len;
	bool finished, eof;
};

/* Tells of a step and waits: maybe for ever. */
static void step_told(struct side *s, char what)
{
	char word;
	if (write(s->parent, &what, 1) != 1 || read(s->parent, &word, 1) != 1)
		_exit(3);
}

static void look(struct side *s, gn_time now)
{
	struct gn_transfer_event ev;
	struct gn_transfer_request r;
	struct gn_transfer_result result;
	bool any = true;
	while (any) {
		any = false;
		while (gn_transfer_next_request(s->t, &r)) {
			gn_err err = gn_files_do(&s->files, &r, &result);
			gn_transfer_done(s->t, r.token, err, &result, now);
			any = true;
		}
		while (gn_transfer_next_event(s->t, &ev)) {
			any = true;
			if (ev.kind == GN_TRANSFER_OFFERED)
				(void)!gn_transfer_accept(s->t);
			s->finished = s->finished || ev.kind == GN_TRANSFER_FINISHED;
			if (ev.kind == GN_TRANSFER_STOPPED) {
				fprintf(stderr, "stopped: %s (%s)\n", ev.why, gn_err_name(ev.err));
				_exit(4);
			}
			step_told(s, 'p');
		}
	}
}

/* What the other said, and what is to be said to it. */
static void wire(struct side *s)
{
	struct pollfd p = {.fd = s->peer, .events = POLLIN};
	p.events |= s->out_len > s->out_at ? POLLOUT : 0;
	(void)poll(&p, 1, 100);
	if (p.revents & POLLOUT) {
		ssize_t n = send(s->peer, s->out + s->out_at, s->out_len - s->out_at, MSG_NOSIGNAL);
		s->out_at += n > 0 ? (size_t)n : 0;
	}
	if (p.revents & (POLLIN | POLLHUP) && s->in_len < sizeof s->in) {
		ssize_t n = read(s->peer, s->in + s->in_len, sizeof s->in - s->in_len);
		s->eof = n == 0 || (n < 0 && errno != EAGAIN);
		s->in_len += n > 0 ? (size_t)n : 0;
	}
	if (s->out_at == s->out_len)
		s->out_at = s->out_len = 0;
}

static void taken(struct side *s, size_t n)
{
	memmove(s->in, s->in + n, s->in_len - n);
	s->in_len -= n;
}

static void move(struct side *s, gn_time now)
{
	if (s->out_len == 0)
		s->out_len = gn_transfer_send(s->t, s->out, sizeof s->out);
	wire(s);
	taken(s, gn_transfer_recv(s->t, gn_slice(s->in, s->in_len), now));
}

/* By the code; a receiver that has paired before resumes. Each session exports something else. */
static struct gn_transfer_secret pair_up(struct side *s, bool sends, gn_time now)
{
	static struct gn_transfer_code shared;
	static struct gn_pairing p;
	static const struct gn_code code = {4821, {7, 2000}};
	struct gn_transfer_secret secret;
	struct gn_pairing_config c = {.role = sends ? GN_SPAKE2_B : GN_SPAKE2_A,
				      .a = {{1}},
				      .b = {{2}},
				      .exported = {launches}};
	gn_transfer_code_init(&shared, &code, now);
	bool known = gn_transfer_secret(s->t, &secret);
	c.code = sends ? &shared : NULL;
	c.typed = sends ? NULL : &code;
	c.secret = known ? &secret : NULL;
	gn_pairing_init(&p, &s->rand, &c, now);
	while (!s->eof && (p.state == GN_PAIRING_RUNS || s->out_len)) {
		if (s->out_len == 0)
			s->out_len = gn_pairing_send(&p, s->out, sizeof s->out);
		wire(s);
		taken(s, gn_pairing_recv(&p, gn_slice(s->in, s->in_len), now));
	}
	s->out_len = gn_pairing_send(&p, s->out, sizeof s->out);
	if (p.state == GN_PAIRING_FAILED)
		_exit(9);
	if (p.state == GN_PAIRING_RUNS) /* the other is gone */
		_exit(6);
	if (!sends && known != p.resumed)
		_exit(10);
	return p.secret;
}

static void make(struct side *s, bool sends, gn_time now)
{
	char why[256];
	struct gn_transfer_file files[SENT];
	struct gn_slice state = gn_slice(NULL, 0);
	int fd = openat(top_fd, s->files.state, O_RDONLY);
	struct stat st;
	if (fd >= 0 && fstat(fd, &st) == 0) {
		uint8_t *bytes = malloc((size_t)st.st_size + 1);
		if (bytes && read(fd, bytes, (size_t)st.st_size) == st.st_size)
			state = gn_slice(bytes, (size_t)st.st_size);
	}
	if (state.len && gn_transfer_again(&s->env, state, &s->t) == GN_OK)
		return;
	(void)unlinkat(top_fd, s->files.state, 0);
	for (size_t i = 0; i < SENT; i++)
		files[i] = (struct gn_transfer_file){gn_str(sent[i].path), gn_str(sent[i].path)};
	gn_err err = sends ? gn_transfer_send_new(&s->env, files, SENT, gn_slice(NULL, 0), now,
						  &s->t, why)
			   : gn_transfer_receive_new(&s->env, gn_slice(NULL, 0), &s->t);
	if (err)
		_exit(5);
}

static bool all_said(struct side *s)
{
	struct gn_transfer_info info;
	gn_transfer_info(s->t, &info);
	if (info.over && s->out_len == 0)
		s->out_len = gn_transfer_send(s->t, s->out, sizeof s->out);
	return info.over && s->out_len == 0;
}

/* A process: exit 0 when all is finished, 6 when the other is gone. */
static void process(bool sends, int peer, int parent)
{
	static struct side s;
	gn_time now = 1000 * GN_SEC;
	gn_alloc_heap(&s.mem, 64u << 20);
	gn_prng_init(&s.prng, sends + 2u * launches);
	s.rand = gn_prng_rand(&s.prng);
	s.env = (struct gn_env){.alloc = &s.mem, .rand = &s.rand};
	s.peer = peer;
	s.parent = parent;
	s.files = (struct gn_files){.source = src_fd,
				    .dest = dst_fd,
				    .state_in = top_fd,
				    .state = sends ? "sender.state" : "receiver.state",
				    .room = malloc(GN_BLOCK)};
	make(&s, sends, now);
	s.files.t = s.t;
	look(&s, now);
	struct gn_transfer_secret secret = pair_up(&s, sends, now);
	if (gn_transfer_begin(s.t, &secret, now) != GN_OK)
		_exit(7);
	while (!s.eof && !all_said(&s)) {
		look(&s, now);
		move(&s, now);
		now += 100 * GN_MSEC;
		if (gn_transfer_deadline(s.t) <= now)
			gn_transfer_tick(s.t, now);
	}
	look(&s, now); /* its last event */
	/* flat: nothing of it grows with the files */
	bool flat = s.mem.peak < 8u << 20;
	bool finished = s.finished;
	gn_transfer_free(s.t);
	free(s.files.room);
	_exit(!flat ? 8 : finished ? 0 : 6);
}

/* ---- two of them ---- */

struct pair {
	pid_t pid[2];
	int parent[2];
};

static void launch(struct pair *p)
{
	int peer[2], word[2][2];
	launches++;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, peer), 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, word[i]), 0);
	for (int i = 0; i < 2; i++) {
		p->parent[i] = word[i][0];
		p->pid[i] = fork();
		assert_true(p->pid[i] >= 0);
		if (p->pid[i])
			continue;
		close(peer[!i]);
		close(word[0][0]);
		close(word[1][0]);
		close(word[!i][1]);
		process(i == 0, peer[i], word[i][1]);
	}
	for (int i = 0; i < 2; i++) {
		close(peer[i]);
		close(word[i][1]);
	}
}

/* Lets both go on until both have ended, or `side` has told of so many steps: then it is killed. */
static void watch(struct pair *p, int side, unsigned steps, int status[2])
{
	struct pollfd fds[2] = {{.fd = p->parent[0], .events = POLLIN},
				{.fd = p->parent[1], .events = POLLIN}};
	unsigned told = 0;
	while (fds[0].fd >= 0 || fds[1].fd >= 0) {
		assert_true(poll(fds, 2, -1) > 0);
		for (int i = 0; i < 2; i++) {
			char word;
			if (fds[i].fd < 0 || !fds[i].revents)
				continue;
			if (read(fds[i].fd, &word, 1) != 1) {
				fds[i].fd = -1;
				continue;
			}
			if (i == side && ++told == steps)
				assert_int_equal(kill(p->pid[i], SIGKILL), 0);
			else
				(void)!write(fds[i].fd, &word, 1);
		}
	}
	for (int i = 0; i < 2; i++) {
		assert_int_equal(waitpid(p->pid[i], &status[i], 0), p->pid[i]);
		close(p->parent[i]);
	}
}

static void fill(const char *path, size_t size)
{
	char name[256], folder[256];
	snprintf(name, sizeof name, "%s/src/%s", top, path);
	for (char *slash = name + strlen(top) + 5; (slash = strchr(slash, '/')) != NULL; slash++) {
		snprintf(folder, sizeof folder, "%.*s", (int)(slash - name), name);
		(void)mkdir(folder, 0700);
	}
	FILE *f = fopen(name, "wb");
	if (!f) {
		fail_msg("%s cannot be written", name);
		return;
	}
	for (size_t i = 0; i < size; i++)
		(void)fputc((int)(gn_prng_next(&prng) & 255), f);
	assert_int_equal(fclose(f), 0);
}

static bool equal(const char *path)
{
	char a[256], b[256];
	bool same = true;
	snprintf(a, sizeof a, "%s/src/%s", top, path);
	snprintf(b, sizeof b, "%s/dst/%s", top, path);
	FILE *x = fopen(a, "rb"), *y = fopen(b, "rb");
	int c = 0;
	while (x && y && same && c != EOF) {
		c = fgetc(x);
		same = c == fgetc(y);
	}
	same = same && x && y;
	if (x)
		(void)fclose(x);
	if (y)
		(void)fclose(y);
	return same;
}

static int start(void **state)
{
	const char *tmp = getenv("TMPDIR");
	(void)state;
	gn_prng_init(&prng, 4);
	snprintf(top, sizeof top, "%s/transfer_disk_XXXXXX", tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(top));
	top_fd = open(top, O_RDONLY | O_DIRECTORY);
	if (top_fd < 0 || mkdirat(top_fd, "src", 0700) || mkdirat(top_fd, "dst", 0700))
		return -1;
	src_fd = openat(top_fd, "src", O_RDONLY | O_DIRECTORY);
	dst_fd = openat(top_fd, "dst", O_RDONLY | O_DIRECTORY);
	for (size_t i = 0; i < SENT; i++)
		fill(sent[i].path, sent[i].size);
	return 0;
}

static int end(void **state)
{
	char command[256];
	(void)state;
	close(src_fd);
	close(dst_fd);
	close(top_fd);
	snprintf(command, sizeof command, "rm -rf '%s'", top);
	return system(command); /* NOLINT(cert-env33-c): our own folder of a test */
}

static void all_equal(void)
{
	for (size_t i = 0; i < SENT; i++)
		if (!equal(sent[i].path))
			fail_msg("%s is not equal", sent[i].path);
	assert_int_equal(faccessat(dst_fd, "d.part", F_OK, 0), -1);
	assert_int_equal(faccessat(dst_fd, "c.txt.part", F_OK, 0), -1);
}

static void killed_and_resumed(void **state)
{
	struct pair p;
	int status[2] = {0, 0};
	unsigned kills[2] = {0, 0};
	(void)state;
	while (kills[0] + kills[1] < 10) {
		int side = (int)(kills[0] + kills[1]) % 2;
		launch(&p);
		watch(&p, side, 1 + (unsigned)(gn_prng_next(&prng) % 4), status);
		assert_true(WIFSIGNALED(status[side]) && WTERMSIG(status[side]) == SIGKILL);
		kills[side]++;
		/* the other one saw the stream end, no more */
		assert_true(WIFEXITED(status[!side]) &&
			    (WEXITSTATUS(status[!side]) == 6 || WEXITSTATUS(status[!side]) == 0));
	}
	assert_int_equal(faccessat(dst_fd, "d.part/a.bin", F_OK, 0), 0); /* it is in the middle */
	launch(&p);
	watch(&p, 2, 0, status);
	assert_int_equal(status[0], 0);
	assert_int_equal(status[1], 0);
	all_equal();
}

/* A link where a file is to come is no way out of the folder, and not overwritten. */
static void links(void **state)
{
	struct pair p;
	int status[2] = {0, 0};
	char text[8] = "";
	(void)state;
	assert_int_equal(symlinkat("../outside", dst_fd, "d.part"), 0);
	assert_int_equal(symlinkat("../outside", dst_fd, "c.txt"), 0);
	launch(&p);
	watch(&p, 2, 0, status);
	assert_int_equal(status[0], 0);
	assert_int_equal(status[1], 0);
	assert_int_equal(faccessat(top_fd, "outside", F_OK, 0), -1);
	assert_int_equal(readlinkat(dst_fd, "c.txt", text, sizeof text), 8);
	assert_int_equal(faccessat(dst_fd, "c (1).txt", F_OK, 0), 0);
	assert_true(equal("d/a.bin") && equal("nothing"));
	/* nor one that came between, on no level */
	struct gn_files f = {.source = -1, .dest = dst_fd, .state_in = top_fd};
	struct gn_transfer_request r = {.op = GN_TRANSFER_WRITE, .place = GN_TRANSFER_DEST};
	struct gn_transfer_result none;
	assert_int_equal(mkdirat(top_fd, "outside", 0700), 0);
	snprintf(r.name, sizeof r.name, "d.part/x");
	assert_int_not_equal(gn_files_do(&f, &r, &none), GN_OK);
	snprintf(r.name, sizeof r.name, "c.txt");
	assert_int_not_equal(gn_files_do(&f, &r, &none), GN_OK);
	assert_int_equal(faccessat(top_fd, "outside/x", F_OK, 0), -1);
}

static gn_err rename_to(struct gn_files *f, const char *from, const char *to)
{
	struct gn_transfer_request r = {.op = GN_TRANSFER_RENAME, .place = GN_TRANSFER_DEST};
	struct gn_transfer_result none;
	snprintf(r.name, sizeof r.name, "%s", from);
	snprintf(r.name2, sizeof r.name2, "%s", to);
	return gn_files_do(f, &r, &none);
}

/* Where renames take no flags (NFS) nothing is replaced either, files nor folders, and nothing of
 * ours is left where it fails. */
static void renamed_without_flags(void **state)
{
	(void)state;
	for (int plain = 0; plain < 2; plain++) {
		struct gn_files f = {
			.source = -1, .dest = dst_fd, .state_in = top_fd, .plain = plain != 0};
		char d[16], e[16], x[16], y[16], z[32];
		snprintf(d, sizeof d, "d%d", plain);
		snprintf(e, sizeof e, "e%d", plain);
		snprintf(x, sizeof x, "x%d", plain);
		snprintf(y, sizeof y, "y%d", plain);
		assert_int_equal(mkdirat(dst_fd, d, 0700), 0);
		assert_int_equal(mkdirat(dst_fd, e, 0700), 0);
		for (int i = 0; i < 3; i++) {
			snprintf(z, sizeof z, "%s%s", i == 2 ? d : i ? y : x, i == 2 ? "/in" : "");
			int fd = openat(dst_fd, z, O_WRONLY | O_CREAT | O_EXCL, 0600);
			assert_int_equal(write(fd, z, 2), 2);
			close(fd);
		}
		assert_int_equal(rename_to(&f, x, y), GN_EXISTS);
		assert_int_equal(rename_to(&f, x, e), GN_EXISTS);
		assert_int_equal(rename_to(&f, d, e), GN_EXISTS); /* also where it is empty */
		assert_int_equal(rename_to(&f, "none", "nothing"), GN_NOT_FOUND);
		assert_int_equal(faccessat(dst_fd, "nothing", F_OK, 0), -1);
		snprintf(z, sizeof z, "to-%s", x);
		assert_int_equal(rename_to(&f, x, z), GN_OK);
		assert_int_equal(faccessat(dst_fd, x, F_OK, 0), -1);
		snprintf(z, sizeof z, "to-%s", d);
		assert_int_equal(rename_to(&f, d, z), GN_OK);
		strcat(z, "/in");
		assert_int_equal(faccessat(dst_fd, z, F_OK, 0), 0);
		assert_int_equal(f.plain, plain);
	}
}

/* A state that another wrote, or may write, is none. */
static void states_of_others(void **state)
{
	(void)state;
	struct gn_files f = {.source = -1, .dest = dst_fd, .state_in = top_fd, .state = "state"};
	struct gn_transfer_request r = {
		.op = GN_TRANSFER_WRITE, .place = GN_TRANSFER_STATE, .data = GN_LIT("bytes")};
	struct gn_transfer_result none;
	struct stat st;
	assert_int_equal(gn_files_do(&f, &r, &none), GN_OK);
	assert_int_equal(fstatat(top_fd, "state", &st, 0), 0);
	assert_true((st.st_mode & 0777) == 0600 && st.st_size == 5);
	for (unsigned mode = 0; mode < 2; mode++) {
		assert_int_equal(fchmodat(top_fd, "state", mode ? 0620 : 0602, 0), 0);
		assert_int_equal(gn_files_do(&f, &r, &none), GN_DENIED);
		assert_int_equal(fchmodat(top_fd, "state", 0644, 0), 0);
		assert_int_equal(gn_files_do(&f, &r, &none), GN_OK);
	}
	if (geteuid() != 0)
		return; /* who is not root has no other's file to try */
	assert_int_equal(fchownat(top_fd, "state", 1, 1, 0), 0);
	assert_int_equal(gn_files_do(&f, &r, &none), GN_DENIED);
	r.op = GN_TRANSFER_SYNC;
	assert_int_equal(gn_files_do(&f, &r, &none), GN_DENIED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(killed_and_resumed, start, end),
		cmocka_unit_test_setup_teardown(links, start, end),
		cmocka_unit_test_setup_teardown(renamed_without_flags, start, end),
		cmocka_unit_test_setup_teardown(states_of_others, start, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
