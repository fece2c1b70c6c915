/* Resolving: from the top label down, each level at both of its places, until the target's
 * record set is known.
 *
 *   level k:           two GETs -> candidates -> winner
 *                      two GETs -> candidates [more than one owner] -> once more, asking everyone
 *   above the target:  winner's owner, or the person its PID entry hands over to, signs level k - 1
 *   the target:        nothing but a PID -> that person's own record set
 *
 * 1. A record counts only if it proves itself (gn_name_view) and lies where it was asked for (the
 *    overlay sees to that).
 * 2. The winner depends on the answers alone, not on their order: all who see the same answers
 *    agree.
 * 3. A job makes at most NAMES_STEPS_MAX lookups.
 * Rules: docs/spec/services.md NA-9..NA-12. */
#include "services/names/names_int.h"

/* ---- what was answered ---- */

/* The candidate's newest record becomes this one. */
static gn_err remember_record(struct gn_names *n, struct names_candidate *c,
			      const struct gn_record *r)
{
	uint8_t *bytes = gn_mem_new(n->env.alloc, r->bytes.len);
	if (!bytes)
		return GN_NOMEM;
	memcpy(bytes, r->bytes.p, r->bytes.len);
	gn_mem_free(n->env.alloc, c->bytes);
	c->bytes = bytes;
	gn_err err = gn_wire_record_parse(gn_slice(bytes, r->bytes.len), &c->record);
	GN_ASSERT(err == GN_OK);
	return GN_OK;
}

static gn_err add_value(struct gn_names *n, struct names_job *job, unsigned salt,
			const struct gn_overlay_value *value)
{
	GN_ASSERT(salt < 2 && !job->put);
	struct gn_record r;
	struct gn_name_view v;
	uint32_t i = 0;
	if (gn_wire_record_parse(value->record, &r) != GN_OK || gn_name_view(&r, &v) != GN_OK ||
	    strcmp(v.name.text, job->name.text) != 0 || r.salt != salt) {
		n->count.records_bad++;
		return GN_OK;
	}
	while (i < job->candidate_count && !gn_pk_eq(&job->candidates[i].owner, &r.owner))
		i++;
	if (i == NAMES_CANDIDATES) {
		n->count.records_bad++;
		return GN_OK;
	}
	struct names_candidate *c = &job->candidates[i];
	if (i == job->candidate_count) {
		*c = (struct names_candidate){.owner = r.owner};
		job->candidate_count++;
	}
	c->holders[salt] += value->holders;
	if (c->bytes && gn_record_compare(&c->record, &r) >= 0)
		return GN_OK;
	/* of the newest: each renewal has an epoch of its own */
	gn_name_tie(&v.name, &r.owner, v.epoch, &c->tie);
	return remember_record(n, c, &r);
}

/* NA-9: the one more holders agree on; equal counts fall to the smaller hash. */
static struct names_candidate *pick_winner(struct names_job *job)
{
	GN_ASSERT(job->candidate_count <= NAMES_CANDIDATES);
	struct names_candidate *best = NULL;
	for (uint32_t i = 0; i < job->candidate_count; i++) {
		struct names_candidate *c = &job->candidates[i];
		uint32_t mine = c->holders[0] + c->holders[1],
			 theirs = best ? best->holders[0] + best->holders[1] : 0;
		if (!best || mine > theirs ||
		    (mine == theirs && memcmp(&c->tie, &best->tie, sizeof c->tie) < 0))
			best = c;
	}
	return best;
}

/* ---- steps ---- */

/* The last `labels` labels of the target. */
static void suffix_name(const struct gn_name *target, unsigned labels, struct gn_name *out)
{
	*out = *target;
	for (unsigned i = target->labels; i > labels; i--) {
		struct gn_name up;
		bool more = gn_name_parent(out, &up);
		GN_ASSERT(more);
		*out = up;
	}
}

/* NA-11: what a record set hands the level below, or itself as an alias, over to. */
static bool pid_entry(const struct gn_record *r, bool alone, struct gn_slice *pid)
{
	struct gn_name_view v;
	if (gn_name_view(r, &v) != GN_OK || (alone && v.entry_count != 1))
		return false;
	for (uint32_t i = 0; i < v.entry_count; i++) {
		struct gn_name_entry e = gn_name_view_entry(&v, i);
		if (e.type == GN_NAME_T_PID) {
			*pid = e.value;
			return true;
		}
	}
	return false;
}

/* Moves what the candidate owns. */
static void take_candidate(struct gn_names *n, struct names_candidate *to,
			   struct names_candidate *from)
{
	GN_ASSERT(from->bytes != NULL);
	gn_mem_free(n->env.alloc, to->bytes);
	*to = *from;
	from->bytes = NULL;
}

/* The PID's record set is looked up next; false when the entry is the owner's own PID, or not a
 * PID. */
static bool follow_pid(struct names_job *job, struct gn_slice pid, const struct gn_pk *owner,
		       enum names_step step)
{
	GN_ASSERT(step != NAMES_STEP_NAME);
	struct gn_name name;
	struct gn_hash own;
	gn_sha256(&(struct gn_slice){owner->b, sizeof owner->b}, 1, &own);
	if (gn_name_parse(pid, &name, NULL) != GN_OK || name.form != GN_NAME_PID)
		return false;
	if (step == NAMES_STEP_HANDOVER && gn_hash_eq(&name.pid, &own))
		return false;
	job->name = name;
	job->step = step;
	return true;
}

static void descend_level(struct names_job *job, const struct gn_pk *parent)
{
	GN_ASSERT(job->level > 0);
	job->level--;
	job->step = NAMES_STEP_NAME;
	job->parent = *parent;
	suffix_name(&job->target, job->target.labels - job->level, &job->name);
}

/* The current step's record set is known: *c is taken. True when there is a next step. */
static bool advance_step(struct gn_names *n, struct names_job *job, struct names_candidate *c)
{
	GN_ASSERT(c->bytes && !job->op.ended);
	struct gn_slice pid;
	if (job->step == NAMES_STEP_ALIAS) {
		take_candidate(n, &job->alias, c);
		return false;
	}
	if (job->step == NAMES_STEP_HANDOVER) {
		struct gn_pk parent = c->owner;
		gn_mem_free(n->env.alloc, c->bytes);
		c->bytes = NULL;
		descend_level(job, &parent);
		return true;
	}
	take_candidate(n, &job->found, c);
	if (job->level > 0) {
		if (pid_entry(&job->found.record, false, &pid) &&
		    follow_pid(job, pid, &job->found.owner, NAMES_STEP_HANDOVER))
			return true;
		descend_level(job, &job->found.owner);
		return true;
	}
	names_check_pin(n, job);
	return job->target.form != GN_NAME_PID && pid_entry(&job->found.record, true, &pid) &&
	       follow_pid(job, pid, &job->found.owner, NAMES_STEP_ALIAS);
}

/* A cached record set of the step's name as a candidate; its owner must still be the one who may
 * sign. */
static bool from_cache(struct gn_names *n, struct names_job *job, struct names_candidate *out,
		       gn_time now)
{
	struct gn_record r;
	const struct names_cached *hit = job->fresh ? NULL : names_cache_get(n, &job->name, now);
	struct names_candidate c = {0};
	if (!hit)
		return false;
	gn_err err = gn_wire_record_parse(gn_slice(hit->bytes, hit->len), &r);
	GN_ASSERT(err == GN_OK);
	if (job->name.form == GN_NAME_DELEGATED && !gn_pk_eq(&r.owner, &job->parent))
		return false;
	job->age = now - hit->got > job->age ? now - hit->got : job->age;
	c.owner = r.owner;
	memcpy(c.holders, hit->holders, sizeof c.holders);
	if (remember_record(n, &c, &r) != GN_OK)
		return false;
	*out = c;
	return true;
}

/* NA-9: both places are asked. */
static void ask_both(struct gn_names *n, struct names_job *job, gn_time now)
{
	GN_ASSERT(!job->get[0] && !job->get[1]);
	names_candidates_free(n, job);
	for (unsigned salt = 0; salt < 2; salt++) {
		struct gn_hash key;
		gn_op op;
		struct gn_get_options options = {.type = GN_FB_RECORD_TYPE_NAME,
						 .quorum = job->wide ? 8 : 0,
						 .visitor = job->visitor};
		gn_name_key(&job->name, job->name.form == GN_NAME_DELEGATED ? &job->parent : NULL,
			    (uint8_t)salt, &key);
		job->get_err[salt] = gn_overlay_get(n->overlay, &key, &options, now, &op);
		if (job->get_err[salt] != GN_OK)
			continue;
		job->get_err[salt] = gn_frame_find_add(&n->frame, op, 0, job);
		if (job->get_err[salt] == GN_OK)
			job->get[salt] = op;
	}
	if (!job->get[0] && !job->get[1])
		names_end(n, job, job->get_err[0]);
}

/* Runs through steps that need no network, then asks or ends. */
static void go_on(struct gn_names *n, struct names_job *job, gn_time now)
{
	GN_ASSERT(!job->op.ended);
	for (;;) {
		struct names_candidate c;
		if (++job->steps > NAMES_STEPS_MAX) {
			names_end(n, job, GN_LIMIT);
			return;
		}
		job->wide = false;
		if (!from_cache(n, job, &c, now)) {
			ask_both(n, job, now);
			return;
		}
		if (!advance_step(n, job, &c)) {
			names_end(n, job, GN_OK);
			return;
		}
	}
}

void names_step(struct gn_names *n, struct names_job *job, gn_time now)
{
	GN_ASSERT(job->level < job->target.labels);
	suffix_name(&job->target, job->target.labels - job->level, &job->name);
	go_on(n, job, now);
}

/* What is missing may be so because a level above is no longer what the cache says (NA-12).
 * True: everything is asked for anew. */
static bool start_over(struct gn_names *n, struct names_job *job, gn_time now)
{
	GN_ASSERT(!job->get[0] && !job->get[1]);
	if (job->fresh || job->age < NAMES_CACHE_NEW)
		return false;
	gn_mem_free(n->env.alloc, job->found.bytes);
	job->found = (struct names_candidate){0};
	job->fresh = true;
	job->age = 0;
	job->steps = 0;
	job->step = NAMES_STEP_NAME;
	job->level = job->target.labels - 1;
	names_step(n, job, now);
	return true;
}

/* Nobody has it, or nobody could be asked. */
static gn_err why_none(const struct names_job *job)
{
	for (unsigned salt = 0; salt < 2; salt++)
		if (job->get_err[salt] != GN_NOT_FOUND && job->get_err[salt] != GN_OK)
			return job->get_err[salt];
	return GN_NOT_FOUND;
}

void names_got(struct gn_names *n, struct names_job *job, unsigned salt,
	       const struct gn_overlay_event *e, gn_time now)
{
	GN_ASSERT(salt < 2 && !job->put && !job->op.ended);
	job->get_err[salt] = e->err;
	for (uint32_t i = 0; i < e->value_count; i++)
		if (add_value(n, job, salt, &e->values[i]) != GN_OK)
			job->get_err[salt] = GN_NOMEM;
	if (job->get[0] || job->get[1])
		return;
	if (job->candidate_count > 1 && !job->wide) {
		n->count.conflicts++;
		job->wide = true;
		ask_both(n, job, now);
		return;
	}
	struct names_candidate *best = pick_winner(job), c;
	if (!best || !best->bytes) {
		bool optional = job->step == NAMES_STEP_ALIAS; /* the name itself was found */
		gn_err err = optional ? GN_OK : best ? GN_NOMEM : why_none(job);
		names_candidates_free(n, job);
		if (err != GN_NOT_FOUND || !start_over(n, job, now))
			names_end(n, job, err);
		return;
	}
	names_cache_put(n, &job->name, best, now);
	c = *best;
	best->bytes = NULL;
	names_candidates_free(n, job);
	if (advance_step(n, job, &c))
		go_on(n, job, now);
	else
		names_end(n, job, GN_OK);
}
