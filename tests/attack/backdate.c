/* Claims a global name of mixed scripts with a record made "yesterday" (before NAMES_RULE_DAY). --arg NAME */
#include "attack.h"
#include "os/os.h"
#include "services/names.h"
static unsigned acks, refused;
static gn_err last;
static gn_jet_id sid;
static void on_message(struct endpoint *e, gn_jet_id id, const struct gn_pk *from, struct gn_slice message)
{
	struct gn_fb_overlay_message m;
	(void)e;
	(void)id;
	(void)from;
	if (gn_fb_overlay_message_verify(message, &m) != GN_OK)
		return;
	if (gn_fb_overlay_message_body_type(m) == GN_FB_OVERLAY_BODY_ACK)
		acks++;
	else if (gn_fb_overlay_message_body_type(m) == GN_FB_OVERLAY_BODY_REFUSED) {
		refused++;
		last = gn_wire_err(gn_fb_refused_code(gn_fb_overlay_message_body_as_refused(m)));
	}
}
static void on_event(struct endpoint *e, const struct gn_jet_event *ev)
{
	(void)e;
	if (ev->kind == GN_JET_CONNECTED)
		sid = ev->id;
}
int attack_backdate(struct attack *a)
{
	struct endpoint *e = endpoint_new(a, 1, NULL);
	e->on_message = on_message;
	e->on_event = on_event;
	endpoint_dial(e, &a->node);
	run(a, GN_SEC, NULL);
	for (int back = 0; back < 2; back++) {
		struct gn_name_claim c = {.ttl = 30 * 86400};
		const char *why = NULL;
		uint8_t rec[4096], out[8192];
		if (gn_name_parse(gn_str(a->arg ? a->arg : "xn--ggle-55da.geo"), &c.name, &why))
			fail("name: %s", why ? why : "?");
		c.created = gn_unix(gn_os_now()) - (back ? 86400 : 0);
		c.seq = c.created;
		c.epoch = c.created / 86400;
		uint64_t tries = 1 << 26;
		gn_time t0 = gn_os_now();
		if (gn_name_puzzle(&c.name, &e->key.pk, c.epoch, 20, 0, tries, c.puzzle))
			fail("puzzle");
		double took = (double)(gn_os_now() - t0) / 1e9;
		acks = refused = 0;
		last = GN_OK;
		for (uint8_t salt = 0; salt < 2; salt++) {
			struct gn_buf b = {rec, 0, sizeof rec};
			gn_err err = gn_name_record(&e->key, &c, salt, &b);
			if (err) {
				result("\"backdated\": %d, \"cannot be made\": \"%s\"", back, gn_err_name(err));
				break;
			}
			endpoint_send(e, sid, message_put(gn_buf_slice(&b), 10 + salt, out, sizeof out), true);
		}
		run(a, 2 * GN_SEC, NULL);
		result("\"backdated\": %d, \"acks\": %u, \"refused\": %u, \"err\": \"%s\", \"work s\": %.2f", back,
		       acks, refused, gn_err_name(last), took);
	}
	return 0;
}
