/* Room in the record store: kinds, what is hidden, what gives way (OV-84, OV-91, OV-93). */
#include "overlay/contact_int.h"
#include "overlay/ring_int.h"
#include "overlay/store_int.h"
#include "overlay/testing/net.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct net net;
static struct gn_sk alice;

static int build(void **state)
{
	(void)state;
	net_build(&net, 42, 5);
	gn_sk_new(&net.rand, &alice);
	return 0;
}

static int take_down(void **state)
{
	(void)state;
	net_free(&net);
	return 0;
}

static uint32_t if_paid(const struct gn_record *r)
{
	return r->label.len && r->label.p[0] == 'p' ? 30 * 86400 : 0;
}

/* OV-91: a half is for types below 16, and in it names and identities have their own; names that
 * cost nothing take what other types have. */
static void kinds_have_a_space_each(void **state)
{
	(void)state;
	static const struct {
		uint16_t type;
		char how;
		unsigned more;
	} kinds[] = {{256, 'n', 32}, {3, 'f', 16}, {4, 'n', 0}, {8, 'n', 8}, {3, 'p', 8}};
	struct net_record r;
	struct net small;
	struct gn_sk fresh;
	net_init(&small, 16);
	net_add(&small);
	small.node[0].cfg.records_max = 64;
	small.node[0].cfg.bytes_max = 64 * 8192;
	small.node[0].cfg.grace[3] = if_paid;
	net_start(&small, 0);
	net_run(&small, 10 * GN_SEC);
	for (unsigned k = 0; k < GN_COUNT(kinds); k++)
		for (unsigned i = 0; i <= kinds[k].more; i++) {
			char label[8];
			gn_sk_new(&small.rand, &fresh);
			snprintf(label, sizeof label, "%c%u", kinds[k].how, i);
			net_record(&small, &r, &fresh, kinds[k].type, label, 1, "x");
			assert_int_equal(net_put(&small, 0, &r, 1),
					 i < kinds[k].more ? GN_OK : GN_NO_SPACE);
		}
	net_free(&small);
}

/* Records on their way to the disk have their places already. */
static void many_puts_at_once_overshoot_nothing(void **state)
{
	(void)state;
	struct net_record r;
	struct net small;
	struct gn_sk fresh;
	gn_op op;
	net_init(&small, 19);
	net_add(&small);
	small.node[0].cfg.records_max = 64;
	small.node[0].cfg.bytes_max = 64 * 8192;
	net_start(&small, 0);
	net_run(&small, 10 * GN_SEC);
	for (unsigned i = 0; i < 50; i++) {
		gn_sk_new(&small.rand, &fresh);
		net_record(&small, &r, &fresh, 256, "flood", 1, "x");
		assert_int_equal(gn_overlay_put(small.node[0].ov, r.r.bytes, 1, small.now, &op),
				 GN_OK);
	}
	net_run(&small, 60 * GN_SEC);
	assert_int_equal(small.node[0].ov->held.count, 32);
	assert_int_equal(small.node[0].ov->coming_count, 0);
	net_record(&small, &r, &alice, 3, "honest", 1, "in");
	assert_int_equal(net_put(&small, 0, &r, 1), GN_OK);
	net_free(&small);
}

static bool hold_for(struct net *n, const struct gn_holder *by, const struct gn_sk *owner,
		     uint16_t type, const char *label, struct net_record *out)
{
	return net_hold(n, GN_OV_BY_PUT, by, owner, type, label, out);
}

static bool hold(struct net *n, const struct gn_sk *owner, const char *label,
		 struct net_record *out)
{
	static const struct gn_holder ourselves;
	return hold_for(n, &ourselves, owner, 256, label, out);
}

/* OV-93: what is full is asked for room as often as anybody likes, so looking for it is cheap;
 * what was hidden first goes first. */
static void looking_for_room_is_bounded(void **state)
{
	(void)state;
	struct net_record r, first, second;
	struct net small;
	struct gn_sk fresh;
	char label[16];
	unsigned got = 0, refused = 0;
	net_init(&small, 17);
	net_add(&small);
	small.node[0].cfg.records_max = 4 * GN_OV_WAY_LOOKS;
	small.node[0].cfg.bytes_max = 4 * GN_OV_WAY_LOOKS * 4096;
	small.node[0].cfg.owner_records_max = 10000;
	net_start(&small, 0);
	net_run(&small, 10 * GN_SEC);
	struct gn_overlay *ov = small.node[0].ov;
	gn_sk_new(&small.rand, &fresh);
	small.ttl = 400;
	assert_true(hold(&small, &fresh, "second", &second));
	small.ttl = 300;
	assert_true(hold(&small, &fresh, "first", &first));
	small.ttl = 30 * 86400;
	net_run(&small, 500 * GN_SEC + GN_OV_CLOCK_SURE);
	assert_int_equal(ov->hidden_count, 2);
	while (refused < 4) {
		snprintf(label, sizeof label, "n%u", got + refused);
		uint64_t looked = ov->count.records_looked;
		bool held = hold(&small, &fresh, label, &r);
		got += held;
		refused += !held;
		assert_true(ov->count.records_looked - looked <= GN_OV_WAY_LOOKS);
	}
	assert_int_equal(got, 2 * GN_OV_WAY_LOOKS); /* the half that is for all */
	/* which count in no space, so they do not go for it */
	assert_int_equal(ov->hidden_count, 2);
	ov->cfg.bytes_max *= 2;
	ov->cfg.records_max = ov->held.count;
	assert_int_equal(ov->count.records_gave_way, 0);
	assert_true(hold(&small, &fresh, "one more", &r));
	assert_int_equal(ov->count.records_gave_way, 1);
	assert_null(gn_ov_held_get(ov, &first.r.key));
	assert_non_null(gn_ov_held_get(ov, &second.r.key));
	net_free(&small);
}

/* So many records of a type, each four brought by another. */
static void fill(struct net *n, uint16_t type, unsigned count, const char *name)
{
	char label[16];
	struct net_record r;
	struct gn_sk owner;
	gn_sk_new(&n->rand, &owner);
	for (unsigned i = 0; i < count; i++) {
		const struct gn_holder by = {
			{{100, (uint8_t)type, (uint8_t)(i / 4)}},
			gn_addr_v4(100, (uint8_t)type, (uint8_t)(i / 4), 1, 1)};
		snprintf(label, sizeof label, "%s%u", name, i);
		assert_true(hold_for(n, &by, &owner, type, label, &r));
	}
}

/* OV-92, OV-93: records that end in seconds are no way to put out what others have here, nor
 * what is in its grace. */
static void what_is_hidden_counts_for_who_brought_it(void **state)
{
	(void)state;
	struct net_record r, name;
	struct net small;
	struct gn_sk owner;
	char label[16];
	net_init(&small, 23);
	net_add(&small);
	small.node[0].cfg.records_max = 64;
	small.node[0].cfg.bytes_max = 64 * 8192;
	small.node[0].cfg.grace[3] = net_thirty_days;
	net_start(&small, 0);
	net_run(&small, 10 * GN_SEC);
	struct gn_overlay *ov = small.node[0].ov;
	const struct gn_holder him = {{{1}}, gn_addr_v4(9, 9, 9, 9, 1)},
			       another = {{{2}}, gn_addr_v4(8, 8, 8, 8, 1)};
	gn_sk_new(&small.rand, &owner);
	small.ttl = 300;
	assert_true(hold_for(&small, &another, &owner, 3, "name", &name));
	for (unsigned i = 0; i < 64 / GN_OV_PUTTER_PART; i++) {
		snprintf(label, sizeof label, "%u", i);
		assert_true(hold_for(&small, &him, &owner, 256, label, &r));
	}
	net_run(&small, 500 * GN_SEC + GN_OV_CLOCK_SURE);
	assert_int_equal(ov->hidden_count, 1 + 64 / GN_OV_PUTTER_PART);
	assert_int_equal(gn_share_held(&ov->brought[GN_OV_BY_PUT], &him).key,
			 64 / GN_OV_PUTTER_PART * 8192);
	small.ttl = 86400;
	net_record(&small, &r, &owner, 256, "new", 1, "x");
	struct gn_ov_job j = {.to = {.pk = him.key, .addr_count = 1, .addrs = {him.addr}},
			      .record = r.r,
			      .key = r.r.key};
	assert_int_equal(gn_ov_store_take(ov, &j), GN_OK); /* in the place of one of his own */
	assert_int_equal(ov->hidden_count, 64 / GN_OV_PUTTER_PART);
	assert_int_equal(gn_share_held(&ov->brought[GN_OV_BY_PUT], &him).key,
			 64 / GN_OV_PUTTER_PART * 8192);
	gn_ov_store_came(ov, &j);
	gn_share_give(&ov->brought[GN_OV_BY_PUT], &him, j.taken);
	fill(&small, 8, 8, "id");
	fill(&small, 4, 16, "low");
	/* then the others go, and the name stays, which counts in the names' eighth */
	fill(&small, 256, 32, "rest");
	fill(&small, 3, 7, "live");
	assert_false(hold_for(&small, &another, &owner, 3, "too much", &r));
	assert_int_equal(ov->hidden_count, 1);
	assert_true(gn_ov_held_get(ov, &name.r.key)->graced);
	net_free(&small);
}

/* How many of four names each of 16 keys gets in, which end soon. */
static unsigned crowd(struct net *n, const struct gn_sk *owner, const char *kind)
{
	char label[32];
	struct net_record r;
	unsigned got = 0;
	for (unsigned i = 0; i < 64; i++) {
		const struct gn_holder by = {{{(uint8_t)(50 + i / 4)}},
					     gn_addr_v4(50, (uint8_t)(i / 4), 0, 1, 1)};
		snprintf(label, sizeof label, "%s%u", kind, i);
		got += hold_for(n, &by, owner, 3, label, &r);
	}
	return got;
}

/* OV-93: what is in its grace keeps others out of an eighth of the places; of more those go
 * whose putter has most. */
static void a_grace_keeps_an_eighth_and_no_more(void **state)
{
	(void)state;
	struct net_record name;
	struct net small;
	struct gn_sk owner;
	const struct gn_holder honest = {{{1}}, gn_addr_v4(9, 9, 9, 9, 1)};
	struct gn_overlay *ov = net_small_store(&small, 29);
	gn_sk_new(&small.rand, &owner);
	small.ttl = 300;
	assert_true(hold_for(&small, &honest, &owner, 3, "name", &name));
	net_run(&small, 60 * GN_SEC);
	/* the names' eighth and the half for all */
	assert_int_equal(crowd(&small, &owner, "n"), 39);
	small.ttl = 30 * 86400;
	net_run(&small, 500 * GN_SEC + GN_OV_CLOCK_SURE);
	assert_int_equal(ov->hidden_count, 40);
	fill(&small, 8, 8, "id");
	fill(&small, 4, 16, "low");
	fill(&small, 256, 32, "rest");
	assert_int_equal(ov->hidden_count, 8);
	assert_non_null(gn_ov_held_get(ov, &name.r.key));
	net_free(&small);
}

/* OV-84, OV-91: while nothing hidden may be given up it takes the room of its kind, and of no
 * other. */
static void what_cannot_be_given_up_counts_for_its_kind(void **state)
{
	(void)state;
	struct net_record r;
	struct net small;
	struct gn_sk owner;
	const struct gn_holder honest = {{{1}}, gn_addr_v4(9, 9, 9, 9, 1)};
	struct gn_overlay *ov = net_small_store(&small, 31);
	gn_sk_new(&small.rand, &owner);
	for (unsigned wave = 0; wave < 2; wave++) {
		small.ttl = 300;
		assert_int_equal(crowd(&small, &owner, wave ? "-b" : "-a"), wave ? 0 : 48);
		net_run(&small, 500 * GN_SEC);
	}
	assert_int_equal(ov->hidden_count, 48);
	small.ttl = 30 * 86400;
	fill(&small, 8, 8, "id");
	fill(&small, 3, 8, "name"); /* which somebody paid for */
	net_run(&small, GN_OV_CLOCK_SURE);
	assert_true(
		/* nobody else could have the places of the others */
		hold_for(&small, &honest, &owner, 3, "now", &r));
	net_free(&small);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_have_a_space_each),
		cmocka_unit_test(many_puts_at_once_overshoot_nothing),
		cmocka_unit_test(looking_for_room_is_bounded),
		cmocka_unit_test(what_is_hidden_counts_for_who_brought_it),
		cmocka_unit_test(a_grace_keeps_an_eighth_and_no_more),
		cmocka_unit_test(what_cannot_be_given_up_counts_for_its_kind),
	};
	return cmocka_run_group_tests(tests, build, take_down);
}
