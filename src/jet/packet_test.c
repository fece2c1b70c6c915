/* Packets byte by byte: known answers (computed by an independent program from
 * docs/spec/jet.md), packet numbers, headers that end too early, replay window, key update. */
#include "jet/session_int.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const uint8_t dcid[8] = {0x83, 0x94, 0xc8, 0xf0, 0x3e, 0x51, 0x57, 0x08},
		     scid[8] = {0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8};

static void assert_hex(struct gn_slice got, const char *want)
{
	char text[512];
	assert_true(got.len * 2 < sizeof text);
	gn_hex(got, text);
	assert_string_equal(text, want);
}

static void test_known_initial_packet(void **state)
{
	(void)state;
	static const char want[] =
		"32474e4a018394c8f03e515708c1c2c3c4c5c6c7c803616263001b1adf609a46975660115a0f6c80e"
		"709ecc70e95"
		"12484cd0d00172f1";
	uint8_t packet[128];
	struct jet_keys rx, tx, crx, ctx;
	assert_int_equal(jet_keys_initial(dcid, false, &crx, &ctx), GN_OK);
	assert_int_equal(jet_keys_initial(dcid, true, &rx, &tx), GN_OK);
	struct gn_writer w = gn_writer(packet, sizeof packet);
	gn_write_u8(&w, 0x30);
	gn_write_be32(&w, JET_VERSION);
	gn_write_bytes(&w, GN_SLICE(dcid));
	gn_write_bytes(&w, GN_SLICE(scid));
	gn_write_varint(&w, 3);
	gn_write_bytes(&w, GN_LIT("abc"));
	gn_write_be16(&w, 2 + 9 + 16);
	size_t pn_offset = gn_writer_len(&w);
	gn_write_be16(&w, 2);
	gn_write_bytes(&w, GN_LIT("\x01\x06\x00\x05hello"));
	size_t len = pn_offset + 2 + 9 + 16;
	struct jet_sealed out = {
		.p = packet, .len = len, .pn_offset = pn_offset, .pn_len = 2, .pn = 2};
	assert_int_equal(jet_packet_seal(&ctx, &out), GN_OK);
	assert_hex(gn_slice(packet, len), want);

	struct jet_header h;
	assert_int_equal(jet_header_read(gn_slice(packet, len), &h), GN_OK);
	assert_true(h.is_long && h.type == JET_LONG_INITIAL && h.pn_offset == pn_offset &&
		    h.len == len);
	assert_true(gn_slice_eq(h.token, GN_LIT("abc")));
	/* it carries its length: no shorter piece is a packet */
	for (size_t cut = 0; cut < len; cut++)
		assert_int_equal(jet_header_read(gn_slice(packet, cut), &h), GN_MALFORMED);
	struct gn_slice payload;
	struct jet_sealed in = {.p = packet, .len = len, .pn_offset = pn_offset};
	assert_true(jet_packet_unmask(&rx.aead, &in, true));
	assert_int_equal(in.pn, 2);
	assert_int_equal(jet_packet_open(&rx, &in, &payload), GN_OK);
	assert_true(gn_slice_eq(payload, GN_LIT("\x01\x06\x00\x05hello")));
	jet_keys_fini(&rx);
	jet_keys_fini(&tx);
	jet_keys_fini(&crx);
	jet_keys_fini(&ctx);
}

static void short_packet(enum gn_aead_alg alg, bool sha384, uint8_t flags, uint32_t path,
			 uint64_t pn, size_t pn_len, struct gn_slice payload, const char *want)
{
	uint8_t secret[48], packet[128];
	for (size_t i = 0; i < sizeof secret; i++)
		secret[i] = (uint8_t)i;
	struct jet_keys tx;
	assert_int_equal(
		jet_keys_init(&tx, alg, sha384, gn_slice(secret, sha384 ? 48 : 32), true, true),
		GN_OK);
	struct gn_writer w = gn_writer(packet, sizeof packet);
	gn_write_u8(&w, flags);
	gn_write_bytes(&w, GN_SLICE(dcid));
	if (pn_len == 2)
		gn_write_be16(&w, (uint16_t)pn);
	else
		gn_write_be32(&w, (uint32_t)pn);
	gn_write_bytes(&w, payload);
	struct jet_sealed x = {.p = packet,
			       .len = gn_writer_len(&w) + GN_AEAD_TAG,
			       .pn_offset = JET_SHORT_HEADER,
			       .pn_len = pn_len,
			       .path = path,
			       .pn = pn};
	assert_int_equal(jet_packet_seal(&tx, &x), GN_OK);
	assert_hex(gn_slice(packet, x.len), want);
	jet_keys_fini(&tx);
}

static void test_known_short_packets(void **state)
{
	(void)state;
	short_packet(GN_AES_256_GCM, true, 0x25, 5, UINT64_C(0x123456789), 4, GN_LIT("\x01"),
		     "248394c8f03e515708f62bd1b5f4d3ae3aa2e16812dd2300b0d2ee785140");
	short_packet(GN_CHACHA20_POLY1305, false, 0x20, 0, 0x0102, 2,
		     GN_LIT("\x0a\x04\x03"
			    "abc"),
		     "2e8394c8f03e5157084a9323bb74079c479d8063e9855e7735099f04b60403cfb1");
}

static void test_known_retry_and_next_secret(void **state)
{
	(void)state;
	const uint8_t answered[8] = {0, 1, 2, 3, 4, 5, 6, 7};
	uint8_t out[128], secret[32], next[32];
	size_t len = jet_retry_write(out, sizeof out, scid, dcid, answered, GN_LIT("cookie"));
	assert_hex(
		gn_slice(out, len),
		"38474e4a01c1c2c3c4c5c6c7c88394c8f03e515708636f6f6b6965c9aa46453d24964f4ccbd05ab32"
		"82209");
	assert_true(jet_retry_ok(gn_slice(out, len), answered));
	for (size_t i = 0; i < len; i++) {
		out[i] ^= 1;
		assert_false(jet_retry_ok(gn_slice(out, len), answered));
		out[i] ^= 1;
		assert_false(jet_retry_ok(gn_slice(out, i), answered));
	}
	assert_false(jet_retry_ok(gn_slice(out, len), dcid));
	for (size_t i = 0; i < sizeof secret; i++)
		secret[i] = (uint8_t)i;
	gn_hkdf_expand_label(GN_SLICE(secret), false, "jet ku", next, sizeof next);
	assert_hex(GN_SLICE(next),
		   "8ebf5d03c999bccea3772167cd5e7989a362f27272e8d3e8a47959a77b3ef6dc");
}

static void test_packet_numbers(void **state)
{
	(void)state;
	assert_int_equal(jet_pn_decode(0xa82f30eb, 0x9b32, 16), 0xa82f9b32); /* RFC 9000 A.3 */
	assert_int_equal(jet_pn_decode(0, 0, 16), 0);
	assert_int_equal(jet_pn_decode(0, 0xffff, 16), 0xffff);
	assert_int_equal(jet_pn_decode(0x10000, 0xffff, 16), 0xffff);
	assert_int_equal(jet_pn_decode(0xffff, 0, 16), 0x10000);
	struct gn_prng g;
	gn_prng_init(&g, 1);
	for (int i = 0; i < 100000; i++) {
		/* whatever the receiver has seen, as long as it saw what was acknowledged */
		uint64_t acked = gn_prng_next(&g) >> (2 + gn_prng_next(&g) % 60),
			 gap = gn_prng_next(&g) % (1u << 14);
		uint64_t pn = acked + gap, expected = acked + gn_prng_next(&g) % (gap + 1);
		size_t len = jet_pn_len(pn, acked);
		assert_int_equal(jet_pn_decode(expected, pn & ((UINT64_C(1) << 8 * len) - 1),
					       (unsigned)len * 8),
				 pn);
	}
	assert_int_equal(jet_pn_len((1u << 14) - 1, 0), 2);
	assert_int_equal(jet_pn_len(1u << 14, 0), 4);
}

static void test_headers_that_are_not_ours(void **state)
{
	(void)state;
	struct jet_header h;
	uint8_t b[64] = {0};
	for (unsigned first = 0; first < 256; first++) {
		b[0] = (uint8_t)first;
		bool ours = first >> 5 == 1;
		assert_int_equal(gn_jet_is_packet(gn_slice(b, 1)), ours);
		if (!ours)
			assert_int_equal(jet_header_read(GN_SLICE(b), &h), GN_MALFORMED);
	}
	assert_false(gn_jet_is_packet(gn_slice(b, 0)));
	b[0] = 0x20;
	assert_int_equal(jet_header_read(gn_slice(b, 8), &h), GN_MALFORMED);
	assert_int_equal(jet_header_read(gn_slice(b, 9), &h), GN_OK);
}

static void test_replay_window_against_a_model(void **state)
{
	(void)state;
	enum { SPAN = 4 * JET_REPLAY_BITS };
	static struct jet_replay r;
	static bool seen[2 * SPAN];
	struct gn_prng g;
	gn_prng_init(&g, 5);
	uint64_t next = 0;
	for (int i = 0; i < 50000; i++) {
		uint64_t ahead = gn_prng_next(&g) % 100 == 0 ? 2000 : 3,
			 pn = next + gn_prng_next(&g) % ahead;
		uint64_t back = gn_prng_next(&g) % (JET_REPLAY_BITS + 200);
		pn = gn_prng_next(&g) % 2 ? pn : pn > back ? pn - back : 0;
		if (pn >= 2 * SPAN)
			break;
		bool too_old, want_old = pn < next && next - pn > JET_REPLAY_BITS;
		assert_int_equal(jet_replay_seen(&r, pn, &too_old), want_old || seen[pn]);
		assert_int_equal(too_old, want_old);
		if (want_old || seen[pn])
			continue;
		jet_replay_mark(&r, pn);
		seen[pn] = true;
		next = pn + 1 > next ? pn + 1 : next;
	}
	assert_true(next > SPAN);
	bool too_old;
	jet_replay_mark(&r, next + 10 * JET_REPLAY_BITS); /* a jump forgets everything below */
	assert_false(jet_replay_seen(&r, next + 10 * JET_REPLAY_BITS - 1, &too_old));
}

/* Two ends of application keys that talk to each other in memory. */
struct end {
	struct jet_app_keys keys;
	uint64_t pn;
};

static gn_err pass(struct end *from, struct end *to, gn_time now, bool deliver)
{
	uint8_t packet[64] = {
		(uint8_t)(JET_FLAG_FIXED | (from->keys.tx_phase ? JET_FLAG_PHASE : 0))};
	struct gn_slice payload;
	struct jet_sealed x = {.p = packet,
			       .len = JET_SHORT_HEADER + 2 + 4 + GN_AEAD_TAG,
			       .pn_offset = JET_SHORT_HEADER,
			       .pn_len = 2,
			       .pn = from->pn++};
	packet[JET_SHORT_HEADER] = (uint8_t)(x.pn >> 8);
	packet[JET_SHORT_HEADER + 1] = (uint8_t)x.pn;
	assert_int_equal(jet_packet_seal(&from->keys.tx, &x), GN_OK);
	if (!deliver)
		return GN_OK;
	assert_true(jet_packet_unmask(&to->keys.rx.aead, &x, false));
	return jet_app_keys_open(&to->keys, &x, 3 * GN_SEC, now, &payload);
}

static void test_key_update(void **state)
{
	(void)state;
	struct end a = {0}, b = {0};
	uint8_t one[48] = {1}, two[48] = {2};
	gn_time now = GN_SEC;
	assert_int_equal(jet_app_keys_install(&a.keys, true, GN_AES_256_GCM, true, GN_SLICE(one)),
			 GN_OK);
	assert_int_equal(jet_app_keys_install(&a.keys, false, GN_AES_256_GCM, true, GN_SLICE(two)),
			 GN_OK);
	assert_int_equal(jet_app_keys_install(&b.keys, true, GN_AES_256_GCM, true, GN_SLICE(two)),
			 GN_OK);
	assert_int_equal(jet_app_keys_install(&b.keys, false, GN_AES_256_GCM, true, GN_SLICE(one)),
			 GN_OK);
	assert_int_equal(pass(&a, &b, now, true), GN_OK);
	assert_false(jet_app_keys_update(&a.keys, now)); /* nothing acknowledged in this phase */
	a.keys.acked = true;
	assert_true(jet_app_keys_update(&a.keys, now));
	a.keys.acked = true;
	assert_false(jet_app_keys_update(&a.keys, now));  /* the peer has not followed */
	assert_int_equal(pass(&b, &a, now, true), GN_OK); /* it still uses the old key */
	assert_int_equal(pass(&a, &b, now, true), GN_OK); /* now it knows, and follows */
	assert_int_equal(b.keys.updates, 1);
	assert_true(b.keys.rx_old.ready);
	assert_int_equal(pass(&b, &a, now, true), GN_OK);
	assert_int_equal(a.keys.tx_phase, a.keys.rx_phase);
	a.keys.acked = true;
	assert_false(jet_app_keys_update(&a.keys, now)); /* the old key is still kept */
	now += 3 * GN_SEC - 1;
	jet_app_keys_expire(&a.keys, now);
	assert_true(a.keys.rx_old.ready);
	jet_app_keys_expire(&a.keys, now + 1);
	jet_app_keys_expire(&b.keys, now + 1);
	assert_false(a.keys.rx_old.ready || b.keys.rx_old.ready);
	assert_true(jet_app_keys_update(&a.keys, now)); /* and once more, the other phase bit */
	assert_int_equal(pass(&a, &b, now, true), GN_OK);
	assert_int_equal(pass(&b, &a, now, true), GN_OK);
	assert_int_equal(a.keys.updates, 2);
	assert_int_equal(b.keys.failed + a.keys.failed, 0);
	jet_app_keys_fini(&a.keys);
	jet_app_keys_fini(&b.keys);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_initial_packet),
		cmocka_unit_test(test_known_short_packets),
		cmocka_unit_test(test_known_retry_and_next_secret),
		cmocka_unit_test(test_packet_numbers),
		cmocka_unit_test(test_headers_that_are_not_ours),
		cmocka_unit_test(test_replay_window_against_a_model),
		cmocka_unit_test(test_key_update),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
