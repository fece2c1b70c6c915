/* Provider records: what is made is read, its places are whoever's, the first one's until its end.
 * Rule RE-60. */
#include "records/provider.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define T0 UINT64_C(1767225600)

static struct gn_sk sender, other;
static uint8_t bytes[GN_RECORD_MAX], more[GN_RECORD_MAX];
static const struct gn_provider one = {.node = {{7}}, .created = T0, .ttl = GN_PROVIDER_TTL};

static int set_up(void **state)
{
	(void)state;
	gn_sk_from_seed((const uint8_t[32]){'s'}, &sender);
	gn_sk_from_seed((const uint8_t[32]){'o'}, &other);
	return 0;
}

static struct gn_slice make(const struct gn_sk *by, unsigned place, uint8_t storage[GN_RECORD_MAX])
{
	struct gn_buf buf = {storage, 0, GN_RECORD_MAX};
	char label[GN_PROVIDER_LABEL];
	gn_provider_code(4821, label);
	assert_int_equal(gn_provider_record(by, gn_str(label), place, &one, &buf), GN_OK);
	return gn_buf_slice(&buf);
}

static void what_is_made_is_read(void **state)
{
	struct gn_provider back;
	struct gn_record r;
	struct gn_hash key;
	char hex[65];
	struct gn_slice record = make(&sender, 7, bytes);
	(void)state;
	assert_int_equal(gn_provider_open(record, &back), GN_OK);
	assert_memory_equal(&back.node, &one.node, sizeof back.node);
	assert_true(back.created == T0 && back.ttl == GN_PROVIDER_TTL);
	/* it lies where all look who know the label, whoever signed it (WR-13; computed with
	 * Python's hashlib) */
	gn_provider_key(GN_LIT("code/4821"), 7, &key);
	gn_hex(GN_SLICE(key.b), hex);
	assert_string_equal(hex,
			    "3bcab4328045ffb73dae77f47b5dd56fa8c81fdb0d2f2e50daf1d709c8b3e152");
	assert_int_equal(gn_wire_record_open(record, &r), GN_OK);
	assert_memory_equal(key.b, r.key.b, sizeof key.b);
	assert_int_equal(gn_wire_record_open(make(&other, 7, bytes), &r), GN_OK);
	assert_memory_equal(key.b, r.key.b, sizeof key.b);
	assert_int_equal(gn_wire_record_open(make(&sender, 6, bytes), &r), GN_OK);
	assert_memory_not_equal(key.b, r.key.b, sizeof key.b);
}

static void longer_and_other_ones_are_refused(void **state)
{
	struct gn_provider p = one;
	struct gn_record r;
	struct gn_buf buf = {bytes, 0, sizeof bytes};
	struct gn_record_fields f = {.type = GN_FB_RECORD_TYPE_PROVIDER,
				     .salt = GN_PROVIDER_PLACES,
				     .label = GN_LIT("code/1"),
				     .body = GN_LIT("no table"),
				     .seq = 1,
				     .created = T0,
				     .ttl = GN_PROVIDER_TTL};
	(void)state;
	p.ttl++;
	assert_int_equal(gn_provider_record(&sender, f.label, 0, &p, &buf), GN_RANGE);
	assert_int_equal(gn_wire_record_make(&sender, NULL, &f, &buf), GN_OK);
	assert_int_equal(gn_provider_open(gn_buf_slice(&buf), &p), GN_MALFORMED);
	f.salt--;
	buf.len = 0;
	assert_int_equal(gn_wire_record_make(&sender, NULL, &f, &buf), GN_OK);
	assert_int_equal(gn_provider_open(gn_buf_slice(&buf), &p), GN_MALFORMED);
	assert_int_equal(gn_wire_record_open(make(&sender, 0, more), &r), GN_OK);
	f.body = r.body;
	f.ttl++;
	buf.len = 0;
	assert_int_equal(gn_wire_record_make(&sender, NULL, &f, &buf), GN_OK);
	assert_int_equal(gn_provider_open(gn_buf_slice(&buf), &p), GN_RANGE);
	f.ttl--;
	f.type = 16;
	buf.len = 0;
	assert_int_equal(gn_wire_record_make(&sender, NULL, &f, &buf), GN_OK);
	assert_int_equal(gn_provider_open(gn_buf_slice(&buf), &p), GN_MALFORMED);
}

static void a_place_is_who_came_first(void **state)
{
	struct gn_record held, in;
	gn_time now = (gn_time)T0 * GN_SEC;
	(void)state;
	assert_int_equal(gn_wire_record_open(make(&sender, 0, bytes), &held), GN_OK);
	assert_int_equal(gn_wire_record_open(make(&other, 0, more), &in), GN_OK);
	assert_int_equal(gn_provider_admit(NULL, &held, 0, now), GN_OK);
	assert_int_equal(gn_provider_admit(&held, &in, 0, now), GN_EXISTS);
	assert_int_equal(gn_provider_admit(&held, &held, 0, now), GN_OK);
	held.seq++;
	in.owner = held.owner;
	assert_int_equal(gn_provider_admit(&held, &in, 0, now), GN_STALE);
	assert_int_equal(gn_provider_admit(NULL, &in, 0, now + 601 * GN_SEC), GN_EXPIRED);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_made_is_read),
		cmocka_unit_test(longer_and_other_ones_are_refused),
		cmocka_unit_test(a_place_is_who_came_first),
	};
	return cmocka_run_group_tests(tests, set_up, NULL);
}
