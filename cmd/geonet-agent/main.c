/* geonet-agent: one person's agent. Reads flags, and runs until it is told to stop. */
#include "agent/agent.h"
#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PLACE 512          /* bytes of a path */
#define GN_AGENT_WORD 1026 /* of a passphrase, with its newline */

static const char usage[] =
	"usage: geonet-agent [OPTION]...\n"
	"Run one person's agent: their keys, sessions and history; `geonet agent up`\n"
	"starts it in the background.\n"
	"\n";

static const char rest[] =
	"  --restore FILE        put a backup back into DATA, where no agent was, and\n"
	"                        end; its passphrase is the first line of stdin\n"
	"  --help, --version\n"
	"\n"
	"Examples:\n"
	"  geonet-agent                     for this user, over the node of this user\n"
	"  geonet-agent --data /tmp/ann --node /run/geonet/app.sock\n"
	"\n"
	"Exit status: 0 stopped on request, 1 failed, 2 the command line is wrong, 3 the\n"
	"backup needs its passphrase.\n";

static int help(void)
{
	fputs(usage, stdout);
	gn_host_settings_print(gn_agent_settings, stdout);
	fputs(rest, stdout);
	return ferror(stdout) != 0;
}

/* ---- a backup put back ---- */

#define WANTS_PASSPHRASE 3

static void tell(void *user, uint64_t done, uint64_t size)
{
	(void)user;
	printf("%llu %llu\n", (unsigned long long)done, (unsigned long long)size);
	fflush(stdout);
}

/* The passphrase, if there is one, is the first line of stdin. */
static int restore(const char *data, const char *file)
{
	char line[GN_AGENT_WORD] = "", why[GN_AGENT_WHY], pid[GN_PID_MAX];
	struct gn_rand rand = gn_rand_system();
	struct gn_agent_restore in = {.data = data, .name = file, .rand = &rand, .progress = tell};
	struct gn_pk owner;
	in.fd = open(file, O_RDONLY | O_CLOEXEC);
	if (in.fd < 0) {
		fprintf(stderr, "geonet-agent: %s: %s\n", file, strerror(errno));
		return 1;
	}
	if (!isatty(STDIN_FILENO) && fgets(line, sizeof line, stdin))
		line[strcspn(line, "\n")] = 0;
	in.passphrase = gn_str(line);
	gn_err err = gn_agent_restore(&in, &owner, why);
	gn_wipe(line, sizeof line);
	close(in.fd);
	if (err) {
		fprintf(stderr, "geonet-agent: %s\n", why);
		return err == GN_PASSPHRASE ? WANTS_PASSPHRASE : 1;
	}
	gn_pid(&owner, pid);
	return printf("of %s\n", pid) < 0;
}

static int fail(const char *why)
{
	fprintf(stderr, "geonet-agent: %s\n", why);
	return 2;
}

/* place: this user's own, whatever is said. */
static void default_data(struct gn_agent_config *config, char place[PLACE])
{
	const char *own = getenv("GEONET_DATA"), *xdg = getenv("XDG_DATA_HOME");
	if (xdg && *xdg)
		snprintf(place, PLACE, "%.490s/geonet", xdg);
	else
		snprintf(place, PLACE, "%.480s/.local/share/geonet", gn_os_home());
	snprintf(config->data, sizeof config->data, "%.500s", own && *own ? own : place);
}

/* The runtime directory has room for one agent: that of the place where a user's data is when
 * nothing else is said. The tool finds it by the same rule. */
static void choose_runtime(struct gn_agent_config *config, const char *place)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	if (runtime && strcmp(config->data, place) == 0)
		snprintf(config->runtime, sizeof config->runtime, "%.500s", runtime);
}

static gn_err parse(int argc, char **argv, struct gn_agent_config *config, int *ready_fd,
		    const char **backup, char why[GN_HOST_WHY])
{
	for (int i = 1; i < argc; i++) {
		const char *name = argv[i] + 2, *equals = strchr(argv[i], '=');
		if (strncmp(argv[i], "--", 2) != 0)
			return gn_host_why(why, GN_USAGE,
					   "'%.80s' is not an option; see geonet-agent --help",
					   argv[i]);
		size_t len = equals ? (size_t)(equals - name) : strlen(name);
		const char *value = equals ? equals + 1 : i + 1 < argc ? argv[++i] : NULL;
		if (!value)
			return gn_host_why(why, GN_USAGE,
					   "--%.80s needs a value; see geonet-agent --help", name);
		if (gn_slice_eq(gn_slice(name, len), GN_LIT("ready-fd"))) {
			uint64_t fd;
			if (!gn_os_setting_number(value, 0, INT_MAX, false, &fd))
				return gn_host_why(why, GN_USAGE,
						   "--ready-fd: '%.80s' is not a descriptor",
						   value);
			*ready_fd = (int)fd;
		} else if (gn_slice_eq(gn_slice(name, len), GN_LIT("restore"))) {
			*backup = value;
		} else {
			char inner[GN_HOST_WHY];
			if (gn_host_setting_set(gn_agent_settings, config, gn_slice(name, len),
						gn_str(value), inner))
				return gn_host_why(why, GN_USAGE, "%.250s; see geonet-agent --help",
						   inner);
		}
	}
	return GN_OK;
}

int main(int argc, char **argv)
{
	static struct gn_agent_config config;
	char why[GN_HOST_WHY] = "", place[PLACE];
	const char *backup = NULL;
	int ready_fd = -1;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return help();
		if (strcmp(argv[i], "--version") == 0)
			return printf("geonet-agent %s\n", GEONET_VERSION) < 0;
	}
	gn_os_process();
	gn_host_settings_default(gn_agent_settings, &config, sizeof config);
	default_data(&config, place);
	if (parse(argc, argv, &config, &ready_fd, &backup, why))
		return fail(why);
	choose_runtime(&config, place);
	if (backup)
		return restore(config.data, backup);
	if (gn_agent_run(&config, ready_fd, why) == GN_OK)
		return 0;
	fprintf(stderr, "geonet-agent: %s\n", why);
	return 1;
}
