/* The puzzle sum8, as the one who asks it sees it: eight of 65,536 numbers whose xor is zero,
 * found by sorting (Wagner 2002), checked with eight short hashes.
 *
 *   seed = SHA-256("geonet/puzzle/1" | cookie 56 | cid 8 | nonce 8) h(i) = SipHash-2-4(first 16
 *   bytes, le64 i) mod
 * 2^60 xor of each pair: 15 low bits zero; of each half: 30; of all eight: 60 answer: effort 4 |
 * nonce 8 | eight indices of 2, big-endian; met when be32(SHA-256(seed | indices)) * effort <
 * 2^32
 *
 * 1. One order only, smaller first index first at each level: else one solution were 128 draws
 *    of the effort.
 * 2. Nothing is kept: bound to address and time by the cookie, to one hello by the connection
 *    id. Rule GU-15, with its vector. */
#include "guard/guard_int.h"

void gn_puzzle_init(struct gn_puzzle *p, const uint8_t cookie[GN_COOKIE_LEN], const uint8_t cid[8],
		    uint64_t nonce)
{
	uint8_t n[8];
	gn_put_be64(n, nonce);
	struct gn_slice parts[] = {GN_LIT("geonet/puzzle/1"), gn_slice(cookie, GN_COOKIE_LEN),
				   gn_slice(cid, 8), GN_SLICE(n)};
	gn_sha256(parts, 4, &p->seed);
	for (int i = 0; i < 2; i++) {
		/* the 16 bytes as SipHash reads its key: least significant first */
		p->key.k[i] = 0;
		for (int b = 7; b >= 0; b--)
			p->key.k[i] = p->key.k[i] << 8 | p->seed.b[8 * i + b];
	}
}

void gn_puzzle_weigh(const struct gn_puzzle *p, const uint16_t picks[PUZZLE_PICKS],
		     struct gn_hash *out)
{
	uint8_t bytes[2 * PUZZLE_PICKS];
	struct gn_writer w = gn_writer(bytes, sizeof bytes);
	for (int i = 0; i < PUZZLE_PICKS; i++)
		gn_write_be16(&w, picks[i]);
	gn_sha256((struct gn_slice[]){GN_SLICE(p->seed.b), GN_SLICE(bytes)}, 2, out);
}

bool gn_puzzle_meets(const struct gn_hash *weight, uint32_t effort)
{
	return effort > 0 && (gn_be64(weight->b) >> 32) * effort < UINT64_C(1) << 32;
}

/* Each group's first index is smaller than that of the group beside it, and no index comes
 * twice. */
static bool in_order(const uint16_t picks[PUZZLE_PICKS])
{
	for (int size = 1; size < PUZZLE_PICKS; size *= 2)
		for (int at = 0; at < PUZZLE_PICKS; at += 2 * size)
			if (picks[at] >= picks[at + size])
				return false;
	for (int i = 0; i < PUZZLE_PICKS; i++)
		for (int k = 0; k < i; k++)
			if (picks[i] == picks[k])
				return false;
	return true;
}

static bool sums_to_zero(const struct gn_puzzle *p, const uint16_t picks[PUZZLE_PICKS])
{
	uint64_t sum[PUZZLE_PICKS];
	for (int i = 0; i < PUZZLE_PICKS; i++)
		sum[i] = gn_puzzle_value(p, picks[i]);
	for (int size = 1, bits = PUZZLE_LEVEL; size < PUZZLE_PICKS; size *= 2, bits += bits)
		for (int at = 0; at < PUZZLE_PICKS; at += 2 * size) {
			sum[at] ^= sum[at + size];
			if (sum[at] & ((UINT64_C(1) << bits) - 1))
				return false;
		}
	return true;
}

gn_err gn_puzzle_check(const uint8_t cookie[GN_COOKIE_LEN], const uint8_t cid[8],
		       const uint8_t answer[GN_ANSWER_LEN], uint32_t *effort, uint64_t *print)
{
	struct gn_reader r = gn_reader(gn_slice(answer, GN_ANSWER_LEN));
	uint32_t claimed = gn_read_be32(&r);
	uint64_t nonce = gn_read_be64(&r);
	uint16_t picks[PUZZLE_PICKS];
	for (int i = 0; i < PUZZLE_PICKS; i++)
		picks[i] = gn_read_be16(&r);
	if (claimed == 0 || !in_order(picks))
		return GN_PROOF_OF_WORK;
	struct gn_puzzle p;
	struct gn_hash weight;
	gn_puzzle_init(&p, cookie, cid, nonce);
	if (!sums_to_zero(&p, picks))
		return GN_PROOF_OF_WORK;
	gn_puzzle_weigh(&p, picks, &weight);
	if (!gn_puzzle_meets(&weight, claimed))
		return GN_PROOF_OF_WORK;
	*effort = claimed;
	*print = gn_be64(weight.b + 8);
	return GN_OK;
}
