/** Whether a script has Bash write down what it runs: with values in Bash's own words, derived ones too. */
import type { CommandFact, Flow } from '../../shell/flow/flow-facts.ts';
import { literal } from '../../shell/flow/values.ts';

/** Setting them is of use to tracing alone. */
const VARIABLES: ReadonlySet<string> = new Set(['PS4', 'BASH_XTRACEFD']);

const SHELLS: ReadonlySet<string> = new Set(['bash', 'sh', 'dash', 'ash', 'ksh', 'mksh', 'zsh']);

export function switchesTracingOn({ options, assignments, commands }: Flow): boolean {
  return (
    options.some(({ name, on }) => on && name === 'xtrace') ||
    assignments.some(({ name }) => VARIABLES.has(name)) ||
    commands.some(isTracingShell)
  );
}

/** Returns `bash -x`, `sh -ex`, `bash -o xtrace` */
function isTracingShell({ name, arguments: words }: CommandFact): boolean {
  if (name === null || !SHELLS.has(name)) return false;
  const texts = words.map(({ value }) => literal(value));
  for (const [at, text] of texts.entries()) {
    if (text === null || !text.startsWith('-'))
      return text === 'xtrace' && /^-\w*o$/.test(texts[at - 1] ?? '');
    if (/^-[a-wyz]*x/i.test(text)) return true;
  }
  return false;
}
