/** A running `ssh` process. */
export interface SshProcess {
  readonly pid: number | undefined;
  /** Never rejects. */
  readonly exit: Promise<{ code: number | null; startFailure: string | null }>;
  kill(): void;
}

/** Starts `ssh`; the process ends with the owner of the tunnel. */
export type StartSsh = (
  command: { file: string; args: string[]; env: Record<string, string> },
  options: { onChunk: (chunk: Buffer, from: 'stdout' | 'stderr') => void },
) => SshProcess;
