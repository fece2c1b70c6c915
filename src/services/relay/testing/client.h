/* A node, relay 1 of three, that opens circuits and keeps places: what it is told, and what relays
 * that are nobody answer. */
#ifndef GN_SERVICES_RELAY_TESTING_CLIENT_H
#define GN_SERVICES_RELAY_TESTING_CLIENT_H

#include "services/relay/testing/peers.h"

static struct gn_relay_event events[64];
static unsigned event_count;

static inline int start(void **state)
{
	(void)state;
	begin(3);
	event_count = 0;
	return 0;
}

static inline void take_events(struct gn_relay *at)
{
	event_count = 0;
	while (event_count < GN_COUNT(events) && gn_relay_next_event(at, &events[event_count]))
		event_count++;
}

static inline const struct gn_relay_event *only(enum gn_relay_event_kind kind)
{
	pump();
	take_events(r);
	assert_int_equal(event_count, 1);
	assert_int_equal(events[0].kind, kind);
	return &events[0];
}

static inline void none(void)
{
	pump();
	take_events(r);
	assert_int_equal(event_count, 0);
}

static inline gn_op ask(unsigned relay, unsigned target, uint8_t lanes)
{
	struct gn_relay_open o = {.relay = pk_of(relay), .target = pk_of(target), .lanes = lanes};
	gn_op op = 0;
	assert_int_equal(gn_relay_open(r, &o, now, &op), GN_OK);
	return op;
}

/* Relay `at` is told by peer `from` that it waits there. */
static inline void wait_at(unsigned at, unsigned from)
{
	struct gn_relay *was = r;
	r = relays[at - 1];
	assert_int_equal(reserve(from), GN_OK);
	r = was;
}

/* As a relay would say it to us. */
static inline void answer(unsigned from, gn_op op, uint8_t type, struct gn_fbb *fbb, gn_fbref body)
{
	hear_by(from, session_of(from), fbb, op, type, body);
}

static inline void answer_opened(unsigned from, gn_op op, uint64_t circuit, uint8_t lane)
{
	struct gn_fbb fbb = gn_fbb(storage, sizeof storage);
	answer(from, op, BODY(OPENED), &fbb,
	       gn_fb_relay_opened_make(
		       &fbb, &(struct gn_fb_relay_opened_args){.circuit = circuit, .lane = lane}));
}

static inline void answer_refused(unsigned from, gn_op op, uint8_t code, uint32_t retry_ms)
{
	struct gn_fbb fbb = gn_fbb(storage, sizeof storage);
	answer(from, op, BODY(REFUSED), &fbb,
	       gn_fb_relay_refused_make(&fbb, &(struct gn_fb_relay_refused_args){
						      .code = code, .retry_ms = retry_ms}));
}

static inline void answer_note(unsigned from, uint64_t circuit, uint32_t ends_ms, uint8_t why)
{
	struct gn_fbb fbb = gn_fbb(storage, sizeof storage);
	answer(from, 0, BODY(NOTE), &fbb,
	       gn_fb_relay_note_make(&fbb, &(struct gn_fb_relay_note_args){.circuit = circuit,
									   .left = 5,
									   .ends_ms = ends_ms,
									   .why = why}));
}

#endif
