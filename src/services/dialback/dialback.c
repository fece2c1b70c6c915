/* The engine: every input comes in here, is parsed once and goes to the part that it is for. */
#include "services/dialback/engine_int.h"

static const char *const counter_names[] = {
#define X(name) #name,
#include "services/dialback/counters.def"
#undef X
};
_Static_assert(sizeof(struct dialback_counts) == GN_COUNT(counter_names) * sizeof(uint64_t),
	       "counters are uint64_t in a row");

/* ---- life ---- */

gn_err gn_dialback_new(const struct gn_env *env, const struct gn_dialback_config *config,
		       gn_time now, struct gn_dialback **out)
{
	GN_ASSERT(config->peers && !gn_pk_is_zero(&config->node));
	struct gn_dialback *d = GN_NEW(env->alloc, struct gn_dialback);
	if (!d)
		return GN_NOMEM;
	d->env = *env;
	d->cfg = *config;
	d->now = now;
	d->due = now + DIALBACK_SOON;
	d->again = DIALBACK_AGAIN;
	d->met.seed = gn_rand_u64(env->rand);
	d->last_request = gn_rand_u64(env->rand) >> 1;
	d->last.why = GN_DIALBACK_WHY_NEVER;
	dialback_gate_init(&d->s_all, env, DIALBACK_S_APART, DIALBACK_S_BURST);
	dialback_gate_init(&d->s_key, env, DIALBACK_S_KEY_APART, 1);
	dialback_gate_init(&d->s_net, env, DIALBACK_S_NET_APART, DIALBACK_S_NET_BURST);
	dialback_gate_init(&d->t_all, env, DIALBACK_T_APART, DIALBACK_T_BURST);
	dialback_gate_init(&d->t_key, env, DIALBACK_T_KEY_APART, DIALBACK_T_KEY_BURST);
	dialback_gate_init(&d->t_net, env, DIALBACK_T_NET_APART, DIALBACK_T_NET_BURST);
	dialback_gate_init(&d->h_key, env, DIALBACK_HOLD_KEY_APART, DIALBACK_HOLD_KEY_BURST);
	d->out = (struct gn_frame_out){.alloc = env->alloc,
				       .self = config->node,
				       .small = DIALBACK_MESSAGE,
				       .control_max = DIALBACK_CONTROL_BYTES,
				       .dropped = &d->n.control_dropped,
				       .nomem = &d->n.nomem};
	*out = d;
	return GN_OK;
}

void gn_dialback_free(struct gn_dialback *d)
{
	if (!d)
		return;
	GN_ASSERT(!d->out.building);
	gn_frame_out_free(&d->out);
	dialback_gate_fini(&d->s_all);
	dialback_gate_fini(&d->s_key);
	dialback_gate_fini(&d->s_net);
	dialback_gate_fini(&d->t_all);
	dialback_gate_fini(&d->t_key);
	dialback_gate_fini(&d->t_net);
	dialback_gate_fini(&d->h_key);
	gn_mem_free(d->env.alloc, d);
}

/* ---- messages ---- */

static gn_err take(struct gn_dialback *d, struct dialback_from *from, struct gn_slice message)
{
	struct gn_fb_dial_frame m;
	GN_ASSERT(from->request == 0);
	if (message.len > DIALBACK_MESSAGE)
		return GN_TOO_LARGE;
	GN_TRY(gn_fb_dial_frame_verify(message, &m));
	from->request = gn_fb_dial_frame_request(m);
	switch (gn_fb_dial_frame_body_type(m)) {
	case GN_FB_DIAL_FRAME_BODY_DIAL_ASK:
		dialback_on_ask(d, from, gn_fb_dial_frame_body_as_dial_ask(m));
		return GN_OK;
	case GN_FB_DIAL_FRAME_BODY_DIAL_FOR:
		dialback_on_for(d, from, gn_fb_dial_frame_body_as_dial_for(m));
		return GN_OK;
	case GN_FB_DIAL_FRAME_BODY_DIAL_TOLD:
		dialback_on_told(d, from, gn_fb_dial_frame_body_as_dial_told(m));
		return GN_OK;
	case GN_FB_DIAL_FRAME_BODY_DIAL_SEEN:
		dialback_on_seen(d, from, gn_fb_dial_frame_body_as_dial_seen(m));
		return GN_OK;
	case GN_FB_DIAL_FRAME_BODY_DIAL_DONE: dialback_third_answered(d, from, true); return GN_OK;
	case GN_FB_DIAL_FRAME_BODY_DIAL_HOLD:
		dialback_on_hold(d, from, gn_fb_dial_frame_body_as_dial_hold(m));
		return GN_OK;
	case GN_FB_DIAL_FRAME_BODY_DIAL_HELD: dialback_life_held(d, from); return GN_OK;
	case GN_FB_DIAL_FRAME_BODY_DIAL_REFUSED:
		if (!dialback_run_refused(d, from) && !dialback_life_refused(d, from))
			dialback_third_answered(d, from, false);
		return GN_OK;
	default: return GN_UNSUPPORTED; /* of a later version */
	}
}

gn_err gn_dialback_recv(struct gn_dialback *d, const struct gn_pk *from, const struct gn_addr *addr,
			struct gn_slice message, gn_time now)
{
	struct dialback_from who = {
		.who = {.pk = *from, .addr_count = addr->port != 0, .addrs = {*addr}},
		.bytes = message.len};
	GN_ASSERT(!d->out.building && now >= 0);
	d->now = now;
	d->n.messages_in++;
	gn_err err = gn_pk_eq(from, &d->cfg.node) ? GN_DENIED : take(d, &who, message);
	d->n.messages_bad += err != GN_OK;
	return err;
}

bool gn_dialback_next_message(struct gn_dialback *d, struct gn_overlay_message *m)
{
	if (!gn_frame_out_next(&d->out, m))
		return false;
	m->reliable = true;
	GN_ASSERT(m->bytes.len <= DIALBACK_MESSAGE && !gn_pk_eq(&m->to.pk, &d->cfg.node));
	d->n.messages_out++;
	return true;
}

/* ---- packets ---- */

void gn_dialback_packet(struct gn_dialback *d, const struct gn_addr *from, bool second,
			struct gn_slice datagram, gn_time now)
{
	d->now = now;
	d->n.packets_in++;
	GN_ASSERT(!d->out.building);
	unsigned kind = datagram.len == GN_DIALBACK_BYTES ? datagram.p[9] : 0;
	if (kind < 1 || kind > 5 || datagram.p[0] != GN_DIALBACK_BYTE || second != (kind == 4))
		d->n.packet_bad++;
	else if (kind == 5)
		dialback_hold_packet(d, from, gn_be64(datagram.p + 1));
	else if (second)
		dialback_serve_packet(d, from, gn_be64(datagram.p + 1));
	else
		dialback_run_packet(d, from, gn_be64(datagram.p + 1), kind);
}

void gn_dialback_sent(struct gn_dialback *d, const struct gn_addr *to, gn_time now)
{
	dialback_met_put(&d->met, to, now);
}

/* The place of its prefix, else the oldest. */
static struct dialback_caller *caller_of(struct gn_dialback *d, uint64_t prefix)
{
	struct dialback_caller *oldest = &d->callers[0];
	for (unsigned i = 0; i < DIALBACK_CALLERS; i++) {
		if (d->callers[i].at && d->callers[i].prefix == prefix)
			return &d->callers[i];
		if (d->callers[i].at < oldest->at)
			oldest = &d->callers[i];
	}
	GN_ASSERT(oldest >= d->callers && oldest < d->callers + DIALBACK_CALLERS);
	return oldest;
}

void gn_dialback_called(struct gn_dialback *d, const struct gn_addr *from, gn_time now)
{
	uint64_t prefix = gn_addr_prefix(from);
	if (gn_addr_is_private(from) || dialback_met_has(&d->met, from, now))
		return;
	struct dialback_caller *c = caller_of(d, prefix);
	GN_ASSERT(c->at <= now);
	bool fresh = !c->at || c->prefix != prefix;
	*c = (struct dialback_caller){prefix, now};
	d->n.called += fresh;
	if (fresh && d->last.why == GN_DIALBACK_WHY_ALL_KNOW)
		gn_dialback_changed(d, now); /* it may be known now */
}

/* ---- the owner ---- */

void gn_dialback_ports(struct gn_dialback *d, const uint16_t ports[2],
		       const struct gn_addr *configured)
{
	d->ports[0] = ports[0];
	d->ports[1] = ports[1];
	d->configured = configured ? *configured : (struct gn_addr){.port = 0};
}

void gn_dialback_off(struct gn_dialback *d, bool off, bool hidden)
{
	d->cfg.off = off;
	d->cfg.hidden = hidden;
}

void gn_dialback_second(struct gn_dialback *d, uint16_t port)
{
	d->second = port;
}

void gn_dialback_changed(struct gn_dialback *d, gn_time now)
{
	gn_time at = now + DIALBACK_SOON;
	GN_ASSERT(now < GN_NEVER - DIALBACK_EVERY);
	d->again = DIALBACK_AGAIN;
	/* those who were asked refuse within a minute */
	if (d->last.at && at < d->last.at + DIALBACK_S_KEY_APART)
		at = d->last.at + DIALBACK_S_KEY_APART;
	d->due = gn_time_min(d->due, at);
}

void gn_dialback_tick(struct gn_dialback *d, gn_time now)
{
	GN_ASSERT(!d->out.building);
	d->now = now;
	dialback_serve_tick(d);
	dialback_run_tick(d);
	dialback_hold_tick(d);
	dialback_life_tick(d);
}

gn_time gn_dialback_deadline(const struct gn_dialback *d)
{
	gn_time at = gn_time_min(dialback_serve_deadline(d), dialback_run_deadline(d));
	at = gn_time_min(at, gn_time_min(dialback_hold_deadline(d), dialback_life_deadline(d)));
	for (unsigned i = 0; i < d->job_count; i++)
		at = gn_time_min(at, d->jobs[i].at);
	return at;
}

bool gn_dialback_next_event(struct gn_dialback *d, struct gn_dialback_result *out)
{
	if (!d->told)
		return false;
	d->told = false;
	GN_ASSERT(d->last.at && !d->run.began);
	*out = d->last;
	return true;
}

/* ---- queries ---- */

void gn_dialback_last(const struct gn_dialback *d, struct gn_dialback_result *out)
{
	GN_ASSERT(d->last.told <= d->last.asked && d->last.came <= d->last.told);
	*out = d->last;
}

bool gn_dialback_is_running(const struct gn_dialback *d)
{
	return d->run.began != 0;
}

bool gn_dialback_counter_at(const struct gn_dialback *d, size_t i, struct gn_counter *out)
{
	return gn_counter_at(counter_names, &d->n, GN_COUNT(counter_names), i, out);
}

void gn_dialback_validate(const struct gn_dialback *d)
{
	GN_ASSERT(d->job_count <= DIALBACK_JOBS && d->run.count <= DIALBACK_TRIES);
	for (unsigned i = 0; i < d->job_count; i++)
		GN_ASSERT(d->jobs[i].round < d->jobs[i].times &&
			  d->jobs[i].next < d->jobs[i].ports.count);
	for (unsigned i = 0; i < DIALBACK_SERVED; i++) {
		const struct dialback_served *s = &d->served[i];
		GN_ASSERT(!s->third_request || (!s->told && s->third_count > 0));
		GN_ASSERT(s->taken || (!s->told && !s->third_request));
	}
	GN_ASSERT(d->life.asked_count <= DIALBACK_LIFE_ASKS && d->life.answers <= 2);
	unsigned taken = 0;
	for (unsigned i = 0; i < DIALBACK_HOLDS; i++) {
		GN_ASSERT(d->holds[i].packets <= DIALBACK_HOLD_PACKETS);
		taken += !gn_pk_is_zero(&d->holds[i].key);
	}
	GN_ASSERT(taken == d->holds_taken);
	gn_map_validate(&d->s_key.full_at);
	gn_map_validate(&d->t_net.full_at);
}
