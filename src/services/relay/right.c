/* Bulk by a capability token (WR-30): Use of `relay`, given by the issuer that the owner named, to
 * the key of the session; a person gives it on to their node. What its limits allow is drawn ahead,
 * so that no packet costs a hash: what was drawn and is not used is lost with the circuit. Whether
 * it was taken back is asked by the list as it is known. Rule RE-33. */
#include "services/relay/engine_int.h"

#define RESOURCE "relay"
#define AHEAD 4 /* draws */

static void limits_of(const struct gn_token *t, struct relay_right *right, uint32_t bulk_rate)
{
	uint64_t least = UINT64_MAX, rate = bulk_rate;
	GN_ASSERT(t->count > 0 && bulk_rate > 0);
	for (size_t i = 0; i < t->count; i++)
		for (size_t k = 0; k < t->blocks[i].limit_count; k++) {
			const struct gn_token_limit *l = &t->blocks[i].limits[k];
			if (l->of != GN_FB_LIMIT_OF_BYTES)
				continue;
			least = l->amount < least ? l->amount : least;
			if (l->per == 1 && l->amount < rate)
				rate = l->amount;
		}
	if (gn_quota_limited(t))
		right->draw =
			(uint32_t)(least / AHEAD < RELAY_DRAW ? least / AHEAD + 1 : RELAY_DRAW);
	right->rate.rate = rate ? (uint32_t)rate : 1;
}

gn_err relay_right_open(struct gn_relay *r, const struct relay_from *from, struct gn_slice token,
			struct relay_right **out)
{
	struct gn_lists_chain chain;
	struct gn_token *t = &r->token;
	GN_TRY(gn_token_read(token, t)); /* before it costs a signature */
	if (!gn_pk_eq(gn_token_bearer(t), &from->who.pk))
		return GN_DENIED;
	GN_TRY(gn_token_grants(t, &r->cfg.issuer, GN_LIT(RESOURCE), GN_FB_ACTION_USE,
			       relay_unix(r)));
	r->caused += 60 * (uint32_t)t->count;
	GN_TRY(gn_token_open(token, t, NULL));
	gn_lists_chain_of(t, &chain);
	if (chain.count) {
		gn_err err = gn_lists_look(r->cfg.lists, &chain.owner, &from->who, r->now);
		GN_TRY(err == GN_PENDING ? GN_BUSY : err);
	}
	GN_TRY(gn_lists_judge(r->cfg.lists, &chain, r->now));
	struct relay_right *right = gn_mem_new(r->env.alloc, sizeof *right + token.len);
	if (!right)
		return GN_NOMEM;
	right->chain = chain;
	right->until = UINT64_MAX;
	for (size_t i = 0; i < t->count; i++)
		if (t->blocks[i].expires < right->until)
			right->until = t->blocks[i].expires;
	limits_of(t, right, r->cfg.give.bulk_rate);
	right->token_len = (uint32_t)token.len;
	memcpy(right->token, token.p, token.len);
	*out = right;
	return GN_OK;
}

void relay_right_draw(struct gn_relay *r, struct relay_circuit *c)
{
	struct relay_right *right = c->right;
	GN_ASSERT(right && c->bulk);
	struct gn_holder by = relay_holder(&c->leg[0]);
	struct gn_quota_use use = {.bytes = right->draw};
	struct gn_quota_no no = {.limit = NULL};
	if (!right->draw || r->now < right->again ||
	    gn_token_read(gn_slice(right->token, right->token_len), &r->token) != GN_OK)
		return;
	right->again = r->now;
	while (right->credit < AHEAD * (uint64_t)right->draw) {
		if (gn_quota_draw(r->cfg.quota, &r->token, &use, &by, r->now, &no)) {
			right->again =
				r->now + (no.retry_ms ? no.retry_ms * GN_MSEC : RELAY_QUOTA_AGAIN);
			return;
		}
		right->credit += right->draw;
	}
}

bool relay_right_over(const struct gn_relay *r, const struct relay_right *right)
{
	/* what comes again soon is a rate */
	return right->draw && right->credit < RELAY_PACKET_MAX &&
	       right->again >= r->now + RELAY_QUOTA_SOON;
}
