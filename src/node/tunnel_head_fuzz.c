/* Fuzzes the head of a tunnel: read in pieces as a stream brings it, it is judged as when it comes
 * at once, and what is read is written the same. */
#include "node/tunnel_head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t room[TUNNEL_HEAD];
	struct gn_buf out = {room, 0, sizeof room};
	struct tunnel_head head;
	size_t have = 0, want;
	while ((want = tunnel_head_want(gn_slice(data, have))) > have && want <= len) {
		GN_ASSERT(want <= TUNNEL_HEAD);
		have = want;
	}
	if (want > have)
		return 0; /* more is to come */
	if (tunnel_head_parse(gn_slice(data, have), &head) == GN_OK) {
		GN_ASSERT(head.service.len && head.service.len <= TUNNEL_SERVICE);
		GN_ASSERT(tunnel_head_put(&head, &out) == GN_OK);
		GN_ASSERT(gn_slice_eq(gn_buf_slice(&out), gn_slice(data, have)));
	}
	if (len >= TUNNEL_ANSWER)
		GN_ASSERT((unsigned)tunnel_answer_get(data) < GN_ERR_COUNT);
	return 0;
}
