/* Holders among themselves, and against each other: what one lacks it gets, with its proof, when
 * members come and go; what one says of another's items removes nothing; rights that were shown to
 * one are worth nothing at another.
 * Rules BX-2, BX-8, BX-10, BX-14, BX-20, BX-21, BX-23, BX-24. */
#include "services/box/engine_int.h"
#include "services/testing/boxes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static struct svc s;
static struct svc_box x;
static uint8_t item[61440];

static struct gn_slice item_of(uint8_t number, size_t len)
{
	memset(item, number, len);
	return gn_slice(item, len);
}

static void network(unsigned nodes, uint8_t kind)
{
	svc_init(&s, &(struct svc_options){.seed = 11, .nodes = nodes, .box_bytes = 64u << 20});
	svc_box_make(&s, &x, (uint8_t)(kind + 1), kind, 1);
	assert_int_equal(svc_box_put(&x, 0), GN_OK);
}

static void set_now(unsigned asked, bool member[SVC_NODES])
{
	struct gn_contact set[GN_BOX_SET];
	struct gn_hash key;
	gn_boxrec_key(&x.sk.pk, 0, &key);
	uint32_t n = gn_overlay_set(s.nodes[asked].ov, &key, GN_BOX_SET, set);
	memset(member, 0, SVC_NODES * sizeof *member);
	for (uint32_t i = 0; i < n; i++)
		for (unsigned k = 0; k < s.count; k++)
			if (gn_pk_eq(&set[i].pk, &s.nodes[k].sk.pk))
				member[k] = true;
}

static unsigned members_that_hold(unsigned asked, struct gn_slice what)
{
	bool member[SVC_NODES], holds[SVC_NODES];
	unsigned count = 0;
	set_now(asked, member);
	(void)svc_box_held(&x, what, holds);
	for (unsigned i = 0; i < s.count; i++)
		count += member[i] && holds[i];
	return count;
}

/* A node of the set that is neither the depositor nor the reader. */
static unsigned some_member(unsigned but)
{
	bool member[SVC_NODES];
	set_now(1, member);
	for (unsigned i = 3; i < s.count; i++)
		if (member[i] && i != but)
			return i;
	fail();
	return 0;
}

static void a_holder_that_was_away_gets_what_it_missed(void **state)
{
	(void)state;
	network(12, GN_FB_BOX_KIND_PRIVATE);
	unsigned away = some_member(0);
	svc_stop(&s, away);
	svc_run_for(&s, 5 * GN_SEC);
	for (uint8_t n = 1; n <= 12; n++)
		assert_int_equal(svc_box_deposit(&x, 1, n % 4, item_of(n, 4096)), GN_OK);
	svc_start(&s, away);
	svc_run_for(&s, 900 * GN_SEC);
	for (uint8_t n = 1; n <= 12; n++)
		assert_int_equal(members_that_hold(1, item_of(n, 4096)), 8);
	assert_true(svc_box_count(&s, away, "copies_in") >= 12);
	assert_int_equal(svc_box_sum(&s, "copies_refused"), 0);
	assert_true(svc_box_sum(&s, "sums_out") > 0);
	/* and then they agree: a round of sums moves nothing */
	uint64_t copies = svc_box_sum(&s, "copies_out"), same = svc_box_sum(&s, "sums_same");
	svc_run_for(&s, 1500 * GN_SEC);
	assert_int_equal(svc_box_sum(&s, "copies_out"), copies);
	assert_true(svc_box_sum(&s, "sums_same") >= same + 8);
	svc_free(&s);
}

static void a_set_whose_members_die_heals(void **state)
{
	bool member[SVC_NODES];
	unsigned killed = 0;
	(void)state;
	network(16, GN_FB_BOX_KIND_PRIVATE);
	for (uint8_t n = 1; n <= 8; n++)
		assert_int_equal(svc_box_deposit(&x, 1, n % 4, item_of(n, 2048)), GN_OK);
	set_now(1, member);
	for (unsigned i = 3; i < s.count && killed < 4; i++)
		if (member[i]) {
			svc_stop(&s, i);
			killed++;
		}
	svc_run_for(&s, 1200 * GN_SEC);
	for (uint8_t n = 1; n <= 8; n++)
		assert_int_equal(members_that_hold(1, item_of(n, 2048)), 8);
	svc_free(&s);
}

/* A copy that is not what was deposited is refused; the true one comes from somebody else. */
static void who_bends_copies_spoils_nothing(void **state)
{
	(void)state;
	network(12, GN_FB_BOX_KIND_PRIVATE);
	unsigned away = some_member(0), liar = some_member(away);
	svc_stop(&s, away);
	s.nodes[liar].lies = SVC_BOX_FALSE_ITEMS | SVC_BOX_FALSE_IDS;
	svc_run_for(&s, 5 * GN_SEC);
	for (uint8_t n = 1; n <= 6; n++)
		assert_int_equal(svc_box_deposit(&x, 1, n % 4, item_of(n, 4096)), GN_OK);
	svc_start(&s, away);
	svc_run_for(&s, 1500 * GN_SEC);
	for (uint8_t n = 1; n <= 6; n++)
		assert_int_equal(members_that_hold(1, item_of(n, 4096)), 8);
	struct gn_box_info info;
	gn_box_info(s.nodes[away].box, &info);
	assert_int_equal(info.items, 6);
	svc_free(&s);
}

/* ---- replay ---- */

static struct {
	unsigned from, to;
	uint8_t type;
	uint8_t bytes[70000];
	size_t len;
} caught;

static void catch_one(void *user, unsigned from, unsigned to, struct gn_slice bytes)
{
	struct gn_fb_box_message m;
	(void)user;
	if (caught.len || gn_fb_box_message_verify(bytes, &m) != GN_OK ||
	    gn_fb_box_message_body_type(m) != caught.type || (caught.from && caught.from != from))
		return;
	caught.from = from;
	caught.to = to;
	memcpy(caught.bytes, bytes.p, bytes.len);
	caught.len = bytes.len;
}

static void catch_first(uint8_t type, unsigned from)
{
	caught.len = 0;
	caught.type = type;
	caught.from = from;
	s.box_message = catch_one;
}

static uint64_t paid; /* hashed, for what was said last */
static void say(unsigned from, unsigned to, struct gn_slice bytes)
{
	assert_int_equal(gn_box_recv(s.nodes[to].box, &s.nodes[from].sk.pk, &s.nodes[from].addr,
				     bytes, s.now),
			 GN_OK);
	paid = gn_box_caused(s.nodes[to].box).hashed;
	svc_pump(&s, to);
	svc_run_for(&s, GN_SEC);
}

static void a_show_is_worth_nothing_elsewhere(void **state)
{
	(void)state;
	network(12, GN_FB_BOX_KIND_PRIVATE);
	assert_int_equal(svc_box_deposit(&x, 1, 0, item_of(1, 896)), GN_OK);
	catch_first(GN_FB_BOX_MESSAGE_BODY_BOX_SHOW, 2);
	gn_op op = svc_box_follow(&x, 2, 0);
	svc_run_for(&s, 5 * GN_SEC);
	assert_true(caught.len > 0 && x.got_count == 1);
	unsigned liar = caught.to, other = some_member(liar);
	uint64_t refused = svc_box_count(&s, other, "shows_refused");
	say(liar, other, gn_slice(caught.bytes, caught.len));
	assert_int_equal(svc_box_count(&s, other, "shows_refused"), refused + 1);
	/* nor at the same holder, once its session is over */
	gn_box_cancel(s.nodes[2].box, op, s.now);
	gn_box_peer_down(s.nodes[liar].box, &s.nodes[2].sk.pk, GN_CLOSED, s.now);
	s.nodes[2].session[liar] = s.nodes[liar].session[2] = false;
	svc_run_for(&s, 120 * GN_SEC); /* they are linked: there is another one by now */
	assert_true(s.nodes[liar].session[2]);
	refused = svc_box_count(&s, liar, "shows_refused");
	say(2, liar, gn_slice(caught.bytes, caught.len));
	assert_int_equal(svc_box_count(&s, liar, "shows_refused"), refused + 1);
	svc_free(&s);
}

/* A message with this body from a node to a holder. */
static void say_body(unsigned from, unsigned to, struct gn_fbb *b, uint8_t type, gn_fbref body)
{
	struct gn_slice bytes;
	struct gn_fb_box_message_args args = {.request = 77, .body_type = type, .body = body};
	assert_int_equal(gn_fbb_finish(b, gn_fb_box_message_make(b, &args),
				       GN_FB_BOX_MESSAGE_IDENTIFIER, &bytes),
			 GN_OK);
	say(from, to, bytes);
}

static void strangers_read_and_remove_nothing(void **state)
{
	static uint8_t storage[4096];
	struct gn_fb_item_id id;
	(void)state;
	network(12, GN_FB_BOX_KIND_PRIVATE);
	assert_int_equal(svc_box_deposit(&x, 1, 0, item_of(1, 896)), GN_OK);
	unsigned to = some_member(0);
	struct gn_fb_key box = gn_wire_key(&x.sk.pk);
	struct gn_slice one = item_of(1, 896);
	struct gn_hash hash;
	gn_sha256(&one, 1, &hash);
	memcpy(id.b, hash.b, sizeof id.b);
	uint64_t denied = svc_box_count(&s, to, "refused_denied");
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	gn_fbref r =
		gn_fb_box_list_make(&b, &(struct gn_fb_box_list_args){.box = &box, .shown = 1});
	say_body(4, to, &b, GN_FB_BOX_MESSAGE_BODY_BOX_LIST, r);
	b = gn_fbb(storage, sizeof storage);
	r = gn_fb_box_fetch_make(
		&b, &(struct gn_fb_box_fetch_args){.box = &box, .shown = 1, .ids = {&id, 1}});
	say_body(4, to, &b, GN_FB_BOX_MESSAGE_BODY_BOX_FETCH, r);
	b = gn_fbb(storage, sizeof storage);
	r = gn_fb_box_ack_make(&b, &(struct gn_fb_box_ack_args){.box = &box, .ids = {&id, 1}});
	say_body(4, to, &b, GN_FB_BOX_MESSAGE_BODY_BOX_ACK, r);
	b = gn_fbb(storage, sizeof storage);
	r = gn_fb_box_watch_make(&b, &(struct gn_fb_box_watch_args){.box = &box, .seconds = 9});
	say_body(4, to, &b, GN_FB_BOX_MESSAGE_BODY_BOX_WATCH, r);
	assert_int_equal(svc_box_count(&s, to, "refused_denied"), denied + 4);
	/* and what answers no question of ours is paid for (BX-32) */
	b = gn_fbb(storage, sizeof storage);
	r = gn_fb_box_done_make(&b, &(struct gn_fb_box_done_args){.code = 0});
	say_body(4, to, &b, GN_FB_BOX_MESSAGE_BODY_BOX_DONE, r);
	assert_int_equal(paid, BOX_UNASKED_COST);
	b = gn_fbb(storage, sizeof storage);
	r = gn_fb_box_item_make(&b, &(struct gn_fb_box_item_args){.box = &box, .id = &id});
	say_body(4, to, &b, GN_FB_BOX_MESSAGE_BODY_BOX_ITEM, r);
	assert_int_equal(paid, BOX_UNASKED_COST);
	assert_int_equal(svc_box_held(&x, item_of(1, 896), NULL), 8);
	svc_free(&s);
}

/* A copy nobody asked for is refused, whatever proves it; one that was asked for may say that it
 * was taken, and is kept, and shown to the reader who never said so, all the same (BX-24). */
static void a_copy_is_asked_for_and_kept_though_taken(void **state)
{
	static uint8_t storage[4096];
	struct gn_box_proof p;
	struct gn_hash hash, key;
	(void)state;
	network(12, GN_FB_BOX_KIND_PRIVATE);
	assert_int_equal(svc_box_deposit(&x, 1, 0, item_of(9, 896)), GN_OK); /* rules are known */
	unsigned to = some_member(0), from = some_member(to);
	struct gn_slice one = item_of(1, 896);
	gn_sha256(&one, 1, &hash);
	svc_box_proof(&x, 0, one, &p);
	struct gn_fb_key box = gn_wire_key(&x.sk.pk);
	struct gn_fb_box_certificate cert = {.until = p.certificate.until,
					     .items = p.certificate.items,
					     .kib = p.certificate.kib};
	struct gn_fb_sig sig;
	memcpy(cert.key, p.certificate.key.b, 32);
	memcpy(cert.sig, p.certificate.sig.b, 64);
	memcpy(sig.b, p.sig.b, 64);
	for (unsigned asked = 0; asked < 2; asked++) {
		struct gn_fbb b = gn_fbb(storage, sizeof storage);
		gn_fbref r = gn_fb_box_copy_make(
			&b, &(struct gn_fb_box_copy_args){.box = &box,
							  .item = item_of(1, 896),
							  .until = UINT64_MAX,
							  .certificate = &cert,
							  .sig = &sig,
							  .acked = UINT32_MAX});
		struct gn_box_id id = box_id_of(&hash);
		box_index_key(&x.sk.pk, &id, &key);
		if (asked)
			((struct box_wanted *)gn_map_put(&s.nodes[to].box->wanted, &key))->at[0] =
				s.now;
		say_body(from, to, &b, GN_FB_BOX_MESSAGE_BODY_BOX_COPY, r);
		assert_int_equal(paid, 896); /* whoever asked */
		assert_int_equal(svc_box_held(&x, item_of(1, 896), NULL), asked);
	}
	assert_int_equal(svc_box_count(&s, to, "copies_refused"), 1);
	struct gn_box_id id = box_id_of(&hash);
	const struct box_item *it = box_item_get(s.nodes[to].box, &x.sk.pk, &id);
	assert_true(it->state == BOX_STANDS && it->acked == 1u << BOX_HEARD);
	assert_true(it->until <= gn_unix(s.now) + x.rec.item_ttl + 1);
	(void)svc_box_follow(&x, 2, 0);
	svc_run_for(&s, 120 * GN_SEC);
	assert_int_equal(svc_box_times(&x, 2, item_of(1, 896)), 1);
	svc_free(&s);
}

/* What is over goes, at every holder, and nobody brings it back. */
static void what_is_over_goes(void **state)
{
	(void)state;
	network(9, GN_FB_BOX_KIND_FRONT);
	x.rec.item_ttl = 86400; /* a week takes long */
	assert_int_equal(svc_box_put(&x, 0), GN_OK);
	assert_int_equal(svc_box_deposit(&x, 1, 0, item_of(1, 896)), GN_OK);
	s.validate = false;
	for (unsigned day = 0; day < 2; day++) {
		svc_run_for(&s, 43000 * GN_SEC);
		assert_int_equal(svc_box_put(&x, 0), GN_OK);
		svc_run_for(&s, 43000 * GN_SEC);
		assert_int_equal(svc_box_put(&x, 0), GN_OK);
		if (day == 0)
			assert_true(svc_box_held(&x, item_of(1, 896), NULL) >= 8);
	}
	assert_int_equal(svc_box_held(&x, item_of(1, 896), NULL), 0);
	assert_true(svc_box_sum(&s, "expired") >= 8);
	svc_free(&s);
}

/* ---- descriptors ---- */

static uint8_t question[512];
static struct gn_slice ask_box(void)
{
	struct gn_fb_key box = gn_wire_key(&x.sk.pk);
	struct gn_fbb b = gn_fbb(question, sizeof question);
	struct gn_slice bytes;
	gn_fbref body = gn_fb_box_ask_make(&b, &(struct gn_fb_box_ask_args){.box = &box});
	struct gn_fb_box_message_args args = {
		.request = 7, .body_type = GN_FB_BOX_MESSAGE_BODY_BOX_ASK, .body = body};
	assert_int_equal(gn_fbb_finish(&b, gn_fb_box_message_make(&b, &args),
				       GN_FB_BOX_MESSAGE_IDENTIFIER, &bytes),
			 GN_OK);
	return bytes;
}

/* Requests wait while the descriptor is read, so many and no more; what cannot be read is not
 * tried again at once; so many are kept. */
static void requests_wait_for_the_descriptor(void **state)
{
	(void)state;
	network(9, GN_FB_BOX_KIND_PRIVATE);
	unsigned to = some_member(0);
	struct gn_box *b = s.nodes[to].box;
	struct gn_slice bytes = ask_box();
	for (uint32_t i = 0; i < BOX_RULES; i++) {
		struct gn_pk pk = {{'f', (uint8_t)i, (uint8_t)(i >> 8)}};
		struct box_held *h = box_held_need(b, &pk);
		assert_non_null(h);
		h->rules = GN_NEW(b->env.alloc, struct gn_boxrec);
		b->rules_count++;
	}
	for (unsigned i = 0; i <= BOX_PENDING; i++) {
		assert_int_equal(gn_box_recv(b, &s.nodes[4].sk.pk, NULL, bytes, s.now), GN_OK);
		assert_int_equal(gn_box_caused(b).hashed, i ? 0 : BOX_RULES_COST);
	}
	assert_int_equal(b->pending, BOX_PENDING);
	assert_int_equal(svc_box_count(&s, to, "pending_full"), 1);
	svc_pump(&s, to);
	svc_run_for(&s, GN_SEC);
	assert_int_equal(b->pending, 0);
	assert_int_equal(b->rules_count, BOX_RULES);
	assert_int_equal(svc_box_count(&s, to, "rules_read"), 1);
	struct box_held *h = box_held_get(b, &x.sk.pk);
	assert_non_null(h->rules);
	/* one of another version, which is not there when it is read */
	uint64_t busy = svc_box_count(&s, to, "refused_busy");
	h->rules_seq--;
	h->get = 99;
	b->lookups++;
	box_rules_got(b, h, &(struct gn_overlay_event){.op = 99});
	assert_int_equal(svc_box_count(&s, to, "rules_failed"), 1);
	assert_true(h->rules_failed == b->now + BOX_RULES_AGAIN);
	say(4, to, bytes);
	assert_int_equal(svc_box_count(&s, to, "refused_busy"), busy + 1);
	svc_run_for(&s, BOX_RULES_AGAIN);
	b->lookups += BOX_LOOKUPS; /* too many others are being read */
	assert_int_equal(gn_box_recv(b, &s.nodes[4].sk.pk, NULL, bytes, s.now), GN_OK);
	b->lookups -= BOX_LOOKUPS;
	assert_int_equal(svc_box_count(&s, to, "refused_busy"), busy + 2);
	b->pending_bytes += BOX_PENDING_BYTES;
	assert_int_equal(gn_box_recv(b, &s.nodes[4].sk.pk, NULL, bytes, s.now), GN_OK);
	b->pending_bytes -= BOX_PENDING_BYTES;
	assert_int_equal(svc_box_count(&s, to, "refused_busy"), busy + 3);
	svc_pump(&s, to);
	svc_run_for(&s, GN_SEC);
	assert_int_equal(svc_box_count(&s, to, "rules_read"), 2);
	/* a list takes as long as its issuer likes: of half of the places one has a part */
	struct gn_contact c = {.pk = {{7}}};
	unsigned n = 0;
	while (box_rules_wait_list(b, h, &c, bytes) == GN_OK)
		n++;
	assert_int_equal(n, BOX_PENDING_PEER);
	for (; n < BOX_PENDING / 2; n++) {
		c.pk.b[1]++;
		assert_int_equal(box_rules_wait_list(b, h, &c, bytes), GN_OK);
	}
	assert_int_equal(box_rules_wait_list(b, h, &(struct gn_contact){.pk = {{8}}}, bytes),
			 GN_BUSY);
	svc_free(&s);
}

/* A liar of the set names ids: `own`, or as many that there are not, always new ones. */
static void names(unsigned liar, unsigned to, const struct gn_slice *own, unsigned count)
{
	static uint8_t storage[40000];
	static struct gn_fb_item_id ids[BOX_SUM_IDS];
	static uint32_t number;
	struct gn_fb_key box = gn_wire_key(&x.sk.pk);
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	for (unsigned i = 0; i < count; i++) {
		struct gn_hash hash = {{0}};
		gn_put_be32(hash.b, ++number);
		if (own)
			gn_sha256(&own[i], 1, &hash);
		memcpy(ids[i].b, hash.b, sizeof ids[i].b);
	}
	gn_fbref r = gn_fb_box_ids_make(
		&b, &(struct gn_fb_box_ids_args){.box = &box, .ids = {ids, count}});
	say_body(liar, to, &b, GN_FB_BOX_MESSAGE_BODY_BOX_IDS, r);
}

/* Its disk loses what it has of the box; it compares with everyone. */
static void loses_all(unsigned node)
{
	struct gn_box *b = s.nodes[node].box;
	struct box_held *h = box_held_get(b, &x.sk.pk);
	while (h->count > 1)
		box_item_remove(b, h->items[0], true);
}

static void compares(unsigned node)
{
	struct gn_box *b = s.nodes[node].box;
	struct box_held *h = box_held_get(b, &x.sk.pk);
	h->again = 1;
	assert_int_equal(gn_heap_set(&b->sums, &h->sum, s.now), GN_OK);
	gn_box_tick(b, s.now);
	svc_pump(&s, node);
	svc_run_for(&s, GN_SEC);
}

/* One that names what there is not, or names what there is and does not bring it, keeps no copy
 * from the holder that lacks it (BX-22). */
static void who_names_and_does_not_bring_keeps_nothing_out(void **state)
{
	(void)state;
	network(12, GN_FB_BOX_KIND_PRIVATE);
	unsigned at = some_member(0), liar = some_member(at);
	for (uint8_t n = 1; n <= 6; n++)
		assert_int_equal(svc_box_deposit(&x, 1, n % 4, item_of(n, 896)), GN_OK);
	s.nodes[liar].lies = SVC_BOX_MUTE;
	for (unsigned i = 0; i < BOX_WANTED_SHARE; i++) {
		names(liar, at, NULL, BOX_SUM_IDS);
		svc_run_for(&s, BOX_WANTED_TIME);
	}
	loses_all(at);
	compares(at);
	assert_int_equal(box_held_get(s.nodes[at].box, &x.sk.pk)->count, 6);
	struct box_held *h = box_held_get(s.nodes[at].box, &x.sk.pk);
	struct gn_slice six = item_of(6, 896);
	struct gn_hash hash;
	gn_sha256(&six, 1, &hash);
	struct gn_box_id id = box_id_of(&hash);
	box_item_remove(s.nodes[at].box, box_item_get(s.nodes[at].box, &h->key, &id), true);
	for (unsigned i = 0; i < 2; i++) { /* always before all others */
		names(liar, at, &six, 1);
		assert_int_equal(h->count, 5);
		svc_run_for(&s, i == 0 ? BOX_WANTED_TIME : BOX_WANTED_NEXT);
	}
	compares(at);
	assert_int_equal(svc_box_held(&x, six, NULL), 8);
	svc_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_holder_that_was_away_gets_what_it_missed),
		cmocka_unit_test(a_set_whose_members_die_heals),
		cmocka_unit_test(who_bends_copies_spoils_nothing),
		cmocka_unit_test(a_show_is_worth_nothing_elsewhere),
		cmocka_unit_test(strangers_read_and_remove_nothing),
		cmocka_unit_test(a_copy_is_asked_for_and_kept_though_taken),
		cmocka_unit_test(who_names_and_does_not_bring_keeps_nothing_out),
		cmocka_unit_test(what_is_over_goes),
		cmocka_unit_test(requests_wait_for_the_descriptor),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
