/* Revocation lists (WR-36): round trip, order, what expires, full and one past it, a chain whose
 * middle is taken back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "records/revocation.h"
#include "wire/generated/bodies_fb.h"

#define NOW 1000u

static struct gn_revocation list, opened;
static struct gn_sk owner, friend_;
static uint8_t room[2 * GN_RECORD_MAX];

static int set_up(void **state)
{
	(void)state;
	gn_sk_from_seed((const uint8_t[32]){1}, &owner);
	gn_sk_from_seed((const uint8_t[32]){2}, &friend_);
	return 0;
}

static void start_list(void)
{
	memset(&list, 0, sizeof list);
	list.owner = owner.pk;
	list.seq = 3;
	list.created = NOW;
	list.ttl = GN_REVOCATION_TTL;
}

static struct gn_revoked entry(uint32_t n, uint64_t expires)
{
	struct gn_revoked e = {.expires = expires};
	n *= 2654435761u; /* so they come in no order */
	memcpy(e.id.b, &n, sizeof n);
	return e;
}

static gn_err reopen(void)
{
	struct gn_buf b = {room, 0, sizeof room};
	GN_TRY(gn_revocation_record(&owner, &list, &b));
	return gn_revocation_open(gn_buf_slice(&b), &opened);
}

static void a_list_is_what_was_put_in_once(void **state)
{
	(void)state;
	start_list();
	assert_int_equal(reopen(), GN_OK);
	assert_int_equal(opened.count, 0);
	for (uint32_t turn = 0; turn < 2; turn++)
		for (uint32_t i = 0; i < 50; i++) {
			struct gn_revoked e = entry(i, NOW + 10 + i);
			assert_int_equal(gn_revocation_add(&list, &e, NOW), GN_OK);
		}
	assert_int_equal(list.count, 50);
	assert_int_equal(reopen(), GN_OK);
	assert_int_equal(opened.count, 50);
	assert_int_equal(opened.seq, 3);
	assert_memory_equal(opened.list, list.list, 50 * sizeof list.list[0]);
	struct gn_revoked late = entry(99, NOW + 19), over = entry(98, NOW + 18);
	assert_int_equal(gn_revocation_add(&list, &late, NOW + 18), GN_OK);
	assert_int_equal(list.count, 50 - 9 + 1); /* those to NOW + 18 went */
	assert_int_equal(gn_revocation_add(&list, &over, NOW + 18), GN_OK);
	assert_int_equal(list.count, 50 - 9 + 1);
}

static void a_full_list_refuses_one_more(void **state)
{
	(void)state;
	start_list();
	for (uint32_t i = 0; i < GN_REVOKED_MAX; i++) {
		struct gn_revoked e = entry(i, NOW + 5);
		assert_int_equal(gn_revocation_add(&list, &e, NOW), GN_OK);
	}
	assert_int_equal(reopen(), GN_OK);
	assert_int_equal(opened.count, GN_REVOKED_MAX);
	struct gn_revoked more = entry(GN_REVOKED_MAX, NOW + 5), there = entry(7, NOW + 5);
	assert_int_equal(gn_revocation_add(&list, &more, NOW), GN_LIMIT);
	assert_int_equal(gn_revocation_add(&list, &there, NOW), GN_OK);
	assert_int_equal(gn_revocation_add(&list, &more, NOW + 5), GN_OK); /* the others expired */
}

static uint8_t salt; /* of what is forged */

/* A list that a forger signs as they like. */
static gn_err forged_opens(const struct gn_fb_revoked_token *entries, size_t count, bool present,
			   uint16_t type, const char *label)
{
	static uint8_t storage[GN_RECORD_MAX];
	struct gn_fbb f = gn_fbb(storage, sizeof storage);
	struct gn_buf b = {room, 0, sizeof room};
	struct gn_slice body;
	struct gn_fb_revocation_body_args args = {.list = {present ? entries : NULL, count}};
	GN_TRY(gn_fbb_finish(&f, gn_fb_revocation_body_make(&f, &args), NULL, &body));
	struct gn_record_fields fields = {
		.type = type, .label = gn_str(label), .body = body, .ttl = 3600, .salt = salt};
	GN_TRY(gn_wire_record_make(&owner, NULL, &fields, &b));
	return gn_revocation_open(gn_buf_slice(&b), &opened);
}

static void only_ascending_lists_open(void **state)
{
	(void)state;
	static struct gn_fb_revoked_token e[GN_REVOKED_MAX + 1];
	for (size_t i = 0; i < GN_COUNT(e); i++) {
		e[i].id[0] = (uint8_t)(i >> 8);
		e[i].id[1] = (uint8_t)i;
		e[i].expires = 5;
	}
	assert_int_equal(forged_opens(e, GN_REVOKED_MAX, true, 7, ""), GN_OK);
	assert_int_equal(forged_opens(e, GN_REVOKED_MAX + 1, true, 7, ""), GN_MALFORMED);
	assert_int_equal(forged_opens(e, 2, true, 4, ""), GN_MALFORMED);
	assert_int_equal(forged_opens(e, 2, true, 7, "x"), GN_MALFORMED);
	assert_int_equal(forged_opens(e, 0, false, 7, ""), GN_MALFORMED);
	salt = 1;
	assert_int_equal(forged_opens(e, 2, true, 7, ""), GN_MALFORMED);
	salt = 0;
	e[1] = e[0];
	assert_int_equal(forged_opens(e, 2, true, 7, ""), GN_MALFORMED);
	e[0].id[0] = 9;
	assert_int_equal(forged_opens(e, 2, true, 7, ""), GN_MALFORMED);
}

/* Where everybody looks (WR-13, WR-36), put together from the text; and whose it is. */
static void it_lies_in_one_place(void **state)
{
	(void)state;
	struct gn_hash key, want;
	static const uint8_t type[] = {0, 7}, none[] = {0};
	struct gn_slice parts[] = {GN_LIT("geonet/key/1"), GN_SLICE(type), GN_SLICE(owner.pk.b),
				   GN_SLICE(none)};
	gn_sha256(parts, GN_COUNT(parts), &want);
	gn_revocation_key(&owner.pk, &key);
	assert_memory_equal(&key, &want, sizeof key);
	start_list();
	memset(&opened, 0, sizeof opened);
	assert_int_equal(reopen(), GN_OK);
	assert_true(gn_pk_eq(&opened.owner, &owner.pk));
}

static void a_chain_falls_with_any_of_its_blocks(void **state)
{
	(void)state;
	static uint8_t bytes[2][GN_TOKEN_MAX];
	struct gn_buf b[2] = {{bytes[0], 0, GN_TOKEN_MAX}, {bytes[1], 0, GN_TOKEN_MAX}};
	struct gn_token_right all = {GN_LIT("*"), 1};
	struct gn_token_fields f = {.audience = friend_.pk,
				    .rights = &all,
				    .right_count = 1,
				    .expires = NOW + 100,
				    .depth = 1};
	struct gn_token one, two;
	assert_int_equal(gn_token_issue(&owner, &f, &b[0], NULL), GN_OK);
	assert_int_equal(gn_token_open(gn_buf_slice(&b[0]), &one, NULL), GN_OK);
	f.depth = 0;
	assert_int_equal(gn_token_narrow(&one, &friend_, &f, &b[1], NULL), GN_OK);
	assert_int_equal(gn_token_open(gn_buf_slice(&b[1]), &two, NULL), GN_OK);
	for (uint32_t i = 0; i < 20; i++) {
		struct gn_revoked e = entry(i, NOW + 100);
		assert_int_equal(gn_revocation_add(&list, &e, NOW), GN_OK);
	}
	start_list();
	assert_int_equal(gn_revocation_finds(&list, &two), -1);
	struct gn_revoked last = {two.blocks[1].id, NOW + 100},
			  first = {one.blocks[0].id, NOW + 100};
	assert_int_equal(gn_revocation_add(&list, &last, NOW), GN_OK);
	assert_int_equal(gn_revocation_finds(&list, &two), 1);
	assert_int_equal(gn_revocation_finds(&list, &one), -1);
	assert_int_equal(gn_revocation_add(&list, &first, NOW), GN_OK);
	assert_int_equal(gn_revocation_finds(&list, &two), 0);
	assert_int_equal(gn_revocation_finds(&list, &one), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_is_what_was_put_in_once),
		cmocka_unit_test(a_full_list_refuses_one_more),
		cmocka_unit_test(only_ascending_lists_open),
		cmocka_unit_test(it_lies_in_one_place),
		cmocka_unit_test(a_chain_falls_with_any_of_its_blocks),
	};
	return cmocka_run_group_tests(tests, set_up, NULL);
}
