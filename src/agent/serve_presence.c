/* The calls about presence. Rule AG-113. */
#include "agent/presence_int.h"

gn_err agent_call_presence_get(struct agent_request *r)
{
	struct gn_agent *a = r->agent;
	struct gn_slice who = gn_fb_presence_get_who((struct gn_fb_presence_get){r->base.table});
	struct gn_people_contact c;
	if (!who.len) {
		struct gn_fbb *b = gn_host_answer_begin(&r->base);
		gn_host_answer(&r->base, agent_presence_is, agent_put_present(b, a));
		return GN_OK;
	}
	if (!agent_who(r, who, &c))
		return GN_OK;
	a->presence->asked = *c.chat;
	a->presence->look = true;
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	gn_fbref ref = agent_put_presence(b, a, &c);
	gn_host_answer(&r->base, agent_presence_is, agent_put_presences(b, a, &ref, 1));
	return GN_OK;
}

gn_err agent_call_presence_set(struct agent_request *r)
{
	struct gn_fb_presence_set t = {r->base.table};
	gn_err err =
		agent_presence_set(r->agent, (enum gn_presence_state)gn_fb_presence_set_state(t));
	if (err == GN_RANGE) {
		gn_host_error(&r->base, err, "there is no such state");
		return GN_OK;
	}
	GN_TRY(err);
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	gn_host_answer(&r->base, agent_presence_is, agent_put_presences(b, r->agent, NULL, 0));
	return GN_OK;
}

/* ---- who watches ---- */

gn_err agent_call_presence_follow(struct agent_request *r)
{
	struct agent_presence *p = r->agent->presence;
	unsigned i = 0;
	if (!r->base.via) {
		gn_host_error(&r->base, GN_UNSUPPORTED,
			      "changes come one after another: only a connection of app/1 can "
			      "follow them");
		return GN_OK;
	}
	unsigned has = 0;
	for (unsigned k = 0; k < AGENT_PRESENCE_WATCHERS; k++)
		has += p->watchers[k] && agent_is_program(r, p->watchers[k]->program);
	if (!agent_within_share(r, has, AGENT_PRESENCE_WATCHERS))
		return GN_OK;
	while (i < AGENT_PRESENCE_WATCHERS && p->watchers[i])
		i++;
	if (i == AGENT_PRESENCE_WATCHERS) {
		gn_host_error(&r->base, GN_LIMIT, "%u programs follow it already",
			      AGENT_PRESENCE_WATCHERS);
		return GN_OK;
	}
	gn_host_hold(&r->base);
	gn_host_lasts(&r->base);
	p->watchers[i] = r;
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	gn_host_answer_more(&r->base, agent_presence_is, agent_put_present(b, r->agent));
	return GN_OK;
}
