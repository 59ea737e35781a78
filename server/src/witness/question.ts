/**
 * Builds the Nix expressions that are evaluated in a flake: the names of its machines, and the metadata of one machine's
 * generators and secrets. They ask for names, modes, owners and scripts, never for the value of a file. Each part is
 * evaluated by itself, so that an option that throws costs only its own answer.
 */

/** Changes with every change of the expressions, so that cached answers to older ones are not used. */
export const QUESTION_VERSION = 5;

/** `flake` is in scope. Options are those of clan-core's `nixosModules/clanCore/vars`, at d7c35d912. */
const DEFINITIONS = `
  inherit (builtins)
    attrNames concatMap deepSeq elem filter isAttrs isFunction isList isPath listToAttrs map mapAttrs tryEval;
  own = (flake.nixosConfigurations or { }) // (flake.darwinConfigurations or { });
  isOwn = flake ? nixosConfigurations || flake ? darwinConfigurations;
  ofClan = (flake.clan.nixosConfigurations or { }) // (flake.clan.darwinConfigurations or { });
  configurations = if isOwn then own else ofClan;
  darwin = flake.darwinConfigurations or flake.clan.darwinConfigurations or { };
  attempt = value:
    let tried = tryEval (deepSeq value value);
    in if tried.success then { ok = tried.value; } else { failed = true; };
  text = value: builtins.unsafeDiscardStringContext (toString value);
  data = value:
    if isFunction value then throw "not data"
    else if isAttrs value then
      (if value ? outPath then text value else mapAttrs (_: data) value)
    else if isList value then map data value
    else if isPath value then text value
    else if builtins.isString value then text value
    else value;
  forced = value:
    if isFunction value then null
    else if isAttrs value then (if value ? outPath then text value else mapAttrs (_: forced) value)
    else if isList value then map forced value
    else value;
  force = value: deepSeq (forced value) null;
  pick = names: set: listToAttrs (map (name: { inherit name; value = attempt (data set.\${name}); }) (filter (name: set ? \${name}) names));
  packageName = package:
    package.pname or (if isAttrs package && package ? name then (builtins.parseDrvName package.name).name else baseNameOf (text package));
  generator = g: pick [ "share" "dependencies" "validation" ] g // {
    files = attempt (mapAttrs (_: pick [ "secret" "deploy" "owner" "group" "mode" "neededFor" ]) g.files);
    prompts = attempt (mapAttrs (_: pick [ "type" "description" "persist" ]) g.prompts);
    runtimeInputs = attempt (map packageName g.runtimeInputs);
    script = attempt (text g.script);
  };
  optionsOf = name: configurations.\${name}.options;
  hasVars = name: (optionsOf name) ? clan.core.vars;
  generators = name: configurations.\${name}.config.clan.core.vars.generators;
  positionsIn = value:
    if !(isAttrs value) then [ ]
    else if (value._type or "") == "merge" then concatMap positionsIn value.contents
    else if elem (value._type or "") [ "if" "override" "order" ] then positionsIn value.content
    else map (name: { inherit name; at = builtins.unsafeGetAttrPos name value; }) (attrNames value);
  positions = name:
    attempt (
      concatMap (definition: (attempt (positionsIn (definition.value.generators or { }))).ok or [ ])
        ((optionsOf name).clan.core.vars.definitionsWithLocations or [ ])
    );
  setAt = name: path:
    if builtins.foldl' (set: step: if isAttrs set then set.\${step} or null else null) (optionsOf name) path == null then null
    else builtins.foldl' (set: step: set.\${step}) configurations.\${name}.config path;
  namesAt = name: path: attempt (let set = setAt name path; in if set == null then null else attrNames set);
  secrets = name: path: options: attempt (let set = setAt name path; in if set == null then { } else mapAttrs (_: pick options) set);
  secretsOf = name: {
    sopsSecrets = secrets name [ "sops" "secrets" ] [ "sopsFile" "key" "format" "owner" "group" "mode" "path" "neededForUsers" ];
    ageSecrets = secrets name [ "age" "secrets" ] [ "file" "owner" "group" "mode" "path" ];
  };
  inventory = flake.clanInternals.inventoryClass.inventory or flake.clan.inventory or { machines = { }; };
  names = name: {
    hasVars = hasVars name;
    generatorNames = if hasVars name then attrNames (generators name) else [ ];
    positions = if hasVars name then positions name else { ok = [ ]; };
    sops = namesAt name [ "sops" "secrets" ];
    age = namesAt name [ "age" "secrets" ];
    templates = namesAt name [ "sops" "templates" ];
    tags = attempt ((inventory.machines.\${name} or { }).tags or null);
  };
`;

/** Returns the expression for the names of all machines, by class. */
export const machineNames = (flake: string): string =>
  asking(
    flake,
    '{ nixos = attrNames (removeAttrs configurations (attrNames darwin)); darwin = attrNames darwin; }',
  );

/** Returns the expression for everything about a machine. */
export const machineFacts = (flake: string, machine: string): string => asking(flake, everythingOf(machine));

/**
 * Asks for the same of several machines, as jobs for nix-eval-jobs: derivations that nobody builds, each with the answer as text.
 * @param machines by the name of the job
 */
export const factsAsJobs = (flake: string, machines: ReadonlyMap<string, string>): string =>
  asking(
    flake,
    `let
      job = facts: derivation { name = "facts"; system = "builtin"; builder = "none"; } // { meta.value = builtins.toJSON facts; };
    in { ${[...machines].map(([job, machine]) => `${job} = job (${everythingOf(machine)});`).join(' ')} }`,
  );

function everythingOf(machine: string): string {
  const name = quoted(machine);
  return `names ${name} // secretsOf ${name} // { generators = if hasVars ${name} then mapAttrs (_: generator) (generators ${name}) else { }; }`;
}

/** Returns the same without the contents of generators, for a machine that does not evaluate with them. */
export const machineOutline = (flake: string, machine: string): string =>
  asking(flake, `names ${quoted(machine)} // { generators = { }; }`);

/** Returns the expression for one generator of a machine. */
export const oneGenerator = (flake: string, machine: string, name: string): string =>
  asking(flake, `generator (generators ${quoted(machine)}).${quoted(name)}`);

/**
 * Returns the expression that evaluates a part of a generator as it is, and fails with the message if that fails.
 * @param path names from the generator on: `files`, `files key owner`, `script`
 */
export function generatorPart(flake: string, machine: string, name: string, path: readonly string[]): string {
  const generator = `(generators ${quoted(machine)}).${quoted(name)}`;
  const [part] = path;
  if (part === 'runtimeInputs') return asking(flake, `force (map packageName ${generator}.runtimeInputs)`);
  // The options of files and prompts are attempted one by one.
  if (path.length === 1 && (part === 'files' || part === 'prompts'))
    return asking(flake, `force (mapAttrs (_: attrNames) ${generator}.${part})`);
  return asking(flake, `force ${selected(generator, path)}`);
}

/**
 * Returns the same for the secrets of a machine.
 * @param path a name, and an option of that secret; empty for the names
 */
export function secretPart(
  flake: string,
  machine: string,
  keeper: 'sops' | 'age',
  path: readonly string[],
): string {
  const set = `(setAt ${quoted(machine)} [ "${keeper}" "secrets" ])`;
  return asking(
    flake,
    path.length === 2 ? `force ${selected(set, path)}` : `force (mapAttrs (_: attrNames) ${set})`,
  );
}

function selected(set: string, path: readonly string[]): string {
  return `${set}${path.map(name => `.${quoted(name)}`).join('')}`;
}

/**
 * Asks what the scripts of generators of a machine are made of: for each that evaluates, its packages with their paths, and the outputs of
 * derivations that have to be built. Packages are chosen as `lib.makeBinPath` does.
 */
export const scriptParts = (flake: string, machine: string, names: readonly string[]): string =>
  asking(
    flake,
    `let
      outputs = context: concatMap (drv: map (output: "\${drv}^\${output}") (context.\${drv}.outputs or [ ])) (attrNames context);
      bin = package: if !(isAttrs package) || package.outputSpecified or false then package else package.bin or package.out or package;
      parts = g: attempt {
        outputs = outputs (builtins.getContext "\${g.script}\n\${toString (map bin g.runtimeInputs)}");
        packages = map (package: { name = packageName package; path = text (bin package); }) g.runtimeInputs;
      };
      all = generators ${quoted(machine)};
    in { ${names.map(name => `${quoted(name)} = parts all.${quoted(name)};`).join(' ')} }`,
  );

/** @param flake a reference that names a state of the flake: Nix takes no other without impurity */
function asking(flake: string, expression: string): string {
  return `let flake = builtins.getFlake ${quoted(flake)};${DEFINITIONS}in ${expression}`;
}

/** Returns a text as a Nix string. */
function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replaceAll('${', '\\${').replaceAll('\n', '\\n').replaceAll('\r', '\\r')}"`;
}
