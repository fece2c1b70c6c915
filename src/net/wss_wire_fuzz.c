/* A connection's other end that says anything, cut anywhere: as a proxy, as a client before and
 * after the upgrade, as a server. What is said back stays small, a datagram within its bound, and
 * nothing is said after the end (RE-45). Texts of addresses besides. */
#include "net/wss_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define UPGRADE                                                                                    \
	"GET /geonet/1 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"       \
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"             \
	"Sec-WebSocket-Protocol: geonet.1\r\n\r\n"

/* Everything of in; false once it is over. */
static bool feed(struct wss_wire *w, struct gn_slice in)
{
	uint8_t bytes[WSS_SAY_MAX];
	gn_err err = GN_OK;
	while (!err) {
		struct gn_buf out = {bytes, 0, sizeof bytes};
		struct wss_event e = {0};
		size_t before = in.len;
		err = wss_wire_next(w, &in, &out, &e);
		GN_ASSERT(in.len <= before && out.len <= 512);
		GN_ASSERT(err || w->open);
		if (!err && e.kind == WSS_DATAGRAM)
			GN_ASSERT(e.datagram.len <= WSS_MESSAGE_MAX);
		GN_ASSERT(err != GN_AGAIN || in.len == 0);
	}
	if (err == GN_AGAIN)
		return true;
	GN_ASSERT(w->over);
	struct gn_buf out = {bytes, 0, sizeof bytes};
	wss_wire_close(w, 1000, &out);
	GN_ASSERT(out.len == 0);
	return false;
}

static void texts(struct gn_slice s)
{
	struct wss_host h;
	struct wss_proxy p;
	if (wss_url_parse(s, &h) == GN_OK) {
		GN_ASSERT(strlen(h.host) > 0 && strlen(h.host) < sizeof h.host && h.port);
		wss_proxy_spared(s, &h);
	}
	if (wss_proxy_parse(s, &p) == GN_OK)
		GN_ASSERT(p.at.host[0] && strlen(p.basic) <= WSS_BASIC_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gn_prng prng;
	struct wss_host to = {"x", true, 443};
	struct wss_wire w;
	if (size < 2)
		return 0;
	gn_prng_init(&prng, 1);
	struct gn_rand source = gn_prng_rand(&prng);
	struct gn_slice rest = gn_slice(data + 2, size - 2);
	size_t step = data[1] + 1u;
	bool client = data[0] & 1, proxy = client && data[0] & 2, goes_on = true;
	wss_wire_init(&w, client, data[0] & 8, &source);
	if (client) {
		uint8_t bytes[WSS_SAY_MAX];
		struct gn_buf out = {bytes, 0, sizeof bytes};
		wss_wire_ask(&w, &to, &out);
	} else if (data[0] & 4) {
		goes_on = feed(&w, GN_LIT(UPGRADE));
		GN_ASSERT(goes_on && w.open);
	} else {
		texts(rest);
	}
	while (rest.len && goes_on) {
		struct gn_slice in = gn_slice_sub(rest, 0, step);
		rest = gn_slice_sub(rest, in.len, SIZE_MAX);
		gn_err err = proxy ? wss_wire_connected(&w, &in) : GN_OK;
		proxy = proxy && err == GN_AGAIN;
		goes_on = err == GN_AGAIN || (!err && feed(&w, in));
	}
	return 0;
}
