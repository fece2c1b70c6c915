/* What is told of presence: tables, and those who watch. Rule AG-113. */
#include "agent/presence_int.h"

const struct gn_app_kind agent_presence_is = {GN_FB_APP_BODY_APP_CONTACT,
					      GN_FB_APP_CONTACT_BODY_PRESENCE_IS};

gn_fbref agent_put_presence(struct gn_fbb *b, struct gn_agent *a, const struct gn_people_contact *c)
{
	struct gn_presence_of of = {.state = GN_PRESENCE_OFFLINE};
	struct gn_presence_told told;
	struct gn_pk owner = *c->owner;
	bool followed = gn_presence_get(a->presence->engine, c->chat, &of);
	struct gn_fb_presence_of_args args = {.contact = agent_put_person(b, a, c),
					      .state = (uint8_t)of.state,
					      .until = gn_unix(of.until),
					      .followed = followed};
	args.told = gn_people_presence_of(a->people, &owner, &told) == GN_OK;
	gn_wipe(&told, sizeof told);
	return gn_fb_presence_of_make(b, &args);
}

gn_fbref agent_put_presences(struct gn_fbb *b, struct gn_agent *a, const gn_fbref *refs,
			     size_t count)
{
	struct gn_fb_presence_is_args args = {
		.own = (uint8_t)gn_presence_state(a->presence->engine), .people = {refs, count}};
	return gn_fb_presence_is_make(b, &args);
}

/* Those who are followed. */
gn_fbref agent_put_present(struct gn_fbb *b, struct gn_agent *a)
{
	gn_fbref refs[GN_PRESENCE_FOLLOWED];
	struct gn_people_contact c;
	struct gn_presence_of of;
	size_t count = 0;
	for (size_t i = 0; gn_people_at(a->people, i, &c) && count < GN_PRESENCE_FOLLOWED; i++)
		if (gn_presence_get(a->presence->engine, c.chat, &of))
			refs[count++] = agent_put_presence(b, a, &c);
	return agent_put_presences(b, a, refs, count);
}

/* ---- who watches ---- */

void agent_presence_changed(struct gn_agent *a, const struct gn_presence_of *of)
{
	struct gn_people_contact c;
	size_t i = 0;
	while (gn_people_at(a->people, i, &c) && !gn_hash_eq(c.chat, &of->chat))
		i++;
	if (!gn_people_at(a->people, i, &c))
		return; /* they are no contact any more */
	for (unsigned k = 0; k < AGENT_PRESENCE_WATCHERS; k++) {
		struct agent_request *r = a->presence->watchers[k];
		if (!r)
			continue;
		struct gn_fbb *b = gn_host_answer_begin(&r->base);
		gn_fbref ref = agent_put_presence(b, a, &c);
		gn_host_answer_more(&r->base, agent_presence_is,
				    agent_put_presences(b, a, &ref, 1));
	}
}

void agent_presence_gone(struct gn_agent *a, const struct agent_request *r)
{
	for (unsigned i = 0; a->presence && i < AGENT_PRESENCE_WATCHERS; i++) {
		struct agent_request *held = a->presence->watchers[i];
		if (held != r)
			continue;
		a->presence->watchers[i] = NULL;
		gn_host_release(&held->base);
	}
}

void agent_presence_unwatch(struct gn_agent *a)
{
	for (unsigned i = 0; i < AGENT_PRESENCE_WATCHERS; i++) {
		struct agent_request *r = a->presence->watchers[i];
		if (!r)
			continue;
		a->presence->watchers[i] = NULL;
		gn_host_error(&r->base, GN_LOCKED, "it was locked");
		gn_host_release(&r->base);
	}
}
