/* Limits of tunnels at their value and one past it: heads on their way, what one key opens, what
 * programs have; the head's own bounds; and who may have a node connect for them. Rule RE-63. */
#include "node/forward.h"
#include "node/peers_int.h"
#include "node/testing/whole.h"
#include "node/tunnel_head.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MANY 10u

static struct whole w;
static unsigned opened, rooms;
static gn_err ended[2 * GN_NODE_TUNNELS_KEY];
static unsigned ends;

static void on_tunnel(void *user, unsigned node, const struct gn_tunnel_event *e)
{
	(void)user;
	opened += e->what == GN_TUNNEL_OPEN && e->opened;
	rooms += e->what == GN_TUNNEL_ROOM && node == 1;
	if (e->what == GN_TUNNEL_OVER && node == 1 && ends < GN_COUNT(ended))
		ended[ends++] = e->err;
}

static void on_running(void *user, unsigned node)
{
	(void)user;
	whole_bootstrap_first(&w, node, 1);
}

static void make(unsigned nodes)
{
	opened = rooms = ends = 0;
	whole_init(&w,
		   &(struct whole_options){.seed = 64,
					   .nodes = nodes,
					   .pow_bits = 1,
					   .hooks = {.running = on_running, .tunnel = on_tunnel}});
	for (unsigned i = 0; i < nodes; i++) {
		whole_start(&w, whole_add(&w));
		whole_run_for(&w, 5 * GN_SEC);
	}
}

static struct gn_node *at(unsigned i)
{
	return whole_node(&w, i);
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

/* Streams of `from` to `to` on which two bytes of a head come. */
static void begin_heads(unsigned from, unsigned to, unsigned count)
{
	gn_jet_id session = gn_node_peers_session(at(from), &at(to)->key.pk);
	gn_jet_stream stream;
	size_t taken;
	if (!session)
		assert_int_equal(gn_node_peers_reach(at(from), &at(to)->key.pk), GN_OK);
	whole_moved(&w, from);
	whole_run_for(&w, GN_SEC);
	session = gn_node_peers_session(at(from), &at(to)->key.pk);
	for (unsigned i = 0; i < count; i++) {
		assert_int_equal(gn_jet_stream_open(at(from)->jet, session, false,
						    GN_JET_INTERACTIVE, &stream),
				 GN_OK);
		assert_int_equal(gn_jet_stream_write(at(from)->jet, session, stream, GN_LIT("\1\1"),
						     false, &taken),
				 GN_OK);
	}
	whole_moved(&w, from);
	whole_run_for(&w, 100 * GN_MSEC);
}

static void put_head(unsigned from, struct gn_slice bytes)
{
	gn_jet_id session = gn_node_peers_session(at(from), &at(0)->key.pk);
	gn_jet_stream stream;
	size_t taken;
	assert_int_equal(
		gn_jet_stream_open(at(from)->jet, session, false, GN_JET_INTERACTIVE, &stream),
		GN_OK);
	assert_int_equal(gn_jet_stream_write(at(from)->jet, session, stream, bytes, false, &taken),
			 GN_OK);
	whole_moved(&w, from);
	whole_run_for(&w, 100 * GN_MSEC);
}

static void heads_on_their_way_are_bounded(void **state)
{
	(void)state;
	make(MANY);
	begin_heads(1, 0, GN_NODE_TUNNELS_KEY);
	assert_int_equal(at(0)->tunnels.heads, GN_NODE_TUNNELS_KEY);
	begin_heads(1, 0, 1);
	assert_int_equal(at(0)->tunnels.heads, GN_NODE_TUNNELS_KEY);
	assert_int_equal(counted(0, "tunnel-refused-share"), 1);
	whole_run_for(&w, GN_NODE_TUNNEL_HEAD_TIME - 2 * GN_SEC);
	assert_int_equal(at(0)->tunnels.heads, GN_NODE_TUNNELS_KEY);
	whole_run_for(&w, 2 * GN_SEC);
	assert_int_equal(at(0)->tunnels.heads, 0);
	assert_int_equal(counted(0, "tunnel-refused-head"), GN_NODE_TUNNELS_KEY);
	assert_int_equal(at(0)->tunnels.share.used, 0);
	/* what is no head at all is refused at once */
	put_head(1, GN_LIT("\2\1\0\0x"));
	assert_int_equal(counted(0, "tunnel-refused-head"), GN_NODE_TUNNELS_KEY + 1);
	assert_int_equal(at(0)->tunnels.by_id.count, 0);
	/* of all there are so many: then the oldest gives way */
	const unsigned keys = GN_NODE_TUNNELS / GN_NODE_TUNNELS_KEY;
	for (unsigned i = 2; i <= keys + 1; i++)
		begin_heads(i, 0, GN_NODE_TUNNELS_KEY);
	begin_heads(keys + 2, 0, GN_NODE_TUNNELS % GN_NODE_TUNNELS_KEY);
	assert_int_equal(at(0)->tunnels.heads, GN_NODE_TUNNELS);
	assert_int_equal(counted(0, "tunnel-gave-way-head"), 0);
	put_head(keys + 3, GN_LIT("\1"));
	assert_int_equal(at(0)->tunnels.heads, GN_NODE_TUNNELS);
	assert_int_equal(counted(0, "tunnel-gave-way-head"), 1);
	whole_free(&w);
}

static uint64_t dial(unsigned from, unsigned to)
{
	uint64_t id = 0;
	const struct gn_tunnel_dial d = {.pk = w.nodes[to]->node.key.pk, /* it may be dead */
					 .service = GN_LIT("x"),
					 .class = GN_JET_FILES,
					 .patience = GN_NODE_TUNNEL_PATIENCE * GN_MSEC};
	assert_int_equal(gn_node_tunnel_dial(at(from), &d, &id), GN_OK);
	return id;
}

static void one_key_has_its_share(void **state)
{
	uint64_t id;
	(void)state;
	make(3);
	for (unsigned i = 0; i < GN_NODE_TUNNELS_KEY + 2; i++)
		assert_int_equal(gn_node_tunnel_listen(at(2), GN_LIT("x"), NULL, NULL, &id), GN_OK);
	for (unsigned i = 0; i < GN_NODE_TUNNELS_KEY; i++)
		id = dial(1, 2);
	whole_moved(&w, 1);
	whole_run_for(&w, 2 * GN_SEC);
	assert_int_equal(opened, GN_NODE_TUNNELS_KEY);
	assert_int_equal(counted(2, "tunnel-opened"), GN_NODE_TUNNELS_KEY);
	assert_int_equal(counted(2, "tunnel-refused-share"), 0);
	(void)dial(1, 2);
	whole_moved(&w, 1);
	whole_run_for(&w, GN_SEC);
	assert_int_equal(opened, GN_NODE_TUNNELS_KEY);
	assert_int_equal(ends, 1);
	assert_int_equal(ended[0], GN_QUOTA);
	assert_int_equal(counted(2, "tunnel-refused-share"), 1);
	/* another has its own; and what is given back may be had again */
	(void)dial(0, 2);
	whole_moved(&w, 0);
	whole_run_for(&w, GN_SEC);
	assert_int_equal(opened, GN_NODE_TUNNELS_KEY + 1);
	gn_node_tunnel_reset(at(1), id, GN_CANCELLED);
	whole_moved(&w, 1);
	whole_run_for(&w, GN_SEC);
	(void)dial(1, 2);
	whole_moved(&w, 1);
	whole_run_for(&w, GN_SEC);
	assert_int_equal(opened, GN_NODE_TUNNELS_KEY + 2);
	assert_int_equal(at(2)->tunnels.share.config.per_prefix, GN_NODE_TUNNELS_PREFIX);
	whole_free(&w);
}

static void programs_have_so_many(void **state)
{
	uint64_t id;
	(void)state;
	make(1);
	for (unsigned i = 0; i < GN_NODE_TUNNELS; i++)
		assert_int_equal(gn_node_tunnel_listen(at(0), GN_LIT("x"), NULL, NULL, &id), GN_OK);
	uint64_t more;
	const struct gn_tunnel_dial d = {.service = GN_LIT("x"), .class = GN_JET_FILES};
	assert_int_equal(gn_node_tunnel_listen(at(0), GN_LIT("x"), NULL, NULL, &more), GN_LIMIT);
	assert_int_equal(gn_node_tunnel_dial(at(0), &d, &more), GN_LIMIT);
	gn_node_tunnel_reset(at(0), id, GN_CANCELLED);
	assert_int_equal(gn_node_tunnel_listen(at(0), GN_LIT("x"), NULL, NULL, &more), GN_OK);
	whole_free(&w);
}

/* What was asked by a session whose peer has begun anew is asked by the next one. */
static void a_dial_goes_on_with_another_session(void **state)
{
	uint64_t id;
	(void)state;
	make(3);
	whole_kill(&w, 2);
	(void)dial(1, 2);
	whole_moved(&w, 1);
	whole_run_for(&w, 100 * GN_MSEC);
	whole_start(&w, 2);
	whole_run_for(&w, GN_NODE_TUNNEL_TRY);
	assert_int_equal(gn_node_tunnel_listen(at(2), GN_LIT("x"), NULL, NULL, &id), GN_OK);
	assert_int_equal(gn_node_peers_reach(at(2), &at(1)->key.pk), GN_OK);
	whole_moved(&w, 2);
	whole_run_for(&w, GN_NODE_TUNNEL_ANEW + 5 * GN_SEC);
	assert_int_equal(opened, 1);
	whole_free(&w);
}

/* Without memory for what is written: it is told of room a little later. */
static void who_had_no_memory_is_told_of_room(void **state)
{
	static uint8_t bytes[60000];
	uint64_t in, out;
	size_t taken;
	(void)state;
	make(3);
	assert_int_equal(gn_node_tunnel_listen(at(2), GN_LIT("x"), NULL, NULL, &in), GN_OK);
	out = dial(1, 2);
	whole_moved(&w, 1);
	whole_run_for(&w, GN_SEC);
	assert_int_equal(opened, 1);
	whole_moved(&w, 1);
	struct gn_alloc *jet = &at(1)->alloc[0];
	size_t budget = jet->limit;
	jet->limit = jet->used;
	rooms = 0;
	assert_int_equal(gn_node_tunnel_write(at(1), out, GN_SLICE(bytes), &taken), GN_OK);
	assert_int_equal(taken, 0);
	jet->limit = budget;
	whole_moved(&w, 1);
	whole_run_for(&w, GN_NODE_TUNNEL_STUCK / 2);
	assert_int_equal(rooms, 0);
	whole_run_for(&w, GN_NODE_TUNNEL_STUCK);
	assert_int_equal(rooms, 1);
	assert_int_equal(gn_node_tunnel_write(at(1), out, GN_SLICE(bytes), &taken), GN_OK);
	assert_int_equal(taken, sizeof bytes);
	whole_free(&w);
}

static void a_head_at_its_bounds(void **state)
{
	static uint8_t room[TUNNEL_HEAD + 1], long_one[GN_TOKEN_MAX + 1];
	struct tunnel_head back,
		head = {gn_slice(long_one, TUNNEL_SERVICE), gn_slice(long_one, GN_TOKEN_MAX)};
	struct gn_buf out = {room, 0, TUNNEL_HEAD};
	(void)state;
	memset(long_one, 'a', sizeof long_one);
	assert_int_equal(tunnel_head_put(&head, &out), GN_OK);
	assert_int_equal(out.len, TUNNEL_HEAD);
	assert_int_equal(tunnel_head_want(gn_slice(room, 3)), TUNNEL_FIXED);
	assert_int_equal(tunnel_head_want(gn_slice(room, 4)), TUNNEL_HEAD);
	assert_int_equal(tunnel_head_want(gn_slice(room, TUNNEL_HEAD)), TUNNEL_HEAD);
	assert_int_equal(tunnel_head_parse(gn_buf_slice(&out), &back), GN_OK);
	assert_true(gn_slice_eq(back.service, head.service) && gn_slice_eq(back.token, head.token));
	assert_int_equal(tunnel_head_parse(gn_slice(room, TUNNEL_HEAD - 1), &back), GN_MALFORMED);
	assert_int_equal(tunnel_head_parse(gn_slice(room, TUNNEL_HEAD + 1), &back), GN_MALFORMED);
	head.service.len++;
	assert_int_equal(tunnel_head_put(&head, &out), GN_RANGE);
	head.service.len = 0;
	assert_int_equal(tunnel_head_put(&head, &out), GN_RANGE);
	head = (struct tunnel_head){GN_LIT("x"), gn_slice(long_one, GN_TOKEN_MAX + 1)};
	assert_int_equal(tunnel_head_put(&head, &out), GN_TOO_LARGE);
	head = (struct tunnel_head){GN_LIT("\xff"), gn_slice(NULL, 0)};
	assert_int_equal(tunnel_head_put(&head, &out), GN_TEXT);
	static const uint8_t token_long[] = {1, 1, (GN_TOKEN_MAX + 1) >> 8,
					     (GN_TOKEN_MAX + 1) & 255};
	assert_int_equal(tunnel_head_want(GN_SLICE(token_long)), sizeof token_long);
	assert_int_equal(tunnel_head_parse(GN_SLICE(token_long), &back), GN_TOO_LARGE);
	assert_int_equal(tunnel_head_parse(GN_LIT("\1\0\0\0"), &back), GN_MALFORMED);
	uint8_t answer[TUNNEL_ANSWER];
	for (unsigned code = 0; code <= GN_ERR_COUNT; code++) {
		tunnel_answer_put((gn_err)code, answer);
		assert_int_equal(tunnel_answer_get(answer),
				 code == GN_ERR_COUNT ? GN_REMOTE : (gn_err)code);
	}
	answer[0]++;
	assert_int_equal(tunnel_answer_get(answer), GN_VERSION);
}

static gn_err right(const char *service, const struct gn_pk *from)
{
	struct forward_to to;
	const struct gn_tunnel_event e = {.pk = *from, .service = gn_str(service)};
	return forward_right(at(0), &e, &to);
}

static void set(const char *value)
{
	char why[GN_HOST_WHY];
	assert_int_equal(gn_host_setting_set(gn_node_settings, &at(0)->config, GN_LIT("forward"),
					     gn_str(value), why),
			 GN_OK);
}

static void who_may_have_it_connect(void **state)
{
	struct gn_pk ann = {{1}}, ben = {{2}};
	char value[200] = "db:5432 ", hex[65], why[GN_HOST_WHY];
	(void)state;
	make(1);
	assert_int_equal(right("forward/localhost/80", &ann), GN_DENIED);
	set("LocalHost:80");
	set("[::1]:443");
	gn_hex(GN_SLICE(ann.b), hex);
	strcat(value, hex);
	set(value);
	assert_int_equal(right("forward/localhost/80", &ann), GN_OK);
	assert_int_equal(right("forward/localhost/80", &ben), GN_OK);
	assert_int_equal(right("forward/::1/443", &ben), GN_OK);
	assert_int_equal(right("forward/db/5432", &ann), GN_OK);
	assert_int_equal(right("forward/db/5432", &ben), GN_DENIED);
	static const char *const denied[] = {"forward/localhost/8",    "forward/localhost/800",
					     "forward/localhos/80",    "forward/localhost2/80",
					     "forward/[::1]/443",      "forward/127.0.0.2/80",
					     "forward/127.0.0.1/5432", "forward/localhost:80/80"};
	/* the machine by its other name: what the setting says is connected to */
	struct forward_to to;
	struct gn_tunnel_event e = {.pk = ben, .service = GN_LIT("forward/127.0.0.1/80")};
	assert_int_equal(forward_right(at(0), &e, &to), GN_OK);
	assert_string_equal(to.host, "LocalHost");

	for (size_t i = 0; i < GN_COUNT(denied); i++)
		assert_int_equal(right(denied[i], &ann), GN_DENIED);
	static const char *const none[] = {
		"forward/",           "forward/localhost",     "forward//80",
		"forward/localhost/", "forward/localhost/080", "forward/localhost/65536",
		"forward/a/80/1",     "forward/localhost/+80"};
	for (size_t i = 0; i < GN_COUNT(none); i++)
		assert_int_equal(right(none[i], &ann), GN_USAGE);
	/* what is no such setting; and one more than there may be */
	static const char *const bad[] = {"localhost", "localhost:0", "::1:80",
					  "a:1 b",     "a:1 ",        ":80"};
	for (size_t i = 0; i < GN_COUNT(bad); i++)
		assert_int_equal(gn_host_setting_set(gn_node_settings, &at(0)->config,
						     GN_LIT("forward"), gn_str(bad[i]), why),
				 GN_USAGE);
	while (at(0)->config.forward_count < GN_NODE_FORWARDS)
		set("more:1");
	assert_int_equal(gn_host_setting_set(gn_node_settings, &at(0)->config, GN_LIT("forward"),
					     GN_LIT("more:1"), why),
			 GN_USAGE);
	whole_free(&w);
}

/* Who says nothing, and who has ended one way, does not keep a place; who talked may be silent. */
static void who_says_nothing_has_no_place(void **state)
{
	(void)state;
	assert_false(forward_is_idle(false, false, GN_NODE_FORWARD_MUTE - 1));
	assert_true(forward_is_idle(false, false, GN_NODE_FORWARD_MUTE));
	assert_false(forward_is_idle(true, false, 1000 * GN_NODE_FORWARD_MUTE));
	assert_false(forward_is_idle(true, true, GN_NODE_FORWARD_HALF - 1));
	assert_true(forward_is_idle(true, true, GN_NODE_FORWARD_HALF));
	assert_true(forward_is_idle(false, true, GN_NODE_FORWARD_HALF));
	assert_true(GN_NODE_FORWARD_LOOK < GN_NODE_FORWARD_HALF &&
		    GN_NODE_FORWARD_HALF < GN_NODE_FORWARD_MUTE &&
		    GN_NODE_FORWARD_ALIVE * GN_SEC < GN_NODE_FORWARD_MUTE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(heads_on_their_way_are_bounded),
		cmocka_unit_test(one_key_has_its_share),
		cmocka_unit_test(programs_have_so_many),
		cmocka_unit_test(a_dial_goes_on_with_another_session),
		cmocka_unit_test(who_had_no_memory_is_told_of_room),
		cmocka_unit_test(a_head_at_its_bounds),
		cmocka_unit_test(who_may_have_it_connect),
		cmocka_unit_test(who_says_nothing_has_no_place),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
