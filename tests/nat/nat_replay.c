/* What a kernel did with packets, held against the simulators' box (docs/spec/reach.md RE-70):
 * lines on stdin, written by lab_test.py, in the order of time.
 *
 *   nat_replay KIND KEEP UNREPLIED REPLIED SEED
 *                                             a kind of RE-71; 1: strays are kept; seconds
 *   MS out INNER FAR SEEN                     socket INNER sent to socket FAR, which saw that port
 *                                             (0: nothing)
 *   MS in FAR WHICH GOT                       FAR sent to the port of the WHICH-th `out`; the INNER
 *                                             that got it, and 1 (0: none)
 *
 *   MS flush                                  routers forgot all flows
 *
 * INNER 0 and 1 are two ports of a host, 2 and 3 the same ports of another. Outer ports are drawn
 * by each for itself: compared is whether the inner one was kept, and whether it is the one that
 * this pair had before. Exit 1 with the first line that differs. */
#include "jet/testing/nat_sim.h"

#include <stdio.h>
#include <stdlib.h>

#define INNERS 4u
#define FARS 8u
#define PORT 7780u /* of INNER 0 */
#define OUTS 10000u

struct seen {
	unsigned inner, far;
	unsigned kernel, model; /* ports; 0: nothing came through */
};

static struct jet_sim_boxes boxes;
static struct jet_sim_box *home;
static struct seen outs[OUTS];
static unsigned count;

static struct gn_addr far_host(unsigned i)
{
	return gn_addr_v4(9, 9, (uint8_t)(1 + i / 2), 1, (uint16_t)(1 + i % 2));
}

static struct gn_addr inner_host(unsigned i)
{
	return jet_sim_box_inside(home, i / 2, (uint16_t)(PORT + i % 2));
}

static void build(const char *kind, bool keep, unsigned unreplied, unsigned replied)
{
	struct jet_sim_nat nat;
	struct gn_addr outer = gn_addr_v4(203, 0, 113, 1, 0);
	if (!jet_sim_nat_named(gn_str(kind), &nat)) {
		fprintf(stderr, "nat_replay: no such kind: %s\n", kind);
		exit(2);
	}
	nat.stray_keep = keep;
	nat.unreplied = unreplied * GN_SEC;
	nat.replied = replied * GN_SEC;
	struct jet_sim_box *up = NULL;
	if (strcmp(kind, "cg") == 0) {
		struct jet_sim_nat carrier = nat;
		carrier.carrier = true;
		up = jet_sim_box_add(&boxes, &carrier, NULL, &outer, 0);
		outer = jet_sim_box_inside(up, 0, 0);
	}
	home = jet_sim_box_add(&boxes, &nat, up, &outer, 0);
}

static bool play_out(gn_time now, unsigned inner, unsigned far, unsigned kernel)
{
	struct jet_sim_flight f = {inner_host(inner), far_host(far), home};
	unsigned own = f.from.port;
	struct seen now_seen = {inner, far, kernel, jet_sim_up(&f, now) ? f.from.port : 0};
	const struct seen *before = NULL;
	for (unsigned i = 0; i < count; i++)
		if (outs[i].inner == inner && outs[i].far == far)
			before = &outs[i];
	bool same = (kernel == 0) == (now_seen.model == 0) &&
		    (kernel == own) == (now_seen.model == own);
	if (before)
		same &= (kernel == before->kernel) == (now_seen.model == before->model);
	GN_ASSERT(count < OUTS);
	outs[count++] = now_seen;
	return same;
}

static bool play_in(gn_time now, unsigned far, unsigned which, unsigned got)
{
	struct gn_addr to = boxes.box[0]->outer;
	to.port = (uint16_t)outs[which].model;
	struct jet_sim_flight f = {far_host(far), to, NULL};
	struct gn_addr whom = got ? inner_host(got - 1) : f.to;
	return jet_sim_down(&boxes, &f, now) == (got != 0) && (!got || gn_addr_eq(&f.to, &whom));
}

static unsigned long number(const char **at)
{
	char *end;
	unsigned long v = strtoul(*at, &end, 10);
	*at = end;
	return v;
}

/* One line; false: it is none, which ends the program, or it differs. */
static bool play(const char *line)
{
	const char *at = line;
	gn_time now = (gn_time)number(&at) * GN_MSEC;
	bool out = strncmp(at, " out ", 5) == 0;
	for (unsigned i = 0; strcmp(at, " flush\n") == 0; i++) {
		if (i == boxes.count)
			return true;
		jet_sim_box_flush(boxes.box[i]);
	}
	if (!out && strncmp(at, " in ", 4) != 0)
		exit(2);
	at += out ? 5 : 4;
	unsigned long a = number(&at), b = number(&at), c = number(&at);
	if (*at != '\n' || c > UINT16_MAX ||
	    (out ? a >= INNERS || b >= FARS : a >= FARS || b >= count || c > INNERS))
		exit(2);
	return (out ? play_out : play_in)(now, (unsigned)a, (unsigned)b, (unsigned)c);
}

int main(int argc, char **argv)
{
	struct gn_alloc alloc;
	struct gn_prng prng;
	if (argc != 6) {
		fprintf(stderr, "usage: nat_replay KIND KEEP UNREPLIED REPLIED SEED\n");
		return 2;
	}
	gn_alloc_heap(&alloc, (size_t)1 << 28);
	gn_prng_init(&prng, strtoull(argv[5], NULL, 10));
	struct gn_rand source = gn_prng_rand(&prng);
	jet_sim_boxes_init(&boxes, &(struct gn_env){.alloc = &alloc, .rand = &source});
	build(argv[1], *argv[2] == '1', (unsigned)strtoul(argv[3], NULL, 10),
	      (unsigned)strtoul(argv[4], NULL, 10));
	char line[100];
	unsigned lines = 0;
	for (; fgets(line, sizeof line, stdin); lines++)
		if (!play(line)) {
			printf("line %u differs: %s", lines + 1, line);
			return 1;
		}
	printf("%u lines, %u out, equal\n", lines, count);
	jet_sim_boxes_fini(&boxes);
	return 0;
}
