/* The vault: states, passphrases and how often they may be tried, what a crash leaves, what others
 * may do to its files, and that it takes over what the tool made. Argon2id makes it slow. Spec:
 * AG-1..10. */
#include "agent/testing/nest.h"
#include "agent/vault_int.h"

#include <malloc.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char root[128], why[GN_AGENT_WHY];
static struct gn_rand rand_;
static struct gn_agent_vault *vault;
static const struct gn_slice none = {0};
#define NOW (1000 * GN_SEC)

static int set_up(void **state)
{
	const char *tmp = getenv("TMPDIR");
	(void)state;
	snprintf(root, sizeof root, "%s/gn_vault.XXXXXX", tmp ? tmp : "/tmp");
	rand_ = gn_rand_system();
	vault = NULL;
	return mkdtemp(root) ? 0 : -1;
}

static int tear_down(void **state)
{
	char command[160];
	(void)state;
	gn_agent_vault_close(vault);
	snprintf(command, sizeof command, "rm -rf '%s'", root);
	return system(command); /* NOLINT(cert-env33-c): a path of our own making */
}

static gn_err open_it(void)
{
	gn_agent_vault_close(vault);
	vault = NULL;
	return gn_agent_vault_open(root, &rand_, &vault, why);
}

static const char *path_of(const char *name)
{
	static char path[256];
	snprintf(path, sizeof path, "%s/%s", root, name);
	return path;
}

static unsigned mode_of(const char *name)
{
	struct stat st;
	return stat(path_of(name), &st) ? 0 : (unsigned)st.st_mode & 0777;
}

static size_t read_file(const char *name, uint8_t out[GN_KEYFILE_MAX])
{
	FILE *f = fopen(path_of(name), "rb");
	assert_non_null(f);
	if (!f)
		return 0;
	size_t len = fread(out, 1, GN_KEYFILE_MAX, f);
	fclose(f);
	return len;
}

static void write_file(const char *name, const uint8_t *bytes, size_t len)
{
	FILE *f = fopen(path_of(name), "wb");
	assert_non_null(f);
	if (!f)
		return;
	assert_int_equal(fchmod(fileno(f), 0600), 0);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static void copy(const char *from, const char *to)
{
	uint8_t bytes[GN_KEYFILE_MAX];
	write_file(to, bytes, read_file(from, bytes));
}

/* ---- another program at the same time ---- */

static unsigned fills;

/* The tool makes an identity while this one is being made. */
static void fill_late(void *user, uint8_t *out, size_t len)
{
	(void)user;
	struct gn_rand system = gn_rand_system();
	gn_rand_fill(&system, out, len);
	if (fills++ == 0)
		write_file("identity.key", (const uint8_t *)"the tool's", 10);
}

static void an_identity_of_the_tool_is_never_overwritten(void **state)
{
	uint8_t bytes[GN_KEYFILE_MAX];
	(void)state;
	assert_ok(open_it());
	rand_ = (struct gn_rand){.fill = fill_late};
	fills = 0;
	assert_err(gn_agent_vault_create(vault, NULL, none, NOW), GN_EXISTS);
	assert_int_equal(read_file("identity.key", bytes), 10);
	assert_memory_equal(bytes, "the tool's", 10);
	assert_int_equal(gn_agent_vault_state(vault), GN_AGENT_NEW);
	assert_int_equal(mode_of("identity.key.new"), 0);
	assert_int_equal(mode_of("agent/device.key"), 0);
	rand_ = gn_rand_system();
}

/* ---- states ---- */

static void without_passphrase(void **state)
{
	(void)state;
	const struct gn_agent_device *d;
	uint8_t key[32], again[32];
	struct gn_pk owner, device;
	assert_ok(open_it());
	assert_int_equal(gn_agent_vault_state(vault), GN_AGENT_NEW);
	assert_err(gn_agent_vault_unlock(vault, none, NOW), GN_STATE);
	assert_err(gn_agent_vault_device(vault, &d), GN_LOCKED);
	assert_err(gn_agent_vault_owner(vault, &owner), GN_NOT_FOUND);
	assert_ok(gn_agent_vault_create(vault, NULL, none, NOW));
	assert_err(gn_agent_vault_create(vault, NULL, none, NOW), GN_EXISTS);
	assert_int_equal(gn_agent_vault_state(vault), GN_AGENT_OPEN);
	assert_false(gn_agent_vault_sealed(vault));
	assert_ok(gn_agent_vault_device(vault, &d));
	device = d->sk.pk;
	assert_ok(gn_agent_vault_db_key(vault, key));
	assert_ok(gn_agent_vault_owner(vault, &owner));
	/* the three pairs are pairs */
	uint8_t pk[GN_X25519_LEN], sig[GN_PQ_SIG_LEN];
	gn_x25519_public(d->dh, pk);
	assert_memory_equal(pk, d->dh_pk, sizeof pk);
	assert_ok(gn_pq_sign(d->pq_seed, "d", GN_LIT("m"), sig));
	assert_ok(gn_pq_verify(d->pq_pk, "d", GN_LIT("m"), sig));
	/* shut and opened again: by itself */
	assert_ok(open_it());
	assert_int_equal(gn_agent_vault_state(vault), GN_AGENT_OPEN);
	assert_ok(gn_agent_vault_device(vault, &d));
	assert_true(gn_pk_eq(&device, &d->sk.pk));
	assert_ok(gn_agent_vault_db_key(vault, again));
	assert_memory_equal(key, again, sizeof key);
	gn_agent_vault_lock(vault);
	assert_err(gn_agent_vault_db_key(vault, again), GN_LOCKED);
	assert_ok(gn_agent_vault_unlock(vault, none, NOW));
	assert_ok(gn_agent_vault_db_key(vault, again));
	static const char *const files[] = {AGENT_IDENTITY, AGENT_PUBLIC, AGENT_DEVICE,
					    AGENT_READER, "agent.lock"};
	for (size_t i = 0; i < GN_COUNT(files); i++)
		assert_int_equal(mode_of(files[i]), 0600);
	assert_int_equal(mode_of("agent"), 0700);
	assert_int_equal(mode_of("."), 0700);
}

/* Not one byte of a secret is in the vault once it is locked. */
static bool holds(const uint8_t secret[32])
{
	const uint8_t *p = (const uint8_t *)vault;
	size_t len = malloc_usable_size(vault);
	for (size_t i = 0; i + 16 <= len; i++)
		if (memcmp(p + i, secret, 16) == 0)
			return true;
	return false;
}

static void with_passphrase(void **state)
{
	(void)state;
	const struct gn_agent_device *d;
	const struct gn_agent_identity *id;
	struct gn_agent_device kept;
	struct gn_sk reader, locked, ack;
	struct gn_pk owner, box = {{1}}, other = {{2}};
	uint8_t entropy[32];
	memset(entropy, 5, sizeof entropy);
	assert_ok(open_it());
	assert_ok(gn_agent_vault_create(vault, entropy, GN_LIT("one"), NOW));
	assert_ok(gn_agent_vault_device(vault, &d));
	kept = *d;
	assert_ok(gn_agent_vault_reader(vault, &box, &reader));
	assert_ok(gn_agent_vault_ack(vault, &box, &ack));
	assert_false(gn_pk_eq(&reader.pk, &ack.pk));
	assert_ok(open_it());
	assert_true(gn_agent_vault_sealed(vault));
	assert_int_equal(gn_agent_vault_state(vault), GN_AGENT_LOCKED);
	/* locked: reads, and nothing else */
	assert_ok(gn_agent_vault_reader(vault, &box, &locked));
	assert_true(gn_pk_eq(&reader.pk, &locked.pk));
	assert_ok(gn_agent_vault_reader(vault, &other, &locked));
	assert_false(gn_pk_eq(&reader.pk, &locked.pk));
	assert_err(gn_agent_vault_ack(vault, &box, &locked), GN_LOCKED);
	assert_err(gn_agent_vault_db_key(vault, entropy), GN_LOCKED);
	assert_ok(gn_agent_vault_owner(vault, &owner));
	assert_err(gn_agent_vault_unlock(vault, GN_LIT("two"), NOW), GN_PASSPHRASE);
	assert_non_null(strstr(gn_agent_vault_why(vault), "passphrase"));
	assert_err(gn_agent_vault_unlock(vault, none, NOW), GN_PASSPHRASE);
	assert_ok(gn_agent_vault_unlock(vault, GN_LIT("one"), NOW));
	assert_ok(gn_agent_vault_device(vault, &d));
	assert_memory_equal(d, &kept, sizeof kept);
	/* the identity, for a minute */
	assert_err(gn_agent_vault_identity_get(vault, NOW, &id), GN_LOCKED);
	assert_err(gn_agent_vault_identity(vault, GN_LIT("two"), NOW), GN_PASSPHRASE);
	assert_ok(gn_agent_vault_identity(vault, GN_LIT("one"), NOW));
	gn_time end = gn_agent_vault_deadline(vault);
	assert_int_equal(end, NOW + AGENT_IDENTITY_MS * GN_MSEC);
	assert_ok(gn_agent_vault_identity_get(vault, end - 1, &id));
	assert_true(gn_pk_eq(&id->keys.sk.pk, &owner));
	assert_memory_equal(id->entropy, entropy, sizeof entropy);
	uint8_t seed[32];
	memcpy(seed, id->keys.sk.seed, sizeof seed);
	assert_err(gn_agent_vault_identity_get(vault, end, &id), GN_LOCKED);
	assert_int_equal(gn_agent_vault_deadline(vault), GN_NEVER);
	assert_false(holds(seed));
	assert_true(holds(kept.dh));
	gn_agent_vault_lock(vault);
	assert_false(holds(kept.dh));
	assert_false(holds(kept.sk.seed));
	assert_false(holds(kept.pq_seed));
	gn_wipe(&kept, sizeof kept);
}

/* ---- trying ---- */

static void tries(void **state)
{
	(void)state;
	gn_time now = NOW;
	uint64_t want = AGENT_DELAY_FIRST_MS;
	assert_ok(open_it());
	assert_ok(gn_agent_vault_create(vault, NULL, GN_LIT("right"), now));
	gn_agent_vault_lock(vault);
	for (unsigned i = 0; i < AGENT_TRIES_FREE; i++) {
		assert_int_equal(gn_agent_vault_wait_ms(vault, now), 0);
		assert_err(gn_agent_vault_unlock(vault, GN_LIT("wrong"), now), GN_PASSPHRASE);
	}
	for (unsigned i = 0; i < 10; i++) {
		assert_int_equal(gn_agent_vault_wait_ms(vault, now), want);
		/* the right one waits too, whatever it is for */
		assert_err(gn_agent_vault_unlock(vault, GN_LIT("right"), now), GN_BUSY);
		assert_err(gn_agent_vault_identity(vault, GN_LIT("right"), now), GN_BUSY);
		assert_err(gn_agent_vault_passphrase(vault, GN_LIT("right"), none, now), GN_BUSY);
		now += (gn_time)want * GN_MSEC - 1;
		assert_err(gn_agent_vault_unlock(vault, GN_LIT("right"), now), GN_BUSY);
		now++;
		assert_err(gn_agent_vault_unlock(vault, GN_LIT("wrong"), now), GN_PASSPHRASE);
		want = want * 2 < AGENT_DELAY_MAX_MS ? want * 2 : AGENT_DELAY_MAX_MS;
	}
	assert_int_equal(gn_agent_vault_wait_ms(vault, now), AGENT_DELAY_MAX_MS);
	now += AGENT_DELAY_MAX_MS * GN_MSEC;
	assert_ok(gn_agent_vault_unlock(vault, GN_LIT("right"), now));
	assert_int_equal(gn_agent_vault_wait_ms(vault, now), 0);
}

static void passphrase_forms(void **state)
{
	(void)state;
	char longest[AGENT_PASSPHRASE_MAX + 1];
	memset(longest, 'x', sizeof longest);
	assert_ok(open_it());
	assert_err(gn_agent_vault_create(vault, NULL, gn_slice(longest, sizeof longest), NOW),
		   GN_TOO_LARGE);
	/* e with an acute, as one letter and as two */
	assert_ok(gn_agent_vault_create(vault, NULL, GN_LIT("caf\xc3\xa9"), NOW));
	gn_agent_vault_lock(vault);
	assert_ok(gn_agent_vault_unlock(vault, GN_LIT("cafe\xcc\x81"), NOW));
	/* bytes that are no text count as they are */
	assert_ok(gn_agent_vault_passphrase(vault, GN_LIT("caf\xc3\xa9"), GN_LIT("\xff\xfe"), NOW));
	assert_err(gn_agent_vault_passphrase(vault, GN_LIT("\xff\xfe"),
					     gn_slice(longest, sizeof longest), NOW),
		   GN_TOO_LARGE);
	assert_ok(gn_agent_vault_passphrase(vault, GN_LIT("\xff\xfe"),
					    gn_slice(longest, AGENT_PASSPHRASE_MAX), NOW));
	gn_agent_vault_lock(vault);
	assert_ok(gn_agent_vault_unlock(vault, gn_slice(longest, AGENT_PASSPHRASE_MAX), NOW));
}

/* ---- the passphrase changed ---- */

static bool opens(const char *passphrase)
{
	struct gn_slice p = gn_str(passphrase);
	gn_err device = gn_agent_vault_unlock(vault, p, NOW);
	if (device)
		return false;
	assert_ok(gn_agent_vault_identity(vault, p, NOW)); /* both, or none */
	return true;
}

static void changed(void **state)
{
	(void)state;
	uint8_t key[32], again[32];
	assert_ok(open_it());
	assert_ok(gn_agent_vault_create(vault, NULL, GN_LIT("a"), NOW));
	assert_ok(gn_agent_vault_db_key(vault, key));
	assert_err(gn_agent_vault_passphrase(vault, GN_LIT("b"), GN_LIT("c"), NOW), GN_PASSPHRASE);
	copy(AGENT_IDENTITY, "old_identity");
	copy(AGENT_DEVICE, "old_device");
	assert_ok(gn_agent_vault_passphrase(vault, GN_LIT("a"), GN_LIT("b"), NOW));
	assert_ok(gn_agent_vault_db_key(vault, again));
	assert_memory_equal(key, again, sizeof key);
	copy(AGENT_IDENTITY, "new_identity");
	copy(AGENT_DEVICE, "new_device");
	/* every moment of a crash: what stands where, and which passphrase is right */
	static const struct {
		const char *identity, *device, *identity_next, *device_next, *opens;
	} at[] = {
		{"old_identity", "old_device", NULL, NULL, "a"},
		{"old_identity", "old_device", "new_identity", NULL, "a"},
		{"old_identity", "old_device", "new_identity", "new_device", "a"},
		{"new_identity", "old_device", NULL, "new_device", "b"},
		{"new_identity", "new_device", NULL, NULL, "b"},
	};
	for (size_t i = 0; i < GN_COUNT(at); i++) {
		copy(at[i].identity, AGENT_IDENTITY);
		copy(at[i].device, AGENT_DEVICE);
		if (at[i].identity_next)
			copy(at[i].identity_next, AGENT_IDENTITY ".next");
		if (at[i].device_next)
			copy(at[i].device_next, AGENT_DEVICE ".next");
		assert_ok(open_it());
		assert_true(opens(at[i].opens));
		assert_int_not_equal(access(path_of(AGENT_IDENTITY ".next"), F_OK), 0);
		assert_int_not_equal(access(path_of(AGENT_DEVICE ".next"), F_OK), 0);
	}
	/* taken away */
	assert_ok(gn_agent_vault_passphrase(vault, GN_LIT("b"), none, NOW));
	assert_false(gn_agent_vault_sealed(vault));
	assert_ok(open_it());
	assert_int_equal(gn_agent_vault_state(vault), GN_AGENT_OPEN);
}

/* ---- the tool's files ---- */

static void store_identity(struct gn_slice passphrase, const uint8_t entropy[32])
{
	struct agent_files f = {.rand = &rand_};
	assert_ok(gn_os_dir_open(root, &f.dir));
	assert_ok(agent_files_store(&f, AGENT_IDENTITY, "identity", passphrase, entropy, 32));
	gn_os_dir_close(f.dir);
}

static void taken_over(void **state)
{
	(void)state;
	struct gn_agent_device first;
	const struct gn_agent_device *d;
	const struct gn_agent_identity *id;
	uint8_t entropy[32];
	memset(entropy, 9, sizeof entropy);
	store_identity(GN_LIT("theirs"), entropy);
	assert_ok(open_it());
	assert_int_equal(gn_agent_vault_state(vault), GN_AGENT_NEW);
	assert_err(gn_agent_vault_create(vault, NULL, GN_LIT("other"), NOW), GN_PASSPHRASE);
	assert_err(gn_agent_vault_create(vault, NULL, none, NOW), GN_PASSPHRASE);
	assert_err(gn_agent_vault_create(vault, entropy, GN_LIT("theirs"), NOW), GN_EXISTS);
	assert_int_equal(gn_agent_vault_state(vault), GN_AGENT_NEW);
	assert_ok(gn_agent_vault_create(vault, NULL, GN_LIT("theirs"), NOW));
	assert_ok(gn_agent_vault_identity(vault, GN_LIT("theirs"), NOW));
	assert_ok(gn_agent_vault_identity_get(vault, NOW, &id));
	assert_memory_equal(id->entropy, entropy, sizeof entropy);
	assert_ok(gn_agent_vault_device(vault, &d));
	first = *d;
	/* one without a passphrase gets that of the agent, and another device has other keys */
	tear_down(state);
	set_up(state);
	store_identity(none, entropy);
	assert_ok(open_it());
	assert_ok(gn_agent_vault_create(vault, NULL, GN_LIT("new"), NOW));
	assert_ok(gn_agent_vault_device(vault, &d));
	assert_memory_not_equal(first.dh, d->dh, sizeof d->dh);
	assert_err(gn_agent_vault_identity(vault, none, NOW), GN_PASSPHRASE);
	assert_ok(gn_agent_vault_identity(vault, GN_LIT("new"), NOW));
}

/* ---- others ---- */

static void modes(void **state)
{
	(void)state;
	static const char *const files[] = {AGENT_DEVICE, AGENT_READER};
	assert_ok(open_it());
	assert_ok(gn_agent_vault_create(vault, NULL, none, NOW));
	for (size_t i = 0; i < GN_COUNT(files); i++) {
		assert_int_equal(chmod(path_of(files[i]), 0640), 0);
		assert_err(open_it(), GN_DENIED);
		assert_non_null(strstr(why, "chmod 600"));
		assert_non_null(strstr(why, files[i]));
		assert_int_equal(chmod(path_of(files[i]), 0600), 0);
	}
	assert_ok(open_it());
	assert_int_equal(chmod(path_of(AGENT_IDENTITY), 0604), 0);
	assert_err(gn_agent_vault_identity(vault, none, NOW), GN_DENIED);
	assert_non_null(strstr(gn_agent_vault_why(vault), "chmod 600"));
	assert_int_equal(chmod(path_of(AGENT_IDENTITY), 0600), 0);
	if (geteuid() != 0) {
		print_message("another owner: only root can make such a file\n");
		return;
	}
	assert_int_equal(chown(path_of(AGENT_DEVICE), 1, 1), 0);
	assert_err(open_it(), GN_DENIED);
	assert_non_null(strstr(why, "another user"));
	assert_int_equal(chown(path_of(AGENT_DEVICE), 0, 0), 0);
	assert_ok(open_it());
	gn_agent_vault_close(vault);
	vault = NULL;
	assert_int_equal(chown(root, 1, 1), 0);
	assert_err(open_it(), GN_DENIED);
	assert_int_equal(chown(root, 0, 0), 0);
}

static void damaged(void **state)
{
	(void)state;
	static const char *const files[] = {AGENT_DEVICE, AGENT_READER, AGENT_IDENTITY};
	assert_ok(open_it());
	assert_ok(gn_agent_vault_create(vault, NULL, GN_LIT("p"), NOW));
	for (size_t i = 0; i < GN_COUNT(files); i++) {
		uint8_t bytes[GN_KEYFILE_MAX];
		size_t len = read_file(files[i], bytes);
		for (size_t at = 0; at < len; at++) {
			bytes[at] ^= (uint8_t)(1 << at % 8);
			write_file(files[i], bytes, len);
			gn_err err = i < 2 ? open_it()
					   : gn_agent_vault_identity(vault, GN_LIT("p"), NOW);
			assert_err(err, GN_CORRUPT);
			bytes[at] ^= (uint8_t)(1 << at % 8);
		}
		write_file(files[i], bytes, len);
		assert_ok(open_it());
	}
	assert_ok(gn_agent_vault_unlock(vault, GN_LIT("p"), NOW));
}

/* One agent on a directory: in another process, with a sentence; the node beside it is fine. */
static void one_agent(void **state)
{
	(void)state;
	int status;
	struct gn_os_dir *node;
	assert_ok(open_it());
	assert_ok(gn_os_dir_open(root, &node));
	pid_t child = fork();
	if (child == 0) {
		struct gn_agent_vault *second;
		gn_err err = gn_agent_vault_open(root, &rand_, &second, why);
		_exit(err == GN_BUSY && strstr(why, "is running on this directory as its agent")
			      ? 7
			      : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 7);
	gn_os_dir_close(node);
}

static void boxes(void **state)
{
	(void)state;
	static struct gn_pk in[AGENT_BOXES_MAX + 1], out[AGENT_BOXES_MAX + 1];
	size_t count = 9;
	for (unsigned i = 0; i < GN_COUNT(in); i++)
		gn_put_be32(in[i].b, i + 1);
	assert_ok(open_it());
	assert_err(gn_agent_vault_boxes_put(vault, in, 1), GN_STATE);
	assert_ok(gn_agent_vault_create(vault, NULL, GN_LIT("p"), NOW));
	assert_ok(gn_agent_vault_boxes(vault, out, 1, &count));
	assert_int_equal(count, 0);
	assert_err(gn_agent_vault_boxes_put(vault, in, AGENT_BOXES_MAX + 1), GN_LIMIT);
	assert_ok(gn_agent_vault_boxes_put(vault, in, AGENT_BOXES_MAX));
	assert_ok(open_it());
	assert_ok(gn_agent_vault_boxes(vault, out, AGENT_BOXES_MAX, &count));
	assert_int_equal(count, AGENT_BOXES_MAX);
	assert_memory_equal(in, out, AGENT_BOXES_MAX * sizeof *in);
	assert_err(gn_agent_vault_boxes(vault, out, AGENT_BOXES_MAX - 1, &count), GN_TOO_LARGE);
	FILE *f = fopen(path_of(AGENT_BOXES), "r+b");
	assert_non_null(f);
	fseek(f, 100, SEEK_SET);
	fputc('x', f);
	fclose(f);
	assert_err(gn_agent_vault_boxes(vault, out, AGENT_BOXES_MAX, &count), GN_CORRUPT);
}

static void derived(void **state)
{
	(void)state;
	char purpose[66];
	uint8_t a[32], b[32];
	assert_ok(open_it());
	assert_ok(gn_agent_vault_create(vault, NULL, none, NOW));
	assert_ok(gn_agent_vault_derive(vault, "x", GN_LIT("y"), a));
	assert_ok(gn_agent_vault_derive(vault, "x", GN_LIT("z"), b));
	assert_memory_not_equal(a, b, sizeof a);
	assert_ok(gn_agent_vault_derive(vault, "xy", GN_LIT(""), b));
	assert_memory_not_equal(a, b, sizeof a);
	assert_ok(gn_agent_vault_derive(vault, "x", GN_LIT("y"), b));
	assert_memory_equal(a, b, sizeof a);
	memset(purpose, 'p', sizeof purpose);
	purpose[65] = 0;
	assert_err(gn_agent_vault_derive(vault, purpose, none, a), GN_TOO_LARGE);
	purpose[64] = 0;
	assert_ok(gn_agent_vault_derive(vault, purpose, gn_slice(purpose, 64), a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(without_passphrase, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_identity_of_the_tool_is_never_overwritten,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(with_passphrase, set_up, tear_down),
		cmocka_unit_test_setup_teardown(tries, set_up, tear_down),
		cmocka_unit_test_setup_teardown(passphrase_forms, set_up, tear_down),
		cmocka_unit_test_setup_teardown(changed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(taken_over, set_up, tear_down),
		cmocka_unit_test_setup_teardown(modes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(damaged, set_up, tear_down),
		cmocka_unit_test_setup_teardown(one_agent, set_up, tear_down),
		cmocka_unit_test_setup_teardown(boxes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(derived, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
