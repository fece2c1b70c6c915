/* Life of a session: replays and forgeries, key updates, idle timeout, keep-alive, closing,
 * datagrams, memory. */
#include "jet/close_int.h"
#include "jet/session_int.h"
#include "jet/testing/forge.h"
#include "jet/testing/pair.h"
#include <stdlib.h>

static struct jet_sim_link_config quick = {.delay = 5 * GN_MSEC};

/* ---- packets that are not new or not whole ---- */

#define KEPT 400
static struct kept {
	int to;
	size_t len;
	uint8_t data[1500];
} kept[KEPT];
static size_t kept_count;

static bool keep(struct jet_sim *sim, int from, int to, uint8_t *data, size_t len)
{
	(void)sim;
	(void)from;
	if (kept_count < KEPT) {
		kept[kept_count].to = to;
		kept[kept_count].len = len;
		memcpy(kept[kept_count++].data, data, len);
	}
	return true;
}

/* Everything that tells sessions' states apart, but counters. */
static uint64_t fingerprint(const struct pair *p)
{
	uint64_t h = 0;
	for (int i = 0; i < 2; i++) {
		const struct jet_session *s = forge_session(p->sim.nodes[i].jet);
		const struct jet_path *q = s->path;
		uint64_t parts[] = {s->state,
				    s->rx_total,
				    s->tx_total,
				    s->packets_received,
				    s->packets_sent,
				    s->events,
				    s->due,
				    (uint64_t)s->idle_at,
				    q->space.pn_next,
				    q->space.acked_next,
				    q->cc.cwnd,
				    q->cc.in_flight,
				    q->space.replay.next,
				    q->space.received.count,
				    (uint64_t)q->space.ack_at,
				    s->keys.rx_phase,
				    s->streams.count,
				    q->way.addr.port,
				    (uint64_t)q->probe.at,
				    s->dgrams_in_count};
		for (size_t k = 0; k < GN_COUNT(parts); k++)
			h = (h ^ parts[k]) * UINT64_C(0x9e3779b97f4a7c15) + (h >> 29);
	}
	return h;
}

static void test_replayed_and_flipped_packets_change_only_counters(void **state)
{
	(void)state;
	struct pair *p = calloc(1, sizeof *p);
	pair_init(p, 1, NULL, NULL, &quick);
	kept_count = 0;
	p->sim.tap = keep;
	pair_connect(p);
	app_send(&p->sim, 0, 30000, false, GN_JET_FILES);
	app_send(&p->sim, 1, 500, true, GN_JET_INTERACTIVE);
	assert_true(jet_sim_run_until(&p->sim, pair_all_done, p->sim.now + 5 * GN_SEC));
	jet_sim_run(&p->sim, p->sim.now + GN_SEC);
	p->sim.tap = NULL;
	assert_true(kept_count > 20);
	uint64_t before = fingerprint(p);
	for (size_t i = 0; i < kept_count; i++) { /* a session's packet is taken once */
		int to = kept[i].to;
		gn_err err = gn_jet_recv(p->sim.nodes[to].jet, &p->sim.nodes[1 - to].way,
					 gn_slice(kept[i].data, kept[i].len), p->sim.now);
		assert_true(err != GN_OK);
		assert_int_equal(fingerprint(p), before);
	}
	assert_true(jet_sim_counter(&p->sim, 0, "packet-replayed") +
			    jet_sim_counter(&p->sim, 1, "packet-replayed") >
		    10);
	assert_int_equal(jet_sim_counter(&p->sim, 0, "sessions-in") +
				 jet_sim_counter(&p->sim, 1, "sessions-in"),
			 1);

	uint8_t packet[2048], flipped[2048];
	for (int from = 0; from < 2; from++) {
		/* a packet that was never delivered, every byte changed */
		size_t len = forge_packet(forge_session(p->sim.nodes[from].jet),
					  GN_LIT("\x0a\x00\x03"
						 "abc\x01\x01\x01"),
					  packet);
		before = fingerprint(p);
		for (size_t at = 0; at < len; at++)
			for (int bit = 0; bit < 8; bit++) {
				memcpy(flipped, packet, len);
				flipped[at] ^= (uint8_t)(1u << bit);
				gn_err err = gn_jet_recv(p->sim.nodes[1 - from].jet,
							 &p->sim.nodes[from].way,
							 gn_slice(flipped, len), p->sim.now);
				assert_true(err != GN_OK);
				assert_int_equal(fingerprint(p), before);
			}
		for (size_t cut = 0; cut < len; cut++) {
			gn_err err =
				gn_jet_recv(p->sim.nodes[1 - from].jet, &p->sim.nodes[from].way,
					    gn_slice(packet, cut), p->sim.now);
			assert_true(err != GN_OK);
			assert_int_equal(fingerprint(p), before);
		}
	}
	assert_true(jet_sim_counter(&p->sim, 1, "packet-auth") > 50);
	size_t len =
		forge_packet(forge_session(p->sim.nodes[0].jet), GN_LIT("\x01\x01\x01"), packet);
	assert_int_equal(gn_jet_recv(p->sim.nodes[1].jet, &p->sim.nodes[0].way,
				     gn_slice(packet, len), p->sim.now),
			 GN_OK);
	assert_int_equal(gn_jet_recv(p->sim.nodes[1].jet, &p->sim.nodes[0].way,
				     gn_slice(packet, len), p->sim.now),
			 GN_REPLAY);
	pair_fini(p);
	free(p);
}

/* ---- frames that break rules ---- */

static void run_quiet(struct pair *p)
{
	jet_sim_run(&p->sim, p->sim.now + GN_SEC);
}

static void test_broken_frames_close_the_session(void **state)
{
	(void)state;
	static const struct {
		const char *frames;
		size_t len;
		uint32_t code;
	} cases[] = {
#define B(s, code) {s, sizeof s - 1, code}
		B("\x15\x00\x00", JET_E_FRAME), /* unknown type */
		B("\x06\x00\x03"
		  "abc",
		  /* CRYPTO after the handshake */
		  JET_E_FRAME),
		B("\x07\x00\x01", JET_E_FRAME), /* the client confirms */
		/* acknowledges what was never sent */
		B("\x02\x00\x7f\xff\x00\x00\x00\x00", JET_E_PROTOCOL),
		/* data on a one-way stream of ours */
		B("\x0a\x03\x01x", JET_E_STREAM_STATE),
		/* data on a stream of ours that is not open */
		B("\x0a\x01\x01x", JET_E_STREAM_STATE),
		/* credit for a one-way stream of theirs */
		B("\x11\x02\x05\x01", JET_E_STREAM_STATE),
		B("\x0a\x42\x00\x01x", JET_E_STREAM_LIMIT),     /* stream 128 of 128 */
		B("\x0e\x00\x80\x04\x00\x00\x01x", JET_E_FLOW), /* one byte past 256 KiB */
		B("\x0b\x00\x03"
		  "abc\x0a\x00\x04"
		  "abcd",
		  JET_E_FINAL_SIZE),
		B("\x0b\x00\x03"
		  "abc\x0b\x00\x02"
		  "ab",
		  JET_E_FINAL_SIZE),
		B("\x04\x00\x05\x03\x04\x00\x05\x02\x0a\x00\x01x\x04\x04\x05\x80\x05\x00\x00",
		  JET_E_FLOW),
		B("\x0a\x00\x03"
		  "abc\x04\x00\x05\x02",
		  JET_E_FINAL_SIZE),
		B("\x19\x09", JET_E_CID), /* retires an id that was not issued */
		B("\x18\x05"
		  "12345678",
		  /* one more id than there are slots */
		  JET_E_CID),
		/* unknown extensions pass, class 7 does not */
		B("\x40\x40\x00\x01\x14\x00\x07", JET_E_FRAME),
#undef B
	};
	for (size_t i = 0; i < GN_COUNT(cases); i++) {
		struct pair p;
		uint8_t packet[2048];
		pair_init(&p, i, NULL, NULL, &quick);
		pair_connect(&p);
		jet_sim_run(&p.sim, p.sim.now + GN_SEC);
		size_t len = forge_packet(forge_session(p.sim.nodes[0].jet),
					  gn_slice(cases[i].frames, cases[i].len), packet);
		gn_err err = gn_jet_recv(p.sim.nodes[1].jet, &p.sim.nodes[0].way,
					 gn_slice(packet, len), p.sim.now);
		assert_int_equal(err, GN_PROTOCOL);
		assert_true(jet_sim_run_until(&p.sim, pair_is_closed, p.sim.now + GN_SEC));
		assert_int_equal(p.app[1].err, GN_PROTOCOL);
		assert_int_equal(p.app[1].code, cases[i].code);
		assert_int_equal(p.app[0].err, GN_PROTOCOL); /* and the peer is told which rule */
		assert_int_equal(p.app[0].code, cases[i].code);
		pair_fini(&p);
	}
}

static void test_acknowledging_a_number_never_sent_is_a_fault(void **state)
{
	(void)state;
	struct pair *p = calloc(1, sizeof *p);
	uint8_t packet[2048];
	pair_init(p, 1, NULL, NULL, &quick);
	pair_connect(p);
	run_quiet(p);
	struct jet_session *victim = forge_session(p->sim.nodes[1].jet);
	victim->path->space.pn_skip = victim->path->space.pn_next + 3; /* soon */
	p->sim.links[1].down = true;
	app_send(&p->sim, 1, 20000, true, GN_JET_FILES);
	jet_sim_flush(&p->sim, 1);
	/* acknowledge everything without having seen it */
	uint64_t largest = victim->path->space.pn_next - 1;
	uint8_t ack[16] = {JET_F_ACK, 0, (uint8_t)(0x40 | largest >> 8), (uint8_t)largest, 0, 0,
			   0,         8};
	assert_true(largest > 12 && largest < 16384);
	size_t len = forge_packet(forge_session(p->sim.nodes[0].jet), gn_slice(ack, 8), packet);
	assert_int_equal(gn_jet_recv(p->sim.nodes[1].jet, &p->sim.nodes[0].way,
				     gn_slice(packet, len), p->sim.now),
			 GN_PROTOCOL);
	pair_fini(p);
	free(p);
}

static void test_datagrams_that_are_too_long_are_not_looked_into(void **state)
{
	(void)state;
	static const uint8_t junk[JET_DATAGRAM_IN_MAX + 1];
	struct pair p;
	pair_init(&p, 5, NULL, NULL, &quick);
	struct gn_jet *jet = p.sim.nodes[1].jet;
	for (size_t over = 0; over < 2; over++)
		assert_int_equal(gn_jet_recv(jet, &p.sim.nodes[0].way,
					     gn_slice(junk, JET_DATAGRAM_IN_MAX + over), p.sim.now),
				 over ? GN_TOO_LARGE : GN_MALFORMED);
	assert_int_equal(jet_sim_counter(&p.sim, 1, "packet-malformed"), 1);
	assert_int_equal(jet_sim_counter(&p.sim, 1, "datagram-too-large"), 1);
	assert_int_equal(jet_sim_counter(&p.sim, 1, "datagrams-in"), 2);
	assert_int_equal(jet_sim_counter(&p.sim, 1, "bytes-in"), 2 * JET_DATAGRAM_IN_MAX + 1);
	pair_fini(&p);
}

static void test_reserved_bits_and_empty_packets_are_faults(void **state)
{
	(void)state;
	for (int what = 0; what < 2; what++) {
		struct pair p;
		uint8_t packet[2048] = {0};
		pair_init(&p, 3, NULL, NULL, &quick);
		pair_connect(&p);
		jet_sim_run(&p.sim, p.sim.now + GN_SEC);
		struct jet_session *s = forge_session(p.sim.nodes[0].jet);
		size_t payload = what ? 0 : 4;
		packet[0] = (uint8_t)(JET_FLAG_FIXED | JET_FLAG_PN4 | (what ? 0 : 0x08));
		memcpy(packet + 1, s->cid_tx[0].cid, 8);
		packet[12] = (uint8_t)s->path->space.pn_next;
		struct jet_sealed x = {.p = packet,
				       .len = JET_SHORT_HEADER + 4 + payload + GN_AEAD_TAG,
				       .pn_offset = JET_SHORT_HEADER,
				       .pn_len = 4,
				       .pn = s->path->space.pn_next};
		assert_int_equal(jet_packet_seal(&s->keys.tx, &x), GN_OK);
		gn_err err = gn_jet_recv(p.sim.nodes[1].jet, &p.sim.nodes[0].way,
					 gn_slice(packet, x.len), p.sim.now);
		assert_int_equal(err, GN_PROTOCOL);
		pair_fini(&p);
	}
}

/* ---- keys ---- */

static void test_key_updates_in_the_middle_of_a_transfer(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 10; seed++) {
		struct pair *p = calloc(1, sizeof *p);
		struct jet_sim_link_config link = {.delay = 10 * GN_MSEC,
						   .rate = 20000000,
						   .queue = 50000,
						   .loss = seed % 2 ? 20000 : 0,
						   .reorder = 50000,
						   .reorder_delay = 20 * GN_MSEC};
		pair_init(p, seed, NULL, NULL, &link);
		p->sim.nodes[seed % 3 == 0].jet->key_update_packets = 200;
		if (seed % 3 == 2)
			p->sim.nodes[1].jet->key_update_packets = 50; /* both ends update */
		pair_connect(p);
		app_send(&p->sim, 0, 2000000, true, GN_JET_FILES);
		app_send(&p->sim, 1, 1000000, true, GN_JET_FILES);
		assert_true(jet_sim_run_until(&p->sim, pair_all_done, p->sim.now + 120 * GN_SEC));
		pair_check(p);
		struct jet_session *a = forge_session(p->sim.nodes[0].jet),
				   *b = forge_session(p->sim.nodes[1].jet);
		assert_true(a->keys.updates >= 1);
		for (int i = 0; i < 2; i++) {
			p->sim.nodes[i].jet->key_update_packets = JET_KEY_UPDATE_PACKETS;
			/* so that the last update is heard of */
			app_send(&p->sim, i, 1, true, GN_JET_FILES);
		}
		jet_sim_run(&p->sim, p->sim.now + 5 * GN_SEC);
		assert_int_equal(a->keys.tx_phase, b->keys.rx_phase);
		assert_false(a->keys.rx_old.ready || b->keys.rx_old.ready); /* wiped */
		assert_int_equal(p->app[0].closed + p->app[1].closed, 0);
		pair_fini(p);
		free(p);
	}
}

static void test_key_limits_end_the_session(void **state)
{
	(void)state;
	struct pair p;
	pair_init(&p, 1, NULL, NULL, &quick);
	p.sim.nodes[0].jet->seal_max = 50;
	pair_connect(&p);
	app_send(&p.sim, 0, 1000000, true, GN_JET_FILES);
	assert_true(jet_sim_run_until(&p.sim, pair_is_closed, p.sim.now + 10 * GN_SEC));
	assert_int_equal(p.app[0].err, GN_CRYPTO);
	assert_int_equal(p.app[0].code, JET_E_AEAD_LIMIT);
	pair_fini(&p);

	pair_init(&p, 2, NULL, NULL, &quick);
	p.sim.nodes[1].jet->open_failed_max = 10;
	pair_connect(&p);
	jet_sim_run(&p.sim, p.sim.now + GN_SEC);
	uint8_t junk[64] = {0x20};
	memcpy(junk + 1, forge_session(p.sim.nodes[0].jet)->cid_tx[0].cid, 8);
	for (int i = 0; i < 10; i++) {
		junk[20] = (uint8_t)i;
		assert_int_equal(gn_jet_recv(p.sim.nodes[1].jet, &p.sim.nodes[0].way,
					     GN_SLICE(junk), p.sim.now),
				 GN_AUTH);
	}
	app_send(&p.sim, 1, 1, true, GN_JET_FILES);
	assert_true(jet_sim_run_until(&p.sim, pair_is_closed, p.sim.now + 10 * GN_SEC));
	assert_int_equal(p.app[1].code, JET_E_AEAD_LIMIT);
	pair_fini(&p);
}

static void test_time_that_steps_back_does_no_harm(void **state)
{
	(void)state;
	struct pair p;
	uint8_t packet[2048];
	pair_init(&p, 1, NULL, NULL, &quick);
	pair_connect(&p);
	run_quiet(&p);
	struct gn_jet *jet = p.sim.nodes[1].jet;
	for (int i = 0; i < 5; i++) {
		gn_time then = p.sim.now - i * GN_SEC;
		size_t len = forge_packet(forge_session(p.sim.nodes[0].jet), GN_LIT("\x01\x01\x01"),
					  packet);
		assert_int_equal(gn_jet_recv(jet, &p.sim.nodes[0].way, gn_slice(packet, len), then),
				 GN_OK);
		gn_jet_tick(jet, then);
		struct gn_buf out = {p.sim.batch, 0, 64000};
		struct gn_jet_batch b;
		while (gn_jet_send(jet, &out, &b, then) == GN_OK)
			;
		assert_true(gn_jet_deadline(jet) > p.sim.now);
		gn_jet_validate(jet);
	}
	assert_int_equal(gn_jet_close(jet, p.app[1].id, 0, "", p.sim.now - GN_SEC), GN_OK);
	pair_fini(&p);
}

/* ---- ends ---- */

static void test_idle_timeout_is_the_smaller_of_both(void **state)
{
	(void)state;
	struct pair p;
	struct gn_jet_config a = {.idle_timeout = 30 * GN_SEC}, b = {.idle_timeout = 5 * GN_SEC};
	pair_init(&p, 1, &a, &b, &quick);
	pair_connect(&p);
	jet_sim_run(&p.sim, p.sim.now + 4900 * GN_MSEC);
	assert_int_equal(p.app[0].closed + p.app[1].closed, 0);
	jet_sim_run(&p.sim, p.sim.now + 2 * GN_SEC);
	assert_int_equal(p.app[0].err, GN_TIMEOUT);
	assert_int_equal(p.app[1].err, GN_TIMEOUT);
	assert_int_equal(gn_jet_session_count(p.sim.nodes[0].jet) +
				 gn_jet_session_count(p.sim.nodes[1].jet),
			 0);
	pair_fini(&p);
}

static void test_keep_alive_keeps_it_alive_until_the_peer_dies(void **state)
{
	(void)state;
	struct pair p;
	struct gn_jet_config a = {.idle_timeout = 5 * GN_SEC, .keep_alive = 2 * GN_SEC};
	pair_init(&p, 1, &a, NULL, &quick);
	pair_connect(&p);
	uint64_t packets = jet_sim_counter(&p.sim, 0, "packets-out");
	jet_sim_run(&p.sim, p.sim.now + 100 * GN_SEC);
	assert_int_equal(p.app[0].closed + p.app[1].closed, 0);
	packets = jet_sim_counter(&p.sim, 0, "packets-out") - packets;
	/* one in two seconds, and a few from the set-up */
	assert_true(packets >= 45 && packets <= 60);
	p.sim.links[1].down = true;
	jet_sim_run(&p.sim, p.sim.now + 11 * GN_SEC);
	assert_int_equal(p.app[0].err, GN_TIMEOUT);
	pair_fini(&p);
}

static void test_close_tells_code_and_reason_once(void **state)
{
	(void)state;
	struct pair p;
	pair_init(&p, 1, NULL, NULL, &quick);
	pair_connect(&p);
	gn_jet_stream id;
	assert_int_equal(gn_jet_close(p.sim.nodes[0].jet, p.id, 42, "that was all", p.sim.now),
			 GN_OK);
	assert_int_equal(gn_jet_close(p.sim.nodes[0].jet, p.id, 42, "again", p.sim.now), GN_CLOSED);
	assert_int_equal(gn_jet_stream_open(p.sim.nodes[0].jet, p.id, true, GN_JET_FILES, &id),
			 GN_CLOSED);
	assert_true(jet_sim_run_until(&p.sim, pair_is_closed, p.sim.now + GN_SEC));
	assert_int_equal(p.app[0].err, GN_OK);
	assert_int_equal(p.app[1].err, GN_CLOSED);
	assert_int_equal(p.app[1].code, 42);
	assert_string_equal(p.app[1].reason, "that was all");
	assert_int_equal(gn_jet_stream_open(p.sim.nodes[0].jet, p.id, true, GN_JET_FILES, &id),
			 GN_NOT_FOUND);
	jet_sim_run(&p.sim, p.sim.now + 5 * GN_SEC);
	assert_int_equal(p.app[0].closed + p.app[1].closed, 2);
	assert_int_equal(gn_jet_session_count(p.sim.nodes[0].jet) +
				 gn_jet_session_count(p.sim.nodes[1].jet),
			 0);
	assert_int_equal(p.sim.nodes[0].jet->cids.count, 0);
	pair_fini(&p);
}

static void test_close_survives_loss_of_its_packet(void **state)
{
	(void)state;
	struct pair p;
	pair_init(&p, 1, NULL, NULL, &quick);
	pair_connect(&p);
	app_send(&p.sim, 1, 5000000, true,
		 /* the other side keeps sending, and is answered with the CLOSE again */
		 GN_JET_FILES);
	jet_sim_flush(&p.sim, 1);
	p.sim.links[0].down = true;
	assert_int_equal(gn_jet_close(p.sim.nodes[0].jet, p.id, 1, "", p.sim.now), GN_OK);
	jet_sim_flush(&p.sim, 0);
	p.sim.links[0].down = false;
	assert_true(jet_sim_run_until(&p.sim, pair_is_closed, p.sim.now + GN_SEC));
	assert_int_equal(p.app[1].err, GN_CLOSED);
	pair_fini(&p);
}

static void test_close_during_the_handshake(void **state)
{
	(void)state;
	struct pair p;
	pair_init(&p, 1, NULL, NULL, &quick);
	pair_dial(&p, NULL);
	/* the server has answered, the client not heard it */
	jet_sim_run(&p.sim, p.sim.now + 6 * GN_MSEC);
	assert_int_equal(gn_jet_session_count(p.sim.nodes[1].jet), 1);
	assert_int_equal(gn_jet_close(p.sim.nodes[0].jet, p.id, 3, "changed my mind", p.sim.now),
			 GN_OK);
	assert_true(jet_sim_run_until(&p.sim, pair_is_closed, p.sim.now + GN_SEC));
	assert_int_equal(p.app[1].err, GN_CLOSED);
	assert_int_equal(p.app[1].connected, 0);
	pair_fini(&p);
}

/* ---- datagrams ---- */

static void test_datagram_size_expiry_and_limits(void **state)
{
	(void)state;
	struct pair p;
	uint8_t big[1500] = {0};
	pair_init(&p, 1, NULL, NULL, &quick);
	pair_connect(&p);
	jet_sim_run(&p.sim, p.sim.now + GN_SEC);
	struct gn_jet *jet = p.sim.nodes[0].jet;
	size_t max = gn_jet_datagram_max(jet, p.id);
	assert_true(max > 1350 && max < JET_MTU_MAX);
	assert_int_equal(gn_jet_datagram(jet, p.id, GN_JET_FILES, gn_slice(big, max + 1), GN_NEVER),
			 GN_TOO_LARGE);
	assert_int_equal(gn_jet_datagram(jet, p.id, GN_JET_FILES, gn_slice(big, max), GN_NEVER),
			 GN_OK);
	assert_int_equal(gn_jet_datagram(jet, p.id, GN_JET_FILES, gn_slice(big, 0), GN_NEVER),
			 GN_OK);
	jet_sim_flush(&p.sim, 0);
	jet_sim_run(&p.sim, p.sim.now + GN_SEC);
	assert_int_equal(p.app[1].datagrams, 2);
	/* One that waits behind a closed window past its time is dropped, the others go. */
	app_send(&p.sim, 0, 3000000, true, GN_JET_CRITICAL);
	jet_sim_flush(&p.sim, 0);
	assert_int_equal(
		gn_jet_datagram(jet, p.id, GN_JET_BACKGROUND, GN_LIT("late"), p.sim.now + GN_MSEC),
		GN_OK);
	assert_int_equal(gn_jet_datagram(jet, p.id, GN_JET_BACKGROUND, GN_LIT("patient"), GN_NEVER),
			 GN_OK);
	jet_sim_run(&p.sim, p.sim.now + 5 * GN_SEC);
	assert_int_equal(p.app[1].datagrams, 3);
	assert_int_equal(jet_sim_counter(&p.sim, 0, "datagram-expired"), 1);
	/* The queue has a limit. */
	int taken = 0;
	for (gn_err err = GN_OK; err == GN_OK; taken += err == GN_OK)
		err = gn_jet_datagram(jet, p.id, GN_JET_FILES, gn_slice(big, 100), GN_NEVER);
	assert_int_equal(taken, JET_DATAGRAMS);
	assert_int_equal(jet_sim_counter(&p.sim, 0, "datagram-send-limit"), 1);
	pair_fini(&p);
}

/* ---- memory ---- */

static void test_idle_sessions_are_small(void **state)
{
	(void)state;
	struct pair *p = calloc(1, sizeof *p);
	struct gn_jet_config config = {.idle_timeout = 600 * GN_SEC};
	pair_init(p, 1, &config, &config, &quick);
	pair_connect(p);
	app_send(&p->sim, 0, 3000000, true, GN_JET_FILES);
	app_send(&p->sim, 1, 3000000, true, GN_JET_FILES);
	assert_true(jet_sim_run_until(&p->sim, pair_all_done, p->sim.now + 10 * GN_SEC));
	jet_sim_run(&p->sim, p->sim.now + 5 * GN_SEC);
	for (int i = 0; i < 2; i++) {
		size_t with = p->sim.nodes[i].alloc.used;
		jet_session_free(forge_session(p->sim.nodes[i].jet));
		size_t session = with - p->sim.nodes[i].alloc.used;
		print_message("  an idle session of endpoint %d owns %zu bytes of ours\n", i,
			      session);
		/* the rest of the 16 KiB are OpenSSL's four cipher contexts */
		assert_true(session <= 6000);
	}
	pair_fini(p);
	free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replayed_and_flipped_packets_change_only_counters),
		cmocka_unit_test(test_broken_frames_close_the_session),
		cmocka_unit_test(test_acknowledging_a_number_never_sent_is_a_fault),
		cmocka_unit_test(test_datagrams_that_are_too_long_are_not_looked_into),
		cmocka_unit_test(test_reserved_bits_and_empty_packets_are_faults),
		cmocka_unit_test(test_key_updates_in_the_middle_of_a_transfer),
		cmocka_unit_test(test_key_limits_end_the_session),
		cmocka_unit_test(test_time_that_steps_back_does_no_harm),
		cmocka_unit_test(test_idle_timeout_is_the_smaller_of_both),
		cmocka_unit_test(test_keep_alive_keeps_it_alive_until_the_peer_dies),
		cmocka_unit_test(test_close_tells_code_and_reason_once),
		cmocka_unit_test(test_close_survives_loss_of_its_packet),
		cmocka_unit_test(test_close_during_the_handshake),
		cmocka_unit_test(test_datagram_size_expiry_and_limits),
		cmocka_unit_test(test_idle_sessions_are_small),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
