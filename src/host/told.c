/* The log of events behind EventsOn: a ring by cursor (told.h). An event that a newer one of its
 * object replaced leaves an empty place, so cursors stay contiguous. */
#include "host/told.h"

#include "host/limits.h"

#include <stdlib.h>

struct told_event {
	uint8_t *bytes; /* owned; NULL: a newer one took its place */
	size_t len;
	uint64_t object;
	gn_time at;
	unsigned bit;
	bool taken; /* what it is for comes yet */
};

struct gn_host_told {
	struct gn_host_told_config config;
	struct told_event *ring; /* owned: config.count places */
	uint64_t first, next;    /* cursors of what is kept: first..next - 1 */
	size_t bytes;
	struct gn_fbb builder;
	uint8_t *room; /* owned */
};

struct gn_host_told *gn_host_told_new(const struct gn_host_told_config *config)
{
	GN_ASSERT(config->count > 0 && config->bytes > 0);
	struct gn_host_told *t = calloc(1, sizeof *t);
	if (!t)
		return NULL;
	t->config = *config;
	t->first = t->next = 1;
	t->ring = calloc(config->count, sizeof *t->ring);
	t->room = malloc(GN_HOST_TOLD_EVENT);
	if (!t->ring || !t->room) {
		gn_host_told_free(t);
		return NULL;
	}
	return t;
}

static struct told_event *event_at(const struct gn_host_told *t, uint64_t cursor)
{
	GN_ASSERT(cursor >= t->first && cursor < t->next);
	return &t->ring[cursor % t->config.count];
}

static void empty_event(struct gn_host_told *t, struct told_event *e)
{
	GN_ASSERT(t->bytes >= e->len);
	t->bytes -= e->len;
	free(e->bytes);
	*e = (struct told_event){.at = e->at};
}

static void drop_first(struct gn_host_told *t)
{
	empty_event(t, event_at(t, t->first));
	t->first++;
}

void gn_host_told_free(struct gn_host_told *t)
{
	if (!t)
		return;
	while (t->first < t->next)
		drop_first(t);
	free(t->ring);
	free(t->room);
	free(t);
}

struct gn_fbb *gn_host_told_builder(struct gn_host_told *t)
{
	t->builder = gn_app_fbb(t->room, GN_HOST_TOLD_EVENT);
	return &t->builder;
}

/* The older one of the same object. */
static void replace(struct gn_host_told *t, unsigned bit, uint64_t object)
{
	for (uint64_t c = t->next; c-- > t->first;) {
		struct told_event *e = event_at(t, c);
		if (e->bytes && e->bit == bit && e->object == object) {
			empty_event(t, e);
			return; /* there is one at most */
		}
	}
}

static gn_err make_frame(struct gn_host_told *t, uint64_t cursor, struct gn_app_kind kind,
			 gn_fbref table, struct told_event *out)
{
	struct gn_app_frame head = {.cursor = cursor, .kind = kind};
	struct gn_slice frame;
	GN_TRY(gn_app_frame_make(&t->builder, &head, table, &frame));
	if (frame.len > t->config.bytes)
		return GN_TOO_LARGE;
	out->bytes = malloc(frame.len);
	if (!out->bytes)
		return GN_NOMEM;
	memcpy(out->bytes, frame.p, frame.len);
	out->len = frame.len;
	return GN_OK;
}

/* Takes made into its place, if that is still there once there is room for it. */
static gn_err put_at(struct gn_host_told *t, uint64_t cursor, struct told_event *made)
{
	if (made->object)
		replace(t, made->bit, made->object);
	while (t->first < t->next && t->bytes + made->len > t->config.bytes)
		drop_first(t);
	if (cursor < t->first) {
		free(made->bytes);
		return GN_NOT_FOUND;
	}
	made->at = event_at(t, cursor)->at;
	*event_at(t, cursor) = *made;
	t->bytes += made->len;
	return GN_OK;
}

uint64_t gn_host_told_take(struct gn_host_told *t, gn_time now)
{
	while (t->next - t->first >= t->config.count)
		drop_first(t);
	t->ring[t->next % t->config.count] = (struct told_event){.at = now, .taken = true};
	return t->next++;
}

gn_err gn_host_told_fill(struct gn_host_told *t, uint64_t cursor, struct gn_app_kind kind,
			 gn_fbref table, unsigned bit, uint64_t object)
{
	struct told_event made = {.object = object, .bit = bit};
	GN_ASSERT(bit < 64 && cursor < t->next);
	if (cursor < t->first || !event_at(t, cursor)->taken)
		return GN_NOT_FOUND;
	gn_err err = make_frame(t, cursor, kind, table, &made);
	event_at(t, cursor)->taken = false;
	return err ? err : put_at(t, cursor, &made);
}

void gn_host_told_leave(struct gn_host_told *t, uint64_t cursor)
{
	GN_ASSERT(cursor < t->next);
	if (cursor >= t->first)
		event_at(t, cursor)->taken = false;
}

gn_err gn_host_told_add(struct gn_host_told *t, struct gn_app_kind kind, gn_fbref table,
			unsigned bit, uint64_t object, gn_time now)
{
	struct told_event made = {.object = object, .bit = bit};
	GN_ASSERT(bit < 64);
	GN_TRY(make_frame(t, t->next, kind, table, &made));
	uint64_t cursor = gn_host_told_take(t, now);
	event_at(t, cursor)->taken = false;
	return put_at(t, cursor, &made);
}

void gn_host_told_restart(struct gn_host_told *t, uint64_t next)
{
	GN_ASSERT(next > 0);
	while (t->first < t->next)
		drop_first(t);
	t->first = t->next = next;
}

void gn_host_told_skip(struct gn_host_told *t, uint64_t next, gn_time now)
{
	if (next > t->next && next - t->next > t->config.count)
		gn_host_told_restart(t, next - t->config.count);
	while (t->next < next)
		gn_host_told_leave(t, gn_host_told_take(t, now));
}

void gn_host_told_tick(struct gn_host_told *t, gn_time now)
{
	while (t->first < t->next && now - event_at(t, t->first)->at >= t->config.keep)
		drop_first(t);
}

uint64_t gn_host_told_cursor(const struct gn_host_told *t)
{
	return t->next - 1;
}

bool gn_host_told_next(const struct gn_host_told *t, uint64_t kinds, uint64_t *cursor,
		       struct gn_slice *frame, uint64_t *gap)
{
	uint64_t at = *cursor + 1;
	*gap = 0;
	if (*cursor >= t->next) /* of another epoch */
		at = t->next, *gap = t->next;
	if (at < t->first)
		at = *gap = t->first;
	for (; at < t->next; at++) {
		const struct told_event *e = event_at(t, at);
		if (e->taken) {
			*cursor = at - 1;
			return false;
		}
		if (!e->bytes || (kinds && !(kinds >> e->bit & 1)))
			continue;
		*cursor = at;
		*frame = gn_slice(e->bytes, e->len);
		return true;
	}
	*cursor = t->next - 1;
	return false;
}

size_t gn_host_told_bytes(const struct gn_host_told *t)
{
	return t->bytes;
}
