/* Messages of a peer to the bundles engine, any bytes, while a read waits for that peer, a
 * publication waits for its receipt and a block of it is coming in: the engine stays valid,
 * answers only with messages that verify, and never hands out a byte that is not the file's.
 * Input: messages, each behind its length (16 bits, little-endian). */
#include "services/testing/world.h"
#include "wire/generated/blocks_fb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct svc s;
static uint8_t file[2 * GN_CHUNK + 100];

static void drain(void)
{
	struct gn_overlay_message m;
	struct gn_bundles_event e;
	while (gn_bundles_next_message(s.nodes[0].bundles, &m)) {
		struct gn_fb_block_message answer;
		gn_err err = gn_fb_block_message_verify(m.bytes, &answer);
		GN_ASSERT(err == GN_OK);
	}
	while (gn_bundles_next_event(s.nodes[0].bundles, &e))
		;
	gn_bundles_validate(s.nodes[0].bundles);
}

/* Takes what the read has: it must be the file. */
static void take(gn_op op, uint64_t *at)
{
	struct gn_slice bytes;
	while (gn_bundles_read_next(s.nodes[0].bundles, op, &bytes, s.now) == GN_OK && bytes.len) {
		GN_ASSERT(*at + bytes.len <= sizeof file &&
			  memcmp(bytes.p, file + *at, bytes.len) == 0);
		*at += bytes.len;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct svc_wait theirs, ours;
	gn_op read, spread;
	uint64_t at = 0;
	svc_init(&s, &(struct svc_options){.seed = 1, .nodes = 2, .peer_bytes_max = 8u << 20});
	s.validate = false; /* done after each message here */
	for (size_t i = 0; i < sizeof file; i++)
		file[i] = (uint8_t)(i * 7 + i / 251);
	gn_err err = svc_ingest(&s, 1, GN_SLICE(file), &theirs);
	GN_ASSERT(err == GN_OK);
	err = svc_ingest(&s, 0, GN_LIT("a block of our own"), &ours);
	GN_ASSERT(err == GN_OK);
	struct gn_bundle_file f = svc_as_file(&theirs);
	err = gn_bundles_read(s.nodes[0].bundles, &f, 0, sizeof file, s.now, &read);
	GN_ASSERT(err == GN_OK);
	err = gn_bundles_spread(s.nodes[0].bundles, gn_slice(ours.blocks, 32), 2,
				gn_unix(s.now) + 1000, s.now, &spread);
	GN_ASSERT(err == GN_OK);
	svc_pump(&s, 0);
	for (gn_time until = s.now + 12 * GN_MSEC;
	     svc_step(&s, until);) /* until they are asked; their answers stay on the way */
		;
	while (len > 2) {
		size_t n = data[0] | (size_t)data[1] << 8;
		n = n < len - 2 ? n : len - 2;
		(void)gn_bundles_recv(s.nodes[0].bundles, &s.nodes[1].sk.pk, &s.nodes[1].addr,
				      gn_slice(data + 2, n), s.now);
		drain();
		take(read, &at);
		data += 2 + n;
		len -= 2 + n;
	}
	svc_pump(&s, 0);
	svc_run_for(&s, 5 * GN_SEC);
	take(read, &at);
	svc_wait_free(&theirs);
	svc_wait_free(&ours);
	svc_free(&s);
	return 0;
}
