/* Two nodes at home, each behind a box of a kind, and four with public addresses: what tests of
 * ways share. The world is one for each test program. */
#ifndef GN_NODE_TESTING_TWO_HOME_H
#define GN_NODE_TESTING_TWO_HOME_H

#include "node/peers_int.h"
#include "node/testing/whole.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define SERVERS 4 /* with public addresses; then two at home */
#define NODES 6
#define FIRST 4 /* the ones at home */
#define SECOND 5

static struct whole w;
static const char *kinds[NODES];
static gn_time begins_at = WHOLE_EPOCH; /* of the next world */

static inline bool behind(void *user, unsigned node, struct jet_sim_nat *nat, bool *carrier)
{
	(void)user;
	if (!kinds[node])
		return false;
	assert_true(jet_sim_nat_named(gn_str(kinds[node]), nat));
	*carrier = strcmp(kinds[node], "cg") == 0;
	return true;
}

static inline void on_running(void *user, unsigned node)
{
	(void)user;
	whole_bootstrap_first(&w, node, 2);
}

static inline void make(const char *first, const char *second)
{
	kinds[FIRST] = first;
	kinds[SECOND] = second;
	whole_init(&w, &(struct whole_options){.seed = 11,
					       .nodes = NODES,
					       .pow_bits = 1,
					       .nat = behind,
					       .hooks = {.running = on_running}});
	w.now = begins_at;
	for (unsigned i = 0; i < NODES; i++) {
		whole_start(&w, whole_add(&w));
		whole_run_for(&w, 5 * GN_SEC);
	}
	whole_run_for(&w, 30 * GN_SEC);
}

static inline const struct gn_pk *key_of(unsigned i)
{
	return &whole_node(&w, i)->key.pk;
}

static inline const struct peer *peer_at(unsigned at, unsigned of)
{
	return peers_of(whole_node(&w, at), key_of(of));
}

static inline gn_jet_id session_of(unsigned at, unsigned of)
{
	return gn_node_peers_session(whole_node(&w, at), key_of(of));
}

/* A message that asks for nothing, to a peer of which nobody told an address. */
static inline void say(unsigned from, unsigned to)
{
	struct gn_overlay_message m = {.bytes = GN_LIT("12345678"), .reliable = true};
	m.to.pk = *key_of(to);
	gn_node_peers_send(whole_node(&w, from), &m, GN_JET_INTERACTIVE);
	whole_moved(&w, from);
}

static inline void tell_homes(unsigned at, const struct gn_pk *of, unsigned count,
			      const unsigned *relays)
{
	struct gn_node_found found = {.pk = *of, .home_count = count};
	for (unsigned i = 0; i < count; i++)
		found.homes[i] = (struct gn_contact){.pk = *key_of(relays[i]),
						     .addr_count = 1,
						     .addrs = {w.nodes[relays[i]]->told}};
	whole_moved(&w, at);
	(void)!gn_node_peers_reach(whole_node(&w, at), of);
	gn_node_peers_found(whole_node(&w, at), &found);
}

static inline void tell_home(unsigned at, unsigned of, unsigned relay)
{
	tell_homes(at, key_of(of), 1, &relay);
}

static inline uint64_t counter_of(unsigned i, const char *name)
{
	const struct gn_node *node = whole_node(&w, i);
	struct gn_counter c;
	for (size_t k = 0; gn_relay_counter_at(node->relay, k, &c); k++)
		if (strcmp(c.name, name) == 0)
			return c.value;
	for (size_t k = 0; gn_node_ways_counter_at(node, k, &c); k++)
		if (strcmp(c.name, name) == 0)
			return c.value;
	fail_msg("no counter %s", name);
	return 0;
}

static inline struct gn_jet_info info_of(unsigned at, unsigned of)
{
	struct gn_jet_info info;
	assert_int_equal(gn_jet_info(whole_node(&w, at)->jet, session_of(at, of), &info), GN_OK);
	return info;
}

static inline struct gn_pk someone(uint8_t n)
{
	struct gn_sk sk;
	gn_sk_from_seed((const uint8_t[32]){7, n}, &sk);
	return sk.pk;
}

#endif
