/* Filling the record store: --arg KEYS node keys (1) put --count small records in all, each of a fresh owner, as fast
 * as they are answered. The figure is how many got a receipt. */
#include "attack.h"

#include <stdlib.h>

#define WINDOW 16 /* puts of one key that wait for an answer */
#define OWNERS 100000
#define SILENCE ((gn_time)10000000000) /* ns without an answer: what is on its way was lost, as datagrams may be */

static struct {
	unsigned put, answered, kept, refused;
	gn_time last;
} records;

static void put_next(struct endpoint *e, gn_jet_id id)
{
	static uint8_t record[4096], message[4096];
	struct attack *a = e->attack;
	if (records.put == a->count)
		return;
	struct gn_slice r =
		record_make(a, OWNERS + records.put, "x", GN_LIT("junk"), 30 * 86400, NULL, record, sizeof record);
	records.put++;
	endpoint_send(e, id, message_put(r, records.put, message, sizeof message), false);
}

static void on_message(struct endpoint *e, gn_jet_id id, const struct gn_pk *from, struct gn_slice bytes)
{
	struct gn_fb_overlay_message m;
	(void)from;
	if (gn_fb_overlay_message_verify(bytes, &m) || !gn_fb_overlay_message_request(m))
		return;
	uint8_t type = gn_fb_overlay_message_body_type(m);
	bool refused = type == GN_FB_OVERLAY_BODY_REFUSED || type == GN_FB_OVERLAY_BODY_STALE;
	if (type != GN_FB_OVERLAY_BODY_ACK && !refused)
		return;
	records.answered++;
	records.last = e->attack->now;
	records.kept += type == GN_FB_OVERLAY_BODY_ACK;
	records.refused += refused;
	put_next(e, id);
}

static void on_event(struct endpoint *e, const struct gn_jet_event *event)
{
	if (event->kind == GN_JET_CONNECTED)
		for (unsigned i = 0; i < WINDOW; i++)
			put_next(e, event->id);
}

static bool answered(struct attack *a)
{
	return records.answered == a->count || (records.answered && a->now - records.last > SILENCE);
}

int attack_records(struct attack *a)
{
	unsigned keys = a->arg ? (unsigned)strtoul(a->arg, NULL, 10) : 1;
	for (unsigned i = 0; i < keys; i++) {
		struct endpoint *e = endpoint_new(a, i + 1, NULL);
		e->on_message = on_message;
		e->on_event = on_event;
		(void)endpoint_dial(e, &a->node);
	}
	(void)run(a, a->life, answered);
	result("\"keys\": %u, \"put\": %u, \"kept\": %u, \"refused\": %u, \"seconds\": %.1f", keys, records.put,
	       records.kept, records.refused, (double)(a->now - a->start) / 1e9);
	return 0;
}
