/* RELAY by hand: one engine of a built network, whose messages a test reads and to which it says
 * what it likes in the name of its peers. One for each test program. */
#ifndef GN_OVERLAY_TESTING_RELAY_HAND_H
#define GN_OVERLAY_TESTING_RELAY_HAND_H

#include "overlay/contact_int.h"
#include "overlay/link_int.h"
#include "overlay/message_int.h"
#include "overlay/op_int.h"
#include "overlay/testing/net.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct net net;
static struct gn_overlay *ov;

/* What it said since the last look: how many, and the last of a kind. */
static struct said {
	unsigned count;
	struct gn_contact to;
	uint8_t kind, bytes[GN_OV_MESSAGE_MAX];
	struct gn_fb_overlay_message m;
	uint64_t request;
} said;

static inline int build(void **state)
{
	(void)state;
	net_build(&net, 62, 1);
	ov = net.node[0].ov;
	return 0;
}

static inline int take_down(void **state)
{
	(void)state;
	net_free(&net);
	return 0;
}

static inline struct gn_ov_contact *peer(uint32_t i)
{
	struct gn_ov_contact *c = net_link(&net, i);
	c->up = true;
	c->srtt = 10 * GN_MSEC;
	return c;
}

/* 0: of any kind, but for what its ring is about. */
static inline unsigned look(uint8_t kind)
{
	struct gn_overlay_message m;
	struct gn_fb_overlay_message v;
	said.count = 0;
	while (gn_overlay_next_message(ov, &m)) {
		assert_int_equal(gn_fb_overlay_message_verify(m.bytes, &v), GN_OK);
		uint8_t is = gn_fb_overlay_message_body_type(v);
		if (kind ? is != kind : is == GN_FB_OVERLAY_BODY_LINK)
			continue;
		said.count++;
		said.to = m.to;
		memcpy(said.bytes, m.bytes.p, m.bytes.len);
		(void)!gn_fb_overlay_message_verify(gn_slice(said.bytes, m.bytes.len), &said.m);
		said.kind = gn_fb_overlay_message_body_type(said.m);
		said.request = gn_fb_overlay_message_request(said.m);
	}
	return said.count;
}

static inline void hear(const struct gn_ov_contact *from, struct gn_slice bytes)
{
	const struct gn_pk pk = from->c.pk;
	const struct gn_addr addr = from->c.addrs[0];
	(void)gn_overlay_recv(ov, &pk, &addr, bytes, net.now);
	gn_overlay_validate(ov);
}

static inline struct gn_slice message(struct gn_fbb *b, uint64_t request, uint8_t kind,
				      gn_fbref body)
{
	struct gn_slice out;
	assert_true(gn_ov_finish(b, request, kind, body, &out));
	return out;
}

#endif
