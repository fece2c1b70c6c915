/* The engine as a state machine: eight nodes behind boxes, peers who are nobody, packets of
 * anybody, time passing, memory that fails, in any order. Invariants hold after each step; at the
 * end nothing is left. */
#include "services/dialback/testing/nodes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct gn_reader in;

static uint8_t next(void)
{
	return gn_read_u8(&in);
}

static unsigned any(void)
{
	return next() % node_count;
}

static void nobody_asks(void)
{
	uint8_t how = next(), where = next();
	struct dn_ask a = {.from = 100u + (how & 15u),
			   .at = addr_of(100u + (where & 31u)),
			   .to = addr_of(where),
			   .ports = how >> 4 & 7,
			   .known = where >> 2,
			   .for_other = next() & 1,
			   .no_number = where == 255,
			   .shorter = where == 254};
	if (where == 253)
		a.at.port = 0;
	if (a.ports > DIALBACK_PORTS + 1 || a.known > DIALBACK_KNOWN + 1)
		return;
	(void)!say(&a);
}

static void packet(void)
{
	uint8_t bytes[GN_DIALBACK_BYTES] = {GN_DIALBACK_BYTE};
	struct dn_node *n = &nodes[any()];
	uint8_t how = next();
	struct gn_addr from = addr_of(how & 0x40 ? 200u + next() : any());
	const struct dialback_ask *a = &n->d->run.asks[how % DIALBACK_TRIES];
	const struct dialback_served *s = &n->d->served[how % DIALBACK_SERVED];
	gn_put_be64(bytes + 1, (how & 0x80 ? s->nonce : a->nonce) + (next() & 3));
	bytes[9] = next() % 8;
	/* what a stranger cannot know, nobody makes up here but one of those asked */
	if (!(how & 0x40) || how % DIALBACK_TRIES == 0)
		gn_dialback_packet(n->d, &from, next() & 1, gn_slice(bytes, how == 77 ? 9 : 10),
				   now);
}

/* Of lifetimes: what comes to the socket of a flow's own, and who is asked to hold. */
static void life(void)
{
	uint8_t bytes[GN_DIALBACK_BYTES] = {GN_DIALBACK_BYTE};
	struct dn_node *n = &nodes[any()];
	uint8_t how = next();
	struct gn_dialback_life l;
	switch (how % 5) {
	case 0: (void)gn_dialback_life_start(n->d, now); break;
	case 1: gn_dialback_life_stop(n->d, now); break;
	case 2: n->lifetime = next() * GN_SEC; break;
	case 3:
		gn_put_be64(bytes + 1, n->d->life.nonce + (how >> 7));
		bytes[9] = 5 + next() % 4;
		gn_dialback_life_packet(n->d, &n->d->life.addr, GN_SLICE(bytes), now);
		break;
	default:
		if (gn_dialback_life_event(n->d, &l))
			GN_ASSERT(l.lifetime <= DIALBACK_LIFE_MOST);
		break;
	}
}

static void owner(void)
{
	struct dn_node *n = &nodes[any()];
	uint8_t how = next();
	uint16_t ports[2] = {how, how >> 4};
	switch (how % 6) {
	case 0: (void)gn_dialback_now(n->d, now); break;
	case 1: gn_dialback_changed(n->d, now); break;
	case 2: gn_dialback_ports(n->d, ports, how & 8 ? &n->addr : NULL); break;
	case 3: n->mute = !n->mute; break;
	case 4: n->d->cfg.off = how & 8; break;
	default: gn_dialback_second(n->d, how & 8 ? (uint16_t)(n->addr.port + 1) : 0); break;
	}
}

static void step(void)
{
	struct gn_dialback_result r;
	switch (next() % 9) {
	case 0: nobody_asks(); break;
	case 1: packet(); break;
	case 2: owner(); break;
	case 3: talk(any(), any()); break;
	case 4: run_for((gn_time)next() * 20 * GN_MSEC); break;
	case 5: now += (gn_time)next() * 10 * GN_SEC; break;
	case 6: mem.fail_at = next() & 15; break;
	case 7: life(); break;
	default:
		if (gn_dialback_next_event(nodes[any()].d, &r))
			GN_ASSERT(r.told <= r.asked && r.came <= r.told &&
				  r.asked <= DIALBACK_TRIES);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	begin(8);
	in = gn_reader(gn_slice(data, len));
	for (unsigned i = 0; i < 8; i++) {
		uint8_t kind = next();
		nodes[i].mapping = 1 + (kind & 3) % 3;
		nodes[i].filtering = nodes[i].mapping > 1 ? GN_DIALBACK_PORT : 1 + (kind >> 2) % 3;
	}
	for (unsigned i = 0; !in.bad && gn_reader_left(&in) && i < 100; i++) {
		step();
		for (unsigned k = 0; k < 8; k++)
			gn_dialback_validate(nodes[k].d);
	}
	mem.fail_at = 0;
	run_for(DIALBACK_RUN + GN_SEC);
	GN_ASSERT(mem.used < 64u * sizeof(struct gn_dialback));
	return end(NULL);
}
