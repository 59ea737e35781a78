/**
 * A run in the editor: the command line runs in the background, with its questions as input boxes, its progress as a
 * notification that can be cancelled, and its result as a message and a page. Answers go directly from the box to the
 * program's standard input.
 */
import { type CancellationToken, l10n, ProgressLocation, Uri, window, workspace } from 'vscode';
import { messageOf } from '../message-of.ts';
import { openPlace } from '../open-place.ts';
import type { VerifiedState } from '../protocol/generators.ts';
import type { QuestionEvent, RunAnswer, RunEvent } from '../run-protocol.ts';
import { runReport, trialReport } from '../views/report.ts';
import type { ReportTab } from '../views/report-panel.ts';
import { askQuestion, type Question } from './ask.ts';
import { type Failure, unexplained } from './ask-program.ts';
import type { Target, TrialTarget } from './choose.ts';
import { editorBoxes } from './input-boxes.ts';
import { tellFailure } from './offer-help.ts';
import { type Ended, type Program, watchProgram } from './program.ts';
import { commitArguments, limitArguments } from './run-settings.ts';
import {
  confirmText,
  progressText,
  type Story,
  sharedTitle,
  someOf,
  untold,
  verdictOf,
  withEvent,
} from './run-story.ts';

export interface Bench {
  /** Absolute path of the bundled command line. */
  readonly cli: string;
  readonly reports: ReportTab;
  /** Makes every view show the reported states of generators, and what is stored now. */
  readonly showStates: (root: string, states: readonly VerifiedState[]) => Promise<void>;
}

/**
 * Generates values in the background.
 * @param more further arguments of `varsmith generate`, such as `--regenerate`
 * @param next called once all is stored
 */
export async function generateHere(
  bench: Bench,
  target: Target,
  more: readonly string[] = [],
  next?: () => Promise<void>,
): Promise<void> {
  const { root } = target;
  const path = Uri.parse(root).fsPath;
  const settled = [...limitArguments(path), ...commitArguments(path)];
  const args = ['generate', path, ...targetArguments(target), ...settled, ...more];
  const run = await watch(bench, l10n.t('Generating vars'), root, args, KEPT);
  const { story } = run;
  const made = story.results.filter(({ outcome }) => outcome === 'stored');
  if (made.length > 0)
    await bench.showStates(
      root,
      made.map(({ key }) => ({ key, state: 'present', missing: [] })),
    );
  const verdict = verdictOf(story, run.isCancelled);
  if (verdict === null) {
    return tellFailure(failureOf(run), {
      ...{ root, commits: true },
      again: added => generateHere(bench, target, [...more, ...added], next),
    });
  }
  const show = () => bench.reports.show(runReport(story, root, verdict.text));
  const hasNotes = story.notes.length + (story.planned?.notes.length ?? 0) > 0;
  const [showResult, goToScript] = [l10n.t('Show Result'), l10n.t('Go to the Script')];
  const leaveOut = l10n.t('Leave Them Out');
  if (next !== undefined && (verdict.verdict === 'good' || verdict.verdict === 'nothing')) return next();
  switch (verdict.verdict) {
    case 'cancelled':
      void window.showInformationMessage(verdict.text);
      return;
    case 'nothing':
      if (
        (await window.showInformationMessage(verdict.text, ...(hasNotes ? [showResult] : []))) === showResult
      )
        show();
      return;
    case 'good':
      if ((await window.showInformationMessage(verdict.text, showResult)) === showResult) show();
      return;
    case 'bad': {
      show();
      const where = story.results.find(result => result.outcome === 'failed')?.where ?? null;
      const answer = await window.showErrorMessage(verdict.text, ...(where === null ? [] : [goToScript]));
      if (answer === goToScript && where !== null) await openPlace(root, where);
      return;
    }
    case 'problems': {
      show();
      const problems = story.planned?.problems ?? [];
      const isLeft = problems.every(({ kind }) => kind === 'needs-nix') && !more.includes(SKIP);
      const answer = await window.showErrorMessage(verdict.text, ...(isLeft ? [leaveOut] : []));
      if (answer === leaveOut) await generateHere(bench, target, [...more, SKIP], next);
    }
  }
}

const SKIP = '--skip-unknown';

function targetArguments({ machines, generators }: Target): string[] {
  return [...machines.flatMap(name => ['--machine', name]), ...generators.flatMap(name => ['-g', name])];
}

export async function tryHere(bench: Bench, { root, machine, generator }: TrialTarget): Promise<void> {
  const path = Uri.parse(root).fsPath;
  const on = machine === null ? [] : ['--machine', machine];
  const args = ['try', generator, path, ...on, ...limitArguments(path)];
  const run = await watch(bench, l10n.t('Trying {0}', generator), root, args, MADE_UP);
  if (run.story.trial !== null) bench.reports.show(trialReport(run.story.trial, root));
  else if (!run.isCancelled)
    await tellFailure(failureOf(run), { root, again: () => tryHere(bench, { root, machine, generator }) });
}

interface Watched {
  readonly story: Story;
  readonly isCancelled: boolean;
  readonly said: string;
}

/** Returns the reason why a run did not end as it should. */
export function failureOf({ story, said }: Watched): Failure {
  return story.failure ?? unexplained(said);
}

/** The way in which prompts are asked. */
interface Manner {
  /** Returns the meaning of an empty answer, for prompts that accept one. */
  ifEmpty(): string;
  /** True if hidden lines must be typed twice. */
  readonly confirm: boolean;
}

export const KEPT: Manner = { ifEmpty: () => l10n.t('Leave empty to keep the current value'), confirm: true };
/** The manner of a trial, whose values are discarded. */
const MADE_UP: Manner = { ifEmpty: () => l10n.t('Leave empty to use a placeholder answer'), confirm: false };

export function watch(
  { cli }: Bench,
  title: string,
  root: string,
  args: readonly string[],
  manner: Manner,
): Promise<Watched> {
  const options = { location: ProgressLocation.Notification, title, cancellable: true };
  return Promise.resolve(
    window.withProgress(options, async (progress, token) => {
      const stop = new AbortController();
      token.onCancellationRequested(() => stop.abort());
      let story = untold;
      const program: Program = {
        ...{ cli, cwd: Uri.parse(root).fsPath, trusted: workspace.isTrusted, signal: stop.signal },
        args: [...args, '--events'],
      };
      const watched = watchProgram(program, async event => {
        story = withEvent(story, event);
        if (event.event === 'question' || event.event === 'confirm')
          progress.report({ message: l10n.t('waiting for your answer') });
        const answer = await answerTo(event, story, token, manner);
        if (answer === undefined && event.event === 'question') stop.abort();
        progress.report({ message: progressText(story) });
        return answer;
      });
      const { said } = await watched.catch((error): Pick<Ended, 'said'> => ({ said: messageOf(error) }));
      return { story, isCancelled: stop.signal.aborted, said };
    }),
  );
}

/** Returns the answer to an event, or undefined if it needs none or the person cancelled. */
async function answerTo(
  event: RunEvent,
  { planned }: Story,
  token: CancellationToken,
  manner: Manner,
): Promise<RunAnswer['answer'] | undefined> {
  if (event.event === 'question') return askQuestion(questionOf(event, manner), editorBoxes(token));
  if (event.event !== 'confirm') return undefined;
  if (token.isCancellationRequested) return false;
  const { message, detail, yes } = confirmText(event, planned);
  return (await window.showWarningMessage(message, { modal: true, detail }, yes)) === yes;
}

function questionOf(event: QuestionEvent, { ifEmpty, confirm }: Manner): Question {
  const { generator, prompt, description, machines, hidden, multiline, required, optional, previous } = event;
  return {
    // One answer for several machines means that they share the generator.
    title:
      machines.length > 1
        ? sharedTitle(`${generator}/${prompt}`, machines)
        : l10n.t('{0} for {1}', `${generator}/${prompt}`, someOf(machines)),
    description: description === prompt ? l10n.t('The value of {0}', prompt) : description,
    ...{ hidden, multiline, required, previous },
    ifEmpty: optional && previous === null ? ifEmpty() : null,
    confirm,
    bringable: false,
  };
}
