/** The page of the doctor: HTML from the server's reports. What a command mends has that command in its row. */
import { l10n } from 'vscode';
import { trackFilesCommand } from '../generate/track-files.ts';
import { escaped } from '../html.ts';
import type { DoctorEntry, DoctorResult } from '../protocol/doctor.ts';
import { doctorCommand } from './doctor-command.ts';
import { commandLink, head, type Report, section, table } from './page-parts.ts';
import { generateMissingCommand } from './report.ts';

/** Asks for the author of commits. */
export const setAuthorCommand = 'varsmith.setAuthor';
const makeKeyCommand = 'varsmith.makeKey';
const trustCommand = 'workbench.trust.manage';

/** The commands that the page may run. */
export const doctorPageCommands: readonly string[] = [
  doctorCommand,
  setAuthorCommand,
  makeKeyCommand,
  generateMissingCommand,
  trackFilesCommand,
  trustCommand,
];

/** @param isTrusted false in a workspace in which nothing may run */
export function doctorPage(results: readonly DoctorResult[], isTrusted: boolean): Report {
  const again = `<p>${commandLink(l10n.t('Look Again'), doctorCommand)}</p>`;
  const body =
    results.length === 0
      ? head(
          l10n.t('Doctor'),
          l10n.t(
            'No folder is open. Open the folder of a fleet, which contains {0} or {1}.',
            'flake.nix',
            '.clan-flake',
          ),
        )
      : `<div class="doctor">${results.map(result => resultHtml(result, isTrusted)).join('')}${again}</div>`;
  return { title: l10n.t('Varsmith Doctor'), body };
}

function resultHtml({ root, path, version, sections }: DoctorResult, isTrusted: boolean): string {
  const entries = sections.flatMap(part => part.entries);
  const problems = entries.filter(({ standing }) => standing === 'problem').length;
  const trust = isTrusted
    ? ''
    : `<p>${escaped(l10n.t('Programs and keys are only looked at in a folder that you trust.'))} ${commandLink(l10n.t('Manage Workspace Trust'), trustCommand)}</p>`;
  return [
    head(l10n.t('Doctor: {0}', path), `${problemsText(problems)} ${l10n.t('Varsmith {0}.', version)}`),
    trust,
    ...sections.map(part =>
      section(
        part.title,
        table(
          [l10n.t('State'), l10n.t('What'), l10n.t('Found')],
          part.entries.map(entry => row(entry, root, isTrusted)),
        ),
      ),
    ),
  ].join('');
}

function problemsText(count: number): string {
  switch (count) {
    case 0:
      return l10n.t('No problems.');
    case 1:
      return l10n.t('1 problem.');
    default:
      return l10n.t('{0} problems.', count);
  }
}

function row(entry: DoctorEntry, root: string, isTrusted: boolean): string[] {
  const { name, standing, text, details, advice } = entry;
  const action = isTrusted ? actionLink(entry, root) : '';
  const below = [
    ...details.map(line => `<p class="dim">${withCode(line)}</p>`),
    ...(advice === null ? [] : [`<p>→ ${withCode(advice)}</p>`]),
    ...(action === '' ? [] : [`<p>${action}</p>`]),
  ];
  return [mark(standing), `<strong>${escaped(name)}</strong>`, `${withCode(text)}${below.join('')}`];
}

function mark(standing: DoctorEntry['standing']): string {
  const [sign, word] = signOf(standing);
  const name = escaped(word);
  return `<span class="${standing}" role="img" aria-label="${name}" title="${name}">${sign}</span>`;
}

function signOf(standing: DoctorEntry['standing']): readonly [sign: string, word: string] {
  switch (standing) {
    case 'found':
      return ['✓', l10n.t('found')];
    case 'absent':
      return ['–', l10n.t('not there')];
    case 'problem':
      return ['✗', l10n.t('problem')];
    case 'unknown':
      return ['?', l10n.t('not known')];
  }
}

function actionLink({ action, paths = [] }: DoctorEntry, root: string): string {
  switch (action) {
    case 'key':
      return commandLink(l10n.t('Create Key…'), makeKeyCommand, root);
    case 'author':
      return commandLink(l10n.t('Set Name and Email…'), setAuthorCommand, root);
    case 'generate':
      return commandLink(l10n.t('Generate Missing'), generateMissingCommand, root);
    case 'track':
      return commandLink(l10n.t('Add to Git'), trackFilesCommand, root, paths);
    default:
      return '';
  }
}

/** Returns HTML of a text in which code is in backquotes; an unpaired one is an ordinary character. */
function withCode(text: string): string {
  const parts = text.split('`');
  if (parts.length % 2 === 0) return escaped(text);
  return parts.map((part, i) => (i % 2 === 1 ? `<code>${escaped(part)}</code>` : escaped(part))).join('');
}
