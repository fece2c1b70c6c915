/* The two ends of rig.h. */
#include "services/transfer/testing/rig.h"

#include <stdio.h>
#include <stdlib.h>

unsigned rig_below(struct rig *g, unsigned n)
{
	return n ? (unsigned)(gn_prng_next(&g->prng) % n) : 0;
}

static void end_init(struct rig *g, struct rig_end *e, uint64_t seed)
{
	memset(e, 0, sizeof *e);
	gn_alloc_heap(&e->mem, 128u << 20);
	e->env = (struct gn_env){.alloc = &e->mem, .rand = &g->rand};
	rig_disk_init(&e->disk, seed);
}

void rig_init(struct rig *g, uint64_t seed)
{
	gn_prng_init(&g->prng, seed);
	g->rand = gn_prng_rand(&g->prng);
	g->now = 1000 * GN_SEC;
	g->stream = false;
	g->accept = true;
	end_init(g, &g->s, seed + 1);
	end_init(g, &g->r, seed + 2);
	gn_rand_fill(&g->rand, &g->secret, sizeof g->secret);
}

static void end_fini(struct rig_end *e)
{
	gn_transfer_free(e->t);
	rig_disk_fini(&e->disk);
	GN_ASSERT(e->mem.count == 0);
}

void rig_fini(struct rig *g)
{
	end_fini(&g->s);
	end_fini(&g->r);
}

void rig_source(struct rig *g, unsigned i, size_t len)
{
	char name[32];
	uint8_t *bytes = malloc(len + 1);
	GN_ASSERT(bytes != NULL);
	gn_rand_fill(&g->rand, bytes, len);
	snprintf(name, sizeof name, "src/%u", i);
	rig_disk_put(&g->s.disk, name, bytes, len)->mtime = 1000 + (int)i;
	free(bytes);
}

void rig_send(struct rig *g, const char *const *paths, size_t count)
{
	char why[256], names[RIG_FILES][16];
	struct gn_transfer_file files[RIG_FILES];
	GN_ASSERT(count <= RIG_FILES);
	for (size_t i = 0; i < count; i++) {
		snprintf(names[i], sizeof names[i], "%zu", i);
		files[i] = (struct gn_transfer_file){.path = gn_str(paths[i]),
						     .source = gn_str(names[i])};
	}
	gn_err err = gn_transfer_send_new(&g->s.env, files, count, GN_LIT("sender's note"), g->now,
					  &g->s.t, why);
	GN_ASSERT(err == GN_OK);
}

void rig_receive(struct rig *g)
{
	gn_err err = gn_transfer_receive_new(&g->r.env, GN_LIT("receiver's note"), &g->r.t);
	GN_ASSERT(err == GN_OK);
}

void rig_cut(struct rig *g)
{
	g->stream = false;
	g->s.in_len = g->r.in_len = 0;
	if (g->s.t)
		gn_transfer_cut(g->s.t);
	if (g->r.t)
		gn_transfer_cut(g->r.t);
}

void rig_connect(struct rig *g)
{
	rig_cut(g);
	if (gn_transfer_begin(g->s.t, &g->secret, g->now) == GN_OK &&
	    gn_transfer_begin(g->r.t, &g->secret, g->now) == GN_OK)
		g->stream = true;
}

void rig_events(struct rig *g, struct rig_end *e)
{
	struct gn_transfer_event ev;
	while (e->t && gn_transfer_next_event(e->t, &ev)) {
		e->ready = e->ready || ev.kind == GN_TRANSFER_READY;
		e->finished = e->finished || ev.kind == GN_TRANSFER_FINISHED;
		if (ev.kind == GN_TRANSFER_OFFERED) {
			e->offered = true;
			/* GN_STATE: it has been asked before */
			if (g->accept)
				(void)!gn_transfer_accept(e->t);
		}
		if (ev.kind == GN_TRANSFER_STOPPED) {
			e->stopped = true;
			e->stop = ev;
		}
	}
}

static void collect(struct rig_end *e)
{
	while (e->out_count < RIG_OUT && gn_transfer_next_request(e->t, &e->out[e->out_count]))
		e->out_count++;
}

/* A request that is out is done, whichever. */
static bool do_request(struct rig *g, struct rig_end *e)
{
	struct gn_transfer_result result;
	if (!e->t)
		return false;
	collect(e);
	if (e->out_count == 0)
		return false;
	unsigned i = rig_below(g, e->out_count);
	struct gn_transfer_request r = e->out[i];
	/* others that are out have the same token never */
	for (unsigned k = 0; k < e->out_count; k++)
		GN_ASSERT(k == i || e->out[k].token != r.token);
	e->out[i] = e->out[--e->out_count];
	gn_err err = rig_disk_do(&e->disk, &r, &result);
	gn_transfer_done(e->t, r.token, err, &result, g->now);
	gn_transfer_validate(e->t);
	return true;
}

/* Bytes go from one end to what the other has not taken yet; and that is given to it. */
static bool move(struct rig *g, struct rig_end *from, struct rig_end *to)
{
	if (!g->stream || !from->t || !to->t)
		return false;
	size_t room = 1 + rig_below(g, RIG_PIPE);
	room = room < RIG_PIPE - to->in_len ? room : RIG_PIPE - to->in_len;
	size_t sent = gn_transfer_send(from->t, to->in + to->in_len, room);
	to->in_len += sent;
	size_t give = to->in_len ? 1 + rig_below(g, (unsigned)to->in_len) : 0;
	size_t taken = gn_transfer_recv(to->t, gn_slice(to->in, give), g->now);
	memmove(to->in, to->in + taken, to->in_len - taken);
	to->in_len -= taken;
	to->taken += taken;
	gn_transfer_validate(to->t);
	return sent || taken;
}

bool rig_step(struct rig *g)
{
	bool did = false;
	unsigned first = rig_below(g, 4);
	for (unsigned i = 0; i < 4 && !did; i++) {
		unsigned what = (first + i) % 4;
		did = what == 0   ? do_request(g, &g->s)
		      : what == 1 ? do_request(g, &g->r)
		      : what == 2 ? move(g, &g->s, &g->r)
				  : move(g, &g->r, &g->s);
	}
	rig_events(g, &g->s);
	rig_events(g, &g->r);
	g->now += (gn_time)rig_below(g, 40) * GN_MSEC;
	struct rig_end *ends[] = {&g->s, &g->r};
	for (unsigned i = 0; i < 2; i++) {
		gn_time due = ends[i]->t ? gn_transfer_deadline(ends[i]->t) : GN_NEVER;
		if (!did && due != GN_NEVER && due > g->now)
			g->now = due;
		if (due > g->now)
			continue;
		gn_transfer_tick(ends[i]->t, g->now);
		did = true;
	}
	return did;
}

void rig_run(struct rig *g)
{
	for (unsigned n = 0; rig_step(g); n++)
		GN_ASSERT(n < 10000000);
}

void rig_kill(struct rig *g, struct rig_end *e, bool power)
{
	struct gn_transfer_result result;
	struct gn_transfer *t = e->t;
	rig_cut(g);
	for (unsigned i = 0; i < e->out_count; i++)
		if (rig_below(g, 2))
			(void)rig_disk_do(&e->disk, &e->out[i], &result);
	e->out_count = 0;
	e->blocks_taken += t->count.blocks_taken;
	e->blocks_found += t->count.blocks_found;
	e->blocks_lost += t->count.blocks_lost;
	e->skipped += t->count.blocks_skipped;
	gn_transfer_free(t);
	e->t = NULL;
	if (power)
		rig_disk_power(&e->disk);
	const struct rig_file *state = rig_disk_find(&e->disk, "state");
	if (state && gn_transfer_again(&e->env, gn_buf_slice(&state->now), &e->t) != GN_OK)
		rig_disk_remove(&e->disk, "state");
}

bool rig_same(struct rig *g, unsigned i, const char *name)
{
	char path[GN_TRANSFER_NAME_MAX];
	snprintf(path, sizeof path, "src/%u", i);
	const struct rig_file *a = rig_disk_find(&g->s.disk, path);
	snprintf(path, sizeof path, "dst/%s", name);
	const struct rig_file *b = rig_disk_find(&g->r.disk, path);
	return a && b && gn_slice_eq(gn_buf_slice(&a->now), gn_buf_slice(&b->now));
}

void rig_send_ready(struct rig *g, const char *const *paths, size_t count)
{
	rig_send(g, paths, count);
	rig_run(g);
	GN_ASSERT(g->s.ready);
}

void rig_send_one(struct rig *g, const char *path, size_t len)
{
	rig_source(g, 0, len);
	rig_send_ready(g, &path, 1);
	rig_receive(g);
	rig_connect(g);
}

void rig_finished(struct rig *g)
{
	rig_run(g);
	if (!g->r.finished || !g->s.finished)
		fprintf(stderr, "sender: %s; receiver: %s\n", g->s.stop.why, g->r.stop.why);
	GN_ASSERT(g->r.finished && g->s.finished);
}

/* ---- one end alone ---- */

void rig_work(struct rig *g, struct rig_end *e)
{
	struct gn_transfer_request r;
	struct gn_transfer_result result;
	rig_events(g, e);
	while (gn_transfer_next_request(e->t, &r)) {
		gn_err err = rig_disk_do(&e->disk, &r, &result);
		gn_transfer_done(e->t, r.token, err, &result, g->now);
		gn_transfer_validate(e->t);
		rig_events(g, e);
	}
}

void rig_feed(struct rig *g, struct rig_end *e, uint8_t type, const void *body, size_t len)
{
	static uint8_t frame[FRAME_HEAD + GN_CHUNK];
	GN_ASSERT(len <= GN_CHUNK);
	frame[0] = type;
	gn_put_be32(frame + 1, (uint32_t)len);
	if (len)
		memcpy(frame + FRAME_HEAD, body, len);
	(void)gn_transfer_recv(e->t, gn_slice(frame, FRAME_HEAD + len), g->now);
	gn_transfer_validate(e->t);
	rig_work(g, e);
}

uint32_t rig_hear(struct rig_end *e, uint8_t *type, uint8_t *body, size_t cap)
{
	uint8_t head[FRAME_HEAD];
	*type = 0;
	if (gn_transfer_send(e->t, head, sizeof head) < sizeof head)
		return 0;
	uint32_t len = gn_be32(head + 1);
	GN_ASSERT(len <= cap && gn_transfer_send(e->t, body, len) == len);
	*type = head[0];
	return len;
}

void rig_stopped(struct rig *g, struct rig_end *e, gn_err err)
{
	uint8_t type, body[512];
	rig_events(g, e);
	GN_ASSERT(e->stopped && !e->stop.by_peer && e->stop.err == err);
	for (type = FRAME_DONE; type != FRAME_STOP;) {
		(void)rig_hear(e, &type, body, sizeof body);
		GN_ASSERT(type != 0);
	}
	GN_ASSERT(body[0] == transfer_stop_code(err));
	(void)rig_hear(e, &type, body, sizeof body);
	GN_ASSERT(type == 0);
}

gn_err rig_list(struct rig_end *e, const struct gn_bundle_file *files, size_t count,
		struct gn_buf *out)
{
	char why[256];
	struct gn_manifest_args args = {.files = files, .file_count = count};
	*out = (struct gn_buf){.cap = gn_manifest_make_max(&args)};
	out->p = malloc(out->cap);
	GN_ASSERT(out->p != NULL);
	return gn_manifest_make(&e->mem, &args, out, why);
}

void rig_manifest(struct rig *g, struct gn_slice bytes)
{
	uint8_t head[FRAME_HEAD];
	transfer_frame_write(head, FRAME_MANIFEST, bytes.len);
	size_t taken = gn_transfer_recv(g->r.t, GN_SLICE(head), g->now);
	GN_ASSERT(taken == FRAME_HEAD);
	(void)gn_transfer_recv(g->r.t, bytes, g->now);
	rig_work(g, &g->r);
}
