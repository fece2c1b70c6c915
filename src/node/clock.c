/* What the node says about this machine's clock when peers say otherwise, or when it was set
 * while the node ran. The decision what records are judged by is the overlay's (OV-80); here it
 * is fed, logged, and put into a sentence. */
#include "node/node_int.h"
#include "node/reach.h"

#include <stdio.h>

#define LOOK (1 * GN_SEC)

/* "40 days", "3 hours", "5 minutes" */
static void span_text(gn_time t, char *out, size_t cap)
{
	static const struct {
		const char *unit;
		gn_time is;
	} units[] = {{"day", 86400 * GN_SEC}, {"hour", 3600 * GN_SEC}, {"minute", 60 * GN_SEC}};
	for (size_t i = 0; i < GN_COUNT(units); i++) {
		long long n = (long long)((t + units[i].is / 2) / units[i].is);
		if (n < 2 && i + 1 < GN_COUNT(units))
			continue;
		snprintf(out, cap, "%lld %s%s", n, units[i].unit, n == 1 ? "" : "s");
		return;
	}
}

bool gn_node_clock_text(const struct gn_node *node, char out[GN_NODE_CLOCK_TEXT])
{
	struct gn_overlay_info o;
	char span[32];
	gn_overlay_info(node->overlay, &o);
	if (o.clock_ahead == 0)
		return false;
	bool ahead = o.clock_ahead > 0;
	span_text(ahead ? o.clock_ahead : -o.clock_ahead, span, sizeof span);
	if (o.clock_peers)
		snprintf(out, GN_NODE_CLOCK_TEXT, "this machine's clock is %s %s %u peer%s: %s",
			 span, ahead ? "ahead of" : "behind", o.clock_peers,
			 o.clock_peers == 1 ? "" : "s",
			 o.clock_not_used
				 ? "it was set while the node ran; if that was wrong, set it right "
				   "within ten minutes"
				 : "if it is not they who are wrong, set it right");
	else
		snprintf(
			out, GN_NODE_CLOCK_TEXT,
			"this machine's clock was set %s %s while the node ran: if that was right, "
			"the node follows in ten minutes",
			span, ahead ? "ahead" : "back");
	return true;
}

/* The engines get the time of records; who keeps the journal reads when the clock went wrong,
 * and when it was right again. */
void gn_node_clock_look(struct gn_node *node)
{
	char text[GN_NODE_CLOCK_TEXT];
	gn_overlay_clock(node->overlay, gn_os_wall(), node->now);
	gn_blocks_clock(node->blocks, gn_overlay_time(node->overlay, node->now) - node->now);
	if (node->now < node->clock_looked + LOOK)
		return;
	node->clock_looked = node->now;
	bool wrong = gn_node_clock_text(node, text);
	if (wrong != node->clock_wrong)
		gn_host_log(&node->host, GN_LOG_WARN, wrong ? "clock.wrong" : "clock.right", "%s",
			    wrong ? text : "this machine's clock is right again");
	node->clock_wrong = wrong;
}
