/**
 * A run as it goes: what was planned, what has begun, what came of it, and the sentences that say so. Plain data from
 * events; knows no editor and no program.
 */
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
} from './run-protocol.ts';

export interface Story {
  readonly planned: PlannedEvent | null;
  /** Null where nobody gains or loses access. */
  readonly access: AccessEvent | null;
  /** Keys. */
  readonly started: readonly string[];
  readonly results: readonly ResultEvent[];
  readonly notes: readonly NoteEvent[];
  readonly trial: TrialEvent | null;
  readonly end: EndEvent | null;
  /** Why the program failed, where something can be done about it. */
  readonly failure: FailureEvent | null;
}

export const untold: Story = {
  ...{ planned: null, access: null, trial: null, end: null, failure: null },
  ...{ started: [], results: [], notes: [] },
};

export function told(story: Story, event: RunEvent): Story {
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

/** What is going on now: "2 of 5: wireguard (tove)". Empty before anything runs. */
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
  return `${done.size + 1} of ${total}: ${names.join(', ')}`;
}

function nameOf(step: PlannedStep | undefined, key: string): string {
  return step === undefined ? key : placed(step);
}

/** "wireguard (tove)". */
export function placed({
  generator,
  machines,
}: {
  readonly generator: string;
  readonly machines: readonly string[];
}): string {
  return `${generator} (${someOf(machines)})`;
}

export function someOf(names: readonly string[]): string {
  return names.length > 4 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
}

/** The most that a dialogue can show. */
const SHOWN = 12;

/** What would be lost, for a dialogue: a line for each generator. */
export function overwriteText({ steps }: PlannedEvent): string {
  const lost = steps.filter(step => step.overwrites.length > 0);
  const others = steps.length - lost.length;
  const lines = lost
    .slice(0, SHOWN)
    .map(step => `${placed(step)}: ${step.overwrites.join(', ')}${whyText(step.reason)}`);
  if (lost.length > SHOWN) lines.push(`and ${lost.length - SHOWN} more`);
  if (others > 0)
    lines.push(`Besides, ${counted(others, 'generator')} will run of which nothing is stored yet.`);
  return lines.join('\n');
}

/** What is asked before it happens: a sentence, the details, and the word for yes. */
export function confirmText(
  { overwrites, access }: Pick<ConfirmEvent, 'overwrites' | 'access'>,
  planned: PlannedEvent | null,
): { readonly message: string; readonly detail: string; readonly yes: string } {
  const given = access.slice(0, SHOWN).map(one => `${one}.`);
  if (access.length > SHOWN) given.push(`And ${access.length - SHOWN} more.`);
  const lost = planned === null || overwrites === 0 ? '' : overwriteText(planned);
  const over = `This overwrites ${counted(overwrites, 'stored value')}`;
  if (access.length === 0) return { message: `${over}.`, detail: lost, yes: 'Overwrite' };
  const gives = 'gives access to keys that have none today';
  return {
    message: overwrites === 0 ? `This ${gives}.` : `${over} and ${gives}.`,
    detail: [given.join('\n'), lost].filter(text => text !== '').join('\n\n'),
    yes: overwrites === 0 ? 'Give Access' : 'Overwrite and Give Access',
  };
}

function whyText(reason: string): string {
  if (reason === 'dependent') return ', made from what changes';
  if (reason === 'superseded') return ', made from older values';
  return reason === 'outdated' ? ', made from other inputs than the configuration has now' : '';
}

export type Verdict = 'good' | 'nothing' | 'bad' | 'problems' | 'cancelled';

/** What came of a run, in a sentence or two. Null where the program failed: it has said why itself. */
export function verdictOf(
  { end, planned, results }: Story,
  isCancelled: boolean,
): { readonly verdict: Verdict; readonly text: string } | null {
  const stored = results.filter(({ outcome }) => outcome === 'stored');
  const files = stored.reduce((sum, { files }) => sum + files.length, 0);
  const storedText = `${counted(files, 'file')} of ${counted(stored.length, 'generator')} stored`;
  if (isCancelled || end?.outcome === 'cancelled' || end?.outcome === 'refused') {
    const kept = stored.length === 0 ? 'Nothing was changed.' : `${storedText} before; they stay.`;
    return { verdict: 'cancelled', text: `Cancelled. ${kept}` };
  }
  if (end === null) return null;
  if (end.outcome === 'problems')
    return {
      verdict: 'problems',
      text: `Nothing was generated: ${counted(planned?.problems.length ?? 0, 'problem')} in the plan.`,
    };
  if (end.outcome === 'failed') {
    const failed = results.filter(({ outcome }) => outcome === 'failed');
    const names = someOf(failed.map(placed));
    return {
      verdict: 'bad',
      text: `${names} failed. ${stored.length === 0 ? 'Nothing was stored.' : `${storedText}.`}`,
    };
  }
  if (results.length === 0)
    return { verdict: 'nothing', text: 'Nothing to generate: all vars that are known here are there.' };
  return { verdict: 'good', text: `${storedText}.` };
}

export function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
