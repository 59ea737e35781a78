import { describe, expect, test } from 'vitest';
import { switchesTracingOn } from '../../../server/src/generate/run/bash-tracing.ts';
import { followScript } from '../../../server/src/shell/flow/flow.ts';
import { parseScript } from '../../../server/src/shell/parse/parse.ts';

function traces(text: string): boolean {
  const scriptEnvironment = { directories: [], outputs: [], environment: [], errexit: true, pipefail: true };
  return switchesTracingOn(followScript(parseScript({ text, holes: [] }), scriptEnvironment));
}

describe('a script that switches tracing on', () => {
  test.each([
    'set -x',
    'set -eux',
    'set -o xtrace',
    'set -eo xtrace',
    'if [ -n "$d" ]; then set -x; fi',
    'bash -x ./other',
    'sh -ex other',
    'bash -e -o xtrace other',
    'BASH_XTRACEFD=1',
    'exec 5>&1; export BASH_XTRACEFD=5',
    'PS4=\'$k \'; eval "set -$flag"',
  ])('is seen: %s', text => expect(traces(text)).toBe(true));

  test.each([
    'set +x',
    'set -euo pipefail',
    'set +o xtrace',
    'echo "set -x"',
    'bash other -x',
    'bash -e other',
    'grep -x a b',
    '[ -x "$f" ]',
    'PS1=x',
  ])('is not seen in: %s', text => expect(traces(text)).toBe(false));
});
