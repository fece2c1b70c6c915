/* The owner's program for one job: its input on stdin, its output from stdout, the end of what it
 * says on stderr; all that it started ends with it. */
#ifndef GEONET_JOB_PROGRAM_H
#define GEONET_JOB_PROGRAM_H

#include "geonet/job/job.h"

struct program {
	const char *command; /* for sh -c */
	const json_t *job;   /* what the environment says */
	struct gn_slice input;
	gn_time limit; /* how long it may run; 0: no bound */
	/* each second or so; false: it is to be ended */
	bool (*alive)(void *user);
	void *user;
};
struct program_end {
	bool started, stopped, late; /* stopped: `alive` said so; late: the limit */
	bool large;                  /* more output than a job may give */
	int status, signal;          /* of its exit, of what ended it */
	uint32_t ms;
	uint8_t output[JOB_OUTPUT_MAX + 1];
	size_t output_len;
	uint8_t note[JOB_NOTE_MAX + 1]; /* UTF-8 */
	size_t note_len;
};
/* CLI_OK, or CLI_FAILED after printing: it could not be started. */
int program_run(struct cli *cli, const struct program *p, struct program_end *out);

#endif
