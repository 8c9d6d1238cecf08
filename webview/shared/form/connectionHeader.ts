import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import { formatBytes } from '../../../src/core/text/formatBytes';
import type { ConnectionState, ConnectionSummary } from '../../../src/protocol/types';
import { toolChooser, type ToolChooserProps, toolLine } from './toolChooser';
import type { Environment } from '../types';
import { iconButton } from '../ui/button';
import { dropdown } from '../ui/dropdown';
import { fieldNotes, type FieldNotes, noteIds } from '../ui/field';
import { progressRing } from '../ui/progressRing';

export interface ConnectionHeaderProps {
  /** Visible label of the choice: `Connection`, `Restore into`. */
  label: string;
  /** Accessible name of the choice, where the visible label is too short for one. */
  name?: string;
  /** Content above it, in the same region. */
  before?: TemplateResult;
  connections: readonly ConnectionSummary[];
  connectionId: string;
  /** Answer of the server; null until it is there. */
  state: ConnectionState | null;
  loading: boolean;
  notes: FieldNotes;
  /** Why a connection cannot be chosen here; null = it can. */
  barred: (connection: ConnectionSummary) => string | null;
  onChange: (connectionId: string) => void;
  onRefresh: () => void;
  /** The choice among the installed tools. */
  toolChoice: Pick<ToolChooserProps, 'toolDir' | 'open' | 'onOpen' | 'onChange'>;
}

/** User and server, always visible; production is marked by words, icon and colour. */
export function connectionHeader(props: ConnectionHeaderProps): TemplateResult {
  const chosen = props.connections.find(({ id }) => id === props.connectionId);
  const options = props.connections.map((connection) => {
    const barred = props.barred(connection);
    const marks = [
      connection.environment === null ? '' : environmentText(connection.environment),
      barred ?? (connection.readOnly ? l10n.t('read-only') : ''),
    ].filter((mark) => mark !== '');
    const said = marks.join(', ');
    // A long name is cut at its end, so the reason why a connection cannot be chosen comes before
    // it.
    const label =
      barred !== null
        ? `(${said}) ${connection.label}`
        : said !== ''
          ? `${connection.label} (${said})`
          : connection.label;
    return { value: connection.id, label, disabled: barred !== null };
  });
  return html`<div
    class="page-header ${chosen?.environment === 'production' ? 'production' : ''}"
    role="region"
    aria-label=${props.name ?? props.label}
  >
    ${props.before ?? nothing}
    <div class="who" data-field="connectionId">
      <span class="who-label" aria-hidden="true">${props.label}</span>
      ${dropdown({
        id: 'connectionId',
        label: props.name ?? props.label,
        value: props.connectionId,
        options: chosen
          ? options
          : [{ value: '', label: l10n.t('Choose a connection') }, ...options],
        disabled: props.connections.length === 0,
        invalid: props.notes.invalid,
        describedBy: noteIds('connectionId', props.notes),
        onChange: props.onChange,
      })}
      ${chosen?.environment ? environmentChip(chosen.environment) : nothing}
      ${chosen?.readOnly === true ? readOnlyChip() : nothing}
    </div>
    ${chosen ? facts(chosen, props) : nothing}
    ${chosen && props.state ? toolChooser(choice(props, props.state)) : nothing}
    ${fieldNotes('connectionId', props.notes)}
  </div>`;
}

function size(bytes: number | null): TemplateResult | typeof nothing {
  return bytes === null ? nothing : html`<span class="fact">${formatBytes(bytes)}</span>`;
}

function facts(chosen: ConnectionSummary, props: ConnectionHeaderProps): TemplateResult {
  const { state, loading } = props;
  const server = state?.server;
  return html`<div class="facts">
    <span class="fact">${shownTarget(chosen, server?.database)}</span>
    ${loading ? html`${progressRing()}<span>${l10n.t('Connecting…')}</span>` : nothing}
    ${
      server && !loading
        ? html`<span class="fact">PostgreSQL ${server.version}</span> ${size(server.databaseBytes)}`
        : nothing
    }
    ${
      state && (state.tool || state.tools.length > 0) && !loading
        ? toolLine(choice(props, state))
        : nothing
    }
    ${
      loading
        ? nothing
        : iconButton({ label: l10n.t('Refresh'), icon: 'refresh', onClick: props.onRefresh })
    }
  </div>`;
}

/** The database that has answered, which may be another one than the connection's own. */
function shownTarget({ target, address }: ConnectionSummary, database: string | undefined): string {
  if (database === undefined) return target;
  if (address.startsWith('service=')) return `${address} dbname=${database}`;
  const [, place = address, mode = ''] = /^(.*?)( sslmode=\w+)?$/.exec(address) ?? [];
  return `${place}/${database}${mode}`;
}

function choice(props: ConnectionHeaderProps, state: ConnectionState): ToolChooserProps {
  return { ...props.toolChoice, tool: state.tool, tools: state.tools };
}

export function environmentText(environment: Environment): string {
  return {
    development: l10n.t('development'),
    staging: l10n.t('staging'),
    production: l10n.t('PRODUCTION'),
  }[environment];
}

function environmentChip(environment: Environment): TemplateResult {
  const icon = { development: 'beaker', staging: 'server-environment', production: 'flame' }[
    environment
  ];
  return html`<span class="chip chip-${environment}"
    ><span class="codicon codicon-${icon}" aria-hidden="true"></span
    >${environmentText(environment)}</span
  >`;
}

function readOnlyChip(): TemplateResult {
  return html`<span class="chip"
    ><span class="codicon codicon-lock" aria-hidden="true"></span>${l10n.t('read-only')}</span
  >`;
}
