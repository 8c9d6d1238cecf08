import { html, nothing, type TemplateResult } from 'lit';
import { NO_COMMAND, type ShownCommand } from '../../../src/core/plans/preview';
import type { FormEvaluation } from '../../../src/core/forms/form/formTypes';
import type { ConnectionState, ProblemAction } from '../../../src/protocol/types';
import { asideView } from './asideView';
import { connectionHeader, type ConnectionHeaderProps } from './connectionHeader';
import type { FormOptions, FormState, FormViewPatch } from './formState';
import { jobFooter, type FooterProps } from './jobFooter';
import { viewJob } from './jobView';
import { labelsOf } from './pageTools';
import { problemBanner } from './problemBanner';
import { notesFor } from '../ui/field';

export interface FrameProps {
  /** The page's heading, for screen readers. */
  title: string;
  state: FormState<FormOptions>;
  evaluation: FormEvaluation<string>;
  /** Facts about the chosen connection. */
  connection: ConnectionState | null;
  command: ShownCommand;
  header: Pick<ConnectionHeaderProps, 'label' | 'name' | 'before' | 'barred'>;
  /** Text while there is no connection to choose. */
  noConnections: string;
  submitLabel: string;
  /** What the job will do; shown beside the button. */
  verdict?: FooterProps['verdict'];
  problems: FooterProps['problems'];
  outputActions?: FooterProps['outputActions'];
  /** The fields. */
  body: TemplateResult;
  onConnection: (connectionId: string) => void;
  onTool: (toolDir: string | null) => void;
  onView: (patch: FormViewPatch) => void;
  onRefresh: () => void;
  onSubmit: () => void;
  onProblemAction: (action: ProblemAction) => void;
  onCancel: (jobId: string) => void;
  onWay: FooterProps['onWay'];
  onRemedy?: FooterProps['onRemedy'];
  onDismiss: () => void;
  onCopy: (text: string) => Promise<void>;
  onTerminal: (text: string) => Promise<void>;
  onSaveList: (() => void) | undefined;
}

/** Frame of a backup or restore form: connection, summary and result around its fields. */
export function formFrame(props: FrameProps): TemplateResult {
  const { state, evaluation, connection } = props;
  // A problem stays while the connection is asked again, so that it can be read meanwhile.
  const problem = connection?.problem ?? null;
  return html`<h1 class="visually-hidden">${props.title}</h1>
    ${connectionHeader({
      ...props.header,
      connections: state.connections,
      connectionId: state.options.connectionId,
      state: connection,
      loading: state.loading,
      notes: notesFor('connectionId', evaluation),
      onChange: props.onConnection,
      onRefresh: props.onRefresh,
      toolChoice: {
        toolDir: state.options.toolDir,
        open: state.toolsOpen,
        onOpen: (toolsOpen) => props.onView({ toolsOpen }),
        onChange: props.onTool,
      },
    })}
    <div class="scroll">
      <div class="columns">
        <div class="form">
          ${
            state.connections.length === 0
              ? problemBanner(
                  { message: props.noConnections, actions: ['addConnection', 'editConnections'] },
                  props.onProblemAction,
                  'info',
                )
              : nothing
          }
          ${problem ? problemBanner(problem, props.onProblemAction) : nothing} ${props.body}
        </div>
        ${asideView({
          sentences: evaluation.summary,
          // Without a server, no command can run.
          command: state.options.connectionId === '' ? NO_COMMAND : props.command,
          shell: state.shell,
          onShell: (shell) => props.onView({ shell }),
          onCopy: props.onCopy,
          onTerminal: props.onTerminal,
          onSaveList: props.onSaveList,
        })}
      </div>
    </div>
    ${footer(props)}`;
}

function footer(props: FrameProps): TemplateResult {
  const { state } = props;
  const job = state.jobDismissed ? null : state.job;
  return jobFooter({
    view: viewJob(job, performance.now() - state.jobAt, labelsOf(state.connections)),
    submit: { label: props.submitLabel, busy: state.starting, onClick: props.onSubmit },
    problems: props.problems,
    verdict: props.verdict,
    general: state.failure,
    log: {
      lines: job?.job.output ?? [],
      open: state.logOpen,
      onToggle: () => props.onView({ logOpen: !state.logOpen }),
    },
    onCancel: props.onCancel,
    onAction: (action) => (action === 'retry' ? props.onSubmit() : props.onProblemAction(action)),
    onWay: props.onWay,
    onRemedy: props.onRemedy,
    onDismiss: props.onDismiss,
    outputActions: props.outputActions ?? (() => html``),
  });
}

/**
 * Nothing is marked as wrong before there is a connection and before the user has asked for anything:
 * the banner that says how to begin is enough.
 */
export function beforeAnything(evaluation: FormEvaluation<string>): FormEvaluation<string> {
  return { ...evaluation, problems: evaluation.problems.filter((p) => p.severity !== 'error') };
}
