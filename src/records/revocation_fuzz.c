/* Bodies of revocation lists, any bytes, signed by their owner: read within the limits and in
 * order, each entry found, or refused; and what opens is made again as it was. */
#include "records/revocation.h"
#include "wire/generated/record_fb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct gn_sk owner;
static struct gn_revocation list, again;

static void judge_opened(void)
{
	static uint8_t room[GN_RECORD_MAX];
	struct gn_buf b = {room, 0, sizeof room};
	struct gn_token t = {.count = 1};
	GN_ASSERT(list.count <= GN_REVOKED_MAX && gn_pk_eq(&list.owner, &owner.pk));
	t.blocks[0].issuer = owner.pk;
	GN_ASSERT(gn_revocation_finds(&list, &t) ==
		  (list.count && gn_is_zero(list.list[0].id.b, 32) ? 0 : -1));
	for (size_t i = 0; i < list.count; i++) {
		t.blocks[0].id = list.list[i].id;
		GN_ASSERT(gn_revocation_finds(&list, &t) == 0);
		GN_ASSERT(!i || memcmp(list.list[i - 1].id.b, list.list[i].id.b, 32) < 0);
	}
	gn_err err = gn_revocation_record(&owner, &list, &b);
	GN_ASSERT(err == GN_OK);
	err = gn_revocation_open(gn_buf_slice(&b), &again);
	GN_ASSERT(err == GN_OK && again.count == list.count);
	GN_ASSERT(memcmp(again.list, list.list, list.count * sizeof list.list[0]) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t room[GN_RECORD_MAX];
	struct gn_buf b = {room, 0, sizeof room};
	static bool made;
	if (!made)
		gn_sk_from_seed((const uint8_t[32]){1}, &owner);
	made = true;
	struct gn_record_fields fields = {.type = GN_FB_RECORD_TYPE_REVOCATION,
					  .body = gn_slice(data, len),
					  .seq = 2,
					  .created = 1767225600,
					  .ttl = GN_REVOCATION_TTL};
	if (gn_wire_record_make(&owner, NULL, &fields, &b) != GN_OK)
		return 0;
	if (gn_revocation_open(gn_buf_slice(&b), &list) == GN_OK)
		judge_opened();
	return 0;
}
