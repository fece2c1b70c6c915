/* The TURN client: with our server, through hours of simulated time, and with a server that the
 * test plays: refusals, silence, forgeries, another server. Rule RE-47. */
#include "nat/testing/turn_rig.h"
#include "nat/turn_client_int.h"

static struct turn_rig r;
static struct gn_turn_client c;
static struct gn_slice asked; /* the client's last request */
static struct gn_addr from;   /* of the last data */
static struct gn_slice data;
static char seen[64]; /* events: R ready, T turn to, E ended, P peered, D refused */
static gn_err why;
static unsigned requests;

static const char *events(void)
{
	struct gn_turn_client_event e;
	size_t n = 0;
	gn_turn_client_validate(&c);
	while (gn_turn_client_event(&c, &e) && n + 1 < sizeof seen) {
		seen[n++] = e.tell == GN_TURN_READY     ? 'R'
			    : e.tell == GN_TURN_TURN_TO ? 'T'
			    : e.tell == GN_TURN_ENDED   ? 'E'
			    : e.err == GN_OK            ? 'P'
							: 'D';
		why = e.tell == GN_TURN_PEERED || e.tell == GN_TURN_ENDED ? e.err : why;
	}
	seen[n] = '\0';
	return seen;
}

static void begin(bool stream, bool v6)
{
	struct gn_turn_client_config config = {.server = turn_rig_addr("203.0.113.1:3478"),
					       .stream = stream,
					       .v6 = v6,
					       .user = GN_LIT("ann"),
					       .password = GN_LIT("secret")};
	turn_rig_open(&r, false);
	requests = 0;
	why = GN_OK;
	r.from.conn = stream;
	assert_int_equal(gn_turn_client_init(&c, &r.rand, &config, r.now), GN_OK);
}

static void end(void)
{
	gn_turn_client_validate(&c);
	gn_turn_client_fini(&c);
	turn_rig_close(&r);
}

static bool asks(void)
{
	gn_turn_client_validate(&c);
	return gn_turn_client_next(&c, r.now, &asked);
}

/* Between the client and our server, until both are silent. */
static void pump(void)
{
	struct gn_turn_server_event e;
	while (asks()) {
		requests++;
		(void)!gn_turn_server_recv(r.s, &r.from, asked, r.now, &r.room, &r.out);
		while (gn_turn_server_event(r.s, &e)) {
			if (e.tell == GN_TURN_CLOSE)
				continue;
			r.relay = e.relay;
			r.relayed = turn_rig_addr(e.v6 ? "[2001:db8::1]:5000" : "203.0.113.1:5000");
			assert_int_equal(gn_turn_server_opened(r.s, e.relay, &r.relayed, r.now,
							       &r.room, &r.out),
					 GN_OK);
		}
		if (r.out.to == GN_TURN_CLIENT)
			(void)!gn_turn_client_recv(&c, r.out.bytes, r.now, &from, &data);
	}
}

static void pass(gn_time span)
{
	gn_time until = r.now + span;
	while (r.now < until) {
		pump();
		r.now = gn_time_min(gn_turn_client_deadline(&c), until);
		gn_turn_server_tick(r.s, r.now);
	}
}

static void up(bool stream, const char *peer)
{
	begin(stream, false);
	pump();
	assert_string_equal(events(), "R");
	struct gn_addr a = turn_rig_addr(peer);
	assert_int_equal(gn_turn_client_peer(&c, &a, r.now), GN_OK);
	assert_int_equal(gn_turn_client_peer(&c, &a, r.now), GN_OK); /* once more is the same */
	pump();
	assert_string_equal(events(), "P");
}

/* What the client sends comes to this peer; what the peer sends comes to the client. */
static void goes_both_ways(const char *peer)
{
	static struct gn_turn_room room;
	struct gn_slice out;
	struct gn_addr a = turn_rig_addr(peer);
	assert_int_equal(gn_turn_client_send(&c, &a, GN_LIT("there"), r.now, &room, &out), GN_OK);
	assert_int_equal(gn_turn_server_recv(r.s, &r.from, out, r.now, &r.room, &r.out), GN_OK);
	assert_true(r.out.to == GN_TURN_PEER && gn_addr_eq(&r.out.peer, &a) &&
		    gn_slice_eq(r.out.bytes, GN_LIT("there")));
	assert_int_equal(turn_rig_peer_says(&r, peer, "back"), GN_OK);
	assert_int_equal(gn_turn_client_recv(&c, r.out.bytes, r.now, &from, &data), GN_OK);
	assert_true(gn_addr_eq(&from, &a) && gn_slice_eq(data, GN_LIT("back")));
}

static void data_both_ways(void **state)
{
	static struct gn_turn_room room;
	static uint8_t large[TURN_DATA_MAX + 1];
	struct gn_slice out;
	(void)state;
	for (int stream = 0; stream < 2; stream++) {
		up(stream, "192.0.2.9:700");
		assert_true(c.sha256 && gn_addr_eq(&c.relayed, &r.relayed) &&
			    gn_addr_eq(&c.mapped, &r.from.addr));
		goes_both_ways("192.0.2.9:700"); /* by the channel */
		goes_both_ways("192.0.2.9:701"); /* its other port, as an indication */
		struct gn_addr other = turn_rig_addr("192.0.2.10:700"), none = other;
		none.port = 0;
		assert_int_equal(gn_turn_client_send(&c, &other, GN_LIT("x"), r.now, &room, &out),
				 GN_STATE);
		assert_int_equal(gn_turn_client_peer(&c, &none, r.now), GN_RANGE);
		other = turn_rig_addr("[2001:db8::7]:1");
		assert_int_equal(gn_turn_client_peer(&c, &other, r.now), GN_RANGE);
		other = turn_rig_addr("192.0.2.9:700");
		for (size_t over = 0; over < 2; over++)
			assert_int_equal(gn_turn_client_send(&c, &other,
							     gn_slice(large, TURN_DATA_MAX + over),
							     r.now, &room, &out),
					 over ? GN_TOO_LARGE : GN_OK);
		end();
	}
}

/* Three hours: nonces end, permissions, channels and the allocation are kept, and nothing more is
 * said than that needs. */
static void hours_pass(void **state)
{
	(void)state;
	for (int talks = 0; talks < 2; talks++) {
		up(false, "192.0.2.9:700");
		gn_time until = r.now + 3 * 3600 * GN_SEC;
		while (r.now < until) {
			gn_time due = gn_turn_client_deadline(&c);
			r.now = talks ? gn_time_min(due, r.now + 10 * GN_SEC) : due;
			gn_turn_server_tick(r.s, r.now);
			pump();
			goes_both_ways("192.0.2.9:700");
			assert_string_equal(events(), "");
		}
		assert_int_equal(r.s->count.expired, 0);
		assert_true(r.s->count.challenged > 3); /* 401, and 438 each half hour or so */
		assert_true(requests < 3 * 3600 / 25 * 5 / 4 &&
			    TURN_AGAIN < TURN_PERMISSION * GN_SEC);
		end();
	}
}

static void silence(void **state)
{
	(void)state;
	for (int stream = 0; stream < 2; stream++) {
		begin(stream, false);
		gn_time since = r.now;
		unsigned said = 0;
		while (c.state == GN_TURN_ASK && said < 20) {
			said += asks();
			if (!stream && c.state == GN_TURN_ASK)
				assert_int_equal(gn_turn_client_deadline(&c),
						 r.now + (TURN_FIRST << (said - 1)));
			r.now = gn_time_min(gn_turn_client_deadline(&c), r.now + 60 * GN_SEC);
		}
		assert_int_equal(said, stream ? 1 : TURN_TRIES);
		assert_string_equal(events(), "E");
		assert_int_equal(why, GN_TIMEOUT);
		assert_int_equal(gn_turn_client_deadline(&c), GN_NEVER);
		r.now = since;
		end();
		/* a server that dies later */
		up(stream, "192.0.2.9:700");
		since = r.now;
		while (c.state == GN_TURN_LIVE && r.now < since + 3600 * GN_SEC) {
			(void)asks();
			r.now = gn_time_min(gn_turn_client_deadline(&c), since + 3600 * GN_SEC);
			(void)asks();
		}
		assert_string_equal(events(), "E");
		assert_int_equal(why, GN_TIMEOUT);
		end();
		assert_int_equal(c.user.len, 0); /* wiped */
	}
	/* how soon: the quiet time and one request's */
	up(false, "192.0.2.9:700");
	gn_time since = r.now;
	while (c.state == GN_TURN_LIVE) {
		r.now = gn_turn_client_deadline(&c);
		(void)asks();
	}
	assert_int_equal(r.now - since, TURN_QUIET + 31 * TURN_FIRST);
	end();
}

/* ---- a server that the test plays ---- */

static struct gn_stun_maker m;
static uint8_t bytes[1024];

static void answer_begin(enum gn_stun_class kind, uint16_t code)
{
	struct gn_stun request;
	assert_int_equal(gn_stun_parse(asked, &request), GN_OK);
	gn_stun_begin(&m, bytes, sizeof bytes, kind, request.method, &request.id);
	if (code)
		gn_stun_put_error(&m, code, "");
}

static void put_challenge(const char *nonce, const char *realm)
{
	gn_stun_put(&m, GN_STUN_NONCE, gn_str(nonce));
	if (realm)
		gn_stun_put(&m, GN_STUN_REALM, gn_str(realm));
}

static gn_err answer(bool with_key)
{
	struct turn_client_key key;
	struct gn_slice out;
	turn_client_key(&c, &key);
	if (with_key)
		gn_stun_put_integrity(&m, key.sha256, gn_slice(key.b, key.len));
	assert_int_equal(gn_stun_end(&m, false, &out), GN_OK);
	return gn_turn_client_recv(&c, out, r.now, &from, &data);
}

/* The client has asked with credentials. */
static void challenged(void)
{
	begin(false, false);
	assert_true(asks());
	answer_begin(GN_STUN_ERROR, 401);
	put_challenge("nonce", "realm");
	assert_int_equal(answer(false), GN_OK);
	assert_true(asks() && c.with_key && !c.sha256);
}

static void put_allocated(const char *relayed, uint32_t lifetime)
{
	struct gn_addr a = turn_rig_addr(relayed);
	gn_stun_put_addr(&m, GN_STUN_XOR_RELAYED_ADDRESS, true, &a);
	gn_stun_put_u32(&m, GN_STUN_LIFETIME, lifetime);
}

static void played_up(void)
{
	challenged();
	answer_begin(GN_STUN_SUCCESS, 0);
	put_allocated("203.0.113.5:6000", 600);
	assert_int_equal(answer(true), GN_OK);
	assert_string_equal(events(), "R");
}

static void refusals(void **state)
{
	static const struct {
		uint16_t code;
		gn_err why;
	} cases[] = {{401, GN_DENIED},      {403, GN_DENIED},      {437, GN_CONFLICT},
		     {420, GN_UNSUPPORTED}, {440, GN_UNSUPPORTED}, {442, GN_UNSUPPORTED},
		     {486, GN_LIMIT},       {508, GN_LIMIT},       {400, GN_REMOTE},
		     {500, GN_REMOTE}};
	(void)state;
	for (size_t i = 0; i < GN_COUNT(cases); i++) {
		challenged();
		answer_begin(GN_STUN_ERROR, cases[i].code);
		if (cases[i].code != 401) { /* unsigned it is nobody's word */
			assert_int_equal(answer(false), GN_SIGNATURE);
			answer_begin(GN_STUN_ERROR, cases[i].code);
		}
		assert_int_equal(answer(cases[i].code != 401), GN_OK);
		assert_string_equal(events(), "E");
		assert_int_equal(why, cases[i].why);
		assert_false(asks());
		end();
	}
	/* nonces without end */
	challenged();
	for (unsigned i = 0; i < TURN_NONCES_MAX; i++) {
		assert_int_equal(events()[0], '\0');
		answer_begin(GN_STUN_ERROR, 438);
		put_challenge("another", i % 2 ? "realm" : NULL);
		assert_int_equal(answer(false), GN_OK);
		assert_int_equal(asks(), i + 1 < TURN_NONCES_MAX);
	}
	assert_string_equal(events(), "E");
	assert_int_equal(why, GN_REMOTE);
	end();
}

static void another_server(void **state)
{
	static const struct {
		const char *to;
		bool goes;
	} cases[] = {{"203.0.113.2:3478", true},
		     {"203.0.113.2:0", false},
		     {"192.168.1.1:3478", false}, /* into a private network */
		     {"127.0.0.1:3478", false},
		     {"[2001:db8::2]:3478", false}};
	(void)state;
	for (size_t i = 0; i < GN_COUNT(cases); i++) {
		struct gn_addr to = turn_rig_addr(cases[i].to);
		begin(false, false);
		assert_true(asks());
		answer_begin(GN_STUN_ERROR, 300);
		gn_stun_put_addr(&m, GN_STUN_ALTERNATE_SERVER, false, &to);
		assert_int_equal(answer(false), GN_OK);
		assert_string_equal(events(), cases[i].goes ? "T" : "E");
		assert_false(asks());
		if (cases[i].goes) {
			assert_true(gn_addr_eq(&c.server, &to));
			assert_int_equal(gn_turn_client_deadline(&c), GN_NEVER);
			gn_turn_client_go(&c, r.now);
			assert_true(asks() && !c.with_key);
			answer_begin(GN_STUN_ERROR, 300); /* once */
			gn_stun_put_addr(&m, GN_STUN_ALTERNATE_SERVER, false, &to);
			assert_int_equal(answer(false), GN_OK);
			assert_string_equal(events(), "E");
		}
		assert_int_equal(why, GN_REMOTE);
		end();
	}
	/* with credentials it is signed, or nobody's word */
	challenged();
	struct gn_addr to = turn_rig_addr("203.0.113.2:3478");
	for (int signed_by = 0; signed_by < 2; signed_by++) {
		answer_begin(GN_STUN_ERROR, 300);
		gn_stun_put_addr(&m, GN_STUN_ALTERNATE_SERVER, false, &to);
		assert_int_equal(answer(signed_by), signed_by ? GN_OK : GN_SIGNATURE);
		assert_string_equal(events(), signed_by ? "T" : "");
	}
	end();
}

/* A server that knows nothing of us any more: all of it again, but not for ever. */
static void a_server_that_forgets(void **state)
{
	(void)state;
	up(false, "192.0.2.9:700");
	gn_turn_server_gone(r.s, &r.from);
	assert_string_equal(turn_rig_told(&r), "c");
	r.now = gn_turn_client_deadline(&c);
	pump();
	assert_string_equal(events(), "RP");
	goes_both_ways("192.0.2.9:700");
	end();
	played_up();
	for (unsigned i = 0; i <= TURN_LOST_MAX; i++) {
		r.now += TURN_QUIET;
		assert_true(asks());
		answer_begin(GN_STUN_ERROR, 437);
		assert_int_equal(answer(true), GN_OK);
		if (i == TURN_LOST_MAX)
			break;
		assert_true(asks());
		answer_begin(GN_STUN_SUCCESS, 0);
		put_allocated("203.0.113.5:6000", 600);
		assert_int_equal(answer(true), GN_OK);
		assert_string_equal(events(), "R");
	}
	assert_string_equal(events(), "E");
	assert_int_equal(why, GN_REMOTE);
	end();
}

static void what_is_no_answer(void **state)
{
	static const struct {
		const char *relayed;
		uint32_t lifetime;
	} bad[] = {{"203.0.113.5:0", 600},
		   {"[2001:db8::5]:6000", 600},
		   {"203.0.113.5:6000", TURN_LIFETIME_SANE - 1}};
	(void)state;
	/* a success that nobody had to prove anything for is not the server's */
	begin(false, false);
	assert_true(asks());
	answer_begin(GN_STUN_SUCCESS, 0);
	put_allocated("203.0.113.5:6000", 600);
	assert_int_equal(answer(false), GN_SIGNATURE);
	/* no nonce; a nonce that says there is a list of algorithms, without one */
	answer_begin(GN_STUN_ERROR, 401);
	gn_stun_put(&m, GN_STUN_REALM, GN_LIT("realm"));
	assert_int_equal(answer(false), GN_MALFORMED);
	answer_begin(GN_STUN_ERROR, 401);
	put_challenge("obMatJos2gAAAxyz", "realm");
	assert_int_equal(answer(false), GN_MALFORMED);
	answer_begin(GN_STUN_ERROR, 401);
	put_challenge("obMatJos2AAAAxyz", "realm"); /* it says that there is none */
	assert_int_equal(answer(false), GN_OK);
	assert_true(asks() && !c.algorithms.len);
	end();
	challenged();
	for (size_t i = 0; i < GN_COUNT(bad); i++) {
		answer_begin(GN_STUN_SUCCESS, 0);
		put_allocated(bad[i].relayed, bad[i].lifetime);
		assert_int_equal(answer(true), GN_MALFORMED);
	}
	/* no bit of one that is right may be another */
	answer_begin(GN_STUN_SUCCESS, 0);
	put_allocated("203.0.113.5:6000", TURN_LIFETIME_SANE);
	struct turn_client_key key;
	struct gn_slice out;
	turn_client_key(&c, &key);
	gn_stun_put_integrity(&m, key.sha256, gn_slice(key.b, key.len));
	assert_int_equal(gn_stun_end(&m, false, &out), GN_OK);
	struct gn_turn_client before = c;
	for (size_t i = 0; i < 8 * out.len; i++) {
		bytes[i / 8] ^= 1u << i % 8;
		assert_true(gn_turn_client_recv(&c, out, r.now, &from, &data) != GN_OK);
		bytes[i / 8] ^= 1u << i % 8;
	}
	assert_memory_equal(&before, &c, sizeof c);
	assert_int_equal(gn_turn_client_recv(&c, out, r.now, &from, &data), GN_OK);
	assert_int_equal(gn_turn_client_recv(&c, out, r.now, &from, &data), GN_STALE);
	assert_string_equal(events(), "R");
	/* data of a channel that nobody has, requests to us */
	assert_int_equal(gn_turn_client_recv(&c, GN_LIT("\x40\x00\x00\x01x"), r.now, &from, &data),
			 GN_STALE);
	answer_begin(GN_STUN_REQUEST, 0);
	assert_int_equal(answer(false), GN_MALFORMED);
	end();
}

static void peers_at_their_bound(void **state)
{
	struct gn_addr peer = turn_rig_addr("192.0.2.0:700");
	(void)state;
	up(false, "192.0.2.0:700");
	for (unsigned i = 1; i <= GN_TURN_PEERS_MAX; i++) {
		peer.ip[15] = (uint8_t)i;
		assert_int_equal(gn_turn_client_peer(&c, &peer, r.now),
				 i < GN_TURN_PEERS_MAX ? GN_OK : GN_LIMIT);
	}
	pump();
	assert_int_equal(strlen(events()), GN_TURN_PEERS_MAX - 1);
	/* the channel of one who went is the server's until it ends; the same peer may come back */
	peer.ip[15] = 0;
	gn_turn_client_peer_gone(&c, &peer);
	struct gn_addr other = turn_rig_addr("192.0.2.77:700");
	assert_int_equal(gn_turn_client_peer(&c, &other, r.now), GN_LIMIT);
	assert_int_equal(gn_turn_client_peer(&c, &peer, r.now), GN_OK);
	pump();
	assert_string_equal(events(), "P");
	gn_turn_client_peer_gone(&c, &peer);
	pass(TURN_CHANNEL * GN_SEC - 1);
	assert_int_equal(gn_turn_client_peer(&c, &other, r.now), GN_LIMIT);
	r.now++;
	assert_int_equal(gn_turn_client_peer(&c, &other, r.now), GN_OK);
	pump();
	assert_string_equal(events(), "P");
	goes_both_ways("192.0.2.77:700");
	/* one that the server does not relay to */
	gn_turn_client_peer_gone(&c, &other);
	pass(TURN_CHANNEL * GN_SEC);
	other = turn_rig_addr("10.0.0.1:700");
	assert_int_equal(gn_turn_client_peer(&c, &other, r.now), GN_OK);
	pump();
	assert_string_equal(events(), "D");
	assert_int_equal(why, GN_DENIED);
	end();
	/* the numbers go round within those of RFC 8656 */
	up(false, "192.0.2.0:700");
	assert_int_equal(c.channel, GN_TURN_CHANNEL_FIRST);
	c.channel = TURN_CHANNEL_OURS_LAST - 1;
	for (unsigned i = 1; i < 3; i++) {
		peer.ip[15] = (uint8_t)i;
		assert_int_equal(gn_turn_client_peer(&c, &peer, r.now), GN_OK);
		assert_int_equal(c.channel,
				 i == 1 ? TURN_CHANNEL_OURS_LAST : GN_TURN_CHANNEL_FIRST);
	}
	end();
}

/* Each text as long as may be: a request still fits. */
static void texts_at_their_bound(void **state)
{
	static uint8_t text[GN_TURN_TEXT_MAX + 1], list[TURN_ALGORITHMS_MAX + 4];
	(void)state;
	memset(text, 't', sizeof text);
	for (size_t i = 0; i < sizeof list; i += 4)
		list[i + 1] = 2;
	struct gn_turn_client_config config = {.server = turn_rig_addr("203.0.113.1:3478"),
					       .v6 = true,
					       .user = gn_slice(text, GN_TURN_TEXT_MAX),
					       .password = gn_slice(text, GN_TURN_TEXT_MAX + 1)};
	begin(false, true);
	assert_int_equal(gn_turn_client_init(&c, &r.rand, &config, r.now), GN_TOO_LARGE);
	config.password.len--;
	config.user.len++;
	assert_int_equal(gn_turn_client_init(&c, &r.rand, &config, r.now), GN_TOO_LARGE);
	config.user.len = 0;
	assert_int_equal(gn_turn_client_init(&c, &r.rand, &config, r.now), GN_RANGE);
	config.user.len = GN_TURN_TEXT_MAX;
	assert_int_equal(gn_turn_client_init(&c, &r.rand, &config, r.now), GN_OK);
	assert_true(asks());
	memcpy(text, "obMatJos2gAAA", 13);
	for (unsigned over = 4; over-- > 0;) { /* nonce, realm and list one too long, then none */
		answer_begin(GN_STUN_ERROR, 401);
		gn_stun_put(&m, GN_STUN_NONCE, gn_slice(text, GN_TURN_TEXT_MAX + (over == 1)));
		gn_stun_put(&m, GN_STUN_REALM, gn_slice(text, GN_TURN_TEXT_MAX + (over == 2)));
		gn_stun_put(&m, GN_STUN_PASSWORD_ALGORITHMS,
			    gn_slice(list, TURN_ALGORITHMS_MAX + (over == 3) * 4u));
		assert_int_equal(answer(false), over ? GN_MALFORMED : GN_OK);
	}
	assert_true(asks());
	answer_begin(GN_STUN_SUCCESS, 0);
	put_allocated("[2001:db8::5]:6000", 600);
	assert_int_equal(answer(true), GN_OK);
	struct gn_addr peer = turn_rig_addr("[2001:db8::9]:700");
	assert_int_equal(gn_turn_client_peer(&c, &peer, r.now), GN_OK);
	assert_true(asks() && asked.len <= STUN_SAID_MAX);
	end();
}

static void the_end(void **state)
{
	(void)state;
	up(false, "192.0.2.9:700");
	gn_turn_client_stop(&c, r.now);
	pump();
	assert_string_equal(events(), "E");
	assert_int_equal(why, GN_CANCELLED);
	assert_false(gn_turn_server_serves(r.s, &r.from));
	gn_turn_client_stop(&c, r.now);
	assert_string_equal(events(), "");
	end();
	begin(false, false); /* nothing to give back */
	gn_turn_client_stop(&c, r.now);
	assert_false(asks());
	assert_string_equal(events(), "E");
	struct gn_addr peer = turn_rig_addr("192.0.2.9:700");
	assert_int_equal(gn_turn_client_peer(&c, &peer, r.now), GN_STATE);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(data_both_ways),
		cmocka_unit_test(hours_pass),
		cmocka_unit_test(silence),
		cmocka_unit_test(refusals),
		cmocka_unit_test(another_server),
		cmocka_unit_test(a_server_that_forgets),
		cmocka_unit_test(what_is_no_answer),
		cmocka_unit_test(peers_at_their_bound),
		cmocka_unit_test(texts_at_their_bound),
		cmocka_unit_test(the_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
