/* One key links, asks for a sum over all records and unlinks, --count times a second: what is
 * counted for a link is counted for nobody. */
#include "attack.h"

static struct {
	gn_jet_id id;
	unsigned rounds;
} sums;

static void on_event(struct endpoint *e, const struct gn_jet_event *event)
{
	(void)e;
	if (event->kind == GN_JET_CONNECTED)
		sums.id = event->id;
}

static bool is_up(struct attack *a)
{
	(void)a;
	return sums.id != 0;
}

int attack_sums(struct attack *a)
{
	struct endpoint *e = endpoint_new(a, 1, NULL);
	e->on_event = on_event;
	(void)endpoint_dial(e, &a->node);
	if (!run(a, 20 * GN_SEC, is_up))
		fail("not let in");
	for (unsigned rate = a->count ? a->count : 20; a->now - a->start < a->life; sums.rounds++) {
		send_link(e, sums.id, GN_FB_NODE_MODE_CLIENT);
		send_digest(e, sums.id, NULL, 0);
		send_unlink(e, sums.id);
		(void)run(a, GN_SEC / rate, NULL);
	}
	result("\"rounds\": %u, \"bytes\": %llu", sums.rounds,
	       (unsigned long long)e->datagram_bytes_out);
	return 0;
}
