/* Presence: the own topic is made, published, told to contacts and spoken in; those that contacts
 * told are followed. What is said and believed is the engine's (people/presence.h).
 *
 *   offline: nothing is said and nobody is followed -> [set] -> there is a topic: its record is
 *            published, contacts are told where it is, people are followed
 *            -> [a week; somebody who knows it was blocked or removed] -> another topic
 *
 * 1. Whom the topic in use was told is stored with the telling, as of a box (own_boxes.c).
 * 2. Only who accepted, and is not blocked, is told; who is blocked later knows a topic in which
 *    nothing is said any more.
 * 3. State and topic are stored before anything of them is said.
 *
 * Rules AG-110..AG-112; PE-80..PE-84. */
#include "agent/presence_int.h"

#include "agent/outbox_int.h"
#include "records/topic.h"
#include "wire/generated/app_topic_fb.h"

#include <stdlib.h>

#define TOPIC(member) {GN_FB_APP_BODY_APP_TOPIC, GN_FB_APP_TOPIC_BODY_##member}

static const struct gn_app_kind publish_kind = TOPIC(TOPIC_PUBLISH),
				follow_kind = TOPIC(TOPIC_FOLLOW);

/* ---- in the store; read by this machine alone ---- */

struct presence_row {
	uint8_t seed[32], key[32]; /* secret */
	uint64_t made, state;
};

static gn_err save_in(struct gn_agent *a, struct gn_agent_tx *tx)
{
	const struct agent_presence *p = a->presence;
	struct presence_row row = {.made = p->made, .state = gn_presence_state(p->engine)};
	memcpy(row.seed, p->seed, sizeof row.seed);
	memcpy(row.key, p->key, sizeof row.key);
	gn_err err = agent_meta_put(tx, "presence", &row, sizeof row);
	gn_wipe(&row, sizeof row);
	return err;
}

static void save(struct gn_agent *a)
{
	struct gn_agent_tx tx;
	gn_err err = gn_agent_tx_begin(a->db, &tx);
	if (!err)
		err = save_in(a, &tx);
	(void)agent_tx_end(a, &tx, err);
}

/* ---- the own topic ---- */

static bool is_off(const struct agent_presence *p)
{
	return gn_presence_state(p->engine) == GN_PRESENCE_OFFLINE;
}

void agent_presence_renew(struct gn_agent *a)
{
	struct agent_presence *p = a->presence;
	struct gn_topicrec in = {.owner = p->topic.pk,
				 .seq = agent_unix(a),
				 .created = agent_unix(a),
				 .ttl = AGENT_PRESENCE_TTL,
				 .publish = GN_FB_TOPIC_ADMISSION_OWNER,
				 .subscribe = GN_FB_TOPIC_ADMISSION_OPEN,
				 .sealed = true,
				 .rate = AGENT_PRESENCE_RATE,
				 .rate_all = AGENT_PRESENCE_RATE,
				 .payload_max = GN_PRESENCE_PAYLOAD_LEN};
	uint8_t room[GN_RECORD_MAX];
	struct gn_buf out = {room, 0, sizeof room};
	if (!p->made)
		return;
	gn_err err = gn_topicrec_record(&p->topic, &in, &out);
	if (!err)
		err = gn_agent_publish_set(a->publish, AGENT_PLACE_PRESENCE, gn_buf_slice(&out),
					   a->now);
	if (err)
		gn_host_log(&a->host, GN_LOG_WARN, "presence", "its topic cannot be made: %s",
			    gn_err_text(err));
}

static void use_topic(struct gn_agent *a)
{
	struct agent_presence *p = a->presence;
	gn_sk_from_seed(p->seed, &p->topic);
	gn_presence_own(p->engine, &p->topic, p->key, a->now);
	if (!is_off(p))
		agent_presence_renew(a);
	p->tell_at = 0;
}

static void on_published(void *user, const struct gn_host_client_event *e)
{
	struct gn_agent *a = user;
	if (!a->presence)
		return;
	if (e->what == GN_HOST_CLIENT_FAILED) {
		gn_host_log(&a->host, GN_LOG_DEBUG, "presence", "nobody took it: %s",
			    gn_err_text(e->fault.err));
		gn_presence_unheard(a->presence->engine, a->now);
	}
	if (e->what == GN_HOST_CLIENT_FAILED || (e->what == GN_HOST_CLIENT_ANSWER && !e->more))
		a->presence->saying = false;
}

static gn_err say(struct gn_agent *a, const struct gn_presence_said *said, gn_agent_link_fn *fn)
{
	struct gn_fb_key owner = gn_wire_key(&a->presence->topic.pk);
	struct gn_fb_sig sig;
	memcpy(sig.b, said->sig.b, sizeof sig.b);
	struct gn_fb_topic_publish_args args = {.owner = &owner,
						.said = gn_slice(said->bytes, said->len),
						.sig = &sig,
						.session = agent_session(a)};
	gn_fbref table = gn_fb_topic_publish_make(gn_agent_link_builder(a->link), &args);
	return gn_agent_link_call(a->link, publish_kind, table, 0, fn, a, NULL);
}

/* loud: who follows the old one is told at once that nobody is there. */
static void another_topic(struct gn_agent *a, bool loud)
{
	struct agent_presence *p = a->presence;
	struct gn_presence_said last;
	if (loud && gn_agent_link_is_up(a->link) && gn_presence_last(p->engine, a->now, &last))
		(void)!say(a, &last, agent_no_answer); /* else its deadline says it */
	gn_rand_fill(&a->host.rand, p->seed, sizeof p->seed);
	gn_rand_fill(&a->host.rand, p->key, sizeof p->key);
	p->made = agent_unix(a);
	save(a);
	if (!a->failed)
		use_topic(a);
}

static void speak(struct gn_agent *a)
{
	struct agent_presence *p = a->presence;
	struct gn_presence_said said;
	if (p->saying || !gn_agent_link_is_up(a->link) ||
	    !gn_presence_publish(p->engine, a->now, &said))
		return;
	p->saying = say(a, &said, on_published) == GN_OK;
	if (!p->saying)
		gn_presence_unheard(p->engine, a->now);
}

/* ---- whom it was told ---- */

static bool knows(struct gn_agent *a, const struct gn_pk *owner)
{
	struct gn_pk topic;
	char name[80] = "presence.";
	gn_hex(GN_SLICE(owner->b), name + 9);
	gn_err err = agent_meta(a, name, &topic, sizeof topic);
	if (err && err != GN_NOT_FOUND)
		agent_fail(a, err);
	return !err && gn_pk_eq(&topic, &a->presence->topic.pk);
}

static void tell(struct gn_agent *a, const struct gn_pk *owner)
{
	struct agent_presence *p = a->presence;
	struct gn_presence_told told = {.topic = p->topic.pk};
	struct gn_agent_tx tx = {0};
	char name[80] = "presence.";
	gn_hex(GN_SLICE(owner->b), name + 9);
	memcpy(told.key, p->key, sizeof told.key);
	gn_err err = gn_people_presence(a->people, owner, &told, a->now);
	gn_wipe(&told, sizeof told);
	if (err)
		return; /* not now: an alarm stands */
	err = gn_agent_tx_begin(a->db, &tx);
	if (!err)
		err = agent_meta_put(&tx, name, &p->topic.pk, sizeof p->topic.pk);
	if (!err)
		err = agent_keep(a, &tx);
	(void)agent_tx_end(a, &tx, err);
}

static bool may_know(const struct gn_people_contact *c)
{
	return c->state == GN_PEOPLE_ACCEPTED && !c->blocked;
}

/* True: there are more. */
static bool tell_some(struct gn_agent *a)
{
	struct agent_presence *p = a->presence;
	struct gn_people_contact c;
	for (unsigned i = 0; i < AGENT_TELL_AT_ONCE && !a->failed; i++) {
		if (!gn_people_at(a->people, p->tell_at, &c)) {
			p->tell_at = SIZE_MAX;
			return false;
		}
		p->tell_at++;
		struct gn_pk owner = *c.owner;
		if (may_know(&c) && !knows(a, &owner) && !a->failed)
			tell(a, &owner);
	}
	return !a->failed;
}

void agent_presence_contact(struct gn_agent *a, const struct gn_pk *owner)
{
	struct agent_presence *p = a->presence;
	struct gn_people_contact c;
	bool may = gn_people_get(a->people, owner, &c) == GN_OK && may_know(&c);
	p->look = true;
	p->tell_at = 0;
	if (p->made && !may && knows(a, owner) && !a->failed)
		another_topic(a, true);
}

/* ---- those of contacts ---- */

static void on_said(void *user, const struct gn_host_client_event *e)
{
	struct agent_presence_link *l = user;
	struct gn_agent *a = l->agent;
	if (e->what == GN_HOST_CLIENT_FAILED || (e->what == GN_HOST_CLIENT_ANSWER && !e->more)) {
		l->call = 0;
		l->again = a->now + AGENT_PRESENCE_AGAIN;
		return;
	}
	if (e->what != GN_HOST_CLIENT_ANSWER || e->kind.area != GN_FB_APP_BODY_APP_TOPIC ||
	    e->kind.member != GN_FB_APP_TOPIC_BODY_TOPIC_SAID)
		return;
	struct gn_fb_topic_said t = {e->table};
	struct gn_sig sig = gn_wire_sig_get(gn_fb_topic_said_sig(t));
	gn_err err = gn_presence_recv(a->presence->engine, &l->chat, gn_fb_topic_said_said(t), &sig,
				      a->now);
	if (err)
		gn_host_log(&a->host, GN_LOG_DEBUG, "presence", "not taken: %s", gn_err_text(err));
}

static void drop(struct gn_agent *a, struct agent_presence_link *l)
{
	if (l->call)
		gn_agent_link_drop(a->link, l->call);
	*l = (struct agent_presence_link){.agent = a};
}

/* The place of who has it. */
static void follow(struct gn_agent *a, struct agent_presence_link *l)
{
	struct gn_fb_key owner = gn_wire_key(&l->topic);
	struct gn_fb_topic_follow_args args = {.owner = &owner, .session = agent_session(a)};
	gn_fbref table = gn_fb_topic_follow_make(gn_agent_link_builder(a->link), &args);
	l->again = a->now + AGENT_PRESENCE_AGAIN;
	if (gn_agent_link_call(a->link, follow_kind, table, GN_HOST_CLIENT_LASTS, on_said, l,
			       &l->call) != GN_OK)
		l->call = 0;
}

struct candidate {
	struct gn_hash chat;
	uint64_t order;
	struct gn_presence_told told; /* secret */
};

/* Who is asked about, then those of the chats where something was said last. */
static size_t candidates(struct gn_agent *a, struct candidate out[GN_PRESENCE_FOLLOWED])
{
	struct gn_people_contact c;
	size_t count = 0;
	for (size_t i = 0; gn_people_at(a->people, i, &c); i++) {
		struct candidate it = {.chat = *c.chat, .order = c.order};
		struct gn_pk owner = *c.owner;
		if (!may_know(&c))
			continue;
		if (gn_hash_eq(&it.chat, &a->presence->asked))
			it.order = UINT64_MAX;
		if (count == GN_PRESENCE_FOLLOWED && it.order <= out[count - 1].order)
			continue;
		if (gn_people_presence_of(a->people, &owner, &it.told) != GN_OK)
			continue;
		size_t at = count < GN_PRESENCE_FOLLOWED ? count++ : count - 1;
		for (; at && out[at - 1].order < it.order; at--)
			out[at] = out[at - 1];
		out[at] = it;
	}
	return count;
}

static void choose(struct gn_agent *a)
{
	struct agent_presence *p = a->presence;
	struct candidate wanted[GN_PRESENCE_FOLLOWED];
	struct gn_presence_of of;
	size_t count = is_off(p) ? 0 : candidates(a, wanted);
	p->look = false;
	for (size_t i = 0; i < GN_PRESENCE_FOLLOWED; i++) {
		size_t k = 0;
		if (!gn_presence_at(p->engine, i, &of))
			continue;
		while (k < count && !gn_hash_eq(&wanted[k].chat, &of.chat))
			k++;
		if (k < count)
			continue;
		gn_presence_unfollow(p->engine, &of.chat);
		of.state = GN_PRESENCE_OFFLINE;
		of.until = 0;
		agent_presence_changed(a, &of);
	}
	for (size_t k = 0; k < count; k++)
		(void)!gn_presence_follow(p->engine, &wanted[k].chat, &wanted[k].told);
	gn_wipe(wanted, sizeof wanted);
}

static gn_time follow_all(struct gn_agent *a)
{
	struct agent_presence *p = a->presence;
	gn_time next = GN_NEVER;
	for (size_t i = 0; i < GN_PRESENCE_FOLLOWED; i++) {
		struct agent_presence_link *l = &p->links[i];
		struct gn_presence_of of;
		bool is = gn_presence_at(p->engine, i, &of);
		if (!is || !gn_pk_eq(&of.topic, &l->topic) || !gn_hash_eq(&of.chat, &l->chat))
			drop(a, l);
		if (!is || l->call || !gn_agent_link_is_up(a->link))
			continue;
		l->chat = of.chat;
		l->topic = of.topic;
		if (l->again <= a->now)
			follow(a, l);
		next = gn_time_min(next, l->call ? GN_NEVER : l->again);
	}
	return next;
}

/* ---- the outside ---- */

gn_err agent_presence_set(struct gn_agent *a, enum gn_presence_state state)
{
	struct agent_presence *p = a->presence;
	GN_TRY(gn_presence_set(p->engine, state, a->now));
	if (!p->made && state != GN_PRESENCE_OFFLINE) {
		another_topic(a, false);
	} else {
		save(a);
		if (p->made && state != GN_PRESENCE_OFFLINE)
			agent_presence_renew(a);
		p->tell_at = 0;
	}
	p->look = true;
	return a->failed ? GN_IO : GN_OK;
}

gn_err agent_presence_open(struct gn_agent *a)
{
	struct agent_presence *p = calloc(1, sizeof *p);
	struct presence_row row;
	if (!p)
		return GN_NOMEM;
	a->presence = p;
	p->tell_at = SIZE_MAX;
	for (size_t i = 0; i < GN_PRESENCE_FOLLOWED; i++)
		p->links[i].agent = a;
	GN_TRY(gn_presence_new(&a->env, &p->engine));
	gn_err err = agent_meta(a, "presence", &row, sizeof row);
	if (err == GN_NOT_FOUND)
		return GN_OK;
	GN_TRY(err);
	memcpy(p->seed, row.seed, sizeof p->seed);
	memcpy(p->key, row.key, sizeof p->key);
	p->made = row.made;
	err = gn_presence_set(p->engine, (enum gn_presence_state)row.state, a->now);
	gn_wipe(&row, sizeof row);
	if (err)
		return GN_CORRUPT;
	p->look = true;
	if (p->made)
		use_topic(a);
	return GN_OK;
}

void agent_presence_close(struct gn_agent *a)
{
	struct agent_presence *p = a->presence;
	if (!p)
		return;
	agent_presence_unwatch(a);
	for (size_t i = 0; i < GN_PRESENCE_FOLLOWED; i++)
		drop(a, &p->links[i]);
	gn_presence_free(p->engine);
	gn_wipe(p, sizeof *p);
	free(p);
	a->presence = NULL;
}

gn_time agent_presence_pump(struct gn_agent *a)
{
	struct agent_presence *p = a->presence;
	struct gn_presence_of of;
	gn_time next = GN_NEVER;
	if (is_off(p))
		p->tell_at = SIZE_MAX; /* whoever is never there has nothing to tell */
	else if (p->made + AGENT_PRESENCE_TOPIC <= agent_unix(a) || agent_to_come(a, p->made))
		another_topic(a, false);
	if (p->tell_at != SIZE_MAX && !a->failed && tell_some(a))
		next = a->now;
	if (a->failed)
		return GN_NEVER;
	if (p->look)
		choose(a);
	next = gn_time_min(next, follow_all(a));
	gn_presence_tick(p->engine, a->now);
	speak(a);
	while (gn_presence_next(p->engine, &of))
		agent_presence_changed(a, &of);
	gn_time due = gn_presence_deadline(p->engine);
	if (p->saying || !gn_agent_link_is_up(a->link)) /* what is due waits for them */
		due = due <= a->now ? a->now + GN_PRESENCE_GAP : due;
	next = gn_time_min(next, due);
	return is_off(p) ? next
			 : gn_time_min(next, (gn_time)(p->made + AGENT_PRESENCE_TOPIC) * GN_SEC);
}
