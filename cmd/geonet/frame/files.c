/* Files: what a command reads, and where its answer goes.
 *
 * An answer's place is what the path means, not what stands in its directory: links are
 * followed, unless another user put them where everybody may, a number of /dev/fd is written on
 * from where it stands, a device or FIFO is written into, and only a regular file is replaced,
 * whole and at once, when every byte is there.
 *
 * 1. A failed answer leaves a regular file as it was.
 * 2. What is no regular file is never removed or replaced. */
#include "geonet/frame/files.h"
#include "geonet/frame/frame.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINKS_MAX 40 /* followed one after the other, as Linux does */
#define FOREIGN                                                                                    \
	"%s: what is there was put by another user into a folder that everybody may write to; "    \
	"choose another place"

/* ---- reading ---- */

bool read_input(struct cli *cli, const char *path, size_t max, uint8_t **out, size_t *len)
{
	bool opened = strcmp(path, "-") != 0;
	FILE *f = opened ? fopen(path, "rb") : stdin;
	size_t cap = 4096, n = 0, room, got;
	if (!f) {
		cli_fail(cli, CLI_FAILED, "io", "%s: %s", path, strerror(errno));
		return false;
	}
	uint8_t *data = cli_alloc(cap);
	do {
		if (n == cap)
			data = cli_grow(data, cap *= 2);
		room = cap - n;
		got = fread(data + n, 1, room, f);
		n += got;
	} while (got == room && n <= max);
	int why = errno;
	bool bad = ferror(f);
	if (opened)
		fclose(f);
	if (bad || n > max) {
		gn_wipe(data, cap);
		free(data);
		if (bad)
			cli_fail(cli, CLI_FAILED, "io", "%s: %s", path, strerror(why));
		else
			cli_fail(cli, CLI_FAILED, "too-large", "%s is larger than %zu bytes",
				 opened ? path : "the input", max);
		return false;
	}
	*out = data;
	*len = n;
	return true;
}

/* ---- writing ---- */

/* The folder that path lies in. */
static char *folder_of(const char *path)
{
	char *copy = cli_format("%s", path), *folder = cli_format("%s", dirname(copy));
	free(copy);
	return folder;
}

static bool sync_folder(const char *path)
{
	char *folder = folder_of(path);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(folder);
	bool ok = fd >= 0 && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	return ok;
}

static bool write_all(int fd, struct gn_slice data)
{
	while (data.len) {
		ssize_t n = write(fd, data.p, data.len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		data = gn_slice_sub(data, (size_t)n, SIZE_MAX);
	}
	return true;
}

bool write_file(struct cli *cli, const char *path, struct gn_slice data, unsigned mode,
		bool replace)
{
	char *temp = cli_format("%s.XXXXXX", path);
	int fd = mkstemp(temp);
	bool ok = fd >= 0 && fchmod(fd, (mode_t)mode) == 0 && write_all(fd, data) && fsync(fd) == 0;
	if (fd >= 0)
		ok = close(fd) == 0 && ok;
	if (ok)
		/* link does not replace */
		ok = replace ? rename(temp, path) == 0 : link(temp, path) == 0;
	int why = errno;
	if (fd >= 0 && (!ok || !replace))
		unlink(temp);
	free(temp);
	if (ok)
		sync_folder(path);
	else
		cli_fail(cli, CLI_FAILED, why == EEXIST ? "exists" : "io", "%s: %s", path,
			 strerror(why));
	return ok;
}

/* What somebody else put into a sticky folder that everybody may write to, as /tmp is: neither
 * ours nor the folder's owner's. It may be a trap, so no link of that kind is followed and no
 * file or FIFO written to; the rule of Linux (protected_symlinks, _regular, _fifos), whether it
 * is switched on or not. */
static bool is_foreign(const char *path, const struct stat *st)
{
	struct stat in;
	char *folder = folder_of(path);
	bool is = stat(folder, &in) == 0 && (in.st_mode & S_ISVTX) && (in.st_mode & S_IWOTH) &&
		  st->st_uid != geteuid() && st->st_uid != in.st_uid && !S_ISDIR(st->st_mode);
	free(folder);
	return is;
}

bool make_folders(struct cli *cli, const char *path, unsigned mode)
{
	struct stat st;
	char *copy = cli_format("%s", path);
	bool ok = true, foreign = false;
	for (char *p = copy + 1; ok; p++) {
		if (*p && *p != '/')
			continue;
		char c = *p;
		*p = 0;
		foreign = lstat(copy, &st) == 0 && is_foreign(copy, &st);
		ok = !foreign && (mkdir(copy, (mode_t)mode) == 0 || errno == EEXIST);
		*p = c;
		if (!c)
			break;
	}
	if (foreign)
		cli_fail(cli, CLI_FAILED, "denied", FOREIGN, copy);
	else if (!ok)
		cli_fail(cli, CLI_FAILED, "io", "%s cannot be made: %s", path, strerror(errno));
	free(copy);
	return ok;
}

/* ---- where an answer goes ---- */

/* N of /dev/fd/N and of what /dev/stdout leads to, else -1. */
static int open_number(const char *path)
{
	static const char *const folders[] = {"/dev/fd/", "/proc/self/fd/"};
	for (size_t i = 0; i < GN_COUNT(folders); i++) {
		size_t len = strlen(folders[i]);
		const char *digits = path + len;
		if (strncmp(path, folders[i], len) == 0 && *digits && strlen(digits) < 8 &&
		    strspn(digits, "0123456789") == strlen(digits))
			return (int)strtol(digits, NULL, 10);
	}
	return -1;
}

/* What path means once all its links are followed, whether something is there or not; the caller
 * frees. NULL: errno is ELOOP, too many links, or EPERM, something foreign is in the way. */
static char *follow_links(const char *path)
{
	char *at = cli_format("%s", path), to[CLI_PATH_MAX];
	int links = 0;
	for (size_t begin = 0, end; open_number(at) < 0; begin = end) {
		/* before `begin` no link is left */
		struct stat st;
		ssize_t n = -1;
		begin += strspn(at + begin, "/");
		end = begin + strcspn(at + begin, "/");
		if (end == begin)
			return at;
		char *part = cli_format("%.*s", (int)end, at);
		bool there = lstat(part, &st) == 0, foreign = there && is_foreign(part, &st);
		if (there && S_ISLNK(st.st_mode) && !foreign)
			n = readlink(part, to, sizeof to - 1);
		free(part);
		if (n >= 0) {
			to[n] = 0;
			end = to[0] == '/' ? 0 : begin;
			char *next = cli_format("%.*s%s%s", (int)end, at, to,
						at + begin + strcspn(at + begin, "/"));
			free(at);
			at = next;
		}
		if (foreign || (n >= 0 && ++links > LINKS_MAX)) {
			free(at);
			errno = foreign ? EPERM : ELOOP;
			return NULL;
		}
	}
	return at;
}

bool output_is_stdout(const char *path)
{
	char *target = path && strcmp(path, "-") != 0 ? follow_links(path) : NULL;
	bool is =
		!path || strcmp(path, "-") == 0 || (target && open_number(target) == STDOUT_FILENO);
	free(target);
	return is;
}

/* A temporary file beside the target, with the mode of the file it will replace, or that of any
 * new one. */
static int open_beside(struct output *o, const struct stat *old)
{
	mode_t mask = umask(0);
	umask(mask);
	o->temp = cli_format("%s.XXXXXX", o->target);
	int fd = mkstemp(o->temp);
	if (fd < 0) {
		free(o->temp);
		o->temp = NULL;
	} else if (fchmod(fd, old ? old->st_mode & 0777 : 0666 & ~mask) != 0) {
		/* a file system without modes */
	}
	return fd;
}

bool output_open(struct cli *cli, const char *path, bool replace, struct output *o)
{
	struct stat st;
	*o = (struct output){.cli = cli, .name = path ? path : "-", .replace = replace};
	if (output_is_stdout(path)) {
		o->f = stdout;
		o->name = "stdout";
		return true;
	}
	o->target = follow_links(path);
	int number = o->target ? open_number(o->target) : -1, fd = -1;
	bool there = o->target && number < 0 && lstat(o->target, &st) == 0;
	if (number >= 0)
		fd = dup(number);
	else if (there && !S_ISREG(st.st_mode))
		fd = open(o->target, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW);
	else if (there && !replace)
		errno = EEXIST;
	else if (o->target)
		fd = open_beside(o, there ? &st : NULL);
	o->f = fd >= 0 ? fdopen(fd, "wb") : NULL;
	if (o->f)
		return true;
	if (!o->target && errno == EPERM)
		cli_fail(cli, CLI_FAILED, "denied", FOREIGN, path);
	else
		cli_fail(cli, CLI_FAILED, errno == EEXIST ? "exists" : "io", "%s: %s", path,
			 strerror(errno));
	if (fd >= 0)
		close(fd);
	if (o->temp)
		unlink(o->temp);
	free(o->temp);
	free(o->target);
	return false;
}

/* The temporary file takes the target's place. */
static bool put_in_place(const struct output *o)
{
	if (o->replace)
		return rename(o->temp, o->target) == 0;
	return link(o->temp, o->target) == 0 && unlink(o->temp) == 0; /* link does not replace */
}

int output_close(struct output *o, int exit)
{
	bool bad = exit == CLI_OK &&
		   (ferror(o->f) || fflush(o->f) != 0 || (o->temp && fsync(fileno(o->f)) != 0));
	int why = errno;
	if (o->target && fclose(o->f) != 0 && exit == CLI_OK && !bad) {
		bad = true;
		why = errno;
	}
	if (exit == CLI_OK && !bad && o->temp && !put_in_place(o)) {
		bad = true;
		why = errno;
	}
	if (o->temp && (exit || bad))
		unlink(o->temp);
	else if (o->temp)
		sync_folder(o->target);
	/* stdout is looked at once more, and told of, at the program's end */
	if (bad && o->target)
		exit = cli_fail(o->cli, CLI_FAILED, "io", "%s cannot be written: %s", o->name,
				strerror(why));
	free(o->temp);
	free(o->target);
	return exit;
}

int output_bytes(struct cli *cli, const char *path, struct gn_slice data)
{
	struct output o;
	if (!output_open(cli, path, true, &o))
		return CLI_FAILED;
	if (data.len)
		/* an error stays with the stream: output_close sees it */
		(void)!fwrite(data.p, 1, data.len, o.f);
	return output_close(&o, CLI_OK);
}
