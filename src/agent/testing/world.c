#include "agent/testing/world.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- records ---- */

static const struct gn_app_kind stored_kind = {GN_FB_APP_BODY_APP_RECORD,
					       GN_FB_APP_RECORD_BODY_RECORD_STORED},
				values_kind = {GN_FB_APP_BODY_APP_RECORD,
					       GN_FB_APP_RECORD_BODY_RECORD_VALUES},
				sent_kind = {GN_FB_APP_BODY_APP_BOX, GN_FB_APP_BOX_BODY_BOX_SENT},
				check_is = {GN_FB_APP_BODY_APP_BOX,
					    GN_FB_APP_BOX_BODY_BOX_CHECK_IS},
				got_kind = {GN_FB_APP_BODY_APP_BOX, GN_FB_APP_BOX_BODY_BOX_GOT};

static struct world_soul *soul_of(struct beside *b)
{
	return GN_CONTAINER(b, struct world_soul, beside);
}

static void put_record(struct world *w, struct beside *b, const struct gn_host_app_event *e)
{
	struct gn_slice bytes = gn_fb_record_put_record((struct gn_fb_record_put){e->table});
	struct gn_record r;
	size_t i = 0;
	gn_fbref refs[8];
	struct gn_receipt receipt = {0};
	assert_int_equal(gn_wire_record_parse(bytes, &r), GN_OK);
	assert_int_equal(gn_fb_record_put_session((struct gn_fb_record_put){e->table}),
			 GN_FB_SESSION_AS_FRESH); /* AG-115 */
	bool keys = r.type == GN_FB_RECORD_TYPE_PREKEYS, stale = false;
	while (i < w->record_count && !gn_hash_eq(&w->records[i].key, &r.key))
		i++;
	if (i < w->record_count) { /* none takes the place of a newer one */
		struct gn_record there;
		struct gn_slice old = gn_slice(w->records[i].bytes, w->records[i].len);
		assert_int_equal(gn_wire_record_parse(old, &there), GN_OK);
		stale = there.seq > r.seq;
	}
	if (!(keys && w->withhold) && !stale) {
		assert_true(i < WORLD_RECORDS);
		if (w->records[i].bytes != w->records[i].first)
			free(w->records[i].bytes);
		w->records[i].bytes = malloc(bytes.len);
		w->records[i].len = bytes.len;
		w->records[i].key = r.key;
		w->records[i].keys = keys;
		memcpy(w->records[i].bytes, bytes.p, bytes.len);
		if (i == w->record_count) {
			w->record_count++;
			w->records[i].first = w->records[i].bytes;
			w->records[i].first_len = bytes.len;
		}
	}
	struct gn_fbb *fbb = beside_builder(b);
	unsigned count = (keys && w->withhold) || stale ? 0 : 8;
	for (unsigned k = 0; k < count; k++)
		refs[k] = gn_wire_receipt_put(fbb, &receipt);
	struct gn_fb_record_stored_args args = {.code = stale   ? GN_STALE
							: count ? 0
								: GN_QUORUM,
						.receipts = {refs, count}};
	beside_answer(b, e->call, stored_kind, gn_fb_record_stored_make(fbb, &args));
}

static void get_record(struct world *w, struct beside *b, const struct gn_host_app_event *e)
{
	struct gn_fb_hash key = gn_fb_record_get_key((struct gn_fb_record_get){e->table});
	assert_int_equal(gn_fb_record_get_session((struct gn_fb_record_get){e->table}),
			 GN_FB_SESSION_AS_FRESH);
	for (size_t i = 0; i < w->record_count; i++) {
		if (memcmp(w->records[i].key.b, key.b, sizeof key.b) != 0 ||
		    (w->records[i].keys && w->withhold))
			continue;
		struct gn_fbb *fbb = beside_builder(b);
		struct gn_slice record = gn_slice(w->records[i].bytes, w->records[i].len);
		if (w->stale && w->records[i].keys)
			record = gn_slice(w->records[i].first, w->records[i].first_len);
		gn_fbref ref = gn_fb_record_value_make(
			fbb, &(struct gn_fb_record_value_args){.record = record});
		struct gn_fb_record_values_args args = {.values = {&ref, 1}};
		beside_answer(b, e->call, values_kind, gn_fb_record_values_make(fbb, &args));
		return;
	}
	beside_refuse(b, e->call, GN_NOT_FOUND);
}

/* ---- boxes ---- */

static struct world_item *item_of(struct world *w, const struct gn_pk *box,
				  const struct gn_hash *hash)
{
	for (size_t i = 0; i < w->item_count; i++)
		if (gn_pk_eq(&w->items[i].box, box) && gn_hash_eq(&w->items[i].hash, hash))
			return &w->items[i];
	return NULL;
}

static void show_item(struct world_soul *s, uint64_t call, const struct world_item *it)
{
	struct gn_fbb *fbb = beside_builder(&s->beside);
	struct gn_fb_key by;
	struct gn_fb_sig sig;
	memcpy(by.b, it->by.b, sizeof by.b);
	memcpy(sig.b, it->sig.b, sizeof sig.b);
	bool lies = gn_is_zero(it->by.b, 32) && !gn_is_zero(s->world->liar.b, 32);
	if (lies) {
		memcpy(by.b, s->world->liar.b, sizeof by.b);
		sig.b[0] = 1;
	}
	struct gn_fb_box_got_args args = {.id = gn_slice(it->hash.b, 16),
					  .item = gn_slice(it->bytes, it->len),
					  .by = gn_is_zero(by.b, 32) ? NULL : &by,
					  .sig = gn_is_zero(sig.b, 64) ? NULL : &sig,
					  .deposited = gn_unix(it->at),
					  .until = gn_unix(s->world->now) + 86400};
	gn_err err = gn_host_app_answer(s->beside.app, call, got_kind,
					gn_fb_box_got_make(fbb, &args), true, gn_os_steady());
	assert_true(err == GN_OK || err == GN_NOT_FOUND); /* it follows that box no more */
}

static void show_all(struct world *w, const struct world_item *it)
{
	if (it->lost || it->hidden || it->taken)
		return;
	for (unsigned i = 0; i < 2; i++)
		for (unsigned k = 0; w->souls[i].beside.open && k < w->souls[i].follow_count; k++)
			if (gn_pk_eq(&w->souls[i].follows[k].box, &it->box))
				show_item(&w->souls[i], w->souls[i].follows[k].call, it);
}

void world_show(struct world *w, size_t item)
{
	struct world_item it = w->items[item];
	it.lost = it.hidden = it.taken = false;
	show_all(w, &it);
}

void world_leave(struct world *w, const struct gn_pk *box, const struct gn_pk *by,
		 struct gn_slice bytes)
{
	assert_true(w->item_count < WORLD_ITEMS);
	struct world_item *it = &w->items[w->item_count++];
	*it = (struct world_item){.box = *box, .by = *by, .len = bytes.len, .at = w->now};
	gn_sha256(&bytes, 1, &it->hash);
	it->bytes = malloc(bytes.len);
	memcpy(it->bytes, bytes.p, bytes.len);
	show_all(w, it);
}

/* By the newest descriptor: is this invite open, this certificate's key not refused? */
static bool lets_in(const struct world *w, const struct gn_pk *box, const struct gn_pk *by,
		    bool invite)
{
	struct gn_boxrec rec;
	struct gn_hash key;
	gn_boxrec_key(box, 0, &key);
	for (size_t i = 0; i < w->record_count; i++)
		if (gn_hash_eq(&w->records[i].key, &key) &&
		    gn_boxrec_open(gn_slice(w->records[i].bytes, w->records[i].len), &rec) == GN_OK)
			return invite ? gn_boxrec_invites(&rec, by) : !gn_boxrec_refuses(&rec, by);
	return !invite;
}

static void take_item(struct world *w, struct beside *b, const struct gn_host_app_event *e)
{
	struct gn_fb_box_send t = {e->table};
	struct gn_fb_box_proof proof = gn_fb_box_send_proof(t);
	struct gn_slice bytes = gn_fb_box_send_item(t), cert = gn_fb_box_proof_certificate(proof);
	struct gn_pk box, by = {{0}};
	struct gn_hash hash;
	memcpy(box.b, gn_fb_box_send_box(t).b, sizeof box.b);
	gn_sha256(&bytes, 1, &hash);
	if (cert.len)
		memcpy(by.b, cert.p, sizeof by.b);
	if (gn_pk_eq(&box, &w->silent)) {
		w->unanswered++;
		return;
	}
	bool refused = cert.len && (w->refuse_all || gn_pk_eq(&by, &w->refuse));
	bool invite = gn_fb_box_proof_way(proof) == GN_FB_BOX_WAY_INVITE;
	if (invite)
		memcpy(by.b, gn_fb_box_proof_invite(proof).b, sizeof by.b);
	refused = refused || ((cert.len || invite) && !lets_in(w, &box, &by, invite));
	struct world_item *it = item_of(w, &box, &hash);
	if (!refused && !it) {
		assert_true(w->item_count < WORLD_ITEMS);
		it = &w->items[w->item_count++];
		*it = (struct world_item){.box = box, .by = by, .hash = hash, .len = bytes.len};
		it->bytes = malloc(bytes.len);
		memcpy(it->bytes, bytes.p, bytes.len);
	}
	if (!refused) {
		it->sent++;
		it->wide = gn_fb_box_send_wide(t);
		it->front = gn_fb_box_send_front(t);
		it->lost = false;
		it->at = w->now;
		if (invite)
			memcpy(it->sig.b, gn_fb_box_proof_sig(proof).b, sizeof it->sig.b);
	}
	for (unsigned i = 0; !refused && i < (it->wide ? 10 : 8); i++) {
		struct gn_custody c = {.box = box,
				       .item = hash,
				       .held_until = gn_unix(w->now) + gn_fb_box_send_ttl(t),
				       .holder = {{(uint8_t)i}}};
		gn_custody_make(&w->holders[i], &c);
		struct gn_fbb *fbb = beside_builder(b);
		struct gn_fb_box_sent_args args = {
			.held = (uint8_t)(i + 1), .of = 8, .custody = gn_custody_put(fbb, &c)};
		assert_int_equal(gn_host_app_answer(b->app, e->call, sent_kind,
						    gn_fb_box_sent_make(fbb, &args), true,
						    gn_os_steady()),
				 GN_OK);
	}
	struct gn_fbb *fbb = beside_builder(b);
	struct gn_fb_box_sent_args args = {
		.code = refused ? GN_DENIED : 0, .held = refused ? 0 : 8, .of = 8};
	beside_answer(b, e->call, sent_kind, gn_fb_box_sent_make(fbb, &args));
	if (!refused)
		show_all(w, it);
}

static void check_item(struct world *w, struct beside *b, const struct gn_host_app_event *e)
{
	struct gn_fb_box_check t = {e->table};
	struct gn_pk box;
	struct gn_hash hash;
	memcpy(box.b, gn_fb_box_check_box(t).b, sizeof box.b);
	memcpy(hash.b, gn_fb_box_check_item(t).b, sizeof hash.b);
	const struct world_item *it = item_of(w, &box, &hash);
	bool has = it && !it->lost, taken = w->says_taken || (it && it->taken);
	w->checks++;
	struct gn_fbb *fbb = beside_builder(b);
	has = has || w->says_taken;
	struct gn_fb_box_check_is_args args = {.held = has && !taken ? 8 : 0,
					       .taken = has && taken ? 8 : 0,
					       .of = 8,
					       .code = has ? 0 : GN_NOT_FOUND};
	beside_answer(b, e->call, check_is, gn_fb_box_check_is_make(fbb, &args));
}

static void follow_box(struct world_soul *s, const struct gn_host_app_event *e)
{
	struct gn_fb_box_follow t = {e->table};
	assert_true(s->follow_count < GN_COUNT(s->follows));
	memcpy(s->follows[s->follow_count].box.b, gn_fb_box_follow_box(t).b, 32);
	s->follows[s->follow_count].poll = gn_fb_box_follow_poll(t);
	s->follows[s->follow_count++].call = e->call;
	for (size_t i = 0; i < s->world->item_count; i++) {
		struct world_item *it = &s->world->items[i];
		if (gn_pk_eq(&it->box, &s->follows[s->follow_count - 1].box) && !it->lost &&
		    !it->hidden && !it->taken)
			show_item(s, e->call, it);
	}
}

static void ack_item(struct world *w, struct beside *b, const struct gn_host_app_event *e)
{
	struct gn_fb_box_take t = {e->table};
	struct gn_slice id = gn_fb_box_take_id(t);
	for (size_t i = 0; i < w->item_count; i++)
		if (memcmp(w->items[i].hash.b, id.p, 16) == 0)
			w->items[i].taken = true;
	beside_ok(b, e->call);
}

/* Custodies of nobody, something of another kind, and that again as the last word. */
static void answer_beside(struct beside *b, uint64_t call)
{
	static const uint8_t bytes[64] = {0xff, 0xff, 0xff, 0x7f};
	struct gn_fbb *fbb = beside_builder(b);
	struct gn_fb_box_sent_args sent = {.held = 9, .of = 8};
	gn_err err = gn_host_app_answer(b->app, call, sent_kind, gn_fb_box_sent_make(fbb, &sent),
					true, gn_os_steady());
	assert_int_equal(err, GN_OK);
	struct gn_fb_box_got_args got = {.id = GN_SLICE(bytes), .item = GN_SLICE(bytes)};
	fbb = beside_builder(b);
	err = gn_host_app_answer(b->app, call, got_kind, gn_fb_box_got_make(fbb, &got), true,
				 gn_os_steady());
	assert_int_equal(err, GN_OK);
	fbb = beside_builder(b);
	beside_answer(b, call, got_kind, gn_fb_box_got_make(fbb, &got));
}

static void answer_status(struct world *w, struct beside *b, uint64_t call)
{
	static const struct gn_app_kind kind = {GN_FB_APP_BODY_APP_NODE,
						GN_FB_APP_NODE_BODY_NODE_STATUS_IS};
	struct gn_fbb *fbb = beside_builder(b);
	struct gn_fb_node_clock_args clock = {.peers = 4};
	struct gn_fb_node_status_is_args args = {
		.links = w->alone ? 0 : 8,
		.time = w->node_ms,
		.clock = w->clock_is_wrong ? gn_fb_node_clock_make(fbb, &clock) : 0};
	beside_answer(b, call, kind, gn_fb_node_status_is_make(fbb, &args));
}

static void on_call(struct beside *b, const struct gn_host_app_event *e)
{
	struct world_soul *s = soul_of(b);
	struct world *w = s->world;
	if (e->what != GN_HOST_APP_CALL)
		return;
	if (w->call && w->call(s, e))
		return;
	if (w->beside) {
		answer_beside(b, e->call);
		return;
	}
	bool record = e->kind.area == GN_FB_APP_BODY_APP_RECORD;
	if (e->kind.area == GN_FB_APP_BODY_APP_NODE)
		answer_status(w, b, e->call);
	else if (record && e->kind.member == GN_FB_APP_RECORD_BODY_RECORD_PUT)
		put_record(w, b, e);
	else if (record && e->kind.member == GN_FB_APP_RECORD_BODY_RECORD_GET)
		get_record(w, b, e);
	else if (e->kind.member == GN_FB_APP_BOX_BODY_BOX_SEND)
		take_item(w, b, e);
	else if (e->kind.member == GN_FB_APP_BOX_BODY_BOX_CHECK)
		check_item(w, b, e);
	else if (e->kind.member == GN_FB_APP_BOX_BODY_BOX_FOLLOW)
		follow_box(s, e);
	else if (e->kind.member == GN_FB_APP_BOX_BODY_BOX_TAKE)
		ack_item(w, b, e);
	else
		fail_msg("call %u of area %u", e->kind.member, e->kind.area);
}

/* ---- the agents ---- */

static void say_log(void *user, enum gn_log_level level, const char *module, const char *event,
		    const char *text)
{
	const struct world_soul *s = user;
	(void)level;
	(void)module;
	if (getenv("GN_WORLD_LOG"))
		fprintf(stderr, "%d: %s: %s\n", (int)(s - s->world->souls), event, text);
}

static void open_soul(struct world_soul *s)
{
	struct gn_agent *a = &s->a;
	char why[GN_AGENT_WHY];
	a->now = s->world->now;
	assert_int_equal(gn_agent_vault_open(s->root, &a->host.rand, &a->vault, why), GN_OK);
	if (gn_agent_vault_state(a->vault) == GN_AGENT_NEW)
		assert_int_equal(gn_agent_vault_create(a->vault, NULL, gn_slice(NULL, 0), a->now),
				 GN_OK);
	assert_int_equal(agent_open(a), GN_OK);
}

static void on_turn(struct beside *b)
{
	struct world_soul *s = soul_of(b);
	s->a.now = s->world->now;
	s->next = s->a.db ? agent_pump(&s->a) : agent_locked_pump(&s->a);
	if (s->a.failed)
		fail_msg("soul %d: %s", (int)(s - s->world->souls), s->a.host.why);
}

static void make_soul(struct world *w, unsigned i)
{
	struct world_soul *s = &w->souls[i];
	struct gn_agent *a = &s->a;
	s->world = w;
	snprintf(s->root, sizeof s->root, "%s/geonet-world-XXXXXX", beside_tmp());
	assert_non_null(mkdtemp(s->root));
	beside_make(&s->beside);
	s->beside.call = on_call;
	s->beside.turn = on_turn;
	a->link = s->beside.link;
	a->host.rand = gn_rand_system();
	a->host.config.name = "agent";
	a->host.log = (struct gn_log){.write = say_log, .user = s};
	gn_alloc_heap(&a->alloc, AGENT_MEMORY);
	a->env = gn_host_env(&a->host, &a->alloc);
	snprintf(a->config.name, sizeof a->config.name, "soul %u", i);
	snprintf(a->config.device_name, sizeof a->config.device_name, "device");
	a->api.told = gn_host_told_new(&(struct gn_host_told_config){
		.count = 64, .bytes = 1u << 20, .keep = 3600 * GN_SEC});
	beside_node_up(&s->beside);
	open_soul(s);
}

void world_make(struct world *w)
{
	memset(w, 0, sizeof *w);
	(void)signal(SIGPIPE, SIG_IGN); /* as a program does: who is written to may be gone */
	w->now = gn_os_steady();
	for (unsigned i = 0; i < WORLD_HOLDERS; i++)
		gn_sk_from_seed((const uint8_t[32]){7, (uint8_t)i}, &w->holders[i]);
	for (unsigned i = 0; i < 2; i++)
		make_soul(w, i);
	/* boxes are worked for, records are where others find them */
	for (unsigned i = 0; i < 2; i++)
		WORLD_UNTIL(w, gn_agent_publish_done(w->souls[i].a.publish) &&
				       w->souls[i].a.identity_known &&
				       !w->souls[i].a.identity_wanted &&
				       w->souls[i].a.boxes[AGENT_PRIVATE].seq);
}

static void close_soul(struct world_soul *s)
{
	agent_close(&s->a);
	agent_locked_end(&s->a);
	gn_agent_vault_close(s->a.vault);
	s->a.vault = NULL;
	s->follow_count = 0;
}

void world_end(struct world *w)
{
	char command[96];
	for (unsigned i = 0; i < 2; i++) {
		struct world_soul *s = &w->souls[i];
		close_soul(s);
		gn_host_told_free(s->a.api.told);
		free(s->a.events);
		free(s->a.found_row);
		free(s->a.found_content);
		beside_end(&s->beside);
		snprintf(command, sizeof command, "rm -rf '%s'", s->root);
		int left = system(command); /* NOLINT(cert-env33-c): a path of our own making */
		assert_int_equal(left, 0);
	}
	for (size_t i = 0; i < w->item_count; i++)
		free(w->items[i].bytes);
	for (size_t i = 0; i < w->record_count; i++) {
		if (w->records[i].first != w->records[i].bytes)
			free(w->records[i].first);
		free(w->records[i].bytes);
	}
}

void world_again(struct world *w, unsigned who)
{
	struct world_soul *s = &w->souls[who];
	close_soul(s);
	open_soul(s);
	for (unsigned i = 0; i < 20; i++)
		world_turn(w);
}

static void run_command(const char *command)
{
	int left = system(command); /* NOLINT(cert-env33-c): a path of our own making */
	assert_int_equal(left, 0);
}

void world_copy(struct world *w, unsigned who)
{
	struct world_soul *s = &w->souls[who];
	char command[192];
	snprintf(command, sizeof command, "cp -a '%s' '%s.old'", s->root, s->root);
	close_soul(s);
	run_command(command);
	open_soul(s);
	world_settle(w);
}

void world_put_back(struct world *w, unsigned who)
{
	struct world_soul *s = &w->souls[who];
	char command[256];
	snprintf(command, sizeof command, "rm -rf '%s' && mv '%s.old' '%s'", s->root, s->root,
		 s->root);
	close_soul(s);
	run_command(command);
	open_soul(s);
	world_settle(w);
}

void world_turn(struct world *w)
{
	for (unsigned i = 0; i < 2; i++)
		beside_turn(&w->souls[i].beside);
}

void world_settle(struct world *w)
{
	for (unsigned i = 0; i < 60; i++)
		world_turn(w);
}

void world_pass(struct world *w, gn_time span, gn_time step)
{
	gn_time until = w->now + span;
	while (w->now < until) {
		w->now = gn_time_min(until, w->now + step);
		world_settle(w);
	}
}

void world_away(struct world *w, unsigned who)
{
	beside_node_down(&w->souls[who].beside);
	w->souls[who].follow_count = 0;
	world_settle(w);
	WORLD_UNTIL(w, w->souls[who].next > w->now); /* work may be under way */
}

void world_back(struct world *w, unsigned who)
{
	beside_node_up(&w->souls[who].beside);
	for (unsigned i = 0; i < 4000 && !gn_agent_link_is_up(w->souls[who].a.link); i++)
		world_turn(w);
	w->now += 3 * GN_SEC; /* boxes are followed again */
	world_settle(w);
}

/* ---- people ---- */

struct gn_pk world_owner(const struct world *w, unsigned who)
{
	return w->souls[who].a.owner;
}

struct gn_content_id world_say(struct world *w, unsigned from, const char *text)
{
	struct gn_agent *a = &w->souls[from].a;
	struct gn_content c = {.kind = GN_CONTENT_TEXT, .text = gn_str(text)};
	struct gn_pk to = world_owner(w, !from);
	gn_rand_fill(&a->host.rand, c.id.b, sizeof c.id.b);
	a->now = w->now;
	assert_int_equal(gn_people_say(a->people, &to, &c, a->now), GN_OK);
	agent_settle(a);
	agent_post_hurry(a);
	return c.id;
}

static bool note_state(void *user, const struct gn_agent_message *m)
{
	struct gn_people_message row;
	assert_int_equal(gn_people_message_open(m->row, &row), GN_OK);
	*(int *)user = (int)row.state;
	return false;
}

int world_state(struct world *w, unsigned who, bool mine, const struct gn_content_id *id)
{
	struct gn_pk other = world_owner(w, !who);
	struct gn_people_contact c;
	struct gn_agent_chat_id chat;
	struct gn_agent_message_id row;
	int state = -1;
	if (gn_people_get(w->souls[who].a.people, &other, &c) != GN_OK)
		return -1;
	memcpy(chat.b, c.chat->b, sizeof chat.b);
	memcpy(row.b, id->b, sizeof row.b);
	gn_err err =
		gn_agent_message_find(w->souls[who].a.db, &chat, mine, &row, note_state, &state);
	assert_true(err == GN_OK || err == GN_NOT_FOUND);
	return state;
}

/* And it knows the other's private box, which is told when its work is done. */
static bool accepted(struct world *w, unsigned who)
{
	struct gn_pk other = world_owner(w, !who);
	struct gn_people_contact c;
	return gn_people_get(w->souls[who].a.people, &other, &c) == GN_OK &&
	       c.state == GN_PEOPLE_ACCEPTED && c.box &&
	       gn_pk_eq(&c.box->box, &w->souls[!who].a.boxes[AGENT_PRIVATE].sk.pk);
}

void world_meet(struct world *w)
{
	for (unsigned i = 0; i < 2;
	     i++) { /* both know each other, and nothing of a first message */
		struct gn_agent *a = &w->souls[i].a;
		struct gn_people_add add = {.owner = world_owner(w, !i), .petname = GN_LIT("x")};
		assert_int_equal(gn_people_add(a->people, &add, w->now), GN_OK);
		agent_settle(a);
		assert_int_equal(gn_agent_know_ask(a->know, &add.owner), GN_OK);
	}
	world_settle(w);
	struct gn_content_id first = world_say(w, 0, "hello"), answer;
	WORLD_UNTIL(w, world_state(w, 1, false, &first) >= 0);
	answer = world_say(w, 1, "hello, you");
	WORLD_UNTIL(w, world_state(w, 0, false, &answer) >= 0);
	WORLD_UNTIL(w, accepted(w, 0) && accepted(w, 1));
	world_pass(w, 5 * GN_SEC, GN_SEC);
	WORLD_UNTIL(w, world_state(w, 0, true, &first) >= GN_PEOPLE_DELIVERED);
}

unsigned world_follows(const struct world *w, unsigned who, bool poll)
{
	unsigned count = 0;
	for (unsigned i = 0; i < AGENT_BOXES_ALL; i++) {
		const struct agent_box *b = &w->souls[who].a.boxes[i];
		count += b->used && b->call && (b->until != 0) == poll;
	}
	return count;
}
