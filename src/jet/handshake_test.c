/* Handshakes: in one round trip, under loss, with the wrong key, versions, many at once; what a
 * stranger can make us do: cookies, spoofed addresses, the amplification limit. */
#include "jet/close_int.h"
#include "jet/handshake_int.h"
#include "jet/session_int.h"
#include "jet/testing/forge.h"
#include "jet/testing/pair.h"

static void test_one_round_trip(void **state)
{
	(void)state;
	struct pair p;
	struct jet_sim_link_config link = {.delay = 20 * GN_MSEC};
	pair_init(&p, 1, NULL, NULL, &link);
	gn_time start = p.sim.now;
	pair_dial(&p, &p.sim.nodes[1].pk);
	assert_true(jet_sim_run_until(&p.sim, pair_is_connected, start + GN_SEC));
	assert_true(p.app[0].connected_at - start <= 41 * GN_MSEC);
	assert_memory_equal(&p.app[0].peer, &p.sim.nodes[1].pk, sizeof(struct gn_pk));
	assert_memory_equal(&p.app[1].peer, &p.sim.nodes[0].pk, sizeof(struct gn_pk));
	jet_sim_run(&p.sim, p.sim.now + GN_SEC);
	struct gn_jet_info info;
	assert_int_equal(gn_jet_info(p.sim.nodes[0].jet, p.id, &info), GN_OK);
	assert_true(info.connected && !info.incoming);
	assert_string_equal(info.group, "X25519MLKEM768");
	assert_int_equal(info.mtu, JET_MTU_MAX);
	pair_fini(&p);
}

static void test_unknown_peer_key_is_accepted_and_told(void **state)
{
	(void)state;
	struct pair p;
	struct jet_sim_link_config link = {.delay = GN_MSEC};
	pair_init(&p, 2, NULL, NULL, &link);
	pair_dial(&p, NULL);
	assert_true(jet_sim_run_until(&p.sim, pair_is_connected, p.sim.now + GN_SEC));
	assert_memory_equal(&p.app[0].peer, &p.sim.nodes[1].pk, sizeof(struct gn_pk));
	pair_fini(&p);
}

static void test_second_session_is_resumed(void **state)
{
	(void)state;
	struct pair p;
	struct jet_sim_link_config link = {.delay = 5 * GN_MSEC};
	pair_init(&p, 14, NULL, NULL, &link);
	uint8_t before[32] = {0}, ours[32], theirs[32];
	for (int i = 0; i < 3; i++) {
		pair_dial(&p, &p.sim.nodes[1].pk);
		/* done at the client, not yet confirmed */
		jet_sim_run(&p.sim, p.sim.now + 14 * GN_MSEC);
		assert_int_equal(gn_tls_resumed(forge_session(p.sim.nodes[0].jet)->hs->tls), i > 0);
		jet_sim_run(&p.sim, p.sim.now + GN_SEC);
		/* the same at both ends, and another one in each session */
		gn_jet_id there = forge_session(p.sim.nodes[1].jet)->id;
		assert_int_equal(gn_jet_exporter(p.sim.nodes[0].jet, p.id, ours), GN_OK);
		assert_int_equal(gn_jet_exporter(p.sim.nodes[1].jet, there, theirs), GN_OK);
		assert_memory_equal(ours, theirs, sizeof ours);
		assert_memory_not_equal(ours, before, sizeof ours);
		memcpy(before, ours, sizeof before);
		assert_int_equal(gn_jet_exporter(p.sim.nodes[0].jet, p.id + 99, ours),
				 GN_NOT_FOUND);
		assert_int_equal(p.app[0].connected, i + 1);
		assert_memory_equal(&p.app[0].peer, &p.sim.nodes[1].pk, sizeof(struct gn_pk));
		assert_memory_equal(&p.app[1].peer, &p.sim.nodes[0].pk, sizeof(struct gn_pk));
		/* delivered and forgotten */
		assert_null(forge_session(p.sim.nodes[1].jet)->ticket);
		assert_int_equal(gn_jet_close(p.sim.nodes[0].jet, p.id, 0, "", p.sim.now), GN_OK);
		jet_sim_run(&p.sim, p.sim.now + 2 * GN_SEC);
	}
	pair_fini(&p);
}

static void test_wrong_expected_key_fails_on_both_sides(void **state)
{
	(void)state;
	struct pair p;
	struct jet_sim_link_config link = {.delay = 5 * GN_MSEC};
	pair_init(&p, 3, NULL, NULL, &link);
	pair_dial(&p, &p.sim.nodes[0].pk);
	assert_true(jet_sim_run_until(&p.sim, pair_is_closed, p.sim.now + GN_SEC));
	assert_int_equal(p.app[0].err, GN_KEY);
	assert_int_equal(p.app[1].err, GN_KEY);
	assert_int_equal(p.app[0].connected + p.app[1].connected, 0);
	assert_int_equal(jet_sim_counter(&p.sim, 0, "fault-key"), 1);
	assert_int_equal(jet_sim_counter(&p.sim, 1, "fault-key"), 1);
	jet_sim_run(&p.sim, p.sim.now + 5 * GN_SEC);
	assert_int_equal(gn_jet_session_count(p.sim.nodes[0].jet), 0);
	assert_int_equal(gn_jet_session_count(p.sim.nodes[1].jet), 0);
	pair_fini(&p);
}

static void test_loss_up_to_30_percent(void **state)
{
	(void)state;
	for (uint32_t percent = 0; percent <= 30; percent += 5) {
		int done = 0, runs = 20;
		gn_time worst = 0;
		for (int i = 0; i < runs; i++) {
			struct pair p;
			struct jet_sim_link_config link = {.delay = 20 * GN_MSEC,
							   .loss = percent * 10000};
			pair_init(&p, 100 * percent + (uint64_t)i, NULL, NULL, &link);
			gn_time start = p.sim.now;
			pair_dial(&p, &p.sim.nodes[1].pk);
			done += jet_sim_run_until(&p.sim, pair_is_connected,
						  start + JET_HANDSHAKE_TIMEOUT);
			worst = p.sim.now - start > worst ? p.sim.now - start : worst;
			pair_fini(&p);
		}
		print_message("  %u %% loss: %d of %d, worst %.0f ms\n", percent, done, runs,
			      (double)worst / 1e6);
		assert_true(done >= (percent <= 20 ? runs : runs - 1));
	}
}

static void test_nobody_home_times_out(void **state)
{
	(void)state;
	struct pair p;
	struct jet_sim_link_config link = {.delay = GN_MSEC, .loss = 1000000};
	pair_init(&p, 4, NULL, NULL, &link);
	gn_time start = p.sim.now;
	pair_dial(&p, NULL);
	jet_sim_run(&p.sim, start + JET_HANDSHAKE_TIMEOUT - 1);
	assert_int_equal(p.app[0].closed, 0);
	jet_sim_run(&p.sim, start + JET_HANDSHAKE_TIMEOUT);
	assert_int_equal(p.app[0].closed, 1);
	assert_int_equal(p.app[0].err, GN_TIMEOUT);
	assert_int_equal(gn_jet_session_count(p.sim.nodes[0].jet), 0);
	struct gn_jet_info info;
	assert_int_equal(gn_jet_info(p.sim.nodes[0].jet, p.id, &info), GN_NOT_FOUND);
	pair_fini(&p);
}

static uint64_t bytes_out(struct jet_sim *sim, int node)
{
	return jet_sim_counter(sim, node, "bytes-out");
}

/* A dial on another's word costs whoever lives at the told address one datagram, whatever the
 * dialler does then. */
static void test_a_knock_is_one_datagram_until_it_is_answered(void **state)
{
	(void)state;
	struct pair p;
	struct jet_sim_link_config link = {.delay = 20 * GN_MSEC};
	for (int cookie = 0; cookie < 2; cookie++) {
		struct gn_jet_config server = {.always_retry = cookie};
		pair_init(&p, 17, NULL, &server, &link);
		struct gn_jet *jet = p.sim.nodes[0].jet;
		struct gn_pk *pk = &p.sim.nodes[1].pk;
		for (int end = 0; end < 2; end++) { /* by its timeout, or closed by its owner */
			uint64_t before = bytes_out(&p.sim, 0),
				 datagrams = jet_sim_counter(&p.sim, 0, "datagrams-out");
			p.sim.links[0].down = true;
			assert_int_equal(
				gn_jet_knock(jet, &p.sim.nodes[1].way, pk, p.sim.now, &p.id),
				GN_OK);
			jet_sim_run(&p.sim, p.sim.now + GN_SEC);
			if (end)
				assert_int_equal(gn_jet_close(jet, p.id, 0, "", p.sim.now), GN_OK);
			jet_sim_run(&p.sim, p.sim.now + 2 * JET_HANDSHAKE_TIMEOUT);
			assert_int_equal(p.app[0].closed, end + 1);
			assert_int_equal(p.app[0].err, end ? GN_OK : GN_TIMEOUT);
			assert_int_equal(jet_sim_counter(&p.sim, 0, "datagrams-out"),
					 datagrams + 1);
			assert_true(bytes_out(&p.sim, 0) <= before + JET_MTU_BASE);
		}
		assert_int_equal(jet_sim_counter(&p.sim, 0, "probe-timeouts"), 0);
		p.sim.links[0].down = false;
		/* somebody is there: a round trip more, for the rest or the cookie */
		gn_time start = p.sim.now;
		assert_int_equal(gn_jet_knock(jet, &p.sim.nodes[1].way, pk, start, &p.id), GN_OK);
		assert_true(jet_sim_run_until(&p.sim, pair_is_connected, start + GN_SEC));
		assert_true(p.app[0].connected_at - start <= 81 * GN_MSEC);
		pair_fini(&p);
	}
}

/* Once it was answered, losses are repaired as in any dial. */
static void test_an_answered_knock_survives_losses(void **state)
{
	(void)state;
	int done = 0, dials = 40, heard = 0;
	for (int i = 0; i < dials; i++) {
		struct pair p;
		struct jet_sim_link_config link = {.delay = 20 * GN_MSEC, .loss = 200000};
		pair_init(&p, 300 + (uint64_t)i, NULL, NULL, &link);
		assert_int_equal(gn_jet_knock(p.sim.nodes[0].jet, &p.sim.nodes[1].way,
					      &p.sim.nodes[1].pk, p.sim.now, &p.id),
				 GN_OK);
		done += jet_sim_run_until(&p.sim, pair_is_connected,
					  p.sim.now + JET_HANDSHAKE_TIMEOUT);
		heard += jet_sim_counter(&p.sim, 0, "packets-in") > 0;
		pair_fini(&p);
	}
	print_message("  %d of %d knocks answered, %d connected\n", heard, dials, done);
	assert_true(heard > dials / 3 && done == heard);
}

static void test_always_retry_costs_one_round_trip(void **state)
{
	(void)state;
	struct pair p;
	struct jet_sim_link_config link = {.delay = 20 * GN_MSEC};
	struct gn_jet_config server = {.always_retry = true};
	pair_init(&p, 5, NULL, &server, &link);
	gn_time start = p.sim.now;
	pair_dial(&p, &p.sim.nodes[1].pk);
	assert_true(jet_sim_run_until(&p.sim, pair_is_connected, start + GN_SEC));
	assert_true(p.app[0].connected_at - start >= 80 * GN_MSEC &&
		    p.app[0].connected_at - start <= 81 * GN_MSEC);
	assert_true(jet_sim_counter(&p.sim, 1, "retry-sent") >= 1);
	pair_fini(&p);
}

/* What the client sends before it has heard anything: complete Initial datagrams. */
static size_t first_flight(struct jet_sim *sim, int node, uint8_t out[][2048], size_t lens[],
			   size_t most)
{
	struct gn_buf buf = {sim->batch, 0, 64000};
	struct gn_jet_batch b;
	size_t n = 0;
	while (gn_jet_send(sim->nodes[node].jet, &buf, &b, sim->now) == GN_OK)
		for (size_t at = 0; at < buf.len && n < most; at += b.segment, n++) {
			lens[n] = buf.len - at < b.segment ? buf.len - at : b.segment;
			memcpy(out[n], buf.p + at, lens[n]);
		}
	return n;
}

static void test_amplification_stays_below_three_times(void **state)
{
	(void)state;
	struct pair p;
	struct jet_sim_link_config link = {.delay = GN_MSEC};
	uint8_t flight[8][2048];
	size_t lens[8], received = 0;
	pair_init(&p, 6, NULL, NULL, &link);
	pair_dial(&p, NULL);
	size_t n = first_flight(&p.sim, 0, flight, lens, 8);
	assert_true(n >= 2);
	struct gn_way victim = {.addr = gn_addr_v4(192, 0, 2, 7, 9)};
	p.sim.links[1].down = true;
	for (size_t i = 0; i < n; i++) { /* a hello with a false return address */
		assert_true(lens[i] >= JET_MTU_BASE);
		received += lens[i];
		jet_sim_inject(&p.sim, -1, &victim, &p.sim.nodes[1].way,
			       gn_slice(flight[i], lens[i]));
		jet_sim_run(&p.sim, p.sim.now + GN_MSEC);
		assert_true(bytes_out(&p.sim, 1) <= 3 * received);
	}
	jet_sim_run(&p.sim, p.sim.now + 20 * GN_SEC); /* whatever is repeated meanwhile */
	assert_true(bytes_out(&p.sim, 1) <= 3 * received && bytes_out(&p.sim, 1) > 2 * received);
	assert_true(jet_sim_counter(&p.sim, 1, "amplification-held") > 0);
	pair_fini(&p);
}

static void test_spoofed_strangers_under_load_get_cookies_and_no_memory(void **state)
{
	(void)state;
	struct pair p;
	struct jet_sim_link_config link = {.delay = GN_MSEC};
	struct gn_jet_config server = {.sessions_strangers = 3};
	pair_init(&p, 7, NULL, &server, &link);
	for (int i = 0; i < 40; i++) { /* each from another address that never answers */
		uint8_t flight[8][2048];
		size_t lens[8];
		gn_jet_id id;
		struct gn_way from = {.addr = gn_addr_v4(198, 51, 100, (uint8_t)i, 1000)};
		assert_int_equal(gn_jet_connect(p.sim.nodes[0].jet, &p.sim.nodes[1].way, NULL,
						p.sim.now, &id),
				 GN_OK);
		size_t n = first_flight(&p.sim, 0, flight, lens, 8);
		for (size_t k = 0; k < n; k++)
			gn_jet_recv(p.sim.nodes[1].jet, &from, gn_slice(flight[k], lens[k]),
				    p.sim.now);
		jet_sim_flush(&p.sim, 1);
		gn_jet_validate(p.sim.nodes[1].jet);
	}
	assert_int_equal(gn_jet_session_count(p.sim.nodes[1].jet), 3);
	assert_true(jet_sim_counter(&p.sim, 1, "retry-sent") >= 37);
	size_t used = p.sim.nodes[1].alloc.used;
	pair_dial(&p, &p.sim.nodes[1].pk); /* an honest one comes through the cookie */
	assert_true(jet_sim_run_until(&p.sim, pair_is_connected, p.sim.now + GN_SEC));
	assert_true(p.sim.nodes[1].alloc.used < used + 20000);
	pair_fini(&p);
}

/* A flood's hello of two datagrams costs one answer; when that was sent, and perhaps lost, the
 * next one gets its own. */
static void test_one_retry_for_the_datagrams_of_a_hello(void **state)
{
	(void)state;
	struct pair p;
	struct jet_sim_link_config link = {.delay = GN_MSEC};
	struct gn_jet_config server = {.always_retry = true};
	uint8_t flight[8][2048];
	size_t lens[8];
	pair_init(&p, 18, NULL, &server, &link);
	struct gn_jet *jet = p.sim.nodes[1].jet;
	struct gn_way other = {.addr = gn_addr_v4(10, 0, 0, 9, 4433)}, *from = &p.sim.nodes[0].way;
	pair_dial(&p, NULL);
	assert_int_equal(first_flight(&p.sim, 0, flight, lens, 8), 2);
	for (int again = 0; again < 2; again++) {
		for (int k = 0; k < 2; k++)
			assert_int_equal(
				gn_jet_recv(jet, from, gn_slice(flight[k], lens[k]), p.sim.now),
				GN_AGAIN);
		assert_int_equal(jet_sim_counter(&p.sim, 1, "retry-sent"), again + 1);
		assert_int_equal(jet_sim_counter(&p.sim, 1, "retry-spared"), again + 1);
		jet_sim_flush(&p.sim, 1);
	}
	assert_int_equal(gn_jet_recv(jet, from, gn_slice(flight[0], lens[0]), p.sim.now), GN_AGAIN);
	assert_int_equal(gn_jet_recv(jet, &other, gn_slice(flight[1], lens[1]), p.sim.now),
			 GN_AGAIN); /* not his dial */
	assert_int_equal(jet_sim_counter(&p.sim, 1, "retry-sent"), 4);
	pair_fini(&p);
}

/* A Retry as the server answers; the client's second flight is kept instead of sent. */
static size_t flight_with_cookie(struct pair *p, uint8_t out[][2048], size_t lens[], size_t most)
{
	uint8_t first[8][2048];
	size_t first_lens[8];
	pair_dial(p, NULL);
	size_t n = first_flight(&p->sim, 0, first, first_lens, 8);
	assert_true(n > 0);
	gn_jet_recv(p->sim.nodes[1].jet, &p->sim.nodes[0].way, gn_slice(first[0], first_lens[0]),
		    p->sim.now);
	struct gn_buf buf = {p->sim.batch, 0, 64000};
	struct gn_jet_batch b;
	assert_int_equal(gn_jet_send(p->sim.nodes[1].jet, &buf, &b, p->sim.now), GN_OK);
	assert_true(buf.len * JET_AMPLIFICATION <= first_lens[0]);
	assert_int_equal(gn_jet_recv(p->sim.nodes[0].jet, &p->sim.nodes[1].way,
				     gn_slice(buf.p, buf.len), p->sim.now),
			 GN_OK);
	return first_flight(&p->sim, 0, out, lens, most);
}

static void test_cookie_is_bound_to_address_and_time(void **state)
{
	(void)state;
	for (int late = 0; late < 2; late++) {
		struct jet_sim_link_config link = {.delay = GN_MSEC};
		struct gn_jet_config server = {.always_retry = true};
		struct pair p;
		uint8_t flight[8][2048];
		size_t lens[8];
		pair_init(&p, 8, NULL, &server, &link);
		assert_true(flight_with_cookie(&p, flight, lens, 8) >= 2);
		struct gn_jet *jet = p.sim.nodes[1].jet;
		struct gn_way other = {.addr = gn_addr_v4(10, 0, 0, 9, 4433)};
		struct gn_slice datagram = gn_slice(flight[0], lens[0]);
		assert_int_equal(gn_jet_recv(jet, &other, datagram, p.sim.now), GN_AUTH);
		assert_int_equal(jet_sim_counter(&p.sim, 1, "cookie-bad"), 1);
		gn_time when = p.sim.now + GN_COOKIE_LIFE + late;
		assert_int_equal(gn_jet_recv(jet, &p.sim.nodes[0].way, datagram, when),
				 late ? GN_EXPIRED : GN_OK);
		assert_int_equal(jet_sim_counter(&p.sim, 1, "cookie-expired"), late);
		assert_int_equal(gn_jet_session_count(jet), !late);
		pair_fini(&p);
	}
}

static void test_no_key_pair_before_the_whole_hello(void **state)
{
	(void)state;
	for (int backwards = 0; backwards < 2; backwards++) {
		struct jet_sim_link_config link = {.delay = GN_MSEC};
		struct pair p;
		uint8_t flight[8][2048];
		size_t lens[8];
		pair_init(&p, 15, NULL, NULL, &link);
		pair_dial(&p, NULL);
		assert_int_equal(first_flight(&p.sim, 0, flight, lens, 8), 2);
		for (int k = 0; k < 2; k++) {
			int i = backwards ? 1 - k : k;
			struct gn_slice datagram = gn_slice(flight[i], lens[i]);
			assert_int_equal(gn_jet_recv(p.sim.nodes[1].jet, &p.sim.nodes[0].way,
						     datagram, p.sim.now),
					 GN_OK);
			assert_int_equal(forge_session(p.sim.nodes[1].jet)->hs->tls != NULL,
					 k == 1);
		}
		pair_fini(&p);
	}
}

/* Somebody who changed what the first packets said would be found out by the parameters. */
static void test_parameters_must_match_what_was_seen(void **state)
{
	(void)state;
	struct jet_sim_link_config link = {.delay = GN_MSEC};
	struct gn_jet_config server = {.always_retry = true};
	for (int what = 0; what < 4; what++) {
		struct pair p;
		pair_init(&p, 16, NULL, &server, &link);
		pair_dial(&p, NULL);
		/* the Retry was followed, the server has answered */
		jet_sim_run(&p.sim, p.sim.now + 3500 * GN_USEC);
		struct jet_session *a = forge_session(p.sim.nodes[0].jet),
				   *b = forge_session(p.sim.nodes[1].jet);
		assert_true(a->hs && a->hs->retried && b->hs);
		if (what == 0)
			a->hs->original_dcid[0] ^= 1;
		else if (what == 1)
			a->hs->retry_scid[0] ^= 1;
		else if (what == 2)
			a->hs->retried = false;
		jet_sim_run(&p.sim, p.sim.now + 2 * GN_SEC);
		if (what < 3) {
			assert_int_equal(p.app[0].err, GN_PROTOCOL);
			assert_int_equal(p.app[0].code, JET_E_PARAMS);
			assert_int_equal(p.app[1].code, JET_E_PARAMS);
		} else {
			assert_int_equal(p.app[0].connected, 1);
		}
		pair_fini(&p);
	}
}

static void test_forged_retry_changes_nothing(void **state)
{
	(void)state;
	struct jet_sim_link_config link = {.delay = GN_MSEC};
	struct pair p;
	uint8_t flight[8][2048], forged[256];
	size_t lens[8];
	pair_init(&p, 9, NULL, NULL, &link);
	pair_dial(&p, NULL);
	assert_true(first_flight(&p.sim, 0, flight, lens, 8) >= 1);
	struct jet_header h;
	assert_int_equal(jet_header_read(gn_slice(flight[0], lens[0]), &h), GN_OK);
	uint8_t wrong[8] = {1, 2, 3};
	size_t len = jet_retry_write(forged, sizeof forged, h.scid, wrong, wrong, GN_LIT("cookie"));
	assert_int_equal(gn_jet_recv(p.sim.nodes[0].jet, &p.sim.nodes[1].way, gn_slice(forged, len),
				     p.sim.now),
			 GN_AUTH);
	assert_int_equal(jet_sim_counter(&p.sim, 0, "retry-bad"), 1);
	pair_fini(&p);
}

static void test_other_versions_are_told_ours(void **state)
{
	(void)state;
	struct jet_sim_link_config link = {.delay = GN_MSEC};
	struct pair p;
	uint8_t flight[8][2048];
	size_t lens[8];
	struct gn_buf buf = {p.sim.batch, 0, 64000};
	struct gn_jet_batch b;
	pair_init(&p, 10, NULL, NULL, &link);
	pair_dial(&p, NULL);
	assert_true(first_flight(&p.sim, 0, flight, lens, 8) >= 1);
	flight[0][4] ^= 0x40; /* another version */
	struct gn_jet *server = p.sim.nodes[1].jet, *client = p.sim.nodes[0].jet;
	assert_int_equal(
		gn_jet_recv(server, &p.sim.nodes[0].way, gn_slice(flight[0], lens[0]), p.sim.now),
		GN_VERSION);
	assert_int_equal(gn_jet_send(server, &buf, &b, p.sim.now), GN_OK);
	uint8_t answer[64];
	size_t len = buf.len;
	assert_true(len <= sizeof answer);
	memcpy(answer, buf.p, len);
	/* It lists the version the client speaks, so the client ignores it; a list without it
	 * ends the attempt. */
	assert_int_equal(gn_jet_recv(client, &p.sim.nodes[1].way, gn_slice(answer, len), p.sim.now),
			 GN_STATE);
	answer[JET_LONG_HEADER] ^= 0xff;
	assert_int_equal(gn_jet_recv(client, &p.sim.nodes[1].way, gn_slice(answer, len), p.sim.now),
			 GN_VERSION);
	jet_sim_run(&p.sim, p.sim.now + 1);
	assert_int_equal(p.app[0].err, GN_VERSION);
	assert_int_equal(gn_jet_recv(server, &p.sim.nodes[0].way, gn_slice(answer, len), p.sim.now),
			 GN_STATE); /* never answered */
	assert_int_equal(gn_jet_send(server, &buf, &b, p.sim.now), GN_AGAIN);
	flight[0][4] ^= 0x01; /* another version in a small packet: not answered either */
	assert_int_equal(
		gn_jet_recv(server, &p.sim.nodes[0].way, gn_slice(flight[0], 1199), p.sim.now),
		GN_VERSION);
	assert_int_equal(gn_jet_send(server, &buf, &b, p.sim.now), GN_AGAIN);
	pair_fini(&p);
}

static void test_small_initials_are_refused(void **state)
{
	(void)state;
	struct jet_sim_link_config link = {.delay = GN_MSEC};
	struct pair p;
	uint8_t flight[8][2048];
	size_t lens[8] = {0};
	pair_init(&p, 11, NULL, NULL, &link);
	pair_dial(&p, NULL);
	size_t n = first_flight(&p.sim, 0, flight, lens, 8);
	assert_true(n >= 2);
	struct jet_header h;
	assert_int_equal(jet_header_read(gn_slice(flight[n - 1], lens[n - 1]), &h), GN_OK);
	assert_true(h.len < JET_MTU_BASE); /* the rest is padding behind the packet */
	assert_int_equal(gn_jet_recv(p.sim.nodes[1].jet, &p.sim.nodes[0].way,
				     gn_slice(flight[n - 1], 1199), p.sim.now),
			 GN_MALFORMED);
	assert_int_equal(jet_sim_counter(&p.sim, 1, "initial-too-small"), 1);
	assert_int_equal(gn_jet_recv(p.sim.nodes[1].jet, &p.sim.nodes[0].way,
				     gn_slice(flight[n - 1], 1200), p.sim.now),
			 GN_OK);
	pair_fini(&p);
}

static void test_100_sessions_between_two_endpoints(void **state)
{
	(void)state;
	struct jet_sim_link_config link = {.delay = 10 * GN_MSEC, .loss = 20000};
	struct pair p;
	gn_jet_id ids[100];
	pair_init(&p, 13, NULL, &(struct gn_jet_config){.sessions_per_key = 100}, &link);
	for (int i = 0; i < 100; i++)
		assert_int_equal(gn_jet_connect(p.sim.nodes[0].jet, &p.sim.nodes[1].way, NULL,
						p.sim.now, &ids[i]),
				 GN_OK);
	jet_sim_run(&p.sim, p.sim.now + JET_HANDSHAKE_TIMEOUT);
	assert_int_equal(p.app[0].connected, 100);
	assert_int_equal(p.app[1].connected, 100);
	for (int i = 0; i < 100; i++)
		for (int k = 0; k < i; k++)
			assert_true(ids[i] != ids[k]);
	for (int i = 0; i < 100; i += 2)
		assert_int_equal(gn_jet_close(p.sim.nodes[0].jet, ids[i], 7, "done", p.sim.now),
				 GN_OK);
	jet_sim_flush(&p.sim, 0);
	jet_sim_run(&p.sim, p.sim.now + 5 * GN_SEC);
	assert_int_equal(gn_jet_session_count(p.sim.nodes[0].jet), 50);
	pair_fini(&p);
}

/* A node may learn its own address from others: both ends of the session are then in one
 * endpoint. */
static void test_an_endpoint_can_call_itself(void **state)
{
	(void)state;
	struct jet_sim_link_config link = {.delay = GN_MSEC};
	struct pair p;
	pair_init(&p, 17, NULL, NULL, &link);
	jet_sim_route(&p.sim, 0, 0, jet_sim_link(&p.sim, &link));
	gn_jet_id id;
	assert_int_equal(
		gn_jet_connect(p.sim.nodes[0].jet, &p.sim.nodes[0].way, NULL, p.sim.now, &id),
		GN_OK);
	jet_sim_run(&p.sim, p.sim.now + GN_SEC);
	assert_int_equal(p.app[0].connected, 2);
	assert_memory_equal(&p.app[0].peer, &p.sim.nodes[0].pk, sizeof(struct gn_pk));
	assert_int_equal(gn_jet_close(p.sim.nodes[0].jet, id, 0, "this is myself", p.sim.now),
			 GN_OK);
	jet_sim_run(&p.sim, p.sim.now + 5 * GN_SEC);
	assert_int_equal(p.app[0].closed, 2);
	assert_int_equal(gn_jet_session_count(p.sim.nodes[0].jet), 0);
	pair_fini(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_round_trip),
		cmocka_unit_test(test_unknown_peer_key_is_accepted_and_told),
		cmocka_unit_test(test_second_session_is_resumed),
		cmocka_unit_test(test_wrong_expected_key_fails_on_both_sides),
		cmocka_unit_test(test_loss_up_to_30_percent),
		cmocka_unit_test(test_nobody_home_times_out),
		cmocka_unit_test(test_a_knock_is_one_datagram_until_it_is_answered),
		cmocka_unit_test(test_an_answered_knock_survives_losses),
		cmocka_unit_test(test_always_retry_costs_one_round_trip),
		cmocka_unit_test(test_amplification_stays_below_three_times),
		cmocka_unit_test(test_spoofed_strangers_under_load_get_cookies_and_no_memory),
		cmocka_unit_test(test_one_retry_for_the_datagrams_of_a_hello),
		cmocka_unit_test(test_cookie_is_bound_to_address_and_time),
		cmocka_unit_test(test_no_key_pair_before_the_whole_hello),
		cmocka_unit_test(test_parameters_must_match_what_was_seen),
		cmocka_unit_test(test_forged_retry_changes_nothing),
		cmocka_unit_test(test_other_versions_are_told_ours),
		cmocka_unit_test(test_small_initials_are_refused),
		cmocka_unit_test(test_an_endpoint_can_call_itself),
		cmocka_unit_test(test_100_sessions_between_two_endpoints),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
