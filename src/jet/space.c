/* A packet number space: which numbers we used and what they carried, which numbers came in.
 *
 * 1. `sent` holds the numbers sent_first .. pn_next - 1 without gaps; `frames` the frames of
 *    exactly these, in order.
 * 2. Only OUT packets count in `out` and in the path's bytes in flight. No packet below `low` is
 *    OUT.
 * 3. A number at or above replay.next is new; one JET_REPLAY_BITS or more below it is refused as
 *    too old. */
#include "jet/session_int.h"

#define SKIP_SPREAD 1024u /* a number is skipped once in so many packets on average of half */

static void draw_skip(struct jet_space *sp, struct gn_jet *jet)
{
	sp->pn_skip = sp->pn_next + 1 + gn_rand_below(jet->env.rand, SKIP_SPREAD);
}

void jet_space_init(struct jet_space *sp, struct gn_jet *jet)
{
	*sp = (struct jet_space){.loss_at = GN_NEVER, .ack_at = GN_NEVER};
	gn_ring_init(&sp->sent, jet->env.alloc, sizeof(struct jet_sent),
		     JET_SENT_MAX + JET_SENT_QUIET);
	gn_ring_init(&sp->frames, jet->env.alloc, sizeof(struct jet_sent_frame),
		     JET_SENT_FRAMES_MAX);
	draw_skip(sp, jet);
}

void jet_space_fini(struct jet_space *sp, struct gn_jet *jet)
{
	gn_ring_fini(&sp->sent);
	gn_ring_fini(&sp->frames);
	jet_ranges_fini(&sp->received, jet->env.alloc);
}

gn_err jet_space_next(struct jet_space *sp, struct gn_jet *jet, uint64_t *pn)
{
	GN_ASSERT(sp->pn_skip >= sp->pn_next);
	if (sp->sent.count + 2 > JET_SENT_MAX + JET_SENT_QUIET)
		return GN_LIMIT;
	if (sp->pn_next == sp->pn_skip) {
		GN_TRY(jet_space_push(sp, (struct jet_sent){.state = JET_SENT_SKIPPED}, NULL));
		draw_skip(sp, jet);
	}
	*pn = sp->pn_next;
	return GN_OK;
}

bool jet_space_full(const struct jet_space *sp)
{
	GN_ASSERT(sp->out <= sp->sent.count);
	return sp->sent.count >= JET_SENT_MAX ||
	       sp->frames.count + JET_PACKET_FRAMES_MAX > JET_SENT_FRAMES_MAX;
}

gn_err jet_space_push(struct jet_space *sp, struct jet_sent sent,
		      const struct jet_sent_frame *frames)
{
	GN_ASSERT(sent.frames == 0 || (frames && sent.frames <= JET_PACKET_FRAMES_MAX));
	uint32_t before = sp->frames.count;
	gn_err err = GN_OK;
	sent.frame_first = sp->frames_popped + before;
	for (uint8_t i = 0; i < sent.frames && err == GN_OK; i++)
		err = gn_ring_push(&sp->frames, &frames[i]);
	if (err == GN_OK)
		err = gn_ring_push(&sp->sent, &sent);
	if (err != GN_OK) {
		sp->frames.count = before; /* take back the newest */
		return err;
	}
	sp->pn_next++;
	return GN_OK;
}

struct jet_sent *jet_space_sent(const struct jet_space *sp, uint64_t pn)
{
	return pn < sp->sent_first ? NULL : gn_ring_at(&sp->sent, (uint32_t)(pn - sp->sent_first));
}

const struct jet_sent_frame *jet_space_frame(const struct jet_space *sp,
					     const struct jet_sent *sent, uint8_t i)
{
	const struct jet_sent_frame *f =
		gn_ring_at(&sp->frames, sent->frame_first - sp->frames_popped + i);
	GN_ASSERT(f != NULL && i < sent->frames);
	return f;
}

void jet_space_pop(struct jet_space *sp, gn_time lost_before)
{
	GN_ASSERT(sp->low >= sp->sent_first);
	struct jet_sent_frame f;
	struct jet_sent sent;
	for (const struct jet_sent *head; (head = gn_ring_at(&sp->sent, 0));) {
		if (head->state == JET_SENT_OUT ||
		    (head->state == JET_SENT_LOST && head->at >= lost_before))
			break;
		gn_ring_pop(&sp->sent, &sent);
		for (uint8_t i = 0; i < sent.frames; i++)
			gn_ring_pop(&sp->frames, &f);
		sp->frames_popped += sent.frames;
		sp->sent_first++;
	}
	sp->low = sp->low < sp->sent_first ? sp->sent_first : sp->low;
}

bool jet_replay_seen(const struct jet_replay *r, uint64_t pn, bool *too_old)
{
	*too_old = false;
	if (pn >= r->next)
		return false;
	if (r->next - pn > JET_REPLAY_BITS) {
		*too_old = true;
		return true;
	}
	uint64_t bit = pn % JET_REPLAY_BITS;
	return r->bits[bit / 64] >> (bit % 64) & 1;
}

void jet_replay_mark(struct jet_replay *r, uint64_t pn)
{
	if (pn >= r->next + JET_REPLAY_BITS) {
		memset(r->bits, 0, sizeof r->bits);
		r->next = pn + 1;
	}
	for (; r->next <= pn; r->next++) {
		uint64_t bit = r->next % JET_REPLAY_BITS;
		r->bits[bit / 64] &= ~(UINT64_C(1) << bit % 64);
	}
	uint64_t bit = pn % JET_REPLAY_BITS;
	r->bits[bit / 64] |= UINT64_C(1) << bit % 64;
}

void jet_space_validate(const struct jet_space *sp)
{
	GN_ASSERT(sp->pn_next == sp->sent_first + sp->sent.count && sp->acked_next <= sp->pn_next);
	GN_ASSERT(sp->low >= sp->sent_first);
	uint32_t out = 0, frames = 0, answers = 0;
	for (uint32_t i = 0; i < sp->sent.count; i++) {
		const struct jet_sent *sent = gn_ring_at(&sp->sent, i);
		GN_ASSERT(sent->frame_first - sp->frames_popped == frames);
		GN_ASSERT(sent->state != JET_SENT_OUT || sp->sent_first + i >= sp->low);
		out += sent->state == JET_SENT_OUT;
		answers += sent->state == JET_SENT_OUT && sent->answer;
		frames += sent->frames;
	}
	GN_ASSERT(out == sp->out && frames == sp->frames.count && answers == sp->answers);
	jet_ranges_validate(&sp->received);
	/* or the deadline stays in the past */
	GN_ASSERT(sp->received.count || sp->ack_at == GN_NEVER);
}
