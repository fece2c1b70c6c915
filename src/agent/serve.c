/* Calls of app/1 on the agent's socket, which is its owner's alone, and what those who listen are
 * told. The twin in JSON is POST /api/v1/<area>/<call>, as at the node.
 * Rule AG-61. */
#include "agent/job_int.h"

#include <stdio.h>

/* ---- calls about the agent itself ---- */

static const struct gn_app_kind status_is = {GN_FB_APP_BODY_APP_AGENT,
					     GN_FB_APP_AGENT_BODY_AGENT_STATUS_IS};

static void answer_status(struct agent_request *r)
{
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	gn_host_answer(&r->base, status_is, agent_put_status(b, r->agent));
}

static gn_err call_status(struct agent_request *r)
{
	answer_status(r);
	return GN_OK;
}

static void tell_why(struct agent_request *r, gn_err err)
{
	gn_host_error(&r->base, err, "%s", gn_agent_vault_why(r->agent->vault));
}

static gn_err call_start(struct agent_request *r)
{
	struct gn_agent *a = r->agent;
	struct gn_fb_agent_start t = {r->base.table};
	struct gn_slice name = gn_fb_agent_start_name(t);
	if (name.len >= sizeof a->config.name || !gn_utf8_ok(name)) {
		gn_host_error(&r->base, GN_TEXT, "the name has 128 bytes of UTF-8 at most");
		return GN_OK;
	}
	gn_err err = gn_agent_vault_create(a->vault, NULL, gn_fb_agent_start_passphrase(t), a->now);
	if (err) {
		tell_why(r, err);
		return GN_OK;
	}
	if (name.len)
		snprintf(a->config.name, sizeof a->config.name, "%.*s", (int)name.len,
			 (const char *)name.p);
	err = gn_agent_vault_identity(a->vault, gn_fb_agent_start_passphrase(t), a->now);
	(void)err; /* without it the record is signed with the next passphrase */
	GN_TRY(agent_open(a));
	answer_status(r);
	return GN_OK;
}

static gn_err call_unlock(struct agent_request *r)
{
	struct gn_agent *a = r->agent;
	struct gn_slice passphrase = gn_fb_unlock_passphrase((struct gn_fb_unlock){r->base.table});
	bool was_open = gn_agent_vault_state(a->vault) == GN_AGENT_OPEN;
	gn_err err = gn_agent_vault_unlock(a->vault, passphrase, a->now);
	if (err) {
		tell_why(r, err);
		return GN_OK;
	}
	err = gn_agent_vault_identity(a->vault, passphrase, a->now); /* for a record that waits */
	(void)err;
	if (!was_open)
		GN_TRY(agent_open(a));
	a->identity_ask = a->now;
	a->state_moved = true;
	answer_status(r);
	return GN_OK;
}

static gn_err call_lock(struct agent_request *r)
{
	struct gn_agent *a = r->agent;
	if (!gn_agent_vault_sealed(a->vault)) {
		gn_host_error(&r->base, GN_STATE,
			      "there is no passphrase, so nothing could be locked: set one with "
			      "`geonet id passphrase`");
		return GN_OK;
	}
	agent_files_locked(a);
	agent_close(a);
	gn_agent_vault_lock(a->vault);
	agent_locked_begin(a);
	a->state_moved = true;
	answer_status(r);
	return GN_OK;
}

static gn_err call_stop(struct agent_request *r)
{
	gn_host_answer_ok(&r->base);
	gn_host_stop(&r->agent->host);
	return GN_OK;
}

static gn_err call_renew(struct agent_request *r)
{
	GN_TRY(agent_own_anew(r->agent));
	answer_status(r);
	return GN_OK;
}

/* ---- the table ---- */

struct agent_call {
	struct gn_host_call_route route;
	gn_err (*run)(struct agent_request *r);
};

enum { LOCKED = GN_HOST_CALL_OWN }; /* also while it is locked */

#define CALL(area, member, flags)                                                                  \
	{{GN_FB_APP_BODY_APP_##area, GN_FB_APP_##area##_BODY_##member}, flags}

static const struct agent_call calls[] = {
	{CALL(AGENT, AGENT_STATUS, LOCKED), call_status},
	{CALL(AGENT, AGENT_START, LOCKED), call_start},
	{CALL(AGENT, UNLOCK, LOCKED), call_unlock},
	{CALL(AGENT, LOCK, LOCKED), call_lock},
	{CALL(AGENT, AGENT_STOP, LOCKED), call_stop},
	{CALL(AGENT, AGENT_RENEW, 0), call_renew},
	{CALL(CONTACT, CONTACTS_LIST, 0), agent_call_contacts_list},
	{CALL(CONTACT, CONTACT_GET, 0), agent_call_contact_get},
	{CALL(CONTACT, CONTACT_ADD, 0), agent_call_contact_add},
	{CALL(CONTACT, CONTACT_ANSWER, 0), agent_call_contact_answer},
	{CALL(CONTACT, CONTACT_SET, 0), agent_call_contact_set},
	{CALL(CONTACT, CONTACT_REMOVE, 0), agent_call_contact_remove},
	{CALL(CONTACT, INVITE_NEW, 0), agent_call_invite_new},
	{CALL(CONTACT, INVITES_LIST, 0), agent_call_invites_list},
	{CALL(CONTACT, INVITE_DROP, 0), agent_call_invite_drop},
	{CALL(CONTACT, CONTACT_VERIFY, 0), agent_call_contact_verify},
	{CALL(CHAT, CHATS_LIST, 0), agent_call_chats_list},
	{CALL(CHAT, MESSAGE_SEND, 0), agent_call_message_send},
	{CALL(CHAT, MESSAGE_EDIT, 0), agent_call_message_edit},
	{CALL(CHAT, MESSAGE_DELETE, 0), agent_call_message_delete},
	{CALL(CHAT, MESSAGE_REACT, 0), agent_call_message_react},
	{CALL(CHAT, MESSAGE_READ, 0), agent_call_message_read},
	{CALL(CHAT, MESSAGE_RETRY, 0), agent_call_message_retry},
	{CALL(CHAT, HISTORY, 0), agent_call_history},
	{CALL(CHAT, SEARCH, 0), agent_call_search},
	{CALL(JOB, JOB_SUBMIT, 0), agent_call_job_submit},
	{CALL(JOB, JOBS_LIST, 0), agent_call_jobs_list},
	{CALL(JOB, JOB_GET, 0), agent_call_job_get},
	{CALL(JOB, JOB_DROP, 0), agent_call_job_drop},
	{CALL(JOB, JOB_KEYS, 0), agent_call_job_keys},
	{CALL(JOB, JOB_GRANT, 0), agent_call_job_grant},
	{CALL(JOB, JOB_REFUSE, 0), agent_call_job_refuse},
	{CALL(JOB, JOB_TAKE, 0), agent_call_job_take},
	{CALL(JOB, JOB_KEEP, 0), agent_call_job_keep},
	{CALL(JOB, JOB_END, 0), agent_call_job_end},
	{CALL(CHAT, MESSAGE_GET, 0), agent_call_message_get},
	{CALL(CHAT, CHAT_FILE_SEND, GN_HOST_CALL_STREAM), agent_call_file_send},
	{CALL(CHAT, CHAT_FILE_GET, GN_HOST_CALL_STREAM), agent_call_file_get},
	{CALL(CHAT, CHAT_FILES_LIST, 0), agent_call_files_list},
	{CALL(CHAT, CHAT_FILE_DROP, 0), agent_call_file_drop},
	{{{0, 0}, 0}, NULL},
};

static gn_err run_call(struct gn_host_request *base)
{
	const struct agent_call *call = (const void *)base->asked; /* its first member */
	struct agent_request *r = agent_request_of(base);
	r->agent = base->api->user;
	if (base->stranger)
		return GN_DENIED;
	if (r->agent->db || base->asked->flags & LOCKED)
		return call->run(r);
	bool fresh = gn_agent_vault_state(r->agent->vault) == GN_AGENT_NEW;
	gn_host_error(base, GN_LOCKED, "%s",
		      fresh ? "this agent has no keys yet: geonet agent start"
			    : "it is locked: geonet agent unlock");
	return GN_OK;
}

static uint64_t unix_ms(void *user)
{
	return agent_unix_ms(user);
}

static const struct gn_host_calls agent_calls = {.routes = calls,
						 .route_size = sizeof calls[0],
						 .role = GN_FB_APP_ROLE_AGENT,
						 .software = "geonet-agent " GEONET_VERSION,
						 .unix_ms = unix_ms,
						 .run = run_call};

/* ---- HTTP on the same socket: the twins alone ---- */

static void run_twin(struct gn_host_request *r)
{
	agent_request_of(r)->agent = r->api->user;
	gn_host_twin(r);
}

static bool admit(struct gn_host_request *r, bool other_method)
{
	if (r->route)
		return true;
	gn_host_error(r, other_method ? GN_UNSUPPORTED : GN_NOT_FOUND,
		      other_method ? "calls are POSTed"
				   : "there is no such path: calls are POST /api/v1/AREA/CALL");
	return false;
}

static void answer_http(struct gn_host_request *r, int status, const char *type,
			struct gn_slice body)
{
	struct gn_http_field fields[] = {{"content-type", gn_str(type)},
					 {"cache-control", GN_LIT("no-store")}};
	gn_host_respond(r, status, fields, GN_COUNT(fields), body);
}

static void refuse_http(struct gn_host_request *r, gn_err err, const char *text)
{
	json_t *json = json_pack("{s{ssss}}", "error", "code", gn_err_name(err), "message",
				 *text ? text : gn_err_text(err));
	gn_host_json(r, gn_err_http(err), json);
}

static void no_memory(void *user, struct gn_http_request *http)
{
	(void)user;
	gn_http_respond(http, 503, NULL, 0, GN_LIT("out of memory\n"));
}

/* Whoever asked is gone: what was asked of the node for them is given up. */
static void closed(struct gn_host_request *base)
{
	struct agent_request *r = agent_request_of(base);
	struct gn_agent *a = base->api->user;
	agent_work_gone(a, r);
	agent_jobs_gone(a, r);
	agent_file_closed(r);
	if (!r->asked)
		return;
	gn_agent_link_drop(r->agent->link, r->asked);
	r->asked = 0;
	gn_host_release(base);
}

static const struct gn_host_route routes[] = {
	{GN_HTTP_POST, "/api/v1/*/*", GN_HOST_ROUTE_BODY},
	{0},
};

void agent_serve_init(struct gn_agent *a)
{
	a->api = (struct gn_host_api){
		.paths = {.routes = routes, .route_size = sizeof routes[0], .arg_max = GN_HOST_ARG},
		.request_size = sizeof(struct agent_request),
		.body_max = AGENT_BODY,
		.admit = admit,
		.run = run_twin,
		.answer = answer_http,
		.refuse = refuse_http,
		.closed = closed,
		.no_memory = no_memory,
		.unwritten = "{\"error\":{\"code\":\"internal\",\"message\":\"the answer could not "
			     "be written\"}}",
		.calls = &agent_calls,
		.user = a};
}

/* ---- what is told ---- */

enum { TOLD_STATE, TOLD_MESSAGE, TOLD_CONTACT, TOLD_TYPING, TOLD_NOTICE }; /* bits; 5: files */

#define TOLD_KIND(name) {GN_FB_APP_BODY_APP_TOLD, GN_FB_APP_TOLD_BODY_##name}

/* What does not fit, or has no memory, is not told: who listens reads the state anew. */
static void add(struct gn_agent *a, struct gn_app_kind kind, gn_fbref table, unsigned bit,
		uint64_t object)
{
	if (table && gn_host_told_add(a->api.told, kind, table, bit, object, a->now) == GN_OK)
		a->api.moved = true;
}

void agent_serve_state(struct gn_agent *a)
{
	static const struct gn_app_kind kind = TOLD_KIND(TOLD_STATE);
	struct gn_fbb *b = gn_host_told_builder(a->api.told);
	struct gn_fb_told_state_args args = {.state = agent_put_status(b, a)};
	add(a, kind, gn_fb_told_state_make(b, &args), TOLD_STATE, 1);
}

void agent_serve_claimed(struct gn_agent *a, const struct gn_pk *owner)
{
	static const struct gn_app_kind kind = TOLD_KIND(TOLD_NOTICE);
	char pid[GN_PID_MAX], text[128], next[160];
	gn_pid(owner, pid);
	snprintf(text, sizeof text, "%s wrote to you, and is no contact", pid);
	snprintf(next, sizeof next, "see who it is and read it: geonet contacts accept %s", pid);
	struct gn_fbb *b = gn_host_told_builder(a->api.told);
	struct gn_fb_told_notice_args args = {.text = gn_str(text), .next = gn_str(next)};
	add(a, kind, gn_fb_told_notice_make(b, &args), TOLD_NOTICE, gn_be64(owner->b) | 1);
}

void agent_serve_new(struct gn_agent *a)
{
	static const struct gn_app_kind kind = TOLD_KIND(TOLD_NOTICE);
	struct gn_fbb *b = gn_host_told_builder(a->api.told);
	struct gn_fb_told_notice_args args = {.text = gn_str("new message"),
					      .next = gn_str("read it: geonet agent unlock")};
	add(a, kind, gn_fb_told_notice_make(b, &args), TOLD_NOTICE, 2);
}

struct telling {
	struct gn_agent *agent;
	bool fresh;
	uint64_t object;
};

static bool tell_message(void *user, const struct gn_agent_message *m)
{
	static const struct gn_app_kind kind = TOLD_KIND(TOLD_MESSAGE);
	struct telling *t = user;
	if (!m->shown)
		return false;
	struct gn_fbb *b = gn_host_told_builder(t->agent->api.told);
	struct gn_fb_told_message_args args = {
		.message = agent_put_message(b, &m->chat, m->row, m->content, m->number),
		.fresh = t->fresh};
	if (args.message)
		add(t->agent, kind, gn_fb_told_message_make(b, &args), TOLD_MESSAGE, t->object);
	return false;
}

static void tell_contact(struct gn_agent *a, const struct gn_people_event *e)
{
	static const struct gn_app_kind kind = TOLD_KIND(TOLD_CONTACT);
	struct gn_people_contact c;
	if (gn_people_get(a->people, &e->owner, &c) != GN_OK)
		return;
	struct gn_fbb *b = gn_host_told_builder(a->api.told);
	struct gn_fb_told_contact_args args = {.contact = agent_put_person(b, a, &c)};
	add(a, kind, gn_fb_told_contact_make(b, &args), TOLD_CONTACT, gn_be64(e->owner.b) | 1);
}

void agent_serve_event(struct gn_agent *a, const struct gn_people_event *e)
{
	struct gn_agent_chat_id chat;
	struct gn_agent_message_id id;
	struct telling t = {.agent = a,
			    .fresh = e->fresh,
			    .object = gn_be64(e->id.b) ^ gn_be64(e->chat.b) ^ e->mine};
	switch (e->kind) {
	case GN_PEOPLE_MESSAGE:
		memcpy(chat.b, e->chat.b, sizeof chat.b);
		memcpy(id.b, e->id.b, sizeof id.b);
		t.object = t.object ? t.object : 1;
		gn_err err = gn_agent_message_find(a->db, &chat, e->mine, &id, tell_message, &t);
		if (err && err != GN_NOT_FOUND)
			agent_fail(a, err);
		break;
	case GN_PEOPLE_CONTACT:
	case GN_PEOPLE_REQUESTED:
	case GN_PEOPLE_ALARM: tell_contact(a, e); break;
	case GN_PEOPLE_ALARM_OWN: agent_serve_state(a); break;
	case GN_PEOPLE_TYPING:
	case GN_PEOPLE_REGISTER:
	case GN_PEOPLE_WANT_RECORD:
	case GN_PEOPLE_WANT_BOX:
	case GN_PEOPLE_DEVICE_GONE: break; /* run.c does what they ask for */
	}
}
