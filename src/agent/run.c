/* The loop: makes the parts, moves what one says to the others, ends them.
 *
 *   start: the vault -> (no passphrase: open) -> the link, the socket -> READY
 *   open:  the store -> sessions, people -> own boxes, prekeys, identity
 *   turn:  link, lookups, own records, inbox, outbox; then what happened is told */
#include "agent/door.h"
#include "agent/job_int.h"
#include "agent/presence_int.h"
#include "agent/wallet_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *const levels[] = {"debug", "info", "warn", "error", NULL};

static const char *const yes_no[] = {"yes", "no", NULL};

#define IN(member) GN_HOST_FIELD(struct gn_agent_config, member)

/* clang-format off */
const struct gn_host_setting gn_agent_settings[] = {
	{.name = "data", .kind = GN_HOST_TEXT, .value = "DIR", .least = 1, .most = 500, IN(data),
	 .shown = "$GEONET_DATA, then $XDG_DATA_HOME/geonet, ~/.local/share/geonet",
	 .expected = "a directory",
	 .help = "where the identity is; the agent's own lies in agent/"},
	{.name = "node", .kind = GN_HOST_TEXT, .value = "PATH", .least = 1, .most = 500, IN(node),
	 .shown = "DATA/app.sock, else /run/geonet/app.sock", .expected = "the path of a socket",
	 .help = "the socket of the node that it reaches the network through"},
	{.name = "socket", .kind = GN_HOST_TEXT, .value = "PATH", .least = 1, .most = 500,
	 IN(socket), .shown = "$XDG_RUNTIME_DIR/geonet/agent.sock, else in DATA/agent",
	 .expected = "a path", .help = "its own socket, for programs of this user"},
	{.name = "name", .kind = GN_HOST_TEXT, .value = "NAME", .most = 128, IN(name),
	 .expected = "at most 128 bytes", .help = "how a new identity is shown to others"},
	{.name = "device", .kind = GN_HOST_TEXT, .value = "NAME", .most = 64, IN(device_name),
	 .expected = "at most 64 bytes", .help = "how this device is shown to others",
	 .shown = "this machine's name"},
	{.name = "fresh", .kind = GN_HOST_CHOICE, .value = "yes|no", .words = yes_no,
	 IN(fresh_off), .standard = "yes", .expected = "yes or no",
	 .help = "ask for boxes, presence and records under throwaway keys, new each day, through "
		 "relays: who holds them does not see this machine. It costs the first message to "
		 "somebody a second, large ones more; no: they see whose node asks"},
	{.name = "app", .kind = GN_HOST_NUMBER, .value = "N|off", .most = 65535, IN(app),
	 .off_at = offsetof(struct gn_agent_config, app_off), .standard = "7781",
	 .expected = "a TCP port, 0 for a free one, or off",
	 .help = "loopback port of the app (geonet app); when it is another program's, the next "
		 "free one is taken"},
	{.name = "log", .kind = GN_HOST_CHOICE, .value = "debug|info|warn|error", .words = levels,
	 IN(log), .standard = "info", .expected = "debug, info, warn or error",
	 .help = "least level that is logged"},
	{.name = "log-file", .kind = GN_HOST_TEXT, .value = "FILE", .most = 500, IN(log_file),
	 .shown = "stderr", .expected = "a file", .help = "where the log goes"},
	{0},
};
/* clang-format on */

/* ---- what happened ---- */

/* A stranger whose request was accepted before it could be read. */
static void answer_claim(struct gn_agent *a, const struct gn_pk *owner)
{
	for (size_t i = 0; i < a->claim_count; i++) {
		if (!gn_pk_eq(&a->claims[i].owner, owner))
			continue;
		bool accepted = a->claims[i].accepted;
		memmove(a->claims + i, a->claims + i + 1,
			(a->claim_count - i - 1) * sizeof a->claims[0]);
		a->claim_count--;
		gn_err err = accepted ? gn_people_answer(a->people, owner, true, a->now) : GN_OK;
		if (err && err != GN_STATE)
			agent_fail(a, err);
		else
			agent_settle(a);
		agent_serve_accepted(a, owner);
		return;
	}
}

/* Of strangers: that they are there; that one who was accepted is not found. When the next is. */
static gn_time tell_claims(struct gn_agent *a)
{
	gn_time due = GN_NEVER;
	for (size_t i = 0; i < a->claim_count; i++) {
		struct agent_claim *c = &a->claims[i];
		if (!c->told) {
			c->told = true;
			agent_serve_claimed(a, &c->owner);
			a->state_moved = true;
		}
		if (c->accepted && c->until <= a->now) {
			c->until = GN_NEVER;
			agent_serve_unfound(a, &c->owner);
		}
		due = gn_time_min(due, c->accepted ? c->until : GN_NEVER);
	}
	return due;
}

static void tell_event(struct gn_agent *a, const struct gn_people_event *e, uint64_t cursor)
{
	gn_err err = GN_OK;
	switch (e->kind) {
	case GN_PEOPLE_WANT_RECORD:
		(void)!gn_agent_know_want(a->know, &e->owner); /* full: asked for again */
		break;
	case GN_PEOPLE_WANT_BOX: agent_own_box_for(a, &e->owner); break;
	case GN_PEOPLE_DEVICE_GONE:
		err = gn_e2ee_forget(a->e2ee, &e->device);
		if (!err)
			agent_settle(a);
		err = err == GN_NOT_FOUND ? GN_OK : err;
		break;
	case GN_PEOPLE_REQUESTED: answer_claim(a, &e->owner); break;
	case GN_PEOPLE_CONTACT:
		a->look_waiting = true; /* what they said may be wanted now */
		agent_own_contact(a, &e->owner);
		if (!a->failed)
			agent_presence_contact(a, &e->owner);
		break;
	case GN_PEOPLE_MESSAGE:
	case GN_PEOPLE_TYPING:
	case GN_PEOPLE_REGISTER:
	case GN_PEOPLE_ALARM:
	case GN_PEOPLE_ALARM_OWN: break;
	}
	if (err)
		agent_fail(a, err);
	else if (!a->failed)
		agent_serve_event(a, e, cursor);
}

/* What they ask for brings new ones. */
static void tell_events(struct gn_agent *a)
{
	for (size_t i = 0; i < a->event_count && !a->failed; i++) {
		struct agent_event e = a->events[i];
		tell_event(a, &e.said, e.cursor);
	}
	a->event_count = 0;
}

static void on_up(void *user)
{
	struct gn_agent *a = user;
	a->link_why[0] = 0;
	gn_host_log(&a->host, GN_LOG_INFO, "node", "connected");
	if (a->db) {
		gn_agent_publish_hurry(a->publish, a->now);
		agent_post_hurry(a);
	}
	a->state_moved = true;
}

static void on_down(void *user, gn_err err, const char *why)
{
	struct gn_agent *a = user;
	(void)err;
	bool news = strcmp(a->link_why, why) != 0;
	agent_node_gone(a);
	snprintf(a->link_why, sizeof a->link_why, "%s", why);
	if (news) {
		gn_host_log(&a->host, GN_LOG_INFO, "node", "%s", why);
		a->state_moved = true;
	}
}

/* ---- the loop ---- */

gn_time agent_pump(struct gn_agent *a)
{
	gn_time next = gn_people_deadline(a->people);
	if (next <= a->now) {
		gn_err err = gn_people_tick(a->people, a->now);
		if (err)
			agent_fail(a, err);
		else
			agent_settle(a);
		next = a->failed ? GN_NEVER : gn_people_deadline(a->people);
	}
	next = gn_time_min(next, agent_node_pump(a));
	if (!a->failed)
		next = gn_time_min(next, agent_own_pump(a));
	if (!a->failed)
		next = gn_time_min(next, gn_agent_publish_pump(a->publish, a->now));
	if (!a->failed)
		next = gn_time_min(next, agent_inbox_pump(a));
	if (!a->failed)
		next = gn_time_min(next, a->revoked ? agent_post_end(a) : agent_post_pump(a));
	if (!a->failed)
		next = gn_time_min(next, agent_backup_pump(a));
	if (!a->failed)
		next = gn_time_min(next, agent_queue_pump(a));
	if (!a->failed)
		next = gn_time_min(next, agent_presence_pump(a));
	if (!a->failed)
		next = gn_time_min(next, agent_wallet_pump(a));
	if (!a->failed)
		next = gn_time_min(next, agent_work_pump(a));
	if (!a->failed)
		next = gn_time_min(next, agent_jobs_pump(a));
	if (!a->failed)
		next = gn_time_min(next, agent_files_pump(a));
	if (!a->failed)
		next = gn_time_min(next, agent_serve_files(a));
	if (!a->failed)
		gn_agent_know_pump(a->know);
	next = gn_time_min(next, tell_claims(a));
	bool events = a->event_count > 0;
	tell_events(a);
	return events ? a->now : next; /* what they brought moves in the next turn */
}

/* What goes by gn_os_steady, by our time. */
static gn_time ours(const struct gn_agent *a, gn_time steady)
{
	return steady == GN_NEVER ? GN_NEVER : steady + a->ahead;
}

static gn_time turn(void *user)
{
	struct gn_agent *a = user;
	gn_time steady = gn_os_steady();
	a->now = steady + a->ahead;
	gn_time next = ours(a, gn_agent_link_pump(a->link, steady));
	gn_agent_vault_tick(a->vault, a->now);
	if (a->db && !a->failed)
		next = gn_time_min(next, agent_pump(a));
	else if (!a->failed)
		next = gn_time_min(next, agent_locked_pump(a));
	if (a->locked_news)
		agent_serve_new(a);
	a->locked_news = false;
	if (a->state_moved) {
		a->state_moved = false;
		agent_serve_state(a);
	}
	next = gn_time_min(next, gn_agent_vault_deadline(a->vault));
	next = gn_time_min(next, ours(a, gn_host_links_pump(&a->api, steady)));
	next = gn_time_min(next, ours(a, gn_agent_link_flush(a->link, steady))); /* of this turn */
	next = next > a->now ? next - a->now : 0;
	return next;
}

static gn_time say_goodbye(void *user)
{
	struct gn_agent *a = user;
	gn_host_links_end(&a->api, gn_os_steady());
	return 200 * GN_MSEC;
}

static void tell_status(void *user, char *text, size_t cap)
{
	const struct gn_agent *a = user;
	snprintf(text, cap, "%s, %.300s", a->db ? "open" : "locked",
		 gn_agent_link_is_up(a->link) ? "online" : a->link_why);
}

/* ---- start and end ---- */

static void choose_paths(struct gn_agent *a)
{
	struct gn_agent_config *c = &a->config;
	if (!*c->node) {
		snprintf(c->node, sizeof c->node, "%.490s/app.sock", c->data);
		if (access(c->node, F_OK) != 0 && access(AGENT_SERVICE_SOCKET, F_OK) == 0)
			snprintf(c->node, sizeof c->node, "%s", AGENT_SERVICE_SOCKET);
	}
	if (!*c->socket && agent_place(c->runtime, c->data, c->socket, sizeof c->socket))
		*c->runtime = 0; /* nothing to tell of it */
	if (!*c->device_name && gethostname(c->device_name, sizeof c->device_name - 1) != 0)
		snprintf(c->device_name, sizeof c->device_name, "device");
}

static gn_err open_http(struct gn_agent *a, char why[GN_HOST_WHY])
{
	struct gn_http_handler handler;
	agent_serve_init(a);
	snprintf(a->origin, sizeof a->origin, "unix:%.250s", a->config.socket);
	a->api.told = gn_host_told_new(&(struct gn_host_told_config){
		.count = AGENT_TOLD_COUNT, .bytes = AGENT_TOLD_BYTES, .keep = AGENT_TOLD_KEEP});
	a->api.epoch = gn_rand_u64(&a->host.rand) | 1;
	gn_host_api_handler(&a->api, &handler);
	gn_host_links_handler(&handler);
	gn_err err = a->api.told ? agent_door_open(a, &handler, &a->http) : GN_NOMEM;
	if (err)
		return gn_host_why(why, err, "the socket %.400s cannot be opened: %.200s",
				   a->config.socket, gn_err_text(err));
	a->api.links_max = gn_http_raw_max(a->http);
	return GN_OK;
}

static gn_err start(struct gn_agent *a, const struct gn_host_config *host, char why[GN_HOST_WHY])
{
	char text[GN_AGENT_WHY] = "";
	a->host.rand = gn_rand_system();
	gn_err err = gn_agent_vault_open(a->config.data, &a->host.rand, &a->vault, text);
	if (err)
		return gn_host_why(why, err, "%.500s", text);
	GN_TRY(gn_host_open(&a->host, host, why));
	if (*a->config.runtime)
		gn_host_log(&a->host, GN_LOG_WARN, "socket",
			    "$XDG_RUNTIME_DIR (%.200s) is not this user's alone: it is not used",
			    a->config.runtime);
	gn_alloc_heap(&a->alloc, AGENT_MEMORY);
	a->env = gn_host_env(&a->host, &a->alloc);
	struct gn_agent_link_config link = {.host = &a->host,
					    .path = a->config.node,
					    .software = "geonet-agent " GEONET_VERSION,
					    .up = on_up,
					    .down = on_down,
					    .user = a};
	if (gn_agent_link_new(&link, &a->link))
		return gn_host_why(why, GN_NOMEM, "not enough memory to start");
	GN_TRY(open_http(a, why));
	if (gn_agent_vault_restoring(a->vault))
		return gn_host_why(why, GN_STATE,
				   "a backup was being put back into %.300s and that was cut off: "
				   "geonet agent restore again",
				   a->config.data);
	if (gn_agent_vault_state(a->vault) == GN_AGENT_NEW) {
		/* an identity under a passphrase waits for it: AgentStart */
		err = gn_agent_vault_create(a->vault, NULL, gn_slice(NULL, 0), a->now);
		if (err && err != GN_PASSPHRASE)
			return gn_host_why(why, err, "%.500s", gn_agent_vault_why(a->vault));
	}
	if (gn_agent_vault_state(a->vault) == GN_AGENT_OPEN) {
		err = agent_open(a);
		if (err)
			return gn_host_why(why, err,
					   "what it keeps in %.300s/agent cannot be opened: %.200s",
					   a->config.data, gn_err_text(err));
	}
	agent_locked_begin(a);
	gn_host_start(&a->host);
	gn_host_ready(&a->host, "ready %s\n", a->config.socket);
	return GN_OK;
}

gn_err gn_agent_run(const struct gn_agent_config *config, int ready_fd, char why[GN_HOST_WHY])
{
	static struct gn_agent agent; /* its loop and signals are the process's */
	struct gn_agent *a = &agent;
	char data[sizeof config->data + 16] = "";
	memset(a, 0, sizeof *a);
	gn_host_json_wipes(); /* passphrases come in it, too */
	a->config = *config;
	a->now = gn_os_steady();
	choose_paths(a);
	snprintf(data, sizeof data, "%.500s/" GN_AGENT_DIR, a->config.data);
	const struct gn_host_config host = {.name = "agent",
					    .data = data,
					    .log_file = a->config.log_file,
					    .log = config->log,
					    .ready_fd = ready_fd,
					    .pump = turn,
					    .stop = say_goodbye,
					    .status = tell_status,
					    .user = a};
	snprintf(why, GN_HOST_WHY, "cannot start");
	gn_err err = start(a, &host, why);
	if (!err)
		err = gn_host_run(&a->host, why);
	if (a->db)
		agent_close(a);
	agent_locked_end(a);
	gn_http_free(a->http);
	gn_agent_link_free(a->link);
	if (a->vault) {
		if (a->host.dir)
			gn_host_end(&a->host);
		gn_host_close(&a->host);
	}
	gn_host_told_free(a->api.told);
	free(a->events);
	gn_wipe(a->pairs, sizeof a->pairs);
	free(a->found_row);
	free(a->found_content);
	gn_agent_vault_close(a->vault);
	return err;
}
