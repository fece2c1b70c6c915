/* Between the formats' values and ours: error codes, addresses. */
#include "wire/wire.h"

static const struct {
	gn_err err;
	uint8_t code;
} codes[] = {
	{GN_OK, GN_FB_CODE_OK},
	{GN_REMOTE, GN_FB_CODE_FAILED},
	{GN_BUSY, GN_FB_CODE_BUSY},
	{GN_NOT_FOUND, GN_FB_CODE_NOT_FOUND},
	{GN_DENIED, GN_FB_CODE_DENIED},
	{GN_QUOTA, GN_FB_CODE_QUOTA},
	{GN_NO_SPACE, GN_FB_CODE_NO_SPACE},
	{GN_TOO_LARGE, GN_FB_CODE_TOO_LARGE},
	{GN_MALFORMED, GN_FB_CODE_MALFORMED},
	{GN_HASH, GN_FB_CODE_BAD_HASH},
	{GN_SIGNATURE, GN_FB_CODE_BAD_SIGNATURE},
	{GN_STALE, GN_FB_CODE_STALE},
	{GN_EXPIRED, GN_FB_CODE_EXPIRED},
	{GN_UNSUPPORTED, GN_FB_CODE_UNSUPPORTED},
	{GN_PROOF_OF_WORK, GN_FB_CODE_PROOF_OF_WORK},
	{GN_EXISTS, GN_FB_CODE_EXISTS},
	{GN_RANGE, GN_FB_CODE_RANGE},
};

uint8_t gn_wire_code(gn_err err)
{
	for (size_t i = 0; i < GN_COUNT(codes); i++)
		if (codes[i].err == err)
			return codes[i].code;
	return GN_FB_CODE_FAILED;
}

gn_err gn_wire_err(uint8_t code)
{
	for (size_t i = 0; i < GN_COUNT(codes); i++)
		if (codes[i].code == code)
			return codes[i].err;
	return GN_REMOTE;
}

struct gn_fb_addr gn_wire_addr(const struct gn_addr *a, uint8_t carrier)
{
	struct gn_fb_addr out = {.port = a->port, .carrier = carrier};
	memcpy(out.ip, a->ip, sizeof out.ip);
	return out;
}

struct gn_addr gn_wire_addr_get(struct gn_fb_addr a)
{
	struct gn_addr out = {.port = a.port};
	memcpy(out.ip, a.ip, sizeof out.ip);
	return out;
}
