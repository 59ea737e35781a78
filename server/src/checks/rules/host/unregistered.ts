/** host/unregistered: the folder of a host is not used by any configuration. */

import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { Place } from '../../../nix/places.ts';
import type { SourceFile } from '../../../nix/source.ts';
import type { CheckFiles, Report, Rule } from '../../rule.ts';

const FLAKE = `\
{
  outputs =
    { nixpkgs, ... }:
    {
      nixosConfigurations.emily = nixpkgs.lib.nixosSystem { modules = [ ./hosts/emily ]; };
      nixosConfigurations.lea = nixpkgs.lib.nixosSystem { modules = [ ./hosts/lea ]; };
    };
}
`;

const host = (name: string) => `{\n  networking.hostName = "${name}";\n}\n`;

export const unregistered: Rule = {
  id: 'host/unregistered',
  severity: 'info',
  summary: 'A folder of a host that no configuration uses',
  documentation: `\
A folder is beside those of the hosts, has the same entry file, and sets its own name as \`networking.hostName\` or
contains a \`hardware-configuration.nix\`, but no configuration of the flake uses it. It is never evaluated, so mistakes
in it go unnoticed, and its declarations belong to no machine.

Either the host was never added to the flake, or it was retired and its folder remained.

Add the configuration, or remove the folder. Reported only if all configurations are known, at least two of them are
in folders of their own names there, and no other file names the folder. In a clan, every folder in \`machines/\` is a
machine automatically.`,
  examples: () => ({
    bad: [
      {
        title: 'A host that the flake does not know',
        files: {
          'flake.nix': FLAKE,
          'hosts/emily/default.nix': host('emily'),
          'hosts/lea/default.nix': host('lea'),
          'hosts/nora/default.nix': `\
{
  networking.hostName = "nora";
  #                     ^^^^^^ host/unregistered: No configuration uses the host "nora"
}
`,
        },
      },
    ],
    good: [
      {
        title: 'Every host is used, and one folder is not of a host',
        files: {
          'flake.nix': FLAKE,
          'hosts/emily/default.nix': host('emily'),
          'hosts/lea/default.nix': host('lea'),
          'hosts/common/default.nix': '{\n  services.openssh.enable = true;\n}\n',
        },
      },
      {
        title: 'A host that another output uses',
        files: {
          'flake.nix': FLAKE.replace(
            '    {\n      nixos',
            '    {\n      installer = import ./hosts/installer;\n      nixos',
          ),
          'hosts/emily/default.nix': host('emily'),
          'hosts/lea/default.nix': host('lea'),
          'hosts/installer/default.nix': host('installer'),
        },
      },
    ],
  }),
  check: function* ({ fleet, sources }) {
    if (!fleet.machinesComplete) return;
    for (const hostFolder of hostFolders(fleet).values()) yield* unusedIn(fleet, sources, hostFolder);
  },
};

interface HostFolder {
  readonly folder: string;
  readonly hosts: Set<string>;
  /** The entry file of each host, relative to its own folder. */
  readonly entry: string;
  /** The files that name the hosts. */
  readonly declaring: Set<string>;
}

/**
 * Returns the folders in which at least two machines have folders of their own name with the same entry file.
 */
function hostFolders(fleet: Fleet): ReadonlyMap<string, HostFolder> {
  const folders = new Map<string, HostFolder>();
  for (const fact of fleet.machineFacts) {
    if (fact.source !== 'configuration') continue;
    for (const { path, at } of fact.files?.() ?? []) {
      const names = path.split('/');
      const entry = path.endsWith('.nix') ? (names.pop() as string) : 'default.nix';
      if (names.pop() !== fact.name || names.length === 0) continue;
      const folder = names.join('/');
      const hostFolder = folders.get(`${folder}/*/${entry}`) ?? {
        folder,
        entry,
        hosts: new Set(),
        declaring: new Set(),
      };
      hostFolder.hosts.add(fact.name);
      hostFolder.declaring.add(at.file);
      if (fact.at !== null) hostFolder.declaring.add(fact.at.file);
      folders.set(`${folder}/*/${entry}`, hostFolder);
    }
  }
  return new Map([...folders].filter(([, { hosts }]) => hosts.size >= 2));
}

function* unusedIn(
  fleet: Fleet,
  sources: CheckFiles,
  { folder, entry, declaring }: HostFolder,
): Iterable<Report> {
  const machines = new Set(fleet.machines.map(machine => machine.name));
  for (const { name, kind } of sources.list(folder) ?? []) {
    if (kind !== 'directory' || machines.has(name)) continue;
    const hostPath = `${folder}/${name}`;
    const file = sources.parse(`${hostPath}/${entry}`);
    const at = file === null ? null : hostIn(sources, file, hostPath, name);
    if (at === null) continue;
    // Code that names the parent folder may use its contents in ways not seen here.
    if (fleet.namedBy(folder).length > 0 || isNamed(fleet, sources, hostPath)) continue;
    if ([...declaring].some(path => sources.parse(path)?.text.includes(`"${name}"`) === true)) continue;
    yield {
      at,
      message: `No configuration uses the host "${name}": nobody evaluates what is in ${hostPath}. Add it to the flake, or remove the folder.`,
    };
  }
}

/** Returns the place that identifies the folder as a host's, or null. */
function hostIn(sources: CheckFiles, file: SourceFile, folder: string, name: string): Place | null {
  for (const match of file.text.matchAll(/\bhostName\s*=\s*("[^"\n]*")/g)) {
    const written = match[1] as string;
    const end = match.index + match[0].length;
    if (written !== `"${name}"` || file.comments.some(comment => comment.start < end && end <= comment.end))
      continue;
    return { file: file.path, start: end - written.length, end };
  }
  if (sources.kind(`${folder}/hardware-configuration.nix`) !== 'file') return null;
  return { file: file.path, start: file.root.start, end: file.root.start + 1 };
}

/** Returns whether a file outside of the folder names it or a file in it. */
function isNamed({ namedBy }: Fleet, sources: CheckFiles, folder: string): boolean {
  const inside = (sources.list(folder) ?? []).map(entry => `${folder}/${entry.name}`);
  return [folder, ...inside].some(path => namedBy(path).some(by => !by.startsWith(`${folder}/`)));
}
