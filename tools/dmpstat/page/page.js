// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The report page. The data are the element #data: steps of time, and for each volume
 * what happened in each. Distributions are in longer steps.
 */
"use strict";
(() => {
const data = JSON.parse(document.getElementById("data").textContent);
const $ = id => document.getElementById(id);
const cells = 64;
const view = { volume: 0, from: 0, to: data.n };
let charts = [];

/* --- numbers as text -------------------------------------------------------------- */

function digits(value) {
	return value >= 100 || value === 0 ? value.toFixed(0) :
		value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function scaled(value, base, units) {
	let i = 0;
	while (Math.abs(value) >= base && i < units.length - 1) {
		value /= base;
		i++;
	}
	return (value < 0 ? "-" : "") + digits(Math.abs(value)).replace(/\.0+$/, "") + units[i];
}

const time = ns => ns === null ? "inf" : scaled(ns, 1000, [" ns", " µs", " ms", " s"]);
const size = bytes => bytes === null ? "inf" : scaled(bytes, 1024, [" B", " KiB", " MiB", " GiB", " TiB", " PiB"]);
const count = n => n === null ? "inf" : scaled(n, 1000, ["", "k", "M", "G", "T"]);
const sectors = n => n === null ? "inf" : size(n * 512);
const percent = share => Number.isFinite(share) ? (100 * share).toFixed(1) + " %" : "-";
const or = (known, text) => known ? text : "-";

function when(seconds) {
	const d = new Date(seconds * 1000), two = n => String(n).padStart(2, "0");
	return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} ` +
		`${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;
}

function duration(seconds) {
	const [n, unit] = seconds < 120 ? [seconds, " s"] : seconds < 7200 ? [seconds / 60, " min"] :
		seconds < 172800 ? [seconds / 3600, " h"] : [seconds / 86400, " days"];
	return digits(n).replace(/\.0+$/, "") + unit;
}

/* Of an axis: the time of day, and the day where it begins or changes. */
function ticks(u, all, index, space, step) {
	let day = "";
	return all.map(seconds => {
		const text = when(seconds), today = text.slice(0, 10);
		const clock = text.slice(11, step < 60 ? 19 : 16), first = today !== day;
		day = today;
		return step >= 86400 ? today : first ? `${clock}\n${today}` : clock;
	});
}

/* --- sums over the span ----------------------------------------------------------- */

const start = i => data.from + i * data.step;
const volume = () => data.volumes[view.volume];

function sum(series) {
	let all = 0;
	for (let i = view.from; i < view.to; i++)
		all += series[i];
	return all;
}

/* Long steps that begin in the span; at least the one that it begins in. */
function longSpan() {
	const first = Math.floor(view.from * data.step / data.long_step);
	const last = Math.ceil(view.to * data.step / data.long_step);
	return [first, Math.min(Math.max(last, first + 1), data.long_n)];
}

/* Counts by bucket. */
function added(hist, from, to) {
	const counts = new Array(hist.buckets.length).fill(0);
	for (let i = from; i < to; i++)
		for (let j = 0; j < hist.steps[i].length; j += 2)
			counts[hist.steps[i][j]] += hist.steps[i][j + 1];
	return counts;
}

function percentile(hist, counts, share) {
	const all = counts.reduce((a, b) => a + b, 0);
	let rank = Math.ceil(all * share), i = 0;
	if (!all)
		return undefined;
	while (i < counts.length - 1 && rank > counts[i])
		rank -= counts[i++];
	return hist.buckets[i][1];
}

/* --- charts ----------------------------------------------------------------------- */

const color = name => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();

function axis(values, extra) {
	const style = { stroke: color("soft"), grid: { stroke: color("line"), width: 1 },
		ticks: { stroke: color("line"), width: 1 }, font: "12px system-ui, sans-serif" };
	return Object.assign(style, values && { values: (u, ticks) => ticks.map(v => v === null ? "" : values(v)), size: 82 },
		!values && { values: ticks }, extra);
}

function zoomTo(from, to) {
	const least = Math.min(4, data.n);
	from = Math.max(0, Math.min(Math.round(from), data.n - least));
	to = Math.min(data.n, Math.max(Math.round(to), from + least));
	if (from !== view.from || to !== view.to) {
		view.from = from;
		view.to = to;
		draw();
	}
}

function options(id, series, scales, axes, hooks) {
	return {
		width: Math.max(280, $(id).clientWidth), height: 210, series, axes,
		scales: Object.assign({ x: { time: true, range: [start(view.from), start(view.to)] } }, scales),
		cursor: { sync: { key: "dmp" }, drag: { setScale: false, x: true, y: false },
			bind: { dblclick: () => () => zoomTo(0, data.n) } },
		legend: { live: true },
		hooks: Object.assign({ setSelect: [u => {
			if (u.select.width > 5)
				zoomTo((u.posToVal(u.select.left, "x") - data.from) / data.step,
					(u.posToVal(u.select.left + u.select.width, "x") - data.from) / data.step);
		}] }, hooks),
	};
}

function chart(id, opts, columns) {
	$(id).textContent = "";
	charts.push(new uPlot(opts, columns, $(id)));
}

/* The middle of each step; nothing is drawn where nothing is known. */
function times() {
	const all = [];
	for (let i = view.from; i < view.to; i++)
		all.push(start(i + 0.5));
	return all;
}

function column(value) {
	const v = volume(), all = [];
	for (let i = view.from; i < view.to; i++) {
		const n = v.seconds[i] > 0 ? value(v, i) : null;
		all.push(n === undefined ? null : n);
	}
	return all;
}

const line = (label, stroke, format, extra) => Object.assign({
	label, stroke, width: 1.5, points: { show: view.to - view.from < 60, size: 4 },
	value: (u, v) => v === null || v === undefined ? "-" : format(v),
}, extra);

/* Distances of the lines of a scale of bytes. */
const powers = Array.from({ length: 60 }, (_, i) => 2 ** i);

function lines(id, format, series, scales, extra) {
	chart(id, options(id, [{ value: (u, v) => v ? when(v) : "-" }].concat(series.map(s => s[0])),
		Object.assign({ y: { range: (u, least, most) => [0, most > 0 ? most * 1.08 : 1] } }, scales),
		[axis(), axis(format, extra)]), [times()].concat(series.map(s => column(s[1]))));
}

function drawLines() {
	const r = color("read"), w = color("write");
	const thin = { width: 0.7, points: { show: false } }, dashed = { dash: [5, 4] };
	const rate = v => size(v) + "/s", perSecond = v => count(v) + "/s";
	const mean = op => (v, i) => v[op + "_timed"][i] ? v[op + "_time"][i] / v[op + "_timed"][i] : null;
	lines("bytes", rate, [
		[line("read", r, rate), (v, i) => v.r_bytes[i] / v.seconds[i]],
		[line("write", w, rate), (v, i) => v.w_bytes[i] / v.seconds[i]]], {}, { incrs: powers });
	lines("requests", perSecond, [
		[line("read", r, perSecond), (v, i) => v.r_requests[i] / v.seconds[i]],
		[line("write", w, perSecond), (v, i) => v.w_requests[i] / v.seconds[i]],
		[line("read, busiest", r, perSecond, thin), (v, i) => v.r_peak[i]],
		[line("write, busiest", w, perSecond, thin), (v, i) => v.w_peak[i]]]);
	lines("latency", time, [
		[line("read", r, time), mean("r")],
		[line("write", w, time), mean("w")],
		[line("read, 99 %", r, time, dashed), (v, i) => v.r_worst[i] || null],
		[line("write, 99 %", w, time, dashed), (v, i) => v.w_worst[i] || null]],
		{ y: { distr: 3, range: (u, least, most) => most > 0 ? [10 ** Math.floor(Math.log10(least)), 10 ** Math.ceil(Math.log10(most))] : [1000, 1e6] } });
	chart("depth", options("depth", [{ value: (u, v) => v ? when(v) : "-" },
		line("mean depth", color("other"), digits),
		line("busy", color("soft"), v => v.toFixed(1) + " %", { scale: "%", width: 1 })],
		{ y: { range: (u, least, most) => [0, most > 0 ? most * 1.08 : 1] }, "%": { range: [0, 100] } },
		[axis(), axis(digits), axis(v => v + " %", { scale: "%", side: 1, grid: { show: false } })]),
		[times(), column((v, i) => v.all_time[i] / 1e9 / v.seconds[i]),
			column((v, i) => Math.min(100, v.busy[i] / 1e7 / v.seconds[i]))]);
}

/* --- maps ------------------------------------------------------------------------- */

function shades() {
	const stops = [0, 1, 2, 3].map(i => color("heat-" + i).split(",").map(Number));
	return share => {
		const at = Math.min(share, 0.9999) * 3, i = Math.floor(at), f = at - i;
		return "rgb(" + stops[i].map((c, k) => Math.round(c + (stops[i + 1][k] - c) * f)).join(",") + ")";
	};
}

/* Rectangles [x0, x1, y0, y1, count] over axes; a root makes what is rare visible. */
function map(id, rectangles, y, format, extra) {
	const shade = shades(), most = rectangles.reduce((m, r) => Math.max(m, r[4]), 0);
	const paint = u => {
		const c = u.ctx;
		c.save();
		c.beginPath();
		c.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height);
		c.clip();
		for (const [x0, x1, y0, y1, n] of rectangles) {
			const left = u.valToPos(x0, "x", true), right = u.valToPos(x1, "x", true);
			const top = u.valToPos(y1, "y", true), bottom = u.valToPos(y0, "y", true);
			c.fillStyle = shade(0.12 + 0.88 * Math.sqrt(n / most));
			c.fillRect(Math.floor(left), Math.floor(top), Math.ceil(right) - Math.floor(left), Math.ceil(bottom) - Math.floor(top));
		}
		c.restore();
	};
	const opts = options(id, [{}, { show: false }], { y },
		[axis(null, { grid: { show: false } }), axis(format, Object.assign({ grid: { show: false } }, extra))], { drawClear: [paint] });
	opts.legend = { show: false };
	chart(id, opts, [[start(view.from), start(view.to)], [null, null]]);
}

function drawLatencies(id, op) {
	const hist = volume().latency[op], rectangles = [];
	let least = 1e6, most = 1e6;
	for (let i = view.from; i < view.to; i++) {
		for (let j = 0; j < hist.steps[i].length; j += 2) {
			const [from, to] = hist.buckets[hist.steps[i][j]];
			const low = Math.max(from, 250), high = to === null ? from * 2 : to;
			least = Math.min(least, low);
			most = Math.max(most, high);
			rectangles.push([start(i), start(i + 1), low, high, hist.steps[i][j + 1]]);
		}
	}
	map(id, rectangles, { distr: 3, range: [10 ** Math.floor(Math.log10(least)), 10 ** Math.ceil(Math.log10(most))] }, time);
}

function drawPlaces() {
	const v = volume(), rectangles = [], cell = v.cell_sectors || 1, byPlace = new Map();
	const [first, last] = longSpan();
	for (const name of ["read_heat", "write_heat"]) {
		const hist = v.hists[name];
		for (let i = first; hist && i < last; i++)
			for (let j = 0; j < hist.steps[i].length; j += 2) {
				const key = i * 1000 + hist.buckets[hist.steps[i][j]][0];
				byPlace.set(key, (byPlace.get(key) || 0) + hist.steps[i][j + 1]);
			}
	}
	for (const [key, n] of byPlace) {
		const i = Math.floor(key / 1000), at = key % 1000;
		rectangles.push([data.from + i * data.long_step, data.from + (i + 1) * data.long_step, at * cell, (at + 1) * cell, n]);
	}
	const end = cells * cell;
	map("place", rectangles, { range: [0, end] }, sectors, { splits: () => [0, end / 4, end / 2, end * 3 / 4, end] });
}

/* --- tables ----------------------------------------------------------------------- */

function element(name, text, className) {
	const e = document.createElement(name);
	if (text !== undefined)
		e.textContent = text;
	if (className)
		e.className = className;
	return e;
}

function row(table, name, texts, className) {
	const tr = element("tr");
	texts.forEach((text, i) => tr.append(element(name, text, i ? "" : className)));
	table.append(tr);
}

function drawTotals() {
	const v = volume(), seconds = sum(v.seconds), [first, last] = longSpan(), table = $("totals");
	table.textContent = "";
	row(table, "th", ["", "requests", "requests/s", "bytes/s", "mean size", "mean latency", "p50", "p99", "p99.9"]);
	for (const [op, name] of [["r", "read"], ["w", "write"]]) {
		const requests = sum(v[op + "_requests"]), bytes = sum(v[op + "_bytes"]), timed = sum(v[op + "_timed"]);
		const hist = v.hists[name + "_latency_ns"], counts = hist && added(hist, first, last);
		const p = share => {
			const bound = hist && percentile(hist, counts, share);
			return bound === undefined ? "-" : time(bound);
		};
		row(table, "td", [name, count(requests), or(seconds, count(requests / seconds)),
			or(seconds, size(bytes / seconds)), or(requests, size(bytes / requests)),
			or(timed, time(sum(v[op + "_time"]) / timed)), p(0.5), p(0.99), p(0.999)], op);
	}
	$("totals-note").textContent = `Mean depth ${or(seconds, digits(sum(v.all_time) / 1e9 / seconds))}, I/O under way ` +
		`${percent(sum(v.busy) / 1e9 / seconds)} of the time, ${percent(sum(v.sequential) / sum(v.sampled))} sequential. ` +
		`Percentiles are upper bounds of buckets, of the ${duration((last - first) * data.long_step)} around this span.`;
}

const shown = [
	["latency_ns", "Latency", time], ["size_bytes", "Size", size], ["seek_sectors", "Seek distance", sectors],
	["cpu_run_requests", "Length of sequential runs (requests)", count], ["depth", "In flight at submission", count],
	["interarrival_ns", "Between two submissions", time], ["window_requests", "Requests in windows of 100 ms", count],
];

/* At most 24 rows: to powers of two, of the same sign. */
function merged(hist, counts) {
	const rows = new Map(), many = counts.filter(n => n).length > 24;
	hist.buckets.forEach(([least, below], i) => {
		const octave = Math.floor(Math.log2(Math.max(1, Math.abs(least))));
		const key = many && least ? Math.sign(least) * (octave + 1) : least;
		if (!counts[i])
			return;
		const r = rows.get(key);
		if (r) {
			r[1] = below;
			r[2] += counts[i];
		} else {
			rows.set(key, [least, below, counts[i]]);
		}
	});
	return rows;
}

function drawHist(title, format, pair) {
	const box = element("div", undefined, "hist"), keys = new Map();
	const all = pair.map(rows => [...rows.values()].reduce((a, r) => a + r[2], 0));
	const most = Math.max(...pair.map((rows, k) => Math.max(0, ...[...rows.values()].map(r => r[2] / all[k]))));
	pair.forEach((rows, k) => rows.forEach((r, key) => {
		const both = keys.get(key) || [r[0], r[1], 0, 0];
		both[2 + k] = r[2] / all[k];
		keys.set(key, both);
	}));
	box.append(element("h3", title));
	for (const [least, below, r, w] of [...keys.values()].sort((a, b) => a[0] - b[0])) {
		const line = element("div", undefined, "row"), bars = element("div", undefined, "bars");
		line.append(element("span", below === least + 1 ? format(least) : `${format(least)} – ${format(below)}`));
		[["r", r], ["w", w]].forEach(([op, share]) => {
			const bar = element("div", undefined, op);
			bar.style.width = share ? `max(1px, ${100 * share / most}%)` : "0";
			bar.title = `${op === "r" ? "read" : "write"} ${percent(share)}`;
			bars.append(bar);
		});
		line.append(bars);
		box.append(line);
	}
	return box;
}

function drawHists() {
	const v = volume(), [first, last] = longSpan();
	$("hists").textContent = "";
	for (const [metric, title, format] of shown) {
		const pair = ["read_", "write_"].map(op => {
			const hist = v.hists[op + metric];
			return hist ? merged(hist, added(hist, first, last)) : new Map();
		});
		if (pair.some(rows => rows.size))
			$("hists").append(drawHist(title, format, pair));
	}
	if (!$("hists").children.length)
		$("hists").append(element("p", "No I/O in this span.", "note"));
}

function what(e) {
	const lasted = e.to - e.from > 1.5 * data.interval ? `, over ${duration(e.to - e.from)}` : "";
	return {
		gap: () => (e.text === "reboot" ? "the system was booted; " : "") + `nothing was recorded for ${duration(e.to - e.from)}`,
		added: () => "added", reset: () => "statistics reset", removed: () => "removed",
		renamed: () => `renamed; it was called ${e.text}`, suspended: () => `suspended${lasted}`,
		errors: () => `${count(e.number)} failed${lasted}`,
		stall: () => `an I/O was in flight for ${time(e.number)}`,
		burst: () => `${count(e.number)} ${e.text}s or more in 100 ms, ten times the mean${lasted}`,
	}[e.kind]();
}

function drawEvents() {
	const table = $("events"), from = start(view.from), to = start(view.to);
	const seen = data.events.filter(e => (e.volume < 0 || e.volume === view.volume) && e.to >= from && e.from <= to);
	table.textContent = "";
	if (!seen.length)
		row(table, "td", ["None in this span."]);
	for (const e of seen.slice(0, 200))
		row(table, "td", [when(e.from), what(e)]);
	if (seen.length > 200 || data.events_left_out)
		row(table, "td", ["", `and ${count(Math.max(0, seen.length - 200) + data.events_left_out)} more`]);
}

/* --- the whole -------------------------------------------------------------------- */

function drawTitle() {
	const v = volume();
	$("span").textContent = `${when(start(view.from))} to ${when(start(view.to))}: ` +
		`${duration((view.to - view.from) * data.step)} in steps of ${duration(data.step)}`;
	$("h-volume").textContent = v.name;
	$("names").textContent = [v.device, v.lv, v.mount && `mounted on ${v.mount}`, v.below && `on ${v.below}`].filter(Boolean).join(", ");
}

function draw() {
	charts.forEach(c => c.destroy());
	charts = [];
	drawTitle();
	drawTotals();
	drawLines();
	drawLatencies("r_heat", "r");
	drawLatencies("w_heat", "w");
	drawPlaces();
	drawHists();
	drawEvents();
}

const span = () => view.to - view.from;
const move = share => zoomTo(...(by => by < 0 ? [Math.max(0, view.from + by), Math.max(0, view.from + by) + span()] :
	[Math.min(data.n, view.to + by) - span(), Math.min(data.n, view.to + by)])(Math.round(share * span()) || Math.sign(share)));
const zoom = factor => zoomTo((view.from + view.to) / 2 - span() * factor / 2, (view.from + view.to) / 2 + span() * factor / 2);

function change(to) {
	view.volume = (to + data.volumes.length) % data.volumes.length;
	$("volume").value = view.volume;
	draw();
}

const keys = {
	ArrowLeft: () => move(-0.25), ArrowRight: () => move(0.25), "+": () => zoom(0.5), "=": () => zoom(0.5),
	"-": () => zoom(2), "0": () => zoomTo(0, data.n),
	"[": () => change(view.volume - 1), "]": () => change(view.volume + 1),
};

data.volumes.forEach((v, i) => {
	const option = element("option", v.lv ? `${v.name} (${v.lv})` : v.name);
	option.value = i;
	$("volume").append(option);
});
$("volume").addEventListener("change", () => change(Number($("volume").value)));
$("earlier").addEventListener("click", () => move(-0.25));
$("later").addEventListener("click", () => move(0.25));
$("in").addEventListener("click", () => zoom(0.5));
$("out").addEventListener("click", () => zoom(2));
$("all").addEventListener("click", () => zoomTo(0, data.n));
document.addEventListener("keydown", e => {
	if (e.ctrlKey || e.altKey || e.metaKey || !keys[e.key] || (e.target.tagName === "SELECT" && e.key.startsWith("Arrow")))
		return;
	e.preventDefault();
	keys[e.key]();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
addEventListener("beforeprint", () => { document.documentElement.classList.add("print"); draw(); });
addEventListener("afterprint", () => { document.documentElement.classList.remove("print"); draw(); });
let resizing;
addEventListener("resize", () => { clearTimeout(resizing); resizing = setTimeout(draw, 100); });

if (data.volumes.length)
	draw();
else
	$("span").textContent = "The recording has no volume.";
document.documentElement.dataset.drawn = Math.round(performance.now());
})();
