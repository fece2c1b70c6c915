/* Rules about paths in words and kept (RE-11); what they do is node_policy_test.c. */
#include "node/testing/two_home.h"

static void rules_have_words(void **state)
{
	(void)state;
	static const struct {
		const char *in, *out;
		uint8_t ways, metered, relays;
	} good[] = {
		{"", "any", 0, 0, 0},
		{"any", "any", 0, 0, 0},
		{"relay", "relay", GN_JET_ALLOW_RELAY, 0, 0},
		{"lan", "lan", GN_JET_ALLOW_LAN, 0, 0},
		{"direct", "direct", GN_NODE_NEAR, 0, 0},
		{"lan,direct", "direct", GN_NODE_NEAR, 0, 0},
		{"direct relay, tls", "any", 0, 0, 0},
		{"tls,relay", "relay,tls", GN_JET_ALLOW_RELAY | GN_JET_ALLOW_TLS, 0, 0},
		{"lan,relay,tls,metered=ask,relays=2", "lan,relay,tls,metered=ask,relays=2",
		 GN_JET_ALLOW_LAN | GN_JET_ALLOW_RELAY | GN_JET_ALLOW_TLS, GN_POLICY_ASK, 2},
		{"metered=no", "metered=no", 0, GN_POLICY_NO, 0},
		{"metered=yes,relays=1", "metered=yes,relays=1", 0, GN_POLICY_YES, 1},
	};
	static const char *const bad[] = {"relays",    "relays=3", "relays=0", "metered=", "Relay",
					  "relay;tls", "an",       "anyx",     "=",        "-"};
	char why[GN_HOST_WHY], text[GN_NODE_POLICY_TEXT];
	struct gn_policy p;
	for (size_t i = 0; i < GN_COUNT(good); i++) {
		assert_int_equal(gn_node_policy_parse(gn_str(good[i].in), &p, why), GN_OK);
		assert_int_equal(p.ways, good[i].ways);
		assert_int_equal(p.metered, good[i].metered);
		assert_int_equal(p.relays, good[i].relays);
		gn_node_policy_text(&p, text);
		assert_string_equal(text, good[i].out);
	}
	for (size_t i = 0; i < GN_COUNT(bad); i++) {
		assert_int_equal(gn_node_policy_parse(gn_str(bad[i]), &p, why), GN_TEXT);
		assert_non_null(strstr(why, "lan"));
	}
	/* every rule that there may be has room, and means the same when it is read */
	for (unsigned all = 0; all < 16 * 4 * 3; all++) {
		struct gn_policy q = {all % 16 % 15, (uint8_t)(all / 16 % 4), (uint8_t)(all / 64)};
		q.ways |= q.ways & GN_JET_ALLOW_DIRECT ? GN_NODE_NEAR : 0;
		q.ways = q.ways == GN_NODE_WAYS ? 0 : q.ways;
		gn_node_policy_text(&q, text);
		assert_int_equal(gn_node_policy_parse(gn_str(text), &p, why), GN_OK);
		assert_memory_equal(&p, &q, sizeof p);
	}
}

static struct gn_policy rule_of(const char *text)
{
	struct gn_policy p;
	char why[GN_HOST_WHY];
	assert_int_equal(gn_node_policy_parse(gn_str(text), &p, why), GN_OK);
	return p;
}

static unsigned allowed(unsigned node, const struct gn_pk *pk)
{
	return gn_node_policy(whole_node(&w, node), pk).allowed;
}

static void one_node(void)
{
	whole_init(&w, &(struct whole_options){.seed = 3, .nodes = 1, .pow_bits = 1});
	whole_start(&w, whole_add(&w));
	whole_run_for(&w, GN_SEC);
}

/* RE-11: the narrowest of all wins; who is named in an error is whose it is. */
static void the_narrowest_wins(void **state)
{
	(void)state;
	one_node();
	struct gn_node *node = whole_node(&w, 0);
	const struct gn_pk pk = someone(1), other = someone(2);
	struct gn_policy relay = rule_of("relay,tls"), app = rule_of("relay"),
			 paid = rule_of("metered=yes");
	char why[200];
	assert_int_equal(allowed(0, &pk), GN_JET_ALLOW_ALL);
	node->policies.own = rule_of("direct,relay,relays=2");
	assert_int_equal(allowed(0, &pk), GN_NODE_NEAR | GN_JET_ALLOW_RELAY | GN_JET_ALLOW_METERED);
	assert_int_equal(gn_node_policy(node, &pk).relays, 2);
	assert_int_equal(gn_node_policy_set(node, &pk, &relay), GN_OK);
	assert_int_equal(allowed(0, &pk), GN_JET_ALLOW_RELAY | GN_JET_ALLOW_METERED);
	assert_int_equal(gn_node_policy(node, &pk).narrows, GN_NODE_RULE_PEER);
	assert_true(gn_node_policy_hides(node, &pk));
	assert_false(gn_node_policy_hides(node, &other));
	assert_true(gn_node_policy_hides(node, NULL));
	node->policies.own = (struct gn_policy){0};
	uint64_t hold = gn_node_policy_hold(node, &pk, &app);
	assert_int_not_equal(hold, 0);
	assert_int_equal(gn_node_policy(node, &pk).narrows, GN_NODE_RULE_APP);
	gn_node_policy_say(node, &pk, why, sizeof why);
	assert_string_equal(why, "the rule of this call (relay)");
	gn_node_policy_let_go(node, hold);
	gn_node_policy_let_go(node, hold); /* once more is nothing */
	assert_int_equal(allowed(0, &pk),
			 GN_JET_ALLOW_RELAY | GN_JET_ALLOW_TLS | GN_JET_ALLOW_METERED);
	relay = rule_of("metered=ask");
	assert_int_equal(gn_node_policy_set(node, &pk, &relay), GN_OK);
	assert_int_equal(allowed(0, &pk), GN_NODE_WAYS);
	node->give.g.wish.metered = true;
	assert_int_equal(gn_node_policy_any(node, &pk), GN_POLICY);
	assert_int_equal(gn_node_policy_any(node, &other), GN_OK);
	gn_node_policy_say(node, &pk, why, sizeof why);
	assert_string_equal(why, "the rule of this node for that peer (metered=ask), and bytes "
				 "cost money here");
	hold = gn_node_policy_hold(node, &pk, &paid); /* who was asked has said yes */
	assert_int_equal(gn_node_policy_any(node, &pk), GN_OK);
	gn_node_policy_let_go(node, hold);
	relay = rule_of("metered=no");
	assert_int_equal(gn_node_policy_set(node, &pk, &relay), GN_OK);
	hold = gn_node_policy_hold(node, &pk, &paid);
	assert_int_equal(gn_node_policy_any(node, &pk), GN_POLICY);
	gn_node_policy_let_go(node, hold);
	whole_free(&w);
}

/* GN_NODE_POLICIES, and one more; kept over a restart; what cannot be written does not hold. */
static void rules_are_kept(void **state)
{
	(void)state;
	one_node();
	struct gn_policy relay = rule_of("relay,relays=2"), any = rule_of("any");
	struct gn_node *node = whole_node(&w, 0);
	w.nodes[0]->keep_fails = true;
	struct gn_pk pk = someone(0);
	assert_int_equal(gn_node_policy_set(node, &pk, &relay), GN_DISK_FULL);
	assert_int_equal(allowed(0, &pk), GN_JET_ALLOW_ALL);
	w.nodes[0]->keep_fails = false;
	for (unsigned i = 0; i < GN_NODE_POLICIES; i++) {
		memcpy(pk.b, &i, sizeof i);
		assert_int_equal(gn_node_policy_set(node, &pk, &relay), GN_OK);
	}
	const struct gn_pk more = someone(1);
	assert_int_equal(gn_node_policy_set(node, &more, &relay), GN_LIMIT);
	assert_int_equal(gn_node_policy_set(node, &pk, &any), GN_OK);
	assert_int_equal(gn_node_policy_set(node, &more, &any), GN_OK); /* as it is */
	assert_int_equal(gn_node_policy_set(node, &more, &relay), GN_OK);
	whole_kill(&w, 0);
	whole_start(&w, 0);
	assert_int_equal(whole_node(&w, 0)->policies.by_key.count, GN_NODE_POLICIES);
	assert_int_equal(allowed(0, &more), GN_JET_ALLOW_RELAY | GN_JET_ALLOW_METERED);
	assert_int_equal(gn_node_policy(whole_node(&w, 0), &more).relays, 2);
	assert_int_equal(allowed(0, &pk), GN_JET_ALLOW_ALL);
	whole_free(&w);
}

static gn_err say_of(const struct gn_pk *person, const struct gn_pk *nodes, unsigned count,
		     const char *text)
{
	struct gn_policy p = rule_of(text);
	return gn_node_policy_of_contact(whole_node(&w, 0), person, nodes, count, &p);
}

/* A person's rule is for the nodes that are theirs, narrows beside all others, and is kept. */
static void a_contact_has_a_rule(void **state)
{
	(void)state;
	one_node();
	const unsigned metered = GN_JET_ALLOW_METERED;
	const struct gn_pk ann = someone(1), ben = someone(2);
	struct gn_pk nodes[GN_NODE_POLICY_NODES + 1];
	struct gn_policy tls = rule_of("relay,tls");
	char why[200];
	for (uint8_t i = 0; i < GN_COUNT(nodes); i++)
		nodes[i] = someone((uint8_t)(10 + i));
	assert_int_equal(say_of(&ann, nodes, GN_COUNT(nodes), "relay"), GN_USAGE);
	assert_int_equal(say_of(&ann, NULL, 0, "relay"), GN_OK); /* it has none yet */
	assert_int_equal(allowed(0, &nodes[0]), GN_JET_ALLOW_ALL);
	assert_int_equal(say_of(&ann, nodes, GN_NODE_POLICY_NODES, "relay"), GN_OK);
	assert_int_equal(allowed(0, &nodes[3]), GN_JET_ALLOW_RELAY | metered);
	assert_true(gn_node_policy_hides(whole_node(&w, 0), NULL));
	gn_node_policy_say(whole_node(&w, 0), &nodes[3], why, sizeof why);
	assert_string_equal(why, "the rule for the contact whose node that is (relay)");
	/* another says that it is theirs, and another rule of the owner's: the narrowest */
	assert_int_equal(say_of(&ben, &nodes[3], 1, "any"), GN_OK);
	assert_int_equal(say_of(&ben, &nodes[3], 1, "direct,relay,tls,metered=no"), GN_OK);
	assert_int_equal(gn_node_policy_set(whole_node(&w, 0), &nodes[3], &tls), GN_OK);
	assert_int_equal(allowed(0, &nodes[3]), GN_JET_ALLOW_RELAY);
	/* those that are no longer theirs are free, those of before keep to another rule */
	assert_int_equal(say_of(&ann, nodes + 2, 2, "relay"), GN_OK);
	assert_int_equal(allowed(0, &nodes[0]), GN_JET_ALLOW_ALL);
	assert_int_equal(say_of(&ann, NULL, 0, "tls"), GN_OK);
	assert_int_equal(allowed(0, &nodes[2]), GN_JET_ALLOW_TLS | metered);
	/* what cannot be written does not hold */
	w.nodes[0]->keep_fails = true;
	assert_int_equal(say_of(&ann, nodes, 3, "direct"), GN_DISK_FULL);
	assert_int_equal(say_of(&ann, NULL, 0, "any"), GN_DISK_FULL);
	w.nodes[0]->keep_fails = false;
	assert_int_equal(allowed(0, &nodes[0]), GN_JET_ALLOW_ALL);
	assert_int_equal(allowed(0, &nodes[2]), GN_JET_ALLOW_TLS | metered);
	whole_kill(&w, 0);
	whole_start(&w, 0);
	assert_int_equal(whole_node(&w, 0)->policies.by_contact.count, 3);
	assert_int_equal(allowed(0, &nodes[2]), GN_JET_ALLOW_TLS | metered);
	assert_int_equal(allowed(0, &nodes[3]), GN_JET_ALLOW_TLS);
	assert_int_equal(say_of(&ann, NULL, 0, "any"), GN_OK);
	assert_int_equal(allowed(0, &nodes[2]), GN_JET_ALLOW_ALL);
	assert_int_equal(allowed(0, &nodes[3]), GN_JET_ALLOW_RELAY | GN_JET_ALLOW_TLS);
	/* GN_NODE_POLICIES, and one more: nothing of it holds, and what held does */
	for (unsigned i = 0; i < GN_NODE_POLICIES - 1; i++) {
		struct gn_pk person = someone(0);
		memcpy(person.b, &i, sizeof i);
		assert_int_equal(say_of(&person, nodes, 1, "relay"), GN_OK);
	}
	assert_int_equal(say_of(&ben, nodes + 1, 3, "relay"), GN_LIMIT);
	assert_int_equal(allowed(0, &nodes[1]), GN_JET_ALLOW_ALL);
	assert_int_equal(allowed(0, &nodes[3]), GN_JET_ALLOW_RELAY | GN_JET_ALLOW_TLS);
	whole_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_have_words),
		cmocka_unit_test(the_narrowest_wins),
		cmocka_unit_test(rules_are_kept),
		cmocka_unit_test(a_contact_has_a_rule),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
