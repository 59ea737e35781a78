/** A fleet for the dependency graph: so many generators, each made from one to three others, on machines of twenty each. */

/** A generator in this many is shared; the others are a machine's own. */
const SHARED = 10;
const PER_MACHINE = 20;

/** The same sequence every time (Park and Miller). */
function randomFrom(seed) {
  let state = seed;
  return below => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
}

/**
 * @param {number} count
 * @returns {Map<string, string>} files by path
 */
export function dag(count) {
  const random = randomFrom(7);
  const shared = Math.ceil(count / SHARED);
  const machines = Math.max(1, Math.ceil((count - shared) / PER_MACHINE));
  const name = index => `machine-${String(index).padStart(3, '0')}`;
  const entry = (id, from, isShared) =>
    `  clan.core.vars.generators.${id} = {${isShared ? ' share = true;' : ''} files.key = { }; files.pub.secret = false;` +
    `${from.length > 0 ? ` dependencies = [ ${from.map(one => `"${one}"`).join(' ')} ];` : ''} script = "echo > $out/key; echo > $out/pub"; };\n`;
  const sharedNames = Array.from({ length: shared }, (_, index) => `shared-${index}`);
  const files = new Map([
    ['.clan-flake', ''],
    [
      'flake.nix',
      `{ outputs = { clan-core, self, ... }: { clan = clan-core.lib.clan { inherit self; inventory.machines = {\n${Array.from({ length: machines }, (_, index) => `  ${name(index)} = { };\n`).join('')}}; }; }; }\n`,
    ],
    [
      'modules/shared.nix',
      `{\n${sharedNames.map((id, index) => entry(id, index > 0 && random(3) > 0 ? [sharedNames[random(index)]] : [], true)).join('')}}\n`,
    ],
  ]);
  for (let machine = 0, left = count - shared; machine < machines; machine++, left -= PER_MACHINE) {
    const own = Array.from(
      { length: Math.min(PER_MACHINE, left) },
      (_, index) => `${name(machine)}-part-${index}`,
    );
    const text = own.map((id, index) => {
      const from = [sharedNames[random(shared)]];
      if (index > 0) from.push(own[random(index)]);
      if (index > 1 && random(4) === 0) from.push(own[random(index)]);
      return entry(id, [...new Set(from)], false);
    });
    files.set(
      `machines/${name(machine)}/configuration.nix`,
      `{\n  imports = [ ../../modules/shared.nix ];\n${text.join('')}}\n`,
    );
  }
  return files;
}
