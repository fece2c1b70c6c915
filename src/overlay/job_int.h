/* Storage in flight. */
#ifndef GN_OVERLAY_JOB_INT_H
#define GN_OVERLAY_JOB_INT_H

#include "overlay/overlay_int.h"

/* Who asks for the work, and what is waited for. */
struct gn_ov_asker {
	const struct gn_contact *to; /* who asked; or whom to push to */
	uint64_t request;            /* of the peer; 0: nobody waits, or op does */
	gn_op op;                    /* our own operation; 0: none */
	uint64_t nonce;              /* of the proof that is asked for, with a receipt; 0: none */
};

/* ---- job.c ---- */

void gn_ov_jobs_init(struct gn_overlay *ov);
void gn_ov_jobs_free(struct gn_overlay *ov);
/* Who makes the work: the peer that asked; nobody for our own operations and pushes. */
struct gn_holder gn_ov_job_asker(const struct gn_contact *to, gn_op op, enum gn_ov_job_kind kind);
struct gn_ov_job *gn_ov_job_new(struct gn_overlay *ov, enum gn_ov_job_kind kind,
				const struct gn_ov_asker *by, const struct gn_hash *key);
void gn_ov_job_free(struct gn_overlay *ov, struct gn_ov_job *j);
struct gn_ov_job *gn_ov_job_get(const struct gn_overlay *ov, uint64_t token);
/* From the disk, at once or when who asked has fewer reads under way; our own work is not
 * counted. */
gn_err gn_ov_job_read(struct gn_overlay *ov, struct gn_ov_job *j);
void gn_ov_job_read_over(struct gn_overlay *ov, struct gn_ov_job *j);
/* The oldest that may be read now. */
struct gn_ov_job *gn_ov_job_queued(const struct gn_overlay *ov);
/* The version of this key that is on its way to the disk; NULL. */
const struct gn_ov_job *gn_ov_job_storing(const struct gn_overlay *ov, const struct gn_hash *key);
/* Reads a held record for a peer's GET, our own (op), or a PUSH to `to`, or for the takers'
 * proof. */
gn_err gn_ov_job_load(struct gn_overlay *ov, enum gn_ov_job_kind kind, const struct gn_ov_asker *by,
		      const struct gn_hash *key, gn_time now);
/* Is a version of this key on its way to the disk? */
bool gn_ov_job_stores(const struct gn_overlay *ov, const struct gn_hash *key);

/* ---- storing.c ---- */

/* Is it this version that is held and shown? */
bool gn_ov_is_version(const struct gn_ov_held *h, const struct gn_record *r);
/* Answered, freed, and the next PUT of the key begun: all that follow end so, now or later. */
void gn_ov_job_refuse(struct gn_overlay *ov, struct gn_ov_job *j, gn_err err,
		      struct gn_slice against, gn_time now);
void gn_ov_job_accept(struct gn_overlay *ov, struct gn_ov_job *j, gn_time now);
void gn_ov_job_begin(struct gn_overlay *ov, struct gn_ov_job *j, gn_time now);
void gn_ov_job_store(struct gn_overlay *ov, struct gn_ov_job *j, gn_time now);
/* A record to be stored for a peer (PUT, PUSH) or for our own operation; r's bytes are copied.
 * Answers in any case. */
void gn_ov_job_put(struct gn_overlay *ov, const struct gn_ov_asker *by, bool pushed,
		   const struct gn_record *r, gn_time now);

#endif
