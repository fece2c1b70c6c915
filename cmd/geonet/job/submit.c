/* geonet job submit, retry, drop: into a queue, once more, and out of it. --wait asks the queue
 * until the job has ended; what it gave is then the answer. */
#include "geonet/frame/files.h"
#include "geonet/job/commands.h"
#include "geonet/job/job.h"
#include "os/os.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define POLL_MAX 8 /* seconds between two looks at the queue */

static bool ended(const json_t *job)
{
	const char *state = json_text(job, "state");
	return strcmp(state, "done") == 0 || strcmp(state, "dead") == 0;
}

/* The job as its queue has it now: *out is the caller's, NULL while it cannot be read. */
static int look(struct cli *cli, const struct job_queue *q, const char *id, json_t **out)
{
	struct gn_fb_hash hash;
	struct reply r;
	*out = NULL;
	if (gn_unhex(gn_str(id), hash.b, sizeof hash.b) != GN_OK)
		return cli_fail(cli, CLI_FAILED, "malformed", "the agent's answer has no id");
	struct gn_fb_job_get_args args = {.id = &hash,
					  .queue = q->own ? NULL : &q->key,
					  .token = q->token,
					  .worker = q->own ? NULL : &q->worker};
	struct ask ask = {.kind = JOB(JOB_GET), .args = &args, .agent = true, .quiet = true};
	int exit = client_ask(cli, &ask, &r);
	/* holders that were slow, an agent that is started again: it is looked at again */
	if (!exit)
		*out = json_incref(json_object_get(r.json, "job"));
	else if (r.err == GN_DENIED || r.err == GN_LOCKED)
		exit = client_report(cli, &r, "the job cannot be followed");
	else
		exit = CLI_OK;
	reply_free(&r);
	return exit;
}

static int say_end(struct cli *cli, const json_t *job)
{
	size_t len;
	bool done = strcmp(json_text(job, "state"), "done") == 0;
	if (cli->json) {
		int printed = cli_json(cli, json_deep_copy(job));
		return printed ? printed : done ? CLI_OK : CLI_FAILED;
	}
	if (!done)
		return cli_fail(cli, CLI_FAILED, "dead", "the job is dead: %s%s%s",
				json_text(job, "reason"), *json_text(job, "note") ? ": " : "",
				out_text(json_text(job, "note")));
	uint8_t *output = job_bytes(job, "output", &len);
	bool written = !output || fwrite(output, 1, len, stdout) == len;
	free(output);
	return written && fflush(stdout) == 0
		       ? CLI_OK
		       : cli_fail(cli, CLI_FAILED, "io", "what it gave cannot be written");
}

static int wait_for(struct cli *cli, const struct job_queue *q, const char *id, uint64_t seconds)
{
	gn_time until = gn_os_steady() + (gn_time)seconds * GN_SEC;
	for (time_t rest = 1;; rest = rest < POLL_MAX ? rest + 1 : POLL_MAX) {
		json_t *job;
		int exit = look(cli, q, id, &job);
		if (!exit && job && ended(job)) {
			cli_progress_done(cli);
			exit = say_end(cli, job);
			json_decref(job);
			return exit;
		}
		if (!exit)
			cli_progress(cli, "%s...", job ? json_text(job, "state") : "no answer yet");
		json_decref(job);
		if (exit)
			return exit;
		if (gn_os_steady() >= until)
			break;
		struct timespec pause = {.tv_sec = rest};
		nanosleep(&pause, NULL);
	}
	cli_progress_done(cli);
	return cli_fail(
		cli, CLI_QUORUM, "timeout",
		"no worker did it in %llu s; it still waits, see: geonet job show %.12s%s%s",
		(unsigned long long)seconds, id, q->own ? "" : " --queue ",
		q->own ? "" : out_text(q->word));
}

static int submitted(struct cli *cli, const struct job_queue *q, const struct reply *r)
{
	const json_t *job = json_object_get(r->json, "job");
	uint64_t seconds = 600;
	if (cli_flag(cli, "wait")) {
		if (!cli_number(cli, "timeout", 1, 86400, &seconds))
			return CLI_USAGE;
		cli_note(cli, "Job %s waits; %llu of %llu nodes keep it.", json_text(job, "id"),
			 (unsigned long long)json_number(r->json, "held"),
			 (unsigned long long)json_number(r->json, "of"));
		return wait_for(cli, q, json_text(job, "id"), seconds);
	}
	if (cli->json)
		return cli_json(cli, json_incref(r->json));
	printf("%s\n", json_text(job, "id"));
	cli_note(cli, "It waits for a worker; %llu of %llu nodes keep it.",
		 (unsigned long long)json_number(r->json, "held"),
		 (unsigned long long)json_number(r->json, "of"));
	return CLI_OK;
}

static int submit(struct cli *cli, const struct job_queue *q, struct gn_fb_job_submit_args *args)
{
	struct reply r;
	args->queue = q->own ? NULL : &q->key;
	args->token = q->token;
	args->worker = q->own ? NULL : &q->worker;
	struct ask ask = {.kind = JOB(JOB_SUBMIT), .args = args, .timeout = 120};
	int exit = job_ask(cli, &ask, &r, "the job was not taken");
	if (!exit)
		exit = submitted(cli, q, &r);
	reply_free(&r);
	return exit;
}

int cmd_job_submit(struct cli *cli)
{
	struct job_queue q;
	const char *input = cli_option(cli, "input"), *kind = cli_option(cli, "kind");
	uint64_t class = 3, hours = 24, seconds = 0;
	uint8_t *bytes = NULL;
	size_t len = 0;
	if (!cli_number(cli, "class", 1, 4, &class) || !cli_number(cli, "hours", 1, 336, &hours) ||
	    !cli_number(cli, "limit", 1, 86400, &seconds))
		return CLI_USAGE;
	if (!job_queue_read(cli, cli->args[0], &q))
		return CLI_USAGE;
	if (input && !read_input(cli, input, JOB_INPUT_MAX + 1, &bytes, &len))
		return CLI_FAILED;
	if (len > JOB_INPUT_MAX) {
		free(bytes);
		return cli_fail(cli, CLI_USAGE, "too_large",
				"the input has more than %d bytes: publish it, and give its "
				"address as the input",
				JOB_INPUT_MAX);
	}
	client_time(cli);
	struct gn_fb_job_submit_args args = {.kind = gn_str(kind ? kind : JOB_KIND_DEFAULT),
					     .recipe = gn_slice(bytes, len),
					     .not_after = cli_now() + hours * 3600,
					     .class = (uint8_t)class,
					     .wall_ms = (uint32_t)seconds * 1000};
	int exit = submit(cli, &q, &args);
	free(bytes);
	return exit;
}

/* ---- once more, and out ---- */

static int own_job(struct cli *cli, struct reply *r, const json_t **job)
{
	struct job_queue own = {.own = true};
	int exit = job_fetch(cli, &own, r);
	*job = exit ? NULL : job_find(cli, r->json, cli->args[0], &exit);
	return exit;
}

static int drop(struct cli *cli, const json_t *job)
{
	struct reply r;
	size_t len;
	uint8_t *item = job_bytes(job, "item", &len);
	struct gn_fb_job_drop_args args = {.item = gn_slice(item, len)};
	struct ask ask = {.kind = JOB(JOB_DROP), .args = &args};
	int exit = job_ask(cli, &ask, &r, "it could not be dropped");
	free(item);
	reply_free(&r);
	return exit;
}

int cmd_job_drop(struct cli *cli)
{
	struct reply r;
	const json_t *job;
	int exit = own_job(cli, &r, &job);
	if (!exit)
		exit = drop(cli, job);
	if (!exit && cli->json)
		exit = cli_json(cli, json_pack("{ss}", "dropped", json_text(job, "id")));
	else if (!exit)
		cli_note(cli, ended(job) ? "It is forgotten." : "It is called off.");
	reply_free(&r);
	return exit;
}

int cmd_job_retry(struct cli *cli)
{
	struct reply r;
	const json_t *job;
	size_t len = 0;
	struct job_queue own = {.own = true};
	int exit = own_job(cli, &r, &job);
	if (!exit && !ended(job))
		exit = cli_fail(cli, CLI_USAGE, "usage", "that job is %s: nothing to do again",
				json_text(job, "state"));
	uint8_t *input = exit ? NULL : job_bytes(job, "recipe", &len);
	if (!exit) {
		struct gn_fb_job_submit_args args = {
			.kind = gn_str(json_text(job, "kind")),
			.recipe = gn_slice(input, len),
			.class = (uint8_t)json_number(job, "class"),
			.wall_ms = (uint32_t)json_number(job, "limit_ms")};
		exit = submit(cli, &own, &args);
		/* the dead letter has done its part */
		if (!exit)
			exit = drop(cli, job);
	}
	free(input);
	reply_free(&r);
	return exit;
}
