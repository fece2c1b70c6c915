/* Pressure: --count keys (without proof of work, one session each) that ask --arg RATE times a
 * second each for the nodes nearest to a random angle: each within its share, all together more
 * than half a core, so that what everybody is charged is multiplied. */
#include "attack.h"
#include "os/os.h"

#include <stdlib.h>

static struct {
	unsigned connected, asked, answered;
} press;

static void on_message(struct endpoint *e, gn_jet_id id, const struct gn_pk *from,
		       struct gn_slice bytes)
{
	(void)e, (void)id, (void)from, (void)bytes;
	press.answered++;
}

static void on_event(struct endpoint *e, const struct gn_jet_event *event)
{
	if (event->kind != GN_JET_CONNECTED)
		return;
	gn_jet_id *id = e->user = e->user ? e->user : malloc(sizeof *id);
	if (!id)
		fail("no memory");
	*id = event->id;
	press.connected++;
}

static void ask(struct endpoint *e)
{
	uint8_t out[256];
	struct gn_fbb b = gn_fbb(out, sizeof out);
	struct gn_slice bytes;
	struct gn_fb_hash key;
	gn_rand_fill(e->attack->env.rand, key.b, sizeof key.b);
	gn_fbref body = gn_fb_find_make(&b, &(struct gn_fb_find_args){.theta = gn_ov_theta(key.b),
								      .target = &key,
								      .limit = 24});
	gn_fbref root = gn_fb_overlay_message_make(
		&b, &(struct gn_fb_overlay_message_args){.request = ++e->requests,
							 .body_type = GN_FB_OVERLAY_BODY_FIND,
							 .body = body});
	if (gn_fbb_finish(&b, root, GN_FB_OVERLAY_MESSAGE_IDENTIFIER, &bytes))
		fail("a message does not fit its storage");
	endpoint_send(e, *(gn_jet_id *)e->user, bytes, false);
	press.asked++;
}

int attack_press(struct attack *a)
{
	unsigned rate = a->arg ? (unsigned)strtoul(a->arg, NULL, 10) : 25;
	unsigned pow = a->pow_bits;
	a->pow_bits = 0; /* who only asks owes none */
	for (unsigned i = 0; i < a->count; i++) {
		struct endpoint *e = endpoint_new(a, i + 1, NULL);
		e->on_message = on_message;
		e->on_event = on_event;
		(void)endpoint_dial(e, &a->node);
		if (i % 20 == 19)
			(void)run(a, 100 * GN_MSEC, NULL);
	}
	a->pow_bits = pow;
	(void)run(a, 3 * GN_SEC, NULL);
	gn_time began = gn_os_now(), end = began + a->life;
	for (unsigned round = 0; gn_os_now() < end; round++) {
		for (unsigned i = 0; i < a->endpoint_count; i++)
			if (a->endpoints[i]->user)
				ask(a->endpoints[i]);
		gn_time next = began + (gn_time)(round + 1) * GN_SEC / rate, now = gn_os_now();
		(void)run(a, next > now ? next - now : 0, NULL);
	}
	uint64_t out = 0, in = 0;
	for (unsigned i = 0; i < a->endpoint_count; i++) {
		out += a->endpoints[i]->datagram_bytes_out;
		in += a->endpoints[i]->datagram_bytes_in;
	}
	double s = (double)(gn_os_now() - began) / 1e9;
	result("\"connected\": %u, \"asked\": %u, \"answered\": %u, \"seconds\": %.1f, "
	       "\"asked_s\": %.0f, "
	       "\"out_kB_s\": %.0f, \"in_kB_s\": %.0f",
	       press.connected, press.asked, press.answered, s, press.asked / s,
	       (double)out / s / 1e3, (double)in / s / 1e3);
	return 0;
}
