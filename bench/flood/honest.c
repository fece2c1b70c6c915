/* Honest clients: 20 handshakes a second from networks of their own by keys that the server has
 * not seen, and one session that asks for something 50 times a second. A handshake is served
 * when it is done within a second, a request within a quarter of one. */
#include "flood.h"

#define KEYS 32
#define HANDSHAKE_EVERY (GN_SEC / 20)
#define HANDSHAKE_SERVED GN_SEC
#define ASK_EVERY (GN_SEC / 50)
#define ASK_SERVED (GN_SEC / 4)
#define PENDING 4096

struct pending {
	gn_jet_id id; /* or stream */
	uint32_t key;
	int64_t at;
};

struct honest {
	const struct flood *f;
	struct crowd crowd, asker;
	struct pending handshakes[PENDING], asks[PENDING];
	gn_jet_id session;
	bool open;
	uint32_t count;
};

static bool measured(const struct honest *h, int64_t at)
{
	return at >= h->f->shared->from && at < h->f->shared->until;
}

static struct pending *find(struct pending *list, uint32_t key, uint64_t id)
{
	for (size_t i = 0; i < PENDING; i++)
		if (list[i].at && list[i].id == id && list[i].key == key)
			return &list[i];
	return NULL;
}

static void add(struct pending *list, uint32_t key, uint64_t id, int64_t at)
{
	struct pending *oldest = list;
	for (size_t i = 0; i < PENDING && oldest->at; i++)
		if (list[i].at < oldest->at)
			oldest = &list[i];
	*oldest = (struct pending){id, key, at};
}

static void on_handshake(struct crowd *c, uint32_t key, const struct gn_jet_event *e)
{
	struct honest *h = c->user;
	if (e->kind != GN_JET_CONNECTED)
		return;
	struct pending *p = find(h->handshakes, key, e->id);
	int64_t took = p ? now_ns() - p->at : INT64_MAX;
	if (p && measured(h, p->at) && took <= HANDSHAKE_SERVED) {
		unsigned long long n = h->f->shared->served++;
		if (n < LATENCIES)
			h->f->shared->latency_us[n] = (unsigned)(took / GN_USEC);
	}
	if (p)
		p->at = 0;
	gn_err ignored = gn_jet_close(c->jets[key], e->id, 0, "thanks", now_ns());
	(void)ignored;
}

static void on_answer(struct crowd *c, uint32_t key, const struct gn_jet_event *e)
{
	struct honest *h = c->user;
	uint8_t answer[8];
	size_t len;
	bool fin;
	if (e->kind == GN_JET_CONNECTED) {
		h->open = true;
	} else if (e->kind == GN_JET_CLOSED) {
		h->open = false;
		h->session = 0;
	} else if (e->kind == GN_JET_READABLE &&
		   gn_jet_stream_read(c->jets[key], e->id, e->stream, answer, sizeof answer, &len,
				      &fin) == GN_OK) {
		struct pending *p = find(h->asks, 0, e->stream);
		if (p && measured(h, p->at) && now_ns() - p->at <= ASK_SERVED)
			h->f->shared->answered++;
		if (p)
			p->at = 0;
	}
}

static void ask(struct honest *h)
{
	static const uint8_t request[4] = {0};
	gn_jet_stream stream;
	size_t taken;
	struct gn_addr from = gn_addr_v4(127, 90, 0, 1, 1);
	int64_t now = now_ns();
	if (!h->session && crowd_connect(&h->asker, &from, &h->session) != GN_OK)
		h->session = 0;
	if (measured(h, now))
		h->f->shared->asked++;
	if (!h->open || gn_jet_stream_open(h->asker.jets[0], h->session, false, GN_JET_INTERACTIVE,
					   &stream) != GN_OK)
		return;
	if (gn_jet_stream_write(h->asker.jets[0], h->session, stream, GN_SLICE(request), true,
				&taken) == GN_OK)
		add(h->asks, 0, stream, now);
}

static void begin(struct honest *h)
{
	uint32_t n = h->count++;
	struct gn_addr from = gn_addr_v4(127, (uint8_t)(91 + n / 256 % 8), (uint8_t)n,
					 (uint8_t)(1 + n % KEYS), 1);
	gn_jet_id id;
	int64_t now = now_ns();
	if (measured(h, now))
		h->f->shared->began++;
	if (crowd_connect(&h->crowd, &from, &id) == GN_OK)
		add(h->handshakes, from.ip[15] % KEYS, id, now);
}

void honest_run(const struct flood *f)
{
	static struct honest h;
	struct gn_jet_config config = {0};
	h.f = f;
	crowd_init(&h.crowd, f, KEYS, f->seed + 1, &config);
	crowd_init(&h.asker, f, 1, f->seed + 2, &config);
	h.crowd.on_event = on_handshake;
	h.asker.on_event = on_answer;
	h.crowd.user = h.asker.user = &h;
	int64_t handshake_at = now_ns(), ask_at = handshake_at;
	for (;;) {
		int64_t now = now_ns();
		if (now >= handshake_at) {
			begin(&h);
			handshake_at += HANDSHAKE_EVERY;
		}
		if (now >= ask_at) {
			ask(&h);
			ask_at += ASK_EVERY;
		}
		crowd_turn(&h.crowd, GN_MSEC);
		crowd_turn(&h.asker, 0);
	}
}
