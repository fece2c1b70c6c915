/* Tunnels between whole nodes: what one program writes the other reads, held back by who reads
 * slowly; ends and codes; who is refused, and each limit and one past it. Rules RE-63, RE-10. */
#include "node/peers_int.h"
#include "node/testing/whole.h"
#include "node/tunnel_head.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define NODES 3
#define LOG 64u

static struct whole w;
static struct {
	unsigned node;
	struct gn_tunnel_event e;
} told[LOG];
static unsigned told_count;
static bool end_at_once; /* who takes one has nothing to say */

static void on_tunnel(void *user, unsigned node, const struct gn_tunnel_event *e)
{
	(void)user;
	if (e->what == GN_TUNNEL_READABLE || e->what == GN_TUNNEL_ROOM)
		return;
	if (end_at_once && e->what == GN_TUNNEL_OPEN && !e->opened)
		assert_true(gn_node_tunnel_end(whole_node(&w, node), e->id));
	assert_true(told_count < LOG);
	told[told_count].node = node;
	told[told_count++].e = *e;
}

static void on_running(void *user, unsigned node)
{
	(void)user;
	whole_bootstrap_first(&w, node, 1);
}

static void make(void)
{
	told_count = 0;
	whole_init(&w,
		   &(struct whole_options){.seed = 63,
					   .nodes = NODES,
					   .pow_bits = 1,
					   .hooks = {.running = on_running, .tunnel = on_tunnel}});
	for (unsigned i = 0; i < NODES; i++) {
		whole_start(&w, whole_add(&w));
		whole_run_for(&w, 5 * GN_SEC);
	}
}

static struct gn_node *at(unsigned i)
{
	return whole_node(&w, i);
}

static uint64_t dial(unsigned from, unsigned to, const char *service)
{
	uint64_t id = 0;
	const struct gn_tunnel_dial d = {.pk = at(to)->key.pk,
					 .service = gn_str(service),
					 .class = GN_JET_FILES,
					 .patience = 15 * GN_SEC};
	assert_int_equal(gn_node_tunnel_dial(at(from), &d, &id), GN_OK);
	whole_moved(&w, from);
	return id;
}

static uint64_t listen_at(unsigned node, const char *service, const struct gn_pk *from)
{
	uint64_t id = 0;
	assert_int_equal(gn_node_tunnel_listen(at(node), gn_str(service), from, NULL, &id), GN_OK);
	return id;
}

static const struct gn_tunnel_event *heard(enum gn_tunnel_said what, unsigned node, uint64_t id)
{
	for (unsigned i = 0; i < told_count; i++)
		if (told[i].node == node && told[i].e.what == what && told[i].e.id == id)
			return &told[i].e;
	return NULL;
}

static gn_err over(unsigned node, uint64_t id)
{
	const struct gn_tunnel_event *e = heard(GN_TUNNEL_OVER, node, id);
	assert_non_null(e);
	return e->err;
}

static uint64_t counted(unsigned node, const char *name)
{
	struct gn_counter c;
	for (size_t i = 0; gn_node_tunnels_counter_at(at(node), i, &c); i++)
		if (strcmp(c.name, name) == 0)
			return c.value;
	fail();
	return 0;
}

/* A tunnel from 1 to 2. */
static void open_one(uint64_t *out, uint64_t *in)
{
	*in = listen_at(2, "x", NULL);
	*out = dial(1, 2, "x");
	whole_run_for(&w, 2 * GN_SEC);
	assert_non_null(heard(GN_TUNNEL_OPEN, 1, *out));
	assert_non_null(heard(GN_TUNNEL_OPEN, 2, *in));
}

static size_t put(unsigned node, uint64_t id, size_t len, uint8_t byte)
{
	static uint8_t bytes[65536];
	size_t taken, sum = 0;
	memset(bytes, byte, sizeof bytes);
	while (sum < len) {
		size_t n = len - sum < sizeof bytes ? len - sum : sizeof bytes;
		assert_int_equal(gn_node_tunnel_write(at(node), id, gn_slice(bytes, n), &taken),
				 GN_OK);
		sum += taken;
		if (!taken)
			break;
	}
	whole_moved(&w, node);
	return sum;
}

static size_t get(unsigned node, uint64_t id, size_t most, bool *end)
{
	static uint8_t bytes[65536];
	size_t len, sum = 0;
	*end = false;
	while (sum < most && !*end) {
		size_t cap = most - sum < sizeof bytes ? most - sum : sizeof bytes;
		if (gn_node_tunnel_read(at(node), id, bytes, cap, &len, end))
			break;
		sum += len;
	}
	whole_moved(&w, node);
	return sum;
}

static void both_ways_and_both_ends(void **state)
{
	uint64_t out, in;
	bool end;
	(void)state;
	make();
	open_one(&out, &in);
	const struct gn_tunnel_event *a = heard(GN_TUNNEL_OPEN, 1, out),
				     *b = heard(GN_TUNNEL_OPEN, 2, in);
	assert_true(a->opened && !b->opened);
	assert_true(gn_pk_eq(&a->pk, &at(2)->key.pk) && gn_pk_eq(&b->pk, &at(1)->key.pk));
	assert_memory_equal(a->exporter, b->exporter, sizeof a->exporter);
	assert_false(gn_is_zero(a->exporter, sizeof a->exporter));
	assert_int_equal(put(1, out, 1000, 'a'), 1000);
	assert_int_equal(put(2, in, 2000, 'b'), 2000);
	whole_run_for(&w, GN_SEC);
	assert_int_equal(get(2, in, SIZE_MAX, &end), 1000);
	assert_false(end);
	/* one end has nothing more to say, the other goes on */
	assert_true(gn_node_tunnel_end(at(1), out));
	whole_moved(&w, 1);
	whole_run_for(&w, GN_SEC);
	assert_int_equal(get(2, in, SIZE_MAX, &end), 0);
	assert_true(end);
	assert_int_equal(put(2, in, 500, 'c'), 500);
	whole_run_for(&w, GN_SEC);
	assert_int_equal(get(1, out, SIZE_MAX, &end), 2500);
	assert_false(end);
	assert_null(heard(GN_TUNNEL_OVER, 1, out));
	assert_true(gn_node_tunnel_end(at(2), in));
	whole_moved(&w, 2);
	whole_run_for(&w, GN_SEC);
	assert_int_equal(get(1, out, SIZE_MAX, &end), 0);
	assert_true(end);
	whole_run_for(&w, GN_SEC);
	assert_int_equal(over(1, out), GN_OK);
	assert_int_equal(over(2, in), GN_OK);
	assert_int_equal(at(2)->tunnels.share.used, 0);
	assert_int_equal(at(1)->tunnels.by_id.count + at(2)->tunnels.by_id.count, 0);
	whole_free(&w);
}

/* The end comes with the answer. */
static void who_has_nothing_to_say_may_listen(void **state)
{
	uint64_t out, in;
	bool end;
	(void)state;
	make();
	end_at_once = true;
	open_one(&out, &in);
	end_at_once = false;
	assert_int_equal(get(1, out, SIZE_MAX, &end), 0);
	assert_true(end);
	assert_int_equal(put(1, out, 1000, 'a'), 1000);
	assert_true(gn_node_tunnel_end(at(1), out));
	whole_moved(&w, 1);
	whole_run_for(&w, GN_SEC);
	assert_int_equal(get(2, in, SIZE_MAX, &end), 1000);
	whole_run_for(&w, GN_SEC);
	assert_int_equal(over(1, out), GN_OK);
	whole_free(&w);
}

/* Who does not read holds the other end back: what waits is bounded, and nothing of it is lost. */
static void a_slow_reader_holds_back_the_writer(void **state)
{
	uint64_t out, in;
	size_t written = 0;
	bool end;
	(void)state;
	make();
	open_one(&out, &in);
	for (unsigned i = 0; i < 40; i++) {
		written += put(1, out, 4u << 20, 'a');
		whole_run_for(&w, GN_SEC);
	}
	assert_in_range(written, 250u << 10, 4u << 20);
	assert_in_range(whole_memory(&w, 2), 0, 16u << 20);
	size_t read = get(2, in, SIZE_MAX, &end);
	for (unsigned i = 0; i < 200 && read < written; i++) {
		whole_run_for(&w, 100 * GN_MSEC);
		read += get(2, in, SIZE_MAX, &end);
	}
	assert_int_equal(read, written);
	whole_run_for(&w, GN_SEC);
	assert_int_equal(put(1, out, 1000, 'a'), 1000); /* and it goes on */
	whole_free(&w);
}

static void a_reset_is_told_with_its_code(void **state)
{
	uint64_t out, in;
	(void)state;
	make();
	for (unsigned way = 0; way < 2; way++) {
		open_one(&out, &in);
		if (way)
			gn_node_tunnel_reset(at(1), out, GN_DISK_FULL);
		else
			gn_node_tunnel_reset(at(2), in, GN_DISK_FULL);
		whole_moved(&w, way ? 1 : 2);
		whole_run_for(&w, GN_SEC);
		assert_int_equal(way ? over(2, in) : over(1, out), GN_DISK_FULL);
		assert_int_equal(at(1)->tunnels.by_id.count + at(2)->tunnels.by_id.count, 0);
	}
	/* a number that is of no error here */
	assert_int_equal(tunnel_code(0), GN_CLOSED);
	assert_int_equal(tunnel_code(GN_ERR_COUNT), GN_REMOTE);
	whole_free(&w);
}

/* RE-10: a session with a tunnel is kept, whatever is silent; without one it ends. */
static void a_tunnel_keeps_its_session(void **state)
{
	uint64_t out, in;
	bool end;
	(void)state;
	make();
	open_one(&out, &in);
	gn_jet_id session = gn_node_peers_session(at(1), &at(2)->key.pk);
	gn_node_peers_link(at(1), &at(2)->key.pk, false);
	gn_node_peers_link(at(2), &at(1)->key.pk, false);
	whole_run_for(&w, 600 * GN_SEC);
	struct gn_jet_info info;
	assert_int_equal(gn_jet_info(at(1)->jet, session, &info), GN_OK);
	assert_int_equal(put(1, out, 10, 'a'), 10);
	whole_run_for(&w, GN_SEC);
	assert_int_equal(get(2, in, SIZE_MAX, &end), 10);
	whole_free(&w);
}

/* The address of one end changes under it (RE-6, RE-10): not a byte is lost. */
static void a_tunnel_outlives_its_path(void **state)
{
	uint64_t out, in;
	size_t written = 0, read = 0;
	bool end;
	(void)state;
	make();
	open_one(&out, &in);
	for (unsigned i = 0; i < 120 && read < 2u << 20; i++) {
		if (written < 2u << 20)
			written += put(1, out, 64u << 10, 'a');
		if (i == 5)
			w.nodes[1]->addr = gn_addr_v4(99, 1, 7, 1, 7780);
		whole_run_for(&w, 500 * GN_MSEC);
		read += get(2, in, SIZE_MAX, &end);
	}
	assert_int_equal(read, written);
	assert_true(written >= 2u << 20);
	assert_null(heard(GN_TUNNEL_OVER, 1, out));
	whole_free(&w);
}

/* The peer's node dies without a word and begins anew: who is left is told. */
static void the_end_of_a_node_is_told(void **state)
{
	uint64_t out, in;
	(void)state;
	make();
	open_one(&out, &in);
	whole_kill(&w, 2);
	assert_int_equal(put(1, out, 10, 'a'), 10);
	whole_run_for(&w, 10 * GN_SEC);
	whole_start(&w, 2);
	/* its paths may come back, so it is given time */
	whole_run_for(&w, GN_NODE_TUNNEL_SILENT - 15 * GN_SEC);
	assert_null(heard(GN_TUNNEL_OVER, 1, out));
	whole_run_for(&w, 20 * GN_SEC);
	assert_int_equal(over(1, out), GN_CLOSED);
	/* and who says goodbye is believed at once */
	open_one(&out, &in);
	gn_node_peers_close(at(2));
	whole_moved(&w, 2);
	whole_run_for(&w, GN_SEC);
	assert_int_equal(over(1, out), GN_CLOSED);
	assert_int_equal(over(2, in), GN_CLOSED);
	assert_int_equal(at(1)->tunnels.by_id.count + at(2)->tunnels.by_id.count, 0);
	whole_free(&w);
}

static void who_is_refused_hears_why(void **state)
{
	(void)state;
	make();
	uint64_t id = dial(1, 2, "x");
	whole_run_for(&w, GN_SEC);
	assert_int_equal(over(1, id), GN_NOT_FOUND);
	assert_int_equal(counted(2, "tunnel-refused-nobody"), 1);
	/* who listens for another node alone is not there for others */
	uint64_t in = listen_at(2, "x", &at(0)->key.pk);
	id = dial(1, 2, "x");
	whole_run_for(&w, GN_SEC);
	assert_int_equal(over(1, id), GN_NOT_FOUND);
	(void)dial(0, 2, "x");
	whole_run_for(&w, GN_SEC);
	assert_non_null(heard(GN_TUNNEL_OPEN, 2, in));
	/* and while it serves one and takes no more, it is busy */
	id = dial(1, 2, "x");
	whole_run_for(&w, GN_SEC);
	assert_int_equal(over(1, id), GN_BUSY);
	/* the node's own are nobody's */
	uint64_t none;
	assert_int_equal(gn_node_tunnel_listen(at(2), GN_LIT("forward/h/1"), NULL, NULL, &none),
			 GN_DENIED);
	/* a service is one user's */
	uint64_t first = listen_at(2, "y", NULL);
	assert_int_equal(gn_node_tunnel_listen(at(2), GN_LIT("y"), NULL, &w, &none), GN_EXISTS);
	/* several listen: the one that came first takes the first */
	uint64_t second = listen_at(2, "y", NULL);
	(void)dial(1, 2, "y");
	whole_run_for(&w, GN_SEC);
	assert_non_null(heard(GN_TUNNEL_OPEN, 2, first));
	assert_null(heard(GN_TUNNEL_OPEN, 2, second));
	(void)dial(0, 2, "y");
	whole_run_for(&w, GN_SEC);
	assert_non_null(heard(GN_TUNNEL_OPEN, 2, second));
	whole_free(&w);
}

static void nobody_there_is_told_in_time(void **state)
{
	uint64_t id;
	(void)state;
	make();
	const struct gn_tunnel_dial d = {.pk = {{7}},
					 .service = GN_LIT("x"),
					 .class = GN_JET_INTERACTIVE,
					 .patience = GN_NODE_TUNNEL_PATIENCE_MAX * GN_MSEC};
	whole_moved(&w, 1);
	assert_int_equal(gn_node_tunnel_dial(at(1), &d, &id), GN_OK);
	whole_moved(&w, 1);
	whole_run_for(&w, (GN_NODE_TUNNEL_PATIENCE_MAX - 100) * GN_MSEC);
	assert_null(heard(GN_TUNNEL_OVER, 1, id));
	whole_run_for(&w, 200 * GN_MSEC);
	assert_int_equal(over(1, id), GN_UNREACHABLE);
	whole_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways_and_both_ends),
		cmocka_unit_test(who_has_nothing_to_say_may_listen),
		cmocka_unit_test(a_slow_reader_holds_back_the_writer),
		cmocka_unit_test(a_reset_is_told_with_its_code),
		cmocka_unit_test(a_tunnel_keeps_its_session),
		cmocka_unit_test(a_tunnel_outlives_its_path),
		cmocka_unit_test(the_end_of_a_node_is_told),
		cmocka_unit_test(who_is_refused_hears_why),
		cmocka_unit_test(nobody_there_is_told_in_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
