/* WebSocket frames: any bytes, cut by the first one, which also says whose they are and of which
 * kind, end in messages or one refusal; every text is UTF-8 and within the bound. */
#include "net/ws.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t storage[300];
	struct gn_ws_parser p;
	struct gn_ws_message m;
	uint16_t code = 0;
	gn_ws_parser_init(&p, (struct gn_buf){storage, 0, sizeof storage});
	p.of_server = size && data[0] & 0x80;
	p.binary = size && data[0] & 0x40;
	size_t step = size ? data[0] % 17 + 1u : 1;
	for (size_t at = 1; at < size;) {
		struct gn_slice in = gn_slice_sub(gn_slice(data, size), at, step);
		size_t used;
		gn_err err = gn_ws_parse(&p, in, &used, &m, &code);
		GN_ASSERT(used <= in.len &&
			  (err == GN_AGAIN ? used == in.len : used > 0 || err == GN_OK));
		if (err == GN_OK && m.kind == GN_WS_TEXT)
			GN_ASSERT(m.data.len <= sizeof storage && gn_utf8_ok(m.data) && !p.binary);
		else if (err == GN_OK && m.kind == GN_WS_BINARY)
			GN_ASSERT(m.data.len <= sizeof storage && p.binary);
		else if (err && err != GN_AGAIN) {
			GN_ASSERT(code >= 1002 && code <= 1009);
			return 0;
		}
		at += used;
	}
	return 0;
}
