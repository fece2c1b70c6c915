/* What every connection of app/1 does beside its calls, as client_int.h says. */
#include "geonet/frame/client_int.h"
#include "host/client.h"
#include "os/os.h"

#include "crypto/crypto.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

struct gn_host_client *client_engine(int fd, struct gn_host_client_config *config)
{
	struct gn_rand random = gn_rand_system();
	config->role = GN_FB_APP_ROLE_CLIENT;
	config->software = "geonet " GEONET_VERSION;
	config->now = gn_os_steady();
	gn_rand_fill(&random, config->nonce, sizeof config->nonce);
	return fcntl(fd, F_SETFL, O_NONBLOCK) == 0 ? gn_host_client_new(config) : NULL;
}

void client_write(struct gn_host_client *client, int fd)
{
	struct gn_slice out = gn_host_client_out(client);
	while (out.len) {
		ssize_t n = send(fd, out.p, out.len, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) /* when who was asked is gone, reading says so */
			return;
		gn_host_client_sent(client, (size_t)n, gn_os_steady());
		out = gn_host_client_out(client);
	}
}

size_t client_read(struct gn_host_client *client, int fd, uint8_t *out, size_t cap)
{
	ssize_t n = read(fd, out, cap);
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		gn_host_client_closed(client, gn_os_steady());
	return n > 0 ? (size_t)n : 0;
}

/* ---- what came and is not taken ---- */

void client_kept_add(struct client_kept *k, struct gn_slice bytes)
{
	if (k->at + k->len + bytes.len > sizeof k->bytes) {
		memmove(k->bytes, k->bytes + k->at, k->len);
		k->at = 0;
	}
	GN_ASSERT(k->at + k->len + bytes.len <= sizeof k->bytes); /* no more was granted */
	memcpy(k->bytes + k->at + k->len, bytes.p, bytes.len);
	k->len += bytes.len;
}

void client_kept_drop(struct client_kept *k, size_t len)
{
	GN_ASSERT(len <= k->len);
	k->len -= len;
	k->at = k->len ? k->at + len : 0;
}
