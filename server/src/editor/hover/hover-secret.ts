/**
 * Renders the hover cards of sops-nix and agenix secrets, of their templates, and of encrypted files and keys: the
 * encrypted file, who can decrypt it, and its path on each machine. Never reads a value.
 */
import { nixSaysOfSecret } from '../../checks/facts/eval/nix-says.ts';
import { counted } from '../../checks/facts/wording.ts';
import type { SecretDefinition, SecretKeeper, SecretOption, SecretUse } from '../../fleet/model/secrets.ts';
import { textOr } from '../../fleet/secrets/secrets-files.ts';
import type { FleetSecret } from '../../fleet/secrets/secrets-join.ts';
import { hasKeys } from '../../fleet/secrets/secrets-keys.ts';
import type { Place } from '../../nix/places.ts';
import { agreedValue, secretPaths, templatePaths } from '../secrets/deployed.ts';
import {
  fileOfClan,
  keyTextOf,
  machinesOfFile,
  machinesOfSecret,
  secretContextOf,
  secretNamed,
  secretsIn,
  secretsUsing,
  templatesNamed,
  usesOf,
  valueKeys,
} from '../secrets/joined.ts';
import { keyNames, recipientsOf } from '../secrets/recipients.ts';
import { code, plain } from '../words/markdown.ts';
import type { HoverContext } from './hover-context.ts';
import { definedPhrase, machinesPhrase, placePhrase } from './hover-words.ts';

const KEEPERS: Readonly<Record<SecretKeeper, string>> = { sops: 'sops-nix', age: 'agenix' };

/** The maximum number of names, places and recipients to list. */
const MAX_LISTED = 12;

/** Returns the card of a secret, or null if it is not declared. */
export function secretCard(context: HoverContext, keeper: SecretKeeper, name: string): string | null {
  const { snapshot } = context;
  const secret = secretNamed(snapshot, keeper, name);
  if (secret === null) return null;
  const { definitions } = secret;
  const uses = usesOf(snapshot, { keeper, of: 'secret', name });
  const says = nixSaysOfSecret(snapshot.fleet.nix, keeper, name);
  const lines = [
    ...encryptedLines(context, secret),
    ...deployedLines(context, secret, name),
    ...machinesLine(context, machinesOfSecret(snapshot.fleet, secret)),
    ...usesLine(context, uses),
    ...(says === null ? [] : [`- ${plain(says.sentence)}`]),
  ];
  const isConditional = definitions.length > 0 && definitions.every(({ conditional }) => conditional);
  return [
    `**${plain(name)}** · secret of ${KEEPERS[keeper]}${isConditional ? ' · conditional' : ''}`,
    lines.join('\n'),
    ...(definitions.length > 0
      ? definedPhrase(
          context,
          definitions.map(({ at }) => at),
        )
      : ['Declared by clan, for `sops/secrets`']),
  ].join('\n\n');
}

/** Lists the files that it is taken from, with their keys and readers. */
function encryptedLines(context: HoverContext, { name, definitions, implicitOn }: FleetSecret): string[] {
  const { snapshot } = context;
  const secrets = secretsIn(snapshot);
  if (implicitOn.length > 0) {
    const path = fileOfClan(snapshot.fleet, name);
    return [
      `- Encrypted in ${linked(context, { file: path, start: 0, end: 0 }, path)}`,
      ...recipientsLine(context, path),
    ];
  }
  const files = new Set<string>();
  const lines = definitions.flatMap(definition => {
    const location = secrets.filesOf(definition);
    const key = secrets.keyOf(definition);
    // Of several possible files, the one with the key is the most likely.
    const paths = key === null ? location.files.map(({ path }) => path) : [key.file];
    for (const path of paths) files.add(path);
    const isSure = location.files.some(({ path, certain }) => certain && paths.includes(path));
    return paths.map(path => `- ${sourceText(context, definition, path)}${isSure ? '' : UNSURE}`);
  });
  if (lines.length === 0) lines.push('- Encrypted in a file that cannot be determined without Nix');
  return [...new Set([...lines, ...[...files].flatMap(path => recipientsLine(context, path))])];
}

const UNSURE = ', as far as can be determined without Nix';

/** Describes the source, `Encrypted in secrets/a.yaml (yaml), key mail/password`, or what is wrong with it. */
function sourceText(context: HoverContext, definition: SecretDefinition, path: string): string {
  const { snapshot } = context;
  const secrets = secretsIn(snapshot);
  const file = secrets.encrypted(path);
  if (snapshot.files.kind(path) !== 'file') return `There is no file ${code(path)}`;
  const whole = linked(context, { file: path, start: 0, end: 0 }, path);
  if (definition.keeper === 'age') return `Encrypted in ${whole}`;
  const format = textOr(definition, 'format', secrets.defaults, 'yaml');
  const verb = file?.complete && !file.encrypted ? '**Not encrypted**, in' : 'Encrypted in';
  const text = `${verb} ${whole}${format === null ? '' : ` (${plain(format)})`}`;
  if (format !== null && !hasKeys(format)) return `${text}, the whole file`;
  const locatedKey = secrets.keyOf(definition);
  const key = keyTextOf(secrets, definition);
  if (locatedKey === null || key === null) return text;
  if (locatedKey.kind !== 'found' || locatedKey.key === null)
    return `${text}, which has no value under ${code(key)}`;
  return `${text}, key ${linked(context, locatedKey.key.at, key)}`;
}

function linked({ link }: HoverContext, place: Place, text: string): string {
  const address = link(place);
  return address === null ? code(text) : `[${plain(text)}](${address})`;
}

/** Lists who can decrypt a file. */
function recipientsLine({ snapshot }: HoverContext, path: string): string[] {
  const recipients = recipientsOf(secretsIn(snapshot), path);
  if (recipients === null || recipients.keys.length === 0) return [];
  const nameOf = keyNames(secretContextOf(snapshot));
  // A person with several keys is a single reader.
  const names = [...new Set(recipients.keys.map(key => plain(nameOf(key))))];
  const more = names.length > MAX_LISTED || !recipients.complete ? ', …' : '';
  return [`- Can be decrypted by ${names.slice(0, MAX_LISTED).join(', ')}${more}`];
}

function deployedLines({ snapshot }: HoverContext, secret: FleetSecret, name: string): string[] {
  const { keeper, definitions } = secret;
  if (definitions.length === 0) return [`- On the machine: ${code(`/run/secrets/${name}`)}`];
  const paths = secretPaths(secretContextOf(snapshot), keeper, name, definitions);
  const lines = [`- On the machine: ${pathsText(paths)}`];
  const words = (['owner', 'group', 'mode'] as const).flatMap(option => {
    const value = agreedValue(definitions, option);
    if (value === null) return [];
    if (value === 'default') return option === 'mode' ? [`mode ${code('0400')}`] : [];
    return [`${option} ${code(value.value)}`];
  });
  if (words.length > 0) lines.push(`- ${capital(words.join(', '))}`);
  for (const [option, verb] of [
    ['restartUnits', 'Restarts'],
    ['reloadUnits', 'Reloads'],
  ] as const) {
    const units = new Set(
      definitions.flatMap(({ options }) => options.flatMap(secretOption => unitsOf(secretOption, option))),
    );
    if (units.size > 0) lines.push(`- ${verb} ${listed([...units])}`);
  }
  return lines;
}

function pathsText(paths: readonly string[]): string {
  return paths.length === 0 ? 'where is not known without Nix' : paths.map(code).join(' or ');
}

function unitsOf({ name, value }: SecretOption, option: string): string[] {
  if (name !== option || value.kind !== 'list') return [];
  return value.items.flatMap(item => (item.kind === 'plain' ? [String(item.value)] : []));
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Lists the machines that declare it; empty if none is known. */
function machinesLine(context: HoverContext, machines: readonly string[]): string[] {
  return machines.length === 0 ? [] : [`- Machines: ${machinesPhrase(context, machines)}`];
}

/** Lists uses, at most three places. */
function usesLine(context: HoverContext, uses: readonly SecretUse[]): string[] {
  if (uses.length === 0) return ['- Read nowhere in Nix'];
  const places = [...new Set(uses.slice(0, 3).map(({ at }) => placePhrase(context, at)))];
  return [`- Used in ${places.join(', ')}${uses.length > 3 ? ` and ${uses.length - 3} more` : ''}`];
}

/** Returns the card of a template, or null if it is not declared. */
export function templateCard(context: HoverContext, name: string): string | null {
  const { snapshot } = context;
  const templates = templatesNamed(snapshot, name);
  const [first] = templates;
  if (first === undefined) return null;
  const held = new Set(
    templates.flatMap(({ content }) => content?.placeholders.map(placeholder => placeholder.name) ?? []),
  );
  const machines = new Set(templates.flatMap(({ at }) => machinesOfFile(snapshot.fleet, at.file)));
  const lines = [
    `- On the machine: ${pathsText(templatePaths(snapshot.fleet, name, templates))}`,
    ...(held.size === 0 ? [] : [`- Filled in with ${[...held].map(code).join(', ')}`]),
    ...machinesLine(context, [...machines]),
    ...usesLine(context, usesOf(snapshot, { keeper: 'sops', of: 'template', name })),
  ];
  return [
    `**${plain(name)}** · template of sops-nix`,
    lines.join('\n'),
    ...definedPhrase(
      context,
      templates.map(({ at }) => at),
    ),
  ].join('\n\n');
}

/** Returns the card of a file that sops-nix or agenix decrypts. */
export function encryptedFileCard(context: HoverContext, path: string): string {
  const { snapshot } = context;
  const head = `**${plain(path)}**`;
  if (snapshot.files.kind(path) !== 'file') return `${head} · there is no such file`;
  const file = secretsIn(snapshot).encrypted(path);
  const takers = secretsUsing(secretsIn(snapshot), path, null);
  const names = [...new Set(takers.map(({ name }) => name))];
  const keys = file?.encrypted && !/\.age$/.test(path) ? valueKeys(file).map(valueKey => valueKey.path) : [];
  const lines = [
    ...recipientsLine(context, path),
    ...(keys.length === 0 ? [] : [`- ${counted(keys.length, 'key')}: ${listed(keys)}`]),
    names.length === 0 ? '- No secret uses it' : `- Secrets that use it: ${listed(names)}`,
  ];
  return [`${head} · ${kindText(context, path)}`, lines.join('\n')].join('\n\n');
}

function kindText({ snapshot }: HoverContext, path: string): string {
  const file = secretsIn(snapshot).encrypted(path);
  if (file?.encrypted) return 'encrypted by sops';
  if (path.endsWith('.age')) return 'encrypted by age';
  return file?.complete ? '**not encrypted**' : 'file of secrets';
}

function listed(names: readonly string[]): string {
  return names.slice(0, MAX_LISTED).map(code).join(', ') + (names.length > MAX_LISTED ? ', …' : '');
}

/** Returns the card of a key in an encrypted file, with the secrets that use it. */
export function encryptedKeyCard(context: HoverContext, path: string, key: string): string | null {
  const { snapshot } = context;
  const file = secretsIn(snapshot).encrypted(path);
  if (file === null) return null;
  const takers = secretsUsing(secretsIn(snapshot), path, key);
  const names = [...new Set(takers.map(({ name }) => name))];
  const lines = [
    names.length === 0 ? '- No secret of sops-nix uses it' : `- Taken as ${listed(names)}`,
    ...recipientsLine(context, path),
  ];
  return [
    `**${plain(key)}** · key of ${plain(path)}${file.encrypted ? '' : ', which is **not encrypted**'}`,
    lines.join('\n'),
    ...definedPhrase(
      context,
      takers.map(({ at }) => at),
    ),
  ].join('\n\n');
}
