/** Builtins whose results depend on the machine, the store or the network, and are always unknown. */
import { symbol, unknown } from '../eval/construct.ts';
import { lazyKey } from '../eval/identity.ts';
import { because, builtin, type Table } from './define.ts';

function notKnown(name: string, arity: number, reason: string) {
  return builtin(name, arity, (_cx, args, at) =>
    because(unknown(reason, `${name}(${args.map(lazyKey).join(',')})`, at)),
  );
}

const FETCHERS = [
  'fetchTarball',
  'fetchGit',
  'fetchMercurial',
  'fetchTree',
  'fetchurl',
  'fetchClosure',
  'getFlake',
];
const STORE = ['derivation', 'derivationStrict', 'path', 'storePath', 'placeholder', 'outputOf'];
const REST: Readonly<Record<string, readonly [number, string]>> = {
  toFile: [2, 'a file in the store'],
  findFile: [2, 'what a search path points to'],
  getEnv: [1, 'a variable of the environment'],
  hashFile: [2, 'the hash of a file'],
  convertHash: [1, 'a hash in another form'],
  fromTOML: [1, 'what is read from TOML'],
  toXML: [1, 'a value as XML'],
  appendContext: [2, 'a text that refers to the store'],
  unsafeDiscardOutputDependency: [1, 'a text that refers to the store'],
  addDrvOutputDependencies: [1, 'a text that refers to the store'],
  parseFlakeRef: [1, 'a flake reference'],
  flakeRefToString: [1, 'a flake reference'],
};

function table(): Record<string, Table[string]> {
  const result: Record<string, Table[string]> = {
    currentSystem: symbol('builtins.currentSystem', 'the system that evaluates'),
    currentTime: symbol('builtins.currentTime', 'the time'),
    nixPath: symbol('builtins.nixPath', 'the search path'),
    nixVersion: symbol('builtins.nixVersion', 'the version of Nix'),
    langVersion: symbol('builtins.langVersion', 'the version of the Nix language'),
    storeDir: symbol('builtins.storeDir', 'where the store is'),
  };
  for (const name of FETCHERS) result[name] = notKnown(name, 1, 'what is fetched');
  for (const name of STORE) result[name] = notKnown(name, 1, 'a path in the store');
  for (const [name, [arity, reason]] of Object.entries(REST)) result[name] = notKnown(name, arity, reason);
  return result;
}

export const OUTSIDE: Table = table();
