/* The state as rows: a store that is told what changed has it all, a crash between any two steps is
 * as if the step had not been, damaged rows are refused; and memory that runs out at any place
 * leaves a device as it was. Rules EE-17, EE-34. */
#include "crypto/testing/known.h"
#include "e2ee/testing/party.h"

#include <stdlib.h>

#define ROWS_MAX 200

static struct party a, b;
static struct letter l;
static char text[64];

/* A store: rows by kind and name. */
static struct stored {
	struct gn_e2ee_row row;
	uint8_t *p; /* owned */
	size_t len;
} store[ROWS_MAX];
static size_t store_count;

static bool same_row(const struct gn_e2ee_row *x, const struct gn_e2ee_row *y)
{
	return x->kind == y->kind && x->session == y->session && gn_pk_eq(&x->device, &y->device);
}

static void delete_row(const struct gn_e2ee_row *row)
{
	for (size_t i = 0; i < store_count; i++) {
		if (!same_row(&store[i].row, row))
			continue;
		free(store[i].p);
		store[i--] = store[--store_count];
	}
}

/* Takes what changed; the number of rows. */
static unsigned persist(struct gn_e2ee *e)
{
	struct gn_e2ee_row row;
	unsigned count = 0;
	for (; gn_e2ee_next_row(e, &row); count++) {
		assert_int_not_equal(row.kind, GN_E2EE_ROW_ALL);
		bool gone = row.gone;
		row.gone = false;
		delete_row(&row);
		if (gone) {
			row.kind = GN_E2EE_ROW_SKIPPED;
			delete_row(&row);
			continue;
		}
		struct gn_buf buf = {.cap = gn_e2ee_row_len(e, &row)};
		assert_non_null(buf.p = malloc(buf.cap));
		assert_int_equal(gn_e2ee_row_save(e, &row, &buf), GN_OK);
		assert_true(row.kind != GN_E2EE_ROW_SESSION || buf.len <= E2EE_SESSION_ROW_MAX);
		assert_true(store_count < ROWS_MAX);
		store[store_count++] = (struct stored){row, buf.p, buf.len};
	}
	return count;
}

static struct gn_e2ee *from_store(struct party *p)
{
	struct gn_e2ee *e = NULL;
	for (int kind = GN_E2EE_ROW_OWN; kind < GN_E2EE_ROW_ALL; kind++) {
		for (size_t i = store_count; i-- > 0;) { /* any order within a kind */
			struct gn_slice row = gn_slice(store[i].p, store[i].len);
			if (store[i].row.kind != (enum gn_e2ee_row_kind)kind)
				continue;
			gn_err err =
				kind == GN_E2EE_ROW_OWN
					? gn_e2ee_open(&p->env, row, &e)
					: gn_e2ee_row_load(e, (enum gn_e2ee_row_kind)kind, row);
			assert_int_equal(err, GN_OK);
		}
	}
	gn_e2ee_validate(e);
	return e;
}

static int begin(void **state)
{
	(void)state;
	parties_make(&a, 2, &b, 1);
	return 0;
}

static int end(void **state)
{
	(void)state;
	parties_free(&a, &b);
	while (store_count)
		free(store[--store_count].p);
	return 0;
}

/* After each step what is stored is the device: the rows together are what gn_e2ee_save gives. */
static void each_step_stored(void **state)
{
	(void)state;
	assert_int_equal(persist(b.e), 3); /* own, set-ups, the peer */
	for (int i = 0; i < 120; i++) {
		if (i % 40 == 39)
			assert_int_equal(gn_e2ee_anew(i == 39 ? a.e : b.e,
						      i == 39 ? &b.own.device : &a.own.device),
					 GN_OK);
		if (i % 50 == 20) {
			party_renew(&b, 2);
			party_believe(&a, &b);
			gn_e2ee_prekeys_erase(b.e, &(uint32_t){11}, 1);
		}
		if (i % 7 == 3) {
			party_write(&a, &b, "lost", &l);
			party_talk(&a, &b, "after it");
			persist(b.e);
			assert_true(party_session(&b, &a)->skips[0].count > 0);
			if (i % 2) { /* late */
				assert_int_equal(party_text(&b, &l, text), GN_E2EE_OPENED);
				assert_int_equal(persist(b.e), 2);
			}
			continue;
		}
		party_talk(i % 3 ? &a : &b, i % 3 ? &b : &a, "on");
		persist(b.e);
		struct gn_e2ee *e = from_store(&b);
		struct snapshot have = party_save(&b);
		gn_e2ee_free(b.e);
		b.e = e;
		struct snapshot stored = party_save(&b);
		assert_int_equal(have.len, stored.len);
		if (b.e->peers.count == 1) /* order of peers and halves as they were */
			assert_memory_equal(have.p, stored.p, have.len);
		snapshot_free(&have);
		snapshot_free(&stored);
	}
	assert_int_equal(gn_e2ee_forget(b.e, &a.own.device), GN_OK);
	assert_true(persist(b.e) > 0);
	for (size_t i = 0; i < store_count; i++)
		assert_true(store[i].row.kind < GN_E2EE_ROW_SESSION);
}

/* In order, a message is one row. */
static void one_row(void **state)
{
	(void)state;
	party_talk(&a, &b, "set-up");
	party_talk(&b, &a, "answer");
	persist(b.e);
	for (int i = 0; i < 30; i++) {
		party_talk(i % 2 ? &a : &b, i % 2 ? &b : &a, "on");
		assert_int_equal(persist(b.e), 1);
	}
	struct gn_e2ee_row none = {.kind = GN_E2EE_ROW_SESSION, .session = 99};
	struct gn_buf out = {l.bytes, 0, sizeof l.bytes};
	assert_int_equal(gn_e2ee_row_save(b.e, &none, &out), GN_NOT_FOUND);
	none = (struct gn_e2ee_row){.kind = GN_E2EE_ROW_PEER};
	assert_int_equal(gn_e2ee_row_save(b.e, &none, &out), GN_NOT_FOUND);
	none.kind = GN_E2EE_ROW_OWN;
	out.cap = 100;
	assert_int_equal(gn_e2ee_row_save(b.e, &none, &out), GN_TOO_LARGE);
	assert_int_equal(out.len, 0);
}

/* Cut short or longer: refused; a byte changed: refused, or something that is fine by itself. */
static void damaged(void **state)
{
	(void)state;
	struct gn_e2ee *e;
	party_talk(&a, &b, "set-up");
	party_talk(&b, &a, "answer");
	party_write(&a, &b, "lost", &l);
	party_talk(&a, &b, "after it");
	struct snapshot s = party_save(&b);
	for (size_t len = 0; len < s.len; len += 1 + len / 50)
		assert_int_equal(gn_e2ee_load(&b.env, gn_slice(s.p, len), &e), GN_CORRUPT);
	uint8_t *longer = calloc(1, s.len + 1);
	assert_non_null(longer);
	memcpy(longer, s.p, s.len);
	assert_int_equal(gn_e2ee_load(&b.env, gn_slice(longer, s.len + 1), &e), GN_CORRUPT);
	free(longer);
	s.p[4]++;
	assert_int_equal(gn_e2ee_load(&b.env, gn_slice(s.p, s.len), &e), GN_VERSION);
	s.p[4]--;
	unsigned refused = 0;
	for (size_t i = 5; i < s.len; i++) {
		s.p[i] ^= 0x81;
		gn_err err = gn_e2ee_load(&b.env, gn_slice(s.p, s.len), &e);
		if (err) {
			assert_true(err == GN_CORRUPT || err == GN_LIMIT);
			refused++;
		} else {
			gn_e2ee_validate(e);
			gn_e2ee_free(e);
		}
		s.p[i] ^= 0x81;
	}
	assert_true(refused > 60);
	snapshot_free(&s);
}

/* What does not go together: sessions of nobody, twice, or numbered beyond what was given. */
static void not_together(void **state)
{
	(void)state;
	party_talk(&a, &b, "set-up");
	party_talk(&b, &a, "answer");
	persist(b.e);
	struct gn_e2ee *e = from_store(&b);
	struct gn_slice row = {0};
	for (size_t i = 0; i < store_count; i++)
		if (store[i].row.kind == GN_E2EE_ROW_SESSION)
			row = gn_slice(store[i].p, store[i].len);
	assert_int_equal(gn_e2ee_row_load(e, GN_E2EE_ROW_SESSION, row), GN_CORRUPT);
	assert_int_equal(gn_e2ee_row_load(e, GN_E2EE_ROW_OWN, row), GN_USAGE);
	assert_int_equal(gn_e2ee_forget(e, &a.own.device), GN_OK);
	assert_int_equal(gn_e2ee_row_load(e, GN_E2EE_ROW_SESSION, row), GN_CORRUPT);
	struct gn_e2ee_peer peer;
	party_peer(&a, &peer);
	assert_int_equal(gn_e2ee_believe(e, &peer), GN_OK);
	e->next_session = 1;
	assert_int_equal(gn_e2ee_row_load(e, GN_E2EE_ROW_SESSION, row), GN_CORRUPT);
	e->next_session = 2;
	assert_int_equal(gn_e2ee_row_load(e, GN_E2EE_ROW_SESSION, row), GN_OK);
	gn_e2ee_validate(e);
	gn_e2ee_free(e);
}

/* Set-ups twice, or behind sessions: the next session's number would be one that is taken. */
static void out_of_order(void **state)
{
	(void)state;
	struct gn_slice setups = {0};
	party_talk(&a, &b, "set-up");
	party_talk(&b, &a, "answer");
	persist(b.e);
	for (size_t i = 0; i < store_count; i++)
		if (store[i].row.kind == GN_E2EE_ROW_SETUPS)
			setups = gn_slice(store[i].p, store[i].len);
	struct gn_e2ee *e = from_store(&b);
	assert_int_equal(gn_e2ee_row_load(e, GN_E2EE_ROW_SETUPS, setups), GN_CORRUPT);
	gn_e2ee_validate(e);
	assert_int_equal(gn_e2ee_forget(e, &a.own.device), GN_OK);
	assert_int_equal(gn_e2ee_row_load(e, GN_E2EE_ROW_SETUPS, setups), GN_CORRUPT);
	gn_e2ee_free(e);
}

/* The store with a number of one kind of row changed. */
static gn_err load_with(enum gn_e2ee_row_kind changed, size_t at, uint64_t number)
{
	static uint8_t bytes[4096];
	struct gn_e2ee *e = NULL;
	gn_err err = GN_OK;
	for (int kind = GN_E2EE_ROW_OWN; kind < GN_E2EE_ROW_ALL; kind++) {
		for (size_t i = 0; i < store_count && !err; i++) {
			struct gn_slice row = gn_slice(store[i].p, store[i].len);
			if (store[i].row.kind != (enum gn_e2ee_row_kind)kind)
				continue;
			if (kind == (int)changed) {
				assert_true(row.len <= sizeof bytes);
				memcpy(bytes, row.p, row.len);
				gn_put_be64(bytes + at, number);
				row.p = bytes;
			}
			err = e ? gn_e2ee_row_load(e, (enum gn_e2ee_row_kind)kind, row)
				: gn_e2ee_open(&b.env, row, &e);
		}
	}
	if (!err)
		gn_e2ee_validate(e);
	gn_e2ee_free(e);
	return err;
}

/* Numbers from which the next one would wrap round. */
static void last_numbers(void **state)
{
	(void)state;
	size_t next_session = 1;                         /* behind the version */
	size_t key_serial = 1 + 8 + 4 + 32 + 32 + 4 + 8; /* of the first DH key */
	size_t next_serial = key_serial + 8;
	party_talk(&a, &b, "set-up");
	party_talk(&b, &a, "answer");
	party_write(&a, &b, "lost", &l);
	party_talk(&a, &b, "after it");
	persist(b.e);
	for (uint64_t over = 0; over < 2; over++) {
		uint64_t number = E2EE_SERIALS - 1 + over;
		gn_err want = over ? GN_CORRUPT : GN_OK;
		assert_int_equal(load_with(GN_E2EE_ROW_SETUPS, next_session, number), want);
		assert_int_equal(load_with(GN_E2EE_ROW_SKIPPED, next_serial, number), want);
	}
	assert_int_equal(load_with(GN_E2EE_ROW_SKIPPED, key_serial, UINT64_MAX), GN_CORRUPT);
}

/* Each row by itself: of another version, cut short, or with something behind it. */
static void each_row_whole(void **state)
{
	(void)state;
	static uint8_t bytes[1u << 16];
	party_talk(&a, &b, "set-up");
	party_talk(&b, &a, "answer");
	party_write(&a, &b, "lost", &l);
	party_talk(&a, &b, "after it");
	persist(b.e);
	for (size_t i = 0; i < store_count; i++) {
		for (int way = 0; way < 3; way++) {
			size_t len = store[i].len + (way == 1) - (way == 2);
			struct gn_e2ee *e = NULL;
			gn_err err = GN_OK;
			memcpy(bytes, store[i].p, store[i].len);
			bytes[0] += way == 0;
			for (int kind = GN_E2EE_ROW_OWN; kind <= (int)store[i].row.kind; kind++) {
				for (size_t k = 0; k < store_count; k++) {
					struct gn_slice row =
						k == i ? gn_slice(bytes, len)
						       : gn_slice(store[k].p, store[k].len);
					if (store[k].row.kind != (enum gn_e2ee_row_kind)kind)
						continue;
					err = e ? gn_e2ee_row_load(e, store[k].row.kind, row)
						: gn_e2ee_open(&b.env, row, &e);
				}
			}
			assert_int_equal(err, GN_CORRUPT);
			gn_e2ee_free(e);
		}
	}
	struct e2ee_pq *q = &party_session(&b, &a)->state.pq;
	assert_true(e2ee_pq_has_chunk(q));
	q->since = 3; /* how long its chunk has waited */
	struct snapshot s = party_save(&b);
	party_load(&b, s);
	snapshot_free(&s);
	assert_int_equal(party_session(&b, &a)->state.pq.since, 3);
}

/* Which rows own keys change. */
static void own_rows_told(void **state)
{
	(void)state;
	struct gn_e2ee_row row;
	persist(b.e);
	gn_e2ee_identity(b.e, &b.own.owner, b.own.seq + 1, &b.own.hash);
	assert_true(gn_e2ee_next_row(b.e, &row));
	assert_int_equal(row.kind, GN_E2EE_ROW_OWN);
	assert_false(gn_e2ee_next_row(b.e, &row));
	party_renew(&b, 1);
	assert_true(gn_e2ee_next_row(b.e, &row));
	assert_int_equal(row.kind, GN_E2EE_ROW_OWN);
	assert_false(gn_e2ee_next_row(b.e, &row));
	gn_e2ee_prekeys_erase(b.e, &(uint32_t){10}, 1);
	assert_true(gn_e2ee_next_row(b.e, &row));
	assert_int_equal(row.kind, GN_E2EE_ROW_OWN);
	assert_true(gn_e2ee_next_row(b.e, &row));
	assert_int_equal(row.kind, GN_E2EE_ROW_SETUPS);
	assert_false(gn_e2ee_next_row(b.e, &row));
}

/* The nth allocation fails, for all n until none does: nothing has changed, and then it works. */
static void out_of_memory(void **state)
{
	(void)state;
	static uint8_t bytes[GN_E2EE_SIZE_LARGEST];
	for (int step = 0; step < 4; step++) {
		struct party *from = step % 2 ? &b : &a, *to = step % 2 ? &a : &b;
		gn_err err = GN_NOMEM;
		for (uint64_t n = 1; err; n++) {
			struct snapshot before = party_save(from);
			from->alloc.fail_at = n;
			err = party_send(from, to, GN_LIT("x"), &l, 1);
			from->alloc.fail_at = 0;
			struct snapshot after = party_save(from);
			if (err) {
				assert_int_equal(err, GN_NOMEM);
				assert_memory_equal(before.p, after.p, before.len);
				gn_e2ee_validate(from->e);
			}
			snapshot_free(&before);
			snapshot_free(&after);
		}
		if (step == 2) { /* out of order: keys are kept */
			party_write(from, to, "ahead", &l);
		}
		err = GN_NOMEM;
		for (uint64_t n = 1; err; n++) {
			struct snapshot before = party_save(to);
			struct gn_buf out = {bytes, 0, sizeof bytes};
			struct gn_e2ee_read r;
			to->alloc.fail_at = n;
			err = gn_e2ee_read(to->e, party_hint, gn_slice(l.bytes, l.len), &out, &r,
					   1);
			to->alloc.fail_at = 0;
			struct snapshot after = party_save(to);
			if (err) {
				assert_int_equal(err, GN_NOMEM);
				assert_memory_equal(before.p, after.p, before.len);
				assert_int_equal(out.len, 0);
				gn_e2ee_validate(to->e);
			} else {
				assert_int_equal(r.result, GN_E2EE_OPENED);
			}
			snapshot_free(&before);
			snapshot_free(&after);
		}
	}
	struct snapshot s = party_save(&a);
	struct gn_e2ee *e;
	gn_err err = GN_NOMEM;
	for (uint64_t n = 1; err; n++) {
		uint64_t live = a.alloc.count;
		a.alloc.fail_at = n;
		err = gn_e2ee_load(&a.env, gn_slice(s.p, s.len), &e);
		a.alloc.fail_at = 0;
		assert_true(err == GN_OK || (err == GN_NOMEM && a.alloc.count == live));
	}
	gn_e2ee_free(e);
	snapshot_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_step_stored, begin, end),
		cmocka_unit_test_setup_teardown(one_row, begin, end),
		cmocka_unit_test_setup_teardown(damaged, begin, end),
		cmocka_unit_test_setup_teardown(not_together, begin, end),
		cmocka_unit_test_setup_teardown(out_of_order, begin, end),
		cmocka_unit_test_setup_teardown(last_numbers, begin, end),
		cmocka_unit_test_setup_teardown(each_row_whole, begin, end),
		cmocka_unit_test_setup_teardown(own_rows_told, begin, end),
		cmocka_unit_test_setup_teardown(out_of_memory, begin, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
