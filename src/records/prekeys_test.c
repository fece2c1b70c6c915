/* Prekeys records (PK-1..PK-5): round trip, limits and one past each, both signatures, of whom they
 * are believed, what holders take. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "records/limits.h"
#include "records/prekeys.h"

#define T0 UINT64_C(1767225600)

static const uint8_t pq_seed[GN_PQ_SEED_LEN] = {6}, entropy[32] = {7, 1, 2, 3};
static uint8_t pq_pk[GN_PQ_PK_LEN], room[2 * GN_RECORD_MAX];
static struct gn_sk device;
static struct gn_identity person;
static struct gn_prekeys in, out;

static int set_up(void **state)
{
	(void)state;
	static uint8_t record[GN_RECORD_MAX];
	struct gn_buf b = {record, 0, sizeof record};
	gn_sk_from_seed((const uint8_t[32]){5}, &device);
	if (gn_pq_public(pq_seed, pq_pk) != GN_OK)
		return 1;
	struct gn_identity id = {.seq = 1, .created = T0, .ttl = 86400, .key_count = 1};
	id.keys[0] = (struct gn_identity_key){
		.pk = device.pk, .rights = GN_FB_MEMBER_RIGHT_MESSAGE, .expires = T0 + 100 * 86400};
	gn_sha256(&(struct gn_slice){pq_pk, sizeof pq_pk}, 1, &id.keys[0].pq_hash);
	return gn_identity_record(entropy, &id, 0, &b) != GN_OK ||
	       gn_identity_open(gn_buf_slice(&b), &person) != GN_OK;
}

static struct gn_prekey some_key(uint32_t id)
{
	struct gn_prekey k = {.id = id};
	memset(k.x25519, (int)id, sizeof k.x25519);
	memset(k.kem, (int)id + 1, sizeof k.kem);
	return k;
}

static void start(size_t few)
{
	memset(&in, 0, sizeof in);
	in.seq = 3;
	in.created = T0;
	in.ttl = GN_PREKEYS_TTL;
	in.identity = person.owner;
	in.dh[0] = 9;
	in.last = some_key(100);
	for (in.few_count = 0; in.few_count < few; in.few_count++)
		in.few[in.few_count] = some_key(101 + (uint32_t)in.few_count);
}

static gn_err reopen(uint8_t salt)
{
	struct gn_buf b = {room, 0, GN_RECORD_MAX};
	GN_TRY(gn_prekeys_record(&device, pq_seed, &in, salt, &b));
	return gn_prekeys_open(gn_buf_slice(&b), &out);
}

static void a_full_record_comes_back_as_it_was(void **state)
{
	(void)state;
	struct gn_hash key;
	struct gn_record r;
	for (size_t few = 0; few <= GN_PREKEYS_FEW; few++) {
		start(few);
		assert_int_equal(reopen((uint8_t)(few % 2)), GN_OK);
		assert_true(gn_pk_eq(&out.device, &device.pk));
		assert_true(gn_pk_eq(&out.identity, &person.owner));
		assert_true(out.seq == 3 && out.created == T0 && out.ttl == GN_PREKEYS_TTL);
		assert_memory_equal(out.pq_pk, pq_pk, sizeof pq_pk);
		assert_memory_equal(out.dh, in.dh, sizeof in.dh);
		assert_memory_equal(&out.last, &in.last, sizeof in.last);
		assert_int_equal(out.few_count, few);
		assert_memory_equal(out.few, in.few, few * sizeof in.few[0]);
	}
	assert_int_equal(gn_wire_record_open(gn_slice(room, GN_RECORD_MAX), &r), GN_OK);
	gn_prekeys_key(&device.pk, 0, &key);
	assert_memory_equal(&key, &r.key, sizeof key);
	assert_in_range(r.bytes.len, 11700, PREKEYS_RECORD_MAX - 256); /* prev is to come */
	in.before = out.before;                                        /* the next one names it */
	in.seq++;
	struct gn_buf next = {room + GN_RECORD_MAX, 0, GN_RECORD_MAX};
	struct gn_hash before = r.hash;
	assert_int_equal(gn_prekeys_record(&device, pq_seed, &in, 0, &next), GN_OK);
	assert_int_equal(gn_wire_record_open(gn_buf_slice(&next), &r), GN_OK);
	assert_true(gn_slice_eq(r.prev, GN_SLICE(before.b)));
}

static void limits_hold(void **state)
{
	(void)state;
	start(GN_PREKEYS_FEW);
	in.few_count++;
	assert_int_equal(reopen(0), GN_USAGE);
	start(1);
	assert_int_equal(reopen(2), GN_USAGE);
	in.ttl++;
	assert_int_equal(reopen(0), GN_RANGE);
	start(2);
	in.few[1].id = in.last.id;
	assert_int_equal(reopen(0), GN_USAGE);
	in.few[1].id = in.few[0].id;
	assert_int_equal(reopen(0), GN_USAGE);
	start(1);
	in.before.beyond = true;
	assert_int_equal(reopen(0), GN_VERSION);
}

/* What a forger signs. */
struct forged {
	size_t pq_len, kem_len, few;
	uint8_t salt;
	const char *label;
	uint32_t ttl, same_id;
};

static gn_err forge(struct forged f)
{
	static uint8_t storage[GN_RECORD_MAX], kem[GN_KEM_PK_LEN + 1];
	static const uint8_t other_seed[GN_PQ_SEED_LEN] = {8};
	uint8_t pq[GN_PQ_PK_LEN + 1] = {0};
	struct gn_fb_key key = {{4}};
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_buf record = {room, 0, GN_RECORD_MAX};
	struct gn_slice body;
	gn_fbref refs[GN_PREKEYS_FEW + 1];
	assert_int_equal(gn_pq_public(other_seed, pq), GN_OK);
	for (uint32_t i = 0; i < f.few; i++)
		refs[i] = gn_fb_prekey_set_make(
			&b, &(struct gn_fb_prekey_set_args){.id = i + f.same_id,
							    .x25519 = &key,
							    .kem = gn_slice(kem, 1184)});
	gn_fbref last = gn_fb_prekey_set_make(
		&b, &(struct gn_fb_prekey_set_args){
			    .id = 9, .x25519 = &key, .kem = gn_slice(kem, f.kem_len)});
	struct gn_fb_prekeys_body_args args = {.identity = &key,
					       .pq_key = gn_slice(pq, f.pq_len),
					       .dh = &key,
					       .last = last,
					       .few = {f.few ? refs : NULL, f.few}};
	GN_TRY(gn_fbb_finish(&b, gn_fb_prekeys_body_make(&b, &args), NULL, &body));
	struct gn_record_fields fields = {.type = GN_FB_RECORD_TYPE_PREKEYS,
					  .salt = f.salt,
					  .label = gn_str(f.label),
					  .body = body,
					  .created = T0,
					  .ttl = f.ttl};
	GN_TRY(gn_wire_record_make(&device, other_seed, &fields, &record));
	out.seq = 77;
	gn_err err = gn_prekeys_open(gn_buf_slice(&record), &out);
	assert_true(err == GN_OK || out.seq == 77);
	return err;
}

static void forged_records_are_refused(void **state)
{
	(void)state;
	const struct forged good = {GN_PQ_PK_LEN, GN_KEM_PK_LEN, GN_PREKEYS_FEW, 0, "", 3600, 0};
	struct forged f = good;
	assert_int_equal(forge(f), GN_OK);
	f.few++;
	struct gn_record r;
	assert_int_equal(forge(f), GN_TOO_LARGE);
	assert_int_equal(gn_wire_record_parse(gn_slice(room, GN_RECORD_MAX), &r), GN_OK);
	r.bytes.len = PREKEYS_RECORD_MAX; /* were the keys smaller */
	assert_int_equal(gn_prekeys_admit(NULL, &r, 0, (gn_time)T0 * GN_SEC), GN_MALFORMED);
	f = good, f.pq_len++;
	assert_int_equal(forge(f), GN_MALFORMED);
	f = good, f.pq_len--;
	assert_int_equal(forge(f), GN_MALFORMED);
	f = good, f.kem_len++;
	assert_int_equal(forge(f), GN_MALFORMED);
	f = good, f.kem_len = 0;
	assert_int_equal(forge(f), GN_MALFORMED);
	f = good, f.salt = 2;
	assert_int_equal(forge(f), GN_MALFORMED);
	f = good, f.label = "x";
	assert_int_equal(forge(f), GN_MALFORMED);
	f = good, f.ttl = GN_PREKEYS_TTL + 1;
	assert_int_equal(forge(f), GN_RANGE);
	f = good, f.same_id = 9;
	assert_int_equal(forge(f), GN_MALFORMED);
}

static void any_flipped_bit_is_refused(void **state)
{
	(void)state;
	start(1);
	assert_int_equal(reopen(0), GN_OK);
	struct gn_record r;
	assert_int_equal(gn_wire_record_open(gn_slice(room, GN_RECORD_MAX), &r), GN_OK);
	uint8_t *at = room + (r.signed_bytes.p - room);
	for (size_t bit = 0; bit < r.signed_bytes.len * 8; bit += bit < 2048 ? 7 : 419) {
		at[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_not_equal(gn_prekeys_open(r.bytes, &out), GN_OK);
		at[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	uint8_t *pq_sig = room + (r.pq_sig.p - room); /* Ed25519 alone is not enough */
	pq_sig[1000] ^= 1;
	assert_int_equal(gn_prekeys_open(r.bytes, &out), GN_SIGNATURE);
	pq_sig[1000] ^= 1;
	assert_int_equal(gn_prekeys_open(r.bytes, &out), GN_OK);
}

static void they_are_believed_of_a_listed_device(void **state)
{
	(void)state;
	struct gn_identity other = person;
	struct gn_pk stranger = {{3}};
	start(1);
	assert_int_equal(reopen(0), GN_OK);
	assert_int_equal(gn_prekeys_judge(&out, &person, &person.owner, T0), GN_OK);
	/* the owner who was looked up is neither the record's nor the identity's */
	assert_int_equal(gn_prekeys_judge(&out, &person, &stranger, T0), GN_KEY);
	other.owner = stranger;
	assert_int_equal(gn_prekeys_judge(&out, &other, &stranger, T0), GN_KEY);
	assert_int_equal(gn_prekeys_judge(&out, &other, &person.owner, T0), GN_KEY);
	assert_int_equal(gn_prekeys_judge(&out, &person, &person.owner, T0 + GN_PREKEYS_TTL),
			 GN_OK);
	assert_int_equal(gn_prekeys_judge(&out, &person, &person.owner, T0 + GN_PREKEYS_TTL + 1),
			 GN_EXPIRED);
	assert_int_equal(gn_prekeys_judge(&out, &person, &person.owner, T0 - 301), GN_RANGE);
	other = person;
	other.keys[0].pq_hash.b[0] ^= 1;
	assert_int_equal(gn_prekeys_judge(&out, &other, &person.owner, T0), GN_KEY);
	other = person;
	other.keys[0].rights = 0;
	assert_int_equal(gn_prekeys_judge(&out, &other, &person.owner, T0), GN_DENIED);
	other = person;
	other.keys[0].expires = T0 + 5;
	assert_int_equal(gn_prekeys_judge(&out, &other, &person.owner, T0 + 5), GN_EXPIRED);
	other = person;
	other.key_count = 0; /* revoked */
	assert_int_equal(gn_prekeys_judge(&out, &other, &person.owner, T0), GN_NOT_FOUND);
}

/* docs/spec/services.md, vectors. */
static void format_does_not_drift(void **state)
{
	(void)state;
	struct gn_hash sum;
	char hex[65];
	start(2);
	struct gn_buf b = {room, 0, GN_RECORD_MAX};
	assert_int_equal(gn_prekeys_record(&device, pq_seed, &in, 1, &b), GN_OK);
	gn_sha256((struct gn_slice[]){gn_buf_slice(&b)}, 1, &sum);
	gn_hex(GN_SLICE(sum.b), hex);
	assert_string_equal(hex,
			    "6f22b5ba4dca7e85579ff16abcdcb4d612fc94c4e623fc058786e7a436c2f9e3");
}

static struct gn_record record_of(uint8_t *at)
{
	struct gn_buf b = {at, 0, GN_RECORD_MAX};
	struct gn_record r;
	assert_int_equal(gn_prekeys_record(&device, pq_seed, &in, 0, &b), GN_OK);
	assert_int_equal(gn_wire_record_open(gn_buf_slice(&b), &r), GN_OK);
	return r;
}

static void holders_take_newer_ones_of_a_size(void **state)
{
	(void)state;
	gn_time now = (gn_time)T0 * GN_SEC;
	start(GN_PREKEYS_FEW);
	struct gn_record held = record_of(room);
	in.seq++;
	struct gn_record next = record_of(room + GN_RECORD_MAX);
	assert_int_equal(gn_prekeys_admit(NULL, &held, 0, now), GN_OK);
	assert_int_equal(gn_prekeys_admit(&held, &held, 0, now), GN_OK);
	assert_int_equal(gn_prekeys_admit(&held, &next, 0, now), GN_OK);
	assert_int_equal(gn_prekeys_admit(&next, &held, 0, now), GN_STALE);
	assert_int_equal(gn_prekeys_admit(NULL, &next, 0, now + 15 * 86400 * GN_SEC), GN_EXPIRED);
	assert_int_equal(gn_prekeys_admit(NULL, &next, 0, now - 301 * GN_SEC), GN_RANGE);
	held.bytes.len = PREKEYS_RECORD_MAX;
	assert_int_equal(gn_prekeys_admit(NULL, &held, 0, now), GN_OK);
	held.bytes.len++;
	assert_int_equal(gn_prekeys_admit(NULL, &held, 0, now), GN_TOO_LARGE);
	next.owner.b[0] ^= 1;
	held.bytes.len = 100;
	assert_int_equal(gn_prekeys_admit(&held, &next, 0, now), GN_DENIED);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_full_record_comes_back_as_it_was),
		cmocka_unit_test(format_does_not_drift),
		cmocka_unit_test(limits_hold),
		cmocka_unit_test(forged_records_are_refused),
		cmocka_unit_test(any_flipped_bit_is_refused),
		cmocka_unit_test(they_are_believed_of_a_listed_device),
		cmocka_unit_test(holders_take_newer_ones_of_a_size),
	};
	return cmocka_run_group_tests(tests, set_up, NULL);
}
