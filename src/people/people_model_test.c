/* Two and three people with two devices each, at random: what is said, edited, taken back,
 * reacted to and read while letters are lost, doubled, delayed and not opened, devices are off,
 * and calls crash before they are stored; in every fourth world a device lies. Then all is well
 * again, and every device shows the same. GN_SEED=n for one seed, GN_DEEP=1 for many. Rules
 * PE-2, PE-10, PE-11, PE-14..PE-17, PE-20..PE-25, PE-32, PE-33, PE-50, PE-55..PE-57. */
#include "people/testing/world.h"

#include <stdio.h>
#include <stdlib.h>

enum { SAID_MAX = 400, STEPS = 160 };

static struct said {
	struct gn_content_id id;
	unsigned by, to; /* people */
	uint64_t after;  /* the greatest order its device had in the chat */
	bool deleted;    /* by who said it */
} said[SAID_MAX];
static unsigned said_count;
static struct world w;
/* Person 1's second device lies, to all devices of whom it talks to. */
static bool lies;
enum { LIAR = 1 };

static uint64_t below(uint64_t n)
{
	return gn_rand_below(&w.rand, n);
}

static struct desk *some_desk(void)
{
	return world_desk(&w, (unsigned)below(w.count), (unsigned)below(w.devices));
}

/* The greatest order of a message of the chat that the device has. */
static uint64_t newest(const struct desk *d, unsigned with)
{
	struct gn_hash chat = *desk_contact(d, with).chat;
	uint64_t order = 0;
	for (size_t i = 0; i < d->row_count; i++) {
		const struct kept_row *r = &d->rows[i];
		if (r->kind == GN_PEOPLE_ROW_MESSAGE && gn_hash_eq(&r->chat, &chat) &&
		    !r->m.early && r->m.kind < GN_PEOPLE_GAP && r->m.order > order)
			order = r->m.order;
	}
	return order;
}

static void say_something(struct desk *d, unsigned to)
{
	char text[32];
	if (said_count == SAID_MAX)
		return;
	struct said *s = &said[said_count];
	*s = (struct said){.by = d->person, .to = to, .after = newest(d, to)};
	snprintf(text, sizeof text, "m%u", said_count);
	if (desk_say(d, to, text, &s->id) == GN_OK)
		said_count++;
}

/* A change of some message that this device has. */
static void change_something(struct desk *d, unsigned with)
{
	struct gn_content what = {.kind = GN_CONTENT_EDIT, .text = GN_LIT("edited")};
	struct said *s = &said[below(said_count)];
	char text[32];
	bool mine = s->by == d->person && s->to == with;
	if (!mine && !(s->by == with && s->to == d->person))
		return;
	what.ref.id = s->id;
	what.ref.sender = *world_owner(&w, s->by);
	snprintf(text, sizeof text, "e%u", (unsigned)below(1000));
	what.text = gn_str(text);
	uint64_t kind = below(mine ? 4 : 2);
	if (kind < 2) {
		what.kind = GN_CONTENT_REACTION;
		what.text = gn_slice(NULL, 0);
		what.u.emoji = kind ? GN_LIT("+") : gn_slice(NULL, 0);
	} else if (kind == 3 && below(3) == 0) {
		what.kind = GN_CONTENT_DELETE;
		what.text = gn_slice(NULL, 0);
		what.ref = (struct gn_content_ref){.id = {{0}}};
		what.ids = (struct gn_content_ids){s->id.b, 1};
	}
	gn_err err = desk_what(d, with, &what);
	s->deleted |= err == GN_OK && what.kind == GN_CONTENT_DELETE;
	assert_true(err == GN_OK || err == GN_NOT_FOUND || err == GN_DENIED || err == GN_LIMIT);
}

static void read_something(struct desk *d, unsigned with)
{
	gn_err err;
	do {
		err = gn_people_read(d->p, world_owner(&w, with), newest(d, with), w.now);
	} while (!desk_settle(d));
	assert_int_equal(err, GN_OK);
}

/* Forged: changes of what others said, receipts for anything, wild numbers, orders and
 * sightings. */
static void lie_something(void)
{
	static const enum gn_content_kind kinds[] = {GN_CONTENT_EDIT,     GN_CONTENT_DELETE,
						     GN_CONTENT_REACTION, GN_CONTENT_RECEIPT,
						     GN_CONTENT_TEXT,     GN_CONTENT_SYNC};
	unsigned to = LIAR;
	while (to == LIAR)
		to = (unsigned)below(w.count);
	struct gn_content c = {.kind = kinds[below(GN_COUNT(kinds))], .text = GN_LIT("forged")};
	struct gn_content_id of = {{7}};
	if (said_count)
		of = said[below(said_count)].id;
	gn_rand_fill(&w.rand, c.id.b, sizeof c.id.b);
	c.sent = people_ms(w.now);
	c.order = c.sent + (below(4) ? 0 : 1000000000);
	if (gn_content_stays(c.kind)) {
		c.seq = below(4) ? 2 + below(100) : CONTENT_NUMBER_MAX - below(100);
		c.prev.b[0] = 1;
		c.seen_count = 1;
		c.seen[0].seq = 1 + below(UINT64_C(1) << 40);
		c.seen[0].device = gn_content_device(&some_desk()->key.pk);
	}
	c.ref.id = of;
	if (c.kind == GN_CONTENT_DELETE || c.kind == GN_CONTENT_RECEIPT)
		c.ids = (struct gn_content_ids){of.b, 1};
	if (c.kind == GN_CONTENT_SYNC) {
		c.u.sync.at[0] = (struct gn_content_register){GN_LIT("k"), GN_LIT("v"), 1, 1};
		c.u.sync.count = 1;
	}
	for (unsigned k = 0; k < w.devices; k++)
		world_post(&w, world_desk(&w, LIAR, 1)->number, world_desk(&w, to, k)->number, &c);
}

static void act(void)
{
	struct desk *d = some_desk();
	unsigned with = (d->person + 1 + (unsigned)below(w.count - 1)) % w.count;
	uint64_t what = below(20);
	if (lies && below(5) == 0)
		lie_something();
	if (what < 8)
		say_something(d, with);
	else if (what < 12 && said_count)
		change_something(d, with);
	else if (what < 14)
		read_something(d, with);
	else if (what == 14)
		d->off = !d->off;
	else if (what == 15)
		desk_reopen(d);
	else if (what == 16)
		w.now += (gn_time)below(20 * 60) * GN_SEC;
	else
		w.now += (gn_time)below(3000) * GN_MSEC;
	for (uint64_t i = below(12); i > 0; i--)
		world_step(&w);
}

static void all_well(void)
{
	w.lost = w.doubled = w.unopened = w.crash = 0;
	for (unsigned i = 0; i < WORLD_DESKS; i++)
		w.desks[i].off = false;
	world_run(&w, w.now + 3 * 86400 * GN_SEC);
	assert_int_equal(w.letter_count, 0);
}

static void check_pair(unsigned a, unsigned b)
{
	static char one[1 << 16], other[1 << 16];
	size_t count = desk_view(world_desk(&w, a, 0), b, one, sizeof one), known = 1;
	for (unsigned i = 0; i < said_count; i++)
		known += (said[i].by == a && said[i].to == b) ||
			 (said[i].by == b && said[i].to == a);
	assert_int_equal(count, known); /* and the request */
	for (unsigned k = 0; k < 2 * w.devices; k++) {
		struct desk *d = world_desk(&w, k % 2 ? a : b, k / 2);
		struct gn_people_contact c = desk_contact(d, k % 2 ? b : a);
		desk_view(d, k % 2 ? b : a, other, sizeof other);
		assert_same_view(one, other);
		assert_int_equal(c.gaps, 0);
		assert_int_equal(c.outstanding, 0);
		assert_int_equal(c.state, GN_PEOPLE_ACCEPTED);
	}
}

/* With a liar: both devices of who was lied to show the same, and their own words are as they said
 * them. */
static void check_lied_to(unsigned a)
{
	static char one[1 << 16], other[1 << 16];
	desk_view(world_desk(&w, a, 0), LIAR, one, sizeof one);
	desk_view(world_desk(&w, a, 1), LIAR, other, sizeof other);
	if (strstr(one, "gap") == NULL && strstr(other, "gap") == NULL)
		assert_same_view(one, other);
	for (unsigned i = 0; i < said_count; i++) {
		for (unsigned k = 0; k < 2 && said[i].by == a && said[i].to == LIAR; k++) {
			const struct kept_row *r =
				desk_message(world_desk(&w, a, k), LIAR, true, &said[i].id);
			assert_non_null(r);
			assert_int_equal(r->m.deleted, said[i].deleted);
			assert_false(gn_slice_eq(r->m.edited, GN_LIT("forged")));
		}
		for (unsigned k = 0; k < 2 && said[i].by == LIAR && said[i].to == a; k++)
			assert_non_null(
				desk_message(world_desk(&w, a, k), LIAR, false, &said[i].id));
	}
}

static void check_states(void)
{
	for (unsigned i = 0; i < said_count; i++) {
		const struct said *s = &said[i];
		if (lies && (s->by == LIAR || s->to == LIAR))
			continue;
		enum gn_people_sent state =
			desk_message(world_desk(&w, s->by, 0), s->to, true, &s->id)->m.state;
		assert_true(state == GN_PEOPLE_DELIVERED || state == GN_PEOPLE_READ);
		for (unsigned k = 0; k < w.devices; k++) {
			const struct kept_row *own = desk_message(world_desk(&w, s->by, k), s->to,
								  true, &s->id),
					      *their = desk_message(world_desk(&w, s->to, k), s->by,
								    false, &s->id);
			assert_non_null(own);
			assert_non_null(their);
			assert_int_equal(own->m.state, state);
			/* receipts do not stay: of a lost one the other device's is enough */
			assert_in_range(own->m.receipt_count, 1, w.devices);
			assert_true(own->m.order > s->after);
		}
	}
}

static void one_world(uint64_t seed, bool deep)
{
	unsigned people = 2 + seed % 2;
	said_count = 0;
	world_make(&w, seed, people, 2);
	for (unsigned a = 0; a < people; a++)
		for (unsigned b = a + 1; b < people; b++)
			world_befriend(&w, a, b);
	w.lost = seed % 3 ? 150 : 0;
	w.doubled = 150;
	w.unopened = seed % 5 ? 100 : 0;
	w.crash = seed % 4 ? 150 : 0;
	lies = seed % 4 == 1;
	for (unsigned i = 0; i < (deep ? 4u : 1u) * STEPS; i++)
		act();
	all_well();
	unsigned crashes = 0;
	uint64_t doubles = 0;
	for (unsigned a = 0; a < people; a++)
		for (unsigned b = a + 1; b < people; b++)
			if (!lies || (a != LIAR && b != LIAR))
				check_pair(a, b);
	for (unsigned a = 0; a < people && lies; a++)
		if (a != LIAR)
			check_lied_to(a);
	check_states();
	for (unsigned i = 0; i < people * 2; i++) {
		crashes += w.desks[i].crashes;
		doubles += desk_count(&w.desks[i], "doubles");
	}
	printf("GN_SEED=%llu: %u people, %u said, %u crashes, %llu doubles\n",
	       (unsigned long long)seed, people, said_count, crashes, (unsigned long long)doubles);
	assert_true(said_count > 10);
	world_free(&w);
}

static void alike(void **state)
{
	(void)state;
	const char *one = getenv("GN_SEED");
	bool deep = getenv("GN_DEEP") != NULL;
	uint64_t first = one ? strtoull(one, NULL, 10) : 1, last = one ? first : deep ? 300 : 12;
	for (uint64_t seed = first; seed <= last; seed++) {
		printf("GN_SEED=%llu\n", (unsigned long long)seed);
		fflush(stdout);
		one_world(seed, deep);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(alike)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
