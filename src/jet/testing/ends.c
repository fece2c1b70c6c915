/* Two ends without a link: see ends.h. */
#include "jet/testing/ends.h"

#include <stdlib.h>

void ends_init(struct ends *e, const struct gn_jet_config *config)
{
	*e = (struct ends){.now = ENDS_START};
	gn_alloc_heap(&e->alloc, (size_t)1 << 30);
	gn_prng_init(&e->prng, 1);
	e->rand = gn_prng_rand(&e->prng);
	struct gn_env env = {&e->alloc, &e->rand, NULL};
	for (int i = 0; i < 2; i++) {
		struct gn_jet_config c = config ? *config : (struct gn_jet_config){0};
		gn_sk_new(&e->rand, &c.node_key);
		e->way[i].addr = gn_addr_v4(198, 51, (uint8_t)(100 + i), 1, 4433);
		gn_err err = gn_jet_new(&env, &c, &e->jet[i]);
		GN_ASSERT(err == GN_OK);
	}
	for (int i = 0; i < 2; i++)
		e->s[i] = forge_open(e->jet[i], i == 1, &e->way[1 - i], e->now);
	forge_meet(e->s[0], e->s[1]);
}

void ends_fini(struct ends *e)
{
	for (int i = 0; i < 2; i++)
		gn_jet_free(e->jet[i]);
	GN_ASSERT(e->alloc.count == 0);
}

const struct gn_way ends_other = {.addr = {.ip = {[10] = 0xff, 0xff, 203, 0, 113, 1}, .port = 9},
				  .link = 1};

struct ends *ends_several(void)
{
	static const struct gn_way_info udp = {.kind = GN_WAY_SPARE};
	struct ends *e = malloc(sizeof *e);
	GN_ASSERT(e != NULL);
	ends_init(e, NULL);
	for (int i = 0; i < 2; i++) {
		gn_err err = gn_jet_way(e->jet[i], 1, &udp);
		GN_ASSERT(err == GN_OK);
		forge_several(e->s[i]);
		forge_path(e->s[i], 1, &ends_other);
	}
	forge_meet(e->s[0], e->s[1]);
	return e;
}

void ends_free(struct ends *e)
{
	ends_fini(e);
	free(e);
}

gn_err ends_give(struct ends *e, int i, struct gn_slice datagram)
{
	return gn_jet_recv(e->jet[i], &e->way[1 - i], datagram, e->now);
}

gn_err ends_frames(struct ends *e, struct gn_slice frames)
{
	uint8_t packet[2048];
	size_t len = forge_packet(e->s[0], frames, packet);
	return ends_give(e, 1, gn_slice(packet, len));
}

bool ends_send(struct ends *e, int i)
{
	struct gn_buf out = {e->out, 0, sizeof e->out};
	bool any = gn_jet_send(e->jet[i], &out, &e->batch, e->now) == GN_OK;
	e->out_len = any ? out.len : 0;
	return any;
}

void ends_tick(struct ends *e, int i, gn_time now)
{
	struct gn_jet_event event;
	e->now = now;
	gn_jet_tick(e->jet[i], now);
	while (ends_send(e, i))
		;
	while (gn_jet_next_event(e->jet[i], &event))
		;
}

uint64_t ends_count(const struct ends *e, int i, const char *name)
{
	struct gn_counter c;
	for (size_t k = 0; gn_jet_counter_at(e->jet[i], k, &c); k++)
		if (strcmp(c.name, name) == 0)
			return c.value;
	GN_UNREACHABLE("an unknown counter");
}
