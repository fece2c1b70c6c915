/* Calls of the node's that programs make through the agent: as they came, and so the answers. Which
 * they are says serve.c's table.
 *
 * 1. The tables are not read here: the buffer that came is kept whole within the frame that goes on
 *    (gn_fbb_keep), so what a later version has in it goes on as well.
 * 2. The node's connection is the agent's own: of its places AGENT_PASSES are for this, of which a
 *    program has a quarter (AG-114).
 *
 * Rule: AG-124. */
#include "agent/serve_int.h"

#include <stdio.h>

static unsigned count(const struct gn_agent *a, const uint8_t program[32])
{
	unsigned n = 0;
	for (struct gn_host_request *base = a->api.requests; base; base = base->next) {
		struct agent_request *r = agent_request_of(base);
		n += r->passes && r->asked && (!program || agent_is_program(r, program));
	}
	return n;
}

static bool may(struct agent_request *r)
{
	const struct gn_agent *a = r->agent;
	if (!gn_agent_link_is_up(a->link)) {
		gn_host_error(&r->base, GN_CLOSED, "%s",
			      *a->link_why ? a->link_why : "the node does not answer yet");
		return false;
	}
	if (!agent_within_share(r, count(a, r->program), AGENT_PASSES))
		return false;
	if (count(a, NULL) < AGENT_PASSES && gn_agent_link_room(a->link))
		return true;
	gn_host_error(&r->base, GN_BUSY, "the node is asked as much as it may be at once");
	return false;
}

static void on_answer(void *user, const struct gn_host_client_event *e)
{
	struct agent_request *r = user;
	if (e->what == GN_HOST_CLIENT_FAILED) {
		gn_host_error(&r->base, e->fault.err, "%.*s", (int)e->fault.detail.len,
			      e->fault.detail.len ? (const char *)e->fault.detail.p : "");
	} else if (e->what == GN_HOST_CLIENT_ANSWER) {
		struct gn_fbb *b = gn_host_answer_begin(&r->base);
		gn_fbb_keep(b, gn_slice(e->table.buf, e->table.len));
		gn_fbref table = gn_fbb_kept(b, e->table);
		if (e->more) {
			gn_host_answer_more(&r->base, e->kind, table);
			return;
		}
		gn_host_answer(&r->base, e->kind, table);
	} else {
		return; /* a stream, which no call of these has */
	}
	r->asked = 0;
	gn_host_release(&r->base);
}

gn_err agent_call_pass(struct agent_request *r)
{
	struct gn_agent *a = r->agent;
	struct gn_fbt t = r->base.table;
	if (!may(r))
		return GN_OK;
	struct gn_fbb *b = gn_agent_link_builder(a->link);
	gn_fbb_keep(b, gn_slice(t.buf, t.len));
	gn_fbref table = gn_fbb_kept(b, t);
	r->passes = true;
	GN_TRY(gn_agent_link_call(a->link, r->base.asked->kind, table, gn_host_left_ms(&r->base),
				  on_answer, r, &r->asked));
	gn_host_hold(&r->base);
	return GN_OK;
}

gn_err agent_call_give(struct agent_request *r)
{
	if (gn_fb_node_give_name((struct gn_fb_node_give){r->base.table}).len &&
	    !agent_may(r, "agent", GN_LIT("agent")))
		return GN_OK;
	return agent_call_pass(r);
}
