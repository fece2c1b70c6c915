/* Strangers who left something that cannot be opened before they are looked up, which tells nodes
 * near their place. So the person is shown their PID and says whether to; who came by an invite is
 * looked up at once, and then asks as anybody does.
 *
 * Rule AG-58. */
#include "agent/agent_int.h"

/* Whoever holds an item could say so of any: the invite's own signature counts. */
bool agent_invited(const struct gn_pk *box, const struct gn_pk *by, const struct gn_hash *item,
		   struct gn_fb_box_got t)
{
	struct gn_sig sig;
	if (!gn_fb_box_got_has_sig(t) || gn_is_zero(by->b, sizeof by->b))
		return false;
	memcpy(sig.b, gn_fb_box_got_sig(t).b, sizeof sig.b);
	return gn_boxrec_invite_check(by, box, item, &sig) == GN_OK;
}

bool agent_invite_of(const struct gn_agent *a, const struct gn_pk *key, uint8_t *secret)
{
	struct gn_people_invite invite = {.uses = 0};
	bool is = false;
	for (size_t i = 0; !is && gn_people_invite_at(a->people, i, &invite); i++) {
		struct gn_sk sk;
		gn_boxrec_invite_key(invite.secret, &sk);
		is = gn_pk_eq(&sk.pk, key) && invite.used < invite.uses &&
		     invite.until > agent_unix(a);
		gn_sk_wipe(&sk);
	}
	if (is && secret)
		memcpy(secret, invite.secret, GN_INVITE_SECRET_LEN);
	gn_wipe(&invite, sizeof invite);
	return is;
}

static void claim_look(const struct gn_agent *a, struct agent_claim *claim)
{
	claim->wait = AGENT_CLAIM_WAIT;
	claim->again = a->now;
}

static bool claim_looked_for(const struct agent_claim *claim)
{
	return claim->accepted || claim->invited;
}

void agent_claim_accept(struct gn_agent *a, struct agent_claim *claim)
{
	claim->accepted = true;
	claim_look(a, claim);
	claim->until = a->now + AGENT_CLAIM_SHOWN;
}

/* The oldest whom the person has not accepted, else the oldest: its item waits on. */
static void claim_give_way(struct gn_agent *a)
{
	size_t i = 0;
	while (i < a->claim_count && claim_looked_for(&a->claims[i]))
		i++;
	i = i == a->claim_count ? 0 : i;
	memmove(a->claims + i, a->claims + i + 1, (a->claim_count - i - 1) * sizeof a->claims[0]);
	a->claim_count--;
}

void agent_claimed(struct gn_agent *a, const struct gn_pk *owner, bool invited)
{
	struct gn_people_contact c;
	bool known = gn_people_get(a->people, owner, &c) == GN_OK;
	size_t i = 0;
	while (i < a->claim_count && !gn_pk_eq(&a->claims[i].owner, owner))
		i++;
	if (!known && i == a->claim_count) {
		if (a->claim_count == AGENT_CLAIMS)
			claim_give_way(a);
		a->claims[a->claim_count++] = (struct agent_claim){.owner = *owner};
	}
	if (!known && invited && !claim_looked_for(&a->claims[i])) {
		a->claims[i].invited = true; /* the person has let them ask, not more */
		claim_look(a, &a->claims[i]);
	}
	if (known) {
		gn_err err = gn_agent_know_ask(a->know, owner);
		(void)err; /* full: when it is looked at again */
	}
}

/* Those whom the person wants to hear, until they are found: what they publish may have been on
 * its way only. When to look again. */
gn_time agent_claims_pump(struct gn_agent *a)
{
	gn_time due = GN_NEVER;
	for (size_t i = 0; i < a->claim_count; i++) {
		struct agent_claim *c = &a->claims[i];
		if (!claim_looked_for(c))
			continue;
		if (c->again <= a->now) {
			(void)!gn_agent_know_ask(a->know, &c->owner); /* full: the next time */
			c->again = a->now + c->wait;
			c->wait = gn_time_min(2 * c->wait, AGENT_CLAIM_WAIT_MAX);
		}
		due = gn_time_min(due, c->again);
	}
	return due;
}
