/* A content that stays comes in: once, in its place, with what it does; and a receipt goes out for
 * each time it comes, for the first may have been lost.
 *
 * 1. What was here before (by name) changes nothing.
 * 2. A device's word counts for the numbers of its own person's devices: of the others' it makes no
 *    gap, so nobody makes lines of another's name (PE-13).
 *
 * Spec: PE-2, PE-11..PE-13. */
#include "people/people_int.h"

/* The chain of a device that somebody has seen; NULL: of whom it is not known, or it is not theirs
 * to say. */
static struct people_chain *seen_chain(struct gn_people *p, struct people_contact *c, bool mine,
				       const struct gn_content_seen *s)
{
	struct people_chain *chain = people_chain_get(&c->chat.chains, s->device);
	bool theirs = people_device_by_name(c, s->device) && !c->self;
	bool ours = people_device_by_name(p->self, s->device);
	if (s->device == p->device)
		return NULL;
	if (!chain && (theirs || (mine && ours)))
		chain = people_chain_put(&c->chat.chains, p->env.alloc, s->device, !theirs,
					 c->chat.joined ? s->seq : 0);
	return chain && (mine || !chain->mine) ? chain : NULL;
}

static void follow(struct gn_people *p, struct people_contact *c, bool mine, uint64_t device,
		   const struct gn_content *what)
{
	struct people_chains *chains = &c->chat.chains;
	struct people_gap_changes changes = {.count = 0};
	struct people_chain *chain = people_chain_put(chains, p->env.alloc, device, mine,
						      c->chat.joined ? what->seq - 1 : 0);
	if (!chain) {
		people_break(p, GN_NOMEM);
		return;
	}
	uint64_t top = chain->top, missing = chains->missing;
	gn_err err = people_chain_took(chains, p->env.alloc, chain, what->seq, &what->id,
				       what->order, &changes);
	if (!err && what->seq <= top && missing == chains->missing)
		p->counters[PEOPLE_C_FORKS]++;
	people_tell_gaps(p, c, &changes);
	for (size_t i = 0; i < what->seen_count && !err; i++) {
		chain = seen_chain(p, c, mine, &what->seen[i]);
		changes.count = 0;
		if (!chain)
			continue;
		err = people_chain_heard(chains, p->env.alloc, chain, what->seen[i].seq,
					 what->order, &changes);
		people_tell_gaps(p, c, &changes);
	}
	if (err)
		people_break(p, err);
}

bool people_take(struct gn_people *p, struct people_contact *c, bool mine, uint64_t device,
		 const struct gn_content *what, struct gn_slice bytes, gn_time now)
{
	struct gn_people_message m;
	bool here = people_find_message(p, &c->id, mine, &what->id, &m, NULL) && !m.early;
	if (c->self || !mine)
		people_receipt_queue(p, c, &what->id, now);
	if (here) {
		p->counters[PEOPLE_C_DOUBLES]++;
		return false;
	}
	p->counters[PEOPLE_C_TAKEN]++;
	follow(p, c, mine, device, what);
	people_place(p, c, mine, device, what, bytes, now);
	people_effect(p, c, mine, what, now);
	return true;
}
