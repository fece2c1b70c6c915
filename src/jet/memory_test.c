/* Memory of streams: what one session may hold beyond its own, that it goes on with its own alone, and that nothing is
 * said to be there that is not (JT-66). */
#include "jet/forge_test.h"
#include "jet/sim_test.h"
#include <stdlib.h>

static struct jet_sim_link_config quick = {.delay = 5 * GN_MSEC};
static const struct gn_jet_config little = {.stream_memory = 16 * JET_MEMORY_STEP}; /* one step for each key */

static struct pair *start(const struct gn_jet_config *client, const struct gn_jet_config *server)
{
	struct pair *p = calloc(1, sizeof *p);
	pair_init(p, 1, client, server, &quick);
	pair_connect(p);
	jet_sim_run(&p->sim, p->sim.now + GN_SEC);
	return p;
}

static void finish(struct pair *p)
{
	assert_true(jet_sim_run_until(&p->sim, pair_all_done, p->sim.now + 120 * GN_SEC));
	pair_check(p);
	assert_int_equal(p->app[0].closed + p->app[1].closed, 0);
	jet_sim_run(&p->sim, p->sim.now + 3 * GN_SEC);
	for (int i = 0; i < 2; i++)
		assert_int_equal(jet_sim_counter(&p->sim, i, "stream-bytes-shared"), 0);
	pair_fini(p);
	free(p);
}

static struct jet_session *session(struct pair *p, int i)
{
	return forge_session(p->sim.nodes[i].jet);
}

/* One byte of a stream, past everything the client's own engine sends. */
static void byte_at(struct pair *p, gn_jet_stream stream, uint64_t offset)
{
	uint8_t frames[32], packet[2048];
	struct gn_writer w = gn_writer(frames, sizeof frames);
	jet_write_stream(&w, stream, offset, 1, true, false);
	gn_write_u8(&w, app_byte(stream, offset));
	size_t n = forge_packet(session(p, 0), gn_slice(frames, gn_writer_len(&w)), packet);
	assert_int_equal(gn_jet_recv(p->sim.nodes[1].jet, &p->sim.nodes[0].addr, gn_slice(packet, n), p->sim.now),
			 GN_OK);
}

/* A byte far ahead on each of many streams: one session gets its own and the share of its key. What it may not hold is
 * not acknowledged; an honest stream of the same session comes to its end, by loss and all. */
static void test_far_bytes_hold_no_more_than_the_share(void **state)
{
	(void)state;
	struct pair *p = start(NULL, &little);
	gn_jet_stream honest = app_send(&p->sim, 0, 0, true, GN_JET_INTERACTIVE), id;
	for (int i = 0; i < 20; i++)
		assert_int_equal(gn_jet_stream_open(p->sim.nodes[0].jet, p->id, true, GN_JET_INTERACTIVE, &id), GN_OK);
	for (gn_jet_stream far = honest + 4; far <= id; far += 4)
		byte_at(p, far, 20000);
	const struct jet_session *s = session(p, 1);
	assert_int_equal(s->rx_held, JET_RECV_RESERVE); /* two of 32 KiB; a third would need more than a step */
	byte_at(p, honest, 3000);
	assert_int_equal(s->rx_held, JET_RECV_RESERVE + JET_MEMORY_STEP);
	assert_int_equal(jet_sim_counter(&p->sim, 1, "stream-bytes-shared"), JET_MEMORY_STEP);
	byte_at(p, honest, 4096); /* one past */
	assert_int_equal(s->rx_held, JET_RECV_RESERVE + JET_MEMORY_STEP);
	assert_int_equal(jet_sim_counter(&p->sim, 1, "stream-memory-limit"), 20 - 2 + 1);
	p->sim.links[0].config.loss = 50000;
	struct app_stream *a = app_stream(&p->app[0], honest);
	a->writes = true;
	a->total = 300000;
	app_pump(p->sim.nodes[0].jet, &p->app[0], a);
	jet_sim_flush(&p->sim, 0);
	assert_true(jet_sim_run_until(&p->sim, pair_all_done, p->sim.now + 120 * GN_SEC));
	assert_int_equal(app_stream(&p->app[1], honest)->read, 300000);
	for (gn_jet_stream far = honest + 4; far <= id; far += 4)
		assert_int_equal(gn_jet_stream_reset(p->sim.nodes[0].jet, p->id, far, 0), GN_OK);
	finish(p);
}

/* Shares are the key's: another one has its own beside it, until the whole is used up. */
static void test_a_session_without_a_share_goes_on(void **state)
{
	(void)state;
	struct pair *p = start(&little, &little);
	struct gn_holder other = {.key = {{1}}};
	for (int i = 0; i < 2; i++) /* others have it all */
		for (uint8_t k = 1; k <= 16; k++) {
			other.key.b[0] = k;
			assert_int_equal(gn_share_take(&p->sim.nodes[i].jet->memory, &other, JET_MEMORY_STEP), GN_OK);
		}
	p->sim.links[0].config.loss = p->sim.links[1].config.loss = 20000;
	for (int i = 0; i < 2; i++)
		for (int k = 0; k < 4; k++)
			app_send(&p->sim, i, 300000, true, (enum gn_jet_class)(1 + k));
	for (int i = 0; i < 2; i++)
		jet_sim_flush(&p->sim, i);
	for (int t = 0; t < 20; t++) {
		jet_sim_run(&p->sim, p->sim.now + 100 * GN_MSEC);
		for (int i = 0; i < 2; i++) {
			assert_true(session(p, i)->rx_held <= JET_RECV_RESERVE);
			assert_true(session(p, i)->tx_buffered <= JET_SEND_RESERVE);
		}
	}
	assert_true(jet_sim_run_until(&p->sim, pair_all_done, p->sim.now + 300 * GN_SEC));
	for (int i = 0; i < 2; i++)
		for (uint8_t k = 1; k <= 16; k++) {
			other.key.b[0] = k;
			gn_share_give(&p->sim.nodes[i].jet->memory, &other, JET_MEMORY_STEP);
		}
	jet_sim_run(&p->sim, p->sim.now + GN_SEC); /* the counter moves with the next bytes */
	for (int i = 0; i < 2; i++)
		app_send(&p->sim, i, 600000, true, GN_JET_FILES);
	for (int i = 0; i < 2; i++)
		jet_sim_flush(&p->sim, i);
	finish(p);
}

static bool to_server_lost;

static bool lose_to_server(struct jet_sim *sim, int from, int to, uint8_t *data, size_t len)
{
	(void)sim, (void)to, (void)data, (void)len;
	return from != 0 || !to_server_lost;
}

/* A peer that opens its window and acknowledges nothing gets its own and its share of what is written to it. What room
 * there is said to be, a write takes; when it acknowledges, the writer goes on. */
static void test_who_acknowledges_nothing_gets_no_more_than_the_share(void **state)
{
	(void)state;
	struct gn_jet_config wide = {.stream_window = 8u << 20, .session_window = 16u << 20}, large = little;
	large.send_buffer = 4u << 20; /* a sixteenth of it is more than there will be */
	struct pair *p = start(&wide, &large);
	p->sim.tap = lose_to_server;
	to_server_lost = true;
	struct jet_session *s = session(p, 1);
	assert_true(gn_jet_room(p->sim.nodes[1].jet, s->id, true, GN_JET_FILES) >= 65536 + 512); /* a chunk */
	app_send(&p->sim, 1, 2000000, true, GN_JET_FILES);
	app_send(&p->sim, 1, 2000000, true, GN_JET_CRITICAL);
	assert_int_equal(s->tx_buffered, JET_SEND_RESERVE + JET_MEMORY_STEP);
	assert_int_equal(jet_sim_counter(&p->sim, 1, "stream-bytes-shared"), JET_MEMORY_STEP);
	assert_int_equal(gn_jet_room(p->sim.nodes[1].jet, s->id, true, GN_JET_CRITICAL), 0);
	jet_sim_flush(&p->sim, 1);
	jet_sim_run(&p->sim, p->sim.now + 5 * GN_SEC);
	assert_int_equal(s->tx_buffered, JET_SEND_RESERVE + JET_MEMORY_STEP);
	to_server_lost = false;
	finish(p);
}

/* The server has no room for one stream's pieces before another's gap is filled, and the piece that fills it is the
 * last in flight. What is refused, again and again, keeps it from nobody. */
static void test_what_is_refused_does_not_keep_back_the_rest(void **state)
{
	(void)state;
	struct pair *p = start(NULL, &little);
	struct jet_session *s = session(p, 1);
	struct gn_holder holder = s->holder;
	assert_int_equal(gn_share_take(&p->sim.nodes[1].jet->memory, &holder, JET_MEMORY_STEP), GN_OK);
	p->sim.nodes[1].jet->recv_reserve = 4096;
	p->sim.tap = lose_to_server;
	gn_jet_stream gap = app_send(&p->sim, 0, 0, true, GN_JET_INTERACTIVE);
	struct app_stream *g = app_stream(&p->app[0], gap);
	g->writes = true;
	g->total = 1000;
	to_server_lost = true;
	uint8_t bytes[3000];
	size_t taken;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = app_byte(gap, i);
	assert_int_equal(gn_jet_stream_write(p->sim.nodes[0].jet, p->id, gap, gn_slice(bytes, 1000), false, &taken),
			 GN_OK);
	jet_sim_flush(&p->sim, 0);
	to_server_lost = false;
	assert_int_equal(
		gn_jet_stream_write(p->sim.nodes[0].jet, p->id, gap, gn_slice(bytes + 1000, 2000), true, &taken),
		GN_OK);
	g->written = g->total = 3000;
	jet_sim_flush(&p->sim, 0);
	app_send(&p->sim, 0, 6000, true, GN_JET_INTERACTIVE); /* refused: its first piece needs 2 KiB */
	jet_sim_flush(&p->sim, 0);
	jet_sim_run(&p->sim, p->sim.now + 6 * GN_MSEC);
	to_server_lost = true; /* the gap's second try */
	jet_sim_run(&p->sim, p->sim.now + 20 * GN_MSEC);
	to_server_lost = false;
	assert_int_equal(s->rx_held, 4096);
	assert_true(jet_sim_counter(&p->sim, 1, "stream-memory-limit") > 0);
	assert_true(jet_sim_run_until(&p->sim, pair_all_done, p->sim.now + 40 * GN_SEC));
	gn_share_give(&p->sim.nodes[1].jet->memory, &holder, JET_MEMORY_STEP);
	finish(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_far_bytes_hold_no_more_than_the_share),
		cmocka_unit_test(test_a_session_without_a_share_goes_on),
		cmocka_unit_test(test_who_acknowledges_nothing_gets_no_more_than_the_share),
		cmocka_unit_test(test_what_is_refused_does_not_keep_back_the_rest),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
