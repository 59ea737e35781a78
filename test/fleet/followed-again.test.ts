/** Which machines have their modules followed again after an edit, and what is computed again of them. */
import { describe, expect, it } from 'vitest';
import type { TraceEvent } from '../../server/src/query/database.ts';
import type { Texts } from '../nix/support.ts';
import { recomputed } from '../query/recomputed.ts';
import { type FleetWorkspace, fleetWorkspace, withPlainPlaces } from './workspace.ts';

const ADA = 'machines/ada/configuration.nix';
const SHARED = 'modules/shared.nix';
const SECRETS = '{ sops.secrets.token = { }; }\n';

const TEXTS: Texts = {
  'flake.nix': '{ outputs = { clan-core, ... }: clan-core.lib.clan { meta.name = "fleet"; }; }\n',
  [ADA]: '{ imports = [ ../../modules/shared.nix ]; }\n',
  'machines/lea/configuration.nix': '{ imports = [ ../../modules/shared.nix ]; }\n',
  'machines/tom/configuration.nix':
    '{ clan.core.vars.generators.own = { files.key = { }; script = "true"; }; }\n',
  [SHARED]: '{ clan.core.vars.generators.shared = { files.key = { }; script = "true"; }; }\n',
  'modules/secrets.nix': SECRETS,
};

const FOLLOWING = /^(modules|secrets|core modules) of machine\(|^core modules\(/;
const MERGING = /^merged generator\(/;

/** Edits a file after a first edit, from which on its places follow, and returns what is computed again of modules and machines, in the order of the names. */
function computedAgain(file: string, edit: (text: string) => string, which = FOLLOWING): string[] {
  const events: TraceEvent[] = [];
  const workspace = fleetWorkspace(TEXTS, undefined, event => events.push(event));
  const look = () => {
    const { machineSecrets, clanGenerators, modules, generators } = workspace.fleet();
    return [machineSecrets, clanGenerators, modules, generators];
  };
  look();
  const text = `# First\n${TEXTS[file]}`;
  workspace.write({ [file]: text });
  look();
  events.length = 0;
  workspace.write({ [file]: edit(text) });
  look();
  return recomputed(events)
    .filter(name => which.test(name))
    .sort();
}

const replace = (from: string, to: string) => (text: string) => text.replace(from, to);

describe('an edit follows the modules again', () => {
  it('of no machine, for a comment', () => {
    expect(computedAgain(ADA, replace('First', 'Second'))).toEqual([]);
    expect(computedAgain(SHARED, replace('First', 'Second'))).toEqual([]);
  });

  it('of the machine whose imports have changed, with what follows from them', () => {
    expect(computedAgain(ADA, replace('shared.nix', 'secrets.nix'))).toEqual([
      'core modules(ada)',
      'modules of machine(ada)',
      'secrets of machine(ada)',
    ]);
  });

  it('of the machines that import what has changed', () => {
    const machines = computedAgain(SHARED, replace('generators.shared', 'generators.other'));
    expect(machines.filter(name => name.startsWith('modules'))).toEqual([
      'modules of machine(ada)',
      'modules of machine(lea)',
    ]);
  });

  it('of the machine that gets another file', () => {
    const events: TraceEvent[] = [];
    const workspace = fleetWorkspace(TEXTS, undefined, event => events.push(event));
    expect(workspace.fleet().modules.get('tom')?.files).toEqual(['machines/tom/configuration.nix']);
    events.length = 0;
    workspace.write({ 'machines/tom/disko.nix': '{ }\n' });
    expect(workspace.fleet().modules.get('tom')?.files).toContain('machines/tom/disko.nix');
    expect(recomputed(events).filter(name => name.startsWith('modules of machine('))).toEqual([
      'modules of machine(tom)',
    ]);
  });
});

describe('an edit joins the fleet again', () => {
  const JOINING = /^(joined declarations|assigned modules|members of services|machine\()/;

  it('where it declares something else', () => {
    const again = computedAgain(
      'flake.nix',
      replace('meta.name', 'inventory.machines.pia = { }; meta.name'),
      JOINING,
    );
    expect(again).toEqual([
      'assigned modules',
      'joined declarations',
      'machine(ada)',
      'machine(lea)',
      'machine(pia)',
      'machine(tom)',
      'members of services',
    ]);
  });

  it('nowhere else', () => {
    expect(computedAgain(SHARED, replace('files.key', 'files.other'), JOINING)).toEqual([]);
    expect(computedAgain(ADA, replace('shared.nix', 'secrets.nix'), JOINING)).toEqual([]);
  });
});

describe('an edit of a module of the flake', () => {
  const PARTS: Texts = {
    'flake.nix':
      '{ outputs = inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } { imports = [ ./web.nix ./mail.nix ./ada.nix ]; }; }\n',
    'web.nix': '{ flake.lib.web = "web"; }\n',
    'mail.nix': '{ flake.lib.mail = "mail"; }\n',
    'ada.nix': `{ self, inputs, ... }: { flake.nixosConfigurations.ada = inputs.nixpkgs.lib.nixosSystem { modules = [ {
      clan.core.vars.generators.\${self.lib.web}.script = "true";
      clan.core.vars.generators.\${self.lib.mail}.script = "true";
    } ]; }; }\n`,
  };

  const OF_FLAKE = /^(modules|definitions|value) of the flake\(/;

  /** Returns the generators after an edit, and which answers about the flake are others then. */
  function edited(file: string, edit: (text: string) => string) {
    const events: TraceEvent[] = [];
    const workspace = fleetWorkspace(PARTS, undefined, event => events.push(event));
    const names = () => workspace.fleet().generators.map(({ name }) => name);
    expect(names()).toEqual(['mail', 'web']);
    events.length = 0;
    workspace.write({ [file]: edit(PARTS[file] ?? '') });
    const now = names();
    const changed = events.filter(({ name, outcome }) => outcome === 'changed' && OF_FLAKE.test(name));
    return { names: now, changed: changed.map(({ name }) => name.replaceAll('\0', '.')).sort() };
  }

  it('changes its own values, and no others', () => {
    const { names, changed } = edited('web.nix', replace('"web"', '"site"'));
    expect(names).toEqual(['mail', 'site']);
    expect(changed).toEqual([
      'definitions of the flake(flake.lib.web)',
      // It uses the value.
      'modules of the flake(ada.nix)',
      'modules of the flake(web.nix)',
      'value of the flake(flake.lib.web)',
    ]);
  });

  it('leaves a value unknown that another file defines differently', () => {
    const { names } = edited('mail.nix', replace('{ flake', '{ flake.lib.web = "site"; flake'));
    expect(names).toEqual(['${self.lib.web}', 'mail']);
  });
});

describe('an edit merges again', () => {
  const merged = (file: string, edit: (text: string) => string) => computedAgain(file, edit, MERGING);

  it('nothing, for a comment', () => {
    expect(merged(SHARED, replace('First', 'Second'))).toEqual([]);
  });

  it('the generator whose definition is different', () => {
    expect(merged(SHARED, replace('files.key', 'files.other'))).toEqual(['merged generator(shared)']);
  });

  it('the other name of one that is renamed', () => {
    expect(merged(SHARED, replace('generators.shared', 'generators.own'))).toEqual(['merged generator(own)']);
  });

  it('those that a machine gets by an import', () => {
    expect(merged(ADA, replace('shared.nix', 'secrets.nix'))).toEqual(['merged generator(shared)']);
  });

  it('what a machine has that may have more; of all others it is only unknown whether the machine has them', () => {
    const imports = (text: string) => text.replace('];', '../../modules/missing.nix ];');
    expect(merged(ADA, imports)).toEqual(['merged generator(shared)']);
    expect(computedAgain(ADA, imports, /^generator\(/)).toEqual(['generator(own)', 'generator(shared)']);
  });
});

describe('an edit looks for faults again', () => {
  const looked = (file: string, edit: (text: string) => string) => {
    const events: TraceEvent[] = [];
    const workspace = fleetWorkspace(TEXTS, undefined, event => events.push(event));
    workspace.fleet().faults;
    events.length = 0;
    workspace.write({ [file]: edit(TEXTS[file] ?? '') });
    const { faults } = workspace.fleet();
    const again = recomputed(events).filter(name => /^(reached files|faults in file)/.test(name));
    return { again: again.sort(), found: faults.map(fault => fault.file) };
  };

  it('in its own file, and not which files are reached', () => {
    expect(looked(SHARED, text => text.replace('};', '};;'))).toEqual({
      again: [`faults in file(${SHARED})`],
      found: [SHARED],
    });
  });

  it('in all files, if others are reached', () => {
    const { again, found } = looked(ADA, replace('shared.nix', 'missing.nix'));
    expect(again).toContain('reached files');
    expect(again).toContain('faults in file(flake.nix)');
    expect(found).toEqual([ADA]);
  });
});

describe('the secrets of machines', () => {
  it('are read again where a module declares others', () => {
    const texts = { ...TEXTS, [ADA]: '{ imports = [ ../../modules/secrets.nix ]; }\n' };
    const workspace = fleetWorkspace(texts);
    const names = () =>
      workspace
        .fleet()
        .machineSecrets.get('ada')
        ?.modules.flatMap(({ secrets }) => secrets.definitions.map(({ name }) => name));
    expect(names()).toEqual(['token']);
    const before = workspace.fleet().machineSecrets.get('lea');
    workspace.write({ 'modules/secrets.nix': '{ sops.secrets.other = { }; }\n' });
    expect(names()).toEqual(['other']);
    expect(workspace.fleet().machineSecrets.get('lea')).toBe(before);
    workspace.write({ 'modules/secrets.nix': '{ }\n' });
    expect(names()).toEqual([]);
    workspace.write({ 'modules/secrets.nix': SECRETS });
    expect(names()).toEqual(['token']);
  });

  it('have places that follow edits, those of functions in services too', () => {
    const flake = `{
  outputs = { self, clan-core }: clan-core.lib.clan {
    inherit self;
    modules.service = ./service.nix;
    machines.lea = { };
    inventory.instances.it = { module.name = "service"; module.input = "self"; roles.all.machines.lea = { }; };
  };
}
`;
    const text = `{
  _class = "clan.service";
  roles.all.perInstance.nixosModule = { };
  perMachine = { ... }: { nixosModule = { lib, ... }: { sops.secrets.token = { }; }; };
}
`;
    const workspace = fleetWorkspace({ 'flake.nix': flake, 'service.nix': text });
    const secrets = ({ fleet }: FleetWorkspace) => withPlainPlaces(fleet().machineSecrets.get('lea'));
    secrets(workspace);
    for (const edited of [`# First\n${text}`, `# A second\n${text}`, `# And a third\n${text}`]) {
      workspace.write({ 'service.nix': edited });
      const fresh = fleetWorkspace({ 'flake.nix': flake, 'service.nix': edited });
      expect(secrets(workspace)).toEqual(secrets(fresh));
    }
  });
});
