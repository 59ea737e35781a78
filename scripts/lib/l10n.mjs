// The texts of the VS Code side: what is translated (calls of `l10n.t`), and what is not but looks as if somebody reads it.

import * as fs from 'node:fs';
import * as path from 'node:path';
import ts from 'typescript';
import { ROOT } from './root.mjs';

export const BUNDLE = path.join(ROOT, 'l10n/bundle.l10n.json');
const SOURCES = path.join(ROOT, 'client/src');

/** The files of the VS Code side as { file, text }; `file` is relative to client/src. */
export function clientSources() {
  return fs
    .readdirSync(SOURCES, { recursive: true })
    .filter(file => file.endsWith('.ts'))
    .sort()
    .map(file => ({
      file: file.replaceAll('\\', '/'),
      text: fs.readFileSync(path.join(SOURCES, file), 'utf8'),
    }));
}

/** The bundle for translators, as VS Code reads it: each text under itself, in the order of the alphabet. */
export function bundleText(sources = clientSources()) {
  const texts = [...new Set(sources.flatMap(translated))].sort();
  return `${JSON.stringify(Object.fromEntries(texts.map(text => [text, text])), null, 2)}\n`;
}

/**
 * The texts that a file has translated.
 * @throws a text is put together where it is translated: no bundle could hold it
 */
export function translated({ file, text }) {
  const found = [];
  const source = parse(file, text);
  visit(source, node => {
    if (!isTranslation(node)) return true;
    const [message] = node.arguments;
    if (message === undefined || !ts.isStringLiteralLike(message))
      throw new Error(`${placeOf(source, node)}: l10n.t takes a text as it is, with {0} for what varies`);
    found.push(message.text);
    return true;
  });
  return found;
}

/** What people read and no call of `l10n.t` holds, as "file:line: text". Comments are no concern, nor is what is no text. */
export function untranslated({ file, text }) {
  const source = parse(file, text);
  const found = new Set();
  const note = (node, words) => found.add(`${placeOf(source, node)}: ${words}`);
  visit(source, node => {
    if (isTranslation(node) || isLog(node)) return false;
    const words = wordsOf(node);
    if (words !== null && isProse(words)) note(node, words);
    for (const shown of shownBy(node)) literalsIn(shown, (literal, said) => note(literal, said));
    return true;
  });
  return [...found];
}

function parse(file, text) {
  return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
}

function placeOf(source, node) {
  return `${source.fileName}:${source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1}`;
}

/** @param enter false where nothing below a node is looked at */
function visit(node, enter) {
  if (enter(node)) ts.forEachChild(node, child => visit(child, enter));
}

function isTranslation(node) {
  return ts.isCallExpression(node) && node.expression.getText() === 'l10n.t';
}

/** Logs are read by those who help, and stay in English. */
function isLog(node) {
  return ts.isCallExpression(node) && /(^|\.)log\.\w+$/.test(node.expression.getText());
}

/** The text of a literal, with a hole for each value; null for all else. */
function wordsOf(node) {
  if (ts.isStringLiteralLike(node)) return ts.isImportDeclaration(node.parent) ? null : node.text;
  if (!ts.isTemplateExpression(node)) return null;
  return [node.head, ...node.templateSpans.map(span => span.literal)].map(part => part.text).join('\u2026');
}

/** Two words in a row outside of the tags of HTML, or one in an attribute that is read; rules of a style sheet are none. */
function isProse(words) {
  if (NAMES.test(words) || /\{[^}]*[\w-]+:/.test(words)) return false;
  if (/\b(title|aria-label|placeholder|alt)="[^"\u2026]*\p{L}{2,}/u.test(words)) return true;
  return /\p{L}{2,}[,;.:]? \p{L}{2,}/u.test(words.replaceAll(/<[^>]*>/g, '<>'));
}

/** Values that are names of things and the same in each language. */
const NAMES =
  /^(varsmith fix|Varsmith Doctor\.md|bash|nushell|openai|api\/token|perInstance|perMachine|root@\u2026\.example\.org|SVG|PNG)$/;

/** Tags, icons of the editor, the product's name. */
const NO_WORDS = /<[^>]*>|\$\([\w-]+\)|Varsmith/g;

/** A word of a language; the product's name is none. */
function hasWord(words) {
  return !NAMES.test(words) && /\p{L}{2,}/u.test(words.replaceAll(NO_WORDS, ''));
}

/** Parameters and properties whose value is shown as it is. */
const SHOWN_PROPERTIES = new Set([
  ...[
    'title',
    'prompt',
    'placeHolder',
    'placeholder',
    'detail',
    'label',
    'description',
    'tooltip',
    'message',
  ],
  ...['openLabel', 'saveLabel', 'validationMessage', 'error', 'problem', 'ifEmpty', 'yes'],
]);
const SHOWN_CALL =
  /^(window\.(show(Information|Warning|Error)Message|setStatusBarMessage)|look|spoken|section|head|list)$/;

function shownBy(node) {
  if (ts.isCallExpression(node) && SHOWN_CALL.test(node.expression.getText()))
    // The second argument of `look` is the name of an icon.
    return node.arguments.filter((_, at) => node.expression.getText() !== 'look' || at !== 1);
  if (ts.isPropertyAssignment(node) && SHOWN_PROPERTIES.has(node.name.getText())) return [node.initializer];
  const isAssigned = ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken;
  if (isAssigned && ts.isPropertyAccessExpression(node.left) && SHOWN_PROPERTIES.has(node.left.name.text))
    return [node.right];
  return [];
}

/** The literals with a word in them which an expression may be. */
function literalsIn(node, note) {
  if (isTranslation(node)) return;
  const words = wordsOf(node);
  if (words !== null && hasWord(words)) note(node, words);
  if (ts.isTemplateExpression(node)) {
    for (const span of node.templateSpans) literalsIn(span.expression, note);
  } else if (ts.isConditionalExpression(node)) {
    literalsIn(node.whenTrue, note);
    literalsIn(node.whenFalse, note);
  } else if (ts.isArrayLiteralExpression(node)) {
    for (const element of node.elements) literalsIn(element, note);
  } else if (ts.isSpreadElement(node) || ts.isParenthesizedExpression(node))
    literalsIn(node.expression, note);
  else if (ts.isBinaryExpression(node) && !/^[=!]==?$/.test(node.operatorToken.getText())) {
    literalsIn(node.left, note);
    literalsIn(node.right, note);
  } else if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression))
    // `['a', 'b'].filter(Boolean)`.
    literalsIn(node.expression.expression, note);
}
