/* The files of disk.h. The state is locked by flock on itself, which goes with the process. */
#include "geonet/send/disk.h"

#include "geonet/frame/frame.h"
#include "os/os.h"
#include "records/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define AT_ONCE 16u           /* requests between two looks at the stream: 16 MiB are hashed */
#define STATE_MAX (64u << 20) /* bytes: what the engine takes */

/* The state that stands there now, not one that its owner removed while we waited for it. */
static gn_err hold_state(struct disk *d)
{
	struct stat ours, there;
	for (int tries = 0; tries < 8; tries++) {
		d->lock = openat(d->files.state_in, d->name,
				 O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (d->lock < 0)
			return errno == EACCES ? GN_DENIED : GN_IO;
		if (!gn_files_is_ours(d->lock)) { /* what another wrote is not believed */
			close(d->lock);
			d->lock = -1;
			return GN_DENIED;
		}
		if (flock(d->lock, LOCK_EX | LOCK_NB) != 0) {
			gn_err err = errno == EWOULDBLOCK ? GN_BUSY : GN_IO;
			close(d->lock);
			d->lock = -1;
			return err;
		}
		if (fstat(d->lock, &ours) == 0 &&
		    fstatat(d->files.state_in, d->name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
		    ours.st_ino == there.st_ino && ours.st_dev == there.st_dev)
			return GN_OK;
		close(d->lock);
		d->lock = -1;
	}
	return GN_BUSY;
}

gn_err disk_open(struct disk *d, int dest, int state_in, char *name)
{
	*d = (struct disk){.files = {.source = -1, .dest = dest, .state_in = state_in},
			   .lock = -1,
			   .name = name,
			   .wake = {-1, -1}};
	d->files.state = name;
	d->files.room = cli_alloc(GN_BLOCK);
	if (pipe(d->wake) != 0 || fcntl(d->wake[0], F_SETFD, FD_CLOEXEC) != 0 ||
	    fcntl(d->wake[1], F_SETFD, FD_CLOEXEC) != 0)
		return GN_IO;
	return hold_state(d);
}

uint8_t *disk_state(const struct disk *d, size_t *len)
{
	struct stat st;
	size_t at = 0;
	if (fstat(d->lock, &st) != 0 || st.st_size <= 0 || st.st_size > (off_t)STATE_MAX)
		return NULL;
	*len = (size_t)st.st_size;
	uint8_t *bytes = cli_alloc(*len);
	while (at < *len) {
		ssize_t n = pread(d->lock, bytes + at, *len - at, (off_t)at);
		if (n <= 0)
			break;
		at += (size_t)n;
	}
	*len = at;
	return bytes;
}

bool disk_state_begin(struct disk *d)
{
	return ftruncate(d->lock, 0) == 0;
}

void disk_state_remove(struct disk *d)
{
	if (d->lock >= 0 && unlinkat(d->files.state_in, d->name, 0) == 0)
		(void)fsync(d->files.state_in);
}

/* ---- requests ---- */

static void *sync_all(void *user)
{
	struct disk *d = user;
	d->err = gn_files_sync(d->files.dest);
	(void)!write(d->wake[1], "", 1);
	return NULL;
}

static bool sync_begin(struct disk *d, uint64_t token)
{
	d->token = token;
	d->syncing = !d->syncing && pthread_create(&d->thread, NULL, sync_all, d) == 0;
	return d->syncing;
}

static void sync_end(struct disk *d, struct gn_transfer *t, gn_time now)
{
	char byte;
	(void)!read(d->wake[0], &byte, 1);
	pthread_join(d->thread, NULL);
	d->syncing = false;
	if (t)
		gn_transfer_done(t, d->token, d->err, NULL, now);
}

static bool sync_is_done(const struct disk *d)
{
	struct pollfd p = {.fd = d->wake[0], .events = POLLIN};
	return d->syncing && poll(&p, 1, 0) > 0;
}

unsigned disk_pump(struct disk *d, struct gn_transfer *t, gn_time now)
{
	struct gn_transfer_request r;
	struct gn_transfer_result result;
	unsigned done = 0;
	if (sync_is_done(d)) {
		sync_end(d, t, now);
		done++;
	}
	d->files.t = t;
	for (; done < AT_ONCE && gn_transfer_next_request(t, &r); done++) {
		if (r.op == GN_TRANSFER_SYNC && r.place == GN_TRANSFER_DEST && !d->syncing &&
		    sync_begin(d, r.token))
			continue;
		gn_err err = gn_files_do(&d->files, &r, &result);
		gn_transfer_done(t, r.token, err, &result, now);
	}
	return done;
}

void disk_close(struct disk *d)
{
	int fds[] = {d->lock, d->files.dest, d->files.state_in, d->wake[0], d->wake[1]};
	struct stat st;
	if (d->syncing)
		sync_end(d, NULL, 0);
	if (d->lock >= 0 && fstat(d->lock, &st) == 0 && st.st_size == 0)
		disk_state_remove(d); /* nothing came of it */
	for (size_t i = 0; i < GN_COUNT(fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
	free(d->files.room);
	free(d->name);
	*d = (struct disk){.lock = -1};
}
