/* What a stranger sends in a run of SPAKE2, and what people type for a code. The first byte says
 * which. A run: the peer's message as it comes, or a true one of a second end with bytes of the
 * input changed; then a confirmation. */
#include "crypto/crypto.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_code(struct gn_slice text)
{
	struct gn_code code, again;
	struct gn_code_wrong wrong;
	char out[GN_CODE_MAX];
	if (gn_code_parse(text, &code, &wrong) == GN_OK) {
		gn_code_text(&code, out);
		GN_ASSERT(gn_code_parse(gn_str(out), &again, &wrong) == GN_OK);
		GN_ASSERT(memcmp(&code, &again, sizeof code) == 0);
	} else {
		GN_ASSERT(wrong.part <= 3);
		GN_ASSERT((wrong.nearest != NULL) == (wrong.part == 1 || wrong.part == 2));
		GN_ASSERT(gn_plain_ok(gn_str(wrong.said)));
	}
}

static void play(struct gn_reader *r)
{
	struct gn_prng g;
	gn_prng_init(&g, 1);
	struct gn_rand rand = gn_prng_rand(&g);
	struct gn_spake2 s[2];
	struct gn_spake2_bind bind = {GN_LIT("a"), GN_LIT("b"), gn_slice(NULL, 0)};
	uint8_t message[2][GN_SPAKE2_MESSAGE], confirm[2][GN_SPAKE2_CONFIRM], w[GN_SPAKE2_SCALAR],
		key[GN_SPAKE2_KEY], flags = gn_read_u8(r);
	int me = flags & 1, peer = !me;
	gn_spake2_scalar(GN_LIT("4821-orbit-lemon"), w);
	for (int i = 0; i < 2; i++)
		gn_spake2_start(&s[i], i ? GN_SPAKE2_B : GN_SPAKE2_A, w, &rand, message[i]);
	struct gn_slice in = gn_read_bytes(r, flags & 2 ? 65 : gn_read_u8(r) % 70);
	bool changed = !(flags & 4);
	if (flags & 4)
		in = GN_SLICE(message[peer]);
	gn_err err = gn_spake2_finish(&s[me], in, &bind, confirm[me]);
	GN_ASSERT(err == GN_OK || err == GN_MALFORMED || err == GN_KEY);
	if (err) {
		GN_ASSERT(changed && gn_is_zero(&s[me], sizeof s[me]));
		return;
	}
	err = gn_spake2_finish(&s[peer], GN_SLICE(message[me]), &bind, confirm[peer]);
	GN_ASSERT(err == GN_OK);
	struct gn_slice said = flags & 8 ? GN_SLICE(confirm[peer]) : gn_read_bytes(r, 32);
	err = gn_spake2_confirm(&s[me], said, key);
	GN_ASSERT(err == GN_OK || err == GN_AUTH || err == GN_MALFORMED);
	/* nobody gets it by chance */
	GN_ASSERT((err == GN_OK) == (gn_slice_eq(in, GN_SLICE(message[peer])) &&
				     gn_slice_eq(said, GN_SLICE(confirm[peer]))));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct gn_reader r = gn_reader(gn_slice(data, len));
	if (gn_read_u8(&r) & 1)
		play(&r);
	else if (!r.bad)
		check_code(gn_read_bytes(&r, gn_reader_left(&r)));
	return 0;
}
