/* Own addresses (gather.h) told in any order by any number of liars: what is offered is bounded,
 * each reflexive address has voices of two prefixes, and each prefix has one. */
#include "node/gather.h"

static struct gn_addr addr_of(struct gn_reader *r)
{
	static const uint8_t networks[][4] = {{192, 168, 1, 0},
					      {10, 0, 0, 0},
					      {100, 64, 0, 0},
					      {198, 51, 100, 0},
					      {127, 0, 0, 0}};
	const uint8_t *n = networks[gn_read_u8(r) % GN_COUNT(networks)];
	uint8_t subnet = gn_read_u8(r), last = gn_read_u8(r);
	struct gn_addr a = gn_addr_v4(n[0], n[1], subnet, last, last % 4);
	if (subnet & 1)
		return a;
	a = (struct gn_addr){.ip = {0x20, 0x01, 0x0d, 0xb8, 0, subnet, [15] = last},
			     .port = last % 4};
	a.ip[0] = subnet & 2 ? 0xfd : 0x20;
	return a;
}

static void check(const struct gather *g)
{
	for (uint32_t i = 0; i < g->offer.count; i++) {
		const struct gn_jet_candidate *c = &g->offer.list[i];
		unsigned voices = 0;
		for (unsigned k = 0; k < GATHER_VOICES; k++)
			voices += g->voices[k].taken &&
				  memcmp(g->voices[k].seen.ip, c->addr.ip, 16) == 0;
		GN_ASSERT(c->addr.port);
		GN_ASSERT(c->origin != GN_JET_REFLEXIVE || voices >= GATHER_AGREE);
	}
	for (unsigned i = 0; i < GATHER_VOICES; i++)
		for (unsigned k = 0; k < i; k++)
			GN_ASSERT(!g->voices[i].taken || !g->voices[k].taken ||
				  g->voices[i].prefix != g->voices[k].prefix);
}

static void step(struct gather *g, struct gn_reader *r, gn_time *now)
{
	struct gn_addr a = addr_of(r), b = addr_of(r);
	uint8_t n = gn_read_u8(r);
	struct gn_os_net net = {.count = n % (GN_OS_NET_MAX + 1)};
	switch (gn_read_u8(r) % 6) {
	case 0:
		for (size_t i = 0; i < net.count; i++, a.ip[15]++)
			net.addrs[i] = (struct gn_os_net_addr){
				.addr = a, .interface = 1, .lan = gn_addr_is_private(&a)};
		gather_net(g, &net, 7777, *now);
		break;
	case 1: gather_configured(g, a.port ? &a : NULL, *now); break;
	case 2:
		if (a.port)
			gather_mapped(g, &a, n ? *now + n * GN_SEC : 0, *now);
		break;
	case 3: gather_gone(g, n % 64, *now); break;
	case 4: *now += n * GN_SEC; break;
	default: (void)gather_seen(g, &(struct gather_seen){n % 64 + 1, n & 64, a, b}, *now); break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct gn_reader r = gn_reader(gn_slice(data, len));
	struct gather g;
	gn_time now = GN_SEC;
	gather_init(&g);
	while (!r.bad && gn_reader_left(&r)) {
		step(&g, &r, &now);
		/* a deadline in the past is over once it was looked at */
		if (gather_deadline(&g) <= now) {
			(void)gather_turn(&g, now);
			GN_ASSERT(gather_deadline(&g) > now);
			check(&g);
		}
	}
	(void)gather_turn(&g, now + GATHER_SETTLE);
	check(&g);
	return 0;
}
