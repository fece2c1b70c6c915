/* Box descriptors (BD-1..BD-5, BD-14): round trip, every limit and one past it, work and its days,
 * what holders take, whose key is whose. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "records/box.h"
#include "records/limits.h"

#define DAY UINT64_C(86400)
#define T0 (20500 * DAY)
#define NONCE 1 /* where the search below begins; it is short from there */

static struct gn_sk key;
static uint8_t room[2 * GN_RECORD_MAX], nonce[8];
static struct gn_boxrec in, out;

static int set_up(void **state)
{
	(void)state;
	gn_sk_from_seed((const uint8_t[32]){5}, &key);
	return gn_boxrec_puzzle(&key.pk, T0 / DAY, GN_BOXREC_WORK_BITS,
				(struct gn_work_tries){NONCE, 1u << 26}, nonce);
}

static struct gn_pk some_key(uint32_t n)
{
	struct gn_pk pk = {{7}};
	gn_put_be64(pk.b + 8, n + 1);
	return pk;
}

static void start(uint8_t kind)
{
	const struct gn_boxrec_limits *max = gn_boxrec_limits(kind);
	memset(&in, 0, sizeof in);
	in.box = key.pk;
	in.seq = 4;
	in.created = T0;
	in.ttl = 86400;
	in.kind = kind;
	in.reader_count = max->readers_max;
	for (uint32_t i = 0; i < in.reader_count; i++)
		in.readers[i] = (struct gn_boxrec_reader){some_key(2 * i), some_key(2 * i + 1)};
	in.item_ttl = max->ttl;
	in.items = max->items;
	in.bytes = max->bytes;
	in.item_max = max->item_max;
	in.epoch = T0 / DAY;
	memcpy(in.nonce, nonce, sizeof nonce);
	if (kind == GN_FB_BOX_KIND_QUEUE) {
		in.lease = 30;
		in.deliveries = 3;
	}
}

static void fill_keys(struct gn_pk *keys, size_t *count, size_t n, uint32_t first)
{
	for (*count = 0; *count < n; ++*count)
		keys[*count] = some_key(first + (uint32_t)*count);
}

static gn_err reopen(uint8_t salt)
{
	struct gn_buf b = {room, 0, GN_RECORD_MAX};
	GN_TRY(gn_boxrec_record(&key, &in, salt, &b));
	return gn_boxrec_open(gn_buf_slice(&b), &out);
}

/* What was read says what was made: made again, it is the same bytes. */
static void assert_same_descriptor(void)
{
	static uint8_t first[GN_RECORD_MAX], second[GN_RECORD_MAX];
	struct gn_buf a = {first, 0, sizeof first}, b = {second, 0, sizeof second};
	struct gn_boxrec again = out;
	again.before = in.before;
	assert_int_equal(gn_boxrec_record(&key, &in, 0, &a), GN_OK);
	assert_int_equal(gn_boxrec_record(&key, &again, 0, &b), GN_OK);
	assert_int_equal(a.len, b.len);
	assert_memory_equal(first, second, a.len);
}

static void a_full_descriptor_comes_back_as_it_was(void **state)
{
	(void)state;
	struct gn_hash place;
	struct gn_record r;
	start(GN_FB_BOX_KIND_FRONT);
	in.bits = 20;
	fill_keys(in.invites, &in.invite_count, GN_BOXREC_INVITES, 1000);
	fill_keys(in.refused, &in.refused_count, GN_BOXREC_REFUSED, 2000);
	fill_keys(in.workers, &in.worker_count, GN_BOXREC_WORKERS, 3000);
	in.successor = some_key(4000);
	in.issuer = some_key(4001);
	struct gn_buf b = {room, 0, GN_RECORD_MAX};
	assert_int_equal(gn_boxrec_record(&key, &in, 1, &b), GN_OK);
	assert_int_equal(gn_boxrec_open(gn_buf_slice(&b), &out), GN_OK);
	assert_int_equal(gn_wire_record_open(gn_buf_slice(&b), &r), GN_OK);
	gn_boxrec_key(&key.pk, 1, &place);
	assert_memory_equal(&place, &r.key, sizeof place);
	assert_memory_equal(&out.before.hash[1], &r.hash, sizeof r.hash);
	assert_true(out.effort >= GN_BOXREC_WORK_BITS);
	assert_same_descriptor();
	assert_in_range(r.body.len, 6500, BOX_BODY_MAX / 2);

	struct gn_boxrec again;
	assert_int_equal(gn_boxrec_parse(gn_buf_slice(&b), &again), GN_OK);
	out = again;
	assert_same_descriptor();
	assert_int_equal(out.seq, 4);
	assert_int_equal(out.invite_count, GN_BOXREC_INVITES);
	assert_true(gn_pk_eq(&out.issuer, &in.issuer) && gn_pk_eq(&out.successor, &in.successor));
}

static void each_kind_has_its_places_and_readers(void **state)
{
	(void)state;
	static const struct {
		uint8_t kind, salts, min, max;
	} want[] = {{GN_FB_BOX_KIND_FRONT, 2, 1, 8},
		    {GN_FB_BOX_KIND_PRIVATE, 1, 1, 8},
		    {GN_FB_BOX_KIND_GROUP, 1, 1, 1},
		    {GN_FB_BOX_KIND_QUEUE, 1, 0, 8}};
	for (size_t i = 0; i < GN_COUNT(want); i++) {
		start(want[i].kind);
		for (uint8_t salt = 0; salt < want[i].salts; salt++)
			assert_int_equal(reopen(salt), GN_OK);
		assert_int_equal(reopen(want[i].salts), GN_USAGE);
		in.reader_count = want[i].min;
		assert_int_equal(reopen(0), GN_OK);
		if (want[i].min > 0) {
			in.reader_count = want[i].min - 1u;
			assert_int_equal(reopen(0), GN_USAGE);
		}
		in.reader_count = want[i].max + 1u;
		assert_int_equal(reopen(0), GN_USAGE);
	}
	start(GN_FB_BOX_KIND_FRONT);
	in.kind = GN_FB_BOX_KIND_QUEUE + 1;
	assert_int_equal(reopen(0), GN_UNSUPPORTED);
	assert_null(gn_boxrec_limits(GN_FB_BOX_KIND_QUEUE + 1));
}

/* What a forger signs: gn_boxrec_record refuses to make it. */
static gn_err forge(struct gn_fb_box_body_args *args, uint8_t salt, const char *label)
{
	static uint8_t storage[GN_RECORD_MAX];
	struct gn_fb_nonce work;
	struct gn_fbb f = gn_fbb(storage, sizeof storage);
	struct gn_buf b = {room, 0, GN_RECORD_MAX};
	struct gn_slice body;
	memcpy(work.b, nonce, sizeof work.b);
	args->nonce = &work;
	GN_TRY(gn_fbb_finish(&f, gn_fb_box_body_make(&f, args), NULL, &body));
	struct gn_record_fields fields = {.type = GN_FB_RECORD_TYPE_BOX,
					  .salt = salt,
					  .label = gn_str(label),
					  .body = body,
					  .created = T0,
					  .ttl = 3600};
	GN_TRY(gn_wire_record_make(&key, NULL, &fields, &b));
	memset(&out, 0xa5, sizeof out);
	gn_err err = gn_boxrec_open(gn_buf_slice(&b), &out);
	if (err)
		assert_int_equal(out.seq, UINT64_C(0xa5a5a5a5a5a5a5a5));
	return err;
}

static struct gn_fb_box_body_args forged(const struct gn_fb_box_reader *readers, size_t count)
{
	return (struct gn_fb_box_body_args){.kind = GN_FB_BOX_KIND_FRONT,
					    .readers = {readers, count},
					    .ttl = 60,
					    .items = 1,
					    .bytes = 1,
					    .item_max = 1,
					    .epoch = T0 / DAY};
}

static void readers_beyond_a_limit_are_malformed(void **state)
{
	(void)state;
	static struct gn_fb_box_reader readers[GN_BOXREC_READERS + 1];
	static struct gn_fb_key many[GN_BOXREC_INVITES + 1];
	for (size_t i = 0; i < GN_COUNT(readers); i++) {
		readers[i].read[0] = (uint8_t)(2 * i + 1);
		readers[i].ack[0] = (uint8_t)(2 * i + 2);
	}
	for (size_t i = 0; i < GN_COUNT(many); i++)
		many[i].b[0] = (uint8_t)(i + 1);
	struct gn_fb_box_body_args a = forged(readers, GN_BOXREC_READERS);
	assert_int_equal(forge(&a, 0, ""), GN_OK);
	assert_int_equal(forge(&a, 2, ""), GN_MALFORMED);
	assert_int_equal(forge(&a, 0, "x"), GN_MALFORMED);
	a.readers.count++;
	assert_int_equal(forge(&a, 0, ""), GN_MALFORMED);
	_Static_assert(GN_BOXREC_INVITES == GN_BOXREC_REFUSED, "one array for the three");
	_Static_assert(GN_BOXREC_INVITES == GN_BOXREC_WORKERS, "one array for the three");
	for (int which = 0; which < 3; which++) {
		a = forged(readers, 1);
		const struct gn_fb_key **p = which == 0   ? &a.invites.p
					     : which == 1 ? &a.refused.p
							  : &a.workers.p;
		size_t *count = which == 0   ? &a.invites.count
				: which == 1 ? &a.refused.count
					     : &a.workers.count;
		*p = many;
		*count = GN_BOXREC_INVITES;
		assert_int_equal(forge(&a, 0, ""), GN_OK);
		++*count;
		assert_int_equal(forge(&a, 0, ""), GN_MALFORMED);
	}
	a = forged(readers, 1);
	a.kind = 9;
	assert_int_equal(forge(&a, 0, ""), GN_UNSUPPORTED);
	a = forged(readers, 0);
	assert_int_equal(forge(&a, 0, ""), GN_MALFORMED);
	a = forged(readers, 1);
	a.item_max = 0;
	assert_int_equal(forge(&a, 0, ""), GN_MALFORMED);
	a = forged(readers, 1);
	a.epoch++; /* a nonce of another day */
	assert_int_equal(forge(&a, 0, ""), GN_PROOF_OF_WORK);
}

static void a_descriptor_grants_no_more_than_its_kind_has(void **state)
{
	(void)state;
	for (unsigned kind = GN_FB_BOX_KIND_FRONT; kind <= GN_FB_BOX_KIND_QUEUE; kind++)
		for (int field = 0; field < 4; field++) {
			start(kind);
			in.item_ttl += field == 0;
			in.items += field == 1;
			in.bytes += field == 2;
			in.item_max += field == 3;
			assert_int_equal(reopen(0), GN_USAGE);
			start(kind);
			in.item_ttl = field == 0 ? 0 : 1;
			in.items = field == 1 ? 0 : 1;
			in.bytes = field == 2 ? 0 : 1;
			in.item_max = field == 3 ? 0 : 1;
			assert_int_equal(reopen(0), GN_USAGE);
		}
	start(GN_FB_BOX_KIND_FRONT);
	assert_int_equal(in.items, BOX_FRONT_ITEMS);
	assert_int_equal(in.item_max, BOX_FRONT_ITEM_MAX);
	assert_int_equal(in.item_ttl, BOX_FRONT_TTL);
	start(GN_FB_BOX_KIND_PRIVATE);
	assert_int_equal(in.items, BOX_PRIVATE_ITEMS);
	assert_int_equal(in.bytes, BOX_PRIVATE_BYTES);
	assert_int_equal(in.item_ttl, BOX_TTL);
	assert_int_equal(in.item_max, GN_BOXREC_ITEM_LARGEST);
	start(GN_FB_BOX_KIND_GROUP);
	assert_int_equal(in.items, BOX_MANY_ITEMS);
	assert_int_equal(in.bytes, BOX_MANY_BYTES);
}

static void strangers_work_not_at_all_or_enough(void **state)
{
	(void)state;
	for (unsigned bits = 0; bits < 256; bits++) {
		start(GN_FB_BOX_KIND_FRONT);
		in.bits = (uint8_t)bits;
		bool fits = bits == 0 || (bits >= GN_BOXREC_WORK_BITS && bits <= BOX_BITS_MAX);
		assert_int_equal(reopen(0), fits ? GN_OK : GN_USAGE);
	}
}

static void a_queue_lends_for_a_time(void **state)
{
	(void)state;
	static const struct {
		uint32_t lease;
		uint16_t deliveries;
		gn_err err;
	} c[] = {{1, 1, GN_OK},
		 {BOX_LEASE_MAX, BOX_DELIVERIES_MAX, GN_OK},
		 {BOX_LEASE_MAX + 1, 1, GN_USAGE},
		 {1, BOX_DELIVERIES_MAX + 1, GN_USAGE},
		 {0, 1, GN_USAGE},
		 {1, 0, GN_USAGE}};
	for (size_t i = 0; i < GN_COUNT(c); i++) {
		start(GN_FB_BOX_KIND_QUEUE);
		in.lease = c[i].lease;
		in.deliveries = c[i].deliveries;
		assert_int_equal(reopen(0), c[i].err);
	}
}

static void a_topic_is_named_by_the_box_of_a_group(void **state)
{
	(void)state;
	static char label[GN_RECORD_LABEL_MAX + 2];
	static const char *const bad[] = {"a..b", "a.*", ".", "a b"};
	start(GN_FB_BOX_KIND_GROUP);
	strcpy(in.topic, "news.local");
	assert_int_equal(reopen(0), GN_OK);
	assert_string_equal(out.topic, "news.local");
	assert_same_descriptor();
	for (size_t i = 0; i < GN_COUNT(bad); i++) {
		strcpy(in.topic, bad[i]);
		assert_int_equal(reopen(0), GN_USAGE);
	}
	for (unsigned kind = GN_FB_BOX_KIND_FRONT; kind <= GN_FB_BOX_KIND_QUEUE; kind++) {
		start(kind);
		strcpy(in.topic, "news");
		assert_int_equal(reopen(0), kind == GN_FB_BOX_KIND_GROUP ? GN_OK : GN_USAGE);
	}
	static const struct gn_fb_box_reader one = {.read = {1}};
	struct gn_fb_box_body_args a = forged(&one, 1);
	a.kind = GN_FB_BOX_KIND_GROUP;
	memset(label, 'a', GN_RECORD_LABEL_MAX);
	a.topic = gn_slice(label, GN_RECORD_LABEL_MAX);
	assert_int_equal(forge(&a, 0, ""), GN_OK);
	a.topic.len++;
	label[GN_RECORD_LABEL_MAX] = 'a';
	assert_int_equal(forge(&a, 0, ""), GN_MALFORMED);
	a.topic = GN_LIT("a\0b");
	assert_int_equal(forge(&a, 0, ""), GN_MALFORMED);
	a.topic = GN_LIT("a..b");
	assert_int_equal(forge(&a, 0, ""), GN_MALFORMED);
}

static void no_key_is_in_two_roles(void **state)
{
	(void)state;
	start(GN_FB_BOX_KIND_PRIVATE);
	in.readers[3].ack = in.readers[7].read;
	assert_int_equal(reopen(0), GN_USAGE);
	start(GN_FB_BOX_KIND_PRIVATE);
	in.readers[7].read = in.readers[0].read;
	assert_int_equal(reopen(0), GN_USAGE);
	start(GN_FB_BOX_KIND_PRIVATE);
	in.readers[2].ack = (struct gn_pk){{0}};
	assert_int_equal(reopen(0), GN_USAGE);
	start(GN_FB_BOX_KIND_GROUP); /* nobody acknowledges there */
	in.readers[0].ack = (struct gn_pk){{0}};
	assert_int_equal(reopen(0), GN_OK);
	in.readers[0].read = (struct gn_pk){{0}};
	assert_int_equal(reopen(0), GN_USAGE);
	start(GN_FB_BOX_KIND_PRIVATE);
	in.successor = in.box;
	assert_int_equal(reopen(0), GN_USAGE);
	start(GN_FB_BOX_KIND_PRIVATE);
	in.box = some_key(1); /* not the one that signs */
	assert_int_equal(reopen(0), GN_USAGE);
}

static void work_is_of_this_box_and_of_its_days(void **state)
{
	(void)state;
	struct gn_sk other;
	gn_sk_from_seed((const uint8_t[32]){6}, &other);
	start(GN_FB_BOX_KIND_PRIVATE);
	in.nonce[0] ^= 1;
	assert_int_equal(reopen(0), GN_PROOF_OF_WORK);
	start(GN_FB_BOX_KIND_PRIVATE);
	in.created = T0 - GN_RECORD_AHEAD_MAX; /* the maker's clock may be ahead */
	assert_int_equal(reopen(0), GN_OK);
	in.created--;
	assert_int_equal(reopen(0), GN_PROOF_OF_WORK);
	in.created = T0 + (BOX_WORK_DAYS + 1) * DAY - 1;
	assert_int_equal(reopen(0), GN_OK);
	in.created++;
	assert_int_equal(reopen(0), GN_PROOF_OF_WORK);
	assert_true(gn_boxrec_effort(&key.pk, T0 / DAY, nonce) >= GN_BOXREC_WORK_BITS);
	assert_true(gn_boxrec_effort(&other.pk, T0 / DAY, nonce) < GN_BOXREC_WORK_BITS);
	uint8_t none[8] = {1};
	assert_int_equal(gn_boxrec_puzzle(&key.pk, 1, 60, (struct gn_work_tries){0, 50}, none),
			 GN_AGAIN);
	assert_int_equal(none[0], 1);
}

/* docs/spec/services.md BD-3, vectors. */
static void work_does_not_drift(void **state)
{
	(void)state;
	static const uint8_t domain[] = "geonet/box/descriptor/1";
	uint8_t epoch[8] = {0, 0, 0, 0, 0, 0, 0x50, 0x14};
	struct gn_hash h;
	struct gn_slice parts[] = {gn_slice(domain, sizeof domain - 1), GN_SLICE(key.pk.b),
				   GN_SLICE(epoch), GN_SLICE(nonce)};
	gn_sha256(parts, GN_COUNT(parts), &h);
	assert_int_equal(gn_hash_zero_bits(&h), gn_boxrec_effort(&key.pk, 20500, nonce));
}

/* docs/spec/services.md, vectors. */
static void format_does_not_drift(void **state)
{
	(void)state;
	struct gn_hash sum;
	char hex[65];
	start(GN_FB_BOX_KIND_FRONT);
	in.reader_count = 2;
	in.bits = 21;
	fill_keys(in.invites, &in.invite_count, 2, 1000);
	fill_keys(in.refused, &in.refused_count, 1, 2000);
	gn_put_be64(in.nonce, 615379);
	struct gn_buf b = {room, 0, GN_RECORD_MAX};
	assert_int_equal(gn_boxrec_record(&key, &in, 1, &b), GN_OK);
	gn_sha256((struct gn_slice[]){gn_buf_slice(&b)}, 1, &sum);
	gn_hex(GN_SLICE(sum.b), hex);
	assert_string_equal(hex,
			    "3e75932292791ef464c2928952934659ed1ac8078f4a19792e11b3fe248067b6");
}

static struct gn_record record_of(uint8_t *at)
{
	struct gn_buf b = {at, 0, GN_RECORD_MAX};
	struct gn_record r;
	assert_int_equal(gn_boxrec_record(&key, &in, 0, &b), GN_OK);
	assert_int_equal(gn_wire_record_open(gn_buf_slice(&b), &r), GN_OK);
	return r;
}

static void holders_take_newer_ones_of_the_same_kind(void **state)
{
	(void)state;
	gn_time now = (gn_time)T0 * GN_SEC;
	start(GN_FB_BOX_KIND_PRIVATE);
	struct gn_record held = record_of(room);
	assert_int_equal(gn_boxrec_admit(NULL, &held, 0, now), GN_OK);
	assert_int_equal(gn_boxrec_admit(&held, &held, 0, now), GN_OK);
	in.seq++;
	struct gn_record next = record_of(room + GN_RECORD_MAX);
	assert_int_equal(gn_boxrec_admit(&held, &next, 0, now), GN_OK);
	assert_int_equal(gn_boxrec_admit(&next, &held, 0, now), GN_STALE);
	assert_int_equal(gn_boxrec_admit(&held, &next, 0, now + 86401 * GN_SEC), GN_EXPIRED);
	assert_int_equal(gn_boxrec_admit(&held, &next, 0, now - 301 * GN_SEC), GN_RANGE);
	next.owner.b[0] ^= 1;
	assert_int_equal(gn_boxrec_admit(&held, &next, 0, now), GN_PROOF_OF_WORK);
	in.kind = GN_FB_BOX_KIND_QUEUE;
	in.lease = in.deliveries = 1;
	next = record_of(room + GN_RECORD_MAX);
	assert_int_equal(gn_boxrec_admit(&held, &next, 0, now), GN_DENIED);
	assert_int_equal(gn_boxrec_admit(NULL, &next, 0, now), GN_OK);
	held.body = GN_LIT("of before there was a rule");
	assert_int_equal(gn_boxrec_admit(&held, &next, 0, now), GN_OK);
}

static void bodies_have_a_size(void **state)
{
	(void)state;
	static uint8_t large[BOX_BODY_MAX + 1];
	start(GN_FB_BOX_KIND_PRIVATE);
	struct gn_record r = record_of(room);
	memcpy(large, r.body.p, r.body.len); /* what follows a buffer is nobody's */
	r.body = gn_slice(large, BOX_BODY_MAX);
	assert_int_equal(gn_boxrec_admit(NULL, &r, 0, (gn_time)T0 * GN_SEC), GN_OK);
	r.body.len++;
	assert_int_equal(gn_boxrec_admit(NULL, &r, 0, (gn_time)T0 * GN_SEC), GN_TOO_LARGE);
}

static void keys_are_found_by_their_role(void **state)
{
	(void)state;
	start(GN_FB_BOX_KIND_PRIVATE);
	in.invites[0] = some_key(50);
	in.refused[0] = some_key(51);
	in.workers[0] = some_key(52);
	in.invite_count = in.refused_count = in.worker_count = 1;
	struct gn_pk none = some_key(53);
	for (int i = 0; i < GN_BOXREC_READERS; i++) {
		assert_int_equal(gn_boxrec_reader(&in, &in.readers[i].read), i);
		assert_int_equal(gn_boxrec_remover(&in, &in.readers[i].ack), i);
		assert_int_equal(gn_boxrec_reader(&in, &in.readers[i].ack), -1);
		assert_int_equal(gn_boxrec_remover(&in, &in.readers[i].read), -1);
	}
	assert_true(gn_boxrec_invites(&in, &in.invites[0]));
	assert_true(gn_boxrec_refuses(&in, &in.refused[0]));
	assert_true(gn_boxrec_works(&in, &in.workers[0]));
	assert_false(gn_boxrec_invites(&in, &none) || gn_boxrec_refuses(&in, &none) ||
		     gn_boxrec_works(&in, &none));
	start(GN_FB_BOX_KIND_GROUP);
	assert_int_equal(gn_boxrec_reader(&in, &in.readers[0].read), 0);
	assert_int_equal(gn_boxrec_remover(&in, &in.readers[0].ack), -1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_full_descriptor_comes_back_as_it_was),
		cmocka_unit_test(each_kind_has_its_places_and_readers),
		cmocka_unit_test(readers_beyond_a_limit_are_malformed),
		cmocka_unit_test(a_descriptor_grants_no_more_than_its_kind_has),
		cmocka_unit_test(strangers_work_not_at_all_or_enough),
		cmocka_unit_test(a_queue_lends_for_a_time),
		cmocka_unit_test(a_topic_is_named_by_the_box_of_a_group),
		cmocka_unit_test(no_key_is_in_two_roles),
		cmocka_unit_test(work_is_of_this_box_and_of_its_days),
		cmocka_unit_test(work_does_not_drift),
		cmocka_unit_test(format_does_not_drift),
		cmocka_unit_test(holders_take_newer_ones_of_the_same_kind),
		cmocka_unit_test(bodies_have_a_size),
		cmocka_unit_test(keys_are_found_by_their_role),
	};
	return cmocka_run_group_tests(tests, set_up, NULL);
}
