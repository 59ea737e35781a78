/**
 * Completion for sops-nix and agenix: names of secrets where they are used, keys of the encrypted file where
 * secrets are declared, options and their values, encrypted files.
 */

import { sideOf } from '../../checks/facts/sops/secret-surroundings.ts';
import { attributeText } from '../../edits/edits.ts';
import type { SecretKeeper } from '../../fleet/model/secrets.ts';
import { mentionsSecrets } from '../../fleet/secrets/secrets.ts';
import { hasKeys } from '../../fleet/secrets/secrets-keys.ts';
import { SECRET_OPTIONS } from '../../fleet/secrets/secrets-schema.ts';
import { folderOf } from '../../nix/eval/paths.ts';
import { type Cursor, cursorIn } from '../names/cursor.ts';
import type { OptionWords } from '../names/option-words.ts';
import { encryptedFiles, pathFrom } from '../secrets/encrypted-files.ts';
import { machinesOfFile, machinesOfSecret, secretsIn, valueKeys } from '../secrets/joined.ts';
import { levelOf, type OptionLevel } from '../secrets/levels.ts';
import { SECRET_ATTRIBUTES } from '../secrets/words.ts';
import { optionsOf, valuesOf } from './complete-options.ts';
import { type Asked, type CompletionItem, item } from './completion-items.ts';

/** The items, with the start of the word that they replace. */
export interface SecretItems {
  readonly start: number;
  readonly items: readonly CompletionItem[];
}

/** The maximum distance at which the start of a selection is searched for, in UTF-16 units. */
const MAX_SELECTION = 200;

const NAME = String.raw`(?:"([^"]+)"|([\w'-]+))`;
const USE = /\b(sops\.secrets|sops\.placeholder|sops\.templates|age\.secrets)\.("[\w'.+@/-]*|[\w'-]*)$/;
const ATTRIBUTE = new RegExp(String.raw`\b(sops\.secrets|sops\.templates|age\.secrets)\.${NAME}\.(\w*)$`);

/** Matches paths and keys. */
const LONG_WORD = /[\w'.+@/-]*$/;
const WORD = /[\w'-]*$/;

/**
 * Returns the items at a cursor, or null elsewhere.
 *
 * @param offset 0-based UTF-16 offset of the cursor
 */
export function secretItems(asked: Asked, offset: number): SecretItems | null {
  // Fast path, because most files do not mention secrets.
  if (!mentionsSecrets(asked.text)) return null;
  const before = asked.text.slice(Math.max(0, offset - MAX_SELECTION), offset);
  const named = nameBegun(asked, offset);
  if (named !== null) return named;
  if (asked.cursor.side !== 'value') return null;
  const attribute = ATTRIBUTE.exec(before);
  if (attribute !== null) return attributeItems(attribute, offset);
  const use = USE.exec(before);
  if (use !== null) {
    const [, set = '', word = ''] = use;
    const isQuoted = word.startsWith('"');
    const items = set === 'sops.templates' ? templateItems(asked, isQuoted) : useItems(asked, set, isQuoted);
    return { start: offset - word.length + (isQuoted ? 1 : 0), items };
  }
  return valueItems(asked, before, offset);
}

/** Returns the items for an attribute name at the cursor, which may be in quotes. */
function nameBegun(asked: Asked, offset: number): SecretItems | null {
  const { cursor, text } = asked;
  const frame = cursor.frames.at(-1);
  const isQuoted = frame?.kind === 'string';
  const outer = isQuoted ? cursorIn(text, frame.start - 1) : cursor;
  if (outer.side !== 'name') return null;
  const path = [...outer.path, ...outer.before];
  const written = text.slice(isQuoted ? frame.start : Math.max(0, offset - MAX_SELECTION), offset);
  const start = offset - ((isQuoted ? LONG_WORD : WORD).exec(written)?.[0].length ?? 0);
  const [above, last] = [path.at(-2), path.at(-1)];
  const isBound = /^"?\s*[=.]/.test(text.slice(offset, offset + 50));
  if (last === 'secrets' && above === 'sops') return { start, items: keyItems(asked, isQuoted, isBound) };
  if (last === 'secrets' && above === 'age') return { start, items: ageItems(asked, isQuoted, isBound) };
  const rules = ruleItems(asked, outer, isQuoted, isBound);
  if (rules !== null) return { start, items: rules };
  const level = isQuoted ? null : levelOf(path);
  if (level === null) return null;
  return { start, items: optionsOf(ofSide(asked, level), { ...asked, cursor: outer }) };
}

/** Returns the options of the file's side: home-manager modules lack those that only machines have. */
function ofSide({ snapshot, file }: Asked, { keeper, owner, options }: OptionLevel): readonly OptionWords[] {
  if (sideOf(snapshot.fleet, file, []) !== 'home') return options;
  return options.filter(({ name }) => SECRET_OPTIONS[keeper][owner].get(name)?.side !== 'system');
}

/**
 * Completes in `secrets.nix`: encrypted files without a rule, and the attributes of a rule. Returns null in
 * other files.
 */
function ruleItems(
  { snapshot, file }: Asked,
  { frames, path, before }: Cursor,
  isQuoted: boolean,
  isBound: boolean,
): CompletionItem[] | null {
  const rules = snapshot.fleet.secrets.find(secret => secret.file === file)?.ageRules ?? null;
  if (rules === null || frames.at(-1)?.kind !== 'set') return null;
  const names = [...path, ...before];
  if (names.length === 1 && names[0]?.endsWith('.age') && !isQuoted)
    return [
      item('publicKeys', 'option', 'list of public keys', { insert: 'publicKeys = [ $0 ];', snippet: true }),
      item('armor', 'option', 'boolean: written as text', { insert: 'armor = true;' }),
    ];
  if (names.length > 0) return null;
  const folder = folderOf(file);
  const ruled = new Set(rules.rules.map(rule => rule.path));
  return encryptedFiles(snapshot).age.flatMap(path => {
    if (ruled.has(path) || !(folder === '' || path.startsWith(`${folder}/`))) return [];
    const name = folder === '' ? path : path.slice(folder.length + 1);
    return [
      item(name, 'file', 'encrypted file without a rule', {
        ...bindingText(name, isQuoted, isBound, '.publicKeys = [ $0 ];'),
        subject: { kind: 'encrypted-file', path },
      }),
    ];
  });
}

function attributeItems([, set = '', , , word = '']: readonly string[], offset: number): SecretItems {
  const of = set === 'sops.templates' ? 'template' : keeperOf(set);
  const items = SECRET_ATTRIBUTES[of].map((name, rank) => item(name, 'option', 'of the secret', { rank }));
  return { start: offset - word.length, items };
}

function keeperOf(set: string): SecretKeeper {
  return set.startsWith('age') ? 'age' : 'sops';
}

/** Returns the existing secrets, those of the file's machines first. */
function useItems({ snapshot, file }: Asked, set: string, isQuoted: boolean): CompletionItem[] {
  const keeper = keeperOf(set);
  const secrets = secretsIn(snapshot);
  const fileMachines = new Set(machinesOfFile(snapshot.fleet, file));
  return secrets.secrets.flatMap(secret => {
    if (secret.keeper !== keeper || secret.nameKind === 'pattern') return [];
    const isNear =
      fileMachines.size === 0 ||
      machinesOfSecret(snapshot.fleet, secret).some(machine => fileMachines.has(machine));
    const files = new Set(
      secret.definitions.flatMap(definition => secrets.filesOf(definition).files.map(({ path }) => path)),
    );
    const where = files.size === 0 ? 'secret' : [...files].slice(0, 2).join(', ');
    return [
      item(secret.name, 'secret', isNear ? where : `${where}; not of this machine`, {
        insert: isQuoted ? secret.name : attributeText(secret.name),
        subject: { kind: 'secret', keeper, secret: secret.name },
        rank: isNear ? 1 : 2,
      }),
    ];
  });
}

function templateItems({ snapshot }: Asked, isQuoted: boolean): CompletionItem[] {
  return secretsIn(snapshot).templates.flatMap(({ name, nameKind }) =>
    nameKind === 'pattern'
      ? []
      : [
          item(name, 'secret', 'template', {
            insert: isQuoted ? name : attributeText(name),
            subject: { kind: 'template', template: name },
          }),
        ],
  );
}

/** Returns the keys of the encrypted file that this file's secrets are taken from, unused keys first. */
function keyItems(asked: Asked, isQuoted: boolean, isBound: boolean): CompletionItem[] {
  const secrets = secretsIn(asked.snapshot);
  const declared = new Map(secrets.secrets.map(secret => [secret.name, secret]));
  return defaultFiles(asked).flatMap(path =>
    keysOf(asked, path).map(key => {
      const isDeclared = (declared.get(key)?.definitions.length ?? 0) > 0;
      return item(key, 'key', isDeclared ? `${path}; declared` : path, {
        ...bindingText(key, isQuoted, isBound, ' = { $0};'),
        subject: { kind: 'encrypted-key', path, key },
        rank: isDeclared ? 2 : 1,
      });
    }),
  );
}

/** Returns the text that declares a secret, or its name alone if the rest exists. */
function bindingText(
  name: string,
  isQuoted: boolean,
  isBound: boolean,
  rest: string,
): Pick<CompletionItem, 'insert' | 'snippet'> {
  if (isQuoted) return { insert: name, snippet: false };
  return isBound
    ? { insert: attributeText(name), snippet: false }
    : { insert: attributeText(name).replaceAll('$', '\\$') + rest, snippet: true };
}

/** Returns the encrypted files of agenix that no secret uses yet. */
function ageItems(asked: Asked, isQuoted: boolean, isBound: boolean): CompletionItem[] {
  const { snapshot, file } = asked;
  const secrets = secretsIn(snapshot);
  const taken = new Set(
    secrets.secrets.flatMap(({ definitions }) =>
      definitions.flatMap(definition => secrets.filesOf(definition).files.map(({ path }) => path)),
    ),
  );
  return encryptedFiles(snapshot)
    .age.filter(path => !taken.has(path))
    .map(path => {
      const name = path.slice(path.lastIndexOf('/') + 1, -'.age'.length);
      return item(name, 'secret', path, {
        ...bindingText(name, isQuoted, isBound, `.file = ${pathFrom(file, path)};`),
        subject: { kind: 'encrypted-file', path },
      });
    });
}

/**
 * Returns the file's own `sops.defaultSopsFile`, or else any; without one, all files that secrets are taken
 * from.
 */
function defaultFiles({ snapshot, file }: Asked): string[] {
  const { defaults } = secretsIn(snapshot);
  const set = defaults.flatMap(({ option, at, source }) =>
    option === 'file' && source?.path != null ? [{ file: at.file, path: source.path }] : [],
  );
  const inFile = set.filter(place => place.file === file);
  const paths = (inFile.length > 0 ? inFile : set).map(({ path }) => path);
  return [...new Set(paths.length > 0 ? paths : encryptedFiles(snapshot).sops)];
}

function keysOf({ snapshot }: Asked, path: string): string[] {
  const content = secretsIn(snapshot).encrypted(path);
  return content === null ? [] : valueKeys(content).map(valueKey => valueKey.path);
}

/** Completes after `=`: keys, files, and values from a fixed set. */
function valueItems(asked: Asked, before: string, offset: number): SecretItems | null {
  const { cursor } = asked;
  const inString = cursor.frames.at(-1)?.kind === 'string';
  const path = inString ? cursor.path : [...cursor.path, ...cursor.before];
  const option = path.at(-1) ?? '';
  const level = levelOf(path.slice(0, -1));
  if (level === null) return null;
  const start = offset - (LONG_WORD.exec(before)?.[0].length ?? 0);
  if (option === 'key' && inString) return { start, items: keysFor(asked, path.at(-2) ?? '') };
  if (option === 'sopsFile' || option === 'defaultSopsFile')
    return inString ? null : { start, items: fileItems(asked, 'sops') };
  if (option === 'file' && path.at(-4) !== 'sops' && path.at(-3) === 'secrets')
    return inString ? null : { start, items: fileItems(asked, 'age') };
  const items = valuesOf(level.options, option, inString, asked.line);
  return items === null ? null : { start, items };
}

/** Returns the keys of the file that the named secret is taken from. */
function keysFor(asked: Asked, name: string): CompletionItem[] {
  const { snapshot, file } = asked;
  const secrets = secretsIn(snapshot);
  const definitions = secrets.secrets
    .filter(secret => secret.keeper === 'sops' && secret.name === name)
    .flatMap(secret => secret.definitions);
  const inFile = definitions.filter(({ at }) => at.file === file);
  const files = (inFile.length > 0 ? inFile : definitions).flatMap(definition =>
    definition.format !== null && !hasKeys(definition.format.value)
      ? []
      : secrets.filesOf(definition).files.map(({ path }) => path),
  );
  return [...new Set(files.length > 0 ? files : defaultFiles(asked))].flatMap(path =>
    keysOf(asked, path).map(key => item(key, 'key', path, { subject: { kind: 'encrypted-key', path, key } })),
  );
}

function fileItems({ snapshot, file }: Asked, keeper: SecretKeeper): CompletionItem[] {
  return encryptedFiles(snapshot)[keeper].map(path =>
    item(pathFrom(file, path), 'file', keeper === 'age' ? 'encrypted by age' : 'encrypted by sops', {
      subject: { kind: 'encrypted-file', path },
    }),
  );
}
