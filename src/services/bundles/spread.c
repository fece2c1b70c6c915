/* Spreading: each block of a publication goes to the nodes nearest to its hash, nearest first,
 * until as many as wanted have signed for it; one that refuses or dies is replaced by the next
 * nearest. The same again every hour, so that copies follow a changing network.
 *
 *   job:     finding -> placing -> finished [enough copies, or nobody is left]
 *   target:  NEW -> ASKED [BlockKeep] -> KEPT [receipt] | REFUSED [code, silence]
 *            ASKED -> SENDING [BlockHas] -> KEPT [receipt with the last chunk] | REFUSED
 *            any -> WAITING [BUSY] -> the same again
 *
 * 1. A copy counts when its receipt verifies: this block, this holder, not in the past.
 * 2. At most BUNDLES_JOBS blocks are on their way.
 * 3. All chunks on their way share a window, which follows the time they take: the uplink may be
 *    slow, and what waits behind it is not dead.
 * Rules: docs/spec/services.md BU-11, BU-22. */
#include "services/bundles/engine_int.h"

/* ---- the window of all chunks on their way (BU-22) ---- */

static unsigned in_flight(const struct gn_bundles *b)
{
	unsigned n = 0;
	for (unsigned j = 0; j < BUNDLES_JOBS; j++)
		for (uint32_t i = 0; b->jobs[j].active && i < b->jobs[j].target_count; i++)
			n += b->jobs[j].targets[i].inflight;
	return n;
}

static bool window_open(const struct gn_bundles *b)
{
	return in_flight(b) < b->spread_window;
}

/* A chunk was answered: one more may be on its way if it was quick. Half as many if it was slow
 * and none was quick meanwhile (else it is that holder who is slow), once for what was sent
 * since the window was last cut. */
static void window_follow(struct gn_bundles *b, gn_time sent)
{
	GN_ASSERT(sent <= b->now);
	gn_time took = b->now - sent;
	if (took <= BUNDLES_QUICK) {
		b->spread_window += b->spread_window < BUNDLES_SPREAD_WINDOW_MAX;
		b->spread_quick = b->now;
	} else if (took > BUNDLES_SLOW && sent >= b->spread_cut && sent >= b->spread_quick) {
		b->spread_window = b->spread_window > 1 ? b->spread_window / 2 : 1;
		b->spread_cut = b->now;
	}
}

/* ---- targets ---- */

static bool target_active(const struct bundles_target *t)
{
	return t->state == TARGET_ASKED || t->state == TARGET_SENDING || t->state == TARGET_WAITING;
}

static uint64_t keep_seconds(const struct gn_bundles *b, const struct bundles_spread *s)
{
	uint64_t now = bundles_unix(b), left = s->keep_until > now ? s->keep_until - now : 0;
	return left < BUNDLES_KEEP_TTL_MAX ? left : BUNDLES_KEEP_TTL_MAX;
}

/* It is dead when nothing is heard of it for long, while others are heard of: one uplink carries
 * all chunks, and they wait for each other. */
static void target_arm(struct gn_bundles *b, struct bundles_target *t)
{
	gn_time most = t->inflight ? t->heard + BUNDLES_TARGET_SILENT : GN_NEVER;
	gn_err err =
		bundles_timer_set(b, &t->timer, gn_time_min(b->now + BUNDLES_TARGET_TIMEOUT, most));
	GN_ASSERT(err == GN_OK); /* it is in the heap since it was asked */
}

static void targets_arm(struct gn_bundles *b)
{
	for (unsigned j = 0; j < BUNDLES_JOBS; j++)
		for (uint32_t i = 0; b->jobs[j].active && i < b->jobs[j].target_count; i++)
			if (b->jobs[j].targets[i].state == TARGET_SENDING)
				target_arm(b, &b->jobs[j].targets[i]);
}

static void target_end(struct gn_bundles *b, struct bundles_target *t,
		       enum bundles_target_state state, gn_err err)
{
	GN_ASSERT(target_active(t) && (state == TARGET_KEPT || state == TARGET_REFUSED));
	gn_heap_remove(&b->timers, &t->timer.node);
	if (t->request)
		(void)gn_map_remove(&b->asks, &t->request);
	t->request = 0;
	t->state = state;
	t->err = err;
	t->inflight = 0;
	b->count.spread_copies += state == TARGET_KEPT;
	b->count.spread_refused +=
		state == TARGET_REFUSED && err != GN_TIMEOUT && err != GN_UNREACHABLE;
	b->count.spread_dead +=
		state == TARGET_REFUSED && (err == GN_TIMEOUT || err == GN_UNREACHABLE);
}

static void target_ask(struct gn_bundles *b, struct bundles_target *t)
{
	GN_ASSERT(t->job->active);
	struct gn_fb_hash hash;
	if (t->request)
		(void)gn_map_remove(&b->asks, &t->request);
	t->request = gn_frame_number(&b->frame);
	t->state = TARGET_ASKED;
	t->inflight = 0;
	t->heard = b->now;
	struct bundles_target **at = gn_map_put(&b->asks, &t->request);
	if (at)
		*at = t;
	struct gn_fbb *fbb =
		at && bundles_timer_set(b, &t->timer, b->now + BUNDLES_TARGET_TIMEOUT) == GN_OK
			? bundles_message_begin(b, 0)
			: NULL;
	if (!fbb) {
		target_end(b, t, TARGET_REFUSED, GN_NOMEM);
		return;
	}
	memcpy(hash.b, t->job->block.b, sizeof hash.b);
	gn_fbref body = gn_fb_block_keep_make(
		fbb,
		&(struct gn_fb_block_keep_args){.block = &hash,
						.block_len = t->job->len,
						.ttl = (uint32_t)keep_seconds(b, t->job->spread)});
	bundles_message_end(b, &t->contact, t->request, GN_FB_BLOCK_BODY_BLOCK_KEEP, body);
}

/* Asked again a little later, but not for ever. */
static void target_wait(struct gn_bundles *b, struct bundles_target *t)
{
	GN_ASSERT(target_active(t));
	if (++t->busy > BUNDLES_TARGET_BUSY) {
		target_end(b, t, TARGET_REFUSED, GN_BUSY);
		return;
	}
	t->state = TARGET_WAITING;
	gn_err err = bundles_timer_set(b, &t->timer, b->now + BUNDLES_BUSY_WAIT * (gn_time)t->busy);
	GN_ASSERT(err == GN_OK); /* it is in the heap since it was asked */
}

/* ---- jobs ---- */

static void job_stop(struct gn_bundles *b, struct bundles_job *job)
{
	GN_ASSERT(job->active && job->spread->jobs > 0);
	for (uint32_t i = 0; i < job->target_count; i++)
		if (target_active(&job->targets[i])) {
			gn_heap_remove(&b->timers, &job->targets[i].timer.node);
			(void)gn_map_remove(&b->asks, &job->targets[i].request);
		}
	gn_frame_find_drop(&b->frame, &job->find);
	job->active = false;
	job->spread->jobs--;
}

static void round_end(struct gn_bundles *b, struct bundles_spread *s)
{
	GN_ASSERT(s->running && s->jobs == 0);
	s->running = false;
	b->count.spread_rounds++;
	gn_time period = b->cfg.respread,
		jitter = (gn_time)gn_rand_below(b->env.rand, (uint64_t)period / 5 + 1);
	gn_err err = bundles_timer_set(b, &s->timer, b->now + period * 9 / 10 + jitter);
	GN_ASSERT(err == GN_OK); /* it has its place since the start */
	if (s->silent)
		return;
	s->silent = true;
	s->op.err = s->round_err;
	s->op.ended = true;
	gn_frame_tell(&b->frame, &s->op);
}

static void job_finish(struct gn_bundles *b, struct bundles_job *job, gn_err err)
{
	GN_ASSERT(job->active);
	struct bundles_spread *s = job->spread;
	unsigned kept = job->kept < s->copies ? job->kept : s->copies;
	job_stop(b, job);
	s->done += kept;
	if (err == GN_OK && kept < s->copies)
		err = GN_QUORUM;
	if (s->round_err == GN_OK || s->round_err == GN_QUORUM)
		s->round_err = err == GN_OK ? s->round_err : err;
	if (s->next == s->count && s->jobs == 0)
		round_end(b, s);
	else if (!s->silent)
		gn_frame_tell(&b->frame, &s->op);
}

/* Asks as many of the nearest as copies are missing and chunks may be on their way; ends when
 * none is left to ask. */
static void job_step(struct gn_bundles *b, struct bundles_job *job)
{
	GN_ASSERT(job->active);
	unsigned active = 0;
	for (uint32_t i = 0; i < job->target_count; i++)
		active += target_active(&job->targets[i]);
	for (uint32_t i = 0; i < job->target_count && job->kept + active < job->spread->copies &&
			     active < b->spread_window;
	     i++)
		if (job->targets[i].state == TARGET_NEW) {
			target_ask(b, &job->targets[i]);
			active += target_active(&job->targets[i]);
		}
	if (active == 0)
		job_finish(b, job, GN_OK);
}

/* The next chunk that someone waits for is read once and goes to all who wait for it. The last
 * one goes first: it proves the block's length to who was told another (BU-9). */
static void job_load(struct gn_bundles *b, struct bundles_job *job)
{
	GN_ASSERT(job->active);
	uint32_t wanted = 0, index = GN_BLOCK_CHUNKS - 1;
	for (uint32_t i = 0; i < job->target_count; i++)
		if (job->targets[i].state == TARGET_SENDING &&
		    job->targets[i].inflight < BUNDLES_TARGET_WINDOW)
			wanted |= job->targets[i].missing;
	if (job->loading || !wanted || !window_open(b))
		return;
	while (!(wanted >> index & 1))
		index--;
	gn_err err = gn_blocks_load(
		b->cfg.blocks, &job->block, index,
		gn_frame_ticket(TICKET_SPREAD, job->id, (uint32_t)(job - b->jobs)), b->now);
	job->loading = err == GN_OK;
	if (err == GN_BUSY || err == GN_NOMEM)
		b->wake = gn_time_min(b->wake, b->now + BUNDLES_STORE_WAIT);
	else if (err != GN_OK)
		job_finish(b, job, err);
}

void bundles_job_loaded(struct gn_bundles *b, const struct gn_blocks_event *e)
{
	struct bundles_job *job = &b->jobs[gn_frame_ticket_part(e->ticket)];
	if (!job->active || job->id != gn_frame_ticket_number(e->ticket))
		return;
	GN_ASSERT(job->loading);
	job->loading = false;
	for (uint32_t i = 0; i < job->target_count && e->err == GN_OK; i++) {
		struct bundles_target *t = &job->targets[i];
		if (t->state != TARGET_SENDING || t->inflight >= BUNDLES_TARGET_WINDOW ||
		    !(t->missing >> e->index & 1) || !window_open(b))
			continue;
		struct gn_fbb *fbb = bundles_message_begin(b, e->chunk.len);
		if (!fbb)
			/* no memory: it stays missing, and the target's deadline stands */
			continue;
		gn_fbref chunk = bundles_chunk_make(fbb, e);
		gn_fbref body = gn_fb_chunk_put_make(
			fbb,
			&(struct gn_fb_chunk_put_args){
				.chunk = chunk, .ttl = (uint32_t)keep_seconds(b, job->spread)});
		bundles_message_end(b, &t->contact, t->request, GN_FB_BLOCK_BODY_CHUNK_PUT, body);
		t->missing &= ~(1u << e->index);
		t->sent[e->index] = b->now;
		if (t->inflight++ == 0)
			t->heard = b->now;
	}
	if (e->err != GN_OK)
		job_finish(b, job, e->err);
}

void bundles_job_found(struct gn_bundles *b, struct bundles_job *job,
		       const struct gn_overlay_event *e)
{
	GN_ASSERT(job->active && job->find == e->op);
	job->find = 0;
	for (uint32_t i = 0; i < e->contact_count && i < BUNDLES_HOLDERS; i++) {
		if (gn_pk_eq(&e->contacts[i].pk, &b->cfg.node_key.pk)) {
			/* ours is pinned anyway */
			job->kept += i < job->spread->copies && b->cfg.peer_bytes_max > 0;
			continue;
		}
		struct bundles_target *t = &job->targets[job->target_count++];
		*t = (struct bundles_target){
			.timer.kind = TIMER_TARGET, .job = job, .contact = e->contacts[i]};
	}
	job_step(b, job);
}

/* ---- answers ---- */

struct bundles_target *bundles_target_get(const struct gn_bundles *b, uint64_t request,
					  const struct gn_pk *from)
{
	struct bundles_target **at = gn_map_get(&b->asks, &request);
	return at && gn_pk_eq(&(*at)->contact.pk, from) ? *at : NULL;
}

static bool receipt_ok(const struct gn_bundles *b, const struct bundles_target *t,
		       const struct gn_receipt *r)
{
	const struct gn_hash *block = &t->job->block;
	return gn_hash_eq(&r->key, block) && gn_hash_eq(&r->hash, block) && r->seq == 0 &&
	       r->held_until > bundles_unix(b) && gn_pk_eq(&r->holder_key, &t->contact.pk) &&
	       memcmp(r->holder.b, t->contact.id.b, sizeof r->holder.b) == 0 &&
	       gn_wire_receipt_verify(r) == GN_OK;
}

static void got_receipt(struct gn_bundles *b, struct bundles_target *t, const struct gn_receipt *r)
{
	if (receipt_ok(b, t, r)) {
		t->job->kept++;
		target_end(b, t, TARGET_KEPT, GN_OK);
	} else {
		b->count.spread_bad_receipts++;
		target_end(b, t, TARGET_REFUSED, GN_SIGNATURE);
	}
}

void bundles_on_target_ack(struct gn_bundles *b, struct bundles_target *t, struct gn_fb_chunk_ack m)
{
	struct bundles_job *job = t->job;
	struct gn_hash block;
	gn_err err = gn_wire_err(gn_fb_chunk_ack_code(m));
	uint32_t index = gn_fb_chunk_ack_index(m);
	memcpy(block.b, gn_fb_chunk_ack_block(m).b, sizeof block.b);
	if (!gn_hash_eq(&block, &job->block) || index >= GN_BLOCK_CHUNKS) {
		b->count.messages_bad++;
		return;
	}
	bool asked = t->state == TARGET_ASKED;
	if (!asked && t->inflight > 0) {
		t->inflight--;
		if (t->sent[index])
			window_follow(b, t->sent[index]);
		t->sent[index] = 0;
	}
	t->heard = b->now;
	if (err == GN_OK && gn_fb_chunk_ack_has_receipt(m)) {
		struct gn_receipt receipt;
		gn_wire_receipt_get(gn_fb_chunk_ack_receipt(m), &receipt);
		got_receipt(b, t, &receipt);
	} else if (err == GN_BUSY) {
		if (!asked)
			t->missing |= 1u << index;
		target_wait(b, t);
	} else if (err != GN_OK || asked) {
		target_end(b, t, TARGET_REFUSED, err != GN_OK ? err : GN_PROTOCOL);
	} else if (t->state == TARGET_SENDING && t->missing == 0 && t->inflight == 0) {
		if (++t->rounds < BUNDLES_TARGET_ROUNDS)
			target_ask(b, t); /* all is there but no receipt came: it is due now */
		else
			target_end(b, t, TARGET_REFUSED, GN_PROTOCOL);
	}
	targets_arm(b);
	job_step(b, job);
}

void bundles_on_target_has(struct gn_bundles *b, struct bundles_target *t, struct gn_fb_block_has m)
{
	GN_ASSERT(t->request != 0);
	uint32_t all = (1u << gn_block_chunks(t->job->len)) - 1;
	if (t->state != TARGET_ASKED ||
	    memcmp(gn_fb_block_has_block(m).b, t->job->block.b, sizeof t->job->block.b) != 0) {
		b->count.messages_bad++;
		return;
	}
	t->missing = all & ~gn_fb_block_has_held(m);
	if (t->missing == 0) {
		target_wait(b, t);
		job_step(b, t->job);
		return;
	}
	t->state = TARGET_SENDING;
	t->heard = b->now;
	target_arm(b, t);
}

void bundles_target_due(struct gn_bundles *b, struct bundles_target *t)
{
	GN_ASSERT(target_active(t));
	if (t->state == TARGET_WAITING && t->missing == 0) {
		target_ask(b, t);
	} else if (t->state == TARGET_WAITING) {
		t->state = TARGET_SENDING;
		t->heard = b->now;
		target_arm(b, t);
	} else {
		target_end(b, t, TARGET_REFUSED, GN_TIMEOUT);
	}
	job_step(b, t->job);
}

void bundles_spread_peer_lost(struct gn_bundles *b, const struct gn_pk *pk)
{
	for (unsigned j = 0; j < BUNDLES_JOBS; j++)
		for (uint32_t i = 0; b->jobs[j].active && i < b->jobs[j].target_count; i++) {
			struct bundles_target *t = &b->jobs[j].targets[i];
			if (!target_active(t) || !gn_pk_eq(&t->contact.pk, pk))
				continue;
			target_end(b, t, TARGET_REFUSED, GN_UNREACHABLE);
			job_step(b, &b->jobs[j]);
			break;
		}
}

/* ---- rounds ---- */

/* The spread's next block takes the free job; false when the overlay has no room for its lookup. */
static bool job_start(struct gn_bundles *b, struct bundles_job *job, struct bundles_spread *s)
{
	GN_ASSERT(!job->active && s->next < s->count);
	const struct gn_hash *block =
		(const struct gn_hash *)(const void *)(s->blocks +
						       s->next * sizeof(struct gn_hash));
	uint32_t len = 0;
	gn_op find = 0;
	bool here = gn_blocks_have(b->cfg.blocks, block, &len);
	if (here) {
		gn_err err = gn_overlay_find(b->cfg.overlay, block, BUNDLES_HOLDERS, b->now, &find);
		if (err == GN_OK)
			err = bundles_find_add(b, find, FIND_JOB, job);
		if (err != GN_OK) {
			b->wake = gn_time_min(b->wake, b->now + BUNDLES_BUSY_WAIT);
			return false;
		}
	}
	*job = (struct bundles_job){.spread = s,
				    .id = gn_frame_number(&b->frame),
				    .block = *block,
				    .len = len,
				    .find = find,
				    .active = true};
	s->next++;
	s->jobs++;
	if (!here)
		job_finish(b, job, GN_NOT_FOUND);
	return true;
}

void bundles_spread_run(struct gn_bundles *b)
{
	unsigned active = 0, most = 1 + b->spread_window / BUNDLES_SPREAD_JOB_WINDOW;
	for (unsigned j = 0; j < BUNDLES_JOBS; j++)
		active += b->jobs[j].active;
	/* a free place may lie before busy ones: those are served whether or not there is a next
	 * block */
	bool room = active < most;
	for (unsigned j = 0; j < BUNDLES_JOBS; j++) {
		struct bundles_job *job = &b->jobs[j];
		struct bundles_spread *next = NULL;
		if (job->active)
			job_load(b, job);
		if (job->active || !room)
			continue;
		for (struct bundles_spread *s = b->spread_first; s; s = s->next_spread)
			if (s->running && s->next < s->count && (!next || s->jobs < next->jobs))
				next = s;
		room = next && job_start(b, job, next) && ++active < most;
	}
}

static void round_begin(struct gn_bundles *b, struct bundles_spread *s)
{
	GN_ASSERT(!s->running);
	s->running = true;
	s->next = 0;
	s->done = 0;
	s->round_err = GN_OK;
	if (s->count == 0)
		round_end(b, s);
}

void bundles_spread_due(struct gn_bundles *b, struct bundles_spread *s)
{
	bool over = keep_seconds(b, s) == 0;
	if (over && !s->op.told) { /* its last event has been seen */
		bundles_spread_free(b, s);
		return;
	}
	gn_err err = bundles_timer_set(b, &s->timer,
				       /* keeps its place for the round's end */
				       over ? b->now + GN_MINUTE : GN_NEVER);
	GN_ASSERT(err == GN_OK);
	if (!over)
		round_begin(b, s);
}

gn_err bundles_spread_start(struct gn_bundles *b, struct gn_slice blocks, unsigned copies,
			    uint64_t keep_until, gn_op *op)
{
	size_t count = blocks.len / sizeof(struct gn_hash);
	if (blocks.len % sizeof(struct gn_hash) || copies == 0 || copies > BUNDLES_HOLDERS ||
	    keep_until <= bundles_unix(b))
		return GN_USAGE;
	if (b->spreads == BUNDLES_SPREADS || b->spread_blocks + count > BUNDLES_SPREAD_BLOCKS)
		return GN_LIMIT;
	for (size_t i = 0; i < count; i++)
		if (!gn_blocks_have(
			    b->cfg.blocks,
			    (const struct gn_hash *)(const void *)(blocks.p +
								   i * sizeof(struct gn_hash)),
			    NULL))
			return GN_NOT_FOUND;
	struct bundles_spread *s = GN_NEW(b->env.alloc, struct bundles_spread);
	if (s)
		s->blocks = gn_mem_new(b->env.alloc, blocks.len);
	bool needed = s && (!count || s->blocks) && bundles_need(b, blocks) == GN_OK;
	if (!needed || bundles_timer_set(b, &s->timer, GN_NEVER) != GN_OK ||
	    gn_frame_op_add(&b->frame, &s->op, OP_SPREAD) != GN_OK) {
		if (needed)
			bundles_need_no_more(b, blocks);
		if (s) {
			gn_heap_remove(&b->timers, &s->timer.node);
			gn_mem_free(b->env.alloc, s->blocks);
		}
		gn_mem_free(b->env.alloc, s);
		b->count.nomem++;
		return GN_NOMEM;
	}
	if (count)
		memcpy(s->blocks, blocks.p, blocks.len);
	s->timer.kind = TIMER_SPREAD;
	s->count = count;
	s->copies = copies;
	s->keep_until = keep_until;
	s->next_spread = b->spread_first;
	b->spread_first = s;
	b->spreads++;
	b->spread_blocks += count;
	*op = s->op.id;
	round_begin(b, s);
	return GN_OK;
}

void bundles_spread_free(struct gn_bundles *b, struct bundles_spread *s)
{
	GN_ASSERT(b->spreads > 0);
	struct bundles_spread **at = &b->spread_first;
	while (*at != s)
		at = &(*at)->next_spread;
	*at = s->next_spread;
	for (unsigned j = 0; j < BUNDLES_JOBS; j++)
		if (b->jobs[j].active && b->jobs[j].spread == s)
			job_stop(b, &b->jobs[j]);
	b->spreads--;
	b->spread_blocks -= s->count;
	gn_heap_remove(&b->timers, &s->timer.node);
	gn_frame_op_remove(&b->frame, &s->op);
	bundles_need_no_more(b, gn_slice(s->blocks, s->count * sizeof(struct gn_hash)));
	gn_mem_free(b->env.alloc, s->blocks);
	gn_mem_free(b->env.alloc, s);
}
