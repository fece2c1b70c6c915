#include "geonet/send/begun.h"
#include "files/files.h"
#include "geonet/frame/frame.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

char *begun_name(const char *code)
{
	return cli_format(BEGUN_PREFIX "%s" BEGUN_SUFFIX, code);
}

bool begun_is_there(int folder, const char *name)
{
	return faccessat(folder, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* The code in the name of a state; false: it is none. */
static bool code_in(const char *name, struct gn_code *code)
{
	struct gn_code_wrong wrong;
	size_t first = strlen(BEGUN_PREFIX), last = strlen(BEGUN_SUFFIX), len = strlen(name);
	return len > first + last && strncmp(name, BEGUN_PREFIX, first) == 0 &&
	       strcmp(name + len - last, BEGUN_SUFFIX) == 0 &&
	       gn_code_parse(gn_slice(name + first, len - first - last), code, &wrong) == GN_OK;
}

static bool is_ours(int folder, const char *name)
{
	int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	bool ours = fd >= 0 && gn_files_is_ours(fd);
	if (fd >= 0)
		close(fd);
	return ours;
}

struct begun begun_find(int folder)
{
	struct begun b = {0};
	struct gn_code code;
	struct dirent *e;
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	while (d && (e = readdir(d)) != NULL) {
		if (!code_in(e->d_name, &code) || !is_ours(folder, e->d_name))
			continue;
		b.code = code;
		gn_code_text(&code, b.text);
		size_t len = strlen(b.all);
		if (b.count++ < BEGUN_SHOWN)
			snprintf(b.all + len, sizeof b.all - len, "%s%s", len ? ", " : "", b.text);
	}
	if (d)
		closedir(d);
	else if (fd >= 0)
		close(fd);
	return b;
}
