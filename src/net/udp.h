/* One UDP socket for all peers: dual-stack, nonblocking, batches out by GSO and in by GRO where the kernel has them.
 * Addresses are gn_addr (IPv4 mapped). Single-threaded. */
#ifndef GN_NET_UDP_H
#define GN_NET_UDP_H

#include "base/base.h"

struct gn_udp;

/* port 0: a free one. GN_PORT_TAKEN, GN_IO. IPv6 with mapped IPv4; IPv4 alone where IPv6 is off. */
GN_MUST gn_err gn_udp_open(uint16_t port, struct gn_udp **out);
/* NULL is fine. */
void gn_udp_close(struct gn_udp *udp);
int gn_udp_fd(const struct gn_udp *udp); /* for polling; borrowed */
uint16_t gn_udp_port(const struct gn_udp *udp);

/* data is packets of `segment` bytes, the last may be shorter. *sent counts bytes of whole packets taken. GN_AGAIN: the socket is full,
 * the rest is still the caller's; other errors: the rest is lost (unreachable, too large). */
GN_MUST gn_err gn_udp_send(struct gn_udp *udp, const struct gn_addr *to, struct gn_slice data, uint16_t segment, size_t *sent);

typedef void (*gn_udp_received)(void *user, const struct gn_addr *from, struct gn_slice datagram);
/* Hands on every datagram of one receive call; GN_AGAIN when there was none. */
GN_MUST gn_err gn_udp_recv(struct gn_udp *udp, gn_udp_received received, void *user);

struct gn_udp_info {
	uint64_t packets_sent, packets_received, bytes_sent, bytes_received;
	uint64_t send_calls, receive_calls, send_failed, receive_truncated;
	bool gso, gro;
};
void gn_udp_info(const struct gn_udp *udp, struct gn_udp_info *out);
/* Tests: what a kernel without GSO does. */
void gn_udp_gso_off(struct gn_udp *udp);

#endif
