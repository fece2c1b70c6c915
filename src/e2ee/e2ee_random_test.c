/* Random messages over a bad channel: each opened once and as it was, none lost that arrived.
 * GN_SEED=n for one seed, GN_MESSAGES=n for more; bench/e2ee runs a million. Rules EE-17, EE-19,
 * EE-25, EE-28, EE-30, EE-34. */
#include "crypto/testing/known.h"
#include "e2ee/testing/soak.h"

#include <stdio.h>
#include <stdlib.h>

static void each_once(void **state)
{
	(void)state;
	const char *one = getenv("GN_SEED"), *more = getenv("GN_MESSAGES");
	uint64_t first = one ? strtoull(one, NULL, 10) : 1, last = one ? first : 4;
	uint64_t messages = more ? strtoull(more, NULL, 10) : 25000;
	for (uint64_t seed = first; seed <= last; seed++) {
		struct soak_result r;
		soak_run(seed, messages, &r);
		printf("GN_SEED=%llu: %llu written, %llu opened, %llu doubles, %llu forged, "
		       "%llu crashes, %llu set-ups, epoch %u, %zu skipped, row %zu\n",
		       (unsigned long long)seed, (unsigned long long)r.written,
		       (unsigned long long)r.opened, (unsigned long long)r.doubles,
		       (unsigned long long)r.forged, (unsigned long long)r.crashes,
		       (unsigned long long)r.setups, r.epoch, r.skipped_most, r.row_most);
		assert_true(r.written >= messages);
		assert_int_equal(r.lost, 0);
		assert_int_equal(r.twice, 0);
		assert_int_equal(r.changed, 0);
		if (messages >= 25000) {
			assert_true(r.opened > messages / 2 && r.doubles > 100 && r.crashes > 10);
			assert_true(r.epoch > 20 && r.setups > 1);
		}
		assert_true(r.skipped_most <= 2 * E2EE_SKIPPED_MAX &&
			    r.row_most <= E2EE_SESSION_ROW_MAX);
	}
}

/* One device is put back to an older state while letters are on their way both ways: what is
 * opened is right, and nothing twice by the same state; when it renews its prekeys and sets up
 * anew, as an agent does that finds its own records newer than its store, all is well. */
struct past {
	struct letter l;
	uint8_t to, number;
	bool opened;
};

static void deliver(struct party p[2], struct past *at)
{
	char text[64];
	if (party_text(&p[at->to], &at->l, text) != GN_E2EE_OPENED)
		return;
	assert_false(at->opened);
	assert_int_equal(text[0], at->number);
	at->opened = true;
}

static void put_back(void **state)
{
	(void)state;
	enum { LETTERS = 30 };
	static struct past all[LETTERS];
	unsigned again = 0;
	for (uint64_t seed = 1; seed <= 150; seed++) {
		struct party p[2];
		struct gn_prng g;
		struct gn_rand rand = gn_prng_rand(&g);
		gn_prng_init(&g, seed);
		for (unsigned k = 0; k < 2; k++)
			party_make(&p[k], 10 * seed + k, k);
		parties_meet(&p[0], &p[1]);
		struct snapshot old = {0};
		unsigned count = 0, who = seed % 2;
		uint64_t save_at = gn_rand_below(&rand, 20), back_at = save_at + 5;
		for (unsigned i = 0; count < LETTERS; i++) {
			uint64_t what = gn_rand_below(&rand, 5);
			if (i == save_at)
				old = party_save(&p[who]);
			if (i == back_at) {
				party_load(&p[who], old);
				for (unsigned k = 0; k < count; k++) {
					again += all[k].to == who && all[k].opened;
					all[k].opened &= all[k].to != who;
				}
			}
			if (what < 2) {
				char text[] = {(char)(1 + count), 0};
				party_write(&p[what], &p[!what], text, &all[count].l);
				all[count].to = what == 0;
				all[count].number = (uint8_t)text[0];
				all[count++].opened = false;
			} else if (count) {
				uint64_t at = gn_rand_below(&rand, count);
				deliver(p, &all[at]);
			}
		}
		for (unsigned k = 0; k < count; k++)
			deliver(p, &all[k]);
		party_renew(&p[who], 1);
		party_believe(&p[!who], &p[who]);
		assert_int_equal(gn_e2ee_anew(p[who].e, &p[!who].own.device), GN_OK);
		for (unsigned k = 0; k < 20; k++)
			party_talk(&p[k % 3 ? !who : who], &p[k % 3 ? who : !who], "well");
		snapshot_free(&old);
		party_free(&p[0]);
		party_free(&p[1]);
	}
	assert_true(again > 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(each_once), cmocka_unit_test(put_back)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
