/* Scenario bus: everybody follows one topic; five of them say 1 KB each second, in a healthy
 * network, when a part dies at one instant, and while a fifth of all is replaced within ten
 * minutes. Measured of each message: when it came to whom, and how many copies were sent for it.
 * Who counts lives from two seconds before a message to five after it, and has had a lease for ten.
 * */
#include "records/topic.h"
#include "sim.h"

#include <stdlib.h>

#define PUBLISHERS 5
#define MESSAGES 1024
#define PAYLOAD 1024
#define EACH GN_SEC
#define AFTER (5 * GN_SEC)

struct message {
	gn_time at;
	gn_time *came;        /* by node; 0: not */
	unsigned *generation; /* by node, of who counts; 0: it does not */
};

struct bus {
	struct gn_sk owner, keys[PUBLISHERS];
	struct gn_topicrec rec;
	struct gn_hash topic;
	unsigned nodes[PUBLISHERS];
	uint64_t seq[PUBLISHERS];
	struct message messages[MESSAGES];
	unsigned count;
	gn_time *since; /* by node: of its lease */
	unsigned doubled, gaps;
};
static struct bus x;

uint64_t sim_bus_counter(const struct sim *s, const char *name)
{
	uint64_t sum = 0;
	for (unsigned i = 0; i < s->count; i++) {
		struct gn_counter c;
		for (size_t k = 0; s->nodes[i].bus && gn_bus_counter_at(s->nodes[i].bus, k, &c);
		     k++)
			if (strcmp(c.name, name) == 0)
				sum += c.value;
	}
	return sum;
}

static void told(struct sim *s, unsigned node, const struct gn_bus_event *e)
{
	if (e->kind == GN_BUS_FOLLOWING && e->roots && !x.since[node])
		x.since[node] = s->now;
	if (e->kind == GN_BUS_GAP)
		x.gaps += (unsigned)e->count;
	if (e->kind != GN_BUS_SAID)
		return;
	uint32_t number = gn_be32(e->said.payload.p);
	GN_ASSERT(number < x.count);
	struct message *m = &x.messages[number];
	x.doubled += m->came[node] != 0;
	m->came[node] = s->now;
}

static struct gn_bus_topic topic(void)
{
	return (struct gn_bus_topic){x.owner.pk, x.rec.label};
}

static void follow(struct sim *s, unsigned i)
{
	struct gn_bus_subscribe in = {.topic = topic()};
	gn_op op;
	x.since[i] = 0;
	gn_err err = gn_bus_subscribe(s->nodes[i].bus, &in, s->now, &op);
	GN_ASSERT(err == GN_OK);
	sim_pump(s, i);
}

static void put_record(struct sim *s)
{
	uint8_t bytes[GN_RECORD_MAX];
	struct gn_buf out = {bytes, 0, sizeof bytes};
	gn_op op;
	gn_sk_new(&s->rand, &x.owner);
	x.rec = (struct gn_topicrec){.label = GN_LIT("news"),
				     .seq = 1,
				     .created = gn_unix(s->now),
				     .ttl = 86400,
				     .mesh = !s->opt.plain};
	gn_err err = gn_topicrec_record(&x.owner, &x.rec, &out);
	GN_ASSERT(err == GN_OK);
	gn_topicrec_key(&x.owner.pk, x.rec.label, &x.topic);
	err = gn_overlay_put(s->nodes[0].ov, gn_buf_slice(&out), 0, s->now, &op);
	GN_ASSERT(err == GN_OK);
	sim_pump(s, 0);
	sim_run_for(s, 30 * GN_SEC);
}

/* ---- messages ---- */

static void say(struct sim *s, unsigned publisher)
{
	static uint8_t payload[PAYLOAD], bytes[GN_SAID_MAX];
	struct gn_buf out = {bytes, 0, sizeof bytes};
	struct message *m = &x.messages[x.count];
	unsigned node = x.nodes[publisher];
	gn_op op;
	GN_ASSERT(x.count < MESSAGES);
	gn_put_be32(payload, x.count++);
	*m = (struct message){.at = s->now,
			      .came = calloc(s->opt.nodes + SIM_NODES_SPARE, sizeof *m->came),
			      .generation =
				      calloc(s->opt.nodes + SIM_NODES_SPARE, sizeof(unsigned))};
	for (unsigned i = 0; i < s->count; i++)
		if (sim_alive(s, i) && x.since[i] && s->now - x.since[i] >= 10 * GN_SEC)
			m->generation[i] = s->nodes[i].generation;
	struct gn_said said = {.epoch = (uint64_t)(SIM_EPOCH / GN_MSEC),
			       .seq = ++x.seq[publisher],
			       .time = (uint64_t)(s->now / GN_MSEC),
			       .payload = GN_SLICE(payload)};
	struct gn_bus_publish p = {.topic = topic()};
	gn_err err = gn_said_make(&x.keys[publisher], &x.topic, &said, &out, &p.sig);
	GN_ASSERT(err == GN_OK);
	p.said = gn_buf_slice(&out);
	err = gn_bus_publish(s->nodes[node].bus, &p, s->now, &op);
	GN_ASSERT(err == GN_OK);
	sim_pump(s, node);
}

/* After AFTER: those that are dead by now do not count. */
static void settle(struct sim *s, struct message *m)
{
	for (unsigned i = 0; i < s->count; i++)
		if (!sim_alive(s, i) || s->nodes[i].generation != m->generation[i])
			m->generation[i] = 0;
}

static int by_time(const void *a, const void *b)
{
	const gn_time *p = a, *q = b;
	return (*p > *q) - (*p < *q);
}

/* What became of messages from..; copies: sent meanwhile. */
static void report(struct sim *s, const char *name, unsigned from, uint64_t copies, gn_time most)
{
	size_t cap = (size_t)(x.count - from) * s->count, wanted = 0, served = 0;
	gn_time *took = calloc(cap ? cap : 1, sizeof *took);
	for (unsigned k = from; k < x.count; k++)
		for (unsigned i = 0; i < s->count; i++) {
			const struct message *m = &x.messages[k];
			wanted += m->generation[i] != 0;
			if (m->generation[i] && m->came[i] && m->came[i] - m->at <= AFTER)
				took[served++] = m->came[i] - m->at;
		}
	qsort(took, served, sizeof *took, by_time);
	gn_time p50 = served ? took[served / 2] : 0;
	gn_time p99 = served ? took[served * 99 / 100] : 0, max = served ? took[served - 1] : 0;
	double share = wanted ? (double)served / (double)wanted : 0;
	double sends = served ? (double)copies / (double)served : 0;
	sim_row(s, name,
		"%u messages: p50 %.0f ms, p99 %.0f, max %.0f; %.4f %% of %zu served; %.3f sends "
		"each",
		x.count - from, (double)p50 / 1e6, (double)p99 / 1e6, (double)max / 1e6,
		100 * share, wanted, sends);
	sim_expect(s, p99 < most, "%s: p99 is %.0f ms", name, (double)p99 / 1e6);
	if (!s->opt.plain)
		sim_expect(s, share >= 0.999, "%s: %.4f %% of the living are served", name,
			   100 * share);
	sim_expect(s, sends <= 1.5, "%s: %.3f sends each", name, sends);
	free(took);
}

/* One each second, of any of the publishers. */
static void talk(struct sim *s, unsigned count)
{
	for (unsigned k = 0; k < count; k++) {
		say(s, (unsigned)gn_rand_below(&s->rand, PUBLISHERS));
		sim_run_for(s, EACH);
	}
}

static void finish(struct sim *s, unsigned from)
{
	sim_run_for(s, AFTER);
	for (unsigned k = from; k < x.count; k++)
		settle(s, &x.messages[k]);
}

static bool publishes(unsigned node)
{
	for (unsigned k = 0; k < PUBLISHERS; k++)
		if (x.nodes[k] == node)
			return true;
	return false;
}

static unsigned victim(struct sim *s)
{
	unsigned i;
	do
		i = sim_random_alive(s);
	while (publishes(i) || i == 0);
	return i;
}

static void kill_some(struct sim *s)
{
	unsigned alive = 0, killed = 0;
	for (unsigned i = 0; i < s->count; i++)
		alive += sim_alive(s, i);
	for (; killed < alive * s->opt.kill_percent / 100; killed++) {
		unsigned i = victim(s);
		sim_node_kill(s, i, true);
		s->nodes[i].back_at = s->now + 60 * GN_SEC;
	}
	sim_row(s, "killed at one instant", "%u of %u", killed, alive);
}

static void come_back(struct sim *s)
{
	for (unsigned i = 0; i < s->count; i++) {
		if (sim_alive(s, i) || s->now < s->nodes[i].back_at)
			continue;
		sim_node_start(s, i);
		for (unsigned b = 0; b < 3; b++)
			sim_node_bootstrap(s, i, sim_random_alive(s));
		follow(s, i);
	}
}

/* A message that is alone each time: what is on its way when the next dies counts for it. */
static void churn(struct sim *s)
{
	gn_time end = s->now + 600 * GN_SEC, next = s->now, die = s->now;
	gn_time every = 600 * GN_SEC / (s->opt.nodes / 5 ? s->opt.nodes / 5 : 1);
	while (s->now < end) {
		if (s->now >= die) {
			unsigned i = victim(s);
			sim_node_kill(s, i, true);
			s->nodes[i].back_at = s->now + 60 * GN_SEC;
			die += every;
		}
		if (s->now >= next) {
			say(s, (unsigned)gn_rand_below(&s->rand, PUBLISHERS));
			next = s->now + 2 * EACH;
		}
		sim_run_for(s, 100 * GN_MSEC);
		come_back(s);
		for (unsigned k = 0; k < x.count; k++)
			if (s->now >= x.messages[k].at + AFTER &&
			    s->now < x.messages[k].at + AFTER + 100 * GN_MSEC)
				settle(s, &x.messages[k]);
	}
}

int sim_run_bus(struct sim *s)
{
	s->with_bus = true;
	sim_join_all(s, s->opt.nodes);
	sim_run_for(s, 120 * GN_SEC);
	sim_row_network(s);
	x.since = calloc(s->opt.nodes + SIM_NODES_SPARE, sizeof *x.since);
	s->on_bus = told;
	put_record(s);
	for (unsigned k = 0; k < PUBLISHERS; k++) {
		gn_sk_new(&s->rand, &x.keys[k]);
		x.nodes[k] = (k * 197 + 11) % s->count;
	}
	for (unsigned i = 0; i < s->count; i++) {
		follow(s, i);
		sim_run_for(s, 20 * GN_MSEC);
	}
	sim_run_for(s, 60 * GN_SEC);
	for (unsigned k = 0; k < PUBLISHERS; k++) /* their lookups and sessions */
		say(s, k);
	sim_run_for(s, 20 * GN_SEC);

	unsigned from = x.count;
	uint64_t copies = s->bus_copies, all = s->bus_messages;
	gn_time began = s->now;
	talk(s, 60);
	finish(s, from);
	report(s, "healthy", from, s->bus_copies - copies, GN_SEC / 2);
	sim_row(s, "all messages of the bus", "%.2f a second and node",
		(double)(s->bus_messages - all) / ((double)(s->now - began) / 1e9) / s->count);

	kill_some(s);
	from = x.count;
	copies = s->bus_copies;
	talk(s, 10);
	finish(s, from);
	report(s, "after it", from, s->bus_copies - copies, GN_SEC);
	sim_run_for(s, 60 * GN_SEC);
	come_back(s);
	sim_run_for(s, 120 * GN_SEC);

	from = x.count;
	copies = s->bus_copies;
	churn(s);
	finish(s, from);
	report(s, "a fifth in 10 min", from, s->bus_copies - copies, GN_SEC / 2);
	sim_row(s, "told as lost, twice", "%u, %u", x.gaps, x.doubled);
	sim_expect(s, x.doubled == 0, "%u messages came twice", x.doubled);
	for (unsigned k = 0; k < x.count; k++) {
		free(x.messages[k].came);
		free(x.messages[k].generation);
	}
	free(x.since);
	return sim_failures();
}
