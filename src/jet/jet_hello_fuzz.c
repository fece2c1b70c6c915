/* What reaches an endpoint before any secret is shared: Initial packets with sealed frames of
 * the input (keys made from the connection id, as anybody can), cookies, transport parameters.
 * Input: a byte of choices, then operations. */
#include "jet/params_int.h"
#include "jet/session_int.h"
#include "jet/testing/forge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct gn_alloc alloc;
static struct gn_prng prng;
static struct gn_rand rnd;
static struct gn_jet *jet;

static void setup(void)
{
	struct gn_jet_config config = {0};
	struct gn_env env = {&alloc, &rnd, NULL};
	gn_alloc_heap(&alloc, 256u << 20);
	gn_prng_init(&prng, 1);
	rnd = gn_prng_rand(&prng);
	gn_sk_new(&rnd, &config.node_key);
	gn_err err = gn_jet_new(&env, &config, &jet);
	GN_ASSERT(err == GN_OK);
}

static void drain(gn_time now)
{
	static uint8_t bytes[64000];
	struct gn_buf out = {bytes, 0, sizeof bytes};
	struct gn_jet_batch batch;
	struct gn_jet_event e;
	for (int i = 0; i < 1000 && gn_jet_send(jet, &out, &batch, now) == GN_OK; i++)
		GN_ASSERT(out.len > 0 && batch.segment > 0);
	while (gn_jet_next_event(jet, &e))
		;
	gn_jet_validate(jet);
}

/* One sealed Initial with the given frames, padded behind to a full datagram. */
static size_t initial(struct jet_keys *tx, const uint8_t dcid[8], uint8_t pn, struct gn_slice token,
		      struct gn_slice frames, uint8_t out[1400])
{
	static const uint8_t scid[8] = {9, 9, 9};
	struct gn_writer w = gn_writer(out, 1400);
	memset(out, 0, 1400);
	gn_write_u8(&w, JET_FLAG_FIXED | JET_FLAG_LONG);
	gn_write_be32(&w, JET_VERSION);
	gn_write_bytes(&w, gn_slice(dcid, 8));
	gn_write_bytes(&w, GN_SLICE(scid));
	gn_write_varint(&w, token.len);
	gn_write_bytes(&w, token);
	gn_write_be16(&w, (uint16_t)(2 + frames.len + GN_AEAD_TAG));
	size_t at = gn_writer_len(&w);
	gn_write_be16(&w, pn);
	gn_write_bytes(&w, frames);
	GN_ASSERT(!w.bad);
	struct jet_sealed x = {.p = out,
			       .len = gn_writer_len(&w) + GN_AEAD_TAG,
			       .pn_offset = at,
			       .pn_len = 2,
			       .pn = pn};
	gn_err err = jet_packet_seal(tx, &x);
	GN_ASSERT(err == GN_OK);
	return 1200 > gn_writer_len(&w) + GN_AEAD_TAG ? 1200 : gn_writer_len(&w) + GN_AEAD_TAG;
}

static size_t good_cookie(const struct gn_way *from, const uint8_t dcid[8], gn_time now,
			  uint8_t out[GN_COOKIE_LEN])
{
	uint8_t original[8] = {7};
	gn_guard_cookie(jet->guard, &from->addr, dcid, original, 0, now, out);
	return GN_COOKIE_LEN;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct gn_reader r = gn_reader(gn_slice(data, len));
	struct gn_way from = {.addr = gn_addr_v4(192, 0, 2, 1, 1000)};
	uint8_t dcid[8] = {1, 2, 3, 4, 5, 6, 7, 8}, packet[1400], cookie[GN_COOKIE_LEN];
	struct jet_params params;
	struct jet_keys rx, tx;
	if (!jet)
		setup();
	gn_prng_init(&prng, 1);
	gn_time now = GN_SEC;
	jet->now = 0;
	gn_err ignored = jet_params_read(gn_slice(data, len), &params);
	(void)ignored;
	uint8_t choice = gn_read_u8(&r), pn = 0;
	jet->config.always_retry = choice & 1;
	gn_err err = jet_keys_initial(dcid, false, &rx, &tx);
	GN_ASSERT(err == GN_OK);
	while (gn_reader_left(&r) > 2) {
		uint8_t op = gn_read_u8(&r);
		size_t n = gn_read_be16(&r) % 1150;
		struct gn_slice frames =
			gn_read_bytes(&r, n < gn_reader_left(&r) ? n : gn_reader_left(&r));
		struct gn_slice token = gn_slice(NULL, 0);
		if (frames.len < 2)
			break;
		if (op & 1)
			token = gn_slice(cookie, good_cookie(&from, dcid, now, cookie));
		if (op & 2)
			token = gn_slice_sub(frames, 0, 40);
		from.addr.port = (uint16_t)(1000 + (op >> 2 & 1));
		size_t size = initial(&tx, dcid, pn, token, frames, packet);
		pn += !(op & 8);
		gn_jet_recv(jet, &from, gn_slice(packet, op & 16 ? n : size), now);
		now += op & 32 ? 5 * GN_SEC : 5 * GN_MSEC;
		gn_jet_tick(jet, now);
		drain(now);
	}
	jet_keys_fini(&rx);
	jet_keys_fini(&tx);
	for (struct gn_heap_node *n; (n = gn_heap_first(&jet->timers));)
		jet_session_free(GN_CONTAINER(n, struct jet_session, timer));
	return 0;
}
