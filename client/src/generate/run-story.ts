/**
 * The state of a run: what is planned, running and finished, and sentences about it. Plain data from events; knows no
 * program.
 */
import { l10n } from 'vscode';
import { fileCount, generatorCount } from '../counts.ts';
import type {
  AccessEvent,
  ConfirmEvent,
  EndEvent,
  FailureEvent,
  NoteEvent,
  PlannedEvent,
  PlannedStep,
  ResultEvent,
  RunEvent,
  TrialEvent,
} from '../run-protocol.ts';

export interface Story {
  readonly planned: PlannedEvent | null;
  /** `null` if nobody gains or loses access. */
  readonly access: AccessEvent | null;
  /** Keys of the generators that have started. */
  readonly started: readonly string[];
  readonly results: readonly ResultEvent[];
  readonly notes: readonly NoteEvent[];
  readonly trial: TrialEvent | null;
  readonly end: EndEvent | null;
  /** The reason why the program failed, if something can be done about it. */
  readonly failure: FailureEvent | null;
}

export const untold: Story = {
  ...{ planned: null, access: null, trial: null, end: null, failure: null },
  ...{ started: [], results: [], notes: [] },
};

export function withEvent(story: Story, event: RunEvent): Story {
  switch (event.event) {
    case 'planned':
      return { ...story, planned: event };
    case 'started':
      return { ...story, started: [...story.started, event.key] };
    case 'result':
      return { ...story, results: [...story.results, event] };
    case 'note':
      return { ...story, notes: [...story.notes, event] };
    case 'trial':
      return { ...story, trial: event };
    case 'end':
      return { ...story, end: event };
    case 'failure':
      return { ...story, failure: event };
    case 'access':
      return { ...story, access: event };
    case 'question':
    case 'confirm':
      return story;
  }
}

/** Returns the progress of a run, such as "2 of 5: wireguard (tove)". Empty before anything runs. */
export function progressText({ planned, started, results }: Story): string {
  const total = planned?.steps.length ?? 0;
  const done = new Set(results.map(({ key }) => key));
  const running = started.filter(key => !done.has(key));
  const names = running.map(key =>
    nameOf(
      planned?.steps.find(step => step.key === key),
      key,
    ),
  );
  if (started.length === 0 || names.length === 0) return '';
  return l10n.t('{0} of {1}: {2}', done.size + 1, total, names.join(', '));
}

function nameOf(step: PlannedStep | undefined, key: string): string {
  return step === undefined ? key : generatorWithMachines(step);
}

/** Returns a generator with its machines: "wireguard (tove)". */
export function generatorWithMachines({
  generator,
  machines,
}: {
  readonly generator: string;
  readonly machines: readonly string[];
}): string {
  return `${generator} (${someOf(machines)})`;
}

export function someOf(names: readonly string[]): string {
  return names.length > 4
    ? l10n.t('{0} and {1} more', names.slice(0, 3).join(', '), names.length - 3)
    : names.join(', ');
}

/** Returns the title of a question about a value that several machines have. */
export function sharedTitle(id: string, machines: readonly string[]): string {
  return l10n.t('{0}, shared by {1} machines: {2}', id, machines.length, someOf(machines));
}

/** The most lines that a dialogue can show. */
const SHOWN = 12;

/** Returns the values that would be overwritten, a line per generator, for a dialogue. */
export function overwriteText({ steps }: PlannedEvent): string {
  const lost = steps.filter(step => step.overwrites.length > 0);
  const others = steps.length - lost.length;
  const lines = lost
    .slice(0, SHOWN)
    .map(step => `${generatorWithMachines(step)}: ${lostText(step.overwrites.join(', '), step.reason)}`);
  if (lost.length > SHOWN) lines.push(l10n.t('and {0} more', lost.length - SHOWN));
  if (others > 0)
    lines.push(
      others === 1
        ? l10n.t('1 generator without stored files will also run.')
        : l10n.t('{0} generators without stored files will also run.', others),
    );
  return lines.join('\n');
}

/** Returns the text of a confirmation: a sentence, the details, and the label of the button that accepts. */
export function confirmText(
  { overwrites, access }: Pick<ConfirmEvent, 'overwrites' | 'access'>,
  planned: PlannedEvent | null,
): { readonly message: string; readonly detail: string; readonly yes: string } {
  const sentences = access.slice(0, SHOWN).map(sentence => `${sentence}.`);
  if (access.length > SHOWN) sentences.push(l10n.t('And {0} more.', access.length - SHOWN));
  const lost = planned === null || overwrites === 0 ? '' : overwriteText(planned);
  if (access.length === 0)
    return {
      message:
        overwrites === 1
          ? l10n.t('This overwrites 1 stored value.')
          : l10n.t('This overwrites {0} stored values.', overwrites),
      detail: lost,
      yes: l10n.t('Overwrite'),
    };
  return {
    message: accessText(overwrites),
    detail: [sentences.join('\n'), lost].filter(text => text !== '').join('\n\n'),
    yes: overwrites === 0 ? l10n.t('Give Access') : l10n.t('Overwrite and Give Access'),
  };
}

function accessText(overwrites: number): string {
  switch (overwrites) {
    case 0:
      return l10n.t('This gives access to keys that do not have access now.');
    case 1:
      return l10n.t('This overwrites 1 stored value and gives access to keys that do not have access now.');
    default:
      return l10n.t(
        'This overwrites {0} stored values and gives access to keys that do not have access now.',
        overwrites,
      );
  }
}

/** Returns the values that would be lost, and the reason for making them again. */
function lostText(files: string, reason: string): string {
  switch (reason) {
    case 'dependent':
      return l10n.t('{0}, based on values that change', files);
    case 'superseded':
      return l10n.t('{0}, based on older values', files);
    case 'outdated':
      return l10n.t('{0}, based on inputs that have changed since', files);
    default:
      return files;
  }
}

export type Verdict = 'good' | 'nothing' | 'bad' | 'problems' | 'cancelled';

/** Returns the outcome of a run in a sentence or two, or `null` if the program failed and has reported the reason. */
export function verdictOf(
  { end, planned, results }: Story,
  isCancelled: boolean,
): { readonly verdict: Verdict; readonly text: string } | null {
  const stored = results.filter(({ outcome }) => outcome === 'stored');
  const files = stored.reduce((sum, { files }) => sum + files.length, 0);
  const [fileText, generatorText] = [fileCount(files), generatorCount(stored.length)];
  const storedText =
    stored.length === 0
      ? l10n.t('Nothing was stored.')
      : l10n.t('{0} of {1} stored.', fileText, generatorText);
  if (isCancelled || end?.outcome === 'cancelled' || end?.outcome === 'refused') {
    const text =
      stored.length === 0
        ? l10n.t('Cancelled. Nothing was changed.')
        : l10n.t('Cancelled. Already stored and kept: {0} of {1}.', fileText, generatorText);
    return { verdict: 'cancelled', text };
  }
  if (end === null) return null;
  if (end.outcome === 'problems') {
    const count = planned?.problems.length ?? 0;
    const text =
      count === 1
        ? l10n.t('Nothing was generated because the plan has 1 problem.')
        : l10n.t('Nothing was generated because the plan has {0} problems.', count);
    return { verdict: 'problems', text };
  }
  if (end.outcome === 'failed') {
    const failed = results.filter(({ outcome }) => outcome === 'failed');
    const names = someOf(failed.map(generatorWithMachines));
    return { verdict: 'bad', text: l10n.t('{0} failed. {1}', names, storedText) };
  }
  if (results.length === 0)
    return {
      verdict: 'nothing',
      text: l10n.t('Nothing to generate: all known vars are stored.'),
    };
  return { verdict: 'good', text: storedText };
}
