/* turned.h: the fixture, and a client that is our own engine. */
#include "node/testing/turned.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ROUNDS 20000 /* of looking whether something came: it does in a few */

struct turned turned;

static void no_log(void *user, enum gn_log_level level, const char *module, const char *event,
		   const char *text)
{
	(void)user;
	(void)level;
	(void)module;
	(void)event;
	(void)text;
}

static gn_time cpu(void)
{
	gn_time now = turned.cpu_used;
	turned.cpu_used += turned.cpu_each;
	return now;
}

void turned_write_users(const char *text)
{
	assert_int_equal(gn_os_file_write(turned.node.host.dir, "turn-users", gn_str(text)), GN_OK);
}

int turned_set_up(void **state)
{
	char path[] = "/tmp/geonet-turn-XXXXXX", advertise[32];
	char why[GN_HOST_WHY] = "";
	(void)state;
	memset(&turned, 0, sizeof turned);
	gn_host_settings_default(gn_node_settings, &turned.node.config, sizeof turned.node.config);
	assert_non_null(mkdtemp(path));
	snprintf(turned.node.config.data, sizeof turned.node.config.data, "%s", path);
	assert_int_equal(gn_os_dir_open(path, &turned.node.host.dir), GN_OK);
	turned_write_users("ann:secret\n");
	turned.node.config.pow_bits = 1;
	turned.node.config.turn = turned.node.config.turn_private = true;
	turned.node.outside.cpu = cpu;
	turned.node.now = turned.node.started = gn_os_steady();
	turned.node.host.rand = gn_rand_system();
	turned.node.host.log = (struct gn_log){no_log, NULL, GN_LOG_ERROR};
	uv_loop_init(&turned.node.host.loop);
	gn_sk_from_seed((const uint8_t[32]){1}, &turned.node.key);
	assert_int_equal(gn_overlay_id_search(&turned.node.key.pk, 1, 0, 1000, turned.node.nonce),
			 GN_OK);
	assert_int_equal(gn_udp_open(0, &turned.node.udp), GN_OK);
	snprintf(advertise, sizeof advertise, "127.0.0.1:%u", gn_udp_port(turned.node.udp));
	snprintf(turned.node.config.advertise, sizeof turned.node.config.advertise, "%s",
		 advertise);
	assert_int_equal(gn_node_engines_new(&turned.node), GN_OK);
	assert_int_equal(gn_node_turn_new(&turned.node, why), GN_OK);
	struct gn_addr at = gn_addr_v4(127, 0, 0, 1, 0), other = gn_addr_v4(127, 0, 0, 3, 0);
	assert_int_equal(gn_udp_open_at(&at, &turned.client), GN_OK);
	assert_int_equal(gn_udp_open_at(&other, &turned.peer), GN_OK);
	return 0;
}

int turned_tear_down(void **state)
{
	char command[160];
	(void)state;
	gn_node_turn_free(&turned.node);
	gn_node_turn_free(&turned.node); /* twice is fine */
	uv_run(&turned.node.host.loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&turned.node.host.loop), 0);
	gn_node_engines_free(&turned.node);
	gn_udp_close(turned.node.udp);
	gn_udp_close(turned.client);
	gn_udp_close(turned.peer);
	gn_sk_wipe(&turned.node.key);
	gn_os_dir_close(turned.node.host.dir);
	snprintf(command, sizeof command, "rm -r '%.100s'", turned.node.config.data);
	return system(command); /* NOLINT(cert-env33-c): a name that mkdtemp made */
}

uint64_t turned_counter(const char *name)
{
	struct gn_counter c;
	for (size_t i = 0; gn_node_turn_counter_at(&turned.node, i, &c); i++)
		if (strcmp(c.name, name) == 0)
			return c.value;
	fail_msg("there is no counter %s", name);
	return 0;
}

static void take(void *user, const struct gn_addr *from, struct gn_slice datagram)
{
	(void)user;
	turned.got.from = *from;
	turned.got.len = datagram.len;
	memcpy(turned.got.b, datagram.p, datagram.len);
	turned.got.count++;
}

/* The next datagram at a socket, while the node's relays are served; false: none comes. */
bool turned_next(struct gn_udp *at)
{
	size_t before = turned.got.count;
	for (int i = 0; i < ROUNDS && turned.got.count == before; i++) {
		uv_run(&turned.node.host.loop, UV_RUN_NOWAIT);
		(void)!gn_udp_recv(at, take, NULL);
	}
	return turned.got.count > before;
}

struct gn_addr turned_addr_of(const struct gn_udp *udp, uint8_t last)
{
	return gn_addr_v4(127, 0, 0, last, gn_udp_port(udp));
}

/* 20 bytes; method 1 is Binding. */
struct gn_slice turned_ask(uint8_t method)
{
	static uint8_t request[20] = {0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 'a', 's', 'k'};
	request[1] = method;
	return GN_SLICE(request);
}

void turned_to_node(struct gn_slice bytes)
{
	struct gn_way from = {.addr = turned_addr_of(turned.client, 1)};
	gn_node_recv(&turned.node, &from, bytes);
}

/* One answer of the node's at the client's socket; what it brought of a peer's is in data. */
bool turned_hear(struct gn_slice *data)
{
	struct gn_addr from;
	*data = gn_slice(NULL, 0);
	if (!turned_next(turned.client))
		return false;
	return gn_turn_client_recv(&turned.turn, gn_slice(turned.got.b, turned.got.len),
				   turned.node.now, &from, data) == GN_OK;
}

void turned_converse(void)
{
	struct gn_slice out, data;
	while (gn_turn_client_next(&turned.turn, turned.node.now, &out)) {
		turned_to_node(out);
		assert_true(turned_hear(&data));
	}
}

bool turned_event(enum gn_turn_client_tell tell)
{
	struct gn_turn_client_event e;
	return gn_turn_client_event(&turned.turn, &e) && e.tell == tell && !e.err;
}

/* An allocation, and a channel to the peer. */
void turned_relay_to_peer(void)
{
	struct gn_turn_client_config config = {.server = turned_addr_of(turned.node.udp, 1),
					       .user = GN_LIT("ann"),
					       .password = GN_LIT("secret")};
	struct gn_addr to = turned_addr_of(turned.peer, 3);
	assert_int_equal(
		gn_turn_client_init(&turned.turn, &turned.node.host.rand, &config, turned.node.now),
		GN_OK);
	turned_converse();
	assert_true(turned_event(GN_TURN_READY));
	assert_int_equal(gn_turn_client_peer(&turned.turn, &to, turned.node.now), GN_OK);
	turned_converse();
	assert_true(turned_event(GN_TURN_PEERED));
}

void turned_send_to_peer(struct gn_slice data)
{
	static struct gn_turn_room room;
	struct gn_addr to = turned_addr_of(turned.peer, 3);
	struct gn_slice out;
	assert_int_equal(gn_turn_client_send(&turned.turn, &to, data, turned.node.now, &room, &out),
			 GN_OK);
	turned_to_node(out);
}
