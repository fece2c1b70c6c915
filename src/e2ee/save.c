/* What a store is told, and how a device comes back from it. A row is what changes together: a
 * message is one row of a session, and a second one only if it was out of order.
 *
 * 1. A row is told once for all changes since it was told before; loading tells nothing.
 * 2. Loading builds a device nobody uses yet: on any error the caller frees it.
 *
 *    row: stored -> changed [whatever changes it] -> told [gn_e2ee_next_row] = stored
 *
 * Spec: EE-34. */
#include "e2ee/row_int.h"

static const char magic[] = "GNES\1"; /* all rows as one piece */

/* ---- telling ---- */

static bool next_session_row(struct gn_e2ee *e, struct gn_e2ee_row *out)
{
	struct e2ee_session *s = e->changed;
	if (!s)
		return false;
	GN_ASSERT(s->changed && s->id > 0);
	*out = (struct gn_e2ee_row){.kind = GN_E2EE_ROW_SESSION, .session = s->id};
	if (s->skips_changed) {
		out->kind = GN_E2EE_ROW_SKIPPED;
		s->skips_changed = false;
		return true;
	}
	e->changed = s->next_changed;
	s->next_changed = NULL;
	s->changed = false;
	return true;
}

static bool next_peer_row(struct gn_e2ee *e, struct gn_e2ee_row *out)
{
	for (uint32_t i = 0; e->peers_changed && i < e->peers.count; i++) {
		struct e2ee_peer *p = GN_MAP_AT(&e->peers, struct e2ee_peer *, i);
		if (!p->changed)
			continue;
		p->changed = false;
		e->peers_changed--;
		*out = (struct gn_e2ee_row){.kind = GN_E2EE_ROW_PEER, .device = p->is.device};
		return true;
	}
	GN_ASSERT(e->peers_changed == 0);
	return false;
}

static void told_all(struct gn_e2ee *e)
{
	struct gn_e2ee_row row;
	while (next_peer_row(e, &row) || next_session_row(e, &row))
		;
	e->all_changed = e->own_changed = e->setups_changed = false;
	e->gone_count = 0;
}

bool gn_e2ee_next_row(struct gn_e2ee *e, struct gn_e2ee_row *out)
{
	GN_ASSERT(e->gone_count <= E2EE_GONE_MAX);
	*out = (struct gn_e2ee_row){.kind = GN_E2EE_ROW_ALL};
	if (e->all_changed) {
		told_all(e);
		return true;
	}
	if (e->own_changed) {
		e->own_changed = false;
		out->kind = GN_E2EE_ROW_OWN;
		return true;
	}
	if (e->setups_changed) {
		e->setups_changed = false;
		out->kind = GN_E2EE_ROW_SETUPS;
		return true;
	}
	if (e->gone_count) {
		*out = (struct gn_e2ee_row){.kind = GN_E2EE_ROW_SESSION,
					    .gone = true,
					    .session = e->gone[--e->gone_count]};
		return true;
	}
	return next_peer_row(e, out) || next_session_row(e, out);
}

/* ---- rows ---- */

size_t gn_e2ee_row_len(const struct gn_e2ee *e, const struct gn_e2ee_row *row)
{
	const struct e2ee_session *s;
	switch (row->kind) {
	case GN_E2EE_ROW_OWN: return 256 + e->prekeys.count * sizeof(struct e2ee_prekey);
	case GN_E2EE_ROW_SETUPS:
		return 32 + (size_t)e->prekeys.remembered.count *
				    (E2EE_KEY + sizeof(struct e2ee_remembered));
	case GN_E2EE_ROW_PEER: return sizeof(struct e2ee_peer);
	case GN_E2EE_ROW_SESSION: return E2EE_SESSION_ROW_MAX;
	case GN_E2EE_ROW_SKIPPED:
		s = e2ee_session_by_id(e, row->session);
		return 64 +
		       (s ? (s->skips[0].count + s->skips[1].count) * sizeof(struct e2ee_skipped)
			  : 0);
	case GN_E2EE_ROW_ALL: break;
	}
	return gn_e2ee_save_len(e);
}

/* Walks a row of something that is there. Writing, it reads alone. */
static gn_err write_row(struct e2ee_form *f, struct gn_e2ee *e, const struct gn_e2ee_row *row)
{
	struct e2ee_session *s = NULL;
	struct e2ee_peer *p = NULL;
	if (row->kind == GN_E2EE_ROW_SESSION || row->kind == GN_E2EE_ROW_SKIPPED) {
		if (!(s = e2ee_session_by_id(e, row->session)))
			return GN_NOT_FOUND;
	} else if (row->kind == GN_E2EE_ROW_PEER) {
		if (!(p = e2ee_peer_get(e, &row->device)))
			return GN_NOT_FOUND;
	}
	GN_ASSERT(!f->reading && (!s || s->peer));
	e2ee_row_version(f);
	switch (row->kind) {
	case GN_E2EE_ROW_OWN: return e2ee_row_own(f, e);
	case GN_E2EE_ROW_SETUPS: return e2ee_row_setups(f, e);
	case GN_E2EE_ROW_PEER: e2ee_row_peer(f, p); return GN_OK;
	case GN_E2EE_ROW_SESSION: {
		struct gn_pk device = s->peer->is.device;
		bool written = s->peer->written == s;
		e2ee_row_session(f, s, &device, &written);
		return GN_OK;
	}
	case GN_E2EE_ROW_SKIPPED: gn_write_be64(&f->w, s->id); return e2ee_row_skipped(f, s->skips);
	case GN_E2EE_ROW_ALL: break;
	}
	return GN_USAGE;
}

gn_err gn_e2ee_row_save(const struct gn_e2ee *e, const struct gn_e2ee_row *row, struct gn_buf *out)
{
	struct e2ee_form f = {.w = gn_writer(out->p + out->len, out->cap - out->len)};
	if (row->kind == GN_E2EE_ROW_ALL)
		return gn_e2ee_save(e, out);
	gn_err err = write_row(&f, (struct gn_e2ee *)(uintptr_t)e, row);
	if (err || f.w.bad)
		return err ? err : GN_TOO_LARGE;
	GN_ASSERT(!f.bad);
	GN_ASSERT(row->kind != GN_E2EE_ROW_SESSION || gn_writer_len(&f.w) <= E2EE_SESSION_ROW_MAX);
	out->len += gn_writer_len(&f.w);
	return GN_OK;
}

/* Once, and before any session: their numbers are below the next one's. */
static gn_err load_setups(struct e2ee_form *f, struct gn_e2ee *e)
{
	if (e->next_session != 1 || e->prekeys.remembered.count || e->newest)
		return GN_CORRUPT;
	return e2ee_row_setups(f, e);
}

static gn_err load_peer(struct e2ee_form *f, struct gn_e2ee *e)
{
	struct e2ee_peer *p = GN_NEW(e->env.alloc, struct e2ee_peer);
	if (!p)
		return GN_NOMEM;
	e2ee_row_peer(f, p);
	bool bad = e2ee_form_broken(f) || e2ee_peer_get(e, &p->is.device);
	struct e2ee_peer **at = bad ? NULL : gn_map_put(&e->peers, p->is.device.b);
	if (!at) {
		gn_mem_free(e->env.alloc, p);
		return bad ? GN_CORRUPT : GN_NOMEM;
	}
	GN_ASSERT(*at == NULL && p->count == 0);
	*at = p;
	return GN_OK;
}

static gn_err load_session(struct e2ee_form *f, struct gn_e2ee *e)
{
	struct gn_pk device = {{0}};
	bool written = false;
	struct e2ee_session *s = e2ee_session_new(e);
	if (!s)
		return GN_NOMEM;
	e2ee_row_session(f, s, &device, &written);
	struct e2ee_peer *p = e2ee_form_broken(f) ? NULL : e2ee_peer_get(e, &device);
	gn_err err = p && !e2ee_session_by_id(e, s->id) ? e2ee_session_restore(e, p, s, written)
							: GN_CORRUPT;
	if (err)
		e2ee_session_free(e, s);
	return err;
}

static gn_err load_skipped(struct e2ee_form *f, struct gn_e2ee *e)
{
	struct e2ee_session *s = e2ee_session_by_id(e, gn_read_be64(&f->r));
	if (!s || s->skips[E2EE_SKIPS_DH].serial || s->skips[E2EE_SKIPS_PQ].serial)
		return GN_CORRUPT; /* of no session, or its second */
	return e2ee_row_skipped(f, s->skips);
}

gn_err gn_e2ee_row_load(struct gn_e2ee *e, enum gn_e2ee_row_kind kind, struct gn_slice row)
{
	struct e2ee_form f = {.reading = true, .r = gn_reader(row)};
	gn_err err = GN_USAGE;
	e2ee_row_version(&f);
	if (e2ee_form_broken(&f))
		return GN_CORRUPT;
	switch (kind) {
	case GN_E2EE_ROW_SETUPS: err = load_setups(&f, e); break;
	case GN_E2EE_ROW_PEER: err = load_peer(&f, e); break;
	case GN_E2EE_ROW_SESSION: err = load_session(&f, e); break;
	case GN_E2EE_ROW_SKIPPED: err = load_skipped(&f, e); break;
	case GN_E2EE_ROW_OWN:
	case GN_E2EE_ROW_ALL: return GN_USAGE;
	}
	if (!err && (e2ee_form_broken(&f) || gn_reader_left(&f.r)))
		err = GN_CORRUPT;
	return err;
}

gn_err gn_e2ee_open(const struct gn_env *env, struct gn_slice own, struct gn_e2ee **out)
{
	struct e2ee_form f = {.reading = true, .r = gn_reader(own)};
	static const struct gn_e2ee_own none;
	struct gn_e2ee *e;
	GN_TRY(gn_e2ee_new(env, &none, &e));
	e2ee_row_version(&f);
	gn_err err = e2ee_row_own(&f, e);
	if (!err && (e2ee_form_broken(&f) || gn_reader_left(&f.r)))
		err = GN_CORRUPT;
	if (err) {
		gn_e2ee_free(e);
		return err;
	}
	gn_x25519_public(e->own.is.dh, e->own.dh_pk);
	told_all(e);
	*out = e;
	return GN_OK;
}

/* ---- all of it: {kind 1, bytes 4, row} each, in the order of loading; an empty ALL at the end,
 * so that what was cut short is none ---- */

size_t gn_e2ee_save_len(const struct gn_e2ee *e)
{
	size_t len = sizeof magic + 3 * 5;
	len += gn_e2ee_row_len(e, &(struct gn_e2ee_row){.kind = GN_E2EE_ROW_OWN});
	len += gn_e2ee_row_len(e, &(struct gn_e2ee_row){.kind = GN_E2EE_ROW_SETUPS});
	len += e->peers.count * (5 + sizeof(struct e2ee_peer));
	for (const struct e2ee_session *s = e->newest; s; s = s->older)
		len += 2 * 5 + E2EE_SESSION_ROW_MAX + 64 +
		       (s->skips[0].count + s->skips[1].count) * sizeof(struct e2ee_skipped);
	return len;
}

static gn_err put_row(const struct gn_e2ee *e, const struct gn_e2ee_row *row, struct gn_buf *out)
{
	size_t at = out->len;
	uint8_t head[5] = {(uint8_t)row->kind};
	GN_TRY(gn_buf_put(out, GN_SLICE(head)));
	GN_TRY(gn_e2ee_row_save(e, row, out));
	GN_ASSERT(out->len > at + sizeof head); /* a version at the least */
	struct gn_writer w = gn_writer(out->p + at + 1, 4);
	gn_write_be32(&w, (uint32_t)(out->len - at - 5));
	return GN_OK;
}

gn_err gn_e2ee_save(const struct gn_e2ee *e, struct gn_buf *out)
{
	struct gn_buf b = *out;
	struct gn_e2ee_row row = {.kind = GN_E2EE_ROW_OWN};
	static const uint8_t end[5] = {GN_E2EE_ROW_ALL};
	GN_TRY(gn_buf_put(&b, gn_slice(magic, sizeof magic - 1)));
	GN_TRY(put_row(e, &row, &b));
	row.kind = GN_E2EE_ROW_SETUPS;
	GN_TRY(put_row(e, &row, &b));
	row.kind = GN_E2EE_ROW_PEER;
	for (uint32_t i = 0; i < e->peers.count; i++) {
		row.device = GN_MAP_AT(&e->peers, struct e2ee_peer *, i)->is.device;
		GN_TRY(put_row(e, &row, &b));
	}
	for (const struct e2ee_session *s = e->newest; s; s = s->older) {
		row = (struct gn_e2ee_row){.kind = GN_E2EE_ROW_SESSION, .session = s->id};
		GN_TRY(put_row(e, &row, &b));
		row.kind = GN_E2EE_ROW_SKIPPED;
		if (s->skips[0].serial || s->skips[1].serial)
			GN_TRY(put_row(e, &row, &b));
	}
	GN_TRY(gn_buf_put(&b, GN_SLICE(end)));
	GN_ASSERT(b.len - out->len <= gn_e2ee_save_len(e));
	*out = b;
	return GN_OK;
}

static bool take_row(struct gn_reader *r, uint8_t *kind, struct gn_slice *row)
{
	*kind = gn_read_u8(r);
	*row = gn_read_bytes(r, gn_read_be32(r));
	return !r->bad;
}

gn_err gn_e2ee_load(const struct gn_env *env, struct gn_slice state, struct gn_e2ee **out)
{
	struct gn_reader r = gn_reader(state);
	struct gn_slice row, head = gn_read_bytes(&r, sizeof magic - 1);
	struct gn_e2ee *e;
	uint8_t kind;
	if (r.bad || memcmp(head.p, magic, 4) != 0)
		return GN_CORRUPT;
	if (head.p[4] != (uint8_t)magic[4])
		return GN_VERSION;
	if (!take_row(&r, &kind, &row) || kind != GN_E2EE_ROW_OWN)
		return GN_CORRUPT;
	GN_TRY(gn_e2ee_open(env, row, &e));
	gn_err err = GN_OK;
	while (!err && kind != GN_E2EE_ROW_ALL) {
		err = take_row(&r, &kind, &row) && kind > GN_E2EE_ROW_OWN && kind <= GN_E2EE_ROW_ALL
			      ? GN_OK
			      : GN_CORRUPT;
		if (!err && kind != GN_E2EE_ROW_ALL)
			err = gn_e2ee_row_load(e, (enum gn_e2ee_row_kind)kind, row);
	}
	if (!err && (row.len || gn_reader_left(&r)))
		err = GN_CORRUPT;
	if (err)
		gn_e2ee_free(e);
	else
		*out = e;
	return err;
}

static size_t session_row_len(const struct gn_e2ee *e, uint64_t id)
{
	uint8_t bytes[E2EE_SESSION_ROW_MAX];
	struct gn_buf row = {bytes, 0, sizeof bytes};
	gn_err err = gn_e2ee_row_save(
		e, &(struct gn_e2ee_row){.kind = GN_E2EE_ROW_SESSION, .session = id}, &row);
	GN_ASSERT(err == GN_OK);
	gn_wipe(bytes, sizeof bytes);
	return row.len;
}

gn_err gn_e2ee_info(const struct gn_e2ee *e, const struct gn_pk *device, struct gn_e2ee_info *out)
{
	const struct e2ee_peer *p = e2ee_peer_get(e, device);
	if (!p)
		return GN_NOT_FOUND;
	GN_ASSERT(p->count <= E2EE_SESSIONS_MAX);
	*out = (struct gn_e2ee_info){.sessions = p->count};
	const struct e2ee_session *s = p->written;
	if (!s && p->count)
		s = p->sessions[p->count - 1];
	if (s) {
		out->epoch = s->state.pq.send_epoch;
		out->state_bytes = session_row_len(e, s->id);
		for (int i = 0; i < E2EE_SKIPS; i++)
			out->skipped += s->skips[i].count;
	}
	return GN_OK;
}
