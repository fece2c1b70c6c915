/* Runs a fuzz target over the files of its corpus (and over each file's every truncation when
 * short), so that a plain build under the sanitizers repeats what fuzzing once found. usage:
 * <target>_fuzz DIR... */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define SHORT 512 /* bytes up to which every truncation is tried too */

static int replay(const char *path)
{
	FILE *f = fopen(path, "rb");
	if (!f)
		return -1;
	static uint8_t data[4 << 20];
	size_t len = fread(data, 1, sizeof data, f);
	fclose(f);
	for (size_t n = len <= SHORT ? 0 : len; n <= len; n++) {
		/* exact size, so that the sanitizer sees one byte past the end */
		uint8_t *copy = malloc(n ? n : 1);
		if (!copy)
			return -1;
		memcpy(copy, data, n);
		LLVMFuzzerTestOneInput(copy, n);
		free(copy);
	}
	return 0;
}

int main(int argc, char **argv)
{
	unsigned count = 0;
	LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
	for (int i = 1; i < argc; i++) {
		DIR *dir = opendir(argv[i]);
		if (!dir) {
			fprintf(stderr, "%s: no such corpus\n", argv[i]);
			return 1;
		}
		for (struct dirent *e; (e = readdir(dir));) {
			char path[4096];
			if (e->d_name[0] == '.' || snprintf(path, sizeof path, "%s/%s", argv[i],
							    e->d_name) >= (int)sizeof path)
				continue;
			if (replay(path)) {
				fprintf(stderr, "%s: cannot be read\n", path);
				closedir(dir);
				return 1;
			}
			count++;
		}
		closedir(dir);
	}
	printf("%u inputs replayed\n", count);
	return count == 0;
}
