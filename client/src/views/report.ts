/**
 * The page with the outcome of a run, a trial or a verification. HTML from plain data without scripts; links are
 * commands. Contains no secrets, only the names and sizes of secret files.
 */
import { l10n } from 'vscode';
import { byteCount } from '../counts.ts';
import { generatorWithMachines, type Story, someOf } from '../generate/run-story.ts';
import { escaped } from '../html.ts';
import type { GeneratorRef, VerifiedState } from '../protocol/generators.ts';
import type { ResultEvent, SourcePlace, TrialEvent } from '../run-protocol.ts';
import { commandLink, head, list, type Report, section, table } from './page-parts.ts';

/** Opens a place of a fleet: its root (a URI) and a `SourcePlace`. */
export const openPlaceCommand = 'varsmith.openPlace';
export const generateMissingCommand = 'varsmith.generateMissing';
export const fixAccessCommand = 'varsmith.fixAccess';
/** Opens the declaration of a generator: a `GeneratorRef`. */
export const openGeneratorCommand = 'varsmith.openGenerator';
export const tryCommand = 'varsmith.tryGenerator';

/** The commands that the page may run. */
export const reportCommands: readonly string[] = [
  openPlaceCommand,
  openGeneratorCommand,
  generateMissingCommand,
  fixAccessCommand,
  tryCommand,
];

/**
 * Returns the page about a run.
 * @param root URI of the fleet
 */
export function runReport(story: Story, root: string, headline: string): Report {
  const { planned, access, results, notes, end } = story;
  const problems = planned?.problems ?? [];
  const failed = results.filter(({ outcome }) => outcome === 'failed');
  const others = results.filter(({ outcome }) => outcome === 'skipped' || outcome === 'cancelled');
  const stored = results.filter(({ outcome }) => outcome === 'stored');
  const remarks = [...(planned?.notes ?? []), ...notes];
  return {
    title: l10n.t('Generated Vars'),
    body: [
      head(l10n.t('Generate vars'), headline),
      section(l10n.t('Problems'), list(problems.map(({ message }) => escaped(message)))),
      ...failed.map(result => failure(result, root)),
      section(l10n.t('Not run'), list(others.map(({ message }) => escaped(message)))),
      section(
        l10n.t('Stored'),
        table(
          [l10n.t('Generator'), l10n.t('Machines'), l10n.t('Files')],
          stored.map(result => storedRow(result, root)),
        ),
      ),
      section(
        // The changes are those of the plan: where nothing was stored, nobody was given anything.
        stored.length + (end?.fixed.length ?? 0) > 0
          ? l10n.t('Access gained or lost')
          : l10n.t('Planned access, which nobody was given'),
        list((access?.sentences ?? []).map(sentence => escaped(`${sentence}.`))),
      ),
      section(l10n.t('Access brought up to date'), list((end?.fixed ?? []).map(escaped))),
      section(l10n.t('Good to know'), list(remarks.map(({ message }) => escaped(message)))),
    ].join(''),
  };
}

function failure(result: ResultEvent, root: string): string {
  return section(
    generatorWithMachines(result),
    `<p class="bad">${escaped(result.message)}</p>${scriptLink(result.where, root)}${outputOf(result.output)}`,
  );
}

function storedRow(
  { generator, machines, files, undeclared, undeclaredMore }: ResultEvent,
  root: string,
): string[] {
  const names = files.map(({ name, secret, path }) => {
    const shown = path === null ? escaped(name) : placeLink(name, root, { file: path, line: 1, column: 1 });
    return `${shown} <span class="dim">${escaped(secret ? l10n.t('secret') : l10n.t('public'))}</span>`;
  });
  const more = [
    ...undeclared.map(name => escaped(l10n.t('{0} is not declared and was discarded', name))),
    ...moreOf(undeclaredMore),
  ].map(text => `<span class="warn">${text}</span>`);
  return [escaped(generator), escaped(someOf(machines)), [...names, ...more].join('<br>')];
}

function moreOf(count: number): string[] {
  return count === 0 ? [] : [escaped(l10n.t('and {0} more', count.toLocaleString('en')))];
}

/**
 * Returns the page about a trial.
 * @param root URI of the fleet
 */
export function trialReport(trial: TrialEvent, root: string): Report {
  const { generator, machine, milliseconds, files, undeclared, madeUp, dependencies } = trial;
  const facts = [
    dependencies.length > 0
      ? l10n.t('Time: {0} ms, including the generators that ran first', milliseconds)
      : l10n.t('Time: {0} ms', milliseconds),
    ...(dependencies.length > 0 ? [l10n.t('Ran first to provide inputs: {0}', dependencies.join(', '))] : []),
    ...(madeUp.length > 0 ? [l10n.t('Used placeholder answers for: {0}', madeUp.join(', '))] : []),
  ];
  const again = commandLink(l10n.t('Try Again'), tryCommand, { root, machine, generator });
  return {
    title: l10n.t('Try {0}', generator),
    body: [
      head(l10n.t('Try {0} ({1})', generator, machine), trialText(trial)),
      `<p>${again}${trial.where === null ? '' : ` · ${placeLink(l10n.t('Go to the Script'), root, trial.where)}`}</p>`,
      section(
        l10n.t('Files'),
        table(
          [l10n.t('File'), l10n.t('Kind'), l10n.t('Size'), l10n.t('Content')],
          files.map(file => [
            escaped(file.name),
            escaped(file.secret ? l10n.t('secret') : l10n.t('public')),
            file.written
              ? escaped(byteCount(file.size ?? 0))
              : `<span class="bad">${escaped(l10n.t('not written'))}</span>`,
            contentOf(file),
          ]),
        ),
      ),
      section(
        l10n.t('Written but not declared'),
        list([
          ...undeclared.map(name => escaped(l10n.t('{0} would be discarded', name))),
          ...moreOf(trial.undeclaredMore),
        ]),
      ),
      section(l10n.t('About the run'), list(facts.map(escaped))),
      outputOf(trial.output),
    ].join(''),
  };
}

function trialText({ outcome, message }: TrialEvent): string {
  switch (outcome) {
    case 'made':
      return l10n.t('The script succeeded. Nothing was stored.');
    case 'cancelled':
      return l10n.t('The script was cancelled. Nothing was stored.');
    default:
      return l10n.t('The script {0}. Nothing was stored.', message);
  }
}

const MAX_CONTENT = 4000;

function contentOf({ secret, written, value }: TrialEvent['files'][number]): string {
  if (!written) return '';
  if (secret) return `<span class="dim">${escaped(l10n.t('not shown'))}</span>`;
  if (value === null) return `<span class="dim">${escaped(l10n.t('no text'))}</span>`;
  const shown = value.length > MAX_CONTENT ? `${value.slice(0, MAX_CONTENT)}…` : value;
  return `<pre>${escaped(shown)}</pre>`;
}

/** Output of `varsmith verify --json`. */
export interface Verification {
  readonly problems: readonly VerifyProblem[];
  readonly notes: readonly { readonly message: string }[];
  /** The number of verified generators. */
  readonly generators?: number;
  readonly states?: readonly (VerifiedState & {
    readonly generator: string;
    readonly machines: readonly string[];
  })[];
}

interface VerifyProblem {
  readonly kind: string;
  readonly message: string;
  /** The problem without the command that mends it; absent if no command is named. */
  readonly what?: string;
  /** The key and name of a generator, and the path of its stored values relative to the root. */
  readonly key?: string;
  readonly generator?: string;
  readonly stored?: readonly { readonly name: string; readonly path: string }[];
}

/** Returns whether generating solves a problem. */
export function isGenerated({ kind }: { readonly kind: string }): boolean {
  return ['missing', 'outdated', 'interrupted', 'superseded'].includes(kind);
}

/**
 * Returns the page about a verification.
 * @param root URI of the fleet
 */
export function verifyReport(verification: Verification, root: string): Report {
  const { problems, notes } = verification;
  const incomplete = problems.filter(isGenerated);
  const access = problems.filter(({ kind }) => kind === 'access');
  const others = problems.filter(problem => !isGenerated(problem) && problem.kind !== 'access');
  const lines = (some: Verification['problems']) => list(some.map(problem => verifyLine(problem, root)));
  const button = (label: string, command: string, some: Verification['problems']) =>
    some.length === 0 ? '' : `<p>${commandLink(label, command, root)}</p>`;
  return {
    title: l10n.t('Verified Vars'),
    body: [
      head(l10n.t('Verify vars'), verifyText(verification)),
      section(
        l10n.t('Missing or outdated'),
        lines(incomplete) + button(l10n.t('Generate Missing'), generateMissingCommand, incomplete),
      ),
      section(
        l10n.t('Encrypted for the wrong recipients'),
        lines(access) + button(l10n.t('Re-encrypt'), fixAccessCommand, access),
      ),
      section(l10n.t('Further problems'), lines(others)),
      section(l10n.t('Good to know'), list(notes.map(({ message }) => escaped(message)))),
      section(l10n.t('Generated'), generatedTable(verification, root)),
    ].join(''),
  };
}

/**
 * Returns the line for a problem. The name at its start links to the declaration or to the stored file that it names,
 * followed by links to the existing files.
 */
function verifyLine(problem: VerifyProblem, root: string): string {
  const { key, generator, kind, stored = [], what: message = problem.message } = problem;
  const files = stored.map(({ name, path }) => placeLink(name, root, { file: path, line: 1, column: 1 }));
  if (key === undefined || generator === undefined || !message.startsWith(key)) return escaped(message);
  const line = `${declarationLink(key, root, generator)}${escaped(message.slice(key.length))}`;
  if (files.length === 0) return line;
  const title = kind === 'access' ? l10n.t('Go to the file:') : l10n.t('Stored:');
  return `${line} <span class="dim">${escaped(title)}</span> ${files.join(', ')}`;
}

/** The most rows of a table. */
const MAX_ROWS = 200;

function generatedTable({ states = [] }: Verification, root: string): string {
  const present = states.filter(({ state }) => state === 'present');
  const rows = present
    .slice(0, MAX_ROWS)
    .map(({ generator, machines }) => [
      declarationLink(generator, root, generator),
      escaped(someOf(machines)),
    ]);
  const more = moreOf(present.length - rows.length).map(text => `<p class="dim">${text}</p>`);
  return `${table([l10n.t('Generator'), l10n.t('Machines')], rows)}${more.join('')}`;
}

export function verifyText({ problems, notes, generators }: Verification): string {
  if (problems.length > 0)
    return problems.length === 1
      ? l10n.t('1 problem with the vars.')
      : l10n.t('{0} problems with the vars.', problems.length);
  if (generators === 0)
    return notes.length > 0
      ? l10n.t('There is nothing to verify because no machine has a known generator.')
      : l10n.t(
          'There is nothing to verify because no machine has a generator. Use New Generator… to write the first one from a template.',
        );
  return notes.length > 0
    ? l10n.t('All known vars are present and valid.')
    : l10n.t('All vars are present and valid.');
}

function outputOf(output: string): string {
  return output.trim() === ''
    ? ''
    : `<h3>${escaped(l10n.t('Output'))}</h3><pre class="output">${escaped(output)}</pre>`;
}

function scriptLink(where: SourcePlace | null, root: string): string {
  return where === null
    ? ''
    : `<p>${placeLink(l10n.t('Go to the Script ({0})', `${where.file}:${where.line}`), root, where)}</p>`;
}

function placeLink(label: string, root: string, where: SourcePlace): string {
  return commandLink(label, openPlaceCommand, root, where);
}

function declarationLink(label: string, root: string, name: string): string {
  const declared: GeneratorRef = { kind: 'generator', root, machine: null, generator: { name } };
  return commandLink(label, openGeneratorCommand, declared);
}
