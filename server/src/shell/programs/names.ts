/**
 * Names that Bash itself gives meaning to: its builtins and the variables it sets.
 */

/** Builtins of Bash 5.2, and its reserved words that may stand where a command does. */
export const BUILTINS: ReadonlySet<string> = new Set(
  `. : [ alias bg bind break builtin caller cd command compgen complete compopt continue declare dirs disown echo
  enable eval exec exit export false fc fg getopts hash help history jobs kill let local logout mapfile popd printf
  pushd pwd read readarray readonly return set shift shopt source suspend test times trap true type typeset ulimit
  umask unalias unset wait time coproc`.split(/\s+/),
);

/** Variables that Bash sets in every script, or that stand in every environment. */
export const SHELL_VARIABLES: ReadonlySet<string> = new Set(
  `BASH BASHOPTS BASHPID BASH_ALIASES BASH_ARGC BASH_ARGV BASH_ARGV0 BASH_CMDS BASH_COMMAND BASH_LINENO BASH_SOURCE
  BASH_SUBSHELL BASH_VERSINFO BASH_VERSION COMP_WORDBREAKS DIRSTACK EPOCHREALTIME EPOCHSECONDS EUID FUNCNAME GROUPS
  HISTCMD HOSTNAME HOSTTYPE IFS LINENO MACHTYPE OLDPWD OPTERR OPTIND OSTYPE PATH PIPESTATUS PPID PS4 PWD RANDOM
  SECONDS SHELL SHELLOPTS SHLVL SRANDOM UID _`.split(/\s+/),
);

/** The programs of GNU coreutils. */
export const COREUTILS: ReadonlySet<string> = new Set(
  `[ arch b2sum base32 base64 basename basenc cat chcon chgrp chmod chown chroot cksum comm cp csplit cut date dd df
  dir dircolors dirname du echo env expand expr factor false fmt fold groups head hostid id install join kill link ln
  logname ls md5sum mkdir mkfifo mknod mktemp mv nice nl nohup nproc numfmt od paste pathchk pinky pr printenv printf
  ptx pwd readlink realpath rm rmdir runcon seq sha1sum sha224sum sha256sum sha384sum sha512sum shred shuf sleep sort
  split stat stdbuf stty sum sync tac tail tee test timeout touch tr true truncate tsort tty uname unexpand uniq unlink
  uptime users vdir wc who whoami yes coreutils`.split(/\s+/),
);
