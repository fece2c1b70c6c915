/* A TURN server between clients, peers and an owner that do anything in any order: its state is
 * whole after each step, strangers get three bytes for one and no memory, what goes to a peer goes
 * where a permission is. Rules RE-51, RE-52. */
#include "nat/turn_server_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { WAYS = 6, OPENS = 8 };

static struct world {
	struct gn_reader r;
	struct gn_alloc alloc;
	struct gn_prng prng;
	struct gn_rand rand;
	struct gn_env env;
	struct gn_turn_server *s;
	gn_time now;
	struct gn_turn_room room;
	struct gn_turn_out out;
	struct gn_turn_stream streams[WAYS];
	struct gn_turn_server_event opens[OPENS]; /* that the owner is slow with */
	size_t open_count;
	uint32_t relays[4];
} w;

static struct gn_turn_from way(void)
{
	uint8_t n = gn_read_u8(&w.r) % WAYS;
	struct gn_turn_from from = {.addr = gn_addr_v4(198, 51, 100, n, 4000)};
	if (n > 3)
		from.conn = n;
	else if (n == 3)
		from.addr = (struct gn_addr){{0x20, 1, 0xd, 0xb8, [15] = 3}, 4000};
	return from;
}

static struct gn_addr peer(void)
{
	uint8_t n = gn_read_u8(&w.r);
	struct gn_addr a = gn_addr_v4(192, 0, 2, n & 15, (uint16_t)(n >> 4));
	if (n == 0xf0) /* our own */
		a = gn_addr_v4(203, 0, 113, 1, 50002);
	else if (n == 0xf1)
		a = gn_addr_v4(10, 0, 0, 1, 7);
	else if (n >= 0xf2)
		a = (struct gn_addr){{0x20, 1, 0xd, 0xb8, [15] = n}, 7};
	return a;
}

/* What came out is what may. */
static void look(size_t in_len, bool proven)
{
	gn_turn_server_validate(w.s);
	GN_ASSERT(w.out.to != GN_TURN_CLIENT || w.out.bytes.len <= sizeof w.room.b);
	if (w.out.to == GN_TURN_CLIENT && !proven)
		GN_ASSERT(w.out.bytes.len <= TURN_UNPROVEN_PART * in_len);
	if (w.out.to == GN_TURN_PEER) {
		struct turn_allocation *a = turn_relay(w.s, w.out.relay);
		GN_ASSERT(a && a->state == TURN_LIVE && a->until > w.now && w.out.peer.port);
		GN_ASSERT(turn_permitted(a, &w.out.peer, w.now));
		GN_ASSERT(!gn_addr_is_private(&w.out.peer));
	}
}

static void put_credentials(struct gn_stun_maker *m, const struct gn_turn_from *from)
{
	static const uint8_t algorithm[] = {0, 2, 0, 0}, list[] = {0, 2, 0, 0, 0, 1, 0, 0};
	char nonce[TURN_NONCE + 1];
	uint8_t key[32], how = gn_read_u8(&w.r);
	bool sha256 = how & 1;
	struct gn_slice name = how & 2 ? GN_LIT("ann") : GN_LIT("bob");
	turn_nonce(w.s, &from->addr, w.now - (how & 4 ? 3600 * GN_SEC : 0), nonce);
	gn_stun_put(m, GN_STUN_USERNAME, name);
	gn_stun_put(m, GN_STUN_REALM, GN_LIT(GN_TURN_REALM));
	gn_stun_put(m, GN_STUN_NONCE, gn_slice(nonce, TURN_NONCE));
	if (sha256) {
		gn_stun_put(m, GN_STUN_PASSWORD_ALGORITHM, GN_SLICE(algorithm));
		gn_stun_put(m, GN_STUN_PASSWORD_ALGORITHMS, GN_SLICE(list));
		gn_stun_key_sha256(name, GN_LIT(GN_TURN_REALM), GN_LIT("secret"), key);
	} else {
		gn_stun_key_md5(name, GN_LIT(GN_TURN_REALM), GN_LIT("secret"), key);
	}
	gn_stun_put_integrity(m, how & 8, gn_slice(key, sha256 ? 32 : 16));
}

static void put_attribute(struct gn_stun_maker *m)
{
	static const uint16_t types[] = {
		GN_STUN_LIFETIME,       GN_STUN_REQUESTED_TRANSPORT, GN_STUN_REQUESTED_FAMILY,
		GN_STUN_CHANNEL_NUMBER, GN_STUN_XOR_PEER_ADDRESS,    GN_STUN_DATA_VALUE,
		GN_STUN_EVEN_PORT,      GN_STUN_CHANGE_REQUEST,      GN_STUN_XOR_PEER_ADDRESS};
	uint8_t n = gn_read_u8(&w.r);
	uint16_t type = types[n % GN_COUNT(types)];
	if (type == GN_STUN_XOR_PEER_ADDRESS) {
		struct gn_addr a = peer();
		gn_stun_put_addr(m, type, true, &a);
	} else if (n > 0xe0) {
		gn_stun_put(m, gn_read_be16(&w.r), gn_read_bytes(&w.r, n - 0xe0u));
	} else if (type == GN_STUN_EVEN_PORT || type == GN_STUN_DATA_VALUE) {
		gn_stun_put(m, type, gn_read_bytes(&w.r, 1));
	} else {
		gn_stun_put_u32(m, type, gn_read_be32(&w.r));
	}
}

/* A message as a client would make it, or nearly. */
static void message(void)
{
	static uint8_t bytes[STUN_SAID_MAX];
	static const uint16_t methods[] = {
		GN_STUN_ALLOCATE,     GN_STUN_REFRESH, GN_STUN_CREATE_PERMISSION,
		GN_STUN_CHANNEL_BIND, GN_STUN_SEND,    GN_STUN_BINDING};
	struct gn_stun_maker m;
	struct gn_stun_id id = {{gn_read_u8(&w.r)}};
	struct gn_turn_from from = way();
	struct gn_slice in;
	uint8_t how = gn_read_u8(&w.r);
	uint16_t method = methods[how % GN_COUNT(methods)];
	bool proven = !(how & 0x40);
	gn_stun_begin(&m, bytes, sizeof bytes,
		      method == GN_STUN_SEND ? GN_STUN_INDICATION : GN_STUN_REQUEST, method, &id);
	if (method == GN_STUN_ALLOCATE && !(how & 0x20))
		gn_stun_put_u32(&m, GN_STUN_REQUESTED_TRANSPORT, 17u << 24);
	for (uint8_t i = gn_read_u8(&w.r) % 6; i > 0; i--)
		put_attribute(&m);
	if (proven)
		put_credentials(&m, &from);
	if (gn_stun_end(&m, how & 0x80, &in) != GN_OK)
		return;
	from.at = how & 0x10 && !from.conn ? 1 : 0;
	(void)!gn_turn_server_recv(w.s, &from, in, w.now, &w.room, &w.out);
	look(in.len, proven);
}

/* Bytes that are anything, of a datagram or of a connection's stream. */
static void raw(void)
{
	struct gn_turn_from from = way();
	struct gn_slice in = gn_read_bytes(&w.r, gn_read_u8(&w.r)), one;
	if (!in.p)
		return;
	if (!from.conn) {
		(void)!gn_turn_server_recv(w.s, &from, in, w.now, &w.room, &w.out);
		look(in.len, false);
		return;
	}
	struct gn_turn_stream *stream = &w.streams[from.conn];
	gn_turn_stream_feed(stream, in);
	gn_err err;
	while ((err = gn_turn_stream_next(stream, &one)) == GN_OK) {
		GN_ASSERT(one.len >= 4 && one.len <= GN_TURN_FRAME_MAX);
		(void)!gn_turn_server_recv(w.s, &from, one, w.now, &w.room, &w.out);
		look(one.len, false);
	}
	if (err != GN_AGAIN) {
		gn_turn_server_gone(w.s, &from);
		gn_turn_stream_init(stream);
	}
}

static void channel(void)
{
	static struct gn_turn_room said;
	struct gn_turn_from from = way();
	struct gn_slice in;
	uint16_t number = gn_read_be16(&w.r);
	struct gn_slice data = gn_read_bytes(&w.r, gn_read_u8(&w.r));
	gn_turn_channel_write(&said, (uint16_t)(0x4000 | (number & 0x3fff)), data, from.conn != 0,
			      &in);
	(void)!gn_turn_server_recv(w.s, &from, in, w.now, &w.room, &w.out);
	look(in.len, false);
}

static void from_peer(void)
{
	static const uint8_t zeros[TURN_DATA_MAX + 1];
	struct gn_addr a = peer();
	size_t len = gn_read_be16(&w.r) % (sizeof zeros + 1);
	(void)!gn_turn_server_relayed(w.s, w.relays[gn_read_u8(&w.r) % GN_COUNT(w.relays)], &a,
				      gn_slice(zeros, len), w.now, &w.room, &w.out);
	look(0, true);
}

static void owner(void)
{
	struct gn_turn_server_event e;
	uint8_t how = gn_read_u8(&w.r);
	while (w.open_count < OPENS && gn_turn_server_event(w.s, &e))
		if (e.tell == GN_TURN_OPEN)
			w.opens[w.open_count++] = e;
	if (!w.open_count || how & 1)
		return;
	e = w.opens[--w.open_count];
	struct gn_addr at = gn_addr_v4(203, 0, 113, 1, (uint16_t)(50000 + e.relay % 8000 * 2));
	if (e.v6)
		at = (struct gn_addr){{0x20, 1, 0xd, 0xb8, [15] = 1}, at.port};
	if (gn_turn_server_opened(w.s, e.relay, how & 2 ? NULL : &at, w.now, &w.room, &w.out) ==
	    GN_OK)
		w.relays[e.relay % GN_COUNT(w.relays)] = e.relay;
	look(0, true);
}

static void begin(const uint8_t *data, size_t size)
{
	struct gn_turn_server_config config = {.v4 = true, .v6 = true};
	memset(&w, 0, sizeof w);
	w.r = gn_reader(gn_slice(data, size));
	w.now = INT64_C(1700000000) * GN_SEC;
	gn_alloc_heap(&w.alloc, 1 << 20);
	gn_prng_init(&w.prng, 1);
	w.rand = gn_prng_rand(&w.prng);
	w.env = (struct gn_env){.alloc = &w.alloc, .rand = &w.rand};
	config.stun.at[0] = gn_addr_v4(203, 0, 113, 1, 3478);
	config.stun.at[1] = gn_addr_v4(203, 0, 113, 1, 3479);
	gn_err err = gn_turn_server_new(&w.env, &config, &w.s);
	if (err == GN_OK)
		err = gn_turn_server_user(w.s, GN_LIT("ann"), GN_LIT("secret"));
	GN_ASSERT(err == GN_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	begin(data, size);
	while (!w.r.bad && gn_reader_left(&w.r)) {
		uint8_t what = gn_read_u8(&w.r);
		struct gn_turn_from from;
		w.out = (struct gn_turn_out){.to = GN_TURN_NOBODY};
		switch (what & 15) {
		case 0: raw(); break;
		case 1: channel(); break;
		case 2: from_peer(); break;
		case 3:
		case 4: owner(); break;
		case 5: w.now += (gn_time)(what >> 4) * 47 * GN_SEC; break;
		case 6: gn_turn_server_tick(w.s, w.now); break;
		case 7:
			from = way();
			gn_turn_server_gone(w.s, &from);
			break;
		case 8: gn_turn_server_lost(w.s, w.relays[what >> 6]); break;
		case 9:
			if (what & 0x80)
				gn_turn_server_user_gone(w.s, GN_LIT("bob"));
			else
				(void)!gn_turn_server_user(w.s, GN_LIT("bob"), GN_LIT("secret"));
			break;
		default: message(); break;
		}
		gn_turn_server_validate(w.s);
		GN_ASSERT(w.alloc.used < 4096 + TURN_ALLOCATIONS * 2600);
	}
	gn_turn_server_free(w.s);
	GN_ASSERT(w.alloc.count == 0);
	return 0;
}
