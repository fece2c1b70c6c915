/* Speaks app/1 with a node for tests: app_call SOCKET AREA CALL [JSON], e.g. "record get". Prints
 * the answer as JSON, or {"error": {"code", "message"}}; exit status 1 for an error, 3 when the
 * connection fails. With AREA "-" the CALL names what to break: "hello-late", "garbage". */
#include "host/app.h"
#include "host/call.h"
#include "host/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static uint8_t room[GN_HOST_APP_LARGE];

static int dial(const char *path)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	snprintf(addr.sun_path, sizeof addr.sun_path, "%s", path);
	if (fd < 0 || connect(fd, (struct sockaddr *)&addr, sizeof addr) != 0) {
		perror(path);
		exit(3);
	}
	return fd;
}

static void send_all(int fd, struct gn_slice s)
{
	while (s.len) {
		ssize_t n = write(fd, s.p, s.len);
		if (n <= 0)
			exit(3);
		s = gn_slice_sub(s, (size_t)n, s.len);
	}
}

static struct gn_app_frame receive(int fd)
{
	static uint8_t in[GN_APP_FRAME_MAX + GN_APP_PREFIX];
	static size_t len, used;
	struct gn_slice frame;
	struct gn_app_frame f;
	memmove(in, in + used, len - used);
	len -= used;
	used = 0;
	while (gn_app_frame_split(gn_slice(in, len), GN_APP_FRAME_MAX, &frame, &used) == GN_AGAIN) {
		ssize_t n = read(fd, in + len, sizeof in - len);
		if (n <= 0)
			exit(3);
		len += (size_t)n;
	}
	if (gn_app_frame_open(frame, &f) != GN_OK)
		exit(3);
	return f;
}

static void say_hello(int fd)
{
	struct gn_fb_hash nonce = {{1}};
	struct gn_app_frame head = {.kind = {GN_FB_APP_BODY_APP_HELLO, 0}};
	struct gn_fb_app_hello_args args = {.version_min = 1,
					    .version_max = 1,
					    .software = gn_str("app_call"),
					    .nonce = &nonce};
	struct gn_slice out;
	if (gn_app_frame_of(room, sizeof room, &head, &args, &out) != GN_OK)
		exit(3);
	send_all(fd, out);
	if (receive(fd).kind.area != GN_FB_APP_BODY_APP_READY)
		exit(3);
}

static int print_answer(const struct gn_app_frame *f)
{
	bool failed = f->kind.area == GN_FB_APP_BODY_APP_ERROR;
	struct gn_fb_app_error e = {f->table};
	struct gn_slice detail = failed ? gn_fb_app_error_detail(e) : gn_slice(NULL, 0);
	json_t *json = failed ? json_pack("{s{ss ss%}}", "error", "code",
					  gn_err_name((gn_err)gn_fb_app_error_code(e)), "message",
					  (const char *)detail.p, detail.len)
			      : gn_host_table_json(f->type, f->table);
	json_dumpf(json, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(json);
	return failed;
}

static struct gn_slice make_call(const char *area, const char *call, const char *text)
{
	struct gn_app_frame head = {.call = 1, .deadline_ms = 60000};
	struct gn_fbb b = gn_app_fbb(room, sizeof room);
	char why[GN_HOST_TABLE_WHY] = "no such call";
	json_t *json = json_loads(text, 0, NULL);
	struct gn_slice out;
	gn_fbref ref;
	if (!json || !gn_host_call_named(gn_str(area), gn_str(call), &head.kind) ||
	    gn_host_table_parse(gn_app_type(head.kind), json, &b, &ref, why) != GN_OK ||
	    gn_app_frame_make(&b, &head, ref, &out) != GN_OK) {
		fprintf(stderr, "app_call: %s\n", why);
		exit(2);
	}
	json_decref(json);
	return out;
}

int main(int argc, char **argv)
{
	if (argc < 4)
		return 2;
	int fd = dial(argv[1]);
	if (strcmp(argv[2], "-") == 0) {
		send_all(fd, strcmp(argv[3], "garbage") == 0
				     ? gn_slice((const uint8_t *)"\0\0\0\4abcd", 8)
				     : make_call("node", "status", "{}"));
	} else {
		say_hello(fd);
		send_all(fd, make_call(argv[2], argv[3], argc > 4 ? argv[4] : "{}"));
	}
	struct gn_app_frame f = receive(fd);
	int failed = 0;
	if (f.kind.area == GN_FB_APP_BODY_APP_BYE)
		printf("bye %s\n",
		       gn_err_name((gn_err)gn_fb_app_bye_code((struct gn_fb_app_bye){f.table})));
	else
		failed = print_answer(&f);
	close(fd);
	return failed;
}
