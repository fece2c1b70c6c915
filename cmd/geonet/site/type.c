/* What a file of a site is: by --type, by its name, and without a suffix by its first bytes
 * (README, LICENSE, what lies in .well-known). Rule: docs/spec/services.md BU-26. */
#include "geonet/frame/frame.h"
#include "geonet/site/site.h"

#include <fcntl.h>
#include <unistd.h>

static bool split_rule(const char *rule, struct gn_slice *glob, struct gn_slice *type)
{
	const char *space = strchr(rule, ' ');
	if (!space || space == rule || !strchr(space, '/'))
		return false;
	*glob = gn_slice(rule, (size_t)(space - rule));
	*type = gn_str(space + strspn(space, " "));
	return true;
}

bool site_types_ok(struct cli *cli)
{
	struct gn_slice glob, type;
	const char *rule;
	for (int i = 0; (rule = cli_option_at(cli, "type", i)); i++)
		if (!split_rule(rule, &glob, &type)) {
			cli_fail(cli, CLI_USAGE, "usage",
				 "--type '%s' is not \"GLOB TYPE\", as in \"*.data text/csv\"",
				 rule);
			return false;
		}
	return true;
}

/* What it begins with. */
static struct gn_slice read_some(const char *path, uint8_t data[GN_TYPE_LOOK])
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, data, GN_TYPE_LOOK);
	if (fd >= 0)
		close(fd);
	return gn_slice(data, n < 0 ? 0 : (size_t)n);
}

struct gn_slice site_type(struct cli *cli, const struct site_file *file)
{
	struct gn_slice glob, type;
	const char *rule;
	uint8_t data[GN_TYPE_LOOK];
	for (int i = 0; (rule = cli_option_at(cli, "type", i)); i++)
		if (split_rule(rule, &glob, &type) &&
		    gn_bundle_glob_matches(glob, gn_str(file->path)))
			return type;
	return gn_str(gn_bundle_type(gn_str(file->path), read_some(file->full, data)));
}
