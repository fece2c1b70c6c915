/* All of a relay's small lane: --count callers of one prefix open 64 circuits each to keys of their
 * own that have places there, and send in all of them; beside these one honest pair of other
 * prefixes sends what a small circuit lets through. The figures are what came at either's targets
 * in a second. --arg RATE: bytes a second in each hostile circuit. */
#include "attack.h"
#include "os/os.h"
#include "wire/generated/relay_fb.h"

#include <stdlib.h>
#include <string.h>

#define PER_KEY 64
#define LEN 400 /* bytes of a packet */
#define HONEST_RATE 2048
#define MEASURED (10 * GN_SEC)

struct caller {
	struct endpoint *e;
	gn_jet_id id;
	bool target, up, asked;
	unsigned opened, refused, next;
	uint64_t circuits[PER_KEY];
	struct gn_pk to;
	uint64_t sent;
};

static struct caller *callers;
static unsigned caller_count, reserved;

static struct gn_slice finish(struct gn_fbb *b, uint64_t request, uint8_t type, gn_fbref body)
{
	struct gn_slice out;
	gn_fbref root = gn_fb_relay_frame_make(
		b, &(struct gn_fb_relay_frame_args){
			   .request = request, .body_type = type, .body = body});
	if (gn_fbb_finish(b, root, GN_FB_RELAY_FRAME_IDENTIFIER, &out))
		fail("a message does not fit its storage");
	return out;
}

static void reserve(struct caller *c)
{
	uint8_t bytes[256];
	struct gn_fbb b = gn_fbb(bytes, sizeof bytes);
	gn_fbref body =
		gn_fb_relay_reserve_make(&b, &(struct gn_fb_relay_reserve_args){.ttl = 3600});
	endpoint_send(c->e, c->id, finish(&b, 1, GN_FB_RELAY_FRAME_BODY_RELAY_RESERVE, body), true);
}

static void open_one(struct caller *c)
{
	uint8_t bytes[256];
	struct gn_fbb b = gn_fbb(bytes, sizeof bytes);
	struct gn_fb_key to;
	memcpy(to.b, c->to.b, sizeof to.b);
	gn_fbref body = gn_fb_relay_open_make(
		&b, &(struct gn_fb_relay_open_args){.target = &to, .lanes = 1});
	endpoint_send(c->e, c->id, finish(&b, 1, GN_FB_RELAY_FRAME_BODY_RELAY_OPEN, body), true);
}

static void on_message(struct endpoint *e, gn_jet_id id, const struct gn_pk *from,
		       struct gn_slice bytes)
{
	struct caller *c = e->user;
	struct gn_fb_relay_frame m;
	(void)from, (void)id;
	if (gn_fb_relay_frame_verify(bytes, &m))
		return;
	uint8_t type = gn_fb_relay_frame_body_type(m);
	if (type == GN_FB_RELAY_FRAME_BODY_RELAY_RESERVED)
		reserved++;
	if (type == GN_FB_RELAY_FRAME_BODY_RELAY_REFUSED)
		c->refused++;
	if (type == GN_FB_RELAY_FRAME_BODY_RELAY_OPENED && c->opened < PER_KEY)
		c->circuits[c->opened++] =
			gn_fb_relay_opened_circuit(gn_fb_relay_frame_body_as_relay_opened(m));
}

static void on_event(struct endpoint *e, const struct gn_jet_event *event)
{
	struct caller *c = e->user;
	c->up = c->up || (event->kind == GN_JET_CONNECTED && event->id == c->id);
}

static struct caller *add(struct attack *a, unsigned number, bool target)
{
	struct caller *c = &callers[caller_count++];
	c->e = endpoint_new(a, number, NULL);
	c->e->user = c;
	c->e->on_message = on_message;
	c->e->on_event = on_event;
	c->target = target;
	return c;
}

static bool all_up(struct attack *a)
{
	unsigned dialling = 0;
	for (unsigned i = 0; i < caller_count; i++) {
		struct caller *c = &callers[i];
		if (!c->id && dialling < 4)
			c->id = endpoint_dial(c->e, &a->node);
		dialling += !c->up;
		if (c->up && !c->asked && c->target)
			reserve(c);
		c->asked = c->asked || c->up;
	}
	return dialling == 0;
}

static unsigned wanted(const struct attack *a, const struct caller *c)
{
	(void)a;
	return c->target ? 0 : c == &callers[0] ? 1 : PER_KEY;
}

static bool all_open(struct attack *a)
{
	static gn_time last;
	bool done = true;
	for (unsigned i = 0; i < caller_count; i++) {
		struct caller *c = &callers[i];
		done = done && c->opened + c->refused >= wanted(a, c);
		if (a->now - last > 50 * GN_MSEC && c->next < wanted(a, c)) {
			c->next++;
			open_one(c);
		}
	}
	if (a->now - last > 50 * GN_MSEC)
		last = a->now;
	return done;
}

static gn_time began;
static uint64_t each;

static void send_due(struct attack *a, struct caller *c)
{
	uint8_t packet[LEN] = {0x10};
	uint64_t rate = c == &callers[0] ? HONEST_RATE : each;
	uint64_t due = rate * c->opened * (uint64_t)(a->now - began) / GN_SEC;
	while (c->opened && c->sent + LEN <= due) {
		gn_put_be64(packet + 1, c->circuits[c->sent / LEN % c->opened]);
		endpoint_throw(c->e, &a->node, gn_slice(packet, sizeof packet));
		c->sent += LEN;
	}
}

static bool sending(struct attack *a)
{
	for (unsigned i = 0; i < caller_count; i++)
		send_due(a, &callers[i]);
	return false;
}

/* The honest pair first, from addresses of other prefixes than the rest. */
int attack_circuits(struct attack *a)
{
	unsigned many = a->prefixes;
	callers = calloc(2 * a->count + 2, sizeof *callers);
	each = a->arg ? strtoull(a->arg, NULL, 10) : 2048;
	if (!callers)
		fail("no memory");
	a->prefixes = 500;
	struct caller *honest = add(a, 301, false), *met = add(a, 302, true);
	honest->to = met->e->key.pk;
	a->prefixes = many;
	for (unsigned i = 0; i < a->count; i++) {
		struct caller *c = add(a, 1000 + 2 * i, false);
		c->to = add(a, 1001 + 2 * i, true)->e->key.pk;
	}
	bool up = run(a, a->life, all_up);
	run(a, GN_SEC, NULL);
	bool open = run(a, a->life, all_open);
	unsigned opened = 0, refused = 0;
	for (unsigned i = 1; i < caller_count; i++) {
		opened += callers[i].opened;
		refused += callers[i].refused;
		callers[i].e->relayed = 0;
	}
	met->e->relayed = 0;
	began = gn_os_now();
	run(a, MEASURED, sending);
	uint64_t hostile = 0;
	for (unsigned i = 2; i < caller_count; i++)
		hostile += callers[i].e->relayed;
	result("\"up\": %d, \"open\": %d, \"reserved\": %u, \"circuits\": %u, \"refused\": %u, "
	       "\"hostile\": %llu, \"honest_open\": %u, \"honest\": %llu",
	       up, open, reserved, opened, refused,
	       (unsigned long long)(hostile * GN_SEC / MEASURED), honest->opened,
	       (unsigned long long)(met->e->relayed * GN_SEC / MEASURED));
	free(callers);
	return 0;
}
