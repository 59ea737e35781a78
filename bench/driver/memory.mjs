/** Memory and processor time of a process and its descendants, as Linux's /proc has them. */
import { readdirSync, readFileSync } from 'node:fs';

/** The fields of a `stat` line after the command name, which may itself hold spaces and brackets. */
function statFields(pid) {
  const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return line.slice(line.lastIndexOf(')') + 2).split(' ');
}

/** The value, or null for a process that ended between being listed and being read. */
function ifAlive(read) {
  try {
    return read();
  } catch {
    return null;
  }
}

function treeOf(pid) {
  const children = new Map();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = ifAlive(() => Number(statFields(name)[1]));
    if (parent !== null) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const tree = [pid];
  for (let i = 0; i < tree.length; i++) tree.push(...(children.get(tree[i]) ?? []));
  return tree;
}

/**
 * VmRSS and VmHWM (the peak) in MiB and CPU seconds, summed over the tree of `pid`; null where there is no /proc.
 */
export function memoryOf(pid) {
  if (process.platform !== 'linux') return null;
  const sum = { rssMiB: 0, peakMiB: 0, cpuS: 0, processes: 0 };
  for (const member of treeOf(pid)) {
    const status = ifAlive(() => readFileSync(`/proc/${member}/status`, 'utf8'));
    const fields = ifAlive(() => statFields(member));
    if (status === null || fields === null) continue;
    sum.rssMiB += Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
    sum.peakMiB += Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
    sum.cpuS += (Number(fields[11]) + Number(fields[12])) / 100;
    sum.processes++;
  }
  return sum;
}
