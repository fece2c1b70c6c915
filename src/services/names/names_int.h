/* What the files of names share. */
#ifndef GN_SERVICES_NAMES_INT_H
#define GN_SERVICES_NAMES_INT_H

#include "services/frame/frame.h"
#include "services/names/limits.h"
#include "services/names/names.h"
#include "wire/generated/bodies_fb.h"

/* Someone who says the name is theirs, and who says so at each of its two places. */
struct names_candidate {
	struct gn_pk owner;
	uint32_t holders[2];
	uint8_t *bytes; /* owned: the newest record seen of this owner */
	struct gn_record record;
	struct gn_hash tie;
};

enum names_step {
	NAMES_STEP_NAME,     /* the name `level` labels below the target's top */
	NAMES_STEP_HANDOVER, /* a PID that the level above hands over to: we need its key */
	NAMES_STEP_ALIAS,    /* the target is nothing but a PID: that PID's record set */
};

struct names_job {
	struct gn_frame_op op;
	bool put, fresh, visitor, wide;
	struct gn_name target;
	enum names_step step;
	/* labels of the target left of the name looked up now; lookups so far */
	unsigned level, steps;
	gn_time age;         /* of the oldest that came from the cache */
	struct gn_name name; /* looked up now */
	struct gn_pk parent; /* its parent's owner, when delegated */
	gn_op get[2];        /* 0: answered */
	gn_err get_err[2];
	struct names_candidate candidates[NAMES_CANDIDATES];
	uint32_t candidate_count;
	/* result; op.err */
	struct names_candidate found, alias; /* bytes NULL: none */
	struct gn_pk other;                  /* put: who has it, after GN_EXISTS */
	bool other_known;
	bool changed;
	struct gn_pk pinned;
};

struct names_cached {
	uint8_t *bytes; /* owned */
	uint32_t len, holders[2];
	gn_time got, until;
};

struct names_pin {
	struct gn_name name;
	struct gn_pk owner;
};

struct names_counts {
#define X(name) uint64_t name;
#include "services/names/counters.def"
#undef X
};

struct gn_names {
	struct gn_env env;
	struct gn_overlay *overlay; /* borrowed */
	struct gn_frame frame;      /* of jobs */
	struct gn_map cache;        /* SHA-256(name) -> names_cached */
	struct gn_map pins;         /* SHA-256(name) -> names_pin */
	/* skeleton -> SHA-256 of the first name pinned that looks so */
	struct gn_map looks;
	uint64_t cache_bytes;
	struct names_counts count;
};

void names_hash(const struct gn_name *name, struct gn_hash *out);
GN_MUST gn_err names_job_new(struct gn_names *n, const struct gn_name *name,
			     struct names_job **out);
void names_job_free(struct gn_names *n, struct names_job *job);
/* Queues the job's event. */
void names_end(struct gn_names *n, struct names_job *job, gn_err err);
/* Starts the lookups of the job's next step, or ends it. */
void names_step(struct gn_names *n, struct names_job *job, gn_time now);
/* An overlay operation of a resolving job ended. */
void names_got(struct gn_names *n, struct names_job *job, unsigned salt,
	       const struct gn_overlay_event *e, gn_time now);
void names_candidates_free(struct gn_names *n, struct names_job *job);
/* NULL when not there or too old. */
const struct names_cached *names_cache_get(struct gn_names *n, const struct gn_name *name,
					   gn_time now);
void names_cache_put(struct gn_names *n, const struct gn_name *name,
		     const struct names_candidate *c, gn_time now);
void names_cache_drop(struct gn_names *n, const struct gn_name *name);
/* A name is pinned: the first that looks as it does, or another. key: SHA-256(name). */
void names_look_add(struct gn_names *n, const struct gn_name *name, const struct gn_hash *key);
/* The first name pinned that looks like this one (its claimed label) and is another; NULL: none. */
const char *names_look_like(const struct gn_names *n, const struct gn_name *name);
/* Compares with the pin of a global name, pins it at first sight (NA-10). */
void names_check_pin(struct gn_names *n, struct names_job *job);

#endif
