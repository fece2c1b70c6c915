/* Who relayed how much in this day, by key and by token. An account is there while a circuit is,
 * and as long after as there is something to remember; when all places are taken, of some of those
 * without circuits the one with the least of this day is forgotten. Rules RE-33, RE-64. */
#include "services/relay/engine_int.h"

#define LOOKS 64 /* accounts, for one to forget */

static uint64_t today(const struct gn_relay *r)
{
	return relay_unix(r) / 86400;
}

void relay_account_today(const struct gn_relay *r, struct relay_account *a)
{
	if (a->day == today(r))
		return;
	a->day = today(r);
	a->small = a->bulk = a->commons = 0;
}

static void forget(struct gn_relay *r, struct relay_account *a)
{
	GN_ASSERT(a->circuits == 0);
	for (unsigned lane = 0; lane < 2 && !a->token; lane++)
		r->given_rest[lane] += a->given[lane];
	bool was = gn_map_remove(&r->accounts, a->id);
	GN_ASSERT(was);
	gn_mem_free(r->env.alloc, a);
}

static struct relay_account *at(const struct gn_relay *r, uint32_t i)
{
	GN_ASSERT(i < r->accounts.count);
	return GN_MAP_AT(&r->accounts, struct relay_account *, i);
}

static void make_place(struct gn_relay *r)
{
	struct relay_account *least = NULL;
	GN_ASSERT(r->accounts.count == RELAY_ACCOUNTS);
	for (uint32_t i = 0; i < r->accounts.count; i++) {
		struct relay_account *a = at(r, r->look++ % r->accounts.count);
		if (a->circuits == 0) {
			relay_account_today(r, a);
			if (!least || a->small + a->bulk < least->small + least->bulk)
				least = a;
		}
		if (least && i >= LOOKS)
			break;
	}
	if (least) {
		forget(r, least);
		r->n.accounts_forgotten++;
	}
}

gn_err relay_account_get(struct gn_relay *r, const uint8_t id[32], bool token,
			 struct relay_account **out)
{
	struct relay_account **there = gn_map_get(&r->accounts, id);
	if (!there) {
		if (r->accounts.count == RELAY_ACCOUNTS)
			make_place(r);
		struct relay_account *a = GN_NEW(r->env.alloc, struct relay_account);
		there = a ? gn_map_put(&r->accounts, id) : NULL;
		if (!there) {
			gn_mem_free(r->env.alloc, a);
			r->n.nomem++;
			return GN_NOMEM;
		}
		*a = (struct relay_account){.token = token, .day = today(r)};
		memcpy(a->id, id, sizeof a->id);
		*there = a;
	}
	relay_account_today(r, *there);
	(*there)->circuits++;
	*out = *there;
	return GN_OK;
}

void relay_account_put(struct gn_relay *r, struct relay_account *a)
{
	GN_ASSERT(a->circuits > 0);
	relay_account_today(r, a);
	if (--a->circuits == 0 && a->small + a->bulk == 0 && a->bursts_full_at <= r->now)
		forget(r, a);
}

uint64_t relay_account_left(const struct gn_relay *r, const struct gn_pk *key)
{
	struct relay_account **a = gn_map_get(&r->accounts, key->b);
	if (a)
		relay_account_today(r, *a);
	uint64_t used = a ? (*a)->commons : 0;
	return used < RELAY_COMMONS_DAY ? RELAY_COMMONS_DAY - used : 0;
}

void relay_accounts_sweep(struct gn_relay *r)
{
	/* from the end: what is forgotten is replaced by the last */
	for (uint32_t i = r->accounts.count; i-- > 0;) {
		struct relay_account *a = at(r, i);
		relay_account_today(r, a);
		if (a->circuits == 0 && a->small + a->bulk == 0 && a->bursts_full_at <= r->now)
			forget(r, a);
	}
}

bool gn_relay_account_at(const struct gn_relay *r, uint32_t i, struct gn_relay_account *out)
{
	if (i >= r->accounts.count)
		return false;
	const struct relay_account *a = at(r, i);
	*out = (struct gn_relay_account){
		.token = a->token, .circuits = a->circuits, .small = a->small, .bulk = a->bulk};
	memcpy(out->id, a->id, sizeof out->id);
	return true;
}

bool gn_relay_given_next(struct gn_relay *r, struct gn_relay_given *out)
{
	uint64_t *rest = r->given_rest;
	if (rest[0] + rest[1]) {
		*out = (struct gn_relay_given){.small = rest[0], .bulk = rest[1]};
		rest[0] = rest[1] = 0;
		return true;
	}
	while (r->given_look < r->accounts.count) {
		struct relay_account *a = at(r, r->given_look++);
		if (a->given[0] + a->given[1] == 0)
			continue;
		*out = (struct gn_relay_given){
			.token = a->token, .small = a->given[0], .bulk = a->given[1]};
		memcpy(out->id, a->id, sizeof out->id);
		a->given[0] = a->given[1] = 0;
		return true;
	}
	r->given_look = 0;
	return false;
}
