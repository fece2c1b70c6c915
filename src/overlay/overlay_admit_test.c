/* Which records come in: quotas of owners, the rules of types, what is handed over, signatures
 * (OV-58, OV-59, OV-96). */
#include "overlay/contact_int.h"
#include "overlay/repair_int.h"
#include "overlay/request_int.h"
#include "overlay/store_int.h"
#include "overlay/testing/net.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct net net;
static struct gn_sk alice, bob;

static int build(void **state)
{
	(void)state;
	net_build(&net, 42, 5);
	gn_sk_new(&net.rand, &alice);
	gn_sk_new(&net.rand, &bob);
	return 0;
}

static int take_down(void **state)
{
	(void)state;
	net_free(&net);
	return 0;
}

static void owners_have_quotas(void **state)
{
	(void)state;
	struct net_record r;
	struct gn_sk carol;
	struct net small;
	net_init(&small, 5);
	for (unsigned i = 0; i < 3; i++) {
		net_add(&small);
		small.node[i].cfg.owner_records_max = 4;
	}
	for (unsigned i = 0; i < 3; i++)
		net_start(&small, i);
	net_run(&small, 30 * GN_SEC);
	gn_sk_new(&small.rand, &carol);
	for (unsigned i = 0; i < 5; i++) {
		char label[8];
		snprintf(label, sizeof label, "%u", i);
		net_record(&small, &r, &carol, 16, label, 1, "x");
		assert_int_equal(net_put(&small, 0, &r, 3), i < 4 ? GN_OK : GN_QUOTA);
	}
	net_record(&small, &r, &carol, 16, "3", 2, "an update needs no more room");
	assert_int_equal(net_put(&small, 0, &r, 3), GN_OK);
	assert_int_equal(net_counter(&small, 1, "quota_owner"), 1);
	net_free(&small);
}

static void nodes_have_limits(void **state)
{
	(void)state;
	struct net_record r;
	struct net small;
	net_init(&small, 6);
	net_add(&small);
	small.node[0].cfg.records_max = 2;
	net_start(&small, 0);
	net_run(&small, 10 * GN_SEC);
	for (unsigned i = 0; i < 3; i++) {
		char label[8];
		snprintf(label, sizeof label, "%u", i);
		net_record(&small, &r, &alice, 16, label, 1, "x");
		assert_int_equal(net_put(&small, 0, &r, 1), i < 2 ? GN_OK : GN_NO_SPACE);
		assert_int_equal(net_counter(&small, 0, "quota_node"), i / 2);
	}
	net_free(&small);
}

static gn_err one_each(const struct gn_record *held, const struct gn_record *in, uint32_t names,
		       gn_time now)
{
	(void)held, (void)in, (void)now;
	return names && names != GN_OVERLAY_PUSHED ? GN_PROOF_OF_WORK : GN_OK;
}

/* NA-4: an owner's other names count where a record is put, not where a holder hands it over. */
static void names_that_are_handed_over_do_not_count_again(void **state)
{
	(void)state;
	struct net_record a, b;
	struct net own;
	net_init(&own, 18);
	for (unsigned i = 0; i < 2; i++)
		net_add(&own);
	net_start(&own, 0);
	net_run(&own, 10 * GN_SEC);
	net_record(&own, &a, &alice, 3, "first", 1, "x");
	net_record(&own, &b, &alice, 3, "second", 1, "x");
	assert_int_equal(net_put(&own, 0, &a, 1), GN_OK);
	assert_int_equal(net_put(&own, 0, &b, 1), GN_OK);
	own.node[1].cfg.admit[3] = one_each;
	net_start(&own, 1);
	net_run(&own, 600 * GN_SEC);
	assert_non_null(net_file(&own.node[1], &a.r.key));
	assert_non_null(net_file(&own.node[1], &b.r.key));
	net_record(&own, &a, &alice, 3, "third", 1, "x");
	assert_int_equal(net_put(&own, 0, &a, 2), GN_PROOF_OF_WORK); /* and who puts is told so */
	net_free(&own);
}

/* NA-4: a name that expired keeps others away for its grace, so it counts; so does one that is
 * being stored. */
static void expired_names_and_those_on_their_way_count(void **state)
{
	(void)state;
	struct net_record r;
	struct net own;
	gn_op op;
	net_init(&own, 20);
	net_add(&own);
	own.node[0].cfg.admit[3] = one_each;
	own.node[0].cfg.owner_records_max = 4;
	net_start(&own, 0);
	net_run(&own, 10 * GN_SEC);
	own.ttl = 60;
	net_record(&own, &r, &alice, 3, "short", 1, "x");
	assert_int_equal(net_put(&own, 0, &r, 1), GN_OK);
	net_run(&own, 100 * GN_SEC);
	assert_int_equal(own.node[0].ov->hidden_count, 1);
	net_record(&own, &r, &alice, 3, "next", 1, "x");
	assert_int_equal(net_put(&own, 0, &r, 1), GN_PROOF_OF_WORK);
	net_record(&own, &r, &alice, 3, "short", 2, "x");
	assert_int_equal(net_put(&own, 0, &r, 1), GN_OK); /* the same again */
	own.ttl = 3600;
	for (unsigned i = 0; i < 6; i++) {
		char label[8];
		snprintf(label, sizeof label, "n%u", i);
		net_record(&own, &r, &bob, i < 3 ? 3 : 16, label, 1, "x");
		assert_int_equal(gn_overlay_put(own.node[0].ov, r.r.bytes, 1, own.now, &op), GN_OK);
	}
	net_run(&own, 60 * GN_SEC);
	const struct gn_ov_owner *o = gn_map_get(&own.node[0].ov->owners, bob.pk.b);
	assert_int_equal(o->names[0], 1);
	assert_int_equal(o->records, 4);
	net_free(&own);
}

static gn_err handed_only(const struct gn_record *held, const struct gn_record *in, uint32_t names,
			  gn_time now)
{
	(void)held, (void)in, (void)now;
	return names == GN_OVERLAY_PUSHED ? GN_OK : GN_PROOF_OF_WORK;
}

/* A record as PUT or PUSH, or as the answer STALE, comes to node 0; is it held then? */
static bool comes(struct net *n, const struct gn_pk *from, uint8_t kind, uint64_t request,
		  const struct net_record *r)
{
	uint8_t bytes[8192];
	struct gn_slice out;
	struct gn_fbb b = gn_fbb(bytes, sizeof bytes);
	gn_fbref body =
		kind == GN_FB_OVERLAY_BODY_PUT
			? gn_fb_put_make(&b, &(struct gn_fb_put_args){.record = r->r.bytes})
		: kind == GN_FB_OVERLAY_BODY_PUSH
			? gn_fb_push_make(&b, &(struct gn_fb_push_args){.record = r->r.bytes})
			: gn_fb_stale_make(&b, &(struct gn_fb_stale_args){.record = r->r.bytes});
	gn_fbref root = gn_fb_overlay_message_make(
		&b, &(struct gn_fb_overlay_message_args){
			    .request = request, .body_type = kind, .body = body});
	assert_int_equal(gn_fbb_finish(&b, root, GN_FB_OVERLAY_MESSAGE_IDENTIFIER, &out), GN_OK);
	assert_int_equal(
		gn_overlay_recv(n->node[0].ov, from, &n->node[1].cfg.addrs[0], out, n->now), GN_OK);
	net_pump(n, 0);
	return net_file(&n->node[0], &r->r.key) != NULL;
}

/* OV-58: what a stranger pushes, or a peer passes on without asking for an answer, was judged by
 * nobody. */
static void only_a_linked_server_hands_over(void **state)
{
	(void)state;
	struct net_record r;
	struct gn_sk anybody;
	struct net own;
	net_init(&own, 19);
	for (unsigned i = 0; i < 2; i++)
		net_add(&own);
	own.node[0].cfg.admit[3] = handed_only;
	net_start(&own, 0);
	net_start(&own, 1);
	net_run(&own, 20 * GN_SEC);
	struct gn_overlay *ov = own.node[0].ov;
	const struct gn_pk *peer = &own.node[1].cfg.node_key.pk;
	struct gn_ov_contact *c = gn_ov_contact_get(ov, peer);
	assert_true(c && c->link && c->link->state == GN_OV_LINK_UP);
	gn_sk_new(&own.rand, &anybody);
	net_record(&own, &r, &alice, 3, "handed", 1, "x");
	assert_false(comes(&own, &anybody.pk, GN_FB_OVERLAY_BODY_PUSH, 7, &r));
	assert_false(comes(&own, peer, GN_FB_OVERLAY_BODY_PUSH, 0, &r)); /* read repair */
	struct gn_ov_request *asked_for =
		gn_ov_request_new(ov, GN_FB_OVERLAY_BODY_PUSH, &c->c, own.now);
	assert_non_null(asked_for);
	asked_for->key = r.r.key;
	assert_false(comes(&own, peer, GN_FB_OVERLAY_BODY_STALE, asked_for->id, &r));
	assert_int_equal(net_put(&own, 1, &r, 2), GN_PROOF_OF_WORK);
	assert_int_equal(ov->count.record_denied, 4);
	assert_true(comes(&own, peer, GN_FB_OVERLAY_BODY_PUSH, 7, &r));
	net_free(&own);
}

/* OV-62: a PUSH is answered with the newer version of what it brought, and with nothing else. */
static void a_stale_answer_is_of_what_was_pushed(void **state)
{
	(void)state;
	struct net_record pushed, other;
	struct net own;
	net_build(&own, 24, 2);
	struct gn_overlay *ov = own.node[0].ov;
	const struct gn_pk *peer = &own.node[1].cfg.node_key.pk;
	struct gn_ov_contact *c = gn_ov_contact_get(ov, peer);
	net_record(&own, &pushed, &alice, 16, "pushed", 2, "x");
	net_record(&own, &other, &alice, 16, "other", 2, "x");
	for (unsigned right = 0; right < 2; right++) {
		struct gn_ov_request *push =
			gn_ov_request_new(ov, GN_FB_OVERLAY_BODY_PUSH, &c->c, own.now);
		assert_non_null(push);
		uint64_t id = push->id;
		push->key = pushed.r.key;
		assert_int_equal(
			comes(&own, peer, GN_FB_OVERLAY_BODY_STALE, id, right ? &pushed : &other),
			right);
		assert_null(gn_ov_request_get(ov, id)); /* answered either way */
	}
	assert_int_equal(ov->count.record_malformed, 1);
	net_free(&own);
}

static void spoil_signature(uint8_t *bytes, size_t len, const struct gn_sig *sig)
{
	for (size_t at = 0; at + sizeof sig->b <= len; at++)
		if (memcmp(bytes + at, sig->b, sizeof sig->b) == 0)
			bytes[at] ^= 1;
}

static struct gn_sig spoilt;

static void spoil(struct net *n, struct net_message *m)
{
	(void)n;
	spoil_signature(m->bytes, m->len, &spoilt);
}

/* WR-23: however a record comes, its signature is checked before it is held or shown. */
static void nothing_from_outside_skips_its_signature(void **state)
{
	(void)state;
	struct net_record r;
	struct net own;
	gn_op op;
	net_build(&own, 23, 2);
	struct gn_overlay *ov = own.node[0].ov;
	const struct gn_pk *peer = &own.node[1].cfg.node_key.pk;
	struct gn_ov_contact *c = gn_ov_contact_get(ov, peer);
	net_record(&own, &r, &alice, 16, "spoilt", 1, "x");
	spoilt = r.r.sig;
	spoil_signature(r.bytes, sizeof r.bytes, &spoilt);
	assert_false(comes(&own, peer, GN_FB_OVERLAY_BODY_PUT, 7, &r));
	assert_int_equal(ov->count.record_signature, 1);
	assert_false(comes(&own, peer, GN_FB_OVERLAY_BODY_PUSH, 8, &r));
	assert_int_equal(ov->count.record_signature, 2);
	struct gn_ov_request *push = gn_ov_request_new(ov, GN_FB_OVERLAY_BODY_PUSH, &c->c, own.now);
	push->key = r.r.key;
	assert_false(comes(&own, peer, GN_FB_OVERLAY_BODY_STALE, push->id, &r));
	assert_int_equal(ov->count.record_signature, 3);
	assert_int_equal(gn_overlay_put(ov, r.r.bytes, 1, own.now, &op), GN_SIGNATURE);

	net_record(&own, &r, &alice, 16, "spoilt", 2, "x");
	assert_int_equal(net_put(&own, 1, &r, 2), GN_OK);
	spoilt = r.r.sig;
	own.tamper = spoil; /* on its way to who asks */
	const struct gn_get_options o = {.quorum = 1, .no_local = true};
	assert_int_equal(gn_overlay_get(ov, &r.r.key, &o, own.now, &op), GN_OK);
	net_wait(&own, op, 0);
	assert_int_equal(own.result.err, GN_NOT_FOUND);
	assert_true(ov->count.record_signature > 3);
	assert_int_equal(ov->count.values_bad, ov->count.record_signature - 3);
	own.tamper = NULL;
	assert_int_equal(gn_overlay_get(ov, &r.r.key, &o, own.now, &op), GN_OK);
	net_wait(&own, op, 0);
	assert_int_equal(own.result.err, GN_OK);
	net_free(&own);
}

static size_t room_left;

static bool room(void *user, const struct gn_pk *peer, size_t bytes)
{
	(void)user, (void)peer;
	return bytes <= room_left;
}

/* OV-96: for who takes nothing of what waits for it nothing is read. */
static void a_record_is_read_for_who_has_room_for_it(void **state)
{
	(void)state;
	struct net_record r, old;
	struct net own;
	gn_op op;
	net_init(&own, 29);
	for (unsigned i = 0; i < 2; i++)
		net_add(&own);
	own.node[1].cfg.room = room;
	net_start(&own, 0);
	net_start(&own, 1);
	net_run(&own, 20 * GN_SEC);
	net_record(&own, &old, &alice, 16, "room", 1, "older");
	net_record(&own, &r, &alice, 16, "room", 2, "newer");
	room_left = SIZE_MAX;
	assert_int_equal(net_put(&own, 0, &r, 2), GN_OK);
	const struct gn_get_options o = {.quorum = 1, .no_local = true};
	struct gn_overlay *ov = own.node[1].ov;
	for (unsigned i = 0; i < 2; i++) {
		room_left = r.r.bytes.len - (i == 0);
		uint64_t refused = ov->count.reads_refused;
		assert_int_equal(gn_overlay_get(own.node[0].ov, &r.r.key, &o, own.now, &op), GN_OK);
		net_wait(&own, op, 0);
		assert_int_equal(own.result.err == GN_OK, i == 1);
		assert_int_equal(ov->count.reads_refused > refused, i == 0);
		/* what stands in the way of a PUT is not shown either */
		refused = ov->count.reads_refused;
		(void)!net_put(&own, 0, &old, 2);
		assert_int_equal(ov->count.reads_refused > refused, i == 0);
	}
	room_left = 0;
	uint64_t pushes = ov->count.pushes, refused = ov->count.reads_refused;
	gn_ov_push(ov, &r.r.key, &own.node[0].cfg.node_key.pk, own.now);
	assert_int_equal(ov->count.reads_refused, refused + 1);
	assert_int_equal(ov->count.pushes, pushes);
	assert_true(ov->repair_left);
	assert_int_equal(ov->request_places.used, 0);
	room_left = SIZE_MAX;
	net_run(&own, 60 * GN_SEC);
	net_free(&own);
}

/* The holder of a type-20 record lets the body only grow. */
static gn_err growing(const struct gn_record *held, const struct gn_record *in, uint32_t names,
		      gn_time now)
{
	(void)names;
	(void)now;
	if (held && in->body.len <= held->body.len)
		return GN_EXISTS;
	return in->body.len > 10 ? GN_DENIED : GN_OK;
}

static void a_type_has_its_own_rule(void **state)
{
	(void)state;
	struct net_record a, b, c, d;
	struct net own;
	net_init(&own, 9);
	for (unsigned i = 0; i < 3; i++) {
		net_add(&own);
		own.node[i].cfg.admit[20] = growing;
	}
	for (unsigned i = 0; i < 3; i++)
		net_start(&own, i);
	net_run(&own, 30 * GN_SEC);
	net_record(&own, &a, &alice, 20, "g", 5, "abc");
	/* an older seq, but the rule says longer */
	net_record(&own, &b, &alice, 20, "g", 4, "abcd");
	net_record(&own, &c, &alice, 20, "g", 6, "ab");
	net_record(&own, &d, &alice, 20, "g", 7, "much too long a body");
	assert_int_equal(net_put(&own, 0, &a, 3), GN_OK);
	assert_int_equal(net_put(&own, 1, &b, 3), GN_OK);
	assert_int_equal(net_put(&own, 2, &c, 3), GN_EXISTS);
	assert_memory_equal(own.result.value, b.r.bytes.p, b.r.bytes.len);
	assert_int_equal(net_put(&own, 2, &d, 3), GN_DENIED);
	assert_int_equal(net_get(&own, 0, &a.r.key, 1), GN_OK);
	assert_memory_equal(own.result.value, b.r.bytes.p, b.r.bytes.len);
	net_free(&own);
}

static uint32_t some_grace(const struct gn_record *r)
{
	(void)r;
	return 1000;
}

/* Type 21: while the expired record is kept only its owner may come back. */
static gn_err owner_first(const struct gn_record *held, const struct gn_record *in, uint32_t names,
			  gn_time now)
{
	(void)names;
	(void)now;
	return held && memcmp(held->owner.b, in->owner.b, 32) != 0 ? GN_EXISTS : GN_OK;
}

static void an_expired_record_is_kept_for_its_rule_alone(void **state)
{
	(void)state;
	struct net_record a, b, again;
	struct net own;
	net_init(&own, 12);
	for (unsigned i = 0; i < 3; i++) {
		net_add(&own);
		own.node[i].cfg.admit[3] = owner_first;
		own.node[i].cfg.grace[3] = some_grace;
	}
	for (unsigned i = 0; i < 3; i++)
		net_start(&own, i);
	net_run(&own, 30 * GN_SEC);
	net_record(&own, &a, &alice, 3, "grace", 1, "hers");
	assert_int_equal(net_put(&own, 0, &a, 3), GN_OK);
	net_run(&own, 3700 * GN_SEC);
	assert_int_equal(net_get(&own, 1, &a.r.key, 1), GN_NOT_FOUND);
	net_record(&own, &b, &bob, 3, "grace", 1, "his");
	assert_int_equal(net_put(&own, 0, &b, 3), GN_EXISTS);
	net_record(&own, &again, &alice, 3, "grace", 2, "hers again");
	assert_int_equal(net_put(&own, 1, &again, 3), GN_OK);
	assert_int_equal(net_get(&own, 2, &a.r.key, 3), GN_OK);
	net_run(&own, 4700 * GN_SEC); /* expired, and the grace is over */
	net_record(&own, &b, &bob, 3, "grace", 1, "his at last");
	assert_int_equal(net_put(&own, 0, &b, 3), GN_OK);
	net_free(&own);
}

/* Put while the clock stood at its beginning, over since it was set. */
static void a_record_of_1970_stands_in_nobodys_way(void **state)
{
	(void)state;
	static struct net_record old, next;
	static struct net small;
	struct gn_sk owner;
	struct gn_ov_origin from = {.how = GN_OV_BY_PUT};
	struct gn_overlay *ov = net_small_store(&small, 41);
	gn_time now = small.now;
	gn_sk_new(&small.rand, &owner);
	small.now = 0;
	net_record(&small, &old, &owner, 16, "x", 1, "old");
	small.now = now;
	net_record(&small, &next, &owner, 16, "x", 2, "next");
	assert_int_equal(gn_ov_held_set(ov, &old.r, &from, 0, small.now), GN_OK);
	assert_true(gn_ov_held_get(ov, &old.r.key)->graced);
	assert_int_equal(gn_ov_admit(ov, &next.r, false, small.now), GN_OK);
	net_free(&small);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_of_1970_stands_in_nobodys_way),
		cmocka_unit_test(owners_have_quotas),
		cmocka_unit_test(nodes_have_limits),
		cmocka_unit_test(a_type_has_its_own_rule),
		cmocka_unit_test(an_expired_record_is_kept_for_its_rule_alone),
		cmocka_unit_test(names_that_are_handed_over_do_not_count_again),
		cmocka_unit_test(expired_names_and_those_on_their_way_count),
		cmocka_unit_test(only_a_linked_server_hands_over),
		cmocka_unit_test(a_stale_answer_is_of_what_was_pushed),
		cmocka_unit_test(nothing_from_outside_skips_its_signature),
		cmocka_unit_test(a_record_is_read_for_who_has_room_for_it),
	};
	return cmocka_run_group_tests(tests, build, take_down);
}
