// Drives the real workbench as a person would, with a packed .vsix installed, one counted step after another.
// Knows nothing of Varsmith: walk.mjs has its steps.

import * as fs from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { openBrowser, workbenchShown } from './browser.mjs';
import { startCodeServer, windowAddress } from './code-server.mjs';
import { handles } from './ui-handles.mjs';
import { listenTo, seen } from './ui-seen.mjs';

/**
 * Runs a walk over `folder`, trusted unless `restricted`, with `vsix` installed. `steps` are [name, what to do] pairs, run in order; the first that fails
 * ends the walk, since the later ones stand on it: what was to be seen is printed, and `failurePicture` shows the window.
 * @param {{ folder?: string, openFile?: string, vsix: readonly string[], restricted: boolean, pictures: string, failurePicture: string, settings?: object, env?: Record<string, string>, start?: () => Promise<Awaited<ReturnType<typeof startCodeServer>> & { address: string }> }} scene absolute paths; `start` brings a workbench that is opened at the address it names
 * @param {readonly (readonly [string, (ui: ReturnType<typeof handles>) => Promise<void>])[]} steps
 * @returns {Promise<{ passed: number, failed: number, skipped: number, failures: string[] }>}
 */
export async function drive(
  { folder, openFile, vsix, restricted, pictures, failurePicture, settings = {}, env = {}, start },
  steps,
) {
  fs.mkdirSync(pictures, { recursive: true });
  fs.rmSync(failurePicture, { force: true });
  const result = { passed: 0, failed: 0, skipped: 0, failures: [] };
  let server;
  let browser;
  let page;
  let said = [];
  let current = 'the workbench opens';
  const cleanUp = async () => {
    await browser?.close();
    await server?.stop();
  };
  // To standard output, like the steps that went well: where the record of a run keeps one of the two, it is this one.
  const tell = async why => {
    console.log(`  FAILED ${current}\n    ${stripVTControlCharacters(why)}`);
    for (const line of await seen({ page, said, server })) console.log(`    ${line}`);
  };
  const end = async signal => {
    // Whoever runs the walk may have lost patience with it.
    if (signal === 'SIGTERM') await tell('the walk is ended from outside');
    await cleanUp();
    process.exit(130);
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, end);
  const counted = async (name, work) => {
    current = name;
    const started = performance.now();
    await work();
    result.passed += 1;
    console.log(`  ok ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  };
  try {
    await counted(current, async () => {
      server = await (start?.() ?? startCodeServer({ vsix, restricted, settings, env }));
      ({ browser, page } = await openBrowser(server.url));
      said = listenTo(page);
      const opened = { ...(folder && { folder }), ...(openFile && { openFile }) };
      await page.goto(server.address ?? windowAddress(server.url, opened));
      await workbenchShown(page);
      if (openFile) await page.locator('.editor-instance .view-line').first().waitFor();
    });
    const ui = handles(page, pictures, server.home, server.url);
    for (const [name, work] of steps) await counted(name, () => work(ui));
  } catch (error) {
    result.failed += 1;
    result.failures.push(`${current}: ${error.message}`);
    await tell(error.stack);
    // The page may be what failed, and the reason is printed already.
    await page?.screenshot({ path: failurePicture }).catch(() => {});
  } finally {
    await cleanUp();
  }
  return result;
}
