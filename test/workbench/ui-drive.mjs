// Drives the real workbench as a person would, with a packed .vsix installed, one counted step after another.
// The selectors are internals of VS Code: they hold for 1.93.1 and 1.139.1, which install-vscode.sh pins.
// Knows nothing of Varsmith: walk.mjs has its steps.

import * as fs from 'node:fs';
import * as path from 'node:path';
import { openBrowser, workbenchShown } from './browser.mjs';
import { startCodeServer, windowAddress } from './code-server.mjs';

/**
 * The handles a walk works with.
 * @param {import('playwright-core').Page} page
 * @param {string} pictures folder for screenshots
 * @param {string} profile everything that the workbench keeps
 * @param {string} url of the workbench
 */
function handles(page, pictures, profile, url) {
  const editor = page.locator('.editor-group-container.active .editor-instance .monaco-editor').first();
  const quickInput = page.locator('.quick-input-widget input[type=text]');
  const action = text => page.locator('.action-widget .monaco-list-row.action', { hasText: text }).first();
  const quickWidget = page.locator('.quick-input-widget');
  const quickRow = text => page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first();
  const palette = page.locator('.quick-input-widget input[placeholder^="Type the name of a command"]');
  /** Opens the quick input by a key. While a page in a tab takes the focus, the key may be lost. */
  async function summon(key) {
    for (let attempt = 0; attempt < 5; attempt++) {
      await page.keyboard.press(key);
      if (await arrives(quickInput, 5_000)) return;
    }
    await quickInput.waitFor();
  }
  /** The palette's row of a command whose title begins so. The page of a tab may close the palette once. */
  async function listed(title) {
    const row = page.locator(`.quick-input-list .monaco-list-row[aria-label^="${title}"]`).first();
    // The palette lists what is enabled when it opens: what comes to be enabled later is in the next one.
    for (let attempt = 0; attempt < 5; attempt++) {
      await summon('F1');
      const isOpen = await quickInput.fill(`>${title}`, { timeout: 3_000 }).then(
        () => true,
        () => false,
      );
      if (isOpen && (await arrives(row, 6_000))) return row;
      // Where it was closed, the key would be for the page.
      if (await palette.isVisible()) await page.keyboard.press('Escape');
      await palette.waitFor({ state: 'hidden' });
    }
    throw new Error(`the palette does not list ${title}`);
  }
  /** Runs a command by its title, from the command palette. The command may open a list or a box of its own. */
  async function command(title) {
    await (await listed(title)).click();
    await palette.waitFor({ state: 'hidden' });
  }
  /** How many rows of a list of many are chosen. */
  const chosen = quickWidget.locator('.quick-input-count .monaco-count-badge');
  async function asked(title, message) {
    await quickWidget.locator('.quick-input-title', { hasText: title }).waitFor();
    await quickWidget.locator('.quick-input-message', { hasText: message }).waitFor();
  }
  return {
    page,
    editor,
    profile,
    /** A box with this title and message is shown. */
    asked,
    /** A list of many has this title and has loaded its rows. */
    async listShown(title) {
      await quickWidget.locator('.quick-input-title', { hasText: title }).waitFor();
      await quickWidget.locator('.quick-input-list .monaco-list-row').first().waitFor();
    },
    /** Chooses exactly these rows of the list of many that is shown, and accepts it. */
    async pick(labels) {
      // Half chosen becomes all, all becomes none.
      for (let attempt = 0; attempt < 3 && !/^0 /.test((await chosen.textContent()) ?? ''); attempt++)
        await quickWidget
          .locator('.quick-input-header :is([role=checkbox], input[type=checkbox])')
          .first()
          .click();
      for (const label of labels) {
        await quickInput.fill(label);
        await quickRow(label).click();
        await quickInput.fill('');
      }
      await chosen.filter({ hasText: `${labels.length} ` }).waitFor();
      await page.keyboard.press('Enter');
    },
    /** Types an answer into the box with this title and message, which hides it or does not. */
    async answer(title, message, text, { hidden = false } = {}) {
      await asked(title, message);
      const box = quickWidget.locator(`input[type=${hidden ? 'password' : 'text'}]`);
      await box.fill(text);
      await page.keyboard.press('Enter');
    },
    /** Types into the quick input that is shown, in the place of what is in it. */
    fill: text => quickInput.fill(text),
    /** A row of the list that is shown. */
    row: quickRow,
    /** Opens a folder in the place of what is open. */
    async openFolder(folder) {
      await page.goto(windowAddress(url, { folder }));
      await workbenchShown(page);
    },
    /** The window has opened something else by itself. */
    async reloaded() {
      await page.waitForEvent('load', { timeout: 60_000 });
      await workbenchShown(page);
    },
    /** Answers the editor's dialogue for a folder, once it lists something that is in the folder alone. */
    async chooseFolder(folder, inside) {
      await quickWidget.locator('.quick-input-title').waitFor();
      // While the dialogue is still reading the folder it begins in, it puts that one's path back over what is typed.
      for (let attempt = 0; attempt < 5; attempt++) {
        await quickInput.fill('');
        await quickInput.fill(`${folder}/`);
        if (await arrives(quickRow(inside), 5_000)) break;
      }
      await quickRow(inside).waitFor();
      await page.keyboard.press('Enter');
    },
    /** Runs a command that asks: the palette does not close. Resolves when the question is there. */
    async ask(title, question) {
      await (await listed(title)).click();
      await quickWidget.locator('.quick-input-title', { hasText: question }).waitFor();
    },
    /** Presses a button in the title of the box that is shown. */
    pressInBox: name => quickWidget.locator(`.quick-input-titlebar [aria-label="${name}"]`).first().click(),
    clipboard: () => page.evaluate(() => navigator.clipboard.readText()),
    setClipboard: text => page.evaluate(wanted => navigator.clipboard.writeText(wanted), text),
    /** A row of the view in the side bar. */
    sideRow: text => page.locator('.sidebar .monaco-list-row', { hasText: text }).first(),
    /** Presses a button of a notification. */
    pressInToast: (text, button) =>
      page
        .locator('.notification-toast', { hasText: text })
        .first()
        .getByRole('button', { name: button, exact: true })
        .click(),
    /** A line of the editor that holds `text`. */
    line: text => editor.locator('.view-line', { hasText: text }).first(),
    /** The squiggles of kind error, warning, info or hint. */
    squiggle: kind => editor.locator(`.squiggly-${kind}`),
    /** The hover box that holds `text`. */
    hover: text => page.locator('.monaco-hover:visible', { hasText: text }).first(),
    /** The rows of the Problems view that hold `text`. */
    problem: text => page.locator('.markers-panel .monaco-list-row', { hasText: text }),
    /** Opens the Problems view and narrows it to the rows that hold `text`: rows out of sight are not in the page. */
    async showProblems(text) {
      await command('Problems: Focus on Problems View');
      const filter = page.getByPlaceholder(/^Filter \(e\.g\./);
      const narrowed = page.getByText(/^Showing \d+ of \d+$/).first();
      // While the view is being made it may drop what is typed; what narrows the rows has arrived.
      for (let attempt = 0; attempt < 5; attempt++) {
        await filter.fill(text);
        if (await arrives(narrowed, 3_000)) return;
      }
    },
    /** Waits for an entry of the open lightbulb menu. */
    async actionOffered(text) {
      await action(text).waitFor();
    },
    /** Chooses an entry of the open lightbulb menu. */
    async chooseAction(text) {
      // The menu of 1.93 takes no click before the mouse has moved over it.
      await action(text).hover({ force: true });
      await action(text).click();
    },
    /** The scopes of the token at the cursor, once `text` is among them. */
    async scopes(text) {
      await command('Developer: Inspect Editor Tokens and Scopes');
      await page.locator('.token-inspect-widget', { hasText: text }).waitFor();
      await page.keyboard.press('Escape');
    },
    /** Whether the command palette has a command; `other` is one that it has. */
    async offers(title, other) {
      await summon('F1');
      const offered = {};
      for (const each of [other, title]) {
        await quickInput.fill(`>${each}`);
        const rows = page.locator('.quick-input-list .monaco-list-row');
        await quickRow(each)
          .or(rows.filter({ hasText: /No matching|similar/ }).first())
          .first()
          .waitFor();
        offered[each] = await quickRow(each).isVisible();
      }
      await page.keyboard.press('Escape');
      if (!offered[other]) throw new Error(`the palette does not show ${other} either`);
      return offered[title];
    },
    /** A notification. */
    toast: text => page.locator('.notification-toast', { hasText: text }).first(),
    command,
    summon,
    /** Runs a command that asks for a line of text, and answers it. */
    async answerCommand(title, text) {
      await (await listed(title)).click();
      await page.locator('.quick-input-widget .quick-input-message').waitFor();
      await quickInput.fill(text);
      await page.keyboard.press('Enter');
      await quickInput.waitFor({ state: 'hidden' });
    },
    /** Opens a file of the workspace and puts the cursor at a place (both 1-based). */
    async open(file, line, column) {
      const name = path.basename(file);
      await summon('Control+P');
      await quickInput.fill(`${file}:${line}:${column}`);
      // The one that Enter opens: a file opened before is listed at once, below others.
      await page.locator('.quick-input-list .monaco-list-row.focused', { hasText: name }).waitFor();
      await page.keyboard.press('Enter');
      await quickInput.waitFor({ state: 'hidden' });
      await page.locator('.tab.active', { hasText: name }).waitFor();
      await page.locator('#status\\.editor\\.selection', { hasText: `Ln ${line}, Col ${column}` }).waitFor();
    },
    /** Closes a tab by its button: keys would go to the view that has the focus. */
    async closeTab(text) {
      const tab = page.locator('.tab', { hasText: text });
      await tab.hover();
      await tab.locator('.tab-actions .action-label').first().click();
      await tab.waitFor({ state: 'detached' });
    },
    /** The frame of the webview that has what the selector means, once it is there. */
    async webview(selector) {
      const inner = page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
      await inner.locator(selector).first().waitFor({ timeout: 30_000 });
      return inner;
    },
    /** Where the mouse is over nothing that would say more of itself. */
    async moveMouseAway() {
      await page.mouse.move(0, 0);
      await page.locator('.monaco-hover:visible').waitFor({ state: 'detached' });
    },
    async picture(name) {
      // Lists fade in; the picture is of what they come to.
      await page.screenshot({ path: path.join(pictures, `${name}.png`), animations: 'disabled' });
    },
  };
}

/** Whether something is seen in so many milliseconds. */
function arrives(locator, timeout) {
  return locator.waitFor({ timeout }).then(
    () => true,
    () => false,
  );
}

/**
 * Runs a walk over `folder`, trusted unless `restricted`, with `vsix` installed. `steps` are [name, what to do] pairs, run in order; the first that fails
 * ends the walk, since the later ones stand on it; `failurePicture` then shows the window.
 * @param {{ folder?: string, openFile?: string, vsix: readonly string[], restricted: boolean, pictures: string, failurePicture: string, env?: Record<string, string> }} scene absolute paths
 * @param {readonly (readonly [string, (ui: ReturnType<typeof handles>) => Promise<void>])[]} steps
 * @returns {Promise<{ passed: number, failed: number, skipped: number, failures: string[] }>}
 */
export async function drive(
  { folder, openFile, vsix, restricted, pictures, failurePicture, env = {} },
  steps,
) {
  fs.mkdirSync(pictures, { recursive: true });
  fs.rmSync(failurePicture, { force: true });
  const result = { passed: 0, failed: 0, skipped: 0, failures: [] };
  let server;
  let browser;
  let page;
  let current = 'the workbench opens';
  const cleanUp = async () => {
    await browser?.close();
    await server?.stop();
  };
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => cleanUp().then(() => process.exit(130)));
  const counted = async (name, work) => {
    current = name;
    const started = performance.now();
    await work();
    result.passed += 1;
    console.log(`  ok ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  };
  try {
    await counted(current, async () => {
      server = await startCodeServer({ vsix, restricted, env });
      ({ browser, page } = await openBrowser(server.url));
      await page.goto(
        windowAddress(server.url, { ...(folder && { folder }), ...(openFile && { openFile }) }),
      );
      await workbenchShown(page);
      if (openFile) await page.locator('.editor-instance .view-line').first().waitFor({ timeout: 60_000 });
    });
    const ui = handles(page, pictures, server.home, server.url);
    for (const [name, work] of steps) await counted(name, () => work(ui));
  } catch (error) {
    result.failed += 1;
    result.failures.push(`${current}: ${error.message}`);
    console.error(`  FAILED ${current}\n`, error);
    // The page may be what failed, and the reason is printed already.
    await page?.screenshot({ path: failurePicture }).catch(() => {});
  } finally {
    await cleanUp();
  }
  return result;
}
