// The status page: reads the local API every two seconds and at every event, and draws this node's view of the disk.
// Geodesics of the Poincaré disk are arcs of circles orthogonal to the rim; all nodes stand on one circle, so a link between
// near neighbours hugs it and a long one dives towards the middle.
"use strict";

const $ = (id) => document.getElementById(id);
const view = { status: null, peers: [], lookups: [], chosen: null };

// The owner's link (`geonet open`) carries the token in its fragment, which no server sees: it is kept for this tab and
// taken out of the address. Without it the page shows what everybody on this machine may know. A token is good until the
// node ends; the link of the next one may be opened in the same tab.
function take() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!given) return false;
  sessionStorage.setItem("token", given);
  history.replaceState(null, "", location.pathname);
  return true;
}
take();
let token = sessionStorage.getItem("token");
window.onhashchange = () => take() && location.reload();

function element(name, attributes, text) {
  const e = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
  if (text !== undefined) e.textContent = text;
  return e;
}

// 16 hex digits of a turn -> radians, zero at the top, clockwise.
const radians = (hex) => (Number.parseInt(hex.slice(0, 13), 16) / 2 ** 52) * 2 * Math.PI - Math.PI / 2;

// Drawing radius of the identity circle: r = 2 ln N, shown at tanh(r / 2), at most 0.97.
function radius(n) {
  return Math.min(0.97, Math.tanh(Math.log(Math.max(n, 3))));
}

function point(hex, r) {
  const a = radians(hex);
  return [r * Math.cos(a), r * Math.sin(a)];
}

// The geodesic between two points of one circle, as an SVG path.
function geodesic([ax, ay], [bx, by]) {
  const cross = ax * by - ay * bx;
  if (Math.abs(cross) < 1e-6) return `M${ax} ${ay}L${bx} ${by}`;
  const a2 = ax * ax + ay * ay + 1, b2 = bx * bx + by * by + 1;
  const cx = (a2 * by - b2 * ay) / (2 * cross), cy = (b2 * ax - a2 * bx) / (2 * cross);
  const r = Math.sqrt(Math.max(cx * cx + cy * cy - 1, 1e-9));
  const sweep = (ax - cx) * (by - cy) - (ay - cy) * (bx - cx) > 0 ? 1 : 0;
  return `M${ax} ${ay}A${r} ${r} 0 0 ${sweep} ${bx} ${by}`;
}

function drawLookup(svg, r, self) {
  const lookup = view.lookups.find((l) => l.op === view.chosen) || view.lookups[0];
  if (!lookup) return;
  const [kx, ky] = point(lookup.key, 1);
  svg.append(element("path", { class: "key", d: `M${kx} ${ky}m-.02 0l.02 -.035l.02 .035z` }));
  for (const step of lookup.steps) {
    const path = element("path", { class: step.outcome === "ok" ? "step" : "step failed", d: geodesic(self, point(step.id, r)) });
    path.append(element("title", {}, `${step.addr}: ${step.outcome}, ${step.rtt_ms.toFixed(1)} ms`));
    svg.append(path);
  }
}

function draw() {
  const svg = $("disk"), status = view.status;
  svg.replaceChildren(element("circle", { class: "rim", r: 1 }));
  if (!status) return;
  const r = radius(status.n_estimate), self = point(status.node.angle, r);
  for (const peer of view.peers.filter((p) => p.linked))
    svg.append(element("path", { class: peer.leaf ? "link leaf" : "link", d: geodesic(self, point(peer.angle, r)) }));
  drawLookup(svg, r, self);
  const dot = (angle, cls, label, size) => {
    const [x, y] = point(angle, r);
    const c = element("circle", { class: "node " + cls, cx: x, cy: y, r: size });
    c.append(element("title", {}, label));
    svg.append(c);
  };
  for (const peer of view.peers)
    dot(peer.angle, (peer.leaf ? "leaf" : "") + (peer.up ? "" : " down"), `${peer.id.slice(0, 12)} at ${peer.addr}`, peer.linked ? 0.024 : 0.014);
  dot(status.node.angle, "self", "this node", 0.036);
}

function bytes(n) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let i = 0;
  for (; n >= 1024 && i < units.length - 1; i++) n /= 1024;
  return `${i && n < 10 ? n.toFixed(1) : Math.round(n)} ${units[i]}`;
}

function cell(row, text, code) {
  const td = row.insertCell();
  if (code) td.append(Object.assign(document.createElement("code"), { textContent: text }));
  else td.textContent = text;
}

function table(id, items, fill) {
  const body = $(id).tBodies[0];
  body.replaceChildren();
  for (const item of items) fill(body.insertRow(), item);
}

function facts() {
  const s = view.status;
  const rows = [
    ["node", s.node.id.slice(0, 16) + "…"],
    ["state", s.server ? "server: answers for keys" : "client: not yet answering for keys"],
    ["network", `about ${Math.max(1, Math.round(s.n_estimate))} nodes, ${s.links} links, ${s.known} known`],
    ...(s.clock ? [["clock", s.clock.text]] : []),
    ["hops", `${s.hops.observed.toFixed(2)} observed, ${s.hops.predicted.toFixed(2)} predicted, at most ${s.hops.max}`],
    ["records", `${s.records.count} (${bytes(s.records.bytes)})`],
    ["blocks", `${s.blocks.count} (${bytes(s.blocks.bytes)}), ${s.blocks.own} own, ${s.blocks.held} for others`],
    ["traffic", `${bytes(s.traffic.sent)} sent, ${bytes(s.traffic.received)} received`],
    ["memory", bytes(s.rss)],
    ["up", `${Math.floor(s.uptime_s / 3600)} h ${Math.floor(s.uptime_s / 60) % 60} min`],
  ];
  $("facts").replaceChildren(...rows.flatMap(([name, value]) => [
    Object.assign(document.createElement("dt"), { textContent: name }), Object.assign(document.createElement("dd"), { textContent: value })]));
  $("version").textContent = s.version;
  const silent = s.bootstrap.filter((b) => !b.answered).map((b) => b.host);
  $("state").textContent = s.clock ? "this machine's clock may be wrong" : s.reach === "joined" ? "connected" : s.reach === "founder" ? "the first node: nobody else is here yet"
    : "alone: " + (silent.length ? `${silent.join(", ")} ${silent.length > 1 ? "do" : "does"} not answer` : "no other node can be reached");
  $("state").className = s.clock || s.reach === "alone" ? "bad" : "good";
}

function lists(sites) {
  table("lookups", view.lookups.slice(0, 12), (row, l) => {
    cell(row, l.kind);
    cell(row, l.key.slice(0, 12), true);
    cell(row, l.hops);
    cell(row, `${l.took_ms.toFixed(1)} ms`);
    cell(row, l.err);
    row.tabIndex = 0;
    row.className = l.op === view.chosen ? "chosen" : "";
    row.onclick = row.onkeydown = (event) => {
      if (event.type === "keydown" && event.key !== "Enter") return;
      view.chosen = l.op;
      lists(sites);
      draw();
    };
  });
  table("peers", view.peers.slice(0, 60), (row, p) => {
    cell(row, p.id.slice(0, 12), true);
    cell(row, p.addr);
    cell(row, p.linked ? (p.leaf ? "ring" : `long (${p.annulus})`) : "known");
    cell(row, p.carrier ? `${p.carrier}: ${navigator.language.startsWith("ru") ? p.says_ru : p.says_en}` : "");
    cell(row, p.rtt_ms > 0 ? `${p.rtt_ms.toFixed(1)} ms` : "");
  });
  table("sites", sites, (row, s) => {
    cell(row, s.label || "(default)");
    cell(row, String(s.root || "").slice(0, 12), true);
    cell(row, s.blocks);
  });
}

const RELAYS = { off: "nothing is passed on", small: "a little for everybody", tokens: "a little for everybody, much for who has a token of yours",
  commons: "much for everybody" };

// What others have of this node: what it may give, and what it gave (`geonet give`).
function gives(g) {
  const now = g.months[0] || { small: 0, bulk: 0, turn: 0 }, used = Number(now.small) + Number(now.bulk) + Number(now.turn);
  const rows = [
    ["relay", `${g.relay}: ${RELAYS[g.relay] || ""}; ${bytes(Number(g.rate))} a second for each lane`],
    ["this month", `${bytes(used)} of ${bytes(Number(g.month))}: small ${bytes(Number(now.small))}, bulk ${bytes(Number(now.bulk))}, TURN ${bytes(Number(now.turn))}`],
    ["the next begins", new Date(Number(g.month_ends)).toLocaleString()],
    ["now", `${g.small} small and ${g.bulk} bulk circuits, ${g.places} places`],
    ["holds", g.hold_nothing ? "nothing of others" : `${bytes(Number(g.held_blocks))} of others' blocks of ${bytes(Number(g.hold))}, ${bytes(Number(g.held_records))} of records`],
    ["TURN", g.turn ? "on" : "off"],
    ["refused", `${g.refused} hashes`],
  ];
  $("gives").replaceChildren(...rows.flatMap(([name, value]) => [
    Object.assign(document.createElement("dt"), { textContent: name }), Object.assign(document.createElement("dd"), { textContent: value })]));
  $("used").value = Math.min(1, used / Math.max(1, Number(g.month)));
  $("metered").hidden = !g.metered;
  $("given-to").hidden = !g.by.length;
  table("given", g.by.slice(0, 20), (row, b) => {
    cell(row, b.key.slice(0, 12), true);
    cell(row, b.token ? "token" : "node");
    cell(row, bytes(Number(b.small)));
    cell(row, bytes(Number(b.bulk)));
  });
}

async function ask(path, body) {
  const answer = await fetch("/api/v1/" + path, { method: body ? "POST" : "GET", body: body && JSON.stringify(body),
    headers: { ...(token ? { Authorization: "Bearer " + token } : {}), ...(body ? { "Content-Type": "application/json" } : {}) } });
  if (answer.status === 403 && token) forget();
  if (!answer.ok) throw new Error(answer.status);
  return answer;
}

const read = async (path, body) => (await ask(path, body)).json();

// A token of another run, or of another node: the page must be opened again.
function forget() {
  token = null;
  sessionStorage.removeItem("token");
  $("again").hidden = false;
}

async function refresh() {
  const mine = token;
  try {
    view.status = await read("status");
    const owner = token ? await Promise.all([read("peers"), read("lookups"), read("sites"), read("node/give", {})]) : [{ peers: [] }, { lookups: [] }, { sites: [] }];
    Object.assign(view, { peers: owner[0].peers, lookups: owner[1].lookups });
    $("owner").hidden = !token;
    $("stranger").hidden = !!token;
    facts();
    lists(owner[2].sites);
    if (owner[3]) gives(owner[3]);
    draw();
  } catch {
    if (mine && !token) return refresh(); // as one to whom the rest is not shown
    $("state").textContent = "the node does not answer";
    $("state").className = "bad";
  }
}

$("open").onsubmit = (event) => {
  event.preventDefault();
  const name = $("name").value.trim().toLowerCase().replace(/\.geo$/, "");
  if (name) location.href = `http://${name}.geo.localhost:${location.port}/`;
};

// A WebSocket, since of answers that never end a browser has room for six. When it ends, the timer goes on alone.
function listen() {
  let soon = 0;
  const events = new WebSocket(`ws://${location.host}/api/v1/events`, ["bearer", token]);
  events.onopen = () => view.live = true;
  events.onclose = () => view.live = false;
  events.onmessage = () => {
    clearTimeout(soon);
    soon = setTimeout(refresh, 150);
  };
}
refresh();
if (token) listen();
setInterval(refresh, 2000);
