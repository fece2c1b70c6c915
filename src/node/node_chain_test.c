/* Where the relays at which somebody has a place are not reached, through others (RE-36); and much
 * for who has a relay's token (RE-33). */
#include "node/testing/two_home.h"

#include "services/relay/testing/inside.h"
#include "wire/token.h"

#define SHUT 3 /* the server that does not hear the first at home, nor is heard */

static gn_err (*plain)(struct gn_node *node, const struct gn_addr *to, struct gn_slice packets,
		       uint16_t segment, size_t *sent);

static gn_err not_to_shut(struct gn_node *node, const struct gn_addr *to, struct gn_slice packets,
			  uint16_t segment, size_t *sent)
{
	*sent = packets.len;
	return gn_addr_eq(to, &w.nodes[SHUT]->told) ? GN_OK
						    : plain(node, to, packets, segment, sent);
}

static uint64_t opened_via(void)
{
	uint64_t n = 0;
	for (unsigned i = 0; i < SERVERS; i++)
		n += counter_of(i, "opened_via");
	return n;
}

/* What is sent to it is lost, so nothing comes back either. */
static void shut(void)
{
	make("port", "sym");
	plain = whole_node(&w, FIRST)->outside.send;
	whole_node(&w, FIRST)->outside.send = not_to_shut;
	gn_jet_id id = session_of(FIRST, SHUT);
	if (id && gn_jet_close(whole_node(&w, FIRST)->jet, id, 0, "", w.now) == GN_OK)
		whole_moved(&w, FIRST);
	whole_run_for(&w, 120 * GN_SEC);
	assert_false(gn_node_peers_own(whole_node(&w, FIRST), key_of(SHUT)));
	assert_true(peer_at(SHUT, SECOND)->linked);
}

static void a_home_that_is_not_reached_is_asked_through_another(void **state)
{
	(void)state;
	shut();
	gn_time began = w.now;
	tell_home(FIRST, SECOND, SHUT);
	say(FIRST, SECOND);
	while (!session_of(FIRST, SECOND) && w.now - began < 20 * GN_SEC)
		whole_run_for(&w, 100 * GN_MSEC);
	print_message("through two after %.1f s\n", (double)(w.now - began) / GN_SEC);
	assert_int_not_equal(session_of(FIRST, SECOND), 0);
	assert_true(w.now - began <= GN_NODE_DIAL_RELAY + GN_NODE_DIAL_CHAIN + GN_SEC);
	assert_int_equal(info_of(FIRST, SECOND).kind, GN_WAY_RELAY);
	assert_in_range(opened_via(), 1, GN_NODE_RELAYS); /* the first that leads there stays */
	whole_run_for(&w, GN_SEC);
	assert_int_equal(whole_node(&w, SECOND)->peers.count.dropped_kind, 1);
	whole_free(&w);
}

static void rule(int relays)
{
	struct gn_policy p = {.relays = (uint8_t)relays};
	assert_int_equal(gn_node_policy_set(whole_node(&w, FIRST), key_of(SECOND), &p), GN_OK);
}

/* By that relay the first has a circuit: it knows who calls. */
static bool is_seen_by(unsigned relay)
{
	const struct gn_map *all = &whole_node(&w, FIRST)->ways.circuits;
	for (uint32_t i = 0; i < all->count; i++) {
		const struct gn_node_circuit *c = gn_map_value_at(all, i);
		if (gn_pk_eq(&c->relay, key_of(relay)))
			return true;
	}
	return false;
}

/* The peer's own relay does not learn who calls. */
static void with_a_rule_of_two_there_are_two(void **state)
{
	(void)state;
	make("port", "sym");
	rule(2);
	whole_node(&w, FIRST)->homes.finds.limit = 0; /* no place is known but what it is told */
	assert_int_not_equal(session_of(FIRST, SHUT), 0);
	tell_home(FIRST, SECOND, SHUT);
	say(FIRST, SECOND);
	whole_run_for(&w, 5 * GN_SEC);
	assert_int_equal(info_of(FIRST, SECOND).kind, GN_WAY_RELAY);
	assert_in_range(opened_via(), 1, GN_NODE_RELAYS);
	for (unsigned i = 0; i < 300; i++) { /* nor is it asked for a spare circuit */
		assert_false(is_seen_by(SHUT));
		say(FIRST, SECOND);
		whole_run_for(&w, 100 * GN_MSEC);
	}
	whole_free(&w);
}

static void with_a_rule_of_one_there_is_none(void **state)
{
	(void)state;
	shut();
	rule(1);
	tell_home(FIRST, SECOND, SHUT);
	say(FIRST, SECOND);
	whole_run_for(&w, 20 * GN_SEC);
	assert_int_equal(opened_via(), 0);
	assert_int_equal(session_of(FIRST, SECOND), 0);
	whole_free(&w);
}

/* ---- tokens ---- */

static gn_time set_ahead; /* by which the clocks of all were set since they started */

/* The line of the owner's file for a token of relay 0's own key. */
static void give_token_of(unsigned relay, unsigned to, const struct gn_pk *bearer, uint8_t depth)
{
	static uint8_t bytes[GN_TOKEN_MAX];
	static char text[2 * GN_TOKEN_MAX];
	struct gn_buf out = {bytes, 0, sizeof bytes};
	struct gn_token_right right = {GN_LIT("relay"), GN_FB_ACTION_USE};
	struct gn_token_fields f = {.audience = *bearer,
				    .rights = &right,
				    .right_count = 1,
				    .not_before = gn_unix(w.now + set_ahead) - 10,
				    .expires = gn_unix(w.now + set_ahead) + 7200,
				    .depth = depth};
	assert_int_equal(gn_token_issue(&whole_node(&w, relay)->key, &f, &out, NULL), GN_OK);
	strcpy(text, "# relays\n\n");
	gn_hex(GN_SLICE(key_of(relay)->b), text + strlen(text));
	strcat(text, " ");
	size_t at = strlen(text);
	assert_int_equal(gn_base64(gn_buf_slice(&out), true, text + at, sizeof text - at - 1),
			 GN_OK);
	strcat(text, "\n");
	struct gn_node *node = whole_node(&w, to);
	assert_int_equal(node->outside.keep(node, "relay-tokens", gn_str(text)), GN_OK);
}

static void give_token(unsigned to, const struct gn_pk *bearer)
{
	give_token_of(0, to, bearer, 0);
}

static const struct relay_circuit *opened_at_first(void)
{
	const struct gn_relay *r = whole_node(&w, 0)->relay;
	assert_int_equal(r->count, 1);
	return r->circuits[0];
}

static void begin_with_token(const struct gn_pk *bearer)
{
	make("port", "sym");
	gn_relay_give(whole_node(&w, 0)->relay,
		      &(struct gn_relay_give){.level = GN_RELAY_TOKENS, .bulk_rate = 1u << 20},
		      w.now);
	whole_run_for(&w, 60 * GN_SEC);
	give_token(FIRST, bearer ? bearer : key_of(FIRST));
	tell_home(FIRST, SECOND, 0);
	say(FIRST, SECOND);
	whole_run_for(&w, 3 * GN_SEC);
	assert_int_equal(info_of(FIRST, SECOND).kind, GN_WAY_RELAY);
}

static void a_token_opens_much(void **state)
{
	static uint8_t bytes[60000];
	struct gn_overlay_message m = {.bytes = GN_SLICE(bytes), .reliable = true};
	(void)state;
	begin_with_token(NULL);
	assert_true(opened_at_first()->bulk);
	m.to.pk = *key_of(SECOND);
	for (unsigned i = 0; i < 20; i++) { /* 1.2 MB: more than ten minutes of a small one */
		whole_moved(&w, FIRST);
		gn_node_peers_send(whole_node(&w, FIRST), &m, GN_JET_FILES);
		whole_moved(&w, FIRST);
		whole_run_for(&w, 200 * GN_MSEC);
	}
	whole_run_for(&w, 5 * GN_SEC);
	assert_int_equal(whole_node(&w, SECOND)->peers.count.dropped_kind, 21);
	whole_free(&w);
}

/* The caller's token for the second relay, given on to the first: for an hour, and by who may; also
 * where the clocks were set since the nodes began. */
static void a_token_of_the_second_opens_much(void **state)
{
	(void)state;
	for (unsigned turn = 0; turn < 3; turn++) {
		unsigned depth = turn > 0;
		make("port", "sym");
		set_ahead = turn == 2 ? 3 * 3600 * GN_SEC : 0;
		for (unsigned i = 0; i <= SECOND; i++) {
			whole_moved(&w, i);
			gn_overlay_clock(whole_node(&w, i)->overlay, w.now + set_ahead, w.now);
			assert_int_equal(gn_node_unix(whole_node(&w, i)),
					 gn_unix(w.now + set_ahead));
		}
		for (unsigned i = 0; i < SERVERS; i++)
			gn_relay_give(whole_node(&w, i)->relay,
				      &(struct gn_relay_give){.level = i == SHUT ? GN_RELAY_TOKENS
										 : GN_RELAY_COMMONS,
							      .bulk_rate = 1u << 20},
				      w.now);
		whole_run_for(&w, 60 * GN_SEC);
		rule(2);
		give_token_of(SHUT, FIRST, key_of(FIRST), (uint8_t)depth);
		tell_home(FIRST, SECOND, SHUT);
		say(FIRST, SECOND);
		whole_run_for(&w, 5 * GN_SEC);
		struct gn_way main;
		assert_int_equal(gn_jet_ways(whole_node(&w, FIRST)->jet, session_of(FIRST, SECOND),
					     &main, 1),
				 1);
		assert_int_equal(gn_node_ways_circuit(whole_node(&w, FIRST), main.link)->small,
				 !depth);
		const struct gn_relay *r = whole_node(&w, SHUT)->relay;
		bool much = false;
		for (uint32_t i = 0; i < r->count; i++) {
			const struct relay_circuit *c = r->circuits[i];
			assert_int_equal(c->bulk, c->right != NULL);
			assert_true(!c->right || c->right->until <= gn_unix(w.now + set_ahead) +
									    GN_NODE_RIGHT_GIVEN);
			much |= c->bulk;
		}
		assert_true(r->count > 0 && much == (depth > 0));
		whole_free(&w);
	}
	set_ahead = 0;
}

/* Of somebody else's token, and of a file that is wrong, comes no more than of none. */
static void anothers_token_opens_a_little(void **state)
{
	struct gn_pk other = someone(1);
	(void)state;
	begin_with_token(&other);
	assert_false(opened_at_first()->bulk);
	assert_int_equal(counter_of(0, "open_token"), 1);
	whole_free(&w);
}

static bool is_small(unsigned at, unsigned of)
{
	struct gn_way main;
	struct gn_node *node = whole_node(&w, at);
	assert_int_not_equal(gn_jet_ways(node->jet, session_of(at, of), &main, 1), 0);
	const struct gn_node_circuit *c = gn_node_ways_circuit(node, main.link);
	assert_non_null(c);
	return c->small;
}

/* Who calls has no token, and who is called has one: with a tunnel the session does not stay on
 * the small circuit, nor for the 10 s of RE-5. */
static void who_is_called_opens_much(void **state)
{
	(void)state;
	for (int tunnel = 0; tunnel < 2; tunnel++) {
		make("port", "sym");
		gn_relay_give(
			whole_node(&w, 0)->relay,
			&(struct gn_relay_give){.level = GN_RELAY_TOKENS, .bulk_rate = 1u << 20},
			w.now);
		whole_run_for(&w, 60 * GN_SEC);
		give_token(FIRST, key_of(FIRST));
		tell_home(SECOND, FIRST, 0);
		say(SECOND, FIRST);
		whole_run_for(&w, 3 * GN_SEC);
		for (unsigned i = 0; i < 2; i++)
			assert_true(is_small(FIRST + i, SECOND - i));
		if (tunnel)
			gn_node_peers_hold(whole_node(&w, FIRST), session_of(FIRST, SECOND), true);
		whole_run_for(&w, 3 * GN_SEC);
		for (unsigned i = 0; i < 2; i++)
			assert_int_equal(!is_small(FIRST + i, SECOND - i), tunnel);
		if (tunnel)
			gn_node_peers_hold(whole_node(&w, FIRST), session_of(FIRST, SECOND), false);
		whole_free(&w);
	}
}

/* Nor has that one a token: it looks for it once, not each second while somebody is connected. */
static void whether_there_is_a_token_is_looked_for_once(void **state)
{
	(void)state;
	make("port", "sym");
	gn_relay_give(whole_node(&w, 0)->relay,
		      &(struct gn_relay_give){.level = GN_RELAY_TOKENS, .bulk_rate = 1u << 20},
		      w.now);
	whole_run_for(&w, 60 * GN_SEC);
	tell_home(SECOND, FIRST, 0);
	say(SECOND, FIRST);
	whole_run_for(&w, 3 * GN_SEC);
	assert_true(session_of(FIRST, SECOND) && session_of(SECOND, FIRST));
	assert_true(is_small(FIRST, SECOND));
	unsigned before = w.nodes[FIRST]->kept_reads;
	for (unsigned k = 0; k < 2; k++)
		gn_node_peers_hold(whole_node(&w, FIRST + k), session_of(FIRST + k, SECOND - k),
				   true);
	whole_run_for(&w, 8 * GN_SEC);
	assert_true(is_small(FIRST, SECOND));
	assert_int_equal(w.nodes[FIRST]->kept_reads, before + 1);
	for (unsigned k = 0; k < 2; k++)
		gn_node_peers_hold(whole_node(&w, FIRST + k), session_of(FIRST + k, SECOND - k),
				   false);
	whole_free(&w);
}

static void a_file_that_is_wrong_is_not_used(void **state)
{
	static const char *const texts[] = {"x\n", "", "#\n",
					    "zz34567890123456789012345678901234567890123456789012"
					    "345678901234 AAAA\n"};
	uint8_t bytes[GN_TOKEN_MAX];
	(void)state;
	make(NULL, NULL);
	struct gn_node *node = whole_node(&w, FIRST);
	struct gn_buf out = {bytes, 0, sizeof bytes};
	assert_false(gn_node_right_for(node, key_of(0), &out)); /* no file */
	for (size_t i = 0; i < GN_COUNT(texts); i++) {
		assert_int_equal(node->outside.keep(node, "relay-tokens", gn_str(texts[i])), GN_OK);
		assert_false(gn_node_right_for(node, key_of(0), &out));
	}
	give_token(FIRST, key_of(FIRST));
	assert_false(gn_node_right_for(node, key_of(1), &out)); /* another relay */
	struct gn_buf *file = &w.nodes[FIRST]->kept[3];
	struct gn_buf was = *file;
	static uint8_t long_one[GN_NODE_RIGHTS_TEXT + 1]; /* behind it blank lines */
	memset(long_one, '\n', sizeof long_one);
	memcpy(long_one, was.p, was.len);
	*file = (struct gn_buf){long_one, sizeof long_one, sizeof long_one};
	assert_false(gn_node_right_for(node, key_of(0), &out));
	file->len--;
	assert_true(gn_node_right_for(node, key_of(0), &out));
	*file = was;
	out.len = 0;
	assert_true(gn_node_right_for(node, key_of(0), &out));
	whole_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_home_that_is_not_reached_is_asked_through_another),
		cmocka_unit_test(with_a_rule_of_two_there_are_two),
		cmocka_unit_test(with_a_rule_of_one_there_is_none),
		cmocka_unit_test(a_token_opens_much),
		cmocka_unit_test(a_token_of_the_second_opens_much),
		cmocka_unit_test(anothers_token_opens_a_little),
		cmocka_unit_test(who_is_called_opens_much),
		cmocka_unit_test(whether_there_is_a_token_is_looked_for_once),
		cmocka_unit_test(a_file_that_is_wrong_is_not_used),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
