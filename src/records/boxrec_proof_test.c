/* Certificates, words for one item, work, what a session shows, custody (BD-6..BD-13): each is
 * worth something for what it names alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "records/box_proof.h"

#define DAY UINT64_C(86400)

static struct gn_sk box, other, contact, node;
static struct gn_hash item, item2;

static int set_up(void **state)
{
	(void)state;
	gn_sk_from_seed((const uint8_t[32]){1}, &box);
	gn_sk_from_seed((const uint8_t[32]){2}, &other);
	gn_sk_from_seed((const uint8_t[32]){3}, &contact);
	gn_sk_from_seed((const uint8_t[32]){4}, &node);
	gn_sha256_tagged("", GN_LIT("one"), &item);
	gn_sha256_tagged("", GN_LIT("two"), &item2);
	return 0;
}

/* That sig is Ed25519 by key over these very bytes. */
static void assert_signed(const struct gn_pk *key, const char *domain, const uint8_t *bytes,
			  size_t len, const struct gn_sig *sig)
{
	struct gn_slice part = gn_slice(bytes, len);
	assert_int_equal(gn_verify(key, domain, &part, 1, sig), GN_OK);
}

static void a_certificate_is_112_bytes_of_one_box(void **state)
{
	(void)state;
	struct gn_boxcert c = {contact.pk, 0x0102030405060708, 0x11121314, 0x21222324, {{0}}}, back;
	uint8_t bytes[GN_BOXCERT_LEN], text[32 + 48];
	static const uint8_t numbers[16] = {8,    7,    6,    5,    4,    3,    2,    1,
					    0x14, 0x13, 0x12, 0x11, 0x24, 0x23, 0x22, 0x21};
	gn_boxcert_make(&box, &c);
	gn_boxcert_put(&c, bytes);
	assert_memory_equal(bytes, contact.pk.b, 32);
	assert_memory_equal(bytes + 32, numbers, 16);
	assert_memory_equal(bytes + 48, c.sig.b, 64);
	memcpy(text, box.pk.b, 32);
	memcpy(text + 32, bytes, 48);
	assert_signed(&box.pk, "geonet/box/certificate/1", text, sizeof text, &c.sig);
	for (size_t bit = 0; bit < GN_BOXCERT_LEN * 8; bit++) {
		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		gn_boxcert_get(bytes, &back);
		assert_int_not_equal(gn_boxcert_check(&box.pk, &back, 0), GN_OK);
		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	gn_boxcert_get(bytes, &back);
	assert_memory_equal(&back, &c, sizeof c);
	assert_int_equal(gn_boxcert_check(&box.pk, &back, c.until - 1), GN_OK);
	assert_int_equal(gn_boxcert_check(&box.pk, &back, c.until), GN_EXPIRED);
	assert_int_equal(gn_boxcert_check(&other.pk, &back, 0), GN_SIGNATURE);
}

static void a_word_for_an_item_is_for_it_in_one_box(void **state)
{
	(void)state;
	struct gn_sig deposit, invite;
	uint8_t text[64];
	memcpy(text, box.pk.b, 32);
	memcpy(text + 32, item.b, 32);
	gn_boxrec_deposit_sign(&contact, &box.pk, &item, &deposit);
	gn_boxrec_invite_sign(&contact, &box.pk, &item, &invite);
	assert_signed(&contact.pk, "geonet/box/deposit/1", text, sizeof text, &deposit);
	assert_signed(&contact.pk, "geonet/box/invite/1", text, sizeof text, &invite);
	assert_int_equal(gn_boxrec_deposit_check(&contact.pk, &box.pk, &item, &deposit), GN_OK);
	assert_int_equal(gn_boxrec_invite_check(&contact.pk, &box.pk, &item, &invite), GN_OK);
	assert_int_equal(gn_boxrec_deposit_check(&contact.pk, &box.pk, &item2, &deposit),
			 GN_SIGNATURE);
	assert_int_equal(gn_boxrec_deposit_check(&contact.pk, &other.pk, &item, &deposit),
			 GN_SIGNATURE);
	assert_int_equal(gn_boxrec_deposit_check(&other.pk, &box.pk, &item, &deposit),
			 GN_SIGNATURE);
	assert_int_equal(gn_boxrec_deposit_check(&contact.pk, &box.pk, &item, &invite),
			 GN_SIGNATURE);
	assert_int_equal(gn_boxrec_invite_check(&contact.pk, &box.pk, &item, &deposit),
			 GN_SIGNATURE);
	assert_int_equal(gn_boxrec_invite_check(&contact.pk, &other.pk, &item, &invite),
			 GN_SIGNATURE);
}

/* docs/spec/services.md, vectors: all that is signed here, one after the other. */
static void formats_do_not_drift(void **state)
{
	(void)state;
	static const uint8_t secret[GN_BOXREC_INVITE_SECRET] = {1};
	struct gn_boxcert c = {.key = contact.pk, .until = 1767225600, .items = 100, .kib = 512};
	struct gn_custody held = {
		.box = box.pk, .item = item, .held_until = 1767225600, .holder = {{6}}};
	struct gn_boxrec_show show = {box.pk, node.pk, {9}, GN_BOXREC_WORKER};
	struct gn_sig deposit, invite, shown;
	struct gn_sk invited;
	struct gn_hash sum;
	uint8_t certificate[GN_BOXCERT_LEN];
	char hex[65];
	gn_boxcert_make(&box, &c);
	gn_boxcert_put(&c, certificate);
	gn_boxrec_deposit_sign(&contact, &box.pk, &item, &deposit);
	gn_boxrec_invite_key(secret, &invited);
	gn_boxrec_invite_sign(&invited, &box.pk, &item, &invite);
	gn_boxrec_show_sign(&contact, &show, &shown);
	gn_custody_make(&node, &held);
	gn_sha256((struct gn_slice[]){GN_SLICE(certificate), GN_SLICE(deposit.b),
				      GN_SLICE(invite.b), GN_SLICE(shown.b), GN_SLICE(held.sig.b)},
		  5, &sum);
	gn_hex(GN_SLICE(sum.b), hex);
	assert_string_equal(hex,
			    "b6d52e4cdd4bd00c79285aa2f0adc451c31708c1ea9072a7a9f0e542927beadf");
}

static void an_invite_key_follows_from_its_link(void **state)
{
	(void)state;
	static const uint8_t one[GN_BOXREC_INVITE_SECRET] = {1}, two[GN_BOXREC_INVITE_SECRET] = {2};
	struct gn_sk a, b, c;
	uint8_t seed[32];
	gn_boxrec_invite_key(one, &a);
	gn_boxrec_invite_key(one, &b);
	gn_boxrec_invite_key(two, &c);
	assert_memory_equal(&a, &b, sizeof a);
	assert_false(gn_pk_eq(&a.pk, &c.pk));
	gn_hkdf(GN_SLICE(one), gn_slice(NULL, 0), GN_LIT("geonet/box/invite-key/1"), seed,
		sizeof seed);
	assert_memory_equal(a.seed, seed, sizeof seed);
}

static void work_is_for_an_item_on_a_day(void **state)
{
	(void)state;
	struct gn_boxrec_work w = {.day = 20500};
	uint64_t day = 20500 * DAY;
	unsigned bits = 0, more = 0;
	uint8_t day_be[8] = {0, 0, 0, 0, 0, 0, 0x50, 0x14};
	struct gn_hash h;
	assert_int_equal(gn_boxrec_work_find(&box.pk, &item, 12, (struct gn_work_tries){0, 1}, &w),
			 GN_AGAIN);
	assert_int_equal(
		gn_boxrec_work_find(&box.pk, &item, 12, (struct gn_work_tries){0, 1u << 20}, &w),
		GN_OK);
	assert_int_equal(gn_boxrec_work_check(&box.pk, &item, &w, 12, day, &bits), GN_OK);
	struct gn_slice parts[] = {GN_LIT("geonet/box/puzzle/1"), GN_SLICE(box.pk.b),
				   GN_SLICE(day_be), GN_SLICE(item.b), GN_SLICE(w.nonce)};
	gn_sha256(parts, GN_COUNT(parts), &h);
	assert_int_equal(bits, gn_hash_zero_bits(&h));
	assert_true(bits >= 12);
	assert_int_equal(gn_boxrec_work_check(&box.pk, &item, &w, (uint8_t)(bits + 1), day, &more),
			 GN_PROOF_OF_WORK);
	assert_int_equal(more, bits);
	assert_int_equal(gn_boxrec_work_check(&box.pk, &item, &w, 0, day, &more), GN_PROOF_OF_WORK);
	assert_int_equal(gn_boxrec_work_check(&box.pk, &item2, &w, 12, day, &more),
			 GN_PROOF_OF_WORK);
	assert_int_equal(gn_boxrec_work_check(&other.pk, &item, &w, 12, day, &more),
			 GN_PROOF_OF_WORK);
	assert_int_equal(gn_boxrec_work_check(&box.pk, &item, &w, 12, day + 2 * DAY - 1, &more),
			 GN_OK);
	assert_int_equal(gn_boxrec_work_check(&box.pk, &item, &w, 12, day + 2 * DAY, &more),
			 GN_EXPIRED);
	assert_int_equal(
		gn_boxrec_work_check(&box.pk, &item, &w, 12, day - GN_RECORD_AHEAD_MAX, &more),
		GN_OK);
	assert_int_equal(
		gn_boxrec_work_check(&box.pk, &item, &w, 12, day - GN_RECORD_AHEAD_MAX - 1, &more),
		GN_RANGE);
	w.day = UINT32_MAX; /* no sum of it passes for yesterday */
	assert_int_equal(gn_boxrec_work_check(&box.pk, &item, &w, 12, day, &more), GN_RANGE);
}

static void what_is_shown_is_for_one_session(void **state)
{
	(void)state;
	struct gn_boxrec_show s = {box.pk, node.pk, {9, 8, 7}, GN_BOXREC_REMOVER}, t;
	struct gn_sig sig;
	uint8_t text[1 + 32 + 32 + 32] = {GN_BOXREC_REMOVER};
	memcpy(text + 1, box.pk.b, 32);
	memcpy(text + 33, node.pk.b, 32);
	memcpy(text + 65, s.exporter, 32);
	gn_boxrec_show_sign(&contact, &s, &sig);
	assert_signed(&contact.pk, "geonet/box/show/1", text, sizeof text, &sig);
	assert_int_equal(gn_boxrec_show_check(&contact.pk, &s, &sig), GN_OK);
	assert_int_equal(gn_boxrec_show_check(&other.pk, &s, &sig), GN_SIGNATURE);
	t = s, t.role = GN_BOXREC_READER;
	assert_int_equal(gn_boxrec_show_check(&contact.pk, &t, &sig), GN_SIGNATURE);
	t = s, t.role = GN_BOXREC_WORKER + 1;
	assert_int_equal(gn_boxrec_show_check(&contact.pk, &t, &sig), GN_UNSUPPORTED);
	t = s, t.box = other.pk;
	assert_int_equal(gn_boxrec_show_check(&contact.pk, &t, &sig), GN_SIGNATURE);
	t = s, t.holder = other.pk;
	assert_int_equal(gn_boxrec_show_check(&contact.pk, &t, &sig), GN_SIGNATURE);
	t = s, t.exporter[31] ^= 1;
	assert_int_equal(gn_boxrec_show_check(&contact.pk, &t, &sig), GN_SIGNATURE);
}

static void an_outcome_is_for_one_delivery(void **state)
{
	struct gn_boxrec_outcome o = {.box = box.pk,
				      .delivery = 0x0102,
				      .end = GN_BOXREC_FAILED,
				      .outcome = GN_LIT("no")};
	uint8_t text[32 + 16 + 2 + 1 + 32];
	struct gn_hash hash;
	struct gn_sig sig;
	(void)state;
	memcpy(o.id, item.b, 16);
	gn_boxrec_outcome_sign(&contact, &o, &sig);
	gn_sha256(&o.outcome, 1, &hash);
	memcpy(text, box.pk.b, 32);
	memcpy(text + 32, item.b, 16);
	text[48] = 1;
	text[49] = 2;
	text[50] = 1;
	memcpy(text + 51, hash.b, 32);
	assert_signed(&contact.pk, "geonet/box/outcome/1", text, sizeof text, &sig);
	assert_int_equal(gn_boxrec_outcome_check(&contact.pk, &o, &sig), GN_OK);
	assert_int_equal(gn_boxrec_outcome_check(&other.pk, &o, &sig), GN_SIGNATURE);
	struct gn_boxrec_outcome bad[] = {o, o, o, o, o};
	bad[0].box = other.pk;
	bad[1].id[0] ^= 1;
	bad[2].delivery++;
	bad[3].end = GN_BOXREC_DONE;
	bad[4].outcome = GN_LIT("yes");
	for (size_t i = 0; i < GN_COUNT(bad); i++)
		assert_int_equal(gn_boxrec_outcome_check(&contact.pk, &bad[i], &sig), GN_SIGNATURE);
}

static void custody_is_a_holders_word(void **state)
{
	(void)state;
	struct gn_custody c = {.box = box.pk,
			       .item = item,
			       .held_until = 0x0102030405060708,
			       .holder = {{6, 6}}},
			  t;
	uint8_t text[32 + 32 + 8 + 32], storage[512];
	gn_custody_make(&node, &c);
	assert_true(gn_pk_eq(&c.holder_key, &node.pk));
	memcpy(text, box.pk.b, 32);
	memcpy(text + 32, item.b, 32);
	gn_put_be64(text + 64, c.held_until);
	memcpy(text + 72, c.holder.b, 32);
	assert_signed(&node.pk, "geonet/custody/1", text, sizeof text, &c.sig);
	assert_int_equal(gn_custody_check(&c), GN_OK);
	for (size_t i = 0; i < sizeof c; i += 7) {
		t = c;
		((uint8_t *)&t)[i] ^= 1;
		assert_int_not_equal(gn_custody_check(&t), GN_OK);
	}
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_slice bytes;
	struct gn_fb_custody fb;
	assert_int_equal(gn_fbb_finish(&b, gn_custody_put(&b, &c), NULL, &bytes), GN_OK);
	assert_int_equal(gn_fb_custody_verify(bytes, &fb), GN_OK);
	gn_custody_get(fb, &t);
	assert_memory_equal(&t, &c, sizeof c);
}

/* BD-12: the same bytes under another domain are another thing. */
static void custody_is_no_receipt(void **state)
{
	(void)state;
	struct gn_custody c = {.box = box.pk, .item = item, .held_until = 5, .holder = {{6, 6}}};
	struct gn_receipt r = {.seq = 0, .held_until = 5, .holder = {{6, 6}}};
	gn_custody_make(&node, &c);
	memcpy(r.key.b, c.box.b, 32);
	r.hash = c.item;
	r.holder_key = c.holder_key;
	r.sig = c.sig;
	assert_int_equal(gn_wire_receipt_verify(&r), GN_SIGNATURE);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_certificate_is_112_bytes_of_one_box),
		cmocka_unit_test(a_word_for_an_item_is_for_it_in_one_box),
		cmocka_unit_test(formats_do_not_drift),
		cmocka_unit_test(an_invite_key_follows_from_its_link),
		cmocka_unit_test(work_is_for_an_item_on_a_day),
		cmocka_unit_test(what_is_shown_is_for_one_session),
		cmocka_unit_test(an_outcome_is_for_one_delivery),
		cmocka_unit_test(custody_is_a_holders_word),
		cmocka_unit_test(custody_is_no_receipt),
	};
	return cmocka_run_group_tests(tests, set_up, NULL);
}
