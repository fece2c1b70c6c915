/* Heads of chains (CH-1..CH-4): round trip, limits and one past each, what holders take, and that
 * of two heads that race at eight holders not both get five. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "records/chainrec.h"
#include "records/limits.h"

#define T0 UINT64_C(1767225600)

static struct gn_sk owner;

struct made {
	uint8_t room[GN_RECORD_MAX];
	struct gn_slice bytes;
	struct gn_record r;
};

static int set_up(void **state)
{
	(void)state;
	gn_sk_from_seed((const uint8_t[32]){5}, &owner);
	return 0;
}

static struct gn_chainrec start(uint64_t seq, uint8_t head)
{
	return (struct gn_chainrec){.owner = owner.pk,
				    .seq = seq,
				    .created = T0,
				    .ttl = 86400,
				    .head = {{head}},
				    .at = seq};
}

static gn_err make(const struct gn_chainrec *in, struct made *m)
{
	struct gn_buf b = {m->room, 0, sizeof m->room};
	GN_TRY(gn_chainrec_record(&owner, in, &b));
	m->bytes = gn_buf_slice(&b);
	return gn_wire_record_open(m->bytes, &m->r);
}

static gn_err admit(const struct made *held, const struct made *in)
{
	return gn_chainrec_admit(held ? &held->r : NULL, &in->r, 0, (gn_time)T0 * GN_SEC);
}

static void a_full_head_comes_back_as_it_was(void **state)
{
	(void)state;
	static struct made m;
	struct gn_chainrec in = start(7, 3), out;
	struct gn_hash key;
	in.root.b[0] = 1;
	in.root_len = 1;
	in.box.b[0] = 9;
	for (in.block_count = 0; in.block_count < GN_CHAINREC_BLOCKS; in.block_count++)
		in.blocks[in.block_count].b[1] = (uint8_t)in.block_count;
	assert_int_equal(make(&in, &m), GN_OK);
	assert_int_equal(gn_chainrec_open(m.bytes, &out), GN_OK);
	assert_true(gn_hash_eq(&out.head, &in.head) && out.at == 7 && out.seq == 7);
	assert_true(gn_hash_eq(&out.root, &in.root) && out.root_len == 1);
	assert_true(gn_pk_eq(&out.box, &in.box) && gn_pk_eq(&out.owner, &owner.pk));
	assert_int_equal(out.block_count, CHAIN_BLOCKS_MAX);
	assert_memory_equal(out.blocks, in.blocks, sizeof in.blocks);
	gn_chainrec_key(&owner.pk, gn_slice(NULL, 0), &key);
	assert_true(gn_hash_eq(&key, &m.r.key));
	/* made anew in its place: it names what it replaces */
	static struct made next;
	in = out;
	in.seq = in.at = 8;
	in.root_len = 0; /* a root without length */
	assert_int_equal(make(&in, &next), GN_USAGE);
	memset(&in.root, 0, sizeof in.root);
	assert_int_equal(make(&in, &next), GN_USAGE); /* blocks of nothing */
	in.block_count = 0;
	assert_int_equal(make(&in, &next), GN_OK);
	assert_memory_equal(next.r.prev.p, m.r.hash.b, 32);
	assert_int_equal(gn_chainrec_parse(next.bytes, &out), GN_OK);
	in.block_count = CHAIN_BLOCKS_MAX + 1;
	assert_int_equal(make(&in, &next), GN_USAGE);
	in = start(0, 1);
	assert_int_equal(make(&in, &next), GN_USAGE);
	in = start(1, 1);
	in.at = 0;
	assert_int_equal(make(&in, &next), GN_USAGE);
	in = start(1, 1);
	in.before.beyond = true;
	assert_int_equal(make(&in, &next), GN_VERSION);
}

static void what_is_no_head_is_refused(void **state)
{
	(void)state;
	static uint8_t big[CHAIN_BODY_MAX + 1];
	static struct made m;
	struct gn_chainrec out;
	struct gn_record_fields f = {.type = GN_FB_RECORD_TYPE_CHAIN,
				     .body = gn_slice(big, CHAIN_BODY_MAX),
				     .seq = 1,
				     .created = T0,
				     .ttl = 86400};
	struct gn_buf b = {m.room, 0, sizeof m.room};
	assert_int_equal(gn_wire_record_make(&owner, NULL, &f, &b), GN_OK);
	assert_int_equal(gn_chainrec_open(gn_buf_slice(&b), &out), GN_MALFORMED);
	f.body.len++;
	b.len = 0;
	assert_int_equal(gn_wire_record_make(&owner, NULL, &f, &b), GN_OK);
	assert_int_equal(gn_chainrec_open(gn_buf_slice(&b), &out), GN_TOO_LARGE);
	struct gn_chainrec in = start(1, 1);
	assert_int_equal(make(&in, &m), GN_OK);
	m.r.salt = 1;
	assert_int_equal(admit(NULL, &m), GN_MALFORMED);
	m.room[m.bytes.len - 1] ^= 1;
	assert_true(gn_chainrec_open(m.bytes, &out) != GN_OK);
}

static void next(const struct made *of, uint64_t step, uint8_t head, struct made *out)
{
	struct gn_chainrec c;
	assert_int_equal(gn_chainrec_open(of->bytes, &c), GN_OK);
	c.seq += step;
	c.at += 1;
	c.head.b[0] = head;
	assert_int_equal(make(&c, out), GN_OK);
}

static void a_head_is_taken_in_the_place_of_the_one_it_names(void **state)
{
	(void)state;
	static struct made one, a, b, a2, b2, b3, again, other;
	struct gn_chainrec c = start(1, 1);
	assert_int_equal(make(&c, &one), GN_OK);
	assert_int_equal(admit(NULL, &one), GN_OK);
	assert_int_equal(admit(&one, &one), GN_OK);
	next(&one, 1, 2, &a);
	next(&one, 1, 3, &b);
	assert_int_equal(admit(&one, &a), GN_OK);
	assert_int_equal(admit(&one, &b), GN_OK);
	assert_int_equal(admit(&a, &b), GN_CONFLICT); /* whichever hash is higher */
	assert_int_equal(admit(&b, &a), GN_CONFLICT);
	assert_int_equal(admit(&a, &one), GN_STALE);
	next(&a, 1, 4, &a2);
	next(&b, 1, 5, &b2);
	assert_int_equal(admit(&a, &a2), GN_OK);
	assert_int_equal(admit(&a, &b2), GN_CONFLICT);
	assert_int_equal(admit(&one, &b2), GN_OK); /* it missed one */
	next(&b2, 1, 6, &b3);
	assert_int_equal(admit(&a, &b3), GN_OK);
	/* renewed: the same head, one seq more; an older head never */
	assert_int_equal(gn_chainrec_open(a.bytes, &c), GN_OK);
	c.seq++;
	assert_int_equal(make(&c, &again), GN_OK);
	assert_int_equal(admit(&a, &again), GN_OK);
	c.seq += 5;
	c.at--;
	assert_int_equal(make(&c, &again), GN_OK);
	assert_int_equal(admit(&a, &again), GN_STALE);
	/* another's, and out of its time */
	other = a;
	other.r.owner.b[0] ^= 1;
	assert_int_equal(admit(&one, &other), GN_DENIED);
	other = a;
	other.r.created = T0 + 301;
	assert_int_equal(admit(&one, &other), GN_RANGE);
	other.r.created = T0 - 86400 - 301;
	assert_int_equal(admit(&one, &other), GN_EXPIRED);
}

/* Eight holders, two heads that name the same: in every order of arrival at most one has five, and
 * who has it keeps it whatever the other admin goes on to sign one by one. */
static void a_race_has_one_winner_at_most(void **state)
{
	(void)state;
	static struct made one, a, b, a2, b2;
	struct gn_chainrec c = start(1, 1);
	assert_int_equal(make(&c, &one), GN_OK);
	next(&one, 1, 2, &a);
	next(&one, 1, 3, &b);
	next(&a, 1, 4, &a2);
	next(&b, 1, 5, &b2);
	for (unsigned order = 0; order < 256; order++) {
		unsigned got_a = 0, got_b = 0, got_b2 = 0;
		for (unsigned i = 0; i < 8; i++) {
			const struct made *held = &one;
			const struct made *first = order >> i & 1 ? &a : &b;
			const struct made *second = first == &a ? &b : &a;
			if (admit(held, first) == GN_OK)
				held = first;
			if (admit(held, second) == GN_OK)
				held = second;
			got_a += held == &a;
			got_b += held == &b;
			got_b2 += admit(held, &b2) == GN_OK;
		}
		assert_true(got_a + got_b == 8);
		assert_false(got_a >= GN_CHAINREC_W && got_b >= GN_CHAINREC_W);
		if (got_a >= GN_CHAINREC_W)
			assert_true(got_b2 < GN_CHAINREC_W);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_full_head_comes_back_as_it_was),
		cmocka_unit_test(what_is_no_head_is_refused),
		cmocka_unit_test(a_head_is_taken_in_the_place_of_the_one_it_names),
		cmocka_unit_test(a_race_has_one_winner_at_most),
	};
	return cmocka_run_group_tests(tests, set_up, NULL);
}
