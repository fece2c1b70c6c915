/* The calling end of app/1 under any bytes in any pieces, with an owner who calls, cancels, streams
 * and is slow. Never more than the limits say is kept; what is sent always parses; every call ends
 * once; after the last event there is none. */
#include "host/app_int.h"
#include "host/client.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct fuzz_client {
	struct gn_host_client *c;
	gn_time now;
	size_t live;
	uint64_t last;
	bool over;
};

static void hear(struct fuzz_client *f)
{
	struct gn_host_client_event e;
	while (gn_host_client_next(f->c, f->now, &e)) {
		GN_ASSERT(!f->over);
		bool ended = e.what == GN_HOST_CLIENT_FAILED ||
			     (e.what == GN_HOST_CLIENT_ANSWER && !e.more);
		GN_ASSERT(!ended || (f->live && e.call && e.call <= f->last));
		f->live -= ended;
		f->over = e.what == GN_HOST_CLIENT_OVER;
		if (e.what == GN_HOST_CLIENT_DATA) {
			GN_ASSERT(e.bytes.len <= GN_HOST_APP_WINDOW);
			gn_host_client_taken(f->c, e.call, e.bytes.len, f->now);
		}
	}
	GN_ASSERT(f->live == gn_host_client_calls(f->c));
	GN_ASSERT(!f->over || f->live == 0);
}

static void read_out(struct fuzz_client *f)
{
	struct gn_slice frame, out = gn_host_client_out(f->c);
	struct gn_app_frame open;
	size_t used;
	GN_ASSERT(out.len <= GN_HOST_CLIENT_UNSENT);
	while (gn_app_frame_split(out, GN_APP_FRAME_MAX, &frame, &used) == GN_OK) {
		gn_err err = gn_app_frame_open(frame, &open);
		GN_ASSERT(err == GN_OK && open.type);
		gn_host_client_sent(f->c, used, f->now);
		out = gn_host_client_out(f->c);
	}
}

static void act(struct fuzz_client *f, uint8_t op)
{
	static const uint8_t bytes[GN_HOST_APP_PIPE];
	static const struct gn_app_kind ask = {GN_FB_APP_BODY_APP_NODE,
					       GN_FB_APP_NODE_BODY_NODE_STATUS};
	uint64_t call = f->last ? 1 + op / 8 % f->last : 1, made;
	size_t room;
	struct gn_fbb *b;
	switch (op % 8) {
	case 0:
	case 1:
		b = gn_host_client_builder(f->c);
		gn_fbref t = gn_fb_node_status_make(b, &(struct gn_fb_node_status_args){0});
		if (gn_host_client_call(f->c, ask, t, op & 64 ? GN_HOST_CLIENT_LASTS : op, f->now,
					&made) != GN_OK)
			break;
		GN_ASSERT(made == f->last + 1);
		f->last = made;
		f->live++;
		break;
	case 2: gn_host_client_cancel(f->c, call, f->now); break;
	case 3: f->now += (gn_time)op * GN_SEC / 8; break;
	case 4:
		room = gn_host_client_room(f->c, call);
		GN_ASSERT(room <= GN_HOST_APP_PIPE);
		gn_host_client_send(f->c, call, gn_slice(bytes, op & 64 ? room : room / 3), f->now);
		break;
	case 5: read_out(f); break;
	case 6: gn_host_client_send_end(f->c, call, GN_OK, f->now); break;
	default: f->now += GN_MSEC; break;
	}
	if (gn_host_client_deadline(f->c) <= f->now)
		gn_host_client_tick(f->c, f->now);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct fuzz_client f = {.now = GN_SEC};
	struct gn_host_client_config config = {.software = "fuzz",
					       .origin = len && data[0] & 128 ? "x" : NULL,
					       .ping = len && data[0] & 64 ? GN_SEC : 0,
					       .now = f.now};
	f.c = gn_host_client_new(&config);
	GN_ASSERT(f.c);
	while (len >= 2) { /* {operation, length} of a piece of the stream, its bytes */
		size_t piece = data[1] < len - 2 ? data[1] : len - 2;
		uint8_t op = data[0];
		(void)gn_host_client_recv(f.c, gn_slice(data + 2, piece), f.now);
		hear(&f);
		act(&f, op);
		hear(&f);
		data += 2 + piece;
		len -= 2 + piece;
	}
	gn_host_client_closed(f.c, f.now);
	hear(&f);
	hear(&f);
	GN_ASSERT(f.over && f.live == 0);
	gn_host_client_free(f.c);
	return 0;
}
