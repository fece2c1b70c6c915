/* What the commands of jobs share: a queue as people name it, questions to the agent, a job in
 * words. */
#include "geonet/job/job.h"

#include "geonet/frame/files.h"
#include "os/os.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PREFIX "geonet:queue/"
#define TEXT_MAX (2 * GN_TOKEN_MAX + 256)
#define MADE_WAIT (90 * GN_SEC) /* for a queue that is being made */

/* ---- which queue ---- */

static bool take_key(struct gn_slice *text, struct gn_fb_key *out)
{
	if (text->len < 65 || text->p[64] != '/' ||
	    gn_unhex(gn_slice(text->p, 64), out->b, sizeof out->b) != GN_OK)
		return false;
	*text = gn_slice(text->p + 65, text->len - 65);
	return true;
}

static bool parse(struct gn_slice text, struct job_queue *out)
{
	struct gn_buf token = {out->bytes, 0, sizeof out->bytes};
	const size_t prefix = sizeof PREFIX - 1;
	while (text.len && (text.p[text.len - 1] == '\n' || text.p[text.len - 1] == '\r'))
		text.len--;
	if (text.len < prefix || memcmp(text.p, PREFIX, prefix) != 0)
		return false;
	text = gn_slice(text.p + prefix, text.len - prefix);
	if (!take_key(&text, &out->key) || !take_key(&text, &out->worker) || text.len == 0 ||
	    gn_unbase64(text, true, &token) != GN_OK)
		return false;
	out->token = gn_buf_slice(&token);
	return true;
}

bool job_queue_read(struct cli *cli, const char *word, struct job_queue *out)
{
	uint8_t *text = NULL;
	size_t len;
	*out = (struct job_queue){.word = word, .own = !word || strcmp(word, "own") == 0};
	if (out->own)
		return true;
	bool is_text = strncmp(word, PREFIX, sizeof PREFIX - 1) == 0;
	if (!is_text && strcmp(word, "-") != 0 && access(word, F_OK) != 0 && errno == ENOENT) {
		cli_fail(cli, CLI_USAGE, "usage",
			 "'%s' is neither own, nor a file, nor what `geonet box grant` printed",
			 out_text(word));
		return false;
	}
	if (!is_text && !read_input(cli, word, TEXT_MAX, &text, &len))
		return false;
	bool right = parse(text ? gn_slice(text, len) : gn_str(word), out);
	free(text);
	if (!right)
		cli_fail(cli, CLI_USAGE, "usage",
			 "this is no queue: say own for yours, or give the line that its owner's "
			 "`geonet box grant` printed, or a file with it");
	return right;
}

char *job_queue_text(const struct gn_fb_key *key, const struct gn_fb_key *worker,
		     struct gn_slice token)
{
	char hex[2][65];
	char *text = cli_base64(token);
	gn_hex(GN_SLICE(key->b), hex[0]);
	gn_hex(GN_SLICE(worker->b), hex[1]);
	for (char *at = text; *at; at++) /* as URLs have it */
		*at = *at == '+' ? '-' : *at == '/' ? '_' : *at;
	text[strcspn(text, "=")] = 0;
	char *line = cli_format(PREFIX "%s/%s/%s", hex[0], hex[1], text);
	free(text);
	return line;
}

/* ---- asking ---- */

int job_ask(struct cli *cli, const struct ask *ask, struct reply *reply, const char *what)
{
	gn_time until = gn_os_steady() + MADE_WAIT;
	struct ask again = *ask;
	int exit;
	again.agent = true;
	for (;;) {
		exit = client_ask(cli, &again, reply);
		if (reply->err != GN_BUSY || gn_os_steady() > until)
			break;
		reply_free(reply);
		cli_progress(cli, "the queue is being made...");
		struct timespec pause = {.tv_nsec = 500000000};
		nanosleep(&pause, NULL);
	}
	cli_progress_done(cli);
	return exit && reply->err ? client_report(cli, reply, what) : exit;
}

int job_fetch(struct cli *cli, const struct job_queue *q, struct reply *reply)
{
	struct gn_fb_jobs_list_args args = {.queue = q->own ? NULL : &q->key,
					    .token = q->token,
					    .worker = q->own ? NULL : &q->worker};
	struct ask ask = {.kind = JOB(JOBS_LIST), .args = &args};
	return job_ask(cli, &ask, reply, "the queue could not be read");
}

const json_t *job_find(struct cli *cli, const json_t *list, const char *id, int *exit)
{
	const json_t *jobs = json_object_get(list, "jobs"), *found = NULL;
	size_t count = 0;
	for (size_t i = 0; i < json_array_size(jobs); i++) {
		const json_t *job = json_array_get(jobs, i);
		if (strncmp(json_text(job, "id"), id, strlen(id)) != 0)
			continue;
		found = job;
		count++;
	}
	if (count == 1)
		return found;
	*exit = count ? cli_fail(cli, CLI_USAGE, "usage",
				 "%zu jobs begin with '%s': more of its digits, please", count,
				 out_text(id))
		      : cli_fail(cli, CLI_NOT_FOUND, "not-found",
				 "there is no job '%s' in the queue; geonet job list shows them",
				 out_text(id));
	return NULL;
}

/* ---- a job in words ---- */

uint8_t *job_bytes(const json_t *job, const char *name, size_t *len)
{
	uint8_t *bytes = cli_unbase64(json_text(job, name), len);
	if (!bytes)
		*len = 0;
	return bytes;
}

static const char *class_of(uint64_t class)
{
	static const char *const words[] = {"normal", "first", "soon", "normal", "last"};
	return words[class < GN_COUNT(words) ? class : 0];
}

void job_print(const struct cli *cli, const json_t *job)
{
	uint64_t attempts = json_number(job, "attempts");
	out_pair(cli, "job", "%s", json_text(job, "id"));
	out_pair(cli, "kind", "%s, %s", out_text(json_text(job, "kind")),
		 class_of(json_number(job, "class")));
	out_pair(cli, "state", "%s", json_text(job, "state"));
	if (*json_text(job, "reason"))
		out_pair(cli, "because", "%s", json_text(job, "reason"));
	if (attempts)
		out_pair(cli, "attempts", "%llu, the last by worker %.16s",
			 (unsigned long long)attempts, json_text(job, "worker"));
	out_pair(cli, "asked by", "%.16s", json_text(job, "requester"));
	out_pair(cli, "since", "%s", out_time(json_seconds(job, "deposited")));
	out_pair(cli, "not after", "%s", out_time(json_seconds(job, "not_after")));
	if (json_number(job, "wall_ms"))
		out_pair(cli, "took", "%.3f s", (double)json_number(job, "wall_ms") / 1000.0);
	if (strcmp(json_text(job, "state"), "done") == 0) {
		size_t len;
		free(job_bytes(job, "output", &len));
		out_pair(cli, "result", "%s%s", out_bytes(len), len ? ": --output FILE, or -" : "");
	}
	if (*json_text(job, "note"))
		out_pair(cli, "it said", "%s", out_text(json_text(job, "note")));
}
