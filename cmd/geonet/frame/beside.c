/* Where the other programs of GeoNet are: beside this one, else in PATH. Elements of PATH that are
 * empty or relative are not looked into: what lies in the current directory is anybody's. */
#include "geonet/frame/frame.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *find_in_path(const char *program)
{
	const char *path = getenv("PATH");
	for (const char *at = path ? path : ""; *at; at += *at == ':') {
		size_t len = strcspn(at, ":");
		if (*at == '/') {
			char *found = cli_format("%.*s/%s", (int)len, at, program);
			if (access(found, X_OK) == 0)
				return found;
			free(found);
		}
		at += len;
	}
	return NULL;
}

char *cli_beside(const char *program)
{
	char self[CLI_PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	char *slash = NULL;
	if (n > 0) {
		self[n] = 0;
		slash = strrchr(self, '/');
	}
	if (slash)
		*slash = 0;
	char *beside = cli_format("%s/%s", slash ? self : "/", program);
	if (access(beside, X_OK) == 0)
		return beside;
	char *found = find_in_path(program);
	if (!found)
		return beside; /* who starts it says that it is not there */
	free(beside);
	return found;
}
