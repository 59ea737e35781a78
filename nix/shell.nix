# What `npm test` and `npm start` need beside npm's own packages.
{
  lib,
  stdenv,
  mkShell,
  age,
  bubblewrap,
  fish,
  git,
  nodejs,
  zsh,
}:
mkShell {
  packages = [
    age
    fish
    git
    nodejs
    zsh
  ]
  ++ lib.optional stdenv.hostPlatform.isLinux bubblewrap;
}
