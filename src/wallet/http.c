/* Calls to a hub's API by libcurl: http.h.
 *
 * Rules: HB-45 (one connection), HB-56 (bounds). */
#include "wallet/http.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

struct answer {
	struct gn_wallet_http *h;
	char *data;
	size_t len, cap;
	bool no_memory;
};

static size_t on_data(char *p, size_t size, size_t count, void *user)
{
	struct answer *a = user;
	size_t n = size * count;
	if ((a->h->received += n) > a->h->most)
		return 0;
	if (a->len + n >= a->cap) {
		size_t cap = (a->len + n + 1) * 2;
		char *more = realloc(a->data, cap);
		if (!more) {
			a->no_memory = true;
			return 0;
		}
		a->data = more;
		a->cap = cap;
	}
	memcpy(a->data + a->len, p, n);
	a->len += n;
	a->data[a->len] = 0;
	return n;
}

static int on_wait(void *user, curl_off_t down_all, curl_off_t down, curl_off_t up_all,
		   curl_off_t up)
{
	struct gn_wallet_http *h = user;
	(void)down_all;
	(void)up_all;
	(void)up;
	return h->wait && !h->wait(h->user, (uint64_t)down);
}

/* HB-45: who answers on a new connection has proved nothing. */
static curl_socket_t one_socket(void *user, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct gn_wallet_http *h = user;
	(void)purpose;
	return h->opened++ ? CURL_SOCKET_BAD
			   : socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

static struct curl_slist *headers_of(const struct gn_wallet_http *h)
{
	struct curl_slist *list = curl_slist_append(NULL, "Expect:");
	char line[4200];
	list = curl_slist_append(list, "Content-Type: application/json");
	if (h->token && *h->token) {
		snprintf(line, sizeof line, "Authorization: Bearer %s", h->token);
		list = curl_slist_append(list, line);
	} else if (h->admin && *h->admin) {
		snprintf(line, sizeof line, "X-Admin-Token: %s", h->admin);
		list = curl_slist_append(list, line);
	}
	gn_wipe(line, sizeof line);
	return list;
}

static void set_up(CURL *curl, struct gn_wallet_http *h, const char *method, const char *url,
		   const char *text, struct answer *a)
{
	curl_easy_reset(curl); /* but for its connection */
	if (h->line) {
		curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, one_socket);
		curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, h);
	}
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_wait);
	curl_easy_setopt(curl, CURLOPT_XFERINFODATA, h);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_data);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, a);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)h->seconds);
	if (strncmp(url, "http://127.", 11) == 0 || strncmp(url, "http://localhost", 16) == 0)
		curl_easy_setopt(curl, CURLOPT_PROXY, "");
	if (text)
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, text);
}

static enum gn_wallet_fault fault_of(const struct answer *a, CURLcode code)
{
	return code == CURLE_OK                ? GN_WALLET_FINE
	       : a->no_memory                  ? GN_WALLET_NO_MEMORY
	       : a->h->received > a->h->most   ? GN_WALLET_TOO_LARGE
	       : code == CURLE_COULDNT_CONNECT ? GN_WALLET_NO_ANSWER
					       : GN_WALLET_BROKEN;
}

long gn_wallet_http(struct gn_wallet_http *h, const char *method, const char *path,
		    const json_t *body, json_t **out)
{
	char why[CURL_ERROR_SIZE] = "";
	size_t cap = strlen(h->url) + strlen(path) + 8;
	char *text = body ? json_dumps(body, JSON_COMPACT) : NULL, *url = malloc(cap);
	struct answer a = {.h = h};
	long status = -1;
	CURL *curl = h->line ? h->line : curl_easy_init();
	struct curl_slist *headers = headers_of(h);
	*out = NULL;
	h->why[0] = 0;
	h->fault = GN_WALLET_NO_MEMORY;
	if (!curl || !url || (body && !text))
		goto end;
	snprintf(url, cap, "%s/api/v1%s", h->url, path);
	set_up(curl, h, method, url, text, &a);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	CURLcode code = curl_easy_perform(curl);
	h->fault = fault_of(&a, code);
	if (h->fault == GN_WALLET_FINE) {
		curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
		*out = a.len ? json_loadb(a.data, a.len, JSON_DECODE_ANY, NULL) : json_object();
	} else {
		snprintf(h->why, sizeof h->why, "%s", *why ? why : curl_easy_strerror(code));
	}
end:
	if (curl && curl != h->line)
		curl_easy_cleanup(curl);
	curl_slist_free_all(headers);
	free(a.data);
	free(text);
	free(url);
	return status;
}

void gn_wallet_http_end(struct gn_wallet_http *h)
{
	curl_easy_cleanup(h->line);
	h->line = NULL;
	h->opened = 0;
}
