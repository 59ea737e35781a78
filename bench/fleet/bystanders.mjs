/**
 * A repository in which most files have nothing to do with vars: packages, modules with options, homes. Deterministic.
 * The sizes are spread as in real repositories: most files short, some of several hundred lines, a few generated.
 */
import { estate } from './estate.mjs';

const MACHINES = 40;
const SHAPES = [packageText, moduleText, homeText, dataText];

/** @param {number} count files in all */
export function bystanders(count) {
  const { files } = estate(MACHINES);
  for (let index = 0; files.size < count; index++) {
    const shape = SHAPES[index % SHAPES.length];
    const size = index % 97 === 0 ? 60 : index % 11 === 0 ? 20 : 1 + (index % 7);
    files.set(`${folderOf(shape)}/${folderName(index)}/unit-${index}.nix`, shape(index, size));
  }
  return files;
}

function folderOf(shape) {
  return { packageText: 'pkgs', moduleText: 'nixos', homeText: 'homes', dataText: 'data' }[shape.name];
}

function folderName(index) {
  return `${String.fromCharCode(97 + (index % 26))}${Math.floor(index / 26) % 10}`;
}

function many(count, line) {
  return Array.from({ length: count }, (_, i) => line(i)).join('');
}

function packageText(index, size) {
  return `{
  lib,
  stdenv,
  fetchFromGitHub,
  cmake,
  openssl,
  zlib,
}:

stdenv.mkDerivation (finalAttrs: {
  pname = "unit-${index}";
  version = "1.${index % 40}.${index % 7}";

  src = fetchFromGitHub {
    owner = "example";
    repo = "unit-${index}";
    tag = "v\${finalAttrs.version}";
    hash = "sha256-${'A'.repeat(43)}=";
  };

  nativeBuildInputs = [ cmake ];
  buildInputs = [
    openssl
    zlib
  ];

  postPatch = ''
${many(size, i => `    substituteInPlace src/file-${i}.c --replace-fail "/usr/share" "$out/share"\n`)}  '';

  cmakeFlags = [
${many(size, i => `    (lib.cmakeBool "ENABLE_FEATURE_${i}" true)\n`)}  ];

  meta = {
    description = "Unit number ${index}";
    license = lib.licenses.mit;
    maintainers = [ ];
    platforms = lib.platforms.linux;
  };
})
`;
}

function moduleText(index, size) {
  return `{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib)
    mkEnableOption
    mkIf
    mkOption
    types
    ;
  cfg = config.services.unit-${index};
in
{
  imports = [ ];

  options.services.unit-${index} = {
    enable = mkEnableOption "unit ${index}";
${many(
  size,
  i => `    option-${i} = mkOption {
      type = types.nullOr types.str;
      default = null;
      example = "\${cfg.package}/share";
      description = ''
        What option ${i} is for, in a sentence or two.
      '';
    };
`,
)}  };

  config = mkIf cfg.enable {
    systemd.services.unit-${index} = {
      wantedBy = [ "multi-user.target" ];
      serviceConfig.ExecStart = "\${pkgs.hello}/bin/hello \${toString cfg.option-0}";
    };
    users.users.unit-${index}.isSystemUser = true;
  };
}
`;
}

function homeText(index, size) {
  return `{ pkgs, config, ... }:
{
  home.packages = with pkgs; [
${many(size * 2, i => `    tool-${i}\n`)}  ];

  programs.git = {
    enable = true;
    userName = "User ${index}";
    aliases = {
${many(size, i => `      a${i} = "log --oneline -n ${i}";\n`)}    };
  };

  xdg.configFile."unit-${index}/config.toml".source = config.lib.file.mkOutOfStoreSymlink ./config.toml;
}
`;
}

function dataText(index, size) {
  return `# Generated; do not edit.
{
${many(size * 3, i => `  "entry-${index}-${i}" = {\n    version = "${i}.${index % 9}";\n    hash = "sha256-${'B'.repeat(43)}=";\n    enabled = ${i % 2 === 0};\n  };\n`)}}
`;
}
