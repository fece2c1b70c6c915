/* Parked sessions: how many an endpoint keeps whose peers are silent, a laptop that sleeps or one
 * that never comes back, and who gives way (RE-10, GU-1). When a session is parked is park.c.
 *
 * 1. Who comes takes the place of the one parked longest: of the same key when the key's share is
 *    used up, of the same prefix when the prefix's is, of all when the whole is.
 * 2. Bytes are those that the streams hold on parking: nothing comes then, and writes wait. What
 *    one key holds of them is bounded already (memory.c). */
#include "jet/parked_int.h"
#include "jet/session_int.h"

void jet_parked_init(struct gn_jet *jet)
{
	struct gn_share_config share = {
		.total = JET_PARKED,
		.per_key = JET_PARKED_PER_KEY,
		.per_prefix = JET_PARKED_PER_PREFIX,
		.crowded = JET_PARKED - JET_PARKED / 4,
		.holders_max = JET_PARKED,
		.count_local = jet->config.count_local,
	};
	gn_share_init(&jet->parked.share, &jet->env, &share);
	jet_list_init(&jet->parked.list);
}

void jet_parked_fini(struct gn_jet *jet)
{
	GN_ASSERT(jet->parked.share.used == 0 && jet_list_empty(&jet->parked.list));
	gn_share_fini(&jet->parked.share);
}

/* Whether the place of `other` is one that s may have, given which share refused it. */
static bool may_pass(const struct jet_session *other, const struct jet_session *s, gn_err over)
{
	const struct gn_holder *a = &other->holder, *b = &s->holder;
	if (over == GN_QUOTA)
		return memcmp(&a->key, &b->key, sizeof a->key) == 0;
	return over != GN_LIMIT || gn_addr_prefix(&a->addr) == gn_addr_prefix(&b->addr);
}

static struct jet_session *oldest(const struct jet_session *s, gn_err over)
{
	GN_ASSERT(over != GN_OK);
	const struct jet_link *list = &s->jet->parked.list;
	for (struct jet_link *l = list->next; l != list; l = l->next) {
		struct jet_session *other = GN_CONTAINER(l, struct jet_session, parked);
		if (may_pass(other, s, over))
			return other;
	}
	return NULL;
}

gn_err jet_parked_take(struct jet_session *s, struct jet_session **leaves)
{
	GN_ASSERT(!jet_linked(&s->parked));
	struct jet_parked *all = &s->jet->parked;
	uint64_t bytes = s->rx_held + s->tx_buffered;
	gn_err over = all->bytes + bytes > JET_PARKED_BYTES
			      ? GN_NO_SPACE
			      : gn_share_take(&all->share, &s->holder, 1);
	if (over == GN_NOMEM)
		return over;
	if (over != GN_OK) {
		*leaves = oldest(s, over);
		return *leaves ? GN_BUSY : GN_LIMIT;
	}
	s->parked_bytes = bytes;
	all->bytes += bytes;
	jet_list_append(&all->list, &s->parked);
	return GN_OK;
}

void jet_parked_give(struct jet_session *s)
{
	struct jet_parked *all = &s->jet->parked;
	if (!jet_linked(&s->parked))
		return;
	GN_ASSERT(all->bytes >= s->parked_bytes);
	jet_list_remove(&s->parked);
	gn_share_give(&all->share, &s->holder, 1);
	all->bytes -= s->parked_bytes;
}

void jet_parked_validate(const struct gn_jet *jet)
{
	const struct jet_link *list = &jet->parked.list;
	uint64_t count = 0, bytes = 0;
	gn_share_validate(&jet->parked.share);
	for (struct jet_link *l = list->next; l != list; l = l->next) {
		const struct jet_session *s = GN_CONTAINER(l, struct jet_session, parked);
		GN_ASSERT(s->state == JET_S_OPEN && s->linger > 0);
		count++;
		bytes += s->parked_bytes;
	}
	GN_ASSERT(count == jet->parked.share.used && bytes <= jet->parked.bytes);
	GN_ASSERT(jet->parked.bytes <= JET_PARKED_BYTES);
}
