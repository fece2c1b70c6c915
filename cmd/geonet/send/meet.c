/* Two that meet, as meet.h says. */
#include "geonet/send/meet.h"

#include "geonet/frame/frame.h"
#include "os/os.h"

#define PIECE 65536u

/* What there is to say, as far as there is room; t NULL: the pairing says it. True: that was
 * all. */
static bool say(struct meet *m, struct link *l, struct gn_transfer *t)
{
	static uint8_t bytes[PIECE];
	size_t room, n;
	while ((room = tun_room(&m->tunnel, l)) > 0) {
		room = room < PIECE ? room : PIECE;
		n = t ? gn_transfer_send(t, bytes, room)
		      : gn_pairing_send(&m->pairing, bytes, room);
		if (n == 0)
			return true;
		tun_send(&m->tunnel, l, gn_slice(bytes, n));
	}
	return false;
}

static void part(struct meet *m, bool transfers, gn_time now)
{
	m->state = MEET_PARTS;
	m->transfers = transfers;
	m->until = now + MEET_LINGER;
}

void meet_part(struct meet *m, gn_time now)
{
	GN_ASSERT(m->state == MEET_CARRIES);
	part(m, true, now);
}

void meet_drop(struct meet *m, struct link *l)
{
	tun_drop(&m->tunnel, l);
	gn_pairing_wipe(&m->pairing);
	m->state = MEET_NONE;
}

void meet_pair(struct meet *m, struct gn_rand *rand, struct gn_pairing_config config, bool dialled,
	       gn_time now)
{
	const struct tunnel *t = &m->tunnel;
	GN_ASSERT(m->state == MEET_WAITS && t->state == TUNNEL_OPEN);
	config.role = dialled ? GN_SPAKE2_A : GN_SPAKE2_B;
	config.a = dialled ? t->own : t->peer;
	config.b = dialled ? t->peer : t->own;
	memcpy(config.exported, t->exported, sizeof config.exported);
	gn_pairing_init(&m->pairing, rand, &config, now);
	m->state = MEET_PAIRS;
}

static enum meet_news look_pairing(struct meet *m, struct link *l, gn_time now)
{
	struct gn_pairing *p = &m->pairing;
	tun_taken(&m->tunnel, l, gn_pairing_recv(p, tun_in(&m->tunnel), now));
	gn_pairing_tick(p, now);
	(void)say(m, l, NULL);
	if (p->state == GN_PAIRING_DONE) {
		m->state = MEET_CARRIES;
		return MEET_PAIRED;
	}
	if (p->state == GN_PAIRING_FAILED) {
		part(m, false, now);
		return MEET_REFUSED;
	}
	return MEET_QUIET;
}

static void carry(struct meet *m, struct link *l, struct gn_transfer *t, gn_time now)
{
	struct gn_slice in = tun_in(&m->tunnel);
	tun_taken(&m->tunnel, l, gn_transfer_recv(t, in, now));
	(void)say(m, l, t);
}

/* The last words go out; what comes is heard by nobody. */
static void look_parting(struct meet *m, struct link *l, struct gn_transfer *t, gn_time now)
{
	if (!m->tunnel.end_said && say(m, l, m->transfers ? t : NULL))
		tun_end(&m->tunnel, l);
	tun_taken(&m->tunnel, l, tun_in(&m->tunnel).len);
	if (m->tunnel.state == TUNNEL_ENDED || now >= m->until)
		meet_drop(m, l);
}

/* Nothing more comes, and what came is used up. */
static bool is_gone(const struct meet *m)
{
	return m->tunnel.eof && (tun_in(&m->tunnel).len == 0 || m->tunnel.state == TUNNEL_ENDED);
}

enum meet_news meet_look(struct meet *m, struct link *l, struct gn_transfer *t, gn_time now)
{
	enum meet_news news = MEET_QUIET;
	switch (m->state) {
	case MEET_NONE: return MEET_QUIET;
	case MEET_WAITS:
		if (m->tunnel.state == TUNNEL_OPEN)
			return MEET_OPENED;
		break;
	case MEET_PAIRS: news = look_pairing(m, l, now); break;
	case MEET_CARRIES: carry(m, l, t, now); break;
	case MEET_PARTS: look_parting(m, l, t, now); return MEET_QUIET;
	}
	if (news == MEET_QUIET && is_gone(m)) {
		m->state = MEET_NONE;
		news = MEET_GONE;
	}
	return news;
}

gn_time meet_deadline(const struct meet *m)
{
	return m->state == MEET_PAIRS   ? gn_pairing_deadline(&m->pairing)
	       : m->state == MEET_PARTS ? m->until
					: GN_NEVER;
}
