/* Programs that speak to the agent with a secret of their own instead of as the person: who they
 * are, what they may do, and what a person is asked before it is done.
 *
 *   HELLO names a client -> its secret is proven (AP-12) -> each call asks for a right [agent_may]
 *   asked -> a person says yes, elsewhere -> the same call again is done [agent_allowed]
 *
 * 1. A client that was removed, or whose time is over, may nothing from then on, connected or not.
 * 2. Yes is said to a text, by another client than the one that asked; only where there is neither
 *    another nor a passphrase by the same, and the log says so.
 *
 * Rules: AG-38, AG-91, AG-92. */
#include "agent/door.h"

#include <stdio.h>

/* ---- who it is ---- */

static bool copy_client(void *user, const struct gn_agent_client *c)
{
	struct gn_agent *a = user;
	struct agent_client *out = &a->client;
	if (c->name.len >= sizeof out->name || c->rights.len > sizeof out->rights)
		return false;
	out->id = c->id;
	out->secret = c->secret;
	memcpy(out->name, c->name.p, c->name.len);
	out->name[c->name.len] = 0;
	if (c->rights.len)
		memcpy(out->rights, c->rights.p, c->rights.len);
	out->rights_len = c->rights.len;
	out->since_ms = c->since_ms;
	out->seen_ms = c->seen_ms;
	out->until_ms = c->until_ms;
	out->found = true;
	return false;
}

/* Into a->client. */
static bool look_up(struct gn_agent *a, const uint8_t id[32])
{
	struct gn_hash wanted;
	memcpy(wanted.b, id, sizeof wanted.b);
	a->client.found = false;
	if (!a->db)
		return false;
	gn_err err = gn_agent_client_get(a->db, &wanted, copy_client, a);
	if (err && err != GN_NOT_FOUND)
		agent_fail(a, err);
	if (a->client.found && a->client.until_ms && a->client.until_ms <= agent_unix_ms(a))
		a->client.found = false;
	return a->client.found;
}

const char *agent_client_origin(void *user)
{
	return ((struct gn_agent *)user)->origin;
}

void agent_client_random(void *user, void *out, size_t len)
{
	gn_rand_fill(&((struct gn_agent *)user)->host.rand, out, len);
}

bool agent_client_secret(void *user, const uint8_t id[32], uint8_t out[32])
{
	struct gn_agent *a = user;
	if (agent_pair_is(id))
		return agent_pair_secret(a, id, out);
	if (!a->db) /* the app, to unlock */
		return agent_pair_made_secret(a, id, out);
	if (!look_up(a, id))
		return false;
	memcpy(out, a->client.secret.b, 32);
	gn_wipe(&a->client.secret, sizeof a->client.secret);
	return true;
}

/* It proved itself: that it was here is written down once an hour. */
static void note_seen(struct gn_agent *a)
{
	struct agent_client *c = &a->client;
	struct gn_agent_tx tx;
	if (agent_unix_ms(a) < c->seen_ms + AGENT_SEEN_MS)
		return;
	const struct gn_agent_client row = {.id = c->id,
					    .secret = c->secret,
					    .name = gn_str(c->name),
					    .rights = gn_slice(c->rights, c->rights_len),
					    .since_ms = c->since_ms,
					    .seen_ms = agent_unix_ms(a),
					    .until_ms = c->until_ms};
	gn_err err = gn_agent_tx_begin(a->db, &tx);
	err = err ? err : gn_agent_client_put(&tx, &row);
	err = err ? err : gn_agent_tx_commit(&tx);
	if (err) {
		gn_agent_tx_abort(&tx);
		agent_fail(a, err);
	}
}

size_t agent_client_rights(void *user, const uint8_t id[32], struct gn_slice *out, size_t cap)
{
	struct gn_agent *a = user;
	struct gn_slice rest, right;
	size_t count = 0;
	if (!look_up(a, id))
		return 0;
	note_seen(a);
	rest = gn_slice(a->client.rights, a->client.rights_len);
	while (count < cap && agent_right_next(&rest, &right))
		out[count++] = right;
	gn_wipe(&a->client.secret, sizeof a->client.secret);
	return count;
}

size_t agent_client_words(struct gn_agent *a, const uint8_t id[32], uint8_t *out)
{
	if (!a->db || !look_up(a, id))
		return 0;
	gn_wipe(&a->client.secret, sizeof a->client.secret);
	memcpy(out, a->client.rights, a->client.rights_len);
	return a->client.rights_len;
}

uint64_t agent_client_kinds(void *user, const uint8_t id[32])
{
	struct gn_agent *a = user;
	if (!a->db || agent_pair_is(id)) /* it proved itself, and hears that it is locked */
		return AGENT_KINDS_OF_ALL;
	if (!look_up(a, id))
		return 0;
	gn_wipe(&a->client.secret, sizeof a->client.secret);
	struct gn_slice rights = gn_slice(a->client.rights, a->client.rights_len);
	uint64_t kinds = agent_right_in(rights, GN_LIT("chat")) ? ~AGENT_KINDS_OF_WALLET
								: AGENT_KINDS_OF_ALL;
	return kinds | (agent_right_in(rights, GN_LIT("pay/*")) ? AGENT_KINDS_OF_WALLET : 0);
}

/* ---- what it may do ---- */

bool agent_may(struct agent_request *r, const char *right, struct gn_slice shown)
{
	struct gn_agent *a = r->agent;
	const uint8_t *id = gn_host_client(&r->base);
	if (!id)
		return true; /* the person, by their uid */
	if (!a->db) {        /* it was here before it was locked */
		gn_host_error(&r->base, GN_LOCKED,
			      "it is locked: the person's own tool or app "
			      "opens it");
		return false;
	}
	if (!look_up(a, id)) {
		gn_host_error(&r->base, GN_DENIED,
			      "this client was removed, or its time is over: geonet agent clients");
		return false;
	}
	gn_wipe(&a->client.secret, sizeof a->client.secret);
	if (agent_right_in(gn_slice(a->client.rights, a->client.rights_len), gn_str(right)))
		return true;
	gn_host_error(&r->base, GN_DENIED,
		      "this needs the right %.*s, which the client '%.80s' does not have: add one "
		      "that has it with geonet agent clients add",
		      (int)(shown.len < 80 ? shown.len : 80), (const char *)shown.p,
		      a->client.name);
	return false;
}

bool agent_may_send(struct agent_request *r, struct gn_slice who)
{
	char right[GN_PID_MAX + 8], shown[96];
	struct gn_people_contact c;
	const uint8_t *id = gn_host_client(&r->base);
	if (!id)
		return true;
	/* who is no contact, and who is but not for this client, look alike */
	snprintf(right, sizeof right, "send/");
	if (agent_find_who(r->agent, who, &c) == 1)
		gn_pid(c.owner, right + 5);
	int len = snprintf(shown, sizeof shown, "send/%.*s", (int)(who.len < 80 ? who.len : 80),
			   (const char *)who.p);
	if (!agent_right_ok(gn_slice(shown, (size_t)len))) /* a name: rights have PIDs */
		len = snprintf(shown, sizeof shown, "send/PID of '%.*s'",
			       (int)(who.len < 60 ? who.len : 60), (const char *)who.p);
	return agent_may(r, right, gn_slice(shown, (size_t)len));
}

/* ---- what a person is asked ---- */

/* Must somebody else say yes? For a client, the person's tool does, or another client. The tool is
 * the person: who has their uid may remove every client unasked, so no client keeps them out. */
static bool by_another(const uint8_t *asker)
{
	return asker != NULL;
}

static bool is_asker(const struct agent_approval *p, const uint8_t *id)
{
	return p->by_client == (id != NULL) && (!id || memcmp(p->asker, id, 32) == 0);
}

void agent_approvals_tick(struct gn_agent *a)
{
	for (size_t i = 0; i < AGENT_APPROVALS_MAX; i++)
		if (a->approvals[i].id && a->approvals[i].until <= a->now)
			a->approvals[i] = (struct agent_approval){0};
}

/* A free place; the oldest question of who asks gives way, so that nobody pushes out what others
 * ask; then the oldest of all. */
struct agent_approval *agent_approval_place(struct gn_agent *a, const uint8_t *asker)
{
	struct agent_approval *best = NULL, *own = NULL;
	for (size_t i = 0; i < AGENT_APPROVALS_MAX; i++) {
		struct agent_approval *p = &a->approvals[i];
		if (!p->id)
			return p;
		if (!best || p->until < best->until)
			best = p;
		if (is_asker(p, asker) && (!own || p->until < own->until))
			own = p;
	}
	return own ? own : best;
}

static void ask(struct agent_request *r, const char *text)
{
	static const struct gn_app_kind kind = {GN_FB_APP_BODY_APP_AGENT,
						GN_FB_APP_AGENT_BODY_APPROVAL_ASKED};
	struct gn_agent *a = r->agent;
	const uint8_t *id = gn_host_client(&r->base);
	struct agent_approval *p = agent_approval_place(a, id);
	*p = (struct agent_approval){.id = (gn_rand_u64(&a->host.rand) >> 12) + 1,
				     .until = a->now + AGENT_APPROVAL_KEEP,
				     .by_client = id != NULL};
	if (id)
		memcpy(p->asker, id, sizeof p->asker);
	snprintf(p->text, sizeof p->text, "%s", text);
	bool here = !by_another(id);
	if (!here)
		agent_serve_asked(a, p);
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	struct gn_fb_approval_asked_args args = {
		.id = p->id, .text = gn_str(p->text), .here = here};
	gn_host_answer(&r->base, kind, gn_fb_approval_asked_make(b, &args));
}

bool agent_allowed(struct agent_request *r, const char *text, struct gn_slice passphrase,
		   uint64_t approval)
{
	struct gn_agent *a = r->agent;
	if (gn_agent_vault_sealed(a->vault)) {
		gn_err err = passphrase.len ? gn_agent_vault_unlock(a->vault, passphrase, a->now)
					    : GN_PASSPHRASE;
		if (!err)
			return true;
		gn_host_error(&r->base, err, "%s",
			      passphrase.len ? gn_agent_vault_why(a->vault)
					     : "this needs the passphrase each time");
		return false;
	}
	agent_approvals_tick(a);
	for (size_t i = 0; approval && i < AGENT_APPROVALS_MAX; i++) {
		struct agent_approval *p = &a->approvals[i];
		if (p->id != approval || !is_asker(p, gn_host_client(&r->base)))
			continue;
		bool yes = p->allowed && strcmp(p->text, text) == 0;
		if (yes)
			*p = (struct agent_approval){0};
		else if (p->allowed)
			gn_host_error(&r->base, GN_DENIED,
				      "something else was allowed than is asked for");
		else
			gn_host_error(&r->base, GN_PENDING, "nobody has allowed it yet");
		return yes;
	}
	if (approval)
		gn_host_error(&r->base, GN_DENIED,
			      "it was refused, or five minutes are over: ask again");
	else
		ask(r, text);
	return false;
}

gn_err agent_call_approval_give(struct agent_request *r)
{
	struct gn_agent *a = r->agent;
	struct gn_fb_approval_give t = {r->base.table};
	const uint8_t *id = gn_host_client(&r->base);
	agent_approvals_tick(a);
	for (size_t i = 0; i < AGENT_APPROVALS_MAX; i++) {
		struct agent_approval *p = &a->approvals[i];
		uint64_t wanted = gn_fb_approval_give_id(t);
		if (!wanted || p->id != wanted)
			continue;
		bool yes = gn_fb_approval_give_yes(t), same = is_asker(p, id);
		if (yes && same && by_another(id)) {
			gn_host_error(&r->base, GN_DENIED,
				      "who asked cannot allow it: say yes in another client "
				      "(geonet agent approve %llu)",
				      (unsigned long long)p->id);
			return GN_OK;
		}
		gn_host_log(&a->host, yes && same ? GN_LOG_WARN : GN_LOG_INFO, "approval",
			    "%s: %s%s", yes ? "allowed" : "refused", p->text,
			    yes && same ? " (by the tool that asked: there is no passphrase)" : "");
		p->allowed = yes;
		if (!yes)
			*p = (struct agent_approval){0};
		gn_host_answer_ok(&r->base);
		return GN_OK;
	}
	gn_host_error(&r->base, GN_NOT_FOUND, "nothing of that number is asked for any more");
	return GN_OK;
}

/* ---- the list ---- */

static const struct gn_app_kind clients_are = {GN_FB_APP_BODY_APP_AGENT,
					       GN_FB_APP_AGENT_BODY_CLIENTS_IS},
				made_kind = {GN_FB_APP_BODY_APP_AGENT,
					     GN_FB_APP_AGENT_BODY_CLIENT_MADE};

struct listing {
	struct gn_fbb *b;
	gn_fbref refs[AGENT_CLIENTS_MAX];
	size_t count;
};

static gn_fbref put_client(struct gn_fbb *b, const struct gn_agent_client *c)
{
	struct gn_slice words[GN_HOST_CLIENT_RIGHTS_MAX], rest = c->rights;
	struct gn_fb_client_id id;
	size_t count = 0;
	memcpy(id.b, c->id.b, sizeof id.b);
	while (count < GN_COUNT(words) && agent_right_next(&rest, &words[count]))
		count++;
	struct gn_fb_client_args args = {.id = &id,
					 .name = c->name,
					 .rights = {words, count},
					 .since = c->since_ms / 1000,
					 .seen = c->seen_ms / 1000,
					 .until = c->until_ms / 1000};
	return gn_fb_client_make(b, &args);
}

static bool list_one(void *user, const struct gn_agent_client *c)
{
	struct listing *l = user;
	if (l->count == GN_COUNT(l->refs))
		return false;
	l->refs[l->count++] = put_client(l->b, c);
	return true;
}

gn_err agent_call_clients_list(struct agent_request *r)
{
	struct listing l = {.b = gn_host_answer_begin(&r->base)};
	GN_TRY(gn_agent_clients(r->agent->db, list_one, &l));
	struct gn_fb_clients_is_args args = {.clients = {l.refs, l.count}};
	gn_host_answer(&r->base, clients_are, gn_fb_clients_is_make(l.b, &args));
	return GN_OK;
}

/* The rights, a line each, into out; false after answering. */
static bool read_rights(struct agent_request *r, struct gn_buf *out)
{
	struct gn_fb_client_add t = {r->base.table};
	uint32_t count = gn_fb_client_add_rights_len(t);
	const char *why = count == 0 ? "a client without rights can do nothing"
			  : count > GN_HOST_CLIENT_RIGHTS_MAX ? "a client has 64 rights at most"
							      : NULL;
	for (uint32_t i = 0; i < count && !why; i++) {
		struct gn_slice right = gn_fb_client_add_rights_at(t, i);
		if (!agent_right_ok(right)) {
			gn_host_error(&r->base, GN_USAGE,
				      "'%.*s' is no right: chat, contacts, jobs, send/PID, send/*, "
				      "network, agent or *; a PID, not a name, says who is meant",
				      (int)(right.len < 80 ? right.len : 80),
				      (const char *)right.p);
			return false;
		}
		if ((out->len && gn_buf_put(out, GN_LIT("\n")) != GN_OK) ||
		    gn_buf_put(out, right) != GN_OK)
			why = "these are more rights than a client may have";
	}
	if (why)
		gn_host_error(&r->base, GN_USAGE, "%s", why);
	return !why;
}

gn_err agent_client_keep(struct agent_request *r, const struct gn_agent_client *c)
{
	struct gn_agent_tx tx;
	GN_TRY(gn_agent_tx_begin(r->agent->db, &tx));
	gn_err err = gn_agent_client_put(&tx, c);
	if (err == GN_LIMIT || err == GN_TEXT || err == GN_TOO_LARGE) {
		gn_agent_tx_abort(&tx);
		gn_host_error(&r->base, err, "%s",
			      err == GN_LIMIT ? "there are as many clients as there may be: remove "
						"one with geonet agent clients remove"
					      : "a client's name has 256 bytes of UTF-8 at most");
		return err;
	}
	err = err ? err : gn_agent_tx_commit(&tx);
	if (err) {
		gn_agent_tx_abort(&tx);
		agent_fail(r->agent, err);
	}
	return err;
}

void agent_client_answer_made(struct agent_request *r, const struct gn_agent_client *c)
{
	struct gn_fb_client_id id;
	struct gn_fb_hash secret;
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	memcpy(id.b, c->id.b, sizeof id.b);
	memcpy(secret.b, c->secret.b, sizeof secret.b);
	struct gn_fb_client_made_args args = {
		.id = &id, .secret = &secret, .client = put_client(b, c)};
	gn_host_answer(&r->base, made_kind, gn_fb_client_made_make(b, &args));
	gn_wipe(&secret, sizeof secret);
}

gn_err agent_call_client_add(struct agent_request *r)
{
	struct gn_agent *a = r->agent;
	struct gn_fb_client_add t = {r->base.table};
	uint8_t rights[AGENT_RIGHTS_MAX];
	struct gn_buf lines = {rights, 0, sizeof rights};
	char text[AGENT_APPROVAL_TEXT], shown[320];
	struct gn_agent_client c = {.name = gn_fb_client_add_name(t),
				    .since_ms = agent_unix_ms(a),
				    .until_ms = gn_fb_client_add_until(t) * 1000};
	if (!read_rights(r, &lines))
		return GN_OK;
	if (!gn_utf8_ok(c.name) || !c.name.len || gn_fb_client_add_until(t) > UINT32_MAX) {
		gn_host_error(&r->base, GN_TEXT,
			      "a client needs a name of UTF-8, and an end "
			      "before the year 2106 if it has one");
		return GN_OK;
	}
	snprintf(shown, sizeof shown, "%.*s", (int)(lines.len < 300 ? lines.len : 300),
		 (const char *)rights);
	for (char *p = shown; *p; p++)
		*p = *p == '\n' ? ' ' : *p;
	snprintf(text, sizeof text, "let the program '%.*s' do this as you: %s%s",
		 (int)(c.name.len < 100 ? c.name.len : 100), (const char *)c.name.p, shown,
		 lines.len > 300 ? " ..." : "");
	if (!agent_allowed(r, text, gn_fb_client_add_passphrase(t), gn_fb_client_add_approval(t)))
		return GN_OK;
	c.rights = gn_buf_slice(&lines);
	gn_rand_fill(&a->host.rand, c.id.b, 16);
	gn_rand_fill(&a->host.rand, c.secret.b, sizeof c.secret.b);
	if (agent_client_keep(r, &c) == GN_OK)
		agent_client_answer_made(r, &c);
	gn_wipe(&c.secret, sizeof c.secret);
	return GN_OK;
}

gn_err agent_call_client_remove(struct agent_request *r)
{
	struct gn_fb_client_id id =
		gn_fb_client_remove_id((struct gn_fb_client_remove){r->base.table});
	struct gn_hash wanted = {{0}};
	struct gn_agent_tx tx;
	memcpy(wanted.b, id.b, sizeof id.b);
	if (!look_up(r->agent, wanted.b) && !r->agent->failed) {
		gn_host_error(&r->base, GN_NOT_FOUND, "there is no client of that id");
		return GN_OK;
	}
	gn_wipe(&r->agent->client.secret, sizeof r->agent->client.secret);
	gn_err err = gn_agent_tx_begin(r->agent->db, &tx);
	err = err ? err : gn_agent_client_delete(&tx, &wanted);
	err = err ? err : gn_agent_tx_commit(&tx);
	if (err) {
		gn_agent_tx_abort(&tx);
		agent_fail(r->agent, err);
		return GN_OK;
	}
	gn_host_answer_ok(&r->base);
	return GN_OK;
}

/* ---- shares (AG-114) ---- */

bool agent_is_program(const struct agent_request *r, const uint8_t id[32])
{
	return !gn_is_zero(id, 32) && memcmp(r->program, id, 32) == 0;
}

bool agent_within_share(struct agent_request *r, unsigned has, unsigned most)
{
	if (gn_is_zero(r->program, sizeof r->program) || has < most / AGENT_PROGRAM_PART)
		return true;
	gn_host_error(&r->base, GN_QUOTA,
		      "this program has %u of the %u places for that already, as many as one may",
		      has, most);
	return false;
}
