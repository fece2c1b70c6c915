/* Discovery on a link: mdns.h.
 *
 * 1. What is said goes to every group of an interface, at most once a second unasked or asked; an
 *    answer waits for 20 to 120 ms, so that many do not answer at one time.
 * 2. A peer is believed when one message has its PTR, SRV, TXT of our network, and an address: the
 *    sender's where that is private, else the first AAAA that is. So nobody makes us call out of
 *    the link's private networks.
 * 3. Of one sender, prefix and interface at most its share is kept; who is there stays, what comes
 *    beyond is counted and dropped; after its time (120 s at most) each goes. Places are given
 *    away so many at once, then one in 5 s: who says goodbye frees one, in whoever's name.
 * 4. Deviations from RFC 6762: no probing, since a name is 64 random bits (section 8.1); no unicast
 *    answers (5.4) and none to other ports than 5353 (6.7); a message that is continued (7.2) is
 *    answered as it is. */
#include "net/mdns_int.h"

#define V4 1u
#define V6 2u

static const char *const service_labels[] = {"_geonet", "_udp", "local", ""};

/* ---- interfaces ---- */

static gn_time soon(struct gn_mdns *m, gn_time now)
{
	return now + MDNS_DELAY +
	       (gn_time)gn_rand_below(m->rand, (uint64_t)(MDNS_DELAY_MOST - MDNS_DELAY));
}

void gn_mdns_init(struct gn_mdns *m, struct gn_rand *rand, const uint8_t network[4], uint16_t port)
{
	GN_ASSERT(port != 0);
	*m = (struct gn_mdns){.rand = rand, .port = port};
	memcpy(m->network, network, sizeof m->network);
}

static struct gn_mdns_link *link_of(struct gn_mdns *m, uint32_t index)
{
	for (size_t i = 0; i < MDNS_INTERFACES_MAX; i++)
		if (m->links[i].on.index == index)
			return &m->links[i];
	return NULL;
}

static bool same_interface(const struct gn_mdns_interface *a, const struct gn_mdns_interface *b)
{
	bool same =
		a->index == b->index && a->v4 == b->v4 && a->v6 == b->v6 && a->count == b->count;
	for (unsigned i = 0; same && i < a->count; i++)
		same = gn_addr_eq(&a->addrs[i], &b->addrs[i]);
	return same;
}

static void forget_peers(struct gn_mdns *m, uint32_t interface)
{
	for (size_t i = 0; i < MDNS_FOUND_MAX; i++)
		if (m->peers[i].found.interface == interface)
			m->peers[i].until = 0;
}

/* Is it the same network still, with another address? Then the name stays, too. */
static bool shares_address(const struct gn_mdns_interface *a, const struct gn_mdns_interface *b)
{
	bool shared = false;
	for (unsigned i = 0; i < a->count; i++)
		for (unsigned j = 0; j < b->count; j++)
			shared |= gn_addr_eq(&a->addrs[i], &b->addrs[j]);
	return shared;
}

static void begin_link(struct gn_mdns *m, struct gn_mdns_link *link,
		       const struct gn_mdns_interface *on, gn_time now)
{
	struct gn_mdns_link before = *link;
	uint8_t id[GN_MDNS_ID / 2];
	gn_time first = soon(m, now);
	forget_peers(m, on->index);
	*link = (struct gn_mdns_link){
		.on = *on, .query_at = first, .answer_at = first, .answered_at = now - MDNS_AGAIN};
	gn_rand_fill(m->rand, id, sizeof id);
	gn_hex(GN_SLICE(id), link->id);
	if (before.on.index && shares_address(&before.on, on))
		memcpy(link->id, before.id, sizeof link->id);
}

void gn_mdns_interfaces(struct gn_mdns *m, const struct gn_mdns_interface *list, size_t count,
			gn_time now)
{
	if (m->stopped)
		return;
	count = count < MDNS_INTERFACES_MAX ? count : MDNS_INTERFACES_MAX;
	for (size_t i = 0; i < MDNS_INTERFACES_MAX; i++) {
		struct gn_mdns_link *link = &m->links[i];
		bool listed = false;
		for (size_t j = 0; j < count; j++)
			listed |= link->on.index == list[j].index;
		if (link->on.index && !listed) {
			forget_peers(m, link->on.index);
			*link = (struct gn_mdns_link){.query_at = GN_NEVER};
		}
	}
	for (size_t j = 0; j < count; j++) {
		GN_ASSERT(list[j].index && list[j].count <= MDNS_ADDRESSES_MAX);
		struct gn_mdns_link *link = link_of(m, list[j].index);
		if (link && same_interface(&link->on, &list[j]))
			continue;
		link = link ? link : link_of(m, 0);
		GN_ASSERT(link != NULL);
		begin_link(m, link, &list[j], now);
	}
}

/* ---- hearing ---- */

static bool usable(const struct gn_addr *a)
{
	bool local = gn_addr_is_v4(a) ? a->ip[12] == 169
				      : a->ip[0] == 0xfe; /* link-local: nothing without a link */
	return gn_addr_is_private(a) && !gn_addr_is_loopback(a) && !local;
}

/* What one message says of its sender. */
struct said {
	struct mdns_name instance, host;
	struct gn_slice label; /* in instance */
	uint32_t ttl;
	uint16_t port;
	bool named, ours, text;
	struct gn_addr addr; /* of a AAAA; port 0: none yet */
};

/* The instance of the first PTR of our service, below it: false, none or not one label. */
static bool read_instance(struct gn_slice message, const struct mdns_record *r, struct said *s)
{
	struct mdns_name name, service;
	size_t at = r->data_at;
	mdns_name_of(service_labels, &service);
	if (!mdns_name_read(message, &at, &name) || name.len < 2)
		return false;
	size_t len = name.b[0];
	if (len == 0 || name.len != 1 + len + service.len ||
	    memcmp(name.b + 1 + len, service.b, service.len) != 0)
		return false;
	s->instance = name;
	s->label = gn_slice(s->instance.b + 1, len);
	s->ttl = r->ttl;
	s->named = true;
	return true;
}

static void read_record(struct gn_mdns *m, struct gn_slice message, const struct mdns_record *r,
			struct said *s)
{
	if (r->type == MDNS_SRV && r->data.len > 6) {
		size_t at = r->data_at + 6;
		if (mdns_name_read(message, &at, &s->host))
			s->port = (uint16_t)(r->data.p[4] << 8 | r->data.p[5]);
	} else if (r->type == MDNS_TXT) {
		uint8_t network[4];
		s->text = true;
		s->ours = gn_slice_eq(mdns_txt(r->data, "v"), GN_LIT("1")) &&
			  gn_unhex(mdns_txt(r->data, "n"), network, sizeof network) == GN_OK &&
			  memcmp(network, m->network, sizeof network) == 0;
	}
}

static bool class_in(const struct mdns_record *r)
{
	return (r->class & ~MDNS_FLUSH) == MDNS_IN;
}

/* Walks that come after the first, which has seen all of the message. */
static void read_said(struct gn_mdns *m, const struct mdns_walk *start, struct said *s)
{
	struct mdns_record r;
	for (struct mdns_walk w = *start; mdns_walk_next(&w, &r);)
		if (!r.question && class_in(&r) && mdns_name_eq(&r.name, &s->instance))
			read_record(m, w.message, &r, s);
	for (struct mdns_walk w = *start; s->port && !s->addr.port && mdns_walk_next(&w, &r);) {
		if (r.question || !class_in(&r) || r.type != MDNS_AAAA || r.data.len != 16 ||
		    !mdns_name_eq(&r.name, &s->host))
			continue;
		struct gn_addr a = {.port = s->port};
		memcpy(a.ip, r.data.p, sizeof a.ip);
		if (usable(&a) && !gn_addr_is_v4(&a))
			s->addr = a;
	}
}

static bool same_peer(const struct gn_mdns_peer *p, const struct gn_mdns_from *from,
		      const struct said *s)
{
	return p->found.interface == from->interface &&
	       gn_slice_eq(gn_slice(p->label, p->label_len), s->label);
}

/* The goodbye of an instance: whoever said it (RFC 6762 section 10.1). */
static void leave(struct gn_mdns *m, const struct gn_mdns_from *from, const struct said *s)
{
	for (size_t i = 0; i < MDNS_FOUND_MAX; i++)
		if (same_peer(&m->peers[i], from, s))
			m->peers[i].until = 0;
}

static void sweep(struct gn_mdns *m, gn_time now)
{
	for (size_t i = 0; i < MDNS_FOUND_MAX; i++)
		if (m->peers[i].until <= now)
			m->peers[i].until = 0;
}

/* A place for a new address, or NULL: shares (3). */
static struct gn_mdns_peer *place(struct gn_mdns *m, const struct gn_mdns_from *from,
				  const struct gn_addr *addr)
{
	unsigned sender = 0, prefix = 0, interface = 0;
	struct gn_mdns_peer *free = NULL;
	for (size_t i = 0; i < MDNS_FOUND_MAX; i++) {
		struct gn_mdns_peer *p = &m->peers[i];
		if (!p->until) {
			free = p;
			continue;
		}
		sender += memcmp(p->sender.ip, from->addr.ip, sizeof p->sender.ip) == 0;
		prefix += gn_addr_prefix(&p->found.addr) == gn_addr_prefix(addr);
		interface += p->found.interface == from->interface;
	}
	return sender < MDNS_PER_SENDER && prefix < MDNS_PER_PREFIX &&
			       interface < MDNS_PER_INTERFACE
		       ? free
		       : NULL;
}

static void keep(struct gn_mdns *m, const struct gn_mdns_from *from, const struct said *s,
		 gn_time now)
{
	struct gn_mdns_peer *p = NULL;
	uint32_t ttl = s->ttl < MDNS_TTL ? s->ttl : MDNS_TTL;
	for (size_t i = 0; i < MDNS_FOUND_MAX && !p; i++)
		if (m->peers[i].until && gn_addr_eq(&m->peers[i].found.addr, &s->addr) &&
		    m->peers[i].found.interface == from->interface)
			p = &m->peers[i];
	bool fresh = !p;
	if (!p && m->paced <= now + (MDNS_FOUND_MAX - 1) * MDNS_PACE)
		p = place(m, from, &s->addr);
	if (!p) {
		m->count.full++;
		return;
	}
	if (fresh) {
		m->count.found++;
		m->paced = (m->paced > now ? m->paced : now) + MDNS_PACE;
		*p = (struct gn_mdns_peer){.found = {s->addr, from->interface},
					   .sender = from->addr};
	}
	p->until = now + (gn_time)ttl * GN_SEC;
	p->label_len = (uint8_t)s->label.len;
	memcpy(p->label, s->label.p, s->label.len);
}

/* Of any link: two of them may be one network. */
static bool is_ours(const struct gn_mdns *m, struct gn_slice label)
{
	bool ours = false;
	for (size_t i = 0; i < MDNS_INTERFACES_MAX; i++)
		ours |= m->links[i].on.index && gn_slice_eq(label, gn_str(m->links[i].id));
	return ours;
}

static gn_err hear_answer(struct gn_mdns *m, const struct gn_mdns_from *from,
			  const struct mdns_walk *start, struct said *s, gn_time now)
{
	if (!s->named || is_ours(m, s->label))
		return GN_STALE;
	if (s->ttl == 0) {
		leave(m, from, s);
		return GN_OK;
	}
	read_said(m, start, s);
	if (usable(&from->addr)) {
		s->addr = from->addr;
		s->addr.port = s->port;
	}
	if (s->text && !s->ours) {
		m->count.foreign++;
		return GN_STALE;
	}
	if (!s->text || !s->addr.port) {
		m->count.useless++;
		return GN_STALE;
	}
	keep(m, from, s, now);
	return GN_OK;
}

/* Is it something that we have an answer to? */
static bool asks_us(const struct gn_mdns_link *link, const struct mdns_record *q)
{
	static const char *const none[] = {""};
	const char *const instance_labels[] = {link->id, "_geonet", "_udp", "local", ""};
	const char *const host_labels[] = {link->id, "local", ""};
	struct mdns_name name;
	bool any = q->type == MDNS_ANY;
	unsigned class = q->class & ~MDNS_FLUSH;
	if (class != MDNS_IN && class != MDNS_ANY)
		return false;
	mdns_name_of(any || q->type == MDNS_PTR ? service_labels : none, &name);
	if (mdns_name_eq(&q->name, &name) && name.len > 1)
		return true;
	mdns_name_of(instance_labels, &name);
	if (mdns_name_eq(&q->name, &name))
		return any || q->type == MDNS_SRV || q->type == MDNS_TXT;
	mdns_name_of(host_labels, &name);
	return mdns_name_eq(&q->name, &name) && (any || q->type == MDNS_A || q->type == MDNS_AAAA);
}

static gn_err hear_query(struct gn_mdns *m, struct gn_mdns_link *link, bool asked, bool known,
			 gn_time now)
{
	if (!asked)
		return GN_STALE;
	if (known) {
		m->count.known++;
		return GN_OK;
	}
	gn_time at = soon(m, now), again = link->answered_at + MDNS_AGAIN;
	at = at < again ? again : at;
	link->answer_at = gn_time_min(link->answer_at, at);
	return GN_OK;
}

gn_err gn_mdns_recv(struct gn_mdns *m, const struct gn_mdns_from *from, struct gn_slice message,
		    gn_time now)
{
	struct gn_mdns_link *link = from->interface ? link_of(m, from->interface) : NULL;
	struct mdns_walk start;
	struct mdns_record r;
	struct mdns_name service;
	struct said s = {.named = false};
	bool asked = false, known = false;
	if (m->stopped || !link)
		return GN_STATE;
	m->count.heard++;
	if (from->hops != MDNS_HOPS || from->addr.port != GN_MDNS_PORT) {
		m->count.far++;
		return GN_DENIED;
	}
	gn_err err = mdns_walk(message, &start);
	struct mdns_walk w = start;
	mdns_name_of(service_labels, &service);
	while (!err && mdns_walk_next(&w, &r)) {
		asked |= r.question && asks_us(link, &r);
		if (r.question || s.named || r.type != MDNS_PTR || !class_in(&r) ||
		    !mdns_name_eq(&r.name, &service))
			continue;
		(void)read_instance(message, &r, &s);
		/* of a query: who asks knows us, and will for a while (RFC 6762 section 7.1) */
		bool us = s.named && is_ours(m, s.label);
		known |= us && s.ttl >= MDNS_TTL / 2;
		s.named &= (start.flags & MDNS_RESPONSE) != 0;
	}
	if (err || w.bad) {
		m->count.malformed++;
		return GN_MALFORMED;
	}
	sweep(m, now);
	return start.flags & MDNS_RESPONSE ? hear_answer(m, from, &start, &s, now)
					   : hear_query(m, link, asked, known, now);
}

/* ---- speaking ---- */

static uint8_t groups(const struct gn_mdns_interface *on)
{
	return (uint8_t)((on->v4 ? V4 : 0) | (on->v6 ? V6 : 0));
}

/* What is due now waits for gn_mdns_send, for each group. */
static void fall_due(struct gn_mdns *m, struct gn_mdns_link *link, gn_time now)
{
	if (link->query_at <= now) {
		static const gn_time later[] = {GN_SEC, 2 * GN_SEC};
		link->query_at =
			now + (link->queries < GN_COUNT(later) ? later[link->queries] : MDNS_EVERY);
		link->queries++;
		link->query = groups(&link->on);
		sweep(m, now);
	}
	if (link->answer_at <= now) {
		link->announced += link->announced < MDNS_ANNOUNCED;
		link->answer_at = GN_NEVER;
		link->answered_at = now;
		if (link->announced < MDNS_ANNOUNCED)
			link->answer_at = now + MDNS_AGAIN;
		link->answer = groups(&link->on);
	}
}

static size_t write_query(const struct gn_mdns *m, const struct gn_mdns_link *link,
			  uint8_t room[MDNS_SAID_MAX], gn_time now)
{
	struct gn_writer w = gn_writer(room, MDNS_SAID_MAX);
	mdns_write_query(&w);
	/* we hear ourselves, and are not to answer */
	bool fits = mdns_write_known(&w, gn_str(link->id), MDNS_TTL);
	GN_ASSERT(fits);
	for (size_t i = 0; i < MDNS_FOUND_MAX; i++) {
		const struct gn_mdns_peer *p = &m->peers[i];
		gn_time left = p->until - now;
		if (p->found.interface == link->on.index && left >= MDNS_TTL / 2 * GN_SEC &&
		    !mdns_write_known(&w, gn_slice(p->label, p->label_len),
				      (uint32_t)(left / GN_SEC)))
			break;
	}
	return gn_writer_len(&w);
}

/* One group of those that wait; false: none does. */
static bool take_group(uint8_t *waiting, bool *v6)
{
	if (!*waiting)
		return false;
	*v6 = !(*waiting & V4);
	*waiting &= (uint8_t)~(*v6 ? V6 : V4);
	return true;
}

bool gn_mdns_send(struct gn_mdns *m, uint8_t room[MDNS_SAID_MAX], gn_time now,
		  struct gn_mdns_out *out)
{
	for (size_t i = 0; i < MDNS_INTERFACES_MAX; i++) {
		struct gn_mdns_link *link = &m->links[i];
		size_t len;
		if (!link->on.index)
			continue;
		if (!m->stopped)
			fall_due(m, link, now);
		if (take_group(&link->goodbye, &out->v6))
			len = mdns_write_answer(room, link->id, m->network, m->port, &link->on, 0);
		else if (take_group(&link->query, &out->v6))
			len = write_query(m, link, room, now);
		else if (take_group(&link->answer, &out->v6))
			len = mdns_write_answer(room, link->id, m->network, m->port, &link->on,
						MDNS_TTL);
		else
			continue;
		out->interface = link->on.index;
		out->message = gn_slice(room, len);
		m->count.said++;
		return true;
	}
	return false;
}

gn_time gn_mdns_deadline(const struct gn_mdns *m)
{
	gn_time at = GN_NEVER;
	for (size_t i = 0; i < MDNS_INTERFACES_MAX; i++) {
		const struct gn_mdns_link *link = &m->links[i];
		if (!link->on.index)
			continue;
		if (link->query | link->answer | link->goodbye)
			return 0;
		if (!m->stopped)
			at = gn_time_min(at, gn_time_min(link->query_at, link->answer_at));
	}
	return at;
}

bool gn_mdns_next(struct gn_mdns *m, struct gn_mdns_found *out)
{
	for (size_t i = 0; i < MDNS_FOUND_MAX; i++) {
		struct gn_mdns_peer *p = &m->peers[i];
		if (!p->until || p->told)
			continue;
		p->told = true;
		*out = p->found;
		return true;
	}
	return false;
}

void gn_mdns_stop(struct gn_mdns *m)
{
	m->stopped = true;
	for (size_t i = 0; i < MDNS_INTERFACES_MAX; i++) {
		struct gn_mdns_link *link = &m->links[i];
		/* who never spoke has nothing to take back */
		link->goodbye = link->announced ? groups(&link->on) : 0;
		link->query = link->answer = 0;
	}
}
