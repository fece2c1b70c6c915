/* See world.h. */
#include "people/testing/world.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- one device ---- */

static struct gn_people_config config_of(struct desk *d)
{
	return (struct gn_people_config){.owner = d->world->people[d->person].pk,
					 .device = d->key.pk,
					 .find = desk_find,
					 .user = d};
}

static void load_kind(struct desk *d, enum gn_people_row_kind kind)
{
	for (size_t i = 0; i < d->row_count; i++)
		if (d->rows[i].kind == kind)
			assert_int_equal(gn_people_load(d->p, kind,
							gn_slice(d->rows[i].bytes, d->rows[i].len)),
					 GN_OK);
}

void desk_reopen(struct desk *d)
{
	struct gn_people_config config = config_of(d);
	gn_people_free(d->p);
	assert_int_equal(gn_people_new(&d->env, &config, &d->p), GN_OK);
	load_kind(d, GN_PEOPLE_ROW_OWN);
	load_kind(d, GN_PEOPLE_ROW_CONTACT);
	load_kind(d, GN_PEOPLE_ROW_CHAT);
	gn_people_validate(d->p);
}

static unsigned person_of(const struct world *w, const struct gn_pk *owner)
{
	for (unsigned i = 0; i < w->count; i++)
		if (gn_pk_eq(&w->people[i].pk, owner))
			return i;
	return w->count;
}

static void put_letter(struct world *w, const struct letter *l, struct gn_slice bytes)
{
	w->letters = world_grow(w->letters, w->letter_count, &w->letter_room, sizeof *w->letters);
	struct letter *to = &w->letters[w->letter_count++];
	*to = *l;
	to->bytes = world_copy(bytes);
	to->len = bytes.len;
}

static bool chance(struct world *w, unsigned in_thousand)
{
	return in_thousand && gn_rand_below(&w->rand, 1000) < in_thousand;
}

/* One deposit: lost as a whole, or for each of the person's devices. */
static void post(struct desk *d, const struct gn_people_send *s)
{
	struct world *w = d->world;
	unsigned person = person_of(w, &s->owner);
	struct gn_content c;
	assert_int_equal(gn_content_open(s->content, &c, NULL), GN_OK);
	uint64_t item = ++w->next_item;
	if (s->stays) {
		void *grown = realloc(d->items, (d->item_count + 1) * sizeof *d->items);
		assert_non_null(grown);
		d->items = grown;
		d->items[d->item_count++] =
			(struct kept_item){.item = item, .chat = s->chat, .id = s->id};
	}
	bool resend = c.kind == GN_CONTENT_RESEND;
	bool to_one = !gn_pk_is_zero(&s->device); /* asked for once: its sender stores it surely */
	if (person == w->count || (!resend && !to_one && chance(w, w->lost)))
		return;
	for (unsigned i = 0; i < w->devices; i++) {
		struct desk *to = world_desk(w, person, i);
		if (to == d || (!gn_pk_is_zero(&s->device) && !gn_pk_eq(&s->device, &to->key.pk)))
			continue;
		put_letter(w,
			   &(struct letter){.item = item,
					    .from = d->number,
					    .to = to->number,
					    .stays = s->stays,
					    .resend = resend},
			   s->content);
	}
}

static bool commit(struct desk *d)
{
	struct gn_people_row row;
	struct gn_people_send send;
	struct gn_people_event e;
	if (chance(d->world, d->world->crash)) {
		d->crashes++;
		desk_reopen(d);
		return false;
	}
	while (gn_people_next_row(d->p, &row))
		desk_store(d, &row);
	while (gn_people_next_send(d->p, &send))
		post(d, &send);
	while (gn_people_next_event(d->p, &e))
		d->events[d->event_count++ % GN_COUNT(d->events)] = e;
	gn_people_validate(d->p);
	return true;
}

void world_record(const struct world *w, unsigned person, struct gn_people_identity *out,
		  struct gn_people_device devices[WORLD_DEVICES])
{
	*out = (struct gn_people_identity){.owner = w->people[person].pk,
					   .version.seq = 1,
					   .devices = devices,
					   .device_count = w->devices,
					   .name = gn_str("Somebody")};
	memset(&out->version.hash, (int)(person + 1), sizeof out->version.hash);
	gn_sha256(&GN_SLICE(w->next[person].pk.b), 1, &out->next);
	for (unsigned i = 0; i < w->devices; i++)
		devices[i] = (struct gn_people_device){
			.key = w->desks[person * WORLD_DEVICES + i].key.pk};
}

static void give_record(struct desk *d, unsigned person)
{
	struct gn_people_identity id;
	struct gn_people_device devices[WORLD_DEVICES];
	if (person >= d->world->count)
		return;
	world_record(d->world, person, &id, devices);
	gn_err err = person == d->person ? gn_people_me(d->p, &id, d->world->now)
					 : gn_people_identity(d->p, &id, d->world->now);
	assert_int_equal(err, GN_OK);
	commit(d);
}

static void give_box(struct desk *d, unsigned person)
{
	struct gn_content_box box = {.until = 1900000000};
	struct gn_sk deposit;
	gn_rand_fill(&d->rand, box.deposit_seed, sizeof box.deposit_seed);
	gn_rand_fill(&d->rand, box.box.b, sizeof box.box.b);
	gn_sk_from_seed(box.deposit_seed, &deposit);
	memcpy(box.certificate, deposit.pk.b, sizeof deposit.pk.b);
	gn_err err = gn_people_box(d->p, world_owner(d->world, person), &box, d->world->now);
	assert_true(err == GN_OK || err == GN_STATE);
	if (commit(d))
		d->told_box |= 1u << person;
}

/* What an agent looks after at its start, and when it was wanted. */
static void give_wanted(struct desk *d)
{
	struct world *w = d->world;
	struct gn_people_contact c;
	for (unsigned i = 0; i < w->count && !w->quiet; i++) {
		if (i == d->person || gn_people_get(d->p, world_owner(w, i), &c) != GN_OK)
			continue;
		if (c.pin.seq == 0)
			give_record(d, i);
		if (gn_people_get(d->p, world_owner(w, i), &c) == GN_OK &&
		    c.state == GN_PEOPLE_ACCEPTED && !c.blocked && !c.alarm &&
		    !(d->told_box & 1u << i))
			give_box(d, i);
	}
}

bool desk_settle(struct desk *d)
{
	bool done = commit(d);
	give_wanted(d);
	return done;
}

gn_err desk_what(struct desk *d, unsigned to, struct gn_content *what)
{
	if (gn_is_zero(&what->id, sizeof what->id))
		gn_rand_fill(&d->rand, what->id.b, sizeof what->id.b);
	gn_err err;
	do {
		err = gn_people_say(d->p, world_owner(d->world, to), what, d->world->now);
	} while (!desk_settle(d));
	return err;
}

gn_err desk_say(struct desk *d, unsigned to, const char *text, struct gn_content_id *id)
{
	struct gn_content what = {.kind = GN_CONTENT_TEXT, .text = gn_str(text)};
	gn_err err = desk_what(d, to, &what);
	if (id)
		*id = what.id;
	return err;
}

/* ---- the world ---- */

struct desk *world_desk(struct world *w, unsigned person, unsigned device)
{
	return &w->desks[person * WORLD_DEVICES + device];
}

const struct gn_pk *world_owner(const struct world *w, unsigned person)
{
	return &w->people[person].pk;
}

static void make_desk(struct world *w, uint64_t seed, unsigned person, unsigned device)
{
	struct desk *d = world_desk(w, person, device);
	*d = (struct desk){.world = w, .person = person};
	d->number = person * WORLD_DEVICES + device;
	gn_alloc_heap(&d->alloc, 256u << 20);
	gn_prng_init(&d->prng, seed * 1000 + d->number);
	d->rand = gn_prng_rand(&d->prng);
	d->env = (struct gn_env){.alloc = &d->alloc, .rand = &d->rand};
	gn_sk_new(&d->rand, &d->key);
}

void world_make(struct world *w, uint64_t seed, unsigned people, unsigned devices)
{
	*w = (struct world){.count = people, .devices = devices};
	gn_prng_init(&w->prng, seed);
	w->rand = gn_prng_rand(&w->prng);
	w->now = (gn_time)1800000000 * GN_SEC;
	for (unsigned i = 0; i < people; i++) {
		gn_sk_new(&w->rand, &w->people[i]);
		gn_sk_new(&w->rand, &w->next[i]);
		for (unsigned k = 0; k < devices; k++)
			make_desk(w, seed, i, k);
	}
	for (unsigned i = 0; i < people; i++) {
		for (unsigned k = 0; k < devices; k++) {
			struct desk *d = world_desk(w, i, k);
			desk_reopen(d);
			give_record(d, i);
		}
	}
}

void world_free(struct world *w)
{
	for (unsigned i = 0; i < w->count; i++) {
		for (unsigned k = 0; k < w->devices; k++) {
			struct desk *d = world_desk(w, i, k);
			gn_people_free(d->p);
			while (d->row_count)
				desk_drop_row(d, &d->rows[0]);
			free(d->rows);
			free(d->items);
			assert_int_equal(d->alloc.count, 0);
		}
	}
	while (w->letter_count)
		free(w->letters[--w->letter_count].bytes);
	free(w->letters);
}

static void take_letter(struct world *w, struct letter *l, bool *done)
{
	struct desk *d = &w->desks[l->to], *from = &w->desks[l->from];
	struct gn_people_in in = {.owner = w->people[from->person].pk,
				  .device = from->key.pk,
				  .setup = !d->met[l->from],
				  .content = gn_slice(l->bytes, l->len)};
	struct gn_hash item = {{0}};
	gn_put_be64(item.b, l->item);
	gn_err err;
	if (l->stays && d->met[l->from] && chance(w, w->unopened)) {
		err = gn_people_unopened(d->p, &in.owner, &in.device, &item, w->now);
		assert_true(err == GN_OK || err == GN_LIMIT || err == GN_NOT_FOUND);
		*done = err != GN_LIMIT;
	} else {
		err = gn_people_recv(d->p, &in, w->now);
		assert_true(err == GN_OK || err == GN_MALFORMED || err == GN_PENDING);
		*done = err != GN_PENDING;
	}
	l->held_until = *done ? 0 : w->now + (err == GN_LIMIT ? 600 * GN_SEC : 5 * GN_SEC);
	if (!desk_settle(d)) {
		l->held_until = 0;
		*done = false;
	} else if (*done) {
		d->met[l->from] = true;
	}
}

void world_deliver(struct world *w, size_t at)
{
	struct letter l = w->letters[at];
	uint8_t *bytes = world_copy(gn_slice(l.bytes, l.len));
	bool done, twice = chance(w, w->doubled);
	l.bytes = bytes;
	take_letter(w, &l, &done);
	w->letters[at].held_until = l.held_until;
	if (done && !twice) { /* it lies where it lay: others were only added */
		free(w->letters[at].bytes);
		w->letters[at] = w->letters[--w->letter_count];
	}
	free(bytes);
}

static bool tick_one(struct world *w)
{
	for (unsigned i = 0; i < w->count * WORLD_DEVICES; i++) {
		struct desk *d = &w->desks[i];
		if (!d->p || d->off || gn_people_deadline(d->p) > w->now)
			continue;
		assert_int_equal(gn_people_tick(d->p, w->now), GN_OK);
		desk_settle(d);
		return true;
	}
	return false;
}

bool world_step(struct world *w)
{
	if (tick_one(w))
		return true;
	size_t at = w->letter_count ? gn_rand_below(&w->rand, w->letter_count) : 0;
	for (size_t i = 0; i < w->letter_count; i++, at = (at + 1) % w->letter_count) {
		if (w->desks[w->letters[at].to].off || w->letters[at].held_until > w->now)
			continue;
		world_deliver(w, at);
		return true;
	}
	return false;
}

void world_run(struct world *w, gn_time until)
{
	for (unsigned long steps = 0;; steps++) {
		assert_true(steps < 4000000);
		if (world_step(w))
			continue;
		gn_time next = GN_NEVER;
		for (unsigned i = 0; i < w->count * WORLD_DEVICES; i++)
			if (w->desks[i].p && !w->desks[i].off)
				next = gn_time_min(next, gn_people_deadline(w->desks[i].p));
		for (size_t i = 0; i < w->letter_count; i++)
			if (w->letters[i].held_until > w->now)
				next = gn_time_min(next, w->letters[i].held_until);
		if (next > until)
			break;
		w->now = next > w->now ? next : w->now;
	}
	w->now = until > w->now ? until : w->now;
}

void world_befriend(struct world *w, unsigned a, unsigned b)
{
	struct desk *from = world_desk(w, a, 0), *to = world_desk(w, b, 0);
	struct gn_people_add add = {.owner = *world_owner(w, b), .trust = GN_PEOPLE_LINKED};
	assert_int_equal(gn_people_add(from->p, &add, w->now), GN_OK);
	desk_settle(from);
	assert_int_equal(desk_say(from, b, "may I?", NULL), GN_OK);
	world_run(w, w->now + 5 * GN_SEC);
	assert_int_equal(desk_contact(to, a).state, GN_PEOPLE_REQUEST);
	assert_int_equal(gn_people_answer(to->p, world_owner(w, a), true, w->now), GN_OK);
	desk_settle(to);
	world_run(w, w->now + 5 * GN_SEC);
	assert_int_equal(desk_contact(from, b).state, GN_PEOPLE_ACCEPTED);
}

void world_post(struct world *w, unsigned from, unsigned to, const struct gn_content *what)
{
	static uint8_t bytes[GN_CONTENT_MAX];
	struct gn_buf b = {bytes, 0, sizeof bytes};
	assert_int_equal(gn_content_make(what, &b), GN_OK);
	put_letter(w, &(struct letter){.item = ++w->next_item, .from = from, .to = to},
		   gn_buf_slice(&b));
}

/* ---- looking ---- */

struct gn_people_contact desk_contact(const struct desk *d, unsigned with)
{
	struct gn_people_contact c = {.owner = NULL};
	assert_int_equal(gn_people_get(d->p, world_owner(d->world, with), &c), GN_OK);
	return c;
}

const struct kept_row *desk_message(const struct desk *d, unsigned with, bool mine,
				    const struct gn_content_id *id)
{
	struct gn_hash chat = *desk_contact(d, with).chat;
	for (size_t i = 0; i < d->row_count; i++) {
		const struct kept_row *r = &d->rows[i];
		if (r->kind == GN_PEOPLE_ROW_MESSAGE && gn_hash_eq(&r->chat, &chat) &&
		    r->m.mine == mine && gn_content_id_eq(&r->m.id, id))
			return r;
	}
	return NULL;
}

uint64_t desk_count(const struct desk *d, const char *counter)
{
	struct gn_counter c;
	for (size_t i = 0; gn_people_counter(d->p, i, &c); i++)
		if (strcmp(c.name, counter) == 0)
			return c.value;
	fail_msg("no counter %s", counter);
	return 0;
}

bool desk_had(const struct desk *d, enum gn_people_event_kind kind)
{
	for (size_t i = 0; i < d->event_count && i < GN_COUNT(d->events); i++)
		if (d->events[i].kind == kind)
			return true;
	return false;
}

static int by_place(const void *a, const void *b)
{
	const struct kept_row *const *x = a, *const *y = b;
	return world_compare_place(&(*x)->m, (*y)->m.order, (*y)->m.sent, &(*y)->m.id);
}

static size_t view_line(const struct desk *d, unsigned with, const struct kept_row *r, char *out,
			size_t cap)
{
	const struct gn_people_message *m = &r->m;
	struct gn_content c = {.text = {NULL, 0}};
	unsigned low = d->person < with ? d->person : with;
	unsigned author = m->mine ? d->person : with;
	if (r->content_len)
		assert_int_equal(gn_content_open(gn_slice(r->content, r->content_len), &c, NULL),
				 GN_OK);
	struct gn_slice text = m->edit.order ? m->edited : c.text;
	if (m->deleted)
		text = gn_slice(NULL, 0);
	bool reads_mine = low != d->person; /* whose reaction stands first */
	const struct gn_people_reaction *one = &m->reactions[!reads_mine],
					*other = &m->reactions[reads_mine];
	return (size_t)snprintf(
		out, cap, "%02x%02x %u %s%s \"%.*s\" %u:%.*s %u:%.*s\n", m->id.b[0], m->id.b[1],
		author, m->deleted ? "deleted" : "", m->kind == GN_PEOPLE_GAP ? "gap" : "",
		(int)text.len, text.p ? (const char *)text.p : "", one->len, (int)one->len,
		(const char *)one->emoji, other->len, (int)other->len, (const char *)other->emoji);
}

size_t desk_view(const struct desk *d, unsigned with, char *out, size_t cap)
{
	struct gn_hash chat = *desk_contact(d, with).chat;
	const struct kept_row **shown = calloc(d->row_count + 1, sizeof *shown);
	size_t count = 0, n = 0;
	assert_non_null(shown);
	out[0] = 0;
	for (size_t i = 0; i < d->row_count; i++) {
		const struct kept_row *r = &d->rows[i];
		if (r->kind == GN_PEOPLE_ROW_MESSAGE && gn_hash_eq(&r->chat, &chat) &&
		    gn_people_shown(&r->m) && r->m.kind != GN_PEOPLE_LINE)
			shown[count++] = r;
	}
	qsort(shown, count, sizeof *shown, by_place);
	for (size_t i = 0; i < count && n + 1 < cap; i++)
		n += view_line(d, with, shown[i], out + n, cap - n);
	free(shown);
	return count;
}

void assert_same_view(const char *a, const char *b)
{
	if (strcmp(a, b) == 0)
		return;
	while (*a && *b) {
		size_t x = strcspn(a, "\n"), y = strcspn(b, "\n");
		if (x != y || memcmp(a, b, x) != 0)
			break;
		a += x + (a[x] == '\n');
		b += y + (b[y] == '\n');
	}
	fail_msg("%.60s\nis not\n%.60s", a, b);
}
