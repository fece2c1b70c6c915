/* Chats between two people with two devices each: what is said, changed, taken back and read, and
 * what a device that lies can do. Rules PE-2, PE-3, PE-10..PE-27. */
#include "people/testing/world.h"

#include <stdio.h>
#include <stdlib.h>

static struct world w;
static struct desk *a1, *a2, *b1, *b2;
static char one[1 << 16], other[1 << 16];

static int two(void **state)
{
	(void)state;
	world_make(&w, 7, 2, 2);
	a1 = world_desk(&w, 0, 0);
	a2 = world_desk(&w, 0, 1);
	b1 = world_desk(&w, 1, 0);
	b2 = world_desk(&w, 1, 1);
	world_befriend(&w, 0, 1);
	return 0;
}

static int done(void **state)
{
	(void)state;
	world_free(&w);
	return 0;
}

static void run(void)
{
	world_run(&w, w.now + 5 * GN_SEC);
}

static void all_alike(void)
{
	struct desk *all[] = {a1, a2, b1, b2};
	desk_view(a1, 1, one, sizeof one);
	for (int i = 1; i < 4; i++) {
		desk_view(all[i], i < 2, other, sizeof other);
		assert_same_view(one, other);
	}
}

/* Is there such a line in what `d` sees? */
static bool sees(const struct desk *d, const char *text)
{
	desk_view(d, !d->person, other, sizeof other);
	return strstr(other, text) != NULL;
}

static struct gn_content lie(enum gn_content_kind kind, uint64_t seq)
{
	struct gn_content c = {.kind = kind, .seq = seq};
	c.sent = c.order = people_ms(w.now);
	gn_rand_fill(&w.rand, c.id.b, sizeof c.id.b);
	if (seq > 1)
		gn_rand_fill(&w.rand, c.prev.b, sizeof c.prev.b);
	return c;
}

/* A content of b1's hand, taken by a1 alone. */
static void tell_a1(const struct gn_content *c)
{
	world_post(&w, b1->number, a1->number, c);
	world_deliver(&w, w.letter_count - 1);
}

/* The next number of b1 in the chat. */
static uint64_t next_of_b1(void)
{
	return people_contact_get(b1->p, world_owner(&w, 0))->chat.chains.at[0].top + 1;
}

static gn_err change(struct desk *d, enum gn_content_kind kind, const struct gn_content_id *of,
		     unsigned by, const char *text)
{
	struct gn_content c = {.kind = kind};
	c.ref.id = *of;
	if (kind == GN_CONTENT_EDIT)
		c.text = gn_str(text);
	if (kind == GN_CONTENT_REACTION) {
		c.ref.sender = *world_owner(&w, by);
		c.u.emoji = gn_str(text);
	}
	if (kind == GN_CONTENT_DELETE) {
		c.ref = (struct gn_content_ref){.id = {{0}}};
		c.ids = (struct gn_content_ids){of->b, 1};
	}
	return desk_what(d, !d->person, &c);
}

static void first_message(void **state)
{
	(void)state;
	struct gn_content_id id;
	struct gn_hash chat = *desk_contact(a1, 1).chat;
	assert_int_equal(desk_say(a1, 1, "Are you there?", &id), GN_OK);
	assert_int_equal(desk_say(a1, 1, "Are you there?", &id), GN_OK);
	assert_int_equal(desk_message(a1, 1, true, &id)->m.state, GN_PEOPLE_WAITING);
	assert_int_equal(desk_contact(a1, 1).outstanding, 2);
	assert_int_equal(gn_people_stored(a1->p, &chat, &id, 9, 8, w.now), GN_RANGE);
	assert_int_equal(gn_people_stored(a1->p, &chat, &id, 3, 8, w.now), GN_OK);
	desk_settle(a1);
	assert_int_equal(desk_message(a1, 1, true, &id)->m.state, GN_PEOPLE_STORED);
	assert_int_equal(desk_message(a1, 1, true, &id)->m.held, 3);
	run();
	assert_int_equal(gn_people_stored(a1->p, &chat, &id, 8, 8, w.now), GN_OK);
	assert_int_equal(gn_people_failed(a1->p, &chat, &id, GN_PEOPLE_NO_BOX, w.now), GN_OK);
	desk_settle(a1); /* it only goes up */
	assert_int_equal(desk_message(a1, 1, true, &id)->m.state, GN_PEOPLE_DELIVERED);
	assert_int_equal(desk_message(a2, 1, true, &id)->m.state, GN_PEOPLE_DELIVERED);
	assert_int_equal(desk_message(a1, 1, true, &id)->m.receipt_count, 2);
	assert_int_equal(desk_contact(a1, 1).outstanding, 0);
	assert_non_null(desk_contact(a2, 1).box);
	all_alike();
	struct gn_content again = {.kind = GN_CONTENT_TEXT, .id = id, .text = GN_LIT("x")};
	assert_int_equal(desk_what(a1, 1, &again), GN_EXISTS);
}

/* PE-2: the same name once, and a receipt each time. */
static void doubles(void **state)
{
	(void)state;
	struct gn_content c = lie(GN_CONTENT_TEXT, next_of_b1());
	c.text = GN_LIT("once");
	tell_a1(&c);
	run();
	uint64_t before = w.next_item;
	c.text = GN_LIT("other");
	tell_a1(&c);
	assert_int_equal(desk_count(a1, "doubles"), 1);
	assert_true(sees(a1, "once") && !sees(a1, "other"));
	run();
	assert_true(w.next_item > before + 1);
}

/* PE-14, PE-15, in every order: the newest edit stays. */
static void edits(void **state)
{
	(void)state;
	for (int way = 0; way < 6; way++) {
		static const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
						 {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
		struct gn_content all[3];
		uint64_t seq = next_of_b1() + 3 * (unsigned)way;
		all[0] = lie(GN_CONTENT_TEXT, seq);
		all[0].text = GN_LIT("first");
		for (int i = 1; i < 3; i++) {
			all[i] = lie(GN_CONTENT_EDIT, seq + (unsigned)i);
			all[i].order += (unsigned)i;
			all[i].ref.id = all[0].id;
			all[i].text = i == 1 ? GN_LIT("second") : GN_LIT("third");
		}
		for (int i = 0; i < 3; i++)
			tell_a1(&all[orders[way][i]]);
		const struct kept_row *r = desk_message(a1, 1, false, &all[0].id);
		assert_true(gn_slice_eq(r->m.edited, GN_LIT("third")));
		assert_false(r->m.early);
		assert_int_equal(desk_contact(a1, 1).gaps, 0);
	}
	assert_int_equal(people_contact_get(a1->p, world_owner(&w, 1))->chat.early[0], 0);
}

/* PE-14..PE-17: a text, two edits, two reactions and, in half of the worlds, its deletion, in
 * each of the orders they can come in, doubles between them: one result. */
static void every_order(void **state)
{
	(void)state;
	enum { MOST = 6 };
	uint64_t seq = next_of_b1();
	for (int deleted = 0; deleted < 2; deleted++) {
		unsigned count = deleted ? MOST : MOST - 1, orders = deleted ? 720 : 120;
		for (unsigned way = 0; way < orders; way++) {
			struct gn_content all[MOST];
			unsigned left[MOST] = {0, 1, 2, 3, 4, 5}, code = way;
			for (unsigned i = 0; i < MOST; i++) {
				enum gn_content_kind kind = i == 0   ? GN_CONTENT_TEXT
							    : i < 3  ? GN_CONTENT_EDIT
							    : i == 5 ? GN_CONTENT_DELETE
								     : GN_CONTENT_REACTION;
				all[i] = lie(kind, seq++);
				all[i].order += i;
				all[i].text = i == 0 ? GN_LIT("0") : GN_LIT("1");
				if (i == 2)
					all[i].text = GN_LIT("2");
				all[i].ref.id = i ? all[0].id : all[i].ref.id;
				if (kind == GN_CONTENT_REACTION)
					all[i].u.emoji = i == 3 ? GN_LIT("+") : GN_LIT("-");
				if (kind == GN_CONTENT_DELETE)
					all[i].ids = (struct gn_content_ids){all[0].id.b, 1};
			}
			for (unsigned n = count; n > 0; n--) {
				unsigned at = code % n;
				code /= n;
				tell_a1(&all[left[at]]);
				if (way % 7 == n)
					tell_a1(&all[left[at]]);
				left[at] = left[n - 1];
			}
			const struct kept_row *r = desk_message(a1, 1, false, &all[0].id);
			assert_int_equal(r->m.order, all[0].order);
			assert_int_equal(r->m.deleted, deleted);
			assert_int_equal(r->content_len > 0, !deleted);
			assert_true(gn_slice_eq(r->m.edited,
						deleted ? gn_slice(NULL, 0) : GN_LIT("2")));
			assert_int_equal(r->m.reactions[0].len, !deleted);
			assert_true(deleted || r->m.reactions[0].emoji[0] == '-');
			if (!deleted)
				seq--;             /* the deletion was not said */
			while (a1->row_count > 60) /* the store is slow */
				desk_drop_row(a1, &a1->rows[60]);
		}
	}
	assert_int_equal(desk_contact(a1, 1).gaps, 0);
	assert_int_equal(people_contact_get(a1->p, world_owner(&w, 1))->chat.early[0], 0);
}

/* PE-14, PE-16: nobody changes what another said. */
static void not_theirs(void **state)
{
	(void)state;
	struct gn_content_id id, theirs;
	assert_int_equal(desk_say(a1, 1, "mine", &id), GN_OK);
	assert_int_equal(desk_say(b1, 0, "theirs", &theirs), GN_OK);
	run();
	struct gn_content c = lie(GN_CONTENT_EDIT, next_of_b1());
	c.ref.id = id;
	c.text = GN_LIT("forged");
	tell_a1(&c);
	c = lie(GN_CONTENT_DELETE, next_of_b1() + 1);
	c.ids = (struct gn_content_ids){id.b, 1};
	tell_a1(&c);
	assert_true(sees(a1, "mine") && !sees(a1, "forged"));
	assert_int_equal(change(a1, GN_CONTENT_EDIT, &theirs, 1, "x"), GN_NOT_FOUND);
	assert_int_equal(change(a1, GN_CONTENT_DELETE, &theirs, 1, NULL), GN_NOT_FOUND);
	/* a receipt for what they said themselves is about a message of ours, which is not there */
	c = lie(GN_CONTENT_RECEIPT, 0);
	c.ids = (struct gn_content_ids){theirs.b, 1};
	tell_a1(&c);
	assert_int_equal(desk_message(a1, 1, false, &theirs)->m.receipt_count, 0);
	assert_true(desk_message(a1, 1, true, &theirs)->m.early);
	/* nor does a contact set our registers */
	c = lie(GN_CONTENT_SYNC, next_of_b1() + 2);
	c.u.sync.at[0] = (struct gn_content_register){GN_LIT("draft/x"), GN_LIT("v"), 5, 5};
	c.u.sync.count = 1;
	tell_a1(&c);
	assert_int_equal(desk_count(a1, "not-theirs"), 1);
}

static void taken_back(void **state)
{
	(void)state;
	struct gn_content_id id;
	assert_int_equal(desk_say(a1, 1, "never mind", &id), GN_OK);
	run();
	assert_int_equal(change(b2, GN_CONTENT_REACTION, &id, 0, "+"), GN_OK);
	assert_int_equal(change(a2, GN_CONTENT_EDIT, &id, 0, "still"), GN_OK);
	run();
	assert_true(sees(b1, "still") && sees(b1, "1:+"));
	assert_int_equal(change(a2, GN_CONTENT_DELETE, &id, 0, NULL), GN_OK);
	run();
	all_alike();
	assert_true(sees(b1, "deleted") && !sees(b1, "1:+"));
	for (int i = 0; i < 2; i++) {
		assert_int_equal(desk_message(i ? a2 : a1, 1, true, &id)->content_len, 0);
		assert_int_equal(desk_message(i ? b2 : b1, 0, false, &id)->content_len, 0);
	}
	assert_int_equal(change(b2, GN_CONTENT_REACTION, &id, 0, "+"), GN_DENIED);
	assert_int_equal(change(a1, GN_CONTENT_EDIT, &id, 0, "x"), GN_DENIED);
	/* and before it came */
	struct gn_content c = lie(GN_CONTENT_DELETE, next_of_b1() + 1), text;
	text = lie(GN_CONTENT_TEXT, next_of_b1());
	text.text = GN_LIT("too late");
	c.ids = (struct gn_content_ids){text.id.b, 1};
	tell_a1(&c);
	tell_a1(&text);
	assert_false(sees(a1, "too late"));
	assert_true(desk_message(a1, 1, false, &text.id)->m.deleted);
	assert_int_equal(desk_message(a1, 1, false, &text.id)->content_len, 0);
}

static void reactions(void **state)
{
	(void)state;
	struct gn_content_id id;
	assert_int_equal(desk_say(a1, 1, "lunch?", &id), GN_OK);
	run();
	assert_int_equal(change(b1, GN_CONTENT_REACTION, &id, 0, "+"), GN_OK);
	assert_int_equal(change(a2, GN_CONTENT_REACTION, &id, 0, "!"), GN_OK);
	run();
	all_alike();
	assert_true(sees(a1, "1:! 1:+"));
	assert_int_equal(change(b2, GN_CONTENT_REACTION, &id, 0, ""), GN_OK);
	run();
	all_alike();
	assert_true(sees(a1, "1:! 0:"));
	assert_int_equal(change(b1, GN_CONTENT_REACTION, &id, 1, "+"), GN_NOT_FOUND);
}

/* PE-10: whoever has a message says the next after it, whatever the clocks say. */
static void causal(void **state)
{
	(void)state;
	struct gn_content_id id, answer;
	gn_time right = w.now;
	w.now += 3600 * GN_SEC; /* a1's clock is an hour ahead */
	assert_int_equal(desk_say(a1, 1, "question", &id), GN_OK);
	while (w.letter_count)
		world_deliver(&w, 0);
	w.now = right;
	assert_int_equal(desk_say(b1, 0, "answer", &answer), GN_OK);
	w.now += 3600 * GN_SEC;
	run();
	all_alike();
	const struct gn_people_message *m = &desk_message(a1, 1, false, &answer)->m;
	assert_true(m->order > desk_message(a1, 1, true, &id)->m.order);
	assert_int_equal(m->sent, people_ms(right));
	/* at the end of all orders they stay equal, and the time decides */
	struct gn_content c = lie(GN_CONTENT_TEXT, next_of_b1());
	c.text = GN_LIT("last");
	c.order = CONTENT_NUMBER_MAX;
	tell_a1(&c);
	assert_int_equal(desk_say(a1, 1, "after all", &id), GN_OK);
	assert_int_equal(desk_message(a1, 1, true, &id)->m.order, CONTENT_NUMBER_MAX);
}

/* PE-12, PE-13: lines for what is missing, and whose word makes them. */
static void gaps(void **state)
{
	(void)state;
	uint64_t seq = next_of_b1();
	struct gn_content c = lie(GN_CONTENT_TEXT, seq + 2), d;
	c.text = GN_LIT("third");
	tell_a1(&c);
	assert_int_equal(desk_contact(a1, 1).gaps, 2);
	desk_view(a1, 1, one, sizeof one);
	assert_true(strstr(one, "gap") < strstr(one, "third"));
	d = lie(GN_CONTENT_TEXT, seq);
	d.text = GN_LIT("first");
	tell_a1(&d);
	assert_int_equal(desk_contact(a1, 1).gaps, 1);
	d = lie(GN_CONTENT_TEXT, seq + 1);
	d.text = GN_LIT("second");
	tell_a1(&d);
	assert_int_equal(desk_contact(a1, 1).gaps, 0);
	assert_false(sees(a1, "gap"));
	/* b1 has seen of b2 what a1 has not: a gap; of our own device, or of nobody's: none */
	uint64_t b2_top = people_contact_get(b2->p, world_owner(&w, 0))->chat.chains.at[0].top;
	c = lie(GN_CONTENT_TEXT, seq + 3);
	c.text = GN_LIT("seen");
	c.seen[0] = (struct gn_content_seen){gn_content_device(&b2->key.pk), b2_top + 5};
	c.seen[1] = (struct gn_content_seen){gn_content_device(&a2->key.pk), 1000};
	c.seen[2] = (struct gn_content_seen){gn_content_device(&a1->key.pk), 1000};
	c.seen[3] = (struct gn_content_seen){12345, 1000};
	c.seen_count = 4;
	tell_a1(&c);
	assert_int_equal(desk_contact(a1, 1).gaps, 5);
	/* a wild number is one line */
	c = lie(GN_CONTENT_TEXT, CONTENT_NUMBER_MAX);
	c.text = GN_LIT("wild");
	tell_a1(&c);
	assert_int_equal(desk_contact(a1, 1).gaps, 5 + CONTENT_NUMBER_MAX - (seq + 4));
	/* a number twice, by two names: both are there, and counted */
	c = lie(GN_CONTENT_TEXT, seq);
	c.text = GN_LIT("fork");
	tell_a1(&c);
	assert_int_equal(desk_count(a1, "forks"), 1);
	assert_true(sees(a1, "fork") && sees(a1, "first"));
}

/* PE-24, PE-25: marks go with the person, are told where both allow, and in steps. */
static void reading(void **state)
{
	(void)state;
	struct gn_content_id first, id;
	for (unsigned i = 0; i < PEOPLE_WORK_MAX + 6; i++)
		assert_int_equal(desk_say(a1, 1, "text", i ? &id : &first), GN_OK);
	run();
	uint64_t order = desk_contact(b1, 0).order;
	assert_int_equal(gn_people_read(b1->p, world_owner(&w, 0), order + 99, w.now), GN_OK);
	desk_settle(b1);
	assert_true(desk_message(b1, 0, false, &first)->m.read);
	assert_false(desk_message(b1, 0, false, &id)->m.read); /* the next call's */
	run();
	for (unsigned i = 0; i < 2; i++) {
		assert_true(desk_message(i ? b2 : b1, 0, false, &id)->m.read);
		assert_int_equal(desk_message(i ? a2 : a1, 1, true, &id)->m.state, GN_PEOPLE_READ);
	}
	/* b no longer tells: nor is it told */
	bool no = false;
	struct gn_people_change c = {.reads = &no};
	assert_int_equal(gn_people_change(b1->p, world_owner(&w, 0), &c, w.now), GN_OK);
	desk_settle(b1);
	run();
	assert_false(desk_contact(a1, 1).reads);
	assert_false(desk_contact(b2, 0).reads);
	struct gn_content_id to_b, to_a;
	assert_int_equal(desk_say(a1, 1, "to b", &to_b), GN_OK);
	assert_int_equal(desk_say(b1, 0, "to a", &to_a), GN_OK);
	run();
	assert_int_equal(gn_people_read(a1->p, world_owner(&w, 1), UINT64_MAX, w.now), GN_OK);
	desk_settle(a1);
	assert_int_equal(gn_people_read(b1->p, world_owner(&w, 0), UINT64_MAX, w.now), GN_OK);
	desk_settle(b1);
	run();
	assert_int_equal(desk_message(a1, 1, true, &to_b)->m.state, GN_PEOPLE_DELIVERED);
	assert_int_equal(desk_message(b1, 0, true, &to_a)->m.state, GN_PEOPLE_DELIVERED);
	/* even when somebody tells all the same */
	struct gn_content r = lie(GN_CONTENT_RECEIPT, 0);
	r.u.read = true;
	r.ids = (struct gn_content_ids){to_b.b, 1};
	tell_a1(&r);
	assert_int_equal(desk_message(a1, 1, true, &to_b)->m.state, GN_PEOPLE_DELIVERED);
}

/* PE-18, PE-26. */
static void expiry(void **state)
{
	(void)state;
	struct gn_content_id id;
	assert_int_equal(gn_people_expire(a2->p, world_owner(&w, 1), CONTENT_EXPIRE_MAX + 1, w.now),
			 GN_RANGE);
	assert_int_equal(gn_people_expire(a2->p, world_owner(&w, 1), 60, w.now), GN_OK);
	desk_settle(a2);
	run();
	assert_int_equal(desk_contact(b1, 0).expire, 60);
	assert_int_equal(desk_contact(a1, 1).expire, 60);
	assert_int_equal(desk_say(a1, 1, "secret", &id), GN_OK);
	run();
	world_run(&w, w.now + 3600 * GN_SEC);
	assert_true(sees(b1, "secret")); /* not read yet */
	assert_int_equal(gn_people_read(b1->p, world_owner(&w, 0), UINT64_MAX, w.now), GN_OK);
	desk_settle(b1);
	run();
	world_run(&w, w.now + 50 * GN_SEC);
	assert_true(sees(b1, "secret") && sees(a2, "secret"));
	world_run(&w, w.now + 20 * GN_SEC);
	struct desk *all[] = {a1, a2, b1, b2};
	for (int i = 0; i < 4; i++) {
		const struct kept_row *r = desk_message(all[i], i < 2, i < 2, &id);
		assert_true(r->m.expired);
		assert_int_equal(r->content_len, 0);
	}
	/* its name stays: it does not come back */
	assert_int_equal(change(a1, GN_CONTENT_EDIT, &id, 0, "x"), GN_DENIED);
	assert_int_equal(change(b1, GN_CONTENT_REACTION, &id, 0, "+"), GN_DENIED);
}

/* PE-20, PE-21: what nobody takes is offered again, then given up, and may be sent again. */
static void given_up(void **state)
{
	(void)state;
	struct gn_content_id id;
	struct gn_hash chat = *desk_contact(a1, 1).chat;
	b1->off = b2->off = true;
	assert_int_equal(desk_say(a1, 1, "anybody?", &id), GN_OK);
	size_t before = w.letter_count;
	world_run(&w, w.now + (gn_time)(PEOPLE_CHECK_MS - 1000) * GN_MSEC);
	assert_int_equal(w.letter_count, before - 1); /* the own device has its copy */
	world_run(&w, w.now + 2 * GN_SEC);
	assert_int_equal(w.letter_count, before + 1); /* made again, for both devices */
	assert_int_equal(desk_message(a1, 1, true, &id)->m.state, GN_PEOPLE_WAITING);
	world_run(&w, w.now + (gn_time)(PEOPLE_GIVE_UP_MS - PEOPLE_CHECK_MS - 60000) * GN_MSEC);
	assert_int_equal(desk_message(a1, 1, true, &id)->m.state, GN_PEOPLE_WAITING);
	world_run(&w, w.now + (gn_time)PEOPLE_CHECK_MS * GN_MSEC);
	const struct gn_people_message *m = &desk_message(a1, 1, true, &id)->m;
	assert_int_equal(m->state, GN_PEOPLE_FAILED);
	assert_int_equal(m->why, GN_PEOPLE_TOO_LATE);
	assert_int_equal(desk_count(a1, "given-up"), 1);
	assert_true(strlen(gn_people_why_text(m->why)) > 10 && strlen(gn_people_why_do(m->why)));
	assert_int_equal(desk_contact(a1, 1).outstanding, 0);
	assert_int_equal(gn_people_retry(a1->p, &chat, &id, w.now), GN_OK);
	desk_settle(a1);
	assert_int_equal(gn_people_retry(a1->p, &chat, &id, w.now), GN_STATE);
	assert_int_equal(desk_contact(a1, 1).outstanding, 1);
	b1->off = b2->off = false;
	run();
	assert_int_equal(desk_message(a1, 1, true, &id)->m.state, GN_PEOPLE_DELIVERED);
	assert_int_equal(desk_contact(a1, 1).outstanding, 0);
	all_alike();
}

/* A tablet that was lost, of either side, acknowledges nothing more: what is said is delivered with
 * the first receipt of any other, is never looked after again, and nothing piles up (PE-20). */
static void lost_tablets(void **state)
{
	(void)state;
	struct gn_content_id ids[12];
	a2->off = b2->off = true;
	for (unsigned i = 0; i < GN_COUNT(ids); i++) {
		assert_int_equal(desk_say(a1, 1, "do you see this?", &ids[i]), GN_OK);
		run();
		assert_int_equal(desk_message(a1, 1, true, &ids[i])->m.state, GN_PEOPLE_DELIVERED);
	}
	assert_int_equal(desk_contact(a1, 1).outstanding, 0);
	world_run(&w, w.now + (gn_time)(PEOPLE_GIVE_UP_MS + PEOPLE_CHECK_MS) * GN_MSEC);
	for (unsigned i = 0; i < GN_COUNT(ids); i++) {
		assert_int_equal(desk_message(a1, 1, true, &ids[i])->m.state, GN_PEOPLE_DELIVERED);
		assert_int_equal(desk_message(a1, 1, true, &ids[i])->m.receipt_count, 1);
	}
	assert_int_equal(desk_say(a1, 1, "and this?", &ids[0]), GN_OK);
	run();
	assert_int_equal(desk_message(a1, 1, true, &ids[0])->m.state, GN_PEOPLE_DELIVERED);
}

static void typing_and_notes(void **state)
{
	(void)state;
	struct gn_content c = {.kind = GN_CONTENT_TYPING};
	c.u.typing = true;
	assert_int_equal(desk_what(a1, 1, &c), GN_OK);
	run();
	assert_true(desk_had(b1, GN_PEOPLE_TYPING) && !desk_had(a2, GN_PEOPLE_TYPING));
	struct gn_content_id id;
	assert_int_equal(desk_say(a1, 0, "milk", &id), GN_OK); /* a note to oneself */
	run();
	assert_int_equal(desk_message(a1, 0, true, &id)->m.state, GN_PEOPLE_DELIVERED);
	assert_non_null(desk_message(a2, 0, true, &id));
	c = (struct gn_content){.kind = GN_CONTENT_RECEIPT};
	assert_int_equal(desk_what(a1, 1, &c), GN_USAGE); /* the machinery's */
}

/* PE-27. */
static void hidden(void **state)
{
	(void)state;
	struct gn_content_id id, late;
	struct gn_hash chat = *desk_contact(a1, 1).chat;
	assert_int_equal(desk_say(b1, 0, "not for me", &id), GN_OK);
	run();
	assert_int_equal(gn_people_hide(a1->p, &chat, true, &id, true, w.now), GN_NOT_FOUND);
	assert_int_equal(gn_people_hide(a1->p, &chat, false, &id, true, w.now), GN_OK);
	desk_settle(a1);
	run();
	assert_true(desk_message(a1, 1, false, &id)->m.expired);
	assert_int_equal(desk_message(a2, 1, false, &id)->content_len, 0);
	assert_true(sees(b1, "not for me"));
	/* here alone; and on the other device before it came there */
	assert_int_equal(desk_say(b1, 0, "here", &id), GN_OK);
	run();
	assert_int_equal(gn_people_hide(a1->p, &chat, false, &id, false, w.now), GN_OK);
	desk_settle(a1);
	run();
	assert_false(sees(a1, "here"));
	assert_true(sees(a2, "here"));
	struct gn_content c = lie(GN_CONTENT_TEXT, next_of_b1());
	c.text = GN_LIT("late");
	late = c.id;
	tell_a1(&c);
	assert_int_equal(gn_people_hide(a1->p, &chat, false, &late, true, w.now), GN_OK);
	desk_settle(a1);
	run();
	world_post(&w, b1->number, a2->number, &c);
	run();
	assert_false(sees(a2, "late"));
	assert_false(desk_message(a2, 1, false, &late)->m.early);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(first_message, two, done),
		cmocka_unit_test_setup_teardown(doubles, two, done),
		cmocka_unit_test_setup_teardown(edits, two, done),
		cmocka_unit_test_setup_teardown(every_order, two, done),
		cmocka_unit_test_setup_teardown(not_theirs, two, done),
		cmocka_unit_test_setup_teardown(taken_back, two, done),
		cmocka_unit_test_setup_teardown(reactions, two, done),
		cmocka_unit_test_setup_teardown(causal, two, done),
		cmocka_unit_test_setup_teardown(gaps, two, done),
		cmocka_unit_test_setup_teardown(reading, two, done),
		cmocka_unit_test_setup_teardown(expiry, two, done),
		cmocka_unit_test_setup_teardown(given_up, two, done),
		cmocka_unit_test_setup_teardown(lost_tablets, two, done),
		cmocka_unit_test_setup_teardown(typing_and_notes, two, done),
		cmocka_unit_test_setup_teardown(hidden, two, done),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
