import {
  buildConnection,
  type ConnectionInput,
  type LibpqConnection,
} from '../../core/connections/libpq';
import {
  knownPassphrase,
  knownPassword,
  withPassword,
  type PasswordProvider,
} from '../../core/connections/passwords';
import { seenInside } from '../../core/connections/elsewhere/seenInside';
import type { ConnectionProfile } from '../../core/model/profile';
import type { Settings } from '../settings/settings';
import type { FormTunnels, TunnelUse } from './formTunnels';
import type { ToolService } from './toolService';
import { unused, type UsedConnections } from './usedConnections';

const APPLICATION_NAME = 'pgbk-form';

/** A connection as it is built while nothing has to be known of it. */
type Stated = Pick<
  ConnectionInput,
  'password' | 'keyPassphrase' | 'database' | 'tunnel' | 'inside'
>;

interface ConnectorParts {
  settings: Settings;
  passwords: PasswordProvider;
  used: UsedConnections;
  /** Loaded when a connection is first reached through one. */
  tunnels: () => Promise<Pick<FormTunnels, 'use'>>;
  tools: Pick<ToolService, 'find'>;
}

/** Connects for the questions of this window: consent, password and tunnel, in this order. */
export class Connector {
  constructor(private readonly parts: ConnectorParts) {}

  /**
   * What has to be known for tools that run elsewhere; undefined = they run here.
   *
   * @throws AppError as `ToolService.find`
   */
  async inside(profile: ConnectionProfile): Promise<ConnectionInput['inside']> {
    return seenInside(await this.parts.tools.find(profile), process.env);
  }

  /**
   * Asks the user whatever has to be asked.
   *
   * @throws AppError `connectionUnused`, `sshFailed`, and as `run`
   */
  async connected<T>(
    profile: ConnectionProfile,
    run: (connection: LibpqConnection) => Promise<T>,
    { signal, database }: { signal?: AbortSignal | undefined; database?: string | undefined } = {},
  ): Promise<T> {
    await this.parts.used.require(profile);
    const inside = await this.inside(profile);
    const through = (tunnel: ConnectionInput['tunnel']): Promise<T> =>
      withPassword(
        profile,
        this.parts.passwords,
        (password, keyPassphrase) =>
          run(this.stated(profile, { password, keyPassphrase, database, tunnel, inside })),
        { signal },
      );
    return this.throughTunnel(profile, through, { signal });
  }

  /**
   * Connects as far as that takes no question to the user.
   *
   * @throws AppError as `connected`
   */
  async unasked<T>(
    profile: ConnectionProfile,
    run: (connection: LibpqConnection) => Promise<T>,
  ): Promise<T> {
    if (!this.parts.used.has(profile)) throw unused(profile);
    const inside = await this.inside(profile);
    const password = await knownPassword(profile, this.parts.passwords);
    const keyPassphrase = await knownPassphrase(profile, this.parts.passwords);
    return this.throughTunnel(
      profile,
      (tunnel) => run(this.stated(profile, { password, keyPassphrase, tunnel, inside })),
      { mayAsk: false },
    );
  }

  private async throughTunnel<T>(
    profile: ConnectionProfile,
    work: (tunnel: ConnectionInput['tunnel']) => Promise<T>,
    how: TunnelUse,
  ): Promise<T> {
    const { ssh } = profile;
    if (ssh === undefined) return work(undefined);
    return (await this.parts.tunnels()).use({ ...profile, ssh }, work, how);
  }

  /** What the tools are told, without connecting. */
  stated(profile: ConnectionProfile, how: Stated): LibpqConnection {
    return buildConnection(profile, {
      ...how,
      applicationName: APPLICATION_NAME,
      inherited: process.env,
      connectTimeoutSeconds: this.parts.settings.connectTimeoutSeconds(),
    });
  }
}
