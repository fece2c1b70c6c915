/* Messages that never end: --count sessions (of one key, or with --arg keys of as many) each
 * open 128 streams, write --seconds long what they may into them and end none: a third of the
 * sessions large ones, then a third smaller ones where no large one fits any more, then a third
 * single bytes. They keep what they hold until the time is over, or stdin ends. */
#include "attack.h"

#define STREAMS 128
#define MOST 64
#define PHASES 3

static const size_t parts[PHASES] = {33 * 1024, 3 * 1024,
				     /* bytes of each message; the first is more than half of
				      * what one may be */
				     1};

struct side {
	struct endpoint *e;
	gn_jet_id id;
	gn_jet_stream streams[STREAMS];
	size_t written[STREAMS], part;
	unsigned opened;
};

static struct {
	struct side sides[MOST];
	unsigned count;
	uint64_t bytes, stopped;
} inbound;

static void on_event(struct endpoint *e, const struct gn_jet_event *event)
{
	for (unsigned i = 0; i < inbound.count; i++) {
		struct side *s = &inbound.sides[i];
		if (s->e == e && s->id == event->id && event->kind == GN_JET_CLOSED)
			s->id = 0;
	}
}

static void push(struct side *s)
{
	static const uint8_t junk[33 * 1024];
	struct gn_jet_info info;
	if (!s->id || gn_jet_info(s->e->jet, s->id, &info) || !info.connected)
		return;
	while (s->opened < STREAMS && gn_jet_stream_open(s->e->jet, s->id, true, GN_JET_INTERACTIVE,
							 &s->streams[s->opened]) == GN_OK)
		s->opened++;
	for (unsigned i = 0; i < s->opened; i++) {
		size_t left = s->part - s->written[i], taken = 0;
		if (!left)
			continue;
		gn_err err = gn_jet_stream_write(s->e->jet, s->id, s->streams[i],
						 gn_slice(junk, left), false, &taken);
		if (err) { /* the node wants no more of it */
			s->written[i] = s->part;
			inbound.stopped++;
			continue;
		}
		s->written[i] += taken;
		inbound.bytes += taken;
	}
}

static bool is_full(const struct side *s)
{
	for (unsigned k = 0; s->id && k < STREAMS; k++)
		if (s->written[k] < s->part)
			return false;
	return true;
}

/* Largest messages first; the next size only when all of those are written or refused. */
static bool step(struct attack *a)
{
	(void)a;
	for (unsigned phase = 0; phase < PHASES; phase++) {
		bool full = true;
		for (unsigned i = 0; i < inbound.count; i++) {
			struct side *s = &inbound.sides[i];
			if (s->part != parts[phase])
				continue;
			push(s);
			full &= is_full(s);
		}
		if (!full)
			return false;
	}
	return true;
}

int attack_inbound(struct attack *a)
{
	bool keys = a->arg && strcmp(a->arg, "keys") == 0;
	uint64_t streams = 0, up = 0;
	inbound.count = a->count ? a->count < MOST ? a->count : MOST : 8;
	for (unsigned i = 0; i < inbound.count; i++) {
		struct side *s = &inbound.sides[i];
		s->e = i == 0 || keys ? endpoint_new(a, i + 1, NULL) : inbound.sides[0].e;
		s->e->on_event = on_event;
		s->part = parts[i * PHASES / inbound.count];
		s->id = endpoint_dial(s->e, &a->node);
	}
	run(a, a->life, step);
	run(a, 3 * GN_SEC, NULL); /* what was written leaves */
	for (unsigned i = 0; i < inbound.count; i++) {
		streams += inbound.sides[i].opened;
		up += inbound.sides[i].id != 0;
	}
	result("\"sessions\": %llu, \"streams\": %llu, \"bytes\": %llu, \"stopped\": %llu",
	       (unsigned long long)up, (unsigned long long)streams,
	       (unsigned long long)inbound.bytes, (unsigned long long)inbound.stopped);
	return 0;
}
