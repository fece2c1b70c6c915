/* Files on their way over a node beside the test: sealed, stored before they leave, resumed,
 * copied, said; nodes that go away, lie, lose, refuse; every bound. Rules AG-80..AG-82, AG-84,
 * PE-73. */
#include "agent/file_int.h"
#include "agent/testing/beside.h"
#include "agent/testing/nest.h"

#include <string.h>

#define SIZE (2 * AGENT_FILE_BLOCK + 100000)

static struct nest nest;
static struct beside beside;
static struct gn_agent a;
static struct gn_sk owner, friend;
static uint8_t plain[SIZE + 10];

/* ---- the node: it keeps what it is given ---- */

static struct {
	uint64_t call;
	uint8_t bytes[GN_BLOCK];
	size_t len;
} adding[4];
static uint8_t stored[8][GN_BLOCK];
static size_t stored_len[8];
static struct gn_hash stored_hash[8];
static unsigned stored_count, added, spreads;
static bool mute, lies;
static gn_err refuses;
static uint16_t spread_code;
static uint64_t spread_copies, spread_until;
static uint8_t spread_wanted;

static void block_hash(const uint8_t *bytes, size_t len, struct gn_hash *out)
{
	struct gn_hash leaves[GN_BLOCK_CHUNKS];
	size_t n = 0;
	for (size_t at = 0; at < len; at += GN_CHUNK)
		gn_merkle_leaf(gn_slice(bytes + at, len - at < GN_CHUNK ? len - at : GN_CHUNK),
			       &leaves[n++]);
	gn_merkle_root(leaves, n, out);
}

static void keep_block(struct beside *b, unsigned i)
{
	static const struct gn_app_kind kind = {GN_FB_APP_BODY_APP_FILE,
						GN_FB_APP_FILE_BODY_FILE_ADDED};
	struct gn_hash hash;
	struct gn_fb_hash root;
	uint64_t call = adding[i].call;
	adding[i].call = 0;
	added++;
	if (refuses) {
		beside_refuse(b, call, refuses);
		return;
	}
	block_hash(adding[i].bytes, adding[i].len, &hash);
	unsigned at = 0;
	while (at < stored_count && !gn_hash_eq(&stored_hash[at], &hash))
		at++;
	assert_true(at < 8);
	memcpy(stored[at], adding[i].bytes, adding[i].len);
	stored_len[at] = adding[i].len;
	stored_hash[at] = hash;
	stored_count += at == stored_count;
	memcpy(root.b, hash.b, sizeof root.b);
	root.b[0] ^= lies;
	struct gn_fb_file_added_args args = {.root = &root, .size = adding[i].len};
	struct gn_fbb *fbb = beside_builder(b);
	beside_answer(b, call, kind, gn_fb_file_added_make(fbb, &args));
}

static void spread_answer(struct beside *b, uint64_t call, uint32_t blocks)
{
	static const struct gn_app_kind kind = {GN_FB_APP_BODY_APP_FILE,
						GN_FB_APP_FILE_BODY_PROGRESS};
	struct gn_fb_progress_args args = {
		.done = spread_copies, .total = 3 * blocks, .code = spread_code};
	struct gn_fbb *fbb = beside_builder(b);
	beside_answer(b, call, kind, gn_fb_progress_make(fbb, &args));
}

static void on_call(struct beside *b, const struct gn_host_app_event *e)
{
	unsigned i = 0;
	if (e->what == GN_HOST_APP_DATA) {
		while (i < GN_COUNT(adding) && adding[i].call != e->call)
			i++;
		if (i == GN_COUNT(adding))
			return;
		bool ended;
		gn_err err;
		struct gn_slice in = gn_host_app_data(b->app, e->call, &ended, &err);
		assert_true(adding[i].len + in.len <= GN_BLOCK);
		if (in.len)
			memcpy(adding[i].bytes + adding[i].len, in.p, in.len);
		adding[i].len += in.len;
		gn_host_app_taken(b->app, e->call, in.len, gn_os_steady());
		if (ended && !mute)
			keep_block(b, i);
		return;
	}
	if (e->what != GN_HOST_APP_CALL || e->kind.area != GN_FB_APP_BODY_APP_FILE)
		return;
	if (e->kind.member == GN_FB_APP_FILE_BODY_FILE_ADD) {
		while (adding[i].call)
			assert_true(++i < GN_COUNT(adding));
		adding[i].call = e->call;
		adding[i].len = 0;
		gn_host_app_streams(b->app, e->call, gn_os_steady());
	} else if (e->kind.member == GN_FB_APP_FILE_BODY_BLOCKS_SPREAD) {
		struct gn_fb_blocks_spread t = {e->table};
		spreads++;
		spread_until = gn_fb_blocks_spread_keep_until(t);
		spread_wanted = gn_fb_blocks_spread_copies(t);
		assert_true(gn_fb_blocks_spread_once(t));
		spread_answer(b, e->call, gn_fb_blocks_spread_blocks_len(t));
	}
}

/* ---- the agent: what files need of it ---- */

static bool nobody(void *user, const struct gn_people_find *find, struct gn_people_found *out)
{
	return agent_find(user, find, out);
}

static void on_turn(struct beside *b)
{
	(void)b;
	a.now = gn_os_steady();
	(void)agent_files_pump(&a);
	assert_false(a.failed);
}

/* A contact who has accepted us. */
static void befriend(void)
{
	uint8_t bytes[1024];
	struct gn_buf content = {bytes, 0, sizeof bytes};
	struct gn_content c = {.kind = GN_CONTENT_TEXT, .text = GN_LIT("hello"), .seq = 1};
	c.sent = c.order = agent_unix_ms(&a);
	c.id.b[0] = 1;
	assert_ok(gn_content_make(&c, &content));
	struct gn_people_in in = {
		.owner = friend.pk, .device = friend.pk, .content = gn_buf_slice(&content)};
	assert_ok(gn_people_recv(a.people, &in, a.now));
	agent_settle(&a);
	assert_ok(gn_people_answer(a.people, &friend.pk, true, a.now));
	agent_settle(&a);
}

static void no_log(void *user, enum gn_log_level level, const char *module, const char *event,
		   const char *text)
{
	(void)user;
	(void)level;
	(void)module;
	(void)event;
	(void)text;
}

static int set_up(void **state)
{
	(void)state;
	memset(&a, 0, sizeof a);
	memset(adding, 0, sizeof adding);
	stored_count = added = spreads = 0;
	mute = lies = false;
	refuses = GN_OK;
	spread_code = 0;
	spread_copies = 9;
	for (size_t i = 0; i < sizeof plain; i++)
		plain[i] = (uint8_t)(i * 13 + i / 509);
	nest_make(&nest, NULL);
	nest_open(&nest);
	beside_make(&beside);
	beside.call = on_call;
	gn_sk_from_seed((const uint8_t[32]){1}, &owner);
	gn_sk_from_seed((const uint8_t[32]){2}, &friend);
	gn_alloc_heap(&a.alloc, AGENT_MEMORY);
	a.host.rand = gn_rand_system();
	a.host.log.write = no_log;
	a.env = gn_host_env(&a.host, &a.alloc);
	a.api.told = gn_host_told_new(&(struct gn_host_told_config){
		.count = 64, .bytes = 1u << 20, .keep = 3600 * GN_SEC});
	a.now = gn_os_steady();
	a.db = nest.db;
	assert_non_null(a.api.told);
	a.link = beside.link;
	a.owner = owner.pk;
	struct gn_e2ee_own mine = {.owner = owner.pk, .device = owner.pk};
	assert_ok(gn_e2ee_new(&a.env, &mine, &a.e2ee));
	struct gn_people_config config = {
		.owner = owner.pk, .device = owner.pk, .find = nobody, .user = &a};
	assert_ok(gn_people_new(&a.env, &config, &a.people));
	befriend();
	assert_ok(agent_files_open(&a));
	beside.turn = on_turn;
	beside_node_up(&beside);
	BESIDE_UNTIL(&beside, beside.ups == 1);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	beside.turn = NULL;
	agent_files_close(&a);
	gn_people_free(a.people);
	gn_e2ee_free(a.e2ee);
	beside_end(&beside);
	gn_host_told_free(a.api.told);
	nest_remove(&nest);
	free(a.events);
	free(a.found_row);
	free(a.found_content);
	return 0;
}

static struct agent_file *begin(uint64_t size, uint8_t id, gn_err want)
{
	struct agent_file_head head = {
		.owner = friend.pk, .size = size, .at_ms = agent_unix_ms(&a)};
	struct agent_file_words words = {.name = GN_LIT("name"), .text = GN_LIT("text")};
	struct gn_slice key = GN_SLICE(friend.pk.b);
	struct agent_file *f = NULL;
	head.id.b[0] = id;
	head.key.b[5] = 9;
	gn_sha256(&key, 1, &head.chat);
	assert_err(agent_file_begin(&a, &head, &words, &f), want);
	return f;
}

/* Gives it all from its beginning on, in cuts. */
static gn_err give(struct agent_file *f)
{
	static int here;
	f->client = &here;
	f->gone = NULL;
	uint64_t at = agent_file_from(f);
	gn_err err = GN_OK;
	while (at < f->head.size && !err && !f->err) {
		size_t taken, n = f->head.size - at < 70001 ? (size_t)(f->head.size - at) : 70001;
		err = agent_file_data(f, gn_slice(plain + at, n), &taken);
		at += taken;
		if (!err && taken < n)
			beside_turn(&beside);
	}
	err = err ? err : f->err ? f->err : agent_file_data_end(f);
	f->client = NULL;
	return err;
}

/* What the message says is opened from what the node has. */
static bool check_message(void *user, const struct gn_agent_message *m)
{
	static struct gn_content_opening o;
	struct gn_content c;
	uint64_t at, len, got = 0, size = *(const uint64_t *)user;
	assert_ok(gn_content_open(m->content, &c, NULL));
	assert_int_equal(c.kind, GN_CONTENT_FILE);
	const struct gn_content_file *f = &c.u.files.at[0];
	struct gn_bundle_file bundle;
	assert_true(gn_slice_eq(c.text, GN_LIT("text")) && gn_slice_eq(f->name, GN_LIT("name")));
	assert_ok(gn_content_file_bundle(f, &bundle));
	assert_int_equal(f->size, size);
	assert_ok(gn_content_opening(&o, f, 0, 0, &at, &len));
	for (size_t b = 0; b < bundle.blocks.len; b += 32) {
		unsigned i = 0;
		while (memcmp(stored_hash[i].b, bundle.blocks.p + b, 32) != 0)
			assert_true(++i < stored_count);
		struct gn_slice in = gn_slice(stored[i], stored_len[i]), out;
		while (in.len) {
			size_t taken;
			assert_ok(gn_content_opening_put(&o, in, &taken, &out));
			assert_memory_equal(out.p ? out.p : plain + got, plain + got, out.len);
			got += out.len;
			in = gn_slice_sub(in, taken, in.len - taken);
		}
	}
	assert_true(gn_content_opening_done(&o) && got == size);
	return false;
}

static void assert_said(uint8_t id, uint64_t size)
{
	struct gn_agent_chat_id chat;
	struct gn_agent_message_id message = {{id}};
	struct gn_slice key = GN_SLICE(friend.pk.b);
	struct gn_hash hash;
	gn_sha256(&key, 1, &hash);
	memcpy(chat.b, hash.b, sizeof chat.b);
	assert_ok(gn_agent_message_find(nest.db, &chat, true, &message, check_message, &size));
}

/* ---- all is well ---- */

static void sent(void **state)
{
	static const uint64_t sizes[] = {0, 1, GN_CONTENT_PIECE, AGENT_FILE_BLOCK, SIZE};
	(void)state;
	for (unsigned i = 0; i < GN_COUNT(sizes); i++) {
		struct agent_file *f = begin(sizes[i], (uint8_t)(i + 1), GN_OK);
		assert_ok(give(f));
		BESIDE_UNTIL(&beside, f->state == AGENT_FILE_DONE);
		assert_said((uint8_t)(i + 1), sizes[i]);
		agent_file_leave(f);
		assert_null(a.files->at[0]);
		stored_count = 0;
	}
	assert_int_equal(spreads, GN_COUNT(sizes));
	assert_int_equal(spread_wanted, AGENT_FILE_COPIES);
	assert_true(spread_until >= agent_unix(&a) + AGENT_FILE_TTL - 100 &&
		    spread_until <= agent_unix(&a) + AGENT_FILE_TTL);
	/* nothing readable is in the store or beside it */
	nest_close(&nest);
	assert_int_equal(nest_grep(&nest, gn_slice(plain + 1000, 64)), 0);
	nest_open(&nest);
	a.db = nest.db;
}

/* ---- going on ---- */

static void resumed(void **state)
{
	struct agent_file *f = begin(SIZE, 1, GN_OK);
	struct gn_content_id id = f->head.id;
	size_t taken;
	(void)state;
	/* one block and a half, and the client is gone */
	mute = true;
	assert_ok(agent_file_data(f, gn_slice(plain, AGENT_FILE_BLOCK + 5000), &taken));
	assert_int_equal(taken, AGENT_FILE_BLOCK + 5000);
	assert_int_equal(f->head.meant, 1);
	agent_file_leave(f);
	mute = false;
	memset(adding, 0, sizeof adding);
	assert_ok(agent_file_resume(&a, &id, &f));
	assert_int_equal(agent_file_from(f), 0); /* the node never said that it has it */
	assert_int_equal(f->head.meant, 1);
	/* another file in that block: nothing of it leaves */
	unsigned before = added;
	plain[77] ^= 1;
	assert_err(agent_file_data(f, gn_slice(plain, AGENT_FILE_BLOCK), &taken), GN_STATE);
	for (unsigned i = 0; i < 50; i++)
		beside_turn(&beside);
	assert_int_equal(added, before);
	plain[77] ^= 1;
	agent_file_leave(f);
	/* the same file goes on, over a node that goes away meanwhile */
	assert_ok(agent_file_resume(&a, &id, &f));
	assert_ok(agent_file_data(f, gn_slice(plain, 2 * AGENT_FILE_BLOCK), &taken));
	BESIDE_UNTIL(&beside, f->head.done >= 1);
	beside_node_down(&beside);
	memset(adding, 0, sizeof adding);
	for (unsigned i = 0; i < 50; i++)
		beside_turn(&beside);
	agent_file_leave(f);
	beside_node_up(&beside);
	BESIDE_UNTIL(&beside, beside.ups == 2);
	assert_ok(agent_file_resume(&a, &id, &f));
	assert_true(agent_file_from(f) <= AGENT_FILE_BLOCK * 2);
	assert_ok(give(f));
	BESIDE_UNTIL(&beside, f->state == AGENT_FILE_DONE);
	assert_said(1, SIZE);
	agent_file_leave(f);
	/* sent: nothing is on its way */
	assert_ok(agent_file_resume(&a, &id, &f));
	assert_null(f);
	assert_err(agent_file_drop(&a, &id), GN_NOT_FOUND);
}

/* It goes on without its client, and over a start of the agent. */
static void alone(void **state)
{
	struct agent_file *f = begin(SIZE, 1, GN_OK);
	(void)state;
	spread_code = GN_QUORUM;
	spread_copies = 2; /* of 3 blocks: one has none */
	assert_ok(give(f));
	BESIDE_UNTIL(&beside, spreads == 1 && f->due > a.now);
	assert_int_equal(f->state, AGENT_FILE_SPREADING);
	assert_int_equal(f->wait, AGENT_FILE_WAIT);
	assert_int_equal(f->head.code, GN_QUORUM);
	agent_file_leave(f);
	assert_ptr_equal(a.files->at[0], f);
	agent_files_close(&a);
	assert_ok(agent_files_open(&a));
	BESIDE_UNTIL(&beside, spreads == 2);
	f = a.files->at[0];
	for (unsigned i = 0; i < 20; i++) { /* longer each time, to its end */
		f->due = a.now;
		unsigned seen = spreads;
		BESIDE_UNTIL(&beside, spreads > seen && f->due > a.now);
	}
	assert_int_equal(f->wait, AGENT_FILE_WAIT_MAX);
	spread_copies = 3; /* too few, but each once on average */
	f->due = a.now;
	BESIDE_UNTIL(&beside, f->state == AGENT_FILE_DONE);
	assert_said(1, SIZE);
}

/* ---- nodes that do not what they should ---- */

static void refused(void **state)
{
	struct agent_file *f = begin(1000, 1, GN_OK);
	(void)state;
	refuses = GN_NO_SPACE;
	assert_ok(give(f));
	BESIDE_UNTIL(&beside, f->err);
	assert_int_equal(f->err, GN_NO_SPACE);
	agent_file_leave(f);
	/* busy is no refusal */
	refuses = GN_BUSY;
	f = begin(1000, 2, GN_OK);
	assert_ok(give(f));
	unsigned before = added;
	BESIDE_UNTIL(&beside, added > before + 1);
	assert_true(!f->err && f->wait <= AGENT_FILE_WAIT_NODE);
	refuses = GN_OK;
	f->due = a.now;
	BESIDE_UNTIL(&beside, f->state == AGENT_FILE_DONE);
	agent_file_leave(f);
	/* it says that it has something else */
	lies = true;
	f = begin(1000, 3, GN_OK);
	assert_ok(give(f));
	BESIDE_UNTIL(&beside, f->err);
	assert_int_equal(f->err, GN_HASH);
	agent_file_leave(f);
	lies = false;
	/* it let it go before others had it */
	spread_code = GN_NOT_FOUND;
	f = begin(SIZE, 4, GN_OK);
	assert_ok(give(f));
	BESIDE_UNTIL(&beside, f->err);
	assert_int_equal(f->err, GN_NOT_FOUND);
	assert_int_equal(agent_file_from(f), 0);
	assert_int_equal(f->head.meant, 3);
	struct gn_content_id id = f->head.id;
	agent_file_leave(f);
	spread_code = 0;
	assert_ok(agent_file_resume(&a, &id, &f));
	assert_ok(give(f));
	BESIDE_UNTIL(&beside, f->state == AGENT_FILE_DONE);
	assert_said(4, SIZE);
}

/* They were blocked meanwhile: it ends, with its reason. */
static void never_said(void **state)
{
	struct agent_file *f = begin(1000, 1, GN_OK);
	bool blocked = true;
	(void)state;
	assert_ok(gn_people_change(a.people, &friend.pk,
				   &(struct gn_people_change){.blocked = &blocked}, a.now));
	agent_settle(&a);
	assert_ok(give(f));
	BESIDE_UNTIL(&beside, f->state == AGENT_FILE_FAILED);
	assert_int_equal(f->head.code, GN_DENIED);
}

/* ---- bounds ---- */

static void bounds(void **state)
{
	struct agent_file *all[AGENT_FILES], *f;
	size_t taken;
	(void)state;
	/* what comes while the node takes nothing: so many blocks, no byte more */
	mute = true;
	f = begin(SIZE, 1, GN_OK);
	assert_ok(agent_file_data(f, gn_slice(plain, SIZE), &taken));
	assert_int_equal(taken, AGENT_FILE_SLOTS * AGENT_FILE_BLOCK);
	assert_ok(agent_file_data(f, gn_slice(plain, 1), &taken));
	assert_int_equal(taken, 0);
	assert_err(agent_file_data_end(f), GN_RANGE); /* and more was promised */
	agent_file_leave(f);
	memset(adding, 0, sizeof adding);
	/* a byte more than its size */
	f = begin(10, 2, GN_OK);
	assert_err(agent_file_data(f, gn_slice(plain, 11), &taken), GN_RANGE);
	agent_file_leave(f);
	/* files at once, and one more */
	for (uint8_t i = 0; i < AGENT_FILES; i++)
		all[i] = begin(10, i + 10, GN_OK);
	(void)begin(10, 99, GN_LIMIT);
	/* one that waits alone for a better time gives way, and comes back */
	mute = false;
	spread_code = GN_QUORUM;
	spread_copies = 0;
	all[0]->state = AGENT_FILE_SPREADING;
	agent_file_keep(all[0]);
	f = begin(10, 99, GN_OK);
	agent_file_leave(f);
	for (unsigned i = 1; i < AGENT_FILES; i++)
		agent_file_leave(all[i]);
	unsigned before = spreads;
	BESIDE_UNTIL(&beside, spreads > before);
}

static void forgotten(void **state)
{
	struct agent_file *f = begin(10, 1, GN_OK);
	struct gn_content_id id = f->head.id, other = {{2}};
	(void)state;
	f->head.at_ms -= AGENT_FILE_KEPT_MS + 1;
	agent_file_keep(f);
	agent_file_leave(f);
	f = begin(10, 2, GN_OK);
	f->head.at_ms -= AGENT_FILE_KEPT_MS - 60000;
	agent_file_keep(f);
	agent_file_leave(f);
	a.files->look = false;
	a.files->forget = a.now + AGENT_FILE_LOOK;
	assert_int_equal(agent_files_pump(&a), a.files->forget);
	assert_ok(agent_file_resume(&a, &id, &f));
	assert_non_null(f);
	agent_file_leave(f);
	a.files->look = false;
	a.files->forget = a.now; /* an hour later */
	(void)agent_files_pump(&a);
	assert_ok(agent_file_resume(&a, &id, &f));
	assert_null(f);
	assert_ok(agent_file_resume(&a, &other, &f));
	assert_non_null(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(sent, set_up, tear_down),
		cmocka_unit_test_setup_teardown(resumed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(alone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(never_said, set_up, tear_down),
		cmocka_unit_test_setup_teardown(bounds, set_up, tear_down),
		cmocka_unit_test_setup_teardown(forgotten, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
