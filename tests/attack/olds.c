/* One key puts --arg records, links, and offers old versions of them, --count messages of forty
 * a second: each is to be read and pushed to it, in the places of what is to be repaired. Each
 * PUSH is answered STALE, with what it brought. */
#include "attack.h"

#include <stdio.h>

#define RECORDS 256
#define ENTRIES 40 /* of one message */

static struct {
	gn_jet_id id;
	struct gn_hash keys[RECORDS];
	unsigned answered, acks, pushes, offers, stales;
} olds;

static void on_event(struct endpoint *e, const struct gn_jet_event *event)
{
	(void)e;
	if (event->kind == GN_JET_CONNECTED)
		olds.id = event->id;
}

static void send_stale(struct endpoint *e, gn_jet_id id, uint64_t request, struct gn_slice record)
{
	static uint8_t out[8192];
	struct gn_fbb b = gn_fbb(out, sizeof out);
	struct gn_slice bytes;
	gn_fbref body = gn_fb_stale_make(
		&b, &(struct gn_fb_stale_args){.record = record, .code = GN_FB_CODE_STALE});
	gn_fbref root = gn_fb_overlay_message_make(
		&b, &(struct gn_fb_overlay_message_args){.request = request,
							 .body_type = GN_FB_OVERLAY_BODY_STALE,
							 .body = body});
	if (gn_fbb_finish(&b, root, GN_FB_OVERLAY_MESSAGE_IDENTIFIER, &bytes))
		fail("no room");
	endpoint_send(e, id, bytes, true);
	olds.stales++;
}

static void on_message(struct endpoint *e, gn_jet_id id, const struct gn_pk *from,
		       struct gn_slice bytes)
{
	struct gn_fb_overlay_message m;
	(void)from;
	if (gn_fb_overlay_message_verify(bytes, &m))
		return;
	uint8_t type = gn_fb_overlay_message_body_type(m);
	olds.acks += type == GN_FB_OVERLAY_BODY_ACK;
	olds.pushes += type == GN_FB_OVERLAY_BODY_PUSH;
	olds.answered += type == GN_FB_OVERLAY_BODY_ACK || type == GN_FB_OVERLAY_BODY_REFUSED;
	uint64_t request = gn_fb_overlay_message_request(m);
	if (type == GN_FB_OVERLAY_BODY_PING)
		send_pong(e, id, request, GN_FB_NODE_MODE_CLIENT);
	if (type == GN_FB_OVERLAY_BODY_PUSH)
		send_stale(e, id, request,
			   gn_fb_push_record(gn_fb_overlay_message_body_as_push(m)));
}

static bool is_up(struct attack *a)
{
	(void)a;
	return olds.id != 0;
}

static bool all_put(struct attack *a)
{
	(void)a;
	return olds.answered >= RECORDS;
}

static void put_all(struct attack *a, struct endpoint *e)
{
	static uint8_t record[4096], message[4096], body[1024];
	char label[16];
	for (unsigned i = 0; i < RECORDS; i++) {
		snprintf(label, sizeof label, "old%u", i);
		struct gn_slice r = record_make(a, 100000 + i / 8, label, GN_SLICE(body),
						30 * 86400, &olds.keys[i], record, sizeof record);
		endpoint_send(e, olds.id, message_put(r, ++e->requests, message, sizeof message),
			      false);
		(void)run(a, 5 * GN_MSEC, NULL);
	}
	(void)run(a, 10 * GN_SEC, all_put);
}

static void offer(struct endpoint *e)
{
	struct gn_fb_key_seq entries[ENTRIES];
	for (unsigned i = 0; i < ENTRIES; i++)
		entries[i] = (struct gn_fb_key_seq){
			gn_be64(olds.keys[(olds.offers * ENTRIES + i) % RECORDS].b), 0, 1};
	send_digest(e, olds.id, entries, ENTRIES);
	olds.offers++;
}

int attack_olds(struct attack *a)
{
	struct endpoint *e = endpoint_new(a, 1, NULL);
	e->on_event = on_event;
	e->on_message = on_message;
	(void)endpoint_dial(e, &a->node);
	if (!run(a, 20 * GN_SEC, is_up))
		fail("not let in");
	put_all(a, e);
	send_link(e, olds.id, GN_FB_NODE_MODE_CLIENT);
	(void)run(a, 500 * GN_MSEC, NULL);
	for (unsigned rate = a->count ? a->count : 60; a->now - a->start < a->life;) {
		offer(e);
		(void)run(a, GN_SEC / rate, NULL);
	}
	char key[65];
	gn_hex(gn_slice(e->key.pk.b, 32), key);
	result("\"key\": \"%s\", \"kept\": %u, \"offers\": %u, \"pushes\": %u, \"stales\": %u", key,
	       olds.acks, olds.offers, olds.pushes, olds.stales);
	return 0;
}
