import { expect, it } from 'vitest';
import { varsmith } from '../cli/support.ts';
import { folder } from '../workspace/support.ts';
import { failing, machine, printing, withNix } from './stand-in.ts';

it('the doctor says when Nix was asked, how long it took, and about which machines', async () => {
  const { env } = withNix({ machines: { a: printing(machine({})), b: failing('error: no') } });
  const root = folder({ 'flake.nix': '{ }\n' });
  const said = async () => {
    const { stdout } = await varsmith(['doctor', root, '--format', 'json'], { env });
    const { sections } = JSON.parse(stdout) as {
      sections: { entries: { name: string; details: string[] }[] }[];
    };
    return sections
      .flatMap(({ entries }) => entries)
      .find(({ name }) => name === 'nix')
      ?.details.at(-1);
  };
  expect(await said()).toBe('Not asked about this fleet yet: "varsmith check --nix" does.');
  await varsmith(['inspect', root, '--nix'], { env });
  expect(await said()).toMatch(
    /^Last asked about this fleet \d{4}-\d\d-\d\d \d\d:\d\d UTC \(Nix 2\.26\.3, \d+\.\d s\): it evaluates 1 of 2 machines, not b\.$/,
  );
});
