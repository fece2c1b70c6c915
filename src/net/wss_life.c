/* What a connection asks of what it belongs to: memory goes with the last handle, and the sweep
 * runs while there is a connection. */
#include "net/wss_int.h"

#include <stdlib.h>

void wss_release(struct gn_wss *wss)
{
	GN_ASSERT(wss->handles > 0);
	if (--wss->handles)
		return;
	gn_tls_pipe_ctx_free(wss->client_tls);
	gn_tls_pipe_ctx_free(wss->server_tls);
	free(wss);
}

void wss_sweep_on(struct gn_wss *wss)
{
	if (!wss->swept && !wss->freeing)
		wss->swept =
			uv_timer_start(&wss->sweep, wss->on_sweep, WSS_SWEEP_MS, WSS_SWEEP_MS) == 0;
}
