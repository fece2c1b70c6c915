/* Boxes and topics on whole nodes: real sessions, whose exporters sign what is shown; what is
 * deposited at one end of the network is read at the other, and outlives a power cut of everybody;
 * a root that lies tells a follower nothing. */
#include "node/testing/whole.h"
#include "records/box_proof.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define NODES 9
#define EPOCH ((uint64_t)(WHOLE_EPOCH / GN_MSEC) + 1)

static struct whole w;
static struct gn_sk owner, reader, contact;
static unsigned shown, items, over;
static gn_err result;
static bool put_over;
static gn_err put_result;

static struct gn_sk secret(uint8_t number)
{
	struct gn_sk sk;
	uint8_t seed[32] = {'n', 'b', number};
	gn_sk_from_seed(seed, &sk);
	return sk;
}

static void on_box(void *user, unsigned node, const struct gn_box_event *e)
{
	struct gn_boxrec_show show = {.box = e->box, .holder = e->holder, .role = e->role};
	struct gn_sig sig;
	(void)user;
	if (e->kind == GN_BOX_SIGN) {
		memcpy(show.exporter, e->exporter, sizeof show.exporter);
		gn_boxrec_show_sign(e->role == GN_BOXREC_DEPOSITOR ? &contact : &reader, &show,
				    &sig);
		gn_box_signed(whole_node(&w, node)->box, e->sign, &sig, w.now);
		shown++;
	}
	items += e->kind == GN_BOX_ITEM;
	if (e->kind == GN_BOX_DEPOSITED) {
		over++;
		result = e->err;
	}
}

static void on_overlay(void *user, unsigned node, const struct gn_overlay_event *e)
{
	(void)user;
	(void)node;
	put_over = true;
	put_result = e->err;
}

static struct {
	unsigned said, wills;
} heard;
static struct gn_hash topic;

static void on_bus(void *user, unsigned node, const struct gn_bus_event *e)
{
	(void)user;
	if (e->kind != GN_BUS_SAID || node != 2)
		return;
	heard.said++;
	heard.wills += (e->said.flags & GN_FB_BUS_FLAG_WILL) != 0;
}

static void on_running(void *user, unsigned node)
{
	(void)user;
	whole_bootstrap_first(&w, node, 3);
}

static struct gn_slice descriptor(void)
{
	static uint8_t bytes[GN_RECORD_MAX];
	struct gn_buf buf = {bytes, 0, sizeof bytes};
	const struct gn_boxrec_limits *l = gn_boxrec_limits(GN_FB_BOX_KIND_PRIVATE);
	/* found once */
	struct gn_work_tries tries = {0, UINT64_C(1) << 27};
	struct gn_boxrec rec = {.box = owner.pk,
				.kind = GN_FB_BOX_KIND_PRIVATE,
				.seq = 1,
				.ttl = 86400,
				.created = gn_unix(w.now),
				.readers = {{reader.pk, secret(9).pk}},
				.reader_count = 1,
				.item_ttl = l->ttl,
				.items = l->items,
				.bytes = l->bytes,
				.item_max = l->item_max,
				.epoch = gn_unix(WHOLE_EPOCH) / 86400};
	assert_int_equal(
		gn_boxrec_puzzle(&rec.box, rec.epoch, GN_BOXREC_WORK_BITS, tries, rec.nonce),
		GN_OK);
	assert_int_equal(gn_boxrec_record(&owner, &rec, 0, &buf), GN_OK);
	return gn_buf_slice(&buf);
}

static void deposit(unsigned node, struct gn_slice item)
{
	struct gn_boxcert cert = {
		.key = contact.pk, .until = gn_unix(w.now) + 86400, .items = 9, .kib = 999};
	struct gn_box_deposit d = {.place.box = owner.pk,
				   .item = item,
				   .ttl = 86400,
				   .proof = {.way = GN_BOX_CERTIFICATE}};
	struct gn_hash hash;
	gn_op op;
	gn_sha256(&item, 1, &hash);
	gn_boxcert_make(&owner, &cert);
	d.proof.certificate = cert;
	gn_boxrec_deposit_sign(&contact, &owner.pk, &hash, &d.proof.sig);
	assert_int_equal(gn_box_deposit(whole_node(&w, node)->box, &d, w.now, &op), GN_OK);
	whole_moved(&w, node);
}

static void follow(unsigned node)
{
	struct gn_box_follow f = {.place.box = owner.pk, .read = reader.pk, .ack = secret(9).pk};
	gn_op op;
	assert_int_equal(gn_box_follow(whole_node(&w, node)->box, &f, w.now, &op), GN_OK);
	whole_moved(&w, node);
}

static uint64_t counted(const char *name)
{
	struct gn_counter c;
	uint64_t sum = 0;
	for (unsigned i = 0; i < w.count; i++)
		for (size_t k = 0; gn_box_counter_at(whole_node(&w, i)->box, k, &c); k++)
			sum += strcmp(c.name, name) == 0 ? c.value : 0;
	return sum;
}

static void an_item_crosses_whole_nodes_and_a_power_cut(void **state)
{
	static uint8_t large[61440] = {1};
	gn_op op;
	(void)state;
	owner = secret(1);
	reader = secret(2);
	contact = secret(3);
	whole_init(&w, &(struct whole_options){.seed = 5,
					       .nodes = NODES,
					       .pow_bits = 1,
					       .hooks = {.overlay = on_overlay,
							 .box = on_box,
							 .bus = on_bus,
							 .running = on_running}});
	for (unsigned i = 0; i < NODES; i++) {
		whole_start(&w, whole_add(&w));
		whole_run_for(&w, 5 * GN_SEC);
	}
	whole_run_for(&w, 60 * GN_SEC);
	assert_int_equal(gn_overlay_put(whole_node(&w, 0)->overlay, descriptor(), 5, w.now, &op),
			 GN_OK);
	whole_moved(&w, 0);
	whole_run_for(&w, 10 * GN_SEC);
	assert_true(put_over);
	assert_int_equal(put_result, GN_OK);
	deposit(1, gn_slice(large, sizeof large));
	whole_run_for(&w, 10 * GN_SEC);
	assert_int_equal(over, 1);
	assert_int_equal(result, GN_OK);
	assert_true(counted("custodies") >= 8);
	follow(2);
	whole_run_for(&w, 10 * GN_SEC);
	assert_int_equal(items, 1);
	assert_int_equal(counted("shows_refused"), 0);
	/* a watch brings the next one */
	deposit(1, GN_LIT("a small one"));
	whole_run_for(&w, 2 * GN_SEC);
	assert_int_equal(items, 2);
	for (unsigned i = 0; i < NODES; i++)
		whole_kill(&w, i);
	for (unsigned i = 0; i < NODES; i++)
		whole_start(&w, i);
	whole_run_for(&w, 120 * GN_SEC);
	assert_true(counted("restored") >= 16);
	items = 0;
	follow(7);
	whole_run_for(&w, 20 * GN_SEC);
	assert_int_equal(items, 2);
}

/* ---- a topic, in the same world ---- */

static struct gn_bus_publish say(const struct gn_sk *by, const struct gn_said *said)
{
	static uint8_t rooms[4][GN_SAID_MAX];
	static unsigned next;
	struct gn_buf out = {rooms[next++ % 4], 0, GN_SAID_MAX};
	struct gn_bus_publish p = {.topic = {secret(4).pk, {NULL, 0}}};
	struct gn_said in = *said;
	in.epoch = EPOCH;
	in.time = (uint64_t)(w.now / GN_MSEC);
	assert_int_equal(gn_said_make(by, &topic, &in, &out, &p.sig), GN_OK);
	p.said = gn_buf_slice(&out);
	return p;
}

/* A node of the topic's roots that is neither the publisher's nor the follower's. */
static unsigned some_root(void)
{
	struct gn_contact set[8];
	unsigned n = gn_overlay_set(whole_node(&w, 2)->overlay, &topic, 8, set);
	for (unsigned i = 3; i < NODES; i++)
		for (unsigned k = 0; k < n; k++)
			if (gn_pk_eq(&set[k].pk, &whole_node(&w, i)->key.pk))
				return i;
	fail();
	return 0;
}

static void send_as(unsigned from, unsigned to, struct gn_fbb *b, uint8_t type, gn_fbref body)
{
	struct gn_overlay_message m = {.to = {.pk = whole_node(&w, to)->key.pk,
					      .addr_count = 1,
					      .addrs = {w.nodes[to]->addr}},
				       .reliable = true};
	gn_fbref root = gn_fb_bus_frame_make(
		b, &(struct gn_fb_bus_frame_args){.body_type = type, .body = body});
	assert_int_equal(gn_fbb_finish(b, root, GN_FB_BUS_FRAME_IDENTIFIER, &m.bytes), GN_OK);
	gn_node_peers_send(whole_node(&w, from), &m, GN_JET_INTERACTIVE);
	whole_moved(&w, from);
}

static void lie(unsigned liar, const struct gn_bus_publish *p, bool damaged)
{
	static uint8_t room[GN_SAID_MAX + 1024];
	struct gn_fb_hash fb_topic = gn_wire_hash(topic.b);
	struct gn_fb_sig sig;
	struct gn_fbb b = gn_fbb(room, sizeof room);
	memcpy(sig.b, p->sig.b, sizeof sig.b);
	sig.b[9] ^= damaged;
	gn_fbref m = gn_fb_bus_message_make(
		&b, &(struct gn_fb_bus_message_args){.said = p->said, .sig = &sig});
	send_as(liar, 2, &b, GN_FB_BUS_FRAME_BODY_BUS_DELIVER,
		gn_fb_bus_deliver_make(
			&b, &(struct gn_fb_bus_deliver_args){.topic = &fb_topic, .message = m}));
}

/* What a root forges, and a will that it tells while its publisher lives, whoever follows does not
 * hear; they hear it once, when it has lapsed (BS-11, BS-14). */
static void a_root_that_lies_is_not_heard(void **state)
{
	uint8_t record[GN_RECORD_MAX], room[512];
	struct gn_buf buf = {record, 0, sizeof record};
	struct gn_sk ann = secret(4), eve = secret(5);
	struct gn_topicrec rec = {.owner = ann.pk,
				  .seq = 1,
				  .created = gn_unix(w.now),
				  .ttl = 86400,
				  .publish = GN_FB_TOPIC_ADMISSION_OWNER,
				  .subscribe = GN_FB_TOPIC_ADMISSION_OPEN};
	struct gn_said will = {.seq = GN_SAID_WILL,
			       .flags = GN_FB_BUS_FLAG_WILL,
			       .until = gn_unix(w.now) + 3600,
			       .payload = GN_LIT("gone"),
			       .lease = 90};
	struct gn_hash salt = {{3}};
	struct gn_bus_subscribe follows = {.topic = {ann.pk, {NULL, 0}}};
	gn_op op;
	(void)state;
	gn_topicrec_key(&ann.pk, follows.topic.label, &topic);
	assert_int_equal(gn_topicrec_record(&ann, &rec, &buf), GN_OK);
	assert_int_equal(
		gn_overlay_put(whole_node(&w, 0)->overlay, gn_buf_slice(&buf), 5, w.now, &op),
		GN_OK);
	whole_moved(&w, 0);
	whole_run_for(&w, 10 * GN_SEC);
	assert_int_equal(gn_bus_subscribe(whole_node(&w, 2)->bus, &follows, w.now, &op), GN_OK);
	whole_moved(&w, 2);
	whole_run_for(&w, 5 * GN_SEC); /* until it has a lease: what was said before is not heard */
	gn_said_by(&whole_node(&w, 1)->key.pk, &salt, &will.by);
	struct gn_bus_publish left = say(&ann, &will);
	left.salt = salt;
	assert_int_equal(gn_bus_will(whole_node(&w, 1)->bus, &left, w.now, &op), GN_OK);
	struct gn_bus_publish one =
		say(&ann, &(struct gn_said){.seq = 1, .payload = GN_LIT("hello")});
	assert_int_equal(gn_bus_publish(whole_node(&w, 1)->bus, &one, w.now, &op), GN_OK);
	whole_moved(&w, 1);
	whole_run_for(&w, 10 * GN_SEC);
	assert_int_equal(heard.said, 1);
	/* one root: in her name, in another's, her will early, to the others that it lapsed */
	unsigned liar = some_root();
	struct gn_bus_publish forged =
		say(&eve, &(struct gn_said){.seq = 2, .payload = GN_LIT("send money")});
	lie(liar, &forged, false);
	forged = say(&ann, &(struct gn_said){.seq = 2, .payload = GN_LIT("send money")});
	lie(liar, &forged, true);
	lie(liar, &left, false);
	lie(liar, &left, false);
	for (unsigned i = 0; i < NODES; i++) {
		struct gn_fb_hash fb_topic = gn_wire_hash(topic.b);
		struct gn_fb_key key = gn_wire_key(&ann.pk);
		struct gn_fbb b = gn_fbb(room, sizeof room);
		if (i != liar)
			send_as(liar, i, &b, GN_FB_BUS_FRAME_BODY_BUS_LAPSED,
				gn_fb_bus_lapsed_make(
					&b, &(struct gn_fb_bus_lapsed_args){.topic = &fb_topic,
									    .publisher = &key,
									    .epoch = EPOCH}));
	}
	whole_run_for(&w, 120 * GN_SEC);
	assert_int_equal(heard.said, 1);
	whole_kill(&w, 1);
	whole_run_for(&w, 130 * GN_SEC);
	assert_int_equal(heard.wills, 1);
	assert_int_equal(heard.said, 2);
	whole_free(&w);
}

static void bounds_of_a_node(void **state)
{
	struct gn_node_config c;
	char why[GN_HOST_WHY], most[32];
	(void)state;
	gn_host_settings_default(gn_node_settings, &c, sizeof c);
	assert_true(c.box_limit == UINT64_C(1) << 30);
	snprintf(most, sizeof most, "%llu", (unsigned long long)GN_NODE_BOXES_MAX);
	assert_int_equal(
		gn_host_setting_set(gn_node_settings, &c, GN_LIT("box-limit"), gn_str(most), why),
		GN_OK);
	snprintf(most, sizeof most, "%llu", (unsigned long long)GN_NODE_BOXES_MAX + 1);
	assert_int_equal(
		gn_host_setting_set(gn_node_settings, &c, GN_LIT("box-limit"), gn_str(most), why),
		GN_USAGE);
	/* an index of all entries fits its memory; so does what is in answers */
	assert_true(GN_NODE_BOX_ENTRIES * 160u <= GN_NODE_MEMORY_BOX_LOG);
	assert_true(GN_NODE_BOX_ENTRIES * 400u <= GN_NODE_MEMORY_BOX);
	assert_true(GN_NODE_BOX_LOG_MIN >= GN_NODE_BOX_ENTRIES * 80u);
	/* of the bus: values, wills and histories, with what waits to leave; filters as its
	 * engine has */
	assert_true(GN_NODE_MEMORY_BUS >= 72u << 20);
	assert_true(GN_NODE_TOPIC_FILTERS <= 128);
	/* an item of a month is dearer than its signatures */
	assert_true(60 * 30 * GN_NODE_COST_KIB_DAY > 2 * GN_NODE_COST_CHECK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_item_crosses_whole_nodes_and_a_power_cut),
		cmocka_unit_test(a_root_that_lies_is_not_heard), /* in the same world */
		cmocka_unit_test(bounds_of_a_node),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
