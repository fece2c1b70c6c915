/* One's own queue: made, let others in, take that back. */
#include "geonet/job/commands.h"
#include "geonet/job/job.h"
#include "geonet/token/token.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A key in hex. False after printing. */
static bool key_of(struct cli *cli, const char *text, struct gn_fb_key *out)
{
	if (gn_unhex(gn_str(text), out->b, sizeof out->b) == GN_OK)
		return true;
	cli_fail(cli, CLI_USAGE, "usage",
		 "'%s' is no worker's key: those have 64 digits of 0-9a-f, and whoever works "
		 "prints theirs with: geonet job key",
		 out_text(text));
	return false;
}

static int ask_keys(struct cli *cli, struct reply *reply)
{
	struct gn_fb_job_keys_args args = {0};
	struct ask ask = {.kind = JOB(JOB_KEYS), .args = &args};
	return job_ask(cli, &ask, reply, "the keys could not be read");
}

int cmd_job_key(struct cli *cli)
{
	struct reply r;
	int exit = ask_keys(cli, &r);
	if (!exit && cli->json)
		exit = cli_json(cli, json_pack("{ss}", "key", json_text(r.json, "worker")));
	else if (!exit)
		printf("%s\n", json_text(r.json, "worker"));
	reply_free(&r);
	return exit;
}

int cmd_box_show(struct cli *cli)
{
	struct reply r, list = {0};
	struct job_queue own = {.own = true};
	unsigned count[4] = {0};
	static const char *const states[4] = {"waiting", "running", "done", "dead"};
	size_t i;
	json_t *job;
	int exit = job_fetch(cli, &own, &list); /* makes it, where there is none yet */
	if (exit) {
		reply_free(&list);
		return exit;
	}
	exit = ask_keys(cli, &r);
	json_array_foreach(json_object_get(list.json, "jobs"), i, job)
	{
		for (unsigned k = 0; k < GN_COUNT(states); k++)
			count[k] += strcmp(json_text(job, "state"), states[k]) == 0;
	}
	if (!exit && cli->json) {
		json_t *json = json_deep_copy(r.json);
		for (unsigned k = 0; k < GN_COUNT(states); k++)
			json_object_set_new(json, states[k], json_integer((json_int_t)count[k]));
		exit = cli_json(cli, json);
	} else if (!exit) {
		out_pair(cli, "queue", "%s", json_text(r.json, "queue"));
		out_pair(cli, "your key", "%s", json_text(r.json, "worker"));
		out_pair(cli, "jobs", "%u waiting, %u running, %u done, %u dead", count[0],
			 count[1], count[2], count[3]);
	}
	reply_free(&list);
	reply_free(&r);
	return exit;
}

/* What a queue counts, once of each. False after printing. */
static bool read_limits(struct cli *cli, struct gn_fb_job_grant_args *args)
{
	struct gn_token_limit limits[GN_TOKEN_LIMITS_MAX];
	size_t count;
	if (!token_limits(cli, limits, &count))
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct gn_token_limit *l = &limits[i];
		struct {
			uint64_t *amount;
			uint32_t *per;
		} at = {NULL, NULL};
		if (l->of == GN_FB_LIMIT_OF_JOBS)
			at.amount = &args->jobs, at.per = &args->jobs_s;
		else if (l->of == GN_FB_LIMIT_OF_BYTES)
			at.amount = &args->bytes, at.per = &args->bytes_s;
		else if (l->of == GN_FB_LIMIT_OF_OPS)
			at.amount = &args->ops, at.per = &args->ops_s;
		if (!at.per || !l->per || *at.per) {
			cli_fail(cli, CLI_USAGE, "usage",
				 "--limit %s: a queue counts jobs, bytes and ops, each once, in so "
				 "many seconds, such as jobs=10/3600",
				 cli_option_at(cli, "limit", (int)i));
			return false;
		}
		*at.amount = l->amount;
		*at.per = l->per;
	}
	return true;
}

int cmd_box_grant(struct cli *cli)
{
	struct reply r;
	struct gn_fb_key key, queue, worker;
	uint64_t days = 30;
	bool submit = cli_flag(cli, "submit"), work = cli_flag(cli, "work");
	if (!key_of(cli, cli->args[0], &key) || !cli_number(cli, "days", 1, 400, &days))
		return CLI_USAGE;
	if (!submit && !work)
		return cli_fail(cli, CLI_USAGE, "usage",
				"say what they may do: --work, take jobs out of your queue; "
				"--submit, put jobs into it; or both");
	struct gn_fb_job_grant_args args = {
		.worker = &key, .seconds = (uint32_t)days * 86400, .work = work, .submit = submit};
	struct ask ask = {.kind = JOB(JOB_GRANT), .args = &args};
	if (!read_limits(cli, &args))
		return CLI_USAGE;
	int exit = job_ask(cli, &ask, &r, "they could not be let in");
	size_t len = 0;
	uint8_t *token = exit ? NULL : job_bytes(r.json, "token", &len);
	if (!exit &&
	    (!token || gn_unhex(gn_str(json_text(r.json, "queue")), queue.b, 32) != GN_OK ||
	     gn_unhex(gn_str(json_text(r.json, "worker")), worker.b, 32) != GN_OK))
		exit = cli_fail(cli, CLI_FAILED, "malformed", "the agent's answer has no token");
	if (!exit) {
		char *line = job_queue_text(&queue, &worker, gn_slice(token, len));
		if (cli->json)
			exit = cli_json(cli, json_pack("{ss so}", "link", line, "queue",
						       json_hex(queue.b, sizeof queue.b)));
		else
			printf("%s\n", line);
		free(line);
	}
	free(token);
	reply_free(&r);
	return exit;
}

int cmd_box_refuse(struct cli *cli)
{
	struct reply r;
	struct gn_fb_key key;
	if (!key_of(cli, cli->args[0], &key))
		return CLI_USAGE;
	struct gn_fb_job_refuse_args args = {.key = &key, .undo = cli_flag(cli, "undo")};
	struct ask ask = {.kind = JOB(JOB_REFUSE), .args = &args};
	int exit = job_ask(cli, &ask, &r, "that was not possible");
	if (!exit && cli->json)
		exit = cli_json(cli, json_pack("{ss sb}", "key", cli->args[0], "refused",
					       !cli_flag(cli, "undo")));
	else if (!exit)
		cli_note(cli, cli_flag(cli, "undo")
				      ? "What you gave them counts again, as long as it lasts."
				      : "Nothing that you gave them counts any more; the nodes of "
					"the queue know within a minute.");
	reply_free(&r);
	return exit;
}
