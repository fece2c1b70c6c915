/* Datagrams of anybody into a live endpoint that has an open session and a connecting one.
 * Input: operations; each is a byte (what is patched in so that the bytes get past the door), a
 * length byte pair and the datagram. */
#include "jet/admit_int.h"
#include "jet/mark_int.h"
#include "jet/session_int.h"
#include "jet/testing/forge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct gn_alloc alloc;
static struct gn_prng prng;
static struct gn_rand rnd;
static struct gn_jet *jet, *other;

static struct gn_jet *make(bool always_retry)
{
	struct gn_jet_config config = {.always_retry = always_retry};
	struct gn_env env = {&alloc, &rnd, NULL};
	struct gn_jet *made = NULL;
	gn_sk_new(&rnd, &config.node_key);
	gn_err err = gn_jet_new(&env, &config, &made);
	GN_ASSERT(err == GN_OK);
	return made;
}

static void patch(unsigned op, struct jet_session *open, struct jet_session *dialing,
		  struct jet_session *far, uint8_t *d, size_t len)
{
	const struct jet_session *to = op & 1 ? dialing : open;
	if ((op & 2) && len > 9) { /* a short packet of the open session */
		d[0] = (uint8_t)(JET_FLAG_FIXED | (d[0] & 0x0f));
		memcpy(d + 1, open->cid_rx[op >> 6].cid, 8);
	}
	if ((op & 4) && len > 21) { /* a long one of our version */
		d[0] = (uint8_t)(JET_FLAG_FIXED | JET_FLAG_LONG | (d[0] & 0x0f));
		memcpy(d + 1, "\x47\x4e\x4a\x01", 4);
		memcpy(d + 5, to->cid_rx[0].cid, 8);
		if (op & 8)
			memcpy(d + 13, to->cid_tx[0].cid, 8);
	}
	if ((op & 16) && len > 13 + 4 + GN_AEAD_TAG) {
		/* authentic, with the header as the input has it */
		d[0] = (uint8_t)(JET_FLAG_FIXED | JET_FLAG_PN4 | (d[0] & 0x0e));
		memcpy(d + 1, open->cid_rx[0].cid, 8);
		struct jet_sealed x = {
			.p = d, .len = len, .pn_offset = JET_SHORT_HEADER, .pn_len = 4};
		x.pn = (uint64_t)d[9] << 24 | (uint64_t)d[10] << 16 | (uint64_t)d[11] << 8 | d[12];
		gn_err err = jet_packet_seal(&far->keys.tx, &x);
		GN_ASSERT(err == GN_OK);
	}
}

static void settle(gn_time now)
{
	static uint8_t bytes[64000];
	struct gn_buf out = {bytes, 0, sizeof bytes};
	struct gn_jet_batch batch;
	struct gn_jet_event e;
	gn_jet_tick(jet, now);
	while (gn_jet_next_event(jet, &e))
		;
	for (int i = 0; i < 1000 && gn_jet_send(jet, &out, &batch, now) == GN_OK; i++)
		GN_ASSERT(out.len > 0 && batch.segment > 0);
	gn_jet_validate(jet);
}

static void free_all(struct gn_jet *j)
{
	for (struct gn_heap_node *n; (n = gn_heap_first(&j->timers));)
		jet_session_free(GN_CONTAINER(n, struct jet_session, timer));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (!jet) {
		gn_alloc_heap(&alloc, 256u << 20);
		gn_prng_init(&prng, 1);
		rnd = gn_prng_rand(&prng);
		jet = make(false);
		other = make(false);
	}
	gn_prng_init(&prng, 1);
	gn_time now = GN_SEC;
	jet->now = 0;
	struct gn_way here = {.addr = gn_addr_v4(10, 0, 0, 1, 1)},
		      there = {.addr = gn_addr_v4(10, 0, 0, 2, 2)};
	struct gn_reader r = gn_reader(gn_slice(data, len));
	jet->config.always_retry = gn_read_u8(&r) & 1;
	struct jet_session *open = forge_open(jet, true, &there, now),
			   *far = forge_open(other, false, &here, now);
	forge_meet(open, far);
	gn_jet_id open_id = open->id, dialing_id;
	gn_err err = gn_jet_connect(jet, &there, NULL, now, &dialing_id);
	GN_ASSERT(err == GN_OK);
	while (gn_reader_left(&r) > 2) {
		uint8_t op = gn_read_u8(&r), d[JET_DATAGRAM_IN_MAX + 64] = {0};
		size_t n = gn_read_be16(&r) & 0xfff,
		       have = n < gn_reader_left(&r) ? n : gn_reader_left(&r);
		n = n < sizeof d ? n : sizeof d;
		struct gn_slice bytes = gn_read_bytes(&r, have);
		if (bytes.len)
			memcpy(d, bytes.p,
			       /* the rest is zero: padding is cheap to write */
			       bytes.len < n ? bytes.len : n);
		struct jet_session *a = jet_find(jet, open_id), *b = jet_find(jet, dialing_id);
		if (a && b)
			patch(op, a, b, far, d, n);
		there.addr.port = (uint16_t)(2 + (op >> 5 & 1));
		gn_jet_recv(jet, &there, gn_slice(d, n), now);
		now += 10 * GN_MSEC;
		settle(now);
	}
	free_all(jet);
	free_all(other);
	struct jet_stateless drop;
	while (gn_ring_pop(&jet->stateless, &drop))
		;
	return 0;
}
