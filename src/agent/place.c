/* Where the agent's socket is: in the user's runtime directory, which ends with their session and
 * lies in memory; where there is none, or it is not theirs alone, in DATA.
 *
 * Rule: AG-61. */
#include "agent/agent_int.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* A directory of this user's, closed to others. */
static bool is_mine(const char *path)
{
	struct stat st;
	return lstat(path, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid() &&
	       (st.st_mode & 077) == 0;
}

bool agent_place(const char *runtime, const char *data, char *out, size_t cap)
{
	char folder[AGENT_RUNTIME_MAX + 16];
	bool fits = *runtime == '/' && strlen(runtime) <= AGENT_RUNTIME_MAX;
	if (fits && is_mine(runtime)) {
		snprintf(folder, sizeof folder, "%s/geonet", runtime);
		if ((mkdir(folder, 0700) == 0 || errno == EEXIST) && is_mine(folder)) {
			snprintf(out, cap, "%s/agent.sock", folder);
			return true;
		}
	}
	snprintf(out, cap, "%.480s/" GN_AGENT_DIR "/agent.sock", data);
	return !*runtime;
}
