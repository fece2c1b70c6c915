/* Filling the record store: --arg KEYS node keys (1) put --count small records in all, each of a
 * fresh owner, as fast as they are answered. "KEYS ended": names of their owners' keys, which
 * owe no work, that end four seconds after they were made and are kept for their grace. The
 * figure is how many got a receipt. */
#include "attack.h"
#include "os/os.h"
#include "services/names/names.h"

#include <stdio.h>

#define WINDOW 16 /* puts of one key that wait for an answer */
#define OWNERS 100000
/* ns without an answer: what is on its way was lost, as datagrams may be */
#define SILENCE ((gn_time)10000000000)

#define LIVE 4 /* seconds that a name which is to end has to live */

static struct {
	bool ended; /* names that do */
	unsigned put, answered, kept, refused;
	gn_time last;
} records;

static struct gn_slice name_make(struct attack *a, unsigned number, uint8_t *out, size_t cap)
{
	struct gn_sk owner = key_of(a, number);
	struct gn_hash pid;
	char text[64];
	struct gn_name_claim c = {.ttl = GN_RECORD_TTL_MIN,
				  .created = gn_unix(gn_os_now()) - (GN_RECORD_TTL_MIN - LIVE)};
	struct gn_buf b = {out, 0, cap};
	gn_sha256(&(struct gn_slice){owner.pk.b, 32}, 1, &pid);
	c.seq = c.created;
	if (gn_base58(GN_SLICE(pid.b), text, sizeof text) ||
	    gn_name_parse(gn_str(text), &c.name, NULL) || gn_name_record(&owner, &c, 0, &b))
		fail("a name cannot be made");
	return gn_buf_slice(&b);
}

static void put_next(struct endpoint *e, gn_jet_id id)
{
	static uint8_t record[4096], message[4096];
	struct attack *a = e->attack;
	unsigned owner = OWNERS + records.put;
	if (records.put == a->count)
		return;
	struct gn_slice r = records.ended ? name_make(a, owner, record, sizeof record)
					  : record_make(a, owner, "x", GN_LIT("junk"), 30 * 86400,
							NULL, record, sizeof record);
	records.put++;
	endpoint_send(e, id, message_put(r, records.put, message, sizeof message), false);
}

static void on_message(struct endpoint *e, gn_jet_id id, const struct gn_pk *from,
		       struct gn_slice bytes)
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
	return records.answered == a->count ||
	       (records.answered && a->now - records.last > SILENCE);
}

int attack_records(struct attack *a)
{
	unsigned keys = 1;
	char what[8] = "";
	if (a->arg &&
	    (sscanf(a->arg, "%u %7s", &keys, what) < 1 || (*what && strcmp(what, "ended") != 0)))
		fail("--arg \"KEYS [ended]\"");
	records.ended = *what;
	for (unsigned i = 0; i < keys; i++) {
		struct endpoint *e = endpoint_new(a, i + 1, NULL);
		e->on_message = on_message;
		e->on_event = on_event;
		(void)endpoint_dial(e, &a->node);
	}
	(void)run(a, a->life, answered);
	result("\"keys\": %u, \"put\": %u, \"kept\": %u, \"refused\": %u, \"seconds\": %.1f", keys,
	       records.put, records.kept, records.refused, (double)(a->now - a->start) / 1e9);
	return 0;
}
