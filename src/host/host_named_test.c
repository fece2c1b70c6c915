/* Clients with a secret where others come in without one: a Unix socket (docs/spec/app.md AP-12,
 * AP-15). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "host/app.h"
#include "host/client.h"

#define NOW (10 * GN_SEC)

static unsigned granted; /* rights that the client has */
static size_t asked_cap;

static bool secret(void *user, const uint8_t id[32], uint8_t out[32])
{
	(void)user;
	memset(out, 5, 32);
	return id[0] == 1;
}

static size_t rights_of(void *user, const uint8_t id[32], struct gn_slice *out, size_t cap)
{
	(void)user;
	assert_int_equal(id[0], 1);
	asked_cap = cap;
	for (size_t i = 0; i < granted && i < cap; i++)
		out[i] = GN_LIT("chat");
	return granted < cap ? granted : cap;
}

static struct gn_host_app *server(bool open)
{
	static const struct gn_slice all[] = {{(const uint8_t *)"*", 1}};
	const struct gn_host_app_config config = {.software = "s",
						  .rights = all,
						  .right_count = 1,
						  .origin = "unix:/x",
						  .secret = secret,
						  .client_rights = rights_of,
						  .open = open,
						  .now = NOW};
	return gn_host_app_new(&config);
}

/* What the client ends up with: READY's rights, or an error. */
static gn_err talk(bool open, uint8_t id, uint8_t key, char out[8], unsigned *count, bool *named)
{
	struct gn_host_client_config config = {.software = "c", .now = NOW};
	struct gn_host_app *app = server(open);
	struct gn_host_client_event e;
	gn_err err = GN_AGAIN;
	if (id) {
		config.origin = "unix:/x";
		config.id[0] = id;
		memset(config.secret, key, sizeof config.secret);
	}
	struct gn_host_client *c = gn_host_client_new(&config);
	for (unsigned i = 0; i < 8 && err == GN_AGAIN; i++) {
		struct gn_slice bytes = gn_host_client_out(c);
		assert_int_equal(gn_host_app_recv(app, bytes, NOW), GN_OK);
		gn_host_client_sent(c, bytes.len, NOW);
		bytes = gn_host_app_out(app);
		assert_int_equal(gn_host_client_recv(c, bytes, NOW), bytes.len);
		gn_host_app_sent(app, bytes.len, NOW);
		while (gn_host_client_next(c, NOW, &e)) {
			struct gn_fb_app_ready r = {e.table};
			if (e.what == GN_HOST_CLIENT_OVER)
				err = e.fault.err;
			if (e.what != GN_HOST_CLIENT_READY)
				continue;
			err = GN_OK;
			*count = gn_fb_app_ready_rights_len(r);
			struct gn_slice first =
				*count ? gn_fb_app_ready_rights_at(r, 0) : GN_LIT("none");
			snprintf(out, 8, "%.*s", (int)first.len, (const char *)first.p);
		}
	}
	const uint8_t *who = gn_host_app_client(app);
	*named = who != NULL;
	assert_true(!who || who[0] == id);
	gn_host_client_free(c);
	gn_host_app_free(app);
	return err;
}

static void named_or_not(void **state)
{
	char first[8] = "";
	unsigned count = 0;
	bool named = false;
	(void)state;
	granted = 2;
	assert_int_equal(talk(true, 0, 0, first, &count, &named), GN_OK);
	assert_string_equal(first, "*");
	assert_false(named);
	assert_int_equal(talk(true, 1, 5, first, &count, &named), GN_OK);
	assert_string_equal(first, "chat");
	assert_int_equal(count, 2);
	assert_true(named);
	/* another secret, and nobody: not let in as one without a name */
	assert_int_equal(talk(true, 1, 6, first, &count, &named), GN_DENIED);
	assert_false(named);
	assert_int_equal(talk(true, 2, 5, first, &count, &named), GN_DENIED);
	assert_false(named);
	/* where a secret is asked for, nobody comes in without */
	assert_int_equal(talk(false, 0, 0, first, &count, &named), GN_DENIED);
	assert_int_equal(talk(false, 1, 5, first, &count, &named), GN_OK);
}

static void as_many_rights(void **state)
{
	char first[8] = "";
	unsigned count = 0;
	bool named = false;
	(void)state;
	for (granted = GN_HOST_CLIENT_RIGHTS_MAX; granted <= GN_HOST_CLIENT_RIGHTS_MAX + 1;
	     granted++) {
		assert_int_equal(talk(true, 1, 5, first, &count, &named), GN_OK);
		assert_int_equal(count, GN_HOST_CLIENT_RIGHTS_MAX);
		assert_int_equal(asked_cap, GN_HOST_CLIENT_RIGHTS_MAX);
	}
	granted = 0;
	assert_int_equal(talk(true, 1, 5, first, &count, &named), GN_OK);
	assert_string_equal(first, "none");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(named_or_not),
					   cmocka_unit_test(as_many_rights)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
