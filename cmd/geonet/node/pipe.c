/* pipe: what two people give to this command comes out at the other's. Which of the two dials needs
 * no talk: the one whose node has the lower key does, again and again until the other is there, who
 * listens. */
#include "geonet/frame/client.h"
#include "geonet/frame/frame.h"
#include "geonet/node/commands.h"
#include "geonet/node/node.h"

#include "os/os.h"
#include "wire/generated/app_tunnel_fb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define KIND(name) {GN_FB_APP_BODY_APP_TUNNEL, GN_FB_APP_TUNNEL_BODY_##name}
#define SERVICE 96u /* bytes of "pipe/NAME" */

struct pipe_run {
	struct cli *cli;
	struct gn_pk peer, own;
	char service[SERVICE];
	struct gn_fb_key key;
	bool stands, noted;
	gn_time began; /* the tunnel stood */
};

static const struct gn_app_kind dial_kind = KIND(TUNNEL_DIAL), listen_kind = KIND(TUNNEL_LISTEN),
				is_kind = KIND(TUNNEL_IS);

static void told(void *user, struct gn_app_kind kind, struct gn_fbt table)
{
	struct pipe_run *p = user;
	(void)table;
	if (kind.member != is_kind.member)
		return;
	p->stands = true;
	p->began = gn_os_steady();
	char key[65];
	gn_hex(GN_SLICE(p->peer.b), key);
	cli_note(p->cli, "connected with the node %.16s", key);
}

static int own_key(struct cli *cli, struct gn_pk *out)
{
	struct reply r;
	int exit = client_status(cli, &r, "the node's key");
	if (!exit && gn_unhex(gn_str(json_text(json_object_get(r.json, "node"), "key")), out->b,
			      sizeof out->b))
		exit = cli_fail(cli, CLI_FAILED, "io", "the node does not say its key");
	reply_free(&r);
	return exit;
}

static bool comes_later(gn_err err)
{
	return err == GN_NOT_FOUND || err == GN_UNREACHABLE || err == GN_TIMEOUT || err == GN_BUSY;
}

static int dial_until(struct pipe_run *p, struct join *join, struct reply *r)
{
	static const struct timespec second = {1, 0};
	struct gn_fb_tunnel_dial_args args = {.key = &p->key,
					      .service = gn_str(p->service),
					      .class = 3,
					      .rule = node_rule(p->cli)};
	join->kind = dial_kind;
	join->args = &args;
	for (;;) {
		gn_time began = gn_os_steady();
		int exit = client_join(p->cli, join, r);
		/* by a rule that leaves some way: the other end may not be there yet */
		bool later = comes_later(r->err) ||
			     (r->err == GN_POLICY && gn_os_steady() - began > GN_SEC);
		if (p->stands || !later || (join->until && gn_os_steady() >= join->until))
			return exit;
		if (!p->noted)
			cli_note(p->cli, "%s: %s", node_doubt("waiting for the other end"),
				 r->message);
		p->noted = true;
		reply_free(r);
		nanosleep(&second, NULL);
	}
}

static int listen_once(struct pipe_run *p, struct join *join, struct reply *r)
{
	struct gn_fb_tunnel_listen_args args = {
		.service = gn_str(p->service), .key = &p->key, .rule = node_rule(p->cli)};
	join->kind = listen_kind;
	join->args = &args;
	cli_note(p->cli, "%s", node_doubt("waiting for the other end"));
	return client_join(p->cli, join, r);
}

static void sum_up(const struct pipe_run *p, const struct join *join, bool json)
{
	double seconds = p->stands ? (double)(gn_os_steady() - p->began) / (double)GN_SEC : 0;
	if (!json) {
		char *sent = cli_format("%s", out_bytes(join->sent));
		cli_note(p->cli, "sent %s, received %s in %.1f s", sent, out_bytes(join->received),
			 seconds);
		free(sent);
		return;
	}
	json_t *j = json_pack("{sI sI sf}", "sent", (json_int_t)join->sent, "received",
			      (json_int_t)join->received, "seconds", seconds);
	json_dumpf(j, stderr, 0);
	fputc('\n', stderr);
	json_decref(j);
}

int cmd_pipe(struct cli *cli)
{
	const char *name = cli_option(cli, "name");
	uint64_t wait = 0;
	bool json = cli->json;
	struct pipe_run p = {.cli = cli};
	struct join join = {.open = is_kind,
			    .in = STDIN_FILENO,
			    .out = STDOUT_FILENO,
			    .told = told,
			    .user = &p};
	struct reply r;
	if (!cli_number(cli, "wait", 1, 31536000, &wait))
		return CLI_USAGE;
	if (name && (!*name || strlen(name) > SERVICE - 6))
		return cli_fail(cli, CLI_USAGE, "usage", "--name has 1 to %u bytes", SERVICE - 6);
	snprintf(p.service, sizeof p.service, "pipe%s%s", name ? "/" : "", name ? name : "");
	int exit = node_key(cli, cli->args[0], &p.peer);
	exit = exit ? exit : own_key(cli, &p.own);
	if (exit)
		return exit;
	cli->json = false; /* stdout is the other end's */
	memcpy(p.key.b, p.peer.b, sizeof p.key.b);
	bool dials = memcmp(p.own.b, p.peer.b, sizeof p.own.b) < 0;
	if (wait)
		join.until = gn_os_steady() + (gn_time)wait * GN_SEC;
	exit = dials ? dial_until(&p, &join, &r) : listen_once(&p, &join, &r);
	if (exit && r.err)
		cli_fail(cli, exit, gn_err_name(r.err), "%s: %s",
			 r.err == GN_USAGE ? "--path" : "the pipe ended",
			 r.json ? r.message : gn_err_text(r.err));
	sum_up(&p, &join, json);
	reply_free(&r);
	return exit;
}
