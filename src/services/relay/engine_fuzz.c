/* The engine as a state machine: two relays, peers and an owner who do anything in any order, time
 * passing, memory that fails. Invariants hold after each step; packets go only to who has the
 * other end; at the end nothing is left. */
#include "services/relay/testing/peers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define NUMBERS 64

static struct gn_reader in;
static uint64_t numbers[NUMBERS]; /* of circuits that somebody was told, or made up */
static unsigned number_count;
static gn_op ops[32];
static unsigned op_count;

static uint8_t next(void)
{
	return gn_read_u8(&in);
}

static unsigned peer(void)
{
	return FIRST + next() % 8;
}

static void know(uint64_t number)
{
	numbers[number_count++ % NUMBERS] = number;
}

static uint64_t number(void)
{
	uint8_t which = next();
	if (which & 0x80 && r->count) {
		const struct relay_circuit *c = r->circuits[which % r->count];
		return c->leg_id[which >> 6 & 1];
	}
	return numbers[which % NUMBERS];
}

static gn_op op_of(void)
{
	return ops[next() % GN_COUNT(ops)];
}

static void remember(gn_err err, gn_op op)
{
	if (err == GN_OK)
		ops[op_count++ % GN_COUNT(ops)] = op;
}

static void say(unsigned from, uint64_t request, struct gn_fbb *fbb, uint8_t type, gn_fbref body)
{
	struct gn_slice bytes;
	struct gn_pk pk = pk_of(from);
	/* from where they were, or have moved to */
	struct gn_addr addr = addr_of(from + (unsigned)(request & 7) * 8);
	struct gn_fb_relay_frame_args args = {.request = request, .body_type = type, .body = body};
	gn_fbref root = gn_fb_relay_frame_make(fbb, &args);
	if (gn_fbb_finish(fbb, root, GN_FB_RELAY_FRAME_IDENTIFIER, &bytes) != GN_OK)
		return;
	(void)!gn_relay_recv(r, session_of(from), &pk, &addr, bytes, now);
	(void)gn_relay_caused(r);
}

static void peer_asks(void)
{
	struct gn_fbb fbb = gn_fbb(storage, sizeof storage);
	unsigned from = peer(), to = next() % 12, via = next() % 4;
	struct gn_pk target_pk = pk_of(to ? FIRST - 2 + to : 1), via_pk = pk_of(via);
	struct gn_fb_key target = gn_wire_key(&target_pk), by = gn_wire_key(&via_pk);
	uint8_t how = next();
	struct gn_fb_relay_open_args open = {
		.target = &target,
		.lanes = how & 7,
		.via = how & 8 ? &by : NULL,
		.token = gn_slice(token_bytes, how & 0x30 ? 0 : (size_t)how * 8),
		.via_token = gn_slice(token_bytes, how & 0x10 ? (size_t)(how >> 5) * 80 : 0)};
	struct gn_fb_relay_reserve_args wait = {.ttl = (uint32_t)how * 30, .show = how & 1};
	struct gn_fb_relay_close_args close = {.circuit = number(), .why = how};
	switch (next() % 3) {
	case 0: say(from, how, &fbb, BODY(OPEN), gn_fb_relay_open_make(&fbb, &open)); break;
	case 1: say(from, how, &fbb, BODY(RESERVE), gn_fb_relay_reserve_make(&fbb, &wait)); break;
	default: say(from, how, &fbb, BODY(CLOSE), gn_fb_relay_close_make(&fbb, &close)); break;
	}
}

static void peer_answers(void)
{
	struct gn_fbb fbb = gn_fbb(storage, sizeof storage);
	uint8_t how = next();
	unsigned from = how & 0x80 ? 2 : peer();
	struct gn_fb_relay_opened_args opened = {
		.circuit = number(), .lane = how & 3, .left = next()};
	struct gn_fb_relay_refused_args refused = {.code = how & 15,
						   .retry_ms = (uint32_t)next() * 50};
	struct gn_fb_relay_reserved_args reserved = {.ttl = (uint32_t)next() * 30};
	struct gn_fb_relay_note_args note = {
		.circuit = opened.circuit, .ends_ms = how & 1 ? next() : 0, .why = how & 15};
	uint64_t request = op_of();
	if (how & 0x40)
		request = r->frame.last; /* those of chains, too */
	know(opened.circuit + 1);
	switch (next() % 4) {
	case 0:
		say(from, request, &fbb, BODY(OPENED), gn_fb_relay_opened_make(&fbb, &opened));
		break;
	case 1:
		say(from, request, &fbb, BODY(REFUSED), gn_fb_relay_refused_make(&fbb, &refused));
		break;
	case 2:
		say(from, request, &fbb, BODY(RESERVED),
		    gn_fb_relay_reserved_make(&fbb, &reserved));
		break;
	default: say(from, 0, &fbb, BODY(NOTE), gn_fb_relay_note_make(&fbb, &note)); break;
	}
}

static void packet(void)
{
	struct gn_relay_to to;
	uint8_t how = next();
	unsigned from = how & 0x80 ? 1u + (how & 3u) : peer();
	uint64_t id = number();
	unsigned side = 0;
	const struct relay_circuit *c = relay_circuit_get(r, id, &side);
	uint32_t count_ = 1 + (how & 63);
	enum gn_relay_verdict v = packets(r, from, id, (uint32_t)next() * 6, count_, &to);
	GN_ASSERT(to.count <= count_);
	GN_ASSERT((v == GN_RELAY_DROP) == (to.count == 0) && (v != GN_RELAY_DROP || to.why));
	if (v == GN_RELAY_FORWARD)
		GN_ASSERT(c && c->leg_session[side] == session_of(from) &&
			  to.circuit == c->leg_id[!side] && to.session == c->leg_session[!side]);
	if (v == GN_RELAY_CALL) {
		struct gn_pk pk = pk_of(from);
		gn_op op = 0;
		remember(gn_relay_accept(r, &pk, session_of(from), id, now, &op), op);
	}
}

static void owner(void)
{
	uint8_t how = next();
	struct gn_pk pk = pk_of(how & 1 ? 2 : peer());
	struct gn_relay_open o = {.relay = pk,
				  .target = pk_of(peer()),
				  .via = how & 0x40 ? pk_of(peer()) : (struct gn_pk){.b = {0}},
				  .lanes = how >> 1 & 3,
				  .token = gn_slice(token_bytes, how & 0x10 ? 200 : 0),
				  .via_token = gn_slice(token_bytes, how & 0x20 ? 200 : 0),
				  .patience = (gn_time)next() * 100 * GN_MSEC};
	struct gn_relay_give g = {.level = (enum gn_relay_give_level)(how & 3),
				  .small_rate = (uint32_t)next() * 100,
				  .bulk_rate = (uint32_t)next() * 1000,
				  .month = (uint64_t)next() * 1000,
				  .month_used = (uint64_t)next() * 900,
				  .month_end = how & 4 ? gn_unix(now) + 60 : 0};
	gn_op op = 0;
	switch (next() % 6) {
	case 0: remember(gn_relay_open(r, &o, now, &op), op); break;
	case 1: remember(gn_relay_reserve(r, &pk, how & 2, now, &op), op); break;
	case 2: gn_relay_cancel(r, op_of(), now); break;
	case 3: gn_relay_leave(r, &pk, now); break;
	case 4: gn_relay_give(r, &g, now); break;
	default: linked_number = how & 1 ? peer() : 0; break;
	}
}

static void down(void)
{
	uint8_t how = next();
	unsigned who = how & 0x80 ? 2 : peer();
	struct gn_pk pk = pk_of(who);
	gn_relay_down(r, &pk, how & 1 ? 0 : session_of(who), now);
}

static void step(void)
{
	struct gn_relay_event e;
	switch (next() % 12) {
	case 0:
	case 1:
	case 2: peer_asks(); break;
	case 3:
	case 4: packet(); break;
	case 5: peer_answers(); break;
	case 6: owner(); break;
	case 7: down(); break;
	case 8: run_for((gn_time)next() * 20 * GN_MSEC); break;
	case 9: run_for((gn_time)next() * GN_SEC / 2); break;
	case 10: mem.fail_at = next() & 15; break;
	default:
		while (gn_relay_next_event(r, &e))
			GN_ASSERT(e.other_count <= RELAY_OTHERS);
		break;
	}
	if (next() & 1)
		pump();
	for (unsigned i = 0; i < heard_count; i++)
		if (heard[i].circuit)
			know(heard[i].circuit);
	clear();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	begin(2);
	memset(ops, 0, sizeof ops);
	memset(numbers, 0, sizeof numbers);
	number_count = op_count = 0;
	in = gn_reader(gn_slice(data, len));
	for (unsigned i = 0; !in.bad && gn_reader_left(&in) && i < 200; i++) {
		step();
		if (i % 32 == 0)
			gn_relay_validate(r);
	}
	mem.fail_at = 0;
	pump();
	run_for(2 * GN_SEC);
	for (unsigned i = 0; i < 2; i++) {
		gn_relay_validate(relays[i]);
		gn_relay_free(relays[i]);
		relays[i] = NULL;
	}
	GN_ASSERT(mem.used == 0);
	return 0;
}
