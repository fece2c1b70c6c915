/* The sealed WAL. SQLite writes a frame's header and its page one after the other, reads them
 * together, and at times rewrites one of the two; here they are one sealed piece.
 *
 * 1. A header waits for the page that follows; when something else follows it was a header written
 *    again, and the frame is sealed anew with it.
 * 2. SQLite takes the first frame that is not valid for the end of what was committed. That is
 *    right for a frame that a power cut tore and wrong for one that was damaged later, so before
 *    it looks, all frames are looked through: each says in which round it was written. A WAL begins
 *    with round 1, and a round ends when a committed transaction was synced. A frame that does not
 *    open although one of a later round does was synced: that is damage, an error and not an end.
 * 3. The last round may be torn: what does not open there was not acknowledged, or is taken for it.
 * 4. After a recovery the round is the one after the last transaction that is valid, whatever lies
 *    behind it: so a frame left from before has never a later round than its place allows.
 *
 *    WAL: unread -> read [look_through] -> written to [agent_wal_write, torn = none]
 *
 * Spec: AG-21..23; the WAL's format: sqlite.org/fileformat2.html 4. */
#include "agent/db_vfs_int.h"

/* What a place in the WAL is part of. */
static sqlite3_int64 frame_at(sqlite3_int64 offset)
{
	return offset - (offset - AGENT_WAL_HEAD) % AGENT_FRAME;
}

/* The frame that begins here, opened into f->frame; SQLITE_IOERR_SHORT_READ when it is not whole,
 * SQLITE_NOTADB when it does not open. */
static int load(struct agent_file *f, sqlite3_int64 at, uint32_t *round)
{
	int rc = f->real->pMethods->xRead(f->real, f->frame, AGENT_FRAME, at);
	if (rc != SQLITE_OK)
		return rc;
	return agent_frame_open(&f->sealer, (uint64_t)at, f->frame, round) ? SQLITE_NOTADB
									   : SQLITE_OK;
}

static int store(struct agent_file *f, sqlite3_int64 at)
{
	bool ends = gn_be32(f->frame + 4) != 0; /* a transaction */
	gn_err err = agent_frame_seal(&f->sealer, (uint64_t)at, f->vfs->round, f->frame);
	if (err)
		return SQLITE_IOERR_WRITE;
	f->torn = AGENT_TORN_NOT;
	f->vfs->committed |= ends;
	return f->real->pMethods->xWrite(f->real, f->frame, AGENT_FRAME, at);
}

int agent_wal_flush(struct agent_file *f)
{
	uint32_t round;
	if (!f->pending)
		return SQLITE_OK;
	f->pending = false;
	int rc = load(f, f->pending_at, &round);
	if (rc == SQLITE_NOTADB)
		return agent_vfs_fault(f->vfs, GN_CORRUPT);
	if (rc != SQLITE_OK)
		return rc == SQLITE_IOERR_SHORT_READ ? SQLITE_IOERR_WRITE : rc;
	memcpy(f->frame, f->header, AGENT_FRAME_HEAD);
	return store(f, f->pending_at);
}

/* ---- the look before recovery ---- */

struct look {
	bool little;     /* order of bytes of the checksums */
	uint32_t sum[2]; /* of all so far */
	uint8_t salt[8];
	uint32_t round; /* of the last transaction */
	bool ended;     /* what is valid ended */
	bool gap;       /* with a frame that did not open */
};

/* SQLite's checksum: two sums over pairs of words, going on from what came before. */
static void add_up(struct look *l, const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i += 8) {
		uint32_t x = gn_be32(p + i), y = gn_be32(p + i + 4);
		l->sum[0] += (l->little ? __builtin_bswap32(x) : x) + l->sum[1];
		l->sum[1] += (l->little ? __builtin_bswap32(y) : y) + l->sum[0];
	}
}

static bool head_ok(struct look *l, const uint8_t h[AGENT_WAL_HEAD])
{
	uint32_t magic = gn_be32(h);
	l->little = !(magic & 1u);
	memcpy(l->salt, h + 16, sizeof l->salt);
	add_up(l, h, 24);
	return (magic & ~1u) == 0x377f0682u && gn_be32(h + 8) == AGENT_PAGE &&
	       l->sum[0] == gn_be32(h + 24) && l->sum[1] == gn_be32(h + 28);
}

/* A frame with this WAL's salt that opened. False: one before it that did not is damaged. */
static bool look_at(struct look *l, const uint8_t frame[AGENT_FRAME], uint32_t round)
{
	if (l->ended)
		/* what lies behind the end was never acknowledged, or is of before a recovery: its
		 * round is the one in which the end is. A later one was only begun when that was
		 * safe. */
		return !l->gap || round <= l->round + 1;
	add_up(l, frame, 8);
	add_up(l, frame + AGENT_FRAME_HEAD, AGENT_PAGE);
	l->ended = l->sum[0] != gn_be32(frame + 16) || l->sum[1] != gn_be32(frame + 20);
	if (!l->ended && gn_be32(frame + 4) != 0)
		l->round = round;
	return true;
}

static int look_through(struct agent_file *f, const uint8_t head[AGENT_WAL_HEAD])
{
	struct look l = {.ended = false};
	sqlite3_int64 size;
	uint32_t round;
	bool known = head_ok(&l, head);
	int rc = agent_file_size(f, &size);
	f->torn = AGENT_TORN_NOT;
	for (sqlite3_int64 at = AGENT_WAL_HEAD; rc == SQLITE_OK && at + (int)AGENT_FRAME <= size;
	     at += AGENT_FRAME) {
		rc = load(f, at, &round);
		if (rc == SQLITE_NOTADB) {
			l.gap |= !l.ended;
			f->torn = l.ended ? f->torn : at;
			l.ended = true;
			rc = SQLITE_OK;
			continue;
		}
		if (rc != SQLITE_OK)
			break;
		if (!known) /* a header is synced before any frame */
			return agent_vfs_fault(f->vfs, GN_CORRUPT);
		if (memcmp(f->frame + 8, l.salt, sizeof l.salt) != 0)
			l.ended = true; /* of before the WAL began anew */
		else if (!look_at(&l, f->frame, round))
			return agent_vfs_fault(f->vfs, GN_CORRUPT);
	}
	f->vfs->round = l.round + 1;
	f->vfs->committed = false;
	return rc;
}

/* ---- reads and writes ---- */

static int read_head(struct agent_file *f, uint8_t *out, int len, sqlite3_int64 offset)
{
	int rc = f->real->pMethods->xRead(f->real, out, len, offset);
	if (rc == SQLITE_OK && offset == 0 && len == AGENT_WAL_HEAD)
		rc = look_through(f, out);
	return rc;
}

int agent_wal_read(struct agent_file *f, uint8_t *out, int len, sqlite3_int64 offset)
{
	uint32_t round;
	int rc = agent_wal_flush(f);
	if (rc != SQLITE_OK)
		return rc;
	if (offset + len <= (int)AGENT_WAL_HEAD)
		return read_head(f, out, len, offset);
	if (offset < (int)AGENT_WAL_HEAD)
		return SQLITE_IOERR_READ;
	sqlite3_int64 at = frame_at(offset);
	size_t within = (size_t)(offset - at);
	if (within + (size_t)len > AGENT_FRAME)
		return SQLITE_IOERR_READ;
	rc = load(f, at, &round);
	if (rc == SQLITE_OK) {
		memcpy(out, f->frame + within, (size_t)len);
		return SQLITE_OK;
	}
	memset(out, 0, (size_t)len);
	if (rc != SQLITE_NOTADB)
		return rc;
	/* zeros are no valid frame: recovery ends there */
	return at >= f->torn ? SQLITE_OK : agent_vfs_fault(f->vfs, GN_CORRUPT);
}

int agent_wal_write(struct agent_file *f, const uint8_t *in, int len, sqlite3_int64 offset)
{
	bool follows = f->pending && offset == f->pending_at + (int)AGENT_FRAME_HEAD &&
		       len == (int)AGENT_PAGE;
	uint32_t round;
	int rc = follows ? SQLITE_OK : agent_wal_flush(f);
	if (rc != SQLITE_OK)
		return rc;
	if (offset == 0 && len == (int)AGENT_WAL_HEAD) {
		f->torn = AGENT_TORN_NOT;
		f->vfs->round = 1;
		f->vfs->committed = false;
		return f->real->pMethods->xWrite(f->real, in, len, 0);
	}
	sqlite3_int64 at = offset < (int)AGENT_WAL_HEAD ? -1 : frame_at(offset);
	if (at == offset && len == (int)AGENT_FRAME_HEAD) {
		memcpy(f->header, in, AGENT_FRAME_HEAD);
		f->pending_at = at;
		f->pending = true;
		return SQLITE_OK;
	}
	if (at < 0 || offset != at + (int)AGENT_FRAME_HEAD || len != (int)AGENT_PAGE)
		return SQLITE_IOERR_WRITE;
	if (follows)
		memcpy(f->frame, f->header, AGENT_FRAME_HEAD);
	else if ((rc = load(f, at, &round)) != SQLITE_OK) /* a page written over alone */
		return rc == SQLITE_NOTADB ? agent_vfs_fault(f->vfs, GN_CORRUPT)
					   : SQLITE_IOERR_WRITE;
	memcpy(f->frame + AGENT_FRAME_HEAD, in, AGENT_PAGE);
	rc = store(f, at);
	f->pending = false;
	return rc;
}

int agent_wal_sync(struct agent_file *f, int flags)
{
	int rc = agent_wal_flush(f);
	if (rc == SQLITE_OK)
		rc = f->real->pMethods->xSync(f->real, flags);
	if (rc == SQLITE_OK && f->vfs->committed) {
		f->vfs->round++;
		f->vfs->committed = false;
	}
	return rc;
}
