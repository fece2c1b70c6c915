/* Any bytes as a stored device: what loads holds together, and can be used. */
#include "e2ee/testing/party.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct party a, b;
static struct letter from_a;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t space[GN_E2EE_SIZE_LARGEST];
	static struct letter l;
	struct gn_buf out = {space, 0, sizeof space};
	struct gn_e2ee_read r;
	struct gn_e2ee *e;
	if (!a.e) {
		party_make(&a, 1, 0);
		party_make(&b, 2, 0);
		parties_meet(&a, &b);
		party_talk(&a, &b, "one");
		party_talk(&b, &a, "two");
		party_write(&a, &b, "three", &from_a);
	}
	if (gn_e2ee_load(&b.env, gn_slice(data, len), &e) != GN_OK)
		return 0;
	gn_e2ee_validate(e);
	struct party c = b;
	c.e = e;
	party_read(&c, &from_a, &r, &out, 1800000000);
	for (uint32_t i = 0; i < e->peers.count && i < 4; i++) {
		struct party to = a;
		to.own.device = GN_MAP_AT(&e->peers, struct e2ee_peer *, i)->is.device;
		for (int k = 0; k < 6; k++) {
			gn_err err = party_send(&c, &to, GN_LIT("x"), &l, 1);
			GN_ASSERT(err == GN_OK || err == GN_KEY || err == GN_LIMIT);
			gn_e2ee_validate(e);
		}
	}
	gn_e2ee_free(e);
	return 0;
}
