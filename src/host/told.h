/* What a program told of, kept for who comes late or reads slowly: events in order, each a whole
 * frame of app/1, the oldest given up when there are too many. Pure; no randomness, no clock.
 *
 * 1. Cursors go up by one from 1; whoever has heard up to a cursor is told what came after it, or
 *    that some of it is gone.
 * 2. Of events about one object the newest alone is kept: each carries its whole state, so who
 *    reads slowly hears less, never something old.
 * 3. At most `count` events and `bytes` of them are kept, none longer than `keep`.
 * 4. A cursor may be taken before its event is there (a program that stores cursors with what they
 *    are about); nothing from it on is told until it is.
 *
 * Rule: docs/spec/app.md AP-10. */
#ifndef GN_HOST_TOLD_H
#define GN_HOST_TOLD_H

#include "base/base.h"
#include "wire/app.h"

struct gn_host_told;

struct gn_host_told_config {
	size_t count, bytes;
	gn_time keep;
};

/* NULL: no memory. */
struct gn_host_told *gn_host_told_new(const struct gn_host_told_config *config);
void gn_host_told_free(struct gn_host_told *t);

/* ---- in ---- */

/* A builder for the next event's table. */
struct gn_fbb *gn_host_told_builder(struct gn_host_told *t);
/* bit: its place in EventsOn.kinds, below 64. object: of which only the newest counts; 0: every one
 * does. GN_TOO_LARGE, GN_NOMEM: it is not told. */
gn_err gn_host_told_add(struct gn_host_told *t, struct gn_app_kind kind, gn_fbref table,
			unsigned bit, uint64_t object, gn_time now);
void gn_host_told_tick(struct gn_host_told *t, gn_time now);

/* Takes the next cursor, to be filled soon: whoever listens waits for it. */
uint64_t gn_host_told_take(struct gn_host_told *t, gn_time now);
/* What it was taken for, as gn_host_told_add; after an error there is nothing at it. GN_NOT_FOUND:
 * it is gone, or was filled. */
gn_err gn_host_told_fill(struct gn_host_told *t, uint64_t cursor, struct gn_app_kind kind,
			 gn_fbref table, unsigned bit, uint64_t object);
void gn_host_told_leave(struct gn_host_told *t, uint64_t cursor); /* nothing is at it */
/* Forgets all: the next cursor is this one, not 0. */
void gn_host_told_restart(struct gn_host_told *t, uint64_t next);
/* The next cursor is this one, if it is not past it already: there was nothing before it. */
void gn_host_told_skip(struct gn_host_told *t, uint64_t next, gn_time now);

/* ---- out ---- */

uint64_t gn_host_told_cursor(const struct gn_host_told *t); /* of the last one */
/* The first event after *cursor that is of `kinds` (0: all), and *cursor moves to it; the frame is
 * good until the next call. False: none. *gap, when it is not 0: events before that one, which came
 * after *cursor, are gone. */
bool gn_host_told_next(const struct gn_host_told *t, uint64_t kinds, uint64_t *cursor,
		       struct gn_slice *frame, uint64_t *gap);
/* A cursor that is of no log: all of it is gone. */
#define GN_HOST_TOLD_ELSEWHERE (UINT64_MAX - 1)
size_t gn_host_told_bytes(const struct gn_host_told *t);

#endif
