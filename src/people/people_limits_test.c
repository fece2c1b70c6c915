/* Every limit at the limit and one past it; what memory that runs out leaves. Rules PE-11,
 * PE-14, PE-19, PE-22, PE-23, PE-44, PE-48, PE-50, PE-52..PE-54. `--corpus DIR` writes seeds for
 * people_load_fuzz. */
#include "people/testing/world.h"

#include <stdio.h>
#include <stdlib.h>

static struct world w;
static struct desk *a1, *b1;

static int two(void **state)
{
	(void)state;
	world_make(&w, 31, 2, 1);
	a1 = world_desk(&w, 0, 0);
	b1 = world_desk(&w, 1, 0);
	world_befriend(&w, 0, 1);
	return 0;
}

static int done(void **state)
{
	(void)state;
	world_free(&w);
	return 0;
}

static struct gn_content made(enum gn_content_kind kind, uint64_t seq)
{
	struct gn_content c = {.kind = kind, .seq = seq};
	c.sent = c.order = people_ms(w.now);
	gn_rand_fill(&w.rand, c.id.b, sizeof c.id.b);
	if (seq > 1)
		c.prev.b[0] = 1;
	if (kind == GN_CONTENT_TEXT)
		c.text = GN_LIT("text");
	return c;
}

/* Of any owner and device, to a1. */
static gn_err comes(const struct gn_pk *owner, const struct gn_pk *device,
		    const struct gn_content *c)
{
	static uint8_t bytes[GN_CONTENT_MAX];
	struct gn_buf b = {bytes, 0, sizeof bytes};
	assert_int_equal(gn_content_make(c, &b), GN_OK);
	gn_err err = gn_people_recv(a1->p,
				    &(struct gn_people_in){.owner = *owner,
							   .device = *device,
							   .content = gn_buf_slice(&b)},
				    w.now);
	desk_settle(a1);
	return err;
}

static gn_err from_b(const struct gn_content *c)
{
	return comes(world_owner(&w, 1), &b1->key.pk, c);
}

static struct people_contact *bob(void)
{
	return people_contact_get(a1->p, world_owner(&w, 1));
}

static void drop_letters(void)
{
	while (w.letter_count)
		free(w.letters[--w.letter_count].bytes);
}

static void outstanding(void **state)
{
	(void)state;
	struct gn_content_id id;
	b1->off = true;
	for (unsigned i = 0; i < GN_PEOPLE_OUTSTANDING_MAX; i++)
		assert_int_equal(desk_say(a1, 1, "x", &id), GN_OK);
	assert_int_equal(desk_contact(a1, 1).outstanding, GN_PEOPLE_OUTSTANDING_MAX);
	assert_int_equal(desk_say(a1, 1, "x", NULL), GN_LIMIT);
	desk_reopen(a1);
	assert_int_equal(desk_say(a1, 1, "x", NULL), GN_LIMIT);
	assert_int_equal(
		gn_people_failed(a1->p, desk_contact(a1, 1).chat, &id, GN_PEOPLE_WHY_COUNT, w.now),
		GN_RANGE);
	assert_int_equal(
		gn_people_failed(a1->p, desk_contact(a1, 1).chat, &id, GN_PEOPLE_TOO_BIG, w.now),
		GN_OK);
	desk_settle(a1);
	assert_int_equal(desk_say(a1, 1, "x", NULL), GN_OK);
	assert_int_equal(gn_people_retry(a1->p, desk_contact(a1, 1).chat, &id, w.now), GN_LIMIT);
	/* all are due at once: PEOPLE_WORK_MAX a call, and a call's output has room for them */
	w.now += (gn_time)PEOPLE_CHECK_MS * GN_MSEC;
	drop_letters();
	assert_int_equal(gn_people_tick(a1->p, w.now), GN_OK);
	assert_int_equal(a1->p->sends.count, PEOPLE_WORK_MAX);
	assert_true(a1->p->rows.count < PEOPLE_ROWS_MAX / 2);
	assert_true(a1->p->events.count < PEOPLE_EVENTS_MAX / 2);
	desk_settle(a1);
	for (unsigned i = 0; gn_people_deadline(a1->p) <= w.now; i++) {
		assert_true(i < 20);
		assert_int_equal(gn_people_tick(a1->p, w.now), GN_OK);
		assert_true(a1->p->sends.count <= PEOPLE_SENDS_MAX / 2);
		desk_settle(a1);
	}
	assert_int_equal(w.letter_count, GN_PEOPLE_OUTSTANDING_MAX);
}

/* PE-14: what is said of messages that have not come. */
static void early(void **state)
{
	(void)state;
	uint64_t seq = 50;
	for (unsigned i = 0; i < PEOPLE_EARLY_MAX; i++) {
		struct gn_content c = made(GN_CONTENT_EDIT, seq++);
		gn_rand_fill(&w.rand, c.ref.id.b, 16);
		c.text = GN_LIT("x");
		assert_int_equal(from_b(&c), GN_OK);
	}
	assert_int_equal(bob()->chat.early[0], PEOPLE_EARLY_MAX);
	assert_int_equal(desk_count(a1, "early-full"), 0);
	struct gn_content c = made(GN_CONTENT_EDIT, seq++), text;
	c.ref.id.b[0] = 1;
	c.text = GN_LIT("x");
	assert_int_equal(from_b(&c), GN_OK);
	assert_int_equal(desk_count(a1, "early-full"), 1);
	assert_null(desk_message(a1, 1, false, &c.ref.id));
	/* what comes makes room */
	for (size_t i = 0; i < a1->row_count; i++)
		if (a1->rows[i].kind == GN_PEOPLE_ROW_MESSAGE && a1->rows[i].m.early)
			c.ref.id = a1->rows[i].m.id;
	text = made(GN_CONTENT_TEXT, seq++);
	text.id = c.ref.id;
	assert_int_equal(from_b(&text), GN_OK);
	assert_int_equal(bob()->chat.early[0], PEOPLE_EARLY_MAX - 1);
	/* our side's are apart; one that is named twice in one receipt is one */
	struct gn_content r = made(GN_CONTENT_RECEIPT, 0);
	uint8_t ids[GN_CONTENT_IDS_MAX * 16];
	memset(ids, 9, sizeof ids);
	r.ids = (struct gn_content_ids){ids, GN_CONTENT_IDS_MAX};
	assert_int_equal(from_b(&r), GN_OK);
	assert_int_equal(bob()->chat.early[1], 1);
	for (unsigned i = 0; i < PEOPLE_EARLY_MAX / GN_CONTENT_IDS_MAX + 1; i++) {
		gn_rand_fill(&w.rand, ids, sizeof ids);
		r.ids = (struct gn_content_ids){ids, GN_CONTENT_IDS_MAX};
		r.id.b[0]++;
		assert_int_equal(from_b(&r), GN_OK);
	}
	assert_int_equal(bob()->chat.early[1], PEOPLE_EARLY_MAX);
	assert_int_equal(desk_count(a1, "early-full"), 2 + GN_CONTENT_IDS_MAX);
	/* the largest deletion fits into a call */
	c = made(GN_CONTENT_DELETE, seq++);
	uint8_t mine[GN_CONTENT_IDS_MAX * 16];
	unsigned n = 0;
	for (size_t i = 0; i < a1->row_count && n < GN_CONTENT_IDS_MAX; i++)
		if (a1->rows[i].kind == GN_PEOPLE_ROW_MESSAGE && a1->rows[i].m.early &&
		    !a1->rows[i].m.mine)
			memcpy(mine + 16 * n++, a1->rows[i].m.id.b, 16);
	c.ids = (struct gn_content_ids){mine, n};
	assert_int_equal(from_b(&c), GN_OK);
}

/* PE-22, PE-23. */
static void receipts(void **state)
{
	(void)state;
	struct gn_content_id id;
	struct gn_sk device;
	assert_int_equal(desk_say(a1, 1, "x", &id), GN_OK);
	drop_letters();
	for (unsigned i = 0; i < GN_PEOPLE_RECEIPTS_MAX + 1; i++) {
		struct gn_content r = made(GN_CONTENT_RECEIPT, 0);
		r.ids = (struct gn_content_ids){id.b, 1};
		r.u.read = i == GN_PEOPLE_RECEIPTS_MAX;
		gn_sk_new(&w.rand, &device);
		assert_int_equal(comes(world_owner(&w, 1), &device.pk, &r), GN_OK);
	}
	const struct gn_people_message *m = &desk_message(a1, 1, true, &id)->m;
	assert_int_equal(m->receipt_count, GN_PEOPLE_RECEIPTS_MAX);
	assert_int_equal(m->state, GN_PEOPLE_READ); /* the one too many counts all the same */
	assert_int_equal(bob()->device_count, GN_PEOPLE_DEVICES_MAX);
	/* 64 of ours go at once, fewer after a second */
	gn_time begin = w.now;
	drop_letters();
	for (unsigned i = 0; i < GN_CONTENT_IDS_MAX; i++) {
		/* of two devices: 50 of one would be answered (PE-31) */
		struct gn_content c = made(GN_CONTENT_TEXT, 40 + i);
		const struct gn_pk *from = &bob()->devices[i % 2].key;
		assert_int_equal(comes(world_owner(&w, 1), from, &c), GN_OK);
	}
	assert_int_equal(bob()->chat.receipt_count, GN_CONTENT_IDS_MAX);
	desk_reopen(a1);
	struct gn_content c = made(GN_CONTENT_TEXT, 200);
	assert_int_equal(from_b(&c), GN_OK);
	assert_int_equal(w.letter_count, 1);
	assert_int_equal(bob()->chat.receipt_count, 1);
	b1->off = true;
	world_run(&w, begin + PEOPLE_RECEIPTS_WAIT - 1);
	assert_int_equal(w.letter_count, 1);
	world_run(&w, begin + PEOPLE_RECEIPTS_WAIT);
	assert_int_equal(w.letter_count, 2);
}

/* Rows at their largest: they are written and read. */
static void rows(void **state)
{
	(void)state;
	uint8_t bytes[PEOPLE_ROW_MAX];
	struct gn_sk device;
	struct gn_hash item = {{0}};
	b1->off = true;
	for (unsigned i = 0; i < GN_PEOPLE_DEVICES_MAX - 1; i++) {
		struct gn_content c = made(GN_CONTENT_TEXT, 3);
		gn_sk_new(&w.rand, &device);
		assert_int_equal(comes(world_owner(&w, 1), &device.pk, &c), GN_OK);
		for (unsigned k = 0; k < CONTENT_RESEND_MAX + 1; k++) {
			item.b[0] = (uint8_t)k;
			item.b[1] = (uint8_t)i;
			assert_int_equal(gn_people_unopened(a1->p, world_owner(&w, 1), &device.pk,
							    &item, w.now),
					 GN_OK);
			desk_settle(a1);
		}
	}
	for (unsigned i = 0; i < PEOPLE_GAPS_MAX + 5; i++) {
		struct gn_content c = made(GN_CONTENT_TEXT, 100 + 2 * i);
		assert_int_equal(from_b(&c), GN_OK);
	}
	assert_int_equal(bob()->chat.chains.gap_count, PEOPLE_GAPS_MAX);
	assert_true(people_contact_row(bob(), bytes, sizeof bytes) > 4000);
	assert_true(people_chat_row(bob(), bytes, sizeof bytes) > 1500);
	desk_reopen(a1);
	assert_int_equal(bob()->chat.chains.gap_count, PEOPLE_GAPS_MAX);
	/* the longest edit */
	static uint8_t text[GN_CONTENT_TEXT_MAX], row[PEOPLE_MESSAGE_ROW_MAX];
	memset(text, 'x', sizeof text);
	struct gn_people_message m = {.edited = GN_SLICE(text),
				      .receipt_count = GN_PEOPLE_RECEIPTS_MAX,
				      .reactions[0].len = GN_CONTENT_EMOJI_MAX,
				      .reactions[1].len = GN_CONTENT_EMOJI_MAX},
				 back;
	struct gn_writer wr = gn_writer(row, sizeof row);
	people_message_row(&m, &wr);
	assert_false(wr.bad);
	assert_int_equal(gn_people_message_open(gn_slice(row, gn_writer_len(&wr)), &back), GN_OK);
	assert_int_equal(back.edited.len, GN_CONTENT_TEXT_MAX);
	for (size_t cut = 0; cut < 400; cut++)
		assert_int_equal(gn_people_message_open(gn_slice(row, cut), &back), GN_CORRUPT);
}

/* What is said is at most so long that a copy of it is a content too. */
static void copies(void **state)
{
	(void)state;
	static uint8_t preview[CONTENT_PREVIEW_MAX], text[GN_CONTENT_TEXT_MAX];
	struct gn_content c = {.kind = GN_CONTENT_FILE}, probe;
	memset(text, 'x', sizeof text);
	c.u.files.count = GN_CONTENT_FILES_MAX;
	for (unsigned i = 0; i < GN_CONTENT_FILES_MAX; i++)
		c.u.files.at[i].preview = GN_SLICE(preview);
	gn_err err = GN_OK;
	size_t most = 0;
	for (c.text = gn_slice(text, 6000); err == GN_OK; c.text.len += 8) {
		probe = c;
		memset(probe.id.b, 0, sizeof probe.id.b);
		err = desk_what(a1, 1, &probe);
		if (err == GN_OK)
			most = desk_message(a1, 1, true, &probe.id)->content_len;
	}
	assert_int_equal(err, GN_TOO_LARGE);
	assert_in_range(most, GN_CONTENT_MAX - CONTENT_COPY_AROUND - 16,
			GN_CONTENT_MAX - CONTENT_COPY_AROUND);
}

static void requests(void **state)
{
	(void)state;
	struct gn_sk s[2], first;
	struct gn_people_contact c;
	for (unsigned i = 0; i <= PEOPLE_REQUESTS_MAX; i++) {
		struct gn_content text = made(GN_CONTENT_TEXT, 1);
		gn_sk_new(&w.rand, &s[0]);
		gn_sk_new(&w.rand, &s[1]);
		if (i == 0)
			first = s[0];
		if (i == PEOPLE_REQUESTS_MAX) {
			assert_int_equal(a1->p->requests, PEOPLE_REQUESTS_MAX);
			assert_int_equal(gn_people_get(a1->p, &first.pk, &c), GN_OK);
		}
		assert_int_equal(comes(&s[0].pk, &s[1].pk, &text), GN_OK);
		w.now += GN_SEC;
	}
	assert_int_equal(a1->p->requests, PEOPLE_REQUESTS_MAX);
	assert_int_equal(desk_count(a1, "requests-full"), 1);
	assert_int_equal(gn_people_get(a1->p, &first.pk, &c), GN_NOT_FOUND);
	assert_int_equal(gn_people_get(a1->p, &s[0].pk, &c), GN_OK);
}

/* PE-44: a contact is known by so many keys of before. */
static void keys(void **state)
{
	(void)state;
	struct gn_sk key[PEOPLE_KEYS_BEFORE_MAX + 2];
	struct gn_people_identity id = {.owner = *world_owner(&w, 1), .version.seq = 10};
	struct gn_people_contact c;
	for (unsigned i = 0; i < GN_COUNT(key); i++) {
		gn_sk_new(&w.rand, &key[i]);
		gn_sha256(&GN_SLICE(key[i].pk.b), 1, &id.next);
		assert_int_equal(gn_people_identity(a1->p, &id, w.now), GN_OK);
		desk_settle(a1);
		id.old_owner = id.owner;
		id.owner = key[i].pk;
		id.version.seq++;
	}
	assert_int_equal(gn_people_identity(a1->p, &id, w.now), GN_OK);
	desk_settle(a1);
	desk_reopen(a1);
	assert_int_equal(gn_people_get(a1->p, &id.owner, &c), GN_OK);
	assert_int_equal(gn_people_get(a1->p, &key[1].pk, &c), GN_OK);
	assert_int_equal(gn_people_get(a1->p, &key[0].pk, &c), GN_NOT_FOUND);
	assert_int_equal(gn_people_get(a1->p, world_owner(&w, 1), &c), GN_NOT_FOUND);
}

/* ---- many ---- */

static bool finds_nothing(void *user, const struct gn_people_find *find,
			  struct gn_people_found *out)
{
	(void)user;
	(void)find;
	(void)out;
	return false;
}

static void drain(struct gn_people *p)
{
	struct gn_people_row row;
	struct gn_people_send send;
	struct gn_people_event e;
	while (gn_people_next_row(p, &row))
		;
	while (gn_people_next_send(p, &send))
		;
	while (gn_people_next_event(p, &e))
		;
}

/* PE-52: ten thousand people, and what they cost. */
static void contacts(void **state)
{
	(void)state;
	struct gn_alloc alloc;
	struct gn_prng g;
	struct gn_rand rand = gn_prng_rand(&g);
	struct gn_env env = {.alloc = &alloc, .rand = &rand};
	struct gn_people_config config = {.owner = {{1}}, .device = {{2}}, .find = finds_nothing};
	struct gn_people_add add = {.trust = GN_PEOPLE_MET};
	struct gn_people_contact c;
	struct gn_people *p;
	gn_alloc_heap(&alloc, 64u << 20);
	gn_prng_init(&g, 1);
	assert_int_equal(gn_people_new(&env, &config, &p), GN_OK);
	for (uint32_t i = 0; i < GN_PEOPLE_CONTACTS_MAX; i++) {
		gn_put_be32(add.owner.b, i + 7);
		assert_int_equal(gn_people_add(p, &add, 1), GN_OK);
		drain(p);
	}
	add.owner.b[31] = 1;
	assert_int_equal(gn_people_add(p, &add, 1), GN_LIMIT);
	struct gn_content text = made(GN_CONTENT_TEXT, 1);
	uint8_t bytes[1024];
	struct gn_buf b = {bytes, 0, sizeof bytes};
	assert_int_equal(gn_content_make(&text, &b), GN_OK);
	struct gn_people_in in = {.owner = add.owner, .content = gn_buf_slice(&b)};
	assert_int_equal(gn_people_recv(p, &in, 1), GN_OK);
	drain(p);
	struct gn_counter full;
	assert_true(gn_people_counter(p, PEOPLE_C_CONTACTS_FULL, &full));
	assert_string_equal(full.name, "contacts-full");
	assert_int_equal(full.value, 1);
	printf("%u contacts: %zu bytes\n", GN_PEOPLE_CONTACTS_MAX, alloc.used);
	assert_true(alloc.used < 16u << 20);
	assert_true(gn_people_at(p, GN_PEOPLE_CONTACTS_MAX - 1, &c));
	assert_false(gn_people_at(p, GN_PEOPLE_CONTACTS_MAX, &c));
	gn_people_validate(p);
	gn_people_free(p);
	assert_int_equal(alloc.count, 0);
}

/* PE-50, PE-54: memory runs out at every place of a call: it was as if the call had not been. */
static void no_memory(void **state)
{
	(void)state;
	struct gn_content c = made(GN_CONTENT_TEXT, 30);
	uint8_t bytes[1024];
	struct gn_buf b = {bytes, 0, sizeof bytes};
	struct gn_people_row row;
	assert_int_equal(gn_content_make(&c, &b), GN_OK);
	struct gn_people_in in = {.owner = *world_owner(&w, 1),
				  .device = b1->key.pk,
				  .setup = true,
				  .content = gn_buf_slice(&b)};
	unsigned failed = 0;
	for (uint64_t n = 1;; n++) {
		a1->alloc.fail_at = n;
		gn_err err = gn_people_recv(a1->p, &in, w.now);
		bool short_of = a1->alloc.fail_at == 0;
		a1->alloc.fail_at = 0;
		if (!short_of) {
			assert_int_equal(err, GN_OK);
			break;
		}
		failed++;
		assert_int_equal(err, GN_NOMEM);
		assert_false(gn_people_next_row(a1->p, &row));
		assert_int_equal(gn_people_deadline(a1->p), GN_NEVER);
		assert_int_equal(gn_people_recv(a1->p, &in, w.now), GN_STATE);
		desk_reopen(a1);
	}
	assert_true(failed > 8);
	desk_settle(a1);
	assert_non_null(desk_message(a1, 1, false, &c.id));
	/* and while it is opened */
	for (uint64_t n = 1; n < 12; n++) {
		struct gn_people_config config = {
			.owner = {{1}}, .device = {{2}}, .find = finds_nothing};
		struct gn_people *p;
		a1->alloc.fail_at = n;
		gn_err err = gn_people_new(&a1->env, &config, &p);
		a1->alloc.fail_at = 0;
		if (err == GN_OK)
			gn_people_free(p);
		else
			assert_int_equal(err, GN_NOMEM);
	}
}

/* Seeds for people_load_fuzz: rows as they are stored. */
static int write_corpus(const char *folder)
{
	unsigned n = 0;
	two(NULL);
	struct gn_people_invite v = {.uses = 1, .until = UINT64_C(1) << 40};
	if (gn_people_invite(a1->p, &v, w.now))
		return 1;
	desk_settle(a1);
	struct gn_content c = made(GN_CONTENT_TEXT, 40);
	if (from_b(&c))
		return 1;
	for (size_t i = 0; i < a1->row_count && n < 12; i++) {
		const struct kept_row *r = &a1->rows[i], *chat = r;
		uint8_t head[3] = {(uint8_t)(r->kind - GN_PEOPLE_ROW_OWN), 0, 0};
		char path[512];
		if (r->kind == GN_PEOPLE_ROW_CHAT)
			continue;
		if (r->kind > GN_PEOPLE_ROW_CHAT)
			head[0] = 3;
		for (size_t k = 0; k < a1->row_count && r->kind == GN_PEOPLE_ROW_CONTACT; k++)
			if (a1->rows[k].kind == GN_PEOPLE_ROW_CHAT &&
			    gn_hash_eq(&a1->rows[k].chat, &r->chat))
				chat = &a1->rows[k];
		snprintf(path, sizeof path, "%s/people_load_fuzz/%02u", folder, ++n);
		FILE *f = fopen(path, "wb");
		if (!f)
			return 1;
		head[0] = chat != r ? 2 : head[0];
		head[1] = (uint8_t)(r->len >> 8);
		head[2] = (uint8_t)r->len;
		size_t want = r->len + (chat != r ? 3 + chat->len : 1);
		size_t got = fwrite(head, 1, chat != r ? 3 : 1, f) + fwrite(r->bytes, 1, r->len, f);
		if (chat != r)
			got += fwrite(chat->bytes, 1, chat->len, f);
		if (fclose(f) != 0 || got != want)
			return 1;
	}
	world_free(&w);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "--corpus") == 0)
		return write_corpus(argv[2]);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(outstanding, two, done),
		cmocka_unit_test_setup_teardown(early, two, done),
		cmocka_unit_test_setup_teardown(receipts, two, done),
		cmocka_unit_test_setup_teardown(rows, two, done),
		cmocka_unit_test_setup_teardown(copies, two, done),
		cmocka_unit_test_setup_teardown(requests, two, done),
		cmocka_unit_test_setup_teardown(keys, two, done),
		cmocka_unit_test(contacts),
		cmocka_unit_test_setup_teardown(no_memory, two, done),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
