/* geonet job work: takes jobs out of a queue, one at a time, and has a program of the owner's do
 * them. The agent signs and keeps the lease; it is told every few seconds that the program runs.
 *
 *   WAIT -> RUN [JobTake gave one] -> TELL [the program ended] -> WAIT
 *   RUN  -> WAIT [called off, or another has it: the program is killed, nothing is told]
 *
 * Ctrl C ends it when the job in hand is done, so that none of its tries is spent; a second one,
 * and SIGTERM, stop the job. While it waits, it ends when the queue has answered: a job that is
 * lent just then is done, or would be away for its lease; a second Ctrl C does not wait for it. */
#include "geonet/job/commands.h"
#include "geonet/job/job.h"
#include "geonet/job/program.h"
#include "os/os.h"
#include "wire/generated/job_fb.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define TAKE_WAIT_MS 20000u
#define AGENT_WAIT (600 * GN_SEC) /* for an agent or a node that went away */

/* Exit statuses that mean more than "it failed": sysexits(3). */
#define EXIT_BAD_INPUT 65 /* EX_DATAERR */
#define EXIT_LATER 75     /* EX_TEMPFAIL */

struct worker {
	struct cli *cli;
	struct job_queue q;
	const char *command;
	uint64_t limit, lease; /* seconds; limit 0: as the job says */
	gn_time keep, keep_every;
	uint8_t *item;
	size_t item_len;
	bool lost;
	bool limited; /* a limit of our token is used up, which was said */
};

static volatile sig_atomic_t ended; /* the first signal by which somebody wants us to end */
static volatile sig_atomic_t stops; /* also the job in hand */
static volatile sig_atomic_t waits; /* for the queue, which does not see that */
static volatile sig_atomic_t runs;  /* the program of a job */

static void write_out(const char *text)
{
	if (write(STDERR_FILENO, text, strlen(text)) < 0)
		errno = 0; /* nobody reads it */
}

static void on_end(int number)
{
	int before = errno;
	if (ended && waits) { /* it need not be in order */
		signal(number, SIG_DFL);
		raise(number);
	}
	stops = ended || number != SIGINT;
	if (!ended && waits)
		write_out("Ending when the queue has answered, in 20 seconds at most; Ctrl-C "
			  "again ends at once.\n");
	else if (!ended && runs && !stops)
		write_out("Ending when this job is done; Ctrl-C again stops it, and one of its "
			  "three tries is spent.\n");
	ended = ended ? ended : number;
	errno = before;
}

static void rest(void)
{
	struct timespec pause = {.tv_nsec = 500000000};
	nanosleep(&pause, NULL);
}

/* ---- the agent ---- */

static bool still_ours(void *user)
{
	struct worker *w = user;
	struct reply r;
	if (stops)
		return false;
	if (gn_os_steady() < w->keep)
		return true;
	w->keep = gn_os_steady() + w->keep_every;
	struct gn_fb_job_keep_args args = {.item = gn_slice(w->item, w->item_len)};
	struct ask ask = {
		.kind = JOB(JOB_KEEP), .args = &args, .agent = true, .quiet = true, .timeout = 5};
	(void)client_ask(w->cli, &ask, &r);
	/* an agent that does not answer may be busy; one that was started again has no such job */
	w->lost = r.err == GN_STALE;
	reply_free(&r);
	return !w->lost;
}

static void outcome_of(const struct program_end *e, struct gn_fb_job_end_args *args, char why[96])
{
	why[0] = 0;
	args->fault = GN_FB_JOB_FAULT_IO;
	if (e->large) {
		snprintf(why, 96, "it gave more than %d bytes", JOB_OUTPUT_MAX);
		args->fault = GN_FB_JOB_FAULT_LIMIT;
	} else if (e->late) {
		snprintf(why, 96, "it ran longer than it may, %u s", (unsigned)(e->ms / 1000));
		args->fault = GN_FB_JOB_FAULT_LIMIT;
	} else if (e->stopped) {
		snprintf(why, 96, "its worker was stopped");
	} else if (e->signal) {
		snprintf(why, 96, "signal %d ended it", e->signal);
	} else if (e->status == 0) {
		args->fault = GN_FB_JOB_FAULT_NONE;
	} else {
		snprintf(why, 96, "it ended with %d", e->status);
		args->fault = e->status == EXIT_BAD_INPUT ? GN_FB_JOB_FAULT_INPUT
			      : e->status == EXIT_LATER   ? GN_FB_JOB_FAULT_PEER
							  : GN_FB_JOB_FAULT_IO;
	}
}

static void say(struct cli *cli, const json_t *job, const char *what, const char *why, uint32_t ms)
{
	if (cli->json)
		(void)cli_json(cli, json_pack("{ss ss ss sI sI}", "id", json_text(job, "id"),
					      "state", what, "reason", why, "attempt",
					      (json_int_t)json_number(job, "attempts"), "wall_ms",
					      (json_int_t)ms));
	else
		printf("%.12s %s, %u.%03u s%s%s\n", json_text(job, "id"), what, ms / 1000,
		       ms % 1000, *why ? ": " : "", out_text(why));
	fflush(stdout);
}

/* What became of it, to the queue. */
static int tell(struct worker *w, const json_t *job, const struct program_end *e)
{
	char why[96], *note;
	struct reply r;
	struct gn_fb_job_end_args args = {.item = gn_slice(w->item, w->item_len),
					  .wall_ms = e->ms,
					  .tool = gn_str("geonet job work " GEONET_VERSION)};
	outcome_of(e, &args, why);
	note = cli_format("%s%s%.*s", why, *why && e->note_len ? ": " : "", (int)e->note_len,
			  (const char *)e->note);
	if (!args.fault)
		args.output = gn_slice(e->output, e->output_len);
	args.note = gn_str(note);
	if (!args.fault && args.output.len + args.note.len > JOB_OUTPUT_MAX)
		args.note = gn_slice(NULL, 0); /* both together are too much for a result */
	struct ask ask = {
		.kind = JOB(JOB_END), .args = &args, .agent = true, .quiet = true, .timeout = 90};
	int exit = client_ask(w->cli, &ask, &r);
	const char *last = args.fault && strrchr(note, '\n') ? strrchr(note, '\n') + 1 : note;
	if (!exit)
		say(w->cli, job, args.fault ? "failed" : "done", args.fault ? last : why, e->ms);
	else if (r.err == GN_STALE || r.err == GN_EXISTS)
		say(w->cli, job, "lost", "another worker has it, or it was called off", e->ms);
	else
		say(w->cli, job, "untold", r.err ? r.message : "the agent went away", e->ms);
	reply_free(&r);
	free(note);
	return args.fault ? CLI_FAILED : exit;
}

/* ---- one job ---- */

static int do_job(struct worker *w, const json_t *job)
{
	size_t len;
	uint8_t *input = job_bytes(job, "recipe", &len);
	uint64_t wants = json_number(job, "limit_ms") * GN_MSEC, may = w->limit * GN_SEC;
	struct program_end *end = cli_alloc(sizeof *end);
	struct program p = {.command = w->command,
			    .job = job,
			    .input = gn_slice(input, len),
			    .limit = !wants        ? may
				     : !may        ? wants
				     : wants < may ? wants
						   : may,
			    .alive = still_ours,
			    .user = w};
	w->item = job_bytes(job, "item", &w->item_len);
	w->lost = false;
	w->keep = gn_os_steady() + w->keep_every;
	runs = 1;
	if (ended && !stops)
		cli_note(w->cli, "A job came meanwhile: ending when it is done.");
	int exit = program_run(w->cli, &p, end);
	runs = 0;
	if (exit)
		snprintf((char *)end->note, sizeof end->note, "the program cannot be started");
	if (w->lost)
		say(w->cli, job, "lost", "another worker has it, or it was called off", end->ms);
	else
		exit = tell(w, job, end);
	free(w->item);
	free(input);
	free(end);
	return exit;
}

/* The next job: CLI_OK with *job NULL when there is none now. */
static int take(struct worker *w, bool at_once, json_t **job)
{
	struct reply r;
	struct gn_fb_job_take_args args = {.queue = &w->q.key,
					   .token = w->q.token,
					   .wait_ms = at_once ? 5000u : TAKE_WAIT_MS,
					   .lease = (uint32_t)w->lease};
	struct ask ask = {
		.kind = JOB(JOB_TAKE), .args = &args, .agent = true, .quiet = true, .timeout = 60};
	gn_time until = gn_os_steady() + AGENT_WAIT;
	*job = NULL;
	for (;;) {
		waits = 1;
		int exit = client_ask(w->cli, &ask, &r);
		waits = 0;
		if (!exit)
			*job = json_incref(json_object_get(r.json, "job"));
		/* an agent that went away, or its node: it may come back */
		bool away = exit && (!r.err || r.err == GN_CLOSED || r.err == GN_TIMEOUT ||
				     r.err == GN_BUSY);
		bool limited = r.err == GN_QUOTA && !at_once; /* there is room again, later */
		if (limited && !w->limited)
			cli_note(w->cli, "%s.", r.message);
		w->limited = limited || (w->limited && exit);
		if (r.err == GN_AGAIN || limited)
			exit = CLI_OK;
		else if (exit && !away)
			exit = client_report(w->cli, &r, "this queue gives no work");
		reply_free(&r);
		if (!away || ended)
			return away ? CLI_OK : exit;
		if (gn_os_steady() > until)
			return client_agent_alive(w->cli)
				       ? cli_fail(w->cli, CLI_NO_NODE, "closed",
						  "the agent has had no node for ten minutes")
				       : client_no_agent(w->cli);
		rest();
	}
}

static bool queue_of(struct worker *w, int *exit)
{
	struct reply r;
	if (!job_queue_read(w->cli, w->cli->args[0], &w->q)) {
		*exit = CLI_USAGE;
		return false;
	}
	if (!w->q.own)
		return true;
	struct gn_fb_job_keys_args args = {0};
	struct ask ask = {.kind = JOB(JOB_KEYS), .args = &args};
	*exit = job_ask(w->cli, &ask, &r, "the queue cannot be worked at");
	bool right =
		!*exit && gn_unhex(gn_str(json_text(r.json, "queue")), w->q.key.b, 32) == GN_OK;
	reply_free(&r);
	return right;
}

int cmd_job_work(struct cli *cli)
{
	struct worker w = {.cli = cli, .command = cli_option(cli, "exec"), .lease = 30};
	uint64_t count = 0;
	bool empty = cli_flag(cli, "until-empty");
	int exit = CLI_OK, failed = CLI_OK;
	if (!w.command)
		return cli_fail(cli, CLI_USAGE, "usage",
				"--exec CMD is missing: what is to be run for each job, such as "
				"--exec 'wc -w'");
	if (!cli_number(cli, "count", 1, 1000000000, &count) ||
	    !cli_number(cli, "limit", 1, 86400, &w.limit) ||
	    !cli_number(cli, "lease", 5, 30, &w.lease))
		return CLI_USAGE;
	w.keep_every = (gn_time)w.lease * GN_SEC / 6;
	struct sigaction end = {.sa_handler = on_end};
	sigaction(SIGINT, &end, NULL);
	sigaction(SIGTERM, &end, NULL);
	signal(SIGPIPE, SIG_IGN);
	if (!queue_of(&w, &exit))
		return exit;
	cli_note(cli, empty ? "Working until no job has come for 5 seconds."
			    : "Waiting for jobs; Ctrl-C ends it.");
	for (uint64_t done = 0; !ended && (!count || done < count);) {
		json_t *job;
		exit = take(&w, empty, &job);
		if (exit || (!job && empty))
			break;
		if (!job)
			continue;
		int became = do_job(&w, job);
		failed = failed ? failed : became;
		json_decref(job);
		done++;
	}
	/* who says how much is to be done is told whether all of it was */
	exit = exit ? exit : count || empty ? failed : CLI_OK;
	return exit ? exit : ended ? 128 + ended : CLI_OK;
}
