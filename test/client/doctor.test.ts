// The doctor in the editor: what is asked, what is shown, and what the links in its rows run.
import { beforeEach, expect, test, vi } from 'vitest';
import type { Server } from '../../client/src/language/server.ts';
import type { DoctorEntry, DoctorResult } from '../../client/src/protocol/doctor.ts';
import { registerDoctor } from '../../client/src/views/doctor.ts';
import { doctorPageCommands } from '../../client/src/views/doctor-page.ts';
import { commands, panels, workspace } from './fake-vscode.ts';

vi.mock('vscode', () => import('./fake-vscode.ts'));

const server = { request: vi.fn(async (): Promise<unknown> => []) };

beforeEach(() => {
  vi.clearAllMocks();
  panels.length = 0;
  workspace.isTrusted = true;
  registerDoctor(server as unknown as Server);
});

const ROOT = 'file:///fleet';
const entry = (more: Partial<DoctorEntry>): DoctorEntry => ({
  ...{ name: 'your keys', standing: 'absent', text: 'none found', details: [], advice: null },
  ...more,
});

/** The page about a report with these entries. */
async function page(...entries: readonly DoctorEntry[]): Promise<string> {
  const result: DoctorResult = {
    ...{ root: ROOT, path: '/the <fleet>', version: '1.2.3' },
    sections: [{ title: 'Store and keys', entries }],
  };
  server.request.mockResolvedValueOnce([result]);
  await commands.executeCommand('varsmith.doctor');
  return panels.at(-1)?.webview.html ?? '';
}

/** The commands of the links, with what they are called with. */
function linksOf(html: string): [label: string, command: string, args: unknown][] {
  return [...html.matchAll(/<a href="command:([\w.]+)\?([^"]*)">([^<]*)<\/a>/g)].map(
    ([, command = '', args = '', label = '']) => [label, command, JSON.parse(decodeURIComponent(args))],
  );
}

test('the server is asked, and its report is a page of the editor', async () => {
  const html = await page(
    entry({ standing: 'found', details: ['Looked in `a|b`.'], advice: 'Use `<c>`, or `d' }),
    entry({ name: 'git', standing: 'problem' }),
  );
  expect(server.request).toHaveBeenCalledWith('varsmith/doctor', { trusted: true });
  expect(panels[0]?.title).toBe('Varsmith Doctor');
  expect(html).toContain('<h1>Doctor: /the &lt;fleet&gt;</h1>');
  expect(html).toContain('1 problem. Varsmith 1.2.3.');
  expect(html).toContain('aria-label="found"');
  expect(html).toContain('Looked in <code>a|b</code>.');
  // An unpaired backquote is an ordinary character.
  expect(html).toContain('→ Use `&lt;c&gt;`, or `d');
  expect(linksOf(html)).toEqual([['Look Again', 'varsmith.doctor', []]]);
});

test('what a command mends has that command in its row', async () => {
  const html = await page(
    entry({ action: 'key' }),
    entry({ action: 'author' }),
    entry({ action: 'generate' }),
    entry({ action: 'track', paths: ['modules/a.nix'] }),
  );
  const links = linksOf(html);
  expect(links.slice(0, -1)).toEqual([
    ['Create Key…', 'varsmith.makeKey', [ROOT]],
    ['Set Name and Email…', 'varsmith.setAuthor', [ROOT]],
    ['Generate Missing', 'varsmith.generateMissing', [ROOT]],
    ['Add to Git', 'varsmith.trackFiles', [ROOT, ['modules/a.nix']]],
  ]);
  for (const [, command] of links) expect(doctorPageCommands).toContain(command);
  expect(panels[0]?.options).toMatchObject({ enableScripts: false, enableCommandUris: doctorPageCommands });
});

test('where nothing may run, trust is offered instead of commands that cannot work', async () => {
  workspace.isTrusted = false;
  const html = await page(entry({ action: 'generate' }));
  expect(server.request).toHaveBeenCalledWith('varsmith/doctor', { trusted: false });
  expect(linksOf(html).map(([label]) => label)).toEqual(['Manage Workspace Trust', 'Look Again']);
});

test('without a folder it says what to do', async () => {
  await commands.executeCommand('varsmith.doctor');
  expect(panels[0]?.webview.html).toContain('No folder is open.');
});
