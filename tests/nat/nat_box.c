/* A home router as the simulators have it (docs/spec/reach.md RE-70), between real hosts: for
 * kinds that no rule of nft makes (a mapping for all with a filter by address and port, ports with
 * a step), and for another judgement of those that it makes. UDP over IPv4 alone; the rest is
 * dropped.
 *
 *   nat_box INSIDE OUTSIDE ADDRESS WORD...
 *
 * INSIDE and OUTSIDE: descriptors of which each read is a packet. Words: m=1..3, f=1..3 (mapping,
 * filtering), delta=N, range=LO-HI, table=N, keep, hairpin. On stdin a byte is an order: f forget
 * all flows, b block UDP, u let it through; it is said again when it is done. Ends with stdin. */
#include "jet/testing/nat_sim.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define PACKET_MAX 65536
#define IP_MIN 20u
#define UDP 17

static struct jet_sim_boxes boxes;
static struct jet_sim_box *box;

static gn_time clock_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (gn_time)t.tv_sec * GN_SEC + t.tv_nsec;
}

static bool word(const char *text, struct jet_sim_nat *nat)
{
	const char *value = strchr(text, '=');
	char *end = NULL;
	long n = value ? strtol(value + 1, &end, 10) : 0;
	nat->stray_keep |= strcmp(text, "keep") == 0;
	nat->hairpin |= strcmp(text, "hairpin") == 0;
	if (!value)
		return strcmp(text, "keep") == 0 || strcmp(text, "hairpin") == 0;
	if (strncmp(text, "m=", 2) == 0 && n >= 1 && n <= 3)
		nat->mapping = (enum jet_sim_nat_rule)n;
	else if (strncmp(text, "f=", 2) == 0 && n >= 1 && n <= 3)
		nat->filtering = (enum jet_sim_nat_rule)n;
	else if (strncmp(text, "table=", 6) == 0 && n >= 1 && n <= 65536)
		nat->table = (uint32_t)n;
	else if (strncmp(text, "delta=", 6) == 0 && n >= -1000 && n <= 1000) {
		nat->ports = JET_SIM_DELTA;
		nat->delta = (int)n;
	} else if (strncmp(text, "range=", 6) == 0 && *end == '-' && n >= 1 && n <= UINT16_MAX) {
		nat->ports = JET_SIM_RANDOM;
		nat->lo = (uint16_t)n;
		n = strtol(end + 1, &end, 10);
		nat->hi = (uint16_t)n;
		return *end == 0 && n >= nat->lo && n <= UINT16_MAX;
	} else
		return false;
	return *end == 0;
}

/* ---- packets ---- */

/* Where its UDP header stands; 0: it is none, or a part of one. */
static size_t udp_at(const uint8_t *p, size_t len)
{
	size_t head = len >= IP_MIN ? (size_t)(p[0] & 15) * 4 : 0;
	bool part = head && ((p[6] & 0x3f) || p[7]);
	return head >= IP_MIN && p[0] >> 4 == 4 && p[9] == UDP && !part && len >= head + 8 ? head
											   : 0;
}

static struct gn_addr read_addr(const uint8_t *ip, const uint8_t *port)
{
	return gn_addr_v4(ip[0], ip[1], ip[2], ip[3], (uint16_t)(port[0] << 8 | port[1]));
}

static void write_addr(uint8_t *ip, uint8_t *port, const struct gn_addr *a)
{
	memcpy(ip, a->ip + 12, 4);
	port[0] = (uint8_t)(a->port >> 8);
	port[1] = (uint8_t)a->port;
}

/* New addresses; UDP without a checksum, which IPv4 allows. */
static void rewrite(uint8_t *p, size_t udp, const struct jet_sim_flight *f)
{
	uint32_t sum = 0;
	write_addr(p + 12, p + udp, &f->from);
	write_addr(p + 16, p + udp + 2, &f->to);
	p[udp + 6] = p[udp + 7] = p[10] = p[11] = 0;
	for (size_t i = 0; i < udp; i += 2)
		sum += (uint32_t)(p[i] << 8 | p[i + 1]);
	sum = (sum >> 16) + (sum & 0xffff);
	sum += sum >> 16;
	p[10] = (uint8_t)(~sum >> 8);
	p[11] = (uint8_t)~sum;
}

/* One packet that came on one side; false: there is none any more. */
static bool pass(int inside, int outside, bool leaves)
{
	static uint8_t p[PACKET_MAX];
	ssize_t n = read(leaves ? inside : outside, p, sizeof p);
	if (n <= 0)
		return n < 0 && (errno == EAGAIN || errno == EINTR);
	size_t udp = udp_at(p, (size_t)n);
	if (!udp)
		return true;
	struct jet_sim_flight f = {read_addr(p + 12, p + udp), read_addr(p + 16, p + udp + 2),
				   leaves ? box : NULL};
	gn_time now = clock_now();
	if ((leaves && !jet_sim_up(&f, now)) || !jet_sim_down(&boxes, &f, now))
		return true;
	rewrite(p, udp, &f);
	/* what cannot be written is lost, as on any line */
	ssize_t sent = write(f.realm ? inside : outside, p, (size_t)n);
	(void)sent;
	return true;
}

static bool obey(void)
{
	char order;
	if (read(STDIN_FILENO, &order, 1) != 1)
		return false;
	if (order == 'f')
		jet_sim_box_flush(box);
	else
		box->nat.udp = order == 'b' ? JET_SIM_UDP_NONE : JET_SIM_UDP;
	return write(STDOUT_FILENO, &order, 1) == 1;
}

static void run(int inside, int outside)
{
	struct pollfd fds[] = {
		{inside, POLLIN, 0}, {outside, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
	for (bool goes_on = true; goes_on && poll(fds, GN_COUNT(fds), -1) >= 0;) {
		for (size_t i = 0; goes_on && i < 2; i++)
			goes_on = !fds[i].revents || pass(inside, outside, i == 0);
		goes_on = goes_on && (!fds[2].revents || obey());
	}
}

int main(int argc, char **argv)
{
	struct gn_alloc alloc;
	struct gn_prng prng;
	struct gn_addr outer = {0};
	struct jet_sim_nat nat = {.mapping = JET_SIM_NAT_PORT, .filtering = JET_SIM_NAT_PORT};
	bool good = argc >= 4 && gn_addr_parse(gn_str(argv[3]), &outer) == GN_OK;
	for (int i = 4; good && i < argc; i++)
		good = word(argv[i], &nat);
	if (!good) {
		fprintf(stderr, "usage: nat_box INSIDE OUTSIDE ADDRESS:1 WORD...\n");
		return 2;
	}
	gn_alloc_heap(&alloc, (size_t)1 << 28);
	gn_prng_init(&prng, (uint64_t)getpid());
	struct gn_rand source = gn_prng_rand(&prng);
	jet_sim_boxes_init(&boxes, &(struct gn_env){.alloc = &alloc, .rand = &source});
	box = jet_sim_box_add(&boxes, &nat, NULL, &outer, 0);
	run((int)strtol(argv[1], NULL, 10), (int)strtol(argv[2], NULL, 10));
	jet_sim_boxes_fini(&boxes);
	return 0;
}
