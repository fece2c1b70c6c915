/* Frames of a stranger. The first byte says what reads them: the parser, in pieces of any size,
 * which must find what it finds in one piece; or a pairing, as A or B, with or without a code and a
 * secret, in which the input is what the other end says: true bytes of a real other end with some
 * of them changed, or anything. Rule RE-61. */
#include "services/transfer/frame_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static uint8_t body[TRANSFER_MANIFEST_MAX];

/* Reads all of it in pieces of `piece` bytes; a hash of what was found. */
static struct gn_hash parse(struct gn_slice in, size_t piece, uint32_t allowed)
{
	struct gn_transfer_frame f = {.head_len = 0};
	struct gn_hash sum = {{0}};
	while (in.len) {
		struct gn_slice part = gn_slice_sub(in, 0, piece);
		in = gn_slice_sub(in, part.len, in.len);
		do {
			gn_err err = transfer_frame_head(&f, &part, allowed);
			GN_ASSERT(err == GN_OK || err == GN_AGAIN || err == GN_PROTOCOL);
			if (err == GN_PROTOCOL)
				return sum;
			GN_ASSERT(err == GN_OK || part.len == 0);
			if (err)
				break;
			GN_ASSERT(f.len <= sizeof body && (allowed >> f.type & 1));
			if (!transfer_frame_body(&f, &part, body))
				break;
			gn_sha256((struct gn_slice[]){GN_SLICE(sum.b), gn_slice(f.head, 5),
						      gn_slice(body, f.len)},
				  3, &sum);
			transfer_frame_next(&f);
		} while (part.len);
	}
	return sum;
}

static void pair(struct gn_reader *r, uint8_t how)
{
	struct gn_prng g;
	struct gn_code code = {4821, {7, 8}};
	struct gn_transfer_code shared;
	struct gn_transfer_secret secret = {{1}, {2}};
	struct gn_pairing p[2];
	uint8_t bytes[512];
	gn_prng_init(&g, 1);
	struct gn_rand rand = gn_prng_rand(&g);
	gn_transfer_code_init(&shared, &code, 0);
	for (int i = 0; i < 2; i++) {
		struct gn_pairing_config c = {.role = i ? GN_SPAKE2_B : GN_SPAKE2_A};
		bool gives = i == !!(how & 2);
		c.code = gives ? &shared : NULL;
		c.typed = gives ? NULL : &code;
		c.secret = how & 4 ? &secret : NULL;
		gn_pairing_init(&p[i], &rand, &c, 0);
	}
	int me = how >> 3 & 1;
	bool honest = true;
	for (unsigned n = 0; n < 8 && !r->bad; n++) {
		uint8_t what = gn_read_u8(r);
		struct gn_pairing *from = &p[n & 1], *to = &p[!(n & 1)];
		size_t have = gn_pairing_send(from, bytes, sizeof bytes);
		if (to == &p[me] && what & 1 && have) { /* a lie */
			uint8_t at = gn_read_u8(r), to_what = gn_read_u8(r);
			honest = honest && bytes[at % have] == to_what;
			bytes[at % have] = to_what;
		} else if (to == &p[me] && what & 2) {
			struct gn_slice in = gn_read_bytes(r, what >> 2);
			honest = false;
			have = in.len;
			memcpy(bytes, in.p ? in.p : bytes, in.len);
		}
		size_t taken = gn_pairing_recv(to, gn_slice(bytes, have), 0);
		GN_ASSERT(taken == have || to->state != GN_PAIRING_RUNS);
	}
	GN_ASSERT(shared.failures <= CODE_FAILURES);
	/* nobody is let in by chance */
	if (!honest && p[me].state == GN_PAIRING_DONE && p[!me].state == GN_PAIRING_DONE)
		GN_ASSERT(memcmp(&p[0].secret, &p[1].secret, sizeof p[0].secret) == 0);
	for (int i = 0; i < 2; i++)
		GN_ASSERT(p[i].state != GN_PAIRING_FAILED ||
			  (p[i].err && gn_plain_ok(gn_str(p[i].why)) &&
			   gn_is_zero(&p[i].secret, sizeof p[i].secret)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct gn_reader r = gn_reader(gn_slice(data, len));
	uint8_t how = gn_read_u8(&r);
	if (how & 1) {
		pair(&r, how);
		return 0;
	}
	struct gn_slice in = gn_read_bytes(&r, gn_reader_left(&r));
	uint32_t allowed = how & 2 ? ~0u : FRAME_BIT(FRAME_STOP) | FRAME_BIT(how >> 2 & 15);
	struct gn_hash whole = parse(in, in.len, allowed),
		       parts = parse(in, 1 + (how >> 3), allowed);
	GN_ASSERT(gn_hash_eq(&whole, &parts));
	return 0;
}
