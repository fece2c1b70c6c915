/* Calls of app/1 on the agent's socket, which is its owner's alone. The twin in JSON is POST
 * /api/v1/<area>/<call>, as at the node.
 * Rule AG-61. */
#include "agent/door.h"
#include "agent/job_int.h"
#include "agent/presence_int.h"
#include "agent/wallet_int.h"

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
			      "there is no passphrase, so nothing can be locked; set one: geonet "
			      "agent passphrase");
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

static gn_err call_passphrase(struct agent_request *r)
{
	struct gn_agent *a = r->agent;
	struct gn_fb_agent_passphrase t = {r->base.table};
	gn_err err = gn_agent_vault_passphrase(a->vault, gn_fb_agent_passphrase_before(t),
					       gn_fb_agent_passphrase_after(t), a->now);
	if (err == GN_STATE)
		gn_host_error(&r->base, err, "this agent has no keys yet: geonet agent start");
	else if (err)
		tell_why(r, err);
	else
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
	/* That a client needs; "send": of who is the first word; EACH: none; NULL, as where nobody
	 * thought of it: no client may. */
	const char *right;
};

#define EACH ""
#define PAYS "pay" /* the handler sees at which hub, and asks for its right */
/* By words that are no rights: of an app that the person's tool paired; the same, and of one that
 * is being paired, while it is locked, else the right `agent`; of one that is being paired. */
#define OWN "own"
#define OPENS "opens"
#define CLAIM "claim"
enum { LOCKED = GN_HOST_CALL_OWN }; /* also while it is locked */

#define CALL(area, member, flags)                                                                  \
	{{GN_FB_APP_BODY_APP_##area, GN_FB_APP_##area##_BODY_##member}, flags}

static const struct agent_call calls[] = {
	{CALL(AGENT, AGENT_STATUS, LOCKED), call_status, EACH},
	{CALL(AGENT, AGENT_START, LOCKED), call_start, "agent"},
	{CALL(AGENT, UNLOCK, LOCKED), call_unlock, OPENS},
	{CALL(AGENT, LOCK, LOCKED), call_lock, "agent"},
	{CALL(AGENT, AGENT_PASSPHRASE, LOCKED), call_passphrase, OWN},
	{CALL(AGENT, AGENT_STOP, LOCKED), call_stop, "agent"},
	{CALL(AGENT, AGENT_RENEW, 0), call_renew, "agent"},
	{CALL(CONTACT, CONTACTS_LIST, 0), agent_call_contacts_list, "chat"},
	{CALL(CONTACT, CONTACT_GET, 0), agent_call_contact_get, "chat"},
	{CALL(CONTACT, CONTACT_ADD, 0), agent_call_contact_add, "contacts"},
	{CALL(CONTACT, CONTACT_ANSWER, 0), agent_call_contact_answer, "contacts"},
	{CALL(CONTACT, CONTACT_SET, 0), agent_call_contact_set, "contacts"},
	{CALL(CONTACT, CONTACT_REMOVE, 0), agent_call_contact_remove, "contacts"},
	{CALL(CONTACT, INVITE_NEW, 0), agent_call_invite_new, "contacts"},
	{CALL(CONTACT, INVITES_LIST, 0), agent_call_invites_list, "contacts"},
	{CALL(CONTACT, INVITE_DROP, 0), agent_call_invite_drop, "contacts"},
	{CALL(CONTACT, CONTACT_VERIFY, 0), agent_call_contact_verify, "contacts"},
	{CALL(CONTACT, PRESENCE_GET, 0), agent_call_presence_get, "chat"},
	{CALL(CONTACT, PRESENCE_SET, 0), agent_call_presence_set, "send/*"},
	{CALL(CONTACT, PRESENCE_FOLLOW, 0), agent_call_presence_follow, "chat"},
	{CALL(CHAT, CHATS_LIST, 0), agent_call_chats_list, "chat"},
	{CALL(CHAT, MESSAGE_SEND, 0), agent_call_message_send, "send"},
	{CALL(CHAT, MESSAGE_EDIT, 0), agent_call_message_edit, "send"},
	{CALL(CHAT, MESSAGE_DELETE, 0), agent_call_message_delete, "send"},
	{CALL(CHAT, MESSAGE_REACT, 0), agent_call_message_react, "send"},
	{CALL(CHAT, MESSAGE_READ, 0), agent_call_message_read, "chat"},
	{CALL(CHAT, MESSAGE_RETRY, 0), agent_call_message_retry, "send"},
	{CALL(CHAT, HISTORY, 0), agent_call_history, "chat"},
	{CALL(CHAT, SEARCH, 0), agent_call_search, "chat"},
	{CALL(CHAT, MESSAGE_GET, 0), agent_call_message_get, "chat"},
	{CALL(CHAT, CHAT_FILE_SEND, GN_HOST_CALL_STREAM), agent_call_file_send, "send"},
	{CALL(CHAT, CHAT_FILE_GET, GN_HOST_CALL_STREAM), agent_call_file_get, "chat"},
	{CALL(CHAT, CHAT_FILES_LIST, 0), agent_call_files_list, "chat"},
	{CALL(CHAT, CHAT_FILE_DROP, 0), agent_call_file_drop, "send/*"},
	{CALL(AGENT, CLIENTS_LIST, 0), agent_call_clients_list, "agent"},
	{CALL(AGENT, CLIENT_ADD, 0), agent_call_client_add, "agent"},
	{CALL(AGENT, CLIENT_REMOVE, 0), agent_call_client_remove, "agent"},
	{CALL(AGENT, APPROVAL_GIVE, 0), agent_call_approval_give, "agent"},
	{CALL(AGENT, AGENT_BACKUP, GN_HOST_CALL_STREAM), agent_call_backup, "agent"},
	{CALL(AGENT, CLIENT_PAIR, LOCKED), agent_call_client_pair, NULL},
	{CALL(AGENT, CLIENT_CLAIM, 0), agent_call_client_claim, CLAIM},
	{CALL(JOB, JOB_SUBMIT, 0), agent_call_job_submit, "jobs"},
	{CALL(JOB, JOBS_LIST, 0), agent_call_jobs_list, "jobs"},
	{CALL(JOB, JOB_GET, 0), agent_call_job_get, "jobs"},
	{CALL(JOB, JOB_DROP, 0), agent_call_job_drop, "jobs"},
	{CALL(JOB, JOB_KEYS, 0), agent_call_job_keys, "jobs"},
	{CALL(JOB, JOB_GRANT, 0), agent_call_job_grant, "agent"},
	{CALL(JOB, JOB_REFUSE, 0), agent_call_job_refuse, "agent"},
	{CALL(JOB, JOB_TAKE, 0), agent_call_job_take, "jobs"},
	{CALL(JOB, JOB_KEEP, 0), agent_call_job_keep, "jobs"},
	{CALL(JOB, JOB_END, 0), agent_call_job_end, "jobs"},
	{CALL(WALLET, WALLET_HUBS, 0), agent_call_wallet_hubs, PAYS},
	{CALL(WALLET, WALLET_JOIN, 0), agent_call_wallet_join, PAYS},
	{CALL(WALLET, WALLET_BALANCE, 0), agent_call_wallet_balance, PAYS},
	{CALL(WALLET, WALLET_LINES, 0), agent_call_wallet_lines, PAYS},
	{CALL(WALLET, WALLET_LINE_SET, 0), agent_call_wallet_line_set, PAYS},
	{CALL(WALLET, WALLET_QUOTE, 0), agent_call_wallet_quote, PAYS},
	{CALL(WALLET, WALLET_PAY, 0), agent_call_wallet_pay, PAYS},
	{CALL(WALLET, WALLET_REQUEST, 0), agent_call_wallet_request, PAYS},
	{CALL(WALLET, WALLET_HISTORY, 0), agent_call_wallet_history, PAYS},
	{CALL(WALLET, WALLET_OFFERS, 0), agent_call_wallet_offers, PAYS},
	{CALL(NODE, NODE_STATUS, LOCKED), agent_call_pass, "network"},
	{CALL(NODE, NODE_PEERS, LOCKED), agent_call_pass, "network"},
	{CALL(NODE, NODE_LOOKUPS, LOCKED), agent_call_pass_whom, "network"},
	{CALL(NODE, NODE_DISK, LOCKED), agent_call_pass, "network"},
	{CALL(NODE, NODE_BOXES, LOCKED), agent_call_pass_whom, "network"},
	{CALL(NODE, NODE_COUNTERS, LOCKED), agent_call_pass, "network"},
	{CALL(NODE, NODE_PING, LOCKED), agent_call_pass, "network"},
	{CALL(NODE, NODE_GIVE, LOCKED), agent_call_give, "network"},
	{{{0, 0}, 0}, NULL, NULL},
};

static bool refuse(struct agent_request *r, const char *text)
{
	gn_host_error(&r->base, GN_DENIED, "%s", text);
	return false;
}

/* AG-121: who proved a code may look, unlock, claim. */
static bool may_pairing(struct agent_request *r, const char *right)
{
	bool yes = right && (!*right || strcmp(right, OPENS) == 0 || strcmp(right, CLAIM) == 0);
	return yes || refuse(r, "a code of geonet app is for becoming a client, and nothing else");
}

/* AG-122: by a client that the person's own tool paired. */
static bool may_own(struct agent_request *r, const char *right)
{
	bool made = agent_pair_made(r->agent, gn_host_client(&r->base));
	if (strcmp(right, OPENS) == 0 && (!made || r->agent->db))
		return agent_may(r, "agent", GN_LIT("agent"));
	if (!made)
		return refuse(r, "this is the person's alone: no right grants it");
	return !r->agent->db || agent_may(r, "agent", GN_LIT("agent"));
}

/* Tables of calls with "send" begin with the word for whom. */
static bool may(struct agent_request *r, const char *right)
{
	const uint8_t *client = gn_host_client(&r->base);
	if (client && agent_pair_is(client))
		return may_pairing(r, right);
	if (right && strcmp(right, CLAIM) == 0)
		return refuse(r, "this needs a code of geonet app");
	if (!client || (right && !*right))
		return true;
	if (right && (strcmp(right, OWN) == 0 || strcmp(right, OPENS) == 0))
		return may_own(r, right);
	if (!right)
		return refuse(r, "this is the person's alone: no right grants it");
	if (strcmp(right, PAYS) == 0)
		return true;
	if (strcmp(right, "send") != 0)
		return agent_may(r, right, gn_str(right));
	return r->agent->db ? agent_may_send(r, gn_fbt_bytes(r->base.table, 0)) : true;
}

static gn_err run_call(struct gn_host_request *base)
{
	const struct agent_call *call = (const void *)base->asked; /* its first member */
	struct agent_request *r = agent_request_of(base);
	r->agent = base->api->user;
	const uint8_t *client = gn_host_client(base);
	if (client)
		memcpy(r->program, client, sizeof r->program);
	if (base->stranger)
		return GN_DENIED;
	if (!may(r, call->right))
		return GN_OK;
	if (r->agent->revoked && call->right && strncmp(call->right, "send", 4) == 0) {
		gn_host_error(base, GN_STATE,
			      "another device of yours took this one out of your identity, when a "
			      "backup was put back there: go on there; nobody takes what this one "
			      "sends");
		return GN_OK;
	}
	if (r->agent->db || base->asked->flags & LOCKED) {
		r->agent->runs = base;
		gn_err err = call->run(r);
		r->agent->runs = NULL;
		return err;
	}
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
						 .origin = agent_client_origin,
						 .random = agent_client_random,
						 .secret = agent_client_secret,
						 .client_rights = agent_client_rights,
						 .client_kinds = agent_client_kinds,
						 .web_origin = agent_door_origin,
						 .run = run_call};

/* ---- HTTP on the same socket: the twins alone ---- */

struct agent_route {
	struct gn_host_route route;
	gn_err (*run)(struct agent_request *r); /* NULL: a twin */
};

static void run_route(struct gn_host_request *base)
{
	const struct agent_route *route = (const void *)base->route; /* its first member */
	struct agent_request *r = agent_request_of(base);
	r->agent = base->api->user;
	gn_err err = GN_OK;
	if (route->run)
		err = route->run(r);
	else
		gn_host_twin(base);
	if (err)
		gn_host_error(base, err, "%s", "");
}

static bool admit(struct gn_host_request *r, bool other_method)
{
	uint32_t uid;
	if (!gn_http_is_unix(r->http))
		return agent_door_admit(r, other_method);
	if (!gn_host_is_owner(r->http, &uid)) {
		gn_host_error(r, GN_DENIED, "this agent is another user's");
		return false;
	}
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
	if (r->kind)
		json_object_set_new(json_object_get(json, "error"), "kind", json_string(r->kind));
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
	agent_presence_gone(a, r);
	agent_file_closed(r);
	agent_backup_closed(r);
	if (!r->asked)
		return;
	gn_agent_link_drop(r->agent->link, r->asked);
	r->asked = 0;
	gn_host_release(base);
}

static const struct agent_route routes[] = {
	{{GN_HTTP_GET, "/", GN_HOST_ROUTE_OPEN}, agent_door_file},
	{{GN_HTTP_GET, "/api/v1/app", GN_HOST_ROUTE_OPEN}, agent_door_upgrade},
	{{GN_HTTP_GET, "/*", GN_HOST_ROUTE_OPEN}, agent_door_file},
	{{GN_HTTP_GET, "/*/*", GN_HOST_ROUTE_OPEN}, agent_door_file},
	{{GN_HTTP_POST, "/api/v1/*/*", GN_HOST_ROUTE_BODY}, NULL},
	{{0}, NULL},
};

void agent_serve_init(struct gn_agent *a)
{
	a->api = (struct gn_host_api){
		.paths = {.routes = routes, .route_size = sizeof routes[0], .arg_max = GN_HOST_ARG},
		.request_size = sizeof(struct agent_request),
		.body_max = AGENT_BODY,
		.admit = admit,
		.run = run_route,
		.answer = answer_http,
		.refuse = refuse_http,
		.closed = closed,
		.no_memory = no_memory,
		.unwritten = "{\"error\":{\"code\":\"internal\",\"message\":\"the answer could not "
			     "be written\"}}",
		.calls = &agent_calls,
		.user = a};
}
