import type { ToolPlace } from '../../model/tools';

/** A tool that runs elsewhere. */
export interface PlacedTool extends ToolPlace {
  /** Absolute, where it runs. */
  path: string;
}

/*
 * Names become arguments of docker and podman: only what cannot be taken for an option, and what
 * both allow.
 */
const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;
const IMAGE = /^[a-z0-9][a-z0-9._/:-]*(?:@sha256:[0-9a-f]{64})?$/i;
const FILE = /^(docker|podman|wsl):([^:/]+):(\/.*)$/s;

export function isPlaceName(text: string): boolean {
  return NAME.test(text);
}

/** `postgres:17`, `registry.example:5000/team/postgres@sha256:…` */
export function isImageName(text: string): boolean {
  return text.length <= 255 && IMAGE.test(text);
}

/**
 * The path of a tool, or of its directory, that is elsewhere, in one text: `docker:db:/usr/bin/psql`.
 * No path of any system looks like that: a drive of Windows has one letter.
 */
export function placedFile({ by, name }: ToolPlace, path: string): string {
  return `${by}:${name}:${path}`;
}

/** Reads what {@link placedFile} wrote; null = a path of this machine. */
export function placedTool(file: string): PlacedTool | null {
  const [, by, name = '', path = ''] = FILE.exec(file) ?? [];
  if ((by !== 'docker' && by !== 'podman' && by !== 'wsl') || !isPlaceName(name)) return null;
  return { by, name, path };
}

/**
 * Arguments of the program that runs the tool where it is. Values of variables never stand there:
 * everybody can read arguments.
 *
 * @param variables names of the variables that the tool gets; WSL takes them from `WSLENV` instead
 */
export function placedArgs(
  { by, name, path }: PlacedTool,
  args: readonly string[],
  variables: readonly string[],
): string[] {
  if (by === 'wsl') return ['-d', name, '-e', path, ...args];
  // `-i` without `-t`: a terminal would change the bytes of the streams.
  return ['exec', '-i', ...variables.map((one) => `--env=${one}`), name, path, ...args];
}

/** The command as one would type it; a tool of this machine is itself. */
export function typedCommand(file: string, args: readonly string[]): string[] {
  const tool = placedTool(file);
  if (tool === null) return [file, ...args];
  const program = tool.by === 'wsl' ? 'wsl.exe' : tool.by;
  return [program, ...placedArgs(tool, args, ['PGPASSWORD'])];
}
