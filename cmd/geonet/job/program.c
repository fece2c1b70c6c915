/* Runs a program for a job.
 *
 *   START -> RUNS [fork] -> OVER [it ended, and all that came of it] | KILLED [too long, too much
 *   output, called off] -> OVER
 *
 * 1. All that it started ends with it, whatever group or session that is in (keeper.c): nothing
 *    goes on for a job that another worker may have by then. It ends when we are killed, too.
 * 2. It inherits stdin, stdout, stderr and nothing else. */
#include "geonet/job/program.h"

#include "geonet/job/keeper.h"
#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOOK_MS 50 /* has it ended? */
#define LOOK_ALIVE (500 * GN_MSEC)
#define KEEPER_WAIT (90 * GN_SEC) /* for a keeper to end all: it takes a minute at most */

struct run {
	const struct program *p;
	struct program_end *end;
	pid_t pid;                /* of its keeper */
	int in, out, err, status; /* our ends; -1: closed */
	gn_time kill;             /* its keeper, which was to end it; 0: it was not */
	size_t fed;
};

static void close_one(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* ---- in the child ---- */

static void environment(const json_t *job)
{
	static const char *const names[][2] = {{"GEONET_JOB_ID", "id"},
					       {"GEONET_JOB_KIND", "kind"},
					       {"GEONET_JOB_REQUESTER", "requester"}};
	static const char *const numbers[][2] = {{"GEONET_JOB_ATTEMPT", "attempts"},
						 {"GEONET_JOB_CLASS", "class"}};
	char *not_after = cli_format("%llu", (unsigned long long)json_seconds(job, "not_after"));
	setenv("GEONET_JOB_NOT_AFTER", not_after, 1); /* seconds, as shells have them */
	free(not_after);
	for (size_t i = 0; i < GN_COUNT(names); i++)
		setenv(names[i][0], json_text(job, names[i][1]), 1);
	for (size_t i = 0; i < GN_COUNT(numbers); i++) {
		char *text =
			cli_format("%llu", (unsigned long long)json_number(job, numbers[i][1]));
		setenv(numbers[i][0], text, 1);
		free(text);
	}
}

struct become {
	const struct program *p;
	int fds[3];
	pid_t keeper;
};

static void become(void *user)
{
	static const int signals[] = {SIGPIPE, SIGINT, SIGTERM, SIGHUP};
	const struct become *in = user;
	const struct program *p = in->p;
	sigset_t none;
	sigemptyset(&none);
	setpgid(0, 0);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != in->keeper)
		_exit(126);
	for (size_t i = 0; i < GN_COUNT(signals); i++)
		signal(signals[i], SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (int i = 0; i < 3; i++)
		if (dup2(in->fds[i], i) < 0)
			_exit(126);
	long most = sysconf(_SC_OPEN_MAX);
	for (int fd = 3; fd < (most < 4096 ? most : 4096); fd++)
		close(fd);
	environment(p->job);
	execl("/bin/sh", "sh", "-c", p->command, (char *)NULL);
	_exit(127);
}

/* ---- around it ---- */

static bool start(struct run *r)
{
	int in[2] = {-1, -1}, out[2] = {-1, -1}, err[2] = {-1, -1}, status[2] = {-1, -1};
	bool made = pipe(in) == 0 && pipe(out) == 0 && pipe(err) == 0 && pipe(status) == 0;
	pid_t self = getpid();
	r->pid = made ? fork() : -1;
	if (r->pid == 0) {
		struct become what = {
			.p = r->p, .fds = {in[0], out[1], err[1]}, .keeper = getpid()};
		job_keep(self, status[1], become, &what);
	}
	close_one(&in[0]);
	close_one(&out[1]);
	close_one(&err[1]);
	close_one(&status[1]);
	r->in = in[1];
	r->out = out[0];
	r->err = err[0];
	r->status = status[0];
	if (r->pid <= 0 || fcntl(r->in, F_SETFL, O_NONBLOCK) < 0 ||
	    fcntl(r->out, F_SETFL, O_NONBLOCK) < 0 || fcntl(r->err, F_SETFL, O_NONBLOCK) < 0)
		return false;
	return true;
}

static void feed(struct run *r)
{
	struct gn_slice rest = gn_slice(r->p->input.p + r->fed, r->p->input.len - r->fed);
	ssize_t n = rest.len ? write(r->in, rest.p, rest.len) : 0;
	if (n > 0)
		r->fed += (size_t)n;
	if (r->fed == r->p->input.len || (n < 0 && errno != EAGAIN && errno != EINTR))
		close_one(&r->in); /* all of it, or it does not read */
}

static void take_output(struct run *r)
{
	struct program_end *e = r->end;
	uint8_t more[4096];
	ssize_t n;
	while (r->out >= 0 && (n = read(r->out, more, sizeof more)) != -1) {
		size_t room = sizeof e->output - e->output_len;
		size_t take = (size_t)n < room ? (size_t)n : room;
		memcpy(e->output + e->output_len, more, take);
		e->output_len += take;
		e->large = e->large || e->output_len > JOB_OUTPUT_MAX;
		if (n == 0)
			close_one(&r->out);
	}
}

/* The last of it is kept: what went wrong stands there. */
static void take_note(struct run *r)
{
	struct program_end *e = r->end;
	uint8_t more[JOB_NOTE_MAX];
	ssize_t n;
	while (r->err >= 0 && (n = read(r->err, more, sizeof more)) != -1) {
		size_t keep = JOB_NOTE_MAX - (size_t)n;
		keep = keep < e->note_len ? keep : e->note_len;
		memmove(e->note, e->note + e->note_len - keep, keep);
		memcpy(e->note + keep, more, (size_t)n);
		e->note_len = keep + (size_t)n;
		if (n == 0)
			close_one(&r->err);
	}
}

/* As text: what is none becomes '?'. */
static void clean_note(struct program_end *e)
{
	size_t cut = 0;
	while (cut < e->note_len && cut < 3 && (e->note[cut] & 0xc0) == 0x80)
		cut++; /* the rest of a character */
	memmove(e->note, e->note + cut, e->note_len - cut);
	e->note_len -= cut;
	while (e->note_len && e->note[e->note_len - 1] == '\n')
		e->note_len--;
	bool text = gn_utf8_ok(gn_slice(e->note, e->note_len));
	for (size_t i = 0; i < e->note_len; i++)
		if (e->note[i] == 0 || (!text && e->note[i] >= 0x80))
			e->note[i] = '?';
}

/* Its keeper ends all of it. One that the program stops again and again is killed: then the program
 * goes with it, but not what it started. */
static void end_it(struct run *r)
{
	gn_time now = gn_os_steady();
	r->kill = r->kill ? r->kill : now + KEEPER_WAIT;
	kill(r->pid, now < r->kill ? SIGTERM : SIGKILL);
	kill(r->pid, SIGCONT);
}

static void watch(struct run *r, gn_time begun)
{
	gn_time look = begun + LOOK_ALIVE;
	int status;
	while (waitpid(r->pid, &status, WNOHANG) == 0) {
		struct pollfd p[] = {{.fd = r->in, .events = POLLOUT},
				     {.fd = r->out, .events = POLLIN},
				     {.fd = r->err, .events = POLLIN}};
		(void)poll(p, GN_COUNT(p), LOOK_MS);
		if (r->in >= 0 && p[0].revents)
			feed(r);
		take_output(r);
		take_note(r);
		gn_time now = gn_os_steady();
		r->end->late = r->end->late || (r->p->limit && now - begun >= r->p->limit);
		if (!r->end->stopped && look <= now) {
			look = now + LOOK_ALIVE;
			kill(r->pid, SIGCONT); /* the program may have stopped its keeper */
			r->end->stopped = !r->p->alive(r->p->user);
		}
		if (r->end->stopped || r->end->late || r->end->large)
			end_it(r);
		if (r->in < 0 && r->out < 0 && r->err < 0)
			(void)poll(NULL, 0, LOOK_MS); /* it closed all, and goes on */
	}
	take_output(r);
	take_note(r);
	if (!WIFEXITED(status) || read(r->status, &status, sizeof status) != sizeof status)
		status = SIGKILL; /* its keeper was killed */
	r->end->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	r->end->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

int program_run(struct cli *cli, const struct program *p, struct program_end *out)
{
	struct run r = {.p = p, .end = out, .in = -1, .out = -1, .err = -1, .status = -1};
	gn_time begun = gn_os_steady();
	memset(out, 0, sizeof *out);
	out->started = start(&r);
	int why = errno;
	if (out->started) {
		watch(&r, begun);
	} else if (r.pid > 0) {
		end_it(&r);
		waitpid(r.pid, NULL, 0);
	}
	close_one(&r.in);
	close_one(&r.out);
	close_one(&r.err);
	close_one(&r.status);
	clean_note(out);
	out->ms = (uint32_t)((gn_os_steady() - begun) / GN_MSEC);
	return out->started ? CLI_OK
			    : cli_fail(cli, CLI_FAILED, "io", "the program cannot be started: %s",
				       strerror(why));
}
