/* What others can cost: items that no key opens, devices and people that are remembered, boxes of
 * before, what comes while it is locked. Rules AG-61, AG-62, AG-67, AG-69, AG-70. */
#include "agent/own_int.h"
#include "agent/testing/world.h"

#include <stdlib.h>
#include <string.h>

static struct world w;

static int set_up(void **state)
{
	(void)state;
	world_make(&w);
	world_meet(&w);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	world_end(&w);
	return 0;
}

static bool count_waiting(void *user, const struct gn_agent_item *i)
{
	(void)i;
	++*(unsigned *)user;
	return true;
}

static unsigned waiting(unsigned who)
{
	unsigned count = 0;
	bool more;
	assert_int_equal(
		gn_agent_items_waiting(w.souls[who].a.db, NULL, 500, count_waiting, &count, &more),
		GN_OK);
	return count;
}

/* An item that looks like this one up to its header, and opens nowhere. */
static void spoil(const struct world_item *from, unsigned i)
{
	struct world_item *it = &w.items[w.item_count++];
	*it = *from;
	it->bytes = malloc(from->len);
	memcpy(it->bytes, from->bytes, from->len);
	it->bytes[from->len - 1] ^= (uint8_t)(i + 1);
	gn_sha256(&(struct gn_slice){it->bytes, it->len}, 1, &it->hash);
	it->hidden = false;
	it->at = w.now;
}

/* AG-62, AG-70: so many are read, the others wait; the sender is asked for them once, and begins
 * anew once an hour. What is whole goes on being read. */
static void items_that_nothing_opens(void **state)
{
	(void)state;
	struct gn_agent *a = &w.souls[0].a, *b = &w.souls[1].a;
	const unsigned extra = 4;
	beside_node_down(&w.souls[1].beside);
	w.souls[1].follow_count = 0;
	struct gn_content_id id = world_say(&w, 0, "whole");
	WORLD_UNTIL(&w, world_state(&w, 0, true, &id) >= GN_PEOPLE_STORED);
	size_t whole = w.item_count - 1;
	w.items[whole].hidden = true;
	for (unsigned i = 0; i < AGENT_UNOPENED_MAX + extra; i++)
		spoil(&w.items[whole], i);
	beside_node_up(&w.souls[1].beside);
	WORLD_UNTIL(&w, gn_agent_link_is_up(b->link));
	w.now += AGENT_FOLLOW_WAIT + GN_SEC;
	world_settle(&w);
	unsigned read = 0;
	for (unsigned i = 0; i < AGENT_BUDGETS; i++)
		read += b->budgets[i].count;
	assert_int_equal(read, AGENT_UNOPENED_MAX);
	assert_true(waiting(1) >= extra);
	/* the request made us begin anew; one more within the hour does not */
	assert_true(a->devices[0].used);
	world_pass(&w, 5 * GN_SEC, GN_SEC);
	uint64_t anew = 0;
	for (unsigned i = 0; i < AGENT_HEARD; i++)
		anew = a->devices[i].anew > anew ? a->devices[i].anew : anew;
	assert_true(anew > 0);
	struct gn_content_id next = world_say(&w, 0, "in a new session");
	world_pass(&w, 20 * GN_SEC, GN_SEC); /* newer prekeys are looked for (AG-70) */
	WORLD_UNTIL(&w, world_state(&w, 0, true, &next) >= GN_PEOPLE_STORED);
	bool sets_up = false;
	for (size_t i = whole + AGENT_UNOPENED_MAX; i < w.item_count; i++)
		sets_up = sets_up || gn_e2ee_sets_up(gn_slice(w.items[i].bytes, w.items[i].len));
	assert_true(sets_up);
	/* ten minutes later the others are read, too */
	world_pass(&w, AGENT_UNOPENED_WAIT + AGENT_WAITING_LOOK, 60 * GN_SEC);
	assert_int_equal(waiting(1), 0);
	uint64_t again = 0;
	for (unsigned i = 0; i < AGENT_HEARD; i++)
		again = a->devices[i].anew > again ? a->devices[i].anew : again;
	assert_true(again == anew || again >= anew + AGENT_ANEW_AGAIN);
	w.items[whole].hidden = false;
	w.souls[1].follow_count = 0;
	world_again(&w, 1);
	w.now += AGENT_FOLLOW_WAIT + GN_SEC;
	world_settle(&w);
	WORLD_UNTIL(&w, world_state(&w, 1, false, &id) >= 0);
}

/* Who is known of since the start has bounds: the one that came first is forgotten. */
static void what_is_remembered(void **state)
{
	(void)state;
	struct gn_agent *a = &w.souls[0].a;
	memset(a->devices, 0, sizeof a->devices);
	memset(a->heard, 0, sizeof a->heard);
	a->device_next = a->heard_next = 0;
	for (unsigned i = 0; i <= AGENT_HEARD; i++) {
		struct gn_pk key = {{1, (uint8_t)i, (uint8_t)(i >> 8)}};
		if (i == AGENT_HEARD)
			assert_int_equal(a->devices[0].key.b[1], 0);
		agent_held_prekeys(a, &key, 7);
		agent_held_heard(a, &key, 7);
	}
	assert_int_equal(a->devices[0].key.b[2], AGENT_HEARD >> 8);
	assert_int_equal(a->heard[0].owner.b[2], AGENT_HEARD >> 8);
	assert_int_equal(a->devices[1].key.b[1], 1);
}

/* A row that says that it has more custodies than there may be, or than there are, is none. */
static void rows_have_bounds(void **state)
{
	(void)state;
	struct agent_out_parts parts;
	struct agent_out_head head;
	static uint8_t bytes[sizeof head + (AGENT_CUSTODIES_MAX + 1) * sizeof(struct gn_custody)];
	memset(&head, 0, sizeof head);
	head.custodies = AGENT_CUSTODIES_MAX;
	memcpy(bytes, &head, sizeof head);
	assert_true(agent_out_open(gn_slice(bytes, sizeof bytes), &parts));
	assert_int_equal(parts.rest.len, sizeof(struct gn_custody));
	assert_false(agent_out_open(gn_slice(bytes, sizeof bytes - sizeof(struct gn_custody) - 1),
				    &parts));
	assert_false(agent_out_open(gn_slice(bytes, sizeof head - 1), &parts));
	head.custodies++;
	memcpy(bytes, &head, sizeof head);
	assert_false(agent_out_open(gn_slice(bytes, sizeof bytes), &parts));
	/* a custody that holds for ever, and one item too many of one message */
	struct gn_custody c = {.held_until = AGENT_CUSTODY_END};
	struct agent_out_parts held = {.custodies = gn_slice((const uint8_t *)&c, sizeof c)};
	struct gn_agent_tx tx;
	held.head.id.b[0] = 1;
	assert_int_equal(gn_agent_tx_begin(w.souls[0].a.db, &tx), GN_OK);
	for (unsigned i = 0; i <= AGENT_OF_ONE_MAX; i++)
		assert_int_equal(agent_out_row(&tx, 0, AGENT_OUT_HELD, 1, &held), GN_OK);
	assert_int_equal(agent_held_put_proof(&tx, 1, &held), GN_OK);
	gn_agent_tx_abort(&tx);
}

/* AG-67: so many boxes of before, then the one that ends first gives way. */
static void boxes_of_before(void **state)
{
	(void)state;
	struct gn_agent *b = &w.souls[1].a;
	struct gn_pk first = b->boxes[AGENT_PRIVATE].sk.pk;
	for (unsigned i = 0; i <= AGENT_BOXES_BEFORE; i++) {
		struct gn_pk now = b->boxes[AGENT_PRIVATE].sk.pk;
		bool there = false;
		for (unsigned k = AGENT_BEFORE; k < AGENT_BOXES_ALL; k++)
			there = there || (b->boxes[k].used && gn_pk_eq(&b->boxes[k].sk.pk, &first));
		assert_int_equal(there, i > 0);
		b->box_wanted[AGENT_PRIVATE] = true;
		WORLD_UNTIL(&w, !gn_pk_eq(&b->boxes[AGENT_PRIVATE].sk.pk, &now));
		w.now += 60 * GN_SEC;
	}
	for (unsigned k = AGENT_BEFORE; k < AGENT_BOXES_ALL; k++)
		assert_true(b->boxes[k].used && !gn_pk_eq(&b->boxes[k].sk.pk, &first));
	assert_true(AGENT_BEFORE_TTL >= AGENT_CERTIFICATE_TTL && AGENT_TELL_AT_ONCE > 0);
}

/* AG-69: counted while locked, kept within bounds, read when it is opened, acknowledged then. */
static void while_locked(void **state)
{
	(void)state;
	struct world_soul *s = &w.souls[1];
	struct gn_agent *b = &s->a;
	const uint8_t secret[] = "secret";
	assert_int_equal(
		gn_agent_vault_passphrase(b->vault, gn_slice(NULL, 0), gn_slice(secret, 6), w.now),
		GN_OK);
	agent_close(b);
	gn_agent_vault_lock(b->vault);
	agent_locked_begin(b);
	struct gn_content_id id = world_say(&w, 0, "are you locked?");
	WORLD_UNTIL(&w, b->locked_count > 0);
	assert_true(b->locked_news);
	for (unsigned i = 0; i < 20; i++)
		world_turn(&w);
	uint32_t count = b->locked_count;
	for (size_t i = 0; i < w.item_count; i++)
		assert_false(w.items[i].taken && w.items[i].at == w.now);
	size_t last = w.item_count - 1;
	for (unsigned i = 0; i < 20; i++)
		spoil(&w.items[last], i);
	s->follow_count = 0;
	beside_hang_up(&s->beside); /* shown again: nothing is counted twice */
	w.now += AGENT_FOLLOW_WAIT + GN_SEC;
	WORLD_UNTIL(&w, b->locked_count == count + 20);
	assert_true(AGENT_LOCKED_ITEMS > 1000 && AGENT_LOCKED_BYTES >= 64 * 61440 &&
		    AGENT_LOCKED_BOXES >= 3);
	assert_int_equal(gn_agent_vault_unlock(b->vault, gn_slice(secret, 6), w.now), GN_OK);
	b->now = w.now;
	assert_int_equal(agent_open(b), GN_OK);
	assert_int_equal(b->locked_count, 0);
	assert_true(world_state(&w, 1, false, &id) >= 0); /* at once */
	w.now += AGENT_FOLLOW_WAIT + GN_SEC;
	world_pass(&w, 5 * GN_SEC, GN_SEC);
	WORLD_UNTIL(&w, world_state(&w, 0, true, &id) >= GN_PEOPLE_DELIVERED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		WORLD_TEST(items_that_nothing_opens),
		WORLD_TEST(what_is_remembered),
		WORLD_TEST(rows_have_bounds),
		WORLD_TEST(boxes_of_before),
		WORLD_TEST(while_locked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
