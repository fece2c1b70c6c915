#include "nat/testing/turn_rig.h"

struct gn_addr turn_rig_addr(const char *text)
{
	struct gn_addr a;
	assert_int_equal(gn_addr_parse(gn_str(text), &a), GN_OK);
	return a;
}

void turn_rig_open(struct turn_rig *r, bool open)
{
	struct gn_turn_server_config config = {.v4 = true, .v6 = true, .private_peers = open};
	memset(r, 0, sizeof *r);
	gn_alloc_heap(&r->alloc, 1 << 20);
	gn_prng_init(&r->prng, 7);
	r->rand = gn_prng_rand(&r->prng);
	r->env = (struct gn_env){.alloc = &r->alloc, .rand = &r->rand};
	r->now = T0;
	r->from.addr = turn_rig_addr("198.51.100.7:4000");
	r->name = "ann";
	r->password = "secret";
	config.stun.at[0] = turn_rig_addr("203.0.113.1:3478");
	assert_int_equal(gn_turn_server_new(&r->env, &config, &r->s), GN_OK);
	assert_int_equal(gn_turn_server_user(r->s, GN_LIT("ann"), GN_LIT("secret")), GN_OK);
}

void turn_rig_close(struct turn_rig *r)
{
	gn_turn_server_validate(r->s);
	gn_turn_server_free(r->s);
	assert_int_equal(r->alloc.count, 0);
}

/* ---- requests ---- */

void turn_rig_begin(struct turn_rig *r, uint16_t method)
{
	struct gn_stun_id id = r->m.id;
	if (!r->retold)
		gn_rand_fill(&r->rand, id.b, sizeof id.b);
	r->retold = false;
	gn_stun_begin(&r->m, r->bytes, sizeof r->bytes, GN_STUN_REQUEST, method, &id);
}

static void key_of(const struct turn_rig *r, uint8_t key[32], size_t *len)
{
	*len = r->sha256 ? 32 : 16;
	if (r->sha256)
		gn_stun_key_sha256(gn_str(r->name), GN_LIT(GN_TURN_REALM), gn_str(r->password),
				   key);
	else
		gn_stun_key_md5(gn_str(r->name), GN_LIT(GN_TURN_REALM), gn_str(r->password), key);
}

static void note(struct turn_rig *r, char what)
{
	size_t n = strlen(r->told);
	assert_true(n + 1 < sizeof r->told);
	r->told[n] = what;
	r->told[n + 1] = '\0';
}

/* Gives it to the server, opens what it wants opened, and reads what it says. */
static unsigned ask(struct turn_rig *r, bool with_key)
{
	struct gn_slice in, reason;
	uint16_t code = 0;
	uint8_t key[32];
	size_t len;
	assert_int_equal(gn_stun_end(&r->m, false, &in), GN_OK);
	gn_err err = gn_turn_server_recv(r->s, &r->from, in, r->now, &r->room, &r->out);
	gn_turn_server_validate(r->s);
	struct gn_turn_server_event e;
	while (gn_turn_server_event(r->s, &e)) {
		if (e.tell == GN_TURN_CLOSE) {
			note(r, 'c');
			continue;
		}
		r->relayed = turn_rig_addr(e.v6 ? "[2001:db8::1]:1" : "203.0.113.1:1");
		r->relayed.port = (uint16_t)(50000 + e.relay % 5000 * 2 + !e.even);
		r->relay = e.relay;
		err = gn_turn_server_opened(r->s, e.relay, &r->relayed, r->now, &r->room, &r->out);
	}
	if (r->out.to != GN_TURN_CLIENT)
		return 1;
	assert_memory_equal(&r->out.client.addr, &r->from.addr, sizeof r->from.addr);
	assert_int_equal(r->out.client.conn, r->from.conn);
	assert_true(r->out.bytes.len <= STUN_SAID_MAX);
	assert_true(with_key || r->out.bytes.len <= TURN_UNPROVEN_PART * in.len);
	assert_int_equal(gn_stun_parse(r->out.bytes, &r->answer), GN_OK);
	assert_memory_equal(r->answer.id.b, r->m.id.b, sizeof r->m.id.b);
	if (gn_stun_error(&r->answer, &code, &reason) == GN_OK)
		assert_true(r->answer.kind == GN_STUN_ERROR && err != GN_MALFORMED);
	key_of(r, key, &len);
	if (code != 401 && code != 438 && with_key)
		assert_int_equal(gn_stun_check(&r->answer, r->sha256, gn_slice(key, len)), GN_OK);
	return code;
}

unsigned turn_rig_ask_bare(struct turn_rig *r)
{
	return ask(r, false);
}

static void fetch_nonce(struct turn_rig *r)
{
	struct gn_stun_maker kept = r->m;
	uint8_t bytes[STUN_SAID_MAX];
	struct gn_slice nonce;
	memcpy(bytes, r->bytes, sizeof bytes);
	turn_rig_begin(r, GN_STUN_ALLOCATE);
	gn_stun_put_u32(&r->m, GN_STUN_REQUESTED_TRANSPORT, 17u << 24);
	assert_int_equal(turn_rig_ask_bare(r), 401);
	assert_true(gn_stun_get(&r->answer, GN_STUN_NONCE, &nonce) && nonce.len == TURN_NONCE);
	memcpy(r->nonce, nonce.p, nonce.len);
	memcpy(r->bytes, bytes, sizeof bytes);
	r->m = kept;
}

unsigned turn_rig_ask(struct turn_rig *r)
{
	static const uint8_t algorithm[] = {0, 2, 0, 0}, list[] = {0, 2, 0, 0, 0, 1, 0, 0};
	uint8_t key[32];
	size_t len;
	if (!r->nonce[0])
		fetch_nonce(r);
	gn_stun_put(&r->m, GN_STUN_USERNAME, gn_str(r->name));
	gn_stun_put(&r->m, GN_STUN_REALM, GN_LIT(GN_TURN_REALM));
	gn_stun_put(&r->m, GN_STUN_NONCE, gn_str(r->nonce));
	if (r->sha256) {
		gn_stun_put(&r->m, GN_STUN_PASSWORD_ALGORITHM, GN_SLICE(algorithm));
		gn_stun_put(&r->m, GN_STUN_PASSWORD_ALGORITHMS, GN_SLICE(list));
	}
	key_of(r, key, &len);
	gn_stun_put_integrity(&r->m, r->sha256, gn_slice(key, len));
	return ask(r, true);
}

static void put_peer(struct turn_rig *r, const char *peer)
{
	struct gn_addr a = turn_rig_addr(peer);
	gn_stun_put_addr(&r->m, GN_STUN_XOR_PEER_ADDRESS, true, &a);
}

unsigned turn_rig_allocate(struct turn_rig *r, uint32_t lifetime)
{
	turn_rig_begin(r, GN_STUN_ALLOCATE);
	gn_stun_put_u32(&r->m, GN_STUN_REQUESTED_TRANSPORT, 17u << 24);
	if (lifetime)
		gn_stun_put_u32(&r->m, GN_STUN_LIFETIME, lifetime);
	return turn_rig_ask(r);
}

unsigned turn_rig_refresh(struct turn_rig *r, uint32_t lifetime)
{
	turn_rig_begin(r, GN_STUN_REFRESH);
	gn_stun_put_u32(&r->m, GN_STUN_LIFETIME, lifetime);
	return turn_rig_ask(r);
}

unsigned turn_rig_permit(struct turn_rig *r, const char *peer)
{
	turn_rig_begin(r, GN_STUN_CREATE_PERMISSION);
	put_peer(r, peer);
	return turn_rig_ask(r);
}

unsigned turn_rig_bind(struct turn_rig *r, uint16_t number, const char *peer)
{
	turn_rig_begin(r, GN_STUN_CHANNEL_BIND);
	gn_stun_put_u32(&r->m, GN_STUN_CHANNEL_NUMBER, (uint32_t)number << 16);
	put_peer(r, peer);
	return turn_rig_ask(r);
}

/* ---- data ---- */

gn_err turn_rig_send(struct turn_rig *r, const char *peer, const char *data)
{
	struct gn_stun_id id = {{1}};
	struct gn_slice in;
	gn_stun_begin(&r->m, r->bytes, sizeof r->bytes, GN_STUN_INDICATION, GN_STUN_SEND, &id);
	put_peer(r, peer);
	gn_stun_put(&r->m, GN_STUN_DATA_VALUE, gn_str(data));
	assert_int_equal(gn_stun_end(&r->m, false, &in), GN_OK);
	return gn_turn_server_recv(r->s, &r->from, in, r->now, &r->room, &r->out);
}

gn_err turn_rig_channel(struct turn_rig *r, uint16_t number, const char *data)
{
	static struct gn_turn_room said;
	struct gn_slice in;
	gn_turn_channel_write(&said, number, gn_str(data), r->from.conn != 0, &in);
	return gn_turn_server_recv(r->s, &r->from, in, r->now, &r->room, &r->out);
}

gn_err turn_rig_peer_says(struct turn_rig *r, const char *peer, const char *data)
{
	struct gn_addr a = turn_rig_addr(peer);
	return gn_turn_server_relayed(r->s, r->relay, &a, gn_str(data), r->now, &r->room, &r->out);
}

const char *turn_rig_told(struct turn_rig *r)
{
	static char told[sizeof r->told];
	struct gn_turn_server_event e;
	while (gn_turn_server_event(r->s, &e))
		note(r, e.tell == GN_TURN_OPEN ? 'o' : 'c');
	memcpy(told, r->told, sizeof told);
	r->told[0] = '\0';
	return told;
}
