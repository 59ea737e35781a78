/**
 * A machine's session variables as text for a shell: one statement a variable, sorted, with any value quoted so that
 * the shell reads it back unchanged. What is no variable is told in comments above. The Nix that `varsmith init` lays
 * down (session-vars-render.nix) writes the same bytes.
 */
import type { Environment, Note } from './environment.ts';

export type Shell = 'bash' | 'nushell';

export function environmentText(environment: Environment, shell: Shell): string {
  const notes = environment.notes.map(note => `# ${noteText(note)}\n`);
  const variables = environment.variables.map(({ name, value }) =>
    shell === 'bash' ? `export ${name}=${quoteBash(value)}\n` : `$env.${name} = ${quoteNushell(value)}\n`,
  );
  return [...notes, ...variables].join('');
}

/** On one line: a name of the sources must not end the comment. */
export function noteText({ name, text }: Note): string {
  return (name === null ? text : `${name}: ${text}`).replace(/[\p{Cc}\u2028\u2029]/gu, ' ');
}

/** Between single quotes bash reads everything as it stands, but a single quote. */
function quoteBash(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Between double quotes nushell reads everything as it stands, but backslashes and double quotes. */
function quoteNushell(value: string): string {
  return `"${value.replace(/[\\"]/g, '\\$&').replace(/[\n\r\t]/g, found => ESCAPES[found] ?? found)}"`;
}
