/* More than a share with receipts: one key links as a server, PUSHes --count small records as if
 * it handed them over, and PUTs the same ones after that. The figures are how many were taken
 * each way. */
#include "attack.h"

#include <stdlib.h>

#define WINDOW 16 /* records on their way */
#define OWNERS 500000
#define RECORD 512
#define SILENCE (5 * GN_SEC) /* without an answer: what is on its way is not answered any more */

static struct {
	gn_jet_id id; /* the session we dialled: others, who hear of us from the node, dial us */
	bool linked, putting;
	unsigned sent, answered, pushed, receipts;
	gn_time last;
	struct gn_slice *records; /* each made when it is sent first */
	uint8_t (*bytes)[RECORD];
} handed;

/* Requests of the second phase have a number of their own each, above the first's. */
static uint64_t request_of(const struct attack *a, unsigned i)
{
	return (handed.putting ? a->count : 0) + i + 1;
}

static void next(struct endpoint *e)
{
	static uint8_t message[4096];
	struct attack *a = e->attack;
	if (handed.sent == a->count)
		return;
	unsigned i = handed.sent++;
	struct gn_slice *r = &handed.records[i];
	if (!r->p)
		*r = record_make(a, OWNERS + i, "x", GN_LIT("junk"), 30 * 86400, NULL,
				 handed.bytes[i], RECORD);
	endpoint_send(e, handed.id,
		      handed.putting ? message_put(*r, request_of(a, i), message, sizeof message)
				     : message_push(*r, request_of(a, i), message, sizeof message),
		      true);
}

static void on_message(struct endpoint *e, gn_jet_id id, const struct gn_pk *from,
		       struct gn_slice bytes)
{
	struct gn_fb_overlay_message m;
	(void)from;
	if (gn_fb_overlay_message_verify(bytes, &m))
		return;
	uint8_t type = gn_fb_overlay_message_body_type(m);
	uint64_t request = gn_fb_overlay_message_request(m);
	if (type == GN_FB_OVERLAY_BODY_PING)
		send_pong(e, id, request, GN_FB_NODE_MODE_SERVER);
	handed.linked = handed.linked || type == GN_FB_OVERLAY_BODY_LINK_OK;
	bool ok = type == GN_FB_OVERLAY_BODY_ACK;
	if (id != handed.id || !handed.linked || request < request_of(e->attack, 0) ||
	    (!ok && type != GN_FB_OVERLAY_BODY_REFUSED && type != GN_FB_OVERLAY_BODY_STALE))
		return;
	handed.answered++;
	handed.last = e->attack->now;
	handed.pushed += ok && !handed.putting;
	handed.receipts +=
		ok && handed.putting && gn_fb_ack_has_receipt(gn_fb_overlay_message_body_as_ack(m));
	next(e);
}

static void on_event(struct endpoint *e, const struct gn_jet_event *event)
{
	if (event->kind != GN_JET_CONNECTED || event->id != handed.id)
		return;
	send_link(e, event->id, GN_FB_NODE_MODE_SERVER);
}

static bool linked(struct attack *a)
{
	(void)a;
	return handed.linked;
}

static bool answered(struct attack *a)
{
	return handed.answered == a->count || a->now - handed.last > SILENCE;
}

static void phase(struct attack *a, struct endpoint *e, bool putting)
{
	handed.putting = putting;
	handed.sent = handed.answered = 0;
	handed.last = a->now;
	for (unsigned i = 0; i < WINDOW; i++)
		next(e);
	(void)run(a, a->life, answered);
}

int attack_handed(struct attack *a)
{
	handed.bytes = calloc(a->count, sizeof *handed.bytes);
	handed.records = calloc(a->count, sizeof *handed.records);
	if (!handed.bytes || !handed.records)
		fail("no memory");
	struct endpoint *e = endpoint_new(a, 1, NULL);
	e->on_message = on_message;
	e->on_event = on_event;
	handed.id = endpoint_dial(e, &a->node);
	if (!run(a, 20 * GN_SEC, linked))
		fail("the node does not link with us");
	phase(a, e, false);
	phase(a, e, true);
	result("\"pushed\": %u, \"receipts\": %u, \"seconds\": %.1f", handed.pushed,
	       handed.receipts, (double)(a->now - a->start) / 1e9);
	free(handed.records);
	free(handed.bytes);
	return 0;
}
