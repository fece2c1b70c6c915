/* What two people compare to know that nobody stands between them: digits to read aloud, or a code
 * to scan. 5,200 hashes each, so that keys whose digits collide are dear to look for.
 *
 * Spec: EE-32. */
#include "e2ee/e2ee.h"

#define ROUNDS 5200 /* of SHA-256 over 2 KB */
#define GROUPS 6    /* of five digits, for each person */
#define DIGITS 5

static void person_hash(const struct gn_e2ee_person *p, struct gn_hash *out)
{
	struct gn_hasher *hasher = gn_hasher_new();
	struct gn_slice parts[] = {GN_LIT("geonet/safety/1"), GN_SLICE(p->owner.b),
				   gn_slice(p->pq_pk, GN_PQ_PK_LEN)};
	gn_hasher_sha256(hasher, parts, 3, out);
	for (int i = 1; i < ROUNDS; i++) {
		struct gn_hash before = *out;
		parts[0] = GN_SLICE(before.b);
		gn_hasher_sha256(hasher, parts, 3, out);
	}
	gn_hasher_free(hasher);
}

static void digits(const struct gn_hash *h, char out[GROUPS * DIGITS])
{
	for (int k = 0; k < GROUPS; k++) {
		uint64_t v = 0;
		for (int i = 0; i < 5; i++)
			v = v << 8 | h->b[5 * k + i];
		v %= 100000;
		for (int i = DIGITS - 1; i >= 0; i--, v /= 10)
			out[DIGITS * k + i] = (char)('0' + v % 10);
	}
}

void gn_e2ee_safety(const struct gn_e2ee_person *one, const struct gn_e2ee_person *other,
		    struct gn_e2ee_safety *out)
{
	struct gn_hash h[2];
	char text[2][GROUPS * DIGITS];
	person_hash(one, &h[0]);
	person_hash(other, &h[1]);
	digits(&h[0], text[0]);
	digits(&h[1], text[1]);
	int first = memcmp(text[0], text[1], sizeof text[0]) > 0;
	memcpy(out->number, text[first], sizeof text[0]);
	memcpy(out->number + sizeof text[0], text[!first], sizeof text[0]);
	out->number[2 * sizeof text[0]] = 0;
	first = memcmp(h[0].b, h[1].b, sizeof h[0].b) > 0;
	gn_sha256((struct gn_slice[]){GN_LIT("geonet/safety/1"), GN_SLICE(h[first].b),
				      GN_SLICE(h[!first].b)},
		  3, &out->qr);
}
