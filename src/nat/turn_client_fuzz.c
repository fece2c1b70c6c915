/* The TURN client and our server on a wire that loses, repeats and changes what it carries, with a
 * server that says what it likes: both are whole after each step, and when the wire is good again
 * the client has an address within a minute, or says why not. Rule RE-47. */
#include "nat/turn_client_int.h"
#include "nat/turn_server_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct world {
	struct gn_reader r;
	struct gn_alloc alloc;
	struct gn_prng prng;
	struct gn_rand rand;
	struct gn_env env;
	struct gn_turn_server *s;
	struct gn_turn_client c;
	struct gn_turn_from from;
	gn_time now;
	struct gn_turn_room room;
	struct gn_turn_out out;
	uint8_t wire[GN_TURN_FRAME_MAX];
	unsigned port; /* of the next relay */
} w;

static void start_server(void)
{
	struct gn_turn_server_config config = {.v4 = true};
	config.stun.at[0] = gn_addr_v4(203, 0, 113, 1, 3478);
	gn_turn_server_free(w.s);
	gn_err err = gn_turn_server_new(&w.env, &config, &w.s);
	if (err == GN_OK)
		err = gn_turn_server_user(w.s, GN_LIT("ann"), GN_LIT("secret"));
	GN_ASSERT(err == GN_OK);
}

static struct gn_addr peer(uint8_t n)
{
	return gn_addr_v4(192, 0, 2, n & 63, (uint16_t)(700 + (n >> 6)));
}

/* To the client, perhaps twice and changed. */
static void to_client(struct gn_slice bytes, uint8_t how)
{
	struct gn_addr from;
	struct gn_slice data;
	if (how & 1 || bytes.len > sizeof w.wire)
		return;
	memcpy(w.wire, bytes.p, bytes.len);
	if (how & 2 && bytes.len)
		w.wire[gn_read_be16(&w.r) % bytes.len] ^= (uint8_t)(1u << (how >> 5));
	for (int i = 0; i <= (how & 4); i += 4) {
		gn_err err =
			gn_turn_client_recv(&w.c, gn_slice(w.wire, bytes.len), w.now, &from, &data);
		GN_ASSERT(err == GN_OK || err == GN_MALFORMED || err == GN_STALE ||
			  err == GN_SIGNATURE || err == GN_LIMIT);
		GN_ASSERT(!data.p || (data.p >= w.wire && data.p + data.len <= w.wire + bytes.len));
		gn_turn_client_validate(&w.c);
	}
}

static void open_relays(uint8_t how)
{
	struct gn_turn_server_event e;
	while (gn_turn_server_event(w.s, &e)) {
		struct gn_addr at = gn_addr_v4(203, 0, 113, 1, (uint16_t)(50000 + w.port++ % 8000));
		if (e.tell == GN_TURN_CLOSE ||
		    gn_turn_server_opened(w.s, e.relay, how & 8 ? NULL : &at, w.now, &w.room,
					  &w.out) != GN_OK)
			continue;
		to_client(w.out.bytes, how);
	}
}

/* To the server, and what it says to it back. */
static void to_server(struct gn_slice bytes, uint8_t how)
{
	static uint8_t copy[GN_TURN_FRAME_MAX];
	if (how & 0x10 || bytes.len > sizeof copy)
		return;
	memcpy(copy, bytes.p, bytes.len);
	(void)!gn_turn_server_recv(w.s, &w.from, gn_slice(copy, bytes.len), w.now, &w.room, &w.out);
	if (w.out.to == GN_TURN_CLIENT)
		to_client(w.out.bytes, how);
	open_relays(how);
}

static void talk(uint8_t how)
{
	struct gn_slice out;
	for (int i = 0; i < 40 && gn_turn_client_next(&w.c, w.now, &out); i++) {
		GN_ASSERT(out.len <= STUN_SAID_MAX);
		to_server(out, how);
	}
}

/* An answer to the request on its way, of the input's making; signed where it says so. */
static void forge(void)
{
	static uint8_t bytes[1024];
	static const uint16_t types[] = {GN_STUN_NONCE,
					 GN_STUN_REALM,
					 GN_STUN_ERROR_CODE,
					 GN_STUN_PASSWORD_ALGORITHMS,
					 GN_STUN_ALTERNATE_SERVER,
					 GN_STUN_LIFETIME,
					 GN_STUN_XOR_RELAYED_ADDRESS,
					 GN_STUN_XOR_PEER_ADDRESS,
					 GN_STUN_DATA_VALUE};
	struct gn_stun_maker m;
	struct turn_client_key key;
	struct gn_slice made;
	uint8_t how = gn_read_u8(&w.r);
	gn_stun_begin(&m, bytes, sizeof bytes, (enum gn_stun_class)(how & 3),
		      w.c.method ? w.c.method : GN_STUN_DATA, &w.c.id);
	for (unsigned i = how >> 5; i > 0; i--) {
		uint8_t n = gn_read_u8(&w.r);
		struct gn_addr a = peer(n);
		uint16_t type = types[n % GN_COUNT(types)];
		if (type == GN_STUN_ERROR_CODE)
			gn_stun_put_error(&m, (uint16_t)(300 + gn_read_be16(&w.r) % 400), "");
		else if (type == GN_STUN_NONCE && n & 0x80)
			gn_stun_put(&m, type, GN_LIT("obMatJos2gAAA"));
		else if (type == GN_STUN_XOR_RELAYED_ADDRESS || type == GN_STUN_ALTERNATE_SERVER ||
			 type == GN_STUN_XOR_PEER_ADDRESS)
			gn_stun_put_addr(&m, type, type != GN_STUN_ALTERNATE_SERVER, &a);
		else
			gn_stun_put(&m, type, gn_read_bytes(&w.r, n & 31));
	}
	turn_client_key(&w.c, &key);
	if (how & 4)
		gn_stun_put_integrity(&m, key.sha256, gn_slice(key.b, key.len));
	if (gn_stun_end(&m, false, &made) == GN_OK)
		to_client(made, 0);
}

static void drain(void)
{
	struct gn_turn_client_event e;
	while (gn_turn_client_event(&w.c, &e))
		GN_ASSERT(e.tell != GN_TURN_ENDED || e.err != GN_OK);
}

static void step(uint8_t what)
{
	static struct gn_turn_room room;
	struct gn_slice out;
	struct gn_addr a;
	switch (what & 15) {
	case 0: start_server(); break;
	case 1: forge(); break;
	case 2:
		out = gn_read_bytes(&w.r, gn_read_u8(&w.r));
		if (out.p)
			to_client(out, 0);
		break;
	case 3:
		a = peer(gn_read_u8(&w.r));
		gn_turn_client_peer_gone(&w.c, &a);
		break;
	case 4:
	case 5:
		a = peer(gn_read_u8(&w.r));
		(void)!gn_turn_client_peer(&w.c, &a, w.now);
		break;
	case 6:
		a = peer(gn_read_u8(&w.r));
		if (gn_turn_client_send(&w.c, &a, GN_LIT("data"), w.now, &room, &out) == GN_OK)
			to_server(out, 0);
		break;
	case 7:
		if (w.c.state == GN_TURN_MOVED)
			gn_turn_client_go(&w.c, w.now);
		break;
	case 8: drain(); break;
	case 9:
	case 10: w.now = gn_time_min(gn_turn_client_deadline(&w.c), w.now + 600 * GN_SEC); break;
	case 11: w.now += (gn_time)(what >> 4) * 10 * GN_SEC; break;
	case 12:
		if (what == 0xfc)
			gn_turn_client_stop(&w.c, w.now);
		break;
	default: talk(what & 16 ? gn_read_u8(&w.r) : 0); break;
	}
	gn_turn_client_validate(&w.c);
	gn_turn_server_validate(w.s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gn_turn_client_config config = {.server = gn_addr_v4(203, 0, 113, 1, 3478),
					       .user = GN_LIT("ann"),
					       .password = GN_LIT("secret")};
	memset(&w, 0, sizeof w);
	w.r = gn_reader(gn_slice(data, size));
	w.now = INT64_C(1700000000) * GN_SEC;
	gn_alloc_heap(&w.alloc, 1 << 20);
	gn_prng_init(&w.prng, 1);
	w.rand = gn_prng_rand(&w.prng);
	w.env = (struct gn_env){.alloc = &w.alloc, .rand = &w.rand};
	w.from.addr = gn_addr_v4(198, 51, 100, 7, 4000);
	w.from.conn = config.stream = gn_read_u8(&w.r) & 1;
	start_server();
	gn_err err = gn_turn_client_init(&w.c, &w.rand, &config, w.now);
	GN_ASSERT(err == GN_OK);
	while (!w.r.bad && gn_reader_left(&w.r))
		step(gn_read_u8(&w.r));
	/* the wire is good, and the server is another one, which knows nothing */
	start_server();
	if (w.c.state == GN_TURN_MOVED)
		gn_turn_client_go(&w.c, w.now);
	for (int i = 0; i < 200 && w.c.state != GN_TURN_GONE; i++) {
		talk(0);
		if (w.c.state == GN_TURN_LIVE && w.c.heard == w.now && !w.c.method)
			break;
		w.now = gn_time_min(gn_turn_client_deadline(&w.c), w.now + 60 * GN_SEC);
	}
	GN_ASSERT(w.c.state == GN_TURN_LIVE || w.c.state == GN_TURN_GONE);
	gn_turn_client_fini(&w.c);
	gn_turn_server_free(w.s);
	GN_ASSERT(w.alloc.count == 0);
	return 0;
}
