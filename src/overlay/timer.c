/* Timers of all objects in one heap, and the tasks: each is in it for the life of its object, at
 * GN_NEVER when idle, so that arming one cannot fail. */
#include "overlay/request_int.h"

void gn_ov_timer_init(struct gn_ov_timer *t, uint8_t kind)
{
	*t = (struct gn_ov_timer){.kind = kind};
}

gn_err gn_ov_timer_set(struct gn_overlay *ov, struct gn_ov_timer *t, gn_time at)
{
	return gn_heap_set(&ov->timers, &t->node, at);
}

void gn_ov_task_set(struct gn_overlay *ov, enum gn_ov_task task, gn_time at)
{
	GN_ASSERT(task < GN_OV_TASK_COUNT);
	gn_err err = gn_ov_timer_set(ov, &ov->tasks[task], at);
	GN_ASSERT(err == GN_OK); /* in the heap since gn_overlay_new */
}

void gn_ov_task_soon(struct gn_overlay *ov, enum gn_ov_task task, gn_time at)
{
	GN_ASSERT(task < GN_OV_TASK_COUNT);
	if (at < ov->tasks[task].node.at)
		gn_ov_task_set(ov, task, at);
}

gn_time gn_ov_spread(struct gn_overlay *ov, gn_time t, unsigned percent)
{
	GN_ASSERT(percent <= 100);
	double f = 1 + (gn_rand_unit(ov->env.rand) * 2 - 1) * percent / 100.0;
	return (gn_time)((double)t * f);
}

void gn_ov_repair_soon(struct gn_overlay *ov, gn_time at)
{
	if (ov->held.count == 0)
		return;
	ov->repair_round = 0;
	ov->repair_backoff = GN_OV_REPAIR_AGAIN;
	gn_ov_task_soon(ov, GN_OV_TASK_REPAIR, at);
}
