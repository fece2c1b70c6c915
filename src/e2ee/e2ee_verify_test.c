/* Safety numbers: the same for both people, other for others, and as the rule says, computed here
 * again the slow way. Rule EE-32. */
#include "crypto/testing/known.h"
#include "e2ee/e2ee.h"

#include <stdio.h>

static uint8_t pq[2][GN_PQ_PK_LEN];

static void slow_hash(const struct gn_e2ee_person *p, struct gn_hash *h)
{
	uint8_t all[64 + 32 + GN_PQ_PK_LEN];
	struct gn_slice prefix = GN_LIT("geonet/safety/1");
	for (int i = 0; i < 5200; i++) {
		memcpy(all, prefix.p, prefix.len);
		memcpy(all + prefix.len, p->owner.b, 32);
		memcpy(all + prefix.len + 32, p->pq_pk, GN_PQ_PK_LEN);
		struct gn_slice in = gn_slice(all, prefix.len + 32 + GN_PQ_PK_LEN);
		gn_sha256(&in, 1, h);
		prefix = GN_SLICE(h->b);
	}
}

static void both_alike(void **state)
{
	(void)state;
	struct gn_e2ee_person a = {.owner = {{1}}, .pq_pk = pq[0]},
			      b = {.owner = {{2}}, .pq_pk = pq[1]};
	struct gn_e2ee_safety one, other, third;
	struct gn_hash h[2], qr;
	char text[2][31], want[61];
	memset(pq[1], 7, sizeof pq[1]);
	gn_e2ee_safety(&a, &b, &one);
	gn_e2ee_safety(&b, &a, &other);
	assert_string_equal(one.number, other.number);
	assert_memory_equal(one.qr.b, other.qr.b, 32);
	slow_hash(&a, &h[0]);
	slow_hash(&b, &h[1]);
	for (int i = 0; i < 2; i++)
		for (int k = 0; k < 6; k++) {
			uint64_t v = 0;
			for (int j = 0; j < 5; j++)
				v = v * 256 + h[i].b[5 * k + j];
			snprintf(text[i] + 5 * k, 6, "%05u", (unsigned)(v % 100000));
		}
	int less = strcmp(text[0], text[1]) > 0;
	snprintf(want, sizeof want, "%s%s", text[less], text[!less]);
	assert_string_equal(one.number, want);
	less = memcmp(h[0].b, h[1].b, 32) > 0;
	gn_sha256((struct gn_slice[]){GN_LIT("geonet/safety/1"), GN_SLICE(h[less].b),
				      GN_SLICE(h[!less].b)},
		  3, &qr);
	assert_memory_equal(one.qr.b, qr.b, 32);

	pq[1][GN_PQ_PK_LEN - 1] ^= 1;
	gn_e2ee_safety(&a, &b, &third);
	assert_string_not_equal(one.number, third.number);
	assert_memory_not_equal(one.qr.b, third.qr.b, 32);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(both_alike)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
