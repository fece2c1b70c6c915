/* How the node stands, asked for while the link is up: whether the time is still what it was at
 * the start.
 *
 * 1. Time goes by a clock that nobody can set, from what the machine's clock said at the start.
 *    Where that was behind, and was set right since, it is followed forwards, when the node's time
 *    is the same and none of its peers contradict: neither a clock that was set wrong nor a node
 *    that lies moves it.
 *
 * Rule AG-98. */
#include "agent/agent_int.h"

static const struct gn_app_kind status_kind = {GN_FB_APP_BODY_APP_NODE,
					       GN_FB_APP_NODE_BODY_NODE_STATUS};

static bool differ(gn_time a, gn_time b)
{
	return a - b > AGENT_CLOCK_STEP || b - a > AGENT_CLOCK_STEP;
}

static void look_at_clock(struct gn_agent *a, struct gn_fb_node_status_is t)
{
	uint64_t said = gn_fb_node_status_is_time(t);
	gn_time wall = gn_os_wall(), behind = wall - a->now;
	if (!a->node.links || gn_fb_node_status_is_has_clock(t) || said > INT64_MAX / GN_MSEC ||
	    differ((gn_time)said * GN_MSEC, wall) || behind <= AGENT_CLOCK_STEP)
		return;
	gn_host_log(
		&a->host, GN_LOG_WARN, "clock",
		"it was behind when this agent started, by %llu s: it goes by the right one now",
		(unsigned long long)(behind / GN_SEC));
	a->ahead += behind;
	a->now += behind;
}

static void on_status(void *user, const struct gn_host_client_event *e)
{
	struct gn_agent *a = user;
	if (e->what != GN_HOST_CLIENT_FAILED && (e->what != GN_HOST_CLIENT_ANSWER || e->more))
		return;
	bool is = e->what == GN_HOST_CLIENT_ANSWER && e->kind.area == GN_FB_APP_BODY_APP_NODE &&
		  e->kind.member == GN_FB_APP_NODE_BODY_NODE_STATUS_IS;
	struct gn_fb_node_status_is t = {e->table};
	a->node.call = 0;
	a->node.links = is ? gn_fb_node_status_is_links(t) : 0;
	a->node.http = is ? gn_fb_node_status_is_http(t) : 0;
	if (is)
		look_at_clock(a, t);
	a->node.due = a->now + (a->node.links ? AGENT_NODE_LOOK : AGENT_NODE_WAIT);
}

void agent_node_gone(struct gn_agent *a)
{
	gn_agent_link_drop(a->link, a->node.call);
	a->node = (struct agent_node){.due = a->now};
}

gn_time agent_node_pump(struct gn_agent *a)
{
	if (!gn_agent_link_is_up(a->link))
		return GN_NEVER;
	if (!a->node.call && a->node.due <= a->now) {
		struct gn_fb_node_status_args args = {0};
		gn_fbref table = gn_fb_node_status_make(gn_agent_link_builder(a->link), &args);
		a->node.due = a->now + AGENT_NODE_WAIT; /* full: again then */
		if (gn_agent_link_call(a->link, status_kind, table, 0, on_status, a,
				       &a->node.call) != GN_OK)
			a->node.call = 0;
	}
	return a->node.call ? GN_NEVER : a->node.due;
}
