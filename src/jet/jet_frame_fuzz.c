/* Frames of a hostile but authentic peer into a connected session, mixed with time and with what
 * the application does. Input: operations; each is a byte (low 3 bits what, the rest an
 * argument) and, for a packet, a length byte and its frames. */
#include "jet/session_int.h"
#include "jet/testing/forge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct end {
	struct gn_alloc alloc;
	struct gn_prng prng;
	struct gn_rand rand;
	struct gn_jet *jet;
	struct gn_way way;
} ends[2];

static void make(struct end *e, uint8_t i)
{
	struct gn_jet_config config = {.keep_alive = 20 * GN_SEC};
	gn_alloc_heap(&e->alloc, 64u << 20);
	gn_prng_init(&e->prng, i);
	e->rand = gn_prng_rand(&e->prng);
	e->way.addr = gn_addr_v4(10, 0, 0, i, 1);
	gn_sk_new(&e->rand, &config.node_key);
	struct gn_env env = {&e->alloc, &e->rand, NULL};
	gn_err err = gn_jet_new(&env, &config, &e->jet);
	GN_ASSERT(err == GN_OK);
}

static void drain(struct gn_jet *jet, gn_time now)
{
	static uint8_t bytes[64000];
	struct gn_buf out = {bytes, 0, sizeof bytes};
	struct gn_jet_batch batch;
	for (int i = 0; i < 1000 && gn_jet_send(jet, &out, &batch, now) == GN_OK; i++)
		GN_ASSERT(out.len > 0 && batch.segment > 0 && batch.segment <= JET_MTU_MAX);
}

static void events(struct gn_jet *jet, bool read)
{
	struct gn_jet_event e;
	uint8_t buf[4096];
	size_t n;
	bool fin;
	while (gn_jet_next_event(jet, &e))
		while (read && e.kind == GN_JET_READABLE &&
		       gn_jet_stream_read(jet, e.id, e.stream, buf, sizeof buf, &n, &fin) ==
			       GN_OK &&
		       !fin)
			;
}

static void application(struct gn_jet *jet, gn_jet_id id, unsigned arg, gn_time now)
{
	static const uint8_t text[3000];
	gn_jet_stream stream = (uint64_t)(arg & 7);
	size_t taken;
	gn_err ignored = GN_OK;
	switch (arg >> 3) {
	case 0:
		ignored = gn_jet_stream_open(jet, id, arg & 1,
					     (enum gn_jet_class)(1 + (arg >> 1 & 3)), &stream);
		break;
	case 1:
		ignored = gn_jet_stream_write(jet, id, stream, GN_SLICE(text), arg & 4, &taken);
		break;
	case 2:
		ignored = gn_jet_datagram(jet, id, GN_JET_INTERACTIVE, gn_slice(text, arg * 30),
					  now + GN_SEC);
		break;
	case 3:
		ignored = arg & 1 ? gn_jet_stream_stop(jet, id, stream, 1)
				  : gn_jet_stream_reset(jet, id, stream, 1);
		break;
	}
	(void)ignored;
}

static void run(struct jet_session *client, struct gn_jet *server, gn_jet_id id, struct gn_reader r,
		gn_time *now)
{
	while (gn_reader_left(&r) > 0) {
		uint8_t op = gn_read_u8(&r), packet[2048];
		unsigned arg = op >> 3;
		if ((op & 7) < 3) {
			size_t len = gn_read_u8(&r) + (op & 7) * 256u;
			struct gn_slice frames = gn_read_bytes(
				&r, len < gn_reader_left(&r) ? len : gn_reader_left(&r));
			client->jet->now = *now;
			len = forge_packet(client, frames, packet);
			struct gn_way from = ends[0].way;
			from.addr.port = (uint16_t)(from.addr.port + (arg == 31));
			gn_jet_recv(server, &from, gn_slice(packet, len), *now);
		} else if ((op & 7) == 3) {
			*now += (gn_time)(1 + arg) * 20 * GN_MSEC;
			gn_jet_tick(server, *now);
			drain(server, *now);
		} else if ((op & 7) == 4) {
			events(server, arg & 1);
			drain(server, *now);
		} else {
			application(server, id, arg, *now);
		}
		gn_jet_validate(server);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static gn_time now = GN_SEC;
	if (!ends[0].jet) {
		make(&ends[0], 1);
		make(&ends[1], 2);
	}
	gn_prng_init(&ends[0].prng, 1);
	gn_prng_init(&ends[1].prng, 2);
	now = GN_SEC;
	struct jet_session *client = forge_open(ends[0].jet, false, &ends[1].way, now);
	struct jet_session *server = forge_open(ends[1].jet, true, &ends[0].way, now);
	forge_meet(client, server);
	run(client, ends[1].jet, server->id, gn_reader(gn_slice(data, len)), &now);
	jet_session_free(client);
	for (struct gn_heap_node *n; (n = gn_heap_first(&ends[1].jet->timers));)
		jet_session_free(GN_CONTAINER(n, struct jet_session, timer));
	return 0;
}
