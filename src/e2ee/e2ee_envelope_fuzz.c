/* Any bytes as an envelope, for a device with two sessions. Input: a byte that says how many zeros
 * follow the rest (0: none; else up to the size of that number), then the envelope. What parses is
 * read; bits 3-7 of the byte put the own hint and true parts into it. */
#include "e2ee/envelope_int.h"
#include "e2ee/testing/party.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct party a, b;
static struct letter truth, l;
static struct snapshot start;

static void make(void)
{
	party_make(&a, 1, 1);
	party_make(&b, 2, 1);
	parties_meet(&a, &b);
	party_talk(&a, &b, "one");
	party_talk(&b, &a, "two");
	party_write(&a, &b, "three", &truth);
	start = party_save(&b);
}

/* Parts of an authentic letter over what came: head, wraps, body. */
static void mix(uint8_t how, size_t size)
{
	if (how & 8)
		memcpy(l.bytes, truth.bytes, E2EE_HEAD);
	if (how & 16 && size >= E2EE_HEAD + 133)
		memcpy(l.bytes + E2EE_HEAD, truth.bytes + E2EE_HEAD, 133);
	if (how & 32 && size >= truth.len)
		memcpy(l.bytes + E2EE_HEAD + 133, truth.bytes + E2EE_HEAD + 133,
		       truth.len - E2EE_HEAD - 133);
	if (how & 64 && size >= E2EE_HEAD + 4)
		e2ee_hint(party_hint, &b.own.device, l.bytes + E2EE_NONCE_AT,
			  l.bytes + E2EE_HEAD + 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const size_t sizes[] = {0, 896, 2048, 4096, 8192, 16384, 32768, 61440};
	static uint8_t space[GN_E2EE_SIZE_LARGEST];
	struct gn_buf out = {space, 0, sizeof space};
	struct e2ee_envelope v;
	struct gn_e2ee_read r;
	if (!start.p)
		make();
	if (len < 1 || len - 1 > sizeof l.bytes)
		return 0;
	size_t size = sizes[data[0] & 7];
	memset(l.bytes, 0, sizeof l.bytes);
	memcpy(l.bytes, data + 1, len - 1);
	l.len = size > len - 1 ? size : len - 1;
	mix(data[0], l.len);
	gn_err err = e2ee_envelope_parse(gn_slice(l.bytes, l.len), &v);
	GN_ASSERT(err == GN_OK || err == GN_MALFORMED || err == GN_UNSUPPORTED);
	enum gn_e2ee_result got = party_read(&b, &l, &r, &out, 1800000000);
	GN_ASSERT((got == GN_E2EE_REFUSED) >= (err != GN_OK));
	if (got == GN_E2EE_OPENED) {
		/* nothing opens but what was sealed */
		GN_ASSERT(l.len == truth.len && memcmp(l.bytes, truth.bytes, l.len) == 0);
		party_load(&b, start);
	}
	return 0;
}
