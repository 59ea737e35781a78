/**
 * Determines the command that deploys a machine's configuration, its target, and the rollback. Pure; runs nothing.
 * Sources: clan-core d7c35d912, `clan_cli/machines/update.py` and `install.py`; nixpkgs' `nixos-rebuild`;
 * nix-darwin's `darwin-rebuild`, which must be run as root since 2025.
 */
import type { Machine } from '../fleet/model/base.ts';

export const ACTIONS = ['switch', 'test', 'install', 'rollback'] as const;

/**
 * `switch`: activate the repository's configuration; `test`: the same until the next boot; `install`: onto a computer
 * without one; `rollback`: return to the previous one.
 */
export type Action = (typeof ACTIONS)[number];

export const TOOLS = ['auto', 'clan', 'rebuild'] as const;
type Tool = (typeof TOOLS)[number];

export interface DeployRequest {
  readonly machine: Pick<Machine, 'name' | 'class'>;
  readonly action: Action;
  readonly tool: Tool;
  /** `user@host` of the machine; `null` for the fleet's setting, or this computer. */
  readonly targetHost: string | null;
  /** `user@host` of the builder; `null` for the fleet's setting, or this computer. */
  readonly buildHost: string | null;
  /** True if this computer is the machine, although it has another name. */
  readonly local: boolean;
  /** Further arguments, passed on unchanged. */
  readonly more: readonly string[];
}

/** The computer on which the command would run. */
export interface LocalHost {
  readonly hostName: string;
  readonly isRoot: boolean;
  /** The installed programs. */
  readonly programs: ReadonlySet<string>;
}

export interface Deployment {
  /** The program and its arguments, to be run in the fleet's folder without a shell. */
  readonly command: readonly string[];
  /** The place of the change, for display. */
  readonly where: string;
  /** Instructions for undoing the deployment, in sentences. */
  readonly rollback: readonly string[];
}

/** The reason why nothing can be run. */
export interface NotDeployable {
  readonly refused: string;
  /** True if the machine's address would help. */
  readonly needsTarget: boolean;
}

/**
 * Returns the command to run.
 * @param isClan true if the fleet is a clan, whose machines `clan` knows
 */
export function deploymentOf(
  request: DeployRequest,
  isClan: boolean,
  here: LocalHost,
): Deployment | NotDeployable {
  const { tool, action } = request;
  const problem = addressProblem(request);
  if (problem !== null) return refusal(problem);
  const hasClan = isClan && here.programs.has('clan');
  if (tool === 'clan' && !hasClan)
    return refusal(
      isClan
        ? '`clan` is not installed here. Install it, or leave the choice of the program open.'
        : 'This fleet is not a clan, so `clan` knows none of its machines.',
    );
  if (action === 'install') return installation(request, hasClan);
  return hasClan && tool !== 'rebuild' && action === 'switch'
    ? clanUpdate(request)
    : rebuild(request, here, isClan);
}

/** Returns the problem with an address. It is passed to ssh, where a leading dash would make it an option. */
function addressProblem({ targetHost, buildHost }: DeployRequest): string | null {
  const wrong = [targetHost, buildHost].find(host => host !== null && !/^[^\s-]\S*$/.test(host));
  return wrong === undefined ? null : `"${wrong}" is not the address of a computer: write it as user@host.`;
}

function clanUpdate({ machine, targetHost, buildHost, more }: DeployRequest): Deployment {
  return {
    command: [
      ...['clan', 'machines', 'update', machine.name],
      ...option('--target-host', targetHost),
      ...option('--build-host', buildHost),
      ...more,
    ],
    where: targetHost ?? `${machine.name}, at the address that the clan has for it`,
    rollback: rollbackOf(machine),
  };
}

function installation(
  { machine, targetHost, more }: DeployRequest,
  hasClan: boolean,
): Deployment | NotDeployable {
  if (machine.class === 'darwin')
    return refusal(
      `${machine.name} is a Mac: install macOS and Nix there by hand, then deploy to it with nix-darwin.`,
    );
  if (!hasClan)
    return refusal(
      'Installing a machine takes `clan` and a fleet that is a clan. Without them, follow the manual of NixOS or nixos-anywhere.',
    );
  if (targetHost === null)
    return refusal(`Specify the computer for ${machine.name}: --target-host root@ADDRESS.`, true);
  return {
    command: ['clan', 'machines', 'install', machine.name, '--target-host', targetHost, ...more],
    where: `${targetHost}: its disks are partitioned anew and everything on them is lost`,
    rollback: ['This cannot be taken back: what was on the disks is gone.'],
  };
}

function rebuild(request: DeployRequest, here: LocalHost, isClan: boolean): Deployment | NotDeployable {
  const { machine, action, targetHost, buildHost, local, more } = request;
  const isMac = machine.class === 'darwin';
  const program = isMac ? 'darwin-rebuild' : 'nixos-rebuild';
  if (isMac && action === 'test')
    return refusal(
      'darwin-rebuild cannot try a configuration: deploy it, and roll it back where it is not right.',
    );
  if (!here.programs.has(program)) return refusal(missingProgram(program, isClan, targetHost));
  if (isMac && (targetHost !== null || buildHost !== null))
    return refusal(
      `darwin-rebuild works on the Mac itself: run this on ${machine.name}, without --target-host and --build-host.`,
    );
  if (targetHost === null && !local && !isCalled(here.hostName, machine.name))
    return refusal(
      `This computer is called ${here.hostName}, not ${machine.name}: ${program} would turn it into ${machine.name}. ` +
        (isMac ? 'Run this on the Mac itself' : 'Use --target-host user@host') +
        `, or --local if this computer is ${machine.name}.`,
      !isMac,
    );
  const how = action === 'rollback' ? ['--rollback'] : ['--flake', `.#${machine.name}`];
  const sudo = targetHost === null && !here.isRoot ? ['sudo'] : [];
  return {
    command: [
      ...sudo,
      ...[program, action === 'test' ? 'test' : 'switch', ...how],
      ...option('--target-host', targetHost),
      ...option('--build-host', buildHost),
      ...more,
    ],
    where: targetHost ?? `this computer (${here.hostName})`,
    rollback: action in OTHER_WAYS ? [OTHER_WAYS[action as keyof typeof OTHER_WAYS]] : rollbackOf(machine),
  };
}

const OTHER_WAYS = {
  rollback: 'Deploy again: that brings back the configuration of the repository.',
  test: 'Restart the machine: that brings back the configuration that it starts with.',
};

function missingProgram(program: string, isClan: boolean, targetHost: string | null): string {
  const clan = isClan ? ', and neither is `clan`' : '';
  const there = targetHost === null ? ' Run this on the machine itself, or where it is.' : '';
  return `\`${program}\` is not installed here${clan}.${there}`;
}

function rollbackOf({ name, class: kind }: Pick<Machine, 'name' | 'class'>): readonly string[] {
  const program = kind === 'darwin' ? 'darwin-rebuild' : 'nixos-rebuild';
  return [
    `On ${name}: \`sudo ${program} switch --rollback\` (\`varsmith deploy ${name} --rollback\`) brings back its previous configuration.`,
    'Or check out the previous commit, and deploy that.',
  ];
}

/** Returns whether a host name belongs to the machine. Host names may include their domain. */
function isCalled(hostName: string, machine: string): boolean {
  return hostName.toLowerCase().split('.')[0] === machine.toLowerCase();
}

function option(name: string, value: string | null): readonly string[] {
  return value === null ? [] : [name, value];
}

function refusal(refused: string, needsTarget = false): NotDeployable {
  return { refused, needsTarget };
}

/** Returns a command as a person would type it. */
export function commandText(command: readonly string[]): string {
  return command
    .map(word => (/^[\w@%+=:,./#-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(' ');
}
