/* What a peer that breaks rules sends at the one moment when it could make something false that
 * we hold for true: with the keys it has, and all of it authentic. */
#include "jet/ack_int.h"
#include "jet/handshake_int.h"
#include "jet/out_int.h"
#include "jet/testing/ends.h"
#include "jet/testing/pair.h"

/* Until the client has all keys and the server has heard nothing of it: a server may say anything
 * now. */
static void half_way(struct pair *p, uint64_t seed, struct jet_session *s[2])
{
	struct jet_sim_link_config link = {.delay = 5 * GN_MSEC};
	pair_init(p, seed, NULL, NULL, &link);
	pair_dial(p, &p->sim.nodes[1].pk);
	jet_sim_run(&p->sim, p->sim.now + 14 * GN_MSEC);
	for (int i = 0; i < 2; i++)
		s[i] = forge_session(p->sim.nodes[i].jet);
	assert_int_equal(s[0]->state, JET_S_OPEN);
	assert_false(s[0]->confirmed);
	assert_non_null(s[0]->hs);
	assert_int_equal(s[1]->state, JET_S_HANDSHAKE);
}

static gn_err give_client(struct pair *p, uint8_t *data, size_t len)
{
	return gn_jet_recv(p->sim.nodes[0].jet, &p->sim.nodes[1].way, gn_slice(data, len),
			   p->sim.now);
}

/* A packet of the server on its next path, for which the client has given an id. */
static size_t ping_on_path(struct jet_session *s[2], uint32_t path, uint8_t packet[2048])
{
	uint8_t ping = JET_F_PING;
	struct jet_path *first = s[1]->path, next = *first;
	struct jet_cid kept = s[1]->cid_tx[path];
	next.id = path; /* it goes into the nonce, and the numbers may go on */
	s[1]->path = &next;
	s[1]->cid_tx[path] = s[0]->cid_rx[path];
	size_t len = forge_packet(s[1], gn_slice(&ping, 1), packet);
	first->space = next.space;
	s[1]->path = first;
	s[1]->cid_tx[path] = kept;
	return len;
}

/* Handshake packets sent again would count on the path that is current then, and what is
 * acknowledged is taken from the first. */
static void test_nobody_moves_before_the_handshake_is_confirmed(void **state)
{
	(void)state;
	struct pair p;
	struct jet_session *s[2];
	half_way(&p, 21, s);
	uint8_t frames[64], packet[2048];
	struct gn_writer w = gn_writer(frames, sizeof frames);
	jet_write_new_cid(&w, 2, (const uint8_t *)"new path");
	size_t len = forge_packet(s[1], gn_slice(frames, gn_writer_len(&w)), packet);
	assert_int_equal(give_client(&p, packet, len), GN_OK);
	assert_true(s[0]->cid_tx[2].set);
	len = ping_on_path(s, 2, packet);
	assert_int_equal(give_client(&p, packet, len), GN_STATE);
	assert_int_equal(jet_sim_counter(&p.sim, 0, "packet-path-retired"), 1);
	assert_null(s[0]->paths[2]);
	pair_fini(&p);
}

/* A Retry that asks for effort, and then the server goes on as if the answer had come. */
static void test_a_server_goes_on_without_the_answer_it_asked_for(void **state)
{
	(void)state;
	struct pair p;
	struct jet_session *s[2];
	struct jet_sim_link_config link = {.delay = 5 * GN_MSEC};
	pair_init(&p, 22, NULL, NULL, &link);
	pair_dial(&p, &p.sim.nodes[1].pk);
	s[0] = forge_session(p.sim.nodes[0].jet);
	jet_sim_run(&p.sim, p.sim.now + GN_MSEC);
	/* its id is the one in use, so that the keys stay */
	uint8_t cookie[GN_COOKIE_LEN] = {[16 + 3] = 100}, packet[2048], dcid[JET_CID_LEN];
	memcpy(dcid, s[0]->cid_tx[0].cid, sizeof dcid);
	size_t len = jet_retry_write(packet, sizeof packet, s[0]->cid_rx[0].cid, dcid, dcid,
				     GN_SLICE(cookie));
	assert_int_equal(give_client(&p, packet, len), GN_OK);
	assert_true(jet_linked(&s[0]->solve));
	s[0]->hs->retried = false; /* so does the honest server of this test mean it */
	jet_sim_run(&p.sim, p.sim.now + 13 * GN_MSEC);
	assert_int_equal(s[0]->state, JET_S_OPEN);
	assert_false(jet_linked(&s[0]->solve));
	/* its keys are known to the server, that need not wait for the client's Finished */
	s[1] = forge_session(p.sim.nodes[1].jet);
	uint8_t frames[8];
	struct gn_writer w = gn_writer(frames, sizeof frames);
	gn_write_varint(&w, JET_F_CONFIRM);
	gn_write_varint(&w, 0);
	len = forge_packet(s[1], gn_slice(frames, gn_writer_len(&w)), packet);
	assert_int_equal(give_client(&p, packet, len), GN_OK);
	assert_true(s[0]->confirmed);
	gn_jet_tick(p.sim.nodes[0].jet, p.sim.now + GN_SEC);
	pair_fini(&p);
}

/* Numbers of all fields as large as they can be, and as little room as a frame may have. */
static void test_an_acknowledgement_waits_for_room(void **state)
{
	(void)state;
	struct ends e;
	ends_init(&e, NULL);
	uint8_t packet[512];
	struct jet_out o;
	struct jet_space *sp = &e.s[1]->path->space;
	struct jet_range one = {UINT64_C(1) << 60, UINT64_C(1) << 61};
	for (size_t room = JET_FRAME_ROOM; room < 64; room++) {
		assert_true(jet_out_begin(&o, e.s[1], e.s[1]->path, JET_APP,
					  gn_writer(packet, sizeof packet), e.now));
		o.w.end = o.w.p + room;
		sp->received = (struct jet_ranges){.r = &one, .count = 1};
		sp->largest_at = e.s[1]->since = 0;
		o.now = 10000 * GN_SEC;
		jet_ack_write(e.s[1], &o, sp, UINT32_MAX);
		assert_int_equal(o.count, room >= 42);
	}
	sp->received = (struct jet_ranges){0};
	ends_fini(&e);
}

/* 2^31 packets later: a number that no frame can hold. */
static void test_packet_numbers_end(void **state)
{
	(void)state;
	struct ends e;
	ends_init(&e, NULL);
	uint8_t ping = JET_F_PING;
	e.s[0]->path->space.pn_next = e.s[0]->path->space.sent_first = JET_OFFSET_MAX - 1;
	e.s[0]->path->space.low = e.s[0]->path->space.acked_next = JET_OFFSET_MAX - 1;
	e.s[0]->path->space.pn_skip = UINT64_MAX;
	e.s[1]->path->space.replay.next = JET_OFFSET_MAX - 10;
	assert_int_equal(ends_frames(&e, gn_slice(&ping, 1)), GN_OK);
	assert_int_equal(ends_frames(&e, gn_slice(&ping, 1)), GN_OK);
	assert_int_equal(ends_frames(&e, gn_slice(&ping, 1)), GN_MALFORMED);
	ends_tick(&e, 1, e.now + GN_SEC);
	assert_int_equal(e.s[1]->state, JET_S_OPEN);
	ends_fini(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nobody_moves_before_the_handshake_is_confirmed),
		cmocka_unit_test(test_a_server_goes_on_without_the_answer_it_asked_for),
		cmocka_unit_test(test_an_acknowledgement_waits_for_room),
		cmocka_unit_test(test_packet_numbers_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
