/* The store as its callers see it: transactions, pages, search, limits. Spec: AG-27, AG-30..34,
 * AG-41. */
#include "agent/limits.h"
#include "agent/testing/nest.h"

static struct nest nest;

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

struct seen {
	unsigned count, stop;
	uint64_t first, last;
	char text[256];
};

static bool see_message(void *user, const struct gn_agent_message *m)
{
	struct seen *s = user;
	s->first = s->count ? s->first : m->number;
	s->last = m->number;
	snprintf(s->text, sizeof s->text, "%.*s", (int)m->text.len, (const char *)m->text.p);
	return ++s->count != s->stop;
}

static bool see_found(void *user, const struct gn_agent_found *f)
{
	struct seen *s = user;
	s->first = s->count ? s->first : f->place;
	s->last = f->place;
	snprintf(s->text, sizeof s->text, "%.*s", (int)f->snippet.len, (const char *)f->snippet.p);
	return ++s->count != s->stop;
}

static struct seen history(unsigned chat, uint64_t before, uint64_t after, unsigned limit,
			   bool more)
{
	struct seen s = {0};
	bool is_more;
	struct gn_agent_page page = {
		.chat = nest_chat(chat), .before = before, .after = after, .limit = limit};
	assert_ok(gn_agent_history(nest.db, &page, see_message, &s, &is_more));
	assert_int_equal(is_more, more);
	return s;
}

static struct seen search(const char *text, const struct gn_agent_chat_id *chat, uint64_t below)
{
	struct seen s = {0};
	bool more;
	struct gn_agent_search what = {
		.text = gn_str(text), .chat = chat, .below = below, .limit = AGENT_LIMIT_MAX};
	assert_ok(gn_agent_search(nest.db, &what, see_found, &s, &more));
	return s;
}

/* ---- transactions ---- */

static void transactions(void **state)
{
	(void)state;
	struct gn_agent_tx tx, other;
	struct gn_agent_chat c = {.id = nest_chat(0)};
	struct gn_agent_page page = {.chat = c.id};
	struct seen s = {0};
	bool more;
	assert_ok(gn_agent_tx_begin(nest.db, &tx));
	memset(&other, 0xa5, sizeof other);
	assert_err(gn_agent_tx_begin(nest.db, &other), GN_STATE);
	gn_agent_tx_abort(&other); /* one that did not begin is nothing */
	assert_ok(gn_agent_chat_put(&tx, &c));
	/* read within it, gone after it was given up */
	assert_ok(gn_agent_history(nest.db, &page, see_message, &s, &more));
	gn_agent_tx_abort(&tx);
	gn_agent_tx_abort(&tx);
	assert_err(gn_agent_chat_put(&tx, &c), GN_STATE);
	assert_err(gn_agent_tx_commit(&tx), GN_STATE);
	assert_err(gn_agent_history(nest.db, &page, see_message, &s, &more), GN_NOT_FOUND);
	/* a refused word spoils nothing */
	assert_ok(gn_agent_tx_begin(nest.db, &tx));
	assert_ok(gn_agent_chat_put(&tx, &c));
	struct gn_agent_message m = {.chat = c.id, .text = GN_LIT("\xff")};
	uint64_t number;
	assert_err(gn_agent_message_put(&tx, &m, false, &number), GN_TEXT);
	assert_ok(gn_agent_tx_commit(&tx));
	assert_int_equal(nest_count(&nest, 0), 0);
	assert_int_equal(nest_say(&nest, 0, 1), 1);
	/* closed with one open */
	assert_ok(gn_agent_tx_begin(nest.db, &tx));
	c.id = nest_chat(9);
	assert_ok(gn_agent_chat_put(&tx, &c));
	nest_close(&nest);
	nest_open(&nest);
	page.chat = c.id;
	assert_err(gn_agent_history(nest.db, &page, see_message, &s, &more), GN_NOT_FOUND);
	assert_ok(gn_agent_db_check(nest.db));
}

/* ---- messages ---- */

static void numbers(void **state)
{
	(void)state;
	for (unsigned i = 1; i <= 120; i++) {
		assert_int_equal(nest_say(&nest, 0, i), i);
		assert_int_equal(nest_say(&nest, 1, i), i);
	}
	struct seen s = history(0, 0, 0, 0, true);
	assert_int_equal(s.count, AGENT_LIMIT_DEFAULT);
	assert_int_equal(s.first, 120);
	assert_int_equal(s.last, 71);
	s = history(0, s.last, 0, 70, false);
	assert_int_equal(s.first, 70);
	assert_int_equal(s.last, 1);
	s = history(0, 0, 100, 5, true);
	assert_int_equal(s.first, 101);
	assert_int_equal(s.last, 105);
	/* again: the same number, and nothing is added */
	char text[96];
	struct gn_agent_message m = nest_message(0, 50, text);
	struct gn_agent_tx tx;
	uint64_t number = 0;
	assert_ok(gn_agent_tx_begin(nest.db, &tx));
	assert_ok(gn_agent_message_put(&tx, &m, false, &number));
	assert_int_equal(number, 50);
	/* a number that went is not given again */
	m = nest_message(0, 120, text);
	assert_ok(gn_agent_message_delete(&tx, &m.chat, m.mine, &m.id));
	m = nest_message(0, 121, text);
	assert_ok(gn_agent_message_put(&tx, &m, false, &number));
	assert_int_equal(number, 121);
	assert_ok(gn_agent_tx_commit(&tx));
	struct seen found = {0};
	assert_ok(gn_agent_message_find(nest.db, &m.chat, m.mine, &m.id, see_message, &found));
	assert_int_equal(found.last, 121);
	assert_err(gn_agent_message_find(nest.db, &m.chat, !m.mine, &m.id, see_message, &found),
		   GN_NOT_FOUND);
	m.id.b[15] ^= 1;
	assert_err(gn_agent_message_find(nest.db, &m.chat, m.mine, &m.id, see_message, &found),
		   GN_NOT_FOUND);
}

/* Pages go by place, whenever a message came; what is not shown is in none. */
static void places(void **state)
{
	(void)state;
	static const unsigned order[] = {5, 1, 4, 2, 3}; /* of numbers 1 to 5 */
	struct gn_agent_tx tx;
	uint64_t number;
	char text[96];
	for (unsigned i = 1; i <= 5; i++)
		nest_say(&nest, 0, i);
	assert_ok(gn_agent_tx_begin(nest.db, &tx));
	for (unsigned i = 1; i <= 5; i++) {
		struct gn_agent_message m = nest_message(0, i, text);
		m.order = order[i - 1];
		m.shown = i != 3; /* place 4 */
		assert_ok(gn_agent_message_put(&tx, &m, false, &number));
		assert_int_equal(number, i);
	}
	assert_ok(gn_agent_tx_commit(&tx));
	struct seen s = history(0, 0, 0, 0, false);
	assert_int_equal(s.count, 4);
	assert_int_equal(s.first, 1);
	assert_int_equal(s.last, 2);
	s = history(0, 5, 0, 0, false); /* before place 3 */
	assert_int_equal(s.count, 2);
	assert_int_equal(s.first, 4);
	s = history(0, 0, 4, 0, false); /* after place 2 */
	assert_int_equal(s.count, 2);
	assert_int_equal(s.first, 5);
	assert_int_equal(s.last, 1);
	struct gn_agent_page page = {.chat = nest_chat(0), .before = 6};
	bool more;
	assert_err(gn_agent_history(nest.db, &page, see_message, &s, &more), GN_NOT_FOUND);
	/* a tie is broken by sent, then by id */
	assert_ok(gn_agent_tx_begin(nest.db, &tx));
	for (unsigned i = 1; i <= 5; i++) {
		struct gn_agent_message m = nest_message(0, i, text);
		m.order = 7;
		m.sent_ms = i < 3 ? 9 : 8;
		m.id.b[15] = 1; /* another content */
		assert_ok(gn_agent_message_put(&tx, &m, false, &number));
		assert_int_equal(number, 5 + i);
	}
	assert_ok(gn_agent_tx_commit(&tx));
	s = history(0, 0, 1, 0, false);
	assert_int_equal(s.first, 8);
	assert_int_equal(s.last, 7);
}

static bool see_content(void *user, const struct gn_agent_message *m)
{
	struct seen *s = user;
	snprintf(s->text, sizeof s->text, "%.*s %.*s", (int)m->row.len, (const char *)m->row.p,
		 (int)m->content.len, (const char *)m->content.p);
	s->last = m->number;
	return true;
}

/* A row changes without its content. */
static void content_stays(void **state)
{
	(void)state;
	struct gn_agent_tx tx;
	uint64_t number;
	char text[96];
	nest_say(&nest, 0, 1);
	struct gn_agent_message m = nest_message(0, 1, text);
	m.row = GN_LIT("read");
	m.content = GN_LIT("not looked at");
	assert_ok(gn_agent_tx_begin(nest.db, &tx));
	assert_ok(gn_agent_message_put(&tx, &m, true, &number));
	assert_ok(gn_agent_tx_commit(&tx));
	struct seen s = {0};
	assert_ok(gn_agent_message_find(nest.db, &m.chat, m.mine, &m.id, see_content, &s));
	assert_string_equal(s.text, "read rest");
	m.content = gn_slice(NULL, 0);
	assert_ok(gn_agent_tx_begin(nest.db, &tx));
	assert_ok(gn_agent_message_put(&tx, &m, false, &number));
	assert_ok(gn_agent_tx_commit(&tx));
	assert_ok(gn_agent_message_find(nest.db, &m.chat, m.mine, &m.id, see_content, &s));
	assert_string_equal(s.text, "read ");
}

static void unread(void **state)
{
	(void)state;
	struct gn_agent_tx tx;
	uint64_t number, count;
	char text[96];
	for (unsigned i = 1; i <= 3; i++)
		nest_say(&nest, 0, i);
	nest_say(&nest, 1, 1);
	assert_ok(gn_agent_tx_begin(nest.db, &tx));
	for (unsigned i = 1; i <= 3; i++) {
		struct gn_agent_message m = nest_message(0, i, text);
		m.unread = i != 2;
		assert_ok(gn_agent_message_put(&tx, &m, true, &number));
	}
	assert_ok(gn_agent_tx_commit(&tx));
	struct gn_agent_message after = {.chat = nest_chat(0)};
	struct seen s = {0};
	assert_ok(gn_agent_message_unread(nest.db, &after, see_content, &s));
	assert_int_equal(s.last, 1);
	after = nest_message(0, 1, text);
	assert_ok(gn_agent_message_unread(nest.db, &after, see_content, &s));
	assert_int_equal(s.last, 3);
	after = nest_message(0, 3, text);
	assert_err(gn_agent_message_unread(nest.db, &after, see_content, &s), GN_NOT_FOUND);
	assert_ok(gn_agent_unread_count(nest.db, &after.chat, &count));
	assert_int_equal(count, 2);
	after.chat = nest_chat(1);
	assert_ok(gn_agent_unread_count(nest.db, &after.chat, &count));
	assert_int_equal(count, 0);
	assert_ok(gn_agent_unread_count(nest.db, NULL, &count));
	assert_int_equal(count, 2);
}

static void written(void **state)
{
	(void)state;
	struct gn_agent_written w = {.chat = nest_chat(3), .until_ms = 1000}, got;
	struct gn_agent_tx tx;
	memset(w.item.b, 7, sizeof w.item.b);
	memset(w.id.b, 8, sizeof w.id.b);
	assert_ok(gn_agent_tx_begin(nest.db, &tx));
	assert_ok(gn_agent_written_put(&tx, &w));
	assert_ok(gn_agent_written_put(&tx, &w));
	assert_ok(gn_agent_written_prune(&tx, 999));
	assert_ok(gn_agent_tx_commit(&tx));
	assert_ok(gn_agent_written_get(nest.db, &w.item, &got));
	assert_memory_equal(got.chat.b, w.chat.b, sizeof w.chat.b);
	assert_memory_equal(got.id.b, w.id.b, sizeof w.id.b);
	assert_ok(gn_agent_tx_begin(nest.db, &tx));
	assert_ok(gn_agent_written_prune(&tx, 1000));
	assert_ok(gn_agent_tx_commit(&tx));
	assert_err(gn_agent_written_get(nest.db, &w.item, &got), GN_NOT_FOUND);
}

static void edited_and_deleted(void **state)
{
	(void)state;
	char text[96];
	struct gn_agent_tx tx;
	nest_say(&nest, 0, 1);
	nest_say(&nest, 0, 2);
	struct gn_agent_message m = nest_message(0, 1, text);
	m.text = GN_LIT("\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82 zebra");
	assert_ok(gn_agent_tx_begin(nest.db, &tx));
	assert_ok(gn_agent_message_put(&tx, &m, true, &(uint64_t){0}));
	assert_ok(gn_agent_tx_commit(&tx));
	assert_int_equal(search("zeb", NULL, 0).count, 1);
	/* small letters for large ones */
	assert_int_equal(search("\xd0\xbf\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82", NULL, 0).count,
			 1);
	assert_int_equal(search("number1", NULL, 0).count, 0);
	assert_ok(gn_agent_tx_begin(nest.db, &tx));
	assert_ok(gn_agent_message_delete(&tx, &m.chat, m.mine, &m.id));
	assert_ok(gn_agent_tx_commit(&tx));
	assert_int_equal(search("zebra", NULL, 0).count, 0);
	assert_int_equal(search("number2", NULL, 0).count, 1);
	assert_ok(gn_agent_tx_begin(nest.db, &tx));
	assert_ok(gn_agent_chat_delete(&tx, &m.chat));
	assert_ok(gn_agent_tx_commit(&tx));
	assert_int_equal(search("hello", NULL, 0).count, 0);
	assert_ok(gn_agent_db_check(nest.db));
}

static void page_bytes(void **state)
{
	(void)state;
	static uint8_t rest[AGENT_BYTES_MAX];
	static char long_text[AGENT_TEXT_MAX + 2];
	struct gn_agent_tx tx;
	char text[96];
	uint64_t number;
	assert_ok(gn_agent_tx_begin(nest.db, &tx));
	assert_ok(gn_agent_chat_put(&tx, &(struct gn_agent_chat){.id = nest_chat(0)}));
	for (unsigned i = 0; i < 5; i++) {
		struct gn_agent_message m = nest_message(0, i, text);
		m.content = GN_SLICE(rest);
		assert_ok(gn_agent_message_put(&tx, &m, false, &number));
	}
	struct gn_agent_message m = nest_message(0, 9, text);
	m.content = gn_slice(rest, sizeof rest + 1); /* not read */
	assert_err(gn_agent_message_put(&tx, &m, false, &number), GN_TOO_LARGE);
	memset(long_text, 'a', sizeof long_text);
	m.content = gn_slice(NULL, 0);
	m.row = gn_slice(rest, sizeof rest + 1);
	assert_err(gn_agent_message_put(&tx, &m, false, &number), GN_TOO_LARGE);
	m.row = gn_slice(NULL, 0);
	m.text = gn_slice(long_text, AGENT_TEXT_MAX + 1);
	assert_err(gn_agent_message_put(&tx, &m, false, &number), GN_TOO_LARGE);
	m.text.len = AGENT_TEXT_MAX;
	assert_ok(gn_agent_message_put(&tx, &m, false, &number));
	assert_ok(gn_agent_tx_commit(&tx));
	/* 60 KiB and three of 256 KiB are below 900 KiB, four are not */
	struct seen s = history(0, 0, 0, 500, true);
	assert_int_equal(s.count, 4);
	_Static_assert(AGENT_TEXT_MAX + 3 * AGENT_BYTES_MAX <= AGENT_PAGE_BYTES &&
			       AGENT_TEXT_MAX + 4 * AGENT_BYTES_MAX > AGENT_PAGE_BYTES,
		       "what the count says");
}

static bool copy_name(void *user, const struct gn_agent_message *m)
{
	struct gn_agent_message *at = user;
	*at = *m;
	return true;
}

/* All that come up, one after another, also when several do at once. */
static void coming_up(void **state)
{
	(void)state;
	char text[96];
	struct gn_agent_tx tx;
	uint64_t number, sum = 0;
	assert_ok(gn_agent_tx_begin(nest.db, &tx));
	for (unsigned chat = 0; chat < 2; chat++) {
		assert_ok(gn_agent_chat_put(&tx, &(struct gn_agent_chat){.id = nest_chat(chat)}));
		for (unsigned i = 0; i < 6; i++) {
			struct gn_agent_message m = nest_message(chat, i, text);
			m.due_ms = i / 2 * 1000; /* two at once, and the first two never */
			assert_ok(gn_agent_message_put(&tx, &m, false, &number));
		}
	}
	assert_ok(gn_agent_tx_commit(&tx));
	struct gn_agent_message at = {.chat = nest_chat(0)};
	unsigned count = 0;
	uint64_t due = 0;
	while (gn_agent_message_due(nest.db, &at, copy_name, &at) == GN_OK) {
		assert_true(at.due_ms >= due && at.due_ms > 0);
		due = at.due_ms;
		sum += at.number << 8 * (at.chat.b[0] == nest_chat(1).b[0] &&
					 memcmp(at.chat.b, nest_chat(1).b, 32) == 0);
		assert_true(++count <= 8);
	}
	assert_int_equal(count, 8);
	assert_int_equal(sum, 0x1212); /* 3 + 4 + 5 + 6 of either chat */
}

/* ---- search ---- */

static void searching(void **state)
{
	(void)state;
	struct gn_agent_chat_id second = nest_chat(1);
	for (unsigned i = 0; i < 200; i++)
		nest_say(&nest, i % 2, i);
	struct seen s = search("hello word5", NULL, 0);
	assert_int_equal(s.count, 23); /* word5 thrice, word50 to word59 twice each */
	s = search("hello word5 ", NULL, 0);
	assert_int_equal(s.count, 3);
	assert_true(s.first > s.last);
	assert_non_null(strstr(s.text, "\x02hello\x03"));
	assert_int_equal(search("hello word5 ", NULL, s.first).count, 2);
	assert_int_equal(search("hello word5 ", &second, 0).count, 2);
	assert_int_equal(search("HELLO nothing", NULL, 0).count, 0);
	/* none of it is a language */
	static const char *const odd[] = {"",
					  "  ",
					  "\"",
					  "\"\"",
					  "hello\"",
					  "* ",
					  "hello OR nothing",
					  "NOT x",
					  "chat:c1",
					  "(",
					  "NEAR(a b)",
					  "text : hel",
					  "^hello nothing",
					  "-",
					  "'"};
	for (size_t i = 0; i < GN_COUNT(odd); i++)
		assert_int_equal(search(odd[i], NULL, 0).count,
				 strcmp(odd[i], "hello\"") ? 0 : 200);
	bool more;
	struct seen none = {0};
	struct gn_agent_search bad = {.text = GN_LIT("a\xff")};
	assert_err(gn_agent_search(nest.db, &bad, see_found, &none, &more), GN_TEXT);
	bad.text = GN_LIT("a\0b");
	assert_err(gn_agent_search(nest.db, &bad, see_found, &none, &more), GN_TEXT);
	struct gn_agent_chat_id unknown = nest_chat(7);
	bad = (struct gn_agent_search){.text = GN_LIT("hello"), .chat = &unknown};
	assert_err(gn_agent_search(nest.db, &bad, see_found, &none, &more), GN_NOT_FOUND);
}

static void search_limits(void **state)
{
	(void)state;
	char text[AGENT_QUERY_MAX + 2];
	struct seen none = {0};
	bool more;
	memset(text, '"', sizeof text);
	struct gn_agent_search s = {.text = gn_slice(text, AGENT_QUERY_MAX)};
	assert_ok(gn_agent_search(nest.db, &s, see_found, &none, &more));
	s.text.len++;
	assert_err(gn_agent_search(nest.db, &s, see_found, &none, &more), GN_TOO_LARGE);
	for (unsigned i = 0; i <= AGENT_QUERY_WORDS; i++)
		memcpy(text + 2 * i, "a ", 2);
	s.text.len = 2 * AGENT_QUERY_WORDS;
	assert_ok(gn_agent_search(nest.db, &s, see_found, &none, &more));
	s.text.len += 2;
	assert_err(gn_agent_search(nest.db, &s, see_found, &none, &more), GN_TOO_LARGE);
	/* a page of it */
	for (unsigned i = 0; i < AGENT_LIMIT_DEFAULT + 1; i++)
		nest_say(&nest, 0, i);
	s.text = GN_LIT("hello");
	s.limit = 0;
	assert_ok(gn_agent_search(nest.db, &s, see_found, &none, &more));
	assert_int_equal(none.count, AGENT_LIMIT_DEFAULT);
	assert_true(more);
}

/* ---- contacts and chats ---- */

static bool see_contact(void *user, const struct gn_agent_contact *c)
{
	struct seen *s = user;
	s->last = c->key.b[0];
	snprintf(s->text, sizeof s->text, "%.*s", (int)c->name.len, (const char *)c->name.p);
	return ++s->count != s->stop;
}

static void contacts(void **state)
{
	(void)state;
	static const char *const names[] = {"Carol", "Alice", "Bob", "Bob"};
	char name[AGENT_NAME_MAX + 1];
	struct gn_agent_tx tx;
	struct gn_agent_contact c = {0};
	assert_ok(gn_agent_tx_begin(nest.db, &tx));
	for (uint8_t i = 0; i < 4; i++) {
		c = (struct gn_agent_contact){
			.key = {{(uint8_t)(i + 1)}}, .state = i % 2, .name = gn_str(names[i])};
		assert_ok(gn_agent_contact_put(&tx, &c));
	}
	memset(name, 'n', sizeof name);
	c.key.b[0] = 9;
	c.name = gn_slice(name, AGENT_NAME_MAX + 1);
	assert_err(gn_agent_contact_put(&tx, &c), GN_TOO_LARGE);
	c.name.len--;
	c.state = 32;
	assert_err(gn_agent_contact_put(&tx, &c), GN_RANGE);
	c.state = 31;
	assert_ok(gn_agent_contact_put(&tx, &c));
	assert_ok(gn_agent_tx_commit(&tx));
	struct seen s = {0};
	bool more;
	assert_ok(gn_agent_contacts(nest.db, 0, NULL, 3, see_contact, &s, &more));
	assert_int_equal(s.count, 3);
	assert_string_equal(s.text, "Bob");
	assert_true(more);
	c = (struct gn_agent_contact){.key = {{(uint8_t)s.last}}, .name = GN_LIT("Bob")};
	s = (struct seen){0};
	assert_ok(gn_agent_contacts(nest.db, 0, &c, 1, see_contact, &s, &more));
	assert_string_equal(s.text, "Carol");
	s = (struct seen){0};
	assert_ok(gn_agent_contacts(nest.db, 1u << 1, NULL, 0, see_contact, &s, &more));
	assert_int_equal(s.count, 2);
	assert_false(more);
	assert_ok(gn_agent_contact_get(nest.db, &c.key, see_contact, &s));
	assert_ok(gn_agent_tx_begin(nest.db, &tx));
	assert_ok(gn_agent_contact_delete(&tx, &c.key));
	assert_ok(gn_agent_tx_commit(&tx));
	assert_err(gn_agent_contact_get(nest.db, &c.key, see_contact, &s), GN_NOT_FOUND);
}

static bool see_chat(void *user, const struct gn_agent_chat *c)
{
	struct seen *s = user;
	s->first = s->count ? s->first : c->id.b[3];
	s->last = c->rank;
	return ++s->count != s->stop;
}

static void chats(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 5; i++)
		nest_say(&nest, i, 1);
	nest_say(&nest, 2, 2);
	struct seen s = {0};
	bool more;
	assert_ok(gn_agent_chats(nest.db, false, 0, 3, see_chat, &s, &more));
	assert_int_equal(s.first, 3); /* the latest: nest_chat(2) */
	assert_true(more);
	uint64_t rank = s.last;
	s = (struct seen){0};
	assert_ok(gn_agent_chats(nest.db, false, rank, 3, see_chat, &s, &more));
	assert_int_equal(s.count, 2);
	assert_false(more);
	struct gn_agent_tx tx;
	struct gn_agent_chat c = {.id = nest_chat(2), .archived = true, .read = 2};
	assert_ok(gn_agent_tx_begin(nest.db, &tx));
	assert_ok(gn_agent_chat_put(&tx, &c));
	c.read = UINT64_MAX;
	assert_err(gn_agent_chat_put(&tx, &c), GN_RANGE);
	assert_ok(gn_agent_tx_commit(&tx));
	assert_int_equal(nest_count(&nest, 2), 2); /* stays */
	s = (struct seen){0};
	assert_ok(gn_agent_chats(nest.db, true, 0, 0, see_chat, &s, &more));
	assert_int_equal(s.count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(transactions, set_up, tear_down),
		cmocka_unit_test_setup_teardown(numbers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(edited_and_deleted, set_up, tear_down),
		cmocka_unit_test_setup_teardown(page_bytes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(coming_up, set_up, tear_down),
		cmocka_unit_test_setup_teardown(places, set_up, tear_down),
		cmocka_unit_test_setup_teardown(content_stays, set_up, tear_down),
		cmocka_unit_test_setup_teardown(unread, set_up, tear_down),
		cmocka_unit_test_setup_teardown(written, set_up, tear_down),
		cmocka_unit_test_setup_teardown(searching, set_up, tear_down),
		cmocka_unit_test_setup_teardown(search_limits, set_up, tear_down),
		cmocka_unit_test_setup_teardown(contacts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(chats, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
