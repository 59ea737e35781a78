/**
 * Renders a machine's session for a shell: one statement per variable, sorted, with values quoted so that the
 * shell reads them back unchanged, followed by the additions of the session. Those are rendered by the fleet's
 * own functions, or else byte for byte like the Nix code that `varsmith init` creates
 * (session-vars-render.nix). Comments at the top list what is not a variable.
 */

import { escapedUnseen, hasUnseen, marked } from '../words/unseen.ts';
import type { Environment, Note } from './environment-data.ts';
import type { Explanation } from './environment-explain.ts';
import type { Step } from './session-steps.ts';
import { assigns, type Shell, type ShellText } from './session-text.ts';

export function environmentText(environment: Environment, shell: Shell): string {
  const notes = environment.notes.map(note => `# ${noteText(note)}\n`);
  const added = addedText(environment, shell);
  // Text rendered from the whole configuration may already set the variables.
  const others = environment.variables.filter(({ name }) => !isSetBy(environment, shell, name));
  const variables = others.map(({ name, value }) =>
    shell === 'bash' ? `export ${name}=${quoteBash(value)}\n` : `$env.${name} = ${quoteNushell(value)}\n`,
  );
  return [...notes, ...variables, added].join('');
}

function isSetBy({ session }: Environment, shell: Shell, name: string): boolean {
  const text = session?.shells[shell] ?? null;
  return text !== null && isWhole(text) && assigns(text.text, shell, name);
}

function isWhole({ holes, failure }: ShellText): boolean {
  return holes.length === 0 && failure === null;
}

function addedText({ session, steps }: Environment, shell: Shell): string {
  const text = session?.shells[shell] ?? null;
  if (text !== null && isWhole(text))
    return text.text === '' || text.text.endsWith('\n') ? text.text : `${text.text}\n`;
  if (steps.length > 0 || text === null) return steps.map(shell === 'bash' ? bashStep : nushellStep).join('');
  // Text with holes is meant for people, not for a shell.
  return text.text.replace(/\n$/, '').replace(/^/gm, '# ').concat('\n');
}

/** Renders a step for bash. Nothing is set from an unreadable file or from unset variables. */
function bashStep(step: Step): string {
  const { name } = step;
  if (step.kind === 'hydrate')
    return `if [ -r "\${${step.from}:-}" ]; then\n  ${name}="$(cat "$${step.from}")"\n  export ${name}\nfi\n`;
  const parts = step.parts.map(part => (typeof part === 'string' ? quoteBash(part) : `"$${part.variable}"`));
  const set = `export ${name}=${parts.join('')}\n`;
  const needed = step.parts.flatMap(part => (typeof part === 'string' ? [] : [part.variable]));
  if (needed.length === 0) return set;
  return `if ${needed.map(variable => `[ -n "\${${variable}+x}" ]`).join(' && ')}; then\n  ${set}fi\n`;
}

function nushellStep(step: Step): string {
  if (step.kind === 'hydrate')
    return setInNushell(
      step.name,
      `open --raw $env.${step.from} | decode utf-8 | str trim --right --char "\\n"`,
    );
  const parts = step.parts.map(part =>
    typeof part === 'string' ? quoteNushell(part) : `$env.${part.variable}`,
  );
  return setInNushell(step.name, `[${parts.join(' ')}] | str join`);
}

function setInNushell(name: string, value: string): string {
  return `load-env (try { {${name}: (${value})} } catch { {} })\n`;
}

/** Renders variables that are not set, with the reasons, as comments; empty if there are none. */
export function absentText(machine: string, absent: readonly Explanation[]): string {
  if (absent.length === 0) return '';
  const lines = absent.flatMap(({ variable, reasons }) =>
    reasons.map(({ text }) => `#   ${noteText({ name: variable, keys: [], text })}\n`),
  );
  return `\n# Not set on ${machine}:\n${lines.join('')}`;
}

/** Renders a note on a single line, because a name from the sources must not end the comment. */
function noteText({ name, text }: Note): string {
  return marked(name === null ? text : `${name}: ${text}`).replace(/[\p{Cc}\ufffd]/gu, ' ');
}

/**
 * Quotes a value for bash. Single quotes preserve everything except a single quote; invisible characters are
 * written as bytes, whatever the locale.
 */
function quoteBash(value: string): string {
  // A lone carriage return is written like in the fleet's own Nix code.
  if (hasUnseen(value.replaceAll('\r', ''))) {
    const bytes = (text: string) =>
      [...new TextEncoder().encode(text)].map(byte => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
    return `$'${escapedUnseen(value.replace(/[\\']/g, '\\$&'), bytes)}'`;
  }
  return `'${value.replaceAll("'", "'\\''")}'`;
}

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Quotes a value for nushell. Double quotes preserve everything except backslashes and double quotes. */
function quoteNushell(value: string): string {
  const code = (character: string) => `\\u{${character.charCodeAt(0).toString(16)}}`;
  return `"${escapedUnseen(
    value.replace(/[\\"]/g, '\\$&').replace(/[\n\r\t]/g, character => ESCAPES[character] ?? character),
    code,
  )}"`;
}
