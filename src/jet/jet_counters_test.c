/* What is counted of packets that are refused and of sessions that end, in the cases where the
 * counter is all that anybody sees. */
#include "jet/close_int.h"
#include "jet/handshake_int.h"
#include "jet/mark_int.h"
#include "jet/testing/ends.h"
#include "jet/testing/pair.h"
#include <stdlib.h>

static struct ends *ends_new(void)
{
	struct ends *e = malloc(sizeof *e);
	ends_init(e, NULL);
	return e;
}

/* One more of it, and of no other in the list. */
static void only(const struct ends *e, int i, const char *name)
{
	static const char *const all[] = {
		"packet-malformed",  "packet-version",      "packet-unknown-session",
		"packet-no-key",     "packet-auth",         "packet-replayed",
		"packet-too-old",    "packet-after-close",  "packet-unexpected",
		"initial-too-small", "packet-path-retired", "initial-frames-malformed",
	};
	for (size_t k = 0; k < GN_COUNT(all); k++)
		assert_int_equal(ends_count(e, i, all[k]), strcmp(all[k], name) == 0);
}

static void test_a_session_that_opens(void **state)
{
	(void)state;
	static const struct jet_sim_link_config link = {.delay = GN_MSEC};
	struct pair *p = calloc(1, sizeof *p);
	pair_init(p, 1, NULL, NULL, &link);
	pair_dial(p, NULL);
	assert_int_equal(jet_sim_counter(&p->sim, 0, "sessions-out"), 1);
	assert_int_equal(jet_sim_counter(&p->sim, 0, "handshakes-done"), 0);
	assert_true(jet_sim_run_until(&p->sim, pair_is_connected, p->sim.now + GN_SEC));
	jet_sim_run(&p->sim, p->sim.now + GN_SEC);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(jet_sim_counter(&p->sim, i, "sessions-out"), i == 0);
		assert_int_equal(jet_sim_counter(&p->sim, i, "sessions-in"), i == 1);
		assert_int_equal(jet_sim_counter(&p->sim, i, "handshakes-done"), 1);
		assert_int_equal(jet_sim_counter(&p->sim, i, "mtu-raised"), 2); /* 1400, 1452 */
	}
	pair_fini(p);
	free(p);
}

/* A packet of the handshake, of as many bytes as it says. */
static size_t long_packet(uint8_t bytes[2048], enum jet_long type, const uint8_t dcid[JET_CID_LEN],
			  size_t len)
{
	static const uint8_t scid[JET_CID_LEN] = {8};
	struct gn_writer w = gn_writer(bytes, len);
	gn_write_u8(&w, (uint8_t)(JET_FLAG_FIXED | JET_FLAG_LONG | (unsigned)type << 2));
	gn_write_be32(&w, JET_VERSION);
	gn_write_bytes(&w, gn_slice(dcid, JET_CID_LEN));
	gn_write_bytes(&w, GN_SLICE(scid));
	if (type == JET_LONG_INITIAL)
		gn_write_varint(&w, 0);
	gn_write_be16(&w, (uint16_t)(gn_writer_left(&w) - 2));
	size_t pn_offset = gn_writer_len(&w);
	memset(w.p, 0, gn_writer_left(&w));
	return pn_offset;
}

static void test_packets_of_a_handshake_that_is_over(void **state)
{
	(void)state;
	struct ends *e = ends_new();
	uint8_t bytes[2048];
	long_packet(bytes, JET_LONG_HANDSHAKE, e->s[1]->cid_rx[0].cid, 100);
	assert_int_equal(ends_give(e, 1, gn_slice(bytes, 100)), GN_STATE);
	only(e, 1, "packet-no-key");
	ends_free(e);
}

static void test_data_before_the_handshake_is_over(void **state)
{
	(void)state;
	struct ends *e = ends_new();
	uint8_t packet[2048];
	size_t len = forge_packet(e->s[0], GN_LIT("\x01"), packet);
	e->s[1]->state = JET_S_HANDSHAKE;
	assert_int_equal(ends_give(e, 1, gn_slice(packet, len)), GN_STATE);
	e->s[1]->state = JET_S_OPEN;
	only(e, 1, "packet-no-key");
	ends_free(e);
}

static void test_nobody_moves_during_the_handshake(void **state)
{
	(void)state;
	struct ends *e = ends_new();
	static const uint8_t dcid[JET_CID_LEN] = {1, 2, 3};
	struct gn_way elsewhere = {.addr = gn_addr_v4(192, 0, 2, 7, 4433)};
	uint8_t bytes[2048];
	struct jet_session *s;
	assert_int_equal(jet_session_new(e->jet[1], true, &e->way[0], e->now, &s), GN_OK);
	assert_int_equal(jet_hs_new(s, NULL, dcid, e->now), GN_OK);
	long_packet(bytes, JET_LONG_INITIAL, s->cid_rx[0].cid, JET_MTU_BASE);
	assert_int_equal(gn_jet_recv(e->jet[1], &elsewhere, gn_slice(bytes, JET_MTU_BASE), e->now),
			 GN_STATE);
	only(e, 1, "packet-unexpected");
	ends_free(e);
}

static void test_versions_that_nobody_asked_for(void **state)
{
	(void)state;
	struct ends *e = ends_new();
	uint8_t bytes[64];
	size_t len = jet_version_write(bytes, sizeof bytes, e->s[0]->cid_rx[0].cid,
				       e->s[0]->cid_tx[0].cid, 0);
	assert_int_equal(ends_give(e, 0, gn_slice(bytes, len)), GN_STATE);
	only(e, 0, "packet-unexpected");
	assert_int_equal(e->s[0]->state, JET_S_OPEN);
	ends_free(e);
}

static void test_a_packet_as_old_as_can_be_told(void **state)
{
	(void)state;
	for (uint64_t past = 0; past < 2; past++) {
		struct ends *e = ends_new();
		uint8_t old[2048];
		struct jet_space *sp = &e->s[0]->path->space;
		uint64_t pn = sp->pn_next;
		size_t len = forge_packet(e->s[0], GN_LIT("\x01"), old);
		jet_replay_mark(&e->s[1]->path->space.replay, pn + JET_REPLAY_BITS - 1 + past);
		assert_int_equal(ends_give(e, 1, gn_slice(old, len)), past ? GN_REPLAY : GN_OK);
		only(e, 1, past ? "packet-too-old" : "");
		ends_free(e);
	}
}

static void test_packets_after_the_end(void **state)
{
	(void)state;
	struct ends *e = ends_new();
	assert_int_equal(gn_jet_close(e->jet[1], e->s[1]->id, 0, "", e->now), GN_OK);
	assert_int_equal(ends_frames(e, GN_LIT("\x01")), GN_CLOSED);
	only(e, 1, "packet-after-close");
	ends_free(e);
}

static void test_packets_on_a_path_that_is_not_there(void **state)
{
	(void)state;
	for (uint32_t id = 1; id <= 2; id++) { /* the client's to begin, the server's own */
		struct ends *e = ends_new();
		e->s[0]->path->id = id;
		assert_int_equal(ends_frames(e, GN_LIT("\x01")), id == 1 ? GN_OK : GN_STATE);
		e->s[0]->path->id = 0;
		only(e, 1, id == 1 ? "" : "packet-path-retired");
		ends_free(e);
	}
}

static void test_an_initial_that_anybody_could_make(void **state)
{
	(void)state;
	for (int bad = 0; bad < 2; bad++) {
		struct ends *e = ends_new();
		static const uint8_t dcid[JET_CID_LEN] = {4, 5, 6};
		uint8_t bytes[2048];
		struct jet_keys rx, tx;
		size_t at = long_packet(bytes, JET_LONG_INITIAL, dcid, JET_MTU_BASE);
		bytes[at + 2] = bad ? 0x15 : JET_F_PING; /* behind the number */
		struct jet_sealed x = {
			.p = bytes, .len = JET_MTU_BASE, .pn_offset = at, .pn_len = 2};
		assert_int_equal(jet_keys_initial(dcid, false, &rx, &tx), GN_OK);
		assert_int_equal(jet_packet_seal(&tx, &x), GN_OK);
		jet_keys_fini(&rx);
		jet_keys_fini(&tx);
		assert_int_equal(ends_give(e, 1, gn_slice(bytes, JET_MTU_BASE)),
				 bad ? GN_MALFORMED : GN_OK);
		only(e, 1, bad ? "initial-frames-malformed" : "");
		assert_int_equal(ends_count(e, 1, "fault-protocol"), 0); /* it ends nothing */
		ends_free(e);
	}
}

static void test_bytes_of_a_stream_that_is_over(void **state)
{
	(void)state;
	struct ends *e = ends_new();
	uint8_t out[8];
	size_t len;
	bool fin;
	assert_int_equal(ends_frames(e, GN_LIT("\x0b\x02\x03"
					       "abc")),
			 GN_OK);
	assert_int_equal(gn_jet_stream_read(e->jet[1], e->s[1]->id, 2, out, sizeof out, &len, &fin),
			 GN_OK);
	assert_true(len == 3 && fin);
	assert_int_equal(ends_count(e, 1, "stream-data-after-end"), 0);
	assert_int_equal(ends_frames(e, GN_LIT("\x0b\x02\x03"
					       "abc")),
			 GN_OK);
	assert_int_equal(ends_count(e, 1, "stream-data-after-end"), 1);
	ends_free(e);
}

/* A session that ends counts once, by what ended it; one that is closed does not. */
static void test_faults_by_class(void **state)
{
	(void)state;
	static const struct {
		gn_err err;
		const char *name;
	} cases[] = {{GN_OK, ""},
		     {GN_CLOSED, ""},
		     {GN_PROTOCOL, "fault-protocol"},
		     {GN_KEY, "fault-key"},
		     {GN_TIMEOUT, "fault-timeout"},
		     {GN_CRYPTO, "fault-other"},
		     {GN_BUSY, "fault-other"}};
	static const char *const all[] = {"fault-protocol", "fault-key", "fault-timeout",
					  "fault-other"};
	for (size_t i = 0; i < GN_COUNT(cases); i++) {
		struct ends *e = ends_new();
		for (int n = 0; n < 2; n++)
			jet_close_local(e->s[1], cases[i].err, false, JET_E_INTERNAL, "", e->now);
		for (size_t k = 0; k < GN_COUNT(all); k++)
			assert_int_equal(ends_count(e, 1, all[k]),
					 strcmp(all[k], cases[i].name) == 0);
		ends_free(e);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_session_that_opens),
		cmocka_unit_test(test_packets_of_a_handshake_that_is_over),
		cmocka_unit_test(test_data_before_the_handshake_is_over),
		cmocka_unit_test(test_nobody_moves_during_the_handshake),
		cmocka_unit_test(test_versions_that_nobody_asked_for),
		cmocka_unit_test(test_a_packet_as_old_as_can_be_told),
		cmocka_unit_test(test_packets_after_the_end),
		cmocka_unit_test(test_packets_on_a_path_that_is_not_there),
		cmocka_unit_test(test_an_initial_that_anybody_could_make),
		cmocka_unit_test(test_bytes_of_a_stream_that_is_over),
		cmocka_unit_test(test_faults_by_class),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
