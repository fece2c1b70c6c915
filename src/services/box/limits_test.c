/* What peers may ask of one holder, and what waits for it: each bound at it and one past it.
 * Rules BX-2, BX-5, BX-10, BX-11, BX-17, BX-18, BX-22, BX-32. */
#include "services/box/testing/harness.h"

static struct gn_sk reader, remover, contact;
static struct gn_boxcert cert;
static struct box_held *h;
static uint8_t storage[GN_MESSAGE_MAX];

static struct gn_sk secret(uint8_t number)
{
	struct gn_sk sk;
	uint8_t seed[32] = {'s', number};
	gn_sk_from_seed(seed, &sk);
	return sk;
}

/* A private box with a reader and a contact. */
static void box(void)
{
	struct gn_sk owner = secret(1);
	holder(64u << 20);
	reader = secret(2);
	remover = secret(3);
	contact = secret(4);
	h = box_of(1, GN_FB_BOX_KIND_PRIVATE, 20);
	(void)gn_map_remove(&b->held, &h->key);
	h->key = h->rules->box = owner.pk;
	*(struct box_held **)gn_map_put(&b->held, &h->key) = h;
	h->rules->readers[0] = (struct gn_boxrec_reader){reader.pk, remover.pk};
	cert = (struct gn_boxcert){
		.key = contact.pk, .until = UINT64_MAX / 2, .items = 900, .kib = 16384};
	gn_boxcert_make(&owner, &cert);
}

static struct box_from from_peer(uint32_t number)
{
	struct box_from f = {.request = 1000 + number};
	f.who.pk.b[0] = 'p';
	memcpy(f.who.pk.b + 1, &number, sizeof number);
	return f;
}

/* The last answer to this peer; false: there was none. */
static bool answer(struct gn_fb_box_message *m)
{
	static uint8_t copy[GN_MESSAGE_MAX];
	struct gn_overlay_message out;
	bool any = false;
	while (gn_box_next_message(b, &out)) {
		memcpy(copy, out.bytes.p, out.bytes.len);
		assert_int_equal(gn_fb_box_message_verify(gn_slice(copy, out.bytes.len), m), GN_OK);
		any = true;
	}
	return any;
}

static gn_err done(const char **limit)
{
	static char text[64];
	struct gn_fb_box_message m;
	assert_true(answer(&m));
	assert_int_equal(gn_fb_box_message_body_type(m), GN_FB_BOX_MESSAGE_BODY_BOX_DONE);
	struct gn_fb_box_done d = gn_fb_box_message_body_as_box_done(m);
	struct gn_slice s = gn_fb_box_done_limit(d);
	gn_plain(s, text, sizeof text);
	if (limit)
		*limit = text;
	return gn_wire_err(gn_fb_box_done_code(d));
}

/* A table as it comes from outside. */
#define TABLE(type, ...)                                                                           \
	(__extension__({                                                                           \
		struct gn_fbb fbb_ = gn_fbb(storage, sizeof storage);                              \
		struct gn_fb_##type out;                                                           \
		struct gn_slice table_;                                                            \
		gn_fbref ref =                                                                     \
			gn_fb_##type##_make(&fbb_, &(struct gn_fb_##type##_args)__VA_ARGS__);      \
		assert_int_equal(gn_fbb_finish(&fbb_, ref, NULL, &table_), GN_OK);                 \
		assert_int_equal(gn_fb_##type##_verify(table_, &out), GN_OK);                      \
		out;                                                                               \
	}))

static void wake(void)
{
	gn_box_room(b, &h->key, b->now + BOX_STORE_WAIT);
	gn_box_tick(b, b->now);
	run();
}

static gn_err show(uint32_t peer, uint16_t number, uint8_t role)
{
	struct box_from f = from_peer(peer);
	struct gn_boxrec_show s = {.box = h->key, .holder = b->cfg.node_key.pk, .role = role};
	const struct gn_sk *sk = role == GN_BOXREC_READER    ? &reader
				 : role == GN_BOXREC_REMOVER ? &remover
							     : &contact;
	struct gn_fb_key key = gn_wire_key(&h->key), by = gn_wire_key(&sk->pk);
	struct gn_fb_box_certificate c = {
		.until = cert.until, .items = cert.items, .kib = cert.kib};
	struct gn_fb_sig fb_sig;
	struct gn_sig sig;
	memcpy(s.exporter, f.who.pk.b, 32);
	gn_boxrec_show_sign(sk, &s, &sig);
	memcpy(fb_sig.b, sig.b, 64);
	memcpy(c.key, cert.key.b, 32);
	memcpy(c.sig, cert.sig.b, 64);
	box_on_show(b, &f, h,
		    TABLE(box_show, {.box = &key,
				     .shown = number,
				     .role = role,
				     .key = role ? &by : NULL,
				     .certificate = role ? NULL : &c,
				     .sig = &fb_sig}));
	return done(NULL);
}

static struct gn_fb_item_id ids[BOX_IDS + 1];

static gn_err fetch(uint32_t peer, uint16_t shown, size_t count, const char **limit)
{
	struct box_from f = from_peer(peer);
	struct gn_fb_key key = gn_wire_key(&h->key);
	struct gn_fb_box_message m;
	box_on_fetch(b, &f, h,
		     TABLE(box_fetch, {.box = &key, .shown = shown, .ids = {ids, count}}));
	if (b->out.control.first)
		return done(limit);
	(void)answer(&m);
	return GN_OK;
}

static void a_request_has_so_many_ids(void **state)
{
	const char *limit = "";
	struct gn_fb_key key;
	struct gn_fb_box_message m;
	(void)state;
	box();
	key = gn_wire_key(&h->key);
	assert_int_equal(show(1, 1, GN_BOXREC_READER), GN_OK);
	assert_int_equal(fetch(1, 1, BOX_IDS, NULL), GN_OK);
	assert_int_equal(fetch(1, 1, BOX_IDS + 1, &limit), GN_TOO_LARGE);
	assert_string_equal(limit, "BOX_IDS");
	for (size_t more = 0; more < 2; more++) {
		struct box_from f = from_peer(1);
		box_on_ask(b, &f, h, TABLE(box_ask, {.box = &key, .ids = {ids, BOX_IDS + more}}));
		assert_true(answer(&m));
		assert_int_equal(gn_fb_box_message_body_type(m),
				 more ? GN_FB_BOX_MESSAGE_BODY_BOX_DONE
				      : GN_FB_BOX_MESSAGE_BODY_BOX_STATES);
	}
}

static void a_peer_has_so_many_feeds(void **state)
{
	const char *limit = "";
	(void)state;
	box();
	assert_int_equal(show(1, 1, GN_BOXREC_READER), GN_OK);
	for (unsigned i = 0; i < BOX_FEEDS_PEER; i++)
		assert_int_equal(fetch(1, 1, 1, NULL), GN_OK);
	assert_int_equal(fetch(1, 1, 1, &limit), GN_BUSY);
	assert_string_equal(limit, "BOX_FEEDS_PEER");
	assert_int_equal(b->count.feeds_full, 1);
	assert_true(BOX_FEEDS / BOX_FEEDS_PEER > 100);
	wake(); /* nothing of it is there: they end */
	assert_int_equal(b->feeds.count, 0);
	assert_int_equal(b->count.fetched, BOX_FEEDS_PEER);
}

/* The oldest is forgotten for one more. */
static void a_session_has_so_many_shows(void **state)
{
	(void)state;
	box();
	for (uint16_t i = 1; i <= BOX_SHOWS; i++)
		assert_int_equal(show(1, i, GN_BOXREC_READER), GN_OK);
	assert_int_equal(fetch(1, 1, 1, NULL), GN_OK);
	assert_int_equal(show(1, BOX_SHOWS + 1, GN_BOXREC_READER), GN_OK);
	assert_int_equal(fetch(1, 1, 1, NULL), GN_DENIED);
	assert_int_equal(fetch(1, 2, 1, NULL), GN_OK);
	assert_int_equal(fetch(1, BOX_SHOWS + 1, 1, NULL), GN_OK);
	assert_int_equal(b->count.shows, BOX_SHOWS + 1);
	/* nor is one role good for another */
	assert_int_equal(show(2, 7, GN_BOXREC_REMOVER), GN_OK);
	assert_int_equal(fetch(2, 7, 1, NULL), GN_DENIED);
}

/* Whoever was silent for longest gives its place, unless something is on its way to it. */
static void there_are_so_many_peers(void **state)
{
	struct gn_pk first = from_peer(0).who.pk;
	(void)state;
	box();
	for (uint32_t i = 0; i < BOX_PEERS; i++) {
		b->now++;
		assert_non_null(
			box_peer_need(b, &(struct gn_pk){{'p', (uint8_t)i, (uint8_t)(i >> 8)}}));
	}
	assert_int_equal(b->peers.count, BOX_PEERS);
	assert_non_null(gn_map_get(&b->peers, &first));
	assert_int_equal(show(BOX_PEERS, 1, GN_BOXREC_READER), GN_OK);
	assert_int_equal(b->peers.count, BOX_PEERS);
	assert_null(gn_map_get(&b->peers, &first));
	assert_int_equal(b->count.peers_gave_way, 1);
}

static gn_err deposit(uint32_t peer, uint32_t number, uint32_t len, uint32_t ttl,
		      const char **limit)
{
	static uint8_t item[BOX_ITEM_MAX + 1];
	struct box_from f = from_peer(peer);
	struct gn_fb_key key = gn_wire_key(&h->key);
	struct gn_hash hash;
	struct gn_sig sig;
	struct gn_fb_sig fb_sig;
	memset(item, 0, len);
	memcpy(item, &number, sizeof number);
	struct gn_slice bytes = gn_slice(item, len);
	gn_sha256(&bytes, 1, &hash);
	gn_boxrec_deposit_sign(&contact, &h->key, &hash, &sig);
	memcpy(fb_sig.b, sig.b, 64);
	box_on_deposit(b, &f, h,
		       TABLE(box_deposit,
			     {.box = &key, .item = bytes, .ttl = ttl, .shown = 1, .sig = &fb_sig}));
	return b->out.control.first ? done(limit) : GN_OK;
}

static void an_item_has_its_size_and_its_time(void **state)
{
	const char *limit = "";
	struct gn_fb_box_message m;
	(void)state;
	box();
	assert_int_equal(show(1, 1, GN_BOXREC_DEPOSITOR), GN_OK);
	assert_int_equal(deposit(1, 1, BOX_ITEM_MAX + 1, 1000, &limit), GN_TOO_LARGE);
	assert_string_equal(limit, "BOX_ITEM_MAX");
	assert_int_equal(deposit(1, 1, 896, BOX_TTL_MIN - 1, &limit), GN_MALFORMED);
	assert_string_equal(limit, "BOX_TTL_MIN");
	assert_int_equal(deposit(1, 1, BOX_ITEM_MAX, BOX_TTL_MIN, NULL), GN_OK);
	assert_int_equal(BOX_ITEM_MAX, GN_BOX_ITEM_MAX);
	assert_true(BOX_FOLLOWS == GN_BOX_FOLLOWS && BOX_WORKS == GN_BOX_WORKS);
	/* no custody before it is durable */
	assert_false(answer(&m));
	run();
	assert_true(answer(&m));
	assert_int_equal(gn_fb_box_message_body_type(m), GN_FB_BOX_MESSAGE_BODY_BOX_HELD);
	struct gn_box_caused c = gn_box_caused(b);
	assert_true(c.byte_days == BOX_ITEM_MAX && c.checks > 0 && c.hashed >= BOX_ITEM_MAX);
	assert_true(gn_pk_eq(&c.by, &contact.pk));
	assert_int_equal(gn_box_caused(b).checks, 0);
	assert_int_equal(b->count.deposits, 3);
}

static struct gn_pk paid_by;
static gn_err no_more(void *user, const struct gn_pk *by, bool many)
{
	(void)user, (void)many;
	paid_by = *by;
	return GN_QUOTA;
}

/* BX-45: whose certificate has cost enough is refused before anything is hashed. */
static void a_certificate_may_cost_so_much(void **state)
{
	const char *limit = "";
	(void)state;
	box();
	assert_int_equal(show(1, 1, GN_BOXREC_DEPOSITOR), GN_OK);
	b->cfg.pays = no_more;
	assert_int_equal(deposit(1, 1, 896, 1000, &limit), GN_BUSY); /* as it travels */
	assert_string_equal(limit, "guard-token");
	struct gn_box_caused c = gn_box_caused(b);
	assert_true(c.hashed == 0 && gn_pk_eq(&c.by, &contact.pk) && gn_pk_eq(&paid_by, &c.by));
	h->rules->kind = GN_FB_BOX_KIND_GROUP;
	assert_int_equal(deposit(1, 1, 896, 1000, &limit), GN_BUSY);
	assert_true(!c.many && gn_box_caused(b).many && b->count.refused_rate == 2);
}

/* Without the disk's answer: so many are under way, and so many wait for one. */
static void stores_under_way_are_bounded(void **state)
{
	const char *limit = "";
	(void)state;
	box();
	h->rules->items = BOX_STORES * 8;
	assert_int_equal(show(1, 1, GN_BOXREC_DEPOSITOR), GN_OK);
	for (unsigned i = 0; i < BOX_STORES; i++)
		assert_int_equal(deposit(1, i, 896, 1000, NULL), GN_OK);
	assert_int_equal(deposit(1, BOX_STORES, 896, 1000, &limit), GN_BUSY);
	assert_string_equal(limit, "BOX_STORES");
	for (unsigned i = 1; i < BOX_WAITERS; i++)
		assert_int_equal(deposit(1, 3, 896, 1000, NULL), GN_OK);
	assert_int_equal(deposit(1, 3, 896, 1000, NULL), GN_BUSY);
	run();
	assert_int_equal(b->count.custodies, BOX_STORES + BOX_WAITERS - 1);
	assert_int_equal(b->count.deposits_again, BOX_WAITERS);
}

/* A disk that refuses: no custody, and nothing of it stays. */
static void a_failing_disk_is_told(void **state)
{
	(void)state;
	box();
	assert_int_equal(show(1, 1, GN_BOXREC_DEPOSITOR), GN_OK);
	assert_int_equal(deposit(1, 1, 896, 1000, NULL), GN_OK);
	disk.fail_ops = ~0u;
	disk.fail_err = GN_DISK_FULL;
	run();
	assert_int_equal(done(NULL), GN_REMOTE);
	assert_int_equal(b->count.store_failed, 1);
	assert_int_equal(h->count, 0);
	disk.fail_ops = 0;
}

static void a_listing_comes_in_pages(void **state)
{
	struct gn_fb_key key;
	struct gn_fb_box_message m;
	uint64_t after = 0;
	unsigned pages = 0, got = 0;
	(void)state;
	box();
	key = gn_wire_key(&h->key);
	h->rules->items = 4 * BOX_LISTED_MAX;
	for (unsigned i = 0; i < BOX_LISTED_MAX + 1; i++)
		assert_int_equal(put_new(h, GN_BOX_CERTIFICATE, (uint8_t)(i / 8), 100, NULL),
				 GN_OK);
	assert_int_equal(show(1, 1, GN_BOXREC_READER), GN_OK);
	do {
		struct box_from f = from_peer(1);
		box_on_list(b, &f, h, TABLE(box_list, {.box = &key, .shown = 1, .after = after}));
		assert_true(answer(&m));
		struct gn_fb_box_listed l = gn_fb_box_message_body_as_box_listed(m);
		got += gn_fb_box_listed_entries_len(l);
		assert_true(gn_fb_box_listed_entries_len(l) <= BOX_LISTED_MAX);
		after = gn_fb_box_listed_next(l);
		pages++;
	} while (after);
	assert_int_equal(pages, 2);
	assert_int_equal(got, BOX_LISTED_MAX + 1);
}

static void a_watch_ends_unless_it_is_renewed(void **state)
{
	struct gn_fb_key key;
	(void)state;
	box();
	key = gn_wire_key(&h->key);
	assert_int_equal(show(1, 1, GN_BOXREC_READER), GN_OK);
	for (unsigned i = 0; i < 2; i++) {
		struct box_from f = from_peer(1);
		box_on_watch(b, &f, h,
			     TABLE(box_watch, {.box = &key, .shown = 1, .seconds = 9999}));
		assert_int_equal(done(NULL), GN_OK);
		assert_int_equal(b->watches, 1);
		gn_box_tick(b, b->now + BOX_WATCH_TIME * GN_SEC - 1);
		assert_int_equal(b->watches, 1);
	}
	gn_box_tick(b, b->now + BOX_WATCH_LOOK + GN_SEC);
	assert_int_equal(b->watches, 0);
	assert_int_equal(b->count.watches, 1);
}

/* Small answers that nobody takes are dropped above their bound. */
static void answers_that_nobody_takes_are_bounded(void **state)
{
	struct gn_fb_key key;
	(void)state;
	box();
	key = gn_wire_key(&h->key);
	for (unsigned i = 0; i < 2 * BOX_CONTROL_BYTES / 1536; i++) {
		struct box_from f = from_peer(1);
		box_on_ask(b, &f, h, TABLE(box_ask, {.box = &key, .ids = {ids, 1}}));
	}
	assert_in_range(b->out.control.bytes, BOX_CONTROL_BYTES, BOX_CONTROL_BYTES + 4096);
	assert_true(b->count.control_dropped > 0);
}

/* Items are read for peers only while there is room to send them. */
static void what_is_read_is_bounded(void **state)
{
	struct gn_fb_box_message m;
	(void)state;
	box();
	assert_int_equal(show(1, 1, GN_BOXREC_DEPOSITOR), GN_OK);
	assert_int_equal(show(2, 1, GN_BOXREC_READER), GN_OK);
	for (unsigned i = 0; i < 60; i++) {
		assert_int_equal(deposit(1, i, BOX_ITEM_MAX, 1000, NULL), GN_OK);
		run();
		(void)answer(&m);
		memcpy(ids[i].b, h->items[i]->hash.b, 16);
	}
	for (unsigned i = 0; i < 3; i++) {
		struct box_from f = from_peer(2);
		struct gn_fb_key key = gn_wire_key(&h->key);
		box_on_fetch(b, &f, h,
			     TABLE(box_fetch, {.box = &key, .shown = 1, .ids = {ids, 60}}));
	}
	for (unsigned i = 0; i < 1000; i++) {
		wake();
		assert_true(b->loads.count <= BOX_LOADS);
	}
	assert_in_range(b->out.bulk.bytes, BOX_OUT_BYTES, BOX_OUT_BYTES + 4 * 65536);
	for (unsigned i = 0; i < 300; i++) {
		(void)answer(&m);
		wake();
	}
	(void)answer(&m);
	assert_int_equal(b->count.fetched, 180);
	assert_int_equal(b->feeds.count, 0);
}

/* The same item is asked of one holder at a time, and of so many at all. */
static void copies_asked_for_are_bounded(void **state)
{
	struct gn_hash key;
	(void)state;
	box();
	for (uint32_t i = 0; i < BOX_WANTED; i++) {
		memcpy(key.b, &i, sizeof i);
		assert_non_null(gn_map_put(&b->wanted, &key));
	}
	memset(key.b, 0xff, sizeof key.b);
	assert_null(gn_map_put(&b->wanted, &key));
	b->now += BOX_WANTED_TIME;
	h->rules_used = b->now;
	box_sweep(b);
	assert_int_equal(b->wanted.count, 0);
	/* of one holder, who names what there is not */
	struct box_from self = {.request = 0};
	struct gn_fb_key owner = gn_wire_key(&h->key);
	static struct gn_fb_item_id named[BOX_SUM_IDS];
	self.who.pk = b->cfg.node_key.pk;
	for (uint32_t i = 0; i < BOX_SUM_IDS; i++)
		memcpy(named[i].b, &i, sizeof i);
	box_on_ids(b, &self, h, TABLE(box_ids, {.box = &owner, .ids = {named, BOX_SUM_IDS}}));
	assert_int_equal(b->wanted.count, BOX_WANTED / BOX_WANTED_SHARE);
	/* one is not asked again for what others were asked for since: so many are known */
	b->now += BOX_WANTED_TIME;
	box_on_ids(b, &self, h, TABLE(box_ids, {.box = &owner, .ids = {named, 1}}));
	struct box_wanted *w = gn_map_value_at(&b->wanted, 0);
	for (uint64_t others = 1; others <= BOX_WANTED_FROM; others++) {
		memmove(&w->from[1], &w->from[0], sizeof w->from - sizeof w->from[0]);
		memmove(&w->at[1], &w->at[0], sizeof w->at - sizeof w->at[0]);
		w->from[0] = others;
		w->at[0] = b->now;
		b->now += BOX_WANTED_NEXT;
		box_on_ids(b, &self, h, TABLE(box_ids, {.box = &owner, .ids = {named, 1}}));
		assert_int_equal(w->from[0] != others, others == BOX_WANTED_FROM);
	}
	for (struct gn_frame_message *m; (m = gn_frame_out_local(&b->out));)
		gn_mem_free(b->env.alloc, m);
	assert_true(BOX_SWEEP > BOX_WANTED_TIME);
}

/* ---- sums ---- */

static void a_large_box_is_compared_in_parts(void **state)
{
	struct gn_fb_key key;
	struct gn_fb_item_id none = {{0}};
	struct box_from self = {.request = 5};
	(void)state;
	box();
	key = gn_wire_key(&h->key);
	self.who.pk = b->cfg.node_key.pk;
	h->rules->items = 4 * BOX_SUM_IDS;
	for (unsigned i = 0; i < BOX_SUM_IDS + 1; i++)
		assert_int_equal(put_new(h, GN_BOX_CERTIFICATE, (uint8_t)(i / 9), 10, NULL), GN_OK);
	for (unsigned part = 0; part <= BOX_SUM_PARTS; part++) {
		box_on_sum(b, &self, h,
			   TABLE(box_sum, {.box = &key,
					   .xor = &none,
					   .count = 1,
					   .bits = 4,
					   .part = (uint8_t)part}));
		struct gn_frame_message *out = gn_frame_out_local(&b->out);
		struct gn_fb_box_message m;
		assert_int_equal(gn_fb_box_message_verify(gn_frame_message_bytes(out), &m), GN_OK);
		assert_int_equal(gn_fb_box_message_body_type(m),
				 part < BOX_SUM_PARTS ? GN_FB_BOX_MESSAGE_BODY_BOX_IDS
						      : GN_FB_BOX_MESSAGE_BODY_BOX_DONE);
		assert_true(gn_fb_box_ids_ids_len(gn_fb_box_message_body_as_box_ids(m)) <=
			    BOX_SUM_IDS);
		gn_mem_free(b->env.alloc, out);
	}
}

/* ---- the depositor and the reader ---- */

static void operations_are_bounded(void **state)
{
	static uint8_t item[BOX_ITEM_MAX + 1];
	struct gn_box_deposit d = {
		.place.box = key_of(1), .ttl = BOX_TTL_MIN, .item = gn_slice(item, 10)};
	struct gn_box_follow f = {.place.box = key_of(1)};
	struct gn_overlay_event e;
	gn_op op, ops[BOX_DEPOSITS];
	unsigned n = 0;
	(void)state;
	box();
	d.ttl = BOX_TTL_MIN - 1;
	assert_int_equal(gn_box_deposit(b, &d, b->now, &op), GN_USAGE);
	d.ttl = BOX_TTL_MIN;
	d.need = GN_BOX_SET + 1;
	assert_int_equal(gn_box_deposit(b, &d, b->now, &op), GN_USAGE);
	d.need = 0;
	d.item = gn_slice(item, BOX_ITEM_MAX + 1);
	assert_int_equal(gn_box_deposit(b, &d, b->now, &op), GN_TOO_LARGE);
	d.item = gn_slice(item, 10);
	gn_err err;
	while ((err = gn_box_deposit(b, &d, b->now, &op)) == GN_OK && n < BOX_DEPOSITS)
		ops[n++] = op;
	assert_int_equal(err, GN_LIMIT);
	assert_true(n > 0 && n <= BOX_DEPOSITS);
	for (unsigned i = 0; i < n; i++)
		gn_box_cancel(b, ops[i], b->now);
	assert_int_equal(b->puts, 0);
	while (gn_overlay_next_event(ov, &e))
		;
	b->put_bytes = BOX_DEPOSIT_BYTES - 9;
	assert_int_equal(gn_box_deposit(b, &d, b->now, &op), GN_LIMIT);
	b->put_bytes = BOX_DEPOSIT_BYTES - 10;
	assert_int_equal(gn_box_deposit(b, &d, b->now, &op), GN_OK);
	gn_box_cancel(b, op, b->now);
	b->put_bytes = 0;
	n = 0;
	memset(ops, 0, sizeof ops);
	while (n < BOX_FOLLOWS && gn_box_follow(b, &f, b->now, &op) == GN_OK)
		ops[n++] = op;
	assert_int_equal(n, BOX_FOLLOWS);
	assert_int_equal(gn_box_follow(b, &f, b->now, &op), GN_LIMIT);
	struct gn_box_id none = {{1}};
	assert_int_equal(gn_box_ack(b, ops[0], &none, b->now), GN_NOT_FOUND);
	for (unsigned i = 0; i < n; i++)
		gn_box_cancel(b, ops[i], b->now);
}

static void requests_and_rights_are_bounded(void **state)
{
	struct box_ask like = {.kind = ASK_KNOCK, .peer = key_of(9)};
	struct box_right right = {.box = key_of(1), .role = GN_BOXREC_READER};
	struct gn_contact to = {.pk = key_of(8)};
	struct gn_box_event e;
	uint16_t shown;
	(void)state;
	box();
	for (unsigned i = 0; i < BOX_ASKS; i++)
		assert_true(box_ask_new(b, &like, NULL) != 0);
	assert_int_equal(box_ask_new(b, &like, NULL), 0);
	assert_int_equal(b->count.asks_full, 1);
	gn_box_tick(b, b->now + BOX_ASK_TIME);
	assert_int_equal(b->asks.count, 0);
	assert_int_equal(b->count.asks_lost, BOX_ASKS);
	for (uint32_t i = 0; i <= BOX_DOORS; i++) {
		memcpy(right.key.b, &i, sizeof i);
		assert_int_equal(box_door_open(b, &to, &right, &shown),
				 i < BOX_DOORS ? GN_PENDING : GN_NOMEM);
	}
	assert_true(gn_box_next_event(b, &e) && e.kind == GN_BOX_SIGN);
	/* the owner of the key does not sign: after a while it may be asked again */
	gn_box_tick(b, b->now + BOX_SIGN_TIME);
	assert_int_equal(b->count.signs_lost, BOX_DOORS);
	while (gn_box_next_event(b, &e))
		;
	assert_int_equal(box_door_open(b, &to, &right, &shown), GN_PENDING); /* one made place */
	memset(right.key.b, 0, 32);
	right.key.b[0] = 1;
	gn_err err = box_door_open(b, &to, &right, &shown);
	assert_true(err == GN_TIMEOUT || err == GN_PENDING);
	gn_box_tick(b, b->now + BOX_RETRY_FIRST);
	assert_int_equal(box_door_open(b, &to, &right, &shown), GN_PENDING);
}
#define BOUND(test) cmocka_unit_test_setup_teardown(test, NULL, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOUND(a_request_has_so_many_ids),
		BOUND(a_peer_has_so_many_feeds),
		BOUND(a_session_has_so_many_shows),
		BOUND(there_are_so_many_peers),
		BOUND(an_item_has_its_size_and_its_time),
		BOUND(a_certificate_may_cost_so_much),
		BOUND(stores_under_way_are_bounded),
		BOUND(a_failing_disk_is_told),
		BOUND(a_listing_comes_in_pages),
		BOUND(a_watch_ends_unless_it_is_renewed),
		BOUND(answers_that_nobody_takes_are_bounded),
		BOUND(what_is_read_is_bounded),
		BOUND(copies_asked_for_are_bounded),
		BOUND(a_large_box_is_compared_in_parts),
		BOUND(operations_are_bounded),
		BOUND(requests_and_rights_are_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
