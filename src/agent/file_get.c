/* A part of a file for a client: the node's bytes -> whole pieces -> opened -> the call's stream.
 *
 *   ASKING [the node takes it] -> COMING [all of it was opened and sent] -> answered
 *          [the node is not there, or busy] -> later       -> ASKING [the node went: for the rest]
 *
 * 1. Nothing is granted to the node before it was opened, nor more than the window kept.
 * 2. What was opened and not sent yet is in `out`, of one piece.
 *
 * Rule AG-83. */
#include "agent/serve_int.h"

#include <stdlib.h>

struct fetching {
	struct gn_content_file file; /* key: secret; blocks borrow `blocks` */
	struct gn_hash blocks[GN_CONTENT_FILE_BLOCKS];
	uint64_t from, to; /* what is still to be sent */
	struct gn_content_opening opening;
	struct gn_slice out;
	bool whole; /* the node has said all of it */
	gn_time due, wait;
	size_t at, len; /* in `in` */
	uint8_t in[AGENT_FILE_WINDOW];
};

static void take_more(struct agent_request *r);

void agent_file_fetched(struct agent_request *r)
{
	if (r->fetches)
		gn_wipe(r->base.state, sizeof(struct fetching));
}

/* The node's call, if one lives, is given up. */
static void end_call(struct agent_request *r)
{
	if (!r->asked)
		return;
	gn_agent_link_drop(r->agent->link, r->asked);
	r->asked = 0;
	gn_host_release(&r->base);
}

static void give_up(struct agent_request *r, gn_err err)
{
	const char *why = "";
	switch ((int)err) {
	case GN_AUTH:
		why = "what is there is not what its sender sealed: ask them to send it again";
		break;
	case GN_NOT_FOUND:
	case GN_UNREACHABLE:
	case GN_QUORUM:
	case GN_HASH:
		why = "nobody who can be reached has all of it: try again later, or ask them to "
		      "send it again; it is kept for 30 days";
		break;
	default: break;
	}
	agent_file_fetched(r);
	gn_host_error(&r->base, err, "%s", why);
	end_call(r);
}

static bool passes(gn_err err)
{
	return err == GN_CLOSED || err == GN_CANCELLED || err == GN_LIMIT || err == GN_TIMEOUT ||
	       err == GN_QUOTA || gn_err_class(err) == GN_CLASS_AGAIN;
}

static void ask_later(struct fetching *g, gn_time now)
{
	g->wait = g->wait ? gn_time_min(2 * g->wait, AGENT_FILE_WAIT_NODE) : AGENT_FILE_WAIT;
	g->due = now + g->wait;
}

static void keep(struct fetching *g, struct gn_slice bytes)
{
	if (g->at) {
		memmove(g->in, g->in + g->at, g->len);
		g->at = 0;
	}
	GN_ASSERT(bytes.len <= sizeof g->in - g->len); /* no more was granted */
	memcpy(g->in + g->len, bytes.p, bytes.len);
	g->len += bytes.len;
}

static void on_bytes(void *user, const struct gn_host_client_event *e)
{
	struct agent_request *r = user;
	struct fetching *g = r->base.state;
	bool last =
		e->what == GN_HOST_CLIENT_FAILED || (e->what == GN_HOST_CLIENT_ANSWER && !e->more);
	if (last) {
		r->asked = 0;
		if (r->base.answered) {
			gn_host_release(&r->base);
			return;
		}
	}
	if (e->what == GN_HOST_CLIENT_DATA) {
		g->wait = 0;
		keep(g, e->bytes);
	} else if (e->what == GN_HOST_CLIENT_ANSWER && last) {
		g->whole = true;
	}
	if (e->what != GN_HOST_CLIENT_FAILED)
		take_more(r);
	else if (passes(e->fault.err))
		ask_later(g, r->agent->now);
	else
		give_up(r, e->fault.err);
	if (last)
		gn_host_release(&r->base);
}

/* Asks the node for what is still to come. */
static void ask(struct agent_request *r)
{
	static const struct gn_app_kind kind = {GN_FB_APP_BODY_APP_FILE,
						GN_FB_APP_FILE_BODY_FILE_GET};
	struct fetching *g = r->base.state;
	struct gn_bundle_file bundle;
	struct gn_fb_hash root;
	struct gn_fb_file_get_args args = {.root = &root};
	if (!gn_agent_link_is_up(r->agent->link)) {
		ask_later(g, r->agent->now);
		return;
	}
	gn_err err = gn_content_file_bundle(&g->file, &bundle);
	if (!err)
		err = gn_content_opening(&g->opening, &g->file, g->from, g->to - g->from,
					 &args.offset, &args.count);
	if (err) {
		give_up(r, err);
		return;
	}
	g->at = g->len = 0;
	g->out = gn_slice(NULL, 0);
	g->whole = false;
	memcpy(root.b, bundle.root.b, sizeof root.b);
	args.size = bundle.size;
	args.blocks.p = (const struct gn_fb_hash *)(const void *)bundle.blocks.p;
	args.blocks.count = bundle.blocks.len / sizeof root;
	gn_fbref t = gn_fb_file_get_make(gn_agent_link_builder(r->agent->link), &args);
	if (gn_agent_link_call(r->agent->link, kind, t, GN_HOST_CLIENT_LASTS, on_bytes, r,
			       &r->asked) != GN_OK) {
		r->asked = 0;
		ask_later(g, r->agent->now);
		return;
	}
	gn_host_hold(&r->base);
}

/* Sends what was opened. False: there is no room now, and the host says when there is. */
static bool send_out(struct agent_request *r, struct fetching *g)
{
	size_t room;
	while (g->out.len && (room = gn_host_room(&r->base)) > 0) {
		size_t n = g->out.len < room ? g->out.len : room;
		gn_host_send(&r->base, gn_slice_sub(g->out, 0, n));
		g->out = gn_slice_sub(g->out, n, g->out.len - n);
		g->from += n;
	}
	return g->out.len == 0;
}

static void take_more(struct agent_request *r)
{
	struct fetching *g = r->base.state;
	struct gn_host_client *node = gn_agent_link_client(r->agent->link);
	while (!r->base.answered && send_out(r, g)) {
		if (gn_content_opening_done(&g->opening)) {
			agent_file_fetched(r);
			gn_host_send_end(&r->base);
			gn_host_answer_ok(&r->base);
			return;
		}
		if (!g->len)
			break;
		size_t taken;
		gn_err err = gn_content_opening_put(&g->opening, gn_slice(g->in + g->at, g->len),
						    &taken, &g->out);
		if (err) {
			give_up(r, err);
			return;
		}
		g->at += taken;
		g->len -= taken;
		if (node && r->asked)
			gn_host_client_taken(node, r->asked, taken, r->agent->now);
	}
	if (!r->base.answered && g->whole && !g->len && !g->out.len)
		give_up(r, GN_HASH); /* the node gave less than it said */
}

static void on_room(struct gn_host_request *base)
{
	take_more(agent_request_of(base));
}

gn_err agent_file_fetch(struct agent_request *r, const struct gn_content_file *file,
			uint64_t offset, uint64_t count)
{
	struct gn_bundle_file bundle;
	if (offset > file->size || count > file->size - offset)
		return GN_RANGE;
	GN_TRY(gn_content_file_bundle(file, &bundle));
	struct fetching *g = gn_host_state(&r->base, sizeof *g);
	if (!g)
		return GN_NOMEM;
	r->fetches = true;
	g->file =
		(struct gn_content_file){.root = file->root, .key = file->key, .size = file->size};
	memcpy(g->blocks, bundle.blocks.p, bundle.blocks.len);
	g->file.blocks = gn_slice(g->blocks, bundle.blocks.len);
	g->from = offset;
	g->to = count ? offset + count : file->size;
	r->base.drain = on_room;
	gn_host_streams(&r->base);
	if (g->from == g->to && file->size) { /* nothing is wanted */
		agent_file_fetched(r);
		gn_host_send_end(&r->base);
		gn_host_answer_ok(&r->base);
		return GN_OK;
	}
	ask(r);
	return GN_OK;
}

static bool fetches(const struct gn_host_request *base)
{
	return base->asked && !base->answered && base->state &&
	       base->asked->kind.area == GN_FB_APP_BODY_APP_CHAT &&
	       base->asked->kind.member == GN_FB_APP_CHAT_BODY_CHAT_FILE_GET;
}

void agent_files_locked(struct gn_agent *a)
{
	for (struct gn_host_request *base = a->api.requests; base; base = base->next)
		if (fetches(base))
			give_up(agent_request_of(base), GN_LOCKED);
}

gn_time agent_files_fetch(struct gn_agent *a)
{
	gn_time next = GN_NEVER;
	for (struct gn_host_request *base = a->api.requests, *after; base; base = after) {
		after = base->next;
		struct agent_request *r = agent_request_of(base);
		struct fetching *g = base->state;
		if (!fetches(base) || r->asked || g->whole)
			continue;
		if (g->due > a->now)
			next = gn_time_min(next, g->due);
		else
			ask(r);
		if (!base->answered && !r->asked)
			next = gn_time_min(next, g->due);
	}
	return next;
}
