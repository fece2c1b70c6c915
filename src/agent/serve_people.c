/* Calls about people: who they are, requests, invites. */
#include "agent/serve_int.h"

#include <stdlib.h>
#include <string.h>

#define CONTACT_KIND(name) {GN_FB_APP_BODY_APP_CONTACT, GN_FB_APP_CONTACT_BODY_##name}

static const struct gn_app_kind person_kind = CONTACT_KIND(PERSON),
				contacts_are = CONTACT_KIND(CONTACTS_IS),
				invite_kind = CONTACT_KIND(INVITE),
				invites_are = CONTACT_KIND(INVITES_IS);

enum { WAIT_CLAIM = 1 }; /* for what was accepted to be found and read (gn_host_wait) */

static void answer_person(struct agent_request *r, const struct gn_pk *owner)
{
	struct gn_people_contact c;
	if (gn_people_get(r->agent->people, owner, &c) != GN_OK) {
		gn_host_error(&r->base, GN_NOT_FOUND, "they are no contact any more");
		return;
	}
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	gn_host_answer(&r->base, person_kind, agent_put_person(b, r->agent, &c));
}

/* ---- one, and the list ---- */

gn_err agent_call_contact_get(struct agent_request *r)
{
	struct gn_people_contact c;
	if (agent_who(r, gn_fb_contact_get_who((struct gn_fb_contact_get){r->base.table}), &c))
		answer_person(r, c.owner);
	return GN_OK;
}

gn_err agent_call_contacts_list(struct agent_request *r)
{
	struct gn_agent *a = r->agent;
	struct gn_fb_contacts_list t = {r->base.table};
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	uint32_t skip = gn_fb_contacts_list_after(t), limit = gn_fb_contacts_list_limit(t);
	gn_fbref refs[AGENT_LIMIT_MAX];
	struct gn_people_contact c;
	size_t count = 0, i = skip, people = gn_people_contact_count(a->people);
	limit = !limit ? AGENT_LIMIT_DEFAULT : limit > AGENT_LIMIT_MAX ? AGENT_LIMIT_MAX : limit;
	for (; count < limit && gn_people_at(a->people, i, &c); i++)
		refs[count++] = agent_put_person(b, a, &c);
	/* those of whom nothing but the key is known stand at the end */
	for (; i >= people && i - people < a->claim_count && count < limit; i++) {
		const struct gn_pk *owner = &a->claims[i - people].owner;
		struct gn_fb_key key;
		char pid[GN_PID_MAX];
		gn_pid(owner, pid);
		memcpy(key.b, owner->b, sizeof key.b);
		struct gn_fb_person_args args = {.key = &key,
						 .pid = gn_str(pid),
						 .state = GN_FB_CONTACT_STATE_REQUEST,
						 .unseen = true};
		refs[count++] = gn_fb_person_make(b, &args);
	}
	bool more = i < people + a->claim_count;
	struct gn_fb_contacts_is_args args = {
		.contacts = {refs, count}, .after = (uint32_t)i, .more = more};
	gn_host_answer(&r->base, contacts_are, gn_fb_contacts_is_make(b, &args));
	return GN_OK;
}

/* False after answering. */
static bool name_fits(struct agent_request *r, struct gn_slice name)
{
	if (name.len <= GN_PEOPLE_NAME_MAX)
		return true;
	gn_host_error(&r->base, GN_TOO_LARGE, "the name is too long: %d bytes at most",
		      GN_PEOPLE_NAME_MAX);
	return false;
}

/* ---- adding ---- */

static void add(struct agent_request *r, const struct gn_people_add *what,
		const uint8_t *invite_secret)
{
	struct gn_agent *a = r->agent;
	struct gn_people_contact c;
	struct gn_agent_tx tx = {0};
	char name[80];
	gn_err err = gn_people_add(a->people, what, a->now);
	if (err && err != GN_EXISTS) {
		gn_host_error(&r->base, err, "%s", gn_err_text(err));
		return;
	}
	err = gn_agent_tx_begin(a->db, &tx);
	if (!err && invite_secret && gn_people_get(a->people, &what->owner, &c) == GN_OK) {
		agent_invite_name(c.chat, name);
		err = agent_meta_put(&tx, name, invite_secret, GN_INVITE_SECRET_LEN);
	}
	if (!err)
		err = agent_keep(a, &tx);
	if (!err)
		err = gn_agent_tx_commit(&tx);
	if (err) {
		gn_agent_tx_abort(&tx);
		agent_fail(a, err);
		return;
	}
	err = gn_agent_know_ask(a->know, &what->owner);
	(void)err; /* full: when something is sent */
	answer_person(r, &what->owner);
}

/* What is added, kept while the node resolves it. */
struct adding {
	struct gn_people_link link;
	enum gn_people_trust trust;
	bool by_pid, has_secret;
};

/* As long as a PID, and of its letters: a mistyped one. No name has this length without a dot. */
static bool is_like_pid(struct gn_slice who)
{
	for (size_t i = 0; i < who.len; i++)
		if ((who.p[i] | 0x20) < 'a' || (who.p[i] | 0x20) > 'z')
			if (who.p[i] < '0' || who.p[i] > '9')
				return false;
	return who.len >= GN_PID_MAX - 5 && who.len <= GN_PID_MAX + 3;
}

/* What no name has, and an invite link that was not copied whole does. */
static bool is_no_name(struct gn_slice who)
{
	for (size_t i = 0; i < who.len; i++)
		if (who.p[i] <= ' ' || strchr(":/?", who.p[i]))
			return true;
	return who.len == 0;
}

static void on_resolved(struct agent_request *r, gn_err err, const struct gn_pk *owner)
{
	struct adding *w = gn_host_state(&r->base, sizeof *w);
	struct gn_fb_contact_add t = {r->base.table};
	struct gn_hash person;
	if (err || !w) {
		gn_host_error(&r->base, err ? err : GN_NOMEM,
			      err != GN_NOT_FOUND ? ""
			      : w && w->by_pid
				      ? "nobody with that PID has published an identity: is it "
					"whole, and are they online? Try again in a minute"
				      : "nobody of that name has published an identity");
		return;
	}
	struct gn_slice key = GN_SLICE(owner->b);
	gn_sha256(&key, 1, &person);
	if (w->by_pid && memcmp(person.b, w->link.person.b, sizeof person.b) != 0) {
		gn_host_error(&r->base, GN_NOT_FOUND, "the node knows no key of that PID");
		return;
	}
	if (gn_pk_eq(owner, &r->agent->owner)) {
		gn_host_error(&r->base, GN_USAGE, "that is you");
		return;
	}
	struct gn_people_add what = {.owner = *owner,
				     .trust = w->trust,
				     .name = gn_str(w->link.name),
				     .petname = gn_fb_contact_add_petname(t)};
	add(r, &what, w->has_secret ? w->link.secret : NULL);
}

static void on_name(void *user, const struct gn_host_client_event *e)
{
	struct agent_request *r = user;
	struct gn_fb_name_is t = {e->table};
	struct gn_pk owner;
	gn_err err = GN_OK;
	if (e->what == GN_HOST_CLIENT_FAILED)
		err = e->fault.err;
	else if (e->what != GN_HOST_CLIENT_ANSWER || e->more) /* once, whatever the node says */
		return;
	else if (e->kind.area != GN_FB_APP_BODY_APP_RECORD ||
		 e->kind.member != GN_FB_APP_RECORD_BODY_NAME_IS || !gn_fb_name_is_has_owner(t))
		err = GN_NOT_FOUND;
	else
		memcpy(owner.b, gn_fb_name_is_owner(t).b, sizeof owner.b);
	r->asked = 0;
	r->resolved(r, err, &owner);
	gn_host_release(&r->base);
}

gn_err agent_call_contact_add(struct agent_request *r)
{
	static const struct gn_app_kind resolve = {GN_FB_APP_BODY_APP_RECORD,
						   GN_FB_APP_RECORD_BODY_NAME_RESOLVE};
	struct gn_agent *a = r->agent;
	struct gn_slice who = gn_fb_contact_add_who((struct gn_fb_contact_add){r->base.table});
	struct adding *w = gn_host_state(&r->base, sizeof *w);
	char pid[GN_PID_MAX];
	struct gn_pk owner;
	if (!w)
		return GN_NOMEM;
	if (!name_fits(r, gn_fb_contact_add_petname((struct gn_fb_contact_add){r->base.table})))
		return GN_OK;
	w->trust = GN_PEOPLE_UNKNOWN;
	if (gn_people_link_open(who, &w->link) == GN_OK) {
		w->by_pid = true;
		w->trust = w->link.invites ? GN_PEOPLE_LINKED : GN_PEOPLE_UNKNOWN;
		w->has_secret = w->link.invites;
		GN_TRY(gn_base58(GN_SLICE(w->link.person.b), pid, sizeof pid));
		who = gn_str(pid);
	} else if (gn_unhex(who, owner.b, sizeof owner.b) == GN_OK) {
		on_resolved(r, GN_OK, &owner);
		return GN_OK;
	} else if (gn_unbase58(who, w->link.person.b, sizeof w->link.person.b) == GN_OK) {
		w->by_pid = true;
	} else if (is_like_pid(who)) {
		gn_host_error(&r->base, GN_USAGE,
			      "'%.*s' is no PID, though it looks like one: a PID has 43 or 44 "
			      "letters and digits, without 0, O, I and l; copy it once more",
			      (int)who.len, (const char *)who.p);
		return GN_OK;
	} else if (is_no_name(who)) {
		gn_host_error(&r->base, GN_USAGE,
			      "that is neither a PID, nor a name, nor a whole invite link "
			      "(geonet:hi/...); copy it once more");
		return GN_OK;
	} else {
		w->trust = GN_PEOPLE_BY_NAME;
	}
	if (!gn_agent_link_is_up(a->link)) {
		gn_host_error(&r->base, GN_CLOSED, "%s",
			      *a->link_why ? a->link_why : "the node does not answer yet");
		return GN_OK;
	}
	struct gn_fb_name_resolve_args args = {.name = who, .fresh = true};
	gn_fbref table = gn_fb_name_resolve_make(gn_agent_link_builder(a->link), &args);
	r->resolved = on_resolved;
	GN_TRY(gn_agent_link_call(a->link, resolve, table, 0, on_name, r, &r->asked));
	gn_host_hold(&r->base);
	return GN_OK;
}

/* ---- requests ---- */

gn_err agent_call_contact_answer(struct agent_request *r)
{
	struct gn_agent *a = r->agent;
	struct gn_fb_contact_answer t = {r->base.table};
	struct gn_slice who = gn_fb_contact_answer_who(t);
	bool accept = gn_fb_contact_answer_accept(t);
	struct gn_people_contact c;
	/* somebody whose item could not be opened: they are looked up now */
	for (size_t i = 0; i < a->claim_count; i++) {
		char pid[GN_PID_MAX];
		gn_pid(&a->claims[i].owner, pid);
		if (!gn_slice_eq(gn_str(pid), who))
			continue;
		if (!accept) { /* what they left stays sealed until its time is over */
			memmove(a->claims + i, a->claims + i + 1,
				(a->claim_count - i - 1) * sizeof a->claims[0]);
			a->claim_count--;
		} else {
			agent_claim_accept(a, &a->claims[i]);
			gn_host_wait(&r->base, WAIT_CLAIM, gn_be64(a->claims[i].owner.b));
			return GN_OK;
		}
		gn_host_answer_ok(&r->base);
		return GN_OK;
	}
	if (agent_find_who(a, who, &c) == 0) {
		gn_host_error(&r->base, GN_NOT_FOUND,
			      "nobody of that PID or name waits for an answer: geonet contacts "
			      "list shows who does; to write to them yourself: geonet contacts add "
			      "PID");
		return GN_OK;
	}
	if (!agent_who(r, who, &c))
		return GN_OK;
	struct gn_pk owner = *c.owner;
	gn_err err = gn_people_answer(a->people, &owner, accept, a->now);
	if (err == GN_STATE) {
		gn_host_error(&r->base, err, "%s",
			      c.state == GN_PEOPLE_ACCEPTED ? "they are a contact already"
			      : c.state == GN_PEOPLE_ASKED
				      ? "you asked them, and they have not accepted yet"
				      : "you refused them already; they may ask again in a week, "
					"or: geonet contacts accept WHO");
		return GN_OK;
	}
	GN_TRY(err);
	agent_settle(a);
	answer_person(r, &owner);
	return GN_OK;
}

void agent_serve_accepted(struct gn_agent *a, const struct gn_pk *owner)
{
	struct gn_host_request *r;
	while ((r = gn_host_waiting(&a->api, WAIT_CLAIM, gn_be64(owner->b))))
		answer_person(agent_request_of(r), owner);
}

void agent_serve_unfound(struct gn_agent *a, const struct gn_pk *owner)
{
	struct gn_host_request *r;
	while ((r = gn_host_waiting(&a->api, WAIT_CLAIM, gn_be64(owner->b))))
		gn_host_error(r, GN_PENDING,
			      "they are not found yet; what you said is remembered, and they are "
			      "looked for while the agent runs");
}

/* The node takes the rule first (path.c). */
static void on_path(void *user, const struct gn_host_client_event *e)
{
	struct agent_request *r = user;
	struct gn_agent *a = r->agent;
	struct gn_fb_contact_set t = {r->base.table};
	struct gn_people_contact c;
	if (e->what != GN_HOST_CLIENT_FAILED && (e->what != GN_HOST_CLIENT_ANSWER || e->more))
		return;
	r->asked = 0;
	if (e->what == GN_HOST_CLIENT_FAILED) {
		gn_host_error(&r->base, e->fault.err, "%.*s", (int)e->fault.detail.len,
			      (const char *)e->fault.detail.p);
	} else if (agent_who(r, gn_fb_contact_set_who(t), &c)) {
		struct gn_pk owner = *c.owner;
		agent_path_keep(a, &c, gn_fb_contact_set_path(t));
		(void)!gn_agent_know_ask(a->know, &owner); /* full: when they are written to */
		answer_person(r, &owner);
	}
	gn_host_release(&r->base);
}

static gn_err set_path(struct agent_request *r, const struct gn_people_contact *c)
{
	struct gn_agent *a = r->agent;
	struct gn_fb_contact_set t = {r->base.table};
	struct gn_slice rule = gn_fb_contact_set_path(t);
	if (!rule.len || rule.len > AGENT_PATH_MAX || gn_fb_contact_set_has_petname(t) ||
	    gn_fb_contact_set_block(t) || gn_fb_contact_set_reads(t) || gn_fb_contact_set_met(t) ||
	    gn_fb_contact_set_cleared(t))
		return GN_USAGE;
	gn_err err = agent_path_say(a, c->owner, rule, on_path, r, &r->asked);
	if (err == GN_CLOSED) {
		gn_host_error(&r->base, err, "%s",
			      *a->link_why ? a->link_why : "the node does not answer yet");
		return GN_OK;
	}
	GN_TRY(err);
	gn_host_hold(&r->base);
	return GN_OK;
}

gn_err agent_call_contact_set(struct agent_request *r)
{
	struct gn_agent *a = r->agent;
	struct gn_fb_contact_set t = {r->base.table};
	struct gn_people_contact c;
	struct gn_slice petname = gn_fb_contact_set_petname(t);
	uint8_t block = gn_fb_contact_set_block(t), reads = gn_fb_contact_set_reads(t);
	bool blocked = block == GN_FB_SWITCH_ON, tells = reads == GN_FB_SWITCH_ON;
	enum gn_people_trust met = GN_PEOPLE_MET;
	if (!agent_who(r, gn_fb_contact_set_who(t), &c))
		return GN_OK;
	struct gn_pk owner = *c.owner;
	if (gn_fb_contact_set_has_path(t))
		return set_path(r, &c);
	if (!name_fits(r, petname))
		return GN_OK;
	struct gn_people_change change = {.blocked = block ? &blocked : NULL,
					  .reads = reads ? &tells : NULL,
					  .petname = gn_fb_contact_set_has_petname(t) ? &petname
										      : NULL,
					  .trust = gn_fb_contact_set_met(t) ? &met : NULL,
					  .cleared = gn_fb_contact_set_cleared(t)};
	GN_TRY(gn_people_change(a->people, &owner, &change, a->now));
	agent_settle(a);
	answer_person(r, &owner);
	return GN_OK;
}

gn_err agent_call_contact_remove(struct agent_request *r)
{
	struct gn_people_contact c;
	struct gn_slice who =
		gn_fb_contact_remove_who((struct gn_fb_contact_remove){r->base.table});
	if (!agent_who(r, who, &c))
		return GN_OK;
	struct gn_agent *a = r->agent;
	struct gn_people_event gone = {.kind = GN_PEOPLE_CONTACT, .owner = *c.owner};
	struct gn_agent_tx tx = {0};
	agent_path_gone(a, &c);
	GN_TRY(gn_people_remove(a->people, &gone.owner, a->now));
	gn_err err = gn_agent_tx_begin(a->db, &tx);
	if (!err)
		err = agent_keep(a, &tx);
	if (!err)
		err = agent_keep_event(a, &tx, &gone);
	if (!err)
		err = gn_agent_tx_commit(&tx);
	if (err) {
		gn_agent_tx_abort(&tx);
		agent_fail(a, err);
		return GN_OK;
	}
	gn_host_answer_ok(&r->base);
	return GN_OK;
}

/* ---- invites ---- */

static gn_fbref put_invite(struct gn_fbb *b, const struct gn_agent *a,
			   const struct gn_people_invite *i, struct gn_slice name)
{
	uint8_t room[GN_INVITE_LINK_MAX];
	struct gn_buf text = {room, 0, sizeof room};
	struct gn_people_link link = {.invites = true};
	struct gn_slice key = GN_SLICE(a->owner.b);
	gn_sha256(&key, 1, &link.person);
	memcpy(link.secret, i->secret, sizeof link.secret);
	if (name.len && name.len < sizeof link.name)
		memcpy(link.name, name.p, name.len);
	if (gn_people_link_make(&link, &text) != GN_OK)
		text.len = 0;
	struct gn_fb_invite_args args = {
		.link = gn_buf_slice(&text), .uses = i->uses, .used = i->used, .until = i->until};
	return gn_fb_invite_make(b, &args);
}

gn_err agent_call_invite_new(struct agent_request *r)
{
	struct gn_agent *a = r->agent;
	struct gn_fb_invite_new t = {r->base.table};
	uint32_t uses = gn_fb_invite_new_uses(t), ttl = gn_fb_invite_new_ttl(t);
	struct gn_people_invite invite = {.uses = uses ? uses : 1,
					  .until = agent_unix(a) + (ttl ? ttl : AGENT_INVITE_TTL)};
	gn_rand_fill(&a->host.rand, invite.secret, sizeof invite.secret);
	gn_err err = gn_people_invite(a->people, &invite, a->now);
	if (err == GN_LIMIT) {
		gn_host_error(&r->base, err,
			      "as many invites are open as a box may have: drop one");
		return GN_OK;
	}
	GN_TRY(err);
	agent_settle(a);
	agent_own_invites(a);
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	gn_host_answer(&r->base, invite_kind, put_invite(b, a, &invite, gn_fb_invite_new_name(t)));
	return GN_OK;
}

gn_err agent_call_invites_list(struct agent_request *r)
{
	struct gn_agent *a = r->agent;
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	gn_fbref refs[GN_BOXREC_INVITES];
	struct gn_people_invite invite;
	size_t count = 0;
	while (count < GN_BOXREC_INVITES && gn_people_invite_at(a->people, count, &invite)) {
		refs[count] = put_invite(b, a, &invite, gn_slice("", 0));
		count++;
	}
	gn_host_answer(&r->base, invites_are,
		       gn_fb_invites_is_make(
			       b, &(struct gn_fb_invites_is_args){.invites = {refs, count}}));
	return GN_OK;
}

gn_err agent_call_invite_drop(struct agent_request *r)
{
	struct gn_people_link link;
	struct gn_slice text = gn_fb_invite_drop_link((struct gn_fb_invite_drop){r->base.table});
	if (gn_people_link_open(text, &link) != GN_OK || !link.invites)
		return GN_USAGE;
	GN_TRY(gn_people_uninvite(r->agent->people, link.secret, r->agent->now));
	agent_settle(r->agent);
	agent_own_invites(r->agent);
	gn_host_answer_ok(&r->base);
	return GN_OK;
}
