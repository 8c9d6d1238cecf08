import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { PlacedRun } from '../../../pgtools/locate/startPlaced';
import { scriptEnvironment } from './scriptEnvironment';

/** Shortest interval in milliseconds between two starts of a guard, for guards that die at once. */
const RESPAWN_MS = 100;

/**
 * The last line of the pipe when the supervisor ends in order; every other line is JSON, the
 * current `GuardedGroups`.
 */
export const BYE = 'bye';

/** On these systems every machine has it. */
const SHELL = process.platform === 'win32' ? null : '/bin/sh';

/**
 * The guard while there is nothing to do: it keeps the newest line, and becomes Node with the guard's
 * bundle ($3) when the pipe ends without the last line. Node takes as long to start as a small backup
 * takes; a shell takes a millisecond, and a megabyte while it waits. Signals that also go to the
 * supervisor must not end it. The bundle was opened before: an update of the extension may have removed
 * the file. An update of VS Code may have removed Node ($1): then the shell itself ends the tools, whose
 * line begins with their groups, and with tools elsewhere only what runs for them here.
 */
const WAITING = `
trap '' INT TERM HUP
groups=
while IFS= read -r line; do
  if [ "$line" = ${BYE} ]; then exit; fi
  groups=$line
done
if [ -z "$groups" ]; then exit; fi
if [ -x "$1" ]; then
  exec "$1" -e "$2" "$3" <<END
$groups
END
fi
tools=\${groups#'{"tools":['}
tools=\${tools%%]*}
tunnels=\${groups#*'"tunnels":['}
tunnels=\${tunnels%%]*}
IFS=,
for group in $tools; do kill -INT "-$group"; done
sleep 0.7 || sleep 1
for group in $tools $tunnels; do kill -KILL "-$group"; done
`;

/** Where the shell finds the bundle. */
const BUNDLE_HANDLE = 3;
const RUN_BUNDLE = `new Function('require', require('node:fs').readFileSync(${BUNDLE_HANDLE}, 'utf8'))(require)`;

/** Arguments of the shell that waits. `node` and `script`: absolute paths. */
export function waitingArgs(node: string, script: string): readonly string[] {
  return ['-c', WAITING, 'sh', node, RUN_BUNDLE, script];
}

/** Process groups that end with the supervisor, and folders that go with it. */
export interface GuardedGroups {
  /** Tools are asked to end first: then the server cancels their statements too. */
  tools: number[];
  /** Tunnels that the tools need to cancel; ended after the tools. */
  tunnels: number[];
  /** Tools that run elsewhere; no group of this machine has them. */
  placed: PlacedRun[];
  /** Folders that are removed, when everything has ended. */
  folders: string[];
}

/** Kinds of groups. */
export type GroupKind = 'tools' | 'tunnels';

/**
 * The supervisor's end of the guard: a second process that ends the tools when the supervisor is
 * killed. The guard notices by the end of its pipe.
 */
export class Guard {
  private child: ChildProcess | undefined;
  private readonly tools = new Set<number>();
  private readonly tunnels = new Set<number>();
  private readonly placed = new Map<number, PlacedRun>();
  private readonly folders = new Set<string>();
  private dismissed = false;

  /**
   * `script`: absolute path of the bundle of `guardTools`; `shell`: of the shell that waits, null =
   * there is none.
   */
  constructor(
    private readonly script: string,
    private shell = SHELL,
  ) {
    this.post();
  }

  /** Its process, to be ended with the tools should both be stopped; undefined = there is none now. */
  get pid(): number | undefined {
    return this.dismissed ? undefined : this.child?.pid;
  }

  add(group: number, kind: GroupKind = 'tools', placed?: PlacedRun): void {
    this[kind].add(group);
    if (placed) this.placed.set(group, placed);
    this.sendGroups();
  }

  remove(group: number): void {
    this.tools.delete(group);
    this.tunnels.delete(group);
    this.placed.delete(group);
    this.sendGroups();
  }

  /** Removes the folder should the supervisor be killed; returns what ends that. */
  addFolder(folder: string): () => void {
    this.folders.add(folder);
    this.sendGroups();
    return () => {
      this.folders.delete(folder);
      this.sendGroups();
    };
  }

  /** The supervisor is going to end in order. */
  dismiss(): void {
    this.dismissed = true;
    this.child?.stdin?.end(`${BYE}\n`);
    // One that was stopped (SIGSTOP) would never read it, and stay for ever.
    if (process.platform !== 'win32') this.child?.kill('SIGCONT');
  }

  private post(): void {
    if (this.dismissed) return;
    let gone = false;
    const next = (): void => {
      if (gone) return;
      gone = true;
      this.child = undefined;
      setTimeout(() => this.post(), RESPAWN_MS).unref();
    };
    let child: ChildProcess;
    try {
      child = this.spawn();
    } catch {
      // The system has too few resources just now.
      next();
      return;
    }
    this.child = child;
    // Without file handles there is no pipe either; the `error` event follows.
    child.stdin?.on('error', () => undefined);
    child.once('exit', next);
    const { shell } = this;
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (shell !== null && error.code === 'ENOENT') this.shell = null;
      next();
    });
    child.unref();
    this.sendGroups();
  }

  private spawn(): ChildProcess {
    const { execPath } = process;
    if (this.shell === null) return this.start(execPath, [this.script]);
    const bundle = openSync(this.script, 'r');
    try {
      return this.start(this.shell, waitingArgs(execPath, this.script), bundle);
    } finally {
      closeSync(bundle);
    }
  }

  private start(file: string, args: readonly string[], bundle?: number): ChildProcess {
    return spawn(file, args, {
      // A session of its own: ending the supervisor's process group does not end the guard.
      detached: true,
      windowsHide: true,
      cwd: '/',
      env: scriptEnvironment(process.env),
      // What comes fourth is the handle `BUNDLE_HANDLE`.
      stdio: ['pipe', 'ignore', 'ignore', ...(bundle === undefined ? [] : [bundle])],
    });
  }

  private sendGroups(): void {
    const groups: GuardedGroups = {
      tools: [...this.tools],
      tunnels: [...this.tunnels],
      placed: [...this.placed.values()],
      folders: [...this.folders],
    };
    if (!this.dismissed) this.child?.stdin?.write(`${JSON.stringify(groups)}\n`);
  }
}
