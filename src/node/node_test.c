/* The node's pure parts: configuration and what the API reads from requests. */
#include "node/body.h"
#include "node/node.h"
#include "node/origin.h"
#include "node/peers_int.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void fresh(struct gn_node_config *c)
{
	gn_host_settings_default(gn_node_settings, c, sizeof *c);
}

static gn_err parse_file(struct gn_node_config *c, struct gn_slice text, char why[GN_HOST_WHY])
{
	return gn_host_settings_parse(gn_node_settings, c, sizeof *c, text, why);
}

static gn_err set(struct gn_node_config *c, const char *name, const char *value)
{
	char why[GN_HOST_WHY] = "";
	gn_err err = gn_host_setting_set(gn_node_settings, c, gn_str(name), gn_str(value), why);
	if (err)
		assert_true(strlen(why) > 0);
	return err;
}

static void settings_take_good_values_and_refuse_bad_ones(void **state)
{
	struct gn_node_config c;
	(void)state;
	fresh(&c);
	assert_int_equal(set(&c, "port", "0"), GN_OK);
	assert_int_equal(set(&c, "port", "65535"), GN_OK);
	assert_int_equal(c.port, 65535);
	assert_int_equal(set(&c, "port", "65536"), GN_USAGE);
	assert_int_equal(set(&c, "port", ""), GN_USAGE);
	assert_int_equal(set(&c, "port", "-1"), GN_USAGE);
	assert_int_equal(set(&c, "port", "12x"), GN_USAGE);
	assert_int_equal(c.port, 65535);
	assert_int_equal(set(&c, "http", "off"), GN_OK);
	assert_true(c.http_off);
	assert_int_equal(set(&c, "store-limit", "3G"), GN_OK);
	assert_true(c.store_limit == UINT64_C(3) << 30);
	assert_int_equal(set(&c, "store-limit", "3X"), GN_USAGE);
	assert_int_equal(set(&c, "store-limit", "99999999999T"), GN_USAGE);
	assert_int_equal(set(&c, "log", "loud"), GN_USAGE);
	assert_int_equal(set(&c, "colour", "red"), GN_USAGE);
	assert_int_equal(set(&c, "bootstrap", "example.net"), GN_USAGE);
	assert_int_equal(set(&c, "bootstrap", "::1:7"), GN_USAGE);
	for (unsigned i = 0; i < GN_NODE_BOOTSTRAP; i++)
		assert_int_equal(set(&c, "bootstrap", i % 2 ? "[::1]:7777" : "example.net:7777"),
				 GN_OK);
	/* one past the limit */
	assert_int_equal(set(&c, "bootstrap", "example.net:7777"), GN_USAGE);
	char data[92];
	memset(data, 'd', sizeof data);
	data[90] = 0;
	assert_int_equal(set(&c, "data", data), GN_OK);
	data[90] = 'd';
	data[91] = 0;
	assert_int_equal(set(&c, "data", data), GN_USAGE);
}

static void a_file_is_taken_whole_or_not_at_all(void **state)
{
	struct gn_node_config c;
	char why[GN_HOST_WHY] = "";
	(void)state;
	fresh(&c);
	assert_int_equal(parse_file(&c,
				    gn_str("# a node\nport = 7000 # here\r\n\n  "
					   "log=warn"),
				    why),
			 GN_OK);
	assert_int_equal(c.port, 7000);
	assert_int_equal(c.log, GN_LOG_WARN);
	assert_int_equal(parse_file(&c, gn_str("port = 7001\nlog = loud\n"), why), GN_USAGE);
	assert_non_null(strstr(why, "line 2"));
	assert_non_null(strstr(why, "loud"));
	assert_int_equal(c.port, 7000);
	assert_int_equal(parse_file(&c, gn_str("port 7001\n"), why), GN_USAGE);
	assert_int_equal(parse_file(&c, gn_slice("log = \0x", 8), why), GN_USAGE);
}

/* RFC 4648 section 10. */
static void base64_of_the_rfc(void **state)
{
	static const char *const plain[] = {"", "f", "fo", "foo", "foob", "fooba", "foobar"};
	static const char *const coded[] = {"",         "Zg==",     "Zm8=",    "Zm9v",
					    "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
	static const char *const bad[] = {
		"Z", "Zg=", "Zg", "Z===", "====", "Zg==Zg==", "Zm9*", "=m9v"};
	uint8_t *out;
	size_t len;
	(void)state;
	for (size_t i = 0; i < GN_COUNT(plain); i++) {
		assert_int_equal(gn_node_unbase64(gn_str(coded[i]), &out, &len), GN_OK);
		assert_int_equal(len, strlen(plain[i]));
		assert_memory_equal(out, plain[i], len);
		free(out);
	}
	for (size_t i = 0; i < GN_COUNT(bad); i++)
		assert_int_equal(gn_node_unbase64(gn_str(bad[i]), &out, &len), GN_TEXT);
}

static void spread_bodies(void **state)
{
	struct gn_node_spread_body s;
	char json[256], hex[65];
	(void)state;
	memset(hex, 'a', 64);
	hex[64] = 0;
	snprintf(json, sizeof json, "{\"blocks\":[\"%s\"],\"copies\":8,\"keep_until\":9}", hex);
	assert_int_equal(gn_node_spread_parse(gn_str(json), &s), GN_OK);
	assert_true(s.count == 1 && s.copies == 8 && s.keep_until == 9 && s.hashes[31] == 0xaa);
	free(s.hashes);
	snprintf(json, sizeof json, "{\"blocks\":[\"%s\"],\"copies\":9}", hex);
	assert_int_equal(gn_node_spread_parse(gn_str(json), &s), GN_RANGE);
	assert_int_equal(gn_node_spread_parse(gn_str("{\"blocks\":[]}"), &s), GN_USAGE);
	assert_int_equal(gn_node_spread_parse(gn_str("{\"blocks\":[\"aa\"]}"), &s), GN_USAGE);
	assert_int_equal(gn_node_spread_parse(gn_str("[1]"), &s), GN_USAGE);
	assert_int_equal(gn_node_spread_parse(gn_str(""), &s), GN_USAGE);
}

static void guard_settings(void **state)
{
	struct gn_node_config c;
	(void)state;
	fresh(&c);
	assert_true(c.guard == GN_NODE_GUARD_ON && !c.guard_count_local);
	assert_int_equal(set(&c, "guard", "cookie"), GN_OK);
	assert_int_equal(c.guard, GN_NODE_GUARD_COOKIE);
	assert_int_equal(set(&c, "guard", "off"), GN_OK);
	assert_int_equal(c.guard, GN_NODE_GUARD_OFF);
	assert_int_equal(set(&c, "guard", "maybe"), GN_USAGE);
	assert_int_equal(c.guard, GN_NODE_GUARD_OFF);
	assert_int_equal(set(&c, "guard-local", "count"), GN_OK);
	assert_true(c.guard_count_local);
	assert_int_equal(set(&c, "guard-local", "exempt"), GN_OK);
	assert_false(c.guard_count_local);
}

/* ---- origins (NO-21) ---- */

static const struct gn_pk owner = {{7, 1}}, other = {{7, 2}};

static gn_err parse(const char *host, struct gn_node_origin *out)
{
	const char *why = "";
	gn_err err = gn_node_origin_parse(gn_str(host), out, &why);
	if (err == GN_TEXT)
		assert_true(strlen(why) > 0);
	return err;
}

/* The origin of a name is read back as that name, and is another for another owner. */
static void comes_back(const char *text, const char *begins)
{
	char host[GN_ORIGIN_MAX], theirs[GN_ORIGIN_MAX];
	struct gn_name name;
	struct gn_node_origin o;
	assert_int_equal(gn_name_parse(gn_str(text), &name, NULL), GN_OK);
	assert_int_equal(gn_node_origin_host(&name, &owner, host), GN_OK);
	assert_memory_equal(host, begins, strlen(begins));
	assert_int_equal(strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789-."), strlen(host));
	assert_int_equal(parse(host, &o), GN_OK);
	assert_true(o.own);
	assert_string_equal(o.name.text, name.text);
	if (name.form == GN_NAME_PID)
		return;
	assert_int_equal(gn_node_origin_host(&name, &other, theirs), GN_OK);
	assert_string_not_equal(host, theirs);
}

static void each_name_and_owner_is_an_origin(void **state)
{
	char pid[GN_PID_MAX], host[GN_ORIGIN_MAX], text[300];
	struct gn_node_origin o;
	struct gn_name name;
	(void)state;
	gn_pid(&owner, pid);
	comes_back("welcome", "geo-welcome-");
	comes_back("a-b.town", "geo-a--b-town-");
	comes_back("a.b-town", "geo-a-b--town-");
	comes_back("m\xc3\xbcnchen", "geo-xn----mnchen--3ya-");
	comes_back("pid", "geo-pid-");
	comes_back("pid-x", "geo-pid--x-");
	comes_back(pid, "geo-pid--");
	snprintf(text, sizeof text, "my-blog.de.%s", pid);
	comes_back(text, "my--blog-de-");
	/* A label has 63 bytes. */
	memset(text, 'n', 46);
	text[46] = 0;
	comes_back(text, "geo-nnnn");
	memset(text, 'n', 47);
	text[47] = 0;
	assert_int_equal(gn_name_parse(gn_str(text), &name, NULL), GN_OK);
	assert_int_equal(gn_node_origin_host(&name, &owner, host), GN_TOO_LARGE);
	/* A PID shows its own site; another's does not become part of it. */
	assert_int_equal(gn_name_parse(gn_str(pid), &name, NULL), GN_OK);
	assert_int_equal(gn_node_origin_host(&name, &owner, host), GN_OK);
	assert_int_equal(strlen(host), strlen("geo-pid--.localhost") + 52);
	assert_int_equal(gn_node_origin_host(&name, &other, host), GN_TOO_LARGE);
	/* The address. */
	assert_int_equal(parse("a.town.geo.localhost", &o), GN_OK);
	assert_true(!o.own && o.name.form == GN_NAME_DELEGATED);
}

static void other_hosts_are_no_origins(void **state)
{
	static const char *const none[] = {"localhost",
					   "geo.localhost",
					   "geo-.localhost",
					   "127.0.0.1",
					   "geo-a.example",
					   "geo-a.b.localhost",
					   "x.localhost",
					   ".localhost",
					   "geo-welcome.localhost.evil.example",
					   "",
					   "geo-"};
	static const char *const bad[] = {
		"geo-welcome.localhost",        "geo-a-b-bcdefghijkl.localhost",
		"geo--bcdefghijklm.localhost",  "..geo.localhost",
		"geo-bcdefghijklm.localhost",   "geo-welcome-bcdefghijkl.localhost",
		"geo----bcdefghijklm.localhost"};
	struct gn_node_origin o;
	(void)state;
	for (size_t i = 0; i < GN_COUNT(none); i++)
		assert_int_equal(parse(none[i], &o), GN_NOT_FOUND);
	for (size_t i = 0; i < GN_COUNT(bad); i++)
		assert_int_equal(parse(bad[i], &o), GN_TEXT);
}

/* NO-22. */
static void who_asks(void **state)
{
	static const struct {
		const char *site, *mode, *dest;
		enum gn_node_visitor is;
	} table[] = {
		{NULL, NULL, NULL, GN_VISITOR_TOOL},
		{NULL, "navigate", "document", GN_VISITOR_TOOL},
		{"none", "navigate", "document", GN_VISITOR_VISIT},
		{"cross-site", "navigate", "document", GN_VISITOR_VISIT},
		{"same-site", "navigate", "document", GN_VISITOR_VISIT},
		{"same-origin", "no-cors", "image", GN_VISITOR_OWN},
		{"same-origin", "navigate", "iframe", GN_VISITOR_OWN},
		{"none", "no-cors", "image", GN_VISITOR_OWN},
		{"same-origin", "same-origin", "serviceworker", GN_VISITOR_WORKER},
		{"cross-site", "navigate", "iframe", GN_VISITOR_FOREIGN},
		{"cross-site", "no-cors", "document", GN_VISITOR_FOREIGN},
		{"cross-site", "no-cors", "image", GN_VISITOR_FOREIGN},
		{"same-site", "no-cors", "script", GN_VISITOR_FOREIGN},
		{"cross-site", "same-origin", "serviceworker", GN_VISITOR_FOREIGN},
		{"anything", NULL, NULL, GN_VISITOR_FOREIGN},
	};
	(void)state;
	for (size_t i = 0; i < GN_COUNT(table); i++)
		assert_int_equal(gn_node_visitor(gn_str(table[i].site), gn_str(table[i].mode),
						 gn_str(table[i].dest)),
				 table[i].is);
}

/* NO-13, NO-14: a slow line is not behind, who stops is, however much came before. */
static void being_early_is_not_saved_up(void **state)
{
	struct pace p = {0};
	uint64_t bytes = 0;
	(void)state;
	for (unsigned i = 0; i < 60; i++)
		pace_look(&p, bytes += 1024, 1024, GN_SEC);
	assert_int_equal(p.behind, 0);
	pace_look(&p, bytes += 512, 1024, GN_SEC);
	assert_int_equal(p.behind, GN_SEC / 2);
	pace_look(&p, bytes += 60000, 1024, 5 * GN_SEC); /* all at once */
	assert_int_equal(p.behind, GN_SEC / 2);
	for (unsigned i = 0; i < 34; i++)
		pace_look(&p, ++bytes, 1024, GN_SEC);
	assert_true(p.behind > 34 * GN_SEC && p.behind < 35 * GN_SEC);
	pace_look(&p, 3, 1024, GN_SEC); /* it began again */
	assert_true(p.behind > 35 * GN_SEC);
	pace_look(&p, UINT64_MAX, 1024, GN_SEC);
	assert_true(p.behind < 36 * GN_SEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(settings_take_good_values_and_refuse_bad_ones),
		cmocka_unit_test(a_file_is_taken_whole_or_not_at_all),
		cmocka_unit_test(base64_of_the_rfc),
		cmocka_unit_test(spread_bodies),
		cmocka_unit_test(guard_settings),
		cmocka_unit_test(each_name_and_owner_is_an_origin),
		cmocka_unit_test(other_hosts_are_no_origins),
		cmocka_unit_test(who_asks),
		cmocka_unit_test(being_early_is_not_saved_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
