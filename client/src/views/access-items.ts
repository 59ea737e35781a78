/**
 * The items of the access view: people and machines with the secrets that they can read, and secrets with their
 * readers.
 */
import { l10n, type TreeItem, TreeItemCollapsibleState } from 'vscode';
import { readerCount, secretCount } from '../counts.ts';
import type { AccessRoot, AccessSecret, SecretReader } from '../protocol/secrets.ts';
import { COLLAPSED, look, NONE, named, warningIcon, withSpokenLabel } from './tree-look.ts';

export type AccessNode =
  | { readonly kind: 'root'; readonly root: AccessRoot }
  | { readonly kind: 'group'; readonly root: AccessRoot; readonly by: 'readers' | 'secrets' }
  /** A reader: all keys of a person or machine, or a single key without a known owner. */
  | { readonly kind: 'reader'; readonly root: AccessRoot; readonly reader: Reader }
  | { readonly kind: 'secret'; readonly root: AccessRoot; readonly secret: AccessSecret }
  | {
      readonly kind: 'right';
      readonly root: AccessRoot;
      readonly secret: AccessSecret;
      readonly reader: SecretReader;
      /** The kind of the parent item; this item shows the other side. */
      readonly below: 'reader' | 'secret';
    };

interface Reader {
  readonly kind: SecretReader['kind'];
  /** The name, or the key if there is no known owner. */
  readonly name: string;
}

/** Returns the secrets whose names contain the text, and those that a reader with a matching name can read. */
export function filtered(root: AccessRoot, text: string): AccessRoot {
  const wanted = text.toLowerCase();
  const has = (name: string | null) => name?.toLowerCase().includes(wanted) === true;
  const secrets = root.secrets.filter(
    ({ secret, machines, readers }) =>
      has(secret) ||
      machines.some(has) ||
      readers.some(({ name, via }) => has(name) || via.some(source => has(source.name))),
  );
  return { ...root, secrets };
}

/** Returns the top items of the view: two groups for a single fleet, or a folder for each of several. */
export function accessNodes(roots: readonly AccessRoot[]): AccessNode[] {
  const filled = roots.filter(root => root.secrets.length > 0);
  const [only] = filled;
  if (filled.length === 1 && only) return groupsOf(only);
  return filled.map(root => ({ kind: 'root', root }));
}

/** Returns the items below an item. */
export function accessParts(node: AccessNode): AccessNode[] {
  const { root } = node;
  switch (node.kind) {
    case 'root':
      return groupsOf(root);
    case 'group':
      return node.by === 'secrets'
        ? root.secrets.map(secret => ({ kind: 'secret', root, secret }))
        : readersIn(root).map(reader => ({ kind: 'reader', root, reader }));
    case 'secret':
      return node.secret.readers.map(reader => ({
        ...{ kind: 'right', root, secret: node.secret, reader, below: 'secret' },
      }));
    case 'reader':
      return rightsOf(root, node.reader).map(([secret, reader]) => ({
        ...{ kind: 'right', root, secret, reader, below: 'reader' },
      }));
    case 'right':
      return [];
  }
}

function groupsOf(root: AccessRoot): AccessNode[] {
  return [
    { kind: 'group', root, by: 'readers' },
    { kind: 'group', root, by: 'secrets' },
  ];
}

const ORDER: readonly SecretReader['kind'][] = ['user', 'admin', 'machine', 'unknown'];

/** Returns people, then machines, then keys without a known owner, each sorted by name. */
function readersIn({ secrets }: AccessRoot): Reader[] {
  const byIdentity = new Map<string, Reader>();
  for (const { readers } of secrets)
    for (const reader of readers) {
      const identity = readerIdentity(reader);
      byIdentity.set(`${identity.kind}\n${identity.name}`, identity);
    }
  return [...byIdentity.values()].sort(
    (a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || (a.name < b.name ? -1 : 1),
  );
}

function readerIdentity({ kind, name, key }: SecretReader): Reader {
  return { kind, name: name ?? key ?? '' };
}

function rightsOf({ secrets }: AccessRoot, { kind, name }: Reader): [AccessSecret, SecretReader][] {
  return secrets.flatMap(secret =>
    secret.readers
      .filter(reader => reader.kind === kind && readerIdentity(reader).name === name)
      .map((reader): [AccessSecret, SecretReader] => [secret, reader]),
  );
}

export function accessItem(node: AccessNode): TreeItem {
  const { root } = node;
  switch (node.kind) {
    case 'root':
      return named(
        withSpokenLabel(look(root.name, 'root-folder', '', TreeItemCollapsibleState.Expanded), root.name),
        root.uri,
      );
    case 'group': {
      const isReaders = node.by === 'readers';
      const label = isReaders ? l10n.t('People and Machines') : l10n.t('Secrets');
      const count = isReaders ? readersIn(root).length : root.secrets.length;
      const item = look(label, isReaders ? 'organization' : 'lock', String(count), COLLAPSED);
      return named(withSpokenLabel(item, `${label}, ${count}`), root.uri, 'access', node.by);
    }
    case 'reader': {
      const { kind, name } = node.reader;
      const rights = rightsOf(root, node.reader);
      const changing = rights.filter(([, { state }]) => state !== 'now').length;
      const text = [secretCount(rights.length), changing === 0 ? '' : l10n.t('{0} not settled', changing)]
        .filter(Boolean)
        .join(' · ');
      const item = look(nameText(kind, name), ICONS[kind], text, COLLAPSED);
      if (kind === 'unknown') item.iconPath = warningIcon(ICONS[kind]);
      item.tooltip = [whoText(kind, name), ...keysOf(rights)].join('\n');
      return named(withSpokenLabel(item, `${whoText(kind, name)}, ${text}`), root.uri, 'access', kind, name);
    }
    case 'secret': {
      const { secret, stored } = node.secret;
      const text = [readerCount(node.secret.readers.length), stored ? '' : l10n.t('not generated yet')]
        .filter(Boolean)
        .join(' · ');
      const item = look(secret, iconOf(node.secret), text, COLLAPSED);
      item.tooltip = aboutText(node.secret);
      return named(
        withSpokenLabel(item, `${aboutText(node.secret)}: ${secret}, ${text}`),
        ...[root.uri, 'access', 'secret', secret],
      );
    }
    case 'right':
      return rightItem(node);
  }
}

function rightItem({ secret, reader, below }: AccessNode & { readonly kind: 'right' }): TreeItem {
  const { kind, state, key } = reader;
  const { name } = readerIdentity(reader);
  const text = [viaText(reader), stateText(reader, secret)].filter(Boolean).join(' · ');
  const isSecret = below === 'reader';
  const icon = isSecret ? iconOf(secret) : ICONS[kind];
  const item = look(isSecret ? secret.secret : nameText(kind, name), icon, text, NONE);
  if (kind === 'unknown' || (secret.stored && state !== 'now')) item.iconPath = warningIcon(icon);
  item.tooltip = [isSecret ? aboutText(secret) : whoText(kind, name), key ?? l10n.t('No key yet')].join('\n');
  const heard = isSecret ? `${aboutText(secret)}: ${secret.secret}` : whoText(kind, name);
  return withSpokenLabel(item, [heard, text].filter(Boolean).join(', '));
}

const ICONS: Readonly<Record<SecretReader['kind'], string>> = {
  user: 'person',
  admin: 'person',
  machine: 'vm',
  unknown: 'key',
};

const FIX = 'varsmith fix';

function stateText({ state }: SecretReader, { stored, declared }: AccessSecret): string {
  if (state === 'now' || !stored) return '';
  if (state === 'pending')
    return declared ? l10n.t('not yet; "{0}" grants it', FIX) : l10n.t('not encrypted to it yet');
  return declared ? l10n.t('until "{0}" is run', FIX) : l10n.t('still encrypted to it');
}

function iconOf({ kind }: AccessSecret): string {
  return kind === 'machine-key' ? 'key' : 'lock';
}

function nameText(kind: SecretReader['kind'], name: string): string {
  return kind === 'unknown' || kind === 'admin' ? shortKey(name) : name;
}

function whoText(kind: SecretReader['kind'], name: string): string {
  switch (kind) {
    case 'user':
      return l10n.t('User {0}', name);
    case 'machine':
      return l10n.t('Machine {0}', name);
    case 'admin':
      return l10n.t('Admin key {0}', shortKey(name));
    case 'unknown':
      return l10n.t('Key without a known owner {0}', shortKey(name));
  }
}

function shortKey(key: string): string {
  return key.length > 24 ? `${key.slice(0, 12)}…${key.slice(-6)}` : key;
}

function keysOf(rights: readonly [AccessSecret, SecretReader][]): string[] {
  return [...new Set(rights.map(([, { key }]) => key ?? l10n.t('No key yet')))];
}

/** Returns "through group ops", or '' for a link in the reader's own name. */
function viaText({ kind, name, via }: SecretReader): string {
  if (via.some(link => link.kind === kind && link.name === name)) return '';
  return via
    .map(throughText)
    .reduce((before, text) => (before === '' ? text : l10n.t('{0} and {1}', before, text)), '');
}

function throughText({ kind, name }: SecretReader['via'][number]): string {
  switch (kind) {
    case 'setting':
      return l10n.t('by {0}', name);
    case 'group':
      return l10n.t('through group {0}', name);
    case 'user':
      return l10n.t('through user {0}', name);
    case 'machine':
      return l10n.t('through machine {0}', name);
  }
}

function aboutText({ kind, machines, neededFor }: AccessSecret): string {
  if (kind === 'machine-key')
    return l10n.t(
      'Key of machine {0}, which decrypts every secret that the machine can read',
      machines.join(', '),
    );
  if (kind === 'other') return l10n.t('Secret managed by clan');
  return neededFor === null
    ? l10n.t('Stored secret without a known declaration')
    : l10n.t('Secret for {0}', neededFor);
}
