#include "e2ee/testing/soak.h"

#include <stdlib.h>

struct item { /* one letter on its way */
	uint64_t number;
	uint8_t to; /* 0 or 1 */
	size_t len;
	uint8_t *bytes; /* owned */
};

struct world {
	struct party p[2];
	struct gn_prng prng;
	struct gn_rand rand;
	struct item on_way[SOAK_REORDER];
	size_t count;
	uint8_t *
		opened; /* by number: 1 once it was, 2: it may be lost (its session was given up) */
	uint64_t next, messages, now;
	bool undrained; /* the last new set-up came while letters were on their way */
	struct soak_result *out;
};

static uint64_t below(struct world *w, uint64_t n)
{
	return gn_rand_below(&w->rand, n);
}

static void content_of(uint64_t number, uint8_t out[64], size_t *len)
{
	*len = 8 + number % 56;
	memset(out, (int)(1 + number % 200), 64);
	gn_put_be64(out, number);
}

/* The store: what is not stored did not happen. */
static void crash(struct world *w, struct party *p, struct snapshot *before)
{
	party_load(p, *before);
	snapshot_free(before);
	w->out->crashes++;
}

static void write_one(struct world *w, unsigned from)
{
	static struct letter l;
	struct party *p = &w->p[from];
	uint8_t content[64];
	size_t len;
	content_of(w->next, content, &len);
	if (below(w, 400) == 0) { /* sealed, and the machine stopped before it was stored */
		struct snapshot s = party_save(p);
		gn_err err = party_send(p, &w->p[!from], gn_slice(content, len), &l, w->now);
		GN_ASSERT(err == GN_OK);
		crash(w, p, &s);
	}
	gn_err err = party_send(p, &w->p[!from], gn_slice(content, len), &l, w->now);
	GN_ASSERT(err == GN_OK && w->count < SOAK_REORDER);
	struct item *i = &w->on_way[w->count++];
	*i = (struct item){.number = w->next++, .to = !from, .len = l.len};
	i->bytes = malloc(l.len);
	GN_ASSERT(i->bytes);
	memcpy(i->bytes, l.bytes, l.len);
	w->out->written++;
}

static enum gn_e2ee_result read_one(struct world *w, const struct item *i, const uint8_t *bytes)
{
	static uint8_t space[GN_E2EE_SIZE_LARGEST];
	struct gn_buf out = {space, 0, sizeof space};
	struct gn_e2ee_read r;
	uint8_t content[64];
	size_t len;
	gn_err err = gn_e2ee_read(w->p[i->to].e, party_hint, gn_slice(bytes, i->len), &out, &r,
				  (gn_time)w->now * GN_SEC);
	GN_ASSERT(err == GN_OK);
	if (r.result != GN_E2EE_OPENED)
		return r.result;
	w->out->setups += r.setup;
	content_of(i->number, content, &len);
	if (out.len < len || memcmp(space, content, len) != 0 ||
	    !gn_is_zero(space + len, out.len - len))
		w->out->changed++;
	return r.result;
}

static void note_opened(struct world *w, const struct item *i)
{
	w->out->twice += w->opened[i->number];
	w->out->opened += !w->opened[i->number];
	w->opened[i->number] = 1;
}

/* A copy with one bit changed. What of a set-up that is known already is not looked at again may
 * be changed: it opens as what it is. */
static void forge(struct world *w, const struct item *i)
{
	uint8_t *copy = malloc(i->len);
	GN_ASSERT(copy);
	memcpy(copy, i->bytes, i->len);
	copy[below(w, i->len)] ^= (uint8_t)(1u << below(w, 8));
	w->out->forged++;
	if (read_one(w, i, copy) == GN_E2EE_OPENED)
		note_opened(w, i);
	free(copy);
}

static void arrive(struct world *w, const struct item *i)
{
	struct party *p = &w->p[i->to];
	bool again = w->opened[i->number];
	if (below(w, 400) == 0) {
		struct snapshot s = party_save(p);
		enum gn_e2ee_result r = read_one(w, i, i->bytes);
		GN_ASSERT(!again || r != GN_E2EE_OPENED);
		crash(w, p, &s);
	}
	enum gn_e2ee_result r = read_one(w, i, i->bytes);
	w->out->arrived++;
	w->out->doubles += again;
	if (r == GN_E2EE_OPENED)
		note_opened(w, i);
	else if (!again)
		w->out->lost++;
}

static void take_away(struct world *w, size_t at)
{
	free(w->on_way[at].bytes);
	memmove(&w->on_way[at], &w->on_way[at + 1], (w->count - at - 1) * sizeof *w->on_way);
	w->count--;
}

static void drain(struct world *w)
{
	while (w->count) {
		arrive(w, &w->on_way[0]);
		take_away(w, 0);
	}
}

static void measure(struct world *w)
{
	for (int k = 0; k < 2; k++) {
		struct gn_e2ee_info info;
		gn_err err = gn_e2ee_info(w->p[k].e, &w->p[!k].own.device, &info);
		GN_ASSERT(err == GN_OK);
		gn_e2ee_validate(w->p[k].e);
		if (info.skipped > w->out->skipped_most)
			w->out->skipped_most = info.skipped;
		if (info.state_bytes > w->out->row_most)
			w->out->row_most = info.state_bytes;
		if (info.epoch > w->out->epoch)
			w->out->epoch = info.epoch;
	}
}

/* New prekeys on one side, the oldest erased; or a session set up anew, by one side or both. */
static void upheaval(struct world *w)
{
	struct party *p = &w->p[below(w, 2)], *q = p == &w->p[0] ? &w->p[1] : &w->p[0];
	bool renew = below(w, 2), all_in = renew || w->undrained || below(w, 2);
	if (all_in)
		drain(w);
	w->undrained = !all_in;
	if (renew) {
		/* a set-up is answered long before its halves are erased */
		for (unsigned k = 0; k < 2; k++)
			write_one(w, k);
		drain(w);
		uint32_t old = p->next_id - 30; /* of the record before the one before */
		party_renew(p, below(w, 5));
		party_believe(q, p);
		for (uint32_t id = old; p->next_id > 40 && id < old + 5; id++)
			gn_e2ee_prekeys_erase(p->e, &id, 1);
		return;
	}
	gn_err err = gn_e2ee_anew(p->e, &q->own.device);
	GN_ASSERT(err == GN_OK);
	if (below(w, 2)) {
		err = gn_e2ee_anew(q->e, &p->own.device);
		GN_ASSERT(err == GN_OK);
	}
}

/* How the channel and the two people are for a while. */
struct weather {
	uint64_t loss, doubles, forged; /* percent */
	uint64_t window;                /* letters on their way */
	uint64_t first;                 /* percent of messages that side 0 writes */
};

static void step(struct world *w, const struct weather *at)
{
	if (w->count < at->window && w->next < w->messages)
		write_one(w, below(w, 100) >= at->first);
	if (w->count == 0 || (w->count < at->window && below(w, 3) == 0))
		return;
	/* the oldest is not passed over for ever: half of the time it is its turn */
	size_t i = below(w, 2) ? 0 : (size_t)below(w, w->count);
	struct item *item = &w->on_way[i];
	if (below(w, 100) < at->loss) {
		take_away(w, i);
		return;
	}
	if (below(w, 100) < at->forged)
		forge(w, item);
	arrive(w, item);
	if (below(w, 100) >= at->doubles)
		take_away(w, i);
}

void soak_run(uint64_t seed, uint64_t messages, struct soak_result *out)
{
	static const uint64_t windows[] = {1, 2, 8, 60, SOAK_REORDER};
	static const uint64_t first[] = {50, 50, 90, 10, 100};
	struct world *w = calloc(1, sizeof *w);
	GN_ASSERT(w && (w->opened = calloc(messages + 8, 1)));
	*out = (struct soak_result){0};
	w->out = out;
	w->messages = messages;
	w->now = 1800000000;
	gn_prng_init(&w->prng, seed);
	w->rand = gn_prng_rand(&w->prng);
	party_make(&w->p[0], seed * 2 + 1, (size_t)(seed % 5));
	party_make(&w->p[1], seed * 2 + 2, (size_t)(seed / 5 % 5));
	parties_meet(&w->p[0], &w->p[1]);
	while (w->next < messages) {
		struct weather at = {.loss = below(w, 51),
				     .doubles = below(w, 20),
				     .forged = below(w, 10),
				     .window = windows[below(w, GN_COUNT(windows))],
				     .first = first[below(w, GN_COUNT(first))]};
		for (uint64_t n = 100 + below(w, 1500); n > 0 && w->next < messages; n--) {
			step(w, &at);
			w->now += below(w, 5) == 0;
		}
		measure(w);
		if (below(w, 2) == 0)
			upheaval(w);
	}
	drain(w);
	measure(w);
	for (int k = 0; k < 2; k++)
		party_free(&w->p[k]);
	free(w->opened);
	free(w);
}
