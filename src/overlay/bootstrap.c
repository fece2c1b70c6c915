/* The addresses a node begins at, and its own, while they change: a name of theirs may mean
 * another machine tomorrow. A place in the list is free while its port is 0; requests name their
 * place, so places never move. */
#include "overlay/contact_int.h"
#include "overlay/message_int.h"
#include "overlay/request_int.h"

static struct gn_ov_bootstrap *find_place(struct gn_overlay *ov, const struct gn_addr *addr)
{
	GN_ASSERT(ov->boot_count <= GN_OV_BOOTSTRAPS_MAX);
	for (uint32_t i = 0; i < ov->boot_count; i++)
		if (gn_addr_eq(&ov->boots[i].addr, addr))
			return &ov->boots[i];
	return NULL;
}

bool gn_ov_bootstrap_at(struct gn_overlay *ov, const struct gn_pk *pk, const struct gn_addr *addr)
{
	const struct gn_ov_bootstrap *b = addr->port ? find_place(ov, addr) : NULL;
	return b && b->has_pk && gn_pk_eq(&b->pk, pk);
}

static bool is_self(const struct gn_overlay *ov, const struct gn_addr *addr)
{
	for (unsigned i = 0; i < ov->self.addr_count; i++)
		if (gn_addr_eq(&ov->self.addrs[i], addr))
			return true;
	return false;
}

static struct gn_ov_bootstrap *free_place(struct gn_overlay *ov)
{
	GN_ASSERT(ov->boot_count <= GN_OV_BOOTSTRAPS_MAX);
	for (uint32_t i = 0; i < ov->boot_count; i++)
		if (ov->boots[i].addr.port == 0 && ov->boots[i].request == 0)
			return &ov->boots[i];
	return ov->boot_count < GN_OV_BOOTSTRAPS_MAX ? &ov->boots[ov->boot_count++] : NULL;
}

gn_err gn_overlay_bootstrap(struct gn_overlay *ov, const struct gn_addr *addr,
			    const struct gn_pk *pk, gn_time now)
{
	gn_ov_begin(ov, now);
	if (addr->port == 0)
		return GN_USAGE;
	if (find_place(ov, addr) ||
	    is_self(ov, addr)) /* ourselves: a list shared by all nodes is fine */
		return GN_OK;
	struct gn_ov_bootstrap *b = free_place(ov);
	if (!b)
		return GN_LIMIT;
	*b = (struct gn_ov_bootstrap){.addr = *addr, .has_pk = pk != NULL};
	if (pk)
		b->pk = *pk;
	ov->boot_backoff = GN_OV_BOOT_FIRST;
	gn_ov_task_soon(ov, GN_OV_TASK_JOIN, now);
	return GN_OK;
}

void gn_overlay_bootstrap_drop(struct gn_overlay *ov, const struct gn_addr *addr)
{
	struct gn_ov_bootstrap *b = addr->port ? find_place(ov, addr) : NULL;
	if (b)
		*b = (struct gn_ov_bootstrap){.request = b->request};
}

bool gn_overlay_bootstrap_answered(const struct gn_overlay *ov, const struct gn_addr *addr,
				   gn_time *when)
{
	for (uint32_t i = 0; i < ov->boot_count; i++)
		if (gn_addr_eq(&ov->boots[i].addr, addr)) {
			*when = ov->boots[i].answered;
			return true;
		}
	return false;
}
