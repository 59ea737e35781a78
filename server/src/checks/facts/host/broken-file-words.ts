/** Wording and severities shared by the rules about broken files. */
import type { FileFaults } from '../../../fleet/model/faults.ts';
import type { Severity } from '../../rule.ts';

/** Returns the severity: an error only if Nix certainly reads the file. */
export function severityOf({ reach }: FileFaults): Severity {
  if (reach === 'certain') return 'error';
  return reach === 'possible' ? 'warning' : 'info';
}

/** Describes what cannot be evaluated because of a broken file. */
export function consequence({ file, reach, machines }: FileFaults): string {
  if (reach === 'unknown') return 'Nothing is known to import it.';
  if (reach === 'possible') return 'Whatever imports it cannot be evaluated.';
  if (file === 'flake.nix') return 'No part of the flake can be evaluated.';
  const [first, second] = machines;
  if (first === undefined) return 'Whatever imports it cannot be evaluated.';
  if (second === undefined) return `Machine "${first}" cannot be evaluated.`;
  return `${machines.length} machines cannot be evaluated, "${first}" and "${second}"${machines.length > 2 ? ' among them' : ''}.`;
}

/** Turns a message into the second half of a sentence, without its full stop. */
export function clause(message: string): string {
  const text = message.replace(/\.$/, '');
  return text.charAt(0).toLowerCase() + text.slice(1);
}
