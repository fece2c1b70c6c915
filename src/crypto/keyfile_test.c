/* Key files: what goes in comes out, and every kind of trouble has its own error. */
#include "crypto/crypto.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct gn_prng prng;
static struct gn_rand rnd;

static struct gn_buf sealed(uint8_t *storage, struct gn_slice secret, struct gn_slice passphrase)
{
	struct gn_buf b = {storage, 0, GN_KEYFILE_MAX};
	assert_int_equal(gn_keyfile_seal(&rnd, "identity", secret, passphrase, &b), GN_OK);
	return b;
}

static gn_err open_as(struct gn_slice file, const char *kind, struct gn_slice passphrase,
		      struct gn_slice want)
{
	uint8_t out[256];
	struct gn_buf b = {out, 0, sizeof out};
	gn_err err = gn_keyfile_open(file, kind, passphrase, &b);
	if (err == GN_OK)
		assert_true(gn_slice_eq(gn_buf_slice(&b), want));
	else
		assert_int_equal(b.len, 0);
	return err;
}

static void files_open_with_and_without_a_passphrase(void **state)
{
	(void)state;
	uint8_t file[GN_KEYFILE_MAX], secret[256];
	struct gn_slice none = {NULL, 0}, pass = GN_LIT("correct horse");
	gn_rand_fill(&rnd, secret, sizeof secret);
	static const size_t lens[] = {0, 32, 256};
	for (size_t i = 0; i < GN_COUNT(lens); i++) {
		struct gn_slice s = gn_slice(secret, lens[i]);
		struct gn_buf b = sealed(file, s, none);
		assert_int_equal(open_as(gn_buf_slice(&b), "identity", none, s), GN_OK);
		assert_int_equal(open_as(gn_buf_slice(&b), "identity", pass, s), GN_OK);
		b = sealed(file, s, pass);
		assert_int_equal(open_as(gn_buf_slice(&b), "identity", pass, s), GN_OK);
		assert_int_equal(open_as(gn_buf_slice(&b), "identity", none, s), GN_PASSPHRASE);
	}
	struct gn_buf b = sealed(file, gn_slice(secret, 32), pass);
	assert_int_equal(open_as(gn_buf_slice(&b), "identity", GN_LIT("correct horsf"), none),
			 GN_PASSPHRASE);
	assert_int_equal(open_as(gn_buf_slice(&b), "node", pass, none), GN_USAGE);
	for (size_t i = 0; i + 32 <= b.len; i++) /* the secret is not there to be read */
		assert_memory_not_equal(b.p + i, secret, 32);
}

static void two_files_of_one_secret_differ(void **state)
{
	(void)state;
	uint8_t a[GN_KEYFILE_MAX], b[GN_KEYFILE_MAX];
	struct gn_buf x = sealed(a, GN_LIT("secret"), GN_LIT("p")),
		      y = sealed(b, GN_LIT("secret"), GN_LIT("p"));
	assert_int_equal(x.len, y.len);
	assert_memory_not_equal(a + 30, b + 30, x.len - 30);
}

static void every_damage_is_called_damage(void **state)
{
	(void)state;
	uint8_t file[GN_KEYFILE_MAX];
	struct gn_slice pass[] = {{NULL, 0}, GN_LIT("p")};
	for (size_t k = 0; k < 2; k++) {
		struct gn_buf b = sealed(file, GN_LIT("secret"), pass[k]);
		for (size_t len = 0; len < b.len; len++)
			assert_int_equal(
				open_as(gn_slice(file, len), "identity", pass[k], GN_LIT("")),
				GN_CORRUPT);
		for (size_t bit = 0; bit < 8 * b.len; bit++) {
			file[bit / 8] ^= (uint8_t)(1 << bit % 8);
			assert_int_equal(open_as(gn_buf_slice(&b), "identity", pass[k], GN_LIT("")),
					 GN_CORRUPT);
			file[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		file[b.len] = 0;
		assert_int_equal(
			open_as(gn_slice(file, b.len + 1), "identity", pass[k], GN_LIT("")),
			GN_CORRUPT);
	}
}

/* Changes a byte and makes the checksum right again, as whoever wrote the file could. */
static gn_err open_forged(struct gn_buf *b, size_t at, uint8_t value)
{
	uint8_t old = b->p[at], sum[8];
	struct gn_hash h;
	memcpy(sum, b->p + b->len - 8, 8);
	b->p[at] = value;
	gn_sha256(&(struct gn_slice){b->p, b->len - 8}, 1, &h);
	memcpy(b->p + b->len - 8, h.b, 8);
	gn_err err = open_as(gn_buf_slice(b), "identity", GN_LIT("p"), GN_LIT("secret"));
	b->p[at] = old;
	memcpy(b->p + b->len - 8, sum, 8);
	return err;
}

static void forged_headers_neither_open_nor_hang(void **state)
{
	(void)state;
	uint8_t file[GN_KEYFILE_MAX];
	struct gn_buf b = sealed(file, GN_LIT("secret"), GN_LIT("p"));
	const size_t passes = 8 + 1 + 9, memory = passes + 4, salt = memory + 4, len = salt + 16;
	assert_int_equal(open_forged(&b, 0, 'X'), GN_CORRUPT);
	assert_int_equal(open_forged(&b, 7, 2), GN_VERSION);
	assert_int_equal(open_forged(&b, 8, 0), GN_CORRUPT); /* "open" leaves bytes over */
	assert_int_equal(open_forged(&b, 8, 2), GN_CORRUPT);
	assert_int_equal(open_forged(&b, 9, 9), GN_CORRUPT);
	assert_int_equal(open_forged(&b, passes, 0xff), GN_CORRUPT);
	assert_int_equal(open_forged(&b, passes + 3, 0), GN_CORRUPT);
	assert_int_equal(open_forged(&b, passes + 3, 1), GN_PASSPHRASE);
	assert_int_equal(open_forged(&b, memory, 0xff), GN_CORRUPT);
	assert_int_equal(open_forged(&b, memory + 1, 0), GN_CORRUPT);
	assert_int_equal(open_forged(&b, salt, (uint8_t)(file[salt] ^ 1)), GN_PASSPHRASE);
	assert_int_equal(open_forged(&b, len, 1), GN_CORRUPT);
	assert_int_equal(open_forged(&b, len + 2, (uint8_t)(file[len + 2] ^ 1)), GN_PASSPHRASE);
}

static void limits_are_kept(void **state)
{
	(void)state;
	uint8_t file[GN_KEYFILE_MAX], big[257] = {0};
	static uint8_t long_pass[1025];
	struct gn_buf b = {file, 0, sizeof file};
	struct gn_slice none = {NULL, 0};
	assert_int_equal(gn_keyfile_seal(&rnd, "identity", GN_SLICE(big), none, &b), GN_TOO_LARGE);
	assert_int_equal(gn_keyfile_seal(&rnd, "identity", none, GN_SLICE(long_pass), &b),
			 GN_TOO_LARGE);
	assert_int_equal(gn_keyfile_seal(&rnd, "", none, none, &b), GN_USAGE);
	assert_int_equal(gn_keyfile_seal(&rnd, "a name of thirty-three characters", none, none, &b),
			 GN_USAGE);
	assert_int_equal(gn_keyfile_seal(&rnd, "name of thirty-two characters ok",
					 gn_slice(big, 256), GN_LIT("p"), &b),
			 GN_OK);
	struct gn_buf tight = {file, 0, 20};
	assert_int_equal(gn_keyfile_seal(&rnd, "identity", none, none, &tight), GN_TOO_LARGE);
	assert_int_equal(tight.len, 0);
	b = sealed(file, gn_slice(big, 32), none);
	uint8_t out[31];
	struct gn_buf small = {out, 0, sizeof out};
	assert_int_equal(gn_keyfile_open(gn_buf_slice(&b), "identity", none, &small), GN_TOO_LARGE);
}

int main(void)
{
	gn_prng_init(&prng, 5);
	rnd = gn_prng_rand(&prng);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_open_with_and_without_a_passphrase),
		cmocka_unit_test(two_files_of_one_secret_differ),
		cmocka_unit_test(every_damage_is_called_damage),
		cmocka_unit_test(forged_headers_neither_open_nor_hang),
		cmocka_unit_test(limits_are_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
