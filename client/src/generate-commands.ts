/**
 * Generation from the editor: asks for machine and generators, then runs the command line in a terminal of the editor.
 * Answers to prompts are typed there, so that no secret passes through messages, logs or the extension itself.
 * Nothing runs in an untrusted workspace.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { commands, type Disposable, env, type QuickPickItem, Uri, window, workspace } from 'vscode';
import { type Engine, engineOf } from './engine.ts';
import {
  type FleetFilter,
  type FleetGenerator,
  type FleetRoot,
  fleetRequest,
  type GeneratorRef,
  type MachineParams,
  machineRequest,
} from './protocol.ts';
import { nodeEnvironment, runInTerminal } from './run-in-terminal.ts';
import type { Server } from './server.ts';
import type { FleetNode } from './tree-items.ts';

/** What a command is about; machine null: all of them, generators empty: all that is not generated. */
interface Target {
  readonly root: string;
  readonly machine: string | null;
  readonly generators: readonly string[];
}

const EVERYTHING: FleetFilter = { text: '', lacking: false };

/** @param cli absolute path of the bundled command line */
export function registerGenerateCommands(server: Server, cli: string): readonly Disposable[] {
  const register = <Node extends FleetNode | GeneratorRef>(id: string, run: (node?: Node) => Promise<void>) =>
    commands.registerCommand(id, async (node?: Node) => {
      if (await isTrusted()) await run(node);
    });
  return [
    register<FleetNode | GeneratorRef>('varsmith.generate', node => generate(node, false)),
    register<FleetNode | GeneratorRef>('varsmith.regenerate', node => generate(node, true)),
    register('varsmith.tryGenerator', tryGenerator),
    register('varsmith.verify', verify),
    register('varsmith.setValue', setValue),
    register('varsmith.copyPublicValue', copyPublicValue),
  ];

  async function generate(node: FleetNode | GeneratorRef | undefined, again: boolean): Promise<void> {
    const target = targetOf(node) ?? (await pickTarget());
    if (!target) return;
    const title = again ? 'Regenerate Vars' : 'Generate Vars';
    const engine = await engineOf(target.root);
    await runInTerminal(title, target.root, commandLine(engine, target, again, cli));
  }

  async function tryGenerator(node: FleetNode | GeneratorRef | undefined): Promise<void> {
    const target = targetOf(node) ?? (await pickTarget());
    const [generator] = target?.generators ?? [];
    if (!target || generator === undefined) return;
    const machine = target.machine === null ? [] : ['--machine', target.machine];
    await runInTerminal('Try Generator', target.root, ours(cli, ['try', generator, target.root, ...machine]));
  }

  async function verify(): Promise<void> {
    const root = await pickRoot();
    if (root) await runInTerminal('Verify Vars', pathOf(root), ours(cli, ['verify', pathOf(root)]));
  }

  async function setValue(node: FleetNode | undefined): Promise<void> {
    if (node?.kind !== 'file' || node.machine === null) return explainFiles();
    const root = Uri.parse(node.root).fsPath;
    const name = `${node.generator}/${node.file.name}`;
    await runInTerminal('Set Value', root, ours(cli, ['set', node.machine, name, root]));
  }

  async function copyPublicValue(node: FleetNode | undefined): Promise<void> {
    if (node?.kind !== 'file' || node.machine === null) return explainFiles();
    if (node.file.secret !== false) {
      void window.showWarningMessage(`"${node.file.name}" is secret. Only public values are copied.`);
      return;
    }
    const root = Uri.parse(node.root).fsPath;
    const args = [cli, 'get', node.machine, `${node.generator}/${node.file.name}`, root];
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      env: { ...process.env, ...nodeEnvironment },
      encoding: 'utf8',
    });
    await env.clipboard.writeText(stdout);
    window.setStatusBarMessage(`Varsmith: copied ${node.generator}/${node.file.name}`, 3000);
  }

  async function explainFiles(): Promise<void> {
    const answer = await window.showInformationMessage(
      'Choose a file of a machine in the Varsmith view.',
      'Show the View',
    );
    if (answer !== undefined) await commands.executeCommand('varsmith.fleet.focus');
  }

  async function pickRoot(): Promise<FleetRoot | null> {
    const roots = (await server.request<FleetRoot[] | null>(fleetRequest, { filter: EVERYTHING })) ?? [];
    if (roots.length < 2) return roots[0] ?? null;
    const items = roots.map(root => ({ label: root.name, description: pathOf(root), root }));
    return (await window.showQuickPick(items, { title: 'Fleet' }))?.root ?? null;
  }

  async function pickTarget(): Promise<Target | null> {
    const root = await pickRoot();
    if (!root) return null;
    const all: QuickPickItem & { machine: string | null } = { label: 'All machines', machine: null };
    const machines = root.machines.map(({ name, generators, missing }) => ({
      label: name,
      description: missing ? `${missing} not generated` : `${generators} generators`,
      machine: name,
    }));
    const picked = await window.showQuickPick([all, ...machines], { title: 'Machine' });
    if (!picked) return null;
    const { machine } = picked;
    if (machine === null) return { root: pathOf(root), machine, generators: [] };
    const params: MachineParams = { root: root.uri, machine, filter: EVERYTHING };
    const found = (await server.request<FleetGenerator[] | null>(machineRequest, params)) ?? [];
    const items = found.map(({ name, state, files }) => ({
      label: name,
      description: state === 'missing' || state === 'partial' ? 'not generated' : '',
      detail: files.map(file => file.name).join(', '),
      picked: state === 'missing' || state === 'partial',
    }));
    const chosen = await window.showQuickPick(items, {
      title: `Generators of ${machine}`,
      canPickMany: true,
    });
    if (!chosen || chosen.length === 0) return null;
    return { root: pathOf(root), machine, generators: chosen.map(({ label }) => label) };
  }
}

function pathOf(root: FleetRoot): string {
  return Uri.parse(root.uri).fsPath;
}

function targetOf(node: FleetNode | GeneratorRef | undefined): Target | null {
  if (node?.kind === 'machine')
    return { root: Uri.parse(node.root).fsPath, machine: node.machine.name, generators: [] };
  if (node?.kind === 'generator')
    return { root: Uri.parse(node.root).fsPath, machine: node.machine, generators: [node.generator.name] };
  return null;
}

/** The program and its arguments. */
export function commandLine(
  engine: Engine,
  { root, machine, generators }: Target,
  again: boolean,
  cli: string,
): readonly string[] {
  const machines = machine === null ? [] : [machine];
  const regenerate = again ? ['--regenerate'] : [];
  if (engine === 'clan') {
    const chosen = generators.flatMap(name => ['--generator', name]);
    return ['clan', 'vars', 'generate', '--flake', root, ...machines, ...chosen, ...regenerate];
  }
  const chosen = generators.flatMap(name => ['-g', name]);
  return ours(cli, [
    'generate',
    root,
    ...machines.flatMap(name => ['--machine', name]),
    ...chosen,
    ...regenerate,
  ]);
}

/** Our own command line, run by the editor's Node. */
function ours(cli: string, args: readonly string[]): readonly string[] {
  return [process.execPath, cli, ...args];
}

async function isTrusted(): Promise<boolean> {
  if (workspace.isTrusted) return true;
  const answer = await window.showWarningMessage(
    'Varsmith runs the scripts of this workspace only when you trust it.',
    'Manage Trust',
  );
  if (answer !== undefined) await commands.executeCommand('workbench.trust.manage');
  return false;
}
