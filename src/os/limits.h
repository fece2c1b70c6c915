/* Bounds of the reading of addresses (netlink.h), with unit and reason; beyond them is dropped.
 * Tests take each one at the limit and one past it. */
#ifndef GN_OS_LIMITS_H
#define GN_OS_LIMITS_H

#define NET_DEFAULTS_MAX 16 /* default routes that are looked at: one a network, by family */
#define NET_LINKS_MAX 64    /* interfaces that may be used; those of containers are none */
#define NET_ADDRS_MAX 128   /* addresses among which the best are chosen */

#endif
