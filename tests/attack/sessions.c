/* One key opens as many sessions as it can and holds them with a byte of a stream that never
 * ends, now and then. The figure is how many it has at once, and how many it still has at the
 * end of its life. */
#include "attack.h"

#define EVERY (2 * GN_SEC) /* a byte on each session; the node would wait for 12 s and more */

struct held {
	gn_jet_id id;
	gn_jet_stream stream;
	bool open;
};

struct holder {
	struct held held[8192];
	unsigned count, most, now;
};

static void on_event(struct endpoint *e, const struct gn_jet_event *event)
{
	struct holder *h = e->user;
	if (event->kind == GN_JET_CONNECTED && h->count < GN_COUNT(h->held)) {
		struct held *s = &h->held[h->count++];
		*s = (struct held){.id = event->id, .open = true};
		(void)!gn_jet_stream_open(e->jet, s->id, true, GN_JET_INTERACTIVE, &s->stream);
		h->now++;
		h->most = h->now > h->most ? h->now : h->most;
	}
	for (unsigned i = 0; event->kind == GN_JET_CLOSED && i < h->count; i++)
		if (h->held[i].id == event->id && h->held[i].open) {
			h->held[i].open = false;
			h->now--;
		}
}

static void trickle(struct endpoint *e)
{
	struct holder *h = e->user;
	size_t taken;
	for (unsigned i = 0; i < h->count; i++)
		if (h->held[i].open)
			(void)!gn_jet_stream_write(e->jet, h->held[i].id, h->held[i].stream,
						   GN_LIT("x"), false, &taken);
}

int attack_sessions(struct attack *a)
{
	static struct holder h;
	struct endpoint *e = endpoint_new(a, 1, NULL);
	e->user = &h;
	e->on_event = on_event;
	for (unsigned dialled = 0; a->now - a->start < a->life;) {
		for (unsigned i = 0; i < 50 && dialled < a->count; i++)
			dialled += endpoint_dial(e, &a->node) != 0;
		run(a, dialled < a->count ? GN_SEC / 4 : EVERY, NULL);
		trickle(e);
	}
	result("\"dialled\": %u, \"connected\": %u, \"most\": %u, \"held\": %u, \"code\": %u, "
	       "\"reason\": \"%s\"",
	       a->count, (unsigned)e->connected, h.most, h.now, (unsigned)e->last_code,
	       e->last_reason);
	return 0;
}
