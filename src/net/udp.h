/* One UDP socket for all peers: dual-stack, nonblocking, batches out by GSO and in by GRO where
 * the kernel has them. Addresses are gn_addr (IPv4 mapped). Single-threaded. */
#ifndef GN_NET_UDP_H
#define GN_NET_UDP_H

#include "base/base.h"

struct gn_udp;

/* port 0: a free one. GN_PORT_TAKEN, GN_DENIED, GN_IO; gn_os_why has the sentence. IPv6 with
 * mapped IPv4; IPv4 alone where IPv6 is off. Packets are never fragmented here or on their way. */
GN_MUST gn_err gn_udp_open(uint16_t port, struct gn_udp **out);
/* Of one family, at one address of this machine's or at all of them (an ip of zeros); for datagrams
 * one by one, of any length: they are cut into fragments where a path wants it. The same errors; an
 * address that is not this machine's is GN_IO. */
GN_MUST gn_err gn_udp_open_at(const struct gn_addr *at, struct gn_udp **out);
/* NULL is fine. */
void gn_udp_close(struct gn_udp *udp);
int gn_udp_fd(const struct gn_udp *udp); /* for polling; borrowed */
uint16_t gn_udp_port(const struct gn_udp *udp);

/* data is packets of `segment` bytes, the last may be shorter. *sent counts the bytes taken,
 * whole packets always. GN_AGAIN: the socket is full, the rest is still the caller's: poll for
 * writing. GN_TOO_LARGE: `segment` is more than the interface carries. GN_UNREACHABLE: the rest
 * will not go to that address now. */
GN_MUST gn_err gn_udp_send(struct gn_udp *udp, const struct gn_addr *to, struct gn_slice data,
			   uint16_t segment, size_t *sent);

typedef void (*gn_udp_received)(void *user, const struct gn_addr *from, struct gn_slice datagram);
/* Hands on every datagram of one receive call, each once; the bytes are good for the callback.
 * GN_AGAIN when there was none. */
GN_MUST gn_err gn_udp_recv(struct gn_udp *udp, gn_udp_received received, void *user);

struct gn_udp_info {
	uint64_t packets_sent, packets_received, bytes_sent, bytes_received;
	uint64_t send_calls, receive_calls;
	uint64_t send_full, send_failed; /* calls that ended in GN_AGAIN; in another error */
	uint64_t receive_truncated;      /* datagrams dropped for their size */
	bool gso, gro;                   /* in use */
	bool v6;
};
void gn_udp_info(const struct gn_udp *udp, struct gn_udp_info *out);
/* Tests and benches: what a kernel without them does. */
void gn_udp_offload(struct gn_udp *udp, bool gso, bool gro);

#endif
