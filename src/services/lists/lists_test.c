/* Lists of revoked tokens in a small network: asked for once, believed for so long, never brought
 * back by who hides them, and counted for who makes them necessary. Each bound at it and one past
 * it. Rules RV-1..RV-4. */
#include "services/lists/lists_int.h"
#include "services/testing/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct svc s;
static struct gn_lists *l; /* of node 0 */
static struct gn_sk issuer;
static struct gn_revocation *list;
static uint8_t bytes[GN_RECORD_MAX];

static struct gn_sk key_of(uint32_t number)
{
	struct gn_sk sk;
	uint8_t seed[32] = {'i'};
	gn_put_be32(seed + 4, number);
	gn_sk_from_seed(seed, &sk);
	return sk;
}

static struct gn_contact peer(unsigned number, unsigned net)
{
	struct gn_contact c = {.pk = {{9}}, .addr_count = 1};
	gn_put_be32(c.pk.b + 4, number);
	c.addrs[0] = gn_addr_v4(20, (uint8_t)(net >> 8), (uint8_t)net, (uint8_t)number, 1);
	return c;
}

static uint64_t count(const char *name)
{
	struct gn_counter c;
	for (size_t i = 0; gn_lists_counter_at(l, i, &c); i++)
		if (strcmp(c.name, name) == 0)
			return c.value;
	fail();
	return 0;
}

static int start(void **state)
{
	(void)state;
	svc_init(&s, &(struct svc_options){.seed = 3, .nodes = 3});
	l = s.nodes[0].lists;
	issuer = key_of(1);
	list = calloc(1, sizeof *list);
	assert_non_null(list);
	list->owner = issuer.pk;
	return 0;
}

static int end(void **state)
{
	(void)state;
	gn_lists_validate(l);
	svc_free(&s);
	free(list);
	return 0;
}

/* A chain of one block with this id, of the issuer. */
static struct gn_lists_chain chain(uint8_t id)
{
	return (struct gn_lists_chain){.owner = issuer.pk, .count = 1, .ids = {{{id, 7}}}};
}

static gn_err judge(uint8_t id)
{
	struct gn_lists_chain c = chain(id);
	return gn_lists_judge(l, &c, s.now);
}

static void revoke(uint8_t id, uint32_t ttl)
{
	struct gn_revoked e = {{{id, 7}}, gn_unix(s.now) + 86400};
	struct gn_buf out = {bytes, 0, sizeof bytes};
	list->seq++;
	list->created = gn_unix(s.now);
	list->ttl = ttl;
	assert_int_equal(gn_revocation_add(list, &e, gn_unix(s.now)), GN_OK);
	assert_int_equal(gn_revocation_record(&issuer, list, &out), GN_OK);
	assert_int_equal(svc_put(&s, 1, gn_buf_slice(&out), 2, NULL), GN_OK);
}

static gn_err look(const struct gn_contact *by)
{
	gn_err err = gn_lists_look(l, &issuer.pk, by, s.now);
	svc_pump(&s, 0);
	return err;
}

static void looked(void)
{
	assert_int_equal(look(NULL), GN_PENDING);
	svc_run_for(&s, 5 * GN_SEC);
	assert_int_equal(look(NULL), GN_OK);
}

/* ---- what is asked for ---- */

static void a_chain_of_a_day_asks_for_no_list(void **state)
{
	struct gn_sk other = key_of(2);
	struct gn_token_right right = {GN_LIT("topic/x"), GN_FB_ACTION_PUBLISH};
	struct gn_token_fields f = {
		.audience = other.pk, .rights = &right, .right_count = 1, .not_before = 1000};
	struct gn_token *t = calloc(1, sizeof *t);
	struct gn_lists_chain c;
	(void)state;
	assert_non_null(t);
	for (uint64_t more = 0; more < 2; more++) {
		struct gn_buf out = {bytes, 0, sizeof bytes};
		f.expires = 1000 + LISTS_LIFE + more;
		assert_int_equal(gn_token_issue(&issuer, &f, &out, NULL), GN_OK);
		assert_int_equal(gn_token_open(gn_buf_slice(&out), t, NULL), GN_OK);
		gn_lists_chain_of(t, &c);
		assert_int_equal(c.count, more);
		assert_int_equal(gn_lists_judge(l, &c, s.now), more ? GN_BUSY : GN_OK);
	}
	assert_memory_equal(c.ids[0].b, gn_token_id(t)->b, 32);
	assert_true(gn_pk_eq(&c.owner, &issuer.pk));
	assert_int_equal(gn_lists_judge(NULL, &c, s.now), GN_OK);
	assert_int_equal(gn_lists_look(NULL, &c.owner, NULL, s.now), GN_OK);
	assert_int_equal(count("lookups"), 0);
	free(t);
}

/* ---- for how long ---- */

static struct lists_list *entry(void)
{
	struct lists_list **at = gn_map_get(&l->lists, &issuer.pk);
	assert_non_null(at);
	return *at;
}

static void one_lookup_is_believed_for_five_minutes(void **state)
{
	(void)state;
	assert_int_equal(judge(1), GN_BUSY); /* never had: nobody gets in by it */
	looked();
	assert_int_equal(count("none"), 1);
	revoke(1, 3600);
	svc_run_for(&s, entry()->checked + LISTS_AHEAD - s.now);
	assert_true(judge(1) == GN_OK && look(NULL) == GN_OK);
	assert_int_equal(count("lookups"), 1);
	svc_run_for(&s, 1);
	assert_int_equal(judge(1), GN_OK); /* in use and old: looked up, nobody waits */
	assert_int_equal(count("lookups"), 2);
	svc_pump(&s, 0);
	svc_run_for(&s, 5 * GN_SEC);
	assert_int_equal(judge(1), GN_DENIED);
	assert_int_equal(judge(2), GN_OK);
	assert_int_equal(count("hits"), 1);
	/* not in use: who comes by the fifth minute waits for nobody, and after it does */
	revoke(2, 3600);
	svc_run_for(&s, entry()->checked + LISTS_FRESH - s.now);
	entry()->again = s.now + 1;
	assert_int_equal(look(NULL), GN_OK);
	svc_run_for(&s, 1);
	uint64_t round = gn_lists_round(l);
	looked();
	assert_int_equal(gn_lists_round(l), round + 1);
	assert_int_equal(judge(2), GN_DENIED);
}

/* The lookup under way ends so. */
static void ends(gn_err err, gn_time now)
{
	struct lists_list *e = entry();
	struct gn_overlay_event ev = {.kind = GN_OVERLAY_DONE, .op = e->get, .err = err};
	assert_true(e->get != 0);
	gn_overlay_cancel(s.nodes[0].ov, e->get);
	assert_true(gn_lists_overlay_event(l, &ev, now));
	assert_false(gn_lists_overlay_event(l, &ev, now));
}

static void a_list_that_was_seen_is_not_hidden(void **state)
{
	(void)state;
	revoke(1, 3600);
	looked();
	assert_int_equal(judge(1), GN_DENIED);
	/* nobody has it any more: it counts until its record ends */
	gn_time now = s.now;
	for (unsigned i = 0; i < 12; i++) {
		now += LISTS_FRESH + GN_SEC;
		bool over = gn_unix(now) >= list->created + 3600;
		struct gn_lists_chain c = chain(1);
		assert_int_equal(gn_lists_look(l, &issuer.pk, NULL, now), GN_PENDING);
		ends(GN_NOT_FOUND, now);
		assert_int_equal(gn_lists_judge(l, &c, now), over ? GN_OK : GN_DENIED);
	}
	assert_int_equal(count("none"), 12);
}

/* An older version, from who kept it, is none. */
static void an_older_list_replaces_nothing(void **state)
{
	(void)state;
	revoke(1, 3600);
	revoke(2, 3600);
	looked();
	assert_int_equal(judge(2), GN_DENIED);
	struct lists_list *e = entry();
	e->seq++; /* as if the one that is known were newer than what is found */
	e->ids[0].b[1] = 8;
	svc_run_for(&s, LISTS_FRESH);
	looked();
	assert_int_equal(judge(1), GN_OK);
	e->ends = gn_unix(s.now); /* it is over: what is found counts */
	svc_run_for(&s, LISTS_FRESH);
	looked();
	assert_int_equal(judge(1), GN_DENIED);
}

/* ---- the network is away ---- */

static gn_err judge_at(uint8_t id, gn_time now)
{
	struct gn_lists_chain c = chain(id);
	return gn_lists_judge(l, &c, now);
}

static void without_a_network_it_counts_for_an_hour(void **state)
{
	(void)state;
	revoke(1, 86400);
	looked();
	gn_time now = entry()->checked + LISTS_FRESH + 1;
	assert_int_equal(gn_lists_look(l, &issuer.pk, NULL, now), GN_PENDING);
	ends(GN_UNREACHABLE, now);
	assert_int_equal(gn_lists_look(l, &issuer.pk, NULL, now), GN_OK);
	/* not looked up again at once */
	assert_int_equal(gn_lists_look(l, &issuer.pk, NULL, now + LISTS_AGAIN - 1), GN_OK);
	assert_int_equal(count("lookups"), 2);
	assert_true(judge_at(1, now) == GN_DENIED && judge_at(2, now) == GN_OK);
	now = entry()->checked + LISTS_KEPT;
	assert_int_equal(gn_lists_look(l, &issuer.pk, NULL, now), GN_PENDING);
	ends(GN_TIMEOUT, now);
	assert_true(judge_at(1, now) == GN_DENIED && judge_at(2, now) == GN_OK);
	assert_int_equal(gn_lists_look(l, &issuer.pk, NULL, now + 1), GN_BUSY);
	assert_true(judge_at(1, now + 1) == GN_BUSY && judge_at(2, now + 1) == GN_BUSY);
	assert_true(count("unknown") == 2 && count("failed") == 2);
	/* and then it can be had */
	now += LISTS_AGAIN;
	assert_int_equal(gn_lists_look(l, &issuer.pk, NULL, now), GN_PENDING);
	assert_int_equal(judge_at(2, now), GN_BUSY); /* not yet */
	ends(GN_NOT_FOUND, now);
	assert_true(judge_at(1, now) == GN_DENIED && judge_at(2, now) == GN_OK);
}

/* ---- what strangers cause ---- */

/* So many lists of issuers from `from` on as this peer may ask for. */
static unsigned asks(const struct gn_contact *by, uint32_t from, unsigned most)
{
	unsigned n = 0;
	for (; n < most; n++) {
		struct gn_pk pk = {{1}};
		gn_put_be32(pk.b + 4, from + n);
		gn_err err = gn_lists_look(l, &pk, by, s.now);
		if (!gn_map_get(&l->lists, &pk))
			return n;
		assert_true(err == GN_PENDING || err == GN_BUSY);
	}
	return n;
}

static void places_are_counted_for_who_asks(void **state)
{
	struct gn_contact c = peer(1, 1);
	unsigned all = 0;
	(void)state;
	assert_int_equal(asks(&c, 0, LISTS_KIB_PEER + 1), LISTS_KIB_PEER);
	assert_int_equal(l->lookups, LISTS_LOOKUPS_PEER); /* the others wait for a free one */
	assert_true(count("busy") == LISTS_KIB_PEER - LISTS_LOOKUPS_PEER && count("refused") == 1);
	assert_int_equal(gn_lists_caused(l), LISTS_LOOKUPS_PEER);
	assert_int_equal(gn_lists_caused(l), 0);
	/* one prefix: all of it while there is room, then not above its part (LISTS_PREFIX_PART) */
	for (unsigned i = 2; i < 40; i++) {
		struct gn_contact next = peer(i, 1);
		all += asks(&next, i * 10000, LISTS_KIB_PEER);
	}
	assert_int_equal(all + LISTS_KIB_PEER, LISTS_KIB / 2);
	/* many of others: full, the one unused for longest gives way */
	for (unsigned i = 40; l->places.used < LISTS_KIB; i++) {
		struct gn_contact next = peer(i, i);
		assert_true(asks(&next, i * 10000, LISTS_KIB_PEER) > 0);
	}
	struct gn_contact last = peer(9999, 9999);
	assert_int_equal(count("gave_way"), 0);
	assert_int_equal(asks(&last, 90000000, 1), 1);
	assert_int_equal(count("gave_way"), 1);
	assert_int_equal(l->places.used, LISTS_KIB);
	/* our own are counted for nobody, and have their bound */
	assert_int_equal(asks(NULL, 91000000, LISTS_OWN), LISTS_OWN);
	assert_int_equal(count("gave_way"), 1);
	assert_int_equal(asks(NULL, 92000000, 1), 1);
	assert_true(count("gave_way") == 2 && l->own == LISTS_OWN);
	assert_int_equal(l->places.used, LISTS_KIB);
}

/* Whose lists take long to be looked up leaves room for those of others, and of this node. */
static void lookups_are_counted_for_who_asks(void **state)
{
	struct gn_contact c = peer(1, 1), other = peer(100, 2);
	(void)state;
	assert_int_equal(asks(&c, 0, 100), 100);
	assert_int_equal(l->lookups, LISTS_LOOKUPS_PEER);
	/* those of one prefix have half of what is for strangers */
	for (unsigned i = 2; i < 10; i++) {
		struct gn_contact next = peer(i, 1);
		(void)asks(&next, i * 1000, 100);
	}
	assert_int_equal(l->lookups, LISTS_LOOKUPS_THEIRS / 2);
	assert_int_equal(gn_lists_look(l, &issuer.pk, &other, s.now), GN_PENDING);
	for (unsigned i = 10; i < 20; i++) {
		struct gn_contact next = peer(i, i);
		(void)asks(&next, i * 1000, 100);
	}
	assert_int_equal(l->lookups, LISTS_LOOKUPS_THEIRS);
	(void)asks(NULL, 90000, 100);
	assert_int_equal(l->lookups, LISTS_LOOKUPS);
	gn_lists_validate(l);
	svc_pump(&s, 0);
	svc_run_for(&s, 60 * GN_SEC);
	assert_int_equal(l->lookups, 0);
}

/* A long list takes more of its asker's share, and is not had above it. */
static void a_long_list_takes_its_place(void **state)
{
	struct gn_contact c = peer(1, 1);
	(void)state;
	for (unsigned i = 0; i < 64; i++) { /* 64 ids are 2 KiB */
		struct gn_revoked e = {{{(uint8_t)(100 + i), 7}}, gn_unix(s.now) + 86400};
		assert_int_equal(gn_revocation_add(list, &e, gn_unix(s.now)), GN_OK);
	}
	list->count--;
	revoke(99, 3600);
	assert_int_equal(asks(&c, 0, LISTS_KIB_PEER - 2), LISTS_KIB_PEER - 2);
	svc_pump(&s, 0);
	svc_run_for(&s, 10 * GN_SEC);
	assert_int_equal(look(&c), GN_PENDING);
	svc_run_for(&s, 5 * GN_SEC);
	assert_int_equal(judge(99), GN_BUSY); /* it needs three, and two are left */
	assert_true(count("failed") >= 1 && l->places.used == LISTS_KIB_PEER - 1);
	svc_run_for(&s, LISTS_AGAIN);
	list->count = 0;
	revoke(98, 3600);
	assert_int_equal(look(&c), GN_PENDING);
	svc_run_for(&s, 5 * GN_SEC);
	assert_true(judge(98) == GN_DENIED && l->places.used == LISTS_KIB_PEER);
}

/* Who asks first for the list of somebody and has no room left for it does not keep it from those
 * who come after them. */
static void who_has_no_room_keeps_no_list_from_others(void **state)
{
	struct gn_contact full = peer(1, 1), other = peer(2, 2);
	(void)state;
	for (unsigned i = 0; i < 32; i++) { /* with the one that is added 2 KiB and more */
		struct gn_revoked e = {{{(uint8_t)(100 + i), 7}}, gn_unix(s.now) + 86400};
		assert_int_equal(gn_revocation_add(list, &e, gn_unix(s.now)), GN_OK);
	}
	revoke(99, 3600);
	assert_int_equal(asks(&full, 0, LISTS_KIB_PEER - 1), LISTS_KIB_PEER - 1);
	svc_pump(&s, 0);
	svc_run_for(&s, 10 * GN_SEC);
	assert_int_equal(look(&full), GN_PENDING);
	svc_run_for(&s, 5 * GN_SEC);
	assert_int_equal(look(&full), GN_BUSY);
	assert_int_equal(judge(98), GN_BUSY);
	assert_int_equal(look(&other), GN_PENDING);
	svc_run_for(&s, 5 * GN_SEC);
	assert_true(judge(98) == GN_OK && judge(99) == GN_DENIED);
	assert_true(gn_pk_eq(&entry()->by.key, &other.pk));
	assert_int_equal(look(&full), GN_OK); /* and it is everybody's */
	/* who has no room either takes nothing over */
	assert_int_equal(l->places.used, LISTS_KIB_PEER - 1 + entry()->kib);
	entry()->poor = true;
	assert_int_equal(asks(&full, 50000000, 2), 1);
	assert_int_equal(look(&full), GN_OK);
	assert_true(gn_pk_eq(&entry()->by.key, &other.pk));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, start, end)
	const struct CMUnitTest tests[] = {
		T(a_chain_of_a_day_asks_for_no_list),
		T(one_lookup_is_believed_for_five_minutes),
		T(a_list_that_was_seen_is_not_hidden),
		T(an_older_list_replaces_nothing),
		T(without_a_network_it_counts_for_an_hour),
		T(places_are_counted_for_who_asks),
		T(lookups_are_counted_for_who_asks),
		T(a_long_list_takes_its_place),
		T(who_has_no_room_keeps_no_list_from_others),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
