/* Speaks app/1 with a node for tests: app_call [--uid N] SOCKET AREA CALL [JSON], e.g. "record
 * get". Prints each answer as a line of JSON, an error as {"error": {"code", "message"}}; exit
 * status 1 for an error, 3 when the connection fails, 4 when the server ended it ("bye CODE").
 *
 * With $GEONET_CLIENT as the client whose secret is in that file.
 *
 *   --in FILE, --out FILE    the bytes of the call's stream
 *   --stall                  takes nothing of it
 *   --times N                makes the call N times at once on one connection; prints how many
 *                            answers and errors of which code there were
 *   --cancel                 cancels each as soon as it was made
 *   - garbage | hello-late   breaks the protocol
 *   - flood SECONDS          asks and asks, and reads nothing; prints how many bytes were taken
 *   - hold N                 N connections that greet and wait for a line on stdin; prints how many
 *                            were greeted, and sent away
 *   - listen KINDS CURSOR EPOCH N   prints N events, gaps too, first READY's cursor and epoch */
#include "host/call.h"
#include "host/client.h"
#include "host/table.h"
#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static struct {
	const char *in, *out;
	bool stall, cancel;
	unsigned times;
} opt = {.times = 1};

static const char *socket_path;
static int fd = -1;
static struct gn_host_client *client;

static int dial(void)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	snprintf(addr.sun_path, sizeof addr.sun_path, "%s", socket_path);
	if (s < 0 || connect(s, (struct sockaddr *)&addr, sizeof addr) != 0) {
		perror(socket_path);
		exit(3);
	}
	return s;
}

/* $GEONET_CLIENT: a file of "ID:SECRET", as geonet agent clients add writes it. */
static void as_client(struct gn_host_client_config *config, char *origin, size_t cap)
{
	const char *path = getenv("GEONET_CLIENT");
	char text[128] = "";
	FILE *f = path ? fopen(path, "r") : NULL;
	if (!path)
		return;
	if (!f || !fgets(text, sizeof text, f) || strlen(text) < 97 ||
	    gn_unhex(gn_slice(text, 32), config->id, 16) ||
	    gn_unhex(gn_slice(text + 33, 64), config->secret, 32)) {
		fprintf(stderr, "app_call: %s is no client's\n", path);
		exit(2);
	}
	fclose(f);
	snprintf(origin, cap, "unix:%s", socket_path);
	config->origin = origin;
}

static struct gn_host_client *make_client(void)
{
	struct gn_host_client_config config = {
		.software = "app_call", .nonce = {1}, .now = gn_os_steady()};
	static char origin[200]; /* borrowed by the client */
	as_client(&config, origin, sizeof origin);
	struct gn_host_client *c = gn_host_client_new(&config);
	if (!c)
		exit(3);
	return c;
}

/* One turn: bytes go, bytes come. */
static void turn(void)
{
	static uint8_t bytes[65536];
	struct gn_slice out = gn_host_client_out(client);
	struct pollfd p = {.fd = fd, .events = (short)(POLLIN | (out.len ? POLLOUT : 0))};
	(void)poll(&p, 1, 100);
	if (p.revents & POLLOUT) {
		ssize_t n = write(fd, out.p, out.len);
		if (n > 0)
			gn_host_client_sent(client, (size_t)n, gn_os_steady());
	}
	if (p.revents & (POLLIN | POLLHUP)) {
		GN_ASSERT(fd >= 0);
		ssize_t n = recv(fd, bytes, sizeof bytes, MSG_PEEK | MSG_DONTWAIT);
		if (n == 0 || (n < 0 && errno != EAGAIN))
			gn_host_client_closed(client, gn_os_steady());
		size_t taken = n > 0 ? gn_host_client_recv(client, gn_slice(bytes, (size_t)n),
							   gn_os_steady())
				     : 0;
		if (taken && recv(fd, bytes, taken, 0) != (ssize_t)taken)
			exit(3);
	}
	gn_host_client_tick(client, gn_os_steady());
}

static struct gn_host_client_event next_event(void)
{
	struct gn_host_client_event e;
	while (!gn_host_client_next(client, gn_os_steady(), &e))
		turn();
	return e;
}

static void greet(struct gn_host_client_event *ready)
{
	fd = dial();
	client = make_client();
	fcntl(fd, F_SETFL, O_NONBLOCK);
	*ready = next_event();
	if (ready->what == GN_HOST_CLIENT_READY)
		return;
	printf("bye %s\n", gn_err_name(ready->fault.err));
	exit(4);
}

static uint64_t make_call(const char *area, const char *call, const char *text)
{
	struct gn_app_kind kind;
	struct gn_fbb *b = gn_host_client_builder(client);
	char why[GN_HOST_TABLE_WHY] = "no such call";
	json_t *json = json_loads(text, 0, NULL);
	gn_fbref ref;
	uint64_t number;
	if (!json || !gn_host_call_named(gn_str(area), gn_str(call), &kind) ||
	    gn_host_table_parse(gn_app_type(kind), json, b, &ref, why) != GN_OK) {
		fprintf(stderr, "app_call: %s\n", why);
		exit(2);
	}
	gn_err err = gn_host_client_call(client, kind, ref, 60000, gn_os_steady(), &number);
	json_decref(json);
	return err ? 0 : number;
}

static void print_json(json_t *json)
{
	json_dumpf(json, stdout, JSON_COMPACT);
	putchar('\n');
	fflush(stdout);
	json_decref(json);
}

static json_t *error_json(const struct gn_host_client_fault *f)
{
	return json_pack("{s{ss ss% sb}}", "error", "code", gn_err_name(f->err), "message",
			 f->detail.p ? (const char *)f->detail.p : "", f->detail.len, "unknown",
			 f->unknown);
}

/* ---- streams ---- */

static void send_some(FILE **in, uint64_t call)
{
	static uint8_t bytes[65536];
	size_t room = *in ? gn_host_client_room(client, call) : 0;
	if (!room || opt.stall)
		return;
	size_t n = fread(bytes, 1, room < sizeof bytes ? room : sizeof bytes, *in);
	gn_host_client_send(client, call, gn_slice(bytes, n), gn_os_steady());
	if (n)
		return;
	gn_host_client_send_end(client, call, GN_OK, gn_os_steady());
	fclose(*in);
	*in = NULL;
}

static FILE *must_open(const char *path, const char *mode)
{
	FILE *f = path ? fopen(path, mode) : NULL;
	if (path && !f) {
		perror(path);
		exit(2);
	}
	return f;
}

static int run_call(const char *area, const char *call, const char *text)
{
	FILE *in = must_open(opt.in, "rb"), *out = must_open(opt.out, "wb");
	uint64_t number = make_call(area, call, text);
	for (;;) {
		struct gn_host_client_event e;
		send_some(&in, number);
		if (!gn_host_client_next(client, gn_os_steady(), &e)) {
			turn();
			continue;
		}
		if (e.what == GN_HOST_CLIENT_ANSWER && e.call == number)
			print_json(gn_host_table_json(e.type, e.table));
		if (e.what == GN_HOST_CLIENT_FAILED)
			print_json(error_json(&e.fault));
		if (e.what == GN_HOST_CLIENT_DATA && out)
			fwrite(e.bytes.p, 1, e.bytes.len, out);
		if (e.what == GN_HOST_CLIENT_DATA && !opt.stall)
			gn_host_client_taken(client, e.call, e.bytes.len, gn_os_steady());
		if (e.what == GN_HOST_CLIENT_OVER)
			return 3;
		if (e.what == GN_HOST_CLIENT_FAILED ||
		    (e.what == GN_HOST_CLIENT_ANSWER && !e.more)) {
			if (out)
				fclose(out);
			return e.what == GN_HOST_CLIENT_FAILED;
		}
	}
}

/* ---- crowds ---- */

static int run_many(const char *area, const char *call, const char *text)
{
	unsigned made = 0, ended = 0, answers = 0, failed[GN_ERR_COUNT] = {0};
	while (ended < opt.times) {
		struct gn_host_client_event e;
		uint64_t number = made < opt.times ? make_call(area, call, text) : 0;
		made += number != 0;
		if (number && opt.cancel)
			gn_host_client_cancel(client, number, gn_os_steady());
		if (!gn_host_client_next(client, gn_os_steady(), &e)) {
			if (!number)
				turn();
			continue;
		}
		bool last = e.what == GN_HOST_CLIENT_ANSWER && !e.more;
		answers += last;
		if (e.what == GN_HOST_CLIENT_FAILED)
			failed[e.fault.err]++;
		ended += last || e.what == GN_HOST_CLIENT_FAILED;
		if (e.what == GN_HOST_CLIENT_OVER)
			return 3;
	}
	json_t *json = json_pack("{si}", "answers", (int)answers);
	for (unsigned i = 0; i < GN_ERR_COUNT; i++)
		if (failed[i])
			json_object_set_new(json, gn_err_name((gn_err)i),
					    json_integer((json_int_t)failed[i]));
	print_json(json);
	return 0;
}

static int hold(unsigned count)
{
	unsigned greeted = 0, away = 0;
	int *fds = calloc(count, sizeof *fds);
	struct gn_host_client **all = calloc(count, sizeof(struct gn_host_client *));
	char line[8];
	for (unsigned i = 0; fds && all && i < count; i++) {
		fds[i] = fd = dial();
		all[i] = client = make_client();
		fcntl(fd, F_SETFL, O_NONBLOCK);
		struct gn_host_client_event e = next_event();
		greeted += e.what == GN_HOST_CLIENT_READY;
		away += e.what == GN_HOST_CLIENT_OVER;
	}
	print_json(json_pack("{si si}", "greeted", (int)greeted, "away", (int)away));
	(void)!fgets(line, sizeof line, stdin);
	for (unsigned i = 0; fds && all && i < count; i++) {
		gn_host_client_free(all[i]);
		close(fds[i]);
	}
	free(fds);
	free(all);
	return 0;
}

static int listen_to(const struct gn_host_client_event *ready, char **words)
{
	struct gn_fb_app_ready r = {ready->table};
	unsigned left = (unsigned)strtoul(words[3], NULL, 10);
	char text[160];
	print_json(json_pack("{sI ss%}", "cursor", (json_int_t)gn_fb_app_ready_cursor(r),
			     "software", (const char *)gn_fb_app_ready_software(r).p,
			     gn_fb_app_ready_software(r).len));
	snprintf(text, sizeof text, "%llu", (unsigned long long)gn_fb_app_ready_epoch(r));
	printf("%s\n", text);
	fflush(stdout);
	bool same = strcmp(words[2], "same") == 0;
	snprintf(text, sizeof text, "{\"kinds\": %s, \"cursor\": %s, \"epoch\": \"%s%s\"}",
		 words[0], words[1], same ? "" : words[2], "");
	if (same)
		snprintf(text, sizeof text, "{\"kinds\": %s, \"cursor\": %s, \"epoch\": \"%llu\"}",
			 words[0], words[1], (unsigned long long)gn_fb_app_ready_epoch(r));
	uint64_t number = make_call("event", "events-on", text);
	while (left) {
		struct gn_host_client_event e = next_event();
		if (e.what == GN_HOST_CLIENT_FAILED && e.call == number) {
			print_json(error_json(&e.fault));
			return 1;
		}
		if (e.what == GN_HOST_CLIENT_OVER)
			return 3;
		if (e.what != GN_HOST_CLIENT_EVENT && e.what != GN_HOST_CLIENT_GAP)
			continue;
		json_t *json = e.what == GN_HOST_CLIENT_GAP ? json_object()
							    : gn_host_table_json(e.type, e.table);
		json_object_set_new(json, e.what == GN_HOST_CLIENT_GAP ? "gap" : "cursor",
				    json_integer((json_int_t)e.cursor));
		print_json(json);
		left--;
	}
	return 0;
}

/* Pings for so long, of whose answers none is read. */
static int flood(unsigned seconds)
{
	static uint8_t room[256], many[64 * sizeof room];
	struct gn_app_frame ping = {.kind = {GN_FB_APP_BODY_APP_PING, 0}};
	struct gn_buf all = {many, 0, sizeof many};
	struct gn_host_client_event ready;
	struct gn_slice out;
	unsigned long long sent = 0;
	gn_time end = gn_os_steady() + (gn_time)seconds * GN_SEC;
	greet(&ready);
	if (gn_app_frame_of(room, sizeof room, &ping, &(struct gn_fb_app_ping_args){0}, &out))
		return 2;
	while (gn_buf_put(&all, out) == GN_OK)
		;
	for (size_t at = 0; gn_os_steady() < end;) {
		struct pollfd p = {.fd = fd, .events = POLLOUT};
		(void)poll(&p, 1, 100);
		GN_ASSERT(fd >= 0);
		ssize_t n = send(fd, many + at, all.len - at, MSG_NOSIGNAL);
		if (n < 0 && errno != EAGAIN)
			break;
		sent += n > 0 ? (unsigned long long)n : 0;
		at = n > 0 ? (at + (size_t)n) % all.len : at;
	}
	printf("%llu\n", sent);
	return 0;
}

/* What no client of ours says. */
static int break_it(const char *what)
{
	static uint8_t room[4096];
	struct gn_slice out = gn_slice((const uint8_t *)"\0\0\0\4abcd", 8);
	struct gn_app_frame head = {
		.call = 1, .kind = {GN_FB_APP_BODY_APP_NODE, GN_FB_APP_NODE_BODY_NODE_STATUS}};
	fd = dial();
	client = make_client();
	gn_host_client_sent(client, gn_host_client_out(client).len, gn_os_steady());
	if (strcmp(what, "garbage") != 0 &&
	    gn_app_frame_of(room, sizeof room, &head, &(struct gn_fb_node_status_args){0}, &out))
		return 2;
	if (write(fd, out.p, out.len) != (ssize_t)out.len)
		return 3;
	printf("bye %s\n", gn_err_name(next_event().fault.err));
	return 0;
}

int main(int argc, char **argv)
{
	int at = 1;
	for (; at < argc && strncmp(argv[at], "--", 2) == 0; at++) {
		if (strcmp(argv[at], "--stall") == 0)
			opt.stall = true;
		else if (strcmp(argv[at], "--cancel") == 0)
			opt.cancel = true;
		else if (strcmp(argv[at], "--in") == 0)
			opt.in = argv[++at];
		else if (strcmp(argv[at], "--out") == 0)
			opt.out = argv[++at];
		else if (strcmp(argv[at], "--times") == 0)
			opt.times = (unsigned)strtoul(argv[++at], NULL, 10);
		else if (strcmp(argv[at], "--uid") == 0 &&
			 setuid((uid_t)strtoul(argv[++at], NULL, 10)) != 0)
			return 2;
	}
	if (argc - at < 3)
		return 2;
	socket_path = argv[at];
	char **words = argv + at + 1;
	struct gn_host_client_event ready;
	bool test = strcmp(words[0], "-") == 0;
	if (test && strcmp(words[1], "hold") == 0)
		return hold((unsigned)strtoul(words[2], NULL, 10));
	if (test && strcmp(words[1], "flood") == 0)
		return flood((unsigned)strtoul(words[2], NULL, 10));
	if (test && strcmp(words[1], "listen") != 0)
		return break_it(words[1]);
	greet(&ready);
	if (test)
		return listen_to(&ready, words + 2);
	const char *text = argc - at > 3 ? words[2] : "{}";
	return opt.times > 1 ? run_many(words[0], words[1], text)
			     : run_call(words[0], words[1], text);
}
