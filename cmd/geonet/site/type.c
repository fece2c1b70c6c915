/* What a file of a site is: by --type, by its name, and without a suffix by its first bytes,
 * which are text when they are UTF-8 without control characters (README, LICENSE, what lies in
 * .well-known). Rule: docs/spec/services.md BU-26. */
#include "geonet/frame/frame.h"
#include "geonet/site/site.h"

#include <fcntl.h>
#include <unistd.h>

#define LOOK 4096 /* bytes looked at */

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

static bool is_text(const char *path)
{
	uint8_t data[LOOK];
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, data, sizeof data);
	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return false;
	size_t len = (size_t)n;
	for (int cut = 0; len == LOOK - (size_t)cut && cut < 3 && !gn_utf8_ok(gn_slice(data, len));
	     cut++)
		len--; /* a character may be cut */
	for (size_t i = 0; i < len; i++)
		if ((data[i] < 0x20 && !strchr("\t\n\f\r", data[i])) || data[i] == 0 ||
		    data[i] == 0x7f)
			return false;
	return gn_utf8_ok(gn_slice(data, len));
}

struct gn_slice site_type(struct cli *cli, const struct site_file *file)
{
	struct gn_slice glob, type;
	const char *rule, *name = strrchr(file->path, '/');
	for (int i = 0; (rule = cli_option_at(cli, "type", i)); i++)
		if (split_rule(rule, &glob, &type) &&
		    gn_bundle_glob_matches(glob, gn_str(file->path)))
			return type;
	name = name ? name + 1 : file->path;
	if (!strchr(name + (*name == '.'), '.') && is_text(file->full))
		return GN_LIT("text/plain; charset=utf-8");
	return gn_str(gn_bundle_mime(gn_str(file->path)));
}
