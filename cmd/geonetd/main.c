/* geonetd: one GeoNet node. Reads the configuration file, then flags over it, and runs until it
 * is told to stop. */
#include "geonetd/upnp.h"
#include "node/node.h"
#include "os/os.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] = "usage: geonetd [OPTION]...\n"
			    "Run one GeoNet node.\n"
			    "\n";

static const char rest[] =
	"  --help, --version\n"
	"\n"
	"Examples:\n"
	"  geonetd                                          a node with all defaults\n"
	"  geonetd --bootstrap seed.example.net:7777        join a network\n"
	"  geonetd --data /tmp/n1 --port 0 --http 0 --probation 0   for experiments\n"
	"\n"
	"Environment: GEONET_SETTINGS has \"name = value\" lines that count over the file's\n"
	"and under the options.\n"
	"Exit status: 0 stopped on request, 1 failed, 2 the command line or the\n"
	"configuration is wrong.\n"
	"The page: http://localhost:7780/   sites: http://NAME.geo.localhost:7780/\n"
	"The tool: geonet --help\n";

static int help(void)
{
	fputs(usage, stdout);
	gn_host_settings_print(gn_node_settings, stdout);
	fputs(rest, stdout);
	return ferror(stdout) != 0;
}

static int fail(const char *why)
{
	fprintf(stderr, "geonetd: %s\n", why);
	return 2;
}

static void default_data(struct gn_node_config *config)
{
	const char *own = getenv("GEONET_DATA"), *xdg = getenv("XDG_DATA_HOME");
	if (own && *own)
		snprintf(config->data, sizeof config->data, "%s", own);
	else if (xdg && *xdg)
		snprintf(config->data, sizeof config->data, "%.90s/geonet", xdg);
	else
		snprintf(config->data, sizeof config->data, "%.90s/.local/share/geonet",
			 gn_os_home());
}

/* The configuration file whole; a missing default file is fine. */
static gn_err read_config(struct gn_node_config *config, const char *path, bool must,
			  char why[GN_HOST_WHY])
{
	static char text[65536];
	FILE *f = fopen(path, "rb");
	if (!f && !must && errno == ENOENT)
		return GN_OK;
	size_t len = f ? fread(text, 1, sizeof text, f) : 0;
	if (!f || ferror(f) || len == sizeof text) {
		snprintf(why, GN_HOST_WHY, "%.150s cannot be read: %s", path,
			 f && len == sizeof text ? "larger than 64 KiB" : strerror(errno));
		if (f)
			fclose(f);
		return GN_USAGE;
	}
	fclose(f);
	char inner[GN_HOST_WHY];
	gn_err err = gn_host_settings_parse(gn_node_settings, config, sizeof *config,
					    gn_slice(text, len), inner);
	if (err)
		snprintf(why, GN_HOST_WHY, "%.120s: %.190s", path, inner);
	return err;
}

/* Of a container, or of all nodes of a test. */
static gn_err read_environment(struct gn_node_config *config, char why[GN_HOST_WHY])
{
	const char *text = getenv("GEONET_SETTINGS");
	char inner[GN_HOST_WHY];
	gn_err err = gn_host_settings_parse(gn_node_settings, config, sizeof *config,
					    gn_str(text ? text : ""), inner);
	if (err)
		snprintf(why, GN_HOST_WHY, "GEONET_SETTINGS: %.250s", inner);
	return err;
}

struct flags {
	const char *config;
	int ready_fd;
};

static bool is_option(struct gn_slice name)
{
	const struct gn_host_setting *s = gn_node_settings;
	while (s->name && !gn_slice_eq(name, gn_str(s->name)))
		s++;
	return s->name != NULL;
}

/* "--name value" and "--name=value"; first pass finds --config and --data, second sets
 * everything over the file. */
static gn_err parse(int argc, char **argv, bool second, struct gn_node_config *config,
		    struct flags *flags, char why[GN_HOST_WHY])
{
	for (int i = 1; i < argc; i++) {
		const char *name = argv[i] + 2, *equals = strchr(argv[i], '=');
		size_t len = equals ? (size_t)(equals - name)
				    : strlen(argv[i]) - (strlen(argv[i]) >= 2 ? 2 : 0);
		if (strncmp(argv[i], "--", 2) != 0) {
			snprintf(why, GN_HOST_WHY, "'%.80s' is not an option; see geonetd --help",
				 argv[i]);
			return GN_USAGE;
		}
		const char *value = equals ? equals + 1 : i + 1 < argc ? argv[++i] : NULL;
		struct gn_slice n = gn_slice(name, len);
		if (!value) {
			snprintf(why, GN_HOST_WHY,
				 is_option(n) ? "--%.80s needs a value; see geonetd --help"
					      : "there is no option --%.80s; see geonetd --help",
				 name);
			return GN_USAGE;
		}
		if (gn_slice_eq(n, GN_LIT("config"))) {
			flags->config = value;
		} else if (gn_slice_eq(n, GN_LIT("ready-fd"))) {
			uint64_t fd;
			if (!gn_os_setting_number(value, 0, INT_MAX, false, &fd)) {
				snprintf(why, GN_HOST_WHY,
					 "--ready-fd: '%.80s' is not a descriptor; see geonetd "
					 "--help",
					 value);
				return GN_USAGE;
			}
			flags->ready_fd = (int)fd;
		} else if (second || gn_slice_eq(n, GN_LIT("data"))) {
			char inner[GN_HOST_WHY];
			if (gn_host_setting_set(gn_node_settings, config, n, gn_str(value),
						inner)) {
				bool known = strncmp(inner, name, len) == 0 && inner[len] == ':';
				snprintf(why, GN_HOST_WHY,
					 known ? "--%.250s; see geonetd --help"
					       : "%.250s; see geonetd --help",
					 inner);
				return GN_USAGE;
			}
		}
	}
	return GN_OK;
}

int main(int argc, char **argv)
{
	static struct gn_node_config config;
	struct flags flags = {NULL, -1};
	char why[GN_HOST_WHY] = "", path[sizeof config.data + 16];
	if (argc > 1 && strcmp(argv[1], "--upnp") == 0)
		return upnp_main(argv + 2);
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return help();
		if (strcmp(argv[i], "--version") == 0)
			return printf("geonetd %s\n", GEONET_VERSION) < 0;
	}
	gn_os_process();
	gn_host_settings_default(gn_node_settings, &config, sizeof config);
	config.upnp = "/proc/self/exe";
	default_data(&config);
	if (parse(argc, argv, false, &config, &flags, why))
		return fail(why);
	snprintf(path, sizeof path, "%s/geonet.conf", config.data);
	if (read_config(&config, flags.config ? flags.config : path, flags.config != NULL, why))
		return fail(why);
	if (read_environment(&config, why) || parse(argc, argv, true, &config, &flags, why))
		return fail(why);
	if (gn_node_run(&config, flags.ready_fd, why) == GN_OK)
		return 0;
	if (*config.log_file) /* both: who reads the log later, and who started it */
		gn_os_log_write(NULL, GN_LOG_ERROR, "node", "failed", why);
	fprintf(stderr, "geonetd: %s\n", why);
	return 1;
}
