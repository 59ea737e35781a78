// The colours that pages get in the four themes that VS Code brings: its own as measured in VS Code 1.139, and ours.

import * as fs from 'node:fs';
import * as path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const read = file => JSON.parse(fs.readFileSync(path.join(root, file), 'utf8'));
const measured = read('test/workbench/themes.json');

/** As the editor's list of themes has them. */
export const THEMES = ['Dark Modern', 'Light Modern', 'Dark High Contrast', 'Light High Contrast'];

/** The classes that VS Code gives the body of a page. */
const CLASSES = {
  dark: 'vscode-dark',
  light: 'vscode-light',
  highContrast: 'vscode-high-contrast',
  highContrastLight: 'vscode-high-contrast vscode-high-contrast-light',
};

export function themeOf(name) {
  const { kind, values } = measured[name];
  const own = read('package.json').contributes.colors.map(({ id, defaults }) => [
    // As VS Code does it: the first point alone.
    id.replace('.', '-'),
    defaults[kind],
  ]);
  return {
    classes: CLASSES[kind],
    variables: Object.fromEntries(
      [...Object.entries(values), ...own].map(([variable, value]) => [`--vscode-${variable}`, value]),
    ),
  };
}

/** Puts a page into a theme, as VS Code does. @param {import('playwright-core').Page} page */
export async function putInto(page, name) {
  await page.evaluate(({ classes, variables }) => {
    document.documentElement.removeAttribute('style');
    for (const [variable, value] of Object.entries(variables))
      document.documentElement.style.setProperty(variable, value);
    document.body.className = classes;
    document.body.style.background = 'var(--vscode-editor-background)';
  }, themeOf(name));
}
