import { expect, it } from 'vitest';
import { varsmith } from '../cli/support.ts';
import { folder } from '../workspace/support.ts';
import { failing, generator, machine, printing, withNix } from './stand-in.ts';

async function nixIn(root: string, env: Readonly<Record<string, string>>): Promise<string | undefined> {
  const { stdout } = await varsmith(['doctor', root, '--format', 'json'], { env });
  const { sections } = JSON.parse(stdout) as {
    sections: { entries: { name: string; details: string[] }[] }[];
  };
  return sections
    .flatMap(({ entries }) => entries)
    .find(({ name }) => name === 'nix')
    ?.details.at(-1);
}

it('the doctor says when Nix was asked, how long it took, and about which machines', async () => {
  const { env } = withNix({ machines: { a: printing(machine({})), b: failing('error: no') } });
  const root = folder({ 'flake.nix': '{ }\n' });
  const said = () => nixIn(root, env);
  expect(await said()).toBe('Not asked about this fleet yet: "varsmith check --nix" does.');
  await varsmith(['inspect', root, '--nix'], { env });
  expect(await said()).toMatch(
    /^Last asked about this fleet \d{4}-\d\d-\d\d \d\d:\d\d UTC \(Nix 2\.26\.3, \d+\.\d s\): it evaluates 1 of 2 machines, not b\.$/,
  );
});

it('the doctor says that the flake does not evaluate, or machines in part', async () => {
  const root = folder({ 'flake.nix': '{ }\n' });
  const broken = withNix({ names: failing('error: no') });
  await varsmith(['inspect', root, '--nix'], { env: broken.env });
  expect(await nixIn(root, broken.env)).toMatch(
    / s\): it does not evaluate the flake \("varsmith check --nix"/,
  );
  const half = withNix({
    machines: { a: printing(machine({ key: generator({ script: { failed: true } }) })) },
    reasons: { a: failing('error: no') },
  });
  await varsmith(['inspect', root, '--nix'], { env: half.env });
  expect(await nixIn(root, half.env)).toMatch(/it evaluates 1 of 1 machine, in part a\.$/);
});
