/* A call of app/1 to the node: one connection, its one answer. Host's engine speaks
 * (host/client.h); here is the socket, the clock, and a sentence for what goes wrong between us and
 * the node.
 *
 * 1. A connection serves one call: it costs 30 us, and nothing is kept between commands.
 * 2. What the server's clock says is heard once (cli_now_is). */
#include "geonet/frame/client_int.h"
#include "geonet/frame/files.h"
#include "geonet/frame/frame.h"
#include "host/client.h"
#include "host/table.h"
#include "os/os.h"

#include "crypto/crypto.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define READ 65536u
#define CLIENT_FILE 256u /* bytes of a file with a client's secret */

struct talk {
	struct cli *cli;
	const struct ask *ask;
	struct reply *reply;
	struct gn_host_client *client;
	int fd;
	uint64_t call;
	bool asked, done;
	bool ending;   /* stdin is at its end */
	bool reads;    /* what goes on its stream is asked for */
	gn_err failed; /* between us and the node */
	char *detail;
};

static char *text_of(struct gn_slice s, const char *fallback)
{
	return s.len ? cli_format("%.*s", (int)s.len, (const char *)s.p)
		     : cli_format("%s", fallback);
}

static void begin_call(struct talk *t, struct gn_fbt table)
{
	bool lasts = (t->ask->lasts || t->ask->more) && !t->ask->timeout;
	uint32_t ms =
		lasts ? GN_HOST_CLIENT_LASTS : 1000 * (t->ask->timeout ? t->ask->timeout : 60);
	struct gn_fbb *b = gn_host_client_builder(t->client);
	gn_fbref ref = t->ask->make ? t->ask->make(t->ask->user, b)
				    : gn_fbb_table(b, gn_app_type(t->ask->kind), t->ask->args);
	uint64_t time = gn_fb_app_ready_time((struct gn_fb_app_ready){table});
	if (time)
		cli_now_is(t->cli, time / 1000);
	t->failed = gn_host_client_call(t->client, t->ask->kind, ref, ms, gn_os_steady(), &t->call);
	t->asked = !t->failed;
}

/* As the node's HTTP says it. */
void client_take_error(struct reply *reply, const struct gn_host_client_fault *f)
{
	char *message = text_of(f->detail, gn_err_text(f->err));
	reply->err = f->err;
	reply->json =
		json_pack("{s{ss ss}}", "error", "code", gn_err_name(f->err), "message", message);
	free(message);
}

static void tell_event(struct talk *t, const struct gn_host_client_event *e)
{
	json_t *json = t->ask->event && e->type ? gn_host_table_json(e->type, e->table) : NULL;
	if (json && !t->ask->event(t->ask->user, e->kind, json))
		t->done = true;
	json_decref(json);
}

static bool is_also(const struct ask *ask, struct gn_app_kind kind)
{
	return ask->also.area && kind.area == ask->also.area && kind.member == ask->also.member;
}

/* What an event asked to be said. Its answer is passed over, unless it lasts. */
static void say_then(struct talk *t)
{
	struct gn_app_kind kind;
	const void *args;
	uint64_t call;
	while (!t->done && t->ask->then && t->ask->then(t->ask->user, &kind, &args)) {
		struct gn_fbb *b = gn_host_client_builder(t->client);
		gn_fbref ref = gn_fbb_table(b, gn_app_type(kind), args);
		uint32_t ms = is_also(t->ask, kind) ? GN_HOST_CLIENT_LASTS : 0;
		t->failed = gn_host_client_call(t->client, kind, ref, ms, gn_os_steady(), &call);
		t->done |= t->failed != GN_OK;
	}
}

static void take_input(struct talk *t)
{
	t->ending = !t->ask->input(t->ask->user);
	say_then(t);
}

static void give_up(struct talk *t)
{
	t->reply->err = GN_CANCELLED;
	t->done = true;
}

static void tell_more(struct talk *t, const struct gn_host_client_event *e)
{
	json_t *json = t->ask->more && e->type ? gn_host_table_json(e->type, e->table) : NULL;
	if (json && !t->ask->more(t->ask->user, json))
		give_up(t);
	t->reads = t->ask->read != NULL;
	json_decref(json);
}

static void take_data(struct talk *t, struct gn_slice bytes)
{
	if (t->ask->write && !t->ask->write(t->ask->user, bytes))
		give_up(t);
	else
		gn_host_client_taken(t->client, t->call, bytes.len, gn_os_steady());
}

/* What goes on the stream, as much as there is room for. */
static void put_data(struct talk *t)
{
	static uint8_t bytes[READ];
	size_t room;
	while (t->reads && !t->done && (room = gn_host_client_room(t->client, t->call)) > 0) {
		size_t n = t->ask->read(t->ask->user, bytes, room < READ ? room : READ);
		t->reads = n > 0 && n <= READ;
		if (n > READ)
			give_up(t);
		else if (n == 0)
			gn_host_client_send_end(t->client, t->call, GN_OK, gn_os_steady());
		else
			gn_host_client_send(t->client, t->call, gn_slice(bytes, n), gn_os_steady());
	}
}

static void hear(struct talk *t)
{
	struct gn_host_client_event e;
	while (!t->done && gn_host_client_next(t->client, gn_os_steady(), &e)) {
		bool closed = e.fault.unknown && e.fault.err == GN_CLOSED;
		switch (e.what) {
		case GN_HOST_CLIENT_READY:
			begin_call(t, e.table);
			if (t->asked)
				say_then(t);
			break;
		case GN_HOST_CLIENT_ANSWER:
			if (e.call != t->call && !(e.more && t->ask->also.area))
				break;
			if (e.more && t->ask->lasts) {
				tell_event(t, &e);
				say_then(t);
			} else if (e.more) {
				tell_more(t, &e);
			} else if (e.type) {
				t->reply->kind = e.kind;
				t->reply->json = client_shape(e.kind, e.type, e.table, t->reply);
			}
			t->done |= !e.more && (t->ask->lasts || !t->ask->event);
			break;
		case GN_HOST_CLIENT_FAILED:
			if (e.call != t->call)
				break;
			if (e.fault.unknown && (closed || e.fault.err == GN_TIMEOUT))
				t->failed = e.fault.err;
			else
				client_take_error(t->reply, &e.fault);
			t->done = true;
			break;
		case GN_HOST_CLIENT_OVER:
			t->failed = t->failed ? t->failed : e.fault.err;
			t->done = true;
			break;
		case GN_HOST_CLIENT_EVENT: tell_event(t, &e); break;
		case GN_HOST_CLIENT_DATA: take_data(t, e.bytes); break;
		case GN_HOST_CLIENT_GAP:
		case GN_HOST_CLIENT_END:
		case GN_HOST_CLIENT_ROOM: break; /* put_data looks each time */
		}
		t->done |= t->failed != GN_OK;
	}
}

static void read_in(struct talk *t)
{
	static uint8_t bytes[READ];
	size_t n = client_read(t->client, t->fd, bytes, sizeof bytes);
	for (size_t at = 0; at < n && !t->done;) {
		at += gn_host_client_recv(t->client, gn_slice(bytes + at, n - at), gn_os_steady());
		hear(t);
	}
	hear(t);
}

static void talk(struct talk *t)
{
	while (!t->done) {
		put_data(t);
		client_write(t->client, t->fd);
		gn_time now = gn_os_steady(), at = gn_host_client_deadline(t->client);
		bool out = gn_host_client_out(t->client).len > 0;
		bool input = t->asked && t->ask->input && !t->ending;
		struct pollfd p[2] = {
			{.fd = t->fd, .events = (short)(POLLIN | (out ? POLLOUT : 0))},
			{.fd = STDIN_FILENO, .events = POLLIN}};
		gn_time wait = at == GN_NEVER ? GN_SEC : at > now ? at - now : 0;
		wait = wait < GN_SEC ? wait : GN_SEC;
		if (poll(p, input ? 2 : 1, (int)(wait / GN_MSEC) + 1) > 0) {
			if (p[0].revents & ~POLLOUT)
				read_in(t);
			if (input && p[1].revents)
				take_input(t);
		}
		gn_host_client_tick(t->client, gn_os_steady());
		hear(t);
		if (t->asked && t->ask->lasts)
			say_then(t); /* it may be time for something */
	}
}

int client_tell_failed(struct cli *cli, bool agent, gn_err err)
{
	const char *who = agent ? "agent" : "node";
	if (err == GN_DENIED && agent)
		return cli_fail(cli, CLI_FAILED, "denied",
				"the agent does not take this client: it was removed, its time is "
				"over, its secret is another, or the agent is locked");
	if (err == GN_TIMEOUT)
		return cli_fail(cli, CLI_QUORUM, "timeout", "the %s did not answer in time", who);
	if (err == GN_CLOSED)
		return cli_fail(cli, CLI_FAILED, "closed",
				"the %s broke off its answer; its log is %s/%s.log", who, cli->data,
				agent ? "geonet-agent" : "geonetd");
	return cli_fail(cli, CLI_FAILED, "io", "the %s cannot be asked: %s", who, gn_err_text(err));
}

/* ---- words that the other end would not take ---- */

/* Strings of app/1 are UTF-8: a frame with another one ends the connection, and nobody would know
 * why. False after printing. */
static bool is_text(struct cli *cli, const char *name, struct gn_slice s)
{
	size_t good = s.len;
	if (gn_utf8_ok(s))
		return true;
	while (good && !gn_utf8_ok(gn_slice(s.p, good)))
		good--;
	cli_fail(cli, CLI_USAGE, gn_err_name(GN_TEXT),
		 "%s is not valid UTF-8 at its byte %zu; convert it first, as with iconv",
		 strcmp(name, "text") == 0 ? "the text" : out_text(name), good + 1);
	return false;
}

static bool words_are_text(struct cli *cli, const struct ask *ask)
{
	const struct gn_fb_type *type = gn_app_type(ask->kind);
	for (unsigned i = 0; i < type->field_count; i++) {
		const uint8_t *at = (const uint8_t *)ask->args + type->fields[i].c_offset;
		struct gn_slice one;
		struct {
			const struct gn_slice *p;
			size_t count;
		} list = {0};
		if (type->fields[i].kind == GN_FB_STRING) {
			memcpy(&one, at, sizeof one);
			if (!is_text(cli, type->fields[i].name, one))
				return false;
		} else if (type->fields[i].kind == GN_FB_STRINGS) {
			memcpy(&list, at, sizeof list);
		}
		for (size_t k = 0; k < list.count; k++)
			if (!is_text(cli, type->fields[i].name, list.p[k]))
				return false;
	}
	return true;
}

/* As a client with a secret of its own (AG-91), where $GEONET_CLIENT names a file with it; false:
 * printed. */
static bool choose_client(struct cli *cli, struct gn_host_client_config *config, const char *path,
			  char *origin, size_t cap)
{
	const char *file = getenv("GEONET_CLIENT");
	uint8_t *text = NULL;
	size_t len;
	if (!file || !*file)
		return true;
	if (!read_input(cli, file, CLIENT_FILE, &text, &len))
		return false;
	while (len && (text[len - 1] == '\n' || text[len - 1] == '\r'))
		len--;
	bool ok = len == 97 && text[32] == ':' &&
		  gn_unhex(gn_slice(text, 32), config->id, 16) == GN_OK &&
		  gn_unhex(gn_slice(text + 33, 64), config->secret, 32) == GN_OK &&
		  snprintf(origin, cap, "unix:%s", path) < (int)cap;
	gn_wipe(text, len);
	free(text);
	if (!ok)
		cli_fail(cli, CLI_USAGE, "usage",
			 "GEONET_CLIENT: %s is no file that geonet agent clients add made", file);
	config->origin = origin;
	return ok;
}

int client_exit_of(const struct reply *reply)
{
	return reply->agent && reply->err == GN_CLOSED ? CLI_NO_NODE : cli_exit_of(reply->err);
}

int client_ask(struct cli *cli, const struct ask *ask, struct reply *reply)
{
	struct gn_host_client_config config = {.origin = NULL};
	char *path = NULL, origin[256];
	*reply = (struct reply){.agent = ask->agent};
	if (!ask->make && !words_are_text(cli, ask))
		return CLI_USAGE;
	struct talk t = {.cli = cli,
			 .ask = ask,
			 .reply = reply,
			 .fd = ask->agent ? client_agent_dial(cli, &path)
					  : client_dial(cli, false)};
	bool chosen =
		t.fd < 0 || !ask->agent || choose_client(cli, &config, path, origin, sizeof origin);
	free(path);
	if (!chosen) {
		close(t.fd);
		return CLI_USAGE;
	}
	if (t.fd < 0)
		return ask->quiet   ? CLI_FAILED
		       : ask->agent ? client_no_agent(cli)
				    : client_none(cli);
	t.client = client_engine(t.fd, &config);
	gn_wipe(config.secret, sizeof config.secret);
	if (t.client)
		talk(&t);
	else
		t.failed = GN_NOMEM;
	gn_host_client_free(t.client);
	close(t.fd);
	if (t.failed)
		return ask->quiet ? CLI_FAILED : client_tell_failed(cli, ask->agent, t.failed);
	reply->message = json_text(json_object_get(reply->json, "error"), "message");
	reply->status = reply->err ? gn_err_http(reply->err) : 200;
	return client_exit_of(reply);
}
