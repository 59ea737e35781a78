/** The commands for setting, copying and verifying vars: a question or two, a run of the command line, a message. */
import { env, l10n, ProgressLocation, Uri, window, workspace } from 'vscode';
import type { EndEvent } from '../run-protocol.ts';
import { isGenerated, type Verification, verifyReport, verifyText } from '../views/report.ts';
import { askQuestion } from './ask.ts';
import { type Answer, askProgram } from './ask-program.ts';
import type { OneFile } from './choose.ts';
import { type Bench, failureOf, KEPT, watch } from './generate-run.ts';
import { editorBoxes } from './input-boxes.ts';
import { tellFailure } from './offer-help.ts';
import { commitArguments } from './run-settings.ts';
import { confirmText, sharedTitle } from './run-story.ts';

/**
 * Asks for a value and stores it. The plaintext only goes to the program's standard input. The box starts with the
 * stored value of a public file, but a secret is never read for that.
 * @param generate regenerates generators of the fleet by key: those that were made from the older value
 */
export async function setValue(
  bench: Bench,
  { root, machine, sharedBy, generator, file }: OneFile,
  generate: (keys: readonly string[]) => Promise<void>,
): Promise<void> {
  const { cli } = bench;
  const id = `${generator}/${file.name}`;
  const cwd = Uri.parse(root).fsPath;
  // A file that may be secret is treated as secret.
  const hidden = file.secret !== false;
  const before = hidden ? null : await publicText(cli, cwd, machine, id);
  const [line, end] = before?.endsWith('\n') === true ? [before.slice(0, -1), '\n'] : [before, ''];
  const multiline = line?.includes('\n') === true;
  const value = await askQuestion(
    {
      title: sharedBy.length > 1 ? sharedTitle(id, sharedBy) : l10n.t('{0} of {1}', id, machine),
      description: l10n.t('The new value of {0}', id),
      ...{ hidden, multiline, required: true, ifEmpty: null, previous: multiline ? before : line },
      ...{ confirm: true, bringable: true },
    },
    editorBoxes(),
  );
  if (typeof value !== 'string') return;
  // A single line keeps its previous ending.
  const text = value.includes('\n') ? value : value + end;
  const args = ['set', machine, id, cwd, ...commitArguments(cwd)];
  const stored = await storeText(bench, root, args, text);
  if (stored === null) return;
  await bench.showStates(root, []);
  const { machines, outdated } = stored;
  if (outdated.length === 0) {
    void window.showInformationMessage(l10n.t('Stored {0} for {1}.', id, machines.join(', ')));
    return;
  }
  const anew = l10n.t('Generate');
  const message = l10n.t(
    'Stored {0} for {1}. Still based on the old value: {2}.',
    ...[id, machines.join(', '), outdatedText(outdated)],
  );
  if ((await window.showInformationMessage(message, anew)) === anew) await generate(outdated);
}

/**
 * Stores a value, asking first about keys that gain access by it.
 * @param args of the command line
 * @returns null if the person declined, or has been informed of a failure
 */
async function storeText(
  bench: Bench,
  root: string,
  args: readonly string[],
  text: string,
): Promise<Stored | null> {
  const cwd = Uri.parse(root).fsPath;
  const program = { cli: bench.cli, cwd, trusted: workspace.isTrusted, args };
  const answer = await askProgram<Stored | Refused>(program, text);
  if (answer.failure !== null) {
    let repeated: Stored | null = null;
    await tellFailure(answer.failure, {
      ...{ root, commits: true },
      again: async more => {
        repeated = await storeText(bench, root, [...args, ...more], text);
      },
    });
    return repeated;
  }
  if (!('refused' in answer.value)) return answer.value;
  const { message, detail, yes } = confirmText({ overwrites: 0, access: answer.value.refused }, null);
  if ((await window.showWarningMessage(message, { modal: true, detail }, yes)) !== yes) return null;
  return storeText(bench, root, [...args, '--yes'], text);
}

/** The most keys that a notification lists. */
const SHOWN = 4;

function outdatedText(keys: readonly string[]): string {
  const shown = keys.slice(0, SHOWN).join(', ');
  return keys.length > SHOWN ? l10n.t('{0} and {1} more', shown, keys.length - SHOWN) : shown;
}

/**
 * Returns the stored value, or `null` if there is none, it is not text, or it is secret. Other problems are reported
 * when the value is set.
 */
async function publicText(cli: string, cwd: string, machine: string, id: string): Promise<string | null> {
  const answer = await readValue(cli, cwd, machine, id);
  if (answer.failure !== null) return null;
  const { secret, encoding, value } = answer.value;
  return secret || encoding !== 'utf8' ? null : value;
}

function readValue(cli: string, cwd: string, machine: string, id: string): Promise<Answer<Value>> {
  return askProgram<Value>({
    ...{ cli, cwd, trusted: workspace.isTrusted },
    args: ['get', machine, id, cwd],
  });
}

/** An answer that nothing was stored, since those named would gain access without having been confirmed. */
interface Refused {
  readonly refused: readonly string[];
}

interface Stored {
  readonly machines: readonly string[];
  /** Keys of the generators that were made from the older value. */
  readonly outdated: readonly string[];
}

export async function copyPublicValue(
  { cli }: Bench,
  { root, machine, generator, file }: OneFile,
): Promise<void> {
  const id = `${generator}/${file.name}`;
  if (file.secret !== false) {
    void window.showWarningMessage(l10n.t('"{0}" is secret. Only public values are copied.', file.name));
    return;
  }
  const cwd = Uri.parse(root).fsPath;
  const answer = await readValue(cli, cwd, machine, id);
  if (answer.failure !== null) return tellFailure(answer.failure, { root, again: null });
  const { secret, encoding, value } = answer.value;
  if (secret || encoding !== 'utf8') {
    void window.showWarningMessage(
      secret
        ? l10n.t('"{0}" is secret and was not copied.', file.name)
        : l10n.t('"{0}" is not text and was not copied.', file.name),
    );
    return;
  }
  await env.clipboard.writeText(value);
  void window.showInformationMessage(l10n.t('The value of {0} is on the clipboard.', id));
}

interface Value {
  readonly secret: boolean;
  readonly encoding: 'utf8' | 'base64';
  readonly value: string;
}

/** Returns the result, or `null` if verification failed and the person has been informed. */
async function verification(bench: Bench, root: string): Promise<Verification | null> {
  const cwd = Uri.parse(root).fsPath;
  const answer = await window.withProgress(
    { location: ProgressLocation.Window, title: l10n.t('Varsmith: verifying vars') },
    () =>
      askProgram<Verification>({ cli: bench.cli, cwd, trusted: workspace.isTrusted, args: ['verify', cwd] }),
  );
  if (answer.failure === null) {
    await bench.showStates(root, answer.value.states ?? []);
    return answer.value;
  }
  let repeated: Verification | null = null;
  await tellFailure(answer.failure, {
    root,
    again: async () => {
      repeated = await verification(bench, root);
    },
  });
  return repeated;
}

/**
 * Verifies vars and shows the result.
 * @param generate generates the fleet's missing values
 */
export async function verify(
  bench: Bench,
  root: string,
  generate: (root: string) => Promise<void>,
): Promise<void> {
  const verified = await verification(bench, root);
  if (verified === null) return;
  if (verified.problems.length === 0) {
    const show = l10n.t('Show Result');
    const answer = await window.showInformationMessage(verifyText(verified), show);
    if (answer === show) bench.reports.show(verifyReport(verified, root));
    return;
  }
  bench.reports.show(verifyReport(verified, root));
  const missing = verified.problems.some(isGenerated);
  const answer = await window.showWarningMessage(
    verifyText(verified),
    ...(missing ? [l10n.t('Generate Missing')] : []),
  );
  if (answer !== undefined) await generate(root);
}

/**
 * Re-encrypts stored secrets to their intended readers.
 * @param more further arguments of `varsmith fix`
 * @param next called once that is done
 */
export async function fixAccess(
  bench: Bench,
  root: string,
  more: readonly string[] = [],
  next?: () => Promise<void>,
): Promise<void> {
  const cwd = Uri.parse(root).fsPath;
  const args = ['fix', cwd, ...commitArguments(cwd), ...more];
  const run = await watch(bench, l10n.t('Varsmith: re-encrypting'), root, args, KEPT);
  await bench.showStates(root, []);
  const { end } = run.story;
  if (end?.outcome === 'done' && next !== undefined) return next();
  if (end !== null) void window.showInformationMessage(fixedText(end));
  else if (!run.isCancelled)
    await tellFailure(failureOf(run), {
      ...{ root, commits: true },
      again: added => fixAccess(bench, root, [...more, ...added], next),
    });
}

function fixedText({ outcome, fixed }: EndEvent): string {
  if (outcome === 'refused') return l10n.t('No access was granted and nothing was changed.');
  if (fixed.length === 0) return l10n.t('Nothing needed to be done.');
  return fixed.length === 1
    ? l10n.t('1 secret brought up to date.')
    : l10n.t('{0} secrets brought up to date.', fixed.length);
}
