import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeIdentity } from '../../integration/harness/certificates';
import { ensurePostgres } from '../install/postgres';
import { giveToServer } from '../machine/newCluster';
import { psql } from '../machine/psql';
import { startServer } from '../machine/server';

/** A server that lets a role in by its certificate, whose key is locked. */
export interface KeyedServer {
  /** As the settings hold it. */
  readonly connection: Record<string, unknown>;
  readonly passphrase: string;
  stop(): Promise<void>;
}

/** Starts one of its own. */
export async function startKeyedServer(major: number): Promise<KeyedServer> {
  const role = 'keyed';
  const passphrase = 'open sesame';
  const dir = await mkdtemp(path.join(tmpdir(), 'keyed-server-'));
  await chmod(dir, 0o755);
  const write = async (name: string, text: string | Buffer, owned: boolean): Promise<string> => {
    const file = path.join(dir, name);
    await writeFile(file, text, { mode: 0o600 });
    if (owned) await giveToServer(file);
    return file;
  };
  const authority = makeIdentity('authority');
  const [ours, theirs] = [makeIdentity(role, authority), makeIdentity('localhost', authority)];
  const form = { type: 'pkcs8', format: 'pem' } as const;
  const locked = ours.key.export({ ...form, cipher: 'aes-256-cbc', passphrase });
  const [install] = await ensurePostgres([major]);
  if (install === undefined) throw new Error(`no PostgreSQL ${major}`);
  const server = await startServer(install, {
    hbaLines: [`hostssl all ${role} 127.0.0.1/32 cert`],
    settings: {
      ssl: 'on',
      ssl_ca_file: await write('ca.crt', authority.certificate, true),
      ssl_cert_file: await write('server.crt', theirs.certificate, true),
      ssl_key_file: await write('server.key', theirs.key.export(form), true),
    },
  });
  await psql(server, 'postgres', `CREATE ROLE ${role} LOGIN;`);
  return {
    passphrase,
    connection: {
      ...{ id: role, name: 'Keyed', host: server.host, port: server.port, user: role },
      ...{ database: 'postgres', sslMode: 'require' },
      sslCert: await write('client.crt', ours.certificate, false),
      sslKey: await write('client.key', locked, false),
    },
    stop: async () => {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
