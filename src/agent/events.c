/* Events that outlive a restart. Of an event the store keeps which object it is about, in the
 * transaction that changed the object, so neither is there without the other; what it says is made
 * from the object when it is told (told.c).
 *
 * 1. Cursors are taken in order and never twice, over restarts too: those below the single value
 *    "told" may have been told. It is moved AGENT_TOLD_AHEAD at a time.
 *
 * Rules: AG-39, AG-90; docs/spec/app.md AP-10. */
#include "agent/events_int.h"

#include <stdlib.h>

#define TOLD_NEXT "told" /* a single value: cursors below it may have been told */

gn_err agent_events_ahead(struct gn_agent *a, struct gn_agent_tx *tx)
{
	uint8_t bytes[8];
	uint64_t next = gn_host_told_cursor(a->api.told) + 1;
	if (next < a->told_ahead)
		return GN_OK;
	gn_put_be64(bytes, next + AGENT_TOLD_AHEAD);
	GN_TRY(gn_agent_meta_put(tx, TOLD_NEXT, GN_SLICE(bytes)));
	a->told_ahead = next + AGENT_TOLD_AHEAD;
	return GN_OK;
}

gn_err agent_events_next(struct gn_agent *a, uint64_t *next)
{
	uint8_t bytes[8];
	struct gn_buf b = {bytes, 0, sizeof bytes};
	gn_err err = gn_agent_meta_get(a->db, TOLD_NEXT, &b);
	*next = 1;
	if (err)
		return err == GN_NOT_FOUND ? GN_OK : err;
	if (b.len != sizeof bytes)
		return GN_CORRUPT;
	*next = gn_be64(bytes);
	return GN_OK;
}

/* What of the event the store keeps; 0: nothing, nobody is told of it. */
static size_t name_of(const struct gn_people_event *e, uint8_t out[AGENT_EVENT_NAME],
		      uint16_t *kind)
{
	switch (e->kind) {
	case GN_PEOPLE_MESSAGE:
		*kind = AGENT_EVENT_MESSAGE | (e->fresh ? AGENT_EVENT_FRESH : 0);
		memcpy(out, e->chat.b, 32);
		out[32] = e->mine;
		memcpy(out + 33, e->id.b, 16);
		return 49;
	case GN_PEOPLE_CONTACT:
	case GN_PEOPLE_REQUESTED:
	case GN_PEOPLE_ALARM:
		*kind = AGENT_EVENT_CONTACT;
		memcpy(out, e->owner.b, 32);
		return 32;
	case GN_PEOPLE_TYPING:
	case GN_PEOPLE_REGISTER:
	case GN_PEOPLE_WANT_RECORD:
	case GN_PEOPLE_WANT_BOX:
	case GN_PEOPLE_DEVICE_GONE:
	case GN_PEOPLE_CLEARED:
	case GN_PEOPLE_ALARM_OWN: return 0;
	}
	return 0;
}

gn_err agent_event_keep(struct gn_agent *a, struct gn_agent_tx *tx, const struct gn_people_event *e,
			uint64_t *cursor)
{
	uint8_t name[AGENT_EVENT_NAME];
	struct gn_agent_event out = {.at_ms = agent_unix_ms(a)};
	size_t len = name_of(e, name, &out.kind);
	*cursor = 0;
	if (!len)
		return GN_OK;
	GN_TRY(agent_events_ahead(a, tx));
	out.cursor = gn_host_told_take(a->api.told, a->now);
	out.bytes = gn_slice(name, len);
	return gn_agent_event_add(tx, &out, cursor);
}

bool agent_event_named(const struct gn_agent_event *e, struct gn_people_event *out)
{
	memset(out, 0, sizeof *out);
	switch (e->kind & ~AGENT_EVENT_FRESH) {
	case AGENT_EVENT_MESSAGE:
		if (e->bytes.len != 49)
			return false;
		out->kind = GN_PEOPLE_MESSAGE;
		out->fresh = e->kind & AGENT_EVENT_FRESH;
		memcpy(out->chat.b, e->bytes.p, 32);
		out->mine = e->bytes.p[32];
		memcpy(out->id.b, e->bytes.p + 33, 16);
		return true;
	case AGENT_EVENT_CONTACT:
		if (e->bytes.len != 32)
			return false;
		out->kind = GN_PEOPLE_CONTACT;
		memcpy(out->owner.b, e->bytes.p, 32);
		return true;
	default: return false; /* of a newer program */
	}
}

gn_err agent_register_moved(struct gn_agent *a, struct gn_slice key)
{
	struct gn_slice own = GN_LIT("people/");
	if (key.len > GN_CONTENT_REGISTER_KEY_MAX ||
	    gn_slice_eq(gn_slice_sub(key, 0, own.len), own))
		return GN_OK; /* of people: what it says of a contact is told as the contact */
	if (a->register_count == a->register_cap) {
		size_t cap = a->register_cap ? 2 * a->register_cap : 16;
		void *grown = realloc(a->registers, cap * sizeof *a->registers);
		if (!grown)
			return GN_NOMEM;
		a->registers = grown;
		a->register_cap = cap;
	}
	struct agent_register_key *out = &a->registers[a->register_count++];
	out->len = (uint8_t)key.len;
	memcpy(out->key, key.p, key.len);
	return GN_OK;
}
