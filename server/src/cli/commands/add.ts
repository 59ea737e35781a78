/** `varsmith add …`: selects what to add to a fleet. */

import { type Io, UsageError } from '../io.ts';
import { addSecretCommand } from './add-secret.ts';

export async function add(args: readonly string[], io: Io): Promise<number> {
  const what = args.find(arg => !arg.startsWith('-'));
  if (what === 'secret') return addSecretCommand(args, io);
  if (what === 'sops') return (await import('./add-sops.ts')).addSops(args, io);
  throw new UsageError('Specify what to add: varsmith add secret NAME, or varsmith add sops NAME.');
}
