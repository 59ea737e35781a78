// The quick input of the workbench: the command palette, lists and boxes. Knows nothing of the rest of the window.

import { arrives, insist } from './ui-wait.mjs';

/** @param {import('playwright-core').Page} page */
export function quickInputOf(page) {
  const widget = page.locator('.quick-input-widget');
  const input = widget.locator('input[type=text]');
  const rows = widget.locator('.quick-input-list .monaco-list-row');
  const row = text => rows.filter({ hasText: text }).first();
  const title = text => widget.locator('.quick-input-title', { hasText: text });
  const message = text => widget.locator('.quick-input-message', { hasText: text });
  const palette = widget.locator('input[placeholder^="Type the name of a command"]');
  const files = widget.locator('input[placeholder^="Search files by name"]');
  /** How many rows of a list of many are chosen. */
  const badge = widget.locator('.quick-input-count .monaco-count-badge');
  const chosen = count => badge.filter({ hasText: new RegExp(`^${count}\\b`) });

  /** Opens one of the lists that a key opens. While a page in a tab takes the focus, the key may be lost. */
  async function summon(key, list) {
    await insist(
      `${key} opens its list`,
      async () => {
        if (!(await list.isVisible())) await page.keyboard.press(key);
      },
      list,
    );
  }
  async function dismiss() {
    if (!(await input.isVisible())) return;
    await input.press('Escape');
    await input.waitFor({ state: 'hidden' });
  }
  /** The palette's row of a command whose title begins so. */
  async function listed(command) {
    const wanted = widget.locator(`.quick-input-list .monaco-list-row[aria-label^="${command}"]`).first();
    await insist(
      `the palette lists ${command}`,
      async patience => {
        // The palette lists what is enabled when it opens: what comes to be enabled later is in the next one.
        await dismiss();
        await summon('F1', palette);
        await palette.fill(`>${command}`, { timeout: patience });
      },
      wanted,
    );
    return wanted;
  }
  /**
   * Accepts a row, by Enter where it is the one that Enter takes: a click needs a list that stands still, and leaves the
   * mouse over whatever the list hid.
   */
  async function take(wanted) {
    await wanted.waitFor();
    if (await wanted.and(page.locator('.focused')).isVisible()) return input.press('Enter');
    await wanted.click();
    await page.mouse.move(0, 0);
  }
  async function asked(titleText, messageText) {
    await title(titleText).waitFor();
    await message(messageText).waitFor();
  }

  return {
    /** A box with this title and message is shown. */
    asked,
    /** A list of many has this title and has loaded its rows. */
    async listShown(text) {
      await title(text).waitFor();
      await rows.first().waitFor();
    },
    /** Chooses exactly these rows of the list of many that is shown. */
    async mark(labels) {
      const all = widget.locator('.quick-input-header :is([role=checkbox], input[type=checkbox])').first();
      // Half chosen becomes all, all becomes none.
      for (let before = await badge.textContent(); !/^0\b/.test(before); before = await badge.textContent()) {
        await all.click();
        await badge.filter({ hasNotText: new RegExp(`^${before}$`) }).waitFor();
      }
      for (const [index, label] of labels.entries()) {
        await input.fill(label);
        await insist(
          `${label} is chosen`,
          async patience => {
            if (!(await chosen(index + 1).isVisible())) await row(label).click({ timeout: patience });
          },
          chosen(index + 1),
        );
        await input.fill('');
      }
      await page.mouse.move(0, 0);
    },
    /** Accepts what is in the quick input. */
    accept: () => input.press('Enter'),
    /** Types an answer into the box with this title and message, which hides it or does not. */
    async answer(titleText, messageText, text, { hidden = false } = {}) {
      await asked(titleText, messageText);
      const box = widget.locator(`input[type=${hidden ? 'password' : 'text'}]`);
      await box.fill(text);
      await box.press('Enter');
    },
    /** Types into the quick input that is shown, in the place of what is in it. */
    fill: text => input.fill(text),
    /** A row of the list that is shown. */
    row,
    /** Accepts the first row of the list that is shown which holds `text`. */
    choose: text => take(row(text)),
    /** The box says something, in the place of its message or below it. */
    message,
    /** Presses a button in the title of the box that is shown. */
    pressInBox: name => widget.locator(`.quick-input-titlebar [aria-label="${name}"]`).first().click(),
    /** Answers the editor's dialogue for a folder, once it lists something that is in the folder alone. */
    async chooseFolder(folder, inside) {
      // Once it has read the folder that it begins in, it puts that one's path over what is typed.
      await row('..').waitFor();
      await insist(
        `the dialogue takes ${folder}`,
        async patience => {
          if (!(await input.isVisible())) return;
          await input.fill('');
          await input.fill(`${folder}/`);
          await row(inside).waitFor({ timeout: patience });
          await input.press('Enter');
        },
        patience => arrives(row('..'), patience, 'hidden'),
      );
    },
    /** Runs a command by its title, from the command palette. The command may open a list or a box of its own. */
    async command(text) {
      await take(await listed(text));
      await palette.waitFor({ state: 'hidden' });
    },
    /** Runs a command that asks: the palette does not close. Resolves when the question is there. */
    async ask(text, question) {
      await take(await listed(text));
      await title(question).waitFor();
    },
    /** Runs a command that asks for a line of text, and answers it. */
    async answerCommand(command, text) {
      await take(await listed(command));
      await palette.waitFor({ state: 'hidden' });
      await message('').waitFor();
      await input.fill(text);
      await input.press('Enter');
      await input.waitFor({ state: 'hidden' });
    },
    /** Chooses a colour theme by its name in the list of them. */
    async theme(name) {
      const themes = widget.locator('input[placeholder^="Select Color Theme"]');
      await insist(
        `the list has ${name}`,
        async patience => {
          if (!(await themes.isVisible())) await take(await listed('Preferences: Color Theme'));
          await themes.fill(name, { timeout: patience });
        },
        rows.and(page.locator('.focused')).filter({ hasText: name }),
      );
      await input.press('Enter');
      await input.waitFor({ state: 'hidden' });
    },
    /** Whether the command palette has a command; `other` is one that it has. */
    async offers(command, other) {
      await listed(other);
      await palette.fill(`>${command}`);
      await row(command)
        .or(rows.filter({ hasText: /No matching|similar/ }).first())
        .first()
        .waitFor();
      const isOffered = await row(command).isVisible();
      await dismiss();
      return isOffered;
    },
    /** Asks for a file at a place (both 1-based), once it is the one that Enter opens. */
    async askForFile(file, name, line, column, patience) {
      await summon('Control+P', files);
      await files.fill(`${file}:${line}:${column}`, { timeout: patience });
      // A file opened before is listed at once, below others.
      await rows.and(page.locator('.focused')).filter({ hasText: name }).waitFor({ timeout: patience });
      await files.press('Enter', { timeout: patience });
      return arrives(input, patience, 'hidden');
    },
  };
}
