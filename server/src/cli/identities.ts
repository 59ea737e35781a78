/** Reads key files that are named on the command line. */
import { readFileSync } from 'node:fs';
import { type Identity, parseIdentities } from '../store/age/recipients.ts';
import { absolutePath } from './arguments.ts';
import { type Io, UsageError } from './io.ts';

/**
 * Returns the keys in the files.
 * @throws UsageError if a file is unreadable or contains no key; its content is not quoted
 */
export function namedIdentities(paths: readonly string[], { cwd }: Io): Identity[] {
  return paths.flatMap(path => {
    let text: string;
    try {
      text = readFileSync(absolutePath(cwd, path), 'utf8');
    } catch (error) {
      throw new UsageError(
        `The key file "${path}" cannot be read (${(error as NodeJS.ErrnoException).code}).`,
      );
    }
    const { identities } = parseIdentities(text, path);
    if (identities.length === 0)
      throw new UsageError(`"${path}" contains no key: age identities and ssh private keys are supported.`);
    return identities;
  });
}
