/**
 * Closes descriptors that this process has inherited, such as locks of `flock`, or sockets and folders of an editor or a
 * terminal: Node hands them on to programs, and a folder's descriptor opens the whole file system in a sandbox.
 */

/**
 * Returns lines of Bash that close all descriptors above one, and end it if they cannot be listed.
 * @param highest the last one to keep
 */
export function closeDescriptors(highest: number): string {
  return `
for fd in /dev/fd/*; do
  fd=\${fd##*/}
  case $fd in *[!0-9]*) exit 126;; esac
  if [ $fd -gt ${highest} ]; then eval "exec $fd>&-"; fi
done
unset fd`;
}

/**
 * Returns the words that run a command without inherited descriptors.
 * @param bash absolute path
 * @param highest the last descriptor that the command receives
 */
export function withoutInherited(
  bash: string,
  highest: number,
  command: readonly string[],
): readonly [string, ...string[]] {
  const script = `${closeDescriptors(highest)}\nexport -n PWD OLDPWD SHLVL\nexec "$@"`;
  return [bash, '--norc', '--noprofile', '-c', script, bash, ...command];
}
