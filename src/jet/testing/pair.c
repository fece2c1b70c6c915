/* Two endpoints on a link and what runs on them: see pair.h. */
#include "jet/testing/pair.h"

uint8_t app_byte(gn_jet_stream id, uint64_t o)
{
	return (uint8_t)(o * 131 + (o >> 8) * 17 + (o >> 16) + id * 59);
}

struct app_stream *app_stream(struct app *a, gn_jet_stream id)
{
	for (int i = a->stream_count; i-- > 0;)
		if (a->streams[i].id == id)
			return &a->streams[i];
	assert_true(a->stream_count < APP_STREAMS);
	struct app_stream *s = &a->streams[a->stream_count++];
	*s = (struct app_stream){.id = id};
	return s;
}

void app_pump(struct gn_jet *jet, struct app *a, struct app_stream *s)
{
	uint8_t buf[16384];
	while (s->writes && s->written < s->total) {
		size_t n = s->total - s->written < sizeof buf ? (size_t)(s->total - s->written)
							      : sizeof buf,
		       taken = 0;
		for (size_t i = 0; i < n; i++)
			buf[i] = app_byte(s->id, s->written + i);
		gn_err err = gn_jet_stream_write(jet, a->id, s->id, gn_slice(buf, n),
						 s->written + n == s->total, &taken);
		if (err != GN_OK) {
			s->writes = false;
			return;
		}
		s->written += taken;
		if (taken < n)
			return;
	}
}

void app_read(struct gn_jet *jet, struct app *a, struct app_stream *s, gn_time now)
{
	uint8_t buf[16384];
	size_t n;
	bool fin = false;
	gn_err err;
	while ((err = gn_jet_stream_read(jet, a->id, s->id, buf, sizeof buf, &n, &fin)) == GN_OK) {
		for (size_t i = 0; i < n; i++)
			s->wrong |= buf[i] != app_byte(s->id, s->read + i);
		s->read += n;
		a->received += n;
		a->last_read_at = now;
		if (fin) {
			s->fin_read = true;
			break;
		}
	}
	s->reset |= err == GN_CLOSED;
	if (s->fin_read && a->echo_close && !s->writes && !(s->id & 2)) {
		size_t taken;
		gn_err ignored =
			gn_jet_stream_write(jet, a->id, s->id, gn_slice(NULL, 0), true, &taken);
		(void)ignored;
	}
}

void app_event(struct jet_sim *sim, int node, const struct gn_jet_event *e)
{
	struct app *a = sim->nodes[node].user;
	struct gn_jet *jet = sim->nodes[node].jet;
	switch (e->kind) {
	case GN_JET_CONNECTED:
		a->id = e->id;
		a->connected++;
		a->peer = e->peer;
		a->connected_at = sim->now;
		break;
	case GN_JET_CLOSED:
		a->closed++;
		a->err = e->err;
		a->code = e->code;
		memcpy(a->reason, e->data.p, e->data.len);
		a->reason[e->data.len] = 0;
		break;
	case GN_JET_OPENED: a->opened++; break;
	case GN_JET_READABLE:
		if (!a->deaf)
			app_read(jet, a, app_stream(a, e->stream), sim->now);
		break;
	case GN_JET_WRITABLE: app_pump(jet, a, app_stream(a, e->stream)); break;
	case GN_JET_ACKED: app_stream(a, e->stream)->acked = true; break;
	case GN_JET_DATAGRAM: a->datagrams++; break;
	case GN_JET_MOVED:
		a->moved += e->err == GN_OK;
		a->move_failed += e->err != GN_OK;
		a->way = e->way;
		a->why = e->why;
		a->moved_at = sim->now;
		break;
	case GN_JET_STREAMS: a->streams_events++; break;
	case GN_JET_SUSPECT: a->suspects++; break;
	case GN_JET_PATHS: a->paths_events++; break;
	case GN_JET_CROWDED: a->crowded++; break;
	case GN_JET_GUESS:
		a->sockets = e->count;
		jet_sim_spares(sim, node, APP_SPARES, e->count);
		assert_int_equal(gn_jet_guess(jet, e->id, APP_SPARES, e->count, sim->now), GN_OK);
		break;
	case GN_JET_GUESSED:
		a->guessed++;
		jet_sim_spares_close(sim, node, e->way.link);
		break;
	case GN_JET_OFFERED: a->offered++; break;
	case GN_JET_SEEN: a->seen[e->path % JET_PATHS_MAX] = e->way.addr; break;
	}
}

gn_jet_stream app_send(struct jet_sim *sim, int node, uint64_t total, bool one_way,
		       enum gn_jet_class class)
{
	struct app *a = sim->nodes[node].user;
	gn_jet_stream id;
	assert_int_equal(gn_jet_stream_open(sim->nodes[node].jet, a->id, one_way, class, &id),
			 GN_OK);
	struct app_stream *s = app_stream(a, id);
	s->writes = true;
	s->total = total;
	app_pump(sim->nodes[node].jet, a, s);
	return id;
}

void pair_init(struct pair *p, uint64_t seed, const struct gn_jet_config *client,
	       const struct gn_jet_config *server, const struct jet_sim_link_config *link)
{
	memset(p->app, 0, sizeof p->app);
	jet_sim_init(&p->sim, seed);
	jet_sim_node(&p->sim, client);
	jet_sim_node(&p->sim, server);
	jet_sim_join(&p->sim, 0, 1, link);
	p->sim.validate = true;
	for (int i = 0; i < 2; i++) {
		p->sim.nodes[i].on_event = app_event;
		p->sim.nodes[i].user = &p->app[i];
	}
}

void pair_dial(struct pair *p, const struct gn_pk *expected)
{
	assert_int_equal(gn_jet_connect(p->sim.nodes[0].jet, &p->sim.nodes[1].way, expected,
					p->sim.now, &p->id),
			 GN_OK);
	p->app[0].id = p->id;
}

bool pair_is_connected(struct jet_sim *sim)
{
	return ((struct app *)sim->nodes[0].user)->connected &&
	       ((struct app *)sim->nodes[1].user)->connected;
}

bool pair_is_closed(struct jet_sim *sim)
{
	return ((struct app *)sim->nodes[0].user)->closed &&
	       ((struct app *)sim->nodes[1].user)->closed;
}

void pair_connect(struct pair *p)
{
	pair_dial(p, &p->sim.nodes[1].pk);
	assert_true(jet_sim_run_until(&p->sim, pair_is_connected, p->sim.now + 10 * GN_SEC));
}

bool pair_all_done(struct jet_sim *sim)
{
	for (int i = 0; i < 2; i++) {
		struct app *a = sim->nodes[i].user, *b = sim->nodes[1 - i].user;
		for (int k = 0; k < a->stream_count; k++) {
			struct app_stream *s = &a->streams[k];
			if (s->total && (!s->acked || !app_stream(b, s->id)->fin_read))
				return false;
		}
	}
	return true;
}

void pair_check(struct pair *p)
{
	for (int i = 0; i < 2; i++)
		for (int k = 0; k < p->app[i].stream_count; k++) {
			struct app_stream *s = &p->app[i].streams[k];
			assert_false(s->wrong);
			if (s->total)
				assert_int_equal(app_stream(&p->app[1 - i], s->id)->read, s->total);
		}
}

void pair_dump(const struct pair *p)
{
	struct gn_counter c;
	for (int i = 0; i < 2; i++)
		for (size_t k = 0; gn_jet_counter_at(p->sim.nodes[i].jet, k, &c); k++)
			if (c.value)
				print_message("  node %d: %s %llu\n", i, c.name,
					      (unsigned long long)c.value);
	const struct jet_sim_link_config *l = &p->sim.links[0].config;
	print_message("  delay %.1f jitter %.1f ms, rate %llu, queue %u, loss %u dup %u reorder %u "
		      "corrupt %u ppm, mtu %u\n",
		      (double)l->delay / 1e6, (double)l->jitter / 1e6, (unsigned long long)l->rate,
		      l->queue, l->loss, l->duplicate, l->reorder, l->corrupt, l->mtu);
}

void pair_fini(struct pair *p)
{
	jet_sim_fini(&p->sim);
}
