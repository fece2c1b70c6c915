/* Asking and not reading: --count keys with receive windows of one byte ask for every chunk of
 * the blocks in --arg (hex, with commas) and take nothing of the answers. */
#include "attack.h"

#define BLOCKS 64

static struct {
	struct gn_fb_hash blocks[BLOCKS];
	unsigned count;
	uint64_t asked, bytes;
} queues;

static void on_event(struct endpoint *e, const struct gn_jet_event *event)
{
	uint8_t out[512];
	if (event->kind != GN_JET_CONNECTED)
		return;
	for (unsigned i = 0; i < queues.count; i++) {
		struct gn_fbb b = gn_fbb(out, sizeof out);
		struct gn_slice message;
		gn_fbref body = gn_fb_chunk_get_make(
			&b, &(struct gn_fb_chunk_get_args){
				    .block = &queues.blocks[i], .first = 0, .count = 16});
		gn_fbref root = gn_fb_block_message_make(
			&b,
			&(struct gn_fb_block_message_args){.request = i + 1,
							   .body_type = GN_FB_BLOCK_BODY_CHUNK_GET,
							   .body = body});
		if (gn_fbb_finish(&b, root, GN_FB_BLOCK_MESSAGE_IDENTIFIER, &message))
			fail("a message does not fit its storage");
		endpoint_send(e, event->id, message, true);
		queues.asked += 16;
		queues.bytes += message.len;
	}
}

int attack_queues(struct attack *a)
{
	const struct gn_jet_config config = {.stream_window = 1, .session_window = 1};
	unsigned count = a->count ? a->count : 20;
	uint64_t up = 0, closed = 0;
	for (const char *at = a->arg ? a->arg : ""; *at && queues.count < BLOCKS;
	     at += 64 + (at[64] == ',')) {
		if (strlen(at) < 64 ||
		    gn_unhex(gn_slice(at, 64), queues.blocks[queues.count].b, 32))
			fail("--arg: hashes of blocks, 64 hex digits each, with commas");
		queues.count++;
	}
	for (unsigned i = 0; i < count; i++) {
		struct endpoint *e = endpoint_new(a, i + 1, &config);
		e->on_event = on_event;
		e->mute = true;
		endpoint_dial(e, &a->node);
	}
	run(a, a->life, NULL);
	for (unsigned i = 0; i < a->endpoint_count; i++) {
		up += a->endpoints[i]->connected;
		closed += a->endpoints[i]->closed;
	}
	result("\"sessions\": %llu, \"closed\": %llu, \"asked\": %llu, \"bytes\": %llu",
	       (unsigned long long)up, (unsigned long long)closed, (unsigned long long)queues.asked,
	       (unsigned long long)queues.bytes);
	return 0;
}
