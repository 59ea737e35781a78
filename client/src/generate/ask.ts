/**
 * Asks for the answer to a prompt: in one box for a line, with a second one if it is hidden, or for several lines in
 * a box per line with a way back, or from the clipboard or a file. The input is only returned to the caller: it
 * reaches no document, log or disk. `input-boxes.ts` shows the boxes.
 */
import { l10n } from 'vscode';

/** A button of a box. */
export type BoxButton = 'back' | 'blank' | 'clipboard' | 'file' | 'finish';

export interface Box {
  readonly title: string;
  readonly prompt: string;
  readonly placeholder: string;
  /** True if the input is masked. */
  readonly hidden: boolean;
  readonly value: string;
  /** The problem with the last attempt, shown until something is typed. */
  readonly error: string | null;
  readonly buttons: readonly BoxButton[];
}

export interface Boxes {
  /** Returns the text and the chosen button, or `null` if the box was dismissed. */
  show(box: Box): Promise<{ readonly text: string; readonly button: BoxButton | null } | null>;
  clipboard(): Promise<string>;
  /** Returns the text of a file that the person chooses, or the problem with it; `null` if none was chosen. */
  file(): Promise<FileText | null>;
}

export type FileText = { readonly text: string } | { readonly problem: string };

export interface Question {
  readonly title: string;
  readonly description: string;
  readonly hidden: boolean;
  readonly multiline: boolean;
  /** True if an empty answer is not accepted. */
  readonly required: boolean;
  /** The meaning of an empty answer as a sentence, or `null` if there is none. */
  readonly ifEmpty: string | null;
  /** The initial value. */
  readonly previous: string | null;
  /** True if a hidden line must be typed twice. */
  readonly confirm: boolean;
  /** True if the answer may also come from the clipboard or a file, and then have several lines. */
  readonly bringable: boolean;
}

/** Returns the answer, `null` if it was left empty and that has a meaning, or undefined if the person cancelled. */
export function askQuestion(question: Question, boxes: Boxes): Promise<string | null | undefined> {
  return question.multiline ? askLines(question, boxes) : askLine(question, boxes);
}

async function askLine(question: Question, boxes: Boxes): Promise<string | null | undefined> {
  const { title, description, hidden, required, ifEmpty, confirm, bringable } = question;
  let error: string | null = null;
  for (;;) {
    const box = { title, prompt: description, hidden, error };
    const buttons: readonly BoxButton[] = bringable ? ['clipboard', 'file'] : [];
    const placeholder = ifEmpty ?? '';
    const answer = await boxes.show({ ...box, placeholder, value: question.previous ?? '', buttons });
    if (answer === null) return undefined;
    error = null;
    if (answer.button !== null) {
      const brought = await bring(answer.button, boxes);
      if (brought !== null && 'text' in brought) return brought.text;
      error = brought?.problem ?? null;
      continue;
    }
    const text = bringable ? await asPasted(answer.text, boxes) : answer.text;
    if (text === '' && ifEmpty !== null && (hidden || question.previous === null)) return null;
    if (text === '' && required) error = l10n.t('An answer is needed.');
    else if (!hidden || !confirm || text.includes('\n')) return text;
    else {
      const again = await boxes.show({
        ...{ title, hidden, placeholder: '', value: '', error: null, buttons: [] },
        prompt: l10n.t('{0} (enter it again to confirm)', description),
      });
      if (again === null) return undefined;
      if (again.text === text) return text;
      error = l10n.t('The values do not match. Start again:');
    }
  }
}

async function askLines(question: Question, boxes: Boxes): Promise<string | null | undefined> {
  const { title, description, hidden, required, ifEmpty } = question;
  let text = question.previous ?? '';
  let value = '';
  /** Lines after the one that the person returned to. */
  const after: string[] = [];
  /** True if the box shows an empty line of an earlier answer, which Enter keeps. */
  let isBlank = false;
  const goOn = () => {
    const next = after.shift();
    value = next ?? '';
    isBlank = next === '';
  };
  let error: string | null = null;
  for (;;) {
    const count = countLines(text);
    const answer = await boxes.show({
      ...{ title, hidden, error, value },
      prompt: count === 0 ? l10n.t('{0} (several lines)', description) : soFar(description, text, hidden),
      placeholder:
        count === 0
          ? (ifEmpty ?? l10n.t('The first line'))
          : l10n.t('Next line; press Enter on an empty line to finish'),
      buttons: count > 0 ? ['back', 'blank', 'clipboard', 'file', 'finish'] : ['clipboard', 'file'],
    });
    if (answer === null) return undefined;
    error = null;
    if (answer.button === 'back') {
      if (answer.text !== '' || (isBlank && after.length > 0)) after.unshift(answer.text);
      [text, value] = withoutLast(text);
      isBlank = value === '';
      continue;
    }
    if (answer.button === 'blank') {
      text = withEmptyLine(appended(text, answer.text));
      goOn();
      continue;
    }
    if (answer.button === 'clipboard' || answer.button === 'file') {
      const brought = await bring(answer.button, boxes);
      if (brought !== null && 'problem' in brought) error = brought.problem;
      else if (brought !== null) text = appended(appended(text, answer.text), brought.text);
      value = '';
      isBlank = false;
      continue;
    }
    const isEnd = answer.button === 'finish' || (answer.text === '' && after.length === 0);
    const keepsBlank = isBlank && answer.text === '' && after.length > 0;
    text = keepsBlank ? withEmptyLine(text) : appended(text, await asPasted(answer.text, boxes));
    if (!isEnd) {
      goOn();
      continue;
    }
    text = appended(text, after.splice(0).join('\n'));
    [value, isBlank] = ['', false];
    if (text === '' && ifEmpty !== null) return null;
    if (text === '' && required) error = l10n.t('An answer is needed.');
    else return finished(text);
  }
}

async function bring(button: BoxButton, boxes: Boxes): Promise<FileText | null> {
  return button === 'clipboard' ? { text: await boxes.clipboard() } : boxes.file();
}

/** Returns the clipboard if it equals the text except for line breaks, which an input box removes from pasted text. */
async function asPasted(text: string, boxes: Boxes): Promise<string> {
  if (text === '') return text;
  const clipboard = await boxes.clipboard();
  return clipboard.includes('\n') && bare(clipboard) === bare(text) ? clipboard : text;
}

function bare(text: string): string {
  return text.replaceAll(/\s+/g, '');
}

function appended(text: string, more: string): string {
  if (text === '' || more === '') return text + more;
  return text.endsWith('\n') ? text + more : `${text}\n${more}`;
}

function withEmptyLine(text: string): string {
  return text === '' || text.endsWith('\n') ? `${text}\n` : `${text}\n\n`;
}

/** Returns text with a final line break if it has several lines, as keys are rejected without it. */
function finished(text: string): string {
  return text.includes('\n') && !text.endsWith('\n') ? `${text}\n` : text;
}

/** Returns "The value of x: 2 lines so far, the last: abc", or only the count if it is hidden. */
function soFar(description: string, text: string, hidden: boolean): string {
  const count = countLines(text);
  if (hidden)
    return count === 1
      ? l10n.t('{0}: 1 line so far', description)
      : l10n.t('{0}: {1} lines so far', description, count);
  const [, last] = withoutLast(text);
  return count === 1
    ? l10n.t('{0}: 1 line so far, the last: {1}', description, last)
    : l10n.t('{0}: {1} lines so far, the last: {2}', description, count, last);
}

/** Returns the text without its last line, and that line. */
function withoutLast(text: string): [before: string, last: string] {
  const lines = text.replace(/\n$/, '').split('\n');
  const last = lines.pop() ?? '';
  const before = lines.join('\n');
  return [lines.at(-1) === '' ? `${before}\n` : before, last];
}

function countLines(text: string): number {
  return text === '' ? 0 : text.replace(/\n$/, '').split('\n').length;
}
