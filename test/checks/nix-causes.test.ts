import { expect, it } from 'vitest';
import { causeOf } from '../../server/src/checks/facts/eval/nix-causes.ts';

it.each([
  ['infinite recursion encountered', /depends on itself/],
  ["attribute 'x' missing", /has no such attribute/],
  ["The option `services.ngnix' does not exist. Definition values:", /No module that the machine imports/],
  ["The option `x' was accessed but has no value defined. Try setting the option.", /nothing sets it/],
  ["The option `x' has conflicting definition values:", /mkForce/],
  ["A definition for option `x' is not of type `boolean'. Definition values:", /another type/],
  ['Failed assertions: - The x must be y', /refuses the configuration/],
  ["undefined variable 'pkgs'", /neither an argument/],
  ["syntax error, unexpected '}'", /not whole/],
  ["path 'hosts/b.nix' does not exist", /git add/],
  ["function 'anonymous lambda' called without required argument 'pkgs'", /wrong arguments/],
  ['stack overflow; max-call-depth exceeded', /without end/],
  ['cannot coerce a set to a string: { }', /wrong type/],
  ['expected a set but found a list', /wrong type/],
])('%s', (message, explanation) => {
  expect(causeOf({ message })).toEqual({ isMistake: true, explanation: expect.stringMatching(explanation) });
});

it.each([
  "unable to download 'https://x': Could not resolve host",
  "cannot build '/nix/store/x.drv' during evaluation because the option 'allow-import-from-derivation' is disabled",
])('%s is no mistake of the fleet', message => {
  expect(causeOf({ message }).isMistake).toBe(false);
});

it('leaves alone what says it all', () => {
  expect(causeOf({ message: 'set a password first' })).toEqual({ isMistake: true, explanation: null });
});
