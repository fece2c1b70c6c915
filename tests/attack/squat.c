/* Asks to keep the blocks in --arg (HEX:LEN,..) before their publisher does, again every 2 s,
 * and never sends a chunk. */
#include "attack.h"
#include <stdlib.h>
#include <string.h>
static struct gn_fb_hash blocks[32];
static uint32_t lens[32];
static unsigned n;
static gn_jet_id sid;
static uint64_t has, err_acks, asked;
static void on_message(struct endpoint *e, gn_jet_id id, const struct gn_pk *from,
		       struct gn_slice m)
{
	struct gn_fb_block_message b;
	(void)e;
	(void)id;
	(void)from;
	if (m.len < 8 || memcmp(m.p + 4, "GNBK", 4) || gn_fb_block_message_verify(m, &b))
		return;
	if (gn_fb_block_message_body_type(b) == GN_FB_BLOCK_BODY_BLOCK_HAS)
		has++;
	else
		err_acks++;
}
static void ask(struct endpoint *e)
{
	uint8_t out[512];
	for (unsigned i = 0; i < n; i++) {
		struct gn_fbb b = gn_fbb(out, sizeof out);
		struct gn_slice m;
		gn_fbref body = gn_fb_block_keep_make(
			&b, &(struct gn_fb_block_keep_args){
				    .block = &blocks[i], .block_len = lens[i], .ttl = 86400});
		gn_fbref root = gn_fb_block_message_make(
			&b,
			&(struct gn_fb_block_message_args){.request = ++asked,
							   .body_type = GN_FB_BLOCK_BODY_BLOCK_KEEP,
							   .body = body});
		if (gn_fbb_finish(&b, root, GN_FB_BLOCK_MESSAGE_IDENTIFIER, &m))
			fail("fit");
		endpoint_send(e, sid, m, true);
	}
}
static void on_event(struct endpoint *e, const struct gn_jet_event *ev)
{
	uint8_t out[1200];
	if (ev->kind == GN_JET_CONNECTED) {
		sid = ev->id;
		endpoint_send(e, sid,
			      message_hello(e, GN_FB_NODE_MODE_CLIENT, false, 7, out, sizeof out),
			      false);
	}
	if (ev->kind == GN_JET_CLOSED)
		sid = 0;
}
int attack_squat(struct attack *a)
{
	for (const char *at = a->arg; *at && n < 32;) {
		if (gn_unhex(gn_slice(at, 64), blocks[n].b, 32))
			fail("hex");
		char *end;
		lens[n++] = (uint32_t)strtoul(at + 65, &end, 10);
		at = end + (*end == ',');
	}
	struct endpoint *e = endpoint_new(a, 1, NULL);
	e->on_message = on_message;
	e->on_event = on_event;
	endpoint_dial(e, &a->node);
	while (a->now - a->start < a->life) {
		run(a, 2 * GN_SEC, NULL);
		if (sid)
			ask(e);
		else
			endpoint_dial(e, &a->node);
	}
	result("\"asked\": %llu, \"places\": %llu, \"other answers\": %llu, \"closed\": %d, "
	       "\"reason\": \"%s\"",
	       (unsigned long long)asked, (unsigned long long)has, (unsigned long long)err_acks,
	       (int)e->closed, e->last_reason);
	return 0;
}
