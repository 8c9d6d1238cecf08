/** What the script that `ssh` runs has to start. */
export interface AskpassCommand {
  /** The program that runs scripts of JavaScript, which may be Electron's. */
  node: string;
  program: string;
  pipe: string;
}

/**
 * SSH_ASKPASS names a program without arguments: so it is a script, in the system's own language.
 *
 * @param platform for tests; default: this system
 */
export function askpassScript(
  { node, program, pipe }: AskpassCommand,
  platform: NodeJS.Platform = process.platform,
): { name: string; text: string } {
  if (platform === 'win32') {
    const words = [node, program, pipe].map((word) => `"${word.replaceAll('%', '%%')}"`);
    const lines = [
      '@echo off',
      'set ELECTRON_RUN_AS_NODE=1',
      'set NODE_OPTIONS=',
      `${words.join(' ')} %1`,
    ];
    return { name: 'ask.cmd', text: `${lines.join('\r\n')}\r\n` };
  }
  const words = [node, program, pipe].map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
  const lines = [
    '#!/bin/sh',
    'export ELECTRON_RUN_AS_NODE=1',
    'unset NODE_OPTIONS',
    `exec ${words.join(' ')} "$1"`,
  ];
  return { name: 'ask', text: `${lines.join('\n')}\n` };
}
