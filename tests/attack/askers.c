/* Asking and not reading, with many keys: --count of them, with receive windows of one byte, ask
 * every two seconds for one chunk of the block in --arg (64 hex digits) and take nothing. A line
 * of figures once all have dialled, and one at the end. */
#include "attack.h"

#include <string.h>

#define AT_ONCE 16 /* dials between two pauses: handshakes are not what this is about */

static struct {
	struct gn_fb_hash block;
	uint64_t asked;
} askers;

static void ask(struct endpoint *e, gn_jet_id id)
{
	uint8_t out[512];
	struct gn_fbb b = gn_fbb(out, sizeof out);
	struct gn_slice message;
	gn_fbref body = gn_fb_chunk_get_make(
		&b, &(struct gn_fb_chunk_get_args){.block = &askers.block, .first = 0, .count = 1});
	gn_fbref root = gn_fb_block_message_make(
		&b, &(struct gn_fb_block_message_args){.request = ++askers.asked,
						       .body_type = GN_FB_BLOCK_BODY_CHUNK_GET,
						       .body = body});
	if (gn_fbb_finish(&b, root, GN_FB_BLOCK_MESSAGE_IDENTIFIER, &message))
		fail("a message does not fit its storage");
	endpoint_send(e, id, message, true);
}

static void on_event(struct endpoint *e, const struct gn_jet_event *event)
{
	if (event->kind == GN_JET_CONNECTED) {
		e->user = (void *)(uintptr_t)event->id;
		ask(e, event->id);
	}
	if (event->kind == GN_JET_CLOSED)
		e->user = NULL;
}

/* Again for all that are let in; who was sent away comes back. */
static void ask_all(struct attack *a)
{
	static gn_time next;
	if (a->now < next)
		return;
	next = a->now + 2 * GN_SEC;
	for (unsigned i = 0; i < a->endpoint_count; i++) {
		struct endpoint *e = a->endpoints[i];
		if (e->user)
			ask(e, (gn_jet_id)(uintptr_t)e->user);
		else if (e->closed >= e->connected && e->closed)
			endpoint_dial(e, &a->node);
	}
}

static bool nearly_all(struct attack *a)
{
	unsigned up = 0;
	ask_all(a);
	for (unsigned i = 0; i < a->endpoint_count; i++)
		up += a->endpoints[i]->user != NULL;
	return up >= a->endpoint_count - a->endpoint_count / 20;
}

static void report(const struct attack *a)
{
	uint64_t up = 0, closed = 0;
	for (unsigned i = 0; i < a->endpoint_count; i++) {
		up += a->endpoints[i]->connected;
		closed += a->endpoints[i]->closed;
	}
	result("\"sessions\": %llu, \"closed\": %llu, \"asked\": %llu", (unsigned long long)up,
	       (unsigned long long)closed, (unsigned long long)askers.asked);
}

int attack_askers(struct attack *a)
{
	const struct gn_jet_config config = {.stream_window = 1, .session_window = 1};
	unsigned count = a->count ? a->count : 1000;
	if (!a->arg || strlen(a->arg) < 64 || gn_unhex(gn_slice(a->arg, 64), askers.block.b, 32))
		fail("--arg: the hash of a block, 64 hex digits");
	for (unsigned i = 0; i < count; i++) {
		struct endpoint *e = endpoint_new(a, i + 1, &config);
		e->on_event = on_event;
		e->mute = true;
		endpoint_dial(e, &a->node);
		if (i % AT_ONCE == AT_ONCE - 1)
			run(a, 100 * GN_MSEC, NULL);
		ask_all(a);
	}
	run(a, 60 * GN_SEC, nearly_all);
	report(a);
	while (a->now < a->start + a->life) {
		run(a, 50 * GN_MSEC, NULL);
		ask_all(a);
	}
	report(a);
	return 0;
}
