/* Tunnels of a link, as link.h says: a call with a stream each. */
#include "geonet/send/link.h"

#include "geonet/frame/client_int.h"
#include "geonet/frame/frame.h"
#include "os/os.h"
#include "wire/app.h"
#include "wire/generated/app_tunnel_fb.h"
#include "wire/wire.h"

#include <stdio.h>
#include <stdlib.h>

#define RULE_PATIENCE (10 * GN_SEC)
#define TUNNEL(member) {GN_FB_APP_BODY_APP_TUNNEL, GN_FB_APP_TUNNEL_BODY_##member}

static gn_err begin(struct tunnel *t, struct link *l, struct gn_app_kind kind, const void *args)
{
	struct client_kept *in = t->in ? t->in : cli_alloc(sizeof *in);
	struct gn_fbb *b = gn_host_client_builder(l->client);
	in->at = in->len = 0;
	*t = (struct tunnel){.in = in};
	gn_err err = gn_host_client_call(l->client, kind, gn_fbb_table(b, gn_app_type(kind), args),
					 GN_HOST_CLIENT_LASTS, gn_os_steady(), &t->call);
	t->state = err ? TUNNEL_NONE : TUNNEL_WAITS;
	return err;
}

gn_err tun_dial(struct tunnel *t, struct link *l, const struct gn_pk *node, const char *service,
		const char *rule)
{
	struct gn_fb_key key = gn_wire_key(node);
	struct gn_fb_tunnel_dial_args args = {
		.key = &key, .service = gn_str(service), .rule = gn_str(rule)};
	return begin(t, l, (struct gn_app_kind)TUNNEL(TUNNEL_DIAL), &args);
}

gn_err tun_listen(struct tunnel *t, struct link *l, const char *service, const char *rule)
{
	struct gn_fb_tunnel_listen_args args = {.service = gn_str(service), .rule = gn_str(rule)};
	return begin(t, l, (struct gn_app_kind)TUNNEL(TUNNEL_LISTEN), &args);
}

int tun_rule(struct cli *cli, struct link *l, const char *rule)
{
	struct gn_host_client_event e;
	struct tunnel t = {.in = NULL};
	gn_time until = gn_os_steady() + RULE_PATIENCE;
	gn_err err = tun_listen(&t, l, "send/rule", rule); /* for which nobody dials */
	while (!err && t.state == TUNNEL_WAITS && !t.stood && !l->over && gn_os_steady() < until) {
		link_wait(l, NULL, 0, until);
		while (link_next(l, &e))
			(void)tun_hear(&t, &e);
	}
	int exit = CLI_OK;
	err = err ? err : t.err ? t.err : l->over ? GN_CLOSED : GN_TIMEOUT;
	if (!t.stood)
		exit = cli_fail(cli, cli_exit_of(err), gn_err_name(err),
				"the rule was not taken: %s", *t.why ? t.why : gn_err_text(err));
	tun_drop(&t, l);
	tun_free(&t);
	return exit;
}

static void take_answer(struct tunnel *t, const struct gn_host_client_event *e)
{
	t->stood = t->stood || e->more;
	if (!e->more) {
		t->state = TUNNEL_ENDED;
		t->eof = true;
		return;
	}
	if (!e->type || e->kind.area != GN_FB_APP_BODY_APP_TUNNEL ||
	    e->kind.member != GN_FB_APP_TUNNEL_BODY_TUNNEL_IS)
		return;
	struct gn_fb_tunnel_is is = {e->table};
	t->own = gn_wire_key_get(gn_fb_tunnel_is_own(is));
	t->peer = gn_wire_key_get(gn_fb_tunnel_is_key(is));
	memcpy(t->exported, gn_fb_tunnel_is_exporter(is).b, sizeof t->exported);
	t->state = TUNNEL_OPEN;
}

bool tun_hear(struct tunnel *t, const struct gn_host_client_event *e)
{
	bool alive = t->state == TUNNEL_WAITS || t->state == TUNNEL_OPEN;
	if (!alive || e->call != t->call)
		return false;
	switch (e->what) {
	case GN_HOST_CLIENT_ANSWER: take_answer(t, e); break;
	case GN_HOST_CLIENT_FAILED:
		t->state = TUNNEL_ENDED;
		t->eof = true;
		t->err = e->fault.err;
		snprintf(t->why, sizeof t->why, "%s", out_text_slice(e->fault.detail));
		break;
	case GN_HOST_CLIENT_DATA: client_kept_add(t->in, e->bytes); break;
	case GN_HOST_CLIENT_END: t->eof = true; break;
	case GN_HOST_CLIENT_READY:
	case GN_HOST_CLIENT_EVENT:
	case GN_HOST_CLIENT_GAP:
	case GN_HOST_CLIENT_ROOM:
	case GN_HOST_CLIENT_OVER: break;
	}
	return true;
}

struct gn_slice tun_in(const struct tunnel *t)
{
	return t->in ? gn_slice(t->in->bytes + t->in->at, t->in->len) : gn_slice(NULL, 0);
}

void tun_taken(struct tunnel *t, struct link *l, size_t len)
{
	if (!len)
		return;
	client_kept_drop(t->in, len);
	l->moves += len;
	if (t->state == TUNNEL_OPEN)
		gn_host_client_taken(l->client, t->call, len, gn_os_steady());
}

size_t tun_room(struct tunnel *t, struct link *l)
{
	bool open = t->state == TUNNEL_OPEN && !t->end_said;
	return open ? gn_host_client_room(l->client, t->call) : 0;
}

void tun_send(struct tunnel *t, struct link *l, struct gn_slice bytes)
{
	GN_ASSERT(t->state == TUNNEL_OPEN && !t->end_said);
	l->moves += bytes.len;
	gn_host_client_send(l->client, t->call, bytes, gn_os_steady());
}

void tun_end(struct tunnel *t, struct link *l)
{
	if (t->state == TUNNEL_OPEN && !t->end_said)
		gn_host_client_send_end(l->client, t->call, GN_OK, gn_os_steady());
	t->end_said = true;
}

void tun_drop(struct tunnel *t, struct link *l)
{
	if (t->state == TUNNEL_WAITS || t->state == TUNNEL_OPEN)
		gn_host_client_cancel(l->client, t->call, gn_os_steady());
	t->state = TUNNEL_NONE;
	if (t->in)
		t->in->at = t->in->len = 0;
}

void tun_free(struct tunnel *t)
{
	free(t->in);
	t->in = NULL;
}
