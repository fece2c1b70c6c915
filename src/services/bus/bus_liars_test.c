/* The bus among peers that lie: roots that forge, repeat, end a will or tell it alone; subscribers
 * whose other root is none; links that flood; and what is lost on the way.
 * Rules BS-8, BS-9, BS-11, BS-12, BS-13, BS-14. */
#include "services/bus/testing/root.h"

#define NODES 12

static unsigned roots[BUS_ROOTS];
static struct {
	unsigned from, to;
	uint8_t type;
	uint64_t request; /* of the last that was dropped */
	unsigned drops, left;
	unsigned asked[2]; /* of whom, and with which number, the last were */
	uint64_t numbers[2];
} bend;

static void network(const struct gn_topicrec *rec)
{
	memset(&bend, 0, sizeof bend);
	bend.from = bend.to = NODES;
	svc_init(&s, &(struct svc_options){
			     .seed = 7, .nodes = NODES, .bus = true, .bus_count_local = true});
	svc_bus_make(&s, &x, 1, rec);
	assert_int_equal(svc_bus_put(&x, 0), GN_OK);
	assert_int_equal(svc_bus_roots(&x, roots), BUS_ROOTS);
}

static int over(void **state)
{
	(void)state;
	b = NULL;
	svc_free(&s);
	return 0;
}

static struct svc_bent dropping(void *user, unsigned from, unsigned to, uint8_t *p, size_t len)
{
	struct gn_fb_bus_frame f;
	(void)user;
	gn_err err = gn_fb_bus_frame_verify(gn_slice(p, len), &f);
	bool drop = err == GN_OK && bend.left > 0 && gn_fb_bus_frame_body_type(f) == bend.type &&
		    (bend.from == NODES || bend.from == from) &&
		    (bend.to == NODES || bend.to == to);
	if (!drop)
		return (struct svc_bent){.drop = false};
	bend.left--;
	bend.drops++;
	bend.from = from;
	bend.request = gn_fb_bus_frame_request(f);
	bend.asked[bend.drops % 2] = to;
	bend.numbers[bend.drops % 2] = bend.request;
	return (struct svc_bent){.drop = true};
}

/* What another node would have to say to this one. */
static void inject(unsigned to, const struct gn_contact *from, struct gn_fbb *fbb, uint64_t request,
		   uint8_t type, gn_fbref body)
{
	struct gn_slice bytes;
	gn_fbref root = gn_fb_bus_frame_make(fbb, &(struct gn_fb_bus_frame_args){.request = request,
										 .body_type = type,
										 .body = body});
	assert_int_equal(gn_fbb_finish(fbb, root, GN_FB_BUS_FRAME_IDENTIFIER, &bytes), GN_OK);
	(void)!gn_bus_recv(s.nodes[to].bus, &from->pk, &from->addrs[0], bytes, s.now);
	gn_bus_validate(s.nodes[to].bus);
	svc_pump(&s, to);
}

static struct gn_contact node(unsigned i)
{
	struct gn_contact c = {.pk = s.nodes[i].sk.pk, .addr_count = 1, .addrs = {s.nodes[i].addr}};
	return c;
}

static void deliver_to(unsigned to, const struct gn_contact *from, const struct gn_sk *sk)
{
	struct gn_fb_hash topic = gn_wire_hash(x.topic.b);
	struct gn_fbb fbb = gn_fbb(storage, sizeof storage);
	gn_fbref m = message_part(&fbb, sk, gn_slice(NULL, 0));
	inject(to, from, &fbb, 0, BODY(DELIVER),
	       gn_fb_bus_deliver_make(
		       &fbb, &(struct gn_fb_bus_deliver_args){.topic = &topic, .message = m}));
}

/* Somebody who is no root of the topic: it takes part in nothing else. */
static unsigned outsider(unsigned but)
{
	for (unsigned i = 0; i < NODES; i++) {
		bool root = i == but;
		for (unsigned k = 0; k < BUS_ROOTS; k++)
			root = root || roots[k] == i;
		if (!root)
			return i;
	}
	fail();
	return 0;
}

static uint64_t number_payload(uint32_t number)
{
	static uint8_t bytes[4];
	gn_put_be32(bytes, number);
	says.payload = GN_SLICE(bytes);
	return number;
}

/* ---- wills ---- */

static void one_root_alone_ends_no_will(void **state)
{
	gn_op op;
	(void)state;
	network(NULL);
	unsigned who = outsider(NODES), listens = outsider(who);
	(void)svc_bus_sub(&x, listens, NULL);
	svc_run_for(&s, 5 * GN_SEC);
	assert_int_equal(svc_bus_will(&x, who, 1, 77, &op), GN_OK);
	svc_run_for(&s, BUS_LOOK_AGAIN);
	s.bus_bend = dropping;
	bend.type = BODY(DONE);
	bend.from = roots[0];
	bend.to = who;
	bend.left = 1;
	for (gn_time until = s.now + BUS_WILL_RENEW; !bend.drops && svc_step(&s, until);)
		;
	assert_int_equal(bend.drops, 1);
	struct gn_contact liar = node(roots[0]);
	struct gn_fbb fbb = gn_fbb(storage, sizeof storage);
	inject(who, &liar, &fbb, bend.request, BODY(DONE),
	       gn_fb_bus_done_make(&fbb, &(struct gn_fb_bus_done_args){.code = GN_FB_CODE_STALE}));
	svc_run_for(&s, 300 * GN_SEC);
	assert_int_equal(svc_bus_times(&x, listens, 77), 0);
	svc_stop(&s, who);
	svc_run_for(&s, 130 * GN_SEC);
	assert_int_equal(svc_bus_times(&x, listens, 77), 1);
}

static void a_will_that_one_root_tells_is_not_believed(void **state)
{
	(void)state;
	network(NULL);
	unsigned who = outsider(NODES);
	(void)svc_bus_sub(&x, who, NULL);
	svc_run_for(&s, 5 * GN_SEC);
	struct gn_contact first = node(roots[0]), second = node(roots[1]);
	for (unsigned i = 0; i < 3; i++) {
		says = (struct gn_said){.flags = GN_FB_BUS_FLAG_WILL,
					.seq = GN_SAID_WILL,
					.until = gn_unix(s.now) + 600,
					.lease = 90,
					.by = {{1}}};
		number_payload(78);
		deliver_to(who, i < 2 ? &first : &second, &x.key[0]);
		assert_int_equal(svc_bus_times(&x, who, 78), i == 2);
	}
	assert_int_equal(svc_bus_count(&s, who, "will_once"), 1);
}

/* A root that is new to a topic asks others for values: one that says that a will was told makes no
 * second voice of it, nor ends what its publisher says (BS-10, BS-11). */
static void a_will_that_one_root_keeps_is_not_believed(void **state)
{
	unsigned fresh, listens;
	(void)state;
	network(NULL);
	fresh = roots[0];
	listens = outsider(1);
	s.bus_bend = dropping;
	bend.type = BODY(SYNC);
	bend.from = fresh;
	bend.left = 2;
	assert_int_equal(svc_bus_pub(&x, 1, 1, NULL, 1, 0), GN_OK);
	svc_run_for(&s, 300 * GN_MSEC);
	assert_int_equal(bend.drops, 2);
	(void)svc_bus_sub(&x, listens, NULL);
	svc_run_for(&s, GN_SEC);
	for (unsigned i = 0; i < 2; i++) {
		struct gn_fb_hash topic = gn_wire_hash(x.topic.b);
		struct gn_contact liar = node(bend.asked[i]);
		says = (struct gn_said){.flags = GN_FB_BUS_FLAG_WILL | GN_FB_BUS_FLAG_RETAINED,
					.seq = GN_SAID_WILL,
					.until = gn_unix(s.now) + 600,
					.lease = 90,
					.by = {{1}}};
		number_payload(79);
		struct gn_fbb fbb = gn_fbb(storage, sizeof storage);
		gn_fbref m = message_part(&fbb, &x.key[0], gn_slice(NULL, 0));
		inject(fresh, &liar, &fbb, bend.numbers[i], BODY(KEPT),
		       gn_fb_bus_kept_make(
			       &fbb, &(struct gn_fb_bus_kept_args){.topic = &topic, .message = m}));
		assert_int_equal(svc_bus_count(&s, fresh, "synced"), i);
		if (i)
			break;
		svc_run_for(&s, 500 * GN_MSEC);
		assert_int_equal(svc_bus_pub(&x, 1, 1, NULL, 2, 0), GN_OK);
		svc_run_for(&s, GN_SEC);
		assert_int_equal(svc_bus_count(&s, fresh, "published"), 2);
		assert_int_equal(svc_bus_times(&x, listens, 2), 1);
		assert_int_equal(svc_bus_times(&x, listens, 79), 0);
	}
}

/* ---- roots ---- */

static void what_is_not_signed_or_of_now_is_not_told(void **state)
{
	struct gn_topicrec rec = {.publish = GN_FB_TOPIC_ADMISSION_OWNER};
	(void)state;
	network(&rec);
	unsigned who = outsider(NODES);
	(void)svc_bus_sub(&x, who, NULL);
	svc_run_for(&s, 5 * GN_SEC);
	struct gn_contact root = node(roots[0]), stranger = peer(1, 1);
	says = (struct gn_said){.epoch = 0};
	number_payload(5);
	deliver_to(who, &stranger, &x.owner);
	assert_true(svc_bus_count(&s, who, "unasked") >= 1);
	says.sig.b[5] = 1;
	deliver_to(who, &root, &x.owner);
	says.sig.b[5] = 0;
	assert_int_equal(svc_bus_count(&s, who, "got_sig"), 1);
	deliver_to(who, &root, &x.key[0]);
	assert_int_equal(svc_bus_count(&s, who, "got_right"), 1);
	says.time = (uint64_t)(s.now / GN_MSEC) - 1000 * BUS_OLD - 1;
	deliver_to(who, &root, &x.owner);
	says.time = 0;
	assert_int_equal(svc_bus_count(&s, who, "got_time"), 1);
	assert_int_equal(svc_bus_times(&x, who, 5), 0);
	says.seq = 50;
	deliver_to(who, &root, &x.owner);
	deliver_to(who, &root, &x.owner);
	assert_int_equal(svc_bus_times(&x, who, 5), 1);
	assert_int_equal(svc_bus_count(&s, who, "got_again"), 1);
	struct gn_fb_hash topic = gn_wire_hash(x.topic.b);
	struct gn_fb_sig sig = {{0}};
	struct gn_fbb fbb = gn_fbb(storage, sizeof storage);
	gn_fbref m = gn_fb_bus_message_make(
		&fbb, &(struct gn_fb_bus_message_args){.said = GN_LIT("noise"), .sig = &sig});
	inject(who, &root, &fbb, 0, BODY(DELIVER),
	       gn_fb_bus_deliver_make(
		       &fbb, &(struct gn_fb_bus_deliver_args){.topic = &topic, .message = m}));
	assert_int_equal(svc_bus_count(&s, who, "got_false"), 1);
}

/* Leases whose other root is none would take the places of those that have one. */
static void a_false_other_root_keeps_nobody_from_being_served(void **state)
{
	(void)state;
	network(NULL);
	struct gn_fb_hash topic = gn_wire_hash(x.topic.b);
	for (unsigned i = 0; i < NODES; i++)
		(void)svc_bus_sub(&x, i, NULL);
	svc_run_for(&s, 5 * GN_SEC);
	for (unsigned i = 0; i < BUS_ROOTS; i++)
		for (unsigned k = 0; k < 2 * BUS_ROOTS; k++) {
			struct gn_contact c = peer(k, k);
			struct gn_fb_key other = gn_wire_key(&c.pk);
			struct gn_fbb fbb = gn_fbb(storage, sizeof storage);
			inject(roots[i], &c, &fbb, 1, BODY(SUBSCRIBE),
			       gn_fb_bus_subscribe_make(&fbb, &(struct gn_fb_bus_subscribe_args){
								      .topic = &topic,
								      .other = &other,
								      .lease = BUS_LEASE}));
		}
	unsigned dead = roots[0] > 1 ? roots[0] : roots[1] > 1 ? roots[1] : roots[2];
	svc_stop(&s, dead);
	assert_int_equal(svc_bus_pub(&x, 0, 1, NULL, 1, 0), GN_OK);
	svc_run_for(&s, GN_SEC);
	for (unsigned i = 0; i < NODES; i++)
		assert_int_equal(svc_bus_times(&x, i, 1), i != dead);
	assert_true(svc_bus_sum(&s, "delivered_backup") > 0);
	svc_run_for(&s, 2 * BUS_RENEW); /* who failed is looked for elsewhere */
	assert_true(svc_bus_sum(&s, "roots_failed") > 0 && svc_bus_sum(&s, "looks") > NODES);
}

/* ---- values ---- */

static void a_second_follower_is_given_the_values_too(void **state)
{
	unsigned times[2] = {0, 0};
	(void)state;
	network(NULL);
	unsigned who = outsider(NODES);
	assert_int_equal(svc_bus_pub(&x, 1, 1, "s", 9, GN_FB_BUS_FLAG_RETAINED), GN_OK);
	gn_op ops[2] = {svc_bus_sub(&x, who, NULL), 0};
	svc_run_for(&s, 5 * GN_SEC);
	ops[1] = svc_bus_sub(&x, who, "s");
	svc_run_for(&s, BUS_FRESH);
	for (unsigned i = 0; i < x.got_count; i++)
		for (unsigned k = 0; k < 2; k++)
			times[k] += x.got[i].op == ops[k] && x.got[i].node == who;
	assert_true(times[0] == 1 && times[1] == 1);
	/* said while a third comes: each of them hears it once */
	struct gn_bus_publish p;
	gn_op op, third = svc_bus_sub(&x, who, "s");
	svc_bus_say(&x, 1, "s", 10, GN_FB_BUS_FLAG_RETAINED, &p);
	assert_int_equal(gn_bus_publish(s.nodes[1].bus, &p, s.now, &op), GN_OK);
	svc_pump(&s, 1);
	svc_run_for(&s, BUS_FRESH);
	assert_int_equal(svc_bus_times(&x, who, 10), 3);
	gn_bus_cancel(s.nodes[who].bus, third, s.now);
	/* and who comes after all have gone */
	gn_bus_cancel(s.nodes[who].bus, ops[0], s.now);
	gn_bus_cancel(s.nodes[who].bus, ops[1], s.now);
	svc_pump(&s, who);
	svc_run_for(&s, GN_SEC);
	(void)svc_bus_sub(&x, who, NULL);
	svc_run_for(&s, 5 * GN_SEC);
	assert_int_equal(svc_bus_times(&x, who, 10), 4);
}

/* ---- gaps ---- */

static void what_is_lost_is_asked_for(void **state)
{
	(void)state;
	network(NULL);
	unsigned who = outsider(1);
	(void)svc_bus_sub(&x, who, NULL);
	svc_run_for(&s, 5 * GN_SEC);
	assert_int_equal(svc_bus_pub(&x, 1, 1, NULL, 1, 0), GN_OK);
	svc_run_for(&s, GN_SEC);
	s.bus_bend = dropping;
	bend.type = BODY(DELIVER);
	bend.to = who;
	bend.left = 1;
	assert_int_equal(svc_bus_pub(&x, 1, 1, NULL, 2, 0), GN_OK);
	svc_run_for(&s, GN_SEC);
	assert_int_equal(bend.drops, 1);
	assert_int_equal(svc_bus_times(&x, who, 2), 0);
	assert_int_equal(svc_bus_pub(&x, 1, 1, NULL, 3, 0), GN_OK);
	svc_run_for(&s, BUS_GAP + 500 * GN_MSEC);
	assert_int_equal(svc_bus_times(&x, who, 2), 1);
	assert_int_equal(svc_bus_count(&s, who, "gaps_closed"), 1);
	assert_int_equal(x.gaps, 0);
	x.seq[0] += 3; /* nobody has these */
	assert_int_equal(svc_bus_pub(&x, 1, 1, NULL, 7, 0), GN_OK);
	svc_run_for(&s, BUS_GAP + BUS_GAP_TRIES * BUS_GAP_AGAIN + GN_SEC);
	assert_true(x.gaps == 1 && x.gap_count == 3);
	assert_int_equal(svc_bus_count(&s, who, "gaps_lost"), 3);
}

/* ---- links ---- */

static void have(unsigned to, const struct gn_contact *from, uint64_t seq)
{
	struct gn_fb_hash topic = gn_wire_hash(x.topic.b);
	struct gn_fb_bus_id id = {gn_said_key8(&x.key[0].pk), x.epoch[0], seq};
	struct gn_fbb fbb = gn_fbb(storage, sizeof storage);
	inject(to, from, &fbb, 0, BODY(HAVE),
	       gn_fb_bus_have_make(&fbb,
				   &(struct gn_fb_bus_have_args){.topic = &topic, .id = &id}));
}

static void links_leave_room_for_those_one_asks_for(void **state)
{
	struct gn_topicrec rec = {.publish = GN_FB_TOPIC_ADMISSION_OPEN, .mesh = true};
	(void)state;
	network(&rec);
	unsigned who = outsider(NODES);
	struct gn_fb_hash topic = gn_wire_hash(x.topic.b);
	struct bus_view *v;
	(void)svc_bus_sub(&x, who, NULL);
	svc_run_for(&s, 2 * GN_SEC);
	for (unsigned i = 0; i < 4 * BUS_LINKS; i++) {
		struct gn_contact c = peer(i, i / (BUS_LINKS_PREFIX + 1));
		struct gn_fbb fbb = gn_fbb(storage, sizeof storage);
		inject(who, &c, &fbb, 1, BODY(LINK),
		       gn_fb_bus_link_make(&fbb, &(struct gn_fb_bus_link_args){.topic = &topic}));
	}
	v = bus_view_get(s.nodes[who].bus, &x.topic);
	assert_int_equal(v->link_count, BUS_LINKS_MAX - BUS_LINKS);
	struct gn_contact of_one = peer(BUS_LINKS_PREFIX, 0), flood = peer(0, 0),
			  other = peer(1, 0);
	assert_null(bus_link_get(v, &of_one.pk)); /* the third of its prefix */
	for (unsigned i = 0; i < NODES; i++)
		if (i != who)
			(void)svc_bus_sub(&x, i, NULL);
	svc_run_for(&s, 2 * BUS_RENEW);
	unsigned ours = 0;
	for (unsigned i = 0; i < v->link_count; i++)
		ours += v->links[i].ours;
	assert_int_equal(ours, BUS_LINKS);
	/* one that names what nobody said keeps the others' words from nobody */
	for (unsigned i = 0; i <= BUS_WANTS_LINK; i++)
		have(who, &flood, 1000 + i);
	assert_int_equal(v->want_count, BUS_WANTS_LINK);
	assert_int_equal(svc_bus_count(&s, who, "wants_full"), 1);
	have(who, &other, 5000);
	assert_int_equal(v->want_count, BUS_WANTS_LINK + 1);
	assert_true(v->want_count < BUS_WANTS);
	uint64_t pulls = svc_bus_count(&s, who, "lazy_pulls");
	svc_run_for(&s, BUS_LAZY - GN_MSEC);
	assert_int_equal(svc_bus_count(&s, who, "lazy_pulls"), pulls);
	svc_run_for(&s, 2 * GN_MSEC);
	assert_int_equal(svc_bus_count(&s, who, "lazy_pulls"), pulls + BUS_WANTS_LINK + 1);
	svc_run_for(&s, BUS_WANT_FROM * (BUS_SILENT + 2 * BUS_RTT));
	assert_int_equal(v->want_count, 0);
	assert_true(svc_bus_count(&s, who, "haves") >= BUS_WANTS_LINK + 2);
}

/* Both roots of somebody lose a message at once: a link has it. */
static void a_link_gives_what_both_roots_lost(void **state)
{
	struct gn_topicrec rec = {.publish = GN_FB_TOPIC_ADMISSION_OPEN, .mesh = true};
	struct gn_fb_bus_frame f;
	(void)state;
	(void)f;
	network(&rec);
	unsigned who = outsider(1);
	for (unsigned i = 0; i < NODES; i++)
		(void)svc_bus_sub(&x, i, NULL);
	svc_run_for(&s, 2 * BUS_RENEW);
	assert_int_equal(svc_bus_pub(&x, 1, 1, NULL, 1, 0), GN_OK);
	svc_run_for(&s, GN_SEC);
	s.bus_bend = dropping;
	bend.type = BODY(DELIVER);
	bend.to = who;
	bend.left = 1; /* from its primary: the word that it was served keeps the other one still */
	assert_int_equal(svc_bus_pub(&x, 1, 1, NULL, 2, 0), GN_OK);
	svc_run_for(&s, BUS_LAZY + 200 * GN_MSEC);
	assert_int_equal(bend.drops, 1);
	assert_int_equal(svc_bus_times(&x, who, 2), 1);
	assert_true(svc_bus_count(&s, who, "lazy_pulls") > 0);
}

/* Who has filters is told by a root what they let through before a message; a root that lies, or is
 * quicker with the newer one, takes away nothing that comes from another (BS-12). */
static void a_newer_message_hides_no_older_one(void **state)
{
	(void)state;
	network(NULL);
	unsigned who = outsider(NODES), got;
	(void)svc_bus_sub(&x, who, ">");
	svc_run_for(&s, 5 * GN_SEC);
	struct gn_contact quick = node(roots[0]), other = node(roots[1]);
	static const uint64_t order[] = {1, 4, 3, 2, 9, 8};
	for (size_t i = 0; i < GN_COUNT(order); i++) {
		says.subject = GN_LIT("a.b");
		says.seq = number_payload((uint32_t)order[i]);
		deliver_to(who, i % 2 ? &quick : &other, &x.key[0]);
		svc_run_for(&s, GN_MSEC);
	}
	for (size_t i = 0; i < GN_COUNT(order); i++) {
		got = svc_bus_times(&x, who, (uint32_t)order[i]);
		assert_int_equal(got, 1);
	}
	svc_run_for(&s, 10 * GN_SEC);
	assert_int_equal(x.gaps, 0); /* nobody has said that there were others */
	says = (struct gn_said){.epoch = 0};
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_teardown(name, over)
		T(one_root_alone_ends_no_will),
		T(a_will_that_one_root_tells_is_not_believed),
		T(a_will_that_one_root_keeps_is_not_believed),
		T(what_is_not_signed_or_of_now_is_not_told),
		T(a_false_other_root_keeps_nobody_from_being_served),
		T(a_second_follower_is_given_the_values_too),
		T(what_is_lost_is_asked_for),
		T(links_leave_room_for_those_one_asks_for),
		T(a_link_gives_what_both_roots_lost),
		T(a_newer_message_hides_no_older_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
