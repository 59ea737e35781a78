/** The structure of the fleet explorer: its items, their parents and their children. Their appearance is in tree-items.ts. */
import type {
  FleetFile,
  FleetGenerator,
  FleetKey,
  FleetMachine,
  FleetRoot,
  KeyDetail,
} from '../protocol/fleet.ts';
import type { Where } from '../protocol/places.ts';

export type FleetNode =
  | { readonly kind: 'root'; readonly root: FleetRoot; readonly below: readonly FleetNode[] }
  | {
      /** Machines of a large fleet that have a tag, or none. */
      readonly kind: 'tag';
      readonly root: string;
      readonly tag: string | null;
      readonly machines: readonly FleetMachine[];
    }
  | {
      readonly kind: 'machine';
      readonly root: string;
      readonly machine: FleetMachine;
      /** The tag that it is listed under; absent in a fleet that is not grouped. */
      readonly tag?: string | null | undefined;
    }
  | {
      readonly kind: 'unassigned';
      readonly root: string;
      readonly count: number;
      readonly askable: boolean;
    }
  | {
      /** A file that declares generators which belong to no known machine. */
      readonly kind: 'module';
      readonly root: string;
      readonly file: string;
      readonly generators: readonly FleetGenerator[];
    }
  | {
      readonly kind: 'generator';
      readonly root: string;
      /** `null` for generators that belong to no known machine. */
      readonly machine: string | null;
      readonly generator: FleetGenerator;
      readonly tag?: string | null | undefined;
    }
  | {
      readonly kind: 'file';
      readonly root: string;
      readonly machine: string | null;
      readonly generator: string;
      readonly file: FleetFile;
    }
  | { readonly kind: 'prompt'; readonly name: string }
  | { readonly kind: 'dependency'; readonly name: string }
  | { readonly kind: 'key'; readonly root: string; readonly key: FleetKey }
  | { readonly kind: 'selected'; readonly machine: KeyDetail['machines'][number] }
  | { readonly kind: 'use'; readonly use: KeyDetail['uses'][number] };

/** Returns machines, below their folders if there are several. */
export function machineNodes(roots: readonly FleetRoot[]): FleetNode[] {
  return foldersOf(roots, machinesOf);
}

function machinesOf({ uri: root, machines, unassigned, askable }: FleetRoot): FleetNode[] {
  return [
    ...(tagNodes(root, machines) ??
      machines.map((machine): FleetNode => ({ kind: 'machine', root, machine }))),
    ...(unassigned > 0 ? [{ kind: 'unassigned', root, count: unassigned, askable } as const] : []),
  ];
}

/** Above this number of machines they are listed by tag. */
const MANY = 40;

/**
 * Returns the tags of a large fleet with their machines, each below all of its tags, or `null` if that tells nothing: in
 * a small fleet, or without tags that only some machines have.
 */
function tagNodes(root: string, machines: readonly FleetMachine[]): FleetNode[] | null {
  if (machines.length <= MANY) return null;
  const byTag = new Map<string | null, FleetMachine[]>();
  for (const machine of machines)
    for (const tag of machine.tags) byTag.set(tag, [...(byTag.get(tag) ?? []), machine]);
  // A tag of all machines tells none of them apart, like clan's own "all".
  for (const [tag, having] of byTag) if (having.length === machines.length) byTag.delete(tag);
  if (byTag.size === 0) return null;
  const untagged = machines.filter(({ tags }) => !tags.some(tag => byTag.has(tag)));
  return [
    ...[...byTag].sort(([a], [b]) => compareNames(a ?? '', b ?? '')),
    ...(untagged.length > 0 ? [[null, untagged] as const] : []),
  ].map(([tag, having]): FleetNode => ({ kind: 'tag', root, tag, machines: having }));
}

function compareNames(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** Returns the generators of no known machine, below the files that declare them. */
export function moduleNodes(root: string, generators: readonly FleetGenerator[]): FleetNode[] {
  const byFile = new Map<string, FleetGenerator[]>();
  for (const generator of generators) {
    const file = generator.loose?.file ?? '';
    byFile.set(file, [...(byFile.get(file) ?? []), generator]);
  }
  return [...byFile]
    .sort(([a], [b]) => compareNames(a, b))
    .map(([file, declared]): FleetNode => ({ kind: 'module', root, file, generators: declared }));
}

export function keyNodes(roots: readonly FleetRoot[]): FleetNode[] {
  return foldersOf(roots, keysOf);
}

function keysOf(root: FleetRoot): FleetNode[] {
  return root.keys.map(key => ({ kind: 'key', root: root.uri, key }));
}

function foldersOf(
  roots: readonly FleetRoot[],
  nodesOf: (root: FleetRoot) => readonly FleetNode[],
): FleetNode[] {
  const filled = roots
    .map(root => ({ kind: 'root' as const, root, below: nodesOf(root) }))
    .filter(({ below }) => below.length > 0);
  const [only] = filled;
  return filled.length === 1 && only ? [...only.below] : filled;
}

/** Returns the items below an item that need no request to the server. */
export function partsOf(node: FleetNode): FleetNode[] {
  switch (node.kind) {
    case 'root':
      return [...node.below];
    case 'tag': {
      const { root, tag } = node;
      return node.machines.map(machine => ({ kind: 'machine', root, machine, tag }) as const);
    }
    case 'module': {
      const { root } = node;
      return node.generators.map(
        generator => ({ kind: 'generator', root, machine: null, generator }) as const,
      );
    }
    case 'generator': {
      const { root, machine, generator } = node;
      const { name: owner, files, prompts, dependencies } = generator;
      return [
        ...files.map(file => ({ kind: 'file', root, machine, generator: owner, file }) as const),
        ...prompts.map(name => ({ kind: 'prompt', name }) as const),
        ...dependencies.map(name => ({ kind: 'dependency', name }) as const),
      ];
    }
    default:
      return [];
  }
}

/** Returns the items for the machines and uses of a key. */
export function keyParts({ machines, uses }: KeyDetail): FleetNode[] {
  return [
    ...machines.map((machine): FleetNode => ({ kind: 'selected', machine })),
    ...uses.map((use): FleetNode => ({ kind: 'use', use })),
  ];
}

/** Returns the parent of an item that can be revealed, or `undefined` at the top. */
export function parentOf(node: FleetNode, roots: readonly FleetRoot[]): FleetNode | undefined {
  const root = 'root' in node ? roots.find(({ uri }) => uri === node.root) : undefined;
  switch (node.kind) {
    case 'machine':
      return (
        (root && machinesOf(root).find(tag => tag.kind === 'tag' && tag.tag === node.tag)) ??
        folderOf(node.root, machineNodes(roots))
      );
    case 'tag':
    case 'unassigned':
      return folderOf(node.root, machineNodes(roots));
    case 'key':
      return folderOf(node.root, keyNodes(roots));
    case 'module':
      return root && machinesOf(root).find(({ kind }) => kind === 'unassigned');
    case 'generator': {
      const { machine, generator } = node;
      if (machine === null) return moduleNodes(node.root, [generator])[0];
      return root && machineNode(root, machine, node.tag);
    }
    default:
      return undefined;
  }
}

/**
 * Returns the item of a machine, or `undefined` if the root has none of this name.
 * @param tag the tag that it is listed under; by default the first
 */
export function machineNode(root: FleetRoot, machine: string, tag?: string | null): FleetNode | undefined {
  return machinesOf(root)
    .flatMap(node => (node.kind === 'tag' ? partsOf(node) : [node]))
    .find(
      node =>
        node.kind === 'machine' && node.machine.name === machine && (tag === undefined || node.tag === tag),
    );
}

function folderOf(root: string, top: readonly FleetNode[]): FleetNode | undefined {
  return top.find(node => node.kind === 'root' && node.root.uri === root);
}

/** Returns the declaration of an item, or `null` if it has none or it is unknown. */
export function whereOf(node: FleetNode): Where | null {
  switch (node.kind) {
    case 'machine':
      return node.machine.where;
    case 'generator':
      return node.generator.where;
    case 'file':
      return node.file.where;
    case 'key':
      return node.key.where;
    case 'selected':
      return node.machine.where;
    case 'use':
      return node.use.where;
    default:
      return null;
  }
}
