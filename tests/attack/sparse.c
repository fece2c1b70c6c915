/* Memory by single bytes: --count keys of eight sessions each send a byte at the far end of the
 * windows of 4 streams, or of what 128 streams may have of the session's, once a second, and
 * never what lies before it. The node closes what is of no use after a while; it is dialled
 * again. */
#include "attack.h"
#include "jet/testing/forge.h"

#define KEYS 64
#define SESSIONS 8
#define STREAMS 128
#define WINDOW (1u << 20) /* of a session: each stream is used to its part of it */

static struct {
	gn_jet_id sessions[KEYS][SESSIONS];
	uint64_t bytes;
} sparse;

static void on_event(struct endpoint *e, const struct gn_jet_event *event)
{
	gn_jet_id *mine = sparse.sessions[e->number - 1];
	gn_jet_stream stream;
	for (int i = 0; event->kind == GN_JET_CLOSED && i < SESSIONS; i++)
		if (mine[i] == event->id)
			mine[i] = 0;
	for (int i = 0; event->kind == GN_JET_CONNECTED && i < STREAMS; i++)
		(void)!gn_jet_stream_open(e->jet, event->id, true, GN_JET_INTERACTIVE, &stream);
}

/* The client's one-way streams are 2, 6, 10 ..: JT-60. */
static void throw_bytes(struct endpoint *e, gn_jet_id id, unsigned streams)
{
	struct jet_session *s = forge_find(e->jet, id);
	if (!s || s->state != JET_S_OPEN || !s->confirmed)
		return;
	for (gn_jet_stream stream = 2; stream < 4 * streams; stream += 4) {
		uint8_t frames[32], packet[2048];
		struct gn_writer w = gn_writer(frames, sizeof frames);
		jet_write_stream(&w, stream, WINDOW / streams - 1, 1, true, false);
		gn_write_u8(&w, 'x');
		size_t len = forge_packet(s, gn_slice(frames, gn_writer_len(&w)), packet);
		endpoint_throw(e, &e->attack->node, gn_slice(packet, len));
		sparse.bytes++;
	}
}

int attack_sparse(struct attack *a)
{
	unsigned keys = a->count < KEYS ? a->count : KEYS, connected = 0;
	for (unsigned k = 0; k < keys; k++)
		endpoint_new(a, k + 1, NULL)->on_event = on_event;
	while (a->now - a->start < a->life) {
		for (unsigned k = 0; k < keys; k++)
			for (unsigned i = 0; i < SESSIONS; i++) {
				gn_jet_id *id = &sparse.sessions[k][i];
				if (*id == 0)
					*id = endpoint_dial(a->endpoints[k], &a->node);
				else
					throw_bytes(a->endpoints[k], *id, i % 2 ? 4 : STREAMS);
			}
		run(a, GN_SEC, NULL);
	}
	for (unsigned k = 0; k < keys; k++)
		connected += (unsigned)a->endpoints[k]->connected;
	result("\"keys\": %u, \"connected\": %u, \"bytes\": %llu", keys, connected,
	       (unsigned long long)sparse.bytes);
	return 0;
}
