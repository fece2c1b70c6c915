/* geonet job, geonet box. */
#include "geonet/frame/cli.h"
#include "geonet/job/commands.h"

#include <stddef.h>

/* clang-format off */

static const struct cli_option submit_options[] = {
	{"input", "FILE", "what the worker's program gets on stdin; - is stdin (default nothing)"},
	{"kind", "KIND", "what kind of work it is, as text.count/1 (default exec/1)"},
	{"class", "N", "1 is taken first, 4 last (default 3)"},
	{"hours", "N", "give it up if nobody began it in so many, 1 to 336 (default 24)"},
	{"limit", "SECONDS", "how long the program may run (default: what its worker says)"},
	{"wait", NULL, "until it has ended; what it gave goes to stdout"},
	{"timeout", "SECONDS", "how long to wait (default 600)"},
	{0},
};

static const struct cli_option show_options[] = {
	{"queue", "QUEUE", "in which queue (default own)"},
	{"output", "FILE", "write what it gave into FILE (-: stdout)"},
	{0},
};

static const struct cli_option retry_options[] = {
	{"wait", NULL, "until it has ended; what it gave goes to stdout"},
	{"timeout", "SECONDS", "how long to wait (default 600)"},
	{0},
};

static const struct cli_option work_options[] = {
	{"exec", "CMD", "what is run for each job, by sh -c"},
	{"count", "N", "end after so many jobs (default: never)"},
	{"until-empty", NULL, "end when no job is left"},
	{"limit", "SECONDS", "how long the program may run (default: what the job says)"},
	{"lease", "SECONDS", "how soon another tries when this worker is gone, 5 to 30 "
	 "(default 30)"},
	{0},
};

const struct cli_command job_commands[] = {
	{"submit", "QUEUE", 1, 1, "put a job into a queue",
	 "QUEUE is own for yours, or the line that its owner's `geonet box grant` printed, or a "
	 "file with it. The job is signed by you, and kept by eight nodes for 14 days; a "
	 "worker of the queue does it, and it counts once. Its id is printed.\n",
	 "  geonet job submit own --input letter.txt --wait\n"
	 "  echo 'one two three' | geonet job submit own --input - --kind text.count/1\n"
	 "  geonet job submit theirs.queue --input letter.txt --wait --timeout 60\n",
	 submit_options, cmd_job_submit},
	{"work", "QUEUE", 1, 1, "do the jobs of a queue with a program of yours",
	 "For each job CMD is run: its input is on stdin, what it writes to stdout (4 KiB at "
	 "most) is the result, signed by you. Its exit status says what became of it: 0 done; 65 "
	 "the input is bad, and nobody tries again; 75 try again later; anything else, it failed "
	 "here, and another worker tries. What it writes to stderr is told with a failure. "
	 "$GEONET_JOB_ID, _KIND, _ATTEMPT (from 1), _CLASS, _REQUESTER and _NOT_AFTER are set. "
	 "It runs as you, without a sandbox: let only those submit whom you trust with CMD. Ctrl-C "
	 "ends it when the job in hand is done (exit status 130), a second one stops that.\n",
	 "  geonet job work own --exec 'wc -w'\n"
	 "  geonet job work theirs.queue --exec ./thumbnail --count 10\n"
	 "  geonet job work own --exec ./nightly --until-empty --limit 600\n",
	 work_options, cmd_job_work},
	{"list", "[QUEUE]", 0, 1, "what is in a queue: waiting, running, done, dead",
	 "Of somebody else's queue you see what you submitted.\n",
	 "  geonet job list\n"
	 "  geonet job list theirs.queue --json\n",
	 NULL, cmd_job_list},
	{"show", "JOB", 1, 1, "one job, and what it gave",
	 "JOB is its id, or the beginning of it.\n",
	 "  geonet job show 5f0c21\n"
	 "  geonet job show 5f0c21 --output result.txt\n",
	 show_options, cmd_job_show},
	{"dead", "[QUEUE]", 0, 1, "dead letters: jobs that failed for good, and why",
	 "A job is dead after three tries, or when its input is bad. It stays for 14 days.\n",
	 "  geonet job dead\n",
	 NULL, cmd_job_dead},
	{"retry", "JOB", 1, 1, "submit once more, as a new job, one that has ended",
	 NULL,
	 "  geonet job retry 5f0c21 --wait\n",
	 retry_options, cmd_job_retry},
	{"drop", "JOB", 1, 1, "call a job off, or forget one that has ended",
	 "A program that works on it is stopped within a minute.\n",
	 "  geonet job drop 5f0c21\n",
	 NULL, cmd_job_drop},
	{"key", "", 0, 0, "your key at other people's queues: give it to their owner",
	 NULL,
	 "  geonet job key\n",
	 NULL, cmd_job_key},
	{0},
};

static const struct cli_option grant_options[] = {
	{"work", NULL, "they may take jobs, and say what became of them"},
	{"submit", NULL, "they may put jobs in, and see what becomes of those"},
	{"days", "N", "for how long, 1 to 400 (default 30)"},
	{"limit", "KIND=N/S", "at most N of a kind at once, and so many again in S seconds; may "
	 "repeat: jobs, bytes, ops (uses)"},
	{0},
};

static const struct cli_option refuse_options[] = {
	{"undo", NULL, "let them in again"},
	{0},
};

const struct cli_command box_commands[] = {
	{"show", "", 0, 0, "your queue: its key, and what is in it; made when there is none yet",
	 NULL,
	 "  geonet box show\n",
	 NULL, cmd_box_show},
	{"grant", "KEY", 1, 1, "let somebody work at your queue, or put jobs into it",
	 "KEY is what their `geonet job key` prints. The line that this prints is for them: nobody "
	 "else can use it.\n",
	 "  geonet box grant 3b7a... --work > worker.queue\n"
	 "  geonet box grant 3b7a... --submit --days 7 --limit jobs=20/3600\n",
	 grant_options, cmd_box_grant},
	{"refuse", "KEY", 1, 1, "take back what you granted a key at your queue",
	 "What they did before counts no more either: save the results that you want first, with "
	 "geonet job show JOB --output FILE.\n",
	 "  geonet box refuse 3b7a...\n"
	 "  geonet box refuse 3b7a... --undo\n",
	 refuse_options, cmd_box_refuse},
	{0},
};
