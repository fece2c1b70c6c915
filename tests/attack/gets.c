/* Asking for what is dear to give: one key puts records, then another asks --count times a
 * second for the rest of the time. --arg "KIND RECORDS BYTES":
 *
 *   mute   GETs of the records in turn, over a session that takes one byte of the answers
 *   read   the same, and the answers are taken
 *   find, ping   FINDs of the records' places, and PINGs: what these cost besides
 *
 * With no record put (FIND and PING need none) the asking begins at once. */
#include "attack.h"

#include <stdio.h>
#include <string.h>

#define RECORDS 4096
#define PER_OWNER 12 /* records of 64 KiB that one owner may have in one place (OV-59) */

static struct {
	char kind[8];
	unsigned records, bytes;
	struct gn_hash keys[RECORDS];
	gn_jet_id id;
	uint64_t request, stored, refused, asked, values, busy;
} gets;

static uint8_t storage[1 << 17];

static void on_message(struct endpoint *e, gn_jet_id id, const struct gn_pk *from,
		       struct gn_slice bytes)
{
	struct gn_fb_overlay_message m;
	(void)e, (void)id, (void)from;
	if (gn_fb_overlay_message_verify(bytes, &m))
		return;
	uint8_t type = gn_fb_overlay_message_body_type(m);
	gets.stored += type == GN_FB_OVERLAY_BODY_ACK;
	gets.values += type == GN_FB_OVERLAY_BODY_VALUE || type == GN_FB_OVERLAY_BODY_NODES ||
		       type == GN_FB_OVERLAY_BODY_PONG;
	if (type != GN_FB_OVERLAY_BODY_REFUSED)
		return;
	gets.refused++;
	gets.busy += gn_wire_err(gn_fb_refused_code(gn_fb_overlay_message_body_as_refused(m))) ==
		     GN_BUSY;
}

static void on_event(struct endpoint *e, const struct gn_jet_event *event)
{
	(void)e;
	if (event->kind == GN_JET_CONNECTED)
		gets.id = event->id;
	else if (event->kind == GN_JET_CLOSED)
		gets.id = 0;
}

static bool is_up(struct attack *a)
{
	(void)a;
	return gets.id != 0;
}

static bool all_answered(struct attack *a)
{
	(void)a;
	return gets.stored + gets.refused >= gets.request;
}

static struct endpoint *dial(struct attack *a, unsigned number, bool mute)
{
	const struct gn_jet_config tight = {.stream_window = 1, .session_window = 1};
	struct endpoint *e = endpoint_new(a, number, mute ? &tight : NULL);
	e->on_message = on_message;
	e->on_event = on_event;
	e->mute = mute;
	gets.id = 0;
	endpoint_dial(e, &a->node);
	if (!run(a, 20 * GN_SEC, is_up))
		fail("not let in");
	return e;
}

static void put_all(struct attack *a)
{
	static uint8_t record[GN_RECORD_MAX], body[GN_RECORD_MAX];
	struct endpoint *e = gets.records ? dial(a, 1, false) : NULL;
	for (unsigned i = 0; i < gets.records; i++) {
		char label[16];
		snprintf(label, sizeof label, "g%u", i);
		struct gn_slice r =
			record_make(a, 1000 + i / PER_OWNER, label, gn_slice(body, gets.bytes),
				    86400, &gets.keys[i], record, sizeof record);
		endpoint_send(e, gets.id, message_put(r, ++gets.request, storage, sizeof storage),
			      true);
		if (!run(a, 20 * GN_SEC, all_answered))
			fail("a record was not answered");
	}
	if (gets.stored < gets.records)
		fail("%llu of %u records were stored", (unsigned long long)gets.stored,
		     gets.records);
}

static struct gn_slice ask(unsigned i)
{
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_slice out;
	struct gn_fb_hash key = {{(uint8_t)i, (uint8_t)(i >> 8)}};
	uint8_t type = GN_FB_OVERLAY_BODY_PING;
	gn_fbref body;
	if (!strcmp(gets.kind, "mute") || !strcmp(gets.kind, "read"))
		return message_get(&gets.keys[i % gets.records], ++gets.request, storage,
				   sizeof storage);
	if (!strcmp(gets.kind, "find")) {
		type = GN_FB_OVERLAY_BODY_FIND;
		body = gn_fb_find_make(&b, &(struct gn_fb_find_args){.theta = gn_ov_theta(key.b),
								     .target = &key,
								     .limit = 8});
	} else {
		body = gn_fb_ping_make(&b,
				       &(struct gn_fb_ping_args){.mode = GN_FB_NODE_MODE_CLIENT});
	}
	gn_fbref root = gn_fb_overlay_message_make(
		&b, &(struct gn_fb_overlay_message_args){
			    .request = ++gets.request, .body_type = type, .body = body});
	if (gn_fbb_finish(&b, root, GN_FB_OVERLAY_MESSAGE_IDENTIFIER, &out))
		fail("a message does not fit its storage");
	return out;
}

int attack_gets(struct attack *a)
{
	if (!a->arg || sscanf(a->arg, "%7s %u %u", gets.kind, &gets.records, &gets.bytes) != 3 ||
	    gets.records > RECORDS || gets.bytes > GN_RECORD_MAX - 1024)
		fail("--arg \"mute|read|find|ping RECORDS BYTES\"");
	if (!gets.records && (!strcmp(gets.kind, "mute") || !strcmp(gets.kind, "read")))
		fail("no record to ask for");
	put_all(a);
	struct endpoint *e = dial(a, 2, !strcmp(gets.kind, "mute"));
	gets.busy = gets.refused = 0;
	unsigned rate = a->count ? a->count : 1000;
	gn_time began = a->now;
	while (a->now < began + a->life && gets.id) {
		for (unsigned n = 0;
		     n < 64 && gets.asked < (uint64_t)((a->now - began) / GN_MSEC) * rate / 1000;
		     n++)
			endpoint_send(e, gets.id, ask((unsigned)gets.asked++), false);
		run(a, GN_MSEC, NULL);
	}
	char key[65];
	gn_hex(gn_slice(e->key.pk.b, 32), key);
	result("\"key\": \"%s\", \"asked\": %llu, \"answered\": %llu, \"busy\": %llu, \"bytes\": "
	       "%llu",
	       key, (unsigned long long)gets.asked, (unsigned long long)gets.values,
	       (unsigned long long)gets.busy, (unsigned long long)e->datagram_bytes_out);
	return 0;
}
