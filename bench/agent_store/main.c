/* What the agent's store costs, in a directory on the disk to be measured: a table of figure,
 * target, measured.
 *
 *   usage: agent_store_bench DIR [MESSAGES]     default: 200,000
 *
 * One thread, one core; what waits for the disk is in it. */
#include "agent/agent.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#define CHATS 40u
#define WORDS 20000u /* of a language, the n-th as often as Zipf says */

static struct gn_agent_db *db;
static struct gn_prng prng;

static double seconds(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void must(gn_err err)
{
	if (!err)
		return;
	fprintf(stderr, "%s: %s\n", gn_err_name(err), db ? gn_agent_db_why(db) : "");
	exit(1);
}

static void row(const char *what, double measured, double target, const char *unit)
{
	if (target > 0)
		printf("| %-52s | %8.4g | %10.4g %-10s |\n", what, target, measured, unit);
	else
		printf("| %-52s | %8s | %10.4g %-10s |\n", what, "-", measured, unit);
	fflush(stdout);
}

static unsigned word(void)
{
	double u = (double)(gn_prng_next(&prng) >> 11) * 0x1p-53, scale = 1;
	unsigned n = 1;
	/* a geometric choice of the octave: near enough to 1/n */
	while (n < WORDS / 2 && u < 0.93 * scale) {
		scale *= 0.93;
		n += n / 8 + 1;
	}
	return n + (unsigned)(gn_prng_next(&prng) % (n / 8 + 1));
}

static struct gn_agent_message message(unsigned i, char text[256])
{
	struct gn_agent_message m = {
		.order = 1700000000000 + i, .sent_ms = 1700000000000 + i, .shown = true};
	size_t len = 0;
	gn_put_be32(m.chat.b, i % CHATS);
	gn_put_be32(m.id.b, i);
	for (unsigned n = 3 + (unsigned)(gn_prng_next(&prng) % 18); n && len < 240; n--)
		len += (size_t)snprintf(text + len, 256 - len, "w%ux ", word());
	m.text = gn_slice(text, len < 256 ? len : 255);
	m.content = GN_LIT("0123456789012345678901234567890123456789");
	return m;
}

/* As an agent writes one: the message, a session's row, the outbox, an event. */
static void add(struct gn_agent_tx *tx, unsigned i, bool all)
{
	static uint8_t session[1800];
	char text[256];
	struct gn_agent_message m = message(i, text);
	struct gn_e2ee_row r = {.kind = GN_E2EE_ROW_SESSION, .session = i % CHATS};
	struct gn_agent_out o = {.kind = 1, .due_ms = i};
	struct gn_agent_event e = {.at_ms = i, .kind = 1, .bytes = m.text};
	uint64_t number;
	must(gn_agent_message_put(tx, &m, false, &number));
	if (!all)
		return;
	memcpy(session, &i, sizeof i);
	must(gn_agent_row_put(tx, &r, GN_SLICE(session)));
	must(gn_agent_out_put(tx, &o, &number));
	must(gn_agent_out_delete(tx, number));
	must(gn_agent_event_add(tx, &e, &number));
}

static void fill(unsigned from, unsigned to, unsigned each, bool all)
{
	struct gn_agent_tx tx;
	for (unsigned i = from; i < to;) {
		must(gn_agent_tx_begin(db, &tx));
		for (unsigned k = 0; k < each && i < to; k++)
			add(&tx, i++, all);
		must(gn_agent_tx_commit(&tx));
	}
}

static void timed_fill(const char *what, double target, unsigned *from, unsigned count,
		       unsigned each, bool all)
{
	char label[80];
	double wall = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
	fill(*from, *from + count, each, all);
	wall = seconds(CLOCK_MONOTONIC) - wall;
	cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	*from += count;
	row(what, count / wall, target, "/s");
	snprintf(label, sizeof label, "  the same, of CPU time alone");
	row(label, count / cpu, 0, "/s");
}

static bool count_found(void *user, const struct gn_agent_found *f)
{
	(void)f;
	++*(unsigned *)user;
	return true;
}

static bool count_message(void *user, const struct gn_agent_message *m)
{
	(void)m;
	++*(unsigned *)user;
	return true;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void timed_search(const char *what, double target, unsigned words, bool in_chat)
{
	enum { ROUNDS = 1000 };
	static double took[ROUNDS], used[ROUNDS];
	char label[80];
	unsigned found = 0;
	struct gn_agent_chat_id chat = {{0}};
	for (unsigned i = 0; i < ROUNDS; i++) {
		char text[64];
		size_t len = 0;
		bool more;
		for (unsigned w = 0; w < words; w++)
			len += (size_t)snprintf(text + len, sizeof text - len, "w%ux ", word());
		gn_put_be32(chat.b, i % CHATS);
		struct gn_agent_search s = {.text = gn_slice(text, len),
					    .chat = in_chat ? &chat : NULL};
		double at = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
		must(gn_agent_search(db, &s, count_found, &found, &more));
		took[i] = seconds(CLOCK_MONOTONIC) - at;
		used[i] = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	}
	qsort(took, ROUNDS, sizeof *took, ascending);
	qsort(used, ROUNDS, sizeof *used, ascending);
	snprintf(label, sizeof label, "%s (%.1f found)", what, (double)found / ROUNDS);
	row(label, took[ROUNDS / 2] * 1e3, target, "ms median");
	row("  99 of 100 below", took[ROUNDS / 100 * 99] * 1e3, 0, "ms");
	row("  of CPU time alone, half and", used[ROUNDS / 2] * 1e3, 0, "ms");
	row("  99 of 100 below", used[ROUNDS / 100 * 99] * 1e3, 0, "ms");
}

static void timed_history(unsigned total)
{
	enum { ROUNDS = 2000 };
	unsigned seen = 0;
	double at = seconds(CLOCK_MONOTONIC);
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct gn_agent_page page = {.before = 1 + gn_prng_next(&prng) % (total / CHATS)};
		bool more;
		gn_put_be32(page.chat.b, i % CHATS);
		must(gn_agent_history(db, &page, count_message, &seen, &more));
	}
	row("a page of 50 from anywhere in a chat", (seconds(CLOCK_MONOTONIC) - at) / ROUNDS * 1e3,
	    0, "ms");
}

int main(int argc, char **argv)
{
	char why[GN_AGENT_WHY], path[600];
	struct gn_rand rand = gn_rand_system();
	struct gn_os_dir *dir;
	struct gn_agent_tx tx;
	struct stat st;
	unsigned total = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 200000, at = 0;
	if (argc < 2 || argv[1][0] == '-' || total < 20000) {
		fprintf(stderr, "usage: agent_store_bench DIR [MESSAGES]     20,000 or more\n");
		return 1;
	}
	gn_prng_init(&prng, 1);
	must(gn_os_dir_open(argv[1], &dir));
	struct gn_agent_db_place place = {
		.dir = dir, .root = argv[1], .name = "store.db", .key = {1}, .rand = &rand};
	must(gn_os_remove(dir, "store.db"));
	must(gn_os_remove(dir, "store.db-wal"));
	must(gn_os_remove(dir, "store.db-shm"));
	if (gn_agent_db_open(&place, true, &db, why)) {
		fprintf(stderr, "%s\n", why);
		return 1;
	}
	must(gn_agent_tx_begin(db, &tx));
	for (unsigned i = 0; i < CHATS; i++) {
		struct gn_agent_chat c = {.kind = 1};
		gn_put_be32(c.id.b, i);
		must(gn_agent_chat_put(&tx, &c));
	}
	must(gn_agent_tx_commit(&tx));
	printf("| figure | target | measured |\n|---|---|---|\n");
	timed_fill("messages in and indexed, 100 a transaction", 6300, &at, total - 5000, 100,
		   false);
	timed_fill("the same with session, outbox, event, 100", 0, &at, 4000, 100, true);
	timed_fill("the same, one a transaction", 0, &at, 1000, 1, true);
	timed_search("search for a word", 0.3, 1, false);
	timed_search("search for two words", 0, 2, false);
	timed_search("search for a word in one chat", 0, 1, true);
	timed_history(at);
	snprintf(path, sizeof path, "%s/store.db", argv[1]);
	if (stat(path, &st) == 0)
		row("bytes of the file, a message", (double)st.st_size / at, 0, "bytes");
	double t = seconds(CLOCK_MONOTONIC);
	must(gn_agent_db_check(db));
	row("looking at all of it", seconds(CLOCK_MONOTONIC) - t, 0, "s");
	gn_agent_db_close(db);
	t = seconds(CLOCK_MONOTONIC);
	must(gn_agent_db_open(&place, false, &db, why));
	row("opening", (seconds(CLOCK_MONOTONIC) - t) * 1e3, 0, "ms");
	row("resident bytes of this process", (double)gn_os_rss() / 1e6, 30, "MB");
	gn_agent_db_close(db);
	gn_os_dir_close(dir);
	return 0;
}
