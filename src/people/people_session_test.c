/* What sessions need to heal and what own devices tell each other: answers to set-ups, signs of
 * life, resends; registers, copies, contacts that are joined. Rules PE-13, PE-30..PE-34,
 * PE-55..PE-58. */
#include "people/testing/world.h"

#include <stdio.h>
#include <stdlib.h>

static struct world w;
static struct desk *a1, *a2, *b1, *b2;

static int two(void **state)
{
	(void)state;
	world_make(&w, 21, 2, 2);
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

static struct gn_content made(enum gn_content_kind kind)
{
	struct gn_content c = {.kind = kind};
	c.sent = c.order = people_ms(w.now);
	gn_rand_fill(&w.rand, c.id.b, sizeof c.id.b);
	return c;
}

/* Delivers `c` of `from`'s hand to `to`; letters that come of it: how many. */
static size_t tell(struct desk *from, struct desk *to, const struct gn_content *c)
{
	size_t before = w.letter_count;
	world_post(&w, from->number, to->number, c);
	world_deliver(&w, w.letter_count - 1);
	return w.letter_count - before;
}

static void drop_letters(void)
{
	while (w.letter_count)
		free(w.letters[--w.letter_count].bytes);
}

/* PE-30: a set-up is answered at once, with the receipts that wait or with none; once. */
static void set_ups(void **state)
{
	(void)state;
	struct gn_content c = made(GN_CONTENT_RECEIPT);
	a1->met[b1->number] = false;
	assert_int_equal(tell(b1, a1, &c), 1); /* to b1 alone */
	assert_int_equal(w.letters[w.letter_count - 1].to, b1->number);
	drop_letters();
	c = made(GN_CONTENT_RECEIPT);
	assert_int_equal(tell(b1, a1, &c), 0);
	a1->met[b1->number] = false;
	c = made(GN_CONTENT_TEXT);
	c.text = GN_LIT("hi");
	c.seq = 100;
	c.prev.b[0] = 1;
	assert_int_equal(tell(b1, a1, &c), 2); /* its receipt, to both */
	drop_letters();
}

/* PE-31: so many contents, or a day, without a word from here. */
static void signs_of_life(void **state)
{
	(void)state;
	struct gn_content c = made(GN_CONTENT_RESEND);
	uint8_t id[16] = {1};
	c.ids = (struct gn_content_ids){id, 1};
	for (unsigned i = 0; i < PEOPLE_HEARD_MAX - 1; i++)
		assert_int_equal(tell(b1, a1, &c), 0);
	struct gn_content r = made(GN_CONTENT_RECEIPT);
	for (unsigned i = 0; i < PEOPLE_HEARD_MAX; i++)
		assert_int_equal(tell(b1, a1, &r), 0); /* receipts are answered by nothing */
	desk_reopen(a1);
	assert_int_equal(tell(b1, a1, &c), 1);
	drop_letters();
	gn_time first = w.now;
	assert_int_equal(tell(b1, a1, &c), 0);
	b1->off = true;
	world_run(&w, first + PEOPLE_HEARD_WAIT - GN_SEC);
	assert_int_equal(w.letter_count, 0);
	world_run(&w, first + PEOPLE_HEARD_WAIT);
	assert_int_equal(w.letter_count, 1);
	b1->off = false;
	world_run(&w, w.now + 3 * PEOPLE_HEARD_WAIT);
	assert_int_equal(w.letter_count, 0); /* and so it ends */
}

static struct gn_hash item_of(const struct letter *l)
{
	struct gn_hash item = {{0}};
	gn_put_be64(item.b, l->item);
	return item;
}

static gn_err unopened(struct desk *d, struct desk *from, struct gn_hash item)
{
	gn_err err = gn_people_unopened(d->p, world_owner(&w, from->person), &from->key.pk, &item,
					w.now);
	desk_settle(d);
	return err;
}

static void take_letters_of(const struct desk *d)
{
	for (size_t i = w.letter_count; i-- > 0;) {
		if (w.letters[i].to == d->number) {
			free(w.letters[i].bytes);
			w.letters[i] = w.letters[--w.letter_count];
		}
	}
}

/* PE-32..PE-34: asked for, sent again to who lacks it, else said to have come. */
static void resends(void **state)
{
	(void)state;
	struct gn_content_id id;
	assert_int_equal(desk_say(a1, 1, "lost at b1", &id), GN_OK);
	struct gn_hash item = {{0}}, foreign = {{9}};
	for (size_t i = 0; i < w.letter_count; i++)
		if (w.letters[i].to == b1->number)
			item = item_of(&w.letters[i]);
	take_letters_of(b1);
	run();
	assert_null(desk_message(b1, 0, false, &id));
	assert_int_equal(unopened(b1, a1, item), GN_OK);
	run();
	assert_non_null(desk_message(b1, 0, false, &id));
	assert_int_equal(desk_contact(b1, 0).gaps, 0);
	assert_int_equal(desk_message(a1, 1, true, &id)->m.receipt_count, 2);
	/* the next is asked for ten minutes later */
	gn_time asked = w.now - 5 * GN_SEC;
	assert_int_equal(unopened(b1, a1, item), GN_OK);
	assert_int_equal(unopened(b1, a1, foreign), GN_OK);
	assert_int_equal(unopened(b1, a1, foreign), GN_OK);
	desk_reopen(b1);
	a1->off = true;
	world_run(&w, asked + PEOPLE_RESEND_WAIT - GN_SEC);
	assert_int_equal(w.letter_count, 0);
	world_run(&w, asked + PEOPLE_RESEND_WAIT + GN_SEC);
	assert_int_equal(w.letter_count, 1);
	a1->off = false;
	uint64_t sent = w.next_item;
	run();
	assert_int_equal(w.next_item,
			 sent + 1); /* "it came before"; of the other it knows nothing */
	assert_int_equal(unopened(b1, b2, item), GN_OK); /* own devices too */
	assert_int_equal(gn_people_unopened(b1->p, world_owner(&w, 0), &b1->key.pk, &item, w.now),
			 GN_NOT_FOUND);
}

/* PE-32, PE-33: 16 at once; who asks too soon waits. */
static void resend_limits(void **state)
{
	(void)state;
	struct gn_hash item = {{0}};
	for (unsigned i = 0; i < CONTENT_RESEND_MAX + 2; i++) {
		item.b[0] = (uint8_t)i;
		gn_err want = i <= CONTENT_RESEND_MAX ? GN_OK : GN_LIMIT; /* the first went */
		assert_int_equal(unopened(b1, a1, item), want);
	}
	assert_int_equal(desk_count(b1, "unopened-full"), 1);
	drop_letters();
	struct gn_content c = made(GN_CONTENT_RESEND);
	uint8_t items[32] = {7};
	c.u.envelopes.p = items;
	c.u.envelopes.count = 1;
	tell(b1, a1, &c);
	tell(b1, a1, &c);
	assert_int_equal(desk_count(a1, "resends-held"), 1);
	assert_int_equal(w.letter_count, 1);
	w.now += PEOPLE_RESEND_WAIT - PEOPLE_RESEND_SLACK;
	run();
	assert_int_equal(w.letter_count, 0);
}

/* ---- own devices ---- */

static void set(struct desk *d, const char *key, const char *value)
{
	assert_int_equal(gn_people_set(d->p, gn_str(key), gn_str(value), w.now), GN_OK);
	desk_settle(d);
}

static void value_is(struct desk *d, const char *key, const char *value)
{
	struct gn_content_register r;
	assert_true(people_find_register(d->p, gn_str(key), &r));
	assert_true(gn_slice_eq(r.value, gn_str(value)));
}

/* PE-55: the newer wins everywhere, ties by the device. */
static void registers(void **state)
{
	(void)state;
	char big[GN_CONTENT_VALUE_MAX + 1] = {0};
	set(a1, "draft/b", "one");
	set(a1, "draft/b", "two"); /* in the same millisecond: later all the same */
	run();
	value_is(a2, "draft/b", "two");
	assert_true(desk_had(a2, GN_PEOPLE_REGISTER));
	set(a2, "mute/b", "by a2"); /* both at once */
	set(a1, "mute/b", "by a1");
	run();
	bool first = gn_content_device(&a1->key.pk) > gn_content_device(&a2->key.pk);
	value_is(a1, "mute/b", first ? "by a1" : "by a2");
	value_is(a2, "mute/b", first ? "by a1" : "by a2");
	w.now += GN_SEC;
	set(first ? a2 : a1, "mute/b", "later");
	run();
	value_is(first ? a1 : a2, "mute/b", "later");
	assert_int_equal(gn_people_set(a1->p, GN_LIT("people/x"), GN_LIT(""), w.now), GN_DENIED);
	assert_int_equal(gn_people_set(a1->p, GN_LIT("a\nb"), GN_LIT(""), w.now), GN_TEXT);
	assert_int_equal(gn_people_set(a1->p, gn_slice(NULL, 0), GN_LIT(""), w.now), GN_TEXT);
	memset(big, 'k', sizeof big);
	assert_int_equal(gn_people_set(a1->p, gn_slice(big, GN_CONTENT_REGISTER_KEY_MAX + 1),
				       GN_LIT(""), w.now),
			 GN_TOO_LARGE);
	assert_int_equal(gn_people_set(a1->p, GN_LIT("k"), gn_slice(big, sizeof big), w.now),
			 GN_TOO_LARGE);
	assert_int_equal(gn_people_set(a1->p, gn_slice(big, GN_CONTENT_REGISTER_KEY_MAX),
				       gn_slice(big, GN_CONTENT_VALUE_MAX), w.now),
			 GN_OK);
	desk_settle(a1);
	run();
	assert_int_equal(w.letter_count, 0);
}

/* PE-13, PE-56, PE-57: a device that hears of a contact by another one; and of its end. */
static void joined(void **state)
{
	(void)state;
	struct gn_content_id id;
	for (int i = 0; i < 5; i++)
		assert_int_equal(desk_say(b1, 0, "before", NULL), GN_OK);
	run();
	/* a2 is put up anew, without history */
	while (a2->row_count) {
		struct kept_row *r = &a2->rows[--a2->row_count];
		free(r->bytes);
		free(r->content);
	}
	desk_reopen(a2);
	struct gn_people_identity me;
	struct gn_people_device devices[WORLD_DEVICES];
	world_record(&w, 0, &me, devices);
	assert_int_equal(gn_people_me(a2->p, &me, w.now), GN_OK);
	desk_settle(a2);
	assert_int_equal(desk_say(a1, 1, "after", &id), GN_OK);
	run();
	assert_non_null(desk_message(a2, 1, true, &id));
	struct gn_slice name = GN_LIT("Bob");
	struct gn_people_change c = {.petname = &name};
	assert_int_equal(gn_people_change(a1->p, world_owner(&w, 1), &c, w.now), GN_OK);
	desk_settle(a1);
	run();
	assert_int_equal(desk_contact(a2, 1).state, GN_PEOPLE_ACCEPTED);
	assert_int_equal(desk_say(b1, 0, "there?", &id), GN_OK);
	run();
	assert_non_null(desk_message(a2, 1, false, &id));
	assert_int_equal(desk_contact(a2, 1).gaps, 0); /* what was before is not missing */
	assert_int_equal(desk_contact(a2, 0).gaps, 0);
	assert_int_equal(desk_say(b1, 0, "lost", NULL), GN_OK);
	take_letters_of(a2);
	assert_int_equal(desk_say(b1, 0, "seen", NULL), GN_OK);
	run();
	assert_int_equal(desk_contact(a2, 1).gaps, 1);
	assert_int_equal(gn_people_remove(a1->p, world_owner(&w, 1), w.now), GN_OK);
	desk_settle(a1);
	run();
	struct gn_people_contact gone;
	assert_int_equal(gn_people_get(a2->p, world_owner(&w, 1), &gone), GN_NOT_FOUND);
	assert_false(desk_had(a2, GN_PEOPLE_DEVICE_GONE)); /* what they write next asks (PE-49) */
}

/* PE-58: registers of a foreign hand, and copies that are none. */
static void forged_copies(void **state)
{
	(void)state;
	struct gn_content c = made(GN_CONTENT_SYNC);
	c.seq = 50;
	c.prev.b[0] = 1;
	c.u.sync.copy_of = GN_LIT("nonsense");
	c.u.sync.person = *world_owner(&w, 1);
	uint64_t bad = desk_count(a1, "malformed");
	tell(a2, a1, &c);
	assert_int_equal(desk_count(a1, "malformed"), bad + 1);
	c.id.b[0]++;
	c.seq++;
	c.u.sync.person = *world_owner(&w, 0); /* a copy of what was said to oneself */
	tell(a2, a1, &c);
	assert_int_equal(desk_count(a1, "malformed"), bad + 2);
	/* a contact's register that does not read: kept, without effect */
	char key[GN_CONTENT_REGISTER_KEY_MAX + 1] = "people/contact/";
	gn_hex(GN_SLICE(desk_contact(a1, 1).chat->b), key + strlen(key));
	c.id.b[0]++;
	c.seq++;
	c.u.sync.copy_of = gn_slice(NULL, 0);
	c.u.sync.at[0] =
		(struct gn_content_register){gn_str(key), GN_LIT("?"), CONTENT_NUMBER_MAX, 1};
	c.u.sync.count = 1;
	tell(a2, a1, &c);
	assert_int_equal(desk_contact(a1, 1).state, GN_PEOPLE_ACCEPTED);
	struct gn_slice name = GN_LIT("Bob"); /* and can still be set: at the same, last time */
	struct gn_people_change change = {.petname = &name};
	assert_int_equal(gn_people_change(a1->p, world_owner(&w, 1), &change, w.now), GN_OK);
	desk_settle(a1);
	drop_letters();
	c.kind = GN_CONTENT_SYNC;
	c.id.b[0]++;
	tell(b1, a1, &c);
	assert_int_equal(desk_count(a1, "not-theirs"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(set_ups, two, done),
		cmocka_unit_test_setup_teardown(signs_of_life, two, done),
		cmocka_unit_test_setup_teardown(resends, two, done),
		cmocka_unit_test_setup_teardown(resend_limits, two, done),
		cmocka_unit_test_setup_teardown(registers, two, done),
		cmocka_unit_test_setup_teardown(joined, two, done),
		cmocka_unit_test_setup_teardown(forged_copies, two, done),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
