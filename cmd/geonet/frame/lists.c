/* The lists that the tool keeps for itself in DATA, one JSON object each.
 *
 * 1. A list is read, changed and renamed under DATA/tool.lock, so two tools at once lose
 *    nothing; the node never touches it (docs/spec/node.md NO-20).
 * 2. Only a list that is not there is empty: one that cannot be read or is damaged, and a lock
 *    that cannot be had, end the tool, and nothing is written. */
#include "geonet/frame/lists.h"
#include "geonet/frame/files.h"
#include "geonet/frame/frame.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

static char *own_path(const struct cli *cli, const char *name)
{
	return cli_format("%s/%s", cli->data, name);
}

/* A list that cannot be read now is neither absent nor empty: whoever went on would write over
 * it, or trust a key anew. */
static _Noreturn void own_unreadable(struct cli *cli, const char *path, const char *why)
{
	exit(cli_fail(cli, CLI_FAILED, "io", "%s cannot be read: %s; see to it and try again", path,
		      why));
}

json_t *own_load(struct cli *cli, const char *name, char why[OWN_WHY])
{
	json_error_t where = {0};
	char *path = own_path(cli, name);
	FILE *f = fopen(path, "rb");
	json_t *json = f ? json_loadf(f, JSON_REJECT_DUPLICATES, &where) : NULL;
	if (f ? ferror(f) != 0 : errno != ENOENT)
		own_unreadable(cli, path, strerror(errno));
	if (f && !json && json_error_code(&where) == json_error_out_of_memory)
		own_unreadable(cli, path, "out of memory");
	snprintf(why, OWN_WHY, "%s",
		 !f            ? ""
		 : json        ? "it is no list"
		 : *where.text ? out_text(where.text)
			       : "it is no JSON");
	if (f)
		fclose(f);
	free(path);
	return json;
}

json_t *own_read(struct cli *cli, const char *name)
{
	char why[OWN_WHY];
	json_t *list = own_load(cli, name, why);
	if (*why && !json_is_object(list))
		exit(cli_fail(cli, CLI_FAILED, gn_err_name(GN_CORRUPT),
			      "%s/%s is damaged: %s. It was left as it is; mend it, or move it "
			      "away to begin without what it says",
			      cli->data, name, why));
	return list;
}

int own_lock(struct cli *cli)
{
	char *path = own_path(cli, "tool.lock");
	if (!make_folders(cli, cli->data, 0700))
		exit(CLI_FAILED);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	while (fd < 0 || flock(fd, LOCK_EX) != 0)
		if (fd < 0 || errno != EINTR)
			exit(cli_fail(cli, CLI_FAILED, "io",
				      "%s cannot be locked: %s; nothing was written there", path,
				      strerror(errno)));
	free(path);
	return fd;
}

void own_unlock(int lock)
{
	close(lock);
}

bool own_write(struct cli *cli, const char *name, const json_t *list)
{
	char *path = own_path(cli, name), *text = json_dumps(list, JSON_INDENT(2) | JSON_SORT_KEYS);
	bool ok = text && write_file(cli, path, gn_str(text), 0600, true);
	free(text);
	free(path);
	return ok;
}
