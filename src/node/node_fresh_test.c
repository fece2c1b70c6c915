/* Fresh sessions on whole nodes: what holders see of who reads and writes a box, that nothing is
 * lost when a relay goes, that days have nothing in common, and who shares what. Rule RE-55. */
#include "node/testing/boxed_world.h"

#define NODES 24

/* What the network is asked where the box lies is a point near it, and those who hold it are found
 * all the same: of GN_FRAME_BLIND the nearest, at most GN_FRAME_BLUR places away (BX-48). */
static void lookups_do_not_name_the_box(void)
{
	const struct gn_node *node = whole_node(&w, asker);
	struct gn_hash key;
	unsigned finds = 0;
	gn_boxrec_key(&owner.pk, 0, &key);
	for (uint64_t i = 0; i < node->lookup_count && i < GN_NODE_LOOKUPS; i++)
		if (strcmp(node->lookups[i].kind, "find") == 0) {
			finds++;
			assert_true(memcmp(node->lookups[i].key.b, key.b, 8) != 0);
		}
	assert_true(finds > 0);
	for (const struct fresh_peer *p = context_at(asker, 0)->peers; p; p = p->next)
		for (unsigned i = 0; i < w.count; i++)
			if (gn_pk_eq(key_of(i), &p->pk))
				assert_true(rank_of(i, &owner.pk) < 12);
}

static void holders_see_a_relay_and_a_throwaway_key(void **state)
{
	struct gn_node_fresh_for who = mine();
	(void)state;
	grow(NODES, 7);
	assert_true(writer < NODES);
	follow_of(asker, &who, &owner);
	whole_run_for(&w, 10 * GN_SEC);
	deposit(writer, &who, "one");
	whole_run_for(&w, 10 * GN_SEC);
	assert_int_equal(told.deposits, 1);
	assert_int_equal(told.result, GN_OK);
	assert_int_equal(told.items, 1);
	assert_true(look_at_holders(asker, context_at(asker, 0)) >= 8);
	assert_true(look_at_holders(writer, context_at(writer, 0)) >= 8);
	assert_false(gn_pk_eq(&context_at(asker, 0)->pk, key_of(asker)));
	lookups_do_not_name_the_box();
	struct gn_node_fresh_info info;
	gn_node_fresh_info(whole_node(&w, asker), &info);
	assert_int_equal(info.direct, 0);
	assert_true(info.sessions >= 8);
	/* long after, what comes is brought at once */
	whole_run_for(&w, 600 * GN_SEC);
	deposit(writer, &who, "two");
	whole_run_for(&w, 3 * GN_SEC);
	assert_int_equal(told.items, 2);
	assert_int_equal(told.deposits, 2);
	look_at_holders(asker, context_at(asker, 0));
	whole_free(&w);
}

/* ---- a relay goes ---- */

static void a_relay_that_goes_loses_nothing(void **state)
{
	struct gn_node_fresh_for who = mine();
	(void)state;
	grow(NODES, 8);
	follow_of(asker, &who, &owner);
	whole_run_for(&w, 20 * GN_SEC);
	struct fresh *f = context_at(asker, 0);
	assert_true(f->relay_count > 0);
	unsigned killed = 0;
	for (unsigned i = 0; i < f->relay_count; i++, killed++)
		whole_kill(&w, index_of(&f->relays[i]));
	unsigned by = writer; /* or who is there */
	while (by == asker || !whole_alive(&w, by))
		by = (by + 1) % NODES;
	deposit(by, NULL, "while it was away");
	whole_run_for(&w, 90 * GN_SEC);
	assert_int_equal(told.deposits, 1);
	assert_int_equal(told.items, 1);
	assert_true(killed > 0);
	for (const struct fresh_peer *p = f->peers; p; p = p->next)
		assert_true(p->state != FRESH_UP || whole_alive(&w, index_of(&p->relay)));
	/* and by the new ones it comes at once */
	deposit(by, NULL, "another");
	whole_run_for(&w, 3 * GN_SEC);
	assert_int_equal(told.items, 2);
	whole_free(&w);
}

/* ---- days ---- */

static void two_days_have_nothing_in_common(void **state)
{
	(void)state;
	grow(NODES, 9);
	struct gn_node_fresh_for who = whose_day_ends_soon(owner.pk.b);
	gn_op op = follow_of(asker, &who, &owner);
	whole_run_for(&w, 60 * GN_SEC);
	struct gn_pk key = context_at(asker, 0)->pk, relays[GN_NODE_FRESH_RELAYS];
	unsigned count = context_at(asker, 0)->relay_count;
	memcpy(relays, context_at(asker, 0)->relays, sizeof relays);
	struct gn_addr seen[NODES];
	for (unsigned i = 0; i < NODES; i++) {
		const struct peer *p = heard_at(i, &key);
		const struct session *s =
			p ? gn_map_get(&whole_node(&w, i)->peers.by_session, &p->session) : NULL;
		seen[i] = s ? s->addr : (struct gn_addr){.port = 0};
	}
	for (unsigned m = 0; m < 16 && whole_node(&w, asker)->fresh.count.days == 0; m++)
		whole_run_for(&w, 60 * GN_SEC);
	assert_int_equal(whole_node(&w, asker)->fresh.count.days, 1);
	whole_run_for(&w, 30 * GN_SEC);
	struct fresh *f = context_at(asker, whole_node(&w, asker)->fresh.contexts.count - 1);
	assert_false(gn_pk_eq(&f->pk, &key));
	for (unsigned i = 0; i < f->relay_count; i++)
		assert_false(among(relays, count, &f->relays[i]));
	unsigned both = 0;
	for (unsigned i = 0; i < NODES; i++) {
		const struct peer *p = heard_at(i, &f->pk);
		const struct session *s =
			p ? gn_map_get(&whole_node(&w, i)->peers.by_session, &p->session) : NULL;
		if (!s || !seen[i].port)
			continue;
		both++;
		assert_false(gn_addr_eq(&s->addr, &seen[i]));
	}
	assert_true(both > 0); /* these are the ones that could compare */
	struct gn_pk server;
	uint8_t pass[GN_PASS_LEN];
	assert_false(gn_jet_pass_at(f->of.jet, 0, &server, pass));
	/* what is followed goes on */
	deposit(writer, NULL, "the day after");
	whole_run_for(&w, 5 * GN_SEC);
	assert_true(told.items >= 1);
	gn_box_validate(f->box);
	/* an hour later nothing is left of the day before, and the follow can be ended */
	whole_run_for(&w, GN_NODE_FRESH_OLD + 60 * GN_SEC);
	assert_int_equal(whole_node(&w, asker)->fresh.contexts.count, 1);
	assert_true(gn_pk_eq(&context_at(asker, 0)->pk, &f->pk));
	gn_node_fresh_cancel(whole_node(&w, asker), op);
	whole_moved(&w, asker);
	whole_run_for(&w, GN_NODE_FRESH_IDLE + 2 * GN_NODE_FRESH_LOOK);
	assert_int_equal(whole_node(&w, asker)->fresh.contexts.count, 0);
	whole_free(&w);
}

/* ---- who shares ---- */

static void boxes_share_only_when_it_is_asked_for(void **state)
{
	struct gn_node_fresh_for who = mine(), other = {.user = 1001}, shared = {1000, false, 7};
	struct gn_sk second = secret(11);
	(void)state;
	grow(NODES, 10);
	put_box(0, &second);
	follow_of(asker, &who, &owner);
	follow_of(asker, &who, &second);
	follow_of(asker, &other, &owner);
	whole_run_for(&w, 20 * GN_SEC);
	const struct gn_node_fresh *all = &whole_node(&w, asker)->fresh;
	assert_int_equal(all->contexts.count, 3);
	for (uint32_t i = 0; i < 3; i++)
		for (uint32_t k = 0; k < i; k++) {
			const struct fresh *a = context_at(asker, i), *b = context_at(asker, k);
			assert_false(gn_pk_eq(&a->pk, &b->pk));
			for (unsigned r = 0; r < a->relay_count; r++)
				assert_false(among(b->relays, b->relay_count, &a->relays[r]));
		}
	follow_of(asker, &shared, &owner);
	follow_of(asker, &shared, &second);
	deposit(asker, &shared, "by the same");
	whole_run_for(&w, 20 * GN_SEC);
	assert_int_equal(all->contexts.count, 4);
	assert_int_equal(told.deposits, 1);
	assert_int_equal(told.result, GN_OK);
	assert_int_equal(told.items, 3); /* three follow that box */
	whole_free(&w);
}

/* ---- who pays ---- */

/* Holders let all strangers of a relay together have an eighth of what one key may; the relay
 * itself is a peer like any other. */
static void strangers_of_a_relay_have_one_share(void **state)
{
	struct gn_node_fresh_for who = mine();
	(void)state;
	grow(12, 12); /* all of them hold it */
	follow_of(5, &who, &owner);
	whole_run_for(&w, 20 * GN_SEC);
	const struct fresh *f = context_at(5, 0);
	const struct fresh_peer *p = f->peers;
	while (p && (p->state != FRESH_UP || rank_of(index_of(&p->pk), &owner.pk) >= 8))
		p = p->next;
	assert_non_null(p); /* one whom a deposit goes to */
	unsigned at = index_of(&p->pk);
	struct gn_node *holder = whole_node(&w, at);
	struct gn_pk relay;
	assert_true(gn_node_peers_relayed(holder, &f->pk, &relay));
	assert_true(gn_pk_eq(&relay, &p->relay));
	assert_false(gn_node_peers_relayed(holder, &p->relay, &relay));
	struct gn_guard_subject all = {.kind = GN_GUARD_TOKEN,
				       .rate = GN_NODE_RELAYED_RATE,
				       .burst = GN_NODE_RELAYED_BURST};
	memcpy(all.id, p->relay.b, sizeof all.id);
	const uint64_t share = (uint64_t)GN_NODE_RELAYED_RATE * (GN_NODE_RELAYED_BURST / GN_SEC);
	whole_moved(&w, at);
	/* what they have left, and of 15 s more: then only they are refused */
	gn_guard_debit(holder->guard, &all, 4 * share, w.now);
	uint64_t before = holder->peers.count.over_share;
	assert_int_equal(gn_node_admit(holder, &f->pk, GN_LIT("12345678")), GN_QUOTA);
	assert_int_equal(gn_node_admit(holder, &p->relay, GN_LIT("12345678")), GN_OK);
	deposit(5, &who, "the others take it");
	whole_run_for(&w, 30 * GN_SEC);
	assert_true(told.stored > 0);
	assert_true(holder->peers.count.over_share > before);
	assert_int_equal(told.deposits, 1);
	assert_int_equal(told.result, GN_OK);
	whole_run_for(&w, 60 * GN_SEC);
	assert_int_equal(gn_node_admit(holder, &f->pk, GN_LIT("12345678")), GN_OK);
	whole_free(&w);
}

/* ---- where there is nobody ---- */

static void without_relays_it_is_direct_and_said_or_not_at_all(void **state)
{
	struct gn_node_fresh_for who = mine();
	struct gn_node_fresh_info info;
	(void)state;
	grow(2, 11); /* one other: nobody can be between */
	deposit(0, &who, "to ourselves and to the other");
	whole_run_for(&w, 20 * GN_SEC);
	assert_int_equal(told.deposits, 1);
	gn_node_fresh_info(whole_node(&w, 0), &info);
	assert_int_equal(info.direct, 1);
	assert_int_equal(whole_node(&w, 0)->fresh.count.direct, 1);
	assert_true(told.stored == 0); /* two of three */
	assert_int_equal(told.result, GN_QUORUM);
	assert_non_null(heard_at(1, &context_at(0, 0)->pk));
	/* strict: what is here is all that can be reached */
	whole_run_for(&w, GN_NODE_FRESH_IDLE + 2 * GN_NODE_FRESH_LOOK);
	assert_int_equal(whole_node(&w, 0)->fresh.contexts.count, 0);
	whole_node(&w, 0)->config.fresh = GN_NODE_FRESH_STRICT;
	deposit(0, &who, "another");
	whole_run_for(&w, 60 * GN_SEC);
	assert_int_equal(told.deposits, 2);
	assert_int_equal(whole_node(&w, 0)->fresh.count.direct, 1);
	whole_node(&w, 0)->config.fresh = GN_NODE_FRESH_NO;
	assert_int_equal(try_deposit(0, &who, &owner, GN_LIT("none")), GN_STATE);
	whole_free(&w);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(holders_see_a_relay_and_a_throwaway_key),
	cmocka_unit_test(a_relay_that_goes_loses_nothing),
	cmocka_unit_test(two_days_have_nothing_in_common),
	cmocka_unit_test(boxes_share_only_when_it_is_asked_for),
	cmocka_unit_test(strangers_of_a_relay_have_one_share),
	cmocka_unit_test(without_relays_it_is_direct_and_said_or_not_at_all),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
