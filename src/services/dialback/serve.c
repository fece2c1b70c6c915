/* What a node does for others: S, who is asked, and T, who sends for S.
 *
 * 1. Everything is counted before anything is sent or kept: in all, by key, by prefix; and a
 *    request is as long as what goes out for it.
 * 2. S sends to where its session with the asker is. T sends to whom S names, a few times a minute
 *    into one prefix whoever names it, and into a private network only for who is in one. */
#include "guard/share.h"
#include "services/dialback/engine_int.h"

static bool is_long_enough(const struct dialback_from *from, unsigned ports)
{
	return from->bytes >= (size_t)DIALBACK_WIRE * DIALBACK_TIMES * ports;
}

static bool is_exempt(const struct gn_dialback *d, const struct gn_addr *addr)
{
	return gn_share_exempt(addr, d->cfg.count_local);
}

/* Refused for a time, and which counter moves; GN_OK: both gates of `addr` and key let it. */
static void refuse(struct gn_dialback *d, const struct dialback_from *from, uint64_t *counter,
		   gn_err err, gn_time again)
{
	GN_ASSERT(err != GN_OK);
	++*counter;
	dialback_send_refused(d, from, err, again > d->now ? again - d->now : 0);
}

/* ---- S ---- */

static struct dialback_served *free_place(struct gn_dialback *d)
{
	for (unsigned i = 0; i < DIALBACK_SERVED; i++)
		if (!d->served[i].taken)
			return &d->served[i];
	return NULL;
}

static bool was_asked(const struct dialback_served *s, const struct gn_pk *pk)
{
	for (unsigned i = 0; i < s->third_count; i++)
		if (gn_pk_eq(&s->third[i], pk))
			return true;
	return false;
}

static bool asker_knows(const struct dialback_served *s, const struct gn_pk *pk)
{
	for (unsigned i = 0; i < s->known_count; i++)
		if (s->known[i] == dialback_key(pk))
			return true;
	return false;
}

static bool may_be_third(const struct gn_dialback *d, const struct dialback_served *s,
			 const struct gn_dialback_peer *p)
{
	bool apart = gn_addr_prefix(&p->addr) != gn_addr_prefix(&s->addr) || is_exempt(d, &s->addr);
	return p->dials && p->addr.port && apart && !gn_pk_eq(&p->key, &s->key) &&
	       gn_addr_is_v4(&p->addr) == gn_addr_is_v4(&s->addr) && !was_asked(s, &p->key);
}

/* Any of those whom the asker does not know; else any. */
static bool choose_third(struct gn_dialback *d, struct dialback_served *s)
{
	struct gn_dialback_peer peers[GN_DIALBACK_PEERS];
	const struct gn_dialback_peer *found = NULL;
	bool stranger = false;
	uint64_t n = 0;
	size_t count = d->cfg.peers(d->cfg.user, peers);
	for (size_t i = 0; i < count; i++) {
		bool known = asker_knows(s, &peers[i].key);
		if (!may_be_third(d, s, &peers[i]) || (known && stranger))
			continue;
		n = !known && !stranger ? 1 : n + 1;
		stranger = stranger || !known;
		if (gn_rand_below(d->env.rand, n) == 0)
			found = &peers[i];
	}
	if (!found)
		return false;
	GN_ASSERT(s->third_count < DIALBACK_T_TRIES && !gn_pk_eq(&found->key, &s->key));
	s->third[s->third_count++] = found->key;
	s->third_addr = found->addr;
	return true;
}

static void answer(struct gn_dialback *d, struct dialback_served *s, bool third)
{
	GN_ASSERT(s->taken && !s->told);
	s->third_request = 0;
	s->told = true;
	s->until = d->now + DIALBACK_SERVED_FOR;
	d->n.served_none += !third;
	dialback_send_told(d, s, third);
}

static void ask_third(struct gn_dialback *d, struct dialback_served *s)
{
	GN_ASSERT(s->taken && !s->told);
	if (s->third_count == DIALBACK_T_TRIES || !choose_third(d, s)) {
		answer(d, s, false);
		return;
	}
	s->third_request = dialback_request(d);
	s->until = d->now + DIALBACK_T_ANSWER;
	dialback_send_for(d, s);
}

static void send_own(struct gn_dialback *d, const struct dialback_served *s)
{
	GN_ASSERT(s->taken && s->addr.port);
	struct dialback_job job = {
		.to = s->addr, .ports = {.count = 1}, .nonce = s->nonce, .kind = 3};
	(void)dialback_job_add(d, &job);
	job.kind = 2;
	job.second = true;
	if (d->second)
		(void)dialback_job_add(d, &job);
}

/* NULL: it is refused, and was answered. */
static struct dialback_served *admit(struct gn_dialback *d, const struct dialback_from *from,
				     unsigned ports)
{
	const struct gn_addr *addr = &from->who.addrs[0];
	uint64_t key = dialback_key(&from->who.pk), net = gn_addr_prefix(addr);
	gn_time all = dialback_gate_at(&d->s_all, 0, d->now),
		by_key = dialback_gate_at(&d->s_key, key, d->now),
		by_net = is_exempt(d, addr) ? d->now : dialback_gate_at(&d->s_net, net, d->now);
	struct dialback_served *s = free_place(d);
	if (d->cfg.off)
		refuse(d, from, &d->n.serve_off, GN_DENIED, 0);
	else if (!from->who.addr_count)
		refuse(d, from, &d->n.serve_relayed, GN_DENIED, 0);
	else if (!is_long_enough(from, ports))
		refuse(d, from, &d->n.serve_short, GN_MALFORMED, 0);
	else if (by_key > d->now)
		refuse(d, from, &d->n.serve_key, GN_QUOTA, by_key);
	else if (by_net > d->now)
		refuse(d, from, &d->n.serve_net, GN_QUOTA, by_net);
	else if (all > d->now)
		refuse(d, from, &d->n.serve_busy, GN_BUSY, all);
	else if (!s || !dialback_gate_take(&d->s_all, 0, d->now) ||
		 !dialback_gate_take(&d->s_key, key, d->now) ||
		 (!is_exempt(d, addr) && !dialback_gate_take(&d->s_net, net, d->now)))
		refuse(d, from, &d->n.serve_full, GN_BUSY, d->now + DIALBACK_SERVED_FOR);
	else
		return s;
	return NULL;
}

void dialback_on_ask(struct gn_dialback *d, const struct dialback_from *from,
		     struct gn_fb_dial_ask m)
{
	uint32_t ports = gn_fb_dial_ask_ports_len(m), known = gn_fb_dial_ask_known_len(m);
	bool fits = ports > 0 && ports <= DIALBACK_PORTS && known <= DIALBACK_KNOWN;
	if (!fits || !from->request) {
		d->n.messages_bad++;
		return;
	}
	struct dialback_served *s = admit(d, from, ports);
	if (!s)
		return;
	GN_ASSERT(!s->taken && from->who.addr_count > 0);
	*s = (struct dialback_served){.taken = true,
				      .key = from->who.pk,
				      .addr = from->who.addrs[0],
				      .request = from->request,
				      .nonce = gn_fb_dial_ask_nonce(m),
				      .ports = {.count = ports},
				      .known_count = known};
	for (uint32_t i = 0; i < ports; i++)
		s->ports.port[i] = gn_fb_dial_ask_ports_at(m, i);
	for (uint32_t i = 0; i < known; i++)
		s->known[i] = gn_fb_dial_ask_known_at(m, i);
	d->n.served++;
	send_own(d, s);
	ask_third(d, s);
}

void dialback_third_answered(struct gn_dialback *d, const struct dialback_from *from, bool done)
{
	for (unsigned i = 0; from->request && i < DIALBACK_SERVED; i++) {
		struct dialback_served *s = &d->served[i];
		if (s->third_request != from->request ||
		    !gn_pk_eq(&s->third[s->third_count - 1], &from->who.pk))
			continue;
		if (done)
			answer(d, s, true);
		else
			ask_third(d, s);
		return;
	}
	d->n.unasked++;
}

void dialback_serve_packet(struct gn_dialback *d, const struct gn_addr *from, uint64_t nonce)
{
	for (unsigned i = 0; i < DIALBACK_SERVED; i++) {
		struct dialback_served *s = &d->served[i];
		if (!s->told || s->nonce != nonce || !dialback_same_ip(&s->addr, from))
			continue;
		if (!s->seen) {
			dialback_send_seen(d, s, from);
			d->n.seen_told++;
		}
		s->seen = true;
		return;
	}
	d->n.packet_unknown++;
}

void dialback_serve_tick(struct gn_dialback *d)
{
	for (unsigned i = 0; i < DIALBACK_SERVED; i++) {
		struct dialback_served *s = &d->served[i];
		if (!s->taken || d->now < s->until)
			continue;
		if (s->told)
			*s = (struct dialback_served){.request = 0};
		else
			ask_third(d, s);
	}
}

gn_time dialback_serve_deadline(const struct gn_dialback *d)
{
	gn_time at = GN_NEVER;
	for (unsigned i = 0; i < DIALBACK_SERVED; i++)
		if (d->served[i].taken)
			at = gn_time_min(at, d->served[i].until);
	return at;
}

/* ---- T ---- */

/* Nothing goes to nowhere, to many, or to this machine; into a private network only for who is
 * there itself. */
static bool may_send_to(const struct gn_addr *to, const struct gn_addr *for_whom)
{
	bool multicast = gn_addr_is_v4(to) ? to->ip[12] >= 224 || to->ip[12] == 0
					   : to->ip[0] == 0xff || to->ip[0] == 0;
	if (!to->port || multicast)
		return false;
	if (gn_addr_is_loopback(to))
		return gn_addr_is_loopback(for_whom);
	return !gn_addr_is_private(to) || gn_addr_is_private(for_whom);
}

static bool admit_for(struct gn_dialback *d, const struct dialback_from *from, unsigned ports,
		      const struct gn_addr *to)
{
	uint64_t key = dialback_key(&from->who.pk), net = gn_addr_prefix(to);
	gn_time all = dialback_gate_at(&d->t_all, 0, d->now),
		by_key = dialback_gate_at(&d->t_key, key, d->now),
		by_net = is_exempt(d, to) ? d->now : dialback_gate_at(&d->t_net, net, d->now);
	if (d->cfg.off)
		refuse(d, from, &d->n.for_off, GN_DENIED, 0);
	else if (!from->who.addr_count || !may_send_to(to, &from->who.addrs[0]))
		refuse(d, from, &d->n.for_local, GN_DENIED, 0);
	else if (!is_long_enough(from, ports))
		refuse(d, from, &d->n.for_short, GN_MALFORMED, 0);
	else if (by_key > d->now)
		refuse(d, from, &d->n.for_key, GN_QUOTA, by_key);
	else if (by_net > d->now)
		refuse(d, from, &d->n.for_net, GN_QUOTA, by_net);
	else if (all > d->now || !dialback_gate_take(&d->t_all, 0, d->now) ||
		 !dialback_gate_take(&d->t_key, key, d->now) ||
		 (!is_exempt(d, to) && !dialback_gate_take(&d->t_net, net, d->now)))
		refuse(d, from, &d->n.for_busy, GN_BUSY, all);
	else
		return true;
	return false;
}

void dialback_on_for(struct gn_dialback *d, const struct dialback_from *from,
		     struct gn_fb_dial_for m)
{
	uint32_t ports = gn_fb_dial_for_ports_len(m);
	struct dialback_job job = {.to = gn_wire_addr_get(gn_fb_dial_for_to(m)),
				   .nonce = gn_fb_dial_for_nonce(m),
				   .kind = 1,
				   .second = d->second != 0};
	if (!ports || ports > DIALBACK_PORTS || !from->request) {
		d->n.messages_bad++;
		return;
	}
	if (!admit_for(d, from, ports, &job.to))
		return;
	GN_ASSERT(from->who.addr_count > 0 && job.to.port);
	job.ports.count = ports;
	for (uint32_t i = 0; i < ports; i++)
		job.ports.port[i] = gn_fb_dial_for_ports_at(m, i);
	if (!dialback_job_add(d, &job)) {
		dialback_send_refused(d, from, GN_BUSY, GN_SEC);
		return;
	}
	d->n.for_done++;
	dialback_send_done(d, from);
}
