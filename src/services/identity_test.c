/* Identity records: round trip, limits, and that no changed bit passes. */
#include "services/identity.h"
#include "services/limits.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define T0 UINT64_C(1767225600)

static const uint8_t entropy[32] = {7, 1, 2, 3};
static uint8_t storage[GN_RECORD_MAX];

static struct gn_identity example(void)
{
	struct gn_identity id = {.seq = 3,
				 .created = T0,
				 .ttl = 86400,
				 .display_name = GN_LIT("Zo\xc3\xab"),
				 .profile = GN_LIT("{}"),
				 .key_count = 2};
	id.keys[0] = (struct gn_identity_key){
		.pk = {{1, 2}}, .node = true, .name = GN_LIT("home"), .rights = 5, .expires = T0 + 1000};
	id.keys[1] =
		(struct gn_identity_key){.pk = {{3, 4}}, .name = GN_LIT("phone"), .rights = 1, .expires = T0 + 2000};
	return id;
}

static struct gn_slice make(const struct gn_identity *id, uint8_t salt)
{
	struct gn_buf out = {storage, 0, sizeof storage};
	assert_int_equal(gn_identity_record(entropy, id, salt, &out), GN_OK);
	return gn_buf_slice(&out);
}

static void record_comes_back_as_it_was(void **state)
{
	(void)state;
	struct gn_identity in = example(), out;
	struct gn_identity_keys keys, next;
	struct gn_record r;
	struct gn_hash key, sum;
	in.recovery.b[0] = 9;
	in.old_owner.b[31] = 8;
	struct gn_slice bytes = make(&in, 1);
	assert_int_equal(gn_identity_open(bytes, &out), GN_OK);
	assert_int_equal(gn_identity_derive(entropy, 0, &keys), GN_OK);
	assert_int_equal(gn_identity_derive(entropy, 1, &next), GN_OK);
	assert_memory_equal(&out.owner, &keys.sk.pk, sizeof out.owner);
	gn_sha256(&(struct gn_slice){next.sk.pk.b, 32}, 1, &sum);
	assert_memory_equal(&out.next, &sum, sizeof sum);
	assert_int_equal(out.seq, 3);
	assert_true(gn_slice_eq(out.display_name, in.display_name));
	assert_true(gn_slice_eq(out.profile, in.profile));
	assert_int_equal(out.key_count, 2);
	assert_true(out.keys[0].node && !out.keys[1].node);
	assert_int_equal(out.keys[0].rights, 5);
	assert_int_equal(out.keys[1].expires, T0 + 2000);
	assert_true(gn_slice_eq(out.keys[1].name, GN_LIT("phone")));
	assert_memory_equal(&out.recovery, &in.recovery, 32);
	assert_memory_equal(&out.old_owner, &in.old_owner, 32);
	assert_int_equal(gn_wire_record_open(bytes, &r), GN_OK);
	gn_identity_key_of(&out.owner, 1, &key);
	assert_memory_equal(&key, &r.key, sizeof key);
	gn_identity_wipe(&keys);
	gn_identity_wipe(&next);
}

/* docs/spec/services.md, vectors */
static void format_does_not_drift(void **state)
{
	(void)state;
	struct gn_identity in = example();
	struct gn_slice bytes = make(&in, 0);
	struct gn_hash sum;
	char hex[65];
	gn_sha256(&bytes, 1, &sum);
	gn_hex(GN_SLICE(sum.b), hex);
	assert_string_equal(hex, "b83754b15a31ee3c35ed410b8de22dc0abe62a2ca677524e2987cba773cc5fc3");
}

/* Outside what is signed there is padding of the envelope, which says nothing: a flip there leaves the same signed
 * bytes. */
static bool same_message(struct gn_slice bytes, const uint8_t *original)
{
	struct gn_record now, before;
	if (gn_wire_record_parse(bytes, &now) != GN_OK ||
	    gn_wire_record_parse(gn_slice(original, bytes.len), &before) != GN_OK)
		return false;
	return gn_slice_eq(now.signed_bytes, before.signed_bytes) && gn_slice_eq(now.pq_sig, before.pq_sig) &&
	       memcmp(&now.sig, &before.sig, sizeof now.sig) == 0;
}

static void any_flipped_bit_is_refused(void **state)
{
	(void)state;
	static uint8_t original[GN_RECORD_MAX];
	struct gn_identity in = example(), out;
	struct gn_slice bytes = make(&in, 0);
	size_t harmless = 0;
	memcpy(original, bytes.p, bytes.len);
	for (size_t bit = 0; bit < bytes.len * 8;
	     bit += bit < 4096 ? 3 : 61) { /* densely at the start, a sample of the long keys */
		uint8_t *at = storage + (bytes.p - storage) + bit / 8;
		*at ^= (uint8_t)(1u << bit % 8);
		if (gn_identity_open(bytes, &out) == GN_OK) {
			if (!same_message(bytes, original))
				fail_msg("bit %zu may be flipped", bit);
			harmless++;
		}
		*at ^= (uint8_t)(1u << bit % 8);
	}
	assert_in_range(harmless, 0, 64);
	assert_int_equal(gn_identity_open(bytes, &out), GN_OK);
}

static void limits_hold(void **state)
{
	(void)state;
	static uint8_t long_bytes[IDENTITY_PROFILE_MAX + 1];
	memset(long_bytes, 'a', sizeof long_bytes);
	struct gn_buf out = {storage, 0, sizeof storage};
	struct gn_identity in = example(), back;
	in.display_name = gn_slice(long_bytes, IDENTITY_NAME_MAX);
	in.profile = gn_slice(long_bytes, IDENTITY_PROFILE_MAX);
	in.key_count = GN_IDENTITY_KEYS;
	for (size_t i = 0; i < GN_IDENTITY_KEYS; i++)
		in.keys[i].name = gn_slice(long_bytes, IDENTITY_KEY_NAME_MAX);
	assert_int_equal(gn_identity_open(make(&in, 0), &back), GN_OK);
	assert_int_equal(back.key_count, GN_IDENTITY_KEYS);
	in.display_name.len++;
	assert_int_equal(gn_identity_record(entropy, &in, 0, &out), GN_USAGE);
	in.display_name.len--;
	in.profile.len++;
	assert_int_equal(gn_identity_record(entropy, &in, 0, &out), GN_USAGE);
	in.profile.len--;
	in.keys[3].name.len++;
	assert_int_equal(gn_identity_record(entropy, &in, 0, &out), GN_USAGE);
	in.keys[3].name.len--;
	in.key_count++;
	assert_int_equal(gn_identity_record(entropy, &in, 0, &out), GN_USAGE);
	in.key_count--;
	in.display_name = GN_LIT("\xff");
	assert_int_equal(gn_identity_record(entropy, &in, 0, &out), GN_USAGE);
	in.display_name = GN_LIT("a");
	in.ttl = 1;
	assert_int_equal(gn_identity_record(entropy, &in, 0, &out), GN_RANGE);
	assert_int_equal(out.len, 0);
}

static void holder_takes_newer_only(void **state)
{
	(void)state;
	struct gn_identity in = example();
	struct gn_record old, new;
	static uint8_t first[GN_RECORD_MAX];
	struct gn_slice bytes = make(&in, 0);
	memcpy(first, bytes.p, bytes.len);
	assert_int_equal(gn_wire_record_open(gn_slice(first, bytes.len), &old), GN_OK);
	in.seq++;
	assert_int_equal(gn_wire_record_open(make(&in, 0), &new), GN_OK);
	gn_time now = (gn_time)T0 * GN_SEC;
	assert_int_equal(gn_identity_admit(NULL, &old, now), GN_OK);
	assert_int_equal(gn_identity_admit(&old, &new, now), GN_OK);
	assert_int_equal(gn_identity_admit(&old, &old, now), GN_OK);
	assert_int_equal(gn_identity_admit(&new, &old, now), GN_STALE);
	assert_int_equal(gn_identity_admit(NULL, &new, now + 86401 * GN_SEC), GN_EXPIRED);
	assert_int_equal(gn_identity_admit(NULL, &new, now - 400 * GN_SEC), GN_RANGE);
	new.salt = 2;
	assert_int_equal(gn_identity_admit(NULL, &new, now), GN_MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(record_comes_back_as_it_was), cmocka_unit_test(format_does_not_drift),
		cmocka_unit_test(any_flipped_bit_is_refused),  cmocka_unit_test(limits_hold),
		cmocka_unit_test(holder_takes_newer_only),
	};
	return cmocka_run_group_tests_name("identity", tests, NULL, NULL);
}
