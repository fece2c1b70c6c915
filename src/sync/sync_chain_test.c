/* Chains: entries as they are signed, forged and moved; forks; what waits, in every order, up to
 * its limits and one past them. Rules SY-1..SY-7. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "sync/sync.h"

#define CHAIN 8

static struct gn_alloc heap;
static struct gn_prng prng;
static struct gn_rand rnd;
static struct gn_env env;
static struct gn_sk device, stranger;
static uint8_t pq_seed[GN_PQ_SEED_LEN], pq_pk[GN_PQ_PK_LEN];
static uint8_t scratch[GN_CHAIN_ENTRY_MAX];

struct made {
	uint8_t room[GN_CHAIN_ENTRY_MAX];
	struct gn_slice bytes;
	struct gn_chain_entry e;
};
static struct made chain[CHAIN], fork;

static gn_fbref make_settings(struct gn_fbb *b, const void *args)
{
	return gn_fb_chain_settings_make(b, args);
}
static gn_fbref make_role(struct gn_fbb *b, const void *args)
{
	return gn_fb_chain_role_make(b, args);
}

static gn_err sign(const struct gn_chain_at *at, const struct gn_sk *by, struct gn_slice name,
		   struct made *m)
{
	struct gn_fb_chain_settings_args args = {.name = name};
	struct gn_chain_author author = {.device = by, .person = by->pk, .time = 5};
	struct gn_chain_act act = {GN_FB_CHAIN_ACT_CHAIN_SETTINGS, make_settings, &args};
	struct gn_buf out = {m->room, 0, sizeof m->room};
	GN_TRY(gn_chain_sign(at, &author, &act, scratch, &out));
	m->bytes = gn_buf_slice(&out);
	return gn_chain_open(m->bytes, &m->e);
}

/* chain[0..7], and fork: another second entry. */
static int begin(void **state)
{
	(void)state;
	struct gn_chain_at at = {.seq = 0};
	gn_alloc_heap(&heap, SIZE_MAX / 2);
	gn_prng_init(&prng, 3);
	rnd = gn_prng_rand(&prng);
	env = (struct gn_env){&heap, &rnd, NULL};
	gn_sk_new(&rnd, &device);
	gn_sk_new(&rnd, &stranger);
	gn_rand_fill(&rnd, pq_seed, sizeof pq_seed);
	assert_int_equal(gn_pq_public(pq_seed, pq_pk), GN_OK);
	for (int i = 0; i < CHAIN; i++) {
		if (i == 1)
			assert_int_equal(sign(&at, &device, GN_LIT("fork"), &fork), GN_OK);
		assert_int_equal(sign(&at, &device, GN_LIT("name"), &chain[i]), GN_OK);
		gn_chain_step(&at, &chain[i].e);
	}
	return 0;
}

static void entries(void **state)
{
	(void)state;
	struct gn_chain_at at = {.seq = 0};
	struct gn_hash other = {{1}};
	for (int i = 0; i < CHAIN; i++) {
		struct gn_chain_entry *e = &chain[i].e;
		assert_int_equal(e->seq, i + 1);
		assert_int_equal(gn_chain_follows(&at, e), GN_OK);
		assert_int_equal(gn_chain_verify(e, &at.id, NULL), GN_OK);
		assert_int_equal(gn_chain_verify(e, &other, NULL), i ? GN_SIGNATURE : GN_OK);
		if (i + 1 < CHAIN)
			assert_int_equal(gn_chain_follows(&at, &chain[i + 1].e), GN_PENDING);
		if (i == 1)
			assert_int_equal(gn_chain_follows(&at, &fork.e), GN_OK);
		gn_chain_step(&at, e);
		assert_int_equal(gn_chain_follows(&at, e), GN_STALE);
		if (i == 0)
			assert_true(gn_hash_eq(&at.id, &e->hash));
		if (i == 1)
			assert_int_equal(gn_chain_follows(&at, &fork.e), GN_CONFLICT);
		if (i == 2)
			assert_int_equal(gn_chain_follows(&at, &fork.e), GN_STALE);
	}
	struct gn_chain_at another = {.id = {{1}}};
	assert_int_equal(gn_chain_follows(&another, &chain[0].e), GN_CONFLICT);
	struct gn_chain_at forked = {.id = at.id, .head = fork.e.hash, .seq = 2};
	assert_int_equal(gn_chain_follows(&forked, &chain[2].e), GN_CONFLICT);
}

static void every_byte_counts(void **state)
{
	(void)state;
	static struct made m;
	struct gn_chain_at at = {.id = chain[0].e.hash, .head = chain[2].e.hash, .seq = 3};
	for (size_t i = 0; i < chain[3].bytes.len; i++) {
		memcpy(m.room, chain[3].bytes.p, chain[3].bytes.len);
		m.room[i] ^= 0x10;
		gn_err err = gn_chain_open(gn_slice(m.room, chain[3].bytes.len), &m.e);
		if (!err)
			err = gn_chain_follows(&at, &m.e);
		if (!err)
			err = gn_chain_verify(&m.e, &at.id, NULL);
		/* around what is signed there are bytes that say nothing */
		assert_true(err != GN_OK || gn_hash_eq(&m.e.hash, &chain[3].e.hash));
	}
	for (size_t len = 0; len < chain[3].bytes.len; len++)
		assert_int_not_equal(gn_chain_open(gn_slice(chain[3].bytes.p, len), &m.e), GN_OK);
}

static void twice_signed(void **state)
{
	(void)state;
	static struct made m;
	struct gn_chain_at at = {.id = chain[0].e.hash, .head = chain[2].e.hash, .seq = 3};
	struct gn_fb_key person = {{7}};
	struct gn_fb_chain_role_args args = {.person = &person, .role = GN_FB_ROLE_ADMIN};
	struct gn_chain_act act = {GN_FB_CHAIN_ACT_CHAIN_ROLE, make_role, &args};
	struct gn_chain_author author = {.device = &device, .person = device.pk};
	struct gn_buf out = {m.room, 0, sizeof m.room};
	assert_int_equal(gn_chain_sign(&at, &author, &act, scratch, &out), GN_USAGE);
	author.pq_seed = pq_seed;
	assert_int_equal(gn_chain_sign(&at, &author, &act, scratch, &out), GN_OK);
	assert_int_equal(gn_chain_open(gn_buf_slice(&out), &m.e), GN_OK);
	assert_true(gn_chain_needs_pq(&m.e));
	assert_int_equal(gn_chain_verify(&m.e, &at.id, NULL), GN_PENDING);
	assert_int_equal(gn_chain_verify(&m.e, &at.id, pq_pk), GN_OK);
	pq_pk[100] ^= 1;
	assert_int_equal(gn_chain_verify(&m.e, &at.id, pq_pk), GN_SIGNATURE);
	pq_pk[100] ^= 1;
	struct gn_chain_entry once = m.e;
	once.pq_sig.len = 0;
	assert_int_equal(gn_chain_verify(&once, &at.id, pq_pk), GN_SIGNATURE);
}

static void as_long_as_may_be(void **state)
{
	(void)state;
	static uint8_t text[2 * GN_CHAIN_ENTRY_MAX];
	static struct made m;
	struct gn_chain_at at = {.seq = 0};
	memset(text, 'x', sizeof text);
	size_t fits = 0;
	for (size_t step = 32768; step; step /= 2)
		if (sign(&at, &device, gn_slice(text, fits + step), &m) == GN_OK)
			fits += step;
	assert_int_equal(sign(&at, &device, gn_slice(text, fits), &m), GN_OK);
	assert_true(m.bytes.len <= GN_CHAIN_ENTRY_MAX && m.bytes.len > GN_CHAIN_ENTRY_MAX - 64);
	assert_int_equal(sign(&at, &device, gn_slice(text, fits + 1), &m), GN_TOO_LARGE);
	assert_int_equal(gn_chain_open(gn_slice(text, GN_CHAIN_ENTRY_MAX + 1), &m.e), GN_TOO_LARGE);
}

static void any_order(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 60; seed++) {
		struct gn_chain_pool *p;
		struct gn_chain_at at = {.id = chain[0].e.hash};
		struct gn_chain_entry e;
		struct gn_hash missing;
		struct gn_prng g;
		bool there[CHAIN] = {false};
		gn_prng_init(&g, seed);
		assert_int_equal(gn_chain_pool_new(&env, &p), GN_OK);
		while (at.seq < CHAIN) {
			size_t i = gn_prng_next(&g) % CHAIN;
			if (i == 0 && at.seq > 0) /* the other second entry comes, too */
				(void)!gn_chain_pool_put(p, &at, fork.bytes, true);
			gn_err err =
				gn_chain_pool_put(p, &at, chain[i].bytes, gn_prng_next(&g) & 1);
			assert_int_equal(err, i < at.seq ? GN_STALE : there[i] ? GN_EXISTS : GN_OK);
			there[i] = true;
			const struct gn_hash *head = &chain[CHAIN - 1].e.hash;
			while ((err = gn_chain_pool_next(p, &at, head, &e, &missing)) == GN_OK) {
				assert_true(gn_hash_eq(&e.hash, &chain[at.seq].e.hash));
				gn_chain_step(&at, &e);
			}
			assert_int_equal(err, at.seq == CHAIN ? GN_EXISTS : GN_NOT_FOUND);
			if (err == GN_NOT_FOUND) { /* it is the newest that is not there */
				size_t k = CHAIN - 1;
				while (there[k])
					k--;
				assert_true(gn_hash_eq(&missing, &chain[k].e.hash));
			}
			gn_chain_pool_trim(p, &at);
			gn_chain_pool_validate(p);
		}
		assert_int_equal(gn_chain_pool_count(p), 0);
		/* a head that leads past us */
		struct gn_chain_at early = {chain[0].e.hash, chain[1].e.hash, 2};
		assert_int_equal(gn_chain_pool_put(p, &at, fork.bytes, true), GN_STALE);
		struct gn_chain_at none = {.id = chain[0].e.hash};
		assert_int_equal(gn_chain_pool_put(p, &none, fork.bytes, true), GN_OK);
		assert_int_equal(gn_chain_pool_next(p, &early, &fork.e.hash, &e, &missing),
				 GN_CONFLICT);
		gn_chain_pool_free(p);
	}
	assert_int_equal(heap.used, 0);
}

static void what_waits_is_bounded(void **state)
{
	(void)state;
	static struct made m;
	static uint8_t text[GN_CHAIN_ENTRY_MAX];
	struct gn_chain_pool *p;
	struct gn_chain_at at = {.id = chain[0].e.hash, .seq = 3, .head = {{1, [31] = 1}}};
	assert_int_equal(gn_chain_pool_new(&env, &p), GN_OK);
	for (unsigned i = 0; i <= GN_CHAIN_WAITING; i++) {
		gn_put_be32(at.head.b, i);
		bool others = i < GN_CHAIN_WAITING_OTHERS;
		assert_int_equal(sign(&at, others ? &stranger : &device, GN_LIT("x"), &m), GN_OK);
		if (i == GN_CHAIN_WAITING_OTHERS)
			assert_int_equal(gn_chain_pool_put(p, &at, m.bytes, false), GN_LIMIT);
		assert_int_equal(gn_chain_pool_put(p, &at, m.bytes, !others),
				 i < GN_CHAIN_WAITING ? GN_OK : GN_LIMIT);
	}
	gn_chain_pool_validate(p);
	at.seq = 4;
	gn_chain_pool_trim(p, &at);
	assert_int_equal(gn_chain_pool_count(p), 0);
	/* and in bytes */
	memset(text, 'x', sizeof text);
	size_t bytes = 0;
	for (unsigned i = 0;; i++) {
		gn_put_be32(at.head.b, i);
		assert_int_equal(sign(&at, &device, gn_slice(text, 50000), &m), GN_OK);
		gn_err err = gn_chain_pool_put(p, &at, m.bytes, true);
		if (err == GN_LIMIT) {
			assert_true(bytes + m.bytes.len > GN_CHAIN_WAITING_BYTES);
			break;
		}
		assert_int_equal(err, GN_OK);
		bytes += m.bytes.len;
		assert_true(bytes <= GN_CHAIN_WAITING_BYTES);
	}
	/* what is not signed by its device does not wait at all */
	struct made *f = &m;
	at = (struct gn_chain_at){.id = {{9}}, .seq = 3, .head = {{1}}};
	assert_int_equal(sign(&at, &device, GN_LIT("x"), f), GN_OK);
	at.id.b[0] = 8;
	assert_int_equal(gn_chain_pool_put(p, &at, f->bytes, true), GN_SIGNATURE);
	gn_chain_pool_free(p);
	assert_int_equal(heap.used, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries),      cmocka_unit_test(every_byte_counts),
		cmocka_unit_test(twice_signed), cmocka_unit_test(as_long_as_may_be),
		cmocka_unit_test(any_order),    cmocka_unit_test(what_waits_is_bounded),
	};
	return cmocka_run_group_tests(tests, begin, NULL);
}
