/* Stores of mutated bytes, by the input's first byte:
 *
 *   0  pages changed and sealed again, as somebody with the key could: errors, never a crash
 *   1  the sealed file changed: an error, or what is read is what was written
 *   2  the WAL that a crash left changed: the same, or the end of it is gone
 *
 * Then changes of 4 bytes each: place 3 (big-endian, modulo the file), value to XOR 1. */
#include "agent/agent.h"
#include "agent/db_int.h"
#include "agent/testing/nest.h"

#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define MESSAGES 12

static struct nest nest;
static pid_t owner;
static uint8_t *sealed, *plain, *behind, *wal;
static size_t sealed_len, behind_len, wal_len;
static struct agent_sealer sealer;

static void leave(void)
{
	if (getpid() == owner)
		nest_remove(&nest);
	free(sealed);
	free(plain);
	free(behind);
	free(wal);
	agent_sealer_fini(&sealer);
}

static void prepare(void)
{
	owner = getpid();
	nest_make(&nest, access("/dev/shm", W_OK) ? NULL : "/dev/shm");
	nest_open(&nest);
	for (unsigned i = 0; i < MESSAGES; i++)
		nest_say(&nest, 0, i);
	behind = nest_read(&nest, NEST_STORE, &behind_len);
	wal = nest_read(&nest, NEST_STORE "-wal", &wal_len);
	nest_close(&nest);
	sealed = nest_read(&nest, NEST_STORE, &sealed_len);
	plain = malloc(sealed_len);
	GN_ASSERT(plain && behind && wal);
	memcpy(plain, sealed, sealed_len);
	GN_ASSERT(agent_sealer_init(&sealer, nest.place.key, &nest.rand) == GN_OK);
	for (size_t at = 0; at < sealed_len; at += AGENT_PAGE)
		GN_ASSERT(agent_page_open(&sealer, at, plain + at) == GN_OK);
	atexit(leave);
}

static uint8_t *mutate(const uint8_t *from, size_t len, const uint8_t *data, size_t count)
{
	uint8_t *out = malloc(len);
	GN_ASSERT(out != NULL);
	memcpy(out, from, len);
	for (; count >= 4; count -= 4, data += 4)
		out[(gn_be32(data) >> 8) % len] ^= data[3];
	return out;
}

static void seal(uint8_t *pages, size_t len)
{
	for (size_t at = 0; at < len; at += AGENT_PAGE) {
		memset(pages + at + AGENT_PAGE - AGENT_PAGE_RESERVED, 0, AGENT_PAGE_RESERVED);
		GN_ASSERT(agent_page_seal(&sealer, at, pages + at) == GN_OK);
	}
}

struct told {
	uint64_t messages;
	bool wrong; /* one that is not as it was written */
};

static bool tell(void *user, const struct gn_agent_message *m)
{
	char text[96];
	struct told *t = user;
	/* the i-th said has number i + 1 */
	struct gn_agent_message want = nest_message(0, (unsigned)m->number - 1, text);
	t->messages++;
	t->wrong |= !gn_slice_eq(m->text, want.text) || m->sent_ms != want.sent_ms;
	return true;
}
static bool tell_found(void *user, const struct gn_agent_found *f)
{
	return tell(user, &f->message);
}
static bool tell_chat(void *user, const struct gn_agent_chat *c)
{
	(void)user;
	return c->rank > 0;
}

/* Everything is asked for; the first error. */
static gn_err use(struct told *t)
{
	struct told other = {0};
	bool more;
	struct gn_agent_page page = {.chat = nest_chat(0), .limit = 500};
	struct gn_agent_search s = {.text = GN_LIT("hello word"), .chat = &page.chat};
	struct gn_agent_tx tx;
	uint64_t epoch, cursor;
	gn_err err = gn_agent_db_open(&nest.place, false, &nest.db, nest.why);
	if (err)
		return err;
	err = gn_agent_history(nest.db, &page, tell, t, &more);
	gn_err next = gn_agent_search(nest.db, &s, tell_found, &other, &more);
	err = err ? err : next;
	next = gn_agent_chats(nest.db, false, 0, 0, tell_chat, NULL, &more);
	err = err ? err : next;
	next = gn_agent_events_now(nest.db, &epoch, &cursor);
	err = err ? err : next;
	next = gn_agent_db_check(nest.db);
	err = err ? err : next;
	if (!gn_agent_tx_begin(nest.db, &tx)) {
		(void)!gn_agent_chat_put(&tx, &(struct gn_agent_chat){.id = nest_chat(3)});
		char text[96];
		struct gn_agent_message m = nest_message(0, 3, text);
		(void)!gn_agent_message_delete(&tx, &page.chat, m.mine, &m.id);
		(void)!gn_agent_tx_commit(&tx);
	}
	nest_close(&nest);
	return err;
}

static void put(const uint8_t *db, size_t db_len, const uint8_t *log, size_t log_len)
{
	char path[256];
	nest_path(&nest, NEST_STORE "-wal", path);
	unlink(path);
	nest_path(&nest, NEST_STORE "-shm", path);
	unlink(path);
	nest_write(&nest, NEST_STORE, db, db_len);
	if (log)
		nest_write(&nest, NEST_STORE "-wal", log, log_len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct told t = {0};
	if (!sealed)
		prepare();
	unsigned mode = len ? data[0] % 3 : 1;
	const uint8_t *changes = len ? data + 1 : NULL;
	size_t count = len ? len - 1 : 0;
	const uint8_t *from = mode == 0 ? plain : mode == 1 ? sealed : wal;
	size_t from_len = mode == 2 ? wal_len : sealed_len;
	uint8_t *bytes = mutate(from, from_len, changes, count);
	bool same = memcmp(bytes, from, from_len) == 0;
	if (mode == 0)
		seal(bytes, from_len);
	if (mode == 2)
		put(behind, behind_len, bytes, wal_len);
	else
		put(bytes, sealed_len, NULL, 0);
	gn_err err = use(&t);
	if (same)
		GN_ASSERT(err == GN_OK && t.messages == MESSAGES && !t.wrong);
	if (mode == 1 && !same)
		GN_ASSERT(err != GN_OK && !t.wrong);
	if (mode == 2)
		GN_ASSERT(!t.wrong && (err != GN_OK || t.messages >= MESSAGES - 1));
	free(bytes);
	return 0;
}
