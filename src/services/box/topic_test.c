/* The box of a topic at one holder: everybody reads it by the key that everybody makes, or by a
 * chain with Subscribe, and nobody removes; who may publish leaves messages by their chain, up to
 * their share. Each bound at it and one past it. Rule BX-46. */
#include "records/topic.h"

#include "services/box/testing/queue.h" /* after it: its `b` would be shadowed there */

#define NEWS "news.local"

static struct gn_sk issuer, publisher, follower, anybody;

static void topic_box(void)
{
	struct gn_hash topic;
	queue();
	issuer = secret(20);
	publisher = secret(21);
	follower = secret(22);
	gn_topicrec_key(&issuer.pk, GN_LIT(NEWS), &topic);
	gn_topicrec_reader(&topic, &anybody);
	h->queue = false;
	h->rules->kind = GN_FB_BOX_KIND_GROUP;
	h->rules->worker_count = 0;
	h->rules->readers[0] = (struct gn_boxrec_reader){.read = anybody.pk};
	h->rules->issuer = issuer.pk;
	h->rules->bytes = 1u << 20;
	strcpy(h->rules->topic, NEWS);
}

static struct gn_slice chain_of(const struct gn_sk *by, const struct gn_sk *who,
				const char *resource, uint64_t action)
{
	static uint8_t bytes[GN_TOKEN_MAX];
	struct gn_buf buf = {bytes, 0, sizeof bytes};
	struct gn_token_right right = {gn_str(resource), action};
	struct gn_token_fields f = {.audience = who->pk,
				    .rights = &right,
				    .right_count = 1,
				    .not_before = box_unix(b),
				    .expires = box_unix(b) + 100};
	assert_int_equal(gn_token_issue(by, &f, &buf, NULL), GN_OK);
	return gn_buf_slice(&buf);
}

/* Entries that are listed to this peer; -1: it is refused. */
static int listed(uint8_t peer)
{
	struct box_from f = from_peer(peer);
	struct gn_fb_key key = gn_wire_key(&h->key);
	box_on_list(b, &f, h, TABLE(box_list, {.box = &key, .shown = GN_BOXREC_READER + 1}));
	assert_true(answer(&last));
	if (gn_fb_box_message_body_type(last) != GN_FB_BOX_MESSAGE_BODY_BOX_LISTED)
		return -1;
	return (int)gn_fb_box_listed_entries_len(gn_fb_box_message_body_as_box_listed(last));
}

/* Bytes of the item that comes; 0: none. */
static size_t fetched(uint8_t peer, const struct box_item *it)
{
	fetch_as(peer, it);
	assert_true(answer(&last));
	if (gn_fb_box_message_body_type(last) != GN_FB_BOX_MESSAGE_BODY_BOX_ITEM)
		return 0;
	return gn_fb_box_item_item(gn_fb_box_message_body_as_box_item(last)).len;
}

static gn_err watch(uint8_t peer)
{
	struct box_from f = from_peer(peer);
	struct gn_fb_key key = gn_wire_key(&h->key);
	box_on_watch(b, &f, h, TABLE(box_watch, {.box = &key, .shown = GN_BOXREC_READER + 1}));
	return done();
}

static gn_err acknowledge(uint8_t peer, const struct box_item *it)
{
	struct box_from f = from_peer(peer);
	struct gn_fb_key key = gn_wire_key(&h->key);
	struct gn_box_id id = box_id_of(&it->hash);
	struct gn_fb_item_id fb_id = box_fb_id(&id);
	box_on_ack(
		b, &f, h,
		TABLE(box_ack, {.box = &key, .shown = GN_BOXREC_READER + 1, .ids = {&fb_id, 1}}));
	return done();
}

static gn_err leave(uint8_t peer, const struct gn_sk *by, size_t len)
{
	static uint8_t bytes[BOX_ITEM_MAX];
	struct box_from f = from_peer(peer);
	struct gn_fb_key key = gn_wire_key(&h->key);
	struct gn_slice item = gn_slice(bytes, len);
	struct gn_fb_sig fb_sig;
	struct gn_hash hash;
	struct gn_sig sig;
	uint32_t number = ++made;
	memcpy(bytes, &number, sizeof number);
	gn_sha256(&item, 1, &hash);
	gn_boxrec_deposit_sign(by, &h->key, &hash, &sig);
	memcpy(fb_sig.b, sig.b, 64);
	box_on_deposit(b, &f, h,
		       TABLE(box_deposit, {.box = &key,
					   .item = item,
					   .ttl = 3600,
					   .shown = GN_BOXREC_DEPOSITOR + 1,
					   .sig = &fb_sig}));
	run();
	assert_true(answer(&last));
	if (gn_fb_box_message_body_type(last) == GN_FB_BOX_MESSAGE_BODY_BOX_HELD)
		return GN_OK;
	struct gn_fb_box_done d = gn_fb_box_message_body_as_box_done(last);
	gn_plain(gn_fb_box_done_limit(d), limit, sizeof limit);
	return gn_wire_err(gn_fb_box_done_code(d));
}

static void everybody_reads_and_nobody_removes(void **state)
{
	struct gn_slice none = gn_slice(NULL, 0);
	(void)state;
	topic_box();
	struct box_item *it = deposit(0), *two = deposit(0);
	assert_int_equal(listed(1), -1); /* nothing was shown */
	assert_int_equal(show(1, GN_BOXREC_READER, &follower, none), GN_DENIED);
	assert_int_equal(show(1, GN_BOXREC_READER, &anybody, none), GN_OK);
	assert_int_equal(listed(1), 2);
	assert_int_equal(fetched(1, it), 64);
	assert_int_equal(fetched(1, two), 64);
	/* what is read stays as it was, for whoever comes */
	assert_int_equal(show(1, GN_BOXREC_REMOVER, &anybody, none), GN_DENIED);
	assert_int_equal(show(1, GN_BOXREC_WORKER, &anybody, none), GN_DENIED);
	assert_int_equal(show(1, GN_BOXREC_DEPOSITOR, &anybody, none), GN_MALFORMED);
	assert_int_equal(acknowledge(1, it), GN_DENIED);
	assert_int_equal(leave(1, &anybody, 64), GN_DENIED);
	assert_int_equal(show(2, GN_BOXREC_READER, &anybody, none), GN_OK);
	assert_int_equal(listed(2), 2);
	assert_true(it->acked == 0 && h->untaken == 2);
	/* its owner closes it with the next descriptor */
	h->rules->readers[0].read = follower.pk;
	assert_int_equal(listed(1), -1);
	assert_int_equal(fetched(2, it), 0);
}

static void who_may_follow_reads_all_by_a_chain(void **state)
{
	(void)state;
	topic_box();
	h->rules->readers[0].read = follower.pk; /* not open */
	struct box_item *it = deposit(0);
	struct gn_slice t = chain_of(&issuer, &follower, "topic/" NEWS, GN_FB_ACTION_PUBLISH);
	assert_int_equal(show(1, GN_BOXREC_READER, &follower, t), GN_DENIED);
	t = chain_of(&issuer, &follower, "topic/news", GN_FB_ACTION_SUBSCRIBE);
	assert_int_equal(show(1, GN_BOXREC_READER, &follower, t), GN_DENIED);
	t = chain_of(&follower, &follower, "topic/" NEWS, GN_FB_ACTION_SUBSCRIBE);
	assert_int_equal(show(1, GN_BOXREC_READER, &follower, t), GN_DENIED);
	t = chain_of(&issuer, &follower, "topic/" NEWS, GN_FB_ACTION_SUBSCRIBE);
	assert_int_equal(show(1, GN_BOXREC_READER, &publisher, t), GN_SIGNATURE);
	assert_int_equal(show(1, GN_BOXREC_WORKER, &follower, t), GN_DENIED);
	assert_int_equal(show(1, GN_BOXREC_DEPOSITOR, &follower, t), GN_DENIED);
	assert_int_equal(show(1, GN_BOXREC_READER, &follower, t), GN_OK);
	assert_int_equal(listed(1), 1);
	assert_int_equal(fetched(1, it), 64);
	assert_int_equal(watch(1), GN_DENIED); /* that is what the topic itself is for */
	assert_int_equal(acknowledge(1, it), GN_DENIED);
	h->rules->refused[h->rules->refused_count++] = follower.pk;
	assert_int_equal(listed(1), -1);
	h->rules->refused_count = 0;
	assert_int_equal(listed(1), 1);
	pass(100 * GN_SEC); /* the chain is over */
	assert_int_equal(listed(1), -1);
	/* a group that is no topic's knows no such readers */
	h->rules->topic[0] = 0;
	t = chain_of(&issuer, &follower, "topic/" NEWS, GN_FB_ACTION_SUBSCRIBE);
	assert_int_equal(show(1, GN_BOXREC_READER, &follower, t), GN_DENIED);
}

static void who_may_publish_leaves_their_share(void **state)
{
	unsigned count = 0;
	(void)state;
	topic_box();
	h->rules->items = 80;
	struct gn_slice t = chain_of(&issuer, &publisher, "topic/" NEWS, GN_FB_ACTION_SUBSCRIBE);
	assert_int_equal(show(1, GN_BOXREC_DEPOSITOR, &publisher, t), GN_DENIED);
	t = chain_of(&publisher, &publisher, "topic/" NEWS, GN_FB_ACTION_PUBLISH);
	assert_int_equal(show(1, GN_BOXREC_DEPOSITOR, &publisher, t), GN_DENIED);
	t = chain_of(&issuer, &publisher, "topic/other", GN_FB_ACTION_PUBLISH);
	assert_int_equal(show(1, GN_BOXREC_DEPOSITOR, &publisher, t), GN_DENIED);
	t = chain_of(&issuer, &publisher, "topic/" NEWS, GN_FB_ACTION_PUBLISH);
	assert_int_equal(show(1, GN_BOXREC_DEPOSITOR, &publisher, t), GN_OK);
	assert_int_equal(leave(1, &follower, 64), GN_SIGNATURE);
	/* a quarter of what is free with its own: 20 of 80, and no more */
	while (leave(1, &publisher, 64) == GN_OK)
		count++;
	assert_int_equal(count, 80 / BOX_CERTIFICATE_SHARE);
	assert_string_equal(limit, "BOX_CERTIFICATE_SHARE");
	/* another has a quarter of the rest */
	t = chain_of(&issuer, &follower, "topic/" NEWS, GN_FB_ACTION_PUBLISH);
	assert_int_equal(show(2, GN_BOXREC_DEPOSITOR, &follower, t), GN_OK);
	for (count = 0; leave(2, &follower, 64) == GN_OK; count++)
		assert_true(count < 80);
	assert_int_equal(count, 60 / BOX_CERTIFICATE_SHARE);
	/* refused, what was shown counts no more */
	h->rules->items = 10000;
	assert_int_equal(leave(1, &publisher, 64), GN_OK);
	h->rules->refused[h->rules->refused_count++] = publisher.pk;
	assert_int_equal(leave(1, &publisher, 64), GN_DENIED);
	/* where no topic is named, a chain for one is nothing */
	h->rules->topic[0] = 0;
	t = chain_of(&issuer, &follower, "topic/" NEWS, GN_FB_ACTION_PUBLISH);
	assert_int_equal(show(2, GN_BOXREC_DEPOSITOR, &follower, t), GN_DENIED);
}

/* Those who watch a popular box leave places for those who have a box of their own here. */
static void so_many_watch_one_box(void **state)
{
	struct gn_slice none = gn_slice(NULL, 0);
	(void)state;
	topic_box();
	assert_int_equal(show(1, GN_BOXREC_READER, &anybody, none), GN_OK);
	h->watches += BOX_WATCHES_BOX - 1;
	assert_int_equal(watch(1), GN_OK);
	assert_int_equal(watch(1), GN_OK); /* renewed */
	assert_int_equal(show(2, GN_BOXREC_READER, &anybody, none), GN_OK);
	assert_int_equal(watch(2), GN_BUSY);
	assert_string_equal(limit, "BOX_WATCHES_BOX");
	assert_true(b->count.feeds_full == 1 && BOX_WATCHES_BOX <= BOX_PEERS / 4);
	h->watches -= BOX_WATCHES_BOX - 1;
	assert_int_equal(watch(2), GN_OK);
}

/* What is on its way, and what is watched: of one network a part when it is crowded. */
static void one_network_has_a_part_of_the_feeds(void **state)
{
	struct box_feed *feed;
	struct gn_slice none = gn_slice(NULL, 0);
	(void)state;
	topic_box();
	for (uint32_t i = 0; i <= BOX_FEEDS / BOX_FEEDS_PEER; i++) {
		bool crowded = i >= BOX_FEEDS / BOX_FEEDS_PEER / 2, last_one = i % 64 == 63;
		struct box_from f = {.who = {.pk = {{'p', (uint8_t)i}}, .addr_count = 1}};
		f.who.addrs[0] = gn_addr_v4(20, last_one ? 2 : 1, 0, 1, 1);
		for (unsigned n = 0; n < BOX_FEEDS_PEER; n++)
			assert_int_equal(box_feed_add(b, &f, h, FEED_FETCH, none, &feed),
					 crowded && !last_one ? GN_BUSY : GN_OK);
		assert_int_equal(box_feed_add(b, &f, h, FEED_FETCH, none, &feed), GN_BUSY);
	}
	assert_int_equal(b->feeds.count, BOX_FEEDS / 2 + BOX_FEEDS_PEER);
	assert_int_equal(BOX_FEEDS_PART, 8);
	box_peer_drop(b, &(struct gn_pk){{'p', 0}});
	assert_int_equal(b->feeding.used, b->feeds.count);
}

#define TOPIC(test) cmocka_unit_test_teardown(test, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TOPIC(everybody_reads_and_nobody_removes),
		TOPIC(who_may_follow_reads_all_by_a_chain),
		TOPIC(who_may_publish_leaves_their_share),
		TOPIC(so_many_watch_one_box),
		TOPIC(one_network_has_a_part_of_the_feeds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
