/* Topics for tests, as buses.h says. */
#include "services/testing/buses.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct gn_sk key_of(uint8_t seed, uint8_t number)
{
	struct gn_sk sk;
	uint8_t bytes[32] = {'b', 'u', 's', seed, number};
	gn_sk_from_seed(bytes, &sk);
	return sk;
}

const struct gn_sk *svc_bus_key(const struct svc_bus *x, unsigned key)
{
	return key ? &x->key[key - 1] : &x->owner;
}

static void sign(struct svc_bus *x, unsigned node, const struct gn_bus_event *e)
{
	struct gn_said_show show = {.topic = e->topic, .root = e->root};
	const struct gn_sk *sk = NULL;
	struct gn_sig sig;
	memcpy(show.exporter, e->exporter, sizeof show.exporter);
	x->signs++;
	for (unsigned i = 0; i <= SVC_BUS_KEYS; i++)
		if (gn_pk_eq(&svc_bus_key(x, i)->pk, &e->key))
			sk = svc_bus_key(x, i);
	if (sk)
		gn_said_show_sign(sk, &show, &sig);
	if (sk && sk == x->silent)
		return;
	assert_int_equal(gn_bus_signed(x->s->nodes[node].bus, e->sign,
				       sk && !x->no_signs && sk != x->mute ? &sig : NULL,
				       x->s->now),
			 GN_OK);
}

static void on_said(struct svc_bus *x, unsigned node, const struct gn_bus_event *e)
{
	assert_int_equal(gn_said_verify(&x->topic, &e->said), GN_OK);
	assert_true(x->got_count < SVC_BUS_GOT);
	x->got[x->got_count++] = (struct svc_bus_got){
		.node = node,
		.op = e->op,
		.number = e->said.payload.len >= 4 ? gn_be32(e->said.payload.p) : 0,
		.seq = e->said.seq,
		.flags = e->said.flags};
}

static void on_event(void *user, unsigned node, const struct gn_bus_event *e)
{
	struct svc_bus *x = user;
	switch (e->kind) {
	case GN_BUS_SIGN: sign(x, node, e); break;
	case GN_BUS_FOLLOWING:
		x->following++;
		x->subscribers = e->subscribers;
		break;
	case GN_BUS_SAID: on_said(x, node, e); break;
	case GN_BUS_GAP:
		x->gaps++;
		x->gap_count += e->count;
		break;
	case GN_BUS_ENDED:
		x->ended++;
		x->ended_err = e->err;
		break;
	case GN_BUS_PUBLISHED:
	case GN_BUS_WILL:
		if (e->op != x->op || node != x->op_node)
			break;
		x->over = e->kind == GN_BUS_PUBLISHED || e->roots >= 2 || e->err != GN_OK;
		x->last = *e;
		snprintf(x->limit, sizeof x->limit, "%s", e->limit);
		break;
	}
}

void svc_bus_make(struct svc *s, struct svc_bus *x, uint8_t seed, const struct gn_topicrec *rec)
{
	memset(x, 0, sizeof *x);
	x->s = s;
	x->owner = key_of(seed, 0);
	x->rec = rec ? *rec : (struct gn_topicrec){.publish = GN_FB_TOPIC_ADMISSION_OPEN};
	x->rec.owner = x->owner.pk;
	x->rec.label = GN_LIT("news");
	x->rec.ttl = 86400;
	for (uint8_t i = 0; i < SVC_BUS_KEYS; i++) {
		x->key[i] = key_of(seed, (uint8_t)(i + 1));
		x->epoch[i] = (uint64_t)(s->now / GN_MSEC);
	}
	gn_topicrec_key(&x->owner.pk, x->rec.label, &x->topic);
	s->bus_event = on_event;
	s->bus_user = x;
}

gn_err svc_bus_put(struct svc_bus *x, unsigned node)
{
	uint8_t bytes[GN_RECORD_MAX];
	struct gn_buf buf = {bytes, 0, sizeof bytes};
	x->rec.seq++;
	x->rec.created = gn_unix(x->s->now);
	assert_int_equal(gn_topicrec_record(&x->owner, &x->rec, &buf), GN_OK);
	return svc_put(x->s, node, gn_buf_slice(&buf), x->s->count < 3, NULL); /* 0: the usual */
}

struct gn_bus_topic svc_bus_topic(const struct svc_bus *x)
{
	return (struct gn_bus_topic){x->owner.pk, x->rec.label};
}

gn_err svc_bus_sub_as(struct svc_bus *x, unsigned node, const struct gn_sk *key,
		      struct gn_slice token, gn_op *op)
{
	struct gn_bus_subscribe in = {.topic = svc_bus_topic(x), .token = token};
	if (key)
		in.key = key->pk;
	gn_err err = gn_bus_subscribe(x->s->nodes[node].bus, &in, x->s->now, op);
	svc_pump(x->s, node);
	return err;
}

gn_op svc_bus_sub(struct svc_bus *x, unsigned node, const char *filter)
{
	struct gn_slice one = gn_str(filter);
	struct gn_bus_subscribe in = {
		.topic = svc_bus_topic(x), .filters = &one, .filter_count = filter != NULL};
	gn_op op;
	assert_int_equal(gn_bus_subscribe(x->s->nodes[node].bus, &in, x->s->now, &op), GN_OK);
	svc_pump(x->s, node);
	return op;
}

void svc_bus_say(struct svc_bus *x, unsigned key, const char *subject, uint32_t number,
		 uint8_t flags, struct gn_bus_publish *out)
{
	static uint8_t storage[GN_SAID_MAX];
	uint8_t payload[4];
	struct gn_buf buf = {storage, 0, sizeof storage};
	unsigned k = key ? key - 1 : 0;
	bool will = flags & GN_FB_BUS_FLAG_WILL, kept = flags & GN_FB_BUS_FLAG_RETAINED;
	gn_put_be32(payload, number);
	struct gn_said said = {.subject = gn_str(subject),
			       .epoch = x->epoch[k],
			       .seq = will ? GN_SAID_WILL : ++x->seq[k],
			       .time = (uint64_t)(x->s->now / GN_MSEC),
			       .flags = flags,
			       .until = will || kept ? gn_unix(x->s->now) + 3600 : 0,
			       .payload = number ? GN_SLICE(payload) : gn_slice(NULL, 0),
			       .lease = will ? 90 : 0};
	*out = (struct gn_bus_publish){.topic = svc_bus_topic(x), .salt = {{number & 255, 1}}};
	if (will)
		gn_said_by(&x->s->nodes[x->will_node].sk.pk, &out->salt, &said.by);
	assert_int_equal(gn_said_make(svc_bus_key(x, key), &x->topic, &said, &buf, &out->sig),
			 GN_OK);
	out->said = gn_buf_slice(&buf);
}

static gn_err wait(struct svc_bus *x)
{
	gn_time until = x->s->now + 60 * GN_SEC;
	svc_pump(x->s, x->op_node);
	while (!x->over && svc_step(x->s, until))
		;
	return x->over ? x->last.err : GN_TIMEOUT;
}

gn_err svc_bus_pub_this(struct svc_bus *x, unsigned node, const struct gn_bus_publish *p)
{
	x->op_node = node;
	x->over = false;
	gn_err err = gn_bus_publish(x->s->nodes[node].bus, p, x->s->now, &x->op);
	return err == GN_OK ? wait(x) : err;
}

gn_err svc_bus_pub(struct svc_bus *x, unsigned node, unsigned key, const char *subject,
		   uint32_t number, uint8_t flags)
{
	struct gn_bus_publish p;
	svc_bus_say(x, key, subject, number, flags, &p);
	return svc_bus_pub_this(x, node, &p);
}

gn_err svc_bus_will(struct svc_bus *x, unsigned node, unsigned key, uint32_t number, gn_op *op)
{
	struct gn_bus_publish p;
	x->will_node = node;
	svc_bus_say(x, key, NULL, number, GN_FB_BUS_FLAG_WILL, &p);
	x->op_node = node;
	x->over = false;
	gn_err err = gn_bus_will(x->s->nodes[node].bus, &p, x->s->now, &x->op);
	*op = x->op;
	return err == GN_OK ? wait(x) : err;
}

unsigned svc_bus_times(const struct svc_bus *x, unsigned node, uint32_t number)
{
	unsigned n = 0;
	for (unsigned i = 0; i < x->got_count; i++)
		n += x->got[i].node == node && x->got[i].number == number;
	return n;
}

uint64_t svc_bus_count(const struct svc *s, unsigned node, const char *name)
{
	struct gn_counter c;
	for (size_t i = 0; s->nodes[node].bus && gn_bus_counter_at(s->nodes[node].bus, i, &c); i++)
		if (strcmp(c.name, name) == 0)
			return c.value;
	return 0;
}

uint64_t svc_bus_sum(const struct svc *s, const char *name)
{
	uint64_t sum = 0;
	for (unsigned i = 0; i < s->count; i++)
		sum += svc_bus_count(s, i, name);
	return sum;
}

unsigned svc_bus_roots(const struct svc_bus *x, unsigned out[8])
{
	uint64_t key = gn_ov_theta(x->topic.b), far[9];
	unsigned n = 0;
	for (unsigned i = 0; i < x->s->count; i++) {
		struct gn_node_id id;
		if (!x->s->nodes[i].ov)
			continue;
		gn_overlay_id_make(&x->s->nodes[i].sk.pk, x->s->nodes[i].nonce, &id);
		uint64_t sep = gn_ov_sep(gn_ov_theta(id.b), key);
		unsigned at = n < 8 ? n : 8;
		for (; at > 0 && far[at - 1] > sep; at--) {
			far[at] = far[at - 1];
			if (at < 8)
				out[at] = out[at - 1];
		}
		far[at] = sep;
		if (at < 8)
			out[at] = i;
		n += n < 8;
	}
	return n;
}
