/* A link on which anybody says anything at any time: what is found is private, within its shares
 * and its time, what we say is a message, and something is always due but after the end. */
#include "net/mdns_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t network[4] = {1, 2, 3, 4};

static void check(struct gn_mdns *m, gn_time now)
{
	unsigned held = 0, link[2] = {0};
	for (int i = 0; i < MDNS_FOUND_MAX; i++) {
		const struct gn_mdns_peer *p = &m->peers[i];
		if (!p->until)
			continue;
		GN_ASSERT(p->until <= now + MDNS_TTL * GN_SEC);
		GN_ASSERT(gn_addr_is_private(&p->found.addr) && p->found.addr.port);
		GN_ASSERT(!gn_addr_is_loopback(&p->found.addr));
		GN_ASSERT(p->found.interface == 1 || p->found.interface == 2);
		GN_ASSERT(p->label_len > 0 && p->label_len <= MDNS_LABEL_MAX);
		held++;
		link[p->found.interface - 1]++;
	}
	GN_ASSERT(held <= MDNS_FOUND_MAX && link[0] <= MDNS_PER_INTERFACE &&
		  link[1] <= MDNS_PER_INTERFACE);
	GN_ASSERT(m->stopped || gn_mdns_deadline(m) != GN_NEVER);
}

static void speak(struct gn_mdns *m, gn_time now)
{
	uint8_t room[MDNS_SAID_MAX];
	struct gn_mdns_out out;
	struct gn_mdns_found found;
	while (gn_mdns_send(m, room, now, &out)) {
		struct mdns_walk w;
		struct mdns_record r;
		GN_ASSERT(mdns_walk(out.message, &w) == GN_OK);
		while (mdns_walk_next(&w, &r))
			;
		GN_ASSERT(!w.bad && w.at == out.message.len);
	}
	while (gn_mdns_next(m, &found))
		;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gn_prng prng;
	struct gn_mdns m;
	struct gn_mdns_interface list[2] = {
		{1, true, true, 1, {gn_addr_v4(192, 168, 1, 1, 0)}},
		{2, false, true, 1, {{.ip = {0xfd, [15] = 1}}}},
	};
	struct gn_reader r = gn_reader(gn_slice(data, size));
	gn_time now = GN_SEC;
	gn_prng_init(&prng, 1);
	struct gn_rand rand = gn_prng_rand(&prng);
	gn_mdns_init(&m, &rand, network, 7777);
	gn_mdns_interfaces(&m, list, 2, now);
	while (!r.bad && gn_reader_left(&r)) {
		uint8_t what = gn_read_u8(&r), who = gn_read_u8(&r), room[MDNS_SAID_MAX];
		struct gn_mdns_from from = {1 + (what >> 1 & 1),
					    gn_addr_v4(10, 0, who >> 5, who, GN_MDNS_PORT),
					    MDNS_HOPS};
		if (what & 4)
			from.addr = (struct gn_addr){.ip = {0xfe, 0x80, [15] = who},
						     .port = GN_MDNS_PORT};
		now += (gn_time)(what >> 5) * 7 * GN_SEC;
		struct gn_slice in = gn_read_bytes(&r, gn_read_u8(&r));
		if (what & 1) { /* a whole answer, with bytes of the input changed */
			char id[2] = {(char)('a' + who % 26), 0};
			size_t len =
				mdns_write_answer(room, id, network, who, &list[who & 1], MDNS_TTL);
			for (size_t i = 0; i + 1 < in.len; i += 2)
				room[in.p[i] % len] = in.p[i + 1];
			in = gn_slice(room, len);
		}
		gn_err err = gn_mdns_recv(&m, &from, in, now);
		GN_ASSERT(err == GN_OK || err == GN_STALE || err == GN_MALFORMED);
		check(&m, now);
		if (what & 8)
			speak(&m, now);
		if ((what & 0x18) == 0x10)
			gn_mdns_interfaces(&m, list + (who & 1), 1 + !(who & 1), now);
		if (m.links[0].on.index == 0 || m.links[1].on.index == 0)
			gn_mdns_interfaces(&m, list, 2, now);
	}
	gn_mdns_stop(&m);
	speak(&m, now);
	GN_ASSERT(gn_mdns_deadline(&m) == GN_NEVER);
	return 0;
}
