/* Registers of programs: set, listed in pages, told, bounded; people's own are out of reach. Rule:
 * AG-116. */
#include "agent/testing/calls.h"
#include "agent/testing/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct world w;

static int set_up(void **state)
{
	(void)state;
	world_make(&w);
	calls_serve(&w.souls[0].a);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	world_end(&w);
	return 0;
}

static gn_err set(struct gn_slice key, struct gn_slice value)
{
	struct gn_fbb b = calls_builder();
	struct gn_fb_register_set_args args = {.key = key, .value = value};
	gn_fbref t = gn_fb_register_set_make(&b, &args);
	struct agent_request *r = calls_ask(
		&w.souls[0].a, agent_call_register_set,
		(struct gn_app_kind){GN_FB_APP_BODY_APP_CHAT, GN_FB_APP_CHAT_BODY_REGISTER_SET}, &b,
		t);
	gn_host_release(&r->base);
	assert_int_equal(calls_got.answers + calls_got.refusals, 1);
	return calls_got.refusals ? calls_got.err : GN_OK;
}

static struct gn_fb_registers_is list(const char *prefix, struct gn_slice after, uint16_t limit)
{
	struct gn_fbb b = calls_builder();
	struct gn_fb_registers_list_args args = {
		.prefix = gn_str(prefix), .after = after, .limit = limit};
	gn_fbref t = gn_fb_registers_list_make(&b, &args);
	struct agent_request *r = calls_ask(
		&w.souls[0].a, agent_call_registers_list,
		(struct gn_app_kind){GN_FB_APP_BODY_APP_CHAT, GN_FB_APP_CHAT_BODY_REGISTERS_LIST},
		&b, t);
	gn_host_release(&r->base);
	assert_int_equal(calls_got.answers, 1);
	return (struct gn_fb_registers_is){calls_got.table};
}

static void is_at(struct gn_fb_registers_is t, uint32_t i, const char *key, const char *value)
{
	struct gn_fb_register_value v = gn_fb_registers_is_registers_at(t, i);
	assert_true(gn_slice_eq(gn_fb_register_value_key(v), gn_str(key)));
	assert_true(gn_slice_eq(gn_fb_register_value_value(v), gn_str(value)));
	assert_true(gn_fb_register_value_time(v) > 0);
}

static void set_and_listed(void **state)
{
	static char long_key[GN_CONTENT_REGISTER_KEY_MAX + 1], long_value[GN_CONTENT_VALUE_MAX + 1];
	(void)state;
	memset(long_key, 'z', sizeof long_key);
	assert_int_equal(set(GN_LIT("app/set/a"), GN_LIT("1")), GN_OK);
	assert_int_equal(set(GN_LIT("app/set/b"), GN_LIT("2")), GN_OK);
	assert_int_equal(set(GN_LIT("app/sex"), GN_LIT("no")), GN_OK);
	assert_int_equal(set(GN_LIT("q"), GN_LIT("3")), GN_OK);
	assert_int_equal(set(gn_slice(long_key, sizeof long_key - 1),
			     gn_slice(long_value, sizeof long_value - 1)),
			 GN_OK);
	/* one past each bound, and what is not theirs */
	assert_int_equal(set(gn_slice(long_key, sizeof long_key), GN_LIT("x")), GN_TOO_LARGE);
	assert_int_equal(set(GN_LIT("r"), gn_slice(long_value, sizeof long_value)), GN_TOO_LARGE);
	assert_int_equal(set(GN_LIT(""), GN_LIT("x")), GN_TEXT);
	assert_int_equal(set(GN_LIT("a\nb"), GN_LIT("x")), GN_TEXT);
	assert_int_equal(set(GN_LIT("people/read/x"), GN_LIT("x")), GN_DENIED);
	/* own ones are there and not shown */
	struct gn_people_add add = {.owner = world_owner(&w, 1)};
	assert_int_equal(gn_people_add(w.souls[0].a.people, &add, w.now), GN_OK);
	agent_settle(&w.souls[0].a);
	struct gn_fb_registers_is t = list("", gn_slice(NULL, 0), 0);
	assert_int_equal(gn_fb_registers_is_registers_len(t), 5);
	t = list("people/", gn_slice(NULL, 0), 0);
	assert_int_equal(gn_fb_registers_is_registers_len(t), 0);
	t = list("app/set/", gn_slice(NULL, 0), 1);
	assert_int_equal(gn_fb_registers_is_registers_len(t), 1);
	is_at(t, 0, "app/set/a", "1");
	assert_true(gn_fb_registers_is_more(t));
	t = list("app/set/", GN_LIT("app/set/a"), 1);
	is_at(t, 0, "app/set/b", "2");
	assert_false(gn_fb_registers_is_more(t));
	/* taken away */
	assert_int_equal(set(GN_LIT("app/set/a"), gn_slice(NULL, 0)), GN_OK);
	t = list("app/set/", gn_slice(NULL, 0), 0);
	assert_int_equal(gn_fb_registers_is_registers_len(t), 1);
	is_at(t, 0, "app/set/b", "2");
}

/* Events that came after the cursor. */
static unsigned told(uint64_t *cursor, char key[96])
{
	struct gn_slice frame;
	uint64_t gap;
	unsigned count = 0;
	while (gn_host_told_next(w.souls[0].a.api.told, UINT64_C(1) << AGENT_TOLD_REGISTER, cursor,
				 &frame, &gap)) {
		struct gn_app_frame f;
		assert_int_equal(gn_app_frame_open(gn_slice(frame.p + 4, frame.len - 4), &f),
				 GN_OK);
		struct gn_fb_told_register t = {f.table};
		struct gn_slice k = gn_fb_told_register_key(t);
		snprintf(key, 96, "%.*s=%.*s", (int)k.len, (const char *)k.p,
			 (int)gn_fb_told_register_value(t).len,
			 (const char *)gn_fb_told_register_value(t).p);
		count++;
	}
	return count;
}

static void told_when_it_changed(void **state)
{
	char key[96];
	uint64_t cursor = gn_host_told_cursor(w.souls[0].a.api.told);
	(void)state;
	assert_int_equal(set(GN_LIT("app/pin"), GN_LIT("1")), GN_OK);
	world_settle(&w);
	assert_int_equal(told(&cursor, key), 1);
	assert_string_equal(key, "app/pin=1");
	assert_int_equal(set(GN_LIT("app/pin"), GN_LIT("1")), GN_OK); /* as it was */
	assert_int_equal(set(GN_LIT("app/none"), GN_LIT("")), GN_OK);
	world_settle(&w);
	assert_int_equal(told(&cursor, key), 0);
	assert_int_equal(set(GN_LIT("app/pin"), GN_LIT("2")), GN_OK);
	assert_int_equal(set(GN_LIT("app/pin"), GN_LIT("")), GN_OK);
	world_settle(&w);
	assert_int_equal(told(&cursor, key), 1); /* the newest */
	assert_string_equal(key, "app/pin=");
}

/* A row as people writes it. */
static void fill(const char *key, size_t value_len)
{
	static uint8_t row[GN_PEOPLE_REGISTER_ROW + 96 + GN_CONTENT_VALUE_MAX];
	struct gn_writer out = gn_writer(row, sizeof row);
	struct gn_agent_tx tx;
	static const uint8_t zeros[GN_CONTENT_VALUE_MAX];
	gn_write_u8(&out, 1);
	gn_write_be32(&out, (uint32_t)strlen(key));
	gn_write_bytes(&out, gn_str(key));
	gn_write_be32(&out, (uint32_t)value_len);
	gn_write_bytes(&out, gn_slice(zeros, value_len));
	gn_write_be64(&out, 5);
	gn_write_be64(&out, 6);
	assert_int_equal(gn_agent_tx_begin(w.souls[0].a.db, &tx), GN_OK);
	assert_int_equal(
		gn_agent_register_set(&tx, gn_str(key), gn_slice(row, gn_writer_len(&out))), GN_OK);
	assert_int_equal(gn_agent_tx_commit(&tx), GN_OK);
}

static void at_the_limit_of_keys(void **state)
{
	char key[32];
	struct gn_agent_tx tx;
	(void)state;
	fill("k", 1); /* of the form that the next are copied from, in one transaction */
	assert_int_equal(gn_agent_tx_begin(w.souls[0].a.db, &tx), GN_OK);
	for (unsigned i = 0; i < AGENT_REGISTERS_MAX - 2; i++) {
		snprintf(key, sizeof key, "n%u", i);
		assert_int_equal(gn_agent_register_set(&tx, gn_str(key), GN_LIT("else")), GN_OK);
	}
	assert_int_equal(gn_agent_tx_commit(&tx), GN_OK);
	assert_int_equal(set(GN_LIT("last"), GN_LIT("1")), GN_OK);
	assert_int_equal(set(GN_LIT("one more"), GN_LIT("1")), GN_LIMIT);
	assert_non_null(strstr(calls_got.why, "16384"));
	assert_int_equal(set(GN_LIT("last"), GN_LIT("2")), GN_OK); /* no key more */
	assert_int_equal(set(GN_LIT("k"), GN_LIT("")), GN_OK);
	assert_int_equal(set(GN_LIT("one more"), GN_LIT("1")), GN_OK);
	assert_int_equal(set(GN_LIT("and another"), GN_LIT("1")), GN_LIMIT);
}

static void at_the_limit_of_bytes(void **state)
{
	static char value[GN_CONTENT_VALUE_MAX];
	char key[32];
	uint64_t bytes = 0;
	unsigned count = 0;
	(void)state;
	for (; bytes + 2 * (GN_CONTENT_VALUE_MAX + 40) < AGENT_REGISTERS_BYTES; count++) {
		snprintf(key, sizeof key, "v%u", count);
		fill(key, GN_CONTENT_VALUE_MAX);
		bytes += GN_PEOPLE_REGISTER_ROW + strlen(key) + GN_CONTENT_VALUE_MAX;
	}
	size_t row = GN_PEOPLE_REGISTER_ROW + 1, half = GN_CONTENT_VALUE_MAX / 2;
	size_t left = (size_t)(AGENT_REGISTERS_BYTES - bytes) - 3 * row - half;
	fill("u", left / 2);
	fill("w", left - left / 2); /* room for "x" and so much */
	assert_int_equal(set(GN_LIT("x"), gn_slice(value, half + 1)), GN_LIMIT);
	assert_int_equal(set(GN_LIT("x"), gn_slice(value, half)), GN_OK);
	assert_int_equal(set(GN_LIT("y"), GN_LIT("1")), GN_LIMIT);
	assert_int_equal(set(GN_LIT("x"), GN_LIT("")), GN_OK);
	assert_int_equal(set(GN_LIT("y"), GN_LIT("1")), GN_OK);
	/* pages have no more bytes than a frame */
	struct gn_fb_registers_is t = list("", gn_slice(NULL, 0), 500);
	uint32_t shown = gn_fb_registers_is_registers_len(t);
	assert_true(shown > 50 && shown * GN_CONTENT_VALUE_MAX <= AGENT_REGISTERS_SHOWN);
	assert_true(gn_fb_registers_is_more(t));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(set_and_listed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(told_when_it_changed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(at_the_limit_of_keys, set_up, tear_down),
		cmocka_unit_test_setup_teardown(at_the_limit_of_bytes, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
