/* Scenario boxes: letters are stored while the network is calm and while its nodes come and go
 * (sessions of 15 minutes, disks lost), then a part of the nodes dies at one instant for good.
 * What is readable afterwards, and where it is not, what was left of it: an item is lost when all
 * who held it and who wrote it are dead, and for no other reason. */
#include "sim.h"

#define SESSION 900.0 /* seconds, mean */
#define AWAY (60 * GN_SEC)
#define CALM (600 * GN_SEC)  /* in which half of the letters are sent */
#define KEEP (1200 * GN_SEC) /* in which traffic is counted: two rounds of sums */

static gn_time calm_stored(const struct sim_letter *l)
{
	return l->late ? 0 : l->stored;
}

static gn_time calm_whole(const struct sim_letter *l)
{
	return l->late ? 0 : l->whole;
}

static gn_time late_stored(const struct sim_letter *l)
{
	return l->late ? l->stored : 0;
}

/* The first second of a node is its join, which is what these wait for. */
static gn_time late_ran(const struct sim_letter *l)
{
	return l->waited ? 0 : late_stored(l);
}

static gn_time late_started(const struct sim_letter *l)
{
	return l->waited ? late_stored(l) : 0;
}

static gn_time read_time(const struct sim_letter *l)
{
	return l->got ? l->read_took : 0;
}

static bool every(const struct sim_letter *l)
{
	return !l->got;
}

/* Bytes a second and node since sim_mark, of all and of boxes. */
static void traffic_row(struct sim *s, const char *name)
{
	double all = 0, boxes = 0, seconds = (double)(s->now - s->mark_at) / 1e9;
	unsigned alive = 0;
	for (unsigned i = 0; i < s->count; i++) {
		all += (double)(s->nodes[i].bytes_out - s->nodes[i].bytes_mark);
		boxes += (double)(s->boxed[i].bytes_out - s->boxed[i].bytes_mark);
		alive += sim_alive(s, i);
	}
	sim_row(s, name, "%.0f B/s a node, of boxes %.0f B/s; of boxes in all %.1f MB in %.0f s",
		all / seconds / alive, boxes / seconds / alive, boxes / 1e6, seconds);
}

static bool all_stored(const struct sim_letters *x, unsigned to)
{
	for (unsigned i = 0; i < to; i++)
		if (!x->all[i].stored)
			return false;
	return true;
}

static void kill_node(struct sim_letters *x, unsigned i)
{
	sim_letters_killed(x, i);
	sim_node_kill(x->s, i, true);
}

static void bring_back(struct sim *s, unsigned i)
{
	sim_node_start(s, i);
	for (unsigned b = 0; b < 3; b++)
		sim_node_bootstrap(s, i, sim_random_alive(s));
}

static void churn(struct sim_letters *x)
{
	struct sim *s = x->s;
	unsigned sessions = 0;
	gn_time end = s->now + s->opt.churn;
	sim_mark(s);
	while (s->now < end) {
		sim_letters_run(x, GN_SEC);
		if (gn_rand_unit(&s->rand) < s->count / SESSION && s->now + 2 * AWAY < end) {
			unsigned i = sim_random_alive(s);
			kill_node(x, i);
			s->nodes[i].back_at = s->now + AWAY;
			sessions++;
		}
		for (unsigned i = 0; i < s->count; i++)
			if (!sim_alive(s, i) && s->now >= s->nodes[i].back_at)
				bring_back(s, i);
	}
	sim_row(s, "churn", "%u sessions of 15 min ended in %.0f s, disks lost", sessions,
		(double)s->opt.churn / 1e9);
	traffic_row(s, "traffic while they come and go");
	sim_letters_run(x, 300 * GN_SEC);
}

/* How many letters have copies as a set should have; of those that have any. */
static double copies_row(struct sim_letters *x, const char *name)
{
	unsigned with[4] = {0}, count = 0; /* none, 1 and 2, 3 to 7, 8 and more */
	double sum = 0;
	for (unsigned i = 0; i < x->count; i++) {
		if (!x->all[i].stored)
			continue;
		count++;
		unsigned copies = sim_letters_copies(x, &x->all[i]);
		with[copies == 0 ? 0 : copies < 3 ? 1 : copies < 8 ? 2 : 3]++;
		sum += copies;
	}
	sim_row(x->s, name, "%.2f on average; none of %u, 1 or 2 of %u, 3 to 7 of %u, 8 of %u",
		sum / count, with[0], with[1], with[2], with[3]);
	return count > with[0] ? (double)with[3] / (count - with[0]) : 1;
}

static void die_at_once(struct sim_letters *x)
{
	struct sim *s = x->s;
	unsigned count = s->count * s->opt.kill_percent / 100;
	for (unsigned i = 0; i < count; i++)
		kill_node(x, sim_random_alive(s));
	sim_row(s, "killed", "%u of %u nodes at one instant, for good", count, s->count);
}

/* Who is not read: agents publish their box again, and deposit again what they still have. */
static void mend(struct sim_letters *x, unsigned *lost, unsigned *unexplained)
{
	struct sim *s = x->s;
	for (unsigned i = 0; i < x->count; i++) {
		x->all[i].put = x->all[i].put && x->all[i].got;
		if (!x->all[i].got && sim_alive(s, x->all[i].from))
			sim_letters_schedule(x, i, i + 1, 30 * GN_SEC);
	}
	sim_letters_put(x, every);
	sim_letters_run(x, 120 * GN_SEC);
	sim_letters_read(x);
	*lost = *unexplained = 0;
	for (unsigned i = 0; i < x->count; i++) {
		const struct sim_letter *l = &x->all[i];
		if (l->got)
			continue;
		(*lost)++;
		*unexplained += sim_alive(s, l->from) || sim_letters_copies(x, l) > 0;
	}
}

static void after_the_deaths(struct sim_letters *x)
{
	struct sim *s = x->s;
	unsigned lost, unexplained, none = 0;
	copies_row(x, "copies right after");
	for (unsigned i = 0; i < x->count; i++)
		none += sim_letters_copies(x, &x->all[i]) == 0;
	uint64_t copied = sim_boxed_counter(s, "copies_in");
	sim_mark(s);
	sim_letters_run(x, KEEP);
	traffic_row(s, "traffic while it heals");
	sim_row(s, "copies made meanwhile", "%llu",
		(unsigned long long)(sim_boxed_counter(s, "copies_in") - copied));
	double healed = copies_row(x, "copies afterwards");
	sim_expect(s, healed >= 0.99, "%.4f of the letters have eight copies again", healed);
	for (unsigned i = 0; i < x->count; i++)
		x->all[i].due = GN_NEVER;
	sim_letters_run(x, 30 * GN_SEC);
	unsigned got = sim_letters_read(x);
	sim_letters_times(x, "read, from its beginning", read_time, NULL);
	sim_row(s, "readable at once", "%u of %u (%.4f %%)", got, x->count, 100.0 * got / x->count);
	sim_expect(s, got + none >= x->count,
		   "%u of %u letters are read, though of %u alone no copy was left", got, x->count,
		   none);
	mend(x, &lost, &unexplained);
	sim_row(s, "lost", "%u of %u, with all who held and wrote them: %u", lost, x->count,
		lost - unexplained);
	sim_expect(s, unexplained == 0, "%u letters are lost whose writer or holder lives",
		   unexplained);
	sim_expect(s, (uint64_t)lost * 10000 <= x->count + 9999, "%u of %u letters are lost", lost,
		   x->count);
}

int sim_run_boxes(struct sim *s)
{
	struct sim_letters x;
	unsigned put = 0, half = s->opt.boxes / 2;
	sim_boxed_init(s);
	sim_join_all(s, s->opt.nodes);
	sim_run_for(s, 120 * GN_SEC);
	sim_row_network(s);
	sim_letters_init(&x, s, s->opt.boxes);
	sim_letters_put(&x, NULL);
	for (unsigned i = 0; i < x.count; i++)
		put += x.all[i].put;
	sim_row(s, "boxes", "%u of %u descriptors put", put, x.count);
	sim_expect(s, put == x.count, "%u descriptors were not put", x.count - put);
	sim_run_for(s, 60 * GN_SEC);
	sim_mark(s);
	sim_run_for(s, 600 * GN_SEC);
	traffic_row(s, "traffic, boxes empty");
	sim_letters_schedule(&x, 0, half, CALM);
	sim_letters_run(&x, CALM + 60 * GN_SEC);
	sim_letters_times(&x, "stored, three custodies", calm_stored, NULL);
	sim_phases_rows(&x, calm_stored);
	sim_letters_times(&x, "with all eight", calm_whole, NULL);
	sim_expect(s, all_stored(&x, half), "a letter was not stored in a minute");
	copies_row(&x, "copies");
	sim_mark(s);
	sim_letters_run(&x, KEEP);
	traffic_row(s, "traffic, letters kept");
	for (unsigned i = half; i < x.count; i++)
		x.all[i].late = true;
	sim_letters_schedule(&x, half, x.count,
			     s->opt.churn > CALM ? s->opt.churn - CALM : s->opt.churn / 2);
	churn(&x);
	sim_letters_times(&x, "stored while they come and go", late_stored, NULL);
	sim_letters_times(&x, "  by nodes that ran", late_ran, NULL);
	sim_letters_times(&x, "  by nodes just started", late_started, NULL);
	sim_phases_rows(&x, late_stored);
	sim_row(s, "agents", "%llu times tried again (%s), %llu looks, %llu deposited anew",
		(unsigned long long)x.failures, gn_err_name(x.last_err),
		(unsigned long long)x.checks, (unsigned long long)x.repeats);
	sim_expect(s, all_stored(&x, x.count), "a letter was not stored while nodes came and went");
	copies_row(&x, "copies before the deaths");
	die_at_once(&x);
	after_the_deaths(&x);
	sim_letters_free(&x);
	return sim_failures();
}
