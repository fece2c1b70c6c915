/* Identity records: round trip, limits, and that no changed bit passes. */
#include "records/identity.h"
#include "records/limits.h"
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
	id.keys[0] = (struct gn_identity_key){.pk = {{1, 2}},
					      .kind = GN_FB_MEMBER_KIND_NODE,
					      .name = GN_LIT("home"),
					      .rights = 5,
					      .expires = T0 + 1000};
	id.keys[1] = (struct gn_identity_key){
		.pk = {{3, 4}}, .name = GN_LIT("phone"), .rights = 1, .expires = T0 + 2000};
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
	assert_int_equal(out.keys[0].kind, GN_FB_MEMBER_KIND_NODE);
	assert_int_equal(out.keys[1].kind, GN_FB_MEMBER_KIND_DEVICE);
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
	assert_string_equal(hex,
			    "b83754b15a31ee3c35ed410b8de22dc0abe62a2ca677524e2987cba773cc5fc3");
}

/* Outside what is signed there is padding of the envelope, which says nothing: a flip there
 * leaves the same signed bytes. */
static bool same_message(struct gn_slice bytes, const uint8_t *original)
{
	struct gn_record now, before;
	if (gn_wire_record_parse(bytes, &now) != GN_OK ||
	    gn_wire_record_parse(gn_slice(original, bytes.len), &before) != GN_OK)
		return false;
	return gn_slice_eq(now.signed_bytes, before.signed_bytes) &&
	       gn_slice_eq(now.pq_sig, before.pq_sig) &&
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
	assert_int_equal(gn_identity_admit(NULL, &old, 0, now), GN_OK);
	assert_int_equal(gn_identity_admit(&old, &new, 0, now), GN_OK);
	assert_int_equal(gn_identity_admit(&old, &old, 0, now), GN_OK);
	assert_int_equal(gn_identity_admit(&new, &old, 0, now), GN_STALE);
	assert_int_equal(gn_identity_admit(NULL, &new, 0, now + 86401 * GN_SEC), GN_EXPIRED);
	assert_int_equal(gn_identity_admit(NULL, &new, 0, now - 400 * GN_SEC), GN_RANGE);
	new.salt = 2;
	assert_int_equal(gn_identity_admit(NULL, &new, 0, now), GN_MALFORMED);
}

/* ---- a record of a newer client ---- */

/* What a later schema may add, to the body and to each member: a number, a string, a struct, a
 * vector of tables. */
struct later_member_args {
	struct gn_fb_member_key_args now;
	uint64_t quota;
	struct gn_slice model;
};
struct later_body_args {
	struct gn_fb_identity_body_args now;
	uint64_t flags;
	struct gn_slice motto;
	const struct gn_fb_hash *photo;
	struct {
		const gn_fbref *p;
		size_t count;
	} devices;
};
static struct gn_fb_field member_fields[9], body_fields[16];
static struct gn_fb_type later_member = {"MemberKey", NULL, member_fields, 9};
static const struct gn_fb_type *const later_members[] = {&later_member};
static struct gn_fb_type later_body = {"IdentityBody", NULL, body_fields, 16};

static void later_schema(void)
{
	memcpy(member_fields, gn_fbfields_member_key, sizeof gn_fbfields_member_key);
	member_fields[7] =
		(struct gn_fb_field){.name = "quota",
				     .slot = 7,
				     .c_offset = offsetof(struct later_member_args, quota),
				     .size = 8};
	member_fields[8] =
		(struct gn_fb_field){.name = "model",
				     .kind = GN_FB_STRING,
				     .slot = 8,
				     .c_offset = offsetof(struct later_member_args, model)};
	memcpy(body_fields, gn_fbfields_identity_body, sizeof gn_fbfields_identity_body);
	body_fields[6].types = later_members;
	body_fields[12] = (struct gn_fb_field){.name = "flags",
					       .slot = 12,
					       .c_offset = offsetof(struct later_body_args, flags),
					       .size = 8};
	body_fields[13] = (struct gn_fb_field){.name = "motto",
					       .kind = GN_FB_STRING,
					       .slot = 13,
					       .c_offset = offsetof(struct later_body_args, motto)};
	body_fields[14] = (struct gn_fb_field){.name = "photo",
					       .kind = GN_FB_STRUCT,
					       .slot = 14,
					       .c_offset = offsetof(struct later_body_args, photo),
					       .layout = &gn_fblayout_hash};
	body_fields[15] =
		(struct gn_fb_field){.name = "devices",
				     .kind = GN_FB_TABLES,
				     .slot = 15,
				     .type_count = 1,
				     .c_offset = offsetof(struct later_body_args, devices),
				     .types = later_members};
}

static const struct gn_fb_key phone = {{3, 4}}, watch = {{5, 6}};
static const struct gn_fb_hash photo = {{9, 9, 9}};

/* As that client publishes it, in `storage`. */
static struct gn_slice later_record(uint64_t seq)
{
	static uint8_t body[16384];
	struct gn_fbb b = gn_fbb(body, sizeof body);
	struct gn_identity_keys keys, next;
	uint8_t pq[GN_PQ_PK_LEN];
	struct gn_hash sum;
	struct gn_fb_hash next_fb;
	struct gn_slice bytes;
	struct gn_buf out = {storage, 0, sizeof storage};
	assert_int_equal(gn_identity_derive(entropy, 0, &keys), GN_OK);
	assert_int_equal(gn_identity_derive(entropy, 1, &next), GN_OK);
	assert_int_equal(gn_pq_public(keys.pq_seed, pq), GN_OK);
	gn_sha256(&(struct gn_slice){next.sk.pk.b, 32}, 1, &sum);
	memcpy(next_fb.b, sum.b, sizeof sum);
	struct later_member_args members[] = {
		{{.key = &phone,
		  .kind = 7,
		  .since = T0 - 500,
		  .expires = T0 + 2000,
		  .name = GN_LIT("phone")},
		 .quota = 1234567,
		 .model = GN_LIT("P-1")},
		{{.key = &watch, .expires = T0 + 3000, .name = GN_LIT("watch")},
		 .model = GN_LIT("W-2")}};
	gn_fbref refs[] = {gn_fbb_table(&b, &later_member, &members[0]),
			   gn_fbb_table(&b, &later_member, &members[1])};
	gn_fbref prekeys[] = {gn_fb_prekey_make(
		&b, &(struct gn_fb_prekey_args){.id = 77, .public_key = GN_LIT("pk")})};
	struct gn_fb_hash guardians = {{1}};
	struct later_body_args args = {
		.now = {.pq_key = GN_SLICE(pq),
			.next = &next_fb,
			.successor = &watch,
			.recovery = gn_fb_recovery_make(
				&b, &(struct gn_fb_recovery_args){.guardians = &guardians,
								  .k = 2,
								  .n = 3}),
			.members = {refs, 2},
			.prekeys = {prekeys, 1},
			.display_name = GN_LIT("Zo\xc3\xab"),
			.profile = GN_LIT("{}")},
		.flags = UINT64_C(0x1122334455667788),
		.motto = GN_LIT("ever onward"),
		.photo = &photo,
		.devices = {refs, 2}};
	assert_int_equal(gn_fbb_finish(&b, gn_fbb_table(&b, &later_body, &args), NULL, &bytes),
			 GN_OK);
	struct gn_record_fields fields = {.type = GN_FB_RECORD_TYPE_IDENTITY,
					  .body = bytes,
					  .seq = seq,
					  .created = T0,
					  .ttl = 86400};
	assert_int_equal(gn_wire_record_make(&keys.sk, keys.pq_seed, &fields, &out), GN_OK);
	gn_identity_wipe(&keys);
	gn_identity_wipe(&next);
	return gn_buf_slice(&out);
}

/* The later client finds in body all that it once wrote. */
static void assert_later_kept(struct gn_slice body)
{
	struct gn_fbt t;
	struct gn_fb_hash hash;
	assert_int_equal(gn_fb_verify(body, &later_body, &t), GN_OK);
	assert_true(gn_fbt_bits(t, 12, 8, 0) == UINT64_C(0x1122334455667788));
	assert_true(gn_slice_eq(gn_fbt_bytes(t, 13), GN_LIT("ever onward")));
	assert_true(gn_fbt_struct(t, 14, &gn_fblayout_hash, &hash));
	assert_memory_equal(&hash, &photo, sizeof hash);
	assert_int_equal(gn_fbt_count(t, 15), 2);
	assert_true(gn_slice_eq(gn_fbt_bytes(gn_fbt_table_at(t, 15, 1), 8), GN_LIT("W-2")));
	struct gn_fb_identity_body now = {t};
	assert_memory_equal(gn_fb_identity_body_successor(now).b, watch.b, 32);
	assert_int_equal(gn_fb_identity_body_prekeys_len(now), 1);
	assert_int_equal(gn_fb_prekey_id(gn_fb_identity_body_prekeys_at(now, 0)), 77);
	assert_int_equal(gn_fb_recovery_k(gn_fb_identity_body_recovery(now)), 2);
	for (uint32_t i = 0; i < 2; i++) {
		struct gn_fbt m = gn_fbt_table_at(t, 6, i);
		bool first = i == 0;
		assert_true(gn_fbt_bits(m, 7, 8, 0) == (first ? 1234567 : 0));
		assert_true(gn_slice_eq(gn_fbt_bytes(m, 8), first ? GN_LIT("P-1") : GN_LIT("W-2")));
		assert_int_equal(gn_fbt_bits(m, 1, 1, 0), first ? 7 : 0);
	}
}

static void what_a_newer_client_wrote_is_kept(void **state)
{
	(void)state;
	static uint8_t storages[2][GN_RECORD_MAX];
	struct gn_identity in;
	struct gn_record r, before;
	later_schema();
	struct gn_slice record = later_record(5);
	for (unsigned round = 0; round < 12; round++) {
		char name[32];
		struct gn_buf out = {storages[round % 2], 0, GN_RECORD_MAX};
		assert_int_equal(gn_identity_open(record, &in), GN_OK);
		assert_int_equal(gn_wire_record_open(record, &before), GN_OK);
		in.seq++;
		in.created += 100;
		if (round % 3 == 1) { /* else only renewed */
			snprintf(name, sizeof name, "name %u", round);
			in.display_name = gn_str(name);
			in.keys[0].expires++;
			in.keys[in.key_count++] =
				(struct gn_identity_key){.pk = {{40, (uint8_t)round}},
							 .kind = GN_FB_MEMBER_KIND_NODE,
							 .since = in.created,
							 .name = GN_LIT("node")};
		}
		assert_int_equal(gn_identity_record(entropy, &in, 0, &out), GN_OK);
		record = gn_buf_slice(&out);
		assert_int_equal(gn_wire_record_open(record, &r), GN_OK);
		assert_later_kept(r.body);
		assert_true(gn_slice_eq(r.prev, GN_SLICE(before.hash.b)));
		if (round % 3 != 1)
			assert_true(gn_slice_eq(r.body, before.body));
		assert_int_equal(gn_identity_open(record, &in), GN_OK);
		assert_int_equal(in.key_count, 2 + (round + 2) / 3);
		assert_true(in.keys[0].expires == T0 + 2000 + (round + 2) / 3);
		assert_true(in.keys[0].since == T0 - 500);
		if (round % 3 == 1)
			assert_true(gn_slice_eq(in.display_name, gn_str(name)));
	}
	in.before.beyond = true;
	struct gn_buf out = {storages[0], 0, GN_RECORD_MAX};
	assert_int_equal(gn_identity_record(entropy, &in, 0, &out), GN_VERSION);
}

/* ID-6: the first time that a key was listed stays, and a record of before says it by its own
 * time. */
static void since_and_prev_are_set(void **state)
{
	(void)state;
	static uint8_t first[GN_RECORD_MAX];
	struct gn_identity in = example(), out;
	struct gn_record r, old;
	in.keys[0].since = T0 - 7;
	struct gn_slice bytes = make(&in, 0);
	assert_int_equal(gn_wire_record_open(bytes, &old), GN_OK);
	assert_null(old.prev.p);
	memcpy(first, bytes.p, bytes.len);
	assert_int_equal(gn_identity_open(gn_slice(first, bytes.len), &in), GN_OK);
	assert_true(in.keys[0].since == T0 - 7 && in.keys[1].since == T0);
	in.seq++;
	in.created = T0 + 1000;
	bytes = make(&in, 0);
	assert_int_equal(gn_wire_record_open(bytes, &r), GN_OK);
	assert_true(gn_slice_eq(r.prev, GN_SLICE(in.before.hash[0].b)));
	assert_int_equal(gn_identity_open(bytes, &out), GN_OK);
	assert_true(out.keys[0].since == T0 - 7 && out.keys[1].since == T0);
	bytes = make(&in, 1); /* the other place: its own version before, here none */
	assert_int_equal(gn_wire_record_open(bytes, &r), GN_OK);
	assert_null(r.prev.p);
}

/* ---- versions and devices (ID-8, ID-9) ---- */

static void a_version_has_one_name_at_both_places(void **state)
{
	(void)state;
	static uint8_t first[GN_RECORD_MAX];
	static struct gn_hash names[GN_IDENTITY_HISTORY + 4];
	struct gn_identity in = example(), at0, at1;
	struct gn_record r;
	in.display_name = in.profile = in.keys[0].name = in.keys[1].name = gn_slice(NULL, 0);
	for (uint32_t n = 0; n < GN_COUNT(names); n++) {
		in.seq = 10 + n;
		in.front.b[0] = (uint8_t)n;
		struct gn_slice bytes = make(&in, 0);
		memcpy(first, bytes.p, bytes.len);
		assert_int_equal(gn_identity_open(gn_slice(first, bytes.len), &at0), GN_OK);
		assert_int_equal(gn_wire_record_parse(gn_slice(first, bytes.len), &r), GN_OK);
		names[n] = r.hash;
		assert_int_equal(gn_identity_open(make(&in, 1), &at1), GN_OK);
		assert_memory_equal(&at0.version, &at1.version, sizeof at0.version);
		assert_true(at0.version.seq == in.seq && gn_hash_eq(&at0.version.hash, &names[n]));
		bool full = n >= GN_IDENTITY_HISTORY;
		assert_int_equal(at0.history_count, full ? GN_IDENTITY_HISTORY : n);
		/* at the second place its own name takes the last one's */
		assert_int_equal(at1.history_count, full ? GN_IDENTITY_HISTORY - 1 : n);
		assert_true(at0.front.b[0] == (uint8_t)n && at1.front.b[0] == (uint8_t)n);
		for (size_t i = 0; i < at1.history_count; i++) {
			assert_true(at0.history[i].seq == in.seq - 1 - i);
			assert_true(gn_hash_eq(&at0.history[i].hash, &names[n - 1 - i]));
			assert_true(at1.history[i].seq == at0.history[i].seq &&
				    gn_hash_eq(&at1.history[i].hash, &at0.history[i].hash));
		}
		in = at0;
		in.before = (struct gn_before){0}; /* its body was in first */
	}
}

/* A record that a forger signs as they like. */
static gn_err forged_history(const struct gn_fb_version *history, size_t count, uint8_t salt)
{
	static uint8_t body[16384];
	struct gn_fbb b = gn_fbb(body, sizeof body);
	struct gn_identity_keys keys;
	struct gn_identity out;
	uint8_t pq[GN_PQ_PK_LEN];
	struct gn_slice bytes;
	struct gn_buf record = {storage, 0, sizeof storage};
	assert_int_equal(gn_identity_derive(entropy, 0, &keys), GN_OK);
	assert_int_equal(gn_pq_public(keys.pq_seed, pq), GN_OK);
	struct gn_fb_identity_body_args args = {.pq_key = GN_SLICE(pq),
						.history = {history, count}};
	GN_TRY(gn_fbb_finish(&b, gn_fb_identity_body_make(&b, &args), NULL, &bytes));
	struct gn_record_fields fields = {.type = GN_FB_RECORD_TYPE_IDENTITY,
					  .salt = salt,
					  .body = bytes,
					  .seq = 1000,
					  .created = T0,
					  .ttl = 86400};
	GN_TRY(gn_wire_record_make(&keys.sk, keys.pq_seed, &fields, &record));
	gn_identity_wipe(&keys);
	return gn_identity_open(gn_buf_slice(&record), &out);
}

static void a_history_falls_and_ends(void **state)
{
	(void)state;
	struct gn_fb_version v[GN_IDENTITY_HISTORY + 1] = {{0}};
	for (size_t i = 0; i < GN_COUNT(v); i++)
		v[i].seq = 999 - i;
	assert_int_equal(forged_history(v, GN_IDENTITY_HISTORY, 0), GN_OK);
	assert_int_equal(forged_history(v, GN_IDENTITY_HISTORY + 1, 0), GN_MALFORMED);
	v[7].seq = v[6].seq;
	assert_int_equal(forged_history(v, 7, 0), GN_OK);
	assert_int_equal(forged_history(v, 8, 0), GN_MALFORMED);
	v[0].seq = 1000; /* itself */
	assert_int_equal(forged_history(v, 1, 0), GN_MALFORMED);
	assert_int_equal(forged_history(v, 1, 1), GN_OK);
	v[1].seq = 1000;
	assert_int_equal(forged_history(v, 2, 1), GN_MALFORMED);

	struct gn_buf out = {storage, 0, sizeof storage};
	struct gn_identity in = example();
	in.version.seq = 2;
	in.history[0].seq = 2;
	in.history_count = 1;
	assert_int_equal(gn_identity_record(entropy, &in, 0, &out), GN_USAGE);
	in.history[0].seq = 1;
	assert_int_equal(gn_identity_record(entropy, &in, 0, &out), GN_OK);
	in.seq = 1;
	assert_int_equal(gn_identity_record(entropy, &in, 0, &out), GN_USAGE);
}

static struct gn_identity with_devices(size_t count, uint8_t pq[GN_PQ_PK_LEN])
{
	struct gn_identity in = example();
	struct gn_hash pq_hash;
	memset(pq, 7, GN_PQ_PK_LEN);
	gn_sha256(&(struct gn_slice){pq, GN_PQ_PK_LEN}, 1, &pq_hash);
	in.key_count = 0;
	for (size_t i = 0; i < count; i++)
		in.keys[in.key_count++] = (struct gn_identity_key){
			.pk = {{1, (uint8_t)i}},
			.kind = GN_FB_MEMBER_KIND_DEVICE,
			.rights = GN_FB_MEMBER_RIGHT_MESSAGE | GN_FB_MEMBER_RIGHT_PUBLISH,
			.expires = T0 + 1000 + i,
			.pq_hash = pq_hash};
	return in;
}

static void a_ninth_device_is_refused(void **state)
{
	(void)state;
	uint8_t pq[GN_PQ_PK_LEN];
	size_t at[GN_IDENTITY_DEVICES];
	struct gn_buf out = {storage, 0, sizeof storage};
	struct gn_identity in = with_devices(GN_IDENTITY_DEVICES, pq), back;
	assert_int_equal(gn_identity_open(make(&in, 0), &back), GN_OK);
	assert_int_equal(gn_identity_devices(&back, T0, at), GN_IDENTITY_DEVICES);
	in = with_devices(GN_IDENTITY_DEVICES + 1, pq);
	assert_int_equal(gn_identity_record(entropy, &in, 0, &out), GN_LIMIT);
	/* an older record may have more: the first eight count */
	assert_int_equal(gn_identity_devices(&in, T0, at), GN_IDENTITY_DEVICES);
	assert_int_equal(at[7], 7);
	assert_int_equal(gn_identity_device(&in, &in.keys[7].pk, pq, T0), GN_OK);
	assert_int_equal(gn_identity_device(&in, &in.keys[8].pk, pq, T0), GN_DENIED);
	/* time makes no ninth the eighth */
	assert_int_equal(gn_identity_devices(&in, T0 + 1000, at), GN_IDENTITY_DEVICES - 1);
	assert_int_equal(gn_identity_device(&in, &in.keys[8].pk, pq, T0 + 1000), GN_DENIED);
	in.keys[3].rights = GN_FB_MEMBER_RIGHT_PUBLISH;
	assert_int_equal(gn_identity_record(entropy, &in, 0, &out), GN_OK);
	in.keys[3].rights = GN_FB_MEMBER_RIGHT_MESSAGE;
	in.keys[4].expires = in.created;
	assert_int_equal(gn_identity_record(entropy, &in, 0, &out), GN_OK);
	in.keys[4].expires++;
	assert_int_equal(gn_identity_record(entropy, &in, 0, &out), GN_LIMIT);
	in.keys[4].kind = GN_FB_MEMBER_KIND_NODE;
	assert_int_equal(gn_identity_record(entropy, &in, 0, &out), GN_OK);
}

/* docs/spec/services.md, vectors. */
static void devices_and_versions_do_not_drift(void **state)
{
	(void)state;
	uint8_t pq[GN_PQ_PK_LEN];
	struct gn_identity in = with_devices(2, pq);
	struct gn_hash sum;
	char hex[65];
	in.version = (struct gn_identity_version){2, {{1}}};
	in.history[0].seq = 1;
	in.history_count = 1;
	in.front.b[0] = 9;
	struct gn_slice bytes = make(&in, 1);
	gn_sha256(&bytes, 1, &sum);
	gn_hex(GN_SLICE(sum.b), hex);
	assert_string_equal(hex,
			    "808671c9f3de9fe0c9e6674a125549e9787344cadfb72af71ee7e834a67759f2");
}

static void a_device_is_believed_as_it_is_listed(void **state)
{
	(void)state;
	uint8_t pq[GN_PQ_PK_LEN];
	struct gn_pk none = {{99}};
	struct gn_identity in = with_devices(3, pq), back;
	in.keys[1].pq_hash = (struct gn_hash){{0}};
	assert_int_equal(gn_identity_open(make(&in, 0), &back), GN_OK);
	const struct gn_pk *first = &back.keys[0].pk;
	assert_int_equal(gn_identity_device(&back, first, pq, T0), GN_OK);
	assert_int_equal(gn_identity_device(&back, &none, pq, T0), GN_NOT_FOUND);
	assert_int_equal(gn_identity_device(&back, &back.keys[1].pk, pq, T0), GN_KEY);
	assert_int_equal(gn_identity_device(&back, first, pq, T0 + 999), GN_OK);
	assert_int_equal(gn_identity_device(&back, first, pq, T0 + 1000), GN_EXPIRED);
	pq[0] ^= 1;
	assert_int_equal(gn_identity_device(&back, first, pq, T0), GN_KEY);
	pq[0] ^= 1;
	back.keys[0].rights = ~(uint32_t)GN_FB_MEMBER_RIGHT_MESSAGE;
	assert_int_equal(gn_identity_device(&back, first, pq, T0), GN_DENIED);
	back.keys[0].rights = GN_FB_MEMBER_RIGHT_MESSAGE;
	back.keys[0].kind = GN_FB_MEMBER_KIND_NODE;
	assert_int_equal(gn_identity_device(&back, first, pq, T0), GN_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(record_comes_back_as_it_was),
		cmocka_unit_test(format_does_not_drift),
		cmocka_unit_test(any_flipped_bit_is_refused),
		cmocka_unit_test(limits_hold),
		cmocka_unit_test(holder_takes_newer_only),
		cmocka_unit_test(what_a_newer_client_wrote_is_kept),
		cmocka_unit_test(since_and_prev_are_set),
		cmocka_unit_test(a_version_has_one_name_at_both_places),
		cmocka_unit_test(a_history_falls_and_ends),
		cmocka_unit_test(a_ninth_device_is_refused),
		cmocka_unit_test(devices_and_versions_do_not_drift),
		cmocka_unit_test(a_device_is_believed_as_it_is_listed),
	};
	return cmocka_run_group_tests_name("identity", tests, NULL, NULL);
}
