/** use/disk-needs-partitioning: the key of a disk is a secret that is not available during partitioning. */
import { type AttrSetExpr, literalText, type Range } from '../../../nix/syntax.ts';
import { setFileOption } from '../../facts/use/file-option-edit.ts';
import {
  fileText,
  machinesAt,
  type ResolvedUse,
  type ResolvedUseMatch,
  seenAtPaths,
  type UsedFile,
  usesOfSecrets,
} from '../../facts/use/used-file.ts';
import { isItself, type Step, type ValuePath, valuePathsFrom } from '../../facts/use/value-flow.ts';
import type { CheckContext, Report, Rule } from '../../rule.ts';

const moduleWith = (file: string, mark = '') => `\
{ config, pkgs, ... }:
{
  clan.core.vars.generators.disk = {
    files.key = ${file};
    runtimeInputs = [ pkgs.xkcdpass ];
    script = ''
      xkcdpass --numwords 6 | tr -d '\\n' > "$out/key"
    '';
  };
  disko.devices.disk.main = {
    type = "disk";
    device = "/dev/nvme0n1";
    content = {
      type = "luks";
      name = "root";
      passwordFile = config.clan.core.vars.generators.disk.files.key.path;
${mark}    };
  };
}
`;

export const diskNeedsPartitioning: Rule = {
  id: 'use/disk-needs-partitioning',
  severity: 'warning',
  summary: "A disk's key that is not there when disks are made",
  documentation: `\
disko is given the \`.path\` of a secret as \`passwordFile\`, \`keyFile\` or \`keylocation\`, and the secret is not declared
with \`neededFor = "partitioning"\`.

Disks are partitioned while the machine is installed, before anything installs secrets: only those needed for
partitioning are uploaded in advance. \`clan machines install\` fails at the first encrypted disk because its key is
missing. This shows only when a machine is installed again.

Declare the file with \`neededFor = "partitioning"\`.

Source: clan-core, nixosModules/clanCore/vars/interface.nix; docs of clan-core, "Disk encryption".`,
  examples: () => ({
    bad: [
      {
        title: 'The key is not there during the installation',
        files: {
          'machines/lea/disko.nix': moduleWith(
            '{ }',
            '  #   ^^^^^^^^^^^^ use/disk-needs-partitioning: neededFor = "partitioning"\n',
          ),
        },
      },
    ],
    good: [
      {
        title: 'The key is uploaded before disks are made',
        files: { 'machines/lea/disko.nix': moduleWith('{ neededFor = "partitioning"; }') },
      },
    ],
  }),
  check: function* (context) {
    let uses: ReadonlyMap<string, number> | null = null;
    for (const disk of disks(context)) {
      if (!isMissing(disk.file)) continue;
      uses ??= countUses(paths(context));
      yield* reportsOf(context, disk, uses.get(nameOf(disk)) === 1);
    }
  },
};

const paths = usesOfSecrets('path');

/** A place where the path is used as the key of a disk. */
interface Disk {
  readonly keys: readonly Range[];
  readonly hasOneWay: boolean;
}

const disks = seenAtPaths(
  /passwordFile|keyFile|additionalKeyFiles|keylocation/,
  (source, use): Disk | null => {
    if (use.by === 'name') return null;
    const ways = valuePathsFrom(source, use.at);
    const keys = ways.flatMap(way => {
      const key = keyOfDisk(way);
      return key === null ? [] : [{ start: key.at.start, end: key.at.end }];
    });
    return keys.length === 0 ? null : { keys, hasOneWay: ways.length === 1 };
  },
);

function countUses(all: Iterable<ResolvedUse>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const use of all) counts.set(nameOf(use), (counts.get(nameOf(use)) ?? 0) + 1);
  return counts;
}

function nameOf({ use }: ResolvedUse): string {
  return `${use.generator}\0${use.fileName}`;
}

function isMissing({ neededFor }: UsedFile): boolean {
  return neededFor === 'services' || neededFor === 'users' || neededFor === 'activation';
}

function* reportsOf(
  { fleet, sources }: CheckContext,
  seenUse: ResolvedUseMatch<Disk>,
  isOnlyUse: boolean,
): Iterable<Report> {
  const { use, file, fact } = seenUse;
  for (const { start, end } of fact.keys) {
    const edit = setFileOption(sources, file, 'neededFor', '"partitioning"');
    yield {
      at: { file: use.at.file, start, end },
      message:
        `T${fileText(use).slice(1)} is not there when disks are made: installing the machine fails. ` +
        'Declare the file with neededFor = "partitioning".',
      machines: machinesAt(fleet, seenUse),
      related: file.declared.map(({ at }) => ({ at, message: 'The file is declared here' })),
      fixes:
        edit === null
          ? []
          : [
              {
                title: 'Declare the file with neededFor = "partitioning"',
                edits: [edit],
                preferred: true,
                // Other readers would no longer find the file on the running machine.
                guess: !isOnlyUse || !fact.hasOneWay,
              },
            ],
    };
  }
}

type Attribute = Extract<Step, { kind: 'attribute' }>;

/** Returns the disk option at the end of the path, or null if it is, or may be, another option. */
function keyOfDisk(way: ValuePath): Attribute | null {
  const index = way.steps.findIndex(step => step.kind === 'attribute');
  const attribute = way.steps[index];
  if (attribute?.kind !== 'attribute' || !isOfDisk(way)) return null;
  const steps = way.steps.slice(0, index);
  switch (attribute.names.at(-1)) {
    case 'passwordFile':
    case 'keyFile':
      return isItself(steps) ? attribute : null;
    case 'additionalKeyFiles':
      return isItself(steps.filter(step => step.kind !== 'item')) ? attribute : null;
    case 'keylocation':
      return steps.some(isFileUrl) ? attribute : null;
    default:
      return null;
  }
}

/** Returns whether the step is `"file://${…}"`. */
function isFileUrl(step: Step): boolean {
  if (step.kind !== 'text') return false;
  const [first, second] = step.string.parts;
  return first?.kind === 'text' && first.value === 'file://' && second === step.hole;
}

const TYPES = new Set(['luks', 'zpool', 'zfs_fs', 'zfs_volume', 'bcachefs_filesystem']);

function isOfDisk({ steps, option }: ValuePath): boolean {
  const at = option.indexOf('disko');
  if (at >= 0 && option[at + 1] === 'devices') return true;
  return steps.some(step => step.kind === 'attribute' && TYPES.has(typeIn(step.within) ?? ''));
}

/** Returns the literal `type` in a set, or null. */
function typeIn({ bindings }: AttrSetExpr): string | null {
  for (const binding of bindings) {
    if (binding.kind !== 'bind' || binding.path.length !== 1 || binding.value.kind !== 'string') continue;
    const [name] = binding.path;
    if (name?.kind === 'name' && name.name === 'type') return literalText(binding.value.parts);
  }
  return null;
}
