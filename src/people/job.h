/* Jobs: what somebody asks a worker to do, signed by who asks, and what became of it, signed by who
 * did it. Pure: bytes in, values out. How they wait and who takes them is a queue's
 * (docs/spec/box.md BX-33); rules docs/spec/jobs.md JO-1..JO-6. */
#ifndef GN_PEOPLE_JOB_H
#define GN_PEOPLE_JOB_H

#include "crypto/crypto.h"
#include "wire/generated/job_fb.h"

#define GN_JOB_KIND_MAX 64      /* bytes: a-z, 0-9, '.', '-', then '/' and a number */
#define GN_JOB_RECIPE_MAX 32768 /* bytes */
#define GN_JOB_INPUTS 64
#define GN_JOB_TOKEN_MAX 4096 /* bytes of a chain */
#define GN_JOB_COPIES 3       /* workers that do the same */
#define GN_JOB_MAX 40960      /* bytes of a signed one: more than all of the above */
#define GN_JOB_OUTPUTS 16
#define GN_JOB_NAME_MAX 255    /* bytes: of an output, a type, a tool */
#define GN_JOB_INLINE_MAX 4096 /* bytes of outputs that are in the result */
#define GN_JOB_NOTE_MAX 4096   /* bytes */
#define GN_JOB_RESULT_MAX 6144 /* bytes of a signed one: what a queue keeps (BOX_OUTCOME_MAX) */

struct gn_job_input {
	struct gn_hash root;
	uint64_t size;
};
struct gn_job { /* slices are borrowed */
	uint8_t nonce[16];
	struct gn_pk requester;
	struct gn_slice kind, recipe, token;
	struct gn_job_input inputs[GN_JOB_INPUTS];
	size_t input_count;
	uint32_t cpu_ms, wall_ms;
	uint64_t memory, out_bytes;
	uint64_t not_after; /* Unix seconds */
	uint8_t cls, copies;
	struct gn_pk seal_to, reply; /* zero: none */
};

struct gn_job_output {
	struct gn_slice name, mime, bytes;
	struct gn_hash root;
	uint64_t size;
};
struct gn_job_result { /* slices are borrowed */
	struct gn_hash job;
	uint16_t attempt;
	uint8_t status, fault; /* enum gn_fb_job_status, gn_fb_job_fault */
	struct gn_job_output outputs[GN_JOB_OUTPUTS];
	size_t output_count;
	uint32_t cpu_ms, wall_ms;
	uint64_t peak, in, out;
	struct gn_slice tool, tool_version, note;
	struct gn_hash tool_digest, model_digest; /* zero: none */
	uint8_t sandbox;
	struct gn_pk worker;
};

/* Appends the signed job; its requester is the key's. GN_USAGE, GN_RANGE: beyond the limits;
 * GN_TEXT: the kind; GN_TOO_LARGE: the room. */
GN_MUST gn_err gn_job_make(const struct gn_sk *requester, const struct gn_job *j,
			   struct gn_buf *out, struct gn_hash *id);
/* Its signature, and the limits. *out borrows from `in`. GN_MALFORMED, GN_VERSION, GN_RANGE,
 * GN_TEXT, GN_SIGNATURE; *out is then untouched. */
GN_MUST gn_err gn_job_open(struct gn_slice in, struct gn_job *out, struct gn_hash *id);
/* The same of a result; its worker is the key's. */
GN_MUST gn_err gn_job_result_make(const struct gn_sk *worker, const struct gn_job_result *r,
				  struct gn_buf *out);
GN_MUST gn_err gn_job_result_open(struct gn_slice in, struct gn_job_result *out);

/* What was computed, whoever asked: equal for equal work by the same tool and model. */
void gn_job_key(const struct gn_job *j, const struct gn_hash *tool_digest,
		const struct gn_hash *model_digest, struct gn_hash *key);
/* Is it the name of a kind, "media.thumbnail/1"? */
bool gn_job_kind_ok(struct gn_slice kind);

#endif
