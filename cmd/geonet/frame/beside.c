/* Where the other programs of GeoNet are. */
#include "geonet/frame/frame.h"

#include <stdlib.h>
#include <unistd.h>

char *cli_beside(const char *program)
{
	char self[CLI_PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	char *slash = NULL;
	if (n > 0) {
		self[n] = 0;
		slash = strrchr(self, '/');
	}
	if (slash) {
		*slash = 0;
		char *beside = cli_format("%s/%s", self, program);
		if (access(beside, X_OK) == 0)
			return beside;
		free(beside);
	}
	return cli_format("%s", program);
}
