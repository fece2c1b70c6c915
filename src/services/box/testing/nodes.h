/* Nodes that the test plays, for unit tests of a reader and a depositor without a network: what
 * they are asked, and what they answer. A reader of one box is there from the beginning. */
#ifndef GN_SERVICES_BOX_TESTING_NODES_H
#define GN_SERVICES_BOX_TESTING_NODES_H

#include "services/box/testing/harness.h"

#define NODES (GN_BOX_SET + BOX_READ_EXTRA + 1)

static struct gn_sk nodes[NODES];
static struct gn_sk reader;
static struct box_read *r;
static gn_op op;
static uint8_t storage[GN_MESSAGE_MAX], copy[GN_MESSAGE_MAX];
static struct gn_fb_key box;

static void set_of_nodes(struct box_set *set, unsigned count)
{
	set->known = true;
	set->count = count;
	for (unsigned i = 0; i < count; i++)
		set->nodes[i] = (struct gn_contact){.pk = nodes[i].pk};
}

static void begin(void)
{
	struct gn_box_follow f = {.place.box = key_of(1)};
	holder(64u << 20);
	for (unsigned i = 0; i < NODES; i++) {
		uint8_t seed[32] = {'n', i};
		gn_sk_from_seed(seed, &nodes[i]);
	}
	uint8_t seed[32] = {'r'};
	gn_sk_from_seed(seed, &reader);
	f.read = f.ack = reader.pk;
	box = gn_wire_key(&f.place.box);
	assert_int_equal(gn_box_follow(b, &f, b->now, &op), GN_OK);
	r = b->read_first;
	box_set_drop(b, &r->sets[0]);
	r->find_at = GN_NEVER;
	set_of_nodes(&r->sets[0], NODES);
	box_reads_run(b);
}

/* Signs all that is asked for; true: an item was shown. */
static unsigned take_events(void)
{
	struct gn_box_event e;
	unsigned items = 0;
	while (gn_box_next_event(b, &e)) {
		struct gn_boxrec_show show = {.box = e.box, .holder = e.holder, .role = e.role};
		struct gn_sig sig;
		items += e.kind == GN_BOX_ITEM;
		if (e.kind != GN_BOX_SIGN)
			continue;
		memcpy(show.exporter, e.exporter, 32);
		gn_boxrec_show_sign(&reader, &show, &sig);
		gn_box_signed(b, e.sign, &sig, b->now);
	}
	return items;
}

struct said {
	unsigned node;
	uint64_t request;
	struct gn_fb_box_message m;
};

/* The next message, to whom. */
static bool heard(struct said *s)
{
	struct gn_overlay_message out;
	if (!gn_box_next_message(b, &out))
		return false;
	memcpy(copy, out.bytes.p, out.bytes.len);
	assert_int_equal(gn_fb_box_message_verify(gn_slice(copy, out.bytes.len), &s->m), GN_OK);
	s->request = gn_fb_box_message_request(s->m);
	for (s->node = 0; s->node < NODES; s->node++)
		if (gn_pk_eq(&nodes[s->node].pk, &out.to.pk))
			return true;
	fail();
	return false;
}

static void reply(unsigned node, uint64_t request, struct gn_fbb *fbb, uint8_t type, gn_fbref body)
{
	struct gn_slice bytes;
	gn_fbref root = gn_fb_box_message_make(
		fbb, &(struct gn_fb_box_message_args){
			     .request = request, .body_type = type, .body = body});
	assert_int_equal(gn_fbb_finish(fbb, root, GN_FB_BOX_MESSAGE_IDENTIFIER, &bytes), GN_OK);
	assert_int_equal(gn_box_recv(b, &nodes[node].pk, NULL, bytes, b->now), GN_OK);
}

static void reply_done(unsigned node, uint64_t request, gn_err err)
{
	struct gn_fbb fbb = gn_fbb(storage, sizeof storage);
	gn_fbref body =
		gn_fb_box_done_make(&fbb, &(struct gn_fb_box_done_args){.code = gn_wire_code(err)});
	reply(node, request, &fbb, GN_FB_BOX_MESSAGE_BODY_BOX_DONE, body);
}

#endif
