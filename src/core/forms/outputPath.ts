import type { BackupFormat } from './options';

export interface OutputPathRequest {
  /** A file name, `${database}`, `${connection}`, `${date}`, `${time}` replaced; no extension. */
  template: string;
  /** Absolute directory. */
  directory: string;
  format: BackupFormat;
  /** 0 to 9: a compressed script ends in `.sql.gz`. */
  compression?: number;
  database: string;
  connection: string;
  now: Date;
}

/** The default output path of a backup. */
export function outputPathFromTemplate(request: OutputPathRequest): string {
  return `${request.directory}/${request.database}`;
}
