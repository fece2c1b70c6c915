/* Several paths of a session with a peer that is authenticated and hostile, or with somebody
 * between who copies packets and sends them from elsewhere (RE-3 to RE-9, RE-20). */
#include "jet/cid_int.h"
#include "jet/grade_int.h"
#include "jet/punch_int.h"
#include "jet/testing/ends.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

/* A packet on path `id` of end `from`'s; its length. */
static size_t give(struct ends *e, int from, uint32_t id, const struct gn_way *way,
		   struct gn_slice frames)
{
	uint8_t packet[2048];
	struct jet_session *s = e->s[from];
	struct jet_path *main = s->path;
	struct gn_jet_event event;
	s->path = jet_path_find(s, id);
	e->jet[from]->now = e->now;
	size_t len = forge_packet(s, frames, packet);
	s->path = main;
	assert_int_equal(gn_jet_recv(e->jet[1 - from], way, gn_slice(packet, len), e->now), GN_OK);
	gn_jet_validate(e->jet[1 - from]);
	while (gn_jet_next_event(e->jet[1 - from], &event))
		;
	return len;
}

static const uint8_t ping[] = {JET_F_PING};
static const uint8_t padded[34] = {JET_F_PING};
static const uint8_t challenge[] = {JET_F_PATH_CHALLENGE, 1, 2, 3, 4, 5, 6, 7, 8};

/* Numbers apart, so that what is to be acknowledged fills a frame. */
static void skip_numbers(struct ends *e, uint32_t id)
{
	struct jet_space *sp = &jet_path_find(e->s[0], id)->space;
	for (int i = 0; i < 100; i++)
		assert_int_equal(
			jet_space_push(sp, (struct jet_sent){.state = JET_SENT_SKIPPED}, NULL),
			GN_OK);
	sp->pn_skip = UINT64_MAX;
}

/* Neither a challenge to a new address nor an answer there is filled with acknowledgements: a peer
 * that had many ranges and little budget ended the process, and one byte in was ten out. */
static void test_acknowledgements_go_to_proven_addresses(void **state)
{
	(void)state;
	for (size_t pad = 14; pad <= sizeof padded; pad++) {
		bool answers = pad == sizeof padded;
		struct ends *e = ends_several();
		struct gn_way elsewhere = ends_other;
		struct jet_path *p = e->s[1]->paths[1];
		elsewhere.addr.port++;
		for (int i = 0; i < 40; i++) {
			give(e, 0, 1, &ends_other, GN_SLICE(ping));
			skip_numbers(e, 1);
		}
		if (answers) /* another address is being tried */
			p->probe = (struct jet_probe){
				.way = elsewhere, .at = GN_NEVER - 1, .heard = e->now};
		p->probe.way.addr.port += (uint16_t)answers;
		size_t len = give(e, 0, 1, &elsewhere,
				  answers ? GN_SLICE(challenge) : gn_slice(padded, pad));
		bool sent = false;
		while (ends_send(e, 1))
			if (gn_way_eq(&e->batch.to, &elsewhere)) {
				sent = true;
				assert_true(e->out_len <= (answers ? 1 : JET_AMPLIFICATION) * len);
			}
		assert_true(sent);
		assert_int_equal(p->space.unacked, 0); /* they went where the peer is */
		ends_free(e);
	}
}

/* A short packet from elsewhere, copied by somebody: there are bytes for one challenge. When that
 * brings nothing the address is given up, and the peer's next one is tried. */
static void test_a_challenge_without_budget_ends(void **state)
{
	(void)state;
	for (uint32_t id = 0; id < 2; id++) {
		struct ends *e = ends_several();
		struct gn_way elsewhere = id ? ends_other : e->way[0];
		struct jet_path *p = e->s[1]->paths[id];
		elsewhere.addr.port++;
		give(e, 0, id, &elsewhere, GN_SLICE(padded));
		for (int i = 0; i < 100; i++)
			ends_tick(e, 1, e->now + 100 * GN_MSEC);
		assert_true(p->probe.at == GN_NEVER || p->probe.check);
		elsewhere.addr.port++;
		give(e, 0, id, &elsewhere, GN_SLICE(ping));
		assert_true(gn_way_eq(&p->probe.way, &elsewhere));
		ends_free(e);
	}
}

static size_t status(uint8_t out[16], uint64_t path, uint64_t seq, uint64_t value)
{
	struct gn_writer w = gn_writer(out, 16);
	jet_write_numbers(&w, JET_F_PATH_STATUS, (uint64_t[]){path, seq, value}, 3);
	gn_write_u8(&w, 0);
	return gn_writer_len(&w);
}

/* The server asks for the end of the only path, and answers on it: the owner is told once, and
 * the path is not challenged with every packet. */
static void test_the_only_path_is_unwanted(void **state)
{
	(void)state;
	struct ends *e = ends_several();
	struct jet_session *s = e->s[0];
	struct gn_jet_event event;
	uint8_t frames[16];
	unsigned suspects = 0;
	assert_int_equal(jet_grade_close(s, s->paths[1]), GN_OK);
	give(e, 1, 0, &e->way[1], gn_slice(frames, status(frames, 0, 1, 0)));
	for (int i = 0; i < 20; i++) {
		e->now += 10 * GN_MSEC;
		uint8_t packet[2048];
		e->jet[1]->now = e->now;
		size_t len = forge_packet(e->s[1], GN_SLICE(ping), packet);
		assert_int_equal(ends_give(e, 0, gn_slice(packet, len)), GN_OK);
		for (int k = 0; k < 2; k++) {
			while (ends_send(e, 0))
				;
			gn_jet_tick(e->jet[0], e->now);
		}
		while (gn_jet_next_event(e->jet[0], &event))
			suspects += event.kind == GN_JET_SUSPECT;
	}
	assert_true(suspects == 0); /* told while the frame was taken */
	ends_free(e);
}

/* What the server wanted closed, and now needs, is wanted. */
static void test_an_unwanted_path_is_taken(void **state)
{
	(void)state;
	struct ends *e = ends_several();
	struct jet_session *s = e->s[1];
	assert_int_equal(jet_grade_close(s, s->paths[1]), GN_OK);
	assert_true(s->paths[1]->unwanted);
	s->path->suspect = true;
	give(e, 0, 1, &ends_other, GN_SLICE(ping));
	assert_int_equal(s->path->id, 1);
	assert_false(s->path->unwanted);
	ends_free(e);
}

/* What the server tried to open and the client never heard of does not use up the id. */
static void test_an_id_comes_back_from_a_path_nobody_heard_of(void **state)
{
	(void)state;
	struct ends *e = ends_several();
	struct gn_way dark = {.addr = gn_addr_v4(192, 0, 2, 77, 7)};
	for (int round = 0; round < 6; round++) {
		dark.addr.port++;
		assert_int_equal(gn_jet_path_open(e->jet[1], e->s[1]->id, &dark, e->now), GN_OK);
		for (int i = 0; i < 200; i++) {
			e->now += 50 * GN_MSEC;
			for (int k = 0; k < 2; k++) {
				gn_jet_tick(e->jet[k], e->now);
				while (ends_send(e, k))
					for (size_t at = 0; at < e->out_len;
					     at += e->batch.segment) {
						struct gn_way from =
							e->batch.to.link ? ends_other : e->way[k];
						size_t n = e->out_len - at;
						n = n < e->batch.segment ? n : e->batch.segment;
						if (e->batch.to.addr.port != dark.addr.port)
							gn_jet_recv(e->jet[1 - k], &from,
								    gn_slice(e->out + at, n),
								    e->now);
					}
			}
		}
	}
	ends_free(e);
}

/* A path that goes on over another link fits that link. */
static void test_a_rebinding_to_another_link(void **state)
{
	(void)state;
	static const struct gn_way_info narrow = {.kind = GN_WAY_RELAY, .mtu = 1300};
	struct ends *e = ends_several();
	struct jet_path *p = e->s[1]->path;
	struct gn_way elsewhere = {.addr = e->way[0].addr, .link = 2};
	uint8_t answer[9] = {JET_F_PATH_RESPONSE};
	assert_int_equal(gn_jet_way(e->jet[1], 2, &narrow), GN_OK);
	give(e, 0, 0, &elsewhere, GN_SLICE(padded));
	while (ends_send(e, 1))
		;
	memcpy(answer + 1, p->probe.data, 8);
	give(e, 0, 0, &elsewhere, GN_SLICE(answer));
	assert_true(gn_way_eq(&p->way, &elsewhere));
	assert_int_equal(p->mtu.most, narrow.mtu);
	assert_int_equal(p->mtu.probing, 0);
	ends_free(e);
}

/* A challenge from yet another address does not end the time that a better one has. */
static void test_a_better_address_has_its_time(void **state)
{
	(void)state;
	struct ends *e = ends_several();
	struct jet_session *s = e->s[1];
	struct gn_jet_offer offer = {.count = 1};
	offer.list[0].addr = gn_addr_v4(203, 0, 113, 9, 9);
	assert_int_equal(gn_jet_offer(e->jet[1], s->id, &offer, e->now), GN_OK);
	struct jet_punch *u = s->punch;
	u->peer = offer;
	u->peer_epoch = 1;
	assert_int_equal(jet_punch_go(s, 3, e->now), GN_OK);
	struct jet_path *p = jet_path_find(s, 3);
	forge_path(e->s[0], 3, &ends_other);
	p->way = (struct gn_way){.addr = offer.list[0].addr};
	p->validated = true;
	u->state = JET_PUNCH_BOUND;
	u->volley = 1;
	u->at = e->now + JET_PUNCH_BETTER;
	struct gn_way elsewhere = {.addr = gn_addr_v4(203, 0, 113, 10, 9)};
	give(e, 0, 3, &elsewhere, GN_SLICE(challenge));
	assert_int_equal(u->at, e->now + JET_PUNCH_BETTER);
	ends_free(e);
}

/* What is acknowledged on a spare path is forgotten there some time, as on the main one. */
static void test_a_spare_hears_of_its_acknowledgements(void **state)
{
	(void)state;
	struct ends *e = ends_several();
	struct jet_path *p = e->s[1]->paths[1];
	for (int i = 0; i < 20; i++) {
		give(e, 0, 1, &ends_other, GN_SLICE(ping));
		skip_numbers(e, 1);
	}
	while (ends_send(e, 1))
		;
	assert_int_equal(p->space.out, 1); /* which asks to be acknowledged */
	ends_free(e);
}

/* The owner hears of it, at whichever end it was closed. */
static void test_a_path_that_the_client_closed(void **state)
{
	(void)state;
	struct ends *e = ends_several();
	struct gn_jet_event event;
	uint8_t retire[] = {JET_F_RETIRE_CID, 1}, packet[2048];
	unsigned told = 0;
	size_t len = forge_packet(e->s[0], GN_SLICE(retire), packet);
	assert_int_equal(ends_give(e, 1, gn_slice(packet, len)), GN_OK);
	assert_null(jet_path_find(e->s[1], 1));
	while (gn_jet_next_event(e->jet[1], &event))
		told += event.kind == GN_JET_PATHS;
	assert_int_equal(told, 1);
	assert_int_equal(ends_count(e, 1, "paths-closed"), 1);
	ends_free(e);
}

/* RE-20: a session that comes to run over others is tried as one that began so, and as soon as
 * there is an id for it. */
static void test_back_to_a_relay(void **state)
{
	(void)state;
	struct ends *e = ends_several();
	struct jet_session *s = e->s[0];
	struct gn_jet_offer offer = {.count = 1};
	offer.list[0].addr = gn_addr_v4(203, 0, 113, 9, 9);
	assert_int_equal(gn_jet_way(e->jet[0], 1, &(struct gn_way_info){.kind = GN_WAY_RELAY}),
			 GN_OK);
	assert_int_equal(gn_jet_offer(e->jet[0], s->id, &offer, e->now), GN_OK);
	struct jet_punch *u = s->punch;
	u->peer = offer;
	u->peer_epoch = u->tried_peer = u->tried_own = 1; /* once, and it was good */
	for (int i = 3; i < JET_PATHS_MAX; i += 2)
		s->cid_tx[i].set = false;
	assert_int_equal(jet_grade_suspect(s, s->path, GN_JET_WHY_SUSPECT, e->now), GN_OK);
	assert_int_equal(s->path->id, 1);
	for (int i = 0; i < 2; i++)
		ends_tick(e, 0, e->now);
	assert_int_equal(u->state, JET_PUNCH_IDLE);
	assert_int_equal(u->at, e->now + JET_PUNCH_EVERY);
	s->cid_tx[3].set = true;
	ends_tick(e, 0, u->at);
	assert_int_equal(u->state, JET_PUNCH_AGREED);
	ends_free(e);
}

/* RE-18: no address that is this machine's own whoever asks, though both look the same. */
static void test_no_address_of_ones_own(void **state)
{
	(void)state;
	static const char *const told[] = {"[::]:9",      "127.0.0.1:9",  "[::1]:9",
					   "0.0.0.0:9",   "224.0.0.1:9",  "255.255.255.255:9",
					   "[ff02::1]:9", "192.168.1.7:9"};
	struct ends *e = ends_several();
	struct gn_jet_offer offer = {.count = 1};
	offer.list[0].addr = gn_addr_v4(203, 0, 113, 9, 9);
	assert_int_equal(gn_jet_offer(e->jet[1], e->s[1]->id, &offer, e->now), GN_OK);
	struct jet_punch *u = e->s[1]->punch;
	for (size_t i = 0; i < GN_COUNT(told); i++)
		assert_int_equal(gn_addr_parse(gn_str(told[i]), &offer.list[offer.count++].addr),
				 GN_OK);
	u->peer = offer;
	u->peer_epoch = 1;
	assert_int_equal(jet_punch_go(e->s[1], 3, e->now), GN_OK);
	assert_int_equal(u->count, 2); /* the first and the last */
	ends_free(e);
}

/* A copy for which there is no memory ends the session, and nothing else. */
static void test_no_memory_for_a_copy(void **state)
{
	(void)state;
	struct ends *e = ends_several();
	struct jet_session *s = e->s[0];
	gn_jet_stream stream;
	size_t taken;
	for (int i = 0; i < 2; i++)
		s->paths[i]->rtt.sampled = true;
	assert_int_equal(gn_jet_stream_open(e->jet[0], s->id, true, GN_JET_CRITICAL, &stream),
			 GN_OK);
	assert_int_equal(
		gn_jet_stream_write(e->jet[0], s->id, stream, GN_SLICE(ping), false, &taken),
		GN_OK);
	while (s->copy_count == 0)
		assert_true(ends_send(e, 0));
	e->alloc.fail_at = 1;
	while (ends_send(e, 0))
		;
	assert_int_equal(s->state, JET_S_CLOSING);
	ends_free(e);
}

/* Path 0 has no NEW_CID: told one, it began once more, with the numbers and nonces of before. */
static void test_the_first_path_does_not_come_back(void **state)
{
	(void)state;
	for (int at = 0; at < 2; at++) {
		struct ends *e = ends_several();
		struct jet_session *s = e->s[at];
		uint8_t again[] = {JET_F_NEW_CID, 0, 1, 2, 3, 4, 5, 6, 7, 8}, packet[2048];
		s->path = s->paths[1];
		jet_cid_retire(s, 0);
		jet_path_free(s, s->paths[0]);
		give(e, 1 - at, 1, &ends_other, GN_SLICE(again));
		assert_false(s->cid_tx[0].set);
		size_t len = forge_packet(e->s[1 - at], GN_SLICE(ping), packet);
		assert_int_equal(ends_give(e, at, gn_slice(packet, len)), GN_STATE);
		assert_null(s->paths[0]);
		ends_free(e);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_acknowledgements_go_to_proven_addresses),
		cmocka_unit_test(test_a_challenge_without_budget_ends),
		cmocka_unit_test(test_the_only_path_is_unwanted),
		cmocka_unit_test(test_an_unwanted_path_is_taken),
		cmocka_unit_test(test_an_id_comes_back_from_a_path_nobody_heard_of),
		cmocka_unit_test(test_a_rebinding_to_another_link),
		cmocka_unit_test(test_a_better_address_has_its_time),
		cmocka_unit_test(test_a_spare_hears_of_its_acknowledgements),
		cmocka_unit_test(test_a_path_that_the_client_closed),
		cmocka_unit_test(test_back_to_a_relay),
		cmocka_unit_test(test_no_address_of_ones_own),
		cmocka_unit_test(test_no_memory_for_a_copy),
		cmocka_unit_test(test_the_first_path_does_not_come_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
