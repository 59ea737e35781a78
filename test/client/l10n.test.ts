/** Whatever people read of the VS Code side can be translated. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { BUNDLE, bundleText, clientSources, translated, untranslated } from '../../scripts/lib/l10n.mjs';

test('the bundle for translators is current; "npm run l10n" writes it', () => {
  expect(readFileSync(BUNDLE, 'utf8')).toBe(bundleText());
});

test.each(clientSources())('$file shows no text of its own', source => {
  expect(untranslated(source)).toEqual([]);
});

describe('what looks for texts', () => {
  const file = 'some.ts';

  test.each([
    ["window.showErrorMessage('Broken');", 'Broken'],
    ['window.showErrorMessage(`${count} broken`, l10n.t("Show"));', '\u2026 broken'],
    ["window.showErrorMessage(bad ? 'Broken' : l10n.t('Fine'));", 'Broken'],
    ["const options = { title: 'Fleet' };", 'Fleet'],
    ["item.tooltip = ['Secret', path].join();", 'Secret'],
    ["const text = 'Nothing is there.';", 'Nothing is there.'],
    ['const html = \'<p class="bad">Not there</p>\';', '<p class="bad">Not there</p>'],
  ])('finds %s', (text, words) => {
    expect(untranslated({ file, text })).toEqual([`some.ts:1: ${words}`]);
  });

  test.each([
    "window.showErrorMessage(l10n.t('All is broken.'));",
    'window.showErrorMessage(`Varsmith: ${said}`);',
    "import { x } from 'two words';",
    "log.warn('It was not there.');",
    "reader.log.warn('It was not there.');",
    "if (kind === 'machine') item.label = name;",
    "const STYLE = 'body{margin:0 auto}';",
  ])('is fine with %s', text => {
    expect(untranslated({ file, text })).toEqual([]);
  });

  test('a text that is put together cannot be translated', () => {
    expect(() => translated({ file, text: '\nl10n.t(`Hello ${name}`);' })).toThrow('some.ts:2: l10n.t takes');
    expect(translated({ file, text: "l10n.t('Hello {0}.', name); l10n.t('Bye.')" })).toEqual([
      'Hello {0}.',
      'Bye.',
    ]);
  });
});
