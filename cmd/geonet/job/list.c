/* What is in a queue. */
#include "geonet/frame/files.h"
#include "geonet/job/commands.h"
#include "geonet/job/job.h"

#include <stdlib.h>
#include <string.h>

static void print_table(struct cli *cli, const json_t *jobs)
{
	struct table t;
	size_t i;
	json_t *job;
	static const char *const heading[] = {"JOB", "STATE", "TRIES", "KIND", "SINCE", ""};
	table_init(&t, GN_COUNT(heading), 1u << 2);
	for (size_t k = 0; k < GN_COUNT(heading); k++)
		table_add(&t, "%s", heading[k]);
	json_array_foreach(jobs, i, job)
	{
		table_add(&t, "%.12s", json_text(job, "id"));
		table_add(&t, "%s", json_text(job, "state"));
		table_add(&t, "%llu", (unsigned long long)json_number(job, "attempts"));
		table_add(&t, "%s", out_text(json_text(job, "kind")));
		table_add(&t, "%s", out_time(json_seconds(job, "deposited")));
		table_add(&t, "%s", json_text(job, "reason"));
	}
	table_print(cli, &t);
}

/* state: NULL, of every one. */
static int list(struct cli *cli, const char *state, const char *none)
{
	struct job_queue q;
	struct reply r;
	size_t i;
	json_t *job;
	if (!job_queue_read(cli, cli->arg_count ? cli->args[0] : NULL, &q))
		return CLI_USAGE;
	int exit = job_fetch(cli, &q, &r);
	json_t *jobs = json_array();
	json_array_foreach(json_object_get(r.json, "jobs"), i, job)
	{
		if (!state || strcmp(json_text(job, "state"), state) == 0)
			json_array_append(jobs, job);
	}
	if (!exit && cli->json)
		exit = cli_json(cli, json_pack("{sO}", "jobs", jobs));
	else if (!exit && json_array_size(jobs))
		print_table(cli, jobs);
	else if (!exit && !q.own && !state)
		cli_note(cli,
			 "You have no jobs in this queue: geonet job submit QUEUE --input FILE");
	else if (!exit)
		cli_note(cli, "%s", none);
	if (!exit && json_is_true(json_object_get(r.json, "more")))
		cli_note(cli, "There are more; these are the newest.");
	json_decref(jobs);
	reply_free(&r);
	return exit;
}

int cmd_job_list(struct cli *cli)
{
	return list(cli, NULL, "There are no jobs: geonet job submit own --input FILE");
}

int cmd_job_dead(struct cli *cli)
{
	return list(cli, "dead", "No job has failed for good.");
}

int cmd_job_show(struct cli *cli)
{
	struct job_queue q;
	struct reply r;
	size_t len = 0;
	const char *path = cli_option(cli, "output");
	if (!job_queue_read(cli, cli_option(cli, "queue"), &q))
		return CLI_USAGE;
	int exit = job_fetch(cli, &q, &r);
	const json_t *job = exit ? NULL : job_find(cli, r.json, cli->args[0], &exit);
	if (job && path) {
		uint8_t *output = job_bytes(job, "output", &len);
		if (strcmp(json_text(job, "state"), "done") != 0)
			exit = cli_fail(cli, CLI_FAILED, "unfinished", "the job is %s%s%s",
					json_text(job, "state"),
					*json_text(job, "reason") ? ": " : "",
					json_text(job, "reason"));
		else
			exit = output_bytes(cli, path, gn_slice(output, len));
		free(output);
	} else if (job && cli->json) {
		exit = cli_json(cli, json_deep_copy(job));
	} else if (job) {
		job_print(cli, job);
	}
	reply_free(&r);
	return exit;
}
