# The command line and the language server. The npm packages that it is built from come one by one, each by the hash that
# package-lock.json names: there is no hash of all of them to be kept up to date.
{
  lib,
  buildNpmPackage,
  importNpmLock,
  installShellFiles,
  nodejs,
}:
let
  manifest = lib.importJSON ../package.json;
  lock = lib.importJSON ../package-lock.json;

  # The lock has no hashes of the linter for other systems, which no build needs.
  isLocked = path: module: path == "" || module ? integrity || !(module.optional or false);

  # The lock names hashes and versions but not where packages lie, which follows from their names.
  located =
    path: module:
    if module ? integrity && !(module ? resolved) then
      let
        name = module.name or (lib.last (lib.splitString "node_modules/" path));
        file = "${lib.last (lib.splitString "/" name)}-${module.version}.tgz";
      in
      module // { resolved = "https://registry.npmjs.org/${name}/-/${file}"; }
    else
      module;
in
buildNpmPackage {
  pname = "varsmith";
  inherit (manifest) version;
  inherit nodejs;

  src = lib.fileset.toSource {
    root = ../.;
    fileset = lib.fileset.unions [
      ../package.json
      ../package-lock.json
      ../tsconfig.json
      ../README.md
      ../CHANGELOG.md
      ../LICENSE
      ../scripts
      ../server
      ../client
      ../docs/schemas
    ];
  };

  npmDeps = importNpmLock {
    package = manifest;
    packageLock = lock // {
      packages = lib.mapAttrs located (lib.filterAttrs isLocked lock.packages);
    };
  };
  inherit (importNpmLock) npmConfigHook;

  # Tools that are built here run without what their packages would do when they are installed.
  npmFlags = [ "--ignore-scripts" ];
  nativeBuildInputs = [ installShellFiles ];

  buildPhase = ''
    runHook preBuild
    node scripts/npm-package.mjs --no-pack
    runHook postBuild
  '';

  installPhase = ''
    runHook preInstall
    mkdir -p $out/lib/varsmith $out/bin
    cp -r out/npm/. $out/lib/varsmith
    patchShebangs $out/lib/varsmith/dist/cli.js
    ln -s ../lib/varsmith/dist/cli.js $out/bin/varsmith
    installManPage $out/lib/varsmith/man/varsmith.1
    installShellCompletion --bash --name varsmith $out/lib/varsmith/completions/varsmith.bash
    installShellCompletion --zsh --name _varsmith $out/lib/varsmith/completions/_varsmith
    installShellCompletion --fish --name varsmith.fish $out/lib/varsmith/completions/varsmith.fish
    install -Dm444 $out/lib/varsmith/completions/varsmith.nu $out/share/nushell/vendor/autoload/varsmith.nu
    runHook postInstall
  '';

  doInstallCheck = true;
  installCheckPhase = ''
    test "$(HOME=$TMPDIR $out/bin/varsmith --version)" = ${manifest.version}
  '';

  meta = {
    inherit (manifest) description;
    homepage = manifest.repository.url;
    license = lib.licenses.mit;
    mainProgram = "varsmith";
    platforms = lib.platforms.unix;
  };
}
