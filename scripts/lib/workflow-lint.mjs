// What every workflow and action of ours has to keep: actions pinned by commit with their version beside them, least permissions,
// secrets only where something is published, and nothing that others write in a script. Pure: text in, sentences out.

import { parse } from 'yaml';

const PINNED = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/;
const PINNED_LINE = /^\s*(?:- )?uses:\s*(\S+)\s*(?:#\s*(.*))?$/;

/** @returns a sentence for each thing that is wrong in a workflow or in an `action.yml` */
export function workflowProblems(text) {
  const data = parse(text);
  const problems = pinProblems(text);
  for (const step of stepsOf(data)) problems.push(...scriptProblems(step));
  if (data.jobs !== undefined) {
    problems.push(...permissionProblems(data));
    for (const [name, job] of Object.entries(data.jobs)) problems.push(...jobProblems(name, job));
  }
  return problems;
}

function stepsOf({ jobs, runs }) {
  return [...Object.values(jobs ?? {}).flatMap(({ steps }) => steps ?? []), ...(runs?.steps ?? [])];
}

function pinProblems(text) {
  return text.split('\n').flatMap(line => {
    const [, action, version = ''] = PINNED_LINE.exec(line) ?? [];
    if (action === undefined || action.startsWith('./')) return [];
    if (!PINNED.test(action)) return [`${action} is not pinned by its commit.`];
    return /^v\d+(?:\.\d+)*$/.test(version) ? [] : [`${action} has no version beside it.`];
  });
}

/** What somebody else chose (a title, a branch) would be run as a script if it were put into one. */
function scriptProblems({ name, run = '' }) {
  return run.includes('${{')
    ? [`The script of "${name ?? run}" has an expression in it: hand it over in env.`]
    : [];
}

function permissionProblems({ permissions }) {
  if (permissions === undefined) return ['The workflow does not say which permissions it has.'];
  const broad = typeof permissions === 'string' || Object.values(permissions).includes('write');
  return broad ? ['Permissions to write belong to single jobs.'] : [];
}

function jobProblems(name, job) {
  const problems = [];
  // A workflow of ours that is called has its environments and limits itself.
  const isCall = job.uses?.startsWith('./') ?? false;
  const text = JSON.stringify(job);
  const writes = Object.values(job.permissions ?? {}).includes('write');
  const publishes = writes || /secrets\.|\bpublish\b --|npm publish|gh release create/.test(text);
  if (publishes && !isCall && job.environment === undefined)
    problems.push(`Job "${name}" publishes and has no environment.`);
  if (publishes && !/refs\/tags\/v/.test(job.if ?? ''))
    problems.push(`Job "${name}" publishes without a tag.`);
  if (!isCall && job['timeout-minutes'] === undefined) problems.push(`Job "${name}" has no limit of time.`);
  return problems;
}
