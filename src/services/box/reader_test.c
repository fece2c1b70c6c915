/* The reader against nodes that the test plays: who is asked, for what, how often, and what liars
 * and silent ones cost.
 * Rules BX-28, BX-29, BX-30, BX-31. */
#include "services/box/testing/nodes.h"

static uint64_t pages, pages_more; /* that say that there are more */
static void reply_list(unsigned node, uint64_t request, const struct gn_fb_box_entry *entries,
		       size_t count)
{
	struct gn_fbb fbb = gn_fbb(storage, sizeof storage);
	gn_fbref body = gn_fb_box_listed_make(
		&fbb, &(struct gn_fb_box_listed_args){.entries = {entries, count},
						      .next = pages < pages_more ? ++pages : 0});
	reply(node, request, &fbb, GN_FB_BOX_MESSAGE_BODY_BOX_LISTED, body);
}

static struct gn_slice item_bytes(uint32_t number, uint32_t len)
{
	static uint8_t bytes[BOX_ITEM_MAX];
	memset(bytes, 0, len);
	memcpy(bytes, &number, sizeof number);
	return gn_slice(bytes, len);
}

static struct gn_fb_item_id id_of(uint32_t number, uint32_t len)
{
	struct gn_hash hash;
	struct gn_slice item = item_bytes(number, len);
	struct gn_fb_item_id id;
	gn_sha256(&item, 1, &hash);
	memcpy(id.b, hash.b, sizeof id.b);
	return id;
}

static void reply_item(unsigned node, uint64_t request, struct gn_fb_item_id id,
		       struct gn_slice item, uint16_t left)
{
	struct gn_fbb fbb = gn_fbb(storage, sizeof storage);
	gn_fbref body = gn_fb_box_item_make(
		&fbb,
		&(struct gn_fb_box_item_args){.box = &box, .id = &id, .item = item, .left = left});
	reply(node, request, &fbb, GN_FB_BOX_MESSAGE_BODY_BOX_ITEM, body);
}

struct tally {
	unsigned shows, lists, watches, fetches, acks, ids;
};

/* Plays all nodes: shows and watches are fine, listings have `count` items of this length, fetches
 * are answered truly unless the node is below `liars`. */
static struct tally play(uint32_t count, uint32_t len, unsigned liars, bool fetch)
{
	static struct gn_fb_box_entry entries[64];
	struct tally t = {.shows = 0};
	struct said s;
	assert_true(count <= GN_COUNT(entries));
	for (uint32_t i = 0; i < count; i++) {
		struct gn_fb_item_id id = id_of(i, len);
		entries[i] = (struct gn_fb_box_entry){.at = i + 1, .size = len};
		memcpy(entries[i].id, id.b, sizeof id.b);
	}
	for (unsigned rounds = 0; rounds < 50; rounds++) {
		(void)take_events();
		gn_box_room(b, &nodes[0].pk, b->now);
		gn_box_tick(b, b->now);
		while (heard(&s)) {
			struct gn_fb_box_fetch f = gn_fb_box_message_body_as_box_fetch(s.m);
			switch (gn_fb_box_message_body_type(s.m)) {
			case GN_FB_BOX_MESSAGE_BODY_BOX_SHOW:
				t.shows++;
				reply_done(s.node, s.request, GN_OK);
				break;
			case GN_FB_BOX_MESSAGE_BODY_BOX_LIST:
				t.lists++;
				reply_list(s.node, s.request, entries, count);
				break;
			case GN_FB_BOX_MESSAGE_BODY_BOX_WATCH:
				t.watches++;
				reply_done(s.node, s.request, GN_OK);
				break;
			case GN_FB_BOX_MESSAGE_BODY_BOX_ACK:
				t.acks++;
				reply_done(s.node, s.request, GN_OK);
				break;
			case GN_FB_BOX_MESSAGE_BODY_BOX_FETCH: {
				struct gn_slice ids = gn_fb_box_fetch_ids_bytes(f);
				uint32_t n = gn_fb_box_fetch_ids_len(f);
				struct gn_fb_item_id want[BOX_FETCHES];
				assert_true(n <= BOX_FETCHES);
				memcpy(want, ids.p, ids.len);
				t.fetches++;
				t.ids += n;
				for (uint32_t k = 0; fetch && k < n; k++) {
					uint32_t i = 0;
					while (memcmp(entries[i].id, want[k].b, 16) != 0)
						i++;
					reply_item(s.node, s.request, want[k],
						   item_bytes(s.node < liars ? 9999 : i, len),
						   (uint16_t)(n - k - 1));
				}
				break;
			}
			default: fail();
			}
		}
	}
	return t;
}

static void so_many_are_listed_and_watched_and_each_item_fetched_once(void **state)
{
	(void)state;
	begin();
	struct tally t = play(40, 200, 0, true);
	assert_int_equal(t.shows, GN_BOX_SET + BOX_READ_EXTRA);
	assert_int_equal(t.lists, GN_BOX_SET + BOX_READ_EXTRA);
	assert_int_equal(t.watches, BOX_WATCHED);
	assert_int_equal(t.ids, 40);
	assert_true(t.fetches >= 40 / BOX_FETCHES);
	assert_int_equal(b->count.items_in, 40);
	/* later: watches are renewed, and all are listed again, and nothing is fetched twice */
	b->now += BOX_WATCH_EVERY;
	t = play(40, 200, 0, true);
	assert_int_equal(t.watches, BOX_WATCHED);
	assert_int_equal(t.lists, 0);
	b->now += BOX_LIST_EVERY;
	t = play(40, 200, 0, true);
	assert_int_equal(t.lists, GN_BOX_SET + BOX_READ_EXTRA);
	assert_int_equal(t.fetches, 0);
	assert_int_equal(b->count.items_in, 40);
	/* a listing has an end, whoever says that there is always more */
	pages_more = 2000;
	b->now += BOX_LIST_EVERY;
	t = play(40, 200, 0, true);
	assert_int_equal(t.lists, (GN_BOX_SET + BOX_READ_EXTRA) * BOX_LIST_PAGES);
	pages_more = 0;
	/* what a watch brings again is not shown again */
	reply_item(0, 0, id_of(3, 200), item_bytes(3, 200), 0);
	assert_int_equal(b->count.items_again, 1);
	reply_item(0, 0, id_of(77, 200), item_bytes(77, 200), 0);
	assert_int_equal(b->count.items_in, 41);
	/* of somebody who is not watched */
	reply_item(NODES - 1, 0, id_of(78, 200), item_bytes(78, 200), 0);
	assert_int_equal(b->count.items_unasked, 1);
	/* everyone of the set learns what was taken */
	struct gn_fb_item_id id = id_of(3, 200);
	struct gn_box_id one;
	memcpy(one.b, id.b, sizeof one.b);
	assert_int_equal(gn_box_ack(b, op, &one, b->now), GN_OK);
	t = play(0, 200, 0, true);
	assert_int_equal(t.acks, GN_BOX_SET + BOX_READ_EXTRA);
	assert_true(BOX_TARGETS >= 2 * (GN_BOX_SET + BOX_READ_EXTRA));
	/* our links changed, more than once: the set is looked up, once */
	for (unsigned i = 0; i < 3; i++) {
		(void)gn_box_overlay_event(
			b, &(struct gn_overlay_event){.kind = GN_OVERLAY_MEMBERS}, b->now);
		assert_true(r->find_at == b->now + BOX_MOVED - i);
		b->now++;
	}
}

static void liars_are_not_asked_again(void **state)
{
	(void)state;
	begin();
	(void)play(60, 200, 5, true);
	assert_int_equal(b->count.items_in, 60);
	assert_true(b->count.items_false >= BOX_LIES);
	for (unsigned i = 0; i < r->target_count; i++)
		assert_true(r->targets[i].lies <= BOX_FETCHES);
	uint64_t lies = b->count.items_false;
	b->now += BOX_LIST_EVERY;
	struct tally t = play(64, 200, 5, true);
	assert_int_equal(b->count.items_in, 64);
	assert_true(b->count.items_false - lies < 64);
	assert_true(t.lists < GN_BOX_SET + BOX_READ_EXTRA);
}

/* Ids without end: the first so many of one node, and so many of all; above that who was the first
 * to name fewest takes from who has most, until they are equal. */
static void ids_are_bounded(void **state)
{
	struct gn_box_id id;
	(void)state;
	begin();
	for (uint32_t i = 0; i < BOX_SEEN + BOX_SEEN_NODE; i++) {
		memset(&id, 0, sizeof id);
		memcpy(id.b, &i, sizeof i);
		bool takes = box_seen_name(b, r, i < BOX_SEEN_NODE + 4 ? 0 : 1, &id) != NULL;
		bool one_s = i >= BOX_SEEN_NODE && i < BOX_SEEN_NODE + 4;
		assert_int_equal(takes, !one_s && i < BOX_SEEN_NODE + 4 + BOX_SEEN / 2);
	}
	assert_int_equal(r->seen.count, BOX_SEEN);
	assert_int_equal(r->targets[0].ids, BOX_SEEN / 2);
	assert_int_equal(r->targets[1].ids, BOX_SEEN / 2);
	assert_int_equal(b->count.seen_full, BOX_SEEN / 2);
	assert_int_equal(b->count.seen_gave_way, BOX_SEEN_NODE - BOX_SEEN / 2);
	b->now += 2 * BOX_LIST_EVERY + 1;
	box_seen_forget(b, r);
	assert_int_equal(r->seen.count, 0);
	assert_int_equal(r->unfetched, 0);
}

/* Two holders that name what there is not, or give what nobody left, fill it with that; and the ids
 * that an honest one names are taken all the same (BX-28). */
static void who_invents_ids_keeps_no_other_s_out(void **state)
{
	struct gn_box_id id;
	(void)state;
	begin();
	for (uint32_t i = 0; i < 2 * BOX_SEEN; i++) {
		memset(&id, 0, sizeof id);
		memcpy(id.b, &i, sizeof i);
		struct box_seen *s = box_seen_name(b, r, i % 2, &id);
		if (!s || i % 3)
			continue;
		r->unfetched -= s->state == SEEN_NAMED; /* an item of its own making */
		s->state = SEEN_SHOWN;
	}
	assert_int_equal(r->seen.count, BOX_SEEN);
	for (uint32_t i = 0; i < 500; i++) {
		memset(&id, 0x55, sizeof id);
		memcpy(id.b, &i, sizeof i);
		assert_non_null(box_seen_name(b, r, 2 + i % 2, &id));
	}
	for (uint32_t i = 0; i < 500; i++) { /* and they stay */
		memset(&id, 0x55, sizeof id);
		memcpy(id.b, &i, sizeof i);
		assert_non_null(gn_map_get(&r->seen, &id));
	}
	assert_int_equal(r->seen.count, BOX_SEEN);
	assert_true(r->targets[2].ids == 250 && r->targets[3].ids == 250);
}

/* One that answers a fetch with nothing, again and again before it is late, is left by its ids: the
 * others have them (BX-30). */
static void who_trickles_withholds_nothing(void **state)
{
	struct said s;
	struct gn_fb_item_id first = {{0}};
	uint64_t request = 0;
	unsigned node = 0;
	(void)state;
	begin();
	struct gn_fb_box_entry entries[BOX_FETCHES];
	for (uint32_t i = 0; i < BOX_FETCHES; i++) {
		struct gn_fb_item_id id = id_of(i, 200);
		entries[i] = (struct gn_fb_box_entry){.at = i + 1, .size = 200};
		memcpy(entries[i].id, id.b, sizeof id.b);
	}
	for (unsigned rounds = 0; rounds < 20; rounds++) {
		(void)take_events();
		gn_box_room(b, &nodes[0].pk, b->now);
		gn_box_tick(b, b->now);
		while (heard(&s)) {
			uint8_t type = gn_fb_box_message_body_type(s.m);
			if (type == GN_FB_BOX_MESSAGE_BODY_BOX_FETCH) {
				request = s.request;
				node = s.node;
				struct gn_slice ids = gn_fb_box_fetch_ids_bytes(
					gn_fb_box_message_body_as_box_fetch(s.m));
				memcpy(first.b, ids.p, sizeof first.b);
			} else if (type == GN_FB_BOX_MESSAGE_BODY_BOX_LIST) {
				reply_list(s.node, s.request, entries, BOX_FETCHES);
			} else {
				reply_done(s.node, s.request, GN_OK);
			}
		}
	}
	assert_true(request != 0);
	for (unsigned i = 0; i < 60; i++) { /* ten minutes */
		b->now += BOX_ASK_TIME - GN_SEC;
		reply_item(node, request, first, gn_slice(NULL, 0), BOX_FETCHES);
		(void)play(BOX_FETCHES, 200, 0, true);
	}
	assert_int_equal(b->count.items_in, BOX_FETCHES);
}

/* Its owner does not take: no more is fetched, and what a watch brings waits to be. */
static void what_waits_for_the_owner_is_bounded(void **state)
{
	uint32_t most = 2 * BOX_READ_BYTES / BOX_ITEM_MAX + 1;
	(void)state;
	begin();
	(void)play(0, 200, 0, true); /* watched */
	for (uint32_t i = 0; i < most + 5; i++)
		reply_item(0, 0, id_of(i, BOX_ITEM_MAX), item_bytes(i, BOX_ITEM_MAX), 0);
	assert_int_equal(b->count.items_in, most);
	assert_int_equal(b->count.read_waits, 5);
	assert_int_equal(r->unfetched, 5);
	assert_true(r->got_bytes >= BOX_READ_BYTES);
	assert_int_equal(take_events(), most);
	assert_int_equal(r->got_bytes, 0);
}

/* One that makes up items without end: each is what its id says, and together they are more than a
 * box has. No more of it is taken until it is listed again; the others are read as ever. */
static void who_invents_items_is_left_alone(void **state)
{
	struct tally t;
	(void)state;
	begin();
	(void)play(0, 200, 0, true); /* watched */
	for (unsigned i = 0; i < r->target_count; i++)
		r->targets[i].bytes = i ? 0 : BOX_READ_NODE - 1;
	reply_item(0, 0, id_of(900, 200), item_bytes(900, 200), 0);
	assert_int_equal(b->count.items_in, 1);
	reply_item(0, 0, id_of(901, 200), item_bytes(901, 200), 0);
	assert_int_equal(b->count.items_in, 1);
	assert_int_equal(b->count.items_unasked, 1);
	reply_item(1, 0, id_of(901, 200), item_bytes(901, 200), 0);
	assert_int_equal(b->count.items_in, 2);
	/* what it alone names is not fetched, until half an hour is over */
	struct gn_fb_item_id named = id_of(902, 200);
	struct gn_box_id id;
	memcpy(id.b, named.b, sizeof id.b);
	assert_non_null(box_seen_name(b, r, 0, &id));
	t = play(0, 200, 0, false);
	assert_int_equal(t.fetches, 0);
	b->now += BOX_LIST_EVERY;
	t = play(0, 200, 0, false);
	assert_int_equal(t.fetches, 1);
	assert_true(r->targets[0].bytes == 0);
}

#define READ(test) cmocka_unit_test_setup_teardown(test, NULL, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		READ(so_many_are_listed_and_watched_and_each_item_fetched_once),
		READ(liars_are_not_asked_again),
		READ(ids_are_bounded),
		READ(who_invents_ids_keeps_no_other_s_out),
		READ(who_trickles_withholds_nothing),
		READ(what_waits_for_the_owner_is_bounded),
		READ(who_invents_items_is_left_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
