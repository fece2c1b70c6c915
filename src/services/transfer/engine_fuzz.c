/* The engine as a state machine, in both roles: a sender and a receiver whose stream brings true
 * bytes and lies, whose disks do requests in any order and fail, who are cut, connected, killed,
 * stopped, at any time. What a receiver has finished is what its list says, whoever made that.
 * Rule RE-62. */
#include "services/transfer/testing/rig.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const char *const paths[] = {"d/a", "d/b", ".c", "e"};
static const size_t sizes[] = {GN_CHUNK + 9, 0, 5, 700};
static struct rig rig, *g = &rig;

static void restart(struct rig_end *e)
{
	if (e->t)
		return;
	if (e == &g->s)
		rig_send(g, paths, GN_COUNT(paths));
	else
		rig_receive(g);
}

/* What came is what the list says, under the names that are told. */
static void check_finished(void)
{
	const struct gn_transfer *t = g->r.t;
	for (uint32_t i = 0; i < t->count_files; i++) {
		struct gn_bundle_file f;
		struct gn_hash hash[GN_BLOCK_CHUNKS];
		struct gn_slice top;
		char name[GN_TRANSFER_NAME_MAX], full[2 * GN_TRANSFER_NAME_MAX];
		uint32_t k = t->top_count - 1;
		while (t->tops[k].file > i)
			k--;
		gn_manifest_at(t->manifest, i, &f);
		gn_transfer_top(t, k, &top, name);
		if (!name[0]) /* renamed before a kill: its name is not known */
			continue;
		snprintf(full, sizeof full, "dst/%s%.*s", name, (int)(f.path.len - top.len),
			 (const char *)f.path.p + top.len);
		const struct rig_file *is = rig_disk_find(&g->r.disk, full);
		if (!is && t->take.whole)
			continue;
		GN_ASSERT(is && is->now.len == f.size);
		GN_ASSERT(f.size == 0 || transfer_block_right(&f, 0, gn_buf_slice(&is->now), hash));
	}
}

/* A byte on its way is another one, or one more frame comes. */
static void lie(struct rig_end *to, struct gn_reader *in)
{
	uint8_t how = gn_read_u8(in);
	if (how & 1 && to->in_len) {
		to->in[gn_read_u8(in) * 257u % to->in_len] = gn_read_u8(in);
		return;
	}
	size_t n = how >> 2;
	if (FRAME_HEAD + n > RIG_PIPE - to->in_len)
		return;
	struct gn_slice bytes = gn_read_bytes(in, n);
	transfer_frame_write(to->in + to->in_len, FRAME_STOP, 0);
	to->in[to->in_len] = gn_read_u8(in);
	to->in[to->in_len + 4] = (uint8_t)(bytes.len + (how >> 1 & 1));
	if (bytes.len)
		memcpy(to->in + to->in_len + FRAME_HEAD, bytes.p, bytes.len);
	to->in_len += FRAME_HEAD + bytes.len;
}

static void act(uint8_t what, struct gn_reader *in)
{
	struct rig_end *e = what & 0x80 ? &g->s : &g->r;
	switch (what & 15) {
	case 0: rig_connect(g); break;
	case 1: rig_cut(g); break;
	case 2: lie(e, in); break;
	case 3:
		rig_kill(g, e, what & 0x40);
		restart(e);
		break;
	case 4: e->disk.fail_ops = gn_read_u8(in) & 63; break;
	case 5: e->disk.fail_ops = 0; break;
	case 6: gn_transfer_stop(e->t, what & 0x40 ? GN_DENIED : GN_CANCELLED); break;
	case 7: g->now += GN_SEC; break;
	case 8:
		g->accept = !g->accept;
		(void)!gn_transfer_accept(g->r.t);
		break;
	case 9:
		if (e->disk.files[0].name[0] && e == &g->s)
			e->disk.files[what >> 4 & 3].mtime ^= 1;
		break;
	case 10:
		e->mem.fail_at = what >> 4 & 7;
		for (unsigned n = 20; n; n--)
			(void)rig_step(g);
		e->mem.fail_at = 0;
		break;
	default:
		for (unsigned n = (what & 15) * 4; n; n--)
			(void)rig_step(g);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct gn_reader in = gn_reader(gn_slice(data, len));
	bool clean = true;
	rig_init(g, gn_read_u8(&in));
	g->r.disk.fail_err = g->s.disk.fail_err = GN_IO;
	for (unsigned i = 0; i < GN_COUNT(paths); i++)
		rig_source(g, i, sizes[i]);
	restart(&g->s);
	restart(&g->r);
	rig_run(g);
	rig_connect(g);
	for (unsigned n = 0; n < 60 && !in.bad && gn_reader_left(&in); n++) {
		uint8_t what = gn_read_u8(&in);
		clean = clean && (what & 15) != 2;
		act(what, &in);
		gn_transfer_validate(g->s.t);
		gn_transfer_validate(g->r.t);
		rig_events(g, &g->s);
		rig_events(g, &g->r);
		if (g->r.finished && g->r.t->over && g->r.t->take.phase == TAKE_ENDED)
			check_finished();
	}
	/* whoever lied did not make the other break off by itself */
	GN_ASSERT(!clean || !g->r.stopped || g->r.stop.by_peer || g->r.stop.err != GN_HASH);
	rig_fini(g);
	return 0;
}
