import * as l10n from '@vscode/l10n';
import { html, nothing, type TemplateResult } from 'lit';
import type { ToolCandidate, ToolSummary } from '../../../src/protocol/types';
import { button } from '../ui/button';
import { focusControl } from '../ui/field';
import { linkButton } from '../ui/link';
import { radioGroup } from '../ui/radioGroup';

export interface ToolChooserProps {
  /** The tool that will run. */
  tool: ToolSummary | null;
  /** All that were found. */
  tools: readonly ToolCandidate[];
  /** null = the one that fits best. */
  toolDir: string | null;
  open: boolean;
  onOpen: (open: boolean) => void;
  onChange: (toolDir: string | null) => void;
}

/**
 * Value for "automatic". It cannot be a directory, whose paths are absolute; the toolkit takes an
 * empty value for no selection.
 */
const AUTOMATIC = 'automatic';

/** `pg_dump` of its path, on any system. */
export function toolName(file: string): string {
  return (file.split(/[\\/]/).at(-1) ?? file).replace(/\.exe$/i, '');
}

/** Which tool will run and why, with the way to another one. */
export function toolLine(props: ToolChooserProps): TemplateResult {
  const { tool, open, onOpen } = props;
  return html`<span class="fact"
    >${
      tool
        ? html`<span title=${tool.file}
            ><strong>${toolName(tool.file)} ${tool.version.text}</strong>,
            ${reasonText(tool.reason)}</span
          >`
        : l10n.t('No tool fits')
    }
    <span class="tool-change"
      >${linkButton({
        id: 'tool-change',
        label: l10n.t('Change'),
        name: l10n.t('Change the tool'),
        expanded: open,
        onClick: () => {
          onOpen(!open);
          if (!open) setTimeout(() => focusControl('toolDir', 'nearest'));
        },
      })}</span
    ></span
  >`;
}

/** The installed tools to choose from, and why others cannot be. */
export function toolChooser(props: ToolChooserProps): TemplateResult | typeof nothing {
  const { tools, toolDir, open, onOpen, onChange } = props;
  if (!open) return nothing;
  const close = (): void => {
    onOpen(false);
    focusControl('tool-change', 'nearest');
  };
  const others = tools.filter((each) => !each.usable);
  return html`<div
    class="tool-chooser"
    role="group"
    aria-label=${l10n.t('Tool')}
    @keydown=${(event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      close();
    }}
  >
    ${radioGroup({
      id: 'toolDir',
      label: l10n.t('Tool'),
      value: toolDir ?? AUTOMATIC,
      layout: 'columns',
      options: toolOptions(tools, toolDir),
      onChange: (dir) => onChange(dir === AUTOMATIC ? null : dir),
    })}
    ${others.length > 0 ? unusableTools(others) : nothing}
    <div>${button({ label: l10n.t('Done'), onClick: close })}</div>
  </div>`;
}

function toolOptions(
  tools: ToolChooserProps['tools'],
  toolDir: string | null,
): { value: string; label: string; description?: string }[] {
  const usable = tools.filter((each) => each.usable);
  // A chosen tool is listed even if it was removed or no longer fits.
  const lost = toolDir !== null && !usable.some(({ dir }) => dir === toolDir);
  const automatic = toolDir === null ? tools.find(({ reason }) => reason !== null) : undefined;
  const now = automatic?.reason
    ? l10n.t('Now {0}, {1}.', automatic.version.text, reasonText(automatic.reason))
    : null;
  const label = l10n.t('Automatic: the one that fits best');
  return [
    { value: AUTOMATIC, label, ...(now === null ? {} : { description: now }) },
    ...usable.map(({ dir, file, version }) => ({
      value: dir,
      label: `${toolName(file)} ${version.text}`,
      description: dir,
    })),
    ...(lost
      ? [
          {
            value: toolDir,
            label: l10n.t('Chosen before, cannot be used now'),
            description: toolDir,
          },
        ]
      : []),
  ];
}

function unusableTools(tools: ToolChooserProps['tools']): TemplateResult {
  return html`<div class="tool-others">
    <div class="dim">${l10n.t('Found, but cannot be used here:')}</div>
    <ul>
      ${tools.map(
        ({ dir, file, version, whyNot }) =>
          html`<li>
            <strong>${toolName(file)} ${version.text}</strong>
            <span class="dim">${dir}</span>
            ${whyNot ? html`<div>${whyNot}</div>` : nothing}
          </li>`,
      )}
    </ul>
  </div>`;
}

function reasonText(reason: ToolSummary['reason']): string {
  switch (reason) {
    case 'serverMajor':
      return l10n.t('the server’s own version');
    case 'nearestNewer':
      return l10n.t('the nearest newer version found');
    case 'targetMajor':
      return l10n.t('the target server’s own version');
    case 'newest':
      return l10n.t('the newest version found');
    case 'chosen':
      return l10n.t('chosen by you');
  }
}
