#!/usr/bin/env node
/**
 * How long the views wait. The dependency graph: the server's answer (graph, layout, picture), its way through JSON, and
 * the page's time until it is painted in Chromium; and how long a frame takes while it is moved. The explorer: the
 * server's answer that its first rows are made of, the first time and later.
 *
 *   node bench/views.mjs [--sizes 200,2000] [--machines 1000] [--repetitions 10]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { hasBrowser, openGraphPage } from '../test/workbench/graph-page.mjs';
import { startServer } from './driver/connection.mjs';
import { withDefaults } from './driver/options.mjs';
import { dag } from './fleet/dag.mjs';
import { estate } from './fleet/estate.mjs';
import { writeFiles } from './fleet.mjs';
import { ROOT } from './servers.mjs';

/** Milliseconds; the larger is for 2,000. */
const BARS = { 200: 150, 2000: 800 };

const EVERYTHING = {
  machine: null,
  generator: null,
  kind: null,
  condition: null,
  grouping: null,
  open: null,
};

function middle(times) {
  const sorted = [...times].sort((a, b) => a - b);
  return `${sorted[sorted.length >> 1].toFixed(0)} / ${sorted[Math.floor(sorted.length * 0.95)].toFixed(0)} ms`;
}

/** Milliseconds of each of sixty frames while something is done to the picture. */
function frameTimes(page) {
  return page.evaluate(
    () =>
      new Promise(resolve => {
        const found = [];
        let last = performance.now();
        const frame = now => {
          found.push(now - last);
          last = now;
          if (found.length < 60) requestAnimationFrame(frame);
          else resolve(found.slice(1));
        };
        requestAnimationFrame(frame);
      }),
  );
}

async function framesWhileMoved(page) {
  const box = await page.locator('#canvas').boundingBox();
  await page.mouse.move(box.x + 300, box.y + 300);
  await page.mouse.down();
  const times = frameTimes(page);
  for (let step = 1; step <= 60; step++)
    await page.mouse.move(box.x + 300 + step * 4, box.y + 300 + (step % 9) * 6);
  await page.mouse.up();
  return times;
}

/** In and out again, around one place. */
async function framesWhileZoomed(page) {
  const box = await page.locator('#canvas').boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const times = frameTimes(page);
  for (let step = 1; step <= 60; step++) await page.mouse.wheel(0, step <= 30 ? -40 : 40);
  return times;
}

async function measure(size, repetitions, grouping) {
  const root = mkdtempSync(join(tmpdir(), 'varsmith-graph-'));
  writeFiles(root, dag(size));
  const command = [process.execPath, join(ROOT, 'dist/server.js'), '--stdio'];
  const server = startServer(
    withDefaults({ command, root, files: [join(root, 'flake.nix')], timeout: 60_000 }),
  );
  const opened = hasBrowser ? await openGraphPage() : null;
  try {
    await server.initialize();
    const params = {
      ...EVERYTHING,
      near: pathToFileURL(join(root, 'flake.nix')).href,
      format: 'picture',
      grouping,
    };
    const ask = () => server.request('varsmith/graph', params);
    await ask();
    const [requests, paints, sums] = [[], [], []];
    let nodes = 0;
    for (let turn = 0; turn < repetitions; turn++) {
      const { result, milliseconds } = await ask();
      nodes = result.generators;
      requests.push(milliseconds);
      if (opened === null) continue;
      const { text: picture, machines, generators, groups, owners, legend, rootUri } = result;
      const choice = { ...EVERYTHING, grouping, open: result.open };
      await opened.page.evaluate(() => {
        window.said.length = 0;
      });
      // Another picture each time, so that it is drawn anew.
      const other = picture.replace('</svg>', `<desc>${turn}</desc></svg>`);
      await opened.show({
        ...{ type: 'graph', picture: other, machines, generators, groups, owners, legend, choice },
        ...{ root: rootUri, isOther: false },
      });
      await opened.page.waitForFunction(() => window.said.some(({ type }) => type === 'painted'));
      const [{ milliseconds: painted }] = await opened.said('painted');
      paints.push(painted);
      sums.push(milliseconds + painted);
    }
    const frames = opened === null ? [] : await framesWhileMoved(opened.page);
    const zoomed = opened === null ? [] : await framesWhileZoomed(opened.page);
    const bar = BARS[size];
    const sum = sums.length > 0 ? middle(sums) : 'no browser';
    console.log(
      `${String(nodes).padStart(5)} generators, ${grouping ?? 'no groups'}: request ${middle(requests)}, ` +
        `paint ${paints.length > 0 ? middle(paints) : '-'}, together ${sum}${bar === undefined ? '' : ` (bar ${bar} ms)`}` +
        `${frames.length > 0 ? `, frame while moved ${middle(frames)}, while zoomed ${middle(zoomed)}` : ''}`,
    );
  } finally {
    await opened?.close();
    await server.stop();
    rmSync(root, { recursive: true, force: true });
  }
}

/** A large fleet of twenty generators a machine, with all that is stored of it. */
async function measureExplorer(machines, repetitions) {
  const root = mkdtempSync(join(tmpdir(), 'varsmith-explorer-'));
  writeFiles(root, estate(machines, { vars: true }).files);
  const command = [process.execPath, join(ROOT, 'dist/server.js'), '--stdio'];
  const files = [join(root, 'flake.nix')];
  const server = startServer(withDefaults({ command, root, files, timeout: 300_000 }));
  try {
    await server.initialize();
    // Findings come first, as in the editor, also those of scripts, for which there is a second look; the view asks then.
    await server.request('varsmith/checkWorkspace');
    // Bash's grammar is being loaded for it.
    await new Promise(resolve => setTimeout(resolve, 500));
    const uri = pathToFileURL(files[0]).href;
    await server.request('varsmith/at', { uri, position: { line: 0, character: 0 } });
    const ask = () => server.request('varsmith/fleet', { filter: { text: '', lacking: false } });
    const first = await ask();
    const later = [];
    for (let turn = 0; turn < repetitions; turn++) later.push((await ask()).milliseconds);
    console.log(
      `explorer, ${first.result[0].machines.length} machines: first ${first.milliseconds.toFixed(0)} ms (bar 200 ms), later ${middle(later)}`,
    );
  } finally {
    await server.stop();
    rmSync(root, { recursive: true, force: true });
  }
}

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '200,2000' },
    machines: { type: 'string', default: '1000' },
    repetitions: { type: 'string', default: '10' },
  },
});
console.log('p50 / p95');
for (const size of values.sizes.split(',').filter(Boolean).map(Number))
  for (const grouping of [null, 'auto']) await measure(size, Number(values.repetitions), grouping);
await measureExplorer(Number(values.machines), Number(values.repetitions));
