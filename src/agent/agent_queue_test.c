/* Outbox, items, registers, clients, events, single values, and the rows of e2ee with a device in
 * them. Spec: AG-35..40. */
#include "agent/limits.h"
#include "agent/testing/nest.h"

static struct nest nest;
static struct gn_agent_tx tx;

static int set_up(void **state)
{
	(void)state;
	nest_make(&nest, NULL);
	nest_open(&nest);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	nest_remove(&nest);
	return 0;
}

static void begin(void)
{
	assert_ok(gn_agent_tx_begin(nest.db, &tx));
}
static void commit(void)
{
	assert_ok(gn_agent_tx_commit(&tx));
}

static uint8_t large[AGENT_BYTES_MAX + 1];

struct seen {
	unsigned count, stop;
	uint64_t first, last;
	char text[64];
};

static void note(struct seen *s, uint64_t what, struct gn_slice text)
{
	s->first = s->count++ ? s->first : what;
	s->last = what;
	snprintf(s->text, sizeof s->text, "%.*s", (int)(text.len < 60 ? text.len : 60),
		 (const char *)text.p);
}

/* ---- the outbox ---- */

static bool see_out(void *user, const struct gn_agent_out *o)
{
	note(user, o->id, o->bytes);
	return true;
}

static void outbox(void **state)
{
	(void)state;
	uint64_t ids[4], next;
	struct gn_agent_out o = {.kind = 3, .target = {1}, .ref = {7}, .bytes = GN_LIT("x")};
	begin();
	for (unsigned i = 0; i < 4; i++) {
		o.due_ms = 1000 - 100 * i;
		assert_ok(gn_agent_out_put(&tx, &o, &ids[i]));
	}
	o.bytes = gn_slice(large, sizeof large);
	assert_err(gn_agent_out_put(&tx, &o, &next), GN_TOO_LARGE);
	o.bytes.len--;
	o.ref[0] = 8;
	assert_ok(gn_agent_out_put(&tx, &o, &next));
	assert_ok(gn_agent_out_delete(&tx, next));
	commit();
	struct seen s = {0};
	assert_ok(gn_agent_outbox(nest.db, 900, 0, see_out, &s, &next));
	assert_int_equal(s.count, 3);
	assert_int_equal(s.first, ids[3]);
	assert_int_equal(next, 1000);
	s = (struct seen){0};
	assert_ok(gn_agent_outbox(nest.db, 2000, 2, see_out, &s, &next));
	assert_int_equal(s.count, 2);
	assert_int_equal(next, 900);
	begin();
	assert_ok(gn_agent_out_later(&tx, ids[3], 5000, 1));
	assert_err(gn_agent_out_later(&tx, 99, 5000, 1), GN_NOT_FOUND);
	o = (struct gn_agent_out){.id = ids[2], .due_ms = 6000, .ref = {7}, .bytes = GN_LIT("new")};
	assert_ok(gn_agent_out_put(&tx, &o, &next));
	o.id = 99;
	assert_err(gn_agent_out_put(&tx, &o, &next), GN_NOT_FOUND);
	assert_ok(gn_agent_out_delete(&tx, ids[0]));
	commit();
	s = (struct seen){0};
	assert_ok(gn_agent_outbox(nest.db, 5000, 0, see_out, &s, &next));
	assert_int_equal(s.count, 2);
	assert_int_equal(s.last, ids[3]);
	assert_int_equal(next, 6000);
	s = (struct seen){0};
	assert_ok(gn_agent_out_of(nest.db, o.ref, see_out, &s));
	assert_int_equal(s.count, 3);
	/* numbers are not given twice */
	begin();
	assert_ok(gn_agent_out_delete(&tx, ids[3]));
	o.id = 0;
	assert_ok(gn_agent_out_put(&tx, &o, &next));
	assert_true(next > ids[3] + 1);
	commit();
}

/* ---- items ---- */

static bool see_item(void *user, const struct gn_agent_item *i)
{
	note(user, i->id[0], i->bytes);
	return true;
}

static void items(void **state)
{
	(void)state;
	struct seen s = {0};
	bool more;
	struct gn_agent_item i = {
		.box = {{1}}, .until_ms = 100, .waits = true, .bytes = GN_LIT("y")};
	begin();
	for (uint8_t k = 0; k < 3; k++) {
		i.id[0] = k;
		assert_ok(gn_agent_item_put(&tx, &i));
		i.until_ms += 100;
	}
	i.id[0] = 9;
	i.bytes = gn_slice(large, sizeof large);
	assert_err(gn_agent_item_put(&tx, &i), GN_TOO_LARGE);
	i = (struct gn_agent_item){.box = {{1}}, .id = {1}, .until_ms = 200};
	assert_ok(gn_agent_item_put(&tx, &i));
	commit();
	assert_ok(gn_agent_item_get(nest.db, &i.box, i.id, see_item, &s));
	assert_string_equal(s.text, "");
	i.box.b[0] = 2;
	assert_err(gn_agent_item_get(nest.db, &i.box, i.id, see_item, &s), GN_NOT_FOUND);
	s = (struct seen){0};
	assert_ok(gn_agent_items_waiting(nest.db, NULL, 1, see_item, &s, &more));
	assert_int_equal(s.last, 0);
	assert_true(more);
	s = (struct seen){0};
	assert_ok(gn_agent_items_waiting(nest.db, NULL, 0, see_item, &s, &more));
	assert_int_equal(s.count, 2);
	assert_false(more);
	begin();
	assert_ok(gn_agent_items_prune(&tx, 200));
	commit();
	i = (struct gn_agent_item){.box = {{1}}, .id = {1}};
	assert_err(gn_agent_item_get(nest.db, &i.box, i.id, see_item, &s), GN_NOT_FOUND);
	i.id[0] = 2;
	assert_ok(gn_agent_item_get(nest.db, &i.box, i.id, see_item, &s));
}

/* ---- registers ---- */

static bool see_register(void *user, const struct gn_agent_register *r)
{
	note(user, r->time_ms, r->value);
	return true;
}

static void registers(void **state)
{
	(void)state;
	struct gn_agent_register r = {
		.key = GN_LIT("b"), .value = GN_LIT("1"), .time_ms = 5, .device = {{5}}};
	struct seen s = {0};
	bool more;
	begin();
	assert_ok(gn_agent_register_put(&tx, &r));
	assert_ok(gn_agent_register_put(&tx, &r));
	r.value = GN_LIT("2");
	assert_err(gn_agent_register_put(&tx, &r), GN_STALE);
	r.device.b[0] = 4;
	assert_err(gn_agent_register_put(&tx, &r), GN_STALE);
	r.device.b[0] = 6;
	assert_ok(gn_agent_register_put(&tx, &r));
	r.time_ms = 4;
	r.device.b[0] = 9;
	assert_err(gn_agent_register_put(&tx, &r), GN_STALE);
	r.time_ms = 6;
	r.value = GN_LIT("3");
	r.device.b[0] = 1;
	assert_ok(gn_agent_register_put(&tx, &r));
	r.key = GN_LIT("a");
	assert_ok(gn_agent_register_put(&tx, &r));
	r.key = gn_slice(large, AGENT_NAME_MAX);
	assert_ok(gn_agent_register_put(&tx, &r));
	r.key.len++;
	assert_err(gn_agent_register_put(&tx, &r), GN_TOO_LARGE);
	r.key.len = 0;
	assert_err(gn_agent_register_put(&tx, &r), GN_TOO_LARGE);
	commit();
	assert_ok(gn_agent_register_get(nest.db, GN_LIT("b"), see_register, &s));
	assert_string_equal(s.text, "3");
	assert_err(gn_agent_register_get(nest.db, GN_LIT("c"), see_register, &s), GN_NOT_FOUND);
	s = (struct seen){0};
	assert_ok(gn_agent_registers(nest.db, GN_LIT("a"), 0, see_register, &s, &more));
	assert_int_equal(s.count, 1);
	s = (struct seen){0};
	assert_ok(gn_agent_registers(nest.db, gn_slice(NULL, 0), 2, see_register, &s, &more));
	assert_int_equal(s.count, 2);
	assert_true(more);
}

/* ---- clients ---- */

static bool see_client(void *user, const struct gn_agent_client *c)
{
	note(user, c->id.b[0], c->name);
	return true;
}

static void clients(void **state)
{
	(void)state;
	struct gn_agent_client c = {.name = GN_LIT("app"), .rights = GN_LIT("chat")};
	struct seen s = {0};
	begin();
	for (unsigned i = 0; i < AGENT_CLIENTS_MAX; i++) {
		c.id.b[0] = (uint8_t)i;
		c.since_ms = i;
		assert_ok(gn_agent_client_put(&tx, &c));
	}
	assert_ok(gn_agent_client_put(&tx, &c)); /* again */
	c.id.b[0] = 200;
	assert_err(gn_agent_client_put(&tx, &c), GN_LIMIT);
	c.id.b[0] = 3;
	c.rights = gn_slice(large, AGENT_RIGHTS_MAX + 1);
	assert_err(gn_agent_client_put(&tx, &c), GN_TOO_LARGE);
	c.rights.len--;
	assert_ok(gn_agent_client_put(&tx, &c));
	assert_ok(gn_agent_client_delete(&tx, &c.id));
	commit();
	assert_err(gn_agent_client_get(nest.db, &c.id, see_client, &s), GN_NOT_FOUND);
	c.id.b[0] = 4;
	assert_ok(gn_agent_client_get(nest.db, &c.id, see_client, &s));
	assert_string_equal(s.text, "app");
	s = (struct seen){0};
	assert_ok(gn_agent_clients(nest.db, see_client, &s));
	assert_int_equal(s.count, AGENT_CLIENTS_MAX - 1);
}

/* ---- events ---- */

static bool see_event(void *user, const struct gn_agent_event *e)
{
	note(user, e->cursor, e->bytes);
	return true;
}

static struct seen events(uint64_t after, unsigned limit, bool gap, bool more)
{
	struct seen s = {0};
	bool is_gap, is_more;
	assert_ok(gn_agent_events(nest.db, after, limit, see_event, &s, &is_gap, &is_more));
	assert_int_equal(is_gap, gap);
	assert_int_equal(is_more, more);
	return s;
}

static void eventful(void **state)
{
	(void)state;
	uint64_t cursor, epoch, again;
	struct gn_agent_event e = {.kind = 2, .at_ms = 1000, .bytes = GN_LIT("e")};
	assert_ok(gn_agent_events_now(nest.db, &epoch, &cursor));
	assert_int_equal(cursor, 0);
	assert_int_equal(events(0, 0, false, false).count, 0);
	events(1, 0, true, false); /* of another store */
	begin();
	for (unsigned i = 1; i <= AGENT_EVENTS_MAX; i++)
		assert_ok(gn_agent_event_add(&tx, &e, &cursor));
	commit();
	assert_int_equal(cursor, AGENT_EVENTS_MAX);
	assert_int_equal(events(0, 1, false, true).first, 1);
	begin();
	assert_ok(gn_agent_event_add(&tx, &e, &cursor));
	e.bytes = gn_slice(large, sizeof large);
	assert_err(gn_agent_event_add(&tx, &e, &cursor), GN_TOO_LARGE);
	commit();
	events(0, 0, true, false); /* one is gone */
	struct seen s = events(1, 0, false, true);
	assert_int_equal(s.count, AGENT_LIMIT_DEFAULT);
	assert_int_equal(s.first, 2);
	s = events(AGENT_EVENTS_MAX, 500, false, false);
	assert_int_equal(s.count, 1);
	assert_int_equal(events(AGENT_EVENTS_MAX + 1, 0, false, false).count, 0);
	events(AGENT_EVENTS_MAX + 2, 0, true, false);
	/* a day later */
	e = (struct gn_agent_event){.kind = 2, .at_ms = 1000 + AGENT_EVENTS_MS};
	begin();
	assert_ok(gn_agent_event_add(&tx, &e, &cursor));
	commit();
	events(1, 0, true, false);
	events(2, 0, false, true);
	e.at_ms++;
	begin();
	assert_ok(gn_agent_event_add(&tx, &e, &cursor));
	commit();
	events(AGENT_EVENTS_MAX, 0, true, false);
	assert_int_equal(events(AGENT_EVENTS_MAX + 1, 0, false, false).count, 2);
	nest_close(&nest);
	nest_open(&nest);
	assert_ok(gn_agent_events_now(nest.db, &again, &cursor));
	assert_int_equal(again, epoch);
	assert_int_equal(cursor, AGENT_EVENTS_MAX + 3);
}

/* ---- single values ---- */

static void meta(void **state)
{
	(void)state;
	uint8_t space[8];
	struct gn_buf out = {space, 0, sizeof space};
	char name[AGENT_NAME_MAX + 2];
	memset(name, 'n', sizeof name);
	name[AGENT_NAME_MAX + 1] = 0;
	begin();
	assert_err(gn_agent_meta_put(&tx, name, GN_LIT("v")), GN_TOO_LARGE);
	name[AGENT_NAME_MAX] = 0;
	assert_ok(gn_agent_meta_put(&tx, name, GN_LIT("v")));
	assert_ok(gn_agent_meta_put(&tx, "seq", GN_LIT("12345678")));
	assert_ok(gn_agent_meta_put(&tx, "seq", GN_LIT("123456789")));
	assert_err(gn_agent_meta_put(&tx, "seq", gn_slice(large, sizeof large)), GN_TOO_LARGE);
	commit();
	assert_err(gn_agent_meta_get(nest.db, "seq", &out), GN_TOO_LARGE);
	assert_err(gn_agent_meta_get(nest.db, "none", &out), GN_NOT_FOUND);
	assert_ok(gn_agent_meta_get(nest.db, name, &out));
	assert_int_equal(out.len, 1);
}

/* ---- rows of e2ee ---- */

static struct gn_alloc heap;
static struct gn_env env;

static struct gn_e2ee *make_device(uint8_t who, struct gn_e2ee_prekeys *prekeys)
{
	struct gn_e2ee_own own = {.owner = {{who}}, .device = {{who, 1}}, .seq = 1};
	struct gn_e2ee *e;
	memset(own.dh, who, sizeof own.dh);
	assert_ok(gn_e2ee_new(&env, &own, &e));
	assert_ok(gn_e2ee_prekeys_new(e, 1, 2, prekeys));
	return e;
}

static void meet(struct gn_e2ee *e, uint8_t whom, const struct gn_e2ee_prekeys *prekeys)
{
	uint8_t dh[GN_X25519_LEN];
	struct gn_e2ee_peer p = {.owner = {{whom}},
				 .device = {{whom, 1}},
				 .identity = {.seq = 1},
				 .prekeys = *prekeys};
	memset(dh, whom, sizeof dh);
	gn_x25519_public(dh, p.dh);
	assert_ok(gn_e2ee_believe(e, &p));
}

static void save(struct gn_e2ee *e)
{
	begin();
	assert_ok(gn_agent_rows_save(&tx, e));
	commit();
}

/* One letter from a to b; both are stored, and made again from the store, after each. */
static void letter(struct gn_e2ee *from, struct gn_e2ee *to, uint8_t whom)
{
	static uint8_t space[GN_E2EE_SIZE_LARGEST], opened[GN_E2EE_SIZE_LARGEST];
	struct gn_buf out = {space, 0, sizeof space}, in = {opened, 0, sizeof opened};
	struct gn_pk device = {{whom, 1}};
	struct gn_e2ee_write w = {.to = &device, .to_count = 1, .content = GN_LIT("content")};
	struct gn_e2ee_read r;
	assert_ok(gn_e2ee_write(from, &w, &out, GN_SEC));
	assert_ok(gn_e2ee_read(to, w.hint, gn_buf_slice(&out), &in, &r, GN_SEC));
	assert_int_equal(r.result, GN_E2EE_OPENED);
}

static void devices(void **state)
{
	(void)state;
	struct gn_e2ee_prekeys of_a, of_b;
	struct gn_e2ee *a, *b;
	struct gn_rand rand = gn_rand_system();
	gn_alloc_heap(&heap, 64u << 20);
	env = (struct gn_env){.alloc = &heap, .rand = &rand};
	assert_err(gn_agent_rows_load(nest.db, &env, &a), GN_NOT_FOUND);
	a = make_device(1, &of_a);
	b = make_device(2, &of_b);
	meet(a, 2, &of_b);
	meet(b, 1, &of_a);
	/* a lives in the store: each time as it was written */
	for (unsigned i = 0; i < 12; i++) {
		save(a);
		gn_e2ee_free(a);
		assert_ok(gn_agent_rows_load(nest.db, &env, &a));
		gn_e2ee_validate(a);
		if (i % 3)
			letter(a, b, 2);
		else
			letter(b, a, 1);
	}
	/* given up: the device of before goes on from what is stored */
	save(a);
	letter(b, a, 1);
	begin();
	assert_ok(gn_agent_rows_save(&tx, a));
	gn_agent_tx_abort(&tx);
	gn_e2ee_free(a);
	assert_ok(gn_agent_rows_load(nest.db, &env, &a));
	letter(b, a, 1);
	save(a);
	/* forgotten */
	struct gn_pk device = {{2, 1}};
	assert_ok(gn_e2ee_forget(a, &device));
	begin();
	assert_ok(gn_agent_rows_save(&tx, a));
	assert_ok(gn_agent_rows_forget(&tx, &device));
	commit();
	gn_e2ee_free(a);
	assert_ok(gn_agent_rows_load(nest.db, &env, &a));
	struct gn_e2ee_info info;
	assert_err(gn_e2ee_info(a, &device, &info), GN_NOT_FOUND);
	gn_e2ee_free(a);
	gn_e2ee_free(b);
	assert_int_equal(heap.used, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(outbox, set_up, tear_down),
		cmocka_unit_test_setup_teardown(items, set_up, tear_down),
		cmocka_unit_test_setup_teardown(registers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(clients, set_up, tear_down),
		cmocka_unit_test_setup_teardown(eventful, set_up, tear_down),
		cmocka_unit_test_setup_teardown(meta, set_up, tear_down),
		cmocka_unit_test_setup_teardown(devices, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
