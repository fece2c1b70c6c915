/* Circuits: their seats, numbers, ends. Rules RE-31, RE-33, RE-34.
 *
 * A key's small circuits have their bursts from one store, which fills slowly: who closes one and
 * opens another has no second burst of it, and no second rate. */
#include "services/relay/engine_int.h"

#define BURSTS                                                                                     \
	((struct gn_rate){RELAY_BURST_RATE,                                                        \
			  (gn_time)RELAY_CIRCUITS_KEY * RELAY_BURST / RELAY_BURST_RATE * GN_SEC})

static gn_time span_of(uint64_t bytes, uint32_t rate)
{
	GN_ASSERT(rate > 0 && bytes <= UINT32_MAX);
	return (gn_time)(bytes * (uint64_t)GN_SEC / rate);
}

/* ---- seats ---- */

static struct relay_circuit *longest_silent(const struct gn_relay *r, const uint64_t *prefix)
{
	struct relay_circuit *oldest = NULL;
	for (uint32_t i = 0; i < r->count; i++) {
		struct relay_circuit *c = r->circuits[i];
		const struct gn_contact *who = &c->leg[0];
		bool of = !prefix || (who->addr_count && gn_addr_prefix(&who->addrs[0]) == *prefix);
		if (of && c->state != CIRCUIT_WAITING && (!oldest || c->used < oldest->used))
			oldest = c;
	}
	return oldest;
}

/* The one silent for longest, if it is silent for so long that it may. */
static struct relay_circuit *idle_one(struct gn_relay *r)
{
	if (r->now < r->full_until)
		return NULL;
	struct relay_circuit *oldest = longest_silent(r, NULL);
	if (oldest && oldest->used + RELAY_GIVES_WAY <= r->now)
		return oldest;
	r->full_until = oldest ? oldest->used + RELAY_GIVES_WAY : r->now + GN_SEC;
	return NULL;
}

static bool make_seat(struct gn_relay *r, const struct gn_holder *newcomer)
{
	uint64_t prefix;
	GN_ASSERT(r->count == RELAY_CIRCUITS);
	struct relay_circuit *c = idle_one(r);
	if (!c && gn_share_most(&r->seats, newcomer, &prefix))
		c = longest_silent(r, &prefix);
	if (c)
		relay_circuit_end(r, c, GN_FB_RELAY_WHY_FULL, 3);
	return c != NULL;
}

static gn_err take_seat(struct gn_relay *r, const struct gn_contact *who, struct relay_refusal *why)
{
	struct gn_holder holder = relay_holder(who);
	gn_err err = gn_share_take(&r->seats, &holder, 1);
	if (err == GN_NO_SPACE && make_seat(r, &holder))
		err = gn_share_take(&r->seats, &holder, 1);
	if (!err)
		return GN_OK;
	*why = (struct relay_refusal){GN_LIMIT, RELAY_LIMIT(RELAY_CIRCUITS),
				      (uint32_t)(RELAY_FULL_AGAIN / GN_MSEC)};
	if (err == GN_QUOTA) {
		why->limit = RELAY_LIMIT(RELAY_CIRCUITS_KEY);
		why->retry_ms = 0; /* its own to close */
		r->n.open_key++;
	} else if (err == GN_LIMIT) {
		why->limit = RELAY_LIMIT(RELAY_CIRCUITS_PART);
		r->n.open_prefix++;
	} else {
		r->n.open_full++;
	}
	return GN_LIMIT;
}

static void give_seat(struct gn_relay *r, const struct relay_circuit *c)
{
	struct gn_holder holder = relay_holder(&c->leg[0]);
	gn_share_give(&r->seats, &holder, 1);
}

/* ---- what it may send ---- */

static void start_rate(struct gn_relay *r, struct relay_circuit *c)
{
	struct relay_account *a = c->account;
	GN_ASSERT(a && (c->bulk || !c->right));
	uint64_t burst = RELAY_BURST;
	c->rate.rate = c->right  ? c->right->rate.rate
		       : c->bulk ? RELAY_COMMONS_RATE
				 : RELAY_SMALL_RATE;
	c->rate.burst = span_of(RELAY_BURST, c->rate.rate) + RELAY_QUEUE;
	if (!c->bulk) {
		uint64_t left = gn_gcra_left(a->bursts_full_at, BURSTS, r->now);
		burst = left < burst ? left : burst;
		a->bursts_full_at = gn_gcra_take(a->bursts_full_at, BURSTS, burst, r->now);
	}
	relay_lane_enter(c->lane, &c->debt, a->owed[c->bulk]);
	c->full_at = r->now + span_of(RELAY_BURST - burst, c->rate.rate);
}

static void give_burst(struct gn_relay *r, struct relay_circuit *c)
{
	uint64_t left = gn_gcra_left(c->full_at, c->rate, r->now);
	GN_ASSERT(!c->bulk);
	left = left < RELAY_BURST ? left : RELAY_BURST;
	c->account->bursts_full_at -= span_of(left, BURSTS.rate);
}

uint64_t relay_circuit_left(const struct gn_relay *r, const struct relay_circuit *c)
{
	uint64_t month = relay_month_left(r, c->bulk), day = UINT64_MAX;
	if (c->bulk && !c->right)
		day = relay_account_left(r, &c->leg[0].pk);
	uint64_t net = relay_net_left(r, c->net);
	day = net < day ? net : day;
	return month < day ? month : day;
}

/* ---- life ---- */

static gn_err take_accounts(struct gn_relay *r, struct relay_circuit *c)
{
	GN_TRY(relay_account_get(r, c->leg[0].pk.b, false, &c->account));
	gn_err err = c->right ? relay_account_get(r, gn_token_id(&r->token)->b, true, &c->by_token)
			      : relay_net_get(r, &c->leg[0], &c->net);
	if (err)
		relay_account_put(r, c->account);
	return err;
}

gn_err relay_circuit_new(struct gn_relay *r, const struct relay_from *from,
			 const struct relay_wish *w, struct relay_refusal *why,
			 struct relay_circuit **out)
{
	struct relay_circuit *c = NULL;
	gn_err err = take_seat(r, &from->who, why);
	if (err)
		goto fail_seat;
	c = GN_NEW(r->env.alloc, struct relay_circuit);
	err = GN_NOMEM;
	if (!r->circuits) /* with the first: most nodes relay nothing */
		r->circuits = GN_NEW_ARRAY(r->env.alloc, struct relay_circuit *, RELAY_CIRCUITS);
	if (!c || !r->circuits)
		goto fail_circuit;
	*c = (struct relay_circuit){.leg = {from->who, w->target},
				    .leg_session = {from->session, w->target_session},
				    .target_addr = w->target_addr,
				    .bulk = w->bulk,
				    .chained = w->chained,
				    .show = w->show,
				    .right = w->right,
				    .lane = w->bulk ? &r->bulk : &r->small,
				    .used = r->now,
				    .request = from->request,
				    .index = r->count};
	err = take_accounts(r, c);
	if (err)
		goto fail_circuit;
	GN_ASSERT(c->account);
	c->account->vias += w->chained;
	GN_ASSERT(r->count < RELAY_CIRCUITS);
	r->circuits[r->count++] = c;
	c->lane->circuits++;
	start_rate(r, c);
	*out = c;
	return GN_OK;
fail_circuit:
	why->err = err;
	gn_mem_free(r->env.alloc, c);
	struct gn_holder holder = relay_holder(&from->who);
	gn_share_give(&r->seats, &holder, 1);
	r->n.nomem++;
fail_seat:
	gn_mem_free(r->env.alloc, w->right);
	return err;
}

static gn_err put_leg(struct gn_relay *r, struct relay_circuit *c, unsigned side, uint64_t id)
{
	bool draw = id == 0;
	while (id == 0 || (draw && gn_map_get(&r->legs, &id)))
		id = gn_rand_u64(r->env.rand);
	if (gn_map_get(&r->legs, &id))
		return GN_EXISTS;
	struct relay_ref *ref = gn_map_put(&r->legs, &id);
	if (!ref)
		return GN_NOMEM;
	*ref = (struct relay_ref){c, side};
	c->leg_id[side] = id;
	return GN_OK;
}

static void drop_legs(struct gn_relay *r, struct relay_circuit *c)
{
	for (unsigned side = 0; side < 2; side++)
		if (c->leg_id[side])
			(void)gn_map_remove(&r->legs, &c->leg_id[side]);
}

gn_err relay_circuit_start(struct gn_relay *r, struct relay_circuit *c, uint64_t far)
{
	GN_ASSERT(c->state == CIRCUIT_WAITING && (far != 0) == c->chained);
	gn_err err = put_leg(r, c, 1, far);
	if (!err)
		err = put_leg(r, c, 0, 0);
	if (err) {
		drop_legs(r, c);
		c->leg_id[0] = c->leg_id[1] = 0;
		return err;
	}
	c->state = CIRCUIT_LIVE;
	c->used = r->now;
	r->n.opened++;
	r->n.opened_bulk += c->bulk;
	r->n.opened_via += c->chained;
	return GN_OK;
}

struct relay_circuit *relay_circuit_get(const struct gn_relay *r, uint64_t id, unsigned *side)
{
	const struct relay_ref *ref = gn_map_get(&r->legs, &id);
	if (!ref)
		return NULL;
	GN_ASSERT(ref->circuit->leg_id[ref->side] == id);
	*side = ref->side;
	return ref->circuit;
}

static void count_end(struct gn_relay *r, uint8_t why)
{
	uint64_t *const by_why[] = {
		[GN_FB_RELAY_WHY_CLOSED] = &r->n.closed,
		[GN_FB_RELAY_WHY_GONE] = &r->n.closed_gone,
		[GN_FB_RELAY_WHY_IDLE] = &r->n.closed_idle,
		[GN_FB_RELAY_WHY_FULL] = &r->n.closed_full,
		[GN_FB_RELAY_WHY_QUOTA] = &r->n.closed_quota,
		[GN_FB_RELAY_WHY_MONTH] = &r->n.closed_month,
		[GN_FB_RELAY_WHY_TOKEN] = &r->n.closed_token,
		[GN_FB_RELAY_WHY_POLICY] = &r->n.closed_policy,
	};
	if (why < GN_COUNT(by_why) && by_why[why])
		++*by_why[why];
}

static void unlink_hungry(struct gn_relay *r, struct relay_circuit *c)
{
	struct relay_circuit **at = &r->hungry;
	GN_ASSERT(c->hungry && c->right);
	while (*at != c)
		at = &(*at)->next_hungry;
	*at = c->next_hungry;
	c->hungry = false;
}

/* Gives back all it took. */
static void release(struct gn_relay *r, struct relay_circuit *c)
{
	GN_ASSERT(r->count > 0 && r->circuits[c->index] == c && c->lane->circuits > 0);
	if (c->hungry)
		unlink_hungry(r, c);
	drop_legs(r, c);
	give_seat(r, c);
	if (!c->bulk)
		give_burst(r, c);
	uint64_t owed = relay_lane_leave(c->lane, &c->debt), *longest = &c->account->owed[c->bulk];
	*longest = owed > *longest ? owed : *longest;
	c->account->vias -= c->chained;
	relay_account_put(r, c->account);
	if (c->by_token)
		relay_account_put(r, c->by_token);
	relay_net_put(r, c->net);
	c->lane->circuits--;
	r->circuits[c->index] = r->circuits[--r->count];
	r->circuits[c->index]->index = c->index;
	gn_mem_free(r->env.alloc, c->right);
	c->right = NULL;
}

/* ---- ends, and who is told ---- */

static void tell(struct gn_relay *r, struct relay_circuit *c, uint8_t what)
{
	GN_ASSERT(c->telling || c->tell == 0);
	/* whom nothing has reached knows of nothing, and another relay is told by CLOSE */
	if (c->chained || !c->reached)
		what &= 1;
	GN_ASSERT(!(what & TELL_CALLED) || c->answered);
	c->tell |= what;
	if (!c->tell || c->telling)
		return;
	c->telling = true;
	c->next = NULL;
	if (r->tell_last)
		r->tell_last->next = c;
	else
		r->tell_first = c;
	r->tell_last = c;
}

static void tell_next(struct gn_relay *r)
{
	struct relay_circuit *c = r->tell_first;
	GN_ASSERT(c && c->telling);
	r->tell_first = c->next;
	if (!c->next)
		r->tell_last = NULL;
	c->telling = false;
	c->tell = 0;
	if (c->state == CIRCUIT_OVER) {
		r->over--;
		gn_mem_free(r->env.alloc, c);
	}
}

void relay_circuit_end(struct gn_relay *r, struct relay_circuit *c, uint8_t why, uint8_t ends)
{
	GN_ASSERT(c->state != CIRCUIT_OVER);
	if (c->state == CIRCUIT_WAITING)
		ends = 0; /* it has no number yet */
	else
		count_end(r, why);
	struct relay_held *via = c->via;
	release(r, c);
	c->state = CIRCUIT_OVER;
	c->why = why;
	r->over++;
	c->tell &= ends;
	tell(r, c, ends);
	if (via) {
		c->via = NULL;
		via->circuit = NULL;
		relay_held_close(r, via);
	}
	if (!c->telling) {
		r->over--;
		gn_mem_free(r->env.alloc, c);
	}
	for (; r->over > RELAY_OVER; r->n.over_forgotten++)
		tell_next(r);
}

void relay_circuit_ends(struct gn_relay *r, struct relay_circuit *c, uint8_t why)
{
	GN_ASSERT(c->state == CIRCUIT_LIVE);
	c->state = CIRCUIT_ENDING;
	c->why = why;
	c->ends_at = r->now + RELAY_ENDS;
	r->sweep = gn_time_min(r->sweep, c->ends_at);
	tell(r, c, 3);
}

void relay_circuit_rate(const struct gn_relay *r, const struct relay_circuit *c, uint32_t *rate,
			uint32_t *burst)
{
	uint64_t left = gn_gcra_left(c->full_at, c->rate, r->now);
	const struct gn_relay_rate *via = c->via ? &c->via->e.rate : NULL;
	*rate = c->rate.rate;
	*burst = left < RELAY_BURST ? (uint32_t)left : RELAY_BURST;
	if (via && via->rate && via->rate < *rate)
		*rate = via->rate;
	if (via && via->rate && via->burst < *burst)
		*burst = via->burst;
}

void relay_circuit_tell_called(struct gn_relay *r, struct relay_circuit *c)
{
	if (c->state == CIRCUIT_LIVE)
		tell(r, c, TELL_CALLED);
	relay_wake(r);
}

static void send_called(struct gn_relay *r, const struct relay_circuit *c)
{
	struct gn_fb_relay_called_args args = {.circuit = c->leg_id[1]};
	struct gn_fbb *fbb = relay_message_begin(r, 0);
	struct gn_fb_addr caller;
	if (c->show && c->leg[0].addr_count) {
		caller = gn_wire_addr(&c->leg[0].addrs[0], GN_FB_CARRIER_UDP);
		args.caller = &caller;
	}
	relay_circuit_rate(r, c, &args.rate, &args.burst);
	if (fbb)
		relay_message_end(r, &c->leg[1], 0, GN_FB_RELAY_FRAME_BODY_RELAY_CALLED,
				  gn_fb_relay_called_make(fbb, &args));
}

bool relay_circuits_tell(struct gn_relay *r)
{
	struct relay_circuit *c;
	while ((c = r->tell_first) && !c->tell) /* it ended meanwhile, and the rest is gone */
		tell_next(r);
	if (!c)
		return false;
	GN_ASSERT(c->telling && !r->out.building);
	if (c->tell & TELL_CALLED) {
		send_called(r, c);
		c->tell &= (uint8_t)~TELL_CALLED;
		if (!c->tell)
			tell_next(r);
		return true;
	}
	gn_time left = c->state == CIRCUIT_OVER ? 0 : c->ends_at - r->now;
	struct gn_fb_relay_note_args note = {.why = c->why};
	if (c->state != CIRCUIT_OVER) {
		note.ends_ms = left > GN_MSEC ? (uint32_t)(left / GN_MSEC) : 1;
		note.left = relay_circuit_left(r, c);
	}
	for (unsigned side = 0; side < 2; side++) {
		struct gn_fbb *fbb = c->tell & 1u << side ? relay_message_begin(r, 0) : NULL;
		note.circuit = c->leg_id[side];
		if (fbb)
			relay_message_end(r, &c->leg[side], 0, GN_FB_RELAY_FRAME_BODY_RELAY_NOTE,
					  gn_fb_relay_note_make(fbb, &note));
	}
	tell_next(r);
	return true;
}

void relay_circuits_down(struct gn_relay *r, uint64_t session)
{
	for (uint32_t i = r->count; i-- > 0;) {
		struct relay_circuit *c = r->circuits[i];
		uint8_t gone = (uint8_t)((c->leg_session[0] == session) |
					 (c->leg_session[1] == session) << 1);
		if (gone)
			relay_circuit_end(r, c, GN_FB_RELAY_WHY_GONE, (uint8_t)(3 & ~gone));
	}
}

/* ---- time ---- */

static void sweep_one(struct gn_relay *r, struct relay_circuit *c, bool judge)
{
	if (c->state != CIRCUIT_LIVE) {
		if (c->state == CIRCUIT_ENDING && c->ends_at <= r->now)
			relay_circuit_end(r, c, c->why, 3);
		return;
	}
	struct relay_refusal no;
	gn_err err = relay_gives(r, c->bulk, c->right != NULL, &no);
	if (err) {
		relay_circuit_ends(
			r, c, err == GN_QUOTA ? GN_FB_RELAY_WHY_MONTH : GN_FB_RELAY_WHY_POLICY);
		return;
	}
	const struct relay_right *right = c->right;
	if (c->used + RELAY_IDLE <= r->now)
		relay_circuit_end(r, c, GN_FB_RELAY_WHY_IDLE, 3);
	else if (right && (right->until <= relay_unix(r) ||
			   (judge && gn_lists_judge(r->cfg.lists, &right->chain, r->now))))
		relay_circuit_ends(r, c, GN_FB_RELAY_WHY_TOKEN);
	else if (right ? relay_right_over(r, right)
		       : relay_net_left(r, c->net) < RELAY_PACKET_MAX ||
				 (c->bulk &&
				  relay_account_left(r, &c->leg[0].pk) < RELAY_PACKET_MAX))
		relay_circuit_ends(r, c, GN_FB_RELAY_WHY_QUOTA);
}

void relay_circuits_sweep(struct gn_relay *r)
{
	bool judge = r->judge <= r->now;
	GN_ASSERT(!r->out.building);
	if (judge)
		r->judge = r->now + RELAY_JUDGED;
	/* from the end: what is over is replaced by the last */
	for (uint32_t i = r->count; i-- > 0;)
		sweep_one(r, r->circuits[i], judge);
}

void relay_circuits_draw(struct gn_relay *r)
{
	struct relay_circuit *next = r->hungry;
	r->hungry = NULL;
	for (struct relay_circuit *c; (c = next);) {
		next = c->next_hungry;
		c->hungry = false;
		relay_right_draw(r, c);
	}
}

void relay_circuits_free(struct gn_relay *r)
{
	while (r->tell_first)
		tell_next(r);
	for (uint32_t i = 0; i < r->count; i++) {
		gn_mem_free(r->env.alloc, r->circuits[i]->right);
		gn_mem_free(r->env.alloc, r->circuits[i]);
	}
	gn_mem_free(r->env.alloc, r->circuits);
	r->circuits = NULL;
	r->count = 0;
}
