/** The items of the view of sops-nix and agenix: machines with their secrets, encrypted files with their keys. */
import { l10n, type TreeItem, TreeItemCollapsibleState } from 'vscode';
import { keyCount, secretCount, useCount } from '../counts.ts';
import type { EncryptedFile, FileKey, MachineSecret, SecretsRoot } from '../protocol/secrets.ts';
import { COLLAPSED, look, NONE, named, opening, warningIcon, withSpokenLabel } from './tree-look.ts';

export type SecretNode =
  | { readonly kind: 'root'; readonly root: SecretsRoot }
  | { readonly kind: 'machine'; readonly root: string; readonly machine: SecretsRoot['machines'][number] }
  | { readonly kind: 'unassigned'; readonly root: string; readonly count: number }
  | {
      readonly kind: 'secret';
      readonly root: string;
      /** `null` for secrets that belong to no known machine. */
      readonly machine: string | null;
      readonly secret: MachineSecret;
    }
  | { readonly kind: 'source'; readonly source: MachineSecret['sources'][number] }
  | { readonly kind: 'use'; readonly use: MachineSecret['uses'][number] }
  | { readonly kind: 'file'; readonly root: string; readonly file: EncryptedFile }
  | { readonly kind: 'key'; readonly key: FileKey };

/** Returns machines, then encrypted files, below their folders if there are several. */
export function secretNodes(roots: readonly SecretsRoot[]): SecretNode[] {
  const filled = roots.map(root => ({ root, below: nodesOf(root) })).filter(({ below }) => below.length > 0);
  const [only] = filled;
  if (filled.length === 1 && only) return only.below;
  return filled.map(({ root }) => ({ kind: 'root', root }));
}

function nodesOf(root: SecretsRoot): SecretNode[] {
  return [
    ...root.machines.map((machine): SecretNode => ({ kind: 'machine', root: root.uri, machine })),
    ...(root.unassigned > 0 ? [{ kind: 'unassigned', root: root.uri, count: root.unassigned } as const] : []),
    ...root.files.map((file): SecretNode => ({ kind: 'file', root: root.uri, file })),
  ];
}

/** Returns the items below an item that need no request to the server. */
export function secretParts(node: SecretNode): SecretNode[] {
  if (node.kind === 'root') return nodesOf(node.root);
  if (node.kind !== 'secret') return [];
  const { sources, uses } = node.secret;
  return [
    ...sources.map((source): SecretNode => ({ kind: 'source', source })),
    ...uses.map((use): SecretNode => ({ kind: 'use', use })),
  ];
}

/** Returns the parent of an item that can be revealed, or `undefined` at the top. */
export function secretParent(node: SecretNode, roots: readonly SecretsRoot[]): SecretNode | undefined {
  switch (node.kind) {
    case 'secret': {
      const root = roots.find(({ uri }) => uri === node.root);
      return root === undefined
        ? undefined
        : nodesOf(root).find(secretNode =>
            secretNode.kind === 'machine'
              ? secretNode.machine.name === node.machine
              : secretNode.kind === 'unassigned' && node.machine === null,
          );
    }
    case 'machine':
    case 'unassigned':
    case 'file':
      return secretNodes(roots).find(
        secretNode => secretNode.kind === 'root' && secretNode.root.uri === node.root,
      );
    default:
      return undefined;
  }
}

export function secretItem(node: SecretNode): TreeItem {
  switch (node.kind) {
    case 'root':
      return named(
        withSpokenLabel(
          look(node.root.name, 'root-folder', '', TreeItemCollapsibleState.Expanded),
          node.root.name,
        ),
        node.root.uri,
      );
    case 'machine': {
      const { name, secrets, where } = node.machine;
      const text = secretCount(secrets);
      const item = withSpokenLabel(look(name, 'vm', text, COLLAPSED), l10n.t('Machine {0}', name), text);
      item.contextValue = where ? 'secrets.machine.declared' : 'secrets.machine';
      return opening(named(item, node.root, 'secrets', name), where, false);
    }
    case 'unassigned': {
      const [label, text] = [l10n.t('Not tied to a machine'), secretCount(node.count)];
      const item = withSpokenLabel(look(label, 'question', text, COLLAPSED), `${label}, ${text}`);
      item.tooltip = l10n.t('Secrets in modules whose importing machines Varsmith cannot determine.');
      return named(item, node.root, 'secrets-unassigned');
    }
    case 'secret':
      return named(
        secretOf(node.secret),
        ...[node.root, 'secret', node.machine ?? '', node.secret.keeper, node.secret.name],
      );
    case 'source': {
      const { file, key, where } = node.source;
      const item = look(file, 'lock', key === null ? l10n.t('encrypted here') : l10n.t('key {0}', key), NONE);
      return opening(withSpokenLabel(item, l10n.t('Encrypted in {0}', file)), where);
    }
    case 'use': {
      const { file, where } = node.use;
      const place = `${file}:${where.range.start.line + 1}`;
      return opening(
        withSpokenLabel(look(place, 'references', l10n.t('use'), NONE), l10n.t('Used in {0}', place)),
        where,
      );
    }
    case 'file':
      return named(fileOf(node.file), node.root, 'encrypted', node.file.path);
    case 'key': {
      const { key, secrets, where } = node.key;
      const text =
        secrets.length === 0 ? l10n.t('not used by any secret') : l10n.t('used as {0}', secrets.join(', '));
      return opening(
        withSpokenLabel(
          look(key, 'key', secrets.length === 1 && secrets[0] === key ? '' : text, NONE),
          l10n.t('Key {0}', key),
          text,
        ),
        where,
      );
    }
  }
}

function secretOf({ keeper, name, path, found, uses, where }: MachineSecret): TreeItem {
  const words = [found ? '' : l10n.t('not in its file'), useCount(uses.length)].filter(Boolean);
  const item = look(name, 'lock', words.join(' · '), COLLAPSED);
  if (!found) item.iconPath = warningIcon('lock');
  const whose = l10n.t('Secret of {0}', keeper === 'sops' ? 'sops-nix' : 'agenix');
  item.tooltip = path === null ? whose : `${whose}\n${l10n.t('On the machine: {0}', path)}`;
  item.contextValue = where ? 'secret.declared' : 'secret';
  return opening(withSpokenLabel(item, `${whose}: ${name}, ${words.join(', ')}`), where);
}

function fileStateText(state: EncryptedFile['state']): string {
  switch (state) {
    case 'plain':
      return l10n.t('not encrypted');
    case 'missing':
      return l10n.t('not there');
    case 'encrypted':
    case 'unknown':
      return '';
  }
}

function fileOf({ path, keeper, state, keys, recipients, where }: EncryptedFile): TreeItem {
  const words = [
    fileStateText(state),
    keys === null ? '' : keyCount(keys),
    recipients.length === 0 ? '' : l10n.t('for {0}', recipients.join(', ')),
  ].filter(Boolean);
  const icon = state === 'plain' || state === 'missing' ? 'warning' : 'file';
  const item = look(path, icon, words.join(' · '), keeper === 'sops' && keys ? COLLAPSED : NONE);
  if (icon === 'warning') item.iconPath = warningIcon(icon);
  item.tooltip =
    recipients.length === 0 ? path : `${path}\n${l10n.t('Can be decrypted by {0}', recipients.join(', '))}`;
  item.contextValue = where ? 'encrypted.there' : 'encrypted';
  return opening(
    withSpokenLabel(
      item,
      [state === 'encrypted' ? l10n.t('Encrypted file') : l10n.t('File of secrets'), path, ...words].join(
        ', ',
      ),
    ),
    where,
    item.collapsibleState === NONE,
  );
}
