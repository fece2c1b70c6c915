/* Hoarding names: one owner claims --count long names, each with the work of a first one, one
 * after the other. The figures are how many were granted and what they cost. */
#include "services/names/names.h"
#include "attack.h"
#include "os/os.h"

#include <stdio.h>

#define OWNER 7

static struct {
	gn_jet_id id;
	unsigned answered, granted, refused;
	gn_err why;
} names;

static void on_message(struct endpoint *e, gn_jet_id id, const struct gn_pk *from,
		       struct gn_slice bytes)
{
	struct gn_fb_overlay_message m;
	(void)e, (void)id, (void)from;
	if (gn_fb_overlay_message_verify(bytes, &m) || !gn_fb_overlay_message_request(m))
		return;
	uint8_t type = gn_fb_overlay_message_body_type(m);
	names.granted += type == GN_FB_OVERLAY_BODY_ACK;
	names.refused += type == GN_FB_OVERLAY_BODY_REFUSED;
	if (type == GN_FB_OVERLAY_BODY_REFUSED)
		names.why =
			gn_wire_err(gn_fb_refused_code(gn_fb_overlay_message_body_as_refused(m)));
	names.answered = names.granted + names.refused;
}

static void on_event(struct endpoint *e, const struct gn_jet_event *event)
{
	(void)e;
	if (event->kind == GN_JET_CONNECTED)
		names.id = event->id;
}

static bool connected(struct attack *a)
{
	(void)a;
	return names.id != 0;
}

static bool answered(struct attack *a)
{
	return names.answered == *(unsigned *)a->user;
}

static void claim(struct attack *a, struct endpoint *e, unsigned n)
{
	static uint8_t record[GN_RECORD_MAX], message[GN_RECORD_MAX];
	struct gn_buf out = {record, 0, sizeof record};
	struct gn_sk owner = key_of(a, OWNER);
	char text[64];
	snprintf(text, sizeof text, "hoarded-%u", n);
	struct gn_name_claim c = {.seq = 1, .created = gn_unix(gn_os_now()), .ttl = GN_NAME_TTL};
	c.epoch = c.created / 86400;
	if (gn_name_parse(gn_str(text), &c.name, NULL))
		fail("no name: %s", text);
	for (uint64_t at = 0; gn_name_puzzle(&(struct gn_name_work){&c.name, &owner.pk, c.epoch},
					     GN_NAME_POW_BITS, at, 1 << 16, c.puzzle);
	     at += 1 << 16)
		(void)run(a, 0, NULL); /* the session lives on */
	if (gn_name_record(&owner, &c, 0, &out))
		fail("a claim cannot be made");
	endpoint_send(e, names.id, message_put(gn_buf_slice(&out), n + 1, message, sizeof message),
		      true);
}

int attack_names(struct attack *a)
{
	unsigned sent = 0;
	a->user = &sent;
	struct endpoint *e = endpoint_new(a, 1, NULL);
	e->on_message = on_message;
	e->on_event = on_event;
	(void)endpoint_dial(e, &a->node);
	if (!run(a, 30 * GN_SEC, connected))
		fail("the node does not let us in");
	gn_time began = gn_os_now();
	while (sent < a->count && a->now - a->start < a->life) {
		claim(a, e, sent++);
		(void)run(a, 10 * GN_SEC, answered);
	}
	result("\"claimed\": %u, \"granted\": %u, \"refused\": %u, \"why\": \"%s\", \"seconds\": "
	       "%.1f",
	       sent, names.granted, names.refused, gn_err_name(names.why),
	       (double)(gn_os_now() - began) / 1e9);
	return 0;
}
