/* Requests for a mapping and what the router says to them: pcp.h.
 *
 *   PCP, 60 bytes:  2 | 1 | 0 0 | seconds 4 | client 16 || nonce 12 | 17 | 0 0 0 | port 2 | outer 2
 *                   | outer address 16; answered by 2 | 0x81 | 0 | result | seconds 4 | epoch 4 |
 *                   0 x 12 || the same 36 bytes
 *   NAT-PMP:        0 | 0, answered by 0 | 128 | result 2 | epoch 4 | address 4
 *                   0 | 1 | 0 0 | port 2 | outer 2 | seconds 4, answered by 0 | 129 | result 2 |
 *                   epoch 4 | port 2 | outer 2 | seconds 4
 *
 * 1. What is believed of an answer is only what was asked: this nonce, this port.
 * 2. An epoch that does not go with our time says that the router forgot everything (RFC 6887
 *    section 8.5): it is asked anew at once. Rule RE-16. */
#include "nat/pcp.h"

#include "nat/limits.h"

#define UDP 17
#define ANSWER 0x80
#define MAP 1
#define PCP_VERSION 2
#define PCP_HEAD 24
#define PCP_LEN 60
#define OLD_VERSION 1 /* result: UNSUPP_VERSION, in both protocols */

static void begin(struct gn_pcp *p, enum gn_pcp_protocol protocol, gn_time now)
{
	p->state = GN_PCP_ASK;
	p->protocol = protocol;
	p->tries = 0;
	p->address = false;
	p->due = now;
}

void gn_pcp_init(struct gn_pcp *p, struct gn_rand *rand, const struct gn_addr *local, gn_time now)
{
	GN_ASSERT(local->port != 0);
	*p = (struct gn_pcp){.rand = rand, .local = *local};
	gn_rand_fill(rand, p->nonce, sizeof p->nonce);
	begin(p, GN_PCP_PCP, now);
}

static void give_up(struct gn_pcp *p, uint16_t result, uint64_t seconds, gn_time now)
{
	seconds = seconds < PCP_AGAIN_LEAST  ? PCP_AGAIN_LEAST
		  : seconds > PCP_AGAIN_MOST ? PCP_AGAIN_MOST
					     : seconds;
	p->state = GN_PCP_NONE;
	p->result = result;
	p->external = (struct gn_addr){.port = 0};
	p->until = p->due = now + (gn_time)seconds * GN_SEC;
}

/* ---- asking ---- */

static void write_pcp(const struct gn_pcp *p, struct gn_writer *w, uint32_t seconds)
{
	gn_write_u8(w, PCP_VERSION);
	gn_write_u8(w, MAP);
	gn_write_be16(w, 0);
	gn_write_be32(w, seconds);
	gn_write_bytes(w, GN_SLICE(p->local.ip));
	gn_write_bytes(w, GN_SLICE(p->nonce));
	gn_write_be32(w, (uint32_t)UDP << 24);
	gn_write_be16(w, p->local.port);
	gn_write_be16(w, seconds ? (p->external.port ? p->external.port : p->local.port) : 0);
	struct gn_addr any = gn_addr_v4(0, 0, 0, 0, 0);
	bool known = seconds && p->external.port;
	gn_write_bytes(w, gn_slice(known                      ? p->external.ip
				   : gn_addr_is_v4(&p->local) ? any.ip
							      : (const uint8_t[16]){0},
				   16));
}

static void write_nat_pmp(const struct gn_pcp *p, struct gn_writer *w, uint32_t seconds)
{
	gn_write_u8(w, 0);
	if (!p->address && seconds) {
		gn_write_u8(w, 0);
		return;
	}
	gn_write_u8(w, MAP);
	gn_write_be16(w, 0);
	gn_write_be16(w, p->local.port);
	gn_write_be16(w, seconds ? (p->external.port ? p->external.port : p->local.port) : 0);
	gn_write_be32(w, seconds);
}

bool gn_pcp_next(struct gn_pcp *p, void *room, size_t cap, gn_time now, struct gn_slice *out)
{
	GN_ASSERT(cap >= PCP_LEN);
	if (p->due > now)
		return false;
	if (p->state != GN_PCP_ASK && p->state != GN_PCP_GONE)
		begin(p, GN_PCP_PCP, now); /* it is time to ask again */
	if (p->state == GN_PCP_ASK && p->tries == PCP_TRIES) {
		if (p->protocol == GN_PCP_NAT_PMP || !gn_addr_is_v4(&p->local)) {
			give_up(p, 0, PCP_AGAIN, now);
			return false;
		}
		begin(p, GN_PCP_NAT_PMP, now);
	}
	struct gn_writer w = gn_writer(room, cap);
	uint32_t seconds = p->giving_back ? 0 : PCP_LEASE;
	if (p->protocol == GN_PCP_PCP)
		write_pcp(p, &w, seconds);
	else
		write_nat_pmp(p, &w, seconds);
	GN_ASSERT(!w.bad);
	*out = gn_slice(room, gn_writer_len(&w));
	p->due = p->giving_back ? GN_NEVER : now + (PCP_FIRST << p->tries);
	p->tries += p->state == GN_PCP_ASK;
	return true;
}

/* ---- what the router says ---- */

/* True: it has forgotten what it had, by its clock and ours. */
static bool epoch_broke(struct gn_pcp *p, uint32_t epoch, gn_time now)
{
	uint64_t ours = (uint64_t)((now - p->epoch_at) / GN_SEC);
	uint64_t theirs = epoch > p->epoch ? epoch - p->epoch : 0;
	bool broke = p->heard && ((uint64_t)epoch + 1 < p->epoch ||
				  ours + 2 < theirs - theirs / 16 || theirs + 2 < ours - ours / 16);
	p->heard = true;
	p->epoch = epoch;
	p->epoch_at = now;
	return broke;
}

static void take(struct gn_pcp *p, uint16_t port, uint64_t seconds, gn_time now)
{
	if (!seconds || !port) {
		give_up(p, 0, PCP_AGAIN, now);
		return;
	}
	seconds = seconds < PCP_LEASE_MAX ? seconds : PCP_LEASE_MAX;
	p->state = GN_PCP_HELD;
	p->external.port = port;
	p->result = 0;
	p->until = now + (gn_time)seconds * GN_SEC;
	p->due = now + (gn_time)seconds * GN_SEC / 2;
}

static gn_err take_pcp(struct gn_pcp *p, struct gn_reader *r, gn_time now)
{
	uint8_t op = gn_read_u8(r), nonce[12];
	(void)gn_read_u8(r);
	uint8_t result = gn_read_u8(r);
	uint32_t seconds = gn_read_be32(r), epoch = gn_read_be32(r);
	(void)gn_read_bytes(r, 12);
	if (r->bad || op != (ANSWER | MAP))
		return GN_MALFORMED;
	struct gn_slice its = gn_read_bytes(r, sizeof nonce);
	uint8_t protocol = gn_read_u8(r);
	(void)gn_read_bytes(r, 3);
	uint16_t port = gn_read_be16(r), outer = gn_read_be16(r);
	struct gn_slice ip = gn_read_bytes(r, 16);
	if (r->bad)
		return GN_MALFORMED;
	if (protocol != UDP || port != p->local.port || !gn_slice_eq(its, GN_SLICE(p->nonce)))
		return GN_STALE;
	if (result) {
		give_up(p, result, seconds, now);
		return GN_OK;
	}
	(void)epoch_broke(p, epoch, now); /* this is an answer of after it */
	memcpy(p->external.ip, ip.p, sizeof p->external.ip);
	take(p, outer, seconds, now);
	return GN_OK;
}

static gn_err take_nat_pmp(struct gn_pcp *p, struct gn_reader *r, gn_time now)
{
	uint8_t op = gn_read_u8(r);
	uint16_t result = gn_read_be16(r);
	uint32_t epoch = gn_read_be32(r);
	if (r->bad)
		return GN_MALFORMED;
	if (p->protocol == GN_PCP_PCP) { /* "I know 0": the older one is spoken from here on */
		if (result != OLD_VERSION)
			return GN_STALE;
		begin(p, GN_PCP_NAT_PMP, now);
		return GN_OK;
	}
	if (op != ANSWER && op != (ANSWER | MAP))
		return GN_MALFORMED;
	if (op == ANSWER) {
		uint32_t ip = gn_read_be32(r);
		if (r->bad)
			return GN_MALFORMED;
		if (result) {
			give_up(p, result, PCP_AGAIN, now);
			return GN_OK;
		}
		p->external = gn_addr_v4((uint8_t)(ip >> 24), (uint8_t)(ip >> 16),
					 (uint8_t)(ip >> 8), (uint8_t)ip, p->external.port);
		(void)epoch_broke(p, epoch, now);
		p->tries = p->address ? p->tries : 0;
		p->address = true;
		p->due = now;
		return GN_OK;
	}
	uint16_t port = gn_read_be16(r), outer = gn_read_be16(r);
	uint32_t seconds = gn_read_be32(r);
	if (r->bad)
		return GN_MALFORMED;
	if (port != p->local.port || !p->address)
		return GN_STALE;
	if (result) {
		give_up(p, result, PCP_AGAIN, now);
		return GN_OK;
	}
	(void)epoch_broke(p, epoch, now);
	take(p, outer, seconds, now);
	return GN_OK;
}

/* Of both protocols the epoch of whatever it says next: also of what it says unasked. */
static bool forgot(struct gn_pcp *p, struct gn_slice datagram, gn_time now)
{
	struct gn_pcp before = *p;
	bool pcp = datagram.p[0] == PCP_VERSION;
	size_t at = pcp ? 8 : 4;
	if (p->state != GN_PCP_HELD || datagram.len < at + 4)
		return false;
	bool broke = epoch_broke(p, gn_be32(datagram.p + at), now);
	if (!broke)
		*p = before;
	return broke;
}

gn_err gn_pcp_recv(struct gn_pcp *p, struct gn_slice datagram, gn_time now)
{
	struct gn_reader r = gn_reader(datagram);
	uint8_t version = gn_read_u8(&r);
	if (datagram.len < 4 || datagram.len > GN_PCP_MAX || !(datagram.p[1] & ANSWER) ||
	    (version != PCP_VERSION && version != 0))
		return GN_MALFORMED;
	if (p->state ==
	    GN_PCP_HELD) { /* nothing was asked: an announcement (RFC 6887 section 14) */
		if (!forgot(p, datagram, now))
			return GN_STALE;
		begin(p, p->protocol, now);
		return GN_OK;
	}
	if (p->state != GN_PCP_ASK || p->tries == 0)
		return GN_STALE;
	if (version == PCP_VERSION)
		return p->protocol == GN_PCP_PCP ? take_pcp(p, &r, now) : GN_STALE;
	return take_nat_pmp(p, &r, now);
}

/* ---- life ---- */

gn_time gn_pcp_deadline(const struct gn_pcp *p)
{
	return p->due;
}

void gn_pcp_moved(struct gn_pcp *p, const struct gn_addr *local, gn_time now)
{
	GN_ASSERT(local->port != 0);
	if (p->state == GN_PCP_GONE)
		return;
	p->local = *local;
	p->external = (struct gn_addr){.port = 0};
	p->heard = false;
	begin(p, GN_PCP_PCP, now);
}

void gn_pcp_stop(struct gn_pcp *p, gn_time now)
{
	bool held = p->external.port != 0;
	p->state = GN_PCP_GONE;
	p->giving_back = true;
	p->address = true;
	p->due = held ? now : GN_NEVER;
}
