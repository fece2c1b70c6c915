/* The names engine: its operations and their events. What is looked up when is in resolve.c.
 *
 * Rules: docs/spec/services.md NA-9..NA-13. */
#include "services/names/names_int.h"

_Static_assert(GN_NAME_PUSHED == GN_OVERLAY_PUSHED, "records may not know the overlay");

static struct names_job *job_of(struct gn_frame_op *op)
{
	return GN_CONTAINER(op, struct names_job, op);
}

gn_err gn_names_new(const struct gn_env *env, struct gn_overlay *overlay, struct gn_names **out)
{
	struct gn_names *n = GN_NEW(env->alloc, struct gn_names);
	if (!n)
		return GN_NOMEM;
	n->env = *env;
	n->overlay = overlay;
	gn_frame_init(&n->frame, env, overlay, NAMES_JOBS_MAX, 2 * NAMES_JOBS_MAX);
	gn_map_init(&n->cache, env, sizeof(struct gn_hash), sizeof(struct names_cached),
		    NAMES_CACHE_MAX);
	gn_map_init(&n->pins, env, sizeof(struct gn_hash), sizeof(struct names_pin),
		    NAMES_PINS_MAX);
	gn_map_init(&n->looks, env, sizeof(struct gn_hash), sizeof(struct gn_hash), NAMES_PINS_MAX);
	*out = n;
	return GN_OK;
}

void gn_names_free(struct gn_names *n)
{
	if (!n)
		return;
	while (n->frame.ops.count)
		names_job_free(n, job_of(GN_MAP_AT(&n->frame.ops, struct gn_frame_op *, 0)));
	for (uint32_t i = 0; i < n->cache.count; i++)
		gn_mem_free(n->env.alloc, GN_MAP_AT(&n->cache, struct names_cached, i).bytes);
	gn_frame_fini(&n->frame);
	gn_map_fini(&n->cache);
	gn_map_fini(&n->pins);
	gn_map_fini(&n->looks);
	gn_mem_free(n->env.alloc, n);
}

/* ---- operations ---- */

gn_err gn_names_resolve(struct gn_names *n, const struct gn_name *name, bool fresh, bool visitor,
			gn_time now, gn_op *op)
{
	struct names_job *job;
	GN_TRY(names_job_new(n, name, &job));
	job->fresh = fresh;
	job->visitor = visitor;
	job->level = name->labels - 1;
	*op = job->op.id;
	names_step(n, job, now);
	return GN_OK;
}

/* Both records carry the same claim for salts 0 and 1. */
static gn_err pair_fault(struct gn_slice salt0, struct gn_slice salt1, struct gn_name_view *v)
{
	struct gn_record r[2];
	GN_TRY(gn_wire_record_open(salt0, &r[0]));
	GN_TRY(gn_wire_record_open(salt1, &r[1]));
	GN_TRY(gn_name_view(&r[0], v));
	if (r[0].salt != 0 || r[1].salt != 1 || r[0].type != r[1].type ||
	    !gn_slice_eq(r[0].label, r[1].label) ||
	    memcmp(&r[0].owner, &r[1].owner, sizeof r[0].owner) != 0 || r[0].seq != r[1].seq ||
	    !gn_slice_eq(r[0].body, r[1].body))
		return GN_USAGE;
	return GN_OK;
}

gn_err gn_names_put(struct gn_names *n, struct gn_slice salt0, struct gn_slice salt1, unsigned w,
		    gn_time now, gn_op *op)
{
	struct gn_name_view v;
	struct names_job *job;
	GN_TRY(pair_fault(salt0, salt1, &v));
	GN_TRY(names_job_new(n, &v.name, &job));
	job->put = true;
	n->count.puts++;
	for (unsigned s = 0; s < 2; s++) {
		gn_op get = 0;
		job->get_err[s] = gn_overlay_put(n->overlay, s ? salt1 : salt0, w, now, &get);
		if (job->get_err[s] == GN_OK)
			job->get_err[s] = gn_frame_find_add(&n->frame, get, 0, job);
		if (job->get_err[s] == GN_OK)
			job->get[s] = get;
	}
	struct gn_record r;
	job->found.bytes = gn_mem_new(n->env.alloc, salt0.len);
	if (job->found.bytes) { /* the event's entries, owner, seq */
		memcpy(job->found.bytes, salt0.p, salt0.len);
		gn_err err = gn_wire_record_parse(gn_slice(job->found.bytes, salt0.len), &r);
		GN_ASSERT(err == GN_OK);
		job->found.record = r;
		job->found.owner = r.owner;
	}
	*op = job->op.id;
	if (!job->get[0] && !job->get[1])
		names_end(n, job, job->get_err[0]);
	return GN_OK;
}

/* What to say of two puts: the worst, and another owner before all else. */
static gn_err worse_of(gn_err a, gn_err b)
{
	static const gn_err order[] = {GN_EXISTS, GN_STALE, GN_PROOF_OF_WORK};
	for (size_t i = 0; i < GN_COUNT(order); i++)
		if (a == order[i] || b == order[i])
			return order[i];
	return a != GN_OK ? a : b;
}

static void put_done(struct gn_names *n, struct names_job *job, unsigned salt,
		     const struct gn_overlay_event *e)
{
	GN_ASSERT(job->put && salt < 2);
	struct gn_record r;
	job->get_err[salt] = e->err;
	job->found.holders[salt] = e->receipt_count;
	for (uint32_t i = 0; e->err == GN_EXISTS && i < e->value_count && !job->other_known; i++)
		if (gn_wire_record_parse(e->values[i].record, &r) == GN_OK) {
			job->other = r.owner;
			job->other_known = true;
		}
	if (job->get[0] || job->get[1])
		return;
	gn_err err = worse_of(job->get_err[0], job->get_err[1]);
	n->count.puts_refused += err == GN_EXISTS || err == GN_STALE;
	names_cache_drop(n, &job->target);
	if (err == GN_OK && job->found.bytes)
		names_check_pin(n, job);
	names_end(n, job, err);
}

bool gn_names_overlay_event(struct gn_names *n, const struct gn_overlay_event *e, gn_time now)
{
	struct gn_frame_find find;
	if (!gn_frame_find_take(&n->frame, e, &find))
		return false;
	struct names_job *job = find.object;
	unsigned salt = job->get[1] == e->op;
	GN_ASSERT(job->get[salt] == e->op);
	job->get[salt] = 0;
	if (job->put)
		put_done(n, job, salt, e);
	else
		names_got(n, job, salt, e, now);
	return true;
}

void gn_names_tick(struct gn_names *n, gn_time now)
{
	/* nothing of ours is timed: the overlay ends every operation, the cache looks at its
	 * entries when asked */
	(void)n;
	(void)now;
}

gn_time gn_names_deadline(const struct gn_names *n)
{
	(void)n;
	return GN_NEVER;
}

/* ---- events ---- */

static void add_entries(const struct names_candidate *c, struct gn_names_event *out)
{
	GN_ASSERT(out->entry_count <= GN_NAME_ENTRIES);
	struct gn_name_view v;
	if (!c->bytes || gn_name_view(&c->record, &v) != GN_OK)
		return;
	for (uint32_t i = 0; i < v.entry_count && out->entry_count < GN_NAME_ENTRIES; i++)
		out->entries[out->entry_count++] = gn_name_view_entry(&v, i);
}

bool gn_names_next_event(struct gn_names *n, struct gn_names_event *out)
{
	if (n->frame.shown)
		names_job_free(n, job_of(n->frame.shown));
	struct gn_frame_op *op = gn_frame_show(&n->frame);
	if (!op)
		return false;
	struct names_job *job = job_of(op);
	memset(out, 0, sizeof *out);
	out->op = op->id;
	out->err = op->err;
	out->name = job->target;
	out->put = job->put;
	out->age = job->age;
	out->looks_like = op->err == GN_OK ? names_look_like(n, &job->target) : NULL;
	out->owner_changed = job->changed;
	out->owner_pinned = job->pinned;
	memcpy(out->holders, job->found.holders, sizeof out->holders);
	if (job->found.bytes && (job->put || op->err == GN_OK)) {
		/* else it is a level above, found on the way */
		out->owner = job->found.owner;
		out->owner_known = true;
		out->seq = job->found.record.seq;
		out->expires = job->found.record.created + job->found.record.ttl;
		add_entries(&job->found, out);
		add_entries(&job->alias, out);
	}
	if (job->other_known)
		out->owner = job->other;
	return true;
}

/* ---- queries ---- */

bool gn_names_counter_at(const struct gn_names *n, size_t i, struct gn_counter *out)
{
	static const char *const names[] = {
#define X(name) #name,
#include "services/names/counters.def"
#undef X
	};
	return gn_counter_at(names, &n->count, GN_COUNT(names), i, out);
}

void gn_names_validate(const struct gn_names *n)
{
	uint64_t bytes = 0;
	gn_frame_validate(&n->frame);
	gn_map_validate(&n->cache);
	gn_map_validate(&n->pins);
	gn_map_validate(&n->looks);
	for (uint32_t i = 0; i < n->frame.finds.count; i++) {
		const gn_op *op = gn_map_key_at(&n->frame.finds, i);
		const struct names_job *job =
			GN_MAP_AT(&n->frame.finds, struct gn_frame_find, i).object;
		GN_ASSERT(!job->op.ended && (job->get[0] == *op || job->get[1] == *op));
	}
	for (uint32_t i = 0; i < n->frame.ops.count; i++) {
		struct gn_frame_op *op = GN_MAP_AT(&n->frame.ops, struct gn_frame_op *, i);
		const struct names_job *job = job_of(op);
		GN_ASSERT(op->ended == (op->told || op == n->frame.shown));
		GN_ASSERT(op->ended == !(job->get[0] || job->get[1]));
		GN_ASSERT(job->candidate_count <= NAMES_CANDIDATES && job->level < GN_NAME_DEPTH);
	}
	for (uint32_t i = 0; i < n->cache.count; i++)
		bytes += GN_MAP_AT(&n->cache, struct names_cached, i).len;
	GN_ASSERT(bytes == n->cache_bytes && bytes <= NAMES_CACHE_BYTES);
}
