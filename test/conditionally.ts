// Tests that need something of the system: where it is not there they are not registered, since one that is skipped
// counts as one that was forgotten. Each file keeps a test that runs everywhere.
import { describe, type TestOptions } from 'vitest';

export function describeIf(
  isThere: boolean,
  name: string,
  body: () => void,
  options: TestOptions = {},
): void {
  if (isThere) describe(name, options, body);
}
