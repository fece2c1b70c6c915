/* The way of a packet: a look-up, three counts, and the number of the other end. What is not
 * relayed is dropped without an answer, whoever sent it. Rules RE-30, RE-33. */
#include "services/relay/engine_int.h"

static enum gn_relay_verdict drop(uint64_t *counter, const char *name, uint32_t count,
				  struct gn_relay_to *out)
{
	*counter += count;
	out->why = name;
	return GN_RELAY_DROP;
}
#define DROP(name) drop(&r->n.name, #name, p->count, out)

/* Packets of the circuit that its bucket lets through. */
static uint32_t by_rate(const struct relay_circuit *c, const struct gn_relay_packet *p, gn_time now)
{
	uint64_t left = gn_gcra_left(c->full_at, c->rate, now), most = (left + p->len - 1) / p->len;
	return most < p->count ? (uint32_t)most : p->count;
}

/* And what is left of the day, its network's too, or drawn of its token's limits. */
static uint32_t by_quota(const struct gn_relay *r, const struct relay_circuit *c,
			 const struct gn_relay_packet *p, uint32_t count)
{
	uint64_t left = relay_net_left(r, c->net), day = UINT64_MAX;
	if (c->right)
		day = c->right->draw ? c->right->credit : UINT64_MAX;
	else if (c->bulk)
		day = c->account->commons < RELAY_COMMONS_DAY
			      ? RELAY_COMMONS_DAY - c->account->commons
			      : 0;
	left = day < left ? day : left;
	return left < (uint64_t)p->len * count ? (uint32_t)(left / p->len) : count;
}

/* A token's limits want to be drawn from, or something is used up. */
static void look_ahead(struct gn_relay *r, struct relay_circuit *c)
{
	struct relay_right *right = c->right;
	GN_ASSERT(!right || c->bulk);
	bool over =
		r->month_used >= r->month_ends[c->bulk] ||
		relay_net_left(r, c->net) < RELAY_PACKET_MAX ||
		(c->bulk && !right && c->account->commons + RELAY_PACKET_MAX > RELAY_COMMONS_DAY);
	if (over && c->state == CIRCUIT_LIVE) {
		relay_wake(r);
		r->sweep = r->now;
	}
	if (!right || c->hungry || right->credit >= 2 * (uint64_t)right->draw ||
	    r->now < right->again)
		return;
	c->hungry = true;
	c->next_hungry = r->hungry;
	r->hungry = c;
	relay_wake(r);
}

static void take(struct gn_relay *r, struct relay_circuit *c, uint32_t count, uint64_t bytes)
{
	GN_ASSERT(count > 0 && bytes >= count * (uint64_t)RELAY_PACKET_MIN);
	c->full_at = gn_gcra_take(c->full_at, c->rate, bytes, r->now);
	relay_lane_take(c->lane, &c->debt, bytes);
	c->lane->packets += count;
	c->lane->bytes += bytes;
	r->month_used += bytes;
	c->reached = true;
	uint64_t *of = c->bulk ? &c->account->bulk : &c->account->small;
	*of += bytes;
	c->account->given[c->bulk] += bytes;
	if (c->bulk && !c->right)
		c->account->commons += bytes;
	if (c->net)
		c->net->bytes += bytes;
	if (c->by_token) {
		c->by_token->bulk += bytes;
		c->by_token->given[1] += bytes;
	}
	if (c->right && c->right->draw)
		c->right->credit -= bytes;
}

static enum gn_relay_verdict forward(struct gn_relay *r, struct relay_circuit *c, unsigned side,
				     const struct gn_relay_packet *p, struct gn_relay_to *out)
{
	GN_ASSERT(c->state == CIRCUIT_LIVE || c->state == CIRCUIT_ENDING);
	c->used = r->now;
	if (side == 1 && !c->answered) {
		c->answered = true;
		relay_circuit_tell_called(r, c);
	}
	uint32_t rate = by_rate(c, p, r->now),
		 part = rate ? relay_lane_ask(c->lane, &c->debt, p->len, rate, r->now) : 0,
		 count = by_quota(r, c, p, part);
	r->n.drop_rate += p->count - rate;
	r->n.drop_share += rate - part;
	r->n.drop_quota += part - count;
	if (count < p->count)
		out->why = count < part ? "drop_quota" : part < rate ? "drop_share" : "drop_rate";
	if (count)
		take(r, c, count, (uint64_t)count * p->len);
	look_ahead(r, c);
	out->session = c->leg_session[!side];
	out->circuit = c->leg_id[!side];
	out->count = count;
	return count ? GN_RELAY_FORWARD : GN_RELAY_DROP;
}

/* Of no circuit that is relayed here. */
static enum gn_relay_verdict ours(struct gn_relay *r, const struct gn_relay_packet *p,
				  struct gn_relay_to *out)
{
	const struct relay_held *h = relay_held_get(r, p->session, p->circuit);
	if (h) {
		out->op = h->op.id;
		out->count = p->count;
		return GN_RELAY_OURS;
	}
	if (!relay_expects(r, p->peer, p->session))
		return DROP(drop_unknown);
	r->n.inbound += p->count;
	out->count = p->count;
	return GN_RELAY_CALL;
}

enum gn_relay_verdict gn_relay_packet(struct gn_relay *r, const struct gn_relay_packet *p,
				      gn_time now, struct gn_relay_to *out)
{
	GN_ASSERT(p->count > 0 && p->count <= RELAY_TRAIN && p->peer);
	unsigned side;
	*out = (struct gn_relay_to){.count = 0};
	r->now = now;
	if (p->len < RELAY_PACKET_MIN || p->len > RELAY_PACKET_MAX)
		return DROP(drop_length);
	struct relay_circuit *c = relay_circuit_get(r, p->circuit, &side);
	if (!c)
		return ours(r, p, out);
	if (c->leg_session[side] != p->session)
		return DROP(drop_session);
	return forward(r, c, side, p, out);
}

uint32_t gn_relay_run(const uint8_t *train, size_t bytes, size_t segment, uint64_t *circuit)
{
	uint32_t count = 0;
	segment = segment && segment < bytes ? segment : bytes;
	if (segment < RELAY_PACKET_MIN || train[0] != GN_RELAY_BYTE)
		return 0;
	*circuit = gn_be64(train + 1);
	for (size_t at = 0; at + segment <= bytes && count < RELAY_TRAIN; at += segment, count++)
		if (memcmp(train + at, train, GN_RELAY_PREFIX) != 0)
			break;
	return count;
}

void gn_relay_write(uint8_t *train, size_t segment, uint32_t count, uint64_t circuit)
{
	GN_ASSERT(count == 0 || count == 1 || segment >= RELAY_PACKET_MIN);
	for (uint32_t i = 0; i < count; i++)
		gn_put_be64(train + i * segment + 1, circuit);
}
