/* Pages and frames sealed where they stand. The last 32 bytes of a page are SQLite's to leave alone
 * (its reserved bytes) and ours to use, so that a sealed file has the size of an open one and each
 * page its place.
 *
 *   page    4,064 sealed | tag 16 | nonce 12 | mark of the key 4
 *   frame   24 + 4,064 sealed | tag 16 | nonce 12 | round 4, big-endian
 *
 * 1. Associated data is the kind of the file, the place and the last four bytes: nothing can be
 *    moved, and no bit of the 4,096 is free.
 * 2. A nonce is 12 random bytes, drawn for every write: after 2^32 of them (16 TiB written) two are
 *    equal with a chance of 2^-33.
 * 3. A frame's header is sealed with its page: its checksums are of plain text.
 *
 * Spec: AG-20, AG-21. */
#include "agent/db_page_int.h"

#define TAG_AT (AGENT_PAGE - AGENT_PAGE_RESERVED)
#define NONCE_AT (TAG_AT + GN_AEAD_TAG)
#define LAST_AT (NONCE_AT + GN_AEAD_NONCE)
_Static_assert(LAST_AT + 4 == AGENT_PAGE, "the reserved bytes are these");

enum kind { PAGE = 1, FRAME = 2 };
#define AD_LEN 13

static void ad(enum kind kind, uint64_t offset, const uint8_t last[4], uint8_t out[AD_LEN])
{
	out[0] = (uint8_t)kind;
	gn_put_be64(out + 1, offset);
	memcpy(out + 9, last, 4);
}

gn_err agent_sealer_init(struct agent_sealer *s, const uint8_t key[AGENT_KEY], struct gn_rand *rand)
{
	struct agent_sealer made = {.rand = rand};
	struct gn_slice k = gn_slice(key, AGENT_KEY), none = {0};
	gn_hkdf(k, none, GN_LIT("geonet/agent/mark/1"), made.mark, sizeof made.mark);
	GN_TRY(gn_aead_init(&made.seal, GN_CHACHA20_POLY1305, true, k, none));
	gn_err err = gn_aead_init(&made.open, GN_CHACHA20_POLY1305, false, k, none);
	if (err)
		gn_aead_fini(&made.seal);
	else
		*s = made;
	return err;
}

void agent_sealer_fini(struct agent_sealer *s)
{
	gn_aead_fini(&s->seal);
	gn_aead_fini(&s->open);
	gn_wipe(s, sizeof *s);
}

/* head bytes stand before the page. */
static gn_err seal(struct agent_sealer *s, enum kind kind, uint64_t offset, const uint8_t last[4],
		   uint8_t *bytes, size_t head)
{
	uint8_t *page = bytes + head, a[AD_LEN];
	if (!gn_is_zero(page + TAG_AT, AGENT_PAGE_RESERVED))
		return GN_USAGE;
	gn_rand_fill(s->rand, page + NONCE_AT, GN_AEAD_NONCE);
	memcpy(page + LAST_AT, last, 4);
	ad(kind, offset, last, a);
	return gn_aead_seal(&s->seal, page + NONCE_AT, GN_SLICE(a), bytes, head + TAG_AT);
}

static gn_err open_it(struct agent_sealer *s, enum kind kind, uint64_t offset, uint8_t *bytes,
		      size_t head)
{
	uint8_t *page = bytes + head, a[AD_LEN];
	ad(kind, offset, page + LAST_AT, a);
	GN_TRY(gn_aead_open(&s->open, page + NONCE_AT, GN_SLICE(a), bytes, head + NONCE_AT));
	memset(page + TAG_AT, 0, AGENT_PAGE_RESERVED);
	return GN_OK;
}

gn_err agent_page_seal(struct agent_sealer *s, uint64_t offset, uint8_t page[AGENT_PAGE])
{
	return seal(s, PAGE, offset, s->mark, page, 0);
}

bool agent_page_marked(const struct agent_sealer *s, const uint8_t page[AGENT_PAGE])
{
	return memcmp(page + LAST_AT, s->mark, sizeof s->mark) == 0;
}

gn_err agent_page_open(struct agent_sealer *s, uint64_t offset, uint8_t page[AGENT_PAGE])
{
	return agent_page_marked(s, page) ? open_it(s, PAGE, offset, page, 0) : GN_AUTH;
}

gn_err agent_frame_seal(struct agent_sealer *s, uint64_t offset, uint32_t round,
			uint8_t frame[AGENT_FRAME])
{
	uint8_t last[4];
	gn_put_be32(last, round);
	return seal(s, FRAME, offset, last, frame, AGENT_FRAME_HEAD);
}

gn_err agent_frame_open(struct agent_sealer *s, uint64_t offset, uint8_t frame[AGENT_FRAME],
			uint32_t *round)
{
	uint32_t said = gn_be32(frame + AGENT_FRAME_HEAD + LAST_AT);
	GN_TRY(open_it(s, FRAME, offset, frame, AGENT_FRAME_HEAD));
	*round = said;
	return GN_OK;
}
