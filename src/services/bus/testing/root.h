/* One root of a topic, as peers see it who are nobody in the network: what they send goes straight
 * in, and its answers are read here. */
#ifndef GN_SERVICES_BUS_TESTING_ROOT_H
#define GN_SERVICES_BUS_TESTING_ROOT_H

#include "services/bus/engine_int.h"
#include "services/testing/buses.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define BODY(NAME) GN_FB_BUS_FRAME_BODY_BUS_##NAME

static struct svc s;
static struct svc_bus x;
static struct gn_bus *b;
static uint8_t storage[GN_MESSAGE_MAX], said_bytes[GN_SAID_MAX];

/* the last answer, and how many of each kind left */
static gn_err code; /* GN_LIMIT is Busy on the wire: its name says which */
static char limit[40];
static unsigned sent[BODY(DONE) + 1];

static inline struct gn_contact peer(unsigned number, unsigned net)
{
	struct gn_contact c = {.pk = {{9}}, .addr_count = 1};
	gn_put_be32(c.pk.b + 4, number);
	c.addrs[0] = (struct gn_addr){.ip = {[10] = 0xff, [11] = 0xff, [12] = 20}, .port = 1};
	c.addrs[0].ip[13] = (uint8_t)(net >> 8);
	c.addrs[0].ip[14] = (uint8_t)net;
	c.addrs[0].ip[15] = (uint8_t)number;
	return c;
}

static inline void drain(void)
{
	struct gn_overlay_message m;
	struct gn_bus_event e;
	while (gn_bus_next_event(b, &e))
		;
	while (gn_bus_next_message(b, &m)) {
		struct gn_fb_bus_frame f;
		assert_int_equal(gn_fb_bus_frame_verify(m.bytes, &f), GN_OK);
		uint8_t type = gn_fb_bus_frame_body_type(f);
		struct gn_slice text = {NULL, 0};
		sent[type]++;
		if (type == BODY(DONE)) {
			struct gn_fb_bus_done t = gn_fb_bus_frame_body_as_bus_done(f);
			code = gn_wire_err(gn_fb_bus_done_code(t));
			text = gn_fb_bus_done_limit(t);
		} else if (type == BODY(PUBLISHED)) {
			struct gn_fb_bus_published t = gn_fb_bus_frame_body_as_bus_published(f);
			code = gn_wire_err(gn_fb_bus_published_code(t));
			text = gn_fb_bus_published_limit(t);
		} else if (type == BODY(SUBSCRIBED)) {
			code = GN_OK;
		} else {
			continue;
		}
		snprintf(limit, sizeof limit, "%.*s", (int)text.len,
			 text.len ? (const char *)text.p : "");
	}
}

static inline gn_err hear(const struct gn_contact *from, struct gn_fbb *fbb, uint8_t type,
			  gn_fbref body)
{
	struct gn_slice bytes;
	gn_fbref root = gn_fb_bus_frame_make(
		fbb,
		&(struct gn_fb_bus_frame_args){.request = 77, .body_type = type, .body = body});
	assert_int_equal(gn_fbb_finish(fbb, root, GN_FB_BUS_FRAME_IDENTIFIER, &bytes), GN_OK);
	code = GN_PENDING;
	limit[0] = 0;
	assert_int_equal(gn_bus_recv(b, &from->pk, &from->addrs[0], bytes, s.now), GN_OK);
	drain();
	return code;
}

static inline gn_err subscribe(const struct gn_contact *from, unsigned filters, uint16_t lease)
{
	struct gn_fb_hash topic = gn_wire_hash(x.topic.b);
	struct gn_slice f[BUS_FILTERS + 1];
	for (unsigned i = 0; i < GN_COUNT(f); i++)
		f[i] = GN_LIT("room.>");
	struct gn_fbb fbb = gn_fbb(storage, sizeof storage);
	return hear(from, &fbb, BODY(SUBSCRIBE),
		    gn_fb_bus_subscribe_make(
			    &fbb, &(struct gn_fb_bus_subscribe_args){.topic = &topic,
								     .filters = {f, filters},
								     .primary = true,
								     .lease = lease}));
}

static struct gn_said says; /* what publish signs, but for what is 0 */

static inline gn_fbref message_part(struct gn_fbb *fbb, const struct gn_sk *sk,
				    struct gn_slice token)
{
	struct gn_buf buf = {said_bytes, 0, sizeof said_bytes};
	struct gn_said said = says;
	said.epoch = said.epoch ? said.epoch : x.epoch[0];
	said.seq = said.seq ? said.seq : ++x.seq[0];
	said.time = said.time ? said.time : (uint64_t)(s.now / GN_MSEC);
	said.until = said.flags & GN_FB_BUS_FLAG_RETAINED && !said.until ? gn_unix(s.now) + 600
									 : said.until;
	assert_int_equal(gn_said_make(sk, &x.topic, &said, &buf, &said.sig), GN_OK);
	said.sig.b[5] ^= says.sig.b[5]; /* 1: forged */
	said.bytes = gn_buf_slice(&buf);
	return bus_said_put(fbb, &said, token);
}

static inline gn_err publish_with(const struct gn_contact *from, const struct gn_sk *sk,
				  struct gn_slice token)
{
	struct gn_fb_hash topic = gn_wire_hash(x.topic.b);
	struct gn_fbb fbb = gn_fbb(storage, sizeof storage);
	gn_fbref m = message_part(&fbb, sk, token);
	return hear(from, &fbb, BODY(PUBLISH),
		    gn_fb_bus_publish_make(
			    &fbb, &(struct gn_fb_bus_publish_args){.topic = &topic, .message = m}));
}

static inline gn_err publish(const struct gn_contact *from, const struct gn_sk *sk)
{
	return publish_with(from, sk, gn_slice(NULL, 0));
}

/* names: the node that the will says brings it. */
static inline gn_err bring(const struct gn_contact *from, const struct gn_sk *sk,
			   const struct gn_pk *names)
{
	struct gn_fb_hash topic = gn_wire_hash(x.topic.b), fb_salt;
	struct gn_hash salt = {{3}};
	struct gn_fb_key key = gn_wire_key(&sk->pk);
	struct gn_fbb fbb = gn_fbb(storage, sizeof storage);
	fb_salt = gn_wire_hash(salt.b);
	says.flags = GN_FB_BUS_FLAG_WILL;
	says.seq = GN_SAID_WILL;
	says.lease = 30;
	says.until = gn_unix(s.now) + 600;
	gn_said_by(names, &salt, &says.by);
	gn_fbref m = message_part(&fbb, sk, gn_slice(NULL, 0));
	says = (struct gn_said){.epoch = says.epoch};
	return hear(from, &fbb, BODY(WILL),
		    gn_fb_bus_will_make(&fbb, &(struct gn_fb_bus_will_args){.topic = &topic,
									    .publisher = &key,
									    .epoch = x.epoch[0],
									    .message = m,
									    .lease = 30,
									    .salt = &fb_salt}));
}

static inline struct gn_sk key_of(unsigned number)
{
	struct gn_sk sk;
	uint8_t seed[32] = {'k'};
	gn_put_be32(seed + 4, number);
	gn_sk_from_seed(seed, &sk);
	return sk;
}

static inline uint64_t count(const char *name)
{
	return svc_bus_count(&s, 0, name);
}

static inline void begin_as(struct gn_topicrec rec)
{
	struct gn_contact first = peer(1, 1);
	svc_init(&s, &(struct svc_options){.seed = 5, .nodes = 2, .bus = true});
	svc_bus_make(&s, &x, 1, &rec);
	assert_int_equal(svc_bus_put(&x, 0), GN_OK);
	b = s.nodes[0].bus;
	says = (struct gn_said){.epoch = 0};
	memset(sent, 0, sizeof sent);
	(void)subscribe(&first, 0, 60); /* its record is read */
	svc_run_for(&s, GN_SEC);
	assert_int_equal(subscribe(&first, 0, 60), GN_OK);
	assert_int_equal(subscribe(&first, 0, 0), GN_OK);
	assert_int_equal(count("rules_read"), 1);
}

static inline void begin(void)
{
	begin_as((struct gn_topicrec){
		.publish = GN_FB_TOPIC_ADMISSION_OPEN, .rate = 1000, .rate_all = 1000});
}

static inline int end(void **state)
{
	(void)state;
	if (b)
		gn_bus_validate(b);
	b = NULL;
	svc_free(&s);
	return 0;
}

static inline void wait_for(gn_time span)
{
	svc_pump(&s, 0); /* when is it due? */
	svc_run_for(&s, span);
	drain();
}

#endif
