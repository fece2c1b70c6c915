/* A contact by what a person types: a PID, a key in hex, the name that they gave, the name that the
 * contact has. */
#include "agent/serve_int.h"

/* How well the words name a contact; of two that are named as well neither is meant. */
enum fit { FIT_NONE, FIT_STRANGER, FIT_NAME, FIT_PETNAME, FIT_KEY };

static bool same_name(struct gn_slice name, struct gn_slice who)
{
	return name.len && gn_slice_eq(name, who);
}

/* is_key: the words are a PID or a key, so no name is meant, whatever somebody calls themselves.
 * What the person calls them is before what they say of themselves, and a stranger who has taken a
 * contact's name is not meant by it. */
static enum fit fit_of(const struct gn_people_contact *c, struct gn_slice who, bool is_key)
{
	char pid[GN_PID_MAX];
	struct gn_pk pk;
	gn_pid(c->owner, pid);
	if (gn_slice_eq(gn_str(pid), who) ||
	    (gn_unhex(who, pk.b, sizeof pk.b) == GN_OK && gn_pk_eq(&pk, c->owner)))
		return FIT_KEY;
	if (is_key)
		return FIT_NONE;
	if (same_name(c->petname, who))
		return FIT_PETNAME;
	if (!same_name(c->name, who))
		return FIT_NONE;
	return c->state == GN_PEOPLE_ACCEPTED || c->state == GN_PEOPLE_ASKED ? FIT_NAME
									     : FIT_STRANGER;
}

static bool is_claim(const struct gn_agent *a, struct gn_slice who)
{
	char pid[GN_PID_MAX];
	for (size_t i = 0; i < a->claim_count; i++) {
		gn_pid(&a->claims[i].owner, pid);
		if (gn_slice_eq(gn_str(pid), who))
			return true;
	}
	return false;
}

size_t agent_find_who(struct gn_agent *a, struct gn_slice who, struct gn_people_contact *out)
{
	struct gn_people_contact c;
	struct gn_pk pk;
	bool is_key = gn_unbase58(who, pk.b, sizeof pk.b) == GN_OK ||
		      gn_unhex(who, pk.b, sizeof pk.b) == GN_OK;
	enum fit best = FIT_NONE;
	size_t found = 0, at = 0;
	for (size_t i = 0; gn_people_at(a->people, i, &c); i++) {
		enum fit fit = fit_of(&c, who, is_key);
		if (fit < best || !fit)
			continue;
		found = fit == best ? found + 1 : 1;
		best = fit;
		at = i;
	}
	if (found == 1 && !gn_people_at(a->people, at, out))
		return 0;
	return found;
}

bool agent_who(struct agent_request *r, struct gn_slice who, struct gn_people_contact *out)
{
	size_t found = agent_find_who(r->agent, who, out);
	if (found == 1)
		return true;
	if (found)
		gn_host_error(&r->base, GN_USAGE,
			      "%zu contacts have that name: say whom by PID, or give one of them "
			      "another name",
			      found);
	else if (is_claim(r->agent, who))
		gn_host_error(&r->base, GN_STATE,
			      "this is a stranger who wrote to you; first: geonet contacts accept "
			      "%.*s",
			      (int)who.len, (const char *)who.p);
	else
		gn_host_error(
			&r->base, GN_NOT_FOUND,
			"no contact is called '%.*s': geonet contacts list shows them, geonet "
			"contacts add adds one",
			(int)(who.len < 80 ? who.len : 80), (const char *)who.p);
	return false;
}
