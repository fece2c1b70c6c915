/* Between the commands of jobs: which queue is meant, asking the agent, a job in words. */
#ifndef GEONET_JOB_JOB_H
#define GEONET_JOB_JOB_H

#include "geonet/frame/client.h"
#include "geonet/frame/frame.h"
#include "wire/token.h"

#define JOB(member) ((struct gn_app_kind){GN_FB_APP_BODY_APP_JOB, GN_FB_APP_JOB_BODY_##member})
#define JOB_KIND_DEFAULT "exec/1"
#define JOB_INPUT_MAX 32768 /* bytes: GN_JOB_RECIPE_MAX of people */
#define JOB_OUTPUT_MAX 4096 /* bytes: GN_JOB_INLINE_MAX */
#define JOB_NOTE_MAX 4000   /* bytes of stderr that are told, the last ones */

/* A queue as people name it: own, or what its owner's `geonet box grant` printed, which is
 * "geonet:queue/" key "/" its owner's worker "/" token, keys in hex, the token base64 for URLs. */
struct job_queue {
	const char *word; /* as it was named; NULL: own */
	bool own;
	struct gn_fb_key key, worker;
	uint8_t bytes[GN_TOKEN_MAX];
	struct gn_slice token; /* in bytes */
};
/* word: NULL or "own", a file, - or the text itself. False after printing. */
bool job_queue_read(struct cli *cli, const char *word, struct job_queue *out);
/* As text; the caller frees. */
char *job_queue_text(const struct gn_fb_key *key, const struct gn_fb_key *worker,
		     struct gn_slice token);

/* client_ask of the agent; while a new queue is being made it waits. Prints what went wrong. */
int job_ask(struct cli *cli, const struct ask *ask, struct reply *reply, const char *what);
/* The queue's jobs: {"jobs": [..], "more"}. */
int job_fetch(struct cli *cli, const struct job_queue *q, struct reply *reply);
/* The one whose id begins so, of that list; NULL after printing, with the exit status. */
const json_t *job_find(struct cli *cli, const json_t *list, const char *id, int *exit);
/* Lines about it. */
void job_print(const struct cli *cli, const json_t *job);
/* What it gave, as it is: the caller frees. */
uint8_t *job_bytes(const json_t *job, const char *name, size_t *len);

#endif
