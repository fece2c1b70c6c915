#include "agent/testing/calls.h"

#include <stdio.h>
#include <string.h>

struct calls_got calls_got;
static uint8_t words[65536];

static void on_reply(struct gn_host_request *r, struct gn_app_kind kind, gn_fbref table, bool more)
{
	struct calls_got *got = &calls_got;
	struct gn_slice bytes;
	assert_true(table != 0);
	assert_int_equal(gn_fbb_finish(&r->builder, table, NULL, &bytes), GN_OK);
	assert_true(bytes.len <= sizeof got->bytes);
	memcpy(got->bytes, bytes.p, bytes.len);
	assert_int_equal(
		gn_fb_verify(gn_slice(got->bytes, bytes.len), gn_app_type(kind), &got->table),
		GN_OK);
	got->member = (uint8_t)kind.member;
	got->answers++;
	got->more = more;
	r->answered = r->answered || !more;
}

static void on_refuse(struct gn_host_request *r, gn_err err, const char *text)
{
	calls_got.err = err;
	calls_got.refusals++;
	snprintf(calls_got.why, sizeof calls_got.why, "%s", text);
	r->answered = true;
}

struct gn_fbb calls_builder(void)
{
	return gn_fbb(words, sizeof words);
}

void calls_serve(struct gn_agent *a)
{
	struct gn_host_told *told = a->api.told;
	agent_serve_init(a);
	a->api.told = told;
}

struct agent_request *calls_ask(struct gn_agent *a, gn_err (*run)(struct agent_request *r),
				struct gn_app_kind kind, struct gn_fbb *b, gn_fbref table)
{
	struct gn_slice bytes;
	struct agent_request *r = agent_request_of(gn_host_request_new(&a->api));
	memset(&calls_got, 0, sizeof calls_got);
	assert_int_equal(gn_fbb_finish(b, table, NULL, &bytes), GN_OK);
	assert_int_equal(gn_fb_verify(bytes, gn_app_type(kind), &r->base.table), GN_OK);
	r->agent = a;
	r->base.reply = on_reply;
	r->base.refuse = on_refuse;
	gn_err err = run(r);
	if (err)
		gn_host_error(&r->base, err, "%s", "");
	return r;
}
