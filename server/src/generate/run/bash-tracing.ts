/**
 * Detects whether a script makes Bash trace its commands, which prints values, even derived ones, in Bash's own
 * form.
 */
import type { CommandFact, Flow } from '../../shell/flow/flow-facts.ts';
import { literal } from '../../shell/flow/values.ts';

/** Variables that only affect tracing. */
const VARIABLES: ReadonlySet<string> = new Set(['PS4', 'BASH_XTRACEFD']);

const SHELLS: ReadonlySet<string> = new Set(['bash', 'sh', 'dash', 'ash', 'ksh', 'mksh', 'zsh']);

export function switchesTracingOn({ options, assignments, commands }: Flow): boolean {
  return (
    options.some(({ name, on }) => on && name === 'xtrace') ||
    assignments.some(({ name }) => VARIABLES.has(name)) ||
    commands.some(isTracingShell)
  );
}

/** Returns whether a command starts a tracing shell: `bash -x`, `sh -ex`, `bash -o xtrace`. */
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
