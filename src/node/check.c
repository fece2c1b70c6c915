/* Works of the bundles engine (manifests to be checked) on worker threads, so that a large one
 * stops nobody. The loop waits for all of them before the engine is freed. */
#include "node/node_int.h"

#include <stdlib.h>

struct check {
	uv_work_t request;
	struct gn_node *node;
	struct gn_bundles_work *work;
};

static void run_check(uv_work_t *request)
{
	gn_bundles_work_run(((struct check *)request->data)->work);
}

static void check_done(uv_work_t *request, int status)
{
	struct check *c = request->data;
	(void)status;
	gn_node_woken(c->node);
	gn_bundles_work_done(c->node->bundles, c->work, c->node->now);
	free(c);
}

void gn_node_check_pump(struct gn_node *node)
{
	for (struct gn_bundles_work *work; (work = gn_bundles_next_work(node->bundles));) {
		struct check *c = malloc(sizeof *c);
		if (c) {
			*c = (struct check){.node = node, .work = work};
			c->request.data = c;
		}
		if (!c || uv_queue_work(&node->host.loop, &c->request, run_check, check_done)) {
			/* no memory for a few bytes: here, then */
			gn_bundles_work_run(work);
			gn_bundles_work_done(node->bundles, work, node->now);
			free(c);
		}
	}
}
