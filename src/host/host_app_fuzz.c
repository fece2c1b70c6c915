/* The server's end of app/1 under any bytes in any pieces, with an owner who answers, refuses,
 * is slow, and reads too little. Never more calls or bytes than the limits say; what is sent
 * always parses; every call that its owner knows of ends once. */
#include "host/app.h"
#include "host/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const struct gn_app_kind status_is = {GN_FB_APP_BODY_APP_NODE,
					     GN_FB_APP_NODE_BODY_NODE_STATUS_IS};

struct fuzz_end {
	struct gn_host_app *app;
	gn_time now;
	uint64_t known[GN_HOST_APP_CALLS]; /* calls told and not ended */
	size_t known_count;
	bool greeted;
};

static void forget_call(struct fuzz_end *f, uint64_t call)
{
	size_t i = 0;
	while (i < f->known_count && f->known[i] != call)
		i++;
	GN_ASSERT(i < f->known_count);
	f->known[i] = f->known[--f->known_count];
}

static void hear(struct fuzz_end *f)
{
	struct gn_host_app_event e;
	while (gn_host_app_next(f->app, &e)) {
		if (e.what == GN_HOST_APP_GONE) {
			forget_call(f, e.call);
			continue;
		}
		if (e.what != GN_HOST_APP_CALL)
			continue;
		GN_ASSERT(f->known_count < GN_HOST_APP_CALLS && e.type && f->greeted);
		f->known[f->known_count++] = e.call;
	}
	GN_ASSERT(gn_host_app_calls(f->app) <= GN_HOST_APP_CALLS);
}

static void read_out(struct fuzz_end *f, size_t most)
{
	struct gn_slice frame, out = gn_host_app_out(f->app);
	struct gn_app_frame open;
	size_t used;
	GN_ASSERT(out.len <= GN_HOST_APP_UNREAD);
	while (most-- && gn_app_frame_split(out, GN_APP_FRAME_MAX, &frame, &used) == GN_OK) {
		gn_err err = gn_app_frame_open(frame, &open);
		GN_ASSERT(err == GN_OK && open.type);
		f->greeted |= open.kind.area == GN_FB_APP_BODY_APP_READY;
		gn_host_app_sent(f->app, used, f->now);
		out = gn_host_app_out(f->app);
	}
}

static void stream(struct fuzz_end *f, uint64_t call, uint8_t op)
{
	static const uint8_t bytes[GN_HOST_APP_PIPE];
	bool ended;
	gn_err err;
	struct gn_slice s = gn_host_app_data(f->app, call, &ended, &err);
	GN_ASSERT(s.len <= GN_HOST_APP_WINDOW);
	gn_host_app_taken(f->app, call, op & 64 ? s.len : s.len / 2, f->now);
	size_t room = gn_host_app_room(f->app, call);
	GN_ASSERT(room <= GN_HOST_APP_PIPE);
	gn_host_app_send(f->app, call, gn_slice(bytes, op & 128 ? room : room / 3), f->now);
	if (op == 252)
		gn_host_app_send_end(f->app, call, GN_OK, f->now);
}

static void act(struct fuzz_end *f, uint8_t op)
{
	uint64_t call = f->known_count ? f->known[op / 8 % f->known_count] : op;
	struct gn_host_app_fault fault = {.err = GN_BUSY, .limit = "x", .unknown = op & 64};
	struct gn_fbb *b;
	bool there = f->known_count;
	switch (op % 8) {
	case 0:
	case 1:
		b = gn_host_app_builder(f->app);
		gn_fbref t = gn_fb_node_status_is_make(
			b, &(struct gn_fb_node_status_is_args){.links = op});
		gn_err err = gn_host_app_answer(f->app, call, status_is, t, op % 8, f->now);
		GN_ASSERT((err == GN_NOT_FOUND) == !there);
		if (there && op % 8 == 0)
			forget_call(f, call);
		break;
	case 2:
		GN_ASSERT((gn_host_app_refuse(f->app, call, &fault, f->now) == GN_OK) == there);
		if (there)
			forget_call(f, call);
		break;
	case 3: f->now += (gn_time)op * GN_SEC / 4; break;
	case 4:
		gn_host_app_lasts(f->app, call);
		stream(f, call, op);
		break;
	case 5: read_out(f, 100); break;
	case 6: gn_host_app_tick(f->app, f->now); break;
	default: f->now += GN_MSEC; break;
	}
	if (gn_host_app_deadline(f->app) <= f->now)
		gn_host_app_tick(f->app, f->now);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct fuzz_end f = {.now = GN_SEC};
	f.app = gn_host_app_new(&(struct gn_host_app_config){.software = "fuzz", .now = f.now});
	GN_ASSERT(f.app);
	while (len >= 2) { /* {operation, length} of a piece of the stream, its bytes */
		size_t piece = data[1] < len - 2 ? data[1] : len - 2;
		uint8_t op = data[0];
		if (gn_host_app_recv(f.app, gn_slice(data + 2, piece), f.now) != GN_OK)
			break;
		read_out(&f, 1);
		hear(&f);
		act(&f, op);
		hear(&f);
		data += 2 + piece;
		len -= 2 + piece;
	}
	gn_host_app_bye(f.app, GN_CLOSED, NULL, f.now);
	hear(&f);
	GN_ASSERT(f.known_count == 0);
	gn_host_app_free(f.app);
	return 0;
}
