/* What is said over a TLS carrier's connection, without a socket: two ends cut anywhere, addresses
 * and proxies as people write them, requests for something else, frames that break the rules
 * (RE-45). */
#include "net/wss_int.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct gn_prng prng;
static struct gn_rand source;
static uint8_t say_bytes[1 << 16];
static struct gn_buf said;

static int set_up(void **state)
{
	(void)state;
	gn_prng_init(&prng, 7);
	source = gn_prng_rand(&prng);
	said = (struct gn_buf){say_bytes, 0, sizeof say_bytes};
	return 0;
}

static bool holds(struct gn_slice s, const char *what)
{
	size_t n = strlen(what);
	for (size_t i = 0; i + n <= s.len; i++)
		if (memcmp(s.p + i, what, n) == 0)
			return true;
	return false;
}

/* ---- texts ---- */

static void addresses(void **state)
{
	(void)state;
	static const struct {
		const char *url, *host;
		uint16_t port;
		bool is_name;
	} good[] = {
		{"wss://example.org/geonet/1", "example.org", 443, true},
		{"WSS://Example.org:8443/geonet/1", "example.org", 8443, true},
		{"wss://192.0.2.7/geonet/1", "192.0.2.7", 443, false},
		{"wss://[2001:db8::1]:444/geonet/1", "[2001:db8::1]", 444, false},
	};
	static const char *const bad[] = {
		"",
		"ws://example.org/geonet/1",
		"wss://example.org",
		"wss://example.org/",
		"wss://example.org/geonet/2",
		"wss://example.org/geonet/1?x",
		"wss:///geonet/1",
		"wss://a b/geonet/1",
		"wss://example.org:99999/geonet/1",
		"wss://[::1/geonet/1",
		"wss://[1.2]/geonet/1",
		"wss://user@example.org/geonet/1",
		"wss://x\r\nHost: y/geonet/1",
	};
	struct wss_host h;
	for (unsigned i = 0; i < GN_COUNT(good); i++) {
		assert_int_equal(wss_url_parse(gn_str(good[i].url), &h), GN_OK);
		assert_string_equal(h.host, good[i].host);
		assert_int_equal(h.port, good[i].port);
		assert_int_equal(h.is_name, good[i].is_name);
	}
	for (unsigned i = 0; i < GN_COUNT(bad); i++)
		assert_int_not_equal(wss_url_parse(gn_str(bad[i]), &h), GN_OK);
}

static void a_name_at_the_limit(void **state)
{
	(void)state;
	char url[400];
	struct wss_host h;
	for (unsigned over = 0; over < 2; over++) {
		memset(url, 0, sizeof url);
		memcpy(url, "wss://", 6);
		memset(url + 6, 'a', WSS_HOST_MAX + over);
		strcat(url, "/geonet/1");
		assert_int_equal(wss_url_parse(gn_str(url), &h) == GN_OK, !over);
	}
}

static void proxies(void **state)
{
	(void)state;
	struct wss_proxy p;
	assert_int_equal(wss_proxy_parse(GN_LIT("http://proxy.example:3128/"), &p), GN_OK);
	assert_string_equal(p.at.host, "proxy.example");
	assert_int_equal(p.at.port, 3128);
	assert_string_equal(p.basic, "");
	assert_int_equal(wss_proxy_parse(GN_LIT("Aladdin:open%20sesame@10.0.0.1"), &p), GN_OK);
	assert_string_equal(p.basic, "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="); /* RFC 7617 section 2 */
	assert_int_equal(p.at.port, 80);
	assert_int_equal(wss_proxy_parse(GN_LIT("http://who@[::1]:8080"), &p), GN_OK);
	assert_string_equal(p.basic, "d2hvOg==");
	assert_string_equal(p.at.host, "[::1]");
	assert_int_equal(wss_proxy_parse(GN_LIT("https://x:1"), &p), GN_UNSUPPORTED);
	assert_int_equal(wss_proxy_parse(GN_LIT("socks5://x:1"), &p), GN_UNSUPPORTED);
	assert_int_equal(wss_proxy_parse(GN_LIT("http://"), &p), GN_TEXT);
	assert_int_equal(wss_proxy_parse(GN_LIT("a%zz@x"), &p), GN_TEXT);
}

static void a_password_at_the_limit(void **state)
{
	(void)state;
	char text[WSS_BASIC_MAX + 20];
	struct wss_proxy p;
	for (unsigned over = 0; over < 2; over++) {
		size_t n = WSS_BASIC_MAX / 4 * 3 + over;
		memset(text, 'a', n);
		text[1] = ':';
		strcpy(text + n, "@host");
		assert_int_equal(wss_proxy_parse(gn_str(text), &p), over ? GN_TEXT : GN_OK);
	}
	assert_int_equal(strlen(p.basic), WSS_BASIC_MAX);
}

static void who_is_spared_the_proxy(void **state)
{
	(void)state;
	struct wss_host h;
	assert_int_equal(wss_url_parse(GN_LIT("wss://node.example.org/geonet/1"), &h), GN_OK);
	assert_true(wss_proxy_spared(GN_LIT("*"), &h));
	assert_true(wss_proxy_spared(GN_LIT("a, .example.org"), &h));
	assert_true(wss_proxy_spared(GN_LIT("Node.Example.org,b"), &h));
	assert_true(wss_proxy_spared(GN_LIT("org"), &h));
	assert_false(wss_proxy_spared(GN_LIT(""), &h));
	assert_false(wss_proxy_spared(GN_LIT(",, ,"), &h));
	assert_false(wss_proxy_spared(GN_LIT("ample.org"), &h));
	assert_int_equal(wss_url_parse(GN_LIT("wss://192.0.2.7/geonet/1"), &h), GN_OK);
	assert_true(wss_proxy_spared(GN_LIT("192.0.2.7"), &h));
	assert_false(wss_proxy_spared(GN_LIT("2.7"), &h));
}

/* ---- CONNECT ---- */

static gn_err proxy_says(const char *text, size_t step, size_t *left)
{
	struct wss_wire w;
	struct gn_slice all = gn_str(text);
	gn_err err = GN_AGAIN;
	wss_wire_init(&w, true, false, &source);
	for (size_t at = 0; at < all.len && err == GN_AGAIN; at += step) {
		struct gn_slice in = gn_slice_sub(all, at, step);
		err = wss_wire_connected(&w, &in);
		*left = in.len;
	}
	return err;
}

static void a_proxy_s_answers(void **state)
{
	(void)state;
	static char big[WSS_HEAD_MAX + 2] = "HTTP/1.1 200 OK\r\nX: ";
	size_t left;
	for (size_t step = 1; step < 80; step++)
		assert_int_equal(proxy_says("HTTP/1.0 200 Connection established\r\nX: y\r\n\r\n",
					    step, &left),
				 GN_OK);
	assert_int_equal(proxy_says("HTTP/1.1 200\r\n\r\nhello", 100, &left), GN_OK);
	assert_int_equal(left, 5); /* TLS's already */
	assert_int_equal(proxy_says("HTTP/1.1 407 Who are you\r\n\r\n", 9, &left), GN_DENIED);
	assert_int_equal(proxy_says("HTTP/1.1 403 No\r\n\r\n", 9, &left), GN_DENIED);
	assert_int_equal(proxy_says("HTTP/1.1 502 Bad\r\n\r\n", 9, &left), GN_UNREACHABLE);
	assert_int_equal(proxy_says("SSH-2.0-x\r\n\r\n", 9, &left), GN_PROTOCOL);
	assert_int_equal(proxy_says("HTTP/1.1 2000 x\r\n\r\n", 9, &left), GN_PROTOCOL);
	memset(big + 20, 'x', sizeof big - 21);
	assert_int_equal(proxy_says(big, 100, &left), GN_TOO_LARGE);
	memcpy(big + WSS_HEAD_MAX - 4, "\r\n\r\n", 5); /* one byte less is whole */
	assert_int_equal(proxy_says(big, 100, &left), GN_OK);
}

static void what_a_proxy_is_asked(void **state)
{
	(void)state;
	struct wss_host h;
	struct wss_proxy p;
	assert_int_equal(wss_url_parse(GN_LIT("wss://example.org/geonet/1"), &h), GN_OK);
	assert_int_equal(wss_proxy_parse(GN_LIT("Aladdin:open%20sesame@x"), &p), GN_OK);
	wss_wire_connect(&h, &p, &said);
	assert_true(gn_slice_eq(gn_buf_slice(&said),
				GN_LIT("CONNECT example.org:443 HTTP/1.1\r\n"
				       "Host: example.org:443\r\n"
				       "Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"
				       "\r\n")));
}

/* ---- the upgrade ---- */

#define KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define ASK                                                                                        \
	"Host: x\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"                     \
	"Sec-WebSocket-Version: 13\r\n" KEY "Sec-WebSocket-Protocol: a, geonet.1\r\n"

static gn_err asked(struct wss_wire *w, const char *text, size_t step)
{
	struct gn_slice all = gn_str(text);
	struct wss_event e;
	gn_err err = GN_AGAIN;
	said.len = 0;
	for (size_t at = 0; at < all.len && err == GN_AGAIN; at += step) {
		struct gn_slice in = gn_slice_sub(all, at, step);
		err = wss_wire_next(w, &in, &said, &e);
	}
	return err;
}

static void only_one_request_is_ours(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		gn_err err;
		const char *answer;
	} table[] = {
		{"GET /geonet/1 HTTP/1.1\r\n" ASK "\r\n", GN_OK, "101 Switching"},
		{"GET / HTTP/1.1\r\n" ASK "\r\n", GN_NOT_FOUND, "404 Not Found"},
		{"GET /geonet/1?a HTTP/1.1\r\n" ASK "\r\n", GN_NOT_FOUND, "404 Not Found"},
		{"POST /geonet/1 HTTP/1.1\r\n" ASK "\r\n", GN_NOT_FOUND, "404 Not Found"},
		{"GET /geonet/1 HTTP/1.1\r\nHost: x\r\n\r\n", GN_NOT_FOUND, "404 Not Found"},
		{"GET /geonet/1 HTTP/1.1\r\n" ASK "Origin: https://evil\r\n\r\n", GN_NOT_FOUND,
		 "404"},
		{"GET /geonet/1 HTTP/1.1\r\n" ASK "Content-Length: 3\r\n\r\n", GN_NOT_FOUND, "404"},
		{"GET /geonet/1 HTTP/1.1\r\n" ASK KEY "\r\n", GN_PROTOCOL, "400 Bad"},
		{"\x16\x03\x01 what\r\n\r\n", GN_PROTOCOL, "400 Bad"},
		{"GET /geonet/1 HTTP/1.1\n\n", GN_PROTOCOL, "400 Bad"},
	};
	for (unsigned i = 0; i < GN_COUNT(table); i++)
		for (size_t step = 1; step < 400; step += 57) {
			struct wss_wire w;
			wss_wire_init(&w, false, false, &source);
			assert_int_equal(asked(&w, table[i].text, step), table[i].err);
			assert_true(holds(gn_buf_slice(&said), table[i].answer));
			assert_int_equal(w.over, table[i].err != GN_OK);
			assert_int_equal(holds(gn_buf_slice(&said), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
					 table[i].err == GN_OK);
		}
}

static void a_head_at_the_limit(void **state)
{
	(void)state;
	for (unsigned over = 0; over < 2; over++) {
		char text[WSS_HEAD_MAX + 10];
		struct wss_wire w;
		size_t n = (size_t)sprintf(text, "GET /geonet/1 HTTP/1.1\r\n" ASK "X: ");
		size_t len = WSS_HEAD_MAX + over;
		memset(text + n, 'x', len - n);
		strcpy(text + len - 4, "\r\n\r\n");
		wss_wire_init(&w, false, false, &source);
		assert_int_equal(asked(&w, text, 1000), over ? GN_TOO_LARGE : GN_OK);
		assert_true(holds(gn_buf_slice(&said), over ? "431" : "101"));
	}
}

/* The last entry is the web server's own; what the client wrote before it says nothing. */
static void whom_a_web_server_names(void **state)
{
	(void)state;
	static const struct {
		const char *header, *address;
	} table[] = {
		{"X-Forwarded-For: 192.0.2.7\r\n", "192.0.2.7:1"},
		{"X-Forwarded-For: 10.0.0.1, 192.0.2.7:4000\r\n", "192.0.2.7:4000"},
		{"X-Forwarded-For: x, 2001:db8::7\r\n", "[2001:db8::7]:1"},
		{"X-Forwarded-For: [2001:db8::7]:99\r\n", "[2001:db8::7]:99"},
		{"X-Forwarded-For: [2001:db8::7]\r\n", "[2001:db8::7]:1"},
		{"X-Forwarded-For: 192.0.2.7, unknown\r\n", NULL},
		{"", NULL},
	};
	for (unsigned i = 0; i < GN_COUNT(table); i++)
		for (unsigned behind = 0; behind < 2; behind++) {
			char text[800], address[GN_ADDR_TEXT_MAX];
			struct wss_wire w;
			snprintf(text, sizeof text, "GET /geonet/1 HTTP/1.1\r\n" ASK "%s\r\n",
				 table[i].header);
			wss_wire_init(&w, false, behind, &source);
			assert_int_equal(asked(&w, text, 1000), GN_OK);
			gn_addr_text(&w.from, address);
			if (behind && table[i].address)
				assert_string_equal(address, table[i].address);
			else
				assert_int_equal(w.from.port, 0);
		}
}

static void a_server_s_answers(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		gn_err err;
	} table[] = {
		{"HTTP/1.1 101 x\r\nUpgrade: WebSocket\r\nConnection: upgrade\r\n"
		 "Sec-WebSocket-Accept: %\r\nSec-WebSocket-Protocol: geonet.1\r\n\r\n",
		 GN_OK},
		{"HTTP/1.1 101 x\r\nUpgrade: WebSocket\r\nConnection: upgrade\r\n"
		 "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
		 "Sec-WebSocket-Protocol: geonet.1\r\n\r\n",
		 GN_PROTOCOL},
		{"HTTP/1.1 101 x\r\nUpgrade: WebSocket\r\nConnection: upgrade\r\n"
		 "Sec-WebSocket-Accept: %\r\n\r\n",
		 GN_PROTOCOL},
		{"HTTP/1.1 101 x\r\nConnection: upgrade\r\n"
		 "Sec-WebSocket-Accept: %\r\nSec-WebSocket-Protocol: geonet.1\r\n\r\n",
		 GN_PROTOCOL},
		{"HTTP/1.1 404 x\r\n\r\n", GN_NOT_FOUND},
		{"HTTP/1.1 200 x\r\n\r\n", GN_NOT_FOUND},
		{"junk\r\n\r\n", GN_PROTOCOL},
	};
	struct wss_host h;
	assert_int_equal(wss_url_parse(GN_LIT("wss://example.org:444/geonet/1"), &h), GN_OK);
	for (unsigned i = 0; i < GN_COUNT(table); i++) {
		struct wss_wire w;
		char text[400];
		said.len = 0;
		wss_wire_init(&w, true, false, &source);
		wss_wire_ask(&w, &h, &said);
		assert_true(holds(gn_buf_slice(&said), "Host: example.org:444\r\n"));
		const char *mark = strchr(table[i].text, '%');
		size_t n = mark ? (size_t)(mark - table[i].text) : strlen(table[i].text);
		snprintf(text, sizeof text, "%.*s%s%s", (int)n, table[i].text, mark ? w.accept : "",
			 mark ? mark + 1 : "");
		assert_int_equal(asked(&w, text, 11), table[i].err);
		assert_int_equal(w.open, table[i].err == GN_OK);
	}
}

/* ---- frames ---- */

/* Two ends that have shaken hands. */
static void pair(struct wss_wire *client, struct wss_wire *server)
{
	uint8_t bytes[WSS_SAY_MAX];
	struct gn_buf answer = {bytes, 0, sizeof bytes};
	struct wss_host h;
	struct wss_event e;
	assert_int_equal(wss_url_parse(GN_LIT("wss://example.org/geonet/1"), &h), GN_OK);
	wss_wire_init(client, true, false, &source);
	wss_wire_init(server, false, false, &source);
	said.len = 0;
	wss_wire_ask(client, &h, &said);
	struct gn_slice in = gn_buf_slice(&said);
	assert_int_equal(wss_wire_next(server, &in, &answer, &e), GN_OK);
	assert_int_equal(e.kind, WSS_OPENED);
	in = gn_buf_slice(&answer);
	said.len = 0;
	assert_int_equal(wss_wire_next(client, &in, &said, &e), GN_OK);
	assert_true(e.kind == WSS_OPENED && client->open && server->open);
}

static void datagrams_of_all_sizes(void **state)
{
	(void)state;
	static const size_t sizes[] = {1, 125, 126, 1200, WSS_MESSAGE_MAX};
	struct wss_wire c, s;
	pair(&c, &s);
	for (unsigned i = 0; i < GN_COUNT(sizes); i++)
		for (unsigned up = 0; up < 2; up++) {
			struct wss_wire *from = up ? &c : &s, *to = up ? &s : &c;
			uint8_t bytes[WSS_PREFIX_CLIENT + WSS_MESSAGE_MAX], plain[WSS_MESSAGE_MAX];
			size_t prefix = up ? WSS_PREFIX_CLIENT : WSS_PREFIX_SERVER, n = sizes[i];
			struct wss_event e;
			gn_rand_fill(&source, plain, n);
			memcpy(bytes + prefix, plain, n);
			size_t unused = wss_wire_frame(from, bytes, n);
			assert_int_equal(unused, n < 126 ? 2 : 0);
			struct gn_slice in = gn_slice(bytes + unused, prefix - unused + n);
			assert_int_equal(wss_wire_next(to, &in, &said, &e), GN_OK);
			assert_true(e.kind == WSS_DATAGRAM &&
				    gn_slice_eq(e.datagram, gn_slice(plain, n)));
			assert_int_equal(wss_wire_next(to, &in, &said, &e), GN_AGAIN);
		}
}

/* What breaks the rules ends with one close frame that says why. */
static void frames_that_break_the_rules(void **state)
{
	(void)state;
	static const struct {
		uint8_t bytes[10];
		size_t n;
		gn_err err;
		uint16_t code;
	} table[] = {
		{{0x82, 0x01, 'x'}, 3, GN_PROTOCOL, 1002},                     /* no mask */
		{{0x81, 0x81, 0, 0, 0, 0, 'x'}, 7, GN_UNSUPPORTED, 1003},      /* a text */
		{{0x82, 0xfe, 0x05, 0xdd, 0, 0, 0, 0}, 8, GN_TOO_LARGE, 1009}, /* 1,501 bytes */
		{{0xc2, 0x81, 0, 0, 0, 0, 'x'}, 7, GN_PROTOCOL, 1002},         /* a reserved bit */
		{{0x80, 0x80, 0, 0, 0, 0}, 6, GN_PROTOCOL, 1002}, /* goes on with nothing */
	};
	for (unsigned i = 0; i < GN_COUNT(table); i++) {
		struct wss_wire c, s;
		struct wss_event e;
		struct gn_slice in = gn_slice(table[i].bytes, table[i].n);
		pair(&c, &s);
		said.len = 0;
		assert_int_equal(wss_wire_next(&s, &in, &said, &e), table[i].err);
		assert_int_equal(said.len, 4);
		assert_int_equal(said.p[0], 0x88);
		assert_int_equal(said.p[2] << 8 | said.p[3], table[i].code);
		assert_int_equal(wss_wire_next(&s, &in, &said, &e), GN_CLOSED);
		assert_int_equal(said.len, 4);
	}
}

static void fragments_pings_and_the_end(void **state)
{
	(void)state;
	static const uint8_t parts[] = {
		0x02, 0x81, 0, 0, 0, 0, 'a',       /* begins */
		0x89, 0x82, 0, 0, 0, 0, 'p', 'p',  /* a ping within */
		0x00, 0x80, 0, 0, 0, 0,            /* nothing more, yet */
		0x80, 0x81, 0, 0, 0, 0, 'b',       /* ends */
		0x88, 0x82, 0, 0, 0, 0, 3,   0xe8, /* 1000 */
	};
	struct wss_wire c, s;
	struct wss_event e;
	struct gn_slice in = GN_SLICE(parts);
	pair(&c, &s);
	said.len = 0;
	assert_int_equal(wss_wire_next(&s, &in, &said, &e), GN_OK);
	assert_int_equal(e.kind, WSS_HEARD);
	assert_true(gn_slice_eq(gn_buf_slice(&said), GN_LIT("\x8a\x02pp")));
	assert_int_equal(wss_wire_next(&s, &in, &said, &e), GN_OK);
	assert_true(e.kind == WSS_DATAGRAM && gn_slice_eq(e.datagram, GN_LIT("ab")));
	said.len = 0;
	assert_int_equal(wss_wire_next(&s, &in, &said, &e), GN_CLOSED);
	assert_true(gn_slice_eq(gn_buf_slice(&said), GN_LIT("\x88\x02\x03\xe8")));
	said.len = 0;
	wss_wire_close(&s, 1000, &said);
	assert_int_equal(said.len, 0); /* once */
}

/* A client's close and ping are masked, and understood. */
static void a_client_s_control_frames(void **state)
{
	(void)state;
	struct wss_wire c, s;
	struct wss_event e;
	uint8_t bytes[2 * WSS_SAY_MAX];
	struct gn_buf back = {bytes, 0, sizeof bytes};
	pair(&c, &s);
	wss_wire_ping(&c, &said);
	wss_wire_close(&c, 1000, &said);
	assert_true(said.p[1] & 0x80);
	struct gn_slice in = gn_buf_slice(&said);
	assert_int_equal(wss_wire_next(&s, &in, &back, &e), GN_OK);
	assert_int_equal(e.kind, WSS_HEARD);
	assert_int_equal(wss_wire_next(&s, &in, &back, &e), GN_CLOSED);
	assert_true(gn_slice_eq(gn_buf_slice(&back), GN_LIT("\x8a\x00\x88\x02\x03\xe8")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(a_name_at_the_limit),
		cmocka_unit_test(proxies),
		cmocka_unit_test(a_password_at_the_limit),
		cmocka_unit_test(who_is_spared_the_proxy),
		cmocka_unit_test(a_proxy_s_answers),
		cmocka_unit_test_setup(what_a_proxy_is_asked, set_up),
		cmocka_unit_test(only_one_request_is_ours),
		cmocka_unit_test(a_head_at_the_limit),
		cmocka_unit_test(whom_a_web_server_names),
		cmocka_unit_test(a_server_s_answers),
		cmocka_unit_test(datagrams_of_all_sizes),
		cmocka_unit_test(frames_that_break_the_rules),
		cmocka_unit_test(fragments_pings_and_the_end),
		cmocka_unit_test(a_client_s_control_frames),
	};
	return cmocka_run_group_tests(tests, set_up, NULL);
}
