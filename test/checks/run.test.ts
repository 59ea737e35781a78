// Running rules: severities from the settings, silencing, order, and a rule that fails.

import { describe, expect, it } from 'vitest';
import type { CheckSettings } from '../../server/src/checks/engine/findings.ts';
import type { RuleFailure } from '../../server/src/checks/engine/run.ts';
import { runRules } from '../../server/src/checks/engine/run.ts';
import type { Report, Rule } from '../../server/src/checks/rule.ts';
import { memoryFiles } from '../nix/support.ts';
import { EMPTY_FLEET } from '../workspace/support.ts';

const fleet = EMPTY_FLEET;
const commented = '{\n  a = 1; # varsmith: ignore use/second it is meant so\n  b = 2;\n}\n';
const files = memoryFiles({ 'a.nix': '{ }\n', 'b.nix': commented });

function rule(id: string, check: () => Iterable<Report>): Rule {
  return {
    id,
    severity: 'error',
    summary: '',
    documentation: '',
    examples: () => ({ bad: [], good: [] }),
    check,
  };
}

const at = (file: string, start: number, end = start + 1) => ({
  at: { file, start, end },
  message: `${start}`,
});

function run(rules: readonly Rule[], severities: CheckSettings['severities'] = {}) {
  const failures: RuleFailure[] = [];
  const findings = runRules(
    rules,
    fleet,
    files,
    { severities },
    { onFailure: failure => failures.push(failure) },
  );
  return { failures, findings, shown: findings.map(one => `${one.at.file}:${one.at.start} ${one.rule}`) };
}

describe('findings', () => {
  it('come by file, place and rule, whatever the order of the rules', () => {
    const second = rule('use/second', () => [at('b.nix', 0), at('a.nix', 2), at('a.nix', 0, 2)]);
    const first = rule('use/first', () => [at('b.nix', 0), at('a.nix', 0)]);
    expect(run([second, first]).shown).toEqual([
      'a.nix:0 use/first',
      'a.nix:0 use/second',
      'a.nix:2 use/second',
      'b.nix:0 use/first',
      'b.nix:0 use/second',
    ]);
  });

  it('name machines in alphabetical order', () => {
    const [finding] = run([
      rule('use/first', () => [{ ...at('a.nix', 0), machines: ['tove', 'lea'] }]),
    ]).findings;
    expect(finding?.machines).toEqual(['lea', 'tove']);
  });

  it('are left out where a comment silences them', () => {
    const [a, b] = [commented.indexOf('a ='), commented.indexOf('b =')];
    const both = ['use/first', 'use/second'].map(id => rule(id, () => [at('b.nix', a), at('b.nix', b)]));
    expect(run(both).shown).toEqual([
      `b.nix:${a} use/first`,
      `b.nix:${b} use/first`,
      `b.nix:${b} use/second`,
    ]);
  });
});

describe('severities', () => {
  const mild = rule('use/first', () => [at('a.nix', 0), { ...at('a.nix', 2), severity: 'warning' }]);
  const severitiesOf = (severities: CheckSettings['severities']) =>
    run([mild], severities).findings.map(finding => finding.severity);

  it("are the report's own, else the rule's", () => {
    expect(severitiesOf({})).toEqual(['error', 'warning']);
  });

  it('are what the settings say', () => {
    expect(severitiesOf({ 'use/first': 'hint', 'use/second': 'info' })).toEqual(['hint', 'hint']);
  });

  it('a rule that is off is not run', () => {
    const failing = rule('use/first', () => {
      throw new Error('was run');
    });
    expect(run([failing], { 'use/first': 'off' })).toMatchObject({ findings: [], failures: [] });
  });
});

describe('a rule that throws', () => {
  it('is told of, keeps what it reported before, and leaves the others alone', () => {
    const error = new Error('a mistake of ours');
    const failing = rule('use/first', function* () {
      yield at('a.nix', 0);
      throw error;
    });
    const { failures, shown } = run([failing, rule('use/second', () => [at('a.nix', 1)])]);
    expect(failures).toEqual([{ rule: 'use/first', error }]);
    expect(shown).toEqual(['a.nix:0 use/first', 'a.nix:1 use/second']);
  });
});
