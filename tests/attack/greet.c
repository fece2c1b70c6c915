/* No attack: one session, one HELLO, one answer. What the others stand on. */
#include "attack.h"

static void on_message(struct endpoint *e, gn_jet_id id, const struct gn_pk *from,
		       struct gn_slice message)
{
	struct gn_fb_overlay_message m;
	(void)id;
	(void)from;
	if (gn_fb_overlay_message_verify(message, &m) == GN_OK &&
	    gn_fb_overlay_message_body_type(m) == GN_FB_OVERLAY_BODY_HELLO)
		*(bool *)e->user = true;
}

static void on_event(struct endpoint *e, const struct gn_jet_event *event)
{
	uint8_t out[1200];
	if (event->kind == GN_JET_CONNECTED)
		endpoint_send(e, event->id,
			      message_hello(e, GN_FB_NODE_MODE_CLIENT, false, 7, out, sizeof out),
			      false);
}

static bool answered(struct attack *a)
{
	return *(bool *)a->user;
}

int attack_greet(struct attack *a)
{
	bool heard = false;
	struct endpoint *e = endpoint_new(a, 1, NULL);
	a->user = e->user = &heard;
	e->on_message = on_message;
	e->on_event = on_event;
	endpoint_dial(e, &a->node);
	run(a, a->life, answered);
	result("\"connected\": %d, \"answered\": %s", (int)e->connected, heard ? "true" : "false");
	return 0;
}
