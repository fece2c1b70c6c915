/* Node records: what is made is read, what is none is refused, and what a stranger adds does no
 * harm. Rule RE-17. */
#include "records/noderec.h"
#include "wire/generated/bodies_fb.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define T0 UINT64_C(1767225600)

static struct gn_sk node;
static uint8_t bytes[GN_RECORD_MAX];

static int set_up(void **state)
{
	(void)state;
	gn_sk_from_seed((const uint8_t[32]){'n'}, &node);
	return 0;
}

static struct gn_noderec full(void)
{
	struct gn_noderec r = {.node = node.pk,
			       .seq = 7,
			       .created = T0,
			       .ttl = GN_NODEREC_TTL,
			       .addr_count = GN_NODEREC_ADDRS,
			       .url_count = GN_NODEREC_URLS,
			       .home_count = GN_NODEREC_HOMES};
	char longest[GN_NODEREC_URL + 1] = "wss://";
	memset(longest + 6, 'x', sizeof longest - 7);
	assert_true(gn_noderec_url(gn_str(longest), &r.urls[0]));
	assert_true(gn_noderec_url(gn_str("quic://[::1]:443"), &r.urls[1]));
	assert_true(gn_noderec_url(gn_str("wss://a/geonet/1"), &r.homes[1].url));
	for (unsigned i = 0; i < GN_NODEREC_ADDRS; i++)
		r.addrs[i] = gn_addr_v4(192, 0, 2, (uint8_t)i, 7777);
	for (unsigned i = 0; i < GN_NODEREC_HOMES; i++) {
		r.homes[i].relay.b[0] = (uint8_t)(i + 1);
		r.homes[i].addr = gn_addr_v4(198, 51, 100, (uint8_t)i, 7777);
	}
	r.homes[1].addr.port = 0; /* not said */
	memset(r.homes[1].addr.ip, 0, sizeof r.homes[1].addr.ip);
	return r;
}

static void what_is_made_is_read(void **state)
{
	struct gn_noderec r = full(), back;
	struct gn_buf buf = {bytes, 0, sizeof bytes};
	(void)state;
	assert_int_equal(gn_noderec_record(&node, &r, &buf), GN_OK);
	assert_int_equal(gn_noderec_open(gn_buf_slice(&buf), &back), GN_OK);
	assert_memory_equal(&back.node, &r.node, sizeof r.node);
	assert_int_equal(back.seq, r.seq);
	assert_int_equal(back.ttl, r.ttl);
	assert_int_equal(back.addr_count, r.addr_count);
	assert_int_equal(back.home_count, r.home_count);
	for (unsigned i = 0; i < r.addr_count; i++)
		assert_true(gn_addr_eq(&back.addrs[i], &r.addrs[i]));
	for (unsigned i = 0; i < r.home_count; i++) {
		assert_memory_equal(&back.homes[i].relay, &r.homes[i].relay, 32);
		assert_int_equal(back.homes[i].addr.port, r.homes[i].addr.port);
		assert_string_equal(back.homes[i].url.text, r.homes[i].url.text);
	}
	assert_int_equal(back.url_count, r.url_count);
	for (unsigned i = 0; i < r.url_count; i++)
		assert_string_equal(back.urls[i].text, r.urls[i].text);
	/* it lies under the node's key */
	struct gn_hash key;
	struct gn_record wire;
	gn_noderec_key(&node.pk, &key);
	assert_int_equal(gn_wire_record_open(gn_buf_slice(&buf), &wire), GN_OK);
	assert_memory_equal(key.b, wire.key.b, sizeof key.b);
}

static void a_longer_life_is_refused(void **state)
{
	struct gn_noderec r = full();
	struct gn_buf buf = {bytes, 0, sizeof bytes};
	(void)state;
	r.ttl = GN_NODEREC_TTL + 1;
	assert_int_equal(gn_noderec_record(&node, &r, &buf), GN_RANGE);
	buf = (struct gn_buf){bytes, 0, 100};
	r.ttl = GN_NODEREC_TTL;
	assert_int_equal(gn_noderec_record(&node, &r, &buf), GN_TOO_LARGE);
}

/* A record as somebody else would make it: with more than is read. */
static gn_err make(uint16_t type, const char *label, unsigned count, uint8_t carrier,
		   struct gn_buf *buf)
{
	static uint8_t storage[8192];
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_fb_addr addrs[16];
	gn_fbref homes[16];
	struct gn_fb_key relay = {{9}};
	struct gn_addr at = gn_addr_v4(1, 2, 3, 4, 5);
	struct gn_slice body;
	for (unsigned i = 0; i < count; i++) {
		addrs[i] = gn_wire_addr(&at, carrier);
		homes[i] = gn_fb_node_home_make(
			&b, &(struct gn_fb_node_home_args){.relay = &relay, .addr = &addrs[i]});
	}
	struct gn_fb_node_body_args args = {.addrs = {addrs, count}, .homes = {homes, count}};
	assert_int_equal(gn_fbb_finish(&b, gn_fb_node_body_make(&b, &args), NULL, &body), GN_OK);
	struct gn_record_fields fields = {.type = type,
					  .label = gn_str(label),
					  .body = body,
					  .seq = 1,
					  .created = T0,
					  .ttl = 3600};
	return gn_wire_record_make(&node, NULL, &fields, buf);
}

static void what_is_more_is_not_read(void **state)
{
	struct gn_buf buf = {bytes, 0, sizeof bytes};
	struct gn_noderec r;
	(void)state;
	assert_int_equal(make(GN_FB_RECORD_TYPE_NODE, "", 16, GN_FB_CARRIER_UDP, &buf), GN_OK);
	assert_int_equal(gn_noderec_open(gn_buf_slice(&buf), &r), GN_OK);
	assert_int_equal(r.addr_count, GN_NODEREC_ADDRS);
	assert_int_equal(r.home_count, GN_NODEREC_HOMES);
	buf.len = 0;
	assert_int_equal(make(GN_FB_RECORD_TYPE_NODE, "", 2, GN_FB_CARRIER_TLS, &buf), GN_OK);
	assert_int_equal(gn_noderec_open(gn_buf_slice(&buf), &r), GN_OK);
	assert_int_equal(r.addr_count, 0);
	assert_int_equal(r.homes[1].addr.port, 0);
}

static void a_url_has_a_form(void **state)
{
	static const char *const none[] = {
		"",           "wss",         "wss://",         "://host",
		"wss://a b",  "WSS://host",  "wss://h\n",      "host:7777",
		"wss:/host/", "wss://h\x7f", "wss://h\xc3\xa4"};
	struct gn_noderec_url url;
	char text[GN_NODEREC_URL + 2] = "wss://";
	(void)state;
	for (unsigned i = 0; i < GN_COUNT(none); i++) {
		memset(&url, 'x', sizeof url);
		assert_false(gn_noderec_url(gn_str(none[i]), &url));
		assert_int_equal(url.text[0], 0);
	}
	memset(text + 6, 'x', sizeof text - 7);
	assert_false(gn_noderec_url(gn_str(text), &url));
	text[GN_NODEREC_URL] = 0;
	assert_true(gn_noderec_url(gn_str(text), &url));
	assert_string_equal(url.text, text);
}

/* Of what somebody else wrote the first good ones are read. */
static void urls_that_are_none_are_left_out(void **state)
{
	static uint8_t storage[4096];
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	const struct gn_slice urls[] = {gn_str("x"), gn_str("wss://a"), gn_str("wss:// "),
					gn_str("wss://b"), gn_str("wss://c")};
	const struct gn_fb_node_body_args args = {.urls = {urls, GN_COUNT(urls)}};
	struct gn_buf buf = {bytes, 0, sizeof bytes};
	struct gn_slice body;
	struct gn_noderec r;
	(void)state;
	assert_int_equal(gn_fbb_finish(&b, gn_fb_node_body_make(&b, &args), NULL, &body), GN_OK);
	const struct gn_record_fields fields = {
		.type = GN_FB_RECORD_TYPE_NODE, .body = body, .seq = 1, .created = T0, .ttl = 60};
	assert_int_equal(gn_wire_record_make(&node, NULL, &fields, &buf), GN_OK);
	assert_int_equal(gn_noderec_open(gn_buf_slice(&buf), &r), GN_OK);
	assert_int_equal(r.url_count, GN_NODEREC_URLS);
	assert_string_equal(r.urls[0].text, "wss://a");
	assert_string_equal(r.urls[1].text, "wss://b");
}

static void what_is_none_is_refused(void **state)
{
	struct gn_buf buf = {bytes, 0, sizeof bytes};
	struct gn_noderec r = {.seq = 99};
	(void)state;
	assert_int_equal(make(GN_FB_RECORD_TYPE_SITE, "", 1, GN_FB_CARRIER_UDP, &buf), GN_OK);
	assert_int_equal(gn_noderec_open(gn_buf_slice(&buf), &r), GN_MALFORMED);
	buf.len = 0;
	assert_int_equal(make(GN_FB_RECORD_TYPE_NODE, "x", 1, GN_FB_CARRIER_UDP, &buf), GN_OK);
	assert_int_equal(gn_noderec_open(gn_buf_slice(&buf), &r), GN_MALFORMED);
	buf.len = 0;
	assert_int_equal(make(GN_FB_RECORD_TYPE_NODE, "", 1, GN_FB_CARRIER_UDP, &buf), GN_OK);
	bytes[buf.len / 2] ^= 1;
	assert_int_not_equal(gn_noderec_open(gn_buf_slice(&buf), &r), GN_OK);
	assert_int_equal(r.seq, 99);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_made_is_read),
		cmocka_unit_test(a_longer_life_is_refused),
		cmocka_unit_test(what_is_more_is_not_read),
		cmocka_unit_test(what_is_none_is_refused),
		cmocka_unit_test(a_url_has_a_form),
		cmocka_unit_test(urls_that_are_none_are_left_out),
	};
	return cmocka_run_group_tests(tests, set_up, NULL);
}
