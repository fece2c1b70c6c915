/* Own sites over a node beside the test: drafts and their bounds; a node that lies, loses, has too
 * little room, or newer records; who asked gone before and after the head is being put. Rules
 * AG-130, AG-131, AG-133, AG-135..AG-137. */
#include "agent/site_int.h"
#include "agent/testing/beside.h"
#include "agent/testing/calls.h"
#include "agent/testing/nest.h"
#include "host/link.h"

#include <string.h>

static struct nest nest;
static struct beside beside;
static struct gn_agent a;
static struct gn_host_link web[2]; /* connections of programs: compared, and streams are theirs */
static struct agent_request *made[64];
static unsigned made_count;
static struct gn_fbb *builders[2];

/* ---- the node ---- */

static struct {
	uint64_t call;
	uint8_t bytes[400000];
	size_t len;
} adding;
static bool mute, lies;                   /* mute: nothing is answered but files that are added */
static uint16_t spread_code[4], put_code; /* of each spread in turn */
static unsigned spreads, heads, name_puts;
static uint64_t put_call;
static uint8_t wanted[4], receipts;
static uint8_t head[GN_RECORD_MAX]; /* the one that is out */
static size_t head_len;
static unsigned kept; /* sites in its list */

static struct gn_app_kind file_kind(unsigned member)
{
	return (struct gn_app_kind){GN_FB_APP_BODY_APP_FILE, member};
}

static void file_added(struct beside *b)
{
	struct gn_tree_hasher h;
	struct gn_hash block, root;
	struct gn_fb_hash said, one;
	gn_tree_hasher_init(&h, &block, 1);
	assert_ok(gn_tree_hasher_put(&h, gn_slice(adding.bytes, adding.len)));
	gn_tree_hasher_end(&h, &root);
	memcpy(said.b, root.b, sizeof said.b);
	memcpy(one.b, block.b, sizeof one.b);
	one.b[0] ^= lies;
	struct gn_fb_file_added_args args = {
		.root = &said, .size = adding.len, .blocks = {&one, 1}};
	uint64_t call = adding.call;
	adding.call = 0;
	beside_answer(b, call, file_kind(GN_FB_APP_FILE_BODY_FILE_ADDED),
		      gn_fb_file_added_make(beside_builder(b), &args));
}

static void spread(struct beside *b, const struct gn_host_app_event *e)
{
	struct gn_fb_blocks_spread t = {e->table};
	struct gn_fb_progress_args args = {.done = 1, .total = 9, .code = spread_code[spreads]};
	assert_int_equal(heads, 0); /* the head goes last */
	assert_true(gn_fb_blocks_spread_has_site(t) && !gn_fb_blocks_spread_once(t));
	wanted[spreads++] = gn_fb_blocks_spread_copies(t);
	beside_answer(b, e->call, file_kind(GN_FB_APP_FILE_BODY_PROGRESS),
		      gn_fb_progress_make(beside_builder(b), &args));
}

static void answer_put(struct beside *b)
{
	static const struct gn_app_kind kind = {GN_FB_APP_BODY_APP_RECORD,
						GN_FB_APP_RECORD_BODY_RECORD_STORED};
	struct gn_fbb *f = beside_builder(b);
	struct gn_receipt r = {.seq = 1};
	gn_fbref refs[8];
	for (unsigned i = 0; i < receipts; i++)
		refs[i] = gn_wire_receipt_put(f, &r);
	struct gn_fb_record_stored_args args = {.code = put_code, .receipts = {refs, receipts}};
	beside_answer(b, put_call, kind, gn_fb_record_stored_make(f, &args));
}

static void on_record(struct beside *b, const struct gn_host_app_event *e)
{
	static const struct gn_app_kind values = {GN_FB_APP_BODY_APP_RECORD,
						  GN_FB_APP_RECORD_BODY_RECORD_VALUES},
					names = {GN_FB_APP_BODY_APP_RECORD,
						 GN_FB_APP_RECORD_BODY_NAME_STORED};
	if (e->kind.member == GN_FB_APP_RECORD_BODY_RECORD_GET) {
		bool site = gn_fb_record_get_type((struct gn_fb_record_get){e->table}) ==
			    GN_FB_RECORD_TYPE_SITE;
		if (!head_len || !site) {
			beside_refuse(b, e->call, GN_NOT_FOUND);
			return;
		}
		struct gn_fbb *f = beside_builder(b);
		struct gn_fb_record_value_args one = {.record = gn_slice(head, head_len)};
		gn_fbref ref = gn_fb_record_value_make(f, &one);
		struct gn_fb_record_values_args args = {.values = {&ref, 1}};
		beside_answer(b, e->call, values, gn_fb_record_values_make(f, &args));
	} else if (e->kind.member == GN_FB_APP_RECORD_BODY_RECORD_PUT) {
		heads++;
		put_call = e->call;
		if (receipts || put_code)
			answer_put(b);
	} else if (e->kind.member == GN_FB_APP_RECORD_BODY_NAME_PUT) {
		struct gn_fb_name_stored_args args = {.held_0 = 1, .held_1 = 1};
		name_puts++;
		beside_answer(b, e->call, names, gn_fb_name_stored_make(beside_builder(b), &args));
	} else {
		beside_refuse(b, e->call, GN_NOT_FOUND);
	}
}

static void list_sites(struct beside *b, const struct gn_host_app_event *e)
{
	struct gn_fb_sites_list t = {e->table};
	uint32_t from = gn_fb_sites_list_from(t), n = 0;
	struct gn_fbb *f = beside_builder(b);
	gn_fbref refs[100];
	struct gn_fb_key owner;
	char label[16];
	memcpy(owner.b, a.owner.b, sizeof owner.b);
	for (; from + n < kept && n < 40; n++) {
		snprintf(label, sizeof label, "s%u", from + n);
		refs[n] = gn_fb_site_kept_make(
			f, &(struct gn_fb_site_kept_args){
				   .owner = &owner, .label = gn_str(label), .published = true});
	}
	struct gn_fb_sites_list_is_args args = {.sites = {refs, n}, .more = from + n < kept};
	beside_answer(b, e->call, file_kind(GN_FB_APP_FILE_BODY_SITES_LIST_IS),
		      gn_fb_sites_list_is_make(f, &args));
}

static void on_call(struct beside *b, const struct gn_host_app_event *e)
{
	if (e->what == GN_HOST_APP_DATA && e->call == adding.call) {
		bool ended;
		gn_err err;
		struct gn_slice in = gn_host_app_data(b->app, e->call, &ended, &err);
		assert_true(in.len <= sizeof adding.bytes - adding.len);
		if (in.len)
			memcpy(adding.bytes + adding.len, in.p, in.len);
		adding.len += in.len;
		gn_host_app_taken(b->app, e->call, in.len, gn_os_steady());
		if (ended)
			file_added(b);
	} else if (e->what == GN_HOST_APP_CALL && e->kind.area == GN_FB_APP_BODY_APP_FILE &&
		   e->kind.member == GN_FB_APP_FILE_BODY_FILE_ADD) {
		adding.call = e->call;
		adding.len = 0;
		gn_host_app_streams(b->app, e->call, gn_os_steady());
	} else if (e->what != GN_HOST_APP_CALL || mute) {
		return;
	} else if (e->kind.area == GN_FB_APP_BODY_APP_RECORD) {
		on_record(b, e);
	} else if (e->kind.member == GN_FB_APP_FILE_BODY_BLOCKS_SPREAD) {
		spread(b, e);
	} else if (e->kind.member == GN_FB_APP_FILE_BODY_SITES_LIST) {
		list_sites(b, e);
	} else {
		beside_refuse(b, e->call, GN_NOT_FOUND);
	}
}

/* ---- the agent ---- */

static void on_turn(struct beside *b)
{
	(void)b;
	a.now = gn_os_steady();
	(void)agent_sites_pump(&a);
}

static void no_log(void *user, enum gn_log_level level, const char *module, const char *event,
		   const char *text)
{
	(void)user, (void)level, (void)module, (void)event, (void)text;
}

static int set_up(void **state)
{
	char root[256];
	(void)state;
	memset(&a, 0, sizeof a);
	memset(&adding, 0, sizeof adding);
	memset(spread_code, 0, sizeof spread_code);
	memset(made, 0, sizeof made);
	mute = lies = false;
	put_code = 0;
	receipts = 5;
	spreads = heads = name_puts = made_count = kept = 0;
	head_len = 0;
	nest_make(&nest, NULL);
	snprintf(root, sizeof root, "%s/data", nest.root);
	assert_ok(gn_agent_vault_open(root, &nest.rand, &a.vault, nest.why));
	assert_ok(gn_agent_vault_create(a.vault, NULL, gn_slice(NULL, 0), 0));
	assert_ok(gn_agent_vault_owner(a.vault, &a.owner));
	beside_make(&beside);
	beside.call = on_call;
	gn_alloc_heap(&a.alloc, AGENT_MEMORY);
	a.host.rand = gn_rand_system();
	a.host.log.write = no_log;
	a.api.user = &a;
	a.api.request_size = sizeof(struct agent_request);
	a.now = gn_os_steady();
	a.link = beside.link;
	struct gn_host_app_config app = {.software = "agent", .now = gn_os_steady()};
	for (unsigned i = 0; i < 2; i++) {
		web[i] = (struct gn_host_link){.app = gn_host_app_new(&app)};
		builders[i] = gn_host_app_builder(web[i].app);
	}
	assert_ok(agent_sites_open(&a));
	beside.turn = on_turn;
	beside_node_up(&beside);
	BESIDE_UNTIL(&beside, beside.ups == 1);
	return 0;
}

static void let_go(void)
{
	for (unsigned i = 0; i < made_count; i++) {
		agent_site_closed(made[i]);
		made[i]->base.via = NULL;
		gn_host_release(&made[i]->base);
	}
	made_count = 0;
}

static int tear_down(void **state)
{
	(void)state;
	let_go();
	agent_sites_close(&a);
	beside.turn = NULL;
	beside_end(&beside);
	for (unsigned i = 0; i < 2; i++)
		gn_host_app_free(web[i].app);
	gn_agent_vault_close(a.vault);
	nest_remove(&nest);
	return 0;
}

/* ---- calls ---- */

static gn_err (*runs)(struct agent_request *r);
static struct gn_host_link *from;

static void (*reply)(struct gn_host_request *r, struct gn_app_kind kind, gn_fbref table, bool more);

/* What was made in the connection's builder is read where calls.h has it. */
static void on_reply(struct gn_host_request *r, struct gn_app_kind kind, gn_fbref table, bool more)
{
	r->builder = *builders[r->via - web];
	reply(r, kind, table, more);
}

static gn_err with_link(struct agent_request *r)
{
	reply = r->base.reply;
	r->base.reply = on_reply;
	r->base.via = from;
	return runs(r);
}

static struct agent_request *ask(gn_err (*run)(struct agent_request *r), uint8_t member,
				 struct gn_fbb *b, gn_fbref t)
{
	runs = run;
	from = from ? from : &web[0];
	assert_true(made_count < GN_COUNT(made));
	struct agent_request *r = calls_ask(
		&a, with_link, (struct gn_app_kind){GN_FB_APP_BODY_APP_SITE, member}, b, t);
	made[made_count++] = r;
	return r;
}

/* A draft of `count` files of that size; 0: refused. */
static uint64_t begin(const char *label, unsigned count, uint64_t size, const char *mime)
{
	struct gn_fbb b = calls_builder();
	gn_fbref refs[80];
	char path[16];
	for (unsigned i = 0; i < count; i++) {
		snprintf(path, sizeof path, "f%u", i);
		refs[i] = gn_fb_own_site_path_make(
			&b, &(struct gn_fb_own_site_path_args){
				    .path = gn_str(path), .size = size, .mime = gn_str(mime)});
	}
	struct gn_fb_own_site_begin_args args = {.label = gn_str(label), .files = {refs, count}};
	(void)ask(agent_call_site_begin, GN_FB_APP_SITE_BODY_OWN_SITE_BEGIN, &b,
		  gn_fb_own_site_begin_make(&b, &args));
	return calls_got.answers
		       ? gn_fb_own_site_draft_draft((struct gn_fb_own_site_draft){calls_got.table})
		       : 0;
}

static void give(uint64_t draft, uint32_t index, size_t len)
{
	static uint8_t bytes[300000];
	struct gn_fbb b = calls_builder();
	struct gn_fb_own_site_file_args args = {.draft = draft, .index = index};
	struct agent_request *r = ask(agent_call_site_file, GN_FB_APP_SITE_BODY_OWN_SITE_FILE, &b,
				      gn_fb_own_site_file_make(&b, &args));
	size_t at = 0, taken;
	while (at < len && !calls_got.refusals) {
		assert_ok(r->base.data(&r->base, gn_slice(bytes + at, len - at), &taken));
		at += taken;
		beside_turn(&beside);
	}
	if (!calls_got.refusals)
		r->base.data_end(&r->base);
	BESIDE_UNTIL(&beside, calls_got.answers || calls_got.refusals);
}

static struct agent_request *commit(uint64_t draft)
{
	struct gn_fbb b = calls_builder();
	struct gn_fb_own_site_commit_args args = {.draft = draft};
	return ask(agent_call_site_commit, GN_FB_APP_SITE_BODY_OWN_SITE_COMMIT, &b,
		   gn_fb_own_site_commit_make(&b, &args));
}

static void list(void)
{
	struct gn_fbb b = calls_builder();
	struct gn_fb_own_sites_list_args args = {0};
	(void)ask(agent_call_sites_list, GN_FB_APP_SITE_BODY_OWN_SITES_LIST, &b,
		  gn_fb_own_sites_list_make(&b, &args));
}

static bool over(void)
{
	return calls_got.refusals || (calls_got.answers && !calls_got.more);
}

static struct gn_fb_own_site committed(uint64_t draft)
{
	(void)commit(draft);
	BESIDE_UNTIL(&beside, over());
	assert_int_equal(calls_got.member * !calls_got.refusals, GN_FB_APP_SITE_BODY_OWN_SITE);
	return (struct gn_fb_own_site){calls_got.table};
}

static void not_committed(uint64_t draft, gn_err err)
{
	spreads = heads = 0;
	(void)commit(draft);
	BESIDE_UNTIL(&beside, over());
	assert_err(calls_got.err, err);
}

/* ---- drafts ---- */

static void drafts_end(void **state)
{
	uint64_t ids[AGENT_DRAFTS];
	(void)state;
	for (unsigned i = 0; i < AGENT_DRAFTS; i++)
		assert_true(ids[i] = begin("x", 1, 5, ""));
	assert_int_equal(begin("x", 1, 5, ""), 0);
	assert_err(calls_got.err, GN_LIMIT);
	/* another connection does not have them; the one that goes takes its own along */
	from = &web[1];
	(void)commit(ids[0]);
	assert_err(calls_got.err, GN_NOT_FOUND);
	from = &web[0];
	agent_site_left(&a, &web[1]);
	assert_true(a.sites->drafts[0].id);
	agent_site_left(&a, &web[0]);
	for (unsigned i = 0; i < AGENT_DRAFTS; i++)
		assert_false(a.sites->drafts[i].id);
	/* and so does time */
	assert_true(ids[0] = begin("x", 1, 5, ""));
	gn_time due = a.sites->drafts[0].until;
	assert_true(due == a.now + AGENT_SITE_IDLE);
	a.now = due - 1;
	assert_true(agent_sites_pump(&a) == due);
	assert_true(a.sites->drafts[0].id == ids[0]);
	a.now = due;
	(void)agent_sites_pump(&a);
	assert_false(a.sites->drafts[0].id);
}

static void lists(void **state)
{
	char mime[AGENT_SITE_MIME + 2] = {0}, label[GN_RECORD_LABEL_MAX + 2] = {0};
	(void)state;
	memset(mime, 'm', AGENT_SITE_MIME);
	memset(label, 'l', GN_RECORD_LABEL_MAX);
	assert_true(begin(label, 1, 1, mime));
	mime[AGENT_SITE_MIME] = 'm';
	assert_int_equal(begin(label, 1, 1, mime), 0);
	label[GN_RECORD_LABEL_MAX] = 'l';
	assert_int_equal(begin(label, 1, 1, ""), 0);
	assert_true(begin("", AGENT_SITE_PACK_FROM, 1, ""));
	assert_false(a.sites->drafts[1].packing);
	assert_true(begin("", AGENT_SITE_PACK_FROM + 1, 1, ""));
	assert_true(a.sites->drafts[2].packing);
}

static void files_that_are_not(void **state)
{
	uint64_t draft = begin("", 2, 100000, "");
	(void)state;
	assert_true(draft);
	give(draft, 0, 100001);
	assert_err(calls_got.err, GN_RANGE);
	give(draft, 0, 99999);
	assert_err(calls_got.err, GN_RANGE);
	lies = true;
	give(draft, 0, 100000);
	assert_err(calls_got.err, GN_HASH);
	lies = false;
	(void)commit(draft);
	assert_err(calls_got.err, GN_STATE);
	give(draft, 0, 100000);
	give(draft, 1, 100000);
	assert_int_equal(calls_got.refusals, 0);
	/* of a file that nobody ends nothing is left; another one comes then */
	struct gn_fbb b = calls_builder();
	struct gn_fb_own_site_file_args args = {.draft = draft, .index = 1};
	struct agent_request *r = ask(agent_call_site_file, GN_FB_APP_SITE_BODY_OWN_SITE_FILE, &b,
				      gn_fb_own_site_file_make(&b, &args));
	assert_false(a.sites->drafts[0].files[1].have);
	agent_site_closed(r);
	assert_null(a.sites->drafts[0].up);
	give(draft, 1, 100000);
	assert_int_equal(calls_got.refusals, 0);
	assert_int_equal(gn_fb_own_site_files(committed(draft)), 2);
	assert_false(a.sites->drafts[0].id);
}

/* ---- commits ---- */

static void fewer_nodes(void **state)
{
	uint64_t draft = begin("", 1, 10, "");
	(void)state;
	give(draft, 0, 10);
	for (unsigned i = 0; i < 3; i++)
		spread_code[i] = GN_QUORUM;
	not_committed(draft, GN_QUORUM);
	assert_true(wanted[0] == 3 && wanted[1] == 2 && wanted[2] == 1 && spreads == 3);
	assert_int_equal(heads, 0);
	/* the node lost it: it comes again */
	spread_code[0] = GN_NOT_FOUND;
	not_committed(draft, GN_NOT_FOUND);
	not_committed(draft, GN_STATE);
	give(draft, 0, 10);
	/* somebody else was there first */
	spread_code[0] = 0;
	put_code = GN_STALE;
	receipts = 0;
	not_committed(draft, GN_STALE);
	assert_int_equal(heads, 1);
	/* two nodes, of which few sign */
	spreads = heads = 0;
	spread_code[0] = GN_QUORUM;
	spread_code[1] = 0;
	put_code = GN_QUORUM;
	receipts = 2;
	struct gn_fb_own_site t = committed(draft);
	assert_true(gn_fb_own_site_copies(t) == 2 && gn_fb_own_site_few(t) &&
		    gn_fb_own_site_receipts(t) == 2 && gn_fb_own_site_version(t) == 1);
	assert_int_equal(name_puts, 1); /* the PID's record set */
}

static void who_asked_is_gone(void **state)
{
	uint64_t draft = begin("", 1, 10, "");
	(void)state;
	give(draft, 0, 10);
	/* before the head is put: nothing comes of it */
	mute = true;
	struct agent_request *r = commit(draft);
	for (unsigned i = 0; i < 50; i++)
		beside_turn(&beside);
	agent_site_closed(r);
	mute = false;
	assert_true(a.sites->drafts[0].id == draft && !a.sites->works[0]);
	assert_int_equal(heads, 0);
	/* while it is put: it goes on, and so does the name; the draft goes with its connection */
	receipts = 0;
	r = commit(draft);
	BESIDE_UNTIL(&beside, heads == 1);
	agent_site_closed(r);
	agent_site_left(&a, &web[0]);
	assert_false(a.sites->drafts[0].id);
	assert_non_null(a.sites->works[0]);
	receipts = 5;
	answer_put(&beside);
	BESIDE_UNTIL(&beside, name_puts == 1);
	BESIDE_UNTIL(&beside, !a.sites->works[0]);
	assert_false(calls_got.refusals);
}

static void one_at_a_time(void **state)
{
	uint64_t one = begin("a", 1, 0, ""), other = begin("a", 1, 0, ""),
		 third = begin("b", 1, 0, "");
	(void)state;
	mute = true;
	(void)commit(one);
	(void)commit(one);
	assert_err(calls_got.err, GN_BUSY);
	(void)commit(other);
	assert_err(calls_got.err, GN_BUSY);
	(void)commit(third);
	assert_int_equal(calls_got.refusals, 0);
	for (unsigned i = 2; i < AGENT_SITE_WORKS; i++) {
		list();
		assert_int_equal(calls_got.refusals, 0);
	}
	list();
	assert_err(calls_got.err, GN_LIMIT);
	/* locked: all of it ends */
	agent_sites_close(&a);
	assert_ok(agent_sites_open(&a));
}

/* ---- bounds of what is read ---- */

/* A head whose version before has a manifest of so many bytes. */
static void make_head(uint64_t size)
{
	static struct gn_hash blocks[GN_MANIFEST_BLOCKS];
	const struct gn_agent_identity *id;
	struct gn_head_version v = {.version = 1, .total_size = 1, .manifest_size = size};
	size_t count = (size_t)gn_tree_block_count(size);
	memset(blocks, 7, sizeof blocks);
	v.manifest_blocks = gn_slice(blocks, count * sizeof blocks[0]);
	gn_merkle_root(blocks, count, &v.manifest);
	struct gn_head h = {.owner = a.owner, .label = GN_LIT(""), .seq = 1, .now = v};
	struct gn_head_version next = v;
	next.version = 2;
	gn_head_advance(&h, &next);
	h.created = agent_unix(&a);
	h.ttl = GN_BUNDLE_TTL;
	struct gn_buf out = {head, 0, sizeof head};
	assert_ok(gn_agent_vault_identity(a.vault, gn_slice(NULL, 0), a.now));
	assert_ok(gn_agent_vault_identity_get(a.vault, a.now, &id));
	assert_ok(gn_head_record(&id->keys.sk, &h, &out));
	head_len = out.len;
}

static const char *rolled_back(void)
{
	struct gn_fbb b = calls_builder();
	struct gn_fb_own_site_roll_back_args args = {.version = 1};
	(void)ask(agent_call_site_roll_back, GN_FB_APP_SITE_BODY_OWN_SITE_ROLL_BACK, &b,
		  gn_fb_own_site_roll_back_make(&b, &args));
	BESIDE_UNTIL(&beside, over());
	return calls_got.why;
}

static void large_sites(void **state)
{
	static struct gn_hash hashes[AGENT_SITE_BLOCKS + 1];
	struct agent_site_work w = {.agent = &a};
	(void)state;
	make_head(AGENT_SITE_MANIFEST);
	assert_null(strstr(rolled_back(), "large")); /* the node does not have it */
	make_head(AGENT_SITE_MANIFEST + 1);
	assert_non_null(strstr(rolled_back(), "large"));
	assert_ok(agent_site_add(&w, hashes, AGENT_SITE_BLOCKS));
	assert_err(agent_site_add(&w, hashes, 1), GN_LIMIT);
	free(w.blocks);
}

static void many_sites(void **state)
{
	(void)state;
	for (kept = AGENT_SITES_LISTED; kept <= AGENT_SITES_LISTED + 1; kept++) {
		list();
		BESIDE_UNTIL(&beside, over());
		struct gn_fb_own_sites_is t = {calls_got.table};
		assert_int_equal(gn_fb_own_sites_is_sites_len(t), AGENT_SITES_LISTED);
		/* none of them can be read: each says so */
		assert_int_equal(gn_fb_own_site_code(gn_fb_own_sites_is_sites_at(t, 1)),
				 GN_NOT_FOUND);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(drafts_end, set_up, tear_down),
		cmocka_unit_test_setup_teardown(lists, set_up, tear_down),
		cmocka_unit_test_setup_teardown(files_that_are_not, set_up, tear_down),
		cmocka_unit_test_setup_teardown(fewer_nodes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(who_asked_is_gone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(one_at_a_time, set_up, tear_down),
		cmocka_unit_test_setup_teardown(large_sites, set_up, tear_down),
		cmocka_unit_test_setup_teardown(many_sites, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
