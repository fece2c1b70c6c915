/* Keeping R copies: after a change of the ring, and some time after a PUT, each record's set is
 * computed anew; one of the two nearest holders offers it to members that are not known to have
 * it (OV-65); who is no longer a member keeps its copy in step with them until it may go
 * (OV-66).
 *
 * A pass walks all held records, a bounded number per tick. In its first round only the two
 * nearest of the set act; in the second whoever has fewer than two known holders nearer than
 * itself, because the two nearest may be the newcomers. */
#include "overlay/repair_int.h"
#include "overlay/request_int.h"
#include "overlay/ring_int.h"
#include "overlay/store_int.h"

/* Offers being collected during one tick. */
struct batch {
	struct gn_ov_contact *to;
	struct gn_ov_held *list[GN_OV_DIGEST_KEYS];
	uint32_t count;
};
/* members that records looked at in one tick can have, as a rule; more only cost more messages */
#define BATCHES 24

static void flush_batch(struct gn_overlay *ov, struct batch *b, gn_time now)
{
	GN_ASSERT(b->count <= GN_OV_DIGEST_KEYS);
	GN_ASSERT(!b->count || b->to);
	if (b->count)
		gn_ov_offer(ov, &b->to->c, b->list, b->count, now);
	b->count = 0;
	b->to = NULL;
}

static void collect_offer(struct gn_overlay *ov, struct batch *batches, struct gn_ov_contact *to,
			  struct gn_ov_held *h, gn_time now)
{
	GN_ASSERT(to != NULL && !h->graced);
	struct batch *b = NULL;
	for (unsigned i = 0; i < BATCHES && !b; i++)
		if (batches[i].to == to)
			b = &batches[i];
	for (unsigned i = 0; i < BATCHES && !b; i++)
		if (!batches[i].to)
			b = &batches[i];
	if (!b) {
		b = &batches[0];
		flush_batch(ov, b, now);
	}
	b->to = to;
	b->list[b->count++] = h;
	if (b->count == GN_OV_DIGEST_KEYS)
		flush_batch(ov, b, now);
}

/* A record that others answer for: the two nearest are to have it, now and then all of the set
 * are asked whether this is still the newest version, and it goes when it may (handover.c). */
static void not_ours(struct gn_overlay *ov, struct batch *batches, struct gn_ov_held *h,
		     const struct gn_ov_member *set, uint32_t n, gn_time now)
{
	GN_ASSERT(n > 0 && n <= GN_OV_SET_MAX);
	if (h->left == 0)
		h->left = now;
	bool again = now - h->offered >= GN_OV_OFFER_AGAIN;
	for (uint32_t i = 0; i < n; i++) {
		bool lacks = i < 2 && !gn_ov_synced(h, &set[i].id);
		ov->repair_left = ov->repair_left || lacks;
		if (lacks || again)
			collect_offer(ov, batches, set[i].contact, h, now);
	}
	if (again)
		h->offered = now;
	gn_ov_hand_over(ov, h, now);
}

static void look_at(struct gn_overlay *ov, struct batch *batches, struct gn_ov_held *h, gn_time now)
{
	GN_ASSERT(ov->server || gn_ov_kept_out(ov));
	struct gn_ov_member set[GN_OV_SET_MAX];
	if (h->graced)
		return;
	uint32_t n = gn_ov_holders_of(ov, gn_ov_theta(h->key.b), set), rank = n, nearer = 0;
	for (uint32_t i = 0; i < n && rank == n; i++) {
		if (!set[i].contact)
			rank = i;
		else
			nearer += gn_ov_synced(h, &set[i].id);
	}
	if (rank == n) {
		if (n >= ov->cfg.r)
			not_ours(ov, batches, h, set, n, now);
		return;
	}
	h->left = 0;
	/* In a crowd the word of who is nearer does not excuse anybody. */
	bool act = ov->repair_round == 0 ? rank < 2 : nearer < 2 || n > ov->cfg.r;
	for (uint32_t i = 0; i < n; i++) {
		if (!set[i].contact || gn_ov_synced(h, &set[i].id))
			continue;
		ov->repair_left = ov->repair_left || act || rank < 4;
		if (act)
			collect_offer(ov, batches, set[i].contact, h, now);
	}
}

static void pass_end(struct gn_overlay *ov, gn_time now)
{
	GN_ASSERT(ov->repair_running);
	GN_ASSERT(ov->repair_cursor >= ov->sorted_count);
	ov->repair_running = false;
	ov->repair_cursor = 0;
	if (!ov->repair_left)
		return;
	if (ov->repair_round == 0) {
		ov->repair_round = 1;
		gn_ov_task_soon(ov, GN_OV_TASK_REPAIR,
				now + gn_ov_spread(ov, GN_OV_REPAIR_SECOND, 25));
	} else {
		gn_ov_task_soon(ov, GN_OV_TASK_REPAIR,
				now + gn_ov_spread(ov, ov->repair_backoff, 25));
		ov->repair_backoff = gn_time_min(2 * ov->repair_backoff, ov->cfg.digest);
	}
}

void gn_ov_repair_due(struct gn_overlay *ov, gn_time now)
{
	GN_ASSERT(ov->tasks[GN_OV_TASK_REPAIR].node.place);
	struct batch batches[BATCHES] = {{0}};
	gn_ov_task_set(ov, GN_OV_TASK_REPAIR, GN_NEVER);
	/* who is a client for good hands over what it held */
	if (!ov->server && !gn_ov_kept_out(ov))
		return;
	gn_ov_held_sort(ov);
	if (!ov->repair_running) {
		ov->repair_running = true;
		ov->repair_left = false;
		ov->repair_cursor = 0;
	}
	for (unsigned i = 0; i < GN_OV_REPAIR_RECORDS && ov->repair_cursor < ov->sorted_count; i++)
		look_at(ov, batches, ov->sorted[ov->repair_cursor++], now);
	for (unsigned i = 0; i < BATCHES; i++)
		flush_batch(ov, &batches[i], now);
	if (ov->repair_cursor < ov->sorted_count)
		gn_ov_task_set(ov, GN_OV_TASK_REPAIR, now + GN_OV_REPAIR_PAUSE);
	else
		pass_end(ov, now);
}
