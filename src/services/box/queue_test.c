/* A queue at one holder: who is lent what and in which order, what a worker's word counts for and
 * until when, how an item ends, and that all of it is there after a crash. Each bound at it and
 * one past it. Rules BX-33, BX-34, BX-37..BX-40. */
#include "services/box/testing/queue.h"

/* ---- who ---- */

static void nobody_else_is_lent_anything(void **state)
{
	(void)state;
	queue();
	(void)deposit(0);
	assert_int_equal(lease(0, 1), 0);
	assert_int_equal(b->count.refused_denied, 1);
	assert_int_equal(show(2, GN_BOXREC_WORKER, &workers[2], gn_slice(NULL, 0)), GN_DENIED);
	struct gn_slice none = gn_slice(NULL, 0);
	assert_int_equal(show(2, GN_BOXREC_READER, &reader, none), GN_OK);
	assert_int_equal(lease(2, 1), 0);
	/* by token: of the owner, to lease, not over, not refused */
	struct gn_slice t = token_for(&owner, &workers[2].pk, GN_FB_ACTION_DEPOSIT, 100);
	assert_int_equal(show(2, GN_BOXREC_WORKER, &workers[2], t), GN_DENIED);
	t = token_for(&workers[2], &workers[2].pk, GN_FB_ACTION_LEASE, 100);
	assert_int_equal(show(2, GN_BOXREC_WORKER, &workers[2], t), GN_DENIED);
	t = token_for(&owner, &workers[2].pk, GN_FB_ACTION_LEASE, 100);
	assert_int_equal(show(2, GN_BOXREC_WORKER, &workers[1], t), GN_SIGNATURE);
	assert_int_equal(show(2, GN_BOXREC_WORKER, &workers[2], t), GN_OK);
	assert_int_equal(lease(2, 1), 1);
	(void)deposit(0);
	h->rules->refused[h->rules->refused_count++] = workers[2].pk;
	assert_int_equal(lease(2, 1), 0);
	h->rules->refused_count = 0;
	assert_int_equal(lease(2, 1), 1);
	(void)deposit(0);
	pass(100 * GN_SEC); /* the token is over */
	assert_int_equal(lease(2, 1), 0);
	/* nor is one that was taken out of the descriptor */
	workers_come();
	assert_int_equal(lease(0, 1), 1);
	h->rules->worker_count = 0;
	assert_int_equal(lease(0, 1), 0);
	/* a box of another kind lends nothing */
	h->rules->worker_count = 2;
	h->queue = false;
	assert_int_equal(lease(0, 1), 0);
	h->queue = true;
}

static void by_class_then_by_age(void **state)
{
	struct box_item *it[6];
	static const uint8_t cls[] = {4, 0, 2, 1, 3, 1}, order[] = {3, 5, 2, 1, 4, 0};
	(void)state;
	queue();
	workers_come();
	for (size_t i = 0; i < GN_COUNT(cls); i++)
		it[i] = deposit(cls[i]);
	for (size_t i = 0; i < GN_COUNT(order); i++) {
		assert_int_equal(lease(0, 1), 1);
		struct gn_fb_item_id id = gn_fb_box_item_id(lent());
		assert_memory_equal(id.b, it[order[i]]->hash.b, 16);
		assert_int_equal(gn_fb_box_item_class(lent()), it[order[i]]->cls);
		assert_int_equal(gn_fb_box_item_delivery(lent()), 1);
		assert_int_equal(gn_fb_box_item_lease(lent()), 20);
	}
	assert_int_equal(lease(1, 1), 0);
	assert_int_equal(deposit(BOX_CLASSES)->cls, BOX_CLASSES);
	assert_int_equal(deposit(BOX_CLASSES + 1)->cls, 3);
	assert_int_equal(lease(1, BOX_LEASES), 2);
	assert_true(b->count.leases_none > 0 && b->count.lent == 8);
}

static void a_request_and_a_worker_have_so_many(void **state)
{
	(void)state;
	queue();
	workers_come();
	for (unsigned i = 0; i < 2 * BOX_WORKER_LEASES; i++)
		(void)deposit(0);
	assert_int_equal(lease(0, BOX_LEASES), BOX_LEASES);
	assert_int_equal(lease(0, BOX_LEASES + 1), BOX_LEASES);
	assert_int_equal(lease(0, 0), 1);
	assert_int_equal(lease(0, BOX_LEASES), BOX_LEASES);
	/* BOX_WORKER_LEASES in all */
	assert_int_equal(lease(0, BOX_LEASES), BOX_WORKER_LEASES - 3 * BOX_LEASES - 1);
	assert_int_equal(lease(0, 1), 0);
	struct gn_fb_box_done d = gn_fb_box_message_body_as_box_done(last);
	assert_int_equal(gn_wire_err(gn_fb_box_done_code(d)), GN_QUOTA);
	gn_plain(gn_fb_box_done_limit(d), limit, sizeof limit);
	assert_string_equal(limit, "BOX_WORKER_LEASES");
	assert_int_equal(lease(1, 1), 1);
	pass(20 * GN_SEC); /* they are over */
	assert_int_equal(lease(0, 1), 1);
}

/* ---- what counts ---- */

static void the_current_delivery_counts(void **state)
{
	(void)state;
	queue();
	workers_come();
	struct box_item *it = deposit(0);
	assert_int_equal(lease(0, 1), 1);
	assert_int_equal(lease(1, 1), 0);
	assert_int_equal(extend(1, it, 1, 20), GN_STALE); /* another's */
	assert_int_equal(extend(0, it, 0, 20), GN_STALE);
	assert_int_equal(extend(0, it, 2, 20), GN_NOT_FOUND); /* not that this holder knows */
	pass(15 * GN_SEC);
	assert_int_equal(extend(0, it, 1, 1000), GN_OK); /* 30 at most */
	pass(29 * GN_SEC);
	assert_int_equal(lease(1, 1), 0);
	pass(GN_SEC);
	assert_int_equal(extend(0, it, 1, 20), GN_OK); /* late, and not lent again */
	pass(20 * GN_SEC);
	assert_int_equal(lease(1, 1), 1);
	assert_int_equal(gn_fb_box_item_delivery(lent()), 2);
	assert_int_equal(extend(0, it, 1, 20), GN_STALE);
	assert_int_equal(report(0, it, 1, GN_BOXREC_DONE), GN_STALE);
	assert_int_equal(report(0, it, 2, GN_BOXREC_DONE), GN_STALE);
	assert_int_equal(report(1, it, 2, GN_BOXREC_DONE), GN_OK);
	assert_int_equal(report(1, it, 2, GN_BOXREC_DONE), GN_OK); /* its answer was lost */
	assert_int_equal(report(0, it, 1, GN_BOXREC_DONE), GN_EXISTS);
	assert_int_equal(extend(1, it, 2, 20), GN_EXISTS);
	assert_int_equal(b->count.done, 1);
	assert_int_equal(b->count.extended, 2);
	assert_true(b->count.stale >= 4);
	pass(100 * GN_SEC);
	assert_int_equal(lease(0, 1), 0);
	assert_true(it->acked == BOX_ACK_OVER && b->untaken == 0);
	struct gn_box_id none = {{1}};
	assert_int_equal(report_of(0, &none, 1, 0, GN_LIT("x"), 0, 0), GN_NOT_FOUND);
}

static void a_word_is_signed_and_has_its_size(void **state)
{
	static uint8_t large[BOX_OUTCOME_MAX + 1];
	(void)state;
	queue();
	workers_come();
	struct box_item *it = deposit(0);
	struct gn_box_id id = box_id_of(&it->hash);
	assert_int_equal(lease(0, 1), 1);
	assert_int_equal(report_of(0, &id, 1, 0, GN_LIT("x"), 0, 1), GN_SIGNATURE);
	assert_int_equal(report_of(0, &id, 1, 0, gn_slice(large, BOX_OUTCOME_MAX + 1), 0, 0),
			 GN_TOO_LARGE);
	assert_string_equal(limit, "BOX_OUTCOME_MAX");
	assert_int_equal(it->turn->state, GN_FB_BOX_TURN_STATE_LENT);
	assert_int_equal(report_of(0, &id, 1, 0, gn_slice(large, BOX_OUTCOME_MAX), 0, 0), GN_OK);
	assert_int_equal(it->turn->state, GN_FB_BOX_TURN_STATE_DONE);
}

/* ---- how it ends ---- */

static void what_fails_rests_and_dies(void **state)
{
	(void)state;
	queue();
	workers_come();
	struct box_item *it = deposit(0);
	struct gn_box_id id = box_id_of(&it->hash);
	assert_int_equal(lease(0, 1), 1);
	/* an hour at most */
	assert_int_equal(report_of(0, &id, 1, GN_BOXREC_FAILED, GN_LIT("no"), BOX_REST_MAX + 1, 0),
			 GN_OK);
	assert_int_equal(box_turn_left(b, it), BOX_REST_MAX);
	pass((BOX_REST_MAX - 1) * GN_SEC);
	assert_int_equal(lease(1, 1), 0);
	pass(GN_SEC);
	assert_int_equal(lease(1, 1), 1);
	assert_int_equal(report(1, it, 2, GN_BOXREC_FAILED), GN_OK);
	assert_int_equal(lease(1, 1), 1); /* at once */
	assert_int_equal(b->count.failed, 2);
	assert_int_equal(report(1, it, 3, GN_BOXREC_FAILED), GN_OK);
	assert_true(it->turn->state == GN_FB_BOX_TURN_STATE_DEAD &&
		    it->turn->end == GN_FB_BOX_END_FAILED);
	/* for good */
	it = deposit(0);
	assert_int_equal(lease(0, 1), 1);
	assert_int_equal(report(0, it, 1, GN_BOXREC_HOPELESS), GN_OK);
	assert_true(it->turn->state == GN_FB_BOX_TURN_STATE_DEAD &&
		    it->turn->end == GN_FB_BOX_END_HOPELESS);
	assert_int_equal(b->count.dead, 2);
	assert_int_equal(lease(0, 1), 0);
}

static void what_kills_its_workers_dies(void **state)
{
	(void)state;
	queue();
	workers_come();
	struct box_item *it = deposit(0);
	for (unsigned i = 1; i <= 3; i++) {
		assert_int_equal(lease(0, 1), 1);
		assert_int_equal(gn_fb_box_item_delivery(lent()), i);
		pass(20 * GN_SEC);
	}
	assert_int_equal(lease(0, 1), 0);
	pass(BOX_LATE - GN_MSEC);
	assert_int_equal(it->turn->state, GN_FB_BOX_TURN_STATE_LENT);
	pass(GN_MSEC);
	assert_true(it->turn->state == GN_FB_BOX_TURN_STATE_DEAD &&
		    it->turn->end == GN_FB_BOX_END_ATTEMPTS);
	assert_int_equal(report(0, it, 3, GN_BOXREC_DONE), GN_OK); /* that worker's: no more lent */
	/* until then it may come late */
	it = deposit(0);
	for (unsigned i = 1; i <= 3; i++) {
		assert_int_equal(lease(0, 1), 1);
		pass(20 * GN_SEC);
	}
	pass(BOX_LATE - GN_MSEC);
	assert_int_equal(report(0, it, 3, GN_BOXREC_DONE), GN_OK);
	assert_int_equal(it->turn->state, GN_FB_BOX_TURN_STATE_DONE);
	/* fewer deliveries are granted meanwhile: the next request finds it */
	it = deposit(0);
	assert_int_equal(lease(0, 1), 1);
	h->rules->deliveries = 1;
	pass(20 * GN_SEC + BOX_LATE);
	assert_int_equal(lease(0, 1), 0);
	assert_int_equal(it->turn->state, GN_FB_BOX_TURN_STATE_DEAD);
}

/* ---- readers ---- */

static uint32_t list(bool all, struct gn_fb_box_entry *first)
{
	struct box_from f = from_peer(8);
	struct gn_fb_key key = gn_wire_key(&h->key);
	struct gn_fb_box_message m;
	box_on_list(b, &f, h,
		    TABLE(box_list, {.box = &key, .shown = GN_BOXREC_READER + 1, .all = all}));
	assert_true(answer(&m));
	assert_int_equal(gn_fb_box_message_body_type(m), GN_FB_BOX_MESSAGE_BODY_BOX_LISTED);
	struct gn_fb_box_listed l = gn_fb_box_message_body_as_box_listed(m);
	uint32_t count = gn_fb_box_listed_entries_len(l);
	if (count)
		*first = gn_fb_box_listed_entries_at(l, 0);
	return count;
}

static gn_err list_refused(void)
{
	struct box_from f = from_peer(8);
	struct gn_fb_key key = gn_wire_key(&h->key);
	box_on_list(b, &f, h,
		    TABLE(box_list, {.box = &key, .shown = GN_BOXREC_READER + 1, .all = true}));
	return done();
}

static struct gn_fb_box_item fetch(const struct box_item *it)
{
	fetch_as(8, it);
	assert_true(answer(&last));
	return lent();
}

static void readers_see_what_ended_with_how(void **state)
{
	struct gn_fb_box_entry e = {0};
	struct gn_slice none = gn_slice(NULL, 0);
	(void)state;
	queue();
	workers_come();
	assert_int_equal(show(8, GN_BOXREC_READER, &reader, none), GN_OK);
	assert_int_equal(show(8, GN_BOXREC_REMOVER, &remover, none), GN_OK);
	struct box_item *it = deposit(0), *other = deposit(0);
	(void)gn_box_caused(b);
	assert_int_equal(list(false, &e), 0);
	assert_int_equal(gn_box_caused(b).hashed, 16); /* what is passed over is paid, too */
	assert_int_equal(list(true, &e), 2);
	assert_int_equal(lease(0, 1), 1);
	struct gn_fb_box_item m = fetch(it);
	assert_int_equal(gn_fb_box_item_state(m), GN_FB_BOX_TURN_STATE_LENT);
	assert_int_equal(gn_fb_box_item_outcome(m).len, 0);
	assert_int_equal(report(0, it, 1, GN_BOXREC_DONE), GN_OK);
	assert_int_equal(list(false, &e), 1);
	assert_memory_equal(e.id, it->hash.b, 16);
	assert_true(e.at > other->at); /* as if it had just come */
	m = fetch(it);
	assert_int_equal(gn_fb_box_item_state(m), GN_FB_BOX_TURN_STATE_DONE);
	assert_true(gn_slice_eq(gn_fb_box_item_outcome(m), GN_LIT("what came of it")));
	assert_int_equal(gn_fb_box_item_item(m).len, 64);
	struct gn_pk worker = gn_wire_key_get(gn_fb_box_item_worker(m));
	assert_true(gn_pk_eq(&worker, &workers[0].pk));
	/* what a reader acknowledges is not lent: it was called off */
	struct box_from f = from_peer(8);
	struct gn_fb_key key = gn_wire_key(&h->key);
	struct gn_box_id id = box_id_of(&other->hash);
	struct gn_fb_item_id fb_id = box_fb_id(&id);
	box_on_ack(
		b, &f, h,
		TABLE(box_ack, {.box = &key, .shown = GN_BOXREC_REMOVER + 1, .ids = {&fb_id, 1}}));
	assert_int_equal(done(), GN_OK);
	assert_int_equal(lease(0, 1), 0);
	assert_int_equal(report_of(0, &id, 1, 0, GN_LIT("x"), 0, 0), GN_EXISTS);
}

/* A clock that is wrong by years hides what was promised until it is right, and removes nothing of
 * it (BX-14). */
static void nothing_goes_by_a_clock_in_doubt(void **state)
{
	(void)state;
	queue();
	struct box_item *it = deposit(0);
	struct gn_box_id id = box_id_of(&it->hash);
	gn_overlay_clock(ov, b->now + 400 * 86400 * GN_SEC, b->now);
	assert_true(box_item_over(it, box_unix(b)) && !gn_overlay_time_sure(ov, b->now));
	h->rules_used = b->now;
	box_sweep(b);
	assert_ptr_equal(box_item_get(b, &h->key, &id), it);
}

static void turn_round(void)
{
	for (unsigned i = 0; i < 8; i++) {
		gn_box_room(b, &h->key, b->now);
		gn_box_tick(b, b->now);
		run();
	}
}

/* What a watch passes over it looks at once: a queue full of work would else be gone through for
 * every watch whenever something comes (BX-17). What ends is behind it again. */
static void a_watch_goes_through_it_once(void **state)
{
	(void)state;
	queue();
	workers_come();
	assert_int_equal(show(8, GN_BOXREC_READER, &reader, gn_slice(NULL, 0)), GN_OK);
	struct box_item *it = deposit(0), *other = deposit(0);
	struct box_from f = from_peer(8);
	struct gn_fb_key key = gn_wire_key(&h->key);
	box_on_watch(b, &f, h,
		     TABLE(box_watch, {.box = &key, .shown = GN_BOXREC_READER + 1, .seconds = 60}));
	assert_int_equal(done(), GN_OK);
	turn_round();
	assert_true(h->watch_first->after == other->at && !h->watch_first->active);
	other = deposit(0);
	turn_round();
	assert_true(h->watch_first->after == other->at);
	struct box_turn_value v = {.state = GN_FB_BOX_TURN_STATE_DEAD,
				   .end = GN_FB_BOX_END_ATTEMPTS};
	assert_int_equal(box_turn_end(b, it, &v, NULL), GN_OK);
	turn_round();
	assert_true(answer(&last));
	assert_int_equal(gn_fb_box_item_state(lent()), GN_FB_BOX_TURN_STATE_DEAD);
	assert_true(h->watch_first->after == it->at && it->at > other->at);
}

/* Who may put work in by a chain reads what becomes of theirs, and of nothing else (BX-17). */
static void who_put_it_in_reads_theirs(void **state)
{
	struct gn_fb_box_entry e = {0};
	struct gn_slice none = gn_slice(NULL, 0);
	(void)state;
	queue();
	struct box_item *it = deposit(0), *other = deposit(0);
	it->by = workers[2].pk;
	struct gn_slice t = token_for(&owner, &workers[2].pk, GN_FB_ACTION_LEASE, 100);
	assert_int_equal(show(8, GN_BOXREC_READER, &workers[2], t), GN_DENIED);
	assert_int_equal(show(8, GN_BOXREC_READER, &workers[2], none), GN_DENIED);
	t = token_for(&owner, &workers[2].pk, GN_FB_ACTION_DEPOSIT, 100);
	assert_int_equal(show(8, GN_BOXREC_READER, &workers[1], t), GN_SIGNATURE);
	assert_int_equal(show(8, GN_BOXREC_READER, &workers[2], t), GN_OK);
	assert_int_equal(list(true, &e), 1);
	assert_memory_equal(e.id, it->hash.b, 16);
	assert_int_equal(gn_fb_box_item_item(fetch(it)).len, 64);
	struct box_from f = from_peer(8);
	struct gn_fb_key key = gn_wire_key(&h->key);
	struct gn_box_id id = box_id_of(&other->hash);
	struct gn_fb_item_id fb_id = box_fb_id(&id);
	box_on_fetch(
		b, &f, h,
		TABLE(box_fetch, {.box = &key, .shown = GN_BOXREC_READER + 1, .ids = {&fb_id, 1}}));
	assert_int_equal(done(), GN_DENIED);
	/* refused, they read no more; nor when the chain is over */
	h->rules->refused[h->rules->refused_count++] = workers[2].pk;
	assert_int_equal(list_refused(), GN_DENIED);
	assert_int_equal(show(9, GN_BOXREC_READER, &workers[2], t), GN_DENIED);
	h->rules->refused_count = 0;
	assert_int_equal(list(true, &e), 1);
	pass(100 * GN_SEC);
	assert_int_equal(list_refused(), GN_DENIED);
	/* a box of another kind has no such readers */
	h->queue = false;
	t = token_for(&owner, &workers[2].pk, GN_FB_ACTION_DEPOSIT, 100);
	assert_int_equal(show(8, GN_BOXREC_READER, &workers[2], t), GN_DENIED);
	h->queue = true;
}

/* ---- the disk ---- */

static void restart(void)
{
	struct gn_kv_config kc = {.dir = "boxes", .value_max = gn_box_value_max()};
	struct gn_box_config bc = b->cfg;
	gn_time now = b->now;
	gn_box_free(b);
	gn_kv_free(kv);
	disk_sim_crash(&disk);
	disk_sim_restart(&disk);
	assert_int_equal(gn_kv_new(&env, &kc, &kv), GN_OK);
	bc.kv = kv;
	assert_int_equal(gn_box_new(&env, &bc, now, &b), GN_OK);
	gn_kv_start(kv, now);
	run();
	assert_true(b->ready);
	struct box_held *old = box_held_get(b, &owner.pk);
	assert_non_null(old);
	/* with the rules of before */
	struct box_held *rules;
	h = old;
	rules = box_of(2, GN_FB_BOX_KIND_QUEUE, 20);
	h->rules = rules->rules;
	rules->rules = NULL;
	h->rules->box = owner.pk;
	h->rules->lease = 30;
	h->rules->deliveries = 3;
	h->rules->workers[h->rules->worker_count++] = workers[0].pk;
	h->rules->workers[h->rules->worker_count++] = workers[1].pk;
	h->rules->readers[0] = (struct gn_boxrec_reader){reader.pk, remover.pk};
}

static void a_crash_forgets_no_end(void **state)
{
	(void)state;
	queue();
	workers_come();
	struct box_item *a = deposit(1), *c = deposit(2), *d = deposit(3);
	struct gn_box_id ids[3] = {box_id_of(&a->hash), box_id_of(&c->hash), box_id_of(&d->hash)};
	assert_int_equal(lease(0, 2), 2);
	assert_int_equal(report(0, a, 1, GN_BOXREC_DONE), GN_OK);
	restart();
	a = box_item_get(b, &h->key, &ids[0]);
	c = box_item_get(b, &h->key, &ids[1]);
	d = box_item_get(b, &h->key, &ids[2]);
	assert_true(a && c && d && h->queue);
	assert_int_equal(a->turn->state, GN_FB_BOX_TURN_STATE_DONE);
	assert_int_equal(a->acked, BOX_ACK_OVER);
	assert_int_equal(c->turn->delivery, 1);
	assert_true(box_turn_is_lent(b, c));
	assert_null(d->turn);
	assert_int_equal(d->cls, 3);
	workers_come();
	assert_int_equal(lease(1, 1), 0); /* others may know better: not for BOX_SILENT */
	pass(BOX_SILENT - GN_MSEC);
	assert_int_equal(lease(1, 1), 0);
	pass(GN_MSEC);
	assert_int_equal(lease(1, 2), 1);
	assert_int_equal(report(0, c, 1, GN_BOXREC_DONE), GN_OK); /* its lease is known still */
	assert_int_equal(show(8, GN_BOXREC_READER, &reader, gn_slice(NULL, 0)), GN_OK);
	assert_true(gn_slice_eq(gn_fb_box_item_outcome(fetch(a)), GN_LIT("what came of it")));
	/* and they go with their item */
	struct gn_hash key;
	box_turn_key(&h->key, &a->hash, &key);
	assert_true(gn_kv_have(kv, &key, NULL));
	box_item_remove(b, a, true);
	run();
	assert_false(gn_kv_have(kv, &key, NULL));
}

/* A worker's operations, and what one may say of them. */
static void workers_are_bounded(void **state)
{
	struct gn_box_work w = {.place.box = key_of(1), .slots = 1};
	static uint8_t token[BOX_TOKEN_MAX + 1];
	struct gn_overlay_event e;
	gn_op op, ops[BOX_WORKS];
	(void)state;
	queue();
	w.slots = 0;
	assert_int_equal(gn_box_work(b, &w, b->now, &op), GN_USAGE);
	w.slots = BOX_SLOTS + 1;
	assert_int_equal(gn_box_work(b, &w, b->now, &op), GN_USAGE);
	w.slots = BOX_SLOTS;
	w.token = gn_slice(token, BOX_TOKEN_MAX + 1);
	assert_int_equal(gn_box_work(b, &w, b->now, &op), GN_USAGE);
	w.token = gn_slice(token, 100);
	assert_int_not_equal(gn_box_work(b, &w, b->now, &op), GN_OK);
	w.token = gn_slice(NULL, 0);
	for (unsigned i = 0; i < BOX_WORKS; i++)
		assert_int_equal(gn_box_work(b, &w, b->now, &ops[i]), GN_OK);
	assert_int_equal(gn_box_work(b, &w, b->now, &op), GN_LIMIT);
	struct gn_box_id id = {{1}};
	struct gn_box_report r = {.id = id};
	assert_int_equal(gn_box_extend(b, ops[0], &id, 9, b->now), GN_NOT_FOUND);
	assert_int_equal(gn_box_report(b, ops[0], &r, b->now), GN_NOT_FOUND);
	assert_int_equal(gn_box_report(b, 99999, &r, b->now), GN_NOT_FOUND);
	for (unsigned i = 0; i < BOX_WORKS; i++)
		gn_box_cancel(b, ops[i], b->now);
	assert_int_equal(b->works, 0);
	while (gn_overlay_next_event(ov, &e))
		;
}

static unsigned looks;
static size_t no_room(void *user, const struct gn_pk *peer)
{
	(void)user, (void)peer;
	looks++;
	return 0;
}

/* Peers ask for much and take nothing: the messages of others cost no more for it. */
static void who_takes_nothing_costs_others_nothing(void **state)
{
	const unsigned peers = BOX_FEEDS_QUICK / BOX_FEEDS_PEER + 1;
	(void)state;
	queue();
	struct gn_box_id id = box_id_of(&deposit(3)->hash);
	struct gn_pk anybody = key_of(99);
	struct box_feed *f;
	b->cfg.room = no_room;
	for (unsigned i = 0; i < peers * BOX_FEEDS_PEER; i++) {
		struct box_from from = from_peer((uint8_t)(i / BOX_FEEDS_PEER));
		assert_int_equal(
			box_feed_add(b, &from, h, FEED_FETCH, gn_slice(id.b, sizeof id.b), &f),
			GN_OK);
	}
	b->now += GN_SEC;
	looks = 0;
	for (unsigned i = 0; i < 100; i++)
		(void)!gn_box_recv(b, &anybody, NULL, GN_LIT("no message"), b->now);
	assert_int_equal(looks, peers * BOX_FEEDS_PEER);
	assert_true(gn_box_deadline(b) <= b->now + peers * BOX_FEEDS_PEER * BOX_FEEDS_PACE);
	b->cfg.room = NULL;
	pass(GN_SEC);
	for (unsigned i = 0; i < peers * BOX_FEEDS_PEER && b->feeds.count; i++)
		pass(GN_MSEC);
	assert_int_equal(b->feeds.count, 0);
	while (answer(&last))
		;
}

#define QUEUE(f) cmocka_unit_test_teardown(f, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		QUEUE(nobody_else_is_lent_anything),
		QUEUE(by_class_then_by_age),
		QUEUE(a_request_and_a_worker_have_so_many),
		QUEUE(the_current_delivery_counts),
		QUEUE(a_word_is_signed_and_has_its_size),
		QUEUE(what_fails_rests_and_dies),
		QUEUE(what_kills_its_workers_dies),
		QUEUE(readers_see_what_ended_with_how),
		QUEUE(a_watch_goes_through_it_once),
		QUEUE(nothing_goes_by_a_clock_in_doubt),
		QUEUE(who_put_it_in_reads_theirs),
		QUEUE(a_crash_forgets_no_end),
		QUEUE(workers_are_bounded),
		QUEUE(who_takes_nothing_costs_others_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
