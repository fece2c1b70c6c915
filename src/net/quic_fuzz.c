/* Any datagrams at a server of QUIC, from two addresses, in any time: what is answered to who has
 * proven nothing is less than what he sent, and nothing of it is kept. */
#include "net/quic.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void on_carrier(void *user, struct gn_carrier *c)
{
	(void)user, (void)c;
}

static void on_received(void *user, struct gn_carrier *c, const struct gn_addr *from,
			struct gn_slice datagram)
{
	(void)user, (void)c, (void)from, (void)datagram;
}

static void on_closed(void *user, struct gn_carrier *c, gn_err why)
{
	(void)user, (void)c, (void)why;
}

/* Each datagram: length 2, whose 1 bit (0 the first's), then its bytes; padded to 1,200 when bit 1
 * of that byte is set. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct gn_alloc alloc;
	struct gn_prng prng;
	struct gn_rand rand;
	struct gn_quic *q;
	gn_time now = (gn_time)1767225600 * GN_SEC;
	gn_alloc_heap(&alloc, 8u << 20);
	gn_prng_init(&prng, 1);
	rand = gn_prng_rand(&prng);
	const struct gn_env env = {.alloc = &alloc, .rand = &rand};
	const struct gn_quic_config config = {
		.now = now,
		.listen = true,
		.events = {on_carrier, on_received, on_carrier, on_closed, NULL}};
	if (gn_quic_new(&env, &config, &q))
		return 0;
	struct gn_reader r = gn_reader(gn_slice(data, len));
	size_t heard = 0, said = 0;
	while (!r.bad && gn_reader_left(&r) > 3) {
		static uint8_t b[1500];
		size_t want = gn_read_be16(&r) % 1400;
		uint8_t flags = gn_read_u8(&r);
		size_t left = gn_reader_left(&r);
		struct gn_slice part = gn_read_bytes(&r, want < left ? want : left);
		struct gn_addr from = gn_addr_v4(20, 1, 1, (uint8_t)(flags & 1), 9);
		struct gn_addr to;
		struct gn_slice out;
		memset(b, 0, sizeof b);
		memcpy(b, part.p, part.len);
		size_t n = (flags & 2) && part.len < 1200 ? 1200 : part.len;
		if (n)
			gn_quic_recv(q, &from, gn_slice(b, n), now);
		heard += n;
		while (gn_quic_next(q, now, &to, &out))
			said += out.len;
		GN_ASSERT(said <= 3 * heard);
		now += (gn_time)flags * GN_MSEC;
		gn_quic_tick(q, now);
	}
	gn_quic_free(q);
	GN_ASSERT(alloc.count == 0);
	return 0;
}
