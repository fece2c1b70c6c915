#include "agent/publish.h"
#include "agent/limits.h"

#include <stdlib.h>

static const struct gn_app_kind put_kind = {GN_FB_APP_BODY_APP_RECORD,
					    GN_FB_APP_RECORD_BODY_RECORD_PUT};

struct publish_place {
	struct gn_agent_publish *of;
	uint8_t *record; /* owned; NULL: nothing is published here */
	size_t len;
	uint64_t created, ttl; /* Unix seconds, seconds */
	uint64_t call;         /* of the put that runs; 0: none */
	bool held, changed;    /* changed: since that put began */
	unsigned few;          /* signed it at last, and were too few; 0: else */
	gn_time due, wait, renew_due;
};

struct gn_agent_publish {
	struct gn_agent_publish_config config;
	struct publish_place places[AGENT_PUBLISH_PLACES];
	gn_time now; /* of the last call */
};

/* ---- a put ---- */

static void put_ended(struct publish_place *at, gn_err err, unsigned receipts)
{
	struct gn_agent_publish *p = at->of;
	gn_time now = p->now;
	at->call = 0;
	if (at->changed) {
		at->due = now;
		return;
	}
	at->held = !err;
	at->few = err == GN_QUORUM ? receipts : 0;
	at->wait =
		err ? gn_time_min(at->wait ? 2 * at->wait : AGENT_PUBLISH_WAIT, AGENT_PUBLISH_AGAIN)
		    : 0;
	at->due = now + (err ? at->wait : AGENT_PUBLISH_AGAIN);
	if (p->config.put)
		p->config.put(p->config.user, (unsigned)(at - p->places), err, receipts);
}

static void on_put(void *user, const struct gn_host_client_event *e)
{
	struct publish_place *at = user;
	if (e->what == GN_HOST_CLIENT_FAILED) {
		put_ended(at, e->fault.err, 0);
	} else if (e->what == GN_HOST_CLIENT_ANSWER && !e->more) {
		struct gn_fb_record_stored t = {e->table};
		bool known = e->kind.area == GN_FB_APP_BODY_APP_RECORD &&
			     e->kind.member == GN_FB_APP_RECORD_BODY_RECORD_STORED;
		uint16_t code = known ? gn_fb_record_stored_code(t) : GN_PROTOCOL;
		put_ended(at, code < GN_ERR_COUNT ? (gn_err)code : GN_INTERNAL,
			  known ? gn_fb_record_stored_receipts_len(t) : 0);
	}
}

static void begin_put(struct publish_place *at)
{
	struct gn_agent_link *link = at->of->config.link;
	struct gn_fb_record_put_args args = {.record = gn_slice(at->record, at->len),
					     .session = at->of->config.session};
	gn_fbref table = gn_fb_record_put_make(gn_agent_link_builder(link), &args);
	at->changed = false;
	if (gn_agent_link_call(link, put_kind, table, 0, on_put, at, &at->call) != GN_OK)
		at->call = 0; /* full: in the next turn */
}

/* ---- the outside ---- */

gn_err gn_agent_publish_new(const struct gn_agent_publish_config *config,
			    struct gn_agent_publish **out)
{
	struct gn_agent_publish *p = calloc(1, sizeof *p);
	if (!p)
		return GN_NOMEM;
	p->config = *config;
	for (unsigned i = 0; i < AGENT_PUBLISH_PLACES; i++)
		p->places[i].of = p;
	*out = p;
	return GN_OK;
}

void gn_agent_publish_drop(struct gn_agent_publish *p, unsigned place)
{
	if (place >= AGENT_PUBLISH_PLACES)
		return;
	struct publish_place *at = &p->places[place];
	gn_agent_link_drop(p->config.link, at->call);
	free(at->record);
	*at = (struct publish_place){.of = p};
}

void gn_agent_publish_free(struct gn_agent_publish *p)
{
	if (!p)
		return;
	for (unsigned i = 0; i < AGENT_PUBLISH_PLACES; i++)
		gn_agent_publish_drop(p, i);
	free(p);
}

gn_err gn_agent_publish_set(struct gn_agent_publish *p, unsigned place, struct gn_slice record,
			    gn_time now)
{
	struct gn_record r;
	if (place >= AGENT_PUBLISH_PLACES)
		return GN_RANGE;
	if (gn_wire_record_parse(record, &r) != GN_OK)
		return GN_MALFORMED;
	uint8_t *copy = malloc(record.len);
	if (!copy)
		return GN_NOMEM;
	memcpy(copy, record.p, record.len);
	struct publish_place *at = &p->places[place];
	free(at->record);
	at->record = copy;
	at->len = record.len;
	at->created = r.created;
	at->ttl = r.ttl;
	at->held = false;
	at->few = 0;
	at->changed = true;
	at->wait = 0;
	at->due = at->renew_due = now;
	return GN_OK;
}

void gn_agent_publish_hurry(struct gn_agent_publish *p, gn_time now)
{
	for (unsigned i = 0; i < AGENT_PUBLISH_PLACES; i++) {
		struct publish_place *at = &p->places[i];
		if (at->record && !at->held) {
			at->due = now;
			at->wait = 0;
		}
	}
}

bool gn_agent_publish_held(const struct gn_agent_publish *p, unsigned place)
{
	GN_ASSERT(place < AGENT_PUBLISH_PLACES);
	return p->places[place].record && p->places[place].held;
}

bool gn_agent_publish_done(const struct gn_agent_publish *p)
{
	for (unsigned i = 0; i < AGENT_PUBLISH_PLACES; i++)
		if (p->places[i].record && !p->places[i].held)
			return false;
	return true;
}

unsigned gn_agent_publish_few(const struct gn_agent_publish *p)
{
	unsigned fewest = 0;
	for (unsigned i = 0; i < AGENT_PUBLISH_PLACES; i++) {
		const struct publish_place *at = &p->places[i];
		if (at->record && at->few && (!fewest || at->few < fewest))
			fewest = at->few;
	}
	return fewest;
}

/* Past the part of its life after which it is made anew. */
static bool is_old(const struct publish_place *at, uint64_t unix_now)
{
	uint64_t lived = unix_now > at->created ? unix_now - at->created : 0;
	return lived >= at->ttl / AGENT_PUBLISH_RENEW;
}

gn_time gn_agent_publish_pump(struct gn_agent_publish *p, gn_time now)
{
	gn_time next = GN_NEVER;
	p->now = now;
	bool up = gn_agent_link_room(p->config.link) > 0; /* a call that ends brings a turn */
	uint64_t unix_now = p->config.unix_now(p->config.user);
	for (unsigned i = 0; i < AGENT_PUBLISH_PLACES; i++) {
		struct publish_place *at = &p->places[i];
		if (at->record && at->renew_due <= now) {
			at->renew_due = now + AGENT_PUBLISH_AGAIN;
			if (is_old(at, unix_now))
				p->config.renew(p->config.user, i); /* sets it, now or later */
		}
		if (!at->record)
			continue;
		if (!at->call && at->due <= now && gn_agent_link_room(p->config.link) > 0)
			begin_put(at);
		next = gn_time_min(next, at->renew_due);
		if (!at->call && up)
			next = gn_time_min(next, at->due);
	}
	return next;
}
