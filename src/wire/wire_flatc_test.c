/* Against the official compiler: what we build it reads, what it builds we read, for every table
 * of every schema with random contents; and the schemas still conform to those released. Skipped
 * when flatc is not installed. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "wire/all_types.h"
#include "wire/testing/random_fb.h"

#define SEEDS 4

static char dir[] = "/tmp/geonet-flatc-XXXXXX";
static bool absent;
static uint8_t storage[1 << 17];

GN_PRINTF(1, 2) static int run(const char *fmt, ...)
{
	char command[2048];
	va_list args;
	va_start(args, fmt);
	int n = vsnprintf(command, sizeof command, fmt, args);
	va_end(args);
	assert_in_range(n, 1, sizeof command - 1);
	return system(command);
}

static void need_flatc(void)
{
	if (absent) {
		print_message("flatc is not installed: not compared with the official compiler\n");
		skip();
	}
}

static void file_path(char out[256], unsigned seed, const char *suffix)
{
	snprintf(out, 256, "%s/%u.%s", dir, seed, suffix);
}

static void write_file(unsigned seed, const char *suffix, struct gn_slice bytes)
{
	char path[256];
	file_path(path, seed, suffix);
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes.p, 1, bytes.len, f), bytes.len);
	fclose(f);
}

static struct gn_slice read_file(unsigned seed, const char *suffix)
{
	char path[256];
	file_path(path, seed, suffix);
	FILE *f = fopen(path, "rb");
	if (!f)
		fail_msg("flatc wrote no %s", path);
	size_t len = fread(storage, 1, sizeof storage, f);
	fclose(f);
	unlink(path);
	return gn_slice(storage, len);
}

/* flatc over 0.<suffix> .. of the table, with the options in front. */
static void flatc(const struct schema *schema, const struct gn_fb_type *type, const char *options,
		  const char *suffix)
{
	const char *space = strncmp(schema->file, "testdata/", 9) == 0 ? "geonet.sample" : "geonet";
	char files[SEEDS * 64];
	size_t n = 0;
	for (unsigned seed = 0; seed < SEEDS; seed++)
		n += (size_t)snprintf(files + n, sizeof files - n, " %s/%u.%s", dir, seed, suffix);
	if (run("flatc %s --root-type %s.%s -o %s %s/%s %s%s >%s/log 2>&1", options, space,
		type->name, dir, WIRE_FOLDER, schema->file, strcmp(suffix, "bin") == 0 ? "--" : "",
		files, dir)) {
		run("cat %s/log", dir);
		fail_msg("flatc %s refused %s", options, type->name);
	}
}

/* flatc's 0.bin .. say what our random tables of the same seeds say. */
static void compare(const struct gn_fb_type *type, char *const *texts)
{
	for (unsigned seed = 0; seed < SEEDS; seed++) {
		struct gn_fbt t;
		struct gn_slice theirs = read_file(seed, "bin");
		if (gn_fb_verify(theirs, type, &t) != GN_OK)
			fail_msg("flatc's %s does not verify (seed %u): %s", type->name, seed,
				 texts[seed]);
		assert_string_equal(json_of(type, t).p, texts[seed]);
	}
}

static char *text_of(const struct gn_fb_type *type, unsigned seed, struct gn_slice *out)
{
	struct gn_fbt t;
	assert_int_equal(random_buffer(type, seed, storage, sizeof storage, out), GN_OK);
	assert_int_equal(gn_fb_verify(*out, type, &t), GN_OK);
	return strdup(json_of(type, t).p);
}

static void for_each_table(void (*check)(const struct schema *schema,
					 const struct gn_fb_type *type))
{
	need_flatc();
	for (size_t s = 0; s < GN_COUNT(all_schemas); s++)
		for (size_t i = 0; i < all_schemas[s].count; i++)
			check(&all_schemas[s], all_schemas[s].types[i]);
}

static void through_json(const struct schema *schema, const struct gn_fb_type *type)
{
	char *texts[SEEDS];
	for (unsigned seed = 0; seed < SEEDS; seed++) {
		struct gn_slice ours;
		texts[seed] = text_of(type, seed, &ours);
		write_file(seed, "bin", ours);
	}
	flatc(schema, type, "--json --strict-json --raw-binary", "bin");
	flatc(schema, type, "-b", "json");
	compare(type, texts);
	for (unsigned seed = 0; seed < SEEDS; seed++)
		free(texts[seed]);
}

static void from_json(const struct schema *schema, const struct gn_fb_type *type)
{
	char *texts[SEEDS];
	for (unsigned seed = 0; seed < SEEDS; seed++) {
		struct gn_slice ours;
		texts[seed] = text_of(type, 1000 + seed, &ours);
		write_file(seed, "json", gn_str(texts[seed]));
	}
	flatc(schema, type, "-b", "json");
	compare(type, texts);
	for (unsigned seed = 0; seed < SEEDS; seed++)
		free(texts[seed]);
}

static void our_bytes_through_flatc_and_back(void **state)
{
	(void)state;
	for_each_table(through_json);
}

static void flatc_bytes_from_our_json(void **state)
{
	(void)state;
	for_each_table(from_json);
}

/* WR-8: schemas/released/<version>/x.fbs is x.fbs as released; what changed since must be
 * compatible. */
static void schemas_conform_to_those_released(void **state)
{
	(void)state;
	need_flatc();
	unsigned count = 0;
	DIR *versions = opendir(WIRE_FOLDER "/schemas/released");
	assert_non_null(versions);
	for (struct dirent *v; (v = readdir(versions));) {
		if (v->d_name[0] == '.')
			continue;
		for (size_t s = 0; s < GN_COUNT(all_schemas); s++) {
			const char *file = all_schemas[s].file;
			char old[512];
			if (strncmp(file, "schemas/", 8) != 0)
				continue;
			snprintf(old, sizeof old, WIRE_FOLDER "/schemas/released/%s/%s", v->d_name,
				 file + 8);
			if (access(old, R_OK))
				continue;
			if (run("flatc --conform %s %s/%s >%s/log 2>&1", old, WIRE_FOLDER, file,
				dir)) {
				run("cat %s/log", dir);
				fail_msg("%s breaks %s", file, v->d_name);
			}
			count++;
		}
	}
	closedir(versions);
	assert_true(count > 0);
}

static int make_dir(void **state)
{
	(void)state;
	absent = system("flatc --version >/dev/null 2>&1") != 0;
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	(void)state;
	return run("rm -rf %s", dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(our_bytes_through_flatc_and_back),
		cmocka_unit_test(flatc_bytes_from_our_json),
		cmocka_unit_test(schemas_conform_to_those_released),
	};
	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
