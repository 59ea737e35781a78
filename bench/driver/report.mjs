/** The figures of one session as text for people. */

/** A time or a size in at most five characters; a dash for none. */
export function figure(value) {
  if (value == null) return '-';
  return value < 10 ? value.toFixed(2) : value.toFixed(1);
}

export function report(result) {
  const lines = [
    `${result.name}  (${result.server?.name ?? '?'} ${result.server?.version ?? ''})  ${result.lines} lines, ` +
      `${result.bytes} bytes, ${result.files} file(s), diagnostics by ${result.diagnostics}   [ms]`,
    row('start→initialize', result.start),
    row('didOpen→diagnostics', result.open, `found ${result.openCounts.map(n => n ?? 'none').join(',')}`),
    row('start→diagnostics', result.openSinceStart),
    row(
      'keystroke→diagnostics',
      result.keystroke,
      `counts ${result.keystroke.counts.join('/')}${lost(result.keystroke)}`,
    ),
  ];
  if (result.burst) lines.push(row(`burst of ${result.burst.edits}`, result.burst, lost(result.burst)));
  for (const [name, timed] of Object.entries(result.requests)) {
    const notes = [timed.empty && `empty ${timed.empty}`, timed.failed && `failed ${timed.failed}`];
    lines.push(row(name, timed, notes.filter(Boolean).join(' ')));
  }
  if (result.memory) {
    const { rssMiB, peakMiB, cpuS, processes } = result.memory;
    lines.push(
      `  RSS idle ${figure(result.rssIdleMiB)} MiB, end ${figure(rssMiB)} MiB, peak ${figure(peakMiB)} MiB, ` +
        `CPU ${figure(cpuS)} s, ${processes} process(es)`,
    );
  }
  return lines.join('\n');
}

function lost(timed) {
  return timed.lost > 0 ? `  lost ${timed.lost}` : '';
}

function row(name, timed, notes = '') {
  const shown = ['p50', 'p95', 'max'].map(key => `${key} ${figure(timed?.[key]).padStart(8)}`).join('  ');
  return `  ${name.padEnd(22)}${timed?.n ? `${shown}  n=${timed.n}` : '-'}  ${notes}`.trimEnd();
}
