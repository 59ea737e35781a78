// What a walk takes hold of in the window of the workbench, as a person would: editors, lists, pages, notifications.
// The selectors are internals of VS Code: they hold for 1.93.1 and 1.139.1, which install-vscode.sh pins.
// Knows nothing of Varsmith: walk.mjs has its steps.

import * as path from 'node:path';
import { workbenchShown } from './browser.mjs';
import { windowAddress } from './code-server.mjs';
import { quickInputOf } from './ui-quick-input.mjs';
import { arrives, insist, succeeds } from './ui-wait.mjs';

/**
 * The handles a walk works with.
 * @param {import('playwright-core').Page} page
 * @param {string} pictures folder for screenshots
 * @param {string} profile everything that the workbench keeps
 * @param {string} url of the workbench
 */
export function handles(page, pictures, profile, url) {
  const { askForFile, mark, ...quick } = quickInputOf(page);
  const { command } = quick;
  const group = page.locator('.editor-group-container.active');
  const editor = group.locator('.editor-instance .monaco-editor').first();
  /** Keys go to the editor. */
  const focused = group.locator('.editor-instance .monaco-editor.focused').first();
  const action = text => page.locator('.action-widget .monaco-list-row.action', { hasText: text }).first();
  const notification = (where, text) =>
    page.locator(`${where} .notification-list-item`, { hasText: text }).first();
  const hover = text => page.locator('.monaco-hover:visible', { hasText: text }).first();
  const menu = page.locator('.monaco-menu').first();
  const problems = page.locator('.markers-panel .monaco-list-row');
  const rowsOfSide = text => page.locator('.sidebar .monaco-list-row', { hasText: text });
  /** The frame of the webview that is seen. For a moment there may be two: the one that goes, and the one that comes. */
  const shownPage = page
    .locator('iframe.webview.ready')
    .filter({ visible: true })
    .last()
    .contentFrame()
    .frameLocator('iframe#active-frame');

  return {
    page,
    editor,
    profile,
    ...quick,
    /** Chooses exactly these rows of the list of many that is shown, and accepts it. */
    async pick(labels) {
      await mark(labels);
      await quick.accept();
    },
    mark,
    /** Opens a folder in the place of what is open. */
    async openFolder(folder) {
      await page.goto(windowAddress(url, { folder }));
      await workbenchShown(page);
    },
    /** The window opens a folder by itself, or has already done so. */
    async opens(folder) {
      await page.waitForURL(address => address.searchParams.get('folder') === folder);
      await workbenchShown(page);
    },
    clipboard: () => page.evaluate(() => navigator.clipboard.readText()),
    setClipboard: text => page.evaluate(wanted => navigator.clipboard.writeText(wanted), text),
    /** A row of the view in the side bar. */
    sideRow: text => rowsOfSide(text).first(),
    /** Opens a row of the side bar, until a row below it holds `inside`. */
    async expand(text, inside) {
      const row = rowsOfSide(text).first();
      await insist(
        `${text} has ${inside}`,
        async patience => {
          if ((await row.getAttribute('aria-expanded', { timeout: patience })) !== 'true')
            await row.click({ timeout: patience });
        },
        rowsOfSide(inside).first(),
      );
    },
    /** A notification that comes now: it goes after ten seconds, unless it is an error. */
    toast: text => notification('.notification-toast', text),
    /** Presses a button of a notification. Where its toast has gone by now, the notification centre still has it. */
    async pressInToast(text, button) {
      const pressed = where => notification(where, text).getByRole('button', { name: button, exact: true });
      if (await succeeds(pressed('.notification-toast').click({ timeout: 3_000 }))) return;
      const centre = page.locator('.notifications-center');
      const kept = pressed('.notifications-center');
      await insist(`${text} is kept`, () => command('Notifications: Show Notifications'), kept);
      await kept.click();
      // As long as it is open, there are no toasts.
      await insist(
        'the notification centre closes',
        async patience => {
          if (await centre.isVisible())
            await centre.locator('.codicon-notifications-hide').click({ timeout: patience });
        },
        patience => arrives(centre, patience, 'hidden'),
      );
    },
    /** A line of the editor that holds `text`. */
    line: text => editor.locator('.view-line', { hasText: text }).first(),
    /** The squiggles of kind error, warning, info or hint. */
    squiggle: kind => editor.locator(`.squiggly-${kind}`),
    /** The hover at the cursor, once it holds `text`. */
    async hovered(text) {
      await insist(`a hover says ${text}`, () => command('Show or Focus Hover'), hover(text));
    },
    /** The rows of the Problems view that hold `text`. */
    problem: text => problems.filter({ hasText: text }),
    /** Opens the Problems view and narrows it to the rows that hold `text`: rows out of sight are not in the page. */
    async showProblems(text) {
      const filter = page.getByPlaceholder(/^Filter \(e\.g\./);
      const narrowed = page.getByText(/^Showing \d+ of \d+$/).first();
      await insist(
        `problems of ${text} are shown`,
        async patience => {
          if (!(await filter.isVisible())) await command('Problems: Focus on Problems View');
          // The view misses new rows after its filter has hidden all of them; while it is made, it may drop what is typed.
          await filter.fill('', { timeout: patience });
          await problems.first().waitFor({ timeout: patience });
          await filter.fill(text, { timeout: patience });
        },
        async patience =>
          (await arrives(narrowed, patience)) &&
          (await filter.inputValue()) === text &&
          arrives(problems.filter({ hasText: text }).first(), patience),
      );
    },
    /** Opens the lightbulb's menu at the cursor, once it has an entry. */
    async actionOffered(text) {
      await insist(`${text} is offered`, () => command('Quick Fix...'), action(text));
    },
    /** Chooses an entry of the open lightbulb menu. */
    async chooseAction(text) {
      await insist(
        `${text} is taken`,
        async timeout => {
          if (!(await action(text).isVisible())) return;
          // The menu of 1.93 takes no click before the mouse has moved over it.
          await action(text).hover({ force: true, timeout });
          await action(text).click({ timeout });
        },
        patience => arrives(action(text), patience, 'hidden'),
      );
    },
    /** Opens the menu of something by the right button, once it has an entry. */
    async menuOffered(target, text) {
      await insist(
        `the menu has ${text}`,
        async timeout => {
          if (!(await menu.isVisible())) await target.click({ button: 'right', timeout });
        },
        menu.locator('.action-label', { hasText: text }).first(),
      );
    },
    async closeMenu() {
      await insist(
        'the menu goes away',
        () => page.keyboard.press('Escape'),
        patience => arrives(menu, patience, 'hidden'),
      );
    },
    /** The scopes of the token at the cursor, once `text` is among them. */
    async scopes(text) {
      const widget = page.locator('.token-inspect-widget');
      const away = () =>
        insist(
          'the scopes go away',
          async () => {
            if (await widget.isVisible()) await page.keyboard.press('Escape');
          },
          patience => arrives(widget, patience, 'hidden'),
        );
      await insist(
        `the scopes have ${text}`,
        async () => {
          await away();
          await command('Developer: Inspect Editor Tokens and Scopes');
        },
        widget.filter({ hasText: text }),
      );
      await away();
    },
    /** The keys go to the editor of this file. */
    async editing(file) {
      await group.locator('.tab.active', { hasText: path.basename(file) }).waitFor();
      await focused.waitFor();
    },
    /** Opens a file of the workspace and puts the cursor at a place (both 1-based). */
    async open(file, line, column) {
      const name = path.basename(file);
      const signs = [
        group.locator('.tab.active', { hasText: name }),
        page.locator('#status\\.editor\\.selection', { hasText: `Ln ${line}, Col ${column}` }),
        focused,
      ];
      await insist(
        `the cursor is at ${file}:${line}:${column}`,
        patience => askForFile(file, name, line, column, patience),
        async patience => {
          for (const sign of signs) if (!(await arrives(sign, patience))) return false;
          return true;
        },
      );
    },
    /** Closes a tab by its button: keys would go to the view that has the focus. */
    async closeTab(text) {
      const tab = page.locator('.tab', { hasText: text });
      await tab.hover();
      await tab.locator('.tab-actions .action-label').first().click();
      await tab.waitFor({ state: 'detached' });
    },
    shownPage,
    /** The frame of the webview that is seen, once it has what the selector means. */
    async webview(selector) {
      await shownPage.locator(selector).first().waitFor();
      return shownPage;
    },
    /** Where the mouse is over nothing that would say more of itself. */
    async moveMouseAway() {
      await page.mouse.move(0, 0);
      await page.locator('.monaco-hover:visible').first().waitFor({ state: 'detached' });
    },
    async picture(name) {
      // Lists fade in; the picture is of what they come to.
      await page.screenshot({ path: path.join(pictures, `${name}.png`), animations: 'disabled' });
    },
  };
}
