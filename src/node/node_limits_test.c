/* Limits of the node at their value and one past it: settings, what waits for a peer, what is
 * shown. A node without a loop: its engines are real, nothing is sent. */
#include "node/call.h"
#include "node/charge.h"
#include "node/node_int.h"
#include "node/peers_int.h"
#include "wire/generated/overlay_fb.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void no_log(void *user, enum gn_log_level level, const char *module, const char *event,
		   const char *text)
{
	(void)user;
	(void)level;
	(void)module;
	(void)event;
	(void)text;
}

static struct gn_node *fresh(void)
{
	static struct gn_node node;
	memset(&node, 0, sizeof node);
	gn_host_settings_default(gn_node_settings, &node.config, sizeof node.config);
	node.config.pow_bits = 1;
	node.now = node.started = gn_os_steady();
	node.host.rand = gn_rand_system();
	node.host.log = (struct gn_log){no_log, NULL, GN_LOG_ERROR};
	gn_sk_from_seed((const uint8_t[32]){1}, &node.key);
	assert_int_equal(gn_overlay_id_search(&node.key.pk, 1, 0, 1000, node.nonce), GN_OK);
	assert_int_equal(gn_udp_open(0, &node.udp), GN_OK);
	assert_int_equal(gn_node_engines_new(&node), GN_OK);
	return &node;
}

static void end(struct gn_node *node)
{
	gn_node_engines_free(node);
	gn_udp_close(node->udp);
	gn_sk_wipe(&node->key);
}

/* To an address whose key is not known: what is sent waits until it answers. */
static void send_of(struct gn_node *node, size_t len)
{
	uint8_t *bytes = calloc(1, len);
	struct gn_overlay_message m = {
		.to = {.addr_count = 1, .addrs = {gn_addr_v4(192, 0, 2, 1, 7)}},
		.bytes = gn_slice(bytes, len),
		.reliable = true};
	gn_node_peers_send(node, &m, GN_JET_INTERACTIVE);
	free(bytes);
}

static void a_message_has_a_length(void **state)
{
	struct gn_node *node = fresh();
	(void)state;
	send_of(node, GN_NODE_MESSAGE);
	assert_int_equal(node->peers.count.dropped_large, 0);
	assert_int_equal(node->peers.queue_share.used, GN_NODE_MESSAGE + GN_NODE_QUEUE_EACH);
	send_of(node, GN_NODE_MESSAGE + 1);
	assert_int_equal(node->peers.count.dropped_large, 1);
	end(node);
}

static void so_many_messages_wait_for_a_peer(void **state)
{
	struct gn_node *node = fresh();
	(void)state;
	for (unsigned i = 0; i < GN_NODE_QUEUE_COUNT; i++)
		send_of(node, 1);
	assert_int_equal(node->peers.count.dropped_queue, 0);
	send_of(node, 1);
	assert_int_equal(node->peers.count.dropped_queue, 1);
	end(node);
}

#define EACH ((size_t)64 << 10) /* of a queue, with what is counted besides */

static void peer_init(struct peer *peer, uint8_t key, const struct gn_addr *addr)
{
	*peer = (struct peer){.pk = {{key, 9}}, .named = true, .addr_count = 1};
	peer->addrs[0] = *addr;
	peer->urgent.tail = &peer->urgent.head;
	peer->bulk.tail = &peer->bulk.head;
}

static gn_err queue_of(struct gn_node *node, struct peer *peer, size_t len)
{
	static const uint8_t bytes[EACH];
	return peers_out_add(node, peer, gn_slice(bytes, len), GN_JET_FILES);
}

/* As much as one key may have. */
static void fill(struct gn_node *node, struct peer *peer, uint8_t key, const struct gn_addr *addr)
{
	peer_init(peer, key, addr);
	for (size_t i = 0; i < GN_NODE_QUEUE_BYTES / EACH; i++)
		assert_int_equal(queue_of(node, peer, EACH - GN_NODE_QUEUE_EACH), GN_OK);
}

static void so_many_bytes_wait_for_a_key(void **state)
{
	struct gn_node *node = fresh();
	struct gn_addr addr = gn_addr_v4(192, 0, 2, 1, 7);
	struct peer peer;
	(void)state;
	fill(node, &peer, 1, &addr);
	assert_int_equal(node->peers.queue_share.used, GN_NODE_QUEUE_BYTES);
	assert_int_equal(queue_of(node, &peer, 1), GN_LIMIT);
	assert_int_equal(node->peers.count.dropped_queue, 1);
	peers_out_clear(node, &peer);
	assert_int_equal(node->peers.queue_share.used, 0);
	end(node);
}

static void so_many_bytes_wait_for_a_prefix_and_for_all(void **state)
{
	enum { KEYS = GN_NODE_QUEUES_BYTES / GN_NODE_QUEUE_BYTES, CROWDED = KEYS / 4 * 3 };
	enum { OF_ONE = GN_NODE_QUEUES_PREFIX / GN_NODE_QUEUE_BYTES };
	static struct peer peers[KEYS + 1];
	struct gn_node *node = fresh();
	(void)state;
	for (unsigned i = 0; i < CROWDED + OF_ONE; i++) { /* the last ones are of one prefix */
		uint8_t net = i < CROWDED ? i : CROWDED;
		struct gn_addr addr = gn_addr_v4(198, 18, net, i, 7);
		fill(node, &peers[i], i, &addr);
	}
	peer_init(&peers[KEYS], KEYS, &(struct gn_addr){0});
	peers[KEYS].addrs[0] = gn_addr_v4(198, 18, CROWDED, KEYS, 7);
	assert_int_equal(queue_of(node, &peers[KEYS], 1), GN_LIMIT);
	for (unsigned i = CROWDED + OF_ONE; i < KEYS; i++) {
		struct gn_addr addr = gn_addr_v4(198, 19, i, i, 7);
		fill(node, &peers[i], i, &addr);
	}
	assert_int_equal(node->peers.queue_share.used, GN_NODE_QUEUES_BYTES);
	peers[KEYS].addrs[0] = gn_addr_v4(198, 20, 1, 1, 7);
	assert_int_equal(queue_of(node, &peers[KEYS], 1), GN_LIMIT);
	for (unsigned i = 0; i < KEYS; i++)
		peers_out_clear(node, &peers[i]);
	end(node);
}

static void who_takes_too_little_for_too_long_has_stalled(void **state)
{
	struct gn_node *node = fresh();
	struct gn_addr addr = gn_addr_v4(192, 0, 2, 1, 7);
	struct peer peer;
	(void)state;
	peer_init(&peer, 1, &addr);
	assert_int_equal(queue_of(node, &peer, EACH / 2), GN_OK);
	peer.up = true;
	for (unsigned i = 0; i < 30; i++) { /* just fast enough */
		peer.bulk.head->off += GN_NODE_LINE_RATE;
		assert_false(peers_out_stalled(&peer, GN_SEC));
	}
	assert_false(peers_out_stalled(&peer, GN_NODE_QUEUE_STALL));
	assert_true(peers_out_stalled(&peer, GN_MSEC));
	peer.up = false;
	peers_out_clear(node, &peer);
	end(node);
}

static void what_waits_is_looked_at_more_often(void **state)
{
	struct gn_node *node = fresh();
	(void)state;
	assert_int_equal(gn_node_peers_deadline(node), node->now + GN_NODE_SWEEP_IDLE);
	send_of(node, 1);
	assert_int_equal(gn_node_peers_deadline(node), node->now + GN_NODE_SWEEP);
	end(node);
}

static void so_many_peers_are_known(void **state)
{
	struct gn_node *node = fresh();
	(void)state;
	for (uint32_t i = 0; i <= GN_NODE_PEERS; i++) {
		struct gn_overlay_message m = {.bytes = GN_LIT("x"), .reliable = true};
		memcpy(m.to.pk.b, &(uint32_t){i + 1}, sizeof i);
		assert_int_equal(node->peers.count.dropped_large, 0);
		gn_node_peers_send(node, &m, GN_JET_INTERACTIVE);
	}
	assert_int_equal(node->peers.count.dropped_large, 1);
	assert_int_equal(node->peers.by_key.count, GN_NODE_PEERS);
	end(node);
}

static void so_many_lookups_and_steps_are_shown(void **state)
{
	static struct gn_overlay_step steps[GN_NODE_STEPS + 1];
	struct gn_node *node = fresh();
	(void)state;
	for (uint32_t i = 0; i <= GN_NODE_LOOKUPS; i++) {
		struct gn_overlay_event e = {.kind = GN_OVERLAY_DONE,
					     .op = i,
					     .op_kind = "get",
					     .steps = steps,
					     .step_count = GN_NODE_STEPS + (i == 1)};
		gn_node_lookup_add(node, &e);
	}
	assert_int_equal(node->lookup_count, GN_NODE_LOOKUPS + 1);
	assert_int_equal(node->lookups[0].op, GN_NODE_LOOKUPS); /* in the place of the first */
	assert_int_equal(node->lookups[1].op, 1);
	assert_int_equal(node->lookups[1].step_count, GN_NODE_STEPS);
	assert_int_equal(node->lookups[2].step_count, GN_NODE_STEPS);
	end(node);
}

/* ---- what requests of peers cost ---- */

static uint64_t work_of(struct gn_node *node)
{
	static struct gn_guard_account top[GN_GUARD_TOP];
	size_t n = gn_guard_list(node->guard, top, GN_COUNT(top));
	uint64_t work = 0;
	for (size_t i = 0; i < n; i++)
		work += top[i].who.kind == GN_GUARD_KEY ? top[i].work : 0;
	return work;
}

static void what_cannot_be_read_costs(void **state)
{
	struct gn_node *node = fresh();
	struct gn_pk pk = {{5}};
	(void)state;
	assert_int_equal(gn_node_admit(node, &pk, GN_LIT("0000GNOVxxxxxxxx")), GN_OK);
	assert_int_equal(work_of(node), GN_NODE_COST_BAD);
	assert_int_equal(gn_node_admit(node, &pk, GN_LIT("0000GNBKxxxxxxxx")), GN_OK);
	assert_int_equal(work_of(node), 2 * GN_NODE_COST_BAD);
	end(node);
}

/* RELAY costs its packets and what it has us ask; the answer to one of ours nothing. */
static void what_is_asked_through_us_costs_as_if_we_asked(void **state)
{
	struct gn_node *node = fresh();
	struct gn_pk pk = {{5}};
	uint8_t storage[512], inner[256];
	struct gn_fb_hash h = {{1}};
	struct gn_slice question, message;
	uint64_t cost = 0;
	(void)state;
	struct gn_fbb b = gn_fbb(inner, sizeof inner);
	gn_fbref get = gn_fb_get_make(&b, &(struct gn_fb_get_args){.key = &h});
	gn_fbref root = gn_fb_overlay_message_make(
		&b, &(struct gn_fb_overlay_message_args){
			    .request = 1, .body_type = GN_FB_OVERLAY_BODY_GET, .body = get});
	assert_int_equal(gn_fbb_finish(&b, root, GN_FB_OVERLAY_MESSAGE_IDENTIFIER, &question),
			 GN_OK);
	for (uint8_t hops = 0; hops < 4; hops++) {
		struct gn_slice in = hops < 3 ? question : GN_LIT("junk");
		b = gn_fbb(storage, sizeof storage);
		gn_fbref body = gn_fb_relay_make(
			&b, &(struct gn_fb_relay_args){.target = &h, .inner = in, .hops = hops});
		root = gn_fb_overlay_message_make(
			&b,
			&(struct gn_fb_overlay_message_args){
				.request = 1, .body_type = GN_FB_OVERLAY_BODY_RELAY, .body = body});
		assert_int_equal(
			gn_fbb_finish(&b, root, GN_FB_OVERLAY_MESSAGE_IDENTIFIER, &message), GN_OK);
		assert_int_equal(gn_node_admit(node, &pk, message), GN_OK);
		cost += hops == 0  ? 0
			: hops < 3 ? GN_NODE_COST_ASK + GN_NODE_COST_READ
				   : GN_NODE_COST_BAD;
		assert_int_equal(work_of(node), cost);
	}
	end(node);
}

/* A list of revoked tokens that a peer's message has looked up, once; what the node looks up for
 * itself is charged to nobody. */
static void a_list_looked_up_for_a_peer_costs_it(void **state)
{
	struct gn_node *node = fresh();
	struct gn_contact who = {.pk = {{5}}};
	struct gn_pk issuer = {{6}};
	(void)state;
	(void)!gn_lists_look(node->lists, &issuer, &who, node->now);
	gn_node_caused_by_bus(node, &who.pk);
	assert_int_equal(work_of(node), GN_NODE_COST_LOOKUP);
	(void)!gn_lists_look(node->lists, &issuer, &who, node->now);
	gn_node_caused_by_box(node, &who.pk);
	assert_int_equal(work_of(node), GN_NODE_COST_LOOKUP);
	end(node);
}

/* What came under a certificate is its key's, beside the session's: at its bound and one past it,
 * and others' are not touched. */
/* AP-14: tests/agent_test.py follows so many boxes as one user, and one more. */
static void a_user_has_a_part(void **state)
{
	(void)state;
	assert_int_equal(GN_BOX_FOLLOWS / GN_NODE_USER_PART, 16);
	assert_int_equal(GN_BOX_WORKS / GN_NODE_USER_PART, 16);
}

static void a_deposit_key_pays_too(void **state)
{
	struct gn_node *node = fresh();
	struct gn_pk by = {{7}}, other = {{8}}, group = {{9}};
	struct gn_guard_subject who = {
		.kind = GN_GUARD_TOKEN, .rate = GN_NODE_TOKEN_RATE, .burst = GN_NODE_TOKEN_BURST};
	uint64_t burst = GN_NODE_TOKEN_RATE * (uint64_t)(GN_NODE_TOKEN_BURST / GN_SEC);
	(void)state;
	memcpy(who.id, by.b, sizeof who.id);
	assert_int_equal(gn_node_token_pays(node, &by, false), GN_OK);
	gn_guard_debit(node->guard, &who, burst - 1, node->now);
	assert_int_equal(gn_node_token_pays(node, &by, false), GN_OK);
	gn_guard_debit(node->guard, &who, 1 + GN_NODE_TOKEN_RATE, node->now);
	assert_int_equal(gn_node_token_pays(node, &by, false), GN_QUOTA);
	assert_int_equal(gn_node_token_pays(node, &other, false), GN_OK);
	node->now += 2 * GN_SEC;
	assert_int_equal(gn_node_token_pays(node, &by, false), GN_OK);
	/* ten times so much in a group's box */
	memcpy(who.id, group.b, sizeof who.id);
	who.rate = GN_NODE_TOKEN_RATE_MANY;
	gn_guard_debit(node->guard, &who, 9 * burst, node->now);
	assert_int_equal(gn_node_token_pays(node, &group, true), GN_OK);
	end(node);
}

/* ---- settings ---- */

static gn_err set(const char *name, uint64_t value)
{
	char why[GN_HOST_WHY], text[200];
	struct gn_node_config c;
	gn_host_settings_default(gn_node_settings, &c, sizeof c);
	snprintf(text, sizeof text, "%llu", (unsigned long long)value);
	return gn_host_setting_set(gn_node_settings, &c, gn_str(name), gn_str(text), why);
}

static void settings_end_at_their_bounds(void **state)
{
	static const struct {
		const char *name;
		uint64_t least, most;
	} at[] = {
		{"record-limit", GN_NODE_RECORDS_MIN, GN_NODE_RECORDS_MAX},
		{"store-limit", 0, GN_NODE_STORE_MAX},
		{"probation", 0, GN_NODE_PROBATION_MAX},
	};
	(void)state;
	for (size_t i = 0; i < GN_COUNT(at); i++) {
		assert_int_equal(set(at[i].name, at[i].least), GN_OK);
		assert_int_equal(set(at[i].name, at[i].most), GN_OK);
		assert_int_equal(set(at[i].name, at[i].most + 1), GN_USAGE);
		if (at[i].least)
			assert_int_equal(set(at[i].name, at[i].least - 1), GN_USAGE);
	}
	char path[GN_NODE_DATA + 2], why[GN_HOST_WHY];
	struct gn_node_config c;
	memset(path, 'd', sizeof path);
	for (size_t past = 0; past < 2; past++) {
		gn_err err = gn_host_setting_set(gn_node_settings, &c, GN_LIT("data"),
						 gn_slice(path, GN_NODE_DATA + past), why);
		assert_int_equal(err, past ? GN_USAGE : GN_OK);
	}
}

/* Each counts for so much at least, so that the number of places follows from the bytes. */
static void records_have_a_place_each(void **state)
{
	struct gn_node_config c;
	(void)state;
	gn_host_settings_default(gn_node_settings, &c, sizeof c);
	assert_in_range(c.record_limit / GN_NODE_RECORD_PLACE, 100000, 100010);
	assert_true(GN_NODE_RECORDS_MAX / GN_NODE_RECORD_PLACE <= UINT32_MAX);
}

/* What an answer of app/1 lists at most fits into its frame. */
static void answers_fit_their_frame(void **state)
{
	(void)state;
	assert_true(GN_NODE_VALUES * GN_RECORD_MAX + GN_NODE_RECEIPTS * 512u < GN_APP_FRAME_MAX);
}

/* A page of peers at its most fits into a frame, whatever they are called. */
static void a_page_of_peers_fits_its_frame(void **state)
{
	(void)state;
	static uint8_t room[GN_APP_FRAME_MAX];
	static gn_fbref refs[GN_NODE_PAGE_MAX];
	struct gn_node *node = fresh();
	struct gn_overlay_peer p = {.contact.addr_count = 1};
	struct gn_fbb b = gn_app_fbb(room, sizeof room);
	for (unsigned i = 0; i < GN_NODE_PAGE_MAX; i++)
		refs[i] = gn_node_call_peer(&b, node, &p);
	struct gn_fb_node_peers_is_args args = {.peers = {refs, GN_NODE_PAGE_MAX}};
	assert_true(gn_fb_node_peers_is_make(&b, &args));
	assert_true(b.used < sizeof room / 2); /* names of ciphers are short */
	/* and what waits to be sent has room for a manifest beside every reader's chunk */
	assert_true(GN_MANIFEST_BLOCKS * GN_BLOCK + GN_NODE_READERS / 2 * GN_CHUNK <=
		    GN_NODE_RESTS);
	end(node);
}

static unsigned told_of(struct gn_node *node, uint64_t kinds)
{
	uint64_t at = 0, gap;
	struct gn_slice frame;
	unsigned n = 0;
	while (gn_host_told_next(node->api.told, kinds, &at, &frame, &gap))
		n++;
	return n;
}

/* Nobody is told anything while nobody listens; the status once a second; what was told is kept for
 * so long, and so many bytes of it (AP-10). */
static void so_much_is_told(void **state)
{
	(void)state;
	struct gn_node *node = fresh();
	struct gn_overlay_event e = {.kind = GN_OVERLAY_DONE, .op_kind = "get"};
	struct gn_host_link *somebody = (void *)node; /* never looked into */
	assert_true(gn_node_call_tell_start(node));
	assert_true(node->api.epoch != 0);
	gn_node_lookup_add(node, &e);
	gn_node_call_tell_lookup(node);
	assert_int_equal(told_of(node, 0), 0);
	node->api.links = somebody;
	node->now += GN_SEC;
	for (unsigned i = 0; i < 3; i++) {
		node->status_moved = true;
		gn_time at = gn_node_call_tell_tick(node);
		assert_int_equal(at, i ? node->status_told + GN_NODE_STATUS_EACH : GN_NEVER);
	}
	assert_int_equal(told_of(node, 1), 1);
	assert_int_equal(gn_host_told_cursor(node->api.told), 1);
	node->now += GN_NODE_STATUS_EACH;
	assert_int_equal(gn_node_call_tell_tick(node), GN_NEVER);
	assert_int_equal(gn_host_told_cursor(node->api.told), 2);
	assert_int_equal(told_of(node, 1), 1); /* the newest alone */
	for (unsigned i = 0; i < 2 * GN_NODE_TOLD; i++)
		gn_node_call_tell_lookup(node);
	assert_int_equal(told_of(node, 0), GN_NODE_TOLD);
	assert_true(gn_host_told_bytes(node->api.told) <= GN_NODE_TOLD_BYTES);
	gn_host_told_tick(node->api.told, node->now + GN_NODE_TOLD_KEEP - 1);
	assert_int_equal(told_of(node, 0), GN_NODE_TOLD);
	gn_host_told_tick(node->api.told, node->now + GN_NODE_TOLD_KEEP);
	assert_int_equal(told_of(node, 0), 0);
	gn_host_told_free(node->api.told);
	node->api.links = NULL;
	end(node);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_fit_their_frame),
		cmocka_unit_test(a_message_has_a_length),
		cmocka_unit_test(so_many_messages_wait_for_a_peer),
		cmocka_unit_test(so_many_bytes_wait_for_a_key),
		cmocka_unit_test(so_many_bytes_wait_for_a_prefix_and_for_all),
		cmocka_unit_test(who_takes_too_little_for_too_long_has_stalled),
		cmocka_unit_test(what_waits_is_looked_at_more_often),
		cmocka_unit_test(so_many_peers_are_known),
		cmocka_unit_test(so_many_lookups_and_steps_are_shown),
		cmocka_unit_test(what_cannot_be_read_costs),
		cmocka_unit_test(what_is_asked_through_us_costs_as_if_we_asked),
		cmocka_unit_test(a_list_looked_up_for_a_peer_costs_it),
		cmocka_unit_test(a_user_has_a_part),
		cmocka_unit_test(a_deposit_key_pays_too),
		cmocka_unit_test(settings_end_at_their_bounds),
		cmocka_unit_test(records_have_a_place_each),
		cmocka_unit_test(a_page_of_peers_fits_its_frame),
		cmocka_unit_test(so_much_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
