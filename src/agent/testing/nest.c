/* See nest.h. */
#include "agent/testing/nest.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

void nest_make(struct nest *n, const char *base)
{
	const char *tmp = getenv("TMPDIR");
	memset(n, 0, sizeof *n);
	snprintf(n->root, sizeof n->root, "%s/gn_agent.XXXXXX", base ? base : tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(n->root));
	assert_ok(gn_os_dir_open(n->root, &n->dir));
	n->rand = gn_rand_system();
	n->place = (struct gn_agent_db_place){
		.dir = n->dir, .root = n->root, .name = NEST_STORE, .rand = &n->rand};
	memset(n->place.key, 7, sizeof n->place.key);
}

static void remove_tree(const char *path)
{
	DIR *dir = opendir(path);
	assert_non_null(dir);
	for (struct dirent *e; (e = readdir(dir));) {
		char inside[512];
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		snprintf(inside, sizeof inside, "%s/%s", path, e->d_name);
		if (unlink(inside) != 0)
			remove_tree(inside);
	}
	closedir(dir);
	assert_int_equal(rmdir(path), 0);
}

void nest_remove(struct nest *n)
{
	nest_close(n);
	gn_os_dir_close(n->dir);
	remove_tree(n->root);
}

void nest_open(struct nest *n)
{
	gn_err err = gn_agent_db_open(&n->place, true, &n->db, n->why);
	if (err)
		fprintf(stderr, "%s: %s\n", gn_err_name(err), n->why);
	assert_ok(err);
}

void nest_close(struct nest *n)
{
	gn_agent_db_close(n->db);
	n->db = NULL;
}

void nest_path(const struct nest *n, const char *name, char out[256])
{
	snprintf(out, 256, "%s/%s", n->root, name);
}

static uint8_t *read_path(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	struct stat st;
	*len = 0;
	if (!f)
		return NULL;
	assert_int_equal(fstat(fileno(f), &st), 0);
	uint8_t *bytes = calloc((size_t)st.st_size + 1, 1);
	assert_non_null(bytes);
	*len = fread(bytes, 1, (size_t)st.st_size, f);
	fclose(f);
	return bytes;
}

uint8_t *nest_read(const struct nest *n, const char *name, size_t *len)
{
	char path[256];
	nest_path(n, name, path);
	return read_path(path, len);
}

void nest_write(const struct nest *n, const char *name, const uint8_t *bytes, size_t len)
{
	char path[256];
	nest_path(n, name, path);
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	if (!f)
		return; /* for who reads this without knowing cmocka */
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	assert_int_equal(fchmod(fileno(f), 0600), 0);
	assert_int_equal(fclose(f), 0);
}

void nest_copy(const struct nest *n, const char *from, const char *to)
{
	size_t len;
	uint8_t *bytes = nest_read(n, from, &len);
	assert_non_null(bytes);
	nest_write(n, to, bytes, len);
	free(bytes);
}

bool nest_has(const struct nest *n, const char *name)
{
	char path[256];
	nest_path(n, name, path);
	return access(path, F_OK) == 0;
}

static unsigned grep_folder(const char *path, struct gn_slice needle)
{
	unsigned found = 0;
	DIR *dir = opendir(path);
	assert_non_null(dir);
	for (struct dirent *e; (e = readdir(dir));) {
		char inside[512];
		struct stat st;
		size_t len;
		if (e->d_name[0] == '.')
			continue;
		snprintf(inside, sizeof inside, "%s/%s", path, e->d_name);
		assert_int_equal(stat(inside, &st), 0);
		if (S_ISDIR(st.st_mode)) {
			found += grep_folder(inside, needle);
			continue;
		}
		uint8_t *bytes = read_path(inside, &len);
		for (size_t i = 0; i + needle.len <= len; i++)
			if (memcmp(bytes + i, needle.p, needle.len) == 0) {
				fprintf(stderr, "%s has it at %zu\n", inside, i);
				found++;
				break;
			}
		free(bytes);
	}
	closedir(dir);
	return found;
}

unsigned nest_grep(const struct nest *n, struct gn_slice needle)
{
	return grep_folder(n->root, needle);
}

struct gn_agent_chat_id nest_chat(unsigned i)
{
	struct gn_agent_chat_id id = {{0}};
	gn_put_be32(id.b, i + 1);
	return id;
}

struct gn_agent_message nest_message(unsigned chat, unsigned i, char text[96])
{
	struct gn_agent_message m = {.chat = nest_chat(chat),
				     .mine = i % 3 == 0,
				     .order = 1700000000000 + i,
				     .sent_ms = 1700000000000 + i,
				     .shown = true,
				     .row = GN_LIT("row"),
				     .content = GN_LIT("rest")};
	gn_put_be32(m.id.b, i);
	gn_put_be32(m.id.b + 4, chat);
	snprintf(text, 96, "hello number%u of the chat, word%u and tree%u", i, i % 97, i % 1009);
	m.text = gn_str(text);
	return m;
}

uint64_t nest_say(struct nest *n, unsigned chat, unsigned i)
{
	char text[96];
	struct gn_agent_message m = nest_message(chat, i, text);
	struct gn_agent_chat c = {.id = m.chat, .kind = 1};
	struct gn_agent_tx tx;
	uint64_t number;
	assert_ok(gn_agent_tx_begin(n->db, &tx));
	assert_ok(gn_agent_chat_put(&tx, &c));
	gn_err err = gn_agent_message_put(&tx, &m, false, &number);
	if (err)
		fprintf(stderr, "%s\n", gn_agent_db_why(n->db));
	assert_ok(err);
	assert_ok(gn_agent_tx_commit(&tx));
	return number;
}

static bool take_number(void *user, const struct gn_agent_chat *c)
{
	*(uint64_t *)user = c->number;
	return true;
}

uint64_t nest_count(struct nest *n, unsigned chat)
{
	uint64_t number = 0;
	struct gn_agent_chat_id id = nest_chat(chat);
	gn_err err = gn_agent_chat_get(n->db, &id, take_number, &number);
	assert_true(err == GN_OK || err == GN_NOT_FOUND);
	return number;
}
