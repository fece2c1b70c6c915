/* Requests: what somebody who is no contact may say. One text of 600 bytes, which waits until the
 * person answers; nothing goes back before, no receipt either.
 *
 * 1. From one owner key at most one unanswered request a week, refused ones too.
 * 2. At most PEOPLE_REQUESTS_MAX wait; the oldest that was not invited gives way.
 *
 * Spec: PE-46..PE-49. */
#include "people/people_int.h"

bool people_request_fits(const struct gn_content *what)
{
	return what->kind == GN_CONTENT_TEXT && what->text.len <= GN_PEOPLE_REQUEST_TEXT_MAX &&
	       what->u.mentions.count == 0;
}

/* Is there an open invite with this secret? It is used once more. */
static bool use_invite(struct gn_people *p, const uint8_t secret[GN_INVITE_SECRET_LEN], gn_time now)
{
	for (uint32_t i = 0; i < p->invite_count; i++) {
		struct gn_people_invite *v = &p->invites[i];
		if (memcmp(v->secret, secret, sizeof v->secret) != 0)
			continue;
		if (v->used >= v->uses || v->until <= gn_unix(now))
			return false;
		v->used++;
		p->own_changed = true;
		return true;
	}
	return false;
}

static void make_room(struct gn_people *p)
{
	struct people_contact *oldest = NULL;
	for (uint32_t i = 0; i < p->contact_count; i++) {
		struct people_contact *c = p->contacts[i];
		if (c->state == GN_PEOPLE_REQUEST && !c->blocked &&
		    (!oldest || c->invited < oldest->invited ||
		     (c->invited == oldest->invited && c->asked < oldest->asked)))
			oldest = c;
	}
	if (!oldest)
		return;
	p->counters[PEOPLE_C_REQUESTS_FULL]++;
	people_contact_remove(p, oldest);
}

struct people_contact *people_request(struct gn_people *p, struct people_contact *c,
				      const struct gn_people_in *in, const struct gn_content *what,
				      gn_time now)
{
	struct gn_hash id;
	uint64_t unix_now = gn_unix(now);
	if (!people_request_fits(what)) {
		p->counters[PEOPLE_C_REQUESTS_UNFIT]++;
		return NULL;
	}
	bool invited = in->invited && !(c && c->invited) && use_invite(p, in->invite, now);
	if (c && !invited && unix_now < c->asked + PEOPLE_REQUEST_AGAIN) {
		p->counters[PEOPLE_C_REQUESTS_AGAIN]++;
		return NULL;
	}
	if (!c) {
		if (p->requests >= PEOPLE_REQUESTS_MAX)
			make_room(p);
		gn_sha256(&GN_SLICE(in->owner.b), 1, &id);
		if (!(c = people_contact_new(p, &in->owner, &id)))
			return NULL;
	}
	p->requests += c->state != GN_PEOPLE_REQUEST;
	c->state = GN_PEOPLE_REQUEST;
	c->asked = unix_now;
	if (invited) {
		c->invited = true;
		if (c->trust < GN_PEOPLE_LINKED)
			c->trust = GN_PEOPLE_LINKED;
	} else if (!gn_pk_is_zero(&in->introducer)) {
		c->introducer = in->introducer;
		if (c->trust < GN_PEOPLE_INTRODUCED)
			c->trust = GN_PEOPLE_INTRODUCED;
	}
	p->counters[PEOPLE_C_REQUESTS]++;
	people_contact_changed(p, c);
	people_event(p, &(struct gn_people_event){.kind = GN_PEOPLE_REQUESTED,
						  .owner = c->owner,
						  .chat = c->id,
						  .id = what->id,
						  .fresh = c->invited});
	return c;
}

void people_accept(struct gn_people *p, struct people_contact *c, gn_time now)
{
	if (c->state == GN_PEOPLE_ACCEPTED)
		return;
	p->requests -= c->state == GN_PEOPLE_REQUEST;
	c->state = GN_PEOPLE_ACCEPTED;
	c->asked = 0;
	people_contact_changed(p, c);
	people_event(p, &(struct gn_people_event){.kind = GN_PEOPLE_WANT_BOX, .owner = c->owner});
	people_answer_setups(p, c, now);
}
