/** Which files an edit of a registry or a matrix reads again, and why. */
import { describe, expect, it } from 'vitest';
import type { TraceEvent } from '../../server/src/query/database.ts';
import type { Texts } from '../nix/support.ts';
import { host, MATRIX, PIPELINE } from './pipeline.ts';
import { type FleetWorkspace, fleetWorkspace } from './workspace.ts';

const REGISTRY_FILE = 'lib/secret-registry.nix';
const MATRIX_FILE = 'lib/machine-env-matrix.nix';

const TEXTS: Texts = {
  ...PIPELINE,
  [MATRIX_FILE]: MATRIX.replace('lea = [ "gamma" ];', 'lea = [ "gamma" ];\n  ada = [ ];'),
  'hosts/ada.nix': host('ada'),
  'hosts/plain.nix': '{ pkgs, ... }: { clan.core.vars.generators.own.files.key = { }; }\n',
};

/** The names in the trace for files and definitions that are read again. */
const READ = /^(file|definitions)\([^)]*\.nix\)$/;

/**
 * Edits a file after a first edit, from which on its values change in place.
 * @param more further edits between them
 */
function readAgain(
  file: string,
  edit: (text: string) => string,
  more: readonly ((text: string) => string)[] = [],
): Record<string, string | null> {
  const events: TraceEvent[] = [];
  const workspace = fleetWorkspace(TEXTS, undefined, event => events.push(event));
  workspace.fleet();
  let text = `# First\n${TEXTS[file]}`;
  workspace.write({ [file]: text });
  bodiesOf(workspace);
  for (const step of more) {
    text = step(text);
    workspace.write({ [file]: text });
    bodiesOf(workspace);
  }
  events.length = 0;
  const edited = edit(text);
  expect(edited).not.toBe(text);
  workspace.write({ [file]: edited });
  workspace.fleet();
  return Object.fromEntries(
    events
      .filter(({ name }) => READ.test(name) && name !== `file(${file})`)
      .map(({ name, because }) => [name, because]),
  );
}

/** Reads what all generators consist of, as rules do. */
const bodiesOf = (workspace: FleetWorkspace) => workspace.fleet().generators.map(({ body }) => body());

const replace = (from: string, to: string) => (text: string) => text.replace(from, to);
const inRegistry = (name: string) => `${name} in ${REGISTRY_FILE}`;
const NAMES = `the names in ${REGISTRY_FILE}`;
const inMatrix = (name: string) => `${name} in ${MATRIX_FILE}`;

describe('an edit of a registry reads again', () => {
  it('nobody for a comment', () => {
    expect(readAgain(REGISTRY_FILE, replace('# First', '# Second'))).toEqual({});
  });

  it('those who read the entry that has changed', () => {
    expect(readAgain(REGISTRY_FILE, replace('envVar = "BETA"', 'envVar = "BETTER"'))).toEqual({
      'file(hosts/ada.nix)': inRegistry('beta'),
      'file(hosts/emily.nix)': inRegistry('beta'),
      'file(lib/vars-generators.nix)': inRegistry('beta'),
    });
  });

  it('nobody for a part of an entry that nobody reads, from its second edit on', () => {
    const first = replace('envVar = "BETA"', 'envVar = "BETTER"');
    expect(readAgain(REGISTRY_FILE, replace('"BETTER"', '"BETTEREST"'), [first])).toEqual({});
  });

  it('only definitions for what they consist of, from its second edit on', () => {
    // Of a generator that two machines have, the first definition is asked.
    const first = replace('envVar = "BETA"', 'envVar = "BETTER"');
    expect(readAgain(REGISTRY_FILE, replace('secret = false;', 'secret = true;'), [first])).toEqual({
      'definitions(hosts/ada.nix)': 'secret in key in files in beta in lib/secret-registry.nix',
    });
  });

  it('those who read all keys, for another key', () => {
    const added = replace(
      '  beta =',
      '  delta = mkPromptedSecret { generator = "delta"; envVar = "D"; };\n  beta =',
    );
    expect(readAgain(REGISTRY_FILE, added)).toEqual({
      'file(hosts/ada.nix)': NAMES,
      'file(lib/secrets.nix)': NAMES,
      'file(lib/vars-generators.nix)': NAMES,
    });
  });

  it('those who read an entry that is made by a function that has changed', () => {
    const changed = readAgain(REGISTRY_FILE, replace('type = "hidden"', 'type = "line"'));
    expect(Object.keys(changed).sort()).toEqual([
      'file(hosts/ada.nix)',
      'file(hosts/emily.nix)',
      'file(lib/vars-generators.nix)',
    ]);
  });
});

describe('an edit of a matrix reads again', () => {
  it('nobody for a comment', () => {
    expect(readAgain(MATRIX_FILE, replace('# First', '# Second'))).toEqual({});
  });

  it('the machine whose row has changed', () => {
    expect(readAgain(MATRIX_FILE, replace('[ "gamma" ]', '[ "alpha" "gamma" ]'))).toEqual({
      'file(hosts/lea.nix)': inMatrix('lea'),
    });
  });

  it('the machines whose rows have a list that has changed', () => {
    expect(readAgain(MATRIX_FILE, replace('[ "alpha" ]', '[ "alpha" "gamma" ]'))).toEqual({
      'file(hosts/emily.nix)': inMatrix('emily'),
    });
  });

  it('all machines that the text no longer says anything about', () => {
    const changed = readAgain(MATRIX_FILE, () => '[ ]\n');
    expect(Object.keys(changed)).toEqual([
      'file(hosts/ada.nix)',
      'file(hosts/emily.nix)',
      'file(hosts/lea.nix)',
    ]);
  });
});

it('an edit of a function that makes generators reads all that call it again', () => {
  const changed = readAgain('lib/vars-generators.nix', replace('let\n', 'let\n  more = 1;\n'));
  expect(Object.keys(changed).sort()).toEqual([
    'file(hosts/ada.nix)',
    'file(hosts/emily.nix)',
    'file(hosts/lea.nix)',
  ]);
});
