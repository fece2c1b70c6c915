/* The node's HTTP API over its socket by libcurl, for what app/1 does not serve yet: files, blocks,
 * sites, names put, find, guard. What can go wrong between us and the node is told here, in a
 * sentence; what the node itself answers is handed to the command. */
#include "geonet/frame/client_int.h"
#include "geonet/frame/frame.h"

#include <curl/curl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#define REPLY_MAX (256u << 20) /* bytes of an answer kept in memory: a manifest of 64 MiB as JSON */

struct transfer {
	CURL *curl;
	const struct call *call;
	struct reply *reply;
	size_t cap;
	bool too_large, stopped;
};

static size_t on_data(char *p, size_t size, size_t count, void *user)
{
	struct transfer *t = user;
	struct reply *r = t->reply;
	size_t n = size * count;
	long status = 0;
	curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
	if (t->call->write && status >= 200 && status < 300) {
		t->stopped = !t->call->write(t->call->user, gn_slice(p, n));
		return t->stopped ? 0 : n;
	}
	if (r->len + n > REPLY_MAX) {
		t->too_large = true;
		return 0;
	}
	if (r->len + n + 1 > t->cap) {
		t->cap = (r->len + n + 1) * 2;
		r->data = cli_grow(r->data, t->cap);
	}
	memcpy(r->data + r->len, p, n);
	r->len += n;
	r->data[r->len] = 0;
	return n;
}

static size_t on_header(char *p, size_t size, size_t count, void *user)
{
	static const char name[] = "geonet-time: ";
	char text[64];
	size_t n = size * count;
	snprintf(text, sizeof text, "%.*s", (int)(n < 60 ? n : 60), p);
	if (strncasecmp(text, name, sizeof name - 1) == 0)
		cli_now_is(user, strtoull(text + sizeof name - 1, NULL, 10));
	return n;
}

static size_t on_upload(char *p, size_t size, size_t count, void *user)
{
	struct transfer *t = user;
	size_t n = t->call->read(t->call->user, (uint8_t *)p, size * count);
	t->stopped = n == SIZE_MAX;
	return t->stopped ? CURL_READFUNC_ABORT : n;
}

static void set_body(CURL *curl, const struct call *call, struct transfer *t,
		     struct curl_slist **headers)
{
	char type[128];
	*headers = curl_slist_append(*headers, "Expect:");
	if (!call->method)
		return;
	snprintf(type, sizeof type, "Content-Type: %s",
		 call->type ? call->type : "application/octet-stream");
	*headers = curl_slist_append(*headers, type);
	curl_easy_setopt(curl, CURLOPT_POST, 1L);
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, call->method);
	if (call->read) {
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->read_len);
		curl_easy_setopt(curl, CURLOPT_READFUNCTION, on_upload);
		curl_easy_setopt(curl, CURLOPT_READDATA, t);
	} else {
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.len);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS,
				 call->body.len ? (const char *)call->body.p : "");
	}
}

/* For answers that are not JSON: requests that the node could not read. */
static gn_err err_of_status(long status)
{
	switch (status) {
	case 400: return GN_USAGE;
	case 404: return GN_NOT_FOUND;
	case 502:
	case 504: return GN_TIMEOUT;
	case 503: return GN_BUSY;
	default: return GN_INTERNAL;
	}
}

static void parse_reply(struct reply *r)
{
	if (r->len)
		r->json = json_loadb((const char *)r->data, r->len, 0, NULL);
	if (r->status >= 200 && r->status < 300)
		return;
	const json_t *error = json_object_get(r->json, "error");
	r->err = error ? gn_err_from_name(json_text(error, "code")) : err_of_status(r->status);
	r->message = json_text(error, "message");
	if (!*r->message)
		r->message = gn_err_text(r->err);
}

static int transport_failed(struct cli *cli, CURLcode code, const struct transfer *t,
			    const char *why)
{
	if (code == CURLE_COULDNT_CONNECT)
		return client_none(cli);
	if (t->too_large)
		return cli_fail(cli, CLI_FAILED, "too-large",
				"the node's answer is larger than 256 MiB");
	if (t->stopped)
		return CLI_FAILED; /* the command has told */
	if (code == CURLE_OPERATION_TIMEDOUT)
		return cli_fail(cli, CLI_QUORUM, "timeout", "the node did not answer in time");
	if (code == CURLE_PARTIAL_FILE || code == CURLE_GOT_NOTHING || code == CURLE_RECV_ERROR)
		return cli_fail(cli, CLI_FAILED, "closed",
				"the node broke off its answer; its log is %s/geonetd.log",
				cli->data);
	return cli_fail(cli, CLI_FAILED, "io", "the node cannot be asked: %s",
			why && *why ? why : curl_easy_strerror(code));
}

int client_call(struct cli *cli, struct call call, struct reply *reply)
{
	char why[CURL_ERROR_SIZE] = "";
	struct curl_slist *headers = NULL;
	int dir;
	*reply = (struct reply){0};
	CURL *curl = curl_easy_init();
	if (!curl) {
		free(call.path);
		return cli_fail(cli, CLI_FAILED, "nomem", "libcurl cannot be set up");
	}
	struct transfer t = {curl, &call, reply, 0, false, false};
	char *sock = client_socket(cli, false, &dir),
	     *url = cli_format("http://localhost%s", call.path);
	curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, sock);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_data);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &t);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, cli);
	curl_easy_setopt(curl, CURLOPT_BUFFERSIZE, 65536L);
	curl_easy_setopt(curl, CURLOPT_UPLOAD_BUFFERSIZE, 262144L);
	if (call.timeout != UINT_MAX) { /* no byte for so long */
		curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
		curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME,
				 (long)(call.timeout ? call.timeout : 60));
	}
	set_body(curl, &call, &t, &headers);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	CURLcode code = curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply->status);
	curl_slist_free_all(headers);
	curl_easy_cleanup(curl);
	free(sock);
	free(url);
	free(call.path);
	if (dir >= 0)
		close(dir);
	/* A refusal that came before the whole body was sent is an answer all the same. */
	if (code != CURLE_OK && !(code == CURLE_SEND_ERROR && reply->status >= 400))
		return call.quiet ? CLI_FAILED : transport_failed(cli, code, &t, why);
	parse_reply(reply);
	return cli_exit_of(reply->err);
}

void reply_free(struct reply *reply)
{
	free(reply->data);
	json_decref(reply->json);
	*reply = (struct reply){0};
}
