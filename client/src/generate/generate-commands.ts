/**
 * The commands for generating: selects their targets and the engine. Varsmith's own engine runs in the background and
 * asks in input boxes; `clan` runs in a terminal of the editor. Nothing runs in an untrusted workspace.
 */
import { commands, type Disposable, l10n, Uri } from 'vscode';
import type { Server } from '../language/server.ts';
import { openPlace } from '../open-place.ts';
import {
  type GenerateTarget,
  type GeneratorRef,
  type VerifiedParams,
  verifiedRequest,
} from '../protocol/generators.ts';
import type { SourcePlace } from '../run-protocol.ts';
import { isTrusted } from '../trust.ts';
import { setAuthorCommand } from '../views/doctor-page.ts';
import {
  fixAccessCommand,
  generateMissingCommand,
  openPlaceCommand,
  reportCommands,
  tryCommand,
} from '../views/report.ts';
import { createReportTab } from '../views/report-panel.ts';
import type { FleetNode } from '../views/tree-nodes.ts';
import { type Chooser, chooser, type OneFile, type Target, type TrialTarget } from './choose.ts';
import { deployMachine } from './deploy-machine.ts';
import { engineOf } from './engine.ts';
import { type Bench, generateHere, tryHere } from './generate-run.ts';
import { askAuthor } from './git-author.ts';
import { makeKey } from './make-key.ts';
import { makeKeyCommand } from './offer-help.ts';
import { isRunning, runInTerminal } from './run-in-terminal.ts';
import { commitEnvironment } from './run-settings.ts';
import { trackFiles, trackFilesCommand } from './track-files.ts';
import { copyPublicValue, fixAccess, setValue, verify } from './value-commands.ts';

/**
 * Registers the commands.
 * @param cli absolute path of the bundled command line
 */
export function registerGenerateCommands(server: Server, cli: string): readonly Disposable[] {
  const choose = chooser(server);
  const reports = createReportTab(reportCommands);
  const bench: Bench = { cli, reports, showStates: stateShower(server) };
  const register: Register = <Given extends unknown[]>(
    id: string,
    run: (...args: Given) => Promise<unknown>,
  ) => commands.registerCommand(id, async (...args: Given) => (await isTrusted()) && run(...args));

  /** @param next called once all is stored */
  async function generate(target: Target | null, again: boolean, next?: () => Promise<void>): Promise<void> {
    if (!target) return;
    const root = Uri.parse(target.root).fsPath;
    if ((await engineOf(root)) === 'embedded')
      return generateHere(bench, target, again ? ['--regenerate'] : [], next);
    const titles = [l10n.t('Generate Vars'), l10n.t('Regenerate Vars')] as const;
    if (isRunning(titles, root, l10n.t('Vars are being generated.'))) return;
    await runInTerminal({
      title: titles[again ? 1 : 0],
      cwd: root,
      command: clanCommand(root, target, again),
      env: commitEnvironment(root),
      // Terminals report no results, but the store has changed.
      ended(code) {
        void bench.showStates(target.root, []);
        if (code === 0) void next?.();
      },
    });
  }
  const missing = (root: string, machines: readonly string[] = [], next?: () => Promise<void>) =>
    generate({ root, machines, generators: [] }, false, next);

  async function fileOf(
    node: FleetNode | undefined,
    title: string,
    onlyPublic: boolean,
  ): Promise<OneFile | null> {
    if (node?.kind !== 'file' || node.machine === null) return choose.file(title, onlyPublic);
    const { root, machine, generator, file } = node;
    return { root, machine, generator, file, sharedBy: await choose.sharers({ root, machine, generator }) };
  }

  return [
    reports,
    register('varsmith.generate', async (node?: FleetNode | GeneratorRef | GenerateTarget) =>
      generate(targetOf(node) ?? (await choose.target(true)), false),
    ),
    register('varsmith.regenerate', async (node?: FleetNode | GeneratorRef) =>
      generate(targetOf(node) ?? (await choose.target(false)), true),
    ),
    register('varsmith.verify', async () => {
      const root = await choose.root();
      if (root) await verify(bench, root.uri, missing);
    }),
    ...preparations(register, choose, bench),
    register('varsmith.setValue', async (node?: FleetNode) => {
      const file = await fileOf(node, l10n.t('Set which value?'), false);
      if (file === null) return;
      const { root } = file;
      const anew = (generators: readonly string[]) => generate({ root, machines: [], generators }, true);
      await setValue(bench, file, anew);
    }),
    register('varsmith.copyPublicValue', async (node?: FleetNode) => {
      const file = await fileOf(node, l10n.t('Copy which value?'), true);
      if (file) await copyPublicValue(bench, file);
    }),
    register('varsmith.deployMachine', async (node?: FleetNode) => {
      const target = node?.kind === 'machine' ? { root: node.root, machine: node.machine.name } : null;
      const chosen = target ?? (await choose.machine(l10n.t('Deploy which machine?')));
      if (chosen)
        await deployMachine(bench, chosen.root, chosen.machine, {
          generate: next => missing(chosen.root, [chosen.machine], next),
          reencrypt: next => fixAccess(bench, chosen.root, [], next),
        });
    }),
    register(generateMissingCommand, (root: string) => missing(root)),
    register(fixAccessCommand, (root: string) => fixAccess(bench, root)),
    commands.registerCommand(openPlaceCommand, (root: string, where: SourcePlace) => openPlace(root, where)),
  ];
}

type Register = <Given extends unknown[]>(
  id: string,
  run: (...args: Given) => Promise<unknown>,
) => Disposable;

/** Registers the commands for what comes before a run: a trial, a key, an author of commits, and files that git tracks. */
function preparations(register: Register, choose: Chooser, bench: Bench): readonly Disposable[] {
  return [
    register(tryCommand, async (target?: FleetNode | GeneratorRef | TrialTarget) => {
      const tried = generatorOf(target) ?? (await choose.generator());
      if (tried) await tryHere(bench, tried);
    }),
    register(makeKeyCommand, async (given?: string) => {
      const root = typeof given === 'string' ? given : (await choose.root())?.uri;
      return root !== undefined && makeKey(bench.cli, root);
    }),
    register(setAuthorCommand, async (given?: string) => {
      const root = typeof given === 'string' ? given : (await choose.root())?.uri;
      return root !== undefined && askAuthor(root);
    }),
    register(trackFilesCommand, trackFiles),
  ];
}

/** Returns what tells the server the states that a run found, upon which it reads the store again. */
function stateShower(server: Server): Bench['showStates'] {
  return async (root, states) => {
    const params: VerifiedParams = { root, states };
    try {
      await server.request(verifiedRequest, params);
    } catch {
      // The server is not running, which the status shows; no view shows anything then.
    }
  };
}

function targetOf(node: FleetNode | GeneratorRef | GenerateTarget | undefined): Target | null {
  if (node !== undefined && !('kind' in node)) return node;
  if (node?.kind === 'machine') return { root: node.root, machines: [node.machine.name], generators: [] };
  if (node?.kind !== 'generator') return null;
  const machines = node.machine === null ? [] : [node.machine];
  return { root: node.root, machines, generators: [node.generator.name] };
}

function generatorOf(target: FleetNode | GeneratorRef | TrialTarget | undefined): TrialTarget | null {
  if (target === undefined) return null;
  if (!('kind' in target)) return target;
  if (target.kind !== 'generator') return null;
  return { root: target.root, machine: target.machine, generator: target.generator.name };
}

/** Returns clan's command line, which takes names without placements. */
export function clanCommand(
  root: string,
  { machines, generators }: Target,
  again: boolean,
): readonly string[] {
  const names = new Set(generators.map(key => key.slice(key.lastIndexOf('/') + 1)));
  const chosen = [...names].flatMap(name => ['--generator', name]);
  return [
    'clan',
    'vars',
    'generate',
    '--flake',
    root,
    ...machines,
    ...chosen,
    ...(again ? ['--regenerate'] : []),
  ];
}
