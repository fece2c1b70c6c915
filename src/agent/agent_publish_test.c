/* Own records kept published: put when the node is there, again when too few signed, anew when they
 * grow old, replaced while one is being put (AG-52). */
#include "agent/limits.h"
#include "agent/publish.h"
#include "agent/testing/beside.h"

#include <string.h>

#define T0 UINT64_C(1767225600)
#define TTL 86400u

static const struct gn_app_kind stored_kind = {GN_FB_APP_BODY_APP_RECORD,
					       GN_FB_APP_RECORD_BODY_RECORD_STORED};

static struct beside beside;
static struct gn_agent_publish *publish;
static uint64_t unix_now;
static gn_time now; /* of publish alone */

/* ---- the node ---- */

static unsigned put_count, renewed, ended[AGENT_PUBLISH_PLACES], receipts;
static uint64_t last_seq, waiting_call;
static uint16_t code;
static bool mute;

static void answer_put(struct beside *b, uint64_t call)
{
	gn_fbref refs[4];
	struct gn_receipt receipt = {0};
	struct gn_fbb *fbb = beside_builder(b);
	for (unsigned i = 0; i < 4; i++)
		refs[i] = gn_wire_receipt_put(fbb, &receipt);
	struct gn_fb_record_stored_args args = {.code = code, .receipts = {refs, code ? 1 : 4}};
	beside_answer(b, call, stored_kind, gn_fb_record_stored_make(fbb, &args));
}

static void on_call(struct beside *b, const struct gn_host_app_event *e)
{
	struct gn_record r;
	put_count++;
	assert_int_equal(gn_wire_record_parse(
				 gn_fb_record_put_record((struct gn_fb_record_put){e->table}), &r),
			 GN_OK);
	last_seq = r.seq;
	waiting_call = e->call;
	if (!mute)
		answer_put(b, e->call);
}

/* ---- the owner ---- */

static struct gn_slice some_record(uint64_t seq, uint64_t created)
{
	static uint8_t room[GN_RECORD_MAX];
	struct gn_buf b = {room, 0, sizeof room};
	struct gn_sk sk;
	gn_sk_from_seed((const uint8_t[32]){1}, &sk);
	struct gn_record_fields r = {.type = GN_FB_RECORD_TYPE_APPLICATION,
				     .label = GN_LIT("x"),
				     .body = GN_LIT("body"),
				     .seq = seq,
				     .created = created,
				     .ttl = TTL};
	assert_int_equal(gn_wire_record_make(&sk, NULL, &r, &b), GN_OK);
	return gn_buf_slice(&b);
}

static void on_renew(void *user, unsigned place)
{
	(void)user;
	(void)place;
	renewed++;
}

static void on_ended(void *user, unsigned place, gn_err err, unsigned count)
{
	(void)user;
	(void)err;
	ended[place]++;
	receipts = count;
}

static uint64_t get_unix(void *user)
{
	(void)user;
	return unix_now;
}

static void on_turn(struct beside *b)
{
	(void)b;
	(void)gn_agent_publish_pump(publish, now);
}

static int set_up(void **state)
{
	(void)state;
	put_count = renewed = receipts = code = 0;
	mute = false;
	memset(ended, 0, sizeof ended);
	unix_now = T0 + 10;
	now = gn_os_steady();
	beside_make(&beside);
	beside.call = on_call;
	beside.turn = on_turn;
	struct gn_agent_publish_config config = {
		.link = beside.link, .unix_now = get_unix, .renew = on_renew, .put = on_ended};
	return gn_agent_publish_new(&config, &publish) != GN_OK;
}

static int tear_down(void **state)
{
	(void)state;
	gn_agent_publish_free(publish);
	beside_end(&beside);
	return 0;
}

static void set(unsigned place, uint64_t seq)
{
	assert_int_equal(gn_agent_publish_set(publish, place, some_record(seq, T0), now), GN_OK);
}
#define UNTIL(what) BESIDE_UNTIL(&beside, what)

/* ---- the tests ---- */

static void a_record_is_put_once_the_node_is_there(void **state)
{
	(void)state;
	set(3, 7);
	UNTIL(beside.downs == 2);
	assert_int_equal(put_count, 0);
	assert_false(gn_agent_publish_done(publish));
	beside_node_up(&beside);
	UNTIL(ended[3] == 1);
	assert_true(put_count == 1 && last_seq == 7 && receipts == 4);
	assert_true(gn_agent_publish_done(publish));
	for (unsigned i = 0; i < 20; i++)
		beside_turn(&beside);
	assert_int_equal(put_count, 1);
	now += AGENT_PUBLISH_AGAIN; /* and again, while it holds */
	UNTIL(ended[3] == 2);
	assert_int_equal(renewed, 0);
}

static void too_few_is_tried_again_later_each_time(void **state)
{
	(void)state;
	code = GN_QUORUM;
	beside_node_up(&beside);
	set(0, 1);
	gn_time wait = AGENT_PUBLISH_WAIT;
	UNTIL(ended[0] == 1);
	for (unsigned i = 2; i <= 15; i++) {
		assert_false(gn_agent_publish_done(publish));
		assert_int_equal(gn_agent_publish_few(publish), 1);
		now += wait - 1;
		for (unsigned j = 0; j < 5; j++)
			beside_turn(&beside);
		assert_int_equal(put_count, i - 1);
		now++;
		UNTIL(ended[0] == i);
		wait = gn_time_min(2 * wait, AGENT_PUBLISH_AGAIN);
	}
	assert_int_equal(wait, AGENT_PUBLISH_AGAIN);
	code = 0;
	gn_agent_publish_hurry(publish, now);
	UNTIL(ended[0] == 16);
	assert_true(gn_agent_publish_done(publish));
	assert_int_equal(gn_agent_publish_few(publish), 0);
}

static void one_that_is_replaced_meanwhile_is_put_too(void **state)
{
	(void)state;
	beside_node_up(&beside);
	mute = true;
	set(1, 1);
	UNTIL(put_count == 1);
	set(1, 2);
	mute = false;
	answer_put(&beside, waiting_call);
	UNTIL(ended[1] == 1);
	assert_true(put_count == 2 && last_seq == 2);
	gn_agent_publish_drop(publish, 1);
	assert_true(gn_agent_publish_done(publish));
}

static void old_ones_are_made_anew(void **state)
{
	(void)state;
	beside_node_up(&beside);
	unix_now = T0 + TTL / AGENT_PUBLISH_RENEW - 1;
	set(0, 1);
	UNTIL(ended[0] == 1);
	assert_int_equal(renewed, 0);
	unix_now++;
	now += AGENT_PUBLISH_AGAIN;
	UNTIL(renewed == 1); /* asked once, then an hour later again */
	for (unsigned i = 0; i < 20; i++)
		beside_turn(&beside);
	assert_int_equal(renewed, 1);
	now += AGENT_PUBLISH_AGAIN;
	UNTIL(renewed == 2);
	unix_now = T0; /* a clock that was set back frightens nobody */
	now += AGENT_PUBLISH_AGAIN;
	UNTIL(ended[0] >= 3);
	assert_int_equal(renewed, 2);
}

static void places_have_a_bound(void **state)
{
	(void)state;
	set(AGENT_PUBLISH_PLACES - 1, 1);
	assert_int_equal(
		gn_agent_publish_set(publish, AGENT_PUBLISH_PLACES, some_record(1, T0), now),
		GN_RANGE);
	assert_int_equal(gn_agent_publish_set(publish, 0, GN_LIT("no record"), now), GN_MALFORMED);
	gn_agent_publish_drop(publish, AGENT_PUBLISH_PLACES); /* nothing */
	assert_false(gn_agent_publish_done(publish));
}

static void a_node_that_goes_loses_nothing(void **state)
{
	(void)state;
	beside_node_up(&beside);
	mute = true;
	set(2, 5);
	UNTIL(put_count == 1);
	beside_hang_up(&beside);
	UNTIL(ended[2] == 1);
	assert_false(gn_agent_publish_done(publish));
	mute = false;
	now += 2 * AGENT_PUBLISH_WAIT;
	UNTIL(ended[2] == 2);
	assert_true(gn_agent_publish_done(publish));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(a_record_is_put_once_the_node_is_there),
		T(too_few_is_tried_again_later_each_time),
		T(one_that_is_replaced_meanwhile_is_put_too),
		T(old_ones_are_made_anew),
		T(places_have_a_bound),
		T(a_node_that_goes_loses_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
