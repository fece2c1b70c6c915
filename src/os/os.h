/* The edge to the machine: clock, data directory, files, names of hosts, the process itself. The
 * only place besides net and node where the operating system is called. Every function is safe
 * to call from worker threads; files are named relative to an open data directory, never through
 * "..", absolute paths or symbolic links. */
#ifndef GN_OS_OS_H
#define GN_OS_OS_H

#include "base/base.h"

/* The sentence of this thread's last failure ("/x/y: permission denied"), for the person; valid
 * until the next failure. */
const char *gn_os_why(void);
/* Makes errno that sentence, about `what`, and an error: for net and node, after a system call
 * of theirs. */
GN_MUST gn_err gn_os_fail(const char *what);

/* ---- time ---- */

/* Nanoseconds since the epoch on a clock that never goes back: the time of a ledger's records.
 * It follows the wall clock, a little faster or slower where they differ, and goes on while the
 * machine is suspended. A wall clock that was set by more than a minute is believed after ten
 * minutes, at once in the machine's first ten; forwards this one then steps, back it never goes:
 * it runs at half its speed. */
gn_time gn_os_now(void);
/* How far the wall clock is ahead of that, when it was set and they differ by more than a
 * minute; else 0. */
gn_time gn_os_clock_off(void);
/* The two clocks of a node, and of a hub's timers (decision 002). Steady: nanoseconds that
 * nobody can set, counted from what the wall clock said when the process first asked; timers go
 * by it. Wall: the machine's clock as it stands now, right or wrong. */
gn_time gn_os_steady(void);
gn_time gn_os_wall(void);
/* How long the machine has slept since it was started: what the boot clock is ahead of the
 * monotonic one. Where it has grown by seconds, every path is suspect (RE-10). */
gn_time gn_os_slept(void);
/* "2026-11-21T07:00:00Z", UTC; cap at least 21. */
void gn_os_time_text(gn_time t, char *out, size_t cap);

/* ---- the data directory ---- */

struct gn_os_dir;
/* Makes it (0700, parents too) if it is not there and takes its lock file: GN_BUSY when another
 * process has it, GN_DENIED when it is another user's, or open to others and full of files of
 * another kind; else it is closed to others. */
GN_MUST gn_err gn_os_dir_open(const char *path, struct gn_os_dir **out);
/* The same under another lock file, for a program that shares the directory with the node. */
GN_MUST gn_err gn_os_dir_open_as(const char *path, const char *lock, struct gn_os_dir **out);
/* The same check of the directory that is open as fd, without lock; path is for gn_os_why(). One
 * that is open to others is closed (0700) if it is empty or was a data directory before: never
 * somebody's home. GN_DENIED as above: nothing is changed. */
GN_MUST gn_err gn_os_dir_close_to_others(int fd, const char *path);
/* NULL is fine. Gives up the lock. */
void gn_os_dir_close(struct gn_os_dir *dir);
/* Bytes of its file system that may still be written, and how many this user may have there in
 * all; zeros: unknown. */
void gn_os_dir_space(const struct gn_os_dir *dir, uint64_t *left, uint64_t *whole);

/* ---- files in it: GN_USAGE for a bad name, GN_NOT_FOUND, GN_DISK_FULL, GN_DENIED, GN_IO ---- */

/* Lines "size name\n" of the entries of a folder ("" is the data directory itself); a missing
 * folder is empty. Appends to out. */
GN_MUST gn_err gn_os_list(const struct gn_os_dir *dir, const char *name, struct gn_buf *out);
/* Fills out up to its capacity from offset; shorter means the end of the file. */
GN_MUST gn_err gn_os_read_at(const struct gn_os_dir *dir, const char *name, uint64_t offset,
			     struct gn_buf *out);
/* All of data; makes the file (0600) and its folders (0700). */
GN_MUST gn_err gn_os_write_at(const struct gn_os_dir *dir, const char *name, uint64_t offset,
			      struct gn_slice data);
/* Data and directory entry are durable. */
GN_MUST gn_err gn_os_sync(const struct gn_os_dir *dir, const char *name);
GN_MUST gn_err gn_os_truncate(const struct gn_os_dir *dir, const char *name, uint64_t len);
/* Atomic, replaces `to`, durable. */
GN_MUST gn_err gn_os_rename(const struct gn_os_dir *dir, const char *from, const char *to);
/* A missing file is no error; durable. */
GN_MUST gn_err gn_os_remove(const struct gn_os_dir *dir, const char *name);

/* A small file whole: GN_TOO_LARGE when it does not fit out, GN_DENIED when others may read or
 * write it, or it is another user's. */
GN_MUST gn_err gn_os_file_read(const struct gn_os_dir *dir, const char *name, struct gn_buf *out);
/* Whole, atomic (a temporary file renamed), durable, 0600; make: GN_EXISTS when it is there, also
 * since a moment ago. */
GN_MUST gn_err gn_os_file_make(const struct gn_os_dir *dir, const char *name, struct gn_slice data);
GN_MUST gn_err gn_os_file_write(const struct gn_os_dir *dir, const char *name,
				struct gn_slice data);

/* ---- settings files: "name = value" lines (NO-1) ---- */

/* A bad one writes why (cap bytes) and returns an error. */
typedef gn_err gn_os_setting(void *user, struct gn_slice name, struct gn_slice value, char *why,
			     size_t cap);
/* Each setting in turn, trimmed, up to the first bad one; why then begins with its line.
 * GN_USAGE, or what set returned. */
GN_MUST gn_err gn_os_settings(struct gn_slice text, gn_os_setting *set, void *user, char *why,
			      size_t cap);
/* As a C string; false when it does not fit or has a zero in it. */
bool gn_os_setting_text(struct gn_slice s, char *out, size_t cap);
/* Decimal from least to most, with a binary suffix K, M, G, T if wanted. */
bool gn_os_setting_number(const char *s, uint64_t least, uint64_t most, bool suffix, uint64_t *out);

/* ---- network names ---- */

/* "HOST:PORT" or "[v6]:PORT" by the system's resolver; blocks. GN_TEXT when it has another form
 * or the port is not 1..65535, GN_NOT_FOUND when the name is unknown, GN_TIMEOUT when nobody
 * answered. */
GN_MUST gn_err gn_os_resolve(const char *host_port, struct gn_addr *out, size_t cap, size_t *count);
/* A socket's address; false, and out as it was, when it is neither IPv4 nor IPv6. */
struct sockaddr;
bool gn_os_addr(const struct sockaddr *sa, struct gn_addr *out);
/* Addresses of this machine's interfaces that are up: global ones first, then private ones (RFC
 * 1918, RFC 6598, RFC 4193); loopback only when there is nothing else, link-local never; port 0. */
void gn_os_local_addrs(struct gn_addr *out, size_t cap, size_t *count);

/* The user on this machine whose the other end of an accepted connection of TCP is, as the kernel
 * knows it (over IPv4 it may have come by IPv6's ::ffff:127.0.0.1). False: it is on no socket of
 * this machine's network, or closed again. */
GN_MUST bool gn_os_tcp_owner(int fd, unsigned *uid);

/* ---- the log ---- */

/* Lines go to the end of this file (made 0600) from now on, instead of to stderr; called again,
 * it is opened anew at its path. On failure they go where they went. */
GN_MUST gn_err gn_os_log_open(const char *path);
/* gn_log's sink: "2026-11-21T07:00:00Z warn  overlay  record.refused: text". */
void gn_os_log_write(void *user, enum gn_log_level level, const char *module, const char *event,
		     const char *text);

/* ---- the process ---- */

/* At the start of every program that holds keys: no core dump is written, and no other program
 * of this user may read its memory or what /proc tells of it; descriptors 0 to 2 are there, so
 * that no file of ours becomes "stderr". */
void gn_os_harden(void);
/* At the start of a program that serves, besides: as many open files as the system allows; a
 * write that nobody reads or that finds a file at its size limit is an error and not a signal; a
 * closed terminal ends nothing. */
void gn_os_process(void);
unsigned gn_os_files(void);     /* how many may be open at once */
uint64_t gn_os_rss(void);       /* resident bytes of this process */
gn_time gn_os_cpu(void);        /* CPU time it used */
gn_time gn_os_thread_cpu(void); /* the same of this thread */
bool gn_os_is_terminal(int fd);

/* $HOME, or what the system's list of users says where it is unset or empty (cron, services); "."
 * when nothing tells. The text is the system's and lives until the next call. */
const char *gn_os_home(void);
unsigned gn_os_columns(int fd); /* 80 when unknown */

/* Addresses of this machine, and when they change. */
#include "os/netlink.h"

#endif
